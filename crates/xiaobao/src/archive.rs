//! A backup as one file: a zip of the folder, so that anybody can look inside.

use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, bail};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Does the path name an archive rather than a folder?
pub(crate) fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"))
}

/// A folder on the same disk, removed at the end.
pub(crate) fn folder_beside(path: &Path) -> anyhow::Result<TempDir> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    Ok(tempfile::Builder::new().prefix(".xiaobao").tempdir_in(parent)?)
}

/// Packs a folder; the archive appears under its name when it is whole.
pub(crate) fn pack(folder: &Path, to: &Path) -> anyhow::Result<()> {
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = tempfile::Builder::new().prefix(".xiaobao").tempfile_in(parent)?;
    let mut writer = ZipWriter::new(file);
    add(&mut writer, folder, folder)?;
    let file = writer.finish()?;
    file.as_file().sync_all()?;
    file.persist_noclobber(to)?;
    Ok(())
}

fn add(writer: &mut ZipWriter<tempfile::NamedTempFile>, root: &Path, folder: &Path) -> anyhow::Result<()> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true);
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            add(writer, root, &path)?;
            continue;
        }
        let name = path.strip_prefix(root)?.to_str().context("a name that is not text")?.to_owned();
        writer.start_file(name, options)?;
        io::copy(&mut File::open(&path)?, writer)?;
    }
    Ok(())
}

/// Unpacks an archive into an empty folder. What it holds is proved afterwards; a name that leads elsewhere is refused here.
pub(crate) fn unpack(from: &Path, folder: &Path) -> anyhow::Result<()> {
    let mut archive = ZipArchive::new(File::open(from)?)?;
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at)?;
        let name = PathBuf::from(entry.name()?.as_ref());
        if !name.components().all(|part| matches!(part, Component::Normal(_))) {
            bail!("备份文件中有不该有的路径");
        }
        if entry.is_dir() {
            continue;
        }
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        io::copy(&mut entry, &mut File::create_new(path)?)?;
    }
    Ok(())
}
