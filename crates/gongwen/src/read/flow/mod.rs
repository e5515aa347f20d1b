//! From places on pages back to text: what PDF and OFD keep are characters at positions.
//!
//! `lines` puts runs of characters into lines, `grid` finds tables by their ruling lines, `paragraph` joins lines into
//! paragraphs. Page numbers and running heads are taken out here. All measures are points, y grows downwards.

mod grid;
mod lines;
mod paragraph;

use super::builder::{Builder, DraftCell};
use super::error::ReadError;
use lines::Line;
use std::collections::HashMap;

/// Characters written in one go.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Run {
    pub(crate) x: f64,
    /// The base line.
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) size: f64,
    pub(crate) text: String,
}

/// A drawn line, level or upright.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rule {
    pub(crate) x1: f64,
    pub(crate) y1: f64,
    pub(crate) x2: f64,
    pub(crate) y2: f64,
}

/// One page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) runs: Vec<Run>,
    pub(crate) rules: Vec<Rule>,
}

/// A piece of a page.
#[derive(Debug)]
enum Piece {
    Line(Line),
    Table { columns: Vec<f64>, rows: Vec<Vec<DraftCell>> },
}

/// Puts the pages into the document.
pub(crate) fn put_pages(pages: Vec<Page>, builder: &mut Builder) -> Result<(), ReadError> {
    let mut pieces_of_pages: Vec<Vec<Piece>> = Vec::with_capacity(pages.len());
    for (n, page) in pages.into_iter().enumerate() {
        pieces_of_pages.push(pieces(page, n));
    }
    strip_furniture(&mut pieces_of_pages);
    let pieces = join_tables(pieces_of_pages);
    let measure = paragraph::Measure::new(pieces.iter().filter_map(|it| match it {
        Piece::Line(line) => Some(line),
        Piece::Table { .. } => None,
    }));
    let mut open: Option<(String, Line)> = None;
    for piece in pieces {
        match piece {
            Piece::Line(line) => match &mut open {
                Some((text, last)) if measure.continues(last, &line) => {
                    paragraph::append(text, &line.text);
                    *last = line;
                }
                _ => {
                    if let Some((text, _)) = open.replace((line.text.clone(), line)) {
                        builder.paragraph(&text)?;
                    }
                }
            },
            Piece::Table { rows, .. } => {
                if let Some((text, _)) = open.take() {
                    builder.paragraph(&text)?;
                }
                builder.table(rows)?;
            }
        }
    }
    if let Some((text, _)) = open {
        builder.paragraph(&text)?;
    }
    Ok(())
}

/// The lines and tables of one page from top to bottom.
fn pieces(page: Page, n: usize) -> Vec<Piece> {
    let Page { width, height, runs, rules } = page;
    let mut grids = grid::find(&rules, width, height);
    let mut free = Vec::with_capacity(runs.len());
    for run in runs {
        match grids.iter_mut().find(|it| it.holds(&run)) {
            Some(grid) => grid.take(&run),
            None => free.push(run),
        }
    }
    let mut pieces: Vec<(f64, Piece)> = Vec::new();
    for grid in grids {
        let top = grid.top();
        let columns = grid.columns().to_vec();
        pieces.push((top, Piece::Table { columns, rows: grid.into_rows() }));
    }
    for line in lines::lines(free, n, height) {
        pieces.push((line.y, Piece::Line(line)));
    }
    pieces.sort_by(|a, b| a.0.total_cmp(&b.0));
    pieces.into_iter().map(|it| it.1).collect()
}

/// Takes out page numbers, and heads and feet that repeat on most pages.
fn strip_furniture(pages: &mut [Vec<Piece>]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let n_pages = pages.len();
    for page in pages.iter() {
        for piece in page {
            if let Piece::Line(line) = piece
                && line.is_at_edge
            {
                *seen.entry(without_digits(&line.text)).or_default() += 1;
            }
        }
    }
    for page in pages {
        page.retain(|piece| match piece {
            Piece::Line(line) if line.is_at_edge => {
                let repeats =
                    n_pages >= 3 && seen.get(&without_digits(&line.text)).is_some_and(|it| it * 10 >= n_pages * 6);
                !is_page_number(&line.text) && !repeats
            }
            _ => true,
        });
    }
}

fn without_digits(text: &str) -> String {
    text.chars().filter(|it| !it.is_ascii_digit() && !it.is_whitespace()).collect()
}

/// `- 3 -`, `— 3 —`, `3`, `第3页 共8页`, `3/8`.
fn is_page_number(text: &str) -> bool {
    let text: String = text.chars().filter(|it| !it.is_whitespace()).collect();
    let n_digits = text.chars().filter(char::is_ascii_digit).count();
    (1..=8).contains(&n_digits)
        && text.chars().all(|it| it.is_ascii_digit() || "-—–－‐─·.•/第页共,，".contains(it))
        && !text.contains("..")
}

/// Puts the pages one after another; a table that runs over the page end becomes one, its repeated head falls away.
fn join_tables(pages: Vec<Vec<Piece>>) -> Vec<Piece> {
    let mut all: Vec<Piece> = Vec::new();
    for page in pages {
        for (n, piece) in page.into_iter().enumerate() {
            if n == 0
                && let Piece::Table { columns, rows } = &piece
                && let Some(Piece::Table { columns: before, rows: above }) = all.last_mut()
                && are_alike(before, columns)
            {
                let texts = |row: &Vec<DraftCell>| row.iter().map(|it| it.text.clone()).collect::<Vec<_>>();
                let n_repeated = rows.iter().zip(above.iter()).take_while(|(a, b)| texts(a) == texts(b)).count();
                let skipped = if n_repeated < rows.len() { n_repeated } else { 0 };
                above.extend(rows.iter().skip(skipped).cloned());
                continue;
            }
            all.push(piece);
        }
    }
    all
}

fn are_alike(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 4.0)
}
