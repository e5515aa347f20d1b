//! One statement: its values go in by name, its rows come out with the names of their columns.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql};

use super::error;
use crate::db::PREPARED;
use crate::{Error, Result, Row, Value};

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(n) => ValueRef::Integer(*n),
            Value::Real(x) => ValueRef::Real(*x),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

/// `$1` is a name to SQLite and is numbered by its first occurrence; so it is bound by name.
fn bind(statement: &mut rusqlite::Statement<'_>, sql: &str, args: &[Value]) -> Result<()> {
    if statement.parameter_count() != args.len() {
        let n = statement.parameter_count();
        return Err(Error::internal(format_args!("{n} parameters but {} arguments: {sql}", args.len())));
    }
    for at in 1..=args.len() {
        let Some(name) = statement.parameter_name(at) else {
            return Err(Error::internal(format_args!("parameters are written $1, $2, …: {sql}")));
        };
        let value =
            name.strip_prefix('$').and_then(|n| n.parse::<usize>().ok()).and_then(|n| args.get(n.wrapping_sub(1)));
        let Some(value) = value else {
            return Err(Error::internal(format_args!("no argument for {name}: {sql}")));
        };
        statement.raw_bind_parameter(at, value).map_err(|e| error(&e, sql))?;
    }
    Ok(())
}

pub(in crate::db) fn execute(conn: &Connection, sql: &str, args: &[Value]) -> Result<u64> {
    let mut statement = conn.prepare_cached(sql).map_err(|e| error(&e, sql))?;
    bind(&mut statement, sql, args)?;
    statement.raw_execute().map(|n| u64::try_from(n).unwrap_or(0)).map_err(|e| error(&e, sql))
}

pub(in crate::db) fn query(conn: &Connection, sql: &str, args: &[Value]) -> Result<Vec<Row>> {
    let mut statement = conn.prepare_cached(sql).map_err(|e| error(&e, sql))?;
    bind(&mut statement, sql, args)?;
    let columns = columns_of(&statement, sql);
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(|e| error(&e, sql))? {
        let mut values = Vec::with_capacity(columns.len());
        for at in 0..columns.len() {
            values.push(match row.get_ref(at).map_err(|e| error(&e, sql))? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(n) => Value::Int(n),
                ValueRef::Real(x) => Value::Real(x),
                ValueRef::Text(bytes) => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
                ValueRef::Blob(_) => return Err(Error::internal(format_args!("a blob: {sql}"))),
            });
        }
        found.push(Row { columns: Arc::clone(&columns), values });
    }
    Ok(found)
}

/// The names of the columns, made once for a statement: a case has a dozen of them, and a page asks for many cases.
fn columns_of(statement: &rusqlite::Statement<'_>, sql: &str) -> Arc<[String]> {
    thread_local! {
        static KNOWN: RefCell<HashMap<String, Arc<[String]>>> = RefCell::default();
    }
    KNOWN.with_borrow_mut(|known| {
        if let Some(columns) = known.get(sql).filter(|it| it.len() == statement.column_count()) {
            return Arc::clone(columns);
        }
        let columns: Arc<[String]> = statement.column_names().map(str::to_owned).collect();
        // As many as a connection keeps prepared; the lists with chosen conditions have many texts.
        if known.len() >= PREPARED {
            known.clear();
        }
        known.insert(sql.to_owned(), Arc::clone(&columns));
        columns
    })
}
