//! The event log (办理记录): what was changed, by whom, when and why. Append only, hash-chained.
//!
//! Events of a transaction are handed in with [`insert`] and written when its body has ended, so that the head of the log is locked
//! last and shortest, and two transactions can never wait for each other's head.

use domain::Id;
use domain::unit::Actor;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::complaint;
use crate::{Error, Read, Result, Row, Tx, args, instant, new_id};

/// An event to be appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The area: `unit`, `person`, `campaign`, `activity`, ….
    pub area: &'static str,
    /// The key of the thing that changed.
    pub subject_id: Id,
    /// What happened, in snake_case: `created`, `published`, `done`, ….
    pub kind: &'static str,
    pub at: Timestamp,
    /// `None` when the program itself acts.
    pub person_id: Option<Id>,
    pub person_name: String,
    pub unit_name: String,
    /// Why, in the person's words; may be empty.
    pub reason: String,
    /// Field → `[before, after]` in words, or what else a reader wants to know. No personal data, but in [`SEALED_AREAS`].
    pub detail: serde_json::Value,
}

impl NewEvent {
    /// An event by a person, without reason and detail.
    pub fn by(actor: &Actor, area: &'static str, subject_id: &Id, kind: &'static str, at: Timestamp) -> NewEvent {
        NewEvent {
            area,
            subject_id: subject_id.clone(),
            kind,
            at,
            person_id: Some(actor.person_id.clone()),
            person_name: actor.name.clone(),
            unit_name: actor.unit_name.clone(),
            reason: String::new(),
            detail: serde_json::Value::Object(serde_json::Map::new()),
        }
    }

    /// An event by the program itself.
    pub fn by_program(area: &'static str, subject_id: &Id, kind: &'static str, at: Timestamp) -> NewEvent {
        NewEvent {
            area,
            subject_id: subject_id.clone(),
            kind,
            at,
            person_id: None,
            person_name: "系统".to_owned(),
            unit_name: String::new(),
            reason: String::new(),
            detail: serde_json::Value::Object(serde_json::Map::new()),
        }
    }

    /// The same event with a reason.
    pub fn reason(mut self, reason: impl Into<String>) -> NewEvent {
        self.reason = reason.into();
        self
    }

    /// The same event with a detail.
    pub fn detail(mut self, detail: serde_json::Value) -> NewEvent {
        self.detail = detail;
        self
    }
}

/// An event as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub event_id: Id,
    pub sequence: i64,
    pub area: String,
    pub subject_id: Id,
    pub kind: String,
    pub at: Timestamp,
    pub person_id: Option<Id>,
    pub person_name: String,
    pub unit_name: String,
    pub reason: String,
    /// JSON text.
    pub detail: String,
    pub previous_hash: String,
    pub hash: String,
}

/// Which events to list. Everything `None` means all.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub area: Option<String>,
    pub subject_id: Option<Id>,
    pub person_id: Option<Id>,
    pub from: Option<Timestamp>,
    /// Not included.
    pub to: Option<Timestamp>,
    /// Only events before this sequence: the next page.
    pub before: Option<i64>,
}

pub(crate) const COLUMNS: &str = "event_id, sequence, area, subject_id, kind, at, person_id, person_name, unit_name, reason, detail, previous_hash, hash";

/// Areas in which people write about people: their reasons and details rest sealed, like the case itself (decision 18). The chain is
/// over what is stored, so it is walked without a key. Rows from before stand open; the chain does not let them change.
const SEALED_AREAS: &[&str] = &[complaint::case::AREA, "complaint_mail"];
fn seal(tx: &Read, area: &str, event_id: &Id, field: &str, plain: String) -> Result<String> {
    if plain.is_empty() || plain == "{}" || !SEALED_AREAS.contains(&area) {
        return Ok(plain);
    }
    tx.keys().seal_marked(&place(event_id, field), &plain)
}

fn open(tx: &Read, area: &str, event_id: &Id, field: &str, stored: String) -> Result<String> {
    if SEALED_AREAS.contains(&area) { tx.keys().unseal_marked(&place(event_id, field), stored) } else { Ok(stored) }
}

fn place(event_id: &Id, field: &str) -> String {
    format!("event.{field}:{event_id}")
}

/// The detail of a row with `event_id`, `area` and `detail`.
pub(crate) fn detail(tx: &Read, row: &Row) -> Result<String> {
    open(tx, &row.get::<String>("area")?, &row.get("event_id")?, "detail", row.get("detail")?)
}

/// The event as people read it.
pub(crate) fn event(tx: &Read, row: &Row) -> Result<Event> {
    let mut event = stored(row)?;
    event.reason = open(tx, &event.area, &event.event_id, "reason", event.reason)?;
    event.detail = open(tx, &event.area, &event.event_id, "detail", event.detail)?;
    Ok(event)
}

fn stored(row: &Row) -> Result<Event> {
    Ok(Event {
        event_id: row.get("event_id")?,
        sequence: row.get("sequence")?,
        area: row.get("area")?,
        subject_id: row.get("subject_id")?,
        kind: row.get("kind")?,
        at: row.get("at")?,
        person_id: row.get("person_id")?,
        person_name: row.get("person_name")?,
        unit_name: row.get("unit_name")?,
        reason: row.get("reason")?,
        detail: row.get("detail")?,
        previous_hash: row.get("previous_hash")?,
        hash: row.get("hash")?,
    })
}

/// Appends an event to the log when the body of the transaction ends. Not `async`: it cannot fail here.
pub fn insert(tx: &Tx, event: NewEvent) {
    tx.push_event(event);
}

/// The newest events first, at most `limit`.
pub async fn list(tx: &Read, filter: &Filter, limit: i64) -> Result<Vec<Event>> {
    rows(tx, filter, limit).await?.iter().map(|row| event(tx, row)).collect()
}

/// As [`list`], with the oldest of them whose hash does not fit. It is tried on what is stored: the words as people read them have another.
pub async fn list_tried(tx: &Read, filter: &Filter, limit: i64) -> Result<(Vec<Event>, Option<i64>)> {
    let (mut events, mut broken) = (Vec::new(), None);
    for row in rows(tx, filter, limit).await? {
        let stored = stored(&row)?;
        if hash(&stored) != stored.hash {
            broken = Some(stored.sequence);
        }
        events.push(event(tx, &row)?);
    }
    Ok((events, broken))
}

async fn rows(tx: &Read, filter: &Filter, limit: i64) -> Result<Vec<Row>> {
    let sql = format!(
        "select {COLUMNS} from event
         where ($1 = '' or area = $1) and ($2 = '' or subject_id = $2) and ($3 = '' or person_id = $3)
           and at >= $4 and at < $5 and sequence < $6
         order by sequence desc limit $7"
    );
    let arguments = args![
        filter.area.clone().unwrap_or_default(),
        filter.subject_id.as_ref().map(Id::as_str).unwrap_or_default(),
        filter.person_id.as_ref().map(Id::as_str).unwrap_or_default(),
        filter.from.map(instant::text).unwrap_or_default(),
        filter.to.map_or_else(|| "9999".to_owned(), instant::text),
        filter.before.unwrap_or(i64::MAX),
        limit
    ];
    tx.list(&sql, arguments).await
}

/// The events of one thing, the oldest first.
pub async fn list_of(tx: &Read, area: &str, subject_id: &Id) -> Result<Vec<Event>> {
    let sql = format!("select {COLUMNS} from event where area = $1 and subject_id = $2 order by sequence");
    tx.list(&sql, args![area, subject_id]).await?.iter().map(|row| event(tx, row)).collect()
}

/// How many events there are, and the hash of the last.
pub async fn head(tx: &Read) -> Result<(i64, String)> {
    let row = tx.get("select sequence, hash from event_head where event_head_id = 'event'", args![]).await?;
    Ok((row.get("sequence")?, row.get("hash")?))
}

/// Writes the events of a transaction at its end.
pub(crate) async fn write(tx: &Tx, events: Vec<NewEvent>) -> Result<()> {
    let n = i64::try_from(events.len()).map_err(Error::internal)?;
    let row = tx
        .get(
            "update event_head set sequence = sequence + $1 where event_head_id = 'event' returning sequence, hash",
            args![n],
        )
        .await?;
    let last = row.get::<i64>("sequence")?;
    let mut previous_hash: String = row.get("hash")?;
    for (sequence, new) in (last - n + 1..).zip(events) {
        let event_id = new_id();
        let mut event = Event {
            reason: seal(tx, new.area, &event_id, "reason", new.reason)?,
            detail: seal(tx, new.area, &event_id, "detail", new.detail.to_string())?,
            event_id,
            sequence,
            area: new.area.to_owned(),
            subject_id: new.subject_id,
            kind: new.kind.to_owned(),
            at: new.at,
            person_id: new.person_id,
            person_name: new.person_name,
            unit_name: new.unit_name,
            previous_hash,
            hash: String::new(),
        };
        event.hash = hash(&event);
        write_one(tx, &event).await?;
        previous_hash = event.hash;
    }
    tx.run("update event_head set hash = $1 where event_head_id = 'event'", args![previous_hash]).await.map(drop)
}

async fn write_one(tx: &Tx, event: &Event) -> Result<()> {
    tx.run(
        "insert into event (event_id, sequence, area, subject_id, kind, at, person_id, person_name, unit_name, reason, detail, previous_hash, hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        args![
            event.event_id,
            event.sequence,
            event.area,
            event.subject_id,
            event.kind,
            event.at,
            event.person_id,
            event.person_name,
            event.unit_name,
            event.reason,
            event.detail,
            event.previous_hash,
            event.hash
        ],
    )
    .await
    .map(drop)
}

/// SHA-256 over the previous hash and every field, each with its length before it, so that no two events share a text.
pub fn hash(event: &Event) -> String {
    let sequence = event.sequence.to_string();
    let at = instant::text(event.at);
    let fields = [
        event.previous_hash.as_str(),
        event.event_id.as_str(),
        &sequence,
        &event.area,
        event.subject_id.as_str(),
        &event.kind,
        &at,
        event.person_id.as_ref().map_or("", Id::as_str),
        &event.person_name,
        &event.unit_name,
        &event.reason,
        &event.detail,
    ];
    let mut digest = Sha256::new();
    for field in fields {
        digest.update(format!("{}:", field.len()));
        digest.update(field);
        digest.update("\n");
    }
    const_hex::encode(digest.finalize())
}

/// The events after one sequence and up to another, for the walk along the chain.
pub(crate) async fn page(tx: &Read, after: i64, until: i64, limit: i64) -> Result<Vec<Event>> {
    let sql = format!("select {COLUMNS} from event where sequence > $1 and sequence <= $2 order by sequence limit $3");
    tx.list(&sql, args![after, until, limit]).await?.iter().map(stored).collect()
}
