//! Reading of uploaded files outside the server: in a child process with little memory, little time and no rights.
//!
//! The child is the program itself (`xiaobao read-worker`); [`use_program`] says where it is. Without it (tests) the
//! file is read in this process. A child that dies or dawdles is an error with a sentence, never the end of the server.

mod many;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;
use std::time::Duration;

use gongwen::sheet::SheetFile;
use gongwen::source::Source;
use gongwen::{Limits, ReadError};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;

pub use many::{SheetReader, answer_all};

/// From the upload to the text; a notice takes a hundredth of it.
const PATIENCE: Duration = Duration::from_secs(30);
/// The answer of the child is text with its places; a longer one is not from a notice.
const ANSWER_BYTES: u64 = 64 << 20;
/// Files read at the same time; more wait, so that ten uploads do not need ten times the memory.
static TURNS: Semaphore = Semaphore::const_new(2);
static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// What the child prints: one JSON object.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkerAnswer {
    /// The document.
    Source(Source),
    /// The document cell by cell.
    Sheets(SheetFile),
    /// Why it could not be read.
    Error(ReadError),
}

/// Names the program whose `read-worker` reads files from now on; the first call counts.
pub fn use_program(program: PathBuf) {
    let _ = PROGRAM.set(program);
}

/// Reads a file: in the child when there is one, else here.
///
/// # Errors
/// Those of [`gongwen::read`], [`ReadError::TimedOut`] and [`ReadError::Killed`].
pub async fn read(name: &str, bytes: Vec<u8>) -> Result<Source, ReadError> {
    let limits = Limits::default();
    // Too big and empty need no child.
    if bytes.len() > limits.bytes_in || bytes.is_empty() {
        return gongwen::read(name, &bytes, &limits);
    }
    let _turn = TURNS.acquire().await.map_err(|_| ReadError::Killed)?;
    match PROGRAM.get() {
        Some(program) => read_in_child(program, name, bytes, PATIENCE).await,
        None => {
            let name = name.to_owned();
            let reading = tokio::task::spawn_blocking(move || gongwen::read(&name, &bytes, &limits));
            reading.await.unwrap_or(Err(ReadError::Killed))
        }
    }
}

/// Reads one filled form cell by cell: in a child when there is one, else here.
///
/// # Errors
/// Those of [`SheetReader::read`].
pub async fn read_sheets(name: &str, bytes: Vec<u8>) -> Result<SheetFile, ReadError> {
    read_more_sheets(&mut SheetReader::of_server(), name, bytes).await
}

/// The same with a reader that reads more than one file.
pub(crate) async fn read_more_sheets(
    reader: &mut SheetReader,
    name: &str,
    bytes: Vec<u8>,
) -> Result<SheetFile, ReadError> {
    let _turn = TURNS.acquire().await.map_err(|_| ReadError::Killed)?;
    reader.read(name, bytes).await
}

/// Reads a file in a child of `program`, which is ended when `patience` runs out.
///
/// # Errors
/// Those of [`gongwen::read`], [`ReadError::TimedOut`] and [`ReadError::Killed`].
pub async fn read_in_child(
    program: &Path,
    name: &str,
    bytes: Vec<u8>,
    patience: Duration,
) -> Result<Source, ReadError> {
    match ask_child(program, name, bytes, patience).await? {
        WorkerAnswer::Source(source) => Ok(source),
        WorkerAnswer::Error(error) => Err(error),
        WorkerAnswer::Sheets(_) => Err(ReadError::Killed),
    }
}

async fn ask_child(program: &Path, name: &str, bytes: Vec<u8>, patience: Duration) -> Result<WorkerAnswer, ReadError> {
    let child = start(program, &["--name", &format!("file.{}", ending_of(name))])?;
    // Dropping the future kills the child.
    match tokio::time::timeout(patience, converse(child, bytes)).await {
        Ok(answer) => answer,
        Err(_) => Err(ReadError::TimedOut),
    }
}

/// The name only matters for its ending; what a stranger typed does not become an argument.
fn ending_of(name: &str) -> String {
    let ending = Path::new(name).extension().and_then(OsStr::to_str).unwrap_or_default();
    ending.chars().filter(char::is_ascii_alphanumeric).take(10).collect()
}

fn start(program: &Path, arguments: &[&str]) -> Result<Child, ReadError> {
    Command::new(program)
        .arg("read-worker")
        .args(arguments)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| {
            tracing::error!(error = %error, "could not start the reader");
            ReadError::Killed
        })
}

async fn converse(mut child: Child, bytes: Vec<u8>) -> Result<WorkerAnswer, ReadError> {
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(ReadError::Killed);
    };
    let hand_over = async move {
        // A child that refuses early closes its end; its answer says why.
        let _ = stdin.write_all(&bytes).await;
        drop(stdin);
    };
    let mut answer = Vec::new();
    let mut stdout = stdout.take(ANSWER_BYTES);
    let listen = stdout.read_to_end(&mut answer);
    let ((), heard) = tokio::join!(hand_over, listen);
    heard.map_err(|_| ReadError::Killed)?;
    let status = child.wait().await.map_err(|_| ReadError::Killed)?;
    if !status.success() {
        tracing::warn!(status = %status, "the reader was ended");
        return Err(ReadError::Killed);
    }
    serde_json::from_slice(&answer).map_err(|_| ReadError::Killed)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn with(program: &str, patience: Duration) -> Result<Source, ReadError> {
        read_in_child(Path::new(program), "a.txt", b"text".to_vec(), patience).await
    }

    #[tokio::test]
    async fn without_a_program_it_is_read_here() {
        assert_eq!(read("a.txt", "通知".into()).await.unwrap().text, "通知");
        assert_eq!(read("a.txt", Vec::new()).await, Err(ReadError::Empty));
    }

    #[tokio::test]
    async fn a_child_that_fails_or_babbles_is_an_error() {
        let patience = Duration::from_secs(5);
        assert_eq!(with("/bin/false", patience).await, Err(ReadError::Killed));
        assert_eq!(with("/bin/echo", patience).await, Err(ReadError::Killed));
        assert_eq!(with("/no/such/program", patience).await, Err(ReadError::Killed));
    }

    #[tokio::test]
    async fn a_child_that_dawdles_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("slow");
        std::fs::write(&program, "#!/bin/sh\nexec sleep 60\n").unwrap();
        std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let answer = read_in_child(&program, "a.txt", vec![0; 1 << 20], Duration::from_millis(200)).await;
        assert_eq!(answer, Err(ReadError::TimedOut));
    }
}
