//! `/complaints/top`: the businesses most complained of, for talks with them (集体约谈), each with its numerators and denominators.

use askama::Template;
use axum::extract::{RawQuery, State};
use domain::complaint::intake::yuan;
use gongwen::table::{Align, Table, TableCell};
use gongwen::write::xlsx::Sheet;
use jiff::civil::Date;
use store::complaint::rate::{self, BusinessCount};

use super::list::Query;
use super::rate::{Figure, Share, book, open, percent, period};
use crate::dashboard::chart::{Bar, bars};
use crate::{Answer, App, Choice, Error, Frame, page};

/// How many are listed.
const SIZES: &[(&str, &str)] = &[("10", "前 10 名"), ("20", "前 20 名"), ("50", "前 50 名")];

struct Line {
    rank: usize,
    name: String,
    credit_code: String,
    received: Figure,
    share: String,
    settled: Share,
    open: i64,
    dissatisfied: i64,
    amount: String,
    recovered: String,
}

#[derive(Template)]
#[template(path = "complaint/top.html")]
struct Top {
    frame: Frame,
    from: String,
    to: String,
    sizes: Vec<Choice>,
    lines: Vec<Line>,
    bars: Vec<Bar>,
    n_all: Figure,
    n_listed: i64,
    listed_share: String,
    query: String,
}

async fn load(app: &App, period: (Date, Date), size: i64) -> Result<(Vec<BusinessCount>, i64), Error> {
    let work = app.db.read(async move |tx| {
        let found = rate::of_businesses(&tx, period.0, period.1, size).await?;
        Ok((found, rate::n_with_business(&tx, period.0, period.1).await?))
    });
    Ok(work.await?)
}

fn size_of(query: &Query) -> i64 {
    let asked = query.get("n");
    SIZES.iter().find(|it| it.0 == asked).and_then(|it| it.0.parse().ok()).unwrap_or(10)
}

/// `GET /complaints/top`
pub(crate) async fn show(State(app): State<App>, frame: Frame, RawQuery(query): RawQuery) -> Answer {
    let query = Query::of(query.as_deref());
    let (period, size) = (period(&query, app.clock.today()), size_of(&query));
    let (found, n_all) = load(&app, period, size).await?;
    let of = |it: &BusinessCount, n: i64, group: &str| {
        open(period, n, &[("kind", "complaint"), ("business", &it.business_key), ("group", group)])
    };
    let lines: Vec<Line> = (1..)
        .zip(&found)
        .map(|(rank, it)| Line {
            rank,
            name: it.business_name.clone(),
            credit_code: it.credit_code.clone(),
            received: of(it, it.n, "counted"),
            share: percent(it.n, n_all),
            settled: Share {
                percent: percent(it.n_settled, it.n_mediated),
                part: of(it, it.n_settled, "settled"),
                whole: of(it, it.n_mediated, "mediated"),
            },
            open: it.n - it.n_done,
            dissatisfied: it.n_dissatisfied,
            amount: yuan(it.amount_fen),
            recovered: yuan(it.recovered_fen),
        })
        .collect();
    let n_listed = found.iter().map(|it| it.n).sum();
    let chart = found
        .iter()
        .take(10)
        .map(|it| (it.business_name.clone(), it.n, format!("{} 件", it.n), of(it, it.n, "counted").path));
    let size = size.to_string();
    page::page(&Top {
        from: period.0.to_string(),
        to: period.1.to_string(),
        sizes: SIZES.iter().map(|it| Choice::new(it.0, it.1, &size)).collect(),
        bars: bars(chart.collect()),
        n_all: open(period, n_all, &[("kind", "complaint"), ("group", "counted")]),
        n_listed,
        listed_share: percent(n_listed, n_all),
        query: query.with(&[]),
        lines,
        frame,
    })
}

/// `GET /complaints/top.xlsx`
pub(crate) async fn xlsx(State(app): State<App>, RawQuery(query): RawQuery) -> Answer {
    let query = Query::of(query.as_deref());
    let (period, size) = (period(&query, app.clock.today()), size_of(&query));
    let (found, n_all) = load(&app, period, size).await?;
    let mut table = Table::new(&[
        ("名次", 6.0, Align::Right),
        ("经营者", 30.0, Align::Left),
        ("统一社会信用代码", 22.0, Align::Left),
        ("投诉（件）", 10.0, Align::Right),
        ("占比", 9.0, Align::Right),
        ("在办", 8.0, Align::Right),
        ("调解成功", 9.0, Align::Right),
        ("调解结束", 9.0, Align::Right),
        ("调解成功率", 11.0, Align::Right),
        ("不满意", 8.0, Align::Right),
        ("争议金额（元）", 14.0, Align::Right),
        ("挽回损失（元）", 14.0, Align::Right),
        ("约谈情况", 20.0, Align::Left),
    ]);
    let number = |n: i64| TableCell::number(n as f64);
    table.rows = (1_i64..)
        .zip(&found)
        .map(|(rank, it)| {
            vec![
                number(rank),
                TableCell::text(it.business_name.as_str()),
                TableCell::text(it.credit_code.as_str()),
                number(it.n),
                TableCell::text(percent(it.n, n_all)),
                number(it.n - it.n_done),
                number(it.n_settled),
                number(it.n_mediated),
                TableCell::text(percent(it.n_settled, it.n_mediated)),
                number(it.n_dissatisfied),
                TableCell::text(yuan(it.amount_fen)),
                TableCell::text(yuan(it.recovered_fen)),
                TableCell::text(""),
            ]
        })
        .collect();
    let sheet = Sheet {
        name: "投诉排名".to_owned(),
        title: Some(format!("投诉量前{}名经营者", found.len())),
        notes: vec![
            format!("收到日期 {} 至 {}，写明经营者的投诉共 {n_all} 件；举报依法保密，不计。", period.0, period.1),
            "占比＝该经营者的投诉÷写明经营者的投诉。调解成功率＝达成协议和撤回、自行和解÷进入调解并结束。".to_owned(),
        ],
        table,
        is_landscape: true,
    };
    book("投诉量排名.xlsx", sheet).await
}
