//! `xiaobao routes`: every page and who may use it.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// Prints one line a route: method, pattern, access.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    let text: String = web::route_lines().into_iter().map(|line| line + "\n").collect();
    match std::io::stdout().write_all(text.as_bytes()) {
        // Who reads only the first lines (`| head`) has what they wanted.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(ExitCode::SUCCESS),
    }
}
