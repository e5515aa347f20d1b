//! The review (核对) of a plan that was read: the draft, the corrections a person makes to it, and what still stands in the way.
//!
//! A [`Draft`] is a plan whose parts carry a key and a version, so that two people can correct different parts at once and
//! a correction of a part that changed meanwhile is noticed.
//! `correction` holds the corrections as data, `fields` the parse of what was typed, `resolve` the names of units,
//! `anchor` the places of values in the source, `outline` the lines no part of the plan came from, `permitted` who may do all this.

pub mod anchor;
pub mod correction;
pub mod fields;
pub mod outline;
pub mod permitted;
pub mod resolve;
pub mod same_unit;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::plan::{Activity, Plan, ReportDuty, Requirement, StatForm};
use resolve::Choice;

/// A part of a draft as a page showed it: which one, and in which state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The part's key; never used again after the part is gone.
    pub key: u32,
    /// How often it had been corrected when it was shown.
    pub version: u32,
}

/// A plan under review: the plan as corrected so far, with a key and a version for each of its parts.
///
/// As JSON it is the plan with one more member, `marks`; whoever only wants the plan reads it as a [`Plan`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Draft {
    /// The plan as corrected so far.
    #[serde(flatten)]
    pub plan: Plan,
    #[serde(default)]
    marks: Marks,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Marks {
    next_key: u32,
    head: u32,
    activities: Vec<Seen>,
    requirements: Vec<Seen>,
    report_duties: Vec<Seen>,
    forms: Vec<Seen>,
    choices: BTreeMap<String, Choice>,
    read_warnings: BTreeSet<usize>,
}

impl Draft {
    /// The draft of a plan nobody has touched yet.
    pub fn new(plan: Plan) -> Draft {
        let mut draft = Draft { plan, marks: Marks::default() };
        draft.mend();
        draft
    }

    /// The draft from its JSON; a bare plan is taken as an untouched draft.
    ///
    /// # Errors
    /// When the text is not the JSON of a plan.
    pub fn from_json(text: &str) -> Result<Draft, serde_json::Error> {
        let mut draft: Draft = serde_json::from_str(text)?;
        draft.mend();
        Ok(draft)
    }

    /// The draft as JSON.
    ///
    /// # Errors
    /// Never in practice: a plan has no value that JSON cannot hold.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// Gives every part a mark; parts and marks stand side by side.
    fn mend(&mut self) {
        let Marks { next_key, activities, requirements, report_duties, forms, .. } = &mut self.marks;
        let mut fill = |marks: &mut Vec<Seen>, n: usize| {
            marks.truncate(n);
            while marks.len() < n {
                *next_key += 1;
                marks.push(Seen { key: *next_key, version: 1 });
            }
        };
        fill(activities, self.plan.activities.len());
        fill(requirements, self.plan.requirements.len());
        fill(report_duties, self.plan.report_duties.len());
        fill(forms, self.plan.forms.len());
    }

    /// Which version of title, theme, year and period this is.
    pub fn head_version(&self) -> u32 {
        self.marks.head
    }

    /// The activities with their marks, in order.
    pub fn activities(&self) -> impl Iterator<Item = (Seen, &Activity)> {
        self.marks.activities.iter().copied().zip(&self.plan.activities)
    }

    /// The requirements with their marks, in order.
    pub fn requirements(&self) -> impl Iterator<Item = (Seen, &Requirement)> {
        self.marks.requirements.iter().copied().zip(&self.plan.requirements)
    }

    /// The report duties with their marks, in order.
    pub fn report_duties(&self) -> impl Iterator<Item = (Seen, &ReportDuty)> {
        self.marks.report_duties.iter().copied().zip(&self.plan.report_duties)
    }

    /// The statistics forms with their marks, in order.
    pub fn forms(&self) -> impl Iterator<Item = (Seen, &StatForm)> {
        self.marks.forms.iter().copied().zip(&self.plan.forms)
    }

    /// What people decided about the names of units in this plan.
    pub fn choices(&self) -> &BTreeMap<String, Choice> {
        &self.marks.choices
    }

    /// Has somebody ticked this warning (by its place in the plan) as read?
    pub fn is_warning_read(&self, index: usize) -> bool {
        self.marks.read_warnings.contains(&index)
    }

    /// Warnings nobody has ticked as read.
    pub fn open_warnings(&self) -> usize {
        (0..self.plan.warnings.len()).filter(|index| !self.is_warning_read(*index)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        Plan {
            title: Some("清河县2025年“3·15”活动方案".into()),
            activities: vec![
                Activity { number: Some(1), title: "现场咨询".into(), ..Activity::default() },
                Activity { number: Some(2), title: "知识竞赛".into(), ..Activity::default() },
            ],
            ..Plan::default()
        }
    }

    #[test]
    fn a_draft_is_the_plan_with_marks() {
        let draft = Draft::new(plan());
        let json = draft.to_json().unwrap();
        assert_eq!(serde_json::from_str::<Plan>(&json).unwrap(), plan());
        assert_eq!(Draft::from_json(&json).unwrap(), draft);
        let keys: Vec<u32> = draft.activities().map(|(seen, _)| seen.key).collect();
        assert_eq!(keys, [1, 2]);
    }

    #[test]
    fn a_bare_plan_is_an_untouched_draft() {
        let json = serde_json::to_string(&plan()).unwrap();
        assert_eq!(Draft::from_json(&json).unwrap(), Draft::new(plan()));
    }
}
