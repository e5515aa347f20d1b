//! What the chores share: the root of the repository, running a command, the clock of each part.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A cargo command in the root of the repository.
pub(crate) fn cargo<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(arguments);
    command
}

/// Runs a command to its end; its output goes straight to the person.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = words(command);
    println!("$ {line}");
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// A command as a person would type it.
fn words(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut words = vec![program];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

/// How long each part took, for the table at the end.
#[derive(Default)]
pub(crate) struct Parts(Vec<(&'static str, f64)>);

impl Parts {
    /// Runs one part and remembers its time, also when it fails.
    pub(crate) fn part<T>(&mut self, name: &'static str, run: impl FnOnce() -> Result<T>) -> Result<T> {
        println!("\n== {name}");
        let start = Instant::now();
        let result = run();
        self.0.push((name, start.elapsed().as_secs_f64()));
        result
    }

    /// Prints the table.
    pub(crate) fn print(&self) {
        println!();
        for (name, seconds) in &self.0 {
            println!("{name:<10} {seconds:>7.1} s");
        }
        println!("{:<10} {:>7.1} s", "all", self.0.iter().map(|(_, seconds)| seconds).sum::<f64>());
    }
}

/// `check`: what CI runs, nothing more.
pub(crate) fn check(_: &[String]) -> Result<()> {
    let mut parts = Parts::default();
    let result = check_parts(&mut parts);
    parts.print();
    result
}

fn check_parts(parts: &mut Parts) -> Result<()> {
    parts.part("format", || run(&mut cargo(["fmt", "--all", "--check"])))?;
    parts.part("tidy", || crate::tidy::command(&[]))?;
    parts.part("clippy", || run(&mut cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])))?;
    parts.part("test", || crate::test::run(&[]))
}

/// `screenshots`: the program of the crate `journeys` that walks the route list.
pub(crate) fn screenshots(arguments: &[String]) -> Result<()> {
    crate::programs::need(crate::programs::BROWSER)?;
    run(&mut cargo(["build", "--package", "xiaobao", "--package", "journeys"]))?;
    let mut command = cargo(["run", "--package", "journeys", "--bin", "screenshots", "--"]);
    run(command.args(arguments))
}
