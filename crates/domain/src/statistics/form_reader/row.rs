//! The rows of a form: number, label, unit of measure, and the cells to fill.

use super::{Column, FilledForm, Mark, head};
use crate::statistics::form::{CellPart, CellPlace, FormCell, FormRow, parts_of};
use crate::statistics::grid::{Grid, GridCell};
use crate::statistics::measure::Measure;
use crate::statistics::slots;

/// The rows of one block of columns.
pub(super) struct Rows<'a> {
    pub(super) grid: &'a Grid,
    pub(super) table: usize,
    pub(super) columns: &'a [Column],
    /// The unit of all figures, said above the table.
    pub(super) default_unit: Option<&'a str>,
    pub(super) form: &'a mut FilledForm,
}

/// One blank to fill: its label, unit and what is written in it.
#[derive(Default)]
struct Blank {
    label: Option<String>,
    unit: Option<String>,
    written: String,
    /// One of several figures of its cell.
    part: Option<CellPart>,
    is_unsplit: bool,
    is_date: bool,
}

impl Rows<'_> {
    /// Reads one row; is it a row of the table?
    pub(super) fn read(&mut self, row: usize) -> bool {
        let texts = self.texts(row);
        if texts.is_empty() {
            // A blank row that still has its border belongs to the table when rows follow, and is no row of the form.
            return false;
        }
        let key = format!("r{}", self.form.definition.rows.len() + 1);
        let number = Some(self.pick(row, &Column::Number)).filter(|number| !number.is_empty());
        let label = self.pick(row, &Column::Label);
        if let Some(text) = self.lone(row, &texts, number.as_deref(), &label) {
            return self.read_lone(row, &text, key);
        }
        if label.is_empty() {
            return false;
        }
        let (label, is_part) = strip_of_which(&label);
        let pair = pair_in_label(&label);
        let (label, own_unit) = match &pair {
            Some((label, _)) => (label.clone(), None),
            None => unit_in_label(&label),
        };
        let unit = own_unit.or_else(|| Some(self.pick(row, &Column::Unit)).filter(|unit| !unit.is_empty()));
        let parent = self.parent(number.as_deref(), is_part);
        let pair = pair.map(|it| it.1.join("/")).or_else(|| unit.clone());
        let parts = parts_of(&label, pair.as_deref());
        let cells = self.cells(row, &key, &label, unit, &parts);
        self.form.definition.rows.push(FormRow { key, number, label, parent, cells });
        true
    }

    fn own_columns(&self) -> impl Iterator<Item = (usize, &Column)> {
        self.columns.iter().enumerate().filter(|(_, role)| **role != Column::Nothing)
    }

    /// The cells of the row that begin within the columns, with their text.
    fn texts(&self, row: usize) -> Vec<(usize, &GridCell)> {
        let first = self.own_columns().next().map_or(0, |it| it.0);
        let last = self.own_columns().last().map_or(0, |it| it.0);
        let cell = |column: usize| self.grid.cell(row, column).map(|it| (column, it));
        let is_filled = |it: &GridCell| it.is_origin && (!it.text.is_empty() || it.formula.is_some());
        (first..=last).filter_map(cell).filter(|(_, it)| is_filled(it)).collect()
    }

    fn pick(&self, row: usize, wanted: &Column) -> String {
        let mut parts: Vec<&str> = Vec::new();
        for (column, role) in self.columns.iter().enumerate() {
            let text = self.grid.text(row, column);
            if role == wanted && !text.is_empty() && parts.last() != Some(&text) {
                parts.push(text);
            }
        }
        parts.join(if *wanted == Column::Label { "·" } else { "" })
    }

    /// A row of one text that is no item: a group head (一、宣传情况), a note, or a line under the table.
    fn lone(&self, row: usize, texts: &[(usize, &GridCell)], number: Option<&str>, label: &str) -> Option<String> {
        let [(column, cell)] = texts else { return self.lone_group(row, number, label) };
        let has_unit_column = self.columns.contains(&Column::Unit);
        let n_own = self.own_columns().count();
        let is_label = self.columns.get(*column) == Some(&Column::Label);
        let spans_all = n_own > 2 && cell.column_span >= n_own;
        let plain = cell.text.as_str();
        let is_item = is_label && !spans_all && number.is_none() && {
            let starts_group = plain
                .starts_with(['一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '（', '('])
                && plain.contains(['、', '）', ')']);
            let has_unit = unit_in_label(plain).1.is_some() || pair_in_label(plain).is_some() || !has_unit_column;
            plain.starts_with("其中") || (has_unit && !starts_group) || unit_in_label(plain).1.is_some()
        };
        let is_line = !head::read_head(plain).is_empty() || plain.starts_with(['注', '说']) || plain.contains('□');
        (!is_item || is_line).then(|| cell.text.clone())
    }

    /// 一 | 宣传情况 | (nothing): a Chinese number and words without a unit where every other row has one.
    fn lone_group(&self, row: usize, number: Option<&str>, label: &str) -> Option<String> {
        let is_head_number = number?.chars().all(|c| "一二三四五六七八九十（）()、".contains(c));
        let has_unit_column = self.columns.contains(&Column::Unit);
        let has_no_unit = self.pick(row, &Column::Unit).is_empty() && unit_in_label(label).1.is_none();
        let is_blank = |(column, role): (usize, &Column)| {
            !matches!(role, Column::Value(_)) || self.grid.text(row, column).is_empty()
        };
        let is_group = is_head_number && has_no_unit && (has_unit_column || self.default_unit.is_none());
        (is_group && !label.is_empty() && self.own_columns().all(is_blank))
            .then(|| format!("{}、{label}", number.unwrap_or_default()))
    }

    fn read_lone(&mut self, row: usize, text: &str, key: String) -> bool {
        let fields = head::read_head(text);
        if !fields.is_empty() {
            for (name, value) in fields {
                if !self.form.definition.head.contains(&name) {
                    self.form.definition.head.push(name.clone());
                }
                if !value.is_empty() {
                    self.form.head.insert(name, value);
                }
            }
            return false;
        }
        let is_note = text.starts_with(['注', '说', '（', '(']) && !text.contains('、');
        if is_note || text.chars().count() > 40 && !text.contains('□') {
            return false;
        }
        if let Some((label, rest)) = text.split_once(['：', ':']).filter(|it| it.1.is_empty() || it.1.contains('□'))
        {
            self.push_words(row, key, label, rest);
            return true;
        }
        let row = FormRow { key, number: None, label: text.to_owned(), parent: None, cells: Vec::new() };
        self.form.definition.rows.push(row);
        true
    }

    /// 典型做法： and 是否…：□是 □否 ask for words in the cell that asks.
    fn push_words(&mut self, row: usize, key: String, label: &str, rest: &str) {
        let column = self.texts(row).first().map_or(0, |it| it.0);
        let mut cell = words_cell(key.clone());
        cell.place = Some(CellPlace { table: self.table, row, column });
        if rest.contains(['☑', '√', '■', '✓']) {
            self.form.written.insert(key.clone(), rest.trim().to_owned());
        }
        let label = label.trim().to_owned();
        self.form.definition.rows.push(FormRow { key, number: None, label, parent: None, cells: vec![cell] });
    }

    fn cells(&mut self, row: usize, key: &str, label: &str, unit: Option<String>, parts: &[CellPart]) -> Vec<FormCell> {
        let values: Vec<(usize, String)> = self
            .own_columns()
            .filter_map(
                |(column, role)| if let Column::Value(head) = role { Some((column, head.clone())) } else { None },
            )
            .collect();
        let asks_words = is_words(label);
        let mut cells: Vec<FormCell> = Vec::new();
        for (column, head) in &values {
            let Some(place) = self.grid.cell(row, *column) else { continue };
            // A value over several columns is one value.
            if !place.is_origin {
                continue;
            }
            let place = place.clone();
            let head_label = (values.len() > 1).then(|| unit_in_label(head).0);
            let head_unit = unit_in_label(head).1;
            let own_unit = unit.clone().or(head_unit).or_else(|| self.default_unit.map(str::to_owned));
            // A stroke in one of several columns says that nothing is asked there; in the only one it is what the unit wrote.
            let is_stroke = matches!(place.text.as_str(), "—" | "——" | "×");
            let blanks = if asks_words {
                vec![Blank { label: head_label, written: place.text.clone(), ..Blank::default() }]
            } else if is_stroke && values.len() > 1 {
                Vec::new()
            } else {
                blanks(&place.text, head_label, own_unit, parts)
            };
            for blank in blanks {
                let cell_key = format!("{key}.{}", cells.len() + 1);
                let mut cell = match &blank.part {
                    _ if asks_words => FormCell { label: blank.label.clone(), ..words_cell(cell_key.clone()) },
                    Some(part) => FormCell { label: blank.label.clone(), ..part.cell(cell_key.clone(), label) },
                    None => FormCell::new(cell_key.clone(), label, blank.label.clone(), blank.unit.clone()),
                };
                cell.place = Some(CellPlace { table: self.table, row, column: *column });
                cells.push(cell);
                self.note(&cell_key, blank, &place);
            }
        }
        if let [only] = cells.as_mut_slice() {
            let (written, mark) = (self.form.written.remove(&only.key), self.form.marks.remove(&only.key));
            key.clone_into(&mut only.key);
            written.map(|text| self.form.written.insert(key.to_owned(), text));
            mark.map(|mark| self.form.marks.insert(key.to_owned(), mark));
        }
        mark_totals(&mut cells);
        cells
    }

    fn note(&mut self, key: &str, blank: Blank, place: &GridCell) {
        let Blank { written, is_unsplit, is_date, .. } = blank;
        let is_odd = is_unsplit || is_date || place.formula.is_some() || place.is_error;
        if is_odd || (place.is_hidden && !written.is_empty()) {
            let formula = place.formula.clone();
            let mark = Mark { formula, is_error: place.is_error, is_hidden: place.is_hidden, is_unsplit, is_date };
            self.form.marks.insert(key.to_owned(), mark);
        }
        if !written.is_empty() {
            self.form.written.insert(key.to_owned(), written);
        }
    }

    /// The row a 其中 row or a 2.1 belongs to.
    fn parent(&self, number: Option<&str>, is_part: bool) -> Option<String> {
        let rows = &self.form.definition.rows;
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
}

/// A cell that asks for words.
fn words_cell(key: String) -> FormCell {
    FormCell { binding: None, is_compulsory: false, is_text: true, ..FormCell::new(key, "", None, None) }
}

/// 特色活动（文字说明，200字以内）.
fn is_words(label: &str) -> bool {
    ["文字说明", "字以内", "典型做法", "简述", "简要描述", "主要做法"].iter().any(|it| label.contains(it))
        || (label.contains("不超过") && label.contains('字'))
}

/// 其中：案值 → (案值, true).
fn strip_of_which(label: &str) -> (String, bool) {
    match label.trim().strip_prefix("其中") {
        Some(rest) => (rest.trim_start_matches(['：', ':', ' ', '，', '·', '、']).to_owned(), true),
        None => (label.trim().to_owned(), false),
    }
}

/// The words in brackets at the end of a label, and what stands before them.
fn bracket_at_end(label: &str) -> Option<(&str, &str)> {
    let open = label.trim().strip_suffix(['）', ')'])?;
    let at = open.rfind(['（', '('])?;
    let width = open.get(at..)?.chars().next()?.len_utf8();
    let rest = open.get(..at)?.trim();
    (!rest.is_empty()).then_some((rest, open.get(at + width..)?.trim()))
}

/// 消费者参与数（人次） → (消费者参与数, 人次); brackets that hold no unit of measure stay in the label.
pub fn unit_in_label(label: &str) -> (String, Option<String>) {
    let label = label.trim();
    // 份（册） is one unit with its alternative.
    let known =
        |unit: &str| Measure::from_words(unit.trim_start_matches("单位").trim_start_matches(['：', ':'])).is_some();
    match bracket_at_end(label) {
        Some((rest, unit)) if known(unit) => {
            let unit = unit.trim_start_matches("单位").trim_start_matches(['：', ':']).trim();
            (rest.to_owned(), Some(unit.to_owned()))
        }
        _ => (label.to_owned(), None),
    }
}

/// 进社区（场次/人次） → (进社区, [场次, 人次]): two values stand in one cell.
fn pair_in_label(label: &str) -> Option<(String, Vec<String>)> {
    let (rest, units) = bracket_at_end(label)?;
    let units = slots::units_of_pair(units);
    (!units.is_empty()).then(|| (rest.to_owned(), units))
}

/// The cells that stand in one cell: `开展（3）场，参与（120）人次` holds two.
fn blanks(written: &str, label: Option<String>, unit: Option<String>, parts: &[CellPart]) -> Vec<Blank> {
    if !parts.is_empty() {
        return blanks_of_parts(written, label.as_deref(), unit.as_deref(), parts);
    }
    let found = slots::slots(written);
    if found.is_empty() {
        // A unit printed in the cell waits for its number.
        let is_unit = !written.chars().any(|c| c.is_ascii_digit()) && Measure::from_words(written).is_some();
        let (unit, written) = if is_unit { (Some(written.to_owned()), "") } else { (unit, written) };
        return vec![Blank { label, unit, written: written.to_owned(), ..Blank::default() }];
    }
    let is_one = found.len() == 1;
    let one = |slot: slots::Slot| Blank {
        label: slot.before.or_else(|| label.clone()),
        unit: slot.unit.or_else(|| unit.clone().filter(|_| is_one)),
        written: slot.written,
        ..Blank::default()
    };
    found.into_iter().map(one).collect()
}

/// The figures that one cell asks for beside each other.
fn blanks_of_parts(written: &str, label: Option<&str>, unit: Option<&str>, parts: &[CellPart]) -> Vec<Blank> {
    let names: Vec<String> = parts.iter().map(|it| it.name.clone()).collect();
    let split = slots::split_named(written, &names);
    // What cannot be split stands in the first, and whoever reads it is told.
    let is_unsplit = split.is_none() && written.chars().any(|c| c.is_ascii_digit());
    let blank = |(n, part): (usize, &CellPart)| Blank {
        label: Some(match label {
            Some(label) => format!("{label}·{}", part.name),
            None => part.name.clone(),
        }),
        unit: None,
        written: match &split {
            Some(split) => split.written.get(n).cloned().unwrap_or_default(),
            None if n == 0 => written.to_owned(),
            None => String::new(),
        },
        part: Some(part.with_unit(unit)),
        is_unsplit: is_unsplit && n == 0,
        is_date: n == 0 && split.as_ref().is_some_and(|it| it.is_date),
    };
    parts.iter().enumerate().map(blank).collect()
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
