//! Who may know whom: the dependencies of each crate, SQL in the store alone, no drawers.

use regex::Regex;

use super::Findings;
use super::lexer::{Piece, parts};
use super::tree::{File, Tree};

/// What a crate may depend on among our own, and which crates of others it must not know.
struct Layer {
    name: &'static str,
    ours: &'static [&'static str],
    never: &'static [&'static str],
}

const PAGES: &[&str] = &["axum", "askama", "tower", "tower-http", "hyper"];
const OUTSIDE: &[&str] = &[
    "tokio",
    "axum",
    "rusqlite",
    "tokio-postgres",
    "deadpool-postgres",
    "refinery",
    "sqlx",
    "tracing",
    "rand",
    "uuid",
    "tempfile",
    "askama",
    "reqwest",
    "chrono",
];
const ENGINES: &[&str] = &["rusqlite", "tokio-postgres", "deadpool-postgres", "refinery", "sqlx"];

const LAYERS: &[Layer] = &[
    Layer { name: "gongwen", ours: &[], never: OUTSIDE },
    Layer { name: "domain", ours: &["gongwen"], never: OUTSIDE },
    Layer { name: "store", ours: &["domain"], never: PAGES },
    Layer { name: "web", ours: &["domain", "gongwen", "store"], never: ENGINES },
    Layer { name: "xiaobao", ours: &["domain", "gongwen", "store", "web"], never: ENGINES },
    Layer { name: "journeys", ours: &["domain", "gongwen"], never: ENGINES },
    Layer { name: "xtask", ours: &[], never: &["tokio", "axum", "clap"] },
];

/// Every crate is a layer, and depends on what the layer may know.
pub(crate) fn dependencies(tree: &Tree) -> Findings {
    let mut findings = Vec::new();
    for file in tree.below("crates/", &["/Cargo.toml"]) {
        let name = file.path.trim_start_matches("crates/").trim_end_matches("/Cargo.toml");
        let Some(layer) = LAYERS.iter().find(|layer| layer.name == name) else {
            findings.push(format!("{}: a crate that is no layer yet", file.path));
            continue;
        };
        for dependency in dependency_names(&file.text) {
            let is_ours = LAYERS.iter().any(|layer| layer.name == dependency);
            if (is_ours && !layer.ours.contains(&dependency)) || layer.never.contains(&dependency) {
                findings.push(format!("{}: {name} must not know {dependency}", file.path));
            }
        }
        if name == "domain" && file.text.contains("formats") {
            findings.push(format!("{}: domain uses gongwen without its formats", file.path));
        }
    }
    findings
}

/// The keys of `[dependencies]`; what only tests use may know more.
fn dependency_names(manifest: &str) -> Vec<&str> {
    let mut is_inside = false;
    let mut names = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            is_inside = line.trim() == "[dependencies]";
        } else if is_inside && let Some((key, _)) = line.split_once('=') {
            names.push(key.split('.').next().unwrap_or_default().trim());
        }
    }
    names
}

/// Names that say nothing, where everything ends up.
const DRAWERS: &[&str] =
    &["util", "utils", "helper", "helpers", "common", "misc", "manager", "service", "services", "shared"];

/// No drawers among the files, no doers among the types, no `handle_` among the functions.
pub(crate) fn drawers(tree: &Tree) -> Findings {
    let Ok(doer) =
        Regex::new(r"\b(struct|enum|trait|type)\s+\w*(Manager|Helper|Util|Utils|Service)\b|\bfn\s+handle_\w+")
    else {
        return vec!["tidy: its own pattern is broken".to_owned()];
    };
    let mut findings = Vec::new();
    for file in tree.rust() {
        let is_drawer = file.path.split('/').any(|part| DRAWERS.contains(&part.trim_end_matches(".rs")));
        if is_drawer {
            findings.push(format!("{}: a drawer; put each thing with its area", file.path));
        }
        for part in parts(&file.text).iter().filter(|part| part.piece == Piece::Code) {
            findings.extend(
                doer.find_iter(part.text)
                    .map(|found| format!("{}: `{}` names no thing of the trade", file.path, found.as_str())),
            );
        }
    }
    findings
}

/// Words only one of the engines knows.
const ONE_ENGINE: &[&str] = &[
    "ilike",
    "now()",
    "datetime(",
    "autoincrement",
    "bigserial",
    " serial",
    "jsonb",
    "->>",
    "::",
    "strftime(",
    "to_char(",
    "limit all",
    "distinct on",
    "rowid",
];

/// Files of the store that may speak to one engine: the door and the full-text search.
fn is_door(path: &str) -> bool {
    path.starts_with("crates/store/src/db") || path.contains("/search")
}

/// Only the store has SQL; its statements keep to what both engines know.
pub(crate) fn sql(tree: &Tree) -> Findings {
    let mut findings = Vec::new();
    for file in tree.rust().filter(|file| !file.path.starts_with("crates/xtask/") && !file.is_test()) {
        let is_store = file.path.starts_with("crates/store/");
        for part in parts(file.without_tests()).iter().filter(|part| part.piece == Piece::Text && is_sql(part.text)) {
            if !is_store {
                findings.push(format!("{}:{}: SQL outside the store", file.path, part.line));
            } else if !is_door(&file.path) {
                findings.extend(
                    one_engine(part.text)
                        .map(|word| format!("{}:{}: `{word}` is not known to both engines", file.path, part.line)),
                );
                if part.text.trim_start().starts_with(|c: char| c.is_ascii_uppercase()) {
                    findings.push(format!("{}:{}: SQL is written in lower case", file.path, part.line));
                }
            }
        }
    }
    for file in tree.below("crates/store/", &[".sql"]) {
        let statements: String = file.text.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
        findings.extend(
            one_engine(&statements).map(|word| format!("{}: `{word}` is not known to both engines", file.path)),
        );
    }
    findings
}

fn one_engine(statement: &str) -> impl Iterator<Item = &'static str> {
    let statement = statement.to_lowercase();
    ONE_ENGINE.iter().copied().filter(move |word| statement.contains(word))
}

fn is_sql(text: &str) -> bool {
    let text = text.trim_start().to_lowercase();
    let begins = |head: &str, then: &str| text.starts_with(head) && text.contains(then);
    begins("select ", " from ")
        || begins("insert into ", "(")
        || begins("update ", " set ")
        || begins("delete from ", "")
        || begins("create table ", "(")
        || begins("with ", " as (select")
}

/// A migration begins with a comment (why, what it locks, how to undo) and uses three types only.
pub(crate) fn migrations(tree: &Tree) -> Findings {
    let Ok(foreign) =
        Regex::new(r"(?i)\b(integer|int|varchar|timestamptz?|boolean|numeric|real|blob|bytea|uuid|json)\b")
    else {
        return vec!["tidy: its own pattern is broken".to_owned()];
    };
    let mut findings = Vec::new();
    for file in tree.below("crates/store/", &[".sql"]).filter(|file| file.path.contains("migrations")) {
        if !file.text.starts_with("--") {
            findings.push(format!("{}: begins without a comment that says why", file.path));
        }
        findings.extend(foreign_types(file, &foreign));
    }
    findings
}

fn foreign_types(file: &File, foreign: &Regex) -> Findings {
    let mut findings = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        let code = line.split("--").next().unwrap_or_default();
        if let Some(found) = foreign.find(code) {
            findings.push(format!(
                "{}:{}: `{}`; the types are text, bigint, double precision",
                file.path,
                at + 1,
                found.as_str()
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domain_must_not_know_tokio() {
        let tree = Tree::of(&[(
            "crates/domain/Cargo.toml",
            "[dependencies]\ntokio.workspace = true\njiff.workspace = true\n[dev-dependencies]\ntempfile = \"3\"\n",
        )]);
        assert_eq!(dependencies(&tree), ["crates/domain/Cargo.toml: domain must not know tokio"]);
    }

    #[test]
    fn sql_outside_the_store_is_found() {
        let tree =
            Tree::of(&[("crates/web/src/a.rs", "let a = \"select name from unit\";\nlet b = \"select a unit\";")]);
        assert_eq!(sql(&tree), ["crates/web/src/a.rs:1: SQL outside the store"]);
    }

    #[test]
    fn a_word_of_one_engine_is_found() {
        let tree = Tree::of(&[("crates/store/src/unit.rs", "let a = \"select name from unit where name ilike $1\";")]);
        assert_eq!(sql(&tree).len(), 1);
    }

    #[test]
    fn a_drawer_is_found() {
        let tree = Tree::of(&[("crates/web/src/utils.rs", "pub struct PageManager;")]);
        assert_eq!(drawers(&tree).len(), 2);
    }
}
