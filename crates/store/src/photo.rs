//! What photos say about themselves, by content.

use domain::evidence::photo::PhotoFacts;

use crate::{Read, Result, Tx, args};

/// Keeps the facts of a photo; the same photo again changes nothing.
pub async fn insert(tx: &Tx, sha256: &str, facts: &PhotoFacts) -> Result<()> {
    tx.run(
        "insert into photo_fact (sha256, width, height, taken_at, latitude, longitude, camera)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (sha256) do nothing",
        args![
            sha256,
            facts.width,
            facts.height,
            facts.taken_at.map(|it| it.to_string()),
            facts.latitude,
            facts.longitude,
            facts.camera
        ],
    )
    .await
    .map(drop)
}

/// The facts of a photo, if it is one.
pub async fn find(tx: &Read, sha256: &str) -> Result<Option<PhotoFacts>> {
    let sql = "select width, height, taken_at, latitude, longitude, camera from photo_fact where sha256 = $1";
    let Some(row) = tx.find(sql, args![sha256]).await? else { return Ok(None) };
    let taken_at: Option<String> = row.get("taken_at")?;
    Ok(Some(PhotoFacts {
        width: row.get("width")?,
        height: row.get("height")?,
        taken_at: taken_at.and_then(|it| it.parse().ok()),
        latitude: row.get("latitude")?,
        longitude: row.get("longitude")?,
        camera: row.get("camera")?,
    }))
}
