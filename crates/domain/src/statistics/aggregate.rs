//! The return of a unit with reporting units below it (汇总): one cell, from the returns of its units and from records.
//!
//! A unit that has handed in stands with the number it reported, as it was when it handed in, whatever was recorded later. Units that
//! have not stand with their records of now. What both hold, or two units, is counted once.

use super::check::CellValue;
use super::form::FormCell;
use super::indicator::Adding;
use super::overlap::Twice;
use super::rollup::Total;

/// One cell of a return that adds up others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CellSum {
    /// What the records of the units say that have not handed in, and those nobody reports.
    pub live: Option<i64>,
    /// What the units below reported, added; `None` when nobody reported or nothing may be added.
    pub reported: Option<i64>,
    /// What the units reported beyond their own records.
    pub explained: i64,
    /// What stands in the parts more than once.
    pub twice: i64,
    /// The number to report.
    pub proposal: Option<i64>,
    /// How far the records of now lead away from what the units counted when they handed in: a hint, never part of the number.
    pub since: i64,
    /// One of the numbers is an estimate.
    pub has_estimate: bool,
    /// What is live holds an estimate.
    pub is_live_estimate: bool,
    /// What the units reported holds an estimate.
    pub is_reported_estimate: bool,
    /// Where nothing is added: the single values, largest first.
    pub side_by_side: Vec<i64>,
    /// How many units reported a number.
    pub n_units: usize,
}

/// What one cell comes to in the returns below, as they were handed in.
///
/// It can be added up by the database; only what must not be added (条/天) needs the single values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PartSum {
    /// The sum of what was reported; `None` when no unit reported anything.
    pub reported: Option<i64>,
    /// What the units reported beyond what the records of each said.
    pub beyond: i64,
    /// The largest number reported.
    pub largest: Option<i64>,
    /// How many units reported a number.
    pub n_units: usize,
    /// At least one of the numbers is an estimate.
    pub has_estimate: bool,
    /// Each number by itself with what the records of the unit said, in any order; only filled where the cell is not added.
    pub single: Vec<(Option<i64>, i64)>,
}

impl PartSum {
    /// Of the cells of single returns.
    pub fn of(parts: &[CellValue]) -> PartSum {
        let mut sum = PartSum {
            single: parts.iter().filter_map(|it| Some((it.computed, it.reported?))).collect(),
            ..PartSum::default()
        };
        parts.iter().for_each(|it| sum.add(it.computed, it.reported, it.is_estimate));
        sum
    }

    /// Adds the number of one unit, without keeping it as a single one. A sum can never wrap around: it stays at the largest number there is.
    pub fn add(&mut self, computed: Option<i64>, reported: Option<i64>, is_estimate: bool) {
        let Some(reported) = reported else { return };
        self.reported = self.reported.map_or(Some(reported), |it| Some(it.saturating_add(reported)));
        self.beyond = self.beyond.saturating_add(reported.saturating_sub(computed.unwrap_or(0)));
        self.largest = self.largest.max(Some(reported));
        self.n_units += 1;
        self.has_estimate |= is_estimate;
    }
}

/// Brings one cell together.
///
/// `live` is what the records say that stand in no return below, `parts` are the cells of the returns below as they were handed in,
/// `twice` is what these hold more than once; `recount` is what all records of the scope say now, which only tells what came since.
///
/// ```
/// use domain::statistics::{aggregate::{PartSum, combine}, check::CellValue, form::FormCell, rollup::Total, overlap::Twice};
/// let cell = FormCell::new("r1".into(), "开展主题活动数量", None, Some("场".into()));
/// // Two stations report 3 each; one activity they held together, and one of them adds another that nobody recorded.
/// let part = |reported, computed| CellValue { reported: Some(reported), computed: Some(computed), ..CellValue::default() };
/// let parts = PartSum::of(&[part(3, 3), part(3, 2)]);
/// let twice = Twice { sum: 1, single: vec![1] };
/// // After that a third activity was recorded: the number stays, and the hint says so.
/// let recount = Total { value: Some(5), ..Total::default() };
/// let sum = combine(&cell, &recount, &Total::default(), &parts, &twice);
/// assert_eq!((sum.reported, sum.proposal, sum.since), (Some(6), Some(5), 1));
/// ```
pub fn combine(cell: &FormCell, recount: &Total, live: &Total, parts: &PartSum, twice: &Twice) -> CellSum {
    let mut sum = CellSum {
        live: live.value,
        has_estimate: live.has_estimate || parts.has_estimate,
        is_live_estimate: live.has_estimate,
        is_reported_estimate: parts.has_estimate,
        n_units: parts.n_units,
        ..CellSum::default()
    };
    match cell.adding() {
        Adding::Sum => {
            sum.reported = parts.reported;
            sum.explained = parts.beyond;
            sum.twice = twice.sum;
            let (live, reported) = (live.value.unwrap_or(0), parts.reported.unwrap_or(0));
            let is_known = sum.live.is_some() || parts.n_units > 0;
            let all = live.checked_add(reported).map(|it| it.saturating_sub(twice.sum).max(0));
            sum.proposal = all.filter(|_| is_known);
            let then = live.saturating_add(reported).saturating_sub(parts.beyond).saturating_sub(twice.sum);
            if parts.n_units > 0 {
                sum.since = recount.value.unwrap_or(0).saturating_sub(then);
            }
        }
        Adding::Max => {
            sum.reported = parts.largest;
            sum.proposal = sum.live.max(sum.reported);
            sum.since = match (recount.value, sum.proposal) {
                (Some(now), Some(then)) if now > then => now.saturating_sub(then),
                _ => 0,
            };
        }
        // A stock: what stands in one unit does not stand in another, so the returns are added, and the latest record is no sum.
        Adding::Last => {
            sum.reported = parts.reported;
            sum.proposal = sum.reported.or(sum.live);
        }
        Adding::Never => {
            sum.side_by_side = side_by_side(&live.side_by_side, &parts.single, &twice.single);
            sum.proposal = match sum.side_by_side.as_slice() {
                [single] => Some(*single),
                [] if parts.n_units > 0 => Some(0),
                _ => None,
            };
        }
    }
    sum
}

/// Numbers that are not added: those of records in no return, and what each unit reported. A unit that had none adds nothing, and what
/// two of them hold stands once.
fn side_by_side(live: &[i64], reported: &[(Option<i64>, i64)], twice: &[i64]) -> Vec<i64> {
    let mut listed = live.to_vec();
    listed.extend(reported.iter().map(|it| it.1).filter(|it| *it != 0));
    for value in twice {
        if let Some(at) = listed.iter().position(|it| it == value) {
            listed.swap_remove(at);
        }
    }
    listed.sort_unstable_by(|a, b| b.cmp(a));
    listed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::amount::pair;

    fn cell(label: &str, unit: &str) -> FormCell {
        FormCell::new("r1".to_owned(), label, None, Some(unit.to_owned()))
    }

    fn part(reported: Option<i64>, computed: Option<i64>) -> CellValue {
        CellValue { reported, computed, ..CellValue::default() }
    }

    fn total(value: i64) -> Total {
        Total { value: Some(value), ..Total::default() }
    }

    fn sum_of(cell: &FormCell, live: &Total, parts: &[CellValue]) -> CellSum {
        combine(cell, &Total::default(), live, &PartSum::of(parts), &Twice::default())
    }

    #[test]
    fn a_unit_that_has_not_reported_counts_with_its_records() {
        let parts = PartSum::of(&[part(Some(300), Some(300))]);
        let sum = combine(&cell("消费者参与数", "人次"), &total(500), &total(200), &parts, &Twice::default());
        assert_eq!((sum.reported, sum.proposal, sum.since, sum.n_units), (Some(300), Some(500), 0, 1));
    }

    #[test]
    fn what_nobody_records_is_the_sum_of_the_returns() {
        let parts = [part(Some(3), None), part(Some(4), None), part(None, None)];
        let sum = sum_of(&cell("召开茶话会", "次"), &Total::default(), &parts);
        assert_eq!((sum.live, sum.proposal, sum.n_units), (None, Some(7), 2));
    }

    #[test]
    fn a_record_after_the_returns_moves_the_hint_and_not_the_number() {
        let parts = PartSum::of(&[part(Some(305), Some(300)), part(Some(300), Some(300))]);
        let twice = Twice { sum: 300, single: vec![300] };
        let of = |now| combine(&cell("消费者参与数", "人次"), &total(now), &Total::default(), &parts, &twice);
        assert_eq!((of(300).proposal, of(300).since), (Some(305), 0));
        assert_eq!((of(335).proposal, of(335).since), (Some(305), 35));
        assert_eq!((of(280).proposal, of(280).since), (Some(305), -20), "a record that was withdrawn");
    }

    #[test]
    fn pieces_per_day_stand_side_by_side() {
        let cell = cell("公益广告", "条/天");
        let sum = sum_of(&cell, &Total::default(), &[part(Some(3), None), part(Some(8), None)]);
        assert_eq!((sum.proposal, sum.side_by_side), (None, vec![8, 3]));
        assert_eq!(sum_of(&cell, &Total::default(), &[]).proposal, None);
    }

    #[test]
    fn what_one_unit_put_on_air_is_not_lost_behind_the_zeros_of_the_others() {
        let cell = cell("公益广告", "条/天");
        let live = Total { side_by_side: vec![pair(2, 10), pair(3, 5)], ..Total::default() };
        let zeros = [part(Some(0), None), part(Some(0), None)];
        let sum = sum_of(&cell, &live, &zeros);
        assert_eq!((sum.proposal, sum.side_by_side), (None, vec![pair(2, 10), pair(3, 5)]));
        // What two units list of one thing stands once.
        let both = PartSum::of(&[part(Some(pair(2, 10)), None), part(Some(pair(2, 10)), None)]);
        let twice = Twice { sum: 0, single: vec![pair(2, 10)] };
        let sum = combine(&cell, &Total::default(), &Total::default(), &both, &twice);
        assert_eq!(sum.side_by_side, [pair(2, 10)]);
        assert_eq!(sum_of(&cell, &Total::default(), &zeros).proposal, Some(0), "everybody had none");
    }

    #[test]
    fn a_stock_is_added_over_the_units() {
        let parts = [part(Some(3), Some(3)), part(Some(8), Some(8))];
        assert_eq!(sum_of(&cell("消费维权服务站", "个"), &total(8), &parts).proposal, Some(11));
    }

    #[test]
    fn what_was_not_reported_is_not_in_the_sum() {
        let parts = [part(Some(3), None), part(Some(8), Some(5)), part(None, Some(2)), part(Some(1), Some(4))];
        let sum = PartSum::of(&parts);
        assert_eq!((sum.reported, sum.beyond, sum.largest, sum.n_units), (Some(12), 3, Some(8), 3));
        assert_eq!(sum.single, [(None, 3), (Some(5), 8), (Some(4), 1)]);
    }

    #[test]
    fn nothing_is_not_zero() {
        assert_eq!(sum_of(&cell("消费者参与数", "人次"), &Total::default(), &[]).proposal, None);
    }
}
