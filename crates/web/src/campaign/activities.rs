//! `/campaigns/{id}/activities`: the same set as list, board, calendar and Gantt chart. The address is the view.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use domain::Id;
use domain::campaign::kind::ActivityKind;
use domain::campaign::light::{self, Light};
use domain::campaign::permitted::{Act, Part, permitted};
use domain::campaign::progress::{ActivityStatus, Step};
use domain::campaign::schedule::{self, Entry, Filter, Sort, View};
use domain::unit::Actor;
use jiff::civil::Date;
use store::campaign::head::Head;
use store::campaign::{activity, head};

use super::address::with_query;
use super::days;
use super::lamp::{self, Lamp};
use crate::{Answer, App, Choice, Frame, Visitor, page};

#[derive(Template)]
#[template(path = "campaign/activities.html")]
struct List {
    frame: Frame,
    head: Head,
    filter: Filter,
    /// Tab: address, word, icon, chosen.
    tabs: Vec<(String, &'static str, &'static str, bool)>,
    choices: Choices,
    lines: Vec<ActivityLine>,
    n_all: usize,
    clear_path: String,
    csv_path: String,
    body: Body,
}

enum Body {
    List { groups: Vec<(String, Vec<usize>)> },
    Board { columns: Vec<(ActivityStatus, Vec<usize>)> },
    Calendar(Calendar),
    Gantt(Gantt),
}

struct Choices {
    units: Vec<Choice>,
    parts: Vec<Choice>,
    kinds: Vec<Choice>,
    lights: Vec<Choice>,
    statuses: Vec<Choice>,
    sorts: Vec<Choice>,
}

/// One activity as each view shows it.
pub(crate) struct ActivityLine {
    pub(crate) path: String,
    pub(crate) activity_id: Id,
    pub(crate) number: String,
    pub(crate) title: String,
    pub(crate) group: String,
    pub(crate) kind: &'static str,
    pub(crate) leads: String,
    pub(crate) supports: String,
    pub(crate) when: String,
    pub(crate) places: String,
    pub(crate) status: ActivityStatus,
    pub(crate) lamp: Lamp,
    /// The steps this person may take without a reason, as buttons on the board.
    pub(crate) steps: Vec<Step>,
    pub(crate) entry: Entry,
}

struct Calendar {
    title: String,
    before: String,
    after: String,
    today_path: String,
    weeks: Vec<Vec<CalendarDay>>,
    undated: Vec<usize>,
    n_elsewhere: usize,
}

struct CalendarDay {
    number: i8,
    words: String,
    is_inside: bool,
    is_rest: bool,
    is_today: bool,
    is_rights_day: bool,
    /// Line, and whether it began on another day.
    chips: Vec<(usize, bool)>,
    more: Vec<(usize, bool)>,
}

/// Chips a day shows before the rest folds away.
const CHIPS: usize = 4;

struct Gantt {
    period: String,
    class: &'static str,
    /// Left and label of a mark, and whether a month begins there.
    ticks: Vec<(String, String, bool)>,
    rows: Vec<GanttLine>,
    today: Option<String>,
    rights_day: Option<String>,
    undated: Vec<usize>,
}

struct GanttLine {
    line: usize,
    left: String,
    width: String,
    due: Option<String>,
}

/// What the page and the files of the same address share.
pub(crate) struct Found {
    pub(crate) head: Head,
    pub(crate) filter: Filter,
    /// All activities, before the filter.
    pub(crate) all: Vec<Entry>,
    pub(crate) lines: Vec<ActivityLine>,
}

/// The filter of a query string. Total.
pub(crate) fn filter_of(query: Option<&str>) -> Filter {
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    Filter::parse(pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())))
}

/// Loads a campaign's activities in the order and selection of the filter.
pub(crate) async fn find(app: &App, actor: &Actor, campaign_id: Id, filter: Filter) -> Result<Found, crate::Error> {
    let today = app.clock.today();
    let (head, activities, units, near_days) = app
        .db
        .read(async move |tx| {
            let head = head::get(&tx, &campaign_id).await?;
            let activities = activity::list(&tx, &campaign_id).await?;
            let units = activity::list_units(&tx, &campaign_id).await?;
            Ok((head, activities, units, lamp::near_days(&tx).await?))
        })
        .await?;
    let all = lamp::entries(&activities, &units, today, near_days);
    let lines = filter
        .apply(all.clone())
        .into_iter()
        .filter_map(|entry| {
            let activity = activities.iter().find(|it| it.activity_id == entry.activity_id)?;
            Some(line(&head, activity, entry, actor, today, near_days))
        })
        .collect();
    Ok(Found { head, filter, all, lines })
}

fn line(
    head: &Head,
    activity: &activity::Activity,
    entry: Entry,
    actor: &Actor,
    today: Date,
    near_days: i64,
) -> ActivityLine {
    let parts: Vec<(Id, Part)> = entry.units.iter().map(|(id, part, _)| (id.clone(), *part)).collect();
    let acts = permitted(actor, &lamp::standing(activity.status, head.is_running, &parts));
    let steps = [Step::Start, Step::Finish].into_iter().filter(|it| acts.contains(&Act::Step(*it))).collect();
    let verdict = lamp::judge(activity, today, near_days);
    ActivityLine {
        path: format!("/activities/{}", activity.activity_id),
        activity_id: activity.activity_id.clone(),
        number: activity.number.map(|it| it.to_string()).unwrap_or_default(),
        title: activity.title.clone(),
        group: activity.group_title.clone().unwrap_or_default(),
        kind: activity.kind.label(),
        leads: lamp::names(&entry, Part::Lead),
        supports: lamp::names(&entry, Part::Support),
        when: days::when(activity.starts_on, activity.ends_on, activity.due_on, today),
        places: activity.places.join("、"),
        status: activity.status,
        lamp: Lamp::of(verdict, activity.status == ActivityStatus::Done),
        steps,
        entry,
    }
}

/// `GET /campaigns/{campaign_id}/activities`
pub(crate) async fn list(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let today = app.clock.today();
    let Found { head, filter, all, lines } =
        find(&app, &actor, Id::from_text(campaign_id), filter_of(query.as_deref())).await?;
    let path = format!("/campaigns/{}/activities", head.campaign_id);
    let entries: Vec<Entry> = lines.iter().map(|it| it.entry.clone()).collect();
    let body = match filter.view {
        View::List => Body::List { groups: groups(&lines, filter.sort) },
        View::Board => Body::Board { columns: schedule::board(&entries) },
        View::Calendar => Body::Calendar(calendar(&path, &filter, &entries, today)),
        View::Gantt => Body::Gantt(gantt(&head, &entries, today)),
    };
    let clear = Filter { view: filter.view, sort: filter.sort, month: filter.month, ..Filter::default() };
    page::page(&List {
        frame,
        tabs: tabs(&path, &filter),
        choices: choices(&filter, &all),
        n_all: all.len(),
        clear_path: with_query(&path, &clear),
        csv_path: with_query(&format!("{path}.csv"), &filter),
        head,
        filter,
        lines,
        body,
    })
}

fn tabs(path: &str, filter: &Filter) -> Vec<(String, &'static str, &'static str, bool)> {
    let icon = |view| match view {
        View::List => "list",
        View::Board => "board",
        View::Calendar => "calendar",
        View::Gantt => "gantt",
    };
    View::ALL
        .iter()
        .map(|view| {
            let other = Filter { view: *view, ..filter.clone() };
            (with_query(path, &other), view.label(), icon(*view), *view == filter.view)
        })
        .collect()
}

fn choices(filter: &Filter, all: &[Entry]) -> Choices {
    let chosen = |it: Option<String>| it.unwrap_or_default();
    let every = |word: &str, current: &str| Choice::new("", word, current);
    let unit = chosen(filter.unit.as_ref().map(Id::to_string));
    let mut units = vec![every("全部单位", &unit)];
    for (id, name, _) in schedule::lights_by_unit(all) {
        units.push(Choice::new(id.to_string(), name, &unit));
    }
    let part = filter.part.map(Part::code).unwrap_or_default();
    let kind = chosen(filter.kind.map(schedule::kind_code));
    let mut present: Vec<ActivityKind> = all.iter().map(|it| it.kind).collect();
    present.sort();
    present.dedup();
    let light = filter.light.map(Light::code).unwrap_or_default();
    let status = filter.status.map(ActivityStatus::code).unwrap_or_default();
    let mut parts = vec![every("牵头或配合", part)];
    parts.extend(Part::ALL.iter().map(|it| Choice::new(it.code(), it.label(), part)));
    let mut kinds = vec![every("全部类型", &kind)];
    kinds.extend(present.iter().map(|it| Choice::new(schedule::kind_code(*it), it.label(), &kind)));
    let mut lights = vec![every("全部灯色", light)];
    lights
        .extend(Light::ALL.iter().map(|it| Choice::new(it.code(), format!("{} {}", it.label(), it.meaning()), light)));
    let mut statuses = vec![every("全部状态", status)];
    statuses.extend(ActivityStatus::ALL.iter().map(|it| Choice::new(it.code(), it.label(), status)));
    let sorts = Sort::ALL.iter().map(|it| Choice::new(it.code(), it.label(), filter.sort.code())).collect();
    Choices { units, parts, kinds, lights, statuses, sorts }
}

/// The list under the headings of the notice; sorted otherwise, one list without headings.
fn groups(lines: &[ActivityLine], sort: Sort) -> Vec<(String, Vec<usize>)> {
    let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let title = if sort == Sort::Notice { line.group.as_str() } else { "" };
        match groups.last_mut() {
            Some((last, members)) if last == title => members.push(index),
            _ => groups.push((title.to_owned(), vec![index])),
        }
    }
    groups
}

fn calendar(path: &str, filter: &Filter, entries: &[Entry], today: Date) -> Calendar {
    let first = filter.month.unwrap_or_else(|| schedule::opening_month(entries, today));
    let month = schedule::month(entries, first);
    let address = |day: Date| with_query(path, &Filter { month: Some(day), ..filter.clone() });
    let weeks = month
        .weeks
        .iter()
        .map(|week| {
            let days = week.days.iter().enumerate();
            days.map(|(offset, day)| {
                // What begins or ends on the day comes before what merely runs through it.
                let mut chips: Vec<(usize, bool)> = Vec::new();
                let mut running: Vec<(usize, bool)> = Vec::new();
                for bar in &week.bars {
                    let column = offset + 1;
                    if bar.column <= column && column < bar.column + bar.n_days {
                        let continues = bar.comes_from || bar.column < column;
                        let ends = !bar.goes_on && column + 1 == bar.column + bar.n_days;
                        let list = if continues && !ends { &mut running } else { &mut chips };
                        list.push((bar.index, continues));
                    }
                }
                chips.append(&mut running);
                let more = if chips.len() > CHIPS { chips.split_off(CHIPS - 1) } else { Vec::new() };
                CalendarDay {
                    number: day.date.day(),
                    words: days::day_with_weekday(day.date, today),
                    is_inside: day.is_inside,
                    is_rest: day.is_weekend,
                    is_today: day.date == today,
                    is_rights_day: (day.date.month(), day.date.day()) == (3, 15),
                    chips,
                    more,
                }
            })
            .collect()
        })
        .collect();
    Calendar {
        title: format!("{}年{}月", month.first.year(), month.first.month()),
        before: address(month.before),
        after: address(month.after),
        today_path: address(today.first_of_month()),
        weeks,
        undated: month.undated,
        n_elsewhere: month.n_elsewhere,
    }
}

fn gantt(head: &Head, entries: &[Entry], today: Date) -> Gantt {
    let chart = schedule::gantt(entries, (head.starts_on, head.ends_on), today);
    let percent = |it: f64| format!("{it:.3}%");
    Gantt {
        period: format!("{}至{}", light::day_words(chart.from, today), light::day_words(chart.to, today)),
        class: match chart.n_days {
            0..=35 => "is-days",
            36..=100 => "is-weeks",
            _ => "is-months",
        },
        ticks: chart.ticks.iter().map(|it| (percent(it.left), it.label.clone(), it.is_month)).collect(),
        rows: chart
            .rows
            .iter()
            .map(|it| GanttLine {
                line: it.index,
                left: percent(it.left),
                width: percent(it.width),
                due: it.due.map(percent),
            })
            .collect(),
        today: chart.today.map(percent),
        rights_day: chart.rights_day.map(percent),
        undated: chart.undated,
    }
}

impl List {
    /// The line of an index handed out by the views.
    fn line(&self, index: &usize) -> Option<&ActivityLine> {
        self.lines.get(*index)
    }

    fn here(&self) -> &str {
        self.frame.path()
    }
}
