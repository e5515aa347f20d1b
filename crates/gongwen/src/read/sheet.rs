//! Spreadsheets: every visible sheet becomes a table.

use super::builder::{Builder, DraftCell};
use super::error::ReadError;
use super::limits::Limits;
use crate::source::{Format, Source};
use calamine::{Data, DataRef, Dimensions, Ods, OdsError, Reader, SheetVisible, Xls, XlsError, Xlsx, XlsxError};
use std::collections::{BTreeMap, HashMap};
use std::io::Cursor;

/// The filled cells of a sheet and its merged areas.
struct Sheet {
    cells: Vec<(u32, u32, String)>,
    merged: Vec<Dimensions>,
}

/// Reads an `.xlsx` workbook cell by cell, so that a sparse sheet does not unfold into a dense one.
pub(crate) fn read_xlsx(bytes: &[u8], limits: &Limits) -> Result<Source, ReadError> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => ReadError::Encrypted,
        _ => ReadError::damaged("表格文件读不出"),
    })?;
    let damaged = |_| ReadError::damaged("工作表读不出");
    let sheets = book.sheets_metadata().to_vec();
    put_sheets(&sheets, limits, |name| {
        let merged = book.merge_cells_by_sheet_name(name).unwrap_or_default();
        let mut cells = Vec::new();
        let mut reader = book.worksheet_cells_reader(name).map_err(damaged)?;
        while let Some(cell) = reader.next_cell().map_err(damaged)? {
            let text = match cell.get_value() {
                DataRef::Empty => continue,
                DataRef::SharedString(text) => (*text).to_owned(),
                value => written(&value.clone().into()),
            };
            let (row, column) = cell.get_position();
            push_cell(&mut cells, row, column, text, limits)?;
        }
        Ok(Sheet { cells, merged })
    })
}

/// Reads an `.xls` workbook.
pub(crate) fn read_xls(bytes: &[u8], limits: &Limits) -> Result<Source, ReadError> {
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsError::Password => ReadError::Encrypted,
        _ => ReadError::damaged("表格文件读不出"),
    })?;
    let sheets = book.sheets_metadata().to_vec();
    put_sheets(&sheets, limits, |name| {
        let merged = book.merge_cells_by_sheet_name(name).unwrap_or_default();
        let range = book.worksheet_range(name).map_err(|_| ReadError::damaged("工作表读不出"))?;
        Ok(Sheet { cells: dense_cells(&range, limits)?, merged })
    })
}

/// Reads an `.ods` workbook.
pub(crate) fn read_ods(bytes: &[u8], limits: &Limits) -> Result<Source, ReadError> {
    let mut book: Ods<_> = Ods::new(Cursor::new(bytes)).map_err(|error| match error {
        OdsError::Password => ReadError::Encrypted,
        _ => ReadError::damaged("表格文件读不出"),
    })?;
    let sheets = book.sheets_metadata().to_vec();
    put_sheets(&sheets, limits, |name| {
        let range = book.worksheet_range(name).map_err(|_| ReadError::damaged("工作表读不出"))?;
        Ok(Sheet { cells: dense_cells(&range, limits)?, merged: Vec::new() })
    })
}

fn dense_cells(range: &calamine::Range<Data>, limits: &Limits) -> Result<Vec<(u32, u32, String)>, ReadError> {
    let (first_row, first_column) = range.start().unwrap_or_default();
    let mut cells = Vec::new();
    for (row, column, value) in range.used_cells() {
        let (Ok(row), Ok(column)) = (u32::try_from(row), u32::try_from(column)) else { continue };
        push_cell(&mut cells, first_row + row, first_column + column, written(value), limits)?;
    }
    Ok(cells)
}

fn push_cell(
    cells: &mut Vec<(u32, u32, String)>,
    row: u32,
    column: u32,
    text: String,
    limits: &Limits,
) -> Result<(), ReadError> {
    if text.trim().is_empty() {
        return Ok(());
    }
    if cells.len() >= limits.cells {
        return Err(ReadError::complex("表格单元格过多"));
    }
    cells.push((row, column, text));
    Ok(())
}

fn put_sheets(
    sheets: &[calamine::Sheet],
    limits: &Limits,
    mut load: impl FnMut(&str) -> Result<Sheet, ReadError>,
) -> Result<Source, ReadError> {
    let mut builder = Builder::new(limits);
    let is_shown = |it: &calamine::Sheet| it.visible == SheetVisible::Visible;
    let n_shown = sheets.iter().filter(|it| is_shown(it)).count();
    for sheet in sheets {
        if !is_shown(sheet) {
            builder.note(format!("隐藏的工作表“{}”没有读入。", sheet.name));
            continue;
        }
        let content = load(&sheet.name)?;
        if n_shown > 1 && !content.cells.is_empty() && !is_default_name(&sheet.name) {
            builder.heading(2, &sheet.name)?;
        }
        put_sheet(content, limits, &mut builder)?;
    }
    builder.finish(Format::Xlsx)
}

fn is_default_name(name: &str) -> bool {
    let rest = name.to_ascii_lowercase();
    ["sheet", "工作表"]
        .iter()
        .any(|it| rest.strip_prefix(it).is_some_and(|it| it.chars().all(|it| it.is_ascii_digit())))
}

/// Puts one sheet: a single column is plain paragraphs, anything wider a table whose columns line up.
fn put_sheet(sheet: Sheet, limits: &Limits, builder: &mut Builder) -> Result<(), ReadError> {
    let Some(left) = sheet.cells.iter().map(|it| it.1).min() else { return Ok(()) };
    let right = sheet.cells.iter().map(|it| it.1).max().unwrap_or(left);
    let mut rows: BTreeMap<u32, BTreeMap<u32, String>> = BTreeMap::new();
    for (row, column, text) in sheet.cells {
        rows.entry(row).or_default().insert(column, text);
    }
    if left == right {
        return rows.into_values().flat_map(BTreeMap::into_values).try_for_each(|it| builder.paragraph(&it));
    }
    let n_columns = usize::try_from(right - left + 1).unwrap_or(usize::MAX);
    // In a very sparse sheet only the filled cells stand.
    let is_filled_up = rows.len().saturating_mul(n_columns) <= limits.cells;
    let merged: HashMap<(u32, u32), Dimensions> = sheet.merged.iter().map(|it| (it.start, *it)).collect();
    let mut drafts = Vec::with_capacity(rows.len());
    // Column → the last row that a merged cell above covers.
    let mut covered: BTreeMap<u32, u32> = BTreeMap::new();
    for (row, mut cells) in rows {
        let mut draft = Vec::new();
        let mut column = left;
        while column <= right {
            if covered.get(&column).is_some_and(|it| *it >= row) {
                column += 1;
                continue;
            }
            let text = cells.remove(&column);
            let area = merged.get(&(row, column));
            let last = area.map_or(column, |it| it.end.1.clamp(column, right));
            if let Some(area) = area.filter(|it| it.end.0 > row) {
                covered.extend((column..=last).map(|it| (it, area.end.0)));
            }
            if is_filled_up || text.is_some() {
                draft.push(DraftCell {
                    text: text.unwrap_or_default(),
                    column: usize::try_from(column - left).unwrap_or(0),
                    column_span: usize::try_from(last - column + 1).unwrap_or(1),
                    row_span: area.map_or(1, |it| usize::try_from(it.end.0.saturating_sub(row) + 1).unwrap_or(1)),
                });
            }
            column = last + 1;
        }
        drafts.push(draft);
    }
    builder.table(drafts)
}

/// A value as a person would read it in the cell.
pub(super) fn written(value: &Data) -> String {
    match value {
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::String(text) => text.clone(),
        Data::Bool(is_true) => if *is_true { "是" } else { "否" }.to_owned(),
        Data::DateTime(instant) if instant.is_datetime() => {
            let (year, month, day, hour, minute, ..) = instant.to_ymd_hms_milli();
            if instant.as_f64() < 1.0 {
                format!("{hour:02}:{minute:02}")
            } else if instant.as_f64().fract() == 0.0 {
                format!("{year}年{month}月{day}日")
            } else {
                format!("{year}年{month}月{day}日{hour:02}:{minute:02}")
            }
        }
        Data::DateTime(duration) => duration.as_f64().to_string(),
        Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Error(_) | Data::Empty => String::new(),
    }
}
