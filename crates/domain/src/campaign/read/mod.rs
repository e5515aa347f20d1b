//! From a notice to a plan: [`read`] is total, deterministic and never guesses.
//!
//! `layout` finds the parts of the text, `tree` the outline and the meaning of headings; `facts`, `organisation`, `items`, `duties`
//! and `forms` each read one kind of value; `warnings` says what is odd; `verdict` whether it is a plan at all.

mod closing;
mod duties;
mod duty_parts;
mod duty_sections;
mod facts;
mod forms;
mod items;
mod layout;
mod opening;
mod organisation;
mod phases;
mod place;
mod tasks;
mod themes;
mod tree;
mod verdict;
mod warnings;

use std::ops::Range;

use gongwen::date::{self, Context, Kind, Mention};
use gongwen::outline::Marker;
use gongwen::source::Source;
use gongwen::text::Text;

use super::plan::{Activity, DateKind, DateMention, Plan, Reading, ReadingKind, Span, StatForm};
use crate::statistics::form::ColumnHeads;
use layout::Layout;
use tree::{Node, Section};

/// Reads a notice into plans.
///
/// Every value keeps its place in `source.text`; what is contradictory is warned of and never repaired.
///
/// ```
/// use domain::campaign::{plan::ReadingKind, read::read};
/// let source = gongwen::source::Source::from_text(
///     "某某县市场监督管理局2025年“3·15”活动方案\n一、活动内容\n1.举办主会场活动。3月14日9:00在人民广场举办。(牵头股室:消保股)",
/// );
/// let reading = read(&source);
/// assert_eq!(reading.kind, ReadingKind::Plan);
/// let activity = &reading.plans[0].activities[0];
/// assert_eq!((activity.title.as_str(), activity.leads[0].as_str()), ("举办主会场活动", "消保股"));
/// assert_eq!(activity.dates[0].start.as_deref(), Some("2025-03-14"));
/// ```
pub fn read(source: &Source) -> Reading {
    let text = gongwen::clean::clean(&source.text);
    let mut markers = gongwen::outline::markers(&text);
    markers.retain(|it| !stands_in_row(text.fold(), it));
    let mut plans: Vec<Plan> = Vec::new();
    let mut is_plan = false;
    for layout in layout::plans(&text) {
        let mut doc = Doc::new(&text, layout, &markers);
        let plan = doc.read_plan();
        is_plan |= verdict::is_plan(&doc, &plan);
        plans.push(plan);
    }
    if !is_plan {
        return Reading { kind: ReadingKind::NotAPlan, plans: Vec::new() };
    }
    Reading { kind: ReadingKind::Plan, plans }
}

/// The forms in the annexes of a notice, each with what it prints above its columns.
///
/// It is no part of a plan: who makes a form of a plan asks the source of it again.
///
/// ```
/// let text = "某某县市场监督管理局2025年“3·15”活动方案\n一、活动内容\n1.举办主会场活动。\n附件\n2025年活动统计表\n\
///             序号 | “3·15”活动项目 | 数量\n1 | 消费者参与数(人次) |\n2 | 印发宣传资料(份) |";
/// let heads = domain::campaign::read::column_heads(&gongwen::source::Source::from_text(text));
/// assert_eq!(heads[0].1.label, "“3·15”活动项目");
/// ```
pub fn column_heads(source: &Source) -> Vec<(StatForm, ColumnHeads)> {
    let text = gongwen::clean::clean(&source.text);
    let markers = gongwen::outline::markers(&text);
    let forms = |layout| forms::with_column_heads(&Doc::new(&text, layout, &markers));
    layout::plans(&text).into_iter().flat_map(forms).collect()
}

/// The plan's word for the kind of a date.
pub(crate) fn date_kind(kind: Kind) -> DateKind {
    match kind {
        Kind::Point => DateKind::Point,
        Kind::Range => DateKind::Range,
        Kind::Deadline => DateKind::Deadline,
        Kind::Open => DateKind::Open,
        Kind::Recurring => DateKind::Recurring,
        Kind::Relative => DateKind::Relative,
        Kind::Undetermined => DateKind::Undetermined,
    }
}

/// Reads words as if they stood as the one item of a plan of that year: its units, dates, places and kind.
/// The spans count from the beginning of the words. `None` when nothing is left of them.
pub(crate) fn item(words: &str, year: Option<i16>) -> Option<Activity> {
    let year = year.map_or_else(String::new, |year| format!("{year}年"));
    let before = format!("{year}活动方案\n一、活动内容\n1.");
    let offset = before.chars().count();
    let text = gongwen::clean::clean(&format!("{before}{words}"));
    let markers = gongwen::outline::markers(&text);
    let layout = layout::plans(&text).into_iter().next()?;
    let mut activity = Doc::new(&text, layout, &markers).read_plan().activities.into_iter().next()?;
    for date in &mut activity.dates {
        let back = |at: usize| at.saturating_sub(offset);
        date.span = Span { start: back(date.span.start), end: back(date.span.end) };
    }
    Some(activity)
}

/// "一、宣传活动 | | |" is a row of a table, not a section.
fn stands_in_row(words: &str, marker: &Marker) -> bool {
    let start = words.get(..marker.range.start).and_then(|it| it.rfind('\n')).map_or(0, |it| it + 1);
    let line = words.get(start..).unwrap_or("");
    let line = line.split('\n').next().unwrap_or("");
    line.matches('|').count() >= 2 && line.chars().count() <= 200
}

/// One plan while it is being read.
pub(crate) struct Doc<'a> {
    text: &'a Text,
    layout: Layout,
    /// The items of the outline in the main part.
    nodes: Vec<Node>,
    /// What each of them is about.
    kinds: Vec<Section>,
    /// Everything before the first item.
    head: Range<usize>,
    context: Context,
}

impl<'a> Doc<'a> {
    fn new(text: &'a Text, layout: Layout, markers: &[Marker]) -> Doc<'a> {
        let mut main = layout.main.clone();
        let last_marker = markers.iter().rev().find(|it| it.range.end <= main.end).map_or(0, |it| it.range.start);
        if let Some(signature) =
            layout.signature.as_ref().filter(|it| it.range.start > last_marker && it.range.start < main.end)
        {
            main.end = signature.range.start;
        }
        let markers = tree::with_plain_headings(text, markers, &main);
        let nodes = tree::build(&markers, &main);

        let kinds = nodes.iter().map(|it| tree::section_of(text.at(tree::heading(text, it)))).collect();
        // "一、活动基本信息" holds what others write above the first section.
        let head_end = |it: &Node| if tree::is_head_block(text, it) { it.all.end } else { it.all.start };
        let head = main.start..nodes.first().map_or(main.end, head_end);
        Doc { text, layout, nodes, kinds, head, context: Context::default() }
    }

    fn read_plan(&mut self) -> Plan {
        let mut plan = Plan { label: self.layout.label.clone().map(|it| self.text.show(it)), ..Plan::default() };
        facts::read(self, &mut plan);
        themes::read(self, &mut plan);
        facts::period(self, &mut plan);
        plan.organisation = organisation::read(self);
        items::read(self, &mut plan);
        plan.report_duties = duties::read(self);
        plan.forms = forms::read(self);
        warnings::read(self, &mut plan);
        plan
    }

    /// The sections with what they are about.
    fn sections(&self) -> Vec<(Section, &Node)> {
        self.kinds.iter().copied().zip(&self.nodes).collect()
    }

    /// The words of a section below its heading, up to its first item.
    fn section_words(&self, node: &Node) -> Range<usize> {
        let heading = tree::heading(self.text, node);
        self.text.trim(heading.end..node.own.end.max(heading.end), ":。")
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::from(self.text.span(range))
    }

    /// The dates of a range, with places in the whole text.
    fn mentions(&self, range: Range<usize>) -> Vec<Mention> {
        let offset = range.start;
        let shift = |mut it: Mention| {
            it.range = it.range.start + offset..it.range.end + offset;
            it
        };
        date::scan(self.text.at(range), &self.context).into_iter().map(shift).collect()
    }

    fn date_mention(&self, it: &Mention) -> DateMention {
        DateMention {
            kind: date_kind(it.kind),
            start: it.start.map(date::Day::to_text),
            end: it.end.map(date::Day::to_text),
            time: it.time.clone(),
            text: self.text.show(it.range.clone()),
            span: self.span(it.range.clone()),
        }
    }
}
