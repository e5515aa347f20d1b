//! Caches of cases: against what their events say, for `xiaobao check`; and the search index, when it is not there.

use domain::complaint::state::{CaseState, fold};
use jiff::civil::Date;

use super::case::{COLUMNS, Law, NEVER, case, count, events};
use crate::{Db, Read, Result, Row, args, instant, search};

/// The cases whose cached state or dates are not what their events, the calendar and the rules say: their numbers.
///
/// Walks every case; a page at a time, so that it may run beside the server.
pub async fn stale_caches(tx: &Read, law: Law<'_>) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let mut after = 0_i64;
    loop {
        let sql = format!(
            "select {COLUMNS}, look_at, is_responded, decided_in_time, is_directed, accepted_on, satisfaction from complaint where ordinal > $1 order by ordinal limit 500"
        );
        let rows = tx.list(&sql, args![after]).await?;
        if rows.is_empty() {
            return Ok(wrong);
        }
        for row in &rows {
            after = row.get("ordinal")?;
            // What cannot even be opened is named like what is wrong.
            let Ok(case) = case(tx, row) else {
                wrong.push(row.get("number")?);
                continue;
            };
            let happened = events(tx, &case.complaint_id).await?;
            let folded = fold(happened.iter().filter_map(|it| Some((it.event.as_ref()?, it.at))));
            let is_same = folded.as_ref() == Some(&case.state) && {
                let counted = count(&case.state, law);
                let due = &counted.due;
                // A case of before this column was there is looked at by the background soon.
                let look_at: String = row.get("look_at")?;
                let is_looked_at = !case.state.is_open()
                    || look_at.is_empty()
                    || look_at == counted.look_at.map_or_else(|| NEVER.to_owned(), instant::text);
                due.on == case.due_on
                    && due.term == case.due_term
                    && due.desk_at == case.desk_at
                    && is_looked_at
                    && counts_as_said(row, &case.state, counted.decided_in_time)?
                    && case.escalated == counted.escalated.map(|it| it.0)
            };
            if !is_same {
                wrong.push(case.number);
            }
        }
    }
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
