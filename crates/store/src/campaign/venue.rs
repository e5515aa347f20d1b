//! Venues (会场) of a campaign and the sessions (场次) of its activities.

use domain::Id;
use domain::campaign::venue::VenueKind;
use jiff::civil::Date;

use crate::{Error, Read, Result, Row, Tx, args, new_id, word};

/// A venue as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Venue {
    pub venue_id: Id,
    pub campaign_id: Id,
    pub name: String,
    pub address: String,
    pub kind: VenueKind,
    pub version: i64,
}

/// A session of an activity as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub activity_session_id: Id,
    pub activity_id: Id,
    pub venue_id: Option<Id>,
    pub starts_on: Option<Date>,
    /// `09:00-11:30`, or a word (上午).
    pub time: Option<String>,
    pub unit_id: Option<Id>,
    pub note: String,
    pub version: i64,
}

/// A session with the names a page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSession {
    pub session: Session,
    pub activity_title: String,
    pub venue_name: Option<String>,
    pub venue_address: Option<String>,
    pub unit_name: Option<String>,
}

const VENUE: &str = "venue_id, campaign_id, name, address, kind, version";
const SESSION: &str = "activity_session_id, activity_session.activity_id, activity_session.venue_id, activity_session.starts_on, time, \
                       activity_session.unit_id, note, activity_session.version";

fn venue(row: &Row) -> Result<Venue> {
    Ok(Venue {
        venue_id: row.get("venue_id")?,
        campaign_id: row.get("campaign_id")?,
        name: row.get("name")?,
        address: row.get("address")?,
        kind: row.word("kind")?,
        version: row.get("version")?,
    })
}

fn session(row: &Row) -> Result<Session> {
    Ok(Session {
        activity_session_id: row.get("activity_session_id")?,
        activity_id: row.get("activity_id")?,
        venue_id: row.get("venue_id")?,
        starts_on: row.get("starts_on")?,
        time: row.get("time")?,
        unit_id: row.get("unit_id")?,
        note: row.get("note")?,
        version: row.get("version")?,
    })
}

fn listed_session(row: &Row) -> Result<ListedSession> {
    Ok(ListedSession {
        session: session(row)?,
        activity_title: row.get("activity_title")?,
        venue_name: row.get("venue_name")?,
        venue_address: row.get("venue_address")?,
        unit_name: row.get("unit_name")?,
    })
}

/// The venues of a campaign: the main one first.
pub async fn list(tx: &Read, campaign_id: &Id) -> Result<Vec<Venue>> {
    let sql = format!(
        "select {VENUE} from venue where campaign_id = $1
         order by case kind when 'main' then 0 when 'satellite' then 1 else 2 end, venue_id"
    );
    tx.list(&sql, args![campaign_id]).await?.iter().map(venue).collect()
}

/// The venue.
pub async fn get(tx: &Read, venue_id: &Id) -> Result<Venue> {
    let sql = format!("select {VENUE} from venue where venue_id = $1");
    venue(&tx.get(&sql, args![venue_id]).await?)
}

/// Adds a venue.
pub async fn insert(tx: &Tx, campaign_id: &Id, name: &str, address: &str, kind: VenueKind) -> Result<Venue> {
    let sql = format!("insert into venue ({VENUE}) values ($1, $2, $3, $4, $5, 1) returning {VENUE}");
    venue(&tx.get(&sql, args![new_id(), campaign_id, name, address, word(&kind)]).await?)
}

/// Loads a venue that will change. With `version`, refuses as stale what was changed since the page was rendered.
pub async fn lock(tx: &Tx, venue_id: &Id, version: Option<i64>) -> Result<Venue> {
    let sql = format!("update venue set version = version + 1 where venue_id = $1 returning {VENUE}");
    let venue = venue(&tx.get(&sql, args![venue_id]).await?)?;
    match version {
        Some(version) if version + 1 != venue.version => Err(Error::Stale),
        _ => Ok(venue),
    }
}

/// Saves a venue that was loaded by [`lock`].
pub async fn save(tx: &Tx, venue: &Venue) -> Result<()> {
    tx.run_one(
        "update venue set name = $3, address = $4, kind = $5 where venue_id = $1 and version = $2",
        args![venue.venue_id, venue.version, venue.name, venue.address, word(&venue.kind)],
    )
    .await
}

/// Removes a venue (locked before); its sessions stay, without a place.
pub async fn remove(tx: &Tx, venue_id: &Id) -> Result<()> {
    tx.run("update activity_session set venue_id = null, version = version + 1 where venue_id = $1", args![venue_id])
        .await?;
    tx.run_one("delete from venue where venue_id = $1", args![venue_id]).await
}

const LISTED: &str = "activity.title as activity_title, venue.name as venue_name, venue.address as venue_address, unit.short_name as unit_name
     from activity_session join activity using (activity_id)
       left join venue on venue.venue_id = activity_session.venue_id
       left join unit on unit.unit_id = activity_session.unit_id";

/// The sessions of one activity, in the order of their days.
pub async fn list_sessions_of(tx: &Read, activity_id: &Id) -> Result<Vec<ListedSession>> {
    let sql = format!(
        "select {SESSION}, {LISTED} where activity_session.activity_id = $1
         order by coalesce(activity_session.starts_on, '9999'), coalesce(time, ''), activity_session_id"
    );
    tx.list(&sql, args![activity_id]).await?.iter().map(listed_session).collect()
}

/// The sessions of a whole campaign, in the order of their days.
pub async fn list_sessions(tx: &Read, campaign_id: &Id) -> Result<Vec<ListedSession>> {
    let sql = format!(
        "select {SESSION}, {LISTED} where activity.campaign_id = $1
         order by coalesce(activity_session.starts_on, '9999'), coalesce(time, ''), activity_session_id"
    );
    tx.list(&sql, args![campaign_id]).await?.iter().map(listed_session).collect()
}

/// Adds a session.
pub async fn insert_session(tx: &Tx, new: &Session) -> Result<Id> {
    let activity_session_id = new_id();
    tx.run(
        "insert into activity_session (activity_session_id, activity_id, venue_id, starts_on, time, unit_id, note, version)
         values ($1, $2, $3, $4, $5, $6, $7, 1)",
        args![activity_session_id, new.activity_id, new.venue_id, new.starts_on, new.time, new.unit_id, new.note],
    )
    .await?;
    Ok(activity_session_id)
}

/// Loads a session that will change. With `version`, refuses as stale what was changed since the page was rendered.
pub async fn lock_session(tx: &Tx, activity_session_id: &Id, version: Option<i64>) -> Result<Session> {
    let sql =
        format!("update activity_session set version = version + 1 where activity_session_id = $1 returning {SESSION}");
    let session = session(&tx.get(&sql, args![activity_session_id]).await?)?;
    match version {
        Some(version) if version + 1 != session.version => Err(Error::Stale),
        _ => Ok(session),
    }
}

/// Saves a session that was loaded by [`lock_session`].
pub async fn save_session(tx: &Tx, session: &Session) -> Result<()> {
    tx.run_one(
        "update activity_session set venue_id = $3, starts_on = $4, time = $5, unit_id = $6, note = $7
         where activity_session_id = $1 and version = $2",
        args![
            session.activity_session_id,
            session.version,
            session.venue_id,
            session.starts_on,
            session.time,
            session.unit_id,
            session.note
        ],
    )
    .await
}

/// Removes a session that was loaded by [`lock_session`]; its records stay, without a session.
pub async fn remove_session(tx: &Tx, activity_session_id: &Id) -> Result<()> {
    super::record::leave_session(tx, activity_session_id).await?;
    tx.run_one("delete from activity_session where activity_session_id = $1", args![activity_session_id]).await
}

/// The session, or nothing when it was removed.
pub async fn find_session(tx: &Read, activity_session_id: &Id) -> Result<Option<Session>> {
    let sql = format!("select {SESSION} from activity_session where activity_session_id = $1");
    tx.find(&sql, args![activity_session_id]).await?.as_ref().map(session).transpose()
}

/// The session.
pub async fn get_session(tx: &Read, activity_session_id: &Id) -> Result<Session> {
    let sql = format!("select {SESSION} from activity_session where activity_session_id = $1");
    session(&tx.get(&sql, args![activity_session_id]).await?)
}
