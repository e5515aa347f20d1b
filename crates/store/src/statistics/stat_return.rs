//! Returns (填报) of units and the number in each cell.

use std::collections::BTreeMap;

use domain::Id;
use domain::statistics::check::CellValue;
use domain::statistics::stat_return::ReturnStatus;
use jiff::Timestamp;

use super::tally;
use crate::{Error, Read, Result, Row, Tx, args, new_id, word};

/// A return as stored, without its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatReturn {
    pub stat_return_id: Id,
    pub stat_form_id: Id,
    pub unit_id: Id,
    pub unit_name: String,
    pub parent_id: Option<Id>,
    /// 0 is the first return, 1 the first supplementary return.
    pub supplement: i64,
    pub status: ReturnStatus,
    pub contact_name: String,
    pub contact_phone: String,
    pub remark: String,
    pub completed_at: Option<Timestamp>,
    pub approved_at: Option<Timestamp>,
    pub approved_by: Option<String>,
    pub version: i64,
}

const COLUMNS: &str = "stat_return_id, stat_form_id, stat_return.unit_id, unit.name as unit_name, unit.parent_id, supplement, \
                       stat_return.status, contact_name, contact_phone, remark, completed_at, approved_at, approved_by, \
                       stat_return.version";
const FROM: &str = "from stat_return join unit using (unit_id)";

fn phone_place(stat_return_id: &Id) -> String {
    format!("stat_return.contact_phone:{stat_return_id}")
}

fn stat_return(tx: &Read, row: &Row) -> Result<StatReturn> {
    let stat_return_id: Id = row.get("stat_return_id")?;
    let sealed: String = row.get("contact_phone")?;
    let contact_phone =
        if sealed.is_empty() { sealed } else { tx.keys().unseal(&phone_place(&stat_return_id), &sealed)? };
    Ok(StatReturn {
        stat_return_id,
        stat_form_id: row.get("stat_form_id")?,
        unit_id: row.get("unit_id")?,
        unit_name: row.get("unit_name")?,
        parent_id: row.get("parent_id")?,
        supplement: row.get("supplement")?,
        status: row.word("status")?,
        contact_name: row.get("contact_name")?,
        contact_phone,
        remark: row.get("remark")?,
        completed_at: row.get("completed_at")?,
        approved_at: row.get("approved_at")?,
        approved_by: row.get("approved_by")?,
        version: row.get("version")?,
    })
}

/// Every return of a form, supplementary ones after the first of their unit.
pub async fn list(tx: &Read, stat_form_id: &Id) -> Result<Vec<StatReturn>> {
    let sql =
        format!("select {COLUMNS} {FROM} where stat_form_id = $1 order by unit.sort_key, unit.unit_id, supplement");
    tx.list(&sql, args![stat_form_id]).await?.iter().map(|row| stat_return(tx, row)).collect()
}

/// The return.
pub async fn get(tx: &Read, stat_return_id: &Id) -> Result<StatReturn> {
    let sql = format!("select {COLUMNS} {FROM} where stat_return_id = $1");
    stat_return(tx, &tx.find(&sql, args![stat_return_id]).await?.ok_or(Error::NotFound)?)
}

/// The latest return of a unit, if it has begun one.
pub async fn find_latest(tx: &Read, stat_form_id: &Id, unit_id: &Id) -> Result<Option<StatReturn>> {
    let sql = format!(
        "select {COLUMNS} {FROM} where stat_form_id = $1 and stat_return.unit_id = $2 order by supplement desc limit 1"
    );
    tx.find(&sql, args![stat_form_id, unit_id]).await?.as_ref().map(|row| stat_return(tx, row)).transpose()
}

/// Begins a return; the first of two who begin at once wins, and both get the same one.
pub async fn begin(tx: &Tx, stat_form_id: &Id, unit_id: &Id, supplement: i64, at: Timestamp) -> Result<StatReturn> {
    tx.run(
        "insert into stat_return (stat_return_id, stat_form_id, unit_id, supplement, status, contact_name, contact_phone, remark, created_at, version)
         values ($1, $2, $3, $4, 'draft', '', '', '', $5, 1) on conflict (stat_form_id, unit_id, supplement) do nothing",
        args![new_id(), stat_form_id, unit_id, supplement, at],
    )
    .await?;
    find_latest(tx, stat_form_id, unit_id).await?.ok_or(Error::NotFound)
}

/// Loads a return that will change. With `version`, refuses as stale what was changed since the page was rendered.
pub async fn lock(tx: &Tx, stat_return_id: &Id, version: Option<i64>) -> Result<StatReturn> {
    tx.run_one("update stat_return set version = version + 1 where stat_return_id = $1", args![stat_return_id]).await?;
    let found = get(tx, stat_return_id).await?;
    match version {
        Some(version) if version + 1 != found.version => Err(Error::Stale),
        _ => Ok(found),
    }
}

/// Saves a return that was loaded by [`lock`].
pub async fn save(tx: &Tx, it: &StatReturn) -> Result<()> {
    let phone = match it.contact_phone.as_str() {
        "" => String::new(),
        phone => tx.keys().seal(&phone_place(&it.stat_return_id), phone)?,
    };
    tx.run_one(
        "update stat_return set status = $3, contact_name = $4, contact_phone = $5, remark = $6, completed_at = $7,
           approved_at = $8, approved_by = $9
         where stat_return_id = $1 and version = $2",
        args![
            it.stat_return_id,
            it.version,
            word(&it.status),
            it.contact_name,
            phone,
            it.remark,
            it.completed_at,
            it.approved_at,
            it.approved_by
        ],
    )
    .await?;
    tally::save(tx, it).await
}

/// The numbers of a return by cell.
pub async fn values(tx: &Read, stat_return_id: &Id) -> Result<BTreeMap<String, CellValue>> {
    let sql = "select cell, computed, reported, is_estimate, reason, words from stat_value where stat_return_id = $1";
    let rows = tx.list(sql, args![stat_return_id]).await?;
    rows.iter().map(|row| Ok((row.get("cell")?, value(row)?))).collect()
}

pub(super) fn value(row: &Row) -> Result<CellValue> {
    Ok(CellValue {
        computed: row.get("computed")?,
        reported: row.get("reported")?,
        is_estimate: row.get("is_estimate")?,
        reason: row.get("reason")?,
        text: row.get::<Option<String>>("words")?.unwrap_or_default(),
        last_year: None,
        listed: String::new(),
        outdated: None,
    })
}

/// Puts the number of a cell. Of a return that was handed in only together with [`save`], which writes its tally.
pub async fn save_value(tx: &Tx, stat_return_id: &Id, cell: &str, value: &CellValue) -> Result<()> {
    tx.run_one(
        "insert into stat_value (stat_return_id, cell, computed, reported, is_estimate, reason, words) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (stat_return_id, cell) do update set computed = excluded.computed, reported = excluded.reported,
           is_estimate = excluded.is_estimate, reason = excluded.reason, words = excluded.words",
        args![stat_return_id, cell, value.computed, value.reported, value.is_estimate, value.reason, value.text],
    )
    .await
}

/// Copies the numbers of a return into another one that has none yet: a supplementary return begins as a copy.
pub async fn copy_values(tx: &Tx, from: &Id, to: &Id) -> Result<()> {
    tx.run(
        "insert into stat_value (stat_return_id, cell, computed, reported, is_estimate, reason, words)
         select $2, cell, computed, reported, is_estimate, reason, words from stat_value where stat_return_id = $1",
        args![from, to],
    )
    .await
    .map(drop)
}

/// Who was named as the contact of a unit the last time: name and telephone number; the person who fills it in is asked to check.
pub async fn last_contact(tx: &Read, unit_id: &Id) -> Result<Option<(String, String)>> {
    let sql = format!(
        "select {COLUMNS} {FROM} where stat_return.unit_id = $1 and contact_name <> '' order by stat_return_id desc limit 1"
    );
    let found = tx.find(&sql, args![unit_id]).await?.as_ref().map(|row| stat_return(tx, row)).transpose()?;
    Ok(found.map(|it| (it.contact_name, it.contact_phone)))
}

/// The cells of a form in which some return holds a number or a text of its own, with the units that hold them.
pub async fn used_cells(tx: &Read, stat_form_id: &Id) -> Result<BTreeMap<String, Vec<String>>> {
    let rows = tx
        .list(
            "select distinct cell, unit.short_name, unit.sort_key from stat_value
               join stat_return using (stat_return_id) join unit using (unit_id)
             where stat_form_id = $1 and (reported is not null or words <> '')
             order by cell, unit.sort_key",
            args![stat_form_id],
        )
        .await?;
    let mut used: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in &rows {
        used.entry(row.get("cell")?).or_default().push(row.get("short_name")?);
    }
    Ok(used)
}
