//! Statistics (统计): forms, returns and the numbers in their cells.

pub mod figure;
pub mod form;
pub mod stat_return;

pub use figure::{Origin, figures, figures_of_activity, of_materials, of_media, origins};
