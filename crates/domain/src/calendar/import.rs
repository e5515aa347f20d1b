//! Reading announced days from the lines `date,name,kind` (kind: `off` or `work`).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::day::WorkCalendar;

/// One announced day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarRow {
    /// The day.
    pub date: Date,
    /// The holiday it belongs to (春节).
    pub name: String,
    /// Worked for a holiday; otherwise off.
    /// On a Monday it says that an earlier notice's day off was taken back (2020-02-03).
    pub is_working: bool,
}

/// A line that was not understood, by its number counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Not three columns.
    #[error("第{0}行应有三列：日期,名称,off 或 work")]
    Columns(usize),
    /// The first column is no date that exists.
    #[error("第{0}行的“{1}”不是日期，应写成 2027-01-01")]
    Date(usize, String),
    /// The third column is neither `off` nor `work`.
    #[error("第{0}行的“{1}”应为 off（放假）或 work（上班）")]
    Kind(usize, String),
}

/// Reads every line; what is wrong with a line is reported and the line left out. A head line `date,name,kind` is skipped.
///
/// ```
/// let (rows, errors) = domain::calendar::read_rows("2027-01-01,元旦,off\n2027-02-30,春节,off\n");
/// assert_eq!((rows.len(), errors.len()), (1, 1));
/// ```
pub fn read_rows(text: &str) -> (Vec<CalendarRow>, Vec<ImportError>) {
    let mut rows = Vec::new();
    let mut errors = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start_matches('\u{FEFF}').trim();
        if line.is_empty() || (index == 0 && line.starts_with("date")) {
            continue;
        }
        match read_row(index + 1, line) {
            Ok(row) => rows.push(row),
            Err(error) => errors.push(error),
        }
    }
    (rows, errors)
}

/// The festivals of 《全国年节及纪念日放假办法》, each with a word of its name: the notice of a year names them all.
const FESTIVALS: &[&str] = &["元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆"];

/// What forbids that these rows are taken for the notice of their years: a day that is both, a year with a festival missing. A year
/// counts as announced as a whole, so half a notice would make dates look certain that are not.
///
/// ```
/// use domain::calendar::{WorkCalendar, faults, read_rows};
/// let (rows, _) = read_rows("2027-04-05,清明节,放假\n2027-04-05,清明节,上班\n");
/// let found = faults(&rows, &WorkCalendar::announced());
/// assert_eq!(found[0], "2027-04-05 既写了放假又写了上班，请只留一行。");
/// assert!(found[1].contains("2027年") && found[1].contains("春节"));
/// ```
pub fn faults(rows: &[CalendarRow], known: &WorkCalendar) -> Vec<String> {
    let mut kinds: BTreeMap<Date, bool> = BTreeMap::new();
    let mut found = Vec::new();
    for row in rows {
        if kinds.insert(row.date, row.is_working).is_some_and(|it| it != row.is_working) {
            found.push(format!("{} 既写了放假又写了上班，请只留一行。", row.date));
        }
    }
    let off = || rows.iter().filter(|it| !it.is_working);
    // A day that is to be worked is of a notice too: alone it would move dates.
    let years: BTreeSet<i16> =
        rows.iter().map(|it| it.date.year()).filter(|it| *it > known.last_announced_year()).collect();
    for year in years {
        let is_named = |word: &&&str| off().any(|it| it.date.year() == year && it.name.contains(**word));
        let missing: Vec<&str> = FESTIVALS.iter().filter(|it| !is_named(it)).copied().collect();
        if !missing.is_empty() {
            found.push(format!(
                "{year}年的放假安排不完整，缺：{}。请把国务院通知里的日期全部写上。",
                missing.join("、")
            ));
        }
    }
    found
}

fn read_row(number: usize, line: &str) -> Result<CalendarRow, ImportError> {
    let columns: Vec<&str> = line.split([',', '，', '\t']).map(str::trim).collect();
    let [written, name, kind] = columns.as_slice() else {
        return Err(ImportError::Columns(number));
    };
    let date: Date = written.parse().map_err(|_| ImportError::Date(number, (*written).to_owned()))?;
    let is_working = match *kind {
        "off" | "休" | "放假" => false,
        "work" | "班" | "上班" => true,
        other => return Err(ImportError::Kind(number, other.to_owned())),
    };
    Ok(CalendarRow { date, name: (*name).to_owned(), is_working })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_days_have_no_faulty_line() {
        let (rows, errors) = read_rows(include_str!("../../data/holidays.csv"));
        assert_eq!(errors, []);
        assert_eq!(rows.len(), 678);
    }

    #[test]
    fn a_single_day_of_work_is_no_notice_of_its_year() {
        let (rows, _) = read_rows("2027-03-14,春节,上班\n");
        assert!(faults(&rows, &WorkCalendar::announced())[0].contains("2027年的放假安排不完整"));
    }

    #[test]
    fn the_notice_of_a_known_year_has_no_fault_and_changes_nothing() {
        let (rows, _) = read_rows(include_str!("../../data/holidays.csv"));
        let of_2026: Vec<CalendarRow> = rows.iter().filter(|it| it.date.year() == 2026).cloned().collect();
        let before = WorkCalendar::from_rows(rows.into_iter().filter(|it| it.date.year() < 2026));
        assert_eq!(faults(&of_2026, &before), Vec::<String>::new());
        let with = |rows: &[CalendarRow]| {
            let mut calendar = WorkCalendar::announced();
            calendar.add(rows.iter().cloned());
            calendar
        };
        assert_eq!(WorkCalendar::announced().changed_days(&with(&of_2026)), []);
        let (moved, _) = read_rows("2026-10-09,国庆节,放假\n2027-10-08,国庆节,放假\n");
        assert_eq!(WorkCalendar::announced().changed_days(&with(&moved)), [jiff::civil::date(2026, 10, 9)]);
        // What the office itself has saved is in force too: taking a day away, or writing it otherwise, is a change.
        let saved = with(&moved);
        let (other, _) = read_rows("2026-10-09,国庆节,放假\n2027-10-08,国庆节,上班\n");
        assert_eq!(saved.changed_days(&with(&other)), [jiff::civil::date(2027, 10, 8)]);
        let days = [jiff::civil::date(2026, 10, 9), jiff::civil::date(2027, 10, 8)];
        assert_eq!(saved.changed_days(&WorkCalendar::announced()), days);
    }

    #[test]
    fn a_faulty_line_is_named_and_the_others_stay() {
        let (rows, errors) =
            read_rows("2027-01-01,元旦,off\n2027-01-02,元旦\n2027-01-32,元旦,work\n2027-01-09,元旦,maybe\n");
        assert_eq!(rows.len(), 1);
        assert_eq!(
            errors.iter().map(ToString::to_string).collect::<Vec<_>>(),
            [
                "第2行应有三列：日期,名称,off 或 work",
                "第3行的“2027-01-32”不是日期，应写成 2027-01-01",
                "第4行的“maybe”应为 off（放假）或 work（上班）"
            ]
        );
    }
}
