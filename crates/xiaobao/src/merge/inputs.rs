//! Which files are meant: files, folders with everything below them, and patterns that no shell has unfolded.

use std::path::{Path, PathBuf};

use anyhow::Context;

/// One file to read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Input {
    pub(super) path: PathBuf,
    /// What the file is called in the results: its path below what was given.
    pub(super) name: String,
}

/// More are not one merge.
const MOST_FILES: usize = 20_000;
const MOST_DEPTH: usize = 8;

/// The files, each once, in the order given and by name within a folder. The result of an earlier run is not read again.
pub(super) fn files(inputs: &[String], out: Option<&Path>) -> anyhow::Result<Vec<Input>> {
    let mut files: Vec<Input> = Vec::new();
    for input in inputs {
        let path = Path::new(input);
        if path.is_dir() {
            below(path, path, 0, &mut files)?;
        } else if path.exists() || !input.contains(['*', '?', '[']) {
            // A file that is not there is a problem of its own, not the end.
            files.push(Input { path: path.to_owned(), name: name_of(path) });
        } else {
            let found = glob::glob(input).with_context(|| format!("“{input}”写法不对"))?;
            let before = files.len();
            for path in found.flatten() {
                if path.is_dir() {
                    below(&path, &path, 0, &mut files)?;
                } else {
                    files.push(Input { name: name_of(&path), path });
                }
            }
            anyhow::ensure!(files.len() > before, "没有文件符合“{input}”");
        }
    }
    let is_out = |path: &Path| match (std::fs::canonicalize(path), out.map(std::fs::canonicalize)) {
        (Ok(path), Some(Ok(out))) => path == out || path == out.with_extension("csv"),
        _ => false,
    };
    let mut seen = std::collections::HashSet::new();
    files.retain(|it| seen.insert(it.path.clone()) && !is_out(&it.path));
    anyhow::ensure!(!files.is_empty(), "没有要汇总的文件");
    Ok(files)
}

fn below(top: &Path, folder: &Path, depth: usize, files: &mut Vec<Input>) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("打不开文件夹“{}”", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|it| it.path()).collect();
    paths.sort();
    for path in paths {
        let name = name_of(&path);
        // What an office program keeps while a file is open, and what a system keeps for itself.
        if name.starts_with(['.', '~'])
            || name.eq_ignore_ascii_case("thumbs.db")
            || name.eq_ignore_ascii_case("desktop.ini")
        {
            continue;
        }
        if path.is_dir() {
            if depth < MOST_DEPTH {
                below(top, &path, depth + 1, files)?;
            }
        } else {
            let inner = path.strip_prefix(top).unwrap_or(&path).to_string_lossy().into_owned();
            files.push(Input { path, name: inner });
        }
        anyhow::ensure!(files.len() <= MOST_FILES, "文件太多，超过 {MOST_FILES} 个");
    }
    Ok(())
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |it| it.to_string_lossy().into_owned())
}

/// Why a file could not be opened, in words.
pub(super) fn not_opened(path: &Path, error: &std::io::Error) -> String {
    let why = match error.kind() {
        std::io::ErrorKind::NotFound => "没有这个文件".to_owned(),
        std::io::ErrorKind::PermissionDenied => "没有读取权限".to_owned(),
        std::io::ErrorKind::IsADirectory => "这是一个文件夹".to_owned(),
        _ => error.to_string(),
    };
    format!("打不开文件“{}”：{why}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_patterns_and_single_files_are_found_once() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "x").unwrap();
            path.display().to_string()
        };
        let (a, out) = (put("b/甲.xlsx"), put("汇总.xlsx"));
        put("b/~$甲.xlsx");
        put("乙.csv");
        put("b/.DS_Store");
        let top = folder.path().display().to_string();
        let names = |inputs: &[String]| -> Vec<String> {
            files(inputs, Some(Path::new(&out))).unwrap().into_iter().map(|it| it.name).collect()
        };
        assert_eq!(names(&[top.clone(), a]), ["b/甲.xlsx", "乙.csv"]);
        assert_eq!(names(&[format!("{top}/*.csv")]), ["乙.csv"]);
        assert!(files(&[format!("{top}/*.pdf")], None).is_err());
        assert_eq!(names(&[format!("{top}/没有.xlsx")]), ["没有.xlsx"]);
    }
}
