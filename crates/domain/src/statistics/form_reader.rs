//! Reading a form from a table: which column says what, which cells are to be filled, and what already stands in them.
//!
//! Total: a table in which nothing is recognised gives a form without rows, and the caller says so.

mod head;
mod row;

use std::collections::BTreeMap;

use gongwen::sheet::{Sheet, SheetFile};
use serde::{Deserialize, Serialize};

use super::form::FormDefinition;
use super::grid::Grid;
use super::layout::FormLayout;

pub use head::{HeadField, UNIT_NAMES, head_fields, is_filled_by_hand, read_head, year_of};
pub use row::unit_in_label;

/// A form together with what stands in its cells and head: an empty form has only blanks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FilledForm {
    /// The form itself.
    pub definition: FormDefinition,
    /// What is written in each cell, by the cell's key, as written.
    pub written: BTreeMap<String, String>,
    /// What is written in the head (填报单位 → 城关所).
    pub head: BTreeMap<String, String>,
    /// What is behind the cells that hold more than they show.
    pub marks: BTreeMap<String, Mark>,
}

/// What a cell does not show.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Mark {
    /// The formula behind it, without `=`.
    pub formula: Option<String>,
    /// It shows an error of the spreadsheet.
    pub is_error: bool,
    /// Its row or column is hidden.
    pub is_hidden: bool,
    /// It asks for two figures (办结/调解成功) and holds another number of them: `12` may be either.
    #[serde(default)]
    pub is_unsplit: bool,
    /// The spreadsheet has made a date of two figures: 12月8日 of 12/8.
    #[serde(default)]
    pub is_date: bool,
}

/// A form with the sheet it stands in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReadForm {
    /// The name of the sheet.
    pub sheet: String,
    /// Nobody sees the sheet without looking for it.
    pub is_hidden: bool,
    /// Its places are named `C5`.
    pub has_letters: bool,
    /// What was read; without rows when the sheet holds no form.
    pub form: FilledForm,
}

/// What a column says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Column {
    Number,
    Label,
    Unit,
    Remark,
    Value(String),
    /// A column without a head.
    Nothing,
}

/// Reads the form of a grid; `table` is the number of the table in its file, for the places of the cells.
pub fn read_form(grid: &Grid, table: usize) -> FilledForm {
    read_with(grid, table, &Sheet::default()).0
}

/// Reads every sheet of a file; a sheet that holds no form gives one without rows.
///
/// ```
/// use domain::statistics::form_reader::read_sheets;
/// use gongwen::sheet::{Sheet, SheetCell, SheetFile};
/// use gongwen::source::Format;
/// let texts = [(0, 0, "项目"), (0, 1, "数量"), (1, 0, "宣传视频（个）"), (1, 1, "3")];
/// let cells = texts.map(|(row, column, text)| SheetCell::new(row, column, text)).to_vec();
/// let sheet = Sheet { name: "表1".into(), cells, ..Sheet::default() };
/// let read = read_sheets(&SheetFile { format: Format::Xlsx, sheets: vec![sheet], notes: vec![] });
/// assert_eq!(read[0].form.written["r1"], "3");
/// assert_eq!(read[0].form.definition.layout.as_ref().unwrap().cells.len(), 4);
/// ```
pub fn read_sheets(file: &SheetFile) -> Vec<ReadForm> {
    let one = |(table, sheet): (usize, &Sheet)| {
        let grid = Grid::from_sheet(sheet);
        let (mut form, bounds) = read_with(&grid, table, sheet);
        if !form.definition.rows.is_empty() {
            form.definition.layout = Some(FormLayout::of_grid(&grid, sheet, bounds, &form));
        }
        ReadForm { sheet: sheet.name.clone(), is_hidden: sheet.is_hidden, has_letters: sheet.has_letters, form }
    };
    file.sheets.iter().enumerate().map(one).collect()
}

/// The rows of a table: its first, one past its head, one past its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bounds {
    /// The first row.
    pub from: usize,
    /// One past the last row of its head.
    pub head_until: usize,
    /// One past its last row.
    pub until: usize,
}

fn read_with(grid: &Grid, table: usize, sheet: &Sheet) -> (FilledForm, Bounds) {
    let Some((first, until)) = head::header(grid) else { return (FilledForm::default(), Bounds::default()) };
    let mut form = FilledForm::default();
    let mut default_unit = None;
    for line in own_lines(&sheet.before) {
        head::read_line(line, &mut form, &mut default_unit);
    }
    for row in 0..first {
        for text in grid.row_texts(row) {
            head::read_line(text, &mut form, &mut default_unit);
        }
    }
    form.definition.year = year_of(&form.definition.title);
    let mut bounds = Bounds { from: first, head_until: until, until };
    let blocks = head::blocks(grid, (first, until));
    if let Some(columns) = blocks.first() {
        form.definition.column_heads = head::column_heads(grid, (first, until), columns);
    }
    for columns in blocks {
        let mut reader =
            row::Rows { grid, table, columns: &columns, default_unit: default_unit.as_deref(), form: &mut form };
        for row in until..grid.rows.len() {
            if reader.read(row) {
                bounds.until = bounds.until.max(row + 1);
            }
        }
    }
    for line in &sheet.after {
        // Below the table stands who signs; a title there is another paper's.
        for field in head_fields(line) {
            if !form.definition.head.contains(&field.name) {
                form.definition.head.push(field.name.clone());
            }
            if !field.value.is_empty() {
                form.head.insert(field.name, field.value);
            }
        }
    }
    if form.definition.title.is_empty() && !form.definition.rows.is_empty() {
        form.definition.title = "统计表".to_owned();
    }
    (form, bounds)
}

/// Of the text before a table what belongs to it: its annex word, title and head lines, not the notice above.
pub(super) fn own_lines(before: &[String]) -> &[String] {
    let is_own = |line: &&String| {
        let n = line.chars().count();
        !head_fields(line).is_empty() || (n <= 45 && !line.ends_with(['。', '；', '：', ':']))
    };
    let n = before.iter().rev().take(6).take_while(is_own).count();
    let own = before.get(before.len() - n..).unwrap_or_default();
    // The annex word begins the paper of the form.
    let from = own.iter().rposition(|it| it.starts_with("附件") || it.starts_with("附表")).unwrap_or(0);
    own.get(from..).unwrap_or_default()
}

#[cfg(test)]
mod tests;
