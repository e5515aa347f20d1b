//! The clocks of a case: the statutory terms that run, and beside them the desk's own.
//!
//! A due date is a pure function of the state (that is, of the events), the calendar and the rules. Nothing here asks the time.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::case::{CaseKind, Status};
use super::custody::WorkHours;
use super::deadline::{DateSheet, Roll, count};
use super::state::{CaseState, TakenUp};
use super::term::{self, RuleVersion, Term};
use super::threshold::Thresholds;
use crate::calendar::WorkCalendar;

/// What a bureau sets for itself. Nothing of it is law: the law's own lengths stand in [`term::TERMS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeskRules {
    /// Minutes from receipt (or return) to dispatch.
    pub dispatch_minutes: u32,
    /// Minutes from dispatch to the first contact.
    pub contact_minutes: u32,
    /// Minutes from dispatch to the answer of an inquiry.
    pub inquiry_minutes: u32,
    /// Minutes for the leader's ruling.
    pub ruling_minutes: u32,
    /// The night with shorter clocks, such as the gala night.
    pub night: Option<Night>,
    /// Which reading of 第四十五条.
    pub roll: Roll,
    /// Cases received before 2026-04-15 follow Order 121 as well. Order 121 has no transitional clause.
    pub always_order_121: bool,
    /// So many days before the due date a case is near.
    pub near_days: u32,
    /// Amounts up to this are a small claim that can be settled at once.
    pub small_claim_fen: i64,
    /// Minutes nobody has a case until the leader is told.
    pub unassigned_minutes: u32,
    /// So many days after a statutory date the leader is told again; none for 0.
    pub late_again_days: u32,
    /// So many returns and objections bring a case before the leader; never for 0.
    pub refusals_to_leader: u32,
    /// When the bureau works.
    pub hours: WorkHours,
    /// From how many cases on the desk is told that they are alike.
    pub thresholds: Thresholds,
}

/// A night with shorter clocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Night {
    /// From this moment …
    pub from: Timestamp,
    /// … to this.
    pub to: Timestamp,
    /// Minutes to dispatch.
    pub dispatch_minutes: u32,
    /// Minutes to the first contact.
    pub contact_minutes: u32,
}

impl Default for DeskRules {
    fn default() -> DeskRules {
        DeskRules {
            dispatch_minutes: 120,
            contact_minutes: 24 * 60,
            inquiry_minutes: 24 * 60,
            ruling_minutes: 8 * 60,
            night: None,
            roll: Roll::Weekend,
            always_order_121: false,
            near_days: 2,
            small_claim_fen: 50_000,
            unassigned_minutes: 8 * 60,
            late_again_days: 5,
            refusals_to_leader: 2,
            hours: WorkHours::default(),
            thresholds: Thresholds::default(),
        }
    }
}

impl DeskRules {
    /// The rules a case received on this day follows.
    pub fn version_of(&self, received_on: Date) -> RuleVersion {
        if self.always_order_121 { RuleVersion::Order121 } else { RuleVersion::in_force_on(received_on) }
    }

    fn minutes(&self, at: Timestamp, ordinary: u32, by_night: impl Fn(&Night) -> u32) -> SignedDuration {
        let night = self.night.as_ref().filter(|it| it.from <= at && at <= it.to);
        SignedDuration::from_mins(i64::from(night.map_or(ordinary, by_night)))
    }
}

/// Is it a small claim that nobody has decided on yet? Then both parties are asked to settle it at once (小额快速处理).
///
/// Never of a tip-off, and never when no amount is known.
pub fn is_small_claim(state: &CaseState, amount_fen: Option<i64>, rules: &DeskRules) -> bool {
    let is_undecided = matches!(state.status, Status::Received | Status::Returned | Status::Dispatched);
    state.matter == CaseKind::Complaint
        && is_undecided
        && amount_fen.is_some_and(|fen| fen > 0 && fen <= rules.small_claim_fen)
}

/// One statutory term of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// The term with its article.
    pub term: &'static Term,
    /// Day zero.
    pub from: Date,
    /// The due date with its reason for every day.
    pub sheet: DateSheet,
    /// The day it was done; `None` while it runs.
    pub done_on: Option<Date>,
    /// On that day it was not done but began anew.
    pub is_restarted: bool,
}

impl Clock {
    /// Done too late, or not done and over.
    pub fn is_late(&self, today: Date) -> bool {
        self.sheet.due.is_some_and(|due| self.done_on.unwrap_or(today) > due)
    }
}

/// The desk's own clock that runs now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskClock {
    /// What has to be done.
    pub label: &'static str,
    /// Until when.
    pub due_at: Timestamp,
}

/// The code of a term, day zero, the day it was done.
type Running = (&'static str, Date, Option<Date>);

/// Every statutory term the case has had, the finished ones too, in the order of the law; behind them those that a later one took the place
/// of.
///
/// ```
/// use domain::calendar::WorkCalendar;
/// use domain::complaint::{case::{CaseKind, Channel}, clock::{DeskRules, clocks}, event::CaseEvent, state::CaseState, term::RuleVersion};
/// use jiff::civil::date;
/// let received = CaseEvent::Received { matter: CaseKind::Complaint, channel: Channel::Hotline, received_on: date(2026, 9, 28), rules: RuleVersion::Order121, is_named: false };
/// let state = CaseState::begin(&received, "2026-09-28T02:00:00Z".parse().unwrap()).unwrap();
/// let clocks = clocks(&state, &DeskRules::default(), &WorkCalendar::announced());
/// // Seven days of National Day lie between; Saturday the 10th is worked.
/// assert_eq!(clocks[0].sheet.due, Some(date(2026, 10, 13)));
/// ```
pub fn clocks(state: &CaseState, rules: &DeskRules, calendar: &WorkCalendar) -> Vec<Clock> {
    let clock = |code: &str, from, done_on, is_restarted| {
        let term = term::find(code, state.rules)?;
        let pauses = if term.pause_article.is_some() { state.pauses.as_slice() } else { &[] };
        let sheet = count(term, from, pauses, rules.roll, calendar);
        // What had ended and was taken up again after its last day had kept its term or missed it; before that day the term goes on.
        let is_over = |it: &&TakenUp| code == "mediation.end" && sheet.due.is_some_and(|due| it.on > due);
        let done_on = state.taken_up.iter().find(is_over).map(|it| it.ended_on).or(done_on);
        Some(Clock { term, from, sheet, done_on, is_restarted })
    };
    let now = running(state).into_iter().filter_map(|(code, from, done_on)| clock(code, from, done_on, false));
    let past = if state.status == Status::Void { &[] } else { state.past_terms.as_slice() };
    now.chain(past.iter().filter_map(|it| clock(&it.code, it.from, Some(it.ended_on), it.is_restarted))).collect()
}

fn running(state: &CaseState) -> Vec<Running> {
    let mut found = Vec::new();
    if state.status == Status::Void {
        return found;
    }
    match state.matter {
        CaseKind::Complaint => {
            let is_merged = state.status.is_gone();
            let decided_on = state.accepted_on.or(state.declined_on).or(state.closed_on);
            if !is_merged {
                found.push(("complaint.accept", state.received_on, decided_on));
            }
            if let Some(accepted_on) = state.accepted_on.filter(|_| !is_merged) {
                let ended_on = state.settled_on.or(state.terminated_on).or(state.closed_on);
                found.push(("mediation.end", accepted_on, ended_on));
            }
            if let Some(terminated_on) = state.terminated_on {
                found.push(("mediation.notice", terminated_on, state.told_on));
            }
        }
        CaseKind::Tipoff if !state.status.is_gone() => {
            let code = if state.is_extended { "report.decide_extended" } else { "report.decide" };
            found.push((code, state.term_from, state.decided_on.or(state.closed_on)));
            if let Some(decided_on) = state.decided_on.filter(|_| state.is_named) {
                found.push(("report.notify", decided_on, state.reporter_told_on));
            }
        }
        CaseKind::Tipoff | CaseKind::Inquiry => {}
    }
    if let Some(lead) = &state.lead {
        let code = if state.is_extended { "complaint.lead_verify_extended" } else { "complaint.lead_verify" };
        found.push((code, lead.found_on, lead.verified_on));
    }
    if let Some(disputed_on) = state.disputed_on {
        found.push(("jurisdiction.negotiate", disputed_on, state.dispute_settled_on));
    }
    found
}

/// The desk's own clock that runs now, if one does. A case nobody has yet has one too: it cannot be forgotten.
pub fn desk_clock(state: &CaseState, rules: &DeskRules) -> Option<DeskClock> {
    let since = state.waiting_since;
    let at = |label, minutes: SignedDuration| since.checked_add(minutes).ok().map(|due_at| DeskClock { label, due_at });
    match state.status {
        Status::Received | Status::Returned => {
            at("分流", rules.minutes(since, rules.dispatch_minutes, |night| night.dispatch_minutes))
        }
        Status::Objected => at("裁定承办单位", SignedDuration::from_mins(i64::from(rules.ruling_minutes))),
        Status::Dispatched if state.matter == CaseKind::Inquiry => {
            at("答复", rules.minutes(since, rules.inquiry_minutes, |night| night.contact_minutes))
        }
        Status::Dispatched if state.contacted_at.is_none() => {
            at("首次联系", rules.minutes(since, rules.contact_minutes, |night| night.contact_minutes))
        }
        _ => None,
    }
}

/// What the queue is sorted by: the next thing that falls due.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NextDue {
    /// The term that falls due first; empty when none runs.
    pub term: &'static str,
    /// Its last day.
    pub on: Option<Date>,
    /// The date may move: nobody has announced the holidays of that year.
    pub is_provisional: bool,
    /// The desk's own clock.
    pub desk_at: Option<Timestamp>,
    /// The earlier of both as an instant: the end of the last day, or the desk's moment.
    pub sort_at: Option<Timestamp>,
}

/// The next thing that falls due in an open case.
pub fn next_due(state: &CaseState, rules: &DeskRules, calendar: &WorkCalendar) -> NextDue {
    if !state.is_open() {
        return NextDue::default();
    }
    next_due_with(state, rules, &clocks(state, rules, calendar))
}

/// The same, where the clocks have been counted already.
pub fn next_due_with(state: &CaseState, rules: &DeskRules, clocks: &[Clock]) -> NextDue {
    if !state.is_open() {
        return NextDue::default();
    }
    let first = clocks.iter().filter(|it| it.done_on.is_none()).min_by_key(|it| it.sheet.due.unwrap_or(Date::MAX));
    let desk_at = desk_clock(state, rules).map(|it| it.due_at);
    let on = first.and_then(|it| it.sheet.due);
    let sort_at = [on.and_then(end_of), desk_at].into_iter().flatten().min();
    NextDue {
        term: first.map_or("", |it| it.term.code),
        on,
        is_provisional: first.is_some_and(|it| it.sheet.provisional),
        desk_at,
        sort_at,
    }
}

/// The end of a day in China, which has kept one zone without summer time since 1992.
pub fn end_of(day: Date) -> Option<Timestamp> {
    day.tomorrow().ok()?.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).ok().map(|it| it.timestamp())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::case::{Channel, Outcome, Telling};
    use super::super::event::CaseEvent;
    use super::super::grounds::TerminationGround;
    use super::super::state::fold;
    use super::*;
    use crate::Id;

    const AT: &str = "2026-05-06T02:00:00Z";

    fn events(matter: CaseKind, more: Vec<CaseEvent>) -> CaseState {
        let received_on = date(2026, 5, 6);
        let first = CaseEvent::Received {
            matter,
            channel: Channel::Hotline,
            received_on,
            rules: RuleVersion::Order121,
            is_named: true,
        };
        let all: Vec<CaseEvent> = std::iter::once(first).chain(more).collect();
        fold(all.iter().map(|it| (it, AT.parse().unwrap()))).unwrap()
    }

    fn dispatched() -> CaseEvent {
        CaseEvent::Dispatched { unit_id: Id::from_text("u"), unit_name: "甲所".into(), reason: String::new() }
    }

    fn codes(state: &CaseState) -> Vec<(&'static str, Option<Date>, bool)> {
        let calendar = WorkCalendar::announced();
        clocks(state, &DeskRules::default(), &calendar)
            .iter()
            .map(|it| (it.term.code, it.sheet.due, it.done_on.is_some()))
            .collect()
    }

    #[test]
    fn each_event_starts_its_clock_and_stops_the_one_before() {
        let accepted = CaseEvent::Accepted { on: date(2026, 5, 8), told: Telling::Phone };
        let terminated =
            CaseEvent::Terminated { on: date(2026, 5, 20), ground: TerminationGround::Refused, words: String::new() };
        // 6 May + 7 working days = 14 May (Saturday 9 May is worked); 8 May + 60 = 7 July; 20 May + 7 working days = 29 May.
        assert_eq!(codes(&events(CaseKind::Complaint, vec![])), [("complaint.accept", Some(date(2026, 5, 14)), false)]);
        assert_eq!(
            codes(&events(CaseKind::Complaint, vec![dispatched(), accepted.clone(), terminated])),
            [
                ("complaint.accept", Some(date(2026, 5, 14)), true),
                ("mediation.end", Some(date(2026, 7, 7)), true),
                ("mediation.notice", Some(date(2026, 5, 29)), false),
            ]
        );
    }

    #[test]
    fn laboratory_days_move_the_end_and_an_open_pause_has_none() {
        let accepted = CaseEvent::Accepted { on: date(2026, 5, 8), told: Telling::Phone };
        let paused = CaseEvent::Paused {
            from: date(2026, 5, 11),
            laboratory: "甲".into(),
            is_designated: false,
            after_due: None,
        };
        let state = events(CaseKind::Complaint, vec![dispatched(), accepted.clone(), paused.clone()]);
        assert_eq!(codes(&state)[1], ("mediation.end", None, false));
        let resumed = CaseEvent::Resumed { to: date(2026, 5, 20) };
        let state = events(CaseKind::Complaint, vec![dispatched(), accepted, paused, resumed]);
        assert_eq!(codes(&state)[1], ("mediation.end", Some(date(2026, 7, 17)), false));
    }

    /// Sixty days from 2026-05-08 end on 2026-07-07.
    #[test]
    fn a_case_taken_up_again_keeps_the_term_it_kept_and_goes_on_with_one_that_runs() {
        let accepted = CaseEvent::Accepted { on: date(2026, 5, 8), told: Telling::Phone };
        let closed = |on| CaseEvent::Closed { on, outcome: Outcome::Settled, recovered_fen: None, words: "x".into() };
        let again = |on| CaseEvent::Reopened { on, reason: "x".into() };
        let done_on = |more: &[CaseEvent]| {
            let all = [vec![dispatched(), accepted.clone(), closed(date(2026, 6, 1))], more.to_vec()].concat();
            clocks(&events(CaseKind::Complaint, all), &DeskRules::default(), &WorkCalendar::announced())[1].done_on
        };
        assert_eq!(done_on(&[again(date(2026, 6, 2))]), None, "closed by mistake: the term runs");
        assert_eq!(done_on(&[again(date(2026, 7, 7))]), None, "its last day is not over");
        assert_eq!(done_on(&[again(date(2026, 7, 8))]), Some(date(2026, 6, 1)));
        let twice = [again(date(2026, 7, 8)), closed(date(2026, 8, 3)), again(date(2026, 8, 4))];
        assert_eq!(done_on(&twice), Some(date(2026, 6, 1)), "kept is kept");
    }

    #[test]
    fn an_approved_extension_and_a_restart_move_the_date_of_a_tip_off() {
        let code = |more| codes(&events(CaseKind::Tipoff, more))[0];
        assert_eq!(code(vec![dispatched()]), ("report.decide", Some(date(2026, 5, 26)), false));
        let extended = CaseEvent::Extended { reason: "案情复杂".into() };
        assert_eq!(code(vec![extended]).0, "report.decide_extended");
        let late = CaseEvent::Restarted { received_on: date(2026, 6, 8), words: "新事实".into() };
        let shown: Vec<_> =
            clocks(&events(CaseKind::Tipoff, vec![late]), &DeskRules::default(), &WorkCalendar::announced())
                .iter()
                .map(|it| (it.sheet.due, it.done_on, it.is_restarted, it.is_late(date(2026, 6, 9))))
                .collect();
        // The first term ended on 26 May, and new facts of June do not make it kept.
        assert_eq!(shown[1], (Some(date(2026, 5, 26)), Some(date(2026, 6, 8)), true, true), "{shown:?}");
        assert!(shown.len() == 2 && !shown[0].3 && shown[0].1.is_none(), "{shown:?}");
        let restarted = CaseEvent::Restarted { received_on: date(2026, 5, 20), words: "新事实".into() };
        assert_eq!(code(vec![restarted]), ("report.decide", Some(date(2026, 6, 10)), false));
    }

    #[test]
    fn a_case_that_nobody_has_still_has_a_clock() {
        let rules = DeskRules::default();
        let state = events(CaseKind::Inquiry, vec![]);
        let desk = desk_clock(&state, &rules).unwrap();
        assert_eq!((desk.label, desk.due_at.to_string().as_str()), ("分流", "2026-05-06T04:00:00Z"));
        let due = next_due(&state, &rules, &WorkCalendar::announced());
        assert_eq!((due.on, due.sort_at), (None, Some(desk.due_at)));
    }

    #[test]
    fn on_the_gala_night_minutes_count() {
        let night = Night {
            from: "2026-05-06T00:00:00Z".parse().unwrap(),
            to: "2026-05-06T15:00:00Z".parse().unwrap(),
            dispatch_minutes: 10,
            contact_minutes: 30,
        };
        let rules = DeskRules { night: Some(night), ..DeskRules::default() };
        let desk = desk_clock(&events(CaseKind::Complaint, vec![]), &rules).unwrap();
        assert_eq!(desk.due_at.to_string(), "2026-05-06T02:10:00Z");
    }

    #[test]
    fn a_closed_case_has_nothing_due() {
        let closed = CaseEvent::Closed {
            on: date(2026, 5, 7),
            outcome: Outcome::Answered,
            recovered_fen: None,
            words: String::new(),
        };
        let state = events(CaseKind::Inquiry, vec![dispatched(), closed]);
        assert_eq!(next_due(&state, &DeskRules::default(), &WorkCalendar::announced()), NextDue::default());
    }

    #[test]
    fn the_end_of_a_day_is_midnight_in_china() {
        assert_eq!(end_of(date(2026, 5, 14)).unwrap().to_string(), "2026-05-14T16:00:00Z");
    }
}
