//! The pages of campaigns (系列活动).
//!
//! Before it runs: importing a notice, reviewing its plan, publishing it, revising it (`notice`, `review`, `publish`, `difference`).
//! While it runs: overview, activities in four views, one activity, the desk of a unit, report duties, venues, and the files and
//! feeds to take along (`overview`, `activities`, `activity`, `desk`, `duty`, `venue`, `export`, `feed`).

pub(crate) mod activities;
pub(crate) mod activity;
pub(crate) mod address;
pub(crate) mod attachment;
pub(crate) mod days;
pub(crate) mod desk;
pub(crate) mod difference;
mod draft;
pub(crate) mod duty;
pub(crate) mod edit;
pub(crate) mod export;
pub(crate) mod feed;
mod keep;
pub(crate) mod lamp;
pub(crate) mod notice;
pub(crate) mod original;
pub(crate) mod overview;
pub(crate) mod paper;
pub(crate) mod publish;
mod reading;
pub(crate) mod review;
mod review_form;
mod review_view;
pub(crate) mod session;
mod source_view;
pub(crate) mod step;
pub(crate) mod trail;
pub(crate) mod units;
mod units_view;
pub(crate) mod venue;

#[cfg(test)]
pub(crate) mod tests;

#[cfg(test)]
mod intake_tests;

/// The choice of kinds of date, for the macro of a date line.
pub(crate) fn date_kinds(current: &str) -> Vec<crate::Choice> {
    review_form::date_kinds(current)
}
