//! What is odd, contradictory or was not understood: reported, never repaired.

use std::ops::Range;
use std::sync::LazyLock;

use gongwen::numeral;
use regex::Regex;

use super::tree::{Node, Section};
use super::{Doc, duties, forms, themes, tree};
use crate::campaign::plan::{DateKind, DateMention, Plan, Span, StatRow, Warning, WarningCode};

/// Adds the warnings of a plan.
pub(super) fn read(doc: &Doc, plan: &mut Plan) {
    let mut found = Vec::new();
    ordinals(doc, &mut found);
    announced(doc, &mut found);
    years(plan, &mut found);
    periods(doc, plan, &mut found);
    weekdays(doc, &mut found);
    missing_days(doc, plan, &mut found);
    deadlines(doc, plan, &mut found);
    leads(doc, plan, &mut found);
    truncated(doc, &mut found);
    conflicting_themes(doc, &mut found);
    subtotals(doc, plan, &mut found);
    left_over(doc, plan, &mut found);
    found.sort_by_key(|it| it.span.start);
    plan.warnings = found;
}

fn warn(found: &mut Vec<Warning>, code: WarningCode, message: String, span: Span) {
    found.push(Warning { code, message, span });
}

fn ordinals(doc: &Doc, found: &mut Vec<Warning>) {
    fn level(doc: &Doc, nodes: &[Node], found: &mut Vec<Warning>) {
        for pair in nodes.windows(2) {
            let [a, b] = pair else { continue };
            let span = doc.span(b.marker.clone());
            if a.style != b.style || a.style.is_minor() {
                continue;
            }
            if b.number > a.number + 1 {
                let missing: Vec<String> = (a.number + 1..b.number).take(5).map(numeral::chinese).collect();
                warn(found, WarningCode::MissingOrdinal, format!("序号缺{}", missing.join("、")), span);
            } else if b.number == a.number {
                warn(found, WarningCode::DuplicateOrdinal, format!("序号{}出现两次", numeral::chinese(b.number)), span);
            }
        }
        for node in nodes {
            level(doc, &node.children, found);
        }
    }
    level(doc, &doc.nodes, found);
}

/// 十个一, 八项活动, 二个会议: the number that is announced against the items that follow.
fn announced(doc: &Doc, found: &mut Vec<Warning>) {
    static ANNOUNCED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?:“?(?P<a>[二三四五六七八九十]{1,2}|\d{1,2})个一”?|(?P<b>[二三四五六七八九十两]{1,2}|\d{1,2})(?:项|个|大)(?:重点|主要|专项|系列|专题)?(?:活动|任务|行动|会议|工作|举措|措施))").ok()
    });
    fn level(doc: &Doc, nodes: &[Node], found: &mut Vec<Warning>) {
        for node in nodes {
            let kids =
                node.children.iter().filter(|it| !it.style.is_minor() && !tree::is_slot(doc.text, it)).count() as u32;
            let words = doc.text.at(node.own.clone());
            if let Some(caps) = ANNOUNCED.as_ref().and_then(|it| it.captures(words))
                && let Some(n) = caps.name("a").or(caps.name("b")).and_then(|it| numeral::parse(it.as_str()))
                && kids >= 2
                && n != kids
                && n > 1
                && let Some(all) = caps.get(0)
            {
                let span = doc.span(node.own.start + all.start()..node.own.start + all.end());
                let words = doc.text.show(node.own.start + all.start()..node.own.start + all.end());
                warn(
                    found,
                    WarningCode::AnnouncedCountDiffers,
                    format!("文中写“{}”,实际列出{kids}项", words.replace(['“', '”'], "")),
                    span,
                );
            }
            level(doc, &node.children, found);
        }
    }
    level(doc, &doc.nodes, found);
}

fn year_of(day: &Option<String>) -> Option<i16> {
    day.as_ref().and_then(|it| it.get(..4)).and_then(|it| it.parse().ok())
}

fn years(plan: &Plan, found: &mut Vec<Warning>) {
    let Some(year) = plan.year else { return };
    for it in &plan.phases {
        for day in [&it.start, &it.end] {
            if let Some(other) = year_of(day).filter(|it| (it - year).abs() == 1 && *it < year) {
                warn(
                    found,
                    WarningCode::YearConflict,
                    format!("方案是{year}年的,“{}”却写着{other}年", it.name),
                    it.span,
                );
                break;
            }
        }
    }
    for it in &plan.activities {
        for date in &it.dates {
            let other = year_of(&date.start).or(year_of(&date.end)).filter(|it| *it < year);
            if let Some(other) = other.filter(|_| date.text.contains('年')) {
                warn(
                    found,
                    WarningCode::YearConflict,
                    format!("方案是{year}年的,“{}”却写着{other}年", it.title),
                    date.span,
                );
            }
        }
    }
    if let Some(issued) = year_of(&plan.issued).filter(|it| *it > year) {
        warn(found, WarningCode::YearConflict, format!("题目是{year}年,成文日期是{issued}年"), Span::default());
    }
}

fn bound(day: &Option<String>, last: bool) -> Option<(i32, u32, u32)> {
    let day = day.as_ref()?;
    let (year, rest) = match day.strip_prefix("--") {
        Some(rest) => (0, rest),
        None => (day.get(..4)?.parse().ok()?, day.get(5..)?),
    };
    let mut parts = rest.split('-');
    let month = parts.next()?.parse().ok()?;
    let day = match parts.next() {
        Some(day) => day.parse().ok()?,
        None if last => u32::from(gongwen::date::last_of(i16::try_from(year).ok().filter(|it| *it > 0), month as u8)),
        None => 1,
    };
    Some((year, month, day))
}

fn periods(doc: &Doc, plan: &Plan, found: &mut Vec<Warning>) {
    for pair in plan.phases.windows(2) {
        let [a, b] = pair else { continue };
        if let (Some(end), Some(start)) = (bound(&a.end, true), bound(&b.start, false))
            && start < end
        {
            warn(found, WarningCode::PeriodConflict, format!("“{}”与“{}”时间重叠", a.name, b.name), b.span);
        }
    }
    let ends: Vec<_> = plan.phases.iter().filter_map(|it| bound(&it.end, true)).collect();
    if let (Some(period), Some(last)) = (plan.period.as_ref(), ends.iter().max())
        && let Some(end) = bound(&period.end, true)
        && plan.phases.len() >= 2
        && *last != end
        && let Some(phase) = plan.phases.last()
    {
        let message = format!("各阶段到{}月{}日为止,总的时间写到{}月{}日", last.1, last.2, end.1, end.2);
        warn(found, WarningCode::PeriodConflict, message, phase.span);
    }
    consecutive(doc, plan, found);
}

/// 连续5天 over a range of six days.
fn consecutive(doc: &Doc, plan: &Plan, found: &mut Vec<Warning>) {
    static RUN: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:连续|为期|历时|共)(?P<n>\d{1,2}|[二三四五六七八九十]{1,3})天").ok());
    for it in &plan.activities {
        let text: String = it.text.chars().map(gongwen::text::fold_char).collect();
        let Some(caps) = RUN.as_ref().and_then(|it| it.captures(&text)) else { continue };
        let Some(n) = caps.name("n").and_then(|it| numeral::parse(it.as_str())) else { continue };
        for date in it.dates.iter().filter(|it| it.kind == DateKind::Range) {
            if let (Some(a), Some(b)) = (bound(&date.start, false), bound(&date.end, true))
                && a.1 == b.1
                && b.2 + 1 - a.2.min(b.2) != n
            {
                let days = b.2 + 1 - a.2.min(b.2);
                warn(found, WarningCode::PeriodConflict, format!("“{}”共{days}天,文中写{n}天", date.text), date.span);
            }
        }
    }
    let _ = doc;
}

fn weekdays(doc: &Doc, found: &mut Vec<Warning>) {
    for it in doc.mentions(doc.layout.main.clone()) {
        if let (Some(written), Some(day)) = (it.weekday, it.start.or(it.end))
            && let Some(real) = day.weekday()
            && real != written
        {
            let name =
                |n: u8| ["一", "二", "三", "四", "五", "六", "日"].get(usize::from(n) - 1).copied().unwrap_or("");
            let message = format!("{}是星期{},文中写星期{}", day.to_text(), name(real), name(written));
            warn(found, WarningCode::WeekdayConflict, message, doc.span(it.range.clone()));
        }
    }
}

/// 2月30日: a day that no calendar has is not read as a date, so it must be said.
fn missing_days(doc: &Doc, plan: &Plan, found: &mut Vec<Warning>) {
    static DAY: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:(?P<y>\d{4})年)?(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]").ok());
    let main = doc.layout.main.clone();
    for caps in DAY.iter().flat_map(|it| it.captures_iter(doc.text.at(main.clone()))) {
        let number = |name: &str| caps.name(name).and_then(|it| it.as_str().parse::<u8>().ok());
        let (Some(month), Some(day), Some(all)) = (number("m"), number("d"), caps.get(0)) else { continue };
        let year = caps.name("y").and_then(|it| it.as_str().parse().ok()).or(plan.year);
        if !(gongwen::date::Day { year, month, day: Some(day) }).exists() {
            let message = format!("“{}”这一天不存在", all.as_str());
            let span = doc.span(main.start + all.start()..main.start + all.end());
            warn(found, WarningCode::NotUnderstood, message, span);
        }
    }
}

/// The summary is due before the last activity is over.
fn deadlines(doc: &Doc, plan: &Plan, found: &mut Vec<Warning>) {
    let sums_up = |what: &str| {
        ["总结", "统计表", "小结", "开展情况", "活动情况"].iter().any(|it| what.contains(it)) && !what.contains("阶段")
    };
    for duty in plan.report_duties.iter().filter(|it| duties::is_dated(it) && it.what.iter().any(|it| sums_up(it))) {
        let Some(due) = duty.due.as_ref() else { continue };
        let Some(day) = bound(&due.end, true) else { continue };
        let late = plan
            .activities
            .iter()
            .find(|it| it.dates.iter().any(|date| ends_after(date, day)) || is_gala_evening(it, due, day));
        if let Some(activity) = late {
            let message = format!("“{}”的报送期限({})早于“{}”结束", duty.what.join("、"), due.text, activity.title);
            warn(found, WarningCode::DeadlineBeforeEvent, message, duty.span);
        }
    }
    let _ = doc;
}

fn ends_after(date: &DateMention, day: (i32, u32, u32)) -> bool {
    if matches!(date.kind, DateKind::Recurring | DateKind::Relative | DateKind::Undetermined) {
        return false;
    }
    let end = if date.end.is_some() { bound(&date.end, true) } else { bound(&date.start, true) };
    end.is_some_and(|it| it > day && (it.0 == day.0 || it.0 == 0 || day.0 == 0))
}

/// The gala is in the evening of 15 March; figures due that afternoon cannot hold its night.
fn is_gala_evening(activity: &crate::campaign::plan::Activity, due: &DateMention, day: (i32, u32, u32)) -> bool {
    let is_the_day = day.1 == 3 && day.2 == 15;
    let is_by_day = due.time.as_deref().is_none_or(|it| it == "下班前" || it < "20:00" || it.contains("午"));
    is_the_day && is_by_day && activity.title.contains("晚会")
}

fn leads(doc: &Doc, plan: &Plan, found: &mut Vec<Warning>) {
    for it in &plan.activities {
        if let Some(vague) = it.leads.iter().find(|it| is_vague(it)) {
            warn(found, WarningCode::VagueLead, format!("“{}”的责任单位“{vague}”没有指明是哪一个", it.title), it.span);
        }
    }
    let n_named = plan.activities.iter().filter(|it| !it.leads.is_empty()).count();
    if n_named > 0 {
        for it in plan.activities.iter().filter(|it| it.leads.is_empty()) {
            warn(found, WarningCode::NoLead, format!("“{}”没有写明责任单位", it.title), it.span);
        }
    }
    let _ = doc;
}

fn is_vague(name: &str) -> bool {
    name.contains("相关")
        || name.contains("有关")
        || matches!(name, "各单位" | "各部门" | "各科室" | "各股室" | "各成员单位" | "各责任单位")
}

fn truncated(doc: &Doc, found: &mut Vec<Warning>) {
    if let Some(first) = doc.nodes.first().filter(|it| it.number > 1) {
        let message = format!("文中第一个序号是{},前面的内容可能缺失", numeral::chinese(first.number));
        warn(found, WarningCode::TruncatedText, message, doc.span(first.marker.clone()));
    }
    let Some(last) = doc.nodes.last() else { return };
    let words = doc.text.at(last.all.clone()).trim_end();
    let has_end = doc.layout.signature.is_some() || doc.layout.annex_list.is_some() || !doc.layout.annexes.is_empty();
    let last_line = words.rsplit('\n').next().unwrap_or("");
    if !has_end
        && last_line.chars().count() > 20
        && last_line.ends_with(gongwen::text::is_han)
        && !last_line.contains("电话")
    {
        let end = last.all.start + words.len();
        let message = "文末没有句号,内容可能被截断".to_owned();
        warn(found, WarningCode::TruncatedText, message, doc.span(end.saturating_sub(3)..end));
    }
}

fn conflicting_themes(doc: &Doc, found: &mut Vec<Warning>) {
    let bare = |it: &str| it.chars().filter(|it| it.is_alphanumeric()).collect::<String>();
    let themes = themes::of_the_year(doc);
    if let Some(first) = themes.first()
        && let Some(other) = themes.iter().find(|it| bare(it) != bare(first))
    {
        let message = format!("年主题前后不一:“{first}”与“{other}”");
        warn(found, WarningCode::ThemeConflict, message, Span::default());
    }
}

/// Sections and annexes that belong to no part of the plan.
fn left_over(doc: &Doc, plan: &Plan, found: &mut Vec<Warning>) {
    let covered = |range: &Range<usize>| {
        let span = doc.span(range.clone());
        plan.activities.iter().any(|it| it.span.start < span.end && span.start < it.span.end)
            || plan.report_duties.iter().any(|it| it.span.start < span.end && span.start < it.span.end)
            || plan.phases.iter().any(|it| it.span.start < span.end && span.start < it.span.end)
    };
    for (section, node) in doc.sections() {
        let is_read = covered(&node.all) || tree::is_head_block(doc.text, node);
        if matches!(section, Section::Unknown | Section::Item) && !is_read {
            let heading = doc.text.show(tree::heading(doc.text, node));
            warn(
                found,
                WarningCode::NotUnderstood,
                format!("“{heading}”一节没有归入方案的任何部分"),
                doc.span(node.all.clone()),
            );
        }
    }
    for annex in &doc.layout.annexes {
        let words = doc.text.at(annex.clone());
        let is_read = plan.forms.iter().any(|it| {
            it.title
                .as_deref()
                .is_some_and(|title| words.contains(&title.chars().map(gongwen::text::fold_char).collect::<String>()))
        });
        let span = doc.span(annex.clone());
        let is_activities = plan.activities.iter().any(|it| span.start <= it.span.start && it.span.end <= span.end);
        // A page may end with the word 附件 and a link that the text has not kept.
        let title = words.lines().map(str::trim).find(|it| !it.is_empty() && !it.starts_with("附件"));
        if let Some(title) = title.filter(|_| !is_read && !is_activities) {
            let title: String = title.chars().take(30).collect();
            warn(found, WarningCode::NotUnderstood, format!("附件“{title}”没有读成表格,请人工核对"), span);
        }
    }
}

/// 其中 > parent: only where the form of the notice comes with figures in it, as last year's or a filled example does.
fn subtotals(doc: &Doc, plan: &Plan, found: &mut Vec<Warning>) {
    let regions =
        if doc.layout.annexes.is_empty() { vec![doc.layout.main.clone()] } else { doc.layout.annexes.clone() };
    let lines: Vec<forms::Line> = regions.iter().flat_map(|it| forms::lines(doc.text, it)).collect();
    for form in &plan.forms {
        let figures: Vec<Option<(u64, Range<usize>)>> = form.rows.iter().map(|it| figure(doc, &lines, it)).collect();
        for (row, own) in form.rows.iter().zip(&figures) {
            let is_parent = |it: &StatRow| {
                row.parent.is_some() && (it.number == row.parent || Some(&it.label) == row.parent.as_ref())
            };
            let parent = form.rows.iter().zip(&figures).find(|it| is_parent(it.0));
            if let (Some((own, place)), Some((parent, Some((most, _))))) = (own, parent)
                && own > most
            {
                let message = format!("其中“{}”填了{own}，大于“{}”的{most}", row.label, parent.label);
                warn(found, WarningCode::SubtotalRule, message, doc.span(place.clone()));
            }
        }
    }
}

/// The number that stands in the row of a form: the last cell that is nothing but a number.
fn figure(doc: &Doc, lines: &[forms::Line], row: &StatRow) -> Option<(u64, Range<usize>)> {
    let label: String = row.label.chars().map(gongwen::text::fold_char).collect();
    let line = lines.iter().find(|it| it.cells.iter().any(|cell| doc.text.at(cell.clone()).contains(&label)))?;
    let at = line.cells.iter().position(|it| doc.text.at(it.clone()).contains(&label))?;
    let (_, after) = line.cells.split_at(at + 1);
    after.iter().rev().find_map(|it| Some((doc.text.at(it.clone()).trim().parse().ok()?, it.clone())))
}
