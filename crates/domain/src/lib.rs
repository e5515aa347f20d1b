//! The rules of the trade: the law, the calendar, campaigns, units.
//!
//! Nothing in here performs I/O or asks the time; time is an argument.

pub mod calendar;
pub mod campaign;
pub mod complaint;
pub mod evidence;
pub mod form;
pub mod id;
pub mod quotation;
pub mod statistics;
pub mod unit;

pub use form::FormErrors;
pub use id::Id;
