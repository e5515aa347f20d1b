//! `POST /complaints/{id}/join`: cases that belong together are linked, or one goes on in the other.
//!
//! 第十二条 (of Order 20 第十一条): several complainants with the same dispute against the same business may be handled jointly when they consent.
//! 第三十五条: a tip-off of the same person against the same business with new facts may be merged.

use axum::extract::{Path, State};
use domain::Id;
use domain::complaint::event::CaseEvent;
use domain::complaint::join::{self, Joining};
use domain::complaint::permitted::{may_arrange, may_see};
use domain::unit::Actor;
use store::complaint::case::{self, Case};

use super::Around;
use crate::{Answer, App, Error, Posted, Visitor, page};

fn check_may_join(actor: &Actor, around: &Around, case: &Case) -> Result<(), Error> {
    if !may_see(actor, &around.desk, &case.state) {
        return Err(Error::NotFound);
    }
    if !may_arrange(actor, &around.desk, &case.state) {
        return Err(Error::Forbidden("关联和并案由投诉举报机构办理。".into()));
    }
    Ok(())
}

pub(super) fn joining(case: &Case) -> Joining<'_> {
    Joining { state: &case.state, particulars: &case.particulars }
}

/// `POST /complaints/{complaint_id}/join`
pub(crate) async fn create(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let (id, other_id) = (Id::from_text(id), Id::from_text(posted.text("other")));
    let is_merge = posted.text("how") == "merge";
    let has_consent = posted.is_set("consent");
    if id == other_id {
        return Err(Error::Conflict("不能与自己关联。".into()));
    }
    let (now, key) = (app.clock.now(), id.clone());
    let words = app
        .db
        .try_write(async move |tx| -> Result<String, Error> {
            let around = Around::load(&tx).await?;
            // Always in the same order, so that two people who join the same two cases never wait for each other.
            let (first, second) = if key < other_id { (&key, &other_id) } else { (&other_id, &key) };
            // A link changes no date, and that a complaint was linked with a tip-off shows in no version of it (第三十七条).
            let (one, two) = if is_merge {
                (case::lock(&tx, first, None).await?, case::lock(&tx, second, None).await?)
            } else {
                (case::lock_quietly(&tx, first).await?, case::lock_quietly(&tx, second).await?)
            };
            let (mut this, mut other) = if *first == key { (one, two) } else { (two, one) };
            // What one may not see is not there, whatever one may do with the other.
            if [&this, &other].iter().any(|it| !may_see(&actor, &around.desk, &it.state)) {
                return Err(Error::NotFound);
            }
            check_may_join(&actor, &around, &this)?;
            check_may_join(&actor, &around, &other)?;
            let law = around.law();
            if !is_merge {
                if case::link(&tx, &this.complaint_id, &other.complaint_id).await? {
                    let linked = CaseEvent::Linked { with: other.complaint_id.clone(), number: other.number.clone() };
                    case::append(&tx, &mut this, &[linked], law, Some(&actor), now).await?;
                    let linked = CaseEvent::Linked { with: this.complaint_id.clone(), number: this.number.clone() };
                    case::append(&tx, &mut other, &[linked], law, Some(&actor), now).await?;
                }
                return Ok(format!("已与 {} 关联。", other.number));
            }
            if let Some(sentence) = join::refusal(joining(&other), joining(&this), has_consent) {
                return Err(Error::Conflict(sentence));
            }
            let (into, number) = (other.complaint_id.clone(), other.number.clone());
            let merged = CaseEvent::Merged { into, number, is_agreed: has_consent };
            let mut absorbed = vec![CaseEvent::Absorbed { number: this.number.clone() }];
            absorbed.extend(join::restart(&other.state, &[&this.state]));
            case::append(&tx, &mut this, &[merged], law, Some(&actor), now).await?;
            case::append(&tx, &mut other, &absorbed, law, Some(&actor), now).await?;
            case::link(&tx, &this.complaint_id, &other.complaint_id).await?;
            Ok(format!("已并入 {}，本件不再单独计时。", other.number))
        })
        .await?;
    page::done(&format!("/complaints/{id}"), &words)
}
