//! Checks of a return: a list, each with what is wrong and what to do, pointing at its cell.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::amount::{decimal, grouped, pair_words, pieces_and_days, rounded};
use super::binding::accepts;
use super::form::{FormCell, FormDefinition, FormRow};
use super::indicator::Indicator;
use super::measure::Measure;
use crate::quotation::quoted;

/// What stands in one cell of a return.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CellValue {
    /// What the records say, in base units; `None` when nothing was counted or the cell is not bound.
    pub computed: Option<i64>,
    /// What the unit reports, in base units; `None` while nobody has filled it.
    pub reported: Option<i64>,
    /// The number is an estimate (余, 约).
    pub is_estimate: bool,
    /// Why the reported number differs from the computed one.
    pub reason: String,
    /// The words of a cell that asks for words; in a cell of 条/天 the numbers that stand side by side, `2条/10天；3条/5天`.
    pub text: String,
    /// What the records list side by side, where they come to no single number; known while a return is a draft, never stored.
    #[serde(skip)]
    pub listed: String,
    /// What the unit reported in the same cell last year.
    pub last_year: Option<i64>,
    /// A reason that was given for another computed number than the one of now; known while a return is a draft, never stored. A
    /// correction of 20 to 1,280 says nothing of the 500 that came later.
    #[serde(skip)]
    pub outdated: Option<Outdated>,
}

/// A reason and the number it was given for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outdated {
    pub reason: String,
    /// What the records said then; `None` when there were none.
    pub computed: Option<i64>,
}

impl CellValue {
    /// Does what is reported differ from what the records say? Only a cell that is filled from records can differ from them.
    pub fn differs(&self, cell: &FormCell) -> bool {
        match (self.computed, self.reported) {
            (Some(computed), Some(reported)) => computed != reported,
            (Some(_), None) | (None, None) if self.text.is_empty() => false,
            (Some(_), None) => true,
            (None, None) => !self.listed.is_empty() && self.text != self.listed,
            (None, Some(reported)) => reported != 0 && cell.total_of.is_empty() && cell.indicator().is_some(),
        }
    }
}

/// Does a finding stop the return from being complete?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The return cannot be completed before this is settled.
    Error,
    /// Somebody should look; the return can be completed.
    Warning,
}

/// The closed list of checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// 必填.
    Compulsory,
    /// 其中 ≤ 上级项.
    OfWhich,
    /// 合计 = 各列之和.
    RowTotal,
    /// Differs from the records without a reason.
    Unexplained,
    /// Far from last year.
    Outlier,
    /// An estimate.
    Estimate,
    /// The records count in another unit of measure than the form.
    OtherUnit,
    /// 条/天 without the days.
    NoDays,
    /// Nobody has confirmed yet what fills the cell.
    Unconfirmed,
}

impl Check {
    /// Every check, in the order of the help page.
    pub const ALL: &[Check] = &[
        Check::Compulsory,
        Check::OfWhich,
        Check::RowTotal,
        Check::Unexplained,
        Check::Outlier,
        Check::Estimate,
        Check::OtherUnit,
        Check::NoDays,
        Check::Unconfirmed,
    ];

    /// The name on the page.
    pub fn label(self) -> &'static str {
        match self {
            Check::Compulsory => "必填项",
            Check::OfWhich => "其中项不大于上级项",
            Check::RowTotal => "合计等于各列之和",
            Check::Unexplained => "与记录不一致需说明",
            Check::Outlier => "与上年相差悬殊",
            Check::Estimate => "估计数",
            Check::OtherUnit => "计量单位与记录不同",
            Check::NoDays => "天数未填",
            Check::Unconfirmed => "取数口径未确认",
        }
    }

    /// What to do.
    pub fn instruction(self) -> &'static str {
        match self {
            Check::Compulsory => "请填写数字；确实没有的填 0",
            Check::OfWhich => "请核对两项：部分不能大于整体",
            Check::RowTotal => "请改合计，或改其中一列",
            Check::Unexplained => "请写明数从哪里来、为什么不同，或改用系统算出的数",
            Check::Outlier => "请核对单位（如“万”）和数字；无误则不必修改",
            Check::Estimate => "有准确数时请改填准确数",
            Check::OtherUnit => "请按表上的单位核对；不同的，改填并写明原因",
            Check::NoDays => "请补上播放天数，写成“2条/10天”",
            Check::Unconfirmed => "请核对这一项；不对的，改填并写明原因，并请下发单位在统计表里确认取数口径",
        }
    }

    /// Does it stop the return?
    pub fn severity(self) -> Severity {
        match self {
            Check::Compulsory | Check::OfWhich | Check::RowTotal | Check::Unexplained => Severity::Error,
            Check::Outlier | Check::Estimate | Check::OtherUnit | Check::NoDays | Check::Unconfirmed => {
                Severity::Warning
            }
        }
    }
}

/// One thing found, at its cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Key of the cell.
    pub cell: String,
    /// Which check.
    pub check: Check,
    /// One sentence that names row and numbers.
    pub message: String,
}

/// Runs every check over a return; findings stand in the order of the form.
///
/// A cell without a value in `values` is an empty cell.
pub fn check(form: &FormDefinition, values: &BTreeMap<String, CellValue>) -> Vec<Finding> {
    let empty = CellValue::default();
    let value = |key: &str| values.get(key).unwrap_or(&empty);
    let mut findings = Vec::new();
    for (row, cell) in form.cells() {
        let own = value(&cell.key);
        let mut add = |check: Check, message: String| findings.push(Finding { cell: cell.key.clone(), check, message });
        let name = quoted(&row.name_of(cell));
        if cell.is_text {
            if cell.is_compulsory && own.text.trim().is_empty() {
                add(Check::Compulsory, format!("{name}还没有写"));
            }
            continue;
        }
        let Some(reported) = own.reported else {
            if cell.is_compulsory && own.text.is_empty() {
                add(Check::Compulsory, format!("{name}还没有填"));
            }
            if let Some(difference) = difference(cell, own) {
                add(Check::Unexplained, format!("{name}{difference}"));
            }
            continue;
        };
        if let Some(parent) = parent_value(form, row, cell, &value)
            && reported > parent.1
        {
            add(Check::OfWhich, format!("{name}{}大于{}{}", show(cell, reported), parent.0, show(cell, parent.1)));
        }
        if let Some(sum) = row_sum(cell, &value)
            && sum != reported
        {
            add(Check::RowTotal, format!("{name}填{}，各列相加是{}", show(cell, reported), show(cell, sum)));
        }
        if let Some(difference) = difference(cell, own) {
            add(Check::Unexplained, format!("{name}{difference}"));
        }
        let is_additive = cell.measure().0.is_additive();
        if let Some(last) = own.last_year.filter(|last| is_additive && is_far(*last, reported)) {
            add(Check::Outlier, format!("{name}填{}，上年是{}", show(cell, reported), show(cell, last)));
        }
        if let Some((unit, indicator)) = other_unit(cell).filter(|_| own.computed.is_some_and(|it| it > 0)) {
            let (label, measure) = (indicator.label, indicator.word());
            add(Check::OtherUnit, format!("{name}的单位是“{unit}”，记录里的“{label}”按{measure}计"));
        }
        if cell.measure().0 == Measure::AdPerDay
            && let (pieces, None) = pieces_and_days(reported)
            && pieces > 0
        {
            add(Check::NoDays, format!("{name}只写了{pieces}条，没有写天数"));
        }
        if let Some((indicator, doubt)) = unconfirmed(cell).filter(|_| own.computed.is_some_and(|it| it > 0)) {
            add(Check::Unconfirmed, format!("{name}按“{}”取数，还没有人确认（{doubt}）", indicator.label));
        }
        if own.is_estimate {
            add(Check::Estimate, format!("{name}是估计数（{}）", words(cell, reported, true)));
        }
    }
    findings
}

/// The unit printed in the form and the indicator, where twelve of the one are not twelve of the other: 批次 beside 件.
fn other_unit(cell: &FormCell) -> Option<(&str, &'static Indicator)> {
    let (unit, indicator) = (cell.unit.as_deref()?, cell.indicator()?);
    let (measure, _) = Measure::from_words(unit)?;
    (!accepts(indicator, measure)).then_some((unit, indicator))
}

/// What fills a cell of which nobody has said that it is the right number, and the doubt. Doubts of the unit of measure are other checks.
fn unconfirmed(cell: &FormCell) -> Option<(&'static Indicator, &str)> {
    let doubt = cell.binding.as_ref()?.doubt.as_deref()?;
    let is_of_unit = cell.unit.as_deref().and_then(Measure::from_words).is_none() || other_unit(cell).is_some();
    cell.indicator().filter(|_| !is_of_unit).map(|indicator| (indicator, doubt))
}

/// How a number differs from the records, while nobody has said why: `填5场，记录算出4场`.
///
/// A number where the system knows no record needs its reason too; 0 agrees with no record, and a total follows from its row.
fn difference(cell: &FormCell, own: &CellValue) -> Option<String> {
    if !own.differs(cell) || !own.reason.trim().is_empty() {
        return None;
    }
    let written = own.reported.map_or(own.text.clone(), |it| show(cell, it));
    let now = match own.computed {
        Some(computed) => format!("填{written}，记录算出{}", show(cell, computed)),
        None if own.listed.is_empty() => format!("填{written}，系统里没有这项记录"),
        None => format!("填{written}，记录是{}", own.listed),
    };
    let Some(before) = &own.outdated else { return Some(now) };
    let then = before.computed.map_or("没有记录".to_owned(), |it| format!("记录算出{}", show(cell, it)));
    Some(format!("{now}；原来的原因“{}”是{then}时写的，请核对上报数并重新写明", before.reason))
}

/// The parent row's cell of the same place: label and number.
fn parent_value<'a>(
    form: &FormDefinition,
    row: &FormRow,
    cell: &FormCell,
    value: &impl Fn(&str) -> &'a CellValue,
) -> Option<(String, i64)> {
    let parent = form.rows.iter().find(|other| Some(&other.key) == row.parent.as_ref())?;
    let same_place = parent.cells.iter().find(|other| other.label == cell.label)?;
    // 其中：案值（万元） under 销毁商品（件）: different things cannot be compared.
    if same_place.measure().0 != cell.measure().0 {
        return None;
    }
    Some((quoted(&parent.name_of(same_place)), value(&same_place.key).reported?))
}

fn row_sum<'a>(cell: &FormCell, value: &impl Fn(&str) -> &'a CellValue) -> Option<i64> {
    if cell.total_of.is_empty() {
        return None;
    }
    cell.total_of.iter().try_fold(0_i64, |sum, key| sum.checked_add(value(key).reported?))
}

/// More than five times or less than a fifth of last year, and not a matter of a handful.
fn is_far(last: i64, now: i64) -> bool {
    let (small, large) = if last < now { (last, now) } else { (now, last) };
    large - small > 10 && large > small.saturating_mul(5)
}

/// A number in the unit of its cell: 36 000 000 分 in a cell of 万元 is `36万元`; two numbers in a cell of 条/天 are `2条/10天`.
pub fn show(cell: &FormCell, value: i64) -> String {
    let (measure, multiple) = cell.measure();
    if measure == Measure::AdPerDay {
        return pair_words(value);
    }
    let divisor = measure.base_units().saturating_mul(multiple).max(1);
    format!("{}{}", decimal(value, divisor), unit_words(cell))
}

/// The unit of measure as printed, or that of the indicator where the form prints none.
pub fn unit_words(cell: &FormCell) -> &str {
    cell.unit.as_deref().unwrap_or_else(|| cell.indicator().map_or("", |it| it.word()))
}

/// A number for reading: `约3,000份`.
///
/// ```
/// use domain::statistics::{check::words, form::FormCell};
/// let cell = FormCell::new("r1".into(), "印发宣传资料", None, Some("份".into()));
/// assert_eq!(words(&cell, 3_000, true), "约3,000份");
/// ```
pub fn words(cell: &FormCell, value: i64, is_estimate: bool) -> String {
    let (measure, multiple) = cell.measure();
    let about = if is_estimate { "约" } else { "" };
    if measure == Measure::AdPerDay {
        return format!("{about}{}", pair_words(value));
    }
    let divisor = measure.base_units().saturating_mul(multiple);
    format!("{about}{}{}", grouped(value, divisor), unit_words(cell))
}

/// Numbers that are not added, side by side: `2条/10天；3条/5天`.
pub fn listed(cell: &FormCell, values: &[i64]) -> String {
    values.iter().map(|it| show(cell, *it)).collect::<Vec<_>>().join("；")
}

/// A number as it is typed into the cell again: `3000余`, `约4006`.
pub fn typed(cell: &FormCell, value: i64, is_estimate: bool) -> String {
    let (measure, multiple) = cell.measure();
    if measure == Measure::AdPerDay {
        return pair_words(value);
    }
    let plain = decimal(value, measure.base_units().saturating_mul(multiple).max(1));
    // Nobody writes 4006余; what stands in the field is saved again, so it is the exact number.
    match is_estimate {
        true if rounded(value) == value => format!("{plain}余"),
        true => format!("约{plain}"),
        false => plain,
    }
}

/// The measure a bound cell counts in, for pages that show the computed figure.
pub fn computed_measure(cell: &FormCell) -> Option<Measure> {
    cell.binding
        .as_ref()
        .and_then(|binding| super::indicator::find(&binding.indicator))
        .map(|indicator| indicator.measure)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(key: &str, label: &str, unit: &str, parent: Option<&str>) -> FormRow {
        let cell = FormCell::new(key.to_owned(), label, None, Some(unit.to_owned()));
        FormRow {
            key: key.to_owned(),
            number: None,
            label: label.to_owned(),
            parent: parent.map(str::to_owned),
            cells: vec![cell],
        }
    }

    fn form() -> FormDefinition {
        FormDefinition {
            title: "活动统计表".to_owned(),
            year: Some(2027),
            head: Vec::new(),
            column_heads: Default::default(),
            rows: vec![
                row("r1", "开展主题活动数量", "个", None),
                row("r2", "进社区活动", "个", Some("r1")),
                row("r3", "销毁假冒伪劣商品", "件", None),
                row("r4", "案值", "万元", Some("r3")),
            ],
            layout: None,
        }
    }

    fn found(values: &[(&str, CellValue)]) -> Vec<(String, Check)> {
        let full = |key: &str| (key.to_owned(), reported(5));
        let mut all: BTreeMap<String, CellValue> = ["r1", "r2", "r3", "r4"].map(full).into();
        all.extend(values.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
        check(&form(), &all).into_iter().map(|finding| (finding.cell, finding.check)).collect()
    }

    #[test]
    fn twelve_pieces_are_not_twelve_batches() {
        let one = |unit: &str, value: CellValue| {
            let form = FormDefinition { rows: vec![row("r3", "销毁假冒伪劣商品", unit, None)], ..form() };
            check(&form, &BTreeMap::from([("r3".to_owned(), value)]))
        };
        let found = one("批次", reported(12));
        assert_eq!(found.iter().map(|it| it.check).collect::<Vec<_>>(), [Check::OtherUnit]);
        assert!(found[0].message.contains("“批次”") && found[0].message.contains("按件计"), "{}", found[0].message);
        assert!(one("件", reported(12)).is_empty() && one("批次", reported(0)).is_empty());
    }

    /// A number as the records say it.
    fn reported(value: i64) -> CellValue {
        CellValue { computed: Some(value), reported: Some(value), ..CellValue::default() }
    }

    #[test]
    fn a_number_without_any_record_needs_a_reason_too() {
        let mut value = CellValue { reported: Some(5), ..CellValue::default() };
        assert_eq!(found(&[("r1", value.clone())]), [("r1".to_owned(), Check::Unexplained)]);
        value.reason = "值班登记簿".to_owned();
        assert_eq!(found(&[("r1", value)]), []);
        let none = CellValue { reported: Some(0), ..CellValue::default() };
        assert_eq!(found(&[("r1", none.clone()), ("r2", none)]), [], "0 agrees with no record");
    }

    /// Row 14 of the form of 2024 takes the number of all activities until somebody says what is meant by it.
    #[test]
    fn a_number_from_a_source_nobody_confirmed_is_named() {
        let mut form = FormDefinition { rows: vec![row("r14", "纪念活动", "场", None)], ..form() };
        let of = |form: &FormDefinition| {
            let value = CellValue { computed: Some(2), reported: Some(2), ..CellValue::default() };
            check(form, &BTreeMap::from([("r14".to_owned(), value)]))
        };
        let bind = |form: &mut FormDefinition, doubt: Option<&str>| {
            super::super::form_edit::decide(&mut form.rows[0].cells[0], "activity_held", None);
            let binding = form.rows[0].cells[0].binding.as_mut().unwrap();
            binding.doubt = doubt.map(str::to_owned);
        };
        bind(&mut form, Some("与第1行取同一个数"));
        let found = of(&form);
        assert_eq!(found.iter().map(|it| it.check).collect::<Vec<_>>(), [Check::Unconfirmed]);
        assert!(found[0].message.contains("与第1行取同一个数"), "{}", found[0].message);
        bind(&mut form, None);
        assert_eq!(of(&form), Vec::new());
    }

    #[test]
    fn a_complete_and_sound_return_has_no_finding() {
        assert_eq!(found(&[]), []);
    }

    #[test]
    fn a_part_is_never_larger_than_the_whole() {
        assert_eq!(found(&[("r2", reported(6))]), [("r2".to_owned(), Check::OfWhich)]);
        // 案值 in 万元 stands under 件: nothing to compare.
        assert_eq!(found(&[("r4", reported(9_000_000))]), []);
    }

    #[test]
    fn an_empty_compulsory_cell_is_named() {
        assert_eq!(found(&[("r3", CellValue::default())]), [("r3".to_owned(), Check::Compulsory)]);
    }

    #[test]
    fn a_difference_from_the_records_needs_a_reason() {
        let mut value = CellValue { computed: Some(4), ..reported(5) };
        assert_eq!(found(&[("r1", value.clone())]), [("r1".to_owned(), Check::Unexplained)]);
        value.reason = "另有1场由镇政府记录".to_owned();
        assert_eq!(found(&[("r1", value)]), []);
    }

    #[test]
    fn estimates_and_outliers_only_warn() {
        let value = CellValue { is_estimate: true, last_year: Some(5), ..reported(500) };
        let findings = found(&[("r3", value)]);
        assert_eq!(findings, [("r3".to_owned(), Check::Outlier), ("r3".to_owned(), Check::Estimate)]);
        assert!(findings.iter().all(|(_, check)| check.severity() == Severity::Warning));
    }

    #[test]
    fn a_row_total_is_the_sum_of_its_columns() {
        let mut form = form();
        let cells = ["r9.1", "r9.2", "r9.3"].map(|key| {
            let mut cell = FormCell::new(key.to_owned(), "活动次数", Some(key.to_owned()), Some("次".to_owned()));
            if key == "r9.3" {
                cell.total_of = vec!["r9.1".to_owned(), "r9.2".to_owned()];
            }
            cell
        });
        form.rows = vec![FormRow { cells: cells.into(), ..row("r9", "活动次数", "次", None) }];
        let values = |total| {
            BTreeMap::from([("r9.1", 2), ("r9.2", 3), ("r9.3", total)].map(|(k, v)| (k.to_owned(), reported(v))))
        };
        assert_eq!(check(&form, &values(5)), []);
        assert_eq!(check(&form, &values(6)).first().map(|finding| finding.check), Some(Check::RowTotal));
    }

    #[test]
    fn numbers_are_shown_in_the_unit_of_their_cell() {
        let cell = FormCell::new("r1".to_owned(), "案值", None, Some("万元".to_owned()));
        assert_eq!(show(&cell, 3_600_000), "3.6万元");
        assert_eq!(show(&cell, 36_000_000), "36万元");
        assert_eq!(decimal(1_000_501, 1_000_000), "1.000501");
        assert_eq!(decimal(0, 100), "0");
    }
}
