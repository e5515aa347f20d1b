//! `xiaobao verify`: proof that nothing was changed behind the program's back.

use std::process::ExitCode;

use clap::Args;

use crate::place::{Place, print};

/// Walks the chain of events and reads every file. May run beside the server.
#[derive(Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    place: Place,
}

impl Verify {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        let db = self.place.open_to_read().await?;
        let proof = store::verify::verify(&db).await?;
        print(&proof);
        Ok(if proof.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
