//! Papers leave as a workbook, one sheet each, or as a text document: the layout is that of the paper, cell by cell.

use std::collections::{HashMap, HashSet};

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Note, Workbook, Worksheet, XlsxError};

use super::WriteError;
use super::docx::{self, Block, Section};
use super::xlsx::{clipped, error, n_across, n_lines, valid_name};
use crate::paper::{Content, Paper, PaperCell, Role, Tint};
use crate::table::Align;

const A4: u8 = 9;
const FONT: &str = "宋体";
/// A spreadsheet counts two of its widths for a Chinese character.
const WIDTHS_PER_CHARACTER: f64 = 2.0;

/// Writes a workbook of papers.
///
/// # Errors
/// [`WriteError`] when a sheet is beyond what a spreadsheet can hold, or two cells lie over each other.
pub fn write_xlsx(papers: &[Paper]) -> Result<Vec<u8>, WriteError> {
    let mut book = Workbook::new();
    let mut names = HashSet::new();
    let mut formats = Formats::default();
    for paper in papers {
        let page = book.add_worksheet();
        page.set_name(valid_name(&paper.name, &mut names)).map_err(error)?;
        put(page, paper, &mut formats).map_err(error)?;
    }
    if papers.is_empty() {
        book.add_worksheet();
    }
    book.save_to_buffer().map_err(error)
}

/// The looks in use; made once each, since a large sheet has few looks and many cells.
#[derive(Default)]
struct Formats(HashMap<Look, Format>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Look {
    role: Role,
    align: Align,
    tint: Option<Tint>,
    is_estimate: bool,
}

impl Formats {
    fn of(&mut self, cell: &PaperCell) -> &Format {
        let is_estimate = matches!(cell.content, Content::Number { is_estimate: true, .. });
        let look = Look { role: cell.role, align: cell.align, tint: cell.tint, is_estimate };
        self.0.entry(look).or_insert_with(|| format(look))
    }
}

fn format(look: Look) -> Format {
    let format = Format::new().set_font_name(FONT).set_text_wrap().set_align(FormatAlign::VerticalCenter);
    let format = format.set_align(match look.align {
        Align::Left => FormatAlign::Left,
        Align::Center => FormatAlign::Center,
        Align::Right => FormatAlign::Right,
    });
    let format = match look.role {
        Role::Title => format.set_font_size(18).set_bold(),
        Role::Line => format.set_font_size(11),
        Role::Head => format.set_font_size(11).set_bold().set_border(FormatBorder::Thin).set_background_color("E8EDF3"),
        Role::Body => format.set_font_size(11).set_border(FormatBorder::Thin),
    };
    // A figure that nobody counted exactly stays a figure and says 约.
    let format = if look.is_estimate { format.set_num_format("\"约\"General") } else { format };
    match look.tint {
        Some(Tint::Bad) => format.set_background_color("F8D0CC").set_font_color(Color::RGB(0x8A_1C_12)),
        Some(Tint::Warn) => format.set_background_color("FCEFC7"),
        Some(Tint::Sum) => format.set_background_color("EEF4EC").set_bold(),
        None => format,
    }
}

fn put(page: &mut Worksheet, paper: &Paper, formats: &mut Formats) -> Result<(), XlsxError> {
    let n_columns = paper.n_columns().max(1);
    for column in 0..n_columns {
        let width = (paper.width(column) * WIDTHS_PER_CHARACTER).clamp(2.0, 120.0);
        page.set_column_width(column_number(column), width)?;
    }
    let top = paper.before.len();
    for (row, (role, text)) in paper.before.iter().enumerate() {
        let cell = PaperCell::text(row, 0, text).role(*role);
        across(page, &cell, n_columns, formats)?;
    }
    let n_rows = paper.n_rows();
    let mut heights = vec![1.0_f64; n_rows];
    for cell in &paper.cells {
        put_cell(page, paper, cell, top, formats)?;
        let width: f64 = (cell.column..cell.column + cell.column_span).map(|it| paper.width(it)).sum();
        if let Some(height) = heights.get_mut(cell.row).filter(|_| cell.row_span == 1 && cell.role != Role::Title) {
            *height = height.max(n_lines(&cell.words(), width));
        }
        if cell.role == Role::Title
            && let Some(height) = heights.get_mut(cell.row)
        {
            *height = height.max(2.0);
        }
    }
    // Merged and wrapped cells get no height of their own in most programs.
    for (row, height) in heights.into_iter().enumerate() {
        page.set_row_height(row_number(top + row), (height * 15.0 + 5.0).clamp(20.0, 400.0))?;
    }
    for (n, (align, text)) in paper.after.iter().enumerate() {
        let cell = PaperCell { align: *align, role: Role::Line, ..PaperCell::text(top + n_rows + n, 0, text) };
        across(page, &cell, n_columns, formats)?;
    }
    set_up_print(page, paper, top)
}

fn put_cell(
    page: &mut Worksheet,
    paper: &Paper,
    cell: &PaperCell,
    top: usize,
    formats: &mut Formats,
) -> Result<(), XlsxError> {
    let (row, column) = (row_number(top + cell.row), column_number(cell.column));
    let format = formats.of(cell);
    if cell.row_span > 1 || cell.column_span > 1 {
        let last_row = row_number(top + cell.row + cell.row_span - 1);
        let last_column = column_number(cell.column + cell.column_span - 1);
        page.merge_range(row, column, last_row, last_column, "", format)?;
    }
    match &cell.content {
        Content::Number { value, .. } => page.write_number_with_format(row, column, *value, format)?,
        Content::Text(text) if text.is_empty() => page.write_blank(row, column, format)?,
        Content::Text(text) => page.write_string_with_format(row, column, clipped(text), format)?,
    };
    if let Some(remark) = &cell.remark {
        let n_lines = n_lines(remark, 18.0).clamp(2.0, 12.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 2 and 12 lines")]
        let height = n_lines as u32 * 20 + 10;
        let note = Note::new(clipped(remark)).set_author(&paper.name).add_author_prefix(false);
        page.insert_note(row, column, &note.set_width(260).set_height(height))?;
    }
    Ok(())
}

/// A line over the whole width.
fn across(page: &mut Worksheet, cell: &PaperCell, n_columns: usize, formats: &mut Formats) -> Result<(), XlsxError> {
    let format = formats.of(cell);
    let row = row_number(cell.row);
    if n_columns > 1 {
        page.merge_range(row, 0, row, column_number(n_columns - 1), "", format)?;
    }
    page.write_string_with_format(row, 0, clipped(&cell.words()), format)?;
    page.set_row_height(row, if cell.role == Role::Title { 36 } else { 20 })?;
    Ok(())
}

fn set_up_print(page: &mut Worksheet, paper: &Paper, top: usize) -> Result<(), XlsxError> {
    let widths: f64 = (0..paper.n_columns()).map(|it| paper.width(it) * WIDTHS_PER_CHARACTER).sum();
    // A form keeps its one page; a long table of units goes on beside itself, its first columns on each page.
    let n_across = if paper.n_kept_columns > 0 { n_across(widths, paper.is_landscape) } else { 1 };
    page.set_paper_size(A4).set_print_fit_to_pages(n_across, 0).set_print_center_horizontally(true);
    if n_across > 1 {
        page.set_repeat_columns(0, column_number(paper.n_kept_columns - 1))?;
    }
    page.set_margins(0.6, 0.5, 0.7, 0.7, 0.3, 0.3);
    page.set_footer("&C第 &P 页，共 &N 页");
    if paper.is_landscape {
        page.set_landscape();
    }
    let (first, end) = paper.head_rows;
    if end > first {
        page.set_repeat_rows(row_number(top + first), row_number(top + end - 1))?;
        page.set_freeze_panes(row_number(top + end), column_number(paper.n_kept_columns))?;
    }
    Ok(())
}

fn row_number(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}

fn column_number(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

/// Writes papers as one text document, each on a page of its own.
///
/// # Errors
/// [`WriteError`] when the archive cannot be put together.
pub fn write_docx(papers: &[Paper]) -> Result<Vec<u8>, WriteError> {
    let sections: Vec<Section> = papers.iter().map(section).collect();
    docx::write(&sections)
}

/// A paper as a section of a text document, for an annex.
pub fn section(paper: &Paper) -> Section {
    let (before, table, after) = paper.as_table();
    let line = |(role, text): (Role, String)| match role {
        Role::Title => Block::Title(text),
        _ => Block::Small { text, align: Align::Left },
    };
    let mut blocks: Vec<Block> = before.into_iter().map(line).collect();
    blocks.push(Block::Table(table));
    blocks.extend(after.into_iter().map(|(align, text)| Block::Small { text, align }));
    Section { is_landscape: paper.is_landscape, blocks }
}
