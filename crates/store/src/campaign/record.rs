//! Records (一次记录): the rows, their units and their figures.

use std::collections::BTreeMap;

use domain::Id;
use domain::campaign::record::entry::RecordEntry;
use domain::campaign::record::{RecordFigure, RecordStatus, same_as};
use domain::statistics::quantity::Quantity;
use jiff::Timestamp;
use jiff::civil::Date;

use super::record_question;
use crate::{Error, Read, Result, Row, Tx, args, new_id, word};

/// A record as stored, with what a page shows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub record_id: Id,
    pub campaign_id: Id,
    pub activity_id: Id,
    pub activity_session_id: Option<Id>,
    pub happened_on: Date,
    /// The topic of the form it counts under; empty for none.
    pub topic: String,
    pub note: String,
    pub status: RecordStatus,
    pub client_key: String,
    pub person_id: Id,
    pub created_at: Timestamp,
    pub version: i64,
    /// The units, in the order of the form, with their short names.
    pub units: Vec<(Id, String)>,
    /// The figures, in the order of the list of indicators.
    pub figures: Vec<RecordFigure>,
}

impl Record {
    /// The keys of the units.
    pub fn unit_ids(&self) -> Vec<Id> {
        self.units.iter().map(|(unit_id, _)| unit_id.clone()).collect()
    }

    /// The names of the units.
    pub fn unit_names(&self) -> String {
        self.units.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join("、")
    }
}

/// The short names of the units of a record, in their order: 市场科、青石所.
pub async fn unit_names(tx: &Read, record_id: &Id) -> Result<String> {
    let sql = "select short_name from record_unit join unit using (unit_id) where record_id = $1 order by record_unit.sort_key";
    let rows = tx.list(sql, args![record_id]).await?;
    Ok(rows.iter().map(|it| it.get("short_name")).collect::<Result<Vec<String>>>()?.join("、"))
}

/// A record to be created.
#[derive(Debug, Clone)]
pub struct NewRecord<'a> {
    pub campaign_id: &'a Id,
    pub activity_id: &'a Id,
    pub activity_session_id: Option<&'a Id>,
    pub topic: &'a str,
    pub entry: &'a RecordEntry,
    pub client_key: &'a str,
    pub person_id: &'a Id,
}

const COLUMNS: &str = "record_id, campaign_id, activity_id, activity_session_id, happened_on, topic, note, status, client_key, \
                       person_id, created_at, version";

fn record(row: &Row) -> Result<Record> {
    Ok(Record {
        record_id: row.get("record_id")?,
        campaign_id: row.get("campaign_id")?,
        activity_id: row.get("activity_id")?,
        activity_session_id: row.get("activity_session_id")?,
        happened_on: row.get("happened_on")?,
        topic: row.get("topic")?,
        note: row.get("note")?,
        status: row.word("status")?,
        client_key: row.get("client_key")?,
        person_id: row.get("person_id")?,
        created_at: row.get("created_at")?,
        version: row.get("version")?,
        units: Vec::new(),
        figures: Vec::new(),
    })
}

/// Adds units and figures to one record.
async fn complete(tx: &Read, mut record: Record) -> Result<Record> {
    let units = tx
        .list(
            "select unit_id, unit.short_name from record_unit join unit using (unit_id) where record_id = $1
             order by record_unit.sort_key",
            args![record.record_id],
        )
        .await?;
    record.units = units.iter().map(|row| Ok((row.get("unit_id")?, row.get("short_name")?))).collect::<Result<_>>()?;
    let figures = tx
        .list("select indicator, value, is_estimate from record_figure where record_id = $1", args![record.record_id])
        .await?;
    record.figures = figures.iter().map(figure).collect::<Result<_>>()?;
    sort(&mut record.figures);
    Ok(record)
}

fn figure(row: &Row) -> Result<RecordFigure> {
    let quantity = Quantity { value: row.get("value")?, is_estimate: row.get("is_estimate")? };
    Ok(RecordFigure { indicator: row.get("indicator")?, quantity })
}

/// In the order of the list of indicators, which is the order people know from the form.
fn sort(figures: &mut [RecordFigure]) {
    let place = |code: &str| domain::statistics::indicator::INDICATORS.iter().position(|it| it.code == code);
    figures.sort_by_key(|it| place(&it.indicator).unwrap_or(usize::MAX));
}

/// The record, if there is one.
pub async fn find(tx: &Read, record_id: &Id) -> Result<Option<Record>> {
    let sql = format!("select {COLUMNS} from record where record_id = $1");
    match tx.find(&sql, args![record_id]).await? {
        Some(row) => Ok(Some(complete(tx, record(&row)?).await?)),
        None => Ok(None),
    }
}

/// The record.
pub async fn get(tx: &Read, record_id: &Id) -> Result<Record> {
    find(tx, record_id).await?.ok_or(Error::NotFound)
}

/// The record that was sent under this key, if it has arrived.
pub async fn find_by_client_key(tx: &Read, client_key: &str) -> Result<Option<Record>> {
    let sql = format!("select {COLUMNS} from record where client_key = $1");
    match tx.find(&sql, args![client_key]).await? {
        Some(row) => Ok(Some(complete(tx, record(&row)?).await?)),
        None => Ok(None),
    }
}

/// Which records to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only records of this activity; empty for all.
    pub activity_id: String,
    /// Only records of this unit; empty for all.
    pub unit_id: String,
    /// Only records with a figure of this indicator; empty for all.
    pub indicator: String,
    /// Also those that were withdrawn.
    pub with_withdrawn: bool,
}

/// The records of a campaign, the newest day first: `limit` of them from `offset` on.
pub async fn list(tx: &Read, campaign_id: &Id, filter: &Filter, limit: i64, offset: i64) -> Result<Vec<Record>> {
    let sql = format!(
        "select {COLUMNS} from record
         where campaign_id = $1 and ($2 = '' or activity_id = $2) and (status = 'kept' or $3 = 1)
           and ($4 = '' or exists (select 1 from record_unit where record_unit.record_id = record.record_id and unit_id = $4))
           and ($5 = '' or exists (select 1 from record_figure where record_figure.record_id = record.record_id and indicator = $5))
         order by happened_on desc, record_id desc limit $6 offset $7"
    );
    let arguments =
        args![campaign_id, filter.activity_id, filter.with_withdrawn, filter.unit_id, filter.indicator, limit, offset];
    let rows = tx.list(&sql, arguments).await?;
    let mut records = Vec::with_capacity(rows.len());
    for row in &rows {
        records.push(complete(tx, record(row)?).await?);
    }
    Ok(records)
}

/// How many records [`list`] finds in all.
pub async fn count(tx: &Read, campaign_id: &Id, filter: &Filter) -> Result<i64> {
    tx.count(
        "select count(*) as n from record
         where campaign_id = $1 and ($2 = '' or activity_id = $2) and (status = 'kept' or $3 = 1)
           and ($4 = '' or exists (select 1 from record_unit where record_unit.record_id = record.record_id and unit_id = $4))
           and ($5 = '' or exists (select 1 from record_figure where record_figure.record_id = record.record_id and indicator = $5))",
        args![campaign_id, filter.activity_id, filter.with_withdrawn, filter.unit_id, filter.indicator],
    )
    .await
}

/// Creates a record; `None` when one with the same client key is there already.
pub async fn insert(tx: &Tx, new: &NewRecord<'_>, at: Timestamp) -> Result<Option<Record>> {
    let sql = format!(
        "insert into record ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, 'kept', $8, $9, $10, 1)
         on conflict (client_key) do nothing returning {COLUMNS}"
    );
    let arguments = args![
        new_id(),
        new.campaign_id,
        new.activity_id,
        new.activity_session_id,
        new.entry.happened_on,
        new.topic,
        new.entry.note,
        new.client_key,
        new.person_id,
        at
    ];
    let Some(row) = tx.find(&sql, arguments).await? else { return Ok(None) };
    let mut record = record(&row)?;
    record.figures.clone_from(&new.entry.figures);
    save_figures(tx, &record).await?;
    save_units(tx, &record.record_id, &new.entry.unit_ids).await?;
    let record = complete(tx, record).await?;
    record_question::note(tx, &record).await?;
    Ok(Some(record))
}

/// Loads a record that will change. With `version`, refuses as stale what was changed since the page was rendered.
pub async fn lock(tx: &Tx, record_id: &Id, version: Option<i64>) -> Result<Record> {
    let sql = format!("update record set version = version + 1 where record_id = $1 returning {COLUMNS}");
    let record = record(&tx.get(&sql, args![record_id]).await?)?;
    match version {
        Some(version) if version + 1 != record.version => Err(Error::Stale),
        _ => complete(tx, record).await,
    }
}

/// Saves a record that was loaded by [`lock`], with its units and figures.
pub async fn save(tx: &Tx, record: &Record) -> Result<()> {
    tx.run_one(
        "update record set activity_session_id = $3, happened_on = $4, topic = $5, note = $6, status = $7
         where record_id = $1 and version = $2",
        args![
            record.record_id,
            record.version,
            record.activity_session_id,
            record.happened_on,
            record.topic,
            record.note,
            word(&record.status)
        ],
    )
    .await?;
    tx.run("delete from record_figure where record_id = $1", args![record.record_id]).await?;
    save_figures(tx, record).await?;
    tx.run("delete from record_unit where record_id = $1", args![record.record_id]).await?;
    save_units(tx, &record.record_id, &record.unit_ids()).await?;
    record_question::note(tx, record).await
}

async fn save_figures(tx: &Tx, record: &Record) -> Result<()> {
    for figure in &record.figures {
        tx.run(
            "insert into record_figure (record_id, indicator, value, is_estimate, same_as, campaign_id, activity_id, topic,
               happened_on, is_counted) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            args![
                record.record_id,
                figure.indicator,
                figure.quantity.value,
                figure.quantity.is_estimate,
                same_as(&figure.indicator, record.activity_session_id.as_ref()).unwrap_or_default(),
                record.campaign_id,
                record.activity_id,
                record.topic,
                record.happened_on,
                record.status == RecordStatus::Kept
            ],
        )
        .await?;
    }
    Ok(())
}

async fn save_units(tx: &Tx, record_id: &Id, unit_ids: &[Id]) -> Result<()> {
    for (sort_key, unit_id) in unit_ids.iter().enumerate() {
        tx.run(
            "insert into record_unit (record_id, unit_id, sort_key) values ($1, $2, $3)",
            args![record_id, unit_id, sort_key],
        )
        .await?;
    }
    Ok(())
}

/// The session whose key ends with these ten digits: its activity and itself.
pub async fn find_session_by_code(tx: &Read, code: &str) -> Result<Option<(Id, Id)>> {
    let sql =
        "select activity_id, activity_session_id from activity_session where substr(activity_session_id, 23) = $1";
    // Two keys with the same end are as good as none: nobody may land on the wrong activity.
    match tx.list(sql, args![code]).await?.as_slice() {
        [row] => Ok(Some((row.get("activity_id")?, row.get("activity_session_id")?))),
        _ => Ok(None),
    }
}

/// The venue whose key ends with these ten digits.
pub async fn find_venue_by_code(tx: &Read, code: &str) -> Result<Option<Id>> {
    let sql = "select venue_id from venue where substr(venue_id, 23) = $1";
    match tx.list(sql, args![code]).await?.as_slice() {
        [row] => Ok(Some(row.get("venue_id")?)),
        _ => Ok(None),
    }
}

/// Takes a session away from its records, before the session itself is removed; the records stay.
pub async fn leave_session(tx: &Tx, activity_session_id: &Id) -> Result<()> {
    tx.run(
        "update record set activity_session_id = null, version = version + 1 where activity_session_id = $1",
        args![activity_session_id],
    )
    .await
    .map(drop)
}

/// The largest figure by indicator that records of these units held before this one was kept, in every campaign. Withdrawn ones do not count.
pub async fn largest_before(tx: &Read, record: &Record) -> Result<BTreeMap<String, i64>> {
    let mut largest: BTreeMap<String, i64> = BTreeMap::new();
    for unit_id in record.unit_ids() {
        let rows = tx
            .list(
                "select indicator, max(value) as value from record_unit
                   join record on record.record_id = record_unit.record_id
                   join record_figure on record_figure.record_id = record.record_id
                 where record_unit.unit_id = $1 and is_counted = 1 and record.record_id <> $2 and record.created_at <= $3
                 group by indicator",
                args![unit_id, record.record_id, record.created_at],
            )
            .await?;
        for row in &rows {
            let value: i64 = row.get("value")?;
            let known = largest.entry(row.get("indicator")?).or_insert(value);
            *known = (*known).max(value);
        }
    }
    Ok(largest)
}

/// The figures a person has confirmed, by indicator: the mark holds while the record says that number.
pub async fn confirmed(tx: &Read, record_id: &Id) -> Result<BTreeMap<String, i64>> {
    let rows = tx.list("select indicator, value from record_confirmed where record_id = $1", args![record_id]).await?;
    rows.iter().map(|row| Ok((row.get("indicator")?, row.get("value")?))).collect()
}

/// Marks a figure as confirmed.
pub async fn confirm(tx: &Tx, record_id: &Id, indicator: &str, value: i64) -> Result<()> {
    tx.run_one(
        "insert into record_confirmed (record_id, indicator, value) values ($1, $2, $3)
         on conflict (record_id, indicator) do update set value = excluded.value",
        args![record_id, indicator, value],
    )
    .await
}

/// A record of the same activity that holds the very same file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameFile {
    pub sha256: String,
    pub record_id: Id,
    pub happened_on: Date,
    pub unit_names: String,
}

/// The other kept records of the activity that hold a file of this record as well, byte by byte.
pub async fn with_same_files(tx: &Read, record: &Record) -> Result<Vec<SameFile>> {
    let rows = tx
        .list(
            "select distinct own.sha256, record.record_id, record.happened_on
             from attachment as own
               join attachment as other on other.sha256 = own.sha256 and other.subject_id <> own.subject_id
               join record on record.record_id = other.subject_id
             where own.area = 'record' and own.subject_id = $1 and own.is_removed = 0
               and other.area = 'record' and other.is_removed = 0
               and record.activity_id = $2 and record.status = 'kept'
             order by record.happened_on, record.record_id",
            args![record.record_id, record.activity_id],
        )
        .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let record_id: Id = row.get("record_id")?;
        found.push(SameFile {
            sha256: row.get("sha256")?,
            unit_names: unit_names(tx, &record_id).await?,
            happened_on: row.get("happened_on")?,
            record_id,
        });
    }
    Ok(found)
}
