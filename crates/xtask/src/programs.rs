//! The programs a chore needs beside Rust: named with their package, and installed when the user may.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

/// A program, the Debian package it is in, and how to see that it is there.
pub(crate) struct Program {
    name: &'static str,
    package: &'static str,
    is_there: fn() -> bool,
}

/// What the journeys need.
pub(crate) const BROWSER: &[Program] = &[
    Program {
        name: "chromium",
        package: "chromium",
        is_there: || on_path(&["chromium", "chromium-browser", "google-chrome"]),
    },
    Program { name: "chromedriver", package: "chromium-driver", is_there: || on_path(&["chromedriver"]) },
    Program { name: "a Chinese font", package: "fonts-noto-cjk", is_there: has_chinese_font },
    Program { name: "npm (fetches the accessibility rules)", package: "npm", is_there: || on_path(&["npm"]) },
];

/// What the tests on PostgreSQL need.
pub(crate) const POSTGRES: &[Program] =
    &[Program { name: "postgres", package: "postgresql", is_there: || postgres_folder().is_some() }];

/// What the scorer needs.
pub(crate) const PYTHON: Program = Program { name: "python3", package: "python3", is_there: || on_path(&["python3"]) };

/// Makes sure that every program is there: installs the missing ones when the user may, else names them and fails.
pub(crate) fn need(programs: &[Program]) -> Result<()> {
    let missing: Vec<&Program> = programs.iter().filter(|program| !(program.is_there)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for program in &missing {
        println!("missing: {} (Debian package {})", program.name, program.package);
    }
    let packages: Vec<&str> = missing.iter().map(|program| program.package).collect();
    let Some(mut install) = installer() else {
        bail!("please install it first: apt-get install {}", packages.join(" "));
    };
    crate::chore::run(install().arg("update"))?;
    crate::chore::run(install().args(["install", "--yes", "--no-install-recommends"]).args(&packages))?;
    for program in missing {
        if !(program.is_there)() {
            bail!("{} is still not there after installing the package {}", program.name, program.package);
        }
    }
    Ok(())
}

/// How this user installs a package: as root, or through sudo when it asks no password; `None` when neither works.
fn installer() -> Option<impl FnMut() -> Command> {
    if !on_path(&["apt-get"]) {
        return None;
    }
    let is_root = output("id", &["-u"]).is_some_and(|text| text.trim() == "0");
    if !is_root && output("sudo", &["-n", "true"]).is_none() {
        return None;
    }
    Some(move || {
        let mut command = Command::new(if is_root { "apt-get" } else { "sudo" });
        if !is_root {
            command.args(["-n", "apt-get"]);
        }
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    })
}

/// What a program prints; `None` when it is not there or fails.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Is one of these on the search path?
pub(crate) fn on_path(names: &[&str]) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| names.iter().any(|name| folder.join(name).is_file()))
}

fn has_chinese_font() -> bool {
    output("fc-list", &[":lang=zh-cn", "family"]).is_some_and(|text| !text.trim().is_empty())
}

/// The folder of PostgreSQL's programs: Debian keeps them off the search path.
pub(crate) fn postgres_folder() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(versions) = Path::new("/usr/lib/postgresql").read_dir() {
        folders.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    folders.into_iter().rfind(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}
