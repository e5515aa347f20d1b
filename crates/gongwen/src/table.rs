//! A table on its way to paper: what the writers of `.docx` and `.xlsx` and the pages draw alike.

/// How text stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Align {
    /// At the left.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// At the right, for figures.
    Right,
}

/// What a cell holds.
///
/// A text is always a text: `=1+1` in it can never become a formula.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Words; empty for an empty cell.
    Text(String),
    /// A figure to count with.
    Number(f64),
}

impl Value {
    /// What a person reads.
    pub fn words(&self) -> String {
        match self {
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
        }
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub struct TableCell {
    /// What it holds.
    pub value: Value,
    /// Columns it covers, at least 1.
    pub column_span: usize,
    /// Rows it covers, at least 1.
    pub row_span: usize,
    /// `None` takes the alignment of the column.
    pub align: Option<Align>,
}

impl TableCell {
    /// A cell with words.
    pub fn text(text: impl Into<String>) -> TableCell {
        TableCell { value: Value::Text(text.into()), column_span: 1, row_span: 1, align: None }
    }

    /// A cell with a figure.
    pub fn number(number: f64) -> TableCell {
        TableCell { value: Value::Number(number), ..TableCell::text("") }
    }

    /// The same cell over several columns and rows.
    pub fn spanning(self, column_span: usize, row_span: usize) -> TableCell {
        TableCell { column_span: column_span.max(1), row_span: row_span.max(1), ..self }
    }

    /// The same cell with an alignment of its own.
    pub fn aligned(self, align: Align) -> TableCell {
        TableCell { align: Some(align), ..self }
    }

    /// What a person reads in it.
    pub fn words(&self) -> String {
        self.value.words()
    }
}

/// One column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TableColumn {
    /// How wide it is beside the others: about the number of Chinese characters in a line of it.
    pub width: f64,
    /// How its cells stand.
    pub align: Align,
}

/// Rows of cells below a head that repeats on each page.
///
/// A row names only the cells that begin in it; places covered from above or from the left are left out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// The columns.
    pub columns: Vec<TableColumn>,
    /// The rows of the head.
    pub head: Vec<Vec<TableCell>>,
    /// The rows below.
    pub rows: Vec<Vec<TableCell>>,
}

/// Where a cell came to stand.
#[derive(Debug, Clone, Copy)]
pub struct Placed<'a> {
    /// The cell.
    pub cell: &'a TableCell,
    /// Its first row, the head counted.
    pub row: usize,
    /// Its first column.
    pub column: usize,
    /// Columns it covers within the table.
    pub column_span: usize,
    /// Rows it covers within the table.
    pub row_span: usize,
}

impl Table {
    /// A table with one row of head.
    pub fn new(columns: &[(&str, f64, Align)]) -> Table {
        Table {
            columns: columns.iter().map(|it| TableColumn { width: it.1, align: it.2 }).collect(),
            head: vec![columns.iter().map(|it| TableCell::text(it.0).aligned(Align::Center)).collect()],
            rows: Vec::new(),
        }
    }

    /// Every cell with its place: spans are cut at the edges, and a cell that finds no free place falls away.
    pub fn placed(&self) -> Vec<Placed<'_>> {
        let n_rows = self.head.len() + self.rows.len();
        let n_columns = self.columns.len();
        let mut taken_until = vec![0usize; n_columns];
        let mut placed = Vec::new();
        for (row, cells) in self.head.iter().chain(&self.rows).enumerate() {
            let mut column = 0;
            for cell in cells {
                while taken_until.get(column).is_some_and(|it| *it > row) {
                    column += 1;
                }
                if column >= n_columns {
                    break;
                }
                let free = taken_until.iter().skip(column).take_while(|it| **it <= row).count();
                let column_span = cell.column_span.clamp(1, free.max(1));
                let row_span = cell.row_span.clamp(1, n_rows - row);
                taken_until.iter_mut().skip(column).take(column_span).for_each(|it| *it = row + row_span);
                placed.push(Placed { cell, row, column, column_span, row_span });
                column += column_span;
            }
        }
        placed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_below_a_tall_one_moves_aside() {
        let mut table = Table::new(&[("甲", 1.0, Align::Left), ("乙", 1.0, Align::Left)]);
        table.rows.push(vec![TableCell::text("1").spanning(1, 2), TableCell::text("2")]);
        table.rows.push(vec![TableCell::text("3"), TableCell::text("没有位置")]);
        let places: Vec<(usize, usize, String)> =
            table.placed().iter().skip(2).map(|it| (it.row, it.column, it.cell.words())).collect();
        assert_eq!(places, [(1, 0, "1".to_owned()), (1, 1, "2".to_owned()), (2, 1, "3".to_owned())]);
    }
}
