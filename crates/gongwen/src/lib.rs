//! Chinese official documents (公文): bytes to text and tables, outline and dates of the text, and back to paper.
//!
//! Knows nothing of complaints, campaigns, HTTP or SQL, and could be published on its own.
//! Without the feature `formats` only the pure text part remains.

pub mod clean;
pub mod csv;
pub mod date;
mod date_scan;
mod date_time;
mod date_words;
mod furniture;
pub mod ics;
pub mod list;
pub mod mail;
pub mod numeral;
pub mod outline;
pub mod paper;
pub mod party;
pub mod sheet;
pub mod source;
pub mod table;
pub mod text;

#[cfg(feature = "formats")]
pub mod read;
#[cfg(feature = "formats")]
pub mod write;

#[cfg(feature = "formats")]
pub use read::{Limits, ReadError, read, read_list, read_mail, read_sheets};
