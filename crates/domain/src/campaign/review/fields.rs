//! What a person types on the review page, and its parse: total, one sentence per wrong field.

use super::super::kind::ActivityKind;
use super::super::plan::{DateKind, DateMention, Period, Span, StatRow};
use super::super::plan_date::PlanDate;
use crate::FormErrors;

/// The most activities, lines or rows one form may hold; more is a slip of the hand or an attack.
pub const MOST: usize = 500;

/// One date as typed: the words of the text and what they mean.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DateInput {
    /// `point`, `range`, …; empty for "take it from the days given".
    pub kind: String,
    /// First day.
    pub start: String,
    /// Last day or deadline.
    pub end: String,
    /// 上午, 9:00-11:00.
    pub time: String,
    /// The words of the text.
    pub text: String,
}

/// An activity as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActivityInput {
    /// The ordinal.
    pub number: String,
    /// The heading it stands under.
    pub group: String,
    /// The title.
    pub title: String,
    /// The text.
    pub text: String,
    /// The kind, in snake_case.
    pub kind: String,
    /// Lead units, separated by 、.
    pub leads: String,
    /// Support units, separated by 、.
    pub supports: String,
    /// Places, separated by 、.
    pub places: String,
    /// The dates; lines left empty do not count.
    pub dates: Vec<DateInput>,
}

/// An activity as corrected: everything but its place in the source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the fields are those of `plan::Activity`")]
pub struct ActivityFields {
    pub number: Option<u32>,
    pub group: Option<String>,
    pub title: String,
    pub text: String,
    pub kind: ActivityKind,
    pub leads: Vec<String>,
    pub supports: Vec<String>,
    pub places: Vec<String>,
    pub dates: Vec<DateMention>,
}

/// Title, theme, year and period as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct HeadInput {
    pub title: String,
    pub theme: String,
    pub year: String,
    pub starts_on: String,
    pub ends_on: String,
}

/// Title, theme, year and period as corrected.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct HeadFields {
    pub title: String,
    pub theme: Option<String>,
    pub year: Option<i16>,
    pub period: Option<Period>,
}

/// A report duty as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct DutyInput {
    pub who: String,
    pub what: String,
    pub to: String,
    pub via: String,
    pub due: DateInput,
}

/// A report duty as corrected.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct DutyFields {
    pub who: Option<String>,
    pub what: Vec<String>,
    pub to: Vec<String>,
    pub via: Vec<String>,
    pub due: Option<DateMention>,
}

/// Splits a list as people write it: by 、, comma, semicolon or line end. Empty parts vanish, doubles too.
///
/// ```
/// use domain::campaign::review::fields::words;
/// assert_eq!(words("市场科、区消协，市场科"), ["市场科", "区消协"]);
/// ```
pub fn words(text: &str) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for word in text.split(['、', ',', '，', ';', '；', '\n', '\r']) {
        let word = word.trim();
        if !word.is_empty() && !list.iter().any(|it| it == word) {
            list.push(word.to_owned());
        }
    }
    list
}

fn non_empty(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The kind of activity of a name in snake_case.
pub fn kind_of(name: &str) -> Option<ActivityKind> {
    serde_json::from_value(serde_json::Value::String(name.trim().to_owned())).ok()
}

fn date_kind_of(name: &str) -> Option<DateKind> {
    serde_json::from_value(serde_json::Value::String(name.trim().to_owned())).ok()
}

/// A day as a person may type it: `2025-03-15`, `2025/3/15`, `2025年3月15日`, `3月15日`, `3-15`, or one of the plan's spellings.
/// A day without a year is one of the plan's `year`. The error is the sentence for the field.
fn day(text: &str, year: Option<i16>) -> Result<Option<String>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let in_year = |date: PlanDate| Some(year.map_or(date, |year| date.with_year(year)).to_string());
    if let Some(date) = PlanDate::parse(text) {
        return Ok(in_year(date));
    }
    let plain: String = text.chars().map(|it| if it.is_ascii_digit() { it } else { '-' }).collect();
    let numbers: Vec<&str> = plain.split('-').filter(|it| !it.is_empty()).collect();
    let spelled = match numbers.as_slice() {
        [year, month, day] if year.len() == 4 => format!("{year}-{month:0>2}-{day:0>2}"),
        [year, month] if year.len() == 4 => format!("{year}-{month:0>2}"),
        [month, day] => format!("--{month:0>2}-{day:0>2}"),
        [month] if text.contains('月') => format!("--{month:0>2}"),
        _ => return Err(NO_DAY.to_owned()),
    };
    PlanDate::parse(&spelled).map(in_year).ok_or_else(|| no_such_day(&numbers))
}

const NO_DAY: &str = "看不懂这个日期。请写成 2025-03-15 或 3月15日。";

/// 2月没有31日 says more than that a date was not understood.
fn no_such_day(numbers: &[&str]) -> String {
    match numbers {
        [.., month, day] if matches!(month.parse(), Ok(1..=12)) && matches!(day.parse(), Ok(29..=99)) => {
            format!("{}月没有{day}日，请核对。", month.trim_start_matches('0'))
        }
        _ => NO_DAY.to_owned(),
    }
}

/// What the words of a date mean where no day was typed beside them: 3月12日上午9时, 3月15日前, 活动结束后3日内.
fn read_words(words: &str, year: Option<i16>) -> Option<DateMention> {
    let folded: String = words.chars().map(gongwen::text::fold_char).collect();
    let mention = gongwen::date::scan(&folded, &gongwen::date::Context { year, issued: None }).into_iter().next()?;
    Some(DateMention {
        kind: crate::campaign::read::date_kind(mention.kind),
        start: mention.start.map(gongwen::date::Day::to_text),
        end: mention.end.map(gongwen::date::Day::to_text),
        time: mention.time,
        text: words.to_owned(),
        span: Span::default(),
    })
}

/// Reads one date line; `None` when the line is empty.
fn date(input: &DateInput, field: &str, year: Option<i16>, errors: &mut FormErrors) -> Option<DateMention> {
    let time = non_empty(&input.time);
    let words = non_empty(&input.text);
    let (start, end) = match (day(&input.start, year), day(&input.end, year)) {
        (Ok(start), Ok(end)) => (start, end),
        (start, end) => {
            for (part, wrong) in [("start", start.err()), ("end", end.err())] {
                if let Some(sentence) = wrong {
                    errors.add(format!("{field}_{part}"), sentence);
                }
            }
            return None;
        }
    };
    if start.is_none() && end.is_none() {
        match (words.as_deref().and_then(|it| read_words(it, year)), &words, &time) {
            (Some(read), ..) => return Some(DateMention { time: time.or(read.time), ..read }),
            (None, None, None) => return None,
            _ => {}
        }
    }
    if let (Some(start), Some(end)) = (&start, &end)
        && start.len() == end.len()
        && start > end
    {
        errors.add(format!("{field}_end"), "结束日期早于开始日期。");
        return None;
    }
    let fits = |kind: &DateKind| match kind {
        DateKind::Point => start.is_some(),
        DateKind::Range => start.is_some() && end.is_some(),
        DateKind::Deadline => end.is_some(),
        DateKind::Open => start.is_some(),
        DateKind::Recurring | DateKind::Relative | DateKind::Undetermined => words.is_some(),
    };
    // What was typed decides when the chosen kind cannot hold it, so that nothing typed gets lost.
    let kind = date_kind_of(&input.kind).filter(fits).unwrap_or(match (&start, &end) {
        (Some(_), Some(_)) => DateKind::Range,
        (Some(_), None) => DateKind::Point,
        (None, Some(_)) => DateKind::Deadline,
        (None, None) => DateKind::Undetermined,
    });
    let text = words.unwrap_or_else(|| in_words(kind, start.as_deref(), end.as_deref(), time.as_deref()));
    Some(DateMention { kind, start, end, time, text, span: Span::default() })
}

fn in_words(kind: DateKind, start: Option<&str>, end: Option<&str>, time: Option<&str>) -> String {
    let mut text = match (kind, start, end) {
        (DateKind::Deadline, _, Some(end)) => format!("{end}前"),
        (DateKind::Open, Some(start), _) => format!("{start}起"),
        (_, Some(start), Some(end)) => format!("{start}至{end}"),
        (_, Some(start), None) => start.to_owned(),
        (_, None, Some(end)) => end.to_owned(),
        (_, None, None) => String::new(),
    };
    text.push_str(time.unwrap_or_default());
    text
}

impl ActivityInput {
    /// Checks what was typed; a day without a year is one of the plan's `year`.
    ///
    /// # Errors
    /// One sentence per wrong field.
    pub fn parse(&self, year: Option<i16>) -> Result<ActivityFields, FormErrors> {
        let mut errors = FormErrors::default();
        let title = self.title.trim().to_owned();
        if title.is_empty() {
            errors.add("title", "请填写活动名称。");
        } else if title.chars().count() > 200 {
            errors.add("title", "活动名称太长，请控制在200字以内，其余内容写进正文。");
        }
        let number = match self.number.trim() {
            "" => None,
            text => text.parse::<u32>().ok().filter(|number| (1..=9999).contains(number)).or_else(|| {
                errors.add("number", "序号请填数字，例如 3；没有序号就留空。");
                None
            }),
        };
        let kind = kind_of(&self.kind).unwrap_or_else(|| {
            errors.add("kind", "请选择活动类型。");
            ActivityKind::Other
        });
        let leads = words(&self.leads);
        let supports: Vec<String> = words(&self.supports).into_iter().filter(|name| !leads.contains(name)).collect();
        let dates = self
            .dates
            .iter()
            .take(MOST)
            .enumerate()
            .filter_map(|(index, input)| date(input, &format!("date{index}"), year, &mut errors))
            .collect();
        errors.into_result(ActivityFields {
            number,
            group: non_empty(&self.group),
            title,
            text: self.text.trim().replace("\r\n", "\n"),
            kind,
            leads,
            supports,
            places: words(&self.places),
            dates,
        })
    }
}

impl HeadInput {
    /// Checks what was typed.
    ///
    /// # Errors
    /// One sentence per wrong field.
    pub fn parse(&self) -> Result<HeadFields, FormErrors> {
        let mut errors = FormErrors::default();
        let title = self.title.trim().to_owned();
        if title.is_empty() {
            errors.add("title", "请填写方案名称。");
        } else if title.chars().count() > 200 {
            errors.add("title", "方案名称太长，请控制在200字以内。");
        }
        let year = match self.year.trim().trim_end_matches('年') {
            "" => None,
            text => text.parse::<i16>().ok().filter(|year| (2000..=2100).contains(year)).or_else(|| {
                errors.add("year", "年份请填四位数字，例如 2025。");
                None
            }),
        };
        let mut period_day = |field: &str, text: &str| {
            day(text, year).unwrap_or_else(|sentence| {
                errors.add(field, sentence);
                None
            })
        };
        let (start, end) = (period_day("starts_on", &self.starts_on), period_day("ends_on", &self.ends_on));
        if let (Some(start), Some(end)) = (&start, &end)
            && start.len() == end.len()
            && start > end
        {
            errors.add("ends_on", "结束日期早于开始日期。");
        }
        let period = (start.is_some() || end.is_some()).then_some(Period { start, end });
        errors.into_result(HeadFields { title, theme: non_empty(&self.theme), year, period })
    }
}

impl DutyInput {
    /// Checks what was typed; a day without a year is one of the plan's `year`.
    ///
    /// # Errors
    /// One sentence per wrong field.
    pub fn parse(&self, year: Option<i16>) -> Result<DutyFields, FormErrors> {
        let mut errors = FormErrors::default();
        let what = words(&self.what);
        if what.is_empty() {
            errors.add("what", "请填写要报送的材料，例如 活动总结、统计表。");
        }
        let due = date(&self.due, "due", year, &mut errors);
        let fields = DutyFields { who: non_empty(&self.who), what, to: words(&self.to), via: words(&self.via), due };
        errors.into_result(fields)
    }
}

/// The rows of a statistics form, one a line: `1 开展主题活动数量(个)`; a line that begins with 其中 is part of the row above.
///
/// # Errors
/// When no line is left.
pub fn form_rows(text: &str) -> Result<Vec<StatRow>, FormErrors> {
    let mut rows: Vec<StatRow> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MOST) {
        let digits: String = line.chars().take_while(|it| it.is_ascii_digit() || *it == '.').collect();
        let rest = line.strip_prefix(digits.as_str()).unwrap_or(line).trim_start_matches(['.', '、', ' ', '\t', ' ']);
        let number = digits.trim_end_matches('.');
        let (rest, is_part) = match rest.strip_prefix("其中") {
            Some(rest) => (rest.trim_start_matches([':', '：', ' ']), true),
            None => (rest, false),
        };
        let (label, unit) = label_and_unit(rest);
        if label.is_empty() {
            continue;
        }
        let parent = is_part
            .then(|| rows.iter().rev().find(|row| row.parent.is_none()))
            .flatten()
            .map(|row| row.number.clone().unwrap_or_else(|| row.label.clone()));
        rows.push(StatRow { number: non_empty(number), label, unit, parent });
    }
    if rows.is_empty() {
        return Err(FormErrors::one("rows", "请至少写一行，例如 1 开展主题活动数量（个）。"));
    }
    Ok(rows)
}

fn label_and_unit(text: &str) -> (String, Option<String>) {
    let text = text.trim();
    let Some(inner) = text.strip_suffix([')', '）']) else { return (text.to_owned(), None) };
    match inner.rfind(['(', '（']).and_then(|at| inner.split_at_checked(at)) {
        Some((label, unit)) if !label.trim().is_empty() => {
            (label.trim().to_owned(), non_empty(unit.trim_start_matches(['(', '（'])))
        }
        _ => (text.to_owned(), None),
    }
}

/// The rows as a person edits them: the opposite of [`form_rows`].
pub fn form_text(rows: &[StatRow]) -> String {
    let mut text = String::new();
    for row in rows {
        if let Some(number) = &row.number {
            text.push_str(number);
            text.push(' ');
        }
        if row.parent.is_some() {
            text.push_str("其中:");
        }
        text.push_str(&row.label);
        if let Some(unit) = &row.unit {
            text.push_str(&format!("({unit})"));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(start: &str, end: &str, kind: &str) -> ActivityInput {
        ActivityInput {
            title: "现场咨询".into(),
            kind: "outreach".into(),
            dates: vec![DateInput { start: start.into(), end: end.into(), kind: kind.into(), ..DateInput::default() }],
            ..ActivityInput::default()
        }
    }

    #[test]
    fn every_wrong_field_has_its_sentence() {
        let input = ActivityInput { number: "三".into(), ..typed("3月32日", "", "") };
        let errors = ActivityInput { title: " ".into(), kind: "party".into(), ..input }.parse(None).unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["title", "number", "kind", "date0_start"]);
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        for (typed_day, read) in [
            ("2025-03-15", "2025-03-15"),
            ("2025/3/5", "2025-03-05"),
            ("2025年3月15日", "2025-03-15"),
            ("3月15日", "--03-15"),
            ("3月", "--03"),
            ("2025年3月", "2025-03"),
            ("--03-15", "--03-15"),
        ] {
            let fields = typed(typed_day, "", "point").parse(None).unwrap();
            assert_eq!(fields.dates[0].start.as_deref(), Some(read), "{typed_day}");
        }
    }

    #[test]
    fn a_day_without_a_year_is_one_of_the_plans_year() {
        let fields = typed("3月12日", "", "").parse(Some(2024)).unwrap();
        assert_eq!(fields.dates[0].start.as_deref(), Some("2024-03-12"));
        assert_eq!(fields.dates[0].text, "2024-03-12");
    }

    #[test]
    fn the_words_of_a_date_are_read_where_no_day_stands_beside_them() {
        for (words, kind, start, end, time) in [
            ("3月12日", DateKind::Point, Some("2024-03-12"), None, None),
            ("3月12日上午9时", DateKind::Point, Some("2024-03-12"), None, Some("09:00")),
            ("2024年3月12日至3月14日", DateKind::Range, Some("2024-03-12"), Some("2024-03-14"), None),
            ("3月15日前", DateKind::Deadline, None, Some("2024-03-15"), None),
            ("另行商定", DateKind::Undetermined, None, None, None),
        ] {
            let line = DateInput { text: words.into(), kind: "undetermined".into(), ..DateInput::default() };
            let input = ActivityInput { dates: vec![line], ..typed("", "", "") };
            let read = input.parse(Some(2024)).unwrap().dates.remove(0);
            let days = (read.kind, read.start.as_deref(), read.end.as_deref(), read.time.as_deref());
            assert_eq!((days, read.text.as_str()), ((kind, start, end, time), words));
        }
    }

    #[test]
    fn a_day_that_is_in_no_calendar_is_named() {
        let errors = typed("2024-02-31", "", "").parse(None).unwrap_err();
        assert_eq!(errors.of("date0_start"), Some("2月没有31日，请核对。"));
        assert_eq!(typed("下周", "", "").parse(None).unwrap_err().of("date0_start"), Some(NO_DAY));
    }

    #[test]
    fn the_days_typed_decide_when_the_kind_cannot_hold_them() {
        let kind = |start: &str, end: &str, kind: &str| typed(start, end, kind).parse(None).unwrap().dates[0].kind;
        assert_eq!(kind("3月1日", "3月15日", "point"), DateKind::Point);
        assert_eq!(kind("3月1日", "3月15日", ""), DateKind::Range);
        assert_eq!(kind("", "3月15日", "point"), DateKind::Deadline);
        assert_eq!(kind("3月1日", "", "deadline"), DateKind::Point);
        assert!(typed("", "", "point").parse(None).unwrap().dates.is_empty());
    }

    #[test]
    fn an_end_before_the_start_is_refused() {
        let errors = typed("2025-03-15", "2025-03-01", "range").parse(None).unwrap_err();
        assert_eq!(errors.of("date0_end"), Some("结束日期早于开始日期。"));
    }

    #[test]
    fn a_unit_that_leads_does_not_support() {
        let input =
            ActivityInput {
                leads: "市场科、消协".into(), supports: "消协、法规科".into(), ..typed("", "", "")
            };
        assert_eq!(input.parse(None).unwrap().supports, ["法规科"]);
    }

    #[test]
    fn the_rows_of_a_form_survive_a_round_trip() {
        let text = "1 开展活动数量(个)\n其中:“走近3·15”活动数量(个)\n2 印发资料(册、份)\n";
        let rows = form_rows(text).unwrap();
        assert_eq!(rows[1].parent.as_deref(), Some("1"));
        assert_eq!(rows[2].unit.as_deref(), Some("册、份"));
        assert_eq!(form_text(&rows), text);
        assert!(form_rows(" \n").is_err());
    }

    #[test]
    fn the_head_needs_a_title_and_a_year_of_our_time() {
        let errors = HeadInput { year: "24".into(), ..HeadInput::default() }.parse().unwrap_err();
        assert_eq!(errors.iter().count(), 2);
        let fields = HeadInput {
            title: "方案".into(),
            year: "2025年".into(),
            ends_on: "3月31日".into(),
            ..HeadInput::default()
        };
        let fields = fields.parse().unwrap();
        assert_eq!(fields.year, Some(2025));
        assert_eq!(fields.period.unwrap().end.as_deref(), Some("2025-03-31"));
    }
}
