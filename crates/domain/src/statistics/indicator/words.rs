//! How the figures of an indicator are said, and which other indicator stands beside it.

use super::Indicator;
use crate::statistics::amount::{amount, grouped, told};
use crate::statistics::measure::Measure;

impl Indicator {
    /// The word its pieces are counted with: spots, messages and advisories are 条, articles 篇, though both are pieces that were published.
    ///
    /// ```
    /// use domain::statistics::indicator::find;
    /// let word = |code| find(code).map(|it| it.word());
    /// assert_eq!((word("public_service_ad_pieces"), word("press_article"), word("broadcast")), (Some("条"), Some("篇"), Some("次")));
    /// ```
    pub fn word(&self) -> &'static str {
        match self.code {
            "public_service_ad_pieces" | "message" | "advisory" => "条",
            _ => self.measure.label(),
        }
    }

    /// A number of it for reading in a table: `约4,006份`, `3条`.
    pub fn amount(&self, value: i64, is_estimate: bool) -> String {
        if self.measure == Measure::AdPerDay {
            return amount(value, self.measure, is_estimate);
        }
        let about = if is_estimate { "约" } else { "" };
        format!("{about}{}{}", grouped(value, self.measure.base_units()), self.word())
    }

    /// The same for a sentence: without groups of three, and an estimate rounded.
    pub fn plain_amount(&self, value: i64, is_estimate: bool) -> String {
        self.amount(told(value, self.measure, is_estimate), is_estimate).replace(',', "")
    }
}

/// The indicator that records carry beside one that counts cases alone: 接受咨询 of a stand never becomes a case of 受理咨询.
///
/// A page whose cell asks for the cases names what the records say, so that nothing is left behind silently.
///
/// ```
/// assert_eq!(domain::statistics::indicator::beside("inquiry_case"), Some("inquiry"));
/// assert_eq!(domain::statistics::indicator::beside("consumer_attendance"), None);
/// ```
pub fn beside(code: &str) -> Option<&'static str> {
    (code == "inquiry_case").then_some("inquiry")
}
