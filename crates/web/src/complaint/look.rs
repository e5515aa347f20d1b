//! `/complaints/{id}/parties`: who complains, unmasked, for a reason that is logged; and the same reason before the papers of a tip-off
//! are opened. 第三十七条 for reporters.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use domain::complaint::case::CaseKind;
use domain::complaint::permitted::{may_see, may_unmask};
use domain::unit::Actor;
use domain::{FormErrors, Id};
use jiff::{SignedDuration, Timestamp};
use store::Read;
use store::complaint::case::{self, Case};
use store::complaint::sender::{self, Sender};
use store::event::{self, NewEvent};

use super::Around;
use super::list::Query;
use super::show::{Parties, parties, visible};
use crate::{Answer, App, Error, Frame, Posted, Visitor, clock, page};

/// So long a reason that somebody gave holds for the papers of the case.
const HOLDS_FOR: SignedDuration = SignedDuration::from_mins(30);
/// The longest reason.
const REASON: usize = 200;

#[derive(Template)]
#[template(path = "complaint/parties.html")]
struct Look {
    frame: Frame,
    case: Case,
    parties: Parties,
    reason: String,
    /// What the person wanted to open; empty for nothing else.
    next: String,
    /// Who sent something more under its number; of nobody until a reason is given.
    senders: Vec<SenderLine>,
    errors: FormErrors,
}

/// Who sent something more, unmasked.
struct SenderLine {
    at: String,
    lines: Vec<(&'static str, String)>,
    words: String,
}

/// Where the person wanted to go on to, when it is one of our own papers.
fn next_of(text: &str) -> String {
    let path = page::inside(text);
    if path.starts_with("/complaints/") { path.to_owned() } else { String::new() }
}

/// `GET /complaints/{complaint_id}/parties?next=`: asks for the reason.
pub(crate) async fn ask(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let id = Id::from_text(id);
    let next = next_of(&Query::of(query.as_deref()).get("next"));
    let case = app
        .db
        .try_read(async move |tx| -> Result<Case, Error> {
            let around = Around::load(&tx).await?;
            let case = visible(&tx, &around, &actor, &id).await?;
            if may_unmask(&actor, &around.desk, &case.state) { Ok(case) } else { Err(forbidden(&case)) }
        })
        .await?;
    let masked = parties(&case.particulars.consumer, case.state.matter, false);
    page::page(&Look {
        frame,
        case,
        parties: masked,
        reason: String::new(),
        next,
        senders: Vec::new(),
        errors: FormErrors::default(),
    })
}

fn forbidden(case: &Case) -> Error {
    Error::Forbidden(format!(
        "当事人信息只有这一件的承办单位和投诉举报机构可以查看；举报人信息和举报材料只有承办这一举报的单位可以查看，还没有分送时由投诉举报机构查看（{}）。",
        case.state.rules.secrecy()
    ))
}

/// `POST /complaints/{complaint_id}/parties`: shows them once; the look is an event.
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let (id, now, reason) = (Id::from_text(id), app.clock.now(), posted.text("reason").to_owned());
    let next = next_of(posted.text("next"));
    let is_reason = (2..=REASON).contains(&reason.chars().count());
    let (given, who) = (reason.clone(), actor);
    let (case, senders) = app
        .db
        .try_write(async move |tx| -> Result<(Case, Vec<Sender>), Error> {
            let around = Around::load(&tx).await?;
            let case = case::get(&tx, &id).await?;
            if !may_see(&who, &around.desk, &case.state) {
                return Err(Error::NotFound);
            }
            if !may_unmask(&who, &around.desk, &case.state) {
                return Err(forbidden(&case));
            }
            if is_reason {
                let looked = NewEvent::by(&who, case::AREA, &id, "looked", now).reason(given.clone());
                event::insert(&tx, looked);
            }
            let senders = if is_reason { sender::list(&tx, &id).await? } else { Vec::new() };
            Ok((case, senders))
        })
        .await?;
    let shown = parties(&case.particulars.consumer, case.state.matter, is_reason);
    let senders: Vec<SenderLine> = senders
        .into_iter()
        .map(|it| SenderLine {
            at: clock::in_words(it.sent_at),
            lines: parties(&it.consumer, case.state.matter, true).lines,
            words: it.words,
        })
        .collect();
    if is_reason {
        return page::page(&Look { frame, case, parties: shown, reason, next, senders, errors: FormErrors::default() });
    }
    let errors = FormErrors::one("reason", format!("请写明查看的原因，{REASON} 字以内，如“电话告知受理”。"));
    page::page_with(
        StatusCode::UNPROCESSABLE_ENTITY,
        &Look { frame, case, parties: shown, reason, next, senders, errors },
    )
}

/// Is the case a tip-off whose papers this person may not open? They may name the reporter as well as its particulars do.
pub(crate) fn is_closed(around: &Around, actor: &Actor, case: &Case) -> bool {
    case.state.matter == CaseKind::Tipoff && !may_unmask(actor, &around.desk, &case.state)
}

/// What a look leaves in the trail of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trace {
    /// The person was seen open: what for.
    Person(String),
    /// A paper of a tip-off was opened, for the reason given lately.
    Paper(String),
}

/// So long one trace of the same person for the same reason tells of every further look.
const TOLD_FOR: SignedDuration = SignedDuration::from_mins(60);

/// Writes a trace, unless the same person has left the same in the last hour. Asked beside the writer first: leafing through the papers
/// of a case, or reading a letter again, waits for nobody.
pub(super) async fn note(app: &App, actor: &Actor, complaint_id: &Id, trace: Trace) -> Result<(), Error> {
    let now = app.clock.now();
    let (id, who) = (complaint_id.clone(), actor.clone());
    let (kind, reason) = match &trace {
        Trace::Person(reason) => ("looked", reason.clone()),
        Trace::Paper(reason) => ("paper_opened", reason.clone()),
    };
    let asked = id.clone();
    let events = app.db.read(async move |tx| event::list_of(&tx, case::AREA, &asked).await).await?;
    let is_same = |it: &event::Event| {
        it.kind == kind
            && it.person_id.as_ref() == Some(&who.person_id)
            && it.reason == reason
            && it.at >= now - TOLD_FOR
            && it.at <= now
    };
    if events.iter().any(is_same) {
        return Ok(());
    }
    let new = match trace {
        Trace::Person(reason) => NewEvent::by(actor, case::AREA, &id, "looked", now).reason(reason),
        Trace::Paper(reason) => NewEvent::by(actor, case::AREA, &id, "paper_opened", now).reason(reason),
    };
    app.db
        .write(async move |tx| {
            event::insert(&tx, new.clone());
            Ok(())
        })
        .await?;
    Ok(())
}

/// Whether a paper may be given out now.
pub(super) enum Opening {
    /// Yes, and nothing is written of it.
    Free,
    /// Yes, and it leaves a trace.
    Traced(Trace),
    /// The page that asks for the reason first.
    Ask(String),
}

/// Before a paper of a case that the person may see is given out. Of a tip-off only to who may unmask the reporter, for a reason
/// given lately, and the look is logged with it. [`Opening::Ask`] leads on to `path`.
pub(super) async fn opening(
    tx: &Read,
    around: &Around,
    actor: &Actor,
    case: &Case,
    path: &str,
    now: Timestamp,
) -> Result<Opening, Error> {
    if case.state.matter != CaseKind::Tipoff {
        return Ok(Opening::Free);
    }
    if is_closed(around, actor, case) {
        return Err(forbidden(case));
    }
    let since = now - HOLDS_FOR;
    let events = event::list_of(tx, case::AREA, &case.complaint_id).await?;
    let is_own = |it: &&event::Event| it.kind == "looked" && it.person_id.as_ref() == Some(&actor.person_id);
    Ok(match events.iter().rev().find(is_own).filter(|it| it.at >= since) {
        Some(last) => Opening::Traced(Trace::Paper(last.reason.clone())),
        None => {
            let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", path).finish();
            Opening::Ask(format!("/complaints/{}/parties?{query}", case.complaint_id))
        }
    })
}
