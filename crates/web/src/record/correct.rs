//! `/records/{id}/edit`: a record is corrected with a reason; both versions stay in its history.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::campaign::record::RecordFigure;
use domain::campaign::record::permitted::{RecordAct, permitted};
use domain::unit::Actor;
use domain::{FormErrors, Id};
use serde_json::json;
use store::campaign::record::{self, Record};
use store::event::{self, NewEvent};

use super::form::{Filled, view};
use super::take::{self, Refusal};
use super::{Scene, list};
use crate::{Answer, App, Error, Frame, Posted, Visitor, changed, page};

/// The record with its activity, when the actor may correct it.
async fn load_for(app: &App, actor: &Actor, record_id: &Id) -> Result<(Record, Scene), Error> {
    let record_id = record_id.clone();
    let (record, scene) = app
        .db
        .read(async move |tx| {
            let record = record::get(&tx, &record_id).await?;
            let scene = Scene::load(&tx, &record.activity_id).await?;
            Ok((record, scene))
        })
        .await?;
    if !permitted(actor, scene.head.is_running, record.status, &record.unit_ids()).contains(&RecordAct::Correct) {
        return Err(list::why_not_correct(&record, scene.head.is_running));
    }
    Ok((record, scene))
}

/// `GET /records/{record_id}/edit`
pub(crate) async fn edit(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(record_id): Path<String>,
) -> Answer {
    let (record, scene) = load_for(&app, &actor, &Id::from_text(record_id)).await?;
    let filled = Filled::of_record(&record);
    let mut form = view(frame, &actor, scene, filled, FormErrors::default(), app.clock.today());
    form.record = Some(record);
    page::page(&form)
}

/// `POST /records/{record_id}/edit`
pub(crate) async fn update(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(record_id): Path<String>,
    posted: Posted,
) -> Answer {
    let id = Id::from_text(record_id);
    let (record, scene) = load_for(&app, &actor, &id).await?;
    let outcome = correct(&app, &actor, &scene, &record, &posted).await;
    let (errors, status) = match outcome {
        Ok(0) => return page::done(&format!("/records/{id}"), "已更正。"),
        Ok(n_same) => {
            let words = format!("已更正。{}", take::same_words(n_same));
            return page::done(&format!("/records/{id}"), &words);
        }
        Err(Refusal::Fields(errors)) => (errors, StatusCode::UNPROCESSABLE_ENTITY),
        Err(Refusal::Error(Error::Stale)) => (FormErrors::default(), StatusCode::CONFLICT),
        Err(Refusal::Error(error)) => return Err(error),
    };
    // Both versions on one page: what it says now above, what was typed below.
    let (now, scene) = load_for(&app, &actor, &id).await?;
    let stale = match status == StatusCode::CONFLICT {
        true => {
            let who = changed::last(&app, "record", &id).await?;
            format!("{}；{}；{}（{who}）", now.unit_names(), take::in_words(&now.figures), now.note)
        }
        false => String::new(),
    };
    let mut form = view(frame, &actor, scene, Filled::of_posted(&posted), errors, app.clock.today());
    form.n_files = posted.files("files").count();
    form.stale = stale;
    form.record = Some(now);
    page::page_with(status, &form)
}

/// Corrects the record; the answer is how many files were there already.
async fn correct(app: &App, actor: &Actor, scene: &Scene, record: &Record, posted: &Posted) -> Result<usize, Refusal> {
    let n_files = posted.files("files").count() + 1;
    let said = take::read(scene, actor, posted, n_files, app)?;
    let reason = posted.text("reason").to_owned();
    if reason.is_empty() {
        return Err(Refusal::Fields(FormErrors::one("reason", "请写明更正的原因，例如“漏记下午人数”。")));
    }
    let files = take::keep_files(app, actor, take::look_at_files(posted).await?).await?;
    let (now, person, id, version) = (app.clock.now(), actor.clone(), record.record_id.clone(), posted.version());
    let is_running = scene.head.is_running;
    let names: Vec<(Id, String)> =
        scene.all_units.iter().map(|it| (it.unit_id.clone(), it.short_name.clone())).collect();
    app.db
        .try_write(async move |tx| -> Result<usize, Refusal> {
            let mut record = record::lock(&tx, &id, Some(version)).await?;
            if !permitted(&person, is_running, record.status, &record.unit_ids()).contains(&RecordAct::Correct) {
                return Err(Refusal::Error(list::why_not_correct(&record, is_running)));
            }
            let before = record.clone();
            record.happened_on = said.entry.happened_on;
            record.activity_session_id.clone_from(&said.session_id);
            record.topic.clone_from(&said.topic);
            record.note.clone_from(&said.entry.note);
            record.figures.clone_from(&said.entry.figures);
            record.units = names.iter().filter(|(it, _)| said.entry.unit_ids.contains(it)).cloned().collect();
            record::save(&tx, &record).await?;
            let names = take::attach(&tx, &record.record_id, &files, now).await?;
            let detail = changes(&before, &record, &names);
            let event = NewEvent::by(&person, "record", &record.record_id, "corrected", now);
            event::insert(&tx, event.reason(reason.clone()).detail(detail));
            Ok(files.len() - names.len())
        })
        .await
}

/// What is different, field → `[before, after]`.
fn changes(before: &Record, after: &Record, files: &[String]) -> serde_json::Value {
    let mut detail = serde_json::Map::new();
    let mut note = |field: &str, one: String, other: String| {
        if one != other {
            detail.insert(field.to_owned(), json!([one, other]));
        }
    };
    note("日期", before.happened_on.to_string(), after.happened_on.to_string());
    note("单位", before.unit_names(), after.unit_names());
    note("专题", before.topic.clone(), after.topic.clone());
    note("说明", before.note.clone(), after.note.clone());
    let words = |figures: &[RecordFigure], code: &str| {
        figures.iter().find(|it| it.indicator == code).map_or_else(|| "无".to_owned(), RecordFigure::words)
    };
    let mut codes: Vec<&RecordFigure> = before.figures.iter().chain(&after.figures).collect();
    codes.dedup_by_key(|it| &it.indicator);
    for figure in codes {
        let code = &figure.indicator;
        note(figure.label(), words(&before.figures, code), words(&after.figures, code));
    }
    if !files.is_empty() {
        detail.insert("文件".to_owned(), json!(files));
    }
    serde_json::Value::Object(detail)
}
