//! Lists become cases: `/complaints/import`, and `xiaobao import`. A number that is known is never registered again;
//! what the file says differently is shown.

use std::collections::HashMap;
use std::sync::Arc;

use domain::complaint::case::CaseKind;
use domain::complaint::category::Category;
use domain::complaint::event::CaseEvent;
use domain::complaint::import::{Column, Defaults, ImportRow, column_of, differences, is_list, read_row};
use domain::complaint::import_note::Notes;
use domain::complaint::intake::Particulars;
use domain::complaint::mapping::{Mapping, head_key};
use domain::unit::Actor;
use gongwen::ReadError;
use gongwen::list::{ListFile, ListLine};
use gongwen::sheet::place;
use jiff::Timestamp;
use jiff::civil::Date;
use store::complaint::batch;
use store::complaint::case::{self, Inserted, NewCase};
use store::complaint::list_mapping;
use store::event::{self, NewEvent};
use store::{Db, Tx, new_id};

use super::Around;
use super::import_unit::{Names, Plan, Staying, Taken};
use crate::Error;

/// Rows of one write: large enough to be quick, small enough that nobody waits.
const BATCH: usize = 400;
/// The most lines a page shows of each kind.
const SHOWN: usize = 100;
/// How often a batch runs again when somebody else registers the same numbers at the same moment.
const TRIES: usize = 3;

/// A case that is known and of which the file says something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Different {
    pub number: String,
    pub external_number: String,
    /// Word of the field, ours, theirs.
    pub fields: Vec<(&'static str, String, String)>,
}

/// A cell that is wrong, or worth a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// `C5`, or the line where there is no such cell.
    pub place: String,
    pub sentence: String,
    /// The row was taken in all the same.
    pub is_taken: bool,
}

/// What became of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    pub n_rows: usize,
    pub n_new: usize,
    pub n_same: usize,
    pub n_different: usize,
    /// Rows that were not taken.
    pub n_wrong: usize,
    /// Rows that were taken, with a cell that is worth a look.
    pub n_doubtful: usize,
    /// The first of the different ones.
    pub different: Vec<Different>,
    /// The first of the cells that are wrong; those that keep their row out stand before the others.
    pub wrong: Vec<Wrong>,
    /// Heads nobody knows; their columns were not read.
    pub unknown: Vec<String>,
    /// What is to be said of the rows as a whole.
    pub notes: Vec<String>,
    /// The name of the remembered mapping it was read with.
    pub mapping: String,
    /// New cases that went to the unit their row names.
    pub n_dispatched: usize,
}

/// How the rows of a list are read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What holds for rows that do not say it themselves.
    pub defaults: Defaults,
    /// What the columns hold, with the name it is remembered by; without it the heads say so.
    pub mapping: Option<(String, Mapping)>,
    /// New cases go to the unit their row names, where the units know it by name.
    pub is_dispatching: bool,
}

impl Reading {
    /// An export of the national platform.
    pub fn of_platform(received_on: Date) -> Reading {
        Reading { defaults: Defaults::of_platform(received_on), mapping: None, is_dispatching: false }
    }

    /// With a mapping that is remembered.
    pub fn with(name: &str, mapping: Mapping, received_on: Date) -> Reading {
        let defaults = Defaults { received_on, kind: mapping.kind, channel: mapping.channel };
        Reading { defaults, mapping: Some((name.to_owned(), mapping)), is_dispatching: false }
    }

    /// Dispatches by the list as well, or not.
    #[must_use]
    pub fn dispatching(self, is_dispatching: bool) -> Reading {
        Reading { is_dispatching, ..self }
    }
}

/// The rows of the first sheet that is a list of cases, with its columns and heads.
pub(super) struct List<'a> {
    columns: Vec<Column>,
    unknown: Vec<String>,
    lines: &'a [ListLine],
}

fn texts(line: &ListLine) -> Vec<String> {
    line.cells().map(str::to_owned).collect()
}

pub(super) fn list_of<'a>(file: &'a ListFile, mapping: Option<&Mapping>) -> Option<List<'a>> {
    let key = mapping.map(|it| head_key(&it.heads));
    file.sheets.iter().find_map(|sheet| {
        let columns_of = |line: &ListLine| match (mapping, &key) {
            (Some(mapping), Some(key)) => (head_key(&texts(line)) == *key).then(|| mapping.columns.clone()),
            _ => Some(line.cells().map(column_of).collect()).filter(|it: &Vec<Column>| is_list(it)),
        };
        // A title or a note may stand above the head.
        let mut heads = sheet.lines.iter().take(8).enumerate();
        let (at, columns) = heads.find_map(|(at, line)| Some((at, columns_of(line)?)))?;
        let (head, lines) = sheet.lines.get(at..)?.split_first()?;
        let unknown = head
            .cells()
            .enumerate()
            .filter(|it| !it.1.trim().is_empty() && columns.get(it.0).is_none_or(|column| *column == Column::Other));
        Some(List { unknown: unknown.map(|it| it.1.to_owned()).collect(), columns, lines })
    })
}

/// Why a list could not be read, in words that fit a list.
pub fn sentence_of(error: &ReadError) -> String {
    match error {
        ReadError::TooComplex { .. } | ReadError::TimedOut | ReadError::Killed | ReadError::TooBig { .. } => {
            "表格太大，没有读取；十万行以内的都能读。请按月份分成几份导出，或删去不用的列再试。".to_owned()
        }
        ReadError::UnknownFormat => "认不出这是什么文件；清单请用 .xlsx、.xls、.csv 或 .ods。".to_owned(),
        other => other.to_string(),
    }
}

/// The lines of one batch as cases to be, and what is wrong in them.
#[derive(Default)]
struct Part {
    rows: Vec<ImportRow>,
    wrong: Vec<Wrong>,
    n_wrong: usize,
    n_doubtful: usize,
}

fn read_part(
    lines: &[ListLine],
    columns: &[Column],
    categories: &[Category],
    defaults: &Defaults,
    today: Date,
) -> Part {
    let mut part = Part::default();
    for line in lines {
        let cells: Vec<&str> = line.cells().collect();
        if cells.iter().all(|it| it.trim().is_empty()) {
            continue;
        }
        let (row, problems) = read_row(line.row() + 1, columns, &cells, categories, defaults, today);
        let is_taken = row.is_some();
        for problem in &problems {
            let column = columns.iter().position(|it| *it == problem.column);
            let place = column.map_or_else(|| format!("第 {} 行", line.row() + 1), |it| place(line.row(), it, true));
            part.wrong.push(Wrong { place, sentence: problem.sentence.clone(), is_taken });
        }
        match row {
            Some(row) => {
                part.n_doubtful += usize::from(!problems.is_empty());
                part.rows.push(row);
            }
            None => part.n_wrong += 1,
        }
    }
    part
}

/// Takes the rows of a file in. Without `is_real` nothing is written, and the report says what would be.
///
/// # Errors
/// When there is no list in the file, or the database does not answer.
pub async fn import_list(
    db: &Db,
    file: &ListFile,
    reading: &Reading,
    actor: Option<Actor>,
    at: Timestamp,
    is_real: bool,
) -> Result<Report, Error> {
    let mapping = reading.mapping.as_ref();
    let Some(list) = list_of(file, mapping.map(|it| &it.1)) else {
        return Err(Error::Unreadable(match mapping {
            Some((name, _)) => format!("这份文件的表头与“{name}”记住的不一样，请重新对应各列。"),
            None => "文件里没有认出投诉举报清单：表头至少要有“具体问题”，以及“登记编号”或“企业名称”。".to_owned(),
        }));
    };
    let read = async |tx: store::Read| Ok((Around::load(&tx).await?, store::unit::list_aliases(&tx).await?));
    let (around, aliases) = db.read(read).await?;
    let names = Names::of(&around, &aliases);
    let plan = Arc::new(Plan { units: if reading.is_dispatching { Some(names.clone()) } else { None }, around });
    let around = &plan.around;
    let mut staying = Staying::default();
    let name = mapping.map(|it| it.0.clone()).unwrap_or_default();
    let mut report = Report { unknown: list.unknown.clone(), mapping: name, ..Report::default() };
    let (mut seen, mut notes) = (Seen::new(), Notes::default());
    for lines in list.lines.chunks(BATCH) {
        let part = read_part(lines, &list.columns, &around.categories, &reading.defaults, crate::day_of(at));
        report.n_rows += part.rows.len() + part.n_wrong;
        report.n_wrong += part.n_wrong;
        report.n_doubtful += part.n_doubtful;
        let room = |shown: usize| SHOWN.saturating_sub(shown);
        for is_taken in [false, true] {
            let n_shown = report.wrong.iter().filter(|it| it.is_taken == is_taken).count();
            report.wrong.extend(part.wrong.iter().filter(|it| it.is_taken == is_taken).take(room(n_shown)).cloned());
        }
        part.rows.iter().for_each(|it| notes.add(it));
        let taken = match is_real {
            true => take_part(db, &plan, part.rows, actor.as_ref(), at).await?,
            false => look_up(db, &plan, part.rows, &mut seen).await?,
        };
        report.n_dispatched += taken.n_dispatched;
        staying.add(taken.staying);
        report.n_new += taken.n_new;
        report.n_same += taken.n_same;
        report.n_different += taken.n_different;
        report.different.extend(taken.different.into_iter().take(room(report.different.len())));
    }
    report.wrong.sort_by_key(|it| it.is_taken);
    report.notes = notes.sentences(&|word| names.is_known(word));
    if reading.is_dispatching {
        report.notes.splice(0..0, staying.sentences(report.n_dispatched, is_real));
    }
    if is_real {
        log(db, actor, &report, at).await?;
    }
    Ok(report)
}

/// One batch in one write.
async fn take_part(
    db: &Db,
    plan: &Arc<Plan>,
    rows: Vec<ImportRow>,
    actor: Option<&Actor>,
    at: Timestamp,
) -> Result<Taken, Error> {
    let mut n_tries = 0;
    loop {
        n_tries += 1;
        let (rows, plan, actor) = (rows.clone(), Arc::clone(plan), actor.cloned());
        let taken = db
            .try_write(async move |tx| -> Result<Taken, Error> {
                // Nobody acts, or somebody who may: asked again with what is true in this write.
                if let Some(actor) = &actor
                    && !Around::load(&tx).await?.desk.is_intake(actor)
                {
                    return Err(Error::Forbidden("清单由投诉举报机构导入。".into()));
                }
                Ok(take(&tx, &plan, &rows, actor.as_ref(), at).await?)
            })
            .await;
        match taken {
            // Somebody else registers the same numbers at this moment: now they are known.
            Err(Error::Conflict(_)) if n_tries < TRIES => {}
            other => return other,
        }
    }
}

/// The rows of a file that would be new, by what makes them the same when they come again.
type Seen = HashMap<(Option<String>, Option<String>, CaseKind), ImportRow>;

/// What [`take_part`] would do.
async fn look_up(db: &Db, plan: &Plan, rows: Vec<ImportRow>, seen: &mut Seen) -> Result<Taken, Error> {
    let wanted = rows.clone();
    let (news, known) = db
        .read(async move |tx| {
            let news = news(&tx, &wanted);
            let known = batch::find_known(&tx, &news).await?;
            Ok((news, known))
        })
        .await?;
    let mut part = Taken::default();
    for ((row, new), known) in rows.into_iter().zip(news).zip(known) {
        let same = (new.external_number, new.client_key, new.kind);
        match (known, seen.get(&same)) {
            (Some(known), _) => part.count(&known.number, &known.particulars, &row),
            (None, Some(earlier)) => part.count(&format!("第 {} 行", earlier.line), &earlier.particulars, &row),
            (None, None) => {
                part.n_new += 1;
                plan.unit_of(&row, &mut part);
                seen.insert(same, row);
            }
        }
    }
    Ok(part)
}

impl Taken {
    /// A row that is known: is it still the same?
    fn count(&mut self, number: &str, ours: &Particulars, row: &ImportRow) {
        let fields = differences(ours, row);
        // A row without a number is known by what it says, so it says the same.
        if fields.is_empty() || row.external_number.is_none() {
            self.n_same += 1;
        } else {
            self.n_different += 1;
            let external_number = row.external_number.clone().unwrap_or_default();
            self.different.push(Different { number: number.to_owned(), external_number, fields });
        }
    }
}

fn news(tx: &store::Read, rows: &[ImportRow]) -> Vec<NewCase> {
    rows.iter()
        .map(|row| NewCase {
            kind: row.kind,
            channel: row.channel,
            external_number: row.external_number.clone(),
            received_on: row.received_on,
            particulars: row.particulars.clone(),
            submission_id: None,
            client_key: row.external_number.is_none().then(|| batch::row_key(tx, &row.identity())),
        })
        .collect()
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

async fn take(tx: &Tx, plan: &Plan, rows: &[ImportRow], actor: Option<&Actor>, at: Timestamp) -> store::Result<Taken> {
    let (news, law) = (news(tx, rows), plan.around.law());
    let inserted = batch::insert(tx, &news, law, actor, at).await?;
    let mut part = Taken::default();
    for (row, inserted) in rows.iter().zip(inserted) {
        match inserted {
            Inserted::Known(known) => part.count(&known.number, &known.particulars, row),
            Inserted::New(mut case) => {
                part.n_new += 1;
                if !row.remark.is_empty() {
                    case::note(tx, &case, CaseEvent::Noted { words: format!("平台记录　{}", row.remark) }, actor, at)?;
                }
                if let Some((unit_id, unit_name)) = plan.unit_of(row, &mut part) {
                    let reason = format!("按清单中的处理部门“{}”", row.section.trim());
                    let dispatched = CaseEvent::Dispatched { unit_id, unit_name, reason };
                    case::append(tx, &mut case, &[dispatched], law, actor, at).await?;
                }
            }
        }
    }
    Ok(part)
}

/// How the list is read: with the mapping remembered for its heads, else by its heads.
///
/// # Errors
/// When the database does not answer.
pub async fn reading_for(db: &Db, file: &ListFile, received_on: Date) -> Result<Reading, Error> {
    let heads: Vec<Vec<String>> = file.sheets.iter().flat_map(|sheet| sheet.lines.iter().take(8).map(texts)).collect();
    let found = db
        .read(async move |tx| {
            for heads in &heads {
                if let Some(found) = list_mapping::find_by_heads(&tx, heads).await? {
                    return Ok(Some(found));
                }
            }
            Ok(None)
        })
        .await?;
    Ok(match found {
        Some(found) => Reading::with(&found.name, found.mapping, received_on),
        None => Reading::of_platform(received_on),
    })
}
