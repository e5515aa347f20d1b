//! The outline of a document: 一、 / （一） / 1. / （1） / ① / 第一 / 一是, also where a page lost brackets, dots or line breaks.
//!
//! A numeral is a marker because of its place in a series, not because of its looks: inside a line 2. counts only after 1.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::numeral;
use crate::text::{Text, is_han};

/// The form of a marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// 一、
    Section,
    /// （一）
    Bracketed,
    /// 一 with nothing after it, where a page lost the mark.
    Bare,
    /// 1. or 1、
    Digit,
    /// 2.1
    Decimal,
    /// （1） or 1）
    BracketedDigit,
    /// ①
    Circled,
    /// 第一，
    Ordinal,
    /// 一是
    OneIs,
    /// 第一阶段
    Phase,
    /// 活动一：
    Named,
}

impl Style {
    /// ①, 第一 and 一是 count points inside a text rather than items.
    pub fn is_minor(self) -> bool {
        matches!(self, Style::Circled | Style::OneIs)
    }
}

/// A marker of the outline that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// Its form.
    pub style: Style,
    /// Its number.
    pub number: u32,
    /// Where it stands in the folded text.
    pub range: Range<usize>,
    /// How deep it stands, 0 is the outermost.
    pub depth: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Place {
    /// Inside running words.
    Inside,
    /// After a mark that can end a sentence.
    AfterMark,
    /// At the beginning of a line.
    LineStart,
}

struct Candidate {
    style: Style,
    number: u32,
    range: Range<usize>,
    place: Place,
    /// The first number of 2.1.
    major: u32,
}

static CANDIDATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?m:^)(?:活动|项目|专题)(?P<named>[一二三四五六七八九十]{1,2}|\d{1,2})(?:[:、]| ?“)",
        r"|(?P<section>[一二三四五六七八九十]{1,3})[、.]",
        r"|\((?P<bracketed>[一二三四五六七八九十]{1,3})\)[、.]?",
        r"|第(?P<phase>[一二三四五六])阶段",
        r"|第(?P<ordinal>[一二三四五六七八九十]{1,3})[,、:]",
        r"|(?P<oneis>[一二三四五六七八九十])是",
        r"|\((?P<bdigit>\d{1,2})\)[、.]?",
        r"|(?P<hdigit>\d{1,2})\)[、.]?",
        r"|(?P<digit>\d{1,2})[.、]",
        r"|(?P<circled>[①-⑳❶-❿])",
        r"|(?P<bare>[一二三四五六七八九十]{1,3})",
    ))
    .ok()
});

/// The groups of the pattern and the style each of them stands for.
const STYLES: &[(&str, Style)] = &[
    ("named", Style::Named),
    ("section", Style::Section),
    ("bracketed", Style::Bracketed),
    ("ordinal", Style::Ordinal),
    ("oneis", Style::OneIs),
    ("phase", Style::Phase),
    ("bdigit", Style::BracketedDigit),
    ("hdigit", Style::BracketedDigit),
    ("digit", Style::Digit),
    ("circled", Style::Circled),
    ("bare", Style::Bare),
];

fn candidates(text: &str) -> Vec<Candidate> {
    let Some(pattern) = CANDIDATE.as_ref() else { return Vec::new() };
    let mut found = Vec::new();
    for caps in pattern.captures_iter(text) {
        let Some(mut all) = caps.get(0).map(|it| it.range()) else { continue };
        let mut skip = 0;
        if text.get(..all.start).is_some_and(|it| it.ends_with("方案"))
            && !text.get(all.clone()).unwrap_or("").ends_with('、')
        {
            // "方案四一开展": the label, then the first item.
            skip = "一".len();
            all.start = (all.start + skip).min(all.end);
            if all.is_empty() {
                continue;
            }
        }
        let before = text.get(..all.start).filter(|it| !ends_with_label(it)).and_then(|it| it.chars().next_back());
        let after = text.get(all.end..).filter(|it| !opens_with_date(it)).and_then(|it| it.chars().next());
        let place = match before {
            None | Some('\n') => Place::LineStart,
            Some(c) if c.is_ascii_lowercase() => Place::AfterMark,
            Some(c) if "。;；!！?？:)”》 \t|".contains(c) => Place::AfterMark,
            Some(_) => Place::Inside,
        };
        for (name, style) in STYLES.iter().copied() {
            let Some(number) = caps.name(name).and_then(|it| it.as_str().get(skip..)) else { continue };
            if style == Style::Named && all.end > caps.name(name).map_or(all.end, |it| it.end()) {
                all.end = caps.name(name).map_or(all.end, |it| it.end());
            }
            let value = match style {
                Style::Circled => number.chars().next().and_then(numeral::circled),
                _ => numeral::parse(number),
            };
            if let Some(value) = value.filter(|it| *it > 0)
                && is_plausible(style, name, number, before, after, place)
            {
                if style == Style::Digit
                    && let Some(decimal) = decimal(text, &all, value, place)
                {
                    found.push(decimal);
                } else {
                    found.push(Candidate { style, number: value, range: all.clone(), place, major: 0 });
                }
            }
        }
    }
    found
}

/// "2.1举办启动仪式" at the head of a line.
fn decimal(text: &str, digit: &Range<usize>, major: u32, place: Place) -> Option<Candidate> {
    static UNITS: &str = "月日年号万元亿米公倍折级版寸度个次场份名家人千百吨升克";
    let rest = text.get(digit.end..).filter(|_| place == Place::LineStart)?;
    let n = rest.bytes().take_while(u8::is_ascii_digit).count();
    let number: u32 = rest.get(..n).filter(|it| (1..=2).contains(&it.len()))?.parse().ok()?;
    let after = rest.get(n..)?.trim_start_matches(['.', '、', ' ']);
    let is_words =
        after.chars().next().is_some_and(|it| (is_han(it) || it == '“' || it == '《') && !UNITS.contains(it));
    let end = digit.end + rest.len() - after.len();
    let found = Candidate { style: Style::Decimal, number, range: digit.start..end, place, major };
    (is_words && number > 0 && text.get(digit.clone())?.ends_with('.')).then_some(found)
}

/// Is the number before the dot that of the open item, and the one behind it the next?
fn continues_decimal(it: &Candidate, open: &[(Style, u32)]) -> bool {
    let is_below = open.iter().any(|(style, n)| matches!(style, Style::Digit | Style::Section) && *n == it.major);
    let last = open.iter().find(|(style, _)| *style == Style::Decimal).map_or(0, |it| it.1);
    is_below && (it.number == 1 || it.number == last + 1)
}

/// "5.3月15日…" is item 5 with its day.
fn opens_with_date(rest: &str) -> bool {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    digits > 0 && rest.get(digits..).is_some_and(|it| it.starts_with('月') || it.starts_with('年'))
}

/// "方案四" directly before a marker is a heading of its own.
fn ends_with_label(before: &str) -> bool {
    let mut last = before.chars().rev();
    last.next().is_some_and(|it| "一二三四五六七八九十".contains(it))
        && last.next() == Some('案')
        && last.next() == Some('方')
}

fn is_plausible(
    style: Style,
    name: &str,
    digits: &str,
    before: Option<char>,
    after: Option<char>,
    place: Place,
) -> bool {
    let follows_number = before.is_some_and(|it| it.is_ascii_digit() || "一二三四五六七八九十第.·百千/-".contains(it));
    let after_digit = after.is_some_and(|it| it.is_ascii_digit());
    match style {
        Style::Digit | Style::BracketedDigit if name != "bdigit" => {
            if follows_number || digits.starts_with('0') {
                return false;
            }
            // "3.15" at the head of a line is the day, "3、15日…" could be an item.
            let is_decimal = after_digit && (place == Place::Inside || place == Place::AfterMark);
            !(is_decimal || name == "hdigit" && place == Place::Inside)
        }
        Style::Section => !(follows_number || place == Place::Inside && after.is_some_and(|it| "二三四五六七八九十".contains(it))),
        Style::OneIs => !follows_number && place != Place::Inside || before == Some(','),
        Style::Named => place == Place::LineStart,
        Style::Ordinal | Style::Phase => place != Place::Inside,
        Style::Bare => {
            !follows_number
                && after.is_some_and(|it| is_han(it) || it == '“' || it == ' ' && place == Place::LineStart)
                && after.is_some_and(|it| !"个场次批方面定致系列年月日周线些把同旦般体律切直并起是要种项家级类两部件支位名条天期季名份本对样流经手".contains(it))
                && (place != Place::Inside || digits == "一")
        }
        _ => true,
    }
}

/// Finds the markers of a text, in order.
pub fn markers(text: &Text) -> Vec<Marker> {
    scan(text.fold())
}

fn is_three_fifteen(text: &str, at: &Range<usize>) -> bool {
    let tail = text.get(at.start..).unwrap_or("");
    ["3.15", "3、15", "6.16", "12.4"].iter().any(|it| tail.starts_with(it))
}

fn scan(text: &str) -> Vec<Marker> {
    let all = candidates(text);
    let has_bare_run = bare_run(&all);
    let mut open: Vec<(Style, u32)> = Vec::new();
    let mut closed: Vec<(Style, u32)> = Vec::new();
    let mut accepted: Vec<Marker> = Vec::new();
    for (n, it) in all.iter().enumerate() {
        if it.style == Style::Bare && !has_bare_run || it.style == Style::Digit && is_three_fifteen(text, &it.range) {
            continue;
        }
        if it.style == Style::Decimal && !continues_decimal(it, &open) {
            continue;
        }
        let rest = all.get(n + 1..).unwrap_or_default();
        let at = open.iter().position(|(style, _)| *style == it.style);
        let is_accepted = match at.and_then(|at| open.get(at)) {
            Some((_, last)) if it.number == last + 1 => it.style != Style::Bare || it.place > Place::Inside,
            Some((_, last)) if it.number > last + 1 => match it.style {
                Style::Bare => it.place > Place::Inside && it.number <= last + 3,
                Style::Section => it.place > Place::Inside && it.number <= last + 3,
                _ => it.place == Place::LineStart,
            },
            Some((Style::Bare, _)) if it.number == 1 => starts_bare(text, it) && continues(it, rest, &open),
            Some((style, last)) if it.number == 1 => {
                it.place == Place::LineStart && *style != Style::Bare
                    || continues(it, rest, &open) && (*last > 1 || *style != Style::Section)
            }
            Some((style, _)) => it.place == Place::LineStart && *style != Style::Bare,
            // The numbers of a level run on across the groups of a section.
            None if closed.contains(&(it.style, it.number.saturating_sub(1))) && it.number > 1 => !it.style.is_minor(),
            None if it.number == 1 => match it.style {
                Style::Bare => starts_bare(text, it) && continues(it, rest, &open),
                Style::OneIs | Style::Circled => continues(it, rest, &open),
                _ => it.place == Place::LineStart || continues(it, rest, &open),
            },
            None if it.number == 2 && it.style == Style::Digit && it.place > Place::Inside => {
                if let Some(first) = lost_first(text, accepted.last().map_or(0, |it| it.range.end)..it.range.start) {
                    accepted.push(Marker { style: Style::Digit, number: 1, range: first, depth: open.len() });
                    open.push((Style::Digit, 1));
                    true
                } else {
                    it.place == Place::LineStart
                }
            }
            None => it.place == Place::LineStart && !matches!(it.style, Style::Bare | Style::OneIs | Style::Ordinal),
        };
        if !is_accepted {
            continue;
        }
        let depth = enter(it, &mut open, &mut closed);
        accepted.push(Marker { style: it.style, number: it.number, range: it.range.clone(), depth });
    }
    accepted
}

/// Closes what is deeper than an accepted item and opens the item itself; gives its depth.
fn enter(it: &Candidate, open: &mut Vec<(Style, u32)>, closed: &mut Vec<(Style, u32)>) -> usize {
    // An own place in the stack may have come with the first item that had lost its mark.
    let at = open.iter().position(|(style, _)| *style == it.style).unwrap_or(open.len());
    if it.style == Style::Section {
        closed.clear();
    } else {
        closed.extend(open.drain(at..).skip(1));
    }
    closed.retain(|(style, _)| *style != it.style);
    open.truncate(at);
    open.push((it.style, it.number));
    at
}

/// Does number 2 of the same style follow before the next item of an outer style?
fn continues(it: &Candidate, rest: &[Candidate], open: &[(Style, u32)]) -> bool {
    let at = open.iter().position(|(style, _)| *style == it.style).unwrap_or(open.len());
    let outer = open.get(..at).unwrap_or_default();
    for next in rest {
        if next.style == it.style && next.number == 2 && next.place > Place::Inside {
            return true;
        }
        if next.style == it.style && next.number == 2 && !matches!(it.style, Style::Bare) {
            return true;
        }
        let closes =
            outer.iter().any(|(style, last)| *style == next.style && next.number == last + 1 && *style != Style::Bare);
        if closes && next.place > Place::Inside {
            return false;
        }
    }
    false
}

/// Bare 一 … 二 … 三 at the heads of sentences: a page lost the marks.
fn bare_run(all: &[Candidate]) -> bool {
    let mut expected = 2;
    for it in all.iter().filter(|it| it.style == Style::Bare && it.place > Place::Inside) {
        if it.number == expected {
            expected += 1;
        }
    }
    expected > 3
}

fn starts_bare(text: &str, it: &Candidate) -> bool {
    let before = text.get(..it.range.start).unwrap_or("").trim_end();
    let ends =
        ["要求", "内容", "安排", "措施", "任务", "如下", "事项", "步骤", "活动"].iter().any(|it| before.ends_with(it));
    it.place > Place::Inside || ends
}

/// The first item of a list whose mark was lost: "有1召开…。 2.开展…".
fn lost_first(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    static LOST: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[^\d.·年月日:\-第“/]1[\p{Han}“]").ok());
    static UNIT: &str = "个月日年场次批件人份种项家级类天周时点分";
    let words = text.get(range.clone())?;
    let found = LOST
        .as_ref()?
        .find_iter(words)
        .find(|it| it.as_str().chars().next_back().is_some_and(|c| !UNIT.contains(c)))?;
    let skip = found.as_str().chars().next()?.len_utf8();
    let start = range.start + found.start() + skip;
    Some(start..start + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::clean;

    fn check(source: &str, expected: &str) {
        let text = clean(source);
        let found: Vec<String> =
            markers(&text).iter().map(|it| format!("{}{}", "-".repeat(it.depth), it.number)).collect();
        assert_eq!(found.join(" "), expected, "{source}");
    }

    #[test]
    fn each_style_opens_a_level() {
        check("一、内容\n（一）甲\n1.子\n（1）丑\n2.寅\n（二）乙\n二、要求", "1 -1 --1 ---1 --2 -2 2");
    }

    #[test]
    fn numbers_run_on_across_groups() {
        check("二、内容\n(一)甲\n1.子\n2.丑\n(二)乙\n3.寅", "2 -1 --1 --2 -2 --3");
    }

    #[test]
    fn markers_inside_a_line_need_their_series() {
        check(
            "一、目的坚持。二、安排（一）宣传方面1.发布主题。2.开设专栏。（二）现场方面3.举办。三、要求",
            "1 2 -1 --1 --2 -2 --3 3",
        );
        check("一、时间\n3.15活动定于3月15日，抽检1.5吨", "1");
    }

    #[test]
    fn a_list_whose_first_dot_was_lost_is_found() {
        check("四、形式将开展以下活动1邀请领导。 2.发布警示。 3.公布案例。", "4 -1 -2 -3");
    }

    #[test]
    fn decimals_count_below_their_item() {
        check("1.主题\n尚德守法\n2.内容\n2.1启动\n2.2培训\n3.要求\n3.1领导\n3.15当天放假", "1 2 -1 -2 3 -1");
        check("一、时间\n3.15活动周", "1");
    }

    #[test]
    fn bare_numerals_count_only_in_a_run() {
        check("方案四一开展宣传活动。 二开展教育活动。 三开展培训活动。", "1 2 3");
        check("一切为了消费者。二手车很多。", "");
    }
}
