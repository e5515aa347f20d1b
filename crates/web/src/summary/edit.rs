//! Correcting a report before it goes out; two people who correct at once see each other's change.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use domain::campaign::summary::edit::{Typed, changes, correct};
use domain::campaign::summary::permitted::may_write;
use domain::campaign::summary::{Part, Summary};
use domain::unit::Actor;
use domain::{FormErrors, Id};
use serde_json::json;
use store::campaign::summary::{self, StoredSummary};
use store::event::{self, NewEvent};

use super::finish::check_open;
use super::{Scope, query_value};
use crate::{Answer, App, Error, Frame, Posted, Visitor, changed, page};

/// One part of the form.
struct Field {
    part: Part,
    text: String,
    /// What the last draft says, where the text says something else.
    drafted: String,
    rows: usize,
}

#[derive(Template)]
#[template(path = "summary/edit.html")]
struct Edit {
    frame: Frame,
    scope: Scope,
    version: i64,
    typed: Typed,
    fields: Vec<Field>,
    errors: FormErrors,
    /// Somebody saved meanwhile: what differs, as it stands now.
    stale: Vec<(&'static str, String)>,
    is_stale: bool,
    /// Who saved it last, and when.
    changed: String,
    /// Why what was typed cannot be saved now; empty otherwise.
    refusal: String,
}

async fn load(app: &App, campaign_id: String, unit_id: String) -> Result<(Scope, StoredSummary), Error> {
    let id = Id::from_text(campaign_id);
    let loaded = app
        .db
        .read(async move |tx| {
            let scope = Scope::load(&tx, &id, &unit_id).await?;
            let stored = summary::find(&tx, &id, scope.unit_id()).await?.ok_or(store::Error::NotFound)?;
            Ok((scope, stored))
        })
        .await?;
    Ok(loaded)
}

pub(super) fn refusal(scope: &Scope) -> Error {
    let sentence = match (scope.head.is_running, &scope.unit) {
        (false, _) => "这个活动方案已归档，总结不能再改。".to_owned(),
        (true, None) => "整个活动的总结由活动办公室起草和修改。".to_owned(),
        (true, Some(unit)) => format!("{}的总结由本单位和活动办公室起草和修改。", unit.short_name),
    };
    Error::Forbidden(sentence)
}

/// `GET /campaigns/{campaign_id}/summary/edit?unit=…`
pub(crate) async fn edit(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let (scope, stored) = load(&app, campaign_id, query_value(query.as_deref(), "unit")).await?;
    if !may_write(&actor, scope.head.is_running, scope.unit_id()) {
        return Err(refusal(&scope));
    }
    check_open(&stored)?;
    let typed = Typed::of(&stored.content);
    page::page(&form(frame, scope, &stored, typed, FormErrors::default()))
}

fn form(frame: Frame, scope: Scope, stored: &StoredSummary, typed: Typed, errors: FormErrors) -> Edit {
    let field = |(part, text): &(Part, String)| {
        let drafted = stored.content.parts.iter().find(|(it, _)| it == part).map(|(_, text)| text.drafted.as_str());
        let drafted = drafted.filter(|it| it != text).unwrap_or_default().to_owned();
        let lines: usize = text.lines().map(|it| it.chars().count() / 40 + 1).sum();
        Field { part: *part, text: text.clone(), drafted, rows: lines.clamp(3, 24) }
    };
    Edit {
        fields: typed.parts.iter().map(field).collect(),
        version: stored.version,
        stale: Vec::new(),
        is_stale: false,
        changed: String::new(),
        refusal: String::new(),
        frame,
        scope,
        typed,
        errors,
    }
}

fn typed(posted: &Posted) -> Typed {
    let text = |name: &str| posted.raw(name).to_owned();
    Typed {
        title: text("title"),
        addressee: text("addressee"),
        parts: Part::ALL.iter().map(|it| (*it, text(it.code()))).collect(),
        annexes: text("annexes"),
        signature: text("signature"),
        dated: text("dated"),
    }
}

/// `POST /campaigns/{campaign_id}/summary/edit`
pub(crate) async fn update(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
    posted: Posted,
) -> Answer {
    let (scope, stored) = load(&app, campaign_id, posted.text("unit").to_owned()).await?;
    let typed = typed(&posted);
    let corrected = match correct(&stored.content, &typed) {
        Ok(corrected) => corrected,
        Err(errors) => {
            let view = form(frame, scope, &stored, typed, errors);
            return page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &view);
        }
    };
    match save(&app, &actor, &scope, &stored, corrected, posted.version()).await {
        Ok(false) => page::done(&scope.path(""), "没有改动。"),
        Ok(true) => page::done(&scope.path(""), "已保存为新的一稿，以前各稿都还在。"),
        Err(Error::Stale) => again(&app, frame, &scope, typed, None).await,
        // Made final, or put away, while it was being written: nothing typed is lost.
        Err(Error::Conflict(sentence)) => again(&app, frame, &scope, typed, Some(sentence)).await,
        Err(Error::Forbidden(sentence)) if may_write(&actor, true, scope.unit_id()) => {
            again(&app, frame, &scope, typed, Some(sentence)).await
        }
        Err(error) => Err(error),
    }
}

/// The page with everything typed, beside what is stored now; `refusal` says why it cannot be saved, nothing that somebody else saved.
async fn again(app: &App, frame: Frame, scope: &Scope, typed: Typed, refusal: Option<String>) -> Answer {
    let unit_id = scope.unit_id().map(Id::to_string).unwrap_or_default();
    let (scope, stored) = load(app, scope.head.campaign_id.to_string(), unit_id).await?;
    let mine = correct(&stored.content, &typed).unwrap_or_default();
    let differs = changes(&stored.content, &mine);
    let mut view = form(frame, scope, &stored, typed, FormErrors::default());
    view.stale = differs.into_iter().map(|(name, theirs, _)| (name, theirs)).collect();
    view.is_stale = refusal.is_none();
    view.changed = changed::last(app, "summary", &stored.summary_id).await?;
    view.refusal = refusal.unwrap_or_default();
    page::page_with(StatusCode::CONFLICT, &view)
}

async fn save(
    app: &App,
    actor: &Actor,
    scope: &Scope,
    stored: &StoredSummary,
    corrected: Summary,
    version: i64,
) -> Result<bool, Error> {
    let (now, actor, scope, id) = (app.clock.now(), actor.clone(), scope.clone(), stored.summary_id.clone());
    app.db
        .try_write(async move |tx| -> Result<bool, Error> {
            let mut stored = summary::lock(&tx, &id, version).await?;
            check_open(&stored)?;
            let head = store::campaign::head::get(&tx, &stored.campaign_id).await?;
            if !may_write(&actor, head.is_running, stored.unit_id.as_ref()) {
                return Err(refusal(&scope));
            }
            let changes = changes(&stored.content, &corrected);
            if changes.is_empty() {
                return Ok(false);
            }
            let detail = changes.iter().map(|(name, before, after)| ((*name).to_owned(), json!([before, after])));
            let detail = serde_json::Value::Object(detail.collect());
            (stored.content, stored.person_id, stored.changed_at) = (corrected.clone(), actor.person_id.clone(), now);
            summary::save(&tx, &stored, "corrected").await?;
            event::insert(&tx, NewEvent::by(&actor, "summary", &id, "corrected", now).detail(detail));
            Ok(true)
        })
        .await
}
