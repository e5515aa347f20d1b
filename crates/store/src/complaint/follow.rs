//! Tracking codes (查询码): the code itself is nowhere, only its keyed hash.

use domain::Id;
use domain::complaint::event::CaseEvent;
use jiff::Timestamp;

use super::case::{COLUMNS, Case, Law, append, case, save_particulars};
use crate::{Read, Result, Tx, args};

fn hash(tx: &Read, code: &str) -> String {
    tx.keys().fingerprint("complaint.follow", code)
}

/// Lets whoever shows the code follow the submission. The same code again changes nothing.
pub async fn insert(tx: &Tx, code: &str, submission_id: &Id, at: Timestamp) -> Result<()> {
    let sql = "insert into complaint_follow (code_hash, submission_id, created_at) values ($1, $2, $3)
               on conflict (code_hash) do nothing";
    tx.run(sql, args![hash(tx, code), submission_id, at]).await.map(drop)
}

/// The submission that the code follows.
pub async fn find(tx: &Read, code: &str) -> Result<Option<Id>> {
    let sql = "select submission_id from complaint_follow where code_hash = $1";
    tx.find(sql, args![hash(tx, code)]).await?.map(|row| row.get("submission_id")).transpose()
}

/// Does anybody follow a case with a code?
pub async fn is_any(tx: &Read) -> Result<bool> {
    let sql = "select count(*) as n from (select code_hash from complaint_follow limit 1) first";
    Ok(tx.count(sql, args![]).await? > 0)
}

/// Was the submission sent with a code?
pub async fn is_followed(tx: &Read, submission_id: &Id) -> Result<bool> {
    let sql = "select count(*) as n from complaint_follow where submission_id = $1";
    Ok(tx.count(sql, args![submission_id]).await? > 0)
}

/// The cases of a submission, the first one first.
pub async fn cases(tx: &Read, submission_id: &Id) -> Result<Vec<Case>> {
    let sql = format!("select {COLUMNS} from complaint where submission_id = $1 order by ordinal");
    tx.list(&sql, args![submission_id]).await?.iter().map(|row| case(tx, row)).collect()
}

/// Adds `words`, which the person wrote on the public page, to a case that was loaded by [`lock`](super::case::lock), and counts the files
/// beside them; `text` is that of the case with them.
pub async fn supplement(
    tx: &Tx,
    case: &mut Case,
    (text, words): (String, &str),
    n_files: usize,
    law: Law<'_>,
    at: Timestamp,
) -> Result<()> {
    if case.particulars.text != text {
        super::cluster::keep_keys(tx, &case.complaint_id, case.state.received_on, &text).await?;
    }
    super::supplement::insert(tx, &case.complaint_id, words, n_files, at).await?;
    case.particulars.text = text;
    save_particulars(tx, case).await?;
    append(tx, case, &[CaseEvent::Supplemented { n_files }], law, None, at).await
}
