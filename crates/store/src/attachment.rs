//! Attachments (附件): the rows; the bytes are in [`crate::files`].

use domain::Id;
use jiff::Timestamp;

use crate::{Error, Read, Result, Row, Tx, args, new_id};

/// An attachment as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub attachment_id: Id,
    pub sha256: String,
    pub file_name: String,
    pub media_type: String,
    pub size: i64,
    /// The area and the key of the thing it hangs on: `activity`, its id.
    pub area: String,
    pub subject_id: Id,
    pub created_at: Timestamp,
    pub person_id: Id,
    pub is_removed: bool,
}

/// An attachment to be created; the file has been saved before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttachment {
    pub sha256: String,
    pub file_name: String,
    pub media_type: String,
    pub size: u64,
    pub area: &'static str,
    pub subject_id: Id,
    pub person_id: Id,
}

const COLUMNS: &str =
    "attachment_id, sha256, file_name, media_type, size, area, subject_id, created_at, person_id, is_removed";

fn attachment(row: &Row) -> Result<Attachment> {
    Ok(Attachment {
        attachment_id: row.get("attachment_id")?,
        sha256: row.get("sha256")?,
        file_name: row.get("file_name")?,
        media_type: row.get("media_type")?,
        size: row.get("size")?,
        area: row.get("area")?,
        subject_id: row.get("subject_id")?,
        created_at: row.get("created_at")?,
        person_id: row.get("person_id")?,
        is_removed: row.get("is_removed")?,
    })
}

/// The attachment, also a removed one, if there is one.
pub async fn find(tx: &Read, attachment_id: &Id) -> Result<Option<Attachment>> {
    let sql = format!("select {COLUMNS} from attachment where attachment_id = $1");
    tx.find(&sql, args![attachment_id]).await?.as_ref().map(attachment).transpose()
}

/// The attachment, if it has not been removed.
pub async fn get(tx: &Read, attachment_id: &Id) -> Result<Attachment> {
    find(tx, attachment_id).await?.filter(|it| !it.is_removed).ok_or(Error::NotFound)
}

/// The attachment, if it hangs on this very thing and has not been removed.
pub async fn get_of(tx: &Read, area: &str, subject_id: &Id, attachment_id: &Id) -> Result<Attachment> {
    let found = get(tx, attachment_id).await?;
    if found.area == area && found.subject_id == *subject_id { Ok(found) } else { Err(Error::NotFound) }
}

/// What hangs on a thing, the oldest first, without what was removed.
pub async fn list(tx: &Read, area: &str, subject_id: &Id) -> Result<Vec<Attachment>> {
    let sql = format!(
        "select {COLUMNS} from attachment where area = $1 and subject_id = $2 and is_removed = 0
         order by created_at, attachment_id"
    );
    tx.list(&sql, args![area, subject_id]).await?.iter().map(attachment).collect()
}

/// Creates an attachment.
pub async fn insert(tx: &Tx, new: &NewAttachment, at: Timestamp) -> Result<Attachment> {
    let sql = format!(
        "insert into attachment ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0) returning {COLUMNS}"
    );
    let arguments = args![
        new_id(),
        new.sha256,
        new.file_name,
        new.media_type,
        new.size,
        new.area,
        new.subject_id,
        at,
        new.person_id
    ];
    attachment(&tx.get(&sql, arguments).await?)
}

/// Takes an attachment off its thing. The row and the file stay for the record.
pub async fn remove(tx: &Tx, attachment_id: &Id) -> Result<()> {
    tx.run_one("update attachment set is_removed = 1 where attachment_id = $1 and is_removed = 0", args![attachment_id])
        .await
}
