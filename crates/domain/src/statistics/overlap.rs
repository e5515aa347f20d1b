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

/// One part of a sum, as far as others may hold the same.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// What it shares.
    pub shared: &'a [Shared],
    /// What the return says in the cell; `None` for records, which say all they hold. Who reports 0 because another unit reports the joint
    /// activity has already taken it out, and it must not be taken out again.
    pub reported: Option<i64>,
}

/// What the parts hold more than once in this cell. Each part is a return as it was handed in, or the records of the units that have not.
///
/// ```
/// use domain::statistics::{form::FormCell, overlap::{Part, Shared, twice}};
/// let cell = FormCell::new("r1".into(), "消费者参与数", None, Some("人次".into()));
/// let joint = Shared { indicator: "consumer_attendance".into(), topic: String::new(), thing: "record:1".into(), value: 300 };
/// let both = [Some(300), Some(420)].map(|reported| Part { shared: std::slice::from_ref(&joint), reported });
/// assert_eq!(twice(&cell, &both).sum, 300);
/// let one = [Some(0), Some(420)].map(|reported| Part { shared: std::slice::from_ref(&joint), reported });
/// assert_eq!(twice(&cell, &one).sum, 0);
/// ```
pub fn twice(cell: &FormCell, parts: &[Part<'_>]) -> Twice {
    let Some(indicator) = cell.indicator() else { return Twice::default() };
    let topic = cell.topic();
    let is_own = |it: &&Shared| it.indicator == indicator.code && topic.is_none_or(|topic| it.topic == topic);
    let mut things: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    let mut stands: BTreeMap<&str, Vec<(i64, i64)>> = BTreeMap::new();
    for part in parts {
        let mut own: BTreeMap<&str, i64> = BTreeMap::new();
        let mut at: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
        for it in part.shared.iter().filter(is_own) {
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
        // A return holds of these no more than it reports.
        let mut left = part.reported.map_or(i64::MAX, |it| it.max(0));
        let mut within = |value: i64| {
            let value = value.min(left);
            left -= value;
            value
        };
        for (key, value) in own {
            things.entry(key).or_default().push(within(value));
        }
        for (key, (cases, recorded)) in at {
            // What counts of a stand's cases is what goes beyond its records.
            let beyond = (cases - recorded).max(0);
            stands.entry(key).or_default().push((cases.min(recorded) + within(beyond), recorded));
        }
    }
    let mut twice = Twice::default();
    for mut values in things.into_values().filter(|it| it.len() > 1) {
        // The largest counts; the others are there once too often.
        values.sort_unstable();
        values.pop();
        values.retain(|it| *it > 0);
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

    fn all(parts: &[Vec<Shared>]) -> Vec<Part<'_>> {
        parts.iter().map(|shared| Part { shared, reported: None }).collect()
    }

    #[test]
    fn the_larger_of_two_counts_and_what_only_one_holds_is_not_twice() {
        let (a, b) = (shared("consumer_attendance", "record:1", 300), shared("consumer_attendance", "record:1", 280));
        let alone = shared("consumer_attendance", "record:2", 50);
        let other = shared("business_attendance", "record:1", 9);
        let parts = [vec![a, alone], vec![b, other.clone()], vec![other]];
        let found = twice(&cell("消费者参与数", "人次"), &all(&parts));
        assert_eq!(found, Twice { sum: 280, single: vec![280] });
    }

    /// 300 people came to what two units held together. One leaves them to the other and reports only the 50 of its own.
    #[test]
    fn who_left_the_joint_activity_to_the_other_holds_it_no_more() {
        let joint = shared("consumer_attendance", "record:1", 300);
        let cell = cell("消费者参与数", "人次");
        let of = |reported: [Option<i64>; 2]| {
            twice(&cell, &reported.map(|reported| Part { shared: std::slice::from_ref(&joint), reported }))
        };
        assert_eq!(of([Some(0), Some(300)]), Twice::default());
        assert_eq!(of([Some(50), Some(300)]).sum, 50, "what may be of it is taken out, never more than stands there");
        assert_eq!(of([Some(350), Some(300)]).sum, 300);
        assert_eq!(of([None, Some(0)]).sum, 0, "records not handed in hold it alone");
        assert_eq!(of([None, Some(300)]).sum, 300);
    }

    /// Three cases of the stand of one unit were given to another: the records of the stand say three, so they count once.
    #[test]
    fn cases_of_a_stand_that_another_unit_handles_count_once() {
        let cell = cell("收到投诉", "件");
        let stand = vec![shared("complaint_received", "stand:2027-03-15:a", 3)];
        let handler = vec![shared("complaint_received", "case:2027-03-15:a", 3)];
        assert_eq!(twice(&cell, &all(&[stand.clone(), handler.clone()])).sum, 3);
        let left_out = [Part { shared: &stand, reported: Some(3) }, Part { shared: &handler, reported: Some(0) }];
        assert_eq!(twice(&cell, &left_out).sum, 0, "the handler reports none of them");
        let kept = together(vec![stand, handler.clone(), handler]);
        assert_eq!(kept.iter().map(|it| it.value).collect::<Vec<_>>(), [6, 3]);
    }

    #[test]
    fn a_cell_of_one_topic_looks_at_that_topic_alone() {
        let mut cell = cell("“走近3·15”主题宣传活动", "场");
        assert_eq!(cell.indicator().map(|it| it.code), Some("activity_held"));
        let part = vec![shared("activity_held", "session:1", 1)];
        let parts = [part.clone(), part];
        assert_eq!(twice(&cell, &all(&parts)).sum, 0, "{:?}", cell.topic());
        if let Some(binding) = &mut cell.binding {
            binding.topic = None;
        }
        assert_eq!(twice(&cell, &all(&parts)).sum, 1);
    }
}
