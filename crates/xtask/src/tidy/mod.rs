//! The house rules that neither the compiler nor clippy knows.
//!
//! Each rule is a function from the tree of files to its findings, and stands in `RULES`.
//! `cargo xtask tidy` prints them; the test at the end of this file makes them part of `cargo test`.

mod docs;
mod exceptions;
mod layers;
mod lexer;
mod size;
mod text;
mod tree;
mod web;

use anyhow::{Result, bail};

use tree::Tree;

/// What a rule finds: one sentence each, beginning with the place.
type Findings = Vec<String>;

/// A rule: what it says, and what finds the places where it does not hold.
type Rule = (&'static str, fn(&Tree) -> Findings);

/// Every rule.
const RULES: &[Rule] = &[
    ("a crate knows only what it may know", layers::dependencies),
    ("the modules of an area carry its name", layers::drawers),
    ("SQL stays in the store, in the subset of both engines", layers::sql),
    ("a migration says what it is for", layers::migrations),
    ("a file has at most 500 lines", size::files),
    ("a function has at most 60 lines", size::functions),
    ("nothing is left for later", text::leftovers),
    ("nothing of one machine", text::machines),
    ("a silenced lint says why", text::silenced),
    ("a path named in the docs is there", docs::paths),
    ("an identifier of the glossary is there", docs::glossary),
    ("a decision has its four parts", docs::decisions),
    ("a template has no inline script or style", web::inline),
    ("a template is used", web::used),
    ("a colour is a token", web::colours),
    ("a page asks no other host", web::hosts),
];

/// `cargo xtask tidy`.
pub(crate) fn command(_: &[String]) -> Result<()> {
    let findings = findings(&Tree::read(&crate::chore::root())?);
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => {
            println!("tidy: {} rules, nothing found", RULES.len());
            Ok(())
        }
        n => bail!("{n} findings"),
    }
}

fn findings(tree: &Tree) -> Findings {
    let mut all = Vec::new();
    for (rule, find) in RULES {
        all.extend(find(tree).into_iter().map(|finding| format!("{finding} [{rule}]")));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_tidy() {
        let tree = Tree::read(&crate::chore::root()).unwrap();
        let findings = findings(&tree);
        assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
    }
}
