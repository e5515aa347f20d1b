//! `xiaobao merge IN… -o OUT.xlsx`: adds up the forms that units handed in as files.

mod inputs;
mod print;
mod units;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use domain::statistics::form::FormDefinition;
use domain::statistics::form_reader::{ReadForm, read_sheets};
use domain::statistics::merge::{self, HandedIn, Merged};
use gongwen::ReadError;
use gongwen::write::paper::write_xlsx;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use web::reader::SheetReader;

/// Something was left out of the sum. Not 2: with that a wrong command line ends.
const LEFT_OUT: u8 = 3;
const PATIENCE: Duration = Duration::from_secs(60);

/// Adds up filled forms.
#[derive(Args)]
#[command(after_help = "\
结果文件有三张表：
  汇总    上级原表的版式，填好各项合计；有问题的格子带批注和底色
  各单位  每个单位一行、每一项一列；问题写在出问题的那一格的批注里
  问题    逐条列出：文件、工作表、位置、写的是什么、怎么处理的、怎么办

按项目名称和计量单位对应，不看序号，行的先后不同也不要紧。
3000余份、8万余份按估计数计入并标明；负数、文字、没有结果的公式不计入；
办结/调解成功这样一格两个数的，写成 12/8；只写一个数分不清是哪个，不计入；
条/天、百分比不相加，逐个列出；同一单位报两份的只计第一份；别的年份的表不计入。
一份文件坏了不影响其余文件。

退出码：
  0  全部计入
  1  没有一份能汇总，或文件写不了
  2  命令写得不对，什么也没有做
  3  有文件或数没有计入（见“问题”表），其余已汇总

示例：
  xiaobao merge 各所上报/ -o 汇总.xlsx
  xiaobao merge 各所上报/*.xlsx 各所上报/*.docx -o 汇总.xlsx --form 上级空表.xlsx
  xiaobao merge 各所上报/ -o 汇总.xlsx --units 单位表.txt
  xiaobao merge 各所上报/ --dry-run")]
pub(crate) struct Merge {
    /// 填好的统计表：.xlsx .xls .ods .docx .csv，文件、文件夹或带 * 的写法
    #[arg(value_name = "IN", required = true)]
    inputs: Vec<String>,
    /// 结果写到这个 .xlsx 文件
    #[arg(short, long, value_name = "OUT", required_unless_present = "dry_run")]
    out: Option<PathBuf>,
    /// 上级的空表，按它的项目和版式汇总；不给则用多数文件用的那张表
    #[arg(long, value_name = "FILE")]
    form: Option<PathBuf>,
    /// 汇总表头的填报单位
    #[arg(long, value_name = "NAME")]
    unit: Option<String>,
    /// 单位表：每行一个单位名称的 .txt，或有“单位名称”一列的 .csv .xlsx；给了就指出不在表中的单位和还没有报来的单位
    #[arg(long, value_name = "FILE")]
    units: Option<PathBuf>,
    /// 另写一份各单位明细的 .csv，与结果文件同名
    #[arg(long)]
    csv: bool,
    /// 试运行：说的话与正式运行完全一样，不写文件
    #[arg(long)]
    dry_run: bool,
}

impl Merge {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let form = match &self.form {
            Some(path) => Some(form_of(path).await?),
            None => None,
        };
        let files = inputs::files(&self.inputs, self.out.as_deref())?;
        let handed_in = read_all(files).await;
        let mut merged = merge::merge(form, &handed_in);
        let missing = match &self.units {
            Some(path) => merge::name_unknown(&mut merged, &units::read(path).await?),
            None => Vec::new(),
        };
        let mut out = std::io::stdout().lock();
        // A reader that closes early (`| head`) is no error.
        match print::print(&mut out, &merged, &missing).and_then(|()| out.flush()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => return Err(error.into()),
            _ => {}
        }
        if merged.form.rows.is_empty() {
            anyhow::bail!("没有一份文件里有统计表，没有汇总。可以用 --form 指定上级的空表。");
        }
        match &self.out {
            Some(path) if !self.dry_run => self.save(path, &merged)?,
            _ => eprintln!("试运行，没有写文件。"),
        }
        Ok(if merged.n_left_out() > 0 { ExitCode::from(LEFT_OUT) } else { ExitCode::SUCCESS })
    }

    fn save(&self, path: &Path, merged: &Merged) -> anyhow::Result<()> {
        let head: BTreeMap<String, String> = self.unit.iter().map(|it| ("填报单位".to_owned(), it.clone())).collect();
        let units = merge::units_paper(merged);
        let save = |path: &Path, content: &[u8]| {
            std::fs::write(path, content).with_context(|| format!("写不了文件 {}", path.display()))
        };
        if self.csv {
            let csv = path.with_extension("csv");
            save(&csv, units.to_csv().as_bytes())?;
            eprintln!("已写：{}", csv.display());
        }
        save(path, &write_xlsx(&[merge::sum_paper(merged, head), units, merge::problems_paper(merged)])?)?;
        eprintln!("已写：{}", path.display());
        Ok(())
    }
}

/// The form of the superior: the first one in its file.
async fn form_of(path: &Path) -> anyhow::Result<FormDefinition> {
    let bytes = std::fs::read(path).map_err(|error| anyhow::anyhow!("{}", inputs::not_opened(path, &error)))?;
    let sheets =
        read(&mut reader(), path, bytes).await.map_err(|error| anyhow::anyhow!("{}：{error}", path.display()))?;
    let form = sheets.into_iter().map(|it| it.form.definition).find(|it| !it.rows.is_empty());
    form.with_context(|| format!("{}：里面没有统计表，表头要有“项目”和“数量”两列", path.display()))
}

/// Reads all files, as many at once as there are processors; the order stays.
async fn read_all(files: Vec<inputs::Input>) -> Vec<HandedIn> {
    let n_at_once = std::thread::available_parallelism().map_or(2, usize::from);
    let waiting = Arc::new(Mutex::new(files.into_iter().enumerate()));
    let mut readers = JoinSet::new();
    for _ in 0..n_at_once {
        let waiting = waiting.clone();
        readers.spawn(async move {
            let (mut reader, mut done) = (reader(), Vec::new());
            loop {
                let next = waiting.lock().await.next();
                let Some((n, input)) = next else { return done };
                done.push((n, read_one(&mut reader, input).await));
            }
        });
    }
    let mut done: Vec<(usize, HandedIn)> = readers.join_all().await.into_iter().flatten().collect();
    done.sort_by_key(|it| it.0);
    done.into_iter().map(|it| it.1).collect()
}

async fn read_one(reader: &mut Option<SheetReader>, input: inputs::Input) -> HandedIn {
    let sheets = match std::fs::read(&input.path) {
        Ok(bytes) => read(reader, &input.path, bytes).await.map_err(|error| error.of_table()),
        Err(error) => Err(inputs::not_opened(&input.path, &error)),
    };
    HandedIn { file: input.name, sheets }
}

/// Formats with insides are read in a confined child, as in the server.
fn reader() -> Option<SheetReader> {
    std::env::current_exe().ok().map(|program| SheetReader::new(program, PATIENCE))
}

/// Plain text is read here.
async fn read(reader: &mut Option<SheetReader>, path: &Path, bytes: Vec<u8>) -> Result<Vec<ReadForm>, ReadError> {
    let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let is_plain = path.extension().is_some_and(|it| it == "txt" || it == "csv");
    let file = match reader {
        Some(reader) if !is_plain => reader.read(&name, bytes).await,
        _ => gongwen::read_sheets(&name, &bytes, &gongwen::Limits::default()),
    };
    Ok(read_sheets(&file?))
}
