//! What a report is drafted from.

use jiff::civil::Date;

use crate::Id;
use crate::campaign::kind::ActivityKind;
use crate::campaign::light::Light;
use crate::campaign::permitted::Part as UnitPart;
use crate::campaign::progress::ActivityStatus;
use crate::statistics::rollup::Total;

/// A figure.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureFacts {
    /// The code of its indicator.
    pub indicator: String,
    /// What it comes to.
    pub total: Total,
    /// How many records and entries stand behind it; a total may have been added up in groups before.
    pub n_origins: usize,
}

/// A statistics form of the same unit, and where it says something else than the records do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormSays {
    /// Its title.
    pub form: String,
    /// 上报, or 拟上报 while it is being filled.
    pub state: &'static str,
    /// What differs: 消费者参与500人次（登记441人次）.
    pub differing: Vec<String>,
}

/// One activity of the report.
#[derive(Debug, Clone, PartialEq)]
pub struct ActivityFacts {
    /// Its key.
    pub activity_id: Id,
    /// Its number in the notice.
    pub number: Option<i64>,
    /// Its title.
    pub title: String,
    /// What kind it is.
    pub kind: ActivityKind,
    /// Where it stands.
    pub status: ActivityStatus,
    /// How it stands on the day of the draft.
    pub light: Light,
    /// The day by which it has to be finished.
    pub due_on: Option<Date>,
    /// Who leads it, by short name.
    pub leads: Vec<String>,
    /// The part of the unit whose report it is.
    pub part: Option<UnitPart>,
    /// How many records there are.
    pub n_records: usize,
    /// Its figures.
    pub figures: Vec<FigureFacts>,
    /// What was written in its records, the newest first: day, units, words.
    pub notes: Vec<(Date, String, String)>,
}

/// Everything a report is drafted from.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The title of the campaign: 云溪县2027年“3·15”国际消费者权益日活动方案.
    pub campaign_title: String,
    /// 发文字号 of its notice.
    pub document_number: Option<String>,
    /// 年主题.
    pub theme: Option<String>,
    /// Its first and last day.
    pub period: (Option<Date>, Option<Date>),
    /// Who issued the notice.
    pub issuers: Vec<String>,
    /// The unit whose report it is, by its full name; `None` for the whole campaign.
    pub unit: Option<String>,
    /// To whom it goes.
    pub addressee: String,
    /// The day of the draft.
    pub today: Date,
    /// The activities of the report, in the order of the notice.
    pub activities: Vec<ActivityFacts>,
    /// The figures of the whole report, in the order of the list of indicators.
    pub figures: Vec<FigureFacts>,
    /// How many records there are.
    pub n_records: usize,
    /// How many units have recorded.
    pub n_units: usize,
    /// The statistics forms of the campaign.
    pub forms: Vec<String>,
    /// The same figures in the forms, so that two papers that say different numbers say why.
    pub form_says: Vec<FormSays>,
    /// What should have been handed in and was not: unit and what.
    pub late_duties: Vec<String>,
}
