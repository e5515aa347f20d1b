//! Statistics forms in the annexes, also as broken tables with one cell a line.

use std::ops::Range;
use std::sync::LazyLock;

use gongwen::text::{Text, part};
use regex::Regex;

use super::Doc;
use crate::campaign::plan::{StatForm, StatRow};
use crate::statistics::form::ColumnHeads;

/// One line of a table, its cells without white space; empty cells are kept.
pub(super) struct Line {
    pub(super) cells: Vec<Range<usize>>,
    /// It has cells at all, even if all but one are empty.
    is_row: bool,
}

pub(super) const LABEL_HEADS: &[&str] =
    &["项目", "内容", "指标", "名称", "统计项", "事项", "类别", "活动项目", "活动内容", "工作内容", "任务", "类型"];
const NUMBER_HEADS: &[&str] = &["序号", "编号", "序", "号"];
const UNIT_HEADS: &[&str] = &["单位", "计量单位", "计数单位"];
const VALUE_HEADS: &[&str] =
    &["数量", "数值", "数据", "进展", "完成", "合计", "线上", "线下", "备注", "情况", "本期", "累计", "填报", "数"];
pub(super) const TASK_HEADS: &[&str] = &[
    "责任单位",
    "牵头单位",
    "责任部门",
    "牵头部门",
    "责任科室",
    "牵头科室",
    "责任股室",
    "牵头股室",
    "完成时限",
    "完成时间",
    "主办单位",
    "承办单位",
    "主责单位",
    "责任人",
];

/// Reads the forms of a plan.
pub(super) fn read(doc: &Doc) -> Vec<StatForm> {
    with_column_heads(doc).into_iter().map(|it| it.0).collect()
}

/// The same, with what is printed above the columns.
pub(super) fn with_column_heads(doc: &Doc) -> Vec<(StatForm, ColumnHeads)> {
    let mut regions = doc.layout.annexes.clone();
    if regions.is_empty() {
        regions.push(doc.layout.main.clone());
    }
    regions.into_iter().filter_map(|it| form(doc.text, it)).collect()
}

fn form(text: &Text, region: Range<usize>) -> Option<(StatForm, ColumnHeads)> {
    let region = without_annex_word(text, region);
    let lines = lines(text, &region);
    let at = lines.iter().position(|it| is_header(text, it))?;
    let header = lines.get(at)?;
    if header.cells.iter().any(|it| TASK_HEADS.iter().any(|head| text.at(it.clone()).contains(head))) {
        return None;
    }
    let above: Vec<Range<usize>> =
        lines.iter().take(at).flat_map(|it| it.cells.clone()).filter(|it| !it.is_empty()).collect();
    let (title, head) = title_and_head(text, &above, region.start);
    let n_columns = header.cells.iter().filter(|it| !it.is_empty()).count();
    let is_regular = n_columns >= 2 && lines.iter().skip(at + 1).take(3).any(|it| it.is_row);
    let rows = if is_regular { regular_rows(text, header, &lines, at) } else { broken_rows(text, &lines, at) };
    let heads = column_heads(text, &lines, at, is_regular);
    (!rows.is_empty()).then_some((StatForm { title, head, rows }, heads))
}

/// The head of the table as printed: the cells of its line, or of a broken table those before the first row.
fn column_heads(text: &Text, lines: &[Line], at: usize, is_regular: bool) -> ColumnHeads {
    /// A head of more cells that came one a line is none.
    const MOST: usize = 6;
    let cells = lines.iter().skip(at).take(if is_regular { 1 } else { MOST }).flat_map(|it| it.cells.iter());
    let cells: Vec<&Range<usize>> = cells
        .filter(|it| !it.is_empty())
        .take_while(|it| is_regular || !is_row_number(text.at((*it).clone())))
        .take(MOST)
        .collect();
    let words: Vec<&str> = cells.iter().map(|it| text.at((*it).clone())).collect();
    let shown = |at: Option<usize>| at.and_then(|at| cells.get(at)).map(|it| text.show((*it).clone()));
    let number = words.iter().position(|it| NUMBER_HEADS.contains(it));
    let is_label = |n: &usize| {
        let of_labels = |it: &&str| LABEL_HEADS.iter().any(|head| it.ends_with(head)) && !NUMBER_HEADS.contains(it);
        Some(*n) != number && words.get(*n).is_some_and(of_labels)
    };
    let label = (0..words.len()).find(is_label);
    // Of several columns of figures each has its own words; 备注 is none.
    let is_value = |n: &usize| {
        let of_values = |it: &&str| VALUE_HEADS.iter().any(|head| it.contains(head)) && !it.contains("备注");
        Some(*n) > label && words.get(*n).is_some_and(of_values)
    };
    let mut values = (0..words.len()).filter(is_value);
    let value = values.next().filter(|_| values.next().is_none());
    ColumnHeads {
        number: shown(number).unwrap_or_default(),
        label: shown(label).unwrap_or_default(),
        value: shown(value).unwrap_or_default(),
    }
}

fn without_annex_word(text: &Text, region: Range<usize>) -> Range<usize> {
    static WORD: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^\s*附 ?件[一二三四五六七八]?(?:\d{1,2})?(?:-\d)?:?\s*").ok());
    let end = WORD.as_ref().and_then(|it| it.find(text.at(region.clone()))).map_or(0, |it| it.end());
    region.start + end..region.end
}

pub(super) fn lines(text: &Text, region: &Range<usize>) -> Vec<Line> {
    let words = text.at(region.clone());
    // A table whose line breaks were lost: every cell is a line of its own.
    let is_run_on = words.lines().any(|it| it.matches('|').count() > 14);
    let mut found = Vec::new();
    let mut start = region.start;
    for line in words.split('\n') {
        let range = start..start + line.len();
        start = range.end + 1;
        let mut cells = Vec::new();
        let mut cell_start = range.start;
        for (at, c) in line.char_indices().chain([(line.len(), '|')]) {
            if c == '|' || c == '\t' {
                cells.push(text.trim(cell_start..range.start + at, ""));
                cell_start = range.start + at + 1;
            }
        }
        if line.ends_with('|') {
            cells.pop();
        }
        if is_run_on {
            found.extend(cells.into_iter().map(|it| Line { cells: vec![it], is_row: false }));
        } else {
            found.push(Line { cells, is_row: line.contains(['|', '\t']) });
        }
    }
    found
}

fn is_header(text: &Text, line: &Line) -> bool {
    let cells: Vec<&str> = line.cells.iter().map(|it| text.at(it.clone())).filter(|it| !it.is_empty()).collect();
    let is_number = |it: &&str| NUMBER_HEADS.contains(it);
    if cells.first().is_some_and(is_number) {
        return true;
    }
    let labels =
        cells.iter().filter(|it| LABEL_HEADS.iter().any(|head| it.ends_with(head)) || UNIT_HEADS.contains(it)).count();
    let values = cells.iter().filter(|it| VALUE_HEADS.iter().any(|head| it.contains(head))).count();
    cells.len() >= 2 && labels >= 1 && values >= 1 && cells.iter().all(|it| it.chars().count() <= 16)
}

fn title_and_head(text: &Text, above: &[Range<usize>], start: usize) -> (Option<String>, Vec<String>) {
    static KEY: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?P<k>[\p{Han}]{2,8}(?:\([^()]{1,6}\))?):").ok());
    let mut title: Option<String> = None;
    let mut head = Vec::new();
    for it in above {
        let words = text.at(it.clone());
        let keys: Vec<Range<usize>> = KEY
            .iter()
            .flat_map(|pattern| pattern.captures_iter(words))
            .filter_map(|caps| caps.name("k"))
            .map(|found| it.start + found.start()..it.start + found.end())
            .collect();
        if keys.is_empty() || words.contains('《') {
            if title.is_none() && it.start >= start {
                title = Some(text.show(it.clone()));
            } else if let Some(title) = title.as_mut().filter(|it| !it.ends_with('表')) {
                title.push_str(&text.show(it.clone()));
            }
        } else {
            head.extend(keys.into_iter().map(|it| text.show(it)));
        }
    }
    (title, head)
}

/// A table with its rows as lines.
/// The column that says what is counted.
fn label_column(heads: &[&str], number_at: Option<usize>) -> usize {
    heads
        .iter()
        .enumerate()
        .map(|(n, it)| if Some(n) == number_at { "" } else { *it })
        .position(|it| !NUMBER_HEADS.contains(&it) && LABEL_HEADS.iter().any(|head| it.ends_with(head)))
        .or_else(|| (0..heads.len()).find(|it| Some(*it) != number_at))
        .unwrap_or(0)
}

fn regular_rows(text: &Text, header: &Line, lines: &[Line], at: usize) -> Vec<StatRow> {
    let heads: Vec<&str> = header.cells.iter().map(|it| text.at(it.clone())).collect();
    let number_at = heads.iter().position(|it| NUMBER_HEADS.contains(it));
    let number_at = number_at.or_else(|| {
        // "类别 | 项目 | …": the numbers stand below the group.
        let is_number = |it: &Line| it.cells.first().is_some_and(|it| is_row_number(text.at(it.clone())));
        (heads.first() == Some(&"类别") && lines.iter().skip(at + 1).any(is_number)).then_some(0)
    });
    let label_at = label_column(&heads, number_at);
    let unit_at = heads.iter().position(|it| UNIT_HEADS.contains(it)).filter(|it| *it != label_at);
    let unit_of_all = heads.iter().skip(1).find_map(|it| unit_in(it).map(|it| it.1)).filter(|_| number_at.is_none());
    // "1.举办活动 | 场次": the number stands in the cell of the label.
    let in_label = |it: &&Line| it.cells.get(label_at).is_some_and(|it| dotted(text.at(it.clone())).is_some());
    let has_dotted = number_at.is_none() && lines.iter().skip(at + 1).filter(in_label).count() >= 2;
    let mut rows = Rows::default();
    for line in lines.iter().skip(at + 1) {
        let cell = |at: usize| line.cells.get(at).map(|it| text.at(it.clone())).unwrap_or("");
        let shown = |at: usize| line.cells.get(at).map(|it| text.show(it.clone())).unwrap_or_default();
        let n_filled = line.cells.iter().filter(|it| !it.is_empty()).count();
        if n_filled == 0 || is_footnote(text, line) || is_second_head(text, line) {
            continue;
        }
        let mut label = shown(label_at);
        let mut unit = unit_at.map(&shown).filter(|it| !it.is_empty());
        let mut number = number_at.map(cell).filter(|it| is_row_number(it)).map(str::to_owned);
        if line.cells.len() == 1 {
            label = shown(0);
            if let Some((n, rest)) = numbered(cell(0)).filter(|_| number_at.is_some()) {
                number = Some(n.to_owned());
                let range = line.cells.first().cloned().unwrap_or(0..0);
                label = text.show(range.end - rest.len()..range.end);
            }
        } else if let Some((n, rest)) = dotted(cell(label_at)).filter(|_| has_dotted) {
            number = Some(n.to_owned());
            let range = line.cells.get(label_at).cloned().unwrap_or(0..0);
            label = text.show(range.end - rest.len()..range.end);
        } else if label.is_empty() {
            label = line
                .cells
                .iter()
                .map(|it| text.show(it.clone()))
                .find(|it| !it.is_empty() && number.as_ref() != Some(it))
                .unwrap_or_default();
        }
        // 其中 stands where the number would.
        if number_at.is_some_and(|at| cell(at).starts_with("其中")) && !label.starts_with("其中") {
            label.insert_str(0, "其中");
        }
        if let Some(colon) =
            label.find(['：', ':']).filter(|_| line.cells.len() == 1 && number.is_none() && !label.starts_with("其中"))
        {
            label.truncate(colon);
        }
        unit = unit.or_else(|| unit_of_all.map(str::to_owned));
        rows.push(number, &label, unit);
    }
    rows.rows
}

/// "线上 | 线下" below the head: a head of two levels.
fn is_second_head(text: &Text, line: &Line) -> bool {
    let filled: Vec<&str> = line.cells.iter().map(|it| text.at(it.clone())).filter(|it| !it.is_empty()).collect();
    filled.len() >= 2 && filled.iter().all(|it| VALUE_HEADS.contains(it))
}

fn is_footnote(text: &Text, line: &Line) -> bool {
    let cells: Vec<&str> = line.cells.iter().map(|it| text.at(it.clone())).filter(|it| !it.is_empty()).collect();
    let first = cells.first().copied().unwrap_or("");
    cells.len() == 1
        && ([
            "注:",
            "说明",
            "备注",
            "填表",
            "负责人",
            "审核人",
            "填报人",
            "联系人",
            "联系电话",
            "单位负责人",
            "附件",
            "填报日期",
            "填报时间",
            "制表",
        ]
        .iter()
        .any(|it| first.starts_with(it))
            || first.chars().count() > 60)
}

/// Cells that came one a line: after the head a number opens a row, its first other cell is the label.
fn broken_rows(text: &Text, lines: &[Line], at: usize) -> Vec<StatRow> {
    let cells: Vec<Range<usize>> =
        lines.iter().skip(at).flat_map(|it| it.cells.iter().cloned()).filter(|it| !it.is_empty()).collect();
    let mut rows = Rows::default();
    let mut number: Option<String> = None;
    let mut has_begun = false;
    for (n, cell) in cells.iter().enumerate() {
        let words = text.at(cell.clone());
        if words.starts_with("附件") || words.starts_with("分享到") || words.starts_with("注:") {
            break;
        }
        if is_row_number(words) {
            let next = cells.get(n + 1).map(|it| text.at(it.clone())).unwrap_or("");
            has_begun = has_begun || words == "1";
            number = (has_begun && !is_row_number(next)).then(|| words.to_owned());
            continue;
        }
        if !has_begun {
            continue;
        }
        if number.is_none()
            && let Some((first, rest)) = numbered(words)
        {
            rows.push(Some(first.to_owned()), &text.show(cell.end - rest.len()..cell.end), None);
            continue;
        }
        let is_unit_cell = number.is_none() && is_unit_word(words) && !words.starts_with("其中");
        if let Some(last) = rows.rows.last_mut().filter(|_| is_unit_cell) {
            last.unit = last.unit.take().or(Some(text.show(cell.clone())));
            continue;
        }
        rows.push(number.take(), &text.show(cell.clone()), None);
    }
    rows.rows
}

fn is_row_number(words: &str) -> bool {
    let n = words.len();
    (1..=5).contains(&n)
        && words.chars().next().is_some_and(|it| it.is_ascii_digit())
        && words.chars().all(|it| it.is_ascii_digit() || matches!(it, '.' | '-'))
        && !words.ends_with('-')
}

/// "3 印发资料(份)" in one cell.
fn numbered(words: &str) -> Option<(&str, &str)> {
    static NUMBERED: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^(?P<n>\d{1,2}(?:\.\d{1,2})?)[.、 ]?(?P<rest>[\p{Han}“《(].*)$").ok());
    let caps = NUMBERED.as_ref()?.captures(words)?;
    Some((caps.name("n")?.as_str(), caps.name("rest")?.as_str()))
}

/// "1.举办活动": a number with its mark before the words.
fn dotted(words: &str) -> Option<(&str, &str)> {
    let (n, rest) = numbered(words)?;
    part(words, n.len()..words.len()).starts_with(['.', '、']).then_some((n, rest))
}

#[derive(Default)]
struct Rows {
    rows: Vec<StatRow>,
    parent: Option<String>,
    in_part: bool,
    /// The unit of the first row of the part: what is counted in another unit is a row of its own.
    part_unit: Option<String>,
}

impl Rows {
    fn push(&mut self, number: Option<String>, label: &str, unit: Option<String>) {
        static GROUP: LazyLock<Option<Regex>> =
            LazyLock::new(|| Regex::new(r"^(?:[一二三四五六七八九十]+[、.．]|[（(][一二三四五六七八九十]+[）)])").ok());
        let label = label.trim().trim_end_matches('|').trim();
        if label.is_empty() || label.chars().all(|it| "—-－/_".contains(it)) {
            return;
        }
        let is_part = label.starts_with("其中") || label.starts_with("其 中");
        let bare = label.trim_start_matches("其中").trim_start_matches("其 中").trim_start_matches([':', '：', ' ']);
        if GROUP.as_ref().is_some_and(|it| it.is_match(label))
            && number.is_none()
            && unit.is_none()
            && unit_in_shown(label).is_none()
        {
            self.in_part = false;
            return;
        }
        let (label, own_unit) = match unit_in_shown(bare).filter(|_| unit.is_none()) {
            Some((label, unit)) => (label.trim().to_owned(), Some(unit.to_owned())),
            None => (bare.to_owned(), unit),
        };
        if self.in_part && !is_part && self.part_unit.is_some() && own_unit.is_some() && self.part_unit != own_unit {
            self.in_part = false;
        }
        let above = number.as_deref().and_then(|it| it.rsplit_once(['.', '-'])).map(|it| it.0.to_owned());
        let parent = match (&number, above) {
            (_, Some(above)) if self.rows.iter().any(|it| it.number.as_ref() == Some(&above)) => Some(above),
            (None, _) if is_part || self.in_part => self.parent.clone(),
            _ => None,
        };
        if !is_part && parent.is_none() {
            self.parent = number.clone().or(Some(label.clone()));
            self.in_part = false;
        } else if is_part {
            self.in_part = true;
            self.part_unit.clone_from(&own_unit);
        }
        self.rows.push(StatRow { number, label, unit: own_unit, parent });
    }
}

const UNIT_WORDS: &[&str] = &[
    "个",
    "次",
    "场",
    "场次",
    "人",
    "人次",
    "户",
    "户次",
    "家",
    "家次",
    "份",
    "册",
    "篇",
    "条",
    "件",
    "起",
    "批次",
    "批",
    "万元",
    "元",
    "台",
    "台次",
    "辆",
    "箱",
    "公斤",
    "吨",
    "千克",
    "平方米",
    "块",
    "张",
    "幅",
    "部",
    "期",
    "天",
    "小时",
    "宗",
    "例",
    "项",
    "处",
    "座",
    "所",
    "名",
    "套",
    "万人次",
    "万份",
    "条次",
    "%",
    "种",
    "只",
    "支",
    "瓶",
    "余份",
    "车次",
    "组",
    "点",
    "版",
    "节",
    "课时",
];

fn is_unit_word(words: &str) -> bool {
    let parts: Vec<&str> =
        words.split(['、', '/', '(', ')', '（', '）', '或', ',', '，']).filter(|it| !it.is_empty()).collect();
    !parts.is_empty() && parts.len() <= 3 && parts.iter().all(|it| UNIT_WORDS.contains(it))
}

fn unit_in(words: &str) -> Option<(&str, &str)> {
    unit_in_shown(words)
}

/// Label and unit of "印发宣传资料(册、份)".
fn unit_in_shown(words: &str) -> Option<(&str, &str)> {
    static BRACKET: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^(?P<label>.+?)[（(](?:单位[:：])?(?P<unit>[^（()）]{1,8}(?:[（(][^（()）]{1,3}[)）])?)[)）]$")
            .ok()
    });
    let caps = BRACKET.as_ref()?.captures(words)?;
    let (label, unit) = (caps.name("label")?.as_str(), caps.name("unit")?.as_str());
    is_unit_word(unit).then_some((label, unit))
}
