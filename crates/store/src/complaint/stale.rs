//! Caches of cases: against what their events say, for `xiaobao check`; and the search index, when it is not there.

use std::sync::LazyLock;

use domain::Id;
use domain::complaint::event::log_label;
use domain::complaint::state::{CaseState, fold};
use jiff::civil::Date;

use super::case::{COLUMNS, Case, Counted, Law, NEVER, STATE, case, count, events, of_state};
use crate::{Db, Read, Result, Row, Value, args, instant, search};

/// The cases whose cached state or dates are not what their events, the calendar and the rules say: their numbers.
///
/// Walks every case; a page at a time, so that it may run beside the server.
pub async fn stale_caches(tx: &Read, law: Law<'_>) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let mut after = 0_i64;
    loop {
        let sql = format!("{} where ordinal > $1 order by ordinal limit 500", *SELECT);
        let rows = tx.list(&sql, args![after]).await?;
        if rows.is_empty() {
            return Ok(wrong);
        }
        for row in &rows {
            after = row.get("ordinal")?;
            if !matches!(look(tx, row, law).await?, Look::Same) {
                wrong.push(row.get("number")?);
            }
        }
    }
}

/// How what is kept of a case compares with its events.
pub(super) enum Look {
    /// As they say.
    Same,
    /// Something else; this is the state they say.
    Differs(Box<CaseState>),
    /// The events, or what was written down, cannot be opened or do not begin with a receipt: nobody can say what is right.
    Unreadable,
}

/// The caches that follow from the state alone.
const OF_STATE: [&str; 7] = ["status", "is_open", "unit_id", "handler_id", "closed_on", "outcome", "recovered_fen"];

/// What [`look`] reads, from `complaint`.
pub(super) static SELECT: LazyLock<String> = LazyLock::new(|| {
    let more = "look_at, is_responded, decided_in_time, is_directed, accepted_on, satisfaction, amount_fen";
    format!("select {COLUMNS}, {}, {more} from complaint", OF_STATE.join(", "))
});

/// The state of a case as its events say it; `None` when one of them cannot be read, or they do not begin with its receipt.
async fn folded(tx: &Read, complaint_id: &Id) -> Option<CaseState> {
    let happened = events(tx, complaint_id).await.ok()?;
    // A step of a newer build, or a damaged one: a fold without it would be wrong.
    if happened.iter().any(|it| it.event.is_none() && log_label(&it.kind).is_some()) {
        return None;
    }
    fold(happened.iter().filter_map(|it| Some((it.event.as_ref()?, it.at))))
}

/// Compares a row of [`SELECT`] with the events of its case.
pub(super) async fn look(tx: &Read, row: &Row, law: Law<'_>) -> Result<Look> {
    let Some(folded) = folded(tx, &row.get("complaint_id")?).await else { return Ok(Look::Unreadable) };
    if row.json::<CaseState>("state").ok().as_ref() != Some(&folded) {
        return Ok(Look::Differs(Box::new(folded)));
    }
    // What cannot even be opened is named like what is wrong.
    let Ok(case) = case(tx, row) else { return Ok(Look::Unreadable) };
    let counted = count(&case.state, law);
    let due = &counted.due;
    // A case of before this column was there is looked at by the background soon.
    let look_at: String = row.get("look_at")?;
    let is_looked_at = !case.state.is_open()
        || look_at.is_empty()
        || look_at == counted.look_at.map_or_else(|| NEVER.to_owned(), instant::text);
    let is_same = due.on == case.due_on
        && due.term == case.due_term
        && due.desk_at == case.desk_at
        && is_looked_at
        && follows(row, &case, &counted)?
        && counts_as_said(row, &case.state, counted.decided_in_time)?
        && row.get::<Option<i64>>("amount_fen")? == case.particulars.amount_fen
        && case.escalated == counted.escalated.map(|it| it.0);
    Ok(if is_same { Look::Same } else { Look::Differs(Box::new(folded)) })
}

/// Are the columns that follow from the state as it says?
fn follows(row: &Row, case: &Case, counted: &Counted) -> Result<bool> {
    for (column, value) in STATE.iter().zip(of_state(case, counted)?) {
        if OF_STATE.contains(column) && row.get::<Value>(column)? != value {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The columns that the rates count by.
fn counts_as_said(row: &Row, state: &CaseState, decided_in_time: &str) -> Result<bool> {
    let satisfaction: Option<String> = row.get("satisfaction")?;
    // Not looked at since the column is there: the background fills it soon.
    let is_new = row.get::<String>("look_at")?.is_empty();
    Ok(row.get::<bool>("is_responded")? == state.contacted_at.is_some()
        && row.get::<String>("decided_in_time")? == decided_in_time
        && row.get::<bool>("is_directed")? == (state.is_open() && state.open_direction().is_some())
        && (is_new || row.get::<Option<Date>>("accepted_on")? == state.accepted_on)
        && satisfaction.as_deref() == state.contentment().map(|it| it.code()))
}

/// Fills the search index when it is empty: of a database from before it held keyed pieces, or restored without it.
pub(crate) async fn make_findable(db: &Db) -> Result<()> {
    if !db.read(async |tx| search::is_empty(&tx).await).await? {
        return Ok(());
    }
    let mut after = Some(0_i64);
    while let Some(behind) = after {
        after = db
            .write(async move |tx| {
                let sql = format!("select {COLUMNS} from complaint where ordinal > $1 order by ordinal limit 500");
                let rows = tx.list(&sql, args![behind]).await?;
                let mut last = None;
                for row in &rows {
                    let case = case(&tx, row)?;
                    search::insert(&tx, case.ordinal, &case.particulars.search_text()).await?;
                    last = Some(case.ordinal);
                }
                Ok(last)
            })
            .await?;
    }
    Ok(())
}
