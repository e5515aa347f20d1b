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

/// How many keys a text has.
pub const KEYS: usize = 6;
/// How many pieces make up one key. More of them part texts more sharply.
const PIECES: u64 = 3;
/// Texts with fewer pieces say too little to be near another.
const FEWEST: usize = 8;

/// Keys that nearly equal texts share, so that they are found through an index and not by comparing each with each: of two texts that
/// are [`NEAR`] nineteen pairs in twenty share a key, of two that have little in common hardly any. Digits count for nothing: in a
/// bulk only amounts and order numbers differ. Whoever finds a shared key still compares with [`likeness`].
///
/// ```
/// use domain::complaint::similar::text_keys;
/// let one = text_keys("在好来超市购买的坚果礼盒10盒，标签没有标明致敏物质，要求退一赔十。");
/// let other = text_keys("在好来超市购买的坚果礼盒 12 盒，标签没有标明致敏物质，要求退一赔十");
/// assert_eq!(one, other);
/// assert!(text_keys("退货").is_empty());
/// ```
pub fn text_keys(text: &str) -> Vec<String> {
    let words: String = text.chars().filter(|it| !it.is_numeric()).collect();
    let pieces: Vec<u64> = bigrams(&words).iter().map(|it| hash(it.as_bytes(), 0)).collect();
    if pieces.len() < FEWEST {
        return Vec::new();
    }
    (0..KEYS as u64)
        .map(|n| {
            let least = (0..PIECES).map(|m| {
                let seed = n * PIECES + m + 1;
                pieces.iter().map(|it| hash(&it.to_le_bytes(), seed)).min().unwrap_or(0)
            });
            let key = least.fold(n, |key, it| hash(&it.to_le_bytes(), key));
            format!("{n}{key:016x}")
        })
        .collect()
}

/// FNV-1a with a final mix: the same on every machine and in every version, because keys are kept.
fn hash(bytes: &[u8], seed: u64) -> u64 {
    let mut it = 0xcbf2_9ce4_8422_2325 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for byte in bytes {
        it = (it ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    it ^= it >> 33;
    it = it.wrapping_mul(0xff51_afd7_ed55_8ccd);
    it ^ (it >> 33)
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
    fn near_texts_share_a_key_and_others_do_not() {
        let shared = |one: &str, other: &str| text_keys(one).iter().filter(|it| text_keys(other).contains(it)).count();
        let one = "本人在该店购买的某品牌食用油标签未标注生产日期和厂址，违反食品安全法，要求退一赔十";
        let other = "本人在该店购买的某品牌芝麻油标签未标注生产日期和厂址，违反食品安全法，要求退一赔十";
        assert!(shared(one, other) > 0);
        assert_eq!(shared(one, "健身房停业装修后一直不开门，办的年卡余额不退，电话也打不通了"), 0);
        assert_eq!(text_keys(one).len(), KEYS);
    }

    #[test]
    fn a_text_with_other_names_is_near() {
        let one = "购买的某品牌食用油标签未标注生产日期，要求退一赔十";
        let other = "购买的某品牌芝麻油标签未标注生产日期，要求退一赔十";
        assert!(likeness(one, other) > NEAR);
    }
}
