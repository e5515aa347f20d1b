//! A statistics form (统计表) as data: rows, cells, units of measure, and the indicator each cell is bound to.
//!
//! A form is read from the notice's annex or from an uploaded sheet, corrected on a page and kept by year.
//! Every number of a return belongs to one cell of one version of a form, found by the cell's key.

use serde::{Deserialize, Serialize};

use super::binding::{Binding, bind, bind_named, doubt_of_before};
use super::indicator::{Adding, Indicator, find};
use super::layout::FormLayout;
use super::measure::Measure;
use super::slots;
use crate::campaign::plan::StatForm;

/// A form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FormDefinition {
    /// 2024年“3·15”活动统计表.
    pub title: String,
    /// The year it is for.
    pub year: Option<i16>,
    /// 填报单位, 联系人, 电话.
    pub head: Vec<String>,
    /// What is printed above its columns.
    #[serde(default, skip_serializing_if = "ColumnHeads::is_plain")]
    pub column_heads: ColumnHeads,
    /// The rows in order.
    pub rows: Vec<FormRow>,
    /// The superior's own layout; `None` for a form from a notice's text, which gets a standard one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<FormLayout>,
}

/// The words above the columns of a form as its notice prints them: 序号, “3·15”活动项目, 数量.
///
/// Words that are not known are empty, and the form shows ours: a form that was stored before they were kept has none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnHeads {
    /// Above the numbers of the rows.
    pub number: String,
    /// Above what is counted.
    pub label: String,
    /// Above the figures, where a form has one column of them.
    pub value: String,
}

impl ColumnHeads {
    /// Nothing is known of what was printed.
    pub fn is_plain(&self) -> bool {
        *self == ColumnHeads::default()
    }

    /// The word above the numbers of the rows.
    pub fn number(&self) -> &str {
        if self.number.is_empty() { "序号" } else { &self.number }
    }

    /// The words above what is counted.
    ///
    /// ```
    /// use domain::statistics::form::ColumnHeads;
    /// let printed = ColumnHeads { label: "“3·15”活动项目".into(), ..ColumnHeads::default() };
    /// assert_eq!((printed.label(), ColumnHeads::default().label()), ("“3·15”活动项目", "项目"));
    /// ```
    pub fn label(&self) -> &str {
        if self.label.is_empty() { "项目" } else { &self.label }
    }

    /// The word above the figures.
    pub fn value(&self) -> &str {
        if self.value.is_empty() { "数量" } else { &self.value }
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormRow {
    /// Stable within the form: `r1`, `r2`…; kept when the row is moved.
    pub key: String,
    /// The number as printed ("1", "2.1"); `None` for 其中 rows.
    pub number: Option<String>,
    /// The words without number, 其中 and unit.
    pub label: String,
    /// The key of the row this one is part of (其中): it can never be larger.
    pub parent: Option<String>,
    /// The cells to fill; none for a group row such as 一、宣传情况.
    pub cells: Vec<FormCell>,
}

/// One cell to fill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormCell {
    /// Stable within the form: `r1`, or `r1.2` for the second of several.
    pub key: String,
    /// What tells it from the other cells of its row (线上, 参与); `None` when the row has one cell.
    pub label: Option<String>,
    /// The unit of measure as printed.
    pub unit: Option<String>,
    /// The indicator it asks for; `None` when nobody has said, or when it is text.
    pub binding: Option<Binding>,
    /// Must be filled before the return is complete.
    pub is_compulsory: bool,
    /// The cells of the same row it is the sum of (合计 = 线上 + 线下).
    pub total_of: Vec<String>,
    /// Where it stands in the sheet the form was read from, so that the superior's own file can be filled.
    pub place: Option<CellPlace>,
    /// Words are asked for instead of a number (典型做法, 备注).
    #[serde(default)]
    pub is_text: bool,
    /// Somebody has decided that no record counts for it: the units fill it by hand.
    #[serde(default)]
    pub is_manual: bool,
}

/// Row and column, from 0, of a cell in a table of the source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellPlace {
    /// Which table or sheet.
    pub table: usize,
    /// Row.
    pub row: usize,
    /// Column.
    pub column: usize,
}

impl FormDefinition {
    /// The form of a notice's annex: one cell a row, bound as far as words and unit allow.
    ///
    /// ```
    /// use domain::campaign::plan::{StatForm, StatRow};
    /// use domain::statistics::form::FormDefinition;
    /// let row = StatRow { number: Some("1".into()), label: "消费者参与数".into(), unit: Some("人次".into()), parent: None };
    /// let form = StatForm { title: Some("2027年活动统计表".into()), head: vec!["填报单位".into()], rows: vec![row] };
    /// let definition = FormDefinition::from_plan(&form, Some(2027));
    /// assert_eq!(definition.rows[0].cells[0].binding.as_ref().unwrap().indicator, "consumer_attendance");
    /// ```
    pub fn from_plan(form: &StatForm, year: Option<i16>) -> FormDefinition {
        let keys: Vec<String> = (1..=form.rows.len()).map(|n| format!("r{n}")).collect();
        let rows = form.rows.iter().zip(&keys).map(|(row, key)| {
            let parent = row.parent.as_deref().and_then(|parent| {
                let found = |other: &&(&crate::campaign::plan::StatRow, &String)| {
                    other.0.number.as_deref() == Some(parent) || other.0.label == parent
                };
                form.rows.iter().zip(&keys).collect::<Vec<_>>().iter().find(found).map(|(_, key)| (*key).clone())
            });
            FormRow {
                key: key.clone(),
                number: row.number.clone(),
                label: row.label.clone(),
                parent,
                cells: cells_of(key, &row.label, row.unit.as_deref()),
            }
        });
        let rows = rows.collect();
        let mut definition = FormDefinition {
            title: form.title.clone().unwrap_or_default(),
            year,
            head: form.head.clone(),
            column_heads: ColumnHeads::default(),
            rows,
            layout: None,
        };
        definition.doubt_parts();
        definition
    }

    /// A row that was bound to the very figures of another is doubtful: a 其中 row would always be as large as its whole, and
    /// 30周年纪念活动 would be every activity there was.
    pub fn doubt_parts(&mut self) {
        self.doubt_twins();
        let bound = |row: &FormRow| row.cells.iter().filter_map(|it| it.binding.clone()).collect();
        let whole: Vec<(String, Vec<Binding>)> = self.rows.iter().map(|row| (row.key.clone(), bound(row))).collect();
        for row in &mut self.rows {
            let parent = row.parent.as_ref().and_then(|parent| whole.iter().find(|(key, _)| key == parent));
            let Some((_, bound)) = parent else { continue };
            for binding in row.cells.iter_mut().filter_map(|it| it.binding.as_mut()) {
                let is_same = |it: &Binding| it.indicator == binding.indicator && it.topic == binding.topic;
                if binding.doubt.is_none() && bound.iter().any(is_same) {
                    binding.doubt = Some("与上级项取的是同一个数，请核对；没有可取的数就选人工填报".to_owned());
                }
            }
        }
    }

    /// Doubts what an earlier version bound in a way that has been divided since; what a person decides again carries no doubt.
    pub fn doubt_before(&mut self) {
        for row in &mut self.rows {
            for cell in row.cells.iter_mut().filter(|it| !it.is_text && !it.is_manual) {
                let Some(binding) = cell.binding.as_mut().filter(|it| it.doubt.is_none()) else { continue };
                binding.doubt = doubt_of_before(binding, &row.label);
            }
        }
    }

    /// Two rows that take the very same number: the later one is to be looked at.
    fn doubt_twins(&mut self) {
        let mut seen: Vec<(String, Option<String>, String)> = Vec::new();
        for row in self.rows.iter_mut().filter(|it| it.parent.is_none()) {
            let label = row.label.clone();
            for cell in &mut row.cells {
                let (name, is_asked) = (cell.label.clone().unwrap_or_default(), cell.total_of.is_empty());
                let Some(binding) = cell.binding.as_mut().filter(|_| is_asked && !cell.is_text && !cell.is_manual)
                else {
                    continue;
                };
                let own = (binding.indicator.clone(), binding.topic.clone(), name);
                match seen.contains(&own) {
                    true if binding.doubt.is_none() => {
                        let sentence = "“{}”和表中另一项取的是同一个数，请核对；没有可取的数就选人工填报";
                        binding.doubt = Some(sentence.replace("{}", &label.replace('“', "‘").replace('”', "’")));
                    }
                    true => {}
                    false => seen.push(own),
                }
            }
        }
    }

    /// Every cell with its row, in reading order.
    pub fn cells(&self) -> impl Iterator<Item = (&FormRow, &FormCell)> {
        self.rows.iter().flat_map(|row| row.cells.iter().map(move |cell| (row, cell)))
    }

    /// The cells somebody still has to look at: no indicator, or a doubtful one.
    pub fn open_cells(&self) -> impl Iterator<Item = (&FormRow, &FormCell)> {
        self.cells().filter(|(_, cell)| cell.is_open())
    }

    /// The cell of this key.
    pub fn cell(&self, key: &str) -> Option<(&FormRow, &FormCell)> {
        self.cells().find(|(_, cell)| cell.key == key)
    }
}

/// The cells of a row of an annex: one, or one for each figure that its label or unit asks for beside each other.
///
/// The first has the key of the row, as it had when the second was not known.
pub(super) fn cells_of(key: &str, label: &str, unit: Option<&str>) -> Vec<FormCell> {
    let parts = parts_of(label, unit);
    if parts.is_empty() {
        return vec![FormCell::new(key.to_owned(), label, None, unit.map(str::to_owned))];
    }
    let cell = |(n, part): (usize, &CellPart)| {
        let key = if n == 0 { key.to_owned() } else { format!("{key}.{}", n + 1) };
        part.cell(key, label)
    };
    parts.iter().enumerate().map(cell).collect()
}

/// One of several figures that stand in one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CellPart {
    /// 场次 of 场次/人次, 办结 of 办结/调解成功.
    pub(super) name: String,
    unit: Option<String>,
    /// The label names it, not the unit of measure.
    is_named: bool,
}

impl CellPart {
    /// In the unit of its column where the row says none.
    pub(super) fn with_unit(&self, unit: Option<&str>) -> CellPart {
        CellPart { unit: self.unit.clone().or_else(|| unit.map(str::to_owned)), ..self.clone() }
    }

    /// Its cell; of several columns each has the words above it before its own.
    pub(super) fn cell(&self, key: String, label: &str) -> FormCell {
        let mut cell = FormCell::new(key, label, Some(self.name.clone()), self.unit.clone());
        if self.is_named {
            cell.binding = bind_named(&self.name, label, self.unit.as_deref());
        }
        cell
    }
}

/// The figures that a row asks for beside each other in one cell; none when it asks for one.
pub(super) fn parts_of(label: &str, unit: Option<&str>) -> Vec<CellPart> {
    let units = unit.map(slots::units_of_pair).unwrap_or_default();
    if !units.is_empty() {
        let part = |unit: String| CellPart { name: unit.clone(), unit: Some(unit), is_named: false };
        return units.into_iter().map(part).collect();
    }
    let part = |name: String| CellPart { name, unit: unit.map(str::to_owned), is_named: true };
    slots::names_of_pair(label).into_iter().map(part).collect()
}

impl FormRow {
    /// Do its cells stand in one cell of the paper, beside each other (12/8)?
    pub fn is_pair(&self) -> bool {
        let names: Vec<&str> = self.cells.iter().filter_map(|it| it.label.as_deref()).collect();
        let units: Vec<&str> = self.cells.iter().filter_map(|it| it.unit.as_deref()).collect();
        self.cells.len() > 1 && (names == slots::names_of_pair(&self.label) || names == units)
    }

    /// The unit of measure behind its label; two beside each other where its figures have different ones.
    pub fn unit_words(&self) -> String {
        let mut units: Vec<&str> = self.cells.iter().filter_map(|it| it.unit.as_deref()).collect();
        if !self.is_pair() {
            units.truncate(1);
        }
        units.dedup();
        units.join("/")
    }

    /// What a sentence calls the cell: the row, and the column where there are several.
    pub fn name_of(&self, cell: &FormCell) -> String {
        match &cell.label {
            Some(label) => format!("{}·{label}", self.label),
            None => self.label.clone(),
        }
    }
}

impl FormCell {
    /// A cell bound as far as its words and its unit allow.
    pub fn new(key: String, row_label: &str, label: Option<String>, unit: Option<String>) -> FormCell {
        let words = format!("{row_label}{}", label.as_deref().unwrap_or_default());
        let binding = bind(&words, unit.as_deref());
        FormCell {
            key,
            label,
            unit,
            binding,
            is_compulsory: true,
            total_of: Vec::new(),
            place: None,
            is_text: false,
            is_manual: false,
        }
    }

    /// The measure and multiple of the printed unit; without a known unit that of the bound indicator, and else it counts things.
    pub fn measure(&self) -> (Measure, i64) {
        let printed = self.unit.as_deref().and_then(Measure::from_words);
        let bound = || self.binding.as_ref().and_then(|it| find(&it.indicator)).map(|it| (it.measure, 1));
        printed.or_else(bound).unwrap_or((Measure::Item, 1))
    }

    /// The indicator whose figures fill the cell, if there is one.
    ///
    /// 万元 and 元 are the same figure; a cell in 公斤 can never be filled by an indicator in 件, whatever its binding says.
    pub fn indicator(&self) -> Option<&'static Indicator> {
        let found = self.binding.as_ref().filter(|_| !self.is_text && !self.is_manual)?;
        find(&found.indicator).filter(|it| it.measure.base_units() == self.measure().0.base_units())
    }

    /// The topic whose records alone count.
    pub fn topic(&self) -> Option<&str> {
        self.binding.as_ref().and_then(|it| it.topic.as_deref())
    }

    /// Must somebody still say where its number comes from?
    pub fn is_open(&self) -> bool {
        !self.is_text && !self.is_manual && self.binding.as_ref().is_none_or(|it| it.doubt.is_some())
    }

    /// How figures of several units become one in this cell.
    pub fn adding(&self) -> Adding {
        match self.indicator() {
            Some(indicator) => indicator.adding,
            None if self.measure().0.is_additive() => Adding::Sum,
            None => Adding::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::plan::StatRow;

    fn row(number: Option<&str>, label: &str, unit: &str, parent: Option<&str>) -> StatRow {
        StatRow {
            number: number.map(str::to_owned),
            label: label.to_owned(),
            unit: Some(unit.to_owned()),
            parent: parent.map(str::to_owned),
        }
    }

    #[test]
    fn a_part_bound_to_the_figures_of_its_whole_is_doubtful() {
        let rows = vec![row(Some("1"), "消费者参与数", "人次", None), row(None, "老年消费者参与数", "人次", Some("1"))];
        let form = StatForm { title: None, head: Vec::new(), rows };
        let definition = FormDefinition::from_plan(&form, None);
        let open: Vec<_> = definition.open_cells().map(|(row, _)| row.key.as_str()).collect();
        assert_eq!(open, ["r2"]);
    }

    #[test]
    fn two_rows_that_take_the_same_number_are_doubtful() {
        let rows = vec![
            row(Some("1"), "开展主题活动数量", "个", None),
            row(Some("2"), "消费者参与数", "人次", None),
            row(Some("14"), "纪念消费者权益保护法施行30周年纪念活动", "场", None),
        ];
        let form = StatForm { title: None, head: Vec::new(), rows };
        let definition = FormDefinition::from_plan(&form, None);
        let open: Vec<_> = definition.open_cells().map(|(row, _)| row.key.as_str()).collect();
        assert_eq!(open, ["r3"]);
    }

    #[test]
    fn the_annex_of_a_notice_becomes_a_form_whose_parents_are_keys() {
        let form = StatForm {
            title: Some("活动统计表".to_owned()),
            head: vec!["填报单位".to_owned()],
            rows: vec![
                row(Some("1"), "开展主题活动数量", "个", None),
                row(None, "“守望”主题宣传活动数量", "个", Some("1")),
                row(Some("2"), "消费者参与数", "人次", None),
            ],
        };
        let definition = FormDefinition::from_plan(&form, Some(2027));
        let parents: Vec<_> = definition.rows.iter().map(|row| row.parent.as_deref()).collect();
        assert_eq!(parents, [None, Some("r1"), None]);
        assert_eq!(definition.cell("r3").map(|(row, _)| row.label.as_str()), Some("消费者参与数"));
        let topic = definition.cell("r2").and_then(|(_, cell)| cell.binding.clone()).and_then(|binding| binding.topic);
        assert_eq!(topic.as_deref(), Some("守望"));
    }

    /// 现场受理投诉 was bound to what was received, before the two were told apart.
    #[test]
    fn what_was_bound_before_received_and_accepted_were_told_apart_is_doubted_once() {
        use crate::statistics::form_edit::decide;
        let mut cell = FormCell::new("r1".to_owned(), "现场受理投诉", None, Some("件".to_owned()));
        decide(&mut cell, "complaint_received", None);
        let row = FormRow {
            key: "r1".to_owned(),
            number: None,
            label: "现场受理投诉".to_owned(),
            parent: None,
            cells: vec![cell],
        };
        let decided = FormDefinition { rows: vec![row], ..FormDefinition::default() };
        let stored = serde_json::to_string(&decided).unwrap();
        let read = |text: &str| {
            let mut form: FormDefinition = serde_json::from_str(text).unwrap();
            form.doubt_before();
            form
        };
        assert_eq!(read(&stored).open_cells().count(), 0, "a person has decided it so");
        let before = stored.replace(r#","version":1"#, "");
        assert_ne!(before, stored);
        let form = read(&before);
        let doubt = form.rows[0].cells[0].binding.as_ref().and_then(|it| it.doubt.clone());
        assert!(doubt.is_some_and(|it| it.contains("改选“受理投诉”")));
        assert_eq!(read(&before.replace("现场受理投诉", "收到投诉")).open_cells().count(), 0);
    }
}
