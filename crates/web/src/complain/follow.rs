//! Who has shown the code of a submission may look at it for a while: a sealed cookie, no account.

use std::time::Duration;

use axum::http::{HeaderValue, header};
use axum::response::Response;
use domain::Id;
use jiff::Timestamp;

use crate::cookie::{self, Jar};
use crate::{App, Error};

const FOLLOW: &str = "xiaobao-follow";
/// As long as a person reads, writes and looks for a receipt; on a shared telephone not longer.
const KEPT_FOR: Duration = Duration::from_secs(30 * 60);
const PURPOSE: &str = "complain.follow";

pub(super) fn begin(app: &App, response: &mut Response, submission_id: &Id, now: Timestamp) {
    let until = now.as_second() + i64::try_from(KEPT_FOR.as_secs()).unwrap_or(0);
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
    let (text, code) = jar.get(FOLLOW)?.rsplit_once('.')?;
    let (submission_id, until) = text.split_once('.')?;
    let is_fresh = until.parse::<i64>().ok()? >= now.as_second();
    (is_fresh && app.keys.is_sealed(PURPOSE, text, code)).then(|| Id::from_text(submission_id.to_owned()))
}

/// [`of`], or a sentence with the way out.
pub(super) fn needed(app: &App, jar: &Jar, now: Timestamp) -> Result<Id, Error> {
    of(app, jar, now).ok_or_else(|| Error::Forbidden("查询已超时。请返回“查进度”，重新输入编号和查询码。".into()))
}
