//! Reminders and escalation: who has to be told of which date of a case, when, and why.
//!
//! [`RULES`] is the whole list. [`plan`] lays out every moment at which a rule speaks, from the state alone; what was told already
//! stands in the state as [`super::state::Raised`], so whoever asks twice tells once. A case nobody has is planned like any other:
//! it cannot be forgotten. Nothing here asks the time.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::case::{Status, words};
use super::clock::{Clock, DeskRules, clocks, desk_clock, end_of};
use super::event::CaseEvent;
use super::state::{CaseState, Raised};
use crate::calendar::WorkCalendar;

words! {
    /// Why somebody is told. The order is the order of urgency of one clock.
    Cause {
        /// Some days before a statutory date.
        DueNear = "due_near", "法定期限将到";
        /// On the day.
        DueToday = "due_today", "法定期限今天到";
        /// The day is over.
        DueOver = "due_over", "超过法定期限";
        /// Some days later it is still not done.
        DueLongOver = "due_long_over", "超期多日仍未办";
        /// Nobody has been given it within the desk's minutes.
        DispatchOver = "dispatch_over", "超过分流时限";
        /// Nobody has had it for long.
        UnassignedLong = "unassigned_long", "长时间没有单位承办";
        /// The unit has spoken to nobody within the desk's minutes.
        ContactOver = "contact_over", "超过首次联系时限";
        /// An inquiry is not answered.
        AnswerOver = "answer_over", "超过咨询答复时限";
        /// The leader has not ruled.
        RulingOver = "ruling_over", "超过裁定时限";
        /// Units have sent it back as often as the bureau allows.
        ReturnedTwice = "returned_twice", "多次被退回";
        /// The answer a leader asked for is wanted today.
        DirectionToday = "direction_today", "今天应回复督办";
        /// It has not come.
        DirectionOver = "direction_over", "没有按时回复督办";
    }
}

words! {
    /// How loud.
    Level {
        /// To whoever has it.
        Reminder = "reminder", "提醒";
        /// To whoever stands above.
        Escalation = "escalation", "升级";
    }
}

words! {
    /// Who is told. The unit that has the case always sees it as well.
    Recipient {
        /// The unit that has it, and the person in charge.
        Unit = "unit", "承办单位";
        /// The head of that unit.
        UnitLead = "unit_lead", "承办单位负责人";
        /// The head of the intake unit.
        IntakeLead = "intake_lead", "投诉举报机构负责人";
        /// The leader of the bureau.
        Leader = "leader", "局领导";
    }
}

/// One line of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Why.
    pub cause: Cause,
    /// How loud.
    pub level: Level,
    /// To whom.
    pub to: Recipient,
}

const fn rule(cause: Cause, level: Level, to: Recipient) -> Rule {
    Rule { cause, level, to }
}

/// Every rule, each cause once.
pub const RULES: &[Rule] = &[
    rule(Cause::DueNear, Level::Reminder, Recipient::Unit),
    rule(Cause::DueToday, Level::Reminder, Recipient::UnitLead),
    rule(Cause::DueOver, Level::Escalation, Recipient::Leader),
    rule(Cause::DueLongOver, Level::Escalation, Recipient::Leader),
    rule(Cause::DispatchOver, Level::Reminder, Recipient::IntakeLead),
    rule(Cause::UnassignedLong, Level::Escalation, Recipient::Leader),
    rule(Cause::ContactOver, Level::Reminder, Recipient::UnitLead),
    rule(Cause::AnswerOver, Level::Reminder, Recipient::UnitLead),
    rule(Cause::RulingOver, Level::Reminder, Recipient::Leader),
    rule(Cause::ReturnedTwice, Level::Escalation, Recipient::Leader),
    rule(Cause::DirectionToday, Level::Reminder, Recipient::UnitLead),
    rule(Cause::DirectionOver, Level::Escalation, Recipient::Leader),
];

impl Cause {
    /// The line of [`RULES`] of this cause.
    pub fn rule(self) -> Rule {
        RULES.iter().copied().find(|it| it.cause == self).unwrap_or(rule(self, Level::Reminder, Recipient::Unit))
    }
}

/// A moment at which a rule speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Why.
    pub cause: Cause,
    /// Which clock: the code of a term, or a word of the desk.
    pub clock: String,
    /// Which date of it.
    pub due: String,
    /// The sentence that goes into the history.
    pub words: String,
    /// When.
    pub at: Timestamp,
}

impl Planned {
    fn is_of(&self, raised: &Raised) -> bool {
        self.clock == raised.clock && self.due == raised.due
    }

    /// What the log says of it.
    pub fn event(&self) -> CaseEvent {
        CaseEvent::Raised {
            cause: self.cause,
            clock: self.clock.clone(),
            due: self.due.clone(),
            words: self.words.clone(),
        }
    }
}

/// Half past eight: nobody reads a reminder of midnight.
fn morning_of(day: Date) -> Option<Timestamp> {
    end_of(day.yesterday().ok()?)?.checked_add(SignedDuration::from_mins(8 * 60 + 30)).ok()
}

/// Every moment at which a rule speaks of this case, as it stands. Empty for a case that is over.
pub fn plan(state: &CaseState, rules: &DeskRules, calendar: &WorkCalendar) -> Vec<Planned> {
    plan_with(state, rules, &clocks(state, rules, calendar))
}

/// The same, where the clocks have been counted already.
pub fn plan_with(state: &CaseState, rules: &DeskRules, clocks: &[Clock]) -> Vec<Planned> {
    let mut found = Vec::new();
    if !state.is_open() {
        return found;
    }
    for clock in clocks.iter().filter(|it| it.done_on.is_none()) {
        statutory(clock, rules, &mut found);
    }
    operational(state, rules, &mut found);
    refused(state, rules, &mut found);
    directed(state, &mut found);
    found
}

fn statutory(clock: &Clock, rules: &DeskRules, found: &mut Vec<Planned>) {
    let Some(due) = clock.sheet.due else { return };
    let mut add = |cause, at: Option<Timestamp>, words: String| {
        let (clock, due) = (clock.term.code.to_owned(), due.to_string());
        found.extend(at.map(|at| Planned { cause, clock, due, words, at }));
    };
    let label = clock.term.label;
    let (near, again) = (i64::from(rules.near_days), i64::from(rules.late_again_days));
    if near > 0 {
        let at = due.checked_sub(near.days()).ok().filter(|it| *it > clock.from).and_then(morning_of);
        add(Cause::DueNear, at, format!("“{label}”{due} 到期，还有 {near} 天"));
    }
    add(Cause::DueToday, morning_of(due), format!("“{label}”今天（{due}）到期"));
    add(Cause::DueOver, end_of(due), format!("“{label}”已于 {due} 到期，没有办"));
    if again > 0 {
        let at = due.checked_add(again.days()).ok().and_then(end_of);
        add(Cause::DueLongOver, at, format!("“{label}”已于 {due} 到期，超过 {again} 天仍没有办"));
    }
}

fn operational(state: &CaseState, rules: &DeskRules, found: &mut Vec<Planned>) {
    let Some(desk) = desk_clock(state, rules) else { return };
    let cause = match state.status {
        Status::Received | Status::Returned => Cause::DispatchOver,
        Status::Objected => Cause::RulingOver,
        _ if desk.label == "答复" => Cause::AnswerOver,
        _ => Cause::ContactOver,
    };
    let due = desk.due_at.to_string();
    let clock = format!("desk.{}", desk.label);
    found.push(Planned {
        cause,
        clock: clock.clone(),
        due: due.clone(),
        words: format!("超过本局的{}时限", desk.label),
        at: desk.due_at,
    });
    if cause == Cause::DispatchOver {
        let minutes = i64::from(rules.unassigned_minutes);
        let late = state.waiting_since.checked_add(SignedDuration::from_mins(minutes)).ok();
        let at = late.map(|it| it.max(desk.due_at));
        let words = format!("{}没有单位承办", in_words(minutes));
        found.extend(at.map(|at| Planned { cause: Cause::UnassignedLong, clock, due, words, at }));
    }
}

/// Minutes in words: 90 分钟, 8 小时.
fn in_words(minutes: i64) -> String {
    if minutes % 60 == 0 { format!("{} 小时", minutes / 60) } else { format!("{minutes} 分钟") }
}

fn refused(state: &CaseState, rules: &DeskRules, found: &mut Vec<Planned>) {
    let n = state.n_refusals();
    let is_back = matches!(state.status, Status::Returned | Status::Objected);
    if is_back && rules.refusals_to_leader > 0 && n >= rules.refusals_to_leader {
        found.push(Planned {
            cause: Cause::ReturnedTwice,
            clock: "returns".to_owned(),
            due: n.to_string(),
            words: format!("承办单位已 {n} 次退回或者提出异议"),
            at: state.waiting_since,
        });
    }
}

fn directed(state: &CaseState, found: &mut Vec<Planned>) {
    let Some(direction) = state.open_direction() else { return };
    let by = direction.answer_by;
    let day = [
        (Cause::DirectionToday, morning_of(by), format!("领导要求今天（{by}）回复督办")),
        (Cause::DirectionOver, end_of(by), format!("领导要求 {by} 前回复督办，没有回复")),
    ];
    for (cause, at, words) in day {
        // A direction that is to be answered the same day is told at once.
        let at = at.map(|it| it.max(direction.at));
        let (clock, due) = ("direction".to_owned(), format!("{by} {}", direction.at));
        found.extend(at.map(|at| Planned { cause, clock, due, words, at }));
    }
}

/// What has to be told at `now` and has not been: of each date the most urgent alone.
///
/// ```
/// use domain::calendar::WorkCalendar;
/// use domain::complaint::{case::{CaseKind, Channel}, clock::DeskRules, event::CaseEvent, state::CaseState, term::RuleVersion};
/// use domain::complaint::escalation::{Cause, due, plan};
/// use jiff::civil::date;
/// let received = CaseEvent::Received { matter: CaseKind::Complaint, channel: Channel::Hotline, received_on: date(2026, 5, 6), rules: RuleVersion::Order121, is_named: false };
/// let state = CaseState::begin(&received, "2026-05-06T02:00:00Z".parse().unwrap()).unwrap();
/// let planned = plan(&state, &DeskRules::default(), &WorkCalendar::announced());
/// // Two hours later nobody has been given the case: the head of the intake unit is told.
/// let now = "2026-05-06T04:00:00Z".parse().unwrap();
/// assert_eq!(due(&planned, &state, now).iter().map(|it| it.cause).collect::<Vec<_>>(), [Cause::DispatchOver]);
/// ```
pub fn due<'a>(planned: &'a [Planned], state: &CaseState, now: Timestamp) -> Vec<&'a Planned> {
    let mut loudest: Vec<&Planned> = Vec::new();
    for it in planned.iter().filter(|it| it.at <= now) {
        match loudest.iter_mut().find(|known| known.clock == it.clock && known.due == it.due) {
            Some(known) if known.cause < it.cause => *known = it,
            Some(_) => {}
            None => loudest.push(it),
        }
    }
    loudest.retain(|it| is_news(it, state));
    loudest
}

fn is_news(planned: &Planned, state: &CaseState) -> bool {
    !state.raised.iter().any(|it| planned.is_of(it) && planned.cause <= it.cause)
}

/// The moment at which something will have to be told; `None` when nothing is left to tell.
pub fn next_at(planned: &[Planned], state: &CaseState) -> Option<Timestamp> {
    planned.iter().filter(|it| is_news(it, state)).map(|it| it.at).min()
}

/// What was told and still holds: the date has neither been met nor moved. The most urgent first.
pub fn standing(planned: &[Planned], state: &CaseState) -> Vec<Raised> {
    let holds = |raised: &&Raised| planned.iter().any(|it| it.is_of(raised) && it.cause == raised.cause);
    let mut all: Vec<Raised> = state.raised.iter().filter(holds).cloned().collect();
    // Of one date only the last word counts.
    let is_outdone = |it: &Raised| all.iter().any(|o| o.clock == it.clock && o.due == it.due && it.cause < o.cause);
    let kept: Vec<bool> = all.iter().map(|it| !is_outdone(it)).collect();
    let mut kept = kept.into_iter();
    all.retain(|_| kept.next().unwrap_or(false));
    all.sort_by_key(|it| (std::cmp::Reverse(it.cause.rule().level), it.at));
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;

    use super::super::case::{CaseKind, Channel, Telling};
    use super::super::clock::Night;
    use super::super::state::fold;
    use super::super::term::RuleVersion;
    use super::*;
    use crate::Id;

    /// Wednesday, 10 o'clock.
    const AT: &str = "2026-05-06T02:00:00Z";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn state(matter: CaseKind, more: &[CaseEvent]) -> CaseState {
        let first = CaseEvent::Received {
            matter,
            channel: Channel::Hotline,
            received_on: date(2026, 5, 6),
            rules: RuleVersion::Order121,
            is_named: true,
        };
        let all: Vec<CaseEvent> = std::iter::once(first).chain(more.iter().cloned()).collect();
        fold(all.iter().map(|it| (it, at(AT)))).unwrap()
    }

    fn to(unit: &str) -> CaseEvent {
        CaseEvent::Dispatched { unit_id: Id::from_text(unit), unit_name: unit.into(), reason: String::new() }
    }

    fn planned(state: &CaseState) -> Vec<Planned> {
        plan(state, &DeskRules::default(), &WorkCalendar::announced())
    }

    fn told(state: &CaseState, now: &str) -> Vec<Cause> {
        due(&planned(state), state, at(now)).iter().map(|it| it.cause).collect()
    }

    /// Lets the program look at the case, as it does in the background.
    fn look(state: &mut CaseState, now: &str) -> Vec<Cause> {
        let all = planned(state);
        let news: Vec<Planned> = due(&all, state, at(now)).into_iter().cloned().collect();
        for it in &news {
            state.apply(&it.event(), at(now));
        }
        news.iter().map(|it| it.cause).collect()
    }

    #[test]
    fn each_cause_has_one_rule_and_a_case_that_raises_it() {
        let back = CaseEvent::Returned { reason: "x".into() };
        let objected = CaseEvent::Objected { reason: "x".into() };
        let directed = CaseEvent::Directed { words: "x".into(), answer_by: date(2026, 5, 8) };
        let cases = [
            state(CaseKind::Complaint, &[]),
            state(CaseKind::Complaint, &[to("甲所")]),
            state(CaseKind::Inquiry, &[to("甲所")]),
            state(CaseKind::Complaint, &[to("甲所"), back, to("甲所"), objected]),
            state(CaseKind::Complaint, &[to("甲所"), directed]),
        ];
        let raised: BTreeSet<Cause> = cases.iter().flat_map(planned).map(|it| it.cause).collect();
        for cause in Cause::ALL {
            assert_eq!(RULES.iter().filter(|it| it.cause == *cause).count(), 1, "{cause:?}");
            assert!(raised.contains(cause), "{cause:?} is raised by no case");
        }
        assert_eq!(RULES.len(), Cause::ALL.len());
    }

    #[test]
    fn a_statutory_date_is_told_before_on_and_after_the_day() {
        // 6 May + 7 working days = 14 May.
        let mut it = state(CaseKind::Complaint, &[to("甲所"), CaseEvent::Contacted { note: "x".into() }]);
        assert_eq!(look(&mut it, "2026-05-12T00:29:00Z"), [], "half past eight, not earlier");
        assert_eq!(look(&mut it, "2026-05-12T00:30:00Z"), [Cause::DueNear]);
        assert_eq!(look(&mut it, "2026-05-13T09:00:00Z"), [], "told once");
        assert_eq!(look(&mut it, "2026-05-14T00:30:00Z"), [Cause::DueToday]);
        assert_eq!(look(&mut it, "2026-05-14T15:59:59Z"), [], "the day is not over before midnight");
        assert_eq!(look(&mut it, "2026-05-14T16:00:00Z"), [Cause::DueOver]);
        assert_eq!(look(&mut it, "2026-05-19T16:00:00Z"), [Cause::DueLongOver]);
        assert_eq!(next_at(&planned(&it), &it), None);
        let now: Vec<Cause> = standing(&planned(&it), &it).iter().map(|it| it.cause).collect();
        assert_eq!(now, [Cause::DueLongOver], "of one date the last word counts");
        it.apply(&CaseEvent::Accepted { on: date(2026, 5, 20), told: Telling::Phone }, at("2026-05-20T02:00:00Z"));
        assert_eq!(standing(&planned(&it), &it), [], "accepted, however late");
    }

    #[test]
    fn a_case_nobody_has_goes_to_the_intake_lead_and_then_to_the_leader() {
        let mut it = state(CaseKind::Inquiry, &[]);
        assert_eq!(look(&mut it, "2026-05-06T03:59:00Z"), []);
        assert_eq!(look(&mut it, "2026-05-06T04:00:00Z"), [Cause::DispatchOver]);
        assert_eq!(Cause::DispatchOver.rule().to, Recipient::IntakeLead);
        assert_eq!(look(&mut it, "2026-05-06T10:00:00Z"), [Cause::UnassignedLong]);
        assert_eq!(Cause::UnassignedLong.rule().to, Recipient::Leader);
        it.apply(&to("甲所"), at("2026-05-06T11:00:00Z"));
        assert_eq!(standing(&planned(&it), &it), []);
    }

    #[test]
    fn a_late_look_tells_only_the_most_urgent() {
        let it = state(CaseKind::Complaint, &[]);
        assert_eq!(told(&it, "2026-06-30T00:00:00Z"), [Cause::DueLongOver, Cause::UnassignedLong]);
    }

    #[test]
    fn on_the_gala_night_the_first_word_comes_after_minutes() {
        let night = Night {
            from: at("2026-05-06T00:00:00Z"),
            to: at("2026-05-06T15:00:00Z"),
            dispatch_minutes: 10,
            contact_minutes: 30,
        };
        let rules = DeskRules { night: Some(night), ..DeskRules::default() };
        let it = state(CaseKind::Complaint, &[]);
        let all = plan(&it, &rules, &WorkCalendar::announced());
        assert_eq!(due(&all, &it, at("2026-05-06T02:10:00Z")).len(), 1);
    }

    #[test]
    fn a_case_that_came_back_twice_goes_to_the_leader_at_once() {
        let back = CaseEvent::Returned { reason: "x".into() };
        let once = state(CaseKind::Complaint, &[to("甲所"), back.clone()]);
        assert!(!told(&once, AT).contains(&Cause::ReturnedTwice));
        let objected =
            state(CaseKind::Complaint, &[to("甲所"), back, to("乙所"), CaseEvent::Objected { reason: "x".into() }]);
        assert_eq!(told(&objected, AT), [Cause::ReturnedTwice]);
    }

    #[test]
    fn a_date_that_moves_may_be_told_anew() {
        let accepted = CaseEvent::Accepted { on: date(2026, 5, 8), told: Telling::Phone };
        let mut it = state(CaseKind::Complaint, &[to("甲所"), accepted]);
        assert_eq!(look(&mut it, "2026-07-06T00:00:00Z"), [Cause::DueNear]);
        let paused = CaseEvent::Paused {
            from: date(2026, 7, 6),
            laboratory: "甲".into(),
            is_designated: false,
            after_due: None,
        };
        it.apply(&paused, at("2026-07-06T02:00:00Z"));
        assert_eq!(planned(&it), [], "while the laboratory has it nothing falls due");
        it.apply(&CaseEvent::Resumed { to: date(2026, 7, 20) }, at("2026-07-20T02:00:00Z"));
        assert_eq!(standing(&planned(&it), &it), []);
        assert_eq!(look(&mut it, "2026-07-20T03:00:00Z"), [Cause::DueNear]);
    }

    #[test]
    fn an_answered_direction_is_over() {
        let directed = CaseEvent::Directed { words: "请说明".into(), answer_by: date(2026, 5, 7) };
        let contacted = CaseEvent::Contacted { note: "x".into() };
        let mut it = state(CaseKind::Complaint, &[to("甲所"), contacted, directed]);
        assert_eq!(look(&mut it, "2026-05-07T00:30:00Z"), [Cause::DirectionToday]);
        assert_eq!(look(&mut it, "2026-05-07T16:00:00Z"), [Cause::DirectionOver]);
        it.apply(&CaseEvent::DirectionAnswered { words: "已说明".into() }, at("2026-05-08T01:00:00Z"));
        assert_eq!(standing(&planned(&it), &it), []);
    }
}
