//! Which encoding a text is in: UTF-8, GB18030, UTF-16 or Big5, decided by content.

use super::error::ReadError;
use encoding_rs::{BIG5, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// A decoded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub(crate) text: String,
    /// Something was not valid in the encoding and stands as U+FFFD.
    pub(crate) is_lossy: bool,
}

/// Decodes a text file.
///
/// # Errors
/// [`ReadError::UnknownFormat`] when the bytes are no text in any of the encodings.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, ReadError> {
    let encoding = guess(bytes);
    let (text, _, is_lossy) = encoding.decode(bytes);
    let mut n_bad = 0usize;
    let mut n_chars = 0usize;
    for c in text.chars() {
        n_chars += 1;
        if c == '\u{fffd}' || (c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{b}' | '\u{1a}')) {
            n_bad += 1;
        }
    }
    // One odd byte in fifty is a damaged text; more is no text.
    if n_bad * 50 > n_chars + 49 {
        return Err(ReadError::UnknownFormat);
    }
    Ok(Decoded { text: text.into_owned(), is_lossy })
}

/// Decodes a part of an archive: UTF-8 unless a byte order mark or its declaration says otherwise.
pub(crate) fn decode_xml(bytes: &[u8]) -> String {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    let head = bytes.get(..bytes.len().min(200)).unwrap_or_default();
    let encoding = match head {
        [b'<', 0, ..] => UTF_16LE,
        [0, b'<', ..] => UTF_16BE,
        _ => declared(head, b"encoding=").unwrap_or(UTF_8),
    };
    encoding.decode(bytes).0.into_owned()
}

/// The encoding named after `key` in the first bytes of a web page or an XML part.
pub(crate) fn declared(head: &[u8], key: &[u8]) -> Option<&'static Encoding> {
    let lower = head.to_ascii_lowercase();
    let at = lower.windows(key.len()).position(|it| it == key)?;
    let label: Vec<u8> = lower
        .get(at + key.len()..)?
        .iter()
        .copied()
        .skip_while(|it| matches!(it, b'"' | b'\'' | b' '))
        .take_while(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_'))
        .collect();
    Encoding::for_label(&label)
}

/// The most likely encoding.
pub(crate) fn guess(bytes: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    let has_zero = bytes.contains(&0);
    if has_zero && let Some(encoding) = utf16(bytes) {
        return encoding;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return if is_gb_in_disguise(text, bytes) { GB18030 } else { UTF_8 };
    }
    let gb = level_one_share(bytes, GB18030, |lead, trail| (0xa1..=0xf7).contains(&lead) && trail >= 0xa1);
    if gb.is_some_and(|it| it >= 0.97) {
        return GB18030;
    }
    let big5 = level_one_share(bytes, BIG5, |lead, _| (0xa1..=0xc6).contains(&lead));
    if big5.is_some_and(|it| it >= 0.97) {
        return BIG5;
    }
    if let Some(encoding) = utf16(bytes) {
        return encoding;
    }
    if gb.is_some() {
        return GB18030;
    }
    // A UTF-8 text with a broken byte is still UTF-8 when nearly all of it decodes.
    if n_replaced(bytes, UTF_8) <= n_replaced(bytes, GB18030) { UTF_8 } else { fallback(bytes) }
}

fn fallback(bytes: &[u8]) -> &'static Encoding {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guessed = detector.guess(Some(b"cn"), chardetng::Utf8Detection::Allow);
    if guessed == BIG5 { BIG5 } else { GB18030 }
}

fn n_replaced(bytes: &[u8], encoding: &'static Encoding) -> usize {
    encoding.decode_without_bom_handling(bytes).0.chars().filter(|it| *it == '\u{fffd}').count()
}

/// 联通, 通知: short GBK texts that happen to be valid UTF-8.
///
/// Chinese in UTF-8 has three bytes a character; a text whose only foreign characters have two bytes is GBK when it
/// reads as common characters there. "3·15" alone ("·" has two bytes) stays UTF-8.
fn is_gb_in_disguise(text: &str, bytes: &[u8]) -> bool {
    let mut foreign = text.chars().filter(|it| !it.is_ascii()).peekable();
    if foreign.peek().is_none() {
        return false;
    }
    if foreign.any(|it| it as u32 >= 0x800) || text.chars().all(|it| (it as u32) < 0x100) {
        return false;
    }
    level_one_share(bytes, GB18030, |lead, trail| (0xb0..=0xd7).contains(&lead) && trail >= 0xa1)
        .is_some_and(|it| it >= 1.0)
}

/// The share of double-byte characters that `is_common` finds, or `None` when the text is not valid in the encoding.
fn level_one_share(bytes: &[u8], encoding: &'static Encoding, is_common: impl Fn(u8, u8) -> bool) -> Option<f64> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    let (mut n_pairs, mut n_common) = (0u32, 0u32);
    let mut rest = bytes.iter().copied();
    while let Some(lead) = rest.next() {
        if lead < 0x80 {
            continue;
        }
        let Some(trail) = rest.next() else { break };
        n_pairs += 1;
        if is_common(lead, trail) {
            n_common += 1;
        }
    }
    (n_pairs > 0).then(|| f64::from(n_common) / f64::from(n_pairs))
}

/// UTF-16 without a mark, when nearly every unit is a character that Chinese texts use.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = bytes.get(..bytes.len().min(8192)).unwrap_or_default();
    let (mut n_units, mut little, mut big) = (0usize, 0usize, 0usize);
    for pair in sample.chunks_exact(2) {
        if let [first, second] = *pair {
            n_units += 1;
            little += usize::from(is_plausible(u16::from_le_bytes([first, second])));
            big += usize::from(is_plausible(u16::from_be_bytes([first, second])));
        }
    }
    if n_units == 0 || little.max(big) * 100 < n_units * 95 {
        return None;
    }
    Some(if little >= big { UTF_16LE } else { UTF_16BE })
}

fn is_plausible(unit: u16) -> bool {
    matches!(unit, 9 | 10 | 13 | 0x20..=0x7e | 0xb7 | 0x2010..=0x2027 | 0x2030 | 0x203b | 0x2460..=0x2473 | 0x2500..=0x25ff
        | 0x3000..=0x301f | 0x4e00..=0x9fa5 | 0xff00..=0xff65)
}
