//! The start page, help, the style guide, and the sign of life.

use askama::Template;

use axum::{extract::State, http::Method};
use store::complaint::follow;

use crate::complaint::Around;
use crate::{Answer, App, Choice, Error, FormErrors, Frame, page, routes};

#[derive(Template)]
#[template(path = "home/show.html")]
struct Show {
    frame: Frame,
    has_public_face: bool,
    /// Somebody follows a case with a code: that stays open when the office takes no new ones in public.
    is_followed: bool,
}

/// `GET /`: the desk of who is signed in, the door for who is not.
pub(crate) async fn show(State(app): State<App>, frame: Frame) -> Answer {
    if let Some(actor) = frame.actor() {
        let first = frame.nav().first().map_or("/help", |line| line.path);
        let is_desk = routes::access_of(&Method::GET, "/desk").is_some_and(|access| access.allows(Some(actor)));
        return page::go(if is_desk { "/desk" } else { first });
    }
    let has_public_face = Around::recent(&app).await?.face.is_on;
    let is_followed = has_public_face || app.db.read(async |tx| follow::is_any(&tx).await).await?;
    page::page(&Show { frame, has_public_face, is_followed })
}

#[derive(Template)]
#[template(path = "home/help.html")]
struct Help {
    frame: Frame,
}

/// `GET /help`
pub(crate) async fn help(frame: Frame) -> Answer {
    page::page(&Help { frame })
}

#[derive(Template)]
#[template(path = "home/styleguide.html")]
struct Styleguide {
    frame: Frame,
    errors: FormErrors,
    none: FormErrors,
    kinds: Vec<Choice>,
    icons: Vec<&'static str>,
}

/// `GET /styleguide`: every component in its states.
pub(crate) async fn styleguide(frame: Frame) -> Answer {
    let mut errors = FormErrors::default();
    errors.add("title", "请填写活动名称。");
    errors.add("due_on", "“3月32日”不是日期。请写成 2024-03-15 这样。");
    let kinds = domain::unit::UnitKind::ALL.iter().map(|kind| Choice::new(kind.label(), kind.label(), "科室"));
    page::page(&Styleguide { frame, errors, none: FormErrors::default(), kinds: kinds.collect(), icons: icons() })
}

/// The names in the sprite, in their order.
fn icons() -> Vec<&'static str> {
    include_str!("../assets/icons.svg")
        .split("<symbol id=\"")
        .skip(1)
        .filter_map(|part| part.split('"').next())
        .collect()
}

/// `GET /healthz`: does the program answer, and its database?
pub(crate) async fn health(State(app): State<App>) -> Result<&'static str, Error> {
    app.db.read(async |tx| store::unit::count(&tx).await).await?;
    Ok("ok")
}
