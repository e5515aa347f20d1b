//! The campaign (系列活动) and what hangs on it.
//!
//! `notice` is the text it came from, `plan` the draft under review, `publish` what becomes of it,
//! `revise` what a revised notice changes.
//! `head` is the campaign itself as its pages show it; `activity`, `task`, `venue`, `duty`, `reminder` and `feed` are the running work.

pub mod activity;
pub mod duty;
pub mod feed;
pub mod head;
pub mod material;
pub mod media;
pub mod notice;
pub mod plan;
pub mod publish;
pub mod record;
pub mod record_question;
pub mod reminder;
pub mod revise;
pub mod summary;
pub mod task;
pub mod venue;
