//! A file as sheets of cells, with what matters when people have filled it: formulas, hidden rows, merged areas, widths.
//!
//! [`crate::source::Source`] is a document to be read as text; a [`SheetFile`] is a form to be read cell by cell.

use serde::{Deserialize, Serialize};

use crate::source::Format;

/// A file as its sheets. The tables of a text document are sheets too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetFile {
    /// Where it came from.
    pub format: Format,
    /// The sheets in order; a sheet without a cell is left out.
    pub sheets: Vec<Sheet>,
    /// Things a person should know, each one Chinese sentence.
    pub notes: Vec<String>,
}

/// One sheet, or one table of a text document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sheet {
    /// The name on its tab; 表1, 表2 for the tables of a text document.
    pub name: String,
    /// Nobody sees it without looking for it.
    pub is_hidden: bool,
    /// Its places are named `C5`; otherwise 第5行第3列.
    pub has_letters: bool,
    /// Wider than high when printed.
    pub is_landscape: bool,
    /// The widths of the columns in tenths of a Chinese character; empty when the file says nothing.
    pub widths: Vec<u32>,
    /// The cells that hold something or begin a merged area, row by row.
    pub cells: Vec<SheetCell>,
    /// The lines between this table and the one before it; none in a spreadsheet.
    pub before: Vec<String>,
    /// The lines after the last table of the document; none in a spreadsheet.
    pub after: Vec<String>,
}

/// One cell. Rows and columns count from 0 as in the file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SheetCell {
    /// Row.
    pub row: usize,
    /// Column.
    pub column: usize,
    /// Rows it covers, at least 1.
    pub row_span: usize,
    /// Columns it covers, at least 1.
    pub column_span: usize,
    /// What a person reads in it; of a formula its stored result.
    pub text: String,
    /// The formula behind it, without `=`.
    pub formula: Option<String>,
    /// It shows an error of the spreadsheet (`#DIV/0!`), which is its text.
    pub is_error: bool,
    /// Its row or column is hidden.
    pub is_hidden: bool,
}

impl SheetCell {
    /// A plain cell.
    pub fn new(row: usize, column: usize, text: impl Into<String>) -> SheetCell {
        SheetCell { row, column, row_span: 1, column_span: 1, text: text.into(), ..SheetCell::default() }
    }
}

/// The letters of a column as a spreadsheet shows them: 0 is `A`, 27 is `AB`.
///
/// ```
/// assert_eq!(gongwen::sheet::letters(0), "A");
/// assert_eq!(gongwen::sheet::letters(27), "AB");
/// ```
pub fn letters(column: usize) -> String {
    let mut rest = column;
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        match (rest / 26).checked_sub(1) {
            Some(next) => rest = next,
            None => break,
        }
    }
    letters.iter().rev().collect()
}

/// A place as a person finds it: `C5` in a spreadsheet, 第5行第3列 in a table of a text.
pub fn place(row: usize, column: usize, has_letters: bool) -> String {
    if has_letters {
        format!("{}{}", letters(column), row + 1)
    } else {
        format!("第{}行第{}列", row + 1, column + 1)
    }
}
