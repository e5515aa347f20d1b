//! `/returns/{id}/step`: hand in, approve, send back, take back, report once more.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::Id;
use domain::statistics::check::CellValue;
use domain::statistics::fill::thaw;
use domain::statistics::stat_return::{ReturnRejection, ReturnStatus, ReturnStep, Standing, take};
use domain::unit::Actor;
use jiff::Timestamp;
use serde_json::json;
use store::Tx;
use store::campaign::duty;
use store::event::{self, NewEvent};
use store::statistics::overlap;
use store::statistics::stat_return::{self, StatReturn};

use super::filling::{Filling, shared_of};
use super::stat_return::{Shown, draw};
use crate::{Answer, App, Error, Frame, Posted, Visitor, changed, page};

/// The note of a duty that was handed in by handing in the form.
const BY_FORM: &str = "统计表已在系统中提交";

/// Why a step was not taken.
pub(crate) enum Refusal {
    Error(Error),
    Rule(String),
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Refusal {
        Refusal::Error(error.into())
    }
}

impl From<ReturnRejection> for Refusal {
    fn from(rejection: ReturnRejection) -> Refusal {
        Refusal::Rule(rejection.to_string())
    }
}

fn checked(
    step: ReturnStep,
    actor: &Actor,
    filling: &Filling,
    own: &StatReturn,
    reason: &str,
    values: &BTreeMap<String, CellValue>,
) -> Result<ReturnStatus, Refusal> {
    let parent_id = filling.scene.parent(&own.unit_id);
    let standing = Standing {
        status: own.status,
        is_running: filling.scene.head.is_running,
        unit_id: &own.unit_id,
        parent_id: parent_id.as_ref(),
    };
    Ok(take(step, actor, &standing, reason, &filling.findings(values))?)
}

/// Hands in a return that was locked and saved: its numbers are written down as they stand.
pub(crate) async fn complete(
    tx: &Tx,
    filling: &Filling,
    values: &BTreeMap<String, CellValue>,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), Refusal> {
    let mut own = filling.stat_return.clone().ok_or(Refusal::Error(Error::NotFound))?;
    own.status = checked(ReturnStep::Complete, actor, filling, &own, "", values)?;
    own.completed_at = Some(now);
    if own.supplement == 0 {
        own.remark.clear();
    }
    for (key, value) in values {
        stat_return::save_value(tx, &own.stat_return_id, key, value).await?;
    }
    stat_return::save(tx, &own).await?;
    overlap::keep(tx, &own.stat_return_id, &shared_of(tx, &filling.scene, &own.unit_id).await?).await?;
    let differs = |key: &String, it: &CellValue| {
        filling.scene.form.definition.cell(key).is_some_and(|(_, cell)| it.differs(cell))
    };
    let n_differences = values.iter().filter(|(key, it)| differs(key, it)).count();
    let detail = json!({ "单位": own.unit_name, "与记录不一致": format!("{n_differences}项") });
    event::insert(tx, NewEvent::by(actor, "stat_return", &own.stat_return_id, "return_completed", now).detail(detail));
    mark_duties(tx, filling, &own, actor, true, now).await?;
    Ok(())
}

/// The report duty of the notice that asks for this form alone is handed in with it, and open again when it comes back.
async fn mark_duties(
    tx: &Tx,
    filling: &Filling,
    own: &StatReturn,
    actor: &Actor,
    is_handed_in: bool,
    now: Timestamp,
) -> store::Result<()> {
    let listed = duty::list_units(tx, &filling.scene.form.campaign_id).await?;
    for asked in &filling.scene.call.duties {
        let is_own = |it: &&duty::DutyUnit| it.report_duty_id == asked.report_duty_id && it.unit_id == own.unit_id;
        let Some(unit) = listed.iter().find(is_own) else { continue };
        // What somebody marked by hand is not taken back by the form.
        if unit.is_handed_in == is_handed_in || (!is_handed_in && unit.note != BY_FORM) {
            continue;
        }
        let mut unit = duty::lock_unit(tx, &unit.report_duty_id, &unit.unit_id).await?;
        unit.is_handed_in = is_handed_in;
        unit.handed_in_at = is_handed_in.then_some(now);
        unit.note = if is_handed_in { BY_FORM.to_owned() } else { String::new() };
        duty::save_unit(tx, &unit).await?;
        let kind = if is_handed_in { "handed_in" } else { "taken_back" };
        let detail = json!({ "材料": asked.what.join("、"), "单位": unit.unit_name });
        event::insert(tx, NewEvent::by(actor, "campaign", &asked.campaign_id, kind, now).detail(detail));
    }
    Ok(())
}

/// `POST /returns/{stat_return_id}/step`
pub(crate) async fn take_step(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(stat_return_id): Path<String>,
    posted: Posted,
) -> Answer {
    let id = Id::from_text(stat_return_id);
    let step =
        ReturnStep::from_code(posted.text("step")).filter(|it| *it != ReturnStep::Fill && *it != ReturnStep::Complete);
    let step = step.ok_or_else(|| Error::Unreadable("没有写明要做哪一步，请返回重试。".into()))?;
    let (reason, version) = (posted.text("reason").to_owned(), posted.version());
    let outcome = {
        let (id, actor, reason, now) = (id.clone(), actor.clone(), reason.clone(), app.clock.now());
        app.db
            .try_write(async move |tx| -> Result<Id, Refusal> {
                let own = stat_return::lock(&tx, &id, Some(version)).await?;
                let filling = Filling::of_return(&tx, &id).await?;
                if !filling.is_latest() {
                    return Err(Refusal::Rule("这之后已有补报，请在最新的一份上操作".to_owned()));
                }
                match step {
                    ReturnStep::Supplement => supplement(&tx, &filling, &own, &actor, &reason, now).await,
                    step => turn(&tx, &filling, own, step, &actor, &reason, now).await,
                }
            })
            .await
    };
    match outcome {
        Ok(next) => page::done(&format!("/returns/{next}"), done_words(step)),
        Err(Refusal::Error(Error::Stale)) => {
            let last = changed::last_step(&app, "stat_return", &id).await?;
            let refusal = format!("没有办成：您打开页面之后，{last}。下面是现在的内容，请核对后再办。");
            let shown = Shown { refusal, reason, is_overtaken: true, ..Shown::default() };
            draw(&app, frame, &actor, id, shown, StatusCode::CONFLICT).await
        }
        Err(Refusal::Error(error)) => Err(error),
        Err(Refusal::Rule(refusal)) => {
            let is_field = step.needs_reason() && reason.is_empty();
            let status = if is_field { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
            let shown = Shown { refusal: format!("{refusal}。"), reason, ..Shown::default() };
            draw(&app, frame, &actor, id, shown, status).await
        }
    }
}

fn done_words(step: ReturnStep) -> &'static str {
    match step {
        ReturnStep::Approve => "已审核通过。",
        ReturnStep::SendBack => "已退回，填报单位会在工作台看到您的意见。",
        ReturnStep::Withdraw => "已收回，可以继续修改。没有改过的数重新跟着记录走。",
        ReturnStep::Supplement => "已开始补报。内容从上一份带过来，改好后提交。",
        ReturnStep::Fill | ReturnStep::Complete => "已保存。",
    }
}

/// Approve, send back, take back.
pub(super) async fn turn(
    tx: &Tx,
    filling: &Filling,
    mut own: StatReturn,
    step: ReturnStep,
    actor: &Actor,
    reason: &str,
    now: Timestamp,
) -> Result<Id, Refusal> {
    own.status = checked(step, actor, filling, &own, reason, &filling.values())?;
    let kind = match step {
        ReturnStep::Approve => "return_approved",
        ReturnStep::SendBack => "return_sent_back",
        _ => "return_withdrawn",
    };
    if step == ReturnStep::Approve {
        (own.approved_at, own.approved_by) = (Some(now), Some(actor.name.clone()));
    } else {
        own.completed_at = None;
        if step == ReturnStep::SendBack {
            reason.clone_into(&mut own.remark);
        }
        for (key, value) in &filling.stored {
            stat_return::save_value(tx, &own.stat_return_id, key, &thaw(value.clone())).await?;
        }
        mark_duties(tx, filling, &own, actor, false, now).await?;
    }
    stat_return::save(tx, &own).await?;
    let event = NewEvent::by(actor, "stat_return", &own.stat_return_id, kind, now).reason(reason);
    event::insert(tx, event.detail(json!({ "单位": own.unit_name })));
    Ok(own.stat_return_id)
}

/// A supplementary return begins as a copy of the approved one, which stays as it is.
async fn supplement(
    tx: &Tx,
    filling: &Filling,
    own: &StatReturn,
    actor: &Actor,
    reason: &str,
    now: Timestamp,
) -> Result<Id, Refusal> {
    checked(ReturnStep::Supplement, actor, filling, own, reason, &filling.values())?;
    let begun = stat_return::begin(tx, &own.stat_form_id, &own.unit_id, own.supplement + 1, now).await?;
    let mut later = stat_return::lock(tx, &begun.stat_return_id, None).await?;
    (later.contact_name, later.contact_phone) = (own.contact_name.clone(), own.contact_phone.clone());
    reason.clone_into(&mut later.remark);
    stat_return::save(tx, &later).await?;
    for (key, value) in &filling.stored {
        stat_return::save_value(tx, &later.stat_return_id, key, &thaw(value.clone())).await?;
    }
    for id in [&own.stat_return_id, &later.stat_return_id] {
        let event = NewEvent::by(actor, "stat_return", id, "return_supplemented", now).reason(reason);
        event::insert(tx, event.detail(json!({ "单位": own.unit_name, "补报": format!("第{}次", later.supplement) })));
    }
    Ok(later.stat_return_id)
}
