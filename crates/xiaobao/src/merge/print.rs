//! What a merge says on the terminal; the same words whether files are written or not.

use std::io::{Result, Write};

use domain::statistics::check::words;
use domain::statistics::merge::{Done, Merged, is_added, summary_line};

/// Prints the sums, the problems file by file, and one line that says it all.
pub(super) fn print(out: &mut impl Write, merged: &Merged, missing: &[String]) -> Result<()> {
    if !merged.form.rows.is_empty() {
        writeln!(out, "{}", merged.form.title)?;
        writeln!(out)?;
        print_sums(out, merged)?;
        writeln!(out)?;
    }
    print_problems(out, merged)?;
    if !missing.is_empty() {
        writeln!(out, "单位表中还没有报来的（{} 个）：{}", missing.len(), missing.join("、"))?;
        writeln!(out)?;
    }
    writeln!(out, "{}。", summary_line(merged))
}

fn print_sums(out: &mut impl Write, merged: &Merged) -> Result<()> {
    for row in &merged.form.rows {
        if row.cells.is_empty() {
            writeln!(out, "{}", row.label)?;
        }
        for cell in row.cells.iter().filter(|it| !it.is_text) {
            let number = row.number.as_deref().unwrap_or(if row.parent.is_some() { "其中" } else { "" });
            let n = merged.contributions.iter().filter(|it| it.values.contains_key(&cell.key)).count();
            let sum = match merged.totals.get(&cell.key) {
                Some(total) => words(cell, *total, merged.estimates.contains(&cell.key)),
                None if n > 0 && !is_added(cell) => "不相加，逐个列出".to_owned(),
                None => "—".to_owned(),
            };
            writeln!(out, "  {number:<4} {}  {sum}（{n} 份）", row.name_of(cell))?;
        }
    }
    Ok(())
}

fn print_problems(out: &mut impl Write, merged: &Merged) -> Result<()> {
    for done in [Done::LeftOut, Done::Counted, Done::Noted] {
        let these: Vec<_> = merged.problems.iter().filter(|it| it.kind.done() == done).collect();
        if these.is_empty() {
            continue;
        }
        let head = match done {
            Done::LeftOut => "没有计入",
            Done::Counted => "已计入，请核对",
            Done::Noted => "提示",
        };
        writeln!(out, "{head}（{} 处）", these.len())?;
        for problem in these {
            let named = domain::quotation::quoted(&problem.row);
            let row = match problem.kind_word() {
                // The sentence names the row itself, or the file as a whole is meant.
                _ if problem.row.is_empty() || problem.what().contains(&named) => String::new(),
                "" => format!("{named}："),
                _ => named,
            };
            writeln!(out, "  {}  {row}{}。{}。", problem.where_it_is(), problem.sentence(), problem.way_out())?;
        }
        writeln!(out)?;
    }
    Ok(())
}
