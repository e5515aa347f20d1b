//! Times of day: 9:00至11:00, 上午8点, 下午2:30-5:30, 8时30分.

use std::sync::LazyLock;

use regex::Regex;

use crate::numeral;

/// A time of day that was read.
pub(crate) struct Clock {
    pub(crate) hour: u32,
    pub(crate) minute: u32,
    pub(crate) is_late: bool,
    pub(crate) len: usize,
    /// Written with a colon, 时 or 点, so it cannot be anything else.
    pub(crate) is_sure: bool,
}

impl Clock {
    fn to_text(&self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
    }
}

const LATE: &[&str] = &["下午", "晚上", "傍晚", "当晚", "晚", "夜间"];

static CLOCK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?P<part>上午|早上|早晨|凌晨|中午|下午|晚上|傍晚|当晚|夜间|晚)?的?(?P<h>\d{1,2}|[一二三四五六七八九十]{1,3})(?::(?P<m>\d{2})(?::\d{2})?|[点时](?:(?P<mm>\d{1,2})分|(?P<half>半)|整)?)").ok()
});

/// A time at the head of a text.
pub(crate) fn clock(text: &str) -> Option<Clock> {
    let head = text.get(..text.char_indices().nth(14).map_or(text.len(), |it| it.0))?;
    let caps = CLOCK.as_ref()?.captures(head)?;
    let mut hour = numeral::parse(caps.name("h")?.as_str()).filter(|it| *it <= 24)?;
    let minute = match (caps.name("m").or(caps.name("mm")), caps.name("half")) {
        (_, Some(_)) => 30,
        (Some(minute), _) => minute.as_str().parse().ok().filter(|it| *it < 60)?,
        _ => 0,
    };
    let is_late = caps.name("part").is_some_and(|it| LATE.contains(&it.as_str()));
    if is_late && hour < 12 {
        hour += 12;
    }
    Some(Clock { hour, minute, is_late, len: caps.get(0)?.len(), is_sure: true })
}

/// A time or a range of times at the head of a text, with its length.
pub(crate) fn clock_range(text: &str) -> Option<(String, usize)> {
    let first = clock(text)?;
    let mut at = first.len;
    let rest = text.get(at..)?;
    for word in ["正式开始", "开始", "起"] {
        if rest.starts_with(word) {
            at += word.len();
            break;
        }
    }
    let rest = text.get(at..)?;
    let dash = ["至", "到", "--", "-", "?"].iter().find(|it| rest.starts_with(**it));
    let second = dash.and_then(|dash| {
        let start = at + dash.len();
        let skip = ["次日", "翌日"].iter().find(|it| text.get(start..).is_some_and(|t| t.starts_with(**it)));
        if skip.is_some() {
            return None;
        }
        clock(text.get(start..)?).map(|it| (it, start))
    });
    let Some((mut second, start)) = second else {
        return Some((first.to_text(), first.len));
    };
    if first.is_late && second.hour < 12 && second.hour + 12 > first.hour {
        second.hour += 12;
    }
    Some((format!("{}-{}", first.to_text(), second.to_text()), start + second.len))
}

/// 上午, 下午, 晚上 at the head of a text.
pub(crate) fn day_part(text: &str) -> Option<(&'static str, usize)> {
    ["上午", "下午", "中午", "晚上", "早上", "傍晚", "凌晨", "全天", "当晚", "晚间"]
        .iter()
        .find(|it| text.starts_with(**it))
        .map(|it| (*it, it.len()))
        .or_else(|| text.starts_with("晚,").then_some(("晚", "晚".len())))
}
