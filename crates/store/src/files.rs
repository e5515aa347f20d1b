//! The files beside the database: `DATA/files/ab/abcdef…`, named by their SHA-256, never changed, so that equal files lie once.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// The name of the folder in the data directory.
pub(crate) const FOLDER: &str = "files";

/// The folder of the files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Files {
    folder: PathBuf,
}

/// A file that has been saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    pub sha256: String,
    pub size: u64,
}

impl Files {
    /// The folder in a data directory; created when missing.
    pub fn open(data: &Path) -> Result<Files> {
        let folder = data.join(FOLDER);
        fs::create_dir_all(&folder)?;
        Ok(Files { folder })
    }

    /// Saves a file; when this returns it is on the disk under its name. Save first, then write the row that names it.
    pub async fn save(&self, bytes: Vec<u8>) -> Result<Saved> {
        let files = self.clone();
        tokio::task::spawn_blocking(move || files.save_from(&mut bytes.as_slice())).await.map_err(Error::internal)?
    }

    /// [`Files::save`] from a reader, in bounded memory.
    pub fn save_from(&self, from: &mut dyn Read) -> Result<Saved> {
        let mut file = tempfile::Builder::new().prefix(".new").tempfile_in(&self.folder)?;
        let mut digest = Sha256::new();
        let mut size = 0;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let n = from.read(&mut buffer)?;
            let Some(part) = buffer.get(..n).filter(|part| !part.is_empty()) else { break };
            digest.update(part);
            file.write_all(part)?;
            size += part.len() as u64;
        }
        let sha256 = const_hex::encode(digest.finalize());
        let path = self.path(&sha256).ok_or_else(|| Error::internal("a hash that is none"))?;
        if path.exists() {
            return Ok(Saved { sha256, size });
        }
        file.as_file().sync_all()?;
        let folder = path.parent().unwrap_or(&self.folder);
        if !folder.exists() {
            fs::create_dir_all(folder)?;
            File::open(&self.folder)?.sync_all()?;
        }
        file.persist(&path).map_err(|error| error.error)?;
        File::open(folder)?.sync_all()?;
        Ok(Saved { sha256, size })
    }

    /// The file; what was changed on the disk is not given out.
    pub async fn read(&self, sha256: &str) -> Result<Vec<u8>> {
        let (files, sha256) = (self.clone(), sha256.to_owned());
        let read = move || {
            let bytes = fs::read(files.path(&sha256).ok_or(Error::NotFound)?)?;
            if const_hex::encode(Sha256::digest(&bytes)) == sha256 { Ok(bytes) } else { Err(changed(&sha256)) }
        };
        tokio::task::spawn_blocking(read).await.map_err(Error::internal)?
    }

    /// Reads the file and compares its content with its name.
    pub fn verify(&self, sha256: &str) -> Result<u64> {
        let mut file = File::open(self.path(sha256).ok_or(Error::NotFound)?)?;
        let mut digest = Sha256::new();
        let mut size = 0;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let n = file.read(&mut buffer)?;
            let Some(part) = buffer.get(..n).filter(|part| !part.is_empty()) else { break };
            digest.update(part);
            size += part.len() as u64;
        }
        if const_hex::encode(digest.finalize()) == sha256 { Ok(size) } else { Err(changed(sha256)) }
    }

    /// The names of all files, in order.
    pub fn list(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for folder in fs::read_dir(&self.folder)? {
            let folder = folder?;
            if !folder.file_type()?.is_dir() {
                continue;
            }
            for file in fs::read_dir(folder.path())? {
                names.extend(file?.file_name().into_string().ok().filter(|name| is_hash(name)));
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Where the file lies; `None` for a name that is no SHA-256 (and could lead out of the folder).
    pub(crate) fn path(&self, sha256: &str) -> Option<PathBuf> {
        let first = sha256.get(..2).filter(|_| is_hash(sha256))?;
        Some(self.folder.join(first).join(sha256))
    }
}

/// Creates a folder that only its owner may enter: people's data is in it.
pub(crate) fn create_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn is_hash(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|it| it.is_ascii_digit() || (b'a'..=b'f').contains(&it))
}

fn changed(sha256: &str) -> Error {
    let short = sha256.get(..12).unwrap_or_default();
    Error::unavailable(format_args!("文件 {short}… 的内容与登记的不符（文件已损坏或被改动），请用备份恢复"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_read_as_it_was_saved_and_a_changed_one_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let files = Files::open(directory.path()).unwrap();
        let saved = files.save("消费者".as_bytes().to_vec()).await.unwrap();
        assert_eq!(saved.size, 9);
        assert_eq!(files.save("消费者".as_bytes().to_vec()).await.unwrap(), saved);
        assert_eq!(files.list().unwrap(), std::slice::from_ref(&saved.sha256));
        assert_eq!(files.read(&saved.sha256).await.unwrap(), "消费者".as_bytes());
        fs::write(files.path(&saved.sha256).unwrap(), "别的").unwrap();
        assert!(matches!(files.read(&saved.sha256).await, Err(Error::Unavailable(_))));
        assert!(files.verify(&saved.sha256).is_err());
    }

    #[tokio::test]
    async fn a_name_never_leads_out_of_the_folder() {
        let directory = tempfile::tempdir().unwrap();
        let files = Files::open(directory.path()).unwrap();
        for name in ["", "../keys", "ab", &"../".repeat(22), &"A".repeat(64), &"中".repeat(22)] {
            assert!(matches!(files.read(name).await, Err(Error::NotFound)), "{name}");
        }
    }
}
