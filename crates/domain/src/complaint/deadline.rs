//! Counting a term day by day: a pure function of events, calendar and law.
//!
//! 总局令第121号第四十五条: the first day is not counted; a term in working days counts working days, a term in days counts
//! every day; when its last day is a statutory holiday, the first day after the holiday is the last day.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::article::bracketed;
use super::term::{DayUnit, Term};
use crate::calendar::{DayKind, WorkCalendar};

/// Which last days are moved forward. The law says 法定节假日 and does not say whether a plain weekend is one, so it is a switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Roll {
    /// Any day that is not worked moves the end to the next working day (the default).
    #[default]
    Weekend,
    /// Only an announced holiday does; the first day after it may be a Saturday.
    Holiday,
}

/// Days that are not counted, both ends included; `to` is unknown while the laboratory still has the sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// The first day that is not counted.
    pub from: Date,
    /// The last day that is not counted.
    pub to: Option<Date>,
}

impl Pause {
    fn covers(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

/// One day of the sheet "why this date".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetDay {
    /// The day.
    pub date: Date,
    /// The how-manieth day of the term it is; `None` when it is not counted.
    pub counted: Option<u32>,
    /// Why it is counted or not.
    pub why: String,
}

/// The due date with its reasons, ready to print.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateSheet {
    /// The last day on which it can be done in time; `None` while a pause has no end, or beyond representable time.
    pub due: Option<Date>,
    /// The count ran into a year nobody has announced yet: the date may move.
    pub provisional: bool,
    /// Every day from the first to the due date.
    pub days: Vec<SheetDay>,
}

/// Counts `term` from the day `from`, which is day zero.
///
/// Never fails; a pause without end gives no due date, for the clock stands still.
///
/// ```
/// use domain::calendar::WorkCalendar;
/// use domain::complaint::{deadline::{Roll, count}, term::{RuleVersion, find}};
/// use jiff::civil::date;
/// let term = find("complaint.accept", RuleVersion::Order20).unwrap();
/// let sheet = count(term, date(2026, 2, 12), &[], Roll::Weekend, &WorkCalendar::announced());
/// // Nine days of Spring Festival lie between, and two Saturdays are worked.
/// assert_eq!(sheet.due, Some(date(2026, 2, 28)));
/// ```
pub fn count(term: &Term, from: Date, pauses: &[Pause], roll: Roll, calendar: &WorkCalendar) -> DateSheet {
    let counting = bracketed(term.counting_article().unwrap_or_default());
    let first = SheetDay { date: from, counted: None, why: format!("{}，当日不计入{counting}", term.runs_from) };
    let mut sheet = DateSheet { due: None, provisional: false, days: vec![first] };
    let mut day = from;
    let mut counted = 0;
    while counted < term.length {
        let Ok(next) = day.tomorrow() else { return sheet };
        day = next;
        if let Some(pause) = pauses.iter().find(|pause| pause.covers(day)) {
            sheet.days.push(SheetDay { date: day, counted: None, why: pause_reason(term) });
            match pause.to {
                Some(_) => continue,
                None => return sheet,
            }
        }
        let kind = calendar.kind(day);
        sheet.provisional |= calendar.is_provisional(day);
        let counts = term.unit == DayUnit::Natural || kind.is_working();
        counted += u32::from(counts);
        sheet.days.push(SheetDay { date: day, counted: counts.then_some(counted), why: kind.label() });
    }
    sheet.due = roll_forward(&mut sheet, day, roll, &counting, calendar);
    sheet
}

fn pause_reason(term: &Term) -> String {
    match term.pause_article {
        Some(article) => format!("检定检验鉴定期间不计入（{article}）"),
        None => "暂停期间不计入".to_owned(),
    }
}

/// Moves the last day past a holiday; each day passed stands on the sheet.
fn roll_forward(
    sheet: &mut DateSheet,
    last: Date,
    roll: Roll,
    counting: &str,
    calendar: &WorkCalendar,
) -> Option<Date> {
    let mut day = last;
    loop {
        let kind = calendar.kind(day);
        let rolls = match roll {
            Roll::Weekend => !kind.is_working(),
            Roll::Holiday => matches!(kind, DayKind::Holiday(_) | DayKind::Statutory(_)),
        };
        if !rolls {
            break;
        }
        if let Some(entry) = sheet.days.last_mut() {
            entry.why = format!("{}，期满日顺延{counting}", kind.label());
        }
        day = day.tomorrow().ok()?;
        sheet.provisional |= calendar.is_provisional(day);
        sheet.days.push(SheetDay { date: day, counted: None, why: calendar.kind(day).label() });
    }
    if day != last
        && let Some(entry) = sheet.days.last_mut()
    {
        entry.why = format!("{}，顺延后的期满日", entry.why);
    }
    Some(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::term::{RuleVersion, find};
    use jiff::civil::date;

    fn due(code: &str, from: Date, pauses: &[Pause], roll: Roll) -> (Option<Date>, bool) {
        let version = RuleVersion::in_force_on(from);
        let term = find(code, version).unwrap();
        let sheet = count(term, from, pauses, roll, &WorkCalendar::announced());
        (sheet.due, sheet.provisional)
    }

    fn check(code: &str, from: Date, expected: Date) {
        assert_eq!(due(code, from, &[], Roll::Weekend), (Some(expected), false), "{code} from {from}");
    }

    #[test]
    fn working_days_skip_the_festival_and_count_its_make_up_days() {
        check("complaint.accept", date(2026, 2, 12), date(2026, 2, 28));
        // Received on the gala night, Sunday 15 March 2026: Monday is the first day.
        check("complaint.accept", date(2026, 3, 15), date(2026, 3, 24));
        // Received on the first day of the National Day holiday; Saturday 10 October is worked.
        check("complaint.accept", date(2026, 10, 1), date(2026, 10, 15));
    }

    #[test]
    fn sixty_days_are_natural_days_from_the_day_of_acceptance() {
        // 2026-04-20 + 60 = 2026-06-19, the first day of the Dragon Boat holiday: moved to Monday the 22nd.
        assert_eq!(due("mediation.end", date(2026, 4, 20), &[], Roll::Weekend), (Some(date(2026, 6, 22)), false));
        assert_eq!(due("mediation.end", date(2026, 4, 20), &[], Roll::Holiday), (Some(date(2026, 6, 22)), false));
        // 2026-05-12 + 60 = 2026-07-11, a plain Saturday: the two readings of 第四十五条 differ.
        assert_eq!(due("mediation.end", date(2026, 5, 12), &[], Roll::Weekend), (Some(date(2026, 7, 13)), false));
        assert_eq!(due("mediation.end", date(2026, 5, 12), &[], Roll::Holiday), (Some(date(2026, 7, 11)), false));
    }

    #[test]
    fn forty_five_working_days_under_order_20() {
        check("mediation.end", date(2025, 3, 17), date(2025, 5, 22));
    }

    #[test]
    fn a_paused_day_does_not_count() {
        let plain = due("mediation.end", date(2026, 5, 4), &[], Roll::Weekend).0.unwrap();
        let pause = Pause { from: date(2026, 5, 11), to: Some(date(2026, 5, 20)) };
        let paused = due("mediation.end", date(2026, 5, 4), &[pause], Roll::Weekend).0.unwrap();
        assert_eq!(plain, date(2026, 7, 3));
        // 3 July + 10 days = 13 July, a Monday.
        assert_eq!(paused, date(2026, 7, 13));
    }

    #[test]
    fn while_the_laboratory_has_the_sample_there_is_no_due_date() {
        let pause = Pause { from: date(2026, 5, 11), to: None };
        assert_eq!(due("mediation.end", date(2026, 5, 4), &[pause], Roll::Weekend), (None, false));
    }

    #[test]
    fn a_date_beyond_the_last_notice_is_provisional_and_skips_the_fixed_festivals() {
        // New Year's Day 2027 is a Friday and never worked, whatever the notice will move.
        assert_eq!(due("complaint.accept", date(2026, 12, 28), &[], Roll::Weekend), (Some(date(2027, 1, 7)), true));
        // 60 days after 2027-08-02 is 1 October: moved past the three days of the law.
        assert_eq!(due("mediation.end", date(2027, 8, 2), &[], Roll::Holiday), (Some(date(2027, 10, 4)), true));
    }

    #[test]
    fn the_sheet_numbers_every_counted_day_once() {
        let term = find("complaint.accept", RuleVersion::Order20).unwrap();
        let calendar = WorkCalendar::announced();
        let sheet = count(term, date(2026, 2, 12), &[], Roll::Weekend, &calendar);
        let counted: Vec<u32> = sheet.days.iter().filter_map(|day| day.counted).collect();
        assert_eq!(counted, [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(sheet.days.len(), 17);
        assert!(sheet.days.iter().any(|day| day.why == "春节调休上班"));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]
        #[test]
        fn later_receipt_is_never_due_earlier_and_a_pause_never_shortens(
            offset in 0_i32..2_500, gap in 0_i32..30, start in 0_i32..40, length in 0_i32..40,
        ) {
            use jiff::ToSpan;
            let calendar = WorkCalendar::announced();
            let from = date(2019, 1, 1).saturating_add(offset.days());
            let later = from.saturating_add(gap.days());
            for term in crate::complaint::term::TERMS {
                let end = |from, pauses: &[Pause]| count(term, from, pauses, Roll::Weekend, &calendar).due;
                proptest::prop_assert!(end(from, &[]) <= end(later, &[]));
                let first = from.saturating_add(start.days());
                let pause = Pause { from: first, to: Some(first.saturating_add(length.days())) };
                proptest::prop_assert!(end(from, &[pause]) >= end(from, &[]));
            }
        }
    }
}
