//! The working text of a document: cleaned for reading, with the way back to the source.
//!
//! A [`Text`] holds two forms of the same characters: as they are shown, and folded (one form for each punctuation mark, half
//! width digits), so that a rule is written once.
//! Ranges are byte ranges of the folded form; [`Text::show`] gives the words as written, [`Text::span`] their place in the source.

use std::ops::Range;

/// A cleaned text with its way back to the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    fold: String,
    shown: Vec<char>,
    char_at: Vec<u32>,
    origin: Vec<u32>,
    hidden: Vec<Range<usize>>,
}

/// A part of a string; empty when the range does not fit.
pub fn part(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or("")
}

/// Is the character a Chinese one?
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '〇')
}

/// The one form of a character that rules are written in: half width digits and brackets, one dash, one middle dot.
///
/// ```
/// assert_eq!(gongwen::text::fold_char('（'), '(');
/// assert_eq!(gongwen::text::fold_char('～'), '-');
/// ```
pub fn fold_char(c: char) -> char {
    match c {
        '\u{ff5e}' | '—' | '–' | '―' | '─' | '−' | '‐' | '‑' | '~' | '〜' => '-',
        '「' | '『' | '〝' | '〞' | '＂' => '“',
        '」' | '』' | '〟' => '”',
        '・' | '‧' | '•' | '∙' | '⋅' | '●' | '˙' => '·',
        '［' | '[' => '〔',
        '］' | ']' => '〕',
        '×' | 'Ｘ' | 'X' => 'x',
        '\u{ff01}'..='\u{ff5d}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '﹒' | '｡' => '.',
        '︰' | '∶' | '﹕' => ':',
        '﹐' => ',',
        '﹔' => ';',
        '﹙' => '(',
        '﹚' => ')',
        '丨' | '│' | '┃' => '|',
        _ => c,
    }
}

impl Text {
    /// Makes the text from shown characters with their places in the source, and the source ranges that were left out as furniture.
    pub(crate) fn new(pairs: &[(char, u32)], hidden: Vec<Range<usize>>) -> Text {
        let mut fold = String::with_capacity(pairs.len() * 3);
        let mut char_at = Vec::with_capacity(pairs.len() * 3 + 1);
        let mut is_open = false;
        for (n, (c, _)) in pairs.iter().enumerate() {
            let mut folded = fold_char(*c);
            if *c == '"' {
                folded = if is_open { '”' } else { '“' };
                is_open = !is_open;
            } else if *c == '\n' {
                is_open = false;
            }
            fold.push(folded);
            char_at.resize(fold.len(), n as u32);
        }
        char_at.push(pairs.len() as u32);
        Text {
            fold,
            shown: pairs.iter().map(|it| it.0).collect(),
            char_at,
            origin: pairs.iter().map(|it| it.1).collect(),
            hidden,
        }
    }

    /// The folded text.
    pub fn fold(&self) -> &str {
        &self.fold
    }

    /// A part of the folded text.
    pub fn at(&self, range: Range<usize>) -> &str {
        part(&self.fold, range)
    }

    /// The words of a range as written, with line breaks as they are.
    pub fn show_all(&self, range: Range<usize>) -> String {
        let (start, end) = self.chars(&range);
        self.shown.get(start..end).unwrap_or_default().iter().collect::<String>().trim().to_owned()
    }

    /// The words of a range on one line.
    pub fn show(&self, range: Range<usize>) -> String {
        let (start, end) = self.chars(&range);
        let words: String = self.shown.get(start..end).unwrap_or_default().iter().filter(|it| **it != '\n').collect();
        words.trim().to_owned()
    }

    /// The place of a range in the source, `[start, end)` in characters.
    pub fn span(&self, range: Range<usize>) -> (usize, usize) {
        let (start, end) = self.chars(&range);
        let first = self.origin.get(start).or(self.origin.last()).copied().unwrap_or(0) as usize;
        if end <= start {
            return (first, first);
        }
        let last = self.origin.get(end - 1).copied().unwrap_or(0) as usize;
        (first, last + 1)
    }

    /// The same range without white space and the given characters at both ends.
    pub fn trim(&self, range: Range<usize>, also: &str) -> Range<usize> {
        let words = self.at(range.clone());
        let cut = |c: char| c.is_whitespace() || also.contains(c);
        let left = words.trim_start_matches(cut);
        let start = range.start + (words.len() - left.len());
        start..start + left.trim_end_matches(cut).len()
    }

    /// The source ranges, in characters, that were left out as the furniture of a page.
    pub fn hidden(&self) -> &[Range<usize>] {
        &self.hidden
    }

    fn chars(&self, range: &Range<usize>) -> (usize, usize) {
        let at = |byte: usize| self.char_at.get(byte).copied().unwrap_or(self.shown.len() as u32) as usize;
        (at(range.start), at(range.end))
    }
}
