//! Who sent something more under the number of a case that was there already, with what they said: sealed, for a look that is logged.

use domain::Id;
use domain::complaint::intake::Consumer;
use jiff::Timestamp;

use super::sealed::lean;
use crate::{Error, Read, Result, Row, Tx, args, new_id};

/// One who sent something more.
#[derive(Debug, Clone, PartialEq)]
pub struct Sender {
    pub consumer: Consumer,
    /// What was said that the case did not say.
    pub words: String,
    pub sent_at: Timestamp,
}

fn place(column: &str, complaint_sender_id: &Id) -> String {
    format!("complaint_sender.{column}:{complaint_sender_id}")
}

/// Keeps a sender; `person_id` is who registered it.
pub async fn insert(tx: &Tx, complaint_id: &Id, sender: &Sender, person_id: &Id) -> Result<()> {
    let key = new_id();
    let consumer = tx.keys().seal(&place("consumer", &key), &lean(&sender.consumer)?)?;
    let words = tx.keys().seal(&place("words", &key), &sender.words)?;
    let sql = "insert into complaint_sender (complaint_sender_id, complaint_id, consumer_cipher, words_cipher, person_id, sent_at)
               values ($1, $2, $3, $4, $5, $6)";
    tx.run_one(sql, args![key, complaint_id, consumer, words, person_id, sender.sent_at]).await
}

/// The senders of a case, the earliest first.
pub async fn list(tx: &Read, complaint_id: &Id) -> Result<Vec<Sender>> {
    let sql = "select complaint_sender_id, consumer_cipher, words_cipher, sent_at from complaint_sender
               where complaint_id = $1 order by sent_at, complaint_sender_id";
    let sender = |row: &Row| -> Result<Sender> {
        let key: Id = row.get("complaint_sender_id")?;
        let consumer = tx.keys().unseal(&place("consumer", &key), &row.get::<String>("consumer_cipher")?)?;
        Ok(Sender {
            consumer: serde_json::from_str(&consumer).map_err(Error::internal)?,
            words: tx.keys().unseal(&place("words", &key), &row.get::<String>("words_cipher")?)?,
            sent_at: row.get("sent_at")?,
        })
    };
    tx.list(sql, args![complaint_id]).await?.iter().map(sender).collect()
}
