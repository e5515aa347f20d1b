//! `POST /forms/{id}/approve`: several returns approved at once. Each is asked for itself and has its own event; what was not approved says why.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::Id;
use domain::statistics::stat_return::ReturnStep;
use store::statistics::stat_return;

use super::filling::Filling;
use super::overview::{Shown, draw};
use super::step::{Refusal, turn};
use crate::{Answer, App, Error, Frame, Posted, Visitor, page};

/// The most returns of one go.
const MOST: usize = 500;

/// The name of the field that holds the version of a return as the page showed it.
pub(super) fn version_field(stat_return_id: &Id) -> String {
    format!("version-{stat_return_id}")
}

/// `POST /forms/{stat_form_id}/approve`
pub(crate) async fn approve(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(stat_form_id): Path<String>,
    posted: Posted,
) -> Answer {
    let (form_id, now) = (Id::from_text(stat_form_id), app.clock.now());
    let ids: Vec<Id> = posted.all("id").map(Id::from_text).collect();
    let state = posted.text("state").to_owned();
    if ids.is_empty() || ids.len() > MOST {
        let sentence = match ids.len() {
            0 => "没有选中填报：请先勾选待审核的单位，再按“批准所选”。".to_owned(),
            n => format!("一次最多批准 {MOST} 份，这次选了 {n} 份，请分批。"),
        };
        let shown = Shown { state, problem: sentence, ..Shown::default() };
        return draw(&app, frame, &actor, form_id, shown, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let (mut n_done, mut refused) = (0, Vec::new());
    for id in ids {
        let version = posted.text(&version_field(&id)).parse().unwrap_or(-1);
        let (name, own) = {
            let (id, form_id) = (id.clone(), form_id.clone());
            let own = app.db.read(async move |tx| stat_return::get(&tx, &id).await).await;
            match own.ok().filter(|it| it.stat_form_id == form_id) {
                Some(own) => (own.unit_name, own.stat_return_id),
                // What was approved before it stays approved, and is said.
                None => {
                    refused.push((
                        format!("/forms/{form_id}/returns"),
                        "勾选的一份".to_owned(),
                        "没有找到。".to_owned(),
                    ));
                    continue;
                }
            }
        };
        let path = format!("/returns/{own}");
        let actor = actor.clone();
        let outcome = app
            .db
            .try_write(async move |tx| -> Result<(), Refusal> {
                let own = stat_return::lock(&tx, &own, Some(version)).await?;
                let filling = Filling::of_return(&tx, &own.stat_return_id).await?;
                if !filling.is_latest() {
                    return Err(Refusal::Rule("这之后已有补报，请打开最新的一份".to_owned()));
                }
                turn(&tx, &filling, own, ReturnStep::Approve, &actor, "", now).await.map(drop)
            })
            .await;
        match outcome {
            Ok(()) => n_done += 1,
            Err(Refusal::Rule(sentence)) => refused.push((path, name, format!("{sentence}。"))),
            Err(Refusal::Error(Error::Stale)) => {
                refused.push((path, name, "您打开页面之后有人改过，请打开看过再审核。".to_owned()))
            }
            Err(Refusal::Error(error)) => {
                tracing::error!(error = format!("{error:#}"), "a return was not approved");
                refused.push((path, name, format!("没有批准：{error}")));
            }
        }
    }
    if refused.is_empty() {
        let query = if state.is_empty() { String::new() } else { format!("?state={state}") };
        return page::done(&format!("/forms/{form_id}/returns{query}"), &format!("已批准 {n_done} 份，数字计入汇总。"));
    }
    let shown = Shown { state, n_approved: n_done, refused, ..Shown::default() };
    draw(&app, frame, &actor, form_id, shown, StatusCode::CONFLICT).await
}
