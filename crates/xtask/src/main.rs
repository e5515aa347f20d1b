//! The chores of this repository: `cargo xtask <chore>`.
//!
//! Plain Rust instead of shell scripts, so that a fresh machine needs nothing but Rust to begin with.
//! What a chore needs beyond that is named with its package, and installed when the user may (`programs`).
#![expect(clippy::print_stdout, reason = "a chore talks to the person who started it")]

mod bench;
mod chore;
mod postgres;
mod programs;
mod score;
mod test;
mod tidy;

use std::process::ExitCode;

/// A chore: its name, one line of help, and what it does.
type Chore = (&'static str, &'static str, fn(&[String]) -> anyhow::Result<()>);

/// Every chore, in the order of the help.
const CHORES: &[Chore] = &[
    ("check", "what CI runs: format, clippy, test, tidy", chore::check),
    ("test", "every test on SQLite and PostgreSQL, then the journeys in a headless browser", test::run),
    ("tidy", "the house rules no compiler knows", tidy::command),
    ("score", "measure `xiaobao plan` against reference answers, where ../shared is there", score::run),
    (
        "screenshots",
        "every page at desktop and phone width, light and dark, into target/screenshots",
        chore::screenshots,
    ),
    ("bench", "tables of medians: one plan, pages; roll-up of returns and recount of records", bench::run),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        return help();
    };
    let Some((_, _, chore)) = CHORES.iter().find(|(known, _, _)| known == name) else {
        eprintln!("no such chore: {name}");
        return help();
    };
    match chore(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\ncargo xtask {name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn help() -> ExitCode {
    println!("cargo xtask <chore>\n");
    for (name, text, _) in CHORES {
        println!("  {name:<12} {text}");
    }
    ExitCode::FAILURE
}
