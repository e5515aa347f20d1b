//! What stands in the figures of more than one unit: a record of a jointly led activity, a session that two units recorded, an article
//! that two units listed, a case registered at the stand of one unit and given to another.
//!
//! A return keeps these when it is handed in, so that the return above can take out what its units counted twice without looking at
//! records that came later.

use std::collections::BTreeMap;

use super::form::FormCell;

/// The prefix of [`Shared::thing`] for cases registered at a stand on one day.
pub const CASES: &str = "case:";
/// The prefix of [`Shared::thing`] for what the records of that stand and day say of the same matters.
pub const STAND: &str = "stand:";

/// One figure that other units may hold as well.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shared {
    /// What is counted.
    pub indicator: String,
    /// The topic of the activity; empty for none.
    pub topic: String,
    /// What makes two figures the same thing, with its kind in front: `record:…`, `session:…`, `article:…`, [`CASES`], [`STAND`].
    pub thing: String,
    /// How much, in base units of the indicator's measure. Never negative.
    pub value: i64,
}

/// What several parts hold more than once in one cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Twice {
    /// How much too large their sum is.
    pub sum: i64,
    /// Where nothing is added: the values that stand there once too often.
    pub single: Vec<i64>,
}

/// What the parts hold more than once in this cell. Each part is a return as it was handed in, or the records of the units that have not.
///
/// ```
/// use domain::statistics::{form::FormCell, overlap::{Shared, twice}};
/// let cell = FormCell::new("r1".into(), "消费者参与数", None, Some("人次".into()));
/// let joint = Shared { indicator: "consumer_attendance".into(), topic: String::new(), thing: "record:1".into(), value: 300 };
/// assert_eq!(twice(&cell, &[vec![joint.clone()], vec![joint], vec![]]).sum, 300);
/// ```
pub fn twice(cell: &FormCell, parts: &[Vec<Shared>]) -> Twice {
    let Some(indicator) = cell.indicator() else { return Twice::default() };
    let topic = cell.topic();
    let is_own = |it: &&Shared| it.indicator == indicator.code && topic.is_none_or(|topic| it.topic == topic);
    let mut things: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    let mut stands: BTreeMap<&str, Vec<(i64, i64)>> = BTreeMap::new();
    for part in parts {
        let mut own: BTreeMap<&str, i64> = BTreeMap::new();
        let mut at: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
        for it in part.iter().filter(is_own) {
            if let Some(key) = it.thing.strip_prefix(CASES) {
                at.entry(key).or_default().0 += it.value;
            } else if let Some(key) = it.thing.strip_prefix(STAND) {
                let recorded = &mut at.entry(key).or_default().1;
                *recorded = (*recorded).max(it.value);
            } else {
                let value = own.entry(&it.thing).or_default();
                *value = (*value).max(it.value);
            }
        }
        own.into_iter().for_each(|(key, value)| things.entry(key).or_default().push(value));
        at.into_iter().for_each(|(key, value)| stands.entry(key).or_default().push(value));
    }
    let mut twice = Twice::default();
    for mut values in things.into_values().filter(|it| it.len() > 1) {
        // The largest counts; the others are there once too often.
        values.sort_unstable();
        values.pop();
        twice.sum = values.iter().fold(twice.sum, |sum, it| sum.saturating_add(*it));
        twice.single.extend(values);
    }
    for values in stands.into_values() {
        // Cases of a stand count beyond what its records say, in each part and in the whole.
        let beyond = |(cases, recorded): (i64, i64)| (cases - recorded).max(0);
        let in_parts: i64 = values.iter().map(|it| beyond(*it)).sum();
        let cases: i64 = values.iter().map(|it| it.0).sum();
        let recorded = values.iter().map(|it| it.1).max().unwrap_or_default();
        twice.sum = twice.sum.saturating_add((in_parts - beyond((cases, recorded))).max(0));
    }
    twice
}

/// What a return that adds up others shares with those beside it: everything its parts share, each thing once.
pub fn together(parts: Vec<Vec<Shared>>) -> Vec<Shared> {
    let mut all: BTreeMap<(String, String, String), i64> = BTreeMap::new();
    for it in parts.into_iter().flatten() {
        let is_cases = it.thing.starts_with(CASES);
        let value = all.entry((it.indicator, it.topic, it.thing)).or_default();
        *value = if is_cases { value.saturating_add(it.value) } else { (*value).max(it.value) };
    }
    all.into_iter().map(|((indicator, topic, thing), value)| Shared { indicator, topic, thing, value }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(label: &str, unit: &str) -> FormCell {
        FormCell::new("r1".to_owned(), label, None, Some(unit.to_owned()))
    }

    fn shared(indicator: &str, thing: &str, value: i64) -> Shared {
        Shared { indicator: indicator.to_owned(), topic: String::new(), thing: thing.to_owned(), value }
    }

    #[test]
    fn the_larger_of_two_counts_and_what_only_one_holds_is_not_twice() {
        let (a, b) = (shared("consumer_attendance", "record:1", 300), shared("consumer_attendance", "record:1", 280));
        let alone = shared("consumer_attendance", "record:2", 50);
        let other = shared("business_attendance", "record:1", 9);
        let found = twice(&cell("消费者参与数", "人次"), &[vec![a, alone], vec![b, other.clone()], vec![other]]);
        assert_eq!(found, Twice { sum: 280, single: vec![280] });
    }

    /// Three cases of the stand of one unit were given to another: the records of the stand say three, so they count once.
    #[test]
    fn cases_of_a_stand_that_another_unit_handles_count_once() {
        let cell = cell("收到投诉", "件");
        let stand = vec![shared("complaint_received", "stand:2027-03-15:a", 3)];
        let handler = vec![shared("complaint_received", "case:2027-03-15:a", 3)];
        assert_eq!(twice(&cell, &[stand.clone(), handler.clone()]).sum, 3);
        let all = together(vec![stand, handler.clone(), handler]);
        assert_eq!(all.iter().map(|it| it.value).collect::<Vec<_>>(), [6, 3]);
    }

    #[test]
    fn a_cell_of_one_topic_looks_at_that_topic_alone() {
        let mut cell = cell("“走近3·15”主题宣传活动", "场");
        assert_eq!(cell.indicator().map(|it| it.code), Some("activity_held"));
        let part = vec![shared("activity_held", "session:1", 1)];
        assert_eq!(twice(&cell, &[part.clone(), part.clone()]).sum, 0, "{:?}", cell.topic());
        if let Some(binding) = &mut cell.binding {
            binding.topic = None;
        }
        assert_eq!(twice(&cell, &[part.clone(), part]).sum, 1);
    }
}
