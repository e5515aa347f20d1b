//! Cases that belong together.

use domain::Id;

use super::case::{COLUMNS, Case, case};
use crate::{Read, Result, Tx, args};

/// Puts two cases side by side; the order does not matter.
pub async fn insert(tx: &Tx, one: &Id, other: &Id) -> Result<bool> {
    let (first, second) = if one < other { (one, other) } else { (other, one) };
    let sql = "insert into complaint_link (complaint_id, other_id) values ($1, $2) on conflict do nothing";
    Ok(tx.run(sql, args![first, second]).await? > 0)
}

/// The cases linked with this one.
pub async fn list(tx: &Read, complaint_id: &Id) -> Result<Vec<Case>> {
    let sql = format!(
        "select {COLUMNS} from complaint where complaint_id in (
           select other_id from complaint_link where complaint_id = $1 union select complaint_id from complaint_link where other_id = $1)
         order by ordinal"
    );
    tx.list(&sql, args![complaint_id]).await?.iter().map(|row| case(tx, row)).collect()
}
