//! A file as the lines of a long list: a hundred thousand rows in the memory a form of a page takes as cells.
//!
//! A [`crate::sheet::SheetFile`] keeps what matters in a form (formulas, merged areas, widths); of a list only the texts count.

use serde::{Deserialize, Serialize};

use crate::source::Format;

/// What stands between the texts of two cells. A cell cannot hold it: a tab in a cell becomes a blank.
const BETWEEN: char = '\t';

/// A file as its lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListFile {
    /// Where it came from.
    pub format: Format,
    /// The sheets in order; a sheet without a filled cell is left out.
    pub sheets: Vec<ListSheet>,
}

/// One sheet of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ListSheet {
    /// The name on its tab.
    pub name: String,
    /// The rows with something in them, from top to bottom.
    pub lines: Vec<ListLine>,
}

/// One row: its number, counted from 0 as in the file, and its texts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ListLine(usize, String);

impl ListLine {
    /// The row of these texts.
    ///
    /// ```
    /// use gongwen::list::ListLine;
    /// let line = ListLine::of(4, ["甲\t店", "", "退货"]);
    /// assert_eq!((line.row(), line.cells().collect::<Vec<_>>()), (4, vec!["甲 店", "", "退货"]));
    /// ```
    pub fn of<'a>(row: usize, cells: impl IntoIterator<Item = &'a str>) -> ListLine {
        let mut line = ListLine(row, String::new());
        for (column, text) in cells.into_iter().enumerate() {
            line.put(column, text);
        }
        line
    }

    /// The number of the row, counted from 0.
    pub fn row(&self) -> usize {
        self.0
    }

    /// The texts from the first column on; what is not filled is empty.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.1.split(BETWEEN)
    }

    /// Writes a text into a column.
    pub(crate) fn put(&mut self, column: usize, text: &str) {
        let n_before = self.1.matches(BETWEEN).count();
        let is_next = column > n_before || (column == n_before && (self.1.is_empty() || self.1.ends_with(BETWEEN)));
        let text = text.trim().chars().map(|it| if it == BETWEEN { ' ' } else { it });
        if is_next {
            self.1.extend(std::iter::repeat_n(BETWEEN, column - n_before));
            self.1.extend(text);
            return;
        }
        // A program that writes its cells in another order.
        let mut cells: Vec<String> = self.cells().map(str::to_owned).collect();
        if let Some(cell) = cells.get_mut(column) {
            *cell = text.collect();
        }
        self.1 = cells.join("\t");
    }

    /// Nothing in any of its cells.
    pub fn is_blank(&self) -> bool {
        self.1.chars().all(|it| it == BETWEEN)
    }
}
