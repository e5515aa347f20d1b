//! `/campaigns/{id}`: the whole campaign on one page.

use askama::Template;
use axum::extract::{Path, State};
use domain::Id;
use domain::campaign::desk::Drawer;
use domain::campaign::light::{self, Light};
use domain::campaign::plan::Plan;
use domain::campaign::progress::{ActivityStatus, TaskStatus};
use domain::campaign::review::permitted::{IntakeStep, Stage};
use domain::campaign::schedule::{Entry, Filter, lights_by_unit};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use store::campaign::duty::{DutyUnit, ReportDuty};
use store::campaign::head::Head;
use store::campaign::task::Task;
use store::campaign::venue::ListedSession;
use store::campaign::{activity, duty, head, task, venue};
use store::event::Event;

use super::address::activities_path;
use super::days::{self, day_with_weekday};
use super::lamp;
use super::trail;
use crate::statistics::{self, Counts};
use crate::{Answer, App, Frame, Visitor, page};

#[derive(Template)]
#[template(path = "campaign/overview.html")]
struct Show {
    frame: Frame,
    head: Head,
    period: String,
    countdown: Countdown,
    tiles: Vec<Tile>,
    units: Vec<UnitLine>,
    coming: Vec<Coming>,
    phases: Vec<(String, String)>,
    plan: Plan,
    trail: Vec<trail::Line>,
    may_keep: bool,
    may_revise: bool,
    may_archive: bool,
    may_reopen: bool,
}

struct Countdown {
    number: String,
    words: String,
}

struct Tile {
    number: String,
    label: &'static str,
    sentence: String,
    class: &'static str,
    path: String,
}

/// One unit with its lights as a stacked bar.
pub(crate) struct UnitLine {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) pieces: Vec<lamp::Piece>,
    pub(crate) words: String,
}

/// Something within the next seven days.
struct Coming {
    day: Date,
    day_words: String,
    distance: String,
    label: &'static str,
    title: String,
    path: String,
}

struct Loaded {
    head: Head,
    plan: Plan,
    entries: Vec<Entry>,
    tasks: Vec<Task>,
    duties: Vec<ReportDuty>,
    duty_units: Vec<DutyUnit>,
    sessions: Vec<ListedSession>,
    events: Vec<Event>,
    /// How the units stand with the statistics forms; `None` when there is no form.
    returns: Option<Counts>,
}

/// `GET /campaigns/{campaign_id}`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
) -> Answer {
    let today = app.clock.today();
    let loaded = load(&app, Id::from_text(campaign_id), today).await?;
    let stage = if loaded.head.is_running { Stage::Running } else { Stage::Archived };
    let steps = domain::campaign::review::permitted::permitted(&actor, stage);
    let may_keep = domain::campaign::permitted::may_keep_campaign(&actor, loaded.head.is_running);
    page::page(&Show {
        frame,
        period: days::when(loaded.head.starts_on, loaded.head.ends_on, None, today),
        countdown: countdown(&loaded.head, today),
        tiles: tiles(&loaded, today),
        units: unit_lines(&loaded.head.campaign_id, &loaded.entries),
        coming: coming(&loaded, today),
        phases: loaded
            .plan
            .phases
            .iter()
            .map(|it| (it.name.clone(), phase_words(it.start.as_deref(), it.end.as_deref())))
            .collect(),
        trail: trail_lines(&loaded),
        head: loaded.head,
        plan: loaded.plan,
        may_keep,
        may_revise: steps.contains(&IntakeStep::Revise),
        may_archive: steps.contains(&IntakeStep::Archive),
        may_reopen: steps.contains(&IntakeStep::Reopen),
    })
}

async fn load(app: &App, campaign_id: Id, today: Date) -> Result<Loaded, crate::Error> {
    let now = crate::clock::in_zone(app.clock.now()).datetime();
    let loaded = app
        .db
        .read(async move |tx| {
            let id = &campaign_id;
            let head = head::get(&tx, id).await?;
            let near_days = lamp::near_days(&tx).await?;
            let activities = activity::list(&tx, id).await?;
            let units = activity::list_units(&tx, id).await?;
            Ok(Loaded {
                head,
                plan: head::plan(&tx, id).await?,
                entries: lamp::entries(&activities, &units, today, near_days),
                tasks: task::list(&tx, id).await?,
                duties: duty::list(&tx, id).await?,
                duty_units: duty::list_units(&tx, id).await?,
                sessions: venue::list_sessions(&tx, id).await?,
                events: head::recent_events(&tx, id, 12).await?,
                returns: statistics::desk::counts(&tx, id, now).await?,
            })
        })
        .await?;
    Ok(loaded)
}

/// Days to 15 March of the campaign's year, the day all of this is for.
fn countdown(head: &Head, today: Date) -> Countdown {
    let year =
        head.year.and_then(|it| i16::try_from(it).ok()).or(head.starts_on.map(Date::year)).unwrap_or(today.year());
    let rights_day = Date::new(year, 3, 15).unwrap_or(date(2024, 3, 15));
    let days = light::days_between(today, rights_day);
    match days {
        0 => Countdown { number: "今天".to_owned(), words: "3·15 国际消费者权益日".to_owned() },
        days if days > 0 => Countdown { number: days.to_string(), words: "天后是 3·15".to_owned() },
        days => Countdown { number: (-days).to_string(), words: "天前是 3·15".to_owned() },
    }
}

/// How many materials are due and not handed in.
fn late(duties: &[ReportDuty], duty_units: &[DutyUnit], today: Date) -> usize {
    let due_on = |it: &DutyUnit| duties.iter().find(|duty| duty.report_duty_id == it.report_duty_id)?.due_on;
    let is_late = |it: &&DutyUnit| !it.is_handed_in && Drawer::of(due_on(it), false, today) == Drawer::Overdue;
    duty_units.iter().filter(is_late).count()
}

fn tiles(loaded: &Loaded, today: Date) -> Vec<Tile> {
    let Loaded { head, entries, tasks, duties, duty_units, .. } = loaded;
    let n_done = entries.iter().filter(|it| it.status == ActivityStatus::Done).count();
    let n_light = |light| entries.iter().filter(|it| it.light == light).count();
    let by_light = |light| activities_path(&head.campaign_id, &Filter { light: Some(light), ..Filter::default() });
    let n_tasks = tasks.iter().filter(|it| it.status != TaskStatus::Withdrawn).count();
    let n_tasks_done = tasks.iter().filter(|it| it.status == TaskStatus::Done).count();
    let n_handed_in = duty_units.iter().filter(|it| it.is_handed_in).count();
    let n_late = late(duties, duty_units, today);
    let (n_red, n_yellow) = (n_light(Light::Red), n_light(Light::Yellow));
    let mut tiles = vec![
        Tile {
            number: format!("{n_done}/{}", entries.len()),
            label: "项活动已办结",
            sentence: format!(
                "进行中 {} 项",
                entries.iter().filter(|it| it.status == ActivityStatus::UnderWay).count()
            ),
            class: "is-good",
            path: activities_path(&head.campaign_id, &Filter::default()),
        },
        Tile {
            number: n_red.to_string(),
            label: "项已逾期",
            sentence: if n_red == 0 { "没有逾期".to_owned() } else { "请马上催办".to_owned() },
            class: if n_red == 0 { "" } else { "is-bad" },
            path: by_light(Light::Red),
        },
        Tile {
            number: n_yellow.to_string(),
            label: "项临近期限",
            sentence: String::new(),
            class: if n_yellow == 0 { "" } else { "is-warn" },
            path: by_light(Light::Yellow),
        },
        Tile {
            number: format!("{n_tasks_done}/{n_tasks}"),
            label: "项单位任务已完成",
            sentence: String::new(),
            class: "",
            path: activities_path(
                &head.campaign_id,
                &Filter { view: domain::campaign::schedule::View::Board, ..Filter::default() },
            ),
        },
        Tile {
            number: format!("{n_handed_in}/{}", duty_units.len()),
            label: "份材料已报送",
            sentence: if n_late == 0 { String::new() } else { format!("{n_late} 份已逾期") },
            class: if n_late == 0 { "" } else { "is-bad" },
            path: format!("/campaigns/{}/duties", head.campaign_id),
        },
    ];
    tiles.extend(loaded.returns.map(|it| returns_tile(head, it)));
    tiles
}

fn returns_tile(head: &Head, counts: Counts) -> Tile {
    let waiting = if counts.n_complete > 0 { format!("{} 份待审核", counts.n_complete) } else { String::new() };
    Tile {
        number: format!("{}/{}", counts.n_handed_in(), counts.n_all),
        label: "份统计表已提交",
        sentence: if counts.n_late > 0 { format!("{} 份已逾期", counts.n_late) } else { waiting },
        class: if counts.n_late > 0 { "is-bad" } else { "" },
        path: format!("/campaigns/{}/forms", head.campaign_id),
    }
}

/// The units of a campaign, each with its lights as a bar; who is late stands on top.
pub(crate) fn unit_lines(campaign_id: &Id, entries: &[Entry]) -> Vec<UnitLine> {
    let mut lines: Vec<(usize, usize, UnitLine)> = Vec::new();
    for (unit_id, name, mut lights) in lights_by_unit(entries) {
        // Done work shows as done, cancelled work not at all; the light tells only how open work stands.
        let of = |status| entries.iter().filter(move |it| it.status == status);
        let count = |status| of(status).filter(|it| it.units.iter().any(|unit| unit.0 == unit_id)).count();
        let (n_done, n_cancelled) = (count(ActivityStatus::Done), count(ActivityStatus::Cancelled));
        lights.entry(Light::Green).and_modify(|n| *n = n.saturating_sub(n_done));
        lights.entry(Light::Gray).and_modify(|n| *n = n.saturating_sub(n_cancelled));
        let (pieces, words) = lamp::bar(n_done, &lights);
        let filter = Filter { unit: Some(unit_id), ..Filter::default() };
        let path = activities_path(campaign_id, &filter);
        let n_red = lights.get(&Light::Red).copied().unwrap_or(0);
        let n_yellow = lights.get(&Light::Yellow).copied().unwrap_or(0);
        lines.push((n_red, n_yellow, UnitLine { name, path, pieces, words }));
    }
    // Who is late stands on top; otherwise the order of the notice.
    lines.sort_by_key(|(n_red, n_yellow, _)| (std::cmp::Reverse(*n_red), std::cmp::Reverse(*n_yellow)));
    lines.into_iter().map(|(_, _, line)| line).collect()
}

fn coming(loaded: &Loaded, today: Date) -> Vec<Coming> {
    let last = today.saturating_add(6.days());
    let is_near = |day: &Date| *day >= today && *day <= last;
    let mut coming = Vec::new();
    let mut add = |day: Option<Date>, label, title: &str, path: String| {
        if let Some(day) = day.filter(is_near) {
            coming.push(Coming {
                day,
                day_words: day_with_weekday(day, today),
                distance: light::distance_words(light::days_between(today, day)),
                label,
                title: title.to_owned(),
                path,
            });
        }
    };
    for entry in loaded.entries.iter().filter(|it| it.status.is_open()) {
        let path = format!("/activities/{}", entry.activity_id);
        let due_on = light::deadline(entry.due_on, entry.ends_on, entry.starts_on);
        if entry.starts_on != due_on {
            add(entry.starts_on, "开始", &entry.title, path.clone());
        }
        add(due_on, "到期", &entry.title, path);
    }
    for listed in &loaded.sessions {
        let title = match &listed.venue_name {
            Some(venue) => format!("{}（{venue}）", listed.activity_title),
            None => listed.activity_title.clone(),
        };
        add(listed.session.starts_on, "场次", &title, format!("/activities/{}", listed.session.activity_id));
    }
    for duty in &loaded.duties {
        let path = format!("/campaigns/{}/duties", loaded.head.campaign_id);
        add(duty.due_on, "报送", &duty.what.join("、"), path);
    }
    coming.sort_by_key(|it| it.day);
    coming.truncate(20);
    coming
}

fn phase_words(start: Option<&str>, end: Option<&str>) -> String {
    let words = |text: &str| {
        let parts: Vec<&str> = text.trim_start_matches("--").split('-').collect();
        match parts.as_slice() {
            [year, month, day] => {
                format!("{year}年{}月{}日", month.trim_start_matches('0'), day.trim_start_matches('0'))
            }
            [first, second] if first.len() == 4 => format!("{first}年{}月", second.trim_start_matches('0')),
            [month, day] => format!("{}月{}日", month.trim_start_matches('0'), day.trim_start_matches('0')),
            _ => format!("{}月", text.trim_start_matches(['-', '0'])),
        }
    };
    match (start, end) {
        (Some(start), Some(end)) if start != end => format!("{}至{}", words(start), words(end)),
        (Some(day), _) | (None, Some(day)) => words(day),
        (None, None) => "通知没有写明时间".to_owned(),
    }
}

fn trail_lines(loaded: &Loaded) -> Vec<trail::Line> {
    loaded
        .events
        .iter()
        .map(|event| {
            let mut line = trail::line(event);
            if let Some(entry) = loaded.entries.iter().find(|it| it.activity_id == event.subject_id) {
                line.path = format!("/activities/{}", entry.activity_id);
                line.title = entry.title.clone();
            }
            line
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_are_said_in_days_or_months() {
        assert_eq!(phase_words(Some("--01-12"), Some("--02-12")), "1月12日至2月12日");
        assert_eq!(phase_words(Some("2024-03"), None), "2024年3月");
        assert_eq!(phase_words(Some("2024-03-15"), Some("2024-03-15")), "2024年3月15日");
        assert_eq!(phase_words(Some("--03"), None), "3月");
        assert_eq!(phase_words(None, None), "通知没有写明时间");
    }
}
