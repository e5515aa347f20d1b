//! Plans whose activities stand in a table: 序号 | 工作内容 | 责任单位 | 完成时限.

use std::ops::Range;

use super::Doc;
use super::forms::{LABEL_HEADS, Line, TASK_HEADS, lines};
use crate::campaign::kind;
use crate::campaign::plan::{Activity, DateKind, DateMention, Plan};

/// Adds the activities of task tables.
pub(super) fn task_tables(doc: &Doc, plan: &mut Plan) {
    let mut regions = vec![doc.layout.main.clone()];
    regions.extend(doc.layout.annexes.iter().cloned());
    for region in regions {
        let lines = lines(doc.text, &region);
        let mut heads: Option<Vec<String>> = None;
        let mut group: Option<String> = None;
        for line in &lines {
            let cells: Vec<&str> = line.cells.iter().map(|it| doc.text.at(it.clone())).collect();
            let is_task_head = cells.len() >= 2
                && cells
                    .iter()
                    .filter(|it| TASK_HEADS.iter().any(|head| it.contains(head)) && it.chars().count() <= 12)
                    .count()
                    >= 1
                && cells.iter().any(|it| {
                    LABEL_HEADS.iter().any(|head| it.ends_with(head)) || it.ends_with("活动") || it.ends_with("举措")
                });
            if is_task_head {
                heads = Some(cells.iter().map(|it| (*it).to_owned()).collect());
                group = None;
                continue;
            }
            let Some(heads) = heads.as_ref() else { continue };
            let filled: Vec<&str> = cells.iter().copied().filter(|it| !it.is_empty()).collect();
            if filled.len() == 1 && cells.len() <= 2 {
                let is_group = filled.first().is_some_and(|it| it.chars().count() <= 30 && !it.contains('。'));
                group = is_group
                    .then(|| line.cells.iter().find(|it| !it.is_empty()).map(|it| doc.text.show(it.clone())))
                    .flatten();
                continue;
            }
            if filled.len() >= 2
                && let Some(activity) = task_row(doc, heads, line, group.as_deref())
            {
                plan.activities.push(activity);
            }
        }
    }
}

fn task_row(doc: &Doc, heads: &[String], line: &Line, group: Option<&str>) -> Option<Activity> {
    let column = |words: &[&str]| heads.iter().position(|it| words.iter().any(|word| it.contains(word)));
    let content = column(&[
        "活动名称",
        "名称",
        "项目",
        "工作任务",
        "任务",
        "事项",
        "举措",
        "工作内容",
        "活动内容",
        "内容",
        "活动",
    ]);
    let body = cell(line, content)?;
    let units = |words: &[&str]| row_units(doc, heads, line, words);
    let leads = units(&["责任单位", "牵头", "责任部门", "责任科室", "责任股室", "主办", "承办", "主责"]);
    let supports = units(&["配合", "协办", "参加单位", "参与单位"]);
    let all = line.cells.first()?.start..line.cells.last()?.end;
    let title = super::facts::first_sentence(doc.text, body.clone());
    let number = line.cells.first().map(|it| doc.text.at(it.clone())).and_then(|it| it.parse().ok());
    let words = doc.text.at(all.clone());
    let in_words = || {
        let found = super::place::scan(words).into_iter();
        found.map(|it| doc.text.show(it.start + all.start..it.end + all.start)).collect()
    };
    let places = cell(line, column(&["地点"])).map(|it| vec![doc.text.show(it)]).unwrap_or_else(in_words);
    Some(Activity {
        number,
        group: group.map(str::to_owned),
        title: doc.text.show(title.clone()),
        text: doc.text.show_all(all.clone()),
        leads,
        supports,
        dates: row_dates(doc, heads, line),
        places,
        kind: kind::suggest(doc.text.at(title), words),
        span: doc.span(all),
    })
}

/// The words of a cell, where there are any.
fn cell(line: &Line, at: Option<usize>) -> Option<Range<usize>> {
    at.and_then(|it| line.cells.get(it)).cloned().filter(|it| !it.is_empty())
}

/// The units in the columns headed by one of these words.
fn row_units(doc: &Doc, heads: &[String], line: &Line, words: &[&str]) -> Vec<String> {
    let mut names = Vec::new();
    for (n, head) in heads.iter().enumerate() {
        if words.iter().any(|word| head.contains(word))
            && let Some(it) = cell(line, Some(n))
        {
            let units = gongwen::party::split_units(doc.text.at(it.clone()), it.start);
            names.extend(units.into_iter().map(|it| doc.text.show(it)));
        }
    }
    names
}

/// The dates of all columns; a date in a column of deadlines is a deadline.
fn row_dates(doc: &Doc, heads: &[String], line: &Line) -> Vec<DateMention> {
    let mut dates = Vec::new();
    for (n, head) in heads.iter().enumerate() {
        if let Some(it) = cell(line, Some(n)).filter(|_| n > 0 || !head.contains('序')) {
            let is_time = head.contains('时') || head.contains("日期");
            let words = doc.text.at(it.clone());
            if is_time && ["另行通知", "待定", "另定", "另行确定"].contains(&words) {
                dates.push(DateMention {
                    kind: DateKind::Undetermined,
                    start: None,
                    end: None,
                    time: None,
                    text: doc.text.show(it.clone()),
                    span: doc.span(it),
                });
                continue;
            }
            let is_due = head.contains("时限") || head.contains("完成时间") || head.contains("截止");
            for mut mention in doc.mentions(it) {
                if is_due && mention.kind == gongwen::date::Kind::Point {
                    mention.kind = gongwen::date::Kind::Deadline;
                    mention.end = mention.start.take();
                }
                dates.push(doc.date_mention(&mention));
            }
        }
    }
    dates
}
