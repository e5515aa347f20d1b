//! The public face: who has no account complains, reports or asks on `/complain`, and follows what becomes of it with a code.
//!
//! Everything here is for strangers: nothing internal is shown, no address is stored, and what was sent is durable before it is answered.

pub(crate) mod done;
mod face;
mod files;
mod follow;
pub(crate) mod form;
mod kinds;
mod limiter;
pub(crate) mod setting;
pub(crate) mod status;
pub(crate) mod step;

#[cfg(test)]
mod tests;

pub use face::FACE;
pub(crate) use face::Face;
pub(crate) use limiter::{From, Limiter};

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use domain::complaint::letter::OTHER_WAYS;
use domain::complaint::term::RuleVersion;

use crate::complaint::Around;
use crate::{Answer, App, Error, Frame, page};

/// The start of the public face.
#[derive(Template)]
#[template(path = "complain/start.html")]
struct Start {
    frame: Frame,
    bureau: String,
    face: Face,
    law: RuleVersion,
    other_ways: &'static str,
}

impl Start {
    fn is_old(&self) -> bool {
        self.law == RuleVersion::Order20
    }
}

/// Said instead of every public page while the office has none.
#[derive(Template)]
#[template(path = "complain/closed.html")]
struct Closed {
    frame: Frame,
    bureau: String,
    phone: String,
}

/// `GET /complain`
pub(crate) async fn start(State(app): State<App>, frame: Frame) -> Answer {
    let around = match open(&app, &frame).await? {
        Ok(around) => around,
        Err(closed) => return Ok(closed),
    };
    let law = around.rules.version_of(app.clock.today());
    let (bureau, face) = (around.bureau().to_owned(), around.face.clone());
    page::page(&Start { frame, bureau, face, law, other_ways: OTHER_WAYS })
}

/// The bureau as it is now, or the page that says that nothing is taken here.
async fn open(app: &App, frame: &Frame) -> Result<Result<Arc<Around>, Response>, Error> {
    let around = Around::recent(app).await?;
    if around.face.is_on {
        return Ok(Ok(around));
    }
    let closed = Closed { frame: frame.clone(), bureau: around.bureau().to_owned(), phone: around.face.phone.clone() };
    Ok(Err(page::page_with(StatusCode::NOT_FOUND, &closed)?))
}

/// A page that no search engine keeps.
fn unlisted(answer: Answer) -> Answer {
    answer.map(|mut response| {
        response.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
        response
    })
}
