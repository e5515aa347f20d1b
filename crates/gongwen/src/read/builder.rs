//! Puts a [`Source`] together line by line and keeps count of the characters.

use super::error::ReadError;
use super::limits::Limits;
use crate::source::{Cell, Format, Heading, Source, Table};

/// What stands between two cells of a row.
const CELL_SEPARATOR: &str = " | ";

/// A cell on its way into the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DraftCell {
    pub(crate) text: String,
    pub(crate) column: usize,
    pub(crate) column_span: usize,
    pub(crate) row_span: usize,
}

/// Collects lines, headings and tables.
#[derive(Debug)]
pub(crate) struct Builder {
    text: String,
    n_chars: usize,
    n_cells: usize,
    tables: Vec<Table>,
    headings: Vec<Heading>,
    notes: Vec<String>,
    limits: Limits,
}

impl Builder {
    pub(crate) fn new(limits: &Limits) -> Builder {
        Builder {
            text: String::new(),
            n_chars: 0,
            n_cells: 0,
            tables: Vec::new(),
            headings: Vec::new(),
            notes: Vec::new(),
            limits: *limits,
        }
    }

    /// Adds a paragraph; a line break inside begins a new line, blank lines fall away.
    pub(crate) fn paragraph(&mut self, text: &str) -> Result<(), ReadError> {
        for line in text.split(['\n', '\r', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}']) {
            let line = trim(line);
            if !line.is_empty() {
                self.begin_line();
                self.push(line)?;
            }
        }
        Ok(())
    }

    /// Adds a paragraph that the format marks as a heading.
    pub(crate) fn heading(&mut self, level: u8, text: &str) -> Result<(), ReadError> {
        let before = self.n_chars;
        self.paragraph(text)?;
        if self.n_chars > before {
            let start = if before == 0 { 0 } else { before + 1 };
            self.headings.push(Heading { level, start, end: self.n_chars });
        }
        Ok(())
    }

    /// Adds a table, one row a line. Columns covered from above keep an empty place in the line.
    pub(crate) fn table(&mut self, rows: Vec<Vec<DraftCell>>) -> Result<(), ReadError> {
        self.table_of_widths(rows, Vec::new())
    }

    /// Adds a table whose column widths are known.
    pub(crate) fn table_of_widths(&mut self, rows: Vec<Vec<DraftCell>>, widths: Vec<u32>) -> Result<(), ReadError> {
        let n_cells: usize = rows.iter().map(Vec::len).sum();
        self.n_cells = self.n_cells.saturating_add(n_cells);
        if self.n_cells > self.limits.cells {
            return Err(ReadError::complex("表格单元格过多"));
        }
        if rows.iter().flatten().all(|it| trim(&it.text).is_empty()) {
            return Ok(());
        }
        self.begin_line();
        let start = self.n_chars;
        let mut placed_rows = Vec::with_capacity(rows.len());
        // Cells that reach down: (first column, columns, rows still to cover).
        let mut hanging: Vec<(usize, usize, usize)> = Vec::new();
        for (n, row) in rows.into_iter().enumerate() {
            if n > 0 {
                self.push("\n")?;
            }
            placed_rows.push(self.row(row, &mut hanging)?);
        }
        self.tables.push(Table { start, end: self.n_chars, rows: placed_rows, widths });
        Ok(())
    }

    fn row(&mut self, row: Vec<DraftCell>, hanging: &mut Vec<(usize, usize, usize)>) -> Result<Vec<Cell>, ReadError> {
        let mut placed = Vec::with_capacity(row.len());
        let mut covered: Vec<usize> = hanging.iter().map(|it| it.0).collect();
        covered.sort_unstable();
        let mut covered = covered.into_iter().peekable();
        let mut is_first = true;
        let mut next_hanging: Vec<(usize, usize, usize)> =
            hanging.iter().filter(|it| it.2 > 1).map(|it| (it.0, it.1, it.2 - 1)).collect();
        for cell in row {
            while covered.next_if(|column| *column < cell.column).is_some() {
                self.separate(&mut is_first)?;
            }
            self.separate(&mut is_first)?;
            let text = one_line(&cell.text);
            let start = self.n_chars;
            self.push(&text)?;
            if cell.row_span > 1 {
                next_hanging.push((cell.column, cell.column_span, cell.row_span - 1));
            }
            placed.push(Cell {
                text,
                start,
                end: self.n_chars,
                column: cell.column,
                column_span: cell.column_span,
                row_span: cell.row_span,
            });
        }
        for _ in covered {
            self.separate(&mut is_first)?;
        }
        *hanging = next_hanging;
        Ok(placed)
    }

    fn separate(&mut self, is_first: &mut bool) -> Result<(), ReadError> {
        if !std::mem::take(is_first) {
            self.push(CELL_SEPARATOR)?;
        }
        Ok(())
    }

    /// Adds a thing a person should know; said twice, it stands once.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn begin_line(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
            self.n_chars += 1;
        }
    }

    fn push(&mut self, text: &str) -> Result<(), ReadError> {
        if self.text.len().saturating_add(text.len()) > self.limits.text_bytes {
            return Err(ReadError::complex("文字过多"));
        }
        self.text.push_str(text);
        self.n_chars += text.chars().count();
        Ok(())
    }

    /// The finished document; an empty one is an error.
    pub(crate) fn finish(self, format: Format) -> Result<Source, ReadError> {
        if self.text.trim().is_empty() {
            return Err(ReadError::Empty);
        }
        let Builder { text, tables, headings, notes, .. } = self;
        Ok(Source { format, text, tables, headings, notes })
    }
}

/// Without blanks at both ends, ideographic and no-break ones included, and without what nobody sees.
fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{0}'))
}

/// A cell's text on one line: its paragraphs are joined by a space.
fn one_line(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for part in text.split(['\n', '\r', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}']) {
        let part = trim(part);
        if part.is_empty() {
            continue;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(part);
    }
    joined
}
