//! Records (一次记录): the phone page that takes one in fifteen seconds, its page, its files, the codes that lead to it, and what a phone
//! without network keeps until it can be sent (`assets/record.js`, `assets/record-worker.js`).

mod choose;
pub(crate) mod code;
pub(crate) mod correct;
pub(crate) mod export;
pub(crate) mod file;
pub(crate) mod form;
pub(crate) mod list;
pub(crate) mod queue;
pub(crate) mod show;
mod take;

#[cfg(test)]
mod tests;

use domain::Id;
use domain::campaign::permitted::Part;
use domain::campaign::progress::ActivityStatus;
use domain::campaign::record::permitted::Place;
use domain::unit::Actor;
use store::campaign::activity::{Activity, ActivityUnit};
use store::campaign::head::Head;
use store::campaign::venue::ListedSession;
use store::campaign::{activity, head, venue};
use store::{Read, statistics, unit};

/// The activity a record belongs to, with all that its form shows.
pub(crate) struct Scene {
    pub(crate) head: Head,
    pub(crate) activity: Activity,
    pub(crate) units: Vec<ActivityUnit>,
    pub(crate) sessions: Vec<ListedSession>,
    /// Topics the forms of the campaign ask for.
    pub(crate) topics: Vec<String>,
    /// The units in use, to name others who were there.
    pub(crate) all_units: Vec<unit::Unit>,
}

impl Scene {
    /// Everything about an activity of a published campaign.
    pub(crate) async fn load(tx: &Read, activity_id: &Id) -> store::Result<Scene> {
        let activity = activity::get(tx, activity_id).await?;
        let head = head::get(tx, &activity.campaign_id).await?;
        Ok(Scene {
            units: activity::list_units_of(tx, activity_id).await?,
            sessions: venue::list_sessions_of(tx, activity_id).await?,
            topics: topics(tx, &head.campaign_id).await?,
            all_units: unit::list(tx).await?,
            head,
            activity,
        })
    }

    /// Who takes part.
    pub(crate) fn parts(&self) -> Vec<(Id, Part)> {
        self.units.iter().map(|it| (it.unit_id.clone(), it.part)).collect()
    }

    /// The session of this key, if it is one of the activity.
    pub(crate) fn session(&self, session_id: &str) -> Option<&ListedSession> {
        self.sessions.iter().find(|it| it.session.activity_session_id.as_str() == session_id)
    }

    /// What the rules have to know, for a record of this session.
    pub(crate) fn place<'a>(&'a self, parts: &'a [(Id, Part)], session: Option<&'a ListedSession>) -> Place<'a> {
        Place {
            is_running: self.head.is_running,
            is_cancelled: self.activity.status == ActivityStatus::Cancelled,
            units: parts,
            session_unit: session.and_then(|it| it.session.unit_id.as_ref()),
        }
    }

    /// The units a record may name: those of the activity, those that hold its sessions, and the actor's own.
    pub(crate) fn nameable(&self, actor: &Actor) -> Vec<&unit::Unit> {
        let takes_part = |it: &&unit::Unit| {
            self.units.iter().any(|unit| unit.unit_id == it.unit_id)
                || self.sessions.iter().any(|session| session.session.unit_id.as_ref() == Some(&it.unit_id))
                || actor.unit_id == it.unit_id
        };
        self.all_units.iter().filter(takes_part).collect()
    }
}

/// The topics the forms of a campaign ask for (“走近3·15…”主题宣传活动), each once.
pub(crate) async fn topics(tx: &Read, campaign_id: &Id) -> store::Result<Vec<String>> {
    let mut topics: Vec<String> = Vec::new();
    for form in statistics::form::list(tx, campaign_id).await? {
        for (_, cell) in form.definition.cells() {
            let topic = cell.binding.as_ref().and_then(|it| it.topic.clone());
            topics.extend(topic.filter(|it| !topics.contains(it)));
        }
    }
    Ok(topics)
}
