//! `xiaobao plan FILE`: what a notice asks for, as a readable table, as JSON, or as files to hand on.

mod export;
mod print;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use domain::campaign::plan::{Reading, ReadingKind};
use gongwen::ReadError;
use gongwen::source::Source;

/// The text was read, but holds no plan.
const NOT_A_PLAN: u8 = 3;
const PATIENCE: Duration = Duration::from_secs(60);

/// Reads a notice into a plan.
#[derive(Args)]
pub(crate) struct Plan {
    /// 通知或方案文件：.docx .pdf .ofd .html .txt .md .xlsx；- 表示标准输入
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 打印 JSON
    #[arg(long)]
    json: bool,
    /// 把任务分解表写成表格文件：总表一张，每个单位一张
    #[arg(long, value_name = "OUT")]
    xlsx: Option<PathBuf>,
    /// 把任务分解表写成公文版式的文档：总表在前，每个单位另起一页
    #[arg(long, value_name = "OUT")]
    docx: Option<PathBuf>,
    /// 把有日期的活动和报送时限写成日历文件
    #[arg(long, value_name = "OUT")]
    ics: Option<PathBuf>,
}

impl Plan {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let bytes = self.bytes()?;
        let source = match self.read(bytes).await {
            Ok(source) => source,
            Err(error) => anyhow::bail!("{}：{error}", self.file.display()),
        };
        let reading = domain::campaign::read::read(&source);
        let mut out = std::io::stdout().lock();
        let printed = if self.json {
            serde_json::to_writer_pretty(&mut out, &reading).map_err(std::io::Error::from).and_then(|()| writeln!(out))
        } else {
            print::print(&mut out, &source, &reading, print::width())
        };
        // A reader that closes early (`| head`) is no error.
        if let Err(error) = printed.and_then(|()| out.flush())
            && error.kind() != std::io::ErrorKind::BrokenPipe
        {
            return Err(error.into());
        }
        drop(out);
        if reading.kind == ReadingKind::Plan {
            self.export(&reading)?;
            return Ok(ExitCode::SUCCESS);
        }
        Ok(ExitCode::from(NOT_A_PLAN))
    }

    fn bytes(&self) -> anyhow::Result<Vec<u8>> {
        if self.file == Path::new("-") {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes)?;
            return Ok(bytes);
        }
        std::fs::read(&self.file).map_err(|error| anyhow::anyhow!("{}", not_opened(&self.file, &error)))
    }

    /// Plain text is read here; formats with insides in the confined child, as in the server.
    async fn read(&self, bytes: Vec<u8>) -> Result<Source, ReadError> {
        let name = self.file.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        let is_plain = Path::new(&name).extension().is_some_and(|it| it == "txt" || it == "md");
        match std::env::current_exe() {
            Ok(program) if !is_plain => web::reader::read_in_child(&program, &name, bytes, PATIENCE).await,
            _ => web::reader::read(&name, bytes).await,
        }
    }

    fn export(&self, reading: &Reading) -> anyhow::Result<()> {
        let save = |path: &Path, content: &[u8]| {
            std::fs::write(path, content).with_context(|| format!("写不了文件 {}", path.display()))
        };
        if let Some(path) = &self.xlsx {
            save(path, &export::xlsx(reading)?)?;
        }
        if let Some(path) = &self.docx {
            save(path, &export::docx(reading)?)?;
        }
        if let Some(path) = &self.ics {
            let (calendar, n_without_day) = export::ics(reading);
            save(path, calendar.as_bytes())?;
            if n_without_day > 0 {
                eprintln!("有 {n_without_day} 处时间没有具体日期（缺年份、每周、另行通知等），没有写入日历。");
            }
        }
        Ok(())
    }
}

/// Why a file could not be opened, in words.
fn not_opened(path: &Path, error: &std::io::Error) -> String {
    let why = match error.kind() {
        std::io::ErrorKind::NotFound => "没有这个文件".to_owned(),
        std::io::ErrorKind::PermissionDenied => "没有读取权限".to_owned(),
        std::io::ErrorKind::IsADirectory => "这是一个文件夹".to_owned(),
        _ => error.to_string(),
    };
    format!("打不开文件“{}”：{why}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_said_in_chinese() {
        let error = std::fs::read("没有.docx").unwrap_err();
        assert_eq!(not_opened(Path::new("没有.docx"), &error), "打不开文件“没有.docx”：没有这个文件");
    }
}
