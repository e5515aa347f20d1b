//! What a record of an activity kind asks for: a list with a test.
//!
//! The big fields are the figures a station knows on the spot; what is held once with the record (一场活动) is set to 1 beforehand.

use crate::campaign::kind::ActivityKind;
use crate::statistics::indicator::{FigureSource, INDICATORS, Indicator, SAID_ALREADY, VENUES, find};

/// Indicators of which a session is one, however many units record it.
pub const HELD: &[&str] = &[
    "activity_held",
    "press_conference",
    "meeting",
    "education",
    "outreach",
    "lecture",
    "consultation_event",
    "open_day",
];

/// What the page of a record shows for one kind of activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asks {
    /// The big fields, empty at first.
    pub figures: &'static [&'static str],
    /// What the record itself is one of; set to 1 beforehand.
    pub counts_as: &'static [&'static str],
}

/// What a record of this kind of activity asks for.
///
/// ```
/// use domain::campaign::{kind::ActivityKind, record::asks::asks};
/// assert!(asks(ActivityKind::OnSiteEvent).figures.contains(&"consumer_attendance"));
/// assert_eq!(asks(ActivityKind::PressConference).counts_as, ["press_conference"]);
/// ```
pub fn asks(kind: ActivityKind) -> Asks {
    use ActivityKind as K;
    let (figures, counts_as): (&'static [&'static str], &'static [&'static str]) = match kind {
        K::Outreach => (
            &["consumer_attendance", "business_attendance", "material_copies", "inquiry", "staff_attendance"],
            &["activity_held", "outreach", "education"],
        ),
        K::OnSiteEvent => (
            &["consumer_attendance", "material_copies", "inquiry", "complaint_accepted", "business_attendance"],
            &["activity_held", "consultation_event"],
        ),
        K::Lecture | K::Training => (
            &["consumer_attendance", "business_attendance", "material_copies"],
            &["activity_held", "lecture", "education"],
        ),
        K::Meeting => (&["staff_attendance", "business_attendance"], &["meeting"]),
        K::PressConference => (&["staff_attendance", "business_attendance"], &["press_conference"]),
        K::Publication => (&["advisory", "typical_case"], &[]),
        K::MediaSeries => (&["consumer_attendance", "material_copies"], &["activity_held"]),
        K::Quiz => (&["quiz_entries", "consumer_attendance", "material_copies"], &["activity_held"]),
        K::Contest => (&["consumer_attendance", "business_attendance"], &["activity_held"]),
        K::Survey => (&["consumer_attendance", "business_attendance"], &[]),
        K::Inspection | K::RandomInspection => {
            (&["premises_checked", "hazard_found", "investigation_opened", "staff_attendance", "goods_value"], &[])
        }
        K::Sampling => (&["sampled_batches", "premises_checked", "staff_attendance"], &[]),
        K::Talk => (&["business_attendance", "staff_attendance"], &["meeting"]),
        K::Destruction => (&["goods_destroyed", "goods_value", "staff_attendance"], &["activity_held"]),
        K::Award => (&["trusted_business", "business_attendance"], &["activity_held"]),
        K::OpenDay => (&["consumer_attendance", "inquiry", "complaint_accepted"], &["open_day", "activity_held"]),
        K::Duty => (&["staff_attendance", "complaint_accepted", "report_received"], &[]),
        K::ComplaintService => {
            (&["inquiry", "complaint_accepted", "complaint_closed", "report_received", "loss_recovered"], &[])
        }
        K::Odr => (&["odr_business", "complaint_closed", "business_attendance"], &[]),
        K::Census => (&["premises_checked", "staff_attendance"], &[]),
        K::ExpiryWatch => (&["device_verified", "premises_checked", "hazard_found"], &[]),
        K::Recruitment => (&["volunteers", "consumer_attendance"], &[]),
        K::ComparativeTest => (&["sampled_batches", "advisory"], &[]),
        K::Standard => (&["business_attendance", "staff_attendance"], &[]),
        K::StationBuilding => (&["rights_station", "business_attendance"], &[]),
        K::Visit => (&["consumer_attendance", "business_attendance", "premises_checked"], &["activity_held"]),
        K::Other => (&["consumer_attendance", "business_attendance", "material_copies"], &["activity_held"]),
    };
    Asks { figures, counts_as }
}

/// The words of an activity that make it one of the “五进”.
const OUTREACH_WORDS: &[&str] = &[
    "五进",
    "六进",
    "七进",
    "三进",
    "四进",
    "进社区",
    "进农村",
    "进乡村",
    "进乡镇",
    "进学校",
    "进校园",
    "进企业",
    "进商场",
    "进商超",
    "进超市",
    "进市场",
    "进商圈",
    "进景区",
    "进机关",
    "进家庭",
    "进军营",
    "进网络",
    "进网点",
    "进村",
    "进厂",
];

/// What is set to 1 beforehand for an activity of this kind and these words (its title and text).
///
/// A fair on the square is publicity like a visit to a quarter, and yet none of the “五进”: that is set only where the words name it.
///
/// ```
/// use domain::campaign::{kind::ActivityKind, record::asks::set_beforehand};
/// assert_eq!(set_beforehand(ActivityKind::Outreach, "广场集中宣传"), ["activity_held", "education"]);
/// assert!(set_beforehand(ActivityKind::Outreach, "消费维权进社区").contains(&"outreach"));
/// ```
pub fn set_beforehand(kind: ActivityKind, words: &str) -> Vec<&'static str> {
    let words: String = words.chars().filter(|c| !c.is_whitespace()).collect();
    let is_outreach = OUTREACH_WORDS.iter().any(|it| words.contains(it));
    asks(kind).counts_as.iter().filter(|it| **it != "outreach" || is_outreach).copied().collect()
}

/// The other indicators a record may carry, in the order of the list. Media figures come from the media ledger alone.
pub fn others(kind: ActivityKind) -> Vec<&'static Indicator> {
    let asks = asks(kind);
    let is_asked = |code: &str| asks.figures.contains(&code) || asks.counts_as.contains(&code);
    INDICATORS.iter().filter(|it| is_recordable(it) && !is_asked(it.code)).collect()
}

/// May a record carry figures of this indicator?
pub fn is_recordable(indicator: &Indicator) -> bool {
    indicator.source != FigureSource::Media
        && indicator.measure.is_additive()
        && !SAID_ALREADY.contains(&indicator.code)
        && indicator.code != VENUES
}

/// The indicator of a code that a record may carry.
pub fn recordable(code: &str) -> Option<&'static Indicator> {
    find(code).filter(|it| is_recordable(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_asks_for_a_few_figures_that_exist() {
        for kind in ActivityKind::ALL {
            let asks = asks(*kind);
            assert!((2..=5).contains(&asks.figures.len()), "{kind:?} asks for {}", asks.figures.len());
            for code in asks.figures.iter().chain(asks.counts_as) {
                assert!(recordable(code).is_some(), "{kind:?} asks for {code}");
            }
            for code in asks.counts_as {
                assert!(HELD.contains(code), "{kind:?}: {code} is set to 1 but is not held once");
                assert!(!asks.figures.contains(code), "{kind:?} asks twice for {code}");
            }
        }
    }

    #[test]
    fn every_indicator_of_records_can_be_recorded_for_every_kind() {
        for kind in ActivityKind::ALL {
            let (asks, others) = (asks(*kind), others(*kind));
            for indicator in INDICATORS.iter().filter(|it| is_recordable(it)) {
                let asked = asks.figures.contains(&indicator.code) || asks.counts_as.contains(&indicator.code);
                let offered = others.iter().any(|it| it.code == indicator.code);
                assert!(asked != offered, "{kind:?}: {}", indicator.code);
            }
        }
    }

    #[test]
    fn what_is_held_once_is_an_indicator_that_is_added() {
        for code in HELD {
            assert_eq!(find(code).map(|it| it.adding), Some(crate::statistics::indicator::Adding::Sum), "{code}");
        }
    }
}
