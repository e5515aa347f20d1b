//! The files beside the database: `DATA/files/ab/abcdef…`, named by their SHA-256, never changed, so that equal files lie once.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::SystemTime;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::secret::Keys;
use crate::{Error, Result};

/// The name of the folder in the data directory.
pub(crate) const FOLDER: &str = "files";

/// The folder of the pictures that are drawn from files.
const PICTURE_FOLDER: &str = "pictures";
/// The sizes of the pictures that are drawn from a file and kept in `DATA/pictures`.
pub const PICTURES: [&str; 2] = ["view", "thumb"];

/// A file that is let go is looked at and removed, and one that is saved takes its place, one after the other: whoever saves what lies there
/// already has it new, so it does not go before the row that names it is written.
static PLACES: Mutex<()> = Mutex::new(());

/// The folder of the files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Files {
    folder: PathBuf,
    data: PathBuf,
    /// Read when a file is sealed or opened for the first time.
    keys: Arc<OnceLock<Keys>>,
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
        Ok(Files { folder, data: data.to_owned(), keys: Arc::default() })
    }

    /// Saves a file; when this returns it is on the disk under its name. Save first, then write the row that names it.
    pub async fn save(&self, bytes: Vec<u8>) -> Result<Saved> {
        let files = self.clone();
        tokio::task::spawn_blocking(move || files.save_from(&mut bytes.as_slice())).await.map_err(Error::internal)?
    }

    /// [`Files::save`], sealed (decision 17): what people send with a complaint. The name is that of the sealed content, so a
    /// backup is proved without opening anything.
    pub async fn save_sealed(&self, bytes: Vec<u8>) -> Result<Saved> {
        let files = self.clone();
        let save = move || {
            let size = bytes.len() as u64;
            let saved = files.save_from(&mut files.keys()?.seal_file(&bytes)?.as_slice())?;
            Ok(Saved { size, ..saved })
        };
        tokio::task::spawn_blocking(save).await.map_err(Error::internal)?
    }

    /// The name under which the same file lies sealed; of one that is sealed already its own. A file of before stays beside it. `None` when
    /// there is nothing to seal: it is missing, or it is not what it was. What cannot be read or written now is an error.
    pub(crate) async fn seal_kept(&self, sha256: &str) -> Result<Option<String>> {
        let Some(kept) = self.read_sound(sha256).await? else { return Ok(None) };
        if self.keys()?.is_sealed_file(&kept) {
            Ok(Some(sha256.to_owned()))
        } else {
            Ok(Some(self.save_sealed(kept).await?.sha256))
        }
    }

    async fn read_sound(&self, sha256: &str) -> Result<Option<Vec<u8>>> {
        let (files, sha256) = (self.clone(), sha256.to_owned());
        let read = move || {
            let Some(path) = files.path(&sha256) else { return Ok(None) };
            match fs::read(path) {
                Ok(bytes) => Ok((const_hex::encode(Sha256::digest(&bytes)) == sha256).then_some(bytes)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error.into()),
            }
        };
        tokio::task::spawn_blocking(read).await.map_err(Error::internal)?
    }

    /// What [`Files::save_sealed`] saved.
    pub async fn read_sealed(&self, sha256: &str) -> Result<Vec<u8>> {
        let kept = self.read(sha256).await?;
        self.unsealed(kept).await
    }

    /// Seals what is drawn from a sealed file and kept beside it.
    pub async fn sealed(&self, plain: Vec<u8>) -> Result<Vec<u8>> {
        let files = self.clone();
        let seal = move || files.keys()?.seal_file(&plain);
        tokio::task::spawn_blocking(seal).await.map_err(Error::internal)?
    }

    /// Opens what [`Files::sealed`] sealed.
    pub async fn unsealed(&self, kept: Vec<u8>) -> Result<Vec<u8>> {
        let files = self.clone();
        let unseal = move || files.keys()?.unseal_file(kept);
        tokio::task::spawn_blocking(unseal).await.map_err(Error::internal)?
    }

    fn keys(&self) -> Result<&Keys> {
        if let Some(keys) = self.keys.get() {
            return Ok(keys);
        }
        let read = Keys::open(&self.data)?;
        Ok(self.keys.get_or_init(|| read))
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
        file.as_file().sync_all()?;
        let folder = path.parent().unwrap_or(&self.folder);
        if !folder.exists() {
            fs::create_dir_all(folder)?;
            File::open(&self.folder)?.sync_all()?;
        }
        {
            // Also over an equal file, which is new by that.
            let _place = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
            file.persist(&path).map_err(|error| error.error)?;
        }
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

    /// Where the picture of that size, drawn from that file, is kept.
    pub fn picture(&self, sha256: &str, size: &str) -> PathBuf {
        self.data.join(PICTURE_FOLDER).join(format!("{sha256}-{size}.jpg"))
    }

    /// Takes a file off the disk that no row names any more, and the pictures drawn from it. `false` when somebody has saved the same file
    /// since `before`: it stays. One that is gone already is no error.
    pub(crate) async fn let_go(&self, sha256: &str, before: Timestamp) -> Result<bool> {
        let path = self.path(sha256).ok_or(Error::NotFound)?;
        let pictures = PICTURES.map(|it| self.picture(sha256, it));
        let remove = move || {
            let _place = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
            match fs::metadata(&path) {
                Ok(it) if it.modified()? >= SystemTime::from(before) => return Ok(false),
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
            for it in pictures.iter().chain([&path]) {
                match fs::remove_file(it) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                    _ => {}
                }
            }
            Ok(true)
        };
        tokio::task::spawn_blocking(remove).await.map_err(Error::internal)?
    }

    /// Takes the pictures off the disk that were drawn before that moment from a file that is not among these; how many.
    pub(crate) async fn clean_pictures(&self, named: BTreeSet<String>, before: Timestamp) -> Result<usize> {
        let folder = self.data.join(PICTURE_FOLDER);
        let clean = move || {
            let entries = match fs::read_dir(&folder) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
                other => other?,
            };
            let mut n_gone = 0;
            for entry in entries {
                let entry = entry?;
                let name = entry.file_name();
                // `{sha256}-{size}.jpg`, or what is left of one that was being written.
                let of = name.to_str().and_then(|it| it.split_once('-')).map(|it| it.0).filter(|it| is_hash(it));
                let is_named = of.is_none_or(|it| named.contains(it));
                if !is_named && entry.metadata()?.modified()? < SystemTime::from(before) {
                    fs::remove_file(entry.path())?;
                    n_gone += 1;
                }
            }
            Ok(n_gone)
        };
        tokio::task::spawn_blocking(clean).await.map_err(Error::internal)?
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
    async fn a_sealed_file_tells_nothing_on_the_disk_and_verifies_by_its_name() {
        let directory = tempfile::tempdir().unwrap();
        let files = Files::open(directory.path()).unwrap();
        let saved = files.save_sealed("举报材料".as_bytes().to_vec()).await.unwrap();
        assert_eq!((saved.size, files.list().unwrap()), (12, vec![saved.sha256.clone()]));
        let kept = fs::read(files.path(&saved.sha256).unwrap()).unwrap();
        assert!(!kept.windows(12).any(|it| it == "举报材料".as_bytes()));
        assert!(files.verify(&saved.sha256).is_ok());
        assert_eq!(files.read_sealed(&saved.sha256).await.unwrap(), "举报材料".as_bytes());
        assert_eq!(files.save_sealed("举报材料".as_bytes().to_vec()).await.unwrap(), saved, "equal files lie once");
        let plain = files.save(b"before".to_vec()).await.unwrap();
        assert_eq!(files.read_sealed(&plain.sha256).await.unwrap(), b"before");
    }

    #[tokio::test]
    async fn a_file_that_is_saved_again_is_not_let_go_before_its_row_is_written() {
        let directory = tempfile::tempdir().unwrap();
        let files = Files::open(directory.path()).unwrap();
        let name = files.save(b"photo".to_vec()).await.unwrap().sha256;
        let now: Timestamp = "2024-03-15T08:00:00Z".parse().unwrap();
        let age = || {
            let file = File::open(files.path(&name).unwrap()).unwrap();
            file.set_modified(SystemTime::from(now - jiff::SignedDuration::from_hours(1))).unwrap();
        };
        age();
        files.save(b"photo".to_vec()).await.unwrap();
        assert!(!files.let_go(&name, now).await.unwrap());
        assert_eq!(files.read(&name).await.unwrap(), b"photo");
        age();
        assert!(files.let_go(&name, now).await.unwrap() && files.list().unwrap().is_empty());
        assert!(files.let_go(&name, now).await.unwrap(), "gone already");
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
