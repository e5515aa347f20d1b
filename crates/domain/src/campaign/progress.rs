//! Progress (进展): the steps of an activity and of the tasks of its units.
//!
//! `planned → under_way → done`, or `cancelled`; both ends can be reopened with a reason.
//! An activity is done when its lead says so; a task is done when its unit says so.

use serde::{Deserialize, Serialize};

/// Where an activity stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivityStatus {
    /// 未开始.
    Planned,
    /// 进行中.
    UnderWay,
    /// 已办结.
    Done,
    /// 已取消.
    Cancelled,
}

impl ActivityStatus {
    /// Every status, in the order of the board's columns.
    pub const ALL: &[ActivityStatus] =
        &[ActivityStatus::Planned, ActivityStatus::UnderWay, ActivityStatus::Done, ActivityStatus::Cancelled];

    /// The code in the database, in addresses and class names.
    pub fn code(self) -> &'static str {
        match self {
            ActivityStatus::Planned => "planned",
            ActivityStatus::UnderWay => "under_way",
            ActivityStatus::Done => "done",
            ActivityStatus::Cancelled => "cancelled",
        }
    }

    /// The status of a code; `None` for anything else.
    pub fn from_code(code: &str) -> Option<ActivityStatus> {
        ActivityStatus::ALL.iter().copied().find(|it| it.code() == code)
    }

    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            ActivityStatus::Planned => "未开始",
            ActivityStatus::UnderWay => "进行中",
            ActivityStatus::Done => "已办结",
            ActivityStatus::Cancelled => "已取消",
        }
    }

    /// Is there still something to do?
    pub fn is_open(self) -> bool {
        matches!(self, ActivityStatus::Planned | ActivityStatus::UnderWay)
    }
}

/// A step of an activity: a button on its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// 开始办理: planned → under way.
    Start,
    /// 办结: planned or under way → done.
    Finish,
    /// 取消: planned or under way → cancelled, with a reason.
    Cancel,
    /// 恢复办理: done → under way, cancelled → planned, with a reason.
    Reopen,
}

impl Step {
    /// Every step, in the order of the buttons.
    pub const ALL: &[Step] = &[Step::Start, Step::Finish, Step::Reopen, Step::Cancel];

    /// The code in addresses and events.
    pub fn code(self) -> &'static str {
        match self {
            Step::Start => "start",
            Step::Finish => "finish",
            Step::Cancel => "cancel",
            Step::Reopen => "reopen",
        }
    }

    /// The step of a code; `None` for anything else.
    pub fn from_code(code: &str) -> Option<Step> {
        Step::ALL.iter().copied().find(|it| it.code() == code)
    }

    /// The word on the button.
    pub fn label(self) -> &'static str {
        match self {
            Step::Start => "开始办理",
            Step::Finish => "办结",
            Step::Cancel => "取消活动",
            Step::Reopen => "恢复办理",
        }
    }

    /// Where the step leads from `status`; `None` when it does not begin there.
    pub fn leads_to(self, status: ActivityStatus) -> Option<ActivityStatus> {
        use ActivityStatus::{Cancelled, Done, Planned, UnderWay};
        match (self, status) {
            (Step::Start, Planned) | (Step::Reopen, Done) => Some(UnderWay),
            (Step::Finish, Planned | UnderWay) => Some(Done),
            (Step::Cancel, Planned | UnderWay) => Some(Cancelled),
            (Step::Reopen, Cancelled) => Some(Planned),
            _ => None,
        }
    }

    /// Does the step ask for a reason in every case?
    pub fn needs_reason(self) -> bool {
        matches!(self, Step::Cancel | Step::Reopen)
    }
}

/// A task's state: the part of one unit in one activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// 待办.
    Open,
    /// 已完成.
    Done,
    /// 已撤回: the unit no longer takes part.
    Withdrawn,
}

impl TaskStatus {
    /// Every status.
    pub const ALL: &[TaskStatus] = &[TaskStatus::Open, TaskStatus::Done, TaskStatus::Withdrawn];

    /// The code in the database.
    pub fn code(self) -> &'static str {
        match self {
            TaskStatus::Open => "open",
            TaskStatus::Done => "done",
            TaskStatus::Withdrawn => "withdrawn",
        }
    }

    /// The status of a code; `None` for anything else.
    pub fn from_code(code: &str) -> Option<TaskStatus> {
        TaskStatus::ALL.iter().copied().find(|it| it.code() == code)
    }

    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            TaskStatus::Open => "待办",
            TaskStatus::Done => "已完成",
            TaskStatus::Withdrawn => "已撤回",
        }
    }
}

/// What stands in the way of a step. The codes are stable and never reused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The step does not begin at this status.
    #[error("现在的状态是“{status}”，不能“{step}”。请刷新页面看最新状态。", status = status.label(), step = step.label())]
    WrongStatus {
        /// The step asked for.
        step: Step,
        /// Where the activity stands.
        status: ActivityStatus,
    },
    /// Cancel and reopen are never silent.
    #[error("“{step}”要写明原因，一句话即可。", step = step.label())]
    ReasonMissing {
        /// The step asked for.
        step: Step,
    },
    /// The activity is to be closed while other units have not finished.
    #[error("还有{n}个单位没有完成：{units}。确要办结，请写一句说明，他们的任务随之办结。", n = units.len(), units = units.join("、"))]
    OpenTasks {
        /// The units that have not finished, by name.
        units: Vec<String>,
    },
    /// A task of an activity that is over.
    #[error("活动{status}，任务不能再改。需要时请先“恢复办理”。", status = status.label())]
    ActivityOver {
        /// Where the activity stands.
        status: ActivityStatus,
    },
    /// A task that is not open cannot be finished, one that is not done cannot be undone.
    #[error("这项任务现在是“{status}”，请刷新页面看最新状态。", status = status.label())]
    WrongTaskStatus {
        /// Where the task stands.
        status: TaskStatus,
    },
}

impl Rejection {
    /// The stable code, to quote on the telephone.
    pub fn code(&self) -> &'static str {
        match self {
            Rejection::WrongStatus { .. } => "A-STEP-STATUS",
            Rejection::ReasonMissing { .. } => "A-STEP-REASON",
            Rejection::OpenTasks { .. } => "A-FINISH-OPEN-TASKS",
            Rejection::ActivityOver { .. } => "A-TASK-OVER",
            Rejection::WrongTaskStatus { .. } => "A-TASK-STATUS",
        }
    }

    /// The Chinese sentence with the way out.
    pub fn sentence(&self) -> String {
        self.to_string()
    }
}

/// Take a step with an activity. `open_units` names the other units whose tasks are still open.
///
/// # Errors
/// A [`Rejection`] when the step does not begin here, lacks its reason, or would silently close the work of others.
///
/// ```
/// use domain::campaign::progress::{ActivityStatus, Rejection, Step, take};
/// assert_eq!(take(ActivityStatus::Planned, Step::Start, "", &[]), Ok(ActivityStatus::UnderWay));
/// // The trap: another unit still works on it.
/// let open = ["信用科".to_owned()];
/// assert!(matches!(take(ActivityStatus::UnderWay, Step::Finish, " ", &open), Err(Rejection::OpenTasks { .. })));
/// assert_eq!(take(ActivityStatus::UnderWay, Step::Finish, "合并举办", &open), Ok(ActivityStatus::Done));
/// ```
pub fn take(
    status: ActivityStatus,
    step: Step,
    reason: &str,
    open_units: &[String],
) -> Result<ActivityStatus, Rejection> {
    let next = step.leads_to(status).ok_or(Rejection::WrongStatus { step, status })?;
    let is_silent = reason.trim().is_empty();
    if step.needs_reason() && is_silent {
        return Err(Rejection::ReasonMissing { step });
    }
    if step == Step::Finish && is_silent && !open_units.is_empty() {
        return Err(Rejection::OpenTasks { units: open_units.to_vec() });
    }
    Ok(next)
}

/// Mark a task as done, or (`is_done` false) take that back.
///
/// # Errors
/// A [`Rejection`] when the activity is over or the task does not stand there.
pub fn mark_task(activity: ActivityStatus, task: TaskStatus, is_done: bool) -> Result<TaskStatus, Rejection> {
    if !activity.is_open() {
        return Err(Rejection::ActivityOver { status: activity });
    }
    match (task, is_done) {
        (TaskStatus::Open, true) => Ok(TaskStatus::Done),
        (TaskStatus::Done, false) => Ok(TaskStatus::Open),
        _ => Err(Rejection::WrongTaskStatus { status: task }),
    }
}

#[cfg(test)]
mod tests {
    use super::ActivityStatus::{Cancelled, Done, Planned, UnderWay};
    use super::*;

    #[test]
    fn every_step_from_every_status() {
        let mut table = String::new();
        for status in ActivityStatus::ALL {
            for step in Step::ALL {
                let outcome = match take(*status, *step, "原因", &[]) {
                    Ok(next) => next.label().to_owned(),
                    Err(rejection) => rejection.code().to_owned(),
                };
                table.push_str(&format!("{} · {} → {outcome}\n", status.label(), step.label()));
            }
        }
        expect_test::expect![[r#"
            未开始 · 开始办理 → 进行中
            未开始 · 办结 → 已办结
            未开始 · 恢复办理 → A-STEP-STATUS
            未开始 · 取消活动 → 已取消
            进行中 · 开始办理 → A-STEP-STATUS
            进行中 · 办结 → 已办结
            进行中 · 恢复办理 → A-STEP-STATUS
            进行中 · 取消活动 → 已取消
            已办结 · 开始办理 → A-STEP-STATUS
            已办结 · 办结 → A-STEP-STATUS
            已办结 · 恢复办理 → 进行中
            已办结 · 取消活动 → A-STEP-STATUS
            已取消 · 开始办理 → A-STEP-STATUS
            已取消 · 办结 → A-STEP-STATUS
            已取消 · 恢复办理 → 未开始
            已取消 · 取消活动 → A-STEP-STATUS
        "#]]
        .assert_eq(&table);
    }

    #[test]
    fn cancel_and_reopen_are_never_silent() {
        assert_eq!(take(Planned, Step::Cancel, "  ", &[]), Err(Rejection::ReasonMissing { step: Step::Cancel }));
        assert_eq!(take(Done, Step::Reopen, "", &[]), Err(Rejection::ReasonMissing { step: Step::Reopen }));
        assert_eq!(take(Planned, Step::Cancel, "与活动三合并", &[]), Ok(Cancelled));
    }

    #[test]
    fn the_lead_closes_over_open_units_only_with_a_word() {
        let open = ["城关所".to_owned(), "信用科".to_owned()];
        let rejection = take(UnderWay, Step::Finish, "", &open).unwrap_err();
        expect_test::expect!["还有2个单位没有完成：城关所、信用科。确要办结，请写一句说明，他们的任务随之办结。"]
            .assert_eq(&rejection.sentence());
        assert_eq!(take(UnderWay, Step::Finish, "已合并举办", &open), Ok(Done));
        // Starting or cancelling does not wait for anyone.
        assert_eq!(take(Planned, Step::Start, "", &open), Ok(UnderWay));
    }

    #[test]
    fn a_task_follows_its_unit_until_the_activity_is_over() {
        assert_eq!(mark_task(UnderWay, TaskStatus::Open, true), Ok(TaskStatus::Done));
        assert_eq!(mark_task(Planned, TaskStatus::Done, false), Ok(TaskStatus::Open));
        assert_eq!(mark_task(UnderWay, TaskStatus::Done, true).unwrap_err().code(), "A-TASK-STATUS");
        assert_eq!(mark_task(UnderWay, TaskStatus::Withdrawn, true).unwrap_err().code(), "A-TASK-STATUS");
        assert_eq!(mark_task(Done, TaskStatus::Open, true).unwrap_err().code(), "A-TASK-OVER");
        assert_eq!(mark_task(Cancelled, TaskStatus::Done, false).unwrap_err().code(), "A-TASK-OVER");
    }

    #[test]
    fn codes_read_back() {
        assert!(ActivityStatus::ALL.iter().all(|it| ActivityStatus::from_code(it.code()) == Some(*it)));
        assert!(TaskStatus::ALL.iter().all(|it| TaskStatus::from_code(it.code()) == Some(*it)));
        assert!(Step::ALL.iter().all(|it| Step::from_code(it.code()) == Some(*it)));
        assert_eq!(Step::from_code("delete"), None);
    }
}
