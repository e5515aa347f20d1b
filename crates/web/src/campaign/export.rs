//! Files to take along: the activities of a view as CSV.

use axum::extract::{Path, RawQuery, State};
use domain::Id;
use domain::campaign::schedule::Filter;

use super::activities::{ActivityLine, Found, filter_of, find};
use crate::{Answer, App, Visitor, page};

const HEAD: [&str; 13] = [
    "序号",
    "分组",
    "活动",
    "类型",
    "牵头单位",
    "配合单位",
    "开始日期",
    "结束日期",
    "办结期限",
    "状态",
    "灯",
    "说明",
    "地点",
];

/// `GET /campaigns/{campaign_id}/activities.csv`: what the list shows, with its filter.
pub(crate) async fn csv(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let filter: Filter = filter_of(query.as_deref());
    let Found { head, lines, .. } = find(&app, &actor, Id::from_text(campaign_id), filter).await?;
    let mut rows: Vec<Vec<String>> = vec![HEAD.iter().map(|it| (*it).to_owned()).collect()];
    rows.extend(lines.iter().map(row));
    let name = format!("{} 活动清单.csv", domain::evidence::clean_name(&head.title));
    page::file(&name, "text/csv; charset=utf-8", gongwen::csv::file(&rows).into_bytes())
}

fn row(line: &ActivityLine) -> Vec<String> {
    let day = |it: Option<jiff::civil::Date>| it.map(|it| it.to_string()).unwrap_or_default();
    vec![
        line.number.clone(),
        line.group.clone(),
        line.title.clone(),
        line.kind.to_owned(),
        line.leads.clone(),
        line.supports.clone(),
        day(line.entry.starts_on),
        day(line.entry.ends_on),
        day(line.entry.due_on),
        line.status.label().to_owned(),
        line.lamp.word.to_owned(),
        line.lamp.reason.clone(),
        line.places.clone(),
    ]
}
