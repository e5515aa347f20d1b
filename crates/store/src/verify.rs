//! Proof that nothing was changed behind the program's back: the chain of events, the files, the database file.

use serde::{Deserialize, Serialize};

use crate::event::{self, Event};
use crate::{Db, Result, attachment};

/// How many events are read at a time.
const PAGE: i64 = 2000;

/// What [`verify`] found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    pub engine: String,
    /// Every table and its number of rows.
    pub tables: Vec<(String, i64)>,
    /// How many events the chain has.
    pub n_events: i64,
    /// The hash of the last event: who has noted it somewhere else can prove later that nothing before it was changed.
    pub last_hash: String,
    /// The first event that does not fit, in words.
    pub broken_event: Option<Broken>,
    pub n_files: usize,
    pub n_file_bytes: u64,
    /// Files that are missing or were changed, in words.
    pub broken_files: Vec<String>,
    /// What the engine finds wrong with itself.
    pub integrity: Vec<String>,
}

/// An event that does not fit into the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broken {
    pub sequence: i64,
    /// What is wrong with it, in words.
    pub wrong: String,
}

impl Proof {
    /// Is everything as it should be?
    pub fn is_sound(&self) -> bool {
        self.broken_event.is_none() && self.broken_files.is_empty() && self.integrity.is_empty()
    }
}

/// Walks the whole chain and reads every file.
pub async fn verify(db: &Db) -> Result<Proof> {
    let (head, tables, integrity, mentioned) = db
        .read(async |tx| {
            Ok((event::head(&tx).await?, tx.tables().await?, tx.integrity().await?, attachment::mentioned(&tx).await?))
        })
        .await?;
    let broken_event = verify_events(db, &head).await?;
    let files = db.files().clone();
    let (n_files, n_file_bytes, broken_files) = tokio::task::spawn_blocking(move || {
        let (mut n_files, mut n_file_bytes, mut broken) = (0, 0, Vec::new());
        for (sha256, name) in mentioned {
            match files.verify(&sha256) {
                Ok(size) => {
                    n_files += 1;
                    n_file_bytes += size;
                }
                Err(crate::Error::NotFound) => broken.push(format!("缺少文件“{name}”（{sha256}）")),
                Err(error) => broken.push(format!("文件“{name}”：{error}")),
            }
        }
        (n_files, n_file_bytes, broken)
    })
    .await
    .map_err(crate::Error::internal)?;
    Ok(Proof {
        engine: db.engine().to_owned(),
        tables,
        n_events: head.0,
        last_hash: head.1,
        broken_event,
        n_files,
        n_file_bytes,
        broken_files,
        integrity,
    })
}

/// The first event that does not fit. Events appended meanwhile are left for the next time.
async fn verify_events(db: &Db, head: &(i64, String)) -> Result<Option<Broken>> {
    let (mut sequence, mut hash) = (0, String::new());
    loop {
        let (after, until) = (sequence, head.0);
        let page = db.read(async move |tx| event::page(&tx, after, until, PAGE).await).await?;
        if page.is_empty() {
            break;
        }
        for event in page {
            if let Some(wrong) = misfit(&event, sequence + 1, &hash) {
                return Ok(Some(Broken { sequence: event.sequence.min(sequence + 1), wrong }));
            }
            (sequence, hash) = (event.sequence, event.hash);
        }
    }
    if sequence == head.0 && hash == head.1 {
        return Ok(None);
    }
    let wrong = format!("日志末尾被截断或改动：应到第 {} 条，实到第 {sequence} 条", head.0);
    Ok(Some(Broken { sequence: sequence + 1, wrong }))
}

fn misfit(event: &Event, sequence: i64, previous_hash: &str) -> Option<String> {
    if event.sequence != sequence {
        return Some(format!("第 {sequence} 条缺失，下一条是第 {} 条", event.sequence));
    }
    if event.previous_hash != previous_hash {
        return Some("与上一条不相接：上一条被改动或替换".to_owned());
    }
    if event::hash(event) != event.hash {
        return Some(format!("内容被改动（{} {} {}）", event.area, event.kind, event.at));
    }
    None
}
