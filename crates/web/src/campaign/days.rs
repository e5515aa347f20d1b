//! Words for the days of an activity.

use domain::campaign::light;
use jiff::Timestamp;
use jiff::civil::{Date, Weekday};

use crate::clock;

/// The day of an instant in the zone of the pages.
pub(crate) fn local_day(at: Timestamp) -> Date {
    clock::in_zone(at).date()
}

/// 3月15日(周五).
pub(crate) fn day_with_weekday(day: Date, today: Date) -> String {
    format!("{}（{}）", light::day_words(day, today), weekday(day))
}

/// 周一 … 周日.
pub(crate) fn weekday(day: Date) -> &'static str {
    match day.weekday() {
        Weekday::Monday => "周一",
        Weekday::Tuesday => "周二",
        Weekday::Wednesday => "周三",
        Weekday::Thursday => "周四",
        Weekday::Friday => "周五",
        Weekday::Saturday => "周六",
        Weekday::Sunday => "周日",
    }
}

/// 3月10日至3月15日, 3月15日, 3月15日前, or empty.
pub(crate) fn when(starts_on: Option<Date>, ends_on: Option<Date>, due_on: Option<Date>, today: Date) -> String {
    let words = |day| light::day_words(day, today);
    let span = match (starts_on, ends_on) {
        (Some(from), Some(to)) if from != to => format!("{}至{}", words(from), words(to)),
        (Some(day), _) => words(day),
        (None, Some(to)) => format!("至{}", words(to)),
        (None, None) => String::new(),
    };
    match due_on {
        Some(due_on) if Some(due_on) != ends_on && (ends_on.is_some() || Some(due_on) != starts_on) => {
            let due = format!("{}前办结", words(due_on));
            if span.is_empty() { due } else { format!("{span}，{due}") }
        }
        _ => span,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_of_an_activity_in_words() {
        let today = date(2024, 3, 6);
        let day = |n| Some(date(2024, 3, n));
        assert_eq!(when(None, None, None, today), "");
        assert_eq!(when(day(15), None, None, today), "3月15日");
        assert_eq!(when(day(15), day(15), day(15), today), "3月15日");
        assert_eq!(when(day(10), day(15), None, today), "3月10日至3月15日");
        assert_eq!(when(day(10), day(15), day(20), today), "3月10日至3月15日，3月20日前办结");
        assert_eq!(when(None, None, day(20), today), "3月20日前办结");
        assert_eq!(day_with_weekday(date(2024, 3, 15), today), "3月15日（周五）");
    }
}
