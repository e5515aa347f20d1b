//! What the dashboard shows, in one read.

use std::collections::{BTreeMap, BTreeSet};

use domain::Id;
use domain::campaign::media::MediaKind;
use domain::campaign::schedule::Entry;
use domain::complaint::permitted::may_count_tipoffs;
use domain::statistics::rollup::Figure;
use domain::statistics::stat_return::ReturnStatus;
use domain::unit::Actor;
use jiff::civil::Date;
use store::campaign::head::{self, Head};
use store::campaign::{activity, media, summary};
use store::statistics::{self, case_figure, form};
use store::{Read, unit};

use super::chart::{Bar, bars};
use crate::campaign::lamp;
use crate::complaint::Around;
use crate::statistics::scene::Scene;
use crate::{App, Error};

/// The most entries that are looked at; a ledger of more is counted by its export.
const ENTRIES: i64 = 100_000;

/// The returns of one form by state.
pub(super) struct FormStands {
    pub(super) title: String,
    /// The page of its returns.
    pub(super) path: String,
    pub(super) bars: Vec<Bar>,
    pub(super) words: String,
}

pub(super) struct Loaded {
    pub(super) head: Head,
    pub(super) entries: Vec<Entry>,
    /// Units that take part: key and short name.
    pub(super) units: Vec<(Id, String)>,
    pub(super) figures: Vec<Figure>,
    pub(super) days: Vec<(Date, i64, bool)>,
    /// By kind, one article registered by several units once.
    pub(super) media: Vec<(String, i64)>,
    pub(super) recorders: Vec<(Id, String, i64)>,
    /// Records by activity.
    pub(super) records: Vec<(Id, i64)>,
    pub(super) forms: Vec<FormStands>,
}

pub(super) async fn load(
    app: &App,
    actor: Actor,
    id: Id,
    unit_id: String,
    indicator: &'static str,
) -> Result<Loaded, Error> {
    let today = app.clock.today();
    let loaded = app
        .db
        .read(async move |tx| {
            let head = head::get(&tx, &id).await?;
            let has_tipoffs = may_count_tipoffs(&actor, &Around::load(&tx).await?.desk);
            let unit = match unit_id.as_str() {
                "" => None,
                it => Some(unit::get(&tx, &Id::from_text(it)).await?.unit_id),
            };
            let unit_id = unit.as_ref();
            let near_days = lamp::near_days(&tx).await?;
            let of = activity::list_units(&tx, &id).await?;
            let mut entries = lamp::entries(&activity::list(&tx, &id).await?, &of, today, near_days);
            entries.retain(|entry| unit_id.is_none_or(|id| entry.units.iter().any(|it| it.0 == *id)));
            let taking_part: BTreeSet<&Id> = of.iter().map(|it| &it.unit_id).collect();
            let units = unit::list(&tx).await?.into_iter().filter(|it| taking_part.contains(&it.unit_id));
            let units = units.map(|it| (it.unit_id, it.short_name)).collect();
            let mut recorders = summary::units(&tx, &id).await?;
            recorders.retain(|it| unit_id.is_none_or(|id| it.0 == *id));
            let mut figures = statistics::figures(&tx, &id, unit_id).await?;
            figures.retain(|it| has_tipoffs || !case_figure::is_of_tipoffs(it));
            Ok(Loaded {
                figures,
                days: statistics::by_day(&tx, &id, unit_id, indicator, has_tipoffs).await?,
                media: media_by_kind(&tx, &id, unit_id).await?,
                records: summary::record_counts(&tx, &id, unit_id).await?,
                forms: forms(&tx, &id, unit_id).await?,
                recorders,
                head,
                entries,
                units,
            })
        })
        .await?;
    Ok(loaded)
}

async fn media_by_kind(tx: &Read, id: &Id, unit_id: Option<&Id>) -> store::Result<Vec<(String, i64)>> {
    let filter = media::Filter { unit_id: unit_id.map(Id::to_string).unwrap_or_default(), ..media::Filter::default() };
    let mut once: BTreeSet<String> = BTreeSet::new();
    let mut counts: BTreeMap<MediaKind, i64> = BTreeMap::new();
    for it in media::list(tx, id, &filter, ENTRIES).await? {
        let is_new = !it.entry.kind.is_one_article() || once.insert(it.entry.same_as.clone());
        if is_new {
            *counts.entry(it.entry.kind).or_default() += it.entry.pieces;
        }
    }
    Ok(counts.into_iter().map(|(kind, n)| (kind.code().to_owned(), n)).collect())
}

/// Each form with its returns by state, of the units that report it.
async fn forms(tx: &Read, id: &Id, unit_id: Option<&Id>) -> store::Result<Vec<FormStands>> {
    let mut stands = Vec::new();
    for form in form::list(tx, id).await? {
        let scene = Scene::of(tx, form).await?;
        let asked: Vec<&Id> = scene.reporting.units().filter(|it| unit_id.is_none_or(|id| id == *it)).collect();
        let status = |it: &&Id| scene.latest(it).map(|it| it.status);
        let count = |wanted| asked.iter().filter(|it| status(it) == wanted).count();
        let path = format!("/forms/{}/returns", scene.form.stat_form_id);
        let counts = [
            (ReturnStatus::Approved.label(), count(Some(ReturnStatus::Approved)), "approved"),
            (ReturnStatus::Complete.label(), count(Some(ReturnStatus::Complete)), "complete"),
            (ReturnStatus::Draft.label(), count(Some(ReturnStatus::Draft)), "draft"),
            ("未开始", count(None), "unbegun"),
        ];
        let values = counts.map(|(label, n, state)| {
            let path = format!("{path}?state={state}");
            (label.to_owned(), i64::try_from(n).unwrap_or_default(), format!("{n}个单位"), path)
        });
        let words = counts.map(|(label, n, _)| format!("{label}{n}个")).join("，");
        stands.push(FormStands { title: scene.form.definition.title, path, bars: bars(values.to_vec()), words });
    }
    Ok(stands)
}
