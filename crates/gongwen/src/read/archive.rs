//! A zip archive that cannot grow beyond its bounds: docx, ofd and xlsx are such archives.

use super::error::ReadError;
use super::limits::Limits;
use std::collections::HashMap;
use std::io::{Cursor, Read};

/// A part over this many bytes must not be packed tighter than [`Limits::zip_ratio`].
const RATIO_FREE_BYTES: u64 = 1 << 20;

/// An opened archive.
pub(crate) struct Archive<'a> {
    zip: zip::ZipArchive<Cursor<&'a [u8]>>,
    /// Lower-case name without a leading slash → index: producers disagree about both.
    index: HashMap<String, usize>,
    unpacked: usize,
    limits: Limits,
}

impl<'a> Archive<'a> {
    pub(crate) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Archive<'a>, ReadError> {
        let zip = zip::ZipArchive::new(Cursor::new(bytes))
            .map_err(|_| ReadError::damaged("压缩结构读不出，多半没有下载完整"))?;
        if zip.len() > limits.zip_entries {
            return Err(ReadError::complex("压缩包内文件过多"));
        }
        let mut index = HashMap::new();
        for n in 0..zip.len() {
            if let Some(Ok(name)) = zip.name_for_index(n) {
                index.entry(key(&name)).or_insert(n);
            }
        }
        Ok(Archive { zip, index, unpacked: 0, limits: *limits })
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.index.contains_key(&key(name))
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.index.keys().map(String::as_str)
    }

    /// Unpacks one part; `None` when the archive has no such part.
    pub(crate) fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(&n) = self.index.get(&key(name)) else { return Ok(None) };
        let room = self.limits.bytes_out.saturating_sub(self.unpacked);
        let file = self.zip.by_index(n).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(text) if text.contains("assword") => ReadError::Encrypted,
            zip::result::ZipError::InvalidPassword => ReadError::Encrypted,
            _ => ReadError::damaged(format!("部件 {name} 读不出")),
        })?;
        let packed = file.compressed_size();
        let ceiling = packed
            .saturating_mul(u64::try_from(self.limits.zip_ratio).unwrap_or(u64::MAX))
            .max(RATIO_FREE_BYTES)
            .min(u64::try_from(room).unwrap_or(u64::MAX));
        let mut part = Vec::new();
        // One byte more than allowed tells a full part from an overfull one; the stated size is not trusted.
        file.take(ceiling.saturating_add(1))
            .read_to_end(&mut part)
            .map_err(|_| ReadError::damaged(format!("部件 {name} 解压失败")))?;
        if u64::try_from(part.len()).unwrap_or(u64::MAX) > ceiling {
            return Err(ReadError::complex("压缩内容展开后过大"));
        }
        self.unpacked = self.unpacked.saturating_add(part.len());
        Ok(Some(part))
    }

    /// Checks the stated sizes of all parts, for readers that unpack on their own.
    pub(crate) fn check_sizes(&mut self) -> Result<(), ReadError> {
        let mut total: u64 = 0;
        for n in 0..self.zip.len() {
            let Ok(file) = self.zip.by_index_raw(n) else { continue };
            let (packed, unpacked) = (file.compressed_size(), file.size());
            let ratio = u64::try_from(self.limits.zip_ratio).unwrap_or(u64::MAX);
            if unpacked > RATIO_FREE_BYTES.max(packed.saturating_mul(ratio)) {
                return Err(ReadError::complex("压缩比过高"));
            }
            total = total.saturating_add(unpacked);
        }
        if total > u64::try_from(self.limits.bytes_out).unwrap_or(u64::MAX) {
            return Err(ReadError::complex("压缩内容展开后过大"));
        }
        Ok(())
    }
}

fn key(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase()
}

/// The part that `target` means when the part `base` names it: relative to its folder, or from the root with a slash.
pub(crate) fn resolve(base: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut path: Vec<&str> = if target.starts_with('/') {
        Vec::new()
    } else {
        let mut folders: Vec<&str> = base.split('/').collect();
        folders.pop();
        folders
    };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.join("/")
}
