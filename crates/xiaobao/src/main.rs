//! Xiaobao 消保 on the command line. One module per command.

mod admin;
mod archive;
mod background;
mod backup;
mod check;
mod deadline;
mod demo;
mod import;
mod merge;
mod place;
mod plan;
mod read_worker;
mod recount;
mod restore;
mod routes;
mod serve;
mod token;
mod usage;
mod verify;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

/// The allocator of the C library takes a fifth of the processor time of a desk at work, this one half of that (decision 20).
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// 消保：把通知变成正在运行的活动。
#[derive(Parser)]
#[command(name = "xiaobao", version, about = "消保：把通知变成正在运行的活动", long_about = None)]
#[command(help_template = HELP, after_help = AFTER_HELP)]
#[command(disable_help_flag = true, disable_version_flag = true, disable_help_subcommand = true)]
struct Cli {
    /// 显示帮助
    #[arg(short, long, global = true, help_heading = "选项", action = clap::ArgAction::Help)]
    help: Option<bool>,
    /// 显示版本
    #[arg(short = 'V', long, action = clap::ArgAction::Version)]
    version: Option<bool>,
    #[command(subcommand)]
    command: Command,
}

/// The help of the program: its sections have Chinese heads.
const HELP: &str = "{about}\n\n用法：{usage}\n\n命令：\n{subcommands}\n\n选项：\n{options}{after-help}\n";

/// The help of one command.
const COMMAND_HELP: &str = "{about}\n\n用法：{usage}\n\n{all-args}{after-help}\n";

const AFTER_HELP: &str = "\
示例：
  xiaobao demo                                  先看演示：虚构的一个县，正在开展的活动
  xiaobao serve --data /srv/xiaobao             启动服务
  xiaobao plan 通知.docx --xlsx 任务分解表.xlsx  把通知读成任务分解表
  xiaobao merge 各所上报/ -o 汇总.xlsx          汇总各单位填好的统计表
  xiaobao backup --help                         看一条命令的用法

环境变量：
  XIAOBAO_DATA      数据目录，代替 --data
  XIAOBAO_DATABASE  PostgreSQL 地址，代替 --database
  XIAOBAO_LOG       日志级别：error、warn、info（默认）、debug

退出码：
  0  成功
  1  失败，或检查、核验发现问题
  2  命令写法不对；merge：有文件或数没有计入
  3  plan：文件读到了，但不是活动通知或方案";

/// What the program can do.
#[derive(Subcommand)]
enum Command {
    /// 把一份通知读成活动计划：表格、JSON、任务分解表、日历
    Plan(plan::Plan),
    /// 把各单位填好的统计表汇总成一张，问题写在出问题的格子里
    Merge(merge::Merge),
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
    /// 按办理记录重算每件投诉举报的状态和期限（先停止服务）
    Recount(recount::Recount),
    /// 忘记管理员密码时：打印新的一次性密码（先停止服务）
    Admin(admin::Admin),
    /// 导入其他系统的清单：全国12315平台导出的投诉举报
    Import(import::Import),
    /// 访问令牌：让其他程序通过接口登记和办理投诉举报
    Token(token::Token),
    /// 计算法定期限：逐日列出为什么是这一天
    Deadline(deadline::Deadline),
    /// 启动演示：虚构的一个县、一份样例通知、正在开展的活动
    Demo(demo::Demo),
    /// 列出全部页面，以及谁可以使用
    Routes,
}

/// Reads the command line; the heads of every help are Chinese.
fn parse() -> Cli {
    let command = Cli::command().mut_subcommands(|command| {
        let command = command.help_template(COMMAND_HELP);
        command.mut_args(|arg| {
            let head = if arg.is_positional() { "参数" } else { "选项" };
            arg.help_heading(head)
        })
    });
    let read = command.try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches));
    read.unwrap_or_else(|error| usage::exit(&error))
}

#[tokio::main]
async fn main() -> ExitCode {
    // Uploads are read by a child of this very program.
    if let Ok(program) = std::env::current_exe() {
        web::reader::use_program(program);
    }
    let ended = match parse().command {
        Command::Plan(command) => command.run().await,
        Command::Merge(command) => command.run().await,
        Command::ReadWorker(command) => command.run().await,
        Command::Serve(command) => command.run().await,
        Command::Backup(command) => command.run().await,
        Command::Restore(command) => command.run().await,
        Command::Verify(command) => command.run().await,
        Command::Check(command) => command.run().await,
        Command::Recount(command) => command.run().await,
        Command::Admin(command) => command.run().await,
        Command::Import(command) => command.run().await,
        Command::Token(command) => command.run().await,
        Command::Deadline(command) => command.run(),
        Command::Demo(command) => command.run().await,
        Command::Routes => routes::run(),
    };
    ended.unwrap_or_else(|error| {
        eprintln!("{error:#}");
        ExitCode::FAILURE
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_is_chinese() {
        Cli::command().debug_assert();
        let help = Cli::command().render_help().to_string();
        assert!(help.starts_with("消保：把通知变成正在运行的活动"), "{help}");
        for words in ["用法：", "命令：", "选项：", "示例：", "环境变量：", "退出码："] {
            assert!(help.contains(words), "{words}: {help}");
        }
        assert!(!help.contains("Commands") && !help.contains("Print"), "{help}");
    }
}
