//! Full-text search of complaints: our own two-character pieces in FTS5 and in tsvector + GIN, in the same transaction as the data.
//!
//! The one place beside the door that speaks to each engine in its own words. The tables hold nothing that is not in `complaint`,
//! so they are made when the database is opened and can be filled again; no migration knows them.

use domain::complaint::similar::bigrams;

use crate::db::EngineKind;
use crate::{Read, Result, Tx, args};

/// Made when the database is opened.
pub(crate) const SQLITE: &str = "create virtual table if not exists complaint_search using fts5
  (words, content = '', contentless_delete = 1, detail = none, tokenize = \"unicode61 remove_diacritics 0\")";

/// Made when the database is opened.
pub(crate) const POSTGRES: &str =
    "create table if not exists complaint_search (ordinal bigint primary key, words tsvector not null);
  create index if not exists complaint_search_words on complaint_search using gin (words)";

/// Makes a complaint findable by its words.
pub(crate) async fn insert(tx: &Tx, ordinal: i64, text: &str) -> Result<()> {
    let words = bigrams(text).join(" ");
    match tx.engine() {
        EngineKind::Sqlite => {
            tx.run("insert into complaint_search (rowid, words) values ($1, $2)", args![ordinal, words]).await.map(drop)
        }
        EngineKind::Postgres => tx
            .run(
                "insert into complaint_search (ordinal, words) values ($1, array_to_tsvector(array_remove(string_to_array(cast($2 as text), ' '), '')))",
                args![ordinal, words],
            )
            .await
            .map(drop),
    }
}

/// Takes it out again, before its words change.
pub(crate) async fn remove(tx: &Tx, ordinal: i64) -> Result<()> {
    let sql = match tx.engine() {
        EngineKind::Sqlite => "delete from complaint_search where rowid = $1",
        EngineKind::Postgres => "delete from complaint_search where ordinal = $1",
    };
    tx.run(sql, args![ordinal]).await.map(drop)
}

/// The ordinals of the complaints that hold every piece of `text`, the newest first, those before `before` only.
pub(crate) async fn find(tx: &Read, text: &str, before: i64, limit: i64) -> Result<Vec<i64>> {
    let pieces = bigrams(text);
    if pieces.is_empty() {
        return Ok(Vec::new());
    }
    let (sql, query) = match tx.engine() {
        EngineKind::Sqlite => (
            "select rowid as ordinal from complaint_search where complaint_search match $1 and rowid < $2
             order by rowid desc limit $3",
            pieces.iter().map(|it| format!("\"{it}\"")).collect::<Vec<_>>().join(" "),
        ),
        EngineKind::Postgres => (
            "select ordinal from complaint_search where words @@ cast(cast($1 as text) as tsquery) and ordinal < $2
             order by ordinal desc limit $3",
            pieces.iter().map(|it| format!("'{it}'")).collect::<Vec<_>>().join(" & "),
        ),
    };
    let rows = tx.list(sql, args![query, before, limit]).await?;
    rows.iter().map(|row| row.get("ordinal")).collect()
}
