//! Editing a form: what a person typed on its page, the moves of rows, and what must not be changed once units have reported.

use std::collections::BTreeSet;

use super::binding::{Binding, VERSION};
use super::form::{FormCell, FormDefinition, FormRow};
use super::form_reader::unit_in_label;
use super::indicator::find;
use super::measure::Measure;
use crate::FormErrors;
use crate::unit::{Actor, Role};

/// May the actor change the forms of a campaign?
pub fn may_edit(actor: &Actor, is_running: bool) -> bool {
    is_running && actor.role == Role::Office
}

/// Choice of the source of a cell: nobody has decided yet.
pub const UNDECIDED: &str = "";
/// Choice: filled by hand, no record counts.
pub const MANUAL: &str = "manual";
/// Choice: words, not a number.
pub const TEXT: &str = "text";

/// The most rows of a form.
const MOST_ROWS: usize = 300;
/// The most cells of a row.
const MOST_CELLS: usize = 12;

/// One cell as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TypedCell {
    /// The key it has; empty for none.
    pub key: String,
    /// The column's words; empty for the only cell of its row.
    pub label: String,
    /// The unit of measure.
    pub unit: String,
    /// The code of an indicator, or [`MANUAL`], [`TEXT`], [`UNDECIDED`].
    pub source: String,
    /// Only records of this topic; empty for all.
    pub topic: String,
    /// 必填.
    pub is_compulsory: bool,
    /// It is the sum of the other cells of its row.
    pub is_total: bool,
}

/// One row as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TypedRow {
    /// The key it has.
    pub key: String,
    /// The printed number.
    pub number: String,
    /// The words.
    pub label: String,
    /// The key of the row it is part of; empty for none.
    pub parent: String,
    /// Its cells.
    pub cells: Vec<TypedCell>,
}

/// A form as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TypedForm {
    /// The title.
    pub title: String,
    /// The words of the head, apart by 、.
    pub head: String,
    /// The rows.
    pub rows: Vec<TypedRow>,
}

/// A move on the page of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// The row one place up.
    Up(String),
    /// The row one place down.
    Down(String),
    /// The row taken away.
    Remove(String),
    /// A new row below this one; at the end when there is no such row.
    Add(String),
    /// A group head (一、宣传情况) below this row: no cell.
    AddHead(String),
    /// One more cell in the row.
    AddCell(String),
    /// The cell taken away.
    RemoveCell(String),
}

impl Move {
    /// From the value of a button: `up:r3`.
    pub fn from_code(code: &str) -> Option<Move> {
        let (word, key) = code.split_once(':')?;
        let key = key.to_owned();
        Some(match word {
            "up" => Move::Up(key),
            "down" => Move::Down(key),
            "remove" => Move::Remove(key),
            "add" => Move::Add(key),
            "add_head" => Move::AddHead(key),
            "add_cell" => Move::AddCell(key),
            "remove_cell" => Move::RemoveCell(key),
            _ => return None,
        })
    }
}

/// A form as a person would type it.
pub fn typed(form: &FormDefinition) -> TypedForm {
    let cell = |it: &FormCell| TypedCell {
        key: it.key.clone(),
        label: it.label.clone().unwrap_or_default(),
        unit: it.unit.clone().unwrap_or_default(),
        source: source_of(it),
        topic: it.topic().unwrap_or_default().to_owned(),
        is_compulsory: it.is_compulsory,
        is_total: !it.total_of.is_empty(),
    };
    let row = |it: &FormRow| TypedRow {
        key: it.key.clone(),
        number: it.number.clone().unwrap_or_default(),
        label: it.label.clone(),
        parent: it.parent.clone().unwrap_or_default(),
        cells: it.cells.iter().map(cell).collect(),
    };
    TypedForm { title: form.title.clone(), head: form.head.join("、"), rows: form.rows.iter().map(row).collect() }
}

/// The choice that stands for the source of a cell.
pub fn source_of(cell: &FormCell) -> String {
    match &cell.binding {
        _ if cell.is_text => TEXT.to_owned(),
        _ if cell.is_manual => MANUAL.to_owned(),
        Some(binding) => binding.indicator.clone(),
        None => UNDECIDED.to_owned(),
    }
}

/// Decides where the number of a cell comes from; a decision of a person carries no doubt.
///
/// A code that is no indicator leaves the cell undecided.
pub fn decide(cell: &mut FormCell, source: &str, topic: Option<&str>) {
    (cell.is_text, cell.is_manual) = (source == TEXT, source == MANUAL);
    let multiple = cell.unit.as_deref().and_then(Measure::from_words).map_or(1, |(_, multiple)| multiple);
    cell.binding = find(source).map(|indicator| Binding {
        indicator: indicator.code.to_owned(),
        topic: topic.map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned),
        multiple,
        doubt: None,
        version: VERSION,
    });
}

/// Reads a form as typed over the one that is stored: what no field shows (layout, places) is kept.
///
/// # Errors
/// One sentence per field.
pub fn parse(old: &FormDefinition, typed: &TypedForm) -> Result<FormDefinition, FormErrors> {
    let mut errors = FormErrors::default();
    let mut form = old.clone();
    form.title = typed.title.trim().to_owned();
    if form.title.is_empty() || form.title.chars().count() > 120 {
        errors.add("title", "请填写表名，不超过120字。");
    }
    form.head = typed
        .head
        .split(['、', '，', ',', '\n'])
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect();
    if typed.rows.len() > MOST_ROWS {
        errors.add("title", format!("一张表最多{MOST_ROWS}行。"));
    }
    let keys: BTreeSet<&str> = typed.rows.iter().map(|it| it.key.as_str()).collect();
    form.rows = typed
        .rows
        .iter()
        .map(|row| {
            let label = row.label.trim().to_owned();
            if label.is_empty() || label.chars().count() > 120 {
                errors.add(format!("{}-label", row.key), "请填写项目名称，不超过120字。");
            }
            let parent = Some(row.parent.trim()).filter(|it| !it.is_empty());
            if parent.is_some_and(|it| it == row.key || !keys.contains(it) || is_circle(typed, &row.key)) {
                errors.add(format!("{}-parent", row.key), format!("“{label}”不能是自己的“其中”项，请另选上级项。"));
            }
            FormRow {
                key: row.key.clone(),
                number: Some(row.number.trim().to_owned()).filter(|it| !it.is_empty()),
                parent: parent.map(str::to_owned),
                cells: row.cells.iter().map(|it| parse_cell(old, row, it, &label, &mut errors)).collect(),
                label,
            }
        })
        .collect();
    errors.into_result(form)
}

fn is_circle(typed: &TypedForm, key: &str) -> bool {
    let parent = |key: &str| typed.rows.iter().find(|it| it.key == key).map(|it| it.parent.clone());
    let mut at = parent(key);
    for _ in 0..=typed.rows.len() {
        match at {
            Some(above) if above == key => return true,
            Some(above) if !above.is_empty() => at = parent(&above),
            _ => return false,
        }
    }
    true
}

fn parse_cell(
    old: &FormDefinition,
    row: &TypedRow,
    typed: &TypedCell,
    label: &str,
    errors: &mut FormErrors,
) -> FormCell {
    let known = old.cell(&typed.key).map(|(_, cell)| cell.clone());
    let mut cell = known.clone().unwrap_or_else(|| FormCell::new(typed.key.clone(), label, None, None));
    cell.label = Some(typed.label.trim().to_owned()).filter(|it| !it.is_empty());
    if row.cells.len() > 1 && cell.label.is_none() {
        errors.add(format!("{}-column", typed.key), format!("“{label}”有{}格，请写明每一格是什么。", row.cells.len()));
    }
    cell.unit = Some(typed.unit.trim().to_owned()).filter(|it| !it.is_empty());
    cell.is_compulsory = typed.is_compulsory;
    let others =
        || row.cells.iter().filter(|it| it.key != typed.key && !it.is_total).map(|it| it.key.clone()).collect();
    cell.total_of = if typed.is_total { others() } else { Vec::new() };
    let topic = Some(typed.topic.trim()).filter(|it| !it.is_empty());
    // What the person left as it was keeps its doubt: saving a label is no decision about the number.
    let is_same =
        known.as_ref().is_some_and(|it| source_of(it) == typed.source && it.topic() == topic && it.unit == cell.unit);
    if !is_same {
        decide(&mut cell, &typed.source, topic);
    }
    if cell.indicator().is_none() && cell.binding.is_some() {
        let unit = cell.unit.clone().unwrap_or_default();
        errors.add(
            format!("{}-source", typed.key),
            format!("“{label}”的单位“{unit}”与所选指标的单位不是一回事，取不了数。请改单位，或改为人工填报。"),
        );
    }
    cell
}

/// The rows of a form written line by line: `消费者参与数（人次）`, `其中：新媒体报道（篇）`; a line that ends with ： is a group head.
///
/// ```
/// use domain::statistics::form_edit::from_lines;
/// let rows = from_lines("媒体报道（篇）\n其中：新媒体报道（篇）");
/// assert_eq!(rows[1].parent.as_deref(), Some("r1"));
/// assert_eq!(rows[0].cells[0].unit.as_deref(), Some("篇"));
/// ```
pub fn from_lines(text: &str) -> Vec<FormRow> {
    let mut rows: Vec<FormRow> = Vec::new();
    let mut number = 0;
    for line in text.lines().map(str::trim).filter(|it| !it.is_empty()).take(MOST_ROWS) {
        let key = format!("r{}", rows.len() + 1);
        let (line, is_part) = match line.strip_prefix("其中") {
            Some(rest) => (rest.trim_start_matches(['：', ':', ' ']), true),
            None => (line, false),
        };
        let is_head = line.ends_with(['：', ':']);
        let (label, unit) = unit_in_label(line.trim_end_matches(['：', ':']));
        let parent = rows.last().filter(|_| is_part).map(|it| it.parent.clone().unwrap_or_else(|| it.key.clone()));
        number += i32::from(!is_part && !is_head);
        let cells = if is_head { Vec::new() } else { vec![FormCell::new(key.clone(), &label, None, unit)] };
        let number = (!is_part && !is_head).then(|| number.to_string());
        rows.push(FormRow { key, number, label, parent, cells });
    }
    rows
}

/// Makes a move. `used` are the keys of cells that hold numbers somewhere: they are never given to a new cell.
pub fn make(form: &mut FormDefinition, step: &Move, used: &BTreeSet<String>) {
    let place = |form: &FormDefinition, key: &str| form.rows.iter().position(|it| it.key == key);
    match step {
        Move::Up(key) => {
            if let Some(at) = place(form, key).filter(|at| *at > 0) {
                form.rows.swap(at, at - 1);
            }
        }
        Move::Down(key) => {
            if let Some(at) = place(form, key).filter(|at| at + 1 < form.rows.len()) {
                form.rows.swap(at, at + 1);
            }
        }
        Move::Remove(key) => {
            form.rows.retain(|it| it.key != *key);
            for row in form.rows.iter_mut().filter(|it| it.parent.as_ref() == Some(key)) {
                row.parent = None;
            }
        }
        Move::Add(key) | Move::AddHead(key) => {
            if form.rows.len() >= MOST_ROWS {
                return;
            }
            let new = next_key(form, used);
            let at = place(form, key).map_or(form.rows.len(), |at| at + 1);
            let is_head = matches!(step, Move::AddHead(_));
            let cells = if is_head { Vec::new() } else { vec![FormCell::new(new.clone(), "", None, None)] };
            let label = if is_head { "新的分组" } else { "新的项目" }.to_owned();
            form.rows.insert(at, FormRow { key: new, number: None, label, parent: None, cells });
        }
        Move::AddCell(key) => {
            let known: BTreeSet<String> =
                form.cells().map(|(_, cell)| cell.key.clone()).chain(used.iter().cloned()).collect();
            let Some(row) = form.rows.iter_mut().find(|it| it.key == *key && it.cells.len() < MOST_CELLS) else {
                return;
            };
            let free = (1..).map(|n| format!("{key}.{n}")).find(|it| !known.contains(it)).unwrap_or_default();
            let unit = row.cells.first().and_then(|it| it.unit.clone());
            if let [only] = row.cells.as_mut_slice() {
                only.label.get_or_insert_with(|| "第1格".to_owned());
            }
            let label = format!("第{}格", row.cells.len() + 1);
            row.cells.push(FormCell::new(free, &row.label, Some(label), unit));
        }
        Move::RemoveCell(key) => {
            for row in &mut form.rows {
                row.cells.retain(|it| it.key != *key);
                for cell in &mut row.cells {
                    cell.total_of.retain(|it| it != key);
                }
            }
        }
    }
}

pub(super) fn next_key(form: &FormDefinition, used: &BTreeSet<String>) -> String {
    let number = |key: &str| key.strip_prefix('r')?.split('.').next()?.parse::<u64>().ok();
    let keys = form.rows.iter().map(|it| it.key.as_str()).chain(used.iter().map(String::as_str));
    format!("r{}", keys.filter_map(number).max().unwrap_or(0) + 1)
}

/// Why a changed form cannot be saved: cells that hold reported numbers and would be gone or mean another thing.
///
/// Numbers are kept in base units, so 元 may become 万元; 份 can never become 人次, and a number never a text.
pub fn orphans(old: &FormDefinition, new: &FormDefinition, used: &BTreeSet<String>) -> Vec<String> {
    let mut sentences = Vec::new();
    for (row, cell) in old.cells().filter(|(_, cell)| used.contains(&cell.key)) {
        let name = row.name_of(cell);
        match new.cell(&cell.key) {
            None => sentences.push(format!("“{name}”已有单位填了数，不能删除。可以改为选填，或请各单位先清空。")),
            Some((_, now)) if now.is_text != cell.is_text => {
                sentences.push(format!("“{name}”已有单位填了，不能在数字和文字之间改换。"));
            }
            Some((_, now)) if !now.is_text && now.measure().0 != cell.measure().0 => sentences.push(format!(
                "“{name}”已有单位按“{}”填了数，不能改成“{}”。请另加一行。",
                cell.unit.as_deref().unwrap_or("未写单位"),
                now.unit.as_deref().unwrap_or("未写单位")
            )),
            Some(_) => {}
        }
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> FormDefinition {
        let mut form =
            FormDefinition { title: "活动统计表".to_owned(), year: Some(2027), ..FormDefinition::default() };
        for (key, label, unit) in
            [("r1", "开展主题活动数量", "个"), ("r2", "消费者参与数", "份"), ("r3", "挽回损失", "元")]
        {
            let cell = FormCell::new(key.to_owned(), label, None, Some(unit.to_owned()));
            form.rows.push(FormRow {
                key: key.to_owned(),
                number: None,
                label: label.to_owned(),
                parent: None,
                cells: vec![cell],
            });
        }
        form
    }

    fn used(keys: &[&str]) -> BTreeSet<String> {
        keys.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn what_is_not_touched_stays_as_it_is() {
        let form = form();
        assert_eq!(parse(&form, &typed(&form)), Ok(form));
    }

    #[test]
    fn a_chosen_indicator_carries_no_doubt_and_a_changed_label_is_no_choice() {
        let form = form();
        assert!(form.rows[1].cells[0].is_open());
        let mut renamed = typed(&form);
        renamed.rows[1].label = "消费者参加人数".to_owned();
        assert!(parse(&form, &renamed).unwrap().rows[1].cells[0].is_open());
        let mut chosen = typed(&form);
        chosen.rows[1].cells[0].source = MANUAL.to_owned();
        assert!(!parse(&form, &chosen).unwrap().rows[1].cells[0].is_open());
    }

    #[test]
    fn money_does_not_count_pieces() {
        let form = form();
        let mut wrong = typed(&form);
        wrong.rows[2].cells[0].source = "complaint_received".to_owned();
        assert!(parse(&form, &wrong).unwrap_err().of("r3-source").is_some());
    }

    #[test]
    fn a_row_is_never_part_of_itself() {
        let form = form();
        let mut circle = typed(&form);
        circle.rows[0].parent = "r2".to_owned();
        circle.rows[1].parent = "r1".to_owned();
        assert!(parse(&form, &circle).unwrap_err().of("r1-parent").is_some());
    }

    #[test]
    fn rows_move_and_new_keys_are_never_those_of_reported_numbers() {
        let mut form = form();
        make(&mut form, &Move::Up("r3".to_owned()), &used(&[]));
        make(&mut form, &Move::Remove("r1".to_owned()), &used(&[]));
        make(&mut form, &Move::Add("r2".to_owned()), &used(&["r7"]));
        make(&mut form, &Move::AddCell("r2".to_owned()), &used(&["r2.1"]));
        let keys: Vec<_> = form.rows.iter().map(|it| it.key.as_str()).collect();
        assert_eq!(keys, ["r3", "r2", "r8"]);
        let cells: Vec<_> = form.rows[1].cells.iter().map(|it| it.key.as_str()).collect();
        assert_eq!(cells, ["r2", "r2.2"]);
    }

    #[test]
    fn what_units_have_reported_is_not_orphaned() {
        let old = form();
        let mut new = old.clone();
        new.rows.remove(0);
        new.rows[0].cells[0].unit = Some("人次".to_owned());
        new.rows[1].cells[0].unit = Some("万元".to_owned());
        let sentences = orphans(&old, &new, &used(&["r1", "r2", "r3"]));
        assert_eq!(sentences.len(), 2, "{sentences:?}");
        assert!(sentences[0].contains("不能删除") && sentences[1].contains("人次"));
        assert_eq!(orphans(&old, &new, &used(&[])), Vec::<String>::new());
    }
}
