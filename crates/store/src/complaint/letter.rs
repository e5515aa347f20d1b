//! Letters (文书): the text as it went out, sealed, with its number. A template that changes later changes no letter.

use domain::Id;
use jiff::Timestamp;

use crate::{Read, Result, Row, Tx, args, new_id};

/// A letter as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub complaint_letter_id: Id,
    pub complaint_id: Id,
    /// The code of its template.
    pub kind: String,
    /// 文号.
    pub number: String,
    pub title: String,
    /// The paragraphs, one to a line.
    pub body: String,
    pub made_at: Timestamp,
}

fn place(complaint_letter_id: &Id) -> String {
    format!("complaint_letter.body:{complaint_letter_id}")
}

fn letter(tx: &Read, row: &Row) -> Result<Letter> {
    let complaint_letter_id: Id = row.get("complaint_letter_id")?;
    let sealed: String = row.get("body_cipher")?;
    Ok(Letter {
        complaint_id: row.get("complaint_id")?,
        kind: row.get("kind")?,
        number: row.get("number")?,
        title: row.get("title")?,
        body: tx.keys().unseal(&place(&complaint_letter_id), &sealed)?,
        made_at: row.get("made_at")?,
        complaint_letter_id,
    })
}

const COLUMNS: &str = "complaint_letter_id, complaint_id, kind, number, title, body_cipher, made_at";

/// The letter.
pub async fn get(tx: &Read, complaint_letter_id: &Id) -> Result<Letter> {
    let sql = format!("select {COLUMNS} from complaint_letter where complaint_letter_id = $1");
    letter(tx, &tx.get(&sql, args![complaint_letter_id]).await?)
}

/// The letters of a case, the oldest first.
pub async fn list(tx: &Read, complaint_id: &Id) -> Result<Vec<Letter>> {
    let sql =
        format!("select {COLUMNS} from complaint_letter where complaint_id = $1 order by made_at, complaint_letter_id");
    tx.list(&sql, args![complaint_id]).await?.iter().map(|row| letter(tx, row)).collect()
}

/// The next number of a year.
pub async fn next_number(tx: &Tx, year: i16) -> Result<i64> {
    let sql = "insert into complaint_ordinal (complaint_ordinal_id, n) values ($1, 1)
               on conflict (complaint_ordinal_id) do update set n = complaint_ordinal.n + 1 returning n";
    tx.get(sql, args![format!("letter-{year}")]).await?.get("n")
}

/// A letter to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLetter {
    pub complaint_id: Id,
    pub kind: String,
    pub number: String,
    pub title: String,
    pub body: String,
    pub person_id: Id,
}

/// Keeps a letter.
pub async fn insert(tx: &Tx, new: &NewLetter, at: Timestamp) -> Result<Id> {
    let id = new_id();
    let sealed = tx.keys().seal(&place(&id), &new.body)?;
    tx.run_one(
        "insert into complaint_letter (complaint_letter_id, complaint_id, kind, number, title, body_cipher, made_at, person_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![id, new.complaint_id, new.kind, new.number, new.title, sealed, at, new.person_id],
    )
    .await?;
    Ok(id)
}
