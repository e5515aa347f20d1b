//! The classification as a bureau has edited it. A node goes out of use on a day; it is never deleted.

use domain::complaint::category::{Category, CategorySide};
use jiff::civil::Date;

use crate::{Error, Read, Result, Row, Tx, args};

fn category(row: &Row) -> Result<Category> {
    let side: String = row.get("side")?;
    Ok(Category {
        code: row.get("code")?,
        side: CategorySide::from_code(&side).ok_or_else(|| Error::internal(format_args!("no side {side:?}")))?,
        parent: row.get("parent")?,
        name: row.get("name")?,
        platform_name: row.get("platform_name")?,
        is_active: row.get("is_active")?,
    })
}

/// Every node, also those out of use, tree by tree.
pub async fn list(tx: &Read) -> Result<Vec<Category>> {
    let sql = "select code, side, parent, name, platform_name, is_active from complaint_category
               order by case side when 'goods' then 0 when 'service' then 1 else 2 end, sort_key, code";
    tx.list(sql, args![]).await?.iter().map(category).collect()
}

/// Adds a node or changes one. Changing the use of a node notes the day.
pub async fn save(tx: &Tx, node: &Category, on: Date) -> Result<()> {
    let until = if node.is_active { None } else { Some(on) };
    tx.run(
        "insert into complaint_category (code, side, parent, name, platform_name, sort_key, is_active, valid_from, valid_until, version)
         values ($1, $2, $3, $4, $5, 50, $6, $7, $8, 1)
         on conflict (code) do update set name = excluded.name, platform_name = excluded.platform_name,
           is_active = excluded.is_active, valid_until = excluded.valid_until, version = complaint_category.version + 1",
        args![node.code, node.side.code(), node.parent, node.name, node.platform_name, node.is_active, on, until],
    )
    .await
    .map(drop)
}
