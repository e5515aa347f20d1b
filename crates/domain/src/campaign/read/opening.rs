//! The head of an item: who, when, and its title.

use std::ops::Range;
use std::sync::LazyLock;

use gongwen::party;
use gongwen::text::part;
use regex::Regex;

use super::Doc;
use super::facts::first_sentence;

/// What stands before the words of an item: who ("消保股:负责…"), the day ("周一(4月15日):…") or the time ("9:00-9:20 …").
pub(super) struct Opening {
    pub(super) units: Vec<String>,
    pub(super) time: Option<(String, Range<usize>)>,
    pub(super) rest: Range<usize>,
}

pub(super) fn opening(doc: &Doc, own: Range<usize>) -> Opening {
    let own = doc.text.trim(own, "");
    let words = doc.text.at(own.clone());
    let mut found = Opening { units: Vec::new(), time: None, rest: own.clone() };
    if let Some((time, len)) = gongwen::date::opening_time(words) {
        let after = doc.text.trim(own.start + len..own.end, ",:、");
        if !after.is_empty() {
            found.time = Some((time, own.start..own.start + len));
            found.rest = after;
        }
        return found;
    }
    let head = first_sentence(doc.text, own.clone());
    let tail = doc.text.trim(head.end..own.end, ":");
    if doc.text.at(head.end..own.end).starts_with(':') && !tail.is_empty() {
        let names = party::split_units(doc.text.at(head.clone()), head.start);
        let head_words = doc.text.at(head.clone());
        let are_units = head_words.chars().count() <= 40
            && !names.is_empty()
            && names.iter().all(|it| is_doer(doc.text.at(it.clone())) && !doc.text.at(it.clone()).ends_with("活动"));
        let tail_words = doc.text.at(tail.clone());
        let acts = ["负责", "主要负责", "牵头", "组织", "具体负责", "做好", "开展", "承担"]
            .iter()
            .find(|it| tail_words.starts_with(**it));
        if let Some(verb) = acts.filter(|_| are_units) {
            found.units = names.into_iter().map(|it| doc.text.show(it)).collect();
            let skip = if verb.ends_with("负责") || *verb == "承担" { verb.len() } else { 0 };
            found.rest = tail.start + skip..tail.end;
        } else if is_day_only(doc, head) {
            found.rest = tail;
        }
    }
    found
}

/// A unit, or "各社区": every one of a kind.
fn is_doer(words: &str) -> bool {
    party::is_unit(words) || words.starts_with('各') && (3..=8).contains(&words.chars().count())
}

/// "周一(4月15日)", "3月9日上午": nothing but a day.
fn is_day_only(doc: &Doc, head: Range<usize>) -> bool {
    let mentions = doc.mentions(head.clone());
    let Some(day) = mentions.first() else { return false };
    let before = doc.text.at(head.start..day.range.start);
    let after = doc.text.at(mentions.last().map_or(day.range.end, |it| it.range.end)..head.end);
    let is_mark = |it: char| "(),第周星期一二三四五六日天上下午 ".contains(it);
    before.chars().all(is_mark) && after.chars().all(is_mark)
}

/// The title of an item, without the units, days and places behind it.
pub(super) fn title(doc: &Doc, own: Range<usize>) -> Range<usize> {
    static TAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"[,;(](?:活动|拟定|具体|举办)?(?:时间|地点|主办单位|承办单位|牵头|责任单位|责任部门|责任科室|责任人|完成时限|由[\p{Han}、]{2,20}(?:负责|牵头))").ok()
    });
    let mut title = first_sentence(doc.text, own);
    let words = doc.text.at(title.clone());
    if let Some(found) = TAIL.as_ref().and_then(|it| it.find(words)).filter(|it| it.start() >= 9) {
        let kept = part(words, 0..found.start());
        let open = kept.rfind('(').filter(|at| !part(kept, *at..kept.len()).contains(')'));
        title.end = title.start + open.unwrap_or(found.start());
    } else if words.ends_with(')')
        && let Some(open) = words.rfind('(').filter(|it| *it >= 9)
    {
        let inside = part(words, open + 1..words.len() - 1);
        if !party::scan(inside).is_empty()
            || party::split_units(inside, 0).iter().all(|it| party::is_unit(part(inside, it.clone())))
        {
            title.end = title.start + open;
        }
    }
    title.end = before_day(doc, &title);
    doc.text.trim(title, ",，、:")
}

/// "会场布置,3月13日前完成": the day behind the comma is no part of the title.
fn before_day(doc: &Doc, title: &Range<usize>) -> usize {
    let words = doc.text.at(title.clone());
    let Some(comma) = words.rfind(',').filter(|it| part(words, 0..*it).chars().count() >= 4) else { return title.end };
    let tail = title.start + comma + 1..title.end;
    let is_day = doc.mentions(tail.clone()).first().is_some_and(|it| {
        let after = doc.text.at(it.range.end..tail.end);
        it.range.start == tail.start && (after.is_empty() || after.starts_with("完成"))
    });
    if is_day { title.start + comma } else { title.end }
}
