//! Adding up forms that units filled by hand (汇总): rows are matched by meaning, not by number, and every problem stands
//! in the cell it concerns. A dry run and the real run are one function.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::check::{CellValue, Finding, check};
use super::form::{FormCell, FormDefinition, FormRow};
use super::form_reader::FilledForm;
use super::quantity;

/// One filled form that was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedIn {
    /// The file it stood in.
    pub file: String,
    /// The sheet or table of the file.
    pub sheet: String,
    /// What was read.
    pub form: FilledForm,
}

/// A problem of one handed-in form; it names the file, and the cell where there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The sheet.
    pub sheet: String,
    /// 表3行2列, as a person counts; `None` when the whole sheet is meant.
    pub place: Option<String>,
    /// One sentence that names the thing and the way out.
    pub message: String,
    /// The number was left out of the sum; otherwise it is in and somebody should look.
    pub is_left_out: bool,
}

/// What one form contributes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// Who filled it: the head's 填报单位, else the file's name.
    pub unit: String,
    /// The file.
    pub file: String,
    /// Cell key of the merged form → number in base units.
    pub values: BTreeMap<String, i64>,
    /// The cells whose number is an estimate.
    pub estimates: BTreeSet<String>,
}

/// The result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// The form everything was matched to.
    pub form: FormDefinition,
    /// The forms that count, in the order they were given.
    pub contributions: Vec<Contribution>,
    /// The sums in base units; a cell nobody filled is not in it.
    pub totals: BTreeMap<String, i64>,
    /// The cells whose sum holds an estimate.
    pub estimates: BTreeSet<String>,
    /// Everything that is wrong.
    pub problems: Vec<Problem>,
}

/// Adds the forms up. The first one with rows decides the layout when no `form` is given.
///
/// A form without rows, of another year, or handed in twice by one unit is left out and named.
pub fn merge(form: Option<FormDefinition>, handed_in: &[HandedIn]) -> Merged {
    let first = || handed_in.iter().map(|it| &it.form.definition).find(|form| !form.rows.is_empty()).cloned();
    let form = form.or_else(first).unwrap_or_default();
    let targets: BTreeMap<String, Vec<&str>> = targets(&form);
    let mut merged = Merged {
        form: form.clone(),
        contributions: Vec::new(),
        totals: BTreeMap::new(),
        estimates: BTreeSet::new(),
        problems: Vec::new(),
    };
    for it in handed_in {
        let unit = unit_of(it);
        if let Some(message) = refuse(&form, it, &unit, &merged.contributions) {
            merged.problems.push(it.problem(None, message, true));
            continue;
        }
        let contribution = contribute(&form, &targets, it, unit, &mut merged.problems);
        add(&mut merged, contribution);
    }
    merged
}

impl HandedIn {
    fn problem(&self, cell: Option<&FormCell>, message: String, is_left_out: bool) -> Problem {
        let place =
            cell.and_then(|cell| cell.place).map(|place| format!("第{}行第{}列", place.row + 1, place.column + 1));
        Problem { file: self.file.clone(), sheet: self.sheet.clone(), place, message, is_left_out }
    }
}

/// Meaning of a cell → the keys of the merged form's cells that mean it.
fn targets(form: &FormDefinition) -> BTreeMap<String, Vec<&str>> {
    let mut targets: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (row, cell) in form.cells() {
        targets.entry(meaning(row, cell)).or_default().push(&cell.key);
    }
    targets
}

/// What a cell means, whatever its number, brackets or punctuation: the words of row and column and the measure.
fn meaning(row: &FormRow, cell: &FormCell) -> String {
    let words: String = format!("{}/{}", row.label, cell.label.as_deref().unwrap_or_default())
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == '/')
        .collect();
    let measure =
        cell.unit.as_deref().and_then(super::measure::Measure::from_words).map(|(measure, _)| measure.label());
    format!("{words}/{}", measure.unwrap_or_default())
}

fn unit_of(it: &HandedIn) -> String {
    let named = ["填报单位", "报送单位", "机构名称", "单位名称"].iter().find_map(|name| it.form.head.get(*name));
    named.cloned().unwrap_or_else(|| {
        let name = it.file.rsplit(['/', '\\']).next().unwrap_or(&it.file);
        name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
    })
}

fn refuse(form: &FormDefinition, it: &HandedIn, unit: &str, before: &[Contribution]) -> Option<String> {
    if it.form.definition.rows.is_empty() {
        return Some("没有找到统计表：表头应有“项目”和“数量”两列".to_owned());
    }
    if let (Some(expected), Some(own)) = (form.year, it.form.definition.year)
        && expected != own
    {
        return Some(format!("这是{own}年的表，正在汇总的是{expected}年，没有计入"));
    }
    let twice = before.iter().find(|other| other.unit == unit)?;
    Some(format!("“{unit}”已在“{}”中报过，这一份没有计入；要改用这一份，请去掉前一份", twice.file))
}

fn contribute(
    form: &FormDefinition,
    targets: &BTreeMap<String, Vec<&str>>,
    it: &HandedIn,
    unit: String,
    problems: &mut Vec<Problem>,
) -> Contribution {
    let mut own = Contribution { unit, file: it.file.clone(), values: BTreeMap::new(), estimates: BTreeSet::new() };
    // Key of the merged form → the cell of this form that was taken for it.
    let mut met: BTreeMap<&str, &FormCell> = BTreeMap::new();
    for (row, cell) in it.form.definition.cells() {
        let keys = targets.get(&meaning(row, cell));
        // Two rows with the same words are taken in their order.
        let key = keys.and_then(|keys| keys.iter().find(|key| !met.contains_key(**key)));
        let written = it.form.written.get(&cell.key).map(String::as_str).unwrap_or_default();
        let Some(key) = key else {
            if !written.trim().is_empty() {
                let message = format!("汇总表中没有“{}”这一项，“{written}”没有计入", row.label);
                problems.push(it.problem(Some(cell), message, true));
            }
            continue;
        };
        met.insert(key, cell);
        if cell.unit.is_none() && cell.binding.is_none() {
            continue;
        }
        let (measure, multiple) = cell.measure();
        match quantity::read(written, measure, multiple) {
            Ok(None) => {}
            Ok(Some(quantity)) => {
                own.values.insert((*key).to_owned(), quantity.value);
                if quantity.is_estimate {
                    own.estimates.insert((*key).to_owned());
                }
            }
            Err(error) => problems.push(it.problem(Some(cell), format!("“{}”：{error}", row.label), true)),
        }
    }
    for (row, _) in form.cells().filter(|(_, cell)| !met.contains_key(cell.key.as_str()) && cell.is_compulsory) {
        problems.push(it.problem(None, format!("没有找到“{}”这一项", row.label), true));
    }
    for finding in sound(form, &own) {
        problems.push(it.problem(met.get(finding.cell.as_str()).copied(), finding.message, false));
    }
    own
}

/// The checks that need no records: 其中, row totals, estimates.
fn sound(form: &FormDefinition, own: &Contribution) -> Vec<Finding> {
    let value = |(key, value): (&String, &i64)| {
        let is_estimate = own.estimates.contains(key);
        (key.clone(), CellValue { reported: Some(*value), is_estimate, ..CellValue::default() })
    };
    let values: BTreeMap<String, CellValue> = own.values.iter().map(value).collect();
    check(form, &values).into_iter().filter(|finding| own.values.contains_key(&finding.cell)).collect()
}

fn add(merged: &mut Merged, contribution: Contribution) {
    for (key, value) in &contribution.values {
        // What must not be added stands in the contributions only; the sum shows nothing.
        if merged.form.cell(key).is_some_and(|(_, cell)| cell.measure().0.is_additive()) {
            let total = merged.totals.entry(key.clone()).or_default();
            *total = total.saturating_add(*value);
        }
    }
    merged.estimates.extend(contribution.estimates.iter().cloned());
    merged.contributions.push(contribution);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::form_reader::read_form;
    use crate::statistics::grid::Grid;

    fn handed_in(file: &str, lines: &[&str]) -> HandedIn {
        let rows: Vec<Vec<String>> =
            lines.iter().map(|line| line.split('|').map(|cell| cell.trim().to_owned()).collect()).collect();
        HandedIn { file: file.to_owned(), sheet: "Sheet1".to_owned(), form: read_form(&Grid::from_rows(&rows), 0) }
    }

    const HEAD: &str = "序号 | 项目 | 数量";

    #[test]
    fn rows_are_matched_by_meaning_not_by_number() {
        let merged = merge(
            None,
            &[
                handed_in("青石所.xlsx", &[HEAD, "1 | 开展主题活动数量（个） | 3", "2 | 消费者参与数（人次） | 1200"]),
                handed_in("白塘所.xlsx", &[HEAD, "一 | 消费者参与数(人次) | 800", "二 | 开展主题活动数量 (个) | 2"]),
            ],
        );
        assert_eq!(merged.problems, []);
        assert_eq!(merged.totals, BTreeMap::from([("r1".to_owned(), 5), ("r2".to_owned(), 2_000)]));
    }

    #[test]
    fn what_is_wrong_stands_in_its_cell_and_is_left_out() {
        let merged = merge(
            None,
            &[
                handed_in("青石所.xlsx", &[HEAD, "1 | 开展主题活动数量（个） | 3"]),
                handed_in("白塘所.xlsx", &[HEAD, "1 | 开展主题活动数量（个） | 若干"]),
            ],
        );
        assert_eq!(merged.totals.get("r1"), Some(&3));
        let problem = merged.problems.first().unwrap();
        assert_eq!((problem.file.as_str(), problem.place.as_deref()), ("白塘所.xlsx", Some("第2行第3列")));
        assert!(problem.message.contains("若干") && problem.is_left_out);
    }

    #[test]
    fn the_same_unit_twice_and_another_year_are_left_out() {
        let title = |year| format!("{year}年活动统计表");
        let sheet = |file: &str, year: i16| {
            handed_in(file, &[&title(year), "填报单位：青石所", HEAD, "1 | 开展主题活动数量（个） | 3"])
        };
        let merged = merge(None, &[sheet("a.xlsx", 2027), sheet("b.xlsx", 2027), sheet("c.xlsx", 2026)]);
        assert_eq!(merged.totals.get("r1"), Some(&3));
        assert_eq!(merged.problems.len(), 2);
        assert!(merged.problems.iter().all(|problem| problem.is_left_out));
    }

    #[test]
    fn estimates_are_in_the_sum_and_shown() {
        let merged = merge(None, &[handed_in("a.xlsx", &[HEAD, "1 | 印发宣传资料（份） | 8万余份"])]);
        assert_eq!(merged.totals.get("r1"), Some(&80_000));
        assert!(merged.estimates.contains("r1"));
        assert!(merged.problems.iter().all(|problem| !problem.is_left_out));
    }

    #[test]
    fn pieces_per_day_are_never_added() {
        let row = |n: &str| ["序号 | 项目 | 数量".to_owned(), format!("1 | 公益广告（条/天） | {n}")];
        let sheet = |file: &str, n: &str| {
            let lines = row(n);
            handed_in(file, &lines.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let merged = merge(None, &[sheet("a.xlsx", "3"), sheet("b.xlsx", "5")]);
        assert_eq!(merged.totals.get("r1"), None);
        assert_eq!(merged.contributions.len(), 2);
    }

    #[test]
    fn a_file_without_a_form_is_named() {
        let merged = merge(None, &[handed_in("相册.xlsx", &["照片"])]);
        assert_eq!(merged.problems.len(), 1);
        assert_eq!(merged.contributions, []);
    }
}
