//! Writing corrected fields into the parts of a plan, and saying what changed.

use super::super::super::plan::{Activity, DateMention, ReportDuty, Span};
use super::super::super::read;
use super::super::fields::{ActivityFields, DutyFields};
use super::Said;

/// The dates as corrected; one whose words did not change keeps its place in the source.
fn with_places(dates: Vec<DateMention>, before: &[DateMention]) -> Vec<DateMention> {
    let place = |it: &DateMention| before.iter().find(|old| old.text == it.text).map(|old| old.span);
    dates.into_iter().map(|it| DateMention { span: place(&it).unwrap_or(it.span), ..it }).collect()
}

pub(super) fn write_fields(activity: &mut Activity, fields: ActivityFields) {
    activity.number = fields.number;
    activity.group = fields.group;
    activity.title = fields.title;
    activity.text = fields.text;
    activity.kind = fields.kind;
    activity.leads = fields.leads;
    activity.supports = fields.supports;
    activity.places = fields.places;
    activity.dates = with_places(fields.dates, &activity.dates);
}

pub(super) fn said_of_activity(before: &Activity, after: &Activity, key: u32) -> Said {
    let number = |it: &Activity| it.number.map(|it| it.to_string()).unwrap_or_default();
    let dates = |it: &Activity| {
        let said = it.dates.iter().map(|date| {
            let days = [date.start.as_deref(), date.end.as_deref()].into_iter().flatten().collect::<Vec<_>>();
            format!("{}({})", date.text, days.join("至"))
        });
        said.collect::<Vec<_>>().join("、")
    };
    Said::new(format!("修改了活动“{}”", after.title), Some(key))
        .field("序号", number(before), number(after))
        .field("标题", before.title.clone(), after.title.clone())
        .field("正文", before.text.clone(), after.text.clone())
        .field("类型", before.kind.label(), after.kind.label())
        .field("所属部分", before.group.clone().unwrap_or_default(), after.group.clone().unwrap_or_default())
        .field("牵头单位", before.leads.join("、"), after.leads.join("、"))
        .field("配合单位", before.supports.join("、"), after.supports.join("、"))
        .field("时间", dates(before), dates(after))
        .field("地点", before.places.join("、"), after.places.join("、"))
}

pub(super) fn write_duty(duty: &mut ReportDuty, fields: DutyFields) {
    let before: Vec<DateMention> = duty.due.take().into_iter().collect();
    duty.who = fields.who;
    duty.what = fields.what;
    duty.to = fields.to;
    duty.via = fields.via;
    duty.due = with_places(fields.due.into_iter().collect(), &before).pop();
}

pub(super) fn said_of_duty(before: &ReportDuty, after: &ReportDuty, key: u32) -> Said {
    let due = |it: &ReportDuty| it.due.as_ref().map(|it| it.text.clone()).unwrap_or_default();
    Said::new(format!("修改了报送任务“{}”", after.what.join("、")), Some(key))
        .field("报送单位", before.who.clone().unwrap_or_default(), after.who.clone().unwrap_or_default())
        .field("材料", before.what.join("、"), after.what.join("、"))
        .field("报给", before.to.join("、"), after.to.join("、"))
        .field("方式", before.via.join("、"), after.via.join("、"))
        .field("期限", due(before), due(after))
}

/// A line of the source as an activity: its ordinal is taken off, its first sentence is the title; units, days and places are
/// read from it as from an item of a plan. Nothing is guessed. `is_joined` when the words are several lines put together.
pub(super) fn activity_of_line(span: Span, line: &str, is_joined: bool, year: Option<i16>) -> Activity {
    let line = line.trim();
    let (number, rest) = ordinal(line);
    let end = rest.find(['。', '：', ':', '\n', '；', ';']).unwrap_or(rest.len());
    let title: String = rest.get(..end).unwrap_or(rest).trim().chars().take(60).collect();
    let title = if title.is_empty() { line.chars().take(60).collect() } else { title };
    let read = read::item(rest, year).unwrap_or_default();
    let at = span.start + line.chars().count() - rest.chars().count();
    let place = |it: Span| if is_joined { Span::default() } else { Span { start: at + it.start, end: at + it.end } };
    let dates = read.dates.into_iter().map(|it| DateMention { span: place(it.span), ..it }).collect();
    Activity {
        number,
        title,
        text: rest.to_owned(),
        kind: read.kind,
        leads: read.leads,
        supports: read.supports,
        dates,
        places: read.places,
        group: None,
        span,
    }
}

fn ordinal(line: &str) -> (Option<u32>, &str) {
    let bare = line.trim_start_matches(['(', '（']);
    let digits: String = bare.chars().take_while(char::is_ascii_digit).collect();
    let rest = bare.get(digits.len()..).unwrap_or(bare);
    match (digits.parse::<u32>(), rest.strip_prefix(['.', '、', '．', ')', '）'])) {
        (Ok(number), Some(rest)) => (Some(number), rest.trim_start()),
        _ => (None, line),
    }
}

/// The smallest span that holds both; a part without a place adds nothing.
pub(super) fn union(one: Span, other: Span) -> Span {
    match (one.end, other.end) {
        (0, _) => other,
        (_, 0) => one,
        _ => Span { start: one.start.min(other.start), end: one.end.max(other.end) },
    }
}
