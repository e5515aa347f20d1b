//! Where the parts of a text lie: several plans, head, body, signature, annexes.

use std::ops::Range;
use std::sync::LazyLock;

use gongwen::date::{self, Context, Day};
use gongwen::party;
use gongwen::text::{Text, part};
use regex::Regex;

/// The parts of one plan.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// 方案一.
    pub(super) label: Option<Range<usize>>,
    /// Everything of this plan.
    pub(super) all: Range<usize>,
    /// Everything before the annexes and the list of annexes.
    pub(super) main: Range<usize>,
    /// The list "附件:1.… 2.…".
    pub(super) annex_list: Option<Range<usize>>,
    /// The annexes themselves.
    pub(super) annexes: Vec<Range<usize>>,
    /// The covering letter, where the plan itself is an annex.
    pub(super) cover: Option<Range<usize>>,
    /// Signing units with the date below.
    pub(super) signature: Option<Signature>,
}

/// Who signs, when.
#[derive(Debug, Clone)]
pub(super) struct Signature {
    pub(super) units: Vec<Range<usize>>,
    pub(super) day: Option<Day>,
    pub(super) range: Range<usize>,
}

/// Splits a text into its plans (方案一 … 方案四); nearly always there is one.
pub(super) fn plans(text: &Text) -> Vec<Layout> {
    static LABEL: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:方案|篇)(?P<n>[一二三四五六七八九十]{1})").ok());
    let fold = text.fold();
    let mut labels: Vec<Range<usize>> = Vec::new();
    if let Some(pattern) = LABEL.as_ref() {
        for caps in pattern.captures_iter(fold) {
            let (Some(all), Some(n)) = (caps.get(0), caps.name("n")) else { continue };
            if gongwen::numeral::parse(n.as_str()) == Some(labels.len() as u32 + 1) {
                labels.push(all.range());
            }
        }
    }
    if labels.len() < 2 {
        return vec![layout(text, None, 0..fold.len())];
    }
    let ends = labels.iter().skip(1).map(|it| it.start).chain([fold.len()]);
    labels.iter().zip(ends).map(|(label, end)| layout(text, Some(label.clone()), label.end..end)).collect()
}

static ANNEX: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"附 ?件(?P<n>[一二三四五六七八]|\d{1,2})?(?:-\d)?(?P<colon> ?:)?").ok());

fn layout(text: &Text, label: Option<Range<usize>>, all: Range<usize>) -> Layout {
    let words = text.at(all.clone());
    let mut list: Option<usize> = None;
    let mut bodies: Vec<usize> = Vec::new();
    for caps in ANNEX.iter().flat_map(|it| it.captures_iter(words)) {
        let Some(found) = caps.get(0) else { continue };
        let before = part(words, 0..found.start()).chars().next_back();
        let rest = part(words, found.end()..words.len());
        let at_line = before.is_none_or(|it| "\n ".contains(it));
        let opens = at_line || before.is_some_and(|it| "。)”表;".contains(it));
        let (has_n, has_colon) = (caps.name("n").is_some(), caps.name("colon").is_some());
        let line_end = rest.find('\n').unwrap_or(rest.len());
        let is_alone = part(rest, 0..line_end).trim().is_empty();
        if !opens
            || rest.starts_with([')', ',', '，', '。', '、', '的', '中', '要'])
            || part(words, 0..found.start()).ends_with('见')
        {
            continue;
        }
        let next_line = part(rest, line_end..rest.len()).trim_start();
        let before_table = next_line.starts_with("填报")
            || part(next_line, 0..next_line.find('\n').unwrap_or(next_line.len())).contains(['|', '\t']);
        let is_body = at_line && is_alone || has_n && !has_colon || has_n && at_line && before_table && list.is_some();
        let is_list_entry = has_n && has_colon && !is_alone && !before_table;
        if is_body && !is_list_entry {
            bodies.push(all.start + found.start());
        } else if has_colon && list.is_none() && bodies.is_empty() {
            list = Some(all.start + found.start());
        } else if !has_colon && !has_n && list.is_some() && opens {
            bodies.push(all.start + found.start());
        }
    }
    // A first page that is nothing but an annex is a form.
    let first_body = bodies.first().copied().unwrap_or(all.end);
    let list_start = list.filter(|it| *it < first_body);
    let main_end = list_start.unwrap_or(first_body);
    let ends = bodies.iter().skip(1).copied().chain([all.end]);
    let annexes: Vec<Range<usize>> = bodies.iter().copied().zip(ends).map(|(a, b)| a..b).collect();
    let annex_list = list_start.map(|it| it..first_body);
    if let Some((first, others)) = annexes.split_first().filter(|it| is_plan_annex(text.at(it.0.clone()))) {
        let signature = signature(text, all.start..first.end);
        let cover = Some(all.start..main_end);
        return Layout {
            label,
            all: all.clone(),
            main: all.start..first.end,
            annex_list: None,
            annexes: others.to_vec(),
            cover,
            signature,
        };
    }
    let signature = signature(text, all.start..first_body);
    Layout { label, all: all.clone(), main: all.start..main_end, annex_list, annexes, cover: None, signature }
}

/// An annex that is a plan in words: its title says so and it has sections of its own.
fn is_plan_annex(words: &str) -> bool {
    let title = words.lines().map(str::trim).filter(|it| !it.is_empty()).take(5).any(|it| {
        ["方案", "计划", "安排", "要点", "意见"].iter().any(|end| it.ends_with(end)) && it.chars().count() <= 60
    });
    let n_sections = words.lines().filter(|it| it.starts_with("一、") || it.starts_with("二、")).count();
    title && n_sections >= 2
}

static DATE_LINE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?P<date>(?:\d{4}|20xx|[二〇○零一九]{2}[〇○零一二三四五六七八九]{2})年(?:\d{1,2}|[一二三四五六七八九十]{1,3})月(?:(?:\d{1,2}|[一二三四五六七八九十]{1,3})日)?)\)?(?:$|\n|[ (]|附件|\d{4}年)").ok()
});

static UNIT_TAIL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:^|[\n。;) (])(?P<units>[\p{Han}x、 ·()]{3,60}?)[ \n]*\(?$").ok());

/// The signature: a date on its own, with the units that stand before it.
fn signature(text: &Text, range: Range<usize>) -> Option<Signature> {
    let words = text.at(range.clone());
    let mut best: Option<Signature> = None;
    for caps in DATE_LINE.as_ref()?.captures_iter(words) {
        let Some(found) = caps.name("date") else { continue };
        let before = part(words, 0..found.start());
        let ends_line = caps.get(0).is_some_and(|it| it.end() == words.len() || it.as_str().ends_with('\n'));
        let units = unit_tail(before, range.start);
        let stands_alone = before.trim_end_matches(' ').ends_with(['\n', '。']) || before.is_empty();
        if units.is_empty() && !stands_alone || !ends_line && !stands_alone && units.is_empty() {
            continue;
        }
        let day = date::scan(found.as_str(), &Context::default()).first().and_then(|it| it.start);
        if units.is_empty() && !found.as_str().ends_with('日') {
            continue;
        }
        let start = units.first().map_or(range.start + found.start(), |it| it.start);
        let found = Signature { units, day, range: start..range.start + found.end() };
        if best.as_ref().is_none_or(|it| it.units.is_empty() || !found.units.is_empty()) {
            best = Some(found);
        }
    }
    best
}

fn unit_tail(before: &str, offset: usize) -> Vec<Range<usize>> {
    let tail_start = before.char_indices().rev().nth(60).map_or(0, |it| it.0);
    let Some(caps) = UNIT_TAIL.as_ref().and_then(|it| it.captures(part(before, tail_start..before.len()))) else {
        return Vec::new();
    };
    let Some(units) = caps.name("units") else { return Vec::new() };
    let start = tail_start + units.start();
    let mut names: Vec<Range<usize>> = Vec::new();
    // Several units sign below each other.
    let mut from = start;
    let mut lines: Vec<Range<usize>> = Vec::new();
    lines.push(start..tail_start + units.end());
    while let Some(line) = before.get(..from).and_then(|it| it.strip_suffix('\n')) {
        let line_start = line.rfind('\n').map_or(0, |it| it + 1);
        let words = part(line, line_start..line.len());
        if !party::is_unit(words) || words.chars().count() > 25 || words.starts_with("各") || lines.len() > 4 {
            break;
        }
        lines.insert(0, line_start..line.len());
        from = line_start;
    }
    for line in lines {
        let words = part(before, line.clone());
        for it in party::split_units(words, line.start) {
            let name = part(before, it.clone());
            if !party::is_unit(name) || name.starts_with(['各', '至', '到', '和', '报']) {
                return Vec::new();
            }
            names.push(it.start + offset..it.end + offset);
        }
    }
    names
}
