//! The return of a unit with reporting units below it (汇总): one cell, from the records of all of them and from their returns.
//!
//! The records are counted anew over the whole scope, so a jointly led activity counts once; to that comes what the units
//! reported beyond their records and explained. What the sum of the returns holds more is what was counted twice.

use super::check::CellValue;
use super::form::FormCell;
use super::indicator::Adding;
use super::rollup::Total;

/// One cell of a return that adds up others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CellSum {
    /// What the records of the whole scope say, each once.
    pub recount: Option<i64>,
    /// What the units below reported, added; `None` when nobody reported or nothing may be added.
    pub reported: Option<i64>,
    /// What the units reported beyond their own records.
    pub explained: i64,
    /// What stands in the returns more than once, or in them and not in the scope: `reported + own - proposal`.
    pub twice: i64,
    /// The number to report: the recount and what the units explained.
    pub proposal: Option<i64>,
    /// One of the numbers is an estimate.
    pub has_estimate: bool,
    /// The recount holds an estimate.
    pub is_recount_estimate: bool,
    /// What the units reported holds an estimate.
    pub is_reported_estimate: bool,
    /// Where nothing is added: the single values, largest first.
    pub side_by_side: Vec<i64>,
    /// How many units reported a number.
    pub n_units: usize,
}

/// What one cell comes to in the returns below, as they were completed and approved.
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
/// `own` is what the records of the adding unit itself say, which no return below holds; `parts` are the cells of the returns
/// below, as they were completed.
///
/// ```
/// use domain::statistics::{aggregate::{PartSum, combine}, check::CellValue, form::FormCell, rollup::Total};
/// let cell = FormCell::new("r1".into(), "开展主题活动数量", None, Some("场".into()));
/// // Two stations report 3 each; one activity they held together, and one of them adds another that nobody recorded.
/// let part = |reported, computed| CellValue { reported: Some(reported), computed: Some(computed), ..CellValue::default() };
/// let recount = Total { value: Some(4), ..Total::default() };
/// let sum = combine(&cell, &recount, None, &PartSum::of(&[part(3, 3), part(3, 2)]));
/// assert_eq!((sum.reported, sum.proposal, sum.twice), (Some(6), Some(5), 1));
/// ```
pub fn combine(cell: &FormCell, recount: &Total, own: Option<i64>, parts: &PartSum) -> CellSum {
    let mut sum = CellSum {
        recount: recount.value,
        has_estimate: recount.has_estimate || parts.has_estimate,
        is_recount_estimate: recount.has_estimate,
        is_reported_estimate: parts.has_estimate,
        n_units: parts.n_units,
        ..CellSum::default()
    };
    match cell.adding() {
        Adding::Sum => {
            sum.reported = parts.reported;
            sum.explained = parts.beyond;
            let is_known = sum.recount.is_some() || parts.n_units > 0;
            sum.proposal = sum.recount.unwrap_or(0).checked_add(sum.explained).filter(|_| is_known);
            if let (Some(reported), Some(proposal)) = (sum.reported, sum.proposal) {
                sum.twice = reported.saturating_add(own.unwrap_or(0)).saturating_sub(proposal).max(0);
            }
        }
        Adding::Max => {
            sum.reported = parts.largest;
            sum.proposal = sum.recount.max(sum.reported);
        }
        // A stock: what stands in one unit does not stand in another, so the returns are added, and the latest record is no sum.
        Adding::Last => {
            sum.reported = parts.reported;
            sum.proposal = sum.reported.or(sum.recount);
        }
        Adding::Never => {
            sum.side_by_side = side_by_side(&recount.side_by_side, &parts.single);
            sum.proposal = match sum.side_by_side.as_slice() {
                [single] => Some(*single),
                [] if parts.n_units > 0 => Some(0),
                _ => None,
            };
        }
    }
    sum
}

/// Numbers that are not added: those of the records of the whole scope, also of units that report nothing; to them comes what a unit
/// reported that its records do not say, in the place of what they said. A unit that had none adds nothing.
fn side_by_side(recorded: &[i64], reported: &[(Option<i64>, i64)]) -> Vec<i64> {
    let mut listed = recorded.to_vec();
    let mut unmatched = recorded.to_vec();
    let take = |from: &mut Vec<i64>, value: i64| {
        let at = from.iter().position(|it| *it == value);
        at.map(|at| from.swap_remove(at)).is_some()
    };
    for (computed, value) in reported.iter().filter(|it| it.1 != 0) {
        if take(&mut unmatched, *value) {
            continue;
        }
        if let Some(computed) = computed
            && take(&mut unmatched, *computed)
        {
            take(&mut listed, *computed);
        }
        listed.push(*value);
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

    #[test]
    fn a_unit_that_has_not_reported_counts_with_its_records() {
        let sum =
            combine(&cell("消费者参与数", "人次"), &total(500), None, &PartSum::of(&[part(Some(300), Some(300))]));
        assert_eq!((sum.reported, sum.proposal, sum.twice, sum.n_units), (Some(300), Some(500), 0, 1));
    }

    #[test]
    fn what_nobody_records_is_the_sum_of_the_returns() {
        let parts = [part(Some(3), None), part(Some(4), None), part(None, None)];
        let sum = combine(&cell("召开茶话会", "次"), &Total::default(), None, &PartSum::of(&parts));
        assert_eq!((sum.recount, sum.proposal, sum.n_units), (None, Some(7), 2));
    }

    #[test]
    fn records_of_the_adding_unit_itself_are_no_double_count() {
        let sum =
            combine(&cell("消费者参与数", "人次"), &total(150), Some(50), &PartSum::of(&[part(Some(100), Some(100))]));
        assert_eq!((sum.proposal, sum.twice), (Some(150), 0));
    }

    #[test]
    fn pieces_per_day_stand_side_by_side() {
        let parts = [part(Some(3), None), part(Some(8), None)];
        let sum = combine(&cell("公益广告", "条/天"), &Total::default(), None, &PartSum::of(&parts));
        assert_eq!((sum.proposal, sum.side_by_side), (None, vec![8, 3]));
        assert_eq!(combine(&cell("公益广告", "条/天"), &Total::default(), None, &PartSum::default()).proposal, None);
    }

    #[test]
    fn what_one_unit_put_on_air_is_not_lost_behind_the_zeros_of_the_others() {
        let cell = cell("公益广告", "条/天");
        let recount = Total { side_by_side: vec![pair(2, 10), pair(3, 5)], ..Total::default() };
        let zeros = [part(Some(0), None), part(Some(0), None)];
        let sum = combine(&cell, &recount, None, &PartSum::of(&zeros));
        assert_eq!((sum.proposal, sum.side_by_side), (None, vec![pair(2, 10), pair(3, 5)]));
        // What a unit reports from its records is the same; what it corrects stands in its place.
        let parts = [part(Some(pair(2, 10)), Some(pair(2, 10))), part(Some(pair(4, 5)), Some(pair(3, 5)))];
        let sum = combine(&cell, &recount, None, &PartSum::of(&parts));
        assert_eq!(sum.side_by_side, [pair(2, 10), pair(4, 5)]);
        let sum = combine(&cell, &Total::default(), None, &PartSum::of(&zeros));
        assert_eq!(sum.proposal, Some(0), "everybody had none");
    }

    #[test]
    fn a_stock_is_added_over_the_units() {
        let parts = [part(Some(3), Some(3)), part(Some(8), Some(8))];
        let sum = combine(&cell("消费维权服务站", "个"), &total(8), None, &PartSum::of(&parts));
        assert_eq!(sum.proposal, Some(11));
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
        assert_eq!(combine(&cell("消费者参与数", "人次"), &Total::default(), None, &PartSum::default()).proposal, None);
    }
}
