//! `cargo xtask bench`: a table of medians to read, never an assertion: a shared machine would make it fail at random.
//!
//! The figures are taken by the program `bench` of the crate `journeys` and the example `statistics` of the crate `store`, both built
//! with optimisation. `cargo xtask bench statistics 100000` takes the second alone, with fewer records;
//! `cargo xtask bench complaints 100000 1000000` takes the life of a complaint under load, with so many stored before.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::chore::{cargo, run as run_command, target};

/// Builds with optimisation and prints the tables.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    match arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        Some(("complaints", sizes)) => {
            build(&["xiaobao", "journeys", "store"], &["complaints"])?;
            run_command(built("load").args(sizes))
        }
        Some(("statistics", rest)) => {
            build(&["store"], &["statistics"])?;
            run_command(built("examples/statistics").args(rest))
        }
        _ => {
            build(&["xiaobao", "journeys", "store"], &["statistics"])?;
            run_command(built("bench").args(arguments))?;
            run_command(&mut built("examples/statistics"))
        }
    }
}

/// One call for all of them: cargo chooses the features of the libraries anew for each call, and would build most of them again.
fn build(packages: &[&str], examples: &[&str]) -> Result<()> {
    let mut command = cargo(["build", "--release", "--bins"]);
    command.args(packages.iter().flat_map(|it| ["--package", *it]));
    command.args(examples.iter().flat_map(|it| ["--example", *it]));
    run_command(&mut command)
}

/// What cargo has just built.
fn built(name: &str) -> Command {
    Command::new(target().join("release").join(Path::new(name)).with_extension(std::env::consts::EXE_EXTENSION))
}
