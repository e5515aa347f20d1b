//! `/complaints/rates`: rates by unit, the businesses most complained of, what it is about. Every numerator and denominator opens.

use askama::Template;
use axum::extract::{RawQuery, State};
use domain::complaint::case::{CaseKind, Channel};
use domain::complaint::intake::yuan;
use jiff::civil::Date;
use store::complaint::rate::{self, Column, UnitCount};

use super::Around;
use super::list::Query;
use crate::{Answer, App, Error, Frame, Visitor, page};

/// How many businesses are listed.
const TOP: i64 = 20;

/// A number that opens to its cases.
struct Figure {
    n: i64,
    path: String,
}

/// A share with both its numbers.
struct Share {
    percent: String,
    part: Figure,
    whole: Figure,
}

struct UnitLine {
    unit: String,
    kind: CaseKind,
    received: Figure,
    over: Share,
    settled: Option<Share>,
    satisfied: Option<Share>,
    recovered: String,
}

struct BusinessLine {
    name: String,
    received: Figure,
    settled: Share,
    amount: String,
}

struct CodeLine {
    word: String,
    figure: Figure,
    percent: String,
}

#[derive(Template)]
#[template(path = "complaint/rates.html")]
struct Rates {
    frame: Frame,
    from: String,
    to: String,
    units: Vec<UnitLine>,
    businesses: Vec<BusinessLine>,
    codes: Vec<(&'static str, Vec<CodeLine>)>,
}

fn percent(part: i64, whole: i64) -> String {
    if whole == 0 {
        return "—".to_owned();
    }
    let tenths = (part * 2000 + whole) / (whole * 2);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// `GET /complaints/rates`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Query::of(query.as_deref());
    let today = app.clock.today();
    let first = Date::new(today.year(), 1, 1).unwrap_or(today);
    let from = query.get("from").parse::<Date>().unwrap_or(first);
    let to = query.get("to").parse::<Date>().unwrap_or(today);
    let loaded = app
        .db
        .try_read(async move |tx| -> Result<_, Error> {
            let around = Around::load(&tx).await?;
            let sees_all = around.desk.is_intake(&actor) || actor.role == domain::unit::Role::Leader;
            let mut units = rate::of_units(&tx, from, to).await?;
            // 第三十七条: who may not list tip-offs is told nothing of them here either.
            units.retain(|it| sees_all || it.kind != CaseKind::Tipoff.code());
            let businesses = rate::of_businesses(&tx, from, to, TOP).await?;
            let mut codes = Vec::new();
            for (column, word) in
                [(Column::Category, "商品和服务"), (Column::Problem, "问题"), (Column::Channel, "渠道")]
            {
                codes.push((column, word, rate::of_codes(&tx, column, from, to).await?));
            }
            Ok((around, units, businesses, codes))
        })
        .await?;
    let (around, units, businesses, codes) = loaded;
    let period = [("from", from.to_string()), ("to", to.to_string())];
    let open = |n: i64, more: &[(&str, &str)]| {
        let pairs =
            period.iter().map(|it| (it.0, it.1.as_str())).chain(more.iter().copied()).filter(|it| !it.1.is_empty());
        let words = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        Figure { n, path: format!("/complaints?{words}") }
    };
    let code_lines = |column: Column, counts: Vec<(String, i64)>| -> Vec<CodeLine> {
        let whole: i64 = counts.iter().map(|it| it.1).sum();
        let line = |(code, n): (String, i64)| CodeLine {
            word: code_word(column, &code, &around),
            percent: percent(n, whole),
            figure: open(n, &[("view", "all"), ("kind", "complaint"), (column_name(column), &code)]),
        };
        counts.into_iter().map(line).collect()
    };
    let codes = codes.into_iter().map(|(column, word, counts)| (word, code_lines(column, counts))).collect();
    let businesses = businesses
        .into_iter()
        .map(|it| {
            let key = it.business_key.as_str();
            let of = |n, group: &str| {
                open(n, &[("view", "all"), ("kind", "complaint"), ("business", key), ("group", group)])
            };
            BusinessLine {
                received: of(it.n, ""),
                settled: Share {
                    percent: percent(it.n_settled, it.n_mediated),
                    part: of(it.n_settled, "settled"),
                    whole: of(it.n_mediated, "mediated"),
                },
                amount: yuan(it.amount_fen),
                name: it.business_name.clone(),
            }
        })
        .collect();
    let units = units.iter().filter_map(|it| unit_line(it, &open)).collect();
    page::page(&Rates { frame, from: from.to_string(), to: to.to_string(), units, businesses, codes })
}

/// Makes a number of cases that opens to them: how many, and the query of their list.
type Open<'a> = dyn Fn(i64, &[(&str, &str)]) -> Figure + 'a;

fn unit_line(count: &UnitCount, open: &Open<'_>) -> Option<UnitLine> {
    let kind = CaseKind::from_code(&count.kind)?;
    let unit_id = count.unit_id.as_ref().map(|it| it.as_str().to_owned()).unwrap_or_default();
    let of = |n, view: &str, group: &str| {
        let unit: &str = if unit_id.is_empty() { "none" } else { &unit_id };
        open(n, &[("view", view), ("kind", kind.code()), ("unit", unit), ("group", group)])
    };
    let is_complaint = kind == CaseKind::Complaint;
    let share = |part: i64, part_group: &str, whole: i64, whole_group: &str| Share {
        percent: percent(part, whole),
        part: of(part, "all", part_group),
        whole: of(whole, "all", whole_group),
    };
    Some(UnitLine {
        unit: if count.unit_name.is_empty() { "未分送".to_owned() } else { count.unit_name.clone() },
        kind,
        received: of(count.n, "all", ""),
        over: Share {
            percent: percent(count.n_over, count.n),
            part: of(count.n_over, "over", ""),
            whole: of(count.n, "all", ""),
        },
        settled: is_complaint.then(|| share(count.n_settled, "settled", count.n_mediated, "mediated")),
        satisfied: (count.n_called > 0).then(|| share(count.n_satisfied, "satisfied", count.n_called, "called")),
        recovered: if is_complaint { yuan(count.recovered_fen) } else { String::new() },
    })
}

fn column_name(column: Column) -> &'static str {
    match column {
        Column::Category => "category",
        Column::Problem => "problem",
        Column::Channel => "channel",
    }
}

fn code_word(column: Column, code: &str, around: &Around) -> String {
    match (column, code) {
        (_, "") => "未分类".to_owned(),
        (Column::Channel, code) => Channel::from_code(code).map_or_else(|| code.to_owned(), |it| it.label().to_owned()),
        (_, code) => around.category_name(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_and_of_nothing_there_is_none() {
        assert_eq!([percent(1, 3), percent(2, 3), percent(5, 5), percent(0, 0)], ["33.3%", "66.7%", "100.0%", "—"]);
    }
}
