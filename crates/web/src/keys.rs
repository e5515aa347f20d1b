//! Secrets of this installation, all derived from one file.

use std::{io, path::Path};

use hmac::{Hmac, KeyInit, Mac};
use rand::RngCore;
use sha2::{Digest, Sha256};

/// The keys derived from `DATA/secret.key`. Never printed.
#[derive(Clone)]
pub struct Keys {
    root: [u8; 32],
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(***)")
    }
}

impl Keys {
    /// Reads the file, or makes it (readable by the owner only) when it is not there.
    ///
    /// # Errors
    /// When the file cannot be read or written, or holds something else than 64 hexadecimal digits.
    pub fn from_file(path: &Path) -> io::Result<Keys> {
        match std::fs::read_to_string(path) {
            Ok(text) => unhex(text.trim())
                .map(|root| Keys { root })
                .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "secret.key: 应为 64 位十六进制数字")),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                match write_secret(path, &hex(&Keys::random().root)) {
                    // Another process may have been first: its key counts.
                    Err(e) if e.kind() != io::ErrorKind::AlreadyExists => Err(e),
                    _ => Keys::from_file(path),
                }
            }
            Err(e) => Err(e),
        }
    }

    /// Keys that nobody else has.
    pub fn random() -> Keys {
        let mut root = [0; 32];
        rand::rng().fill_bytes(&mut root);
        Keys { root }
    }

    /// Keys of a given secret, for tests.
    pub fn of(secret: [u8; 32]) -> Keys {
        Keys { root: secret }
    }

    /// A code that only this installation can make for `text`; `purpose` keeps uses apart.
    pub fn seal(&self, purpose: &str, text: &str) -> String {
        hex(&self.mac(purpose, text).finalize().into_bytes())
    }

    /// The same as bytes, for what is written in letters of its own.
    pub fn bytes(&self, purpose: &str, text: &str) -> Vec<u8> {
        self.mac(purpose, text).finalize().into_bytes().to_vec()
    }

    /// Was `code` made by [`Keys::seal`] for this purpose and text? Takes the same time for every wrong code.
    pub fn is_sealed(&self, purpose: &str, text: &str, code: &str) -> bool {
        unhex(code).is_some_and(|code| self.mac(purpose, text).verify_slice(&code).is_ok())
    }

    fn mac(&self, purpose: &str, text: &str) -> Hmac<Sha256> {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.root).expect("any length is a key");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        mac
    }
}

/// A secret of 256 random bits as 64 hexadecimal digits.
pub fn random_token() -> String {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    hex(&bytes)
}

/// The SHA-256 of a text: what is stored of a token.
pub fn hash_of(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const_hex::encode(bytes)
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    const_hex::decode_to_array(text).ok()
}

#[cfg(unix)]
fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(not(unix))]
fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    std::fs::write(path, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_file_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        let first = Keys::from_file(&path).unwrap();
        let again = Keys::from_file(&path).unwrap();
        let code = first.seal("form", "text");
        assert!(again.is_sealed("form", "text", &code));
        assert!(!again.is_sealed("other", "text", &code));
        assert!(!again.is_sealed("form", "text", "00"));
    }

    #[test]
    fn a_damaged_secret_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        std::fs::write(&path, "short").unwrap();
        assert!(Keys::from_file(&path).is_err());
    }
}
