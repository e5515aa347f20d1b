//! Tokens of the programming interface: only their hash is kept.

use domain::Id;
use jiff::Timestamp;

use crate::{Read, Result, Tx, args};

/// Keeps the hash of a token that acts for a person.
pub async fn insert(tx: &Tx, token_hash: &str, person_id: &Id, at: Timestamp) -> Result<()> {
    tx.run_one(
        "insert into api_token (token_hash, person_id, created_at, is_active) values ($1, $2, $3, 1)",
        args![token_hash, person_id, at],
    )
    .await
}

/// For whom the token acts; `None` when nobody knows it, it was ended, or the person is out of use.
pub async fn find(tx: &Read, token_hash: &str) -> Result<Option<Id>> {
    let sql = "select person_id from api_token join person using (person_id)
               where token_hash = $1 and api_token.is_active = 1 and person.is_active = 1";
    tx.find(sql, args![token_hash]).await?.map(|row| row.get("person_id")).transpose()
}

/// Ends every token of a person.
pub async fn end_all(tx: &Tx, person_id: &Id) -> Result<u64> {
    tx.run("update api_token set is_active = 0 where person_id = $1 and is_active = 1", args![person_id]).await
}
