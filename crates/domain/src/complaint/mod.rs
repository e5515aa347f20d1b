//! Complaints (投诉), tip-offs (举报) and inquiries (咨询) received from consumers, under 总局令第121号 and, before it, 第20号.
//!
//! What happened to a case is a list of [`event::CaseEvent`]; its [`state`] is the fold of that list, its dates are
//! counted from the state by [`clock`], and what may be done next is said by [`permitted`]. [`take`] turns a filled form into events,
//! [`escalation`] says who is to be told of a date, [`custody`] whose every hour was.

pub mod article;
pub mod case;
pub mod category;
pub mod clock;
pub mod cluster;
pub mod custody;
pub mod deadline;
pub mod escalation;
pub mod event;
pub mod follow;
pub mod grounds;
pub mod identity;
pub mod import;
pub mod import_note;
pub mod intake;
pub mod join;
pub mod letter;
pub mod mail;
pub mod mapping;
pub mod permitted;
pub mod similar;
pub mod state;
pub mod step;
pub mod suggestion;
pub mod take;
pub mod term;
pub mod threshold;
