//! What becomes of a routine case: old ones are over, recent ones under way.

use domain::Id;
use domain::complaint::case::{CaseKind, Outcome, Telling};
use domain::complaint::event::CaseEvent;
use domain::complaint::grounds::{DeclineGround, TerminationGround};
use jiff::{SignedDuration, Timestamp};
use store::Tx;
use store::complaint::case::Case;

use super::{Dice, Stage, year};

/// Who has a case.
pub(super) struct Handling {
    pub(super) unit_id: Id,
    pub(super) name: String,
    pub(super) login: &'static str,
}

/// The steps of a case with their moments, the earliest first.
struct Script {
    steps: Vec<(Timestamp, &'static str, Vec<CaseEvent>)>,
}

impl Script {
    fn then(&mut self, at: Timestamp, who: &'static str, events: Vec<CaseEvent>) {
        self.steps.push((at, who, events));
    }
}

fn hours(n: usize) -> SignedDuration {
    SignedDuration::from_hours(i64::try_from(n).unwrap_or(0))
}

/// Into the hours in which somebody works.
fn at_work(at: Timestamp) -> Timestamp {
    let hour = i64::from(at.to_zoned(web::zone()).hour());
    match hour {
        0..8 => at + SignedDuration::from_hours(9 - hour),
        18..24 => at + SignedDuration::from_hours(33 - hour),
        _ => at,
    }
}

/// Lets a case live up to now.
pub(super) async fn live(
    tx: &Tx,
    stage: &Stage<'_>,
    dice: &mut Dice,
    case: &Case,
    unit: Handling,
    centre: Option<Handling>,
    at: Timestamp,
) -> store::Result<()> {
    let mut script = Script { steps: Vec::new() };
    let is_answered_at_once = case.state.matter == CaseKind::Inquiry && dice.roll(10) < 7;
    let unit = centre.filter(|_| is_answered_at_once).unwrap_or(unit);
    let sent_at = at + SignedDuration::from_mins(10 + i64::try_from(dice.roll(95)).unwrap_or(0));
    let to = |it: &Handling| CaseEvent::Dispatched {
        unit_id: it.unit_id.clone(),
        unit_name: it.name.clone(),
        reason: String::new(),
    };
    script.then(sent_at, "lead", vec![to(&unit)]);
    let mut taken_at = at_work(sent_at + hours(1 + dice.roll(18)));
    if !is_answered_at_once && dice.roll(40) == 0 {
        let back =
            CaseEvent::Returned { reason: "实际经营地不在本所辖区，请核对后再分送。".to_owned() };
        script.then(taken_at, unit.login, vec![back]);
        script.then(taken_at + hours(1), "lead", vec![to(&unit)]);
        taken_at = at_work(taken_at + hours(5));
    }
    match case.state.matter {
        CaseKind::Inquiry => {
            let answered_at = if is_answered_at_once { sent_at + hours(1) } else { taken_at };
            script.then(answered_at, unit.login, vec![answered(answered_at)]);
        }
        CaseKind::Tipoff => tipoff(dice, &mut script, unit.login, taken_at),
        CaseKind::Complaint => complaint(dice, &mut script, case, unit.login, taken_at),
    }
    let past = script.steps.into_iter().take_while(|it| it.0 < stage.now).collect();
    stage.history(tx, case, past).await
}

fn answered(at: Timestamp) -> CaseEvent {
    CaseEvent::Closed {
        on: web::day_of(at),
        outcome: Outcome::Answered,
        recovered_fen: None,
        words: "已告知相关规定和维权途径。".to_owned(),
    }
}

fn contacted(words: &str) -> CaseEvent {
    CaseEvent::Contacted { note: words.to_owned() }
}

fn tipoff(dice: &mut Dice, script: &mut Script, login: &'static str, taken_at: Timestamp) {
    script.then(taken_at, login, vec![contacted("已核对线索，安排现场检查。")]);
    let decided_at = at_work(taken_at + hours(48 + dice.roll(24 * 13)));
    let on = web::day_of(decided_at);
    let (outcome, words) = match dice.roll(10) {
        0..3 => (Outcome::Filed, "现场检查发现问题，予以立案。"),
        3 => (Outcome::Directed, "不属于本局职责，已告知向有权部门提出。"),
        _ => (Outcome::NotFiled, "经核查，证据不足以认定违法。"),
    };
    let decided = CaseEvent::Decided { on, outcome, words: words.to_owned() };
    let closed = CaseEvent::Closed { on, outcome, recovered_fen: None, words: String::new() };
    script.then(decided_at, login, vec![decided, closed]);
}

fn complaint(dice: &mut Dice, script: &mut Script, case: &Case, login: &'static str, taken_at: Timestamp) {
    script.then(taken_at, login, vec![contacted("已电话联系双方，了解情况。")]);
    // One in thirty is decided too late.
    let is_late = dice.roll(30) == 0;
    let delay = if is_late { 24 * 11 + dice.roll(24 * 5) } else { 6 + dice.roll(80) };
    let decided_at = at_work(taken_at + hours(delay));
    let on = web::day_of(decided_at);
    if dice.roll(12) == 0 {
        script.then(decided_at, login, vec![declined(dice, on)]);
        return;
    }
    let accepted = CaseEvent::Accepted { on, told: Telling::Phone };
    script.then(decided_at, login, vec![accepted, CaseEvent::Consented { consumer: true, business: true }]);
    let days = 1 + dice.roll(12) + if dice.roll(4) == 0 { dice.roll(36) } else { 0 };
    let ended_at = at_work(decided_at + hours(24 * days));
    let on = web::day_of(ended_at);
    let closed =
        |outcome, recovered_fen, words: &str| CaseEvent::Closed { on, outcome, recovered_fen, words: words.to_owned() };
    let is_settled = dice.roll(10) < 7;
    if is_settled {
        let amount = case.particulars.amount_fen.unwrap_or(0);
        let share = 55 + i64::try_from(dice.roll(46)).unwrap_or(0);
        let recovered = Some(amount * share / 100);
        let settled = CaseEvent::Settled {
            on,
            words: "经营者退还货款，投诉人交还商品。".to_owned(),
            has_document: dice.roll(3) == 0,
        };
        script.then(ended_at, login, vec![settled, closed(Outcome::Settled, recovered, "商家当场履行。")]);
    } else {
        let (ground, outcome, words) = match dice.roll(4) {
            0 => (TerminationGround::Withdrawn, Outcome::Withdrawn, "双方自行和解。"),
            1 => (TerminationGround::Refused, Outcome::Failed, "经营者明确拒绝调解。"),
            _ => (TerminationGround::NoAgreement, Outcome::Failed, "双方对赔偿数额分歧较大。"),
        };
        let terminated = CaseEvent::Terminated { on, ground, words: words.to_owned() };
        let told = CaseEvent::TerminationTold { on, told: Telling::Writing };
        script.then(ended_at, login, vec![terminated, told, closed(outcome, None, "")]);
    }
    if dice.roll(10) < 6 {
        let called = CaseEvent::CalledBack { satisfaction: year::satisfaction(dice, is_settled), words: String::new() };
        script.then(at_work(ended_at + hours(30)), "lead", vec![called]);
    }
}

fn declined(dice: &mut Dice, on: jiff::civil::Date) -> CaseEvent {
    let (ground, words) = match dice.roll(3) {
        0 => (DeclineGround::NotConsumption, "同一时间在多家门店成批购买，无法证明为生活消费需要。"),
        1 => (DeclineGround::NotOurs, "反映的是物业服务收费，已告知向住房和城乡建设部门反映。"),
        _ => (DeclineGround::TooLate, "购买至今已超过三年。"),
    };
    CaseEvent::Declined { on, ground, words: words.to_owned(), told: Telling::Writing }
}
