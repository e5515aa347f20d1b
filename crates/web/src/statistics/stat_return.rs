//! `/returns/{id}`: a unit fills its form; the page fills itself from the records, and every number opens to what it counts.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::Id;
use domain::statistics::fill::{self, Proposal, Typed};
use domain::statistics::stat_return::{ReturnStatus, ReturnStep};
use domain::unit::{Actor, Role};
use serde_json::{Map, Value, json};
use store::event::{self, NewEvent};
use store::statistics::form_merge::{self, ReturnFile};
use store::statistics::stat_return::{self, StatReturn};
use store::unit::Unit;
use store::{Read, person};

use super::before;
use super::filling::Filling;
use super::scene::{Scene, wall};
use super::sheet::{self, Again, Row};
use super::step;
use crate::campaign::lamp::Lamp;
use crate::campaign::trail;
use crate::{Answer, App, Error, Frame, Posted, Visitor, changed, clock, page};

/// The button that lets every number follow the records again, and the prefix of the one of a single cell.
const FOLLOW: &str = "follow";
const FOLLOW_ONE: &str = "follow:";
/// The prefix of the button that counts what records say beside the cases of a cell, and the reason that is written with it.
const BESIDE: &str = "beside:";
const WITH_RECORDS: &str = "含活动记录里的接受咨询（人次）";
/// The longest name of a contact.
const LONGEST_NAME: usize = 40;

#[derive(Template)]
#[template(path = "statistics/return.html")]
struct Show {
    frame: Frame,
    scene: Scene,
    unit: Unit,
    own: StatReturn,
    lamp: Lamp,
    due: String,
    rows: Vec<Row>,
    steps: BTreeSet<ReturnStep>,
    is_sum: bool,
    /// Which units below have not handed in.
    missing: String,
    is_latest: bool,
    contact_name: String,
    contact_phone: String,
    n_errors: usize,
    n_warnings: usize,
    n_empty: usize,
    n_since: usize,
    /// Cells with a number of their own that could follow the records.
    n_own: usize,
    refusal: String,
    reason: String,
    is_stale: bool,
    is_overtaken: bool,
    /// Whose overlap is that of the upgrade; empty for nobody's.
    before: String,
    /// Who saved it last, and when.
    changed: String,
    errors: domain::FormErrors,
    approved: String,
    left_over: Vec<String>,
    /// The files it came from.
    files: Vec<ReturnFile>,
    others: Vec<(String, String, bool)>,
    next: Option<(String, String)>,
    trail: Vec<trail::Line>,
}

impl Show {
    fn may(&self, step: &str) -> bool {
        ReturnStep::from_code(step).is_some_and(|it| self.steps.contains(&it))
    }

    fn heading(&self) -> String {
        let supplement =
            if self.own.supplement > 0 { format!("（第{}次补报）", self.own.supplement) } else { String::new() };
        format!("{}{supplement}：{}", self.unit.short_name, self.scene.title())
    }

    fn total_words(&self) -> &'static str {
        "系统算出＝已交表单位的上报数（以交表时为准）＋还没有交表的单位现在的记录－重复计数（联合开展的只算一次）。交表以后的新记录不改变这个数，在格里提示；要计入，退回该单位修改，已审核的由它补报。总结里的数按现在的记录计，不含各单位多报少报的。"
    }

    fn path(&self) -> String {
        format!("/returns/{}", self.own.stat_return_id)
    }
}

#[derive(Template)]
#[template(path = "statistics/start.html")]
struct Start {
    frame: Frame,
    scene: Scene,
    unit: Unit,
    lamp: Lamp,
    rows: Vec<Row>,
    is_sum: bool,
    may_begin: bool,
}

impl Start {
    fn heading(&self) -> String {
        format!("{}：{}", self.unit.short_name, self.scene.title())
    }

    fn path(&self) -> String {
        format!("/forms/{}/units/{}", self.scene.form.stat_form_id, self.unit.unit_id)
    }
}

/// `GET /forms/{stat_form_id}/units/{unit_id}`: to the return of the unit, or what it would be filled with.
pub(crate) async fn start(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path((stat_form_id, unit_id)): Path<(String, String)>,
) -> Answer {
    let (form_id, unit_id) = (Id::from_text(stat_form_id), Id::from_text(unit_id));
    let now = wall(app.clock.now());
    let filling = app
        .db
        .read(async move |tx| {
            let scene = Scene::load(&tx, &form_id).await?;
            let own = scene.latest(&unit_id).cloned();
            Filling::load(&tx, scene, &unit_id, own).await?.with_late(&tx).await
        })
        .await?;
    if let Some(own) = &filling.stat_return {
        return page::go(&format!("/returns/{}", own.stat_return_id));
    }
    if !filling.scene.reporting.contains(&filling.unit.unit_id) {
        return Err(Error::NotFound);
    }
    let unit_id = &filling.unit.unit_id;
    page::page(&Start {
        lamp: filling.scene.lamp(unit_id, now),
        rows: sheet::rows(&filling, &Again::default()),
        is_sum: filling.is_sum(),
        may_begin: filling.scene.steps(&actor, unit_id, ReturnStatus::Draft).contains(&ReturnStep::Fill),
        unit: filling.unit,
        scene: filling.scene,
        frame,
    })
}

/// `POST /forms/{stat_form_id}/units/{unit_id}`: begins the return.
pub(crate) async fn begin(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path((stat_form_id, unit_id)): Path<(String, String)>,
) -> Answer {
    let (form_id, unit_id, now) = (Id::from_text(stat_form_id), Id::from_text(unit_id), app.clock.now());
    let own = app
        .db
        .try_write(async move |tx| -> Result<StatReturn, Error> {
            let scene = Scene::load(&tx, &form_id).await?;
            if !scene.reporting.contains(&unit_id) {
                return Err(Error::NotFound);
            }
            if let Some(own) = scene.latest(&unit_id) {
                return Ok(own.clone());
            }
            if !scene.steps(&actor, &unit_id, ReturnStatus::Draft).contains(&ReturnStep::Fill) {
                return Err(Error::Forbidden("统计表由本单位的人员或活动办公室填报。".into()));
            }
            let begun = stat_return::begin(&tx, &form_id, &unit_id, 0, now).await?;
            let mut own = stat_return::lock(&tx, &begun.stat_return_id, None).await?;
            (own.contact_name, own.contact_phone) = contact(&tx, &actor, &unit_id).await?;
            stat_return::save(&tx, &own).await?;
            let event = NewEvent::by(&actor, "stat_return", &own.stat_return_id, "return_begun", now);
            event::insert(&tx, event.detail(json!({ "单位": own.unit_name, "统计表": scene.title() })));
            Ok(own)
        })
        .await?;
    page::go(&format!("/returns/{}", own.stat_return_id))
}

/// The contact of a unit the last time, else who fills it in.
async fn contact(tx: &Read, actor: &Actor, unit_id: &Id) -> store::Result<(String, String)> {
    if let Some(last) = stat_return::last_contact(tx, unit_id).await? {
        return Ok(last);
    }
    if actor.unit_id != *unit_id {
        return Ok((String::new(), String::new()));
    }
    let phone = person::phone(tx, &actor.person_id).await?.unwrap_or_default();
    Ok((actor.name.clone(), phone))
}

/// `GET /returns/{stat_return_id}`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(stat_return_id): Path<String>,
) -> Answer {
    draw(&app, frame, &actor, Id::from_text(stat_return_id), Shown::default(), StatusCode::OK).await
}

/// What a page shows beside what is stored.
#[derive(Default)]
pub(crate) struct Shown {
    pub(crate) again: Again,
    pub(crate) contact: Option<(String, String)>,
    pub(crate) refusal: String,
    pub(crate) reason: String,
    /// Somebody else took a step first.
    pub(crate) is_overtaken: bool,
}

pub(crate) async fn draw(
    app: &App,
    frame: Frame,
    actor: &Actor,
    stat_return_id: Id,
    shown: Shown,
    status: StatusCode,
) -> Answer {
    let now = wall(app.clock.now());
    let (filling, events, files) = app
        .db
        .read(async move |tx| {
            let filling = Filling::of_return(&tx, &stat_return_id).await?.with_late(&tx).await?;
            let events = event::list_of(&tx, "stat_return", &stat_return_id).await?;
            Ok((filling, events, form_merge::files_of(&tx, &stat_return_id).await?))
        })
        .await?;
    let own = filling.stat_return.clone().ok_or(Error::NotFound)?;
    let rows = sheet::rows(&filling, &shown.again);
    let cells = || rows.iter().flat_map(|row| &row.cells);
    let findings = || cells().flat_map(|cell| &cell.findings);
    let is_latest = filling.is_latest();
    let (contact_name, phone) = shown.contact.unwrap_or((own.contact_name.clone(), own.contact_phone.clone()));
    page::page_with(
        status,
        &Show {
            steps: if is_latest { filling.scene.steps(actor, &own.unit_id, own.status) } else { BTreeSet::new() },
            lamp: filling.scene.lamp(&own.unit_id, now),
            due: filling.scene.due_words(now),
            n_errors: findings().filter(|it| it.2).count(),
            n_warnings: findings().filter(|it| !it.2).count() + cells().map(|it| it.looks.len()).sum::<usize>(),
            n_empty: cells().filter(|it| it.is_compulsory && it.typed.trim().is_empty()).count(),
            n_own: cells().filter(|it| it.may_follow).count(),
            n_since: cells().filter(|it| !it.since.is_empty()).count(),
            is_sum: filling.is_sum(),
            missing: filling.scene.missing_words(&own),
            before: before::words(&filling.before),
            contact_phone: if sees_phone(&filling, actor) { phone } else { masked(&phone) },
            approved: approved_words(&own),
            left_over: left_over(&filling),
            files,
            others: others(&filling),
            next: next_open(&filling, actor, &own),
            changed: changed::words(events.last()),
            trail: events.iter().rev().map(trail::line).collect(),
            unit: filling.unit,
            scene: filling.scene,
            refusal: shown.refusal,
            reason: shown.reason,
            is_overtaken: shown.is_overtaken,
            is_stale: shown.again.is_stale,
            errors: shown.again.errors,
            contact_name,
            is_latest,
            rows,
            own,
            frame,
        },
    )
}

/// Only the last four digits.
pub(super) fn masked(phone: &str) -> String {
    let n = phone.chars().count();
    phone.chars().enumerate().map(|(i, c)| if i + 4 < n && c.is_ascii_digit() { '*' } else { c }).collect()
}

fn approved_words(own: &StatReturn) -> String {
    match (&own.approved_by, own.approved_at) {
        (Some(by), Some(at)) => format!("{by}于 {} 审核通过", clock::in_words(at)),
        _ => String::new(),
    }
}

/// Who takes a step with the return, the office and the leaders see the telephone number.
pub(super) fn sees_phone(filling: &Filling, actor: &Actor) -> bool {
    let Some(own) = &filling.stat_return else { return false };
    let has_step = filling.is_latest() && !filling.scene.steps(actor, &own.unit_id, own.status).is_empty();
    has_step || matches!(actor.role, Role::Office | Role::Leader)
}

fn left_over(filling: &Filling) -> Vec<String> {
    let words = |(key, value): (&String, &domain::statistics::check::CellValue)| match value.reported {
        Some(number) => format!("{key}：{number}"),
        None => format!("{key}：{}", value.text),
    };
    filling.left_over().into_iter().map(words).collect()
}

/// The returns of the unit, when there are several: address, word, whether it is this one.
fn others(filling: &Filling) -> Vec<(String, String, bool)> {
    let own = filling.scene.returns_of(&filling.unit.unit_id);
    let here = filling.stat_return.as_ref().map(|it| &it.stat_return_id);
    let line = |it: &StatReturn| {
        let name =
            if it.supplement == 0 { "首次填报".to_owned() } else { format!("第{}次补报", it.supplement) };
        (
            format!("/returns/{}", it.stat_return_id),
            format!("{name}（{}）", it.status.label()),
            here == Some(&it.stat_return_id),
        )
    };
    let lines: Vec<_> = own.map(line).collect();
    if lines.len() > 1 { lines } else { Vec::new() }
}

/// The next return that waits for this person's approval.
fn next_open(filling: &Filling, actor: &Actor, own: &StatReturn) -> Option<(String, String)> {
    let scene = &filling.scene;
    let waits = |it: &&StatReturn| {
        it.stat_return_id != own.stat_return_id
            && it.status == ReturnStatus::Complete
            && it.unit_id != actor.unit_id
            && scene.steps(actor, &it.unit_id, it.status).contains(&ReturnStep::Approve)
    };
    let next = scene.returns.iter().find(waits)?;
    Some((format!("/returns/{}", next.stat_return_id), next.unit_name.clone()))
}

/// The cells as typed.
fn typed(posted: &Posted, filling: &Filling) -> BTreeMap<String, Typed> {
    let form = &filling.scene.form.definition;
    let sent = form.cells().filter(|(_, cell)| posted.is_set(&fill::field(&cell.key)));
    let what = posted.text("do");
    sent.map(|(_, cell)| {
        let written = posted.raw(&fill::field(&cell.key));
        let is_known = !cell.is_text && filling.proposals.get(&cell.key).is_some_and(Proposal::is_known);
        if is_known && (what == FOLLOW || what.strip_prefix(FOLLOW_ONE) == Some(cell.key.as_str())) {
            return (cell.key.clone(), Typed::default());
        }
        if what.strip_prefix(BESIDE) == Some(cell.key.as_str())
            && let Some((value, is_estimate)) = filling.with_beside(&cell.key)
        {
            let reason = posted.text(&fill::reason_field(&cell.key));
            let reason = if reason.is_empty() { WITH_RECORDS } else { reason };
            let written = domain::statistics::check::typed(cell, value, is_estimate);
            return (cell.key.clone(), Typed { written, reason: reason.to_owned() });
        }
        let is_none = what == "zero" && written.trim().is_empty() && !cell.is_text && cell.is_compulsory && !is_known;
        let typed = Typed {
            written: if is_none { "0".to_owned() } else { written.to_owned() },
            reason: posted.raw(&fill::reason_field(&cell.key)).to_owned(),
        };
        (cell.key.clone(), typed)
    })
    .collect()
}

/// Why a return was not saved.
enum Refusal {
    Error(Error),
    Again(Box<Shown>, StatusCode),
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Refusal {
        Refusal::Error(error.into())
    }
}

/// `POST /returns/{stat_return_id}`: saves the draft, and hands it in when the button says so.
pub(crate) async fn update(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(stat_return_id): Path<String>,
    posted: Posted,
) -> Answer {
    let id = Id::from_text(stat_return_id);
    let completes = posted.text("do") == "complete";
    let outcome = {
        let (id, actor, posted, now) = (id.clone(), actor.clone(), posted.clone(), app.clock.now());
        app.db
            .try_write(async move |tx| -> Result<Option<String>, Refusal> {
                let (filling, values) = save(&tx, &id, &actor, &posted, now).await?;
                if !completes {
                    return Ok(None);
                }
                match step::complete(&tx, &filling, &values, &actor, now).await {
                    Ok(()) => Ok(None),
                    Err(step::Refusal::Rule(sentence)) => Ok(Some(sentence)),
                    Err(step::Refusal::Error(error)) => Err(Refusal::Error(error)),
                }
            })
            .await
    };
    match outcome {
        Ok(None) if completes => page::done(&format!("/returns/{id}"), "已提交，等待上级审核。审核前可以收回修改。"),
        Ok(None) if posted.text("do").starts_with(FOLLOW) => {
            page::done(&format!("/returns/{id}"), "已改用系统算出的数，会一直跟着记录走。")
        }
        Ok(None) => page::done(&format!("/returns/{id}"), "已保存。没有改动的数会继续跟着记录走，提交时定下来。"),
        Ok(Some(sentence)) => {
            let refusal = format!("{sentence}。填的内容已经保存为草稿。");
            let again = Again { names_empty: true, ..Again::default() };
            let shown = Shown { refusal, again, ..Shown::default() };
            draw(&app, frame, &actor, id, shown, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(Refusal::Error(error)) => Err(error),
        Err(Refusal::Again(shown, status)) => draw(&app, frame, &actor, id, *shown, status).await,
    }
}

/// Saves what was typed; the answer is the return with its numbers.
async fn save(
    tx: &store::Tx,
    id: &Id,
    actor: &Actor,
    posted: &Posted,
    now: jiff::Timestamp,
) -> Result<(Filling, BTreeMap<String, domain::statistics::check::CellValue>), Refusal> {
    let mut own = stat_return::lock(tx, id, None).await?;
    let mut filling = Filling::of_return(tx, id).await?;
    let typed = typed(posted, &filling);
    let contact = (posted.text("contact_name").to_owned(), posted.text("contact_phone").to_owned());
    let refuse = |errors, is_stale, status| {
        let again = Again { typed: typed.clone(), errors, is_stale, names_empty: false };
        let shown = Shown { again, contact: Some(contact.clone()), ..Shown::default() };
        Err(Refusal::Again(Box::new(shown), status))
    };
    if own.version != posted.version() + 1 {
        return refuse(domain::FormErrors::default(), true, StatusCode::CONFLICT);
    }
    if !filling.is_latest() || !filling.scene.steps(actor, &own.unit_id, own.status).contains(&ReturnStep::Fill) {
        let sentence = format!("这份统计表{}，现在不能由您填写。", own.status.label());
        return Err(Refusal::Error(Error::Forbidden(sentence)));
    }
    let parsed = fill::parse(&filling.scene.form.definition, &filling.proposals, &typed);
    let mut errors = check_contact(&contact);
    let values = match parsed {
        Ok(values) if errors.is_empty() => values,
        Ok(_) => return refuse(errors, false, StatusCode::UNPROCESSABLE_ENTITY),
        Err(more) => {
            more.iter().for_each(|(field, sentence)| errors.add(field, sentence));
            return refuse(errors, false, StatusCode::UNPROCESSABLE_ENTITY);
        }
    };
    let mut changes = fill::changes(&filling.scene.form.definition, &filling.stored, &values);
    if own.contact_name != contact.0 {
        changes.push(("联系人".to_owned(), own.contact_name.clone(), contact.0.clone()));
    }
    let is_other_phone = own.contact_phone != contact.1;
    (own.contact_name, own.contact_phone) = contact;
    stat_return::save(tx, &own).await?;
    for (key, value) in &values {
        stat_return::save_value(tx, id, key, value).await?;
    }
    if !changes.is_empty() || is_other_phone {
        let detail: Map<String, Value> =
            changes.into_iter().map(|(name, before, after)| (name, json!([before, after]))).collect();
        event::insert(tx, NewEvent::by(actor, "stat_return", id, "return_filled", now).detail(Value::Object(detail)));
    }
    filling.stored.extend(values.clone());
    filling.stat_return = Some(own);
    let values = filling.values();
    Ok((filling, values))
}

fn check_contact(contact: &(String, String)) -> domain::FormErrors {
    let mut errors = domain::FormErrors::default();
    if contact.0.chars().count() > LONGEST_NAME {
        errors.add("contact_name", format!("联系人姓名请不超过{LONGEST_NAME}字。"));
    }
    let is_phone = |text: &str| {
        text.chars().count() <= 30 && text.chars().all(|c| c.is_ascii_digit() || "+-() （）、/转".contains(c))
    };
    if !is_phone(&contact.1) {
        errors.add("contact_phone", "电话只写数字、横线和括号，例如 0599-5550100。");
    }
    errors
}
