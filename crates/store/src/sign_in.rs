//! Sign-ins (登录): the sessions, and the failures that slow a guesser down.
//!
//! The token itself is only in the cookie; here is its hash, made by the caller.

use domain::Id;
use jiff::Timestamp;

use crate::person::{self, Person};
use crate::{Read, Result, Row, Tx, args};

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    pub token_hash: String,
    pub person_id: Id,
    pub created_at: Timestamp,
    pub seen_at: Timestamp,
    pub expires_at: Timestamp,
    /// The browser and address as shown in the list of the own sessions.
    pub client: String,
}

/// Failures of one login or one client address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub failed_n: i64,
    pub last_at: Timestamp,
    pub locked_until: Option<Timestamp>,
}

const COLUMNS: &str = "token_hash, person_id, created_at, seen_at, expires_at, client";

fn sign_in(row: &Row) -> Result<SignIn> {
    Ok(SignIn {
        token_hash: row.get("token_hash")?,
        person_id: row.get("person_id")?,
        created_at: row.get("created_at")?,
        seen_at: row.get("seen_at")?,
        expires_at: row.get("expires_at")?,
        client: row.get("client")?,
    })
}

/// The session of that token and its person, if it has not expired and the person is active.
pub async fn find(tx: &Read, token_hash: &str, now: Timestamp) -> Result<Option<(SignIn, Person)>> {
    let sql = format!("select {COLUMNS} from sign_in where token_hash = $1 and expires_at > $2");
    let Some(row) = tx.find(&sql, args![token_hash, now]).await? else { return Ok(None) };
    let sign_in = sign_in(&row)?;
    let person = person::find(tx, &sign_in.person_id).await?;
    Ok(person.filter(|person| person.is_active).map(|person| (sign_in, person)))
}

/// The living sessions of a person, the last used first.
pub async fn list(tx: &Read, person_id: &Id, now: Timestamp) -> Result<Vec<SignIn>> {
    let sql = format!("select {COLUMNS} from sign_in where person_id = $1 and expires_at > $2 order by seen_at desc");
    tx.list(&sql, args![person_id, now]).await?.iter().map(sign_in).collect()
}

/// Begins a session.
pub async fn insert(tx: &Tx, sign_in: &SignIn) -> Result<()> {
    tx.run(
        "insert into sign_in (token_hash, person_id, created_at, seen_at, expires_at, client) values ($1, $2, $3, $4, $5, $6)",
        args![
            sign_in.token_hash,
            sign_in.person_id,
            sign_in.created_at,
            sign_in.seen_at,
            sign_in.expires_at,
            sign_in.client
        ],
    )
    .await
    .map(drop)
}

/// Notes that a session is in use and moves its end.
pub async fn save_seen(tx: &Tx, token_hash: &str, seen_at: Timestamp, expires_at: Timestamp) -> Result<()> {
    tx.run(
        "update sign_in set seen_at = $2, expires_at = $3 where token_hash = $1",
        args![token_hash, seen_at, expires_at],
    )
    .await
    .map(drop)
}

/// Ends a session.
pub async fn remove(tx: &Tx, token_hash: &str) -> Result<()> {
    tx.run("delete from sign_in where token_hash = $1", args![token_hash]).await.map(drop)
}

/// Ends the sessions of a person, except one that is to stay.
pub async fn remove_all(tx: &Tx, person_id: &Id, except: Option<&str>) -> Result<u64> {
    tx.run(
        "delete from sign_in where person_id = $1 and token_hash <> $2",
        args![person_id, except.unwrap_or_default()],
    )
    .await
}

/// Where typed text is sealed.
const TYPED: &str = "sign_in.typed";

/// Seals what was typed into a page when its sign-in had ended: it waits in the page, where who sits down next must not read it.
pub fn seal_typed(tx: &Read, typed: &str) -> Result<String> {
    tx.keys().seal(TYPED, typed)
}

/// What had been typed; `None` when it is no sealed text.
pub fn open_typed(tx: &Read, sealed: &str) -> Option<String> {
    tx.keys().unseal(TYPED, sealed).ok()
}

/// Removes the sessions that have expired.
pub async fn remove_expired(tx: &Tx, now: Timestamp) -> Result<u64> {
    tx.run("delete from sign_in where expires_at <= $1", args![now]).await
}

/// The failures of a login or an address.
pub async fn find_failure(tx: &Read, subject: &str) -> Result<Option<Failure>> {
    let row = tx
        .find("select failed_n, last_at, locked_until from sign_in_failure where subject = $1", args![subject])
        .await?;
    row.map(|row| {
        Ok(Failure {
            failed_n: row.get("failed_n")?,
            last_at: row.get("last_at")?,
            locked_until: row.get("locked_until")?,
        })
    })
    .transpose()
}

/// Counts one more failure and says how many there are now. A last failure before `fresh_after` is forgotten.
pub async fn insert_failure(tx: &Tx, subject: &str, now: Timestamp, fresh_after: Timestamp) -> Result<i64> {
    tx.get(
        "insert into sign_in_failure (subject, failed_n, last_at, locked_until) values ($1, 1, $2, null)
         on conflict (subject) do update set
           failed_n = case when sign_in_failure.last_at < $3 then 1 else sign_in_failure.failed_n + 1 end,
           last_at = excluded.last_at
         returning failed_n",
        args![subject, now, fresh_after],
    )
    .await?
    .get("failed_n")
}

/// Locks a login or an address until then.
pub async fn save_locked_until(tx: &Tx, subject: &str, until: Timestamp) -> Result<()> {
    tx.run("update sign_in_failure set locked_until = $2 where subject = $1", args![subject, until]).await.map(drop)
}

/// Takes one counted try back: it was none. A lock that it had brought is lifted.
pub async fn take_back_failure(tx: &Tx, subject: &str) -> Result<()> {
    tx.run(
        "update sign_in_failure set failed_n = failed_n - 1, locked_until = null where subject = $1 and failed_n > 0",
        args![subject],
    )
    .await
    .map(drop)
}

/// Forgets the failures of a login or an address.
pub async fn remove_failure(tx: &Tx, subject: &str) -> Result<()> {
    tx.run("delete from sign_in_failure where subject = $1", args![subject]).await.map(drop)
}
