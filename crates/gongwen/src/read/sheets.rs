//! A filled form as sheets of cells: spreadsheets with formulas and hidden rows, the tables of a text document, CSV.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, DataRef, Dimensions, Ods, OdsError, Reader, SheetVisible, Xls, XlsError, Xlsx, XlsxError};

use super::archive::Archive;
use super::encoding;
use super::error::ReadError;
use super::limits::Limits;
use super::sheet::written;
use super::sheet_marks::{Marks, marks_of};
use crate::sheet::{Sheet, SheetCell, SheetFile};
use crate::source::{Format, Source};

/// Reads an `.xlsx` workbook.
pub(super) fn read_xlsx(bytes: &[u8], limits: &Limits) -> Result<SheetFile, ReadError> {
    let mut archive = Archive::open(bytes, limits)?;
    archive.check_sizes()?;
    let mut marks = marks_of(&mut archive, limits);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => ReadError::Encrypted,
        _ => ReadError::damaged("表格文件读不出"),
    })?;
    let damaged = |_| ReadError::damaged("工作表读不出");
    let mut file = SheetFile { format: Format::Xlsx, sheets: Vec::new(), notes: Vec::new() };
    let mut room = limits.cells;
    for sheet in book.sheets_metadata().to_vec() {
        let merged = book.merge_cells_by_sheet_name(&sheet.name).unwrap_or_default();
        let mut cells = Cells::new(marks.remove(&sheet.name).unwrap_or_default());
        let mut reader = match book.worksheet_cells_reader(&sheet.name) {
            Ok(reader) => reader,
            // A sheet of a chart holds no cells.
            Err(_) if sheet.typ != calamine::SheetType::WorkSheet => continue,
            Err(error) => return Err(damaged(error)),
        };
        while let Some(found) = reader.next_cell_with_formula().map_err(damaged)? {
            let text = match &found.value {
                DataRef::SharedString(text) => (*text).to_owned(),
                value => shown(&value.clone().into()),
            };
            let is_error = matches!(found.value, DataRef::Error(_));
            let formula = found.formula.as_deref().map(str::to_owned);
            cells.put(found.pos, text, formula, is_error, &mut room)?;
        }
        file.push(cells.finish(&sheet, &merged));
    }
    file.finish()
}

/// Reads an `.xls` workbook.
pub(super) fn read_xls(bytes: &[u8], limits: &Limits) -> Result<SheetFile, ReadError> {
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsError::Password => ReadError::Encrypted,
        _ => ReadError::damaged("表格文件读不出"),
    })?;
    let sheets = book.sheets_metadata().to_vec();
    read_dense(&sheets, limits, |name| {
        let merged = book.merge_cells_by_sheet_name(name).unwrap_or_default();
        let range = book.worksheet_range(name).map_err(|_| ReadError::damaged("工作表读不出"))?;
        Ok((range, book.worksheet_formula(name).unwrap_or_default(), merged))
    })
}

/// Reads an `.ods` workbook.
pub(super) fn read_ods(bytes: &[u8], limits: &Limits) -> Result<SheetFile, ReadError> {
    Archive::open(bytes, limits)?.check_sizes()?;
    let mut book: Ods<_> = Ods::new(Cursor::new(bytes)).map_err(|error| match error {
        OdsError::Password => ReadError::Encrypted,
        _ => ReadError::damaged("表格文件读不出"),
    })?;
    let sheets = book.sheets_metadata().to_vec();
    read_dense(&sheets, limits, |name| {
        let range = book.worksheet_range(name).map_err(|_| ReadError::damaged("工作表读不出"))?;
        Ok((range, book.worksheet_formula(name).unwrap_or_default(), Vec::new()))
    })
}

/// The values, formulas and merged areas of a sheet.
type Dense = (calamine::Range<Data>, calamine::Range<String>, Vec<Dimensions>);

fn read_dense(
    sheets: &[calamine::Sheet],
    limits: &Limits,
    mut load: impl FnMut(&str) -> Result<Dense, ReadError>,
) -> Result<SheetFile, ReadError> {
    let mut file = SheetFile { format: Format::Xlsx, sheets: Vec::new(), notes: Vec::new() };
    let mut room = limits.cells;
    for sheet in sheets {
        let (range, formulas, merged) = load(&sheet.name)?;
        let start = range.start().unwrap_or_default();
        let mut cells = Cells::new(Marks::default());
        for (row, column, value) in range.used_cells() {
            let (Ok(row), Ok(column)) = (u32::try_from(row), u32::try_from(column)) else { continue };
            let at = (start.0 + row, start.1 + column);
            let formula = formulas.get_value(at).filter(|it| !it.is_empty()).cloned();
            cells.put(at, shown(value), formula, matches!(value, Data::Error(_)), &mut room)?;
        }
        file.push(cells.finish(sheet, &merged));
    }
    file.finish()
}

/// A value as a person reads it; an error of the spreadsheet by its sign.
pub(super) fn shown(value: &Data) -> String {
    match value {
        Data::Error(error) => error.to_string(),
        value => written(value),
    }
}

/// The cells of one sheet on their way.
struct Cells {
    cells: BTreeMap<(u32, u32), SheetCell>,
    marks: Marks,
}

impl Cells {
    fn new(marks: Marks) -> Cells {
        Cells { cells: BTreeMap::new(), marks }
    }

    fn put(
        &mut self,
        at: (u32, u32),
        text: String,
        formula: Option<String>,
        is_error: bool,
        room: &mut usize,
    ) -> Result<(), ReadError> {
        // A formula without a stored result is a cell that somebody filled.
        if text.trim().is_empty() && formula.is_none() {
            return Ok(());
        }
        *room = room.checked_sub(1).ok_or_else(|| ReadError::complex("表格单元格过多"))?;
        let is_hidden = self.marks.is_hidden(at.0, at.1);
        let cell = SheetCell { formula, is_error, is_hidden, ..SheetCell::new(number(at.0), number(at.1), text) };
        self.cells.insert(at, cell);
        Ok(())
    }

    fn finish(mut self, sheet: &calamine::Sheet, merged: &[Dimensions]) -> Sheet {
        for area in merged.iter().take(20_000) {
            let at = area.start;
            let blank = || SheetCell::new(number(at.0), number(at.1), "");
            let cell = self.cells.entry(at).or_insert_with(blank);
            cell.row_span = number(area.end.0.saturating_sub(at.0)) + 1;
            cell.column_span = number(area.end.1.saturating_sub(at.1)) + 1;
        }
        Sheet {
            name: sheet.name.clone(),
            is_hidden: sheet.visible != SheetVisible::Visible,
            has_letters: true,
            is_landscape: self.marks.is_landscape,
            widths: self.marks.widths(),
            cells: self.cells.into_values().collect(),
            before: Vec::new(),
            after: Vec::new(),
        }
    }
}

fn number(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

impl SheetFile {
    fn push(&mut self, sheet: Sheet) {
        if sheet.cells.iter().any(|it| !it.text.is_empty() || it.formula.is_some()) {
            self.sheets.push(sheet);
        }
    }

    fn finish(self) -> Result<SheetFile, ReadError> {
        if self.sheets.is_empty() { Err(ReadError::Empty) } else { Ok(self) }
    }
}

/// The tables of a document that was read as text; without tables its lines, cell by cell, are one.
pub(super) fn of_source(source: Source) -> Result<SheetFile, ReadError> {
    let characters: Vec<char> = source.text.chars().collect();
    let lines = |from: usize, to: usize| -> Vec<String> {
        let text: String = characters.get(from..to).unwrap_or_default().iter().collect();
        text.lines().map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()
    };
    let mut file = SheetFile { format: source.format, sheets: Vec::new(), notes: source.notes };
    let mut from = 0;
    for (n, table) in source.tables.iter().enumerate() {
        let mut sheet = Sheet { name: format!("表{}", n + 1), widths: table.widths.clone(), ..Sheet::default() };
        sheet.before = lines(from, table.start);
        from = table.end;
        for (row, cells) in table.rows.iter().enumerate() {
            sheet.cells.extend(cells.iter().map(|it| SheetCell {
                row_span: it.row_span.max(1),
                column_span: it.column_span.max(1),
                ..SheetCell::new(row, it.column, it.text.clone())
            }));
        }
        file.push(sheet);
    }
    let rest = lines(from, characters.len());
    match file.sheets.last_mut() {
        Some(sheet) => sheet.after = rest,
        None => file.push(of_lines(&rest)),
    }
    file.finish()
}

/// A table typed as text: `序号 | 项目 | 数量`, or with tabs.
fn of_lines(lines: &[String]) -> Sheet {
    let separator = if lines.iter().any(|it| it.contains('|')) { '|' } else { '\t' };
    let rows = lines.iter().map(|line| line.split(separator).map(|it| it.trim().to_owned()).collect());
    of_rows("表1", rows, false)
}

fn of_rows(name: &str, rows: impl Iterator<Item = Vec<String>>, has_letters: bool) -> Sheet {
    let mut sheet = Sheet { name: name.to_owned(), has_letters, ..Sheet::default() };
    for (row, cells) in rows.enumerate() {
        let filled = cells.into_iter().enumerate().filter(|(_, text)| !text.trim().is_empty());
        sheet.cells.extend(filled.map(|(column, text)| SheetCell::new(row, column, text.trim())));
    }
    sheet
}

/// Reads comma-separated values; also semicolons and tabs, as other programs save them.
pub(super) fn read_csv(bytes: &[u8], limits: &Limits) -> Result<SheetFile, ReadError> {
    let decoded = encoding::decode(bytes)?;
    let text = decoded.text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new();
    let mut reader =
        reader.has_headers(false).flexible(true).delimiter(delimiter_of(text)).from_reader(text.as_bytes());
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut room = limits.cells;
    for record in reader.records() {
        let record = record.map_err(|_| ReadError::damaged("CSV 的引号或分隔符不成对"))?;
        room = room.checked_sub(record.len().max(1)).ok_or_else(|| ReadError::complex("表格单元格过多"))?;
        // The reader leaves out blank lines, which a spreadsheet shows as rows.
        let start = record.position().and_then(|it| usize::try_from(it.byte()).ok()).unwrap_or(0);
        // It ends a record at the first byte of a line end of two.
        let is_within = text.get(..start).is_some_and(|it| it.ends_with('\r'));
        let before = text.get(start..).unwrap_or_default();
        let before = before.strip_prefix('\n').filter(|_| is_within).unwrap_or(before);
        let blank = before.chars().take_while(|it| matches!(it, '\r' | '\n')).filter(|it| *it == '\n');
        rows.extend(blank.map(|_| Vec::new()));
        rows.push(record.iter().map(unguarded).collect());
    }
    let mut file = SheetFile { format: Format::Text, sheets: Vec::new(), notes: Vec::new() };
    file.push(of_rows("CSV", rows.into_iter(), true));
    file.finish()
}

/// What stands most often between the values of the first lines.
pub(super) fn delimiter_of(text: &str) -> u8 {
    let first: String = text.lines().take(20).collect();
    let most = [b',', b'\t', b';'].into_iter().max_by_key(|it| first.bytes().filter(|byte| byte == it).count());
    most.unwrap_or(b',')
}

/// Without the apostrophe that keeps a text from becoming a formula.
pub(super) fn unguarded(text: &str) -> String {
    let rest =
        text.strip_prefix('\'').filter(|it| it.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']));
    rest.unwrap_or(text).to_owned()
}
