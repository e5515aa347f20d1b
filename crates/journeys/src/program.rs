//! The built program, serving demonstration data from a temporary folder on a free port.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

/// The running program; it ends with this value, and its data with it.
pub struct Program {
    child: Child,
    /// Holds the log, and the data unless they are of another place.
    folder: TempDir,
    data: PathBuf,
    address: SocketAddr,
}

impl Program {
    /// `xiaobao demo` with fresh data.
    ///
    /// # Errors
    /// When the program is not built, does not start, or does not answer within a minute.
    pub fn demo() -> Result<Program> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        Program::begin(folder, data)
    }

    /// `xiaobao demo` with data of before, which stay.
    ///
    /// # Errors
    /// As [`Program::demo`].
    pub fn on(data: PathBuf) -> Result<Program> {
        Program::begin(tempfile::tempdir()?, data)
    }

    fn begin(folder: TempDir, data: PathBuf) -> Result<Program> {
        let address = free_address()?;
        let child = start(&folder, &data, address)?;
        let mut program = Program { child, folder, data, address };
        program.wait()?;
        Ok(program)
    }

    /// Ends it in the middle of its work, as a power cut does; for a telephone it is as if there were no network.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn stop(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Starts it again at the same address, with the data it had.
    ///
    /// # Errors
    /// When it does not start, or does not answer.
    pub fn start_again(&mut self) -> Result<()> {
        self.child = start(&self.folder, &self.data, self.address)?;
        self.wait()
    }

    /// Where it answers, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it has written so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where its data are.
    pub fn data(&self) -> PathBuf {
        self.data.clone()
    }

    /// The memory it holds now, in megabytes.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn memory_mb(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        // Pages of the database that are only mapped are the system's to take back; they are not counted.
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).context("no line RssAnon")?;
        Ok(line.trim().trim_end_matches(" kB").trim().parse::<f64>()? / 1024.0)
    }

    /// The processor time it has used so far, in seconds: a busy machine changes it far less than the time on the clock.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn processor_seconds(&self) -> Result<f64> {
        /// Clock ticks a second of /proc, the same on every Linux there is.
        const TICKS: f64 = 100.0;
        let line = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name in brackets may hold spaces; user and system time are the 14th and 15th field.
        let fields = line.rsplit_once(')').context("no name in stat")?.1.split_whitespace();
        let ticks: Vec<f64> = fields.skip(11).take(2).map(str::parse).collect::<Result<_, _>>()?;
        Ok(ticks.iter().sum::<f64>() / TICKS)
    }

    /// The patterns of its pages that are asked with GET, one a line, as `xiaobao routes` prints them.
    ///
    /// # Errors
    /// When the program cannot be run.
    pub fn pages() -> Result<Vec<String>> {
        let output = Command::new(built()?).arg("routes").output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // What is answered to a token is for programs; nobody opens it in a browser.
        let lines = text.lines().filter_map(|line| line.strip_prefix("GET ")).filter(|line| !line.ends_with(" Token"));
        let pages = lines.filter_map(|line| line.split_whitespace().next());
        Ok(pages.map(str::to_owned).collect())
    }

    fn wait(&mut self) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(90) {
            if is_answering(self.address) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the program ended with {status}:\n{}", self.log());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("the program does not answer:\n{}", self.log())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(folder: &TempDir, data: &Path, address: SocketAddr) -> Result<Child> {
    let path = built()?;
    let log = std::fs::File::options().create(true).append(true).open(folder.path().join("log"))?;
    Command::new(&path)
        .arg("demo")
        .args(["--listen", &address.to_string()])
        .arg("--data")
        .arg(data)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .with_context(|| format!("cannot start {}", path.display()))
}

/// The program beside the one that runs now: same profile, same build.
///
/// # Errors
/// When it has not been built.
pub fn built() -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let candidates = here.ancestors().skip(1).take(3).map(|folder| folder.join("xiaobao"));
    candidates
        .into_iter()
        .find(|path| path.is_file())
        .context("the program is not built: run `cargo build` first, or `cargo xtask test`, which does")
}

/// An address nobody listens on at this moment.
pub(crate) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

fn is_answering(address: SocketAddr) -> bool {
    ask(address, "/healthz").is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

/// One plain request, for the moments before and after a browser: the whole answer as text.
pub(crate) fn ask(address: SocketAddr, path: &str) -> Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
