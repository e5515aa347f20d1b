//! Snapshots (快照) of a media entry: the page or paper as it was seen, kept under its SHA-256, so that what was published can be shown
//! after the link is gone.

use axum::extract::{Path, RawQuery, State};
use domain::campaign::record::permitted::RecordAct;
use domain::unit::Actor;
use domain::{FormErrors, Id};
use serde_json::json;
use store::attachment::{self, Attachment, NewAttachment};
use store::campaign::media::{self, Media};
use store::event::{self, NewEvent};

use super::entry::{Entry, load};
use super::{Around, media as page_of};
use crate::{Answer, App, Error, Frame, Posted, Visitor, evidence, page};

/// The area under which the files of an entry are kept.
pub(super) const AREA: &str = "media";

/// `POST /media/{media_entry_id}/files`
pub(crate) async fn create(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(media_entry_id): Path<String>,
    posted: Posted,
) -> Answer {
    let (media, around) = load::<Media>(&app, &media_entry_id).await?;
    media.check(&actor, &around.head, RecordAct::Correct)?;
    let accepted = match posted.file("file").cloned() {
        None => Err("请先选择快照文件：网页截图、报纸照片或 PDF。".to_owned()),
        Some(file) => evidence::accept(file).await?,
    };
    let accepted = match accepted {
        Ok(accepted) => accepted,
        Err(sentence) => {
            let errors = FormErrors::one("file", sentence);
            return page_of::draw_refused_file(&app, frame, &actor, media, around, errors).await;
        }
    };
    let saved = app.files.save(accepted.bytes).await?;
    let new = NewAttachment {
        sha256: saved.sha256,
        file_name: accepted.name,
        media_type: accepted.kind.media_type().to_owned(),
        size: saved.size,
        area: AREA,
        subject_id: media.media_entry_id.clone(),
        person_id: actor.person_id.clone(),
    };
    let name = new.file_name.clone();
    let is_new = attach(&app, &actor, &media, around, new, accepted.facts).await?;
    let words = if is_new {
        format!("快照“{name}”已保存，校验值已登记。")
    } else {
        format!("“{name}”与已有的快照内容相同，没有重复保存。")
    };
    page::done(&format!("/media/{}#files", media.media_entry_id), &words)
}

async fn attach(
    app: &App,
    actor: &Actor,
    media: &Media,
    around: Around,
    new: NewAttachment,
    facts: Option<domain::evidence::photo::PhotoFacts>,
) -> Result<bool, Error> {
    let (now, actor, id, head) = (app.clock.now(), actor.clone(), media.media_entry_id.clone(), around.head);
    app.db
        .try_write(async move |tx| -> Result<bool, Error> {
            let media = media::lock(&tx, &id, None).await?;
            media.check(&actor, &head, RecordAct::Correct)?;
            if attachment::list(&tx, AREA, &id).await?.iter().any(|it| it.sha256 == new.sha256) {
                return Ok(false);
            }
            attachment::insert(&tx, &new, now).await?;
            if let Some(facts) = &facts {
                store::photo::insert(&tx, &new.sha256, facts).await?;
            }
            let detail = json!({ "快照": new.file_name, "SHA-256": new.sha256 });
            event::insert(&tx, NewEvent::by(&actor, "media", &id, "attached", now).detail(detail));
            Ok(true)
        })
        .await
}

async fn find(app: &App, media_entry_id: &str, attachment_id: &str) -> Result<Attachment, Error> {
    let (id, attachment_id) = (Id::from_text(media_entry_id), Id::from_text(attachment_id));
    let found = app
        .db
        .read(async move |tx| {
            let attachment = attachment::get_of(&tx, AREA, &id, &attachment_id).await?;
            let media = media::get(&tx, &id).await?;
            store::campaign::head::get(&tx, &media.campaign_id).await?;
            Ok(attachment)
        })
        .await?;
    Ok(found)
}

/// `GET /media/{media_entry_id}/files/{attachment_id}`: the original; `?thumb` and `?view` are a picture drawn anew.
pub(crate) async fn show(
    State(app): State<App>,
    Visitor(_): Visitor,
    Path((media_entry_id, attachment_id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let attachment = find(&app, &media_entry_id, &attachment_id).await?;
    evidence::give(&app, &attachment, query.as_deref()).await
}

/// `POST /media/{media_entry_id}/files/{attachment_id}/remove`
pub(crate) async fn remove(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path((media_entry_id, attachment_id)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let attachment = find(&app, &media_entry_id, &attachment_id).await?;
    let (media, around) = load::<Media>(&app, &media_entry_id).await?;
    let (now, version, id) = (app.clock.now(), posted.version(), media.media_entry_id.clone());
    app.db
        .try_write(async move |tx| -> Result<(), Error> {
            let media = media::lock(&tx, &id, Some(version)).await?;
            media.check(&actor, &around.head, RecordAct::Correct)?;
            attachment::remove(&tx, &attachment.attachment_id).await?;
            let detail = json!({ "快照": attachment.file_name, "SHA-256": attachment.sha256 });
            event::insert(&tx, NewEvent::by(&actor, "media", &id, "detached", now).detail(detail));
            Ok(())
        })
        .await?;
    page::done(&format!("/media/{}#files", media.media_entry_id), "快照已撤下，原件仍留存备查。")
}
