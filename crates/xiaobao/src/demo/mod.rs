//! `xiaobao demo`: a county that does not exist, with a sample notice read, published and well under way.
//!
//! The data stay between two starts; `--fresh` starts over. The demonstration has its own time (`clock`), so that
//! something is done, something late and something due today on whatever day it is started.

#![expect(clippy::print_stdout, reason = "the command line talks to the person who started it")]

mod campaigns;
mod clock;
mod complaints;
mod district;
mod handed_in;
mod intake;
mod progress;
mod returns;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use argon2::{Argon2, password_hash::PasswordHasher};
use domain::Id;
use domain::unit::{Actor, Role};
use jiff::Timestamp;
use store::event::{self, NewEvent};
use store::person::NewPerson;
use store::unit::NewUnit;
use store::{Db, Tx};

use district::{PEOPLE, UNITS};

/// The password of everybody in the demonstration.
const PASSWORD: &str = "yunxi-315-demo";

/// What the command line says.
#[derive(clap::Args)]
pub(crate) struct Demo {
    /// 演示数据放在哪个目录
    #[arg(long, value_name = "DIR", default_value = "demo-data")]
    data: PathBuf,
    /// 监听地址
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:12315")]
    listen: SocketAddr,
    /// 删除原有演示数据,从头开始
    #[arg(long)]
    fresh: bool,
}

impl Demo {
    /// Makes the data when they are not there, and serves them.
    pub(crate) async fn run(self) -> Result<ExitCode> {
        let Demo { data, listen, fresh } = self;
        crate::serve::log(crate::serve::LogFormat::Text);
        if fresh {
            remove(&data)?;
        }
        let machine = web::Clock::system();
        let db = Db::open(&data, None).await?;
        let made = clock::made(&data, machine.now())?;
        if db.read(async |tx| store::unit::count(&tx).await).await? == 0 {
            println!("正在准备演示数据……");
            fill(&db, &data).await?;
        }
        let clock = web::Clock::new(move || clock::demo_time(made, machine.now()));
        let today = clock.today();
        let keys = web::Keys::from_file(&data.join("secret.key"))?;
        let app = web::App::new(db, clock, keys, store::files::Files::open(&data)?, web::Config::default());
        crate::serve::listen(app, listen, |address| println!("{}", greeting(address, &data, today))).await?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Removes the data of an earlier demonstration, and nothing that is not one.
fn remove(data: &Path) -> Result<()> {
    if !data.exists() {
        return Ok(());
    }
    if !data.join("demo-clock").is_file() {
        bail!("{} 不是演示数据目录，不予删除", data.display());
    }
    std::fs::remove_dir_all(data).with_context(|| data.display().to_string())
}

/// The county, its people, its campaigns.
async fn fill(db: &Db, data: &Path) -> Result<()> {
    let password_hash = password_hash()?;
    let born = clock::beginning() - jiff::SignedDuration::from_hours(24 * 20);
    let actors = db.write(async move |tx| people(&tx, &password_hash, born).await).await?;
    campaigns::make(db, data, &actors).await?;
    complaints::make(db, &actors, clock::beginning()).await?;
    intake::make(db, &actors, clock::beginning()).await
}

/// One hash for everybody: twenty-six would keep the person who starts the demonstration waiting.
fn password_hash() -> Result<String> {
    let hash = Argon2::default().hash_password(PASSWORD.as_bytes());
    Ok(hash.map_err(|error| anyhow!("{error}"))?.to_string())
}

/// Units and people; the answer holds who acts, by login.
async fn people(tx: &Tx, password_hash: &str, at: Timestamp) -> store::Result<BTreeMap<&'static str, Actor>> {
    let mut units: BTreeMap<&str, Id> = BTreeMap::new();
    for (sort_key, unit) in (1..).zip(UNITS) {
        let new = NewUnit {
            parent_id: unit.parent.and_then(|name| units.get(name)).cloned(),
            name: unit.name.to_owned(),
            short_name: unit.short_name.to_owned(),
            kind: unit.kind,
            sort_key,
        };
        let unit_id = store::unit::insert(tx, &new, at).await?.unit_id;
        for alias in unit.aliases {
            store::unit::insert_alias(tx, &unit_id, alias).await?;
        }
        event::insert(tx, NewEvent::by_program("unit", &unit_id, "created", at));
        units.insert(unit.name, unit_id);
    }
    let mut actors = BTreeMap::new();
    for person in PEOPLE {
        let new = NewPerson {
            unit_id: units.get(person.unit).cloned().ok_or(store::Error::NotFound)?,
            login: person.login.to_owned(),
            name: person.name.to_owned(),
            role: person.role,
            password_hash: password_hash.to_owned(),
            must_change_password: false,
        };
        let stored = store::person::insert(tx, &new, at).await?;
        event::insert(tx, NewEvent::by_program("person", &stored.person_id, "created", at));
        actors.insert(person.login, store::person::actor(tx, &stored).await?);
    }
    Ok(actors)
}

/// What a person who starts the demonstration wants to know.
fn greeting(address: SocketAddr, data: &Path, today: jiff::civil::Date) -> String {
    let mut lines = vec![
        String::new(),
        format!("  消保演示已启动：http://{address}"),
        format!("  演示中的今天是 {today}（样例活动正在进行）；数据在 {}，--fresh 可从头开始。", data.display()),
        String::new(),
        format!("  账号（密码都是 {PASSWORD}）："),
    ];
    for role in Role::ALL {
        if let Some(person) = PEOPLE.iter().find(|person| person.role == *role) {
            lines.push(format!("    {:<10}{} · {} · {}", person.login, role.label(), person.name, person.unit));
        }
    }
    lines.push(format!("  网上填报 /complain，查进度 /complain/status：电话后四位 8888，查询码 {}", intake::CODE));
    lines.push(String::new());
    lines.push("  单位、人员均为虚构。按 Ctrl-C 停止。".to_owned());
    lines.join("\n")
}
