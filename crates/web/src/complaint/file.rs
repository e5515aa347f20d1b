//! The files of a case: what the person sent, scanned letters, photos; shown to who may see the case, those of a tip-off to who may
//! unmask the reporter.

use axum::extract::{Path, RawQuery, State};
use domain::Id;
use domain::complaint::permitted::{may_correct, may_see};
use domain::unit::Actor;
use serde_json::json;
use store::complaint::case::{self, Case};
use store::complaint::file::{self, CaseFile, NewFile, Origin};
use store::event::{self, NewEvent};
use store::{Read, Tx};

use super::Around;
use super::look::{self, Opening};
use crate::evidence::Kept;
use crate::{Answer, App, Error, Posted, Visitor, evidence, page};

/// The most files of one form.
const MOST: usize = 20;

async fn visible(tx: &Read, actor: &Actor, id: &Id) -> Result<(Around, Case), Error> {
    let around = Around::load(tx).await?;
    let case = case::get(tx, id).await?;
    if may_see(actor, &around.desk, &case.state) { Ok((around, case)) } else { Err(Error::NotFound) }
}

/// The case, loaded to be changed by somebody who may.
async fn locked(tx: &Tx, actor: &Actor, id: &Id) -> Result<Case, Error> {
    let around = Around::load(tx).await?;
    let case = case::lock_quietly(tx, id).await?;
    if !may_see(actor, &around.desk, &case.state) {
        return Err(Error::NotFound);
    }
    if !may_correct(actor, &around.desk, &case.state) {
        return Err(Error::Forbidden("材料由承办单位或投诉举报机构管理。".into()));
    }
    Ok(case)
}

/// `POST /complaints/{complaint_id}/files`
pub(crate) async fn create(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let (id, who) = (Id::from_text(id), actor.clone());
    let path = format!("/complaints/{id}#files");
    let asked = id.clone();
    app.db.try_read(async move |tx| visible(&tx, &who, &asked).await.map(drop)).await?;
    let mut kept = Vec::new();
    let n_sent = posted.files("files").count();
    for sent in posted.files("files").take(MOST) {
        let accepted = match evidence::accept(sent.clone()).await? {
            Ok(accepted) => accepted,
            Err(sentence) => return page::done(&path, &format!("!{sentence}")),
        };
        let saved = app.files.save_sealed(accepted.bytes).await?;
        let media_type = accepted.kind.media_type().to_owned();
        kept.push(NewFile { sha256: saved.sha256, file_name: accepted.name, media_type, size: saved.size });
    }
    if kept.is_empty() {
        return page::done(&path, "!请选择要上传的文件。");
    }
    let now = app.clock.now();
    let (n, n_left) = (kept.len(), n_sent.saturating_sub(MOST));
    app.db
        .try_write(async move |tx| -> Result<(), Error> {
            let case = locked(&tx, &actor, &id).await?;
            for new in &kept {
                let person = Some(&actor.person_id);
                if file::insert(&tx, &case.complaint_id, new, Origin::Staff, person, now).await? {
                    log(&tx, &actor, &case, "attached", &new.file_name, &new.sha256, now);
                }
            }
            Ok(())
        })
        .await?;
    let left = if n_left > 0 {
        format!("一次最多 {MOST} 个，后面 {n_left} 个没有放入，请再选一次。")
    } else {
        String::new()
    };
    page::done(&path, &format!("{}已放入 {n} 个文件。{left}", if n_left > 0 { "!" } else { "" }))
}

fn log(tx: &Tx, actor: &Actor, case: &Case, kind: &'static str, name: &str, sha256: &str, now: jiff::Timestamp) {
    let new = NewEvent::by(actor, case::AREA, &case.complaint_id, kind, now).reason(name);
    event::insert(tx, new.detail(json!({ "SHA-256": sha256 })));
}

/// `GET /complaints/{complaint_id}/files/{file_id}`: the original; `?thumb` and `?view` are a picture drawn anew.
pub(crate) async fn show(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path((id, file_id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let tail = query.as_deref().map(|it| format!("?{it}")).unwrap_or_default();
    let path = format!("/complaints/{id}/files/{file_id}{tail}");
    let (id, file_id, now) = (Id::from_text(id), Id::from_text(file_id), app.clock.now());
    let (who, asked) = (actor.clone(), id.clone());
    let (found, opening) = app
        .db
        .try_read(async move |tx| -> Result<(CaseFile, Opening), Error> {
            let (around, case) = visible(&tx, &who, &asked).await?;
            let found = file::get(&tx, &asked, &file_id).await?;
            Ok((found, look::opening(&tx, &around, &who, &case, &path, now).await?))
        })
        .await?;
    match opening {
        Opening::Ask(ask) => return page::go(&ask),
        Opening::Traced(trace) => look::note(&app, &actor, &id, trace).await?,
        Opening::Free => {}
    }
    let CaseFile { sha256, file_name, media_type, .. } = &found;
    evidence::give_file(&app, &Kept { sha256, file_name, media_type, is_sealed: true }, query.as_deref()).await
}

/// `POST /complaints/{complaint_id}/files/{file_id}/remove`
pub(crate) async fn remove(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path((id, file_id)): Path<(String, String)>,
) -> Answer {
    let (id, file_id, now) = (Id::from_text(id), Id::from_text(file_id), app.clock.now());
    let path = format!("/complaints/{id}#files");
    app.db
        .try_write(async move |tx| -> Result<(), Error> {
            let case = locked(&tx, &actor, &id).await?;
            let found = file::get(&tx, &id, &file_id).await?;
            file::remove(&tx, &found.complaint_file_id).await?;
            log(&tx, &actor, &case, "detached", &found.file_name, &found.sha256, now);
            Ok(())
        })
        .await?;
    page::done(&path, "文件已撤下，原件仍留存备查。")
}
