//! A form on its way out: cells at their places with borders, colours and remarks, as `.xlsx`, `.docx`, CSV or a page.
//!
//! [`crate::table::Table`] is a list with a head; a [`Paper`] is a sheet whose every cell has its own place, as the
//! forms of a superior body have them.

use crate::csv::{guarded, quoted};
use crate::table::{Align, Table, TableCell, TableColumn, Value};

/// What stands in a cell of a paper.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Words; text stays text, whatever it begins with.
    Text(String),
    /// A figure, shown with 约 before it when it is an estimate.
    Number {
        /// The figure.
        value: f64,
        /// The figure as it is written, exact.
        words: String,
        /// 余, 约: nobody counted exactly.
        is_estimate: bool,
    },
}

/// What a cell is, which decides how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Role {
    /// The title over the table.
    Title,
    /// A line above or below the table, without a border.
    Line,
    /// A head of the table.
    Head,
    /// A cell of the table.
    #[default]
    Body,
}

/// A colour behind a cell, with its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tint {
    /// Left out, somebody must act.
    Bad,
    /// Counted, somebody should look.
    Warn,
    /// A sum.
    Sum,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub struct PaperCell {
    /// Row, from 0.
    pub row: usize,
    /// Column, from 0.
    pub column: usize,
    /// Rows it covers, at least 1.
    pub row_span: usize,
    /// Columns it covers, at least 1.
    pub column_span: usize,
    /// What stands in it.
    pub content: Content,
    /// How it looks.
    pub role: Role,
    /// How its text stands.
    pub align: Align,
    /// A colour behind it.
    pub tint: Option<Tint>,
    /// A remark that hangs on it.
    pub remark: Option<String>,
}

/// The lines before a table, the table, and the lines after it.
pub type LinesAndTable = (Vec<(Role, String)>, Table, Vec<(Align, String)>);

impl PaperCell {
    /// A cell of the table with words.
    pub fn text(row: usize, column: usize, text: impl Into<String>) -> PaperCell {
        PaperCell {
            row,
            column,
            row_span: 1,
            column_span: 1,
            content: Content::Text(text.into()),
            role: Role::Body,
            align: Align::Left,
            tint: None,
            remark: None,
        }
    }

    /// The same cell in another role; heads and titles stand in the middle.
    pub fn role(self, role: Role) -> PaperCell {
        let align = if matches!(role, Role::Head | Role::Title) { Align::Center } else { self.align };
        PaperCell { role, align, ..self }
    }

    /// The same cell over several columns and rows.
    pub fn spanning(self, column_span: usize, row_span: usize) -> PaperCell {
        PaperCell { column_span: column_span.max(1), row_span: row_span.max(1), ..self }
    }

    /// What a person reads in it.
    pub fn words(&self) -> String {
        match &self.content {
            Content::Text(text) => text.clone(),
            Content::Number { words, is_estimate, .. } if *is_estimate => format!("约{words}"),
            Content::Number { words, .. } => words.clone(),
        }
    }
}

/// A sheet of paper.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Paper {
    /// The name on the tab.
    pub name: String,
    /// The widths of the columns in Chinese characters.
    pub widths: Vec<f64>,
    /// The cells, row by row.
    pub cells: Vec<PaperCell>,
    /// Lines above the table that are no cells (in a text document); the first may be the title.
    pub before: Vec<(Role, String)>,
    /// Lines below the table, with where they stand.
    pub after: Vec<(Align, String)>,
    /// Wider than high when printed.
    pub is_landscape: bool,
    /// Rows that stay in sight and repeat on each page: the first and one past the last.
    pub head_rows: (usize, usize),
    /// Columns that stay in sight.
    pub n_kept_columns: usize,
}

impl Paper {
    /// One past the last row.
    pub fn n_rows(&self) -> usize {
        self.cells.iter().map(|it| it.row + it.row_span).max().unwrap_or(0)
    }

    /// One past the last column.
    pub fn n_columns(&self) -> usize {
        let widest = self.cells.iter().map(|it| it.column + it.column_span).max().unwrap_or(0);
        widest.max(self.widths.len())
    }

    /// The width of a column in Chinese characters.
    pub fn width(&self, column: usize) -> f64 {
        self.widths.get(column).copied().filter(|it| *it > 0.0).unwrap_or(8.0)
    }

    /// As a file of comma-separated values with a byte order mark: merged cells stand where they begin.
    ///
    /// A text that a spreadsheet would take for a formula gets an apostrophe before it.
    pub fn to_csv(&self) -> String {
        let mut rows = vec![vec![String::new(); self.n_columns()]; self.n_rows()];
        for cell in &self.cells {
            if let Some(place) = rows.get_mut(cell.row).and_then(|it| it.get_mut(cell.column)) {
                *place = match &cell.content {
                    Content::Text(text) => guarded(text),
                    Content::Number { .. } => cell.words(),
                };
            }
        }
        let before = self.before.iter().map(|(_, text)| vec![guarded(text)]);
        let after = self.after.iter().map(|(_, text)| vec![guarded(text)]);
        let mut text = String::from("\u{feff}");
        for row in before.chain(rows).chain(after) {
            let cells: Vec<String> = row.iter().map(|it| quoted(it)).collect();
            text.push_str(&cells.join(","));
            text.push_str("\r\n");
        }
        text
    }

    /// The rows with a border as a table, the lines before them and the lines after them: what a text document takes.
    pub fn as_table(&self) -> LinesAndTable {
        let is_line = |cell: &&PaperCell| matches!(cell.role, Role::Title | Role::Line);
        let first = self.cells.iter().filter(|it| !is_line(it)).map(|it| it.row).min().unwrap_or(0);
        let last = self.cells.iter().filter(|it| !is_line(it)).map(|it| it.row + it.row_span).max().unwrap_or(0);
        let lines = |rows: std::ops::Range<usize>| -> Vec<(Role, Align, String)> {
            let row = |row: usize| {
                let cells: Vec<&PaperCell> =
                    self.cells.iter().filter(|it| it.row == row && !it.words().is_empty()).collect();
                let words: Vec<String> = cells.iter().map(|it| it.words()).collect();
                cells.first().map(|it| (it.role, it.align, words.join("    ")))
            };
            rows.filter_map(row).collect()
        };
        let above = lines(0..first).into_iter().map(|it| (it.0, it.2));
        let before = self.before.iter().cloned().chain(above).collect();
        let below = lines(last..self.n_rows()).into_iter().map(|it| (it.1, it.2));
        let after = below.chain(self.after.iter().cloned()).collect();
        let columns =
            (0..self.n_columns()).map(|it| TableColumn { width: self.width(it), align: Align::Left }).collect();
        let mut table = Table { columns, head: Vec::new(), rows: Vec::new() };
        for row in first..last {
            let (cells, is_head) = self.table_row(row);
            // Only heads at the top repeat; one further down is a row like others.
            if is_head && table.rows.is_empty() { table.head.push(cells) } else { table.rows.push(cells) }
        }
        (before, table, after)
    }

    fn table_row(&self, row: usize) -> (Vec<TableCell>, bool) {
        let mut here: Vec<&PaperCell> = self.cells.iter().filter(|it| it.row == row).collect();
        here.sort_by_key(|it| it.column);
        let is_covered = |column: usize| {
            self.cells.iter().any(|it| {
                (it.row..it.row + it.row_span).contains(&row)
                    && (it.column..it.column + it.column_span).contains(&column)
            })
        };
        let mut cells = Vec::new();
        let mut column = 0;
        let put_blank = |from: usize, to: usize, cells: &mut Vec<TableCell>| {
            cells.extend((from..to).filter(|it| !is_covered(*it)).map(|_| TableCell::text("")));
        };
        for cell in &here {
            put_blank(column, cell.column, &mut cells);
            let plain =
                TableCell { value: Value::Text(cell.words()), column_span: 1, row_span: 1, align: Some(cell.align) };
            cells.push(plain.spanning(cell.column_span, cell.row_span));
            column = cell.column + cell.column_span;
        }
        put_blank(column, self.n_columns(), &mut cells);
        (cells, !here.is_empty() && here.iter().all(|it| it.role == Role::Head))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_in_a_text_is_guarded_and_a_number_is_not() {
        let number = Content::Number { value: 3.0, words: "3".to_owned(), is_estimate: true };
        let cells = vec![
            PaperCell::text(0, 0, "=1+1"),
            PaperCell::text(0, 1, "\t@x"),
            PaperCell { content: number, ..PaperCell::text(1, 1, "") },
        ];
        let paper = Paper { cells, before: vec![(Role::Title, "-表".to_owned())], ..Paper::default() };
        assert_eq!(paper.to_csv(), "\u{feff}\"'-表\"\r\n\"'=1+1\",\"'\t@x\"\r\n,约3\r\n");
    }

    #[test]
    fn lines_stand_around_the_table_and_holes_are_filled() {
        let cells = vec![
            PaperCell::text(0, 0, "统计表").role(Role::Title).spanning(3, 1),
            PaperCell::text(1, 0, "项目").role(Role::Head).spanning(1, 2),
            PaperCell::text(1, 2, "数量").role(Role::Head),
            PaperCell::text(3, 1, "5"),
            PaperCell::text(4, 0, "（盖章）").role(Role::Line),
        ];
        let paper = Paper { cells, widths: vec![4.0, 4.0, 4.0], ..Paper::default() };
        let (before, table, after) = paper.as_table();
        assert_eq!((before.len(), after.len(), table.head.len(), table.rows.len()), (1, 1, 1, 2));
        assert_eq!(table.rows.iter().map(Vec::len).collect::<Vec<_>>(), [2, 3]);
    }
}
