//! `/forms/{id}/edit`: rows, units of measure, bindings and order of a form, and who reports it by when.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::statistics::form::FormCell;
use domain::statistics::form_edit::{Move, TypedCell, TypedForm, TypedRow, make, orphans, parse, typed};
use domain::statistics::indicator::find;
use domain::statistics::year::{Difference, compare};
use domain::unit::Actor;
use domain::{FormErrors, Id};
use serde_json::{Value, json};
use store::event::{self, NewEvent};
use store::statistics::form::{self, Form};
use store::statistics::stat_return;

use super::form_change::{changes, lock};
use super::form_list::parse_due;
use super::form_show::{may_change, meaning, source_choices};
use super::scene::Scene;
use crate::{Answer, App, Choice, Error, Frame, Posted, Visitor, changed, page};

#[derive(Template)]
#[template(path = "statistics/form_edit.html")]
struct Edit {
    frame: Frame,
    scene: Scene,
    title: String,
    head: String,
    due_on: String,
    due_time: String,
    rows: Vec<Row>,
    units: Vec<Choice>,
    is_chosen: bool,
    errors: FormErrors,
    /// Against what somebody else has saved meanwhile.
    differences: Vec<Difference>,
    is_stale: bool,
    /// Who has, and when.
    changed: String,
}

struct Row {
    key: String,
    number: String,
    label: String,
    parents: Vec<Choice>,
    cells: Vec<Cell>,
    used_by: String,
    label_error: String,
    parent_error: String,
}

struct Cell {
    key: String,
    label: String,
    unit: String,
    sources: Vec<Choice>,
    meaning: String,
    doubt: String,
    topic: String,
    is_compulsory: bool,
    is_total: bool,
    column_error: String,
    source_error: String,
}

/// What stands on the page beside the form.
struct Typed {
    form: TypedForm,
    due_on: String,
    due_time: String,
    units: BTreeSet<Id>,
    is_chosen: bool,
}

impl Typed {
    fn stored(scene: &Scene) -> Typed {
        let due = scene.form.due_on.or(scene.call.due.map(|it| it.on));
        let time = scene.form.due_time.clone().filter(|_| scene.form.due_on.is_some());
        let time = time.or_else(|| scene.call.due.and_then(|it| it.time).map(|it| it.strftime("%H:%M").to_string()));
        Typed {
            form: typed(&scene.form.definition),
            due_on: due.map(|it| it.to_string()).unwrap_or_default(),
            due_time: time.unwrap_or_default(),
            units: scene.call.units.clone(),
            is_chosen: scene.call.is_chosen,
        }
    }

    fn posted(posted: &Posted) -> Typed {
        let cell = |key: &str| TypedCell {
            key: key.to_owned(),
            label: posted.raw(&format!("{key}-column")).to_owned(),
            unit: posted.raw(&format!("{key}-unit")).to_owned(),
            source: posted.text(&format!("{key}-source")).to_owned(),
            topic: posted.raw(&format!("{key}-topic")).to_owned(),
            is_compulsory: posted.is_set(&format!("{key}-must")),
            is_total: posted.is_set(&format!("{key}-total")),
        };
        let row = |key: &str| TypedRow {
            key: key.to_owned(),
            number: posted.raw(&format!("{key}-number")).to_owned(),
            label: posted.raw(&format!("{key}-label")).to_owned(),
            parent: posted.text(&format!("{key}-parent")).to_owned(),
            cells: posted.all(&format!("{key}-cell")).map(cell).collect(),
        };
        Typed {
            form: TypedForm {
                title: posted.raw("title").to_owned(),
                head: posted.raw("head").to_owned(),
                rows: posted.all("row").map(row).collect(),
            },
            due_on: posted.raw("due_on").to_owned(),
            due_time: posted.raw("due_time").to_owned(),
            units: posted.all("unit").map(Id::from_text).collect(),
            is_chosen: posted.is_set("choose_units"),
        }
    }
}

/// `GET /forms/{stat_form_id}/edit`
pub(crate) async fn edit(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(stat_form_id): Path<String>,
) -> Answer {
    let id = Id::from_text(stat_form_id);
    let (scene, used) = load(&app, id, &actor).await?;
    let typed = Typed::stored(&scene);
    page::page(&page_of(frame, scene, &typed, &used, FormErrors::default()))
}

async fn load(app: &App, id: Id, actor: &Actor) -> Result<(Scene, BTreeMap<String, Vec<String>>), Error> {
    let work = app.db.read(async move |tx| {
        let scene = Scene::load(&tx, &id).await?;
        Ok((scene, stat_return::used_cells(&tx, &id).await?))
    });
    let (scene, used) = work.await?;
    if !may_change(actor, &scene) {
        return Err(super::not_the_office(scene.head.is_running));
    }
    Ok((scene, used))
}

fn page_of(
    frame: Frame,
    scene: Scene,
    typed: &Typed,
    used: &BTreeMap<String, Vec<String>>,
    errors: FormErrors,
) -> Edit {
    let rows = typed.form.rows.iter().map(|it| row(it, &scene, &typed.form, used, &errors)).collect();
    let unit = |it: &store::unit::Unit| Choice {
        value: it.unit_id.to_string(),
        label: it.short_name.clone(),
        is_chosen: typed.units.contains(&it.unit_id),
    };
    let units =
        scene.units.iter().filter(|it| it.is_active && !scene.reporting.is_top(&it.unit_id)).map(unit).collect();
    Edit {
        frame,
        title: typed.form.title.clone(),
        head: typed.form.head.clone(),
        due_on: typed.due_on.clone(),
        due_time: typed.due_time.clone(),
        is_chosen: typed.is_chosen,
        rows,
        units,
        errors,
        differences: Vec::new(),
        is_stale: false,
        changed: String::new(),
        scene,
    }
}

fn row(
    typed: &TypedRow,
    scene: &Scene,
    form: &TypedForm,
    used: &BTreeMap<String, Vec<String>>,
    errors: &FormErrors,
) -> Row {
    let others = form.rows.iter().filter(|it| it.key != typed.key && it.parent != typed.key);
    let parents = std::iter::once(Choice::new("", "不是“其中”项", &typed.parent))
        .chain(others.map(|it| Choice::new(it.key.clone(), format!("其中，属于“{}”", it.label), &typed.parent)));
    let own: BTreeSet<&String> = typed.cells.iter().filter_map(|it| used.get(&it.key)).flatten().collect();
    let names: Vec<&str> = own.iter().map(|it| it.as_str()).take(5).collect();
    let error = |name: &str| errors.of(&format!("{}-{name}", typed.key)).unwrap_or_default().to_owned();
    Row {
        key: typed.key.clone(),
        number: typed.number.clone(),
        label: typed.label.clone(),
        parents: parents.collect(),
        cells: typed.cells.iter().map(|it| cell(it, typed, scene, errors)).collect(),
        used_by: names.join("、"),
        label_error: error("label"),
        parent_error: error("parent"),
    }
}

fn cell(typed: &TypedCell, row: &TypedRow, scene: &Scene, errors: &FormErrors) -> Cell {
    let known = scene.form.definition.cell(&typed.key).map(|(_, cell)| cell.clone());
    let unit = Some(typed.unit.trim().to_owned()).filter(|it| !it.is_empty());
    let mut shown = known.unwrap_or_else(|| FormCell::new(typed.key.clone(), &row.label, None, None));
    shown.unit = unit;
    let doubt = shown.binding.as_ref().filter(|it| it.indicator == typed.source).and_then(|it| it.doubt.clone());
    let error = |name: &str| errors.of(&format!("{}-{name}", typed.key)).unwrap_or_default().to_owned();
    Cell {
        key: typed.key.clone(),
        label: typed.label.clone(),
        unit: typed.unit.clone(),
        sources: source_choices(&shown, &typed.source),
        meaning: find(&typed.source).map(meaning).unwrap_or_default(),
        doubt: doubt.unwrap_or_default(),
        topic: typed.topic.clone(),
        is_compulsory: typed.is_compulsory,
        is_total: typed.is_total,
        column_error: error("column"),
        source_error: error("source"),
    }
}

/// Why a form was not saved.
enum Refusal {
    Error(Error),
    Fields(FormErrors),
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Refusal {
        Refusal::Error(error.into())
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        Refusal::Error(error)
    }
}

/// `POST /forms/{stat_form_id}/edit`: saves what was typed, and moves a row when the button says so.
pub(crate) async fn update(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(stat_form_id): Path<String>,
    posted: Posted,
) -> Answer {
    let id = Id::from_text(&stat_form_id);
    let step = Move::from_code(posted.text("do"));
    let outcome = save(&app, &actor, &id, &posted, step.clone()).await;
    let (errors, is_stale) = match outcome {
        Ok(()) if step.is_none() => return page::done(&format!("/forms/{id}"), "统计表已保存。"),
        Ok(()) => return page::go(&format!("/forms/{id}/edit{}", anchor(step.as_ref()))),
        Err(Refusal::Fields(errors)) => (errors, false),
        Err(Refusal::Error(Error::Stale)) => (FormErrors::default(), true),
        Err(Refusal::Error(error)) => return Err(error),
    };
    let changed = if is_stale { changed::last(&app, "stat_form", &id).await? } else { String::new() };
    let (scene, used) = load(&app, id, &actor).await?;
    let typed = Typed::posted(&posted);
    let mine = parse(&scene.form.definition, &typed.form).ok().filter(|_| is_stale);
    let differences = mine.map(|it| compare(&it, &scene.form.definition)).unwrap_or_default();
    let shown = Edit { differences, is_stale, changed, ..page_of(frame, scene, &typed, &used, errors) };
    page::page_with(if is_stale { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY }, &shown)
}

/// Back to the row that was moved.
fn anchor(step: Option<&Move>) -> String {
    match step {
        Some(Move::Up(key) | Move::Down(key) | Move::Add(key) | Move::AddHead(key) | Move::AddCell(key))
            if !key.is_empty() =>
        {
            format!("#row-{key}")
        }
        Some(Move::RemoveCell(key)) => format!("#row-{}", key.split('.').next().unwrap_or_default()),
        Some(Move::Add(_) | Move::AddHead(_)) => "#end".to_owned(),
        _ => String::new(),
    }
}

async fn save(app: &App, actor: &Actor, id: &Id, posted: &Posted, step: Option<Move>) -> Result<(), Refusal> {
    let (id, actor, posted, now) = (id.clone(), actor.clone(), posted.clone(), app.clock.now());
    app.db
        .try_write(async move |tx| -> Result<(), Refusal> {
            let (mut form, scene) = lock(&tx, &actor, &id, posted.version()).await?;
            let typed = Typed::posted(&posted);
            let mut errors = FormErrors::default();
            let (due_on, due_time) = parse_due(&posted, &mut errors);
            let parsed = parse(&form.definition, &typed.form);
            if let Err(more) = &parsed {
                more.iter().for_each(|(field, sentence)| errors.add(field, sentence));
            }
            let mut definition = errors.into_result(()).and(parsed).map_err(Refusal::Fields)?;
            let used: BTreeSet<String> = stat_return::used_cells(&tx, &id).await?.into_keys().collect();
            if let Some(step) = &step {
                make(&mut definition, step, &used);
            }
            let sentences = orphans(&form.definition, &definition, &used);
            if !sentences.is_empty() {
                return Err(Refusal::Fields(FormErrors::one("title", sentences.join(""))));
            }
            let mut detail = changes(&form.definition, &definition);
            let units = if typed.is_chosen { typed.units } else { BTreeSet::new() };
            note_call(&mut detail, &scene, &form, (due_on, due_time.as_deref()), &units);
            form.definition = definition;
            // The day of the notice stays that of the notice while nobody sets another.
            let is_of_notice = form.due_on.is_none()
                && due_on == scene.call.due.map(|it| it.on)
                && same_hour(&scene, due_time.as_deref());
            if !is_of_notice {
                (form.due_on, form.due_time) = (due_on, due_time);
            }
            form::save(&tx, &form).await?;
            form::save_units(&tx, &id, &units).await?;
            event::insert(&tx, NewEvent::by(&actor, "stat_form", &id, "changed", now).detail(Value::Object(detail)));
            Ok(())
        })
        .await
}

fn same_hour(scene: &Scene, time: Option<&str>) -> bool {
    let typed = scene.call.due.map(|it| domain::statistics::due::Due::new(it.on, time).time);
    typed == scene.call.due.map(|it| it.time)
}

/// The day and the units that changed, in words.
fn note_call(
    detail: &mut serde_json::Map<String, Value>,
    scene: &Scene,
    form: &Form,
    due: (Option<jiff::civil::Date>, Option<&str>),
    units: &BTreeSet<Id>,
) {
    let words = |on: Option<jiff::civil::Date>, time: Option<&str>| {
        on.map(|it| format!("{it} {}", time.unwrap_or_default()).trim().to_owned()).unwrap_or_else(|| "未定".to_owned())
    };
    let before = words(form.due_on.or(scene.call.due.map(|it| it.on)), form.due_time.as_deref());
    let after = words(due.0, due.1);
    if form.due_on.or(scene.call.due.map(|it| it.on)) != due.0 || !same_hour(scene, due.1) {
        detail.insert("填报期限".to_owned(), json!([before, after]));
    }
    let names = |units: &BTreeSet<Id>| {
        let names = scene.units.iter().filter(|it| units.contains(&it.unit_id)).map(|it| it.short_name.as_str());
        names.collect::<Vec<_>>().join("、")
    };
    let chosen = if scene.call.is_chosen { names(&scene.call.units) } else { "按通知".to_owned() };
    let now = if units.is_empty() { "按通知".to_owned() } else { names(units) };
    if chosen != now {
        detail.insert("填报单位".to_owned(), json!([chosen, now]));
    }
}
