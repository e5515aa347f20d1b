//! `/complaints/rates`: the rates of a period, by unit, channel, goods or problem, with a chart of the days. Every numerator and
//! denominator opens to its cases.

use askama::Template;
use axum::extract::{RawQuery, State};
use domain::complaint::case::{CaseKind, Channel};
use domain::complaint::intake::yuan;
use domain::complaint::permitted::may_count_tipoffs;
use domain::unit::Actor;
use gongwen::table::{Align, Table, TableCell};
use gongwen::write::xlsx::{self, Sheet};
use jiff::civil::Date;
use store::complaint::rate::{self, By, Count};

use super::Around;
use super::list::Query;
use crate::dashboard::chart::{Plot, plot};
use crate::{Answer, App, Choice, Error, Frame, Visitor, page};

/// By what the table is told apart: code, word of the choice, head of the column, parameter of the list.
const BYS: &[(By, &str, &str, &str)] = &[
    (By::Unit, "unit", "承办单位", "unit"),
    (By::Channel, "channel", "渠道", "channel"),
    (By::Category, "category", "商品和服务", "category"),
    (By::Problem, "problem", "问题", "problem"),
];

/// A number that opens to its cases.
pub(crate) struct Figure {
    pub(crate) n: i64,
    pub(crate) path: String,
}

/// A share with both its numbers.
pub(crate) struct Share {
    pub(crate) percent: String,
    pub(crate) part: Figure,
    pub(crate) whole: Figure,
}

/// The five rates of one line; those that have no meaning for a kind are `None`.
struct RateLine {
    word: String,
    received: Figure,
    rates: [Option<Share>; 5],
    amount: String,
    recovered: String,
}

/// The words of the five rates.
const RATES: [(&str, &str); 5] = [
    ("响应率", "已联系、受理、决定或答复的件数÷收到的件数"),
    ("按时受理率", "法定期限内决定受理或不予受理的件数÷已决定和期限已过的件数"),
    ("办结率", "已办结、不予受理的件数÷收到的件数"),
    ("调解成功率", "达成协议和撤回、自行和解的件数÷进入调解并结束的件数"),
    ("满意率", "满意、基本满意÷回访到的件数，未联系上的不计"),
];

#[derive(Template)]
#[template(path = "complaint/rates.html")]
struct Rates {
    frame: Frame,
    from: String,
    to: String,
    kinds: Vec<Choice>,
    bys: Vec<Choice>,
    head: &'static str,
    total: Option<RateLine>,
    lines: Vec<RateLine>,
    rates: [(&'static str, &'static str); 5],
    plot: Option<Plot>,
    days: Vec<(String, Figure)>,
    kind_word: &'static str,
    query: String,
}

/// One decimal, half rounded up.
pub(crate) fn percent(part: i64, whole: i64) -> String {
    if whole == 0 {
        return "—".to_owned();
    }
    let tenths = (part * 2000 + whole) / (whole * 2);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// The period of a query; this year up to today when none was chosen.
pub(crate) fn period(query: &Query, today: Date) -> (Date, Date) {
    let first = Date::new(today.year(), 1, 1).unwrap_or(today);
    let from = query.get("from").parse::<Date>().unwrap_or(first);
    (from, query.get("to").parse::<Date>().unwrap_or(today))
}

/// A list of cases of the period, narrowed further.
pub(crate) fn open((from, to): (Date, Date), n: i64, more: &[(&str, &str)]) -> Figure {
    let (from, to) = (from.to_string(), to.to_string());
    let period = [("from", from.as_str()), ("to", to.as_str()), ("view", "all")];
    let pairs = period.iter().chain(more).filter(|it| !it.1.is_empty());
    let words = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    Figure { n, path: format!("/complaints?{words}") }
}

struct Loaded {
    around: Around,
    counts: Vec<Count>,
    days: Vec<(Date, i64)>,
}

async fn load(app: &App, actor: Actor, by: By, kind: CaseKind, (from, to): (Date, Date)) -> Result<Loaded, Error> {
    let today = app.clock.today();
    app.db
        .try_read(async move |tx| -> Result<Loaded, Error> {
            let around = Around::load(&tx).await?;
            if kind == CaseKind::Tipoff && !may_count_tipoffs(&actor, &around.desk) {
                let article = around.rules.version_of(today).secrecy();
                let sentence = format!("举报的统计只有投诉举报机构和局领导可以看（{article}）。");
                return Err(Error::Forbidden(sentence));
            }
            let mut counts = rate::counts(&tx, by, from, to, today).await?;
            counts.retain(|it| it.kind == kind.code());
            Ok(Loaded { counts, days: rate::by_day(&tx, kind, from, to).await?, around })
        })
        .await
}

fn kind_of(query: &Query) -> CaseKind {
    CaseKind::from_code(&query.get("kind")).unwrap_or(CaseKind::Complaint)
}

fn by_of(query: &Query) -> &'static (By, &'static str, &'static str, &'static str) {
    const FIRST: (By, &str, &str, &str) = (By::Unit, "unit", "承办单位", "unit");
    let asked = query.get("by");
    BYS.iter().find(|it| it.1 == asked).or(BYS.first()).unwrap_or(&FIRST)
}

/// `GET /complaints/rates`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Query::of(query.as_deref());
    let period = period(&query, app.clock.today());
    let (by, code, head, parameter) = *by_of(&query);
    let kind = kind_of(&query);
    let Loaded { around, counts, days } = load(&app, actor.clone(), by, kind, period).await?;
    let mut sum = Count::default();
    counts.iter().for_each(|it| sum.add(it));
    let line = |count: &Count, word: String, narrowed: &[(&str, &str)]| rate_line(count, word, kind, period, narrowed);
    let lines = counts.iter().map(|it| {
        let key = if it.key.is_empty() && by == By::Unit { "none" } else { it.key.as_str() };
        line(it, word_of(by, &it.key, &around), &[(parameter, key)])
    });
    let kinds: Vec<&(&str, &str)> = CaseKind::CHOICES
        .iter()
        .filter(|it| it.0 != CaseKind::Tipoff.code() || may_count_tipoffs(&actor, &around.desk))
        .collect();
    let values: Vec<(Date, i64, String)> = days.iter().map(|(day, n)| (*day, *n, format!("{n} 件"))).collect();
    page::page(&Rates {
        from: period.0.to_string(),
        to: period.1.to_string(),
        kinds: kinds.into_iter().map(|it| Choice::new(it.0, it.1, kind.code())).collect(),
        bys: BYS.iter().map(|it| Choice::new(it.1, it.2, code)).collect(),
        head,
        total: (sum.n > 0).then(|| line(&sum, "合计".to_owned(), &[])),
        lines: lines.collect(),
        rates: RATES,
        plot: plot(&values),
        days: days
            .iter()
            .rev()
            .map(|(day, n)| (day.to_string(), open((*day, *day), *n, &[("kind", kind.code())])))
            .collect(),
        kind_word: kind.label(),
        query: query.with(&[]),
        frame,
    })
}

fn rate_line(count: &Count, word: String, kind: CaseKind, period: (Date, Date), narrowed: &[(&str, &str)]) -> RateLine {
    let of = |n: i64, group: &str| open(period, n, &[&[("kind", kind.code()), ("group", group)], narrowed].concat());
    let share = |part: i64, part_group: &str, whole: i64, whole_group: &str| Share {
        percent: percent(part, whole),
        part: of(part, part_group),
        whole: of(whole, whole_group),
    };
    let is_complaint = kind == CaseKind::Complaint;
    RateLine {
        word,
        received: of(count.n, "counted"),
        rates: [
            Some(share(count.n_responded, "responded", count.n, "counted")),
            is_complaint.then(|| share(count.n_in_time, "in_time", count.n_to_decide, "to_decide")),
            Some(share(count.n_done, "done", count.n, "counted")),
            is_complaint.then(|| share(count.n_settled, "settled", count.n_mediated, "mediated")),
            (kind != CaseKind::Tipoff).then(|| share(count.n_satisfied, "satisfied", count.n_called, "called")),
        ],
        amount: if is_complaint { yuan(count.amount_fen) } else { String::new() },
        recovered: if is_complaint { yuan(count.recovered_fen) } else { String::new() },
    }
}

fn word_of(by: By, code: &str, around: &Around) -> String {
    match (by, code) {
        (By::Unit, "") => "未分送".to_owned(),
        (By::Unit, code) => around.unit_name(&domain::Id::from_text(code)),
        (_, "") => "未分类".to_owned(),
        (By::Channel, code) => Channel::from_code(code).map_or_else(|| code.to_owned(), |it| it.label().to_owned()),
        (_, code) => around.category_name(code),
    }
}

/// `GET /complaints/rates.xlsx`: the same table with numerators and denominators in columns of their own.
pub(crate) async fn xlsx(State(app): State<App>, Visitor(actor): Visitor, RawQuery(query): RawQuery) -> Answer {
    let query = Query::of(query.as_deref());
    let period = period(&query, app.clock.today());
    let (by, _, head, _) = *by_of(&query);
    let kind = kind_of(&query);
    let Loaded { around, counts, .. } = load(&app, actor, by, kind, period).await?;
    let mut columns = vec![(head, 12.0, Align::Left), ("收到", 4.0, Align::Right)];
    for (word, _) in RATES {
        columns.push((word, 5.0, Align::Right));
        columns.push(("分子", 3.0, Align::Right));
        columns.push(("分母", 3.0, Align::Right));
    }
    columns.push(("争议金额（元）", 7.0, Align::Right));
    columns.push(("挽回损失（元）", 7.0, Align::Right));
    let mut table = Table::new(&columns);
    let mut sum = Count::default();
    counts.iter().for_each(|it| sum.add(it));
    let row = |count: &Count, word: String| {
        let line = rate_line(count, word, kind, period, &[]);
        let mut cells = vec![TableCell::text(line.word), TableCell::number(count.n as f64)];
        for rate in line.rates {
            match rate {
                Some(it) => cells.extend([
                    TableCell::text(it.percent),
                    TableCell::number(it.part.n as f64),
                    TableCell::number(it.whole.n as f64),
                ]),
                None => cells.extend([TableCell::text(""), TableCell::text(""), TableCell::text("")]),
            }
        }
        let is_complaint = kind == CaseKind::Complaint;
        let money = |fen: i64| if is_complaint { TableCell::number(fen as f64 / 100.0) } else { TableCell::text("") };
        cells.extend([money(count.amount_fen), money(count.recovered_fen)]);
        cells
    };
    table.rows = counts.iter().map(|it| row(it, word_of(by, &it.key, &around))).collect();
    table.rows.push(row(&sum, "合计".to_owned()));
    let sheet = Sheet {
        name: "办理情况".to_owned(),
        title: Some(format!("{}办理情况（按{head}）", kind.label())),
        notes: std::iter::once(format!("收到日期 {} 至 {}", period.0, period.1))
            .chain(RATES.iter().map(|it| format!("{}＝{}。", it.0, it.1)))
            .collect(),
        table,
        is_landscape: true,
    };
    book("投诉举报办理情况.xlsx", sheet).await
}

/// One sheet as a file.
pub(crate) async fn book(name: &str, sheet: Sheet) -> Answer {
    let bytes = tokio::task::spawn_blocking(move || xlsx::write(&[sheet]))
        .await
        .map_err(|error| Error::Internal(anyhow::Error::new(error)))?
        .map_err(|error| Error::Internal(anyhow::Error::new(error)))?;
    page::file(name, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_and_of_nothing_there_is_none() {
        assert_eq!([percent(1, 3), percent(2, 3), percent(5, 5), percent(0, 0)], ["33.3%", "66.7%", "100.0%", "—"]);
    }
}
