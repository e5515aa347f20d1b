//! Tables by their ruling lines: a cell is where lines close around it, merged cells included.

use super::lines::{self, ems, total_ems};
use super::{Rule, Run, paragraph};
use crate::read::builder::DraftCell;

/// Lines this close are one.
const NEAR: f64 = 2.5;
/// Shorter strokes are parts of characters or of thick lines.
const SHORTEST: f64 = 5.0;
/// A page with more strokes is a drawing.
const MOST_RULES: usize = 4000;
/// A table with more lines in one direction is a drawing too.
const MOST_EDGES: usize = 600;

/// One table of a page.
#[derive(Debug)]
pub(super) struct Grid {
    xs: Vec<f64>,
    ys: Vec<f64>,
    /// For each place of the raster the number of its cell.
    owners: Vec<usize>,
    cells: Vec<GridCell>,
}

#[derive(Debug)]
struct GridCell {
    row: usize,
    column: usize,
    row_span: usize,
    column_span: usize,
    right: f64,
    runs: Vec<Run>,
}

/// Finds the tables of a page.
pub(super) fn find(rules: &[Rule], width: f64, height: f64) -> Vec<Grid> {
    if rules.len() > MOST_RULES {
        return Vec::new();
    }
    let is_page_edge = |at: f64, size: f64| at < 1.0 || at > size - 1.0;
    let mut level = Vec::new();
    let mut upright = Vec::new();
    for rule in rules {
        let (x1, x2) = (rule.x1.min(rule.x2), rule.x1.max(rule.x2));
        let (y1, y2) = (rule.y1.min(rule.y2), rule.y1.max(rule.y2));
        if y2 - y1 < 1.0 && x2 - x1 > SHORTEST && !is_page_edge(y1, height) {
            level.push(Rule { x1, y1, x2, y2 });
        } else if x2 - x1 < 1.0 && y2 - y1 > SHORTEST && !is_page_edge(x1, width) {
            upright.push(Rule { x1, y1, x2, y2 });
        }
    }
    groups(&level, &upright).into_iter().filter_map(|(level, upright)| grid(&level, &upright)).collect()
}

/// Sets of lines that touch each other.
fn groups(level: &[Rule], upright: &[Rule]) -> Vec<(Vec<Rule>, Vec<Rule>)> {
    let n = level.len() + upright.len();
    let mut parents: Vec<usize> = (0..n).collect();
    for (i, h) in level.iter().enumerate() {
        for (j, v) in upright.iter().enumerate() {
            let touches = v.x1 > h.x1 - NEAR && v.x1 < h.x2 + NEAR && h.y1 > v.y1 - NEAR && h.y1 < v.y2 + NEAR;
            if touches {
                let (a, b) = (root(&mut parents, i), root(&mut parents, level.len() + j));
                if let Some(parent) = parents.get_mut(a) {
                    *parent = b;
                }
            }
        }
    }
    let mut sets: std::collections::BTreeMap<usize, (Vec<Rule>, Vec<Rule>)> = std::collections::BTreeMap::new();
    for (i, h) in level.iter().enumerate() {
        sets.entry(root(&mut parents, i)).or_default().0.push(*h);
    }
    for (j, v) in upright.iter().enumerate() {
        sets.entry(root(&mut parents, level.len() + j)).or_default().1.push(*v);
    }
    sets.into_values().collect()
}

fn root(parents: &mut [usize], mut i: usize) -> usize {
    while let Some(&parent) = parents.get(i) {
        if parent == i {
            break;
        }
        // Halve the path as we go.
        let above = parents.get(parent).copied().unwrap_or(parent);
        if let Some(place) = parents.get_mut(i) {
            *place = above;
        }
        i = above;
    }
    i
}

fn grid(level: &[Rule], upright: &[Rule]) -> Option<Grid> {
    let outer_xs = level.iter().flat_map(|it| [it.x1, it.x2]);
    let outer_ys = upright.iter().flat_map(|it| [it.y1, it.y2]);
    let ends = |values: Vec<f64>| {
        let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(low, high), it| (low.min(*it), high.max(*it)));
        [low, high]
    };
    let xs = clusters(upright.iter().map(|it| it.x1).chain(ends(outer_xs.collect())).collect());
    let ys = clusters(level.iter().map(|it| it.y1).chain(ends(outer_ys.collect())).collect());
    let (n_columns, n_rows) = (xs.len().checked_sub(1)?, ys.len().checked_sub(1)?);
    if n_columns < 2 || n_rows < 1 || n_columns > MOST_EDGES || n_rows > MOST_EDGES || upright.is_empty() {
        return None;
    }
    let upright_between = |edge: usize, row: usize| {
        let (Some(x), Some(y1), Some(y2)) = (xs.get(edge), ys.get(row), ys.get(row + 1)) else { return true };
        let middle = (y1 + y2) / 2.0;
        upright.iter().any(|it| (it.x1 - x).abs() <= NEAR && it.y1 <= middle && it.y2 >= middle)
    };
    let level_between = |edge: usize, column: usize| {
        let (Some(y), Some(x1), Some(x2)) = (ys.get(edge), xs.get(column), xs.get(column + 1)) else { return true };
        let middle = (x1 + x2) / 2.0;
        level.iter().any(|it| (it.y1 - y).abs() <= NEAR && it.x1 <= middle && it.x2 >= middle)
    };
    let mut owners = vec![usize::MAX; n_columns * n_rows];
    let mut cells: Vec<GridCell> = Vec::new();
    for row in 0..n_rows {
        for column in 0..n_columns {
            if owners.get(row * n_columns + column).is_none_or(|it| *it != usize::MAX) {
                continue;
            }
            let is_free =
                |row: usize, column: usize| owners.get(row * n_columns + column).is_some_and(|it| *it == usize::MAX);
            let mut column_span = 1;
            while column + column_span < n_columns
                && is_free(row, column + column_span)
                && !upright_between(column + column_span, row)
            {
                column_span += 1;
            }
            let mut row_span = 1;
            while row + row_span < n_rows
                && (column..column + column_span)
                    .all(|it| is_free(row + row_span, it) && !level_between(row + row_span, it))
            {
                row_span += 1;
            }
            for r in row..row + row_span {
                for c in column..column + column_span {
                    if let Some(owner) = owners.get_mut(r * n_columns + c) {
                        *owner = cells.len();
                    }
                }
            }
            let right = xs.get(column + column_span).copied().unwrap_or(f64::MAX);
            cells.push(GridCell { row, column, row_span, column_span, right, runs: Vec::new() });
        }
    }
    (cells.len() >= 2).then_some(Grid { xs, ys, owners, cells })
}

fn clusters(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    let mut kept: Vec<f64> = Vec::new();
    for value in values {
        if kept.last().is_none_or(|it| value - it > NEAR) {
            kept.push(value);
        }
    }
    kept
}

impl Grid {
    pub(super) fn top(&self) -> f64 {
        self.ys.first().copied().unwrap_or(0.0)
    }

    pub(super) fn columns(&self) -> &[f64] {
        &self.xs
    }

    pub(super) fn holds(&self, run: &Run) -> bool {
        self.cell_at(run.x + run.size * 0.3, run.y - run.size * 0.3).is_some()
    }

    fn cell_at(&self, x: f64, y: f64) -> Option<usize> {
        let place =
            |edges: &[f64], at: f64| edges.windows(2).position(|it| matches!(it, [a, b] if *a <= at && at < *b));
        let (column, row) = (place(&self.xs, x)?, place(&self.ys, y)?);
        self.owners.get(row * (self.xs.len() - 1) + column).copied()
    }

    /// Takes a run; one that reaches over several cells is cut where their border stands.
    pub(super) fn take(&mut self, run: &Run) {
        let total = total_ems(&run.text).max(0.01);
        let scale = run.width / total;
        let mut part: Option<(usize, Run)> = None;
        let mut x = run.x;
        for c in run.text.chars() {
            let width = ems(c) * scale;
            let owner = self.cell_at(x + width / 2.0, run.y - run.size * 0.3);
            match (&mut part, owner) {
                (Some((cell, open)), Some(owner)) if *cell == owner => {
                    open.text.push(c);
                    open.width += width;
                }
                (Some((_, open)), None) => {
                    open.text.push(c);
                    open.width += width;
                }
                (_, owner) => {
                    self.close(part.take());
                    if let Some(owner) = owner {
                        part = Some((owner, Run { x, width, text: c.to_string(), ..run.clone() }));
                    }
                }
            }
            x += width;
        }
        self.close(part);
    }

    fn close(&mut self, part: Option<(usize, Run)>) {
        if let Some((cell, run)) = part
            && let Some(cell) = self.cells.get_mut(cell)
        {
            cell.runs.push(run);
        }
    }

    /// The rows with their cells.
    pub(super) fn into_rows(self) -> Vec<Vec<DraftCell>> {
        let mut rows: Vec<Vec<DraftCell>> = Vec::new();
        rows.resize_with(self.ys.len().saturating_sub(1), Vec::new);
        for cell in self.cells {
            let text = text_of(cell.runs, cell.right);
            if let Some(row) = rows.get_mut(cell.row) {
                row.push(DraftCell {
                    text,
                    column: cell.column,
                    column_span: cell.column_span,
                    row_span: cell.row_span,
                });
            }
        }
        rows.retain(|it| !it.is_empty());
        rows
    }
}

/// The text of a cell: lines that were only broken for want of room run together.
fn text_of(runs: Vec<Run>, right: f64) -> String {
    let mut text = String::new();
    let mut last_end: Option<f64> = None;
    for line in lines::lines(runs, 0, f64::MAX) {
        if let Some(end) = last_end {
            // The first word of the line, with half a character and the padding of the cell, would have fitted.
            if end + (paragraph::first_word_ems(&line.text) + 0.5) * line.size + 6.0 < right {
                text.push(' ');
                text.push_str(&line.text);
            } else {
                paragraph::append(&mut text, &line.text);
            }
        } else {
            text.push_str(&line.text);
        }
        last_end = Some(line.end);
    }
    text
}
