//! Who may see a case, and which steps are open to whom: pages draw exactly these, and the write asks the same function.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::article::bracketed;
use super::case::{CaseKind, Status};
use super::clock::Clock;
use super::state::CaseState;
use super::step::Step;
use super::term::RuleVersion;
use crate::Id;
use crate::unit::{Actor, Role};

/// Which units receive complaints for the bureau (第四十一条 "统一接收投诉举报的工作机构").
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Desk {
    /// The units of kind 投诉举报中心 in use. Without one, the campaign office receives.
    pub intake_units: BTreeSet<Id>,
}

impl Desk {
    /// Does the person work at the intake?
    pub fn is_intake(&self, actor: &Actor) -> bool {
        let may_work = matches!(actor.role, Role::Office | Role::UnitLead | Role::Officer);
        if self.intake_units.is_empty() {
            return actor.role == Role::Office;
        }
        may_work && self.intake_units.iter().any(|unit_id| actor.acts_for(unit_id))
    }
}

/// An open step with its article, and the day by which the law wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permitted {
    /// The step.
    pub step: Step,
    /// Law and article; empty where the step is the bureau's own.
    pub article: &'static str,
    /// The last day of the term it answers.
    pub due: Option<Date>,
}

/// Does the person act for the unit that has the case?
pub fn has_in_hand(actor: &Actor, state: &CaseState) -> bool {
    matches!(actor.role, Role::Office | Role::UnitLead | Role::Officer)
        && state.unit_id.as_ref().is_some_and(|unit_id| actor.acts_for(unit_id))
}

/// May the person know that the case exists?
///
/// 第三十七条: a tip-off is there only for the intake unit, the unit that handles it, and the leader who decides. A complaint may also
/// be read by the campaign office and the auditor, masked. Units that had it once keep reading a complaint, never a tip-off.
pub fn may_see(actor: &Actor, desk: &Desk, state: &CaseState) -> bool {
    if desk.is_intake(actor) || has_in_hand(actor, state) || actor.role == Role::Leader {
        return true;
    }
    state.matter != CaseKind::Tipoff && matches!(actor.role, Role::Office | Role::Auditor)
}

/// May the person see who complains, unmasked, when giving a reason?
///
/// For a tip-off only those who handle it: the unit that has it, or the intake unit while nobody else has.
pub fn may_unmask(actor: &Actor, desk: &Desk, state: &CaseState) -> bool {
    let nobody_has_it = state.unit_id.is_none();
    match state.matter {
        CaseKind::Tipoff => has_in_hand(actor, state) || (nobody_has_it && desk.is_intake(actor)),
        CaseKind::Complaint | CaseKind::Inquiry => has_in_hand(actor, state) || desk.is_intake(actor),
    }
}

/// May the person be told how many tip-offs there are, by unit, day, channel, goods or business?
///
/// 第三十七条: who may not list them is told no number of them either; where there is one, its number is the tip-off. The one
/// exception is the figure of a return (统计表的“举报”一格): the superior asks for it and publishes it, so it stands for whoever sees the
/// return, as a sum over its unit and period, and opens to nothing finer.
pub fn may_count_tipoffs(actor: &Actor, desk: &Desk) -> bool {
    desk.is_intake(actor) || actor.role == Role::Leader
}

/// May the person correct the particulars?
pub fn may_correct(actor: &Actor, desk: &Desk, state: &CaseState) -> bool {
    !state.status.is_gone() && may_unmask(actor, desk, state)
}

/// May the person divide a submission, or merge cases? The intake unit does both: only it sees every case.
pub fn may_arrange(actor: &Actor, desk: &Desk, state: &CaseState) -> bool {
    desk.is_intake(actor) && !state.status.is_gone()
}

/// The open steps, in the order of [`Step::ALL`].
pub fn permitted(actor: &Actor, desk: &Desk, state: &CaseState, clocks: &[Clock]) -> Vec<Permitted> {
    let due = |step: Step| {
        let answers = |it: &&Clock| it.done_on.is_none() && step.terms().contains(&it.term.code);
        clocks.iter().find(answers).and_then(|it| it.sheet.due)
    };
    let open = |step: &Step| is_open(actor, desk, state, *step);
    Step::ALL
        .iter()
        .copied()
        .filter(open)
        .map(|step| Permitted { step, article: step.article(state.matter, state.rules), due: due(step) })
        .collect()
}

/// Is this one step open?
pub fn is_permitted(actor: &Actor, desk: &Desk, state: &CaseState, step: Step) -> bool {
    is_open(actor, desk, state, step)
}

fn is_open(actor: &Actor, desk: &Desk, state: &CaseState, step: Step) -> bool {
    let is_void = state.status == Status::Void && !matches!(step, Step::Reopen | Step::Note);
    if state.status == Status::Merged || is_void {
        return false;
    }
    let intake = desk.is_intake(actor);
    let in_hand = has_in_hand(actor, state);
    let leader = actor.role == Role::Leader;
    let status = state.status;
    let is_complaint = state.matter == CaseKind::Complaint;
    let is_tipoff = state.matter == CaseKind::Tipoff;
    let mediating = in_hand && status == Status::Accepted;
    match step {
        // Once decided to accept, a case stays where it is.
        Step::Dispatch => {
            intake && matches!(status, Status::Received | Status::Returned | Status::Dispatched) && !state.is_ruled
        }
        // 第四十一条 lets a unit give it back; once only, and to the intake unit only.
        Step::Return => in_hand && !intake && status == Status::Dispatched && state.n_returns == 0 && !state.is_ruled,
        Step::Object => in_hand && !intake && status == Status::Dispatched && state.n_returns > 0 && !state.is_ruled,
        Step::Rule => leader && status == Status::Objected,
        Step::Assign => {
            in_hand
                && actor.role != Role::Officer
                && matches!(status, Status::Dispatched | Status::Accepted | Status::Terminated)
        }
        Step::Contact => in_hand && status == Status::Dispatched && state.contacted_at.is_none(),
        Step::Accept | Step::Decline => in_hand && is_complaint && status == Status::Dispatched,
        // Who has refused may agree later, as long as the mediation has not been terminated.
        Step::Consent => mediating && !both_consent(state),
        // 第十九条: "经投诉人和被投诉人同意"; 第十七条 of Order 20 asks for no consent of its own, only for that to be mediated at all.
        Step::Entrust => {
            let is_agreed = match state.rules {
                RuleVersion::Order20 => !is_refused(state),
                RuleVersion::Order121 => both_consent(state),
            };
            mediating && is_agreed && state.entrusted_to.is_empty()
        }
        Step::SetSession => mediating && !is_refused(state) && !state.is_recusal_open,
        Step::AskRecusal => mediating && state.session.is_some() && !state.is_recusal_open,
        // 第二十一条: the department decides, so never the person whose recusal is asked for.
        Step::DecideRecusal => {
            state.is_recusal_open && status == Status::Accepted && (leader || (in_hand && actor.role != Role::Officer))
        }
        Step::Pause => mediating && !state.is_paused(),
        Step::Resume => mediating && state.is_paused(),
        // 第二十一条: a request for recusal stops the mediation.
        Step::Settle => mediating && !state.is_recusal_open && !is_refused(state),
        Step::Terminate => mediating,
        Step::TellTermination => in_hand && status == Status::Terminated && state.told_on.is_none(),
        Step::FindLead => in_hand && is_complaint && state.accepted_on.is_some() && !state.has_open_lead(),
        Step::VerifyLead => in_hand && state.has_open_lead(),
        Step::Decide => in_hand && is_tipoff && status == Status::Dispatched,
        Step::TellReporter => {
            in_hand && is_tipoff && status == Status::Decided && state.is_named && state.reporter_told_on.is_none()
        }
        // Order 20 lets no term begin anew: new facts are written down, the term goes on.
        Step::Restart => {
            state.rules == RuleVersion::Order121
                && (in_hand || (intake && state.unit_id.is_none()))
                && is_tipoff
                && status.is_open()
                && state.decided_on.is_none()
        }
        Step::AskExtension => in_hand && may_extend(state) && !state.is_extension_asked,
        Step::Extend | Step::RefuseExtension => leader && state.is_extension_asked,
        Step::Dispute => {
            in_hand
                && status == Status::Dispatched
                && (state.disputed_on.is_none() || state.dispute_settled_on.is_some())
        }
        Step::SettleDispute => in_hand && state.disputed_on.is_some() && state.dispute_settled_on.is_none(),
        Step::HandToPolice => in_hand && matches!(status, Status::Dispatched | Status::Accepted),
        Step::Answer => in_hand && state.matter == CaseKind::Inquiry && status == Status::Dispatched,
        Step::Close => in_hand && may_close(state),
        Step::CallBack => intake && status == Status::Closed && !is_tipoff && state.satisfaction.is_none(),
        Step::Direct => leader && state.is_open() && state.open_direction().is_none(),
        // Whoever has it answers: the unit, or the intake unit while nobody else has it.
        Step::AnswerDirection => state.open_direction().is_some() && (in_hand || (intake && state.unit_id.is_none())),
        // Only what nobody has decided on, and only the intake: a case that was worked on ends as the law says.
        Step::Void => intake && matches!(status, Status::Received | Status::Returned | Status::Dispatched),
        Step::Reopen => {
            // What was voided by mistake is mended where it was voided.
            if status == Status::Void {
                return intake || leader;
            }
            let is_over = matches!(status, Status::Closed | Status::Declined);
            is_over && (intake || leader || (in_hand && actor.role != Role::Officer))
        }
        Step::Note => intake || in_hand || leader,
    }
}

fn both_consent(state: &CaseState) -> bool {
    state.consumer_consents == Some(true) && state.business_consents == Some(true)
}

/// Who does not want to be mediated: 投诉人, 被投诉人, 双方; `None` while nobody has refused.
pub fn refused_by(state: &CaseState) -> Option<&'static str> {
    match (state.consumer_consents, state.business_consents) {
        (Some(false), Some(false)) => Some("双方"),
        (Some(false), _) => Some("投诉人"),
        (_, Some(false)) => Some("被投诉人"),
        _ => None,
    }
}

/// Why a step is closed that is open to others of the same state, and the way out; `None` where the state alone says it.
pub fn why_not(state: &CaseState, step: Step) -> Option<String> {
    let is_mediated = matches!(step, Step::SetSession | Step::Entrust | Step::Settle | Step::Close);
    let refused = refused_by(state).filter(|_| is_mediated && state.status == Status::Accepted)?;
    let article = bracketed(state.rules.consent());
    Some(format!(
        "{refused}不同意调解，调解须双方同意{article}，不能办“{}”。后来又同意的，先办“登记调解意愿”；仍不同意的，办“终止调解”。",
        step.label()
    ))
}

/// 第十八条: without the consent of both there is no mediation; it is terminated (第二十三条第一款第二项).
fn is_refused(state: &CaseState) -> bool {
    refused_by(state).is_some()
}

fn may_extend(state: &CaseState) -> bool {
    let is_undecided_tipoff = state.matter == CaseKind::Tipoff && state.status == Status::Dispatched;
    !state.is_extended && (is_undecided_tipoff || state.has_open_lead())
}

/// Settled, terminated with both told, decided; or in mediation, to settle and close at once.
fn may_close(state: &CaseState) -> bool {
    match state.status {
        Status::Settled | Status::Decided => true,
        Status::Terminated => state.told_on.is_some(),
        Status::Accepted => !state.is_recusal_open && !is_refused(state),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::case::{Channel, Telling};
    use super::super::event::CaseEvent;
    use super::super::grounds::{DeclineGround, TerminationGround};
    use super::super::state::fold;
    use super::*;
    use jiff::civil::date;

    fn actor(role: Role, unit: &str) -> Actor {
        let unit_id = Id::from_text(unit);
        Actor {
            person_id: Id::from_text(format!("{role:?}{unit}")),
            name: "某".into(),
            unit_name: unit.into(),
            role,
            acts_for: BTreeSet::from([unit_id.clone()]),
            unit_id,
        }
    }

    fn desk() -> Desk {
        Desk { intake_units: BTreeSet::from([Id::from_text("center")]) }
    }

    fn state(matter: CaseKind, more: &[CaseEvent]) -> CaseState {
        let on = date(2026, 5, 6);
        let first = CaseEvent::Received {
            matter,
            channel: Channel::Hotline,
            received_on: on,
            rules: RuleVersion::Order121,
            is_named: true,
        };
        let all: Vec<CaseEvent> = std::iter::once(first).chain(more.iter().cloned()).collect();
        fold(all.iter().map(|it| (it, "2026-05-06T02:00:00Z".parse().unwrap()))).unwrap()
    }

    fn to(unit: &str) -> CaseEvent {
        CaseEvent::Dispatched { unit_id: Id::from_text(unit), unit_name: unit.into(), reason: String::new() }
    }

    fn steps(who: &Actor, state: &CaseState) -> Vec<&'static str> {
        permitted(who, &desk(), state, &[]).iter().map(|it| it.step.code()).collect()
    }

    fn accepted() -> CaseEvent {
        CaseEvent::Accepted { on: date(2026, 5, 8), told: Telling::Phone }
    }

    #[test]
    fn a_unit_returns_once_then_objects_then_the_leader_rules() {
        let officer = actor(Role::Officer, "甲所");
        let back = CaseEvent::Returned { reason: "x".into() };
        let once = state(CaseKind::Complaint, &[to("甲所")]);
        assert!(steps(&officer, &once).contains(&"return") && !steps(&officer, &once).contains(&"object"));
        let twice = state(CaseKind::Complaint, &[to("甲所"), back.clone(), to("甲所")]);
        assert!(!steps(&officer, &twice).contains(&"return") && steps(&officer, &twice).contains(&"object"));
        let objected =
            state(CaseKind::Complaint, &[to("甲所"), back, to("甲所"), CaseEvent::Objected { reason: "x".into() }]);
        assert_eq!(steps(&actor(Role::Leader, "局"), &objected), ["rule", "direct", "note"]);
        let mut ruled = objected;
        ruled.apply(
            &CaseEvent::Ruled { unit_id: Id::from_text("甲所"), unit_name: "甲所".into(), reason: "x".into() },
            ruled.received_at,
        );
        let left = steps(&officer, &ruled);
        assert!(!left.contains(&"return") && !left.contains(&"object") && left.contains(&"accept"));
    }

    #[test]
    fn only_the_unit_in_hand_decides_and_only_once() {
        let dispatched = state(CaseKind::Complaint, &[to("甲所")]);
        assert!(steps(&actor(Role::Officer, "甲所"), &dispatched).contains(&"accept"));
        for other in [
            actor(Role::Officer, "乙所"),
            actor(Role::Officer, "center"),
            actor(Role::Leader, "局"),
            actor(Role::Admin, "甲所"),
            actor(Role::Auditor, "甲所"),
        ] {
            assert!(!steps(&other, &dispatched).contains(&"accept"), "{other:?}");
        }
        let it = state(CaseKind::Complaint, &[to("甲所"), accepted()]);
        assert!(!steps(&actor(Role::Officer, "甲所"), &it).contains(&"accept"));
    }

    #[test]
    fn without_consent_there_is_no_mediation() {
        let officer = actor(Role::Officer, "甲所");
        let refused = CaseEvent::Consented { consumer: true, business: false };
        let left = steps(&officer, &state(CaseKind::Complaint, &[to("甲所"), accepted(), refused]));
        assert!(!left.contains(&"set_session") && !left.contains(&"settle") && left.contains(&"terminate"));
        let both = CaseEvent::Consented { consumer: true, business: true };
        assert!(steps(&officer, &state(CaseKind::Complaint, &[to("甲所"), accepted(), both])).contains(&"entrust"));
    }

    #[test]
    fn both_parties_are_told_before_a_terminated_case_is_closed() {
        let officer = actor(Role::Officer, "甲所");
        let ended =
            CaseEvent::Terminated { on: date(2026, 5, 20), ground: TerminationGround::Refused, words: "x".into() };
        let mut it = state(CaseKind::Complaint, &[to("甲所"), accepted(), ended]);
        assert!(!steps(&officer, &it).contains(&"close") && steps(&officer, &it).contains(&"tell_termination"));
        it.apply(&CaseEvent::TerminationTold { on: date(2026, 5, 21), told: Telling::Writing }, it.received_at);
        assert!(steps(&officer, &it).contains(&"close"));
    }

    #[test]
    fn a_tip_off_is_there_only_for_those_who_handle_it() {
        let it = state(CaseKind::Tipoff, &[to("甲所")]);
        for (who, sees, unmasks) in [
            (actor(Role::Officer, "甲所"), true, true),
            (actor(Role::Officer, "center"), true, false),
            (actor(Role::Leader, "局"), true, false),
            (actor(Role::Officer, "乙所"), false, false),
            (actor(Role::Office, "科"), false, false),
            (actor(Role::Auditor, "局"), false, false),
            (actor(Role::Admin, "局"), false, false),
        ] {
            assert_eq!((may_see(&who, &desk(), &it), may_unmask(&who, &desk(), &it)), (sees, unmasks), "{who:?}");
        }
        let fresh = state(CaseKind::Tipoff, &[]);
        assert!(may_unmask(&actor(Role::Officer, "center"), &desk(), &fresh));
    }

    /// 第三十五条 is new in Order 121; the entrusting of Order 20 (第十七条) asks for no consent of its own.
    #[test]
    fn the_buttons_follow_the_rules_of_the_case() {
        let officer = actor(Role::Officer, "甲所");
        let has = |it: &CaseState, step: &str| steps(&officer, it).contains(&step);
        let mut tipoff = state(CaseKind::Tipoff, &[to("甲所")]);
        assert!(has(&tipoff, "restart"));
        tipoff.rules = RuleVersion::Order20;
        assert!(!has(&tipoff, "restart") && has(&tipoff, "note"));
        let mut complaint = state(CaseKind::Complaint, &[to("甲所"), accepted()]);
        assert!(!has(&complaint, "entrust"));
        complaint.rules = RuleVersion::Order20;
        assert!(has(&complaint, "entrust"));
        let all = permitted(&officer, &desk(), &complaint, &[]);
        assert!(all.iter().all(|it| it.article.is_empty() || it.article.starts_with("第20号令")), "{all:?}");
    }

    #[test]
    fn only_the_head_extends_and_only_once() {
        let officer = actor(Role::Officer, "甲所");
        let leader = actor(Role::Leader, "局");
        let mut it = state(CaseKind::Tipoff, &[to("甲所")]);
        assert!(steps(&officer, &it).contains(&"ask_extension") && !steps(&leader, &it).contains(&"extend"));
        it.apply(&CaseEvent::ExtensionAsked { reason: "x".into() }, it.received_at);
        assert!(steps(&leader, &it).contains(&"extend") && !steps(&officer, &it).contains(&"extend"));
        it.apply(&CaseEvent::Extended { reason: "x".into() }, it.received_at);
        assert!(!steps(&officer, &it).contains(&"ask_extension"));
    }

    #[test]
    fn a_merged_case_has_no_steps_and_a_declined_one_can_be_taken_up_again() {
        let declined = CaseEvent::Declined {
            on: date(2026, 5, 8),
            ground: DeclineGround::NotOurs,
            words: "x".into(),
            told: Telling::Phone,
        };
        let mut it = state(CaseKind::Complaint, &[to("甲所"), declined]);
        assert_eq!(steps(&actor(Role::UnitLead, "甲所"), &it), ["reopen", "note"]);
        assert_eq!(steps(&actor(Role::Officer, "甲所"), &it), ["note"]);
        it.apply(
            &CaseEvent::Merged { into: Id::from_text("c"), number: "TS1".into(), is_agreed: true },
            it.received_at,
        );
        assert!(steps(&actor(Role::Officer, "center"), &it).is_empty());
    }

    #[test]
    fn without_a_complaint_center_the_office_receives() {
        let none = Desk::default();
        assert!(none.is_intake(&actor(Role::Office, "科")) && !none.is_intake(&actor(Role::Officer, "科")));
    }
}
