//! Plain text and Markdown.
//!
//! A plain text stays as it is, only its line ends become one kind; Markdown loses its marks.

use super::builder::{Builder, DraftCell};
use super::encoding;
use super::error::ReadError;
use super::limits::Limits;
use crate::source::{Format, Source};

/// What a text with broken bytes says.
const LOSSY_NOTE: &str = "个别文字的编码有误，已显示为“\u{fffd}”。";

/// Reads a plain text.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Source, ReadError> {
    let decoded = encoding::decode(bytes)?;
    let text = unify(&decoded.text);
    if text.len() > limits.text_bytes {
        return Err(ReadError::complex("文字过多"));
    }
    if text.trim().is_empty() {
        return Err(ReadError::Empty);
    }
    let notes = if decoded.is_lossy { vec![LOSSY_NOTE.to_owned()] } else { Vec::new() };
    Ok(Source { format: Format::Text, text, tables: Vec::new(), headings: Vec::new(), notes })
}

/// One kind of line end; no byte order mark, no zero bytes.
fn unify(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.strip_suffix('\u{1a}').unwrap_or(text);
    text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}'], "\n").replace('\0', "")
}

/// Reads Markdown: headings, tables and emphasis lose their marks, everything else stays a line.
pub(crate) fn read_markdown(bytes: &[u8], limits: &Limits) -> Result<Source, ReadError> {
    let decoded = encoding::decode(bytes)?;
    let text = unify(&decoded.text);
    let mut builder = Builder::new(limits);
    if decoded.is_lossy {
        builder.note(LOSSY_NOTE);
    }
    let mut rows: Vec<Vec<DraftCell>> = Vec::new();
    for line in text.split('\n') {
        let line = line.trim();
        if line.len() > 1 && line.starts_with('|') {
            if !line.chars().all(|it| matches!(it, '|' | '-' | ':' | ' ')) || rows.is_empty() {
                rows.push(table_row(line));
            }
            continue;
        }
        if !rows.is_empty() {
            builder.table(std::mem::take(&mut rows))?;
        }
        let level = line.chars().take_while(|it| *it == '#').count();
        match (u8::try_from(level), line.get(level..).and_then(|it| it.strip_prefix(' '))) {
            (Ok(level @ 1..=6), Some(title)) => builder.heading(level, &unmark(title.trim_end_matches('#')))?,
            _ if line.starts_with("```") => {}
            _ => builder.paragraph(&unmark(line.trim_start_matches("> ")))?,
        }
    }
    if !rows.is_empty() {
        builder.table(rows)?;
    }
    builder.finish(Format::Markdown)
}

fn table_row(line: &str) -> Vec<DraftCell> {
    let inner = line.strip_prefix('|').unwrap_or(line);
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    inner
        .split('|')
        .enumerate()
        .map(|(column, text)| DraftCell { text: unmark(text), column, column_span: 1, row_span: 1 })
        .collect()
}

/// Without the marks of emphasis and without backslashes before punctuation.
fn unmark(text: &str) -> String {
    let text = text.replace("**", "").replace("__", "");
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c == '\\' && rest.peek().is_some_and(char::is_ascii_punctuation) {
            continue;
        }
        plain.push(c);
    }
    plain
}
