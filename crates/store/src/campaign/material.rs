//! The materials ledger (宣传资料台账).

use domain::Id;
use domain::campaign::material::{MaterialEntry, MaterialKind};
use domain::campaign::record::RecordStatus;
use jiff::Timestamp;

use crate::{Error, Read, Result, Row, Tx, args, new_id, word};

/// An entry as stored, with what a page shows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Material {
    pub material_entry_id: Id,
    pub campaign_id: Id,
    pub entry: MaterialEntry,
    pub status: RecordStatus,
    pub person_id: Id,
    pub created_at: Timestamp,
    pub version: i64,
    /// The short name of the unit.
    pub unit_name: String,
    /// The title of the activity; empty for none.
    pub activity_title: String,
}

/// Which entries to list; empty for all.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub kind: String,
    pub unit_id: String,
    pub activity_id: String,
    /// Words of title or place.
    pub words: String,
    pub with_withdrawn: bool,
}

const OWN: &str = "material_entry_id, campaign_id, activity_id, unit_id, kind, title, printed, handed_out, is_estimate, place, happened_on, \
                   is_in_record, note, status, person_id, created_at, version";
const LISTED: &str = "select material_entry_id, material_entry.campaign_id, material_entry.activity_id, material_entry.unit_id, \
       material_entry.kind, material_entry.title, printed, handed_out, is_estimate, place, happened_on, is_in_record, note, \
       material_entry.status, material_entry.person_id, material_entry.created_at, material_entry.version, \
       unit.short_name as unit_name, coalesce(activity.title, '') as activity_title \
     from material_entry join unit on unit.unit_id = material_entry.unit_id \
       left join activity on activity.activity_id = material_entry.activity_id";

fn material(row: &Row) -> Result<Material> {
    let kind: String = row.get("kind")?;
    Ok(Material {
        material_entry_id: row.get("material_entry_id")?,
        campaign_id: row.get("campaign_id")?,
        entry: MaterialEntry {
            unit_id: row.get("unit_id")?,
            activity_id: row.get("activity_id")?,
            kind: MaterialKind::from_code(&kind).ok_or_else(|| Error::internal(format_args!("no kind {kind:?}")))?,
            title: row.get("title")?,
            printed: row.get("printed")?,
            handed_out: row.get("handed_out")?,
            is_estimate: row.get("is_estimate")?,
            place: row.get("place")?,
            happened_on: row.get("happened_on")?,
            is_in_record: row.get("is_in_record")?,
            note: row.get("note")?,
        },
        status: row.word("status")?,
        person_id: row.get("person_id")?,
        created_at: row.get("created_at")?,
        version: row.get("version")?,
        unit_name: String::new(),
        activity_title: String::new(),
    })
}

fn listed(row: &Row) -> Result<Material> {
    let material = material(row)?;
    Ok(Material { unit_name: row.get("unit_name")?, activity_title: row.get("activity_title")?, ..material })
}

/// The entry.
pub async fn get(tx: &Read, material_entry_id: &Id) -> Result<Material> {
    let sql = format!("{LISTED} where material_entry_id = $1");
    listed(&tx.get(&sql, args![material_entry_id]).await?)
}

/// The entries of a campaign, the newest day first.
pub async fn list(tx: &Read, campaign_id: &Id, filter: &Filter, limit: i64) -> Result<Vec<Material>> {
    let sql = format!(
        "{LISTED} where material_entry.campaign_id = $1 and ($2 = '' or material_entry.kind = $2)
           and ($3 = '' or material_entry.unit_id = $3) and ($4 = '' or material_entry.activity_id = $4)
           and ($5 = '' or material_entry.title like $6 or place like $6) and (material_entry.status = 'kept' or $7 = 1)
         order by happened_on desc, material_entry_id desc limit $8"
    );
    let like = format!("%{}%", filter.words.replace(['%', '_'], ""));
    let arguments = args![
        campaign_id,
        filter.kind,
        filter.unit_id,
        filter.activity_id,
        filter.words,
        like,
        filter.with_withdrawn,
        limit
    ];
    tx.list(&sql, arguments).await?.iter().map(listed).collect()
}

/// Copies that kept records of an activity report themselves: a warning where both would be counted.
pub async fn copies_in_records(tx: &Read, activity_id: &Id) -> Result<i64> {
    tx.count(
        "select cast(coalesce(sum(value), 0) as bigint) as n from record_figure
         where activity_id = $1 and is_counted = 1 and indicator = 'material_copies'
           and campaign_id = (select campaign_id from activity where activity.activity_id = $1)",
        args![activity_id],
    )
    .await
}

/// Creates an entry; `None` when one with the same client key is there already.
pub async fn insert(
    tx: &Tx,
    campaign_id: &Id,
    entry: &MaterialEntry,
    client_key: &str,
    person_id: &Id,
    at: Timestamp,
) -> Result<Option<Material>> {
    let sql = format!(
        "insert into material_entry ({OWN}, client_key)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'kept', $14, $15, 1, $16)
         on conflict (client_key) do nothing returning {OWN}"
    );
    let arguments = args![
        new_id(),
        campaign_id,
        entry.activity_id,
        entry.unit_id,
        entry.kind.code(),
        entry.title,
        entry.printed,
        entry.handed_out,
        entry.is_estimate,
        entry.place,
        entry.happened_on,
        entry.is_in_record,
        entry.note,
        person_id,
        at,
        client_key
    ];
    tx.find(&sql, arguments).await?.as_ref().map(material).transpose()
}

/// Loads an entry that will change. With `version`, refuses as stale what was changed since the page was rendered.
pub async fn lock(tx: &Tx, material_entry_id: &Id, version: Option<i64>) -> Result<Material> {
    let sql = format!("update material_entry set version = version + 1 where material_entry_id = $1 returning {OWN}");
    let material = material(&tx.get(&sql, args![material_entry_id]).await?)?;
    match version {
        Some(version) if version + 1 != material.version => Err(Error::Stale),
        _ => Ok(material),
    }
}

/// Saves an entry that was loaded by [`lock`].
pub async fn save(tx: &Tx, material: &Material) -> Result<()> {
    let entry = &material.entry;
    tx.run_one(
        "update material_entry set activity_id = $3, unit_id = $4, kind = $5, title = $6, printed = $7, handed_out = $8,
           is_estimate = $9, place = $10, happened_on = $11, is_in_record = $12, note = $13, status = $14
         where material_entry_id = $1 and version = $2",
        args![
            material.material_entry_id,
            material.version,
            entry.activity_id,
            entry.unit_id,
            entry.kind.code(),
            entry.title,
            entry.printed,
            entry.handed_out,
            entry.is_estimate,
            entry.place,
            entry.happened_on,
            entry.is_in_record,
            entry.note,
            word(&material.status)
        ],
    )
    .await
}
