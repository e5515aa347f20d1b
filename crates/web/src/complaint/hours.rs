//! `/complaints/hours`: whose hours the finished cases of a period used, by unit: intake, waiting, in hand, laboratory.

use askama::Template;
use axum::extract::{RawQuery, State};
use domain::complaint::custody::{Holding, Used, custody, used};
use domain::complaint::permitted::may_count_tipoffs;
use domain::unit::Actor;
use gongwen::table::{Align, Table, TableCell};
use gongwen::write::xlsx::Sheet;
use jiff::civil::Date;
use store::complaint::rate;

use super::Around;
use super::lamp::{span, work_span};
use super::list::Query;
use super::rate::period;
use crate::dashboard::chart::{Bar, bars};
use crate::{Answer, App, Error, Frame, Visitor, page};

/// The most cases that are added up for one page.
const MOST: i64 = 5000;

/// What one unit used in one way.
struct Line {
    unit: String,
    holding: &'static str,
    n_cases: i64,
    mean_work: String,
    mean: String,
    longest: String,
    whole_work: String,
    whole: String,
}

#[derive(Template)]
#[template(path = "complaint/hours.html")]
struct Hours {
    frame: Frame,
    from: String,
    to: String,
    n_cases: usize,
    is_cut: bool,
    lines: Vec<Line>,
    /// The sums of the columns, as they are shown.
    total_work: String,
    total: String,
    bars: Vec<Bar>,
    hours: String,
    query: String,
}

/// The sum of one unit and way of holding.
#[derive(Default)]
struct Sum {
    unit: String,
    holding: Option<Holding>,
    n: i64,
    minutes: i64,
    work_minutes: i64,
    longest: i64,
}

/// Adds what one case used. A case that was twice in the same hands, or at two laboratories, is one case of that row.
fn add_case(sums: &mut Vec<Sum>, all: &[Used], around: &Around) {
    let mut own: Vec<Sum> = Vec::new();
    all.iter().for_each(|it| add(&mut own, it, around));
    for it in own {
        match sums.iter_mut().find(|sum| sum.holding == it.holding && sum.unit == it.unit) {
            Some(sum) => {
                sum.n += 1;
                sum.minutes += it.minutes;
                sum.work_minutes += it.work_minutes;
                sum.longest = sum.longest.max(it.work_minutes);
            }
            None => sums.push(Sum { n: 1, longest: it.work_minutes, ..it }),
        }
    }
}

/// Hours with one decimal, in tenths: what a cell shows is what the foot adds up.
fn tenths(minutes: i64) -> i64 {
    (minutes + 3) / 6
}

fn hours_of(tenths: i64) -> String {
    format!("{}.{} 小时", tenths / 10, tenths % 10)
}

/// The foot: the sums of working and of natural time, in tenths of hours, of every row, the laboratories' too.
fn foot(sums: &[Sum]) -> (i64, i64) {
    (sums.iter().map(|it| tenths(it.work_minutes)).sum(), sums.iter().map(|it| tenths(it.minutes)).sum())
}

fn add(sums: &mut Vec<Sum>, it: &Used, around: &Around) {
    let unit = match (&it.unit_id, it.holding) {
        (Some(unit_id), _) => around.unit_name(unit_id),
        (None, Holding::Laboratory) => "鉴定检测机构".to_owned(),
        (None, Holding::Leader) => "局领导".to_owned(),
        (None, _) => "投诉举报机构".to_owned(),
    };
    let at = sums.iter().position(|sum| sum.holding == Some(it.holding) && sum.unit == unit).unwrap_or_else(|| {
        sums.push(Sum { unit, holding: Some(it.holding), ..Sum::default() });
        sums.len() - 1
    });
    if let Some(sum) = sums.get_mut(at) {
        sum.minutes += it.minutes;
        sum.work_minutes += it.work_minutes;
    }
}

/// The hours of the cases that ended in a period.
struct Summed {
    around: Around,
    sums: Vec<Sum>,
    n_cases: usize,
}

async fn summed(app: &App, actor: Actor, (from, to): (Date, Date)) -> Result<Summed, Error> {
    let now = app.clock.now();
    let (around, over) = app
        .db
        .try_read(async move |tx| -> Result<_, Error> {
            let around = Around::load(&tx).await?;
            let over = rate::over(&tx, from, to, may_count_tipoffs(&actor, &around.desk), MOST).await?;
            Ok((around, over))
        })
        .await?;
    // Five thousand histories take a while: not on a thread that answers others.
    let add_up = move || {
        let mut sums: Vec<Sum> = Vec::new();
        for case in &over {
            let held = custody(case.events.iter().map(|it| (&it.0, it.1)));
            add_case(&mut sums, &used(&held, &around.rules.hours, &around.calendar, now), &around);
        }
        sums.sort_by(|a, b| (a.holding, &a.unit).cmp(&(b.holding, &b.unit)));
        Summed { around, sums, n_cases: over.len() }
    };
    tokio::task::spawn_blocking(add_up).await.map_err(|error| Error::Internal(anyhow::Error::new(error)))
}

impl Sum {
    fn mean(&self, whole: i64) -> i64 {
        if self.n == 0 { 0 } else { whole / self.n }
    }
}

fn is_cut(n_cases: usize) -> bool {
    i64::try_from(n_cases).is_ok_and(|n| n >= MOST)
}

/// `GET /complaints/hours`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Query::of(query.as_deref());
    let (from, to): (Date, Date) = period(&query, app.clock.today());
    let Summed { around, sums, n_cases } = summed(&app, actor, (from, to)).await?;
    let in_hand = sums.iter().filter(|it| matches!(it.holding, Some(Holding::Unit)));
    let chart = in_hand.map(|it| {
        let minutes = it.mean(it.work_minutes);
        (it.unit.clone(), minutes, work_span(minutes), String::new())
    });
    let (total_work, total) = foot(&sums);
    page::page(&Hours {
        total_work: hours_of(total_work),
        total: hours_of(total),
        from: from.to_string(),
        to: to.to_string(),
        n_cases,
        is_cut: is_cut(n_cases),
        bars: bars(chart.collect()),
        lines: sums
            .iter()
            .map(|it| Line {
                unit: it.unit.clone(),
                holding: it.holding.map_or("", Holding::label),
                n_cases: it.n,
                mean_work: work_span(it.mean(it.work_minutes)),
                mean: span(it.mean(it.minutes)),
                longest: work_span(it.longest),
                whole_work: hours_of(tenths(it.work_minutes)),
                whole: hours_of(tenths(it.minutes)),
            })
            .collect(),
        hours: around.rules.hours.words(),
        query: query.with(&[]),
        frame,
    })
}

/// `GET /complaints/hours.xlsx`: the same in hours, to be counted on with.
pub(crate) async fn xlsx(State(app): State<App>, Visitor(actor): Visitor, RawQuery(query): RawQuery) -> Answer {
    let query = Query::of(query.as_deref());
    let (from, to): (Date, Date) = period(&query, app.clock.today());
    let Summed { around, sums, n_cases } = summed(&app, actor, (from, to)).await?;
    let number = |tenths: i64| TableCell::number(tenths as f64 / 10.0);
    let hours = |minutes: i64| number(tenths(minutes));
    let mut table = Table::new(&[
        ("单位", 12.0, Align::Left),
        ("怎样用掉", 8.0, Align::Left),
        ("件数", 5.0, Align::Right),
        ("平均工作时间（小时）", 10.0, Align::Right),
        ("平均自然时间（小时）", 10.0, Align::Right),
        ("最长工作时间（小时）", 10.0, Align::Right),
        ("工作时间合计（小时）", 10.0, Align::Right),
        ("自然时间合计（小时）", 10.0, Align::Right),
    ]);
    table.rows = sums
        .iter()
        .map(|it| {
            vec![
                TableCell::text(it.unit.as_str()),
                TableCell::text(it.holding.map_or("", Holding::label)),
                TableCell::number(it.n as f64),
                hours(it.mean(it.work_minutes)),
                hours(it.mean(it.minutes)),
                hours(it.longest),
                hours(it.work_minutes),
                hours(it.minutes),
            ]
        })
        .collect();
    if !sums.is_empty() {
        let (work, natural) = foot(&sums);
        let blank = || TableCell::text("");
        let head = [TableCell::text("合计"), blank(), blank(), blank(), blank(), blank()];
        table.rows.push(head.into_iter().chain([number(work), number(natural)]).collect());
    }
    let cut = if is_cut(n_cases) { format!("，只算最近办结的 {n_cases} 件") } else { String::new() };
    let sheet = Sheet {
        name: "各单位用时".to_owned(),
        title: Some("投诉举报各单位用时".to_owned()),
        notes: vec![
            format!("{from} 至 {to} 办结 {n_cases} 件{cut}。"),
            format!("工作时间按 {} 计，不含周末和放假，含调休上班。", around.rules.hours.words()),
            "合计是各行相加，含鉴定检测；一件经过几个单位的，各算一件，所以件数不相加。".to_owned(),
        ],
        table,
        is_landscape: true,
    };
    super::rate::book("投诉举报各单位用时.xlsx", sheet).await
}
