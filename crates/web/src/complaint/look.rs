//! `/complaints/{id}/parties`: who complains, unmasked, for a reason that is logged. 第三十七条 for reporters.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::complaint::permitted::{may_see, may_unmask};
use domain::{FormErrors, Id};
use store::complaint::case::{self, Case};
use store::event::{self, NewEvent};

use super::Around;
use super::show::{Parties, parties, visible};
use crate::{Answer, App, Error, Frame, Posted, Visitor, page};

#[derive(Template)]
#[template(path = "complaint/parties.html")]
struct Look {
    frame: Frame,
    case: Case,
    parties: Parties,
    reason: String,
    errors: FormErrors,
}

/// `GET /complaints/{complaint_id}/parties`: asks for the reason.
pub(crate) async fn ask(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
) -> Answer {
    let id = Id::from_text(id);
    let case = app
        .db
        .try_read(async move |tx| -> Result<Case, Error> {
            let around = Around::load(&tx).await?;
            let case = visible(&tx, &around, &actor, &id).await?;
            if may_unmask(&actor, &around.desk, &case.state) { Ok(case) } else { Err(forbidden()) }
        })
        .await?;
    let masked = parties(&case.particulars.consumer, case.state.matter, false);
    page::page(&Look { frame, case, parties: masked, reason: String::new(), errors: FormErrors::default() })
}

fn forbidden() -> Error {
    Error::Forbidden("当事人信息只有这一件的承办单位和投诉举报机构可以查看；举报人信息只有承办这一举报的人员可以查看（第三十七条）。".into())
}

/// `POST /complaints/{complaint_id}/parties`: shows them once; the look is an event.
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let (id, now, reason) = (Id::from_text(id), app.clock.now(), posted.text("reason").to_owned());
    let is_reason = (2..=200).contains(&reason.chars().count());
    let (given, who) = (reason.clone(), actor);
    let case = app
        .db
        .try_write(async move |tx| -> Result<Case, Error> {
            let around = Around::load(&tx).await?;
            let case = case::get(&tx, &id).await?;
            if !may_see(&who, &around.desk, &case.state) {
                return Err(Error::NotFound);
            }
            if !may_unmask(&who, &around.desk, &case.state) {
                return Err(forbidden());
            }
            if is_reason {
                let looked = NewEvent::by(&who, case::AREA, &id, "looked", now).reason(given.clone());
                event::insert(&tx, looked);
            }
            Ok(case)
        })
        .await?;
    let shown = parties(&case.particulars.consumer, case.state.matter, is_reason);
    if is_reason {
        return page::page(&Look { frame, case, parties: shown, reason, errors: FormErrors::default() });
    }
    let errors = FormErrors::one("reason", "请写明查看的原因，200 字以内，如“电话告知受理”。");
    page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &Look { frame, case, parties: shown, reason, errors })
}
