//! Reading announced days from the lines `date,name,kind` (kind: `off` or `work`).

use jiff::civil::Date;

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
