//! `/forms/{id}/returns`: where every unit stands with a form, in the order of the tree; reminders to those who have not reported.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use domain::Id;
use domain::campaign::edit::parse_note;
use domain::campaign::light::Light;
use domain::campaign::permitted::may_remind;
use domain::statistics::check::check;
use domain::statistics::stat_return::{ReturnStatus, ReturnStep};
use domain::unit::Actor;
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::json;
use store::Read;
use store::campaign::reminder;
use store::event::{self, NewEvent};
use store::statistics::form;
use store::statistics::stat_return::{self, StatReturn};
use store::statistics::tally;

use super::filling::LastYear;
use super::form_list::top_path;
use super::looks::Looks;
use super::scene::{Counts, Scene, wall};
use crate::campaign::lamp::Lamp;
use crate::{Answer, App, Choice, Error, Frame, Posted, Visitor, clock, page};

#[derive(Template)]
#[template(path = "statistics/returns.html")]
struct List {
    frame: Frame,
    scene: Scene,
    due: String,
    counts: Counts,
    lines: Vec<Line>,
    n_hidden: usize,
    states: Vec<Choice>,
    top: String,
    may_remind: bool,
    may_merge: bool,
    n_missing: usize,
    n_waiting: usize,
    /// Of these, those with something to look at first: they are not ticked all at once.
    n_doubtful: usize,
    /// The filter as a code.
    state: String,
    all_ticked: bool,
    /// What was wrong with a bulk approval.
    problem: String,
    n_approved: usize,
    /// Address, unit, and why its return was not approved.
    refused: Vec<(String, String, String)>,
}

struct Line {
    depth: usize,
    name: String,
    path: String,
    is_top: bool,
    status: &'static str,
    status_words: String,
    lamp: Lamp,
    approved_by: String,
    contact: String,
    /// Cells that differ from the records.
    n_differences: usize,
    /// Who reminded it last, and when; empty where nobody did.
    reminded: String,
    /// What this person can do there, in one word.
    word: &'static str,
    is_primary: bool,
    /// The return that can be approved here, with its version; empty for none.
    return_id: String,
    version: i64,
    /// What there is to look at before it is approved: cells that differ from the records, and what the checks say.
    n_doubts: usize,
}

/// What is known of each unit beside its return.
struct Notes {
    /// Cells that differ from the records.
    differences: BTreeMap<Id, usize>,
    /// When the unit was last reminded, and by whom.
    reminded: BTreeMap<Id, (Timestamp, String)>,
    /// What the checks say of the returns that wait for approval.
    doubts: BTreeMap<Id, usize>,
}

/// What a page shows beside what is stored.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) state: String,
    pub(super) all_ticked: bool,
    pub(super) problem: String,
    pub(super) n_approved: usize,
    pub(super) refused: Vec<(String, String, String)>,
}

/// The filter: code, word, and which lines it shows.
const STATES: &[(&str, &str)] = &[
    ("", "全部单位"),
    ("late", "已逾期"),
    ("missing", "还没有提交"),
    ("unbegun", "还没有开始"),
    ("draft", "填报中"),
    ("complete", "待审核"),
    ("approved", "已审核"),
    ("different", "与记录不一致"),
];

/// `GET /forms/{stat_form_id}/returns?state=&tick=`
pub(crate) async fn list(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(stat_form_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let mut shown = Shown::default();
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match &*name {
            "state" => shown.state = value.into_owned(),
            "tick" => shown.all_ticked = value == "all",
            _ => {}
        }
    }
    draw(&app, frame, &actor, Id::from_text(stat_form_id), shown, StatusCode::OK).await
}

pub(super) async fn draw(app: &App, frame: Frame, actor: &Actor, id: Id, shown: Shown, status: StatusCode) -> Answer {
    let (state, now) = (shown.state, wall(app.clock.now()));
    let (scene, notes) = app
        .db
        .read(async move |tx| {
            let scene = Scene::load(&tx, &id).await?;
            let reminded = reminder::latest_of_form(&tx, &id).await?;
            let differences = tally::differences(&tx, &id, &scene.form.definition).await?;
            let mut doubts = BTreeMap::new();
            let before = LastYear::load(&tx, &scene).await?;
            let looks = Looks::load(&tx, &scene.head).await?;
            let units: Vec<Id> = scene.reporting.in_order().into_iter().map(|it| it.0).collect();
            for unit_id in units {
                let waiting = scene.latest(&unit_id).filter(|it| it.status == ReturnStatus::Complete);
                let Some(own) = waiting else { continue };
                let found = waiting_findings(&tx, &scene, &before, own).await? + looks.count(&scene, &unit_id);
                doubts.insert(unit_id, found);
            }
            Ok((scene, Notes { differences, reminded, doubts }))
        })
        .await?;
    let all: Vec<Line> = scene
        .reporting
        .in_order()
        .iter()
        .filter_map(|(unit_id, depth)| line(&scene, actor, unit_id, *depth, &notes, now))
        .collect();
    let n_all = all.len();
    let n_waiting = all.iter().filter(|it| it.word == "审核").count();
    let n_doubtful = all.iter().filter(|it| it.word == "审核" && it.n_doubts > 0).count();
    let lines: Vec<Line> = all.into_iter().filter(|it| is_shown(it, &state)).collect();
    let counts = scene.counts(now);
    page::page_with(
        status,
        &List {
            due: scene.due_words(now),
            n_hidden: n_all - lines.len(),
            states: STATES.iter().map(|(code, word)| Choice::new(*code, *word, &state)).collect(),
            top: top_path(&scene),
            may_merge: super::file::merge::check_office(actor, &scene).is_ok(),
            may_remind: may_remind(actor, scene.head.is_running),
            n_missing: counts.n_all - counts.n_handed_in(),
            n_waiting,
            n_doubtful,
            state,
            all_ticked: shown.all_ticked,
            problem: shown.problem,
            n_approved: shown.n_approved,
            refused: shown.refused,
            counts,
            lines,
            scene,
            frame,
        },
    )
}

/// How many doubts the checks find in a return that was handed in, beside what differs from the records.
async fn waiting_findings(tx: &Read, scene: &Scene, before: &LastYear, own: &StatReturn) -> store::Result<usize> {
    let mut values = stat_return::values(tx, &own.stat_return_id).await?;
    for (key, last) in before.of(tx, &own.unit_id).await? {
        values.entry(key).or_default().last_year = Some(last);
    }
    Ok(check(&scene.form.definition, &values).len())
}

fn is_shown(line: &Line, state: &str) -> bool {
    match state {
        "late" => line.lamp.tone == "red",
        "missing" => !line.is_top && matches!(line.status, "" | "draft"),
        "unbegun" => !line.is_top && line.status.is_empty(),
        "draft" => !line.is_top && line.status == "draft",
        "complete" | "approved" => line.status == state,
        "different" => line.n_differences > 0,
        _ => true,
    }
}

fn line(scene: &Scene, actor: &Actor, unit_id: &Id, depth: usize, notes: &Notes, now: DateTime) -> Option<Line> {
    let unit = scene.unit(unit_id)?;
    let latest = scene.latest(unit_id);
    let steps = scene.steps(actor, unit_id, latest.map_or(ReturnStatus::Draft, |it| it.status));
    let word = match latest.map(|it| it.status) {
        Some(ReturnStatus::Complete) if steps.contains(&ReturnStep::Approve) => "审核",
        Some(ReturnStatus::Draft) | None if steps.contains(&ReturnStep::Fill) => "填报",
        _ => "查看",
    };
    let supplement = latest.filter(|it| it.supplement > 0).map(|it| format!("第{}次补报", it.supplement));
    let status_words = match (latest, supplement) {
        (None, _) => "还没有开始".to_owned(),
        (Some(it), None) => it.status.label().to_owned(),
        (Some(it), Some(supplement)) => format!("{supplement} {}", it.status.label()),
    };
    // What was handed in needs no reminder any more.
    let reminded = notes.reminded.get(unit_id).filter(|_| scene.handed_in(unit_id).is_none());
    let reminded = reminded.map(|(at, by)| format!("{by} {}催报", clock::in_words(*at)));
    Some(Line {
        depth: depth.min(6),
        name: unit.short_name.clone(),
        path: latest.map_or_else(
            || format!("/forms/{}/units/{unit_id}", scene.form.stat_form_id),
            |it| format!("/returns/{}", it.stat_return_id),
        ),
        is_top: scene.reporting.is_top(unit_id),
        status: latest.map_or("", |it| it.status.code()),
        status_words,
        lamp: scene.lamp(unit_id, now),
        approved_by: latest.and_then(|it| it.approved_by.clone()).unwrap_or_default(),
        contact: latest.map(|it| it.contact_name.clone()).unwrap_or_default(),
        n_differences: notes.differences.get(unit_id).copied().unwrap_or(0),
        reminded: reminded.unwrap_or_default(),
        return_id: latest.filter(|_| word == "审核").map(|it| it.stat_return_id.to_string()).unwrap_or_default(),
        version: latest.map_or(0, |it| it.version),
        n_doubts: notes.differences.get(unit_id).copied().unwrap_or(0)
            + notes.doubts.get(unit_id).copied().unwrap_or(0),
        is_primary: word == "审核" || (word == "填报" && actor.acts_for(unit_id)),
        word,
    })
}

/// `POST /forms/{stat_form_id}/remind`: the units that have not reported find it on their desk.
pub(crate) async fn remind(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path(stat_form_id): Path<String>,
    posted: Posted,
) -> Answer {
    let (id, now) = (Id::from_text(&stat_form_id), app.clock.now());
    let only_late = posted.is_set("only_late");
    let text = parse_note("reminder", posted.raw("reminder"))
        .map_err(|_| Error::Unreadable("请写明催报的话，例如“请今天17:00前提交”。".into()))?;
    let (n_units, n_before) = app
        .db
        .try_write(async move |tx| -> Result<(usize, usize), Error> {
            form::hold(&tx, &id).await?;
            let scene = Scene::load(&tx, &id).await?;
            if !may_remind(&actor, scene.head.is_running) {
                return Err(Error::Forbidden("催报由活动办公室和局领导发出。".into()));
            }
            let is_open = |it: &&Id| {
                scene.handed_in(it).is_none() && (!only_late || scene.verdict(it, wall(now)).light == Light::Red)
            };
            // One reminder for a unit and day: who presses twice, or after a colleague, sends nothing twice.
            let before = reminder::latest_of_form(&tx, &id).await?;
            let is_today = |it: &Id| before.get(it).is_some_and(|(at, _)| wall(*at).date() == wall(now).date());
            let all: Vec<Id> = scene.reporting.units().filter(is_open).cloned().collect();
            let (done, open): (Vec<Id>, Vec<Id>) = all.into_iter().partition(is_today);
            for unit_id in &open {
                let new = reminder::NewReminder {
                    campaign_id: scene.form.campaign_id.clone(),
                    activity_id: None,
                    report_duty_id: None,
                    stat_form_id: Some(id.clone()),
                    unit_id: unit_id.clone(),
                    person_name: actor.name.clone(),
                    text: text.clone(),
                };
                reminder::insert(&tx, &new, now).await?;
            }
            if open.is_empty() {
                return Ok((0, done.len()));
            }
            let names: Vec<&str> =
                open.iter().filter_map(|it| scene.unit(it).map(|it| it.short_name.as_str())).collect();
            let detail = json!({ "统计表": scene.title(), "单位": names.join("、") });
            let event = NewEvent::by(&actor, "stat_form", &id, "reminded", now);
            event::insert(&tx, event.reason(text.clone()).detail(detail));
            Ok((open.len(), done.len()))
        })
        .await?;
    let sentence = match (n_units, n_before) {
        (0, 0) => "没有需要催报的单位。".to_owned(),
        (0, n) => format!("没有再发：{n}个单位今天已经催报过，同一单位一天只发一次。"),
        (n, 0) => format!("已催报{n}个单位，提醒显示在它们的工作台上。"),
        (n, before) => format!("已催报{n}个单位；另有{before}个今天已经催报过，没有重发。"),
    };
    page::done(&format!("/forms/{stat_form_id}/returns"), &sentence)
}
