//! `xiaobao restore`: a new data directory out of a backup, if it is what its proof says.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use crate::archive;
use crate::place::{Place, print};

/// Restores into a new data directory; it never writes over an existing one.
#[derive(Args)]
pub(crate) struct Restore {
    #[command(flatten)]
    place: Place,
    /// 备份所在的目录或 .zip 文件
    #[arg(long, value_name = "DIR|FILE.zip")]
    from: PathBuf,
}

impl Restore {
    #[expect(clippy::print_stdout, reason = "the answer of a command")]
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let (data, database) = (&self.place.data, self.place.database.as_deref());
        let proof = if archive::is_archive(&self.from) {
            let beside = archive::folder_beside(data)?;
            let (from, folder) = (self.from.clone(), beside.path().to_owned());
            tokio::task::spawn_blocking(move || archive::unpack(&from, &folder)).await?.context("不能读备份文件")?;
            store::backup::restore(beside.path(), database, data).await?
        } else {
            store::backup::restore(&self.from, database, data).await?
        };
        print(&proof);
        println!("已恢复到 {}，内容与备份时的证明一致。", data.display());
        if database.is_some() {
            println!("数据表请用 pg_restore 恢复，然后执行 xiaobao verify 核对末条哈希。");
        }
        Ok(ExitCode::SUCCESS)
    }
}
