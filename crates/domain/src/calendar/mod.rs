//! The working calendar of China (工作日历): weekends, statutory holidays and make-up days (调休).
//!
//! The days are data: the State Council announces each year's in the autumn before, and an administrator adds them on a page.
//! Beyond the last announced year a day is still answered, by the weekend rule and the festivals of the law, but the answer is *provisional*.

mod day;
mod import;

pub use day::{DayKind, WorkCalendar};
pub use import::{CalendarRow, ImportError, faults, read_rows};
