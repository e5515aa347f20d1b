//! Cases of which somebody has been told (提醒、升级), and those the background has to look at.

use domain::Id;
use domain::complaint::clock::clocks;
use domain::complaint::escalation::{self, Cause, Level, Recipient};
use domain::complaint::event::CaseEvent;
use jiff::{SignedDuration, Timestamp};

use super::case::{self, COLUMNS, Case, Law};
use super::queue::{Scope, scoped};
use crate::{Read, Result, ToValue, Tx, Value, args};

/// The rank of a level in its column.
pub(super) fn rank(level: Level) -> i64 {
    match level {
        Level::Reminder => 1,
        Level::Escalation => 2,
    }
}

/// The open cases at which something has to be told by now, those that wait longest first.
pub async fn list_due(tx: &Read, now: Timestamp, limit: i64) -> Result<Vec<Id>> {
    let sql = "select complaint_id from complaint where is_open = 1 and look_at <= $1 order by look_at limit $2";
    tx.list(sql, args![now, limit]).await?.iter().map(|row| row.get("complaint_id")).collect()
}

/// Looks at one case and tells what has to be told: how many events that were. Who looks again tells nothing again.
pub async fn look(tx: &Tx, complaint_id: &Id, law: Law<'_>, now: Timestamp) -> Result<usize> {
    let mut case = case::lock_quietly(tx, complaint_id).await?;
    let counted = clocks(&case.state, law.rules, law.calendar);
    let planned = escalation::plan_with(&case.state, law.rules, &counted);
    let events: Vec<CaseEvent> =
        escalation::due(&planned, &case.state, now).into_iter().map(escalation::Planned::event).collect();
    case::append(tx, &mut case, &events, law, None, now).await?;
    Ok(events.len())
}

/// Comes back an hour later to a case that could not be looked at.
pub async fn put_off(tx: &Tx, complaint_id: &Id, now: Timestamp) -> Result<()> {
    let later = now + SignedDuration::from_hours(1);
    tx.run_one("update complaint set look_at = $2 where complaint_id = $1", args![complaint_id, later]).await
}

/// Which of those told to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub scope: Scope,
    /// The cases of this unit.
    pub unit_id: Option<Id>,
    /// Those nobody has.
    pub is_without_unit: bool,
    /// Told to this one.
    pub to: Option<Recipient>,
    /// At least so loud.
    pub level: Option<Level>,
    /// A leader waits for an answer.
    pub is_directed: bool,
}

fn conditions(filter: &Filter) -> (String, Vec<Value>) {
    let (mut sql, mut arguments) = scoped(&filter.scope);
    let mut and = |condition: &str, value: Value| {
        arguments.push(value);
        sql.push_str(&format!(" and {condition} ${}", arguments.len()));
    };
    if let Some(unit_id) = &filter.unit_id {
        and("unit_id =", unit_id.to_value());
    }
    if let Some(to) = filter.to {
        and("escalation_to =", to.code().to_value());
    }
    if let Some(level) = filter.level {
        and("escalation_rank >=", rank(level).to_value());
    }
    if filter.is_without_unit {
        sql.push_str(" and unit_id is null");
    }
    // Whom a leader has asked is listed before the day has come.
    sql.push_str(if filter.is_directed { " and is_directed = 1" } else { " and escalation_rank > 0" });
    (sql, arguments)
}

/// A case of which somebody has been told.
#[derive(Debug, Clone, PartialEq)]
pub struct Escalated {
    pub case: Case,
    /// Why; `None` when nobody has been told and a leader waits for an answer.
    pub cause: Option<Cause>,
    pub at: Option<Timestamp>,
}

/// The cases, the most urgent first.
pub async fn list(tx: &Read, filter: &Filter, limit: i64) -> Result<Vec<Escalated>> {
    let (condition, mut arguments) = conditions(filter);
    arguments.push(limit.to_value());
    let n = arguments.len();
    let sql = format!(
        "select {COLUMNS}, escalated_at from complaint where {condition}
         order by escalation_rank desc, sort_at, ordinal limit ${n}"
    );
    let rows = tx.list(&sql, &arguments).await?;
    let mut found = Vec::new();
    for row in &rows {
        let case = case::case(tx, row)?;
        let at: String = row.get("escalated_at")?;
        found.push(Escalated { cause: case.escalated, at: at.parse().ok(), case });
    }
    Ok(found)
}

/// How many there are.
pub async fn count(tx: &Read, filter: &Filter) -> Result<i64> {
    let (condition, arguments) = conditions(filter);
    let sql = format!("select count(*) as n from complaint where {condition}");
    tx.count(&sql, &arguments).await
}
