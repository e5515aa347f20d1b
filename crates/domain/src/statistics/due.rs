//! When a form is due, to the minute, and the light of a return.
//!
//! 下班前 means an hour on the day: one place says which.

use jiff::civil::{Date, DateTime, Time, time};

use super::stat_return::ReturnStatus;
use crate::campaign::light::{Light, Verdict, day_words, days_between, distance_words};

/// 下班前, where no other hour is written.
pub const CLOSE_OF_BUSINESS: Time = time(17, 0, 0, 0);

/// When a form is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The day.
    pub on: Date,
    /// The hour; `None` when the whole day is meant.
    pub time: Option<Time>,
}

impl Due {
    /// From the day and the words of the notice: `17:00`, `9:00-11:30` (its end), 下班前, 中午, 上午.
    ///
    /// ```
    /// use domain::statistics::due::Due;
    /// use jiff::civil::{date, time};
    /// let due = Due::new(date(2027, 3, 15), Some("下班前"));
    /// assert_eq!(due.time, Some(time(17, 0, 0, 0)));
    /// assert_eq!(Due::new(date(2027, 3, 15), Some("9:30前")).time, Some(time(9, 30, 0, 0)));
    /// ```
    pub fn new(on: Date, words: Option<&str>) -> Due {
        Due { on, time: words.and_then(hour) }
    }

    /// The last moment.
    pub fn moment(self) -> DateTime {
        self.on.to_datetime(self.time.unwrap_or(Time::MAX))
    }

    /// `今天17:00前`, `3月15日17:00前`, `3月15日`.
    pub fn words(self, today: Date) -> String {
        let days = days_between(today, self.on);
        let day = if (0..=1).contains(&days) { distance_words(days) } else { day_words(self.on, today) };
        match self.time {
            Some(time) => format!("{day}{}前", time.strftime("%H:%M")),
            None => format!("{day}前"),
        }
    }
}

fn hour(words: &str) -> Option<Time> {
    let plain: String = words.chars().map(super::measure::half_width).collect();
    let is_word = |word: &str| plain.contains(word) && !plain.contains([':', '时', '点']);
    if is_word("下班") {
        return Some(CLOSE_OF_BUSINESS);
    }
    if is_word("中午") || is_word("上午") {
        return Some(time(12, 0, 0, 0));
    }
    let last = plain.rsplit(['-', '—', '至', '~']).find(|part| part.contains([':', '时', '点']))?;
    let digits = |text: &str| -> String {
        text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect()
    };
    let (hour, minute) = last.split_once([':', '时', '点'])?;
    let hour: i8 = digits(hour).parse().ok()?;
    let hour = if hour < 12 && (plain.contains("下午") || plain.contains("晚")) { hour + 12 } else { hour };
    Time::new(hour, digits(minute).parse().unwrap_or(0), 0, 0).ok()
}

/// The light of a unit's return at `now`; `status` is `None` while nothing was begun. Times are those of the pages' zone.
///
/// Unlike an activity, a return is late from the minute after it was due.
///
/// ```
/// use domain::campaign::light::Light;
/// use domain::statistics::due::{Due, judge};
/// use jiff::civil::{date, datetime};
/// let due = Some(Due::new(date(2027, 3, 15), Some("17:00")));
/// assert_eq!(judge(None, None, due, datetime(2027, 3, 15, 16, 50, 0, 0), 3).light, Light::Yellow);
/// assert_eq!(judge(None, None, due, datetime(2027, 3, 15, 17, 1, 0, 0), 3).light, Light::Red);
/// ```
pub fn judge(
    status: Option<ReturnStatus>,
    completed_at: Option<DateTime>,
    due: Option<Due>,
    now: DateTime,
    near_days: i64,
) -> Verdict {
    match status {
        Some(status @ (ReturnStatus::Complete | ReturnStatus::Approved)) => done(status, completed_at, due, now),
        _ => match due {
            Some(due) => open(status.is_some(), due, now, near_days),
            None => {
                Verdict {
                    light: Light::Gray, word: "未定时限", reason: "没有规定填报期限".to_owned(), days_left: None
                }
            }
        },
    }
}

fn done(status: ReturnStatus, completed_at: Option<DateTime>, due: Option<Due>, now: DateTime) -> Verdict {
    let reason = match (completed_at, due) {
        (Some(at), Some(due)) if at > due.moment() => {
            format!("{}，比期限晚{}", words_of(completed_at, now), span(due.moment(), at))
        }
        (Some(_), Some(_)) => format!("{}，按时", words_of(completed_at, now)),
        _ => words_of(completed_at, now),
    };
    Verdict { light: Light::Green, word: status.label(), reason, days_left: None }
}

fn words_of(at: Option<DateTime>, now: DateTime) -> String {
    at.map(|at| format!("{} {}提交", day_words(at.date(), now.date()), at.strftime("%H:%M"))).unwrap_or_default()
}

fn open(is_begun: bool, due: Due, now: DateTime, near_days: i64) -> Verdict {
    let left = days_between(now.date(), due.on);
    let state = if is_begun { "还没有提交" } else { "还没有开始填" };
    let by = due.words(now.date());
    let (light, word, reason) = if now > due.moment() {
        (Light::Red, "已逾期", format!("应于{by}报，已过{}，{state}", span(due.moment(), now)))
    } else if left == 0 {
        let rest = if due.time.is_some() { format!("，还有{}", span(now, due.moment())) } else { String::new() };
        (Light::Yellow, "今天到期", format!("{by}报{rest}，{state}"))
    } else if left <= near_days {
        (Light::Yellow, "临近期限", format!("{by}报，{state}"))
    } else {
        (Light::Green, "未到期", format!("{by}报，{state}"))
    };
    Verdict { light, word, reason, days_left: Some(left) }
}

/// 3天, 2小时10分, 40分钟.
fn span(from: DateTime, to: DateTime) -> String {
    let days = days_between(from.date(), to.date());
    let minutes = to.duration_since(from).as_mins();
    match (days, minutes) {
        (days, minutes) if minutes >= 24 * 60 => format!("{days}天"),
        (_, minutes) if minutes >= 60 && minutes % 60 == 0 => format!("{}小时", minutes / 60),
        (_, minutes) if minutes >= 60 => format!("{}小时{}分", minutes / 60, minutes % 60),
        (_, minutes) => format!("{}分钟", minutes.max(1)),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, datetime};

    use super::*;

    fn shown(status: Option<ReturnStatus>, at: Option<DateTime>, now: DateTime) -> String {
        let due = Some(Due::new(date(2027, 3, 15), Some("下班前")));
        let verdict = judge(status, at, due, now, 3);
        format!("{} {}", verdict.word, verdict.reason)
    }

    #[test]
    fn a_return_is_late_from_the_minute_after() {
        let at = |day, hour, minute| datetime(2027, 3, day, hour, minute, 0, 0);
        let table = [
            (at(10, 9, 0), "未到期 3月15日17:00前报，还没有开始填"),
            (at(12, 9, 0), "临近期限 3月15日17:00前报，还没有开始填"),
            (at(14, 9, 0), "临近期限 明天17:00前报，还没有开始填"),
            (at(15, 16, 20), "今天到期 今天17:00前报，还有40分钟，还没有开始填"),
            (at(15, 17, 0), "今天到期 今天17:00前报，还有1分钟，还没有开始填"),
            (at(15, 19, 10), "已逾期 应于今天17:00前报，已过2小时10分，还没有开始填"),
            (at(18, 18, 0), "已逾期 应于3月15日17:00前报，已过3天，还没有开始填"),
        ];
        for (now, expected) in table {
            assert_eq!(shown(None, None, now), expected);
        }
        assert!(shown(Some(ReturnStatus::Draft), None, at(15, 16, 0)).ends_with("还没有提交"));
    }

    #[test]
    fn a_completed_return_says_whether_it_was_in_time() {
        let now = datetime(2027, 3, 20, 9, 0, 0, 0);
        let at = |hour| Some(datetime(2027, 3, 15, hour, 30, 0, 0));
        assert_eq!(shown(Some(ReturnStatus::Complete), at(16), now), "已填报 3月15日 16:30提交，按时");
        assert_eq!(shown(Some(ReturnStatus::Approved), at(18), now), "已审核 3月15日 18:30提交，比期限晚1小时30分");
    }

    #[test]
    fn the_hour_of_a_notice_is_read() {
        let hour = |words| Due::new(date(2027, 3, 15), Some(words)).time.map(|it| it.to_string());
        assert_eq!(hour("9:00-11:30").as_deref(), Some("11:30:00"));
        assert_eq!(hour("下午5点").as_deref(), Some("17:00:00"));
        assert_eq!(hour("12：00前").as_deref(), Some("12:00:00"));
        assert_eq!(hour("适时"), None);
    }
}
