//! `/complaints/clusters`: cases that probably belong together, each cluster with its reason in words; one cluster with what connects
//! each case. Nothing happens to a case by being in a cluster.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use domain::Id;
use domain::complaint::case::CaseKind;
use domain::complaint::cluster::{Basis, Cluster, gather};
use domain::complaint::identity::{business_key, normal_address, normal_phone};
use domain::complaint::permitted::{may_arrange, may_unmask};
use domain::complaint::similar::{NEAR, likeness};
use domain::unit::Actor;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use store::Read;
use store::complaint::case::Case;
use store::complaint::cluster::{self, Brief, Sight, Verdict};

use super::Around;
use super::list::{Line, Query, line, unit_choices};
use crate::{Answer, App, Choice, Error, Frame, Visitor, clock, page};

/// The windows of time, in days.
const WINDOWS: &[(&str, &str)] = &[("30", "近 30 天"), ("90", "近 90 天"), ("365", "近一年")];
/// The window nobody has chosen.
const WINDOW: i64 = 90;

/// One cluster in the list.
struct ClusterLine {
    path: String,
    words: String,
    business: String,
    n: usize,
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
}

/// One case of a cluster.
struct MemberLine {
    line: Line,
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
    clusters: Vec<(Cluster, Vec<Brief>)>,
    verdicts: Vec<Verdict>,
}

async fn find(tx: &Read, sight: &Sight, only: Option<Basis>) -> store::Result<Found> {
    let mut groups = Vec::new();
    for basis in Basis::ALL.iter().filter(|it| only.is_none_or(|only| only == **it)) {
        groups.extend(cluster::groups(tx, sight, *basis).await?);
    }
    let mut clusters = Vec::new();
    for it in gather(groups) {
        let briefs = cluster::briefs(tx, &it.cases).await?;
        clusters.push((it, briefs));
    }
    Ok(Found { clusters, verdicts: cluster::verdicts(tx).await? })
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

/// A verdict holds as long as no further case has come.
fn verdict_of<'a>(verdicts: &'a [Verdict], basis: Basis, key: &str, n: usize) -> Option<&'a Verdict> {
    verdicts
        .iter()
        .find(|it| it.basis == basis.code() && it.cluster_key == key && i64::try_from(n).is_ok_and(|n| n <= it.n_cases))
}

fn cluster_line(cluster: &Cluster, briefs: &[Brief], around: &Around, window: i64) -> Option<ClusterLine> {
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
        n_open: briefs.iter().filter(|it| it.is_open).count(),
        first: briefs.iter().map(|it| it.received_on).min()?.to_string(),
        last: briefs.iter().map(|it| it.received_on).max()?.to_string(),
        units: units.join("、"),
        verdict: String::new(),
        basis: first.basis.code(),
        key: first.key.clone(),
    })
}

/// `GET /complaints/clusters`
pub(crate) async fn list(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Query::of(query.as_deref());
    let (window, today) = (window_of(&query), app.clock.today());
    let only = Basis::from_code(&query.get("basis"));
    let who = actor.clone();
    let (around, found) = app
        .db
        .read(async move |tx| {
            let around = Around::load(&tx).await?;
            let found = find(&tx, &sight(&around, &who, window, today), only).await?;
            Ok((around, found))
        })
        .await?;
    let (mut clusters, mut dismissed) = (Vec::new(), Vec::new());
    for (cluster, briefs) in &found.clusters {
        let Some(mut line) = cluster_line(cluster, briefs, &around, window) else { continue };
        let said = cluster.groups.first().and_then(|it| verdict_of(&found.verdicts, it.basis, &it.key, briefs.len()));
        match said {
            Some(verdict) => {
                line.verdict = verdict_words(verdict);
                dismissed.push(line);
            }
            None => clusters.push(line),
        }
    }
    let days = window.to_string();
    let basis = query.get("basis");
    page::page(&List {
        clusters,
        dismissed,
        windows: WINDOWS.iter().map(|it| Choice::new(it.0, it.1, &days)).collect(),
        bases: std::iter::once(Choice::new("", "全部依据", &basis))
            .chain(Basis::CHOICES.iter().map(|it| Choice::new(it.0, it.1, &basis)))
            .collect(),
        is_intake: around.desk.is_intake(&actor),
        is_filtered: only.is_some() || window != WINDOW,
        frame,
    })
}

/// The cases of a cluster, and what somebody said of it.
pub(crate) struct Loaded {
    pub(crate) around: Around,
    pub(crate) members: Vec<Case>,
    verdict: Option<Verdict>,
}

pub(crate) async fn load(
    tx: &Read,
    actor: &Actor,
    (basis, key): (Basis, &str),
    window: i64,
    today: Date,
) -> Result<Loaded, Error> {
    let around = Around::load(tx).await?;
    let sight = sight(&around, actor, window, today);
    let members = cluster::members(tx, &sight, basis, key).await?;
    if members.is_empty() {
        return Err(Error::NotFound);
    }
    let verdict = verdict_of(&cluster::verdicts(tx).await?, basis, key, members.len()).cloned();
    Ok(Loaded { around, members, verdict })
}

/// What connects a case with the first of the cluster, as far as this person may know (第三十七条).
fn connects(case: &Case, first: &Case, around: &Around, actor: &Actor) -> String {
    let is_secret = |it: &Case| it.state.matter == CaseKind::Tipoff && !may_unmask(actor, &around.desk, &it.state);
    let names = !is_secret(case) && !is_secret(first);
    let (one, other) = (&case.particulars, &first.particulars);
    let is_same = |a: String, b: String| !a.is_empty() && a == b;
    let mut words: Vec<String> = Vec::new();
    if names && is_same(normal_phone(&one.consumer.phone), normal_phone(&other.consumer.phone)) {
        words.push(Basis::Phone.label().to_owned());
    }
    if names && is_same(normal_address(&one.consumer.address), normal_address(&other.consumer.address)) {
        words.push(Basis::Address.label().to_owned());
    }
    let near = likeness(&one.text, &other.text);
    if near >= NEAR {
        words.push(format!("内容相近 {:.0}%", near * 100.0));
    }
    let key = |it: &domain::complaint::intake::Particulars| business_key(&it.business.name, &it.business.credit_code);
    if is_same(key(one), key(other)) {
        words.push(Basis::Business.label().to_owned());
    }
    words.join("、")
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
    page::page(&view(frame, &actor, loaded, (basis, key), window, now))
}

fn view(
    frame: Frame,
    actor: &Actor,
    loaded: Loaded,
    (basis, key): (Basis, String),
    window: i64,
    now: Timestamp,
) -> Show {
    let Loaded { around, members, verdict } = loaded;
    let amount_of = |it: &Case| it.particulars.amount_fen.map(domain::complaint::intake::yuan).unwrap_or_default();
    let lines: Vec<MemberLine> = members
        .iter()
        .map(|it| MemberLine {
            line: line(it, &around, now),
            connects: members
                .first()
                .filter(|first| first.complaint_id != it.complaint_id)
                .map(|first| connects(it, first, &around, actor))
                .unwrap_or_else(|| "最早的一件".to_owned()),
            amount: amount_of(it),
        })
        .collect();
    let day = |pick: fn(Date, Date) -> Date| {
        members.iter().map(|it| it.state.received_on).reduce(pick).map(|it| it.to_string()).unwrap_or_default()
    };
    let sum: i64 = members.iter().filter_map(|it| it.particulars.amount_fen).sum();
    let mut units = unit_choices(&around, "");
    if let Some(first) = units.first_mut() {
        "请选择".clone_into(&mut first.label);
    }
    Show {
        title: format!("{}的 {} 件", basis.label(), members.len()),
        n_open: members.iter().filter(|it| it.state.is_open()).count(),
        amount: domain::complaint::intake::yuan(sum),
        first: day(std::cmp::min),
        last: day(std::cmp::max),
        verdict: verdict.as_ref().map(verdict_words),
        may_arrange: members.iter().any(|it| may_arrange(actor, &around.desk, &it.state)),
        heads: members
            .iter()
            .filter(|it| it.state.status.is_open())
            .map(|it| {
                Choice::new(it.complaint_id.to_string(), format!("{} {}", it.number, it.particulars.business.name), "")
            })
            .collect(),
        units,
        members: lines,
        basis,
        key,
        window,
        frame,
    }
}

/// The ids of the cases chosen on the page, each once, in their order.
pub(crate) fn chosen(posted: &crate::Posted) -> Vec<Id> {
    let mut ids: Vec<Id> = posted.all("id").map(Id::from_text).collect();
    // Always in the same order, so that two people who arrange the same cases never wait for each other.
    ids.sort();
    ids.dedup();
    ids
}
