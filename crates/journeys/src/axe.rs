//! The accessibility rules of axe-core, asked of the page as it stands in the browser.
//!
//! The rules are a package of npm; they are fetched into `target/tools` when first needed and never become part of this
//! repository.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::browser::Browser;

const VERSION: &str = "4.10.3";

/// What the rules are asked for: WCAG 2.2 A and AA.
const TAGS: &str = r#"["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa"]"#;

/// The script of the rules.
///
/// # Errors
/// When it is not there yet and npm cannot fetch it.
pub fn rules() -> Result<String> {
    let folder = crate::target().join("tools/axe").join(VERSION);
    let path = folder.join("node_modules/axe-core/axe.min.js");
    if !path.is_file() {
        std::fs::create_dir_all(&folder)?;
        let status = Command::new("npm")
            .args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"])
            .arg(&folder)
            .arg(format!("axe-core@{VERSION}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .context("npm is missing (Debian package npm); `cargo xtask test` installs it where it may")?;
        ensure!(status.success(), "npm cannot fetch axe-core {VERSION}: is there a network?");
    }
    std::fs::read_to_string(&path).with_context(|| path.display().to_string())
}

/// What the rules find wrong on this page: one line each, with the place.
///
/// # Errors
/// When the rules cannot be run.
pub async fn violations(browser: &Browser, rules: &str) -> Result<Vec<String>> {
    browser.run(rules, Vec::new()).await?;
    let script = format!(
        "const done = arguments[arguments.length - 1];
         axe.run(document, {{ runOnly: {{ type: 'tag', values: {TAGS} }}, resultTypes: ['violations'] }})
            .then(found => done(found.violations), error => done([{{ id: 'axe', help: String(error), nodes: [] }}]));"
    );
    let found = browser.run_async(&script, Vec::new()).await?;
    let mut lines = Vec::new();
    for violation in found.as_array().into_iter().flatten() {
        let text = |name: &str| violation.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let nodes = violation.get("nodes").and_then(Value::as_array).cloned().unwrap_or_default();
        let places: Vec<String> = nodes.iter().take(4).map(place).collect();
        lines.push(format!("{}: {} ({} places) {}", text("id"), text("help"), nodes.len(), places.join(" ; ")));
    }
    Ok(lines)
}

fn place(node: &Value) -> String {
    let target = node.get("target").map(Value::to_string).unwrap_or_default();
    let summary = node.get("failureSummary").and_then(Value::as_str).unwrap_or_default();
    format!("{target} {}", summary.lines().nth(1).unwrap_or_default().trim())
}
