//! What a merge looks like: the sum in the superior's layout, every unit's figures cell by cell, the list of problems.

use std::collections::BTreeMap;

use gongwen::paper::{Content, Paper, PaperCell, Role, Tint};
use gongwen::table::Align;

use super::{Done, Merged, Problem, ProblemKind, is_added};
use crate::quotation::quoted;
use crate::statistics::check::{CellValue, show, words};
use crate::statistics::form::{FormCell, FormDefinition, FormRow};
use crate::statistics::layout::{Fill, Filling, number, paper};

/// A remark is read at a glance; the rest stands in the list of problems.
const MOST_LINES: usize = 6;
/// Words of all units in one cell of the sum.
const MOST_WORDS: usize = 2_000;

/// What the sum's form is filled with, a remark at each cell that is not simply the sum of all.
pub fn sum_filling(merged: &Merged) -> Filling {
    let mut filling = Filling::default();
    let mut by_cell: BTreeMap<&str, Vec<&Problem>> = BTreeMap::new();
    for problem in &merged.problems {
        if let Some(cell) = &problem.cell {
            by_cell.entry(cell).or_default().push(problem);
        }
    }
    for (row, cell) in merged.form.cells() {
        let key = cell.key.as_str();
        if let Some(total) = merged.totals.get(key) {
            let fill = Fill::Number { value: *total, is_estimate: merged.estimates.contains(key) };
            filling.cells.insert(key.to_owned(), fill);
        } else if cell.is_text {
            let words = all_words(merged, key);
            if !words.is_empty() {
                filling.cells.insert(key.to_owned(), Fill::Text(words));
            }
        } else if let Some(words) = side_by_side(merged, cell) {
            filling.cells.insert(key.to_owned(), Fill::Text(words));
        }
        let remark = remark(merged, row, cell, by_cell.get(key).map_or(&[] as &[_], Vec::as_slice));
        filling.remarks.extend(remark.map(|it| (key.to_owned(), it)));
    }
    filling
}

/// The sum in the superior's layout; `head` holds what the office puts into the head (填报单位).
pub fn sum_paper(merged: &Merged, head: BTreeMap<String, String>) -> Paper {
    let filling = Filling { head, ..sum_filling(merged) };
    Paper { name: "汇总".to_owned(), ..paper(&merged.form, &filling) }
}

fn all_words(merged: &Merged, key: &str) -> String {
    let of = |it: &super::Contribution| it.texts.get(key).map(|text| format!("{}：{text}", it.unit));
    let words: Vec<String> = merged.contributions.iter().filter_map(of).collect();
    words.join("\n").chars().take(MOST_WORDS).collect()
}

/// The single figures of what must not be added; `None` when nobody filled it.
fn side_by_side(merged: &Merged, cell: &FormCell) -> Option<String> {
    let of = |it: &super::Contribution| match it.values.get(&cell.key) {
        Some(value) => Some(words(cell, *value, it.estimates.contains(&cell.key))),
        None => it.texts.get(&cell.key).cloned(),
    };
    let all: Vec<String> = merged.contributions.iter().filter_map(of).collect();
    // What several units report alike stands once with their number; who had none adds nothing to the list.
    let mut alike: Vec<(&str, usize)> = Vec::new();
    for words in all.iter().filter(|it| *it != "0") {
        match alike.iter_mut().find(|it| it.0 == words) {
            Some((_, n)) => *n += 1,
            None => alike.push((words, 1)),
        }
    }
    if alike.is_empty() {
        return (!all.is_empty()).then(|| "0".to_owned());
    }
    let word =
        |(words, n): &(&str, usize)| if *n > 1 { format!("{words}（{n}个单位）") } else { (*words).to_owned() };
    let first: Vec<String> = alike.iter().take(12).map(word).collect();
    let rest = if alike.len() > first.len() { format!(" 等{}个数", all.len()) } else { String::new() };
    Some(format!("{}{rest}", first.join("；")))
}

fn remark(merged: &Merged, row: &FormRow, cell: &FormCell, problems: &[&Problem]) -> Option<(Option<Tint>, String)> {
    let mut lines = Vec::new();
    let is_filled = |it: &&super::Contribution| it.values.contains_key(&cell.key) || it.texts.contains_key(&cell.key);
    let n_filled = merged.contributions.iter().filter(is_filled).count();
    if !is_added(cell) && !cell.is_text && n_filled > 0 {
        lines.push(format!("{}不能相加，{n_filled} 个单位的数逐个列出", quoted(&row.name_of(cell))));
    }
    let left_out: Vec<&&Problem> = problems.iter().filter(|it| it.is_left_out()).collect();
    let counted: Vec<&&Problem> = problems.iter().filter(|it| it.kind.done() == Done::Counted).collect();
    let line = |it: &&&Problem| format!("{}：{}（{}）", it.unit, it.what(), it.kind.done().label());
    lines.extend(left_out.iter().chain(&counted).take(MOST_LINES).map(line));
    let n = left_out.len() + counted.len();
    if n > MOST_LINES {
        lines.push(format!("……另有 {} 处，见“问题”表", n - MOST_LINES));
    }
    let tint = match (left_out.is_empty(), counted.is_empty()) {
        (false, _) => Some(Tint::Bad),
        (true, false) => Some(Tint::Warn),
        (true, true) => None,
    };
    (!lines.is_empty()).then(|| (tint, lines.join("\n")))
}

/// One line of the table unit × cell: a form that counts, or one that was left out as a whole.
enum Line<'a> {
    Counted(&'a super::Contribution),
    LeftOut(&'a Problem),
}

/// Every unit's figures, a column for each cell of the form, every problem as a remark in its cell.
pub fn units_paper(merged: &Merged) -> Paper {
    let columns: Vec<(&FormRow, &FormCell)> = merged.form.cells().collect();
    let mut cells = heads(&columns, "文件");
    let mut lines: Vec<(usize, Line<'_>)> =
        merged.contributions.iter().map(|it| (it.form, Line::Counted(it))).collect();
    let is_whole = |it: &&Problem| it.is_left_out() && !merged.contributions.iter().any(|own| own.form == it.form);
    lines.extend(merged.problems.iter().filter(is_whole).map(|it| (it.form, Line::LeftOut(it))));
    lines.sort_by_key(|it| it.0);
    let mut problems: BTreeMap<(usize, &str), Vec<&Problem>> = BTreeMap::new();
    for problem in &merged.problems {
        if let Some(cell) = &problem.cell {
            problems.entry((problem.form, cell)).or_default().push(problem);
        }
    }
    let head = 2;
    for (n, (_, line)) in lines.iter().enumerate() {
        let row = head + n;
        match line {
            Line::Counted(own) => {
                let others: Vec<&Problem> =
                    merged.problems.iter().filter(|it| it.form == own.form && it.cell.is_none()).collect();
                cells.push(with_problems(PaperCell::text(row, 0, &own.unit), &others));
                cells.push(PaperCell::text(row, 1, &own.file));
                for (column, (_, cell)) in columns.iter().enumerate() {
                    let here = problems.get(&(own.form, cell.key.as_str())).map_or(&[] as &[_], Vec::as_slice);
                    cells.push(figure(row, column + 2, cell, own, here));
                }
            }
            Line::LeftOut(problem) => {
                let unit = if problem.unit.is_empty() { "（不明）" } else { problem.unit.as_str() };
                cells.push(PaperCell { tint: Some(Tint::Bad), ..PaperCell::text(row, 0, unit) });
                cells.push(PaperCell::text(row, 1, &problem.file));
                let words = problem.sentence();
                let cell = PaperCell::text(row, 2, words).spanning(columns.len().max(1), 1);
                cells.push(with_problems(cell, &[problem]));
            }
        }
    }
    cells.extend(sum_row(merged, &columns, head + lines.len()));
    Paper {
        name: "各单位".to_owned(),
        widths: [8.0, 12.0].into_iter().chain(columns.iter().map(|_| 5.5)).collect(),
        cells,
        is_landscape: true,
        head_rows: (0, head),
        n_kept_columns: 1,
        ..Paper::default()
    }
}

fn heads(columns: &[(&FormRow, &FormCell)], second: &str) -> Vec<PaperCell> {
    let mut cells = vec![
        PaperCell::text(0, 0, "单位").role(Role::Head).spanning(1, 2),
        PaperCell::text(0, 1, second).role(Role::Head).spanning(1, 2),
    ];
    let mut column = 2;
    let mut rest = columns;
    while let Some(((row, _), _)) = rest.split_first() {
        let n = rest.iter().take_while(|it| it.0.key == row.key).count().max(1);
        let number = row.number.as_deref().map(|it| format!("{it} ")).unwrap_or_default();
        let of_which = if row.parent.is_some() && row.number.is_none() { "其中：" } else { "" };
        cells.push(
            PaperCell::text(0, column, format!("{number}{of_which}{}", row.label)).role(Role::Head).spanning(n, 1),
        );
        for (at, (_, cell)) in rest.iter().take(n).enumerate() {
            let label = cell.label.as_deref().unwrap_or_default();
            let unit = cell.unit.as_deref().map(|it| format!("（{it}）")).unwrap_or_default();
            cells.push(PaperCell::text(1, column + at, format!("{label}{unit}")).role(Role::Head));
        }
        column += n;
        rest = rest.get(n..).unwrap_or_default();
    }
    cells
}

fn figure(row: usize, column: usize, cell: &FormCell, own: &super::Contribution, problems: &[&Problem]) -> PaperCell {
    let content = match (own.values.get(&cell.key), own.texts.get(&cell.key)) {
        (Some(value), _) => number(cell, *value, own.estimates.contains(&cell.key)),
        (None, Some(text)) => Content::Text(text.clone()),
        // What was left out is shown as it is written.
        (None, None) => {
            let is_no_figure = |it: &&&Problem| it.is_left_out() || it.kind == ProblemKind::NoNumber;
            let written = problems.iter().find(is_no_figure).map(|it| it.written.clone());
            Content::Text(written.unwrap_or_default())
        }
    };
    let align = if cell.is_text { Align::Left } else { Align::Right };
    with_problems(PaperCell { content, align, ..PaperCell::text(row, column, "") }, problems)
}

fn with_problems(cell: PaperCell, problems: &[&Problem]) -> PaperCell {
    let tint = match problems.iter().map(|it| it.kind.done()).min() {
        Some(Done::LeftOut) => Some(Tint::Bad),
        Some(Done::Counted) => Some(Tint::Warn),
        Some(Done::Noted) | None => cell.tint,
    };
    let line = |it: &&Problem| {
        let place = it.place.as_deref().map(|it| format!("{it}：")).unwrap_or_default();
        // A sentence of a reader brings its own full stop.
        let message = it.what();
        format!("{place}{message}。{}；{}。", it.kind.done().label(), it.way_out())
    };
    let lines: Vec<String> = problems.iter().take(MOST_LINES).map(line).collect();
    PaperCell { tint, remark: (!lines.is_empty()).then(|| lines.join("\n")), ..cell }
}

fn sum_row(merged: &Merged, columns: &[(&FormRow, &FormCell)], row: usize) -> Vec<PaperCell> {
    let n = format!("{} 份", merged.contributions.len());
    let sum = |cell: PaperCell| PaperCell { tint: Some(Tint::Sum), ..cell };
    let mut cells = vec![sum(PaperCell::text(row, 0, "合计")), sum(PaperCell::text(row, 1, n))];
    for (column, (_, cell)) in columns.iter().enumerate() {
        let content = match merged.totals.get(&cell.key) {
            Some(total) => number(cell, *total, merged.estimates.contains(&cell.key)),
            None if cell.is_text => Content::Text(String::new()),
            None => Content::Text(side_by_side(merged, cell).map(|_| "不相加".to_owned()).unwrap_or_default()),
        };
        cells.push(sum(PaperCell { content, align: Align::Right, ..PaperCell::text(row, column + 2, "") }));
    }
    cells
}

/// How far a note reaches: what stands on the first page of a table that goes on beside itself.
const NOTE_COLUMNS: usize = 8;
/// What the two sums of [`returns_paper`] count.
const WHY_TWO_SUMS: &str = "注：“各单位相加”是上面各行直接相加，几个单位联合开展、各自报了的会重复。汇总单位一行是上报的数：已交表单位的上报数（补报以审核通过的为准）加还没有交表的单位现在的记录，联合开展的只算一次。";

/// One unit's line of [`returns_paper`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitLine {
    /// Its name.
    pub unit: String,
    /// Where its return stands (已审核, 没有填报).
    pub state: String,
    /// Its numbers.
    pub values: BTreeMap<String, CellValue>,
}

/// The returns of all units, a column for each cell of the form, the sum below; a reason hangs on the figure it explains.
///
/// `total` is the return that adds them all up: below the plain sum stands its number, and why the two differ.
pub fn returns_paper(form: &FormDefinition, lines: &[UnitLine], total: Option<&UnitLine>) -> Paper {
    let columns: Vec<(&FormRow, &FormCell)> = form.cells().collect();
    let mut cells = heads(&columns, "状态");
    for (n, line) in lines.iter().enumerate() {
        let row = n + 2;
        cells.extend([PaperCell::text(row, 0, &line.unit), PaperCell::text(row, 1, &line.state)]);
        for (column, (_, cell)) in columns.iter().enumerate() {
            cells.push(reported(row, column + 2, cell, line.values.get(&cell.key)));
        }
    }
    let row = lines.len() + 2;
    let sum = |cell: PaperCell| PaperCell { tint: Some(Tint::Sum), ..cell };
    cells.extend([sum(PaperCell::text(row, 0, "各单位相加")), sum(PaperCell::text(row, 1, ""))]);
    for (column, (_, cell)) in columns.iter().enumerate() {
        let values: Vec<&CellValue> = lines.iter().filter_map(|it| it.values.get(&cell.key)).collect();
        let numbers: Vec<i64> = values.iter().filter_map(|it| it.reported).collect();
        let content = match (is_added(cell), numbers.is_empty()) {
            (true, false) => {
                let total = numbers.iter().fold(0_i64, |sum, it| sum.saturating_add(*it));
                number(cell, total, values.iter().any(|it| it.is_estimate && it.reported.is_some()))
            }
            (false, false) => Content::Text("不相加".to_owned()),
            (_, true) => Content::Text(String::new()),
        };
        cells.push(sum(PaperCell { content, align: Align::Right, ..PaperCell::text(row, column + 2, "") }));
    }
    if let Some(total) = total {
        let row = row + 1;
        cells.extend([sum(PaperCell::text(row, 0, &total.unit)), sum(PaperCell::text(row, 1, &total.state))]);
        for (column, (_, cell)) in columns.iter().enumerate() {
            cells.push(sum(reported(row, column + 2, cell, total.values.get(&cell.key))));
        }
        // Not in the first column, which stands again on each page and would bring the beginning of the note along.
        cells.push(PaperCell::text(row + 1, 1, WHY_TWO_SUMS).spanning((columns.len() + 1).min(NOTE_COLUMNS), 1));
    }
    let widths = [8.0, 4.5].into_iter().chain(columns.iter().map(|_| 5.5)).collect();
    let name = "各单位".to_owned();
    Paper { name, widths, cells, is_landscape: true, head_rows: (0, 2), n_kept_columns: 1, ..Paper::default() }
}

fn reported(row: usize, column: usize, cell: &FormCell, value: Option<&CellValue>) -> PaperCell {
    let content = match value {
        Some(value) if cell.is_text => Content::Text(value.text.clone()),
        Some(CellValue { reported: Some(reported), is_estimate, .. }) => number(cell, *reported, *is_estimate),
        Some(value) => Content::Text(value.text.clone()),
        _ => Content::Text(String::new()),
    };
    let align = if cell.is_text { Align::Left } else { Align::Right };
    let remark = value.filter(|it| it.differs(cell)).map(|it| {
        let computed = it.computed.map_or_else(|| "没有记录".to_owned(), |computed| show(cell, computed));
        let reason = if it.reason.is_empty() { "没有写原因" } else { it.reason.as_str() };
        format!("系统算出：{computed}。原因：{reason}")
    });
    let tint = remark.is_some().then_some(Tint::Warn);
    PaperCell { content, align, tint, remark, ..PaperCell::text(row, column, "") }
}

/// Everything that is wrong: file, place, what is written, what was done, the way out.
pub fn problems_paper(merged: &Merged) -> Paper {
    const HEADS: [(&str, f64); 10] = [
        // Together about as wide as a page of A4; what is longer goes on in the next line of its cell.
        ("序号", 2.5),
        ("文件", 9.0),
        ("单位", 6.0),
        ("工作表", 4.0),
        ("位置", 3.5),
        ("项目", 8.0),
        ("写的是", 6.0),
        ("问题", 16.0),
        ("处理", 4.5),
        ("怎么办", 13.0),
    ];
    let mut cells: Vec<PaperCell> =
        HEADS.iter().enumerate().map(|(column, it)| PaperCell::text(0, column, it.0).role(Role::Head)).collect();
    for (n, problem) in merged.problems.iter().enumerate() {
        let row = n + 1;
        let tint = match problem.kind.done() {
            Done::LeftOut => Some(Tint::Bad),
            Done::Counted => Some(Tint::Warn),
            Done::Noted => None,
        };
        let texts = [
            row.to_string(),
            problem.file.clone(),
            problem.unit.clone(),
            problem.sheet.clone(),
            problem.place.clone().unwrap_or_default(),
            problem.row.clone(),
            problem.written.clone(),
            problem.sentence(),
            problem.kind.done().label().to_owned(),
            problem.way_out().to_owned(),
        ];
        cells.extend(texts.into_iter().enumerate().map(|(column, text)| PaperCell {
            tint: tint.filter(|_| column == 8),
            ..PaperCell::text(row, column, text)
        }));
    }
    if merged.problems.is_empty() {
        cells.push(PaperCell::text(1, 0, "没有发现问题。").spanning(HEADS.len(), 1));
    }
    Paper {
        name: "问题".to_owned(),
        widths: HEADS.iter().map(|it| it.1).collect(),
        cells,
        is_landscape: true,
        head_rows: (0, 1),
        ..Paper::default()
    }
}

/// `30 份文件，计入 28 份；2 处没有计入，3 处请核对`.
pub fn summary_line(merged: &Merged) -> String {
    let n_counted = merged.problems.iter().filter(|it| it.kind.done() == Done::Counted).count();
    let left_out = match merged.n_left_out() {
        0 => "没有漏计".to_owned(),
        n => format!("{n} 处没有计入"),
    };
    let counted = if n_counted > 0 { format!("，{n_counted} 处已计入、请核对") } else { String::new() };
    format!("{} 份文件，计入 {} 份；{left_out}{counted}", merged.n_files, merged.contributions.len())
}
