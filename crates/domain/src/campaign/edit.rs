//! What people type about a running activity: its content, sessions, venues, notes, reminders.
//!
//! Reading a form ends in a value or in one sentence per field. [`changes`] says in words what differs between two contents: the
//! event log and the page "他人已修改" both show it.

use jiff::civil::Date;

use super::kind::ActivityKind;
use super::permitted::Part;
use super::schedule::kind_from_code;
use super::venue::VenueKind;
use crate::{FormErrors, Id};

/// The longest title, in characters.
pub const TITLE_LIMIT: usize = 200;
/// The longest body, in characters.
pub const TEXT_LIMIT: usize = 20_000;
/// The longest note, in characters.
pub const NOTE_LIMIT: usize = 2_000;

/// What can be edited of an activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Never empty.
    pub title: String,
    /// The body.
    pub text: String,
    /// Its kind.
    pub kind: ActivityKind,
    /// First day.
    pub starts_on: Option<Date>,
    /// Last day, never before the first.
    pub ends_on: Option<Date>,
    /// The deadline.
    pub due_on: Option<Date>,
    /// Where, one place each.
    pub places: Vec<String>,
    /// Who, the leads first.
    pub units: Vec<(Id, Part)>,
}

/// The edit form of an activity as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the fields of the form by their names")]
pub struct TypedContent {
    pub title: String,
    pub text: String,
    pub kind: String,
    pub starts_on: String,
    pub ends_on: String,
    pub due_on: String,
    /// One place a line.
    pub places: String,
    pub units: Vec<(Id, Part)>,
}

/// Read the edit form of an activity.
///
/// # Errors
/// One sentence per field: `title`, `text`, `kind`, `starts_on`, `ends_on`, `due_on`, `places`.
pub fn parse_content(typed: &TypedContent) -> Result<Content, FormErrors> {
    let mut errors = FormErrors::default();
    let title = line(&typed.title);
    if title.is_empty() {
        errors.add("title", "请填写活动名称。");
    }
    check_length(&mut errors, "title", "活动名称", &title, TITLE_LIMIT);
    let text = lines(&typed.text);
    check_length(&mut errors, "text", "活动内容", &text, TEXT_LIMIT);
    let kind = kind_from_code(typed.kind.trim());
    if kind.is_none() {
        errors.add("kind", "请选择活动类型。");
    }
    let starts_on = day(&mut errors, "starts_on", &typed.starts_on);
    let ends_on = day(&mut errors, "ends_on", &typed.ends_on);
    let due_on = day(&mut errors, "due_on", &typed.due_on);
    if let (Some(starts_on), Some(ends_on)) = (starts_on, ends_on)
        && ends_on < starts_on
    {
        errors.add("ends_on", "结束日期早于开始日期，请核对。");
    }
    let places: Vec<String> = typed.places.lines().map(line).filter(|it| !it.is_empty()).collect();
    check_length(&mut errors, "places", "地点", &typed.places, NOTE_LIMIT);
    let mut units = typed.units.clone();
    units.sort_by_key(|(_, part)| *part);
    let kind = kind.unwrap_or_default();
    errors.into_result(Content { title, text, kind, starts_on, ends_on, due_on, places, units })
}

/// One difference between two contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The name of the field in the event log.
    pub field: &'static str,
    /// Its word on the page.
    pub label: &'static str,
    /// Before, in words.
    pub before: String,
    /// After, in words.
    pub after: String,
}

/// What differs, in words, in the order of the form. Empty when nothing differs.
pub fn changes(before: &Content, after: &Content, unit_name: impl Fn(&Id) -> String) -> Vec<Change> {
    let day = |it: Option<Date>| it.map_or_else(|| "未定".to_owned(), |it| it.to_string());
    let units = |content: &Content, part: Part| {
        let names: Vec<String> =
            content.units.iter().filter(|(_, it)| *it == part).map(|(id, _)| unit_name(id)).collect();
        if names.is_empty() { "无".to_owned() } else { names.join("、") }
    };
    let places = |content: &Content| {
        if content.places.is_empty() { "无".to_owned() } else { content.places.join("、") }
    };
    let all = [
        ("title", "活动名称", before.title.clone(), after.title.clone()),
        ("text", "活动内容", before.text.clone(), after.text.clone()),
        ("kind", "活动类型", before.kind.label().to_owned(), after.kind.label().to_owned()),
        ("starts_on", "开始日期", day(before.starts_on), day(after.starts_on)),
        ("ends_on", "结束日期", day(before.ends_on), day(after.ends_on)),
        ("due_on", "办结期限", day(before.due_on), day(after.due_on)),
        ("places", "地点", places(before), places(after)),
        ("leads", "牵头单位", units(before, Part::Lead), units(after, Part::Lead)),
        ("supports", "配合单位", units(before, Part::Support), units(after, Part::Support)),
    ];
    all.into_iter()
        .filter(|(_, _, before, after)| before != after)
        .map(|(field, label, before, after)| Change { field, label, before, after })
        .collect()
}

/// A session as typed and read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct SessionContent {
    pub starts_on: Option<Date>,
    pub time: Option<String>,
    pub note: String,
}

/// Read the form of a session. A session says at least when, where or what: `is_placed` tells that a venue or unit is chosen.
///
/// # Errors
/// One sentence per field: `starts_on`, `time`, `note`.
pub fn parse_session(starts_on: &str, time: &str, note: &str, is_placed: bool) -> Result<SessionContent, FormErrors> {
    let mut errors = FormErrors::default();
    let starts_on = day(&mut errors, "starts_on", starts_on);
    let time = line(time);
    check_length(&mut errors, "time", "时间", &time, 40);
    let note = lines(note);
    check_length(&mut errors, "note", "说明", &note, NOTE_LIMIT);
    if starts_on.is_none() && time.is_empty() && note.is_empty() && !is_placed && errors.is_empty() {
        errors.add("starts_on", "请至少填写日期、地点或说明中的一项。");
    }
    let time = Some(time).filter(|it| !it.is_empty());
    errors.into_result(SessionContent { starts_on, time, note })
}

/// Read the form of a venue: name, address and kind.
///
/// # Errors
/// One sentence per field: `name`, `address`, `kind`.
pub fn parse_venue(name: &str, address: &str, kind: &str) -> Result<(String, String, VenueKind), FormErrors> {
    let mut errors = FormErrors::default();
    let name = line(name);
    if name.is_empty() {
        errors.add("name", "请填写会场名称。");
    }
    check_length(&mut errors, "name", "会场名称", &name, 100);
    let address = line(address);
    check_length(&mut errors, "address", "地址", &address, 200);
    let kind = VenueKind::from_code(kind.trim());
    if kind.is_none() {
        errors.add("kind", "请选择会场类别。");
    }
    errors.into_result((name, address, kind.unwrap_or(VenueKind::Stand)))
}

/// Read a note that must not be empty (progress, reminder).
///
/// # Errors
/// One sentence for `field`.
pub fn parse_note(field: &'static str, text: &str) -> Result<String, FormErrors> {
    let text = lines(text);
    let mut errors = FormErrors::default();
    if text.is_empty() {
        errors.add(field, "请写一句话再提交。");
    }
    check_length(&mut errors, field, "内容", &text, NOTE_LIMIT);
    errors.into_result(text)
}

/// Read a note that may be empty.
///
/// # Errors
/// One sentence for `field` when it is too long.
pub fn parse_optional_note(field: &'static str, text: &str) -> Result<String, FormErrors> {
    let text = lines(text);
    let mut errors = FormErrors::default();
    check_length(&mut errors, field, "内容", &text, NOTE_LIMIT);
    errors.into_result(text)
}

/// A day as a form sends it. Both `2024-03-15` and the habits `2024/3/15`, `2024.3.15`, `2024年3月15日` are understood.
fn day(errors: &mut FormErrors, field: &'static str, typed: &str) -> Option<Date> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    let plain: String = typed
        .chars()
        .map(|it| if matches!(it, '/' | '.' | '年' | '月') { '-' } else { it })
        .filter(|it| *it != '日' && !it.is_whitespace())
        .collect();
    let mut parts = plain.split('-');
    let read = || -> Option<Date> {
        let year = parts.next()?.parse().ok().filter(|it| (1990..=2200).contains(it))?;
        let date = Date::new(year, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?).ok()?;
        parts.next().is_none().then_some(date)
    };
    let mut read = read;
    let date = read();
    if date.is_none() {
        let shown: String = typed.chars().take(20).collect();
        errors.add(field, format!("“{shown}”不是日期。请写成 2024-03-15 这样。"));
    }
    date
}

/// One line without control characters, white space joined.
fn line(text: &str) -> String {
    let text: String = text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Several lines with plain line ends, no other control characters.
fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = text.chars().filter(|it| !it.is_control() || matches!(it, '\n' | '\t')).collect();
    kept.trim().to_owned()
}

fn check_length(errors: &mut FormErrors, field: &'static str, label: &str, text: &str, limit: usize) {
    let n_chars = text.chars().count();
    if n_chars > limit {
        errors.add(field, format!("{label}有{n_chars}个字，超过{limit}个字的上限。"));
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn typed() -> TypedContent {
        TypedContent { title: "开展宣传".to_owned(), kind: "outreach".to_owned(), ..TypedContent::default() }
    }

    #[test]
    fn days_are_read_in_the_ways_people_write_them() {
        for written in ["2024-03-15", "2024/3/15", "2024.3.15", "2024年3月15日", " 2024-3-15 "] {
            let content = parse_content(&TypedContent { due_on: written.to_owned(), ..typed() }).unwrap();
            assert_eq!(content.due_on, Some(date(2024, 3, 15)), "{written}");
        }
        for wrong in ["2024-02-30", "3月15日", "24-3-15", "明天", "2024-03-15-01", "9999-01-01"] {
            let errors = parse_content(&TypedContent { due_on: wrong.to_owned(), ..typed() }).unwrap_err();
            assert!(errors.of("due_on").is_some(), "{wrong}");
        }
    }

    #[test]
    fn each_field_has_its_sentence() {
        let wrong = TypedContent {
            title: " \u{1} ".to_owned(),
            text: "长".repeat(TEXT_LIMIT + 1),
            kind: "party".to_owned(),
            starts_on: "2024-03-15".to_owned(),
            ends_on: "2024-03-14".to_owned(),
            due_on: "x".to_owned(),
            ..TypedContent::default()
        };
        let errors = parse_content(&wrong).unwrap_err();
        let sentences: Vec<String> = errors.iter().map(|(field, sentence)| format!("{field}: {sentence}")).collect();
        expect_test::expect![[r#"
            title: 请填写活动名称。
            text: 活动内容有20001个字，超过20000个字的上限。
            kind: 请选择活动类型。
            due_on: “x”不是日期。请写成 2024-03-15 这样。
            ends_on: 结束日期早于开始日期，请核对。"#]]
        .assert_eq(&sentences.join("\n"));
    }

    #[test]
    fn places_stand_one_a_line_and_leads_come_first() {
        let units = vec![(Id::from_text("b"), Part::Support), (Id::from_text("a"), Part::Lead)];
        let content =
            parse_content(&TypedContent {
                places: "购物广场\r\n\n  中心 公园 \n".to_owned(), units, ..typed()
            })
            .unwrap();
        assert_eq!(content.places, ["购物广场", "中心 公园"]);
        assert_eq!(content.units[0].1, Part::Lead);
    }

    #[test]
    fn changes_are_said_in_words() {
        let before = parse_content(&typed()).unwrap();
        let mut after = before.clone();
        assert!(changes(&before, &after, |it| it.to_string()).is_empty());
        after.due_on = Some(date(2024, 3, 20));
        after.units = vec![(Id::from_text("城关所"), Part::Lead)];
        let words: Vec<String> = changes(&before, &after, |it| it.to_string())
            .iter()
            .map(|it| format!("{}：{} → {}", it.label, it.before, it.after))
            .collect();
        assert_eq!(words, ["办结期限：未定 → 2024-03-20", "牵头单位：无 → 城关所"]);
    }

    #[test]
    fn an_empty_session_and_an_empty_note_are_refused() {
        assert!(parse_session("", " ", "", false).is_err());
        assert!(parse_session("", "", "", true).is_ok());
        assert_eq!(parse_session("2024-03-15", "上午", "", false).unwrap().time.as_deref(), Some("上午"));
        assert!(parse_note("note", " \r\n ").is_err());
        assert_eq!(parse_note("note", "一\r\n二").unwrap(), "一\n二");
        assert_eq!(parse_optional_note("note", " ").unwrap(), "");
        assert!(parse_venue("", "", "main").is_err() && parse_venue("广场", "", "hall").is_err());
        assert!(parse_venue("广场", "", "main").is_ok());
    }
}
