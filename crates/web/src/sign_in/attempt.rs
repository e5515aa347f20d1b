//! Counting tries: per login and per client address, on disk, so that a restart forgives nothing.

use std::{convert::Infallible, net::SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use jiff::{SignedDuration, Timestamp};
use store::{Tx, sign_in};

use crate::{App, Error, clock, keys};

/// So many wrong passwords of one login lock it.
const TRIES_OF_LOGIN: i64 = 5;
/// A whole bureau may stand behind one address.
const TRIES_OF_ADDRESS: i64 = 40;
/// So long is a lock, and so long is a wrong password remembered.
const LOCK: SignedDuration = SignedDuration::from_mins(10);

/// What a try is worth.
pub(crate) enum Counted {
    /// Not even looked at until then.
    Locked(Timestamp),
    /// Looked at; so many more after it.
    Left(i64),
}

/// Counts a try before the password is looked at, so that many at once are no way around.
pub(crate) async fn count(app: &App, login: &str, client: &Client) -> Result<Counted, Error> {
    let now = app.clock.now();
    let (login, address) = (login_subject(login), client.subject());
    let work = app.db.write(async move |tx| {
        let of_address = count_one(&tx, &address, now, TRIES_OF_ADDRESS).await?;
        let of_login = count_one(&tx, &login, now, TRIES_OF_LOGIN).await?;
        Ok(match (of_address, of_login) {
            (Counted::Locked(until), _) | (_, Counted::Locked(until)) => Counted::Locked(until),
            (_, left) => left,
        })
    });
    Ok(work.await?)
}

async fn count_one(tx: &Tx, subject: &str, now: Timestamp, tries: i64) -> store::Result<Counted> {
    let mut n = sign_in::insert_failure(tx, subject, now, now - LOCK).await?;
    let failure = sign_in::find_failure(tx, subject).await?;
    match failure.and_then(|failure| failure.locked_until) {
        Some(until) if until > now => return Ok(Counted::Locked(until)),
        Some(_) => {
            // The lock is over: counting begins anew.
            sign_in::remove_failure(tx, subject).await?;
            n = sign_in::insert_failure(tx, subject, now, now - LOCK).await?;
        }
        None => {}
    }
    if n >= tries {
        sign_in::save_locked_until(tx, subject, now + LOCK).await?;
    }
    Ok(Counted::Left((tries - n).max(0)))
}

/// The right password came: the login begins anew, and the address gets its try back. A whole bureau signs in from one
/// address within minutes; only wrong passwords may lock it.
pub(crate) async fn succeeded(tx: &Tx, login: &str, address: &str) -> store::Result<()> {
    forget(tx, &login_subject(login)).await?;
    sign_in::take_back_failure(tx, address).await
}

/// Forgets the wrong passwords of a login: the right one came, or the administrator unlocked it.
pub(crate) async fn forget(tx: &Tx, subject: &str) -> store::Result<()> {
    sign_in::remove_failure(tx, subject).await
}

/// What failures of a login are counted under. Hashed: people type passwords into the wrong field.
pub(crate) fn login_subject(login: &str) -> String {
    format!("login:{}", keys::hash_of(&login.to_lowercase()))
}

/// The same sentence for a wrong password, an unknown login and one out of use.
pub(crate) fn wrong(left: i64) -> String {
    match left {
        0 => format!("登录名或密码不对。已连续输错 {TRIES_OF_LOGIN} 次，请 10 分钟后再试，或请管理员解锁。"),
        left => format!("登录名或密码不对，请重新输入。还可以试 {left} 次。"),
    }
}

/// `17:42`
pub(crate) fn clock_time(at: Timestamp) -> String {
    clock::in_zone(at).strftime("%H:%M").to_string()
}

/// Where a request comes from.
pub(crate) struct Client {
    address: String,
}

impl Client {
    /// What failures of this address are counted under.
    pub(crate) fn subject(&self) -> String {
        format!("address:{}", self.address)
    }

    /// The browser and address as shown in the list of the own sign-ins.
    pub(crate) fn words(&self, headers: &HeaderMap) -> String {
        let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let first = |known: &[(&'static str, &'static str)]| {
            known.iter().find(|(mark, _)| agent.contains(mark)).map_or("", |(_, word)| *word)
        };
        let browser = first(&[
            ("MicroMessenger", "微信"),
            ("Edg/", "Edge"),
            ("Firefox/", "Firefox"),
            ("Chrome/", "Chrome"),
            ("Safari/", "Safari"),
        ]);
        let system = first(&[
            ("HarmonyOS", "鸿蒙"),
            ("Android", "安卓"),
            ("iPhone", "iPhone"),
            ("Windows", "Windows"),
            ("Mac OS", "macOS"),
            ("Linux", "Linux"),
        ]);
        let words = [browser, system].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join("，");
        let words = if words.is_empty() { "其他程序".to_owned() } else { words };
        format!("{words}（{}）", self.address)
    }
}

impl FromRequestParts<App> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Client, Infallible> {
        let direct = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_string());
        let forwarded = parts.headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
        // The last address was written by our own proxy; those before it by whoever likes.
        let forwarded = forwarded.and_then(|line| line.rsplit(',').next()).map(|it| it.trim().to_owned());
        let address = if app.config.is_behind_proxy { forwarded.or(direct) } else { direct };
        Ok(Client { address: address.unwrap_or_else(|| "本机".to_owned()) })
    }
}
