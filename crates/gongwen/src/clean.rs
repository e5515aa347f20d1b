//! From the text as it came (saved web pages, document libraries, other encodings' leftovers) to the text as it was meant.
//!
//! Every character keeps its place in the source.
//! Nothing of the notice itself is left out: only markup, invisible characters, readings in brackets and page furniture.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::furniture;
use crate::text::{Text, fold_char, is_han};

type Pairs = Vec<(char, u32)>;

/// Cleans a text for reading.
///
/// ```
/// let text = gongwen::clean::clean("活@@动&ldquo;消費&rdquo;");
/// assert_eq!(text.fold(), "活动“消費”");
/// assert_eq!(text.span(0..3), (0, 1));
/// ```
pub fn clean(source: &str) -> Text {
    let mut pairs: Pairs = source.chars().enumerate().map(|(n, c)| (c, n as u32)).collect();
    pairs = without_invisible(&pairs);
    if source.contains('<') {
        pairs = without_tags(&pairs);
    }
    if source.contains('&') {
        pairs = with_entities(&pairs);
    }
    pairs = simplified(pairs);
    pairs = without_readings(pairs);
    let (mut pairs, hidden) = furniture::without_furniture(pairs);
    pairs = with_even_spaces(&pairs);
    pairs = furniture::without_page_markers(pairs);
    pairs = unwrapped(&pairs);
    Text::new(&pairs, hidden)
}

/// The characters as a string, for looking at.
pub(crate) fn string_of(pairs: &[(char, u32)]) -> String {
    pairs.iter().map(|it| it.0).collect()
}

fn without_tags(pairs: &[(char, u32)]) -> Pairs {
    static BLOCK: &[&str] =
        &["p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "section"];
    let mut kept = Pairs::with_capacity(pairs.len());
    let mut n = 0;
    while let Some(&(c, at)) = pairs.get(n) {
        let next = pairs.get(n + 1).map(|it| it.0).unwrap_or(' ');
        let close = (c == '<' && (next == '/' || next == '!' || next.is_ascii_alphabetic()))
            .then(|| pairs.iter().skip(n).take(400).position(|it| it.0 == '>'))
            .flatten();
        let Some(close) = close else {
            kept.push((c, at));
            n += 1;
            continue;
        };
        let inside: String = pairs.iter().skip(n + 1).take(close - 1).map(|it| it.0).collect();
        let name: String = inside.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        let name = name.to_ascii_lowercase();
        if BLOCK.contains(&name.as_str()) {
            kept.push(('\n', at));
        } else if matches!(name.as_str(), "td" | "th") && !inside.starts_with('/') {
            kept.push(('|', at));
        }
        n += close + 1;
    }
    kept
}

fn with_entities(pairs: &[(char, u32)]) -> Pairs {
    let mut kept = Pairs::with_capacity(pairs.len());
    let mut n = 0;
    while let Some(&(c, at)) = pairs.get(n) {
        let end = if c == '&' { pairs.iter().skip(n).take(12).position(|it| it.0 == ';') } else { None };
        let decoded = end.and_then(|end| {
            let name: String = pairs.iter().skip(n + 1).take(end - 1).map(|it| it.0).collect();
            entity(&name).map(|it| (it, end))
        });
        if let Some((decoded, end)) = decoded {
            kept.push((decoded, at));
            n += end + 1;
        } else {
            kept.push((c, at));
            n += 1;
        }
    }
    kept
}

fn entity(name: &str) -> Option<char> {
    if let Some(code) = name.strip_prefix("#x").or(name.strip_prefix("#X")) {
        return u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
    }
    if let Some(code) = name.strip_prefix('#') {
        return code.parse().ok().and_then(char::from_u32);
    }
    Some(match name {
        "ldquo" => '“',
        "rdquo" => '”',
        "lsquo" => '‘',
        "rsquo" => '’',
        "nbsp" | "ensp" | "emsp" | "thinsp" => ' ',
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "mdash" => '—',
        "ndash" => '–',
        "hellip" => '…',
        "middot" | "bull" => '·',
        "times" => '×',
        "laquo" => '《',
        "raquo" => '》',
        _ => return None,
    })
}

/// Leaves out what nobody sees: zero width and private use characters, doubled @ of a broken export, replacement marks.
fn without_invisible(pairs: &[(char, u32)]) -> Pairs {
    let mut kept = Pairs::with_capacity(pairs.len());
    let mut n = 0;
    while let Some(&(c, at)) = pairs.get(n) {
        n += 1;
        match c {
            '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{ad}'
            | '\u{fffd}' => {}
            '\u{e000}'..='\u{f8ff}' | '\u{fe00}'..='\u{fe0f}' => {}
            '@' if pairs.get(n).is_some_and(|it| it.0 == '@') => {
                while pairs.get(n).is_some_and(|it| it.0 == '@') {
                    n += 1;
                }
            }
            '\r' if pairs.get(n).is_some_and(|it| it.0 == '\n') => {}
            '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => kept.push(('\n', at)),
            '\n' | '\t' => kept.push((c, at)),
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => kept.push((' ', at)),
            c if c.is_control() => {}
            // Radicals look like characters and come out of some PDF fonts.
            '\u{2f00}' => kept.push(('一', at)),
            '\u{2f06}' => kept.push(('二', at)),
            '\u{2f17}' => kept.push(('十', at)),
            '\u{2f47}' => kept.push(('日', at)),
            '\u{2f49}' => kept.push(('月', at)),
            c => kept.push((c, at)),
        }
    }
    kept
}

/// Traditional characters become simplified ones, but only in a text that is written in them.
fn simplified(pairs: Pairs) -> Pairs {
    let text = string_of(&pairs);
    let converted = fast2s::convert(&text);
    let n_changed = text.chars().zip(converted.chars()).filter(|(a, b)| a != b).count();
    let n_han = text.chars().filter(|it| is_han(*it)).count();
    if n_changed < 8.max(n_han / 30) || converted.chars().count() != pairs.len() {
        return pairs;
    }
    pairs.into_iter().zip(converted.chars()).map(|((_, at), c)| (c, at)).collect()
}

fn is_reading(c: char) -> bool {
    c.is_ascii_lowercase() || matches!(c, '\u{e0}'..='\u{1dc}' | 'ɡ')
}

/// Leaves out readings in brackets after characters, 權(quán), which libraries add against copying, and the marks their cutting leaves.
fn without_readings(pairs: Pairs) -> Pairs {
    let n_toned = pairs.iter().filter(|it| matches!(it.0, '\u{e0}'..='\u{1dc}')).count();
    if n_toned < 5 {
        return pairs;
    }
    let mut kept = Pairs::with_capacity(pairs.len());
    let mut n = 0;
    while let Some(&(c, at)) = pairs.get(n) {
        let word = pairs.iter().skip(n + 1).take(8).take_while(|it| is_reading(it.0)).count();
        let is_closed = pairs.get(n + 1 + word).is_some_and(|it| matches!(it.0, ')' | '）'));
        if matches!(c, '(' | '（') && (1..=7).contains(&word) && is_closed {
            n += word + 2;
            continue;
        }
        if c == '?' {
            // Two byte characters cut in the middle: the second half shows as another character.
            let ahead: String = pairs.iter().skip(n + 1).take(7).map(|it| it.0).collect();
            if ahead.starts_with("F(") {
                kept.push(('。', at));
                kept.push(('现', at + 1));
                n += 2;
                continue;
            }
            if is_closed && word > 0 && ahead.chars().skip(word + 1).collect::<String>().starts_with("亻_") {
                kept.push(('地', at));
                kept.push(('开', at + word as u32 + 3));
                n += word + 4;
                continue;
            }
            if is_closed && word > 0 {
                n += word + 2;
                continue;
            }
        }
        kept.push((c, at));
        n += 1;
    }
    kept
}

/// Spaces stay only between Chinese words; lines have none at their ends and none are empty.
fn with_even_spaces(pairs: &[(char, u32)]) -> Pairs {
    let mut kept = Pairs::with_capacity(pairs.len());
    let mut n = 0;
    while let Some(&(c, at)) = pairs.get(n) {
        if c != ' ' {
            let is_double = c == '\n' && kept.last().is_none_or(|it: &(char, u32)| it.0 == '\n');
            if !is_double {
                kept.push((c, at));
            }
            n += 1;
            continue;
        }
        while pairs.get(n).is_some_and(|it| it.0 == ' ') {
            n += 1;
        }
        let left = kept.last().map(|it| it.0).unwrap_or('\n');
        let right = pairs.get(n).map(|it| it.0).unwrap_or('\n');
        let after = |c: char| is_han(c) || "。；;)）”》".contains(c);
        if after(left) && (is_han(right) || "“《(（".contains(right)) {
            kept.push((' ', at));
        }
    }
    spaced_words_joined(&kept)
}

/// "联 系 人:" is one word, drawn out to fill the line.
fn spaced_words_joined(pairs: &[(char, u32)]) -> Pairs {
    static SPACED: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:^|[\n |。])([\p{Han}](?: [\p{Han}]){1,3}) ?[:：]").ok());
    let text = string_of(pairs);
    let Some(spaced) = SPACED.as_ref().filter(|_| text.contains(' ')) else {
        return pairs.to_vec();
    };
    let mut drop = std::collections::BTreeSet::new();
    for found in spaced.captures_iter(&text).filter_map(|it| it.get(1)) {
        let before = text.get(..found.start()).map_or(0, |it| it.chars().count());
        drop.extend(found.as_str().chars().enumerate().filter(|it| it.1 == ' ').map(|it| before + it.0));
    }
    pairs.iter().enumerate().filter(|(n, _)| !drop.contains(n)).map(|it| *it.1).collect()
}

/// Joins lines that were broken at a fixed width.
fn unwrapped(pairs: &[(char, u32)]) -> Pairs {
    let lines: Vec<Range<usize>> = lines_of(pairs);
    let widths: Vec<usize> = lines.iter().map(|it| width(pairs.get(it.clone()).unwrap_or_default())).collect();
    let Some(&widest) = widths.iter().max() else { return pairs.to_vec() };
    let n_full = widths.iter().filter(|it| **it + 8 >= widest).count();
    if lines.len() < 8 || !(28..=130).contains(&widest) || n_full * 4 < lines.len() {
        return pairs.to_vec();
    }
    let mut kept = Pairs::with_capacity(pairs.len());
    for (n, line) in lines.iter().enumerate() {
        let words = pairs.get(line.clone()).unwrap_or_default();
        kept.extend_from_slice(words);
        let Some(break_) = pairs.get(line.end) else { continue };
        let is_full = widths.get(n).is_some_and(|it| it + 8 >= widest);
        let ends = words.last().is_some_and(|it| "。!！?？".contains(it.0));
        let next = lines.get(n + 1).and_then(|it| pairs.get(it.clone())).unwrap_or_default();
        let is_table = words.iter().chain(next).any(|it| matches!(it.0, '|' | '\t'));
        if !is_full || ends || is_table || starts_anew(next) {
            kept.push(*break_);
        }
    }
    kept
}

fn lines_of(pairs: &[(char, u32)]) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (n, (c, _)) in pairs.iter().enumerate() {
        if *c == '\n' {
            lines.push(start..n);
            start = n + 1;
        }
    }
    lines.push(start..pairs.len());
    lines
}

/// The width of a line in half width columns.
fn width(line: &[(char, u32)]) -> usize {
    line.iter().map(|it| if it.0.is_ascii() { 1 } else { 2 }).sum()
}

fn starts_anew(line: &[(char, u32)]) -> bool {
    static ANEW: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^(?:[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十]{1,3}\)|\d{1,2}[.、]|\(\d{1,2}\)|[①-⑳]|附件|第[一二三四五六七八九十]+[,、:]|[^,。;]{2,8}:)").ok()
    });
    let head: String = line.iter().take(14).map(|it| fold_char(it.0)).collect();
    line.is_empty() || ANEW.as_ref().is_some_and(|it| it.is_match(&head))
}
