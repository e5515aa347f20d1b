//! The source of a notice as a page shows it: blocks of lines with marks that values point at.

use domain::campaign::review::Draft;
use domain::campaign::review::anchor::{Anchor, Block, Piece, anchors, lay_out};

/// The whole source, and which anchors stand in it.
pub(super) struct SourceView {
    pub(super) blocks: Vec<BlockView>,
    anchors: Vec<Anchor>,
}

/// Lines that belong together.
pub(super) struct BlockView {
    /// The id of the element; empty between parts.
    pub(super) id: String,
    pub(super) lines: Vec<LineView>,
}

/// One line.
pub(super) struct LineView {
    pub(super) number: usize,
    pub(super) is_row: bool,
    pub(super) is_blank: bool,
    pub(super) bits: Vec<Bit>,
}

/// A piece of a line, ready for the template.
pub(super) struct Bit {
    pub(super) opens: bool,
    pub(super) closes: bool,
    /// The id of the mark, where it begins.
    pub(super) id: String,
    pub(super) kind: &'static str,
    pub(super) words: String,
}

impl SourceView {
    pub(super) fn new(draft: &Draft, text: &str) -> SourceView {
        let anchors = anchors(draft, text);
        let blocks = lay_out(text, &anchors).iter().map(block).collect();
        SourceView { blocks, anchors }
    }

    /// The id to point at; empty when the words are not in the source.
    pub(super) fn id(&self, name: &str) -> String {
        if self.anchors.iter().any(|it| it.name == name) { id_of(name) } else { String::new() }
    }
}

/// The id of the element that carries an anchor.
pub(super) fn id_of(name: &str) -> String {
    format!("s-{name}")
}

fn block(block: &Block) -> BlockView {
    let lines = block.lines.iter().map(|line| {
        let words = line.pieces.iter().filter_map(|piece| match piece {
            Piece::Words(words) => Some(words.as_str()),
            _ => None,
        });
        let text: String = words.collect();
        LineView {
            number: line.number,
            is_row: text.contains(" | "),
            is_blank: text.trim().is_empty(),
            bits: line.pieces.iter().map(bit).collect(),
        }
    });
    BlockView { id: block.name.as_deref().map(id_of).unwrap_or_default(), lines: lines.collect() }
}

fn bit(piece: &Piece) -> Bit {
    let mut bit = Bit { opens: false, closes: false, id: String::new(), kind: "", words: String::new() };
    match piece {
        Piece::Words(words) => bit.words.clone_from(words),
        Piece::Open { name, kind, first } => {
            bit.opens = true;
            bit.kind = kind.code();
            if *first {
                bit.id = id_of(name);
            }
        }
        Piece::Close => bit.closes = true,
    }
    bit
}
