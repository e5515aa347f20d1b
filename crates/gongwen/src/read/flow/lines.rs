//! Runs of characters become lines.

use super::Run;

/// A line of text on a page.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) page: usize,
    pub(super) x: f64,
    pub(super) end: f64,
    pub(super) y: f64,
    /// The size most of its characters have.
    pub(super) size: f64,
    pub(super) text: String,
    /// In the strip at the top or bottom where page numbers and running heads stand.
    pub(super) is_at_edge: bool,
}

/// The width of a character in ems, as fonts of official documents have it.
pub(super) fn ems(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '!' | '|' | '\'' => 0.3,
        '\u{20}'..='\u{2ff}' => 0.52,
        '\u{2e80}'..='\u{ffff}' | '“' | '”' | '‘' | '’' | '…' | '—' | '①'..='⒛' => 1.0,
        _ => 0.8,
    }
}

pub(super) fn total_ems(text: &str) -> f64 {
    text.chars().map(ems).sum()
}

/// Groups the runs of a page by base line, top to bottom, each line from left to right.
pub(super) fn lines(mut runs: Vec<Run>, page: usize, height: f64) -> Vec<Line> {
    runs.retain(|it| !it.text.is_empty() && it.x.is_finite() && it.y.is_finite() && it.size > 0.0);
    runs.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut groups: Vec<Vec<Run>> = Vec::new();
    for run in runs {
        match groups.last_mut() {
            Some(group) if belongs(group, &run) => group.push(run),
            _ => groups.push(vec![run]),
        }
    }
    let mut lines: Vec<Line> = groups.into_iter().filter_map(|it| line(it, page)).collect();
    for line in &mut lines {
        line.is_at_edge = line.y < height * 0.095 || line.y > height * 0.9;
    }
    lines
}

fn belongs(group: &[Run], run: &Run) -> bool {
    let Some(tallest) = group.iter().max_by(|a, b| a.size.total_cmp(&b.size)) else { return false };
    (run.y - tallest.y).abs() < 0.45 * tallest.size.max(run.size)
}

fn line(mut group: Vec<Run>, page: usize) -> Option<Line> {
    group.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut text = String::new();
    let mut kept: Vec<Run> = Vec::with_capacity(group.len());
    for run in group {
        // Bold by overprinting: the same characters a hair to the side.
        let is_shadow = kept.last().is_some_and(|it| it.text == run.text && (it.x - run.x).abs() < 0.25 * run.size);
        if is_shadow {
            continue;
        }
        if let Some(before) = kept.last() {
            let gap = run.x - (before.x + before.width);
            if needs_blank(&text, &run.text, gap / run.size.max(before.size)) {
                text.push(' ');
            }
        }
        text.push_str(&run.text);
        kept.push(run);
    }
    let visible = |it: &&Run| !it.text.trim().is_empty();
    let first = kept.iter().find(visible)?;
    let last = kept.iter().rev().find(visible)?;
    let main = kept.iter().max_by(|a, b| total_ems(&a.text).total_cmp(&total_ems(&b.text)))?;
    // Leading blanks are part of the first run's text, but not of the line.
    let lead: f64 = first.text.chars().take_while(|it| it.is_whitespace()).map(ems).sum();
    let tail: f64 = last.text.chars().rev().take_while(|it| it.is_whitespace()).map(ems).sum();
    Some(Line {
        page,
        x: first.x + lead * first.size,
        end: last.x + last.width - tail * last.size,
        y: main.y,
        size: main.size,
        text: text.trim().to_owned(),
        is_at_edge: false,
    })
}

/// Whether a gap stands for a blank; between Chinese characters only a wide one does.
fn needs_blank(before: &str, after: &str, gap_ems: f64) -> bool {
    let (Some(a), Some(b)) = (before.chars().next_back(), after.chars().next()) else { return false };
    if a.is_whitespace() || b.is_whitespace() {
        return false;
    }
    if a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric() { gap_ems > 0.18 } else { gap_ems > 0.75 }
}
