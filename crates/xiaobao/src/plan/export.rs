//! The task table as `.xlsx` and `.docx`, the calendar as `.ics`.

use domain::campaign::calendar_entry::entries_of_plan;
use domain::campaign::plan::Reading;
use domain::campaign::task_table::TaskTable;
use gongwen::ics;
use gongwen::table::{Align, Table, TableCell};
use gongwen::write::docx::{self, Block, Section};
use gongwen::write::xlsx::{self, Sheet};
use jiff::Timestamp;

/// The whole table, the duties and the forms, then one sheet per unit.
pub(super) fn xlsx(reading: &Reading) -> anyhow::Result<Vec<u8>> {
    let mut sheets = Vec::new();
    for plan in &reading.plans {
        let whole = TaskTable::of_plan(plan);
        let label = plan.label.clone().map(|it| format!("{it} ")).unwrap_or_default();
        let notes: Vec<String> = whole.theme.iter().map(|it| format!("主题：{it}")).collect();
        if !whole.rows.is_empty() {
            sheets.push(sheet(
                format!("{label}总表"),
                format!("{}任务分解表", whole.title),
                notes.clone(),
                whole.activities_table(None),
            ));
        }
        if !whole.duties.is_empty() {
            sheets.push(sheet(
                format!("{label}报送"),
                format!("{}报送要求", whole.title),
                Vec::new(),
                whole.duties_table(),
            ));
        }
        for form in &plan.forms {
            let title = form.title.clone().unwrap_or_else(|| "统计表".to_owned());
            let notes = form.head.iter().map(|it| format!("{it}：")).collect::<Vec<_>>().join("    ");
            let mut sheet = sheet(format!("{label}{title}"), title, vec![notes], form_table(form));
            sheet.is_landscape = false;
            sheets.push(sheet);
        }
        for unit in whole.units() {
            let part = whole.of_unit(&unit);
            let title = format!("{unit}任务表");
            sheets.push(sheet(format!("{label}{unit}"), title, notes.clone(), part.activities_table(Some(&unit))));
        }
    }
    Ok(xlsx::write(&sheets)?)
}

fn sheet(name: String, title: String, notes: Vec<String>, table: Table) -> Sheet {
    Sheet {
        name,
        title: Some(title),
        notes: notes.into_iter().filter(|it| !it.is_empty()).collect(),
        table,
        is_landscape: true,
    }
}

/// A statistics form to fill in.
fn form_table(form: &domain::campaign::plan::StatForm) -> Table {
    let mut table = Table::new(&[
        ("序号", 4.0, Align::Center),
        ("项目", 28.0, Align::Left),
        ("单位", 6.0, Align::Center),
        ("数量", 8.0, Align::Right),
    ]);
    for row in &form.rows {
        let label = if row.parent.is_some() && !row.label.starts_with("其中") {
            format!("其中：{}", row.label)
        } else {
            row.label.clone()
        };
        let cells =
            [row.number.clone().unwrap_or_default(), label, row.unit.clone().unwrap_or_default(), String::new()];
        table.rows.push(cells.into_iter().map(TableCell::text).collect());
    }
    table
}

/// The whole table first, then a page for each unit with its tasks and its duties.
pub(super) fn docx(reading: &Reading) -> anyhow::Result<Vec<u8>> {
    let mut sections = Vec::new();
    for plan in &reading.plans {
        let whole = TaskTable::of_plan(plan);
        let mut blocks = vec![Block::Title(format!("{}\n任务分解表", whole.title))];
        if let Some(theme) = &whole.theme {
            blocks.push(Block::Subtitle(format!("主题：{theme}")));
        }
        put_tables(&mut blocks, &whole, None);
        sections.push(Section { is_landscape: true, blocks });
        for unit in whole.units() {
            let part = whole.of_unit(&unit);
            let mut blocks = vec![Block::Title(format!("{unit}任务表")), Block::Subtitle(whole.title.clone())];
            put_tables(&mut blocks, &part, Some(&unit));
            sections.push(Section { is_landscape: true, blocks });
        }
    }
    Ok(docx::write(&sections)?)
}

fn put_tables(blocks: &mut Vec<Block>, table: &TaskTable, unit: Option<&str>) {
    if !table.rows.is_empty() {
        blocks.push(Block::Table(table.activities_table(unit)));
    }
    if !table.duties.is_empty() {
        blocks.push(Block::Heading { level: 1, text: "报送要求".to_owned() });
        blocks.push(Block::Table(table.duties_table()));
    }
}

/// The calendar, and the number of dates that found no day in it.
///
/// The stamp is fixed, so that the same notice gives the same file.
pub(super) fn ics(reading: &Reading) -> (String, usize) {
    let mut entries = Vec::new();
    let mut n_without_day = 0;
    for plan in &reading.plans {
        let (of_plan, n) = entries_of_plan(plan);
        n_without_day += n;
        entries.extend(of_plan.iter().map(|it| it.to_ics("xiaobao", None)));
    }
    let title = reading.plans.iter().find_map(|it| it.title.clone()).unwrap_or_else(|| "活动方案".to_owned());
    (ics::write(&title, &entries, Timestamp::UNIX_EPOCH), n_without_day)
}
