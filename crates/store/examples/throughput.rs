//! Durable writes and point reads per second: `cargo run --release -p store --example throughput`.
//! With `TEST_POSTGRES_URL` set, PostgreSQL as well.
#![expect(clippy::print_stdout, reason = "a table to read")]

use std::time::Instant;

use jiff::Timestamp;
use store::event::NewEvent;
use store::testing::Schema;
use store::{Db, Result, args, event, setting};

const JOBS: usize = 40_000;

#[tokio::main]
async fn main() -> Result<()> {
    let directory = tempfile::tempdir()?;
    println!("{:<12} {:>6} {:>16} {:>18} {:>14}", "engine", "tasks", "inserts/s", "with event/s", "reads/s");
    let db = Db::open(directory.path(), None).await?;
    for tasks in [1, 16, 64, 256] {
        line(&db, tasks, if tasks == 1 { JOBS / 10 } else { JOBS }).await?;
    }
    if std::env::var("TEST_POSTGRES_URL").is_ok() {
        let schema = Schema::create().await;
        let other = tempfile::tempdir()?;
        let db = schema.open(other.path()).await?;
        for tasks in [1, 64] {
            line(&db, tasks, JOBS / 10).await?;
        }
        schema.remove().await;
    }
    Ok(())
}

async fn line(db: &Db, tasks: usize, jobs: usize) -> Result<()> {
    let inserts = rate(db, tasks, jobs, insert).await?;
    let events = rate(db, tasks, jobs, insert_with_event).await?;
    let reads = rate(db, tasks, jobs, read).await?;
    println!("{:<12} {tasks:>6} {inserts:>16.0} {events:>18.0} {reads:>14.0}", db.engine());
    Ok(())
}

async fn rate<F>(db: &Db, tasks: usize, jobs: usize, job: impl Fn(Db, String) -> F) -> Result<f64>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let begun = Instant::now();
    let mut running = Vec::new();
    let each = jobs / tasks;
    for task in 0..tasks {
        let futures: Vec<F> = (0..each).map(|n| job(db.clone(), format!("{tasks}-{task}-{n}"))).collect();
        running.push(tokio::spawn(async move {
            for future in futures {
                future.await?;
            }
            Ok::<(), store::Error>(())
        }));
    }
    for task in running {
        task.await.map_err(|error| store::Error::Internal(error.to_string()))??;
    }
    Ok((each * tasks) as f64 / begun.elapsed().as_secs_f64())
}

async fn insert(db: Db, name: String) -> Result<()> {
    db.write(async move |tx| {
        let id = store::new_id();
        tx.run("insert into setting (name, value, version) values ($1, $2, 1)", args![id, name]).await.map(drop)
    })
    .await
}

async fn insert_with_event(db: Db, name: String) -> Result<()> {
    db.write(async move |tx| {
        let at: Timestamp = Timestamp::UNIX_EPOCH;
        event::insert(&tx, NewEvent::by_program("setting", &store::new_id(), "saved", at));
        setting::save(&tx, &name, "x", None).await
    })
    .await
}

async fn read(db: Db, name: String) -> Result<()> {
    db.read(async move |tx| setting::find(&tx, &name).await.map(drop)).await
}
