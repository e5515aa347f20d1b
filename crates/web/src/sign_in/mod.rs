//! Signing in and out, and what is typed while a sign-in has ended.

pub(crate) mod account;
pub(crate) mod attempt;
mod kept;
mod kept_words;

use std::time::Duration;

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use domain::unit::Actor;
use jiff::{SignedDuration, Timestamp};
use store::{event, event::NewEvent, person, setting, sign_in};

use crate::frame::is_drawn_for;
use crate::{Answer, App, Error, FormErrors, Frame, Posted, cookie, keys, page, password};
pub(crate) use kept::{Kept, send_again};

/// A sign-in ends after so long, in use or not.
const ABSOLUTE: SignedDuration = SignedDuration::from_hours(12);
/// The use of a sign-in is written down at most so often: reading pages must not write all the time.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// The setting that says after how many idle minutes a sign-in ends.
pub(crate) const IDLE_MINUTES: &str = "idle_minutes";
pub(crate) const IDLE_MINUTES_AT_FIRST: &str = "30";

/// A sign-in that counts now.
pub(crate) struct Current {
    pub(crate) actor: Actor,
    pub(crate) token_hash: String,
    pub(crate) must_change_password: bool,
}

/// Who holds this token?
pub(crate) async fn current(app: &App, token: &str) -> Result<Option<Current>, Error> {
    let token_hash = keys::hash_of(token);
    let now = app.clock.now();
    let hash = token_hash.clone();
    let found = app.db.read(async move |tx| {
        let Some((sign_in, person)) = sign_in::find(&tx, &hash, now).await? else { return Ok(None) };
        let actor = person::actor(&tx, &person).await?;
        let idle = setting::get(&tx, IDLE_MINUTES, IDLE_MINUTES_AT_FIRST).await?;
        Ok(Some((sign_in, actor, person.must_change_password, idle)))
    });
    let Some((sign_in, actor, must_change_password, idle)) = found.await? else { return Ok(None) };
    if now.duration_since(sign_in.seen_at) >= SEEN_EVERY {
        let expires_at = expiry(sign_in.created_at, now, &idle);
        let hash = token_hash.clone();
        // On a full disk one can still read: the sign-in then ends as it was to end before.
        if let Err(error) = app.db.write(async move |tx| sign_in::save_seen(&tx, &hash, now, expires_at).await).await {
            tracing::warn!(%error, "the use of a sign-in was not written down");
        }
    }
    Ok(Some(Current { actor, token_hash, must_change_password }))
}

/// The earlier of the idle and the absolute end.
fn expiry(began: Timestamp, now: Timestamp, idle_minutes: &str) -> Timestamp {
    let idle = SignedDuration::from_mins(idle_minutes.parse().unwrap_or(30));
    (now + idle).min(began + ABSOLUTE)
}

/// The sign-in page that comes back to `path`.
pub(crate) fn path_with_next(path: &str) -> String {
    let next: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
    format!("/sign-in?next={next}")
}

#[derive(Template)]
#[template(path = "sign_in/show.html")]
struct Show {
    frame: Frame,
    login: String,
    next: String,
    /// The form that waits for the sign-in: its address and its fields, sealed.
    kept: Option<(String, String)>,
    errors: FormErrors,
}

/// `GET /sign-in`
pub(crate) async fn show(frame: Frame, uri: axum::http::Uri) -> Answer {
    let query = uri.query().unwrap_or_default();
    let next = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "next");
    let next = next.map_or_else(String::new, |(_, path)| page::inside(&path).to_owned());
    if frame.actor().is_some() {
        return page::go(page_or_start(&next));
    }
    page::page(&Show { frame, login: String::new(), next, kept: None, errors: FormErrors::default() })
}

/// A stranger sent a form, or somebody the form of another: sign in again, then it is shown once more to who typed it.
pub(crate) async fn ask_again(app: &App, frame: Frame, action: &str, posted: &Posted) -> Answer {
    let typed = posted.kept().to_json();
    let kept = app.db.read(async move |tx| sign_in::seal_typed(&tx, &typed)).await?;
    let (login, next) = (String::new(), String::new());
    let show = Show { frame, login, next, kept: Some((action.to_owned(), kept)), errors: FormErrors::default() };
    page::page_with(StatusCode::UNAUTHORIZED, &show)
}

/// `POST /sign-in`
pub(crate) async fn create(
    State(app): State<App>,
    frame: Frame,
    jar: cookie::Jar,
    client: attempt::Client,
    headers: HeaderMap,
    posted: Posted,
) -> Answer {
    let login: String = posted.text("login").to_lowercase().chars().take(60).collect();
    let secret: String = posted.raw("password").chars().take(domain::unit::password::LONGEST).collect();
    let again = |status, sentence: String| {
        let kept = (!posted.text("kept").is_empty())
            .then(|| (posted.text("kept_action").to_owned(), posted.raw("kept").to_owned()));
        let errors = FormErrors::one("login", sentence);
        let next = posted.text("next").to_owned();
        page::page_with(status, &Show { frame: frame.clone(), login: login.clone(), next, kept, errors })
    };
    let left = match attempt::count(&app, &login, &client).await? {
        attempt::Counted::Locked(until) => {
            let sentence =
                format!("连续输错次数过多，已暂停登录，请在 {} 之后再试，或请管理员解锁。", attempt::clock_time(until));
            return again(StatusCode::TOO_MANY_REQUESTS, sentence);
        }
        attempt::Counted::Left(left) => left,
    };
    let wanted = login.clone();
    let found = app.db.read(async move |tx| person::find_by_login(&tx, &wanted).await).await?;
    let (person, hash) = found.unzip();
    let is_right = password::is_right(&app, secret, hash).await?;
    let person = person.filter(|person| is_right && person.is_active);
    let Some(person) = person else { return again(StatusCode::UNPROCESSABLE_ENTITY, attempt::wrong(left)) };
    let token = keys::random_token();
    let before = jar.get(cookie::sign_in_name(app.config.is_secure())).map(keys::hash_of);
    let sealed = posted.raw("kept").to_owned();
    let (actor, kept) = begin(&app, &person, &token, before, (&login, &client), &headers, sealed).await?;
    let kept = kept.filter(|_| !person.must_change_password);
    let mut response = after(&frame, &posted, &token, actor, kept)?;
    // A new token at each sign-in: one that somebody planted before is worth nothing.
    let line = cookie::set(cookie::sign_in_name(app.config.is_secure()), &token, app.config.is_secure(), None);
    response.headers_mut().append(header::SET_COOKIE, line);
    Ok(response)
}

async fn begin(
    app: &App,
    person: &person::Person,
    token: &str,
    before: Option<String>,
    (login, client): (&str, &attempt::Client),
    headers: &HeaderMap,
    sealed: String,
) -> Result<(Actor, Option<Kept>), Error> {
    let now = app.clock.now();
    let (person, login, token_hash) = (person.clone(), login.to_owned(), keys::hash_of(token));
    let (address, client) = (client.subject(), client.words(headers));
    let work = app.db.write(async move |tx| {
        attempt::succeeded(&tx, &login, &address).await?;
        if let Some(before) = &before {
            sign_in::remove(&tx, before).await?;
        }
        sign_in::remove_expired(&tx, now).await?;
        let idle = setting::get(&tx, IDLE_MINUTES, IDLE_MINUTES_AT_FIRST).await?;
        let sign_in = sign_in::SignIn {
            token_hash: token_hash.clone(),
            person_id: person.person_id.clone(),
            created_at: now,
            seen_at: now,
            expires_at: expiry(now, now, &idle),
            client: client.clone(),
        };
        sign_in::insert(&tx, &sign_in).await?;
        let actor = person::actor(&tx, &person).await?;
        event::insert(&tx, NewEvent::by(&actor, "sign_in", &person.person_id, "signed_in", now));
        let kept = sign_in::open_typed(&tx, &sealed).as_deref().and_then(Kept::of_json);
        Ok((actor, kept))
    });
    let (actor, kept) = work.await?;
    let kept = kept.filter(|it| is_drawn_for(&app.keys, &it.token, &actor.person_id));
    Ok((actor, kept))
}

/// A page of this program; an address that only takes forms is none.
fn page_or_start(path: &str) -> &str {
    let path = page::inside(path);
    if crate::routes::access_of(&axum::http::Method::GET, path).is_some() { path } else { "/" }
}

/// Where a person goes after signing in: to the form that waited, or to the page they wanted.
fn after(frame: &Frame, posted: &Posted, token: &str, actor: Actor, kept: Option<Kept>) -> Result<Response, Error> {
    let action = page::inside(posted.text("kept_action"));
    match kept {
        Some(kept) if kept::is_form(action) => {
            kept::show(frame.rebound(keys::hash_of(token), actor), action, kept, StatusCode::OK)
        }
        _ => page::go(page_or_start(posted.text("next"))),
    }
}

/// `POST /sign-out`
pub(crate) async fn destroy(State(app): State<App>, jar: cookie::Jar) -> Answer {
    let name = cookie::sign_in_name(app.config.is_secure());
    if let Some(token) = jar.get(name) {
        let hash = keys::hash_of(token);
        app.db.write(async move |tx| sign_in::remove(&tx, &hash).await).await?;
    }
    let mut response = page::done("/sign-in", "已退出登录。")?;
    response
        .headers_mut()
        .append(header::SET_COOKIE, cookie::set(name, "", app.config.is_secure(), Some(Duration::ZERO)));
    Ok(response)
}
