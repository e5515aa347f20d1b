//! Dates in words: 即日起, 每周四12:00前, 次日10:00前, 另行通知, 活动结束后2日内.

use crate::date::{Day, Kind};
use crate::date_scan::{DASHES, Scan};
use crate::text::part;

impl Scan<'_> {
    pub(crate) fn open_words(&mut self, at: usize) -> Option<usize> {
        let end = self.starts(
            at,
            &[
                "即日起",
                "即日",
                "自即日起",
                "自印发之日起",
                "自通知之日起",
                "自本通知下发之日起",
                "自本通知印发之日起",
                "自本方案印发之日起",
                "自发文之日起",
            ],
        );
        let mut end = end?;
        let mut mention = self.plain(Kind::Open, at, end);
        mention.start = self.context.issued.filter(|it| it.day.is_some());
        if let Some(after) = self.starts(end, DASHES)
            && let Some(read) = self.read_day(after, None)
        {
            mention.end = Some(read.last());
            end = self.starts(read.end, &["止", "前"]).unwrap_or(read.end);
            mention.range.end = end;
        }
        self.push(mention)
    }

    pub(crate) fn recurring(&mut self, at: usize) -> Option<usize> {
        let mut end = self.starts(
            at,
            &[
                "每周一、",
                "每逢周",
                "每逢圩日",
                "每逢集日",
                "逢集日",
                "逢圩日",
                "逢场日",
                "每个工作日",
                "每工作日",
                "每季度末",
                "每季度",
                "每半年",
                "每周",
                "每星期",
                "每个月",
                "每月",
                "每日",
                "每天",
                "每旬",
            ],
        )?;
        let head = part(self.text, at..end);
        if head.ends_with('周') || head.ends_with("星期") {
            end = self.starts(end, &["一", "二", "三", "四", "五", "六", "日", "天", "末"]).unwrap_or(end);
        } else if head.ends_with('月') {
            let digits = self.rest(end).chars().take_while(char::is_ascii_digit).count();
            if digits > 0 {
                end = self.starts(end + digits, &["日", "号"]).unwrap_or(end);
            } else {
                end = self.starts(end, &["底", "末", "初"]).unwrap_or(end);
            }
        } else if self.rest(end).starts_with('一') {
            return None; // 每日一案, 每天一个主题.
        }
        end = self.starts(end, &["最后一个工作日", "最后一天", "最后一日"]).unwrap_or(end);
        if head.ends_with(['末', '度']) {
            let digits = self.rest(end).chars().take_while(char::is_ascii_digit).count();
            end = self.starts(end + digits, &["日", "号"]).filter(|_| digits > 0).unwrap_or(end);
        }
        let (time, after) = self.time_after(end);
        end = after;
        end = self.starts(end, &["之前", "以前", "前"]).unwrap_or(end);
        let mut mention = self.plain(Kind::Recurring, at, end);
        mention.time = time;
        if let Some(last) = self.found.last().filter(|it| it.kind == Kind::Open)
            && matches!(part(self.text, last.range.end..at), "" | "," | "起" | "起,")
        {
            mention.start = last.start;
            mention.range.start = last.range.start;
            self.found.pop();
        }
        self.push(mention)
    }

    pub(crate) fn next_day(&mut self, at: usize) -> Option<usize> {
        if let Some(end) = self.starts(at, &["次月", "次季度首月", "次年"]) {
            return self.next_month(at, end);
        }
        let end = self.starts(at, &["次日", "翌日"])?;
        let last = self.last_day()?;
        let (time, end) = self.time_after(end);
        let deadline = self.starts(end, &["之前", "以前", "前"]);
        let day = last.next();
        let mut mention = self.plain(Kind::Point, at, deadline.unwrap_or(end));
        mention.time = time;
        if deadline.is_some() {
            mention.kind = Kind::Deadline;
            mention.end = Some(day);
        } else {
            mention.start = Some(day);
        }
        self.push(mention)
    }

    /// 次月5日前: again and again, after each month.
    fn next_month(&mut self, at: usize, end: usize) -> Option<usize> {
        let digits = self.rest(end).chars().take_while(char::is_ascii_digit).count();
        let end = self.starts(end + digits, &["日", "号"]).filter(|_| digits > 0)?;
        let (time, end) = self.time_after(end);
        let end = self.starts(end, &["之前", "以前", "前"]).unwrap_or(end);
        let mut mention = self.plain(Kind::Recurring, at, end);
        mention.time = time;
        self.push(mention)
    }

    pub(crate) fn undetermined(&mut self, at: usize) -> Option<usize> {
        const LATER: &[&str] = &["另行通知", "另行确定", "另行安排", "待定", "另定", "待通知", "未定"];
        const TIME: &[&str] = &["具体时间", "活动时间", "举办时间", "时间", "日期", "日程"];
        const MORE: &[&str] = &["、地点", "和地点", "及地点", "与地点", "地点"];
        let mut end = at;
        let mut named = false;
        if let Some(after) = self.starts(at, TIME) {
            end = self.starts(after, MORE).unwrap_or(after);
            end = self.starts(end, &[":", "为"]).unwrap_or(end);
            end = self.starts(end, &["均"]).unwrap_or(end);
            named = true;
        }
        let end = self.starts(end, LATER)?;
        if !named {
            let before = self.before(at);
            let near: String = before.chars().rev().take(6).collect::<Vec<_>>().into_iter().rev().collect();
            if !near.contains("时间") && !near.contains("日期") {
                return None;
            }
        }
        let mention = self.plain(Kind::Undetermined, at, end);
        self.push(mention)
    }

    /// “3·15”期间: counted from the day everyone knows.
    pub(crate) fn during(&mut self, at: usize) -> Option<usize> {
        let end = self.starts(at, &["期间"])?;
        let before = self.before(at);
        let start = [
            "“3·15”",
            "“3.15”",
            "“315”",
            "3·15",
            "3.15",
            "“六一八”",
            "宣传周",
            "宣传月",
            "安全生产月",
            "质量月",
            "活动周",
            "活动月",
            "“安全生产月”",
            "“质量月”",
        ]
        .iter()
        .filter(|it| before.ends_with(**it))
        .map(|it| at - it.len())
        .min()?;
        let mention = self.plain(Kind::Relative, start, end);
        self.push(mention)
    }

    /// 晚会当日 is the fifteenth of March.
    pub(crate) fn gala(&mut self, at: usize) -> Option<usize> {
        let end = self.starts(at, &["晚会当日", "晚会当天", "晚会当晚", "晚会播出当日", "晚会播出当晚"])?;
        let before = self.before(at);
        let start = ["央视“3·15”", "央视“3.15”", "央视3·15", "央视3.15", "“3·15”", "“3.15”", "3·15", "3.15"]
            .iter()
            .find(|it| before.ends_with(**it))
            .map(|it| at - it.len())?;
        let mut mention = self.plain(Kind::Point, start, end);
        mention.start = Some(Day { year: self.context.year, month: 3, day: Some(15) });
        self.push(mention)
    }

    /// 活动结束后2日内, 活动前3日.
    pub(crate) fn relative(&mut self, at: usize) -> Option<usize> {
        const EVENT: &[&str] = &["活动", "会议", "宣传周", "宣传月", "项活动", "场活动", "培训", "检查", "工作"];
        let mut end = self.starts(at, EVENT).unwrap_or(at);
        if end == at && !self.rest(at).starts_with("结束") {
            return None;
        }
        let after = self.starts(
            end,
            &[
                "全部结束后",
                "结束之后",
                "结束后",
                "完成后",
                "举办后",
                "开展后",
                "开始前",
                "举办前",
                "开展前",
                "后",
                "前",
            ],
        )?;
        let word = part(self.text, end..after);
        let n = self
            .rest(after)
            .chars()
            .take_while(|it| it.is_ascii_digit() || "一二三四五六七八九十两".contains(*it))
            .map(char::len_utf8)
            .sum::<usize>();
        end = after;
        if n > 0 {
            let unit =
                self.starts(after + n, &["个工作日", "工作日", "个自然日", "天", "日", "周", "个星期", "小时"])?;
            end = self.starts(unit, &["之内", "以内", "内", "前"]).unwrap_or(unit);
        } else if self.rest(after).starts_with("当日")
            || self.rest(after).starts_with("当天")
            || self.rest(after).starts_with("次日")
        {
            end = after + "当日".len();
            end = self.starts(end, &["内"]).unwrap_or(end);
        } else if word.len() <= 3 {
            return None;
        }
        let mut start = at;
        for lead in ["每项", "每场", "各项", "每次", "本次", "每"] {
            if self.before(at).ends_with(lead) {
                start = at - lead.len();
                break;
            }
        }
        let mention = self.plain(Kind::Relative, start, end);
        self.push(mention)
    }
}
