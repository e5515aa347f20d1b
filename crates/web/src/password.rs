//! Hashing passwords: argon2id, slow on purpose, few at a time.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version, password_hash::phc::PasswordHash};
use rand::RngCore;

use crate::{App, Error};

/// 19 MiB and two rounds: some 30 ms on the machines this runs on, and dear for who tries millions.
fn argon2() -> Result<Argon2<'static>, Error> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|e| Error::Internal(anyhow::anyhow!("argon2: {e}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash of a password in the PHC format.
///
/// # Errors
/// When the machine lacks memory.
pub async fn hash(password: String) -> Result<String, Error> {
    blocking(move || {
        let mut salt = [0; 16];
        rand::rng().fill_bytes(&mut salt);
        let hash: Result<PasswordHash, _> = argon2()?.hash_password_with_salt(password.as_bytes(), &salt);
        hash.map(|hash| hash.to_string()).map_err(|e| Error::Internal(anyhow::anyhow!("argon2: {e}")))
    })
    .await
}

/// Does the password belong to the hash? Without a hash the same work is done for nothing, so that an unknown
/// login takes as long as a known one.
pub(crate) async fn is_right(app: &App, password: String, hash: Option<String>) -> Result<bool, Error> {
    let _permit = app.hashing.acquire().await.map_err(|e| Error::Internal(anyhow::Error::new(e)))?;
    blocking(move || {
        let is_known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let parsed = PasswordHash::new(&hash).map_err(|e| Error::Internal(anyhow::anyhow!("a stored hash: {e}")))?;
        let is_right = argon2()?.verify_password(password.as_bytes(), &parsed).is_ok();
        Ok(is_right && is_known)
    })
    .await
}

/// The hash of a password nobody has, with the same parameters.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LW5vYm9keS1ubw$5H9zr3rXlO9oR1OQ9VCqZ0n1bQd7r0dQ0h0m6u1m2bY";

/// A password for one use: three groups of four, without letters that look alike.
pub fn one_time() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut rng = rand::rng();
    let mut letter = || {
        // Without a remainder that would favour some letters.
        loop {
            let n = (rng.next_u32() & 31) as usize;
            if let Some(letter) = LETTERS.get(n) {
                return char::from(*letter);
            }
        }
    };
    let groups: Vec<String> = (0..3).map(|_| (0..4).map(|_| letter()).collect()).collect();
    groups.join("-")
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::Internal(anyhow::Error::new(e)))?
}
