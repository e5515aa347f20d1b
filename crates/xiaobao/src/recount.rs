//! `xiaobao recount`: the states and dates of every complaint, made what their events say.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use store::Db;
use store::complaint::case::Law;
use store::complaint::mend;

use crate::place::Place;

/// Cases of one write.
const PIECE: i64 = 200;

/// Folds every case anew and writes what differs. What was stopped is finished by the server, or by the command run again.
#[derive(Args)]
pub(crate) struct Recount {
    #[command(flatten)]
    place: Place,
}

impl Recount {
    #[expect(clippy::print_stdout, reason = "the answer of a command")]
    pub(crate) async fn run(self) -> Result<ExitCode> {
        let data = &self.place.data;
        if !data.is_dir() {
            bail!("没有数据目录 {}", data.display());
        }
        let opened = Db::open(data, self.place.database.as_deref()).await;
        let db = opened.with_context(|| format!("不能打开数据目录 {}（请先停止服务）", data.display()))?;
        let now = web::Clock::system().now();
        let (rules, calendar) = web::desk_rules(&db).await?;
        db.write(async move |tx| mend::begin(&tx, now).await).await?;
        let (mut n_seen, mut n_mended, mut n_unreadable) = (0, 0, 0);
        loop {
            let (rules, calendar) = (rules.clone(), calendar.clone());
            let done = db
                .write(async move |tx| mend::go_on(&tx, Law { rules: &rules, calendar: &calendar }, now, PIECE).await)
                .await?;
            n_seen += done.n_seen;
            n_mended += done.mended.len();
            n_unreadable += done.unreadable.len();
            for number in &done.mended {
                println!("{number}：已按办理记录重算");
            }
            for number in &done.unreadable {
                println!(
                    "{number}：办理记录或登记内容读不出，没有重算；请运行 xiaobao verify 核验，并用备份核对密钥文件"
                );
            }
            if done.is_done {
                break;
            }
        }
        println!("共 {n_seen} 件，重算 {n_mended} 件，读不出 {n_unreadable} 件。");
        Ok(if n_unreadable == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
