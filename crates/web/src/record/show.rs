//! `/records/{id}`: one record with its history; withdrawn and restored with a reason.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::campaign::record::permitted::{RecordAct, permitted};
use domain::campaign::record::{RecordFigure, RecordStatus, question};
use domain::evidence::FileKind;
use domain::evidence::photo::PhotoFacts;
use domain::statistics::indicator::find;
use domain::unit::Actor;
use domain::{FormErrors, Id};
use jiff::civil::Date;
use serde_json::json;
use store::attachment::{self, Attachment};
use store::campaign::head::Head;
use store::campaign::record::{self, Record, SameFile};
use store::campaign::{activity, head, venue};
use store::event::{self, NewEvent};
use store::{Read, person, setting};

use super::{list, take};
use crate::campaign::attachment::size_words;
use crate::campaign::{days, trail};
use crate::{Answer, App, Error, Frame, Posted, Visitor, clock, page};

#[derive(Template)]
#[template(path = "record/show.html")]
struct Show {
    frame: Frame,
    head: Head,
    activity: activity::Activity,
    record: Record,
    day: String,
    session: String,
    who: String,
    at: String,
    files: Vec<FileLine>,
    trail: Vec<trail::Line>,
    acts: BTreeSet<RecordAct>,
    may_again: bool,
    reason: String,
    errors: FormErrors,
    /// Figures that are much larger than any before, and that nobody has confirmed yet.
    questions: Vec<Question>,
}

/// A figure to be looked at once more.
pub(crate) struct Question {
    pub(crate) indicator: String,
    pub(crate) words: String,
}

impl Show {
    fn heading(&self) -> String {
        format!("{}的记录", self.day)
    }

    fn may(&self, act: &str) -> bool {
        self.acts.iter().any(|it| {
            act == match it {
                RecordAct::Correct => "correct",
                RecordAct::Withdraw => "withdraw",
                RecordAct::Restore => "restore",
            }
        })
    }
}

/// A file with what it says about itself.
pub(crate) struct FileLine {
    pub(crate) attachment_id: Id,
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) is_picture: bool,
    pub(crate) size: String,
    pub(crate) sha256: String,
    pub(crate) taken: String,
    pub(crate) place: String,
    /// Records that hold the very same file: address and words.
    pub(crate) same: Vec<(String, String)>,
}

impl FileLine {
    pub(crate) fn of(file: &Attachment, facts: Option<PhotoFacts>) -> FileLine {
        let kind = FileKind::from_media_type(&file.media_type);
        let facts = facts.unwrap_or_default();
        let taken = facts.taken_at.map(|it| it.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default();
        let camera = if facts.camera.is_empty() { String::new() } else { format!("（{}）", facts.camera) };
        FileLine {
            attachment_id: file.attachment_id.clone(),
            name: file.file_name.clone(),
            kind: kind.map_or("文件", FileKind::label),
            is_picture: kind.is_some_and(FileKind::is_picture),
            size: size_words(file.size),
            sha256: file.sha256.clone(),
            taken: if taken.is_empty() { taken } else { format!("{taken}{camera}") },
            place: facts.place().unwrap_or_default(),
            same: Vec::new(),
        }
    }
}

/// `GET /records/{record_id}`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(record_id): Path<String>,
) -> Answer {
    draw(&app, frame, &actor, Id::from_text(record_id), "", FormErrors::default(), StatusCode::OK).await
}

async fn draw(
    app: &App,
    frame: Frame,
    actor: &Actor,
    record_id: Id,
    reason: &str,
    errors: FormErrors,
    status: StatusCode,
) -> Answer {
    let today = app.clock.today();
    let (record, activity, head, sessions, person, files, events, questions) = app
        .db
        .read(async move |tx| {
            let record = record::get(&tx, &record_id).await?;
            let activity = activity::get(&tx, &record.activity_id).await?;
            let head = head::get(&tx, &record.campaign_id).await?;
            let sessions = venue::list_sessions_of(&tx, &record.activity_id).await?;
            let person = person::get(&tx, &record.person_id).await?;
            let mut files = Vec::new();
            let same = record::with_same_files(&tx, &record).await?;
            for file in attachment::list(&tx, "record", &record_id).await? {
                let facts = store::photo::find(&tx, &file.sha256).await?;
                let mut line = FileLine::of(&file, facts);
                let others = same.iter().filter(|it| it.sha256 == file.sha256);
                line.same = others.map(|it| same_words(it, today)).collect();
                files.push(line);
            }
            let questions = questions(&tx, &record).await?;
            let events = event::list_of(&tx, "record", &record_id).await?;
            Ok((record, activity, head, sessions, person, files, events, questions))
        })
        .await?;
    let session =
        sessions.iter().find(|it| record.activity_session_id.as_ref() == Some(&it.session.activity_session_id));
    let session = session.map(|it| {
        let place = it.venue_name.as_deref().or(it.unit_name.as_deref()).unwrap_or_default();
        format!("{} {place}", it.session.time.as_deref().unwrap_or_default()).trim().to_owned()
    });
    let acts = permitted(actor, head.is_running, record.status, &record.unit_ids());
    let show = Show {
        may_again: domain::campaign::record::permitted::may_record_somewhere(actor) && head.is_running,
        day: days::day_with_weekday(record.happened_on, today),
        session: session.unwrap_or_default(),
        who: person.name,
        at: clock::in_words(record.created_at),
        trail: events.iter().rev().map(trail::line).collect(),
        reason: reason.to_owned(),
        frame,
        head,
        activity,
        files,
        acts,
        record,
        errors,
        questions,
    };
    page::page_with(status, &show)
}

fn same_words(it: &SameFile, today: Date) -> (String, String) {
    let day = days::day_with_weekday(it.happened_on, today);
    (format!("/records/{}", it.record_id), format!("{day} {}的记录", it.unit_names))
}

/// The name of the setting: how many times the largest figure before makes a figure unlikely.
pub(crate) const TIMES: &str = "record_times";

/// The setting as a number, or ours where it is none.
pub(crate) fn times_of(setting: &str) -> i64 {
    setting.trim().parse().ok().filter(|it| question::FROM_TO.contains(it)).unwrap_or(question::TIMES)
}

/// The figures of a record that somebody should look at once more.
pub(crate) async fn questions(tx: &Read, record: &Record) -> store::Result<Vec<Question>> {
    if record.status != RecordStatus::Kept || record.figures.is_empty() {
        return Ok(Vec::new());
    }
    let times = times_of(&setting::get(tx, TIMES, "").await?);
    let (largest, confirmed) =
        (record::largest_before(tx, record).await?, record::confirmed(tx, &record.record_id).await?);
    let question = |it: &RecordFigure| {
        let (value, before) = (it.quantity.value, largest.get(&it.indicator).copied());
        let n = question::how_many_times(value, before, times)?;
        if confirmed.get(&it.indicator) == Some(&value) {
            return None;
        }
        let before = find(&it.indicator)?.amount(before?, false);
        let words = format!("{}{}，是本单位以往最大一次（{before}）的{n}倍。", it.label(), it.words());
        Some(Question { indicator: it.indicator.clone(), words })
    };
    Ok(record.figures.iter().filter_map(question).collect())
}

/// `POST /records/{record_id}/confirm`: the figures that were asked about are right.
pub(crate) async fn confirm(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path(record_id): Path<String>,
    posted: Posted,
) -> Answer {
    let (id, now, version) = (Id::from_text(&record_id), app.clock.now(), posted.version());
    app.db
        .try_write(async move |tx| -> Result<(), Error> {
            let record = record::lock(&tx, &id, Some(version)).await?;
            let head = head::get(&tx, &record.campaign_id).await?;
            let acts = permitted(&actor, head.is_running, record.status, &record.unit_ids());
            if !acts.contains(&RecordAct::Correct) {
                return Err(list::why_not_correct(&record, head.is_running));
            }
            let asked = questions(&tx, &record).await?;
            let figures: Vec<RecordFigure> =
                record.figures.iter().filter(|it| asked.iter().any(|q| q.indicator == it.indicator)).cloned().collect();
            if figures.is_empty() {
                return Ok(());
            }
            for it in &figures {
                record::confirm(&tx, &id, &it.indicator, it.quantity.value).await?;
            }
            let event = NewEvent::by(&actor, "record", &id, "figures_confirmed", now);
            event::insert(&tx, event.detail(json!({ "数据": take::in_words(&figures) })));
            Ok(())
        })
        .await?;
    page::done(&format!("/records/{record_id}"), "已确认，数字无误。")
}

/// `POST /records/{record_id}/withdraw`
pub(crate) async fn withdraw(
    state: State<App>,
    frame: Frame,
    visitor: Visitor,
    path: Path<String>,
    posted: Posted,
) -> Answer {
    turn(state, frame, visitor, path, posted, RecordAct::Withdraw).await
}

/// `POST /records/{record_id}/restore`
pub(crate) async fn restore(
    state: State<App>,
    frame: Frame,
    visitor: Visitor,
    path: Path<String>,
    posted: Posted,
) -> Answer {
    turn(state, frame, visitor, path, posted, RecordAct::Restore).await
}

async fn turn(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(record_id): Path<String>,
    posted: Posted,
    act: RecordAct,
) -> Answer {
    let id = Id::from_text(record_id);
    let reason = posted.text("reason").to_owned();
    if reason.is_empty() {
        let word = if act == RecordAct::Withdraw { "撤回" } else { "恢复" };
        let errors = FormErrors::one("reason", format!("请写明{word}的原因。"));
        return draw(&app, frame, &actor, id, "", errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let (now, version, path) = (app.clock.now(), posted.version(), format!("/records/{id}"));
    app.db
        .try_write(async move |tx| -> Result<(), Error> {
            let mut record = record::lock(&tx, &id, Some(version)).await?;
            let head = head::get(&tx, &record.campaign_id).await?;
            if !permitted(&actor, head.is_running, record.status, &record.unit_ids()).contains(&act) {
                return Err(list::why_not_correct(&record, head.is_running));
            }
            let (status, kind) = match act {
                RecordAct::Restore => (RecordStatus::Kept, "restored"),
                RecordAct::Correct | RecordAct::Withdraw => (RecordStatus::Withdrawn, "withdrawn"),
            };
            record.status = status;
            record::save(&tx, &record).await?;
            let event = NewEvent::by(&actor, "record", &id, kind, now).reason(reason.clone());
            event::insert(&tx, event.detail(json!({ "数据": take::in_words(&record.figures) })));
            Ok(())
        })
        .await?;
    let words = if act == RecordAct::Withdraw {
        "已撤回，不再计入统计，内容仍留存备查。"
    } else {
        "已恢复，重新计入统计。"
    };
    page::done(&path, words)
}
