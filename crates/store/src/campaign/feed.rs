//! The secret addresses of the calendars (日历订阅): one per campaign, one per unit.

use domain::Id;
use jiff::Timestamp;

use crate::{Read, Result, Tx, args};

/// Whose calendar a secret opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedOf {
    Campaign(Id),
    Unit(Id),
}

/// Whose calendar this secret opens, if anybody's.
pub async fn find(tx: &Read, secret: &str) -> Result<Option<FeedOf>> {
    if let Some(row) = tx.find("select unit_id from unit_feed where secret = $1", args![secret]).await? {
        return Ok(Some(FeedOf::Unit(row.get("unit_id")?)));
    }
    let row = tx
        .find("select campaign_id from campaign where feed_secret = $1 and status = 'published'", args![secret])
        .await?;
    row.map(|row| Ok(FeedOf::Campaign(row.get("campaign_id")?))).transpose()
}

/// The secret of a unit, if it has one.
pub async fn secret_of_unit(tx: &Read, unit_id: &Id) -> Result<Option<String>> {
    let row = tx.find("select secret from unit_feed where unit_id = $1", args![unit_id]).await?;
    row.map(|row| row.get("secret")).transpose()
}

/// Gives a unit a secret, in place of the one it had.
pub async fn save_unit(tx: &Tx, unit_id: &Id, secret: &str, at: Timestamp) -> Result<()> {
    tx.run(
        "insert into unit_feed (unit_id, secret, created_at, version) values ($1, $2, $3, 1)
         on conflict (unit_id) do update set secret = excluded.secret, created_at = excluded.created_at, version = unit_feed.version + 1",
        args![unit_id, secret, at],
    )
    .await
    .map(drop)
}

/// Gives a campaign a secret, in place of the one it had.
pub async fn save_campaign(tx: &Tx, campaign_id: &Id, secret: &str) -> Result<()> {
    tx.run_one(
        "update campaign set feed_secret = $2, version = version + 1 where campaign_id = $1",
        args![campaign_id, secret],
    )
    .await
}
