//! From the choices made on the difference page to what is written: progress is kept, nothing is doubled.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::super::permitted::Part;
use super::super::plan::Span;
use super::super::progress::{ActivityStatus, TaskStatus};
use super::super::publish::{NewActivity, NewTask};
use super::{Difference, Field, Row, Standing};
use crate::{FormErrors, Id};

/// What a person chose for one line of the difference.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decision {
    /// `take`, `keep`, `both`; empty for what is proposed.
    pub action: String,
    /// For each contradictory field: take the notice (`true`) or keep what stands.
    pub fields: BTreeMap<Field, bool>,
}

/// One thing to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// The activity takes over fields of the revised notice.
    Update {
        /// The activity as it stands.
        old: usize,
        /// It with the fields taken over; key and progress are those that stand.
        activity: Box<NewActivity>,
        /// The fields taken over.
        fields: BTreeSet<Field>,
        /// What happens to its tasks.
        tasks: Vec<TaskAct>,
    },
    /// The activity only gets its new place in the order.
    Move {
        /// The activity as it stands.
        old: usize,
        /// Its place.
        sort_key: i64,
        /// Its place in the text of the revised notice.
        span: Span,
    },
    /// A new activity.
    Insert(Box<NewActivity>),
    /// The activity is called off; its open tasks are withdrawn, what was done stays.
    Cancel {
        /// The activity as it stands.
        old: usize,
        /// The tasks withdrawn.
        withdraw: Vec<Id>,
    },
}

/// What happens to one task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskAct {
    /// A unit joins.
    Add(NewTask),
    /// A unit leaves before it was done.
    Withdraw(Id),
    /// A unit that had left comes back.
    Reopen(Id, Part, Option<Date>),
    /// The part or the deadline of an open task changes.
    Change(Id, Part, Option<Date>),
}

/// May this choice be made for a line, and which one is proposed?
pub fn choices(row: &Row, standing: &[Standing]) -> (&'static [&'static str], &'static str) {
    match row {
        Row::Same { .. } => (&[], ""),
        Row::Changed { is_doubtful: true, .. } => (&["take", "both", "keep"], ""),
        Row::Changed { .. } => (&["take", "keep"], "take"),
        Row::Added { .. } => (&["take", "keep"], "take"),
        Row::Removed { old } => match standing.get(*old) {
            // What is finished cannot be called off.
            Some(it) if it.status == ActivityStatus::Done => (&["keep"], "keep"),
            Some(it) if it.has_progress() => (&["take", "keep"], ""),
            _ => (&["take", "keep"], "take"),
        },
    }
}

/// Turns the choices into what is written.
///
/// # Errors
/// A sentence per line (`row3`) and per contradictory field (`row3_title`) that still has to be chosen.
pub fn acts(
    difference: &Difference,
    decisions: &BTreeMap<usize, Decision>,
    standing: &[Standing],
    new: &[NewActivity],
) -> Result<Vec<Act>, FormErrors> {
    let mut errors = FormErrors::default();
    let mut acts = Vec::new();
    let nothing = Decision::default();
    for (index, row) in difference.rows.iter().enumerate() {
        let decision = decisions.get(&index).unwrap_or(&nothing);
        let (allowed, proposed) = choices(row, standing);
        let action = if decision.action.is_empty() { proposed } else { decision.action.as_str() };
        if !allowed.is_empty() && !allowed.contains(&action) {
            errors.add(format!("row{index}"), "请选择怎样处理这一项。");
            continue;
        }
        match row {
            Row::Same { old, new: fresh } => acts.extend(moved(*old, *fresh, standing, new)),
            Row::Added { new: fresh } if action == "take" => {
                acts.extend(new.get(*fresh).map(|it| Act::Insert(Box::new(it.clone()))));
            }
            Row::Added { .. } => {}
            Row::Removed { old } if action == "take" => acts.extend(cancelled(*old, standing)),
            Row::Removed { .. } => {}
            Row::Changed { old, new: fresh, fields, .. } => match action {
                "both" => acts.extend(new.get(*fresh).map(|it| Act::Insert(Box::new(it.clone())))),
                "keep" => acts.extend(moved(*old, *fresh, standing, new)),
                _ => {
                    let mut taken = BTreeSet::new();
                    for change in fields {
                        match (change.is_contradiction, decision.fields.get(&change.field)) {
                            (false, _) | (true, Some(true)) => {
                                taken.insert(change.field);
                            }
                            (true, Some(false)) => {}
                            (true, None) => {
                                errors.add(
                                    format!("row{index}_{}", change.field.code()),
                                    "两边都改过，请选择保留哪一个。",
                                );
                            }
                        }
                    }
                    acts.extend(updated(*old, *fresh, taken, standing, new));
                }
            },
        }
    }
    errors.into_result(acts)
}

fn moved(old: usize, new: usize, standing: &[Standing], fresh: &[NewActivity]) -> Option<Act> {
    let (standing, fresh) = (standing.get(old)?, fresh.get(new)?);
    (standing.sort_key != fresh.sort_key || standing.span != fresh.span).then_some(Act::Move {
        old,
        sort_key: fresh.sort_key,
        span: fresh.span,
    })
}

fn cancelled(old: usize, standing: &[Standing]) -> Option<Act> {
    let open = standing.get(old)?.tasks.iter().filter(|task| task.status == TaskStatus::Open);
    Some(Act::Cancel { old, withdraw: open.map(|task| task.task_id.clone()).collect() })
}

fn updated(
    at: usize,
    new: usize,
    fields: BTreeSet<Field>,
    standing: &[Standing],
    fresh: &[NewActivity],
) -> Option<Act> {
    let (old, new) = (standing.get(at)?, fresh.get(new)?);
    let takes = |field: Field| fields.contains(&field);
    let dates = takes(Field::Dates);
    let activity = NewActivity {
        activity_id: old.activity_id.clone(),
        number: if takes(Field::Number) { new.number } else { old.number },
        sort_key: new.sort_key,
        group: if takes(Field::Group) { new.group.clone() } else { old.group.clone() },
        title: if takes(Field::Title) { new.title.clone() } else { old.title.clone() },
        text: if takes(Field::Text) { new.text.clone() } else { old.text.clone() },
        kind: if takes(Field::Kind) { new.kind } else { old.kind },
        starts_on: if dates { new.starts_on } else { old.starts_on },
        ends_on: if dates { new.ends_on } else { old.ends_on },
        due_on: if dates { new.due_on } else { old.due_on },
        span: new.span,
        dates: if dates { new.dates.clone() } else { old.dates.clone() },
        places: if takes(Field::Places) { new.places.clone() } else { old.places.clone() },
        units: if takes(Field::Units) { new.units.clone() } else { old.units.clone() },
        tasks: Vec::new(),
        sessions: if dates || takes(Field::Places) { new.sessions.clone() } else { Vec::new() },
    };
    let tasks = task_acts(old, &activity, &new.tasks);
    Some(Act::Update { old: at, activity: Box::new(activity), fields, tasks })
}

/// Each unit keeps its one task: done stays done, open gets the new deadline, withdrawn comes back, a unit that left is withdrawn.
fn task_acts(old: &Standing, activity: &NewActivity, keys: &[NewTask]) -> Vec<TaskAct> {
    // A finished activity gets no new work by a revised notice.
    if !old.status.is_open() {
        return Vec::new();
    }
    let mut acts = Vec::new();
    for (unit_id, part) in &activity.units {
        match old.tasks.iter().find(|task| task.unit_id == *unit_id) {
            Some(task) => match task.status {
                TaskStatus::Done => {}
                TaskStatus::Withdrawn => acts.push(TaskAct::Reopen(task.task_id.clone(), *part, activity.due_on)),
                TaskStatus::Open if task.part != *part || task.due_on != activity.due_on => {
                    acts.push(TaskAct::Change(task.task_id.clone(), *part, activity.due_on));
                }
                TaskStatus::Open => {}
            },
            None => acts.extend(
                keys.iter()
                    .find(|key| key.unit_id == *unit_id)
                    .map(|key| TaskAct::Add(NewTask { part: *part, due_on: activity.due_on, ..key.clone() })),
            ),
        }
    }
    let leaves = |task: &&super::StandingTask| {
        task.status == TaskStatus::Open && !activity.units.iter().any(|(unit_id, _)| *unit_id == task.unit_id)
    };
    acts.extend(old.tasks.iter().filter(leaves).map(|task| TaskAct::Withdraw(task.task_id.clone())));
    acts
}
