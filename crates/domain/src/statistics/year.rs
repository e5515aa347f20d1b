//! The same form in two years: which cells mean the same, what was changed, and last year's bindings taken over.

use std::collections::BTreeMap;

use super::form::{FormCell, FormDefinition, FormRow};
use super::indicator::find;

/// One difference between two versions of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The row, and the column where there are several.
    pub name: String,
    /// What differs.
    pub what: &'static str,
    /// Last year; empty for what is new.
    pub before: String,
    /// This year; empty for what is gone.
    pub after: String,
}

/// The words of a row without what changes between years: numbers, signs, spaces.
fn plain(label: &str) -> String {
    label.chars().filter(|c| c.is_alphabetic()).collect()
}

/// Cells of this year and of last year that mean the same: by the words of row and column, never by the number.
pub fn pairs(now: &FormDefinition, last: &FormDefinition) -> BTreeMap<String, String> {
    let mut pairs = BTreeMap::new();
    for row in &now.rows {
        let Some(old) = same_row(row, last) else { continue };
        for cell in &row.cells {
            if let Some(old_cell) = same_cell(row, cell, old) {
                pairs.insert(cell.key.clone(), old_cell.key.clone());
            }
        }
    }
    pairs
}

fn same_row<'a>(row: &FormRow, last: &'a FormDefinition) -> Option<&'a FormRow> {
    let mut same = last.rows.iter().filter(|it| plain(&it.label) == plain(&row.label));
    // 其中：新媒体报道 and a row of its own with the same words are told apart by their numbers.
    let first = same.next()?;
    Some(std::iter::once(first).chain(same).find(|it| it.number == row.number).unwrap_or(first))
}

fn same_cell<'a>(row: &FormRow, cell: &FormCell, old: &'a FormRow) -> Option<&'a FormCell> {
    if let ([_], [only]) = (row.cells.as_slice(), old.cells.as_slice()) {
        return Some(only).filter(|it| it.is_text == cell.is_text);
    }
    let label = |it: &FormCell| plain(it.label.as_deref().unwrap_or_default());
    old.cells.iter().find(|it| label(it) == label(cell) && it.is_text == cell.is_text)
}

/// This year's form with what the office decided last year for the same cells, and how many cells that were.
///
/// Taken over are the binding, by hand or text, compulsory, and 其中. Labels, units of measure and order stay as this year's notice prints
/// them; a cell whose unit of measure is another kind of thing is left alone.
pub fn take_over(now: &FormDefinition, last: &FormDefinition) -> (FormDefinition, usize) {
    let pairs = pairs(now, last);
    let mut taken = now.clone();
    let mut n_cells = 0;
    for cell in taken.rows.iter_mut().flat_map(|row| row.cells.iter_mut()) {
        let Some((_, old)) = pairs.get(&cell.key).and_then(|key| last.cell(key)) else { continue };
        if old.is_open() || old.measure().0 != cell.measure().0 {
            continue;
        }
        (cell.binding, cell.is_manual) = (old.binding.clone(), old.is_manual);
        cell.is_compulsory = old.is_compulsory;
        n_cells += 1;
    }
    (taken, n_cells)
}

/// What differs from last year's version, in the order of this year's form; what is gone stands at the end.
pub fn compare(now: &FormDefinition, last: &FormDefinition) -> Vec<Difference> {
    let pairs = pairs(now, last);
    let mut found = Vec::new();
    for (row, cell) in now.cells() {
        let name = row.name_of(cell);
        let Some((old_row, old)) = pairs.get(&cell.key).and_then(|key| last.cell(key)) else {
            found.push(Difference { name, what: "新增", before: String::new(), after: binding_words(cell) });
            continue;
        };
        let mut add = |what, before: String, after: String| {
            if before != after {
                found.push(Difference { name: name.clone(), what, before, after });
            }
        };
        let text = |it: &Option<String>| it.clone().unwrap_or_default();
        add("名称", old_row.name_of(old), row.name_of(cell));
        add("序号", text(&old_row.number), text(&row.number));
        add("计量单位", text(&old.unit), text(&cell.unit));
        add("取数", binding_words(old), binding_words(cell));
        let must = |it: &FormCell| if it.is_compulsory { "必填" } else { "选填" }.to_owned();
        add("必填", must(old), must(cell));
    }
    for (row, cell) in last.cells().filter(|(_, cell)| !pairs.values().any(|key| *key == cell.key)) {
        found.push(Difference {
            name: row.name_of(cell),
            what: "取消",
            before: binding_words(cell),
            after: String::new(),
        });
    }
    found
}

/// Where the number of a cell comes from, in words.
pub fn binding_words(cell: &FormCell) -> String {
    if cell.is_text {
        return "文字说明".to_owned();
    }
    if cell.is_manual {
        return "人工填报".to_owned();
    }
    match cell.binding.as_ref().and_then(|it| Some((find(&it.indicator)?, it.topic.as_deref()))) {
        Some((indicator, Some(topic))) => format!("{}（只计“{topic}”）", indicator.label),
        Some((indicator, None)) => indicator.label.to_owned(),
        None => "未定".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(year: i16, rows: &[(&str, &str, &str)]) -> FormDefinition {
        let row = |(key, label, unit): &(&str, &str, &str)| FormRow {
            key: (*key).to_owned(),
            number: Some(key.trim_start_matches('r').to_owned()),
            label: (*label).to_owned(),
            parent: None,
            cells: vec![FormCell::new((*key).to_owned(), label, None, Some((*unit).to_owned()))],
        };
        let rows = rows.iter().map(row).collect();
        FormDefinition {
            title: format!("{year}年活动统计表"), year: Some(year), rows, ..FormDefinition::default()
        }
    }

    #[test]
    fn rows_are_matched_by_their_words_not_by_their_number() {
        let last = form(2026, &[("r1", "开展主题活动数量", "个"), ("r2", "消费者参与数", "人次")]);
        let now =
            form(2027, &[("r1", "消费者参与数", "人次"), ("r2", "开展主题活动数量", "个"), ("r3", "媒体报道", "篇")]);
        let pairs = pairs(&now, &last);
        assert_eq!(pairs.get("r1").map(String::as_str), Some("r2"));
        assert!(!pairs.contains_key("r3"));
    }

    #[test]
    fn last_years_decisions_are_taken_over_and_this_years_words_stay() {
        let mut last = form(2026, &[("r1", "受理咨询", "件"), ("r2", "天气情况", "次")]);
        last.rows[0].cells[0].binding.as_mut().unwrap().doubt = None;
        last.rows[1].cells[0].is_manual = true;
        last.rows[1].cells[0].is_compulsory = false;
        let now = form(2027, &[("r1", "天气情况", "次"), ("r2", "受理咨询", "件"), ("r3", "媒体报道", "篇")]);
        let (taken, n_cells) = take_over(&now, &last);
        assert_eq!(n_cells, 2);
        assert!(taken.rows[0].cells[0].is_manual && !taken.rows[0].cells[0].is_compulsory);
        assert!(!taken.rows[1].cells[0].is_open());
        assert_eq!(taken.rows[1].number.as_deref(), Some("2"));
    }

    #[test]
    fn what_differs_from_last_year_is_named() {
        let last = form(2026, &[("r1", "消费者参与数", "人次"), ("r2", "公益短信", "条")]);
        let now = form(2027, &[("r1", "消费者参与数", "万人次"), ("r2", "媒体报道", "篇")]);
        let found = compare(&now, &last);
        let words: Vec<_> = found.iter().map(|it| format!("{} {}", it.what, it.name)).collect();
        assert_eq!(words, ["计量单位 消费者参与数", "新增 媒体报道", "取消 公益短信"]);
    }
}
