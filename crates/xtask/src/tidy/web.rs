//! What a strict content policy and one design system ask of templates and style sheets.

use regex::Regex;

use super::Findings;
use super::tree::{File, Tree};

const TEMPLATES: &str = "crates/web/templates/";
const ASSETS: &str = "crates/web/assets/";

/// No inline script, no inline style, no handler attributes: the policy of the pages forbids them.
pub(crate) fn inline(tree: &Tree) -> Findings {
    let Ok(pattern) = Regex::new(r#"(?i)\sstyle\s*=|<style\b|<script\s*>|\son[a-z]+\s*=\s*["']|javascript:"#) else {
        return vec!["tidy: its own pattern is broken".to_owned()];
    };
    lines(tree.below(TEMPLATES, &[".html"]), |line| {
        pattern.find(line).map(|found| format!("`{}`", found.as_str().trim()))
    })
}

/// A template that no handler and no other template names is dead.
pub(crate) fn used(tree: &Tree) -> Findings {
    let mut findings = Vec::new();
    for file in tree.below(TEMPLATES, &[".html"]) {
        let name = file.path.trim_start_matches(TEMPLATES);
        let quoted = format!("\"{name}\"");
        let is_used = tree
            .below("crates/web/", &[".rs", ".html"])
            .any(|other| other.path != file.path && other.text.contains(&quoted));
        if !is_used {
            findings.push(format!("{}: used by no page", file.path));
        }
    }
    findings
}

/// Colours have names: a raw colour is the value of a custom property, and nothing else.
pub(crate) fn colours(tree: &Tree) -> Findings {
    let Ok(pattern) = Regex::new(
        r"(?i)#[0-9a-f]{3,8}\b|\b(rgba?|hsla?|oklch|oklab|lab|lch)\(|:\s*(white|black|red|green|blue|gr[ae]y|orange|yellow)\b",
    ) else {
        return vec!["tidy: its own pattern is broken".to_owned()];
    };
    let Ok(token) = Regex::new(r"--[a-z0-9-]+:[^;}]*") else {
        return vec!["tidy: its own pattern is broken".to_owned()];
    };
    lines(tree.below(ASSETS, &[".css"]), |line| {
        let used = token.replace_all(line, "");
        pattern.find(&used).map(|found| format!("a raw colour `{}`", found.as_str()))
    })
}

/// A page loads nothing from another host.
pub(crate) fn hosts(tree: &Tree) -> Findings {
    let Ok(pattern) = Regex::new(r#"(?i)(src|href|action|url\()\s*=?\s*["']?(https?:)?//"#) else {
        return vec!["tidy: its own pattern is broken".to_owned()];
    };
    let files = tree.below("crates/web/", &[".html", ".css"]).filter(|file| !file.path.contains("/fixtures/"));
    lines(files, |line| pattern.find(line).map(|found| format!("`{}`", found.as_str())))
}

fn lines<'a>(files: impl Iterator<Item = &'a File>, check: impl Fn(&str) -> Option<String>) -> Findings {
    let mut findings = Vec::new();
    for file in files {
        for (at, line) in file.text.lines().enumerate() {
            findings.extend(check(line).map(|finding| format!("{}:{}: {finding}", file.path, at + 1)));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_style_and_script_are_found() {
        let tree = Tree::of(&[(
            "crates/web/templates/a.html",
            "<p style=\"x\">\n<script src=\"/a.js\"></script>\n<b onclick=\"x\">\n<form option=\"a\">",
        )]);
        assert_eq!(inline(&tree).len(), 2);
    }

    #[test]
    fn a_raw_colour_is_found_outside_the_tokens() {
        let tree = Tree::of(&[(
            "crates/web/assets/a.css",
            "a { color: #fff }\nb { color: var(--ink) }\n:root { --ink: #111; }",
        )]);
        assert_eq!(colours(&tree), ["crates/web/assets/a.css:1: a raw colour `#fff`"]);
    }
}
