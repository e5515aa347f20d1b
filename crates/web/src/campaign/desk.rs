//! `/desk`: what is mine, by when; and for those who oversee, how every unit stands.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use domain::Id;
use domain::campaign::desk::Drawer;
use domain::campaign::light::{self, Light, Work};
use domain::campaign::permitted::{
    Part, may_confirm, may_hand_in, may_mark_task, may_renew_feed, may_see_desk, may_see_every_desk,
};
use domain::campaign::progress::{ActivityStatus, TaskStatus};
use domain::campaign::review::permitted::may_import;
use domain::unit::Actor;
use jiff::civil::Date;
use store::campaign::duty::DeskDuty;
use store::campaign::reminder::Reminder;
use store::campaign::task::DeskTask;
use store::campaign::{duty, feed, head, reminder, task};
use store::event::{self, NewEvent};
use store::unit::{self, Unit};

use super::days;
use super::duty as duty_page;
use super::lamp::{self, Lamp};
use crate::complaint::escalation::{OnDesk, on_desk};
use crate::statistics::desk::Forms;
use crate::{Answer, App, Error, Frame, Posted, Visitor, clock, page};

#[derive(Template)]
#[template(path = "campaign/desk.html")]
struct Show {
    frame: Frame,
    unit: Unit,
    today_words: String,
    /// The other desks this person can turn to: address, name, chosen, open, late.
    others: Vec<Other>,
    reminders: Vec<ReminderLine>,
    drawers: Vec<(Drawer, Vec<DeskLine>)>,
    n_open: usize,
    n_late: usize,
    n_done: usize,
    n_all: usize,
    has_campaign: bool,
    /// The task tables of this unit on paper: path without its ending, title of the campaign.
    papers: Vec<(String, String)>,
    feed_path: Option<String>,
    may_renew: bool,
    is_own: bool,
    /// Complaints somebody in this unit has to act on.
    cases: OnDesk,
}

#[derive(Template)]
#[template(path = "campaign/desks.html")]
struct All {
    frame: Frame,
    today_words: String,
    units: Vec<UnitLine>,
    n_late: usize,
    n_near: usize,
    n_done: usize,
    n_all: usize,
    own: Option<String>,
    campaigns: Vec<(String, String)>,
    may_import: bool,
    cases: OnDesk,
}

struct Other {
    path: String,
    name: String,
    is_chosen: bool,
    n_late: usize,
    n_open: usize,
}

struct ReminderLine {
    reminder_id: Id,
    path: String,
    title: String,
    who: String,
    at: String,
    text: String,
}

struct DeskLine {
    path: String,
    title: String,
    /// 牵头, 配合 or 报送.
    part: &'static str,
    is_duty: bool,
    when: String,
    places: String,
    campaign: String,
    lamp: Lamp,
    due_on: Option<Date>,
    /// Where the button posts to, and its word; empty when this person may not.
    action: String,
    word: &'static str,
    unit_id: Id,
}

/// One unit for those who oversee.
struct UnitLine {
    path: String,
    name: String,
    pieces: Vec<lamp::Piece>,
    n_open: usize,
    n_late: usize,
    n_near: usize,
    n_done: usize,
    n_all: usize,
    words: String,
}

struct Loaded {
    units: Vec<Unit>,
    tasks: Vec<DeskTask>,
    duties: Vec<DeskDuty>,
    reminders: Vec<Reminder>,
    campaigns: Vec<(Id, String)>,
    secret: Option<String>,
    near_days: i64,
    forms: Forms,
    cases: OnDesk,
}

/// `GET /desk?unit=`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    RawQuery(query): RawQuery,
) -> Answer {
    let asked = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .find(|(key, _)| key == "unit")
        .map(|(_, value)| Id::from_text(value.into_owned()));
    let today = app.clock.today();
    match asked {
        None if may_see_every_desk(&actor) => all(&app, frame, &actor, today).await,
        asked => {
            let unit_id = asked.unwrap_or_else(|| actor.unit_id.clone());
            if !may_see_desk(&actor, &unit_id) {
                return Err(Error::Forbidden("您只能看本单位和下属单位的工作台。".into()));
            }
            one(&app, frame, &actor, unit_id, today).await
        }
    }
}

impl Show {
    fn title(&self) -> String {
        format!("{}的工作台", self.unit.name)
    }

    fn late_words(&self) -> String {
        format!("{} 项已逾期", self.n_late)
    }

    fn drawer_class(&self, drawer: &Drawer) -> &'static str {
        match drawer {
            Drawer::Overdue => "late",
            Drawer::Today => "today",
            _ => "calm",
        }
    }
}

async fn load(app: &App, actor: &Actor, unit_id: Id, is_all: bool) -> Result<Loaded, Error> {
    let now = app.clock.now();
    let who = actor.clone();
    let loaded = app
        .db
        .read(async move |tx| {
            Ok(Loaded {
                units: unit::list(&tx).await?,
                tasks: task::list_running(&tx).await?,
                duties: duty::list_running(&tx).await?,
                reminders: reminder::list_unseen(&tx, &unit_id).await?,
                campaigns: head::list_running(&tx).await?.into_iter().map(|it| (it.campaign_id, it.title)).collect(),
                secret: feed::secret_of_unit(&tx, &unit_id).await?,
                near_days: lamp::near_days(&tx).await?,
                forms: Forms::load(&tx, now).await?,
                cases: on_desk(&tx, &who, (!is_all).then_some(&unit_id), now).await?,
            })
        })
        .await?;
    Ok(loaded)
}

async fn one(app: &App, frame: Frame, actor: &Actor, unit_id: Id, today: Date) -> Answer {
    let mut loaded = load(app, actor, unit_id.clone(), false).await?;
    let cases = std::mem::take(&mut loaded.cases);
    let unit = loaded.units.iter().find(|it| it.unit_id == unit_id).cloned().ok_or(Error::NotFound)?;
    let mut drawers: BTreeMap<Drawer, Vec<DeskLine>> = BTreeMap::new();
    for (drawer, line) in lines(&loaded, actor, &unit_id, today) {
        drawers.entry(drawer).or_default().push(line);
    }
    for lines in drawers.values_mut() {
        lines.sort_by_key(|it| it.due_on.unwrap_or(Date::MAX));
    }
    let count = |drawer| drawers.get(&drawer).map_or(0, Vec::len);
    let n_all: usize = drawers.values().map(Vec::len).sum();
    let (n_done, n_late) = (count(Drawer::Done), count(Drawer::Overdue));
    page::page(&Show {
        frame,
        today_words: days::day_with_weekday(today, today),
        others: others(&loaded, actor, &unit_id, today),
        reminders: loaded.reminders.iter().map(reminder_line).collect(),
        n_open: n_all - n_done,
        n_late,
        n_done,
        n_all,
        drawers: drawers.into_iter().collect(),
        has_campaign: !loaded.campaigns.is_empty(),
        papers: papers(&loaded, &unit_id),
        feed_path: loaded.secret.as_ref().map(|it| format!("/feed/{it}.ics")),
        may_renew: may_renew_feed(actor, &unit_id),
        is_own: may_confirm(actor, &unit_id),
        cases,
        unit,
    })
}

/// The campaigns in which the unit has a task.
fn papers(loaded: &Loaded, unit_id: &Id) -> Vec<(String, String)> {
    let has_task = |id: &Id| loaded.tasks.iter().any(|it| it.task.unit_id == *unit_id && it.campaign_id == *id);
    let campaigns = loaded.campaigns.iter().filter(|(id, _)| has_task(id));
    campaigns.map(|(id, title)| (format!("/campaigns/{id}/task-table"), title.clone())).collect()
}

/// Everything of one unit with its drawer.
fn lines(loaded: &Loaded, actor: &Actor, unit_id: &Id, today: Date) -> Vec<(Drawer, DeskLine)> {
    let tasks = loaded.tasks.iter().filter(|it| it.task.unit_id == *unit_id);
    let mut lines: Vec<(Drawer, DeskLine)> = tasks.map(|it| task_line(it, loaded, actor, today)).collect();
    lines.extend(duties_of(loaded, unit_id).map(|it| duty_line(it, loaded, actor, today)));
    lines.extend(loaded.forms.lines(actor, unit_id).into_iter().map(|it| form_line(it, loaded, unit_id)));
    lines
}

/// The duties of a unit, without those that are handed in by handing in a form: the form stands in their place.
fn duties_of<'a>(loaded: &'a Loaded, unit_id: &'a Id) -> impl Iterator<Item = &'a DeskDuty> {
    let own = loaded.duties.iter().filter(move |it| it.unit.unit_id == *unit_id);
    own.filter(move |it| !loaded.forms.stand_for(&it.duty.report_duty_id, unit_id))
}

fn form_line(it: crate::statistics::desk::Line, loaded: &Loaded, unit_id: &Id) -> (Drawer, DeskLine) {
    let line = DeskLine {
        path: it.path,
        title: it.title,
        part: "统计表",
        is_duty: true,
        when: it.when,
        places: it.note,
        campaign: if loaded.campaigns.len() > 1 { it.campaign } else { String::new() },
        lamp: it.lamp,
        due_on: it.due_on,
        word: "填报",
        action: it.action,
        unit_id: unit_id.clone(),
    };
    (it.drawer, line)
}

fn task_line(it: &DeskTask, loaded: &Loaded, actor: &Actor, today: Date) -> (Drawer, DeskLine) {
    let due_on = task_due(it);
    let is_over = !is_open(it);
    let verdict = light::judge(task_work(it), it.starts_on, due_on, today, loaded.near_days);
    let parts = [(it.task.unit_id.clone(), it.task.part)];
    let standing = lamp::standing(it.activity_status, true, &parts);
    let may_mark = may_mark_task(actor, &standing, &it.task.unit_id);
    let (action, word) = match (may_mark, it.task.status) {
        (true, TaskStatus::Open) => (format!("/tasks/{}/finish", it.task.task_id), "完成"),
        (true, TaskStatus::Done) => (format!("/tasks/{}/reopen", it.task.task_id), "撤回"),
        _ => (String::new(), ""),
    };
    let number = it.number.map(|it| format!("{it}. ")).unwrap_or_default();
    let line = DeskLine {
        path: format!("/activities/{}", it.task.activity_id),
        title: format!("{number}{}", it.title),
        part: it.task.part.label(),
        is_duty: false,
        when: days::when(it.starts_on, it.ends_on, it.task.due_on.or(it.activity_due_on), today),
        places: it.places.join("、"),
        campaign: if loaded.campaigns.len() > 1 { it.campaign_title.clone() } else { String::new() },
        lamp: Lamp::of(verdict, is_over && it.activity_status != ActivityStatus::Cancelled),
        due_on,
        action,
        word,
        unit_id: it.task.unit_id.clone(),
    };
    (Drawer::of(due_on, is_over, today), line)
}

fn duty_line(it: &DeskDuty, loaded: &Loaded, actor: &Actor, today: Date) -> (Drawer, DeskLine) {
    let may = may_hand_in(actor, true, &it.unit.unit_id);
    let (verb, word) = if it.unit.is_handed_in { ("take-back", "撤回") } else { ("hand-in", "已报送") };
    let to = if it.duty.to.is_empty() { String::new() } else { format!("，报{}", it.duty.to.join("、")) };
    let line = DeskLine {
        path: format!("/campaigns/{}/duties", it.duty.campaign_id),
        title: format!("{}{to}", it.duty.what.join("、")),
        part: "报送",
        is_duty: true,
        when: duty_page::due_words(&it.duty, today),
        places: it.duty.via.join("、"),
        campaign: if loaded.campaigns.len() > 1 { it.campaign_title.clone() } else { String::new() },
        lamp: duty_page::lamp(&it.duty, &it.unit, today, loaded.near_days),
        due_on: it.duty.due_on,
        action: if may { format!("/duties/{}/{verb}", it.duty.report_duty_id) } else { String::new() },
        word,
        unit_id: it.unit.unit_id.clone(),
    };
    (Drawer::of(it.duty.due_on, it.unit.is_handed_in, today), line)
}

fn task_due(it: &DeskTask) -> Option<Date> {
    it.task.due_on.or_else(|| light::deadline(it.activity_due_on, it.ends_on, it.starts_on))
}

fn is_open(it: &DeskTask) -> bool {
    it.task.status == TaskStatus::Open && it.activity_status.is_open()
}

fn task_work(it: &DeskTask) -> Work {
    match (it.task.status, it.activity_status) {
        (_, ActivityStatus::Cancelled) => Work::Cancelled,
        (TaskStatus::Done, _) => Work::Done(it.task.done_at.map(days::local_day)),
        (_, ActivityStatus::Done) => Work::Done(None),
        (_, ActivityStatus::Planned) if it.task.part == Part::Lead => Work::Planned,
        _ => Work::UnderWay,
    }
}

fn reminder_line(it: &Reminder) -> ReminderLine {
    let (path, title) = match (&it.activity_id, &it.activity_title) {
        (Some(id), Some(title)) => (format!("/activities/{id}"), title.clone()),
        _ if it.stat_form_id.is_some() => {
            let form_id = it.stat_form_id.as_ref().map(Id::as_str).unwrap_or_default();
            (format!("/forms/{form_id}/units/{}", it.unit_id), "填报统计表".to_owned())
        }
        _ => (format!("/campaigns/{}/duties", it.campaign_id), "报送材料".to_owned()),
    };
    ReminderLine {
        reminder_id: it.reminder_id.clone(),
        path,
        title,
        who: it.person_name.clone(),
        at: clock::in_words(it.at),
        text: it.text.clone(),
    }
}

/// The lights of one unit: open work by light, and what is done.
fn unit_line(loaded: &Loaded, unit: &Unit, today: Date) -> UnitLine {
    let mut lights: BTreeMap<Light, usize> = BTreeMap::new();
    let (mut n_done, mut n_open) = (0, 0);
    for it in loaded.tasks.iter().filter(|it| it.task.unit_id == unit.unit_id) {
        if is_open(it) {
            n_open += 1;
            let verdict = light::judge(task_work(it), it.starts_on, task_due(it), today, loaded.near_days);
            *lights.entry(verdict.light).or_default() += 1;
        } else {
            n_done += 1;
        }
    }
    for it in loaded.forms.lights(&unit.unit_id) {
        match it {
            None => n_done += 1,
            Some(light) => {
                n_open += 1;
                *lights.entry(light).or_default() += 1;
            }
        }
    }
    for it in duties_of(loaded, &unit.unit_id) {
        if it.unit.is_handed_in {
            n_done += 1;
        } else {
            n_open += 1;
            let verdict = light::judge(Work::UnderWay, None, it.duty.due_on, today, loaded.near_days);
            *lights.entry(verdict.light).or_default() += 1;
        }
    }
    let n_all = n_open + n_done;
    let (pieces, words) = lamp::bar(n_done, &lights);
    let n_late = lights.get(&Light::Red).copied().unwrap_or(0);
    let n_near = lights.get(&Light::Yellow).copied().unwrap_or(0);
    UnitLine {
        path: format!("/desk?unit={}", unit.unit_id),
        name: unit.name.clone(),
        pieces,
        n_open,
        n_late,
        n_near,
        n_done,
        n_all,
        words,
    }
}

/// The desks of the person's subtree, when there is more than one.
fn others(loaded: &Loaded, actor: &Actor, chosen: &Id, today: Date) -> Vec<Other> {
    let others: Vec<Other> = loaded
        .units
        .iter()
        .filter(|it| actor.acts_for(&it.unit_id) && (it.is_active || it.unit_id == *chosen))
        .map(|it| {
            let line = unit_line(loaded, it, today);
            Other {
                path: line.path,
                name: it.short_name.clone(),
                is_chosen: it.unit_id == *chosen,
                n_late: line.n_late,
                n_open: line.n_open,
            }
        })
        .collect();
    if others.len() > 1 { others } else { Vec::new() }
}

/// How every unit stands: who is late on top.
async fn all(app: &App, frame: Frame, actor: &Actor, today: Date) -> Answer {
    let mut loaded = load(app, actor, actor.unit_id.clone(), true).await?;
    let cases = std::mem::take(&mut loaded.cases);
    let mut units: Vec<UnitLine> =
        loaded.units.iter().map(|it| unit_line(&loaded, it, today)).filter(|it| it.n_all > 0).collect();
    units.sort_by_key(|it| (std::cmp::Reverse(it.n_late), std::cmp::Reverse(it.n_near)));
    let sum = |count: fn(&UnitLine) -> usize| units.iter().map(count).sum();
    let own = format!("/desk?unit={}", actor.unit_id);
    page::page(&All {
        frame,
        today_words: days::day_with_weekday(today, today),
        n_late: sum(|it| it.n_late),
        n_near: sum(|it| it.n_near),
        n_done: sum(|it| it.n_done),
        n_all: sum(|it| it.n_all),
        own: Some(own).filter(|path| units.iter().any(|it| it.path == *path)),
        campaigns: loaded.campaigns.iter().map(|(id, title)| (format!("/campaigns/{id}"), title.clone())).collect(),
        may_import: may_import(actor),
        cases,
        units,
    })
}

/// `POST /reminders/{reminder_id}/seen`
pub(crate) async fn seen(State(app): State<App>, Visitor(actor): Visitor, Path(reminder_id): Path<String>) -> Answer {
    let id = Id::from_text(reminder_id);
    let now = app.clock.now();
    let unit_id = app
        .db
        .try_write(async move |tx| -> Result<Id, Error> {
            let reminder = reminder::get(&tx, &id).await?;
            if !may_confirm(&actor, &reminder.unit_id) {
                return Err(Error::Forbidden("催办由收到的单位确认。".into()));
            }
            if !reminder::mark_seen(&tx, &id, now).await? {
                return Ok(reminder.unit_id);
            }
            let (area, subject) = match &reminder.activity_id {
                Some(activity_id) => ("activity", activity_id),
                None => ("campaign", &reminder.campaign_id),
            };
            let detail = serde_json::json!({ "单位": reminder.unit_name });
            event::insert(&tx, NewEvent::by(&actor, area, subject, "reminder_seen", now).detail(detail));
            Ok(reminder.unit_id)
        })
        .await?;
    page::done(&format!("/desk?unit={unit_id}"), "已确认收到。")
}

/// `POST /desk/feed`: a new secret address for the calendar of a unit; the old one opens nothing any more.
pub(crate) async fn renew_feed(State(app): State<App>, Visitor(actor): Visitor, posted: Posted) -> Answer {
    let unit_id = Id::from_text(posted.text("unit_id"));
    if !may_renew_feed(&actor, &unit_id) {
        return Err(Error::Forbidden("日历订阅地址由本单位或活动办公室更换。".into()));
    }
    let now = app.clock.now();
    let secret = crate::keys::random_token();
    let path = format!("/desk?unit={unit_id}#feed");
    app.db
        .write(async move |tx| {
            unit::get(&tx, &unit_id).await?;
            feed::save_unit(&tx, &unit_id, &secret, now).await?;
            event::insert(&tx, NewEvent::by(&actor, "unit", &unit_id, "feed_renewed", now));
            Ok(())
        })
        .await?;
    page::done(&path, "日历订阅地址已生成，旧地址即刻失效。")
}
