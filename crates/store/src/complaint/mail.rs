//! E-mails (来信邮件) on their way to becoming cases; what stands in them is sealed.

use domain::Id;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Read, Result, Row, Tx, args, new_id, word};

/// What has become of an e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailStatus {
    /// Somebody has to look at it.
    Open,
    /// It is a case.
    Registered,
    /// It is none.
    Discarded,
}

/// What an e-mail says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MailContent {
    pub from_name: String,
    pub from_address: String,
    pub subject: String,
    pub text: String,
    /// What a person should know of it, one sentence each.
    pub notes: Vec<String>,
}

/// An e-mail as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub complaint_mail_id: Id,
    pub received_at: Timestamp,
    pub content: MailContent,
    pub status: MailStatus,
    pub submission_id: Option<Id>,
    pub version: i64,
}

const COLUMNS: &str = "complaint_mail_id, received_at, content_cipher, status, submission_id, version";

fn place(complaint_mail_id: &Id) -> String {
    format!("complaint_mail.content:{complaint_mail_id}")
}

fn mail(tx: &Read, row: &Row) -> Result<Mail> {
    let complaint_mail_id: Id = row.get("complaint_mail_id")?;
    let sealed: String = row.get("content_cipher")?;
    let content = tx.keys().unseal(&place(&complaint_mail_id), &sealed)?;
    Ok(Mail {
        received_at: row.get("received_at")?,
        content: serde_json::from_str(&content).map_err(crate::Error::internal)?,
        status: row.word("status")?,
        submission_id: row.get("submission_id")?,
        version: row.get("version")?,
        complaint_mail_id,
    })
}

fn hash(tx: &Read, message_id: &str) -> String {
    tx.keys().fingerprint("complaint.mail", message_id)
}

/// The e-mail with that Message-ID.
pub async fn find(tx: &Read, message_id: &str) -> Result<Option<Mail>> {
    let sql = format!("select {COLUMNS} from complaint_mail where message_hash = $1");
    tx.find(&sql, args![hash(tx, message_id)]).await?.map(|row| mail(tx, &row)).transpose()
}

/// The e-mail.
pub async fn get(tx: &Read, complaint_mail_id: &Id) -> Result<Mail> {
    let sql = format!("select {COLUMNS} from complaint_mail where complaint_mail_id = $1");
    mail(tx, &tx.get(&sql, args![complaint_mail_id]).await?)
}

/// The e-mails that nobody has dealt with, the oldest first.
pub async fn list_open(tx: &Read) -> Result<Vec<Mail>> {
    let sql = format!(
        "select {COLUMNS} from complaint_mail where status = 'open' order by received_at, complaint_mail_id limit 200"
    );
    tx.list(&sql, args![]).await?.iter().map(|row| mail(tx, row)).collect()
}

/// Keeps an e-mail that [`find`] does not know.
pub async fn insert(
    tx: &Tx,
    message_id: &str,
    received_at: Timestamp,
    content: &MailContent,
    person_id: &Id,
    at: Timestamp,
) -> Result<Id> {
    let id = new_id();
    let text = serde_json::to_string(content).map_err(crate::Error::internal)?;
    tx.run_one(
        "insert into complaint_mail (complaint_mail_id, message_hash, received_at, content_cipher, status, submission_id,
           person_id, created_at, version)
         values ($1, $2, $3, $4, $5, null, $6, $7, 1)",
        args![
            id,
            hash(tx, message_id),
            received_at,
            tx.keys().seal(&place(&id), &text)?,
            word(&MailStatus::Open),
            person_id,
            at
        ],
    )
    .await?;
    Ok(id)
}

/// The e-mail, loaded to be changed.
pub async fn lock(tx: &Tx, complaint_mail_id: &Id) -> Result<Mail> {
    let sql =
        format!("update complaint_mail set version = version + 1 where complaint_mail_id = $1 returning {COLUMNS}");
    mail(tx, &tx.get(&sql, args![complaint_mail_id]).await?)
}

/// Says what has become of an e-mail that was loaded by [`lock`].
pub async fn save(tx: &Tx, complaint_mail_id: &Id, status: MailStatus, submission_id: Option<&Id>) -> Result<()> {
    let sql = "update complaint_mail set status = $2, submission_id = $3 where complaint_mail_id = $1";
    tx.run_one(sql, args![complaint_mail_id, word(&status), submission_id]).await
}
