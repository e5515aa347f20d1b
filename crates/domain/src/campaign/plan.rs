//! A plan (活动方案) as it was read from a notice: what the text says, nothing more.
//!
//! The types follow the output contract of `xiaobao plan FILE --json`.
//! Every value keeps its place in the source, so that a page can light up the words it came from.
//! What is unknown is `None` or empty; nothing here is ever guessed or repaired.

use serde::{Deserialize, Serialize};

/// A half-open range `[start, end)` in characters (Unicode scalar values) of the source text as read.
///
/// Never bytes: `"消保".len()` is 6, its span is `[0, 2)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "(usize, usize)", into = "(usize, usize)")]
pub struct Span {
    /// First character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
}

impl From<(usize, usize)> for Span {
    fn from((start, end): (usize, usize)) -> Span {
        Span { start, end }
    }
}

impl From<Span> for (usize, usize) {
    fn from(span: Span) -> (usize, usize) {
        (span.start, span.end)
    }
}

/// What a whole text turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadingKind {
    /// At least one plan (or a form to fill in) was found.
    Plan,
    /// A summary, a case, a complaint, a quiz: nothing to carry out.
    NotAPlan,
}

/// The result of reading one text: total, it never fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// What the text is.
    pub kind: ReadingKind,
    /// The plans in the order of the text; one text can hold several (方案一 … 方案四).
    pub plans: Vec<Plan>,
}

/// One plan.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Plan {
    /// 方案一, as written.
    pub label: Option<String>,
    /// The document's title on one line.
    pub title: Option<String>,
    /// The year the plan is for; `None` when masked (20xx) or absent.
    pub year: Option<i16>,
    /// 年主题 or 活动主题, without quotation marks.
    pub theme: Option<String>,
    /// 主题口号 given beside the theme.
    pub slogans: Vec<String>,
    /// 发文机关.
    pub issuers: Vec<String>,
    /// 发文字号 of this document, never of a cited one.
    pub document_number: Option<String>,
    /// 成文日期.
    pub issued: Option<String>,
    /// The campaign's own period.
    pub period: Option<Period>,
    /// 领导小组 or 组委会.
    pub organisation: Option<Organisation>,
    /// 阶段.
    pub phases: Vec<Phase>,
    /// The numbered items, in the order of the text.
    pub activities: Vec<Activity>,
    /// 工作要求.
    pub requirements: Vec<Requirement>,
    /// 报送: who hands in what, to whom, how and by when.
    pub report_duties: Vec<ReportDuty>,
    /// 统计表 in the annex.
    pub forms: Vec<StatForm>,
    /// What is odd, contradictory or was not understood.
    pub warnings: Vec<Warning>,
}

/// From `start` to `end`, both days included, each `YYYY-MM-DD`, `--MM-DD`, `YYYY-MM` or `--MM`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Period {
    /// First day or month.
    pub start: Option<String>,
    /// Last day or month.
    pub end: Option<String>,
}

/// 领导小组 or 组委会, in the words of the text ("局长李某", "局属各单位主要负责人").
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Organisation {
    /// 组长 / 主任.
    pub leader: Vec<String>,
    /// 副组长 / 副主任.
    pub deputies: Vec<String>,
    /// 成员.
    pub members: Vec<String>,
    /// 办公室设在….
    pub office: Option<String>,
}

/// One phase (阶段).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phase {
    /// 组织筹划阶段.
    pub name: String,
    /// First day.
    pub start: Option<String>,
    /// Last day.
    pub end: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// One activity (单项活动): one numbered item of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Activity {
    /// The item's own ordinal; `None` if the text has none.
    pub number: Option<u32>,
    /// The heading it stands under.
    pub group: Option<String>,
    /// Text up to the first 。, ： or line end, without the ordinal.
    pub title: String,
    /// The whole body.
    pub text: String,
    /// 牵头 / 责任 / 主办 / 承办 / 负责.
    pub leads: Vec<String>,
    /// 配合 / 协办 / 参加.
    pub supports: Vec<String>,
    /// Every date the item names for itself.
    pub dates: Vec<DateMention>,
    /// Where it takes place.
    pub places: Vec<String>,
    /// One of the closed list of activity kinds ([`super::kind::ActivityKind`]), in snake_case.
    pub kind: super::kind::ActivityKind,
    /// Where it stands.
    pub span: Span,
}

/// What a [`DateMention`] means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateKind {
    /// One day: `start`.
    Point,
    /// `start` to `end`, both included.
    Range,
    /// By `end`.
    Deadline,
    /// From `start` on (即日起).
    Open,
    /// 每周四12:00前.
    Recurring,
    /// 活动结束后2日内.
    Relative,
    /// 另行通知, 待定.
    Undetermined,
}

/// A date as the text gives it.
///
/// `start` and `end` are `YYYY-MM-DD`, `--MM-DD` (year unknown), `YYYY-MM` or `--MM` (a month).
/// `2024-02-30` can never stand here: a day that does not exist is a warning, not a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateMention {
    /// What it means.
    pub kind: DateKind,
    /// First day.
    pub start: Option<String>,
    /// Last day, or the deadline.
    pub end: Option<String>,
    /// `HH:MM`, `HH:MM-HH:MM`, or a word as written (上午, 下班前).
    pub time: Option<String>,
    /// The words of the text.
    pub text: String,
    /// Where they stand.
    pub span: Span,
}

/// One 工作要求.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// Its first sentence.
    pub title: String,
    /// Where it stands.
    pub span: Span,
}

/// A duty to report (报送).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportDuty {
    /// Who hands in; `None` when left out.
    pub who: Option<String>,
    /// What: 总结, 统计表, 照片….
    pub what: Vec<String>,
    /// To whom.
    pub to: Vec<String>,
    /// OA, 邮箱….
    pub via: Vec<String>,
    /// By when.
    pub due: Option<DateMention>,
    /// Where it stands.
    pub span: Span,
}

/// A statistics form (统计表) found in the annex.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatForm {
    /// Its title.
    pub title: Option<String>,
    /// 填报单位, 联系人, 电话….
    pub head: Vec<String>,
    /// The rows in order.
    pub rows: Vec<StatRow>,
}

/// One row of a [`StatForm`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatRow {
    /// The row's number as written ("1", "2.1").
    pub number: Option<String>,
    /// The indicator's words without the unit of measure.
    pub label: String,
    /// 个, 人次, 册、份.
    pub unit: Option<String>,
    /// The number (or label) of the row this one is part of (其中).
    pub parent: Option<String>,
}

/// The closed list of things a plan can be warned about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarningCode {
    /// 活动序号缺八.
    MissingOrdinal,
    /// Two items with one number.
    DuplicateOrdinal,
    /// 十个一, but nine items.
    AnnouncedCountDiffers,
    /// 2023 in the title, 2024 in the text.
    YearConflict,
    /// 连续5天 over six days; phases that overlap.
    PeriodConflict,
    /// 3月15日(星期四) that is a Friday.
    WeekdayConflict,
    /// The summary is due before the activity ends.
    DeadlineBeforeEvent,
    /// 食品相关科室, 各有关单位.
    VagueLead,
    /// No lead, though the plan names leads for other items.
    NoLead,
    /// The text breaks off.
    TruncatedText,
    /// Two different themes.
    ThemeConflict,
    /// 其中 > parent.
    SubtotalRule,
    /// A line that belongs to no part of the plan.
    NotUnderstood,
}

/// Something odd in the text: reported, never repaired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Which kind.
    pub code: WarningCode,
    /// One Chinese sentence that names the thing.
    pub message: String,
    /// Where it stands.
    pub span: Span,
}
