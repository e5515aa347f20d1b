//! Bounds against floods, by the address a request comes from.
//!
//! The address is kept nowhere: not in the database, not in the log, and in memory only as a hash with a key of this process.

use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;

use crate::App;

/// The span that is counted.
const SPAN: Duration = Duration::from_secs(3600);
/// More addresses than this are not remembered; the oldest go first.
const MOST: usize = 200_000;

/// What is counted, each for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Deed {
    /// A new submission.
    Submit,
    /// A look with a wrong code.
    WrongCode,
    /// Facts and files added later.
    Supplement,
}

/// How often each address did what in the last hour.
#[derive(Default)]
pub(crate) struct Limiter {
    counts: Mutex<HashMap<(Deed, u64), (Instant, u32)>>,
    hasher: RandomState,
}

impl Limiter {
    /// Counts one deed; false when the address has done it `most` times already. 0 is no limit.
    pub(crate) fn take(&self, deed: Deed, from: &From, most: u32) -> bool {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let (began, n) = counts.get(&self.key(deed, from)).copied().unwrap_or_else(|| (Instant::now(), 0));
        let (began, n) = if began.elapsed() < SPAN { (began, n) } else { (Instant::now(), 0) };
        if most > 0 && n >= most {
            return false;
        }
        if counts.len() >= MOST {
            counts.retain(|_, it| it.0.elapsed() < SPAN / 2);
        }
        if counts.len() >= MOST {
            counts.clear();
        }
        counts.insert(self.key(deed, from), (began, n + 1));
        true
    }

    /// Has the address done it `most` times already? Counts nothing.
    pub(crate) fn is_over(&self, deed: Deed, from: &From, most: u32) -> bool {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(&self.key(deed, from)).is_some_and(|it| it.0.elapsed() < SPAN && it.1 >= most)
    }

    fn key(&self, deed: Deed, from: &From) -> (Deed, u64) {
        (deed, self.hasher.hash_one(from.0))
    }
}

/// Where a request comes from; a whole network of the size one customer gets counts as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct From(Option<IpAddr>);

impl From {
    pub(crate) fn of(address: Option<IpAddr>) -> From {
        From(address.map(|it| match it.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::from([a, b, c, d, 0, 0, 0, 0])
            }
            address => address,
        }))
    }
}

impl FromRequestParts<App> for From {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<From, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|it| it.0.ip());
        // What the visitor wrote into the header stands before what our own proxy added.
        let said = parts.headers.get_all("x-forwarded-for").iter().next_back().and_then(|it| it.to_str().ok());
        let said = said.and_then(|it| it.rsplit(',').next()).and_then(|it| it.trim().parse::<IpAddr>().ok());
        Ok(From::of(if app.config.is_behind_proxy { said.or(peer) } else { peer }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str) -> From {
        From::of(Some(text.parse().unwrap()))
    }

    #[test]
    fn each_address_has_its_own_count_and_each_deed_too() {
        let limiter = Limiter::default();
        for n in 0..4 {
            assert_eq!(limiter.take(Deed::Submit, &from("192.0.2.1"), 3), n < 3);
        }
        assert!(limiter.take(Deed::Submit, &from("192.0.2.2"), 3));
        assert!(limiter.take(Deed::WrongCode, &from("192.0.2.1"), 3));
        assert!(limiter.is_over(Deed::Submit, &from("192.0.2.1"), 3));
        assert!(!limiter.is_over(Deed::WrongCode, &from("192.0.2.1"), 3));
        assert!(limiter.take(Deed::Submit, &from("192.0.2.1"), 0), "0 is no limit");
    }

    #[test]
    fn a_network_of_one_customer_is_one_address() {
        assert!(from("2001:db8:1:2::1") == from("2001:db8:1:2:ffff::9"));
        assert!(from("2001:db8:1:2::1") != from("2001:db8:1:3::1"));
        assert!(from("::ffff:192.0.2.1") == from("192.0.2.1"));
    }
}
