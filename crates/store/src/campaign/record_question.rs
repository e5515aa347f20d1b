//! Figures of records that may be unlikely: written down with the record, so that a return finds them without comparing all records anew.
//!
//! The row says only that the figure is much larger than those before it; whether it is asked about is for the page to say, which looks at
//! the records as they are now.

use domain::Id;
use domain::campaign::record::question::{FROM_TO, how_many_times};

use super::record::{Record, largest_before};
use crate::{Read, Result, Tx, args};

/// No page names more of them.
const MOST: i64 = 100;

/// Writes down which figures of a record that was saved are much larger than those before it.
pub(super) async fn note(tx: &Tx, record: &Record) -> Result<()> {
    tx.run("delete from record_question where record_id = $1", args![record.record_id]).await?;
    // A handful is never unlikely, and comparing reads all records of the units.
    let least = *FROM_TO.start();
    let may_be = |value: i64| how_many_times(value, Some(1), least).is_some();
    if !record.figures.iter().any(|it| may_be(it.quantity.value)) {
        return Ok(());
    }
    let largest = largest_before(tx, record).await?;
    for it in &record.figures {
        let before = largest.get(&it.indicator).copied();
        if let (Some(_), Some(before)) = (how_many_times(it.quantity.value, before, least), before) {
            tx.run(
                "insert into record_question (record_id, indicator, value, largest) values ($1, $2, $3, $4)",
                args![record.record_id, it.indicator, it.quantity.value, before],
            )
            .await?;
        }
    }
    Ok(())
}

/// The kept records of a campaign with a figure more than so many times the largest before it that nobody has confirmed, the newest first.
pub async fn candidates(tx: &Read, campaign_id: &Id, times: i64) -> Result<Vec<Id>> {
    let rows = tx
        .list(
            "select distinct record.record_id, record.created_at
             from record_question join record on record.record_id = record_question.record_id
             where record.campaign_id = $1 and record.status = 'kept' and value > largest * $2
               and not exists (select 1 from record_confirmed
                 where record_confirmed.record_id = record_question.record_id
                   and record_confirmed.indicator = record_question.indicator and record_confirmed.value = record_question.value)
             order by record.created_at desc, record.record_id limit $3",
            args![campaign_id, times, MOST],
        )
        .await?;
    rows.iter().map(|row| row.get("record_id")).collect()
}
