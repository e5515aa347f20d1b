//! The clock comes in through the front door: tests fix it.

use std::sync::Arc;

use jiff::{Timestamp, Zoned, civil::Date, tz::TimeZone};

/// The time of the program. Pages show it in Asia/Shanghai.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The clock of the machine.
    pub fn system() -> Clock {
        #[expect(clippy::disallowed_methods, reason = "the one place of the pages that asks the machine for the time")]
        Clock(Arc::new(Timestamp::now))
    }

    /// A clock that answers what `tell` says, for tests and demonstrations.
    pub fn new(tell: impl Fn() -> Timestamp + Send + Sync + 'static) -> Clock {
        Clock(Arc::new(tell))
    }

    /// The instant now.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }

    /// The date now in the zone of the pages.
    pub fn today(&self) -> Date {
        in_zone(self.now()).date()
    }
}

/// The instant in the zone of the pages. China has kept one zone without summer time since 1992.
pub fn in_zone(at: Timestamp) -> Zoned {
    at.to_zoned(zone())
}

/// The day of an instant in the zone of the pages.
pub fn day_of(at: Timestamp) -> Date {
    in_zone(at).date()
}

/// Asia/Shanghai.
pub fn zone() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(8))
}

/// `2024-03-15 17:02`, as pages show an instant.
pub fn in_words(at: Timestamp) -> String {
    in_zone(at).strftime("%Y-%m-%d %H:%M").to_string()
}
