//! What kind of day a date is.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use super::import::{CalendarRow, read_rows};

/// The announced days of 2007–2026; facts from the yearly notices of the General Office of the State Council.
const ANNOUNCED: &str = include_str!("../../data/holidays.csv");

/// What kind of day a date is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "name")]
pub enum DayKind {
    /// An ordinary working day.
    Workday,
    /// A Saturday or Sunday on which nobody has to work.
    Weekend,
    /// A day off by the State Council's notice (春节, 国庆节), with the weekend days it takes in.
    Holiday(String),
    /// A day off by 《全国年节及纪念日放假办法》 itself in a year whose notice is not known yet (国庆节 of 2027): never worked, but the days
    /// moved around it are still unknown, so what is counted over it is provisional.
    Statutory(String),
    /// A Saturday or Sunday that is worked for a holiday (调休上班).
    MakeupDay(String),
}

impl DayKind {
    /// Is it a working day?
    pub fn is_working(&self) -> bool {
        matches!(self, DayKind::Workday | DayKind::MakeupDay(_))
    }

    /// The words on a date sheet.
    pub fn label(&self) -> String {
        match self {
            DayKind::Workday => "工作日".to_owned(),
            DayKind::Weekend => "周末".to_owned(),
            DayKind::Holiday(name) => format!("{name}放假"),
            DayKind::Statutory(name) => format!("{name}（暂定：法定节日，调休未公布）"),
            DayKind::MakeupDay(name) => format!("{name}调休上班"),
        }
    }
}

/// 《全国年节及纪念日放假办法》第二条 as amended on 2024-11-10, in force from 2025-01-01: the days off with a fixed date. 清明 follows the sun
/// ([`pure_brightness`]), the other three the moon ([`MOON`]).
const FIXED: &[(i8, i8, &str)] =
    &[(1, 1, "元旦"), (5, 1, "劳动节"), (5, 2, "劳动节"), (10, 1, "国庆节"), (10, 2, "国庆节"), (10, 3, "国庆节")];

/// The first year of these days.
const FIXED_FROM: i16 = 2025;

/// A year, and in it the first day of the first month (春节), the fifth of the fifth (端午节), the fifteenth of the eighth (中秋节) of the
/// calendar of GB/T 33661—2017. Beyond these years they wait for the notice.
const MOON: &[(i16, [(i8, i8); 3])] = &[
    (2027, [(2, 6), (6, 9), (9, 15)]),
    (2028, [(1, 26), (5, 28), (10, 3)]),
    (2029, [(2, 13), (6, 16), (9, 22)]),
    (2030, [(2, 3), (6, 5), (9, 12)]),
    (2031, [(1, 23), (6, 24), (10, 1)]),
    (2032, [(2, 11), (6, 12), (9, 19)]),
];

/// The day of 清明 in April, for the years 2001 to 2099.
fn pure_brightness(year: i16) -> i8 {
    let of_century = i32::from(year) - 2000;
    // The tropical year is 0.2422 days longer than 365; leap years take them back.
    let days = (of_century * 2422 + 48_100) / 10_000 - of_century / 4;
    i8::try_from(days).unwrap_or(5)
}

/// The festival that follows sun or moon on this day: 除夕 and the first three days of the year, and one day each of the others.
fn wandering(date: Date) -> Option<&'static str> {
    if (date.month(), date.day()) == (4, pure_brightness(date.year())) {
        return Some("清明节");
    }
    let [spring, dragon_boat, mid_autumn] = MOON.iter().find(|it| it.0 == date.year())?.1;
    let is_at = |day: (i8, i8)| (date.month(), date.day()) == day;
    let first = Date::new(date.year(), spring.0, spring.1).ok()?;
    match (date - first).get_days() {
        -1..=2 => Some("春节"),
        _ if is_at(dragon_boat) => Some("端午节"),
        _ if is_at(mid_autumn) => Some("中秋节"),
        _ => None,
    }
}

/// The calendar: announced exceptions over the rule "Saturday and Sunday are free".
///
/// ```
/// use domain::calendar::WorkCalendar;
/// use jiff::civil::date;
/// let calendar = WorkCalendar::announced();
/// // Saturday 28 February 2026 is worked for the Spring Festival.
/// assert!(calendar.is_working_day(date(2026, 2, 28)));
/// // Monday 16 February 2026 is not, though it is a Monday.
/// assert!(!calendar.is_working_day(date(2026, 2, 16)));
/// // Nobody has announced 2031 yet.
/// assert!(calendar.is_provisional(date(2031, 3, 3)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkCalendar {
    exceptions: BTreeMap<Date, DayKind>,
    last_announced_year: i16,
}

impl WorkCalendar {
    /// The calendar the program knows by itself.
    pub fn announced() -> WorkCalendar {
        let (rows, _) = read_rows(ANNOUNCED);
        WorkCalendar::from_rows(rows)
    }

    /// A calendar of these rows only; a later row for the same day replaces the earlier one.
    pub fn from_rows(rows: impl IntoIterator<Item = CalendarRow>) -> WorkCalendar {
        let mut calendar = WorkCalendar { exceptions: BTreeMap::new(), last_announced_year: i16::MIN };
        calendar.add(rows);
        calendar
    }

    /// Adds announced days, as an administrator does each autumn.
    pub fn add(&mut self, rows: impl IntoIterator<Item = CalendarRow>) {
        for row in rows {
            // A notice names days of the last week of the year before (元旦调休), so only days off tell the year.
            if !row.is_working {
                self.last_announced_year = self.last_announced_year.max(row.date.year());
            }
            let is_weekend = matches!(row.date.weekday(), Weekday::Saturday | Weekday::Sunday);
            let kind = match (row.is_working, is_weekend) {
                (true, true) => DayKind::MakeupDay(row.name),
                (true, false) => DayKind::Workday,
                (false, _) => DayKind::Holiday(row.name),
            };
            self.exceptions.insert(row.date, kind);
        }
    }

    /// The days of years announced in this calendar that are worked here and free in the other, or the other way round, in their
    /// order: dates that were certain would move, and somebody has to be sure of that.
    ///
    /// A day nobody had announced yet is never among them: a notice of a new year moves only what was provisional.
    pub fn changed_days(&self, other: &WorkCalendar) -> Vec<Date> {
        let days: BTreeSet<Date> = self.exceptions.keys().chain(other.exceptions.keys()).copied().collect();
        let is_changed = |it: &Date| !self.is_provisional(*it) && self.is_working_day(*it) != other.is_working_day(*it);
        days.into_iter().filter(is_changed).collect()
    }

    /// What kind of day it is.
    pub fn kind(&self, date: Date) -> DayKind {
        match self.exceptions.get(&date) {
            Some(kind) => kind.clone(),
            None if let Some(name) = self.fixed(date) => DayKind::Statutory(name.to_owned()),
            None if matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) => DayKind::Weekend,
            None => DayKind::Workday,
        }
    }

    /// Is it a working day?
    pub fn is_working_day(&self, date: Date) -> bool {
        match self.exceptions.get(&date) {
            Some(kind) => kind.is_working(),
            None => !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) && self.fixed(date).is_none(),
        }
    }

    /// The festival of this day, in a year nobody has announced.
    fn fixed(&self, date: Date) -> Option<&'static str> {
        if !self.is_provisional(date) || date.year() < FIXED_FROM {
            return None;
        }
        let fixed = FIXED.iter().find(|it| (it.0, it.1) == (date.month(), date.day())).map(|it| it.2);
        fixed.or_else(|| wandering(date))
    }

    /// The last year whose notice is known; [`i16::MIN`] when none is.
    pub fn last_announced_year(&self) -> i16 {
        self.last_announced_year
    }

    /// Is the answer for this day only the weekend rule and the festivals of a fixed date, because nobody has announced its year?
    ///
    /// 1 January is announced with its own year, so 31 December 2026 is known and 1 January 2027 is not.
    pub fn is_provisional(&self, date: Date) -> bool {
        date.year() > self.last_announced_year
    }

    /// The first working day after this one; the day itself never counts.
    ///
    /// `None` only at the end of representable time.
    pub fn next_working_day(&self, date: Date) -> Option<Date> {
        let mut day = date.tomorrow().ok()?;
        while !self.is_working_day(day) {
            day = day.tomorrow().ok()?;
        }
        Some(day)
    }

    /// How many working days lie after `from` up to and with `to`; 0 when `to` is not after `from`.
    pub fn working_days_between(&self, from: Date, to: Date) -> u32 {
        let mut count = 0;
        let mut day = from;
        while day < to {
            match day.tomorrow() {
                Ok(next) => day = next,
                Err(_) => break,
            }
            count += u32::from(self.is_working_day(day));
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_announced_years_have_the_working_days_of_the_notices() {
        let calendar = WorkCalendar::announced();
        for (year, expected) in [(2024, 251), (2025, 248), (2026, 248)] {
            let last_of_the_year_before = date(year - 1, 12, 31);
            assert_eq!(calendar.working_days_between(last_of_the_year_before, date(year, 12, 31)), expected, "{year}");
        }
        assert_eq!(calendar.last_announced_year(), 2026);
    }

    #[test]
    fn a_make_up_day_is_a_weekend_day_that_is_worked() {
        let calendar = WorkCalendar::announced();
        for (day, kind) in &calendar.exceptions {
            if matches!(kind, DayKind::MakeupDay(_)) {
                assert!(matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday), "{day} is worked anyway");
            }
        }
    }

    #[test]
    fn a_later_notice_replaces_an_earlier_day() {
        let mut calendar = WorkCalendar::announced();
        let extra = date(2026, 3, 16);
        assert!(calendar.is_working_day(extra));
        calendar.add([CalendarRow { date: extra, name: "临时放假".to_owned(), is_working: false }]);
        assert_eq!(calendar.kind(extra), DayKind::Holiday("临时放假".to_owned()));
    }

    #[test]
    fn beyond_the_last_notice_the_answer_is_provisional() {
        let calendar = WorkCalendar::announced();
        assert!(!calendar.is_provisional(date(2026, 12, 31)));
        assert!(calendar.is_provisional(date(2027, 1, 1)));
    }

    /// Each announced year is free on the day that is reckoned.
    #[test]
    fn the_festivals_of_sun_and_moon_are_where_they_are_reckoned() {
        let announced = WorkCalendar::announced();
        for year in 2009..=2026 {
            let day = date(year, 4, pure_brightness(year));
            assert!(matches!(announced.kind(day), DayKind::Holiday(name) if name.contains("清明")), "{day}");
        }
        let off = |day: Date| matches!(announced.kind(day), DayKind::Statutory(_));
        for day in [date(2027, 2, 5), date(2027, 2, 8), date(2027, 4, 5), date(2027, 6, 9), date(2027, 9, 15)] {
            assert!(off(day) && announced.is_provisional(day), "{day}");
        }
        assert!(!off(date(2027, 2, 4)) && !off(date(2027, 2, 9)) && !off(date(2027, 4, 4)));
        // 除夕 of 2028 is a Tuesday of January.
        assert_eq!(announced.kind(date(2028, 1, 25)).label(), "春节（暂定：法定节日，调休未公布）");
    }

    #[test]
    fn a_festival_of_a_fixed_date_is_never_worked_and_stays_provisional() {
        let mut calendar = WorkCalendar::announced();
        // 1 January 2027 is a Friday, 2 May a Sunday, 1 October a Friday.
        for (month, day, name) in FIXED {
            let day = date(2027, *month, *day);
            assert_eq!(calendar.kind(day), DayKind::Statutory((*name).to_owned()), "{day}");
            assert!(!calendar.is_working_day(day) && calendar.is_provisional(day), "{day}");
        }
        assert_eq!(calendar.kind(date(2027, 10, 1)).label(), "国庆节（暂定：法定节日，调休未公布）");
        // What follows is for the notice to say.
        assert_eq!(calendar.kind(date(2027, 10, 4)), DayKind::Workday);
        assert_eq!(calendar.kind(date(2027, 10, 9)), DayKind::Weekend);
        assert_eq!(calendar.next_working_day(date(2026, 12, 31)), Some(date(2027, 1, 4)));
        // The notice replaces it; a year that is known is what its notice says, 2 May 2024 too.
        calendar.add([CalendarRow { date: date(2027, 10, 1), name: "国庆节".to_owned(), is_working: false }]);
        assert_eq!(calendar.kind(date(2027, 10, 1)), DayKind::Holiday("国庆节".to_owned()));
        assert_eq!(calendar.kind(date(2027, 10, 8)), DayKind::Workday);
        let old =
            WorkCalendar::from_rows([CalendarRow { date: date(2011, 1, 1), name: "元旦".into(), is_working: false }]);
        assert!(old.is_working_day(date(2013, 5, 2)), "the amendment is of 2024");
    }
}
