//! The scanner behind [`crate::date::scan`].

use crate::date::{Context, Day, Kind, Mention, last_of};
use crate::date_time::{Clock, clock, clock_range, day_part};
use crate::numeral;
use crate::text::part;

pub(crate) struct Scan<'a> {
    pub(crate) text: &'a str,
    pub(crate) context: Context,
    pub(crate) found: Vec<Mention>,
}

/// What was read of one day, before it is known what it means.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Read {
    year: Option<i16>,
    has_year: bool,
    month: u8,
    part: Part,
    pub(crate) end: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Day(u8),
    Month,
    Bottom,
    Begin,
    Third(u8),
}

impl Read {
    pub(crate) fn first(self) -> Day {
        let day = match self.part {
            Part::Day(day) => Some(day),
            Part::Third(third) => Some(third * 10 + 1),
            Part::Bottom => Some(last_of(self.year, self.month)),
            Part::Begin => Some(1),
            Part::Month => None,
        };
        Day { year: self.year, month: self.month, day }
    }

    pub(crate) fn last(self) -> Day {
        let day = match self.part {
            Part::Third(2) | Part::Bottom => Some(last_of(self.year, self.month)),
            Part::Third(third) => Some(third * 10 + 10),
            Part::Begin => Some(10),
            Part::Day(day) => Some(day),
            Part::Month => None,
        };
        Day { year: self.year, month: self.month, day }
    }
}

pub(crate) const DASHES: &[&str] = &["起至", "到", "至", "--", "-", "?"];

impl<'a> Scan<'a> {
    pub(crate) fn new(text: &'a str, context: Context) -> Scan<'a> {
        Scan { text, context, found: Vec::new() }
    }

    pub(crate) fn run(mut self) -> Vec<Mention> {
        let mut at = 0;
        while let Some(c) = self.rest(at).chars().next() {
            let next = match c {
                '0'..='9' | '一'..='龥' => self.mention_at(at),
                _ => None,
            };
            at = next.filter(|it| *it > at).unwrap_or(at + c.len_utf8());
        }
        self.found
    }

    pub(crate) fn rest(&self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or("")
    }

    pub(crate) fn before(&self, at: usize) -> &'a str {
        self.text.get(..at).unwrap_or("")
    }

    pub(crate) fn starts(&self, at: usize, words: &[&str]) -> Option<usize> {
        words.iter().find(|it| self.rest(at).starts_with(**it)).map(|it| at + it.len())
    }

    pub(crate) fn last_day(&self) -> Option<Day> {
        self.found.iter().rev().find_map(|it| it.end.or(it.start)).filter(|it| it.day.is_some())
    }

    pub(crate) fn push(&mut self, mention: Mention) -> Option<usize> {
        let end = mention.range.end;
        self.found.push(mention);
        Some(end)
    }

    pub(crate) fn plain(&self, kind: Kind, start: usize, end: usize) -> Mention {
        Mention { kind, start: None, end: None, time: None, range: start..end, has_year: false, weekday: None }
    }

    fn mention_at(&mut self, at: usize) -> Option<usize> {
        match self.rest(at).chars().next()? {
            '即' | '自' => self.open_words(at),
            '每' | '逢' => self.recurring(at),
            '次' | '翌' => self.next_day(at),
            '时' | '日' | '另' | '待' | '具' => self.undetermined(at),
            '晚' => self.gala(at).or_else(|| self.bare_time_range(at)),
            '期' => self.during(at),
            '活' | '会' | '宣' | '项' | '场' | '培' | '检' | '结' => self.relative(at),
            c if c.is_ascii_digit() || "一二三四五六七八九十〇零今本当上早凌中下傍夜".contains(c) => {
                self.day_mention(at)
            }
            _ => None,
        }
    }

    fn day_mention(&mut self, at: usize) -> Option<usize> {
        if let Some(end) = self.bare_time_range(at) {
            return Some(end);
        }
        let start = self.read_day(at, None)?;
        let before = self.before(at);
        let follows = before.chars().next_back().is_some_and(|it| it.is_ascii_digit() || ".·/".contains(it));
        let is_lunar = ["农历", "阴历", "夏历", "旧历"].iter().any(|it| before.ends_with(it));
        if is_lunar || follows && !ends_with_ordinal(before) {
            return Some(start.end);
        }
        let mut mention = self.plain(Kind::Point, at, start.end);
        mention.has_year = start.has_year;
        let mut end = self.weekday(start.end, &mut mention);
        let (time, after) = self.time_after(end);
        end = after;
        mention.time = time;
        let started = self.starts(end, &["起", "开始"]);
        let mut from = started.unwrap_or(end);
        if self.rest(from).starts_with(",") && started.is_none() {
            from = end;
        }
        // "从2月25日开始,至3月25日结束".
        if started.is_some() && [",至", ",到"].iter().any(|it| self.rest(from).starts_with(it)) {
            from += 1;
        }
        if let Some(close) = self.range_end(from, start, &mut mention) {
            end = close;
        } else {
            end = self.single(start, end, started, &mut mention);
        }
        mention.range.end = end;
        self.more_days(start, &mut mention);
        if self.is_of_something_else(&mention) || !self.exists(&mention) {
            return Some(end);
        }
        self.push(mention)
    }

    fn exists(&self, mention: &Mention) -> bool {
        mention.start.is_none_or(Day::exists) && mention.end.is_none_or(Day::exists)
    }

    /// What follows the first day makes it a range: "至24日", "-次日1:00", "-3月5日18:00".
    fn range_end(&self, at: usize, start: Read, mention: &mut Mention) -> Option<usize> {
        let after = self.starts(at, DASHES)?;
        let after = self.starts(after, &["(含)"]).unwrap_or(after);
        let (last, mut end) = if let Some(end) = self.starts(after, &["次日", "翌日"]) {
            (start.first().next(), end)
        } else {
            let read = self.read_day(after, Some(start))?;
            mention.has_year |= read.has_year;
            (read.last(), read.end)
        };
        let mut ignored = mention.clone();
        end = self.weekday(end, &mut ignored);
        let (time, end_of_time) = self.time_after(end);
        end = end_of_time;
        mention.time = match (mention.time.take(), time) {
            (Some(from), Some(to)) => Some(format!("{from}-{to}")),
            (from, to) => from.or(to),
        };
        end = self.starts(end, &["止"]).unwrap_or(end);
        mention.kind = Kind::Range;
        mention.start = Some(start.first());
        mention.end = Some(later(start.first(), last));
        Some(end)
    }

    /// One day, or one month: a point, a deadline or a beginning.
    fn single(&self, start: Read, end: usize, started: Option<usize>, mention: &mut Mention) -> usize {
        let mut end = end;
        let is_late = self.starts(end, &["(含当日)前", "下班前", "之前", "以前", "前", "截止", "止", "内完成"]);
        let is_about = self.starts(end, &["前后", "前夕", "前期"]).is_some();
        let key = self.before(mention.range.start).trim_end_matches([':', '为', '于']);
        let is_due =
            ["完成时限", "时限", "截止时间", "截止日期", "完成时间", "完成期限", "办结期限", "截至", "截止到", "截止"]
                .iter()
                .any(|it| key.ends_with(it));
        if is_late.is_some() && !is_about || is_due {
            mention.kind = Kind::Deadline;
            mention.end = Some(match start.part {
                Part::Month => start.first().last(),
                _ => start.last(),
            });
            return is_late.filter(|_| !is_about).unwrap_or(end);
        }
        if let Some(after) = self.starts(end, &["(含)"]) {
            end = after;
        }
        if let Some(after) = started {
            mention.kind = Kind::Open;
            mention.start = Some(start.first());
            return after;
        }
        end = self.starts(end, &["前后", "当天", "当日"]).unwrap_or(end);
        match start.part {
            Part::Day(_) => mention.start = Some(start.first()),
            Part::Bottom => {
                mention.kind = Kind::Deadline;
                mention.end = Some(start.last());
            }
            Part::Month | Part::Third(_) | Part::Begin => {
                mention.kind = Kind::Range;
                mention.start = Some(start.first());
                mention.end = Some(start.last());
            }
        }
        end
    }

    /// 3月11、12日 and 3月11日、12日: the days before the last one.
    fn more_days(&mut self, start: Read, mention: &mut Mention) {
        let before = self.before(mention.range.start);
        // "11、" directly before "12日" cannot be seen from here; `read_day` reads "3月11、12日" as one and leaves the list in `range`.
        let _ = before;
        let words = part(self.text, mention.range.clone());
        if mention.kind != Kind::Point || !words.contains('、') {
            return;
        }
        let days: Vec<u8> = words
            .split(['月', '、', '日', '号'])
            .skip(1)
            .filter_map(|it| it.trim_matches(|c: char| !c.is_ascii_digit()).parse().ok())
            .collect();
        for day in days.iter().take(days.len().saturating_sub(1)) {
            let mut other = mention.clone();
            other.start = Some(Day { day: Some(*day), ..start.first() });
            if self.exists(&other) {
                self.found.push(Mention { range: mention.range.start..mention.range.start, ..other });
            }
        }
    }

    fn weekday(&self, at: usize, mention: &mut Mention) -> usize {
        // "7月18日(逢集日)上午": what the day is for the people there.
        if let Some(inner) = self.starts(at, &["(逢", "(农历", "(元宵", "(圩", "(赶"]) {
            let rest = self.rest(inner);
            let close = rest.find(')').filter(|it| *it <= 24 && !part(rest, 0..*it).contains(['(', '。', '\n']));
            if let Some(close) = close {
                return inner + close + 1;
            }
        }
        let open = self.starts(at, &["("]).unwrap_or(at);
        let Some(after) = self.starts(open, &["星期", "周", "礼拜"]) else { return at };
        let Some(c) = self.rest(after).chars().next() else { return at };
        let Some(n) = "一二三四五六日天".chars().position(|it| it == c) else { return at };
        let end = after + c.len_utf8();
        mention.weekday = Some(n.min(6) as u8 + 1);
        if open == at {
            return end;
        }
        self.starts(end, &[")"]).unwrap_or(end)
    }

    /// A time directly after a day: clock, range of clocks or a word.
    pub(crate) fn time_after(&self, at: usize) -> (Option<String>, usize) {
        let at = self
            .starts(at, &[",", " ", "的"])
            .filter(|it| clock(self.rest(*it)).is_some_and(|c| c.is_sure))
            .unwrap_or(at);
        if let Some((time, len)) = clock_range(self.rest(at)) {
            return (Some(time), at + len);
        }
        if let Some(end) = self.starts(at, &["下班前", "上班前", "下班之前"]) {
            return (Some("下班前".to_owned()), end - "前".len());
        }
        match day_part(self.rest(at)) {
            Some((word, len)) => (Some(word.to_owned()), at + len),
            None => (None, at),
        }
    }

    /// "9:30-11:30,举办咨询" after a day was named: the same day.
    fn bare_time_range(&mut self, at: usize) -> Option<usize> {
        let last = self.found.last().filter(|it| it.kind == Kind::Point && it.time.is_some())?;
        let day = last.start?;
        if part(self.text, last.range.end..at).contains(['。', '\n']) && !part(self.text, last.range.end..at).is_empty()
        {
            return None;
        }
        let Clock { len, .. } = clock(self.rest(at)).filter(|it| it.is_sure)?;
        if self.before(at).ends_with(|it: char| it.is_ascii_digit() || it == ':') {
            return None;
        }
        let (time, all) = clock_range(self.rest(at))?;
        if all <= len || !time.contains('-') {
            return None;
        }
        let mut mention = self.plain(Kind::Point, at, at + all);
        mention.start = Some(day);
        mention.time = Some(time);
        self.push(mention)
    }

    /// Dates of laws, of last year's events, of what is left undone are not the activity's.
    fn is_of_something_else(&self, mention: &Mention) -> bool {
        let before = self.before(mention.range.start);
        let rest = self.rest(mention.range.end);
        let before = before.trim_end_matches(['于', '在']);
        ["原定", "去年", "上年", "截至去年"].iter().any(|it| before.ends_with(it))
            || [
                "未",
                "尚未",
                "受理的",
                "收到的",
                "登记的",
                "施行",
                "实施的",
                "起施行",
                "正式施行",
                "印发的",
                "发布的",
                "通过的",
                "公布的",
                "修订的",
                "召开的",
                "生效",
            ]
            .iter()
            .any(|it| rest.starts_with(it))
            || mention.kind == Kind::Open && ["施行", "实施", "正式"].iter().any(|it| rest.starts_with(it))
    }

    /// Reads a day. With `start`, also a bare day ("24日"), whose month is that of the start.
    pub(crate) fn read_day(&self, at: usize, start: Option<Read>) -> Option<Read> {
        let known = start.map_or(self.context.year, |it| it.year);
        self.numeric_day(at).or_else(|| {
            let (year, has_year, at) = match self.read_year(at) {
                Some((year, at)) => (year, true, at),
                None => (known, false, at),
            };
            let (month, at) = match self.number(at) {
                Some((n, end)) if (1..=12).contains(&n) => match self.starts(end, &["月份", "月"]) {
                    Some(end) => (n as u8, end),
                    None => return start.and_then(|it| self.bare_day(at, it)),
                },
                _ => return start.and_then(|it| self.bare_day(at, it)),
            };
            let mut read = Read { year, has_year, month, part: Part::Month, end: at };
            for (words, part) in [
                ("上旬", Part::Third(0)),
                ("中旬", Part::Third(1)),
                ("下旬", Part::Third(2)),
                ("底", Part::Bottom),
                ("末", Part::Bottom),
                ("初", Part::Begin),
            ] {
                if let Some(end) = self.starts(at, &[words]) {
                    // 二月初六 is a day of the lunar calendar.
                    if words == "初" && self.rest(end).starts_with(|it: char| "一二三四五六七八九十".contains(it))
                    {
                        return None;
                    }
                    return Some(Read { part, end, ..read });
                }
            }
            if let Some((part, end)) = self.day_number(at) {
                read.part = part;
                read.end = end;
            } else if part(self.text, at - "月".len()..at) == "月"
                && !has_year
                && self.starts(at, &["度", "刊", "报", "饼"]).is_some()
            {
                return None;
            }
            Some(read)
        })
    }

    fn bare_day(&self, at: usize, start: Read) -> Option<Read> {
        let (part, end) = self.day_number(at)?;
        Some(Read { part, end, has_year: false, ..start })
    }

    /// "15日", "15号", "11、12日" (then the last is read), "15口" (a character read badly).
    fn day_number(&self, at: usize) -> Option<(Part, usize)> {
        let (mut day, mut end) = self.number(at)?;
        for _ in 0..8 {
            let next = self.starts(end, &["、"]).and_then(|it| self.number(it));
            match next {
                Some((n, after)) if self.starts(end, &["日", "号", "口"]).is_none() => (day, end) = (n, after),
                _ => break,
            }
        }
        let end = self.starts(end, &["日", "号", "口"])?;
        (1..=31).contains(&day).then_some((Part::Day(day as u8), end))
    }

    fn read_year(&self, at: usize) -> Option<(Option<i16>, usize)> {
        for word in ["今年", "本年", "当年"] {
            if let Some(end) = self.starts(at, &[word]) {
                return Some((self.context.year, end));
            }
        }
        let digits: String = self.rest(at).chars().take(4).collect();
        let end = at + digits.len();
        let end = self.starts(end, &["年"])?;
        if digits.chars().all(|it| it.is_ascii_digit()) && digits.len() == 4 {
            return Some((digits.parse().ok().filter(|it| (1980..=2100).contains(it)), end));
        }
        if digits.chars().any(|it| "xX*某".contains(it)) {
            return Some((None, end));
        }
        let value = numeral::parse(&digits).filter(|it| (1980..=2100).contains(it))?;
        Some((i16::try_from(value).ok(), end))
    }

    /// 2024-03-08, 2024.3.8, 2024/3/8.
    fn numeric_day(&self, at: usize) -> Option<Read> {
        let (year, end) = self.number(at).filter(|it| (1980..=2100).contains(&it.0))?;
        let mark = self.rest(end).chars().next().filter(|it| "-./".contains(*it))?.to_string();
        let (month, end) = self.number(end + 1).filter(|it| (1..=12).contains(&it.0))?;
        let (day, end) = self.number(self.starts(end, &[&mark])?).filter(|it| (1..=31).contains(&it.0))?;
        Some(Read {
            year: i16::try_from(year).ok(),
            has_year: true,
            month: month as u8,
            part: Part::Day(day as u8),
            end,
        })
    }

    fn number(&self, at: usize) -> Option<(u32, usize)> {
        let rest = self.rest(at);
        let mut len = rest.bytes().take_while(u8::is_ascii_digit).count();
        if len == 0 {
            len =
                rest.chars().take_while(|it| "一二三四五六七八九十〇".contains(*it)).take(4).map(char::len_utf8).sum();
        }
        let value = numeral::parse(part(rest, 0..len))?;
        Some((value, at + len))
    }
}

/// "3.3月18日": the third item, not a decimal.
fn ends_with_ordinal(before: &str) -> bool {
    let Some(number) = before.strip_suffix('.') else { return false };
    let rest = number.trim_end_matches(|it: char| it.is_ascii_digit());
    let n_digits = number.len() - rest.len();
    (1..=2).contains(&n_digits) && (rest.is_empty() || rest.ends_with(['\n', '。', ';']))
}

/// The end of a range is never before its start: December to February ends in the next year.
fn later(start: Day, end: Day) -> Day {
    match (start.year, end.year) {
        (Some(a), Some(b)) if a == b && end.month < start.month => Day { year: Some(b + 1), ..end },
        _ => end,
    }
}
