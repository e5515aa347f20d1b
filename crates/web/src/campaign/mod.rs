//! The pages of campaigns (系列活动): importing a notice, reviewing its plan, publishing it, revising it.

pub(crate) mod difference;
mod draft;
pub(crate) mod notice;
pub(crate) mod publish;
mod reading;
pub(crate) mod review;
mod review_form;
mod review_view;
mod source_view;
pub(crate) mod units;
mod units_view;

/// The choice of kinds of date, for the macro of a date line.
pub(crate) fn date_kinds(current: &str) -> Vec<crate::Choice> {
    review_form::date_kinds(current)
}
