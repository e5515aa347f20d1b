//! A month as weeks with bars in lanes.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::{Entry, whole_days};
use crate::campaign::light::days_between;

/// A month as six or fewer weeks of seven days, Monday first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: Date,
    /// The month before.
    pub before: Date,
    /// The month after.
    pub after: Date,
    /// Its weeks.
    pub weeks: Vec<Week>,
    /// Entries without any date, listed apart.
    pub undated: Vec<usize>,
    /// Entries with dates that lie in other months, listed by number only.
    pub n_elsewhere: usize,
}

/// One week of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    /// Monday to Sunday.
    pub days: Vec<Day>,
    /// The bars that cross it.
    pub bars: Vec<Bar>,
    /// Lanes the bars need.
    pub n_lanes: usize,
}

/// One day of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// Does it belong to the month shown?
    pub is_inside: bool,
    /// Saturday or Sunday.
    pub is_weekend: bool,
}

/// A piece of an entry within one week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// The entry's place in the slice.
    pub index: usize,
    /// 1 is Monday.
    pub column: usize,
    /// Days it covers in this week.
    pub n_days: usize,
    /// 1 is the top lane.
    pub lane: usize,
    /// It began before this week.
    pub comes_from: bool,
    /// It goes on after this week.
    pub goes_on: bool,
}

/// The month to open a calendar at: today's when something lies in it, else the month of the nearest entry, else today's.
pub fn opening_month(entries: &[Entry], today: Date) -> Date {
    let first = today.first_of_month();
    let last = today.last_of_month();
    let spans: Vec<(Date, Date)> = entries.iter().filter_map(Entry::days).collect();
    if spans.is_empty() || spans.iter().any(|(from, to)| *from <= last && *to >= first) {
        return first;
    }
    let distance = |day: &Date| days_between(*day, today).abs();
    let nearest = spans.iter().flat_map(|(from, to)| [*from, *to]).min_by_key(distance);
    nearest.unwrap_or(today).first_of_month()
}

/// Lay out a month.
pub fn month(entries: &[Entry], first: Date) -> Month {
    let first = first.first_of_month();
    let last = first.last_of_month();
    let mut monday = first.saturating_sub(i64::from(first.weekday().to_monday_zero_offset()).days());
    let mut weeks = Vec::new();
    while monday <= last && weeks.len() < 6 {
        weeks.push(week(entries, monday, first));
        monday = monday.saturating_add(7.days());
    }
    let undated = entries.iter().enumerate().filter(|(_, it)| it.days().is_none()).map(|(index, _)| index).collect();
    let shown_from = weeks.first().and_then(|it| it.days.first()).map_or(first, |it| it.date);
    let shown_to = weeks.last().and_then(|it| it.days.last()).map_or(last, |it| it.date);
    let n_elsewhere =
        entries.iter().filter_map(Entry::days).filter(|(from, to)| *to < shown_from || *from > shown_to).count();
    Month {
        first,
        before: first.saturating_sub(1.month()),
        after: first.saturating_add(1.month()),
        weeks,
        undated,
        n_elsewhere,
    }
}

fn week(entries: &[Entry], monday: Date, month_first: Date) -> Week {
    let sunday = monday.saturating_add(6.days());
    let days = (0..7)
        .map(|offset| {
            let date = monday.saturating_add(i64::from(offset).days());
            Day {
                date,
                is_inside: (date.year(), date.month()) == (month_first.year(), month_first.month()),
                is_weekend: matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday),
            }
        })
        .collect();
    let mut crossing: Vec<(usize, Date, Date)> = entries
        .iter()
        .enumerate()
        .filter_map(|(index, it)| it.days().map(|(from, to)| (index, from, to)))
        .filter(|(_, from, to)| *from <= sunday && *to >= monday)
        .collect();
    // The long ones on top, so that a bar keeps its lane from week to week as far as possible.
    crossing.sort_by_key(|(index, from, to)| (*from, std::cmp::Reverse(*to), *index));
    let mut lane_ends: Vec<Date> = Vec::new();
    let mut bars = Vec::new();
    for (index, from, to) in crossing {
        let (shown_from, shown_to) = (from.max(monday), to.min(sunday));
        let lane = match lane_ends.iter().position(|it| *it < shown_from) {
            Some(lane) => lane,
            None => {
                lane_ends.push(shown_to);
                lane_ends.len() - 1
            }
        };
        if let Some(end) = lane_ends.get_mut(lane) {
            *end = shown_to;
        }
        bars.push(Bar {
            index,
            column: whole_days(monday, shown_from) + 1,
            n_days: whole_days(shown_from, shown_to) + 1,
            lane: lane + 1,
            comes_from: from < monday,
            goes_on: to > sunday,
        });
    }
    Week { days, bars, n_lanes: lane_ends.len() }
}
