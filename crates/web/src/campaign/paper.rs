//! The task table (任务分解表) of a running campaign on paper: `.xlsx` and `.docx`, of all units or of one (`?unit=`).

use axum::extract::{Path, RawQuery, State};
use domain::Id;
use domain::campaign::permitted::Part;
use domain::campaign::schedule::Entry;
use domain::campaign::task_table::{DutyRow, TaskRow, TaskTable};
use gongwen::table::{Align, Table};
use gongwen::write::docx::{self, Block, Section};
use gongwen::write::xlsx::{self, Sheet};
use jiff::civil::Date;
use store::campaign::activity::{self, Activity};
use store::campaign::duty::{self, DutyUnit, ReportDuty};
use store::campaign::head;
use store::unit;

use super::days;
use super::duty as duty_page;
use super::lamp;
use crate::{Answer, App, Error, Visitor, page};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// The table with the name of the one unit it is for.
struct Paper {
    whole: TaskTable,
    unit: Option<String>,
    title: String,
}

/// `GET /campaigns/{id}/task-table.xlsx`
pub(crate) async fn as_xlsx(
    State(app): State<App>,
    Visitor(_): Visitor,
    Path(campaign_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let paper = load(&app, Id::from_text(campaign_id), query.as_deref()).await?;
    let bytes = xlsx::write(&sheets(&paper)).map_err(|error| Error::Internal(anyhow::anyhow!("{error}")))?;
    page::file(&format!("{}.xlsx", paper.title), XLSX, bytes)
}

/// `GET /campaigns/{id}/task-table.docx`
pub(crate) async fn as_docx(
    State(app): State<App>,
    Visitor(_): Visitor,
    Path(campaign_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let paper = load(&app, Id::from_text(campaign_id), query.as_deref()).await?;
    let bytes = docx::write(&sections(&paper)).map_err(|error| Error::Internal(anyhow::anyhow!("{error}")))?;
    page::file(&format!("{}.docx", paper.title), DOCX, bytes)
}

async fn load(app: &App, campaign_id: Id, query: Option<&str>) -> Result<Paper, Error> {
    let unit_id = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .find(|(key, value)| key == "unit" && !value.is_empty())
        .map(|(_, value)| Id::from_text(value.into_owned()));
    let today = app.clock.today();
    let paper = app
        .db
        .read(async move |tx| {
            let id = &campaign_id;
            let head = head::get(&tx, id).await?;
            let near_days = lamp::near_days(&tx).await?;
            let units = activity::list_units(&tx, id).await?;
            let activities = activity::list(&tx, id).await?;
            let entries = lamp::entries(&activities, &units, today, near_days);
            let rows = activities.iter().zip(&entries).map(|(it, entry)| task_row(it, entry, today)).collect();
            let stands = duty::list_units(&tx, id).await?;
            let duties = duty::list(&tx, id).await?;
            let duties = duties.iter().map(|it| duty_row(it, &stands, today)).collect();
            let whole = TaskTable { title: head.title.clone(), theme: head.theme.clone(), rows, duties };
            let unit = match &unit_id {
                Some(unit_id) => Some(unit::get(&tx, unit_id).await?.short_name),
                None => None,
            };
            let name = domain::evidence::clean_name(&head.title);
            let title = match &unit {
                Some(unit) => format!("{name} {unit}任务表"),
                None => format!("{name} 任务分解表"),
            };
            Ok(Paper { whole, unit, title })
        })
        .await?;
    Ok(paper)
}

fn task_row(activity: &Activity, entry: &Entry, today: Date) -> TaskRow {
    let names = |part: Part| entry.units.iter().filter(|it| it.1 == part).map(|it| it.2.clone()).collect();
    let when = days::when(activity.starts_on, activity.ends_on, activity.due_on, today);
    TaskRow {
        number: activity.number.and_then(|it| u32::try_from(it).ok()),
        group: activity.group_title.clone(),
        title: activity.title.clone(),
        kind: activity.kind,
        leads: names(Part::Lead),
        supports: names(Part::Support),
        dates: Some(when).filter(|it| !it.is_empty()).into_iter().collect(),
        places: activity.places.clone(),
        status: Some(activity.status.label().to_owned()),
    }
}

fn duty_row(duty: &ReportDuty, stands: &[DutyUnit], today: Date) -> DutyRow {
    let of_this = || stands.iter().filter(|it| it.report_duty_id == duty.report_duty_id);
    let n_handed_in = of_this().filter(|it| it.is_handed_in).count();
    DutyRow {
        who: duty.who.clone(),
        what: duty.what.clone(),
        to: duty.to.clone(),
        via: duty.via.clone(),
        due: Some(duty_page::due_words(duty, today)),
        status: Some(format!("{n_handed_in}/{}", of_this().count())),
    }
}

fn sheet(name: &str, title: &str, notes: Vec<String>, table: Table) -> Sheet {
    Sheet { name: name.to_owned(), title: Some(title.to_owned()), notes, table, is_landscape: true }
}

/// One sheet of everything, then one per unit; of one unit only its own.
fn sheets(paper: &Paper) -> Vec<Sheet> {
    let notes: Vec<String> = paper.whole.theme.iter().map(|it| format!("主题：{it}")).collect();
    let mut sheets = Vec::new();
    let mut of_unit = |unit: &str| {
        let table = paper.whole.of_unit(unit);
        let title = format!("{} {unit}任务表", paper.whole.title);
        sheets.push(sheet(unit, &title, notes.clone(), table.activities_table(Some(unit))));
        if paper.unit.is_some() && !table.duties.is_empty() {
            sheets.push(sheet("报送", &format!("{unit}报送事项"), Vec::new(), table.duties_table()));
        }
    };
    match &paper.unit {
        Some(unit) => of_unit(unit),
        None => paper.whole.units().iter().for_each(|it| of_unit(it)),
    }
    if paper.unit.is_none() {
        let title = format!("{} 任务分解表", paper.whole.title);
        sheets.insert(0, sheet("任务分解表", &title, notes.clone(), paper.whole.activities_table(None)));
        if !paper.whole.duties.is_empty() {
            sheets.insert(1, sheet("报送", "报送事项", Vec::new(), paper.whole.duties_table()));
        }
    }
    sheets
}

fn sections(paper: &Paper) -> Vec<Section> {
    let table = match &paper.unit {
        Some(unit) => paper.whole.of_unit(unit),
        None => paper.whole.clone(),
    };
    let title = match &paper.unit {
        Some(unit) => format!("{}\n{unit}任务表", paper.whole.title),
        None => format!("{}\n任务分解表", paper.whole.title),
    };
    let mut blocks = vec![Block::Title(title)];
    blocks.extend(paper.whole.theme.iter().map(|it| Block::Subtitle(format!("主题：{it}"))));
    blocks.push(Block::Table(table.activities_table(paper.unit.as_deref())));
    if !table.duties.is_empty() {
        blocks.push(Block::Blank);
        blocks.push(Block::Line { text: "报送事项".to_owned(), align: Align::Left });
        blocks.push(Block::Table(table.duties_table()));
    }
    vec![Section { is_landscape: true, blocks }]
}
