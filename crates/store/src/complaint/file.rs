//! Files of a case (材料): what the person sent, what came with a letter or a mail; the bytes are in [`crate::files`].

use domain::Id;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Error, Read, Result, Row, Tx, args, new_id, word};

/// Where a file came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The public page.
    Public,
    /// Somebody of ours.
    Staff,
    /// Attached to an e-mail.
    Mail,
}

impl Origin {
    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            Origin::Public => "当事人网上提交",
            Origin::Staff => "工作人员上传",
            Origin::Mail => "邮件附件",
        }
    }
}

/// A file as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFile {
    pub complaint_file_id: Id,
    pub complaint_id: Id,
    pub sha256: String,
    pub file_name: String,
    pub media_type: String,
    pub size: i64,
    pub origin: Origin,
    pub created_at: Timestamp,
    pub is_removed: bool,
}

/// A file to be kept; its bytes have been saved before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    pub sha256: String,
    pub file_name: String,
    pub media_type: String,
    pub size: u64,
}

const COLUMNS: &str =
    "complaint_file_id, complaint_id, sha256, file_name, media_type, size, origin, created_at, is_removed";

pub(super) fn place(complaint_file_id: &Id) -> String {
    format!("complaint_file.name:{complaint_file_id}")
}

fn file(tx: &Read, row: &Row) -> Result<CaseFile> {
    let complaint_file_id: Id = row.get("complaint_file_id")?;
    Ok(CaseFile {
        complaint_id: row.get("complaint_id")?,
        sha256: row.get("sha256")?,
        // 张三的举报信.pdf: a name often says who wrote.
        file_name: tx.keys().unseal_marked(&place(&complaint_file_id), row.get("file_name")?)?,
        media_type: row.get("media_type")?,
        size: row.get("size")?,
        origin: row.word("origin")?,
        created_at: row.get("created_at")?,
        is_removed: row.get("is_removed")?,
        complaint_file_id,
    })
}

/// Puts a file to a case. The same file again is there already, so a form that is sent twice adds nothing.
pub async fn insert(
    tx: &Tx,
    complaint_id: &Id,
    new: &NewFile,
    origin: Origin,
    person_id: Option<&Id>,
    at: Timestamp,
) -> Result<bool> {
    let known = "select count(*) as n from complaint_file where complaint_id = $1 and sha256 = $2 and is_removed = 0";
    if tx.count(known, args![complaint_id, new.sha256]).await? > 0 {
        return Ok(false);
    }
    let complaint_file_id = new_id();
    let file_name = tx.keys().seal_marked(&place(&complaint_file_id), &new.file_name)?;
    tx.run_one(
        "insert into complaint_file (complaint_file_id, complaint_id, sha256, file_name, media_type, size, origin, created_at,
           person_id, is_removed)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)",
        args![
            complaint_file_id,
            complaint_id,
            new.sha256,
            file_name,
            new.media_type,
            new.size,
            word(&origin),
            at,
            person_id
        ],
    )
    .await?;
    Ok(true)
}

/// Has this file ever lain with a case of the submission? Also one that was taken off, or has gone with the other half.
pub async fn is_of_submission(tx: &Read, submission_id: &Id, sha256: &str) -> Result<bool> {
    let sql = "select count(*) as n from complaint_file where sha256 = $2
                 and complaint_id in (select complaint_id from complaint where submission_id = $1)";
    Ok(tx.count(sql, args![submission_id, sha256]).await? > 0)
}

/// The files of a case, the oldest first, without those taken off.
pub async fn list(tx: &Read, complaint_id: &Id) -> Result<Vec<CaseFile>> {
    let sql = format!(
        "select {COLUMNS} from complaint_file where complaint_id = $1 and is_removed = 0
         order by created_at, complaint_file_id"
    );
    tx.list(&sql, args![complaint_id]).await?.iter().map(|row| file(tx, row)).collect()
}

/// A file of this case.
pub async fn get(tx: &Read, complaint_id: &Id, complaint_file_id: &Id) -> Result<CaseFile> {
    let sql = format!("select {COLUMNS} from complaint_file where complaint_file_id = $1 and is_removed = 0");
    let found = file(tx, &tx.get(&sql, args![complaint_file_id]).await?)?;
    if found.complaint_id == *complaint_id { Ok(found) } else { Err(Error::NotFound) }
}

/// Takes a file off its case. The row and the bytes stay for the record.
pub async fn remove(tx: &Tx, complaint_file_id: &Id) -> Result<()> {
    tx.run_one(
        "update complaint_file set is_removed = 1 where complaint_file_id = $1 and is_removed = 0",
        args![complaint_file_id],
    )
    .await
}
