//! The embedded engine: one writer thread with group commit, reader threads beside it.

mod statement;

use std::fs::File;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags, ffi};
use tokio::sync::oneshot;

pub(super) use statement::{execute, query};

use super::{Conn, PREPARED, Purpose, Read, Shared, Tx, finish};
use crate::secret::Keys;
use crate::{Error, Result};

/// At most so many jobs share a commit.
const GROUP: usize = 256;
/// And at most so long: the first of a group waits for the last.
const GROUP_TIME: Duration = Duration::from_millis(50);
/// So many groups run with savepoints after one was taken back.
const CAREFUL: u32 = 50;

const FILE: &str = crate::backup::DATABASE;
/// The name of the lock file in the data directory.
const LOCK: &str = "lock";

pub(super) struct Sqlite {
    /// `None` when opened to read, and when closing.
    writer: Option<Sender<Box<dyn WriteJob>>>,
    readers: Option<Sender<Box<dyn ReadJob>>>,
    threads: Vec<JoinHandle<()>>,
    keys: Arc<Keys>,
    /// Held as long as the process lives: two processes on one directory would each believe they are alone.
    _lock: Option<File>,
}

/// A job of the writer: is answered after the commit. It may run again, with those before it in the group.
trait WriteJob: Send {
    /// True when what it wrote is to be kept.
    fn run(&mut self, conn: &Rc<Connection>) -> bool;
    fn answer(self: Box<Self>, commit: Result<()>);
}

trait ReadJob: Send {
    fn run(self: Box<Self>, conn: &Rc<Connection>);
}

impl Sqlite {
    pub(super) async fn open(data: &Path, keys: Arc<Keys>, purpose: Purpose) -> Result<Sqlite> {
        let path = data.join(FILE);
        let mut engine = Sqlite { writer: None, readers: None, threads: Vec::new(), keys, _lock: None };
        match purpose {
            Purpose::Serve => {
                engine._lock = Some(lock(data)?);
                engine.start_writer(&path).await?;
            }
            Purpose::Read => crate::migrate::sqlite_is_current(&open_reader(&path)?)?,
        }
        engine.start_readers(&path)?;
        Ok(engine)
    }

    async fn start_writer(&mut self, path: &Path) -> Result<()> {
        let (writer, jobs) = channel::<Box<dyn WriteJob>>();
        let (ready, opened) = oneshot::channel();
        let path = path.to_owned();
        self.threads.push(spawn("xiaobao-write", move || match open_writer(&path) {
            Ok(conn) => {
                let _ = ready.send(Ok(()));
                write_loop(&Rc::new(conn), &jobs);
            }
            Err(error) => {
                let _ = ready.send(Err(error));
            }
        })?);
        self.writer = Some(writer);
        opened.await.map_err(|_| stopped())?
    }

    fn start_readers(&mut self, path: &Path) -> Result<()> {
        let n_readers = std::thread::available_parallelism().map_or(4, |n| n.get().max(2) * 2);
        let (readers, jobs) = channel::<Box<dyn ReadJob>>();
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..n_readers {
            let conn = open_reader(path)?;
            let jobs = Arc::clone(&jobs);
            self.threads.push(spawn("xiaobao-read", move || read_loop(&Rc::new(conn), &jobs))?);
        }
        self.readers = Some(readers);
        Ok(())
    }

    pub(super) async fn read<T, E, F>(&self, body: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: AsyncFn(Read) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Reading { body, keys: Arc::clone(&self.keys), reply };
        let readers = self.readers.as_ref().ok_or_else(stopped)?;
        readers.send(Box::new(job)).map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    pub(super) async fn write<T, E, F>(&self, body: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: AsyncFn(Tx) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Writing { body, keys: Arc::clone(&self.keys), outcome: None, reply };
        let writer = self.writer.as_ref().ok_or_else(|| Error::unavailable("数据库以只读方式打开"))?;
        writer.send(Box::new(job)).map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

impl Drop for Sqlite {
    /// Waits until what was accepted is written and the files are closed.
    fn drop(&mut self) {
        self.writer = None;
        self.readers = None;
        for thread in self.threads.drain(..) {
            // The last owner may have been a body, and a thread cannot wait for itself.
            if thread.thread().id() != std::thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

fn stopped() -> Error {
    Error::unavailable("数据库已停止")
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.to_owned()).spawn(body).map_err(Error::unavailable)
}

struct Reading<F, T, E> {
    body: F,
    keys: Arc<Keys>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> ReadJob for Reading<F, T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    F: AsyncFn(Read) -> Result<T, E> + Send + 'static,
{
    fn run(self: Box<Self>, conn: &Rc<Connection>) {
        let Reading { body, keys, reply } = *self;
        if reply.is_closed() {
            return;
        }
        let answer = match batch(conn, "begin") {
            Ok(()) => at_once(|| body(Read::new(Shared::new(Conn::Sqlite(Rc::clone(conn)), &keys)))),
            Err(error) => Err(error.into()),
        };
        if !conn.is_autocommit() {
            let _ = batch(conn, "rollback");
        }
        let _ = reply.send(answer);
    }
}

struct Writing<F, T, E> {
    body: F,
    keys: Arc<Keys>,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> WriteJob for Writing<F, T, E>
where
    T: Send + 'static,
    E: From<Error> + Send + 'static,
    F: AsyncFn(Tx) -> Result<T, E> + Send + 'static,
{
    fn run(&mut self, conn: &Rc<Connection>) -> bool {
        let shared = Shared::new(Conn::Sqlite(Rc::clone(conn)), &self.keys);
        let outcome = at_once(|| async {
            let value = (self.body)(Tx::new(Rc::clone(&shared))).await?;
            finish(&shared).await?;
            Ok(value)
        });
        let is_kept = outcome.is_ok();
        self.outcome = Some(outcome);
        is_kept
    }

    fn answer(self: Box<Self>, commit: Result<()>) {
        let answer = match (commit, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(Error::internal("the job did not run").into()),
            // The job's own refusal says more than the failed commit.
            (Err(_), Some(Err(error))) => Err(error),
            (Err(error), _) => Err(error.into()),
        };
        let _ = self.reply.send(answer);
    }
}

/// Polls once: every statement of SQLite answers at once, so whoever is pending waits for something that is not the transaction.
fn at_once<T, E, Fut>(body: impl FnOnce() -> Fut) -> Result<T, E>
where
    E: From<Error>,
    Fut: Future<Output = Result<T, E>>,
{
    let polled = catch_unwind(AssertUnwindSafe(|| {
        let mut future = pin!(body());
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => answer,
            Poll::Pending => {
                Err(Error::internal("the body of a transaction awaited something other than the transaction").into())
            }
        }
    }));
    polled.unwrap_or_else(|_| Err(Error::internal("the body of a transaction panicked").into()))
}

fn read_loop(conn: &Rc<Connection>, jobs: &Mutex<Receiver<Box<dyn ReadJob>>>) {
    loop {
        // Whoever waits for a job holds the lock; the others wait for the lock.
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job.run(conn),
            Err(_) => return,
        }
    }
}

fn write_loop(conn: &Rc<Connection>, jobs: &Receiver<Box<dyn WriteJob>>) {
    // So many groups go on with savepoints after one had to be taken back: where refusals are frequent, it would happen again.
    let mut n_careful = 0_u32;
    while let Ok(first) = jobs.recv() {
        let mut group: Vec<Box<dyn WriteJob>> = vec![first];
        let commit = if n_careful > 0 {
            n_careful -= 1;
            run_group(conn, Some(jobs), &mut group, true).map(drop)
        } else {
            match run_group(conn, Some(jobs), &mut group, false) {
                Ok(true) => Ok(()),
                // It was alone, and what it wrote is taken back already.
                Ok(false) if group.len() == 1 => Ok(()),
                Ok(false) => {
                    n_careful = CAREFUL;
                    run_group(conn, None, &mut group, true).map(drop)
                }
                Err(error) => Err(error),
            }
        };
        if commit.is_err() && !conn.is_autocommit() {
            let _ = batch(conn, "rollback");
        }
        if let Err(error) = &commit {
            tracing::error!(jobs = group.len(), "the commit failed: {error}");
        }
        for job in group {
            job.answer(match &commit {
                Ok(()) => Ok(()),
                Err(error) => Err(error.again()),
            });
        }
    }
    let _ = batch(conn, "pragma optimize");
}

/// Runs the jobs of a group and those that come meanwhile, and commits them. An error means that the whole group is lost.
///
/// A savepoint for each job would copy every page it touches before it changes, which costs more than the change. So there is none at
/// first, and `false` says that everything was taken back because one job refused after it had written; then they run again with savepoints.
fn run_group(
    conn: &Rc<Connection>,
    jobs: Option<&Receiver<Box<dyn WriteJob>>>,
    group: &mut Vec<Box<dyn WriteJob>>,
    has_savepoints: bool,
) -> Result<bool> {
    batch(conn, "begin immediate")?;
    let begun = Instant::now();
    let mut next = 0;
    while let Some(job) = group.get_mut(next) {
        next += 1;
        if has_savepoints {
            batch(conn, "savepoint job")?;
        }
        let n_before = conn.total_changes();
        let is_kept = job.run(conn);
        // On a full disk or an I/O error SQLite ends the transaction by itself, with everything in it.
        if conn.is_autocommit() {
            return Err(Error::unavailable("写入失败，整组已撤销（磁盘可能已满）"));
        }
        if has_savepoints {
            if !is_kept {
                batch(conn, "rollback to job")?;
            }
            batch(conn, "release job")?;
        } else if !is_kept && conn.total_changes() != n_before {
            batch(conn, "rollback")?;
            return Ok(false);
        }
        if group.len() < GROUP && begun.elapsed() < GROUP_TIME {
            group.extend(jobs.and_then(|it| it.try_recv().ok()));
        }
    }
    batch(conn, "commit")?;
    Ok(true)
}

fn batch(conn: &Connection, sql: &str) -> Result<()> {
    let mut statement = conn.prepare_cached(sql).map_err(|e| error(&e, sql))?;
    statement.raw_execute().map(drop).map_err(|e| error(&e, sql))
}

fn open_writer(path: &Path) -> Result<Connection> {
    let mut conn = Connection::open(path).map_err(|e| error(&e, "open"))?;
    prepare(&conn)?;
    pragma(&conn, "journal_mode = wal")?;
    pragma(&conn, "synchronous = full")?;
    pragma(&conn, "wal_autocheckpoint = 4000")?;
    crate::migrate::sqlite(&mut conn)?;
    for sql in crate::search::SQLITE {
        batch(&conn, sql)?;
    }
    Ok(conn)
}

fn open_reader(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let conn = Connection::open_with_flags(path, flags).map_err(|e| error(&e, "open"))?;
    prepare(&conn)?;
    // Not the writer: in memory the journal of a long savepoint is walked from its beginning at the end of every statement, and a
    // write of a hundred rows takes twice as long.
    pragma(&conn, "temp_store = memory")?;
    pragma(&conn, "query_only = on")?;
    Ok(conn)
}

fn prepare(conn: &Connection) -> Result<()> {
    conn.set_prepared_statement_cache_capacity(PREPARED);
    conn.busy_timeout(Duration::from_secs(5)).map_err(|e| error(&e, "busy_timeout"))?;
    pragma(conn, "foreign_keys = on")?;
    // As PostgreSQL does it, so that the same text finds the same rows.
    pragma(conn, "case_sensitive_like = on")?;
    pragma(conn, "cache_size = -16000")?;
    // The whole file: after each commit of another a reader forgets its pages, and where they are mapped that costs nothing.
    pragma(conn, "mmap_size = 68719476736")
}

fn pragma(conn: &Connection, what: &str) -> Result<()> {
    let sql = format!("pragma {what}");
    let mut statement = conn.prepare(&sql).map_err(|e| error(&e, &sql))?;
    let mut rows = statement.raw_query();
    while rows.next().map_err(|e| error(&e, &sql))?.is_some() {}
    Ok(())
}

fn lock(data: &Path) -> Result<File> {
    let path: PathBuf = data.join(LOCK);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| Error::unavailable(format_args!("不能打开 {}：{error}", path.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::unavailable(format_args!(
            "数据目录 {} 正被另一个消保程序使用。请先停止那个程序，或换一个数据目录",
            data.display()
        ))),
        Err(std::fs::TryLockError::Error(error)) => {
            Err(Error::unavailable(format_args!("不能锁定 {}：{error}", path.display())))
        }
    }
}

pub(crate) fn error(error: &rusqlite::Error, sql: &str) -> Error {
    let rusqlite::Error::SqliteFailure(failure, message) = error else {
        return Error::internal(format_args!("{error}: {sql}"));
    };
    match failure.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => {
            return conflict(message.as_deref().unwrap_or_default());
        }
        _ => {}
    }
    match failure.code {
        rusqlite::ErrorCode::DiskFull => Error::unavailable("磁盘已满，未保存；请清理磁盘后重试"),
        rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked => {
            Error::unavailable("数据库正忙，请稍后重试")
        }
        rusqlite::ErrorCode::SystemIoFailure => Error::unavailable(format_args!("磁盘读写出错：{failure}")),
        rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase => {
            Error::unavailable("数据库文件已损坏，请用备份恢复（xiaobao restore）")
        }
        rusqlite::ErrorCode::CannotOpen => Error::unavailable(format_args!("不能打开数据库文件：{failure}")),
        rusqlite::ErrorCode::ReadOnly => Error::unavailable(format_args!("数据库文件只读：{failure}")),
        _ => Error::internal(format_args!("{error}: {sql}")),
    }
}

/// "UNIQUE constraint failed: person.login" or "…: activity_unit.activity_id, activity_unit.unit_id".
fn conflict(message: &str) -> Error {
    let list = message.rsplit(": ").next().unwrap_or_default();
    let mut table = String::new();
    let mut columns = Vec::new();
    for part in list.split(", ") {
        let (t, column) = part.split_once('.').unwrap_or(("", part));
        t.clone_into(&mut table);
        columns.push(column);
    }
    Error::Conflict { table, column: columns.join(", ") }
}
