//! Complaints, tip-offs and inquiries: the rows, the queue, what is similar, the letters.

pub mod case;
pub mod category;
pub mod escalation;
pub mod letter;
pub mod neighbour;
pub mod queue;
pub mod rate;
pub mod recount;
pub mod token;
