//! Whose forms these are: a reporting unit that nobody knows is named, and so is a unit of which no form came.

use std::collections::BTreeSet;

use super::{Contribution, Merged, Problem, ProblemKind, of_file};
use crate::Id;
use crate::quotation::quoted;
use crate::unit::near::{Match, Named, near};

/// What is wrong with a form whose reporting unit is none of those that report.
///
/// `near` are the names that may be meant, the likeliest first.
pub fn unknown_unit(contribution: &Contribution, near: &[&str]) -> Problem {
    let name = quoted(&contribution.unit);
    let by_file = if contribution.is_unit_named { "" } else { "（表里没有写填报单位，按文件名）" };
    let near = match near.first() {
        Some(first) => format!("，名称相近的有{}", quoted(first)),
        None => String::new(),
    };
    let message = format!("{name}不在单位表中{by_file}{near}");
    Problem {
        unit: contribution.unit.clone(),
        sheet: contribution.sheet.clone(),
        ..of_file(contribution.form, &contribution.file, ProblemKind::UnknownUnit, message)
    }
}

/// Names the forms of units that are not among these, each with its problem, and gives the units of which no form came.
///
/// ```
/// use domain::{Id, statistics::merge::{merge, name_unknown}, unit::near::Named};
/// let units = [Named { unit_id: Id::from_text("1"), name: "青石所".into(), aliases: vec![] }];
/// let mut merged = merge(None, &[]);
/// assert_eq!(name_unknown(&mut merged, &units), ["青石所"]);
/// ```
pub fn name_unknown(merged: &mut Merged, units: &[Named]) -> Vec<String> {
    let mut met: BTreeSet<Id> = BTreeSet::new();
    let mut problems = Vec::new();
    for contribution in &merged.contributions {
        match near(&contribution.unit, units) {
            Match::Exact { unit_id, .. } => {
                met.insert(unit_id);
            }
            Match::Near(found) => {
                let names: Vec<&str> = found.iter().map(|it| it.name.as_str()).collect();
                problems.push(unknown_unit(contribution, &names));
            }
        }
    }
    merged.add_problems(problems);
    units.iter().filter(|it| !met.contains(&it.unit_id)).map(|it| it.name.clone()).collect()
}
