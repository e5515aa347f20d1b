//! Settings (设置): named texts that a department may change on a page.

use crate::{Error, Read, Result, Tx, args};

/// The setting's text and version.
pub async fn find(tx: &Read, name: &str) -> Result<Option<(String, i64)>> {
    let row = tx.find("select value, version from setting where name = $1", args![name]).await?;
    row.map(|row| Ok((row.get("value")?, row.get("version")?))).transpose()
}

/// The setting's text, or what stands for it until somebody sets it.
pub async fn get(tx: &Read, name: &str, otherwise: &str) -> Result<String> {
    Ok(find(tx, name).await?.map_or_else(|| otherwise.to_owned(), |(value, _)| value))
}

/// Every setting by name.
pub async fn list(tx: &Read) -> Result<Vec<(String, String)>> {
    let rows = tx.list("select name, value from setting order by name", args![]).await?;
    rows.iter().map(|row| Ok((row.get("name")?, row.get("value")?))).collect()
}

/// Sets it. With `version` (0 for a setting that was not there), refuses as stale what was changed since the page was rendered.
pub async fn save(tx: &Tx, name: &str, value: &str, version: Option<i64>) -> Result<()> {
    let row = tx
        .get(
            "insert into setting (name, value, version) values ($1, $2, 1)
             on conflict (name) do update set value = excluded.value, version = setting.version + 1
             returning version",
            args![name, value],
        )
        .await?;
    match version {
        Some(version) if version + 1 != row.get::<i64>("version")? => Err(Error::Stale),
        _ => Ok(()),
    }
}
