//! `/campaigns/{id}/venues`: the venues (会场) of a campaign with their sessions, and a poster for each.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::campaign::edit::parse_venue;
use domain::campaign::permitted::may_keep_campaign;
use domain::campaign::venue::VenueKind;
use domain::{FormErrors, Id};
use jiff::civil::Date;
use serde_json::json;
use store::campaign::head::Head;
use store::campaign::venue::{ListedSession, Venue};
use store::campaign::{head, venue};
use store::event::{self, Filter, NewEvent};

use super::days;
use super::step::Refusal;
use crate::{Answer, App, Choice, Error, Frame, Posted, Visitor, changed, page, qr_code};

#[derive(Template)]
#[template(path = "campaign/venues.html")]
struct List {
    frame: Frame,
    head: Head,
    venues: Vec<VenueLine>,
    without_place: Vec<SessionLine>,
    may_keep: bool,
    form: Form,
}

#[derive(Template)]
#[template(path = "campaign/venue_edit.html")]
struct Edit {
    frame: Frame,
    head: Head,
    venue: Venue,
    form: Form,
    refusal: String,
}

#[derive(Template)]
#[template(path = "campaign/poster.html")]
struct Poster {
    frame: Frame,
    head: Head,
    venue: Venue,
    sessions: Vec<SessionLine>,
    /// The square of the code as one SVG path, and its side in modules.
    code: String,
    side: usize,
    address: String,
}

#[derive(Default)]
struct Form {
    name: String,
    address: String,
    kinds: Vec<Choice>,
    errors: FormErrors,
}

struct VenueLine {
    venue_id: Id,
    name: String,
    address: String,
    kind: &'static str,
    is_main: bool,
    sessions: Vec<SessionLine>,
}

struct SessionLine {
    day: String,
    time: String,
    title: String,
    path: String,
    unit: String,
    note: String,
}

fn session_line(listed: &ListedSession, today: Date) -> SessionLine {
    SessionLine {
        day: listed.session.starts_on.map_or_else(|| "日期待定".to_owned(), |it| days::day_with_weekday(it, today)),
        time: listed.session.time.clone().unwrap_or_default(),
        title: listed.activity_title.clone(),
        path: format!("/activities/{}", listed.session.activity_id),
        unit: listed.unit_name.clone().unwrap_or_default(),
        note: listed.session.note.clone(),
    }
}

fn form(name: &str, address: &str, kind: &str, errors: FormErrors) -> Form {
    let kinds = VenueKind::ALL.iter().map(|it| Choice::new(it.code(), it.label(), kind)).collect();
    Form { name: name.to_owned(), address: address.to_owned(), kinds, errors }
}

/// `GET /campaigns/{campaign_id}/venues`
pub(crate) async fn list(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
) -> Answer {
    let form = form("", "", "stand", FormErrors::default());
    draw(&app, frame, &actor, Id::from_text(campaign_id), form, StatusCode::OK).await
}

async fn draw(
    app: &App,
    frame: Frame,
    actor: &domain::unit::Actor,
    campaign_id: Id,
    form: Form,
    status: StatusCode,
) -> Answer {
    let today = app.clock.today();
    let (head, venues, sessions) = app
        .db
        .read(async move |tx| {
            let head = head::get(&tx, &campaign_id).await?;
            let venues = venue::list(&tx, &campaign_id).await?;
            Ok((head, venues, venue::list_sessions(&tx, &campaign_id).await?))
        })
        .await?;
    let of = |venue_id: Option<&Id>| -> Vec<SessionLine> {
        sessions
            .iter()
            .filter(|it| it.session.venue_id.as_ref() == venue_id)
            .map(|it| session_line(it, today))
            .collect()
    };
    let lines = venues
        .iter()
        .map(|it| VenueLine {
            venue_id: it.venue_id.clone(),
            name: it.name.clone(),
            address: it.address.clone(),
            kind: it.kind.label(),
            is_main: it.kind == VenueKind::Main,
            sessions: of(Some(&it.venue_id)),
        })
        .collect();
    let may_keep = may_keep_campaign(actor, head.is_running);
    page::page_with(status, &List { frame, head, venues: lines, without_place: of(None), may_keep, form })
}

fn check_keeper(actor: &domain::unit::Actor, head: &Head) -> Result<(), Refusal> {
    if may_keep_campaign(actor, head.is_running) {
        return Ok(());
    }
    Err(Refusal::Error(Error::Forbidden("会场由活动办公室维护。".into())))
}

/// `POST /campaigns/{campaign_id}/venues`
pub(crate) async fn create(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
    posted: Posted,
) -> Answer {
    let id = Id::from_text(campaign_id);
    let now = app.clock.now();
    let outcome = {
        let (actor, id, posted) = (actor.clone(), id.clone(), posted.clone());
        app.db
            .try_write(async move |tx| -> Result<String, Refusal> {
                check_keeper(&actor, &head::get(&tx, &id).await?)?;
                let (name, address, kind) = parse_venue(posted.raw("name"), posted.raw("address"), posted.raw("kind"))?;
                venue::insert(&tx, &id, &name, &address, kind).await?;
                let detail = json!({ "会场": name, "地址": address, "类别": kind.label() });
                event::insert(&tx, NewEvent::by(&actor, "campaign", &id, "venue_added", now).detail(detail));
                Ok(name)
            })
            .await
    };
    match outcome {
        Ok(name) => page::done(&format!("/campaigns/{id}/venues"), &format!("会场“{name}”已新增。")),
        Err(Refusal::Error(error)) => Err(error),
        Err(Refusal::Rule(sentence)) => Err(Error::Conflict(sentence)),
        Err(Refusal::Field(errors)) => {
            let form = form(posted.raw("name"), posted.raw("address"), posted.text("kind"), errors);
            draw(&app, frame, &actor, id, form, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

async fn find(app: &App, venue_id: &Id) -> Result<(Head, Venue), Error> {
    let venue_id = venue_id.clone();
    let found = app
        .db
        .read(async move |tx| {
            let venue = venue::get(&tx, &venue_id).await?;
            Ok((head::get(&tx, &venue.campaign_id).await?, venue))
        })
        .await?;
    Ok(found)
}

/// `GET /venues/{venue_id}/edit`
pub(crate) async fn edit(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(venue_id): Path<String>,
) -> Answer {
    let (head, venue) = find(&app, &Id::from_text(venue_id)).await?;
    if !may_keep_campaign(&actor, head.is_running) {
        return Err(Error::Forbidden("会场由活动办公室维护。".into()));
    }
    let form = form(&venue.name, &venue.address, venue.kind.code(), FormErrors::default());
    page::page(&Edit { frame, head, venue, form, refusal: String::new() })
}

/// `POST /venues/{venue_id}/edit`
pub(crate) async fn update(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(venue_id): Path<String>,
    posted: Posted,
) -> Answer {
    let id = Id::from_text(venue_id);
    let now = app.clock.now();
    let version = posted.version();
    let outcome = {
        let (actor, id, posted) = (actor.clone(), id.clone(), posted.clone());
        app.db
            .try_write(async move |tx| -> Result<Id, Refusal> {
                let mut venue = venue::lock(&tx, &id, Some(version)).await?;
                check_keeper(&actor, &head::get(&tx, &venue.campaign_id).await?)?;
                let (name, address, kind) =
                    parse_venue(posted.raw("name"), posted.raw("address"), posted.raw("kind"))?;
                let detail = json!({
                    "会场": [venue.name, name], "地址": [venue.address, address], "类别": [venue.kind.label(), kind.label()]
                });
                (venue.name, venue.address, venue.kind) = (name, address, kind);
                venue::save(&tx, &venue).await?;
                let event = NewEvent::by(&actor, "campaign", &venue.campaign_id, "venue_changed", now);
                event::insert(&tx, event.detail(detail));
                Ok(venue.campaign_id)
            })
            .await
    };
    let (errors, refusal, status) = match outcome {
        Ok(campaign_id) => return page::done(&format!("/campaigns/{campaign_id}/venues"), "会场已保存。"),
        Err(Refusal::Field(errors)) => (errors, String::new(), StatusCode::UNPROCESSABLE_ENTITY),
        Err(Refusal::Error(Error::Stale)) => (FormErrors::default(), "stale".to_owned(), StatusCode::CONFLICT),
        Err(Refusal::Error(Error::NotFound)) => return removed_meanwhile(&app, frame, &actor, &posted).await,
        Err(Refusal::Error(error)) => return Err(error),
        Err(Refusal::Rule(sentence)) => return Err(Error::Conflict(sentence)),
    };
    let (head, venue) = find(&app, &id).await?;
    let refusal = if refusal.is_empty() {
        refusal
    } else {
        let (name, address, kind) = (&venue.name, &venue.address, venue.kind.label());
        let who = last_change(&app, &venue).await?;
        format!("{who}，现在是“{kind} {name} {address}”。您填写的内容还在下面，核对后再保存。")
    };
    let form = form(posted.raw("name"), posted.raw("address"), posted.text("kind"), errors);
    page::page_with(status, &Edit { frame, head, venue, form, refusal })
}

/// Who changed the venue last, and when: the newest event of its campaign that gave it the name it has.
async fn last_change(app: &App, venue: &Venue) -> Result<String, Error> {
    let filter =
        Filter { area: Some("campaign".to_owned()), subject_id: Some(venue.campaign_id.clone()), ..Filter::default() };
    let events = app.db.read(async move |tx| event::list(&tx, &filter, 200).await).await?;
    let named = |it: &&event::Event| {
        let detail: serde_json::Value = serde_json::from_str(&it.detail).unwrap_or_default();
        it.kind == "venue_changed"
            && detail.get("会场").and_then(|it| it.as_array()?.last()?.as_str()) == Some(&venue.name)
    };
    let words = changed::words(events.iter().find(named));
    Ok(if words.is_empty() { "他人已修改".to_owned() } else { words })
}

/// Somebody else removed the venue while it was being changed: what was typed goes on to the form for a new one.
async fn removed_meanwhile(app: &App, frame: Frame, actor: &domain::unit::Actor, posted: &Posted) -> Answer {
    let mut errors = FormErrors::default();
    errors.add("name", "这个会场已被他人删除。您填写的内容还在，仍需要就重新新增。");
    let form = form(posted.raw("name"), posted.raw("address"), posted.text("kind"), errors);
    let campaign_id = Id::from_text(posted.text("campaign_id"));
    draw(app, frame, actor, campaign_id, form, StatusCode::CONFLICT).await
}

/// `POST /venues/{venue_id}/remove`
pub(crate) async fn remove(State(app): State<App>, Visitor(actor): Visitor, Path(venue_id): Path<String>) -> Answer {
    let id = Id::from_text(venue_id);
    let now = app.clock.now();
    let outcome = app
        .db
        .try_write(async move |tx| -> Result<(Id, String), Refusal> {
            let venue = venue::lock(&tx, &id, None).await?;
            check_keeper(&actor, &head::get(&tx, &venue.campaign_id).await?)?;
            venue::remove(&tx, &id).await?;
            let detail = json!({ "会场": venue.name });
            let event = NewEvent::by(&actor, "campaign", &venue.campaign_id, "venue_removed", now);
            event::insert(&tx, event.detail(detail));
            Ok((venue.campaign_id, venue.name))
        })
        .await;
    match outcome {
        Ok((campaign_id, name)) => {
            let sentence = format!("会场“{name}”已删除，原有场次保留，地点待定。");
            page::done(&format!("/campaigns/{campaign_id}/venues"), &sentence)
        }
        Err(Refusal::Error(error)) => Err(error),
        Err(Refusal::Rule(sentence)) => Err(Error::Conflict(sentence)),
        Err(Refusal::Field(_)) => Err(Error::NotFound),
    }
}

/// `GET /venues/{venue_id}/poster`: a sheet to print and hang at the entrance; the code says where and when.
pub(crate) async fn poster(
    State(app): State<App>,
    frame: Frame,
    Visitor(_): Visitor,
    Path(venue_id): Path<String>,
) -> Answer {
    let today = app.clock.today();
    let (head, venue) = find(&app, &Id::from_text(venue_id)).await?;
    let campaign_id = head.campaign_id.clone();
    let sessions = app.db.read(async move |tx| venue::list_sessions(&tx, &campaign_id).await).await?;
    let sessions: Vec<SessionLine> = sessions
        .iter()
        .filter(|it| it.session.venue_id.as_ref() == Some(&venue.venue_id))
        .map(|it| session_line(it, today))
        .collect();
    // Who scans it in the street has no account here: the code says the place and the day, which a telephone shows and searches.
    let day = sessions.first().map_or("", |it| it.day.as_str());
    let words = [venue.name.as_str(), venue.address.as_str(), day];
    let address = words.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
    let (code, side) = qr_code::path(&address)?;
    page::page(&Poster { frame, head, venue, sessions, code, side, address })
}
