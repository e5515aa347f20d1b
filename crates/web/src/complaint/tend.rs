//! What the program does by itself in the background: tells who has to be told of a date, counts dates anew after a setting changed, and
//! gives the texts of new cases the keys by which clusters are found, and seals papers of before they were sealed; and writes down what returns of before share.
//!
//! Of several processes on one database one has the lease; and each case is locked while it is looked at, so that even two at once tell
//! nobody twice.

use std::sync::Arc;

use jiff::SignedDuration;
use store::complaint::mend::{self, Mended};
use store::complaint::{cluster, escalation, list_draft, recount, sealing};
use store::{kept_page, lease};

use super::Around;
use crate::{App, Error};

/// The name of the lease.
const LEASE: &str = "complaint.tend";
/// Cases of one write: small, so that nobody who works waits for it.
const PIECE: i64 = 50;
/// Papers of before that are sealed in one round: each is read whole.
const PAPERS: i64 = 20;
/// Pieces of one round.
const PIECES: usize = 40;

/// What one round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tended {
    /// Another process does the work.
    pub is_elsewhere: bool,
    /// How many reminders and escalations were told.
    pub n_raised: usize,
    /// How many cases were looked at.
    pub n_looked: usize,
    /// There is more to do at once.
    pub has_more: bool,
}

/// One round of the background work. `holder` names the process.
///
/// # Errors
/// When the database cannot be read or written.
pub async fn tend(app: &App, holder: &str) -> Result<Tended, Error> {
    let (now, who) = (app.clock.now(), holder.to_owned());
    let until = now + SignedDuration::from_mins(3);
    if !app.db.write(async move |tx| lease::take(&tx, LEASE, &who, now, until).await).await? {
        return Ok(Tended { is_elsewhere: true, ..Tended::default() });
    }
    // What people's data lie in does not wait for the next upload to go.
    list_draft::purge(&app.db, now).await?;
    if app.db.read(async move |tx| kept_page::is_any_old(&tx, now).await).await? {
        app.db.write(async move |tx| kept_page::purge(&tx, now).await).await?;
    }
    // A disk that is full, or a paper that cannot be read, keeps nobody from being told.
    let is_sealing = sealing::go_on(&app.db, now, PAPERS).await.unwrap_or_else(|error| {
        tracing::error!("papers of before could not be sealed: {error}");
        false
    });
    let mut done = Tended::default();
    for _ in 0..PIECES {
        let (counting, mended) = app
            .db
            .write(async move |tx| {
                let around = Around::load(&tx).await?;
                let n_keyed = cluster::keep_next(&tx, PIECE).await?;
                let counting = recount::go_on(&tx, around.law(), now, PIECE).await? || n_keyed > 0;
                let mended = mend::go_on(&tx, around.law(), now, PIECE).await?;
                Ok((counting || !mended.is_done, mended))
            })
            .await?;
        say(&mended);
        let (n_looked, n_raised) = look(app).await?;
        done.n_looked += n_looked;
        done.n_raised += n_raised;
        done.has_more = counting || n_looked > 0;
        if !done.has_more {
            break;
        }
    }
    done.has_more |= is_sealing;
    match crate::statistics::before::keep_next(app).await {
        Ok(has_more) => done.has_more |= has_more,
        Err(error) => tracing::error!("what returns of before share could not be written down: {error:#}"),
    }
    if let Err(error) = sealing::let_go(&app.db, now).await {
        tracing::error!("a plain file could not be let go: {error}");
    }
    match sealing::clean_pictures(&app.db, now).await {
        Ok(0) => {}
        Ok(n) => tracing::info!("{n} pictures of files that are gone were taken off the disk"),
        Err(error) => tracing::error!("pictures of files that are gone could not be removed: {error}"),
    }
    Ok(done)
}

/// One line in the log of the program for a piece in which something was mended.
fn say(done: &Mended) {
    if !done.mended.is_empty() {
        let numbers = done.mended.join(" ");
        tracing::info!("the kept states of {} cases were not what their events say: {numbers}", done.mended.len());
    }
    if !done.unreadable.is_empty() {
        tracing::warn!("the events of these cases cannot be read: {}", done.unreadable.join(" "));
    }
}

/// Looks at the next cases; how many those were, and how often somebody was told.
async fn look(app: &App) -> Result<(usize, usize), Error> {
    let now = app.clock.now();
    let ids = app.db.read(async move |tx| escalation::list_due(&tx, now, PIECE).await).await?;
    if ids.is_empty() {
        return Ok((0, 0));
    }
    let n_looked = ids.len();
    let around = Arc::new(app.db.read(async |tx| Around::load(&tx).await).await?);
    let mut n_raised = 0;
    // Each by itself: a case that cannot be read must not keep all the others from being told.
    for id in ids {
        let (around, looked_at) = (Arc::clone(&around), id.clone());
        let looked = app.db.write(async move |tx| escalation::look(&tx, &looked_at, around.law(), now).await).await;
        match looked {
            Ok(n) => n_raised += n,
            Err(error) => {
                tracing::error!(complaint = id.as_str(), "a case could not be looked at: {error}");
                app.db.write(async move |tx| escalation::put_off(&tx, &id, now).await).await?;
            }
        }
    }
    Ok((n_looked, n_raised))
}
