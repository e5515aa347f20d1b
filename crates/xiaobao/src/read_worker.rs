//! `xiaobao read-worker`: reads one file from standard input and prints its text as JSON.
//!
//! Started by the server for each upload; hidden, since nobody needs it by hand. It gives itself little memory and
//! little time before it looks at the first byte, so that a hostile file can only end this process.

use std::io::{Read, Write};
use std::process::ExitCode;

use clap::Args;
use gongwen::{Limits, ReadError};
use rlimit::Resource;
use web::reader::WorkerAnswer;

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
}

impl ReadWorker {
    #[expect(clippy::unused_async, reason = "commands have one shape")]
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        confine()?;
        // A panic in a library must not fill the log of the server; the parent sees the exit code.
        std::panic::set_hook(Box::new(|_| {}));
        let limits = Limits::default();
        let mut bytes = Vec::new();
        let most = u64::try_from(limits.bytes_in).unwrap_or(u64::MAX).saturating_add(1);
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)?;
        // Deeply nested files recurse; a thread with a stack of its own bounds how far.
        let reading = std::thread::Builder::new().stack_size(32 << 20).spawn(move || {
            if self.sheets {
                gongwen::read_sheets(&self.name, &bytes, &limits).map(WorkerAnswer::Sheets)
            } else {
                gongwen::read(&self.name, &bytes, &limits).map(WorkerAnswer::Source)
            }
        })?;
        let answer = match reading.join() {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => WorkerAnswer::Error(error),
            Err(_) => WorkerAnswer::Error(ReadError::Damaged { what: "内部结构有误".to_owned() }),
        };
        let mut out = std::io::stdout().lock();
        serde_json::to_writer(&mut out, &answer)?;
        out.flush()?;
        Ok(ExitCode::SUCCESS)
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
