//! The views of a campaign: the same set of activities as list, board, calendar and Gantt chart.
//!
//! The address is the view: [`Filter`] reads any query string without failing and writes it back, so that each link keeps
//! what the others chose. Geometry (weeks, lanes, percentages) is computed here; the page only draws it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::kind::ActivityKind;
use super::light::{Light, deadline};
use super::permitted::Part;
use super::progress::ActivityStatus;
use crate::Id;

mod calendar;
mod filter;
mod gantt;

pub use calendar::{Bar, Day, Month, Week, month, opening_month};
pub use filter::{Filter, TEXT_LIMIT, kind_code, kind_from_code};
pub use gantt::{Gantt, GanttRow, Tick, gantt};

/// One activity as the views need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The activity.
    pub activity_id: Id,
    /// Its ordinal in the notice.
    pub number: Option<i64>,
    /// Its place in the order of the notice.
    pub sort_key: i64,
    /// Its title.
    pub title: String,
    /// The body, searched by the text filter.
    pub text: String,
    /// The code of its kind.
    pub kind: ActivityKind,
    /// Where it stands.
    pub status: ActivityStatus,
    /// First day.
    pub starts_on: Option<Date>,
    /// Last day.
    pub ends_on: Option<Date>,
    /// The named deadline.
    pub due_on: Option<Date>,
    /// Its light today.
    pub light: Light,
    /// The units that take part, with their names.
    pub units: Vec<(Id, Part, String)>,
}

impl Entry {
    /// First and last day to draw, both included; `None` for an activity without any date.
    ///
    /// An end before the start is drawn as the start alone: contradictory dates are warned about elsewhere, never drawn backwards.
    pub fn days(&self) -> Option<(Date, Date)> {
        let first = self.starts_on.or(self.ends_on).or(self.due_on)?;
        let last = self.ends_on.or(self.due_on.filter(|it| self.starts_on.is_some() && *it >= first)).unwrap_or(first);
        Some((first, last.max(first)))
    }
}

/// How the activities are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// 列表.
    #[default]
    List,
    /// 看板.
    Board,
    /// 月历.
    Calendar,
    /// 甘特图.
    Gantt,
}

impl View {
    /// Every view, in the order of the tabs.
    pub const ALL: &[View] = &[View::List, View::Board, View::Calendar, View::Gantt];

    /// The code in addresses.
    pub fn code(self) -> &'static str {
        match self {
            View::List => "list",
            View::Board => "board",
            View::Calendar => "calendar",
            View::Gantt => "gantt",
        }
    }

    /// The word on the tab.
    pub fn label(self) -> &'static str {
        match self {
            View::List => "列表",
            View::Board => "看板",
            View::Calendar => "月历",
            View::Gantt => "甘特图",
        }
    }
}

/// The order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// As in the notice.
    #[default]
    Notice,
    /// The most urgent first: light, then due date.
    Urgency,
    /// By due date, those without at the end.
    Due,
}

impl Sort {
    /// Every order, in the order of the choice.
    pub const ALL: &[Sort] = &[Sort::Notice, Sort::Urgency, Sort::Due];

    /// The code in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Sort::Notice => "notice",
            Sort::Urgency => "urgency",
            Sort::Due => "due",
        }
    }

    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            Sort::Notice => "按通知顺序",
            Sort::Urgency => "紧急的在前",
            Sort::Due => "按期限先后",
        }
    }
}

fn sort(entries: &mut [Entry], by: Sort) {
    let due = |it: &Entry| deadline(it.due_on, it.ends_on, it.starts_on).unwrap_or(Date::MAX);
    match by {
        Sort::Notice => entries.sort_by_key(|it| it.sort_key),
        Sort::Urgency => entries.sort_by_key(|it| (it.light, !it.status.is_open(), due(it), it.sort_key)),
        Sort::Due => entries.sort_by_key(|it| (due(it), it.sort_key)),
    }
}

/// The board: one column per status with the places of its entries in the slice.
///
/// The column of cancelled activities is left out while it is empty.
pub fn board(entries: &[Entry]) -> Vec<(ActivityStatus, Vec<usize>)> {
    let mut columns: Vec<(ActivityStatus, Vec<usize>)> =
        ActivityStatus::ALL.iter().map(|it| (*it, Vec::new())).collect();
    for (index, entry) in entries.iter().enumerate() {
        if let Some((_, column)) = columns.iter_mut().find(|(status, _)| *status == entry.status) {
            column.push(index);
        }
    }
    columns.retain(|(status, column)| *status != ActivityStatus::Cancelled || !column.is_empty());
    columns
}

fn whole_days(from: Date, to: Date) -> usize {
    usize::try_from(super::light::days_between(from, to)).unwrap_or(0)
}

/// Entries by unit: how many of each light a unit has, as the overview and the office's desk show it.
///
/// The units come in the order of their first activity; a unit with two parts in one activity counts it once.
pub fn lights_by_unit(entries: &[Entry]) -> Vec<(Id, String, BTreeMap<Light, usize>)> {
    let mut units: Vec<(Id, String, BTreeMap<Light, usize>)> = Vec::new();
    for entry in entries {
        let mut counted: Vec<&Id> = Vec::new();
        for (unit_id, _, name) in &entry.units {
            if counted.contains(&unit_id) {
                continue;
            }
            counted.push(unit_id);
            match units.iter_mut().find(|(id, _, _)| id == unit_id) {
                Some((_, _, lights)) => *lights.entry(entry.light).or_default() += 1,
                None => units.push((unit_id.clone(), name.clone(), BTreeMap::from([(entry.light, 1)]))),
            }
        }
    }
    units
}

#[cfg(test)]
mod tests;
