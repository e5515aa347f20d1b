//! A record (一次记录): what happened, once — an activity or session, a day, the units, figures by indicator, a note, files.
//!
//! A jointly led activity is one record with several units, so it counts once.
//! A record is corrected or withdrawn with a reason, never deleted; what was sent twice is one record by its client key.
//! `asks` says what a record of an activity kind asks for, `entry` reads what a person typed, `permitted` says who may do what, `question` which figure is unlikely.

pub mod asks;
pub mod entry;
pub mod permitted;
pub mod question;

use serde::{Deserialize, Serialize};

use crate::statistics::amount::{amount, grouped};
use crate::statistics::indicator;
use crate::statistics::measure::Measure;
use crate::statistics::quantity::Quantity;

/// Where a record, a media entry or a materials entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordStatus {
    /// 有效: counts.
    Kept,
    /// 已撤回: stays to be read, counts nowhere.
    Withdrawn,
}

impl RecordStatus {
    /// Both.
    pub const ALL: &[RecordStatus] = &[RecordStatus::Kept, RecordStatus::Withdrawn];

    /// The code in the database and in addresses.
    pub fn code(self) -> &'static str {
        match self {
            RecordStatus::Kept => "kept",
            RecordStatus::Withdrawn => "withdrawn",
        }
    }

    /// The status of a code; `None` for anything else.
    pub fn from_code(code: &str) -> Option<RecordStatus> {
        RecordStatus::ALL.iter().copied().find(|it| it.code() == code)
    }

    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            RecordStatus::Kept => "有效",
            RecordStatus::Withdrawn => "已撤回",
        }
    }
}

/// One figure of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordFigure {
    /// The code of the indicator.
    pub indicator: String,
    /// How much, in base units of the indicator's measure.
    pub quantity: Quantity,
}

impl RecordFigure {
    /// The name of the indicator.
    pub fn label(&self) -> &str {
        indicator::find(&self.indicator).map_or(&self.indicator, |it| it.label)
    }

    /// The figure with its unit of measure, as people read it: `约8,000份`.
    pub fn words(&self) -> String {
        // What one person wrote stands as it was written: only sums are rounded.
        let (value, is_estimate) = (self.quantity.value, self.quantity.is_estimate);
        match indicator::find(&self.indicator) {
            Some(it) => it.amount(value, is_estimate),
            None => amount(value, Measure::Item, is_estimate),
        }
    }

    /// The figure as it is typed into the form again: `8000余`, `3.6`.
    pub fn typed(&self) -> String {
        let measure = indicator::find(&self.indicator).map_or(Measure::Item, |it| it.measure);
        let number = number(self.quantity.value, measure).replace(',', "");
        if self.quantity.is_estimate { format!("{number}余") } else { number }
    }
}

/// A value in base units as a number of the unit of measure, in groups of three: 分 become 元 with two places.
///
/// ```
/// use domain::{campaign::record::number, statistics::measure::Measure};
/// assert_eq!(number(12_345, Measure::Copy), "12,345");
/// assert_eq!(number(3_650, Measure::Money), "36.5");
/// ```
pub fn number(value: i64, measure: Measure) -> String {
    grouped(value, measure.base_units())
}

/// What makes a figure of one record the same thing as that of another: a session is held once, whoever records it.
///
/// Attendances of a session recorded at two stands are two parts of the whole and are added, so they have no key.
pub fn same_as(indicator_code: &str, session_id: Option<&crate::Id>) -> Option<String> {
    let held = asks::HELD.contains(&indicator_code);
    session_id.filter(|_| held).map(|it| format!("session:{it}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Id;

    fn figure(indicator: &str, value: i64, is_estimate: bool) -> RecordFigure {
        RecordFigure { indicator: indicator.to_owned(), quantity: Quantity { value, is_estimate } }
    }

    #[test]
    fn figures_read_like_the_form_writes_them() {
        let table = [
            (figure("consumer_attendance", 8000, true), "约8,000人次", "8000余"),
            (figure("material_copies", 1_234_567, false), "1,234,567份", "1234567"),
            (figure("loss_recovered", 3_605, false), "36.05元", "36.05"),
            (figure("activity_held", 0, false), "0场", "0"),
        ];
        for (figure, words, typed) in table {
            assert_eq!((figure.words().as_str(), figure.typed().as_str()), (words, typed));
            let indicator = indicator::find(&figure.indicator).unwrap();
            let again = crate::statistics::quantity::read(typed, indicator.measure, 1).unwrap();
            assert_eq!(again, Some(figure.quantity), "{typed} is read back");
        }
    }

    #[test]
    fn a_session_is_held_once_but_attended_in_parts() {
        let session = Id::from_text("s1");
        assert_eq!(same_as("activity_held", Some(&session)).as_deref(), Some("session:s1"));
        assert_eq!(same_as("consumer_attendance", Some(&session)), None);
        assert_eq!(same_as("activity_held", None), None);
    }
}
