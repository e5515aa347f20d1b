//! Notices (通知) as imported: the text with its tables, and the hash by which the same file is known again.

use domain::Id;
use jiff::Timestamp;

use crate::{Read, Result, Row, Tx, args, new_id};

/// A notice as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub notice_id: Id,
    pub title: String,
    pub file_name: String,
    pub sha256: String,
    pub media_type: String,
    /// The text as read, as JSON of `gongwen::source::Source`.
    pub source: String,
    pub created_at: Timestamp,
    pub person_id: Id,
    pub person_name: String,
}

/// A notice to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotice {
    pub title: String,
    pub file_name: String,
    pub sha256: String,
    pub media_type: String,
    pub source: String,
    pub person_id: Id,
}

const COLUMNS: &str = "notice_id, title, file_name, sha256, media_type, source, notice.created_at as created_at, notice.person_id as person_id, \
                       person.name as person_name";

fn notice(row: &Row) -> Result<Notice> {
    Ok(Notice {
        notice_id: row.get("notice_id")?,
        title: row.get("title")?,
        file_name: row.get("file_name")?,
        sha256: row.get("sha256")?,
        media_type: row.get("media_type")?,
        source: row.get("source")?,
        created_at: row.get("created_at")?,
        person_id: row.get("person_id")?,
        person_name: row.get("person_name")?,
    })
}

/// The notice.
pub async fn get(tx: &Read, notice_id: &Id) -> Result<Notice> {
    let sql = format!("select {COLUMNS} from notice join person using (person_id) where notice_id = $1");
    notice(&tx.get(&sql, args![notice_id]).await?)
}

/// The notice of that hash: the same file, imported before. The oldest, when there are two.
pub async fn find_by_sha256(tx: &Read, sha256: &str) -> Result<Option<Notice>> {
    let sql = format!(
        "select {COLUMNS} from notice join person using (person_id) where sha256 = $1
         order by notice.created_at, notice_id limit 1"
    );
    tx.find(&sql, args![sha256]).await?.as_ref().map(notice).transpose()
}

/// Stores a notice.
pub async fn insert(tx: &Tx, new: &NewNotice, at: Timestamp) -> Result<Id> {
    let notice_id = new_id();
    tx.run(
        "insert into notice (notice_id, title, file_name, sha256, media_type, source, created_at, person_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![notice_id, new.title, new.file_name, new.sha256, new.media_type, new.source, at, new.person_id],
    )
    .await?;
    Ok(notice_id)
}

/// Holds a notice, so that only one at a time begins drafts of it.
pub async fn lock(tx: &Tx, notice_id: &Id) -> Result<()> {
    tx.run_one("update notice set title = title where notice_id = $1", args![notice_id]).await
}

/// Removes a notice that no campaign refers to.
pub async fn remove_unused(tx: &Tx, notice_id: &Id) -> Result<()> {
    let sql =
        "delete from notice where notice_id = $1 and not exists (select 1 from campaign where campaign.notice_id = $1)";
    tx.run(sql, args![notice_id]).await.map(drop)
}
