//! A web page saved as one file (`.mht`): the first HTML part is the page.

use super::error::ReadError;
use super::html;
use super::limits::Limits;
use crate::source::Source;

/// Reads the page out of the mail-like container.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Source, ReadError> {
    let damaged = || ReadError::damaged("单文件网页中找不到正文");
    let (headers, body) = split_headers(bytes).ok_or_else(damaged)?;
    if field(&headers, "content-type").is_some_and(|it| it.starts_with("text/html")) {
        return html::read(&decode(&headers, body), limits);
    }
    let boundary = parameter(&headers, "boundary").ok_or_else(damaged)?;
    let mark = format!("--{boundary}");
    for part in split_parts(body, mark.as_bytes()) {
        let Some((headers, content)) = split_headers(part) else { continue };
        if field(&headers, "content-type").is_some_and(|it| it.starts_with("text/html")) {
            return html::read(&decode(&headers, content), limits);
        }
    }
    Err(damaged())
}

type Headers = Vec<(String, String)>;

/// The header lines in lower-case names with their bodies, folded lines joined, and what follows the blank line.
fn split_headers(bytes: &[u8]) -> Option<(Headers, &[u8])> {
    let start = bytes.iter().position(|it| !matches!(it, b'\r' | b'\n'))?;
    let bytes = bytes.get(start..)?;
    let (at, skip) = match (find(bytes, b"\r\n\r\n"), find(bytes, b"\n\n")) {
        (Some(at), Some(other)) if other < at => (other, 2),
        (Some(at), _) => (at, 4),
        (None, Some(at)) => (at, 2),
        (None, None) => return None,
    };
    let mut headers = Headers::new();
    for line in String::from_utf8_lossy(bytes.get(..at)?).lines() {
        if line.starts_with([' ', '\t']) {
            if let Some(last) = headers.last_mut() {
                last.1.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    Some((headers, bytes.get(at + skip..)?))
}

fn field<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|it| it.0 == name).map(|it| it.1.as_str())
}

fn parameter(headers: &[(String, String)], name: &str) -> Option<String> {
    let value = field(headers, "content-type")?;
    let at = value.to_ascii_lowercase().find(&format!("{name}="))?;
    let rest = value.get(at + name.len() + 1..)?;
    Some(match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?.to_owned(),
        None => rest.split([';', ' ']).next()?.to_owned(),
    })
}

fn split_parts<'a>(mut body: &'a [u8], mark: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    while let Some(at) = find(body, mark) {
        let after = body.get(at + mark.len()..).unwrap_or_default();
        let end = find(after, mark).unwrap_or(after.len());
        parts.push(after.get(..end).unwrap_or_default());
        body = after;
    }
    parts
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len().max(1)).position(|it| it == needle)
}

fn decode(headers: &[(String, String)], content: &[u8]) -> Vec<u8> {
    match field(headers, "content-transfer-encoding").map(str::to_ascii_lowercase).as_deref() {
        Some("quoted-printable") => quoted_printable(content),
        Some("base64") => base64(content),
        _ => content.to_vec(),
    }
}

fn quoted_printable(content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(content.len());
    let mut rest = content;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'=' {
            bytes.push(first);
            continue;
        }
        match after {
            [b'\r', b'\n', tail @ ..] | [b'\n', tail @ ..] => rest = tail,
            [high, low, tail @ ..] => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    rest = tail;
                }
                _ => bytes.push(first),
            },
            _ => bytes.push(first),
        }
    }
    bytes
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|it| u8::try_from(it).ok())
}

fn base64(content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(content.len() / 4 * 3);
    let (mut bits, mut n_bits) = (0u32, 0u32);
    for &c in content {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = (bits << 6 | u32::from(value)) & 0xff_ffff;
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            bytes.push(u8::try_from(bits >> n_bits & 0xff).unwrap_or_default());
        }
    }
    bytes
}
