//! Pages of refused forms, kept for some minutes: sealed, and given only to the sign-in or visit that sent the form (decision 21).

use domain::Id;
use jiff::{SignedDuration, Timestamp};

use crate::{Read, Result, Tx, args, new_id};

/// So long a page is kept.
pub const KEPT_FOR: SignedDuration = SignedDuration::from_mins(20);
/// So many pages of one owner are kept; older ones go.
const MOST_OF_ONE: i64 = 5;
/// So many pages are kept at all: a crowd of wrong forms must not fill the disk.
const MOST: i64 = 2000;

fn place(kept_page_id: &Id) -> String {
    format!("kept_page:{kept_page_id}")
}

fn hash(tx: &Read, owner: &str) -> String {
    tx.keys().fingerprint("kept_page.owner", owner)
}

/// A page of a refused form.
#[derive(Debug, Clone)]
pub struct NewPage {
    /// The sign-in or visit that sent the form.
    pub owner: String,
    /// Where the form goes.
    pub form: String,
    pub status: u16,
    pub page: String,
}

/// Keeps a page; `None` when too many are kept already.
pub async fn insert(tx: &Tx, new: &NewPage, at: Timestamp) -> Result<Option<Id>> {
    purge(tx, at).await?;
    if tx.count("select count(*) as n from kept_page", args![]).await? >= MOST {
        return Ok(None);
    }
    let (key, owner) = (new_id(), hash(tx, &new.owner));
    let sealed = tx.keys().seal(&place(&key), &new.page)?;
    let sql = "insert into kept_page (kept_page_id, owner_hash, form, status, page_cipher, kept_at) values ($1, $2, $3, $4, $5, $6)";
    tx.run_one(sql, args![key, owner, new.form, new.status, sealed, at]).await?;
    let sql = "delete from kept_page where owner_hash = $1 and kept_page_id not in
                 (select kept_page_id from kept_page where owner_hash = $1 order by kept_at desc, kept_page_id desc limit $2)";
    tx.run(sql, args![owner, MOST_OF_ONE]).await?;
    Ok(Some(key))
}

/// Status and text of a page; `None` when it is not kept any more, or is somebody else's.
pub async fn find(tx: &Read, kept_page_id: &Id, owner: &str, now: Timestamp) -> Result<Option<(u16, String)>> {
    let since = now.checked_sub(KEPT_FOR).map_err(crate::Error::internal)?;
    let sql = "select status, page_cipher from kept_page where kept_page_id = $1 and owner_hash = $2 and kept_at > $3";
    let Some(row) = tx.find(sql, args![kept_page_id, hash(tx, owner), since]).await? else { return Ok(None) };
    let page = tx.keys().unseal(&place(kept_page_id), &row.get::<String>("page_cipher")?)?;
    Ok(Some((row.get("status")?, page)))
}

/// Is a page of that owner kept, of this form or of any?
pub async fn is_any(tx: &Read, owner: &str, form: Option<&str>) -> Result<bool> {
    let sql = "select count(*) as n from kept_page where owner_hash = $1 and ($2 = '' or form = $2)";
    Ok(tx.count(sql, args![hash(tx, owner), form.unwrap_or_default()]).await? > 0)
}

/// Lets the pages of an owner go: of a form that has been taken, or all when the person has left.
pub async fn forget(tx: &Tx, owner: &str, form: Option<&str>) -> Result<()> {
    let sql = "delete from kept_page where owner_hash = $1 and ($2 = '' or form = $2)";
    tx.run(sql, args![hash(tx, owner), form.unwrap_or_default()]).await.map(drop)
}

/// Is the time of a page over?
pub async fn is_any_old(tx: &Read, now: Timestamp) -> Result<bool> {
    let before = now.checked_sub(KEPT_FOR).map_err(crate::Error::internal)?;
    Ok(tx.count("select count(*) as n from kept_page where kept_at <= $1", args![before]).await? > 0)
}

/// Lets the pages go whose time is over.
pub async fn purge(tx: &Tx, now: Timestamp) -> Result<u64> {
    let before = now.checked_sub(KEPT_FOR).map_err(crate::Error::internal)?;
    tx.run("delete from kept_page where kept_at <= $1", args![before]).await
}
