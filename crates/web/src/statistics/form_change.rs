//! Deciding where numbers come from: the doubtful cells confirmed at once, and last year's decisions taken over.

use axum::extract::{Path, State};
use domain::Id;
use domain::statistics::annex;
use domain::statistics::form::FormDefinition;
use domain::statistics::form_edit::{decide, orphans};
use domain::statistics::year::{binding_words, take_over};
use domain::unit::Actor;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use store::Tx;
use store::event::{self, NewEvent};
use store::statistics::form::{self, Form};
use store::statistics::stat_return;

use super::form_show::may_change;
use super::scene::Scene;
use crate::{Answer, App, Error, Posted, Visitor, page};

/// Loads a form that will change, and checks that the actor may change it.
pub(super) async fn lock(tx: &Tx, actor: &Actor, form_id: &Id, version: i64) -> Result<(Form, Scene), Error> {
    let form = form::lock(tx, form_id, version).await?;
    let scene = Scene::of(tx, form.clone()).await?;
    if !may_change(actor, &scene) {
        return Err(super::not_the_office(scene.head.is_running));
    }
    Ok((form, scene))
}

/// Saves the definition, unless numbers that were reported would lose their place.
pub(super) async fn save(
    tx: &Tx,
    mut form: Form,
    definition: FormDefinition,
    actor: &Actor,
    kind: &'static str,
    now: Timestamp,
) -> Result<(), Error> {
    let used: BTreeSet<String> = stat_return::used_cells(tx, &form.stat_form_id).await?.into_keys().collect();
    let sentences = orphans(&form.definition, &definition, &used);
    if !sentences.is_empty() {
        return Err(Error::Conflict(sentences.join("")));
    }
    let detail = changes(&form.definition, &definition);
    form.definition = definition;
    form::save(tx, &form).await?;
    event::insert(tx, NewEvent::by(actor, "stat_form", &form.stat_form_id, kind, now).detail(Value::Object(detail)));
    Ok(())
}

/// What differs, in words.
pub(super) fn changes(before: &FormDefinition, after: &FormDefinition) -> Map<String, Value> {
    let mut changes = Map::new();
    let mut add = |name: String, before: String, after: String| {
        if before != after {
            changes.insert(name, json!([before, after]));
        }
    };
    add("表名".to_owned(), before.title.clone(), after.title.clone());
    add("表头".to_owned(), before.head.join("、"), after.head.join("、"));
    let words = |form: &FormDefinition, key: &str| {
        form.cell(key).map(|(row, cell)| {
            let number = row.number.as_deref().map(|it| format!("{it}. ")).unwrap_or_default();
            let part = row.parent.as_ref().map_or("", |_| "其中：");
            let must = if cell.is_compulsory { "" } else { "，选填" };
            let total = if cell.total_of.is_empty() { "" } else { "，合计" };
            let unit = cell.unit.as_deref().unwrap_or("未写单位");
            format!("{part}{number}{}（{unit}）取数：{}{must}{total}", row.name_of(cell), binding_words(cell))
        })
    };
    for (row, cell) in after.cells() {
        let old = words(before, &cell.key).unwrap_or_default();
        add(row.name_of(cell), old, words(after, &cell.key).unwrap_or_default());
    }
    for (row, cell) in before.cells().filter(|(_, cell)| after.cell(&cell.key).is_none()) {
        add(row.name_of(cell), words(before, &cell.key).unwrap_or_default(), "已删除".to_owned());
    }
    let order = |form: &FormDefinition| form.rows.iter().map(|it| it.label.as_str()).collect::<Vec<_>>().join("、");
    let mut sorted = [before, after].map(|form| form.rows.iter().map(|it| it.key.clone()).collect::<Vec<_>>());
    let is_moved = sorted.first() != sorted.last();
    sorted.iter_mut().for_each(|it| it.sort());
    if is_moved && sorted.first() == sorted.last() {
        add("行序".to_owned(), order(before), order(after));
    }
    changes
}

/// `POST /forms/{stat_form_id}/bindings`: what was chosen for the doubtful cells.
pub(crate) async fn confirm(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path(stat_form_id): Path<String>,
    posted: Posted,
) -> Answer {
    let (id, now, path) = (Id::from_text(&stat_form_id), app.clock.now(), format!("/forms/{stat_form_id}"));
    let n_left = app
        .db
        .try_write(async move |tx| -> Result<usize, Error> {
            let (form, _) = lock(&tx, &actor, &id, posted.version()).await?;
            let mut definition = form.definition.clone();
            for cell in definition.rows.iter_mut().flat_map(|row| row.cells.iter_mut()) {
                let field = format!("source-{}", cell.key);
                if cell.is_open() && posted.is_set(&field) {
                    let topic = cell.topic().map(str::to_owned);
                    decide(cell, posted.text(&field), topic.as_deref());
                }
            }
            let mismatched = definition.cells().find(|(_, cell)| cell.binding.is_some() && cell.indicator().is_none());
            if let Some((row, cell)) = mismatched.filter(|(_, cell)| !cell.is_manual && !cell.is_text) {
                return Err(Error::Conflict(format!(
                    "“{}”的单位与所选指标不是一回事，取不了数。请改选，或选“人工填报”。",
                    row.name_of(cell)
                )));
            }
            let n_left = definition.open_cells().count();
            let kind = "bindings_confirmed";
            save(&tx, form, definition, &actor, kind, now).await?;
            Ok(n_left)
        })
        .await?;
    let sentence = match n_left {
        0 => "取数口径已全部确认。".to_owned(),
        n => format!("已保存，还有{n}项没有定。"),
    };
    page::done(&path, &sentence)
}

/// `POST /forms/{stat_form_id}/last-year`: last year's decisions for the same rows.
pub(crate) async fn from_last_year(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path(stat_form_id): Path<String>,
    posted: Posted,
) -> Answer {
    let (id, now, path) = (Id::from_text(&stat_form_id), app.clock.now(), format!("/forms/{stat_form_id}"));
    let n_cells = app
        .db
        .try_write(async move |tx| -> Result<usize, Error> {
            let (form, scene) = lock(&tx, &actor, &id, posted.version()).await?;
            let year = scene.head.year.and_then(|it| i16::try_from(it).ok()).ok_or(Error::NotFound)?;
            let last = form::find_of_year(&tx, year - 1, &form.definition.title).await?.ok_or(Error::NotFound)?;
            let (definition, n_cells) = take_over(&form.definition, &last.definition);
            let kind = "bindings_taken";
            save(&tx, form, definition, &actor, kind, now).await?;
            Ok(n_cells)
        })
        .await?;
    page::done(&path, &format!("已沿用上年{n_cells}项的取数口径，其余请核对。"))
}

/// `POST /forms/{stat_form_id}/annex`: the changes of a revised annex are taken over, or the form stays as it is.
pub(crate) async fn decide_annex(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path(stat_form_id): Path<String>,
    posted: Posted,
) -> Answer {
    let (id, now, path) = (Id::from_text(&stat_form_id), app.clock.now(), format!("/forms/{stat_form_id}"));
    let adopts = posted.text("do") == "adopt";
    app.db
        .try_write(async move |tx| -> Result<(), Error> {
            let (form, _) = lock(&tx, &actor, &id, posted.version()).await?;
            let (before, after) = form.revised.clone().ok_or(Error::NotFound)?;
            form::save_annex_decided(&tx, &id).await?;
            if adopts {
                let used: BTreeSet<String> = stat_return::used_cells(&tx, &id).await?.into_keys().collect();
                let definition = annex::adopt(&form.definition, &before, &after, &used);
                let kind = "annex_adopted";
                return save(&tx, form, definition, &actor, kind, now).await;
            }
            let n = annex::changes(&before, &after).len();
            let event = NewEvent::by(&actor, "stat_form", &id, "annex_kept", now);
            event::insert(&tx, event.detail(json!({ "修订通知的附件": format!("{n}处不同，没有采用") })));
            Ok(())
        })
        .await?;
    let sentence = if adopts {
        "已采用修订通知的附件。已经填报的数都在原来的项目里，请核对新增项目的取数口径。"
    } else {
        "已保留现在的统计表，修订通知的附件没有采用。"
    };
    page::done(&path, sentence)
}
