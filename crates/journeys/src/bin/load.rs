//! `cargo xtask bench complaints [N…]`: the life of a complaint under load, with so many stored before. In the place of N stands a data
//! directory that was filled before (`--example complaints` of the crate `store`), which spares the filling.
#![expect(clippy::print_stdout, reason = "a chore talks to the person who started it")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use journeys::load::{Figures, Load, below, lifecycle};
use journeys::people;
use journeys::program::{self, Program};
use journeys::visitor::Visitor;

/// Clients at once, as DESIGN §10 asks.
const CLIENTS: usize = 300;
const TIME: Duration = Duration::from_secs(30);
/// Searches one after the other, for the time one of them takes.
const SEARCHES: usize = 300;

fn main() -> Result<()> {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    for it in if asked.is_empty() { vec!["100000".to_owned()] } else { asked } {
        match it.parse() {
            Ok(size) => measure(Program::demo()?, size)?,
            Err(_) => measure(Program::on(it.into())?, 0)?,
        }
    }
    Ok(())
}

fn measure(mut program: Program, size: usize) -> Result<()> {
    program.stop()?;
    let begun = Instant::now();
    let unit_id = run(Command::new(filler()?).arg(program.data()).args(["officer", &size.to_string()]))?;
    line("complaints stored before, filled in s", size as f64, begun.elapsed().as_secs_f64());
    // Numbers of other systems are taken once.
    let number = usize::try_from(std::process::id())? * 2;
    let token = |login: &str| -> Result<String> {
        let text = run(Command::new(program::built()?)
            .args(["token", "create", "--login", login, "--data"])
            .arg(program.data()))?;
        text.split_whitespace().max_by_key(|it| it.len()).map(str::to_owned).context("no token")
    };
    let (intake, handler) = (token("lead")?, token("officer")?);
    let begun = Instant::now();
    program.start_again()?;
    line("start until it answers, ms", f64::NAN, ms(begun.elapsed()));
    let load = Load { address: program.address(), intake, handler, unit_id, n_clients: CLIENTS, time: TIME };
    let before = program.processor_seconds()?;
    let figures = lifecycle(&load, number)?;
    tell(&figures);
    let thousands = figures.n_lives as f64 / 1000.0;
    let used = (program.processor_seconds()? - before) / thousands.max(f64::MIN_POSITIVE);
    line("processor time of the program for 1,000 lives, s", f64::NAN, used);
    line("memory at 300 clients, MB", f64::NAN, program.memory_mb()?);
    let one = lifecycle(&Load { n_clients: 1, time: Duration::from_secs(5), ..load.clone() }, number + 1)?;
    line("search, one client: median, p99 ms", ms(below(&one.searches, 500)), ms(below(&one.searches, 990)));
    export(&program)?;
    ensure!(figures.n_lives > SEARCHES, "too few lives to be a measure");
    Ok(())
}

fn tell(figures: &Figures) {
    line("lives of a complaint a second, requests a second", figures.rate(), figures.rate() * 5.0);
    let (all, searches) = (&figures.requests, &figures.searches);
    line("a request at 300 clients: median, p95 ms", ms(below(all, 500)), ms(below(all, 950)));
    line("a search at 300 clients: median, p99 ms", ms(below(searches, 500)), ms(below(searches, 990)));
}

/// Every case as a sheet, as the centre takes it.
fn export(program: &Program) -> Result<()> {
    let mut centre = Visitor::new(program.address());
    centre.sign_in("lead", people::PASSWORD)?;
    let begun = Instant::now();
    centre.get("/complaints.xlsx?view=all")?;
    line("export of all cases as .xlsx, s; memory after it, MB", begun.elapsed().as_secs_f64(), program.memory_mb()?);
    Ok(())
}

/// The filler is an example of the crate `store`, built beside this program.
fn filler() -> Result<std::path::PathBuf> {
    let path = program::built()?.with_file_name("examples").join("complaints");
    ensure!(Path::new(&path).is_file(), "build it first: cargo build --release --package store --example complaints");
    Ok(path)
}

fn run(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "{command:?}: {}", output.status);
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn line(name: &str, first: f64, second: f64) {
    if first.is_nan() {
        println!("{name:<58} {:>12} {second:>12.1}", "");
    } else {
        println!("{name:<58} {first:>12.1} {second:>12.1}");
    }
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
