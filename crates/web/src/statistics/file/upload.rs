//! `/campaigns/{id}/forms/upload`: the superior's form comes in as a file, is looked at, and becomes a form with its layout.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::statistics::form::FormDefinition;
use domain::statistics::form_edit::may_edit;
use domain::statistics::form_reader::{ReadForm, read_sheets};
use domain::statistics::indicator::find;
use domain::statistics::layout::{Filling, paper};
use domain::unit::Actor;
use domain::{FormErrors, Id};
use serde_json::json;
use store::attachment::{self, NewAttachment};
use store::campaign::head::{self, Head};
use store::event::{self, NewEvent};
use store::statistics::form;

use super::paper_view::PaperView;
use super::{media_type, sha256};
use crate::{Answer, App, Error, Frame, Posted, Visitor, page};

#[derive(Template)]
#[template(path = "statistics/upload.html")]
struct Upload {
    frame: Frame,
    head: Head,
    accept: &'static str,
    text: String,
    errors: FormErrors,
}

#[derive(Template)]
#[template(path = "statistics/upload_preview.html")]
struct Preview {
    frame: Frame,
    head: Head,
    file_name: String,
    /// The attachment that keeps the bytes while they are looked at.
    upload_id: Id,
    forms: Vec<FormView>,
    notes: Vec<String>,
    errors: FormErrors,
}

/// A form as it was read.
struct FormView {
    index: usize,
    title: String,
    n_cells: usize,
    n_written: usize,
    is_other_year: bool,
    /// What somebody must look at, first.
    doubts: Vec<CellLine>,
    certain: Vec<CellLine>,
    paper: PaperView,
}

struct CellLine {
    name: String,
    unit: String,
    indicator: &'static str,
    doubt: String,
}

async fn head_of(app: &App, actor: &Actor, campaign_id: &str) -> Result<Head, Error> {
    let id = Id::from_text(campaign_id);
    let head = app.db.read(async move |tx| head::get(&tx, &id).await).await?;
    if may_edit(actor, head.is_running) { Ok(head) } else { Err(crate::statistics::not_the_office(head.is_running)) }
}

/// `GET /campaigns/{campaign_id}/forms/upload`
pub(crate) async fn new(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
) -> Answer {
    let head = head_of(&app, &actor, &campaign_id).await?;
    let (text, errors) = (String::new(), FormErrors::default());
    page::page(&Upload { frame, head, accept: super::ACCEPT, text, errors })
}

/// What was handed in: a file, or a pasted table.
struct Given {
    name: String,
    bytes: Vec<u8>,
}

impl Given {
    fn of(posted: &Posted) -> Option<Given> {
        if let Some(file) = posted.file("file") {
            return Some(Given { name: file.name.clone(), bytes: file.bytes.clone() });
        }
        let text = posted.raw("text");
        let bytes = text.replace("\r\n", "\n").into_bytes();
        (!text.trim().is_empty()).then(|| Given { name: "粘贴的表格.txt".to_owned(), bytes })
    }
}

/// The area of a file that was handed in and is not a form yet; it hangs on its campaign.
const LOOKED_AT: &str = "form_upload";

fn attachment_of(given: &Given, area: &'static str, subject_id: Id, actor: &Actor) -> NewAttachment {
    NewAttachment {
        sha256: sha256(&given.bytes),
        file_name: domain::evidence::clean_name(&given.name),
        media_type: media_type(&given.name).to_owned(),
        size: u64::try_from(given.bytes.len()).unwrap_or(u64::MAX),
        area,
        subject_id,
        person_id: actor.person_id.clone(),
    }
}

/// The forms of a file that hold rows, with the number of their sheet.
async fn forms_of(name: &str, bytes: Vec<u8>) -> Result<(Vec<(usize, ReadForm)>, Vec<String>), String> {
    let file = crate::reader::read_sheets(name, bytes).await.map_err(|error| error.to_string())?;
    let notes = file.notes.clone();
    let all = read_sheets(&file).into_iter().enumerate();
    let mut forms: Vec<_> = all.filter(|(_, it)| !it.form.definition.rows.is_empty()).collect();
    forms.iter_mut().for_each(|(_, it)| it.form.definition.doubt_parts());
    if forms.is_empty() {
        return Err("里面没有找到统计表：表头要有“项目”和“数量”两列".to_owned());
    }
    Ok((forms, notes))
}

/// `POST /campaigns/{campaign_id}/forms/upload`: what was read is shown; nothing is a form yet.
pub(crate) async fn create(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
    posted: Posted,
) -> Answer {
    let head = head_of(&app, &actor, &campaign_id).await?;
    let again = |frame: Frame, head: Head, field: &str, sentence: String| {
        let errors = FormErrors::one(field, sentence);
        let form = Upload { frame, head, accept: super::ACCEPT, text: posted.raw("text").to_owned(), errors };
        page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &form)
    };
    let Some(given) = Given::of(&posted) else {
        return again(frame, head, "file", "请选择上级的统计表文件，或把表格粘贴到下面的框里。".to_owned());
    };
    let field = if posted.file("file").is_some() { "file" } else { "text" };
    match forms_of(&given.name, given.bytes.clone()).await {
        Err(sentence) => again(frame, head, field, format!("“{}”没有读成：{sentence}", given.name)),
        Ok((forms, notes)) => {
            // The bytes are kept at once; the next page names what hangs on this campaign, never a file by its hash.
            app.files.save(given.bytes.clone()).await?;
            let upload = attachment_of(&given, LOOKED_AT, Id::from_text(&campaign_id), &actor);
            let now = app.clock.now();
            let upload_id =
                app.db.write(async move |tx| attachment::insert(&tx, &upload, now).await).await?.attachment_id;
            let forms = forms.iter().map(|(index, it)| view(*index, it, &head)).collect();
            let errors = FormErrors::default();
            page::page(&Preview { frame, head, file_name: given.name, upload_id, forms, notes, errors })
        }
    }
}

fn view(index: usize, read: &ReadForm, head: &Head) -> FormView {
    let definition = &read.form.definition;
    let (mut doubts, mut certain) = (Vec::new(), Vec::new());
    for (row, cell) in definition.cells() {
        let binding = cell.binding.as_ref();
        let line = CellLine {
            name: row.name_of(cell),
            unit: cell.unit.clone().unwrap_or_default(),
            indicator: match binding.and_then(|it| find(&it.indicator)) {
                Some(indicator) => indicator.label,
                None if cell.is_text => "文字",
                None => "没有认出",
            },
            doubt: match binding {
                Some(binding) => binding.doubt.clone().unwrap_or_default(),
                None if cell.is_text => String::new(),
                None => "没有对应的指标，存好后可以选，或由各单位手填".to_owned(),
            },
        };
        if line.doubt.is_empty() { certain.push(line) } else { doubts.push(line) }
    }
    FormView {
        index,
        title: definition.title.clone(),
        n_cells: definition.cells().count(),
        n_written: read.form.written.len(),
        is_other_year: definition.year.zip(head.year).is_some_and(|(own, year)| i64::from(own) != year),
        doubts,
        certain,
        paper: PaperView::of(&paper(definition, &Filling::default())),
    }
}

/// `POST /campaigns/{campaign_id}/forms/uploaded`: the chosen forms of the file that was looked at are kept.
pub(crate) async fn keep(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
    posted: Posted,
) -> Answer {
    let head = head_of(&app, &actor, &campaign_id).await?;
    let upload_id = Id::from_text(posted.text("upload_id"));
    let of = head.campaign_id.clone();
    let upload = app.db.read(async move |tx| attachment::get_of(&tx, LOOKED_AT, &of, &upload_id).await).await?;
    let given = Given { bytes: app.files.read(&upload.sha256).await?, name: upload.file_name };
    let (forms, _) = forms_of(&given.name, given.bytes.clone()).await.map_err(Error::Unreadable)?;
    let wanted: Vec<usize> = posted.all("form").filter_map(|it| it.parse().ok()).collect();
    let year = head.year.and_then(|it| i16::try_from(it).ok());
    let chosen: Vec<FormDefinition> = forms
        .into_iter()
        .filter(|(index, _)| wanted.contains(index))
        .map(|(_, it)| it.form.definition)
        .map(|it| FormDefinition { year: it.year.or(year), ..it })
        .collect();
    if chosen.is_empty() {
        return Err(Error::Unreadable("没有选择要存的统计表，请返回勾选一张。".into()));
    }
    let (id, now, n) = (Id::from_text(&campaign_id), app.clock.now(), chosen.len());
    let first = app
        .db
        .try_write(async move |tx| -> Result<Option<Id>, Error> {
            let mut first = None;
            for definition in &chosen {
                let form_id = form::insert(&tx, &id, definition).await?;
                let original = attachment_of(&given, "stat_form", form_id.clone(), &actor);
                attachment::insert(&tx, &original, now).await?;
                let detail = json!({ "表名": definition.title, "文件": given.name, "行数": definition.rows.len() });
                event::insert(&tx, NewEvent::by(&actor, "stat_form", &form_id, "form_uploaded", now).detail(detail));
                first.get_or_insert(form_id);
            }
            Ok(first)
        })
        .await?;
    match first {
        Some(form_id) if n == 1 => {
            page::done(&format!("/forms/{form_id}"), "统计表已存好，导出时用上级的版式。请核对每一项的取数口径。")
        }
        _ => {
            page::done(&format!("/campaigns/{campaign_id}/forms"), &format!("{n} 张统计表已存好。请逐张核对取数口径。"))
        }
    }
}
