//! The records of an activity or of a whole campaign: sums by indicator, then the records, each with its figures.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use domain::Id;
use domain::campaign::record::RecordStatus;
use domain::campaign::record::permitted::may_record;
use domain::complaint::permitted::may_count_tipoffs;
use domain::statistics::indicator::INDICATORS;
use domain::statistics::rollup::{Figure, Total, total};
use jiff::civil::Date;
use store::campaign::activity;
use store::campaign::head::{self, Head};
use store::campaign::record::{self, Filter, Record};
use store::statistics::case_figure;
use store::{Read, attachment, statistics, unit};

use super::{Scene, form};
use crate::campaign::days;
use crate::complaint::Around;
use crate::{Answer, App, Choice, Error, Frame, Visitor, page};

/// Records on one page of the list.
const PAGE: i64 = 50;
/// Records in the section of an activity's page.
const SECTION: i64 = 8;

/// A record as a line of a list.
pub(crate) struct RecordLine {
    pub(crate) path: String,
    pub(crate) day: String,
    pub(crate) title: String,
    pub(crate) units: String,
    pub(crate) figures: Vec<String>,
    pub(crate) note: String,
    pub(crate) is_withdrawn: bool,
    pub(crate) record_id: Id,
    /// Pictures to show small.
    pub(crate) pictures: Vec<Id>,
    pub(crate) n_files: usize,
}

/// The sum of one indicator.
pub(crate) struct Sum {
    pub(crate) code: &'static str,
    pub(crate) label: &'static str,
    /// With its measure and 约; several where the figures are not added.
    pub(crate) words: String,
}

/// The section of an activity's page.
pub(crate) struct Section {
    pub(crate) lines: Vec<RecordLine>,
    pub(crate) sums: Vec<Sum>,
    pub(crate) n: i64,
    pub(crate) path: String,
    /// Where to record; empty for who may not.
    pub(crate) path_new: String,
}

/// What an activity's page shows of its records.
pub(crate) async fn section(
    tx: &Read,
    actor: &domain::unit::Actor,
    activity_id: &Id,
    today: Date,
) -> store::Result<Section> {
    let scene = Scene::load(tx, activity_id).await?;
    let filter = Filter { activity_id: activity_id.to_string(), ..Filter::default() };
    let records = record::list(tx, &scene.head.campaign_id, &filter, SECTION, 0).await?;
    let figures = statistics::figures_of_activity(tx, &scene.head.campaign_id, activity_id).await?;
    let parts = scene.parts();
    let may = may_record(actor, &scene.place(&parts, None));
    Ok(Section {
        lines: lines(tx, &records, today, "").await?,
        sums: sums(&figures),
        n: record::count(tx, &scene.head.campaign_id, &filter).await?,
        path: format!("/activities/{activity_id}/records"),
        path_new: if may { form::path_new(activity_id, None) } else { String::new() },
    })
}

async fn lines(tx: &Read, records: &[Record], today: Date, title: &str) -> store::Result<Vec<RecordLine>> {
    let mut lines = Vec::new();
    for record in records {
        let files = attachment::list(tx, "record", &record.record_id).await?;
        let is_picture = |it: &&attachment::Attachment| {
            domain::evidence::FileKind::from_media_type(&it.media_type).is_some_and(|kind| kind.is_picture())
        };
        lines.push(RecordLine {
            path: format!("/records/{}", record.record_id),
            day: days::day_with_weekday(record.happened_on, today),
            title: title.to_owned(),
            units: record.unit_names(),
            figures: record.figures.iter().map(|it| format!("{} {}", it.label(), it.words())).collect(),
            note: record.note.clone(),
            is_withdrawn: record.status == RecordStatus::Withdrawn,
            record_id: record.record_id.clone(),
            pictures: files.iter().filter(is_picture).take(3).map(|it| it.attachment_id.clone()).collect(),
            n_files: files.len(),
        });
    }
    Ok(lines)
}

/// The sums of what is there, in the order of the list of indicators.
pub(crate) fn sums(figures: &[Figure]) -> Vec<Sum> {
    let mut sums = Vec::new();
    for indicator in INDICATORS {
        let total = total(figures, indicator.code, None);
        if total.origins.is_empty() {
            continue;
        }
        sums.push(Sum { code: indicator.code, label: indicator.label, words: words(&total, indicator) });
    }
    sums
}

fn words(total: &Total, indicator: &domain::statistics::indicator::Indicator) -> String {
    let one = |value: i64| indicator.amount(value, total.has_estimate);
    match total.value {
        Some(value) => one(value),
        None => format!("{}（不相加）", total.side_by_side.iter().map(|it| one(*it)).collect::<Vec<_>>().join("、")),
    }
}

/// The list of an activity or of a campaign.
#[derive(Template)]
#[template(path = "record/list.html")]
struct List {
    frame: Frame,
    head: Head,
    /// Of one activity only.
    activity: Option<activity::Activity>,
    action: String,
    lines: Vec<RecordLine>,
    sums: Vec<Sum>,
    n: i64,
    units: Vec<Choice>,
    indicators: Vec<Choice>,
    with_withdrawn: bool,
    is_filtered: bool,
    /// The same filter, for the files.
    query: String,
    path_new: String,
    page: i64,
    n_pages: i64,
    before: String,
    after: String,
}

impl List {
    fn lead(&self) -> &str {
        self.activity.as_ref().map_or(&self.head.title, |it| &it.title)
    }
}

/// `GET /activities/{activity_id}/records`
pub(crate) async fn of_activity(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(activity_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    draw(&app, frame, &actor, None, Some(Id::from_text(activity_id)), query.unwrap_or_default()).await
}

/// `GET /campaigns/{campaign_id}/records`
pub(crate) async fn of_campaign(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    draw(&app, frame, &actor, Some(Id::from_text(campaign_id)), None, query.unwrap_or_default()).await
}

/// What a page of the list needs from the store.
struct Loaded {
    head: Head,
    activity: Option<activity::Activity>,
    lines: Vec<RecordLine>,
    figures: Vec<Figure>,
    n: i64,
    units: Vec<unit::Unit>,
    /// May the person record here?
    may: bool,
}

async fn load(
    tx: &Read,
    person: &domain::unit::Actor,
    campaign_id: Option<Id>,
    activity_id: Option<&Id>,
    filter: &Filter,
    number: i64,
    today: Date,
) -> store::Result<Loaded> {
    let activity = match activity_id {
        Some(activity_id) => Some(activity::get(tx, activity_id).await?),
        None => None,
    };
    let campaign_id = activity.as_ref().map(|it| it.campaign_id.clone()).or(campaign_id);
    let head = head::get(tx, &campaign_id.ok_or(store::Error::NotFound)?).await?;
    let records = record::list(tx, &head.campaign_id, filter, PAGE, (number - 1) * PAGE).await?;
    let lines = titled(tx, &records, activity.is_none(), today).await?;
    let unit_id = Some(Id::from_text(&filter.unit_id)).filter(|it| !it.as_str().is_empty());
    let mut figures = match &activity {
        Some(activity) => statistics::figures_of_activity(tx, &head.campaign_id, &activity.activity_id).await?,
        None => statistics::figures(tx, &head.campaign_id, unit_id.as_ref()).await?,
    };
    let has_tipoffs = may_count_tipoffs(person, &Around::load(tx).await?.desk);
    figures.retain(|it| has_tipoffs || !case_figure::is_of_tipoffs(it));
    let may = match &activity {
        Some(activity) => {
            let scene = Scene::load(tx, &activity.activity_id).await?;
            let parts = scene.parts();
            may_record(person, &scene.place(&parts, None))
        }
        None => domain::campaign::record::permitted::may_record_somewhere(person) && head.is_running,
    };
    let n = record::count(tx, &head.campaign_id, filter).await?;
    let units = unit::list(tx).await?;
    Ok(Loaded { head, activity, lines, figures, n, units, may })
}

async fn draw(
    app: &App,
    frame: Frame,
    actor: &domain::unit::Actor,
    campaign_id: Option<Id>,
    activity_id: Option<Id>,
    query: String,
) -> Answer {
    let value = |name: &str| {
        let found = form_urlencoded::parse(query.as_bytes()).find(|(it, _)| it == name);
        found.map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let filter = Filter {
        activity_id: activity_id.as_ref().map(Id::to_string).unwrap_or_default(),
        unit_id: value("unit"),
        indicator: value("indicator"),
        with_withdrawn: value("withdrawn") == "1",
    };
    let number = value("page").parse::<i64>().unwrap_or(1).max(1);
    let (today, person, filtered) = (app.clock.today(), actor.clone(), filter.clone());
    let loaded = app
        .db
        .read(async move |tx| {
            load(&tx, &person, campaign_id.clone(), activity_id.as_ref(), &filtered, number, today).await
        })
        .await?;
    let Loaded { head, activity, lines, figures, n, units, may } = loaded;
    let action = match &activity {
        Some(activity) => format!("/activities/{}/records", activity.activity_id),
        None => format!("/campaigns/{}/records", head.campaign_id),
    };
    let n_pages = ((n + PAGE - 1) / PAGE).max(1);
    let page_path = |page: i64| page_path(&action, &filter, page);
    let (unit_choices, indicators) = choices(&units, &filter);
    page::page(&List {
        path_new: path_new(activity.as_ref(), may),
        is_filtered: !filter.unit_id.is_empty() || !filter.indicator.is_empty(),
        before: if number > 1 { page_path(number - 1) } else { String::new() },
        after: if number < n_pages { page_path(number + 1) } else { String::new() },
        sums: if filter.indicator.is_empty() && (activity.is_none() || filter.unit_id.is_empty()) {
            sums(&figures)
        } else {
            Vec::new()
        },
        with_withdrawn: filter.with_withdrawn,
        query: query_of(&filter),
        page: number,
        units: unit_choices,
        frame,
        head,
        activity,
        action,
        lines,
        n,
        indicators,
        n_pages,
    })
}

/// Where to record; empty for who may not.
fn path_new(activity: Option<&activity::Activity>, may: bool) -> String {
    match (activity, may) {
        (Some(activity), true) => form::path_new(&activity.activity_id, None),
        (None, true) => "/records/new".to_owned(),
        (_, false) => String::new(),
    }
}

/// The choices of the filter: units and indicators.
fn choices(units: &[unit::Unit], filter: &Filter) -> (Vec<Choice>, Vec<Choice>) {
    let of_unit = |it: &unit::Unit| Choice::new(it.unit_id.to_string(), it.short_name.clone(), &filter.unit_id);
    let first = Choice::new("", "全部单位", &filter.unit_id);
    let units = std::iter::once(first).chain(units.iter().map(of_unit)).collect();
    let first = Choice::new("", "全部指标", &filter.indicator);
    let of_indicator = INDICATORS.iter().map(|it| Choice::new(it.code, it.label, &filter.indicator));
    (units, std::iter::once(first).chain(of_indicator).collect())
}

/// Lines with the title of each activity, where they are of several.
async fn titled(tx: &Read, records: &[Record], is_wanted: bool, today: Date) -> store::Result<Vec<RecordLine>> {
    let mut titles = std::collections::HashMap::new();
    if is_wanted {
        for record in records {
            if !titles.contains_key(&record.activity_id) {
                titles.insert(record.activity_id.clone(), activity::get(tx, &record.activity_id).await?.title);
            }
        }
    }
    let mut all = Vec::new();
    for record in records {
        let title = titles.get(&record.activity_id).map(String::as_str).unwrap_or_default();
        all.extend(lines(tx, std::slice::from_ref(record), today, title).await?);
    }
    Ok(all)
}

fn page_path(action: &str, filter: &Filter, page: i64) -> String {
    let query = query_of(filter);
    let and = if query.is_empty() { "" } else { "&" };
    format!("{action}?{query}{and}page={page}")
}

fn query_of(filter: &Filter) -> String {
    let withdrawn = if filter.with_withdrawn { "1" } else { "" };
    let pairs = [("unit", filter.unit_id.as_str()), ("indicator", &filter.indicator), ("withdrawn", withdrawn)];
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
    query.finish()
}

/// Who may correct, when this person may not.
pub(super) fn why_not_correct(record: &Record, is_running: bool) -> Error {
    let sentence = match (is_running, record.status) {
        (false, _) => "这个活动方案已归档，记录不能再改。".to_owned(),
        (true, RecordStatus::Withdrawn) => "这条记录已撤回。需要时先恢复，再更正。".to_owned(),
        (true, RecordStatus::Kept) => {
            format!("只有记录中的单位（{}）和活动办公室可以更正。", record.unit_names())
        }
    };
    Error::Forbidden(sentence)
}
