//! What a figure of a report counts, as a key that stays the same from draft to draft.

use crate::Id;
use crate::campaign::progress::ActivityStatus;
use crate::statistics::indicator;

/// What a figure counts. Its key is stored; the page makes an address of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// An indicator, of the whole report or of one activity.
    Indicator {
        /// The code of the indicator.
        indicator: String,
        /// Only the records of this activity.
        activity_id: Option<Id>,
    },
    /// Records, of the whole report or of one activity.
    Records {
        /// Only the records of this activity.
        activity_id: Option<Id>,
    },
    /// Activities, all or in one state.
    Activities(Option<ActivityStatus>),
    /// Activities that are past their day.
    Late,
    /// Activities that are done and have no record.
    Unrecorded,
    /// Units that have recorded.
    Units,
}

impl Subject {
    /// The key in a stored report.
    ///
    /// ```
    /// use domain::campaign::summary::Subject;
    /// let subject = Subject::Records { activity_id: None };
    /// assert_eq!(subject.key(), "records");
    /// assert_eq!(Subject::from_key("records"), Some(subject));
    /// ```
    pub fn key(&self) -> String {
        let of = |activity_id: &Option<Id>| activity_id.as_ref().map(|it| format!(":{it}")).unwrap_or_default();
        match self {
            Subject::Indicator { indicator, activity_id } => format!("indicator:{indicator}{}", of(activity_id)),
            Subject::Records { activity_id } => format!("records{}", of(activity_id)),
            Subject::Activities(None) => "activities".to_owned(),
            Subject::Activities(Some(status)) => format!("activities:{}", status.code()),
            Subject::Late => "late".to_owned(),
            Subject::Unrecorded => "unrecorded".to_owned(),
            Subject::Units => "units".to_owned(),
        }
    }

    /// The subject of a key; `None` for anything else.
    pub fn from_key(key: &str) -> Option<Subject> {
        let parts: Vec<&str> = key.split(':').collect();
        let id = |it: &str| Some(Id::from_text(it));
        match parts.as_slice() {
            ["indicator", code] => known(code, None),
            ["indicator", code, activity] => known(code, id(activity)),
            ["records"] => Some(Subject::Records { activity_id: None }),
            ["records", activity] => Some(Subject::Records { activity_id: id(activity) }),
            ["activities"] => Some(Subject::Activities(None)),
            ["activities", status] => ActivityStatus::from_code(status).map(|it| Subject::Activities(Some(it))),
            ["late"] => Some(Subject::Late),
            ["unrecorded"] => Some(Subject::Unrecorded),
            ["units"] => Some(Subject::Units),
            _ => None,
        }
    }
}

fn known(code: &str, activity_id: Option<Id>) -> Option<Subject> {
    indicator::find(code).map(|it| Subject::Indicator { indicator: it.code.to_owned(), activity_id })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_leads_back_to_its_subject() {
        let activity_id = Some(Id::from_text("a1"));
        let mut subjects = vec![
            Subject::Records { activity_id: None },
            Subject::Records { activity_id: activity_id.clone() },
            Subject::Activities(None),
            Subject::Late,
            Subject::Unrecorded,
            Subject::Units,
        ];
        subjects.extend(ActivityStatus::ALL.iter().map(|it| Subject::Activities(Some(*it))));
        for it in indicator::INDICATORS {
            let indicator = it.code.to_owned();
            subjects.push(Subject::Indicator { indicator: indicator.clone(), activity_id: None });
            subjects.push(Subject::Indicator { indicator, activity_id: activity_id.clone() });
        }
        for subject in subjects {
            assert_eq!(Subject::from_key(&subject.key()), Some(subject));
        }
        for wrong in ["", "indicator", "indicator:nothing", "activities:lost", "records:a:b"] {
            assert_eq!(Subject::from_key(wrong), None, "{wrong}");
        }
    }
}
