//! Tokens of the programming interface (接口令牌): only their hash is kept.

use domain::Id;
use jiff::Timestamp;

use crate::{Read, Result, Row, Tx, args};

/// A token as stored. The token itself is nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The beginning of its hash: enough to tell tokens apart, and it opens nothing.
    pub token_id: String,
    pub person_id: Id,
    /// For which program, in the words of who made it; empty for one of the command line.
    pub name: String,
    pub created_at: Timestamp,
    pub is_active: bool,
}

const COLUMNS: &str = "substr(token_hash, 1, 16) as token_id, person_id, name, created_at, is_active";

fn token(row: &Row) -> Result<Token> {
    Ok(Token {
        token_id: row.get("token_id")?,
        person_id: row.get("person_id")?,
        name: row.get("name")?,
        created_at: row.get("created_at")?,
        is_active: row.get("is_active")?,
    })
}

/// Keeps the hash of a token that acts for a person.
pub async fn insert(tx: &Tx, token_hash: &str, person_id: &Id, at: Timestamp) -> Result<()> {
    insert_named(tx, token_hash, person_id, "", at).await
}

/// [`insert`], with the name of the program that is to have it.
pub async fn insert_named(tx: &Tx, token_hash: &str, person_id: &Id, name: &str, at: Timestamp) -> Result<()> {
    tx.run_one(
        "insert into api_token (token_hash, person_id, name, created_at, is_active) values ($1, $2, $3, $4, 1)",
        args![token_hash, person_id, name, at],
    )
    .await
}

/// For whom the token acts; `None` when nobody knows it, it was ended, or the person is out of use.
pub async fn find(tx: &Read, token_hash: &str) -> Result<Option<Id>> {
    let sql = "select person_id from api_token join person using (person_id)
               where token_hash = $1 and api_token.is_active = 1 and person.is_active = 1";
    tx.find(sql, args![token_hash]).await?.map(|row| row.get("person_id")).transpose()
}

/// Every token, those in use first, the newest before the others.
pub async fn list(tx: &Read) -> Result<Vec<Token>> {
    let sql = format!("select {COLUMNS} from api_token order by is_active desc, created_at desc, token_hash limit 500");
    tx.list(&sql, args![]).await?.iter().map(token).collect()
}

/// Ends one token: the token as it was; `None` when there is none of that key in use.
pub async fn end(tx: &Tx, token_id: &str) -> Result<Option<Token>> {
    let sql = format!(
        "update api_token set is_active = 0 where substr(token_hash, 1, 16) = $1 and is_active = 1 returning {COLUMNS}"
    );
    tx.find(&sql, args![token_id]).await?.as_ref().map(token).transpose()
}

/// Ends every token of a person.
pub async fn end_all(tx: &Tx, person_id: &Id) -> Result<u64> {
    tx.run("update api_token set is_active = 0 where person_id = $1 and is_active = 1", args![person_id]).await
}
