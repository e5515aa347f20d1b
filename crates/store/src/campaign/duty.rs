//! Report duties (报送) of a campaign, and where each unit stands with them.

use domain::Id;
use domain::campaign::plan::Span;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{Read, Result, Row, Tx, args};

/// A report duty as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportDuty {
    pub report_duty_id: Id,
    pub campaign_id: Id,
    /// Who hands in, in the words of the notice.
    pub who: Option<String>,
    /// What is handed in: a list.
    pub what: Vec<String>,
    /// To whom.
    pub to: Vec<String>,
    /// By which way.
    pub via: Vec<String>,
    pub due_on: Option<Date>,
    pub due_time: Option<String>,
    /// The deadline in the words of the notice.
    pub due_text: String,
    pub span: Span,
    pub sort_key: i64,
    pub version: i64,
}

/// Where one unit stands with a duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyUnit {
    pub report_duty_id: Id,
    pub unit_id: Id,
    pub unit_name: String,
    pub is_handed_in: bool,
    pub handed_in_at: Option<Timestamp>,
    pub note: String,
    pub version: i64,
}

/// A duty with where one unit stands, as a desk shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskDuty {
    pub duty: ReportDuty,
    pub unit: DutyUnit,
    pub campaign_title: String,
}

const COLUMNS: &str = "report_duty.report_duty_id, report_duty.campaign_id, who, what, to_text, via, due_on, due_time, due_text, \
                       span_start, span_end, report_duty.sort_key, report_duty.version";
const UNIT_COLUMNS: &str = "report_duty_unit.report_duty_id, report_duty_unit.unit_id, unit.short_name as unit_name, \
                            report_duty_unit.status as unit_status, handed_in_at, note, report_duty_unit.version as unit_version";

fn duty(row: &Row) -> Result<ReportDuty> {
    Ok(ReportDuty {
        report_duty_id: row.get("report_duty_id")?,
        campaign_id: row.get("campaign_id")?,
        who: row.get("who")?,
        what: words(row, "what")?,
        to: words(row, "to_text")?,
        via: words(row, "via")?,
        due_on: row.get("due_on")?,
        due_time: row.get("due_time")?,
        due_text: row.get("due_text")?,
        span: Span { start: row.get("span_start")?, end: row.get("span_end")? },
        sort_key: row.get("sort_key")?,
        version: row.get("version")?,
    })
}

/// A list kept as JSON; a bare text is a list of one.
fn words(row: &Row, column: &str) -> Result<Vec<String>> {
    let text: String = row.get(column)?;
    if text.trim_start().starts_with('[') {
        return row.json(column);
    }
    Ok(Some(text).filter(|it| !it.is_empty()).into_iter().collect())
}

fn duty_unit(row: &Row) -> Result<DutyUnit> {
    let status: String = row.get("unit_status")?;
    Ok(DutyUnit {
        report_duty_id: row.get("report_duty_id")?,
        unit_id: row.get("unit_id")?,
        unit_name: row.get("unit_name")?,
        is_handed_in: status == "handed_in",
        handed_in_at: row.get("handed_in_at")?,
        note: row.get("note")?,
        version: row.get("unit_version")?,
    })
}

/// Every report duty of a campaign, in the order of the notice.
pub async fn list(tx: &Read, campaign_id: &Id) -> Result<Vec<ReportDuty>> {
    let sql = format!("select {COLUMNS} from report_duty where campaign_id = $1 order by sort_key, report_duty_id");
    tx.list(&sql, args![campaign_id]).await?.iter().map(duty).collect()
}

/// Where every unit stands with every duty of a campaign.
pub async fn list_units(tx: &Read, campaign_id: &Id) -> Result<Vec<DutyUnit>> {
    let sql = format!(
        "select {UNIT_COLUMNS} from report_duty_unit join report_duty using (report_duty_id) join unit using (unit_id)
         where campaign_id = $1 order by report_duty.sort_key, unit.sort_key, unit.unit_id"
    );
    tx.list(&sql, args![campaign_id]).await?.iter().map(duty_unit).collect()
}

const DESK_FROM: &str = "from report_duty_unit join report_duty using (report_duty_id) join unit using (unit_id) join campaign using (campaign_id)
     where campaign.status = 'published'";

fn desk_duty(row: &Row) -> Result<DeskDuty> {
    Ok(DeskDuty { duty: duty(row)?, unit: duty_unit(row)?, campaign_title: row.get("campaign_title")? })
}

/// The duties of one unit in all running campaigns.
pub async fn list_of_unit(tx: &Read, unit_id: &Id) -> Result<Vec<DeskDuty>> {
    let sql = format!(
        "select {COLUMNS}, {UNIT_COLUMNS}, campaign.title as campaign_title {DESK_FROM} and report_duty_unit.unit_id = $1
         order by report_duty.sort_key, report_duty.report_duty_id"
    );
    tx.list(&sql, args![unit_id]).await?.iter().map(desk_duty).collect()
}

/// The duties of all units in all running campaigns, for the desk of the office.
pub async fn list_running(tx: &Read) -> Result<Vec<DeskDuty>> {
    let sql = format!(
        "select {COLUMNS}, {UNIT_COLUMNS}, campaign.title as campaign_title {DESK_FROM}
         order by report_duty.sort_key, report_duty.report_duty_id"
    );
    tx.list(&sql, args![]).await?.iter().map(desk_duty).collect()
}

/// The duty.
pub async fn get(tx: &Read, report_duty_id: &Id) -> Result<ReportDuty> {
    let sql = format!("select {COLUMNS} from report_duty where report_duty_id = $1");
    duty(&tx.get(&sql, args![report_duty_id]).await?)
}

/// Loads where a unit stands with a duty, to change it.
pub async fn lock_unit(tx: &Tx, report_duty_id: &Id, unit_id: &Id) -> Result<DutyUnit> {
    tx.run_one(
        "update report_duty_unit set version = version + 1 where report_duty_id = $1 and unit_id = $2",
        args![report_duty_id, unit_id],
    )
    .await?;
    let sql = format!(
        "select {UNIT_COLUMNS} from report_duty_unit join unit using (unit_id)
         where report_duty_unit.report_duty_id = $1 and report_duty_unit.unit_id = $2"
    );
    duty_unit(&tx.get(&sql, args![report_duty_id, unit_id]).await?)
}

/// Holds the duty of every unit, to remove it; yields for each whether it was handed in.
pub async fn lock_units(tx: &Tx, report_duty_id: &Id) -> Result<Vec<bool>> {
    let sql = "update report_duty_unit set version = version + 1 where report_duty_id = $1 returning status";
    let rows = tx.list(sql, args![report_duty_id]).await?;
    rows.iter().map(|row| Ok(row.get::<String>("status")? == "handed_in")).collect()
}

/// Saves where a unit stands, loaded by [`lock_unit`].
pub async fn save_unit(tx: &Tx, unit: &DutyUnit) -> Result<()> {
    tx.run_one(
        "update report_duty_unit set status = $4, handed_in_at = $5, note = $6
         where report_duty_id = $1 and unit_id = $2 and version = $3",
        args![
            unit.report_duty_id,
            unit.unit_id,
            unit.version,
            if unit.is_handed_in { "handed_in" } else { "open" },
            unit.handed_in_at,
            unit.note
        ],
    )
    .await
}
