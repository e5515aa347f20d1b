//! Adding up forms that units filled by hand (汇总): rows are matched by meaning, not by number, and every problem stands
//! in the cell it concerns. A dry run and the real run are one function.

mod matching;
mod problem;
mod report;
mod units;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::check::{CellValue, Check, check, listed};
use super::form::{FormCell, FormDefinition};
use super::form_reader::{ReadForm, UNIT_NAMES};
use super::indicator::{Adding, find};
use super::measure::Measure;
use super::quantity;
use crate::quotation::quoted;
use matching::{Entry, Found, How};

pub use problem::{Done, Problem, ProblemKind};
pub use report::{UnitLine, problems_paper, returns_paper, sum_filling, sum_paper, summary_line, units_paper};
pub use units::{name_unknown, unknown_unit};

/// One file that was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedIn {
    /// Its name.
    pub file: String,
    /// Its sheets, or the sentence that says why it could not be read.
    pub sheets: Result<Vec<ReadForm>, String>,
}

/// What one form contributes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// Which form of the list.
    pub form: usize,
    /// Who filled it: the head's 填报单位, else the sheet's or the file's name.
    pub unit: String,
    /// The head itself says so.
    pub is_unit_named: bool,
    /// The file.
    pub file: String,
    /// The sheet.
    pub sheet: String,
    /// What stands in its head.
    pub head: BTreeMap<String, String>,
    /// Cell key of the merged form → number in base units.
    pub values: BTreeMap<String, i64>,
    /// The cells whose number is an estimate.
    pub estimates: BTreeSet<String>,
    /// Cell key → words, where words are asked for.
    pub texts: BTreeMap<String, String>,
}

/// The result.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Merged {
    /// The form everything was matched to.
    pub form: FormDefinition,
    /// How many files were handed in.
    pub n_files: usize,
    /// The forms that count, in the order they were given.
    pub contributions: Vec<Contribution>,
    /// The sums in base units; a cell nobody filled is not in it.
    pub totals: BTreeMap<String, i64>,
    /// The cells whose sum holds an estimate.
    pub estimates: BTreeSet<String>,
    /// Everything that is wrong, in the order of the files.
    pub problems: Vec<Problem>,
}

impl Merged {
    /// How many problems left a figure or a file out.
    pub fn n_left_out(&self) -> usize {
        self.problems.iter().filter(|it| it.is_left_out()).count()
    }

    /// Adds problems that stand beside those of the same form.
    pub fn add_problems(&mut self, problems: Vec<Problem>) {
        self.problems.extend(problems);
        self.problems.sort_by_key(|it| it.form);
    }

    /// Takes forms out of the sum again, by their number: who knows the units has found that one handed in twice under two names,
    /// or a person has left one out.
    pub fn leave_out(&mut self, forms: &BTreeSet<usize>) {
        let all = std::mem::take(&mut self.contributions);
        self.totals.clear();
        self.estimates.clear();
        for contribution in all.into_iter().filter(|it| !forms.contains(&it.form)) {
            add(self, contribution);
        }
    }
}

/// One form of a file, on its way.
struct Sheet<'a> {
    number: usize,
    file: &'a str,
    read: &'a ReadForm,
    unit: String,
    is_unit_named: bool,
}

/// Adds the forms up. Without a `form` the one that most files hold decides the layout.
///
/// A file that cannot be read, a form of another year, or one handed in twice by one unit is left out and named.
/// The forms are counted from 0 through all files, so that a page can show what belongs to which.
pub fn merge(form: Option<FormDefinition>, handed_in: &[HandedIn]) -> Merged {
    let form = form.unwrap_or_else(|| usual_form(handed_in));
    let targets = matching::targets(&form);
    let mut merged = Merged { form: form.clone(), n_files: handed_in.len(), ..Merged::default() };
    let mut number = 0;
    for it in handed_in {
        let sheets = match &it.sheets {
            Ok(sheets) => sheets,
            Err(sentence) => {
                merged.problems.push(of_file(number, &it.file, ProblemKind::Unreadable, sentence.clone()));
                number += 1;
                continue;
            }
        };
        let n_forms = sheets.iter().filter(|it| !it.form.definition.rows.is_empty()).count();
        if n_forms == 0 {
            let sentence = "没有一张表的表头有“项目”和“数量”两列".to_owned();
            merged.problems.push(of_file(number, &it.file, ProblemKind::NoForm, sentence));
            number += 1;
            continue;
        }
        for read in sheets {
            let (unit, is_unit_named) = unit_of(&it.file, read, n_forms);
            let sheet = Sheet { number, file: &it.file, read, unit, is_unit_named };
            if read.form.definition.rows.is_empty() {
                let message = format!("工作表“{}”不是统计表，没有读", read.sheet);
                merged.problems.push(sheet.problem(ProblemKind::OtherSheet, message));
                continue;
            }
            take(&mut merged, &targets, &sheet);
            number += 1;
        }
    }
    merged
}

fn take(merged: &mut Merged, targets: &[Entry<'_>], sheet: &Sheet<'_>) {
    if let Some(problem) = refuse(&merged.form, sheet, &merged.contributions) {
        merged.problems.push(problem);
        return;
    }
    let mut problems = Vec::new();
    let contribution = contribute(&merged.form, targets, sheet, &mut problems);
    merged.problems.append(&mut problems);
    add(merged, contribution);
}

fn of_file(form: usize, file: &str, kind: ProblemKind, message: String) -> Problem {
    Problem {
        form,
        file: file.to_owned(),
        unit: String::new(),
        sheet: String::new(),
        place: None,
        row: String::new(),
        cell: None,
        kind,
        written: String::new(),
        message,
    }
}

impl Sheet<'_> {
    fn problem(&self, kind: ProblemKind, message: String) -> Problem {
        let sheet = self.read.sheet.clone();
        Problem { unit: self.unit.clone(), sheet, ..of_file(self.number, self.file, kind, message) }
    }

    fn at(&self, found: &Found<'_>, kind: ProblemKind, message: String) -> Problem {
        let entry = &found.entry;
        let place = entry.place.map(|it| gongwen::sheet::place(it.row, it.column, self.read.has_letters));
        Problem {
            place,
            row: entry.row.name_of(entry.cell),
            cell: found.target.map(|it| it.0.to_owned()),
            written: entry.written.clone(),
            ..self.problem(kind, message)
        }
    }
}

/// The form that most files hold, in the year that most of them name.
fn usual_form(handed_in: &[HandedIn]) -> FormDefinition {
    let sheets = handed_in.iter().filter_map(|it| it.sheets.as_ref().ok()).flatten().filter(|it| !it.is_hidden);
    let mut counted: HashMap<String, (usize, usize, &FormDefinition)> = HashMap::new();
    for (n, sheet) in sheets.enumerate() {
        let form = &sheet.form.definition;
        if form.rows.is_empty() {
            continue;
        }
        let labels: Vec<&str> = form.rows.iter().map(|it| it.label.as_str()).collect();
        let key = format!("{:?} {}", form.year, labels.join("\n"));
        counted.entry(key).and_modify(|it| it.0 += 1).or_insert((1, n, form));
    }
    let best = counted.into_values().max_by_key(|(n, first, _)| (*n, std::cmp::Reverse(*first)));
    best.map(|it| it.2.clone()).unwrap_or_default()
}

/// Who filled it, and whether the form itself says so.
fn unit_of(file: &str, read: &ReadForm, n_forms: usize) -> (String, bool) {
    let named = UNIT_NAMES.iter().find_map(|name| read.form.head.get(*name));
    if let Some(named) = named {
        return (named.split_whitespace().collect(), true);
    }
    if n_forms > 1 {
        return (read.sheet.clone(), false);
    }
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    (name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned(), false)
}

fn refuse(form: &FormDefinition, sheet: &Sheet<'_>, before: &[Contribution]) -> Option<Problem> {
    if sheet.read.is_hidden {
        let message = format!("统计表在隐藏的工作表“{}”里，没有计入", sheet.read.sheet);
        return Some(sheet.problem(ProblemKind::HiddenSheet, message));
    }
    if let (Some(expected), Some(own)) = (form.year, sheet.read.form.definition.year)
        && expected != own
    {
        let message = format!("这是{own}年的表，正在汇总的是{expected}年，没有计入");
        return Some(sheet.problem(ProblemKind::OtherYear, message));
    }
    let twice = before.iter().find(|other| other.unit == sheet.unit)?;
    let message = format!("“{}”已在“{}”中报过，这一份没有计入", sheet.unit, twice.file);
    Some(sheet.problem(ProblemKind::Twice, message))
}

fn contribute(
    form: &FormDefinition,
    targets: &[Entry<'_>],
    sheet: &Sheet<'_>,
    problems: &mut Vec<Problem>,
) -> Contribution {
    let mut own = Contribution {
        form: sheet.number,
        unit: sheet.unit.clone(),
        is_unit_named: sheet.is_unit_named,
        file: sheet.file.to_owned(),
        sheet: sheet.read.sheet.clone(),
        head: sheet.read.form.head.clone(),
        values: BTreeMap::new(),
        estimates: BTreeSet::new(),
        texts: BTreeMap::new(),
    };
    let all = matching::find(targets, &sheet.read.form);
    for found in &all {
        let Some((key, how)) = found.target else {
            if !found.entry.written.trim().is_empty() {
                let message = format!("汇总表中没有{}这一项", quoted(&found.entry.row.name_of(found.entry.cell)));
                problems.push(sheet.at(found, ProblemKind::UnknownRow, message));
            }
            continue;
        };
        let Some((row, target)) = form.cell(key) else { continue };
        if how == How::Near {
            let message =
                format!("表中写的是{}，按{}计入", quoted(&found.entry.row.label), quoted(&row.name_of(target)));
            problems.push(sheet.at(found, ProblemKind::NearRow, message));
        }
        read_cell(Slot { found, key, target, sheet }, &mut own, problems);
    }
    report_missing(form, &all, sheet, problems);
    report_unsound(form, &own, &all, sheet, problems);
    if own.values.is_empty() && own.texts.is_empty() && !problems.iter().any(|it| it.cell.is_some() && it.is_left_out())
    {
        problems.push(sheet.problem(ProblemKind::NothingFilled, "一个数也没有填".to_owned()));
    }
    own
}

/// A cell that was handed in, beside the cell of the sum it belongs to.
#[derive(Clone, Copy)]
struct Slot<'a> {
    found: &'a Found<'a>,
    key: &'a str,
    target: &'a FormCell,
    sheet: &'a Sheet<'a>,
}

impl Slot<'_> {
    fn written(&self) -> &str {
        self.found.entry.written.trim()
    }

    fn problem(&self, kind: ProblemKind, message: String) -> Problem {
        self.sheet.at(self.found, kind, message)
    }
}

fn read_cell(slot: Slot<'_>, own: &mut Contribution, problems: &mut Vec<Problem>) {
    let written = slot.written();
    if slot.target.is_text {
        if !written.is_empty() {
            own.texts.insert(slot.key.to_owned(), written.to_owned());
        }
        return;
    }
    let mark = slot.found.entry.mark;
    let formula = mark.and_then(|it| it.formula.as_deref());
    if let Some(formula) = formula.filter(|_| written.is_empty()) {
        let message = format!("公式“={formula}”没有存下结果");
        problems.push(slot.problem(ProblemKind::FormulaWithoutResult, message));
        return;
    }
    if mark.is_some_and(|it| it.is_error) {
        problems.push(slot.problem(ProblemKind::FormulaError, format!("表格软件显示“{written}”")));
        return;
    }
    let entry = &slot.found.entry;
    if entry.is_unsplit {
        let message = format!("这一格要填两个数，写的是“{written}”，分不清是哪一个");
        problems.push(slot.problem(ProblemKind::OtherCount, message));
        return;
    }
    if !read_number(slot, own, problems) {
        return;
    }
    if entry.is_date {
        let message = "这一格的两个数被表格软件当成了日期，按月、日两个数计入".to_owned();
        problems.push(slot.problem(ProblemKind::DateOfTwo, message));
    }
    if let Some(formula) = formula {
        let message = format!("单元格里是公式“={formula}”，取保存时的结果 {written}");
        problems.push(slot.problem(ProblemKind::Formula, message));
    }
    if mark.is_some_and(|it| it.is_hidden) {
        let message = format!("“{written}”在隐藏的行或列里");
        problems.push(slot.problem(ProblemKind::HiddenCell, message));
    }
}

/// Reads the number of a cell, or the pairs of 条/天 that stand side by side; is there anything?
fn read_number(slot: Slot<'_>, own: &mut Contribution, problems: &mut Vec<Problem>) -> bool {
    let written = slot.written();
    let (measure, multiple) = slot.found.entry.measure(slot.target);
    if measure == Measure::AdPerDay
        && let Ok(pairs) = quantity::read_pairs(written)
        && pairs.len() > 1
    {
        own.texts.insert(slot.key.to_owned(), listed(slot.target, &pairs));
        return true;
    }
    let (quantity, other) = match quantity::read_near(written, measure, multiple) {
        Ok(None) => {
            if !written.is_empty() {
                let message = format!("写的是“{written}”，没有数，按没有填计");
                problems.push(slot.problem(ProblemKind::NoNumber, message));
            }
            return false;
        }
        Ok(Some(read)) => read,
        Err(error) => {
            problems.push(slot.problem(problem::kind_of(&error), problem::sentence(&error)));
            return false;
        }
    };
    own.values.insert(slot.key.to_owned(), quantity.value);
    if let Some(other) = other {
        let message = format!("“{written}”写的单位是{}，按{}计入", other.label(), measure.label());
        problems.push(slot.problem(ProblemKind::NearMeasure, message));
    }
    if quantity.is_estimate {
        own.estimates.insert(slot.key.to_owned());
        problems.push(slot.problem(ProblemKind::Estimate, format!("“{written}”是估计数")));
    }
    true
}

/// Compulsory rows of which the handed-in form has no cell at all.
fn report_missing(form: &FormDefinition, all: &[Found<'_>], sheet: &Sheet<'_>, problems: &mut Vec<Problem>) {
    let met: BTreeSet<&str> = all.iter().filter_map(|it| it.target).map(|it| it.0).collect();
    for row in &form.rows {
        let is_missing = row.cells.iter().any(|it| it.is_compulsory && !it.is_text)
            && row.cells.iter().all(|it| !met.contains(it.key.as_str()));
        if let Some(cell) = row.cells.first().filter(|_| is_missing) {
            let problem = sheet.problem(ProblemKind::MissingRow, format!("表里没有{}这一项", quoted(&row.label)));
            problems.push(Problem { row: row.label.clone(), cell: Some(cell.key.clone()), ..problem });
        }
    }
}

/// The checks that need no records: 其中 and row totals.
fn report_unsound(
    form: &FormDefinition,
    own: &Contribution,
    all: &[Found<'_>],
    sheet: &Sheet<'_>,
    problems: &mut Vec<Problem>,
) {
    let value =
        |(key, value): (&String, &i64)| (key.clone(), CellValue { reported: Some(*value), ..CellValue::default() });
    let values: BTreeMap<String, CellValue> = own.values.iter().map(value).collect();
    for finding in check(form, &values) {
        let kind = match finding.check {
            Check::OfWhich => ProblemKind::OfWhich,
            Check::RowTotal => ProblemKind::RowTotal,
            Check::NoDays => ProblemKind::NoDays,
            Check::Compulsory
            | Check::Unexplained
            | Check::Outlier
            | Check::Estimate
            | Check::OtherUnit
            | Check::Unconfirmed => continue,
        };
        let found = all.iter().find(|it| it.target.is_some_and(|it| it.0 == finding.cell));
        problems.extend(found.map(|found| sheet.at(found, kind, finding.message)));
    }
}

/// May the figures of several units be added in this cell?
pub fn is_added(cell: &FormCell) -> bool {
    let rule = cell.binding.as_ref().and_then(|it| find(&it.indicator)).map(|it| it.adding);
    cell.measure().0.is_additive() && rule != Some(Adding::Never) && !cell.is_text
}

fn add(merged: &mut Merged, contribution: Contribution) {
    for (key, value) in &contribution.values {
        // What must not be added stands in the contributions only; the sum shows the single figures.
        if merged.form.cell(key).is_some_and(|(_, cell)| is_added(cell)) {
            let total = merged.totals.entry(key.clone()).or_default();
            *total = total.saturating_add(*value);
        }
    }
    merged.estimates.extend(contribution.estimates.iter().cloned());
    merged.contributions.push(contribution);
}

#[cfg(test)]
mod tests;
