//! A filled form of a step becomes events, or says what is wrong with it.

use jiff::civil::Date;

use super::article::bracketed;
use super::case::{CaseKind, Outcome, Satisfaction, SessionMode, Status, Telling};
use super::clock::Clock;
use super::event::CaseEvent;
use super::grounds::{DeclineGround, TerminationGround};
use super::intake::money;
use super::permitted::{Desk, is_permitted, why_not};
use super::state::CaseState;
use super::step::{FieldKind, IS_HELD, Step};
use super::term::RuleVersion;
use crate::unit::Actor;
use crate::{FormErrors, Id};

/// Why a step was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Not open to this person, or not in this state: the sentence says why.
    NotPermitted(String),
    /// The form is wrong.
    Fields(FormErrors),
}

/// What the form cannot know by itself: names of the chosen unit and person, when there are such, and the terms of the case.
#[derive(Debug, Clone, Default)]
pub struct Chosen {
    /// The unit of the field `unit_id`, if it is in use.
    pub unit: Option<(Id, String)>,
    /// The person of the field `person_id`, if of the unit that has the case.
    pub person: Option<(Id, String)>,
    /// The case of the field `number` that this one repeats, or the sentence that says why it does not.
    pub original: Option<Result<(Id, String), String>>,
    /// The statutory terms of the case: some steps hang on one that has run out, or not yet.
    pub clocks: Vec<Clock>,
}

/// Turns a form into the events of the step.
///
/// # Errors
/// [`Refusal`], with nothing done.
pub fn take(
    actor: &Actor,
    desk: &Desk,
    state: &CaseState,
    step: Step,
    get: &dyn Fn(&str) -> String,
    chosen: &Chosen,
    today: Date,
) -> Result<Vec<CaseEvent>, Refusal> {
    if !is_permitted(actor, desk, state, step) {
        let why = why_not(state, step).filter(|_| is_permitted(actor, desk, state, Step::Terminate));
        return Err(Refusal::NotPermitted(why.unwrap_or_else(|| {
            format!(
                "这一件现在是“{}”，您不能做“{}”这一步。请回到案件页，按上面列出的步骤办理。",
                state.label(),
                step.label()
            )
        })));
    }
    let form = Form { get, state, clocks: &chosen.clocks, today, errors: FormErrors::default() }.checked(step);
    let mut form = form.map_err(Refusal::Fields)?;
    let event = event_of(step, &mut form, chosen);
    match (event, form.errors.is_empty()) {
        (Some(event), true) => Ok(form.with_resumption(event)),
        (_, false) => Err(Refusal::Fields(form.errors)),
        (None, true) => Err(Refusal::Fields(FormErrors::one("reason", "请把这一步的内容填写完整。"))),
    }
}

struct Form<'a> {
    get: &'a dyn Fn(&str) -> String,
    state: &'a CaseState,
    clocks: &'a [Clock],
    today: Date,
    errors: FormErrors,
}

impl Form<'_> {
    /// What every field of the form must be, by its kind.
    fn checked(mut self, step: Step) -> Result<Self, FormErrors> {
        for field in step.fields(self.state.rules) {
            let value = self.text(field.name);
            if value.is_empty() {
                if field.is_needed {
                    self.errors.add(field.name, format!("请填写{}。", field.label));
                }
                continue;
            }
            let sentence = match field.kind {
                FieldKind::Line if value.chars().count() > 200 => Some("请控制在 200 字以内。".to_owned()),
                FieldKind::Area if value.chars().count() > 3000 => Some("请控制在 3000 字以内。".to_owned()),
                FieldKind::PastDay | FieldKind::Day => self.wrong_day(&value, field.kind == FieldKind::PastDay),
                FieldKind::Time => {
                    value.parse::<jiff::civil::Time>().err().map(|_| format!("“{value}”不是时间，请写成 14:30 这样。"))
                }
                FieldKind::Money => money(&value).err(),
                FieldKind::Choice(choices) if !choices.iter().any(|it| it.0 == value) => {
                    Some(format!("请从列表中选择{}。", field.label))
                }
                _ => None,
            };
            if let Some(sentence) = sentence {
                self.errors.add(field.name, sentence);
            }
        }
        if self.errors.is_empty() { Ok(self) } else { Err(self.errors) }
    }

    fn wrong_day(&self, value: &str, is_past: bool) -> Option<String> {
        match value.parse::<Date>() {
            Err(_) => Some(format!("“{value}”不是日期，请写成 2027-03-15 这样。")),
            Ok(day) if is_past && day > self.today => Some("日期不能晚于今天。".to_owned()),
            Ok(day) if day < self.state.received_on => {
                Some(format!("日期不能早于收到之日（{}）。", self.state.received_on))
            }
            Ok(_) => None,
        }
    }

    fn text(&self, name: &str) -> String {
        (self.get)(name).trim().to_owned()
    }

    fn day(&self, name: &str) -> Option<Date> {
        self.text(name).parse().ok()
    }

    /// A day that cannot lie before another of the case.
    fn day_since(&mut self, name: &str, since: Option<Date>, word: &str) -> Option<Date> {
        let day = self.day(name)?;
        match since {
            Some(since) if day < since => {
                self.errors.add(name, format!("日期不能早于{word}（{since}）。"));
                None
            }
            _ => Some(day),
        }
    }

    /// When the running term of one of these codes ends; `None` while it is paused or when there is none.
    fn due(&self, codes: &[&str]) -> Option<Date> {
        let runs = |it: &&Clock| it.done_on.is_none() && codes.contains(&it.term.code);
        self.clocks.iter().find(runs).and_then(|it| it.sheet.due)
    }

    /// The day a sample went to the laboratory that still has it.
    fn paused_since(&self) -> Option<Date> {
        self.state.pauses.iter().find(|it| it.to.is_none()).map(|it| it.from)
    }

    /// The parties may agree, or the mediation end, before the laboratory answers: nothing is waited for then.
    fn with_resumption(&self, event: CaseEvent) -> Vec<CaseEvent> {
        let ended_on = match &event {
            CaseEvent::Settled { on, .. } | CaseEvent::Terminated { on, .. } | CaseEvent::Closed { on, .. } => {
                Some(*on)
            }
            _ => None,
        };
        let resumed = self.paused_since().and(ended_on).map(|to| CaseEvent::Resumed { to });
        // Who agrees on the matter has agreed to the mediation (第十八条), and that is put on record with it.
        let is_agreed = match &event {
            CaseEvent::Settled { .. } => true,
            CaseEvent::Closed { outcome, .. } => *outcome == Outcome::Settled && self.state.outcome.is_none(),
            _ => false,
        };
        let has_consent = (self.state.consumer_consents, self.state.business_consents) == (Some(true), Some(true));
        let consented = (is_agreed && !has_consent).then_some(CaseEvent::Consented { consumer: true, business: true });
        resumed.into_iter().chain(consented).chain([event]).collect()
    }

    fn told(&self) -> Option<Telling> {
        Telling::from_code(&self.text("told"))
    }

    fn yes(&self, name: &str) -> Option<bool> {
        match self.text(name).as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        }
    }
}

fn event_of(step: Step, form: &mut Form<'_>, chosen: &Chosen) -> Option<CaseEvent> {
    match step {
        Step::Dispatch | Step::Rule | Step::Return | Step::Object | Step::Assign | Step::Contact | Step::Note => {
            dispatch_event(step, form, chosen)
        }
        Step::Direct => {
            let answer_by = form.day_since("answer_by", Some(form.today), "今天")?;
            Some(CaseEvent::Directed { words: form.text("words"), answer_by })
        }
        Step::Void => match chosen.original.clone() {
            Some(Ok((duplicate_of, number))) => {
                Some(CaseEvent::Voided { duplicate_of, number, reason: form.text("reason") })
            }
            other => {
                let unknown = "没有这个编号的案件，请核对。".to_owned();
                form.errors.add("number", other.and_then(Result::err).unwrap_or(unknown));
                None
            }
        },
        Step::AnswerDirection => Some(CaseEvent::DirectionAnswered { words: form.text("words") }),
        Step::Accept | Step::Decline | Step::Close | Step::Answer | Step::CallBack | Step::Reopen => {
            decision_event(step, form)
        }
        Step::FindLead
        | Step::VerifyLead
        | Step::Decide
        | Step::TellReporter
        | Step::Restart
        | Step::AskExtension
        | Step::Extend
        | Step::RefuseExtension
        | Step::Dispute
        | Step::SettleDispute
        | Step::HandToPolice => verification_event(step, form),
        _ => mediation_event(step, form),
    }
}

fn dispatch_event(step: Step, form: &mut Form<'_>, chosen: &Chosen) -> Option<CaseEvent> {
    let reason = form.text("reason");
    match step {
        Step::Dispatch | Step::Rule => {
            let Some((unit_id, unit_name)) = chosen.unit.clone() else {
                form.errors.add("unit_id", "请选择承办单位；停用的单位不能承办。");
                return None;
            };
            if step == Step::Rule {
                return Some(CaseEvent::Ruled { unit_id, unit_name, reason });
            }
            if form.state.unit_id.as_ref() == Some(&unit_id) {
                form.errors.add("unit_id", format!("这一件已经在{unit_name}。"));
            }
            if form.state.status == Status::Dispatched && reason.is_empty() {
                form.errors.add("reason", "改派请写明原因。");
            }
            Some(CaseEvent::Dispatched { unit_id, unit_name, reason })
        }
        Step::Return => Some(CaseEvent::Returned { reason }),
        Step::Object => Some(CaseEvent::Objected { reason }),
        Step::Assign => {
            let Some((person_id, person_name)) = chosen.person.clone() else {
                form.errors.add("person_id", "请选择本单位在用的人员。");
                return None;
            };
            Some(CaseEvent::Assigned { person_id, person_name })
        }
        Step::Contact => Some(CaseEvent::Contacted { note: form.text("words") }),
        _ => Some(CaseEvent::Noted { words: form.text("words") }),
    }
}

fn decision_event(step: Step, form: &mut Form<'_>) -> Option<CaseEvent> {
    let words = form.text("words");
    match step {
        Step::Accept => Some(CaseEvent::Accepted { on: form.day("on")?, told: form.told()? }),
        Step::Decline => {
            let ground = DeclineGround::from_code(&form.text("ground"))?;
            Some(CaseEvent::Declined { on: form.day("on")?, ground, words, told: form.told()? })
        }
        Step::Answer => {
            Some(CaseEvent::Closed { on: form.day("on")?, outcome: Outcome::Answered, recovered_fen: None, words })
        }
        Step::CallBack => {
            Some(CaseEvent::CalledBack { satisfaction: Satisfaction::from_code(&form.text("satisfaction"))?, words })
        }
        Step::Reopen => Some(CaseEvent::Reopened { on: form.today, reason: form.text("reason") }),
        _ => close_event(form, words),
    }
}

fn close_event(form: &mut Form<'_>, words: String) -> Option<CaseEvent> {
    let typed = Outcome::from_code(&form.text("outcome"));
    let Some(outcome) = form.state.outcome.or(typed) else {
        form.errors.add("outcome", "还没有登记调解结果：达成协议的选“达成调解协议”；未达成的先办“终止调解”。");
        return None;
    };
    if typed.is_some_and(|it| it != outcome) {
        form.errors.add("outcome", format!("已登记的结果是“{}”，不能改成别的。", outcome.label()));
    }
    // A complaint in mediation ends by agreement here; every other end goes through 终止调解 with its ground.
    if form.state.outcome.is_none() && outcome != Outcome::Settled {
        form.errors.add("outcome", "未达成协议的，请先办“终止调解”，写明终止的情形。");
    }
    let since = form.state.decided_on.or(form.state.told_on).or(form.state.accepted_on).max(form.paused_since());
    let on = form.day_since("on", since, "上一步的日期")?;
    let recovered_fen = money(&form.text("recovered")).ok().flatten();
    Some(CaseEvent::Closed { on, outcome, recovered_fen, words })
}

fn mediation_event(step: Step, form: &mut Form<'_>) -> Option<CaseEvent> {
    let accepted_on = form.state.accepted_on;
    match step {
        Step::Consent => {
            Some(CaseEvent::Consented { consumer: form.yes("consumer")?, business: form.yes("business")? })
        }
        Step::Entrust => Some(CaseEvent::Entrusted { to: form.text("to") }),
        Step::SetSession => session_event(form),
        Step::AskRecusal => Some(CaseEvent::RecusalAsked { by: form.text("by"), reason: form.text("reason") }),
        Step::DecideRecusal => {
            let (is_granted, mediators) = (form.yes("granted")?, form.text("mediators"));
            if is_granted && mediators.is_empty() {
                form.errors.add("mediators", "决定回避的，请写明更换后的调解人员。");
            }
            Some(CaseEvent::RecusalDecided { is_granted, mediators })
        }
        Step::Pause => {
            // Sent again while the first laboratory still had it: the days would be left out once only, so the dates are wrong.
            let ended = form.state.pauses.iter().filter_map(|it| it.to).max();
            let from = form.day_since("from", accepted_on.max(ended), "受理或上次鉴定检测结束的日期")?;
            let is_designated = form.state.rules == RuleVersion::Order121 && !form.text("is_designated").is_empty();
            // The days in the laboratory are not counted whenever they are put on record; that it was done afterwards stays visible.
            let after_due = form.due(&["mediation.end"]).filter(|due| *due < form.today);
            Some(CaseEvent::Paused { from, laboratory: form.text("laboratory"), is_designated, after_due })
        }
        Step::Resume => {
            let from = form.paused_since();
            Some(CaseEvent::Resumed { to: form.day_since("to", from, "送检日期")? })
        }
        Step::Settle => {
            let on = form.day_since("on", form.paused_since().max(accepted_on), "受理或送检的日期")?;
            Some(CaseEvent::Settled {
                on,
                words: form.text("words"),
                has_document: !form.text("has_document").is_empty(),
            })
        }
        Step::Terminate => {
            let ground = TerminationGround::from_code(&form.text("ground"))?;
            let on = form.day_since("on", form.paused_since().max(accepted_on), "受理或送检的日期")?;
            if ground == TerminationGround::OutOfTime {
                out_of_time(form, on)?;
            }
            Some(CaseEvent::Terminated { on, ground, words: form.text("words") })
        }
        Step::TellTermination => {
            let on = form.day_since("on", form.state.terminated_on, "终止调解的日期")?;
            Some(CaseEvent::TerminationTold { on, told: form.told()? })
        }
        _ => None,
    }
}

/// A session of a day that has passed is asked about: it was typed wrong, or is written down after it was held.
fn session_event(form: &mut Form<'_>) -> Option<CaseEvent> {
    let mode = SessionMode::from_code(&form.text("mode"))?;
    let place = form.text("place");
    if mode == SessionMode::OnSite && place.is_empty() {
        let article = bracketed(form.state.rules.session());
        form.errors.add("place", format!("现场调解应当提前告知地点{article}。"));
    }
    let on = form.day_since("on", form.state.accepted_on, "受理日期")?;
    if on < form.today && form.text(IS_HELD).is_empty() {
        form.errors.add("on", format!("{on} 已经过去。改期的请改日期；已经开过、现在补登记的，请在“补登记”处打勾。"));
    }
    Some(CaseEvent::SessionSet { on, time: form.text("time"), mode, place, mediators: form.text("mediators") })
}

/// 第二十三条第一款第五项 asks for sixty days without agreement, days of a laboratory left out (第二十二条): from the last of them on.
fn out_of_time(form: &mut Form<'_>, on: Date) -> Option<()> {
    // A case taken up again after its sixty days has no term that runs, and they are over all the same.
    let end = form.clocks.iter().find(|it| it.term.code == "mediation.end").and_then(|it| it.sheet.due);
    let sentence = match end {
        Some(due) if on >= due => return Some(()),
        Some(due) => format!("调解期限到 {due} 才届满，此前不能以这一项终止；请选其他情形，或者继续调解。"),
        None => "鉴定检测期间不计入调解期限，期限还没有届满；请先登记“鉴定检测结束”，或者选其他情形。".to_owned(),
    };
    form.errors.add("ground", sentence);
    None
}

/// A term that has run out cannot be made longer: what is late stays visible as late.
fn while_it_runs(form: &mut Form<'_>) -> Option<()> {
    let Some(due) = form.due(&["report.decide", "complaint.lead_verify"]).filter(|it| *it < form.today) else {
        return Some(());
    };
    form.errors.add("reason", format!("核查期限已于 {due} 届满，不能再延长；请尽快作出决定，逾期如实记录。"));
    None
}

fn verification_event(step: Step, form: &mut Form<'_>) -> Option<CaseEvent> {
    let (words, reason) = (form.text("words"), form.text("reason"));
    match step {
        Step::FindLead => {
            Some(CaseEvent::LeadFound { on: form.day_since("on", form.state.accepted_on, "受理日期")?, words })
        }
        Step::VerifyLead => {
            let found_on = form.state.lead.as_ref().map(|it| it.found_on);
            let on = form.day_since("on", found_on, "发现线索的日期")?;
            Some(CaseEvent::LeadVerified { on, is_filed: form.yes("filed")?, words })
        }
        Step::Decide => {
            let outcome = Outcome::from_code(&form.text("outcome"))?;
            if !Outcome::of_kind(CaseKind::Tipoff).contains(&outcome) {
                form.errors.add("outcome", "请选择举报的处理决定。");
            }
            Some(CaseEvent::Decided {
                on: form.day_since("on", Some(form.state.term_from), "收到举报的日期")?,
                outcome,
                words,
            })
        }
        Step::TellReporter => Some(CaseEvent::ReporterTold {
            on: form.day_since("on", form.state.decided_on, "作出决定的日期")?,
            told: form.told()?,
        }),
        Step::Restart => {
            let received_on = form.day_since("received_on", Some(form.state.term_from), "原来的起算日")?;
            Some(CaseEvent::Restarted { received_on, words })
        }
        Step::AskExtension => while_it_runs(form).map(|()| CaseEvent::ExtensionAsked { reason }),
        Step::Extend => while_it_runs(form).map(|()| CaseEvent::Extended { reason }),
        Step::RefuseExtension => Some(CaseEvent::ExtensionRefused { reason }),
        Step::Dispute => Some(CaseEvent::JurisdictionDisputed { on: form.day("on")?, with: form.text("with") }),
        Step::SettleDispute => Some(CaseEvent::JurisdictionSettled {
            on: form.day_since("on", form.state.disputed_on, "争议发生日")?,
            words,
        }),
        Step::HandToPolice => Some(CaseEvent::HandedToPolice { on: form.day("on")?, words }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use jiff::civil::date;

    use super::super::case::Channel;
    use super::super::clock::{DeskRules, clocks};
    use super::super::state::fold;
    use super::*;
    use crate::calendar::WorkCalendar;
    use crate::unit::Role;

    fn officer() -> Actor {
        let unit_id = Id::from_text("u");
        Actor {
            person_id: Id::from_text("p"),
            name: "某".into(),
            unit_name: "甲所".into(),
            role: Role::Officer,
            acts_for: BTreeSet::from([unit_id.clone()]),
            unit_id,
        }
    }

    fn state(more: &[CaseEvent]) -> CaseState {
        let first = CaseEvent::Received {
            matter: CaseKind::Complaint,
            channel: Channel::Hotline,
            received_on: date(2026, 5, 6),
            rules: RuleVersion::Order121,
            is_named: true,
        };
        let to =
            CaseEvent::Dispatched { unit_id: Id::from_text("u"), unit_name: "甲所".into(), reason: String::new() };
        let all: Vec<CaseEvent> = [first, to].into_iter().chain(more.iter().cloned()).collect();
        fold(all.iter().map(|it| (it, "2026-05-06T02:00:00Z".parse().unwrap()))).unwrap()
    }

    fn try_it(state: &CaseState, step: Step, fields: &[(&str, &str)]) -> Result<Vec<CaseEvent>, Refusal> {
        try_on(state, step, fields, date(2026, 5, 20))
    }

    fn try_on(state: &CaseState, step: Step, fields: &[(&str, &str)], today: Date) -> Result<Vec<CaseEvent>, Refusal> {
        let desk = Desk { intake_units: BTreeSet::from([Id::from_text("center")]) };
        let fields: BTreeMap<&str, &str> = fields.iter().copied().collect();
        let get = |name: &str| fields.get(name).copied().unwrap_or_default().to_owned();
        let clocks = clocks(state, &DeskRules::default(), &WorkCalendar::announced());
        let person = if matches!(step, Step::Extend) { leader() } else { officer() };
        take(&person, &desk, state, step, &get, &Chosen { clocks, ..Chosen::default() }, today)
    }

    fn leader() -> Actor {
        Actor { role: Role::Leader, ..officer() }
    }

    fn wrong(state: &CaseState, step: Step, fields: &[(&str, &str)]) -> Vec<String> {
        match try_it(state, step, fields) {
            Err(Refusal::Fields(errors)) => errors.iter().map(|it| it.0.to_owned()).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_complaint_is_accepted_on_a_day_that_has_been() {
        let fields = [("on", "2026-05-08"), ("told", "phone")];
        let event = try_it(&state(&[]), Step::Accept, &fields).unwrap();
        assert_eq!(event, [CaseEvent::Accepted { on: date(2026, 5, 8), told: Telling::Phone }]);
        assert_eq!(wrong(&state(&[]), Step::Accept, &[("on", "2026-05-21"), ("told", "phone")]), ["on"]);
        assert_eq!(wrong(&state(&[]), Step::Accept, &[("on", "2026-05-05"), ("told", "phone")]), ["on"]);
        assert_eq!(wrong(&state(&[]), Step::Accept, &[]), ["on", "told"]);
    }

    #[test]
    fn declining_needs_one_of_the_seven_grounds_and_words() {
        assert_eq!(
            wrong(&state(&[]), Step::Decline, &[("ground", "na_9"), ("on", "2026-05-08"), ("told", "phone")]),
            ["ground", "words"]
        );
        let fields = [("ground", "na_3"), ("words", "为经营转售购买"), ("on", "2026-05-08"), ("told", "writing")];
        assert!(try_it(&state(&[]), Step::Decline, &fields).is_ok());
    }

    #[test]
    fn a_step_that_is_not_open_is_refused_with_its_reason() {
        let refusal = try_it(&state(&[]), Step::Settle, &[]).unwrap_err();
        assert!(matches!(refusal, Refusal::NotPermitted(sentence) if sentence.contains("待受理")));
    }

    #[test]
    fn closing_without_agreement_goes_through_termination() {
        let accepted = CaseEvent::Accepted { on: date(2026, 5, 8), told: Telling::Phone };
        let open = state(std::slice::from_ref(&accepted));
        assert_eq!(wrong(&open, Step::Close, &[("on", "2026-05-12")]), ["outcome"]);
        assert!(
            try_it(&open, Step::Close, &[("on", "2026-05-12"), ("outcome", "settled"), ("recovered", "80")]).is_ok()
        );
        let ended =
            CaseEvent::Terminated { on: date(2026, 5, 12), ground: TerminationGround::Refused, words: "x".into() };
        let told = CaseEvent::TerminationTold { on: date(2026, 5, 13), told: Telling::Phone };
        let ended = state(&[accepted, ended, told]);
        assert_eq!(wrong(&ended, Step::Close, &[("on", "2026-05-12"), ("outcome", "settled")]), ["outcome", "on"]);
        let event = try_it(&ended, Step::Close, &[("on", "2026-05-14")]).unwrap();
        assert!(matches!(event[0], CaseEvent::Closed { outcome: Outcome::Failed, .. }));
    }

    #[test]
    fn a_laboratory_gives_back_after_it_received() {
        let accepted = CaseEvent::Accepted { on: date(2026, 5, 8), told: Telling::Phone };
        let paused = CaseEvent::Paused {
            from: date(2026, 5, 12),
            laboratory: "县检测中心".into(),
            is_designated: true,
            after_due: None,
        };
        assert_eq!(wrong(&state(&[accepted.clone(), paused.clone()]), Step::Resume, &[("to", "2026-05-11")]), ["to"]);
        assert!(try_it(&state(&[accepted, paused]), Step::Resume, &[("to", "2026-05-18")]).is_ok());
    }

    /// 第六项 of 第十六条 is new in Order 121, and so is a laboratory that the bureau designates (第二十二条).
    #[test]
    fn a_ground_of_the_other_order_is_refused() {
        let refused = [("ground", "na_6"), ("words", "不配合核验"), ("on", "2026-05-08"), ("told", "phone")];
        let mut open = state(&[]);
        assert!(try_it(&open, Step::Decline, &refused).is_ok());
        open.rules = RuleVersion::Order20;
        assert_eq!(wrong(&open, Step::Decline, &refused), ["ground"]);
        let mut accepted = state(&[CaseEvent::Accepted { on: date(2026, 5, 8), told: Telling::Phone }]);
        accepted.rules = RuleVersion::Order20;
        let gone = [("ground", "st_7"), ("words", "歇业"), ("on", "2026-05-12")];
        assert_eq!(wrong(&accepted, Step::Terminate, &gone), ["ground"]);
        let sent = [("from", "2026-05-12"), ("laboratory", "县检测中心"), ("is_designated", "1")];
        let events = try_it(&accepted, Step::Pause, &sent).unwrap();
        assert!(matches!(events[0], CaseEvent::Paused { is_designated: false, after_due: None, .. }));
    }

    /// 第二十二条: accepted on 2026-05-08, sixty days end on 2026-07-07; six days in the laboratory move that.
    #[test]
    fn sixty_days_are_over_when_they_are_over() {
        let accepted = CaseEvent::Accepted { on: date(2026, 5, 8), told: Telling::Phone };
        let open = state(std::slice::from_ref(&accepted));
        let ended = |open: &CaseState, on: &str| {
            let fields = [("ground", "st_5"), ("words", "六十日内未达成协议"), ("on", on)];
            try_on(open, Step::Terminate, &fields, date(2026, 8, 3))
        };
        assert!(matches!(ended(&open, "2026-07-06"), Err(Refusal::Fields(errors)) if errors.of("ground").is_some()));
        assert!(ended(&open, "2026-07-07").is_ok());
        let closed = CaseEvent::Settled { on: date(2026, 6, 1), words: "退款".into(), has_document: false };
        let again = CaseEvent::Reopened { on: date(2026, 8, 1), reason: "没有履行".into() };
        assert!(ended(&state(&[accepted.clone(), closed, again]), "2026-08-02").is_ok());
        let paused = CaseEvent::Paused {
            from: date(2026, 5, 12),
            laboratory: "县检测中心".into(),
            is_designated: true,
            after_due: None,
        };
        let waiting = state(&[accepted, paused]);
        assert!(matches!(ended(&waiting, "2026-08-03"), Err(Refusal::Fields(errors)) if errors.of("ground").is_some()));
        // Another ground does not wait for the laboratory, and nothing stays paused after it.
        let fields = [("ground", "st_1"), ("words", "投诉人撤回"), ("on", "2026-05-15")];
        let events = try_it(&waiting, Step::Terminate, &fields).unwrap();
        assert!(matches!(events[..], [CaseEvent::Resumed { .. }, CaseEvent::Terminated { .. }]), "{events:?}");
        assert_eq!(wrong(&waiting, Step::Settle, &[("on", "2026-05-11"), ("words", "退款")]), ["on"]);
        let events = try_it(&waiting, Step::Settle, &[("on", "2026-05-15"), ("words", "退款")]).unwrap();
        assert_eq!(events[0], CaseEvent::Resumed { to: date(2026, 5, 15) });
    }

    /// 第十八条: no agreement without the consent of both; who has said no is asked again first ([`super::permitted`]).
    #[test]
    fn an_agreement_puts_the_consent_on_record() {
        let mut open = state(&[CaseEvent::Accepted { on: date(2026, 5, 8), told: Telling::Phone }]);
        let agreed = [("on", "2026-05-12"), ("words", "退款")];
        let events = try_it(&open, Step::Settle, &agreed).unwrap();
        assert!(
            matches!(events[..], [CaseEvent::Consented { consumer: true, business: true }, CaseEvent::Settled { .. }]),
            "{events:?}"
        );
        let at = open.received_at;
        open.apply(&CaseEvent::Consented { consumer: true, business: true }, at);
        assert_eq!(try_it(&open, Step::Settle, &agreed).unwrap().len(), 1);
    }

    /// What is put on record after the sixty days are over moves the end, and that it came afterwards stays on record too.
    #[test]
    fn a_laboratory_put_on_record_after_the_end_is_marked() {
        let mut open = state(&[CaseEvent::Accepted { on: date(2026, 5, 8), told: Telling::Phone }]);
        let sent = [("from", "2026-05-12"), ("laboratory", "县检测中心")];
        let on = |today| try_on(&open, Step::Pause, &sent, today).unwrap().remove(0);
        assert!(matches!(on(date(2026, 7, 7)), CaseEvent::Paused { after_due: None, .. }));
        let late = on(date(2026, 7, 8));
        assert!(matches!(late, CaseEvent::Paused { after_due: Some(due), .. } if due == date(2026, 7, 7)), "{late:?}");
        let at = open.received_at;
        open.apply(&late, at);
        open.apply(&CaseEvent::Resumed { to: date(2026, 7, 8) }, at);
        assert_eq!(open.overrun_before_pause, Some(date(2026, 7, 7)));
    }

    /// 第二十七条: fifteen working days from 2026-05-12 end on 2026-06-02.
    #[test]
    fn a_term_that_has_run_out_is_not_extended() {
        let accepted = CaseEvent::Accepted { on: date(2026, 5, 8), told: Telling::Phone };
        let lead = CaseEvent::LeadFound { on: date(2026, 5, 12), words: "无证经营".into() };
        let asked = CaseEvent::ExtensionAsked { reason: "需外地协查".into() };
        let (found, asked) = (state(&[accepted.clone(), lead.clone()]), state(&[accepted, lead, asked]));
        let reason = [("reason", "需外地协查")];
        assert!(try_on(&found, Step::AskExtension, &reason, date(2026, 6, 2)).is_ok());
        assert!(try_on(&asked, Step::Extend, &reason, date(2026, 6, 2)).is_ok());
        for (state, step) in [(&found, Step::AskExtension), (&asked, Step::Extend)] {
            let refused = try_on(state, step, &reason, date(2026, 6, 3));
            assert!(matches!(refused, Err(Refusal::Fields(errors)) if errors.of("reason").is_some()), "{step:?}");
        }
    }

    #[test]
    fn mediation_on_site_says_where() {
        let accepted = CaseEvent::Accepted { on: date(2026, 5, 8), told: Telling::Phone };
        let fields = [("on", "2026-05-25"), ("time", "14:30"), ("mode", "on_site"), ("mediators", "甲")];
        assert_eq!(wrong(&state(std::slice::from_ref(&accepted)), Step::SetSession, &fields), ["place"]);
        let fields = [("on", "2026-05-25"), ("time", "25:30"), ("mode", "phone"), ("mediators", "甲")];
        assert_eq!(wrong(&state(&[accepted]), Step::SetSession, &fields), ["time"]);
    }
}
