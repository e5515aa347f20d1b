//! Where the data is: the options that most commands share.

use std::path::PathBuf;

use clap::Args;
use store::Db;
use store::verify::Proof;

/// The data directory and, if the tables are elsewhere, the database.
#[derive(Args)]
pub(crate) struct Place {
    /// 数据目录
    #[arg(long, value_name = "DIR", env = "XIAOBAO_DATA")]
    pub(crate) data: PathBuf,
    /// 数据表在 PostgreSQL 时的地址（postgres://用户@主机/库）；不写则在数据目录内
    #[arg(long, value_name = "URL", env = "XIAOBAO_DATABASE", hide_env_values = true)]
    pub(crate) database: Option<String>,
}

impl Place {
    /// Opens it to read, also beside a running server.
    pub(crate) async fn open_to_read(&self) -> store::Result<Db> {
        Db::open_to_read(&self.data, self.database.as_deref()).await
    }
}

/// Prints what a proof says.
#[expect(clippy::print_stdout, reason = "the answer of a command")]
pub(crate) fn print(proof: &Proof) {
    println!("数据库    {}", proof.engine);
    for (table, n) in proof.tables.iter().filter(|(_, n)| *n > 0) {
        println!("  {table:<20} {n:>10} 行");
    }
    println!(
        "办理记录  {} 条，末条哈希 {}",
        proof.n_events,
        if proof.n_events == 0 { "（无）" } else { &proof.last_hash }
    );
    println!("文件      {} 个，{} 字节", proof.n_files, proof.n_file_bytes);
    match &proof.broken_event {
        None => println!("哈希链    完整"),
        Some(broken) => println!("哈希链    从第 {} 条起不可信：{}", broken.sequence, broken.wrong),
    }
    for broken in proof.broken_files.iter().chain(&proof.integrity) {
        println!("损坏      {broken}");
    }
}
