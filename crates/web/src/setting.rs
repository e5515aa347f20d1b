//! Settings a department may change: few, on one page.

use askama::Template;
use axum::{extract::State, http::StatusCode};
use domain::campaign::light::NEAR_DAYS;
use domain::campaign::record::question;
use domain::{FormErrors, Id};
use store::{event, event::NewEvent, setting};

use crate::campaign::lamp;
use crate::record::show as record;
use crate::{Answer, App, Frame, Posted, Visitor, history, page, sign_in};

#[derive(Template)]
#[template(path = "setting/show.html")]
struct Show {
    frame: Frame,
    idle: Field,
    near: Field,
    times: Field,
    engine: &'static str,
    errors: FormErrors,
}

/// A setting as the page shows it: its text, and the version the page was drawn from.
struct Field {
    text: String,
    version: i64,
}

/// `GET /settings`
pub(crate) async fn show(State(app): State<App>, frame: Frame) -> Answer {
    let work = app.db.read(async |tx| {
        let idle = setting::find(&tx, sign_in::IDLE_MINUTES).await?;
        let near = setting::find(&tx, lamp::NEAR_DAYS).await?;
        Ok((idle, near, setting::find(&tx, record::TIMES).await?))
    });
    let (idle, near, times) = work.await?;
    let field = |found: Option<(String, i64)>, at_first: &str| {
        let (text, version) = found.unwrap_or_else(|| (at_first.to_owned(), 0));
        Field { text, version }
    };
    let (idle, near) = (field(idle, sign_in::IDLE_MINUTES_AT_FIRST), field(near, &NEAR_DAYS.to_string()));
    let times = field(times, &question::TIMES.to_string());
    page::page(&Show { frame, idle, near, times, engine: app.db.engine(), errors: FormErrors::default() })
}

/// `POST /settings`
pub(crate) async fn update(State(app): State<App>, frame: Frame, Visitor(actor): Visitor, posted: Posted) -> Answer {
    let (idle, near) = (posted.text("idle").to_owned(), posted.text("near_days").to_owned());
    let near_version = posted.text("near_version").parse().unwrap_or(0);
    let times_version = posted.text("times_version").parse().unwrap_or(0);
    let times_at_first = question::TIMES.to_string();
    // A form that does not ask for it leaves it as it is.
    let times = match posted.text(record::TIMES) {
        "" if !posted.is_set(record::TIMES) => None,
        text => Some(text.to_owned()),
    };
    let mut errors = FormErrors::default();
    if !idle.parse::<u32>().is_ok_and(|n| (5..=240).contains(&n)) {
        errors.add("idle", "请填 5 到 240 之间的整数。");
    }
    if !near.parse::<u32>().is_ok_and(|n| (0..=60).contains(&n)) {
        errors.add("near_days", "请填 0 到 60 之间的整数。");
    }
    if times.as_ref().is_some_and(|it| !it.parse().is_ok_and(|n: i64| question::FROM_TO.contains(&n))) {
        errors.add(record::TIMES, "请填 2 到 1000 之间的整数。");
    }
    if !errors.is_empty() {
        let times = Field { text: times.unwrap_or(times_at_first), version: times_version };
        let idle = Field { text: idle, version: posted.version() };
        let near = Field { text: near, version: near_version };
        let show = Show { frame, idle, near, times, engine: app.db.engine(), errors };
        return page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &show);
    }
    let (version, at) = (posted.version(), app.clock.now());
    let near_at_first = NEAR_DAYS.to_string();
    let work = app.db.write(async move |tx| {
        let kept_times = setting::get(&tx, record::TIMES, &times_at_first).await?;
        for (name, label, at_first, text, version) in [
            (sign_in::IDLE_MINUTES, "无操作自动退出（分钟）", sign_in::IDLE_MINUTES_AT_FIRST, &idle, version),
            (lamp::NEAR_DAYS, "临近期限（天）", &near_at_first, &near, near_version),
            (record::TIMES, "记录数字核对倍数", &times_at_first, times.as_ref().unwrap_or(&kept_times), times_version),
        ] {
            let before = setting::get(&tx, name, at_first).await?;
            if before == *text {
                continue;
            }
            setting::save(&tx, name, text, Some(version)).await?;
            let detail = history::detail(&[(label, &before, text)]);
            let event = NewEvent::by(&actor, "setting", &Id::from_text(name), "changed", at);
            event::insert(&tx, event.detail(detail));
        }
        Ok(())
    });
    work.await?;
    page::done("/settings", "已保存。")
}
