//! `/campaigns/{id}/materials`: the materials ledger — list, filter, add, correct, export.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use domain::campaign::material::{self as rules, MaterialEntry, MaterialKind};
use domain::campaign::record::RecordStatus;
use domain::campaign::record::permitted::{RecordAct, may_enter, permitted};
use domain::unit::Actor;
use domain::{FormErrors, Id};
use jiff::civil::Date;
use serde_json::json;
use store::campaign::head::Head;
use store::campaign::material::{self, Filter, Material};
use store::event::{self, NewEvent};
use store::statistics;

use super::entry::{Entry, correct, load};
use super::{Around, Query, Refusal, client_key, count_words, day, may_add, own_unit};
use crate::campaign::trail;
use crate::record::list::{Sum, sums};
use crate::{Answer, App, Choice, Frame, Posted, Visitor, changed, page};

/// The most lines of a page; a file has all of them.
const LINES: i64 = 500;

/// The fields of an entry as typed.
#[derive(Default)]
struct Form {
    client_key: String,
    units: Vec<Choice>,
    activities: Vec<Choice>,
    kinds: Vec<Choice>,
    title: String,
    printed: String,
    handed_out: String,
    place: String,
    happened_on: String,
    is_in_record: bool,
    note: String,
    reason: String,
    errors: FormErrors,
}

struct Line {
    id: Id,
    day: String,
    kind: MaterialKind,
    title: String,
    printed: String,
    handed_out: String,
    place: String,
    unit: String,
    activity: String,
    counted: String,
    is_in_record: bool,
    is_withdrawn: bool,
}

#[derive(Template)]
#[template(path = "ledger/materials.html")]
struct List {
    frame: Frame,
    head: Head,
    lines: Vec<Line>,
    sums: Vec<Sum>,
    may_add: bool,
    is_filtered: bool,
    with_withdrawn: bool,
    words: String,
    unit_filter: Vec<Choice>,
    kind_filter: Vec<Choice>,
    query: String,
    form: Form,
}

#[derive(Template)]
#[template(path = "ledger/material_edit.html")]
struct Edit {
    frame: Frame,
    head: Head,
    material: Material,
    day: String,
    counted: String,
    /// Copies that records of the same activity report: both would be counted.
    in_records: i64,
    trail: Vec<trail::Line>,
    may_correct: bool,
    may_restore: bool,
    /// Who changed it meanwhile, and when; empty for nobody.
    stale: String,
    form: Form,
}

impl Edit {
    fn path(&self) -> String {
        self.material.path()
    }

    fn twice_words(&self) -> String {
        let n = count_words(Some(self.in_records));
        format!("这项活动的记录里已填发放 {n} 份，两处会相加。如是同一批，请在“更正”里勾选“已在活动记录中填报”。")
    }
}

fn kind_choices(first: Option<&str>, current: &str) -> Vec<Choice> {
    let first = first.map(|it| Choice::new("", it, current));
    first.into_iter().chain(MaterialKind::ALL.iter().map(|it| Choice::new(it.code(), it.label(), current))).collect()
}

fn empty_form(around: &Around, actor: &Actor, activity_id: &str, today: Date) -> Form {
    Form {
        client_key: store::new_id().to_string(),
        units: around.enterable(actor, &own_unit(actor)),
        activities: around.activity_choices("不对应单项活动", activity_id),
        kinds: kind_choices(None, "leaflet"),
        happened_on: today.to_string(),
        ..Form::default()
    }
}

fn typed_form(around: &Around, actor: &Actor, posted: &Posted, errors: FormErrors) -> Form {
    let text = |name: &str| posted.raw(name).to_owned();
    Form {
        client_key: client_key(posted),
        units: around.enterable(actor, posted.text("unit_id")),
        activities: around.activity_choices("不对应单项活动", posted.text("activity_id")),
        kinds: kind_choices(None, posted.text("kind")),
        title: text("title"),
        printed: text("printed"),
        handed_out: text("handed_out"),
        place: text("place"),
        happened_on: text("happened_on"),
        is_in_record: posted.is_set("is_in_record"),
        note: text("note"),
        reason: text("reason"),
        errors,
    }
}

fn kept_form(around: &Around, actor: &Actor, material: &Material) -> Form {
    let entry = &material.entry;
    let current = entry.activity_id.as_ref().map(Id::to_string).unwrap_or_default();
    let mut units = around.enterable(actor, entry.unit_id.as_str());
    if !units.iter().any(|it| it.is_chosen) {
        units.push(Choice::new(entry.unit_id.to_string(), material.unit_name.clone(), entry.unit_id.as_str()));
    }
    Form {
        client_key: String::new(),
        units,
        activities: around.activity_choices("不对应单项活动", &current),
        kinds: kind_choices(None, entry.kind.code()),
        title: entry.title.clone(),
        printed: typed(entry.printed, entry),
        handed_out: typed(entry.handed_out, entry),
        place: entry.place.clone(),
        happened_on: entry.happened_on.to_string(),
        is_in_record: entry.is_in_record,
        note: entry.note.clone(),
        reason: String::new(),
        errors: FormErrors::default(),
    }
}

fn typed(value: Option<i64>, entry: &MaterialEntry) -> String {
    let more = if entry.is_estimate { "余" } else { "" };
    value.map(|it| format!("{it}{more}")).unwrap_or_default()
}

fn counted_words(entry: &MaterialEntry) -> String {
    let about = if entry.is_estimate { "约" } else { "" };
    entry.counted().map(|it| format!("{about}{}", count_words(Some(it)))).unwrap_or_default()
}

fn line(material: &Material, today: Date) -> Line {
    let entry = &material.entry;
    Line {
        id: material.material_entry_id.clone(),
        day: day(entry.happened_on, today),
        kind: entry.kind,
        title: entry.title.clone(),
        printed: count_words(entry.printed),
        handed_out: count_words(entry.handed_out),
        place: entry.place.clone(),
        unit: material.unit_name.clone(),
        activity: material.activity_title.clone(),
        counted: counted_words(entry),
        is_in_record: entry.is_in_record,
        is_withdrawn: material.status == RecordStatus::Withdrawn,
    }
}

pub(super) fn filter_of(query: &Query) -> Filter {
    Filter {
        kind: query.get("kind"),
        unit_id: query.get("unit"),
        activity_id: query.get("activity"),
        words: query.get("q"),
        with_withdrawn: query.get("withdrawn") == "1",
    }
}

/// `GET /campaigns/{campaign_id}/materials`
pub(crate) async fn list(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let around = Around::load(&app, Id::from_text(campaign_id)).await?;
    let query = Query::of(query.as_deref());
    let form = empty_form(&around, &actor, &query.get("activity"), app.clock.today());
    draw(&app, frame, &actor, around, &query, form, StatusCode::OK).await
}

async fn draw(
    app: &App,
    frame: Frame,
    actor: &Actor,
    around: Around,
    query: &Query,
    form: Form,
    status: StatusCode,
) -> Answer {
    let (today, filter, campaign_id) = (app.clock.today(), filter_of(query), around.head.campaign_id.clone());
    let (entries, figures) = {
        let filter = filter.clone();
        app.db
            .read(async move |tx| {
                let unit_id = Some(Id::from_text(&filter.unit_id)).filter(|it| !it.as_str().is_empty());
                let entries = material::list(&tx, &campaign_id, &filter, LINES).await?;
                Ok((entries, statistics::of_materials(&tx, &campaign_id, unit_id.as_ref()).await?))
            })
            .await?
    };
    page::page_with(
        status,
        &List {
            lines: entries.iter().map(|it| line(it, today)).collect(),
            sums: sums(&figures),
            may_add: may_add(actor, &around.head),
            is_filtered: !query.to_text().is_empty(),
            with_withdrawn: filter.with_withdrawn,
            unit_filter: around.unit_filter(&filter.unit_id),
            kind_filter: kind_choices(Some("全部类别"), &filter.kind),
            words: filter.words,
            query: query.to_text(),
            head: around.head,
            frame,
            form,
        },
    )
}

fn read(posted: &Posted, around: &Around, actor: &Actor, today: Date) -> Result<MaterialEntry, Refusal> {
    let typed = rules::Typed {
        unit_id: posted.text("unit_id"),
        activity_id: posted.text("activity_id"),
        kind: posted.text("kind"),
        title: posted.text("title"),
        printed: posted.text("printed"),
        handed_out: posted.text("handed_out"),
        place: posted.text("place"),
        happened_on: posted.text("happened_on"),
        is_in_record: posted.is_set("is_in_record"),
        note: posted.raw("note"),
    };
    let entry = rules::parse(&typed, today).map_err(Refusal::Fields)?;
    if !may_enter(actor, around.head.is_running, &entry.unit_id) {
        return Err(Refusal::Error(super::forbidden(&around.head)));
    }
    if !around.is_activity(entry.activity_id.as_ref()) {
        return Err(Refusal::Fields(FormErrors::one("activity_id", "所选活动不在这个活动方案中，请重选。")));
    }
    Ok(entry)
}

/// `POST /campaigns/{campaign_id}/materials`
pub(crate) async fn create(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
    posted: Posted,
) -> Answer {
    let around = Around::load(&app, Id::from_text(campaign_id)).await?;
    let path = format!("/campaigns/{}/materials", around.head.campaign_id);
    let entry = match read(&posted, &around, &actor, app.clock.today()) {
        Ok(entry) => entry,
        Err(Refusal::Error(error)) => return Err(error),
        Err(Refusal::Fields(errors)) => {
            let form = typed_form(&around, &actor, &posted, errors);
            let query = Query(Vec::new());
            return draw(&app, frame, &actor, around, &query, form, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let (now, key, id) = (app.clock.now(), client_key(&posted), around.head.campaign_id.clone());
    let in_records = app
        .db
        .write(async move |tx| {
            let Some(material) = material::insert(&tx, &id, &entry, &key, &actor.person_id, now).await? else {
                return Ok(0);
            };
            let detail =
                json!({ "资料": entry.title, "印制": entry.printed, "发放": entry.handed_out, "地点": entry.place });
            event::insert(
                &tx,
                NewEvent::by(&actor, "material", &material.material_entry_id, "recorded", now).detail(detail),
            );
            match (&entry.activity_id, entry.counted()) {
                (Some(activity_id), Some(_)) => material::copies_in_records(&tx, activity_id).await,
                _ => Ok(0),
            }
        })
        .await?;
    if in_records > 0 {
        let words = format!(
            "!已登记。这项活动的记录里已填发放 {} 份，两处会相加；如是同一批，请打开这一条，勾选“已在活动记录中填报”。",
            count_words(Some(in_records))
        );
        return page::done(&path, &words);
    }
    page::done(&path, "已登记。")
}

/// `GET /materials/{material_entry_id}`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(material_entry_id): Path<String>,
) -> Answer {
    let (material, around) = load::<Material>(&app, &material_entry_id).await?;
    let form = kept_form(&around, &actor, &material);
    draw_one(&app, frame, &actor, material, around, form, StatusCode::OK).await
}

async fn draw_one(
    app: &App,
    frame: Frame,
    actor: &Actor,
    material: Material,
    around: Around,
    form: Form,
    status: StatusCode,
) -> Answer {
    let today = app.clock.today();
    let (in_records, events) = {
        let material = material.clone();
        app.db
            .read(async move |tx| {
                let in_records = match (&material.entry.activity_id, material.entry.counted()) {
                    (Some(activity_id), Some(_)) => material::copies_in_records(&tx, activity_id).await?,
                    _ => 0,
                };
                Ok((in_records, event::list_of(&tx, "material", &material.material_entry_id).await?))
            })
            .await?
    };
    let acts = permitted(actor, around.head.is_running, material.status, std::slice::from_ref(&material.entry.unit_id));
    page::page_with(
        status,
        &Edit {
            frame,
            day: day(material.entry.happened_on, today),
            counted: counted_words(&material.entry),
            in_records: if material.status == RecordStatus::Kept { in_records } else { 0 },
            trail: events.iter().rev().map(trail::line).collect(),
            may_correct: acts.contains(&RecordAct::Correct),
            may_restore: acts.contains(&RecordAct::Restore),
            stale: if status == StatusCode::CONFLICT { changed::words(events.last()) } else { String::new() },
            head: around.head,
            material,
            form,
        },
    )
}

/// `POST /materials/{material_entry_id}`
pub(crate) async fn update(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(material_entry_id): Path<String>,
    posted: Posted,
) -> Answer {
    let (material, around) = load::<Material>(&app, &material_entry_id).await?;
    let outcome = match read(&posted, &around, &actor, app.clock.today()) {
        Ok(entry) => correct(&app, &actor, &material, &around.head, entry, &posted).await,
        Err(refusal) => Err(refusal),
    };
    let (errors, status) = match outcome {
        Ok(()) => return page::done(&material.path(), "已更正。"),
        Err(Refusal::Fields(errors)) => (errors, StatusCode::UNPROCESSABLE_ENTITY),
        Err(Refusal::Error(crate::Error::Stale)) => (FormErrors::default(), StatusCode::CONFLICT),
        Err(Refusal::Error(error)) => return Err(error),
    };
    let (material, around) = load::<Material>(&app, material.material_entry_id.as_str()).await?;
    let form = typed_form(&around, &actor, &posted, errors);
    draw_one(&app, frame, &actor, material, around, form, status).await
}

/// What a correction changed, in words.
pub(super) fn changes(before: &MaterialEntry, after: &MaterialEntry) -> serde_json::Value {
    let mut detail = serde_json::Map::new();
    let mut note = |field: &str, one: String, other: String| {
        if one != other {
            detail.insert(field.to_owned(), json!([one, other]));
        }
    };
    let in_record = |entry: &MaterialEntry| if entry.is_in_record { "是" } else { "否" }.to_owned();
    note("类别", before.kind.label().to_owned(), after.kind.label().to_owned());
    note("资料", before.title.clone(), after.title.clone());
    note("印制", typed(before.printed, before), typed(after.printed, after));
    note("发放", typed(before.handed_out, before), typed(after.handed_out, after));
    note("地点", before.place.clone(), after.place.clone());
    note("日期", before.happened_on.to_string(), after.happened_on.to_string());
    note("已在活动记录中填报", in_record(before), in_record(after));
    note("备注", before.note.clone(), after.note.clone());
    serde_json::Value::Object(detail)
}
