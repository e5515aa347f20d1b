//! `/campaigns/{id}/forms`: the statistics forms of a campaign and how the units stand with them; a form made by hand.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::statistics::form::FormDefinition;
use domain::statistics::form_edit::{from_lines, may_edit};
use domain::{FormErrors, Id};
use jiff::civil::Date;
use serde_json::json;
use store::campaign::head::{self, Head};
use store::event::{self, NewEvent};
use store::statistics::form;

use super::scene::{Counts, Scene, wall};
use crate::campaign::lamp;
use crate::{Answer, App, Error, Frame, Posted, Visitor, page};

#[derive(Template)]
#[template(path = "statistics/forms.html")]
struct List {
    frame: Frame,
    head: Head,
    forms: Vec<FormLine>,
    may_edit: bool,
}

struct FormLine {
    form_id: Id,
    title: String,
    due: String,
    n_cells: usize,
    n_open: usize,
    counts: Counts,
    pieces: Vec<lamp::Piece>,
    words: String,
    top: String,
}

/// The path of the return that adds up all others; empty when nobody reports.
pub(super) fn top_path(scene: &Scene) -> String {
    let path = |unit_id: &Id| format!("/forms/{}/units/{unit_id}", scene.form.stat_form_id);
    scene.reporting.top().map(path).unwrap_or_default()
}

/// `GET /campaigns/{campaign_id}/forms`
pub(crate) async fn list(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
) -> Answer {
    let (id, now) = (Id::from_text(campaign_id), wall(app.clock.now()));
    let (head, scenes) = app
        .db
        .read(async move |tx| {
            let head = head::get(&tx, &id).await?;
            let mut scenes = Vec::new();
            for form in form::list(&tx, &id).await? {
                scenes.push(Scene::of(&tx, form).await?);
            }
            Ok((head, scenes))
        })
        .await?;
    let forms = scenes.iter().map(|scene| {
        let counts = scene.counts(now);
        let mut lights = std::collections::BTreeMap::new();
        for unit_id in scene.reporting.units().filter(|it| scene.handed_in(it).is_none()) {
            *lights.entry(scene.verdict(unit_id, now).light).or_default() += 1;
        }
        let (pieces, words) = lamp::bar(counts.n_handed_in(), &lights);
        FormLine {
            form_id: scene.form.stat_form_id.clone(),
            title: scene.title(),
            due: scene.due_words(now),
            n_cells: scene.form.definition.cells().count(),
            n_open: scene.form.definition.open_cells().count(),
            words: words.replace("已办结", "已填报").replace('项', "个单位"),
            top: top_path(scene),
            counts,
            pieces,
        }
    });
    let forms = forms.collect();
    page::page(&List { frame, may_edit: may_edit(&actor, head.is_running), head, forms })
}

#[derive(Template)]
#[template(path = "statistics/form_new.html")]
struct New {
    frame: Frame,
    head: Head,
    title: String,
    due_on: String,
    due_time: String,
    rows: String,
    errors: FormErrors,
}

/// `GET /campaigns/{campaign_id}/forms/new`
pub(crate) async fn new(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
) -> Answer {
    let id = Id::from_text(campaign_id);
    let head = app.db.read(async move |tx| head::get(&tx, &id).await).await?;
    if !may_edit(&actor, head.is_running) {
        return Err(super::not_the_office(head.is_running));
    }
    let title = format!("{}活动统计表", head.year.map(|it| format!("{it}年")).unwrap_or_default());
    let due_on = String::new();
    let due_time = "17:00".to_owned();
    page::page(&New { frame, head, title, due_on, due_time, rows: String::new(), errors: FormErrors::default() })
}

/// The day and the hour a form is due, as typed.
pub(super) fn parse_due(posted: &Posted, errors: &mut FormErrors) -> (Option<Date>, Option<String>) {
    let day = posted.text("due_on");
    let due_on = day.parse::<Date>().ok();
    if !day.is_empty() && due_on.is_none() {
        errors.add("due_on", "请按 2027-03-15 的样子写日期。");
    }
    let time = posted.text("due_time");
    let known = due_on.map(|on| domain::statistics::due::Due::new(on, Some(time)));
    if known.is_some_and(|it| it.time.is_none()) && !time.is_empty() {
        errors.add("due_time", "请按 17:00 的样子写时刻，或写“下班前”。");
    }
    (due_on, Some(time.to_owned()).filter(|it| !it.is_empty()))
}

/// `POST /campaigns/{campaign_id}/forms`
pub(crate) async fn create(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
    posted: Posted,
) -> Answer {
    let (id, now) = (Id::from_text(campaign_id), app.clock.now());
    let head = {
        let id = id.clone();
        app.db.read(async move |tx| head::get(&tx, &id).await).await?
    };
    if !may_edit(&actor, head.is_running) {
        return Err(super::not_the_office(head.is_running));
    }
    let mut errors = FormErrors::default();
    let title = posted.text("title").to_owned();
    if title.is_empty() || title.chars().count() > 120 {
        errors.add("title", "请填写表名，不超过120字。");
    }
    let (due_on, due_time) = parse_due(&posted, &mut errors);
    let rows = from_lines(posted.raw("rows"));
    if rows.iter().any(|row| row.label.is_empty() || row.label.chars().count() > 120) {
        errors.add("rows", "有一行没有项目名称，或超过120字。");
    }
    if !errors.is_empty() {
        let text = |name: &str| posted.raw(name).to_owned();
        let (due_on, due_time, rows) = (text("due_on"), text("due_time"), text("rows"));
        let new = New { frame, head, title: text("title"), due_on, due_time, rows, errors };
        return page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &new);
    }
    let year = head.year.and_then(|it| i16::try_from(it).ok());
    let words = ["填报单位", "联系人", "电话"].map(str::to_owned).to_vec();
    let mut definition = FormDefinition { title: title.clone(), year, head: words, rows, ..FormDefinition::default() };
    definition.doubt_parts();
    let form_id = app
        .db
        .try_write(async move |tx| -> Result<Id, Error> {
            let form_id = form::insert(&tx, &id, &definition).await?;
            if due_on.is_some() {
                let mut form = form::lock(&tx, &form_id, 1).await?;
                (form.due_on, form.due_time) = (due_on, due_time.clone());
                form::save(&tx, &form).await?;
            }
            let detail = json!({ "表名": title, "行数": definition.rows.len() });
            event::insert(&tx, NewEvent::by(&actor, "stat_form", &form_id, "created", now).detail(detail));
            Ok(form_id)
        })
        .await?;
    page::done(&format!("/forms/{form_id}"), "统计表已新建。请核对每一项的取数口径。")
}
