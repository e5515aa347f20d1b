//! What happened to a case.
//!
//! The events are the truth: they stand in the event log, are never edited, and [`super::state::fold`] of them is the state. An event
//! carries the day it counts from, because the day may lie before the moment it was entered (a letter received yesterday, a decision
//! told on Friday).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::case::{CaseKind, Channel, Outcome, Satisfaction, SessionMode, Telling};
use super::escalation::Cause;
use super::grounds::{DeclineGround, TerminationGround};
use super::term::RuleVersion;
use crate::Id;

/// One thing that happened to a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[allow(missing_docs, reason = "the fields are the words of the law; each variant names its article")]
pub enum CaseEvent {
    /// 第十五条: "自收到投诉之日起". The day of receipt chooses the rules.
    Received {
        matter: CaseKind,
        channel: Channel,
        received_on: Date,
        rules: RuleVersion,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_named: bool,
    },
    /// 第九条: one submission, two matters.
    Split { with: Vec<String> },
    /// Particulars were corrected; the fields only, never their content.
    Corrected { fields: Vec<String> },
    /// 第四十一条: the intake unit sends it to the unit with the power.
    Dispatched {
        unit_id: Id,
        unit_name: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// 第四十一条: "应当及时反馈统一接收投诉举报的工作机构，不得自行移送".
    Returned { reason: String },
    /// A unit has returned it before and objects again: a leader decides.
    Objected { reason: String },
    /// The leader's decision; it cannot be returned after that.
    Ruled { unit_id: Id, unit_name: String, reason: String },
    /// Who in the unit has it in hand.
    Assigned { person_id: Id, person_name: String },
    /// The parties were spoken to for the first time.
    Contacted { note: String },
    /// 第十五条.
    Accepted { on: Date, told: Telling },
    /// 第十五条、第十六条.
    Declined { on: Date, ground: DeclineGround, words: String, told: Telling },
    /// 第十八条: mediation needs the consent of both.
    Consented { consumer: bool, business: bool },
    /// 第十九条.
    Entrusted { to: String },
    /// 第二十条.
    SessionSet { on: Date, time: String, mode: SessionMode, place: String, mediators: String },
    /// 第二十一条: a request for recusal stops the mediation until it is decided.
    RecusalAsked { by: String, reason: String },
    /// 第二十一条.
    RecusalDecided { is_granted: bool, mediators: String },
    /// 第二十二条: the time of test or appraisal is not counted.
    Paused {
        from: Date,
        laboratory: String,
        is_designated: bool,
        /// The last day of the mediation, when it had passed before the laboratory was put on record.
        #[serde(default)]
        after_due: Option<Date>,
    },
    /// 第二十二条.
    Resumed { to: Date },
    /// 第二十四条.
    Settled { on: Date, words: String, has_document: bool },
    /// 第二十三条第一款.
    Terminated { on: Date, ground: TerminationGround, words: String },
    /// 第二十三条第二款.
    TerminationTold { on: Date, told: Telling },
    /// 第二十七条.
    LeadFound { on: Date, words: String },
    /// 第二十七条.
    LeadVerified { on: Date, is_filed: bool, words: String },
    /// 第二十七条 and 行政处罚程序规定第十八条: only the head of the bureau extends.
    ExtensionAsked { reason: String },
    /// Approved.
    Extended { reason: String },
    /// Not approved.
    ExtensionRefused { reason: String },
    /// 行政处罚程序规定第十八条 to 第二十条; 第三十四条 when there is no power.
    Decided { on: Date, outcome: Outcome, words: String },
    /// 第三十六条.
    ReporterTold { on: Date, told: Telling },
    /// 第三十五条: "自收到最后一次举报之日起重新计算处理期限".
    Restarted { received_on: Date, words: String },
    /// 第三十三条.
    JurisdictionDisputed { on: Date, with: String },
    /// 第三十三条.
    JurisdictionSettled { on: Date, words: String },
    /// 第四十二条.
    HandedToPolice { on: Date, words: String },
    /// The end, with what it brought.
    Closed {
        on: Date,
        outcome: Outcome,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recovered_fen: Option<i64>,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        words: String,
    },
    /// 第二十六条.
    CalledBack { satisfaction: Satisfaction, words: String },
    /// Closed or declined by mistake, or new facts.
    Reopened { on: Date, reason: String },
    /// It goes on in another case: 第十二条, 第三十五条.
    Merged {
        into: Id,
        number: String,
        /// The complainants agreed (第十二条), or the reporter had new facts (第三十五条).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_agreed: bool,
    },
    /// Another case was merged into this one.
    Absorbed { number: String },
    /// Belongs together with another case.
    Linked { with: Id, number: String },
    /// 第十二条: a joint complaint; the other complainants stand in the particulars, never in the log.
    MadeJoint { numbers: Vec<String>, n_representatives: usize },
    /// The program reminded somebody, or told who stands above. `clock` and `due` say of which date, so that nobody is told twice.
    Raised { cause: Cause, clock: String, due: String, words: String },
    /// 督办: a leader asks for an answer by a day.
    Directed { words: String, answer_by: Date },
    /// The answer to it.
    DirectionAnswered { words: String },
    /// A setting or a holiday was changed, and a date of the case moved with it.
    Recounted {
        term: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Date>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Date>,
    },
    /// A remark.
    Noted { words: String },
    /// The person added facts or files on the public page; what they wrote stands in the particulars.
    Supplemented {
        #[serde(default)]
        n_files: usize,
    },
    /// The person asks on the public page to take the complaint back; the unit ends it (第二十三条第一项).
    WithdrawalAsked { words: String },
    /// The person said on the public page how content they are. Beside the 回访 of the authority (第二十六条), not instead of it.
    Rated {
        satisfaction: Satisfaction,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        words: String,
    },
    /// The same letter was registered twice: this number is kept and counts nowhere.
    Voided { duplicate_of: Id, number: String, reason: String },
}

impl CaseEvent {
    /// Did the person who complained, reported or asked do it, on the public page?
    pub fn is_by_the_person(&self) -> bool {
        matches!(self, CaseEvent::Supplemented { .. } | CaseEvent::WithdrawalAsked { .. } | CaseEvent::Rated { .. })
    }

    /// The kind of the event in the log: `case_received`, …; never reused for something else.
    pub fn log_kind(&self) -> &'static str {
        match self {
            CaseEvent::Received { .. } => "case_received",
            CaseEvent::Split { .. } => "case_split",
            CaseEvent::Corrected { .. } => "case_corrected",
            CaseEvent::Dispatched { .. } => "case_dispatched",
            CaseEvent::Returned { .. } => "case_returned",
            CaseEvent::Objected { .. } => "case_objected",
            CaseEvent::Ruled { .. } => "case_ruled",
            CaseEvent::Assigned { .. } => "case_assigned",
            CaseEvent::Contacted { .. } => "case_contacted",
            CaseEvent::Accepted { .. } => "case_accepted",
            CaseEvent::Declined { .. } => "case_declined",
            CaseEvent::Consented { .. } => "case_consented",
            CaseEvent::Entrusted { .. } => "case_entrusted",
            CaseEvent::SessionSet { .. } => "case_session_set",
            CaseEvent::RecusalAsked { .. } => "case_recusal_asked",
            CaseEvent::RecusalDecided { .. } => "case_recusal_decided",
            CaseEvent::Paused { .. } => "case_paused",
            CaseEvent::Resumed { .. } => "case_resumed",
            CaseEvent::Settled { .. } => "case_settled",
            CaseEvent::Terminated { .. } => "case_terminated",
            CaseEvent::TerminationTold { .. } => "case_termination_told",
            CaseEvent::LeadFound { .. } => "case_lead_found",
            CaseEvent::LeadVerified { .. } => "case_lead_verified",
            CaseEvent::ExtensionAsked { .. } => "case_extension_asked",
            CaseEvent::Extended { .. } => "case_extended",
            CaseEvent::ExtensionRefused { .. } => "case_extension_refused",
            CaseEvent::Decided { .. } => "case_decided",
            CaseEvent::ReporterTold { .. } => "case_reporter_told",
            CaseEvent::Restarted { .. } => "case_restarted",
            CaseEvent::JurisdictionDisputed { .. } => "case_jurisdiction_disputed",
            CaseEvent::JurisdictionSettled { .. } => "case_jurisdiction_settled",
            CaseEvent::HandedToPolice { .. } => "case_handed_to_police",
            CaseEvent::Closed { .. } => "case_closed",
            CaseEvent::CalledBack { .. } => "case_called_back",
            CaseEvent::Reopened { .. } => "case_reopened",
            CaseEvent::Merged { .. } => "case_merged",
            CaseEvent::Absorbed { .. } => "case_absorbed",
            CaseEvent::Linked { .. } => "case_linked",
            CaseEvent::MadeJoint { .. } => "case_made_joint",
            CaseEvent::Raised { .. } => "case_raised",
            CaseEvent::Directed { .. } => "case_directed",
            CaseEvent::DirectionAnswered { .. } => "case_direction_answered",
            CaseEvent::Recounted { .. } => "case_recounted",
            CaseEvent::Noted { .. } => "case_noted",
            CaseEvent::Supplemented { .. } => "case_supplemented",
            CaseEvent::WithdrawalAsked { .. } => "case_withdrawal_asked",
            CaseEvent::Rated { .. } => "case_rated",
            CaseEvent::Voided { .. } => "case_voided",
        }
    }
}

/// What happened, by the kind of the event in the log; `None` for a kind of another area.
pub fn log_label(kind: &str) -> Option<&'static str> {
    const LABELS: &[(&str, &str)] = &[
        ("case_received", "登记"),
        ("case_split", "拆分"),
        ("case_corrected", "更正登记内容"),
        ("case_dispatched", "分送"),
        ("case_returned", "退回"),
        ("case_objected", "提请裁定"),
        ("case_ruled", "裁定承办单位"),
        ("case_assigned", "指定经办人"),
        ("case_contacted", "首次联系"),
        ("case_accepted", "受理"),
        ("case_declined", "不予受理"),
        ("case_consented", "调解意愿"),
        ("case_entrusted", "委托调解"),
        ("case_session_set", "安排调解"),
        ("case_recusal_asked", "申请回避"),
        ("case_recusal_decided", "回避决定"),
        ("case_paused", "送鉴定检测"),
        ("case_resumed", "鉴定检测结束"),
        ("case_settled", "达成协议"),
        ("case_terminated", "终止调解"),
        ("case_termination_told", "告知双方终止调解"),
        ("case_lead_found", "发现违法线索"),
        ("case_lead_verified", "线索核查结果"),
        ("case_extension_asked", "申请延期"),
        ("case_extended", "批准延期"),
        ("case_extension_refused", "不批准延期"),
        ("case_decided", "举报处理决定"),
        ("case_reporter_told", "告知举报人"),
        ("case_restarted", "重新计期"),
        ("case_jurisdiction_disputed", "处理权限争议"),
        ("case_jurisdiction_settled", "处理权限争议结果"),
        ("case_handed_to_police", "移送公安机关"),
        ("case_closed", "办结"),
        ("case_called_back", "回访"),
        ("case_reopened", "重新办理"),
        ("case_merged", "并案"),
        ("case_absorbed", "并入他案"),
        ("case_linked", "关联"),
        ("case_made_joint", "作为共同投诉"),
        ("case_raised", "自动催报"),
        ("case_directed", "督办"),
        ("case_direction_answered", "回复督办"),
        ("case_recounted", "期限重算"),
        ("case_noted", "记录"),
        ("case_supplemented", "当事人补充"),
        ("case_withdrawal_asked", "申请撤回"),
        ("case_rated", "当事人评价"),
        ("case_voided", "重复登记作废"),
    ];
    LABELS.iter().find(|it| it.0 == kind).map(|it| it.1)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn an_event_comes_back_from_its_json() {
        let event = CaseEvent::Paused {
            from: date(2026, 5, 11),
            laboratory: "县检测中心".into(),
            is_designated: true,
            after_due: None,
        };
        let text = serde_json::to_string(&event).unwrap();
        assert!(text.contains(r#""event":"paused""#), "{text}");
        assert_eq!(serde_json::from_str::<CaseEvent>(&text).unwrap(), event);
        assert_eq!((event.log_kind(), log_label(event.log_kind())), ("case_paused", Some("送鉴定检测")));
        assert_eq!(log_label("paused"), None);
    }
}
