//! `POST /forms/{id}/approve`: several returns approved at once. Each is asked for itself and has its own event; what was not approved says why.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::Id;
use domain::statistics::stat_return::ReturnStep;
use store::statistics::stat_return;

use super::filling::Filling;
use super::overview::{Shown, draw};
use super::step::{Refusal, turn};
use crate::{Answer, App, Error, Frame, Posted, Visitor, changed, page};

/// The most returns of one go.
const MOST: usize = 500;

/// The name of the field that holds the version of a return as the page showed it.
pub(super) fn version_field(stat_return_id: &Id) -> String {
    format!("version-{stat_return_id}")
}

/// Why a return of many was not approved. Those before it stay approved, and the page says how many.
async fn sentence_of(app: &App, stat_return_id: &Id, refusal: Refusal) -> Result<String, Error> {
    Ok(match refusal {
        Refusal::Rule(sentence) => format!("{sentence}。"),
        Refusal::Error(Error::Stale) => {
            let last = changed::last_step(app, "stat_return", stat_return_id).await?;
            format!("您打开页面之后，{last}，请打开看过再审核。")
        }
        Refusal::Error(error) => {
            tracing::error!(error = format!("{error:#}"), "a return was not approved");
            "系统出错，没有批准，请稍后单独再办。".to_owned()
        }
    })
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
        // One that is not there is said and the rest goes on; a failing database is an error.
        let own = match app.db.read(async move |tx| stat_return::get(&tx, &id).await).await {
            Ok(own) => Some(own),
            Err(store::Error::NotFound) => None,
            Err(error) => return Err(error.into()),
        };
        let Some(own) = own.filter(|it| it.stat_form_id == form_id) else {
            let path = format!("/forms/{form_id}/returns");
            refused.push((path, "勾选的一份".to_owned(), "没有找到。".to_owned()));
            continue;
        };
        let (name, own) = (own.unit_name, own.stat_return_id);
        let path = format!("/returns/{own}");
        let (actor, own_id) = (actor.clone(), own.clone());
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
            Err(refusal) => refused.push((path, name, sentence_of(&app, &own_id, refusal).await?)),
        }
    }
    if refused.is_empty() {
        let query = if state.is_empty() { String::new() } else { format!("?state={state}") };
        return page::done(&format!("/forms/{form_id}/returns{query}"), &format!("已批准 {n_done} 份。"));
    }
    let shown = Shown { state, n_approved: n_done, refused, ..Shown::default() };
    draw(&app, frame, &actor, form_id, shown, StatusCode::CONFLICT).await
}
