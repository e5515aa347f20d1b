//! `/complaints`: the queue sorted by clock, its views, the search.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use domain::Id;
use domain::complaint::case::{CaseKind, Channel, Status};
use domain::complaint::clock::{end_of, is_small_claim};
use domain::complaint::identity::masked_name;
use domain::unit::{Actor, Role};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use store::complaint::case::Case;
use store::complaint::queue::{self, After, Filter, Group, View};
use store::complaint::view::{self, SavedView};

use super::lamp::{Lamp, lamp};
use super::{Around, may_register, tone_of};
use crate::{Answer, App, Choice, Frame, Posted, Visitor, clock, page};

/// Lines of a page.
const LINES: i64 = 50;
/// A view counts no further.
const CAP: i64 = 1000;

/// The views, their addresses and words.
const VIEWS: &[(View, &str, &str)] = &[
    (View::Open, "", "全部待办"),
    (View::Triage, "triage", "待分流"),
    (View::Undecided, "undecided", "待受理"),
    (View::Mediation, "mediation", "调解中"),
    (View::Late, "late", "已超期"),
    (View::Near, "near", "将到期"),
    (View::Leader, "leader", "待裁定批准"),
    (View::Told, "told", "已催报"),
    (View::Over, "over", "已办结"),
    (View::All, "all", "全部"),
];

/// The query of the list.
#[derive(Clone)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn of(query: Option<&str>) -> Query {
        Query(form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect())
    }

    pub(crate) fn get(&self, name: &str) -> String {
        self.0.iter().find(|(it, _)| it == name).map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    }

    /// The same query with other values; empty ones and the page key are left out.
    pub(crate) fn with(&self, changes: &[(&str, &str)]) -> String {
        let is_kept = |name: &str| name != "after" && !changes.iter().any(|it| it.0 == name);
        let kept = self.0.iter().filter(|(name, value)| !value.is_empty() && is_kept(name));
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(kept);
        text.extend_pairs(changes.iter().filter(|it| !it.1.is_empty()));
        text.finish()
    }
}

/// What the query asks for, within what the person may list.
pub(crate) fn filter_of(query: &Query, around: &Around, actor: &Actor) -> Filter {
    let view = query.get("view");
    let id = |name: &str| Some(query.get(name)).filter(|it| !it.is_empty()).map(Id::from_text);
    let handler = query.get("handler");
    let words = query.get("q");
    let chosen = VIEWS.iter().find(|it| it.1 == view).map_or(View::Open, |it| it.0);
    Filter {
        scope: around.scope(actor),
        own_units: actor.acts_for.iter().cloned().collect(),
        // Who searches looks everywhere, unless a view was chosen.
        view: if !words.is_empty() && view.is_empty() { View::All } else { chosen },
        kind: CaseKind::from_code(&query.get("kind")),
        channel: Channel::from_code(&query.get("channel")),
        unit_id: id("unit").filter(|it| it.as_str() != "none"),
        is_without_unit: query.get("unit") == "none",
        group: match query.get("group").as_str() {
            "counted" => Some(Group::Counted),
            "responded" => Some(Group::Responded),
            "in_time" => Some(Group::InTime),
            "to_decide" => Some(Group::ToDecide),
            "done" => Some(Group::Done),
            "settled" => Some(Group::Settled),
            "mediated" => Some(Group::Mediated),
            "satisfied" => Some(Group::Satisfied),
            "called" => Some(Group::Called),
            _ => None,
        },
        handler_id: if handler == "me" { Some(actor.person_id.clone()) } else { None },
        status: None,
        category: query.get("category"),
        problem: query.get("problem"),
        business_key: query.get("business"),
        received_from: query.get("from").parse::<Date>().ok(),
        received_to: query.get("to").parse::<Date>().ok(),
        words,
    }
}

/// One case in a list.
pub(crate) struct Line {
    pub(crate) id: Id,
    pub(crate) number: String,
    pub(crate) kind: CaseKind,
    pub(crate) label: &'static str,
    /// 作废: its number is struck out.
    pub(crate) is_void: bool,
    pub(crate) received: String,
    pub(crate) business: String,
    pub(crate) text: String,
    pub(crate) consumer: String,
    pub(crate) unit: String,
    pub(crate) handler: String,
    pub(crate) lamp: Lamp,
    /// Tone and word of what somebody has been told.
    pub(crate) told: Option<(&'static str, &'static str)>,
    /// A small claim that can be settled at once.
    pub(crate) is_small: bool,
}

pub(crate) fn line(case: &Case, around: &Around, now: Timestamp) -> Line {
    let particulars = &case.particulars;
    let text: String = particulars.text.chars().take(46).collect();
    let is_cut = particulars.text.chars().count() > 46;
    let consumer =
        if case.state.matter == CaseKind::Tipoff { String::new() } else { masked_name(&particulars.consumer.name) };
    Line {
        id: case.complaint_id.clone(),
        number: case.number.clone(),
        kind: case.state.matter,
        label: case.state.label(),
        is_void: case.state.status == Status::Void,
        received: day_of_list(case.state.received_on, clock::in_zone(now).date()),
        business: particulars.business.name.clone(),
        text: if is_cut { format!("{text}……") } else { text },
        consumer,
        unit: case.state.unit_id.as_ref().map(|it| around.unit_name(it)).unwrap_or_default(),
        handler: case.state.handler_name.clone(),
        lamp: lamp(case, &around.rules, around.calendar.last_announced_year(), now),
        told: case
            .escalated
            .map(|it| (tone_of(it.rule().level), it.label()))
            .or(case.state.has_news.then_some(("warn", "当事人有补充"))),
        is_small: is_small_claim(&case.state, case.particulars.amount_fen, &around.rules),
    }
}

/// The day without its year, where it is of this one.
fn day_of_list(day: Date, today: Date) -> String {
    if day.year() == today.year() { day.strftime("%m-%d").to_string() } else { day.to_string() }
}

/// A view as a tab.
struct Tab {
    path: String,
    word: &'static str,
    n: String,
    is_current: bool,
    is_red: bool,
}

#[derive(Template)]
#[template(path = "complaint/list.html")]
struct List {
    frame: Frame,
    tabs: Vec<Tab>,
    lines: Vec<Line>,
    next: String,
    is_filtered: bool,
    is_paged: bool,
    may_register: bool,
    may_bulk: bool,
    is_intake: bool,
    is_leader: bool,
    /// Views kept under a name: address, name, is it this one?
    saved: Vec<(String, String, bool)>,
    words: String,
    view: String,
    is_mine: bool,
    kinds: Vec<Choice>,
    channels: Vec<Choice>,
    units: Vec<Choice>,
    dispatch_units: Vec<Choice>,
    query: String,
    /// The address of this list, to come back to.
    back: String,
    bulk: Bulk,
}

/// What stood in the form for many cases when it could not be done, and why not.
#[derive(Default)]
struct Bulk {
    error: String,
    step: String,
    reason: String,
    words: String,
    answer_by: String,
    ids: Vec<Id>,
}

impl Bulk {
    fn is_step(&self, code: &str) -> bool {
        self.step == code
    }

    fn has(&self, id: &Id) -> bool {
        self.ids.contains(id)
    }
}

/// The end of the near days.
pub(crate) fn near_until(around: &Around, today: Date) -> Timestamp {
    let day = today.saturating_add(i64::from(around.rules.near_days).days());
    end_of(day).unwrap_or(Timestamp::MAX)
}

/// `GET /complaints`
pub(crate) async fn list(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    RawQuery(query): RawQuery,
) -> Answer {
    let is_bare = query.is_none();
    let query = Query::of(query.as_deref());
    let person = actor.clone();
    let saved = app.db.read(async move |tx| view::list(&tx, &person).await).await?;
    // Who opens the queue without asking for anything sees the own first view.
    let first = saved.iter().find(|it| it.is_default && it.person_id == actor.person_id && !it.query.is_empty());
    if let Some(first) = first.filter(|_| is_bare) {
        return page::go(&format!("/complaints?{}", first.query));
    }
    let back = frame.path().to_owned();
    draw(&app, frame, actor, (query, saved), back, None).await
}

/// The list again, with what was typed for many cases and why it could not be done. `back` is the address it had.
pub(super) async fn again(
    app: &App,
    frame: Frame,
    actor: Actor,
    posted: &Posted,
    back: String,
    error: String,
) -> Answer {
    let query = Query::of(back.strip_prefix("/complaints?"));
    let person = actor.clone();
    let saved = app.db.read(async move |tx| view::list(&tx, &person).await).await?;
    draw(app, frame, actor, (query, saved), back, Some((posted, error))).await
}

async fn draw(
    app: &App,
    frame: Frame,
    actor: Actor,
    (query, saved): (Query, Vec<SavedView>),
    back: String,
    typed: Option<(&Posted, String)>,
) -> Answer {
    let now = app.clock.now();
    let today = clock::in_zone(now).date();
    let (asking, who) = (query.clone(), actor.clone());
    let work = app.db.read(async move |tx| {
        let around = Around::load(&tx).await?;
        let filter = filter_of(&asking, &around, &who);
        let near = near_until(&around, today);
        let after = After::open(&tx, &asking.get("after"));
        let page = queue::list(&tx, &filter, now, near, after.as_ref(), LINES).await?;
        let mut counts = Vec::new();
        for (view, ..) in VIEWS.iter().filter(|it| !matches!(it.0, View::Over | View::All)) {
            let of_view = Filter { view: *view, words: String::new(), ..filter.clone() };
            counts.push((*view, queue::count(&tx, &of_view, now, near, CAP).await?));
        }
        let next = page.next.as_ref().map(|it| it.seal(&tx)).transpose()?;
        Ok((around, page.cases, counts, next, after.is_some()))
    });
    let (around, found, counts, next, is_paged) = work.await?;
    let next = next.map(|it| format!("/complaints?{}", query.with(&[("after", &it)])));
    let is_intake = around.desk.is_intake(&actor);
    let view = query.get("view");
    let status = if typed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let unit_id = typed.as_ref().map(|it| it.0.text("unit_id").to_owned()).unwrap_or_default();
    let bulk = typed.map(|(posted, error)| bulk_of(posted, error)).unwrap_or_default();
    let list = List {
        tabs: tabs(&counts, &view, &query, &actor, is_intake),
        lines: found.iter().map(|it| line(it, &around, now)).collect(),
        next: next.unwrap_or_default(),
        is_filtered: !query.with(&[("view", "")]).is_empty(),
        is_paged,
        may_register: may_register(&actor),
        may_bulk: actor.role != Role::Auditor,
        is_intake,
        is_leader: actor.role == Role::Leader,
        saved: chips(&saved, &query),
        words: query.get("q"),
        is_mine: query.get("handler") == "me",
        kinds: choices(CaseKind::CHOICES, "全部类型", &query.get("kind")),
        channels: choices(Channel::CHOICES, "全部渠道", &query.get("channel")),
        units: unit_choices(&around, &query.get("unit")),
        dispatch_units: unit_choices(&around, &unit_id),
        query: query.with(&[]),
        view,
        back,
        bulk,
        frame,
    };
    page::page_with(status, &list)
}

fn bulk_of(posted: &Posted, error: String) -> Bulk {
    let text = |name: &str| posted.raw(name).to_owned();
    let ids = posted.all("id").map(Id::from_text).collect();
    Bulk { error, step: text("step"), reason: text("reason"), words: text("words"), answer_by: text("answer_by"), ids }
}

/// The views kept under a name: address, name, is it this one?
fn chips(saved: &[SavedView], query: &Query) -> Vec<(String, String, bool)> {
    let now = query.with(&[]);
    saved.iter().map(|it| (format!("/complaints?{}", it.query), it.name.clone(), it.query == now)).collect()
}

fn choices(all: &[(&str, &str)], first: &str, current: &str) -> Vec<Choice> {
    let first = std::iter::once(Choice::new("", first, current));
    first.chain(all.iter().map(|it| Choice::new(it.0, it.1, current))).collect()
}

pub(crate) fn unit_choices(around: &Around, current: &str) -> Vec<Choice> {
    let units = around.handling_units().map(|it| Choice::new(it.unit_id.to_string(), it.short_name.clone(), current));
    std::iter::once(Choice::new("", "全部单位", current)).chain(units).collect()
}

fn tabs(counts: &[(View, i64)], current: &str, query: &Query, actor: &Actor, is_intake: bool) -> Vec<Tab> {
    VIEWS
        .iter()
        .filter(|(view, ..)| match view {
            View::Triage => is_intake || actor.role == Role::Leader,
            View::Leader => actor.role == Role::Leader || is_intake,
            _ => true,
        })
        .map(|(view, code, word)| {
            let n = counts.iter().find(|it| it.0 == *view).map(|it| it.1);
            let words = query.with(&[("view", code), ("q", "")]);
            Tab {
                path: if words.is_empty() { "/complaints?view=".to_owned() } else { format!("/complaints?{words}") },
                word,
                n: n.map(|it| if it >= CAP { format!("{}+", CAP - 1) } else { it.to_string() }).unwrap_or_default(),
                is_current: *code == current,
                is_red: matches!(view, View::Late | View::Told) && n.is_some_and(|it| it > 0),
            }
        })
        .collect()
}
