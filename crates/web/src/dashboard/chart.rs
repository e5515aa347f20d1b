//! Charts drawn by the server: bars with their share of the longest, and columns over the days with a scale of round numbers.
//!
//! A chart never stands alone: its numbers stand beside it as text or as a table, and each leads to the list behind it.

use jiff::ToSpan;
use jiff::civil::Date;

/// One bar of a list.
pub(crate) struct Bar {
    pub(crate) label: String,
    /// The number as people read it.
    pub(crate) words: String,
    /// The list behind it; empty where there is none.
    pub(crate) path: String,
    /// In percent of the chart.
    pub(crate) width: String,
}

/// Bars as long as their share of the largest.
pub(crate) fn bars(values: Vec<(String, i64, String, String)>) -> Vec<Bar> {
    let largest = values.iter().map(|it| it.1).max().unwrap_or(0).max(1);
    let bar = |(label, value, words, path): (String, i64, String, String)| {
        let share = value.max(0) as f64 * 100.0 / largest as f64;
        Bar { label, words, path, width: format!("{share:.1}%") }
    };
    values.into_iter().map(bar).collect()
}

/// One column of the chart over the days.
pub(crate) struct Column {
    pub(crate) x: String,
    pub(crate) y: String,
    pub(crate) width: String,
    pub(crate) height: String,
    pub(crate) words: String,
}

/// A line of the scale, or a day below the columns.
pub(crate) struct Mark {
    pub(crate) at: String,
    pub(crate) words: String,
}

/// Columns over the days from the first to the last that has a value.
pub(crate) struct Plot {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Where the columns stand.
    pub(crate) left: u32,
    pub(crate) bottom: u32,
    pub(crate) columns: Vec<Column>,
    pub(crate) scale: Vec<Mark>,
    pub(crate) days: Vec<Mark>,
    /// The first day, when earlier ones stand in the table alone.
    pub(crate) begins: Option<String>,
}

const WIDTH: u32 = 720;
const HEIGHT: u32 = 240;
const LEFT: u32 = 64;
const TOP: u32 = 14;
const BOTTOM: u32 = 212;
/// The most days of one chart; earlier ones stand in the table alone.
const DAYS: i32 = 62;

/// The chart of values by day, the earliest first; `None` where nothing is to be drawn.
pub(crate) fn plot(values: &[(Date, i64, String)]) -> Option<Plot> {
    let last = values.last()?.0;
    let first = values.iter().map(|it| it.0).find(|day| (last - *day).get_days() < DAYS)?;
    let n_days = (last - first).get_days() + 1;
    let top = scale_top(values.iter().filter(|it| it.0 >= first).map(|it| it.1).max().unwrap_or(0));
    let room = f64::from(WIDTH - LEFT);
    let step = room / f64::from(n_days.max(5));
    let height = f64::from(BOTTOM - TOP);
    let columns = values.iter().filter(|it| it.0 >= first && it.1 > 0).map(|(day, value, words)| {
        let n = f64::from((*day - first).get_days());
        let tall = (*value as f64 / top as f64 * height).max(2.0);
        Column {
            x: format!("{:.1}", f64::from(LEFT) + n * step + step * 0.15),
            y: format!("{:.1}", f64::from(BOTTOM) - tall),
            width: format!("{:.1}", step * 0.7),
            height: format!("{tall:.1}"),
            words: format!("{}月{}日 {words}", day.month(), day.day()),
        }
    });
    let scale = (0..=4).map(|n| Mark {
        at: format!("{:.1}", f64::from(BOTTOM) - height * f64::from(n) / 4.0),
        words: short(top * i64::from(n) / 4),
    });
    let every = (n_days / 10 + 1).max(1);
    let days = (0..n_days).step_by(usize::try_from(every).unwrap_or(1)).filter_map(|n| {
        let day = first.checked_add(n.days()).ok()?;
        let at = format!("{:.1}", f64::from(LEFT) + (f64::from(n) + 0.5) * step);
        Some(Mark { at, words: format!("{}.{}", day.month(), day.day()) })
    });
    let is_cut = values.first().is_some_and(|it| it.0 < first);
    Some(Plot {
        begins: is_cut.then(|| format!("{}月{}日", first.month(), first.day())),
        width: WIDTH,
        height: HEIGHT,
        left: LEFT,
        bottom: BOTTOM,
        columns: columns.collect(),
        scale: scale.collect(),
        days: days.collect(),
    })
}

/// The smallest of 4, 8, 20, 40, 80, 200 … that is not less: a quarter of it is a round number too.
fn scale_top(largest: i64) -> i64 {
    let mut power: i64 = 1;
    loop {
        for step in [4, 8, 20] {
            let top = step * power;
            if top >= largest {
                return top;
            }
        }
        if power > i64::MAX / 1000 {
            return largest;
        }
        power *= 10;
    }
}

/// 1200, 3.5万.
fn short(value: i64) -> String {
    match value {
        ..10_000 => value.to_string(),
        _ if value % 10_000 == 0 => format!("{}万", value / 10_000),
        _ => format!("{:.1}万", value as f64 / 10_000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_scale_ends_at_a_round_number_above_the_largest() {
        let tops = [0, 3, 5, 9, 21, 41, 100, 441, 3_200, 12_345].map(scale_top);
        assert_eq!(tops, [4, 4, 8, 20, 40, 80, 200, 800, 4_000, 20_000]);
        assert_eq!([short(500), short(20_000), short(15_000)], ["500", "2万", "1.5万"]);
        assert!(scale_top(i64::MAX) > 0);
    }

    #[test]
    fn a_column_stands_on_its_day_and_is_as_tall_as_its_share() {
        let values = [(date(2027, 3, 10), 40, "40人次".to_owned()), (date(2027, 3, 15), 10, "10人次".to_owned())];
        let plot = plot(&values).unwrap();
        assert_eq!(plot.columns.len(), 2);
        assert_eq!(plot.columns[0].words, "3月10日 40人次");
        let tall: Vec<f64> = plot.columns.iter().map(|it| it.height.parse().unwrap()).collect();
        assert_eq!(tall, [198.0, 49.5]);
        assert_eq!(plot.days.len(), 6);
        assert!(super::plot(&[]).is_none());
    }

    #[test]
    fn what_lies_long_before_stands_in_the_table_alone() {
        let values = [(date(2026, 1, 1), 9, "9".to_owned()), (date(2027, 3, 15), 10, "10".to_owned())];
        assert_eq!(plot(&values).unwrap().columns.len(), 1);
    }

    #[test]
    fn a_bar_is_as_long_as_its_share_of_the_largest() {
        let value = |n: i64| (String::new(), n, String::new(), String::new());
        let widths: Vec<String> = bars(vec![value(10), value(5), value(0)]).into_iter().map(|it| it.width).collect();
        assert_eq!(widths, ["100.0%", "50.0%", "0.0%"]);
        assert_eq!(bars(vec![value(0)])[0].width, "0.0%");
    }
}
