//! Taking a record from a form into the store: who may, what was typed, which files, once.

use domain::campaign::record::RecordFigure;
use domain::campaign::record::entry::{self, RecordEntry};
use domain::campaign::record::permitted::{may_name, may_record};
use domain::unit::Actor;
use domain::{FormErrors, Id};
use jiff::Timestamp;
use serde_json::json;
use store::Tx;
use store::attachment::{self, NewAttachment};
use store::campaign::record::Record;
use store::event::{self, NewEvent};

use super::Scene;
use crate::evidence::{self, Accepted};
use crate::{App, Error, Posted};

/// The most files one record carries.
pub(super) const FILE_LIMIT: usize = 20;

/// Why nothing was kept.
pub(super) enum Refusal {
    /// An answer by itself.
    Error(Error),
    /// Fields with their sentences.
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

/// What a posted form says, apart from its files.
pub(super) struct Said {
    pub(super) entry: RecordEntry,
    pub(super) session_id: Option<Id>,
    pub(super) topic: String,
}

/// Reads the fields of a form against the activity it is about.
pub(super) fn read(scene: &Scene, actor: &Actor, posted: &Posted, n_files: usize, app: &App) -> Result<Said, Refusal> {
    let session = scene.session(posted.text("session_id"));
    let parts = scene.parts();
    let place = scene.place(&parts, session);
    if !may_record(actor, &place) {
        return Err(Refusal::Error(why_not(scene)));
    }
    let figures =
        posted.fields().iter().filter_map(|(name, text)| Some((name.strip_prefix("figure_")?, text.as_str())));
    let typed = entry::Typed {
        happened_on: posted.text("happened_on"),
        unit_ids: posted.all("unit").collect(),
        figures: figures.collect(),
        note: posted.raw("note"),
        n_files,
    };
    let entry = entry::parse(&typed, app.clock.today()).map_err(Refusal::Fields)?;
    let is_known = |it: &Id| scene.all_units.iter().any(|unit| unit.unit_id == *it);
    if !entry.unit_ids.iter().all(is_known) {
        return Err(Refusal::Fields(FormErrors::one("units", "所选单位已不存在，请刷新页面后重选。")));
    }
    if !may_name(actor, &place, &entry.unit_ids) {
        let sentence = format!("请选上本单位（{}）：只能记录本单位参加的。", actor.unit_name);
        return Err(Refusal::Fields(FormErrors::one("units", sentence)));
    }
    let topic = posted.text("topic");
    let topic = scene.topics.iter().find(|it| *it == topic).cloned().unwrap_or_default();
    let session_id = session.map(|it| it.session.activity_session_id.clone());
    Ok(Said { entry, session_id, topic })
}

/// Who may, when this person may not.
pub(super) fn why_not(scene: &Scene) -> Error {
    let sentence = if !scene.head.is_running {
        "这个活动方案已归档，不能再记录。".to_owned()
    } else if scene.activity.status == domain::campaign::progress::ActivityStatus::Cancelled {
        "这项活动已取消，不能再记录。如确已开展，请先在活动页“恢复办理”。".to_owned()
    } else {
        "记录由各单位的人员和活动办公室填写。您的角色可以查看。".to_owned()
    };
    Error::Forbidden(sentence)
}

/// Looks at the files of a form; each wrong one gets its sentence, and then nothing is kept.
pub(super) async fn look_at_files(posted: &Posted) -> Result<Vec<Accepted>, Refusal> {
    let files: Vec<_> = posted.files("files").cloned().collect();
    if files.len() > FILE_LIMIT {
        let sentence = format!("一次最多上传 {FILE_LIMIT} 个文件，这次有 {} 个。请分两次记录。", files.len());
        return Err(Refusal::Fields(FormErrors::one("files", sentence)));
    }
    let mut accepted = Vec::new();
    let mut wrong = Vec::new();
    for file in files {
        match evidence::accept(file).await? {
            Ok(file) => accepted.push(file),
            Err(sentence) => wrong.push(sentence),
        }
    }
    if wrong.is_empty() { Ok(accepted) } else { Err(Refusal::Fields(FormErrors::one("files", wrong.join(" ")))) }
}

/// A file on the disk, to be hung on a record.
#[derive(Clone)]
pub(super) struct Kept {
    new: NewAttachment,
    facts: Option<domain::evidence::photo::PhotoFacts>,
}

/// Puts the files on the disk, before any row speaks of them.
pub(super) async fn keep_files(app: &App, actor: &Actor, files: Vec<Accepted>) -> Result<Vec<Kept>, Error> {
    let mut kept = Vec::new();
    for file in files {
        let saved = app.files.save(file.bytes).await?;
        let new = NewAttachment {
            sha256: saved.sha256,
            file_name: file.name,
            media_type: file.kind.media_type().to_owned(),
            size: saved.size,
            area: "record",
            subject_id: Id::from_text(""),
            person_id: actor.person_id.clone(),
        };
        kept.push(Kept { new, facts: file.facts });
    }
    Ok(kept)
}

/// Hangs the files on a record; the same photo twice on one record is one.
pub(super) async fn attach(tx: &Tx, record_id: &Id, files: &[Kept], now: Timestamp) -> store::Result<Vec<String>> {
    let mut there: Vec<String> =
        attachment::list(tx, "record", record_id).await?.into_iter().map(|it| it.sha256).collect();
    let mut names = Vec::new();
    for file in files {
        if there.contains(&file.new.sha256) {
            continue;
        }
        there.push(file.new.sha256.clone());
        attachment::insert(tx, &NewAttachment { subject_id: record_id.clone(), ..file.new.clone() }, now).await?;
        if let Some(facts) = &file.facts {
            store::photo::insert(tx, &file.new.sha256, facts).await?;
        }
        names.push(format!("{} SHA-256 {}", file.new.file_name, file.new.sha256));
    }
    Ok(names)
}

/// What is said of files that were there already.
pub(super) fn same_words(n: usize) -> String {
    format!("有 {n} 个文件与这条记录里的完全相同，没有重复保存。")
}

/// The figures as one line of words.
pub(super) fn in_words(figures: &[RecordFigure]) -> String {
    let words: Vec<String> = figures.iter().map(|it| format!("{}{}", it.label(), it.words())).collect();
    if words.is_empty() { "没有数字".to_owned() } else { words.join("，") }
}

/// The event of a new record, with all that it says.
pub(super) fn write_created(tx: &Tx, actor: &Actor, record: &Record, title: &str, files: &[String], now: Timestamp) {
    let mut detail = json!({
        "活动": title,
        "日期": record.happened_on.to_string(),
        "单位": record.unit_names(),
        "数据": in_words(&record.figures),
    });
    // What was left empty is no line of the history.
    if let Some(detail) = detail.as_object_mut() {
        if !record.note.is_empty() {
            detail.insert("说明".to_owned(), json!(record.note));
        }
        if !files.is_empty() {
            detail.insert("文件".to_owned(), json!(files));
        }
    }
    event::insert(tx, NewEvent::by(actor, "record", &record.record_id, "recorded", now).detail(detail));
}
