//! The campaign (系列活动): from the notice to the running work.
//!
//! `plan` is what a text says, `read` reads it, `kind` is the closed list of activity kinds,
//! `plan_date` the spellings of a day in a plan.

pub mod kind;
pub mod plan;
pub mod plan_date;
