//! What the address of a view asks for.

use jiff::civil::Date;

use super::{Entry, Sort, View, sort};
use crate::Id;
use crate::campaign::kind::ActivityKind;
use crate::campaign::light::Light;
use crate::campaign::permitted::Part;
use crate::campaign::progress::ActivityStatus;

/// Longest text filter that is looked at; the rest is cut off.
pub const TEXT_LIMIT: usize = 60;

/// What the address asks for. Anything it does not understand is left out, so reading never fails.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// List, board, calendar or Gantt.
    pub view: View,
    /// Only activities this unit takes part in.
    pub unit: Option<Id>,
    /// Only as lead or as support.
    pub part: Option<Part>,
    /// Only this kind.
    pub kind: Option<ActivityKind>,
    /// Only this light.
    pub light: Option<Light>,
    /// Only this status.
    pub status: Option<ActivityStatus>,
    /// Words in title, text or unit names.
    pub text: String,
    /// The order of the list.
    pub sort: Sort,
    /// The calendar's month (first day).
    pub month: Option<Date>,
}

impl Filter {
    /// Read the decoded pairs of a query string. Total: unknown keys and values are ignored, the last of a repeated key wins.
    ///
    /// ```
    /// use domain::campaign::schedule::{Filter, View};
    /// let filter = Filter::parse([("view", "gantt"), ("light", "purple"), ("x", "1")]);
    /// assert_eq!((filter.view, filter.light), (View::Gantt, None));
    /// ```
    pub fn parse<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Filter {
        let mut filter = Filter::default();
        for (key, value) in pairs {
            let value = value.trim();
            match key {
                "view" => filter.view = View::ALL.iter().copied().find(|it| it.code() == value).unwrap_or_default(),
                "unit" => filter.unit = Some(value).filter(|it| is_key(it)).map(Id::from_text),
                "part" => filter.part = Part::from_code(value),
                "kind" => filter.kind = kind_from_code(value),
                "light" => filter.light = Light::from_code(value),
                "status" => filter.status = ActivityStatus::from_code(value),
                "q" => filter.text = value.chars().filter(|it| !it.is_control()).take(TEXT_LIMIT).collect(),
                "sort" => filter.sort = Sort::ALL.iter().copied().find(|it| it.code() == value).unwrap_or_default(),
                "month" => filter.month = parse_month(value),
                _ => {}
            }
        }
        filter
    }

    /// The pairs that bring back this filter; defaults are left out, so the plain page has a plain address.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if self.view != View::default() {
            pairs.push(("view", self.view.code().to_owned()));
        }
        pairs.extend(self.unit.iter().map(|it| ("unit", it.to_string())));
        pairs.extend(self.part.iter().map(|it| ("part", it.code().to_owned())));
        pairs.extend(self.kind.iter().map(|it| ("kind", kind_code(*it))));
        pairs.extend(self.light.iter().map(|it| ("light", it.code().to_owned())));
        pairs.extend(self.status.iter().map(|it| ("status", it.code().to_owned())));
        if !self.text.is_empty() {
            pairs.push(("q", self.text.clone()));
        }
        if self.sort != Sort::default() {
            pairs.push(("sort", self.sort.code().to_owned()));
        }
        pairs.extend(self.month.iter().map(|it| ("month", it.strftime("%Y-%m").to_string())));
        pairs
    }

    /// Does it narrow the set at all?
    pub fn is_narrow(&self) -> bool {
        self.unit.is_some()
            || self.part.is_some()
            || self.kind.is_some()
            || self.light.is_some()
            || self.status.is_some()
            || !self.text.is_empty()
    }

    /// Does the entry belong to what is asked for?
    pub fn keeps(&self, entry: &Entry) -> bool {
        let takes_part = match (&self.unit, self.part) {
            (None, None) => true,
            (Some(unit), part) => {
                entry.units.iter().any(|(id, it, _)| id == unit && part.is_none_or(|part| part == *it))
            }
            (None, Some(part)) => entry.units.iter().any(|(_, it, _)| *it == part),
        };
        takes_part
            && self.kind.is_none_or(|it| it == entry.kind)
            && self.light.is_none_or(|it| it == entry.light)
            && self.status.is_none_or(|it| it == entry.status)
            && self.text.split_whitespace().all(|word| holds_word(entry, word))
    }

    /// The entries that belong, in the order asked for.
    pub fn apply(&self, mut entries: Vec<Entry>) -> Vec<Entry> {
        entries.retain(|it| self.keeps(it));
        sort(&mut entries, self.sort);
        entries
    }
}

fn holds_word(entry: &Entry, word: &str) -> bool {
    let word = word.to_lowercase();
    entry.title.to_lowercase().contains(&word)
        || entry.text.to_lowercase().contains(&word)
        || entry.units.iter().any(|(_, _, name)| name.to_lowercase().contains(&word))
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.len() <= 64 && text.chars().all(|it| it.is_ascii_alphanumeric() || it == '-')
}

fn parse_month(text: &str) -> Option<Date> {
    let (year, month) = text.split_once('-')?;
    let year = year.parse().ok().filter(|it| (1990..=2200).contains(it))?;
    Date::new(year, month.parse().ok()?, 1).ok()
}

/// The code of a kind, as the plan contract spells it.
pub fn kind_code(kind: ActivityKind) -> String {
    serde_json::to_value(kind).ok().and_then(|it| it.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The kind of a code; `None` for anything else.
pub fn kind_from_code(code: &str) -> Option<ActivityKind> {
    serde_json::from_value(serde_json::Value::String(code.to_owned())).ok()
}
