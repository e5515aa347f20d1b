//! A revised annex (附件) of a notice against the form the office has made of the earlier one: what changed, and the form with it.
//!
//! Only what the revision changed is taken over; what the office has corrected by itself stays. A row with reported numbers is never
//! taken away and never given another measure (decision 0014): it becomes optional, and the new meaning gets a row of its own.

use std::collections::BTreeSet;

use super::form::{FormCell, FormDefinition, FormRow};
use super::form_edit::next_key;
use super::measure::Measure;
use crate::campaign::plan::StatRow;

/// What a revision did to one row. The numbers are places in the annex before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnnexChange {
    /// 新增.
    New(usize),
    /// 取消.
    Gone(usize),
    /// 改名.
    Renamed(usize, usize),
    /// 计量单位改了.
    Measured(usize, usize),
}

fn plain(label: &str) -> String {
    label.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Do the words share at least half of their characters?
fn is_alike(one: &str, two: &str) -> bool {
    let chars = |text: &str| plain(text).chars().collect::<BTreeSet<char>>();
    let (one, two) = (chars(one), chars(two));
    !one.is_empty() && one.intersection(&two).count() * 2 >= one.len().max(two.len())
}

/// Is the row at a place after the row at a place before?
type IsSame = dyn Fn(usize, &StatRow, usize, &StatRow) -> bool;

/// For each row after, the row before that it is: the same words first, then the same number or place with words that are alike.
fn matching(before: &[StatRow], after: &[StatRow]) -> Vec<Option<usize>> {
    let mut matched = vec![None; after.len()];
    let mut taken = BTreeSet::new();
    let same_words =
        |n: usize, row: &StatRow, m: usize, old: &StatRow| n == m && plain(&old.label) == plain(&row.label);
    let any_place = |_: usize, row: &StatRow, _: usize, old: &StatRow| plain(&old.label) == plain(&row.label);
    let alike = |n: usize, row: &StatRow, m: usize, old: &StatRow| {
        let is_placed = if row.number.is_some() { row.number == old.number } else { n == m };
        is_placed && row.unit == old.unit && is_alike(&old.label, &row.label)
    };
    let passes: [&IsSame; 3] = [&same_words, &any_place, &alike];
    for is_same in passes {
        for (n, row) in after.iter().enumerate() {
            let Some(place) = matched.get_mut(n).filter(|it| it.is_none()) else { continue };
            let found = before.iter().enumerate().find(|(m, old)| !taken.contains(m) && is_same(n, row, *m, old));
            if let Some((m, _)) = found {
                taken.insert(m);
                *place = Some(m);
            }
        }
    }
    matched
}

/// What the revision changed, in the order of the new annex; what is gone stands at the end.
///
/// ```
/// use domain::campaign::plan::StatRow;
/// use domain::statistics::annex::{AnnexChange, changes};
/// let row = |label: &str, unit: &str| StatRow { number: None, label: label.into(), unit: Some(unit.into()), parent: None };
/// let before = [row("消费者参与数", "人次"), row("印发宣传资料", "份")];
/// let after = [row("消费者参与数", "人次"), row("印发宣传资料", "册"), row("消费投诉公示", "条")];
/// assert_eq!(changes(&before, &after), [AnnexChange::Measured(1, 1), AnnexChange::New(2)]);
/// ```
pub fn changes(before: &[StatRow], after: &[StatRow]) -> Vec<AnnexChange> {
    let matched = matching(before, after);
    let mut found = Vec::new();
    for (n, (row, place)) in after.iter().zip(&matched).enumerate() {
        let Some((m, old)) = place.and_then(|m| Some((m, before.get(m)?))) else {
            found.push(AnnexChange::New(n));
            continue;
        };
        if old.label != row.label {
            found.push(AnnexChange::Renamed(m, n));
        }
        if old.unit != row.unit {
            found.push(AnnexChange::Measured(m, n));
        }
    }
    found.extend((0..before.len()).filter(|m| !matched.contains(&Some(*m))).map(AnnexChange::Gone));
    found
}

/// The key of the row of an annex in the form, by its words.
fn key_of(form: &FormDefinition, row: &StatRow) -> Option<String> {
    let is_same = |it: &&FormRow| plain(&it.label) == plain(&row.label);
    let exact = form.rows.iter().filter(is_same).find(|it| it.number == row.number);
    exact.or_else(|| form.rows.iter().find(is_same)).map(|it| it.key.clone())
}

/// The form with what the revision changed. `used` are the keys of cells in which some return holds something.
pub fn adopt(form: &FormDefinition, before: &[StatRow], after: &[StatRow], used: &BTreeSet<String>) -> FormDefinition {
    let mut adopted = form.clone();
    let matched = matching(before, after);
    let mut keys: Vec<Option<String>> = Vec::new();
    for (row, old) in after.iter().zip(&matched) {
        let old = old.and_then(|m| before.get(m));
        // By the form as it was: what is renamed on the way must not be taken for another row.
        let known = old.and_then(|old| key_of(form, old));
        let known = known.and_then(|key| adopted.rows.iter_mut().find(|it| it.key == key));
        let key = match (old, known) {
            (Some(old), Some(known)) => take(known, old, row, used),
            // The office has taken the row away; a revision that only renames it does not bring it back.
            (Some(old), None) if old.unit == row.unit => None,
            _ => Some(insert(&mut adopted, row, keys.iter().rev().flatten().next(), used)),
        };
        let key = match key {
            Some(key) if key.is_empty() => Some(insert(&mut adopted, row, keys.iter().rev().flatten().next(), used)),
            key => key,
        };
        keys.push(key);
    }
    for old in (0..before.len()).filter(|m| !matched.contains(&Some(*m))).filter_map(|m| before.get(m)) {
        if let Some(key) = key_of(form, old) {
            drop_row(&mut adopted, &key, used);
        }
    }
    for (row, key) in after.iter().zip(&keys) {
        let above = row.parent.as_deref().and_then(|parent| {
            let of = after.iter().zip(&keys).find(|(it, _)| it.number.as_deref() == Some(parent) || it.label == parent);
            of.and_then(|(_, key)| key.clone())
        });
        if let (Some(above), Some(row)) = (above, adopted.rows.iter_mut().find(|it| Some(&it.key) == key.as_ref())) {
            row.parent = Some(above);
        }
    }
    adopted.doubt_parts();
    adopted
}

/// Takes words, number and unit of a row over; an empty key says that its numbers forbid the new unit and it needs a row of its own.
fn take(known: &mut FormRow, old: &StatRow, row: &StatRow, used: &BTreeSet<String>) -> Option<String> {
    if old.unit != row.unit && known.cells.len() == 1 {
        let measure = |unit: &Option<String>| unit.as_deref().and_then(Measure::from_words).map(|it| it.0);
        let is_other = measure(&old.unit) != measure(&row.unit);
        if is_other && known.cells.iter().any(|it| used.contains(&it.key)) {
            known.cells.iter_mut().for_each(|it| it.is_compulsory = false);
            known.number = None;
            return Some(String::new());
        }
        for cell in &mut known.cells {
            cell.unit.clone_from(&row.unit);
            if is_other && !cell.is_manual && !cell.is_text {
                cell.binding = FormCell::new(cell.key.clone(), &row.label, None, row.unit.clone()).binding;
            }
        }
    }
    known.label.clone_from(&row.label);
    known.number.clone_from(&row.number);
    Some(known.key.clone())
}

/// A new row behind the one with this key, or at the head of the form.
fn insert(form: &mut FormDefinition, row: &StatRow, behind: Option<&String>, used: &BTreeSet<String>) -> String {
    let key = next_key(form, used);
    let at = behind.and_then(|key| form.rows.iter().position(|it| it.key == *key)).map_or(0, |at| at + 1);
    let cells = vec![FormCell::new(key.clone(), &row.label, None, row.unit.clone())];
    let new = FormRow { key: key.clone(), number: row.number.clone(), label: row.label.clone(), parent: None, cells };
    form.rows.insert(at.min(form.rows.len()), new);
    key
}

/// Takes a row away, or makes it optional when it holds numbers.
fn drop_row(form: &mut FormDefinition, key: &str, used: &BTreeSet<String>) {
    let Some(row) = form.rows.iter_mut().find(|it| it.key == key) else { return };
    if row.cells.iter().any(|it| used.contains(&it.key)) {
        row.cells.iter_mut().for_each(|it| it.is_compulsory = false);
        return;
    }
    form.rows.retain(|it| it.key != key);
    for row in form.rows.iter_mut().filter(|it| it.parent.as_deref() == Some(key)) {
        row.parent = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::plan::StatForm;
    use crate::statistics::form_edit::orphans;

    fn row(number: &str, label: &str, unit: &str) -> StatRow {
        StatRow { number: Some(number.to_owned()), label: label.to_owned(), unit: Some(unit.to_owned()), parent: None }
    }

    fn before() -> Vec<StatRow> {
        vec![row("1", "消费者参与数", "人次"), row("2", "印发宣传资料", "份"), row("3", "召开茶话会", "次")]
    }

    fn form() -> FormDefinition {
        let form = StatForm { title: Some("统计表".to_owned()), head: Vec::new(), rows: before() };
        let mut form = FormDefinition::from_plan(&form, Some(2027));
        // What the office corrected by itself.
        form.rows[2].cells[0].is_manual = true;
        form
    }

    fn rows(form: &FormDefinition) -> Vec<(&str, &str, &str)> {
        let unit = |it: &FormRow| it.cells[0].unit.clone().unwrap_or_default();
        form.rows
            .iter()
            .map(|it| (it.key.as_str(), it.label.as_str(), Box::leak(unit(it).into_boxed_str()) as &str))
            .collect()
    }

    #[test]
    fn a_new_row_stands_in_its_place_and_a_renamed_one_keeps_its_key() {
        let after = vec![
            row("1", "消费者参与人数", "人次"),
            row("2", "网络直播普法", "场"),
            row("3", "印发宣传资料", "份"),
            row("4", "召开茶话会", "次"),
        ];
        assert_eq!(changes(&before(), &after), [AnnexChange::Renamed(0, 0), AnnexChange::New(1)]);
        let adopted = adopt(&form(), &before(), &after, &BTreeSet::new());
        assert_eq!(
            rows(&adopted),
            [
                ("r1", "消费者参与人数", "人次"),
                ("r4", "网络直播普法", "场"),
                ("r2", "印发宣传资料", "份"),
                ("r3", "召开茶话会", "次")
            ]
        );
        assert!(adopted.rows[3].cells[0].is_manual, "what the office decided stays");
        assert_eq!(adopted.rows[2].number.as_deref(), Some("3"));
    }

    #[test]
    fn numbers_that_were_reported_keep_their_place() {
        let after = vec![row("1", "消费者参与数", "户次"), row("2", "印发宣传资料", "份")];
        assert_eq!(changes(&before(), &after), [AnnexChange::Measured(0, 0), AnnexChange::Gone(2)]);
        let free = adopt(&form(), &before(), &after, &BTreeSet::new());
        assert_eq!(rows(&free), [("r1", "消费者参与数", "户次"), ("r2", "印发宣传资料", "份")]);
        let used: BTreeSet<String> = ["r1".to_owned(), "r3".to_owned()].into();
        let kept = adopt(&form(), &before(), &after, &used);
        assert_eq!(orphans(&form(), &kept, &used), Vec::<String>::new());
        let optional: Vec<_> =
            kept.cells().filter(|(_, it)| !it.is_compulsory).map(|(it, _)| it.key.as_str()).collect();
        assert_eq!(optional, ["r1", "r3"]);
        assert!(kept.rows.iter().any(|it| it.key == "r4" && it.cells[0].unit.as_deref() == Some("户次")));
    }

    #[test]
    fn an_unchanged_annex_changes_nothing() {
        assert_eq!(changes(&before(), &before()), []);
        assert_eq!(adopt(&form(), &before(), &before(), &BTreeSet::new()), form());
    }
}
