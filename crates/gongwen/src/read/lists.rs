//! Long lists: spreadsheets and CSV read row by row, nothing kept but the texts.

use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx, XlsxError};

use super::archive::Archive;
use super::encoding;
use super::error::ReadError;
use super::limits::Limits;
use super::sheets::shown;
use crate::list::{ListFile, ListLine, ListSheet};
use crate::sheet::SheetFile;
use crate::source::Format;

/// No list is wider; what stands behind is left out.
const MOST_COLUMNS: usize = 200;
/// From here on a spreadsheet no longer keeps the last digits of a number.
const INEXACT: f64 = 1e15;

/// The lines on their way, with the room that is left.
struct Lines {
    sheet: ListSheet,
    n_cells: usize,
    n_bytes: usize,
}

impl Lines {
    fn put(&mut self, row: usize, column: usize, text: &str) -> Result<(), ReadError> {
        if text.trim().is_empty() || column >= MOST_COLUMNS {
            return Ok(());
        }
        let room =
            |left: usize, used: usize| left.checked_sub(used).ok_or_else(|| ReadError::complex("表格行数或列数过多"));
        self.n_cells = room(self.n_cells, 1)?;
        self.n_bytes = room(self.n_bytes, text.len())?;
        match self.sheet.lines.last_mut() {
            Some(line) if line.row() == row => line.put(column, text),
            _ => {
                let mut line = ListLine::of(row, []);
                line.put(column, text);
                self.sheet.lines.push(line);
            }
        }
        Ok(())
    }

    /// Ends a sheet and begins the next.
    fn end(&mut self, name: &str, file: &mut ListFile) {
        let sheet = std::mem::take(&mut self.sheet);
        if sheet.lines.iter().any(|it| !it.is_blank()) {
            file.sheets.push(ListSheet { name: name.to_owned(), ..sheet });
        }
    }
}

fn begin(format: Format, limits: &Limits) -> (Lines, ListFile) {
    let lines = Lines { sheet: ListSheet::default(), n_cells: limits.cells, n_bytes: limits.text_bytes };
    (lines, ListFile { format, sheets: Vec::new() })
}

fn finish(file: ListFile) -> Result<ListFile, ReadError> {
    if file.sheets.is_empty() { Err(ReadError::Empty) } else { Ok(file) }
}

/// Reads an `.xlsx` workbook as it is unpacked.
pub(super) fn read_xlsx(bytes: &[u8], limits: &Limits) -> Result<ListFile, ReadError> {
    Archive::open(bytes, limits)?.check_sizes()?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => ReadError::Encrypted,
        _ => ReadError::damaged("表格文件读不出"),
    })?;
    let damaged = |_| ReadError::damaged("工作表读不出");
    let (mut lines, mut file) = begin(Format::Xlsx, limits);
    for sheet in book.sheets_metadata().to_vec() {
        let mut reader = match book.worksheet_cells_reader(&sheet.name) {
            Ok(reader) => reader,
            // A sheet of a chart holds no cells.
            Err(_) if sheet.typ != calamine::SheetType::WorkSheet => continue,
            Err(error) => return Err(damaged(error)),
        };
        while let Some(found) = reader.next_cell().map_err(damaged)? {
            let (row, column) = found.get_position();
            let at = (usize::try_from(row).unwrap_or(usize::MAX), usize::try_from(column).unwrap_or(usize::MAX));
            match found.get_value() {
                DataRef::SharedString(text) => lines.put(at.0, at.1, text)?,
                DataRef::String(text) => lines.put(at.0, at.1, text)?,
                // The way a CSV of the same sheet shows it: whoever reads it sees that digits are lost.
                DataRef::Float(number) if number.abs() >= INEXACT => lines.put(at.0, at.1, &format!("{number:E}"))?,
                value => lines.put(at.0, at.1, &shown(&value.clone().into()))?,
            }
        }
        lines.end(&sheet.name, &mut file);
    }
    finish(file)
}

/// Reads comma-separated values; also semicolons and tabs, as other programs save them.
pub(super) fn read_csv(bytes: &[u8], limits: &Limits) -> Result<ListFile, ReadError> {
    let decoded = encoding::decode(bytes)?;
    let text = decoded.text.trim_start_matches('\u{feff}');
    let delimiter = super::sheets::delimiter_of(text);
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let (mut lines, mut file) = begin(Format::Text, limits);
    let mut record = csv::StringRecord::new();
    let (mut row, mut counted) = (0, 0);
    while reader.read_record(&mut record).map_err(|_| ReadError::damaged("CSV 的引号或分隔符不成对"))? {
        // The line a person finds it at, also after blank lines and texts of several lines.
        let start = record.position().and_then(|it| usize::try_from(it.byte()).ok()).unwrap_or(counted);
        let before = text.get(counted..).unwrap_or_default();
        let blank = before.get(start.saturating_sub(counted)..).unwrap_or_default();
        let n_blank = blank.len() - blank.trim_start_matches(['\r', '\n']).len();
        let passed = before.get(..start.saturating_sub(counted) + n_blank).unwrap_or_default();
        row += passed.bytes().filter(|it| *it == b'\n').count();
        counted += passed.len();
        for (column, text) in record.iter().enumerate() {
            lines.put(row, column, &super::sheets::unguarded(text))?;
        }
    }
    lines.end("CSV", &mut file);
    finish(file)
}

/// What was read cell by cell, as lists: for the formats that are never long.
pub(super) fn of_sheets(sheets: SheetFile, limits: &Limits) -> Result<ListFile, ReadError> {
    let (mut lines, mut file) = begin(sheets.format, limits);
    for sheet in sheets.sheets {
        for cell in &sheet.cells {
            lines.put(cell.row, cell.column, &cell.text)?;
        }
        lines.end(&sheet.name, &mut file);
    }
    finish(file)
}
