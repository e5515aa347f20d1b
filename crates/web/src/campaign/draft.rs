//! Loading a draft with everything its review needs, and changing it: one read, one write, one event.

use domain::Id;
use domain::campaign::review::Draft;
use domain::campaign::review::correction::{Correction, ReviewError, Said};
use domain::campaign::review::permitted::{IntakeStep, Stage, may_import, permitted};
use domain::campaign::review::resolve::{KnownUnit, Resolution, Tree, resolve};
use domain::unit::Actor;
use gongwen::source::Source;
use store::campaign::notice::Notice;
use store::campaign::plan::{Campaign, Status};
use store::event::NewEvent;

use crate::{App, Error};

/// A draft with its source, the units of the tree, and what the names in it mean.
pub(super) struct Loaded {
    pub(super) campaign: Campaign,
    pub(super) notice: Notice,
    pub(super) source: Source,
    pub(super) tree: Tree,
    pub(super) resolution: Resolution,
    /// The title of the running campaign it revises.
    pub(super) revises: Option<(Id, String)>,
}

/// The stage of a status, for `permitted`.
pub(super) fn stage(status: Status) -> Stage {
    match status {
        Status::Draft => Stage::Draft,
        Status::Published => Stage::Running,
        Status::Archived => Stage::Archived,
    }
}

/// The units in use, for names.
pub(super) async fn tree(tx: &store::Read) -> store::Result<Tree> {
    let mut aliases = store::unit::list_aliases(tx).await?;
    let units = store::unit::list(tx).await?.into_iter().filter(|unit| unit.is_active);
    let known = units.map(|unit| KnownUnit {
        aliases: aliases.remove(&unit.unit_id).unwrap_or_default(),
        unit_id: unit.unit_id,
        parent_id: unit.parent_id,
        name: unit.name,
        short_name: unit.short_name,
        kind: unit.kind,
    });
    Ok(Tree::new(known.collect()))
}

/// The source of a notice.
pub(super) fn source_of(notice: &Notice) -> Result<Source, Error> {
    serde_json::from_str(&notice.source)
        .map_err(|error| Error::Internal(anyhow::Error::new(error).context("the source of a notice")))
}

/// A draft, for those who may review it; to everybody else it is not there.
pub(super) async fn load(app: &App, actor: &Actor, campaign_id: &str) -> Result<Loaded, Error> {
    if !may_import(actor) {
        return Err(Error::NotFound);
    }
    let id = Id::from_text(campaign_id);
    let (campaign, notice, tree, revises) = app
        .db
        .read(async move |tx| {
            let campaign = store::campaign::plan::get(&tx, &id).await?;
            let notice = store::campaign::notice::get(&tx, &campaign.notice_id).await?;
            let revises = match &campaign.revises_id {
                Some(id) => Some((id.clone(), store::campaign::plan::get(&tx, id).await?.title)),
                None => None,
            };
            Ok((campaign, notice, tree(&tx).await?, revises))
        })
        .await?;
    let source = source_of(&notice)?;
    let resolution = resolve(&campaign.draft.plan, campaign.draft.choices(), &tree);
    Ok(Loaded { campaign, notice, source, tree, resolution, revises })
}

/// How a correction ended.
pub(super) enum Corrected {
    Done(Said),
    Refused(ReviewError),
}

/// Makes one correction of a draft. `make` is asked with the draft as it stands in the transaction.
pub(super) async fn correct(
    app: &App,
    actor: &Actor,
    campaign_id: &str,
    make: impl Fn(&Draft) -> Result<Correction, ReviewError> + Send + Sync + 'static,
) -> Result<Corrected, Error> {
    if !may_import(actor) {
        return Err(Error::NotFound);
    }
    let (id, at, actor) = (Id::from_text(campaign_id), app.clock.now(), actor.clone());
    enum Failed {
        Store(store::Error),
        NoDraft,
        Refused(ReviewError),
    }
    impl From<store::Error> for Failed {
        fn from(error: store::Error) -> Failed {
            Failed::Store(error)
        }
    }
    let done = app
        .db
        .try_write(async move |tx| -> Result<Said, Failed> {
            let mut campaign = store::campaign::plan::lock(&tx, &id).await?;
            if !permitted(&actor, stage(campaign.status)).contains(&IntakeStep::Review) {
                return Err(Failed::NoDraft);
            }
            let correction = make(&campaign.draft).map_err(Failed::Refused)?;
            let said = campaign.draft.correct(correction).map_err(Failed::Refused)?;
            store::campaign::plan::save_draft(&tx, &campaign).await?;
            let event = NewEvent::by(&actor, "campaign", &id, "corrected", at);
            store::event::insert(&tx, event.reason(said.sentence.clone()).detail(detail(&said)));
            Ok(said)
        })
        .await;
    match done {
        Ok(said) => Ok(Corrected::Done(said)),
        Err(Failed::Refused(error)) => Ok(Corrected::Refused(error)),
        Err(Failed::Store(error)) => Err(error.into()),
        Err(Failed::NoDraft) => {
            Err(Error::Conflict("这个方案已经发布，不能再在核对页上修改。请到活动页面修改，或导入修订稿。".into()))
        }
    }
}

/// The changed fields with their words before and after, as the trail shows them.
fn detail(said: &Said) -> serde_json::Value {
    let change = |(field, before, after): &(String, String, String)| {
        (field.clone(), serde_json::json!([shorten(before), shorten(after)]))
    };
    serde_json::Value::Object(said.changes.iter().map(change).collect())
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= 300 {
        return text.to_owned();
    }
    text.chars().take(300).chain(['…']).collect()
}
