//! What stands around the rows of a form: the head of the table, the lines above it, and who is asked to sign.

use super::{Column, FilledForm};
use crate::statistics::form::ColumnHeads;
use crate::statistics::grid::Grid;
use crate::statistics::measure::Measure;

/// The names under which the reporting unit stands in a head.
pub const UNIT_NAMES: &[&str] = &[
    "填报单位",
    "报送单位",
    "上报单位",
    "填表单位",
    "报告单位",
    "填报部门",
    "机构名称",
    "单位名称",
    "单位（盖章）",
    "单位",
];

/// The names under which a head asks for what only a filled form has; everything else is the superior's own text.
const FILLED_BY_HAND: &[&str] = &[
    "填报人",
    "填表人",
    "制表人",
    "经办人",
    "联系人",
    "联系电话",
    "联系方式",
    "电话",
    "手机",
    "填报日期",
    "填报时间",
    "填表日期",
    "审核人",
    "负责人",
    "单位负责人",
    "分管领导",
    "签发人",
    "日期",
];

/// The names under which a head asks when, besides the days that are filled in by hand, and for the seal.
const WHEN_AND_SEAL: &[&str] = &["报送时间", "报送日期", "上报时间", "统计区间", "统计时间", "统计时段", "盖章"];

/// One field of a head line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadField {
    /// 填报单位.
    pub name: String,
    /// The bytes of the line that hold its value.
    pub range: std::ops::Range<usize>,
    /// What is written there.
    pub value: String,
}

/// The fields of `填报单位：城关所 联系人： 电话：`; empty when the line is no head.
pub fn head_fields(line: &str) -> Vec<HeadField> {
    let mut marks: Vec<(usize, &str)> = Vec::new();
    for word in UNIT_NAMES.iter().chain(FILLED_BY_HAND).chain(WHEN_AND_SEAL) {
        marks.extend(line.match_indices(word).map(|(at, _)| (at, *word)));
    }
    // The longest word at a place wins: 联系电话 holds 电话.
    marks.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.len().cmp(&a.1.len())));
    let mut kept: Vec<(usize, &str)> = Vec::new();
    let mut until = 0;
    for (at, word) in marks {
        // A head word without a colon behind it is only a word of the title, or of a value; 盖章 before it is no field.
        if let Some(colon) = line.get(at + word.len()..).and_then(colon_behind).filter(|_| at >= until) {
            until = at + word.len() + colon;
            kept.push((at, word));
        }
    }
    let ends = kept.iter().skip(1).map(|(at, _)| *at).chain([line.len()]);
    let field = |((at, word), end): (&(usize, &str), usize)| {
        let behind = at + word.len();
        let start = behind + colon_behind(line.get(behind..)?)?;
        let value = line.get(start..end)?.trim_matches(|c: char| c.is_whitespace() || "_＿（）".contains(c));
        Some(HeadField { name: (*word).to_owned(), range: start..end, value: value.to_owned() })
    };
    kept.iter().zip(ends).filter_map(field).collect()
}

/// The bytes up to and with the colon, when nothing but 盖章 or 签字 stands before it.
fn colon_behind(rest: &str) -> Option<usize> {
    let at = rest.find(['：', ':'])?;
    let before = rest.get(..at)?;
    let is_note = before.chars().all(|c| c.is_whitespace() || "（）()盖章签字名公".contains(c));
    is_note.then(|| at + rest.get(at..).and_then(|it| it.chars().next()).map_or(1, char::len_utf8))
}

/// `填报单位：城关所 联系人： 电话：` → name and value pairs; empty when the line is no head.
pub fn read_head(line: &str) -> Vec<(String, String)> {
    head_fields(line).into_iter().map(|it| (it.name, it.value)).collect()
}

/// Is it the name of the reporting unit, or of what a person writes by hand?
pub fn is_filled_by_hand(name: &str) -> bool {
    UNIT_NAMES.contains(&name) || FILLED_BY_HAND.contains(&name)
}

/// 2027 in `2027年“3·15”活动统计表`.
pub fn year_of(title: &str) -> Option<i16> {
    let year_before = |at: usize| {
        let digits: String = title.get(..at)?.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
        digits.parse().ok().filter(|year| (2000..2100).contains(year))
    };
    title.match_indices('年').find_map(|(at, _)| year_before(at))
}

/// The first row that is the head of a table, and one past its last row.
pub(super) fn header(grid: &Grid) -> Option<(usize, usize)> {
    let first = (0..grid.rows.len()).find(|row| is_header(grid, *row))?;
    let of_rows = |column: &usize| matches!(role(grid.text(first, *column)), Column::Label | Column::Number);
    let width = grid.rows.first().map_or(0, Vec::len);
    let columns: Vec<usize> = (0..width).filter(of_rows).collect();
    let spans = columns.iter().filter_map(|column| grid.cell(first, *column)).filter(|it| it.is_origin);
    let span = spans.map(|it| it.row_span).max().unwrap_or(1).min(4);
    if span > 1 {
        return Some((first, first + span));
    }
    // A second row of heads below 数量, without merged cells beside it.
    let line = grid.rows.get(first).map_or(&[] as &[_], Vec::as_slice);
    let is_open = line.iter().any(|it| it.text.is_empty() || (it.column_span > 1 && is_value_head(&it.text)));
    let below = |column: usize| grid.text(first + 1, column);
    let texts: Vec<&str> =
        (0..width).filter(|it| !columns.contains(it)).map(below).filter(|it| !it.is_empty()).collect();
    let is_second = is_open
        && columns.iter().all(|column| below(*column).is_empty())
        && texts.len() >= 2
        && texts.iter().all(|it| !it.chars().any(|c| c.is_ascii_digit() || "（(".contains(c)));
    Some((first, first + if is_second { 2 } else { 1 }))
}

fn is_header(grid: &Grid, row: usize) -> bool {
    let texts = grid.row_texts(row);
    let known = texts.iter().filter(|text| !matches!(role(text), Column::Value(_)) || is_value_head(text)).count();
    let about_rows = texts.iter().any(|text| matches!(role(text), Column::Label | Column::Number));
    texts.len() >= 2 && known >= 2 && about_rows && texts.iter().all(|text| head_fields(text).is_empty())
}

fn is_value_head(text: &str) -> bool {
    [
        "数量", "数值", "数据", "合计", "线上", "线下", "进展", "完成", "本年", "累计", "本期", "情况", "填报", "人次",
        "场次", "数",
    ]
    .iter()
    .any(|word| text.contains(word))
}

fn role(text: &str) -> Column {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let short = plain.chars().count() <= 12;
    let has = |words: &[&str]| short && words.iter().any(|word| plain.contains(word));
    if has(&["序号", "编号", "行次", "行号"]) || plain == "序" || plain == "号" {
        Column::Number
    } else if has(&["备注", "说明"]) || plain == "注" {
        Column::Remark
    } else if plain == "单位" || has(&["计量单位", "计数单位"]) {
        Column::Unit
    } else if has(&["项目", "指标", "内容", "类别", "名称", "事项", "统计项", "类型"]) && !asks_who(&plain)
    {
        Column::Label
    } else {
        Column::Value(plain)
    }
}

/// 单位名称 is who reports, not what is counted.
fn asks_who(plain: &str) -> bool {
    ["填报单位", "报送单位", "机构名称", "单位名称"].iter().any(|word| plain.contains(word))
}

/// What stands above the columns of the first block, as printed.
pub(super) fn column_heads(grid: &Grid, (first, until): (usize, usize), columns: &[Column]) -> ColumnHeads {
    let words = |column: usize| (first..until).map(|row| grid.text(row, column)).find(|it| !it.is_empty());
    let of = |is: &dyn Fn(&Column) -> bool| {
        let mut found = columns.iter().enumerate().filter(|it| is(it.1)).map(|it| it.0);
        found.next().filter(|_| found.next().is_none()).and_then(words).unwrap_or_default().to_owned()
    };
    ColumnHeads {
        number: of(&|it| *it == Column::Number),
        label: of(&|it| *it == Column::Label),
        value: of(&|it| matches!(it, Column::Value(_))),
    }
}

/// The columns of the table in blocks: a table folded to stand twice side by side has two.
pub(super) fn blocks(grid: &Grid, header: (usize, usize)) -> Vec<Vec<Column>> {
    let width = grid.rows.first().map_or(0, Vec::len);
    let mut roles: Vec<Column> = (0..width).map(|column| column_role(grid, header, column)).collect();
    if !roles.contains(&Column::Label)
        && let Some(first) = roles.iter_mut().find(|role| matches!(role, Column::Value(_)))
    {
        *first = Column::Label;
    }
    if !roles.iter().any(|role| matches!(role, Column::Value(_)))
        && let Some(last) = roles.iter_mut().rev().find(|role| matches!(role, Column::Nothing | Column::Remark))
    {
        *last = Column::Value("数量".to_owned());
    }
    fold(roles)
}

fn column_role(grid: &Grid, (first, until): (usize, usize), column: usize) -> Column {
    let mut words: Vec<&str> = Vec::new();
    for row in first..until {
        let text = grid.text(row, column);
        if !text.is_empty() && words.last() != Some(&text) {
            words.push(text);
        }
    }
    match words.as_slice() {
        [] => Column::Nothing,
        [only] => role(only),
        // 数量 over 线上 and 线下 says nothing that 线上 does not say.
        [rest @ .., last] => match role(rest.first().copied().unwrap_or_default()) {
            Column::Value(_)
                if rest.iter().all(|it| matches!(*it, "数量" | "数值" | "数据" | "填报数" | "完成情况")) =>
            {
                Column::Value((*last).to_owned())
            }
            Column::Value(_) => Column::Value(words.join("·")),
            other => other,
        },
    }
}

/// Cuts the columns where a label or number follows a value and another value is still to come.
fn fold(roles: Vec<Column>) -> Vec<Vec<Column>> {
    let width = roles.len();
    let mut blocks: Vec<Vec<Column>> = vec![vec![Column::Nothing; width]];
    let mut has_value = false;
    let rest = roles.clone();
    for (column, role) in roles.into_iter().enumerate() {
        let opens = matches!(role, Column::Label | Column::Number);
        let value_comes = rest.iter().skip(column + 1).any(|it| matches!(it, Column::Value(_)));
        let label_comes = rest.iter().skip(column).any(|it| matches!(it, Column::Label));
        if opens && has_value && value_comes && label_comes {
            blocks.push(vec![Column::Nothing; width]);
            has_value = false;
        }
        has_value |= matches!(role, Column::Value(_));
        // 具体内容 behind the figures is a remark, not what is counted.
        let role = if opens && has_value { Column::Remark } else { role };
        if let Some(place) = blocks.last_mut().and_then(|it| it.get_mut(column)) {
            *place = role;
        }
    }
    blocks
}

/// Reads a line above the table: title, unit of all figures, or fields of the head.
pub(super) fn read_line(text: &str, form: &mut FilledForm, default_unit: &mut Option<String>) {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && !"（）()".contains(*c)).collect();
    let unit = ["计量单位", "数量单位", "金额单位", "单位"].iter().find_map(|word| plain.strip_prefix(word));
    // 单位：件、万元 says how the figures are counted, though not which of them how.
    let named = unit.and_then(|it| it.strip_prefix(['：', ':'])).unwrap_or_default();
    let parts: Vec<&str> = named.split(['、', '，', ',', '/', '和']).collect();
    if parts.len() > 1 && parts.iter().all(|it| Measure::from_words(it).is_some()) {
        return;
    }
    if let Some(unit) = unit.and_then(|it| it.strip_prefix(['：', ':'])).filter(|it| Measure::from_words(it).is_some())
    {
        *default_unit = Some(unit.to_owned());
        return;
    }
    let fields = read_head(text);
    let is_annex = text.starts_with("附件") || text.starts_with("附表");
    if fields.is_empty() && !is_annex {
        let is_better = text.contains('表') && !form.definition.title.contains('表');
        if is_better || form.definition.title.is_empty() {
            form.definition.title = text.to_owned();
        }
    }
    for (name, value) in fields {
        if !form.definition.head.contains(&name) {
            form.definition.head.push(name.clone());
        }
        if !value.is_empty() {
            form.head.insert(name, value);
        }
    }
}
