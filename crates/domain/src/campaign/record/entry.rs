//! What a person typed about a record: read in full, with a sentence for each field that is wrong.

use jiff::civil::Date;

use super::RecordFigure;
use super::asks::recordable;
use crate::statistics::quantity;
use crate::{FormErrors, Id};

/// The longest note, in characters.
pub const NOTE_LIMIT: usize = 2000;

/// What the form sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed<'a> {
    /// `YYYY-MM-DD`.
    pub happened_on: &'a str,
    /// The keys of the units.
    pub unit_ids: Vec<&'a str>,
    /// The code of an indicator and what was typed into its field.
    pub figures: Vec<(&'a str, &'a str)>,
    /// The note.
    pub note: &'a str,
    /// How many files came along or are there already.
    pub n_files: usize,
}

/// What a person said about a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordEntry {
    /// The day.
    pub happened_on: Date,
    /// The units, in the order of the form, each once.
    pub unit_ids: Vec<Id>,
    /// The figures, each indicator once; an empty field is no figure, which is not 0.
    pub figures: Vec<RecordFigure>,
    /// The note.
    pub note: String,
}

/// Reads the form of a record.
///
/// A record says at least one thing: a number, a sentence, or a photo. The day may be any day of the last two years, never a later one.
///
/// # Errors
/// A sentence for each field: `happened_on`, `units`, `figure_<code>`, `note`.
pub fn parse(typed: &Typed<'_>, today: Date) -> Result<RecordEntry, FormErrors> {
    let mut errors = FormErrors::default();
    let mut figures: Vec<RecordFigure> = Vec::new();
    for (code, text) in &typed.figures {
        let field = format!("figure_{code}");
        let Some(indicator) = recordable(code) else {
            if !text.trim().is_empty() {
                errors.add(field, "这一项不在统计指标中，请刷新页面后重填。");
            }
            continue;
        };
        match quantity::read(text, indicator.measure, 1) {
            Err(error) => errors.add(field, format!("{}：{error}。", indicator.label)),
            Ok(Some(quantity)) if figures.iter().all(|it| it.indicator != indicator.code) => {
                figures.push(RecordFigure { indicator: indicator.code.to_owned(), quantity });
            }
            Ok(_) => {}
        }
    }
    let happened_on = day(typed.happened_on, today, "happened_on", &mut errors);
    let mut unit_ids: Vec<Id> = Vec::new();
    for unit_id in typed.unit_ids.iter().filter(|it| !it.is_empty()) {
        let unit_id = Id::from_text(*unit_id);
        if !unit_ids.contains(&unit_id) {
            unit_ids.push(unit_id);
        }
    }
    if unit_ids.is_empty() {
        errors.add("units", "请至少选择一个单位。");
    }
    let note = note(typed.note, &mut errors);
    let says_something = !figures.is_empty() || !note.is_empty() || typed.n_files > 0;
    if errors.is_empty() && !says_something {
        errors.add("note", "请至少填一个数、写一句话或拍一张照片。");
    }
    let happened_on = happened_on.unwrap_or(today);
    errors.into_result(RecordEntry { happened_on, unit_ids, figures, note })
}

/// A day that has come: within the last five years, so that a campaign of before can be brought up to date, and not after today.
pub(crate) fn day(text: &str, today: Date, field: &str, errors: &mut FormErrors) -> Option<Date> {
    let Ok(day) = text.trim().parse::<Date>() else {
        errors.add(field, "请填写日期，例如 2027-03-15。");
        return None;
    };
    if day > today {
        errors.add(field, format!("{day} 还没有到，请核对日期。"));
        return None;
    }
    if day < today.saturating_sub(jiff::Span::new().years(5)) {
        errors.add(field, format!("{day} 已过去五年以上，请核对年份。"));
        return None;
    }
    Some(day)
}

/// A note of a length that can be kept.
pub(crate) fn note(text: &str, errors: &mut FormErrors) -> String {
    let note = text.trim().replace("\r\n", "\n");
    let n_chars = note.chars().count();
    if n_chars > NOTE_LIMIT {
        errors.add("note", format!("说明有 {n_chars} 字，请控制在 {NOTE_LIMIT} 字以内。"));
    }
    note
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn typed<'a>(figures: &[(&'a str, &'a str)]) -> Typed<'a> {
        Typed {
            happened_on: "2027-03-15",
            unit_ids: vec!["城关所", "市场科", "城关所", ""],
            figures: figures.to_vec(),
            note: "",
            n_files: 0,
        }
    }

    fn errors_of(typed: &Typed<'_>) -> String {
        let errors = parse(typed, date(2027, 3, 15)).unwrap_err();
        errors.iter().map(|(field, sentence)| format!("{field}: {sentence}\n")).collect()
    }

    #[test]
    fn figures_are_read_with_estimates_and_multiples() {
        let figures = [
            ("consumer_attendance", "8万余"),
            ("material_copies", "３０００余份"),
            ("inquiry", "—"),
            ("activity_held", "1"),
            ("loss_recovered", "3.6万元"),
        ];
        let entry = parse(&typed(&figures), date(2027, 3, 15)).unwrap();
        let words: Vec<String> = entry.figures.iter().map(RecordFigure::words).collect();
        assert_eq!(words, ["约80,000人次", "约3,000份", "1场", "36,000元"]);
        assert_eq!(entry.unit_ids.len(), 2);
    }

    #[test]
    fn each_wrong_field_gets_its_sentence() {
        let mut wrong = typed(&[("consumer_attendance", "很多"), ("material_copies", "-3"), ("secret", "5")]);
        wrong.happened_on = "2027-03-16";
        wrong.unit_ids = vec![""];
        let note = "长".repeat(NOTE_LIMIT + 1);
        wrong.note = &note;
        expect_test::expect![[r#"
            figure_consumer_attendance: 消费者参与：“很多”不是数字，请填写一个数，例如 120；没有就填 0。
            figure_material_copies: 印发宣传资料：“-3”是负数，数量不能小于 0。
            figure_secret: 这一项不在统计指标中，请刷新页面后重填。
            happened_on: 2027-03-16 还没有到，请核对日期。
            units: 请至少选择一个单位。
            note: 说明有 2001 字，请控制在 2000 字以内。
        "#]]
        .assert_eq(&errors_of(&wrong));
    }

    #[test]
    fn a_record_says_at_least_one_thing() {
        assert_eq!(errors_of(&typed(&[("inquiry", "")])), "note: 请至少填一个数、写一句话或拍一张照片。\n");
        let mut photo = typed(&[]);
        photo.n_files = 1;
        assert!(parse(&photo, date(2027, 3, 15)).is_ok());
        assert!(parse(&typed(&[("inquiry", "0")]), date(2027, 3, 15)).is_ok(), "nobody came is a figure too");
    }

    #[test]
    fn a_day_is_written_and_near() {
        for (text, is_fine) in [
            ("2027-03-15", true),
            ("2026-12-01", true),
            ("2024-03-15", true),
            ("2021-03-15", false),
            ("3月15日", false),
            ("", false),
        ] {
            let mut one = typed(&[("inquiry", "1")]);
            one.happened_on = text;
            assert_eq!(parse(&one, date(2027, 3, 15)).is_ok(), is_fine, "{text}");
        }
    }

    #[test]
    fn an_indicator_sent_twice_counts_once() {
        let entry = parse(&typed(&[("inquiry", "3"), ("inquiry", "5")]), date(2027, 3, 15)).unwrap();
        assert_eq!(entry.figures.len(), 1);
    }
}
