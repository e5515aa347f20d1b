//! What several pages of a running campaign have in common: lamps, lines of a list, words for days.

use std::collections::HashMap;

use domain::Id;
use domain::campaign::light::{self, Light, Verdict, Work};
use domain::campaign::permitted::{Part, Standing};
use domain::campaign::progress::ActivityStatus;
use domain::campaign::schedule::{Entry, Filter};
use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use store::campaign::activity::{Activity, ActivityUnit};
use store::{Read, setting};

use crate::clock;

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

/// Days before the due date at which a light turns yellow, as the bureau has set it.
pub(crate) async fn near_days(tx: &Read) -> store::Result<i64> {
    let text = setting::get(tx, "near_days", "").await?;
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

/// The day of an instant in the zone of the pages.
pub(crate) fn local_day(at: Timestamp) -> Date {
    clock::in_zone(at).date()
}

/// 3月15日(周五).
pub(crate) fn day_with_weekday(day: Date, today: Date) -> String {
    format!("{}（{}）", light::day_words(day, today), weekday(day))
}

/// 周一 … 周日.
pub(crate) fn weekday(day: Date) -> &'static str {
    match day.weekday() {
        Weekday::Monday => "周一",
        Weekday::Tuesday => "周二",
        Weekday::Wednesday => "周三",
        Weekday::Thursday => "周四",
        Weekday::Friday => "周五",
        Weekday::Saturday => "周六",
        Weekday::Sunday => "周日",
    }
}

/// 3月10日至3月15日, 3月15日, 3月15日前, or empty.
pub(crate) fn when(starts_on: Option<Date>, ends_on: Option<Date>, due_on: Option<Date>, today: Date) -> String {
    let words = |day| light::day_words(day, today);
    let span = match (starts_on, ends_on) {
        (Some(from), Some(to)) if from != to => format!("{}至{}", words(from), words(to)),
        (Some(day), _) => words(day),
        (None, Some(to)) => format!("至{}", words(to)),
        (None, None) => String::new(),
    };
    match due_on {
        Some(due_on) if Some(due_on) != ends_on && (ends_on.is_some() || Some(due_on) != starts_on) => {
            let due = format!("{}前办结", words(due_on));
            if span.is_empty() { due } else { format!("{span}，{due}") }
        }
        _ => span,
    }
}

/// The address of the activities with this filter.
pub(crate) fn activities_path(campaign_id: &Id, filter: &Filter) -> String {
    with_query(&format!("/campaigns/{campaign_id}/activities"), filter)
}

/// A path with the query of a filter.
pub(crate) fn with_query(path: &str, filter: &Filter) -> String {
    let pairs = filter.pairs();
    if pairs.is_empty() {
        return path.to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{path}?{query}")
}

/// A size in words: 12 KB, 3.4 MB.
pub(crate) fn size_words(size: i64) -> String {
    if size < 1024 * 1024 {
        format!("{} KB", (size + 1023) / 1024)
    } else {
        format!("{:.1} MB", size as f64 / 1024.0 / 1024.0)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_of_an_activity_in_words() {
        let today = date(2024, 3, 6);
        let day = |n| Some(date(2024, 3, n));
        assert_eq!(when(None, None, None, today), "");
        assert_eq!(when(day(15), None, None, today), "3月15日");
        assert_eq!(when(day(15), day(15), day(15), today), "3月15日");
        assert_eq!(when(day(10), day(15), None, today), "3月10日至3月15日");
        assert_eq!(when(day(10), day(15), day(20), today), "3月10日至3月15日，3月20日前办结");
        assert_eq!(when(None, None, day(20), today), "3月20日前办结");
        assert_eq!(day_with_weekday(date(2024, 3, 15), today), "3月15日（周五）");
    }

    #[test]
    fn an_address_is_encoded() {
        let filter = Filter { text: "老年&讲堂".to_owned(), ..Filter::default() };
        assert_eq!(with_query("/a", &filter), "/a?q=%E8%80%81%E5%B9%B4%26%E8%AE%B2%E5%A0%82");
        assert_eq!(with_query("/a", &Filter::default()), "/a");
    }
}
