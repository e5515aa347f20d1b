//! `/activities/{id}/edit`: the office corrects an activity. When somebody else was first, both versions are shown and nothing
//! typed is lost.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::campaign::edit::{Change, Content, TypedContent, changes, parse_content};
use domain::campaign::kind::ActivityKind;
use domain::campaign::permitted::{Act, Part, permitted};
use domain::campaign::schedule::kind_code;
use domain::unit::Actor;
use domain::{FormErrors, Id};
use store::campaign::activity::Activity;
use store::campaign::head::Head;
use store::campaign::{activity, head, task};
use store::event::{self, NewEvent};
use store::{Tx, unit};

use super::lamp;
use super::step::{Refusal, lock_for};
use crate::{Answer, App, Choice, Error, Frame, Posted, Visitor, changed, page};

#[derive(Template)]
#[template(path = "campaign/activity_edit.html")]
struct Edit {
    frame: Frame,
    head: Head,
    activity: Activity,
    typed: TypedContent,
    errors: FormErrors,
    kinds: Vec<Choice>,
    units: Vec<UnitChoice>,
    /// What somebody else's version says differently; empty when nobody was first.
    conflicts: Vec<Change>,
    is_stale: bool,
    /// Who saved it meanwhile, and when.
    changed: String,
    path: String,
}

/// A unit with its part in the activity.
struct UnitChoice {
    unit_id: Id,
    name: String,
    part: Option<Part>,
    /// Takes part now, so it stands on top.
    is_shown: bool,
}

struct Loaded {
    head: Head,
    activity: Activity,
    units: Vec<(Id, Part)>,
    all_units: Vec<unit::Unit>,
}

/// `GET /activities/{activity_id}/edit`
pub(crate) async fn edit(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(activity_id): Path<String>,
) -> Answer {
    let loaded = load(&app, Id::from_text(activity_id), &actor).await?;
    let typed = typed_of(&content_of(&loaded.activity, &loaded.units));
    page::page(&draw(frame, loaded, typed, FormErrors::default(), Vec::new(), false))
}

/// `POST /activities/{activity_id}/edit`
pub(crate) async fn update(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(activity_id): Path<String>,
    posted: Posted,
) -> Answer {
    let id = Id::from_text(activity_id);
    let loaded = load(&app, id.clone(), &actor).await?;
    let typed = typed_from(&posted, &loaded.all_units);
    let content = match parse_content(&typed) {
        Ok(content) => content,
        Err(errors) => {
            // The version of the form stays, so that a change by somebody else is still noticed at the next try.
            let mut loaded = loaded;
            loaded.activity.version = posted.version();
            let page = draw(frame, loaded, typed, errors, Vec::new(), false);
            return page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let now = app.clock.now();
    let version = posted.version();
    let outcome = {
        let (actor, id, content) = (actor.clone(), id.clone(), content.clone());
        app.db.try_write(async move |tx| save(&tx, &actor, &id, version, &content, now).await).await
    };
    match outcome {
        Ok(0) => page::done(&format!("/activities/{id}"), "没有改动。"),
        Ok(n) => page::done(&format!("/activities/{id}"), &format!("已保存{n}处修改。")),
        Err(Refusal::Error(Error::Stale)) => stale(&app, frame, &actor, id, typed, &content).await,
        Err(Refusal::Error(error)) => Err(error),
        Err(Refusal::Rule(sentence)) => Err(Error::Conflict(sentence)),
        Err(Refusal::Field(errors)) => {
            let page = draw(frame, loaded, typed, errors, Vec::new(), false);
            page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

async fn save(
    tx: &Tx,
    actor: &Actor,
    id: &Id,
    version: i64,
    content: &Content,
    now: jiff::Timestamp,
) -> Result<usize, Refusal> {
    let (mut activity, _, parts) = lock_for(tx, actor, id, Some(version), Act::Edit).await?;
    let before = content_of(&activity, &parts);
    let units = unit::list(tx).await?;
    let changes = changes(&before, content, |id| name_of(&units, id));
    if changes.is_empty() {
        return Ok(0);
    }
    activity.title.clone_from(&content.title);
    activity.text.clone_from(&content.text);
    activity.kind = content.kind;
    (activity.starts_on, activity.ends_on, activity.due_on) = (content.starts_on, content.ends_on, content.due_on);
    activity.places.clone_from(&content.places);
    activity::save(tx, &activity).await?;
    if before.units != content.units {
        activity::save_units(tx, id, &content.units).await?;
        task::follow_units(tx, id, &content.units).await?;
    }
    let detail: serde_json::Map<String, serde_json::Value> =
        changes.iter().map(|it| (it.label.to_owned(), serde_json::json!([it.before, it.after]))).collect();
    event::insert(tx, NewEvent::by(actor, "activity", id, "edited", now).detail(detail.into()));
    Ok(changes.len())
}

/// 他人已修改: both versions side by side, the typed one in the form, ready to be saved over the newer one.
async fn stale(app: &App, frame: Frame, actor: &Actor, id: Id, typed: TypedContent, content: &Content) -> Answer {
    let loaded = load(app, id, actor).await?;
    let current = content_of(&loaded.activity, &loaded.units);
    let conflicts = changes(&current, content, |id| name_of(&loaded.all_units, id));
    let changed = changed::last(app, "activity", &loaded.activity.activity_id).await?;
    let page = draw(frame, loaded, typed, FormErrors::default(), conflicts, true);
    page::page_with(StatusCode::CONFLICT, &Edit { changed, ..page })
}

async fn load(app: &App, activity_id: Id, actor: &Actor) -> Result<Loaded, Error> {
    let loaded = app
        .db
        .read(async move |tx| {
            let activity = activity::get(&tx, &activity_id).await?;
            let head = head::get(&tx, &activity.campaign_id).await?;
            let units = activity::list_units_of(&tx, &activity_id).await?;
            let units = units.into_iter().map(|it| (it.unit_id, it.part)).collect();
            Ok(Loaded { head, activity, units, all_units: unit::list(&tx).await? })
        })
        .await?;
    let standing = lamp::standing(loaded.activity.status, loaded.head.is_running, &loaded.units);
    if !permitted(actor, &standing).contains(&Act::Edit) {
        return Err(Error::Forbidden(
            "活动内容由活动办公室修改。有出入时请联系活动办公室，或在“登记进展”里说明。".into(),
        ));
    }
    Ok(loaded)
}

fn draw(
    frame: Frame,
    loaded: Loaded,
    typed: TypedContent,
    errors: FormErrors,
    conflicts: Vec<Change>,
    is_stale: bool,
) -> Edit {
    let part = |id: &Id| typed.units.iter().find(|(it, _)| it == id).map(|(_, part)| *part);
    let mut units: Vec<UnitChoice> = loaded
        .all_units
        .iter()
        .map(|it| (it, part(&it.unit_id)))
        .filter(|(it, part)| it.is_active || part.is_some())
        .map(|(it, part)| UnitChoice {
            unit_id: it.unit_id.clone(),
            name: it.name.clone(),
            part,
            is_shown: part.is_some(),
        })
        .collect();
    units.sort_by_key(|it| (it.part.is_none(), it.part));
    let kinds = ActivityKind::ALL.iter().map(|it| Choice::new(kind_code(*it), it.label(), &typed.kind)).collect();
    Edit {
        path: format!("/activities/{}/edit", loaded.activity.activity_id),
        frame,
        head: loaded.head,
        activity: loaded.activity,
        typed,
        errors,
        kinds,
        units,
        conflicts,
        is_stale,
        changed: String::new(),
    }
}

fn name_of(units: &[unit::Unit], id: &Id) -> String {
    units.iter().find(|it| it.unit_id == *id).map(|it| it.name.clone()).unwrap_or_default()
}

fn content_of(activity: &Activity, units: &[(Id, Part)]) -> Content {
    Content {
        title: activity.title.clone(),
        text: activity.text.clone(),
        kind: activity.kind,
        starts_on: activity.starts_on,
        ends_on: activity.ends_on,
        due_on: activity.due_on,
        places: activity.places.clone(),
        units: units.to_vec(),
    }
}

fn typed_of(content: &Content) -> TypedContent {
    let day = |it: Option<jiff::civil::Date>| it.map(|it| it.to_string()).unwrap_or_default();
    TypedContent {
        title: content.title.clone(),
        text: content.text.clone(),
        kind: kind_code(content.kind),
        starts_on: day(content.starts_on),
        ends_on: day(content.ends_on),
        due_on: day(content.due_on),
        places: content.places.join("\n"),
        units: content.units.clone(),
    }
}

/// Only units of the tree are read from the form, in the order of the tree; who stood first stays first.
fn typed_from(posted: &Posted, units: &[unit::Unit]) -> TypedContent {
    let field = |name| posted.raw(name).to_owned();
    let chosen = units.iter().filter_map(|unit| {
        Part::from_code(posted.text(&format!("unit-{}", unit.unit_id))).map(|part| (unit.unit_id.clone(), part))
    });
    TypedContent {
        title: field("title"),
        text: field("text"),
        kind: field("kind"),
        starts_on: field("starts_on"),
        ends_on: field("ends_on"),
        due_on: field("due_on"),
        places: field("places"),
        units: chosen.collect(),
    }
}

impl Edit {
    fn is_part(&self, unit: &UnitChoice, code: &str) -> bool {
        unit.part.is_some_and(|it| it.code() == code)
    }
}
