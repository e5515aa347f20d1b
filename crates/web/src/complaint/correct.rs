//! `/complaints/{id}/edit`: the particulars are corrected; the event names the fields.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::complaint::intake::parse;
use domain::complaint::permitted::{may_correct, may_see};
use domain::{FormErrors, Id};
use store::complaint::case::{self, Case};

use super::intake_form::IntakeForm;
use super::moment::last_change;
use super::{Around, look};
use crate::{Answer, App, Error, Frame, Posted, Visitor, page};

#[derive(Template)]
#[template(path = "complaint/edit.html")]
struct Edit {
    frame: Frame,
    case: Case,
    form: IntakeForm,
    version: i64,
    /// Who has changed the case since, and when; empty when nobody has.
    stale: String,
}

fn check(around: &Around, actor: &domain::unit::Actor, case: &Case) -> Result<(), Error> {
    if !may_see(actor, &around.desk, &case.state) {
        return Err(Error::NotFound);
    }
    if !may_correct(actor, &around.desk, &case.state) {
        return Err(Error::Forbidden("登记内容由承办单位或投诉举报机构更正。".into()));
    }
    Ok(())
}

/// `GET /complaints/{complaint_id}/edit`. The form shows the person open, so opening it is a look.
pub(crate) async fn edit(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
) -> Answer {
    let (id, who) = (Id::from_text(id), actor.clone());
    let asked = id.clone();
    let (around, case) = app
        .db
        .try_read(async move |tx| -> Result<(Around, Case), Error> {
            let around = Around::load(&tx).await?;
            let case = case::get(&tx, &asked).await?;
            check(&around, &who, &case)?;
            Ok((around, case))
        })
        .await?;
    look::note(&app, &actor, &id, look::Trace::Person("更正登记内容".to_owned())).await?;
    let form = IntakeForm::stored(&case.particulars, &around, case.state.rules);
    page::page(&Edit { frame, version: case.version, case, form, stale: String::new() })
}

/// `POST /complaints/{complaint_id}/edit`
pub(crate) async fn update(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let (id, now, today) = (Id::from_text(id), app.clock.now(), app.clock.today());
    let (key, who) = (id.clone(), actor.clone());
    let (around, case) = app
        .db
        .try_read(async move |tx| -> Result<(Around, Case), Error> {
            let around = Around::load(&tx).await?;
            let case = case::get(&tx, &key).await?;
            check(&around, &who, &case)?;
            Ok((around, case))
        })
        .await?;
    let parsed = parse(&[case.state.matter], &|name| posted.raw(name).to_owned(), &around.categories, today);
    let particulars = match parsed {
        Ok(particulars) => particulars,
        Err(errors) => {
            let form = IntakeForm::typed(&posted, &around, case.state.rules, errors);
            let edit = Edit { frame, version: posted.version(), case, form, stale: String::new() };
            return page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &edit);
        }
    };
    let (version, key, law) = (posted.version(), id.clone(), around.clone());
    let saved = app
        .db
        .try_write(async move |tx| -> Result<(), Error> {
            let mut case = case::lock(&tx, &key, Some(version)).await?;
            check(&law, &actor, &case)?;
            case::correct(&tx, &mut case, particulars.clone(), law.law(), &actor, now).await?;
            Ok(())
        })
        .await;
    match saved {
        Ok(()) => page::done(&format!("/complaints/{id}"), "登记内容已更正。"),
        Err(Error::Stale) => {
            let form = IntakeForm::typed(&posted, &around, case.state.rules, FormErrors::default());
            let asked = id.clone();
            let happened = app.db.read(async move |tx| case::events(&tx, &asked).await).await?;
            let edit = Edit { frame, version: case.version, case, form, stale: last_change(&happened) };
            page::page_with(StatusCode::CONFLICT, &edit)
        }
        Err(error) => Err(error),
    }
}
