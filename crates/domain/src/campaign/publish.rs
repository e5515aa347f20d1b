//! Publishing (发布): from the reviewed plan to the rows of the running campaign.
//!
//! [`publication`] is a pure function of the draft, the answers for the names of units, today and a source of keys.
//! The review page shows its [`Summary`] before anybody presses the button, so the promise and the deed are the same function.

use std::collections::BTreeSet;

use gongwen::source::Source;
use jiff::civil::Date;

use super::kind::ActivityKind;
use super::permitted::Part;
use super::plan::{Activity, DateKind, DateMention, ReportDuty, Span, StatForm};
use super::plan_date::{begins_on, ends_on, first_day, last_day};
use super::read::column_heads;
use super::review::Draft;
use super::review::resolve::{Answer, Resolution, Tree, UnitSet};
use super::venue::VenueKind;
use crate::Id;
use crate::statistics::form::ColumnHeads;

/// Everything that publishing creates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Publication {
    /// First day of the campaign.
    pub starts_on: Option<Date>,
    /// Last day of the campaign.
    pub ends_on: Option<Date>,
    /// The activities, in order.
    pub activities: Vec<NewActivity>,
    /// The venues.
    pub venues: Vec<NewVenue>,
    /// The report duties.
    pub report_duties: Vec<NewReportDuty>,
    /// The statistics forms.
    pub forms: Vec<NewStatForm>,
    /// Each name of the notice with the first unit it means.
    pub names: Vec<(String, Option<Id>, bool)>,
}

/// An activity to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of `plan::Activity` and of the table")]
pub struct NewActivity {
    pub activity_id: Id,
    pub number: Option<u32>,
    pub sort_key: i64,
    pub group: Option<String>,
    pub title: String,
    pub text: String,
    pub kind: ActivityKind,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    pub due_on: Option<Date>,
    pub span: Span,
    pub dates: Vec<DateMention>,
    pub places: Vec<String>,
    /// Lead units first; a unit that leads does not support.
    pub units: Vec<(Id, Part)>,
    /// One task for each unit.
    pub tasks: Vec<NewTask>,
    /// One for each place, and one for each field office where the text wants a satellite venue of each.
    pub sessions: Vec<NewSession>,
}

/// A task to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct NewTask {
    pub task_id: Id,
    pub unit_id: Id,
    pub part: Part,
    pub due_on: Option<Date>,
}

/// A venue to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct NewVenue {
    pub venue_id: Id,
    pub name: String,
    pub kind: VenueKind,
}

/// A session to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct NewSession {
    pub session_id: Id,
    pub venue_id: Option<Id>,
    pub starts_on: Option<Date>,
    pub time: Option<String>,
    pub unit_id: Option<Id>,
    pub note: String,
}

/// A report duty to be created, with the units that owe it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct NewReportDuty {
    pub report_duty_id: Id,
    pub duty: ReportDuty,
    pub due_on: Option<Date>,
    pub units: Vec<Id>,
}

/// A statistics form to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct NewStatForm {
    pub stat_form_id: Id,
    pub form: StatForm,
    /// What the annex prints above its columns; see [`Publication::with_column_heads`].
    pub column_heads: ColumnHeads,
}

/// How much publishing creates, for the button and for the page afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Summary {
    pub activities: usize,
    pub dated: usize,
    pub without_lead: usize,
    pub tasks: usize,
    pub units: usize,
    pub venues: usize,
    pub sessions: usize,
    pub report_duties: usize,
    pub returns: usize,
    pub forms: usize,
    pub form_rows: usize,
}

/// Something that keeps a draft from being published, with the place on the page where it is put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// What, and the way out.
    pub sentence: String,
    /// The part of the review page.
    pub anchor: &'static str,
}

/// What still keeps the draft from being published; empty when nothing does.
pub fn obstacles(draft: &Draft, resolution: &Resolution) -> Vec<Obstacle> {
    let mut obstacles = Vec::new();
    let plan = &draft.plan;
    if plan.title.as_deref().unwrap_or_default().trim().is_empty() {
        let sentence = "方案还没有名称，请在“基本信息”中填写。".to_owned();
        obstacles.push(Obstacle { sentence, anchor: "head" });
    }
    if plan.activities.is_empty() && plan.report_duties.is_empty() && plan.forms.is_empty() {
        let sentence = "还没有任何活动。请从原文段落中勾选，或新增一项活动。".to_owned();
        obstacles.push(Obstacle { sentence, anchor: "outline" });
    }
    let open = resolution.open().count();
    if open > 0 {
        let sentence = format!("有{open}个单位名称还没有确定是谁，请在“单位”一栏逐个选择。");
        obstacles.push(Obstacle { sentence, anchor: "units" });
    }
    obstacles
}

/// Everything that publishing this draft creates. `today` dates 即日起; `new_id` makes the keys.
pub fn publication(
    draft: &Draft,
    resolution: &Resolution,
    tree: &Tree,
    today: Date,
    mut new_id: impl FnMut() -> Id,
) -> Publication {
    let plan = &draft.plan;
    let (starts_on, ends_on) = period(draft);
    let mut venues: Vec<NewVenue> = Vec::new();
    let mut activities = Vec::new();
    for (index, activity) in plan.activities.iter().enumerate() {
        let sort_key = i64::try_from(index).unwrap_or(i64::MAX).saturating_add(1);
        let mut new = new_activity(activity, sort_key, resolution, ends_on, today, &mut new_id);
        new.sessions = sessions(activity, &new, tree, &mut venues, &mut new_id);
        activities.push(new);
    }
    let leads = units_with(&activities, |part| part == Part::Lead);
    let participants = units_with(&activities, |_| true);
    let report_duties = plan
        .report_duties
        .iter()
        .map(|duty| NewReportDuty {
            report_duty_id: new_id(),
            due_on: duty.due.as_ref().and_then(ends_on_of_duty),
            units: who_owes(duty, resolution, &leads, &participants),
            duty: duty.clone(),
        })
        .collect();
    let forms = plan
        .forms
        .iter()
        .map(|form| NewStatForm { stat_form_id: new_id(), form: form.clone(), column_heads: ColumnHeads::default() })
        .collect();
    let names = resolution
        .names
        .iter()
        .map(|named| (named.name.clone(), resolution.units(&named.name).first().cloned(), named.answer.is_settled()));
    let last_due = activities.iter().filter_map(|it| it.due_on).max();
    let first_start = activities.iter().filter_map(|it| it.starts_on).min();
    Publication {
        starts_on: starts_on.or(first_start),
        ends_on: ends_on.or(last_due),
        activities,
        venues,
        report_duties,
        forms,
        names: names.collect(),
    }
}

impl Publication {
    /// With what the annexes of the notice print above their columns. A form whose title and rows stand in no annex keeps none.
    pub fn with_column_heads(mut self, source: &Source) -> Publication {
        if self.forms.is_empty() {
            return self;
        }
        let annexes = column_heads(source);
        for new in &mut self.forms {
            // The office may have corrected the title, or rows, before it published.
            let is_named = |it: &StatForm| it.title.is_some() && it.title == new.form.title;
            let n_same = |it: &StatForm| it.rows.iter().filter(|row| new.form.rows.contains(row)).count();
            let of = |it: &&(StatForm, ColumnHeads)| is_named(&it.0) || 2 * n_same(&it.0) >= new.form.rows.len().max(1);
            if let Some((_, heads)) = annexes.iter().filter(of).max_by_key(|it| (is_named(&it.0), n_same(&it.0))) {
                new.column_heads.clone_from(heads);
            }
        }
        self
    }

    /// How much it is.
    pub fn summary(&self) -> Summary {
        let activities = &self.activities;
        let units: BTreeSet<&Id> = activities.iter().flat_map(|it| it.tasks.iter().map(|task| &task.unit_id)).collect();
        let is_led = |it: &&NewActivity| it.units.iter().any(|(_, part)| *part == Part::Lead);
        Summary {
            activities: activities.len(),
            dated: activities.iter().filter(|it| it.starts_on.is_some() || it.due_on.is_some()).count(),
            without_lead: activities.len() - activities.iter().filter(is_led).count(),
            tasks: activities.iter().map(|it| it.tasks.len()).sum(),
            units: units.len(),
            venues: self.venues.len(),
            sessions: activities.iter().map(|it| it.sessions.len()).sum(),
            report_duties: self.report_duties.len(),
            returns: self.report_duties.iter().map(|it| it.units.len()).sum(),
            forms: self.forms.len(),
            form_rows: self.forms.iter().map(|it| it.form.rows.len()).sum(),
        }
    }
}

/// The campaign's own period, else from its first phase to its last.
fn period(draft: &Draft) -> (Option<Date>, Option<Date>) {
    let plan = &draft.plan;
    let own = plan.period.as_ref();
    let start = own.and_then(|it| first_day(it.start.as_deref()));
    let end = own.and_then(|it| last_day(it.end.as_deref()));
    let phases = &plan.phases;
    (
        start.or_else(|| phases.iter().filter_map(|it| first_day(it.start.as_deref())).min()),
        end.or_else(|| phases.iter().filter_map(|it| last_day(it.end.as_deref())).max()),
    )
}

/// First and last day of an activity from the dates it names: the earliest beginning and the latest end.
///
/// ```text
/// 3月1日至15日开展, 3月20日前报送  →  3月1日 … 3月20日
/// ```
pub fn days(dates: &[DateMention], today: Date) -> (Option<Date>, Option<Date>) {
    let start = |it: &DateMention| match (it.kind, begins_on(it)) {
        // 即日起 without a day begins on the day of publishing.
        (DateKind::Open, None) if it.start.is_none() => Some(today),
        (_, day) => day,
    };
    (dates.iter().filter_map(start).min(), dates.iter().filter_map(ends_on).max())
}

fn new_activity(
    activity: &Activity,
    sort_key: i64,
    resolution: &Resolution,
    campaign_ends_on: Option<Date>,
    today: Date,
    new_id: &mut impl FnMut() -> Id,
) -> NewActivity {
    let (starts_on, ends_on) = days(&activity.dates, today);
    // An activity without an end of its own is over when the campaign is.
    let due_on = ends_on.or(campaign_ends_on);
    let mut units: Vec<(Id, Part)> = Vec::new();
    let named = [(&activity.leads, Part::Lead), (&activity.supports, Part::Support)];
    for (names, part) in named {
        for unit_id in names.iter().flat_map(|name| resolution.units(name)) {
            if !units.iter().any(|(taken, _)| taken == unit_id) {
                units.push((unit_id.clone(), part));
            }
        }
    }
    let activity_id = new_id();
    let tasks = units
        .iter()
        .map(|(unit_id, part)| NewTask { task_id: new_id(), unit_id: unit_id.clone(), part: *part, due_on })
        .collect();
    NewActivity {
        activity_id,
        number: activity.number,
        sort_key,
        group: activity.group.clone(),
        title: activity.title.clone(),
        text: activity.text.clone(),
        kind: activity.kind,
        starts_on,
        ends_on,
        due_on,
        span: activity.span,
        dates: activity.dates.clone(),
        places: activity.places.clone(),
        units,
        tasks,
        sessions: Vec::new(),
    }
}

/// The sessions of an activity: one for each place; and where each field office is to hold one (各监管所…设立分会场), one for each.
fn sessions(
    activity: &Activity,
    new: &NewActivity,
    tree: &Tree,
    venues: &mut Vec<NewVenue>,
    new_id: &mut impl FnMut() -> Id,
) -> Vec<NewSession> {
    let point = activity.dates.iter().find(|it| matches!(it.kind, DateKind::Point));
    let time = point.and_then(|it| it.time.clone());
    let starts_on = point.and_then(begins_on).or(new.starts_on);
    let lead = new.units.first().map(|(unit_id, _)| unit_id.clone());
    let mut sessions = Vec::new();
    for place in &activity.places {
        let kind = venue_kind(&activity.text, place);
        let venue_id = match venues.iter().find(|venue| venue.name == *place) {
            Some(venue) => venue.venue_id.clone(),
            None => {
                let venue = NewVenue { venue_id: new_id(), name: place.clone(), kind };
                let venue_id = venue.venue_id.clone();
                venues.push(venue);
                venue_id
            }
        };
        sessions.push(NewSession {
            session_id: new_id(),
            venue_id: Some(venue_id),
            starts_on,
            time: time.clone(),
            unit_id: lead.clone(),
            note: String::new(),
        });
    }
    if wants_satellites(&activity.text) {
        for unit_id in tree.members(&UnitSet::FieldOffices) {
            let note = "分会场，地点由监管所填写".to_owned();
            sessions.push(NewSession {
                session_id: new_id(),
                venue_id: None,
                starts_on,
                time: time.clone(),
                unit_id: Some(unit_id),
                note,
            });
        }
    }
    sessions
}

/// Main or satellite venue, by the word that stands nearest to the place in its own sentence.
fn venue_kind(text: &str, place: &str) -> VenueKind {
    let sentence = text.split(['。', '；', ';', '\n']).find(|it| it.contains(place)).unwrap_or_default();
    let at = sentence.find(place).unwrap_or_default();
    let near = |word: &str| sentence.match_indices(word).map(|(found, _)| found.abs_diff(at)).min();
    match (near("主会场"), near("分会场")) {
        (Some(main), Some(satellite)) if satellite < main => VenueKind::Satellite,
        (Some(_), _) => VenueKind::Main,
        (None, Some(_)) => VenueKind::Satellite,
        (None, None) => VenueKind::Stand,
    }
}

fn wants_satellites(text: &str) -> bool {
    text.split(['。', '；', ';', '\n']).any(|sentence| {
        let each = sentence.find('各').and_then(|at| sentence.get(at..)).unwrap_or_default();
        let office = ["所", "监管所", "市场所"].iter().filter_map(|word| each.find(word)).min();
        sentence.contains("分会场") && office.is_some_and(|at| at <= "各市场监督管理所".len())
    })
}

fn units_with(activities: &[NewActivity], wanted: impl Fn(Part) -> bool) -> Vec<Id> {
    let mut units: Vec<Id> = Vec::new();
    for (unit_id, part) in activities.iter().flat_map(|it| &it.units) {
        if wanted(*part) && !units.contains(unit_id) {
            units.push(unit_id.clone());
        }
    }
    units
}

/// A duty that names nobody is owed by everyone who takes part.
fn who_owes(duty: &ReportDuty, resolution: &Resolution, leads: &[Id], participants: &[Id]) -> Vec<Id> {
    let Some(who) = &duty.who else { return participants.to_vec() };
    match resolution.answer(who) {
        Some(Answer::Units(units, _)) => units.clone(),
        Some(Answer::Role(UnitSet::Leads)) => leads.to_vec(),
        Some(Answer::Role(_)) => participants.to_vec(),
        _ => Vec::new(),
    }
}

fn ends_on_of_duty(due: &DateMention) -> Option<Date> {
    ends_on(due).or_else(|| last_day(due.end.as_deref().or(due.start.as_deref())))
}

#[cfg(test)]
mod tests;
