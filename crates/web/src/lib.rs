//! Pages, forms, sessions and feeds. Server-rendered; every page works without JavaScript.
//!
//! # How to add a page
//!
//! 1. **Route**: one line in `routes.rs`: `get("/venues/{venue_id}", SIGNED_IN, venue::show)`; forms `post(…)`;
//!    forms with files `post(…).with_files()`. `Access` says who may come at all; the handler asks `permitted` of the area for the rest.
//! 2. **Handler**, in the module of the area, named by the verb (`list new create show edit update`, then the verb):
//!    ```text
//!    #[derive(Template)]
//!    #[template(path = "venue/show.html")]
//!    struct Show { frame: Frame, venue: Venue }
//!
//!    pub(crate) async fn show(State(app): State<App>, frame: Frame, Visitor(actor): Visitor, Path(id): Path<String>) -> Answer {
//!        let venue = app.db.read(…).await?;          // store::Error becomes 404 / 409 / 500 by itself
//!        page(&Show { frame, venue })
//!    }
//!
//!    pub(crate) async fn update(State(app): State<App>, frame: Frame, Visitor(actor): Visitor, Path(id): Path<String>, posted: Posted) -> Answer {
//!        match domain::venue::parse(posted.text("name")) {
//!            Err(errors) => page_with(StatusCode::UNPROCESSABLE_ENTITY, &Edit { frame, errors, … }),
//!            Ok(venue) => { …; done("/venues/…", "已保存。") }
//!        }
//!    }
//!    ```
//!    `Posted` has been read and its token checked by the gate. A refusal is `Err(Error::Forbidden("…".into()))`; where even the existence
//!    is a secret, `Err(Error::NotFound)`. Time is `app.clock.now()` / `app.clock.today()`.
//! 3. **Template** in `templates/<area>/<verb>.html`:
//!    ```text
//!    {% extends "base.html" %}
//!    {% import "components.html" as ui %}
//!    {% block title %}会场{% endblock %}
//!    {% block main %}
//!    {% call ui::head("会场", "主会场与分会场") %}{{ the buttons on the right }}{% endcall %}
//!    <form method="post" action="/venues">
//!      {% call ui::token(frame) %}{% endcall %}
//!      {% call ui::summary(errors) %}{% endcall %}
//!      {% call ui::text("name", "会场名称", name, errors, hint="写全称") %}{% endcall %}
//!      <button class="button is-primary">保存</button>
//!    </form>
//!    {% endblock %}
//!    ```
//!    One `h1` (made by `ui::head`), the title begins with it, no `style=""`, no inline script. Components are shown at `/styleguide`.
//!    A crumb line stands in `{% block crumbs %}`. Placing by number is done with the classes `from-3 span-12 cols-31 fill-40`.
//! 4. **Test** in the module of the area: `let app = TestApp::new().await; let office = app.visitor(Role::Office).await;
//!    office.get("/venues").await` gives a `Page` that has checked itself; `page.submit(…)`, `page.text()`.
//!
//! Pointing at an element with `data-lights="s12"` lights the element `id="s12"` (class `is-lit`), and the other way round.
//! A form with `data-draft="notice"` keeps what is typed in the browser until it is sent.
//! A button with `data-confirm="…"` asks first; without JavaScript it does what it says at once, so it only stands where undoing is possible.

mod again;
mod api;
mod app;
mod arriving;
mod assets;
mod audit;
mod campaign;
mod changed;
mod clock;
mod complain;
mod complaint;
mod cookie;
mod dashboard;
mod error;
mod evidence;
pub mod first;
mod form;
mod frame;
mod gate;
mod headers;
pub mod history;
mod home;
mod keys;
mod ledger;
mod look;
mod nav;
mod once;
mod page;
pub mod password;
mod person;
mod posted;
mod qr_code;
pub mod reader;
mod record;
mod routes;
mod setting;
mod shell;
mod sign_in;
mod statistics;
mod summary;
#[cfg(test)]
#[allow(dead_code, reason = "what the tests of an area may need")]
mod testing;
#[cfg(test)]
mod tests;
mod token;
mod unit;

use std::{any::Any, net::SocketAddr};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    response::{IntoResponse, Response},
};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};

pub use app::{App, Config};
pub use clock::{Clock, day_of, in_words, in_zone, zone};
pub use complain::FACE as PUBLIC_FACE;
pub use complaint::desk_rules;
pub use complaint::import::{Different, Reading, Report, Wrong, import_list, reading_for, sentence_of};
pub use complaint::tend::{Tended, tend};
pub use domain::FormErrors;
pub use error::Error;
pub use form::Choice;
pub use frame::{Frame, Visitor};
pub use keys::Keys;
pub use page::{Answer, done, file, go, page, page_with};
pub use posted::{Posted, PostedFile};
pub use summary::step::draft_summary;

/// A new access token and what is stored of it.
pub fn new_token() -> (String, String) {
    let token = keys::random_token();
    let hash = keys::hash_of(&token);
    (token, hash)
}

/// The list of routes in words: method, pattern, who may use it.
pub fn route_lines() -> Vec<String> {
    routes::list().iter().map(|route| format!("{} {} {:?}", route.method, route.path, route.access)).collect()
}

/// The whole program as one service.
pub fn service(app: App) -> Router {
    routes::router(&app)
        .fallback(shell::nowhere)
        .layer(middleware::from_fn(shell::note_pattern))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(app.clone(), shell::frame))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(app.clone(), headers::add))
        .layer(middleware::from_fn(shell::log))
        .layer(DefaultBodyLimit::max(posted::UPLOAD_LIMIT))
        .with_state(app)
}

/// Serves until `stop`; requests under way are finished.
///
/// # Errors
/// When the machine refuses to accept connections.
pub async fn listen(
    listener: tokio::net::TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = service(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}

fn panicked(what: Box<dyn Any + Send>) -> Response {
    let words = what.downcast_ref::<String>().cloned();
    let words = words.or_else(|| what.downcast_ref::<&str>().map(|it| (*it).to_owned()));
    Error::Internal(anyhow::anyhow!("a handler panicked: {}", words.unwrap_or_default())).into_response()
}
