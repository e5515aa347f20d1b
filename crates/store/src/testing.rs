//! Tests run on both engines: `store::testing::each_engine(async |db| { … }).await`.
//!
//! SQLite in a temporary directory; PostgreSQL at `TEST_POSTGRES_URL`, in a schema of its own that is dropped at the end.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot begin must fail")]

use std::path::Path;

use crate::{Db, Result};

/// Runs a test on SQLite and on PostgreSQL, each on a fresh database.
///
/// # Panics
///
/// Without `TEST_POSTGRES_URL`: half a test is no test.
pub async fn each_engine(test: impl AsyncFn(Db)) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let db = Db::open(directory.path(), None).await.expect("SQLite opens");
    test(db).await;
    on_postgres(test).await;
}

/// Runs a test on PostgreSQL only.
pub async fn on_postgres(test: impl AsyncFn(Db)) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let schema = Schema::create().await;
    let db = schema.open(directory.path()).await.expect("PostgreSQL opens");
    test(db).await;
    schema.remove().await;
}

/// A schema of its own in the PostgreSQL of the tests.
pub struct Schema {
    name: String,
    url: String,
}

impl Schema {
    /// Creates it.
    pub async fn create() -> Schema {
        let Ok(url) = std::env::var("TEST_POSTGRES_URL") else {
            panic!(
                "TEST_POSTGRES_URL is not set: run the tests with `cargo xtask test`, which starts a PostgreSQL for them"
            );
        };
        let schema = Schema { name: format!("test_{}", crate::new_id()), url };
        schema.command(&format!("create schema {}", schema.name)).await;
        schema
    }

    /// The address of a database whose tables are in the schema.
    pub fn url(&self) -> String {
        let sign = if self.url.contains('?') { '&' } else { '?' };
        format!("{}{sign}options=-c%20search_path%3D{}", self.url, self.name)
    }

    /// Opens the database with the tables in the schema.
    pub async fn open(&self, data: &Path) -> Result<Db> {
        Db::open(data, Some(&self.url())).await
    }

    /// Drops it with everything in it.
    pub async fn remove(self) {
        self.command(&format!("drop schema {} cascade", self.name)).await;
    }

    async fn command(&self, sql: &str) {
        let (client, connection) =
            tokio_postgres::connect(&self.url, tokio_postgres::NoTls).await.expect("TEST_POSTGRES_URL answers");
        let connection = tokio::spawn(connection);
        client.batch_execute(sql).await.expect("the statement for the schema");
        drop(client);
        let _ = connection.await;
    }
}
