//! The marks of figures in the text: `消费者参与441人次［3］`.
//!
//! A mark is a number in full-width square brackets right behind its figure. What is not such a number is plain text.

use super::Summary;

const OPEN: char = '［';
const CLOSE: char = '］';

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Plain text.
    Text(String),
    /// The mark of a figure.
    Mark(u32),
}

/// The mark of a number.
pub fn mark(number: u32) -> String {
    format!("{OPEN}{number}{CLOSE}")
}

/// A line in pieces.
///
/// ```
/// use domain::campaign::summary::marks::{Piece, pieces};
/// assert_eq!(pieces("参与5人次［2］。"), [Piece::Text("参与5人次".into()), Piece::Mark(2), Piece::Text("。".into())]);
/// ```
pub fn pieces(line: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut plain = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once(OPEN) {
        plain.push_str(before);
        let number = after.split_once(CLOSE).and_then(|(digits, behind)| Some((number(digits)?, behind)));
        if let Some((number, behind)) = number {
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(Piece::Mark(number));
            rest = behind;
        } else {
            plain.push(OPEN);
            rest = after;
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Text(plain));
    }
    pieces
}

fn number(digits: &str) -> Option<u32> {
    let is_number = (1..=5).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit());
    if is_number { digits.parse().ok() } else { None }
}

/// The numbers of the marks in a text.
pub fn numbers(text: &str) -> Vec<u32> {
    text.lines()
        .flat_map(pieces)
        .filter_map(|piece| if let Piece::Mark(number) = piece { Some(number) } else { None })
        .collect()
}

/// A text without its marks: what goes out.
pub fn unmarked(text: &str) -> String {
    let line = |line: &str| -> String {
        pieces(line).into_iter().filter_map(|it| if let Piece::Text(text) = it { Some(text) } else { None }).collect()
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Something to look at before the report goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// The words before the mark are not what its source says now.
    Differs {
        /// The mark.
        number: u32,
        /// What the source is called.
        label: String,
        /// What the records say now.
        words: String,
    },
    /// A mark that no source has.
    Unknown(u32),
    /// A part without a word.
    Empty(super::Part),
}

/// What is doubtful about a report, against the sources as they are `now`.
pub fn doubts(summary: &Summary, now: &[super::Source]) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    for (part, text) in &summary.parts {
        if text.now.trim().is_empty() {
            doubts.push(Doubt::Empty(*part));
        }
        for line in text.now.lines() {
            let mut before = String::new();
            for piece in pieces(line) {
                match piece {
                    Piece::Text(text) => before = text,
                    Piece::Mark(number) => {
                        let known = summary.source(number);
                        let current = known.and_then(|it| now.iter().find(|source| source.key == it.key)).or(known);
                        match current {
                            None => doubts.push(Doubt::Unknown(number)),
                            Some(source)
                                if before.ends_with(&source.words) && ends_a_number(&before, &source.words) => {}
                            Some(source) => doubts.push(Doubt::Differs {
                                number,
                                label: source.label.clone(),
                                words: source.words.clone(),
                            }),
                        }
                        before.clear();
                    }
                }
            }
        }
    }
    // A figure that stands in two parts is one thing to look at.
    let mut once: Vec<Doubt> = Vec::new();
    for doubt in doubts {
        if !once.contains(&doubt) {
            once.push(doubt);
        }
    }
    once
}

/// 1,441人次 does not end with the figure 441人次.
pub(super) fn ends_a_number(before: &str, words: &str) -> bool {
    let head = before.strip_suffix(words).unwrap_or_default();
    let starts_with_digit = words.starts_with(|it: char| it.is_ascii_digit());
    !starts_with_digit || !head.ends_with(|it: char| it.is_ascii_digit() || matches!(it, ',' | '.' | '约'))
}

#[cfg(test)]
mod tests {
    use super::super::{Part, Source, Text};
    use super::*;

    fn source(number: u32, words: &str) -> Source {
        Source {
            number,
            key: format!("indicator:{number}"),
            label: "消费者参与".to_owned(),
            words: words.to_owned(),
            rule: String::new(),
            n_origins: 1,
        }
    }

    #[test]
    fn only_a_number_in_brackets_is_a_mark() {
        let text = "〔2027〕9号，见［附件］，参与5人次［12］［3］，［";
        assert_eq!(numbers(text), [12, 3]);
        assert_eq!(unmarked(text), "〔2027〕9号，见［附件］，参与5人次，［");
        assert!(numbers("［123456］［-1］［］").is_empty());
    }

    #[test]
    fn what_was_changed_by_hand_or_meanwhile_is_named() {
        let text = "参与441人次［1］，发放9份［2］，其他［9］。\n参与1,441人次［1］";
        let parts = vec![(Part::Results, Text::of(text)), (Part::Problems, Text::of("  "))];
        let summary = Summary { parts, sources: vec![source(1, "441人次"), source(2, "9份")], ..Summary::default() };
        let now = [source(1, "441人次"), source(2, "12份")];
        let again = Summary { parts: [summary.parts.clone(), summary.parts.clone()].concat(), ..summary.clone() };
        assert_eq!(doubts(&again, &now), doubts(&summary, &now), "each once");
        let words = |number: u32, words: &str| Doubt::Differs {
            number,
            label: "消费者参与".to_owned(),
            words: words.to_owned(),
        };
        assert_eq!(
            doubts(&summary, &now),
            [words(2, "12份"), Doubt::Unknown(9), words(1, "441人次"), Doubt::Empty(Part::Problems)]
        );
    }
}
