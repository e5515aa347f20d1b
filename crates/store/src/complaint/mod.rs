//! Complaints, tip-offs and inquiries: the rows, the queue, what is similar, the letters.

pub mod batch;
pub mod case;
pub mod category;
pub mod cluster;
pub mod escalation;
pub mod file;
pub mod follow;
pub mod letter;
pub mod link;
pub mod list_draft;
pub mod list_mapping;
pub mod mail;
pub mod mend;
pub mod neighbour;
pub mod queue;
pub mod rate;
pub mod recount;
mod sealed;
pub mod sealing;
pub mod sender;
pub mod stale;
pub mod supplement;
pub mod tipoff;
pub mod token;
pub mod view;
