//! `cargo xtask bench`: a table of medians to read, never an assertion: a shared machine would make it fail at random.
//!
//! The figures are taken by the program `bench` of the crate `journeys`, built with optimisation.

use anyhow::Result;

use crate::chore::{cargo, run as run_command};

/// Builds with optimisation and prints the table.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    run_command(&mut cargo(["build", "--release", "--package", "xiaobao", "--package", "journeys"]))?;
    let mut command = cargo(["run", "--release", "--package", "journeys", "--bin", "bench", "--"]);
    run_command(command.args(arguments))
}
