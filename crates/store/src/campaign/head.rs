//! The head of a campaign (系列活动): what the pages of a running campaign show around everything else.

use domain::Id;
use domain::campaign::plan::Plan;
use jiff::civil::Date;
use serde::Deserialize;

use crate::event::{self, Event};
use crate::{Error, Read, Result, Row, args};

/// A campaign without its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub campaign_id: Id,
    pub notice_id: Id,
    pub title: String,
    pub year: Option<i64>,
    pub theme: Option<String>,
    /// Published and not archived.
    pub is_running: bool,
    pub is_archived: bool,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    pub feed_secret: String,
}

const COLUMNS: &str = "campaign_id, notice_id, title, year, theme, status, starts_on, ends_on, feed_secret";

fn head(row: &Row) -> Result<Head> {
    let status: String = row.get("status")?;
    Ok(Head {
        campaign_id: row.get("campaign_id")?,
        notice_id: row.get("notice_id")?,
        title: row.get("title")?,
        year: row.get("year")?,
        theme: row.get("theme")?,
        is_running: status == "published",
        is_archived: status == "archived",
        starts_on: row.get("starts_on")?,
        ends_on: row.get("ends_on")?,
        feed_secret: row.get("feed_secret")?,
    })
}

/// A campaign that has been published; a draft is not there yet for anybody but its editors.
pub async fn get(tx: &Read, campaign_id: &Id) -> Result<Head> {
    let sql = format!("select {COLUMNS} from campaign where campaign_id = $1 and status <> 'draft'");
    head(&tx.find(&sql, args![campaign_id]).await?.ok_or(Error::NotFound)?)
}

/// The running campaigns, the newest first.
pub async fn list_running(tx: &Read) -> Result<Vec<Head>> {
    let sql =
        format!("select {COLUMNS} from campaign where status = 'published' order by published_at desc, campaign_id");
    tx.list(&sql, args![]).await?.iter().map(head).collect()
}

/// The plan of a campaign as corrected.
pub async fn plan(tx: &Read, campaign_id: &Id) -> Result<Plan> {
    tx.get("select plan from campaign where campaign_id = $1", args![campaign_id]).await?.json("plan")
}

/// The text of a notice as read.
pub async fn source_text(tx: &Read, notice_id: &Id) -> Result<String> {
    #[derive(Deserialize)]
    struct Source {
        text: String,
    }
    let source: Source =
        tx.get("select source from notice where notice_id = $1", args![notice_id]).await?.json("source")?;
    Ok(source.text)
}

/// The newest events of a campaign and of its activities, the newest first.
pub async fn recent_events(tx: &Read, campaign_id: &Id, limit: i64) -> Result<Vec<Event>> {
    let columns = event::COLUMNS;
    let sql = format!(
        "select {columns} from event
         where (area = 'campaign' and subject_id = $1)
           or (area = 'activity' and subject_id in (select activity_id from activity where campaign_id = $1))
         order by sequence desc limit $2"
    );
    tx.list(&sql, args![campaign_id, limit]).await?.iter().map(|row| event::event(tx, row)).collect()
}
