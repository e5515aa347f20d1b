//! `/forms/{id}`: a form with its rows and where each number comes from; what is doubtful stands first.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use domain::Id;
use domain::campaign::plan::StatRow;
use domain::statistics::annex::{self, AnnexChange};
use domain::statistics::form::{FormCell, FormRow};
use domain::statistics::form_edit::{self, MANUAL, TEXT, UNDECIDED, may_edit};
use domain::statistics::indicator::{FigureSource, INDICATORS, Indicator, SAID_ALREADY, VENUES, beside, find};
use domain::statistics::year::binding_words;
use domain::unit::Actor;
use store::event;
use store::statistics::{case_figure, form, stat_return};

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
    /// What a revised notice changed in the annex, until somebody has decided.
    revised: Vec<Revised>,
    trail: Vec<trail::Line>,
}

/// A row that a revision changed.
struct Revised {
    what: &'static str,
    before: String,
    after: String,
    /// What becomes of numbers that were reported.
    note: String,
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
        _ if SAID_ALREADY.contains(&indicator.code) && case_figure::counts_cases(indicator.code) => "投诉举报件",
        _ if case_figure::counts_cases(indicator.code) => "投诉举报件和活动记录",
        _ if indicator.code == VENUES => "会场登记",
        FigureSource::Media => "媒体台账",
        // What a record says was handed out counts beside the ledger.
        FigureSource::Materials => "活动记录和宣传资料台账",
        FigureSource::Records | FigureSource::Publications | FigureSource::Complaints | FigureSource::Registers => {
            "活动记录"
        }
    }
}

/// What a chosen indicator means: 取自活动记录，按人次，相加.
pub(super) fn meaning(indicator: &Indicator) -> String {
    format!("取自{}，按{}计，{}", source_words(indicator), indicator.word(), indicator.adding.label())
}

/// The choices of where the number of a cell comes from; those whose unit of measure fits stand first.
pub(super) fn source_choices(cell: &FormCell, current: &str) -> Vec<Choice> {
    let measure = cell.measure().0;
    let fits = |it: &&Indicator| it.measure == measure || it.also.contains(&measure);
    let choice = |it: &Indicator| {
        let words = format!("{}（{}，{}）", it.label, it.word(), source_words(it));
        Choice::new(it.code, words, current)
    };
    let mut choices = vec![
        Choice::new(UNDECIDED, "未定，请选择", current),
        Choice::new(MANUAL, "人工填报，不取数", current),
        Choice::new(TEXT, "文字说明，不是数", current),
    ];
    // What records say beside the cases stands next to what fits: 受理咨询（件） may also mean 接受咨询（人次）.
    let near: Vec<&str> = INDICATORS.iter().filter(fits).filter_map(|it| beside(it.code)).collect();
    let is_near = |it: &&Indicator| !fits(it) && near.contains(&it.code);
    choices.extend(INDICATORS.iter().filter(fits).map(choice));
    choices.extend(INDICATORS.iter().filter(is_near).map(choice));
    choices.extend(INDICATORS.iter().filter(|it| !fits(it) && !is_near(it)).map(choice));
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
    let (scene, last, topics, used, events) = app
        .db
        .read(async move |tx| {
            let scene = Scene::load(&tx, &id).await?;
            let last = match scene.head.year.and_then(|it| i16::try_from(it).ok()) {
                Some(year) => form::find_of_year(&tx, year - 1, &scene.form.definition.title).await?,
                None => None,
            };
            let topics = crate::record::topics(&tx, &scene.form.campaign_id).await?;
            let used = match &scene.form.revised {
                Some(_) => stat_return::used_cells(&tx, &id).await?,
                None => BTreeMap::new(),
            };
            Ok((scene, last, topics, used, event::list_of(&tx, "stat_form", &id).await?))
        })
        .await?;
    let definition = &scene.form.definition;
    let n_open = definition.open_cells().count();
    page::page(&Show {
        due: scene.due_words(now),
        revised: revised(&scene, &used),
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

fn revised(scene: &Scene, used: &BTreeMap<String, Vec<String>>) -> Vec<Revised> {
    let Some((before, after)) = &scene.form.revised else { return Vec::new() };
    let words = |it: Option<&StatRow>| {
        let unit = it.and_then(|it| it.unit.as_deref()).map(|it| format!("（{it}）")).unwrap_or_default();
        it.map(|it| format!("{}{unit}", it.label)).unwrap_or_default()
    };
    let units_of = |old: Option<&StatRow>| {
        let row = old.and_then(|old| scene.form.definition.rows.iter().find(|it| it.label == old.label));
        let keys = row.into_iter().flat_map(|it| it.cells.iter());
        keys.filter_map(|it| used.get(&it.key)).flatten().cloned().collect::<Vec<_>>().join("、")
    };
    let line = |change: AnnexChange| {
        let (what, old, new, kept) = match change {
            AnnexChange::New(n) => ("新增", None, after.get(n), ""),
            AnnexChange::Gone(m) => ("取消", before.get(m), None, "采用后这一行改为选填，数保留"),
            AnnexChange::Renamed(m, n) => ("改名", before.get(m), after.get(n), "数跟着走"),
            AnnexChange::Measured(m, n) => {
                ("计量单位", before.get(m), after.get(n), "不是同一种单位的，原行改为选填、数保留，另加一行")
            }
        };
        let units = units_of(old);
        let note =
            if units.is_empty() || kept.is_empty() { String::new() } else { format!("{units}已填：{kept}。") };
        Revised { what, before: words(old), after: words(new), note }
    };
    annex::changes(before, after).into_iter().map(line).collect()
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
