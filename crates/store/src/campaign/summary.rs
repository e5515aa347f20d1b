//! Summary reports (总结) and every version of them; and what of the records they are drafted from.

use domain::Id;
use domain::campaign::summary::Summary;
use jiff::Timestamp;
use jiff::civil::Date;

use super::record;
use crate::{Error, Read, Result, Row, Tx, args, json, new_id};

/// A report as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredSummary {
    pub summary_id: Id,
    pub campaign_id: Id,
    /// `None` for the whole campaign.
    pub unit_id: Option<Id>,
    pub content: Summary,
    pub person_id: Id,
    pub changed_at: Timestamp,
    /// 定稿: the text is locked.
    pub is_final: Option<Final>,
    pub version: i64,
}

/// Who made a report final, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Final {
    pub at: Timestamp,
    pub by: String,
}

/// One saved version, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SummaryVersion {
    pub version: i64,
    /// `drafted`, `redrafted`, `corrected`, `restored`.
    pub kind: String,
    pub person_name: String,
    pub at: Timestamp,
}

/// A report in the list of a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSummary {
    pub unit_id: Option<Id>,
    pub changed_at: Timestamp,
    pub version: i64,
}

const COLUMNS: &str = "summary_id, campaign_id, unit_id, content, person_id, changed_at, final_at, final_by, version";

fn summary(row: &Row) -> Result<StoredSummary> {
    let (at, by): (Option<Timestamp>, Option<String>) = (row.get("final_at")?, row.get("final_by")?);
    Ok(StoredSummary {
        is_final: at.zip(by).map(|(at, by)| Final { at, by }),
        summary_id: row.get("summary_id")?,
        campaign_id: row.get("campaign_id")?,
        unit_id: row.get("unit_id")?,
        content: row.json("content")?,
        person_id: row.get("person_id")?,
        changed_at: row.get("changed_at")?,
        version: row.get("version")?,
    })
}

fn scope(unit_id: Option<&Id>) -> &str {
    unit_id.map(Id::as_str).unwrap_or_default()
}

/// The report of a unit or of the whole campaign, if it was drafted.
pub async fn find(tx: &Read, campaign_id: &Id, unit_id: Option<&Id>) -> Result<Option<StoredSummary>> {
    let sql = format!("select {COLUMNS} from summary where campaign_id = $1 and scope = $2");
    tx.find(&sql, args![campaign_id, scope(unit_id)]).await?.as_ref().map(summary).transpose()
}

/// Every report of a campaign, the whole campaign's first.
pub async fn list(tx: &Read, campaign_id: &Id) -> Result<Vec<ListedSummary>> {
    let sql = "select unit_id, changed_at, version from summary where campaign_id = $1 order by scope";
    let rows = tx.list(sql, args![campaign_id]).await?;
    rows.iter()
        .map(|row| {
            Ok(ListedSummary {
                unit_id: row.get("unit_id")?,
                changed_at: row.get("changed_at")?,
                version: row.get("version")?,
            })
        })
        .collect()
}

/// Stores the first draft; `None` when somebody else has drafted meanwhile.
pub async fn insert(
    tx: &Tx,
    campaign_id: &Id,
    unit_id: Option<&Id>,
    content: &Summary,
    person_id: &Id,
    at: Timestamp,
) -> Result<Option<StoredSummary>> {
    let sql = format!(
        "insert into summary (summary_id, campaign_id, unit_id, scope, content, person_id, changed_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, 1) on conflict (campaign_id, scope) do nothing returning {COLUMNS}"
    );
    let arguments = args![new_id(), campaign_id, unit_id, scope(unit_id), json(content)?, person_id, at];
    let Some(row) = tx.find(&sql, arguments).await? else { return Ok(None) };
    let stored = summary(&row)?;
    insert_version(tx, &stored, "drafted").await?;
    Ok(Some(stored))
}

/// Loads a report that will change, and refuses as stale what was changed since the page was rendered.
pub async fn lock(tx: &Tx, summary_id: &Id, version: i64) -> Result<StoredSummary> {
    let sql = format!("update summary set version = version + 1 where summary_id = $1 returning {COLUMNS}");
    let stored = summary(&tx.get(&sql, args![summary_id]).await?)?;
    if stored.version == version + 1 { Ok(stored) } else { Err(Error::Stale) }
}

/// Saves a report that was loaded by [`lock`], as a version of its own.
pub async fn save(tx: &Tx, stored: &StoredSummary, kind: &str) -> Result<()> {
    tx.run_one(
        "update summary set content = $3, person_id = $4, changed_at = $5 where summary_id = $1 and version = $2",
        args![stored.summary_id, stored.version, json(&stored.content)?, stored.person_id, stored.changed_at],
    )
    .await?;
    insert_version(tx, stored, kind).await
}

/// Makes this version final, or opens it again (`None`); the text and its version stay. Stale when somebody has changed either meanwhile.
pub async fn save_final(tx: &Tx, summary_id: &Id, version: i64, is_final: Option<&Final>) -> Result<()> {
    let (at, by) = (is_final.map(|it| it.at), is_final.map(|it| it.by.as_str()));
    let which = if is_final.is_some() { "final_at is null" } else { "final_at is not null" };
    let sql =
        format!("update summary set final_at = $3, final_by = $4 where summary_id = $1 and version = $2 and {which}");
    match tx.run(&sql, args![summary_id, version, at, by]).await? {
        1 => Ok(()),
        _ => Err(Error::Stale),
    }
}

async fn insert_version(tx: &Tx, stored: &StoredSummary, kind: &str) -> Result<()> {
    tx.run(
        "insert into summary_version (summary_id, version, kind, content, person_id, at) values ($1, $2, $3, $4, $5, $6)",
        args![stored.summary_id, stored.version, kind, json(&stored.content)?, stored.person_id, stored.changed_at],
    )
    .await
    .map(drop)
}

/// The saved versions, the newest first.
pub async fn list_versions(tx: &Read, summary_id: &Id) -> Result<Vec<SummaryVersion>> {
    let rows = tx
        .list(
            "select summary_version.version, kind, person.name, at from summary_version join person using (person_id)
             where summary_id = $1 order by summary_version.version desc",
            args![summary_id],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(SummaryVersion {
                version: row.get("version")?,
                kind: row.get("kind")?,
                person_name: row.get("name")?,
                at: row.get("at")?,
            })
        })
        .collect()
}

/// What a saved version said.
pub async fn get_version(tx: &Read, summary_id: &Id, version: i64) -> Result<Summary> {
    let sql = "select content from summary_version where summary_id = $1 and version = $2";
    tx.find(sql, args![summary_id, version]).await?.ok_or(Error::NotFound)?.json("content")
}

/// How many records of each activity count, of a unit or of all.
pub async fn record_counts(tx: &Read, campaign_id: &Id, unit_id: Option<&Id>) -> Result<Vec<(Id, i64)>> {
    let rows = tx
        .list(
            "select activity_id, count(*) as n from record
             where campaign_id = $1 and status = 'kept'
               and ($2 = '' or exists (select 1 from record_unit where record_unit.record_id = record.record_id and unit_id = $2))
             group by activity_id",
            args![campaign_id, scope(unit_id)],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get("activity_id")?, row.get("n")?))).collect()
}

/// The units that have recorded, each with the number of its records, most first.
pub async fn units(tx: &Read, campaign_id: &Id) -> Result<Vec<(Id, String, i64)>> {
    let rows = tx
        .list(
            "select unit_id, unit.short_name, unit.sort_key, count(*) as n
             from record join record_unit using (record_id) join unit using (unit_id)
             where record.campaign_id = $1 and status = 'kept'
             group by unit_id, unit.short_name, unit.sort_key order by n desc, unit.sort_key, unit_id",
            args![campaign_id],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get("unit_id")?, row.get("short_name")?, row.get("n")?))).collect()
}

/// What was written in the records: activity, day, units, words; the newest first, at most `limit`.
pub async fn notes(
    tx: &Read,
    campaign_id: &Id,
    unit_id: Option<&Id>,
    limit: i64,
) -> Result<Vec<(Id, Date, String, String)>> {
    let rows = tx
        .list(
            "select record_id, activity_id, happened_on, note from record
             where campaign_id = $1 and status = 'kept' and note <> ''
               and ($2 = '' or exists (select 1 from record_unit where record_unit.record_id = record.record_id and unit_id = $2))
             order by happened_on desc, record_id desc limit $3",
            args![campaign_id, scope(unit_id), limit],
        )
        .await?;
    let mut notes = Vec::with_capacity(rows.len());
    for row in &rows {
        let record_id: Id = row.get("record_id")?;
        let names = record::unit_names(tx, &record_id).await?;
        notes.push((row.get("activity_id")?, row.get("happened_on")?, names, row.get("note")?));
    }
    Ok(notes)
}
