//! The list of campaigns, importing a notice, choosing among its plans, and its text at any time later.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
};
use domain::Id;
use domain::campaign::plan::Plan;
use domain::campaign::review::permitted::{IntakeStep, may_import, permitted};
use domain::unit::Actor;
use serde::Deserialize;
use store::campaign::notice::{self, NewNotice};
use store::campaign::plan::{self, Listed, Status};

use super::draft::{source_of, stage};
use super::keep::{Kept, Read, draft_of, insert, keep, most_alike};
use super::reading::{HandedIn, plans, title_of};
use super::source_view::SourceView;
use crate::{Answer, App, Error, FormErrors, Frame, Posted, Visitor, done, go, in_words, page, page_with};

#[derive(Template)]
#[template(path = "campaign/list.html")]
struct List {
    frame: Frame,
    may_import: bool,
    drafts: Vec<CardView>,
    running: Vec<CardView>,
    archived: Vec<CardView>,
}

struct CardView {
    path: String,
    archive: String,
    title: String,
    theme: String,
    days: String,
    activities: i64,
    done: i64,
    /// Draft, or the campaign it revises.
    foot: String,
    is_revision: bool,
    steps: Vec<&'static str>,
}

fn card(listed: &Listed, actor: &Actor) -> CardView {
    let id = &listed.campaign_id;
    let is_draft = listed.status == Status::Draft;
    let days: Vec<String> = [listed.starts_on, listed.ends_on].iter().flatten().map(ToString::to_string).collect();
    let steps = permitted(actor, stage(listed.status));
    let label = |step: &IntakeStep| match step {
        IntakeStep::Archive => Some("archive"),
        IntakeStep::Reopen => Some("reopen"),
        IntakeStep::Revise => Some("revise"),
        _ => None,
    };
    let foot = match listed.published_at {
        Some(at) => format!("{}发布", in_words(at)),
        None => format!("{}导入，尚未发布", in_words(listed.created_at)),
    };
    CardView {
        path: if is_draft { format!("/campaigns/{id}/review") } else { format!("/campaigns/{id}") },
        archive: format!("/campaigns/{id}"),
        title: listed.title.clone(),
        theme: listed.theme.clone().unwrap_or_default(),
        days: days.join(" 至 "),
        activities: listed.activities - listed.cancelled,
        done: listed.done,
        foot,
        is_revision: listed.revises_id.is_some(),
        steps: steps.iter().filter_map(label).collect(),
    }
}

/// `GET /campaigns`
pub(crate) async fn list(State(app): State<App>, frame: Frame, Visitor(actor): Visitor) -> Answer {
    let all = app.db.read(async move |tx| plan::list(&tx).await).await?;
    let of = |status: Status| all.iter().filter(|it| it.status == status).map(|it| card(it, &actor)).collect();
    let drafts = if may_import(&actor) { of(Status::Draft) } else { Vec::new() };
    let (running, archived) = (of(Status::Published), of(Status::Archived));
    page(&List { frame, may_import: may_import(&actor), drafts, running, archived })
}

#[derive(Template)]
#[template(path = "campaign/import.html")]
struct Import {
    frame: Frame,
    errors: FormErrors,
    text: String,
    /// Where the form goes: a new import, or the revision of a running campaign.
    action: String,
    revises: Option<(String, String)>,
}

/// `GET /campaigns/import`
pub(crate) async fn new(frame: Frame) -> Answer {
    let action = "/campaigns/import".to_owned();
    page(&Import { frame, errors: FormErrors::default(), text: String::new(), action, revises: None })
}

/// `POST /campaigns/import`
pub(crate) async fn create(State(app): State<App>, frame: Frame, Visitor(actor): Visitor, posted: Posted) -> Answer {
    let (new, read) = match hand_in(&app, &actor, &posted).await? {
        HandIn::Refused(errors) => {
            let text = posted.raw("text").to_owned();
            let action = "/campaigns/import".to_owned();
            let form = Import { frame, errors, text, action, revises: None };
            return page_with(StatusCode::UNPROCESSABLE_ENTITY, &form);
        }
        HandIn::Known(notice_id) => return go(&format!("/campaigns/import/{notice_id}?again=1")),
        HandIn::New(new, read) => (*new, read),
    };
    let draft = if read.plans.len() > 1 { None } else { Some((draft_of(&read, 0)?, None)) };
    match keep(&app, &actor, new, draft).await? {
        Kept::Known(notice_id) => go(&format!("/campaigns/import/{notice_id}?again=1")),
        Kept::New(_, Some(id)) => done(&format!("/campaigns/{id}/review"), &sentence(&read)),
        Kept::New(notice_id, None) => go(&format!("/campaigns/import/{notice_id}")),
    }
}

fn sentence(read: &Read) -> String {
    match read.plans.first() {
        Some(plan) if read.is_plan => {
            format!("已读出{}项活动。请对照左边的原文核对，确认后发布。", plan.activities.len())
        }
        _ => "没有认出活动方案的结构，原文已按段落列出。请勾选要设为活动的段落。".to_owned(),
    }
}

pub(super) enum HandIn {
    Refused(FormErrors),
    /// The same file was imported before.
    Known(Id),
    New(Box<NewNotice>, Read),
}

/// Reads what was handed in and keeps its bytes, unless it cannot be read. The row is written by [`keep`].
pub(super) async fn hand_in(app: &App, actor: &Actor, posted: &Posted) -> Result<HandIn, Error> {
    let Some(handed_in) = HandedIn::of(posted) else {
        let sentence = "请选择一份通知文件，或把通知全文粘贴到下面的框里。";
        return Ok(HandIn::Refused(FormErrors::one("file", sentence)));
    };
    let hash = handed_in.sha256();
    if let Some(known) = app.db.read(async move |tx| notice::find_by_sha256(&tx, &hash).await).await? {
        // A notice whose file got lost has it again after this.
        app.files.save(handed_in.bytes).await?;
        return Ok(HandIn::Known(known.notice_id));
    }
    let field = if handed_in.is_pasted { "text" } else { "file" };
    let source = match handed_in.read().await {
        Ok(source) => source,
        Err(error) => {
            let sentence = match handed_in.is_pasted {
                true => error.to_string(),
                false => format!("“{}”没有读成：{error}", handed_in.name),
            };
            return Ok(HandIn::Refused(FormErrors::one(field, sentence)));
        }
    };
    let (is_plan, plans) = plans(&source).await?;
    let title = plans.first().map(|plan| title_of(plan, &source)).unwrap_or_default();
    let json = serde_json::to_string(&source).map_err(|error| Error::Internal(anyhow::Error::new(error)))?;
    let media_type = handed_in.media_type().to_owned();
    let HandedIn { name: file_name, bytes, .. } = handed_in;
    // First the file, then the row that names it.
    let sha256 = app.files.save(bytes).await?.sha256;
    let person_id = actor.person_id.clone();
    let new = NewNotice { title, file_name, sha256, media_type, source: json, person_id };
    Ok(HandIn::New(Box::new(new), Read { source, is_plan, plans }))
}

#[derive(Template)]
#[template(path = "campaign/choose.html")]
struct Choose {
    frame: Frame,
    notice_id: String,
    file_name: String,
    imported: String,
    is_again: bool,
    plans: Vec<PlanView>,
    /// How many drafts and campaigns were made of it when the page was drawn: a second press is known by it.
    n_made: usize,
    errors: FormErrors,
}

struct PlanView {
    index: usize,
    label: String,
    title: String,
    activities: usize,
    first: Vec<String>,
    rest: usize,
    /// What was made of it before: path, words.
    made: Vec<(String, String)>,
}

/// What the address may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    again: String,
}

async fn stored(app: &App, notice_id: &Id) -> Result<(notice::Notice, Read), Error> {
    let id = notice_id.clone();
    let notice = app.db.read(async move |tx| notice::get(&tx, &id).await).await?;
    let source = source_of(&notice)?;
    let (is_plan, plans) = plans(&source).await?;
    Ok((notice, Read { source, is_plan, plans }))
}

async fn draw_choice(app: &App, frame: Frame, notice_id: &str, is_again: bool, errors: FormErrors) -> Answer {
    let (notice, stored) = stored(app, &Id::from_text(notice_id)).await?;
    let all = app.db.read(async move |tx| plan::list(&tx).await).await?;
    let made = |index: usize| {
        let index = i64::try_from(index).unwrap_or_default();
        let same = all.iter().filter(|it| it.notice_id == notice.notice_id && it.plan_index == index);
        same.map(|it| match it.status {
            Status::Draft => (format!("/campaigns/{}/review", it.campaign_id), "草稿，继续核对".to_owned()),
            Status::Published => (format!("/campaigns/{}", it.campaign_id), "已发布，打开".to_owned()),
            Status::Archived => (format!("/campaigns/{}", it.campaign_id), "已归档，打开".to_owned()),
        })
        .collect()
    };
    let n_made = all.iter().filter(|it| it.notice_id == notice.notice_id).count();
    let view = |(index, plan): (usize, &Plan)| PlanView {
        index,
        label: plan.label.clone().unwrap_or_default(),
        title: title_of(plan, &stored.source),
        activities: plan.activities.len(),
        first: plan.activities.iter().take(4).map(|it| it.title.clone()).collect(),
        rest: plan.activities.len().saturating_sub(4),
        made: made(index),
    };
    let plans = stored.plans.iter().enumerate().map(view).collect();
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let imported = format!("{}由{}导入", in_words(notice.created_at), notice.person_name);
    let (file_name, notice_id) = (notice.file_name, notice_id.to_owned());
    page_with(status, &Choose { frame, notice_id, file_name, imported, is_again, plans, n_made, errors })
}

/// `GET /campaigns/import/{notice_id}`
pub(crate) async fn choose(
    State(app): State<App>,
    frame: Frame,
    Path(notice_id): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    draw_choice(&app, frame, &notice_id, !asked.again.is_empty(), FormErrors::default()).await
}

/// `POST /campaigns/import/{notice_id}`: each ticked plan becomes a draft of its own.
pub(crate) async fn chosen(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(notice_id): Path<String>,
    posted: Posted,
) -> Answer {
    let id = Id::from_text(&notice_id);
    let (_, read) = stored(&app, &id).await?;
    let mut wanted: Vec<usize> = posted.all("plan").filter_map(|it| it.parse().ok()).collect();
    wanted.retain(|index| *index < read.plans.len());
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        let errors = FormErrors::one("plan", "请至少勾选一个方案。");
        return draw_choice(&app, frame, &notice_id, false, errors).await;
    }
    let drafts = wanted.iter().map(|index| draft_of(&read, *index)).collect::<Result<Vec<_>, _>>()?;
    let (at, n_seen) = (app.clock.now(), posted.text("n_made").parse::<usize>().ok());
    let ids = app.db.write(async move |tx| {
        // Whoever begins drafts of a notice holds its row: the second press finds what the first has made.
        notice::lock(&tx, &id).await?;
        let there = plan::list(&tx).await?.into_iter().filter(|it| it.notice_id == id).count();
        if n_seen.is_some_and(|seen| seen != there) {
            return Ok(None);
        }
        let mut ids = Vec::new();
        for draft in &drafts {
            ids.push(insert(&tx, &actor, &id, draft, None, at).await?);
        }
        Ok(Some(ids))
    });
    match ids.await?.as_deref() {
        None => {
            let sentence = "您打开页面之后，这份通知已经建立了草稿（可能是点了两次，或同事也在导入），没有再建。请打开已有的草稿。";
            draw_choice(&app, frame, &notice_id, false, FormErrors::one("plan", sentence)).await
        }
        Some([id]) => done(&format!("/campaigns/{id}/review"), "已建立草稿。请对照原文核对，确认后发布。"),
        Some(ids) => done("/campaigns", &format!("已建立{}份草稿。请逐份核对，确认后发布。", ids.len())),
    }
}

#[derive(Template)]
#[template(path = "campaign/notice.html")]
struct Notice {
    frame: Frame,
    campaign_id: String,
    is_draft: bool,
    title: String,
    file_name: String,
    imported: String,
    notes: Vec<String>,
    source: SourceView,
}

/// `GET /campaigns/{id}/notice`: the text with its marks.
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
) -> Answer {
    let campaign_id = Id::from_text(&id);
    let (campaign, notice) = app
        .db
        .read(async move |tx| {
            let campaign = plan::get(&tx, &campaign_id).await?;
            let notice = notice::get(&tx, &campaign.notice_id).await?;
            Ok((campaign, notice))
        })
        .await?;
    let is_draft = campaign.status == Status::Draft;
    if is_draft && !may_import(&actor) {
        return Err(Error::NotFound);
    }
    let source = source_of(&notice)?;
    let view = SourceView::new(&campaign.draft, &source.text);
    page(&Notice {
        frame,
        campaign_id: id,
        is_draft,
        title: campaign.title,
        file_name: notice.file_name,
        imported: format!("{}由{}导入", in_words(notice.created_at), notice.person_name),
        notes: source.notes,
        source: view,
    })
}

/// A running campaign that may be revised by this person.
async fn to_revise(app: &App, actor: &Actor, id: &str) -> Result<plan::Campaign, Error> {
    let campaign_id = Id::from_text(id);
    let campaign = app.db.read(async move |tx| plan::get(&tx, &campaign_id).await).await?;
    if campaign.status == Status::Draft && !may_import(actor) {
        return Err(Error::NotFound);
    }
    if !permitted(actor, stage(campaign.status)).contains(&IntakeStep::Revise) {
        return Err(if may_import(actor) {
            Error::Conflict("只有正在进行的活动可以导入修订稿。".into())
        } else {
            Error::Forbidden("修订稿由活动办公室或系统管理员导入。".into())
        });
    }
    Ok(campaign)
}

/// `GET /campaigns/{id}/reimport`
pub(crate) async fn renew(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
) -> Answer {
    let campaign = to_revise(&app, &actor, &id).await?;
    let action = format!("/campaigns/{id}/reimport");
    let revises = Some((id, campaign.title));
    page(&Import { frame, errors: FormErrors::default(), text: String::new(), action, revises })
}

/// `POST /campaigns/{id}/reimport`: the revised notice becomes a draft of its own, reviewed like any other.
pub(crate) async fn recreate(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let campaign = to_revise(&app, &actor, &id).await?;
    let errors = match hand_in(&app, &actor, &posted).await? {
        HandIn::Refused(errors) => errors,
        HandIn::Known(notice_id) if notice_id == campaign.notice_id => {
            FormErrors::one("file", "这份文件和现在使用的通知完全相同，没有需要修订的内容。")
        }
        HandIn::Known(notice_id) => return revise_known(&app, &actor, &campaign, notice_id).await,
        HandIn::New(new, read) => {
            let draft = draft_of(&read, most_alike(&read, &campaign))?;
            let revises = Some(campaign.campaign_id.clone());
            return match keep(&app, &actor, *new, Some((draft, revises))).await? {
                Kept::Known(notice_id) => revise_known(&app, &actor, &campaign, notice_id).await,
                Kept::New(notice_id, None) => go(&format!("/campaigns/import/{notice_id}")),
                Kept::New(_, Some(id)) => revised(&id),
            };
        }
    };
    let (text, action) = (posted.raw("text").to_owned(), format!("/campaigns/{id}/reimport"));
    let revises = Some((id, campaign.title));
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &Import { frame, errors, text, action, revises })
}

/// A revision with a notice that is there already; one that was begun with it before goes on.
async fn revise_known(app: &App, actor: &Actor, campaign: &plan::Campaign, notice_id: Id) -> Answer {
    let (_, read) = stored(app, &notice_id).await?;
    let draft = draft_of(&read, most_alike(&read, campaign))?;
    let (at, actor, campaign_id) = (app.clock.now(), actor.clone(), campaign.campaign_id.clone());
    let id = app.db.write(async move |tx| {
        notice::lock(&tx, &notice_id).await?;
        let index = i64::try_from(draft.index).unwrap_or_default();
        let is_same = |it: &Listed| {
            let is_draft = it.status == Status::Draft && it.revises_id.as_ref() == Some(&campaign_id);
            is_draft && it.notice_id == notice_id && it.plan_index == index
        };
        match plan::list(&tx).await?.into_iter().find(is_same) {
            Some(begun) => Ok(begun.campaign_id),
            None => insert(&tx, &actor, &notice_id, &draft, Some(&campaign_id), at).await,
        }
    });
    revised(&id.await?)
}

fn revised(id: &Id) -> Answer {
    done(&format!("/campaigns/{id}/difference"), "已读出修订稿。请核对差异，再决定应用。")
}
