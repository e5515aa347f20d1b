//! The switches of the look: large text, light or dark. Kept in a cookie for a year.

use std::time::Duration;

use axum::{extract::State, http::header};

use crate::{Answer, App, Frame, Posted, cookie, frame::Look, page};

/// `POST /look`
pub(crate) async fn update(State(app): State<App>, frame: Frame, posted: Posted) -> Answer {
    let mut look = frame.look();
    if posted.is_set("text") {
        look.is_large = posted.text("text") == "large";
    }
    if posted.is_set("theme") {
        look.theme = Look::of_cookie(posted.text("theme")).theme;
    }
    let mut response = page::go(page::inside(posted.text("next")))?;
    let year = Duration::from_secs(365 * 86400);
    let line = cookie::set(cookie::LOOK, &look.to_cookie(), app.config.is_secure(), Some(year));
    response.headers_mut().append(header::SET_COOKIE, line);
    Ok(response)
}
