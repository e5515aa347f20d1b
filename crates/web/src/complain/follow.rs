//! Who has shown the code of a submission may look at it for a while: a sealed cookie, no account.

use std::time::Duration;

use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::Id;
use jiff::Timestamp;

use crate::cookie::{self, Jar};
use crate::{App, Error};

const FOLLOW: &str = "xiaobao-follow";
/// As long as a person reads; on a shared telephone not longer. Each look begins it anew.
const SHOWN_FOR: i64 = 30 * 60;
/// So much later what somebody was writing is still taken: looking for a receipt and a call in between must not cost the text.
const TAKEN_FOR: i64 = 4 * 3600;
/// The browser keeps the cookie as long as a form may come.
const KEPT_FOR: Duration = Duration::from_secs(30 * 60 + 4 * 3600);
const PURPOSE: &str = "complain.follow";

pub(super) fn begin(app: &App, response: &mut Response, submission_id: &Id, now: Timestamp) {
    let until = now.as_second() + SHOWN_FOR;
    let text = format!("{submission_id}.{until}");
    let value = format!("{text}.{}", app.keys.seal(PURPOSE, &text));
    let line = cookie::set(FOLLOW, &value, app.config.is_secure(), Some(KEPT_FOR));
    response.headers_mut().append(header::SET_COOKIE, line);
}

pub(super) fn end(app: &App) -> HeaderValue {
    cookie::remove(FOLLOW, app.config.is_secure())
}

/// The submission the person may look at now.
pub(super) fn of(app: &App, jar: &Jar, now: Timestamp) -> Option<Id> {
    within(app, jar, now, 0)
}

/// The submission a sent form is for.
pub(super) fn of_form(app: &App, jar: &Jar, now: Timestamp) -> Result<Id, Error> {
    within(app, jar, now, TAKEN_FOR).ok_or_else(expired)
}

fn within(app: &App, jar: &Jar, now: Timestamp, later: i64) -> Option<Id> {
    let (text, code) = jar.get(FOLLOW)?.rsplit_once('.')?;
    let (submission_id, until) = text.split_once('.')?;
    let is_fresh = until.parse::<i64>().ok()?.checked_add(later)? >= now.as_second();
    (is_fresh && app.keys.is_sealed(PURPOSE, text, code)).then(|| Id::from_text(submission_id.to_owned()))
}

/// [`of`], or a sentence with the way out.
pub(super) fn needed(app: &App, jar: &Jar, now: Timestamp) -> Result<Id, Error> {
    of(app, jar, now).ok_or_else(expired)
}

fn expired() -> Error {
    Error::Forbidden("查询已超时。请返回“查进度”，重新输入编号和查询码。".into())
}
