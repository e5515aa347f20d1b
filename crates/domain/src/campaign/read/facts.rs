//! Title, issuers, document number, day of issue, year and period.

use std::ops::Range;
use std::sync::LazyLock;

use gongwen::date::{Day, Kind};
use gongwen::party;
use gongwen::text::part;
use regex::Regex;

use super::tree::Section;
use super::{Doc, tree};
use crate::campaign::plan::{Period, Plan};

/// Reads title, issuers, number, day of issue and year, and sets the context of all other dates.
pub(super) fn read(doc: &mut Doc, plan: &mut Plan) {
    let text = doc.text;
    let title = title(doc);
    plan.title = title.clone().map(|it| text.show(it).replace("  ", " "));
    plan.document_number = document_number(doc);
    let signature = doc.layout.signature.clone();
    let issued = signature.as_ref().and_then(|it| it.day).or_else(|| issued_in_head(doc));
    plan.year = year(doc, title.clone(), issued);
    doc.context.year = plan.year;
    doc.context.issued = issued.filter(|it| it.day.is_some());
    plan.issued = issued.map(Day::to_text);
    plan.issuers = issuers(doc, title);
}

/// The lines of the head; where line breaks were lost, spaces and the marks of the usual phrases part them.
pub(super) fn head_lines(doc: &Doc) -> Vec<Range<usize>> {
    let head = doc.head.clone();
    let words = doc.text.at(head.clone());
    let is_run_on = words.split('\n').any(|it| it.chars().count() > 150);
    let mut cuts: Vec<usize> = vec![0];
    for (at, c) in words.char_indices() {
        if c == '\n' || is_run_on && c == ' ' {
            cuts.push(at + c.len_utf8());
        }
    }
    if is_run_on {
        static CUT: LazyLock<Option<Regex>> =
            LazyLock::new(|| Regex::new(r"的通知|活动方案|实施方案|工作方案|\d{4}年\d{1,2}月\d{1,2}日|:现将").ok());
        for found in CUT.iter().flat_map(|it| it.find_iter(words)) {
            let rest = part(words, found.end()..words.len());
            if !rest.starts_with(['》', '”', '。', ',', '的', '印', '、']) {
                cuts.push(if found.as_str() == ":现将" { found.start() + 1 } else { found.end() });
            }
        }
    }
    cuts.push(words.len());
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2)
        .filter_map(|it| Some(*it.first()?..*it.last()?))
        .map(|it| doc.text.trim(head.start + it.start..head.start + it.end, ""))
        .filter(|it| doc.text.at(it.clone()).contains(char::is_alphanumeric))
        .collect()
}

static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:印发|下发|制定|拟定|现将|将|^|\n|。|:|的)(?:了)?《(?P<title>[^《》]*(?:《[^《》]*》[^《》]*)*(?:方案|计划|安排|意见|要点|策划)(?:\([^()]{1,8}\))?)》(?:的通知|的函|印发|下发|予以印发|已经|已|业经|,现|,请)").ok()
});

static TITLE_END: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?:方案|安排|意见|计划|策划|要点|策划书|工作安排|任务分解表|任务分工表|任务清单|安排表|日程表|计划表|分工表|分工|日程|细则|通知|函|公告|通告|倡议书)(?:\((?:试行|草案|征求意见稿|初稿|送审稿)\))?(?::[^。:]{2,20})?$").ok()
});

fn title(doc: &Doc) -> Option<Range<usize>> {
    let text = doc.text;
    let head = doc.head.clone();
    let words = text.at(head.clone());
    if let Some(found) = NAMED.as_ref().and_then(|it| it.captures_iter(words).last()).and_then(|it| it.name("title")) {
        return Some(head.start + found.start()..head.start + found.end());
    }
    let lines = head_lines(doc);
    let ends = |range: &Range<usize>| {
        let line = text.at(range.clone());
        let n = line.chars().count();
        (3..=90).contains(&n)
            && !line.contains('。')
            && !line.starts_with(['为', '(', '《'])
            && !line.starts_with("现将")
            && !line.starts_with("根据")
            && !line.starts_with("附件")
            && TITLE_END.as_ref().is_some_and(|it| it.is_match(line))
    };
    let is_weak = |range: &Range<usize>| {
        let line = text.at(range.clone());
        ["通知", "函", "公告", "通告"].iter().any(|it| line.ends_with(it))
    };
    let all: Vec<usize> = (0..lines.len()).filter(|it| lines.get(*it).is_some_and(&ends)).collect();
    let strong = all.iter().rev().find(|it| lines.get(**it).is_some_and(|line| !is_weak(line)));
    let Some(last) = strong.or(all.last()).copied() else { return run_on_title(doc) };
    let mut first = last;
    while first > 0
        && lines.get(first - 1).zip(lines.get(first)).is_some_and(|(above, it)| belongs_above(doc, above, it))
    {
        first -= 1;
    }
    Some(lines.get(first)?.start..lines.get(last)?.end)
}

/// Is the line above the first half of a title that was broken?
fn belongs_above(doc: &Doc, above: &Range<usize>, below: &Range<usize>) -> bool {
    let (above, below) = (doc.text.at(above.clone()), doc.text.at(below.clone()));
    let is_date = above.ends_with('日')
        && above.chars().next().is_some_and(|it| it.is_ascii_digit())
        && !above.contains(['“', '”'])
        && !above.contains("权益日");
    let is_red_head = above.split([' ', '、']).all(party::is_unit);
    let wants_units = below.starts_with(|it: char| it.is_ascii_digit() || it == '“');
    !above.ends_with(['。', ':', ';', ',', ')', '》'])
        && above.chars().count() <= 60
        && !is_date
        && !above.contains('号')
        && !above.starts_with("附件")
        && !TITLE_END.as_ref().is_some_and(|it| it.is_match(above))
        && (!is_red_head || wants_units)
}

/// The title at the head of a text whose line breaks were lost.
fn run_on_title(doc: &Doc) -> Option<Range<usize>> {
    static RUN_ON: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^(?P<title>[^。:;《]{4,70}?(?:活动方案|实施方案|工作方案|方案|策划|安排意见|工作计划))(?:各|为|一、| |根据|按照|现|为了|全)").ok()
    });
    let head = doc.text.trim(doc.layout.main.clone(), "");
    let found = RUN_ON.as_ref()?.captures(doc.text.at(head.clone()))?.name("title")?;
    Some(head.start + found.start()..head.start + found.end())
}

fn document_number(doc: &Doc) -> Option<String> {
    static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"^(?:文 ?号: ?|发文字号: ?|文件编号: ?)?(?P<n>[\p{Han}]{2,14}(?:〔|\(|〈|\[)\d{4}(?:〕|\)|〉|\])(?:第)?\d{1,4}号)(?:$| |签发|\()",
        )
        .ok()
    });
    let lines = head_lines(doc);
    lines.iter().find_map(|it| {
        let found = NUMBER.as_ref()?.captures(doc.text.at(it.clone()))?.name("n")?;
        Some(doc.text.show(it.start + found.start()..it.start + found.end()))
    })
}

/// "(县局 2011年3月)" below the title.
fn issued_in_head(doc: &Doc) -> Option<Day> {
    let lines = head_lines(doc);
    lines.iter().find_map(|it| {
        let line = doc.text.at(it.clone());
        let mentions = doc.mentions(it.clone());
        let mention = mentions.first().filter(|found| found.has_year)?;
        let rest = part(line, mention.range.end - it.start..line.len());
        let before = part(line, 0..mention.range.start - it.start);
        let is_alone = matches!(rest, "" | ")")
            && !before.contains(':')
            && before.chars().count() <= 20
            && !before.contains(['。', ',', '“']);
        is_alone.then(|| mention.start.or(mention.end)).flatten()
    })
}

/// 二〇〇八.
fn chinese_year(words: &str) -> Option<i16> {
    gongwen::numeral::parse(words).and_then(|it| i16::try_from(it).ok()).filter(|it| *it > 1900)
}

fn year(doc: &Doc, title: Option<Range<usize>>, issued: Option<Day>) -> Option<i16> {
    static YEAR: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?P<y>(?:19|20)\d{2}|二[〇○零][〇○零一二三四五六七八九]{2}|[12][xX*]{3}|(?:19|20)[xX*]{2}|x{2,4})年",
        )
        .ok()
    });
    let years = |words: &str| -> Vec<Option<i16>> {
        let found = YEAR.iter().flat_map(|it| it.captures_iter(words));
        found
            .filter_map(|it| it.name("y"))
            .map(|it| it.as_str().parse().ok().or_else(|| chinese_year(it.as_str())))
            .collect()
    };
    let title_words = title.map(|it| doc.text.at(it)).unwrap_or("");
    // A library writes another year before the old title; the last one is the document's.
    if let Some(year) = years(title_words).last() {
        return *year;
    }
    let head = doc.text.at(doc.head.clone());
    let in_head = years(head);
    if in_head.contains(&None) {
        return None;
    }
    if let Some(year) = in_head.iter().flatten().max() {
        return Some(*year);
    }
    if let Some(year) = issued.and_then(|it| it.year) {
        return Some(year);
    }
    let in_time = doc.sections().into_iter().filter(|it| matches!(it.0, Section::Time | Section::Name));
    let in_time = in_time.flat_map(|it| years(doc.text.at(it.1.own.clone()))).next();
    in_time.flatten().or_else(|| {
        let annex =
            doc.layout.annexes.first().filter(|it| it.start == doc.layout.main.start || doc.nodes.is_empty())?;
        years(part(doc.text.at(annex.clone()), 0..120.min(annex.len()))).into_iter().next().flatten()
    })
}

fn issuers(doc: &Doc, title: Option<Range<usize>>) -> Vec<String> {
    let text = doc.text;
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: String| {
        let key: String = name.chars().filter(|it| !it.is_whitespace()).collect();
        if !key.is_empty() && !names.iter().any(|it| it.chars().filter(|c| !c.is_whitespace()).eq(key.chars())) {
            names.push(key);
        }
    };
    for it in title.iter().flat_map(|it| units_before_title(doc, it.clone())) {
        add(text.show(it));
    }
    let lines = head_lines(doc);
    for (n, line) in lines.iter().take(4).enumerate() {
        // "某市消费者委员会文件" over a document.
        let line = line.start..line.end - if text.at(line.clone()).ends_with("文件") { "文件".len() } else { 0 };
        let words = text.at(line.clone());
        let is_red_head = n < 3
            && !words.starts_with("各")
            && !words.contains('|')
            && words.split([' ', '、']).all(party::is_unit)
            && !words.ends_with(':');
        let holds_title = title.as_ref().is_some_and(|it| it.start < line.end && line.start < it.end);
        let opens_paragraph = ["根据", "按照", "为", "现", "将", "由", "近日"].iter().any(|it| words.starts_with(it));
        if words.contains("关于") && !words.starts_with("关于") && !words.contains('。') && !opens_paragraph {
            for it in units_before_title(doc, line.clone()) {
                add(text.show(it));
            }
        } else if is_red_head && !holds_title && lines.len() > 1 {
            for it in party::split_units(words, line.start) {
                add(text.show(it));
            }
        }
    }
    for it in doc.layout.signature.iter().flat_map(|it| it.units.clone()) {
        add(text.show(it));
    }
    if doc.layout.signature.is_none() && names.len() < 2 {
        let hosts = hosts_in_head(doc, &lines);
        if names.is_empty() || hosts.iter().any(|host| names.iter().any(|it| host.contains(it.as_str()))) {
            names.extend(hosts);
        }
    }
    fuller(names)
}

/// A title may leave out the place or the form of a company that the signature writes: the fuller name is kept.
fn fuller(names: Vec<String>) -> Vec<String> {
    let is_short_for = |short: &str, long: &str| {
        short.chars().count() >= 4
            && (long.strip_suffix(short).is_some_and(|it| !it.is_empty())
                || long
                    .strip_prefix(short)
                    .is_some_and(|it| ["股份有限公司", "有限公司", "有限责任公司", "办事处"].contains(&it)))
    };
    let kept = names.iter().filter(|it| !names.iter().any(|other| is_short_for(it, other)));
    kept.cloned().collect()
}

/// "主办单位:某办事处" as a line of the head, where nobody signs.
fn hosts_in_head(doc: &Doc, lines: &[Range<usize>]) -> Vec<String> {
    let host = lines.iter().find(|it| doc.text.at((*it).clone()).starts_with("主办单位:"));
    let units = host
        .map(|it| it.start + "主办单位:".len()..it.end)
        .map(|it| party::split_units(doc.text.at(it.clone()), it.start));
    units.into_iter().flatten().map(|it| doc.text.show(it)).collect()
}

/// The units at the head of a title: "某局 某协会2024年…".
fn units_before_title(doc: &Doc, title: Range<usize>) -> Vec<Range<usize>> {
    static STOP: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"关于|批转|转发|印发|\d{4}年|二[〇○零][〇○零一二三四五六七八九]{2}年|20xx年|xx+年|第.{1,4}届|“|《|3[·.]15|开展|“3|年度").ok()
    });
    let words = doc.text.at(title.clone());
    let end = STOP.as_ref().and_then(|it| it.find(words)).map_or(0, |it| it.start());
    let names = party::split_units(part(words, 0..end), title.start);
    let are_units = names.iter().all(|it| {
        party::is_unit(doc.text.at(it.clone()))
            && it.len() >= 9
            && !doc.text.at(it.clone()).ends_with(['镇', '乡', '园'])
    });
    if are_units { names } else { Vec::new() }
}

/// The campaign's own period.
pub(super) fn period(doc: &Doc, plan: &mut Plan) {
    for (section, node) in doc.sections() {
        if section != Section::Time {
            continue;
        }
        let words = if node.children.is_empty() { doc.section_words(node) } else { node.all.clone() };
        let mentions = doc.mentions(words);
        let whole =
            mentions.iter().find(|it| it.kind == Kind::Range).or(mentions.iter().find(|it| it.kind == Kind::Point));
        if let Some(it) = whole {
            plan.period = Some(period_of(it.start, it.end));
            return;
        }
    }
    if let Some(it) = time_in_head(doc) {
        plan.period = Some(period_of(it.start, it.end));
        return;
    }
    let staged = doc.sections().into_iter().filter(|it| it.0 == Section::Activities).map(|it| it.1.own.clone());
    let heads = std::iter::once(doc.head.clone()).chain(staged);
    for range in heads {
        for it in doc.mentions(range.clone()) {
            let before = part(doc.text.at(range.clone()), 0..it.range.start - range.start);
            let rest = doc.text.at(it.range.end..range.end.max(it.range.end));
            let clause = before.rsplit(['。', '\n']).next().unwrap_or("");
            let is_set =
                clause.ends_with(['于', '自', '从', '在']) && (clause.contains("定") || clause.ends_with(['自', '从']));
            let is_staged = rest.starts_with('分') || rest.starts_with(",分");
            let is_whole = it.kind == Kind::Range || it.kind == Kind::Point;
            if is_whole && (is_set && !clause.contains("原定") || is_staged) && !rest.starts_with("起") {
                plan.period = Some(period_of(it.start, it.end));
                return;
            }
        }
    }
}

/// "活动时间:2025年3月14日" as a line of the head.
fn time_in_head(doc: &Doc) -> Option<gongwen::date::Mention> {
    head_lines(doc).into_iter().find_map(|line| {
        let words = doc.text.at(line.clone());
        let is_time = ["活动时间:", "时间:", "举办时间:", "宣传时间:"].iter().any(|it| words.starts_with(it));
        let mut all = if is_time { doc.mentions(line) } else { Vec::new() };
        all.retain(|it| matches!(it.kind, Kind::Point | Kind::Range));
        (!all.is_empty()).then(|| all.swap_remove(0))
    })
}

fn period_of(start: Option<Day>, end: Option<Day>) -> Period {
    Period { start: start.map(Day::to_text), end: end.or(start).map(Day::to_text) }
}

/// The first sentence of a range, for titles: up to 。, ：, ； or the end of the line, never inside quotation marks or brackets.
pub(super) fn first_sentence(text: &gongwen::text::Text, range: Range<usize>) -> Range<usize> {
    let range = text.trim(range, "、.。:; ,");
    let words = text.at(range.clone());
    let mut depth = 0i32;
    let mut before = ' ';
    for (at, c) in words.char_indices() {
        match c {
            '“' | '《' | '(' => depth += 1,
            '”' | '》' | ')' => depth -= 1,
            '\n' => return range.start..range.start + at,
            ':' => {
                let after = part(words, at + 1..words.len()).chars().next().unwrap_or(' ');
                let is_clock = before.is_ascii_digit() && after.is_ascii_digit();
                if depth <= 0 && !is_clock {
                    return range.start..range.start + at;
                }
            }
            '。' | ';' if depth <= 0 => return range.start..range.start + at,
            _ => {}
        }
        before = c;
    }
    let _ = tree::is_slot;
    range
}
