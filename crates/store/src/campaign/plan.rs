//! The plan under review (草稿): the campaign before it is published, and what a published one was made from.

use domain::Id;
use domain::campaign::plan::Plan;
use domain::campaign::review::Draft;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{Error, Read, Result, Row, Tx, args, json, new_id};

/// Where a campaign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Under review, seen by its editors only.
    Draft,
    /// Running.
    Published,
    /// Over.
    Archived,
}

impl Status {
    fn of(code: &str) -> Result<Status> {
        match code {
            "draft" => Ok(Status::Draft),
            "published" => Ok(Status::Published),
            "archived" => Ok(Status::Archived),
            other => Err(Error::internal(format_args!("not a status of a campaign: {other:?}"))),
        }
    }
}

/// A campaign with its plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    pub campaign_id: Id,
    pub notice_id: Id,
    /// Which plan of the notice it is, from 0.
    pub plan_index: i64,
    /// The running campaign that this draft revises.
    pub revises_id: Option<Id>,
    pub title: String,
    pub status: Status,
    /// The plan as corrected.
    pub draft: Draft,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    pub published_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub version: i64,
}

/// A campaign to be reviewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCampaign {
    pub notice_id: Id,
    pub plan_index: i64,
    pub revises_id: Option<Id>,
    pub title: String,
    pub plan: Plan,
    /// The secret of its calendar address.
    pub feed_secret: String,
}

/// One line of the list of campaigns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub campaign_id: Id,
    pub notice_id: Id,
    pub plan_index: i64,
    pub revises_id: Option<Id>,
    pub title: String,
    pub year: Option<i64>,
    pub theme: Option<String>,
    pub status: Status,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    pub published_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub activities: i64,
    pub done: i64,
    pub cancelled: i64,
}

const COLUMNS: &str = "campaign_id, notice_id, plan_index, revises_id, title, status, plan, starts_on, ends_on, published_at, created_at, version";

fn campaign(row: &Row) -> Result<Campaign> {
    let plan: String = row.get("plan")?;
    Ok(Campaign {
        campaign_id: row.get("campaign_id")?,
        notice_id: row.get("notice_id")?,
        plan_index: row.get("plan_index")?,
        revises_id: row.get("revises_id")?,
        title: row.get("title")?,
        status: Status::of(&row.get::<String>("status")?)?,
        draft: Draft::from_json(&plan).map_err(Error::internal)?,
        starts_on: row.get("starts_on")?,
        ends_on: row.get("ends_on")?,
        published_at: row.get("published_at")?,
        created_at: row.get("created_at")?,
        version: row.get("version")?,
    })
}

/// The campaign.
pub async fn get(tx: &Read, campaign_id: &Id) -> Result<Campaign> {
    let sql = format!("select {COLUMNS} from campaign where campaign_id = $1");
    campaign(&tx.get(&sql, args![campaign_id]).await?)
}

/// Every campaign, drafts first, then the newest.
pub async fn list(tx: &Read) -> Result<Vec<Listed>> {
    let rows = tx
        .list(
            "select campaign_id, notice_id, plan_index, revises_id, title, year, theme, status, starts_on, ends_on, published_at, created_at,
               (select count(*) from activity where activity.campaign_id = campaign.campaign_id) as activities,
               (select count(*) from activity where activity.campaign_id = campaign.campaign_id and activity.status = 'done') as done,
               (select count(*) from activity where activity.campaign_id = campaign.campaign_id and activity.status = 'cancelled') as cancelled
             from campaign
             order by case status when 'draft' then 0 when 'published' then 1 else 2 end, created_at desc, campaign_id",
            args![],
        )
        .await?;
    rows.iter().map(listed).collect()
}

fn listed(row: &Row) -> Result<Listed> {
    Ok(Listed {
        campaign_id: row.get("campaign_id")?,
        notice_id: row.get("notice_id")?,
        plan_index: row.get("plan_index")?,
        revises_id: row.get("revises_id")?,
        title: row.get("title")?,
        year: row.get("year")?,
        theme: row.get("theme")?,
        status: Status::of(&row.get::<String>("status")?)?,
        starts_on: row.get("starts_on")?,
        ends_on: row.get("ends_on")?,
        published_at: row.get("published_at")?,
        created_at: row.get("created_at")?,
        activities: row.get("activities")?,
        done: row.get("done")?,
        cancelled: row.get("cancelled")?,
    })
}

/// Begins a draft with the plan as read.
pub async fn insert(tx: &Tx, new: &NewCampaign, at: Timestamp) -> Result<Id> {
    let campaign_id = new_id();
    let draft = Draft::new(new.plan.clone());
    tx.run(
        "insert into campaign (campaign_id, notice_id, plan_index, revises_id, title, year, theme, status, plan, read_plan,
           starts_on, ends_on, feed_secret, published_at, created_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, 'draft', $8, $9, null, null, $10, null, $11, 1)",
        args![
            campaign_id,
            new.notice_id,
            new.plan_index,
            new.revises_id,
            new.title,
            new.plan.year,
            new.plan.theme,
            draft.to_json().map_err(Error::internal)?,
            json(&new.plan)?,
            new.feed_secret,
            at
        ],
    )
    .await?;
    Ok(campaign_id)
}

/// Loads a campaign that will change.
pub async fn lock(tx: &Tx, campaign_id: &Id) -> Result<Campaign> {
    let sql = format!("update campaign set version = version + 1 where campaign_id = $1 returning {COLUMNS}");
    campaign(&tx.get(&sql, args![campaign_id]).await?)
}

/// Saves the draft of a campaign that was loaded by [`lock`].
pub async fn save_draft(tx: &Tx, campaign: &Campaign) -> Result<()> {
    let plan = &campaign.draft.plan;
    let title = plan.title.clone().unwrap_or_else(|| campaign.title.clone());
    tx.run_one(
        "update campaign set plan = $3, title = $4, year = $5, theme = $6 where campaign_id = $1 and version = $2",
        args![
            campaign.campaign_id,
            campaign.version,
            campaign.draft.to_json().map_err(Error::internal)?,
            title,
            plan.year,
            plan.theme
        ],
    )
    .await
}

/// Writes what people call a running campaign, after a revision, together with the plan it now follows.
pub async fn save_revision(tx: &Tx, campaign: &Campaign, revision: &Campaign) -> Result<()> {
    let plan = &revision.draft.plan;
    tx.run_one(
        "update campaign set plan = $3, notice_id = $4, plan_index = $5, title = $6, year = $7, theme = $8, starts_on = $9, ends_on = $10
         where campaign_id = $1 and version = $2",
        args![
            campaign.campaign_id,
            campaign.version,
            revision.draft.to_json().map_err(Error::internal)?,
            revision.notice_id,
            revision.plan_index,
            plan.title.as_deref().unwrap_or(&campaign.title),
            plan.year,
            plan.theme,
            revision.starts_on,
            revision.ends_on
        ],
    )
    .await
}

/// Archives a campaign that was loaded by [`lock`].
pub async fn archive(tx: &Tx, campaign: &Campaign) -> Result<()> {
    tx.run_one(
        "update campaign set status = 'archived' where campaign_id = $1 and version = $2 and status = 'published'",
        args![campaign.campaign_id, campaign.version],
    )
    .await
}

/// Brings an archived campaign back that was loaded by [`lock`].
pub async fn reopen(tx: &Tx, campaign: &Campaign) -> Result<()> {
    tx.run_one(
        "update campaign set status = 'published' where campaign_id = $1 and version = $2 and status = 'archived'",
        args![campaign.campaign_id, campaign.version],
    )
    .await
}

/// Removes a draft that was loaded by [`lock`], and its notice when nothing else was made of it.
pub async fn remove(tx: &Tx, campaign: &Campaign) -> Result<()> {
    tx.run("delete from campaign_unit where campaign_id = $1", args![campaign.campaign_id]).await?;
    tx.run_one("delete from campaign where campaign_id = $1 and status = 'draft'", args![campaign.campaign_id]).await?;
    super::notice::remove_unused(tx, &campaign.notice_id).await
}
