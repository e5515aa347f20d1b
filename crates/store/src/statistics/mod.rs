//! Statistics (统计): forms, returns and the numbers in their cells.

pub mod form;
pub mod stat_return;
