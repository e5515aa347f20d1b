//! `xiaobao import`: lists of other systems.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use store::Db;

use crate::place::Place;

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
}

#[derive(Args)]
struct List {
    /// 导出的文件
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 收到日期；文件里没有这一列时用它，不写则为今天
    #[arg(long, value_name = "DATE")]
    received: Option<Date>,
    /// 以哪个人员的名义登记；不写则记为系统
    #[arg(long, value_name = "NAME")]
    login: Option<String>,
    /// 只检查，不导入
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    place: Place,
}

impl Import {
    #[expect(clippy::print_stdout, reason = "the answer of a command")]
    pub(crate) async fn run(self) -> Result<ExitCode> {
        let What::Platform(list) = self.what;
        let bytes = std::fs::read(&list.file).with_context(|| format!("不能读文件 {}", list.file.display()))?;
        let name = list.file.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        let file = web::read_list(&name, &bytes).map_err(|error| anyhow!("{error}"))?;
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
        let report = web::import_list(&db, &file, received, actor, now, !list.dry_run).await?;
        println!(
            "{}{} 行：新登记 {} 件，已有且相同 {} 件，已有但内容不同 {} 件，没有读懂 {} 行。",
            if list.dry_run { "（只检查）" } else { "" },
            report.n_rows,
            report.n_new,
            report.n_same,
            report.n_different,
            report.wrong.len()
        );
        for it in report.different.iter().take(20) {
            for (word, ours, theirs) in &it.fields {
                println!("  {} {}　{word}：{ours} → {theirs}", it.number, it.external_number);
            }
        }
        for (line, sentence) in report.wrong.iter().take(20) {
            println!("  第 {line} 行：{sentence}");
        }
        if !report.unknown.is_empty() {
            println!("  没有导入的列：{}", report.unknown.join("、"));
        }
        Ok(ExitCode::SUCCESS)
    }
}
