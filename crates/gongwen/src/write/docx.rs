//! `.docx` in the layout of GB/T 9704-2012 (党政机关公文格式).
//!
//! A4 with a type area of 156 × 225 mm, body in 仿宋 of 16 pt with 22 lines a page, title in 小标宋 of 22 pt, levels in
//! 黑体 and 楷体, page number between dashes on the outer side. The fonts of the standard are named with their usual
//! stand-ins, never shipped. Written by our own zip and XML: see `docs/decisions`.

use super::WriteError;
use super::docx_parts as parts;
use crate::table::{Align, Table};
use quick_xml::escape::escape;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;

/// A piece of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// The title, centred; each line stands on a line of its own.
    Title(String),
    /// A line in 楷体 below the title.
    Subtitle(String),
    /// 一、 is level 1, (一) 2, 1. 3.
    Heading {
        /// 1 to 4.
        level: u8,
        /// Its words with the number.
        text: String,
    },
    /// A paragraph with its first line moved in by two characters.
    Paragraph(String),
    /// A line without that indent (主送机关, 附件1), or at the right (署名, 日期).
    Line {
        /// Its words.
        text: String,
        /// Where it stands; at the right it keeps two characters of distance.
        align: Align,
    },
    /// A line as small as the text of a table, above or below one (填报单位：… 联系人：…).
    Small {
        /// Its words.
        text: String,
        /// Where it stands.
        align: Align,
    },
    /// A blank line.
    Blank,
    /// A table over the whole width.
    Table(Table),
    /// What follows begins on a new page.
    PageBreak,
}

/// Pages of one orientation.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Section {
    /// Wider than high.
    pub is_landscape: bool,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// Writes a document; each section begins on a new page.
///
/// # Errors
/// [`WriteError`] when the archive cannot be put together.
pub fn write(sections: &[Section]) -> Result<Vec<u8>, WriteError> {
    let mut body = String::new();
    let n_sections = sections.len();
    for (n, section) in sections.iter().enumerate() {
        for block in &section.blocks {
            put(&mut body, block, section.is_landscape);
        }
        let properties = parts::section_properties(section.is_landscape);
        if n + 1 < n_sections {
            let _ = write!(body, "<w:p><w:pPr>{properties}</w:pPr></w:p>");
        } else {
            body.push_str(&properties);
        }
    }
    if n_sections == 0 {
        body.push_str(&parts::section_properties(false));
    }
    let document =
        format!("{}<w:document {}><w:body>{body}</w:body></w:document>", parts::DECLARATION, parts::NAMESPACES);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let all = parts::fixed().into_iter().chain([("word/document.xml", document)]);
    for (name, content) in all {
        zip.start_file(name, SimpleFileOptions::default()).map_err(|it| WriteError(it.to_string()))?;
        zip.write_all(content.as_bytes()).map_err(|it| WriteError(it.to_string()))?;
    }
    zip.finish().map(Cursor::into_inner).map_err(|it| WriteError(it.to_string()))
}

fn put(body: &mut String, block: &Block, is_landscape: bool) {
    match block {
        Block::Title(text) => paragraph(body, "Title", "", text),
        Block::Subtitle(text) => paragraph(body, "Subtitle", "", text),
        Block::Heading { level, text } => paragraph(body, &format!("Heading{}", (*level).clamp(1, 4)), "", text),
        Block::Paragraph(text) => text.split('\n').for_each(|it| paragraph(body, "Body", "", it)),
        Block::Line { text, align } => {
            let properties = match align {
                Align::Left => "",
                Align::Center => r#"<w:jc w:val="center"/>"#,
                Align::Right => r#"<w:ind w:right="640"/><w:jc w:val="right"/>"#,
            };
            paragraph(body, "Line", properties, text);
        }
        Block::Small { text, align } => paragraph(body, "TableText", jc(*align), text),
        Block::Blank => paragraph(body, "Line", "", ""),
        Block::Table(content) => table(body, content, is_landscape),
        Block::PageBreak => body.push_str(r#"<w:p><w:r><w:br w:type="page"/></w:r></w:p>"#),
    }
}

fn paragraph(body: &mut String, style: &str, properties: &str, text: &str) {
    let _ = write!(body, r#"<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>"#);
    run(body, text);
    body.push_str("</w:p>");
}

fn run(body: &mut String, text: &str) {
    for (n, line) in text.split('\n').enumerate() {
        body.push_str("<w:r>");
        if n > 0 {
            body.push_str("<w:br/>");
        }
        for (n, part) in line.split('\t').enumerate() {
            if n > 0 {
                body.push_str("<w:tab/>");
            }
            // XML 1.0 has no place for control characters, not even escaped.
            let clean: String =
                part.chars().filter(|it| !it.is_control() && !matches!(it, '\u{fffe}' | '\u{ffff}')).collect();
            let _ = write!(body, r#"<w:t xml:space="preserve">{}</w:t>"#, escape(clean.as_str()));
        }
        body.push_str("</w:r>");
    }
}

/// A table of fixed layout; its head repeats on each page and no row breaks over two.
fn table(body: &mut String, table: &Table, is_landscape: bool) {
    let total = if is_landscape { parts::LANDSCAPE_WIDTH } else { parts::PORTRAIT_WIDTH };
    let widths = widths(table, total);
    body.push_str(parts::TABLE_HEAD);
    for width in &widths {
        let _ = write!(body, r#"<w:gridCol w:w="{width}"/>"#);
    }
    body.push_str("</w:tblGrid>");
    let placed = table.placed();
    let n_rows = table.head.len() + table.rows.len();
    for row in 0..n_rows {
        body.push_str("<w:tr><w:trPr><w:cantSplit/>");
        if row < table.head.len() {
            body.push_str("<w:tblHeader/>");
        }
        body.push_str("</w:trPr>");
        let mut here: Vec<_> = placed.iter().filter(|it| it.row <= row && row < it.row + it.row_span).collect();
        here.sort_by_key(|it| it.column);
        let mut column = 0;
        for cell in here {
            while column < cell.column {
                empty_cell(body, widths.get(column).copied().unwrap_or(0));
                column += 1;
            }
            let width: u32 = widths.iter().skip(cell.column).take(cell.column_span).sum();
            let _ = write!(body, r#"<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>"#);
            if cell.column_span > 1 {
                let _ = write!(body, r#"<w:gridSpan w:val="{}"/>"#, cell.column_span);
            }
            if cell.row_span > 1 {
                body.push_str(if cell.row == row { r#"<w:vMerge w:val="restart"/>"# } else { "<w:vMerge/>" });
            }
            body.push_str(r#"<w:vAlign w:val="center"/></w:tcPr>"#);
            let align = cell.cell.align.or(table.columns.get(cell.column).map(|it| it.align)).unwrap_or_default();
            let style = if row < table.head.len() { "TableHead" } else { "TableText" };
            let text = if cell.row == row { cell.cell.words() } else { String::new() };
            for line in text.split('\n') {
                paragraph(body, style, jc(align), line);
            }
            body.push_str("</w:tc>");
            column = cell.column + cell.column_span;
        }
        while column < widths.len() {
            empty_cell(body, widths.get(column).copied().unwrap_or(0));
            column += 1;
        }
        body.push_str("</w:tr>");
    }
    body.push_str("</w:tbl>");
    // Two tables without a paragraph between them would become one.
    paragraph(body, "TableText", "", "");
}

fn jc(align: Align) -> &'static str {
    match align {
        Align::Left => r#"<w:jc w:val="left"/>"#,
        Align::Center => r#"<w:jc w:val="center"/>"#,
        Align::Right => r#"<w:jc w:val="right"/>"#,
    }
}

fn empty_cell(body: &mut String, width: u32) {
    let _ = write!(body, r#"<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p/></w:tc>"#);
}

/// The widths of the columns in twentieths of a point.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the type area, never negative")]
fn widths(table: &Table, total: u32) -> Vec<u32> {
    let sum: f64 = table.columns.iter().map(|it| it.width.max(0.5)).sum();
    table.columns.iter().map(|it| (it.width.max(0.5) / sum.max(0.5) * f64::from(total)) as u32).collect()
}
