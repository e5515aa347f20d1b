//! Which cases are tip-offs (举报): for pages that must keep what tells of one (第三十七条).

use std::collections::BTreeSet;

use domain::Id;

use crate::{Read, Result, ToValue, Value};

/// Which of these cases are tip-offs.
pub async fn among(tx: &Read, complaint_ids: BTreeSet<Id>) -> Result<BTreeSet<Id>> {
    let mut found = BTreeSet::new();
    let ids: Vec<Value> = complaint_ids.iter().map(|it| it.to_value()).collect();
    for piece in ids.chunks(100) {
        let places: Vec<String> = (1..=piece.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "select complaint_id from complaint where kind = 'report' and complaint_id in ({})",
            places.join(", ")
        );
        for row in tx.list(&sql, piece).await? {
            found.insert(row.get("complaint_id")?);
        }
    }
    Ok(found)
}
