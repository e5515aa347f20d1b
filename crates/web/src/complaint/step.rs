//! `POST /complaints/{id}/steps/{step}`: one step, asked again inside the write.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::complaint::event::CaseEvent;
use domain::complaint::join;
use domain::complaint::permitted::may_see;
use domain::complaint::step::{FieldKind, Step};
use domain::complaint::take::{Chosen, Refusal, take as take_step};
use domain::unit::Actor;
use domain::{FormErrors, Id};
use jiff::Timestamp;
use store::complaint::case::{self, Case};
use store::{Read, Tx, person};

use super::join::joining;
use super::moment::free_day;
use super::step_form::Sent;
use super::{Around, show};
use crate::{Answer, App, Error, Frame, Posted, Visitor, page};

/// Why a step ended without being done.
pub(crate) enum Halt {
    Error(Error),
    Stale,
    Refused(Refusal),
}

impl From<store::Error> for Halt {
    fn from(error: store::Error) -> Halt {
        match error {
            store::Error::Stale => Halt::Stale,
            other => Halt::Error(other.into()),
        }
    }
}

/// What the form names and only the database knows.
pub(crate) async fn chosen(
    tx: &Read,
    around: &Around,
    case: &Case,
    step: Step,
    get: &dyn Fn(&str) -> String,
) -> store::Result<Chosen> {
    let fields = step.fields(case.state.rules);
    let mut chosen = Chosen { clocks: around.clocks(&case.state), ..Chosen::default() };
    if fields.iter().any(|it| it.kind == FieldKind::Unit) {
        let wanted = get("unit_id");
        let unit = around.handling_units().find(|it| it.unit_id.as_str() == wanted);
        chosen.unit = unit.map(|it| (it.unit_id.clone(), it.short_name.clone()));
    }
    if fields.iter().any(|it| it.kind == FieldKind::Person)
        && let Some(unit_id) = &case.state.unit_id
    {
        let wanted = get("person_id");
        let people = person::list_of_unit(tx, unit_id).await?;
        let person = people.into_iter().find(|it| it.is_active && it.person_id.as_str() == wanted);
        chosen.person = person.map(|it| (it.person_id, it.name));
    }
    Ok(chosen)
}

/// A case and, where the step names another one, that: both are held to the end of the write, always in the same order, so that two people
/// who void two cases against each other never wait for each other, and the second sees what the first has done. The other one is held
/// quietly: nothing may happen to it.
struct Locked {
    case: Case,
    original: Option<Case>,
}

impl Locked {
    async fn load(tx: &Tx, id: &Id, version: Option<i64>, original: Option<&Id>) -> store::Result<Locked> {
        match original.filter(|it| *it != id) {
            None => Ok(Locked { case: case::lock(tx, id, version).await?, original: None }),
            Some(other) if other < id => {
                let original = case::lock_quietly(tx, other).await?;
                Ok(Locked { case: case::lock(tx, id, version).await?, original: Some(original) })
            }
            Some(other) => {
                let case = case::lock(tx, id, version).await?;
                Ok(Locked { case, original: Some(case::lock_quietly(tx, other).await?) })
            }
        }
    }
}

/// The case of the number that this one is said to repeat. Only the intake takes the step, and it may know of every case.
async fn named(tx: &Read, step: Step, number: &str) -> store::Result<Option<Id>> {
    if step != Step::Void {
        return Ok(None);
    }
    Ok(case::find_by_number(tx, &number.trim().to_uppercase()).await?.map(|it| it.complaint_id))
}

/// What the rule says of the case that was named.
fn original(case: &Case, named: Option<&Id>, original: Option<&Case>) -> Option<Result<(Id, String), String>> {
    if named == Some(&case.complaint_id) {
        return Some(Err("这就是本件的编号，请填另一件的。".to_owned()));
    }
    let found = original?;
    let refusal = join::no_duplicate(joining(case), joining(found));
    Some(refusal.map_or(Ok((found.complaint_id.clone(), found.number.clone())), Err))
}

/// The case that goes on leads to the number that was voided, and the other way round.
async fn tell_original(
    tx: &Tx,
    around: &Around,
    who: &Actor,
    case: &Case,
    original: &Case,
    now: Timestamp,
) -> store::Result<()> {
    if case::link(tx, &original.complaint_id, &case.complaint_id).await? {
        let linked = CaseEvent::Linked { with: case.complaint_id.clone(), number: case.number.clone() };
        let mut original = case::lock(tx, &original.complaint_id, None).await?;
        case::append(tx, &mut original, &[linked], around.law(), Some(who), now).await?;
    }
    Ok(())
}

/// `POST /complaints/{complaint_id}/steps/{step}`
pub(crate) async fn take(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path((id, step)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let step = Step::from_code(&step).ok_or(Error::NotFound)?;
    let id = Id::from_text(id);
    let (now, today) = (app.clock.now(), app.clock.today());
    let (who, key, sent) = (actor.clone(), id.clone(), posted.clone());
    let ended = app
        .db
        .try_write(async move |tx| -> Result<Case, Halt> {
            let around = Around::load(&tx).await?;
            let version = Some(sent.version()).filter(|it| *it >= 0);
            let named = named(&tx, step, sent.raw("number")).await?;
            let locked = Locked::load(&tx, &key, version, named.as_ref()).await?;
            let (mut case, repeated) = (locked.case, locked.original);
            if !may_see(&who, &around.desk, &case.state) {
                return Err(Halt::Error(Error::NotFound));
            }
            let get = |name: &str| sent.raw(name).to_owned();
            let mut chosen = chosen(&tx, &around, &case, step, &get).await?;
            chosen.original = original(&case, named.as_ref(), repeated.as_ref());
            let events =
                take_step(&who, &around.desk, &case.state, step, &get, &chosen, today).map_err(Halt::Refused)?;
            case::append(&tx, &mut case, &events, around.law(), Some(&who), now).await?;
            if let Some(repeated) = &repeated {
                tell_original(&tx, &around, &who, &case, repeated, now).await?;
            }
            Ok(case)
        })
        .await;
    match ended {
        Ok(case) => {
            let around = app.db.read(async |tx| Around::load(&tx).await).await?;
            let hint = if step == Step::SetSession { free_day(&case.state, &around, today) } else { None };
            let hint = hint.unwrap_or_default();
            let words = format!("{}：{}。现在是“{}”。{hint}", case.number, step.label(), case.state.label());
            // Who has returned or handed on a case may no longer see it.
            if may_see(&actor, &around.desk, &case.state) {
                page::done(&format!("/complaints/{id}"), &words)
            } else {
                page::done("/complaints", &words)
            }
        }
        Err(Halt::Error(error)) => Err(error),
        Err(Halt::Stale) => {
            again(&app, frame, &actor, id, step, &posted, &FormErrors::default(), StatusCode::CONFLICT).await
        }
        Err(Halt::Refused(Refusal::NotPermitted(sentence))) => Err(Error::Conflict(sentence)),
        Err(Halt::Refused(Refusal::Fields(errors))) => {
            again(&app, frame, &actor, id, step, &posted, &errors, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "the page of the case, the form and its errors")]
async fn again(
    app: &App,
    frame: Frame,
    actor: &Actor,
    id: Id,
    step: Step,
    posted: &Posted,
    errors: &FormErrors,
    status: StatusCode,
) -> Answer {
    let who = actor.clone();
    let loaded = app.db.read(async move |tx| show::load(&tx, &who, &id).await).await?;
    let sent = Sent { step, posted, errors };
    show::draw(app, frame, actor, loaded, Some(&sent), status)
}
