//! Signing in and out, and what is typed while a sign-in has ended.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::unit::Actor;

use crate::{Answer, App, Error, Frame, Posted, page};

/// A sign-in that counts now.
pub(crate) struct Current {
    pub(crate) actor: Actor,
    pub(crate) token_hash: String,
    pub(crate) must_change_password: bool,
}

/// Who holds this token?
pub(crate) async fn current(_app: &App, _token: &str) -> Result<Option<Current>, Error> {
    Ok(None)
}

/// What a person had typed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) lost_files: bool,
}

impl Kept {
    /// The texts worth showing: what a person typed, not keys and versions.
    fn texts(&self) -> Vec<&str> {
        self.fields.iter().map(|(_, value)| value.trim()).filter(|it| !it.is_ascii()).collect()
    }
}

/// The sign-in page that comes back to `path`.
pub(crate) fn path_with_next(path: &str) -> String {
    let next: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
    format!("/sign-in?next={next}")
}

#[derive(Template)]
#[template(path = "sign_in/send_again.html")]
struct SendAgain {
    frame: Frame,
    action: String,
    kept: Kept,
}

/// The form came from a page of an earlier sign-in: it is shown to be sent once more.
pub(crate) fn send_again(frame: Frame, action: &str, posted: &Posted) -> Answer {
    page::page_with(StatusCode::CONFLICT, &SendAgain { frame, action: action.to_owned(), kept: posted.kept() })
}

/// A stranger sent a form: sign in again, then it is shown once more.
pub(crate) fn ask_again(_frame: Frame, _action: &str, _posted: &Posted) -> Result<Response, Error> {
    Ok(StatusCode::UNAUTHORIZED.into_response())
}
