//! Units (单位), their tree and their other names.

use std::collections::{BTreeMap, BTreeSet};

use domain::Id;
use domain::unit::UnitKind;
use jiff::Timestamp;

use crate::{Error, Read, Result, Row, Tx, args, new_id, word};

/// A unit as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub unit_id: Id,
    pub parent_id: Option<Id>,
    pub name: String,
    /// What the pages show where room is short.
    pub short_name: String,
    pub kind: UnitKind,
    pub sort_key: i64,
    pub is_active: bool,
    pub created_at: Timestamp,
    pub version: i64,
}

/// A unit to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUnit {
    pub parent_id: Option<Id>,
    pub name: String,
    pub short_name: String,
    pub kind: UnitKind,
    pub sort_key: i64,
}

const COLUMNS: &str = "unit_id, parent_id, name, short_name, kind, sort_key, is_active, created_at, version";

fn unit(row: &Row) -> Result<Unit> {
    Ok(Unit {
        unit_id: row.get("unit_id")?,
        parent_id: row.get("parent_id")?,
        name: row.get("name")?,
        short_name: row.get("short_name")?,
        kind: row.word("kind")?,
        sort_key: row.get("sort_key")?,
        is_active: row.get("is_active")?,
        created_at: row.get("created_at")?,
        version: row.get("version")?,
    })
}

/// The unit, if there is one.
pub async fn find(tx: &Read, unit_id: &Id) -> Result<Option<Unit>> {
    let sql = format!("select {COLUMNS} from unit where unit_id = $1");
    tx.find(&sql, args![unit_id]).await?.as_ref().map(unit).transpose()
}

/// The unit.
pub async fn get(tx: &Read, unit_id: &Id) -> Result<Unit> {
    find(tx, unit_id).await?.ok_or(Error::NotFound)
}

/// Every unit, also those out of use, in the order of the sort key.
pub async fn list(tx: &Read) -> Result<Vec<Unit>> {
    let sql = format!("select {COLUMNS} from unit order by sort_key, unit_id");
    tx.list(&sql, args![]).await?.iter().map(unit).collect()
}

/// How many units are in use.
pub async fn count(tx: &Read) -> Result<i64> {
    tx.count("select count(*) as n from unit where is_active = 1", args![]).await
}

/// The unit of that name, short name or other name; `None` as well when two are meant by it.
pub async fn find_by_name(tx: &Read, name: &str) -> Result<Option<Unit>> {
    let sql = format!(
        "select {COLUMNS} from unit where name = $1 or short_name = $1
           or exists (select 1 from unit_alias where unit_alias.unit_id = unit.unit_id and alias = $1)
         order by case when name = $1 then 0 else 1 end, sort_key limit 2"
    );
    let found: Vec<Unit> = tx.list(&sql, args![name]).await?.iter().map(unit).collect::<Result<_>>()?;
    match found.as_slice() {
        [only] => Ok(Some(only.clone())),
        [first, ..] if first.name == name => Ok(Some(first.clone())),
        _ => Ok(None),
    }
}

/// The unit and every unit below it.
pub async fn subtree(tx: &Read, unit_id: &Id) -> Result<BTreeSet<Id>> {
    let rows = tx
        .list(
            "with recursive below (unit_id) as (
               select unit_id from unit where unit_id = $1
               union
               select unit.unit_id from unit join below on unit.parent_id = below.unit_id
             )
             select unit_id from below",
            args![unit_id],
        )
        .await?;
    rows.iter().map(|row| row.get("unit_id")).collect()
}

/// Loads a unit that will change. With `version`, refuses as stale what was changed since the page was rendered.
pub async fn lock(tx: &Tx, unit_id: &Id, version: Option<i64>) -> Result<Unit> {
    let sql = format!("update unit set version = version + 1 where unit_id = $1 returning {COLUMNS}");
    let unit = unit(&tx.get(&sql, args![unit_id]).await?)?;
    match version {
        Some(version) if version + 1 != unit.version => Err(Error::Stale),
        _ => Ok(unit),
    }
}

/// Creates a unit.
pub async fn insert(tx: &Tx, new: &NewUnit, at: Timestamp) -> Result<Unit> {
    let sql = format!("insert into unit ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, 1, $7, 1) returning {COLUMNS}");
    let arguments = args![new_id(), new.parent_id, new.name, new.short_name, word(&new.kind), new.sort_key, at];
    unit(&tx.get(&sql, arguments).await?)
}

/// Saves a unit that was loaded by [`lock`].
pub async fn save(tx: &Tx, unit: &Unit) -> Result<()> {
    if let Some(parent_id) = &unit.parent_id
        && subtree(tx, &unit.unit_id).await?.contains(parent_id)
    {
        // A unit cannot stand below itself.
        return Err(Error::Conflict { table: "unit".to_owned(), column: "parent_id".to_owned() });
    }
    tx.run_one(
        "update unit set parent_id = $3, name = $4, short_name = $5, kind = $6, sort_key = $7, is_active = $8
         where unit_id = $1 and version = $2",
        args![
            unit.unit_id,
            unit.version,
            unit.parent_id,
            unit.name,
            unit.short_name,
            word(&unit.kind),
            unit.sort_key,
            unit.is_active
        ],
    )
    .await
}

/// The other names of every unit.
pub async fn list_aliases(tx: &Read) -> Result<BTreeMap<Id, Vec<String>>> {
    let mut aliases: BTreeMap<Id, Vec<String>> = BTreeMap::new();
    for row in tx.list("select unit_id, alias from unit_alias order by unit_id, alias", args![]).await? {
        aliases.entry(row.get("unit_id")?).or_default().push(row.get("alias")?);
    }
    Ok(aliases)
}

/// Adds another name; adding it twice changes nothing.
pub async fn insert_alias(tx: &Tx, unit_id: &Id, alias: &str) -> Result<()> {
    tx.run(
        "insert into unit_alias (unit_id, alias) values ($1, $2) on conflict (unit_id, alias) do nothing",
        args![unit_id, alias],
    )
    .await
    .map(drop)
}

/// Replaces all other names of a unit.
pub async fn save_aliases(tx: &Tx, unit_id: &Id, aliases: &[String]) -> Result<()> {
    tx.run("delete from unit_alias where unit_id = $1", args![unit_id]).await?;
    for alias in aliases {
        insert_alias(tx, unit_id, alias).await?;
    }
    Ok(())
}
