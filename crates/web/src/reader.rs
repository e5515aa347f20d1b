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

use gongwen::list::ListFile;
use gongwen::mail::Mail;
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
/// A long list takes as much memory as all the others together.
static LIST_TURNS: Semaphore = Semaphore::const_new(1);
static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// What a file is read as, and with it how much it may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Text with its places.
    Source,
    /// A filled form, cell by cell.
    Sheets,
    /// A list; 100,000 rows of the national platform are well within the bounds.
    List,
    /// An e-mail with what is attached to it.
    Mail,
}

impl Way {
    /// Every one, for the words of the command line.
    pub const ALL: [Way; 4] = [Way::Source, Way::Sheets, Way::List, Way::Mail];

    /// The word on the command line of the child.
    pub fn word(self) -> &'static str {
        match self {
            Way::Source => "source",
            Way::Sheets => "sheets",
            Way::List => "list",
            Way::Mail => "mail",
        }
    }

    /// The way of a word.
    pub fn of_word(word: &str) -> Option<Way> {
        Way::ALL.into_iter().find(|it| it.word() == word)
    }

    /// The bounds of the reader.
    pub fn limits(self) -> Limits {
        match self {
            Way::List => Limits::for_lists(),
            _ => Limits::default(),
        }
    }

    /// Address space of the child: the text of a notice needs a hundredth of it.
    pub fn memory_bytes(self) -> u64 {
        match self {
            Way::List => 2 << 30,
            _ => 768 << 20,
        }
    }

    /// Seconds of computing the child may use.
    pub fn cpu_seconds(self) -> u64 {
        match self {
            Way::List => 60,
            _ => 20,
        }
    }

    /// From the upload to the text.
    fn patience(self) -> Duration {
        match self {
            Way::List => Duration::from_secs(90),
            _ => PATIENCE,
        }
    }

    /// The longest answer of the child.
    fn answer_bytes(self) -> u64 {
        match self {
            Way::List => 512 << 20,
            // What is attached comes along as digits.
            Way::Mail => 128 << 20,
            _ => ANSWER_BYTES,
        }
    }

    fn turns(self) -> &'static Semaphore {
        if self == Way::List { &LIST_TURNS } else { &TURNS }
    }

    /// Reads a file in this process.
    pub fn read(self, name: &str, bytes: &[u8]) -> WorkerAnswer {
        let limits = self.limits();
        let answer = match self {
            Way::Source => gongwen::read(name, bytes, &limits).map(WorkerAnswer::Source),
            Way::Sheets => gongwen::read_sheets(name, bytes, &limits).map(WorkerAnswer::Sheets),
            Way::List => gongwen::read_list(name, bytes, &limits).map(WorkerAnswer::List),
            Way::Mail => gongwen::read_mail(bytes, &limits).map(WorkerAnswer::Mail),
        };
        answer.unwrap_or_else(WorkerAnswer::Error)
    }
}

/// What the child prints: one JSON object.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkerAnswer {
    /// The document.
    Source(Source),
    /// The document cell by cell.
    Sheets(SheetFile),
    /// The document row by row.
    List(ListFile),
    /// The letter.
    Mail(Mail),
    /// Why it could not be read.
    Error(ReadError),
}

impl WorkerAnswer {
    fn source(self) -> Result<Source, ReadError> {
        match self {
            WorkerAnswer::Source(source) => Ok(source),
            other => Err(other.error()),
        }
    }

    fn sheets(self) -> Result<SheetFile, ReadError> {
        match self {
            WorkerAnswer::Sheets(file) => Ok(file),
            other => Err(other.error()),
        }
    }

    fn list(self) -> Result<ListFile, ReadError> {
        match self {
            WorkerAnswer::List(file) => Ok(file),
            other => Err(other.error()),
        }
    }

    fn mail(self) -> Result<Mail, ReadError> {
        match self {
            WorkerAnswer::Mail(mail) => Ok(mail),
            other => Err(other.error()),
        }
    }

    /// An answer to another question is none.
    fn error(self) -> ReadError {
        match self {
            WorkerAnswer::Error(error) => error,
            _ => ReadError::Killed,
        }
    }
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
    ask(Way::Source, name, bytes).await?.source()
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

/// Reads a long list row by row.
///
/// # Errors
/// Those of [`gongwen::read_list`], [`ReadError::TimedOut`] and [`ReadError::Killed`].
pub async fn read_list(name: &str, bytes: Vec<u8>) -> Result<ListFile, ReadError> {
    ask(Way::List, name, bytes).await?.list()
}

/// Reads an e-mail.
///
/// # Errors
/// Those of the reader, [`ReadError::TimedOut`] and [`ReadError::Killed`].
pub async fn read_mail(bytes: Vec<u8>) -> Result<Mail, ReadError> {
    ask(Way::Mail, "file.eml", bytes).await?.mail()
}

async fn ask(way: Way, name: &str, bytes: Vec<u8>) -> Result<WorkerAnswer, ReadError> {
    // Too big and empty need no child.
    if bytes.len() > way.limits().bytes_in || bytes.is_empty() {
        return Ok(way.read(name, &bytes));
    }
    let _turn = way.turns().acquire().await.map_err(|_| ReadError::Killed)?;
    match PROGRAM.get() {
        Some(program) => ask_child(program, way, name, bytes, way.patience()).await,
        None => {
            let name = name.to_owned();
            let reading = tokio::task::spawn_blocking(move || way.read(&name, &bytes));
            reading.await.map_err(|_| ReadError::Killed)
        }
    }
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
    ask_child(program, Way::Source, name, bytes, patience).await?.source()
}

async fn ask_child(
    program: &Path,
    way: Way,
    name: &str,
    bytes: Vec<u8>,
    patience: Duration,
) -> Result<WorkerAnswer, ReadError> {
    let arguments = ["--name", &format!("file.{}", ending_of(name)), "--way", way.word()];
    let child = start(program, &arguments)?;
    // Dropping the future kills the child.
    match tokio::time::timeout(patience, converse(child, bytes, way.answer_bytes())).await {
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

async fn converse(mut child: Child, bytes: Vec<u8>, most: u64) -> Result<WorkerAnswer, ReadError> {
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(ReadError::Killed);
    };
    let hand_over = async move {
        // A child that refuses early closes its end; its answer says why.
        let _ = stdin.write_all(&bytes).await;
        drop(stdin);
    };
    let mut answer = Vec::new();
    let mut stdout = stdout.take(most);
    let listen = stdout.read_to_end(&mut answer);
    let ((), heard) = tokio::join!(hand_over, listen);
    heard.map_err(|_| ReadError::Killed)?;
    let status = child.wait().await.map_err(|_| ReadError::Killed)?;
    if !status.success() {
        tracing::warn!(status = %status, "the reader was ended");
        return Err(ReadError::Killed);
    }
    let parsed = tokio::task::spawn_blocking(move || serde_json::from_slice(&answer)).await;
    parsed.map_err(|_| ReadError::Killed)?.map_err(|_| ReadError::Killed)
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
