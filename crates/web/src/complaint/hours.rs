//! `/complaints/hours`: whose hours the finished cases of a period used, by unit: intake, waiting, in hand, laboratory.

use askama::Template;
use axum::extract::{RawQuery, State};
use domain::complaint::custody::{Holding, Used, custody, used};
use jiff::civil::Date;
use store::complaint::rate;

use super::Around;
use super::lamp::{span, work_span};
use super::list::Query;
use super::rate::{counts_tipoffs, period};
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
    bars: Vec<Bar>,
    hours: String,
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
        sum.n += 1;
        sum.minutes += it.minutes;
        sum.work_minutes += it.work_minutes;
        sum.longest = sum.longest.max(it.work_minutes);
    }
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
    let now = app.clock.now();
    let (around, over) = app
        .db
        .try_read(async move |tx| -> Result<_, Error> {
            let around = Around::load(&tx).await?;
            let over = rate::over(&tx, from, to, counts_tipoffs(&around, &actor), MOST).await?;
            Ok((around, over))
        })
        .await?;
    let mut sums: Vec<Sum> = Vec::new();
    for case in &over {
        let held = custody(case.events.iter().map(|it| (&it.0, it.1)));
        for it in used(&held, &around.rules.hours, &around.calendar, now) {
            add(&mut sums, &it, &around);
        }
    }
    sums.sort_by(|a, b| (a.holding, &a.unit).cmp(&(b.holding, &b.unit)));
    let mean = |sum: &Sum, whole: i64| if sum.n == 0 { 0 } else { whole / sum.n };
    let in_hand = sums.iter().filter(|it| matches!(it.holding, Some(Holding::Unit)));
    let chart = in_hand.map(|it| {
        let minutes = mean(it, it.work_minutes);
        (it.unit.clone(), minutes, work_span(minutes), String::new())
    });
    page::page(&Hours {
        from: from.to_string(),
        to: to.to_string(),
        n_cases: over.len(),
        is_cut: i64::try_from(over.len()).is_ok_and(|n| n >= MOST),
        bars: bars(chart.collect()),
        lines: sums
            .iter()
            .map(|it| Line {
                unit: it.unit.clone(),
                holding: it.holding.map_or("", Holding::label),
                n_cases: it.n,
                mean_work: work_span(mean(it, it.work_minutes)),
                mean: span(mean(it, it.minutes)),
                longest: work_span(it.longest),
            })
            .collect(),
        hours: around.rules.hours.words(),
        frame,
    })
}
