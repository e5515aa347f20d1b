//! Reading a form from a table: which column says what, which cells are to be filled, and what already stands in them.
//!
//! Total: a table in which nothing is recognised gives a form without rows, and the caller says so.

use std::collections::BTreeMap;

use super::form::{CellPlace, FormCell, FormDefinition, FormRow};
use super::grid::Grid;
use super::measure::Measure;

/// A form together with what stands in its cells and head: an empty form has only blanks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FilledForm {
    /// The form itself.
    pub definition: FormDefinition,
    /// What is written in each cell, by the cell's key, as written.
    pub written: BTreeMap<String, String>,
    /// What is written in the head (填报单位 → 城关所).
    pub head: BTreeMap<String, String>,
}

/// What a column says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Column {
    Number,
    Label,
    Unit,
    Remark,
    Value(String),
}

/// Words of the head line that ask who reports.
const HEAD_WORDS: &[&str] = &[
    "填报单位",
    "报送单位",
    "机构名称",
    "单位名称",
    "填报人",
    "联系人",
    "联系电话",
    "电话",
    "填报日期",
    "填报时间",
    "报送时间",
    "统计区间",
    "统计时间",
    "审核人",
    "负责人",
    "单位负责人",
    "分管领导",
    "签发人",
    "盖章",
];

/// Reads the form of a grid; `table` is the number of the table in its file, for the places of the cells.
pub fn read_form(grid: &Grid, table: usize) -> FilledForm {
    let Some(header) = (0..grid.rows.len()).find(|row| is_header(grid, *row)) else {
        return FilledForm::default();
    };
    let columns = columns(grid, header);
    let mut form = FilledForm::default();
    for row in 0..header {
        read_above(grid, row, &mut form);
    }
    form.definition.year = year_of(&form.definition.title);
    for row in header + 1..grid.rows.len() {
        read_row(grid, row, table, &columns, &mut form);
    }
    form
}

fn is_header(grid: &Grid, row: usize) -> bool {
    let texts = grid.row_texts(row);
    let known = texts.iter().filter(|text| !matches!(role(text), Column::Value(_)) || is_value_head(text)).count();
    let about_rows = texts.iter().any(|text| matches!(role(text), Column::Label | Column::Number));
    texts.len() >= 2 && known >= 2 && about_rows
}

fn is_value_head(text: &str) -> bool {
    ["数量", "数值", "数据", "合计", "线上", "线下", "进展", "完成", "本年", "累计", "本期", "情况", "填报"]
        .iter()
        .any(|word| text.contains(word))
}

fn role(text: &str) -> Column {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let short = plain.chars().count() <= 12;
    let has = |words: &[&str]| short && words.iter().any(|word| plain.contains(word));
    if has(&["序号", "编号", "行次"]) {
        Column::Number
    } else if has(&["备注", "说明"]) {
        Column::Remark
    } else if plain == "单位" || has(&["计量单位"]) {
        Column::Unit
    } else if has(&["项目", "指标", "内容", "类别", "名称", "事项"]) && !asks_who(&plain) {
        Column::Label
    } else {
        Column::Value(plain)
    }
}

/// 单位名称 is who reports, not what is counted.
fn asks_who(plain: &str) -> bool {
    ["填报单位", "报送单位", "机构名称", "单位名称"].iter().any(|word| plain.contains(word))
}

/// The role of each column; without a label column the first is one.
fn columns(grid: &Grid, header: usize) -> Vec<Column> {
    let width = grid.rows.first().map_or(0, Vec::len);
    let mut roles: Vec<Column> = (0..width).map(|column| role(grid.text(header, column))).collect();
    if !roles.contains(&Column::Label)
        && let Some(first) = roles.iter_mut().find(|role| matches!(role, Column::Value(_)))
    {
        *first = Column::Label;
    }
    roles
}

fn read_above(grid: &Grid, row: usize, form: &mut FilledForm) {
    for text in grid.row_texts(row) {
        let fields = read_head(text);
        if fields.is_empty() {
            let is_better = text.contains('表') && !text.starts_with("附件");
            if is_better || (form.definition.title.is_empty() && !text.starts_with("附件")) {
                form.definition.title = text.to_owned();
            }
        }
        for (name, value) in fields {
            form.definition.head.push(name.clone());
            if !value.is_empty() {
                form.head.insert(name, value);
            }
        }
    }
}

/// `填报单位：城关所 联系人： 电话：` → name and value pairs; empty when the line is no head.
pub fn read_head(line: &str) -> Vec<(String, String)> {
    let mut marks: Vec<(usize, &str)> = Vec::new();
    for word in HEAD_WORDS {
        for (at, _) in line.match_indices(word) {
            marks.push((at, word));
        }
    }
    // The longest word at a place wins: 联系电话 holds 电话.
    marks.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.len().cmp(&a.1.len())));
    let mut kept: Vec<(usize, &str)> = Vec::new();
    for (at, word) in marks {
        if kept.last().is_none_or(|(start, last)| at >= start + last.len()) {
            kept.push((at, word));
        }
    }
    let ends = kept.iter().skip(1).map(|(at, _)| *at).chain([line.len()]);
    let pairs = kept.iter().zip(ends).filter_map(|((at, word), end)| {
        let rest = line.get(at + word.len()..end)?;
        // A head word without a colon behind it is only a word of the title.
        let (before, value) = rest.split_once(['：', ':'])?;
        let is_note = before.chars().all(|c| c.is_whitespace() || "（）()盖章签字".contains(c));
        is_note.then(|| {
            ((*word).to_owned(), value.trim_matches(|c: char| c.is_whitespace() || "_（）".contains(c)).to_owned())
        })
    });
    pairs.collect()
}

/// 2027 in `2027年“3·15”活动统计表`.
pub fn year_of(title: &str) -> Option<i16> {
    let at = title.find('年')?;
    let digits: String = title.get(..at)?.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
    digits.parse().ok().filter(|year| (2000..2100).contains(year))
}

fn read_row(grid: &Grid, row: usize, table: usize, columns: &[Column], form: &mut FilledForm) {
    let texts = grid.row_texts(row);
    if texts.is_empty() {
        return;
    }
    let key = format!("r{}", form.definition.rows.len() + 1);
    let pick = |wanted: &Column| {
        let mut parts: Vec<&str> = Vec::new();
        for (column, role) in columns.iter().enumerate() {
            let text = grid.text(row, column);
            if role == wanted && !text.is_empty() && parts.last() != Some(&text) {
                parts.push(text);
            }
        }
        parts.join("")
    };
    let number = Some(pick(&Column::Number)).filter(|number| !number.is_empty());
    let label = pick(&Column::Label);
    let spans_all = texts.len() == 1 && columns.len() > 2;
    if spans_all {
        read_lone_row(texts.first().copied().unwrap_or_default(), key, form);
        return;
    }
    if label.is_empty() {
        return;
    }
    let (label, is_part) = strip_of_which(&label);
    let (label, own_unit) = unit_in_label(&label);
    let unit = own_unit.or_else(|| Some(pick(&Column::Unit)).filter(|unit| !unit.is_empty()));
    let parent = parent_of(form, number.as_deref(), is_part);
    let mut cells = Vec::new();
    let value_columns: Vec<(usize, &String)> = columns
        .iter()
        .enumerate()
        .filter_map(|(column, role)| if let Column::Value(head) = role { Some((column, head)) } else { None })
        .collect();
    for (column, head) in &value_columns {
        let place = CellPlace { table, row, column: *column };
        let head_label = (value_columns.len() > 1).then(|| unit_in_label(head).0);
        let head_unit = unit_in_label(head).1;
        let written = grid.text(row, *column);
        for (blank, text) in blanks(written, head_label, unit.clone().or(head_unit)) {
            let cell_key = format!("{key}.{}", cells.len() + 1);
            let mut cell = FormCell::new(cell_key.clone(), &label, blank.label, blank.unit);
            cell.place = Some(place);
            cells.push(cell);
            if !text.is_empty() {
                form.written.insert(cell_key, text);
            }
        }
    }
    if let [only] = cells.as_mut_slice() {
        let written = form.written.remove(&only.key);
        only.key.clone_from(&key);
        written.map(|text| form.written.insert(key.clone(), text));
    }
    mark_totals(&mut cells);
    form.definition.rows.push(FormRow { key, number, label, parent, cells });
}

/// A row of one cell: a group head (一、宣传情况), a note, or a head line under the table.
fn read_lone_row(text: &str, key: String, form: &mut FilledForm) {
    let fields = read_head(text);
    if !fields.is_empty() {
        form.definition.head.extend(fields.iter().map(|(name, _)| name.clone()));
        form.head.extend(fields.into_iter().filter(|(_, value)| !value.is_empty()));
    } else if !text.starts_with(['注', '说']) && text.chars().count() <= 40 {
        let row = FormRow { key, number: None, label: text.to_owned(), parent: None, cells: Vec::new() };
        form.definition.rows.push(row);
    }
}

/// 其中：案值 → (案值, true).
fn strip_of_which(label: &str) -> (String, bool) {
    match label.trim().strip_prefix("其中") {
        Some(rest) => (rest.trim_start_matches(['：', ':', ' ', '，']).to_owned(), true),
        None => (label.trim().to_owned(), false),
    }
}

/// 消费者参与数（人次） → (消费者参与数, 人次); brackets that hold no unit of measure stay in the label.
pub fn unit_in_label(label: &str) -> (String, Option<String>) {
    let label = label.trim();
    let inner = label.strip_suffix(['）', ')']).and_then(|open| {
        let at = open.rfind(['（', '('])?;
        let width = open.get(at..)?.chars().next()?.len_utf8();
        Some((open.get(..at)?.trim(), open.get(at + width..)?.trim()))
    });
    match inner {
        Some((rest, unit)) if !rest.is_empty() && Measure::from_words(unit).is_some() => {
            (rest.to_owned(), Some(unit.to_owned()))
        }
        _ => (label.to_owned(), None),
    }
}

/// The row a 其中 row or a 2.1 belongs to.
fn parent_of(form: &FilledForm, number: Option<&str>, is_part: bool) -> Option<String> {
    let rows = &form.definition.rows;
    if let Some((whole, _)) = number.and_then(|number| number.rsplit_once(['.', '．'])) {
        return rows.iter().rev().find(|row| row.number.as_deref() == Some(whole)).map(|row| row.key.clone());
    }
    if !is_part {
        return None;
    }
    // Several 其中 rows in a row share the parent of the first.
    let last = rows.last()?;
    Some(last.parent.clone().filter(|_| last.number.is_none()).unwrap_or_else(|| last.key.clone()))
}

struct Blank {
    label: Option<String>,
    unit: Option<String>,
}

/// The cells that stand in one cell: `开展（3）场，参与（120）人次` holds two.
fn blanks(written: &str, label: Option<String>, unit: Option<String>) -> Vec<(Blank, String)> {
    if matches!(written, "—" | "——" | "/" | "×") {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut rest = written;
    while let Some(open) = rest.find(['（', '(']) {
        let Some(close) = rest.get(open..).and_then(|tail| tail.find(['）', ')']).map(|at| open + at)) else { break };
        let inner = rest.get(open..close).unwrap_or_default().trim_start_matches(['（', '(']).trim();
        let before =
            rest.get(..open).unwrap_or_default().trim_matches(|c: char| c.is_whitespace() || "，,、；;".contains(c));
        let after = rest.get(close..).unwrap_or_default().trim_start_matches(['）', ')']);
        let end = after.find(['，', ',', '；', ';', '、', '（', '(', ' ']).unwrap_or(after.len());
        let own_unit = after.get(..end).unwrap_or_default().trim().to_owned();
        let own = Some(before.to_owned()).filter(|before| !before.is_empty());
        let is_number = inner.is_empty() || inner.chars().any(|c| c.is_ascii_digit());
        if !is_number {
            break;
        }
        found.push((
            Blank { label: own.or(label.clone()), unit: Some(own_unit).filter(|unit| !unit.is_empty()) },
            inner.to_owned(),
        ));
        rest = after.get(end..).unwrap_or_default();
    }
    if found.is_empty() {
        found.push((Blank { label, unit }, written.to_owned()));
    }
    found
}

/// A 合计 cell is the sum of the other cells of its row.
fn mark_totals(cells: &mut [FormCell]) {
    let is_total =
        |cell: &FormCell| cell.label.as_deref().is_some_and(|label| matches!(label, "合计" | "总计" | "小计"));
    let parts: Vec<String> = cells.iter().filter(|cell| !is_total(cell)).map(|cell| cell.key.clone()).collect();
    for cell in cells.iter_mut().filter(|cell| is_total(cell)) {
        cell.total_of.clone_from(&parts);
    }
}

#[cfg(test)]
mod tests;
