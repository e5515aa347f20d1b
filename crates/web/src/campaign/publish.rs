//! Publishing a draft, deleting it, archiving a campaign and bringing it back.

use axum::extract::{Path, State};
use domain::Id;
use domain::campaign::publish::{Obstacle, Summary, obstacles, publication};
use domain::campaign::review::permitted::{IntakeStep, may_import, permitted};
use domain::campaign::review::resolve::resolve;
use domain::unit::Actor;
use store::campaign::plan::{self, Status};
use store::event::NewEvent;

use super::draft::{source_of, stage, tree};
use super::review::refuse;
use super::review_view::Problem;
use crate::{Answer, App, Error, Frame, Posted, Visitor, done};

enum Failed {
    Store(store::Error),
    /// Published, archived or revising: the sentence says so.
    State(&'static str),
    Obstacles(Vec<Obstacle>),
}

impl From<store::Error> for Failed {
    fn from(error: store::Error) -> Failed {
        Failed::Store(error)
    }
}

/// `POST /campaigns/{id}/publish`
pub(crate) async fn create(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
) -> Answer {
    match publish(&app, &actor, &id).await {
        Ok(summary) => {
            let sentence = format!(
                "已发布：{}项活动、{}项任务、{}项报送要求，涉及{}个单位。",
                summary.activities, summary.tasks, summary.report_duties, summary.units
            );
            done(&format!("/campaigns/{id}"), &sentence)
        }
        Err(Failed::Obstacles(list)) => {
            let sentences: Vec<String> = list.into_iter().map(|it| it.sentence).collect();
            let sentence = format!("还不能发布。{}", sentences.join(""));
            refuse(&app, frame, &actor, &id, Problem { sentence, ..Problem::default() }).await
        }
        Err(failed) => Err(failed.into()),
    }
}

/// Publishes in one transaction: a second press finds the campaign published and creates nothing.
async fn publish(app: &App, actor: &Actor, id: &str) -> Result<Summary, Failed> {
    if !may_import(actor) {
        return Err(Failed::Store(store::Error::NotFound));
    }
    let (id, at, today, actor) = (Id::from_text(id), app.clock.now(), app.clock.today(), actor.clone());
    app.db
        .try_write(async move |tx| -> Result<Summary, Failed> {
            let campaign = plan::lock(&tx, &id).await?;
            if !permitted(&actor, stage(campaign.status)).contains(&IntakeStep::Publish) {
                return Err(Failed::State("这个方案已经发布过了，没有重复创建。请到活动总览查看。"));
            }
            if campaign.revises_id.is_some() {
                return Err(Failed::State("这是一份修订稿，请先对比，再应用到正在进行的活动上。"));
            }
            let tree = tree(&tx).await?;
            let resolution = resolve(&campaign.draft.plan, campaign.draft.choices(), &tree);
            let obstacles = obstacles(&campaign.draft, &resolution);
            if !obstacles.is_empty() {
                return Err(Failed::Obstacles(obstacles));
            }
            let notice = store::campaign::notice::get(&tx, &campaign.notice_id).await?;
            let publication = publication(&campaign.draft, &resolution, &tree, today, store::new_id);
            let publication = match source_of(&notice) {
                Ok(source) => publication.with_column_heads(&source),
                // A plan without its source is published all the same, with our own words above the columns.
                Err(_) => publication,
            };
            store::campaign::publish::publish(&tx, &campaign, &publication, at).await?;
            let summary = publication.summary();
            let detail = serde_json::json!({
                "活动": ["", summary.activities.to_string()],
                "任务": ["", summary.tasks.to_string()],
                "报送要求": ["", summary.report_duties.to_string()],
                "统计表": ["", summary.forms.to_string()],
            });
            let reason = format!("发布“{}”", campaign.title);
            store::event::insert(
                &tx,
                NewEvent::by(&actor, "campaign", &id, "published", at).reason(reason).detail(detail),
            );
            for activity in &publication.activities {
                let event = NewEvent::by(&actor, "activity", &activity.activity_id, "created", at);
                store::event::insert(&tx, event.reason(format!("随“{}”发布", campaign.title)));
            }
            Ok(summary)
        })
        .await
}

/// `POST /campaigns/{id}/delete`: a draft only.
pub(crate) async fn delete(State(app): State<App>, Visitor(actor): Visitor, Path(id): Path<String>) -> Answer {
    if !may_import(&actor) {
        return Err(Error::NotFound);
    }
    let (id, at) = (Id::from_text(id), app.clock.now());
    let title = app
        .db
        .try_write(async move |tx| -> Result<String, Failed> {
            let campaign = plan::lock(&tx, &id).await?;
            if !permitted(&actor, stage(campaign.status)).contains(&IntakeStep::Delete) {
                return Err(Failed::State("只能删除草稿。已发布的活动可以归档。"));
            }
            plan::remove(&tx, &campaign).await?;
            let reason = format!("删除草稿“{}”", campaign.title);
            store::event::insert(&tx, NewEvent::by(&actor, "campaign", &id, "deleted", at).reason(reason));
            Ok(campaign.title)
        })
        .await;
    done("/campaigns", &format!("已删除草稿“{}”。", title?))
}

/// `POST /campaigns/{id}/archive`: archives, or brings back with `do=reopen`.
pub(crate) async fn archive(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let (id, at) = (Id::from_text(id), app.clock.now());
    let back = posted.text("do") == "reopen";
    let title = app
        .db
        .try_write(async move |tx| -> Result<String, Failed> {
            let campaign = plan::lock(&tx, &id).await?;
            if campaign.status == Status::Draft && !may_import(&actor) {
                return Err(store::Error::NotFound.into());
            }
            let steps = permitted(&actor, stage(campaign.status));
            let (step, kind) = if back { (IntakeStep::Reopen, "reopened") } else { (IntakeStep::Archive, "archived") };
            if !steps.contains(&step) {
                return Err(Failed::State(
                    "现在不能这样做：请由活动办公室或系统管理员对正在进行的活动归档，或恢复已归档的活动。",
                ));
            }
            if back {
                plan::reopen(&tx, &campaign).await?;
            } else {
                plan::archive(&tx, &campaign).await?;
            }
            let reason = format!("{}“{}”", if back { "恢复" } else { "归档" }, campaign.title);
            store::event::insert(&tx, NewEvent::by(&actor, "campaign", &id, kind, at).reason(reason));
            Ok(campaign.title)
        })
        .await;
    let title = title?;
    let what = if back { "已恢复" } else { "已归档" };
    done("/campaigns", &format!("{what}“{title}”。"))
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Error {
        match failed {
            Failed::Store(error) => error.into(),
            Failed::State(sentence) => Error::Conflict(sentence.to_owned()),
            Failed::Obstacles(list) => Error::Conflict(list.into_iter().map(|it| it.sentence).collect()),
        }
    }
}
