//! Dates and times of documents: 3月8日至24日, 3月15日18:30至次日1:00, 3月上旬, 即日起至5月底, 每周四12:00前, 活动结束后2日内.
//!
//! [`scan`] finds every mention in a text. A year that the text leaves out comes from the context; without one it stays unknown.

use std::ops::Range;

use crate::date_scan::Scan;

/// What a mention means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One day.
    Point,
    /// From day to day, or a month.
    Range,
    /// By a day.
    Deadline,
    /// From a day on.
    Open,
    /// Again and again.
    Recurring,
    /// Counted from another event.
    Relative,
    /// To be told later.
    Undetermined,
}

/// A day, or a month where no day is given; the year may be unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    /// The year, if known.
    pub year: Option<i16>,
    /// 1 to 12.
    pub month: u8,
    /// 1 to the last of the month; `None` for the month as a whole.
    pub day: Option<u8>,
}

impl Day {
    /// `YYYY-MM-DD`, `--MM-DD`, `YYYY-MM` or `--MM`.
    ///
    /// ```
    /// use gongwen::date::Day;
    /// assert_eq!(Day { year: None, month: 3, day: Some(15) }.to_text(), "--03-15");
    /// assert_eq!(Day { year: Some(2024), month: 3, day: None }.to_text(), "2024-03");
    /// ```
    pub fn to_text(self) -> String {
        let year = self.year.map_or("-".to_owned(), |it| format!("{it:04}"));
        match self.day {
            Some(day) => format!("{year}-{:02}-{day:02}", self.month),
            None => format!("{year}-{:02}", self.month),
        }
    }

    /// The day after; the last day of February of an unknown year is the 28th.
    ///
    /// ```
    /// use gongwen::date::Day;
    /// let leap = Day { year: Some(2024), month: 2, day: Some(28) };
    /// assert_eq!(leap.next().to_text(), "2024-02-29");
    /// ```
    pub fn next(self) -> Day {
        let Some(day) = self.day else { return self };
        if day < last_of(self.year, self.month) {
            return Day { day: Some(day + 1), ..self };
        }
        if self.month == 12 {
            return Day { year: self.year.map(|it| it + 1), month: 1, day: Some(1) };
        }
        Day { month: self.month + 1, day: Some(1), ..self }
    }

    /// Can the day exist? A February 29 of an unknown year can.
    pub fn exists(self) -> bool {
        let last = if self.year.is_none() && self.month == 2 { 29 } else { last_of(self.year, self.month) };
        (1..=12).contains(&self.month) && self.day.is_none_or(|it| (1..=last).contains(&it))
    }

    /// The first day of it.
    pub fn first(self) -> Day {
        Day { day: self.day.or(Some(1)), ..self }
    }

    /// The last day of it.
    pub fn last(self) -> Day {
        Day { day: self.day.or(Some(last_of(self.year, self.month))), ..self }
    }

    /// The day of the week, 1 is Monday; `None` while the year is unknown.
    pub fn weekday(self) -> Option<u8> {
        let date = jiff::civil::Date::new(self.year?, self.month as i8, self.day? as i8).ok()?;
        Some(date.weekday().to_monday_one_offset() as u8)
    }
}

/// The last day of a month.
///
/// ```
/// assert_eq!(gongwen::date::last_of(Some(2024), 2), 29);
/// assert_eq!(gongwen::date::last_of(None, 2), 28);
/// ```
pub fn last_of(year: Option<i16>, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 => match year {
            Some(year) if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            _ => 28,
        },
        _ => 31,
    }
}

/// One mention of a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// What it means.
    pub kind: Kind,
    /// First day.
    pub start: Option<Day>,
    /// Last day.
    pub end: Option<Day>,
    /// `HH:MM`, `HH:MM-HH:MM` or the word as written.
    pub time: Option<String>,
    /// Where it stands in the text given.
    pub range: Range<usize>,
    /// The year was written out here.
    pub has_year: bool,
    /// The day of the week that was written beside it, 1 is Monday.
    pub weekday: Option<u8>,
}

/// What is known around the text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Context {
    /// The year of days without one.
    pub year: Option<i16>,
    /// The day of issue, where 即日起 begins.
    pub issued: Option<Day>,
}

/// Finds the mentions of dates in a folded text, in order, without overlap.
///
/// ```
/// use gongwen::date::{Context, Kind, scan};
/// let context = Context { year: Some(2025), issued: None };
/// let found = scan("3月15日18:30至次日1:00值守", &context);
/// assert_eq!(found[0].kind, Kind::Range);
/// assert_eq!(found[0].end.unwrap().to_text(), "2025-03-16");
/// assert_eq!(found[0].time.as_deref(), Some("18:30-01:00"));
/// ```
pub fn scan(text: &str, context: &Context) -> Vec<Mention> {
    Scan::new(text, *context).run()
}

/// A range of times at the head of a text, "9:00-9:20 启动仪式", with its length.
///
/// ```
/// assert_eq!(gongwen::date::opening_time("9:00-9:20 启动仪式").unwrap().0, "09:00-09:20");
/// assert_eq!(gongwen::date::opening_time("9个街道"), None);
/// ```
pub fn opening_time(text: &str) -> Option<(String, usize)> {
    crate::date_time::clock_range(text).filter(|it| it.0.contains('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let context = Context { year: Some(2027), issued: None };
        let shown = |it: &Mention| {
            let day = |it: Option<Day>| it.map(Day::to_text).unwrap_or_default();
            format!("{:?} {}..{} {}", it.kind, day(it.start), day(it.end), it.time.as_deref().unwrap_or("-"))
        };
        let found: Vec<String> = scan(text, &context).iter().map(shown).collect();
        assert_eq!(found.join("; "), expected, "{text}");
    }

    #[test]
    fn ends_of_months_follow_the_calendar() {
        check("2月底前完成", "Deadline ..2027-02-28 -");
        check("2028年2月底前完成", "Deadline ..2028-02-29 -");
        check("3月上旬", "Range 2027-03-01..2027-03-10 -");
        check("2月下旬", "Range 2027-02-21..2027-02-28 -");
        check("2月30日检查", "");
        check("12月1日至2月28日", "Range 2027-12-01..2028-02-28 -");
        assert_eq!((last_of(Some(1900), 2), last_of(Some(2000), 2)), (28, 29));
    }

    #[test]
    fn words_for_days_are_read() {
        check("3月31日18:30至次日1:00", "Range 2027-03-31..2027-04-01 18:30-01:00");
        check("每周四12:00前", "Recurring .. 12:00");
        check("每季度末25日前", "Recurring .. -");
        check("次月5日前", "Recurring .. -");
        check("3.3月18日前", "Deadline ..2027-03-18 -");
        check("7月18日(逢集日)上午", "Point 2027-07-18.. 上午");
    }

    #[test]
    fn a_weekday_beside_a_day_is_kept() {
        let found = scan("3月15日(星期二)", &Context { year: Some(2027), issued: None });
        let days = found.first().map(|it| (it.weekday, it.start.and_then(Day::weekday)));
        assert_eq!(days, Some((Some(2), Some(1))));
    }
}
