//! Attachments (附件) of an activity: recognized by their content, kept under their SHA-256, given out with safe headers.

use axum::extract::{Path, RawQuery, State};
use domain::Id;
use domain::campaign::permitted::Act;
use domain::evidence;
use serde_json::json;
use store::attachment::{self, NewAttachment};
use store::campaign::{activity, head};
use store::event::{self, NewEvent};

use super::activity::Typed;
use super::step::{Refusal, lock_for, refused};
use crate::{Answer, App, Error, FormErrors, Frame, Posted, PostedFile, Visitor, page};

/// `POST /activities/{activity_id}/attachments`
pub(crate) async fn create(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(activity_id): Path<String>,
    posted: Posted,
) -> Answer {
    let id = Id::from_text(activity_id);
    let now = app.clock.now();
    // Before the bytes reach the disk: may this person attach at all? (Asked again in the transaction.)
    let outcome = may_attach(&app, &actor, &id).await;
    let outcome = match (outcome, posted.file("file")) {
        (Err(refusal), _) => Err(refusal),
        (Ok(()), None) => Err(Refusal::Field(FormErrors::one("file", "请先选择要上传的文件。"))),
        (Ok(()), Some(file)) => save(&app, &actor, &id, file, now).await,
    };
    match outcome {
        Ok(name) => page::done(&format!("/activities/{id}#files"), &format!("“{name}”已上传。")),
        Err(refusal) => refused(&app, frame, &actor, id, refusal, Typed::default()).await,
    }
}

async fn may_attach(app: &App, actor: &domain::unit::Actor, id: &Id) -> Result<(), Refusal> {
    let (actor, id) = (actor.clone(), id.clone());
    app.db
        .try_read(async move |tx| -> Result<(), Refusal> {
            let activity = activity::get(&tx, &id).await?;
            let head = head::get(&tx, &activity.campaign_id).await?;
            let units = activity::list_units_of(&tx, &id).await?;
            let parts: Vec<_> = units.into_iter().map(|it| (it.unit_id, it.part)).collect();
            let standing = super::lamp::standing(activity.status, head.is_running, &parts);
            if domain::campaign::permitted::permitted(&actor, &standing).contains(&Act::Attach) {
                return Ok(());
            }
            Err(Refusal::Error(Error::Forbidden("只有参加这项活动的单位和活动办公室可以上传附件。".into())))
        })
        .await
}

async fn save(
    app: &App,
    actor: &domain::unit::Actor,
    id: &Id,
    file: &PostedFile,
    now: jiff::Timestamp,
) -> Result<String, Refusal> {
    let kind = evidence::recognize(&file.name, &file.bytes)
        .map_err(|rejection| Refusal::Field(FormErrors::one("file", rejection.to_string())))?;
    let file_name = evidence::clean_name(&file.name);
    let saved = app.files.save(file.bytes.clone()).await?;
    let new = NewAttachment {
        sha256: saved.sha256,
        file_name: file_name.clone(),
        media_type: kind.media_type().to_owned(),
        size: saved.size,
        area: "activity",
        subject_id: id.clone(),
        person_id: actor.person_id.clone(),
    };
    let (actor, id) = (actor.clone(), id.clone());
    app.db
        .try_write(async move |tx| -> Result<(), Refusal> {
            lock_for(&tx, &actor, &id, None, Act::Attach).await?;
            attachment::insert(&tx, &new, now).await?;
            let detail = json!({ "附件": new.file_name, "SHA-256": new.sha256 });
            event::insert(&tx, NewEvent::by(&actor, "activity", &id, "attached", now).detail(detail));
            Ok(())
        })
        .await?;
    Ok(file_name)
}

/// `GET /attachments/{attachment_id}`: a download; pictures may be shown in the page with `?inline`, drawn anew.
pub(crate) async fn show(
    State(app): State<App>,
    Visitor(_): Visitor,
    Path(attachment_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let id = Id::from_text(attachment_id);
    let attachment = app
        .db
        .read(async move |tx| {
            let attachment = attachment::get(&tx, &id).await?;
            // What hangs on an activity of a draft is not there yet.
            if attachment.area != "activity" {
                return Err(store::Error::NotFound);
            }
            let activity = activity::get(&tx, &attachment.subject_id).await?;
            head::get(&tx, &activity.campaign_id).await?;
            Ok(attachment)
        })
        .await?;
    crate::evidence::give(&app, &attachment, query.as_deref()).await
}

/// `POST /attachments/{attachment_id}/remove`
pub(crate) async fn remove(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(attachment_id): Path<String>,
) -> Answer {
    let attachment_id = Id::from_text(attachment_id);
    let now = app.clock.now();
    let attachment = {
        let attachment_id = attachment_id.clone();
        app.db.read(async move |tx| attachment::get(&tx, &attachment_id).await).await?
    };
    if attachment.area != "activity" {
        return Err(Error::NotFound);
    }
    let id = attachment.subject_id.clone();
    let outcome = {
        let (actor, id) = (actor.clone(), id.clone());
        app.db
            .try_write(async move |tx| -> Result<(), Refusal> {
                lock_for(&tx, &actor, &id, None, Act::Detach).await?;
                attachment::remove(&tx, &attachment_id).await?;
                let detail = json!({ "附件": attachment.file_name, "SHA-256": attachment.sha256 });
                event::insert(&tx, NewEvent::by(&actor, "activity", &id, "detached", now).detail(detail));
                Ok(())
            })
            .await
    };
    match outcome {
        Ok(()) => page::done(&format!("/activities/{id}#files"), "附件已撤下，原件仍留存备查。"),
        Err(refusal) => refused(&app, frame, &actor, id, refusal, Typed::default()).await,
    }
}

/// A size in words: 12 KB, 3.4 MB.
pub(crate) fn size_words(size: i64) -> String {
    if size < 1024 * 1024 {
        format!("{} KB", (size + 1023) / 1024)
    } else {
        format!("{:.1} MB", size as f64 / 1024.0 / 1024.0)
    }
}
