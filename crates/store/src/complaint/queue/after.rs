//! Where the next page of the queue begins.

use crate::{Read, Result};

/// The key of the last line of a page: the next page begins behind it.
///
/// It travels sealed. The places are counted through all cases, so two open ones would tell how many tip-offs stand between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    pub(super) sort_at: String,
    pub(super) ordinal: i64,
}

impl After {
    const PLACE: &str = "complaint.after";

    /// As it is given out.
    pub fn seal(&self, tx: &Read) -> Result<String> {
        tx.keys().seal(Self::PLACE, &format!("{}~{}", self.sort_at, self.ordinal))
    }

    /// The key that a page gave out; `None` when it did not.
    pub fn open(tx: &Read, sealed: &str) -> Option<After> {
        let plain = tx.keys().unseal(Self::PLACE, sealed).ok()?;
        let (sort_at, ordinal) = plain.split_once('~')?;
        Some(After { sort_at: sort_at.to_owned(), ordinal: ordinal.parse().ok()? })
    }
}
