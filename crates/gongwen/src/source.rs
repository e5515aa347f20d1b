//! What a reader hands on: the text of a document, with its tables and headings at their places in the text.

use serde::{Deserialize, Serialize};

/// The file format a [`Source`] was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// A web page.
    Html,
    /// Office Open XML text.
    Docx,
    /// PDF with a text layer.
    Pdf,
    /// OFD (GB/T 33190-2016).
    Ofd,
    /// A spreadsheet.
    Xlsx,
}

/// A document as text.
///
/// `text` holds everything in reading order, one paragraph a line; a table stands in it row by row, one row a line, its
/// cells separated by ` | ` (a space, a vertical bar, a space).
/// All positions are in characters (Unicode scalar values) of `text`, half open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Where it came from.
    pub format: Format,
    /// The whole text.
    pub text: String,
    /// The tables, in order; empty for formats that have none.
    pub tables: Vec<Table>,
    /// The headings the format itself marks (docx styles, `<h1>`, `#`), in order.
    pub headings: Vec<Heading>,
    /// Things a person should know ("第3页没有文字层"), each one Chinese sentence.
    pub notes: Vec<String>,
}

/// A heading marked by the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// 1 is the highest.
    pub level: u8,
    /// First character of it in the text.
    pub start: usize,
    /// One past its last character.
    pub end: usize,
}

/// A table of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// First character of the table in the text.
    pub start: usize,
    /// One past its last character.
    pub end: usize,
    /// Rows of cells; a merged cell stands once, with its extent.
    pub rows: Vec<Vec<Cell>>,
    /// The widths of the columns in tenths of a Chinese character, where the format tells them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub widths: Vec<u32>,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Its text.
    pub text: String,
    /// First character in the text of the document.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// Zero-based column it begins in.
    pub column: usize,
    /// Columns it covers, at least 1.
    pub column_span: usize,
    /// Rows it covers, at least 1.
    pub row_span: usize,
}

impl Source {
    /// A plain text, as pasted by a person.
    pub fn from_text(text: impl Into<String>) -> Source {
        Source { format: Format::Text, text: text.into(), tables: Vec::new(), headings: Vec::new(), notes: Vec::new() }
    }
}
