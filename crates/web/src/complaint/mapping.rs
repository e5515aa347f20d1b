//! `/complaints/import/{draft}`: a list nobody has seen before: its columns with samples, what each holds, a dry run, the import.
//! What was chosen is remembered by the heads.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use domain::complaint::case::{CaseKind, Channel};
use domain::complaint::import::Column;
use domain::complaint::mapping::{MOST_COLUMNS, Mapping, head_row, suggest};
use domain::unit::Actor;
use domain::{FormErrors, Id};
use gongwen::list::ListFile;
use gongwen::sheet::letters;
use serde_json::json;
use store::Read;
use store::complaint::case::AREA;
use store::complaint::list_draft::{self, ListDraft};
use store::complaint::list_mapping;
use store::event::{self, NewEvent};

use super::Around;
use super::import::{Reading, Report, import_list};
use super::import_page::BY_LIST;
use super::import_page::{day_of, take_kept};
use crate::{Answer, App, Choice, Error, Frame, Posted, Visitor, page};

/// Rows shown below each head.
const SAMPLES: usize = 3;
/// Rows looked at to guess what a column holds.
const LOOKED_AT: usize = 20;
/// The longest name of a mapping.
const NAME_LIMIT: usize = 40;

/// One column as the page asks about it.
struct Asked {
    place: String,
    head: String,
    samples: Vec<String>,
    name: String,
    choices: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "complaint/mapping.html")]
struct Show {
    frame: Frame,
    draft: ListDraft,
    n_rows: usize,
    asked: Vec<Asked>,
    kinds: Vec<Choice>,
    channels: Vec<Choice>,
    received_on: String,
    list_name: String,
    report: Option<Report>,
    is_real: bool,
    /// New cases go to the units the list names.
    is_dispatching: bool,
    errors: FormErrors,
}

/// Keeps a list that has been read until somebody has named its columns.
pub(super) async fn keep(app: &App, actor: &Actor, name: &str, file: &ListFile) -> Result<Id, Error> {
    let text = serde_json::to_string(file).map_err(|error| Error::Internal(error.into()))?;
    Ok(list_draft::keep(&app.db, &actor.person_id, name, text, app.clock.now()).await?)
}

/// Is what was kept this file?
pub(super) fn is_same(kept: &str, file: &ListFile) -> Result<bool, Error> {
    let text = serde_json::to_string(file).map_err(|error| Error::Internal(error.into()))?;
    Ok(text == kept)
}

/// The heads of the longest sheet and the rows below them.
pub(super) struct Heads {
    heads: Vec<String>,
    samples: Vec<Vec<String>>,
    n_rows: usize,
}

pub(super) fn heads_of(file: &ListFile) -> Option<Heads> {
    let sheet = file.sheets.iter().max_by_key(|it| it.lines.len())?;
    let rows: Vec<Vec<String>> =
        sheet.lines.iter().take(LOOKED_AT + 8).map(|it| it.cells().map(str::to_owned).collect()).collect();
    let at = head_row(&rows)?;
    let mut heads = rows.get(at)?.clone();
    let samples: Vec<Vec<String>> = rows.into_iter().skip(at + 1).take(LOOKED_AT).collect();
    // A column without a head may hold something all the same.
    let width = samples.iter().map(Vec::len).chain([heads.len()]).max().unwrap_or(0).min(MOST_COLUMNS);
    heads.resize(width, String::new());
    Some(Heads { heads, samples, n_rows: sheet.lines.len().saturating_sub(at + 1) })
}

async fn load(app: &App, actor: &Actor, id: &Id) -> Result<(ListDraft, ListFile, Heads), Error> {
    let (draft, text) = list_draft::get(&app.db, id, &actor.person_id).await?;
    let file: ListFile = serde_json::from_str(&text).map_err(|error| Error::Internal(error.into()))?;
    let heads = heads_of(&file).ok_or_else(|| {
        Error::Unreadable("这份表格没有认出表头：第一行应写明各列是什么。请补上表头后重新上传。".into())
    })?;
    Ok((draft, file, heads))
}

fn asked(heads: &Heads, columns: &[Column]) -> Vec<Asked> {
    let column = |at: usize| columns.get(at).copied().unwrap_or(Column::Other);
    let ask = |(at, head): (usize, &String)| Asked {
        place: letters(at),
        head: if head.trim().is_empty() { "（没有表头）".to_owned() } else { head.clone() },
        samples: heads
            .samples
            .iter()
            .filter_map(|row| row.get(at).filter(|it| !it.trim().is_empty()))
            .take(SAMPLES)
            .map(|it| it.chars().take(40).collect())
            .collect(),
        name: format!("c{at}"),
        choices: Column::CHOICES.iter().map(|it| Choice::new(it.0, it.1, column(at).code())).collect(),
    };
    heads.heads.iter().enumerate().map(ask).collect()
}

/// `GET /complaints/import/{draft_id}`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let (draft, _, heads) = load(&app, &actor, &Id::from_text(id)).await?;
    let columns = suggest(&heads.heads, &heads.samples);
    let query = query.unwrap_or_default();
    let typed = query.strip_prefix("received_on=").and_then(|it| it.parse::<jiff::civil::Date>().ok());
    let stem = draft.file_name.rsplit_once('.').map_or(draft.file_name.as_str(), |it| it.0);
    page::page(&Show {
        frame,
        n_rows: heads.n_rows,
        asked: asked(&heads, &columns),
        kinds: CaseKind::CHOICES.iter().map(|it| Choice::new(it.0, it.1, "complaint")).collect(),
        channels: Channel::CHOICES.iter().map(|it| Choice::new(it.0, it.1, "hotline_12345")).collect(),
        received_on: typed.unwrap_or_else(|| app.clock.today()).to_string(),
        list_name: stem.chars().take(NAME_LIMIT).collect(),
        report: None,
        is_real: false,
        is_dispatching: false,
        errors: FormErrors::default(),
        draft,
    })
}

/// `POST /complaints/import/{draft_id}`: a dry run, the import, or nothing of it.
pub(crate) async fn take(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let id = Id::from_text(id);
    let (draft, file, heads) = load(&app, &actor, &id).await?;
    if posted.text("act") == "drop" {
        list_draft::drop(&app.db, &id).await?;
        return page::done("/complaints/import", "已放弃，没有导入。");
    }
    if posted.text("act") == "as_read" {
        return take_kept(&app, frame, &actor, id, &file, &posted).await;
    }
    let mut errors = FormErrors::default();
    let day = day_of(&app, &posted, &mut errors);
    let chosen = |at: usize| Column::from_code(posted.text(&format!("c{at}"))).unwrap_or(Column::Other);
    let columns: Vec<Column> = (0..heads.heads.len()).map(chosen).collect();
    let kind = CaseKind::from_code(posted.text("kind")).unwrap_or(CaseKind::Complaint);
    let channel = Channel::from_code(posted.text("channel")).unwrap_or(Channel::Referral);
    let mapping = Mapping { heads: heads.heads.clone(), columns: columns.clone(), kind, channel };
    for sentence in mapping.problems() {
        errors.add("columns", sentence);
    }
    let name = posted.text("name").to_owned();
    if name.is_empty() || name.chars().count() > NAME_LIMIT {
        errors.add("name", format!("请给这种表格起个名字，{NAME_LIMIT} 字以内，如“12345 工单”。"));
    }
    let (is_real, mut report) = (posted.text("act") == "import", None);
    if let (Some(day), true) = (day, errors.is_empty()) {
        let remembered = remember(&app, &actor, &name, &mapping).await?;
        if remembered {
            let reading = Reading::with(&name, mapping, day).dispatching(posted.is_set(BY_LIST));
            report = Some(import_list(&app.db, &file, &reading, Some(actor), app.clock.now(), is_real).await?);
        } else {
            errors.add("name", format!("另一种表格已经叫“{name}”，请换一个名字。"));
        }
    }
    if is_real && report.is_some() {
        list_draft::drop(&app.db, &id).await?;
    }
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = Show {
        frame,
        n_rows: heads.n_rows,
        asked: asked(&heads, &columns),
        kinds: CaseKind::CHOICES.iter().map(|it| Choice::new(it.0, it.1, kind.code())).collect(),
        channels: Channel::CHOICES.iter().map(|it| Choice::new(it.0, it.1, channel.code())).collect(),
        received_on: posted.text("received_on").to_owned(),
        list_name: name,
        report,
        is_real,
        is_dispatching: posted.is_set(BY_LIST),
        errors,
        draft,
    };
    page::page_with(status, &view)
}

async fn must_be_intake(tx: &Read, actor: &Actor) -> Result<(), Error> {
    let may_change = Around::load(tx).await?.desk.is_intake(actor);
    let sentence = "清单由投诉举报机构导入，列的对应也由它管理。";
    if may_change { Ok(()) } else { Err(Error::Forbidden(sentence.into())) }
}

/// Remembers the mapping; false when another list has that name.
async fn remember(app: &App, actor: &Actor, name: &str, mapping: &Mapping) -> Result<bool, Error> {
    let (name, mapping, actor, now) = (name.to_owned(), mapping.clone(), actor.clone(), app.clock.now());
    let saved = app
        .db
        .try_write(async move |tx| -> Result<bool, Error> {
            must_be_intake(&tx, &actor).await?;
            let before = list_mapping::find_by_heads(&tx, &mapping.heads).await?;
            let namesake = list_mapping::find_by_name(&tx, &name).await?;
            let is_other = |it: &list_mapping::ListMapping| {
                before.as_ref().is_none_or(|own| own.list_mapping_id != it.list_mapping_id)
            };
            if namesake.as_ref().is_some_and(is_other) {
                return Ok(false);
            }
            if before.as_ref().is_some_and(|it| it.mapping == mapping && it.name == name) {
                return Ok(true);
            }
            let saved = list_mapping::save(&tx, &name, &mapping, Some(&actor.person_id), now).await?;
            let event = NewEvent::by(&actor, AREA, &saved.list_mapping_id, "mapping_saved", now);
            event::insert(&tx, event.detail(json!({ "列的对应": name })));
            Ok(true)
        })
        .await?;
    Ok(saved)
}

/// `POST /complaints/mappings/{list_mapping_id}`: another name, or forgotten.
pub(crate) async fn change(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let (id, now) = (Id::from_text(id), app.clock.now());
    let (is_delete, name) = (posted.text("act") == "delete", posted.text("name").to_owned());
    if !is_delete && (name.is_empty() || name.chars().count() > NAME_LIMIT) {
        return page::done("/complaints/import", &format!("!没有改名：名称要写，{NAME_LIMIT} 字以内。"));
    }
    let said = app
        .db
        .try_write(async move |tx| -> Result<String, Error> {
            must_be_intake(&tx, &actor).await?;
            let before = list_mapping::lock(&tx, &id).await?;
            if is_delete {
                list_mapping::delete(&tx, &id).await?;
                let event = NewEvent::by(&actor, AREA, &id, "mapping_forgotten", now);
                event::insert(&tx, event.detail(json!({ "列的对应": before.name })));
                return Ok(format!("已忘记“{}”。", before.name));
            }
            if list_mapping::find_by_name(&tx, &name).await?.is_some_and(|it| it.list_mapping_id != id) {
                return Ok(format!("!没有改名：已经有一个“{name}”。"));
            }
            list_mapping::rename(&tx, &id, &name, now).await?;
            let event = NewEvent::by(&actor, AREA, &id, "mapping_renamed", now);
            event::insert(&tx, event.detail(json!({ "列的对应": [before.name, name] })));
            Ok(format!("已改名为“{name}”。"))
        })
        .await?;
    page::done("/complaints/import", &said)
}
