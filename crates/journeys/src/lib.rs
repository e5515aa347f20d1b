//! Journeys in a real browser: the built program with demonstration data, Chromium without a window, and steps in the
//! words of the page (labels, buttons, links, visible text).
//!
//! `program` starts the program, `browser` the browser, `axe` asks the accessibility rules, `crawl` walks from link to
//! link. The journeys themselves stand in the folder `tests`, `screenshots` and `bench` are programs of their own.

pub mod axe;
pub mod browser;
pub mod crawl;
pub mod flood;
pub mod forms;
pub mod load;
pub mod people;
pub mod program;
pub mod visitor;

use std::path::{Path, PathBuf};

/// Where cargo puts what it builds.
pub fn target() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().nth(2).unwrap_or(here);
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}
