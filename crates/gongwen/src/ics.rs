//! Calendars as iCalendar text (RFC 5545), for the calendars of telephones and mail programs.
//!
//! Pure text without a clock: the stamp is an argument, so that the same campaign gives the same bytes.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// When an entry takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Whole days, the last one included.
    Days {
        /// First day.
        first: Date,
        /// Last day, not before the first.
        last: Date,
    },
    /// From hour to hour, in the time of Shanghai.
    Hours {
        /// Begin.
        start: DateTime,
        /// End, after the begin.
        end: DateTime,
    },
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Stays the same as long as the entry means the same thing; programs update by it.
    pub uid: String,
    /// What.
    pub title: String,
    /// When.
    pub when: When,
    /// Where.
    pub place: Option<String>,
    /// More words.
    pub description: Option<String>,
    /// A page about it.
    pub url: Option<String>,
    /// It will not take place; stays in the feed so that programs strike it out.
    pub is_cancelled: bool,
}

const ZONE: &str = "Asia/Shanghai";
/// A line has at most this many bytes before it is folded.
const LINE_BYTES: usize = 75;

/// Writes a calendar of this name.
pub fn write(name: &str, entries: &[Entry], stamp: Timestamp) -> String {
    let mut out = String::new();
    for (key, value) in [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//Xiaobao//gongwen//ZH"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
    ] {
        line(&mut out, key, value);
    }
    line(&mut out, "X-WR-CALNAME", &escape(name));
    line(&mut out, "X-WR-TIMEZONE", ZONE);
    // China keeps one time all year; without this block some programs shift the hours.
    for (key, value) in [
        ("BEGIN", "VTIMEZONE"),
        ("TZID", ZONE),
        ("BEGIN", "STANDARD"),
        ("DTSTART", "19700101T000000"),
        ("TZOFFSETFROM", "+0800"),
        ("TZOFFSETTO", "+0800"),
        ("TZNAME", "CST"),
        ("END", "STANDARD"),
        ("END", "VTIMEZONE"),
    ] {
        line(&mut out, key, value);
    }
    let stamp = stamp.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string();
    for it in entries {
        entry(&mut out, it, &stamp);
    }
    line(&mut out, "END", "VCALENDAR");
    out
}

fn entry(out: &mut String, entry: &Entry, stamp: &str) {
    line(out, "BEGIN", "VEVENT");
    line(out, "UID", &escape(&entry.uid));
    line(out, "DTSTAMP", stamp);
    match entry.when {
        When::Days { first, last } => {
            // The end of whole days is the day after the last.
            let after = last.max(first).tomorrow().unwrap_or(last);
            line(out, "DTSTART;VALUE=DATE", &first.strftime("%Y%m%d").to_string());
            line(out, "DTEND;VALUE=DATE", &after.strftime("%Y%m%d").to_string());
            line(out, "TRANSP", "TRANSPARENT");
        }
        When::Hours { start, end } => {
            let written = |it: DateTime| it.strftime("%Y%m%dT%H%M%S").to_string();
            line(out, &format!("DTSTART;TZID={ZONE}"), &written(start));
            line(out, &format!("DTEND;TZID={ZONE}"), &written(end.max(start)));
        }
    }
    line(out, "SUMMARY", &escape(&entry.title));
    if let Some(place) = &entry.place {
        line(out, "LOCATION", &escape(place));
    }
    if let Some(description) = &entry.description {
        line(out, "DESCRIPTION", &escape(description));
    }
    if let Some(url) = &entry.url {
        line(out, "URL", &url.replace(['\r', '\n'], ""));
    }
    line(out, "STATUS", if entry.is_cancelled { "CANCELLED" } else { "CONFIRMED" });
    line(out, "END", "VEVENT");
}

/// A content line, folded between characters.
fn line(out: &mut String, key: &str, value: &str) {
    let mut n_bytes = 0;
    for c in key.chars().chain([':']).chain(value.chars()) {
        if n_bytes + c.len_utf8() > LINE_BYTES {
            out.push_str("\r\n ");
            n_bytes = 1;
        }
        out.push(c);
        n_bytes += c.len_utf8();
    }
    out.push_str("\r\n");
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn sample() -> Vec<Entry> {
        let days = Entry {
            uid: "a@xiaobao".to_owned(),
            title: "报送总结,统计表;照片".to_owned(),
            when: When::Days { first: date(2024, 2, 29), last: date(2024, 3, 1) },
            place: None,
            description: Some("第一行\r\n第二行".to_owned()),
            url: None,
            is_cancelled: false,
        };
        let start = date(2024, 3, 15).at(9, 0, 0, 0);
        let when = When::Hours { start, end: date(2024, 3, 15).at(11, 30, 0, 0) };
        let place = Some("文化广场".repeat(20));
        let hours = Entry { uid: "b".to_owned(), when, place, is_cancelled: true, ..days.clone() };
        vec![days, hours]
    }

    #[test]
    fn days_end_on_the_day_after_and_hours_name_the_zone() {
        let text = write("3·15", &sample(), Timestamp::UNIX_EPOCH);
        assert!(text.contains("DTSTART;VALUE=DATE:20240229\r\nDTEND;VALUE=DATE:20240302\r\n"));
        assert!(
            text.contains("DTSTART;TZID=Asia/Shanghai:20240315T090000\r\nDTEND;TZID=Asia/Shanghai:20240315T113000\r\n")
        );
        assert!(text.contains("SUMMARY:报送总结\\,统计表\\;照片\r\n"));
        assert!(text.contains("DESCRIPTION:第一行\\n第二行\r\n"));
        assert!(text.contains("DTSTAMP:19700101T000000Z\r\n") && text.contains("STATUS:CANCELLED"));
    }

    #[test]
    fn no_line_is_longer_than_the_norm_allows_and_none_cuts_a_character() {
        let text = write("3·15", &sample(), Timestamp::UNIX_EPOCH);
        assert!(text.split("\r\n").all(|it| it.len() <= LINE_BYTES));
        assert!(text.replace("\r\n ", "").contains(&format!("LOCATION:{}", "文化广场".repeat(20))));
    }
}
