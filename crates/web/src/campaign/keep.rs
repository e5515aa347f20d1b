//! Keeping what was read: the notice once, and the drafts of its plans, each in one write.

use domain::Id;
use domain::campaign::plan::Plan;
use domain::unit::Actor;
use gongwen::source::Source;
use store::campaign::notice::{self, NewNotice};
use store::campaign::plan::{self, NewCampaign};
use store::event::NewEvent;

use super::reading::title_of;
use crate::{App, Error};

/// A notice that has been read, with its plans.
pub(super) struct Read {
    pub(super) source: Source,
    pub(super) is_plan: bool,
    pub(super) plans: Vec<Plan>,
}

/// What [`keep`] found or made.
pub(super) enum Kept {
    /// Somebody was quicker with the same file.
    Known(Id),
    /// The notice, and the draft when one was asked for.
    New(Id, Option<Id>),
}

/// Stores a notice and begins the draft of one of its plans, in one write: both are there, or neither.
pub(super) async fn keep(
    app: &App,
    actor: &Actor,
    new: NewNotice,
    draft: Option<(NewDraft, Option<Id>)>,
) -> Result<Kept, Error> {
    let (at, actor, hash) = (app.clock.now(), actor.clone(), new.sha256.clone());
    let kept = app.db.write(async move |tx| {
        if let Some(known) = notice::find_by_sha256(&tx, &new.sha256).await? {
            return Ok(Kept::Known(known.notice_id));
        }
        let notice_id = notice::insert(&tx, &new, at).await?;
        let event = NewEvent::by(&actor, "campaign", &notice_id, "imported", at);
        store::event::insert(&tx, event.reason(format!("导入通知“{}”", new.title)));
        let begun = match &draft {
            Some((draft, revises_id)) => Some(insert(&tx, &actor, &notice_id, draft, revises_id.as_ref(), at).await?),
            None => None,
        };
        Ok(Kept::New(notice_id, begun))
    });
    match kept.await {
        // Two at once: the hash is unique, so the later one finds the notice of the earlier one.
        Err(error) if error.is_conflict("notice", "sha256") => {
            let known = app.db.read(async move |tx| notice::find_by_sha256(&tx, &hash).await).await?;
            known.map(|it| Kept::Known(it.notice_id)).ok_or_else(|| error.into())
        }
        kept => Ok(kept?),
    }
}

/// One plan of a notice, ready to become a draft.
pub(super) struct NewDraft {
    pub(super) index: usize,
    title: String,
    plan: Plan,
    feed_secret: String,
}

/// The plan of that place in the notice.
pub(super) fn draft_of(read: &Read, index: usize) -> Result<NewDraft, Error> {
    let mut plan = read.plans.get(index).ok_or(Error::NotFound)?.clone();
    let title = title_of(&plan, &read.source);
    plan.title.get_or_insert_with(|| title.clone());
    Ok(NewDraft { index, title, plan, feed_secret: crate::keys::random_token() })
}

/// Begins a draft inside a write.
pub(super) async fn insert(
    tx: &store::Tx,
    actor: &Actor,
    notice_id: &Id,
    draft: &NewDraft,
    revises_id: Option<&Id>,
    at: jiff::Timestamp,
) -> store::Result<Id> {
    let new = NewCampaign {
        notice_id: notice_id.clone(),
        plan_index: i64::try_from(draft.index).unwrap_or_default(),
        revises_id: revises_id.cloned(),
        title: draft.title.clone(),
        plan: draft.plan.clone(),
        feed_secret: draft.feed_secret.clone(),
    };
    let id = plan::insert(tx, &new, at).await?;
    let reason = format!("读出方案“{}”，共{}项活动", new.title, new.plan.activities.len());
    store::event::insert(tx, NewEvent::by(actor, "campaign", &id, "created", at).reason(reason));
    Ok(id)
}

/// Of several plans the one that is most like the campaign; the difference page shows what came of it.
pub(super) fn most_alike(read: &Read, campaign: &plan::Campaign) -> usize {
    let alike = |plan: &Plan| {
        let titles = |plan: &Plan| plan.activities.iter().map(|it| it.title.as_str()).collect::<Vec<_>>().join("");
        domain::campaign::difference::alike(&titles(plan), &titles(&campaign.draft.plan))
    };
    let scored = read.plans.iter().enumerate().map(|(index, plan)| (index, alike(plan)));
    let best = scored.max_by(|one, other| one.1.total_cmp(&other.1).then(other.0.cmp(&one.0)));
    best.map_or(0, |(index, _)| index)
}
