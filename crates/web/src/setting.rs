//! Settings a department may change: few, on one page.

use askama::Template;
use axum::{extract::State, http::StatusCode};
use domain::{FormErrors, Id};
use store::{event, event::NewEvent, setting};

use crate::{Answer, App, Frame, Posted, Visitor, history, page, sign_in};

#[derive(Template)]
#[template(path = "setting/show.html")]
struct Show {
    frame: Frame,
    idle: String,
    version: i64,
    engine: &'static str,
    errors: FormErrors,
}

/// `GET /settings`
pub(crate) async fn show(State(app): State<App>, frame: Frame) -> Answer {
    let found = app.db.read(async |tx| setting::find(&tx, sign_in::IDLE_MINUTES).await).await?;
    let (idle, version) = found.unwrap_or_else(|| (sign_in::IDLE_MINUTES_AT_FIRST.to_owned(), 0));
    let errors = FormErrors::default();
    page::page(&Show { frame, idle, version, engine: app.db.engine(), errors })
}

/// `POST /settings`
pub(crate) async fn update(State(app): State<App>, frame: Frame, Visitor(actor): Visitor, posted: Posted) -> Answer {
    let idle = posted.text("idle").to_owned();
    let is_fine = idle.parse::<u32>().is_ok_and(|n| (5..=240).contains(&n));
    if !is_fine {
        let errors = FormErrors::one("idle", "请填 5 到 240 之间的整数。");
        let show = Show { frame, idle, version: posted.version(), engine: app.db.engine(), errors };
        return page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &show);
    }
    let (version, at) = (posted.version(), app.clock.now());
    let work = app.db.write(async move |tx| {
        let before = setting::get(&tx, sign_in::IDLE_MINUTES, sign_in::IDLE_MINUTES_AT_FIRST).await?;
        setting::save(&tx, sign_in::IDLE_MINUTES, &idle, Some(version)).await?;
        let detail = history::detail(&[("无操作自动退出（分钟）", &before, &idle)]);
        let subject = Id::from_text(sign_in::IDLE_MINUTES);
        event::insert(&tx, NewEvent::by(&actor, "setting", &subject, "changed", at).detail(detail));
        Ok(())
    });
    work.await?;
    page::done("/settings", "已保存。")
}
