//! Returns (填报) of units and the number in each cell.

use std::collections::BTreeMap;

use domain::Id;
use domain::statistics::aggregate::PartSum;
use domain::statistics::check::CellValue;
use domain::statistics::stat_return::ReturnStatus;
use jiff::Timestamp;

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
    save_counts(tx, it).await
}

/// The numbers of a return by cell.
pub async fn values(tx: &Read, stat_return_id: &Id) -> Result<BTreeMap<String, CellValue>> {
    let sql = "select cell, computed, reported, is_estimate, reason, words from stat_value where stat_return_id = $1";
    let rows = tx.list(sql, args![stat_return_id]).await?;
    rows.iter().map(|row| Ok((row.get("cell")?, value(row)?))).collect()
}

fn value(row: &Row) -> Result<CellValue> {
    Ok(CellValue {
        computed: row.get("computed")?,
        reported: row.get("reported")?,
        is_estimate: row.get("is_estimate")?,
        reason: row.get("reason")?,
        text: row.get::<Option<String>>("words")?.unwrap_or_default(),
        last_year: None,
    })
}

/// What one cell holds in the return of one unit, and where that return counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedValue {
    pub unit_id: Id,
    pub value: CellValue,
    /// In the latest approved return of the unit.
    pub is_approved: bool,
    /// In the latest return the unit has handed in.
    pub is_handed_in: bool,
}

/// What the returns that count hold in one cell, unit by unit: for its page, and for what must not be added.
pub async fn list_values(tx: &Read, stat_form_id: &Id, cell: &str) -> Result<Vec<CountedValue>> {
    let rows = tx
        .list(
            "select unit_id, counts_as, computed, reported, is_estimate, reason, words from stat_value
             where stat_form_id = $1 and cell = $2 and counts_as in (1, 2, 3) order by unit_id",
            args![stat_form_id, cell],
        )
        .await?;
    let counted = |row: &Row| {
        let counts_as: i64 = row.get("counts_as")?;
        Ok(CountedValue {
            unit_id: row.get("unit_id")?,
            value: value(row)?,
            is_approved: counts_as != 2,
            is_handed_in: counts_as != 1,
        })
    };
    rows.iter().map(counted).collect()
}

/// In how many cells the return that each unit has handed in differs from what the records said; units without a difference are left out.
pub async fn differences(tx: &Read, stat_form_id: &Id) -> Result<BTreeMap<Id, usize>> {
    let rows = tx
        .list(
            "select unit_id, count(*) as n from stat_value
             where stat_form_id = $1 and counts_as in (2, 3) and computed is not null
               and (reported is null or reported <> computed) group by unit_id",
            args![stat_form_id],
        )
        .await?;
    let of = |row: &Row| Ok((row.get("unit_id")?, usize::try_from(row.get::<i64>("n")?).unwrap_or_default()));
    rows.iter().map(of).collect()
}

/// The returns of which units a sum takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose<'a> {
    All,
    Only(&'a [Id]),
    Except(&'a [Id]),
}

/// The most units of one statement; an engine knows no more parameters than about twice as many.
const UNITS_AT_ONCE: usize = 15_000;

/// The roll-up of a form by the database itself: what its cells come to over the latest approved returns, without a row for each number.
///
/// Whether a cell may be added at all is the rule of its indicator; who asks for a sum of 条/天 gets one that means nothing.
pub async fn sums(tx: &Read, stat_form_id: &Id, whose: Whose<'_>) -> Result<BTreeMap<String, PartSum>> {
    let mut sums = BTreeMap::new();
    match whose {
        Whose::All => add_sums(tx, stat_form_id, "", &[], &mut sums).await?,
        Whose::Except([]) => add_sums(tx, stat_form_id, "", &[], &mut sums).await?,
        Whose::Except(units) => add_sums(tx, stat_form_id, "not", units, &mut sums).await?,
        Whose::Only(units) => {
            for units in units.chunks(UNITS_AT_ONCE) {
                add_sums(tx, stat_form_id, "", units, &mut sums).await?;
            }
        }
    }
    Ok(sums)
}

async fn add_sums(
    tx: &Read,
    stat_form_id: &Id,
    not: &str,
    units: &[Id],
    sums: &mut BTreeMap<String, PartSum>,
) -> Result<()> {
    let mut values = args![stat_form_id].to_vec();
    for unit_id in units {
        values.extend(args![unit_id].to_vec());
    }
    let places: Vec<String> = (2..=values.len()).map(|n| format!("${n}")).collect();
    let among = match units {
        [] => String::new(),
        _ => format!("and unit_id {not} in ({})", places.join(", ")),
    };
    let sql = format!(
        "select cell, cast(sum(reported) as bigint) as reported, cast(sum(reported - coalesce(computed, 0)) as bigint) as beyond,
           max(reported) as largest, count(reported) as n_units,
           max(case when reported is null then 0 else is_estimate end) as has_estimate
         from stat_value where stat_form_id = $1 and counts_as in (1, 3) {among} group by cell"
    );
    for row in &tx.list(&sql, &values).await? {
        let part = PartSum {
            reported: row.get("reported")?,
            beyond: row.get::<Option<i64>>("beyond")?.unwrap_or_default(),
            largest: row.get("largest")?,
            n_units: usize::try_from(row.get::<i64>("n_units")?).unwrap_or_default(),
            has_estimate: row.get("has_estimate")?,
            single: Vec::new(),
        };
        sums.entry(row.get("cell")?).or_insert_with(PartSum::default).merge(&part);
    }
    Ok(())
}

/// Puts the number of a cell.
pub async fn save_value(tx: &Tx, stat_return_id: &Id, cell: &str, value: &CellValue) -> Result<()> {
    tx.run_one(
        "insert into stat_value (stat_return_id, stat_form_id, unit_id, counts_as, cell, computed, reported, is_estimate, reason, words)
         select stat_return_id, stat_form_id, unit_id, counts_as, $2, $3, $4, $5, $6, $7 from stat_return where stat_return_id = $1
         on conflict (stat_return_id, cell) do update set computed = excluded.computed, reported = excluded.reported,
           is_estimate = excluded.is_estimate, reason = excluded.reason, words = excluded.words",
        args![stat_return_id, cell, value.computed, value.reported, value.is_estimate, value.reason, value.text],
    )
    .await
}

/// Where the returns of a unit count, after the status of one of them changed: written to them and to their numbers.
async fn save_counts(tx: &Tx, it: &StatReturn) -> Result<()> {
    let rows = tx
        .list(
            "select stat_return_id, status, counts_as from stat_return where stat_form_id = $1 and unit_id = $2 order by supplement",
            args![it.stat_form_id, it.unit_id],
        )
        .await?;
    let statuses: Vec<ReturnStatus> = rows.iter().map(|row| row.word("status")).collect::<Result<_>>()?;
    for (row, counts_as) in rows.iter().zip(counts_as(&statuses)) {
        if row.get::<i64>("counts_as")? == counts_as {
            continue;
        }
        let id: Id = row.get("stat_return_id")?;
        let sql = "update stat_return set counts_as = $2 where stat_return_id = $1";
        tx.run_one(sql, args![id, counts_as]).await?;
        tx.run("update stat_value set counts_as = $2 where stat_return_id = $1", args![id, counts_as]).await?;
    }
    Ok(())
}

/// Where each of the returns of a unit counts, the first return first: 1 for the latest approved one, and 2 for the latest handed in.
fn counts_as(statuses: &[ReturnStatus]) -> Vec<i64> {
    let latest = |is: fn(&ReturnStatus) -> bool| statuses.iter().rposition(is);
    let approved = latest(|it| *it == ReturnStatus::Approved);
    let handed_in = latest(|it| *it != ReturnStatus::Draft);
    let of = |n: usize| i64::from(approved == Some(n)) + 2 * i64::from(handed_in == Some(n));
    (0..statuses.len()).map(of).collect()
}

/// Copies the numbers of a return into another one that has none yet: a supplementary return begins as a copy.
pub async fn copy_values(tx: &Tx, from: &Id, to: &Id) -> Result<()> {
    tx.run(
        "insert into stat_value (stat_return_id, stat_form_id, unit_id, cell, computed, reported, is_estimate, reason, words)
         select $2, stat_form_id, unit_id, cell, computed, reported, is_estimate, reason, words from stat_value where stat_return_id = $1",
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
            "select distinct cell, unit.short_name, unit.sort_key from stat_value join unit using (unit_id)
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
