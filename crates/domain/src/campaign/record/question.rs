//! Is a figure of a record so much larger than those before that somebody should look at it once more?

/// How many times the largest figure before makes a figure unlikely, until a bureau sets it otherwise.
pub const TIMES: i64 = 10;
/// The settings that may be chosen.
pub const FROM_TO: std::ops::RangeInclusive<i64> = 2..=1000;

/// How many times the largest figure before this one is, where that is more than `times`; `None` where it is likely enough.
///
/// Without a figure before there is nothing to compare with, and a handful more is never unlikely: from 0 or 1 to 12 is no slip of the pen.
///
/// ```
/// use domain::campaign::record::question::how_many_times;
/// // 12万 typed instead of 1200, where the largest day so far had 640.
/// assert_eq!(how_many_times(120_000, Some(640), 10), Some(187));
/// assert_eq!(how_many_times(1_200, Some(640), 10), None);
/// assert_eq!(how_many_times(12, Some(1), 10), None);
/// assert_eq!(how_many_times(120_000, None, 10), None);
/// ```
pub fn how_many_times(value: i64, largest_before: Option<i64>, times: i64) -> Option<i64> {
    let largest = largest_before.filter(|it| *it > 0)?;
    let is_far = value > largest.saturating_mul(times.max(1)) && value.saturating_sub(largest) > 50;
    is_far.then(|| value / largest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_so_many_times_is_still_likely() {
        assert_eq!(how_many_times(6_400, Some(640), 10), None);
        assert_eq!(how_many_times(6_401, Some(640), 10), Some(10));
        assert_eq!(how_many_times(i64::MAX, Some(i64::MAX), 10), None, "no overflow");
        assert_eq!(how_many_times(500, Some(0), 10), None, "nobody came the last time");
    }
}
