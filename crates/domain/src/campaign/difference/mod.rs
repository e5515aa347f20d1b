//! The difference (对比) between a running campaign and its revised notice.
//!
//! Activities are matched by title, text and number; a field is compared three ways: as published, as it stands (people may have
//! corrected it since) and as the revised notice has it. A field that both changed is a contradiction, shown and chosen by a person.
//! `apply` turns the choices into what is written; progress is kept and nothing is doubled.

pub mod apply;
mod duty;
pub mod words;

use std::collections::BTreeMap;

use jiff::civil::Date;

pub use duty::{DutyRow, FormRow, StandingDuty, StandingForm, duties, forms};

use super::kind::ActivityKind;
use super::permitted::Part;
use super::plan::{DateMention, Span};
use super::progress::{ActivityStatus, TaskStatus};
use super::publish::{NewActivity, Publication};
use super::review::resolve::Tree;
use crate::Id;

/// An activity of the running campaign, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the tables")]
pub struct Standing {
    pub activity_id: Id,
    pub version: i64,
    pub status: ActivityStatus,
    pub number: Option<u32>,
    pub sort_key: i64,
    pub group: Option<String>,
    pub title: String,
    pub text: String,
    pub kind: ActivityKind,
    pub span: Span,
    pub dates: Vec<DateMention>,
    pub places: Vec<String>,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    pub due_on: Option<Date>,
    pub units: Vec<(Id, Part)>,
    pub tasks: Vec<StandingTask>,
    /// How many notes of progress were written.
    pub notes: usize,
}

/// A task of a running activity.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the table")]
pub struct StandingTask {
    pub task_id: Id,
    pub unit_id: Id,
    pub part: Part,
    pub status: TaskStatus,
    pub due_on: Option<Date>,
}

impl Standing {
    /// Was any work done on it?
    pub fn has_progress(&self) -> bool {
        self.notes > 0
            || matches!(self.status, ActivityStatus::UnderWay | ActivityStatus::Done)
            || self.tasks.iter().any(|task| task.status == TaskStatus::Done)
    }

    /// What was done, in words; empty when nothing was.
    pub fn progress(&self) -> String {
        let done = self.tasks.iter().filter(|task| task.status == TaskStatus::Done).count();
        let mut words: Vec<String> = Vec::new();
        if matches!(self.status, ActivityStatus::UnderWay | ActivityStatus::Done) {
            words.push(self.status.label().to_owned());
        }
        if done > 0 {
            words.push(format!("{done}项任务已完成"));
        }
        if self.notes > 0 {
            words.push(format!("{}条进展", self.notes));
        }
        words.join("、")
    }
}

/// A field of an activity that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// 序号.
    Number,
    /// 所属部分.
    Group,
    /// 标题.
    Title,
    /// 正文.
    Text,
    /// 类型.
    Kind,
    /// 牵头和配合单位.
    Units,
    /// 时间.
    Dates,
    /// 地点.
    Places,
}

impl Field {
    /// Every field, in the order of the page.
    pub const ALL: &[Field] = &[
        Field::Number,
        Field::Group,
        Field::Title,
        Field::Text,
        Field::Kind,
        Field::Units,
        Field::Dates,
        Field::Places,
    ];

    /// The code in names of form fields.
    pub fn code(self) -> &'static str {
        match self {
            Field::Number => "number",
            Field::Group => "group",
            Field::Title => "title",
            Field::Text => "text",
            Field::Kind => "kind",
            Field::Units => "units",
            Field::Dates => "dates",
            Field::Places => "places",
        }
    }

    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            Field::Number => "序号",
            Field::Group => "所属部分",
            Field::Title => "标题",
            Field::Text => "正文",
            Field::Kind => "类型",
            Field::Units => "单位",
            Field::Dates => "时间",
            Field::Places => "地点",
        }
    }
}

/// A field that differs between what stands and what the revised notice says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Which.
    pub field: Field,
    /// As it stands, in words.
    pub before: String,
    /// As the revised notice has it, in words.
    pub after: String,
    /// Both the notice and a person changed it since the publication: somebody has to choose.
    pub is_contradiction: bool,
}

/// One line of the difference; the numbers are places in the lists compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// Nothing to do.
    Same {
        /// In the running campaign.
        old: usize,
        /// In the revised notice.
        new: usize,
    },
    /// The same activity, changed.
    Changed {
        /// In the running campaign.
        old: usize,
        /// In the revised notice.
        new: usize,
        /// What differs.
        fields: Vec<FieldChange>,
        /// It is not certain that both are one activity: somebody has to choose.
        is_doubtful: bool,
    },
    /// Only in the revised notice.
    Added {
        /// In the revised notice.
        new: usize,
    },
    /// Only in the running campaign.
    Removed {
        /// In the running campaign.
        old: usize,
    },
}

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// One line for each activity, in the order of the revised notice; what only the campaign has stands at the end.
    pub rows: Vec<Row>,
}

/// How alike two texts are, by pairs of letters: 0 (nothing) to 1 (the same).
pub fn alike(one: &str, other: &str) -> f64 {
    let pairs = |text: &str| {
        let letters: Vec<char> = text.chars().filter(|it| it.is_alphanumeric()).collect();
        let mut pairs: BTreeMap<(char, char), usize> = BTreeMap::new();
        for pair in letters.windows(2) {
            if let [first, second] = pair {
                *pairs.entry((*first, *second)).or_default() += 1;
            }
        }
        pairs
    };
    let (one_pairs, other_pairs) = (pairs(one), pairs(other));
    let n: usize = one_pairs.values().sum::<usize>() + other_pairs.values().sum::<usize>();
    if n == 0 {
        return if one == other { 1.0 } else { 0.0 };
    }
    let common: usize = one_pairs.iter().map(|(pair, n)| (*n).min(other_pairs.get(pair).copied().unwrap_or(0))).sum();
    let share = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    2.0 * share(common) / share(n)
}

const MATCH: f64 = 0.42;
const CERTAIN: f64 = 0.6;

fn score(old: &Standing, new: &NewActivity) -> f64 {
    let number = if old.number.is_some() && old.number == new.number { 0.1 } else { 0.0 };
    let title = alike(&old.title, &new.title);
    if old.title == new.title {
        return 0.9 + number;
    }
    0.55 * title + 0.35 * alike(&old.text, &new.text) + number
}

/// Compares a running campaign with a revised notice. `base` is what was published from the notice before.
pub fn compare(standing: &[Standing], base: &Publication, new: &[NewActivity], tree: &Tree) -> Difference {
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (old_at, old) in standing.iter().enumerate() {
        for (new_at, fresh) in new.iter().enumerate() {
            let score = score(old, fresh);
            if score >= MATCH {
                pairs.push((score, old_at, new_at));
            }
        }
    }
    pairs.sort_by(|one, other| other.0.total_cmp(&one.0).then((one.1, one.2).cmp(&(other.1, other.2))));
    let mut of_new: BTreeMap<usize, (usize, bool)> = BTreeMap::new();
    let mut taken = vec![false; standing.len()];
    for (score, old_at, new_at) in &pairs {
        if of_new.contains_key(new_at) || taken.get(*old_at).copied().unwrap_or(true) {
            continue;
        }
        // A rival that fits nearly as well makes the match doubtful, unless the titles settle it.
        let rival = pairs
            .iter()
            .any(|(other, old, new)| (old == old_at) != (new == new_at) && (score - other) < 0.05 && *other < 0.9);
        of_new.insert(*new_at, (*old_at, *score < CERTAIN || (rival && *score < 0.9)));
        if let Some(it) = taken.get_mut(*old_at) {
            *it = true;
        }
    }
    let mut rows = Vec::new();
    for (new_at, fresh) in new.iter().enumerate() {
        let matched = of_new.get(&new_at).and_then(|(at, doubt)| standing.get(*at).map(|old| (*at, old, *doubt)));
        rows.push(match matched {
            None => Row::Added { new: new_at },
            Some((old_at, old, is_doubtful)) => {
                let fields = field_changes(old, base_of(old, base), fresh, tree);
                if fields.is_empty() {
                    Row::Same { old: old_at, new: new_at }
                } else {
                    Row::Changed { old: old_at, new: new_at, fields, is_doubtful }
                }
            }
        });
    }
    // What was called off before is no news.
    let gone = |at: &usize| standing.get(*at).is_some_and(|old| old.status != ActivityStatus::Cancelled);
    let removed = taken.iter().enumerate().filter(|(_, is_taken)| !**is_taken).map(|(at, _)| at).filter(gone);
    rows.extend(removed.map(|old| Row::Removed { old }));
    Difference { rows }
}

/// The activity as it was published, found by its place in the notice, else by its title.
fn base_of<'a>(old: &Standing, base: &'a Publication) -> Option<&'a NewActivity> {
    let same_place = |it: &&NewActivity| it.span.end > 0 && it.span == old.span;
    let same_title = |it: &&NewActivity| it.title == old.title;
    base.activities.iter().find(same_place).or_else(|| base.activities.iter().find(same_title))
}

fn field_changes(old: &Standing, base: Option<&NewActivity>, new: &NewActivity, tree: &Tree) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    for field in Field::ALL {
        let before = words_of_standing(*field, old, tree);
        let after = words_of_new(*field, new, tree);
        if before == after {
            continue;
        }
        let published = base.map(|it| words_of_new(*field, it, tree));
        // The notice did not change it: what people corrected since stays.
        if published.as_ref() == Some(&after) {
            continue;
        }
        let is_contradiction = published.is_some_and(|it| it != before);
        changes.push(FieldChange { field: *field, before, after, is_contradiction });
    }
    changes
}

fn units_in_words(units: &[(Id, Part)], tree: &Tree) -> String {
    let list = |wanted: Part| {
        let mut names: Vec<&str> =
            units.iter().filter(|(_, part)| *part == wanted).map(|(unit_id, _)| tree.name(unit_id)).collect();
        names.sort_unstable();
        names.join("、")
    };
    let (leads, supports) = (list(Part::Lead), list(Part::Support));
    match (leads.is_empty(), supports.is_empty()) {
        (_, true) => leads,
        (true, false) => format!("配合：{supports}"),
        (false, false) => format!("{leads}；配合：{supports}"),
    }
}

fn dates_in_words(dates: &[DateMention]) -> String {
    let one = |it: &DateMention| {
        let days: Vec<&str> = [it.start.as_deref(), it.end.as_deref()].into_iter().flatten().collect();
        if days.is_empty() { it.text.clone() } else { format!("{}({})", it.text, days.join("至")) }
    };
    dates.iter().map(one).collect::<Vec<_>>().join("、")
}

fn words_of_standing(field: Field, it: &Standing, tree: &Tree) -> String {
    match field {
        Field::Number => it.number.map(|it| it.to_string()).unwrap_or_default(),
        Field::Group => it.group.clone().unwrap_or_default(),
        Field::Title => it.title.clone(),
        Field::Text => it.text.clone(),
        Field::Kind => it.kind.label().to_owned(),
        Field::Units => units_in_words(&it.units, tree),
        Field::Dates => dates_in_words(&it.dates),
        Field::Places => it.places.join("、"),
    }
}

fn words_of_new(field: Field, it: &NewActivity, tree: &Tree) -> String {
    match field {
        Field::Number => it.number.map(|it| it.to_string()).unwrap_or_default(),
        Field::Group => it.group.clone().unwrap_or_default(),
        Field::Title => it.title.clone(),
        Field::Text => it.text.clone(),
        Field::Kind => it.kind.label().to_owned(),
        Field::Units => units_in_words(&it.units, tree),
        Field::Dates => dates_in_words(&it.dates),
        Field::Places => it.places.join("、"),
    }
}

#[cfg(test)]
mod tests;
