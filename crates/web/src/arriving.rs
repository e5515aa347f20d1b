//! How the body of a form arrives: at a pace, and within the room there is for files.
//!
//! Files are held in memory while they arrive and are worked on, so there is a bound for all of them together. It is counted in
//! bytes that have come, not in forms: who opens twenty uploads and sends nothing keeps nobody out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use futures_util::{StreamExt, stream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

use crate::Error;
use crate::complain::From;

/// One permit of a room.
const KIB: usize = 1024;
/// So many uploads of one address at the same time; a village office behind one address is still served.
const PER_ADDRESS: u32 = 6;

/// How fast a body must come. A telephone with one bar manages it; somebody who only keeps a place does not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// In each span of this length …
    pub(crate) span: Duration,
    /// … so many bytes come, or the body ends.
    pub(crate) least: usize,
    /// So long a body waits for room while others are finished.
    pub(crate) patience: Duration,
}

/// The pace of the program.
pub(crate) const PACE: Pace =
    Pace { span: Duration::from_secs(15), least: 16 * KIB, patience: Duration::from_secs(20) };

/// The memory that files of forms may take together.
pub(crate) struct Room {
    free: Arc<Semaphore>,
    senders: Mutex<HashMap<From, u32>>,
}

impl Room {
    /// A room of so many bytes.
    pub(crate) fn new(bytes: usize) -> Room {
        Room { free: Arc::new(Semaphore::new(bytes / KIB)), senders: Mutex::default() }
    }

    /// Lets an upload of this address begin.
    ///
    /// # Errors
    /// When the address is sending several already.
    pub(crate) fn enter(&self, from: From) -> Result<Sender<'_>, Error> {
        let mut senders = self.senders.lock().unwrap_or_else(PoisonError::into_inner);
        let n = senders.entry(from).or_default();
        if *n >= PER_ADDRESS {
            let sentence = "从您的网络同时上传的文件太多，这一次没有收下。请等前面的传完再试。";
            return Err(Error::TooMany(sentence.into()));
        }
        *n += 1;
        Ok(Sender { room: self, from })
    }
}

/// An upload that is arriving.
pub(crate) struct Sender<'room> {
    room: &'room Room,
    from: From,
}

impl Drop for Sender<'_> {
    fn drop(&mut self) {
        let mut senders = self.room.senders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(n) = senders.get_mut(&self.from) {
            *n -= 1;
            if *n == 0 {
                senders.remove(&self.from);
            }
        }
    }
}

/// The share of a room that arrived bytes take until they are let go.
pub(crate) type Share = Arc<Mutex<Option<OwnedSemaphorePermit>>>;

/// Why a body did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hindrance {
    TooSlow,
    NoRoom,
}

/// What is known of a body while it is read.
#[derive(Clone, Default)]
pub(crate) struct Arrival {
    hindrance: Arc<OnceLock<Hindrance>>,
    pub(crate) share: Share,
}

impl Arrival {
    /// The sentence for what kept the body from arriving, when it was not the sender's connection.
    pub(crate) fn error(&self) -> Option<Error> {
        Some(match self.hindrance.get()? {
            Hindrance::TooSlow => Error::Unreadable(
                "网络太慢，内容没有传完，什么也没有保存。请到信号好的地方再试，或把照片分开上传。".into(),
            ),
            Hindrance::NoRoom => Error::TooMany("此刻上传文件的人太多，这一次没有收下。请过一分钟再提交。".into()),
        })
    }

    /// The body, bound to the pace and, when there is one, to the room.
    pub(crate) fn bind(&self, body: Body, pace: Pace, room: Option<&Room>) -> Body {
        let coming = Coming {
            chunks: body.into_data_stream(),
            pace,
            free: room.map(|it| Arc::clone(&it.free)),
            until: Instant::now() + pace.span,
            in_span: 0,
            not_counted: 0,
            arrival: self.clone(),
        };
        Body::from_stream(stream::try_unfold(coming, Coming::next))
    }
}

struct Coming {
    chunks: BodyDataStream,
    pace: Pace,
    free: Option<Arc<Semaphore>>,
    until: Instant,
    in_span: usize,
    /// Bytes that do not fill a permit yet.
    not_counted: usize,
    arrival: Arrival,
}

impl Coming {
    async fn next(mut self) -> Result<Option<(Bytes, Coming)>, axum::BoxError> {
        loop {
            match timeout_at(self.until, self.chunks.next()).await {
                Ok(None) => return Ok(None),
                Ok(Some(chunk)) => {
                    let chunk = chunk?;
                    self.in_span += chunk.len();
                    self.take_room(chunk.len()).await?;
                    if Instant::now() >= self.until {
                        self.begin_span();
                    }
                    return Ok(Some((chunk, self)));
                }
                Err(_) if self.in_span < self.pace.least => return Err(self.hinder(Hindrance::TooSlow)),
                Err(_) => self.begin_span(),
            }
        }
    }

    fn begin_span(&mut self) {
        self.until = Instant::now() + self.pace.span;
        self.in_span = 0;
    }

    async fn take_room(&mut self, bytes: usize) -> Result<(), axum::BoxError> {
        let Some(free) = &self.free else { return Ok(()) };
        self.not_counted += bytes;
        let permits = u32::try_from(self.not_counted / KIB).unwrap_or(u32::MAX);
        self.not_counted %= KIB;
        if permits == 0 {
            return Ok(());
        }
        let began = Instant::now();
        let Ok(Ok(more)) = timeout(self.pace.patience, Arc::clone(free).acquire_many_owned(permits)).await else {
            return Err(self.hinder(Hindrance::NoRoom));
        };
        // Waiting for others is not the sender's slowness.
        self.until += began.elapsed();
        let mut share = self.arrival.share.lock().unwrap_or_else(PoisonError::into_inner);
        match share.as_mut() {
            Some(held) => held.merge(more),
            None => *share = Some(more),
        }
        Ok(())
    }

    fn hinder(&self, what: Hindrance) -> axum::BoxError {
        let _ = self.arrival.hindrance.set(what);
        "the body did not arrive".into()
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    const QUICK: Pace = Pace { span: Duration::from_millis(60), least: KIB, patience: Duration::from_millis(60) };
    const LIMIT: usize = 1024 * KIB;

    /// A body of so many chunks of 4 KiB with a pause before each.
    fn body(n_chunks: usize, pause: Duration) -> Body {
        Body::from_stream(stream::unfold(0, move |n| async move {
            tokio::time::sleep(pause).await;
            (n < n_chunks).then(|| (Ok::<_, std::io::Error>(Bytes::from(vec![b'x'; 4 * KIB])), n + 1))
        }))
    }

    #[tokio::test]
    async fn what_keeps_coming_arrives_however_long_it_takes() {
        let arrival = Arrival::default();
        let slow = arrival.bind(body(8, Duration::from_millis(20)), QUICK, None);
        assert_eq!(to_bytes(slow, LIMIT).await.unwrap().len(), 32 * KIB);
        assert!(arrival.error().is_none());
    }

    #[tokio::test]
    async fn who_sends_nothing_is_sent_away_with_the_reason() {
        let arrival = Arrival::default();
        let never = arrival.bind(body(1, Duration::from_secs(3600)), QUICK, None);
        assert!(to_bytes(never, LIMIT).await.is_err());
        assert!(arrival.error().unwrap().to_string().contains("网络太慢"));
    }

    #[tokio::test]
    async fn the_room_is_for_bytes_that_came_and_is_given_back() {
        let room = Room::new(40 * KIB);
        let at_once = Duration::ZERO;
        let idle: Vec<Arrival> = (0..50).map(|_| Arrival::default()).collect();
        let opened: Vec<Body> =
            idle.iter().map(|it| it.bind(body(1, Duration::from_secs(3600)), QUICK, Some(&room))).collect();
        let first = Arrival::default();
        assert!(to_bytes(first.bind(body(8, at_once), QUICK, Some(&room)), LIMIT).await.is_ok(), "nobody is kept out");
        let second = Arrival::default();
        assert!(to_bytes(second.bind(body(8, at_once), QUICK, Some(&room)), LIMIT).await.is_err());
        assert!(second.error().unwrap().to_string().contains("上传文件的人太多"));
        drop((first, second));
        let third = Arrival::default();
        assert!(to_bytes(third.bind(body(8, at_once), QUICK, Some(&room)), LIMIT).await.is_ok());
        drop(opened);
    }

    #[test]
    fn one_address_has_a_part_of_the_places() {
        let room = Room::new(LIMIT);
        let (one, other) = (From::of("192.0.2.1".parse().ok()), From::of("192.0.2.2".parse().ok()));
        let mut senders: Vec<Sender> = (0..PER_ADDRESS).map(|_| room.enter(one).unwrap()).collect();
        assert!(room.enter(one).is_err());
        assert!(room.enter(other).is_ok());
        senders.pop();
        assert!(room.enter(one).is_ok());
    }
}
