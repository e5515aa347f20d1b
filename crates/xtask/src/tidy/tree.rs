//! The files of the repository, read once.

use std::path::Path;

use anyhow::{Context, Result};

/// Folders that are not the repository's own text.
const SKIPPED: &[&str] = &["target", ".git", "data", "demo-data", "node_modules"];

/// One text file; its path is relative to the root, with `/`.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Every text file, in the order of their paths.
pub(crate) struct Tree {
    pub(crate) files: Vec<File>,
    /// Every path, also of folders and of files that are not text.
    paths: Vec<String>,
}

impl Tree {
    /// Reads the tree below `root`.
    pub(crate) fn read(root: &Path) -> Result<Tree> {
        let mut tree = Tree { files: Vec::new(), paths: Vec::new() };
        tree.walk(root, "")?;
        tree.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(tree)
    }

    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Tree {
        let files: Vec<File> =
            files.iter().map(|(path, text)| File { path: (*path).to_owned(), text: (*text).to_owned() }).collect();
        let paths = files.iter().map(|file| file.path.clone()).collect();
        Tree { files, paths }
    }

    fn walk(&mut self, folder: &Path, path: &str) -> Result<()> {
        for entry in folder.read_dir().with_context(|| folder.display().to_string())? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type()?;
            if kind.is_dir() && SKIPPED.contains(&name.as_str()) {
                continue;
            }
            let path = if path.is_empty() { name } else { format!("{path}/{name}") };
            if kind.is_dir() {
                self.walk(&entry.path(), &path)?;
            } else if kind.is_file() && path != ".git" {
                // What is not UTF-8 is an image or a fixture of the readers.
                if let Ok(text) = String::from_utf8(std::fs::read(entry.path())?) {
                    self.files.push(File { path: path.clone(), text });
                }
            }
            self.paths.push(path);
        }
        Ok(())
    }

    /// Is there a file or folder of this path?
    pub(crate) fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.paths.iter().any(|known| known == path)
    }

    /// Is there a file or folder whose path ends with this one?
    pub(crate) fn has_ending(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.paths.iter().any(|known| known == path || known.strip_suffix(path).is_some_and(|head| head.ends_with('/')))
    }

    /// The files below a folder with one of these endings.
    pub(crate) fn below<'a>(&'a self, folder: &'a str, endings: &'a [&'a str]) -> impl Iterator<Item = &'a File> {
        self.files.iter().filter(move |file| {
            file.path.starts_with(folder) && endings.iter().any(|ending| file.path.ends_with(ending))
        })
    }

    /// Every Rust file of the crates.
    pub(crate) fn rust(&self) -> impl Iterator<Item = &File> {
        self.below("crates/", &[".rs"])
    }
}

impl File {
    /// The text before the tests of the file: the tests stand last, behind `#[cfg(test)]` and a module with a body.
    pub(crate) fn without_tests(&self) -> &str {
        let mut from = 0;
        while let Some(at) = self.text.get(from..).and_then(|rest| rest.find("#[cfg(test)]\n")) {
            let start = from + at;
            let after = start + "#[cfg(test)]\n".len();
            let rest = self.text.get(after..).unwrap_or_default();
            let next = rest.lines().find(|line| !line.trim_start().starts_with("#[")).unwrap_or_default();
            let at_margin = start == 0 || self.text.as_bytes().get(start - 1) == Some(&b'\n');
            if at_margin && next.contains("mod ") && next.ends_with('{') {
                return self.text.get(..start).unwrap_or_default();
            }
            from = after;
        }
        &self.text
    }

    /// Is the whole file about testing?
    pub(crate) fn is_test(&self) -> bool {
        self.path.contains("/tests/")
            || self.path.ends_with("/tests.rs")
            || self.path.ends_with("_tests.rs")
            || self.path.ends_with("/testing.rs")
    }
}
