//! A return (填报): one unit's form for one campaign, and its steps.
//!
//! *Complete* (I filled it) and *approved* (someone above checked it) are different facts by different people.
//! After approval nothing is changed in place: what comes later is a supplementary return (补报), which starts as a copy.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::check::{Finding, Severity};
use crate::Id;
use crate::unit::{Actor, Role};

/// Where a return stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnStatus {
    /// 填报中.
    Draft,
    /// 已填报, waiting for the unit above.
    Complete,
    /// 已审核.
    Approved,
}

impl ReturnStatus {
    /// Every status, in the order of the work.
    pub const ALL: &[ReturnStatus] = &[ReturnStatus::Draft, ReturnStatus::Complete, ReturnStatus::Approved];

    /// The code in the database.
    pub fn code(self) -> &'static str {
        match self {
            ReturnStatus::Draft => "draft",
            ReturnStatus::Complete => "complete",
            ReturnStatus::Approved => "approved",
        }
    }

    /// The status of a code; `None` for anything else.
    pub fn from_code(code: &str) -> Option<ReturnStatus> {
        ReturnStatus::ALL.iter().copied().find(|it| it.code() == code)
    }

    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            ReturnStatus::Draft => "填报中",
            ReturnStatus::Complete => "已填报",
            ReturnStatus::Approved => "已审核",
        }
    }
}

/// A step of a return: a button on its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnStep {
    /// 填写: put numbers and reasons into a draft.
    Fill,
    /// 提交.
    Complete,
    /// 收回: take a completed return back before it is approved.
    Withdraw,
    /// 审核通过.
    Approve,
    /// 退回修改, with a remark.
    SendBack,
    /// 补报: open a supplementary return after approval, with a reason.
    Supplement,
}

impl ReturnStep {
    /// Every step, in the order of the buttons.
    pub const ALL: &[ReturnStep] = &[
        ReturnStep::Fill,
        ReturnStep::Complete,
        ReturnStep::Withdraw,
        ReturnStep::Approve,
        ReturnStep::SendBack,
        ReturnStep::Supplement,
    ];

    /// The code in addresses and events.
    pub fn code(self) -> &'static str {
        match self {
            ReturnStep::Fill => "fill",
            ReturnStep::Complete => "complete",
            ReturnStep::Withdraw => "withdraw",
            ReturnStep::Approve => "approve",
            ReturnStep::SendBack => "send_back",
            ReturnStep::Supplement => "supplement",
        }
    }

    /// The step of a code; `None` for anything else.
    pub fn from_code(code: &str) -> Option<ReturnStep> {
        ReturnStep::ALL.iter().copied().find(|it| it.code() == code)
    }

    /// The word on the button.
    pub fn label(self) -> &'static str {
        match self {
            ReturnStep::Fill => "保存",
            ReturnStep::Complete => "提交",
            ReturnStep::Withdraw => "收回修改",
            ReturnStep::Approve => "审核通过",
            ReturnStep::SendBack => "退回修改",
            ReturnStep::Supplement => "补报",
        }
    }

    /// Must a reason be given?
    pub fn needs_reason(self) -> bool {
        matches!(self, ReturnStep::SendBack | ReturnStep::Supplement)
    }

    /// The status after the step.
    pub fn leads_to(self) -> ReturnStatus {
        match self {
            ReturnStep::Fill | ReturnStep::Withdraw | ReturnStep::SendBack | ReturnStep::Supplement => {
                ReturnStatus::Draft
            }
            ReturnStep::Complete => ReturnStatus::Complete,
            ReturnStep::Approve => ReturnStatus::Approved,
        }
    }
}

/// What [`permitted`] has to know about a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    /// Where it stands.
    pub status: ReturnStatus,
    /// Its campaign is published and not archived.
    pub is_running: bool,
    /// The unit that reports.
    pub unit_id: &'a Id,
    /// The unit above it, whose people approve; `None` at the top.
    pub parent_id: Option<&'a Id>,
}

/// What the actor may do with the return now.
///
/// The unit's own people fill and complete; the head of the unit above and the office approve or send back.
/// Nobody approves the return of the own unit alone by being its head: the office does.
pub fn permitted(actor: &Actor, standing: &Standing<'_>) -> BTreeSet<ReturnStep> {
    let mut steps = BTreeSet::new();
    if !standing.is_running {
        return steps;
    }
    let is_office = actor.role == Role::Office;
    let fills = is_office || (matches!(actor.role, Role::UnitLead | Role::Officer) && actor.acts_for(standing.unit_id));
    let is_above = actor.role == Role::UnitLead
        && actor.unit_id != *standing.unit_id
        && standing.parent_id.is_some_and(|parent| actor.acts_for(parent));
    let approves = is_office || is_above || actor.role == Role::Leader;
    match standing.status {
        ReturnStatus::Draft if fills => steps.extend([ReturnStep::Fill, ReturnStep::Complete]),
        ReturnStatus::Draft => {}
        ReturnStatus::Complete => {
            if fills {
                steps.insert(ReturnStep::Withdraw);
            }
            if approves {
                steps.extend([ReturnStep::Approve, ReturnStep::SendBack]);
            }
        }
        ReturnStatus::Approved if fills => {
            steps.insert(ReturnStep::Supplement);
        }
        ReturnStatus::Approved => {}
    }
    steps
}

/// Why a step was refused. The code is stable and never reused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReturnRejection {
    /// `S-STEP`: not from here, or not by this person.
    #[error("现在不能“{0}”：这份填报{1}")]
    NotNow(&'static str, &'static str),
    /// `S-CHECK`: something in the return must be settled first.
    #[error("还有{0}处需要改正，改正后才能提交")]
    Unsettled(usize),
    /// `S-REASON`: a reason is missing.
    #[error("“{0}”需要写明原因")]
    NoReason(&'static str),
}

impl ReturnRejection {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            ReturnRejection::NotNow(..) => "S-STEP",
            ReturnRejection::Unsettled(_) => "S-CHECK",
            ReturnRejection::NoReason(_) => "S-REASON",
        }
    }
}

/// Takes a step: the status after it.
///
/// # Errors
/// When the actor may not, when a reason is missing, and when a return with errors is to be completed.
pub fn take(
    step: ReturnStep,
    actor: &Actor,
    standing: &Standing<'_>,
    reason: &str,
    findings: &[Finding],
) -> Result<ReturnStatus, ReturnRejection> {
    if !permitted(actor, standing).contains(&step) {
        return Err(ReturnRejection::NotNow(step.label(), standing.status.label()));
    }
    if step.needs_reason() && reason.trim().is_empty() {
        return Err(ReturnRejection::NoReason(step.label()));
    }
    let errors = findings.iter().filter(|finding| finding.check.severity() == Severity::Error).count();
    if step == ReturnStep::Complete && errors > 0 {
        return Err(ReturnRejection::Unsettled(errors));
    }
    Ok(step.leads_to())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::check::Check;

    fn actor(role: Role, unit: &str, acts_for: &[&str]) -> Actor {
        Actor {
            person_id: Id::from_text("p"),
            name: "丁某".to_owned(),
            unit_id: Id::from_text(unit),
            unit_name: unit.to_owned(),
            role,
            acts_for: acts_for.iter().map(|id| Id::from_text(*id)).collect(),
        }
    }

    fn steps(actor: &Actor, status: ReturnStatus) -> Vec<ReturnStep> {
        let (unit, parent) = (Id::from_text("station"), Id::from_text("bureau"));
        let standing = Standing { status, is_running: true, unit_id: &unit, parent_id: Some(&parent) };
        permitted(actor, &standing).into_iter().collect()
    }

    #[test]
    fn who_fills_does_not_approve() {
        let officer = actor(Role::Officer, "station", &["station"]);
        assert_eq!(steps(&officer, ReturnStatus::Draft), [ReturnStep::Fill, ReturnStep::Complete]);
        assert_eq!(steps(&officer, ReturnStatus::Complete), [ReturnStep::Withdraw]);
        let head = actor(Role::UnitLead, "station", &["station"]);
        assert!(!steps(&head, ReturnStatus::Complete).contains(&ReturnStep::Approve));
    }

    #[test]
    fn the_unit_above_approves_or_sends_back() {
        let above = actor(Role::UnitLead, "bureau", &["bureau", "station"]);
        let found = steps(&above, ReturnStatus::Complete);
        assert!(found.contains(&ReturnStep::Approve) && found.contains(&ReturnStep::SendBack));
        let other = actor(Role::UnitLead, "other", &["other"]);
        assert_eq!(steps(&other, ReturnStatus::Complete), []);
    }

    #[test]
    fn an_auditor_and_an_administrator_change_nothing() {
        for role in [Role::Auditor, Role::Admin] {
            for status in ReturnStatus::ALL {
                assert_eq!(steps(&actor(role, "station", &["station"]), *status), [], "{role:?}");
            }
        }
    }

    #[test]
    fn after_approval_only_a_supplementary_return_is_left() {
        let officer = actor(Role::Officer, "station", &["station"]);
        assert_eq!(steps(&officer, ReturnStatus::Approved), [ReturnStep::Supplement]);
    }

    #[test]
    fn a_return_with_errors_is_not_completed() {
        let officer = actor(Role::Officer, "station", &["station"]);
        let unit = Id::from_text("station");
        let standing = Standing { status: ReturnStatus::Draft, is_running: true, unit_id: &unit, parent_id: None };
        let finding = |check| Finding { cell: "r1".to_owned(), check, message: String::new() };
        let take = |findings: &[Finding]| take(ReturnStep::Complete, &officer, &standing, "", findings);
        assert_eq!(take(&[finding(Check::OfWhich)]), Err(ReturnRejection::Unsettled(1)));
        assert_eq!(take(&[finding(Check::Outlier)]), Ok(ReturnStatus::Complete));
    }

    #[test]
    fn sending_back_needs_a_remark() {
        let office = actor(Role::Office, "office", &["office"]);
        let unit = Id::from_text("station");
        let standing = Standing { status: ReturnStatus::Complete, is_running: true, unit_id: &unit, parent_id: None };
        let refused = take(ReturnStep::SendBack, &office, &standing, "  ", &[]);
        assert_eq!(refused.map_err(|rejection| rejection.code()), Err("S-REASON"));
    }
}
