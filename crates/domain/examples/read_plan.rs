//! Reads texts (UTF-8) given as arguments and prints each as a plan in JSON; with `--time` the time of a reading.

use std::io::Write;

use domain::campaign::read::read;
use gongwen::source::Source;

fn main() -> std::io::Result<()> {
    let (flags, files): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|it| it.starts_with("--"));
    let mut out = std::io::stdout().lock();
    for file in files {
        let source = Source::from_text(std::fs::read_to_string(&file)?);
        if flags.iter().any(|it| it == "--time") {
            read(&source);
            let start = std::time::Instant::now();
            (0..50).for_each(|_| drop(read(&source)));
            writeln!(out, "{file}: {:?}", start.elapsed() / 50)?;
            continue;
        }
        let json = serde_json::to_string_pretty(&read(&source)).map_err(std::io::Error::other)?;
        writeln!(out, "{json}")?;
    }
    Ok(())
}
