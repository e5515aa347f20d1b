//! Where a case stands: the fold of its events.
//!
//! A stored state is a cache that `xiaobao check` compares with the fold.
//!
//! A long file: every field of the state, and every event that sets one, stand side by side to be read against each other.

mod piece;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::case::{CaseKind, Channel, Outcome, Satisfaction, Status};
use super::deadline::Pause;
use super::event::CaseEvent;
use super::grounds::{DeclineGround, TerminationGround};
use super::term::RuleVersion;
use crate::Id;

pub use piece::{Direction, Lead, PastTerm, Raised, Session, TakenUp};

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
    /// The last day of the mediation that had passed when days in a laboratory were put on record afterwards.
    #[serde(default)]
    pub overrun_before_pause: Option<Date>,
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
    /// When the case was taken up again after its mediation had ended.
    #[serde(default)]
    pub taken_up: Vec<TakenUp>,
    /// Terms that gave way to a later one of the same kind: what was late stays visible as late.
    #[serde(default)]
    pub past_terms: Vec<PastTerm>,
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
    /// What the person said of it on the public page.
    #[serde(default)]
    pub rating: Option<Satisfaction>,
    #[serde(default)]
    pub merged_into: Option<Id>,
    /// The person has asked to take it back.
    #[serde(default)]
    pub is_withdrawal_asked: bool,
    /// The person has written something that nobody has acted upon since.
    #[serde(default)]
    pub has_news: bool,
    #[serde(default)]
    pub raised: Vec<Raised>,
    #[serde(default)]
    pub direction: Option<Direction>,
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
            overrun_before_pause: None,
            settled_on: None,
            terminated_on: None,
            termination_ground: None,
            told_on: None,
            lead: None,
            is_extension_asked: false,
            is_extended: false,
            taken_up: Vec::new(),
            past_terms: Vec::new(),
            decided_on: None,
            reporter_told_on: None,
            disputed_on: None,
            dispute_settled_on: None,
            outcome: None,
            recovered_fen: None,
            closed_on: None,
            satisfaction: None,
            rating: None,
            merged_into: None,
            is_withdrawal_asked: false,
            has_news: false,
            raised: Vec::new(),
            direction: None,
        })
    }

    /// How content the person is, as the rates count it: what they wrote themselves, else what was heard when called back.
    pub fn contentment(&self) -> Option<Satisfaction> {
        self.rating.or(self.satisfaction)
    }

    /// A leader waits for an answer.
    pub fn open_direction(&self) -> Option<&Direction> {
        self.direction.as_ref().filter(|it| it.answered_at.is_none())
    }

    /// How often a unit did not want it: returns, and the objection that waits for a leader.
    pub fn n_refusals(&self) -> u32 {
        self.n_returns + u32::from(self.status == Status::Objected)
    }

    /// The session that still stands: never of a case whose mediation has ended, or to which a party no longer agrees.
    pub fn pending_session(&self) -> Option<&Session> {
        let is_refused = [self.consumer_consents, self.business_consents].contains(&Some(false));
        self.session.as_ref().filter(|_| self.status == Status::Accepted && !is_refused)
    }

    /// The day mediation ended, by agreement, termination or the end of the case; `None` while it goes on.
    pub fn mediation_ended_on(&self) -> Option<Date> {
        self.settled_on.or(self.terminated_on).or(self.closed_on)
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
        // What the program does by itself is not an answer to the person.
        let is_by_itself = matches!(event, CaseEvent::Raised { .. } | CaseEvent::Recounted { .. });
        // A rating asks nobody to do anything.
        let is_news = event.is_by_the_person() && !matches!(event, CaseEvent::Rated { .. });
        self.has_news = is_news || (self.has_news && is_by_itself);
        match event {
            CaseEvent::Received { .. }
            | CaseEvent::Split { .. }
            | CaseEvent::Corrected { .. }
            | CaseEvent::HandedToPolice { .. }
            | CaseEvent::Absorbed { .. }
            | CaseEvent::Linked { .. }
            | CaseEvent::MadeJoint { .. }
            | CaseEvent::Recounted { .. }
            | CaseEvent::Supplemented { .. }
            | CaseEvent::Noted { .. } => {}
            CaseEvent::WithdrawalAsked { .. } => self.is_withdrawal_asked = true,
            CaseEvent::Raised { .. } | CaseEvent::Directed { .. } | CaseEvent::DirectionAnswered { .. } => {
                self.apply_watch(event, at);
            }
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
            | CaseEvent::Rated { .. }
            | CaseEvent::Voided { .. }
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

    /// Reminders, escalations, directions.
    fn apply_watch(&mut self, event: &CaseEvent, at: Timestamp) {
        match event {
            CaseEvent::Raised { cause, clock, due, .. } => {
                self.raised.push(Raised { cause: *cause, clock: clock.clone(), due: due.clone(), at });
            }
            CaseEvent::Directed { words, answer_by } => {
                self.direction = Some(Direction { at, words: words.clone(), answer_by: *answer_by, answered_at: None });
            }
            CaseEvent::DirectionAnswered { .. } => {
                if let Some(direction) = self.direction.as_mut() {
                    direction.answered_at = Some(at);
                }
            }
            _ => {}
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
            CaseEvent::Paused { from, after_due, .. } => {
                self.pauses.push(Pause { from: *from, to: None });
                self.overrun_before_pause = self.overrun_before_pause.or(*after_due);
            }
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
                if let Some(Lead { found_on, verified_on: Some(verified_on) }) = self.lead {
                    let code =
                        if self.is_extended { "complaint.lead_verify_extended" } else { "complaint.lead_verify" };
                    self.past(code, found_on, verified_on, false);
                }
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
                let code = if self.is_extended { "report.decide_extended" } else { "report.decide" };
                self.past(code, self.term_from, *received_on, true);
                (self.term_from, self.is_extended, self.is_extension_asked) = (*received_on, false, false);
            }
            CaseEvent::JurisdictionDisputed { on, .. } => {
                if let (Some(disputed_on), Some(settled_on)) = (self.disputed_on, self.dispute_settled_on) {
                    self.past("jurisdiction.negotiate", disputed_on, settled_on, false);
                }
                (self.disputed_on, self.dispute_settled_on) = (Some(*on), None);
            }
            CaseEvent::JurisdictionSettled { on, .. } => self.dispute_settled_on = Some(*on),
            _ => {}
        }
    }

    fn past(&mut self, code: &str, from: Date, ended_on: Date, is_restarted: bool) {
        self.past_terms.push(PastTerm { code: code.to_owned(), from, ended_on, is_restarted });
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
            CaseEvent::Rated { satisfaction, .. } => self.rating = Some(*satisfaction),
            CaseEvent::Voided { .. } => self.status = Status::Void,
            CaseEvent::Reopened { on, .. } => {
                // Mediation goes on where it stood; what had never been accepted is decided anew.
                let is_accepted = self.accepted_on.is_some();
                self.status = match (is_accepted, self.unit_id.is_some()) {
                    (true, _) => Status::Accepted,
                    (false, true) => Status::Dispatched,
                    (false, false) => Status::Received,
                };
                (self.outcome, self.recovered_fen, self.satisfaction) = (None, None, None);
                self.rating = None;
                (self.declined_on, self.decline_ground, self.decided_on, self.reporter_told_on) =
                    (None, None, None, None);
                let ended_on = self.settled_on.or(self.terminated_on).or(self.closed_on);
                self.taken_up.extend(ended_on.map(|ended_on| TakenUp { ended_on, on: *on }));
                (self.terminated_on, self.termination_ground, self.told_on, self.settled_on) = (None, None, None, None);
                self.closed_on = None;
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

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::case::Telling;
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
    fn a_state_comes_back_from_its_json() {
        let it = state(&[received(CaseKind::Complaint)]);
        assert_eq!(serde_json::from_str::<CaseState>(&serde_json::to_string(&it).unwrap()).unwrap(), it);
    }

    #[test]
    fn an_answered_direction_waits_no_longer() {
        let directed = CaseEvent::Directed { words: "请尽快受理".into(), answer_by: date(2026, 5, 12) };
        let mut it = state(&[received(CaseKind::Complaint), dispatched("甲所"), directed]);
        assert_eq!(it.open_direction().map(|it| it.answer_by), Some(date(2026, 5, 12)));
        it.apply(&CaseEvent::DirectionAnswered { words: "已受理".into() }, at(5));
        assert_eq!(it.open_direction(), None);
    }
}
