//! Papers from before they were sealed (decisions 17 and 18): names of files that stand open in their rows, and files that lie open on the
//! disk, are sealed in the background, a few at a time; a program that is stopped goes on where it was.
//!
//! What is written since is sealed as it is written, so the work ends for good. Events of before stay as they are: the chain of the log is
//! over what is stored.

use domain::Id;
use jiff::{SignedDuration, Timestamp};

use crate::event::{self, NewEvent};
use crate::{Db, Error, Read, Result, Row, Tx, args, attachment, lease};

/// So long a plain file stays after the last row has left it, and after the last upload of the same bytes.
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
/// When the database or the disk cannot be read or written: nothing of the round counts as done, and the next one tries again.
pub async fn go_on(db: &Db, now: Timestamp, limit: i64) -> Result<bool> {
    for table in TABLES {
        let Some((after, papers)) = db.read(async move |tx| next(&tx, table, limit).await).await? else { continue };
        let last = papers.last().map(|it| it.id.clone());
        let mut looked_at = Vec::new();
        for paper in papers {
            let sha256 = db.files().seal_kept(&paper.sha256).await?;
            looked_at.push((paper, sha256));
        }
        db.write(async move |tx| save(&tx, table, (&after, last.as_ref()), &looked_at, now).await).await?;
        return Ok(true);
    }
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

/// Writes what was sealed and how far it has come. What is missing or damaged is passed over, with its name sealed: `xiaobao verify` names it,
/// and the event at the end tells how many those are.
async fn save(
    tx: &Tx,
    table: &Table,
    (after, last): (&str, Option<&Id>),
    looked_at: &[(Paper, Option<String>)],
    now: Timestamp,
) -> Result<()> {
    let Table { name, key, place, .. } = table;
    let set = format!("update {name} set sha256 = $2, file_name = $3 where {key} = $1 and sha256 = $4");
    let (mut n_sealed, mut n_passed) = (0_i64, 0_i64);
    for (before, sealed) in looked_at {
        n_passed += i64::from(sealed.is_none());
        let sha256 = sealed.as_ref().unwrap_or(&before.sha256);
        let file_name = match tx.keys().is_marked(&before.file_name) {
            true => before.file_name.clone(),
            false => tx.keys().seal_marked(&place(&before.id), &before.file_name)?,
        };
        if *sha256 == before.sha256 && file_name == before.file_name {
            continue;
        }
        n_sealed += i64::from(sealed.is_some());
        tx.run(&set, args![before.id, sha256, file_name, before.sha256]).await?;
        if *sha256 != before.sha256 {
            let left = "insert into complaint_sealing_left (sha256, left_at) values ($1, $2) on conflict do nothing";
            tx.run(left, args![before.sha256, now]).await?;
        }
    }
    let (reached, ended_at) = (last.map_or(after, Id::as_str), last.is_none().then_some(now));
    let row = tx
        .get(
            "insert into complaint_sealing (complaint_sealing_id, after_id, n_sealed, n_passed, ended_at) values ($1, $2, $3, $4, $5)
             on conflict (complaint_sealing_id) do update set after_id = excluded.after_id, ended_at = excluded.ended_at,
               n_sealed = complaint_sealing.n_sealed + excluded.n_sealed,
               n_passed = complaint_sealing.n_passed + excluded.n_passed
             returning n_sealed, n_passed",
            args![table.name, reached, n_sealed, n_passed, ended_at],
        )
        .await?;
    let (n_sealed, n_passed): (i64, i64) = (row.get("n_sealed")?, row.get("n_passed")?);
    if last.is_none() && n_sealed + n_passed > 0 {
        let papers = Id::from_text("complaint.papers");
        let done = NewEvent::by_program("setting", &papers, "papers_sealed", now);
        let mut detail = serde_json::json!({ "份数": n_sealed });
        if n_passed > 0 {
            detail = serde_json::json!({ "份数": n_sealed, "缺失或损坏、未能加密": n_passed });
        }
        event::insert(tx, done.detail(detail));
    }
    Ok(())
}

/// Lets plain files go that nobody names any more, with the pictures drawn from them. What is named again, or was sent again within a day,
/// stays.
///
/// # Errors
/// When one of them could not be taken off the disk; it is tried again a day later, and the others have gone.
pub async fn let_go(db: &Db, now: Timestamp) -> Result<()> {
    let before = now.checked_sub(LEFT_FOR).map_err(Error::internal)?;
    let sql = "select sha256 from complaint_sealing_left where left_at < $1 order by left_at limit 50";
    let old: Vec<String> = db
        .read(async move |tx| tx.list(sql, args![before]).await?.iter().map(|row| row.get("sha256")).collect())
        .await?;
    let mut ended = Ok(());
    for sha256 in old {
        let gone = let_one_go(db, &sha256, before, now).await;
        ended = ended.and(gone);
    }
    ended
}

/// The lease that lets pictures be cleaned once a day.
const CLEANING: &str = "pictures.clean";

/// Once a day: takes the pictures off the disk whose file no row names any more, left by a build that let files go without them. How many
/// those were. A picture that is wanted after all is drawn again from its file.
///
/// # Errors
/// When the folder or the database cannot be read.
pub async fn clean_pictures(db: &Db, now: Timestamp) -> Result<usize> {
    // Nobody else gets the lease before the day is over, not even this process.
    let (who, until) = (crate::new_id().to_string(), now.checked_add(LEFT_FOR).map_err(Error::internal)?);
    if !db.write(async move |tx| lease::take(&tx, CLEANING, &who, now, until).await).await? {
        return Ok(0);
    }
    let named = db.read(async |tx| attachment::mentioned(&tx).await).await?;
    let named = named.into_iter().map(|it| it.0).collect();
    db.files().clean_pictures(named, now.checked_sub(LEFT_FOR).map_err(Error::internal)?).await
}

/// The row goes last: a file that could not be removed, or a program that was stopped, leaves nothing behind that nobody knows of.
async fn let_one_go(db: &Db, sha256: &str, before: Timestamp, now: Timestamp) -> Result<()> {
    let asked = sha256.to_owned();
    let n_named = db
        .read(async move |tx| {
            let sql = "select (select count(*) from attachment where sha256 = $1)
                         + (select count(*) from notice where sha256 = $1)
                         + (select count(*) from complaint_file where sha256 = $1) as n";
            tx.count(sql, args![asked]).await
        })
        .await?;
    let gone = if n_named > 0 { Ok(true) } else { db.files().let_go(sha256, before).await };
    let (is_done, done) = (matches!(gone, Ok(true)), sha256.to_owned());
    db.write(async move |tx| {
        if is_done {
            tx.run("delete from complaint_sealing_left where sha256 = $1", args![done]).await
        } else {
            tx.run("update complaint_sealing_left set left_at = $2 where sha256 = $1", args![done, now]).await
        }
    })
    .await?;
    gone.map(drop)
}
