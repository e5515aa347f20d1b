//! `xiaobao admin`: lets an administrator in again.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use store::Db;

use crate::place::Place;

/// Prints a new one-time password. The server must not be running.
#[derive(Args)]
pub(crate) struct Admin {
    #[command(flatten)]
    place: Place,
}

impl Admin {
    #[expect(clippy::print_stdout, reason = "the answer of a command")]
    pub(crate) async fn run(self) -> Result<ExitCode> {
        let data = &self.place.data;
        if !data.is_dir() {
            bail!("没有数据目录 {}", data.display());
        }
        let opened = Db::open(data, self.place.database.as_deref()).await;
        let db = opened.with_context(|| format!("不能打开数据目录 {}（请先停止服务）", data.display()))?;
        let now = web::Clock::system().now();
        let Some(admin) = web::first::restore_administrator(&db, now).await? else {
            bail!("这个数据目录里没有系统管理员账号。全新的数据目录请直接运行 xiaobao serve");
        };
        println!("系统管理员账号已可登录（此密码只显示这一次，登录后须修改；原有登录已全部退出）：");
        println!("  登录名    {}", admin.login);
        println!("  一次性密码 {}", admin.one_time_password);
        Ok(ExitCode::SUCCESS)
    }
}
