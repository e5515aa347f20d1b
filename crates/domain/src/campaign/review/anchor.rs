//! Where each value of a plan stands in its source, so that a page can light up its words.
//!
//! The plan keeps places for parts and dates only; units, titles and places are found again inside their part.
//! [`lay_out`] turns text and anchors into blocks of lines with properly nested marks, ready to be written as HTML.

use super::Draft;
use crate::campaign::plan::{Activity, DateMention, Plan, ReportDuty, Span};

/// A value (or a whole part) of the draft and its place in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The name it is pointed at by: `title`, `a3` (activity of key 3), `a3l0` (its first lead), `a3d1` (its second date), `w0`.
    pub name: String,
    /// What kind of value it is, for its colour.
    pub kind: AnchorKind,
    /// Where it stands.
    pub span: Span,
}

/// What an [`Anchor`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnchorKind {
    /// A whole activity, requirement, duty, phase or form.
    Part,
    /// A title.
    Title,
    /// A theme, an issuer, a document number.
    Head,
    /// A unit.
    Unit,
    /// A date.
    Date,
    /// A place.
    Place,
    /// The words a warning is about.
    Warning,
}

impl AnchorKind {
    /// The word in class names.
    pub fn code(self) -> &'static str {
        match self {
            AnchorKind::Part => "part",
            AnchorKind::Title => "title",
            AnchorKind::Head => "head",
            AnchorKind::Unit => "unit",
            AnchorKind::Date => "date",
            AnchorKind::Place => "place",
            AnchorKind::Warning => "warning",
        }
    }
}

/// The source as characters, to be searched by character position.
struct Text {
    chars: Vec<char>,
}

/// The same letter for a search: width, quotation marks and blanks make no difference.
fn plain(it: char) -> char {
    match it {
        '，' => ',',
        '：' => ':',
        '；' => ';',
        '（' => '(',
        '）' => ')',
        '“' | '”' | '„' | '＂' => '"',
        '‘' | '’' => '\'',
        '．' => '.',
        '！'..='～' => char::from_u32(u32::from(it) - 0xFEE0).unwrap_or(it),
        _ => it,
    }
}

impl Text {
    /// The place of a word within a span; blanks between its letters do not matter. `last` looks from the end.
    fn find(&self, word: &str, within: Span, last: bool) -> Option<Span> {
        let word: Vec<char> = word.chars().filter(|it| !it.is_whitespace()).map(plain).collect();
        let first = *word.first()?;
        let end = within.end.min(self.chars.len());
        let starts = within.start..end;
        let at = |start: usize| {
            let mut rest = word.iter();
            let mut wanted = rest.next();
            let mut position = start;
            while let Some(letter) = wanted {
                let here = *self.chars.get(position).filter(|_| position < end)?;
                if plain(here) == *letter {
                    wanted = rest.next();
                } else if !here.is_whitespace() {
                    return None;
                }
                position += 1;
            }
            Some(Span { start, end: position })
        };
        let is_start = |start: &usize| self.chars.get(*start).is_some_and(|it| plain(*it) == first);
        if last { starts.rev().filter(is_start).find_map(at) } else { starts.filter(is_start).find_map(at) }
    }
}

/// What is found while the anchors of a draft are gathered.
struct Gathering {
    text: Text,
    whole: Span,
    anchors: Vec<Anchor>,
}

impl Gathering {
    fn add(&mut self, name: String, kind: AnchorKind, span: Option<Span>) {
        if let Some(span) = span.filter(|span| span.start < span.end && span.end <= self.whole.end) {
            self.anchors.push(Anchor { name, kind, span });
        }
    }

    fn find(&mut self, name: String, kind: AnchorKind, word: &str, within: Span, last: bool) {
        let span = self.text.find(word, within, last);
        self.add(name, kind, span);
    }

    fn date(&mut self, name: String, date: &DateMention, within: Span) {
        let span = if date.span.end > 0 { Some(date.span) } else { self.text.find(&date.text, within, false) };
        self.add(name, AnchorKind::Date, span);
    }

    fn head(&mut self, plan: &Plan) {
        let single = [
            ("title", AnchorKind::Title, plan.title.as_ref()),
            ("theme", AnchorKind::Head, plan.theme.as_ref()),
            ("number", AnchorKind::Head, plan.document_number.as_ref()),
        ];
        for (name, kind, word) in single {
            self.find(name.to_owned(), kind, word.map_or("", |word| word), self.whole, false);
        }
        for (index, issuer) in plan.issuers.iter().enumerate() {
            self.find(format!("issuer{index}"), AnchorKind::Head, issuer, self.whole, false);
        }
    }

    fn activity(&mut self, key: u32, activity: &Activity) {
        let span = activity.span;
        self.add(format!("a{key}"), AnchorKind::Part, Some(span));
        self.find(format!("a{key}t"), AnchorKind::Title, &activity.title, span, false);
        // The unit that leads stands behind the words most of the time, so its last mention is the one meant.
        for (index, lead) in activity.leads.iter().enumerate() {
            self.find(format!("a{key}l{index}"), AnchorKind::Unit, lead, span, true);
        }
        for (index, support) in activity.supports.iter().enumerate() {
            self.find(format!("a{key}s{index}"), AnchorKind::Unit, support, span, true);
        }
        for (index, date) in activity.dates.iter().enumerate() {
            self.date(format!("a{key}d{index}"), date, span);
        }
        for (index, place) in activity.places.iter().enumerate() {
            self.find(format!("a{key}p{index}"), AnchorKind::Place, place, span, false);
        }
    }

    fn duty(&mut self, key: u32, duty: &ReportDuty) {
        self.add(format!("q{key}"), AnchorKind::Part, Some(duty.span));
        if let Some(who) = &duty.who {
            self.find(format!("q{key}w"), AnchorKind::Unit, who, duty.span, true);
        }
        if let Some(due) = &duty.due {
            self.date(format!("q{key}d"), due, duty.span);
        }
    }
}

/// The anchors of a draft in its source, in no particular order. A value whose words are not found has none.
pub fn anchors(draft: &Draft, source: &str) -> Vec<Anchor> {
    let text = Text { chars: source.chars().collect() };
    let whole = Span { start: 0, end: text.chars.len() };
    let mut found = Gathering { text, whole, anchors: Vec::new() };
    let plan = &draft.plan;
    found.head(plan);
    for (seen, activity) in draft.activities() {
        found.activity(seen.key, activity);
    }
    for (index, phase) in plan.phases.iter().enumerate() {
        found.add(format!("phase{index}"), AnchorKind::Part, Some(phase.span));
    }
    for (seen, requirement) in draft.requirements() {
        found.add(format!("r{}", seen.key), AnchorKind::Part, Some(requirement.span));
    }
    for (seen, duty) in draft.report_duties() {
        found.duty(seen.key, duty);
    }
    for (seen, form) in draft.forms() {
        found.find(format!("f{}", seen.key), AnchorKind::Title, form.title.as_deref().unwrap_or_default(), whole, true);
    }
    for (index, warning) in plan.warnings.iter().enumerate() {
        found.add(format!("w{index}"), AnchorKind::Warning, Some(warning.span));
    }
    found.anchors
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Words(String),
    /// A mark begins: its name and kind. `first` is false where a mark goes on from the line before.
    Open {
        /// The anchor.
        name: String,
        /// Its kind.
        kind: AnchorKind,
        /// Does the mark begin here?
        first: bool,
    },
    /// The mark opened last ends.
    Close,
}

/// One line of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// Where it stands, without the line end.
    pub span: Span,
    /// Its pieces; marks nest properly.
    pub pieces: Vec<Piece>,
}

/// Lines that belong together: those of one part, or those between two parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Block {
    /// The anchor of the part; `None` between parts.
    pub name: Option<String>,
    /// The lines.
    pub lines: Vec<Line>,
}

/// The source as blocks of lines with marks.
pub fn lay_out(source: &str, anchors: &[Anchor]) -> Vec<Block> {
    let mut lines: Vec<(Span, Vec<char>)> = Vec::new();
    let mut start = 0;
    for line in source.split('\n') {
        let chars: Vec<char> = line.chars().collect();
        let n = chars.len();
        lines.push((Span { start, end: start + n }, chars));
        start += n + 1;
    }
    let (parts, mut marks) = parts_and_marks(anchors, &lines);
    marks.sort_by(|one, other| (one.span.start, other.span.end).cmp(&(other.span.start, one.span.end)));
    let mut blocks: Vec<Block> = Vec::new();
    let mut from = 0;
    for (index, (span, chars)) in lines.iter().enumerate() {
        let part =
            parts.iter().find(|(_, first, last)| (*first..=*last).contains(&index)).map(|(name, ..)| name.clone());
        if blocks.last().is_none_or(|block| block.name != part) {
            blocks.push(Block { name: part, lines: Vec::new() });
        }
        while marks.get(from).is_some_and(|mark| mark.span.end <= span.start) {
            from += 1;
        }
        let here = marks.iter().copied().skip(from).take_while(|mark| mark.span.start < span.end);
        let pieces = pieces(*span, chars, here.filter(|mark| mark.span.end > span.start));
        if let Some(block) = blocks.last_mut() {
            block.lines.push(Line { number: index + 1, span: *span, pieces });
        }
    }
    blocks
}

type Part = (String, usize, usize);

/// Parts that fill whole lines become blocks; a part that shares a line with another becomes a mark.
fn parts_and_marks<'a>(anchors: &'a [Anchor], lines: &[(Span, Vec<char>)]) -> (Vec<Part>, Vec<&'a Anchor>) {
    let mut parts: Vec<Part> = Vec::new();
    let mut marks: Vec<&Anchor> = Vec::new();
    let mut wanted: Vec<&Anchor> = anchors.iter().filter(|it| it.kind == AnchorKind::Part).collect();
    wanted.sort_by_key(|it| (it.span.start, it.span.end));
    let line_of = |at: usize| lines.partition_point(|(span, _)| span.end < at).min(lines.len().saturating_sub(1));
    for anchor in wanted {
        let (first, last) = (line_of(anchor.span.start), line_of(anchor.span.end.saturating_sub(1)));
        let is_line_start = lines.get(first).is_some_and(|(span, _)| anchor.span.start <= span.start + 8);
        let is_free = parts.last().is_none_or(|(_, _, taken)| first > *taken);
        if is_line_start && is_free {
            parts.push((anchor.name.clone(), first, last));
        } else {
            marks.push(anchor);
        }
    }
    marks.extend(anchors.iter().filter(|it| it.kind != AnchorKind::Part));
    (parts, marks)
}

/// The pieces of one line. A mark that would cross the end of another is cut there, so that marks always nest.
fn pieces<'a>(span: Span, chars: &[char], marks: impl Iterator<Item = &'a Anchor>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut at = span.start;
    let words = |pieces: &mut Vec<Piece>, from: usize, to: usize| {
        let text: String = chars.iter().skip(from - span.start).take(to.saturating_sub(from)).collect();
        if !text.is_empty() {
            pieces.push(Piece::Words(text));
        }
    };
    let close_until = |pieces: &mut Vec<Piece>, open: &mut Vec<usize>, at: &mut usize, to: usize| {
        while let Some(end) = open.last().copied().filter(|end| *end <= to) {
            words(pieces, *at, end);
            *at = end.max(*at);
            pieces.push(Piece::Close);
            open.pop();
        }
    };
    for mark in marks {
        let start = mark.span.start.max(span.start);
        close_until(&mut pieces, &mut open, &mut at, start);
        words(&mut pieces, at, start);
        at = at.max(start);
        let end = mark.span.end.min(span.end).min(open.last().copied().unwrap_or(span.end));
        if end <= at {
            continue;
        }
        let first = mark.span.start >= span.start;
        pieces.push(Piece::Open { name: mark.name.clone(), kind: mark.kind, first });
        open.push(end);
    }
    close_until(&mut pieces, &mut open, &mut at, span.end);
    words(&mut pieces, at, span.end);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::plan::{Warning, WarningCode};

    const SOURCE: &str = "活动方案\n一、活动内容\n1.广场咨询。3月15日在人民 广场由市场科牵头。\n(牵头单位：市场科)\n2.竞赛。办公室负责。";

    fn draft() -> Draft {
        let at = |word: &str| SOURCE.find(word).map(|byte| SOURCE[..byte].chars().count()).unwrap();
        let (first, second) = (at("1.广场"), at("2.竞赛"));
        Draft::new(Plan {
            title: Some("活动方案".into()),
            activities: vec![
                Activity {
                    title: "广场咨询".into(),
                    leads: vec!["市场科".into()],
                    places: vec!["人民广场".into()],
                    span: Span { start: first, end: second - 1 },
                    ..Activity::default()
                },
                Activity {
                    title: "竞赛".into(),
                    leads: vec!["办公室".into(), "不在原文里的科".into()],
                    span: Span { start: second, end: SOURCE.chars().count() },
                    ..Activity::default()
                },
            ],
            warnings: vec![Warning {
                code: WarningCode::NotUnderstood,
                message: "看不懂".into(),
                span: Span { start: at("3月15日"), end: at("人民") + 1 },
            }],
            ..Plan::default()
        })
    }

    fn words(span: Span) -> String {
        SOURCE.chars().skip(span.start).take(span.end - span.start).collect()
    }

    #[test]
    fn each_value_is_found_in_its_part() {
        let anchors = anchors(&draft(), SOURCE);
        let of = |name: &str| anchors.iter().find(|it| it.name == name).map(|it| words(it.span));
        assert_eq!(of("a1t").as_deref(), Some("广场咨询"));
        assert_eq!(of("a1p0").as_deref(), Some("人民 广场"));
        assert_eq!(of("a2l0").as_deref(), Some("办公室"));
        assert_eq!(of("a2l1"), None);
        // The last mention is the one behind 牵头单位.
        let lead = anchors.iter().find(|it| it.name == "a1l0").unwrap().span;
        assert_eq!(words(Span { start: lead.start - 5, end: lead.end }), "牵头单位：市场科");
    }

    #[test]
    fn every_letter_of_the_source_stands_once_and_marks_nest() {
        let blocks = lay_out(SOURCE, &anchors(&draft(), SOURCE));
        let mut lines = Vec::new();
        let mut depth = 0_i32;
        for line in blocks.iter().flat_map(|block| &block.lines) {
            let mut text = String::new();
            for piece in &line.pieces {
                match piece {
                    Piece::Words(words) => text.push_str(words),
                    Piece::Open { .. } => depth += 1,
                    Piece::Close => depth -= 1,
                }
                assert!(depth >= 0);
            }
            assert_eq!(depth, 0);
            lines.push(text);
        }
        assert_eq!(lines.join("\n"), SOURCE);
    }

    #[test]
    fn the_lines_of_an_activity_are_one_block() {
        let blocks = lay_out(SOURCE, &anchors(&draft(), SOURCE));
        let shape: Vec<(Option<&str>, usize)> =
            blocks.iter().map(|block| (block.name.as_deref(), block.lines.len())).collect();
        assert_eq!(shape, [(None, 2), (Some("a1"), 2), (Some("a2"), 1)]);
    }

    #[test]
    fn two_parts_on_one_line_are_both_marked() {
        let source = "1.咨询;2.竞赛;3.抽检";
        let part =
            |name: &str, start, end| Anchor { name: name.into(), kind: AnchorKind::Part, span: Span { start, end } };
        let blocks = lay_out(source, &[part("a1", 0, 5), part("a2", 5, 10), part("a3", 10, 14)]);
        let opened: Vec<&str> = blocks[0].lines[0]
            .pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Open { name, .. } => Some(name.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(blocks[0].name.as_deref(), Some("a1"));
        assert_eq!(opened, ["a2", "a3"]);
    }
}
