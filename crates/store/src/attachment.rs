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

/// The area whose names of files rest sealed: of an e-mail on its way to a case they often say who wrote (decision 18).
const SEALED_AREA: &str = "complaint_mail";
/// The same as a condition of a statement.
pub(crate) const IS_SEALED: &str = "area = 'complaint_mail'";
/// Said instead of a name that is sealed.
const UNNAMED: &str = "案件材料（名称已加密）";

pub(crate) fn place(attachment_id: &Id) -> String {
    format!("attachment.name:{attachment_id}")
}

fn attachment(tx: &Read, row: &Row) -> Result<Attachment> {
    let attachment_id: Id = row.get("attachment_id")?;
    let (area, file_name): (String, String) = (row.get("area")?, row.get("file_name")?);
    Ok(Attachment {
        sha256: row.get("sha256")?,
        file_name: match area == SEALED_AREA {
            true => tx.keys().unseal_marked(&place(&attachment_id), file_name)?,
            false => file_name,
        },
        attachment_id,
        area,
        media_type: row.get("media_type")?,
        size: row.get("size")?,
        subject_id: row.get("subject_id")?,
        created_at: row.get("created_at")?,
        person_id: row.get("person_id")?,
        is_removed: row.get("is_removed")?,
    })
}

/// The attachment, also a removed one, if there is one.
pub async fn find(tx: &Read, attachment_id: &Id) -> Result<Option<Attachment>> {
    let sql = format!("select {COLUMNS} from attachment where attachment_id = $1");
    tx.find(&sql, args![attachment_id]).await?.map(|row| attachment(tx, &row)).transpose()
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
    tx.list(&sql, args![area, subject_id]).await?.iter().map(|row| attachment(tx, row)).collect()
}

/// Creates an attachment.
pub async fn insert(tx: &Tx, new: &NewAttachment, at: Timestamp) -> Result<Attachment> {
    let sql = format!(
        "insert into attachment ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0) returning {COLUMNS}"
    );
    let attachment_id = new_id();
    let file_name = match new.area == SEALED_AREA {
        true => tx.keys().seal_marked(&place(&attachment_id), &new.file_name)?,
        false => new.file_name.clone(),
    };
    let arguments = args![
        attachment_id,
        new.sha256,
        file_name,
        new.media_type,
        new.size,
        new.area,
        new.subject_id,
        at,
        new.person_id
    ];
    attachment(tx, &tx.get(&sql, arguments).await?)
}

/// Every file the rows speak of, with one of its names; of papers of cases without.
pub(crate) async fn mentioned(tx: &Read) -> Result<Vec<(String, String)>> {
    let sql = format!(
        "select sha256, min(file_name) as file_name from
           (select sha256, case when {IS_SEALED} then '{UNNAMED}' else file_name end as file_name from attachment
              union all select sha256, file_name from notice
              union all select sha256, '{UNNAMED}' as file_name from complaint_file) files
         group by sha256 order by 2, 1"
    );
    tx.list(&sql, args![]).await?.iter().map(|row| Ok((row.get("sha256")?, row.get("file_name")?))).collect()
}

/// Takes an attachment off its thing. The row and the file stay for the record.
pub async fn remove(tx: &Tx, attachment_id: &Id) -> Result<()> {
    tx.run_one("update attachment set is_removed = 1 where attachment_id = $1 and is_removed = 0", args![attachment_id])
        .await
}
