//! `/complaints.csv` and `/complaints.xlsx`: what the list shows, with its filter. The person stays masked in a file.

use axum::extract::{RawQuery, State};
use domain::complaint::case::CaseKind;
use domain::complaint::identity::{masked_name, masked_phone};
use domain::complaint::intake::yuan;
use gongwen::table::{Align, Table, TableCell};
use gongwen::write::xlsx::{self, Sheet};
use store::complaint::case::Case;
use store::complaint::queue;
use store::event::{self, NewEvent};

use super::Around;
use super::list::{Query, filter_of, near_until};
use crate::{Answer, App, Error, Visitor, page};

/// The most lines of a file.
const MOST: i64 = 100_000;

const COLUMNS: &[(&str, f64)] = &[
    ("登记编号", 16.0),
    ("平台编号", 18.0),
    ("类型", 6.0),
    ("渠道", 12.0),
    ("收到日期", 11.0),
    ("投诉人", 8.0),
    ("电话", 13.0),
    ("经营者", 26.0),
    ("信用代码", 20.0),
    ("商品或服务", 14.0),
    ("分类", 12.0),
    ("问题", 12.0),
    ("诉求", 16.0),
    ("争议金额（元）", 10.0),
    ("内容", 40.0),
    ("状态", 10.0),
    ("承办单位", 12.0),
    ("经办人", 8.0),
    ("下一期限", 11.0),
    ("结果", 12.0),
    ("办结日期", 11.0),
    ("挽回损失（元）", 10.0),
    ("评价", 8.0),
];

fn row(case: &Case, around: &Around) -> Vec<String> {
    let (state, particulars) = (&case.state, &case.particulars);
    let is_secret = state.matter == CaseKind::Tipoff;
    let person = |masked: String| if is_secret { String::new() } else { masked };
    let node = |code: &str| if code.is_empty() { String::new() } else { around.category_name(code) };
    vec![
        case.number.clone(),
        case.external_number.clone().unwrap_or_default(),
        state.matter.label().to_owned(),
        state.channel.label().to_owned(),
        state.received_on.to_string(),
        person(masked_name(&particulars.consumer.name)),
        person(masked_phone(&particulars.consumer.phone)),
        particulars.business.name.clone(),
        particulars.business.credit_code.clone(),
        particulars.goods.clone(),
        node(&particulars.category),
        node(&particulars.problem),
        particulars.demand_words(),
        particulars.amount_fen.map(yuan).unwrap_or_default(),
        particulars.text.clone(),
        state.label().to_owned(),
        state.unit_name.clone(),
        state.handler_name.clone(),
        case.due_on.map(|it| it.to_string()).unwrap_or_default(),
        state.outcome.map(|it| it.label().to_owned()).unwrap_or_default(),
        state.closed_on.or(state.declined_on).map(|it| it.to_string()).unwrap_or_default(),
        state.recovered_fen.map(yuan).unwrap_or_default(),
        state.satisfaction.map(|it| it.label().to_owned()).unwrap_or_default(),
    ]
}

async fn rows(app: &App, actor: domain::unit::Actor, query: Option<&str>) -> Result<Vec<Vec<String>>, Error> {
    let query = Query::of(query);
    let (now, today) = (app.clock.now(), app.clock.today());
    let rows = app
        .db
        .write(async move |tx| {
            let around = Around::load(&tx).await?;
            let filter = filter_of(&query, &around, &actor);
            let page = queue::list(&tx, &filter, now, near_until(&around, today), None, MOST).await?;
            let detail = serde_json::json!({ "件数": page.cases.len() });
            let id = actor.person_id.clone();
            event::insert(&tx, NewEvent::by(&actor, "complaint", &id, "exported", now).detail(detail));
            Ok(page.cases.iter().map(|it| row(it, &around)).collect())
        })
        .await?;
    Ok(rows)
}

/// `GET /complaints.csv`
pub(crate) async fn csv(State(app): State<App>, Visitor(actor): Visitor, RawQuery(query): RawQuery) -> Answer {
    let rows = rows(&app, actor, query.as_deref()).await?;
    let mut text = String::from("\u{FEFF}");
    let head: Vec<String> = COLUMNS.iter().map(|it| it.0.to_owned()).collect();
    for row in std::iter::once(&head).chain(&rows) {
        let cells: Vec<String> = row.iter().map(|it| cell(it)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    page::file("投诉举报清单.csv", "text/csv; charset=utf-8", text.into_bytes())
}

/// A guard before what a spreadsheet would take for a formula.
fn cell(text: &str) -> String {
    let is_formula = text.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let guarded = if is_formula { format!("'{text}") } else { text.to_owned() };
    if guarded.contains([',', '"', '\n', '\r', '\'']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

/// `GET /complaints.xlsx`
pub(crate) async fn xlsx(State(app): State<App>, Visitor(actor): Visitor, RawQuery(query): RawQuery) -> Answer {
    let rows = rows(&app, actor, query.as_deref()).await?;
    let columns: Vec<_> = COLUMNS.iter().map(|(name, width)| (*name, *width, Align::Left)).collect();
    let mut table = Table::new(&columns);
    table.rows = rows.into_iter().map(|row| row.into_iter().map(TableCell::text).collect()).collect();
    let sheet = Sheet {
        name: "投诉举报".to_owned(),
        title: Some("投诉举报清单".to_owned()),
        notes: vec![format!("导出日期：{}", app.clock.today())],
        table,
        is_landscape: true,
    };
    let bytes = tokio::task::spawn_blocking(move || xlsx::write(&[sheet]))
        .await
        .map_err(|error| Error::Internal(anyhow::Error::new(error)))?
        .map_err(|error| Error::Internal(anyhow::Error::new(error)))?;
    page::file("投诉举报清单.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_in_a_complaint_stays_text() {
        assert_eq!(cell("=1+1"), "\"'=1+1\"");
        assert_eq!(cell("a,b"), "\"a,b\"");
    }
}
