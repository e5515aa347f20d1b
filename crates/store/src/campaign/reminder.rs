//! Reminders (催办): what the office or a leader asks a unit to hurry with, shown on its desk until it has been seen.

use std::collections::BTreeMap;

use domain::Id;
use jiff::Timestamp;

use crate::{Read, Result, Row, Tx, args, new_id};

/// A reminder to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReminder {
    pub campaign_id: Id,
    pub activity_id: Option<Id>,
    pub report_duty_id: Option<Id>,
    pub stat_form_id: Option<Id>,
    pub unit_id: Id,
    pub person_name: String,
    pub text: String,
}

/// A reminder with the names a page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    pub reminder_id: Id,
    pub campaign_id: Id,
    pub activity_id: Option<Id>,
    pub activity_title: Option<String>,
    pub report_duty_id: Option<Id>,
    /// The form a return is asked for.
    pub stat_form_id: Option<Id>,
    pub unit_id: Id,
    pub unit_name: String,
    pub person_name: String,
    pub text: String,
    pub at: Timestamp,
    pub seen_at: Option<Timestamp>,
}

const SELECT: &str = "select reminder_id, reminder.campaign_id, reminder.activity_id, activity.title as activity_title, report_duty_id, stat_form_id,
       reminder.unit_id, unit.short_name as unit_name, person_name, reminder.text, at, seen_at
     from reminder join unit on unit.unit_id = reminder.unit_id left join activity on activity.activity_id = reminder.activity_id";

fn reminder(row: &Row) -> Result<Reminder> {
    Ok(Reminder {
        reminder_id: row.get("reminder_id")?,
        campaign_id: row.get("campaign_id")?,
        activity_id: row.get("activity_id")?,
        activity_title: row.get("activity_title")?,
        report_duty_id: row.get("report_duty_id")?,
        stat_form_id: row.get("stat_form_id")?,
        unit_id: row.get("unit_id")?,
        unit_name: row.get("unit_name")?,
        person_name: row.get("person_name")?,
        text: row.get("text")?,
        at: row.get("at")?,
        seen_at: row.get("seen_at")?,
    })
}

/// The reminders of a unit that nobody there has seen yet, the newest first.
pub async fn list_unseen(tx: &Read, unit_id: &Id) -> Result<Vec<Reminder>> {
    let sql = format!("{SELECT} where reminder.unit_id = $1 and seen_at is null order by at desc, reminder_id desc");
    tx.list(&sql, args![unit_id]).await?.iter().map(reminder).collect()
}

/// The reminders about one activity, the newest first.
pub async fn list_of_activity(tx: &Read, activity_id: &Id) -> Result<Vec<Reminder>> {
    let sql = format!("{SELECT} where reminder.activity_id = $1 order by at desc, reminder_id desc");
    tx.list(&sql, args![activity_id]).await?.iter().map(reminder).collect()
}

/// When each unit was last reminded of a statistics form, and by whom.
pub async fn latest_of_form(tx: &Read, stat_form_id: &Id) -> Result<BTreeMap<Id, (Timestamp, String)>> {
    let sql = format!("{SELECT} where stat_form_id = $1 order by at, reminder_id");
    let all = tx.list(&sql, args![stat_form_id]).await?;
    all.iter().map(reminder).map(|it| it.map(|it| (it.unit_id, (it.at, it.person_name)))).collect()
}

/// The reminder.
pub async fn get(tx: &Read, reminder_id: &Id) -> Result<Reminder> {
    let sql = format!("{SELECT} where reminder_id = $1");
    reminder(&tx.get(&sql, args![reminder_id]).await?)
}

/// Sends a reminder.
pub async fn insert(tx: &Tx, new: &NewReminder, at: Timestamp) -> Result<()> {
    tx.run(
        "insert into reminder (reminder_id, campaign_id, activity_id, report_duty_id, stat_form_id, unit_id, person_name, text, at, seen_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, null)",
        args![
            new_id(),
            new.campaign_id,
            new.activity_id,
            new.report_duty_id,
            new.stat_form_id,
            new.unit_id,
            new.person_name,
            new.text,
            at
        ],
    )
    .await
    .map(drop)
}

/// Notes that the unit has seen it. Only the first time counts: `false` when it was seen before.
pub async fn mark_seen(tx: &Tx, reminder_id: &Id, at: Timestamp) -> Result<bool> {
    let sql = "update reminder set seen_at = $2 where reminder_id = $1 and seen_at is null";
    Ok(tx.run(sql, args![reminder_id, at]).await? == 1)
}
