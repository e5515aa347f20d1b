//! What an office has decided of its public face.

use serde::{Deserialize, Serialize};

/// The setting with it.
pub const FACE: &str = "complaint.public";

/// Is there one, how much comes through it, and whom to call instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Face {
    pub(crate) is_on: bool,
    /// So many submissions of one address in an hour; 0 is no limit.
    pub(crate) per_hour: u32,
    /// The telephone of the office, shown beside 12315.
    pub(crate) phone: String,
    /// What the office wants to say first.
    pub(crate) words: String,
}

/// Off until the office opens it: who takes complaints in public has to announce it and to answer them.
impl Default for Face {
    fn default() -> Face {
        Face { is_on: false, per_hour: 30, phone: String::new(), words: String::new() }
    }
}
