//! `/complaints/import`: a list is checked, then taken in; what was checked is kept for a day, so that it need not be chosen again.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use domain::complaint::import::Column;
use domain::unit::Actor;
use domain::{FormErrors, Id};
use gongwen::list::ListFile;
use jiff::civil::Date;
use store::complaint::list_draft::{self, ListDraft};
use store::complaint::list_mapping::{self, ListMapping};

use super::import::{Report, import_list, list_of, reading_for, sentence_of};
use super::{Around, mapping};
use crate::{Answer, App, Error, Frame, Posted, Visitor, page, reader};

#[derive(Template)]
#[template(path = "complaint/import.html")]
struct Show {
    frame: Frame,
    received_on: String,
    report: Option<Report>,
    is_real: bool,
    may_import: bool,
    columns: Vec<&'static str>,
    mappings: Vec<ListMapping>,
    /// What the person has uploaded and not decided about.
    waiting: Vec<ListDraft>,
    /// The list that has been checked and may be taken in as it was read; empty when there is none.
    draft: String,
    /// Not every column of it was known.
    asks_columns: bool,
    /// New cases go to the units the list names.
    is_dispatching: bool,
    errors: FormErrors,
}

/// The box of the forms that dispatches by the list.
pub(super) const BY_LIST: &str = "by_list";

fn columns() -> Vec<&'static str> {
    Column::ALL.iter().filter(|it| **it != Column::Other).map(|it| it.label()).collect()
}

/// `GET /complaints/import`
pub(crate) async fn new(State(app): State<App>, frame: Frame, Visitor(actor): Visitor) -> Answer {
    let may_import = is_intake(&app, &actor).await?;
    let received_on = app.clock.today().to_string();
    let (mappings, waiting) = kept(&app, &actor).await?;
    page::page(&Show {
        frame,
        received_on,
        report: None,
        is_real: false,
        may_import,
        columns: columns(),
        mappings,
        waiting,
        draft: String::new(),
        asks_columns: false,
        is_dispatching: false,
        errors: FormErrors::default(),
    })
}

/// The mappings that are remembered, and the lists of the person that wait for one.
async fn kept(app: &App, actor: &Actor) -> Result<(Vec<ListMapping>, Vec<ListDraft>), Error> {
    let person_id = actor.person_id.clone();
    let read =
        app.db.read(async move |tx| Ok((list_mapping::list(&tx).await?, list_draft::list_of(&tx, &person_id).await?)));
    Ok(read.await?)
}

pub(super) async fn is_intake(app: &App, actor: &Actor) -> Result<bool, Error> {
    let around = app.db.read(async |tx| Around::load(&tx).await).await?;
    Ok(around.desk.is_intake(actor))
}

/// The day of receipt as typed; a sentence at the field when it is none.
pub(super) fn day_of(app: &App, posted: &Posted, errors: &mut FormErrors) -> Option<Date> {
    let day = posted.text("received_on").parse::<Date>().ok().filter(|it| *it <= app.clock.today());
    if day.is_none() {
        errors.add("received_on", "请填写收到日期，不晚于今天。");
    }
    day
}

/// `POST /complaints/import`
pub(crate) async fn create(State(app): State<App>, frame: Frame, Visitor(actor): Visitor, posted: Posted) -> Answer {
    if !is_intake(&app, &actor).await? {
        return Err(Error::Forbidden("清单由投诉举报机构导入。".into()));
    }
    let is_real = !posted.is_set("only_check");
    let mut errors = FormErrors::default();
    let day = day_of(&app, &posted, &mut errors);
    let name = posted.file("file").map(|it| it.name.clone()).unwrap_or_default();
    let read = match posted.file("file") {
        Some(file) => {
            let reading = reader::read_list(&file.name, file.bytes.clone()).await;
            reading.map_err(|error| errors.add("file", sentence_of(&error)))
        }
        None => {
            errors.add("file", "请选择从平台导出的表格文件。");
            Err(())
        }
    };
    let (mut report, mut draft) = (None, None);
    if let Ok(file) = &read
        && mapping::heads_of(file).is_none()
    {
        errors.add("file", "文件里没有认出清单：第一行应写明各列是什么，如“登记编号”“企业名称”“具体问题”。");
    }
    if let (Ok(file), Some(day), true) = (read, day, errors.is_empty()) {
        let reading = reading_for(&app.db, &file, day).await?.dispatching(posted.is_set(BY_LIST));
        if list_of(&file, reading.mapping.as_ref().map(|it| &it.1)).is_none() {
            // No head says what stands below it: somebody has to.
            let id = mapping::keep(&app, &actor, &name, &file).await?;
            return page::go(&format!("/complaints/import/{id}?received_on={day}"));
        }
        let done = import_list(&app.db, &file, &reading, Some(actor.clone()), app.clock.now(), is_real).await?;
        // The same file again, or taken in at last: the one that was kept is not wanted any more.
        forget(&app, &actor, &name, &file).await?;
        if !is_real && (done.n_new > 0 || !done.unknown.is_empty()) {
            draft = Some(mapping::keep(&app, &actor, &name, &file).await?);
        }
        report = Some(done);
    }
    draw(&app, frame, &actor, &posted, Done { report, is_real, draft, errors }).await
}

/// Takes a list in that was checked and kept, read as it was then.
pub(super) async fn take_kept(
    app: &App,
    frame: Frame,
    actor: &Actor,
    id: Id,
    file: &ListFile,
    posted: &Posted,
) -> Answer {
    let mut errors = FormErrors::default();
    let day = day_of(app, posted, &mut errors);
    let Some(day) = day else {
        return draw(app, frame, actor, posted, Done { report: None, is_real: true, draft: Some(id), errors }).await;
    };
    let reading = reading_for(&app.db, file, day).await?;
    let reading = reading.dispatching(posted.is_set(BY_LIST));
    let report = import_list(&app.db, file, &reading, Some(actor.clone()), app.clock.now(), true).await?;
    list_draft::drop(&app.db, &id).await?;
    draw(app, frame, actor, posted, Done { report: Some(report), is_real: true, draft: None, errors }).await
}

/// Lets the lists of the person go that are this very file. Another one of the same name (the platform gives every export one) stays.
async fn forget(app: &App, actor: &Actor, name: &str, file: &ListFile) -> Result<(), Error> {
    let person_id = actor.person_id.clone();
    let waiting = app.db.read(async move |tx| list_draft::list_of(&tx, &person_id).await).await?;
    for it in waiting.iter().filter(|it| it.file_name == name) {
        let (_, text) = list_draft::get(&app.db, &it.list_draft_id, &actor.person_id).await?;
        if mapping::is_same(&text, file)? {
            list_draft::drop(&app.db, &it.list_draft_id).await?;
        }
    }
    Ok(())
}

/// What became of what was sent.
struct Done {
    report: Option<Report>,
    is_real: bool,
    draft: Option<Id>,
    errors: FormErrors,
}

async fn draw(app: &App, frame: Frame, actor: &Actor, posted: &Posted, done: Done) -> Answer {
    let Done { report, is_real, draft, errors } = done;
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (mappings, mut waiting) = kept(app, actor).await?;
    waiting.retain(|it| draft.as_ref() != Some(&it.list_draft_id));
    let asks_columns = report.as_ref().is_some_and(|it| !it.unknown.is_empty() && it.mapping.is_empty());
    let view = Show {
        frame,
        received_on: posted.text("received_on").to_owned(),
        report,
        is_real,
        may_import: true,
        columns: columns(),
        mappings,
        waiting,
        draft: draft.map(|it| it.to_string()).unwrap_or_default(),
        asks_columns,
        is_dispatching: posted.is_set(BY_LIST),
        errors,
    };
    page::page_with(status, &view)
}
