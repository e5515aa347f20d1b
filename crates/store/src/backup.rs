//! Backup and restore. A backup is a data directory of its own: the database, the files, the keys, and a proof.
//!
//! The database is copied through SQLite's backup API while the server goes on; it is copied first, and files are never changed. A file goes
//! only when no row has named it for a day (`Files::let_go`), so every file the copy speaks of is there when the files are copied after it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use crate::db::sqlite_error;
use crate::verify::{Proof, verify};
use crate::{Db, Error, Result, files, secret};

/// The name of the database file in the data directory.
pub const DATABASE: &str = "xiaobao.db";
/// The name of the proof in a backup.
pub const PROOF: &str = "proof.json";

/// Copies a data directory to a new folder and proves the copy. For tables on PostgreSQL give `database`: they are left to `pg_dump`.
pub async fn backup(data: &Path, database: Option<&str>, to: &Path) -> Result<Proof> {
    let (partial, proof) = copy_and_prove(data, database, to).await?;
    let text = serde_json::to_string_pretty(&proof).map_err(Error::internal)?;
    write_synced(&partial.join(PROOF), text.as_bytes())?;
    take_place(&partial, to)?;
    Ok(proof)
}

/// Makes a new data directory of a backup. It takes its place only when it proves to be what the backup's own proof says.
pub async fn restore(from: &Path, database: Option<&str>, data: &Path) -> Result<Proof> {
    let text = fs::read_to_string(from.join(PROOF))
        .map_err(|_| Error::unavailable(format_args!("{} 不是消保的备份（缺少 {PROOF}）", from.display())))?;
    let given: Proof = serde_json::from_str(&text).map_err(|_| Error::unavailable("备份的 proof.json 已损坏"))?;
    let (partial, proof) = copy_and_prove(from, database, data).await?;
    // On PostgreSQL the tables come back by `pg_restore`, before or after this, so only the files are compared.
    let is_same = proof.is_sound() && (database.is_some() || proof == given);
    if !is_same {
        fs::remove_dir_all(&partial)?;
        let mut wrong = proof.broken_files;
        wrong.extend(proof.integrity);
        wrong.extend(proof.broken_event.map(|it| format!("第 {} 条记录：{}", it.sequence, it.wrong)));
        return Err(Error::unavailable(format_args!(
            "备份与它的证明不符，没有恢复。备份时 {} 条记录、末条 {}；现在 {} 条、末条 {}。{}",
            given.n_events,
            given.last_hash,
            proof.n_events,
            proof.last_hash,
            wrong.join("；")
        )));
    }
    take_place(&partial, data)?;
    Ok(proof)
}

/// Copies a data directory beside its future place and verifies the copy.
async fn copy_and_prove(data: &Path, database: Option<&str>, to: &Path) -> Result<(PathBuf, Proof)> {
    if !data.is_dir() {
        return Err(Error::unavailable(format_args!("没有数据目录 {}", data.display())));
    }
    must_be_empty(to)?;
    let partial = beside(to, "partial");
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    files::create_private(&partial)?;
    let (source, copy) = (data.to_owned(), partial.clone());
    let has_tables = database.is_none();
    tokio::task::spawn_blocking(move || copy_all(&source, &copy, has_tables)).await.map_err(Error::internal)??;
    let db = Db::open_to_read(&partial, database).await?;
    let proof = verify(&db).await?;
    Ok((partial, proof))
}

fn take_place(partial: &Path, to: &Path) -> Result<()> {
    if to.is_dir() {
        fs::remove_dir(to)?;
    }
    sync_folder(partial)?;
    fs::rename(partial, to)?;
    sync_folder(to.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new(".")))
}

fn copy_all(data: &Path, to: &Path, has_tables: bool) -> Result<()> {
    if has_tables {
        copy_database(&data.join(DATABASE), &to.join(DATABASE))?;
    }
    let keys = fs::read(data.join(secret::FILE))?;
    write_private(&to.join(secret::FILE), &keys)?;
    let (source, copy) = (files::Files::open(data)?, files::Files::open(to)?);
    for sha256 in source.list()? {
        let path = source.path(&sha256).ok_or(Error::NotFound)?;
        match File::open(path) {
            // Saved under the hash of what was really read: a damaged file ends under another name and the proof misses it.
            Ok(mut file) => drop(copy.save_from(&mut file)?),
            // Let go since it was listed. The proof misses it if a row names it all the same.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn copy_database(from: &Path, to: &Path) -> Result<()> {
    if !from.is_file() {
        return Err(Error::unavailable(format_args!("没有数据库文件 {}", from.display())));
    }
    let failed = |error: rusqlite::Error| sqlite_error(&error, "backup");
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
    source.busy_timeout(std::time::Duration::from_secs(10)).map_err(failed)?;
    let mut copy = Connection::open(to).map_err(failed)?;
    {
        let backup = Backup::new(&source, &mut copy).map_err(failed)?;
        // All pages in one step are one moment, and in WAL mode nobody has to wait for it.
        if backup.step(-1).map_err(failed)? != StepResult::Done {
            return Err(Error::unavailable("数据库正忙，备份没有完成，请稍后重试"));
        }
    }
    let mode: String = copy.query_row("pragma journal_mode = delete", [], |row| row.get(0)).map_err(failed)?;
    if mode != "delete" {
        return Err(Error::internal(format_args!("the copy stays in the mode {mode}")));
    }
    drop(copy);
    File::open(to)?.sync_all()?;
    Ok(())
}

fn must_be_empty(folder: &Path) -> Result<()> {
    let is_empty = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => return Err(Error::unavailable(format_args!("{}：{error}", folder.display()))),
    };
    if is_empty {
        Ok(())
    } else {
        Err(Error::unavailable(format_args!("{} 已有内容，请换一个新目录", folder.display())))
    }
}

fn beside(path: &Path, word: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(word);
    path.with_file_name(name)
}

fn write_synced(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes)?;
    File::open(path)?.sync_all()?;
    Ok(())
}

fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = File::options();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    std::io::Write::write_all(&mut file, bytes)?;
    file.sync_all()?;
    Ok(())
}

fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder)?.sync_all()?;
    Ok(())
}
