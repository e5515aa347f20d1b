//! `xiaobao read-worker`: reads one file from standard input and prints its text as JSON.
//!
//! Started by the server for each upload; hidden, since nobody needs it by hand. It gives itself little memory and
//! little time before it looks at the first byte, so that a hostile file can only end this process.

use std::io::{BufReader, Read, Write};
use std::process::ExitCode;

use clap::Args;
use gongwen::{Limits, ReadError};
use rlimit::Resource;
use web::reader::{WorkerAnswer, answer_all};

/// Address space: the text of a notice needs a hundredth of it.
const MEMORY_BYTES: u64 = 768 << 20;
const CPU_SECONDS: u64 = 20;

/// Reads one file from standard input.
#[derive(Args)]
pub(crate) struct ReadWorker {
    /// 文件名，只用来在内容说不清时判断格式
    #[arg(long, default_value = "")]
    name: String,
    /// 逐格读出，不拼成文字
    #[arg(long)]
    sheets: bool,
    /// 一个接一个读，直到没有文件
    #[arg(long, requires = "sheets")]
    many: bool,
}

impl ReadWorker {
    #[expect(clippy::unused_async, reason = "commands have one shape")]
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        confine()?;
        // A panic in a library must not fill the log of the server; the parent sees the exit code.
        std::panic::set_hook(Box::new(|_| {}));
        let mut out = std::io::stdout().lock();
        if self.many {
            let mut input = BufReader::new(std::io::stdin().lock());
            answer_all(&mut input, &mut out, |ending, bytes| answer(format!("file.{ending}"), bytes, true))?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut bytes = Vec::new();
        let most = u64::try_from(Limits::default().bytes_in).unwrap_or(u64::MAX).saturating_add(1);
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)?;
        serde_json::to_writer(&mut out, &answer(self.name, bytes, self.sheets))?;
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Reads one file. Deeply nested files recurse; a thread with a stack of its own bounds how far.
fn answer(name: String, bytes: Vec<u8>, is_by_cell: bool) -> WorkerAnswer {
    let reading = std::thread::Builder::new().stack_size(32 << 20).spawn(move || {
        let limits = Limits::default();
        if is_by_cell {
            gongwen::read_sheets(&name, &bytes, &limits).map(WorkerAnswer::Sheets)
        } else {
            gongwen::read(&name, &bytes, &limits).map(WorkerAnswer::Source)
        }
    });
    match reading.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(answer))) => answer,
        Ok(Ok(Err(error))) => WorkerAnswer::Error(error),
        Ok(Err(_)) | Err(_) => WorkerAnswer::Error(ReadError::Damaged { what: "内部结构有误".to_owned() }),
    }
}

/// Takes away what reading does not need: memory, time, files of any size, core dumps.
fn confine() -> anyhow::Result<()> {
    for (resource, most) in
        [(Resource::AS, MEMORY_BYTES), (Resource::CPU, CPU_SECONDS), (Resource::FSIZE, 0), (Resource::CORE, 0)]
    {
        resource.set(most, most)?;
    }
    Ok(())
}
