//! The campaign (系列活动): from the notice to the running work.
//!
//! `plan` is what a text says, `read` reads it, `kind` is the closed list of activity kinds,
//! `plan_date` the spellings of a day in a plan.
//! `review` is the draft a person corrects, `publish` what it becomes, `difference` what a revised notice changes.
//! `light` says how a piece of work stands today, `progress` which steps it can take, `permitted` who may take them,
//! `schedule` how the set is drawn as list, board, calendar and Gantt chart, `task_table` and `calendar_entry` what goes to paper
//! and to the calendars of telephones.
//! `record` is what happened, once; `media` and `material` are the two ledgers beside it; `summary` is the report drafted from all of it.

pub mod calendar_entry;
pub mod desk;
pub mod difference;
pub mod edit;
pub mod kind;
pub mod light;
pub mod material;
pub mod media;
pub mod permitted;
pub mod plan;
pub mod plan_date;
pub mod progress;
pub mod publish;
pub mod read;
pub mod record;
pub mod review;
pub mod schedule;
pub mod summary;
pub mod task_table;
pub mod venue;
