//! What a person added to their case on the public page, as they wrote it: sealed, and read again only by whoever has the code.
//!
//! The same words stand in the text of the case, which the desk may correct or divide; these stay as they were sent.

use domain::Id;
use jiff::Timestamp;

use crate::{Read, Result, Row, Tx, args, new_id};

/// One addition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supplement {
    /// Empty when only files were added.
    pub words: String,
    pub n_files: i64,
    pub added_at: Timestamp,
}

fn place(complaint_supplement_id: &Id) -> String {
    format!("complaint_supplement.words:{complaint_supplement_id}")
}

/// Keeps an addition.
pub(super) async fn insert(tx: &Tx, complaint_id: &Id, words: &str, n_files: usize, at: Timestamp) -> Result<()> {
    let key = new_id();
    let sealed = tx.keys().seal(&place(&key), words)?;
    let sql =
        "insert into complaint_supplement (complaint_supplement_id, complaint_id, words_cipher, n_files, added_at)
               values ($1, $2, $3, $4, $5)";
    tx.run_one(sql, args![key, complaint_id, sealed, n_files, at]).await
}

/// The additions to a case, the oldest first.
pub async fn list(tx: &Read, complaint_id: &Id) -> Result<Vec<Supplement>> {
    let sql = "select complaint_supplement_id, words_cipher, n_files, added_at from complaint_supplement
               where complaint_id = $1 order by added_at, complaint_supplement_id";
    let supplement = |row: &Row| -> Result<Supplement> {
        let key: Id = row.get("complaint_supplement_id")?;
        Ok(Supplement {
            words: tx.keys().unseal(&place(&key), &row.get::<String>("words_cipher")?)?,
            n_files: row.get("n_files")?,
            added_at: row.get("added_at")?,
        })
    };
    tx.list(sql, args![complaint_id]).await?.iter().map(supplement).collect()
}
