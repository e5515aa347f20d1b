//! `POST /campaigns/{id}/summary/final`: a report is final (定稿), its text locked; or opened again, with a reason.

use axum::extract::{Path, State};
use domain::Id;
use domain::campaign::summary::permitted::may_write;
use domain::unit::Actor;
use store::Tx;
use store::campaign::summary::{self, Final, StoredSummary};
use store::event::{self, NewEvent};

use super::Scope;
use super::edit::refusal;
use crate::{Answer, App, Error, Posted, Visitor, clock, page};

/// The longest reason.
const LONGEST: usize = 500;

/// A final report is not changed before it is opened again.
pub(super) fn check_open(stored: &StoredSummary) -> Result<(), Error> {
    match &stored.is_final {
        Some(it) => Err(Error::Conflict(format!(
            "总结已由{}于 {} 定稿，文字不再改动。要改，请先在总结页写明原因“重新打开”。",
            it.by,
            clock::in_words(it.at)
        ))),
        None => Ok(()),
    }
}

/// Whose report it is, where this person may write it.
pub(super) async fn writable(tx: &Tx, campaign_id: &Id, unit_id: &str, actor: &Actor) -> Result<Scope, Error> {
    let scope = Scope::load(tx, campaign_id, unit_id).await?;
    if !may_write(actor, scope.head.is_running, scope.unit_id()) {
        return Err(refusal(&scope));
    }
    Ok(scope)
}

/// `POST /campaigns/{campaign_id}/summary/final`
pub(crate) async fn finish(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
    posted: Posted,
) -> Answer {
    let (id, unit_id) = (Id::from_text(campaign_id), posted.text("unit").to_owned());
    let (now, version) = (app.clock.now(), posted.version());
    let reopens = posted.text("do") == "reopen";
    let reason = posted.text("reason").to_owned();
    if reopens && (reason.is_empty() || reason.chars().count() > LONGEST) {
        let sentence = format!("请写明重新打开的原因，不超过{LONGEST}字；原因会留在办理记录里。");
        return Err(Error::Unreadable(sentence));
    }
    let path = app
        .db
        .try_write(async move |tx| -> Result<String, Error> {
            let scope = writable(&tx, &id, &unit_id, &actor).await?;
            let found = summary::find(&tx, &id, scope.unit_id()).await?.ok_or(Error::NotFound)?;
            let is_final = (!reopens).then(|| Final { at: now, by: actor.name.clone() });
            summary::save_final(&tx, &found.summary_id, version, is_final.as_ref()).await?;
            let kind = if reopens { "opened_again" } else { "finalized" };
            let event = NewEvent::by(&actor, "summary", &found.summary_id, kind, now);
            event::insert(&tx, event.reason(if reopens { reason.clone() } else { format!("第{version}稿") }));
            Ok(scope.path(""))
        })
        .await?;
    page::done(
        &path,
        if reopens {
            "已重新打开，可以修改；改好后再定稿。"
        } else {
            "已定稿，文字不再改动。"
        },
    )
}
