//! The records of a campaign as a file: every record, a column for each indicator that occurs, no row left out.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, RawQuery, State};
use domain::Id;
use domain::statistics::amount::decimal;
use domain::statistics::indicator::INDICATORS;
use gongwen::table::{Align, Table, TableCell};
use store::campaign::record::{self, Filter, Record};
use store::campaign::{activity, head};

use crate::ledger::export::{Ledger, number};
use crate::{Answer, App, Error, Visitor, clock};

/// `GET /campaigns/{campaign_id}/records.csv`
pub(crate) async fn csv(state: State<App>, visitor: Visitor, path: Path<String>, query: RawQuery) -> Answer {
    load(state, visitor, path, query).await?.csv()
}

/// `GET /campaigns/{campaign_id}/records.xlsx`
pub(crate) async fn xlsx(state: State<App>, visitor: Visitor, path: Path<String>, query: RawQuery) -> Answer {
    load(state, visitor, path, query).await?.xlsx()
}

async fn load(
    State(app): State<App>,
    Visitor(_): Visitor,
    Path(campaign_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Ledger, Error> {
    let query = query.unwrap_or_default();
    let value = |name: &str| {
        let found = form_urlencoded::parse(query.as_bytes()).find(|(it, _)| it == name);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let filter = Filter {
        activity_id: String::new(),
        unit_id: value("unit"),
        indicator: value("indicator"),
        with_withdrawn: value("withdrawn") == "1",
    };
    let id = Id::from_text(campaign_id);
    let (head, activities, records) = app
        .db
        .read(async move |tx| {
            let head = head::get(&tx, &id).await?;
            let activities = activity::list(&tx, &id).await?;
            let records = record::list(&tx, &id, &filter, i64::from(i32::MAX), 0).await?;
            Ok((head, activities, records))
        })
        .await?;
    let titles: BTreeMap<Id, String> = activities.into_iter().map(|it| (it.activity_id, it.title)).collect();
    Ok(Ledger { title: "活动记录".to_owned(), campaign: head.title, table: table(&records, &titles) })
}

fn table(records: &[Record], titles: &BTreeMap<Id, String>) -> Table {
    let used: BTreeSet<&str> = records.iter().flat_map(|it| &it.figures).map(|it| it.indicator.as_str()).collect();
    let indicators: Vec<_> = INDICATORS.iter().filter(|it| used.contains(it.code)).collect();
    let figure_heads: Vec<String> = indicators.iter().map(|it| format!("{}（{}）", it.label, it.word())).collect();
    let mut columns: Vec<(&str, f64, Align)> =
        [("日期", 5.5), ("活动", 18.0), ("单位", 9.0), ("专题", 8.0)].map(|it| (it.0, it.1, Align::Left)).to_vec();
    columns.extend(figure_heads.iter().map(|it| (it.as_str(), 5.0, Align::Right)));
    columns.extend(
        [("估计数", 6.0), ("说明", 20.0), ("状态", 3.5), ("登记时间", 8.0)].map(|it| (it.0, it.1, Align::Left)),
    );
    let mut table = Table::new(&columns);
    for record in records {
        let mut row = vec![
            TableCell::text(record.happened_on.to_string()),
            TableCell::text(titles.get(&record.activity_id).map(String::as_str).unwrap_or_default()),
            TableCell::text(record.unit_names()),
            TableCell::text(&record.topic),
        ];
        for indicator in &indicators {
            let own = record.figures.iter().find(|it| it.indicator == indicator.code);
            row.push(match own.map(|it| decimal(it.quantity.value, indicator.measure.base_units())) {
                Some(words) => words.parse().map_or_else(|_| TableCell::text(words.clone()), TableCell::number),
                None => number(None),
            });
        }
        let estimates: Vec<&str> =
            record.figures.iter().filter(|it| it.quantity.is_estimate).map(|it| it.label()).collect();
        row.extend([
            TableCell::text(estimates.join("、")),
            TableCell::text(&record.note),
            TableCell::text(record.status.label()),
            TableCell::text(clock::in_words(record.created_at)),
        ]);
        table.rows.push(row);
    }
    table
}
