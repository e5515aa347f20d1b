//! `/complaints/escalations`: of which cases somebody has been told, the most urgent first; on the desks, what each has to do about it.

use askama::Template;
use axum::extract::{RawQuery, State};
use domain::Id;
use domain::complaint::escalation::{Cause, Level, Recipient};
use domain::complaint::permitted::is_permitted;
use domain::complaint::step::Step;
use domain::unit::{Actor, Role};
use gongwen::table::{Align, Table, TableCell};
use gongwen::write::xlsx::Sheet;
use jiff::Timestamp;
use store::Read;
use store::complaint::escalation::{self, Escalated, Filter};
use store::complaint::queue::Scope;
use store::event::{self, NewEvent};

use super::list::{Line, Query, line};
use super::{Around, tone_of};
use crate::campaign::days::day_with_weekday;
use crate::{Answer, App, Frame, Visitor, clock, page};

/// The most lines of the page; the file has more.
const LINES: i64 = 200;
/// The most lines of the file.
const MOST: i64 = 20_000;
/// The most lines on a desk.
const ON_DESK: i64 = 5;

/// The views, their codes and words.
const VIEWS: &[(&str, &str)] =
    &[("", "等我处理"), ("escalated", "已升级"), ("all", "全部"), ("directed", "督办未回复")];

/// One case of which somebody has been told.
pub(crate) struct Told {
    pub(crate) line: Line,
    pub(crate) word: &'static str,
    pub(crate) tone: &'static str,
    to: &'static str,
    since: String,
    /// 督办: what the leader asked for, and by when.
    pub(crate) direction: String,
    may_direct: bool,
}

struct Tab {
    path: String,
    word: &'static str,
    n: i64,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "complaint/escalations.html")]
struct Show {
    frame: Frame,
    tabs: Vec<Tab>,
    told: Vec<Told>,
    query: String,
    may_direct: bool,
    is_cut: bool,
    min_day: String,
}

/// Which cases a view shows to this person.
fn filter_of(view: &str, around: &Around, actor: &Actor) -> Filter {
    let scope = around.scope(actor);
    let all = Filter { scope, ..Filter::default() };
    match view {
        "escalated" => Filter { level: Some(Level::Escalation), ..all },
        "all" => all,
        "directed" => Filter { is_directed: true, ..all },
        _ => mine(around, actor, None).unwrap_or(all),
    }
}

/// What waits for this person; on the desk of a unit, what waits for that unit. `None` when nothing can.
fn mine(around: &Around, actor: &Actor, unit_id: Option<&Id>) -> Option<Filter> {
    let scope = around.scope(actor);
    let is_intake_desk = match unit_id {
        Some(unit_id) => around.desk.intake_units.contains(unit_id),
        None => around.desk.is_intake(actor),
    };
    match (unit_id, actor.role) {
        (None, Role::Leader) => Some(Filter { to: Some(Recipient::Leader), scope, ..Filter::default() }),
        _ if is_intake_desk => Some(Filter { is_without_unit: true, scope, ..Filter::default() }),
        (Some(unit_id), _) => Some(Filter { unit_id: Some(unit_id.clone()), scope, ..Filter::default() }),
        (None, Role::UnitLead | Role::Officer | Role::Office) => {
            let own: Vec<Id> = actor.acts_for.iter().cloned().collect();
            Some(Filter { scope: Scope::Units(own), ..Filter::default() })
        }
        (None, _) => None,
    }
}

fn told(it: &Escalated, around: &Around, actor: &Actor, now: Timestamp) -> Told {
    let rule = it.cause.map(Cause::rule);
    let today = clock::in_zone(now).date();
    let direction = it.case.state.open_direction();
    Told {
        line: line(&it.case, around, now),
        word: it.cause.map_or("督办未回复", Cause::label),
        tone: rule.map_or("warn", |it| tone_of(it.level)),
        to: rule.map_or("", |it| it.to.label()),
        since: it.at.map(clock::in_words).unwrap_or_default(),
        direction: direction
            .map(|it| format!("{} 前回复：{}", day_with_weekday(it.answer_by, today), it.words))
            .unwrap_or_default(),
        may_direct: is_permitted(actor, &around.desk, &it.case.state, Step::Direct),
    }
}

/// `GET /complaints/escalations`
pub(crate) async fn list(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Query::of(query.as_deref());
    let view = query.get("view");
    let (asked, who) = (view.clone(), actor.clone());
    let (around, found, counts) = app
        .db
        .read(async move |tx| {
            let around = Around::load(&tx).await?;
            let found = escalation::list(&tx, &filter_of(&asked, &around, &who), LINES).await?;
            let mut counts = Vec::new();
            for (code, _) in VIEWS {
                counts.push(escalation::count(&tx, &filter_of(code, &around, &who)).await?);
            }
            Ok((around, found, counts))
        })
        .await?;
    let now = app.clock.now();
    let told: Vec<Told> = found.iter().map(|it| told(it, &around, &actor, now)).collect();
    let tabs = VIEWS.iter().zip(counts).map(|((code, word), n)| Tab {
        path: if code.is_empty() {
            "/complaints/escalations".to_owned()
        } else {
            format!("/complaints/escalations?view={code}")
        },
        word,
        n,
        is_current: *code == view,
    });
    page::page(&Show {
        tabs: tabs.collect(),
        may_direct: told.iter().any(|it| it.may_direct),
        is_cut: i64::try_from(told.len()).is_ok_and(|n| n >= LINES),
        query: query.with(&[]),
        min_day: app.clock.today().to_string(),
        told,
        frame,
    })
}

const COLUMNS: &[(&str, f64)] = &[
    ("登记编号", 16.0),
    ("类型", 6.0),
    ("收到日期", 11.0),
    ("经营者", 26.0),
    ("原因", 18.0),
    ("级别", 6.0),
    ("报给", 16.0),
    ("报告时间", 16.0),
    ("状态", 10.0),
    ("下一期限", 11.0),
    ("承办单位", 12.0),
    ("经办人", 8.0),
    ("督办意见", 30.0),
    ("要求回复", 11.0),
];

fn row(it: &Escalated) -> Vec<String> {
    let (case, rule) = (&it.case, it.cause.map(Cause::rule));
    let direction = case.state.open_direction();
    vec![
        case.number.clone(),
        case.state.matter.label().to_owned(),
        case.state.received_on.to_string(),
        case.particulars.business.name.clone(),
        it.cause.map_or("", Cause::label).to_owned(),
        rule.map_or("", |it| it.level.label()).to_owned(),
        rule.map_or("", |it| it.to.label()).to_owned(),
        it.at.map(clock::in_words).unwrap_or_default(),
        case.state.label().to_owned(),
        case.due_on.map(|it| it.to_string()).unwrap_or_default(),
        case.state.unit_name.clone(),
        case.state.handler_name.clone(),
        direction.map(|it| it.words.clone()).unwrap_or_default(),
        direction.map(|it| it.answer_by.to_string()).unwrap_or_default(),
    ]
}

/// `GET /complaints/escalations.xlsx`
pub(crate) async fn xlsx(State(app): State<App>, Visitor(actor): Visitor, RawQuery(query): RawQuery) -> Answer {
    let view = Query::of(query.as_deref()).get("view");
    let now = app.clock.now();
    let who = actor.clone();
    let rows: Vec<Vec<String>> = app
        .db
        .read(async move |tx| {
            let around = Around::load(&tx).await?;
            let found = escalation::list(&tx, &filter_of(&view, &around, &who), MOST).await?;
            Ok(found.iter().map(row).collect())
        })
        .await?;
    let n = rows.len();
    app.db
        .write(async move |tx| {
            let detail = serde_json::json!({ "件数": n });
            let id = actor.person_id.clone();
            event::insert(&tx, NewEvent::by(&actor, "complaint", &id, "exported", now).detail(detail));
            Ok(())
        })
        .await?;
    let columns: Vec<_> = COLUMNS.iter().map(|(name, width)| (*name, *width, Align::Left)).collect();
    let mut table = Table::new(&columns);
    table.rows = rows.into_iter().map(|row| row.into_iter().map(TableCell::text).collect()).collect();
    let sheet = Sheet {
        name: "催报".to_owned(),
        title: Some("投诉举报催报清单".to_owned()),
        notes: vec![format!("导出时间：{}", clock::in_words(now))],
        table,
        is_landscape: true,
    };
    super::rate::book("投诉举报催报清单.xlsx", sheet).await
}

/// What a desk shows of the complaints that wait.
#[derive(Default)]
pub(crate) struct OnDesk {
    pub(crate) told: Vec<Told>,
    pub(crate) n: i64,
    pub(crate) path: &'static str,
}

/// What waits for the unit, or for this person where no unit is asked for.
pub(crate) async fn on_desk(tx: &Read, actor: &Actor, unit_id: Option<&Id>, now: Timestamp) -> store::Result<OnDesk> {
    // The administrator has no part in cases.
    if actor.role == Role::Admin {
        return Ok(OnDesk::default());
    }
    let around = Around::load(tx).await?;
    let Some(filter) = mine(&around, actor, unit_id) else { return Ok(OnDesk::default()) };
    let found = escalation::list(tx, &filter, ON_DESK).await?;
    let n = if found.is_empty() { 0 } else { escalation::count(tx, &filter).await? };
    Ok(OnDesk {
        told: found.iter().map(|it| told(it, &around, actor, now)).collect(),
        n,
        path: "/complaints/escalations",
    })
}
