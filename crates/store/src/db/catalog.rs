//! What the engines say about themselves: tables, columns, soundness. Each has its own words for it, so it is part of the door.

use super::{Conn, Read};
use crate::{Result, args};

/// One column as both engines describe it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Column {
    pub table: String,
    pub name: String,
    /// `text`, `bigint` or `double precision`.
    pub kind: String,
    pub is_optional: bool,
}

impl Read {
    /// Every column of ours, ordered by table and name.
    pub async fn columns(&self) -> Result<Vec<Column>> {
        let sql = match self.shared.conn {
            Conn::Sqlite(_) => {
                "select m.name as t, p.name as c, lower(p.type) as k, 1 - max(p.\"notnull\", p.pk > 0) as o
                 from sqlite_master m join pragma_table_info(m.name) p
                 where m.type = 'table' and m.name not like 'sqlite%' and m.name <> 'refinery_schema_history'
                   and m.name not like 'complaint_piece%'"
            }
            Conn::Postgres(_) => {
                "select cast(table_name as text) as t, cast(column_name as text) as c, cast(data_type as text) as k,
                   cast(case when is_nullable = 'YES' then 1 else 0 end as bigint) as o
                 from information_schema.columns
                 where table_schema = current_schema() and table_name <> 'refinery_schema_history'
                   and table_name not like 'complaint_piece%'"
            }
        };
        let rows = self.list(sql, args![]).await?;
        let mut columns = rows
            .iter()
            .map(|row| {
                Ok(Column {
                    table: row.get("t")?,
                    name: row.get("c")?,
                    kind: row.get("k")?,
                    is_optional: row.get("o")?,
                })
            })
            .collect::<Result<Vec<Column>>>()?;
        columns.sort();
        Ok(columns)
    }

    /// Every table of ours and its number of rows.
    pub async fn tables(&self) -> Result<Vec<(String, i64)>> {
        let mut names: Vec<String> = self.columns().await?.into_iter().map(|column| column.table).collect();
        names.dedup();
        let mut tables = Vec::new();
        for name in names {
            let n = self.count(&format!("select count(*) as n from {name}"), args![]).await?;
            tables.push((name, n));
        }
        Ok(tables)
    }

    /// What is broken in the database file: nothing, one hopes. PostgreSQL has its own tools (`pg_amcheck`) and answers nothing.
    pub async fn integrity(&self) -> Result<Vec<String>> {
        if matches!(self.shared.conn, Conn::Postgres(_)) {
            return Ok(Vec::new());
        }
        let mut wrong = Vec::new();
        for row in self.list("select integrity_check as it from pragma_integrity_check", args![]).await? {
            wrong.push(row.get::<String>("it")?);
        }
        wrong.retain(|it| it != "ok");
        let sql = "select \"table\" as t, parent as p, count(*) as n from pragma_foreign_key_check group by 1, 2";
        for row in self.list(sql, args![]).await? {
            let (table, parent, n): (String, String, i64) = (row.get("t")?, row.get("p")?, row.get("n")?);
            wrong.push(format!("{table} 有 {n} 行指向不存在的 {parent}"));
        }
        Ok(wrong)
    }
}
