//! The figures of a campaign day by day, for the dashboard.

use std::collections::BTreeMap;

use domain::Id;
use domain::statistics::rollup::{Figure, total};
use jiff::civil::Date;

use super::case_figure::{TIPOFFS, of_cases};
use super::figure::{of_materials, of_media};
use crate::{Read, Result, args};

/// What one indicator comes to on each day, days without a figure left out, the earliest first; and whether it is an estimate.
///
/// What is held once and recorded by several units on one day is one. What must not be added has a day only where it is a single figure.
/// Without `has_tipoffs` what the records of stands say of tip-offs is told, and nothing of the cases (第三十七条).
pub async fn by_day(
    tx: &Read,
    campaign_id: &Id,
    unit_id: Option<&Id>,
    indicator: &str,
    has_tipoffs: bool,
) -> Result<Vec<(Date, i64, bool)>> {
    let rows = tx
        .list(
            "select happened_on, same_as, max(is_estimate) as is_estimate,
               cast(case when same_as = '' then sum(value) else max(value) end as bigint) as value
             from record_figure
             where campaign_id = $1 and is_counted = 1 and indicator = $2
               and activity_id in (select activity_id from activity where campaign_id = $1)
               and ($3 = '' or exists (select 1 from record_unit where record_unit.record_id = record_figure.record_id and unit_id = $3))
             group by happened_on, same_as",
            args![campaign_id, indicator, unit_id.map(Id::as_str).unwrap_or_default()],
        )
        .await?;
    let mut figures = Vec::with_capacity(rows.len());
    for (n, row) in rows.iter().enumerate() {
        figures.push(Figure {
            origin: Id::from_text(n.to_string()),
            indicator: indicator.to_owned(),
            value: row.get("value")?,
            is_estimate: row.get("is_estimate")?,
            topic: None,
            same_as: Some(row.get::<String>("same_as")?).filter(|it| !it.is_empty()),
            on: row.get("happened_on")?,
        });
    }
    figures.extend(of_media(tx, campaign_id, unit_id).await?.into_iter().filter(|it| it.indicator == indicator));
    figures.extend(of_materials(tx, campaign_id, unit_id).await?.into_iter().filter(|it| it.indicator == indicator));
    if has_tipoffs || indicator != TIPOFFS {
        figures.extend(of_cases(tx, campaign_id, unit_id.map(std::slice::from_ref), Some(indicator)).await?);
    }
    let mut days: BTreeMap<String, Vec<Figure>> = BTreeMap::new();
    for figure in figures {
        days.entry(figure.on.clone()).or_default().push(figure);
    }
    let of = |(day, figures): (String, Vec<Figure>)| {
        let total = total(&figures, indicator, None);
        Some((day.parse().ok()?, total.value?, total.has_estimate))
    };
    Ok(days.into_iter().filter_map(of).collect())
}

/// How many records stand behind each indicator of each activity, of a unit or of all: indicator, activity, number.
pub async fn origin_counts(tx: &Read, campaign_id: &Id, unit_id: Option<&Id>) -> Result<Vec<(String, Id, i64)>> {
    let rows = match unit_id {
        None => {
            tx.list(
                "select indicator, activity_id, count(*) as n from record_figure
                 where campaign_id = $1 and is_counted = 1 group by activity_id, indicator",
                args![campaign_id],
            )
            .await?
        }
        Some(unit_id) => {
            tx.list(
                "select indicator, activity_id, count(*) as n from record_unit cross join record_figure
                 where record_figure.record_id = record_unit.record_id and record_unit.unit_id = $2
                   and record_figure.campaign_id || '' = $1 and is_counted + 0 = 1
                 group by activity_id, indicator",
                args![campaign_id, unit_id],
            )
            .await?
        }
    };
    rows.iter().map(|row| Ok((row.get("indicator")?, row.get("activity_id")?, row.get("n")?))).collect()
}
