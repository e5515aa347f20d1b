//! `xiaobao serve`: serves the pages until somebody says stop.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use store::Db;
use store::files::Files;

use crate::place::Place;

/// How the log is written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// 便于阅读
    Text,
    /// 便于程序处理
    Json,
}

/// Opens the data directory, makes the first administrator when there is nobody, and serves.
#[derive(Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    place: Place,
    /// 监听地址
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:12315", env = "XIAOBAO_LISTEN")]
    listen: SocketAddr,
    /// 人们在浏览器里打开的地址，如 https://xb.example.gov.cn；以 https 开头时启用安全 Cookie
    #[arg(long, value_name = "URL", env = "XIAOBAO_PUBLIC_URL")]
    public_url: Option<String>,
    /// 前面有反向代理，由它写入 X-Forwarded-For
    #[arg(long, env = "XIAOBAO_BEHIND_PROXY")]
    behind_proxy: bool,
    /// 日志格式
    #[arg(long, value_enum, default_value = "text", env = "XIAOBAO_LOG_FORMAT")]
    log_format: LogFormat,
}

impl Serve {
    #[expect(clippy::print_stdout, reason = "the program talks to the person who started it")]
    pub(crate) async fn run(self) -> Result<ExitCode> {
        log(self.log_format);
        let data = &self.place.data;
        let opened = Db::open(data, self.place.database.as_deref()).await;
        let db = opened.with_context(|| format!("不能打开数据目录 {}", data.display()))?;
        let secret = data.join("secret.key");
        let keys = web::Keys::from_file(&secret).with_context(|| format!("不能读写 {}", secret.display()))?;
        let files = Files::open(data).with_context(|| format!("不能写数据目录 {}", data.display()))?;
        let config = web::Config { public_url: self.public_url, is_behind_proxy: self.behind_proxy };
        let app = web::App::new(db, web::Clock::system(), keys, files, config);
        let first = web::first::administrator(&app).await?;
        listen(app, self.listen, |address| {
            println!("消保已启动：http://{address}");
            if let Some(first) = first {
                println!("首次启动，已建立系统管理员账号（此密码只显示这一次，登录后须修改）：");
                println!("  登录名    {}", first.login);
                println!("  一次性密码 {}", first.one_time_password);
            }
            println!("按 Ctrl-C 停止。");
        })
        .await?;
        Ok(ExitCode::SUCCESS)
    }
}

/// To standard error, at the level `XIAOBAO_LOG` says.
pub(crate) fn log(format: LogFormat) {
    let level = tracing_subscriber::EnvFilter::try_from_env("XIAOBAO_LOG");
    let level = level.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(level).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}

/// Listens on the address; `ready` is called when it does.
///
/// # Errors
/// When the address is taken or not ours.
pub(crate) async fn listen(app: web::App, address: SocketAddr, ready: impl FnOnce(SocketAddr)) -> Result<()> {
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .with_context(|| format!("{address} 已被占用或不可用。请先停止占用它的程序，或用 --listen 换一个地址"))?;
    ready(listener.local_addr()?);
    crate::background::start(app.clone());
    web::listen(listener, app, stopped()).await.context("网页服务中断")
}

/// Ctrl-C, or the signal a service manager sends.
async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
            return;
        };
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupted.await;
}
