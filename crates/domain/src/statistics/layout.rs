//! The superior's own layout of a form (版式): every cell of the sheet at its place, so that exports look like the paper.

use serde::{Deserialize, Serialize};

/// How a form looks on paper: a grid with merged cells, the lines around it, and the widths of its columns.
///
/// Kept apart from the rows of the form: correcting a label or a binding never changes the superior's paper.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FormLayout {
    /// The lines above the table that are no cells.
    pub before: Vec<String>,
    /// The lines below it.
    pub after: Vec<String>,
    /// The widths of the columns in tenths of a Chinese character; short when the file says nothing.
    pub widths: Vec<u32>,
    /// Every cell that begins somewhere, row by row; the cells to fill hold what is printed in them.
    pub cells: Vec<LayoutCell>,
    /// The first row of the table itself; what stands above are title and head lines.
    pub table_from: usize,
    /// One past the last row of its head.
    pub head_until: usize,
    /// One past its last row; what stands below are seal, date and notes.
    pub table_until: usize,
    /// Wider than high when printed.
    pub is_landscape: bool,
}

/// One cell of the grid.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LayoutCell {
    /// Row, from 0 as in the file.
    pub row: usize,
    /// Column, from 0.
    pub column: usize,
    /// Rows it covers, at least 1.
    pub row_span: usize,
    /// Columns it covers, at least 1.
    pub column_span: usize,
    /// What is printed in it.
    pub text: String,
}
