//! Papers from before they were sealed (decisions 17 and 18): names of files that stand open in their rows, and files that lie open on the
//! disk, are sealed in the background, a few at a time; a program that is stopped goes on where it was.
//!
//! What is written since is sealed as it is written, so the work ends for good. Events of before stay as they are: the chain of the log is
//! over what is stored.

use domain::Id;
use jiff::{SignedDuration, Timestamp};

use crate::event::{self, NewEvent};
use crate::{Db, Error, Read, Result, Row, Tx, args};

/// So long a plain file stays after the last row has left it.
const LEFT_FOR: SignedDuration = SignedDuration::from_hours(24);

/// A table with papers: its name, its key, what of it.
struct Table {
    name: &'static str,
    key: &'static str,
    condition: &'static str,
    place: fn(&Id) -> String,
}

const TABLES: &[Table] = &[
    Table { name: "complaint_file", key: "complaint_file_id", condition: "1 = 1", place: super::file::place },
    Table {
        name: "attachment",
        key: "attachment_id",
        condition: crate::attachment::IS_SEALED,
        place: crate::attachment::place,
    },
];

/// A paper that is looked at.
struct Paper {
    id: Id,
    sha256: String,
    file_name: String,
}

/// Seals the next papers. `true` while there is more to do at once.
///
/// # Errors
/// When the database or the disk cannot be read or written.
pub async fn go_on(db: &Db, now: Timestamp, limit: i64) -> Result<bool> {
    for table in TABLES {
        let Some((after, papers)) = db.read(async move |tx| next(&tx, table, limit).await).await? else { continue };
        let last = papers.last().map(|it| it.id.clone());
        let mut sealed = Vec::new();
        for paper in papers {
            let sha256 = match db.files().seal_kept(&paper.sha256).await {
                // Missing or damaged: `xiaobao verify` names it, and its name is sealed all the same.
                Err(Error::NotFound | Error::Unavailable(_)) => paper.sha256.clone(),
                other => other?,
            };
            sealed.push((paper, sha256));
        }
        db.write(async move |tx| save(&tx, table, (&after, last.as_ref()), &sealed, now).await).await?;
        return Ok(true);
    }
    let_go(db, now).await?;
    Ok(false)
}

/// The next papers of a table and after which they come; `None` when it is done.
async fn next(tx: &Read, table: &Table, limit: i64) -> Result<Option<(String, Vec<Paper>)>> {
    let sql = "select after_id, ended_at from complaint_sealing where complaint_sealing_id = $1";
    let after = match tx.find(sql, args![table.name]).await? {
        None => String::new(),
        Some(row) if row.get::<Option<String>>("ended_at")?.is_none() => row.get("after_id")?,
        Some(_) => return Ok(None),
    };
    let Table { name, key, condition, .. } = table;
    let sql = format!(
        "select {key} as id, sha256, file_name from {name} where {condition} and {key} > $1 order by {key} limit $2"
    );
    let paper = |row: &Row| -> Result<Paper> {
        Ok(Paper { id: row.get("id")?, sha256: row.get("sha256")?, file_name: row.get("file_name")? })
    };
    let papers = tx.list(&sql, args![after, limit]).await?.iter().map(paper).collect::<Result<Vec<_>>>()?;
    Ok(Some((after, papers)))
}

/// Writes what was sealed and how far it has come.
async fn save(
    tx: &Tx,
    table: &Table,
    (after, last): (&str, Option<&Id>),
    sealed: &[(Paper, String)],
    now: Timestamp,
) -> Result<()> {
    let Table { name, key, place, .. } = table;
    let set = format!("update {name} set sha256 = $2, file_name = $3 where {key} = $1 and sha256 = $4");
    let mut n = 0;
    for (before, sha256) in sealed {
        let file_name = match tx.keys().is_marked(&before.file_name) {
            true => before.file_name.clone(),
            false => tx.keys().seal_marked(&place(&before.id), &before.file_name)?,
        };
        if *sha256 == before.sha256 && file_name == before.file_name {
            continue;
        }
        n += 1;
        tx.run(&set, args![before.id, sha256, file_name, before.sha256]).await?;
        if *sha256 != before.sha256 {
            let left = "insert into complaint_sealing_left (sha256, left_at) values ($1, $2) on conflict do nothing";
            tx.run(left, args![before.sha256, now]).await?;
        }
    }
    let (reached, ended_at) = (last.map_or(after, Id::as_str), last.is_none().then_some(now));
    let row = tx
        .get(
            "insert into complaint_sealing (complaint_sealing_id, after_id, n_sealed, ended_at) values ($1, $2, $3, $4)
             on conflict (complaint_sealing_id) do update set after_id = excluded.after_id, ended_at = excluded.ended_at,
               n_sealed = complaint_sealing.n_sealed + excluded.n_sealed
             returning n_sealed",
            args![table.name, reached, n, ended_at],
        )
        .await?;
    let n_sealed: i64 = row.get("n_sealed")?;
    if last.is_none() && n_sealed > 0 {
        let papers = Id::from_text("complaint.papers");
        let done = NewEvent::by_program("setting", &papers, "papers_sealed", now);
        event::insert(tx, done.detail(serde_json::json!({ "份数": n_sealed })));
    }
    Ok(())
}

/// Lets plain files go that nobody names any more.
async fn let_go(db: &Db, now: Timestamp) -> Result<()> {
    let before = now.checked_sub(LEFT_FOR).map_err(Error::internal)?;
    let sql = "select sha256 from complaint_sealing_left where left_at < $1 limit 50";
    let old: Vec<String> = db
        .read(async move |tx| tx.list(sql, args![before]).await?.iter().map(|row| row.get("sha256")).collect())
        .await?;
    for sha256 in old {
        let asked = sha256.clone();
        let is_named = db
            .write(async move |tx| {
                let sql = "select (select count(*) from attachment where sha256 = $1)
                             + (select count(*) from notice where sha256 = $1)
                             + (select count(*) from complaint_file where sha256 = $1) as n";
                let n: i64 = tx.get(sql, args![asked]).await?.get("n")?;
                tx.run("delete from complaint_sealing_left where sha256 = $1", args![asked]).await?;
                Ok(n > 0)
            })
            .await?;
        if !is_named {
            db.files().let_go(&sha256).await?;
        }
    }
    Ok(())
}
