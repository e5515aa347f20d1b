//! Xiaobao 消保 on the command line. One module per command.

mod archive;
mod backup;
mod check;
mod deadline;
mod demo;
mod place;
mod plan;
mod read_worker;
mod restore;
mod routes;
mod serve;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// 消保：把通知变成正在运行的活动。
#[derive(Parser)]
#[command(name = "xiaobao", version, about, long_about = None, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// What the program can do.
#[derive(Subcommand)]
enum Command {
    /// 把一份通知读成活动计划：表格、JSON、任务分解表、日历
    Plan(plan::Plan),
    #[command(hide = true)]
    ReadWorker(read_worker::ReadWorker),
    /// 启动服务：在浏览器里使用
    Serve(serve::Serve),
    /// 在线备份数据目录，并打印证明
    Backup(backup::Backup),
    /// 由备份恢复出一个新的数据目录，并打印证明
    Restore(restore::Restore),
    /// 核验：办理记录的哈希链、文件、数据库文件是否被改动
    Verify(verify::Verify),
    /// 检查数据是否自相矛盾，并说明怎么处理
    Check(check::Check),
    /// 计算法定期限：逐日列出为什么是这一天
    Deadline(deadline::Deadline),
    /// 启动演示：虚构的一个县、一份样例通知、正在开展的活动
    Demo(demo::Demo),
    /// 列出全部页面，以及谁可以使用
    Routes,
}

#[tokio::main]
async fn main() -> ExitCode {
    // Uploads are read by a child of this very program.
    if let Ok(program) = std::env::current_exe() {
        web::reader::use_program(program);
    }
    let ended = match Cli::parse().command {
        Command::Plan(command) => command.run().await,
        Command::ReadWorker(command) => command.run().await,
        Command::Serve(command) => command.run().await,
        Command::Backup(command) => command.run().await,
        Command::Restore(command) => command.run().await,
        Command::Verify(command) => command.run().await,
        Command::Check(command) => command.run().await,
        Command::Deadline(command) => command.run(),
        Command::Demo(command) => command.run().await,
        Command::Routes => routes::run(),
    };
    ended.unwrap_or_else(|error| {
        eprintln!("{error:#}");
        ExitCode::FAILURE
    })
}
