//! Personal data at rest (AES-256-GCM): what a stolen database file does not tell.
//!
//! The keys stand in `DATA/keys`, mode 0600, one line each: `<key id> <64 hexadecimal digits>`; the last one seals, every one opens.
//! A sealed text begins with the id of its key, so a new key can be added and the old texts be sealed anew at leisure.

use std::fs::{self, File};
use std::hash::Hasher;
use std::io::Write;
use std::path::Path;

use aes_gcm::aead::{Aead, Generate, Key, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use siphasher::sip::SipHasher24;

use crate::{Error, Result};

/// What a sealed text begins with, in a column that may hold open ones.
const MARK: &str = "sealed:";

/// The name of the key file in the data directory.
pub(crate) const FILE: &str = "keys";
/// How a sealed file begins; the id of its key follows.
const SEALED_FILE: &[u8] = b"xiaobao sealed 1\n";

/// The keys of a data directory.
pub struct Keys {
    keys: Vec<(String, Aes256Gcm)>,
    /// Of the first key, so that hashes stay the same when another key is added.
    fingerprint: [u8; 32],
    /// Of the first key too: the search index would be lost with another one.
    pieces: SipHasher24,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(…)")
    }
}

impl Keys {
    /// Reads the keys, or makes the first one.
    pub fn open(data: &Path) -> Result<Keys> {
        let path = data.join(FILE);
        match fs::read_to_string(&path) {
            Ok(text) => Keys::parse(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let text = format!("k1 {}\n", const_hex::encode(Key::<Aes256Gcm>::generate()));
                create(&path, &text)
                    .map_err(|error| Error::unavailable(format_args!("不能写密钥文件 {}：{error}", path.display())))?;
                // Another process may have been first.
                Keys::parse(&fs::read_to_string(&path)?)
            }
            Err(error) => Err(Error::unavailable(format_args!("不能读密钥文件 {}：{error}", path.display()))),
        }
    }

    fn parse(text: &str) -> Result<Keys> {
        let broken = || Error::unavailable("密钥文件 keys 已损坏，请用备份恢复");
        let mut keys = Vec::new();
        let mut fingerprint = None;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let (id, digits) = line.trim().split_once(' ').ok_or_else(broken)?;
            let bytes = const_hex::decode(digits).map_err(|_| broken())?;
            let cipher = Aes256Gcm::new_from_slice(&bytes).map_err(|_| broken())?;
            keys.push((id.to_owned(), cipher));
            fingerprint.get_or_insert_with(|| Sha256::digest([b"fingerprint".as_slice(), &bytes].concat()).into());
        }
        let fingerprint: [u8; 32] = fingerprint.ok_or_else(broken)?;
        let of_pieces: [u8; 32] = Sha256::digest([b"pieces".as_slice(), &fingerprint].concat()).into();
        let pieces = SipHasher24::new_with_key(of_pieces.first_chunk().unwrap_or(&[0; 16]));
        Ok(Keys { keys, fingerprint, pieces })
    }

    /// Seals a text for one place (`person.phone:<id>`): moved to another place it does not open.
    pub fn seal(&self, place: &str, plain: &str) -> Result<String> {
        let (id, cipher) = self.keys.last().ok_or_else(|| Error::internal("no key"))?;
        let nonce = Nonce::generate();
        let payload = Payload { msg: plain.as_bytes(), aad: place.as_bytes() };
        let sealed = cipher.encrypt(&nonce, payload).map_err(|_| Error::internal("sealing failed"))?;
        Ok(format!("{id}:{}{}", const_hex::encode(nonce), const_hex::encode(sealed)))
    }

    /// Opens what [`Keys::seal`] sealed for that place.
    pub fn unseal(&self, place: &str, sealed: &str) -> Result<String> {
        let broken = || Error::unavailable("加密的内容无法解开：密钥文件 keys 与数据库不配套");
        let (id, digits) = sealed.split_once(':').ok_or_else(broken)?;
        let (_, cipher) = self.keys.iter().find(|(known, _)| known == id).ok_or_else(broken)?;
        let bytes = const_hex::decode(digits).map_err(|_| broken())?;
        let (nonce, msg) = bytes.split_first_chunk::<12>().ok_or_else(broken)?;
        let payload = Payload { msg, aad: place.as_bytes() };
        let plain = cipher.decrypt(&Nonce::from(*nonce), payload).map_err(|_| broken())?;
        String::from_utf8(plain).map_err(|_| broken())
    }

    /// Seals a text for a column in which texts of before it was sealed stand open.
    pub fn seal_marked(&self, place: &str, plain: &str) -> Result<String> {
        Ok(format!("{MARK}{}", self.seal(place, plain)?))
    }

    /// Opens what [`Keys::seal_marked`] sealed; a text of before comes back as it is.
    pub fn unseal_marked(&self, place: &str, stored: String) -> Result<String> {
        match stored.strip_prefix(MARK) {
            Some(sealed) => self.unseal(place, sealed),
            None => Ok(stored),
        }
    }

    /// Was the text sealed by [`Keys::seal_marked`]?
    pub(crate) fn is_marked(&self, stored: &str) -> bool {
        stored.starts_with(MARK)
    }

    /// Was the content sealed by [`Keys::seal_file`]?
    pub(crate) fn is_sealed_file(&self, kept: &[u8]) -> bool {
        kept.starts_with(SEALED_FILE)
    }

    /// Seals the content of a file, whole: equal files become equal sealed files, so that each still lies once under its name.
    ///
    /// The nonce follows from the content and the key (a keyed hash of it), so it repeats only where everything repeats.
    pub fn seal_file(&self, plain: &[u8]) -> Result<Vec<u8>> {
        let (id, cipher) = self.keys.last().ok_or_else(|| Error::internal("no key"))?;
        let hash = self.mac("file", plain);
        let nonce: [u8; 12] = *hash.first_chunk().ok_or_else(|| Error::internal("a hash is longer than a nonce"))?;
        let payload = Payload { msg: plain, aad: SEALED_FILE };
        let sealed = cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| Error::internal("sealing failed"))?;
        Ok([SEALED_FILE, id.as_bytes(), b"\n", nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`Keys::seal_file`] sealed; a file of before it was sealed comes back as it is.
    pub fn unseal_file(&self, kept: Vec<u8>) -> Result<Vec<u8>> {
        let broken = || Error::unavailable("加密的文件无法解开：密钥文件 keys 与文件不配套");
        let Some(rest) = kept.strip_prefix(SEALED_FILE) else { return Ok(kept) };
        let at = rest.iter().position(|it| *it == b'\n').ok_or_else(broken)?;
        let (id, rest) = rest.split_at_checked(at).ok_or_else(broken)?;
        let (nonce, msg) = rest.get(1..).and_then(|it| it.split_first_chunk::<12>()).ok_or_else(broken)?;
        let (_, cipher) = self.keys.iter().find(|(known, _)| known.as_bytes() == id).ok_or_else(broken)?;
        cipher.decrypt(&Nonce::from(*nonce), Payload { msg, aad: SEALED_FILE }).map_err(|_| broken())
    }

    fn mac(&self, place: &str, plain: &[u8]) -> [u8; 32] {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&self.fingerprint).expect("any length is a key");
        mac.update(place.as_bytes());
        mac.update(&[0]);
        mac.update(plain);
        mac.finalize().into_bytes().into()
    }

    /// A keyed hash that finds the same text again in its column and tells nothing of it to who has no key.
    pub fn fingerprint(&self, place: &str, plain: &str) -> String {
        // Half of it is enough to tell apart every telephone number there is, and keeps the index small.
        const_hex::encode(self.mac(place, plain.as_bytes()).get(..16).unwrap_or_default())
    }

    /// A piece of a text as the search index knows it: equal pieces are equal, and without the key they tell nothing.
    ///
    /// SipHash, a keyed function made for short texts: a complaint has some hundred pieces, and each counts while others wait to write.
    pub fn piece(&self, plain: &str) -> String {
        let mut hasher = self.pieces;
        hasher.write(plain.as_bytes());
        const_hex::encode(hasher.finish().to_be_bytes())
    }

    /// Is the text sealed with the key that seals now?
    pub fn is_current(&self, sealed: &str) -> bool {
        self.keys.last().is_some_and(|(id, _)| sealed.split_once(':').is_some_and(|(with, _)| with == id))
    }
}

/// Written whole and with its mode from the first moment, or not at all; never over an existing file.
fn create(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".keys").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => File::open(folder)?.sync_all(),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_key_opens_it_at_its_place() {
        let directory = tempfile::tempdir().unwrap();
        let keys = Keys::open(directory.path()).unwrap();
        let sealed = keys.seal("person.phone:1", "13800000000").unwrap();
        assert!(sealed.starts_with("k1:") && !sealed.contains("13800000000"));
        assert_ne!(sealed, keys.seal("person.phone:1", "13800000000").unwrap());
        let again = Keys::open(directory.path()).unwrap();
        assert_eq!(again.unseal("person.phone:1", &sealed).unwrap(), "13800000000");
        assert!(again.unseal("person.phone:2", &sealed).is_err());
        for broken in ["", "k1:", "k1:00", "k2:00", &sealed[..sealed.len() - 2], "k1:zz"] {
            assert!(again.unseal("person.phone:1", broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn a_second_key_seals_and_the_first_still_opens() {
        let directory = tempfile::tempdir().unwrap();
        let sealed = Keys::open(directory.path()).unwrap().seal("x", "旧").unwrap();
        let path = directory.path().join(FILE);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{text}k2 {}\n", "ab".repeat(32))).unwrap();
        let keys = Keys::open(directory.path()).unwrap();
        assert_eq!(keys.unseal("x", &sealed).unwrap(), "旧");
        assert!(!keys.is_current(&sealed));
        assert!(keys.seal("x", "新").unwrap().starts_with("k2:"));
    }

    #[test]
    fn a_file_is_sealed_whole_and_equal_files_stay_equal() {
        let directory = tempfile::tempdir().unwrap();
        let keys = Keys::open(directory.path()).unwrap();
        let plain = "举报人的身份证".as_bytes().to_vec();
        let sealed = keys.seal_file(&plain).unwrap();
        assert!(!sealed.windows(9).any(|it| plain.starts_with(it)));
        assert_eq!(keys.seal_file(&plain).unwrap(), sealed);
        assert_ne!(keys.seal_file("别的".as_bytes()).unwrap(), sealed);
        assert_eq!(keys.unseal_file(sealed.clone()).unwrap(), plain);
        assert_eq!(keys.unseal_file(plain.clone()).unwrap(), plain, "kept before files were sealed");
        // What begins like a sealed file is sealed like any other.
        assert_eq!(keys.unseal_file(keys.seal_file(&sealed).unwrap()).unwrap(), sealed);
        for cut in [18, 21, 30, sealed.len() - 1] {
            assert!(keys.unseal_file(sealed[..cut].to_vec()).is_err(), "{cut}");
        }
        let other = tempfile::tempdir().unwrap();
        assert!(Keys::open(other.path()).unwrap().unseal_file(sealed).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_the_keys() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        Keys::open(directory.path()).unwrap();
        let mode = fs::metadata(directory.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
