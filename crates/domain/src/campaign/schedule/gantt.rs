//! The Gantt chart in percent of its width.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::{Entry, whole_days};
use crate::campaign::light::days_between;

/// A Gantt chart: positions in percent of its width.
#[derive(Debug, Clone, PartialEq)]
pub struct Gantt {
    /// First day shown.
    pub from: Date,
    /// Last day shown.
    pub to: Date,
    /// Days shown.
    pub n_days: usize,
    /// The marks on the time axis.
    pub ticks: Vec<Tick>,
    /// One row per dated entry.
    pub rows: Vec<GanttRow>,
    /// Where today stands, if it is shown.
    pub today: Option<f64>,
    /// Where the day of the campaign, 15 March, stands, if it is shown.
    pub rights_day: Option<f64>,
    /// Entries without any date, listed apart.
    pub undated: Vec<usize>,
}

/// A mark on the time axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// The day.
    pub date: Date,
    /// Percent from the left.
    pub left: f64,
    /// Does it begin a month?
    pub is_month: bool,
    /// "3月" or "15".
    pub label: String,
}

/// One bar of the chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GanttRow {
    /// The entry's place in the slice.
    pub index: usize,
    /// Percent from the left.
    pub left: f64,
    /// Percent of the width, never less than one day.
    pub width: f64,
    /// Where the named deadline stands when it is not the end of the bar.
    pub due: Option<f64>,
}

/// The longest stretch that is drawn; a stray date years away must not press all others into one pixel.
const GANTT_LIMIT_DAYS: i64 = 400;

/// Lay out a Gantt chart. `period` (of the campaign) widens it, entries widen it further.
pub fn gantt(entries: &[Entry], period: (Option<Date>, Option<Date>), today: Date) -> Gantt {
    let undated: Vec<usize> =
        entries.iter().enumerate().filter(|(_, it)| it.days().is_none()).map(|(index, _)| index).collect();
    let (from, to) = stretch(entries, period, today);
    let n_days = whole_days(from, to) + 1;
    let percent = |n: i64| (n as f64) * 100.0 / (n_days as f64);
    let place = |day: Date| percent(days_between(from, day));
    let inside = |day: Date| day >= from && day <= to;
    let rows = entries
        .iter()
        .enumerate()
        .filter_map(|(index, entry)| {
            let (first, last) = entry.days()?;
            let (first, last) = (first.clamp(from, to), last.clamp(from, to));
            let width = percent(days_between(first, last) + 1);
            let due = entry.due_on.filter(|it| *it != last && inside(*it)).map(|it| place(it) + percent(1));
            Some(GanttRow { index, left: place(first), width, due })
        })
        .collect();
    let middle = |day: Date| place(day) + percent(1) / 2.0;
    let rights_day = [from.year(), to.year()].iter().filter_map(|it| Date::new(*it, 3, 15).ok()).find(|it| inside(*it));
    Gantt {
        from,
        to,
        n_days,
        ticks: ticks(from, to, n_days, place),
        rows,
        today: Some(today).filter(|it| inside(*it)).map(middle),
        rights_day: rights_day.map(middle),
        undated,
    }
}

fn stretch(entries: &[Entry], period: (Option<Date>, Option<Date>), today: Date) -> (Date, Date) {
    let mut days: Vec<Date> = entries.iter().filter_map(Entry::days).flat_map(|(from, to)| [from, to]).collect();
    days.extend(entries.iter().filter_map(|it| it.due_on));
    days.extend(period.0);
    days.extend(period.1);
    days.sort();
    // The middle of all days decides where the stretch lies when it is too long to be drawn.
    let middle = days.get(days.len() / 2).copied().unwrap_or(today);
    let half = (GANTT_LIMIT_DAYS / 2).days();
    let earliest = middle.saturating_sub(half);
    let latest = middle.saturating_add(half);
    let from = days.first().copied().unwrap_or(today).max(earliest);
    let to = days.last().copied().unwrap_or(today).min(latest);
    // At least two weeks, whole weeks, so that one single day does not fill the chart.
    let to = to.max(from.saturating_add(13.days()));
    let from = from.saturating_sub(i64::from(from.weekday().to_monday_zero_offset()).days());
    let to = to.saturating_add(i64::from(6 - to.weekday().to_monday_zero_offset()).days());
    (from, to)
}

fn ticks(from: Date, to: Date, n_days: usize, place: impl Fn(Date) -> f64) -> Vec<Tick> {
    let step = match n_days {
        0..=31 => 1,
        32..=100 => 7,
        _ => 31,
    };
    let mut ticks = Vec::new();
    let mut day = from;
    while day <= to {
        let is_month = day.day() == 1;
        let is_shown = match step {
            1 => true,
            7 => is_month || day.weekday() == Weekday::Monday,
            _ => is_month,
        };
        if is_shown {
            let label = if is_month || (step == 1 && day == from) {
                format!("{}月{}", day.month(), if is_month { String::new() } else { format!("{}日", day.day()) })
            } else {
                day.day().to_string()
            };
            ticks.push(Tick { date: day, left: place(day), is_month, label });
        }
        let next = day.saturating_add(1.day());
        if next == day {
            break;
        }
        day = next;
    }
    ticks
}
