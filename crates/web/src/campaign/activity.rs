//! `/activities/{id}`: one activity with everything that hangs on it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::campaign::light::{self, Work};
use domain::campaign::permitted::{Act, Part, may_mark_task, permitted};
use domain::campaign::progress::{ActivityStatus, Step, TaskStatus};
use domain::evidence::FileKind;
use domain::unit::Actor;
use domain::{FormErrors, Id};
use jiff::civil::Date;
use std::collections::BTreeSet;
use store::campaign::activity::{Activity, ActivityNote, ActivityUnit};
use store::campaign::head::Head;
use store::campaign::reminder::Reminder;
use store::campaign::task::Task;
use store::campaign::venue::{ListedSession, Venue};
use store::campaign::{activity, head, reminder, task, venue};
use store::{attachment, event, unit};

use super::attachment::size_words;
use super::days;
use super::lamp::{self, Lamp};
use super::trail;
use crate::record::list::{self, Section};
use crate::{Answer, App, Choice, Error, Frame, Visitor, clock, page};

#[derive(Template)]
#[template(path = "campaign/activity.html")]
struct Show {
    frame: Frame,
    head: Head,
    activity: Activity,
    lamp: Lamp,
    when: String,
    acts: BTreeSet<Act>,
    steps: Vec<Step>,
    leads: String,
    supports: String,
    tasks: Vec<TaskLine>,
    notes: Vec<NoteLine>,
    sessions: Vec<SessionLine>,
    files: Vec<FileLine>,
    records: Section,
    reminders: Vec<ReminderLine>,
    trail: Vec<trail::Line>,
    source: Excerpt,
    venues: Vec<Choice>,
    units: Vec<Choice>,
    remind_units: Vec<Choice>,
    typed: Typed,
}

/// What was typed into a form of the page and could not be taken; shown again with the reason.
#[derive(Debug, Clone, Default)]
pub(crate) struct Typed {
    pub(crate) errors: FormErrors,
    /// The sentence of a rule that refused, above everything.
    pub(crate) refusal: String,
    pub(crate) reason: String,
    pub(crate) note: String,
    pub(crate) reminder: String,
    pub(crate) session: TypedSession,
}

/// The form of a session as typed.
#[derive(Debug, Clone, Default)]
pub(crate) struct TypedSession {
    pub(crate) starts_on: String,
    pub(crate) time: String,
    pub(crate) venue_id: String,
    pub(crate) unit_id: String,
    pub(crate) note: String,
}

impl TypedSession {
    /// Has anything been typed?
    pub(crate) fn is_typed(&self) -> bool {
        [&self.starts_on, &self.time, &self.note].into_iter().any(|it| !it.trim().is_empty())
    }
}

struct TaskLine {
    task_id: Id,
    unit: String,
    part: Part,
    status: TaskStatus,
    lamp: Lamp,
    may_finish: bool,
    may_reopen: bool,
}

struct NoteLine {
    who: String,
    at: String,
    text: String,
}

struct SessionLine {
    session_id: Id,
    day: String,
    time: String,
    venue: String,
    address: String,
    unit: String,
    note: String,
    /// On a day when the activity is not.
    is_outside: bool,
}

struct FileLine {
    attachment_id: Id,
    name: String,
    kind: &'static str,
    is_picture: bool,
    size: String,
    at: String,
    sha256: String,
}

struct ReminderLine {
    unit: String,
    who: String,
    at: String,
    text: String,
    seen: String,
}

/// The words of the notice around the activity.
struct Excerpt {
    before: String,
    words: String,
    after: String,
}

/// Everything the page shows, as stored.
pub(crate) struct Loaded {
    pub(crate) head: Head,
    pub(crate) activity: Activity,
    pub(crate) units: Vec<ActivityUnit>,
    pub(crate) tasks: Vec<Task>,
    notes: Vec<ActivityNote>,
    sessions: Vec<ListedSession>,
    venues: Vec<Venue>,
    files: Vec<attachment::Attachment>,
    reminders: Vec<Reminder>,
    events: Vec<event::Event>,
    all_units: Vec<unit::Unit>,
    source_text: String,
    near_days: i64,
    records: Section,
}

impl Loaded {
    /// Who takes part, for `permitted`.
    pub(crate) fn parts(&self) -> Vec<(Id, Part)> {
        self.units.iter().map(|it| (it.unit_id.clone(), it.part)).collect()
    }
}

/// `GET /activities/{activity_id}`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(activity_id): Path<String>,
) -> Answer {
    draw(&app, frame, &actor, Id::from_text(activity_id), Typed::default(), StatusCode::OK).await
}

/// The page, also with what could not be taken.
pub(crate) async fn draw(
    app: &App,
    frame: Frame,
    actor: &Actor,
    activity_id: Id,
    typed: Typed,
    status: StatusCode,
) -> Answer {
    let loaded = load(app, actor, activity_id).await?;
    let today = app.clock.today();
    page::page_with(status, &view(frame, actor, loaded, typed, today))
}

async fn load(app: &App, actor: &Actor, activity_id: Id) -> Result<Loaded, Error> {
    let (actor, today) = (actor.clone(), app.clock.today());
    let loaded = app
        .db
        .read(async move |tx| {
            let id = &activity_id;
            let activity = activity::get(&tx, id).await?;
            let head = head::get(&tx, &activity.campaign_id).await?;
            Ok(Loaded {
                units: activity::list_units_of(&tx, id).await?,
                tasks: task::list_of(&tx, id).await?,
                notes: activity::list_notes(&tx, id).await?,
                sessions: venue::list_sessions_of(&tx, id).await?,
                venues: venue::list(&tx, &activity.campaign_id).await?,
                files: attachment::list(&tx, "activity", id).await?,
                reminders: reminder::list_of_activity(&tx, id).await?,
                events: event::list_of(&tx, "activity", id).await?,
                all_units: unit::list(&tx).await?,
                source_text: head::source_text(&tx, &head.notice_id).await?,
                near_days: lamp::near_days(&tx).await?,
                records: list::section(&tx, &actor, id, today).await?,
                head,
                activity,
            })
        })
        .await?;
    Ok(loaded)
}

fn view(frame: Frame, actor: &Actor, loaded: Loaded, typed: Typed, today: Date) -> Show {
    let parts = loaded.parts();
    let standing = lamp::standing(loaded.activity.status, loaded.head.is_running, &parts);
    let acts = permitted(actor, &standing);
    let steps = Step::ALL.iter().copied().filter(|it| acts.contains(&Act::Step(*it))).collect();
    let names = |part| {
        let names: Vec<&str> =
            loaded.units.iter().filter(|it| it.part == part).map(|it| it.unit_name.as_str()).collect();
        names.join("、")
    };
    let verdict = lamp::judge(&loaded.activity, today, loaded.near_days);
    let open_units: Vec<&Task> = loaded.tasks.iter().filter(|it| it.status == TaskStatus::Open).collect();
    let mut remind_units = vec![Choice::new("", "全部未完成的单位", "")];
    for unit in loaded.units.iter().filter(|it| open_units.iter().any(|task| task.unit_id == it.unit_id)) {
        if !remind_units.iter().any(|it| it.value == unit.unit_id.as_str()) {
            remind_units.push(Choice::new(unit.unit_id.to_string(), unit.unit_name.clone(), ""));
        }
    }
    Show {
        frame,
        lamp: Lamp::of(verdict, loaded.activity.status == ActivityStatus::Done),
        when: days::when(loaded.activity.starts_on, loaded.activity.ends_on, loaded.activity.due_on, today),
        steps,
        leads: names(Part::Lead),
        supports: names(Part::Support),
        tasks: task_lines(actor, &loaded, &parts, today),
        notes: loaded.notes.iter().map(note_line).collect(),
        sessions: loaded.sessions.iter().map(|it| session_line(it, &loaded.activity, today)).collect(),
        files: loaded.files.iter().map(file_line).collect(),
        reminders: loaded.reminders.iter().map(reminder_line).collect(),
        trail: loaded.events.iter().rev().map(trail::line).collect(),
        source: excerpt(&loaded),
        venues: venue_choices(&loaded.venues, &typed.session.venue_id),
        units: unit_choices(&loaded, &typed.session.unit_id),
        remind_units,
        records: loaded.records,
        head: loaded.head,
        activity: loaded.activity,
        acts,
        typed,
    }
}

impl Show {
    fn may(&self, act: &str) -> bool {
        let act = match act {
            "edit" => Act::Edit,
            "note" => Act::Note,
            "session" => Act::Session,
            "attach" => Act::Attach,
            "detach" => Act::Detach,
            _ => Act::Remind,
        };
        self.acts.contains(&act)
    }

    fn n_done(&self) -> usize {
        self.tasks.iter().filter(|it| it.status == TaskStatus::Done).count()
    }
}

fn task_lines(actor: &Actor, loaded: &Loaded, parts: &[(Id, Part)], today: Date) -> Vec<TaskLine> {
    let standing = lamp::standing(loaded.activity.status, loaded.head.is_running, parts);
    let activity = &loaded.activity;
    let name = |unit_id: &Id| {
        let unit = loaded.all_units.iter().find(|it| it.unit_id == *unit_id);
        unit.map(|it| it.name.clone()).unwrap_or_default()
    };
    loaded
        .tasks
        .iter()
        .filter(|it| it.status != TaskStatus::Withdrawn)
        .map(|task| {
            let may_mark = may_mark_task(actor, &standing, &task.unit_id);
            let due_on = task.due_on.or_else(|| light::deadline(activity.due_on, activity.ends_on, activity.starts_on));
            let work = match (task.status, activity.status) {
                (TaskStatus::Done, _) => Work::Done(task.done_at.map(days::local_day)),
                (_, ActivityStatus::Cancelled) => Work::Cancelled,
                _ => Work::UnderWay,
            };
            TaskLine {
                task_id: task.task_id.clone(),
                unit: name(&task.unit_id),
                part: task.part,
                status: task.status,
                lamp: Lamp::of(
                    light::judge(work, None, due_on, today, loaded.near_days),
                    task.status == TaskStatus::Done,
                ),
                may_finish: may_mark && task.status == TaskStatus::Open,
                may_reopen: may_mark && task.status == TaskStatus::Done,
            }
        })
        .collect()
}

fn note_line(note: &ActivityNote) -> NoteLine {
    NoteLine {
        who: format!("{} {}", note.unit_name, note.person_name),
        at: clock::in_words(note.at),
        text: note.text.clone(),
    }
}

fn session_line(listed: &ListedSession, activity: &Activity, today: Date) -> SessionLine {
    let session = &listed.session;
    let last = activity.ends_on.or(activity.due_on).or(activity.starts_on);
    let is_outside = |day: Date| activity.starts_on.is_some_and(|it| day < it) || last.is_some_and(|it| day > it);
    SessionLine {
        session_id: session.activity_session_id.clone(),
        day: session.starts_on.map_or_else(|| "日期待定".to_owned(), |it| days::day_with_weekday(it, today)),
        time: session.time.clone().unwrap_or_default(),
        venue: listed.venue_name.clone().unwrap_or_default(),
        address: listed.venue_address.clone().unwrap_or_default(),
        unit: listed.unit_name.clone().unwrap_or_default(),
        note: session.note.clone(),
        is_outside: session.starts_on.is_some_and(is_outside),
    }
}

fn file_line(file: &attachment::Attachment) -> FileLine {
    let kind = FileKind::from_media_type(&file.media_type);
    FileLine {
        attachment_id: file.attachment_id.clone(),
        name: file.file_name.clone(),
        kind: kind.map_or("文件", FileKind::label),
        is_picture: kind.is_some_and(FileKind::is_picture),
        size: size_words(file.size),
        at: clock::in_words(file.created_at),
        sha256: file.sha256.clone(),
    }
}

fn reminder_line(reminder: &Reminder) -> ReminderLine {
    ReminderLine {
        unit: reminder.unit_name.clone(),
        who: reminder.person_name.clone(),
        at: clock::in_words(reminder.at),
        text: reminder.text.clone(),
        seen: reminder
            .seen_at
            .map_or_else(|| "对方尚未确认".to_owned(), |it| format!("{} 已收到", clock::in_words(it))),
    }
}

/// The activity's words in the notice with a line of context on each side.
fn excerpt(loaded: &Loaded) -> Excerpt {
    let chars: Vec<char> = loaded.source_text.chars().collect();
    let end = loaded.activity.span.end.min(chars.len());
    let start = loaded.activity.span.start.min(end);
    let text = |from: usize, to: usize| chars.get(from..to).unwrap_or_default().iter().collect::<String>();
    let before = text(start.saturating_sub(60), start);
    let after = text(end, (end + 60).min(chars.len()));
    Excerpt { before: before.trim_start().to_owned(), words: text(start, end), after: after.trim_end().to_owned() }
}

/// The venues to choose from.
pub(crate) fn venue_choices(venues: &[Venue], current: &str) -> Vec<Choice> {
    let mut choices = vec![Choice::new("", "不指定会场", current)];
    choices.extend(
        venues
            .iter()
            .map(|it| Choice::new(it.venue_id.to_string(), format!("{}：{}", it.kind.label(), it.name), current)),
    );
    choices
}

/// The units of the activity first, then the others in use.
fn unit_choices(loaded: &Loaded, current: &str) -> Vec<Choice> {
    let mine: Vec<&Id> = loaded.units.iter().map(|it| &it.unit_id).collect();
    let mut choices = vec![Choice::new("", "不指定单位", current)];
    let (first, rest): (Vec<_>, Vec<_>) =
        loaded.all_units.iter().filter(|it| it.is_active).partition(|it| mine.contains(&&it.unit_id));
    for unit in first.into_iter().chain(rest) {
        choices.push(Choice::new(unit.unit_id.to_string(), unit.name.clone(), current));
    }
    choices
}
