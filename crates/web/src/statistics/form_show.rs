//! `/forms/{id}`: a form with its rows and where each number comes from; what is doubtful stands first.

use askama::Template;
use axum::extract::{Path, State};
use domain::Id;
use domain::statistics::form::{FormCell, FormRow};
use domain::statistics::form_edit::{self, MANUAL, TEXT, UNDECIDED, may_edit};
use domain::statistics::indicator::{FigureSource, INDICATORS, Indicator, find};
use domain::statistics::year::binding_words;
use domain::unit::Actor;
use store::event;
use store::statistics::form;

use super::scene::{Scene, wall};
use crate::campaign::trail;
use crate::{Answer, App, Choice, Frame, Visitor, page};

#[derive(Template)]
#[template(path = "statistics/form.html")]
struct Show {
    frame: Frame,
    scene: Scene,
    due: String,
    units: Vec<String>,
    open: Vec<OpenCell>,
    rows: Vec<Row>,
    may_edit: bool,
    /// Last year's form of the same title, when nothing was decided for this one yet.
    last_year: Option<i16>,
    topics: Vec<String>,
    trail: Vec<trail::Line>,
}

/// A cell somebody has to decide on.
struct OpenCell {
    key: String,
    name: String,
    unit: String,
    doubt: String,
    choices: Vec<Choice>,
}

struct Row {
    number: String,
    label: String,
    is_part: bool,
    cells: Vec<Cell>,
}

struct Cell {
    label: String,
    unit: String,
    source: String,
    meaning: String,
    doubt: String,
    is_open: bool,
    is_compulsory: bool,
    is_total: bool,
}

/// Where an indicator takes its figures from.
pub(super) fn source_words(indicator: &Indicator) -> &'static str {
    match indicator.source {
        FigureSource::Media => "媒体台账",
        FigureSource::Materials => "宣传资料台账",
        FigureSource::Records | FigureSource::Publications | FigureSource::Complaints | FigureSource::Registers => {
            "活动记录"
        }
    }
}

/// What a chosen indicator means: 取自活动记录，按人次，相加.
pub(super) fn meaning(indicator: &Indicator) -> String {
    format!("取自{}，按{}计，{}", source_words(indicator), indicator.measure.label(), indicator.adding.label())
}

/// The choices of where the number of a cell comes from; those whose unit of measure fits stand first.
pub(super) fn source_choices(cell: &FormCell, current: &str) -> Vec<Choice> {
    let measure = cell.measure().0;
    let fits = |it: &&Indicator| it.measure == measure || it.also.contains(&measure);
    let choice = |it: &Indicator| {
        let words = format!("{}（{}，{}）", it.label, it.measure.label(), source_words(it));
        Choice::new(it.code, words, current)
    };
    let mut choices = vec![
        Choice::new(UNDECIDED, "未定，请选择", current),
        Choice::new(MANUAL, "人工填报，不取数", current),
        Choice::new(TEXT, "文字说明，不是数", current),
    ];
    choices.extend(INDICATORS.iter().filter(fits).map(choice));
    choices.extend(INDICATORS.iter().filter(|it| !fits(it)).map(choice));
    choices
}

/// `GET /forms/{stat_form_id}`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(stat_form_id): Path<String>,
) -> Answer {
    let (id, now) = (Id::from_text(stat_form_id), wall(app.clock.now()));
    let (scene, last, topics, events) = app
        .db
        .read(async move |tx| {
            let scene = Scene::load(&tx, &id).await?;
            let last = match scene.head.year.and_then(|it| i16::try_from(it).ok()) {
                Some(year) => form::find_of_year(&tx, year - 1, &scene.form.definition.title).await?,
                None => None,
            };
            let topics = crate::record::topics(&tx, &scene.form.campaign_id).await?;
            Ok((scene, last, topics, event::list_of(&tx, "stat_form", &id).await?))
        })
        .await?;
    let definition = &scene.form.definition;
    let n_open = definition.open_cells().count();
    page::page(&Show {
        due: scene.due_words(now),
        units: unit_names(&scene),
        open: definition.open_cells().map(|(row, cell)| open_cell(row, cell)).collect(),
        rows: definition.rows.iter().map(row).collect(),
        may_edit: may_change(&actor, &scene),
        last_year: last
            .filter(|_| n_open > 0)
            .and_then(|it| it.definition.year.or(scene.form.definition.year.map(|y| y - 1))),
        trail: events.iter().rev().map(trail::line).collect(),
        topics,
        scene,
        frame,
    })
}

pub(super) fn may_change(actor: &Actor, scene: &Scene) -> bool {
    may_edit(actor, scene.head.is_running)
}

fn unit_names(scene: &Scene) -> Vec<String> {
    let names = scene.reporting.in_order().into_iter().filter(|(id, _)| scene.call.units.contains(id));
    names.filter_map(|(id, _)| scene.unit(&id).map(|it| it.short_name.clone())).collect()
}

fn open_cell(row: &FormRow, cell: &FormCell) -> OpenCell {
    let suggestion = form_edit::source_of(cell);
    let doubt = cell.binding.as_ref().and_then(|it| it.doubt.clone());
    OpenCell {
        key: cell.key.clone(),
        name: row.name_of(cell),
        unit: cell.unit.clone().unwrap_or_default(),
        doubt: doubt.unwrap_or_else(|| "指标表里没有找到相符的，请选择；没有可取的数就选人工填报".to_owned()),
        choices: source_choices(cell, &suggestion),
    }
}

fn row(row: &FormRow) -> Row {
    let cell = |it: &FormCell| Cell {
        label: it.label.clone().unwrap_or_default(),
        unit: it.unit.clone().unwrap_or_default(),
        source: binding_words(it),
        meaning: it
            .binding
            .as_ref()
            .filter(|_| !it.is_manual && !it.is_text)
            .and_then(|it| find(&it.indicator))
            .map(meaning)
            .unwrap_or_default(),
        doubt: it.binding.as_ref().and_then(|it| it.doubt.clone()).unwrap_or_default(),
        is_open: it.is_open(),
        is_compulsory: it.is_compulsory,
        is_total: !it.total_of.is_empty(),
    };
    Row {
        number: row.number.clone().unwrap_or_default(),
        label: row.label.clone(),
        is_part: row.parent.is_some(),
        cells: row.cells.iter().map(cell).collect(),
    }
}
