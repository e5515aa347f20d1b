//! Cases that look alike, with the reason: the same telephone number, address, business, or nearly the same text.
//!
//! A likeness is shown to a person; it never merges or declines anything by itself.

use std::collections::HashSet;

/// How much of the shorter text must stand in the other.
pub const NEAR: f64 = 0.72;

/// The two-character pieces of a text, without white space and punctuation; a single character stands alone.
///
/// ```
/// use domain::complaint::similar::bigrams;
/// assert_eq!(bigrams("退货，退款"), ["退货", "货退", "退款"]);
/// assert_eq!(bigrams("退"), ["退"]);
/// ```
pub fn bigrams(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect();
    if letters.len() < 2 {
        return letters.iter().map(char::to_string).collect();
    }
    let mut seen = HashSet::new();
    letters.windows(2).map(|pair| pair.iter().collect::<String>()).filter(|it| seen.insert(it.clone())).collect()
}

/// How alike two texts are: common pieces over all pieces, 0 to 1.
///
/// ```
/// use domain::complaint::similar::likeness;
/// assert!(likeness("在好来超市买的电饭煲三天就坏了", "在好来超市买的电饭煲两天就坏了") > 0.6);
/// assert!(likeness("预付卡不退", "电动车电池鼓包") < 0.1);
/// ```
pub fn likeness(one: &str, other: &str) -> f64 {
    let (one, other): (HashSet<String>, HashSet<String>) =
        (bigrams(one).into_iter().collect(), bigrams(other).into_iter().collect());
    if one.is_empty() || other.is_empty() {
        return 0.0;
    }
    let common = one.intersection(&other).count();
    let all = one.len() + other.len() - common;
    #[expect(clippy::cast_precision_loss, reason = "a text has some thousand pieces")]
    let share = common as f64 / all as f64;
    share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_with_other_punctuation_is_the_same() {
        let same = likeness("商家拒绝退款！已付 3,800 元。", "商家拒绝退款,已付3800元");
        assert!((same - 1.0).abs() < f64::EPSILON, "{same}");
        assert!(likeness("", "x") < f64::EPSILON);
    }

    #[test]
    fn a_text_with_other_names_is_near() {
        let one = "购买的某品牌食用油标签未标注生产日期，要求退一赔十";
        let other = "购买的某品牌芝麻油标签未标注生产日期，要求退一赔十";
        assert!(likeness(one, other) > NEAR);
    }
}
