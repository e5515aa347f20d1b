//! Uploaded lists that wait until somebody has said what their columns hold. Their rows are people's data, so they lie sealed
//! beside the database and go after a day.

use std::path::PathBuf;

use domain::Id;
use jiff::{SignedDuration, Timestamp};

use crate::{Db, Error, Read, Result, Row, Tx, args, files, new_id};

/// So long a list waits.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);
/// The folder in the data directory.
const FOLDER: &str = "lists";

/// A list that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListDraft {
    pub list_draft_id: Id,
    pub person_id: Id,
    pub file_name: String,
    pub created_at: Timestamp,
}

const COLUMNS: &str = "list_draft_id, person_id, file_name, created_at";

fn list_draft(row: &Row) -> Result<ListDraft> {
    Ok(ListDraft {
        list_draft_id: row.get("list_draft_id")?,
        person_id: row.get("person_id")?,
        file_name: row.get("file_name")?,
        created_at: row.get("created_at")?,
    })
}

fn path(db: &Db, id: &Id) -> PathBuf {
    let name: String = id.as_str().chars().filter(char::is_ascii_alphanumeric).collect();
    db.data().join(FOLDER).join(name)
}

fn place(id: &Id) -> String {
    format!("list_draft:{id}")
}

/// Keeps the text of a list for a day.
pub async fn keep(db: &Db, person_id: &Id, file_name: &str, text: String, at: Timestamp) -> Result<Id> {
    let id = new_id();
    files::create_private(&db.data().join(FOLDER))?;
    let (at_place, sealing) = (place(&id), text);
    let sealed = db.read(async move |tx: Read| tx.keys().seal(&at_place, &sealing)).await?;
    let target = path(db, &id);
    tokio::task::spawn_blocking(move || std::fs::write(target, sealed)).await.map_err(Error::internal)??;
    let (draft, person_id, file_name) = (id.clone(), person_id.clone(), file_name.to_owned());
    db.write(async move |tx: Tx| {
        let sql = "insert into list_draft (list_draft_id, person_id, file_name, created_at) values ($1, $2, $3, $4)";
        tx.run_one(sql, args![draft, person_id, file_name, at]).await
    })
    .await?;
    purge(db, at).await?;
    Ok(id)
}

/// Lets the lists go whose day is over: how many. The background does it too, so none stays because nobody uploads another.
pub async fn purge(db: &Db, at: Timestamp) -> Result<usize> {
    let before = at.checked_sub(KEPT_FOR).map_err(Error::internal)?;
    let is_old = async move |tx: Read| {
        tx.count("select count(*) as n from list_draft where created_at < $1", args![before]).await
    };
    if db.read(is_old).await? == 0 {
        return Ok(0);
    }
    let gone = db
        .write(async move |tx: Tx| {
            let sql = format!("delete from list_draft where created_at < $1 returning {COLUMNS}");
            tx.list(&sql, args![before]).await?.iter().map(list_draft).collect::<Result<Vec<ListDraft>>>()
        })
        .await?;
    for old in &gone {
        let _ = std::fs::remove_file(path(db, &old.list_draft_id));
    }
    Ok(gone.len())
}

/// The lists of a person that wait, the newest first.
pub async fn list_of(tx: &Read, person_id: &Id) -> Result<Vec<ListDraft>> {
    let sql = format!(
        "select {COLUMNS} from list_draft where person_id = $1 order by created_at desc, list_draft_id limit 20"
    );
    tx.list(&sql, args![person_id]).await?.iter().map(list_draft).collect()
}

/// The list of that person, with its text.
pub async fn get(db: &Db, list_draft_id: &Id, person_id: &Id) -> Result<(ListDraft, String)> {
    let (id, person_id) = (list_draft_id.clone(), person_id.clone());
    let sealed = tokio::fs::read_to_string(path(db, list_draft_id)).await.map_err(|_| Error::NotFound)?;
    db.read(async move |tx: Read| {
        let sql = format!("select {COLUMNS} from list_draft where list_draft_id = $1");
        let draft = list_draft(&tx.get(&sql, args![id]).await?)?;
        if draft.person_id != person_id {
            return Err(Error::NotFound);
        }
        let text = tx.keys().unseal(&place(&id), &sealed)?;
        Ok((draft, text))
    })
    .await
}

/// Lets a list go that has been taken in or is not wanted.
pub async fn drop(db: &Db, list_draft_id: &Id) -> Result<()> {
    let id = list_draft_id.clone();
    db.write(async move |tx: Tx| {
        tx.run("delete from list_draft where list_draft_id = $1", args![id]).await.map(std::mem::drop)
    })
    .await?;
    let _ = std::fs::remove_file(path(db, list_draft_id));
    Ok(())
}
