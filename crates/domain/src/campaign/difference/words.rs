//! Which words of a text changed: a paragraph with one new place is shown once, not struck out and written again.

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// What became of some words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// They stand in both texts.
    Kept,
    /// They stand in the old text only.
    Gone,
    /// They stand in the new text only.
    New,
}

/// An island of kept characters that is shorter than this drowns between two changes.
const SHORTEST_ISLAND: usize = 2;

/// The old and the new text as one text, in reading order. Empty where the two have less than half in common:
/// then they are easier to read one after the other.
///
/// ```
/// use domain::campaign::difference::words::{Fate, words};
/// let pieces = words("3月14日在人民广场举办咨询活动", "3月15日在人民广场举办咨询活动");
/// let shown: Vec<(Fate, &str)> = pieces.iter().map(|(fate, words)| (*fate, words.as_str())).collect();
/// assert_eq!(shown, [(Fate::Kept, "3月1"), (Fate::Gone, "4"), (Fate::New, "5"), (Fate::Kept, "日在人民广场举办咨询活动")]);
/// ```
pub fn words(before: &str, after: &str) -> Vec<(Fate, String)> {
    let (old, new): (Vec<char>, Vec<char>) = (before.chars().collect(), after.chars().collect());
    let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
    let kept: usize = ops.iter().map(|op| if let DiffOp::Equal { len, .. } = op { *len } else { 0 }).sum();
    if kept * 2 < old.len().max(new.len()) {
        return Vec::new();
    }
    let mut pieces: Vec<(Fate, String)> = Vec::new();
    let (mut gone, mut added) = (String::new(), String::new());
    let last = ops.len().saturating_sub(1);
    for (n, op) in ops.iter().enumerate() {
        let was: String = old.get(op.old_range()).unwrap_or_default().iter().collect();
        let is: String = new.get(op.new_range()).unwrap_or_default().iter().collect();
        let is_change = !matches!(op, DiffOp::Equal { len, .. } if *len >= SHORTEST_ISLAND || n == 0 || n == last);
        if is_change {
            gone.push_str(&was);
            added.push_str(&is);
            continue;
        }
        flush(&mut pieces, &mut gone, &mut added);
        pieces.push((Fate::Kept, is));
    }
    flush(&mut pieces, &mut gone, &mut added);
    pieces
}

fn flush(pieces: &mut Vec<(Fate, String)>, gone: &mut String, added: &mut String) {
    for (fate, words) in [(Fate::Gone, gone), (Fate::New, added)] {
        if !words.is_empty() {
            pieces.push((fate, std::mem::take(words)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_without_much_in_common_are_not_mixed() {
        assert_eq!(words("云溪人民广场", "体育公园东门"), []);
        assert_eq!(words("", "新增的一段"), []);
    }

    #[test]
    fn a_single_character_between_two_changes_belongs_to_the_change() {
        let pieces = words("由城关所和开发区所共同举办咨询活动", "由东湖所和柳河镇所共同举办咨询活动");
        let gone: Vec<&str> = pieces.iter().filter(|it| it.0 == Fate::Gone).map(|it| it.1.as_str()).collect();
        assert_eq!(gone, ["城关", "开发区"]);
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_out_of_the_one(before in "[甲乙丙丁]{0,24}", after in "[甲乙丙丁]{0,24}") {
            let pieces = words(&before, &after);
            let text = |not: Fate| pieces.iter().filter(|it| it.0 != not).map(|it| it.1.as_str()).collect::<String>();
            if !pieces.is_empty() {
                prop_assert_eq!(text(Fate::New), before);
                prop_assert_eq!(text(Fate::Gone), after);
            }
        }
    }
}
