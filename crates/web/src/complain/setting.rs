//! `/complaints/settings/public`: is there a public face, how much comes through it, what it says.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use domain::{FormErrors, Id};
use store::event::{self, NewEvent};
use store::setting;

use super::{FACE, Face};
use crate::complaint::Around;
use crate::complaint::setting::{is_changer, may_change};
use crate::{Answer, App, Error, Frame, Posted, Visitor, history, page};

#[derive(Template)]
#[template(path = "complain/setting.html")]
struct Show {
    frame: Frame,
    face: Face,
    per_hour: String,
    version: i64,
    may_change: bool,
    errors: FormErrors,
}

/// `GET /complaints/settings/public`
pub(crate) async fn show(State(app): State<App>, frame: Frame, Visitor(actor): Visitor) -> Answer {
    let found = app.db.read(async |tx| setting::find(&tx, FACE).await).await?;
    let (text, version) = found.unwrap_or_else(|| ("{}".to_owned(), 0));
    let face: Face = serde_json::from_str(&text).unwrap_or_default();
    let may_change = may_change(&app, &actor).await?;
    let per_hour = face.per_hour.to_string();
    page::page(&Show { frame, face, per_hour, version, may_change, errors: FormErrors::default() })
}

/// `POST /complaints/settings/public`
pub(crate) async fn update(State(app): State<App>, frame: Frame, Visitor(actor): Visitor, posted: Posted) -> Answer {
    let mut errors = FormErrors::default();
    let per_hour = posted.text("per_hour").to_owned();
    let n = per_hour.parse::<u32>().ok().filter(|it| *it <= 100_000);
    if n.is_none() {
        errors.add("per_hour", "请填 0 到 100000 之间的整数；0 表示不限。");
    }
    let limited = |name: &str, most: usize, errors: &mut FormErrors| {
        let text = posted.text(name).to_owned();
        if text.chars().count() > most {
            errors.add(name, format!("请控制在 {most} 字以内。"));
        }
        text
    };
    let face = Face {
        is_on: posted.is_set("is_on"),
        per_hour: n.unwrap_or_default(),
        phone: limited("phone", 40, &mut errors),
        words: limited("words", 300, &mut errors),
    };
    if !errors.is_empty() {
        let version = posted.version();
        let may_change = may_change(&app, &actor).await?;
        let view = Show { frame, face, per_hour, version, may_change, errors };
        return page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &view);
    }
    let text = serde_json::to_string(&face).map_err(|error| Error::Internal(error.into()))?;
    let (version, now) = (posted.version(), app.clock.now());
    app.db
        .try_write(async move |tx| -> Result<(), Error> {
            if !is_changer(&actor, &Around::load(&tx).await?) {
                return Err(Error::Forbidden("网上填报由投诉举报机构负责人、活动办公室或系统管理员设置。".into()));
            }
            let before: Face = serde_json::from_str(&setting::get(&tx, FACE, "{}").await?).unwrap_or_default();
            setting::save(&tx, FACE, &text, Some(version)).await?;
            let word = |it: bool| if it { "开通" } else { "关闭" };
            let detail = history::detail(&[
                ("网上填报", word(before.is_on), word(face.is_on)),
                ("同一网络每小时", &before.per_hour.to_string(), &face.per_hour.to_string()),
                ("咨询电话", &before.phone, &face.phone),
                ("提示语", &before.words, &face.words),
            ]);
            event::insert(&tx, NewEvent::by(&actor, "setting", &Id::from_text(FACE), "changed", now).detail(detail));
            Ok(())
        })
        .await?;
    app.forget_around();
    page::done("/complaints/settings/public", "已保存。")
}
