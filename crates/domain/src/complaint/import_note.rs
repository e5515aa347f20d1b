//! What a check of a list says of the rows as a whole: words that are kept as a remark only, and rows that look like one another.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap};
use std::hash::{Hash, Hasher};

use super::import::ImportRow;

/// The most sentences of one kind; a list of a hundred thousand rows may hold as many words.
const MOST: usize = 20;

/// Collects while the rows are read; holds no row, so a long list stays small.
///
/// ```
/// use domain::complaint::import::{Column, Defaults, read_row};
/// use domain::complaint::import_note::Notes;
/// use jiff::civil::date;
/// let columns = [Column::Text, Column::Section];
/// let (today, mut notes) = (date(2027, 3, 11), Notes::default());
/// let row = read_row(2, &columns, &["缺斤少两", "城南所"], &[], &Defaults::of_platform(today), today).0.unwrap();
/// notes.add(&row);
/// assert!(notes.sentences(&|_| true).is_empty());
/// assert!(notes.sentences(&|_| false)[0].starts_with("1 行：处理部门“城南所”不在系统的单位中"));
/// ```
#[derive(Debug, Default)]
pub struct Notes {
    sections: BTreeMap<String, usize>,
    states: BTreeMap<String, usize>,
    /// The first row with this content: its line, and whether it has a number.
    seen: HashMap<u64, (usize, bool)>,
    /// A row, the earlier one like it, and whether both are without a number.
    twins: Vec<(usize, usize, bool)>,
    n_twins: usize,
}

impl Notes {
    /// Looks at one row that will be taken in.
    pub fn add(&mut self, row: &ImportRow) {
        for (word, counts) in [(&row.section, &mut self.sections), (&row.state, &mut self.states)] {
            if !word.is_empty() {
                *counts.entry(word.clone()).or_default() += 1;
            }
        }
        let mut hasher = DefaultHasher::new();
        row.identity().hash(&mut hasher);
        let has_number = row.external_number.is_some();
        match self.seen.get(&hasher.finish()) {
            // Two numbers are two cases, whatever they say.
            Some((_, true)) if has_number => {}
            Some((line, earlier_has)) => {
                self.n_twins += 1;
                if self.twins.len() < MOST {
                    self.twins.push((row.line, *line, !has_number && !earlier_has));
                }
            }
            None => {
                self.seen.insert(hasher.finish(), (row.line, has_number));
            }
        }
    }

    /// The sentences, the units first. `is_unit` knows the names of the units.
    pub fn sentences(&self, is_unit: &dyn Fn(&str) -> bool) -> Vec<String> {
        let unknown = self.sections.iter().filter(|it| !is_unit(it.0)).take(MOST);
        let mut said: Vec<String> = unknown
            .map(|(word, n)| {
                format!(
                    "{n} 行：处理部门“{word}”不在系统的单位中，只记入办理记录；导入后没有承办单位，请在分流时指定。"
                )
            })
            .collect();
        said.extend(
            self.states
                .iter()
                .take(MOST)
                .map(|(word, n)| format!("{n} 行：初查受理状态“{word}”只记入办理记录；导入的都还没有决定是否受理。")),
        );
        said.extend(self.twins.iter().map(|(line, earlier, is_one)| {
            if *is_one {
                format!("第 {line} 行没有登记编号，内容与第 {earlier} 行完全相同，按同一件处理，只登记一件。")
            } else {
                format!("第 {line} 行与第 {earlier} 行内容完全相同，其中一行没有登记编号，会登记成两件，请核对。")
            }
        }));
        if self.n_twins > self.twins.len() {
            said.push(format!("内容相同的行共有 {} 处，这里只列出前 {MOST} 处。", self.n_twins));
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::super::import::{Column, Defaults, read_row};
    use super::*;

    const TODAY: Date = date(2027, 3, 11);

    fn said(rows: &[[&str; 4]]) -> Vec<String> {
        let columns = [Column::Number, Column::Text, Column::State, Column::Section];
        let mut notes = Notes::default();
        for (at, cells) in rows.iter().enumerate() {
            let row = read_row(at + 2, &columns, cells, &[], &Defaults::of_platform(TODAY), TODAY).0.unwrap();
            notes.add(&row);
        }
        notes.sentences(&|word| word == "城关所")
    }

    #[test]
    fn words_that_change_nothing_are_named_once_with_their_rows() {
        let said = said(&[
            ["A1", "牛奶过期", "不予受理", "城关所"],
            ["A2", "秤不准", "不予受理", "不存在的所"],
            ["A3", "假酒", "", "不存在的所"],
        ]);
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[0].starts_with("2 行：处理部门“不存在的所”不在系统的单位中"), "{said:?}");
        assert!(said[1].starts_with("2 行：初查受理状态“不予受理”只记入办理记录"), "{said:?}");
    }

    #[test]
    fn a_row_without_a_number_like_another_is_named() {
        let said = said(&[
            ["A1", "牛奶过期", "", ""],
            ["A2", "牛奶过期", "", ""],
            ["", "牛奶 过期", "", ""],
            ["", "秤不准", "", ""],
            ["", "秤不准", "", ""],
        ]);
        assert_eq!(said.len(), 2, "two numbers are two cases: {said:?}");
        assert!(said[0].starts_with("第 4 行与第 2 行内容完全相同") && said[0].contains("两件"), "{said:?}");
        assert!(said[1].starts_with("第 6 行没有登记编号") && said[1].contains("第 5 行"), "{said:?}");
    }

    #[test]
    fn a_long_list_says_how_many_and_shows_the_first() {
        let rows = [["", "牛奶过期", "", ""]; 50];
        let said = said(&rows);
        assert_eq!(said.len(), MOST + 1);
        assert!(said.last().is_some_and(|it| it.contains("49 处")), "{said:?}");
    }
}
