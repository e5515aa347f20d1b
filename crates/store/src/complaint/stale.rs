//! Caches of cases against what their events say: for `xiaobao check`.

use domain::complaint::state::fold;

use super::case::{COLUMNS, Law, NEVER, case, count, events};
use crate::{Read, Result, args, instant};

/// The cases whose cached state or dates are not what their events, the calendar and the rules say: their numbers.
///
/// Walks every case; a page at a time, so that it may run beside the server.
pub async fn stale_caches(tx: &Read, law: Law<'_>) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    let mut after = 0_i64;
    loop {
        let sql = format!("select {COLUMNS}, look_at from complaint where ordinal > $1 order by ordinal limit 500");
        let rows = tx.list(&sql, args![after]).await?;
        if rows.is_empty() {
            return Ok(wrong);
        }
        for row in &rows {
            let case = case(tx, row)?;
            after = case.ordinal;
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
                    && case.escalated == counted.escalated.map(|it| it.0)
            };
            if !is_same {
                wrong.push(case.number);
            }
        }
    }
}
