//! What a state is made of, beside days and codes.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::complaint::case::SessionMode;
use crate::complaint::escalation::Cause;

/// A lead of a violation found during mediation (第二十七条).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    /// The day it was found.
    pub found_on: Date,
    /// The day it was verified.
    pub verified_on: Option<Date>,
}

/// A mediation session that was set (第二十条).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "what both parties are told")]
pub struct Session {
    pub on: Date,
    pub time: String,
    pub mode: SessionMode,
    pub place: String,
    pub mediators: String,
}

/// Somebody was told of a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// Why.
    pub cause: Cause,
    /// Which clock: the code of a term, or a word of the desk.
    pub clock: String,
    /// Which date of it. A date that moves may be raised anew.
    pub due: String,
    /// When.
    pub at: Timestamp,
}

/// What a leader asked for (督办).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Direction {
    /// When it was given.
    pub at: Timestamp,
    /// The leader's words.
    pub words: String,
    /// The day by which an answer is wanted.
    pub answer_by: Date,
    /// When it was answered.
    #[serde(default)]
    pub answered_at: Option<Timestamp>,
}

/// A term of a case that a later one of the same kind took the place of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastTerm {
    /// Its code in [`crate::complaint::term::TERMS`].
    pub code: String,
    /// Day zero.
    pub from: Date,
    /// The day it was done, or on which it began anew.
    pub ended_on: Date,
    /// It was not done but began anew (第三十五条: "自收到最后一次举报之日起重新计算处理期限").
    #[serde(default)]
    pub is_restarted: bool,
}

/// A case that had ended was taken up again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenUp {
    /// The day it had ended.
    pub ended_on: Date,
    /// The day it was taken up again.
    pub on: Date,
}
