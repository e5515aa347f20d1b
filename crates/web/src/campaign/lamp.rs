//! The lamp of an activity: its light today with word and reason, and what the light is judged by.

use std::collections::{BTreeMap, HashMap};

use domain::Id;
use domain::campaign::light::{self, Light, Verdict, Work};
use domain::campaign::permitted::{Part, Standing};
use domain::campaign::progress::ActivityStatus;
use domain::campaign::schedule::Entry;
use jiff::Timestamp;
use jiff::civil::Date;
use store::campaign::activity::{Activity, ActivityUnit};
use store::{Read, setting};

use super::days::local_day;

/// A light as the component draws it, with its reason.
#[derive(Debug, Clone)]
pub(crate) struct Lamp {
    pub(crate) tone: &'static str,
    pub(crate) word: &'static str,
    pub(crate) reason: String,
}

impl Lamp {
    pub(crate) fn of(verdict: Verdict, is_done: bool) -> Lamp {
        Lamp { tone: tone(verdict.light, is_done), word: verdict.word, reason: verdict.reason }
    }
}

/// The tone of a light in the design system.
pub(crate) fn tone(light: Light, is_done: bool) -> &'static str {
    match light {
        Light::Red => "red",
        Light::Yellow => "yellow",
        Light::Green if is_done => "done",
        Light::Green => "green",
        Light::Gray => "grey",
    }
}

/// One part of the bar of a unit: done work solid, open work by its light.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) tone: &'static str,
    pub(crate) word: &'static str,
    pub(crate) n: usize,
    /// In percent of the bar.
    pub(crate) left: String,
    pub(crate) width: String,
}

/// The tones of a bar with their words, in the order they stand; the legend says the same.
pub(crate) const BAR: [(&str, &str); 5] =
    [("done", "已办结"), ("red", "已逾期"), ("yellow", "临近期限"), ("green", "未到期"), ("grey", "未定时限")];

/// The bar of a unit, and the same in words. `lights` counts what is open.
pub(crate) fn bar(n_done: usize, lights: &BTreeMap<Light, usize>) -> (Vec<Piece>, String) {
    let count = |light| lights.get(&light).copied().unwrap_or(0);
    let counts = [n_done, count(Light::Red), count(Light::Yellow), count(Light::Green), count(Light::Gray)];
    let n_all: usize = counts.iter().sum();
    let mut left = 0.0;
    let mut pieces = Vec::new();
    for ((tone, word), n) in BAR.into_iter().zip(counts).filter(|(_, n)| *n > 0) {
        let width = n as f64 * 100.0 / n_all as f64;
        pieces.push(Piece { tone, word, n, left: format!("{left:.2}%"), width: format!("{width:.2}%") });
        left += width;
    }
    let words: Vec<String> = pieces.iter().map(|it| format!("{} {} 项", it.word, it.n)).collect();
    (pieces, words.join("，"))
}

/// The name of the setting.
pub(crate) const NEAR_DAYS: &str = "near_days";

/// Days before the due date at which a light turns yellow, as the bureau has set it.
pub(crate) async fn near_days(tx: &Read) -> store::Result<i64> {
    let text = setting::get(tx, NEAR_DAYS, "").await?;
    Ok(text.trim().parse().ok().filter(|it| (0..=60).contains(it)).unwrap_or(light::NEAR_DAYS))
}

/// How the light sees an activity.
pub(crate) fn work(status: ActivityStatus, done_at: Option<Timestamp>) -> Work {
    match status {
        ActivityStatus::Planned => Work::Planned,
        ActivityStatus::UnderWay => Work::UnderWay,
        ActivityStatus::Done => Work::Done(done_at.map(local_day)),
        ActivityStatus::Cancelled => Work::Cancelled,
    }
}

/// The light of an activity today.
pub(crate) fn judge(activity: &Activity, today: Date, near_days: i64) -> Verdict {
    let due_on = light::deadline(activity.due_on, activity.ends_on, activity.starts_on);
    light::judge(work(activity.status, activity.done_at), activity.starts_on, due_on, today, near_days)
}

/// The activities of a campaign as the views need them.
pub(crate) fn entries(activities: &[Activity], units: &[ActivityUnit], today: Date, near_days: i64) -> Vec<Entry> {
    let mut by_activity: HashMap<&Id, Vec<(Id, Part, String)>> = HashMap::new();
    for unit in units {
        by_activity.entry(&unit.activity_id).or_default().push((
            unit.unit_id.clone(),
            unit.part,
            unit.unit_name.clone(),
        ));
    }
    activities
        .iter()
        .map(|activity| Entry {
            activity_id: activity.activity_id.clone(),
            number: activity.number,
            sort_key: activity.sort_key,
            title: activity.title.clone(),
            text: activity.text.clone(),
            kind: activity.kind,
            status: activity.status,
            starts_on: activity.starts_on,
            ends_on: activity.ends_on,
            due_on: activity.due_on,
            light: judge(activity, today, near_days).light,
            units: by_activity.remove(&activity.activity_id).unwrap_or_default(),
        })
        .collect()
}

/// The names of the units with that part, as a list in words.
pub(crate) fn names(entry: &Entry, part: Part) -> String {
    let names: Vec<&str> = entry.units.iter().filter(|it| it.1 == part).map(|it| it.2.as_str()).collect();
    names.join("、")
}

/// What `permitted` has to know about an activity.
pub(crate) fn standing(status: ActivityStatus, is_running: bool, units: &[(Id, Part)]) -> Standing<'_> {
    Standing { status, is_running, units }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_not_full_of_done_when_nothing_is_done() {
        let (pieces, words) = bar(0, &BTreeMap::from([(Light::Green, 4), (Light::Red, 1)]));
        assert_eq!(words, "已逾期 1 项，未到期 4 项");
        assert!(pieces.iter().all(|it| it.tone != "done"));
        let (pieces, words) = bar(3, &BTreeMap::from([(Light::Gray, 1)]));
        assert_eq!(words, "已办结 3 项，未定时限 1 项");
        let places: Vec<(&str, &str)> = pieces.iter().map(|it| (it.left.as_str(), it.width.as_str())).collect();
        assert_eq!(places, [("0.00%", "75.00%"), ("75.00%", "25.00%")]);
        assert_eq!(bar(0, &BTreeMap::new()), (Vec::new(), String::new()));
    }
}
