//! The files of a record: pictures shown as drawn anew, originals to take along as evidence.

use axum::extract::{Path, RawQuery, State};
use domain::Id;
use domain::campaign::record::permitted::{RecordAct, permitted};
use serde_json::json;
use store::attachment::{self, Attachment};
use store::campaign::{head, record};
use store::event::{self, NewEvent};

use super::list;
use crate::evidence;
use crate::{Answer, App, Error, Posted, Visitor, page};

async fn find(app: &App, record_id: &str, attachment_id: &str) -> Result<Attachment, Error> {
    let (record_id, attachment_id) = (Id::from_text(record_id), Id::from_text(attachment_id));
    let found = app
        .db
        .read(async move |tx| {
            let attachment = attachment::get_of(&tx, "record", &record_id, &attachment_id).await?;
            let record = record::get(&tx, &record_id).await?;
            head::get(&tx, &record.campaign_id).await?;
            Ok(attachment)
        })
        .await?;
    Ok(found)
}

/// `GET /records/{record_id}/files/{attachment_id}`: the original; `?thumb` and `?view` are a picture drawn anew.
pub(crate) async fn show(
    State(app): State<App>,
    Visitor(_): Visitor,
    Path((record_id, attachment_id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let attachment = find(&app, &record_id, &attachment_id).await?;
    evidence::give(&app, &attachment, query.as_deref()).await
}

/// `POST /records/{record_id}/files/{attachment_id}/remove`
pub(crate) async fn remove(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path((record_id, attachment_id)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let attachment = find(&app, &record_id, &attachment_id).await?;
    let id = Id::from_text(record_id);
    let (now, version, path) = (app.clock.now(), posted.version(), format!("/records/{id}#files"));
    app.db
        .try_write(async move |tx| -> Result<(), Error> {
            let record = record::lock(&tx, &id, Some(version)).await?;
            let head = head::get(&tx, &record.campaign_id).await?;
            if !permitted(&actor, head.is_running, record.status, &record.unit_ids()).contains(&RecordAct::Correct) {
                return Err(list::why_not_correct(&record, head.is_running));
            }
            attachment::remove(&tx, &attachment.attachment_id).await?;
            let detail = json!({ "文件": attachment.file_name, "SHA-256": attachment.sha256 });
            event::insert(&tx, NewEvent::by(&actor, "record", &id, "detached", now).detail(detail));
            Ok(())
        })
        .await?;
    page::done(&path, "文件已撤下，原件仍留存备查。")
}
