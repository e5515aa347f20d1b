//! Instants as text of a fixed width, so that the order of text is the order of time.

use jiff::Timestamp;

use crate::{Error, Result};

/// `2024-03-15T08:00:00.000Z`: UTC, milliseconds, always 24 characters.
pub fn text(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The instant as it will be read back: whole milliseconds.
pub fn kept(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

/// Reads what [`text`] wrote.
pub fn parse(text: &str) -> Result<Timestamp> {
    text.parse().map_err(|_| Error::internal(format_args!("not an instant: {text:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_width_is_fixed_and_the_way_back_exact() {
        for (given, written) in [
            ("2024-03-15T08:00:00Z", "2024-03-15T08:00:00.000Z"),
            ("2024-03-15T08:00:00.1239Z", "2024-03-15T08:00:00.123Z"),
            ("2024-03-15T16:00:00.5+08:00", "2024-03-15T08:00:00.500Z"),
        ] {
            let at: Timestamp = given.parse().unwrap();
            assert_eq!(text(at), written);
            assert_eq!(text(parse(written).unwrap()), written);
        }
        assert!(parse("gestern").is_err());
    }
}
