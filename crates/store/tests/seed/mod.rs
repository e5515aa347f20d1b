//! What the tests of a running campaign stand on: two units, a person, a published campaign with its notice.

use domain::Id;
use domain::unit::{Role, UnitKind};
use jiff::Timestamp;
use store::{Result, Tx, args, new_id, person, unit};

/// Two units of one kind, and an officer of the first.
pub async fn people(tx: &Tx, names: [&str; 2], kind: UnitKind, at: Timestamp) -> Result<(Vec<Id>, Id)> {
    let mut units = Vec::new();
    for (sort_key, name) in (1..).zip(names) {
        let (name, short_name) = (name.to_owned(), name.to_owned());
        let new = unit::NewUnit { parent_id: None, name, short_name, kind, sort_key };
        units.push(unit::insert(tx, &new, at).await?.unit_id);
    }
    let new = person::NewPerson {
        unit_id: units.first().cloned().unwrap_or_else(new_id),
        login: "ding".to_owned(),
        name: "丁某".to_owned(),
        role: Role::Officer,
        password_hash: String::new(),
        must_change_password: false,
    };
    let person_id = person::insert(tx, &new, at).await?.person_id;
    Ok((units, person_id))
}

/// A published campaign of that year and the notice it came from: campaign, notice.
pub async fn campaign(tx: &Tx, year: i16, source: &str, person_id: &Id, at: Timestamp) -> Result<(Id, Id)> {
    let (notice_id, campaign_id) = (new_id(), new_id());
    tx.run(
        "insert into notice (notice_id, title, file_name, sha256, media_type, source, created_at, person_id)
         values ($1, '通知', '通知.txt', '', 'text/plain', $2, $3, $4)",
        args![notice_id, source, at, person_id],
    )
    .await?;
    tx.run(
        "insert into campaign (campaign_id, notice_id, title, year, theme, status, plan, read_plan, starts_on, ends_on,
           feed_secret, published_at, created_at, version)
         values ($1, $2, '3·15 活动', $3, null, 'published', '{}', '{}', $4, null, 'campaignsecret', $5, $5, 1)",
        args![campaign_id, notice_id, i64::from(year), format!("{year}-03-01"), at],
    )
    .await?;
    Ok((campaign_id, notice_id))
}
