//! `cargo xtask bench`: a table of medians to read, never an assertion: a shared machine would make it fail at random.
//!
//! The figures are taken by the program `bench` of the crate `journeys` and the example `statistics` of the crate `store`, both built
//! with optimisation. `cargo xtask bench statistics 100000` takes the second alone, with fewer records;
//! `cargo xtask bench complaints 100000 1000000` takes the life of a complaint under load, with so many stored before.

use anyhow::Result;

use crate::chore::{cargo, run as run_command};

/// Builds with optimisation and prints the tables.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if let Some(("complaints", sizes)) = arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        return complaints(sizes);
    }
    let (is_statistics_alone, rest) = match arguments.split_first() {
        Some((first, rest)) if first == "statistics" => (true, rest),
        _ => (false, arguments),
    };
    if !is_statistics_alone {
        run_command(&mut cargo(["build", "--release", "--package", "xiaobao", "--package", "journeys"]))?;
        let mut command = cargo(["run", "--release", "--package", "journeys", "--bin", "bench", "--"]);
        run_command(command.args(rest))?;
    }
    let mut command = cargo(["run", "--release", "--package", "store", "--example", "statistics", "--"]);
    run_command(if is_statistics_alone { command.args(rest) } else { &mut command })
}

fn complaints(sizes: &[String]) -> Result<()> {
    run_command(&mut cargo(["build", "--release", "--package", "xiaobao", "--package", "journeys"]))?;
    run_command(&mut cargo(["build", "--release", "--package", "store", "--example", "complaints"]))?;
    run_command(cargo(["run", "--release", "--package", "journeys", "--bin", "load", "--"]).args(sizes))
}
