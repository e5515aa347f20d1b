//! A plan on the terminal. A Chinese character is two places wide, and columns stand straight all the same.

use std::io::{Result, Write};

use domain::campaign::plan::{Period, Plan, Reading, ReadingKind, StatForm};
use domain::campaign::task_table::{DutyRow, TaskRow, TaskTable};
use gongwen::source::Source;

/// The width of the terminal: `COLUMNS` where the shell passes it on, else what fits most screens.
pub(super) fn width() -> usize {
    std::env::var("COLUMNS").ok().and_then(|it| it.parse().ok()).unwrap_or(120).clamp(60, 240)
}

/// Prints everything a person wants to see at a glance.
pub(super) fn print(out: &mut impl Write, source: &Source, reading: &Reading, width: usize) -> Result<()> {
    for note in &source.notes {
        writeln!(out, "提示：{note}")?;
    }
    if reading.kind == ReadingKind::NotAPlan {
        writeln!(out, "没有读出活动方案：这段文字不像是通知或方案（也可能是总结、案例或投诉）。")?;
        return Ok(());
    }
    for (n, plan) in reading.plans.iter().enumerate() {
        if n > 0 {
            writeln!(out, "\n{}", "═".repeat(width / 2))?;
        }
        print_plan(out, plan, width)?;
    }
    Ok(())
}

fn print_plan(out: &mut impl Write, plan: &Plan, width: usize) -> Result<()> {
    let table = TaskTable::of_plan(plan);
    if let Some(label) = &plan.label {
        writeln!(out, "【{label}】")?;
    }
    writeln!(out, "{}", table.title)?;
    let facts = [
        ("主题", plan.theme.clone()),
        ("口号", joined(&plan.slogans, "；")),
        ("印发", joined(&plan.issuers, "、")),
        ("文号", plan.document_number.clone()),
        ("日期", plan.issued.clone()),
        ("时段", plan.period.as_ref().map(period)),
    ];
    for (name, value) in facts {
        if let Some(value) = value {
            put_wrapped(out, &format!("  {name}  "), &value, width)?;
        }
    }
    if let Some(group) = &plan.organisation {
        let words = [("组长", &group.leader), ("副组长", &group.deputies), ("成员", &group.members)];
        let mut words: Vec<String> =
            words.iter().filter_map(|(name, list)| Some(format!("{name}：{}", joined(list, "、")?))).collect();
        words.extend(group.office.iter().map(|it| format!("办公室：{it}")));
        if !words.is_empty() {
            put_wrapped(out, "  组织  ", &words.join("；"), width)?;
        }
    }
    for phase in &plan.phases {
        let days = period(&Period { start: phase.start.clone(), end: phase.end.clone() });
        put_wrapped(out, "  阶段  ", &format!("{} {days}", phase.name), width)?;
    }
    writeln!(out, "\n活动 {} 项", table.rows.len())?;
    print_activities(out, &table.rows, width)?;
    if !plan.requirements.is_empty() {
        writeln!(out, "\n工作要求 {} 条", plan.requirements.len())?;
        for requirement in &plan.requirements {
            put_wrapped(out, "  · ", &requirement.title, width)?;
        }
    }
    print_duties(out, &table.duties, width)?;
    for form in &plan.forms {
        print_form(out, form, width)?;
    }
    if !plan.warnings.is_empty() {
        writeln!(out, "\n请核对 {} 处", plan.warnings.len())?;
        for warning in &plan.warnings {
            put_wrapped(out, "  ! ", &warning.message, width)?;
        }
    }
    Ok(())
}

fn print_duties(out: &mut impl Write, duties: &[DutyRow], width: usize) -> Result<()> {
    if duties.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n报送 {} 项", duties.len())?;
    for duty in duties {
        let who = duty.who.as_deref().unwrap_or("（未写明单位）");
        let due = duty.due.as_deref().unwrap_or("（未写明时限）");
        let via = joined(&duty.via, "、").map(|it| format!("，方式 {it}")).unwrap_or_default();
        let to = joined(&duty.to, "、").map(|it| format!(" → {it}")).unwrap_or_default();
        put_wrapped(out, "  · ", &format!("{who}{to}：{}，{due}{via}", duty.what.join("、")), width)?;
    }
    Ok(())
}

fn print_activities(out: &mut impl Write, rows: &[TaskRow], width: usize) -> Result<()> {
    // Number and two blanks between columns are fixed; the rest is shared out.
    let room = width.saturating_sub(4 + 2 * 4);
    let widths = [4, room * 42 / 100, room * 22 / 100, room * 16 / 100, room * 20 / 100];
    put_row(out, &["序", "活动", "牵头", "配合", "时间、地点"].map(str::to_owned), &widths)?;
    writeln!(out, "{}", widths.map(|it| "─".repeat(it / 2 * 2)).join("  "))?;
    let mut group: Option<&str> = None;
    for row in rows {
        if row.group.as_deref() != group {
            group = row.group.as_deref();
            if let Some(group) = group {
                put_wrapped(out, "── ", group, width)?;
            }
        }
        let number = row.number.map(|it| it.to_string()).unwrap_or_else(|| "-".to_owned());
        let when = row.dates.iter().chain(&row.places).cloned().collect::<Vec<_>>().join("；");
        let cells = [
            number,
            format!("{}〔{}〕", row.title, row.kind.label()),
            row.leads.join("、"),
            row.supports.join("、"),
            when,
        ];
        put_row(out, &cells, &widths)?;
    }
    Ok(())
}

fn print_form(out: &mut impl Write, form: &StatForm, width: usize) -> Result<()> {
    writeln!(out, "\n统计表：{}（{} 行）", form.title.as_deref().unwrap_or("（无标题）"), form.rows.len())?;
    if let Some(head) = joined(&form.head, "、") {
        put_wrapped(out, "  表头  ", &head, width)?;
    }
    for row in &form.rows {
        let unit = row.unit.as_ref().map(|it| format!("（{it}）")).unwrap_or_default();
        let lead = match (&row.parent, &row.number) {
            (Some(_), _) => "      └ ".to_owned(),
            (None, Some(number)) => format!("  {number:>3}  "),
            (None, None) => "    -  ".to_owned(),
        };
        put_wrapped(out, &lead, &format!("{}{unit}", row.label), width)?;
    }
    Ok(())
}

fn period(period: &Period) -> String {
    let day = |it: &Option<String>| it.clone().unwrap_or_else(|| "?".to_owned());
    if period.start == period.end {
        day(&period.start)
    } else {
        format!("{} 至 {}", day(&period.start), day(&period.end))
    }
}

fn joined(list: &[String], separator: &str) -> Option<String> {
    (!list.is_empty()).then(|| list.join(separator))
}

/// Places a text takes on a terminal.
fn places(text: &str) -> usize {
    text.chars().map(places_of).sum()
}

fn places_of(c: char) -> usize {
    match c {
        '\u{0}'..='\u{1f}' | '\u{7f}' | '\u{200b}'..='\u{200f}' | '\u{feff}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// Breaks a text into lines of at most this many places.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for part in text.split('\n') {
        let mut line = String::new();
        let mut n_places = 0;
        for c in part.chars() {
            // A mark may hang over rather than begin a line.
            let hangs = "，。、；：！？）》”".contains(c);
            if n_places + places_of(c) > width && !hangs && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                n_places = 0;
            }
            line.push(c);
            n_places += places_of(c);
        }
        lines.push(line);
    }
    lines
}

/// A text behind a lead; its further lines begin below its first character.
fn put_wrapped(out: &mut impl Write, lead: &str, text: &str, width: usize) -> Result<()> {
    let margin = places(lead);
    for (n, line) in wrap(text, width.saturating_sub(margin + 2).max(20)).iter().enumerate() {
        if n == 0 { writeln!(out, "{lead}{line}")? } else { writeln!(out, "{}{line}", " ".repeat(margin))? }
    }
    Ok(())
}

fn put_row(out: &mut impl Write, cells: &[String; 5], widths: &[usize; 5]) -> Result<()> {
    // One column of slack takes a hanging mark.
    let columns: Vec<Vec<String>> =
        cells.iter().zip(widths).map(|(text, width)| wrap(text, width.saturating_sub(2).max(2))).collect();
    let height = columns.iter().map(Vec::len).max().unwrap_or(1);
    for n in 0..height {
        let mut line = String::new();
        for (column, width) in columns.iter().zip(widths) {
            let text = column.get(n).map(String::as_str).unwrap_or_default();
            line.push_str(text);
            line.push_str(&" ".repeat((width + 2).saturating_sub(places(text))));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_character_is_two_places_wide() {
        assert_eq!((places("消保"), places("3·15"), places("（A）")), (4, 4, 5));
        assert_eq!(wrap("市场监督管理局。", 8), ["市场监督", "管理局。"]);
        assert_eq!(wrap("市场监督，管理", 8), ["市场监督，", "管理"]);
    }

    #[test]
    fn columns_stand_straight() {
        let mut out = Vec::new();
        let cells = ["1".to_owned(), "现场咨询活动安排".to_owned(), "科".to_owned(), String::new(), "3月".to_owned()];
        put_row(&mut out, &cells, &[4, 10, 6, 6, 8]).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines, ["1     现场咨询    科              3月", "      活动安排"]);
    }

    #[test]
    fn what_is_no_plan_says_so() {
        let mut out = Vec::new();
        let reading = Reading { kind: ReadingKind::NotAPlan, plans: Vec::new() };
        print(&mut out, &Source::from_text("x"), &reading, 80).unwrap();
        assert!(String::from_utf8(out).unwrap().starts_with("没有读出活动方案"));
    }
}
