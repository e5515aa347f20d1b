//! Activities, phases and requirements: the items of the outline.

use std::ops::Range;
use std::sync::LazyLock;

use gongwen::date::{Kind, Mention};
use gongwen::outline::Style;
use gongwen::party::{self, Role};
use gongwen::text::part;
use regex::Regex;

use super::facts::first_sentence;
use super::opening::{opening, title};
use super::phases::{phase, phase_head};
use super::tree::{self, Node, Section};
use super::{Doc, closing, place};
use crate::campaign::kind;
use crate::campaign::plan::{Activity, DateMention, Phase, Plan, Requirement};

/// Reads activities, phases and requirements.
pub(super) fn read(doc: &Doc, plan: &mut Plan) {
    let sections = doc.sections();
    let names_activities = sections.iter().any(|it| it.0 == Section::Activities);
    let mut reader = Reader { doc, plan, inherited: Vec::new(), group_parties: <_>::default() };
    for (section, node) in &sections {
        if tree::is_head_block(doc.text, node) {
            continue;
        }
        if matches!(section, Section::Unknown | Section::Activities) && is_watch(doc, node) {
            reader.item(node, None, 0);
            continue;
        }
        match section {
            Section::Activities => reader.section(node),
            Section::Item | Section::Unknown if !names_activities => reader.open_section(node),
            Section::Focus if !sections.iter().any(|it| matches!(it.0, Section::Activities | Section::Item)) => {
                reader.section(node)
            }
            Section::Item if node.children.iter().any(|it| !it.style.is_minor()) || has_parties(doc, node) => {
                reader.open_section(node)
            }
            Section::Unknown if holds_items(doc, node) => reader.open_section(node),
            Section::Requirements => reader.requirements(node),
            _ => {}
        }
    }
    super::tasks::task_tables(doc, plan);
    closing::closing_sentences(doc, plan);
    closing::first_is_lead(doc, plan);
}

fn has_parties(doc: &Doc, node: &Node) -> bool {
    party::scan(doc.text.at(node.all.clone())).iter().any(|it| it.role == Role::Lead)
}

/// "三、应急值守": one paragraph about who is on duty.
fn is_watch(doc: &Doc, node: &Node) -> bool {
    let heading = doc.text.at(tree::heading(doc.text, node));
    let is_named = ["值班", "值守"].iter().any(|it| heading.contains(it)) && heading.chars().count() <= 12;
    is_named && node.children.is_empty() && !doc.mentions(node.all.clone()).is_empty()
}

/// A section without a name of the trade whose items are led or dated holds activities, whatever other sections are called.
fn holds_items(doc: &Doc, node: &Node) -> bool {
    let kids: Vec<&Node> = node.children.iter().filter(|it| !it.style.is_minor()).collect();
    let heading = doc.text.at(tree::heading(doc.text, node));
    let announces =
        ["以下工作", "下列工作", "以下活动", "下列活动", "以下几项工作"].iter().any(|it| heading.ends_with(it));
    let is_set = |it: &&&Node| has_parties(doc, it) || !doc.mentions(it.all.clone()).is_empty();
    kids.len() >= 2 && (announces || speaks_for_all(doc, node) || kids.iter().filter(is_set).count() * 2 > kids.len())
}

/// "以下活动由各所负责:" stands above items.
fn speaks_for_all(doc: &Doc, node: &Node) -> bool {
    let words = doc.text.at(node.own.clone());
    let opens = ["以下", "下列"].iter().any(|it| words.contains(it));
    opens && !node.children.is_empty() && party::scan(words).iter().any(|it| it.role == Role::Lead)
}

struct Reader<'a, 'b> {
    doc: &'a Doc<'b>,
    plan: &'a mut Plan,
    /// The day that a group gives for all its items.
    inherited: Vec<DateMention>,
    /// Who leads and who supports every item of a group ("以下活动由各所负责:").
    group_parties: (Vec<String>, Vec<String>),
}

impl Reader<'_, '_> {
    /// A section of activities: its items, or its lines where it has no items.
    fn section(&mut self, node: &Node) {
        if node.children.iter().any(|it| !it.style.is_minor()) {
            if speaks_for_all(self.doc, node) {
                self.group_parties = parties(self.doc, &node.own);
            }
            for child in node.children.iter().filter(|it| !it.style.is_minor()) {
                self.item(child, None, 0);
            }
            self.group_parties = <_>::default();
            return;
        }
        // "一是…二是…三是…" in one paragraph, each with its own unit.
        let points: Vec<&Node> = node.children.iter().filter(|it| has_parties(self.doc, it)).collect();
        if node.children.len() >= 2 && points.len() * 2 > node.children.len() {
            for child in &node.children {
                self.push(
                    child.own.clone(),
                    child.marker.end..child.all.end,
                    Some(child.number),
                    None,
                    child.all.start,
                );
            }
            return;
        }
        let words = self.doc.section_words(node);
        let end = node.all.end;
        if !table_like(self.doc.text.at(words.start..end)) {
            self.lines(words.start..end, None);
        }
    }

    /// A section in a text that has no section of activities: itself something to do, or a group of such.
    fn open_section(&mut self, node: &Node) {
        let heading = tree::heading(self.doc.text, node);
        let words = self.doc.text.at(heading);
        if is_talk(words) || self.is_report(node) {
            return;
        }
        if is_manner(words) {
            let title = doc_title(self.doc, node);
            self.plan.requirements.push(Requirement { title, span: self.doc.span(node.all.clone()) });
            return;
        }
        self.item(node, None, 0);
    }

    fn item(&mut self, node: &Node, group: Option<&str>, depth: usize) {
        let doc = self.doc;
        if tree::is_slot(doc.text, node) && depth == 0 && !node.children.is_empty() || depth > 3 {
            // "(一)活动内容:1.… 2.…" is a heading.
            if depth > 3 {
                return;
            }
        }
        if let Some(phase) = phase(doc, node) {
            self.phase(node, phase);
            return;
        }
        let is_item = |it: &&Node| !it.style.is_minor() && it.style != Style::Ordinal && !tree::is_slot(doc.text, it);
        let kids: Vec<&Node> = node.children.iter().filter(is_item).collect();
        if !kids.is_empty() && is_group(doc, node, &kids) {
            let heading = group_heading(doc, node);
            let inherited = std::mem::take(&mut self.inherited);
            self.inherited = slot_days(doc, node);
            let of_all = if speaks_for_all(doc, node) { parties(doc, &node.own) } else { self.group_parties.clone() };
            let outer = std::mem::replace(&mut self.group_parties, of_all);
            for kid in kids {
                self.item(kid, Some(&heading), depth + 1);
            }
            self.group_parties = outer;
            self.inherited = inherited;
            return;
        }
        if self.is_report(node) || doc.text.trim(node.own.clone(), "。;、").is_empty() && node.children.is_empty() {
            return;
        }
        self.push(node.own.clone(), node.marker.end..node.all.end, Some(node.number), group, node.all.start);
    }

    fn is_report(&self, node: &Node) -> bool {
        let heading = self.doc.text.at(tree::heading(self.doc.text, node));
        tree::section_of(heading) == Section::Reports
    }

    fn phase(&mut self, node: &Node, phase: Phase) {
        let doc = self.doc;
        let is_closing = phase.name.contains("总结") || phase.name.contains("验收");
        let heading = group_heading(doc, node);
        self.plan.phases.push(phase);
        let kids: Vec<&Node> =
            node.children.iter().filter(|it| !it.style.is_minor() && !tree::is_slot(doc.text, it)).collect();
        if !kids.is_empty() {
            let inherited = std::mem::take(&mut self.inherited);
            self.inherited = slot_days(doc, node);
            for kid in kids {
                self.item(kid, Some(&heading), 1);
            }
            self.inherited = inherited;
            return;
        }
        if is_closing {
            return;
        }
        let words = doc.text.at(node.own.clone());
        let mut start = node.own.start + phase_head(words).map_or(0, |it| it.end);
        for it in doc.mentions(node.own.clone()).iter().filter(|it| it.kind != Kind::Deadline) {
            if it.range.start <= start + 1 {
                start = start.max(it.range.end);
            }
        }
        self.sentences(start..node.own.end, &heading);
        for kid in node.children.iter().filter(|it| it.style == Style::OneIs) {
            self.push(kid.own.clone(), kid.own.clone(), Some(kid.number), Some(&heading), kid.all.start);
        }
    }

    /// The sentences of a phase that has no numbered items.
    fn sentences(&mut self, range: Range<usize>, group: &str) {
        let words = self.doc.text.at(range.clone());
        let mut start = 0;
        for (at, c) in words.char_indices().chain([(words.len(), '。')]) {
            if c != '。' && c != '\n' {
                continue;
            }
            let sentence = self.doc.text.trim(range.start + start..range.start + at, "):。;,");
            start = (at + c.len_utf8()).min(words.len());
            let shown = self.doc.text.at(sentence.clone());
            if shown.chars().count() >= 8 && !is_talk(shown) {
                self.push(sentence.clone(), sentence.clone(), None, Some(group), sentence.start);
            }
        }
    }

    /// Items without any mark: one a line.
    fn lines(&mut self, range: Range<usize>, group: Option<&str>) {
        let words = self.doc.text.at(range.clone());
        let lines: Vec<&str> = words.split('\n').filter(|it| !it.trim().is_empty()).collect();
        let is_one = lines.len() == 1;
        let mut at = range.start;
        let parts: Vec<&str> = if is_one && words.matches(';').count() >= 2 {
            words.split(';').collect()
        } else {
            words.split('\n').collect()
        };
        for line in parts {
            let here = self.doc.text.trim(at..at + line.len(), "。;");
            at += line.len() + 1;
            let shown = self.doc.text.at(here.clone());
            let is_lead_in = shown.ends_with(':') && shown.chars().count() < 30
                || shown.starts_with("为") && shown.ends_with("如下");
            let points_away = shown.contains("见附件") || shown.contains("详见");
            if shown.chars().count() >= 6 && !is_lead_in && !points_away {
                let (number, skip) = one_is(shown);
                self.push(here.start + skip..here.end, here.start + skip..here.end, number, group, here.start);
            }
        }
    }

    fn push(&mut self, own: Range<usize>, all: Range<usize>, number: Option<u32>, group: Option<&str>, start: usize) {
        let doc = self.doc;
        let all = doc.text.trim(without_closing(doc, all), "");
        let words = doc.text.at(all.clone());
        let opening = opening(doc, own.clone());
        let title = title(doc, opening.rest.clone());
        if title.is_empty() {
            return;
        }
        let (mut leads, mut supports) = parties(doc, &all);
        if leads.is_empty() {
            leads.clone_from(&opening.units);
        }
        if leads.is_empty() && supports.is_empty() {
            (leads, supports) = self.group_parties.clone();
        }
        let mut dates = unique(doc.mentions(all.clone()).iter().map(|it| doc.date_mention(it)).collect());
        if dates.is_empty() {
            dates.clone_from(&self.inherited);
        }
        if dates.is_empty() {
            dates.extend(opening.time.and_then(|it| self.on_the_day(it)));
        }
        let shown = doc.text.show(title.clone());
        let kind = kind::suggest(doc.text.at(title), words);
        self.plan.activities.push(Activity {
            number,
            group: group.map(str::to_owned),
            title: shown,
            text: doc.text.show_all(all.clone()),
            leads,
            supports,
            dates,
            places: place::scan(words)
                .into_iter()
                .map(|it| doc.text.show(it.start + all.start..it.end + all.start))
                .collect(),
            kind,
            span: doc.span(start..all.end.max(start)),
        });
    }

    /// "9:00-9:20 启动仪式": on the one day of the campaign.
    fn on_the_day(&self, (time, range): (String, Range<usize>)) -> Option<DateMention> {
        let period = self.plan.period.as_ref().filter(|it| it.start == it.end)?;
        let day = period
            .start
            .clone()
            .filter(|it| it.len() > "--MM".len() && it.rsplit('-').next().is_some_and(|it| it.len() == 2))?;
        let (text, span) = (self.doc.text.show(range.clone()), self.doc.span(range));
        let kind = crate::campaign::plan::DateKind::Point;
        Some(DateMention { kind, start: Some(day), end: None, time: Some(time), text, span })
    }

    fn requirements(&mut self, node: &Node) {
        let doc = self.doc;
        let kids: Vec<&Node> = node.children.iter().filter(|it| !matches!(it.style, Style::Circled)).collect();
        let mut add = |own: Range<usize>, span: Range<usize>| {
            let title = doc.text.show(first_sentence(doc.text, own));
            if !title.is_empty() {
                self.plan.requirements.push(Requirement { title, span: doc.span(span) });
            }
        };
        if !kids.is_empty() {
            for kid in kids {
                add(kid.own.clone(), doc.text.trim(kid.all.clone(), ""));
            }
            return;
        }
        let range = doc.section_words(node);
        let words = doc.text.at(range.clone());
        if words.split('\n').filter(|it| !it.trim().is_empty()).count() < 2 {
            return;
        }
        let mut at = range.start;
        for line in words.split('\n') {
            let here = doc.text.trim(at..at + line.len(), "");
            at += line.len() + 1;
            if doc.text.at(here.clone()).chars().count() >= 6 {
                add(here.clone(), here);
            }
        }
    }
}

/// "一是悬挂横幅": number and length of the mark.
fn one_is(words: &str) -> (Option<u32>, usize) {
    let mut chars = words.chars();
    let number =
        chars.next().and_then(|it| gongwen::numeral::parse(&it.to_string())).filter(|_| chars.next() == Some('是'));
    (number, if number.is_some() { "一是".len() } else { 0 })
}

/// A paragraph below the last item that speaks to everyone ("请各所于3月25日前…") is not part of that item.
fn without_closing(doc: &Doc, all: Range<usize>) -> Range<usize> {
    static CLOSING: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\n(?:请各|请于|以上|上述|各单位(?:要|请|的|应)|联系人:|特此)").ok());
    let end =
        CLOSING.as_ref().and_then(|it| it.find(doc.text.at(all.clone()))).map_or(all.end, |it| all.start + it.start());
    all.start..end
}

fn table_like(words: &str) -> bool {
    words.lines().filter(|it| it.matches(['|', '\t']).count() >= 2).count() >= 2
}

fn doc_title(doc: &Doc, node: &Node) -> String {
    doc.text.show(first_sentence(doc.text, node.own.clone()))
}

/// How something is to be done, not what.
fn is_manner(words: &str) -> bool {
    ["注意", "统一", "严格", "不得", "严禁", "坚持", "务必", "厉行"].iter().any(|it| words.starts_with(it))
        || ["参考", "参照"].iter().any(|it| words.contains(it))
}

/// Headings that only speak: the lead-in, the meaning, the cost.
fn is_talk(words: &str) -> bool {
    ["请各", "为进一步", "为切实", "特此", "联系人", "以上", "未尽事宜", "经费", "附件", "本方案", "本通知"]
        .iter()
        .any(|it| words.starts_with(it))
}

/// A group has items of its own below it; otherwise what stands below are the parts of one activity.
fn is_group(doc: &Doc, node: &Node, kids: &[&Node]) -> bool {
    let own = doc.text.trim(node.own.clone(), "");
    let words = doc.text.at(own.clone());
    let leads: Vec<bool> = kids.iter().map(|it| has_parties(doc, it)).collect();
    let n_leads = leads.iter().filter(|it| **it).count();
    if speaks_for_all(doc, node) {
        return true;
    }
    let own_lead = party::scan(words).iter().any(|it| it.role == Role::Lead);
    if own_lead {
        return n_leads > 1;
    }
    if n_leads == 1 && kids.len() > 1 && leads.last() == Some(&true) {
        let last = kids.last().map_or("", |it| doc.text.at(it.all.clone())).trim_end();
        let below = last.rfind('\n').map_or("", |at| part(last, at..last.len()));
        return party::scan(below).is_empty();
    }
    if n_leads > 0 {
        return true;
    }
    let title = first_sentence(doc.text, own.clone());
    let n_more = words.chars().count().saturating_sub(doc.text.at(title.clone()).chars().count());
    if words.ends_with(':') && node.style == Style::Digit {
        return kids.iter().any(|it| !doc.mentions(it.all.clone()).is_empty()) && kids.len() > 2;
    }
    n_more <= 40 || words.ends_with("如下:") || words.ends_with("活动:")
}

fn group_heading(doc: &Doc, node: &Node) -> String {
    let mut heading = first_sentence(doc.text, node.own.clone());
    if let Some(head) =
        phase_head(doc.text.at(node.own.clone())).filter(|_| doc.text.at(heading.clone()).contains("阶段"))
    {
        heading.end = heading.end.min(node.own.start + head.end).max(heading.start);
    }
    doc.text.show(node.all.start..heading.end)
}

/// "时间:3月15日9:30-15:00" above a list holds for each item.
fn slot_days(doc: &Doc, node: &Node) -> Vec<DateMention> {
    let words = doc.text.at(node.own.clone());
    let Some(at) = words.find("时间:") else { return Vec::new() };
    let mentions = doc.mentions(node.own.start + at..node.own.end);
    let day = mentions.iter().find(|it| it.kind == Kind::Point);
    day.map(|it| vec![doc.date_mention(it)]).unwrap_or_default()
}

pub(super) fn parties(doc: &Doc, all: &Range<usize>) -> (Vec<String>, Vec<String>) {
    let (mut leads, mut supports): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for it in party::scan(doc.text.at(all.clone())) {
        let list = match it.role {
            Role::Lead => &mut leads,
            Role::Support => &mut supports,
            Role::Leader => continue,
        };
        for name in it.names {
            let name = doc.text.show(name.start + all.start..name.end + all.start);
            let name = without_tail(&name);
            if !list.contains(&name) && !name.is_empty() {
                list.push(name);
            }
        }
    }
    supports.retain(|it| !leads.contains(it));
    (leads, supports)
}

/// "消保股等有关部门" names 消保股.
fn without_tail(name: &str) -> String {
    static TAIL: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:等\d*(?:个|家)?(?:有关|相关|成员)?(?:部门|单位|科室|股室))$").ok());
    let cut = TAIL.as_ref().and_then(|it| it.find(name)).map_or(name.len(), |it| it.start());
    part(name, 0..cut).trim().to_owned()
}

fn unique(dates: Vec<DateMention>) -> Vec<DateMention> {
    let mut kept: Vec<DateMention> = Vec::new();
    for it in dates {
        if !kept.iter().any(|other| {
            other.kind == it.kind
                && other.start == it.start
                && other.end == it.end
                && other.time == it.time
                && (other.start.is_some() || other.end.is_some() || other.text == it.text)
        }) {
            kept.push(it);
        }
    }
    kept
}

/// Keeps the type of a mention out of the way of the readers that do not need it.
pub(super) fn is_final(it: &Mention) -> bool {
    matches!(it.kind, Kind::Deadline | Kind::Recurring | Kind::Relative | Kind::Open)
}
