//! `/returns/{id}/cells/{key}`: what stands behind one number — the records and entries it counts, how they add up, what was not
//! added and why; and for a return that adds up others, the units.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use domain::Id;
use domain::complaint::permitted::{may_count_tipoffs, may_see};
use domain::statistics::check::{CellValue, listed, words};
use domain::statistics::form::FormCell;
use domain::statistics::indicator::{Adding, Indicator};
use domain::statistics::stat_return::ReturnStatus;
use domain::unit::Actor;
use store::Read;
use store::statistics::case_figure::{self, CaseOrigin, counts_cases};
use store::statistics::overlap::Late;
use store::statistics::stat_return::StatReturn;
use store::statistics::tally::{self, CountedValue};
use store::statistics::{Origin, origins_of_units};

use super::filling::Filling;
use super::form_show::meaning;
use super::looks::Look;
use super::scene::Scene;
use super::sheet::{explained_words, late_of, late_words};
use crate::complaint::Around;
use crate::summary::origins::case_words;
use crate::{Answer, App, Error, Frame, Visitor, page};

/// The most origins of a page.
const PAGE: i64 = 100;

#[derive(Template)]
#[template(path = "statistics/cell.html")]
struct Show {
    frame: Frame,
    scene: Scene,
    own: StatReturn,
    unit_name: String,
    key: String,
    name: String,
    computed: String,
    reported: String,
    reason: String,
    last_year: String,
    indicator: String,
    meaning: String,
    topic: String,
    how: &'static str,
    origins: Vec<Line>,
    n_origins: i64,
    page: i64,
    n_pages: i64,
    parts: Vec<Part>,
    explanation: Vec<String>,
    late: Vec<LateLine>,
    /// What somebody should look at: address, title, day, why.
    looks: Vec<(String, String, String, String)>,
    /// How far what came since would move the number; empty for nothing.
    since: String,
    cases: Cases,
}

/// A record or an entry that came after its units had handed in.
struct LateLine {
    path: String,
    title: String,
    units: String,
    at: String,
    value: String,
    /// The return it would have to enter, and how.
    return_path: String,
    way: &'static str,
}

/// The cases a number counts beside the records.
#[derive(Default)]
struct Cases {
    /// What they come to; empty where no case counts for the indicator.
    words: String,
    /// Those the person may know of.
    lines: Vec<Line>,
    /// How many are not listed because the person may not know of them, and how many because the list is long.
    n_secret: usize,
    n_more: i64,
}

impl Show {
    fn address(&self, page: i64) -> String {
        if page < 1 || page > self.n_pages {
            return String::new();
        }
        format!("/returns/{}/cells/{}?page={page}", self.own.stat_return_id, self.key)
    }
}

/// A record or an entry.
struct Line {
    path: String,
    title: String,
    kind: &'static str,
    units: String,
    day: String,
    value: String,
    /// Why it is not in the sum, or counts once; empty otherwise.
    note: String,
    is_out: bool,
}

/// What one unit below reported.
struct Part {
    name: String,
    path: String,
    status: &'static str,
    computed: String,
    reported: String,
    reason: String,
    is_counted: bool,
}

/// How figures of this rule become one, in a sentence.
fn how(adding: Adding) -> &'static str {
    match adding {
        Adding::Sum => "逐条相加。联合开展的活动在一条记录里，只算一次；同一篇报道、同一场次有几条的，只算最大的一条。",
        Adding::Max => "取最大的一条，不相加。",
        Adding::Last => "这是存量，取日期最新的一条，不相加。",
        Adding::Never => {
            "“2条/10天”是两个数：2条，播10天。几条不能相加，逐条列出，上报时一并写在格里；要报成一个数的，由填报人改写并写明原因。"
        }
    }
}

/// What a page of a cell is drawn from.
struct Loaded {
    filling: Filling,
    origins: Vec<Origin>,
    n_origins: i64,
    reported: Vec<CountedValue>,
    cases: Cases,
}

async fn load(tx: &Read, actor: &Actor, id: &Id, key: &str, page: i64) -> store::Result<Loaded> {
    let filling = Filling::of_return(tx, id).await?.with_late(tx).await?;
    let cell = filling.scene.form.definition.cell(key).map(|(_, it)| it.clone());
    let ((mut origins, mut n_origins), mut behind) = ((Vec::new(), 0), Cases::default());
    if let Some((cell, indicator)) = cell.as_ref().and_then(|it| Some((it, it.indicator()?))) {
        let units: Option<Vec<Id>> =
            filling.scene.reporting.scope(&filling.unit.unit_id).map(|it| it.into_iter().collect());
        let campaign_id = &filling.scene.form.campaign_id;
        let (topic, offset) = (cell.topic(), (page - 1) * PAGE);
        (origins, n_origins) =
            origins_of_units(tx, campaign_id, units.as_deref(), indicator.code, topic, PAGE, offset).await?;
        if topic.is_none() && counts_cases(indicator.code) {
            behind = cases(tx, actor, campaign_id, units.as_deref(), cell, indicator).await?;
        }
    }
    let reported = tally::list_values(tx, &filling.scene.form.stat_form_id, key).await?;
    Ok(Loaded { filling, origins, n_origins, reported, cases: behind })
}

/// `GET /returns/{stat_return_id}/cells/{key}?page=`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path((stat_return_id, key)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let id = Id::from_text(stat_return_id);
    let page = page_of(query.as_deref());
    let cell_key = key.clone();
    let Loaded { filling, origins, n_origins, reported, cases } =
        app.db.read(async move |tx| load(&tx, &actor, &id, &cell_key, page).await).await?;
    let (row, cell) = filling.scene.form.definition.cell(&key).ok_or(Error::NotFound)?;
    let value = filling.values().get(&key).cloned().unwrap_or_default();
    let shown = |number: Option<i64>| number.map(|it| words(cell, it, value.is_estimate)).unwrap_or_default();
    let own = filling.stat_return.clone().ok_or(Error::NotFound)?;
    let indicator = cell.indicator();
    page::page(&Show {
        frame,
        name: row.name_of(cell),
        computed: computed_words(&filling, cell, &value),
        reported: if value.reported.is_none() { value.text.clone() } else { shown(value.reported) },
        reason: value.reason.clone(),
        last_year: value.last_year.map(|it| words(cell, it, false)).unwrap_or_default(),
        indicator: indicator.map(|it| it.label.to_owned()).unwrap_or_default(),
        meaning: indicator.map(meaning).unwrap_or_default(),
        topic: cell.topic().unwrap_or_default().to_owned(),
        how: how(cell.adding()),
        origins: lines(&origins, cell, indicator),
        n_origins,
        page,
        n_pages: (n_origins + PAGE - 1) / PAGE,
        parts: parts(&filling, cell, &reported),
        cases,
        explanation: explanation(&filling, cell),
        since: filling.sums.get(&key).map(|sum| late_words(&filling, cell, sum)).unwrap_or_default(),
        late: late(&filling, cell),
        looks: looks(&filling, cell),
        unit_name: filling.unit.short_name.clone(),
        scene: filling.scene.clone(),
        own,
        key,
    })
}

/// What the records say: a number, or numbers side by side; an estimate where the reported number is the same one and an estimate.
fn computed_words(filling: &Filling, cell: &FormCell, value: &CellValue) -> String {
    let about = match value.reported == value.computed {
        true => value.is_estimate,
        false => filling.proposals.get(&cell.key).is_some_and(|it| it.is_estimate),
    };
    value.computed.map_or_else(|| value.listed.clone(), |it| words(cell, it, about))
}

async fn cases(
    tx: &Read,
    actor: &Actor,
    campaign_id: &Id,
    units: Option<&[Id]>,
    cell: &FormCell,
    indicator: &Indicator,
) -> store::Result<Cases> {
    let Some(sum) = case_figure::case_sums(tx, campaign_id, units).await?.get(indicator.code).copied() else {
        return Ok(Cases { words: "活动期间没有可计入的投诉举报件。".to_owned(), ..Cases::default() });
    };
    let desk = Around::load(tx).await?.desk;
    let found = case_figure::cases(tx, campaign_id, units, indicator.code, PAGE).await?;
    let n_found = found.len();
    let line = |it: CaseOrigin| Line {
        path: format!("/complaints/{}", it.complaint_id),
        title: it.number,
        kind: if it.is_on_site { "活动现场登记" } else { it.state.channel.label() },
        units: it.unit_name,
        day: it.happened_on,
        value: words(cell, it.value, false),
        note: String::new(),
        is_out: false,
    };
    let is_of_tipoffs = indicator.code == case_figure::TIPOFFS;
    let lines: Vec<Line> = found.into_iter().filter(|it| may_see(actor, &desk, &it.state)).map(line).collect();
    let words = case_words(indicator, sum);
    if is_of_tipoffs && !may_count_tipoffs(actor, &desk) {
        // The sum is that of the form; how it divides is not told.
        let words = format!("{words}举报件依法保密，这里只列您单位承办的（第三十七条）。");
        return Ok(Cases { words, lines, ..Cases::default() });
    }
    Ok(Cases {
        words,
        n_secret: n_found - lines.len(),
        n_more: sum.n - i64::try_from(n_found).unwrap_or_default(),
        lines,
    })
}

fn page_of(query: Option<&str>) -> i64 {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .find(|(name, _)| name == "page")
        .and_then(|(_, value)| value.parse::<i64>().ok())
        .map_or(1, |it| it.clamp(1, 1_000_000))
}

/// The units below, with what they reported.
fn parts(filling: &Filling, cell: &FormCell, reported: &[CountedValue]) -> Vec<Part> {
    let scene = &filling.scene;
    let below: BTreeSet<Id> = scene.reporting.below(&filling.unit.unit_id).into_iter().collect();
    let handed_in = reported.iter().filter(|it| it.is_handed_in);
    let all: BTreeMap<&Id, &CellValue> = handed_in.map(|it| (&it.unit_id, &it.value)).collect();
    let counted: BTreeSet<&Id> =
        reported.iter().filter(|it| it.is_counted && it.is_handed_in).map(|it| &it.unit_id).collect();
    let order = scene.reporting.in_order();
    let part = |(unit_id, _): &(Id, usize)| {
        let latest = scene.latest(unit_id);
        let value = all.get(unit_id);
        let number = |it: Option<i64>, is_estimate| it.map(|it| words(cell, it, is_estimate)).unwrap_or_default();
        Some(Part {
            name: scene.unit(unit_id)?.short_name.clone(),
            path: match latest {
                Some(it) => format!("/returns/{}/cells/{}", it.stat_return_id, cell.key),
                None => format!("/forms/{}/units/{unit_id}", scene.form.stat_form_id),
            },
            status: latest.map_or("还没有开始", |it| it.status.label()),
            computed: value
                .map_or(String::new(), |it| number(it.computed, it.is_estimate && it.computed == it.reported)),
            reported: value.map_or(String::new(), |it| match it.reported {
                None => it.text.clone(),
                reported => number(reported, it.is_estimate),
            }),
            reason: value.map(|it| it.reason.clone()).unwrap_or_default(),
            is_counted: counted.contains(unit_id),
        })
    };
    order.iter().filter(|(unit_id, _)| below.contains(unit_id)).filter_map(part).collect()
}

/// How the number of a return that adds up others comes about.
fn explanation(filling: &Filling, cell: &FormCell) -> Vec<String> {
    let Some(sum) = filling.sums.get(&cell.key) else { return Vec::new() };
    let mut lines = Vec::new();
    if let Some(reported) = sum.reported {
        let reported = words(cell, reported, sum.is_reported_estimate);
        let explained = match sum.explained {
            0 => String::new(),
            _ => format!("（{}，原因见下表）", explained_words(cell, sum)),
        };
        lines.push(format!("{}个单位交表的上报数合计：{reported}{explained}。", sum.n_units));
    }
    if let Some(live) = sum.live {
        let live = words(cell, live, sum.is_live_estimate);
        lines.push(format!("还没有交表的单位，按现在的记录：{live}。"));
    }
    if sum.twice > 0 {
        let twice = words(cell, sum.twice, sum.is_reported_estimate);
        lines.push(format!("合计里重复计的：{twice}，已去掉。"));
    }
    if sum.side_by_side.len() > 1 {
        lines.push(format!("各单位分别是{}，不相加。", listed(cell, &sum.side_by_side)));
    }
    if let Some(proposal) = sum.proposal {
        lines.push(format!("系统算出：{}。交表以后的记录不改变这个数。", words(cell, proposal, sum.has_estimate)));
    }
    lines
}

/// What is doubtful of what it counts.
fn looks(filling: &Filling, cell: &FormCell) -> Vec<(String, String, String, String)> {
    let line = |it: &Look| {
        let why = if it.question.is_empty() { "日期不在活动期间，已计入" } else { it.question.as_str() };
        (it.path.clone(), it.title.clone(), it.day.to_string(), why.to_owned())
    };
    filling.looks_of(cell).into_iter().map(line).collect()
}

/// What came after the units had handed in, with the unit that would have to report it.
fn late(filling: &Filling, cell: &FormCell) -> Vec<LateLine> {
    let scene = &filling.scene;
    let line = |it: &Late| {
        // Of several units the one whose return can still be sent back.
        let returns = || it.units.iter().filter_map(|unit| scene.counting(unit));
        let own = returns().find(|it| it.status == ReturnStatus::Complete).or_else(|| returns().next());
        let names: Vec<&str> = it.units.iter().filter_map(|unit| Some(scene.unit(unit)?.short_name.as_str())).collect();
        LateLine {
            path: format!("/{}/{}", folder(it.origin.area), it.origin.origin_id),
            title: it.origin.title.clone(),
            units: names.join("、"),
            at: crate::in_words(it.created_at),
            value: words(cell, it.origin.value, it.origin.is_estimate),
            return_path: own.map(|it| format!("/returns/{}", it.stat_return_id)).unwrap_or_default(),
            way: match own.map(|it| it.status) {
                Some(ReturnStatus::Approved) => "由该单位补报",
                _ => "打开后退回修改",
            },
        }
    };
    late_of(filling, cell).into_iter().map(line).collect()
}

pub(super) fn folder(area: &str) -> &'static str {
    match area {
        "media" => "media",
        "material" => "materials",
        _ => "records",
    }
}

fn lines(origins: &[Origin], cell: &FormCell, indicator: Option<&Indicator>) -> Vec<Line> {
    let adding = indicator.map_or(Adding::Sum, |it| it.adding);
    let newest = origins.iter().map(|it| it.happened_on.as_str()).max().unwrap_or_default();
    let largest = origins.iter().map(|it| it.value).max().unwrap_or_default();
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for (n, it) in origins.iter().enumerate().filter(|(_, it)| !it.same_as.is_empty()) {
        let kept = counted.entry(it.same_as.as_str()).or_insert(n);
        if origins.get(*kept).is_some_and(|other| it.value > other.value) {
            *kept = n;
        }
    }
    let line = |(n, it): (usize, &Origin)| {
        let is_again = !it.same_as.is_empty() && counted.get(it.same_as.as_str()) != Some(&n);
        let (note, is_out) = match adding {
            _ if is_again && it.area == "media" => ("同一篇报道另有登记，取较大的一条，这条不再计".to_owned(), true),
            _ if is_again => ("同一场次另有记录，取较大的一条，这条不再计".to_owned(), true),
            Adding::Last if it.happened_on != newest => ("存量只取最新的一条，这条不计".to_owned(), true),
            Adding::Max if it.value != largest => ("只取最大的一条，这条不计".to_owned(), true),
            Adding::Never => ("不相加，单独列出".to_owned(), false),
            _ if it.unit_names.contains('、') => ("联合开展，只算一次".to_owned(), false),
            _ => (String::new(), false),
        };
        let kind = match it.area {
            "media" => "媒体台账",
            "material" => "宣传资料台账",
            "venue" => "会场",
            _ => "活动记录",
        };
        Line {
            path: match it.area {
                "venue" => format!("/campaigns/{}/venues", it.origin_id),
                area => format!("/{}/{}", folder(area), it.origin_id),
            },
            title: it.title.clone(),
            kind,
            units: it.unit_names.clone(),
            day: it.happened_on.clone(),
            value: words(cell, it.value, it.is_estimate),
            note,
            is_out,
        }
    };
    origins.iter().enumerate().map(line).collect()
}
