//! SQL on SQLite and PostgreSQL behind one door.
//!
//! [`Db`] is the door: `db.read(async move |tx| …)` and `db.write(async move |tx| …)` run the same text on both engines.
//! One module per area holds the statements; their functions are named `find`, `get`, `list`, `lock`, `insert`, `save`, `count`.
//! Functions that only read take `&Read`, functions that change take `&Tx`; a `&Tx` is good wherever a `&Read` is asked for.

pub mod attachment;
pub mod backup;
pub mod campaign;
pub mod check;
pub mod complaint;
pub mod db;
pub mod error;
pub mod event;
pub mod files;
pub mod instant;
pub mod kept_page;
pub mod lease;
pub mod person;
pub mod photo;
pub mod secret;
pub mod setting;
pub mod sign_in;
pub mod statistics;
pub mod testing;
pub mod unit;
pub mod value;
pub mod verify;

mod migrate;
mod search;

pub use db::{Db, Read, Tx};
pub use error::{Error, Result};
pub use value::{FromValue, Row, ToValue, Value, json, word};

/// A new key: a UUID of version 7, 32 hexadecimal digits, growing with time within one process.
pub fn new_id() -> domain::Id {
    domain::Id::from_text(uuid::Uuid::now_v7().simple().to_string())
}
