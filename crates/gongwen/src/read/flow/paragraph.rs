//! Lines become paragraphs.
//!
//! Two questions decide: would the first word of the next line still have fitted on this one, and does the next line
//! begin where paragraphs of this document begin?

use super::lines::{Line, ems, total_ems};
use std::collections::BTreeMap;

/// What the lines of a document have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measure {
    left: f64,
    right: f64,
    size: f64,
    /// Usual distance of two base lines.
    pitch: f64,
    /// Where paragraphs begin and where they go on, in half ems from the left edge; equal without an indent.
    start: i32,
    middle: i32,
}

impl Measure {
    pub(super) fn new<'a>(lines: impl Iterator<Item = &'a Line>) -> Measure {
        let lines: Vec<&Line> = lines.collect();
        let size = f64::from(mode(lines.iter().map(|it| (half_points(it.size), total_ems(&it.text))))) / 2.0;
        let size = if size > 0.0 { size } else { 12.0 };
        let mut lefts: Vec<f64> = lines.iter().map(|it| it.x).collect();
        lefts.sort_by(f64::total_cmp);
        let left = lefts.get(lefts.len() / 20).copied().unwrap_or(0.0);
        let right = right_edge(&lines, left, size);
        let pitches = lines.windows(2).filter_map(|it| match it {
            [a, b] if a.page == b.page && b.y > a.y => Some((half_points(b.y - a.y), 1.0)),
            _ => None,
        });
        let pitch = f64::from(mode(pitches)) / 2.0;
        let pitch = if pitch > 0.0 { pitch } else { size * 2.0 };
        let mut measure = Measure { left, right, size, pitch, start: 0, middle: 0 };
        let pairs = || lines.windows(2).filter_map(|it| if let [a, b] = it { Some((*a, *b)) } else { None });
        let offset = |line: &Line| measure.offset(line);
        let is_near = |line: &Line| (-1..=9).contains(&offset(line));
        let starts =
            pairs().filter(|(a, b)| !measure.is_full(a, b) && is_near(b)).map(|(_, b)| (offset(b), total_ems(&b.text)));
        let middles =
            pairs().filter(|(a, b)| measure.is_full(a, b) && is_near(b)).map(|(_, b)| (offset(b), total_ems(&b.text)));
        let (start, middle) = (mode(starts), mode(middles));
        (measure.start, measure.middle) = (start, middle);
        measure
    }

    /// Whether `next` goes on with the paragraph that `line` is in.
    pub(super) fn continues(&self, line: &Line, next: &Line) -> bool {
        let ratio = next.size / line.size;
        if !(0.87..=1.15).contains(&ratio) || !self.is_full(line, next) {
            return false;
        }
        if line.page == next.page && next.y - line.y > (1.6 * self.pitch).max(2.2 * next.size) {
            return false;
        }
        let is_own_size = !(0.9..=1.1).contains(&(next.size / self.size));
        if self.is_centered(next) && self.offset(next) > 2 {
            // A title broken over two lines goes on in the middle of the page.
            return is_own_size && self.is_centered(line) && !ends_sentence(&line.text);
        }
        let offset = self.offset(next);
        if (self.start - self.middle).abs() >= 2 {
            return (offset - self.middle).abs() < (offset - self.start).abs()
                && offset < self.middle.max(self.start) + 4;
        }
        (offset - self.middle).abs() <= 2 && !(ends_sentence(&line.text) && begins_with_number(&next.text))
    }

    /// The first word of the next line would not have fitted on this one.
    fn is_full(&self, line: &Line, next: &Line) -> bool {
        line.end + (first_word_ems(&next.text) + 0.3) * next.size > self.right
    }

    fn offset(&self, line: &Line) -> i32 {
        let half_ems = (line.x - self.left) / self.size * 2.0;
        whole(half_ems)
    }

    fn is_centered(&self, line: &Line) -> bool {
        let (before, after) = (line.x - self.left, self.right - line.end);
        before > 0.8 * self.size && (before - after).abs() < 1.6 * line.size
    }
}

/// The right edge of the text: where most of the long lines end. Marks hung into the margin reach beyond it.
fn right_edge(lines: &[&Line], left: f64, size: f64) -> f64 {
    let furthest = lines.iter().map(|it| it.end).fold(left, f64::max);
    let is_long = |end: &f64| *end - left > 0.6 * (furthest - left);
    let mut ends: Vec<f64> = lines.iter().map(|it| it.end).filter(is_long).collect();
    ends.sort_by(|a, b| b.total_cmp(a));
    ends.truncate(4000);
    let n_close = |end: f64| ends.iter().filter(|it| end - **it < size && **it <= end).count();
    // `max_by_key` returns the last of equals; the list falls, so the search runs from its far end.
    ends.iter().rev().copied().max_by_key(|it| n_close(*it)).unwrap_or(furthest)
}

/// What stays together at the start of a line: a word, or a character with the marks that may not begin a line.
pub(super) fn first_word_ems(text: &str) -> f64 {
    let mut width = 0.0;
    let mut has_word = false;
    let mut is_latin = false;
    for c in text.trim_start().chars() {
        let opens = "“‘《〈（(【[「『".contains(c);
        let closes = "，。、；：？！”’》〉）)】]」』,.;:?!%％…".contains(c);
        if has_word && !closes && !(is_latin && is_latin_word(c)) {
            break;
        }
        if !opens && !closes {
            is_latin = is_latin_word(c);
            has_word = true;
        }
        width += ems(c);
        if width > 20.0 {
            break;
        }
    }
    width
}

fn is_latin_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '@' | '-' | '/' | '_' | '.' | '&')
}

fn ends_sentence(text: &str) -> bool {
    text.ends_with(['。', '；', '：', '！', '？', ';', ':', '!', '?', '）', ')', '.'])
}

/// 一、 (一) 1. 1、 (1) ① 第一 附件.
pub(super) fn begins_with_number(text: &str) -> bool {
    const CHINESE: &str = "一二三四五六七八九十";
    let mut rest = text.chars().peekable();
    match rest.peek().copied() {
        Some('①'..='⑳' | '⑴'..='⒛') => return true,
        Some('(' | '（') => {
            rest.next();
            let n = rest.by_ref().take_while(|it| it.is_ascii_digit() || CHINESE.contains(*it)).count();
            return (1..=3).contains(&n);
        }
        Some('第') => return text.chars().nth(1).is_some_and(|it| CHINESE.contains(it) || it.is_ascii_digit()),
        Some('附') => return text.starts_with("附件"),
        _ => {}
    }
    let number: String = text.chars().take_while(|it| it.is_ascii_digit() || CHINESE.contains(*it)).collect();
    let after = text.get(number.len()..).unwrap_or_default();
    let is_decimal =
        number.chars().all(|it| it.is_ascii_digit()) && after.chars().nth(1).is_some_and(|it| it.is_ascii_digit());
    !number.is_empty()
        && number.chars().count() <= 3
        && after.starts_with(['、', '.', '．', '，', ')', '）'])
        && !is_decimal
}

/// Adds the next line to a paragraph; only Latin words need a blank between them.
pub(super) fn append(text: &mut String, next: &str) {
    let is_word = |it: Option<char>| it.is_some_and(|it| it.is_ascii_alphabetic());
    if is_word(text.chars().next_back()) && is_word(next.chars().next()) {
        text.push(' ');
    }
    text.push_str(next);
}

fn half_points(value: f64) -> i32 {
    whole(value * 2.0)
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to a range that fits")]
fn whole(value: f64) -> i32 {
    value.round().clamp(-100_000.0, 100_000.0) as i32
}

/// The value with the greatest weight; zero for none.
fn mode(values: impl Iterator<Item = (i32, f64)>) -> i32 {
    let mut weights: BTreeMap<i32, f64> = BTreeMap::new();
    for (value, weight) in values {
        *weights.entry(value).or_default() += weight;
    }
    weights.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |it| it.0)
}
