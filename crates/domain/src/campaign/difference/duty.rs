//! Report duties and statistics forms of a running campaign against those of the revised notice.
//!
//! What was handed in stays; a duty that nobody has fulfilled and the notice no longer asks for falls away.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::super::plan::{ReportDuty, StatForm};
use super::super::publish::{NewActivity, NewReportDuty, NewStatForm};
use super::alike;
use crate::Id;

/// A report duty as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the tables")]
pub struct StandingDuty {
    pub report_duty_id: Id,
    pub who: Option<String>,
    pub what: Vec<String>,
    pub to: Vec<String>,
    pub via: Vec<String>,
    pub due_on: Option<Date>,
    pub due_text: String,
    /// Each unit that owes it, and whether it has handed in.
    pub units: Vec<(Id, bool)>,
}

impl StandingDuty {
    /// How many units have handed in.
    pub fn handed_in(&self) -> usize {
        self.units.iter().filter(|(_, is_handed_in)| *is_handed_in).count()
    }
}

/// One line of the difference of report duties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DutyRow {
    /// Nothing to do.
    Same,
    /// Changed: field, before, after; the units that come in addition, and those that fall away (never one that has handed in).
    Changed {
        /// Which one.
        old: usize,
        /// In the revised notice.
        new: usize,
        /// What differs, in words.
        fields: Vec<(&'static str, String, String)>,
        /// Units that owe it now.
        join: Vec<Id>,
        /// Units that no longer do.
        leave: Vec<Id>,
    },
    /// Only in the revised notice.
    Added {
        /// In the revised notice.
        new: usize,
    },
    /// Only in the running campaign. It stays when somebody has handed in.
    Removed {
        /// Which one.
        old: usize,
        /// Does it stay?
        stays: bool,
    },
}

fn due_text(duty: &ReportDuty) -> String {
    duty.due.as_ref().map(|it| it.text.clone()).unwrap_or_default()
}

/// Compares report duties, matched by what they ask for.
///
/// Where the notice names the same units in the same words (局属各单位), a unit that came into the tree meanwhile for another
/// campaign owes nothing by that: only units with an `activity` of this one join.
pub fn duties(standing: &[StandingDuty], new: &[NewReportDuty], activities: &[NewActivity]) -> Vec<DutyRow> {
    let takes_part: BTreeSet<&Id> = activities.iter().flat_map(|it| it.units.iter().map(|(id, _)| id)).collect();
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    let mut rows = Vec::new();
    for (new_at, fresh) in new.iter().enumerate() {
        let what = fresh.duty.what.join("、");
        let score = |old: &StandingDuty| {
            let who = if old.who == fresh.duty.who { 0.3 } else { 0.0 };
            alike(&old.what.join("、"), &what) + who
        };
        let best = standing
            .iter()
            .enumerate()
            .filter(|(at, _)| !taken.contains(at))
            .map(|(at, old)| (score(old), at, old))
            .filter(|(score, ..)| *score >= 0.5)
            .max_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(&one.1)));
        let Some((_, old_at, old)) = best else {
            rows.push(DutyRow::Added { new: new_at });
            continue;
        };
        taken.insert(old_at);
        rows.push(changed(old_at, old, (new_at, fresh), &takes_part));
    }
    for (old_at, old) in standing.iter().enumerate().filter(|(at, _)| !taken.contains(at)) {
        rows.push(DutyRow::Removed { old: old_at, stays: old.handed_in() > 0 });
    }
    rows
}

fn changed(
    old_at: usize,
    old: &StandingDuty,
    (new_at, fresh): (usize, &NewReportDuty),
    takes_part: &BTreeSet<&Id>,
) -> DutyRow {
    let duty = &fresh.duty;
    let pairs = [
        ("报送单位", old.who.clone().unwrap_or_default(), duty.who.clone().unwrap_or_default()),
        ("材料", old.what.join("、"), duty.what.join("、")),
        ("报给", old.to.join("、"), duty.to.join("、")),
        ("方式", old.via.join("、"), duty.via.join("、")),
        ("期限", old.due_text.clone(), due_text(duty)),
    ];
    let fields: Vec<_> = pairs.into_iter().filter(|(_, before, after)| before != after).collect();
    let owes = |unit_id: &Id| old.units.iter().any(|(it, _)| it == unit_id);
    let is_reworded = old.who != duty.who;
    let joins = |it: &&Id| !owes(it) && (is_reworded || takes_part.contains(it));
    let join: Vec<Id> = fresh.units.iter().filter(joins).cloned().collect();
    let leaves = |(unit_id, is_handed_in): &&(Id, bool)| !is_handed_in && !fresh.units.contains(unit_id);
    let leave: Vec<Id> = old.units.iter().filter(leaves).map(|(unit_id, _)| unit_id.clone()).collect();
    if fields.is_empty() && join.is_empty() && leave.is_empty() && old.due_on == fresh.due_on {
        return DutyRow::Same;
    }
    DutyRow::Changed { old: old_at, new: new_at, fields, join, leave }
}

/// A statistics form as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the table")]
pub struct StandingForm {
    pub stat_form_id: Id,
    pub form: StatForm,
}

/// One line of the difference of statistics forms. A form the revised notice lacks stays: figures may stand in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormRow {
    /// Nothing to do.
    Same,
    /// The rows change.
    Changed {
        /// Which one.
        old: usize,
        /// In the revised notice.
        new: usize,
        /// Labels that come in addition.
        join: Vec<String>,
        /// Labels that fall away.
        leave: Vec<String>,
    },
    /// Only in the revised notice.
    Added {
        /// In the revised notice.
        new: usize,
    },
}

/// Compares statistics forms, matched by title, else by rows.
pub fn forms(standing: &[StandingForm], new: &[NewStatForm]) -> Vec<FormRow> {
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    let labels = |form: &StatForm| form.rows.iter().map(|row| row.label.clone()).collect::<Vec<_>>();
    let mut rows = Vec::new();
    for (new_at, fresh) in new.iter().enumerate() {
        let fresh_labels = labels(&fresh.form);
        let fits = |old: &StandingForm| {
            old.form.title == fresh.form.title || alike(&labels(&old.form).join(""), &fresh_labels.join("")) >= 0.5
        };
        let found = standing.iter().enumerate().find(|(at, old)| !taken.contains(at) && fits(old));
        let Some((old_at, old)) = found else {
            rows.push(FormRow::Added { new: new_at });
            continue;
        };
        taken.insert(old_at);
        if old.form == fresh.form {
            rows.push(FormRow::Same);
            continue;
        }
        let old_labels = labels(&old.form);
        let join = fresh_labels.iter().filter(|it| !old_labels.contains(it)).cloned().collect();
        let leave = old_labels.iter().filter(|it| !fresh_labels.contains(it)).cloned().collect();
        rows.push(FormRow::Changed { old: old_at, new: new_at, join, leave });
    }
    rows
}
