//! Remembered mappings (列的对应): what the columns of somebody's list hold, known again by its heads.

use domain::Id;
use domain::complaint::mapping::{Mapping, head_key};
use jiff::Timestamp;

use crate::{Error, Read, Result, Row, Tx, args, json, new_id};

/// A mapping as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct ListMapping {
    pub list_mapping_id: Id,
    pub name: String,
    pub mapping: Mapping,
    pub changed_at: Timestamp,
    pub version: i64,
}

const COLUMNS: &str = "list_mapping_id, name, mapping, changed_at, version";

fn list_mapping(row: &Row) -> Result<ListMapping> {
    Ok(ListMapping {
        list_mapping_id: row.get("list_mapping_id")?,
        name: row.get("name")?,
        mapping: row.json("mapping")?,
        changed_at: row.get("changed_at")?,
        version: row.get("version")?,
    })
}

/// Every mapping, the last changed first.
pub async fn list(tx: &Read) -> Result<Vec<ListMapping>> {
    let sql = format!("select {COLUMNS} from list_mapping order by changed_at desc, list_mapping_id");
    tx.list(&sql, args![]).await?.iter().map(list_mapping).collect()
}

/// The mapping of that name.
pub async fn find_by_name(tx: &Read, name: &str) -> Result<Option<ListMapping>> {
    let sql = format!("select {COLUMNS} from list_mapping where name = $1");
    tx.find(&sql, args![name]).await?.as_ref().map(list_mapping).transpose()
}

/// The mapping of a list with these heads.
pub async fn find_by_heads(tx: &Read, heads: &[String]) -> Result<Option<ListMapping>> {
    let sql = format!("select {COLUMNS} from list_mapping where head_key = $1");
    tx.find(&sql, args![head_key(heads)]).await?.as_ref().map(list_mapping).transpose()
}

/// The mapping, loaded to be changed.
pub async fn lock(tx: &Tx, list_mapping_id: &Id) -> Result<ListMapping> {
    let sql = format!("update list_mapping set version = version + 1 where list_mapping_id = $1 returning {COLUMNS}");
    list_mapping(&tx.get(&sql, args![list_mapping_id]).await?)
}

/// Remembers what the columns of a list with these heads hold; what was remembered of them before is replaced.
pub async fn save(
    tx: &Tx,
    name: &str,
    mapping: &Mapping,
    person_id: Option<&Id>,
    at: Timestamp,
) -> Result<ListMapping> {
    let sql = format!(
        "insert into list_mapping (list_mapping_id, name, head_key, mapping, person_id, changed_at, version)
         values ($1, $2, $3, $4, $5, $6, 1)
         on conflict (head_key) do update set name = excluded.name, mapping = excluded.mapping,
           person_id = excluded.person_id, changed_at = excluded.changed_at, version = list_mapping.version + 1
         returning {COLUMNS}"
    );
    let arguments = args![new_id(), name, head_key(&mapping.heads), json(mapping)?, person_id, at];
    list_mapping(&tx.get(&sql, arguments).await?)
}

/// Gives a mapping that was loaded by [`lock`] another name.
pub async fn rename(tx: &Tx, list_mapping_id: &Id, name: &str, at: Timestamp) -> Result<()> {
    let sql = "update list_mapping set name = $2, changed_at = $3 where list_mapping_id = $1";
    tx.run_one(sql, args![list_mapping_id, name, at]).await
}

/// Forgets a mapping.
pub async fn delete(tx: &Tx, list_mapping_id: &Id) -> Result<()> {
    match tx.run("delete from list_mapping where list_mapping_id = $1", args![list_mapping_id]).await? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}
