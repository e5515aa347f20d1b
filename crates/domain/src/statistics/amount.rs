//! A number in words, everywhere the same: groups of three, its unit of measure, 约 before what nobody counted exactly, and the two
//! numbers of 条/天.

use super::measure::Measure;

/// One day in a number of 条/天: the pieces stand below it, the days above.
///
/// `2条/10天` is two spots on air for ten days. It is neither a rate of 20 a day nor 20 of anything, so it is kept as two numbers.
const DAY: i64 = 1_000_000_000;
/// The most days that fit.
const MOST_DAYS: i64 = 100_000;

/// Two numbers of 条/天 as one: so many pieces on so many days; 0 days where nobody said how many.
///
/// ```
/// use domain::statistics::amount::{pair, pieces_and_days};
/// assert_eq!(pieces_and_days(pair(2, 10)), (2, Some(10)));
/// assert_eq!(pieces_and_days(pair(3, 0)), (3, None));
/// ```
pub fn pair(pieces: i64, days: i64) -> i64 {
    days.clamp(0, MOST_DAYS) * DAY + pieces.clamp(0, DAY - 1)
}

/// The pieces, and the days where they are known.
pub fn pieces_and_days(value: i64) -> (i64, Option<i64>) {
    let value = value.max(0);
    (value % DAY, Some(value / DAY).filter(|it| *it > 0))
}

/// What an estimate is in a sentence: rounded down to three leading digits, below a thousand to the ten, below a hundred as it is.
///
/// `3000余` and 1,006 counted ones are 4,006 in the sum, but nobody knows the six: a report says 约4000. Rounded down, because 余 says that
/// it was more. Tables do not round: a column has to add up to its sum, and 约 before it says the rest.
///
/// ```
/// use domain::statistics::amount::rounded;
/// assert_eq!([rounded(4_006), rounded(80_000), rounded(12_345), rounded(741), rounded(35)], [4_000, 80_000, 12_300, 740, 35]);
/// ```
pub fn rounded(value: i64) -> i64 {
    let digits = value.unsigned_abs().checked_ilog10().unwrap_or(0);
    let step = match digits {
        0 | 1 => 1,
        2 => 10,
        digits => 10_i64.checked_pow(digits - 2).unwrap_or(1),
    };
    value / step * step
}

/// What a sentence says of a number: itself, or [`rounded`] for an estimate. 条/天 are never rounded.
pub fn told(value: i64, measure: Measure, is_estimate: bool) -> i64 {
    if is_estimate && measure != Measure::AdPerDay { rounded(value) } else { value }
}

/// `2条/10天`, `3条` where nobody said for how many days, and `0` where there was none.
pub fn pair_words(value: i64) -> String {
    match pieces_and_days(value) {
        (0, None) => "0".to_owned(),
        (pieces, Some(days)) => format!("{pieces}条/{days}天"),
        (pieces, None) => format!("{pieces}条"),
    }
}

/// A number of base units with its unit of measure, for reading in a table: `约4,006份`, `36.5元`, `2条/10天`.
///
/// ```
/// use domain::statistics::{amount::{amount, pair}, measure::Measure};
/// assert_eq!(amount(4_006, Measure::Copy, true), "约4,006份");
/// assert_eq!(amount(4_006, Measure::Copy, false), "4,006份");
/// assert_eq!(amount(pair(2, 10), Measure::AdPerDay, false), "2条/10天");
/// ```
pub fn amount(value: i64, measure: Measure, is_estimate: bool) -> String {
    let about = if is_estimate { "约" } else { "" };
    if measure == Measure::AdPerDay {
        return format!("{about}{}", pair_words(value));
    }
    format!("{about}{}{}", grouped(value, measure.base_units()), measure.label())
}

/// The same for a sentence: without groups of three, as official papers write numbers, and an estimate rounded: `约4000份`.
pub fn plain_amount(value: i64, measure: Measure, is_estimate: bool) -> String {
    amount(told(value, measure, is_estimate), measure, is_estimate).replace(',', "")
}

/// `value / divisor` written out in groups of three, without trailing zeros: `12,345.6`. The divisor is a power of ten.
pub fn grouped(value: i64, divisor: i64) -> String {
    let plain = decimal(value, divisor.max(1));
    let (whole, rest) = plain.split_once('.').map_or((plain.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut text = sign.to_owned();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(rest) = rest {
        text.push('.');
        text.push_str(rest);
    }
    text
}

/// `value / divisor` written out exactly, without trailing zeros; the divisor is a power of ten by its making.
pub fn decimal(value: i64, divisor: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let whole = (value / divisor).abs();
    let mut rest = (value % divisor).abs();
    if rest == 0 {
        return format!("{sign}{whole}");
    }
    let mut digits = String::new();
    let mut unit = divisor / 10;
    while rest > 0 && unit > 0 {
        digits.push_str(&(rest / unit).to_string());
        rest %= unit;
        unit /= 10;
    }
    format!("{sign}{whole}.{digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_numbers_of_a_spot_stay_two() {
        for (pieces, days) in [(2, 10), (1, 1), (999_999_999, 100_000), (0, 3)] {
            assert_eq!(pieces_and_days(pair(pieces, days)), (pieces, Some(days)));
        }
        assert_eq!((pair_words(pair(2, 10)), pair_words(pair(3, 0))), ("2条/10天".to_owned(), "3条".to_owned()));
        assert!(pair(i64::MAX, i64::MAX) > 0, "never wraps around");
    }

    #[test]
    fn an_estimate_is_never_more_precise_than_it_is_and_never_more() {
        let table = [(0, 0), (9, 9), (99, 99), (100, 100), (108, 100), (999, 990), (1_000, 1_000), (1_239, 1_230)];
        for (value, expected) in table {
            assert_eq!(rounded(value), expected, "{value}");
        }
        for value in [0, 5, 77, 4_006, 123_456, i64::MAX] {
            assert!(rounded(value) <= value);
            assert_eq!(rounded(rounded(value)), rounded(value), "{value}");
        }
        assert_eq!(amount(36_050, Measure::Money, false), "360.5元");
    }
}
