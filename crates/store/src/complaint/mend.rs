//! Mending: the state of a case, which is a cache, is folded anew from its events, in the background after an upgrade that asks for it, or
//! by `xiaobao recount`. A piece at a time; what was stopped goes on where it was.
//!
//! Nothing happens to a case by this, so no event is appended: what is kept is made what its events say. They carry everything that a step
//! asks for: consent and its refusal, outcome, amounts. The particulars are in no event (they are personal, and the log is for good); of
//! them the amount in dispute stands in a column of its own beside the sealed text, and a 0 is taken back from there.

use domain::Id;
use domain::complaint::event::CaseEvent;
use jiff::Timestamp;

use super::case::{self, Law};
use super::sealed::lean;
use super::stale::{self, Look};
use crate::{Result, Tx, args};

/// What a piece of the work did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mended {
    /// Cases looked at.
    pub n_seen: usize,
    /// The numbers of those that were made what their events say.
    pub mended: Vec<String>,
    /// The numbers of those that cannot be read: their events, or what was written down.
    pub unreadable: Vec<String>,
    /// There is nothing more to look at.
    pub is_done: bool,
}

/// Asks for it, from the first case on.
pub async fn begin(tx: &Tx, now: Timestamp) -> Result<()> {
    let n_all = tx.count("select count(*) as n from complaint", args![]).await?;
    super::recount::ask(tx, "states", n_all, now).await
}

/// Looks at the next cases. Done at once when nobody has asked for it.
pub async fn go_on(tx: &Tx, law: Law<'_>, now: Timestamp, limit: i64) -> Result<Mended> {
    // The row is held to the end of the write, so that two processes never take the same piece.
    let sql = "update complaint_recount set n_all = n_all where complaint_recount_id = 'states' and ended_at is null
               returning done_ordinal";
    let Some(row) = tx.find(sql, args![]).await? else { return Ok(Mended { is_done: true, ..Mended::default() }) };
    let mut reached: i64 = row.get("done_ordinal")?;
    let sql = format!("{} where ordinal > $1 order by ordinal limit $2", *stale::SELECT);
    let rows = tx.list(&sql, args![reached, limit]).await?;
    let mut done = Mended { n_seen: rows.len(), is_done: rows.is_empty(), ..Mended::default() };
    for row in &rows {
        reached = row.get("ordinal")?;
        if matches!(stale::look(tx, row, law).await?, Look::Same) {
            continue;
        }
        let number: String = row.get("number")?;
        match mend(tx, &row.get("complaint_id")?, law, now).await? {
            Some(true) => done.mended.push(number),
            Some(false) => {}
            None => done.unreadable.push(number),
        }
    }
    tx.run_one(
        "update complaint_recount set done_ordinal = $1, n_seen = n_seen + $2, n_moved = n_moved + $3, n_skipped = n_skipped + $4, ended_at = $5
         where complaint_recount_id = 'states'",
        args![reached, done.n_seen, done.mended.len(), done.unreadable.len(), done.is_done.then_some(now)],
    )
    .await?;
    Ok(done)
}

/// Makes what is kept of one case what its events say; `None` when they cannot be read. Asked again with the row held: somebody may have
/// taken a step since it was listed.
async fn mend(tx: &Tx, complaint_id: &Id, law: Law<'_>, now: Timestamp) -> Result<Option<bool>> {
    tx.run("update complaint set version = version where complaint_id = $1", args![complaint_id]).await?;
    let row = tx.get(&format!("{} where complaint_id = $1", *stale::SELECT), args![complaint_id]).await?;
    let state = match stale::look(tx, &row, law).await? {
        Look::Same => return Ok(Some(false)),
        Look::Unreadable => return Ok(None),
        Look::Differs(state) => state,
    };
    tx.run_one("update complaint set state = $2 where complaint_id = $1", args![complaint_id, lean(&*state)?]).await?;
    let Ok(mut case) = case::get(tx, complaint_id).await else { return Ok(None) };
    let was_same = row.get::<String>("state")? == lean(&case.state)?;
    let before = (case.due_term.clone(), case.due_on);
    if case.particulars.amount_fen.is_none()
        && let Some(fen) = row.get::<Option<i64>>("amount_fen")?
    {
        case.particulars.amount_fen = Some(fen);
        case::save_particulars(tx, &case).await?;
    }
    case::save(tx, &mut case, law).await?;
    // Only the calendar or a setting moved it: that is told, as when the open cases are counted anew.
    if was_same && before.1 != case.due_on && before.0 == case.due_term && case.state.is_open() {
        let event = CaseEvent::Recounted { term: before.0, before: before.1, after: case.due_on };
        case::append(tx, &mut case, &[event], law, None, now).await?;
    }
    Ok(Some(true))
}
