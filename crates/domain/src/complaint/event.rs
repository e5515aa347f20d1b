//! What happened to a case, and the state that follows from it.
//!
//! The events are the truth: they stand in the event log, are never edited, and [`fold`] of them is the state. A stored state is a
//! cache that `xiaobao check` compares with the fold. An event carries the day it counts from, because the day may lie before the
//! moment it was entered (a letter received yesterday, a decision told on Friday).

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::case::{CaseKind, Channel, Outcome, Satisfaction, SessionMode, Status, Telling};
use super::deadline::Pause;
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
    Paused { from: Date, laboratory: String, is_designated: bool },
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
    Merged { into: Id, number: String },
    /// Another case was merged into this one.
    Absorbed { number: String },
    /// Belongs together with another case.
    Linked { with: Id, number: String },
    /// A remark.
    Noted { words: String },
}

impl CaseEvent {
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
            CaseEvent::Noted { .. } => "case_noted",
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
        ("case_noted", "记录"),
    ];
    LABELS.iter().find(|it| it.0 == kind).map(|it| it.1)
}

/// A lead of a violation found during mediation (第二十七条).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    /// The day it was found.
    pub found_on: Date,
    /// The day it was verified.
    pub verified_on: Option<Date>,
}

/// A mediation session that was set (第二十条).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "what both parties are told")]
pub struct Session {
    pub on: Date,
    pub time: String,
    pub mode: SessionMode,
    pub place: String,
    pub mediators: String,
}

/// Where a case stands: the fold of its events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each field is named after the event that sets it")]
pub struct CaseState {
    pub matter: CaseKind,
    pub channel: Channel,
    pub rules: RuleVersion,
    pub status: Status,
    pub received_on: Date,
    /// The moment it was registered: the desk's own clocks run from here.
    pub received_at: Timestamp,
    /// Since when it has been waiting for the one who has it now.
    pub waiting_since: Timestamp,
    /// A tip-off by a person who gave a name.
    #[serde(default)]
    pub is_named: bool,
    #[serde(default)]
    pub unit_id: Option<Id>,
    #[serde(default)]
    pub unit_name: String,
    #[serde(default)]
    pub handler_id: Option<Id>,
    #[serde(default)]
    pub handler_name: String,
    #[serde(default)]
    pub n_returns: u32,
    #[serde(default)]
    pub is_ruled: bool,
    #[serde(default)]
    pub contacted_at: Option<Timestamp>,
    /// The day the term of a tip-off runs from: receipt, or the last receipt (第三十五条).
    pub term_from: Date,
    #[serde(default)]
    pub accepted_on: Option<Date>,
    #[serde(default)]
    pub declined_on: Option<Date>,
    #[serde(default)]
    pub decline_ground: Option<DeclineGround>,
    #[serde(default)]
    pub consumer_consents: Option<bool>,
    #[serde(default)]
    pub business_consents: Option<bool>,
    #[serde(default)]
    pub entrusted_to: String,
    #[serde(default)]
    pub session: Option<Session>,
    #[serde(default)]
    pub is_recusal_open: bool,
    #[serde(default)]
    pub pauses: Vec<Pause>,
    #[serde(default)]
    pub settled_on: Option<Date>,
    #[serde(default)]
    pub terminated_on: Option<Date>,
    #[serde(default)]
    pub termination_ground: Option<TerminationGround>,
    #[serde(default)]
    pub told_on: Option<Date>,
    #[serde(default)]
    pub lead: Option<Lead>,
    #[serde(default)]
    pub is_extension_asked: bool,
    #[serde(default)]
    pub is_extended: bool,
    #[serde(default)]
    pub decided_on: Option<Date>,
    #[serde(default)]
    pub reporter_told_on: Option<Date>,
    #[serde(default)]
    pub disputed_on: Option<Date>,
    #[serde(default)]
    pub dispute_settled_on: Option<Date>,
    #[serde(default)]
    pub outcome: Option<Outcome>,
    #[serde(default)]
    pub recovered_fen: Option<i64>,
    #[serde(default)]
    pub closed_on: Option<Date>,
    #[serde(default)]
    pub satisfaction: Option<Satisfaction>,
    #[serde(default)]
    pub merged_into: Option<Id>,
}

impl CaseState {
    /// The state after the first event; `None` when it is not [`CaseEvent::Received`].
    pub fn begin(event: &CaseEvent, at: Timestamp) -> Option<CaseState> {
        let CaseEvent::Received { matter, channel, received_on, rules, is_named } = event else { return None };
        Some(CaseState {
            matter: *matter,
            channel: *channel,
            rules: *rules,
            status: Status::Received,
            received_on: *received_on,
            received_at: at,
            waiting_since: at,
            is_named: *is_named,
            unit_id: None,
            unit_name: String::new(),
            handler_id: None,
            handler_name: String::new(),
            n_returns: 0,
            is_ruled: false,
            contacted_at: None,
            term_from: *received_on,
            accepted_on: None,
            declined_on: None,
            decline_ground: None,
            consumer_consents: None,
            business_consents: None,
            entrusted_to: String::new(),
            session: None,
            is_recusal_open: false,
            pauses: Vec::new(),
            settled_on: None,
            terminated_on: None,
            termination_ground: None,
            told_on: None,
            lead: None,
            is_extension_asked: false,
            is_extended: false,
            decided_on: None,
            reporter_told_on: None,
            disputed_on: None,
            dispute_settled_on: None,
            outcome: None,
            recovered_fen: None,
            closed_on: None,
            satisfaction: None,
            merged_into: None,
        })
    }

    /// A lead is being verified.
    pub fn has_open_lead(&self) -> bool {
        self.lead.as_ref().is_some_and(|it| it.verified_on.is_none())
    }

    /// The sample is at the laboratory.
    pub fn is_paused(&self) -> bool {
        self.pauses.iter().any(|it| it.to.is_none())
    }

    /// Is there still something to do? A closed complaint with an open lead is not over.
    pub fn is_open(&self) -> bool {
        self.status.is_open() || self.has_open_lead()
    }

    /// The word of where it stands.
    pub fn label(&self) -> &'static str {
        match (self.status, self.matter) {
            (Status::Closed | Status::Declined, _) if self.has_open_lead() => "已办结，线索核查中",
            (Status::Accepted, _) if self.is_recusal_open => "调解中止（回避）",
            (Status::Accepted, _) if self.is_paused() => "鉴定检测中",
            (Status::Dispatched, CaseKind::Complaint) => "待受理",
            (Status::Dispatched, CaseKind::Tipoff) => "核查中",
            (Status::Dispatched, CaseKind::Inquiry) => "待答复",
            (status, _) => status.label(),
        }
    }

    /// Takes one event in. An event that does not fit changes what it can: the log is the truth, and `take` never makes one.
    pub fn apply(&mut self, event: &CaseEvent, at: Timestamp) {
        match event {
            CaseEvent::Received { .. }
            | CaseEvent::Split { .. }
            | CaseEvent::Corrected { .. }
            | CaseEvent::HandedToPolice { .. }
            | CaseEvent::Absorbed { .. }
            | CaseEvent::Linked { .. }
            | CaseEvent::Noted { .. } => {}
            CaseEvent::Dispatched { .. }
            | CaseEvent::Returned { .. }
            | CaseEvent::Objected { .. }
            | CaseEvent::Ruled { .. }
            | CaseEvent::Assigned { .. }
            | CaseEvent::Contacted { .. } => self.apply_dispatch(event, at),
            CaseEvent::LeadFound { .. }
            | CaseEvent::LeadVerified { .. }
            | CaseEvent::ExtensionAsked { .. }
            | CaseEvent::Extended { .. }
            | CaseEvent::ExtensionRefused { .. }
            | CaseEvent::Decided { .. }
            | CaseEvent::ReporterTold { .. }
            | CaseEvent::Restarted { .. }
            | CaseEvent::JurisdictionDisputed { .. }
            | CaseEvent::JurisdictionSettled { .. } => self.apply_verification(event),
            CaseEvent::Closed { .. }
            | CaseEvent::CalledBack { .. }
            | CaseEvent::Reopened { .. }
            | CaseEvent::Merged { .. } => self.apply_end(event, at),
            CaseEvent::Accepted { on, .. } => {
                (self.status, self.accepted_on) = (Status::Accepted, Some(*on));
                self.contacted_at = self.contacted_at.or(Some(at));
            }
            CaseEvent::Declined { on, ground, .. } => {
                (self.status, self.declined_on) = (Status::Declined, Some(*on));
                (self.decline_ground, self.contacted_at) = (Some(*ground), self.contacted_at.or(Some(at)));
            }
            _ => self.apply_mediation(event),
        }
    }

    /// Who has it.
    fn apply_dispatch(&mut self, event: &CaseEvent, at: Timestamp) {
        match event {
            CaseEvent::Dispatched { unit_id, unit_name, .. } | CaseEvent::Ruled { unit_id, unit_name, .. } => {
                (self.unit_id, self.unit_name) = (Some(unit_id.clone()), unit_name.clone());
                (self.handler_id, self.handler_name) = (None, String::new());
                self.is_ruled |= matches!(event, CaseEvent::Ruled { .. });
                (self.status, self.waiting_since, self.contacted_at) = (Status::Dispatched, at, None);
            }
            CaseEvent::Returned { .. } => {
                (self.unit_id, self.unit_name) = (None, String::new());
                (self.handler_id, self.handler_name) = (None, String::new());
                self.n_returns += 1;
                (self.status, self.waiting_since) = (Status::Returned, at);
            }
            CaseEvent::Objected { .. } => (self.status, self.waiting_since) = (Status::Objected, at),
            CaseEvent::Assigned { person_id, person_name } => {
                (self.handler_id, self.handler_name) = (Some(person_id.clone()), person_name.clone());
            }
            CaseEvent::Contacted { .. } => self.contacted_at = self.contacted_at.or(Some(at)),
            _ => {}
        }
    }

    /// 第十八条 to 第二十四条.
    fn apply_mediation(&mut self, event: &CaseEvent) {
        match event {
            CaseEvent::Consented { consumer, business } => {
                (self.consumer_consents, self.business_consents) = (Some(*consumer), Some(*business));
            }
            CaseEvent::Entrusted { to } => self.entrusted_to = to.clone(),
            CaseEvent::SessionSet { on, time, mode, place, mediators } => {
                self.session = Some(Session {
                    on: *on,
                    time: time.clone(),
                    mode: *mode,
                    place: place.clone(),
                    mediators: mediators.clone(),
                });
            }
            CaseEvent::RecusalAsked { .. } => self.is_recusal_open = true,
            CaseEvent::RecusalDecided { mediators, .. } => {
                self.is_recusal_open = false;
                if let Some(session) = self.session.as_mut().filter(|_| !mediators.is_empty()) {
                    session.mediators.clone_from(mediators);
                }
            }
            CaseEvent::Paused { from, .. } => self.pauses.push(Pause { from: *from, to: None }),
            CaseEvent::Resumed { to } => {
                if let Some(pause) = self.pauses.iter_mut().find(|it| it.to.is_none()) {
                    pause.to = Some(*to);
                }
            }
            CaseEvent::Settled { on, .. } => {
                (self.status, self.settled_on, self.outcome) = (Status::Settled, Some(*on), Some(Outcome::Settled));
            }
            CaseEvent::Terminated { on, ground, .. } => {
                let is_withdrawn = *ground == TerminationGround::Withdrawn;
                let outcome = if is_withdrawn { Outcome::Withdrawn } else { Outcome::Failed };
                (self.status, self.terminated_on) = (Status::Terminated, Some(*on));
                (self.termination_ground, self.outcome, self.is_recusal_open) = (Some(*ground), Some(outcome), false);
            }
            CaseEvent::TerminationTold { on, .. } => self.told_on = Some(*on),
            _ => {}
        }
    }

    /// Leads, tip-offs, jurisdiction.
    fn apply_verification(&mut self, event: &CaseEvent) {
        match event {
            CaseEvent::LeadFound { on, .. } => {
                self.lead = Some(Lead { found_on: *on, verified_on: None });
                (self.is_extension_asked, self.is_extended) = (false, false);
            }
            CaseEvent::LeadVerified { on, .. } => {
                if let Some(lead) = self.lead.as_mut() {
                    lead.verified_on = Some(*on);
                }
                self.is_extension_asked = false;
            }
            CaseEvent::ExtensionAsked { .. } => self.is_extension_asked = true,
            CaseEvent::Extended { .. } => (self.is_extension_asked, self.is_extended) = (false, true),
            CaseEvent::ExtensionRefused { .. } => self.is_extension_asked = false,
            CaseEvent::Decided { on, outcome, .. } => {
                (self.status, self.decided_on, self.outcome) = (Status::Decided, Some(*on), Some(*outcome));
                self.is_extension_asked = false;
            }
            CaseEvent::ReporterTold { on, .. } => self.reporter_told_on = Some(*on),
            CaseEvent::Restarted { received_on, .. } => {
                (self.term_from, self.is_extended, self.is_extension_asked) = (*received_on, false, false);
            }
            CaseEvent::JurisdictionDisputed { on, .. } => {
                (self.disputed_on, self.dispute_settled_on) = (Some(*on), None);
            }
            CaseEvent::JurisdictionSettled { on, .. } => self.dispute_settled_on = Some(*on),
            _ => {}
        }
    }

    /// The end, and what comes after it.
    fn apply_end(&mut self, event: &CaseEvent, at: Timestamp) {
        match event {
            CaseEvent::Closed { on, outcome, recovered_fen, .. } => {
                if *outcome == Outcome::Settled && self.status == Status::Accepted {
                    self.settled_on = Some(*on);
                }
                (self.status, self.closed_on) = (Status::Closed, Some(*on));
                (self.outcome, self.recovered_fen) = (Some(*outcome), *recovered_fen);
                self.contacted_at = self.contacted_at.or(Some(at));
            }
            CaseEvent::CalledBack { satisfaction, .. } => self.satisfaction = Some(*satisfaction),
            CaseEvent::Reopened { .. } => {
                // Mediation goes on where it stood; what had never been accepted is decided anew.
                let is_accepted = self.accepted_on.is_some();
                self.status = match (is_accepted, self.unit_id.is_some()) {
                    (true, _) => Status::Accepted,
                    (false, true) => Status::Dispatched,
                    (false, false) => Status::Received,
                };
                (self.closed_on, self.outcome, self.recovered_fen, self.satisfaction) = (None, None, None, None);
                (self.declined_on, self.decline_ground, self.decided_on, self.reporter_told_on) =
                    (None, None, None, None);
                (self.terminated_on, self.termination_ground, self.told_on, self.settled_on) = (None, None, None, None);
                self.waiting_since = at;
            }
            CaseEvent::Merged { into, .. } => {
                (self.status, self.merged_into) = (Status::Merged, Some(into.clone()));
            }
            _ => {}
        }
    }
}

/// The state of a case from its events, the oldest first; `None` when they do not begin with its receipt.
pub fn fold<'a>(events: impl IntoIterator<Item = (&'a CaseEvent, Timestamp)>) -> Option<CaseState> {
    let mut events = events.into_iter();
    let (first, at) = events.next()?;
    let mut state = CaseState::begin(first, at)?;
    for (event, at) in events {
        state.apply(event, at);
    }
    Some(state)
}

/// How long one unit had the case: whose hour it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Custody {
    /// The unit; empty for the intake unit.
    pub unit_name: String,
    /// From when.
    pub from: Timestamp,
    /// Until when; `None` while it still has it.
    pub to: Option<Timestamp>,
}

/// Whose every hour of the case was: each stretch of time belongs to exactly one unit.
pub fn custody<'a>(events: impl IntoIterator<Item = (&'a CaseEvent, Timestamp)>) -> Vec<Custody> {
    let mut held: Vec<Custody> = Vec::new();
    for (event, at) in events {
        let next = match event {
            CaseEvent::Received { .. } | CaseEvent::Returned { .. } => Some(String::new()),
            CaseEvent::Dispatched { unit_name, .. } | CaseEvent::Ruled { unit_name, .. } => Some(unit_name.clone()),
            CaseEvent::Objected { .. } => Some("局领导".to_owned()),
            CaseEvent::Reopened { .. } => held.last().map(|it| it.unit_name.clone()),
            _ => None,
        };
        let is_end = matches!(event, CaseEvent::Closed { .. } | CaseEvent::Declined { .. } | CaseEvent::Merged { .. });
        if (next.is_some() || is_end)
            && let Some(last) = held.last_mut()
        {
            last.to = last.to.or(Some(at));
        }
        held.extend(next.map(|unit_name| Custody { unit_name, from: at, to: None }));
    }
    held
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + hour * 3600).unwrap()
    }

    fn received(matter: CaseKind) -> CaseEvent {
        let (received_on, rules) = (date(2026, 5, 6), RuleVersion::Order121);
        CaseEvent::Received { matter, channel: Channel::Hotline, received_on, rules, is_named: true }
    }

    fn dispatched(name: &str) -> CaseEvent {
        CaseEvent::Dispatched { unit_id: Id::from_text(name), unit_name: name.to_owned(), reason: String::new() }
    }

    fn state(events: &[CaseEvent]) -> CaseState {
        fold(events.iter().zip(0..).map(|(event, n)| (event, at(n)))).unwrap()
    }

    #[test]
    fn nothing_begins_without_receipt() {
        assert_eq!(fold([(&CaseEvent::Noted { words: "x".into() }, at(0))]), None);
        assert_eq!(fold([]), None);
    }

    #[test]
    fn a_returned_case_is_nobodys_until_it_is_dispatched_again() {
        let back = CaseEvent::Returned { reason: "不在辖区".into() };
        let it = state(&[received(CaseKind::Complaint), dispatched("甲所"), back.clone()]);
        assert_eq!((it.status, it.unit_id.clone(), it.n_returns), (Status::Returned, None, 1));
        let it = state(&[received(CaseKind::Complaint), dispatched("甲所"), back, dispatched("乙所")]);
        assert_eq!((it.status, it.unit_name.as_str(), it.waiting_since), (Status::Dispatched, "乙所", at(3)));
    }

    #[test]
    fn a_closed_case_with_a_lead_is_not_over() {
        let on = date(2026, 5, 8);
        let accepted = CaseEvent::Accepted { on, told: Telling::Phone };
        let lead = CaseEvent::LeadFound { on, words: "标签不合格".into() };
        let closed =
            CaseEvent::Closed { on, outcome: Outcome::Settled, recovered_fen: Some(1000), words: String::new() };
        let mut it = state(&[received(CaseKind::Complaint), dispatched("甲所"), accepted, lead, closed]);
        assert!(it.is_open() && it.label() == "已办结，线索核查中");
        it.apply(&CaseEvent::LeadVerified { on, is_filed: true, words: String::new() }, at(9));
        assert!(!it.is_open());
        assert_eq!((it.settled_on, it.recovered_fen), (Some(on), Some(1000)));
    }

    #[test]
    fn a_reopened_case_goes_on_where_it_stood() {
        let on = date(2026, 5, 8);
        let declined =
            CaseEvent::Declined { on, ground: DeclineGround::TooLate, words: "x".into(), told: Telling::Phone };
        let reopened = CaseEvent::Reopened { on, reason: "误判".into() };
        let it = state(&[received(CaseKind::Complaint), dispatched("甲所"), declined, reopened]);
        assert_eq!((it.status, it.declined_on, it.decline_ground), (Status::Dispatched, None, None));
    }

    #[test]
    fn every_hour_belongs_to_one_unit() {
        let back = CaseEvent::Returned { reason: "x".into() };
        let closed = CaseEvent::Closed {
            on: date(2026, 5, 9),
            outcome: Outcome::Settled,
            recovered_fen: None,
            words: String::new(),
        };
        let events = [received(CaseKind::Complaint), dispatched("甲所"), back, dispatched("乙所"), closed];
        let held = custody(events.iter().zip(0..).map(|(event, n)| (event, at(n))));
        let names: Vec<&str> = held.iter().map(|it| it.unit_name.as_str()).collect();
        assert_eq!(names, ["", "甲所", "", "乙所"]);
        for pair in held.windows(2) {
            assert_eq!(pair[0].to, Some(pair[1].from), "no hour is lost and none counted twice");
        }
        assert_eq!(held[3].to, Some(at(4)));
    }

    #[test]
    fn an_event_comes_back_from_its_json() {
        let event =
            CaseEvent::Paused { from: date(2026, 5, 11), laboratory: "县检测中心".into(), is_designated: true };
        let text = serde_json::to_string(&event).unwrap();
        assert!(text.contains(r#""event":"paused""#), "{text}");
        assert_eq!(serde_json::from_str::<CaseEvent>(&text).unwrap(), event);
        assert_eq!((event.log_kind(), log_label(event.log_kind())), ("case_paused", Some("送鉴定检测")));
        assert_eq!(log_label("paused"), None);
        let it = state(&[received(CaseKind::Complaint)]);
        assert_eq!(serde_json::from_str::<CaseState>(&serde_json::to_string(&it).unwrap()).unwrap(), it);
    }
}
