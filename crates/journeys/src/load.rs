//! Many clients at once on the interface for programs: what a desk of the whole city would send.
//!
//! The client is written for this alone: on the machine of the program it must cost less than what it measures.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Words people look for in [`text_of`].
const WORDS: [&str; 6] = ["电冰箱", "拒绝退款", "青石镇", "羽绒服 东街", "过期变质 奶粉", "商行"];

/// Who sends what to whom.
#[derive(Debug, Clone)]
pub struct Load {
    /// Where the program listens.
    pub address: SocketAddr,
    /// The token of somebody who registers and dispatches.
    pub intake: String,
    /// The token of somebody who handles.
    pub handler: String,
    /// The unit of the handler.
    pub unit_id: String,
    /// How many clients at once.
    pub n_clients: usize,
    /// For how long.
    pub time: Duration,
}

/// What a load showed.
#[derive(Debug, Default)]
pub struct Figures {
    /// Lives of a complaint that were completed within the time.
    pub n_lives: usize,
    /// The time it took.
    pub time: Duration,
    /// How long each request took, sorted.
    pub requests: Vec<Duration>,
    /// How long the searches among them took, sorted.
    pub searches: Vec<Duration>,
}

impl Figures {
    /// Lives a second.
    pub fn rate(&self) -> f64 {
        self.n_lives as f64 / self.time.as_secs_f64()
    }
}

/// The time that so many of 1,000 stay below; the list is sorted.
pub fn below(sorted: &[Duration], of_thousand: usize) -> Duration {
    sorted.get(sorted.len() * of_thousand / 1000).or(sorted.last()).copied().unwrap_or_default()
}

/// Create → dispatch → accept → close → search, again and again, by all clients at once.
///
/// # Errors
/// When an answer is not what it must be.
pub fn lifecycle(load: &Load, run: usize) -> Result<Figures> {
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    threads.block_on(async {
        let (begun, next) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
        let clients: Vec<_> = (0..load.n_clients)
            .map(|_| tokio::spawn(client(load.clone(), run, begun + load.time, Arc::clone(&next))))
            .collect();
        let mut all = Figures::default();
        for client in clients {
            let one = client.await.context("a client")??;
            all.n_lives += one.n_lives;
            all.requests.extend(one.requests);
            all.searches.extend(one.searches);
        }
        all.time = begun.elapsed();
        all.requests.sort();
        all.searches.sort();
        Ok(all)
    })
}

async fn client(load: Load, run: usize, end: Instant, next: Arc<AtomicUsize>) -> Result<Figures> {
    let mut connection = Connection::open(load.address).await?;
    let mut figures = Figures::default();
    while Instant::now() < end {
        let at = next.fetch_add(1, Ordering::Relaxed);
        let mut ask =
            async |figures: &mut Figures, token: &str, method: &str, path: &str, body: &Value, status: u16| {
                let begun = Instant::now();
                let answer = connection.ask(token, method, path, body).await?;
                figures.requests.push(begun.elapsed());
                ensure!(answer.0 == status, "{method} {path}: {} {}", answer.0, answer.1);
                Ok::<Value, anyhow::Error>(serde_json::from_str(&answer.1)?)
            };
        let made = ask(&mut figures, &load.intake, "POST", "/api/v1/complaints", &complaint(run, at), 201).await?;
        let id = made.get("id").and_then(Value::as_str).context("a complaint without a key")?;
        let path = format!("/api/v1/complaints/{id}");
        let unit = json!({ "unit_id": load.unit_id });
        ask(&mut figures, &load.intake, "POST", &format!("{path}/dispatch"), &unit, 200).await?;
        ask(&mut figures, &load.handler, "POST", &format!("{path}/accept"), &json!({}), 200).await?;
        let outcome = json!({ "outcome": "failed" });
        ask(&mut figures, &load.handler, "POST", &format!("{path}/close"), &outcome, 200).await?;
        let words = WORDS.get(at % WORDS.len()).copied().unwrap_or_default();
        let words: String = url::form_urlencoded::byte_serialize(words.as_bytes()).collect();
        let search = format!("/api/v1/complaints?q={words}");
        ask(&mut figures, &load.intake, "GET", &search, &Value::Null, 200).await?;
        figures.searches.extend(figures.requests.last().copied());
        figures.n_lives += 1;
    }
    Ok(figures)
}

/// What is sent; no two alike.
fn complaint(run: usize, at: usize) -> Value {
    json!({
        "kind": "complaint",
        "channel": "platform_12315",
        "external_number": format!("L{run}-{at}"),
        "consumer": {
            "name": format!("测{}", at % 9_000),
            "phone": format!("199{:08}", (at * 7_919 + run) % 100_000_000),
            "address": format!("人民路{}号", at % 400),
        },
        "business": { "name": format!("东街第{}商行", at % 5_000), "address": format!("东街{}号", at % 5_000) },
        "demand": "退货退款",
        "amount": at % 5_000,
        "text": text_of(at),
    })
}

fn text_of(at: usize) -> String {
    let goods = ["电冰箱", "羽绒服", "奶粉", "电动车", "沙发"];
    let faults = ["拒绝退款", "过期变质", "不制冷", "与宣传不符"];
    let (goods, fault) = (goods.get(at % goods.len()), faults.get(at / 5 % faults.len()));
    format!(
        "3月{}日在东街第{}商行购买{}，使用后发现{}，编号{at}，与商家协商{}次未果。",
        at % 14 + 1,
        at % 5_000,
        goods.copied().unwrap_or_default(),
        fault.copied().unwrap_or_default(),
        at % 9 + 1
    )
}

/// One connection that stays open, as programs keep it.
pub struct Connection {
    address: SocketAddr,
    stream: BufReader<TcpStream>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn open(address: SocketAddr) -> Result<Connection> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection { address, stream: BufReader::new(stream) })
    }

    /// One request; status and text of the answer.
    ///
    /// # Errors
    /// When the connection breaks or the answer is not HTTP.
    pub async fn ask(&mut self, token: &str, method: &str, path: &str, body: &Value) -> Result<(u16, String)> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await?;
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        let status = line.split_whitespace().nth(1).and_then(|it| it.parse().ok()).context("no status")?;
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line).await?;
            match line.trim_end().split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.trim().parse()?,
                Some(_) => {}
                None => break,
            }
        }
        let mut text = vec![0; length];
        self.stream.read_exact(&mut text).await?;
        Ok((status, String::from_utf8(text)?))
    }
}
