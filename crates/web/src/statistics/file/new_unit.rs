//! A form of a unit that is not among those that report: the unit is created, or may report from now on, and the form is its own.

use std::collections::BTreeMap;

use domain::Id;
use domain::campaign::review::same_unit::kind_of_name;
use domain::unit::Actor;
use domain::unit::permitted::{UnitStep, unit_steps};
use serde_json::json;
use store::Tx;
use store::event::{self, NewEvent};
use store::statistics::{form, form_merge};
use store::unit::{self, NewUnit};

use super::judge::{Fate, judge};
use crate::{Answer, App, Error, page};

/// One press beside the form with this number; the page of the upload comes again.
///
/// What was chosen for the other forms meanwhile is kept.
pub(super) async fn create(
    app: &App,
    actor: &Actor,
    id: &Id,
    version: i64,
    number: usize,
    chosen: BTreeMap<usize, Option<Id>>,
) -> Answer {
    if !unit_steps(actor).contains(&UnitStep::Add) {
        return Err(Error::Forbidden("只有活动办公室和系统管理员可以新建单位。".into()));
    }
    let (merge_id, actor, now) = (id.clone(), actor.clone(), app.clock.now());
    let words = app
        .db
        .try_write(async move |tx| -> Result<String, Error> {
            let mut upload = form_merge::lock(&tx, &merge_id, version).await?;
            let judgement = judge(&tx, &upload).await?;
            super::merge::check_office(&actor, &judgement.scene)?;
            let judged = judgement.forms.iter().find(|it| it.contribution.form == number).ok_or(Error::NotFound)?;
            let name = judged.contribution.unit.clone();
            let (unit_id, words) = match &judged.fate {
                Fate::Outside(unit_id, short) => (unit_id.clone(), format!("“{short}”已加入这张表的填报单位。")),
                Fate::Unknown(_) => {
                    let above = judgement.scene.reporting.top().cloned();
                    (
                        insert(&tx, &actor, &name, above, now).await?,
                        format!("已新建单位“{name}”，并加入这张表的填报单位。"),
                    )
                }
                _ => return Err(Error::Conflict("这份表已经对应好单位了，请刷新页面看现在的情况。".into())),
            };
            let mut units = judgement.scene.call.units.clone();
            units.insert(unit_id.clone());
            form::hold(&tx, &upload.stat_form_id).await?;
            form::save_units(&tx, &upload.stat_form_id, &units).await?;
            let detail = json!({ "填报单位": format!("加入{name}"), "文件": judged.contribution.file });
            let event = NewEvent::by(&actor, "stat_form", &upload.stat_form_id, "changed", now);
            event::insert(&tx, event.detail(detail));
            super::merge::take_choices(&mut upload, &judgement.scene, &chosen);
            upload.choices.insert(number, Some(unit_id));
            form_merge::save(&tx, &upload).await?;
            Ok(words)
        })
        .await?;
    page::done(&format!("/merges/{id}#forms"), &words)
}

async fn insert(tx: &Tx, actor: &Actor, name: &str, above: Option<Id>, now: jiff::Timestamp) -> Result<Id, Error> {
    if unit::find_by_name(tx, name).await?.is_some() {
        let sentence = format!("“{name}”已停用。要用它，请系统管理员先在“单位”里启用；或者选一个别的单位。");
        return Err(Error::Conflict(sentence));
    }
    let last = unit::list(tx).await?.iter().map(|it| it.sort_key).max().unwrap_or_default();
    let new = NewUnit {
        parent_id: above,
        name: name.to_owned(),
        short_name: name.to_owned(),
        kind: kind_of_name(name),
        sort_key: last.saturating_add(1),
    };
    let unit = unit::insert(tx, &new, now).await?;
    let reason = format!("汇总上报文件时新建单位“{name}”");
    event::insert(tx, NewEvent::by(actor, "unit", &unit.unit_id, "created", now).reason(reason));
    Ok(unit.unit_id)
}
