//! Views of the queue that people keep under a name.

use domain::Id;
use domain::unit::Actor;
use jiff::Timestamp;

use crate::{Error, Read, Result, Row, Tx, args, new_id};

/// A view as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    pub complaint_view_id: Id,
    pub person_id: Id,
    pub person_name: String,
    pub name: String,
    /// The query of the list.
    pub query: String,
    /// Everybody in the unit sees it.
    pub is_shared: bool,
    /// What its owner sees first.
    pub is_default: bool,
}

fn view(row: &Row) -> Result<SavedView> {
    Ok(SavedView {
        complaint_view_id: row.get("complaint_view_id")?,
        person_id: row.get("person_id")?,
        person_name: row.get("person_name")?,
        name: row.get("name")?,
        query: row.get("query")?,
        is_shared: row.get("is_shared")?,
        is_default: row.get("is_default")?,
    })
}

/// The views of a person, and those shared in the person's unit.
pub async fn list(tx: &Read, actor: &Actor) -> Result<Vec<SavedView>> {
    let sql = "select complaint_view_id, complaint_view.person_id, person.name as person_name, complaint_view.name, query, is_shared, is_default
               from complaint_view join person on person.person_id = complaint_view.person_id
               where complaint_view.person_id = $1 or (is_shared = 1 and complaint_view.unit_id = $2)
               order by complaint_view.name, complaint_view_id";
    tx.list(sql, args![actor.person_id, actor.unit_id]).await?.iter().map(view).collect()
}

/// Keeps a view; one of the same name and person is replaced.
pub async fn save(tx: &Tx, actor: &Actor, name: &str, query: &str, is_shared: bool, at: Timestamp) -> Result<()> {
    let sql = "insert into complaint_view (complaint_view_id, person_id, unit_id, name, query, is_shared, is_default, made_at)
               values ($1, $2, $3, $4, $5, $6, 0, $7)
               on conflict (person_id, name) do update set query = excluded.query, is_shared = excluded.is_shared, unit_id = excluded.unit_id";
    tx.run_one(sql, args![new_id(), actor.person_id, actor.unit_id, name, query, is_shared, at]).await
}

/// Makes one view of a person the first to be seen, or none.
pub async fn make_default(tx: &Tx, actor: &Actor, complaint_view_id: Option<&Id>) -> Result<()> {
    tx.run("update complaint_view set is_default = 0 where person_id = $1", args![actor.person_id]).await?;
    if let Some(id) = complaint_view_id {
        let sql = "update complaint_view set is_default = 1 where complaint_view_id = $1 and person_id = $2";
        if tx.run(sql, args![id, actor.person_id]).await? == 0 {
            return Err(Error::NotFound);
        }
    }
    Ok(())
}

/// Removes a view of this person.
pub async fn remove(tx: &Tx, actor: &Actor, complaint_view_id: &Id) -> Result<()> {
    let sql = "delete from complaint_view where complaint_view_id = $1 and person_id = $2";
    match tx.run(sql, args![complaint_view_id, actor.person_id]).await? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}
