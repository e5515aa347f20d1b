//! Statistics (统计): forms, returns and the numbers in their cells.

pub mod case_figure;
pub mod day;
pub mod figure;
pub mod form;
pub mod form_merge;
pub mod outside;
pub mod overlap;
pub mod stat_return;
pub mod tally;
mod venue_figure;

pub use day::{by_day, origin_counts};
pub use figure::{
    Origin, Wanted, figures, figures_of_activity, figures_of_units, of_materials, of_media, origins, origins_of,
    origins_of_units,
};
