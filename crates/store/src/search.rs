//! Full-text search of complaints: our own two-character pieces in FTS5 and in tsvector + GIN, in the same transaction as the data.
//!
//! The one place beside the door that speaks to each engine in its own words. The tables hold nothing that is not in `complaint`,
//! so they are made when the database is opened and can be filled again; no migration knows them.
//!
//! What people write names people. So the pieces stand in the index as keyed hashes: who has the file without the key can neither
//! read them nor look for a word.

use domain::complaint::similar::bigrams;

use crate::db::EngineKind;
use crate::{Read, Result, Tx, args};

/// Made when the database is opened; an index of the words themselves, as it once was, goes.
pub(crate) const SQLITE: [&str; 2] = [
    "drop table if exists complaint_search",
    "create virtual table if not exists complaint_piece using fts5
  (pieces, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii')",
];

/// Made when the database is opened.
pub(crate) const POSTGRES: &str = "drop table if exists complaint_search;
  create table if not exists complaint_piece (ordinal bigint primary key, pieces tsvector not null);
  create index if not exists complaint_piece_pieces on complaint_piece using gin (pieces)";

/// Is nothing findable yet?
pub(crate) async fn is_empty(tx: &Read) -> Result<bool> {
    let sql = match tx.engine() {
        EngineKind::Sqlite => "select rowid as ordinal from complaint_piece limit 1",
        EngineKind::Postgres => "select ordinal from complaint_piece limit 1",
    };
    Ok(tx.find(sql, args![]).await?.is_none())
}

fn pieces_of(tx: &Read, text: &str) -> Vec<String> {
    bigrams(text).iter().map(|it| tx.keys().piece(it)).collect()
}

/// Makes a complaint findable by its words.
pub(crate) async fn insert(tx: &Tx, ordinal: i64, text: &str) -> Result<()> {
    let pieces = pieces_of(tx, text).join(" ");
    match tx.engine() {
        EngineKind::Sqlite => {
            tx.run("insert into complaint_piece (rowid, pieces) values ($1, $2)", args![ordinal, pieces]).await.map(drop)
        }
        EngineKind::Postgres => tx
            .run(
                "insert into complaint_piece (ordinal, pieces) values ($1, array_to_tsvector(array_remove(string_to_array(cast($2 as text), ' '), '')))",
                args![ordinal, pieces],
            )
            .await
            .map(drop),
    }
}

/// Takes it out again, before its words change.
pub(crate) async fn remove(tx: &Tx, ordinal: i64) -> Result<()> {
    let sql = match tx.engine() {
        EngineKind::Sqlite => "delete from complaint_piece where rowid = $1",
        EngineKind::Postgres => "delete from complaint_piece where ordinal = $1",
    };
    tx.run(sql, args![ordinal]).await.map(drop)
}

/// The ordinals of the complaints that hold every piece of `text`, the newest first, those before `before` only.
pub(crate) async fn find(tx: &Read, text: &str, before: i64, limit: i64) -> Result<Vec<i64>> {
    let pieces = pieces_of(tx, text);
    if pieces.is_empty() {
        return Ok(Vec::new());
    }
    let (sql, query) = match tx.engine() {
        EngineKind::Sqlite => (
            "select rowid as ordinal from complaint_piece where complaint_piece match $1 and rowid < $2
             order by rowid desc limit $3",
            pieces.iter().map(|it| format!("\"{it}\"")).collect::<Vec<_>>().join(" "),
        ),
        EngineKind::Postgres => (
            "select ordinal from complaint_piece where pieces @@ cast(cast($1 as text) as tsquery) and ordinal < $2
             order by ordinal desc limit $3",
            pieces.iter().map(|it| format!("'{it}'")).collect::<Vec<_>>().join(" & "),
        ),
    };
    let rows = tx.list(sql, args![query, before, limit]).await?;
    rows.iter().map(|row| row.get("ordinal")).collect()
}
