//! The campaign (系列活动) and what hangs on it.
//!
//! `head` is the campaign itself as its pages show it; `activity`, `task`, `venue`, `duty`, `reminder` and `feed` are the running work.

pub mod activity;
pub mod duty;
pub mod feed;
pub mod head;
pub mod reminder;
pub mod task;
pub mod venue;
