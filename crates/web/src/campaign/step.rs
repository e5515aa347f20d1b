//! Changes of an activity by one button: steps, notes, tasks, reminders.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::campaign::edit::{parse_note, parse_optional_note};
use domain::campaign::permitted::{Act, Part, may_mark_task, permitted};
use domain::campaign::progress::{self, ActivityStatus, Step, TaskStatus};
use domain::unit::Actor;
use domain::{FormErrors, Id};
use serde_json::json;
use store::campaign::activity::Activity;
use store::campaign::head::Head;
use store::campaign::{activity, head, reminder, task};
use store::event::{self, NewEvent};
use store::{Tx, unit};

use super::activity::{Typed, draw};
use super::lamp;
use crate::{Answer, App, Error, Frame, Posted, Visitor, page};

/// Why a change was not made; the page is drawn again with what was typed.
pub(crate) enum Refusal {
    /// An answer by itself (404, 403, 409, 500).
    Error(Error),
    /// A rule of the trade: the sentence on the page, 409.
    Rule(String),
    /// A field: the sentence at the field, 422.
    Field(FormErrors),
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Refusal {
        Refusal::Error(error.into())
    }
}

impl From<progress::Rejection> for Refusal {
    fn from(rejection: progress::Rejection) -> Refusal {
        Refusal::Rule(format!("{}（{}）", rejection.sentence(), rejection.code()))
    }
}

impl From<FormErrors> for Refusal {
    fn from(errors: FormErrors) -> Refusal {
        Refusal::Field(errors)
    }
}

/// The page of the activity with the refusal and what was typed.
pub(crate) async fn refused(
    app: &App,
    frame: Frame,
    actor: &Actor,
    activity_id: Id,
    refusal: Refusal,
    typed: Typed,
) -> Answer {
    match refusal {
        Refusal::Error(error) => Err(error),
        Refusal::Rule(refusal) => {
            draw(app, frame, actor, activity_id, Typed { refusal, ..typed }, StatusCode::CONFLICT).await
        }
        Refusal::Field(errors) => {
            draw(app, frame, actor, activity_id, Typed { errors, ..typed }, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

/// Loads an activity that will change, with its campaign and parts, and checks that the actor may do this.
pub(crate) async fn lock_for(
    tx: &Tx,
    actor: &Actor,
    activity_id: &Id,
    version: Option<i64>,
    act: Act,
) -> Result<(Activity, Head, Vec<(Id, Part)>), Refusal> {
    let activity = activity::lock(tx, activity_id, version).await?;
    let head = head::get(tx, &activity.campaign_id).await?;
    let parts: Vec<(Id, Part)> =
        activity::list_units_of(tx, activity_id).await?.into_iter().map(|it| (it.unit_id, it.part)).collect();
    let standing = lamp::standing(activity.status, head.is_running, &parts);
    if permitted(actor, &standing).contains(&act) {
        return Ok((activity, head, parts));
    }
    // Someone who could do it at another status hears the rule, a stranger hears who may.
    if let Act::Step(step) = act
        && step.leads_to(activity.status).is_none()
    {
        let at_start = ActivityStatus::ALL
            .iter()
            .any(|status| permitted(actor, &lamp::standing(*status, head.is_running, &parts)).contains(&act));
        if at_start {
            return Err(progress::Rejection::WrongStatus { step, status: activity.status }.into());
        }
    }
    Err(Refusal::Error(forbidden(&head)))
}

fn forbidden(head: &Head) -> Error {
    if head.is_running {
        Error::Forbidden("只有活动办公室和参加这项活动的单位可以这样做。需要时请联系牵头单位或活动办公室。".into())
    } else {
        Error::Forbidden("这个活动方案已归档，只能查看。".into())
    }
}

/// `POST /activities/{activity_id}/step`
pub(crate) async fn take(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(activity_id): Path<String>,
    posted: Posted,
) -> Answer {
    let id = Id::from_text(activity_id);
    let step = Step::from_code(posted.text("step"))
        .ok_or_else(|| Error::Unreadable("没有写明要做什么。请回到活动页面，按其中的按钮操作。".into()))?;
    let typed = Typed { reason: posted.raw("reason").to_owned(), ..Typed::default() };
    let now = app.clock.now();
    let outcome = {
        let (actor, id, reason) = (actor.clone(), id.clone(), posted.raw("reason").to_owned());
        app.db
            .try_write(async move |tx| -> Result<Activity, Refusal> {
                let reason = parse_optional_note("reason", &reason)?;
                take_in(&tx, &actor, &id, step, &reason, now).await
            })
            .await
    };
    match outcome {
        Ok(activity) => {
            let next = page::inside(posted.text("next"));
            let path = if next == "/" { format!("/activities/{id}") } else { next.to_owned() };
            page::done(&path, &format!("“{}”现在是：{}。", short(&activity.title), activity.status.label()))
        }
        Err(refusal) => refused(&app, frame, &actor, id, refusal, typed).await,
    }
}

async fn take_in(
    tx: &Tx,
    actor: &Actor,
    activity_id: &Id,
    step: Step,
    reason: &str,
    now: jiff::Timestamp,
) -> Result<Activity, Refusal> {
    let (mut activity, _, parts) = lock_for(tx, actor, activity_id, None, Act::Step(step)).await?;
    let open_units = open_units_of_others(tx, actor, activity_id, &parts).await?;
    let before = activity.status;
    activity.status = progress::take(before, step, reason, &open_units)?;
    activity.done_at = (activity.status == ActivityStatus::Done).then_some(now);
    activity::save(tx, &activity).await?;
    if step == Step::Finish {
        task::finish_open(tx, activity_id, now).await?;
    }
    let kind = match step {
        Step::Start => "started",
        Step::Finish => "finished",
        Step::Cancel => "cancelled",
        Step::Reopen => "reopened",
    };
    let mut detail = serde_json::Map::new();
    detail.insert("状态".to_owned(), json!([before.label(), activity.status.label()]));
    if step == Step::Finish && !open_units.is_empty() {
        detail.insert("随之办结的单位".to_owned(), json!(open_units.join("、")));
    }
    let event = NewEvent::by(actor, "activity", activity_id, kind, now).reason(reason).detail(detail.into());
    event::insert(tx, event);
    Ok(activity)
}

/// The units whose tasks are open and for whom the actor does not speak: not the own units, and for the office not the leads.
async fn open_units_of_others(
    tx: &Tx,
    actor: &Actor,
    activity_id: &Id,
    parts: &[(Id, Part)],
) -> Result<Vec<String>, Refusal> {
    let tasks = task::list_of(tx, activity_id).await?;
    let is_lead = parts.iter().any(|(id, part)| *part == Part::Lead && actor.acts_for(id));
    let units = activity::list_units_of(tx, activity_id).await?;
    let mut names: Vec<String> = Vec::new();
    for task in tasks.iter().filter(|it| it.status == TaskStatus::Open) {
        let is_own = actor.acts_for(&task.unit_id) || (!is_lead && task.part == Part::Lead);
        let name = units.iter().find(|it| it.unit_id == task.unit_id).map(|it| it.unit_name.clone());
        if let Some(name) = name.filter(|it| !is_own && !names.contains(it)) {
            names.push(name);
        }
    }
    Ok(names)
}

/// `POST /activities/{activity_id}/notes`
pub(crate) async fn note(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(activity_id): Path<String>,
    posted: Posted,
) -> Answer {
    let id = Id::from_text(activity_id);
    let now = app.clock.now();
    let outcome = {
        let (actor, id, text) = (actor.clone(), id.clone(), posted.raw("note").to_owned());
        app.db
            .try_write(async move |tx| -> Result<(), Refusal> {
                lock_for(&tx, &actor, &id, None, Act::Note).await?;
                let text = parse_note("note", &text)?;
                activity::insert_note(&tx, &id, &actor.unit_id, &actor.person_id, &text, now).await?;
                let event = NewEvent::by(&actor, "activity", &id, "noted", now).detail(json!({ "进展": text }));
                event::insert(&tx, event);
                Ok(())
            })
            .await
    };
    match outcome {
        Ok(()) => page::done(&format!("/activities/{id}#notes"), "进展已登记。"),
        Err(refusal) => {
            let typed = Typed { note: posted.raw("note").to_owned(), ..Typed::default() };
            refused(&app, frame, &actor, id, refusal, typed).await
        }
    }
}

/// `POST /tasks/{task_id}/finish`
pub(crate) async fn finish_task(
    app: State<App>,
    frame: Frame,
    visitor: Visitor,
    task_id: Path<String>,
    posted: Posted,
) -> Answer {
    mark_task(app, frame, visitor, task_id, posted, true).await
}

/// `POST /tasks/{task_id}/reopen`
pub(crate) async fn reopen_task(
    app: State<App>,
    frame: Frame,
    visitor: Visitor,
    task_id: Path<String>,
    posted: Posted,
) -> Answer {
    mark_task(app, frame, visitor, task_id, posted, false).await
}

async fn mark_task(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(task_id): Path<String>,
    posted: Posted,
    is_done: bool,
) -> Answer {
    let task_id = Id::from_text(task_id);
    let now = app.clock.now();
    let activity_id = {
        let task_id = task_id.clone();
        app.db.read(async move |tx| Ok(task::get(&tx, &task_id).await?.activity_id)).await?
    };
    let outcome = {
        let (actor, activity_id) = (actor.clone(), activity_id.clone());
        app.db.try_write(async move |tx| mark_task_in(&tx, &actor, &activity_id, &task_id, is_done, now).await).await
    };
    match outcome {
        Ok(sentence) => {
            let next = page::inside(posted.text("next"));
            let path = if next == "/" { format!("/activities/{activity_id}#tasks") } else { next.to_owned() };
            page::done(&path, &sentence)
        }
        Err(refusal) => refused(&app, frame, &actor, activity_id, refusal, Typed::default()).await,
    }
}

/// The activity is locked before its task, in every change, so that two people never wait for each other.
async fn mark_task_in(
    tx: &Tx,
    actor: &Actor,
    activity_id: &Id,
    task_id: &Id,
    is_done: bool,
    now: jiff::Timestamp,
) -> Result<String, Refusal> {
    let activity = activity::lock(tx, activity_id, None).await?;
    let head = head::get(tx, &activity.campaign_id).await?;
    let parts: Vec<(Id, Part)> =
        activity::list_units_of(tx, activity_id).await?.into_iter().map(|it| (it.unit_id, it.part)).collect();
    let mut task = task::lock(tx, task_id).await?;
    if !may_mark_task(actor, &lamp::standing(activity.status, head.is_running, &parts), &task.unit_id) {
        // Whoever may mark it while the activity runs hears the rule.
        let running = lamp::standing(ActivityStatus::UnderWay, head.is_running, &parts);
        if may_mark_task(actor, &running, &task.unit_id) {
            progress::mark_task(activity.status, task.status, is_done)?;
        }
        return Err(Refusal::Error(forbidden(&head)));
    }
    task.status = progress::mark_task(activity.status, task.status, is_done)?;
    task.done_at = is_done.then_some(now);
    task::save(tx, &task).await?;
    let unit_name = unit::get(tx, &task.unit_id).await?.name;
    let kind = if is_done { "task_finished" } else { "task_reopened" };
    let detail = json!({ "单位": unit_name, "分工": task.part.label() });
    event::insert(tx, NewEvent::by(actor, "activity", activity_id, kind, now).detail(detail));
    let all = task::list_of(tx, activity_id).await?;
    let n_open = all.iter().filter(|it| it.status == TaskStatus::Open).count();
    Ok(match (is_done, n_open) {
        (false, _) => format!("{unit_name}的任务已恢复为待办。"),
        (true, 0) => format!("{unit_name}的任务已完成。各单位都已完成，牵头单位可以办结这项活动。"),
        (true, n_open) => format!("{unit_name}的任务已完成，还有{n_open}个单位待办。"),
    })
}

/// `POST /activities/{activity_id}/remind`
pub(crate) async fn remind(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(activity_id): Path<String>,
    posted: Posted,
) -> Answer {
    let id = Id::from_text(activity_id);
    let now = app.clock.now();
    let outcome = {
        let (actor, id) = (actor.clone(), id.clone());
        let (text, unit_id) = (posted.raw("reminder").to_owned(), posted.text("unit_id").to_owned());
        app.db
            .try_write(async move |tx| -> Result<usize, Refusal> {
                let (activity, ..) = lock_for(&tx, &actor, &id, None, Act::Remind).await?;
                let text = parse_note("reminder", &text)?;
                let mut units: Vec<Id> = Vec::new();
                for task in task::list_of(&tx, &id).await? {
                    let is_meant = unit_id.is_empty() || task.unit_id.as_str() == unit_id;
                    if task.status == TaskStatus::Open && is_meant && !units.contains(&task.unit_id) {
                        units.push(task.unit_id);
                    }
                }
                if units.is_empty() {
                    return Err(Refusal::Rule("没有待办的单位，不需要催办。".to_owned()));
                }
                let mut names = Vec::new();
                for unit_id in &units {
                    let new = reminder::NewReminder {
                        campaign_id: activity.campaign_id.clone(),
                        activity_id: Some(id.clone()),
                        report_duty_id: None,
                        stat_form_id: None,
                        unit_id: unit_id.clone(),
                        person_name: actor.name.clone(),
                        text: text.clone(),
                    };
                    reminder::insert(&tx, &new, now).await?;
                    names.push(unit::get(&tx, unit_id).await?.name);
                }
                let detail = json!({ "单位": names.join("、") });
                event::insert(&tx, NewEvent::by(&actor, "activity", &id, "reminded", now).reason(text).detail(detail));
                Ok(units.len())
            })
            .await
    };
    match outcome {
        Ok(n_units) => {
            page::done(&format!("/activities/{id}#remind"), &format!("已催办{n_units}个单位，对方工作台上马上可见。"))
        }
        Err(refusal) => {
            let typed = Typed { reminder: posted.raw("reminder").to_owned(), ..Typed::default() };
            refused(&app, frame, &actor, id, refusal, typed).await
        }
    }
}

fn short(title: &str) -> String {
    if title.chars().count() <= 24 { title.to_owned() } else { title.chars().take(23).chain(['…']).collect() }
}
