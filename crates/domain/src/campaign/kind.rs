//! The kinds of activity (活动类型): a closed list, tested as a list.

use serde::{Deserialize, Serialize};

/// What kind of thing an activity is; decides the tool it opens and what a record of it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the Chinese label of each stands in `label`")]
pub enum ActivityKind {
    Outreach,
    OnSiteEvent,
    Lecture,
    Training,
    Meeting,
    PressConference,
    Publication,
    MediaSeries,
    Quiz,
    Contest,
    Survey,
    Inspection,
    RandomInspection,
    Sampling,
    Talk,
    Destruction,
    Award,
    OpenDay,
    Duty,
    ComplaintService,
    Odr,
    Census,
    ExpiryWatch,
    Recruitment,
    ComparativeTest,
    Standard,
    StationBuilding,
    Visit,
    #[default]
    Other,
}
