//! `/campaigns/{id}/media`: the media ledger — list, filter, add, correct, reads that grow, export.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use domain::campaign::media::{self as rules, MediaEntry, MediaKind};
use domain::campaign::record::RecordStatus;
use domain::campaign::record::permitted::{RecordAct, may_enter, permitted};
use domain::unit::Actor;
use domain::{FormErrors, Id};
use jiff::civil::Date;
use serde_json::json;
use store::attachment;
use store::campaign::head::Head;
use store::campaign::media::{self, Filter, Media};
use store::event::{self, NewEvent};
use store::statistics;

use super::entry::{Entry, correct, load};
use super::media_words::{pieces_words, reads_typed};
use super::{Around, Query, Refusal, client_key, count_words, day, may_add, own_unit};
use crate::campaign::trail;
use crate::record::list::{Sum, sums};
use crate::record::show::FileLine;
use crate::{Answer, App, Choice, Frame, Posted, Visitor, changed, clock, page};

/// The most lines of a page; a file has all of them.
const LINES: i64 = 500;

/// The fields of an entry as typed.
#[derive(Default)]
struct Form {
    client_key: String,
    units: Vec<Choice>,
    activities: Vec<Choice>,
    kinds: Vec<Choice>,
    outlet: String,
    title: String,
    link: String,
    published_on: String,
    pieces: String,
    days: String,
    reads: String,
    note: String,
    reason: String,
    errors: FormErrors,
}

struct Line {
    id: Id,
    day: String,
    kind: MediaKind,
    outlet: String,
    title: String,
    link: String,
    unit: String,
    pieces: String,
    reads: String,
    reads_typed: String,
    n_same: i64,
    is_withdrawn: bool,
    may_correct: bool,
}

#[derive(Template)]
#[template(path = "ledger/media.html")]
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
#[template(path = "ledger/media_edit.html")]
struct Edit {
    frame: Frame,
    head: Head,
    media: Media,
    day: String,
    reads_at: String,
    same: Vec<Line>,
    files: Vec<FileLine>,
    trail: Vec<trail::Line>,
    may_correct: bool,
    may_restore: bool,
    /// Who changed it meanwhile, and when; empty for nobody.
    stale: String,
    form: Form,
}

impl Edit {
    fn path(&self) -> String {
        self.media.path()
    }
}

fn kind_choices(first: Option<&str>, current: &str) -> Vec<Choice> {
    let first = first.map(|it| Choice::new("", it, current));
    first.into_iter().chain(MediaKind::ALL.iter().map(|it| Choice::new(it.code(), it.label(), current))).collect()
}

fn empty_form(around: &Around, actor: &Actor, activity_id: &str, today: Date) -> Form {
    Form {
        client_key: store::new_id().to_string(),
        units: around.enterable(actor, &own_unit(actor)),
        activities: around.activity_choices("不对应单项活动", activity_id),
        kinds: kind_choices(None, "new_media"),
        published_on: today.to_string(),
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
        outlet: text("outlet"),
        title: text("title"),
        link: text("link"),
        published_on: text("published_on"),
        pieces: text("pieces"),
        days: text("days"),
        reads: text("reads"),
        note: text("note"),
        reason: text("reason"),
        errors,
    }
}

fn kept_form(around: &Around, actor: &Actor, media: &Media) -> Form {
    let entry = &media.entry;
    let current = entry.activity_id.as_ref().map(Id::to_string).unwrap_or_default();
    let mut units = around.enterable(actor, entry.unit_id.as_str());
    if !units.iter().any(|it| it.is_chosen) {
        units.push(Choice::new(entry.unit_id.to_string(), media.unit_name.clone(), entry.unit_id.as_str()));
    }
    Form {
        client_key: String::new(),
        units,
        activities: around.activity_choices("不对应单项活动", &current),
        kinds: kind_choices(None, entry.kind.code()),
        outlet: entry.outlet.clone(),
        title: entry.title.clone(),
        link: entry.link.clone(),
        published_on: entry.published_on.to_string(),
        pieces: entry.pieces.to_string(),
        days: entry.days.to_string(),
        reads: reads_typed(entry),
        note: entry.note.clone(),
        reason: String::new(),
        errors: FormErrors::default(),
    }
}

fn line(media: &Media, actor: &Actor, is_running: bool, today: Date) -> Line {
    let entry = &media.entry;
    let acts = permitted(actor, is_running, media.status, std::slice::from_ref(&entry.unit_id));
    let about = if entry.is_estimate { "约" } else { "" };
    Line {
        id: media.media_entry_id.clone(),
        day: day(entry.published_on, today),
        kind: entry.kind,
        outlet: entry.outlet.clone(),
        title: entry.title.clone(),
        link: entry.link.clone(),
        unit: media.unit_name.clone(),
        pieces: pieces_words(entry),
        reads: entry.reads.map(|_| format!("{about}{}", count_words(entry.reads))).unwrap_or_default(),
        reads_typed: reads_typed(entry),
        n_same: if entry.kind.is_one_article() { media.n_same } else { 1 },
        is_withdrawn: media.status == RecordStatus::Withdrawn,
        may_correct: acts.contains(&RecordAct::Correct),
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

/// `GET /campaigns/{campaign_id}/media`
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
                let entries = media::list(&tx, &campaign_id, &filter, LINES).await?;
                Ok((entries, statistics::of_media(&tx, &campaign_id, unit_id.as_ref()).await?))
            })
            .await?
    };
    let lines = entries.iter().map(|it| line(it, actor, around.head.is_running, today)).collect();
    page::page_with(
        status,
        &List {
            lines,
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

fn read(posted: &Posted, around: &Around, actor: &Actor, today: Date) -> Result<MediaEntry, Refusal> {
    let typed = rules::Typed {
        unit_id: posted.text("unit_id"),
        activity_id: posted.text("activity_id"),
        kind: posted.text("kind"),
        outlet: posted.text("outlet"),
        title: posted.text("title"),
        link: posted.text("link"),
        published_on: posted.text("published_on"),
        pieces: posted.text("pieces"),
        days: posted.text("days"),
        reads: posted.text("reads"),
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

/// `POST /campaigns/{campaign_id}/media`
pub(crate) async fn create(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
    posted: Posted,
) -> Answer {
    let around = Around::load(&app, Id::from_text(campaign_id)).await?;
    let path = format!("/campaigns/{}/media", around.head.campaign_id);
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
    let n_same = app
        .db
        .write(async move |tx| {
            let Some(media) = media::insert(&tx, &id, &entry, &key, &actor.person_id, now).await? else { return Ok(1) };
            let detail =
                json!({ "媒体": entry.outlet, "标题": entry.title, "链接": entry.link, "阅读量": entry.reads });
            event::insert(&tx, NewEvent::by(&actor, "media", &media.media_entry_id, "recorded", now).detail(detail));
            Ok(media::get(&tx, &media.media_entry_id).await?.n_same)
        })
        .await?;
    let words = if n_same > 1 {
        "已登记。这篇报道已有单位登记过，统计时只算一篇，阅读量取较大的。"
    } else {
        "已登记。"
    };
    page::done(&path, words)
}

/// `GET /media/{media_entry_id}`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(media_entry_id): Path<String>,
) -> Answer {
    let (media, around) = load::<Media>(&app, &media_entry_id).await?;
    let form = kept_form(&around, &actor, &media);
    draw_one(&app, frame, &actor, media, around, form, StatusCode::OK).await
}

/// The page again, with what is wrong about a snapshot.
pub(super) async fn draw_refused_file(
    app: &App,
    frame: Frame,
    actor: &Actor,
    media: Media,
    around: Around,
    errors: FormErrors,
) -> Answer {
    let form = Form { errors, ..kept_form(&around, actor, &media) };
    draw_one(app, frame, actor, media, around, form, StatusCode::UNPROCESSABLE_ENTITY).await
}

async fn draw_one(
    app: &App,
    frame: Frame,
    actor: &Actor,
    media: Media,
    around: Around,
    form: Form,
    status: StatusCode,
) -> Answer {
    let today = app.clock.today();
    let (same, files, events) = {
        let media = media.clone();
        app.db
            .read(async move |tx| {
                let same =
                    if media.entry.kind.is_one_article() { media::list_same(&tx, &media).await? } else { Vec::new() };
                let mut files = Vec::new();
                for file in attachment::list(&tx, super::file::AREA, &media.media_entry_id).await? {
                    let facts = store::photo::find(&tx, &file.sha256).await?;
                    files.push(FileLine::of(&file, facts));
                }
                Ok((same, files, event::list_of(&tx, "media", &media.media_entry_id).await?))
            })
            .await?
    };
    let is_running = around.head.is_running;
    let acts = permitted(actor, is_running, media.status, std::slice::from_ref(&media.entry.unit_id));
    page::page_with(
        status,
        &Edit {
            frame,
            day: day(media.entry.published_on, today),
            reads_at: media.reads_at.map(clock::in_words).unwrap_or_default(),
            same: same.iter().map(|it| line(it, actor, is_running, today)).collect(),
            files,
            trail: events.iter().rev().map(trail::line).collect(),
            may_correct: acts.contains(&RecordAct::Correct),
            may_restore: acts.contains(&RecordAct::Restore),
            stale: if status == StatusCode::CONFLICT { changed::words(events.last()) } else { String::new() },
            head: around.head,
            media,
            form,
        },
    )
}

/// `POST /media/{media_entry_id}`
pub(crate) async fn update(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(media_entry_id): Path<String>,
    posted: Posted,
) -> Answer {
    let (media, around) = load::<Media>(&app, &media_entry_id).await?;
    let outcome = match read(&posted, &around, &actor, app.clock.today()) {
        Ok(entry) => correct(&app, &actor, &media, &around.head, entry, &posted).await,
        Err(refusal) => Err(refusal),
    };
    let (errors, status) = match outcome {
        Ok(()) => return page::done(&media.path(), "已更正。"),
        Err(Refusal::Fields(errors)) => (errors, StatusCode::UNPROCESSABLE_ENTITY),
        Err(Refusal::Error(crate::Error::Stale)) => (FormErrors::default(), StatusCode::CONFLICT),
        Err(Refusal::Error(error)) => return Err(error),
    };
    let (media, around) = load::<Media>(&app, media.media_entry_id.as_str()).await?;
    let form = typed_form(&around, &actor, &posted, errors);
    draw_one(&app, frame, &actor, media, around, form, status).await
}

/// `POST /media/{media_entry_id}/reads`: the reads looked up again; the latest stands, the earlier ones stay in the history.
pub(crate) async fn reads(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(media_entry_id): Path<String>,
    posted: Posted,
) -> Answer {
    let (media, around) = load::<Media>(&app, &media_entry_id).await?;
    let reads = match rules::parse_reads(posted.text("reads")) {
        Ok(reads) => reads,
        Err(errors) => {
            let mut form = kept_form(&around, &actor, &media);
            (form.reads, form.errors) = (posted.raw("reads").to_owned(), errors);
            return draw_one(&app, frame, &actor, media, around, form, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    let (now, id, path) =
        (app.clock.now(), media.media_entry_id.clone(), format!("/campaigns/{}/media", media.campaign_id));
    let head = around.head;
    app.db
        .try_write(async move |tx| -> Result<(), crate::Error> {
            let mut media = media::lock(&tx, &id, None).await?;
            media.check(&actor, &head, RecordAct::Correct)?;
            let before = reads_typed(&media.entry);
            (media.entry.reads, media.entry.is_estimate, media.reads_at) =
                (Some(reads.value), reads.is_estimate, Some(now));
            media::save(&tx, &media).await?;
            let detail = json!({ "阅读量": [before, reads_typed(&media.entry)] });
            event::insert(&tx, NewEvent::by(&actor, "media", &id, "reads_updated", now).detail(detail));
            Ok(())
        })
        .await?;
    page::done(&path, "阅读量已更新。")
}
