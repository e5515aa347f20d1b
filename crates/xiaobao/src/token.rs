//! `xiaobao token`: a token with which another program acts for a person.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use store::Db;
use store::event::{self, NewEvent};

use crate::place::Place;

/// Makes a token, or ends those of a person. The server must not be running on the same SQLite directory.
#[derive(Args)]
pub(crate) struct Token {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// 新建访问令牌，只显示这一次
    Create(Whose),
    /// 停用一个人员的全部访问令牌
    End(Whose),
}

#[derive(Args)]
struct Whose {
    /// 登录名：程序以这个人员的身份和权限办理
    #[arg(long, value_name = "NAME")]
    login: String,
    #[command(flatten)]
    place: Place,
}

impl Token {
    #[expect(clippy::print_stdout, reason = "the answer of a command")]
    pub(crate) async fn run(self) -> Result<ExitCode> {
        let (whose, is_new) = match self.verb {
            Verb::Create(whose) => (whose, true),
            Verb::End(whose) => (whose, false),
        };
        let data = &whose.place.data;
        if !data.is_dir() {
            bail!("没有数据目录 {}", data.display());
        }
        let opened = Db::open(data, whose.place.database.as_deref()).await;
        let db = opened.with_context(|| {
            format!(
                "不能打开数据目录 {}：服务正在运行时，请由系统管理员在“设置—接口令牌”里新建或停用；用命令的，先停止服务",
                data.display()
            )
        })?;
        let (token, hash) = web::new_token();
        let (now, login) = (web::Clock::system().now(), whose.login.clone());
        let found = db
            .write(async move |tx| {
                let Some((person, _)) = store::person::find_by_login(&tx, &login).await? else { return Ok(false) };
                if is_new {
                    store::complaint::token::insert(&tx, &hash, &person.person_id, now).await?;
                    event::insert(&tx, NewEvent::by_program("person", &person.person_id, "token_created", now));
                } else {
                    store::complaint::token::end_all(&tx, &person.person_id).await?;
                    event::insert(&tx, NewEvent::by_program("person", &person.person_id, "token_ended", now));
                }
                Ok(true)
            })
            .await?;
        if !found {
            bail!("没有登录名为“{}”的人员", whose.login);
        }
        if is_new {
            println!("{token}");
        } else {
            println!("已停用 {} 的全部访问令牌。", whose.login);
        }
        Ok(ExitCode::SUCCESS)
    }
}
