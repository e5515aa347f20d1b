//! `cargo xtask test`: every test of the workspace, on SQLite and on a PostgreSQL started for the purpose, and the
//! journeys in a headless browser.
//!
//! One `cargo test` for all of them: one build, one set of features, cargo's own closing lines.

use anyhow::Result;

use crate::chore::{cargo, run as run_command};
use crate::{postgres, programs};

/// Runs every test; what follows is handed to `cargo test` (a name, `-- --nocapture`).
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    programs::need(programs::BROWSER)?;
    let server = postgres::start()?;
    run_command(cargo(["test", "--workspace", "--no-fail-fast"]).args(arguments).env("TEST_POSTGRES_URL", server.url()))
}
