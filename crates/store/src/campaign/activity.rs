//! Activities (活动) of a published campaign: the rows, their units, notes and sessions.

use domain::Id;
use domain::campaign::kind::ActivityKind;
use domain::campaign::permitted::Part;
use domain::campaign::plan::{DateMention, Span};
use domain::campaign::progress::ActivityStatus;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{Error, Read, Result, Row, Tx, args, json, new_id, word};

/// An activity as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    pub activity_id: Id,
    pub campaign_id: Id,
    /// Its ordinal in the notice.
    pub number: Option<i64>,
    pub sort_key: i64,
    /// The heading it stands under.
    pub group_title: Option<String>,
    pub title: String,
    pub text: String,
    pub kind: ActivityKind,
    pub status: ActivityStatus,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    pub due_on: Option<Date>,
    /// Where it stands in the text of the notice.
    pub span: Span,
    /// The dates as the notice words them.
    pub dates: Vec<DateMention>,
    pub places: Vec<String>,
    pub done_at: Option<Timestamp>,
    pub version: i64,
}

/// A unit's part in an activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityUnit {
    pub activity_id: Id,
    pub unit_id: Id,
    pub part: Part,
    pub unit_name: String,
}

/// A progress note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityNote {
    pub activity_note_id: Id,
    pub unit_name: String,
    pub person_name: String,
    pub at: Timestamp,
    pub text: String,
}

const COLUMNS: &str = "activity_id, campaign_id, number, sort_key, group_title, title, text, kind, status, starts_on, ends_on, due_on, \
                       span_start, span_end, dates, places, done_at, version";

fn activity(row: &Row) -> Result<Activity> {
    Ok(Activity {
        activity_id: row.get("activity_id")?,
        campaign_id: row.get("campaign_id")?,
        number: row.get("number")?,
        sort_key: row.get("sort_key")?,
        group_title: row.get("group_title")?,
        title: row.get("title")?,
        text: row.get("text")?,
        kind: row.word("kind")?,
        status: row.word("status")?,
        starts_on: row.get("starts_on")?,
        ends_on: row.get("ends_on")?,
        due_on: row.get("due_on")?,
        span: Span { start: row.get("span_start")?, end: row.get("span_end")? },
        dates: row.json("dates")?,
        places: row.json("places")?,
        done_at: row.get("done_at")?,
        version: row.get("version")?,
    })
}

fn activity_unit(row: &Row) -> Result<ActivityUnit> {
    Ok(ActivityUnit {
        activity_id: row.get("activity_id")?,
        unit_id: row.get("unit_id")?,
        part: part(row)?,
        unit_name: row.get("unit_name")?,
    })
}

pub(super) fn part(row: &Row) -> Result<Part> {
    let code: String = row.get("part")?;
    Part::from_code(&code).ok_or_else(|| Error::Internal(format!("not a part: {code:?}")))
}

/// Every activity of a campaign, in the order of the notice.
pub async fn list(tx: &Read, campaign_id: &Id) -> Result<Vec<Activity>> {
    let sql = format!("select {COLUMNS} from activity where campaign_id = $1 order by sort_key, activity_id");
    tx.list(&sql, args![campaign_id]).await?.iter().map(activity).collect()
}

/// The parts of all units in all activities of a campaign, the leads of each activity first.
pub async fn list_units(tx: &Read, campaign_id: &Id) -> Result<Vec<ActivityUnit>> {
    let rows = tx
        .list(
            "select activity_unit.activity_id, activity_unit.unit_id, part, unit.short_name as unit_name
             from activity_unit join activity using (activity_id) join unit using (unit_id)
             where campaign_id = $1
             order by activity.sort_key, activity_unit.activity_id, part, activity_unit.sort_key",
            args![campaign_id],
        )
        .await?;
    rows.iter().map(activity_unit).collect()
}

/// The units of one activity, the leads first.
pub async fn list_units_of(tx: &Read, activity_id: &Id) -> Result<Vec<ActivityUnit>> {
    let rows = tx
        .list(
            "select activity_id, unit_id, part, unit.name as unit_name
             from activity_unit join unit using (unit_id)
             where activity_id = $1 order by part, activity_unit.sort_key",
            args![activity_id],
        )
        .await?;
    rows.iter().map(activity_unit).collect()
}

/// The activity, if there is one.
pub async fn find(tx: &Read, activity_id: &Id) -> Result<Option<Activity>> {
    let sql = format!("select {COLUMNS} from activity where activity_id = $1");
    tx.find(&sql, args![activity_id]).await?.as_ref().map(activity).transpose()
}

/// The activity.
pub async fn get(tx: &Read, activity_id: &Id) -> Result<Activity> {
    find(tx, activity_id).await?.ok_or(Error::NotFound)
}

/// Loads an activity that will change. With `version`, refuses as stale what was changed since the page was rendered.
pub async fn lock(tx: &Tx, activity_id: &Id, version: Option<i64>) -> Result<Activity> {
    let sql = format!("update activity set version = version + 1 where activity_id = $1 returning {COLUMNS}");
    let activity = activity(&tx.get(&sql, args![activity_id]).await?)?;
    match version {
        Some(version) if version + 1 != activity.version => Err(Error::Stale),
        _ => Ok(activity),
    }
}

/// Saves an activity that was loaded by [`lock`]. Its place in the notice never changes.
pub async fn save(tx: &Tx, activity: &Activity) -> Result<()> {
    tx.run_one(
        "update activity set title = $3, text = $4, kind = $5, status = $6, starts_on = $7, ends_on = $8, due_on = $9,
           places = $10, done_at = $11, group_title = $12
         where activity_id = $1 and version = $2",
        args![
            activity.activity_id,
            activity.version,
            activity.title,
            activity.text,
            word(&activity.kind),
            word(&activity.status),
            activity.starts_on,
            activity.ends_on,
            activity.due_on,
            json(&activity.places)?,
            activity.done_at,
            activity.group_title
        ],
    )
    .await
}

/// Replaces the units of an activity that was loaded by [`lock`], in the order given.
pub async fn save_units(tx: &Tx, activity_id: &Id, units: &[(Id, Part)]) -> Result<()> {
    tx.run("delete from activity_unit where activity_id = $1", args![activity_id]).await?;
    for (sort_key, (unit_id, part)) in units.iter().enumerate() {
        tx.run(
            "insert into activity_unit (activity_id, unit_id, part, sort_key) values ($1, $2, $3, $4)
             on conflict (activity_id, unit_id, part) do nothing",
            args![activity_id, unit_id, part.code(), sort_key],
        )
        .await?;
    }
    Ok(())
}

/// The progress notes of an activity, the newest first.
pub async fn list_notes(tx: &Read, activity_id: &Id) -> Result<Vec<ActivityNote>> {
    let rows = tx
        .list(
            "select activity_note_id, unit.short_name as unit_name, person.name as person_name, at, text
             from activity_note join unit on unit.unit_id = activity_note.unit_id
               join person on person.person_id = activity_note.person_id
             where activity_id = $1 order by at desc, activity_note_id desc",
            args![activity_id],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(ActivityNote {
                activity_note_id: row.get("activity_note_id")?,
                unit_name: row.get("unit_name")?,
                person_name: row.get("person_name")?,
                at: row.get("at")?,
                text: row.get("text")?,
            })
        })
        .collect()
}

/// Adds a progress note of a person for their unit.
pub async fn insert_note(
    tx: &Tx,
    activity_id: &Id,
    unit_id: &Id,
    person_id: &Id,
    text: &str,
    at: Timestamp,
) -> Result<()> {
    tx.run(
        "insert into activity_note (activity_note_id, activity_id, unit_id, person_id, at, text)
         values ($1, $2, $3, $4, $5, $6)",
        args![new_id(), activity_id, unit_id, person_id, at, text],
    )
    .await
    .map(drop)
}
