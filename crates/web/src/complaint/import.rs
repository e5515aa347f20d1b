//! Lists become cases: `/complaints/import`, and `xiaobao import 12315 FILE`. A number that is known is never registered again;
//! what the file says differently is shown.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use domain::FormErrors;
use domain::complaint::event::CaseEvent;
use domain::complaint::import::{Column, ImportRow, column_of, differences, is_list, read_row};
use domain::unit::Actor;
use gongwen::sheet::SheetFile;
use gongwen::{Limits, ReadError};
use jiff::Timestamp;
use jiff::civil::Date;
use store::complaint::case::{self, NewCase};
use store::event::{self, NewEvent};
use store::{Db, new_id};

use super::Around;
use crate::{Answer, App, Error, Frame, Posted, Visitor, page};

/// Rows of one write: large enough to be quick, small enough that nobody waits.
const BATCH: usize = 400;
/// The most lines a page shows of each kind.
const SHOWN: usize = 100;

/// A case that is known and of which the file says something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Different {
    pub number: String,
    pub external_number: String,
    /// Word of the field, ours, theirs.
    pub fields: Vec<(&'static str, String, String)>,
}

/// What became of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    pub n_rows: usize,
    pub n_new: usize,
    pub n_same: usize,
    pub n_different: usize,
    /// The first of the different ones.
    pub different: Vec<Different>,
    /// Rows that were not taken: line and sentence.
    pub wrong: Vec<(usize, String)>,
    /// Heads nobody knows; their columns were not read.
    pub unknown: Vec<String>,
}

/// The rows of the first sheet that is a list of cases, with its columns and heads.
struct List {
    columns: Vec<Column>,
    unknown: Vec<String>,
    rows: Vec<(usize, Vec<String>)>,
}

fn list_of(file: &SheetFile) -> Option<List> {
    file.sheets.iter().find_map(|sheet| {
        let mut lines: Vec<(usize, Vec<String>)> = Vec::new();
        for cell in &sheet.cells {
            if lines.last().is_none_or(|it| it.0 != cell.row) {
                lines.push((cell.row, Vec::new()));
            }
            let Some((_, line)) = lines.last_mut() else { continue };
            if cell.column < 200 {
                line.resize(line.len().max(cell.column + 1), String::new());
                if let Some(place) = line.get_mut(cell.column) {
                    cell.text.clone_into(place);
                }
            }
        }
        // A title or a note may stand above the head.
        let at = lines
            .iter()
            .take(8)
            .position(|(_, line)| is_list(&line.iter().map(|it| column_of(it)).collect::<Vec<_>>()))?;
        let rows = lines.split_off(at + 1);
        let (_, heads) = lines.pop()?;
        let columns: Vec<Column> = heads.iter().map(|it| column_of(it)).collect();
        let unknown = heads.into_iter().zip(&columns).filter(|it| *it.1 == Column::Other && !it.0.trim().is_empty());
        Some(List { unknown: unknown.map(|it| it.0).collect(), columns, rows })
    })
}

/// Reads a file in this process, with room for a year of cases.
///
/// # Errors
/// Those of the reader.
pub fn read_list(name: &str, bytes: &[u8]) -> Result<SheetFile, ReadError> {
    let limits = Limits {
        cells: 4_000_000,
        text_bytes: 256 << 20,
        bytes_out: 512 << 20,
        nodes: 40_000_000,
        ..Limits::default()
    };
    gongwen::read_sheets(name, bytes, &limits)
}

/// Takes the rows of a file in. Without `is_real` nothing is written, and the report says what would be.
///
/// # Errors
/// When there is no list in the file, or the database does not answer.
pub async fn import_list(
    db: &Db,
    file: &SheetFile,
    received_on: Date,
    actor: Option<Actor>,
    at: Timestamp,
    is_real: bool,
) -> Result<Report, Error> {
    let Some(list) = list_of(file) else {
        return Err(Error::Unreadable(
            "文件里没有认出投诉举报清单：表头至少要有“具体问题”，以及“登记编号”或“企业名称”。".into(),
        ));
    };
    let around = db.read(async |tx| Around::load(&tx).await).await?;
    let mut report = Report { n_rows: list.rows.len(), unknown: list.unknown.clone(), ..Report::default() };
    let mut rows = Vec::new();
    for (line, cells) in &list.rows {
        if cells.iter().all(|it| it.trim().is_empty()) {
            report.n_rows -= 1;
            continue;
        }
        match read_row(line + 1, &list.columns, cells, &around.categories, received_on) {
            Ok(row) => rows.push(row),
            Err(sentence) => report.wrong.push((line + 1, sentence)),
        }
    }
    for batch in rows.chunks(BATCH) {
        let (batch, around, actor) = (batch.to_vec(), around.clone(), actor.clone());
        let part = if is_real {
            db.write(async move |tx| {
                let mut part = Report::default();
                for row in &batch {
                    take(&tx, &around, row, actor.as_ref(), at, &mut part).await?;
                }
                Ok(part)
            })
            .await?
        } else {
            db.read(async move |tx| {
                let mut part = Report::default();
                for row in &batch {
                    compare(&tx, row, &mut part).await?;
                }
                Ok(part)
            })
            .await?
        };
        report.n_new += part.n_new;
        report.n_same += part.n_same;
        report.n_different += part.n_different;
        let room = SHOWN.saturating_sub(report.different.len());
        report.different.extend(part.different.into_iter().take(room));
    }
    if is_real {
        log(db, actor, &report, at).await?;
    }
    Ok(report)
}

async fn log(db: &Db, actor: Option<Actor>, report: &Report, at: Timestamp) -> store::Result<()> {
    let detail = serde_json::json!({ "行数": report.n_rows, "新登记": report.n_new, "已有": report.n_same + report.n_different });
    db.write(async move |tx| {
        let subject = actor.as_ref().map_or_else(new_id, |it| it.person_id.clone());
        let new = match &actor {
            Some(actor) => NewEvent::by(actor, case::AREA, &subject, "list_imported", at),
            None => NewEvent::by_program(case::AREA, &subject, "list_imported", at),
        };
        event::insert(&tx, new.detail(detail.clone()));
        Ok(())
    })
    .await
}

/// Is the row known? Then it is counted with its differences.
async fn compare(tx: &store::Read, row: &ImportRow, part: &mut Report) -> store::Result<bool> {
    let Some(number) = &row.external_number else {
        part.n_new += 1;
        return Ok(false);
    };
    let Some(known) = case::find_external(tx, number, row.kind).await? else {
        part.n_new += 1;
        return Ok(false);
    };
    let fields = differences(&known.particulars, row);
    if fields.is_empty() {
        part.n_same += 1;
    } else {
        part.n_different += 1;
        part.different.push(Different { number: known.number, external_number: number.clone(), fields });
    }
    Ok(true)
}

async fn take(
    tx: &store::Tx,
    around: &Around,
    row: &ImportRow,
    actor: Option<&Actor>,
    at: Timestamp,
    part: &mut Report,
) -> store::Result<()> {
    if compare(tx, row, part).await? {
        return Ok(());
    }
    let new = NewCase {
        kind: row.kind,
        channel: row.channel,
        external_number: row.external_number.clone(),
        received_on: row.received_on,
        particulars: row.particulars.clone(),
        submission_id: None,
        client_key: None,
    };
    let case = case::insert(tx, &new, around.law(), actor, at).await?.case();
    if !row.remark.is_empty() {
        case::note(tx, &case, CaseEvent::Noted { words: format!("平台记录　{}", row.remark) }, actor, at)?;
    }
    Ok(())
}

#[derive(Template)]
#[template(path = "complaint/import.html")]
struct Show {
    frame: Frame,
    received_on: String,
    report: Option<Report>,
    is_real: bool,
    may_import: bool,
    columns: Vec<&'static str>,
    errors: FormErrors,
}

fn columns() -> Vec<&'static str> {
    Column::ALL.iter().filter(|it| **it != Column::Other).map(|it| it.label()).collect()
}

/// `GET /complaints/import`
pub(crate) async fn new(State(app): State<App>, frame: Frame, Visitor(actor): Visitor) -> Answer {
    let may_import = is_intake(&app, &actor).await?;
    let received_on = app.clock.today().to_string();
    let errors = FormErrors::default();
    page::page(&Show { frame, received_on, report: None, is_real: false, may_import, columns: columns(), errors })
}

async fn is_intake(app: &App, actor: &Actor) -> Result<bool, Error> {
    let around = app.db.read(async |tx| Around::load(&tx).await).await?;
    Ok(around.desk.is_intake(actor))
}

/// `POST /complaints/import`
pub(crate) async fn create(State(app): State<App>, frame: Frame, Visitor(actor): Visitor, posted: Posted) -> Answer {
    if !is_intake(&app, &actor).await? {
        return Err(Error::Forbidden("清单由投诉举报机构导入。".into()));
    }
    let is_real = !posted.is_set("only_check");
    let received_on = posted.text("received_on").to_owned();
    let mut errors = FormErrors::default();
    let day = received_on.parse::<Date>().ok().filter(|it| *it <= app.clock.today());
    if day.is_none() {
        errors.add("received_on", "请填写收到日期，不晚于今天。");
    }
    let read = match posted.file("file") {
        Some(file) => {
            let (name, bytes) = (file.name.clone(), file.bytes.clone());
            let reading = tokio::task::spawn_blocking(move || read_list(&name, &bytes)).await;
            reading.unwrap_or(Err(ReadError::Killed)).map_err(|error| errors.add("file", format!("{error}")))
        }
        None => {
            errors.add("file", "请选择从平台导出的表格文件。");
            Err(())
        }
    };
    let mut report = None;
    if let (Ok(file), Some(day), true) = (&read, day, errors.is_empty()) {
        match import_list(&app.db, file, day, Some(actor), app.clock.now(), is_real).await {
            Ok(done) => report = Some(done),
            Err(Error::Unreadable(sentence)) => errors.add("file", sentence),
            Err(error) => return Err(error),
        }
    }
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page::page_with(status, &Show { frame, received_on, report, is_real, may_import: true, columns: columns(), errors })
}
