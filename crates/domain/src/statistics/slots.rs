//! The blanks printed within one cell: `开展（  ）场，参与（  ）人次` holds two, `____份` one.
//!
//! The reader of a form and the filling of its layout ask the same functions, so that what was read is filled at the
//! very place.

use std::ops::Range;

use super::measure::Measure;

/// One blank of a cell's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// The bytes a value replaces: what stands between the brackets, or the underscores.
    pub range: Range<usize>,
    /// The words before it (开展).
    pub before: Option<String>,
    /// The unit of measure behind it (场).
    pub unit: Option<String>,
    /// What is written in it.
    pub written: String,
}

/// The blanks of a text, left to right; none when the whole cell is one blank.
///
/// ```
/// let slots = domain::statistics::slots::slots("开展（3）场，参与（ ）人次");
/// assert_eq!(slots.iter().map(|it| it.written.as_str()).collect::<Vec<_>>(), ["3", ""]);
/// assert_eq!(slots[1].unit.as_deref(), Some("人次"));
/// ```
pub fn slots(text: &str) -> Vec<Slot> {
    let mut found: Vec<Slot> = Vec::new();
    let mut from = 0;
    while let Some((open, range)) = next(text, from) {
        let close = text.get(range.end..).and_then(|it| it.chars().next()).filter(|it| matches!(it, '）' | ')'));
        let behind = range.end + close.map_or(0, char::len_utf8);
        let after = text.get(behind..).unwrap_or_default();
        let end = after.find(['，', ',', '；', ';', '。', '（', '(', ' ', '_', '＿']).unwrap_or(after.len());
        let (unit, width) = unit_at(after.get(..end).unwrap_or_default());
        let written =
            text.get(range.clone()).unwrap_or_default().trim_matches(|c: char| c.is_whitespace() || is_line(c));
        let is_number = written.starts_with(|c: char| c.is_ascii_digit() || "约近超逾".contains(c));
        // 30（10） is a number with a remark, not a blank after the words “30”.
        let follows_number = text.get(..open).unwrap_or_default().ends_with(|c: char| c.is_ascii_digit());
        if !(written.is_empty() || unit.is_some() || (is_number && !follows_number)) {
            from = behind.max(from + 1);
            continue;
        }
        let start = found.last().map_or(0, |it: &Slot| it.range.end);
        let before = text.get(start..open).unwrap_or_default();
        let last_unit = found.last().and_then(|it| it.unit.clone()).unwrap_or_default();
        let before =
            before.trim_start_matches(['）', ')']).trim_start().strip_prefix(last_unit.as_str()).unwrap_or(before);
        let before = before.trim_matches(|c: char| c.is_whitespace() || "，,、；;。：:".contains(c));
        found.push(Slot {
            range,
            before: Some(before.to_owned()).filter(|it| !it.is_empty()),
            unit,
            written: written.to_owned(),
        });
        from = behind + width;
    }
    found
}

/// The next pair of brackets or run of underscores: where it begins, and the bytes within.
fn next(text: &str, from: usize) -> Option<(usize, Range<usize>)> {
    let rest = text.get(from..)?;
    let at = from + rest.find(|c: char| matches!(c, '（' | '(') || is_line(c))?;
    let first = text.get(at..)?.chars().next()?;
    if is_line(first) {
        let run = text.get(at..)?.find(|c: char| !is_line(c)).map_or(text.len(), |n| at + n);
        return Some((at, at..run));
    }
    let inside = at + first.len_utf8();
    let close = text.get(inside..)?.find(['）', ')'])?;
    Some((at, inside..inside + close))
}

fn is_line(c: char) -> bool {
    matches!(c, '_' | '＿' | '\u{2581}')
}

/// The unit of measure a text begins with, the longest that is one, and its length in bytes.
fn unit_at(text: &str) -> (Option<String>, usize) {
    let text = text.trim_end();
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    let mut found = ends
        .filter(|end| *end <= 24)
        .filter(|end| text.get(..*end).is_some_and(|it| Measure::from_words(it).is_some()));
    match found.next_back() {
        Some(end) => (text.get(..end).map(str::to_owned), end),
        None => (None, 0),
    }
}

/// The text with its blanks filled in their order; a blank without a value keeps its place.
pub fn fill(text: &str, values: &[Option<String>]) -> String {
    let mut filled = text.to_owned();
    for (slot, value) in slots(text).iter().zip(values).rev() {
        if let Some(value) = value {
            filled.replace_range(slot.range.clone(), value);
        }
    }
    filled
}

/// The text with its blanks emptied.
pub fn emptied(text: &str) -> String {
    let mut blank = text.to_owned();
    for slot in slots(text).iter().rev().filter(|it| !it.written.is_empty()) {
        blank.replace_range(slot.range.clone(), "　　");
    }
    blank
}

/// The numbers of a text that has lost its brackets, one for each unit of measure, in their order:
/// `开展3场，参与120余人次` for 场 and 人次 is `3`, `120余`.
///
/// `None` when the units are not all there in this order.
pub fn split_by_units(text: &str, units: &[Option<String>]) -> Option<Vec<String>> {
    let mut rest = text;
    let mut found = Vec::with_capacity(units.len());
    for unit in units {
        let unit = unit.as_deref().filter(|it| !it.is_empty())?;
        let at = rest.find(|c: char| c.is_ascii_digit())?;
        let tail = rest.get(at..)?;
        let end = tail.find(unit)?;
        let number = tail.get(..end)?;
        let is_number = number.chars().all(|c| c.is_ascii_digit() || " .,，万亿千余多+".contains(c));
        if !is_number {
            return None;
        }
        found.push(number.trim().to_owned());
        rest = tail.get(end + unit.len()..)?;
    }
    (!rest.chars().any(|c| c.is_ascii_digit())).then_some(found)
}

/// The units of measure of a label that asks for two numbers in one cell (场次/人次); fewer than two different ones are none.
pub fn units_of_pair(unit: &str) -> Vec<String> {
    let parts: Vec<String> = unit.split(['/', '／', '、', '，', ',']).map(|it| it.trim().to_owned()).collect();
    let measures: Vec<_> = parts.iter().filter_map(|it| Measure::from_words(it)).map(|it| it.0).collect();
    let is_pair = parts.len() > 1 && measures.len() == parts.len() && Measure::from_words(unit).is_none();
    if is_pair { parts } else { Vec::new() }
}

/// Words that name a figure by themselves: where a matter stands. 办结/调解成功（件） asks for two of them.
const STAGES: &[&str] = &[
    "不予受理",
    "登记",
    "收到",
    "接收",
    "接到",
    "接待",
    "受理",
    "办结",
    "结案",
    "处理",
    "处置",
    "调解",
    "成功",
    "立案",
    "查处",
    "查办",
    "发现",
    "排查",
    "整改",
    "检查",
    "抽检",
    "合格",
    "发放",
    "答复",
    "回访",
    "移送",
];

/// The figures a label asks for beside each other in one cell: 办结 and 调解成功 of 办结/调解成功数. Fewer than two are none.
///
/// 报刊/杂志 and 受理投诉/举报 are one figure: only words that say where a matter stands make two of it.
///
/// ```
/// use domain::statistics::slots::names_of_pair;
/// assert_eq!(names_of_pair("投诉办结/调解成功数"), ["投诉办结", "调解成功"]);
/// assert!(names_of_pair("制作、播放各类公益广告").is_empty());
/// ```
pub fn names_of_pair(label: &str) -> Vec<String> {
    let plain: String = label.split_whitespace().collect();
    let plain = ["数量", "情况", "件数", "数"].iter().find_map(|it| plain.strip_suffix(it)).unwrap_or(&plain);
    let split = |marks: &[char]| plain.split(marks).map(str::to_owned).collect::<Vec<String>>();
    let stages = |name: &String| STAGES.iter().filter(|it| name.contains(**it)).copied().collect::<Vec<_>>();
    let has_own_stage = |names: &[String]| {
        let all: Vec<Vec<&str>> = names.iter().map(stages).collect();
        let is_new = |n: usize| all.iter().take(n).all(|before| Some(before) != all.get(n));
        (2..=3).contains(&names.len()) && all.iter().enumerate().all(|(n, it)| !it.is_empty() && is_new(n))
    };
    let beside = split(&['/', '／']);
    if has_own_stage(&beside) {
        return beside;
    }
    // 受理、办结 are two figures; 受理、办结投诉 may be one.
    let listed = split(&['、']);
    let is_bare = |name: &String| thing_of(name).is_empty();
    if has_own_stage(&listed) && listed.iter().all(is_bare) { listed } else { Vec::new() }
}

/// What is counted, without the words that say where it stands: 投诉 of 投诉办结; empty for 办结.
pub fn thing_of(name: &str) -> String {
    let mut rest = name.to_owned();
    for stage in STAGES {
        rest = rest.replace(stage, "");
    }
    rest
}

/// The parts of `3/120` for so many units; `None` when there are more or fewer. `1,204/998` are two.
pub fn split_pair(text: &str, n: usize) -> Option<Vec<String>> {
    let marks: [&[char]; 4] = [&['/', '／'], &['、', '；', ';', '\n'], &['，', ','], &[' ', '　', '\t']];
    marks.iter().find_map(|marks| {
        let parts = text.trim().split(*marks).map(|it| it.trim().to_owned());
        let parts: Vec<String> = parts.collect();
        (parts.len() == n).then_some(parts)
    })
}

/// The two or three figures of one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// As many as there are names.
    pub written: Vec<String>,
    /// The spreadsheet has made a date of 12/8.
    pub is_date: bool,
}

/// The figures that somebody wrote into one cell for these names, in their order: `12/8`, `12、8`, `12件/8件`, `办结12件，调解成功8件`.
///
/// `None` when they are not so many.
///
/// ```
/// let names = ["受理".to_owned(), "办结".to_owned()];
/// let parts = |text| domain::statistics::slots::split_named(text, &names).map(|it| it.written);
/// assert_eq!(parts("办结28件，受理30件"), Some(vec!["30件".to_owned(), "28件".to_owned()]));
/// assert_eq!(parts("30"), None);
/// ```
pub fn split_named(text: &str, names: &[String]) -> Option<Parts> {
    let found = |written| Parts { written, is_date: false };
    if let Some(written) = behind_names(text, names) {
        return Some(found(written));
    }
    if let Some(written) = month_and_day(text).filter(|_| names.len() == 2) {
        return Some(Parts { written, is_date: true });
    }
    split_pair(text, names.len()).map(found)
}

/// What stands behind each name.
fn behind_names(text: &str, names: &[String]) -> Option<Vec<String>> {
    let mut at: Vec<(usize, usize)> = Vec::new();
    for (n, name) in names.iter().enumerate() {
        let mut places = text.match_indices(name.as_str()).map(|it| it.0);
        let place = places.next().filter(|_| places.next().is_none())?;
        at.push((place, n));
    }
    at.sort_unstable();
    let ends: Vec<usize> = at.iter().skip(1).map(|it| it.0).chain([text.len()]).collect();
    let mut parts = vec![String::new(); names.len()];
    for ((start, n), end) in at.iter().zip(ends) {
        let from = start + names.get(*n)?.len();
        let own = text.get(from..end)?.trim_matches(|c: char| c.is_whitespace() || "，,、；;。/／：:数为".contains(c));
        *parts.get_mut(*n)? = own.to_owned();
    }
    Some(parts)
}

/// 2027年12月8日 is what a spreadsheet makes of 12/8.
fn month_and_day(text: &str) -> Option<Vec<String>> {
    let (before, day) = text.trim().strip_suffix('日')?.rsplit_once('月')?;
    let month = before.rsplit_once('年').map_or(before, |it| it.1);
    let is_number = |it: &str| (1..=2).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_digit());
    (is_number(month) && is_number(day)).then(|| vec![month.to_owned(), day.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Vec<String> {
        let one = |it: &Slot| {
            format!("{}|{}|{}", it.before.as_deref().unwrap_or("-"), it.written, it.unit.as_deref().unwrap_or("-"))
        };
        slots(text).iter().map(one).collect()
    }

    #[test]
    fn brackets_and_underscores_are_blanks() {
        assert_eq!(shape("开展（3）场，参与（120）人次"), ["开展|3|场", "参与|120|人次"]);
        assert_eq!(shape("（2）场次，（ ）人次"), ["-|2|场次", "-||人次"]);
        assert_eq!(shape("开展____场，参与__人次"), ["开展||场", "参与||人次"]);
        assert_eq!(shape("排查（ ）处，整改（ ）处，整改率（ ）%"), ["排查||处", "整改||处", "整改率||%"]);
        assert_eq!(shape("开展（若干）场"), ["开展|若干|场"]);
        assert_eq!(shape("120"), [""; 0]);
        assert_eq!(shape("集中销毁（联合公安）"), [""; 0]);
        assert_eq!(shape("30（10）"), [""; 0]);
        assert_eq!(shape("30（其中线上10）"), [""; 0]);
    }

    #[test]
    fn what_was_read_is_filled_at_its_place() {
        let text = "开展（  ）场，参与____人次";
        assert_eq!(fill(text, &[Some("3".into()), Some("120".into())]), "开展（3）场，参与120人次");
        assert_eq!(fill(text, &[None, Some("120".into())]), "开展（  ）场，参与120人次");
        assert_eq!(emptied("开展（3）场"), "开展（　　）场");
    }

    #[test]
    fn lost_brackets_are_found_by_their_units() {
        let units = [Some("场".to_owned()), Some("人次".to_owned())];
        assert_eq!(split_by_units("开展3场，参与120余人次", &units), Some(vec!["3".into(), "120余".into()]));
        assert_eq!(split_by_units("开展3场", &units), None);
        assert_eq!(split_by_units("3场5场120人次", &units), None);
    }

    #[test]
    fn two_units_in_one_label_are_two_values() {
        assert_eq!(units_of_pair("场次/人次"), ["场次", "人次"]);
        assert_eq!(units_of_pair("册、份"), [""; 0]);
        assert_eq!(split_pair("3/120", 2), Some(vec!["3".into(), "120".into()]));
        assert_eq!(split_pair("3", 2), None);
    }

    #[test]
    fn two_names_of_one_label_are_two_figures() {
        let names = |label| names_of_pair(label).join(" ");
        assert_eq!(names("办结/调解成功"), "办结 调解成功");
        assert_eq!(names("投诉受理／办结数量"), "投诉受理 办结");
        assert_eq!(names("受理、办结"), "受理 办结");
        assert_eq!(names("发现/整改隐患数"), "发现 整改隐患");
        for one in
            ["报刊/杂志报道", "受理投诉/举报", "制作、播放各类公益广告", "受理、办结投诉", "经营者/企业参与", "办结"]
        {
            assert_eq!(names(one), "", "{one}");
        }
    }

    #[test]
    fn two_figures_of_one_cell_are_found_in_every_way_they_are_written() {
        let names = ["办结".to_owned(), "调解成功".to_owned()];
        let two = |text: &str| split_named(text, &names).map(|it| it.written.join("|"));
        for text in ["12/8", "12／8", "12、8", "12 8", "12，8", "12\n8"] {
            assert_eq!(two(text).as_deref(), Some("12|8"), "{text}");
        }
        assert_eq!(two("12件/8件").as_deref(), Some("12件|8件"));
        assert_eq!(two("1,204/998").as_deref(), Some("1,204|998"));
        assert_eq!(two("调解成功8件，办结12件").as_deref(), Some("12件|8件"));
        assert_eq!(two("办结12件、调解成功8件").as_deref(), Some("12件|8件"));
        assert_eq!((two("12"), two("12/8/3")), (None, None));
        assert_eq!(
            split_named("2026年12月8日", &names),
            Some(Parts { written: vec!["12".into(), "8".into()], is_date: true })
        );
    }

    proptest::proptest! {
        #[test]
        fn names_never_panic(label in "[办结调解成功受理投诉/、数0-9 ]{0,20}", text in "[办结调解成功受理0-9/、，年月日件 ]{0,20}") {
            let names = names_of_pair(&label);
            let _ = split_named(&text, &names);
        }

        #[test]
        fn blanks_never_panic(text in "[开展（）()_ ＿0-9场人次，,若干]{0,30}") {
            let n = slots(&text).len();
            let _ = fill(&text, &vec![Some("1".to_owned()); n]);
            let _ = emptied(&text);
        }
    }
}
