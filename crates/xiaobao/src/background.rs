//! What the program does by itself while it serves: reminders, escalation, recounts.
//!
//! Each process tries; the lease in the database lets one of them work.

use std::time::Duration;

/// Between two rounds. The shortest clock of a desk is some minutes on the gala night.
const PAUSE: Duration = Duration::from_secs(20);

/// Starts the rounds; they end with the program.
pub(crate) fn start(app: web::App) {
    let holder = web::new_token().0;
    tokio::spawn(async move {
        loop {
            let pause = match web::tend(&app, &holder).await {
                Ok(done) => {
                    if done.n_raised > 0 {
                        tracing::info!(
                            complaint.raised = done.n_raised,
                            "told who has to act on {} cases",
                            done.n_raised
                        );
                    }
                    if done.has_more { Duration::from_millis(50) } else { PAUSE }
                }
                Err(error) => {
                    tracing::warn!("the background work failed and is tried again: {error}");
                    PAUSE
                }
            };
            tokio::time::sleep(pause).await;
        }
    });
}
