//! One confined child that reads file after file, for the hundreds of forms of a merge: starting a child for each costs more than reading.
//!
//! Both ends speak in frames: eight bytes of length, lowest first, and the content. A question is two frames, the ending of the name
//! and the file; the answer is one, a [`WorkerAnswer`] as JSON. The limits are those of a child that reads one file: a file at which a
//! child ends or dawdles is given to a child of its own, and only when that ends too is it the fault of the file.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use gongwen::sheet::SheetFile;
use gongwen::{Limits, ReadError};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout};

use super::{ANSWER_BYTES, PATIENCE, PROGRAM, Way, WorkerAnswer, ending_of, start};

/// After so many files a child is replaced, so that what they leave behind in its memory and its time stays small.
const FILES_OF_A_CHILD: usize = 200;

/// Reads filled forms one after the other, all in one child as long as it lives.
pub struct SheetReader {
    /// `None` reads in this process (tests).
    program: Option<PathBuf>,
    patience: Duration,
    talk: Option<Talk>,
    n_started: usize,
}

struct Talk {
    /// Held, since dropping it ends the child.
    _child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    n_read: usize,
}

impl SheetReader {
    /// Reads in children of `program`, each file within `patience`.
    pub fn new(program: PathBuf, patience: Duration) -> SheetReader {
        SheetReader { program: Some(program), patience, talk: None, n_started: 0 }
    }

    /// Reads as the server does.
    pub(crate) fn of_server() -> SheetReader {
        SheetReader { program: PROGRAM.get().cloned(), patience: PATIENCE, talk: None, n_started: 0 }
    }

    /// How many children were started so far.
    pub fn n_started(&self) -> usize {
        self.n_started
    }

    /// Reads one filled form cell by cell.
    ///
    /// # Errors
    /// Those of [`gongwen::read_sheets`], [`ReadError::TimedOut`] and [`ReadError::Killed`].
    pub async fn read(&mut self, name: &str, bytes: Vec<u8>) -> Result<SheetFile, ReadError> {
        let limits = Limits::default();
        if bytes.len() > limits.bytes_in || bytes.is_empty() {
            return gongwen::read_sheets(name, &bytes, &limits);
        }
        let Some(program) = self.program.clone() else {
            let name = name.to_owned();
            let reading = tokio::task::spawn_blocking(move || gongwen::read_sheets(&name, &bytes, &limits));
            return reading.await.unwrap_or(Err(ReadError::Killed));
        };
        let ending = ending_of(name);
        loop {
            let mut talk = match self.talk.take() {
                Some(talk) if talk.n_read < FILES_OF_A_CHILD => talk,
                _ => self.begin(&program)?,
            };
            let error = match tokio::time::timeout(self.patience, talk.ask(&ending, &bytes)).await {
                Ok(Ok(answer)) => {
                    talk.n_read += 1;
                    self.talk = Some(talk);
                    return answer.sheets();
                }
                Ok(Err(_)) => ReadError::Killed,
                Err(_) => ReadError::TimedOut,
            };
            // With a child of its own, it was the file.
            if talk.n_read == 0 {
                tracing::warn!(error = %error, "the reader was ended");
                return Err(error);
            }
        }
    }

    fn begin(&mut self, program: &Path) -> Result<Talk, ReadError> {
        self.n_started += 1;
        let mut child = start(program, &["--way", Way::Sheets.word(), "--many"])?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(stdin), Some(stdout)) => Ok(Talk { _child: child, stdin, stdout: BufReader::new(stdout), n_read: 0 }),
            _ => Err(ReadError::Killed),
        }
    }
}

impl Talk {
    async fn ask(&mut self, ending: &str, bytes: &[u8]) -> io::Result<WorkerAnswer> {
        let Talk { stdin, stdout, .. } = self;
        let hand_over = async {
            for part in [ending.as_bytes(), bytes] {
                stdin.write_all(&length(part)).await?;
                stdin.write_all(part).await?;
            }
            stdin.flush().await
        };
        let listen = async {
            let n = stdout.read_u64_le().await?;
            if n > ANSWER_BYTES {
                return Err(io::Error::from(io::ErrorKind::InvalidData));
            }
            let mut answer = Vec::new();
            stdout.take(n).read_to_end(&mut answer).await?;
            serde_json::from_slice(&answer).map_err(io::Error::from)
        };
        // A child that ends while it is still handed a file is heard at once.
        tokio::try_join!(hand_over, listen).map(|((), answer)| answer)
    }
}

fn length(part: &[u8]) -> [u8; 8] {
    u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes()
}

/// The other end: answers question after question until there is none any more.
///
/// # Errors
/// When a frame is longer than a file may be, or an end is closed within one.
pub fn answer_all(
    input: &mut impl Read,
    out: &mut impl Write,
    mut read: impl FnMut(String, Vec<u8>) -> WorkerAnswer,
) -> io::Result<()> {
    while let Some(ending) = frame(input)? {
        let bytes = frame(input)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let ending = String::from_utf8_lossy(&ending).into_owned();
        let answer = serde_json::to_vec(&read(ending, bytes))?;
        out.write_all(&length(&answer))?;
        out.write_all(&answer)?;
        out.flush()?;
    }
    Ok(())
}

/// The next frame; `None` when nothing follows.
fn frame(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut head = Vec::new();
    input.by_ref().take(8).read_to_end(&mut head)?;
    if head.is_empty() {
        return Ok(None);
    }
    let n = u64::from_le_bytes(head.try_into().map_err(|_| io::ErrorKind::UnexpectedEof)?);
    let most = u64::try_from(Limits::default().bytes_in).unwrap_or(u64::MAX);
    if n > most {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = Vec::new();
    input.take(n).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|it| it == n) {
        Ok(Some(bytes))
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(bytes: &[u8]) -> WorkerAnswer {
        WorkerAnswer::Error(ReadError::Damaged { what: String::from_utf8_lossy(bytes).into_owned() })
    }

    #[test]
    fn each_question_has_its_answer_and_half_a_frame_is_an_error() {
        let mut input = Vec::new();
        for part in [&b"xlsx"[..], b"one", b"", b""] {
            input.extend(length(part));
            input.extend(part);
        }
        let mut out = Vec::new();
        answer_all(&mut input.as_slice(), &mut out, |ending, bytes| error(&[ending.as_bytes(), &bytes].concat()))
            .unwrap();
        let mut rest = out.as_slice();
        let answers: Vec<String> = std::iter::from_fn(|| frame(&mut rest).unwrap())
            .map(|it| String::from_utf8_lossy(&it).into_owned())
            .collect();
        assert_eq!(answers.len(), 2);
        assert!(answers[0].contains("xlsxone"), "{answers:?}");
        let cut = &input[..input.len() - 12];
        assert!(answer_all(&mut &*cut, &mut Vec::new(), |_, bytes| error(&bytes)).is_err());
    }

    #[tokio::test]
    async fn a_child_that_fails_or_dawdles_loses_the_file_and_nothing_else() {
        let mut reader = SheetReader::new("/bin/false".into(), Duration::from_secs(5));
        assert_eq!(reader.read("a.xlsx", b"text".to_vec()).await, Err(ReadError::Killed));
        assert_eq!(reader.read("b.xlsx", b"text".to_vec()).await, Err(ReadError::Killed));
        assert_eq!(reader.n_started(), 2);
        assert_eq!(reader.read("b.xlsx", Vec::new()).await, Err(ReadError::Empty));
    }
}
