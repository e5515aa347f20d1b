//! `POST /merges/{id}`: the handed-in forms become the returns of their units, all in one write.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::Id;
use domain::statistics::check::{CellValue, Severity};
use domain::statistics::fill::changes;
use domain::statistics::merge::Problem;
use domain::unit::Actor;
use jiff::Timestamp;
use serde_json::json;
use store::Tx;
use store::attachment::{self, NewAttachment};
use store::event::{self, NewEvent};
use store::statistics::form_merge::{self, FormMerge, MergeFile};
use store::statistics::stat_return;

use super::judge::{Judged, Judgement, judge};
use super::merge::draw;
use crate::statistics::filling::Filling;
use crate::statistics::step::{Refusal, complete};
use crate::{Answer, App, Error, Frame, Posted, Visitor, page};

/// What was stored.
#[derive(Debug, Default, Clone, Copy)]
struct Stored {
    n_complete: usize,
    n_draft: usize,
    n_same: usize,
}

/// `POST /merges/{form_merge_id}`
pub(crate) async fn create(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(form_merge_id): Path<String>,
    posted: Posted,
) -> Answer {
    let id = Id::from_text(form_merge_id);
    let (version, seen) = (posted.version(), posted.text("seen").to_owned());
    let outcome = {
        let (id, actor, now) = (id.clone(), actor.clone(), app.clock.now());
        app.db.try_write(async move |tx| store_all(&tx, &id, version, &seen, &actor, now).await).await
    };
    match outcome {
        Ok((form_id, stored)) => page::done(&format!("/forms/{form_id}/returns"), &words(stored)),
        Err(Refusal::Error(error)) => Err(error),
        Err(Refusal::Rule(sentence)) => draw(&app, frame, &actor, id, sentence, StatusCode::CONFLICT).await,
    }
}

fn words(stored: Stored) -> String {
    let mut parts = Vec::new();
    if stored.n_complete > 0 {
        parts.push(format!("{} 个单位的数已录入并提交，等待审核", stored.n_complete));
    }
    if stored.n_draft > 0 {
        parts.push(format!("{} 个单位的数已录入，还有必填项没有填或要核对，没有提交", stored.n_draft));
    }
    if stored.n_same > 0 {
        parts.push(format!("{} 个单位的数和已有的相同，没有改动", stored.n_same));
    }
    if parts.is_empty() {
        return "没有要录入的数。".to_owned();
    }
    format!("{}。", parts.join("；"))
}

async fn store_all(
    tx: &Tx,
    id: &Id,
    version: i64,
    seen: &str,
    actor: &Actor,
    now: Timestamp,
) -> Result<(Id, Stored), Refusal> {
    let mut upload = form_merge::lock(tx, id, version).await?;
    let judgement = judge(tx, &upload).await?;
    super::merge::check_office(actor, &judgement.scene).map_err(Refusal::Error)?;
    if judgement.fingerprint() != seen {
        let sentence = "您打开页面之后，有单位的填报变了。下面是现在的情况，请核对后再提交。";
        return Err(Refusal::Rule(sentence.to_owned()));
    }
    let mut stored = Stored::default();
    for judged in &judgement.forms {
        if judged.is_stored() {
            if take(tx, &upload, &judgement, judged, actor, now).await? {
                stored.n_complete += 1;
            } else {
                stored.n_draft += 1;
            }
        } else if judged.fate == super::judge::Fate::Same {
            stored.n_same += 1;
        }
    }
    let form_id = upload.stat_form_id.clone();
    if stored.n_complete + stored.n_draft > 0 {
        let detail = json!({ "文件": format!("{} 份", upload.files.len()), "录入": format!("{} 个单位", stored.n_complete + stored.n_draft) });
        event::insert(tx, NewEvent::by(actor, "stat_form", &form_id, "forms_merged", now).detail(detail));
    }
    upload.committed_at = upload.committed_at.or(Some(now));
    form_merge::save(tx, &upload).await?;
    Ok((form_id, stored))
}

/// Stores one form as the return of its unit; is it handed in with that?
async fn take(
    tx: &Tx,
    upload: &FormMerge,
    judgement: &Judgement,
    judged: &Judged,
    actor: &Actor,
    now: Timestamp,
) -> Result<bool, Refusal> {
    let Some((unit_id, unit_name)) = &judged.unit else { return Ok(false) };
    let form = &judgement.scene.form;
    let begun = match &judged.own {
        Some(own) => own.clone(),
        None => stat_return::begin(tx, &form.stat_form_id, unit_id, 0, now).await?,
    };
    let mut own = stat_return::lock(tx, &begun.stat_return_id, None).await?;
    let head = |names: &[&str]| names.iter().find_map(|it| judged.contribution.head.get(*it)).cloned();
    if let Some(name) = head(&["联系人", "填报人", "填表人", "经办人"]) {
        own.contact_name = name.chars().take(40).collect();
    }
    if let Some(phone) = head(&["联系电话", "电话", "联系方式", "手机"]) {
        own.contact_phone = phone.chars().take(40).collect();
    }
    stat_return::save(tx, &own).await?;
    let mut after = judged.stored.clone();
    for (_, cell) in form.definition.cells() {
        let (number, text) = (judged.contribution.values.get(&cell.key), judged.contribution.texts.get(&cell.key));
        if number.is_none() && text.is_none() {
            continue;
        }
        let value = CellValue {
            reported: number.copied(),
            is_estimate: judged.contribution.estimates.contains(&cell.key),
            text: text.cloned().unwrap_or_default(),
            ..CellValue::default()
        };
        after.insert(cell.key.clone(), value);
    }
    explain(tx, &own.stat_return_id, judged, &mut after).await?;
    keep_original(tx, upload, judged, &own.stat_return_id, actor, now).await?;
    let mut detail = serde_json::Map::new();
    detail.insert("单位".to_owned(), json!(unit_name));
    detail.insert("文件".to_owned(), json!(judged.contribution.file));
    for (name, before, new) in changes(&form.definition, &judged.stored, &after) {
        detail.insert(name, json!([before, new]));
    }
    let event = NewEvent::by(actor, "stat_return", &own.stat_return_id, "return_from_file", now);
    event::insert(tx, event.detail(serde_json::Value::Object(detail)));
    let filling = Filling::of_return(tx, &own.stat_return_id).await?;
    let values = filling.values();
    // A figure that could not be read is not in the return: the unit has to say it before it is handed in.
    let of_this = |it: &&Problem| it.form == judged.contribution.form && it.is_left_out();
    let is_open = judgement.merged.problems.iter().any(|it| of_this(&it))
        || filling.findings(&values).iter().any(|it| it.check.severity() == Severity::Error);
    if !is_open {
        complete(tx, &filling, &values, actor, now).await?;
    }
    Ok(!is_open)
}

/// Saves the numbers; what differs from the records gets the file as its reason.
async fn explain(
    tx: &Tx,
    stat_return_id: &Id,
    judged: &Judged,
    after: &mut std::collections::BTreeMap<String, CellValue>,
) -> Result<(), Refusal> {
    for (key, value) in after.iter() {
        stat_return::save_value(tx, stat_return_id, key, value).await?;
    }
    let filling = Filling::of_return(tx, stat_return_id).await?;
    let (now, form) = (filling.values(), &filling.scene.form.definition);
    for (key, value) in after.iter_mut() {
        // What the file does not say keeps the reason it had, or none.
        if !judged.contribution.values.contains_key(key) && !judged.contribution.texts.contains_key(key) {
            continue;
        }
        let Some((_, cell)) = form.cell(key) else { continue };
        if value.reason.is_empty() && now.get(key).is_some_and(|it| it.differs(cell)) {
            value.reason = format!("按单位报来的文件“{}”", judged.contribution.file);
            stat_return::save_value(tx, stat_return_id, key, value).await?;
        }
    }
    Ok(())
}

/// The file itself hangs on the return.
async fn keep_original(
    tx: &Tx,
    upload: &FormMerge,
    judged: &Judged,
    stat_return_id: &Id,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), Refusal> {
    let of = |it: &&MergeFile| it.name == judged.contribution.file;
    let Some(file) = upload.files.iter().find(of) else { return Err(Refusal::Error(Error::NotFound)) };
    let new = NewAttachment {
        sha256: file.sha256.clone(),
        file_name: file.name.clone(),
        media_type: file.media_type.clone(),
        size: file.size,
        area: "stat_return",
        subject_id: stat_return_id.clone(),
        person_id: actor.person_id.clone(),
    };
    let attachment = attachment::insert(tx, &new, now).await?;
    form_merge::add_file(tx, stat_return_id, &attachment.attachment_id, &judged.contribution.sheet, now).await?;
    Ok(())
}
