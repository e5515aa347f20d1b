//! CSV as spreadsheets open it: a byte order mark so that Chinese is read as UTF-8, CRLF at the end of a line, quotes where a cell
//! would break it (RFC 4180), and a guard before what a spreadsheet would take for a formula.

/// Stands before the first line of a file.
pub const MARK: &str = "\u{FEFF}";

/// One line with its end. Every cell is words; [`guarded`] is asked for each.
///
/// ```
/// assert_eq!(gongwen::csv::line(["东街所", "=1+1", "3,000余份"]), "东街所,\"'=1+1\",\"3,000余份\"\r\n");
/// ```
pub fn line<T: AsRef<str>>(cells: impl IntoIterator<Item = T>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|it| quoted(&guarded(it.as_ref()))).collect();
    cells.join(",") + "\r\n"
}

/// A file of such lines, the head among them.
///
/// ```
/// let text = gongwen::csv::file([["单位", "件数"], ["东街所", "3"]]);
/// assert_eq!(text, "\u{FEFF}单位,件数\r\n东街所,3\r\n");
/// ```
pub fn file<T: AsRef<str>>(lines: impl IntoIterator<Item = impl IntoIterator<Item = T>>) -> String {
    lines.into_iter().fold(MARK.to_owned(), |text, cells| text + &line(cells))
}

/// The words with an apostrophe before them where a spreadsheet would calculate; no spreadsheet shows it, none calculates.
///
/// ```
/// assert_eq!(gongwen::csv::guarded(" @cmd"), "' @cmd");
/// assert_eq!(gongwen::csv::guarded("3·15 活动"), "3·15 活动");
/// ```
pub fn guarded(text: &str) -> String {
    let is_formula =
        text.starts_with(['\t', '\r']) || text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

/// The words in quotes where they would break the line.
///
/// ```
/// assert_eq!(gongwen::csv::quoted("甲,\"乙\""), "\"甲,\"\"乙\"\"\"");
/// ```
pub fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r', '\'']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_taken_for_a_formula() {
        for (given, kept) in [
            ("=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\"\r\n"),
            (" +1", "\"' +1\"\r\n"),
            ("-1", "\"'-1\"\r\n"),
            ("＠x", "\"'＠x\"\r\n"),
            ("\tx", "\"'\tx\"\r\n"),
            ("a,\"b\"\nc", "\"a,\"\"b\"\"\nc\"\r\n"),
        ] {
            assert_eq!(line([given]), kept);
        }
    }
}
