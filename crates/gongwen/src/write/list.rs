//! Long lists as a spreadsheet: written line by line in the memory of one line, however many there are.
//!
//! What a table ready to print needs (merged cells, spans) is in [`super::xlsx`].

use std::io::Write;

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::WriteError;
use super::xlsx::{clipped, error, n_lines};
use crate::table::{Align, Value};

const FONT: &str = "宋体";
const A4: u8 = 9;
/// Lines of one sheet; a spreadsheet holds 1,048,576.
const SHEET_LINES: u32 = 1_000_000;

/// A column: its name, its width in Chinese characters, how its cells stand.
pub type Column = (&'static str, f64, Align);

/// A list that is being written. A sheet that is full goes on in the next.
pub struct List {
    book: Workbook,
    name: String,
    title: String,
    note: String,
    columns: Vec<Column>,
    formats: Vec<Format>,
    n_sheets: usize,
    /// The next row of the sheet.
    row: u32,
}

impl List {
    /// Begins a list: a title over its whole width, a note below it, the head, which is repeated on every printed page.
    ///
    /// # Errors
    /// When the temporary file of the sheet cannot be made.
    pub fn begin(name: &str, title: &str, note: &str, columns: &[Column]) -> Result<List, WriteError> {
        let format = |align: Align| {
            let format = Format::new().set_font_name(FONT).set_font_size(11).set_border(FormatBorder::Thin);
            format.set_text_wrap().set_align(FormatAlign::VerticalCenter).set_align(match align {
                Align::Left => FormatAlign::Left,
                Align::Center => FormatAlign::Center,
                Align::Right => FormatAlign::Right,
            })
        };
        let mut list = List {
            book: Workbook::new(),
            name: name.to_owned(),
            title: title.to_owned(),
            note: note.to_owned(),
            columns: columns.to_vec(),
            formats: columns.iter().map(|it| format(it.2)).collect(),
            n_sheets: 0,
            row: 0,
        };
        list.begin_sheet().map_err(error)?;
        Ok(list)
    }

    fn begin_sheet(&mut self) -> Result<(), XlsxError> {
        self.n_sheets += 1;
        let page = self.book.add_worksheet_with_constant_memory()?;
        let number = if self.n_sheets == 1 { String::new() } else { self.n_sheets.to_string() };
        page.set_name(format!("{}{number}", self.name))?;
        page.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0);
        page.set_footer("&C第 &P 页，共 &N 页");
        page.set_repeat_rows(2, 2)?;
        page.set_freeze_panes(3, 0)?;
        let last = u16::try_from(self.columns.len()).unwrap_or(u16::MAX).saturating_sub(1);
        for (at, (_, width, _)) in (0..).zip(&self.columns) {
            page.set_column_width(at, (width * 2.0 + 1.0).clamp(4.0, 120.0))?;
        }
        let heading = Format::new().set_font_name(FONT).set_font_size(18).set_bold().set_align(FormatAlign::Center);
        let plain = Format::new().set_font_name(FONT).set_font_size(11);
        page.set_row_height(0, 36)?;
        across(page, 0, last, &self.title, &heading.set_align(FormatAlign::VerticalCenter))?;
        across(page, 1, last, &self.note, &plain)?;
        let head = Format::new().set_font_name(FONT).set_font_size(11).set_border(FormatBorder::Thin).set_bold();
        let head = head.set_text_wrap().set_align(FormatAlign::Center).set_background_color("E8EDF3");
        for (at, (name, _, _)) in (0..).zip(&self.columns) {
            page.write_string_with_format(2, at, *name, &head)?;
        }
        page.autofilter(2, 0, 2, last)?;
        self.row = 3;
        Ok(())
    }

    /// Appends a line; a cell for each column.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn push(&mut self, cells: &[Value]) -> Result<(), WriteError> {
        if self.row >= SHEET_LINES {
            self.begin_sheet().map_err(error)?;
        }
        self.put(cells).map_err(error)
    }

    fn put(&mut self, cells: &[Value]) -> Result<(), XlsxError> {
        let page = self.book.worksheet_from_index(self.n_sheets - 1)?;
        let widths = self.columns.iter().map(|it| it.1);
        let lines = cells.iter().zip(widths).map(|(cell, width)| match cell {
            Value::Text(text) => n_lines(text, width),
            Value::Number(_) => 1.0,
        });
        let height = lines.fold(1.0, f64::max);
        page.set_row_height(self.row, (height * 15.0 + 5.0).clamp(20.0, 400.0))?;
        for ((at, cell), format) in (0..).zip(cells).zip(&self.formats) {
            match cell {
                Value::Number(number) => page.write_number_with_format(self.row, at, *number, format)?,
                Value::Text(text) if text.is_empty() => page.write_blank(self.row, at, format)?,
                Value::Text(text) => page.write_string_with_format(self.row, at, clipped(text), format)?,
            };
        }
        self.row += 1;
        Ok(())
    }

    /// Writes the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, to: impl Write + Send) -> Result<(), WriteError> {
        // The writer seeks nowhere: a file, or the memory of a test.
        self.book.save_to_writer(to).map_err(error)
    }
}

fn across(page: &mut Worksheet, row: u32, last: u16, text: &str, format: &Format) -> Result<(), XlsxError> {
    if last > 0 {
        page.merge_range(row, 0, row, last, text, format)?;
    } else {
        page.write_string_with_format(row, 0, text, format)?;
    }
    Ok(())
}
