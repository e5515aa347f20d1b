//! The key of a stored thing.

use serde::{Deserialize, Serialize};

/// The key of a stored thing: a UUID of version 7 in lower case without hyphens, made by the program, never by the database.
///
/// Ordered by the time of making, so a new row lands at the end of its index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id(String);

impl Id {
    /// A key that was read from the database or from a path.
    ///
    /// ```
    /// assert_eq!(domain::Id::from_text("018f").as_str(), "018f");
    /// ```
    pub fn from_text(text: impl Into<String>) -> Id {
        Id(text.into())
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
