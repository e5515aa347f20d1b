//! Spreadsheets: one styled table a sheet, ready to print on A4.
//!
//! Text is written as text, whatever it begins with: a formula can never come in through a title.

use super::WriteError;
use crate::table::{Align, Table, Value};
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};
use std::collections::HashSet;

const A4: u8 = 9;
const FONT: &str = "宋体";

/// One sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The name on the tab; made valid and unique when written.
    pub name: String,
    /// A line above the table, over its whole width.
    pub title: Option<String>,
    /// Lines between title and table (填报单位, 联系人).
    pub notes: Vec<String>,
    /// The table.
    pub table: Table,
    /// Wider than high.
    pub is_landscape: bool,
}

/// Writes a workbook.
///
/// # Errors
/// [`WriteError`] when a sheet is beyond what a spreadsheet can hold.
pub fn write(sheets: &[Sheet]) -> Result<Vec<u8>, WriteError> {
    let mut book = Workbook::new();
    let mut names = HashSet::new();
    for sheet in sheets {
        let page = book.add_worksheet();
        page.set_name(valid_name(&sheet.name, &mut names)).map_err(error)?;
        put(page, sheet).map_err(error)?;
    }
    if sheets.is_empty() {
        book.add_worksheet();
    }
    book.save_to_buffer().map_err(error)
}

pub(super) fn error(error: XlsxError) -> WriteError {
    WriteError(error.to_string())
}

/// At most 31 characters, none of those that mean something in a reference, and no name twice.
pub(super) fn valid_name(name: &str, names: &mut HashSet<String>) -> String {
    let clean: String = name.chars().filter(|it| !it.is_control() && !"[]:*?/\\'".contains(*it)).take(28).collect();
    let clean = if clean.trim().is_empty() { "表".to_owned() } else { clean.trim().to_owned() };
    let mut unique = clean.clone();
    let mut n = 2;
    while !names.insert(unique.to_lowercase()) {
        unique = format!("{}{n}", clean.chars().take(26).collect::<String>());
        n += 1;
    }
    unique
}

fn put(page: &mut Worksheet, sheet: &Sheet) -> Result<(), XlsxError> {
    let n_columns = columns_of_first_page(sheet);
    let mut top = 0u32;
    if let Some(title) = &sheet.title {
        let format = Format::new().set_font_name(FONT).set_font_size(18).set_bold();
        let format = format.set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter).set_text_wrap();
        across(page, top, n_columns, title, &format)?;
        page.set_row_height(top, 36)?;
        top += 1;
    }
    for note in &sheet.notes {
        let format = Format::new().set_font_name(FONT).set_font_size(11).set_text_wrap();
        across(page, top, n_columns, note, &format)?;
        top += 1;
    }
    for (n, column) in sheet.table.columns.iter().enumerate() {
        // A Chinese character takes two of the widths that a spreadsheet counts.
        page.set_column_width(u16::try_from(n).unwrap_or(u16::MAX), (column.width * 2.0 + 1.0).clamp(4.0, 120.0))?;
    }
    let n_head = sheet.table.head.len();
    let mut heights = vec![1.0f64; n_head + sheet.table.rows.len()];
    for placed in sheet.table.placed() {
        let is_head = placed.row < n_head;
        let column = sheet.table.columns.get(placed.column);
        let align = placed.cell.align.or(column.map(|it| it.align)).unwrap_or_default();
        let format = cell_format(align, is_head);
        let row = top + u32::try_from(placed.row).unwrap_or(u32::MAX);
        let left = u16::try_from(placed.column).unwrap_or(u16::MAX);
        if placed.column_span > 1 || placed.row_span > 1 {
            let last_row = row + u32::try_from(placed.row_span - 1).unwrap_or(0);
            let last_column = left + u16::try_from(placed.column_span - 1).unwrap_or(0);
            page.merge_range(row, left, last_row, last_column, "", &format)?;
        }
        match &placed.cell.value {
            Value::Number(number) => page.write_number_with_format(row, left, *number, &format)?,
            Value::Text(text) if text.is_empty() => page.write_blank(row, left, &format)?,
            Value::Text(text) => page.write_string_with_format(row, left, clipped(text), &format)?,
        };
        let width: f64 =
            sheet.table.columns.iter().skip(placed.column).take(placed.column_span).map(|it| it.width).sum();
        if let Some(height) = heights.get_mut(placed.row).filter(|_| placed.row_span == 1) {
            *height = height.max(n_lines(&placed.cell.words(), width));
        }
    }
    // Merged and wrapped cells get no height of their own in most programs.
    for (n, height) in heights.into_iter().enumerate() {
        let row = top + u32::try_from(n).unwrap_or(u32::MAX);
        page.set_row_height(row, (height * 15.0 + 5.0).clamp(20.0, 400.0))?;
    }
    set_up_print(page, sheet, top, u32::try_from(n_head).unwrap_or(0))
}

fn set_up_print(page: &mut Worksheet, sheet: &Sheet, top: u32, n_head: u32) -> Result<(), XlsxError> {
    let widths: f64 = sheet.table.columns.iter().map(|it| it.width * 2.0 + 1.0).sum();
    let n_across = n_across(widths, sheet.is_landscape);
    page.set_paper_size(A4).set_print_fit_to_pages(n_across, 0).set_print_center_horizontally(true);
    page.set_margins(0.6, 0.5, 0.7, 0.7, 0.3, 0.3);
    page.set_footer("&C第 &P 页，共 &N 页");
    if sheet.is_landscape {
        page.set_landscape();
    }
    if n_across > 1 {
        page.set_repeat_columns(0, 0)?;
    }
    if n_head > 0 {
        page.set_repeat_rows(top, top + n_head - 1)?;
        page.set_freeze_panes(top + n_head, 0)?;
    }
    Ok(())
}

/// Title and notes stand over the columns of the first page; over two pages they would be cut in the middle.
fn columns_of_first_page(sheet: &Sheet) -> u16 {
    let widths: Vec<f64> = sheet.table.columns.iter().map(|it| it.width * 2.0 + 1.0).collect();
    let whole: f64 = widths.iter().sum();
    let room = whole / f64::from(n_across(whole, sheet.is_landscape)) + 0.5;
    let mut used = 0.0;
    let fitting = widths.iter().take_while(|width| {
        used += **width;
        used <= room
    });
    u16::try_from(fitting.count()).unwrap_or(u16::MAX).max(1)
}

/// How many pages side by side a sheet of this width needs to stay readable; `widths` in those that a spreadsheet counts.
pub(super) fn n_across(widths: f64, is_landscape: bool) -> u16 {
    // What fits on A4 between our margins at full size, and the smallest size that is read without a glass: 11 points at seven tenths.
    let (full, smallest) = (if is_landscape { 135.0 } else { 90.0 }, 0.7);
    (1..20).find(|n| f64::from(*n) * full / smallest >= widths).unwrap_or(20)
}

fn across(page: &mut Worksheet, row: u32, n_columns: u16, text: &str, format: &Format) -> Result<(), XlsxError> {
    if n_columns > 1 {
        page.merge_range(row, 0, row, n_columns - 1, "", format)?;
    }
    page.write_string_with_format(row, 0, clipped(text), format)?;
    Ok(())
}

fn cell_format(align: Align, is_head: bool) -> Format {
    let format = Format::new().set_font_name(FONT).set_font_size(11).set_border(FormatBorder::Thin).set_text_wrap();
    let format = format.set_align(FormatAlign::VerticalCenter).set_align(match align {
        Align::Left => FormatAlign::Left,
        Align::Center => FormatAlign::Center,
        Align::Right => FormatAlign::Right,
    });
    if is_head { format.set_bold().set_background_color("E8EDF3") } else { format }
}

/// A cell holds at most 32,767 characters.
pub(super) fn clipped(text: &str) -> String {
    text.chars().filter(|it| !it.is_control() || *it == '\n').take(32_000).collect()
}

pub(super) fn n_lines(text: &str, width: f64) -> f64 {
    text.split('\n')
        .map(|line| {
            (line.chars().map(|it| if it.is_ascii() { 0.5 } else { 1.0 }).sum::<f64>() / width.max(1.0)).ceil().max(1.0)
        })
        .sum()
}
