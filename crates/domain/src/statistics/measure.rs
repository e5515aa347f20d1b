//! Units of measure (计量单位): a closed list, tested as a list.
//!
//! A figure is always a whole number of the measure's base unit: 3.6 万元 is 3 600 000 分, 1.2 万份 is 12 000 份.
//! A form may ask in a multiple (万人次, 万元); the multiple belongs to the row of the form, never to the figure.

use serde::{Deserialize, Serialize};

/// A unit of measure. Two figures of different measures can never be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// 个, 项, 种: things.
    Item,
    /// 人次: attendances; one person who comes twice counts twice.
    PersonTime,
    /// 人 / 名: persons; not the same as 人次.
    Person,
    /// 户次 / 家次: attendances of businesses.
    BusinessTime,
    /// 家 / 户: businesses; not the same as 户次.
    Business,
    /// 次 / 起: times something happened.
    Occurrence,
    /// 场 / 场次 / 期: held events.
    Session,
    /// 份 / 册 / 张: copies.
    Copy,
    /// 篇 / 条: published pieces.
    Article,
    /// 条/天: two numbers in one cell, so many pieces on air for so many days; see [`super::amount::pair`]. Never added: three spots for
    /// two days and two for five are not 8 of anything.
    AdPerDay,
    /// 件: cases and pieces of goods.
    Piece,
    /// 批次: sampled batches.
    Batch,
    /// 台 / 套: devices.
    Device,
    /// 元, kept in 分.
    Money,
    /// %: a ratio; never added.
    Percent,
    /// 公斤, kept in grams.
    Weight,
}

impl Measure {
    /// Every measure, in the order of the choice on the page.
    pub const ALL: &[Measure] = &[
        Measure::Item,
        Measure::PersonTime,
        Measure::Person,
        Measure::BusinessTime,
        Measure::Business,
        Measure::Occurrence,
        Measure::Session,
        Measure::Copy,
        Measure::Article,
        Measure::AdPerDay,
        Measure::Piece,
        Measure::Batch,
        Measure::Device,
        Measure::Money,
        Measure::Percent,
        Measure::Weight,
    ];

    /// The word on the page; the first of [`Measure::words`].
    pub fn label(self) -> &'static str {
        self.words().first().copied().unwrap_or_default()
    }

    /// How forms write it, the usual word first. No word stands for two measures.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Measure::Item => &["个", "项", "种", "类", "处", "块"],
            Measure::PersonTime => &["人次"],
            Measure::Person => &["人", "名", "位"],
            Measure::BusinessTime => &["户次", "家次"],
            Measure::Business => &["家", "户"],
            Measure::Occurrence => &["次", "起"],
            Measure::Session => &["场", "场次", "期"],
            Measure::Copy => &["份", "册", "张", "本"],
            Measure::Article => &["篇", "条", "篇次"],
            Measure::AdPerDay => &["条/天"],
            Measure::Piece => &["件"],
            Measure::Batch => &["批次", "批"],
            Measure::Device => &["台", "套", "辆"],
            Measure::Money => &["元"],
            Measure::Percent => &["%"],
            Measure::Weight => &["公斤", "千克"],
        }
    }

    /// How many base units one of the word on the page is: 100 分 to the 元, 1 000 g to the 公斤, otherwise 1.
    pub fn base_units(self) -> i64 {
        match self {
            Measure::Money => 100,
            Measure::Weight => 1000,
            _ => 1,
        }
    }

    /// Measures whose words people write for this one in a hurry: 三百多人 in a cell of 人次, 5次 in a cell of 场. Never 份 for 人次.
    pub fn near(self) -> &'static [Measure] {
        match self {
            Measure::PersonTime => &[Measure::Person, Measure::Occurrence],
            Measure::BusinessTime => &[Measure::Business],
            Measure::Session => &[Measure::Occurrence, Measure::Item],
            Measure::Occurrence => &[Measure::Session, Measure::Item, Measure::PersonTime],
            Measure::Item => {
                &[Measure::Piece, Measure::Article, Measure::Session, Measure::Occurrence, Measure::Business]
            }
            Measure::Article | Measure::Piece => &[Measure::Item, Measure::Piece, Measure::Article],
            _ => &[],
        }
    }

    /// May figures of this measure be added at all? What may not is shown side by side.
    pub fn is_additive(self) -> bool {
        !matches!(self, Measure::AdPerDay | Measure::Percent)
    }

    /// The measure a form means by a word, with the multiple it asks in.
    ///
    /// `万人次` is `(PersonTime, 10_000)`; `册、份` and `份（册）` are both `(Copy, 1)`: alternatives of one measure.
    /// Alternatives of different measures (`场次、人次`) are `None`, and so is a word nobody knows.
    ///
    /// ```
    /// use domain::statistics::measure::Measure;
    /// assert_eq!(Measure::from_words("万元"), Some((Measure::Money, 10_000)));
    /// assert_eq!(Measure::from_words("册、份"), Some((Measure::Copy, 1)));
    /// assert_eq!(Measure::from_words("条/天"), Some((Measure::AdPerDay, 1)));
    /// assert_eq!(Measure::from_words("场次、人次"), None);
    /// ```
    pub fn from_words(words: &str) -> Option<(Measure, i64)> {
        let squeezed: String = words.chars().filter(|c| !c.is_whitespace()).map(half_width).collect();
        if let Some(found) = Measure::from_word(&squeezed) {
            return Some(found);
        }
        let mut found = None;
        for word in squeezed.split(['、', ',', '(', ')', '/', '或']).filter(|word| !word.is_empty()) {
            let one = Measure::from_word(word)?;
            match found {
                None => found = Some(one),
                Some(other) if other == one => {}
                Some(_) => return None,
            }
        }
        found
    }

    fn from_word(word: &str) -> Option<(Measure, i64)> {
        let (rest, multiple) = match word.chars().next()? {
            '万' => (word.strip_prefix('万')?, 10_000),
            '亿' => (word.strip_prefix('亿')?, 100_000_000),
            '千' if word != "千克" => (word.strip_prefix('千')?, 1_000),
            '百' => (word.strip_prefix('百')?, 100),
            _ => (word, 1),
        };
        let measure = Measure::ALL.iter().find(|measure| measure.words().contains(&rest))?;
        Some((*measure, multiple))
    }
}

/// Full-width digits, letters and signs in half width; everything else unchanged.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_stands_for_two_measures() {
        let mut seen = std::collections::BTreeMap::new();
        for measure in Measure::ALL {
            assert!(!measure.words().is_empty(), "{measure:?} has no word");
            for word in measure.words() {
                assert_eq!(seen.insert(*word, *measure), None, "{word} stands for two measures");
                assert_eq!(Measure::from_words(word), Some((*measure, 1)), "{word} does not lead back to its measure");
            }
        }
    }

    #[test]
    fn a_multiple_belongs_to_the_word() {
        assert_eq!(Measure::from_words("万人次"), Some((Measure::PersonTime, 10_000)));
        assert_eq!(Measure::from_words("亿元"), Some((Measure::Money, 100_000_000)));
        assert_eq!(Measure::from_words("千克"), Some((Measure::Weight, 1)));
        assert_eq!(Measure::from_words("份（册）"), Some((Measure::Copy, 1)));
        assert_eq!(Measure::from_words("册/份"), Some((Measure::Copy, 1)));
    }

    #[test]
    fn what_nobody_knows_is_not_guessed() {
        assert_eq!(Measure::from_words(""), None);
        assert_eq!(Measure::from_words("万"), None);
        assert_eq!(Measure::from_words("光年"), None);
        assert_eq!(Measure::from_words("场、人次"), None);
    }

    #[test]
    fn pieces_per_day_and_ratios_are_never_added() {
        let fixed: Vec<_> = Measure::ALL.iter().filter(|measure| !measure.is_additive()).collect();
        assert_eq!(fixed, [&Measure::AdPerDay, &Measure::Percent]);
    }
}
