//! Docs that name things name things that exist.

use regex::Regex;

use super::Findings;
use super::tree::{File, Tree};

/// Endings that make a word in backticks a path.
const ENDINGS: &[&str] = &[".rs", ".md", ".toml", ".html", ".css", ".js", ".sql", ".txt", ".png", ".lock"];

/// Every path in backticks or in a link of a Markdown file is there.
pub(crate) fn paths(tree: &Tree) -> Findings {
    let (Ok(code), Ok(link)) = (Regex::new("`([^`\\s]+)`"), Regex::new(r"\]\(([^)\s]+)\)")) else {
        return vec!["tidy: its own patterns are broken".to_owned()];
    };
    let mut findings = Vec::new();
    for file in markdown(tree) {
        for (at, line) in file.text.lines().enumerate() {
            let named = code
                .captures_iter(line)
                .filter_map(|found| found.get(1))
                .map(|word| word.as_str())
                .filter(|word| is_path(word));
            let linked = link.captures_iter(line).filter_map(|found| found.get(1)).map(|word| word.as_str());
            for path in named.chain(linked.filter(|path| !path.contains("://") && !path.starts_with('#'))) {
                if !is_there(tree, file, path) {
                    findings.push(format!("{}:{}: {path} is not there", file.path, at + 1));
                }
            }
        }
    }
    findings
}

fn markdown(tree: &Tree) -> impl Iterator<Item = &File> {
    tree.files.iter().filter(|file| file.path.ends_with(".md") && !file.path.contains("/fixtures/"))
}

/// Placeholders, commands and routes are no paths.
fn is_path(word: &str) -> bool {
    let is_plain = word.chars().all(|c| c.is_alphanumeric() || "._-/".contains(c));
    let is_made =
        word.starts_with("target/") || word.starts_with("demo-data") || word.starts_with('/') || word.starts_with("..");
    is_plain
        && !is_made
        && (ENDINGS.iter().any(|ending| word.ends_with(ending) && word.len() > ending.len())
            || word.starts_with("crates/"))
}

fn is_there(tree: &Tree, file: &File, path: &str) -> bool {
    let path = path.split('#').next().unwrap_or(path);
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let beside = if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") };
    tree.has(path) || tree.has(&beside) || tree.has_ending(path) || tree.has(&resolve(&beside))
}

/// `docs/decisions/../glossary.md` → `docs/glossary.md`.
fn resolve(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// The second column of the glossary names identifiers: each must stand in the code.
pub(crate) fn glossary(tree: &Tree) -> Findings {
    let Some(glossary) = tree.files.iter().find(|file| file.path == "docs/glossary.md") else {
        return vec!["docs/glossary.md is not there".to_owned()];
    };
    let Ok(code) = Regex::new("`([^`]+)`") else {
        return vec!["tidy: its own pattern is broken".to_owned()];
    };
    let sources: Vec<&str> = tree
        .below("crates/", &[".rs", ".sql", ".html"])
        .filter(|file| !file.path.starts_with("crates/xtask/"))
        .map(|file| file.text.as_str())
        .collect();
    let mut findings = Vec::new();
    for (at, line) in glossary.text.lines().enumerate().filter(|(_, line)| line.starts_with('|')) {
        let Some(column) = line.split('|').nth(2) else { continue };
        for name in code.captures_iter(column).filter_map(|found| found.get(1)).map(|word| word.as_str()) {
            let is_there = name.split("::").all(|word| sources.iter().any(|source| has_word(source, word)));
            if !is_there {
                findings.push(format!("docs/glossary.md:{}: `{name}` stands nowhere in the code", at + 1));
            }
        }
    }
    findings
}

fn has_word(source: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    source.match_indices(word).any(|(at, _)| {
        let before = source.get(..at).and_then(|text| text.chars().next_back());
        let after = source.get(at + word.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// A decision record has a number of its own and says context, decision, what becomes easier and what harder.
pub(crate) fn decisions(tree: &Tree) -> Findings {
    let mut findings = Vec::new();
    let mut numbers: Vec<&str> = Vec::new();
    for file in tree.below("docs/decisions/", &[".md"]) {
        for heading in ["## Context", "## Decision", "## Easier", "## Harder"] {
            if !file.text.lines().any(|line| line.trim() == heading) {
                findings.push(format!("{}: without `{heading}`", file.path));
            }
        }
        let name = file.path.rsplit('/').next().unwrap_or_default();
        let number = name.split('-').next().unwrap_or_default();
        if number.len() != 4 || number.parse::<u32>().is_err() || numbers.contains(&number) {
            findings.push(format!("{}: needs a four-digit number of its own", file.path));
        }
        numbers.push(number);
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_path_must_be_there() {
        let tree =
            Tree::of(&[("A.md", "see `crates/a/b.rs`, `gone.rs`, `fn main`, [b](docs/x.md)"), ("crates/a/b.rs", "")]);
        assert_eq!(paths(&tree), ["A.md:1: gone.rs is not there", "A.md:1: docs/x.md is not there"]);
    }

    #[test]
    fn a_word_of_the_glossary_must_be_in_the_code() {
        let tree = Tree::of(&[
            ("docs/glossary.md", "| 活动 | `Activity`, `Gone` | |\n"),
            ("crates/a/src/lib.rs", "pub struct Activity;"),
        ]);
        assert_eq!(glossary(&tree), ["docs/glossary.md:1: `Gone` stands nowhere in the code"]);
    }
}
