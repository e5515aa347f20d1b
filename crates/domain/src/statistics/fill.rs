//! Filling a return: the records propose, a person corrects, and what was not touched follows the records until it is handed in.

use std::collections::BTreeMap;

use super::check::{CellValue, Outdated, listed, typed, words};
use super::form::{FormCell, FormDefinition};
use super::measure::Measure;
use super::quantity;
use super::rollup::{Figure, Total, total};
use crate::FormErrors;
use crate::quotation::quoted;

/// The longest text or reason.
const LONGEST: usize = 2_000;

/// What the figures say for each bound cell.
pub fn count(form: &FormDefinition, figures: &[Figure]) -> BTreeMap<String, Total> {
    let cells = form.cells().filter_map(|(_, cell)| Some((cell, cell.indicator()?)));
    cells.map(|(cell, indicator)| (cell.key.clone(), total(figures, indicator.code, cell.topic()))).collect()
}

/// What a person typed into one cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Typed {
    /// The number or the text.
    pub written: String,
    /// Why it differs from the records.
    pub reason: String,
}

/// The name of the field of a cell.
pub fn field(key: &str) -> String {
    format!("v-{key}")
}

/// The name of the field of the reason.
pub fn reason_field(key: &str) -> String {
    format!("w-{key}")
}

/// Reads the cells as typed.
///
/// What equals the proposal, and what was left empty beside one, is stored as not reported: it follows the records until the
/// return is completed. A number of one's own stays, whatever the records say later.
///
/// # Errors
/// One sentence per cell that cannot be read; nothing is taken then.
pub fn parse(
    form: &FormDefinition,
    proposals: &BTreeMap<String, Proposal>,
    typed: &BTreeMap<String, Typed>,
) -> Result<BTreeMap<String, CellValue>, FormErrors> {
    let mut errors = FormErrors::default();
    let mut values = BTreeMap::new();
    for (row, cell) in form.cells() {
        let Some(own) = typed.get(&cell.key) else { continue };
        let name = quoted(&row.name_of(cell));
        let mut value = CellValue { reason: own.reason.trim().to_owned(), ..CellValue::default() };
        if value.reason.chars().count() > LONGEST {
            errors.add(reason_field(&cell.key), format!("{name}的原因太长，请不超过{LONGEST}字。"));
        }
        if cell.is_text {
            value.text = own.written.trim().to_owned();
            if value.text.chars().count() > LONGEST {
                errors.add(field(&cell.key), format!("{name}太长，请不超过{LONGEST}字。"));
            }
            values.insert(cell.key.clone(), value);
            continue;
        }
        let proposal = proposals.get(&cell.key);
        match read(cell, &own.written) {
            Err(sentence) => errors.add(field(&cell.key), format!("{name}：{sentence}。")),
            Ok(Read::Nothing) if own.written.trim().is_empty() => {}
            Ok(Read::Nothing) => {
                let written = own.written.trim();
                let sentence = "看不出有没有：确实没有的填 0；还不知道的请清空";
                errors.add(field(&cell.key), format!("{name}：“{written}”{sentence}。"));
            }
            Ok(Read::Several(pairs)) => {
                let written = listed(cell, &pairs);
                if proposal.is_none_or(|it| it.words(cell) != written) {
                    value.text = written;
                }
            }
            Ok(Read::One(quantity)) => {
                if proposal.is_none_or(|it| !it.reads_as(quantity)) {
                    (value.reported, value.is_estimate) = (Some(quantity.value), quantity.is_estimate);
                }
            }
        }
        // A number of one's own keeps what it was set against: its reason says nothing of records that come later.
        value.computed =
            proposal.and_then(|it| it.value).filter(|_| value.reported.is_some() || !value.text.is_empty());
        values.insert(cell.key.clone(), value);
    }
    errors.into_result(values)
}

/// What stands in a cell that asks for a number.
enum Read {
    Nothing,
    One(quantity::Quantity),
    /// Several pairs of 条/天, side by side.
    Several(Vec<i64>),
}

/// Reads what was typed in the unit of its cell.
fn read(cell: &FormCell, written: &str) -> Result<Read, String> {
    let (measure, multiple) = cell.measure();
    if measure == Measure::AdPerDay {
        let pairs = quantity::read_pairs(written).map_err(|error| error.to_string())?;
        if pairs.len() > 1 {
            return Ok(Read::Several(pairs));
        }
    }
    let written = if measure == Measure::AdPerDay { written.trim().trim_end_matches(['；', ';']) } else { written };
    let quantity = quantity::read(written, measure, multiple).map_err(|error| error.to_string())?;
    Ok(quantity.map_or(Read::Nothing, Read::One))
}

/// What the program would write into a cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proposal {
    /// The number; `None` when nothing was counted or nothing may be added.
    pub value: Option<i64>,
    /// It holds an estimate.
    pub is_estimate: bool,
    /// Where nothing is added: every number by itself.
    pub side_by_side: Vec<i64>,
}

impl Proposal {
    /// Of what was counted.
    pub fn of(total: &Total) -> Proposal {
        Proposal {
            value: total.value,
            is_estimate: total.has_estimate && total.value.is_some(),
            side_by_side: total.side_by_side.clone(),
        }
    }

    /// Is there anything to write into the cell?
    pub fn is_known(&self) -> bool {
        self.value.is_some() || !self.side_by_side.is_empty()
    }

    /// The numbers side by side as they stand in the cell; empty where there is a single one or none.
    pub fn words(&self, cell: &FormCell) -> String {
        if self.value.is_some() { String::new() } else { listed(cell, &self.side_by_side) }
    }

    /// Is what was typed this very number?
    fn reads_as(&self, typed: quantity::Quantity) -> bool {
        self.value == Some(typed.value) && self.is_estimate == typed.is_estimate
    }
}

/// The cells as they stand now: own numbers, and the proposals where there are none; so they are written down when a return is completed.
/// `values` is what was stored.
pub fn effective(
    form: &FormDefinition,
    proposals: &BTreeMap<String, Proposal>,
    values: &BTreeMap<String, CellValue>,
) -> BTreeMap<String, CellValue> {
    let mut now = BTreeMap::new();
    for (_, cell) in form.cells() {
        let mut value = values.get(&cell.key).cloned().unwrap_or_default();
        let proposal = proposals.get(&cell.key).cloned().unwrap_or_default();
        let before = std::mem::replace(&mut value.computed, proposal.value);
        value.listed = if cell.is_text { String::new() } else { proposal.words(cell) };
        let is_own = value.reported.is_some() || !value.text.is_empty();
        if is_own && !cell.is_text && !value.reason.is_empty() && before != proposal.value {
            let reason = std::mem::take(&mut value.reason);
            value.outdated = Some(Outdated { reason, computed: before });
        }
        if !is_own || cell.is_text {
            (value.reported, value.is_estimate) = (proposal.value, proposal.is_estimate);
            if !cell.is_text {
                value.text.clone_from(&value.listed);
            }
            value.reason.clear();
        }
        now.insert(cell.key.clone(), value);
    }
    // A total that nobody filled is the sum of what stands in its row.
    for (_, cell) in form.cells().filter(|(_, cell)| !cell.total_of.is_empty()) {
        let part = |key: &String| now.get(key).and_then(|it| it.reported);
        let sum = cell.total_of.iter().try_fold(0_i64, |sum, key| sum.checked_add(part(key)?));
        if let Some(value) = now.get_mut(&cell.key).filter(|it| it.reported.is_none()) {
            value.reported = sum;
        }
    }
    now
}

/// The cells of a return that is a draft again: what was not a number of one's own follows the records anew.
///
/// ```
/// use domain::statistics::{check::CellValue, fill::thaw};
/// let as_recorded = CellValue { computed: Some(5), reported: Some(5), ..CellValue::default() };
/// let own = CellValue { computed: Some(5), reported: Some(7), ..CellValue::default() };
/// assert_eq!((thaw(as_recorded).reported, thaw(own).reported), (None, Some(7)));
/// ```
pub fn thaw(mut value: CellValue) -> CellValue {
    // Numbers side by side that nobody gave a reason for are those of the records; what asks for words has no such numbers in it.
    let is_listed = value.reported.is_none() && value.reason.is_empty();
    if is_listed && quantity::read_pairs(&value.text).is_ok_and(|it| it.len() > 1) {
        value.text.clear();
    }
    if value.reported == value.computed {
        (value.reported, value.is_estimate) = (None, false);
    }
    if value.reported.is_none() {
        value.computed = None;
    }
    value
}

/// What stands in the field of a cell.
pub fn in_field(cell: &FormCell, value: &CellValue) -> String {
    if cell.is_text {
        return value.text.clone();
    }
    value.reported.map(|reported| typed(cell, reported, value.is_estimate)).unwrap_or_else(|| value.text.clone())
}

/// The cells that differ between two states in words: name, before, after.
pub fn changes(
    form: &FormDefinition,
    before: &BTreeMap<String, CellValue>,
    after: &BTreeMap<String, CellValue>,
) -> Vec<(String, String, String)> {
    let empty = CellValue::default();
    let mut changes = Vec::new();
    for (row, cell) in form.cells() {
        let (old, new) = (before.get(&cell.key).unwrap_or(&empty), after.get(&cell.key).unwrap_or(&empty));
        let shown = |it: &CellValue| match it.reported {
            _ if cell.is_text => it.text.clone(),
            Some(value) => words(cell, value, it.is_estimate),
            None if !it.text.is_empty() => it.text.clone(),
            None => "按记录".to_owned(),
        };
        let name = row.name_of(cell);
        if shown(old) != shown(new) {
            changes.push((name.clone(), shown(old), shown(new)));
        }
        if old.reason != new.reason {
            changes.push((format!("{name}的原因"), old.reason.clone(), new.reason.clone()));
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::form::FormRow;

    fn form() -> FormDefinition {
        let row = |key: &str, label: &str, unit: &str| FormRow {
            key: key.to_owned(),
            number: None,
            label: label.to_owned(),
            parent: None,
            cells: vec![FormCell::new(key.to_owned(), label, None, Some(unit.to_owned()))],
        };
        let mut words = row("r3", "典型做法", "个");
        words.cells[0].is_text = true;
        let rows = vec![row("r1", "消费者参与数", "人次"), row("r2", "印发宣传资料", "份"), words];
        FormDefinition { title: "统计表".to_owned(), year: Some(2027), rows, ..FormDefinition::default() }
    }

    fn typed_in(pairs: &[(&str, &str)]) -> BTreeMap<String, Typed> {
        let typed = |text: &&str| Typed { written: (*text).to_owned(), reason: String::new() };
        pairs.iter().map(|(key, text)| ((*key).to_owned(), typed(text))).collect()
    }

    fn proposals() -> BTreeMap<String, Proposal> {
        BTreeMap::from([("r1".to_owned(), Proposal { value: Some(300), ..Proposal::default() })])
    }

    #[test]
    fn what_equals_the_records_follows_the_records() {
        let values = parse(&form(), &proposals(), &typed_in(&[("r1", "300"), ("r2", "3000余份")])).unwrap();
        assert_eq!(values["r1"].reported, None);
        assert_eq!((values["r2"].reported, values["r2"].is_estimate), (Some(3_000), true));
        let later = BTreeMap::from([("r1".to_owned(), Proposal { value: Some(350), ..Proposal::default() })]);
        let now = effective(&form(), &later, &values);
        assert_eq!((now["r1"].reported, now["r1"].computed), (Some(350), Some(350)));
    }

    #[test]
    fn an_own_number_stays_when_the_records_change() {
        let values = parse(&form(), &proposals(), &typed_in(&[("r1", "320")])).unwrap();
        let now = effective(&form(), &proposals(), &values);
        assert_eq!((now["r1"].reported, now["r1"].computed), (Some(320), Some(300)));
    }

    /// 333 was written for computed 300 with a reason; then a record of 1,000 came. The reason says nothing of that.
    #[test]
    fn a_reason_is_asked_again_when_the_records_have_changed_since() {
        use crate::statistics::check::{Check, check};
        let mut typed = typed_in(&[("r1", "333"), ("r2", "12")]);
        for it in typed.values_mut() {
            it.reason = "登记漏了".to_owned();
        }
        let values = parse(&form(), &proposals(), &typed).unwrap();
        let unexplained = |proposals: &BTreeMap<String, Proposal>, values: &BTreeMap<String, CellValue>| {
            let found = check(&form(), &effective(&form(), proposals, values));
            found.into_iter().filter(|it| it.check == Check::Unexplained).map(|it| it.message).collect::<Vec<_>>()
        };
        assert_eq!(unexplained(&proposals(), &values), Vec::<String>::new());
        let of = |value| Proposal { value: Some(value), ..Proposal::default() };
        let later = BTreeMap::from([("r1".to_owned(), of(1_300)), ("r2".to_owned(), of(30))]);
        let found = unexplained(&later, &values);
        assert!(
            found[0].contains("记录算出1300人次") && found[0].contains("“登记漏了”是记录算出300人次时写的"),
            "{found:?}"
        );
        assert!(found[1].contains("是没有记录时写的"), "{found:?}");
        // So it is in a supplementary return too: what was handed in keeps what it was set against.
        let handed_in = effective(&form(), &proposals(), &values);
        let supplement = handed_in.into_iter().map(|(key, it)| (key, thaw(it))).collect();
        assert_eq!(unexplained(&later, &supplement).len(), 2);
        assert_eq!(unexplained(&proposals(), &supplement), Vec::<String>::new());
    }

    #[test]
    fn what_cannot_be_read_is_named_and_nothing_is_taken() {
        let errors =
            parse(&form(), &proposals(), &typed_in(&[("r1", "很多"), ("r2", "-5"), ("r3", "巡回宣讲")])).unwrap_err();
        let fields: Vec<_> = errors.iter().map(|(field, _)| field.to_owned()).collect();
        assert_eq!(fields, ["v-r1", "v-r2"]);
        assert!(errors.of("v-r2").is_some_and(|it| it.contains("负数")));
        // 无 and / are not silently the number of the records.
        for none in ["无", "/", " — "] {
            let errors = parse(&form(), &proposals(), &typed_in(&[("r1", none)])).unwrap_err();
            assert!(errors.of("v-r1").is_some_and(|it| it.contains("确实没有的填 0")), "{none}");
        }
    }

    /// The last row but one of the form of 2024: 制作、播放各类公益广告(条/天).
    #[test]
    fn two_spots_stand_side_by_side_and_are_never_a_rate() {
        use crate::statistics::amount::pair;
        let cell = FormCell::new("r1".to_owned(), "制作、播放各类公益广告", None, Some("条/天".to_owned()));
        assert_eq!(cell.indicator().map(|it| it.code), Some("public_service_ad"));
        let mut form = form();
        form.rows[0].cells = vec![cell.clone()];
        let figure = |n: i64, value| Figure {
            origin: crate::Id::from_text(n.to_string()),
            indicator: "public_service_ad".to_owned(),
            value,
            is_estimate: false,
            topic: None,
            same_as: None,
            on: "2027-03-15".to_owned(),
        };
        let proposals = |figures: &[Figure]| -> BTreeMap<String, Proposal> {
            count(&form, figures).iter().map(|(key, total)| (key.clone(), Proposal::of(total))).collect()
        };
        let one = proposals(&[figure(1, pair(2, 10))]);
        let now = effective(&form, &one, &BTreeMap::new());
        assert_eq!(in_field(&cell, &now["r1"]), "2条/10天");
        let kept = parse(&form, &one, &typed_in(&[("r1", "2条/10天")])).unwrap();
        assert_eq!(kept["r1"], CellValue::default(), "what equals the records follows the records");
        let both = proposals(&[figure(1, pair(2, 10)), figure(2, pair(3, 5))]);
        let now = effective(&form, &both, &BTreeMap::new());
        assert_eq!((now["r1"].reported, in_field(&cell, &now["r1"]).as_str()), (None, "2条/10天；3条/5天"));
        let kept = parse(&form, &both, &typed_in(&[("r1", "2/10；3/5")])).unwrap();
        assert_eq!(kept["r1"], CellValue::default());
        let own = parse(&form, &both, &typed_in(&[("r1", "5条/10天")])).unwrap();
        assert_eq!(own["r1"].reported, Some(pair(5, 10)));
        let now = effective(&form, &both, &own);
        assert!(now["r1"].differs(&cell), "a number of one's own beside the list needs a reason");
        assert_eq!(thaw(effective(&form, &both, &BTreeMap::new())["r1"].clone()).text, "", "follows the records again");
    }

    #[test]
    fn an_estimate_of_the_records_stays_theirs_and_one_of_the_unit_stays_the_units() {
        let about = BTreeMap::from([(
            "r1".to_owned(),
            Proposal { value: Some(4_006), is_estimate: true, ..Proposal::default() },
        )]);
        let now = effective(&form(), &about, &BTreeMap::new());
        let shown = in_field(&form().rows[0].cells[0], &now["r1"]);
        assert_eq!(shown, "约4006");
        let kept = parse(&form(), &about, &typed_in(&[("r1", &shown)])).unwrap();
        assert_eq!(kept["r1"].reported, None);
        let own = parse(&form(), &about, &typed_in(&[("r1", "4000余")])).unwrap();
        assert_eq!(own["r1"].reported, Some(4_000));
    }

    #[test]
    fn a_text_is_kept_as_text() {
        let values = parse(&form(), &proposals(), &typed_in(&[("r3", " 巡回宣讲 ")])).unwrap();
        assert_eq!(values["r3"].text, "巡回宣讲");
    }

    #[test]
    fn changes_are_said_in_words() {
        let before = parse(&form(), &proposals(), &typed_in(&[("r1", "300"), ("r2", "10")])).unwrap();
        let after = parse(&form(), &proposals(), &typed_in(&[("r1", "320"), ("r2", "10")])).unwrap();
        let found = changes(&form(), &before, &after);
        assert_eq!(found, [("消费者参与数".to_owned(), "按记录".to_owned(), "320人次".to_owned())]);
    }

    #[test]
    fn a_total_nobody_filled_is_the_sum_of_its_row() {
        let mut form = form();
        let mut cells: Vec<FormCell> = ["r1.1", "r1.2", "r1.3"]
            .map(|key| FormCell::new(key.to_owned(), "活动", Some(key.to_owned()), Some("场".to_owned())))
            .into();
        cells[2].total_of = vec!["r1.1".to_owned(), "r1.2".to_owned()];
        form.rows[0].cells = cells;
        let values = parse(&form, &BTreeMap::new(), &typed_in(&[("r1.1", "2"), ("r1.2", "3")])).unwrap();
        assert_eq!(effective(&form, &BTreeMap::new(), &values)["r1.3"].reported, Some(5));
    }
}
