//! What the page of an upload shows: the forms with their units, every figure cell by cell, the problems.

use std::collections::BTreeMap;

use domain::Id;
use domain::statistics::check::words;
use domain::statistics::form::{FormCell, FormRow};
use domain::statistics::merge::{Done, Merged, Problem, ProblemKind, is_added};

use super::judge::{Fate, Judged, Judgement};
use crate::Choice;

/// One form of the upload.
pub(super) struct FormLine {
    pub(super) number: usize,
    pub(super) file: String,
    pub(super) sheet: String,
    /// As the form names it.
    pub(super) named: String,
    pub(super) unit: String,
    pub(super) reason: String,
    pub(super) tone: &'static str,
    /// What becomes of it in a word or two, and why.
    pub(super) fate: String,
    pub(super) why: String,
    pub(super) n_filled: usize,
    pub(super) n_problems: usize,
    pub(super) is_unknown: bool,
    /// What one press would do with the unit: create it, or let it report this form; empty where there is nothing to do.
    pub(super) create: &'static str,
    /// To choose the unit from; empty where it is certain.
    pub(super) choices: Vec<Choice>,
}

pub(super) fn form_lines(judgement: &Judgement) -> Vec<FormLine> {
    judgement.forms.iter().map(|it| form_line(judgement, it)).collect()
}

fn form_line(judgement: &Judgement, it: &Judged) -> FormLine {
    let out = || "不录入".to_owned();
    let (tone, fate, why) = match &it.fate {
        Fate::New => ("good", "录入".to_owned(), String::new()),
        Fate::Change(n) => ("ink", format!("更新 {n} 项"), String::new()),
        Fate::Same => ("plain", "已有相同的数".to_owned(), String::new()),
        Fate::Closed(status) => {
            ("bad", out(), format!("该单位{}，数不同；请先退回修改，或由该单位补报。", status.label()))
        }
        Fate::Twice(file) => ("bad", out(), format!("“{file}”也是这个单位。")),
        Fate::Unknown(_) => {
            let by_file =
                if it.contribution.is_unit_named { "" } else { "表里没有写填报单位，按文件名认。" };
            ("warn", "请选择单位".to_owned(), format!("“{}”不在单位表中。{by_file}", it.contribution.unit))
        }
        Fate::Outside(_, name) => {
            ("warn", "请选择单位".to_owned(), format!("“{name}”在单位表中，但不在这张表的填报单位里。"))
        }
        Fate::LeftOut => ("plain", out(), String::new()),
    };
    let is_chosen = it.reason == "由您指定" || it.fate == Fate::LeftOut;
    let is_unknown = matches!(it.fate, Fate::Unknown(_) | Fate::Outside(..));
    let number = it.contribution.form;
    FormLine {
        number,
        file: it.contribution.file.clone(),
        sheet: it.contribution.sheet.clone(),
        named: it.contribution.unit.clone(),
        unit: it.unit.as_ref().map(|it| it.1.clone()).unwrap_or_default(),
        reason: it.reason.clone(),
        tone,
        fate,
        why,
        n_filled: it.contribution.values.len() + it.contribution.texts.len(),
        n_problems: judgement
            .merged
            .problems
            .iter()
            .filter(|it| it.form == number && it.kind.done() != Done::Noted)
            .count(),
        is_unknown,
        create: match &it.fate {
            Fate::Unknown(_) => "新建这个单位",
            Fate::Outside(..) => "加入填报单位",
            _ => "",
        },
        choices: if is_unknown || is_chosen { choices(judgement, it) } else { Vec::new() },
    }
}

/// Near units first, then all that report, then leaving the form out.
fn choices(judgement: &Judgement, it: &Judged) -> Vec<Choice> {
    let current = match (&it.unit, &it.fate) {
        (Some((id, _)), _) => id.to_string(),
        (None, Fate::LeftOut) => "none".to_owned(),
        (None, _) => String::new(),
    };
    let near: &[(Id, String)] = if let Fate::Unknown(near) = &it.fate { near } else { &[] };
    let mut choices = vec![Choice::new("", "请选择", &current)];
    choices.extend(near.iter().map(|(id, name)| Choice::new(id.to_string(), format!("{name}（名称相近）"), &current)));
    let scene = &judgement.scene;
    let others = scene.reporting.units().filter(|id| !near.iter().any(|it| it.0 == **id));
    let others = others.filter_map(|id| scene.unit(id));
    choices.extend(others.map(|unit| Choice::new(unit.unit_id.to_string(), unit.short_name.clone(), &current)));
    choices.push(Choice::new("none", "不录入这一份", &current));
    choices
}

/// Every figure cell by cell.
pub(super) struct Grid {
    pub(super) heads: Vec<String>,
    pub(super) rows: Vec<GridRow>,
    /// The head of each column and its sum.
    pub(super) sums: Vec<(String, String)>,
}

pub(super) struct GridRow {
    pub(super) unit: String,
    pub(super) file: String,
    pub(super) cells: Vec<GridCell>,
}

pub(super) struct GridCell {
    /// The head of its column, for a phone.
    pub(super) head: String,
    pub(super) words: String,
    /// Empty, `is-warn` or `is-bad`.
    pub(super) class: &'static str,
    /// Numbers of the problems in the list below.
    pub(super) problems: Vec<usize>,
}

/// What stands in the cell of a figure that does not count.
fn written(problem: &Problem) -> String {
    match problem.kind {
        ProblemKind::MissingRow => "没有这一项".to_owned(),
        _ => problem.written.clone(),
    }
}

pub(super) fn grid(merged: &Merged) -> Grid {
    let columns: Vec<_> = merged.form.cells().collect();
    let mut at: BTreeMap<(usize, &str), Vec<(usize, &Problem)>> = BTreeMap::new();
    for (n, problem) in merged.problems.iter().enumerate() {
        if let Some(cell) = &problem.cell {
            at.entry((problem.form, cell)).or_default().push((n + 1, problem));
        }
    }
    let row = |own: &domain::statistics::merge::Contribution| {
        let cell = |(row, cell): &(&FormRow, &FormCell)| {
            let here = at.get(&(own.form, cell.key.as_str())).map_or(&[] as &[_], Vec::as_slice);
            let left_out = here.iter().find(|it| it.1.is_left_out());
            let as_written = left_out.or_else(|| here.iter().find(|it| it.1.kind == ProblemKind::NoNumber));
            let words = match own.values.get(&cell.key) {
                Some(value) => words(cell, *value, own.estimates.contains(&cell.key)),
                None => {
                    own.texts.get(&cell.key).cloned().or_else(|| as_written.map(|it| written(it.1))).unwrap_or_default()
                }
            };
            let class = match (left_out.is_some(), here.iter().all(|it| it.1.kind.done() == Done::Noted)) {
                (true, _) => "is-bad",
                (false, false) => "is-warn",
                (false, true) => "",
            };
            GridCell { head: row.name_of(cell), words, class, problems: here.iter().map(|it| it.0).collect() }
        };
        GridRow { unit: own.unit.clone(), file: own.file.clone(), cells: columns.iter().map(cell).collect() }
    };
    let sum = |(row, cell): &(&FormRow, &FormCell)| {
        let sum = match merged.totals.get(&cell.key) {
            Some(total) => words(cell, *total, merged.estimates.contains(&cell.key)),
            None if !is_added(cell) && !cell.is_text => "不相加".to_owned(),
            None => String::new(),
        };
        (row.name_of(cell), sum)
    };
    Grid {
        heads: columns.iter().map(|(row, cell)| row.name_of(cell)).collect(),
        rows: merged.contributions.iter().map(row).collect(),
        sums: columns.iter().map(sum).collect(),
    }
}

/// One line of the list of problems.
pub(super) struct ProblemLine {
    pub(super) number: usize,
    pub(super) tone: &'static str,
    pub(super) done: &'static str,
    pub(super) place: String,
    pub(super) unit: String,
    pub(super) row: String,
    pub(super) written: String,
    pub(super) kind: &'static str,
    pub(super) message: String,
    pub(super) way_out: String,
}

pub(super) fn problem_lines(merged: &Merged) -> Vec<ProblemLine> {
    let line = |(n, it): (usize, &Problem)| ProblemLine {
        number: n + 1,
        tone: match it.kind.done() {
            Done::LeftOut => "bad",
            Done::Counted => "warn",
            Done::Noted => "plain",
        },
        done: it.kind.done().label(),
        place: it.where_it_is(),
        unit: it.unit.clone(),
        row: it.row.clone(),
        written: it.written.clone(),
        kind: it.kind_word(),
        message: it.what().to_owned(),
        way_out: it.way_out().to_owned(),
    };
    merged.problems.iter().enumerate().map(line).collect()
}
