//! Lights (红黄绿灰): how a piece of work stands on a given day, with the word and the reason beside the color.
//!
//! A light is never stored: it is a pure function of the dates, the state and the day it is asked on.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Days before the due date at which a light turns yellow, unless the bureau has set another number.
///
/// Three is the habit of the trade: 临近提醒 sets in at three days.
pub const NEAR_DAYS: i64 = 3;

/// The color of a light. Order is urgency: the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// Overdue.
    Red,
    /// Due within a few days, or should have begun.
    Yellow,
    /// On time, or done.
    Green,
    /// No date to judge by, or cancelled.
    Gray,
}

impl Light {
    /// Every light, the most urgent first.
    pub const ALL: &[Light] = &[Light::Red, Light::Yellow, Light::Green, Light::Gray];

    /// The code in addresses and class names.
    pub fn code(self) -> &'static str {
        match self {
            Light::Red => "red",
            Light::Yellow => "yellow",
            Light::Green => "green",
            Light::Gray => "gray",
        }
    }

    /// The light of a code; `None` for anything else.
    pub fn from_code(code: &str) -> Option<Light> {
        Light::ALL.iter().copied().find(|it| it.code() == code)
    }

    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            Light::Red => "红灯",
            Light::Yellow => "黄灯",
            Light::Green => "绿灯",
            Light::Gray => "灰灯",
        }
    }

    /// What the color means, for filters and legends.
    pub fn meaning(self) -> &'static str {
        match self {
            Light::Red => "已逾期",
            Light::Yellow => "临近期限",
            Light::Green => "正常或已办结",
            Light::Gray => "未定时限或已取消",
        }
    }

    /// A sign that can be told apart without the color.
    pub fn sign(self) -> &'static str {
        match self {
            Light::Red => "!",
            Light::Yellow => "◷",
            Light::Green => "✓",
            Light::Gray => "–",
        }
    }
}

/// What is known about the work on the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Nothing has begun.
    Planned,
    /// It goes on.
    UnderWay,
    /// It was finished on this day; `None` when the day is not known.
    Done(Option<Date>),
    /// It will not take place.
    Cancelled,
}

/// A light with its word and reason: "红灯 · 已逾期 · 应于3月15日办结，已过2天".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The color.
    pub light: Light,
    /// One short word for a badge.
    pub word: &'static str,
    /// One Chinese sentence that names the date.
    pub reason: String,
    /// Days left until the due date, negative when past; `None` without a due date or when the work is over.
    pub days_left: Option<i64>,
}

/// The day by which work has to be finished: the named deadline, else the last day, else the only day.
///
/// ```
/// use domain::campaign::light::deadline;
/// use jiff::civil::date;
/// // 3月10日至3月20日 without a deadline of its own is to be finished on the last day.
/// assert_eq!(deadline(None, Some(date(2024, 3, 20)), Some(date(2024, 3, 10))), Some(date(2024, 3, 20)));
/// // The deadline wins even when it lies before the last day: the notice may ask for a return early.
/// assert_eq!(deadline(Some(date(2024, 3, 15)), Some(date(2024, 3, 20)), None), Some(date(2024, 3, 15)));
/// ```
pub fn deadline(due_on: Option<Date>, ends_on: Option<Date>, starts_on: Option<Date>) -> Option<Date> {
    due_on.or(ends_on).or(starts_on)
}

/// The light of a piece of work on `today`.
///
/// The due day itself is not late: work due on 15 March is yellow all day and red from the 16th.
///
/// ```
/// use domain::campaign::light::{Light, NEAR_DAYS, Work, judge};
/// use jiff::civil::date;
/// let due = Some(date(2024, 3, 15));
/// assert_eq!(judge(Work::Planned, None, due, date(2024, 3, 15), NEAR_DAYS).light, Light::Yellow);
/// assert_eq!(judge(Work::Planned, None, due, date(2024, 3, 16), NEAR_DAYS).light, Light::Red);
/// ```
pub fn judge(work: Work, starts_on: Option<Date>, due_on: Option<Date>, today: Date, near_days: i64) -> Verdict {
    match work {
        Work::Cancelled => over(Light::Gray, "已取消", "已取消，不再计时".to_owned()),
        Work::Done(done_on) => finished(done_on, due_on),
        Work::Planned | Work::UnderWay => match due_on {
            Some(due_on) => open(work, starts_on, due_on, today, near_days),
            None => undated(work, starts_on, today),
        },
    }
}

/// Days from `from` to `to`, negative when `to` lies before.
pub fn days_between(from: Date, to: Date) -> i64 {
    // Two civil dates differ by whole days; jiff counts them without time zones.
    i64::from(from.until(to).map(|it| it.get_days()).unwrap_or(0))
}

/// 3月15日, or 2025年3月15日 when the year differs from that of `today`.
pub fn day_words(day: Date, today: Date) -> String {
    if day.year() == today.year() {
        format!("{}月{}日", day.month(), day.day())
    } else {
        format!("{}年{}月{}日", day.year(), day.month(), day.day())
    }
}

/// 今天, 明天, 后天, 3天后, 昨天, 2天前.
pub fn distance_words(days: i64) -> String {
    match days {
        0 => "今天".to_owned(),
        1 => "明天".to_owned(),
        2 => "后天".to_owned(),
        -1 => "昨天".to_owned(),
        days if days > 0 => format!("{days}天后"),
        days => format!("{}天前", -days),
    }
}

fn over(light: Light, word: &'static str, reason: String) -> Verdict {
    Verdict { light, word, reason, days_left: None }
}

fn finished(done_on: Option<Date>, due_on: Option<Date>) -> Verdict {
    let reason = match (done_on, due_on) {
        (Some(done_on), Some(due_on)) if done_on > due_on => {
            format!("{}办结，比期限晚{}天", day_words(done_on, due_on), days_between(due_on, done_on))
        }
        (Some(done_on), Some(_)) => format!("{}月{}日按期办结", done_on.month(), done_on.day()),
        (Some(done_on), None) => format!("{}月{}日办结", done_on.month(), done_on.day()),
        (None, _) => "已办结".to_owned(),
    };
    over(Light::Green, "已办结", reason)
}

fn undated(work: Work, starts_on: Option<Date>, today: Date) -> Verdict {
    match starts_on {
        Some(starts_on) if work == Work::Planned && starts_on < today => {
            let reason = format!("应于{}开始，尚未启动", day_words(starts_on, today));
            over(Light::Yellow, "应已开始", reason)
        }
        _ => over(Light::Gray, "未定时限", "通知没有写明期限".to_owned()),
    }
}

fn open(work: Work, starts_on: Option<Date>, due_on: Date, today: Date, near_days: i64) -> Verdict {
    let left = days_between(today, due_on);
    let due = day_words(due_on, today);
    let (light, word, reason) = if left < 0 {
        (Light::Red, "已逾期", format!("应于{due}办结，已过{}天", -left))
    } else if left == 0 {
        (Light::Yellow, "今天到期", format!("{due}到期，就是今天"))
    } else if left <= near_days {
        (Light::Yellow, "临近期限", format!("{due}到期，还有{left}天"))
    } else if work == Work::Planned && starts_on.is_some_and(|it| it < today) {
        let began = starts_on.map(|it| day_words(it, today)).unwrap_or_default();
        (Light::Yellow, "应已开始", format!("应于{began}开始，尚未启动；{due}到期"))
    } else {
        (Light::Green, "正常", format!("{due}到期，还有{left}天"))
    };
    Verdict { light, word, reason, days_left: Some(left) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn shown(work: Work, starts_on: Option<Date>, due_on: Option<Date>, today: Date) -> String {
        let verdict = judge(work, starts_on, due_on, today, NEAR_DAYS);
        format!("{} {} {}", verdict.light.label(), verdict.word, verdict.reason)
    }

    #[test]
    fn open_work_turns_yellow_three_days_before_and_red_after_the_due_day() {
        let due = Some(date(2024, 3, 15));
        let table = [
            (date(2024, 3, 1), "绿灯 正常 3月15日到期，还有14天"),
            (date(2024, 3, 11), "绿灯 正常 3月15日到期，还有4天"),
            (date(2024, 3, 12), "黄灯 临近期限 3月15日到期，还有3天"),
            (date(2024, 3, 14), "黄灯 临近期限 3月15日到期，还有1天"),
            (date(2024, 3, 15), "黄灯 今天到期 3月15日到期，就是今天"),
            (date(2024, 3, 16), "红灯 已逾期 应于3月15日办结，已过1天"),
            (date(2025, 1, 1), "红灯 已逾期 应于2024年3月15日办结，已过292天"),
        ];
        for (today, expected) in table {
            assert_eq!(shown(Work::UnderWay, None, due, today), expected);
        }
    }

    #[test]
    fn the_leap_day_counts() {
        let due = Some(date(2024, 3, 1));
        assert_eq!(shown(Work::UnderWay, None, due, date(2024, 2, 28)), "黄灯 临近期限 3月1日到期，还有2天");
        let due = Some(date(2023, 3, 1));
        assert_eq!(shown(Work::UnderWay, None, due, date(2023, 2, 28)), "黄灯 临近期限 3月1日到期，还有1天");
    }

    #[test]
    fn finished_work_is_green_and_says_when_it_was_late() {
        let due = Some(date(2024, 3, 15));
        let today = date(2024, 4, 1);
        let done = |day| Work::Done(Some(date(2024, 3, day)));
        assert_eq!(shown(done(14), None, due, today), "绿灯 已办结 3月14日按期办结");
        assert_eq!(shown(done(15), None, due, today), "绿灯 已办结 3月15日按期办结");
        assert_eq!(shown(done(18), None, due, today), "绿灯 已办结 3月18日办结，比期限晚3天");
        assert_eq!(shown(done(18), None, None, today), "绿灯 已办结 3月18日办结");
        assert_eq!(shown(Work::Done(None), None, due, today), "绿灯 已办结 已办结");
    }

    #[test]
    fn work_without_a_date_is_gray_until_it_should_have_begun() {
        let today = date(2024, 3, 5);
        assert_eq!(shown(Work::Planned, None, None, today), "灰灯 未定时限 通知没有写明期限");
        let starts = Some(date(2024, 3, 4));
        assert_eq!(shown(Work::Planned, starts, None, today), "黄灯 应已开始 应于3月4日开始，尚未启动");
        assert_eq!(shown(Work::UnderWay, starts, None, today), "灰灯 未定时限 通知没有写明期限");
    }

    #[test]
    fn a_start_that_passed_without_a_start_is_yellow() {
        let (starts, due) = (Some(date(2024, 3, 4)), Some(date(2024, 3, 31)));
        let today = date(2024, 3, 6);
        assert_eq!(shown(Work::Planned, starts, due, today), "黄灯 应已开始 应于3月4日开始，尚未启动；3月31日到期");
        assert_eq!(shown(Work::UnderWay, starts, due, today), "绿灯 正常 3月31日到期，还有25天");
        // On the first day itself nothing is late yet.
        assert_eq!(shown(Work::Planned, starts, due, date(2024, 3, 4)), "绿灯 正常 3月31日到期，还有27天");
    }

    #[test]
    fn cancelled_work_has_no_clock() {
        let verdict = judge(Work::Cancelled, None, Some(date(2024, 3, 1)), date(2024, 4, 1), NEAR_DAYS);
        assert_eq!((verdict.light, verdict.days_left), (Light::Gray, None));
    }

    #[test]
    fn codes_and_words_of_the_lights_are_complete_and_distinct() {
        for light in Light::ALL {
            assert_eq!(Light::from_code(light.code()), Some(*light));
        }
        let mut signs: Vec<_> = Light::ALL.iter().map(|it| it.sign()).collect();
        signs.dedup();
        assert_eq!(signs.len(), Light::ALL.len());
        assert_eq!(Light::from_code("blue"), None);
    }
}
