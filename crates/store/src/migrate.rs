//! Migrations: one folder of .sql for both engines, forward only.

use refinery::error::Kind;

use crate::{Error, Result};

mod embedded {
    refinery::embed_migrations!("migrations");
}

pub(crate) fn sqlite(conn: &mut rusqlite::Connection) -> Result<()> {
    embedded::migrations::runner().run(conn).map(drop).map_err(|e| error(&e))
}

pub(crate) async fn postgres(client: &mut deadpool_postgres::Object) -> Result<()> {
    let client: &mut tokio_postgres::Client = client;
    embedded::migrations::runner().run_async(client).await.map(drop).map_err(|e| error(&e))
}

fn error(error: &refinery::Error) -> Error {
    let newest =
        embedded::migrations::runner().get_migrations().iter().map(|it| it.version()).max().unwrap_or_default();
    match error.kind() {
        Kind::MissingVersion(migration) if migration.version() > newest => Error::unavailable(format_args!(
            "数据库比程序新:库中已有变更 {migration},本程序只到 {newest}。请使用不低于原版本的程序,或恢复升级前的备份"
        )),
        Kind::MissingVersion(migration) => {
            Error::unavailable(format_args!("数据库的变更记录与程序不一致:缺少 {migration}。请核对程序版本"))
        }
        Kind::DivergentVersion(applied, ours) => Error::unavailable(format_args!(
            "数据库的变更记录与程序不一致:库中 {applied},程序中 {ours} 内容不同。请核对程序版本"
        )),
        kind => Error::unavailable(format_args!("升级数据库失败,未作改动:{kind}")),
    }
}
