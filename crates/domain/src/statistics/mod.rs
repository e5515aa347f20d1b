//! Statistics (统计): indicators, the figures people write, and the rows of a form bound to indicators.
//!
//! `measure` is the closed list of units of measure, `quantity` reads what a person wrote into a cell, `indicator` is the
//! list of things that are counted, `binding` says which indicator a row of a form means and how sure that is.

pub mod aggregate;
pub mod amount;
pub mod annex;
pub mod binding;
pub mod check;
pub mod due;
pub mod fill;
pub mod form;
pub mod form_edit;
pub mod form_reader;
pub mod grid;
pub mod indicator;
pub mod layout;
pub mod measure;
pub mod merge;
pub mod overlap;
pub mod quantity;
pub mod reporting;
pub mod rollup;
pub mod slots;
pub mod stat_return;
pub mod year;
