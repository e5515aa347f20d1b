//! The form of a record: `/records/new`, `/records/{id}/edit`, and what it sends.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use domain::campaign::record::asks::{asks, others, recordable, set_beforehand};
use domain::campaign::record::permitted::may_record;
use domain::unit::Actor;
use domain::{FormErrors, Id};
use jiff::civil::Date;
use store::campaign::record::{self, NewRecord, Record};

use super::take::{self, Refusal, Said};
use super::{Scene, choose, queue};
use crate::{Answer, App, Choice, Error, Frame, Posted, Visitor, page};

/// The form, empty, kept or as it was typed.
#[derive(Template)]
#[template(path = "record/form.html")]
pub(super) struct Form {
    frame: Frame,
    scene: Scene,
    /// The record to be corrected.
    pub(super) record: Option<Record>,
    /// Somebody changed it meanwhile: what it says now.
    pub(super) stale: String,
    client_key: String,
    happened_on: String,
    today: Date,
    sessions: Vec<Choice>,
    session_words: String,
    units: Vec<Choice>,
    more_units: Vec<Choice>,
    topics: Vec<Choice>,
    big: Vec<Field>,
    counts: Vec<Field>,
    others: Vec<Field>,
    note: String,
    pub(super) n_files: usize,
    reason: String,
    errors: FormErrors,
}

/// One number to type.
struct Field {
    name: String,
    label: &'static str,
    measure: &'static str,
    value: String,
}

impl Form {
    fn action(&self) -> String {
        match &self.record {
            Some(record) => format!("/records/{}/edit", record.record_id),
            None => "/records".to_owned(),
        }
    }

    fn heading(&self) -> &'static str {
        if self.record.is_some() { "更正记录" } else { "记一次" }
    }

    /// The day and the units as they stand, for the folded part.
    fn now_words(&self) -> String {
        let units: Vec<&str> =
            self.units.iter().chain(&self.more_units).filter(|it| it.is_chosen).map(|it| it.label.as_str()).collect();
        let day = if self.happened_on == self.today.to_string() { "今天" } else { self.happened_on.as_str() };
        format!("{day} · {}", units.join("、"))
    }

    fn has_others(&self) -> bool {
        self.others.iter().any(|it| !it.value.is_empty() || self.errors.of(&it.name).is_some())
    }

    fn has_more_units(&self) -> bool {
        self.more_units.iter().any(|it| it.is_chosen)
    }
}

/// What stands in the fields at first, or what was typed.
pub(super) struct Filled {
    happened_on: String,
    session_id: String,
    unit_ids: Vec<String>,
    topic: String,
    figures: Vec<(String, String)>,
    note: String,
    reason: String,
    client_key: String,
}

impl Filled {
    pub(super) fn of_posted(posted: &Posted) -> Filled {
        let figure = |(name, text): &(String, String)| Some((name.strip_prefix("figure_")?.to_owned(), text.clone()));
        Filled {
            happened_on: posted.text("happened_on").to_owned(),
            session_id: posted.text("session_id").to_owned(),
            unit_ids: posted.all("unit").map(str::to_owned).collect(),
            topic: posted.text("topic").to_owned(),
            figures: posted.fields().iter().filter_map(figure).collect(),
            note: posted.raw("note").to_owned(),
            reason: posted.raw("reason").to_owned(),
            client_key: client_key(posted),
        }
    }

    pub(super) fn of_record(record: &Record) -> Filled {
        Filled {
            happened_on: record.happened_on.to_string(),
            session_id: record.activity_session_id.as_ref().map(Id::to_string).unwrap_or_default(),
            unit_ids: record.unit_ids().iter().map(Id::to_string).collect(),
            topic: record.topic.clone(),
            figures: record.figures.iter().map(|it| (it.indicator.clone(), it.typed())).collect(),
            note: record.note.clone(),
            reason: String::new(),
            client_key: record.client_key.clone(),
        }
    }

    /// Today, the session of the address or of today, the person's own units among those of the activity, one of what is held once.
    fn fresh(scene: &Scene, actor: &Actor, session_id: &str, today: Date) -> Filled {
        let of_today: Vec<_> = scene.sessions.iter().filter(|it| it.session.starts_on == Some(today)).collect();
        let session = scene.session(session_id).or(match of_today.as_slice() {
            [only] => Some(*only),
            _ => None,
        });
        let mut unit_ids: Vec<String> = Vec::new();
        if let Some(unit_id) = session.and_then(|it| it.session.unit_id.as_ref()).filter(|it| actor.acts_for(it)) {
            unit_ids.push(unit_id.to_string());
        }
        if unit_ids.is_empty() {
            let mut own = scene.units.iter().map(|it| &it.unit_id).filter(|it| actor.acts_for(it));
            let own = own.clone().find(|it| **it == actor.unit_id).or_else(|| own.next()).unwrap_or(&actor.unit_id);
            unit_ids.push(own.to_string());
        }
        Filled {
            happened_on: session
                .and_then(|it| it.session.starts_on)
                .filter(|it| *it <= today)
                .unwrap_or(today)
                .to_string(),
            session_id: session.map(|it| it.session.activity_session_id.to_string()).unwrap_or_default(),
            unit_ids,
            topic: String::new(),
            figures: {
                let words = format!("{}{}", scene.activity.title, scene.activity.text);
                let held = set_beforehand(scene.activity.kind, &words);
                held.into_iter().map(|it| (it.to_owned(), "1".to_owned())).collect()
            },
            note: String::new(),
            reason: String::new(),
            client_key: store::new_id().to_string(),
        }
    }
}

/// The key a browser gave the record, so that sent twice is one; a new one where it gave none that can be kept.
fn client_key(posted: &Posted) -> String {
    let key = posted.text("client_key");
    let is_key = (16..=64).contains(&key.len()) && key.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-');
    if is_key { key.to_owned() } else { store::new_id().to_string() }
}

pub(super) fn view(frame: Frame, actor: &Actor, scene: Scene, filled: Filled, errors: FormErrors, today: Date) -> Form {
    let asks = asks(scene.activity.kind);
    let value = |code: &str| filled.figures.iter().find(|(it, _)| it == code).map(|(_, text)| text.clone());
    let field = |code: &str| {
        let indicator = recordable(code)?;
        Some(Field {
            name: format!("figure_{code}"),
            label: indicator.label,
            measure: indicator.word(),
            value: value(code).unwrap_or_default(),
        })
    };
    let nameable = scene.nameable(actor);
    let choice = |unit: &store::unit::Unit| Choice {
        value: unit.unit_id.to_string(),
        label: unit.short_name.clone(),
        is_chosen: filled.unit_ids.iter().any(|it| it == unit.unit_id.as_str()),
    };
    let is_nameable = |unit: &store::unit::Unit| nameable.iter().any(|it| it.unit_id == unit.unit_id);
    let rest = scene.all_units.iter().filter(|it| !is_nameable(it) && it.is_active);
    let session = |it: &store::campaign::venue::ListedSession| {
        let day = it.session.starts_on.map(|it| domain::campaign::light::day_words(it, today)).unwrap_or_default();
        let place = it.venue_name.clone().or_else(|| it.unit_name.clone()).unwrap_or_default();
        format!("{day} {} {place}", it.session.time.as_deref().unwrap_or_default()).trim().to_owned()
    };
    let mut sessions = vec![Choice::new("", "不属于某个场次", &filled.session_id)];
    sessions.extend(
        scene
            .sessions
            .iter()
            .map(|it| Choice::new(it.session.activity_session_id.to_string(), session(it), &filled.session_id)),
    );
    let mut topics = vec![Choice::new("", "不属于专题", &filled.topic)];
    topics.extend(scene.topics.iter().map(|it| Choice::new(it.clone(), it.clone(), &filled.topic)));
    Form {
        frame,
        record: None,
        stale: String::new(),
        client_key: filled.client_key,
        happened_on: filled.happened_on,
        today,
        session_words: scene.session(&filled.session_id).map(session).unwrap_or_default(),
        sessions,
        units: nameable.iter().map(|it| choice(it)).collect(),
        more_units: rest.map(choice).collect(),
        topics,
        big: asks.figures.iter().filter_map(|it| field(it)).collect(),
        counts: asks.counts_as.iter().filter_map(|it| field(it)).collect(),
        others: others(scene.activity.kind).iter().filter_map(|it| field(it.code)).collect(),
        note: filled.note,
        n_files: 0,
        reason: filled.reason,
        errors,
        scene,
    }
}

/// `GET /records/new?activity=…&session=…`: the form, or the activities to choose from.
pub(crate) async fn new(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = query.unwrap_or_default();
    let value = |name: &str| {
        let found = form_urlencoded::parse(query.as_bytes()).find(|(it, _)| it == name);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let activity_id = value("activity");
    if activity_id.is_empty() {
        return choose::show(&app, frame, &actor).await;
    }
    draw_new(&app, frame, &actor, Id::from_text(activity_id), &value("session")).await
}

/// The address of the form, below the one path the worker of the browser keeps.
pub(crate) fn path_new(activity_id: &Id, session_id: Option<&Id>) -> String {
    let encode = |it: &Id| form_urlencoded::byte_serialize(it.as_str().as_bytes()).collect::<String>();
    let session = session_id.map(|it| format!("&session={}", encode(it))).unwrap_or_default();
    format!("/records/new?activity={}{session}", encode(activity_id))
}

/// The empty form of an activity.
pub(super) async fn draw_new(app: &App, frame: Frame, actor: &Actor, activity_id: Id, session_id: &str) -> Answer {
    let scene = app.db.read(async move |tx| Scene::load(&tx, &activity_id).await).await?;
    let today = app.clock.today();
    let parts = scene.parts();
    if !may_record(actor, &scene.place(&parts, scene.session(session_id))) {
        return Err(take::why_not(&scene));
    }
    let filled = Filled::fresh(&scene, actor, session_id, today);
    page::page(&view(frame, actor, scene, filled, FormErrors::default(), today))
}

/// `POST /records`: from the form, or from what a phone kept while it had no network (then the answer is JSON).
pub(crate) async fn create(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    headers: HeaderMap,
    posted: Posted,
) -> Answer {
    let wants_json = wants_json(&headers);
    let key = client_key(&posted);
    let outcome = keep(&app, &actor, &posted, &key).await;
    match outcome {
        Ok((record, is_new, _)) if wants_json => queue::kept(&record, is_new),
        Ok((record, is_new, n_same)) => {
            let words = match (is_new, n_same) {
                (true, 0) => "已保存。".to_owned(),
                (true, n) => format!("已保存。{}", take::same_words(n)),
                (false, _) => "这条记录已经保存过，没有重复计算。".to_owned(),
            };
            page::done(&format!("/records/{}", record.record_id), &words)
        }
        Err(Refusal::Fields(errors)) if wants_json => queue::refused(&errors),
        Err(Refusal::Fields(errors)) => {
            let activity_id = Id::from_text(posted.text("activity_id"));
            let scene = app.db.read(async move |tx| Scene::load(&tx, &activity_id).await).await?;
            let filled = Filled { client_key: key, ..Filled::of_posted(&posted) };
            let mut form = view(frame, &actor, scene, filled, errors, app.clock.today());
            form.n_files = posted.files("files").count();
            page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &form)
        }
        Err(Refusal::Error(error)) if wants_json => queue::failed(error),
        Err(Refusal::Error(error)) => Err(error),
    }
}

fn wants_json(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|it| it.as_bytes() == b"application/json")
}

/// Keeps a record with its files in one write; the same key again yields the record that is there. The answer says whether it is new, and
/// how many files were the same as another one of it.
async fn keep(app: &App, actor: &Actor, posted: &Posted, key: &str) -> Result<(Record, bool, usize), Refusal> {
    let activity_id = Id::from_text(posted.text("activity_id"));
    let (scene, there) = {
        let key = key.to_owned();
        app.db
            .read(async move |tx| {
                let there = record::find_by_client_key(&tx, &key).await?;
                Ok((Scene::load(&tx, &activity_id).await?, there))
            })
            .await?
    };
    if let Some(there) = there {
        return same(there, actor);
    }
    let n_files = posted.files("files").count();
    let Said { entry, session_id, topic } = take::read(&scene, actor, posted, n_files, app)?;
    let files = take::keep_files(app, actor, take::look_at_files(posted).await?).await?;
    let (now, key, person, activity) = (app.clock.now(), key.to_owned(), actor.clone(), scene.activity);
    let kept = app
        .db
        .write(async move |tx| {
            let new = NewRecord {
                campaign_id: &activity.campaign_id,
                activity_id: &activity.activity_id,
                activity_session_id: session_id.as_ref(),
                topic: &topic,
                entry: &entry,
                client_key: &key,
                person_id: &person.person_id,
            };
            let Some(record) = record::insert(&tx, &new, now).await? else {
                // The same record came twice at once; the first one stands.
                return Ok((record::find_by_client_key(&tx, &key).await?, false, 0));
            };
            let names = take::attach(&tx, &record.record_id, &files, now).await?;
            take::write_created(&tx, &person, &record, &activity.title, &names, now);
            Ok((Some(record), true, files.len() - names.len()))
        })
        .await?;
    match kept {
        (Some(record), true, n_same) => Ok((record, true, n_same)),
        (Some(record), false, _) => same(record, actor),
        (None, ..) => Err(Refusal::Error(Error::Stale)),
    }
}

/// The record that came before under the same key, if it was this person's.
fn same(record: Record, actor: &Actor) -> Result<(Record, bool, usize), Refusal> {
    if record.person_id == actor.person_id {
        return Ok((record, false, 0));
    }
    Err(Refusal::Error(Error::Conflict("这个编号的记录已由他人保存，请刷新页面后重新填写。".into())))
}
