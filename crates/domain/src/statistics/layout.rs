//! The superior's own layout of a form (版式): every cell of the sheet at its place, so that exports look like the paper.

mod standard;

use std::collections::{BTreeMap, BTreeSet};

use gongwen::paper::{Content, Paper, PaperCell, Role, Tint};
use gongwen::sheet::Sheet;
use gongwen::table::Align;
use serde::{Deserialize, Serialize};

use self::standard::standard;
use super::amount::{decimal, pair_words};
use super::form::{FormCell, FormDefinition};
use super::form_reader::{Bounds, FilledForm, UNIT_NAMES, head_fields, is_filled_by_hand, own_lines};
use super::grid::Grid;
use super::measure::Measure;
use super::slots::{self, slots};

/// How a form looks on paper: a grid with merged cells, the lines around it, and the widths of its columns.
///
/// Kept apart from the rows of the form: correcting a label or a binding never changes the superior's paper.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FormLayout {
    /// The lines above the table that are no cells.
    pub before: Vec<String>,
    /// The lines below it.
    pub after: Vec<String>,
    /// The widths of the columns in tenths of a Chinese character; short when the file says nothing.
    pub widths: Vec<u32>,
    /// Every cell that begins somewhere, row by row; the cells to fill hold what is printed in them.
    pub cells: Vec<LayoutCell>,
    /// The first row of the table itself; what stands above are title and head lines.
    pub table_from: usize,
    /// One past the last row of its head.
    pub head_until: usize,
    /// One past its last row; what stands below are seal, date and notes.
    pub table_until: usize,
    /// Wider than high when printed.
    pub is_landscape: bool,
}

/// One cell of the grid.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LayoutCell {
    /// Row, from 0 as in the file.
    pub row: usize,
    /// Column, from 0.
    pub column: usize,
    /// Rows it covers, at least 1.
    pub row_span: usize,
    /// Columns it covers, at least 1.
    pub column_span: usize,
    /// What is printed in it.
    pub text: String,
}

/// What is put into one cell of a form on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fill {
    /// A figure in base units of its measure.
    Number {
        /// How many.
        value: i64,
        /// Nobody counted exactly.
        is_estimate: bool,
    },
    /// Words.
    Text(String),
}

/// What a form is filled with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filling {
    /// By the cell's key.
    pub cells: BTreeMap<String, Fill>,
    /// By the name in the head (填报单位).
    pub head: BTreeMap<String, String>,
    /// Remarks on cells, by key, with the colour behind them.
    pub remarks: BTreeMap<String, (Option<Tint>, String)>,
}

/// Row and column of a cell in the grid of its layout.
type At = (usize, usize);

/// The form as paper: in the superior's layout where it has one that still fits its rows, else in the standard one.
///
/// ```
/// use domain::campaign::plan::{StatForm, StatRow};
/// use domain::statistics::{form::FormDefinition, layout::{Fill, Filling, paper}};
/// let row = StatRow { number: Some("1".into()), label: "宣传视频".into(), unit: Some("个".into()), parent: None };
/// let form = StatForm { title: Some("统计表".into()), head: vec![], rows: vec![row] };
/// let form = FormDefinition::from_plan(&form, None);
/// let mut filling = Filling::default();
/// filling.cells.insert("r1".into(), Fill::Number { value: 3, is_estimate: false });
/// assert!(paper(&form, &filling).to_csv().contains("1,宣传视频（个）,3\r\n"));
/// ```
pub fn paper(form: &FormDefinition, filling: &Filling) -> Paper {
    let own = form.layout.as_ref().and_then(|layout| Some((layout.clone(), places(form, layout)?)));
    if let Some((layout, places)) = own {
        return layout.filled(form, &places, filling);
    }
    let (layout, places) = standard(form);
    let mut paper = layout.filled(form, &places, filling);
    widen(&mut paper);
    paper
}

/// The most characters beside each other in a column of our own layout; what is longer goes on in the next line.
const WIDEST: usize = 24;

/// Gives the columns of figures the room of what stands in them: `2条/10天；3条/5天；1条/30天` in a column of ten characters would take
/// the form to a second page.
fn widen(paper: &mut Paper) {
    let body = paper.cells.iter().filter(|it| it.role == Role::Body && it.column >= 2 && it.column_span == 1);
    let needed: Vec<(usize, usize)> = body.map(|it| (it.column, it.words().chars().count().min(WIDEST))).collect();
    for (column, n) in needed {
        if let Some(width) = paper.widths.get_mut(column) {
            // A character more than it says, for the space at both sides.
            *width = width.max(f64::from(u32::try_from(n + 1).unwrap_or(10)));
        }
    }
}

/// Widths for columns of which nothing is known, in Chinese characters: as wide as what stands in them, within reason.
fn fitted(cells: &[PaperCell], n_columns: usize) -> Vec<f64> {
    let words = |column: usize| {
        let own = cells.iter().filter(|it| it.column == column && it.column_span == 1);
        own.map(|it| it.words().chars().count()).max().unwrap_or_default()
    };
    // A character more than it says, for the space at both sides.
    let width = |column: usize| u32::try_from(words(column).clamp(4, WIDEST) + 1).map_or(10.0, f64::from);
    (0..n_columns).map(width).collect()
}

/// Where each cell stands; `None` when the layout has no place for one of them, because rows were added by hand.
fn places(form: &FormDefinition, layout: &FormLayout) -> Option<BTreeMap<String, At>> {
    let is_there = |at: &At| layout.cells.iter().any(|it| (it.row, it.column) == *at);
    let place = |cell: &FormCell| cell.place.map(|it| (it.row, it.column)).filter(is_there);
    form.cells().map(|(_, cell)| Some((cell.key.clone(), place(cell)?))).collect()
}

impl FormLayout {
    /// The layout of the sheet a form was read from; what people had filled into it is left out.
    pub(super) fn of_grid(grid: &Grid, sheet: &Sheet, bounds: Bounds, form: &FilledForm) -> FormLayout {
        let is_filled = !form.written.is_empty();
        let to_fill: BTreeSet<At> =
            form.definition.cells().filter_map(|(_, cell)| cell.place).map(|it| (it.row, it.column)).collect();
        let blank = |text: &str| if is_filled { without_values(text) } else { text.to_owned() };
        // The grid has squeezed the blanks that keep room for a name.
        let raw: BTreeMap<At, &str> = sheet.cells.iter().map(|it| ((it.row, it.column), it.text.as_str())).collect();
        let mut cells = Vec::new();
        for (row, line) in grid.rows.iter().enumerate() {
            for (column, cell) in line.iter().enumerate().filter(|(_, cell)| cell.is_origin) {
                let is_bordered = (bounds.from..bounds.until).contains(&row);
                if cell.text.is_empty() && !is_bordered {
                    continue;
                }
                let own = raw.get(&(row, column)).map_or("", |it| it.trim_end());
                let text = if to_fill.contains(&(row, column)) { printed(own) } else { blank(own) };
                cells.push(LayoutCell { row, column, row_span: cell.row_span, column_span: cell.column_span, text });
            }
        }
        FormLayout {
            before: own_lines(&sheet.before).iter().map(|it| blank(it)).collect(),
            after: sheet.after.iter().take(12).map(|it| blank(it)).collect(),
            widths: sheet.widths.iter().copied().take(grid.rows.first().map_or(0, Vec::len)).collect(),
            cells: without_blank_columns(cells, &to_fill),
            table_from: bounds.from,
            head_until: bounds.head_until,
            table_until: bounds.until,
            is_landscape: sheet.is_landscape,
        }
    }

    fn filled(&self, form: &FormDefinition, places: &BTreeMap<String, At>, filling: &Filling) -> Paper {
        let mut at_place: BTreeMap<At, Vec<&FormCell>> = BTreeMap::new();
        for (_, cell) in form.cells() {
            if let Some(at) = places.get(&cell.key) {
                at_place.entry(*at).or_default().push(cell);
            }
        }
        let n_columns = self.cells.iter().map(|it| it.column + it.column_span).max().unwrap_or(1);
        let mut cells = Vec::new();
        for printed in &self.cells {
            // A title that stands alone in the first cell of its row (of a .csv) runs over the table, not down its first column.
            let is_alone = || self.cells.iter().filter(|it| it.row == printed.row).count() == 1;
            let is_outside = !(self.table_from..self.table_until).contains(&printed.row);
            let mut printed = printed.clone();
            if is_outside && (printed.column, printed.column_span, printed.row_span) == (0, 1, 1) && is_alone() {
                printed.column_span = n_columns;
            }
            let printed = &printed;
            let here = at_place.get(&(printed.row, printed.column)).map_or(&[] as &[_], Vec::as_slice);
            cells.push(self.paper_cell(form, printed, here, filling));
        }
        // A text (.csv) says nothing of widths: the columns get the room of their words.
        let widths = match self.widths.is_empty() {
            true => fitted(&cells, n_columns),
            false => self.widths.iter().map(|it| f64::from(*it) / 10.0).collect(),
        };
        let role = |line: &String| if *line == form.title { Role::Title } else { Role::Line };
        Paper {
            name: short_name(&form.title),
            widths,
            cells,
            before: self.before.iter().map(|it| (role(it), fill_head(it, &filling.head))).collect(),
            after: self.after.iter().map(|it| (align_of(it), fill_head(it, &filling.head))).collect(),
            is_landscape: self.is_landscape,
            head_rows: (self.table_from, self.head_until),
            n_kept_columns: 0,
        }
    }

    fn paper_cell(
        &self,
        form: &FormDefinition,
        printed: &LayoutCell,
        here: &[&FormCell],
        filling: &Filling,
    ) -> PaperCell {
        let role = if (self.table_from..self.head_until).contains(&printed.row) {
            Role::Head
        } else if (self.head_until..self.table_until).contains(&printed.row) {
            Role::Body
        } else if printed.text == form.title {
            Role::Title
        } else {
            Role::Line
        };
        let plain =
            PaperCell::text(printed.row, printed.column, "").spanning(printed.column_span, printed.row_span).role(role);
        let content = match here {
            [] if role == Role::Line => Content::Text(fill_head(&printed.text, &filling.head)),
            [] => Content::Text(printed.text.clone()),
            here => content(&printed.text, here, filling),
        };
        let align = match (&content, here) {
            (Content::Number { .. }, _) => Align::Center,
            (Content::Text(_), [first, ..]) if !first.is_text && printed.text.is_empty() => Align::Center,
            (Content::Text(text), []) if role == Role::Line => align_of(text),
            (Content::Text(text), []) if role == Role::Body && is_short(text) => Align::Center,
            _ => plain.align,
        };
        let remarks: Vec<&(Option<Tint>, String)> = here.iter().filter_map(|it| filling.remarks.get(&it.key)).collect();
        let words: Vec<&str> = remarks.iter().map(|it| it.1.as_str()).filter(|it| !it.is_empty()).collect();
        PaperCell {
            content,
            align,
            tint: remarks.iter().find_map(|it| it.0),
            remark: (!words.is_empty()).then(|| words.join("\n")),
            ..plain
        }
    }
}

/// Numbers and units stand in the middle, words at the left.
fn is_short(text: &str) -> bool {
    let n = text.chars().count();
    n <= 3 || (n <= 6 && !text.contains(['（', '(']) && text.chars().all(|c| c.is_ascii_digit() || c == '.'))
}

/// The seal and the date stand at the right.
fn align_of(line: &str) -> Align {
    let is_seal = line.trim_start().starts_with(['（', '(']) && line.contains("盖章");
    let plain: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    if is_seal || plain.ends_with("年月日") && plain.chars().count() < 12 { Align::Right } else { Align::Left }
}

/// What stands in a cell with these blanks.
fn content(printed: &str, here: &[&FormCell], filling: &Filling) -> Content {
    let values: Vec<Option<String>> =
        here.iter().map(|it| filling.cells.get(&it.key).map(|fill| words_of(it, fill))).collect();
    let n_slots = slots(printed).len();
    if n_slots > 0 && n_slots == here.len() {
        return Content::Text(slots::fill(printed, &values));
    }
    let [only] = here else {
        // 场次/人次 in one cell: both or nothing.
        let is_blank = values.iter().all(Option::is_none);
        let parts: Vec<String> = values.into_iter().map(|it| it.unwrap_or_else(|| "—".to_owned())).collect();
        return Content::Text(if is_blank { printed.to_owned() } else { parts.join("/") });
    };
    match filling.cells.get(&only.key) {
        None => Content::Text(printed.to_owned()),
        Some(Fill::Text(text)) => Content::Text(format!("{}{text}", printed.trim_end_matches('　'))),
        // A unit printed in the cell stays behind the number.
        Some(fill @ Fill::Number { .. }) if !printed.is_empty() => {
            Content::Text(format!("{}{printed}", words_of(only, fill)))
        }
        Some(Fill::Number { value, is_estimate }) => number(only, *value, *is_estimate),
    }
}

/// A figure in the unit of its cell; an estimate is marked, two numbers of 条/天 as words.
pub fn number(cell: &FormCell, value: i64, is_estimate: bool) -> Content {
    let (measure, multiple) = cell.measure();
    if measure == Measure::AdPerDay {
        return Content::Text(pair_words(value));
    }
    let words = decimal(value, measure.base_units().saturating_mul(multiple).max(1));
    match words.parse::<f64>() {
        // A spreadsheet counts exactly up to fifteen digits.
        Ok(value) if words.len() <= 15 => Content::Number { value, words, is_estimate },
        _ => Content::Text(words),
    }
}

fn words_of(cell: &FormCell, fill: &Fill) -> String {
    match fill {
        Fill::Text(text) => text.clone(),
        Fill::Number { value, is_estimate } => match number(cell, *value, *is_estimate) {
            Content::Number { words, is_estimate: true, .. } => format!("约{words}"),
            Content::Number { words, .. } | Content::Text(words) => words,
        },
    }
}

/// What is printed in a cell that is to be filled: blanks without what was written, a printed unit, or nothing.
fn printed(text: &str) -> String {
    if !slots(text).is_empty() {
        return slots::emptied(text);
    }
    let is_unit = !text.chars().any(|c| c.is_ascii_digit()) && Measure::from_words(text).is_some();
    // 典型做法（不超过300字）： asks in the very cell that is filled.
    let asks = text
        .find(['：', ':'])
        .map(|at| text.get(..at + text.get(at..).and_then(|it| it.chars().next()).map_or(0, char::len_utf8)));
    match asks {
        Some(Some(question)) => question.to_owned(),
        _ if is_unit => text.to_owned(),
        _ => String::new(),
    }
}

/// A head line without the names and numbers of the one who filled it.
fn without_values(line: &str) -> String {
    let mut blank = line.to_owned();
    for field in head_fields(line).iter().rev().filter(|it| is_filled_by_hand(&it.name) && !it.value.is_empty()) {
        blank.replace_range(field.range.clone(), "　　　　　　");
    }
    blank
}

/// A head line with the values of these names; a field without one stays as printed.
pub fn fill_head(line: &str, head: &BTreeMap<String, String>) -> String {
    let mut filled = line.to_owned();
    let fields = head_fields(line);
    for (n, field) in fields.iter().enumerate().rev() {
        let value = head.get(&field.name).map(String::as_str).or_else(|| alike(&field.name, head));
        if let Some(value) = value.filter(|it| !it.is_empty()) {
            let gap = if n + 1 < fields.len() { "　　" } else { "" };
            filled.replace_range(field.range.clone(), &format!("{value}{gap}"));
        }
    }
    filled
}

/// 填报单位, 报送单位 and 机构名称 ask for the same; so do 电话 and 联系电话.
fn alike<'a>(name: &str, head: &'a BTreeMap<String, String>) -> Option<&'a str> {
    const SAME: &[&[&str]] = &[
        UNIT_NAMES,
        &["填报人", "填表人", "制表人", "经办人", "联系人"],
        &["联系电话", "电话", "联系方式", "手机"],
        &["填报日期", "填报时间", "填表日期", "报送日期", "上报时间", "日期"],
    ];
    let same = SAME.iter().find(|it| it.contains(&name))?;
    same.iter().find_map(|it| head.get(*it)).map(String::as_str)
}

/// Columns at the right in which nothing stands and nothing is to be filled are no part of the paper.
fn without_blank_columns(cells: Vec<LayoutCell>, to_fill: &BTreeSet<At>) -> Vec<LayoutCell> {
    let is_used = |it: &&LayoutCell| !it.text.is_empty() || to_fill.contains(&(it.row, it.column));
    let end = cells.iter().filter(is_used).map(|it| it.column + it.column_span).max().unwrap_or(0);
    cells.into_iter().filter(|it| it.column < end).collect()
}

/// At most what fits on a tab.
fn short_name(title: &str) -> String {
    let name: String = title.chars().filter(|c| c.is_alphanumeric()).take(20).collect();
    if name.is_empty() { "统计表".to_owned() } else { name }
}

#[cfg(test)]
mod tests;
