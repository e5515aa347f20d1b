//! `xiaobao import`: lists of other systems.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use store::Db;
use web::{Reading, Report};

use crate::place::Place;

/// The most lines of each kind that are printed.
const PRINTED: usize = 40;

/// Imports a list. The server must not be running on the same SQLite directory.
#[derive(Args)]
pub(crate) struct Import {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// 全国12315平台导出的投诉举报清单（Excel）；同一登记编号不重复登记
    #[command(name = "12315")]
    Platform(List),
    /// 其他系统的清单（.xlsx、.xls、.csv、.ods），按记住的列的对应读取
    #[command(name = "list")]
    Other(OtherList),
}

#[derive(Args)]
struct OtherList {
    /// 按哪一种表格读取：“导入清单”页上记住的名称；不写则按表头认
    #[arg(long, value_name = "NAME")]
    mapping: Option<String>,
    #[command(flatten)]
    list: List,
}

#[derive(Args)]
struct List {
    /// 导出的文件
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 收到日期；文件里没有这一列时用它，不写则为今天
    #[arg(long, value_name = "DATE", value_parser = crate::usage::day)]
    received: Option<Date>,
    /// 以哪个人员的名义登记；不写则记为系统
    #[arg(long, value_name = "NAME")]
    login: Option<String>,
    /// 按表中的办理单位分送：“处理部门”与单位名称相同的直接分送，其余留在待分流
    #[arg(long)]
    dispatch: bool,
    /// 只检查，不导入
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    place: Place,
}

impl Import {
    pub(crate) async fn run(self) -> Result<ExitCode> {
        let (list, mapping, is_platform) = match self.what {
            What::Platform(list) => (list, None, true),
            What::Other(it) => (it.list, it.mapping, false),
        };
        let bytes = std::fs::read(&list.file).with_context(|| format!("不能读文件 {}", list.file.display()))?;
        let name = list.file.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        let file = web::reader::read_list(&name, bytes).await.map_err(|error| anyhow!(web::sentence_of(&error)))?;
        let data = &list.place.data;
        if !data.is_dir() {
            bail!("没有数据目录 {}", data.display());
        }
        let opened = Db::open(data, list.place.database.as_deref()).await;
        let db = opened.with_context(|| format!("不能打开数据目录 {}（请先停止服务）", data.display()))?;
        let now = web::Clock::system().now();
        let actor = match &list.login {
            Some(login) => {
                let wanted = login.clone();
                let found = db.read(async move |tx| {
                    let Some((person, _)) = store::person::find_by_login(&tx, &wanted).await? else { return Ok(None) };
                    store::person::actor(&tx, &person).await.map(Some)
                });
                Some(found.await?.with_context(|| format!("没有登录名为“{login}”的人员"))?)
            }
            None => None,
        };
        let received = list.received.unwrap_or_else(|| web::day_of(now));
        let reading = match mapping {
            Some(name) => named(&db, &name, received).await?,
            None if is_platform => Reading::of_platform(received),
            None => web::reading_for(&db, &file, received).await.map_err(|error| anyhow!("{error}"))?,
        }
        .dispatching(list.dispatch);
        let done = web::import_list(&db, &file, &reading, actor, now, !list.dry_run).await;
        let report = done.map_err(|error| match error {
            web::Error::Unreadable(sentence) => anyhow!("{sentence}"),
            other => anyhow!("{other}"),
        })?;
        print(&report, list.dry_run);
        Ok(ExitCode::SUCCESS)
    }
}

/// The mapping of that name, or the names there are.
async fn named(db: &Db, name: &str, received: Date) -> Result<Reading> {
    let known = db.read(async |tx| store::complaint::list_mapping::list(&tx).await).await?;
    if let Some(it) = known.iter().find(|it| it.name == name) {
        return Ok(Reading::with(&it.name, it.mapping.clone(), received));
    }
    let names: Vec<&str> = known.iter().map(|it| it.name.as_str()).collect();
    match names.as_slice() {
        [] => bail!("还没有记住任何列的对应；请先在“导入清单”页上传一份同样的表格，逐列对应一次"),
        _ => bail!("没有叫“{name}”的列的对应；已有：{}", names.join("、")),
    }
}

#[expect(clippy::print_stdout, reason = "the answer of a command")]
fn print(report: &Report, is_dry_run: bool) {
    println!(
        "{}{} 行：新登记 {} 件，已有且相同 {} 件，已有但内容不同 {} 件，没有导入 {} 行。",
        if is_dry_run { "（只检查）" } else { "" },
        report.n_rows,
        report.n_new,
        report.n_same,
        report.n_different,
        report.n_wrong
    );
    if !report.mapping.is_empty() {
        println!("  按记住的对应关系“{}”读取。", report.mapping);
    }
    for it in &report.notes {
        println!("  {it}");
    }
    for it in report.different.iter().take(PRINTED) {
        for (word, ours, theirs) in &it.fields {
            println!("  {} {}　{word}：{ours} → {theirs}", it.number, it.external_number);
        }
    }
    for it in report.wrong.iter().take(PRINTED) {
        println!("  {} {}{}", it.place, it.sentence, if it.is_taken { "" } else { "（这一行没有导入）" });
    }
    if !report.unknown.is_empty() {
        println!("  没有导入的列：{}", report.unknown.join("、"));
    }
}
