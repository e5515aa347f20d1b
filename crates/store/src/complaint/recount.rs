//! Counting the dates of the open cases anew after a setting or a holiday has changed: in the background, a piece at a time.

use domain::complaint::event::CaseEvent;
use jiff::Timestamp;

use super::case::{self, Law};
use crate::{Read, Result, Row, Tx, args};

/// How far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recount {
    pub done_ordinal: i64,
    /// Cases looked at.
    pub n_seen: i64,
    /// Cases of which a date moved.
    pub n_moved: i64,
    /// Cases that could not be read and were left out; `xiaobao check` names them.
    pub n_skipped: i64,
    /// Cases to look at.
    pub n_all: i64,
    pub began_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

fn recount(row: &Row) -> Result<Recount> {
    Ok(Recount {
        done_ordinal: row.get("done_ordinal")?,
        n_seen: row.get("n_seen")?,
        n_moved: row.get("n_moved")?,
        n_skipped: row.get("n_skipped")?,
        n_all: row.get("n_all")?,
        began_at: row.get("began_at")?,
        ended_at: row.get("ended_at")?,
    })
}

/// The last one, running or done.
pub async fn find(tx: &Read) -> Result<Option<Recount>> {
    let sql = "select done_ordinal, n_seen, n_moved, n_skipped, n_all, began_at, ended_at from complaint_recount
               where complaint_recount_id = 'dates'";
    tx.find(sql, args![]).await?.map(|row| recount(&row)).transpose()
}

/// Asks for one, from the first case on, whatever another had done so far.
pub async fn begin(tx: &Tx, now: Timestamp) -> Result<()> {
    let n_all = tx.count("select count(*) as n from complaint where is_open = 1", args![]).await?;
    ask(tx, "dates", n_all, now).await
}

/// Asks for a walk over the cases of that name.
pub(super) async fn ask(tx: &Tx, name: &str, n_all: i64, now: Timestamp) -> Result<()> {
    let sql = "insert into complaint_recount (complaint_recount_id, done_ordinal, n_seen, n_moved, n_all, began_at, ended_at)
               values ($1, 0, 0, 0, $2, $3, null)
               on conflict (complaint_recount_id) do update
                 set done_ordinal = 0, n_seen = 0, n_moved = 0, n_skipped = 0, n_all = excluded.n_all, began_at = excluded.began_at, ended_at = null";
    tx.run_one(sql, args![name, n_all, now]).await
}

/// Counts the next cases anew, the open ones and those of before a column was there. An event is appended only where a statutory date has moved; `true` while there is more to do.
pub async fn go_on(tx: &Tx, law: Law<'_>, now: Timestamp, limit: i64) -> Result<bool> {
    // The row is held to the end of the write, so that two processes never count the same piece.
    let sql = "update complaint_recount set n_all = n_all where complaint_recount_id = 'dates' and ended_at is null
               returning done_ordinal, n_seen, n_moved, n_skipped, n_all, began_at, ended_at";
    let Some(row) = tx.find(sql, args![]).await? else { return Ok(false) };
    let mut at = recount(&row)?;
    let sql = "select complaint_id, ordinal from complaint
               where (is_open = 1 or look_at = '') and ordinal > $1 order by ordinal limit $2";
    let rows = tx.list(sql, args![at.done_ordinal, limit]).await?;
    for row in &rows {
        at.n_seen += 1;
        at.done_ordinal = row.get("ordinal")?;
        // What cannot be opened is left as it is. When it is the database that does not answer, the next statement says so.
        let Ok(mut case) = case::lock_quietly(tx, &row.get("complaint_id")?).await else {
            at.n_skipped += 1;
            continue;
        };
        let before = (case.due_term.clone(), case.due_on);
        case::append(tx, &mut case, &[], law, None, now).await?;
        if before.1 != case.due_on && before.0 == case.due_term {
            let event = CaseEvent::Recounted { term: before.0, before: before.1, after: case.due_on };
            case::append(tx, &mut case, &[event], law, None, now).await?;
            at.n_moved += 1;
        }
    }
    let is_done = rows.is_empty();
    tx.run_one(
        "update complaint_recount set done_ordinal = $1, n_seen = $2, n_moved = $3, ended_at = $4, n_skipped = $5
         where complaint_recount_id = 'dates'",
        args![at.done_ordinal, at.n_seen, at.n_moved, is_done.then_some(now), at.n_skipped],
    )
    .await?;
    Ok(!is_done)
}
