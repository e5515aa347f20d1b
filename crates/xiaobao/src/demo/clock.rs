//! The time of the demonstration: it begins at a moment of the sample's March when the data are made, and runs on from
//! there, also over a restart.

use std::path::Path;

use anyhow::{Context, Result};
use jiff::Timestamp;

/// Thursday 11 March 2027, 09:10 in Shanghai: four days before 3·15.
pub(super) fn beginning() -> Timestamp {
    // 1 804 727 400 s after 1970 is a valid instant; the default would be 1970.
    Timestamp::from_second(1_804_727_400).unwrap_or_default()
}

/// The instant the data were made, by the clock of the machine; kept beside them, so that time never goes back.
///
/// # Errors
/// When the folder cannot be written.
pub(super) fn made(data: &Path, now: Timestamp) -> Result<Timestamp> {
    let path = data.join("demo-clock");
    if let Ok(text) = std::fs::read_to_string(&path)
        && let Ok(made) = text.trim().parse()
    {
        return Ok(made);
    }
    std::fs::write(&path, now.to_string()).with_context(|| path.display().to_string())?;
    Ok(now)
}

/// The time of the demonstration at an instant of the machine.
pub(super) fn demo_time(made: Timestamp, now: Timestamp) -> Timestamp {
    let passed = now.duration_since(made);
    beginning().checked_add(passed).unwrap_or_else(|_| beginning())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demonstration_begins_four_days_before_315() {
        assert_eq!(beginning().to_string(), "2027-03-11T01:10:00Z");
    }

    #[test]
    fn time_runs_on_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let first: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        let later: Timestamp = "2026-11-23T08:00:00Z".parse().unwrap();
        assert_eq!(made(folder.path(), first).unwrap(), first);
        assert_eq!(made(folder.path(), later).unwrap(), first);
        assert_eq!(demo_time(first, later).to_string(), "2027-03-12T01:10:00Z");
    }
}
