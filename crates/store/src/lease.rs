//! A lease (租约): of several processes on one database, one does the background work until a moment; then another may.

use jiff::Timestamp;

use crate::{Result, Tx, args};

/// Takes the lease, or keeps it. `false` while another holder has it.
pub async fn take(tx: &Tx, name: &str, holder: &str, now: Timestamp, until: Timestamp) -> Result<bool> {
    let sql = "insert into background_lease (background_lease_id, holder, until_at) values ($1, $2, $3)
               on conflict (background_lease_id) do update set holder = excluded.holder, until_at = excluded.until_at
                 where background_lease.holder = excluded.holder or background_lease.until_at <= $4
               returning holder";
    Ok(tx.find(sql, args![name, holder, until, now]).await?.is_some())
}
