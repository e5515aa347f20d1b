//! The other engine: a pool of connections, transactions on threads of the door.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use tokio::sync::{mpsc, oneshot};
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{Conn, Purpose, Shared, Tx, finish};
use crate::secret::Keys;
use crate::{Error, Result, Row, Value};

/// Connections of one process.
const POOL: usize = 16;
/// Threads that run bodies; the work itself is done by the server.
const WORKERS: usize = 2;
/// How often a body runs again after a deadlock.
const TRIES: u32 = 8;

type Job = Box<dyn FnOnce(Pool) -> std::pin::Pin<Box<dyn Future<Output = ()>>> + Send>;

pub(super) struct Postgres {
    workers: Vec<mpsc::UnboundedSender<Job>>,
    next: AtomicUsize,
    keys: Arc<Keys>,
}

#[derive(Clone, Copy)]
pub(super) enum Begin {
    Read,
    Write,
}

impl Begin {
    fn sql(self) -> &'static str {
        match self {
            Begin::Read => "begin isolation level repeatable read read only",
            Begin::Write => "begin isolation level read committed",
        }
    }
}

impl Postgres {
    pub(super) async fn open(url: &str, keys: Arc<Keys>, purpose: Purpose) -> Result<Postgres> {
        let config = config(url)?;
        let manager = manager(config)?;
        let pool = Pool::builder(manager)
            .max_size(POOL)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(Duration::from_secs(30)))
            .create_timeout(Some(Duration::from_secs(10)))
            .build()
            .map_err(Error::internal)?;
        let mut workers = Vec::new();
        for _ in 0..WORKERS {
            workers.push(worker(pool.clone())?);
        }
        let engine = Postgres { workers, next: AtomicUsize::new(0), keys };
        engine.on_worker(async move |pool| prepare(pool, purpose).await).await??;
        Ok(engine)
    }

    /// Connections live on the threads of the door, whatever becomes of the runtime of the caller.
    async fn on_worker<T, F, Fut>(&self, body: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(Pool) -> Fut + Send + 'static,
        Fut: Future<Output = T> + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |pool| {
            Box::pin(async move {
                let _ = reply.send(body(pool).await);
            })
        });
        let at = self.next.fetch_add(1, Ordering::Relaxed) % self.workers.len().max(1);
        let worker = self.workers.get(at).ok_or_else(stopped)?;
        worker.send(job).map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())
    }

    pub(super) async fn run<T, E, F>(&self, begin: Begin, body: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
        F: AsyncFn(Tx) -> Result<T, E> + Send + 'static,
    {
        let keys = Arc::clone(&self.keys);
        self.on_worker(async move |pool| transaction(&pool, &keys, begin, body).await).await?
    }
}

fn stopped() -> Error {
    Error::unavailable("数据库已停止")
}

fn worker(pool: Pool) -> Result<mpsc::UnboundedSender<Job>> {
    let (jobs, mut queue) = mpsc::unbounded_channel::<Job>();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::unavailable)?;
    std::thread::Builder::new()
        .name("xiaobao-pg".to_owned())
        .spawn(move || {
            let local = tokio::task::LocalSet::new();
            local.block_on(&runtime, async move {
                while let Some(job) = queue.recv().await {
                    tokio::task::spawn_local(job(pool.clone()));
                }
            });
        })
        .map_err(Error::unavailable)?;
    Ok(jobs)
}

fn config(url: &str) -> Result<Config> {
    // The text of the error could repeat the password.
    let mut config: Config =
        url.parse().map_err(|_| Error::unavailable("PostgreSQL 地址无法识别，应形如 postgres://用户@主机/库"))?;
    let ours = "-c statement_timeout=30000 -c lock_timeout=15000 -c idle_in_transaction_session_timeout=60000 -c lc_messages=C";
    let options = config.get_options().map_or_else(|| ours.to_owned(), |given| format!("{ours} {given}"));
    config.options(options);
    config.application_name("xiaobao");
    config.connect_timeout(Duration::from_secs(10));
    Ok(config)
}

/// With `sslmode=require` the connection is encrypted and the server proves its name by a certificate the system trusts
/// (`SSL_CERT_FILE` names another list); otherwise it is plain, because Debian's PostgreSQL offers a certificate nobody can check.
fn manager(config: Config) -> Result<Manager> {
    let how = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    if config.get_ssl_mode() != SslMode::Require {
        return Ok(Manager::from_config(config, NoTls, how));
    }
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Manager::from_config(config, MakeRustlsConnect::new(tls), how))
}

/// Checks the collation and migrates. Text must sort the same everywhere, so the database is asked for `C`.
async fn prepare(pool: Pool, purpose: Purpose) -> Result<()> {
    let mut client = connect(&pool).await?;
    let row = client
        .query_one(
            "select datcollate::text as collate, pg_encoding_to_char(encoding)::text as encoding from pg_database where datname = current_database()",
            &[],
        )
        .await
        .map_err(|e| error(&e, "collation"))?;
    let (collate, encoding): (String, String) = (row.get(0), row.get(1));
    if encoding != "UTF8" || !(collate == "C" || collate == "POSIX" || collate.starts_with("C.")) {
        return Err(Error::unavailable(format_args!(
            "PostgreSQL 库的排序规则是 {collate}、编码是 {encoding}，需要 C 和 UTF8。请这样建库：createdb -T template0 -E UTF8 --locale=C xiaobao"
        )));
    }
    if purpose == Purpose::Read {
        return crate::migrate::postgres_is_current(&mut client).await;
    }
    // One process migrates, the others wait.
    client.batch_execute("select pg_advisory_lock(7305)").await.map_err(|e| error(&e, "advisory lock"))?;
    let mut migrated = crate::migrate::postgres(&mut client).await;
    if migrated.is_ok() {
        migrated = client.batch_execute(crate::search::POSTGRES).await.map_err(|e| error(&e, "search"));
    }
    client.batch_execute("select pg_advisory_unlock(7305)").await.map_err(|e| error(&e, "advisory unlock"))?;
    migrated
}

async fn connect(pool: &Pool) -> Result<Object> {
    pool.get().await.map_err(|e| match e {
        deadpool_postgres::PoolError::Backend(e) => {
            Error::unavailable(format_args!("连不上 PostgreSQL:{}", reason(&e)))
        }
        other => Error::unavailable(format_args!("连不上 PostgreSQL:{other}")),
    })
}

async fn transaction<T, E, F>(pool: &Pool, keys: &Arc<Keys>, begin: Begin, body: F) -> Result<T, E>
where
    E: From<Error>,
    F: AsyncFn(Tx) -> Result<T, E>,
{
    let mut n_tries = 0;
    loop {
        n_tries += 1;
        let client = Rc::new(connect(pool).await?);
        client.batch_execute(begin.sql()).await.map_err(|e| error(&e, begin.sql()))?;
        let shared = Shared::new(Conn::Postgres(Rc::clone(&client)), keys);
        let ended = guarded(async {
            let value = body(Tx::new(Rc::clone(&shared))).await?;
            finish(&shared).await?;
            Ok(value)
        })
        .await;
        let ended: Result<T, E> =
            ended.unwrap_or_else(|_| Err(Error::internal("the body of a transaction panicked").into()));
        let (ended, is_retryable) = match ended {
            Ok(value) => match client.batch_execute("commit").await {
                Ok(()) => return Ok(value),
                Err(e) => (Err(error(&e, "commit").into()), is_retryable(&e)),
            },
            Err(e) => (Err(e), shared.is_retryable.get()),
        };
        if client.batch_execute("rollback").await.is_err() {
            drop(shared);
            if let Ok(object) = Rc::try_unwrap(client) {
                drop(Object::take(object));
            }
        }
        if !is_retryable || n_tries >= TRIES {
            return ended;
        }
        tokio::time::sleep(Duration::from_millis(u64::from(5 * n_tries))).await;
    }
}

/// Catches a panic of the body at each poll.
async fn guarded<T>(future: impl Future<Output = T>) -> std::result::Result<T, Box<dyn Any + Send>> {
    let mut future = pin!(future);
    poll_fn(move |context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
        Ok(Poll::Pending) => Poll::Pending,
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(n) if *ty == Type::INT4 => i32::try_from(*n)?.to_sql(ty, out),
            Value::Int(n) if *ty == Type::INT8 => n.to_sql(ty, out),
            Value::Real(x) if *ty == Type::FLOAT8 => x.to_sql(ty, out),
            Value::Text(text) if <&str as ToSql>::accepts(ty) => text.to_sql(ty, out),
            _ => Err(format!("the parameter has not the type {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

pub(super) async fn execute(client: &Object, sql: &str, args: &[Value]) -> Result<u64, tokio_postgres::Error> {
    let statement = client.prepare_cached(sql).await?;
    let args: Vec<&(dyn ToSql + Sync)> = args.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
    client.execute(&statement, &args).await
}

pub(super) async fn query(client: &Object, sql: &str, args: &[Value]) -> Result<Vec<Row>, tokio_postgres::Error> {
    let statement = client.prepare_cached(sql).await?;
    let columns: Arc<[String]> = statement.columns().iter().map(|column| column.name().to_owned()).collect();
    let args: Vec<&(dyn ToSql + Sync)> = args.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
    let rows = client.query(&statement, &args).await?;
    rows.iter()
        .map(|row| {
            let values = (0..columns.len()).map(|at| value(row, at)).collect::<Result<Vec<Value>, _>>()?;
            Ok(Row { columns: Arc::clone(&columns), values })
        })
        .collect()
}

fn value(row: &tokio_postgres::Row, at: usize) -> Result<Value, tokio_postgres::Error> {
    let ty = row.columns().get(at).map_or(Type::TEXT, |column| column.type_().clone());
    Ok(match ty {
        Type::INT8 => row.try_get::<_, Option<i64>>(at)?.map_or(Value::Null, Value::Int),
        Type::INT4 => row.try_get::<_, Option<i32>>(at)?.map_or(Value::Null, |n| Value::Int(n.into())),
        Type::FLOAT8 => row.try_get::<_, Option<f64>>(at)?.map_or(Value::Null, Value::Real),
        // Anything but text (a boolean, a numeric) is refused by the driver with its name: write `cast(… as bigint)`.
        _ => row.try_get::<_, Option<String>>(at)?.map_or(Value::Null, Value::Text),
    })
}

pub(super) fn is_retryable(error: &tokio_postgres::Error) -> bool {
    matches!(error.code(), Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED))
}

fn reason(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => db.message().to_owned(),
        None => {
            let cause = std::error::Error::source(error).map(|cause| format!("：{cause}")).unwrap_or_default();
            format!("{error}{cause}")
        }
    }
}

pub(crate) fn error(error: &tokio_postgres::Error, sql: &str) -> Error {
    let Some(db) = error.as_db_error() else {
        if error.is_closed() {
            return Error::unavailable("与 PostgreSQL 的连接已断开");
        }
        return Error::internal(format_args!("{error}: {sql}"));
    };
    match *db.code() {
        SqlState::UNIQUE_VIOLATION => {
            // "Key (login)=(…) already exists."
            let detail = db.detail().unwrap_or_default();
            let column =
                detail.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(columns, _)| columns);
            Error::Conflict { table: db.table().unwrap_or_default().to_owned(), column: column.to_owned() }
        }
        SqlState::DISK_FULL => Error::unavailable("数据库服务器磁盘已满，未保存；请清理磁盘后重试"),
        SqlState::QUERY_CANCELED | SqlState::LOCK_NOT_AVAILABLE => Error::unavailable("数据库超时，请稍后重试"),
        SqlState::TOO_MANY_CONNECTIONS
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN => Error::unavailable(reason(error)),
        _ => Error::internal(format_args!("{} {}: {sql}", db.code().code(), db.message())),
    }
}
