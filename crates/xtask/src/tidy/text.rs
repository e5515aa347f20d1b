//! What must not stand in any text of the repository.

use regex::Regex;

use super::Findings;
use super::tree::{File, Tree};

/// Words for work that was put off, in code, pages and docs. Written in halves so that this file may stand in the tree.
const LEFTOVERS: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
    concat!("#[ig", "nore"),
    concat!("#[should_", "panic"),
    concat!("coming ", "soon"),
    concat!("敬请", "期待"),
    concat!("暂未", "实现"),
    concat!("lorem ", "ipsum"),
];

/// Nothing is left for later.
pub(crate) fn leftovers(tree: &Tree) -> Findings {
    find(tree, |line| LEFTOVERS.iter().find(|word| line.contains(**word)).map(|word| format!("`{word}`")))
}

/// No path of one machine, no host of a package registry: the tree must build anywhere.
pub(crate) fn machines(tree: &Tree) -> Findings {
    let hosts = [
        concat!("crates", ".io/"),
        concat!("static.", "crates.io"),
        concat!("registry.", "npmjs"),
        concat!("py", "pi.org"),
        concat!("deb.", "debian.org"),
    ];
    let (Ok(path), Ok(users)) = (
        Regex::new(r"(^|[^A-Za-z0-9_.}])/(work|farm|root)/[a-z]"),
        Regex::new(r"(^|[^A-Za-z0-9_.}])/(home|Users)/[a-z]+/"),
    ) else {
        return vec!["tidy: its own patterns are broken".to_owned()];
    };
    find(tree, |line| {
        if let Some(host) = hosts.iter().find(|host| line.contains(**host)) {
            return Some(format!("names the host {host}"));
        }
        path.find(line).or_else(|| users.find(line)).map(|found| format!("an absolute path: {}", found.as_str()))
    })
}

/// `#[allow]` and `#[expect]` give their reason.
pub(crate) fn silenced(tree: &Tree) -> Findings {
    let mut findings = Vec::new();
    for file in tree.rust() {
        let lines: Vec<&str> = file.text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let trimmed = line.trim_start();
            let is_attribute =
                ["#[allow(", "#![allow(", "#[expect(", "#![expect("].iter().any(|head| trimmed.starts_with(head));
            if is_attribute && !lines.iter().skip(at).take(6).any(|line| line.contains("reason = ")) {
                findings.push(format!("{}:{}: {trimmed}", file.path, at + 1));
            }
        }
    }
    findings
}

fn find(tree: &Tree, check: impl Fn(&str) -> Option<String>) -> Findings {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| is_ours(file)) {
        for (at, line) in file.text.lines().enumerate() {
            if let Some(finding) = check(line) {
                findings.push(format!("{}:{}: {finding}", file.path, at + 1));
            }
        }
    }
    findings
}

/// Cargo writes its registry into the lock file; everything else is ours.
fn is_ours(file: &File) -> bool {
    !file.path.ends_with(".lock")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leftover_is_found_with_its_line() {
        let text = concat!("fine\n// TO", "DO later\n");
        assert_eq!(leftovers(&Tree::of(&[("a.rs", text)])), [concat!("a.rs:2: `TO", "DO`")]);
    }

    #[test]
    fn a_path_of_one_machine_is_found_and_a_route_is_not() {
        let text = concat!("see /ro", "ot/thing\n/campaigns/1/work/x\n");
        assert_eq!(machines(&Tree::of(&[("a.md", text)])).len(), 1);
    }

    #[test]
    fn a_silenced_lint_needs_a_reason() {
        let tree = Tree::of(&[("crates/a/src/lib.rs", "#[allow(dead_code)]\nfn a() {}\n")]);
        assert_eq!(silenced(&tree).len(), 1);
    }
}
