//! What every handler may reach.

use std::sync::Arc;

use store::{Db, files::Files};

use crate::arriving::Room;
use crate::complain::Limiter;
use crate::{Clock, Keys, once::Once, posted};

/// The state of the program, cheap to clone: `State(app): State<App>`.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of [`App`].
pub struct Parts {
    pub db: Db,
    pub clock: Clock,
    pub keys: Keys,
    /// Where attachments are kept.
    pub files: Files,
    pub config: Config,
    /// Password hashing is heavy on purpose; so many at a time.
    pub(crate) hashing: tokio::sync::Semaphore,
    /// Forms with files are held in memory; so much at a time.
    pub(crate) uploads: Room,
    /// The same for strangers, who must not keep those who work here from uploading.
    pub(crate) public_uploads: Room,
    /// Who sends how much through the public face.
    pub(crate) limiter: Limiter,
    /// What the complaint desk is, for the programming interface and the public face.
    pub(crate) around: std::sync::Mutex<Option<(std::time::Instant, Arc<crate::complaint::Around>)>>,
    /// The forms of the last seconds, so that a double press is one deed.
    pub(crate) once: Once,
}

/// The few things set on the command line.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The address people open, when it is not the listening address (`https://xb.example.gov.cn`).
    pub public_url: Option<String>,
    /// A proxy stands in front and sets `X-Forwarded-For` and `X-Forwarded-Proto`.
    pub is_behind_proxy: bool,
}

impl Config {
    /// Do people reach the program by https? Then cookies carry `Secure` and the `__Host-` prefix.
    pub fn is_secure(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }
}

impl App {
    /// The program on an opened database.
    pub fn new(db: Db, clock: Clock, keys: Keys, files: Files, config: Config) -> App {
        App(Arc::new(Parts {
            db,
            clock,
            keys,
            files,
            config,
            hashing: tokio::sync::Semaphore::new(2),
            uploads: Room::new(4 * posted::UPLOAD_LIMIT),
            public_uploads: Room::new(4 * posted::PUBLIC_UPLOAD_LIMIT),
            limiter: Limiter::default(),
            around: std::sync::Mutex::default(),
            once: Once::default(),
        }))
    }

    /// What the desk is has just been changed; other processes learn it within a second.
    pub(crate) fn forget_around(&self) {
        *self.around.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = None;
    }
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
