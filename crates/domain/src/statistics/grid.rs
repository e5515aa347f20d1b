//! A table as a dense grid, so that merged cells can be read from every place they cover.

use gongwen::sheet::Sheet;
use gongwen::source::Table;

/// A cell of the grid.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GridCell {
    /// The text without surrounding white space; line breaks are spaces.
    pub text: String,
    /// The cell begins here; otherwise a merged cell covers this place.
    pub is_origin: bool,
    /// Number of columns the merged cell covers.
    pub column_span: usize,
    /// Number of rows the merged cell covers.
    pub row_span: usize,
    /// The formula behind it, without `=`.
    pub formula: Option<String>,
    /// Its text is an error of the spreadsheet.
    pub is_error: bool,
    /// Its row or column is hidden.
    pub is_hidden: bool,
}

/// A table without holes: `rows[r][c]` exists for every row and column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// The rows, all of the same length.
    pub rows: Vec<Vec<GridCell>>,
}

/// More rows than this are not a form; the rest is cut.
const MAX_ROWS: usize = 2_000;
/// More columns than this are not a form; the rest is cut.
const MAX_COLUMNS: usize = 200;

impl Grid {
    /// The grid of a table: a merged cell's text stands at every place it covers.
    pub fn from_table(table: &Table) -> Grid {
        let height = table.rows.len().min(MAX_ROWS);
        let ends = table.rows.iter().flatten().map(|cell| cell.column.saturating_add(cell.column_span.max(1)));
        let width = ends.max().unwrap_or(0).min(MAX_COLUMNS);
        let mut grid = Grid::blank(height, width);
        for (row, cells) in table.rows.iter().enumerate() {
            for cell in cells {
                let own = GridCell { text: squeeze(&cell.text), ..GridCell::one() };
                grid.put(row, cell.column, cell.row_span.max(1), cell.column_span.max(1), &own);
            }
        }
        grid
    }

    /// The grid of a sheet, with rows and columns as in the file.
    pub fn from_sheet(sheet: &Sheet) -> Grid {
        let height = sheet.cells.iter().map(|it| it.row.saturating_add(it.row_span.max(1))).max().unwrap_or(0);
        // A merged area that covers whole columns is no reason for a thousand blank ones.
        let filled = sheet.cells.iter().filter(|it| !it.text.is_empty() || it.formula.is_some());
        let most = filled.map(|it| it.row.saturating_add(1)).max().unwrap_or(0);
        let ends = sheet.cells.iter().map(|it| it.column.saturating_add(it.column_span.max(1)));
        let mut grid = Grid::blank(height.min(most.saturating_add(50)), ends.max().unwrap_or(0));
        for cell in &sheet.cells {
            let own = GridCell {
                text: squeeze(&cell.text),
                formula: cell.formula.clone(),
                is_error: cell.is_error,
                is_hidden: cell.is_hidden,
                ..GridCell::one()
            };
            grid.put(cell.row, cell.column, cell.row_span.max(1), cell.column_span.max(1), &own);
        }
        grid
    }

    fn blank(height: usize, width: usize) -> Grid {
        Grid { rows: vec![vec![GridCell::one(); width.min(MAX_COLUMNS)]; height.min(MAX_ROWS)] }
    }

    fn put(&mut self, top: usize, left: usize, row_span: usize, column_span: usize, own: &GridCell) {
        for (r, line) in self.rows.iter_mut().enumerate().take(top.saturating_add(row_span)).skip(top) {
            for (c, place) in line.iter_mut().enumerate().take(left.saturating_add(column_span)).skip(left) {
                *place = GridCell { is_origin: r == top && c == left, column_span, row_span, ..own.clone() };
            }
        }
    }

    /// A grid of plain rows, as a CSV file or a text with `|` gives them; short rows are filled up.
    pub fn from_rows(rows: &[Vec<String>]) -> Grid {
        let width = rows.iter().map(Vec::len).max().unwrap_or(0).min(MAX_COLUMNS);
        let line = |row: &Vec<String>| {
            let text = |column: usize| row.get(column).map(|text| squeeze(text)).unwrap_or_default();
            (0..width).map(|column| GridCell { text: text(column), ..GridCell::one() }).collect()
        };
        Grid { rows: rows.iter().take(MAX_ROWS).map(line).collect() }
    }

    /// The cell at a place.
    pub fn cell(&self, row: usize, column: usize) -> Option<&GridCell> {
        self.rows.get(row).and_then(|line| line.get(column))
    }

    /// The text at a place; empty outside the grid.
    pub fn text(&self, row: usize, column: usize) -> &str {
        self.rows.get(row).and_then(|line| line.get(column)).map_or("", |cell| cell.text.as_str())
    }

    /// The different texts of a row, left to right, without blanks.
    pub fn row_texts(&self, row: usize) -> Vec<&str> {
        let line = self.rows.get(row).map_or(&[] as &[GridCell], Vec::as_slice);
        line.iter().filter(|cell| cell.is_origin && !cell.text.is_empty()).map(|cell| cell.text.as_str()).collect()
    }
}

impl GridCell {
    /// A blank cell of its own.
    fn one() -> GridCell {
        GridCell { is_origin: true, column_span: 1, row_span: 1, ..GridCell::default() }
    }
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use gongwen::source::Cell;

    fn cell(text: &str, column: usize, column_span: usize, row_span: usize) -> Cell {
        Cell { text: text.to_owned(), start: 0, end: 0, column, column_span, row_span }
    }

    #[test]
    fn a_merged_cell_is_read_from_every_place_it_covers() {
        let rows =
            vec![vec![cell("宣传", 0, 1, 2), cell("资料", 1, 2, 1)], vec![cell("份", 1, 1, 1), cell("册", 2, 1, 1)]];
        let grid = Grid::from_table(&Table { start: 0, end: 0, rows, widths: Vec::new() });
        assert_eq!((grid.text(1, 0), grid.text(0, 2), grid.text(1, 2)), ("宣传", "资料", "册"));
        assert_eq!(grid.row_texts(1), ["份", "册"]);
    }

    #[test]
    fn a_hostile_extent_is_cut() {
        let rows = vec![vec![cell("x", usize::MAX - 1, usize::MAX, usize::MAX)]];
        let grid = Grid::from_table(&Table { start: 0, end: 0, rows, widths: Vec::new() });
        assert!(grid.rows.len() <= MAX_ROWS && grid.rows.iter().all(|row| row.len() <= MAX_COLUMNS));
    }
}
