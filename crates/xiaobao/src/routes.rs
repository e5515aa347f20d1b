//! `xiaobao routes`: every page and who may use it.

use std::process::ExitCode;

/// Prints one line a route: method, pattern, access.
#[expect(clippy::print_stdout, reason = "the list is what was asked for")]
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    for line in web::route_lines() {
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}
