//! The text of a Word document in reading order.

use super::numbering::Numbering;
use super::style::Styles;
use crate::read::builder::DraftCell;
use crate::read::xml::{Element, Node};
use std::collections::HashMap;

/// A piece of the document.
#[derive(Debug)]
pub(super) enum Block {
    Paragraph {
        text: String,
        level: Option<u8>,
    },
    /// Its rows, and the widths of its columns in tenths of a character.
    Table(Vec<Vec<DraftCell>>, Vec<u32>),
}

/// Walks the elements; keeps the counters of the lists and the paragraph that a deleted mark left open.
pub(super) struct Walker {
    styles: Styles,
    numbering: Numbering,
    open: String,
    pub(super) n_pictures: usize,
    pub(super) notes: Vec<String>,
}

/// One cell before the merged ones are put together.
struct RawCell {
    column: usize,
    column_span: usize,
    /// Continues the cell above.
    is_continued: bool,
    /// May be continued below.
    is_restarted: bool,
    blocks: Vec<Block>,
}

impl Walker {
    pub(super) fn new(styles: Styles, numbering: Numbering) -> Walker {
        Walker { styles, numbering, open: String::new(), n_pictures: 0, notes: Vec::new() }
    }

    /// The blocks of the body.
    pub(super) fn read(&mut self, body: &Element) -> Vec<Block> {
        let mut blocks = Vec::new();
        self.blocks(body, false, &mut blocks);
        let text = std::mem::take(&mut self.open);
        blocks.push(Block::Paragraph { text, level: None });
        blocks
    }

    /// The texts of the footnotes or endnotes, without the separators.
    pub(super) fn read_notes(&mut self, kind: &str, root: &Element) -> Vec<Block> {
        let mut blocks = Vec::new();
        for note in root.elements().filter(|it| it.name == kind && it.attribute("type").is_none_or(|it| it == "normal"))
        {
            self.blocks(note, false, &mut blocks);
        }
        blocks
    }

    fn blocks(&mut self, parent: &Element, is_in_cell: bool, out: &mut Vec<Block>) {
        for element in parent.elements() {
            match element.name.as_str() {
                "p" => self.paragraph(element, is_in_cell, out),
                "tbl" => self.table(element, out),
                "sdt" => {
                    let gallery = element.at(&["sdtPr", "docPartObj"]).and_then(|it| it.value_of("docPartGallery"));
                    if gallery.is_some_and(|it| it.starts_with("Table of Contents")) {
                        self.notes.push("文档的自动目录没有读入。".to_owned());
                    } else if let Some(content) = element.child("sdtContent") {
                        self.blocks(content, is_in_cell, out);
                    }
                }
                "AlternateContent" => {
                    if let Some(choice) = chosen(element) {
                        self.blocks(choice, is_in_cell, out);
                    }
                }
                "altChunk" => self.notes.push("文档中嵌入的外部内容没有读入。".to_owned()),
                "ins" | "moveTo" | "smartTag" | "customXml" | "txbxContent" => self.blocks(element, is_in_cell, out),
                _ => {}
            }
        }
    }

    fn paragraph(&mut self, element: &Element, is_in_cell: bool, out: &mut Vec<Block>) {
        let properties = element.child("pPr");
        let mut text = std::mem::take(&mut self.open);
        let was_open = !text.is_empty();
        let mut boxes = Vec::new();
        self.inline(element, &mut text, &mut boxes);
        // A deleted paragraph mark joins this paragraph with the next.
        if properties
            .and_then(|it| it.child("rPr"))
            .is_some_and(|it| it.child("del").is_some() || it.child("moveFrom").is_some())
        {
            self.open = text;
        } else {
            let is_blank = text.trim().is_empty();
            let number = self.styles.number(properties).filter(|_| !was_open);
            let number = number.filter(|_| !is_blank || is_in_cell);
            if let Some(number) = number.and_then(|(number, style)| self.numbering.next(&number, style)) {
                text = join_number(&number, &text);
            }
            let level = self.styles.heading(properties);
            out.push(Block::Paragraph { text, level });
        }
        for content in boxes {
            self.blocks(content, is_in_cell, out);
        }
    }

    /// Collects the text of runs; text boxes are put aside for after the paragraph.
    fn inline<'a>(&mut self, parent: &'a Element, text: &mut String, boxes: &mut Vec<&'a Element>) {
        for element in parent.elements() {
            match element.name.as_str() {
                "r" if element.child("rPr").is_some_and(|it| it.is_on("vanish")) => {}
                "t" => text.push_str(&element.text()),
                "tab" | "ptab" => text.push('\t'),
                "br" | "cr" => text.push('\n'),
                "noBreakHyphen" => text.push('-'),
                "sym" => text.push_str(symbol(element.attribute("char").unwrap_or_default())),
                "AlternateContent" => {
                    if let Some(choice) = chosen(element) {
                        self.inline(choice, text, boxes);
                    }
                }
                "drawing" | "pict" | "object" => {
                    let before = boxes.len();
                    find_boxes(element, boxes);
                    if boxes.len() == before {
                        self.n_pictures += 1;
                    }
                }
                "ruby" => {
                    if let Some(base) = element.child("rubyBase") {
                        self.inline(base, text, boxes);
                    }
                }
                "del" | "moveFrom" | "pPr" | "rPr" | "sdtPr" | "instrText" | "delText" | "delInstrText"
                | "commentReference" => {}
                _ => self.inline(element, text, boxes),
            }
        }
    }

    fn table(&mut self, table: &Element, out: &mut Vec<Block>) {
        let mut rows = Vec::new();
        self.rows(table, &mut rows);
        // A frame around text, not a table.
        if rows.iter().all(|it| it.len() <= 1) {
            out.extend(rows.into_iter().flatten().flat_map(|it| it.blocks));
            return;
        }
        out.push(Block::Table(merge(rows), widths(table)));
    }

    fn rows(&mut self, parent: &Element, rows: &mut Vec<Vec<RawCell>>) {
        for element in parent.elements() {
            match element.name.as_str() {
                "tr" => {
                    let properties = element.child("trPr");
                    if properties.is_some_and(|it| it.child("del").is_some()) {
                        continue;
                    }
                    let before = properties.and_then(|it| it.value_of("gridBefore")).and_then(|it| it.parse().ok());
                    let mut column = before.unwrap_or(0usize).min(1024);
                    let mut cells = Vec::new();
                    self.cells(element, &mut column, &mut cells);
                    rows.push(cells);
                }
                "sdt" => {
                    if let Some(content) = element.child("sdtContent") {
                        self.rows(content, rows);
                    }
                }
                "ins" | "moveTo" | "customXml" | "smartTag" => self.rows(element, rows),
                _ => {}
            }
        }
    }

    fn cells(&mut self, parent: &Element, column: &mut usize, cells: &mut Vec<RawCell>) {
        for element in parent.elements() {
            match element.name.as_str() {
                "tc" => {
                    let properties = element.child("tcPr");
                    let span = properties.and_then(|it| it.value_of("gridSpan")).and_then(|it| it.parse().ok());
                    let column_span = span.unwrap_or(1usize).clamp(1, 1024);
                    let merge = properties.and_then(|it| it.child("vMerge"));
                    let is_restarted = merge.is_some_and(|it| it.attribute("val") == Some("restart"));
                    let is_continued = merge.is_some() && !is_restarted;
                    let mut blocks = Vec::new();
                    self.blocks(element, true, &mut blocks);
                    // The older horizontal merge: the cell belongs to the one before.
                    let is_tail = properties
                        .and_then(|it| it.child("hMerge"))
                        .is_some_and(|it| it.attribute("val") != Some("restart"));
                    match cells.last_mut().filter(|_| is_tail) {
                        Some(before) => before.column_span += column_span,
                        None => {
                            cells.push(RawCell { column: *column, column_span, is_continued, is_restarted, blocks })
                        }
                    }
                    *column += column_span;
                }
                "sdt" => {
                    if let Some(content) = element.child("sdtContent") {
                        self.cells(content, column, cells);
                    }
                }
                "ins" | "moveTo" | "customXml" | "smartTag" => self.cells(element, column, cells),
                _ => {}
            }
        }
    }
}

/// The grid of a table; a character of 12 pt is 240 twips wide.
fn widths(table: &Element) -> Vec<u32> {
    let columns = table.child("tblGrid").into_iter().flat_map(Element::elements).filter(|it| it.name == "gridCol");
    let width = |it: &Element| it.attribute("w").and_then(|it| it.parse::<u32>().ok()).map_or(0, |it| it / 24);
    columns.map(width).take(1024).collect()
}

/// Puts cells that continue the one above into it.
fn merge(rows: Vec<Vec<RawCell>>) -> Vec<Vec<DraftCell>> {
    let mut drafts: Vec<Vec<DraftCell>> = Vec::with_capacity(rows.len());
    // Column → the row and the place in it of the cell that may reach down.
    let mut open: HashMap<usize, (usize, usize)> = HashMap::new();
    for row in rows {
        let mut draft = Vec::with_capacity(row.len());
        let mut still_open = HashMap::new();
        for cell in row {
            let above = open.get(&cell.column).copied().filter(|_| cell.is_continued);
            if let Some((n, place)) = above
                && let Some(owner) = drafts.get_mut(n).and_then(|it| it.get_mut(place))
            {
                owner.row_span += 1;
                still_open.insert(cell.column, (n, place));
                continue;
            }
            if cell.is_restarted {
                still_open.insert(cell.column, (drafts.len(), draft.len()));
            }
            let RawCell { column, column_span, blocks, .. } = cell;
            draft.push(DraftCell { text: flatten(blocks), column, column_span, row_span: 1 });
        }
        drafts.push(draft);
        open = still_open;
    }
    drafts
}

/// The content of a cell as text; an inner table becomes lines with its cells side by side.
fn flatten(blocks: Vec<Block>) -> String {
    let mut lines = Vec::new();
    for block in blocks {
        match block {
            Block::Paragraph { text, .. } => lines.push(text),
            Block::Table(rows, _) => {
                for row in rows {
                    lines.push(row.into_iter().map(|it| it.text).collect::<Vec<_>>().join(" "));
                }
            }
        }
    }
    lines.join("\n")
}

/// Of alternatives, the one for new programs; the fallback when the new one holds nothing.
fn chosen(element: &Element) -> Option<&Element> {
    let choice = element.child("Choice").filter(|it| it.elements().next().is_some());
    choice.or_else(|| element.child("Fallback"))
}

fn find_boxes<'a>(element: &'a Element, boxes: &mut Vec<&'a Element>) {
    for node in &element.children {
        let Node::Element(child) = node else { continue };
        match child.name.as_str() {
            "txbxContent" => boxes.push(child),
            "AlternateContent" => {
                if let Some(choice) = chosen(child) {
                    find_boxes(choice, boxes);
                }
            }
            _ => find_boxes(child, boxes),
        }
    }
}

/// A number and its text; a blank between them only where they would run together.
fn join_number(number: &str, text: &str) -> String {
    let number = number.trim();
    let text = text.trim_start();
    let ends_open =
        number.chars().next_back().is_some_and(|it| it.is_alphanumeric() && !matches!(it, '\u{2460}'..='\u{249b}'));
    let reads_as_decimal = number.ends_with('.') && text.starts_with(|it: char| it.is_ascii_digit());
    if !text.is_empty() && (ends_open || reads_as_decimal || number == "•") {
        format!("{number} {text}")
    } else {
        format!("{number}{text}")
    }
}

/// The characters of the symbol fonts that forms use.
fn symbol(code: &str) -> &'static str {
    match code.to_ascii_uppercase().as_str() {
        "F0A8" | "F06F" | "F071" | "F0A3" | "00A8" => "□",
        "F0FE" | "F052" | "0052" => "☑",
        "F0FC" => "✓",
        "F0FB" | "F0FD" => "✗",
        "F06C" => "●",
        "F0B7" => "·",
        "F0D8" | "F0E0" => "→",
        _ => "",
    }
}
