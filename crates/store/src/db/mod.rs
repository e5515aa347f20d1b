//! The door to the database: one API over two engines.
//!
//! On SQLite one thread writes, several jobs to a commit, and some threads read beside it; on PostgreSQL each transaction takes a
//! connection of the pool. The body of a transaction always runs on a thread of the door, so its future need not be `Send`; it may
//! run again after a deadlock, so it borrows what it captured (clone what must be given away).
//!
//! A body awaits nothing but its own transaction: on SQLite the one writer would stand still for everybody, so it is refused.

mod catalog;
mod postgres;
mod sqlite;

pub use catalog::Column;
pub(crate) use sqlite::error as sqlite_error;

use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use crate::event::NewEvent;
use crate::files::{self, Files};
use crate::secret::Keys;
use crate::{Error, Result, Row, Value};

/// How many statements a connection keeps prepared.
const PREPARED: usize = 512;

/// The door. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    data: PathBuf,
    files: Files,
    engine: Engine,
}

/// Which engine answers: for the full-text search, the one area that speaks to each in its own words.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum EngineKind {
    Sqlite,
    Postgres,
}

enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

/// What the database is opened for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Serve,
    Read,
}

/// What a transaction runs on.
enum Conn {
    Sqlite(Rc<rusqlite::Connection>),
    Postgres(Rc<deadpool_postgres::Object>),
}

struct Shared {
    conn: Conn,
    keys: Arc<Keys>,
    /// A statement failed: on PostgreSQL nothing more is possible, so SQLite follows suit.
    is_failed: Cell<bool>,
    /// The engine gave up for the sake of another transaction; the body may run again.
    is_retryable: Cell<bool>,
    /// Appended at the end, so that the head of the log is locked last and shortest.
    events: RefCell<Vec<NewEvent>>,
}

/// A transaction that only reads: a consistent picture of one moment.
pub struct Read {
    shared: Rc<Shared>,
}

/// A transaction that may write. Everything in it happens, or nothing.
pub struct Tx(Read);

impl Deref for Tx {
    type Target = Read;

    fn deref(&self) -> &Read {
        &self.0
    }
}

impl Db {
    /// Opens the data directory, creates what is missing and migrates forward.
    ///
    /// Without `database` the tables are in `DIR/xiaobao.db`; with a `postgres://` address they are there, and files and keys in `DIR`.
    pub async fn open(data: &Path, database: Option<&str>) -> Result<Db> {
        files::create_private(data)
            .map_err(|error| Error::unavailable(format_args!("不能建立数据目录 {}：{error}", data.display())))?;
        let db = Db::open_as(data, database, Purpose::Serve).await?;
        crate::complaint::stale::make_findable(&db).await?;
        Ok(db)
    }

    /// Opens what is there to read it, also beside a running server; it changes nothing and migrates nothing.
    pub async fn open_to_read(data: &Path, database: Option<&str>) -> Result<Db> {
        if !data.is_dir() {
            return Err(Error::unavailable(format_args!("没有数据目录 {}", data.display())));
        }
        Db::open_as(data, database, Purpose::Read).await
    }

    async fn open_as(data: &Path, database: Option<&str>, purpose: Purpose) -> Result<Db> {
        let keys = Arc::new(Keys::open(data)?);
        let files = Files::open(data)?;
        let engine = match database {
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Engine::Postgres(postgres::Postgres::open(url, keys, purpose).await?)
            }
            Some(other) => {
                let scheme = other.split(':').next().unwrap_or_default();
                return Err(Error::unavailable(format_args!("不认识的数据库地址“{scheme}:…”，应以 postgres:// 开头")));
            }
            None => Engine::Sqlite(sqlite::Sqlite::open(data, keys, purpose).await?),
        };
        Ok(Db { inner: Arc::new(Inner { data: data.to_owned(), files, engine }) })
    }

    /// The data directory.
    pub fn data(&self) -> &Path {
        &self.inner.data
    }

    /// The files beside the database.
    pub fn files(&self) -> &Files {
        &self.inner.files
    }

    /// The name of the engine, for pages and proofs.
    pub fn engine(&self) -> &'static str {
        match self.inner.engine {
            Engine::Sqlite(_) => "SQLite",
            Engine::Postgres(_) => "PostgreSQL",
        }
    }

    /// Runs a body that only reads.
    pub async fn read<T, F>(&self, body: F) -> Result<T>
    where
        T: Send + 'static,
        F: AsyncFn(Read) -> Result<T> + Send + 'static,
    {
        self.try_read(body).await
    }

    /// Runs a body that writes. It is answered after the commit has reached the disk.
    pub async fn write<T, F>(&self, body: F) -> Result<T>
    where
        T: Send + 'static,
        F: AsyncFn(Tx) -> Result<T> + Send + 'static,
    {
        self.try_write(body).await
    }

    /// [`Db::read`] with an error of the caller's own; say it in the closure: `async move |tx| -> Result<_, MyError> { … }`.
    pub async fn try_read<T, E, F>(&self, body: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: AsyncFn(Read) -> Result<T, E> + Send + 'static,
    {
        match &self.inner.engine {
            Engine::Sqlite(engine) => engine.read(body).await,
            Engine::Postgres(engine) => engine.run(postgres::Begin::Read, async move |tx: Tx| body(tx.0).await).await,
        }
    }

    /// [`Db::write`] with an error of the caller's own. An `Err` leaves nothing behind.
    pub async fn try_write<T, E, F>(&self, body: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: AsyncFn(Tx) -> Result<T, E> + Send + 'static,
    {
        match &self.inner.engine {
            Engine::Sqlite(engine) => engine.write(body).await,
            Engine::Postgres(engine) => engine.run(postgres::Begin::Write, body).await,
        }
    }
}

impl Shared {
    fn new(conn: Conn, keys: &Arc<Keys>) -> Rc<Shared> {
        Rc::new(Shared {
            conn,
            keys: Arc::clone(keys),
            is_failed: Cell::new(false),
            is_retryable: Cell::new(false),
            events: RefCell::new(Vec::new()),
        })
    }

    async fn query(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>> {
        self.check_alive()?;
        let answer = match &self.conn {
            Conn::Sqlite(conn) => sqlite::query(conn, sql, args),
            Conn::Postgres(client) => postgres::query(client, sql, args).await.map_err(|error| {
                self.is_retryable.set(postgres::is_retryable(&error));
                postgres::error(&error, sql)
            }),
        };
        self.note(answer)
    }

    async fn execute(&self, sql: &str, args: &[Value]) -> Result<u64> {
        self.check_alive()?;
        let answer = match &self.conn {
            Conn::Sqlite(conn) => sqlite::execute(conn, sql, args),
            Conn::Postgres(client) => postgres::execute(client, sql, args).await.map_err(|error| {
                self.is_retryable.set(postgres::is_retryable(&error));
                postgres::error(&error, sql)
            }),
        };
        self.note(answer)
    }

    fn check_alive(&self) -> Result<()> {
        if self.is_failed.get() {
            return Err(Error::internal("a statement of this transaction failed before; nothing more can run in it"));
        }
        Ok(())
    }

    fn note<T>(&self, answer: Result<T>) -> Result<T> {
        if answer.is_err() {
            self.is_failed.set(true);
        }
        answer
    }
}

impl Read {
    fn new(shared: Rc<Shared>) -> Read {
        Read { shared }
    }

    /// The keys for personal data.
    pub(crate) fn keys(&self) -> &Keys {
        &self.shared.keys
    }

    /// Which engine answers.
    pub(crate) fn engine(&self) -> EngineKind {
        match self.shared.conn {
            Conn::Sqlite(_) => EngineKind::Sqlite,
            Conn::Postgres(_) => EngineKind::Postgres,
        }
    }

    /// All rows.
    pub async fn list(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>> {
        self.shared.query(sql, args).await
    }

    /// The one row, or `None`.
    pub async fn find(&self, sql: &str, args: &[Value]) -> Result<Option<Row>> {
        let mut rows = self.shared.query(sql, args).await?;
        if rows.len() > 1 {
            return Err(Error::internal(format_args!("{} rows where one was expected: {sql}", rows.len())));
        }
        Ok(rows.pop())
    }

    /// The one row, or [`Error::NotFound`].
    pub async fn get(&self, sql: &str, args: &[Value]) -> Result<Row> {
        self.find(sql, args).await?.ok_or(Error::NotFound)
    }

    /// The number in the column `n` of the one row: `select count(*) as n …`.
    pub async fn count(&self, sql: &str, args: &[Value]) -> Result<i64> {
        self.get(sql, args).await?.get("n")
    }
}

impl Tx {
    fn new(shared: Rc<Shared>) -> Tx {
        Tx(Read::new(shared))
    }

    /// Runs a statement that yields no rows and says how many rows it touched.
    pub async fn run(&self, sql: &str, args: &[Value]) -> Result<u64> {
        self.0.shared.execute(sql, args).await
    }

    /// Runs a statement that must touch exactly one row, or [`Error::NotFound`].
    pub async fn run_one(&self, sql: &str, args: &[Value]) -> Result<()> {
        match self.run(sql, args).await? {
            0 => Err(Error::NotFound),
            1 => Ok(()),
            n => Err(Error::internal(format_args!("{n} rows touched where one was expected: {sql}"))),
        }
    }

    /// Hands in an event; it is written when the body has ended.
    pub(crate) fn push_event(&self, event: NewEvent) {
        self.0.shared.events.borrow_mut().push(event);
    }
}

/// What the door does after a body that went well.
async fn finish(shared: &Rc<Shared>) -> Result<()> {
    shared.check_alive()?;
    let events = shared.events.take();
    if events.is_empty() {
        return Ok(());
    }
    crate::event::write(&Tx::new(Rc::clone(shared)), events).await
}
