//! `xiaobao read-worker`: reads one file from standard input and prints its text as JSON.
//!
//! Started by the server for each upload; hidden, since nobody needs it by hand. It gives itself little memory and
//! little time before it looks at the first byte, so that a hostile file can only end this process.

use std::io::{BufReader, BufWriter, Read, Write};
use std::process::ExitCode;

use clap::Args;
use gongwen::ReadError;
use rlimit::Resource;
use web::reader::{Way, WorkerAnswer, answer_all};

/// Reads one file from standard input.
#[derive(Args)]
pub(crate) struct ReadWorker {
    /// 文件名，只用来在内容说不清时判断格式
    #[arg(long, default_value = "")]
    name: String,
    /// 读成什么：文字、逐格的表、长清单、邮件
    #[arg(long, default_value = "source", value_parser = way)]
    way: Way,
    /// 一个接一个读，直到没有文件
    #[arg(long)]
    many: bool,
}

fn way(word: &str) -> Result<Way, String> {
    Way::of_word(word).ok_or_else(|| format!("没有“{word}”这种读法"))
}

impl ReadWorker {
    #[expect(clippy::unused_async, reason = "commands have one shape")]
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let ReadWorker { name, way, many } = self;
        confine(way)?;
        // A panic in a library must not fill the log of the server; the parent sees the exit code.
        std::panic::set_hook(Box::new(|_| {}));
        let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
        if many {
            let mut input = BufReader::new(std::io::stdin().lock());
            answer_all(&mut input, &mut out, |ending, bytes| answer(way, format!("file.{ending}"), bytes))?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut bytes = Vec::new();
        let most = u64::try_from(way.limits().bytes_in).unwrap_or(u64::MAX).saturating_add(1);
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)?;
        serde_json::to_writer(&mut out, &answer(way, name, bytes))?;
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Reads one file. Deeply nested files recurse; a thread with a stack of its own bounds how far.
fn answer(way: Way, name: String, bytes: Vec<u8>) -> WorkerAnswer {
    let reading = std::thread::Builder::new().stack_size(32 << 20).spawn(move || way.read(&name, &bytes));
    let read = reading.ok().and_then(|it| it.join().ok());
    read.unwrap_or_else(|| WorkerAnswer::Error(ReadError::Damaged { what: "内部结构有误".to_owned() }))
}

/// Takes away what reading does not need: memory, time, files of any size, core dumps.
fn confine(way: Way) -> anyhow::Result<()> {
    for (resource, most) in [
        (Resource::AS, way.memory_bytes()),
        (Resource::CPU, way.cpu_seconds()),
        (Resource::FSIZE, 0),
        (Resource::CORE, 0),
    ] {
        resource.set(most, most)?;
    }
    Ok(())
}
