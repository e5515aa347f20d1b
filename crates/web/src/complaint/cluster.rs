//! `/complaints/clusters`: cases that probably belong together, each cluster with its reason in words; one cluster with what connects
//! each case. Nothing happens to a case by being in a cluster.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use domain::complaint::cluster::{Basis, Cluster, Group, gather, merge};
use domain::complaint::join::consent_words;
use domain::complaint::permitted::may_arrange;
use domain::complaint::term::RuleVersion;
use domain::complaint::threshold::Thresholds;
use domain::unit::Actor;
use domain::{FormErrors, Id};
use gongwen::table::{Align, Table, TableCell};
use gongwen::write::xlsx::Sheet;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use store::Read;
use store::complaint::case::Case;
use store::complaint::cluster::{self, Brief, Sight, Verdict};
use store::event::{self, NewEvent};

use super::Around;
use super::connects::connects;
use super::list::{Line, Query, line, unit_choices};
use crate::{Answer, App, Choice, Error, Frame, Posted, Visitor, clock, page};

/// The windows of time, in days.
const WINDOWS: &[(&str, &str)] = &[("30", "近 30 天"), ("90", "近 90 天"), ("365", "近一年")];
/// Said where a list ends before the groups do.
const CUT: &str = "每种依据只列件数最多的 60 组，每组只列最近的 300 件；缩短收到日期可以看到其余的。";
/// The window nobody has chosen.
const WINDOW: i64 = 90;

/// One cluster in the list.
struct ClusterLine {
    path: String,
    words: String,
    business: String,
    n: usize,
    /// Of more cases only the latest are here.
    is_cut: bool,
    n_open: usize,
    first: String,
    last: String,
    units: String,
    /// What somebody said of it: 李某 2027-03-10：是团购
    verdict: String,
    basis: &'static str,
    key: String,
}

#[derive(Template)]
#[template(path = "complaint/clusters.html")]
struct List {
    frame: Frame,
    clusters: Vec<ClusterLine>,
    dismissed: Vec<ClusterLine>,
    windows: Vec<Choice>,
    bases: Vec<Choice>,
    is_intake: bool,
    is_filtered: bool,
    is_cut: bool,
    window: i64,
    least: Thresholds,
    query: String,
}

impl List {
    const CUT_WORDS: &str = CUT;

    fn when_listed(&self) -> String {
        let it = &self.least;
        format!(
            "同一电话 {} 件、同一地址 {} 件、内容相近 {} 件、同一经营者 {} 件起，会自动列在这里；件数在“办理设置”里改。",
            it.cluster_phone, it.cluster_address, it.cluster_text, it.cluster_business
        )
    }
}

/// One case of a cluster.
struct MemberLine {
    line: Line,
    is_ticked: bool,
    connects: String,
    amount: String,
}

#[derive(Template)]
#[template(path = "complaint/cluster.html")]
struct Show {
    frame: Frame,
    title: String,
    basis: Basis,
    key: String,
    window: i64,
    members: Vec<MemberLine>,
    n_open: usize,
    amount: String,
    first: String,
    last: String,
    verdict: Option<String>,
    may_arrange: bool,
    units: Vec<Choice>,
    heads: Vec<Choice>,
    is_cut: bool,
    reason: String,
    representatives: String,
    has_consent: bool,
    consent_label: String,
    /// The address of this page.
    back: String,
    errors: FormErrors,
}

pub(crate) fn window_of(query: &Query) -> i64 {
    let asked = query.get("days");
    WINDOWS.iter().find(|it| it.0 == asked).and_then(|it| it.0.parse().ok()).unwrap_or(WINDOW)
}

/// What this person may see of clusters.
pub(crate) fn sight(around: &Around, actor: &Actor, window: i64, today: Date) -> Sight {
    Sight {
        scope: around.scope(actor),
        own_units: actor.acts_for.iter().cloned().collect(),
        since: Some(today.saturating_sub(window.days())),
    }
}

struct Found {
    clusters: Vec<Cluster>,
    briefs: BTreeMap<Id, Brief>,
    verdicts: Vec<Verdict>,
    is_cut: bool,
}

async fn find(tx: &Read, around: &Around, sight: &Sight, only: Option<Basis>) -> store::Result<Found> {
    let (mut groups, mut briefs, mut is_cut) = (Vec::new(), BTreeMap::new(), false);
    for basis in Basis::ALL.iter().filter(|it| only.is_none_or(|only| only == **it)) {
        let found = cluster::groups(tx, sight, *basis, around.rules.thresholds.least(*basis)).await?;
        groups.extend(found.groups);
        briefs.extend(found.briefs);
        is_cut |= found.is_cut;
    }
    Ok(Found { clusters: gather(groups), briefs, verdicts: cluster::verdicts(tx).await?, is_cut })
}

fn path_of(basis: Basis, key: &str, window: i64) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("key", key);
    if window != WINDOW {
        query.append_pair("days", &window.to_string());
    }
    format!("/complaints/clusters/{}?{}", basis.code(), query.finish())
}

fn verdict_words(it: &Verdict) -> String {
    format!("{} {} 认为不是群体投诉：{}", clock::in_words(it.at), it.person_name, it.reason)
}

/// A verdict holds as long as no later case has come.
fn verdict_of<'a>(verdicts: &'a [Verdict], group: &Group, last_ordinal: i64) -> Option<&'a Verdict> {
    let is_meant = |it: &&Verdict| it.basis == group.basis.code() && group.has_key(&it.cluster_key);
    verdicts.iter().filter(is_meant).find(|it| last_ordinal <= it.last_ordinal)
}

fn cluster_line(cluster: &Cluster, briefs: &[&Brief], around: &Around, window: i64) -> Option<ClusterLine> {
    let first = cluster.groups.first()?;
    let mut businesses: Vec<&str> = briefs.iter().map(|it| it.business_name.as_str()).collect();
    businesses.sort_unstable();
    businesses.dedup();
    let business = match businesses.as_slice() {
        [one] => (*one).to_owned(),
        [one, ..] => format!("{one} 等 {} 家", businesses.len()),
        [] => String::new(),
    };
    let mut units: Vec<String> = briefs
        .iter()
        .map(|it| it.unit_id.as_ref().map_or_else(|| "未分送".to_owned(), |id| around.unit_name(id)))
        .collect();
    units.sort_unstable();
    units.dedup();
    Some(ClusterLine {
        path: path_of(first.basis, &first.key, window),
        words: cluster.words(),
        business,
        n: briefs.len(),
        is_cut: first.is_cut,
        n_open: briefs.iter().filter(|it| it.is_open).count(),
        first: briefs.iter().map(|it| it.received_on).min()?.to_string(),
        last: briefs.iter().map(|it| it.received_on).max()?.to_string(),
        units: units.join("、"),
        verdict: String::new(),
        basis: first.basis.code(),
        key: first.key.clone(),
    })
}

struct Listed {
    around: Around,
    clusters: Vec<ClusterLine>,
    dismissed: Vec<ClusterLine>,
    is_cut: bool,
}

async fn listed(app: &App, actor: &Actor, query: &Query) -> Result<Listed, Error> {
    let (window, today) = (window_of(query), app.clock.today());
    let only = Basis::from_code(&query.get("basis"));
    let who = actor.clone();
    let (around, found) = app
        .db
        .read(async move |tx| {
            let around = Around::load(&tx).await?;
            let found = find(&tx, &around, &sight(&around, &who, window, today), only).await?;
            Ok((around, found))
        })
        .await?;
    let (mut clusters, mut dismissed) = (Vec::new(), Vec::new());
    for cluster in &found.clusters {
        let Some(group) = cluster.groups.first() else { continue };
        let briefs: Vec<&Brief> = group.cases.iter().filter_map(|it| found.briefs.get(it)).collect();
        let Some(mut line) = cluster_line(cluster, &briefs, &around, window) else { continue };
        let last = briefs.iter().map(|it| it.ordinal).max().unwrap_or_default();
        match verdict_of(&found.verdicts, group, last) {
            Some(verdict) => {
                line.verdict = verdict_words(verdict);
                dismissed.push(line);
            }
            None => clusters.push(line),
        }
    }
    Ok(Listed { around, clusters, dismissed, is_cut: found.is_cut })
}

/// `GET /complaints/clusters`
pub(crate) async fn list(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Query::of(query.as_deref());
    let window = window_of(&query);
    let Listed { around, clusters, dismissed, is_cut } = listed(&app, &actor, &query).await?;
    let (days, basis) = (window.to_string(), query.get("basis"));
    page::page(&List {
        is_cut: is_cut || clusters.iter().any(|it| it.is_cut),
        clusters,
        dismissed,
        window,
        least: around.rules.thresholds,
        windows: WINDOWS.iter().map(|it| Choice::new(it.0, it.1, &days)).collect(),
        is_filtered: !basis.is_empty() || window != WINDOW,
        bases: std::iter::once(Choice::new("", "全部依据", &basis))
            .chain(Basis::CHOICES.iter().map(|it| Choice::new(it.0, it.1, &basis)))
            .collect(),
        is_intake: around.desk.is_intake(&actor),
        query: query.with(&[]),
        frame,
    })
}

/// `GET /complaints/clusters.xlsx`
pub(crate) async fn xlsx(State(app): State<App>, Visitor(actor): Visitor, RawQuery(query): RawQuery) -> Answer {
    let query = Query::of(query.as_deref());
    let Listed { clusters, dismissed, is_cut, .. } = listed(&app, &actor, &query).await?;
    let is_cut = is_cut || clusters.iter().any(|it| it.is_cut);
    let mut table = Table::new(&[
        ("依据", 16.0, Align::Left),
        ("经营者", 14.0, Align::Left),
        ("件数", 4.0, Align::Right),
        ("在办", 4.0, Align::Right),
        ("最早收到", 6.0, Align::Left),
        ("最近收到", 6.0, Align::Left),
        ("承办", 14.0, Align::Left),
        ("认定", 20.0, Align::Left),
    ]);
    let number = |n: usize| TableCell::number(n as f64);
    table.rows = clusters
        .iter()
        .chain(&dismissed)
        .map(|it| {
            let text = |it: &str| TableCell::text(it);
            vec![
                text(&it.words),
                text(&it.business),
                number(it.n),
                number(it.n_open),
                text(&it.first),
                text(&it.last),
                text(&it.units),
                text(&it.verdict),
            ]
        })
        .collect();
    let (n, now) = (table.rows.len(), app.clock.now());
    app.db
        .write(async move |tx| {
            let new = NewEvent::by(&actor, "complaint", &actor.person_id, "exported", now);
            event::insert(&tx, new.detail(serde_json::json!({ "群体投诉": n })));
            Ok(())
        })
        .await?;
    let mut notes = vec![format!("近 {} 天收到的。列在这里不影响任何一件的受理和期限。", window_of(&query))];
    if is_cut {
        notes.push(CUT.to_owned());
    }
    let title = Some("群体投诉清单".to_owned());
    let sheet = Sheet { name: "群体投诉".to_owned(), title, notes, table, is_landscape: true };
    super::rate::book("群体投诉清单.xlsx", sheet).await
}

/// The cases of a cluster, and what somebody said of it.
pub(crate) struct Loaded {
    pub(crate) around: Around,
    pub(crate) group: Group,
    pub(crate) members: Vec<Case>,
    verdict: Option<Verdict>,
}

/// The same cases as the list counts, by the same two steps: groups, and the groups that are one.
pub(crate) async fn load(
    tx: &Read,
    actor: &Actor,
    (basis, key): (Basis, &str),
    window: i64,
    today: Date,
) -> Result<Loaded, Error> {
    let around = Around::load(tx).await?;
    let sight = sight(&around, actor, window, today);
    let found = cluster::groups(tx, &sight, basis, around.rules.thresholds.least(basis)).await?;
    let of_key = |groups: Vec<Group>| merge(groups).into_iter().find(|it| it.has_key(key));
    let group = match of_key(found.groups) {
        Some(group) => group,
        // What has become too small for the list, or is beyond its end, is still there for who has its address.
        None => {
            let found = cluster::group_of(tx, &sight, basis, key).await?;
            of_key(found.groups).ok_or(Error::NotFound)?
        }
    };
    let members = cluster::cases(tx, &group.cases).await?;
    let last = members.last().map_or(0, |it| it.ordinal);
    let verdict = verdict_of(&cluster::verdicts(tx).await?, &group, last).cloned();
    Ok(Loaded { around, group, members, verdict })
}

/// `GET /complaints/clusters/{basis}?key=`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(basis): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Query::of(query.as_deref());
    let basis = Basis::from_code(&basis).ok_or(Error::NotFound)?;
    let (window, now) = (window_of(&query), app.clock.now());
    let (key, who) = (query.get("key"), actor.clone());
    let asked = key.clone();
    let today = app.clock.today();
    let loaded = app.db.try_read(async move |tx| load(&tx, &who, (basis, &asked), window, today).await).await?;
    page::page(&view(frame, &actor, loaded, (basis, key), window, now, None))
}

/// The page of a cluster again, with everything that was typed and ticked, and what is wrong with it.
pub(crate) async fn again(
    app: &App,
    frame: Frame,
    actor: &Actor,
    (basis, key): (Basis, String),
    posted: &Posted,
    errors: FormErrors,
) -> Answer {
    let (window, now, today) = (window_of_form(posted), app.clock.now(), app.clock.today());
    let (who, asked) = (actor.clone(), key.clone());
    let loaded = app.db.try_read(async move |tx| load(&tx, &who, (basis, &asked), window, today).await).await?;
    let view = view(frame, actor, loaded, (basis, key), window, now, Some((posted, errors)));
    page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &view)
}

/// The window the page of the form had.
pub(crate) fn window_of_form(posted: &Posted) -> i64 {
    window_of(&Query::of(Some(&format!("days={}", posted.text("days")))))
}

/// `ticked` is what stood ticked in a form that could not be done; everything before that.
fn member_lines(
    members: &[Case],
    around: &Around,
    actor: &Actor,
    ticked: Option<&[Id]>,
    now: Timestamp,
) -> Vec<MemberLine> {
    let line = |it: &Case| MemberLine {
        is_ticked: ticked.is_none_or(|ids| ids.contains(&it.complaint_id)),
        line: line(it, around, now),
        connects: members
            .first()
            .filter(|first| first.complaint_id != it.complaint_id)
            .map(|first| connects(it, first, around, actor))
            .unwrap_or_else(|| "最早的一件".to_owned()),
        amount: it.particulars.amount_fen.map(domain::complaint::intake::yuan).unwrap_or_default(),
    };
    members.iter().map(line).collect()
}

fn view(
    frame: Frame,
    actor: &Actor,
    loaded: Loaded,
    (basis, key): (Basis, String),
    window: i64,
    now: Timestamp,
    sent: Option<(&Posted, FormErrors)>,
) -> Show {
    let Loaded { around, group, members, verdict } = loaded;
    let is_cut = group.is_cut;
    let ticked: Option<Vec<Id>> = sent.as_ref().map(|it| chosen(it.0));
    let typed = |name: &str| sent.as_ref().map(|it| it.0.text(name).to_owned()).unwrap_or_default();
    let (reason, representatives) = (typed("reason"), typed("representatives"));
    let has_consent = sent.as_ref().is_some_and(|it| it.0.is_set("consent"));
    let back = sent.as_ref().map_or_else(|| frame.path().to_owned(), |_| path_of(basis, &key, window));
    let lines = member_lines(&members, &around, actor, ticked.as_deref(), now);
    let day = |pick: fn(Date, Date) -> Date| {
        members.iter().map(|it| it.state.received_on).reduce(pick).map(|it| it.to_string()).unwrap_or_default()
    };
    let law = members.first().map_or(RuleVersion::Order121, |it| it.state.rules);
    let consent_label = format!("并案：{}", consent_words(law));
    let sum: i64 = members.iter().filter_map(|it| it.particulars.amount_fen).sum();
    let mut units = unit_choices(&around, &typed("unit_id"));
    if let Some(first) = units.first_mut() {
        "请选择".clone_into(&mut first.label);
    }
    Show {
        title: format!("{}的{} {} 件", basis.label(), if is_cut { "最近" } else { "" }, members.len()),
        n_open: members.iter().filter(|it| it.state.is_open()).count(),
        amount: domain::complaint::intake::yuan(sum),
        first: day(std::cmp::min),
        last: day(std::cmp::max),
        verdict: verdict.as_ref().map(verdict_words),
        may_arrange: members.iter().any(|it| may_arrange(actor, &around.desk, &it.state)),
        heads: members
            .iter()
            .filter(|it| it.state.status.is_open())
            .map(|it| (it.complaint_id.to_string(), format!("{} {}", it.number, it.particulars.business.name)))
            .map(|(id, label)| Choice::new(id, label, &typed("head")))
            .collect(),
        units,
        members: lines,
        is_cut,
        reason,
        representatives,
        has_consent,
        consent_label,
        back,
        errors: sent.map(|it| it.1).unwrap_or_default(),
        basis,
        key,
        window,
        frame,
    }
}

/// The ids of the cases chosen on the page, each once, in their order.
pub(crate) fn chosen(posted: &Posted) -> Vec<Id> {
    let mut ids: Vec<Id> = posted.all("id").map(Id::from_text).collect();
    // Always in the same order, so that two people who arrange the same cases never wait for each other.
    ids.sort();
    ids.dedup();
    ids
}
