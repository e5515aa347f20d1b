//! Records and ledger entries whose day lies outside the days of their campaign: they count, and somebody should look.

use domain::Id;
use domain::campaign::material::MaterialKind;
use domain::campaign::media::MediaKind;
use jiff::civil::Date;

use crate::{Read, Result, Row, args};

/// No page names more of them.
const MOST: i64 = 500;

/// A figure whose day lies outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// `record`, `media` or `material`: the area of its page.
    pub area: &'static str,
    pub origin_id: Id,
    pub title: String,
    pub happened_on: Date,
    pub indicator: String,
    /// The topic of a record; empty for none.
    pub topic: String,
    pub units: Vec<Id>,
}

/// The first and the last day on which something of a campaign is expected: its own days and those of its activities, in whole months.
///
/// A notice may name one day, 15 March, and be carried out through the month; without any day it is the year.
pub async fn days(tx: &Read, campaign_id: &Id) -> Result<Option<(Date, Date)>> {
    let Some((mut first, mut last)) = super::case_figure::period(tx, campaign_id).await? else { return Ok(None) };
    let sql = "select min(starts_on) as first, max(starts_on) as latest, max(ends_on) as last, max(due_on) as due from activity
               where campaign_id = $1 and status <> 'cancelled'";
    let row = tx.get(sql, args![campaign_id]).await?;
    first = row.get::<Option<Date>>("first")?.map_or(first, |it| it.min(first));
    for column in ["latest", "last", "due"] {
        last = row.get::<Option<Date>>(column)?.map_or(last, |it| it.max(last));
    }
    Ok(Some((first.first_of_month(), last.last_of_month())))
}

/// What counts in a campaign and happened before the first of these days or after the last one.
pub async fn outside(tx: &Read, campaign_id: &Id, from: Date, until: Date) -> Result<Vec<Outside>> {
    let mut found = of_records(tx, campaign_id, from, until).await?;
    let rows = tx
        .list(
            "select media_entry_id, kind, outlet, title, unit_id, published_on, reads from media_entry
             where campaign_id = $1 and status = 'kept' and (published_on < $2 or published_on > $3)
             order by published_on desc, media_entry_id limit $4",
            args![campaign_id, from, until, MOST],
        )
        .await?;
    for row in &rows {
        let kind = MediaKind::from_code(&row.get::<String>("kind")?);
        let indicators = kind.map(MediaKind::indicators).unwrap_or_default();
        let title = format!("{}《{}》", row.get::<String>("outlet")?, row.get::<String>("title")?);
        let reads: &[&str] = if row.get::<Option<i64>>("reads")?.is_some() { &["reads"] } else { &[] };
        for indicator in indicators.iter().chain(reads) {
            found.push(entry("media", row.get("media_entry_id")?, &title, row.get("published_on")?, indicator, row)?);
        }
    }
    let rows = tx
        .list(
            "select material_entry_id, kind, title, unit_id, happened_on from material_entry
             where campaign_id = $1 and status = 'kept' and is_in_record = 0 and (happened_on < $2 or happened_on > $3)
             order by happened_on desc, material_entry_id limit $4",
            args![campaign_id, from, until, MOST],
        )
        .await?;
    for row in &rows {
        let Some(kind) = MaterialKind::from_code(&row.get::<String>("kind")?) else { continue };
        let title: String = row.get("title")?;
        let id = row.get("material_entry_id")?;
        found.push(entry("material", id, &title, row.get("happened_on")?, kind.indicator(), row)?);
    }
    Ok(found)
}

fn entry(area: &'static str, id: Id, title: &str, on: Date, indicator: &str, row: &Row) -> Result<Outside> {
    Ok(Outside {
        area,
        origin_id: id,
        title: title.to_owned(),
        happened_on: on,
        indicator: indicator.to_owned(),
        topic: String::new(),
        units: vec![row.get("unit_id")?],
    })
}

async fn of_records(tx: &Read, campaign_id: &Id, from: Date, until: Date) -> Result<Vec<Outside>> {
    // By the index of days first: of a million records hardly one lies outside.
    let rows = tx
        .list(
            "select record.record_id, activity.title, record.happened_on, record_figure.indicator, record.topic, record_unit.unit_id
             from record join activity on activity.activity_id = record.activity_id
               join record_figure on record_figure.record_id = record.record_id
               join record_unit on record_unit.record_id = record.record_id
             where record.record_id in (
               select record_id from (select record_id from record
                 where campaign_id = $1 and status = 'kept' and happened_on < $2 order by happened_on desc limit $4) as before
               union all
               select record_id from (select record_id from record
                 where campaign_id = $1 and status = 'kept' and happened_on > $3 order by happened_on limit $4) as later)
             order by record.happened_on desc, record.record_id, indicator, record_unit.sort_key",
            args![campaign_id, from, until, MOST],
        )
        .await?;
    let mut found: Vec<Outside> = Vec::new();
    for row in &rows {
        let (id, indicator): (Id, String) = (row.get("record_id")?, row.get("indicator")?);
        let unit_id: Id = row.get("unit_id")?;
        if let Some(last) = found.last_mut().filter(|it| it.origin_id == id && it.indicator == indicator) {
            last.units.push(unit_id);
            continue;
        }
        found.push(Outside {
            area: "record",
            origin_id: id,
            title: row.get("title")?,
            happened_on: row.get("happened_on")?,
            indicator,
            topic: row.get("topic")?,
            units: vec![unit_id],
        });
    }
    Ok(found)
}
