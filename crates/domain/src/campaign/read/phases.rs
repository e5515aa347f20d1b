//! Phases: 第一阶段 …, 筹备阶段(2月26日—3月1日).

use std::ops::Range;
use std::sync::LazyLock;

use gongwen::date::Kind;
use gongwen::outline::Style;
use gongwen::text::part;
use regex::Regex;

use super::Doc;
use super::facts::first_sentence;
use super::tree::{self, Node};
use crate::campaign::plan::Phase;

/// The head of a phase: its name up to 阶段, with a bracket of days behind it.
pub(super) fn phase_head(words: &str) -> Option<Range<usize>> {
    static HEAD: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^[为是:, ]*(?P<name>[^,。;:\n(]{2,24}?阶段|\([^()]{2,12}\)|(?:动员部署|宣传发动|组织实施|集中宣传|总结提升|总结)(?:\()).{0,1}").ok()
    });
    let head = words.trim_start();
    let skip = words.len() - head.len();
    let name = HEAD.as_ref()?.captures(head)?.name("name")?;
    let rest = part(words, skip + name.end()..words.len());
    let close = rest.strip_prefix('(').and_then(|it| it.find(')')).map_or(0, |it| it + 2);
    Some(skip..skip + name.end() + close)
}

/// The phase that an item is, if it is one.
pub(super) fn phase(doc: &Doc, node: &Node) -> Option<Phase> {
    let words = doc.text.at(node.own.clone());
    let head: String = words.trim_start().chars().take(26).collect();
    let is_phase = node.style == Style::Phase
        || head.find("阶段").is_some_and(|at| !part(&head, 0..at).contains(['。', ',', ';', ':']));
    if !is_phase {
        return None;
    }
    static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^[为是:, ]*(?:第[一二三四五六]阶段[为是:, ]*)?(?P<name>[^,。;:\n(]{2,24}?阶段)").ok()
    });
    let named = NAME
        .as_ref()
        .and_then(|it| it.captures(words.trim_start()))
        .and_then(|it| it.name("name"))
        .map(|it| it.as_str().to_owned());
    let name = match named {
        Some(name) => name.trim_start_matches(['为', '是', ':']).to_owned(),
        None => after_ordinal(doc, node),
    };
    let mentions = doc.mentions(node.own.clone());
    let near = mentions.iter().find(|it| matches!(it.kind, Kind::Range | Kind::Point | Kind::Deadline | Kind::Open));
    let near = near.filter(|it| part(doc.text.fold(), node.own.start..it.range.start).chars().count() < 40);
    let start = near.and_then(|it| it.start).map(gongwen::date::Day::to_text);
    // "3月23日3月26日": the dash between two days was lost.
    let second = near
        .and_then(|near| mentions.iter().find(|it| it.range.start == near.range.end))
        .and_then(|it| it.end.or(it.start));
    let end = second.or(near.and_then(|it| it.end.or(it.start))).map(gongwen::date::Day::to_text);
    let head_end = near.map_or(node.own.start, |it| it.range.end).max(tree::heading(doc.text, node).end);
    Some(Phase { name, start, end, span: doc.span(node.all.start..head_end) })
}

/// "第一阶段(3月1日—10日):宣传发动": the name stands behind.
fn after_ordinal(doc: &Doc, node: &Node) -> String {
    let words = doc.text.at(node.own.clone());
    let skip = phase_bracket(words);
    let rest = doc.text.trim(node.own.start + skip..node.own.end, ":,为是—- ");
    let name = doc.text.show(first_sentence(doc.text, rest));
    let ordinal = doc.text.show(node.marker.clone());
    if (2..=12).contains(&name.chars().count()) { name } else { ordinal }
}

fn phase_bracket(words: &str) -> usize {
    words.strip_prefix('(').and_then(|it| it.find(')')).map_or(0, |it| it + 2)
}
