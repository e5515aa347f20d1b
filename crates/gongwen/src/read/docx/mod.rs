//! Word documents (Office Open XML, transitional and strict).
//!
//! `body` walks the text, `style` knows which paragraphs are headings and which are numbered by their style, and
//! `numbering` renders the automatic numbers (一、 (一) 1.), which are no text in the file but carry the outline of
//! most notices. Inserted text counts, deleted text does not.

mod body;
mod numbering;
mod style;

use super::archive::{Archive, resolve};
use super::builder::Builder;
use super::error::ReadError;
use super::limits::Limits;
use super::xml::{self, Element};
use crate::source::{Format, Source};
use std::collections::HashMap;

/// The name of the main part, or `None` when the archive is not a Word document.
pub(crate) fn main_part(archive: &mut Archive<'_>, limits: &Limits) -> Result<Option<String>, ReadError> {
    const USUAL: &str = "word/document.xml";
    let Some(bytes) = archive.read("_rels/.rels")? else {
        return Ok(archive.contains(USUAL).then(|| USUAL.to_owned()));
    };
    let relations = xml::parse(&bytes, "_rels/.rels", limits)?;
    let main = relations
        .elements()
        .find(|it| it.attribute("Type").is_some_and(|it| it.ends_with("/officeDocument")))
        .and_then(|it| it.attribute("Target"))
        .map(|it| resolve("", it));
    Ok(match main {
        Some(main) if main.starts_with("xl/") || main.starts_with("ppt/") || main.starts_with("visio/") => None,
        Some(main) if archive.contains(&main) => Some(main),
        _ => archive.contains(USUAL).then(|| USUAL.to_owned()),
    })
}

/// Reads the document whose main part is `main`.
pub(crate) fn read(archive: &mut Archive<'_>, main: &str, limits: &Limits) -> Result<Source, ReadError> {
    let bytes = archive.read(main)?.ok_or_else(|| ReadError::damaged("缺少正文部件"))?;
    let document = xml::parse(&bytes, "正文", limits)?;
    drop(bytes);
    let parts = Parts::find(archive, main, limits)?;
    let styles = match parts.load(archive, "styles", limits)? {
        Some(root) => style::Styles::new(&root),
        None => style::Styles::default(),
    };
    let numbering = match parts.load(archive, "numbering", limits)? {
        Some(root) => numbering::Numbering::new(&root, &styles),
        None => numbering::Numbering::default(),
    };
    let footnotes = parts.load(archive, "footnotes", limits)?;
    let endnotes = parts.load(archive, "endnotes", limits)?;
    let mut builder = Builder::new(limits);
    let body = document.child("body").ok_or_else(|| ReadError::damaged("正文部件里没有正文"))?;
    let mut walker = body::Walker::new(styles, numbering);
    let mut blocks = walker.read(body);
    for (kind, notes) in [("footnote", footnotes), ("endnote", endnotes)] {
        if let Some(notes) = notes {
            blocks.extend(walker.read_notes(kind, &notes));
        }
    }
    let n_pictures = walker.n_pictures;
    for note in walker.notes {
        builder.note(note);
    }
    for block in blocks {
        match block {
            body::Block::Paragraph { text, level: Some(level) } => builder.heading(level, &text)?,
            body::Block::Paragraph { text, level: None } => builder.paragraph(&text)?,
            body::Block::Table(rows, widths) => builder.table_of_widths(rows, widths)?,
        }
    }
    match builder.finish(Format::Docx) {
        Err(ReadError::Empty) if n_pictures > 0 => Err(ReadError::NoTextLayer),
        other => other,
    }
}

/// The parts that the main part points to, by the last word of their relation's type.
struct Parts {
    targets: HashMap<String, String>,
}

impl Parts {
    fn find(archive: &mut Archive<'_>, main: &str, limits: &Limits) -> Result<Parts, ReadError> {
        let (folder, file) = main.rsplit_once('/').unwrap_or(("", main));
        let mut targets = HashMap::new();
        if let Some(bytes) = archive.read(&format!("{folder}/_rels/{file}.rels"))? {
            for relation in xml::parse(&bytes, "部件关系", limits)?.elements() {
                let kind = relation.attribute("Type").and_then(|it| it.rsplit('/').next());
                if let (Some(kind), Some(target)) = (kind, relation.attribute("Target")) {
                    targets.entry(kind.to_owned()).or_insert_with(|| resolve(main, target));
                }
            }
        }
        Ok(Parts { targets })
    }

    fn load(&self, archive: &mut Archive<'_>, kind: &str, limits: &Limits) -> Result<Option<Element>, ReadError> {
        let Some(target) = self.targets.get(kind) else { return Ok(None) };
        match archive.read(target)? {
            Some(bytes) => xml::parse(&bytes, kind, limits).map(Some),
            None => Ok(None),
        }
    }
}
