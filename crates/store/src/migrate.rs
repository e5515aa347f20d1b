//! Migrations: one folder of .sql for both engines, forward only.

use refinery::error::Kind;

use crate::{Error, Result};

mod embedded {
    refinery::embed_migrations!("migrations");
}

pub(crate) fn sqlite(conn: &mut rusqlite::Connection) -> Result<()> {
    embedded::migrations::runner().run(conn).map(drop).map_err(|e| error(&e))
}

pub(crate) async fn postgres(client: &mut deadpool_postgres::Object) -> Result<()> {
    let client: &mut tokio_postgres::Client = client;
    embedded::migrations::runner().run_async(client).await.map(drop).map_err(|e| error(&e))
}

/// A database that is only read is not migrated, so it must be of this program's version.
pub(crate) fn sqlite_is_current(conn: &rusqlite::Connection) -> Result<()> {
    let last: rusqlite::Result<Option<i64>> =
        conn.query_row("select max(version) from refinery_schema_history", [], |row| row.get(0));
    is_current(last.ok().flatten())
}

/// [`sqlite_is_current`] on PostgreSQL.
pub(crate) async fn postgres_is_current(client: &mut deadpool_postgres::Object) -> Result<()> {
    let last = client.query_one("select max(version) from refinery_schema_history", &[]).await;
    is_current(last.ok().and_then(|row| row.try_get(0).ok().flatten()))
}

fn is_current(last: Option<i64>) -> Result<()> {
    let newest = newest();
    match last {
        Some(last) if last == newest => Ok(()),
        Some(last) if last > newest => Err(Error::unavailable(format_args!(
            "数据库比程序新（库中 {last}，程序 {newest}）。请使用不低于原版本的程序"
        ))),
        _ => Err(Error::unavailable("数据库还是旧版本。请先用本程序启动一次服务（xiaobao serve），它会先升级数据库")),
    }
}

fn newest() -> i64 {
    embedded::migrations::runner().get_migrations().iter().map(|it| it.version()).max().unwrap_or_default()
}

fn error(error: &refinery::Error) -> Error {
    let newest =
        embedded::migrations::runner().get_migrations().iter().map(|it| it.version()).max().unwrap_or_default();
    match error.kind() {
        Kind::MissingVersion(migration) if migration.version() > newest => Error::unavailable(format_args!(
            "数据库比程序新：库中已有变更 {migration}，本程序只到 {newest}。请使用不低于原版本的程序，或恢复升级前的备份"
        )),
        Kind::MissingVersion(migration) => {
            Error::unavailable(format_args!("数据库的变更记录与程序不一致：缺少 {migration}。请核对程序版本"))
        }
        Kind::DivergentVersion(applied, ours) => Error::unavailable(format_args!(
            "数据库的变更记录与程序不一致：库中 {applied}，程序中 {ours} 内容不同。请核对程序版本"
        )),
        kind => Error::unavailable(format_args!("升级数据库失败，未作改动：{kind}")),
    }
}
