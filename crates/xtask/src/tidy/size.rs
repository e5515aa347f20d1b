//! Small files, small functions.

use super::Findings;
use super::exceptions::{LONG_FILES, LONG_FUNCTIONS};
use super::tree::{File, Tree};

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 60;

/// Hand-written files longer than this are listed with a reason, or are too long.
pub(crate) fn files(tree: &Tree) -> Findings {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| is_source(&file.path) && !file.is_test()) {
        let lines = if file.path.ends_with(".rs") { file.without_tests() } else { &file.text }.lines().count();
        let is_listed = LONG_FILES.iter().any(|(path, _)| *path == file.path);
        if lines > FILE_LINES && !is_listed {
            findings.push(format!("{}: {lines} lines without tests", file.path));
        }
        if lines <= FILE_LINES && is_listed {
            findings.push(format!("{}: short again, take it off the list of long files", file.path));
        }
    }
    findings.extend(
        LONG_FILES
            .iter()
            .filter(|(path, _)| !tree.has(path))
            .map(|(path, _)| format!("{path}: a long file that is gone")),
    );
    findings
}

fn is_source(path: &str) -> bool {
    [".rs", ".js", ".css", ".html", ".sql"].iter().any(|ending| path.ends_with(ending)) && !path.contains("/fixtures/")
}

/// Functions longer than this are listed with a reason, or are too long.
pub(crate) fn functions(tree: &Tree) -> Findings {
    let mut findings = Vec::new();
    let mut used = vec![false; LONG_FUNCTIONS.len()];
    for file in tree.rust().filter(|file| !file.is_test()) {
        for (name, line, lines) in lengths(file) {
            let listed = LONG_FUNCTIONS.iter().position(|(path, known, _)| *path == file.path && *known == name);
            match listed {
                Some(at) if lines > FUNCTION_LINES => {
                    used.iter_mut().skip(at).take(1).for_each(|is_used| *is_used = true)
                }
                None if lines > FUNCTION_LINES => {
                    findings.push(format!("{}:{line}: `{name}` has {lines} lines", file.path))
                }
                _ => {}
            }
        }
    }
    for ((path, name, _), is_used) in LONG_FUNCTIONS.iter().zip(used) {
        if !is_used {
            findings.push(format!("{path}: `{name}` is short again or gone, take it off the list of long functions"));
        }
    }
    findings
}

/// Name, first line and number of lines of each function; rustfmt puts the closing brace below the `fn`.
fn lengths(file: &File) -> Vec<(String, usize, usize)> {
    let lines: Vec<&str> = file.without_tests().lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let indent = line.len() - line.trim_start().len();
        let closing = format!("{}}}", " ".repeat(indent));
        let rest = lines.get(at..).unwrap_or_default();
        if let Some(end) = rest.iter().position(|line| *line == closing) {
            found.push((name, at + 1, end + 1));
        }
    }
    found
}

fn function_name(line: &str) -> Option<String> {
    let mut words = line.split_whitespace().peekable();
    while words.next_if(|word| ["async", "const", "unsafe"].contains(word) || word.starts_with("pub")).is_some()
        || words.next_if(|word| ["super)", "crate)"].contains(word)).is_some()
    {}
    if words.next()? != "fn" {
        return None;
    }
    // A one-line function has its end on the same line.
    if line.trim_end().ends_with('}') || line.trim_end().ends_with(';') {
        return None;
    }
    let name: String = words.next()?.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_function_is_found_and_a_short_one_is_not() {
        let long = format!("pub(crate) async fn long(\n    a: u8,\n) {{\n{}}}\n", "    call();\n".repeat(60));
        let text = format!("fn short() {{\n    call();\n}}\n\n{long}");
        let tree = Tree::of(&[("crates/a/src/lib.rs", &text)]);
        let findings: Findings = functions(&tree).into_iter().filter(|finding| finding.contains("has")).collect();
        assert_eq!(findings, ["crates/a/src/lib.rs:5: `long` has 64 lines"]);
    }

    #[test]
    fn tests_do_not_count() {
        let text = format!("fn a() {{}}\n\n#[cfg(test)]\nmod tests {{\n{}}}\n", "    // line\n".repeat(600));
        let tree = Tree::of(&[("crates/a/src/lib.rs", &text)]);
        assert!(files(&tree).iter().all(|finding| !finding.contains("without tests")));
    }
}
