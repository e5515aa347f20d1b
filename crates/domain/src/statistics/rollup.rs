//! Adding up: figures of records into cells, and returns of units into the return of the unit above.
//!
//! A record of a jointly led activity is one record and counts once, however many units it names.
//! What must not be added (条/天, ratios) is carried side by side.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::indicator::{Adding, find};
use crate::Id;

/// One figure of one record, media entry or register row: what a cell opens to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// The record, media entry or register row it stands in.
    pub origin: Id,
    /// What is counted.
    pub indicator: String,
    /// How much, in base units of the indicator's measure.
    pub value: i64,
    /// 余, 约.
    pub is_estimate: bool,
    /// The topic of the activity, for rows that count one topic only.
    pub topic: Option<String>,
    /// What makes two figures the same thing: the article's link for reads, the activity's session for a joint record.
    pub same_as: Option<String>,
    /// When it happened, `YYYY-MM-DD`; the latest wins where figures are a stock.
    pub on: String,
}

/// The sum of figures, with what it is made of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Total {
    /// The number; `None` when nothing was counted or the figures cannot be added.
    pub value: Option<i64>,
    /// At least one figure is an estimate.
    pub has_estimate: bool,
    /// The figures it is made of, each once.
    pub origins: Vec<Id>,
    /// For what is not added: the single values, largest first.
    pub side_by_side: Vec<i64>,
}

/// Adds the figures of one indicator by the indicator's own rule; figures of other indicators are left out.
///
/// Two figures with the same `same_as` are one thing reported twice: the larger counts.
/// A topic takes only the figures under that topic.
pub fn total<'a>(figures: impl IntoIterator<Item = &'a Figure>, indicator: &str, topic: Option<&str>) -> Total {
    let Some(definition) = find(indicator) else { return Total::default() };
    let mut once: BTreeMap<String, &Figure> = BTreeMap::new();
    for figure in figures {
        if figure.indicator != indicator || topic.is_some_and(|topic| figure.topic.as_deref() != Some(topic)) {
            continue;
        }
        let key = figure.same_as.clone().unwrap_or_else(|| figure.origin.to_string());
        let kept = once.entry(key).or_insert(figure);
        if figure.value > kept.value {
            *kept = figure;
        }
    }
    let chosen: Vec<&Figure> = once.into_values().collect();
    let mut total = Total { has_estimate: chosen.iter().any(|figure| figure.is_estimate), ..Total::default() };
    total.origins = chosen.iter().map(|figure| figure.origin.clone()).collect();
    total.value = match definition.adding {
        Adding::Sum => {
            chosen.iter().try_fold(0_i64, |sum, figure| sum.checked_add(figure.value)).filter(|_| !chosen.is_empty())
        }
        Adding::Max => chosen.iter().map(|figure| figure.value).max(),
        Adding::Last => chosen.iter().max_by(|a, b| a.on.cmp(&b.on)).map(|figure| figure.value),
        Adding::Never => {
            total.side_by_side = chosen.iter().map(|figure| figure.value).collect();
            total.side_by_side.sort_unstable_by(|a, b| b.cmp(a));
            if let [single] = total.side_by_side.as_slice() { Some(*single) } else { None }
        }
    };
    total
}

/// Adds the cells of several units' returns: `None` stays `None` only when no unit reported anything.
///
/// ```
/// use domain::statistics::rollup::add_reported;
/// assert_eq!(add_reported(&[Some(3), None, Some(4)]), Some(7));
/// assert_eq!(add_reported(&[None, None]), None);
/// ```
pub fn add_reported(values: &[Option<i64>]) -> Option<i64> {
    values
        .iter()
        .flatten()
        .try_fold((0_i64, false), |(sum, _), value| Some((sum.checked_add(*value)?, true)))
        .and_then(|(sum, any)| any.then_some(sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(origin: &str, indicator: &str, value: i64) -> Figure {
        Figure {
            origin: Id::from_text(origin),
            indicator: indicator.to_owned(),
            value,
            is_estimate: false,
            topic: None,
            same_as: None,
            on: "2027-03-15".to_owned(),
        }
    }

    #[test]
    fn a_jointly_led_activity_counts_once() {
        let record = figure("a", "consumer_attendance", 300);
        let both = [record.clone(), record];
        assert_eq!(total(&both, "consumer_attendance", None).value, Some(300));
    }

    #[test]
    fn reads_of_one_article_are_not_added() {
        let mut first = figure("a", "reads", 1_200);
        let mut second = figure("b", "reads", 1_500);
        let third = figure("c", "reads", 10);
        first.same_as = Some("gzh/1".to_owned());
        second.same_as = Some("gzh/1".to_owned());
        assert_eq!(total(&[first, second, third], "reads", None).value, Some(1_510));
    }

    #[test]
    fn pieces_per_day_stand_side_by_side() {
        let figures = [figure("a", "public_service_ad", 3), figure("b", "public_service_ad", 8)];
        let sum = total(&figures, "public_service_ad", None);
        assert_eq!((sum.value, sum.side_by_side), (None, vec![8, 3]));
    }

    #[test]
    fn a_stock_is_the_latest_figure() {
        let mut older = figure("a", "rights_station", 12);
        older.on = "2027-03-01".to_owned();
        assert_eq!(total(&[figure("b", "rights_station", 14), older], "rights_station", None).value, Some(14));
    }

    #[test]
    fn a_topic_takes_only_its_own_records_and_estimates_show() {
        let mut own = figure("a", "activity_held", 1);
        own.topic = Some("守望".to_owned());
        own.is_estimate = true;
        let figures = [own, figure("b", "activity_held", 1)];
        assert_eq!(total(&figures, "activity_held", Some("守望")).value, Some(1));
        assert!(total(&figures, "activity_held", None).has_estimate);
    }

    #[test]
    fn nothing_counted_is_not_zero() {
        assert_eq!(total(&[], "activity_held", None), Total::default());
    }
}
