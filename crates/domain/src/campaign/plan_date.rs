//! The four spellings of a day in a plan: `YYYY-MM-DD`, `--MM-DD`, `YYYY-MM` and `--MM`.
//!
//! A plan may leave the year out; then there is no day in the calendar until a person says the year.

use jiff::civil::Date;

use super::plan::{DateKind, DateMention};

/// A day or a month as a plan writes it, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanDate {
    /// `None` for `--03-15` and `--03`.
    pub year: Option<i16>,
    /// 1 to 12.
    pub month: i8,
    /// `None` for a whole month.
    pub day: Option<i8>,
}

impl PlanDate {
    /// Reads one of the four spellings; anything else is `None`.
    ///
    /// ```
    /// use domain::campaign::plan_date::PlanDate;
    /// assert_eq!(PlanDate::parse("--03-15"), Some(PlanDate { year: None, month: 3, day: Some(15) }));
    /// assert_eq!(PlanDate::parse("2024-03"), Some(PlanDate { year: Some(2024), month: 3, day: None }));
    /// assert_eq!(PlanDate::parse("2024-02-30"), None);
    /// ```
    pub fn parse(text: &str) -> Option<PlanDate> {
        let (year, rest) = match text.strip_prefix("--") {
            Some(rest) => (None, rest),
            None => {
                let (year, rest) = text.split_once('-')?;
                (Some(year.parse::<i16>().ok().filter(|year| (1900..=9999).contains(year))?), rest)
            }
        };
        let (month, day) = match rest.split_once('-') {
            Some((month, day)) => (month, Some(day.parse::<i8>().ok()?)),
            None => (rest, None),
        };
        let month = month.parse::<i8>().ok()?;
        // 2024 is a leap year, so `--02-29` may stand until the year is known.
        Date::new(year.unwrap_or(2024), month, day.unwrap_or(1)).ok()?;
        Some(PlanDate { year, month, day })
    }

    /// The first calendar day meant; `None` without a year.
    pub fn first_day(self) -> Option<Date> {
        Date::new(self.year?, self.month, self.day.unwrap_or(1)).ok()
    }

    /// The last calendar day meant: of a month its last day. `None` without a year.
    ///
    /// ```
    /// use domain::campaign::plan_date::PlanDate;
    /// let month = PlanDate::parse("2024-02").unwrap();
    /// assert_eq!(month.last_day().unwrap().to_string(), "2024-02-29");
    /// ```
    pub fn last_day(self) -> Option<Date> {
        match self.day {
            Some(day) => Date::new(self.year?, self.month, day).ok(),
            None => Some(Date::new(self.year?, self.month, 1).ok()?.last_of_month()),
        }
    }

    /// The same day with the year filled in where it was unknown.
    pub fn with_year(self, year: i16) -> PlanDate {
        PlanDate { year: self.year.or(Some(year)), ..self }
    }
}

impl std::fmt::Display for PlanDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.year {
            Some(year) => write!(f, "{year:04}-")?,
            None => f.write_str("--")?,
        }
        write!(f, "{:02}", self.month)?;
        match self.day {
            Some(day) => write!(f, "-{day:02}"),
            None => Ok(()),
        }
    }
}

/// The first calendar day of a spelling; `None` without a year.
pub fn first_day(text: Option<&str>) -> Option<Date> {
    PlanDate::parse(text?)?.first_day()
}

/// The last calendar day of a spelling; `None` without a year.
pub fn last_day(text: Option<&str>) -> Option<Date> {
    PlanDate::parse(text?)?.last_day()
}

/// The day a mention begins, if it names one.
pub fn begins_on(mention: &DateMention) -> Option<Date> {
    match mention.kind {
        DateKind::Point | DateKind::Range | DateKind::Open => first_day(mention.start.as_deref()),
        _ => None,
    }
}

/// The day by which what it dates is over, if it names one: the day itself, the end of a range, the deadline.
///
/// A mention of kind [`DateKind::Open`] or [`DateKind::Relative`] has none; a recurring one only when the text bounds it.
pub fn ends_on(mention: &DateMention) -> Option<Date> {
    match mention.kind {
        DateKind::Point => last_day(mention.end.as_deref().or(mention.start.as_deref())),
        DateKind::Range | DateKind::Deadline | DateKind::Recurring => last_day(mention.end.as_deref()),
        DateKind::Open | DateKind::Relative | DateKind::Undetermined => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_spelling_survives_a_round_trip() {
        for text in ["2024-03-15", "--03-15", "2024-03", "--03", "--02-29"] {
            assert_eq!(PlanDate::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in ["", "2024", "2024-13", "2024-00-10", "3月15日", "2023-02-29", "--13-01", "2024-03-15x"] {
            assert_eq!(PlanDate::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_year_is_filled_in_only_where_it_is_unknown() {
        assert_eq!(PlanDate::parse("--03-15").unwrap().with_year(2025).to_string(), "2025-03-15");
        assert_eq!(PlanDate::parse("2024-03-15").unwrap().with_year(2025).to_string(), "2024-03-15");
    }
}
