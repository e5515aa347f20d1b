//! `cargo xtask score`: the plans the program reads, measured against reference answers that are not part of this repository.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::chore::{cargo, root, run as run_command, target};
use crate::programs;

const PYTHON: &[programs::Program] = &[programs::PYTHON];

/// Reads every text of `../shared/notices` with the built program and runs the scorer that lies beside them.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let Some(notices) = notices() else {
        println!("../shared/notices is not there: nothing to measure against.");
        println!(
            "(The reference texts are kept beside this repository, not in it; the project's own fixtures run with `cargo xtask test`.)"
        );
        return Ok(());
    };
    programs::need(PYTHON)?;
    run_command(&mut cargo(["build", "--package", "xiaobao"]))?;
    let program = target().join("debug/xiaobao");
    let plans = target().join("score");
    std::fs::create_dir_all(&plans)?;
    let mut unreadable = 0;
    for folder in [notices.clone(), notices.join("dev")] {
        for entry in folder.read_dir().with_context(|| folder.display().to_string())?.flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|extension| extension == "txt") {
                unreadable += usize::from(!read_one(&program, &path, &plans)?);
            }
        }
    }
    println!("{unreadable} texts unreadable");
    let scorer = notices.join("score.py");
    run_command(Command::new("python3").arg(&scorer).arg(notices.join("gold")).arg(&plans).args(arguments))?;
    run_command(Command::new("python3").arg(&scorer).arg(notices.join("gold")).arg(&plans).arg("--noise"))
}

/// The folder of reference texts: beside this repository, or beside the main working tree of a linked one.
fn notices() -> Option<std::path::PathBuf> {
    let beside = root().join("../shared/notices");
    let above = root().join("../../shared/notices");
    [beside, above].into_iter().find(|folder| folder.join("score.py").is_file())
}

/// Writes the plan of one text; false when the program could not read it (neither a plan nor "not a plan").
fn read_one(program: &Path, text: &Path, plans: &Path) -> Result<bool> {
    let output = Command::new(program).arg("plan").arg(text).arg("--json").output()?;
    let name = text.file_stem().unwrap_or_default();
    std::fs::write(plans.join(name).with_extension("json"), &output.stdout)?;
    let is_read = matches!(output.status.code(), Some(0 | 3));
    if !is_read {
        println!("{}: {}", text.display(), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(is_read)
}
