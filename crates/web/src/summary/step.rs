//! Drafting, drafting again and going back to an earlier version.

use axum::extract::{Path, State};
use domain::Id;
use domain::campaign::summary::draft::draft;
use domain::campaign::summary::edit::changes;
use domain::campaign::summary::merge::merge;
use domain::unit::Actor;
use jiff::Timestamp;
use serde_json::json;
use store::Tx;
use store::campaign::summary;
use store::event::{self, NewEvent};

use super::finish::{check_open, writable};
use super::{Scope, facts};
use crate::{Answer, App, Error, Posted, Visitor, clock, page};

/// `POST /campaigns/{campaign_id}/summary`: the first draft, or a new one that leaves every correction as it is.
pub(crate) async fn redraft(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
    posted: Posted,
) -> Answer {
    let (id, unit_id) = (Id::from_text(campaign_id), posted.text("unit").to_owned());
    let (now, today) = (app.clock.now(), app.clock.today());
    let version = posted.version();
    let (path, sentence) = app
        .db
        .try_write(async move |tx| -> Result<(String, String), Error> {
            let scope = writable(&tx, &id, &unit_id, &actor).await?;
            let Some(found) = summary::find(&tx, &id, scope.unit_id()).await? else {
                first(&tx, &scope, &actor, now).await?;
                return Ok((scope.path(""), "已起草。请核对各部分，补写“问题与不足”。".to_owned()));
            };
            let facts = facts::load(&tx, &scope, today).await?;
            let mut stored = summary::lock(&tx, &found.summary_id, version).await?;
            check_open(&stored)?;
            let merged = merge(&stored.content, draft(&facts, &stored.content.sources));
            let detail = changes(&stored.content, &merged.summary);
            if detail.is_empty() && stored.content == merged.summary {
                return Ok((scope.path(""), "没有新的情况，内容不变。".to_owned()));
            }
            let detail = detail.iter().map(|(name, before, after)| ((*name).to_owned(), json!([before, after])));
            let detail = serde_json::Value::Object(detail.collect());
            (stored.content, stored.person_id, stored.changed_at) = (merged.summary, actor.person_id.clone(), now);
            summary::save(&tx, &stored, "redrafted").await?;
            let event = NewEvent::by(&actor, "summary", &stored.summary_id, "redrafted", now);
            event::insert(&tx, event.detail(detail));
            let sentence = match merged.kept.as_slice() {
                [] => "已按最新记录重新起草。".to_owned(),
                kept => format!(
                    "已按最新记录重新起草。您改过的“{}”保留原样，其中的数字已更新；新起草的文字在“修改”页可以对照。",
                    kept.join("”“")
                ),
            };
            Ok((scope.path(""), sentence))
        })
        .await?;
    page::done(&path, &sentence)
}

/// Drafts a report that is not there yet.
async fn first(tx: &Tx, scope: &Scope, actor: &Actor, now: Timestamp) -> store::Result<()> {
    let facts = facts::load(tx, scope, clock::in_zone(now).date()).await?;
    let content = draft(&facts, &[]);
    let id = &scope.head.campaign_id;
    let made = summary::insert(tx, id, scope.unit_id(), &content, &actor.person_id, now).await?;
    let made = made.ok_or(store::Error::Stale)?;
    let event = NewEvent::by(actor, "summary", &made.summary_id, "drafted", now);
    event::insert(tx, event.reason(format!("{}，记录{}条", scope.name(), facts.n_records)));
    Ok(())
}

/// Drafts the report of a unit, or of the whole campaign, for those who fill a database without the pages.
///
/// # Errors
/// When there is no such campaign or unit, or a report is there already.
pub async fn draft_summary(
    tx: &Tx,
    campaign_id: &Id,
    unit_id: Option<&Id>,
    actor: &Actor,
    now: Timestamp,
) -> store::Result<()> {
    let scope = Scope::load(tx, campaign_id, unit_id.map(Id::as_str).unwrap_or_default()).await?;
    first(tx, &scope, actor, now).await
}

/// `POST /campaigns/{campaign_id}/summary/restore`: an earlier version becomes the newest one.
pub(crate) async fn restore(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
    posted: Posted,
) -> Answer {
    let (id, unit_id) = (Id::from_text(campaign_id), posted.text("unit").to_owned());
    let (now, version) = (app.clock.now(), posted.version());
    let back: i64 = posted.text("back").parse().map_err(|_| Error::NotFound)?;
    let path = app
        .db
        .try_write(async move |tx| -> Result<String, Error> {
            let scope = writable(&tx, &id, &unit_id, &actor).await?;
            let found = summary::find(&tx, &id, scope.unit_id()).await?.ok_or(Error::NotFound)?;
            let content = summary::get_version(&tx, &found.summary_id, back).await?;
            let mut stored = summary::lock(&tx, &found.summary_id, version).await?;
            check_open(&stored)?;
            (stored.content, stored.person_id, stored.changed_at) = (content, actor.person_id.clone(), now);
            summary::save(&tx, &stored, "restored").await?;
            let event = NewEvent::by(&actor, "summary", &stored.summary_id, "restored", now);
            event::insert(&tx, event.reason(format!("恢复第{back}稿")));
            Ok(scope.path(""))
        })
        .await?;
    page::done(&path, &format!("已恢复第{back}稿的内容，作为新的一稿。"))
}
