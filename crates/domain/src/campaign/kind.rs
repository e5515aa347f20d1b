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

impl ActivityKind {
    /// Every kind, in the order of the choice on the page.
    pub const ALL: &[ActivityKind] = &[
        ActivityKind::Outreach,
        ActivityKind::OnSiteEvent,
        ActivityKind::Lecture,
        ActivityKind::Training,
        ActivityKind::Meeting,
        ActivityKind::PressConference,
        ActivityKind::Publication,
        ActivityKind::MediaSeries,
        ActivityKind::Quiz,
        ActivityKind::Contest,
        ActivityKind::Survey,
        ActivityKind::Inspection,
        ActivityKind::RandomInspection,
        ActivityKind::Sampling,
        ActivityKind::Talk,
        ActivityKind::Destruction,
        ActivityKind::Award,
        ActivityKind::OpenDay,
        ActivityKind::Duty,
        ActivityKind::ComplaintService,
        ActivityKind::Odr,
        ActivityKind::Census,
        ActivityKind::ExpiryWatch,
        ActivityKind::Recruitment,
        ActivityKind::ComparativeTest,
        ActivityKind::Standard,
        ActivityKind::StationBuilding,
        ActivityKind::Visit,
        ActivityKind::Other,
    ];

    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            ActivityKind::Outreach => "宣传活动",
            ActivityKind::OnSiteEvent => "现场活动",
            ActivityKind::Lecture => "讲座",
            ActivityKind::Training => "培训",
            ActivityKind::Meeting => "会议",
            ActivityKind::PressConference => "新闻发布会",
            ActivityKind::Publication => "信息发布",
            ActivityKind::MediaSeries => "媒体宣传",
            ActivityKind::Quiz => "知识竞答",
            ActivityKind::Contest => "评选征集",
            ActivityKind::Survey => "调查评议",
            ActivityKind::Inspection => "监督检查",
            ActivityKind::RandomInspection => "随机抽查",
            ActivityKind::Sampling => "抽检",
            ActivityKind::Talk => "约谈",
            ActivityKind::Destruction => "销毁",
            ActivityKind::Award => "授牌表彰",
            ActivityKind::OpenDay => "开放日",
            ActivityKind::Duty => "值班值守",
            ActivityKind::ComplaintService => "投诉举报受理",
            ActivityKind::Odr => "在线和解(ODR)",
            ActivityKind::Census => "摸底排查",
            ActivityKind::ExpiryWatch => "到期预警",
            ActivityKind::Recruitment => "招募",
            ActivityKind::ComparativeTest => "比较试验",
            ActivityKind::Standard => "标准发布",
            ActivityKind::StationBuilding => "维权站点建设",
            ActivityKind::Visit => "走访体察",
            ActivityKind::Other => "其他",
        }
    }
}
