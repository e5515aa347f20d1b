//! A return as its page shows it: rows and cells with the proposal, the number, the reason and what the checks say.

use std::collections::BTreeMap;

use domain::FormErrors;
use domain::statistics::aggregate::CellSum;
use domain::statistics::check::{CellValue, Check, Finding, Severity, listed, words};
use domain::statistics::fill::{self, Proposal, Typed};
use domain::statistics::form::{FormCell, FormRow};
use domain::statistics::indicator;
use store::statistics::case_figure::counts_cases;
use store::statistics::overlap::Late;

use super::filling::Filling;
use super::looks::CellLook;

/// A row of the sheet.
pub(crate) struct Row {
    pub(crate) number: String,
    pub(crate) label: String,
    pub(crate) is_part: bool,
    pub(crate) cells: Vec<Cell>,
}

/// A cell of the sheet.
pub(crate) struct Cell {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) unit: String,
    pub(crate) is_text: bool,
    pub(crate) is_compulsory: bool,
    /// What the records say, or why they say nothing.
    pub(crate) computed: String,
    pub(crate) is_counted: bool,
    /// What would be reported, where returns are added up.
    pub(crate) sum: Option<SumWords>,
    /// The number in words; empty when nothing was reported.
    pub(crate) shown: String,
    /// What stands in the field.
    pub(crate) typed: String,
    pub(crate) reason: String,
    pub(crate) differs: bool,
    /// It holds a number of its own, and the program knows one that it could follow instead.
    pub(crate) may_follow: bool,
    pub(crate) error: String,
    pub(crate) reason_error: String,
    /// Message, what to do, and whether it stops the return.
    pub(crate) findings: Vec<(String, &'static str, bool)>,
    /// What somebody should look at in the records it counts.
    pub(crate) looks: Vec<CellLook>,
    /// The records say another number now than when the return was completed.
    pub(crate) since: String,
    /// What somebody else saved meanwhile.
    pub(crate) meanwhile: String,
    /// What records say beside the cases this cell counts, and the number with both; empty for nothing.
    pub(crate) beside: Option<(String, String)>,
}

impl Cell {
    /// Numbers that stand side by side need more room than one.
    pub(crate) fn is_list(&self) -> bool {
        self.computed.contains('；') || self.typed.contains('；')
    }
}

/// What comes from the returns below.
pub(crate) struct SumWords {
    /// Of the units that have not handed in.
    pub(crate) live: String,
    pub(crate) reported: String,
    pub(crate) twice: String,
    pub(crate) explained: String,
    /// What was recorded after its units had handed in, and is not in the number; empty for nothing.
    pub(crate) late: String,
}

/// What a page of a form that was refused shows again.
#[derive(Default)]
pub(crate) struct Again {
    pub(crate) typed: BTreeMap<String, Typed>,
    pub(crate) errors: FormErrors,
    /// Somebody else has saved meanwhile.
    pub(crate) is_stale: bool,
    /// The return was to be handed in: what is still empty is named.
    pub(crate) names_empty: bool,
}

/// The rows of a return.
pub(crate) fn rows(filling: &Filling, again: &Again) -> Vec<Row> {
    let values = filling.values();
    let findings = filling.findings(&values);
    let form = &filling.scene.form.definition;
    form.rows
        .iter()
        .map(|row| Row {
            number: row.number.clone().unwrap_or_default(),
            label: row.label.clone(),
            is_part: row.parent.is_some(),
            cells: row.cells.iter().map(|it| cell(filling, row, it, &values, &findings, again)).collect(),
        })
        .collect()
}

fn cell(
    filling: &Filling,
    row: &FormRow,
    cell: &FormCell,
    values: &BTreeMap<String, CellValue>,
    findings: &[Finding],
    again: &Again,
) -> Cell {
    let value = values.get(&cell.key).cloned().unwrap_or_default();
    let shown = match value.reported {
        _ if cell.is_text => value.text.clone(),
        Some(reported) => words(cell, reported, value.is_estimate),
        None => value.text.clone(),
    };
    let typed = again.typed.get(&cell.key);
    let own = typed.map(|it| it.written.clone()).unwrap_or_else(|| fill::in_field(cell, &value));
    let meanwhile = if again.is_stale && own != fill::in_field(cell, &value) { shown.clone() } else { String::new() };
    // An empty cell of a form that is just being filled is no fault yet.
    let names_empty = again.names_empty || !filling.is_draft();
    let is_named = |it: &&Finding| it.cell == cell.key && (names_empty || it.check != Check::Compulsory);
    let own_findings = findings.iter().filter(is_named);
    let error = |field: String| again.errors.of(&field).unwrap_or_default().to_owned();
    Cell {
        key: cell.key.clone(),
        name: row.name_of(cell),
        label: cell.label.clone().unwrap_or_default(),
        unit: domain::statistics::check::unit_words(cell).to_owned(),
        is_text: cell.is_text,
        is_compulsory: cell.is_compulsory,
        computed: computed_words(filling, cell, &value),
        is_counted: cell.indicator().is_some(),
        sum: sum_words(filling, cell),
        typed: own,
        reason: typed.map_or(value.reason.clone(), |it| it.reason.clone()),
        differs: value.differs(cell),
        may_follow: !cell.is_text
            && filling.proposals.get(&cell.key).is_some_and(Proposal::is_known)
            && filling.stored.get(&cell.key).is_some_and(|it| it.reported.is_some() || !it.text.is_empty()),
        error: error(fill::field(&cell.key)),
        reason_error: error(fill::reason_field(&cell.key)),
        findings: own_findings
            .map(|it| (it.message.clone(), it.check.instruction(), it.check.severity() == Severity::Error))
            .collect(),
        looks: filling.look_words(cell, &return_path(filling)),
        since: since(filling, cell, &value),
        beside: beside_words(filling, cell, &value),
        meanwhile,
        shown,
    }
}

/// The page of the return; empty before there is one.
fn return_path(filling: &Filling) -> String {
    filling.stat_return.as_ref().map(|it| format!("/returns/{}", it.stat_return_id)).unwrap_or_default()
}

/// 300人次, 没有记录, 人工填报, 3、8（不相加）.
fn computed_words(filling: &Filling, cell: &FormCell, value: &CellValue) -> String {
    if cell.is_text {
        return "文字说明".to_owned();
    }
    if let Some(computed) = value.computed {
        // A completed return keeps its number; whether it is an estimate, the reported one says where both are the same.
        let is_same = value.reported == value.computed;
        let now = || filling.proposals.get(&cell.key).is_some_and(|it| it.is_estimate);
        return words(cell, computed, if is_same { value.is_estimate } else { now() });
    }
    if cell.is_manual {
        return "人工填报".to_owned();
    }
    if cell.indicator().is_none() {
        return "未定口径".to_owned();
    }
    let side_by_side = filling.proposals.get(&cell.key).map_or(&[] as &[i64], |it| it.side_by_side.as_slice());
    if side_by_side.is_empty() {
        return "没有记录".to_owned();
    }
    let first = side_by_side.get(..6).unwrap_or(side_by_side);
    let more = if side_by_side.len() > 6 { "等" } else { "" };
    format!("{}{more}（不相加）", listed(cell, first))
}

fn sum_words(filling: &Filling, cell: &FormCell) -> Option<SumWords> {
    let sum = filling.sums.get(&cell.key)?;
    let shown = |value: Option<i64>, about| value.map_or_else(|| "—".to_owned(), |it| words(cell, it, about));
    Some(SumWords {
        live: match sum.live {
            None if sum.side_by_side.len() > 1 => "不相加".to_owned(),
            live => shown(live, sum.is_live_estimate),
        },
        reported: if sum.side_by_side.len() > 1 {
            format!("{}项，不相加", sum.side_by_side.len())
        } else {
            shown(sum.reported, sum.is_reported_estimate)
        },
        twice: if sum.twice == 0 { String::new() } else { words(cell, sum.twice, sum.is_reported_estimate) },
        explained: explained_words(cell, sum),
        late: late_words(filling, cell, sum),
    })
}

/// `活动记录里另有“接受咨询”126人次没有计入`, and the number with them; nothing where the return says that number already.
fn beside_words(filling: &Filling, cell: &FormCell, value: &CellValue) -> Option<(String, String)> {
    let (more, is_estimate) = filling.beside.get(&cell.key).copied().filter(|_| filling.is_draft())?;
    let (with_both, _) = filling.with_beside(&cell.key).filter(|it| value.reported != Some(it.0))?;
    let other = indicator::find(indicator::beside(cell.indicator()?.code)?)?;
    let more = other.amount(more, is_estimate);
    Some((format!("活动记录里另有“{}”{more}，这一项没有计入", other.label), words(cell, with_both, is_estimate)))
}

/// The records and entries behind this cell that came after their units had handed in, each once.
pub(super) fn late_of<'a>(filling: &'a Filling, cell: &FormCell) -> Vec<&'a Late> {
    let Some(indicator) = cell.indicator() else { return Vec::new() };
    let is_own = |it: &&Late| it.indicator == indicator.code && cell.topic().is_none_or(|topic| it.topic == topic);
    filling.late.iter().filter(is_own).collect()
}

/// `交表后又有2条记录，合计差 +35人次`; cases that came, or records that were corrected, have no line of their own.
pub(super) fn late_words(filling: &Filling, cell: &FormCell, sum: &CellSum) -> String {
    let since = match sum.since {
        0 => return String::new(),
        since if since > 0 => format!("+{}", words(cell, since, false)),
        since => format!("-{}", words(cell, since.saturating_abs(), false)),
    };
    let counts_cases = cell.indicator().is_some_and(|it| counts_cases(it.code));
    match late_of(filling, cell).len() {
        0 if counts_cases => format!("交表后投诉举报件有变化，合计差 {since}"),
        0 => format!("交表后记录有改动，合计差 {since}"),
        n => format!("交表后又有{n}条记录，合计差 {since}"),
    }
}

/// What the units reported beyond their records, or less than them: `比记录多报 59人次`.
pub(super) fn explained_words(cell: &FormCell, sum: &CellSum) -> String {
    let number = words(cell, sum.explained.saturating_abs(), sum.is_reported_estimate);
    match sum.explained {
        0 => String::new(),
        1.. => format!("比记录多报 {number}"),
        _ => format!("比记录少报 {number}"),
    }
}

/// What the records say now, where a completed return was filled from others.
fn since(filling: &Filling, cell: &FormCell, value: &CellValue) -> String {
    if filling.is_draft() || cell.indicator().is_none() {
        return String::new();
    }
    match filling.proposals.get(&cell.key).and_then(|it| it.value.map(|value| (value, it.is_estimate))) {
        Some((now, is_estimate)) if Some(now) != value.computed => words(cell, now, is_estimate),
        _ => String::new(),
    }
}
