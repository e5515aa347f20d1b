//! Forms handed in as files (汇总): uploaded together, looked at, then stored as the returns of their units.

use std::collections::BTreeMap;

use domain::Id;
use domain::statistics::merge::HandedIn;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Error, Read, Result, Row, Tx, args, json, new_id};

/// One uploaded file; its bytes lie beside the database under the hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeFile {
    pub name: String,
    pub sha256: String,
    pub size: u64,
    pub media_type: String,
}

/// What was uploaded together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormMerge {
    pub form_merge_id: Id,
    pub stat_form_id: Id,
    pub person_name: String,
    pub files: Vec<MergeFile>,
    /// The files as they were read, in the same order.
    pub handed_in: Vec<HandedIn>,
    /// Number of the form → its unit; `None` leaves it out.
    pub choices: BTreeMap<usize, Option<Id>>,
    pub committed_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub version: i64,
}

/// The same for a list, without what was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub form_merge_id: Id,
    pub person_name: String,
    pub n_files: usize,
    pub committed_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

const COLUMNS: &str = "form_merge_id, stat_form_id, person.name as person_name, files, handed_in, choices, committed_at, \
                       form_merge.created_at, form_merge.version";
const FROM: &str = "from form_merge join person using (person_id)";

fn form_merge(row: &Row) -> Result<FormMerge> {
    Ok(FormMerge {
        form_merge_id: row.get("form_merge_id")?,
        stat_form_id: row.get("stat_form_id")?,
        person_name: row.get("person_name")?,
        files: row.json("files")?,
        handed_in: row.json("handed_in")?,
        choices: row.json("choices")?,
        committed_at: row.get("committed_at")?,
        created_at: row.get("created_at")?,
        version: row.get("version")?,
    })
}

/// What was uploaded for a form, the newest first.
pub async fn list(tx: &Read, stat_form_id: &Id, limit: i64) -> Result<Vec<Listed>> {
    let sql = format!(
        "select form_merge_id, person.name as person_name, files, committed_at, form_merge.created_at {FROM}
         where stat_form_id = $1 order by form_merge.created_at desc, form_merge_id desc limit $2"
    );
    let listed = |row: &Row| {
        let files: Vec<MergeFile> = row.json("files")?;
        Ok(Listed {
            form_merge_id: row.get("form_merge_id")?,
            person_name: row.get("person_name")?,
            n_files: files.len(),
            committed_at: row.get("committed_at")?,
            created_at: row.get("created_at")?,
        })
    };
    tx.list(&sql, args![stat_form_id, limit]).await?.iter().map(listed).collect()
}

/// One upload.
pub async fn get(tx: &Read, form_merge_id: &Id) -> Result<FormMerge> {
    let sql = format!("select {COLUMNS} {FROM} where form_merge_id = $1");
    form_merge(&tx.find(&sql, args![form_merge_id]).await?.ok_or(Error::NotFound)?)
}

/// Keeps an upload; the files have been saved before.
pub async fn insert(
    tx: &Tx,
    stat_form_id: &Id,
    person_id: &Id,
    files: &[MergeFile],
    handed_in: &[HandedIn],
    at: Timestamp,
) -> Result<Id> {
    let id = new_id();
    tx.run_one(
        "insert into form_merge (form_merge_id, stat_form_id, person_id, files, handed_in, choices, created_at, version)
         values ($1, $2, $3, $4, $5, '{}', $6, 1)",
        args![id, stat_form_id, person_id, json(&files)?, json(&handed_in)?, at],
    )
    .await?;
    Ok(id)
}

/// Loads an upload that will change; refuses as stale what was changed since the page was rendered.
pub async fn lock(tx: &Tx, form_merge_id: &Id, version: i64) -> Result<FormMerge> {
    tx.run_one("update form_merge set version = version + 1 where form_merge_id = $1", args![form_merge_id]).await?;
    let found = get(tx, form_merge_id).await?;
    if found.version == version + 1 { Ok(found) } else { Err(Error::Stale) }
}

/// Saves the choices and the commit of an upload that was loaded by [`lock`].
pub async fn save(tx: &Tx, it: &FormMerge) -> Result<()> {
    tx.run_one(
        "update form_merge set choices = $3, committed_at = $4 where form_merge_id = $1 and version = $2",
        args![it.form_merge_id, it.version, json(&it.choices)?, it.committed_at],
    )
    .await
}

/// A file a return came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnFile {
    pub stat_return_id: Id,
    pub attachment_id: Id,
    pub file_name: String,
    pub sha256: String,
    pub sheet: String,
    pub created_at: Timestamp,
}

/// The files a return came from, the newest first.
pub async fn files_of(tx: &Read, stat_return_id: &Id) -> Result<Vec<ReturnFile>> {
    let sql = "select stat_return_id, attachment_id, file_name, sha256, sheet, return_file.created_at
               from return_file join attachment using (attachment_id) where stat_return_id = $1
               order by return_file.created_at desc, attachment_id desc";
    let file = |row: &Row| {
        Ok(ReturnFile {
            stat_return_id: row.get("stat_return_id")?,
            attachment_id: row.get("attachment_id")?,
            file_name: row.get("file_name")?,
            sha256: row.get("sha256")?,
            sheet: row.get("sheet")?,
            created_at: row.get("created_at")?,
        })
    };
    tx.list(sql, args![stat_return_id]).await?.iter().map(file).collect()
}

/// Notes that a return came from this file.
pub async fn add_file(tx: &Tx, stat_return_id: &Id, attachment_id: &Id, sheet: &str, at: Timestamp) -> Result<()> {
    tx.run_one(
        "insert into return_file (stat_return_id, attachment_id, sheet, created_at) values ($1, $2, $3, $4)",
        args![stat_return_id, attachment_id, sheet, at],
    )
    .await
}
