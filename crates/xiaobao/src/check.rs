//! `xiaobao check`: rows that contradict each other, and what to do about them.

use std::process::ExitCode;

use clap::Args;

use crate::place::Place;

/// Runs every check. May run beside the server; it changes nothing.
#[derive(Args)]
pub(crate) struct Check {
    #[command(flatten)]
    place: Place,
}

impl Check {
    #[expect(clippy::print_stdout, reason = "the answer of a command")]
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let db = self.place.open_to_read().await?;
        let mut findings = store::check::check(&db).await?;
        let (rules, calendar) = web::desk_rules(&db).await?;
        findings.extend(store::check::complaints(&db, &rules, &calendar).await?);
        for finding in &findings {
            println!("[{}] {}：{}。处理：{}。", finding.check, finding.subject, finding.wrong, finding.remedy);
        }
        println!("共检查 {} 项，发现 {} 处问题。", store::check::n_checks() + 1, findings.len());
        Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
