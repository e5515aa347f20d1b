//! What a person wrote into a number cell: `3000余份`, `8万余份`, `1.2万`, `—`, `=SUM(B2:B9)`.
//!
//! Reading is total: the result is a number, nothing, or a sentence that says what is wrong and what to write.
//! 余, 多, 约, 近 make a number an estimate; an estimate counts, and every sum it enters says that it holds one.

use serde::{Deserialize, Serialize};

use super::amount::pair;
use super::measure::{Measure, half_width};

/// A number somebody wrote, in base units of its measure. Never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantity {
    /// How many base units (份, 人次, 分, 克).
    pub value: i64,
    /// 余 / 多 / 约 / 近 / 左右: the writer did not count exactly.
    pub is_estimate: bool,
}

/// Why a cell holds no number. The code is stable and never reused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "code", content = "text")]
pub enum QuantityError {
    /// Words instead of a number.
    #[error("“{0}”不是数字，请填写一个数，例如 120；没有就填 0")]
    NotANumber(String),
    /// A count below zero.
    #[error("“{0}”是负数，数量不能小于 0")]
    Negative(String),
    /// A formula instead of its result.
    #[error("“{0}”是公式，请填写算出的数（在表格软件中“选择性粘贴→数值”）")]
    Formula(String),
    /// Two numbers in one cell.
    #[error("“{0}”里有不止一个数，请分开填写")]
    SeveralNumbers(String),
    /// Half a person.
    #[error("“{0}”不是整数，这一项按{1}计，只能填整数")]
    Fraction(String, String),
    /// Less than a 分.
    #[error("“{0}”小数太多，金额最多写到分（两位小数）")]
    TooFine(String),
    /// 人次 in a cell that counts 份.
    #[error("“{0}”的单位是{1}，这一项按{2}计")]
    OtherMeasure(String, String, String),
    /// A cell of 条/天 that says neither one number nor two.
    #[error("“{0}”看不出是几条、几天，请写成“2条/10天”，有几种的用分号隔开")]
    NotAPair(String),
    /// More than the program can count.
    #[error("“{0}”太大，请核对")]
    TooLarge(String),
}

/// Reads one cell that asks for `measure` in multiples of `multiple` (万人次: 10 000).
///
/// A number that carries its own unit (`3.6万元` in a cell that asks for 万元) is taken by its own unit; a bare number is
/// taken in the unit of the cell. An empty cell, `—`, `/` and 无 are `Ok(None)`: nothing was reported, which is not 0.
///
/// # Errors
/// See [`QuantityError`]; each names what was written and what to write instead.
///
/// ```
/// use domain::statistics::{measure::Measure, quantity::{Quantity, read}};
/// assert_eq!(read("8万余份", Measure::Copy, 1), Ok(Some(Quantity { value: 80_000, is_estimate: true })));
/// assert_eq!(read("—", Measure::Copy, 1), Ok(None));
/// assert_eq!(read("3.6", Measure::Money, 10_000), Ok(Some(Quantity { value: 3_600_000, is_estimate: false })));
/// ```
pub fn read(cell: &str, measure: Measure, multiple: i64) -> Result<Option<Quantity>, QuantityError> {
    Ok(read_near(cell, measure, multiple)?.map(|it| it.0))
}

/// The same, and the other measure whose word stands behind the number, where it is one of [`Measure::near`]: `三百多人` in a cell of 人次.
///
/// # Errors
/// As [`read`].
pub fn read_near(
    cell: &str,
    measure: Measure,
    multiple: i64,
) -> Result<Option<(Quantity, Option<Measure>)>, QuantityError> {
    let written = cell.trim();
    let text: String = written.chars().map(half_width).filter(|c| !c.is_whitespace()).collect();
    if matches!(text.as_str(), "" | "-" | "--" | "—" | "——" | "/" | "无" | "空") {
        return Ok(None);
    }
    if text.starts_with(['=', '@']) {
        return Err(QuantityError::Formula(written.to_owned()));
    }
    if measure == Measure::AdPerDay {
        let not_a_pair = || QuantityError::NotAPair(written.to_owned());
        return read_pair(&text).map(|it| Some((it, None))).ok_or_else(not_a_pair);
    }
    read_number(written, &text, measure, multiple).map(Some)
}

/// The pairs of a cell of 条/天 that holds several: `2条/10天；3条/5天`. One pair is a list of one; nothing is an empty list.
///
/// ```
/// use domain::statistics::{amount::pair, quantity::read_pairs};
/// assert_eq!(read_pairs("2条/10天；3/5").unwrap(), [pair(2, 10), pair(3, 5)]);
/// ```
///
/// # Errors
/// When one of them cannot be read.
pub fn read_pairs(cell: &str) -> Result<Vec<i64>, QuantityError> {
    let parts = cell.split(['；', ';', '、', '\n']).filter(|it| !it.trim().is_empty());
    let mut pairs = Vec::new();
    for part in parts {
        pairs.extend(read(part, Measure::AdPerDay, 1)?.map(|it| it.value));
    }
    Ok(pairs)
}

/// `2条/10天`, `2/10`, `2条，10天`, `10天播2条`, and `3条/天` or `3`, which do not say for how many days.
fn read_pair(text: &str) -> Option<Quantity> {
    let (mut pieces, mut days, mut is_estimate, mut rest) = (None, None, false, text);
    while !rest.is_empty() {
        let (plain, about) = strip_estimate(rest);
        is_estimate |= about;
        let start = plain.find(|c: char| c.is_ascii_digit() || chinese_digit(c).is_some() || "十百千".contains(c))?;
        let before = plain.get(..start)?;
        let words =
            ["制作", "播放", "播出", "连续", "每天", "播", "共", "计", "各", "约", "条", "/", ",", "×", "*", "x", "、"];
        if !only_words(before, &words) {
            return None;
        }
        let (number, after) = leading_number(plain.get(start..)?)?;
        let (more, after) = {
            let (after, more) = strip_more(after);
            (more, after)
        };
        is_estimate |= more;
        let number = number.whole()?;
        let (is_days, after) = match after.strip_prefix('天').or_else(|| after.strip_prefix('日')) {
            Some(after) => (true, after),
            None => (
                false,
                ["条次", "条", "则", "个", "部", "次"].iter().find_map(|it| after.strip_prefix(it)).unwrap_or(after),
            ),
        };
        let place = if is_days || pieces.is_some() { &mut days } else { &mut pieces };
        if place.replace(number).is_some() {
            return None;
        }
        rest = after;
        // 条/天 behind a single number is the unit of the form, not a second number.
        if only_words(rest, &["/", "天", "每", "日"]) {
            break;
        }
    }
    let pieces = pieces?;
    let fits = (0..1_000_000_000).contains(&pieces) && days.is_none_or(|it| (1..=100_000).contains(&it));
    fits.then(|| Quantity { value: pair(pieces, days.unwrap_or(0)), is_estimate })
}

/// Is the text nothing but these words?
fn only_words(text: &str, words: &[&str]) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        match words.iter().find_map(|it| rest.strip_prefix(it)) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    true
}

fn read_number(
    written: &str,
    text: &str,
    measure: Measure,
    multiple: i64,
) -> Result<(Quantity, Option<Measure>), QuantityError> {
    let (text, mut is_estimate) = strip_estimate(text);
    let text = text.strip_prefix(['+', '¥', '￥']).unwrap_or(text);
    if let Some(rest) = text.strip_prefix(['-', '−', '负']) {
        let is_number = rest.starts_with(|c: char| c.is_ascii_digit() || chinese_digit(c).is_some());
        let error = if is_number { QuantityError::Negative } else { QuantityError::NotANumber };
        return Err(error(written.to_owned()));
    }
    let Some((number, rest)) = leading_number(text) else {
        return Err(QuantityError::NotANumber(written.to_owned()));
    };
    let (multiplier, rest) = leading_multiple(rest);
    let (rest, after) = strip_more(rest);
    let (late, rest) = if multiplier == 1 { leading_multiple(rest) } else { (1, rest) };
    is_estimate |= after || strip_more(rest).1;
    let rest = strip_more(rest).0;
    if rest.chars().any(|c| c.is_ascii_digit()) {
        return Err(QuantityError::SeveralNumbers(written.to_owned()));
    }
    let cell_unit = measure.base_units().saturating_mul(multiple);
    let mut other = None;
    let unit = if rest.is_empty() {
        // 1.2万 in a cell that asks for 万份 is 1.2 of the 万: nobody means 12 000 万.
        if multiplier != 1 || late != 1 { measure.base_units() } else { cell_unit }
    } else {
        match Measure::from_words(rest) {
            Some((own, own_multiple)) if own == measure => own.base_units().saturating_mul(own_multiple),
            Some((own, own_multiple)) if measure.near().contains(&own) => {
                other = Some(own);
                own.base_units().saturating_mul(own_multiple)
            }
            Some(_) => {
                return Err(QuantityError::OtherMeasure(
                    written.to_owned(),
                    rest.to_owned(),
                    measure.label().to_owned(),
                ));
            }
            None => return Err(QuantityError::NotANumber(written.to_owned())),
        }
    };
    let value = number
        .times(multiplier)
        .and_then(|number| number.times(late))
        .and_then(|number| number.times(unit))
        .ok_or_else(|| QuantityError::TooLarge(written.to_owned()))?
        .whole()
        .ok_or_else(|| match measure {
            Measure::Money => QuantityError::TooFine(written.to_owned()),
            _ => QuantityError::Fraction(written.to_owned(), measure.label().to_owned()),
        })?;
    Ok((Quantity { value, is_estimate }, other))
}

/// A decimal: `mantissa` / 10^`scale`.
#[derive(Debug, Clone, Copy)]
struct Decimal {
    mantissa: i64,
    scale: u32,
}

impl Decimal {
    fn times(self, factor: i64) -> Option<Decimal> {
        Some(Decimal { mantissa: self.mantissa.checked_mul(factor)?, scale: self.scale })
    }

    fn whole(self) -> Option<i64> {
        let divisor = 10_i64.checked_pow(self.scale)?;
        (self.mantissa % divisor == 0).then(|| self.mantissa / divisor)
    }
}

/// 约300, 近百, 大约…, …左右, …以上.
fn strip_estimate(text: &str) -> (&str, bool) {
    let mut rest = text;
    let mut is_estimate = false;
    for word in ["大约", "约", "近", "超过", "超", "逾", "不少于", "≥", ">", "达"] {
        if let Some(cut) = rest.strip_prefix(word) {
            rest = cut;
            is_estimate |= word != "达";
        }
    }
    for word in ["左右", "以上", "上下"] {
        if let Some(cut) = rest.strip_suffix(word) {
            rest = cut;
            is_estimate = true;
        }
    }
    (rest, is_estimate)
}

/// 余, 多, 来, 几 between the number and its unit.
fn strip_more(text: &str) -> (&str, bool) {
    for word in ["余", "多", "来", "+"] {
        if let Some(rest) = text.strip_prefix(word) {
            return (rest, true);
        }
    }
    (text, false)
}

fn leading_multiple(text: &str) -> (i64, &str) {
    for (word, multiple) in [("万", 10_000), ("亿", 100_000_000), ("千", 1_000), ("百", 100)] {
        if let Some(rest) = text.strip_prefix(word) {
            if word == "千" && rest.starts_with('克') {
                continue;
            }
            return (multiple, rest);
        }
    }
    (1, text)
}

fn leading_number(text: &str) -> Option<(Decimal, &str)> {
    if text.starts_with(|c: char| c.is_ascii_digit()) { arabic_number(text) } else { chinese_number(text) }
}

fn arabic_number(text: &str) -> Option<(Decimal, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    let digits = digits.trim_end_matches([',', '.']);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if fraction.contains(['.', ',']) || !groups_of_three(whole) || fraction.len() > 20 {
        return None;
    }
    // A spreadsheet writes the result of a formula as 13011.339999999998: six places are more than anything is counted in.
    let (kept, is_up) = match fraction.get(..6) {
        Some(kept) => (kept, fraction.get(6..7).is_some_and(|it| it >= "5")),
        None => (fraction, false),
    };
    let plain: String = whole.chars().chain(kept.chars()).filter(char::is_ascii_digit).collect();
    let scale = u32::try_from(kept.len()).ok()?;
    let mantissa: i64 = plain.parse().ok()?;
    Some((Decimal { mantissa: mantissa.checked_add(i64::from(is_up))?, scale }, rest))
}

/// `4,200` and `1,204,200` are numbers; `4,20` are two.
fn groups_of_three(whole: &str) -> bool {
    let mut groups = whole.split(',');
    groups.next().is_some_and(|first| !first.is_empty() && (first.len() <= 3 || !whole.contains(',')))
        && groups.all(|group| group.len() == 3)
}

fn chinese_digit(c: char) -> Option<i64> {
    match c {
        '零' | '〇' => Some(0),
        '一' | '壹' => Some(1),
        '二' | '两' | '贰' => Some(2),
        '三' | '叁' => Some(3),
        '四' | '肆' => Some(4),
        '五' | '伍' => Some(5),
        '六' | '陆' => Some(6),
        '七' | '柒' => Some(7),
        '八' | '捌' => Some(8),
        '九' | '玖' => Some(9),
        _ => None,
    }
}

/// 三百二十 and 百 (as in 近百): below ten thousand, the 万 behind it is a multiple.
fn chinese_number(text: &str) -> Option<(Decimal, &str)> {
    let mut total = 0_i64;
    let mut digit = None;
    let mut end = 0;
    for c in text.chars() {
        let unit = match c {
            '十' | '拾' => 10,
            '百' | '佰' => 100,
            '千' | '仟' => 1000,
            _ => 0,
        };
        if let Some(value) = chinese_digit(c) {
            digit = Some(value);
        } else if unit > 0 {
            total += digit.take().unwrap_or(1) * unit;
        } else {
            break;
        }
        end += c.len_utf8();
    }
    let rest = text.get(end..)?;
    (end > 0).then_some((Decimal { mantissa: total + digit.unwrap_or(0), scale: 0 }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cell: &str, measure: Measure, multiple: i64, expected: i64, is_estimate: bool) {
        assert_eq!(read(cell, measure, multiple), Ok(Some(Quantity { value: expected, is_estimate })), "{cell}");
    }

    #[test]
    fn a_number_is_read_in_the_unit_of_its_cell() {
        check("120", Measure::Copy, 1, 120, false);
        check(" １２０ ", Measure::Copy, 1, 120, false);
        check("4,200", Measure::Copy, 1, 4_200, false);
        check("120份", Measure::Copy, 1, 120, false);
        check("1.2", Measure::PersonTime, 10_000, 12_000, false);
        check("3.6", Measure::Money, 10_000, 3_600_000, false);
        check("0", Measure::Copy, 1, 0, false);
        check("120.0", Measure::Copy, 1, 120, false);
    }

    #[test]
    fn a_number_that_carries_its_unit_keeps_it() {
        check("3600元", Measure::Money, 10_000, 360_000, false);
        check("1.2万", Measure::Copy, 10_000, 12_000, false);
        check("1.2万份", Measure::Copy, 1, 12_000, false);
        check("0.5亿元", Measure::Money, 1, 5_000_000_000, false);
        check("2千克", Measure::Weight, 1, 2_000, false);
    }

    #[test]
    fn estimates_count_and_say_so() {
        check("3000余份", Measure::Copy, 1, 3_000, true);
        check("8万余份", Measure::Copy, 1, 80_000, true);
        check("8余万份", Measure::Copy, 1, 80_000, true);
        check("约300", Measure::Copy, 1, 300, true);
        check("近百人次", Measure::PersonTime, 1, 100, true);
        check("500左右", Measure::Copy, 1, 500, true);
        check("三百二十余人次", Measure::PersonTime, 1, 320, true);
        check("620多人次", Measure::PersonTime, 1, 620, true);
    }

    #[test]
    fn pieces_and_days_are_two_numbers_of_one_cell() {
        for cell in
            ["2条/10天", "2/10", "2条，10天", "２条／１０天", "2条10天", "10天播2条", "播放2条，共10天", "两条/十天"]
        {
            check(cell, Measure::AdPerDay, 1, pair(2, 10), false);
        }
        for cell in ["3条/天", "3条", "3", "每天3条"] {
            check(cell, Measure::AdPerDay, 1, pair(3, 0), false);
        }
        check("约2条/10天", Measure::AdPerDay, 1, pair(2, 10), true);
        assert_eq!(read_pairs("2条/10天；3条/5天").unwrap(), [pair(2, 10), pair(3, 5)]);
        assert_eq!(read_pairs(" ").unwrap(), Vec::<i64>::new());
        for cell in ["很多", "2/10/3", "10天", "2条/0天", "甲2条"] {
            assert_eq!(read(cell, Measure::AdPerDay, 1), Err(QuantityError::NotAPair(cell.to_owned())), "{cell}");
        }
    }

    #[test]
    fn a_word_that_is_meant_for_another_is_understood_and_said() {
        let near = |cell, measure| read_near(cell, measure, 1).unwrap().unwrap();
        let quantity = |value, is_estimate| Quantity { value, is_estimate };
        assert_eq!(near("三百多人", Measure::PersonTime), (quantity(300, true), Some(Measure::Person)));
        assert_eq!(near("5次", Measure::Session), (quantity(5, false), Some(Measure::Occurrence)));
        assert_eq!(near("300人次", Measure::PersonTime), (quantity(300, false), None));
        assert!(read("3000余份", Measure::PersonTime, 1).is_err(), "copies are not people");
        check("36.05", Measure::Money, 1, 3_605, false);
        check("￥1,036.50元", Measure::Money, 1, 103_650, false);
        check("13011.339999999998", Measure::Money, 1, 1_301_134, false);
        assert_eq!(read("36.055", Measure::Money, 1), Err(QuantityError::TooFine("36.055".to_owned())));
    }

    #[test]
    fn nothing_is_not_zero() {
        for cell in ["", "  ", "—", "——", "/", "无", "-", "－"] {
            assert_eq!(read(cell, Measure::Copy, 1), Ok(None), "{cell:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let wrong = |cell: &str| read(cell, Measure::Copy, 1).unwrap_err();
        assert_eq!(wrong("若干"), QuantityError::NotANumber("若干".to_owned()));
        assert_eq!(wrong("-5"), QuantityError::Negative("-5".to_owned()));
        assert_eq!(wrong("=SUM(B2:B9)"), QuantityError::Formula("=SUM(B2:B9)".to_owned()));
        assert_eq!(wrong("12份300份"), QuantityError::SeveralNumbers("12份300份".to_owned()));
        assert_eq!(wrong("3.5"), QuantityError::Fraction("3.5".to_owned(), "份".to_owned()));
        assert_eq!(
            wrong("300人次"),
            QuantityError::OtherMeasure("300人次".to_owned(), "人次".to_owned(), "份".to_owned())
        );
        assert!(matches!(wrong("99999999999999999999"), QuantityError::NotANumber(_) | QuantityError::TooLarge(_)));
        assert!(matches!(wrong("9999999999999亿"), QuantityError::TooLarge(_)));
        assert_eq!(wrong("4,20"), QuantityError::NotANumber("4,20".to_owned()));
    }

    proptest::proptest! {
        #[test]
        fn reading_never_panics_and_is_never_negative(cell in "\\PC{0,20}") {
            for measure in Measure::ALL {
                if let Ok(Some(quantity)) = read(&cell, *measure, 10_000) {
                    proptest::prop_assert!(quantity.value >= 0);
                }
            }
        }
    }
}
