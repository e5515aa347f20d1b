//! Complaints and reports (投诉举报): their statutory terms.
//!
//! `term` holds the terms as dated data, each with its article; `deadline` counts them day by day and says why.

pub mod deadline;
pub mod term;
