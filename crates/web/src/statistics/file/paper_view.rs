//! A paper as a table of a page, for reading and for print.

use gongwen::paper::{Paper, Role};
use gongwen::table::Align;

/// What the template draws.
pub(super) struct PaperView {
    pub(super) before: Vec<(bool, String)>,
    pub(super) rows: Vec<Vec<CellView>>,
    pub(super) after: Vec<(&'static str, String)>,
}

pub(super) struct CellView {
    pub(super) words: String,
    pub(super) column_span: usize,
    pub(super) row_span: usize,
    pub(super) is_head: bool,
    pub(super) class: &'static str,
}

fn class(align: Align) -> &'static str {
    match align {
        Align::Left => "is-left",
        Align::Center => "is-middle",
        Align::Right => "is-right",
    }
}

impl PaperView {
    pub(super) fn of(paper: &Paper) -> PaperView {
        let (before, table, after) = paper.as_table();
        let n_head = table.head.len();
        let mut rows: Vec<Vec<CellView>> = Vec::new();
        rows.resize_with(n_head + table.rows.len(), Vec::new);
        for placed in table.placed() {
            if let Some(row) = rows.get_mut(placed.row) {
                let align = placed.cell.align.unwrap_or_default();
                row.push(CellView {
                    words: placed.cell.words(),
                    column_span: placed.column_span,
                    row_span: placed.row_span,
                    is_head: placed.row < n_head,
                    class: class(align),
                });
            }
        }
        PaperView {
            before: before.into_iter().map(|(role, text)| (role == Role::Title, text)).collect(),
            rows,
            after: after.into_iter().map(|(align, text)| (class(align), text)).collect(),
        }
    }
}
