//! Web pages: the text a reader would see, block elements as lines, tables as tables.
//!
//! Pages lay themselves out with tables too; only a table that holds data becomes one.

use super::builder::{Builder, DraftCell};
use super::encoding;
use super::error::ReadError;
use super::limits::Limits;
use crate::source::{Format, Source};
use dom_query::{Document, NodeRef};
use encoding_rs::Encoding;

/// Elements whose content nobody reads as text.
const SILENT: [&str; 22] = [
    "script", "style", "noscript", "template", "nav", "head", "svg", "canvas", "iframe", "object", "embed", "select",
    "button", "textarea", "audio", "video", "map", "datalist", "dialog", "math", "link", "meta",
];
/// Elements that run within a line.
const INLINE: [&str; 40] = [
    "a",
    "abbr",
    "acronym",
    "b",
    "bdi",
    "bdo",
    "big",
    "cite",
    "code",
    "del",
    "dfn",
    "em",
    "font",
    "i",
    "ins",
    "kbd",
    "label",
    "mark",
    "nobr",
    "q",
    "rb",
    "ruby",
    "s",
    "samp",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "time",
    "tt",
    "u",
    "var",
    "wbr",
    "o:p",
    "st1:chsdate",
    "st1:personname",
    "input",
    "img",
];
/// A cell with more text than this belongs to a table for layout.
const LAYOUT_CELL_CHARS: usize = 1500;

/// Reads a web page, or one saved as a single file (MHTML).
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Source, ReadError> {
    let (text, _, is_lossy) = page_encoding(bytes).decode(bytes);
    check_depth(&text, limits)?;
    let page = Document::from(text.as_ref());
    let mut walker = Walker { builder: Builder::new(limits), line: String::new(), n_nodes: 0, limits: *limits };
    if is_lossy {
        walker.builder.note("个别文字的编码有误，已显示为“\u{fffd}”。");
    }
    if let Some(body) = page.body() {
        walker.blocks(&body, 0)?;
    } else {
        walker.blocks(&page.root(), 0)?;
    }
    walker.end_line()?;
    walker.builder.finish(Format::Html)
}

/// Refuses pages nested beyond reason before they are parsed: the parser's time grows with the square of the depth.
///
/// Tags that close on their own are left out of the count.
fn check_depth(text: &str, limits: &Limits) -> Result<(), ReadError> {
    const COUNTED: [&str; 16] = [
        "div",
        "span",
        "table",
        "section",
        "article",
        "ul",
        "ol",
        "blockquote",
        "font",
        "b",
        "i",
        "center",
        "form",
        "details",
        "svg",
        "main",
    ];
    let most = limits.depth.saturating_mul(4);
    let mut depth = 0usize;
    for part in text.split('<').skip(1) {
        let (is_closing, rest) = part.strip_prefix('/').map_or((false, part), |it| (true, it));
        let n_bytes = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let name = rest.get(..n_bytes).unwrap_or_default();
        if !COUNTED.iter().any(|it| it.eq_ignore_ascii_case(name)) {
            continue;
        }
        depth = if is_closing { depth.saturating_sub(1) } else { depth + 1 };
        if depth > most {
            return Err(ReadError::complex("网页嵌套过深"));
        }
    }
    Ok(())
}

/// The encoding that the page names, unless its bytes contradict it.
fn page_encoding(bytes: &[u8]) -> &'static Encoding {
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let guessed = encoding::guess(bytes);
    if guessed == encoding_rs::UTF_8 || Encoding::for_bom(bytes).is_some() {
        return guessed;
    }
    match encoding::declared(head, b"charset=") {
        Some(declared) if declared != encoding_rs::UTF_8 => {
            // gb2312 on a page means GBK, and GB18030 is its superset.
            if declared == encoding_rs::GBK { encoding_rs::GB18030 } else { declared }
        }
        _ => guessed,
    }
}

struct Walker {
    builder: Builder,
    /// The line that is being put together.
    line: String,
    n_nodes: usize,
    limits: Limits,
}

impl Walker {
    fn blocks(&mut self, parent: &NodeRef<'_>, depth: usize) -> Result<(), ReadError> {
        for node in parent.children_it(false) {
            self.node(&node, depth)?;
        }
        Ok(())
    }

    fn node(&mut self, node: &NodeRef<'_>, depth: usize) -> Result<(), ReadError> {
        self.n_nodes += 1;
        if self.n_nodes > self.limits.nodes {
            return Err(ReadError::complex("网页元素过多"));
        }
        if node.is_text() {
            push_collapsed(&mut self.line, &node.text());
            return Ok(());
        }
        let Some(name) = node.node_name().filter(|_| node.is_element()) else { return Ok(()) };
        let name: &str = &name;
        if SILENT.contains(&name) || is_hidden(node) {
            return Ok(());
        }
        if depth >= self.limits.depth {
            return Err(ReadError::complex("网页嵌套过深"));
        }
        match name {
            "br" | "hr" => self.end_line(),
            "rt" | "rp" => Ok(()),
            "table" => self.table(node, depth),
            "pre" => {
                self.end_line()?;
                self.builder.paragraph(&node.text())
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(node, name, depth),
            "li" => self.list_item(node, depth),
            _ if INLINE.contains(&name) => self.blocks(node, depth + 1),
            _ => {
                self.end_line()?;
                self.blocks(node, depth + 1)?;
                self.end_line()
            }
        }
    }

    fn end_line(&mut self) -> Result<(), ReadError> {
        let line = std::mem::take(&mut self.line);
        self.builder.paragraph(&line)
    }

    fn heading(&mut self, node: &NodeRef<'_>, name: &str, depth: usize) -> Result<(), ReadError> {
        self.end_line()?;
        let text = self.flat(node, depth)?;
        let level = name.bytes().last().map_or(1, |it| it.saturating_sub(b'0'));
        self.builder.heading(level, &text)
    }

    /// An item of a numbered list carries the number that the browser would draw.
    fn list_item(&mut self, node: &NodeRef<'_>, depth: usize) -> Result<(), ReadError> {
        self.end_line()?;
        if let Some(parent) = node.parent().filter(|it| it.has_name("ol")) {
            let first = parent.attr("start").and_then(|it| it.trim().parse::<usize>().ok()).unwrap_or(1);
            let before = std::iter::successors(node.prev_sibling(), NodeRef::prev_sibling);
            let place = before.take(self.limits.cells).filter(|it| it.has_name("li")).count();
            let style = parent.attr("style").map(|it| it.to_ascii_lowercase()).unwrap_or_default();
            if !style.contains("none") {
                self.line = format!("{}.", first.saturating_add(place));
            }
        }
        self.blocks(node, depth + 1)?;
        self.end_line()
    }

    /// The text of a part with a walker of its own, lines kept.
    fn flat(&mut self, node: &NodeRef<'_>, depth: usize) -> Result<String, ReadError> {
        let builder = Builder::new(&self.limits);
        let mut inner = Walker { builder, line: String::new(), n_nodes: self.n_nodes, limits: self.limits };
        inner.blocks(node, depth + 1)?;
        inner.end_line()?;
        self.n_nodes = inner.n_nodes;
        match inner.builder.finish(Format::Html) {
            Ok(source) => Ok(source.text),
            Err(ReadError::Empty) => Ok(String::new()),
            Err(error) => Err(error),
        }
    }

    fn table(&mut self, table: &NodeRef<'_>, depth: usize) -> Result<(), ReadError> {
        self.end_line()?;
        let rows = rows_of(table);
        if !self.holds_data(table, &rows) {
            self.blocks(table, depth + 1)?;
            return self.end_line();
        }
        if let Some(caption) = table.element_children().into_iter().find(|it| it.has_name("caption")) {
            let text = self.flat(&caption, depth)?;
            self.builder.paragraph(&text)?;
        }
        let mut drafts = Vec::with_capacity(rows.len());
        let mut hanging: Vec<usize> = Vec::new();
        for row in rows {
            let mut cells = Vec::new();
            let mut column = 0usize;
            for cell in cells_of(&row) {
                while hanging.get(column).is_some_and(|it| *it > 0) {
                    column += 1;
                }
                let span = |name: &str, most: usize| {
                    cell.attr(name).and_then(|it| it.trim().parse::<usize>().ok()).unwrap_or(1).clamp(1, most)
                };
                let (column_span, row_span) = (span("colspan", 256), span("rowspan", 4096));
                let text = self.flat(&cell, depth)?;
                cells.push((DraftCell { text, column, column_span, row_span }, column..column + column_span));
                column += column_span;
            }
            hanging.iter_mut().for_each(|it| *it = it.saturating_sub(1));
            let mut row = Vec::with_capacity(cells.len());
            for (cell, columns) in cells {
                if hanging.len() < columns.end {
                    hanging.resize(columns.end, 0);
                }
                hanging.iter_mut().take(columns.end).skip(columns.start).for_each(|it| *it = cell.row_span - 1);
                row.push(cell);
            }
            drafts.push(row);
        }
        self.builder.table(drafts)
    }

    /// Data, not layout: two columns somewhere, no table inside, no cell as long as a page.
    fn holds_data(&self, table: &NodeRef<'_>, rows: &[NodeRef<'_>]) -> bool {
        let is_nested = table.descendants_it().take(self.limits.nodes).any(|it| it.has_name("table"));
        let is_wide = rows.iter().any(|it| cells_of(it).len() > 1);
        let is_short = rows
            .iter()
            .flat_map(cells_of)
            .all(|it| it.text().chars().take(LAYOUT_CELL_CHARS).count() < LAYOUT_CELL_CHARS);
        !is_nested && is_wide && is_short
    }
}

fn rows_of<'a>(table: &NodeRef<'a>) -> Vec<NodeRef<'a>> {
    let mut rows = Vec::new();
    for child in table.element_children() {
        if child.has_name("tr") {
            rows.push(child);
        } else if child.has_name("tbody") || child.has_name("thead") || child.has_name("tfoot") {
            rows.extend(child.element_children().into_iter().filter(|it| it.has_name("tr")));
        }
    }
    rows
}

fn cells_of<'a>(row: &NodeRef<'a>) -> Vec<NodeRef<'a>> {
    row.element_children().into_iter().filter(|it| it.has_name("td") || it.has_name("th")).collect()
}

fn is_hidden(node: &NodeRef<'_>) -> bool {
    if node.has_attr("hidden") {
        return true;
    }
    let Some(style) = node.attr("style") else { return false };
    let style: String = style.to_ascii_lowercase().split_whitespace().collect();
    style.contains("display:none") || style.contains("mso-hide:all") || style.contains("visibility:hidden")
}

/// Appends text with its blanks collapsed as a browser does; a line break between two Chinese characters is none.
fn push_collapsed(line: &mut String, text: &str) {
    let mut is_after_blank = false;
    let mut has_break = false;
    for c in text.chars() {
        if matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}') {
            is_after_blank = true;
            has_break |= matches!(c, '\n' | '\r');
            continue;
        }
        if std::mem::take(&mut is_after_blank) {
            let joins = std::mem::take(&mut has_break) && is_wide(c) && line.chars().next_back().is_some_and(is_wide);
            if !joins && !line.ends_with(' ') && !line.is_empty() {
                line.push(' ');
            }
        }
        line.push(if c == '\u{a0}' { ' ' } else { c });
    }
    let joins = has_break && line.chars().next_back().is_some_and(is_wide);
    if is_after_blank && !joins && !line.is_empty() && !line.ends_with(' ') {
        line.push(' ');
    }
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '“' | '”')
}
