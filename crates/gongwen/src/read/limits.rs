//! How much a reader may take in, unfold and give out.

/// Bounds of one reading, so that a hostile file ends in a clear error within bounded memory and time.
///
/// The defaults suit notices: a hundred times the largest seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file itself.
    pub bytes_in: usize,
    /// Bytes of all parts unpacked from it, together.
    pub bytes_out: usize,
    /// Bytes of text handed on.
    pub text_bytes: usize,
    /// Entries of a zip archive.
    pub zip_entries: usize,
    /// Unpacked bytes per packed byte, for parts over a megabyte.
    pub zip_ratio: usize,
    /// Nested elements.
    pub depth: usize,
    /// Elements and texts of one XML part.
    pub nodes: usize,
    /// Cells of all tables together.
    pub cells: usize,
    /// Pages of a paged document.
    pub pages: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            bytes_in: 50 << 20,
            bytes_out: 96 << 20,
            text_bytes: 8 << 20,
            zip_entries: 4096,
            zip_ratio: 200,
            depth: 256,
            nodes: 1_000_000,
            cells: 200_000,
            pages: 500,
        }
    }
}

impl Limits {
    /// Room for a list of 100,000 rows and 40 columns.
    pub fn for_lists() -> Limits {
        Limits {
            bytes_in: 128 << 20,
            bytes_out: 1 << 30,
            text_bytes: 192 << 20,
            nodes: 8_000_000,
            cells: 5_000_000,
            ..Limits::default()
        }
    }
}
