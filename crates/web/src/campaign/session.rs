//! Sessions (场次) of an activity: add, change, remove.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::campaign::edit::{SessionContent, parse_session};
use domain::campaign::permitted::Act;
use domain::{FormErrors, Id};
use serde_json::json;
use store::campaign::activity::Activity;
use store::campaign::head::Head;
use store::campaign::venue::Session;
use store::campaign::{activity, head, venue};
use store::event::{self, NewEvent};
use store::{Tx, unit};

use super::activity::{Typed, TypedSession, venue_choices};
use super::step::{Refusal, lock_for, refused};
use crate::{Answer, App, Choice, Error, Frame, Posted, Visitor, changed, page};

#[derive(Template)]
#[template(path = "campaign/session_edit.html")]
struct Edit {
    frame: Frame,
    head: Head,
    activity: Activity,
    session_id: Id,
    version: i64,
    typed: TypedSession,
    errors: FormErrors,
    venues: Vec<Choice>,
    units: Vec<Choice>,
    refusal: String,
}

fn typed(posted: &Posted) -> TypedSession {
    let field = |name| posted.raw(name).to_owned();
    TypedSession {
        starts_on: field("starts_on"),
        time: field("time"),
        venue_id: posted.text("venue_id").to_owned(),
        unit_id: posted.text("unit_id").to_owned(),
        note: field("session_note"),
    }
}

/// What was typed as a session of the activity; only venues of its campaign and units of the tree count.
async fn read(tx: &Tx, activity: &Activity, typed: &TypedSession) -> Result<Session, Refusal> {
    let venues = venue::list(tx, &activity.campaign_id).await?;
    let venue_id = venues.into_iter().map(|it| it.venue_id).find(|it| it.as_str() == typed.venue_id);
    let units = unit::list(tx).await?;
    let unit_id = units.into_iter().map(|it| it.unit_id).find(|it| it.as_str() == typed.unit_id);
    let is_placed = venue_id.is_some() || unit_id.is_some();
    let SessionContent { starts_on, time, note } =
        parse_session(&typed.starts_on, &typed.time, &typed.note, is_placed).map_err(named)?;
    Ok(Session {
        activity_session_id: Id::from_text(""),
        activity_id: activity.activity_id.clone(),
        venue_id,
        starts_on,
        time,
        unit_id,
        note,
        version: 0,
    })
}

/// The page of an activity has another field called `note`.
fn named(errors: FormErrors) -> Refusal {
    let mut renamed = FormErrors::default();
    for (field, sentence) in errors.iter() {
        renamed.add(if field == "note" { "session_note" } else { field }, sentence);
    }
    Refusal::Field(renamed)
}

/// `POST /activities/{activity_id}/sessions`
pub(crate) async fn create(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(activity_id): Path<String>,
    posted: Posted,
) -> Answer {
    let id = Id::from_text(activity_id);
    let typed = typed(&posted);
    let now = app.clock.now();
    let outcome = {
        let (actor, id, typed) = (actor.clone(), id.clone(), typed.clone());
        app.db
            .try_write(async move |tx| -> Result<(), Refusal> {
                let (activity, ..) = lock_for(&tx, &actor, &id, None, Act::Session).await?;
                let session = read(&tx, &activity, &typed).await?;
                venue::insert_session(&tx, &session).await?;
                let detail = json!({ "场次": words(&tx, &session).await? });
                event::insert(&tx, NewEvent::by(&actor, "activity", &id, "session_added", now).detail(detail));
                Ok(())
            })
            .await
    };
    match outcome {
        Ok(()) => page::done(&format!("/activities/{id}#sessions"), "场次已安排。"),
        Err(refusal) => refused(&app, frame, &actor, id, refusal, Typed { session: typed, ..Typed::default() }).await,
    }
}

/// `GET /sessions/{session_id}/edit`
pub(crate) async fn edit(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(session_id): Path<String>,
) -> Answer {
    let session_id = Id::from_text(session_id);
    let session = {
        let session_id = session_id.clone();
        app.db.read(async move |tx| venue::get_session(&tx, &session_id).await).await?
    };
    let typed = TypedSession {
        starts_on: session.starts_on.map(|it| it.to_string()).unwrap_or_default(),
        time: session.time.clone().unwrap_or_default(),
        venue_id: session.venue_id.as_ref().map(Id::to_string).unwrap_or_default(),
        unit_id: session.unit_id.as_ref().map(Id::to_string).unwrap_or_default(),
        note: session.note.clone(),
    };
    let page = draw(&app, frame, &session, typed, FormErrors::default(), String::new()).await?;
    let activity_id = session.activity_id.clone();
    app.db
        .try_read(async move |tx| -> Result<(), Error> {
            let activity = activity::get(&tx, &activity_id).await?;
            let head = head::get(&tx, &activity.campaign_id).await?;
            let units = activity::list_units_of(&tx, &activity_id).await?;
            let parts: Vec<_> = units.into_iter().map(|it| (it.unit_id, it.part)).collect();
            let standing = super::lamp::standing(activity.status, head.is_running, &parts);
            if domain::campaign::permitted::permitted(&actor, &standing).contains(&Act::Session) {
                return Ok(());
            }
            Err(Error::Forbidden("场次由牵头单位和活动办公室安排，活动办结后不能再改。".into()))
        })
        .await?;
    page::page(&page)
}

async fn draw(
    app: &App,
    frame: Frame,
    session: &Session,
    typed: TypedSession,
    errors: FormErrors,
    refusal: String,
) -> Result<Edit, Error> {
    let activity_id = session.activity_id.clone();
    let (activity, head, venues, units) = app
        .db
        .read(async move |tx| {
            let activity = activity::get(&tx, &activity_id).await?;
            let head = head::get(&tx, &activity.campaign_id).await?;
            let venues = venue::list(&tx, &activity.campaign_id).await?;
            Ok((activity, head, venues, unit::list(&tx).await?))
        })
        .await?;
    let mut unit_choices = vec![Choice::new("", "不指定单位", &typed.unit_id)];
    for unit in units.into_iter().filter(|it| it.is_active || it.unit_id.as_str() == typed.unit_id) {
        unit_choices.push(Choice::new(unit.unit_id.to_string(), unit.name, &typed.unit_id));
    }
    Ok(Edit {
        frame,
        head,
        activity,
        session_id: session.activity_session_id.clone(),
        version: session.version,
        venues: venue_choices(&venues, &typed.venue_id),
        units: unit_choices,
        typed,
        errors,
        refusal,
    })
}

/// `POST /sessions/{session_id}/edit`
pub(crate) async fn update(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(session_id): Path<String>,
    posted: Posted,
) -> Answer {
    let session_id = Id::from_text(session_id);
    let typed = typed(&posted);
    let now = app.clock.now();
    let version = posted.version();
    let stored = {
        let session_id = session_id.clone();
        app.db.read(async move |tx| venue::find_session(&tx, &session_id).await).await?
    };
    let Some(stored) = stored else {
        // Removed by somebody else meanwhile: what was typed goes on to the form for a new one.
        let activity_id = Id::from_text(posted.text("activity_id"));
        let sentence = "这个场次已被他人取消。您填写的内容还在“安排场次”里，仍需要就重新安排。".to_owned();
        let typed = Typed { session: typed, ..Typed::default() };
        return refused(&app, frame, &actor, activity_id, Refusal::Rule(sentence), typed).await;
    };
    let activity_id = stored.activity_id.clone();
    let outcome = {
        let (actor, id, typed) = (actor.clone(), activity_id.clone(), typed.clone());
        app.db
            .try_write(async move |tx| -> Result<(), Refusal> {
                let (activity, ..) = lock_for(&tx, &actor, &id, None, Act::Session).await?;
                let locked = venue::lock_session(&tx, &session_id, Some(version)).await?;
                let before = words(&tx, &locked).await?;
                let new = read(&tx, &activity, &typed).await?;
                let session =
                    Session { activity_session_id: locked.activity_session_id, version: locked.version, ..new };
                venue::save_session(&tx, &session).await?;
                let detail = json!({ "场次": [before, words(&tx, &session).await?] });
                event::insert(&tx, NewEvent::by(&actor, "activity", &id, "session_changed", now).detail(detail));
                Ok(())
            })
            .await
    };
    let (status, errors, refusal) = match outcome {
        Ok(()) => return page::done(&format!("/activities/{activity_id}#sessions"), "场次已修改。"),
        Err(Refusal::Field(errors)) => (StatusCode::UNPROCESSABLE_ENTITY, errors, String::new()),
        Err(Refusal::Rule(sentence)) => (StatusCode::CONFLICT, FormErrors::default(), sentence),
        Err(Refusal::Error(Error::Stale)) => {
            let now = format!(
                "他人已修改：现在是“{}”（{}）。您填写的内容还在下面，核对后再保存。",
                stale_words(&app, &stored).await?,
                changed::last(&app, "activity", &stored.activity_id).await?
            );
            (StatusCode::CONFLICT, FormErrors::default(), now)
        }
        Err(Refusal::Error(error)) => return Err(error),
    };
    page::page_with(status, &draw(&app, frame, &stored, typed, errors, refusal).await?)
}

async fn stale_words(app: &App, stored: &Session) -> Result<String, Error> {
    let id = stored.activity_session_id.clone();
    let words = app
        .db
        .read(async move |tx| {
            let session = venue::get_session(&tx, &id).await?;
            words(&tx, &session).await
        })
        .await?;
    Ok(words)
}

/// `POST /sessions/{session_id}/remove`
pub(crate) async fn remove(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(session_id): Path<String>,
) -> Answer {
    let session_id = Id::from_text(session_id);
    let now = app.clock.now();
    let activity_id = {
        let session_id = session_id.clone();
        app.db.read(async move |tx| Ok(venue::get_session(&tx, &session_id).await?.activity_id)).await?
    };
    let outcome = {
        let (actor, id) = (actor.clone(), activity_id.clone());
        app.db
            .try_write(async move |tx| -> Result<(), Refusal> {
                lock_for(&tx, &actor, &id, None, Act::Session).await?;
                let session = venue::lock_session(&tx, &session_id, None).await?;
                let detail = json!({ "场次": words(&tx, &session).await? });
                venue::remove_session(&tx, &session_id).await?;
                event::insert(&tx, NewEvent::by(&actor, "activity", &id, "session_removed", now).detail(detail));
                Ok(())
            })
            .await
    };
    match outcome {
        Ok(()) => page::done(&format!("/activities/{activity_id}#sessions"), "场次已取消。"),
        Err(refusal) => refused(&app, frame, &actor, activity_id, refusal, Typed::default()).await,
    }
}

/// 2024-03-15 09:00 购物广场 城关所 带展板.
async fn words(tx: &store::Read, session: &Session) -> store::Result<String> {
    let mut words: Vec<String> = Vec::new();
    words.extend(session.starts_on.map(|it| it.to_string()));
    words.extend(session.time.clone());
    if let Some(venue_id) = &session.venue_id {
        words.push(venue::get(tx, venue_id).await?.name);
    }
    if let Some(unit_id) = &session.unit_id {
        words.push(unit::get(tx, unit_id).await?.name);
    }
    words.extend(Some(session.note.clone()).filter(|it| !it.is_empty()));
    Ok(words.join(" "))
}
