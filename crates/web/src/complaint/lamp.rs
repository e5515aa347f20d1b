//! The light of a case: what falls due next, in words a clerk reads at a glance.

use domain::complaint::clock::{DeskRules, desk_clock, end_of};
use jiff::Timestamp;
use jiff::civil::Date;
use store::complaint::case::Case;

use crate::campaign::days::day_with_weekday;
use crate::clock;

/// A light and its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lamp {
    pub(crate) tone: &'static str,
    /// 受理 3月24日（周三），剩 4 天
    pub(crate) words: String,
    /// The statutory day may move.
    pub(crate) is_provisional: bool,
}

/// The short word of a term.
pub(crate) fn term_word(code: &str) -> &'static str {
    match code {
        "complaint.accept" => "受理期限",
        "mediation.end" => "调解期限",
        "mediation.notice" => "告知期限",
        "complaint.lead_verify" | "complaint.lead_verify_extended" => "线索核查",
        "report.decide" | "report.decide_extended" => "立案决定",
        "report.notify" => "告知举报人",
        "jurisdiction.negotiate" => "权限协商",
        _ => "期限",
    }
}

/// The light of a case at a moment.
pub(crate) fn lamp(case: &Case, rules: &DeskRules, last_known_year: i16, now: Timestamp) -> Lamp {
    let today = clock::in_zone(now).date();
    let light = |tone, words: String| Lamp { tone, words, is_provisional: false };
    if !case.state.is_open() {
        return light("done", case.state.label().to_owned());
    }
    let desk = desk_clock(&case.state, rules);
    let is_desk_first = match (&desk, case.due_on.and_then(end_of)) {
        (Some(desk), Some(due_at)) => desk.due_at < due_at,
        (Some(_), None) => true,
        (None, _) => false,
    };
    // What the law has set is said first once it is over, whatever the desk asks of itself.
    let is_over = case.due_on.is_some_and(|due_on| due_on < today);
    if let Some(desk) = desk.filter(|_| is_desk_first && !is_over) {
        let minutes = desk.due_at.duration_since(now).as_secs() / 60;
        return match minutes {
            ..0 => light("red", format!("{}已超时 {}", desk.label, span(-minutes))),
            0..=30 => light("yellow", format!("{}还有 {}", desk.label, span(minutes))),
            _ => light("green", format!("{}还有 {}", desk.label, span(minutes))),
        };
    }
    match case.due_on {
        Some(due_on) => {
            let mut lamp = of_day(term_word(&case.due_term), due_on, today, rules.near_days);
            lamp.is_provisional = due_on.year() > last_known_year;
            lamp
        }
        None if case.state.is_paused() => light("grey", "鉴定检测中，期限暂停".to_owned()),
        None => light("grey", "没有法定期限".to_owned()),
    }
}

fn of_day(word: &str, due_on: Date, today: Date, near_days: u32) -> Lamp {
    let left = i64::from((due_on - today).get_days());
    let day = day_with_weekday(due_on, today);
    let (tone, words) = match left {
        ..0 => ("red", format!("{word} {day}，已超 {} 天", -left)),
        0 => ("yellow", format!("{word}今天到期")),
        n if n <= i64::from(near_days) => ("yellow", format!("{word} {day}，剩 {n} 天")),
        n => ("green", format!("{word} {day}，剩 {n} 天")),
    };
    Lamp { tone, words, is_provisional: false }
}

/// Minutes in words: 45 分钟, 3 小时 20 分, 2 天.
pub(crate) fn span(minutes: i64) -> String {
    match minutes {
        ..60 => format!("{minutes} 分钟"),
        60..2880 if minutes % 60 == 0 => format!("{} 小时", minutes / 60),
        60..2880 => format!("{} 小时 {} 分", minutes / 60, minutes % 60),
        _ => format!("{} 天", minutes / 1440),
    }
}

/// Minutes of working time in words: 45 分钟, 6.5 小时.
pub(crate) fn work_span(minutes: i64) -> String {
    match minutes {
        ..60 => format!("{minutes} 分钟"),
        _ if minutes % 60 == 0 => format!("{} 小时", minutes / 60),
        _ => {
            let tenths = (minutes + 3) / 6;
            format!("{}.{} 小时", tenths / 10, tenths % 10)
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_has_its_light() {
        let today = date(2027, 3, 11);
        let tones = [(10, "red"), (11, "yellow"), (13, "yellow"), (14, "green")];
        for (day, tone) in tones {
            assert_eq!(of_day("受理期限", date(2027, 3, day), today, 2).tone, tone, "{day}");
        }
        assert_eq!(of_day("受理期限", date(2027, 3, 9), today, 2).words, "受理期限 3月9日（周二），已超 2 天");
    }

    #[test]
    fn a_span_is_read_at_a_glance() {
        assert_eq!([work_span(45), work_span(120), work_span(390)], ["45 分钟", "2 小时", "6.5 小时"]);
        assert_eq!([span(45), span(120), span(200), span(3000)], ["45 分钟", "2 小时", "3 小时 20 分", "2 天"]);
    }
}
