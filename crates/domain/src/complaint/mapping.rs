//! Which column of somebody's list holds what: suggested from the heads and from what stands below them, decided by a person,
//! remembered by the row of heads.

use serde::{Deserialize, Serialize};

use super::case::{CaseKind, Channel};
use super::identity;
use super::import::{Column, column_of, read_day};

/// The most columns a person is asked about.
pub const MOST_COLUMNS: usize = 80;

/// What each column of a list holds, and what holds for all its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The heads as they stand in the list.
    pub heads: Vec<String>,
    /// What each column holds.
    pub columns: Vec<Column>,
    /// The kind of rows that name none.
    pub kind: CaseKind,
    /// The channel of rows that name none.
    pub channel: Channel,
}

impl Mapping {
    /// What is wrong with it; empty when a list can be read with it.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let has = |it| self.columns.contains(&it);
        if !has(Column::Text) {
            problems.push("请指出哪一列是事情的经过（具体问题）。".to_owned());
        }
        if ![Column::Number, Column::Business, Column::Name, Column::Phone].into_iter().any(has) {
            problems.push("请至少再指出一列：编号、企业名称、投诉人或电话，否则分不清是哪一件。".to_owned());
        }
        for column in Column::ALL.iter().filter(|it| **it != Column::Other) {
            let heads: Vec<&str> =
                self.columns.iter().zip(&self.heads).filter(|it| it.0 == column).map(|it| it.1.as_str()).collect();
            if heads.len() > 1 {
                problems.push(format!("“{}”只能是一列，现在选了：{}。", column.label(), heads.join("、")));
            }
        }
        problems
    }
}

/// A head without blanks, marks and what stands in brackets, so that 联系电话（必填） and *联系电话 are one.
fn bare(head: &str) -> String {
    let kept = head.chars().filter(|c| !c.is_whitespace() && !matches!(c, '*' | '＊' | ':' | '：'));
    let kept: String = kept.collect();
    kept.split(['（', '(']).next().unwrap_or_default().to_lowercase()
}

/// By what a list is known again: its heads in their order.
///
/// ```
/// use domain::complaint::mapping::head_key;
/// let key = |heads: &[&str]| head_key(&heads.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
/// assert_eq!(key(&["联系电话（必填）", "内容"]), key(&["*联系 电话", "内容", ""]));
/// assert_ne!(key(&["电话", "内容"]), key(&["内容", "电话"]));
/// ```
pub fn head_key(heads: &[String]) -> String {
    let bare: Vec<String> = heads.iter().map(|it| bare(it)).collect();
    bare.join("\u{1f}").trim_end_matches('\u{1f}').to_owned()
}

/// The row of the heads among the first rows: a title or a note may stand above it.
///
/// The heads of a list are short words, most of them known, none of them a number; where no word is known, the first row as wide as
/// the list is taken.
pub fn head_row(rows: &[Vec<String>]) -> Option<usize> {
    let known = |row: &Vec<String>| row.iter().filter(|it| by_words(it) != Column::Other).count();
    let wordy = |row: &Vec<String>| row.iter().filter(|it| !it.trim().is_empty() && it.chars().count() <= 20).count();
    let best = rows.iter().take(8).enumerate().max_by_key(|(at, row)| (known(row), std::cmp::Reverse(*at)))?;
    if known(best.1) >= 2 {
        return Some(best.0);
    }
    let width = rows.iter().take(30).map(wordy).max().unwrap_or(0);
    rows.iter().take(8).position(|row| width > 1 && wordy(row) * 2 > width)
}

/// What each column most likely holds: by its head, else by what stands in it. No two columns hold the same.
pub fn suggest(heads: &[String], samples: &[Vec<String>]) -> Vec<Column> {
    let mut columns: Vec<Column> = vec![Column::Other; heads.len()];
    let ways: [&dyn Fn(usize) -> Column; 3] = [
        &|at| heads.get(at).map_or(Column::Other, |it| column_of(it)),
        &|at| heads.get(at).map_or(Column::Other, |it| by_words(it)),
        &|at| by_content(samples.iter().filter_map(|row| row.get(at)).map(String::as_str)),
    ];
    for way in ways {
        for at in 0..heads.len() {
            let found = way(at);
            let is_free = found != Column::Other && !columns.contains(&found);
            if let Some(column) = columns.get_mut(at).filter(|it| **it == Column::Other && is_free) {
                *column = found;
            }
        }
    }
    columns
}

/// Words that a head contains, the telling ones first.
const WORDS: &[(&str, Column)] = &[
    ("信用代码", Column::CreditCode),
    ("单号", Column::Number),
    ("编号", Column::Number),
    ("流水号", Column::Number),
    ("号码", Column::Phone),
    ("电话", Column::Phone),
    ("手机", Column::Phone),
    ("联系方式", Column::Phone),
    ("企业地址", Column::BusinessAddress),
    ("商家地址", Column::BusinessAddress),
    ("单位地址", Column::BusinessAddress),
    ("经营场所", Column::BusinessAddress),
    ("店铺地址", Column::BusinessAddress),
    ("商户地址", Column::BusinessAddress),
    ("门店地址", Column::BusinessAddress),
    ("住址", Column::Address),
    ("地点", Column::Place),
    ("地址", Column::Address),
    ("金额", Column::Amount),
    ("时间", Column::Received),
    ("日期", Column::Received),
    ("诉求人", Column::Name),
    ("来电人", Column::Name),
    ("反映人", Column::Name),
    ("投诉人", Column::Name),
    ("举报人", Column::Name),
    ("姓名", Column::Name),
    ("被投诉", Column::Business),
    ("被举报", Column::Business),
    ("被反映", Column::Business),
    ("企业", Column::Business),
    ("商家", Column::Business),
    ("商户", Column::Business),
    ("店铺", Column::Business),
    ("店名", Column::Business),
    ("经营者", Column::Business),
    ("渠道", Column::Channel),
    ("来源", Column::Channel),
    ("方式", Column::Channel),
    ("类型", Column::Kind),
    ("类别", Column::Kind),
    ("大类", Column::Kind),
    ("诉求", Column::Demands),
    ("要求", Column::Demands),
    ("商品", Column::Goods),
    ("服务", Column::Goods),
    ("结果", Column::Feedback),
    ("答复", Column::Feedback),
    ("反馈", Column::Feedback),
    ("状态", Column::State),
    ("内容", Column::Text),
    ("描述", Column::Text),
    ("经过", Column::Text),
    ("问题", Column::Text),
    ("事由", Column::Text),
    ("事项", Column::Text),
    ("摘要", Column::Text),
];

/// The column that the words of a head or of a label mean; [`Column::Other`] when they say nothing.
pub fn column_of_words(head: &str) -> Column {
    by_words(head)
}

fn by_words(head: &str) -> Column {
    let head = bare(head);
    let own = column_of(&head);
    if own != Column::Other || head.is_empty() || head.chars().count() > 12 {
        return own;
    }
    // 被投诉人电话 is nobody's we ask for.
    let is_of_business = head.contains("被投诉") || head.contains("被举报") || head.contains("企业");
    let found = WORDS.iter().find(|it| head.contains(it.0)).map_or(Column::Other, |it| it.1);
    match found {
        Column::Phone | Column::Name if is_of_business && !head.contains("投诉人姓名") => {
            if found == Column::Name { Column::Business } else { Column::Other }
        }
        Column::Address if is_of_business => Column::BusinessAddress,
        found => found,
    }
}

/// What the cells below a head look like, when all of them do.
fn by_content<'a>(cells: impl Iterator<Item = &'a str>) -> Column {
    let cells: Vec<&str> = cells.map(str::trim).filter(|it| !it.is_empty()).collect();
    if cells.is_empty() {
        return Column::Other;
    }
    let all = |is: &dyn Fn(&str) -> bool| cells.iter().all(|it| is(it));
    // Five digits may be anything; a mobile number and an area code are telephone numbers.
    let is_dialled = |it: &str| {
        let digits = identity::normal_phone(it);
        identity::is_phone(it)
            && ((digits.len() == 11 && digits.starts_with('1')) || (it.starts_with('0') && it.contains('-')))
    };
    let is_day = |it: &str| it.chars().count() <= 20 && it.contains(['-', '/', '年', '.']) && read_day(it).is_some();
    if all(&|it| identity::is_credit_code(&it.to_ascii_uppercase())) {
        Column::CreditCode
    } else if all(&is_dialled) {
        Column::Phone
    } else if all(&is_day) {
        Column::Received
    } else if cells.iter().map(|it| it.chars().count()).sum::<usize>() / cells.len() >= 15 {
        Column::Text
    } else {
        Column::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(row: &[&str]) -> Vec<String> {
        row.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn columns_are_found_by_their_heads() {
        let heads = texts(&[
            "工单流水号",
            "来电人",
            "来电号码（手机）",
            "被反映单位",
            "单位地址",
            "反映内容摘要",
            "派单时间",
            "备注",
        ]);
        let expected = [
            Column::Number,
            Column::Name,
            Column::Phone,
            Column::Business,
            Column::BusinessAddress,
            Column::Text,
            Column::Received,
            Column::Other,
        ];
        assert_eq!(suggest(&heads, &[]), expected);
    }

    #[test]
    fn a_head_that_says_nothing_is_read_by_what_stands_below_it() {
        let heads = texts(&["A", "B", "C", "D"]);
        let samples = [
            texts(&["13900000001", "2027-03-15", "91350100M000100Y43", "三月一日在东街买的牛奶已经过期三天了"]),
            texts(&["0591-8000000", "2027年3月16日", "", "老板不肯退钱，还说是小票丢了不认账"]),
        ];
        assert_eq!(suggest(&heads, &samples), [Column::Phone, Column::Received, Column::CreditCode, Column::Text]);
    }

    #[test]
    fn no_two_columns_hold_the_same_and_the_telephone_of_the_business_is_nobodys() {
        let heads = texts(&["投诉人电话", "联系电话", "被投诉人电话", "被投诉人", "内容"]);
        let found = suggest(&heads, &[]);
        assert_eq!(found, [Column::Phone, Column::Other, Column::Other, Column::Business, Column::Text]);
    }

    #[test]
    fn a_title_above_the_heads_is_passed_over() {
        let rows =
            [texts(&["云溪县热线工单"]), texts(&["单号", "来电人", "内容"]), texts(&["1", "凌小满", "缺斤少两"])];
        assert_eq!(head_row(&rows), Some(1));
        assert_eq!(head_row(&[texts(&["A", "B"]), texts(&["1", "2"])]), Some(0));
        assert_eq!(head_row(&[]), None);
    }

    #[test]
    fn a_mapping_that_cannot_be_read_with_says_why() {
        let mapping = |columns: &[Column]| Mapping {
            heads: columns.iter().map(|it| it.label().to_owned()).collect(),
            columns: columns.to_vec(),
            kind: CaseKind::Complaint,
            channel: Channel::Hotline12345,
        };
        assert!(mapping(&[Column::Text, Column::Business]).problems().is_empty());
        assert_eq!(mapping(&[Column::Other]).problems().len(), 2);
        let twice = mapping(&[Column::Text, Column::Phone, Column::Phone]).problems();
        assert!(twice.len() == 1 && twice[0].contains("电话"), "{twice:?}");
    }
}
