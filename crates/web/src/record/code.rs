//! Codes to record by: a sheet for the stand with a QR code, and the short address behind it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use domain::Id;
use domain::unit::Actor;
use store::campaign::head::Head;
use store::campaign::venue::{self, ListedSession};
use store::campaign::{activity, head, record};

use super::form;
use crate::campaign::days;
use crate::{Answer, App, Error, Frame, Visitor, page, qr_code};

/// How many of the last digits of a key make its code: forty random bits, and short enough to type.
const DIGITS: usize = 10;

/// The code of a session or venue.
pub(crate) fn code_of(id: &Id) -> &str {
    let text = id.as_str();
    text.get(text.len().saturating_sub(DIGITS)..).unwrap_or(text)
}

/// `GET /r/{code}`: the form of the session; of a venue the form of its session today, or its sessions to choose from.
pub(crate) async fn open(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(code): Path<String>,
) -> Answer {
    let code = code.trim().to_lowercase();
    if code.len() != DIGITS || !code.bytes().all(|it| it.is_ascii_hexdigit()) {
        return Err(Error::NotFound);
    }
    let today = app.clock.today();
    let (title, head, sessions) = app
        .db
        .read(async move |tx| {
            if let Some((activity_id, session_id)) = record::find_session_by_code(&tx, &code).await? {
                let of = venue::list_sessions_of(&tx, &activity_id).await?;
                let one = of.into_iter().filter(|it| it.session.activity_session_id == session_id).collect();
                let activity = activity::get(&tx, &activity_id).await?;
                return Ok((activity.title, head::get(&tx, &activity.campaign_id).await?, one));
            }
            let venue_id = record::find_venue_by_code(&tx, &code).await?.ok_or(store::Error::NotFound)?;
            let venue = venue::get(&tx, &venue_id).await?;
            let head = head::get(&tx, &venue.campaign_id).await?;
            let sessions: Vec<ListedSession> = venue::list_sessions(&tx, &venue.campaign_id)
                .await?
                .into_iter()
                .filter(|it| it.session.venue_id.as_ref() == Some(&venue_id))
                .collect();
            Ok((venue.name, head, sessions))
        })
        .await?;
    let of_today: Vec<&ListedSession> = sessions.iter().filter(|it| it.session.starts_on == Some(today)).collect();
    let only = match (sessions.as_slice(), of_today.as_slice()) {
        ([only], _) => Some(only),
        (_, [only]) => Some(*only),
        _ => None,
    };
    match only {
        Some(only) => {
            let session = &only.session;
            let session_id = session.activity_session_id.to_string();
            form::draw_new(&app, frame, &actor, session.activity_id.clone(), &session_id).await
        }
        None => choose(frame, &actor, title, head, &sessions, today),
    }
}

/// The sessions of a venue to choose from, those of today first.
#[derive(Template)]
#[template(path = "record/code_choose.html")]
struct Choose {
    frame: Frame,
    head: Head,
    title: String,
    lines: Vec<Line>,
}

struct Line {
    path: String,
    title: String,
    below: String,
    is_today: bool,
}

fn choose(
    frame: Frame,
    _: &Actor,
    title: String,
    head: Head,
    sessions: &[ListedSession],
    today: jiff::civil::Date,
) -> Answer {
    let mut lines: Vec<Line> = sessions
        .iter()
        .map(|it| {
            let session = &it.session;
            let day = session.starts_on.map(|it| days::day_with_weekday(it, today)).unwrap_or_default();
            let unit = it.unit_name.as_deref().unwrap_or_default();
            Line {
                path: form::path_new(&session.activity_id, Some(&session.activity_session_id)),
                title: it.activity_title.clone(),
                below: format!("{day} {} {unit}", session.time.as_deref().unwrap_or_default()).trim().to_owned(),
                is_today: session.starts_on == Some(today),
            }
        })
        .collect();
    lines.sort_by_key(|it| !it.is_today);
    page::page(&Choose { frame, head, title, lines })
}

/// The sheet for the stand.
#[derive(Template)]
#[template(path = "record/code.html")]
struct Sheet {
    frame: Frame,
    head: Head,
    title: String,
    /// Day, place, unit.
    lines: Vec<String>,
    back: String,
    code: String,
    side: usize,
    address: String,
}

/// `GET /sessions/{session_id}/code`
pub(crate) async fn of_session(
    State(app): State<App>,
    frame: Frame,
    Visitor(_): Visitor,
    headers: HeaderMap,
    Path(session_id): Path<String>,
) -> Answer {
    let (id, today) = (Id::from_text(session_id), app.clock.today());
    let (activity, head, listed) = {
        let id = id.clone();
        app.db
            .read(async move |tx| {
                let (activity_id, session_id) =
                    record::find_session_by_code(&tx, code_of(&id)).await?.ok_or(store::Error::NotFound)?;
                if session_id != id {
                    return Err(store::Error::NotFound);
                }
                let activity = activity::get(&tx, &activity_id).await?;
                let head = head::get(&tx, &activity.campaign_id).await?;
                let of = venue::list_sessions_of(&tx, &activity_id).await?;
                let listed = of.into_iter().find(|it| it.session.activity_session_id == session_id);
                Ok((activity, head, listed.ok_or(store::Error::NotFound)?))
            })
            .await?
    };
    let day = listed.session.starts_on.map(|it| days::day_with_weekday(it, today)).unwrap_or_default();
    let lines = [
        format!("{day} {}", listed.session.time.as_deref().unwrap_or_default()).trim().to_owned(),
        listed.venue_name.clone().unwrap_or_default(),
        listed.unit_name.clone().unwrap_or_default(),
    ];
    let back = format!("/activities/{}#sessions", activity.activity_id);
    sheet(&app, frame, &headers, head, activity.title, lines.to_vec(), back, code_of(&id))
}

/// `GET /venues/{venue_id}/code`
pub(crate) async fn of_venue(
    State(app): State<App>,
    frame: Frame,
    Visitor(_): Visitor,
    headers: HeaderMap,
    Path(venue_id): Path<String>,
) -> Answer {
    let id = Id::from_text(venue_id);
    let (venue, head) = {
        let id = id.clone();
        app.db
            .read(async move |tx| {
                let venue = venue::get(&tx, &id).await?;
                let head = head::get(&tx, &venue.campaign_id).await?;
                Ok((venue, head))
            })
            .await?
    };
    let lines = vec![venue.kind.label().to_owned(), venue.address.clone()];
    let back = format!("/campaigns/{}/venues", head.campaign_id);
    sheet(&app, frame, &headers, head, venue.name, lines, back, code_of(&id))
}

#[expect(clippy::too_many_arguments, reason = "the parts of one sheet, gathered by its two callers")]
fn sheet(
    app: &App,
    frame: Frame,
    headers: &HeaderMap,
    head: Head,
    title: String,
    lines: Vec<String>,
    back: String,
    digits: &str,
) -> Answer {
    let address = format!("{}/r/{digits}", base(app, headers));
    let (code, side) = qr_code::path(&address)?;
    let lines = lines.into_iter().filter(|it| !it.is_empty()).collect();
    page::page(&Sheet { frame, head, title, lines, back, code, side, address })
}

/// The address people open: as configured, or as this very page was asked for.
fn base(app: &App, headers: &HeaderMap) -> String {
    let asked = || {
        let host = headers.get(header::HOST).and_then(|it| it.to_str().ok()).unwrap_or("localhost");
        format!("http://{host}")
    };
    app.config.public_url.clone().unwrap_or_else(asked).trim_end_matches('/').to_owned()
}
