//! `cargo xtask bench`: a table of medians, taken on this machine, with the program built for speed.
//!
//! Figures to read and to compare with those of another commit on the same machine; nothing fails here.
#![expect(clippy::print_stdout, reason = "a chore talks to the person who started it")]

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use gongwen::source::Source;
use journeys::forms::{fill_folder, large_paper, merge_folder};
use journeys::program::{self, Program};
use journeys::visitor::Visitor;
use journeys::{flood, people};

/// People who complain at the same time.
const VISITORS: usize = 32;
/// Rows of a year of a large county.
const ROWS: usize = 100_000;

/// One line of the table: a name, the median, the time that 95 of 100 stay below, how many.
struct Line {
    name: String,
    median: Duration,
    p95: Duration,
    n: usize,
}

fn main() -> Result<()> {
    let mut lines = vec![reading()?];
    lines.extend(forms()?);
    let start = Instant::now();
    let program = Program::demo()?;
    lines.push(Line {
        name: "first start of the demonstration, until it answers".to_owned(),
        median: start.elapsed(),
        p95: start.elapsed(),
        n: 1,
    });
    lines.extend(pages(&program)?);
    lines.extend(imports()?);
    let pages_per_second = flood::public_pages(program.address(), VISITORS, Duration::from_secs(10))?;
    let per_second = flood::public_submissions(program.address(), VISITORS, Duration::from_secs(10))?;
    println!("{:<58} {:>10} {:>10} {:>6}", "what", "median ms", "p95 ms", "n");
    for line in &lines {
        println!(
            "{:<58} {:>10.2} {:>10.2} {:>6}",
            line.name,
            milliseconds(line.median),
            milliseconds(line.p95),
            line.n
        );
    }
    println!("{:<58} {:>10.1}", "memory of the program afterwards, MB", program.memory_mb()?);
    println!(
        "{:<58} {:>10.0}",
        format!("public submission: durable per second, {VISITORS} people at once"),
        per_second
    );
    println!("{:<58} {:>10.0}", format!("public pages per second, {VISITORS} people at once"), pages_per_second);
    let first = lines.first().map_or(0.0, |line| milliseconds(line.median));
    println!("{:<58} {:>10.2}", "reading: share of the goal of 3 ms", first / 3.0);
    Ok(())
}

/// The sample notice, from text to plan, within this process.
fn reading() -> Result<Line> {
    let path = journeys::root().join("samples/notice-2027.txt");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let name = format!("read a notice of {:.1} KB into a plan", text.len() as f64 / 1024.0);
    let source = Source::from_text(text);
    measure(name, 300, || {
        std::hint::black_box(domain::campaign::read::read(&source));
        Ok(())
    })
}

/// A large sheet out, a thousand filled forms in.
fn forms() -> Result<Vec<Line>> {
    let paper = large_paper();
    let large = measure("write a sheet of 8,500 x 33 with 12 merged columns".to_owned(), 5, || {
        gongwen::write::paper::write_xlsx(std::slice::from_ref(&paper)).map(drop).map_err(anyhow::Error::new)
    })?;
    let bytes = gongwen::write::paper::write_xlsx(std::slice::from_ref(&paper))?;
    let read = measure("read it again, row by row".to_owned(), 5, || {
        gongwen::read_list("明细.xlsx", &bytes, &gongwen::Limits::for_lists()).map(drop).map_err(anyhow::Error::new)
    })?;
    let folder = tempfile::tempdir()?;
    let handed_in = folder.path().join("in");
    std::fs::create_dir(&handed_in)?;
    fill_folder(&handed_in, 1_000)?;
    let (binary, out) = (program::built()?, folder.path().join("out.xlsx"));
    let merged = measure("add up 1,000 filled forms, reading and writing included".to_owned(), 3, || {
        merge_folder(&binary, &handed_in, &out)
    })?;
    Ok(vec![large, read, merged])
}

/// A list of 100,000 rows of the national platform, new and then known.
fn imports() -> Result<Vec<Line>> {
    let folder = tempfile::tempdir()?;
    let (file, data) = (folder.path().join("export.xlsx"), folder.path().join("data"));
    std::fs::create_dir(&data)?;
    flood::platform_export(&file, ROWS)?;
    let binary = program::built()?;
    let mut lines = Vec::new();
    for word in ["first", "second"] {
        let took = flood::import(&binary, &file, &data)?;
        lines.push(Line { name: format!("import 12315 of {ROWS} rows, {word} time"), median: took, p95: took, n: 1 });
    }
    Ok(lines)
}

/// The pages most people open, one after the other over one connection.
fn pages(program: &Program) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    let mut stranger = Visitor::new(program.address());
    for path in ["/healthz", "/sign-in", "/help"] {
        lines.push(measure(format!("GET {path}"), 200, || stranger.get(path).map(drop))?);
    }
    let mut office = Visitor::new(program.address());
    office.sign_in("office", people::PASSWORD)?;
    let mut paths = vec!["/".to_owned(), "/desk".to_owned(), "/campaigns".to_owned(), "/units".to_owned()];
    let campaigns = office.get("/campaigns")?;
    paths.extend(
        campaigns
            .links()
            .into_iter()
            .filter(|link| link.starts_with("/campaigns/") && link.matches('/').count() == 2)
            .take(1),
    );
    for path in paths {
        let name = if path.len() > 30 { "/campaigns/{id}".to_owned() } else { path.clone() };
        lines.push(measure(format!("GET {name}"), 200, || office.get(&path).map(drop))?);
    }
    Ok(lines)
}

fn measure(name: String, n: usize, mut run: impl FnMut() -> Result<()>) -> Result<Line> {
    run()?;
    let mut times = Vec::with_capacity(n);
    for _ in 0..n {
        let start = Instant::now();
        run()?;
        times.push(start.elapsed());
    }
    times.sort();
    let at = |share: usize| times.get(n * share / 100).copied().unwrap_or_default();
    Ok(Line { name, median: at(50), p95: at(95), n })
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
