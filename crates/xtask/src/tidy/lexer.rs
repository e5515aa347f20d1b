//! Just enough of Rust's lexical rules to tell code from strings and comments.

/// What a piece of a Rust file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece {
    Code,
    Text,
    Comment,
}

/// A piece with the line it begins on.
#[derive(Debug)]
pub(crate) struct Part<'a> {
    pub(crate) piece: Piece,
    pub(crate) line: usize,
    pub(crate) text: &'a str,
}

/// Cuts a Rust file into code, string literals (without their quotes) and comments.
pub(crate) fn parts(source: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = source;
    let mut line = 1;
    while !rest.is_empty() {
        let (piece, whole, inner) = next(rest);
        parts.push(Part { piece, line, text: rest.get(inner).unwrap_or_default() });
        let taken = rest.get(..whole).unwrap_or(rest);
        line += taken.matches('\n').count();
        rest = rest.get(whole..).unwrap_or_default();
    }
    parts
}

/// The next piece: what it is, how many bytes it takes, and the range of its text.
fn next(rest: &str) -> (Piece, usize, std::ops::Range<usize>) {
    if rest.starts_with("//") {
        let end = rest.find('\n').unwrap_or(rest.len());
        return (Piece::Comment, end, 0..end);
    }
    if rest.starts_with("/*") {
        let end = rest.find("*/").map_or(rest.len(), |at| at + 2);
        return (Piece::Comment, end, 0..end);
    }
    if let Some(opening) = raw_opening(rest) {
        let closing = format!("\"{}", "#".repeat(opening.hashes));
        let inner_end = rest
            .get(opening.length..)
            .and_then(|text| text.find(&closing))
            .map_or(rest.len(), |at| at + opening.length);
        return (Piece::Text, (inner_end + closing.len()).min(rest.len()), opening.length..inner_end);
    }
    if rest.starts_with('"') {
        let end = quoted_end(rest);
        return (Piece::Text, (end + 1).min(rest.len()), 1..end);
    }
    let end = code_end(rest);
    (Piece::Code, end, 0..end)
}

struct RawOpening {
    length: usize,
    hashes: usize,
}

fn raw_opening(rest: &str) -> Option<RawOpening> {
    let after = rest.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after.get(hashes..)?.starts_with('"').then_some(RawOpening { length: hashes + 2, hashes })
}

/// Where the closing quote of a string stands that begins at 0.
fn quoted_end(rest: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at,
            _ => {}
        }
    }
    rest.len()
}

/// Where the code that begins at 0 ends: at the next string or comment, but not inside a character literal.
fn code_end(rest: &str) -> usize {
    let mut characters = rest.char_indices().peekable();
    let mut before = ' ';
    while let Some((at, c)) = characters.next() {
        let tail = rest.get(at..).unwrap_or_default();
        let begins_raw = c == 'r' && !before.is_alphanumeric() && before != '_' && raw_opening(tail).is_some();
        if at > 0 && (c == '"' || tail.starts_with("//") || tail.starts_with("/*") || begins_raw) {
            return at;
        }
        if c == '\'' {
            let literal = character_literal(tail);
            for _ in 1..literal {
                characters.next();
            }
        }
        before = c;
    }
    rest.len()
}

/// How many characters the character literal at the start takes; 1 when it is a lifetime.
fn character_literal(tail: &str) -> usize {
    let mut characters = tail.chars().skip(1);
    match (characters.next(), characters.next()) {
        (Some('\\'), Some(_)) => tail.chars().skip(3).position(|c| c == '\'').map_or(1, |at| at + 4),
        (Some(_), Some('\'')) => 3,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str, piece: Piece) -> Vec<&str> {
        parts(source).into_iter().filter(|part| part.piece == piece).map(|part| part.text).collect()
    }

    #[test]
    fn strings_comments_and_quotes_are_told_apart() {
        let source = "let a = \"x \\\" y\"; // \"not\"\nlet q = '\"'; let b: &'a str = r#\"raw \" one\"#; /* c */ let n = '\\'';";
        assert_eq!(texts(source, Piece::Text), ["x \\\" y", "raw \" one"]);
        assert_eq!(texts(source, Piece::Comment), ["// \"not\"", "/* c */"]);
        assert!(texts(source, Piece::Code).concat().contains("let n = '\\'';"));
    }

    #[test]
    fn a_part_knows_its_line() {
        let lines: Vec<usize> = parts("a\n\"b\nc\"\n// d").iter().map(|part| part.line).collect();
        assert_eq!(lines, [1, 2, 3, 4]);
    }
}
