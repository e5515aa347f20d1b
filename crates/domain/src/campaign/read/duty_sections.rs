//! A duty whose parts have sections of their own: 报送内容, 报送时间, 报送方式.

use std::ops::Range;
use std::sync::LazyLock;

use gongwen::date::Kind;
use regex::Regex;

use super::Doc;
use super::duty_parts::{mail_of, things, units};
use super::facts::first_sentence;
use super::tree::{self, Node};
use crate::campaign::plan::ReportDuty;

/// "报送内容:1.总结;2.统计表", "报送时间:3月19日12:00前", "报送方式:通过内网邮箱报送至市局消保科" are one duty.
pub(super) fn read(doc: &Doc) -> Option<ReportDuty> {
    let section = |words: &[&str]| {
        doc.nodes.iter().find(|it| {
            let heading = doc.text.at(tree::heading(doc.text, it)).trim_end_matches([':', ' ']);
            words.contains(&heading)
        })
    };
    let content = section(&["报送内容", "报送材料", "上报内容", "报送事项"])?;
    let time = section(&["报送时间", "报送时限", "截止时间", "上报时间", "报送期限"])?;
    let mut due = doc.mentions(time.all.clone()).into_iter().find(|it| it.kind != Kind::Open)?;
    if due.kind == Kind::Point {
        due.kind = Kind::Deadline;
        due.end = due.start.take();
    }
    let (mut to, mut via) = (Vec::new(), Vec::new());
    if let Some(way) = section(&["报送方式", "报送渠道", "报送途径", "上报方式", "报送要求"]) {
        to = addressees(doc, way.all.clone());
        via.extend(way_of(doc, way.all.clone()));
        via.extend(mail_of(&mut to));
    }
    Some(ReportDuty {
        who: None,
        what: contents(doc, content),
        to,
        via,
        due: Some(doc.date_mention(&due)),
        span: doc.span(content.all.start..time.all.end.max(content.all.start)),
    })
}

fn contents(doc: &Doc, node: &Node) -> Vec<String> {
    if node.children.is_empty() {
        return things(doc, doc.section_words(node));
    }
    node.children.iter().flat_map(|it| things(doc, first_sentence(doc.text, it.own.clone()))).collect()
}

fn addressees(doc: &Doc, range: Range<usize>) -> Vec<String> {
    static TO: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:报送?|发送?|反馈|传|寄|提交)(?:至|到|给)(?P<to>[^,。;\n]{2,40})").ok());
    let words = doc.text.at(range.clone());
    let found = TO.as_ref().and_then(|it| it.captures(words)).and_then(|it| it.name("to"));
    found.map(|it| units(doc, range.start + it.start()..range.start + it.end())).unwrap_or_default()
}

fn way_of(doc: &Doc, range: Range<usize>) -> Option<String> {
    static WAY: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:通过|以)(?P<v>[^,。;、]{2,14}?)(?:形式|方式)?(?:报|上报|发|反馈|提交)").ok());
    Some(WAY.as_ref()?.captures(doc.text.at(range))?.name("v")?.as_str().to_owned())
}
