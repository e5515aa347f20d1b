//! `/campaigns/{id}/figures`: what a figure counts — its records and ledger entries, the sum, and how it adds.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use domain::Id;
use domain::campaign::summary::Subject;
use domain::complaint::permitted::may_count_tipoffs;
use domain::statistics::indicator::{Adding, INDICATORS, Indicator, find};
use domain::statistics::measure::Measure;
use domain::statistics::rollup::{Figure, total};
use domain::unit::Actor;
use store::campaign::activity;
use store::campaign::head::{self, Head};
use store::statistics::case_figure::{self, CaseSum};
use store::statistics::{self, Origin, Wanted};
use store::unit;

use super::{query_value, with_query};
use crate::complaint::Around;
use crate::{Answer, App, Choice, Frame, Visitor, page};

/// Lines on one page.
const PAGE: i64 = 100;

struct Line {
    path: String,
    day: String,
    title: String,
    units: String,
    area: &'static str,
    value: String,
    is_same: bool,
}

#[derive(Template)]
#[template(path = "summary/origins.html")]
struct List {
    frame: Frame,
    head: Head,
    heading: String,
    /// The sum in words; empty where a filter leaves no sum of its own.
    sum: String,
    rule: String,
    /// What cases add to the records; empty where none do.
    cases: String,
    lines: Vec<Line>,
    n: i64,
    indicators: Vec<Choice>,
    units: Vec<Choice>,
    activities: Vec<Choice>,
    on: String,
    page: i64,
    n_pages: i64,
    before: String,
    after: String,
}

/// The value of an origin as the figure of a source says it.
pub(super) fn value_words(key: &str, origin: &Origin) -> String {
    match Subject::from_key(key) {
        Some(Subject::Indicator { indicator, .. }) => find(&indicator).map_or_else(String::new, |it| words(it, origin)),
        _ => origin.value.to_string(),
    }
}

fn words(indicator: &Indicator, origin: &Origin) -> String {
    indicator.amount(origin.value, origin.is_estimate)
}

fn line(indicator: &Indicator, origin: &Origin) -> Line {
    let (path, area) = match origin.area {
        "media" => (format!("/media/{}", origin.origin_id), "媒体台账"),
        "material" => (format!("/materials/{}", origin.origin_id), "资料台账"),
        "venue" => (format!("/campaigns/{}/venues", origin.origin_id), "会场"),
        _ => (format!("/records/{}", origin.origin_id), "活动记录"),
    };
    Line {
        path,
        day: origin.happened_on.clone(),
        title: origin.title.clone(),
        units: origin.unit_names.clone(),
        area,
        value: words(indicator, origin),
        is_same: !origin.same_as.is_empty(),
    }
}

fn rule(indicator: &Indicator) -> String {
    let rule = match indicator.adding {
        Adding::Sum => {
            "各条相加。几个单位联合开展的是一条记录，只算一次；同一场次、同一篇报道登记几次，取其中最大的一个。"
        }
        Adding::Max => "取其中最大的一个。",
        Adding::Last => "是某一天的存量，取日期最近的一条，不相加。",
        Adding::Never => "“2条/10天”是两个数：2条，播10天。不能相加，逐条列出。",
    };
    rule.to_owned()
}

/// 投诉举报件 12 件，其中 3 件与同日现场记录是同一批，不重复计.
pub(crate) fn case_words(indicator: &Indicator, sum: CaseSum) -> String {
    let value = |value: i64| indicator.amount(value, false);
    let money =
        if indicator.measure == Measure::Money { format!("，合计 {}", value(sum.value)) } else { String::new() };
    let same = match sum.value - sum.counted {
        0 => String::new(),
        same => format!("其中 {} 与现场登记单位同一天的活动记录是同一批，已在记录里，不重复计。", value(same)),
    };
    format!("另计入活动期间的投诉举报件 {} 件{money}。{same}", sum.n)
}

/// The sum of the figures that are shown, by the rule of the indicator.
fn sum(indicator: &Indicator, figures: &[Figure]) -> String {
    let total = total(figures, indicator.code, None);
    domain::campaign::summary::draft::figure_words(indicator.code, &total).unwrap_or_default()
}

/// The figures behind the lines, for a sum of one day or one activity.
fn figures_of(indicator: &Indicator, origins: &[Origin]) -> Vec<Figure> {
    let figure = |it: &Origin| Figure {
        origin: it.origin_id.clone(),
        indicator: indicator.code.to_owned(),
        value: it.value,
        is_estimate: it.is_estimate,
        topic: None,
        same_as: Some(it.same_as.clone()).filter(|it| !it.is_empty()),
        on: it.happened_on.clone(),
    };
    origins.iter().map(figure).collect()
}

/// `GET /campaigns/{campaign_id}/figures?indicator=…&unit=…&activity=…&on=…`
pub(crate) async fn list(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let id = Id::from_text(campaign_id);
    let value = |name: &str| query_value(query.as_deref(), name);
    let indicator = find(&value("indicator")).or_else(|| find("consumer_attendance")).ok_or(crate::Error::NotFound)?;
    let wanted = Wanted {
        indicator: indicator.code.to_owned(),
        units: Some(value("unit")).filter(|it| !it.is_empty()).map(|it| vec![Id::from_text(it)]),
        activity_id: value("activity"),
        on: value("on"),
        topic: String::new(),
    };
    let (unit_id, number) = (value("unit"), value("page").parse::<i64>().unwrap_or(1).max(1));
    let Loaded { head, origins, n, activities, units, figures, cases, is_secret } =
        load(&app, actor, id, wanted.clone(), (number - 1).saturating_mul(PAGE)).await?;
    let sum = match (wanted.activity_id.is_empty() && wanted.on.is_empty(), n <= PAGE) {
        (true, _) => sum(indicator, &figures),
        (false, true) => sum(indicator, &figures_of(indicator, &origins)),
        (false, false) => String::new(),
    };
    let n_pages = ((n + PAGE - 1) / PAGE).max(1);
    let path = |page: i64| {
        let page = page.to_string();
        let pairs = [
            ("indicator", wanted.indicator.as_str()),
            ("unit", &unit_id),
            ("activity", &wanted.activity_id),
            ("on", &wanted.on),
            ("page", &page),
        ];
        with_query(&format!("/campaigns/{}/figures", head.campaign_id), &pairs)
    };
    page::page(&List {
        heading: format!("{}的来源", indicator.label),
        rule: rule(indicator),
        cases: told_cases(indicator, cases, is_secret),
        lines: origins.iter().map(|it| line(indicator, it)).collect(),
        indicators: INDICATORS.iter().map(|it| Choice::new(it.code, it.label, indicator.code)).collect(),
        units: first("全部单位", &unit_id, units.iter().map(|it| (it.unit_id.to_string(), it.short_name.clone()))),
        activities: first(
            "全部活动",
            &wanted.activity_id,
            activities.iter().map(|it| (it.activity_id.to_string(), it.title.chars().take(40).collect())),
        ),
        before: if number > 1 { path(number - 1) } else { String::new() },
        after: if number < n_pages { path(number + 1) } else { String::new() },
        on: wanted.on.clone(),
        page: number,
        frame,
        head,
        sum,
        n,
        n_pages,
    })
}

fn first(label: &str, current: &str, rest: impl Iterator<Item = (String, String)>) -> Vec<Choice> {
    let rest = rest.map(|(value, label)| Choice::new(value, label, current));
    std::iter::once(Choice::new("", label, current)).chain(rest).collect()
}

struct Loaded {
    head: Head,
    origins: Vec<Origin>,
    n: i64,
    activities: Vec<activity::Activity>,
    units: Vec<unit::Unit>,
    figures: Vec<Figure>,
    cases: Option<CaseSum>,
    /// Of what the cases are, and how many, this person is told nothing.
    is_secret: bool,
}

fn told_cases(indicator: &Indicator, cases: Option<CaseSum>, is_secret: bool) -> String {
    if is_secret { SECRET.to_owned() } else { cases.map(|it| case_words(indicator, it)).unwrap_or_default() }
}

const SECRET: &str = "举报件依法保密（第三十七条），这里只列活动记录里的数；件数只作为合计出现在统计表里。";

async fn load(app: &App, actor: Actor, id: Id, wanted: Wanted, offset: i64) -> Result<Loaded, crate::Error> {
    let loaded = app
        .db
        .read(async move |tx| {
            let head = head::get(&tx, &id).await?;
            let (origins, n) = statistics::origins_of(&tx, &id, &wanted, PAGE, offset).await?;
            let unit_id = wanted.units.as_ref().and_then(|it| it.first());
            let is_whole = wanted.activity_id.is_empty() && wanted.on.is_empty();
            let has_tipoffs = may_count_tipoffs(&actor, &Around::load(&tx).await?.desk);
            let is_secret = wanted.indicator == case_figure::TIPOFFS && !has_tipoffs;
            let mut figures = match is_whole {
                true => statistics::figures(&tx, &id, unit_id).await?,
                false => Vec::new(),
            };
            figures.retain(|it| has_tipoffs || !case_figure::is_of_tipoffs(it));
            let units = unit_id.map(std::slice::from_ref);
            let cases = match is_whole && !is_secret && case_figure::counts_cases(&wanted.indicator) {
                true => case_figure::case_sums(&tx, &id, units).await?.get(wanted.indicator.as_str()).copied(),
                false => None,
            };
            let (activities, units) = (activity::list(&tx, &id).await?, unit::list(&tx).await?);
            Ok(Loaded { head, origins, n, activities, units, figures, cases, is_secret })
        })
        .await?;
    Ok(loaded)
}
