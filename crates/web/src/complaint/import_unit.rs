//! Which unit a row of a list goes to: the one its 处理部门 names, where exactly one unit of ours is known by that name.

use std::collections::{BTreeMap, HashMap};

use domain::Id;
use domain::complaint::import::ImportRow;

use super::Around;
use super::import::Different;

/// The most names that are listed one by one.
const LISTED: usize = 20;

/// The names of the handling units: full, short and other ones.
#[derive(Clone, Default)]
pub(super) struct Names(HashMap<String, Vec<(Id, String)>>);

impl Names {
    pub(super) fn of(around: &Around, aliases: &BTreeMap<Id, Vec<String>>) -> Names {
        let mut names: HashMap<String, Vec<(Id, String)>> = HashMap::new();
        for unit in around.handling_units() {
            let others = aliases.get(&unit.unit_id).into_iter().flatten();
            for word in [&unit.name, &unit.short_name].into_iter().chain(others) {
                let units = names.entry(word.trim().to_owned()).or_default();
                if !units.iter().any(|it| it.0 == unit.unit_id) {
                    units.push((unit.unit_id.clone(), unit.short_name.clone()));
                }
            }
        }
        Names(names)
    }

    pub(super) fn is_known(&self, word: &str) -> bool {
        self.0.contains_key(word.trim())
    }
}

/// What a list is taken in with.
pub(super) struct Plan {
    pub(super) around: Around,
    /// By which names rows are dispatched; `None` where all stay with the desk.
    pub(super) units: Option<Names>,
}

/// What became of some rows.
#[derive(Default)]
pub(super) struct Taken {
    pub(super) n_new: usize,
    pub(super) n_same: usize,
    pub(super) n_different: usize,
    pub(super) n_dispatched: usize,
    pub(super) different: Vec<Different>,
    pub(super) staying: Staying,
}

impl Plan {
    /// The unit of a new row, counted; `None` where it stays with the desk.
    pub(super) fn unit_of(&self, row: &ImportRow, part: &mut Taken) -> Option<(Id, String)> {
        let names = self.units.as_ref()?;
        let word = row.section.trim();
        match names.0.get(word).map(Vec::as_slice) {
            Some([unit]) => {
                part.n_dispatched += 1;
                return Some(unit.clone());
            }
            Some(_) => *part.staying.ambiguous.entry(word.to_owned()).or_default() += 1,
            None if word.is_empty() => part.staying.n_unnamed += 1,
            None => *part.staying.unknown.entry(word.to_owned()).or_default() += 1,
        }
        None
    }
}

/// The new rows that stay with the desk, by what their 处理部门 says.
#[derive(Default)]
pub(super) struct Staying {
    n_unnamed: usize,
    unknown: BTreeMap<String, usize>,
    ambiguous: BTreeMap<String, usize>,
}

impl Staying {
    pub(super) fn add(&mut self, other: Staying) {
        self.n_unnamed += other.n_unnamed;
        other.unknown.into_iter().for_each(|(word, n)| *self.unknown.entry(word).or_default() += n);
        other.ambiguous.into_iter().for_each(|(word, n)| *self.ambiguous.entry(word).or_default() += n);
    }

    /// What was dispatched and what stays, in sentences.
    pub(super) fn sentences(&self, n_dispatched: usize, is_real: bool) -> Vec<String> {
        let n_staying: usize = self.n_unnamed + self.unknown.values().chain(self.ambiguous.values()).sum::<usize>();
        if n_dispatched + n_staying == 0 {
            return vec!["没有新登记的，不再分送；已经登记的按现在的承办单位办理。".to_owned()];
        }
        let verb = if is_real { "已" } else { "将" };
        let mut said = vec![format!("按表中的办理单位{verb}分送 {n_dispatched} 件，{n_staying} 件留在待分流。")];
        if self.n_unnamed > 0 {
            said.push(format!("{} 件没有写处理部门，留在待分流。", self.n_unnamed));
        }
        let list = |words: &BTreeMap<String, usize>, why: &str| -> Vec<String> {
            words.iter().take(LISTED).map(|(word, n)| format!("{n} 件写的“{word}”{why}，留在待分流。")).collect()
        };
        said.extend(list(&self.unknown, "不在单位名单里"));
        said.extend(list(&self.ambiguous, "有几个单位都叫这个名字"));
        said
    }
}
