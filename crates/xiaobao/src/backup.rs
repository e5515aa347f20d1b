//! `xiaobao backup`: a copy of the data directory while the server goes on, proved before it takes its place.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use crate::archive;
use crate::place::{Place, print};

/// Copies the database, the files and the keys.
#[derive(Args)]
pub(crate) struct Backup {
    #[command(flatten)]
    place: Place,
    /// 备份到哪里：一个新目录，或以 .zip 结尾的新文件
    #[arg(long, value_name = "DIR|FILE.zip")]
    to: PathBuf,
}

impl Backup {
    #[expect(clippy::print_stdout, reason = "the answer of a command")]
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let (data, database) = (&self.place.data, self.place.database.as_deref());
        let proof = if archive::is_archive(&self.to) {
            anyhow::ensure!(!self.to.exists(), "{} 已存在，请换一个文件名", self.to.display());
            let beside = archive::folder_beside(&self.to)?;
            let folder = beside.path().join("backup");
            let proof = store::backup::backup(data, database, &folder).await?;
            let to = self.to.clone();
            tokio::task::spawn_blocking(move || archive::pack(&folder, &to)).await?.context("不能写备份文件")?;
            proof
        } else {
            store::backup::backup(data, database, &self.to).await?
        };
        print(&proof);
        println!("已备份到 {}。其中 keys 是解开个人信息的密钥，请与备份一起妥善保管，不要外传。", self.to.display());
        if database.is_some() {
            println!(
                "数据表在 PostgreSQL 中，未包含在内；请另外执行 pg_dump --format=custom --file=xiaobao.dump <数据库>。"
            );
        }
        if proof.is_sound() {
            return Ok(ExitCode::SUCCESS);
        }
        eprintln!("注意：备份的内容有损坏（见上），请先查明原因，并保留以前的备份。");
        Ok(ExitCode::FAILURE)
    }
}
