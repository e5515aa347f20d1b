//! The two notices of the demonstration: one published and under way, one waiting for review.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use domain::Id;
use domain::campaign::publish::publication;
use domain::campaign::read::read;
use domain::campaign::review::resolve::{KnownUnit, Tree, resolve};
use domain::unit::Actor;
use gongwen::source::Source;
use jiff::{SignedDuration, Timestamp};
use store::campaign::notice::{self, NewNotice};
use store::campaign::plan::{self, NewCampaign};
use store::event::{self, NewEvent};
use store::files::Files;
use store::{Db, Tx};

const UNDER_WAY: (&str, &str) = ("notice-2027.txt", include_str!("../../../../samples/notice-2027.txt"));
const TO_REVIEW: (&str, &str) = ("notice-market-2027.txt", include_str!("../../../../samples/notice-market-2027.txt"));

/// Both campaigns, with what has happened in the first.
///
/// # Errors
/// When the samples cannot be read into a plan, or the database refuses.
pub(super) async fn make(db: &Db, data: &Path, actors: &BTreeMap<&'static str, Actor>) -> Result<()> {
    let office = actors.get("office").context("the office has nobody")?;
    let begin = super::clock::beginning();
    let imported = begin - SignedDuration::from_hours(24 * 15);
    let campaign_id = import(db, data, UNDER_WAY, office, imported).await?;
    publish(db, &campaign_id, office, imported + SignedDuration::from_mins(12)).await?;
    super::progress::happen(db, &campaign_id, actors).await?;
    super::returns::fill_in(db, &campaign_id, actors, begin - SignedDuration::from_mins(5)).await?;
    super::handed_in::upload(db, data, &campaign_id, office, begin - SignedDuration::from_mins(3)).await?;
    import(db, data, TO_REVIEW, office, begin - SignedDuration::from_mins(25)).await?;
    Ok(())
}

/// Reads a notice and stores its plan as a draft.
async fn import(db: &Db, data: &Path, sample: (&str, &str), office: &Actor, at: Timestamp) -> Result<Id> {
    let (file_name, text) = sample;
    let source = Source::from_text(text);
    let plan = read(&source).plans.into_iter().next().with_context(|| format!("{file_name} holds no plan"))?;
    let saved = Files::open(data)?.save(text.as_bytes().to_vec()).await?;
    let title = plan.title.clone().unwrap_or_else(|| file_name.to_owned());
    let notice = NewNotice {
        title: title.clone(),
        file_name: file_name.to_owned(),
        sha256: saved.sha256,
        media_type: "text/plain".to_owned(),
        source: serde_json::to_string(&source)?,
        person_id: office.person_id.clone(),
    };
    let feed_secret = web::Keys::random().seal("feed", file_name);
    let office = office.clone();
    let campaign_id = db
        .write(async move |tx| {
            let notice_id = notice::insert(&tx, &notice, at).await?;
            let new = NewCampaign {
                notice_id,
                plan_index: 0,
                revises_id: None,
                title: title.clone(),
                plan: plan.clone(),
                feed_secret: feed_secret.clone(),
            };
            let campaign_id = plan::insert(&tx, &new, at).await?;
            let event = NewEvent::by(&office, "campaign", &campaign_id, "created", at);
            event::insert(&tx, event.reason(format!("导入通知“{title}”")));
            Ok(campaign_id)
        })
        .await?;
    Ok(campaign_id)
}

/// Publishes a draft whose units are all in the tree.
async fn publish(db: &Db, campaign_id: &Id, office: &Actor, at: Timestamp) -> Result<()> {
    let (campaign_id, office) = (campaign_id.clone(), office.clone());
    db.write(async move |tx| {
        let campaign = plan::lock(&tx, &campaign_id).await?;
        let tree = tree(&tx).await?;
        let resolution = resolve(&campaign.draft.plan, campaign.draft.choices(), &tree);
        let today = web::in_zone(at).date();
        let publication = publication(&campaign.draft, &resolution, &tree, today, store::new_id);
        let notice = notice::get(&tx, &campaign.notice_id).await?;
        let publication = match serde_json::from_str::<Source>(&notice.source) {
            Ok(source) => publication.with_column_heads(&source),
            Err(_) => publication,
        };
        store::campaign::publish::publish(&tx, &campaign, &publication, at).await?;
        event::insert(&tx, NewEvent::by(&office, "campaign", &campaign_id, "published", at));
        for activity in &publication.activities {
            let event = NewEvent::by(&office, "activity", &activity.activity_id, "created", at);
            event::insert(&tx, event.reason(format!("随“{}”发布", campaign.title)));
        }
        Ok(())
    })
    .await?;
    Ok(())
}

/// The units as far as names go.
async fn tree(tx: &Tx) -> store::Result<Tree> {
    let mut aliases = store::unit::list_aliases(tx).await?;
    let units = store::unit::list(tx).await?.into_iter().map(|unit| KnownUnit {
        aliases: aliases.remove(&unit.unit_id).unwrap_or_default(),
        unit_id: unit.unit_id,
        parent_id: unit.parent_id,
        name: unit.name,
        short_name: unit.short_name,
        kind: unit.kind,
    });
    Ok(Tree::new(units.collect()))
}
