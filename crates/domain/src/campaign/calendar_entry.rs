//! Calendar entries (日程) of a plan or a running campaign.
//!
//! An entry keeps its key as long as it means the same thing, so that a telephone updates it instead of showing it twice.
//! What has no day in the calendar (no year, 另行通知, 每周四) is counted, never guessed.

use gongwen::ics::{Entry, When};
use jiff::ToSpan;
use jiff::civil::{Date, Time};
use sha2::{Digest, Sha256};

use super::plan::{DateKind, DateMention, Plan};
use super::plan_date::{first_day, last_day};

/// One thing in the calendar: an activity on a day, or something due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarEntry {
    /// Stays the same as long as the entry means the same thing.
    pub key: String,
    /// What.
    pub title: String,
    /// The words of the date ("3月15日9:00-11:00").
    pub words: String,
    /// First day.
    pub first: Date,
    /// Last day.
    pub last: Date,
    /// `HH:MM`, `HH:MM-HH:MM` or a word, as in [`DateMention::time`].
    pub time: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// Who.
    pub units: Vec<String>,
    /// Something that must be handed in or finished by then.
    pub is_deadline: bool,
}

/// The entries of a plan, and the number of dates that have no day in the calendar.
pub fn entries_of_plan(plan: &Plan) -> (Vec<CalendarEntry>, usize) {
    let mut entries = Vec::new();
    let mut n_without_day = 0;
    let plan_key = plan.title.as_deref().or(plan.label.as_deref()).unwrap_or_default();
    for activity in &plan.activities {
        for mention in &activity.dates {
            let Some((first, last)) = days(mention) else {
                n_without_day += 1;
                continue;
            };
            let number = activity.number.map(|it| it.to_string()).unwrap_or_default();
            entries.push(CalendarEntry {
                key: key(&[plan_key, &number, &activity.title, &mention.text]),
                title: activity.title.clone(),
                words: mention.text.clone(),
                first,
                last,
                time: mention.time.clone(),
                place: (!activity.places.is_empty()).then(|| activity.places.join("；")),
                units: activity.leads.iter().chain(&activity.supports).cloned().collect(),
                is_deadline: mention.kind == DateKind::Deadline,
            });
        }
    }
    for duty in &plan.report_duties {
        let Some(mention) = &duty.due else { continue };
        let Some((first, last)) = days(mention) else {
            n_without_day += 1;
            continue;
        };
        let what = duty.what.join("、");
        let who = duty.who.clone().unwrap_or_default();
        entries.push(CalendarEntry {
            key: key(&[plan_key, "报送", &who, &what, &mention.text]),
            title: format!("报送{what}"),
            words: mention.text.clone(),
            first,
            last,
            time: mention.time.clone(),
            place: None,
            units: duty.who.iter().cloned().collect(),
            is_deadline: true,
        });
    }
    // One activity can name one day twice in the same words.
    let mut seen = std::collections::HashSet::new();
    entries.retain(|it| seen.insert(it.key.clone()));
    (entries, n_without_day)
}

/// The days a mention covers, when it names days of a known year.
fn days(mention: &DateMention) -> Option<(Date, Date)> {
    let (start, end) = (mention.start.as_deref(), mention.end.as_deref());
    match mention.kind {
        DateKind::Point => Some((first_day(start)?, last_day(end.or(start))?)),
        DateKind::Range => {
            let (first, last) = (first_day(start)?, last_day(end)?);
            (first <= last).then_some((first, last))
        }
        DateKind::Deadline => last_day(end).map(|it| (it, it)),
        DateKind::Open => first_day(start).map(|it| (it, it)),
        DateKind::Recurring | DateKind::Relative | DateKind::Undetermined => None,
    }
}

/// A stable key out of words.
fn key(parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.join("\u{1f}").as_bytes());
    digest.iter().take(12).map(|it| format!("{it:02x}")).collect()
}

impl CalendarEntry {
    /// The entry for the calendar of a telephone; `host` makes the key worldwide unique, `url` leads to its page.
    pub fn to_ics(&self, host: &str, url: Option<String>) -> Entry {
        let hours = self.time.as_deref().filter(|_| self.first == self.last).and_then(|it| self.hours(it));
        let prefix = if self.is_deadline { "截止：" } else { "" };
        let mut description = vec![format!("时间：{}", self.words)];
        if !self.units.is_empty() {
            description.push(format!("单位：{}", self.units.join("、")));
        }
        Entry {
            uid: format!("{}@{host}", self.key),
            title: format!("{prefix}{}", self.title),
            when: hours.unwrap_or(When::Days { first: self.first, last: self.last }),
            place: self.place.clone(),
            description: Some(description.join("\n")),
            url,
            is_cancelled: false,
        }
    }

    /// The hours of a time like `9:00-11:30`; an end before the begin is on the next day, a single hour lasts one.
    ///
    /// A deadline ends at its hour and begins half an hour before. Words (上午, 下班前) stay whole days.
    fn hours(&self, time: &str) -> Option<When> {
        let (start, end) = match time.split_once('-') {
            Some((start, end)) => (clock(start)?, Some(clock(end)?)),
            None => (clock(time)?, None),
        };
        let start = self.first.to_datetime(start);
        Some(match end {
            Some(end) => {
                let same_day = self.first.to_datetime(end);
                let end = if same_day > start { same_day } else { same_day.saturating_add(1.day()) };
                When::Hours { start, end }
            }
            None if self.is_deadline => When::Hours { start: start.saturating_sub(30.minutes()), end: start },
            None => When::Hours { start, end: start.saturating_add(1.hour()) },
        })
    }
}

/// `9:00`, `24:00`, `次日1:00`.
fn clock(text: &str) -> Option<Time> {
    let text = text.trim().trim_start_matches("次日");
    let (hour, minute) = text.split_once([':', '：'])?;
    let (hour, minute) = (hour.parse::<i8>().ok()?, minute.parse::<i8>().ok()?);
    Time::new(if hour == 24 { 0 } else { hour }, minute, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::super::plan::{Activity, ReportDuty, Span};
    use super::*;
    use jiff::civil::date;

    fn mention(kind: DateKind, start: Option<&str>, end: Option<&str>, time: Option<&str>, text: &str) -> DateMention {
        let owned = |it: Option<&str>| it.map(str::to_owned);
        DateMention {
            kind,
            start: owned(start),
            end: owned(end),
            time: owned(time),
            text: text.to_owned(),
            span: Span::default(),
        }
    }

    fn plan() -> Plan {
        let activity = Activity {
            number: Some(1),
            title: "现场咨询".to_owned(),
            dates: vec![
                mention(DateKind::Point, Some("2025-03-15"), None, Some("9:00-11:00"), "3月15日9:00-11:00"),
                mention(DateKind::Range, Some("2025-03-10"), Some("2025-03-14"), None, "10日至14日"),
                mention(DateKind::Point, Some("--03-15"), None, None, "3月15日"),
                mention(DateKind::Recurring, None, None, None, "每周四"),
            ],
            places: vec!["文化广场".to_owned()],
            ..Activity::default()
        };
        let duty = ReportDuty {
            who: Some("各单位".to_owned()),
            what: vec!["总结".to_owned()],
            to: Vec::new(),
            via: Vec::new(),
            due: Some(mention(DateKind::Deadline, None, Some("2025-03-15"), Some("17:00"), "3月15日17:00前")),
            span: Span::default(),
        };
        Plan {
            title: Some("方案".to_owned()),
            activities: vec![activity],
            report_duties: vec![duty],
            ..Plan::default()
        }
    }

    #[test]
    fn what_has_no_day_is_counted_and_not_guessed() {
        let (entries, n_without_day) = entries_of_plan(&plan());
        assert_eq!((entries.len(), n_without_day), (3, 2));
        assert_eq!((entries[1].first, entries[1].last), (date(2025, 3, 10), date(2025, 3, 14)));
        assert!(entries[2].is_deadline);
    }

    #[test]
    fn keys_are_stable_and_different() {
        let (first, _) = entries_of_plan(&plan());
        let (again, _) = entries_of_plan(&plan());
        assert_eq!(first, again);
        assert_ne!(first[0].key, first[1].key);
    }

    #[test]
    fn hours_come_from_figures_only_and_midnight_is_crossed() {
        let (entries, _) = entries_of_plan(&plan());
        let at = |day: i8, hour: i8, minute: i8| date(2025, 3, day).at(hour, minute, 0, 0);
        let when = |entry: &CalendarEntry| entry.to_ics("x", None).when;
        assert_eq!(when(&entries[0]), When::Hours { start: at(15, 9, 0), end: at(15, 11, 0) });
        assert_eq!(when(&entries[2]), When::Hours { start: at(15, 16, 30), end: at(15, 17, 0) });
        let night = CalendarEntry { time: Some("19:00-次日1:00".to_owned()), ..entries[0].clone() };
        assert_eq!(when(&night), When::Hours { start: at(15, 19, 0), end: at(16, 1, 0) });
        let word = CalendarEntry { time: Some("下班前".to_owned()), ..entries[0].clone() };
        assert_eq!(when(&word), When::Days { first: date(2025, 3, 15), last: date(2025, 3, 15) });
    }
}
