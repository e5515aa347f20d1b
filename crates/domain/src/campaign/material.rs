//! The materials ledger (宣传资料台账): what was printed and handed out.
//!
//! Copies handed out are the figure of the form (印发宣传资料); copies that were only printed count until somebody says how many went out.
//! What a station already wrote into the record of an activity is kept here without being counted a second time.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::media::{count, line};
use super::record::entry::{day, note};
use crate::statistics::measure::Measure;
use crate::statistics::quantity::Quantity;
use crate::{FormErrors, Id};

/// What kind of material it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaterialKind {
    /// 折页、传单.
    Leaflet,
    /// 手册.
    Booklet,
    /// 海报.
    Poster,
    /// 展板.
    Board,
    /// 横幅.
    Banner,
    /// 宣传品.
    Gift,
    /// 其他.
    Other,
}

impl MaterialKind {
    /// Every kind, in the order of the choice on the page.
    pub const ALL: &[MaterialKind] = &[
        MaterialKind::Leaflet,
        MaterialKind::Booklet,
        MaterialKind::Poster,
        MaterialKind::Board,
        MaterialKind::Banner,
        MaterialKind::Gift,
        MaterialKind::Other,
    ];

    /// The code in the database and in addresses.
    pub fn code(self) -> &'static str {
        match self {
            MaterialKind::Leaflet => "leaflet",
            MaterialKind::Booklet => "booklet",
            MaterialKind::Poster => "poster",
            MaterialKind::Board => "board",
            MaterialKind::Banner => "banner",
            MaterialKind::Gift => "gift",
            MaterialKind::Other => "other",
        }
    }

    /// The kind of a code; `None` for anything else.
    pub fn from_code(code: &str) -> Option<MaterialKind> {
        MaterialKind::ALL.iter().copied().find(|it| it.code() == code)
    }

    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            MaterialKind::Leaflet => "折页、传单",
            MaterialKind::Booklet => "手册",
            MaterialKind::Poster => "海报",
            MaterialKind::Board => "展板",
            MaterialKind::Banner => "横幅、标语",
            MaterialKind::Gift => "宣传品",
            MaterialKind::Other => "其他资料",
        }
    }

    /// The indicator it is counted under.
    pub fn indicator(self) -> &'static str {
        match self {
            MaterialKind::Board | MaterialKind::Banner => "display_boards",
            _ => "material_copies",
        }
    }
}

/// What the form sent.
#[derive(Debug, Clone, Copy, Default)]
#[allow(missing_docs, reason = "the fields of the form, by their names")]
pub struct Typed<'a> {
    pub unit_id: &'a str,
    pub activity_id: &'a str,
    pub kind: &'a str,
    pub title: &'a str,
    pub printed: &'a str,
    pub handed_out: &'a str,
    pub place: &'a str,
    pub happened_on: &'a str,
    pub is_in_record: bool,
    pub note: &'a str,
}

/// An entry as a person gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaterialEntry {
    /// The unit that reports it.
    pub unit_id: Id,
    /// The activity it was for, where it was for one.
    pub activity_id: Option<Id>,
    /// What it is.
    pub kind: MaterialKind,
    /// 资料名称.
    pub title: String,
    /// Copies printed.
    pub printed: Option<i64>,
    /// Copies handed out.
    pub handed_out: Option<i64>,
    /// One of the two is an estimate.
    pub is_estimate: bool,
    /// Where, empty when nobody said.
    pub place: String,
    /// The day.
    pub happened_on: Date,
    /// The copies stand in a record of the activity already.
    pub is_in_record: bool,
    /// 备注.
    pub note: String,
}

impl MaterialEntry {
    /// What the entry adds to its indicator; `None` when it stands in a record already.
    pub fn counted(&self) -> Option<i64> {
        if self.is_in_record { None } else { self.handed_out.or(self.printed) }
    }
}

/// Reads the form of a materials entry.
///
/// # Errors
/// A sentence for each field that is wrong.
pub fn parse(typed: &Typed<'_>, today: Date) -> Result<MaterialEntry, FormErrors> {
    let mut errors = FormErrors::default();
    if typed.unit_id.is_empty() {
        errors.add("unit_id", "请选择填报单位。");
    }
    let kind = MaterialKind::from_code(typed.kind);
    if kind.is_none() {
        errors.add("kind", "请选择资料类别。");
    }
    let title = line(typed.title, 80, "title", "资料名称", &mut errors);
    let printed = count(typed.printed, Measure::Copy, "printed", &mut errors);
    let handed_out = count(typed.handed_out, Measure::Copy, "handed_out", &mut errors);
    if errors.of("printed").is_none() && errors.of("handed_out").is_none() && printed.or(handed_out).is_none() {
        errors.add("handed_out", "请填写印制数或发放数，至少填一个。");
    }
    if let (Some(printed), Some(handed_out)) = (printed, handed_out)
        && is_more(handed_out, printed)
    {
        errors.add("handed_out", format!("发放 {} 多于印制 {}，请核对。", handed_out.value, printed.value));
    }
    let place: String = typed.place.split_whitespace().collect::<Vec<_>>().join(" ");
    if place.chars().count() > 80 {
        errors.add("place", "发放地点请控制在 80 字以内。");
    }
    let happened_on = day(typed.happened_on, today, "happened_on", &mut errors).unwrap_or(today);
    let note = note(typed.note, &mut errors);
    errors.into_result(MaterialEntry {
        unit_id: Id::from_text(typed.unit_id),
        activity_id: Some(typed.activity_id).filter(|it| !it.is_empty()).map(Id::from_text),
        kind: kind.unwrap_or(MaterialKind::Other),
        title,
        printed: printed.map(|it| it.value),
        handed_out: handed_out.map(|it| it.value),
        is_estimate: printed.is_some_and(|it| it.is_estimate) || handed_out.is_some_and(|it| it.is_estimate),
        place,
        happened_on,
        is_in_record: typed.is_in_record,
        note,
    })
}

/// Two exact counts of which the first cannot be larger; estimates may differ.
fn is_more(handed_out: Quantity, printed: Quantity) -> bool {
    handed_out.value > printed.value && !handed_out.is_estimate && !printed.is_estimate
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::statistics::indicator::find;

    fn typed() -> Typed<'static> {
        Typed {
            unit_id: "u", kind: "leaflet", title: "消费维权指南", happened_on: "2027-03-15", ..Typed::default()
        }
    }

    #[test]
    fn every_kind_is_counted() {
        for kind in MaterialKind::ALL {
            assert_eq!(MaterialKind::from_code(kind.code()), Some(*kind));
            assert!(find(kind.indicator()).is_some(), "{kind:?}");
        }
    }

    #[test]
    fn handed_out_counts_before_printed_and_a_record_counts_alone() {
        let table = [
            ("500", "300", false, Some(300)),
            ("500", "", false, Some(500)),
            ("", "8万余", false, Some(80_000)),
            ("500", "300", true, None),
        ];
        for (printed, handed_out, is_in_record, counted) in table {
            let typed = Typed { printed, handed_out, is_in_record, ..typed() };
            assert_eq!(parse(&typed, date(2027, 3, 15)).unwrap().counted(), counted, "{printed} {handed_out}");
        }
    }

    #[test]
    fn each_wrong_field_gets_its_sentence() {
        let today = date(2027, 3, 15);
        let of = |typed: Typed<'_>| -> Vec<String> {
            parse(&typed, today).unwrap_err().iter().map(|(field, _)| field.to_owned()).collect()
        };
        assert_eq!(of(Typed::default()), ["unit_id", "kind", "title", "handed_out", "happened_on"]);
        assert_eq!(of(Typed { printed: "300", handed_out: "500", ..typed() }), ["handed_out"]);
        assert_eq!(of(Typed { printed: "x", ..typed() }), ["printed"]);
        assert!(parse(&Typed { printed: "300余", handed_out: "310", ..typed() }, today).is_ok());
    }
}
