//! Which cell of the sum a cell of a handed-in form means: by its words and its unit of measure, never by its number.

use std::collections::BTreeSet;

use crate::statistics::form::{CellPlace, FormCell, FormDefinition, FormRow};
use crate::statistics::form_reader::{FilledForm, Mark};
use crate::statistics::measure::Measure;
use crate::statistics::slots;

/// A cell with what tells it from others.
#[derive(Debug, Clone)]
pub(super) struct Entry<'a> {
    pub(super) row: &'a FormRow,
    pub(super) cell: &'a FormCell,
    /// The words of the row without number, brackets and punctuation.
    words: String,
    /// The words of the row it is part of.
    whole: String,
    /// What tells it from the other cells of its row.
    label: String,
    /// The unit as printed.
    unit: Option<&'a str>,
    measure: Option<Measure>,
    pub(super) written: String,
    pub(super) mark: Option<&'a Mark>,
    /// The row asks for two figures and the cell holds another number of them.
    pub(super) is_unsplit: bool,
    /// The spreadsheet has made a date of them.
    pub(super) is_date: bool,
    pub(super) place: Option<CellPlace>,
}

/// How a cell was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// The same words and the same measure.
    Same,
    /// Words that mean the same; a person should look.
    Near,
}

/// A cell of a handed-in form with the cell of the sum it means.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) entry: Entry<'a>,
    pub(super) target: Option<(&'a str, How)>,
}

/// Letters and digits only; what every row may carry is left out.
fn plain(words: &str) -> String {
    let letters: String = words.chars().filter(|c| c.is_alphanumeric()).collect();
    letters.trim_start_matches("其中").to_owned()
}

/// The cells of the sum's form.
pub(super) fn targets(form: &FormDefinition) -> Vec<Entry<'_>> {
    form.cells().map(|(row, cell)| entry(form, row, cell)).collect()
}

fn entry<'a>(form: &'a FormDefinition, row: &'a FormRow, cell: &'a FormCell) -> Entry<'a> {
    let whole = row.parent.as_ref().and_then(|key| form.rows.iter().find(|it| it.key == *key));
    Entry {
        row,
        cell,
        words: plain(&row.label),
        whole: whole.map(|it| plain(&it.label)).unwrap_or_default(),
        label: plain(cell.label.as_deref().unwrap_or_default()),
        unit: cell.unit.as_deref(),
        measure: cell.unit.as_deref().and_then(Measure::from_words).map(|it| it.0),
        written: String::new(),
        mark: None,
        is_unsplit: false,
        is_date: false,
        place: cell.place,
    }
}

impl Entry<'_> {
    /// The measure and multiple to read the figure by: those printed beside it, else those of the sum.
    pub(super) fn measure(&self, target: &FormCell) -> (Measure, i64) {
        self.unit.and_then(Measure::from_words).unwrap_or_else(|| target.measure())
    }

    fn has_measure_of(&self, other: &Entry<'_>) -> bool {
        self.measure.zip(other.measure).is_none_or(|(own, other)| own == other)
    }
}

/// Every cell of a handed-in form with the cell of the sum it means; no cell of the sum is met twice.
pub(super) fn find<'a>(targets: &[Entry<'a>], form: &'a FilledForm) -> Vec<Found<'a>> {
    let mut found: Vec<Found<'a>> =
        entries(targets, form).into_iter().map(|entry| Found { entry, target: None }).collect();
    let mut met: BTreeSet<&str> = BTreeSet::new();
    type Rule = (How, fn(&Entry<'_>, &Entry<'_>) -> bool);
    let rules: [Rule; 4] = [
        (How::Same, |own, it| is_same(own, it) && own.whole == it.whole && own.measure == it.measure),
        // Two rows with the same words are taken in their order.
        (How::Same, |own, it| is_same(own, it) && own.measure == it.measure),
        (How::Same, |own, it| is_same(own, it) && own.has_measure_of(it)),
        (How::Near, |own, it| {
            own.words == it.words && own.has_measure_of(it) && (own.label.is_empty() || it.label.is_empty())
        }),
    ];
    for (how, rule) in rules {
        for own in found.iter_mut().filter(|it| it.target.is_none()) {
            let target = targets.iter().find(|it| !met.contains(it.cell.key.as_str()) && rule(&own.entry, it));
            if let Some(target) = target {
                met.insert(&target.cell.key);
                own.target = Some((&target.cell.key, how));
            }
        }
    }
    for n in 0..found.len() {
        let free: Vec<&Entry<'a>> = targets.iter().filter(|it| !met.contains(it.cell.key.as_str())).collect();
        let Some(own) = found.get_mut(n).filter(|it| it.target.is_none()) else { continue };
        if let Some(target) = nearest(&own.entry, &free) {
            met.insert(&target.cell.key);
            own.target = Some((&target.cell.key, How::Near));
        }
    }
    found
}

fn is_same(own: &Entry<'_>, other: &Entry<'_>) -> bool {
    own.words == other.words && own.label == other.label
}

/// The cells of a form; a cell that has lost the brackets of its several blanks is taken apart by the units of the sum.
fn entries<'a>(targets: &[Entry<'a>], form: &'a FilledForm) -> Vec<Entry<'a>> {
    let mut entries = Vec::new();
    for (row, cell) in form.definition.cells() {
        let mut own = entry(&form.definition, row, cell);
        own.written = form.written.get(&cell.key).cloned().unwrap_or_default();
        own.mark = form.marks.get(&cell.key);
        own.is_unsplit = own.mark.is_some_and(|it| it.is_unsplit);
        own.is_date = own.mark.is_some_and(|it| it.is_date);
        let same: Vec<&Entry<'a>> =
            targets.iter().filter(|it| it.words == own.words && it.whole == own.whole).collect();
        let units: Vec<Option<String>> = same.iter().map(|it| it.cell.unit.clone()).collect();
        let is_several = row.cells.len() == 1 && same.len() > 1;
        let names: Vec<String> = same.iter().filter_map(|it| it.cell.label.clone()).collect();
        let parts = is_several.then(|| slots::split_by_units(&own.written, &units)).flatten();
        let named = is_several.then(|| slots::split_named(&own.written, &names)).flatten();
        own.is_date |= parts.is_none() && named.as_ref().is_some_and(|it| it.is_date);
        let parts = parts.or_else(|| named.map(|it| it.written));
        let is_pair = same.first().is_some_and(|it| it.row.is_pair());
        own.is_unsplit |= is_several && is_pair && parts.is_none() && own.written.chars().any(|c| c.is_ascii_digit());
        match parts {
            Some(parts) => entries.extend(same.iter().zip(parts).map(|(it, written)| Entry {
                label: it.label.clone(),
                unit: it.cell.unit.as_deref(),
                measure: it.measure,
                written,
                ..own.clone()
            })),
            None => entries.push(own),
        }
    }
    entries
}

/// At least so many hundredths of two labels must be common.
const LEAST: usize = 72;

/// The one cell whose words are so alike that it must be meant; two candidates are none.
fn nearest<'a, 'b>(own: &Entry<'_>, free: &[&'b Entry<'a>]) -> Option<&'b Entry<'a>> {
    let mut scored: Vec<(usize, &'b Entry<'a>)> = free
        .iter()
        .filter(|it| own.has_measure_of(it) && is_same_label(own, it))
        .map(|it| (likeness(own, it), *it))
        .filter(|it| it.0 >= LEAST)
        .collect();
    scored.sort_by_key(|it| std::cmp::Reverse(it.0));
    match scored.as_slice() {
        [(best, _), (second, _), ..] if best == second => None,
        [(_, best), ..] => Some(best),
        [] => None,
    }
}

fn is_same_label(own: &Entry<'_>, other: &Entry<'_>) -> bool {
    own.label == other.label || own.label.is_empty() || other.label.is_empty()
}

/// How alike two rows are, of 100: rows bound to the same indicator and topic mean the same whatever their words.
fn likeness(own: &Entry<'_>, other: &Entry<'_>) -> usize {
    let certain = |it: &Entry<'_>| it.cell.binding.clone().filter(|it| it.doubt.is_none());
    match (certain(own), certain(other)) {
        (Some(a), Some(b)) if a.indicator == b.indicator && a.topic == b.topic => {
            return 90 + common(&own.words, &other.words) / 10;
        }
        // Two things that are counted apart are two rows, however alike their words.
        (Some(a), Some(b)) if a.indicator != b.indicator || a.topic != b.topic => return 0,
        _ => {}
    }
    common(&own.words, &other.words)
}

/// The longest common subsequence of two labels, in hundredths of their mean length.
fn common(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(80).collect(), b.chars().take(80).collect());
    let mut row = vec![0usize; b.len() + 1];
    for x in &a {
        let mut diagonal = 0;
        let mut left = 0;
        for (place, y) in row.iter_mut().skip(1).zip(&b) {
            let above = *place;
            *place = if x == y { diagonal + 1 } else { above.max(left) };
            diagonal = above;
            left = *place;
        }
    }
    200 * row.last().copied().unwrap_or(0) / (a.len() + b.len()).max(1)
}
