//! Cookies: reading the few we set, and setting them safely.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The cookies of one request.
#[derive(Debug, Clone, Default)]
pub struct Jar(Vec<(String, String)>);

impl Jar {
    pub(crate) fn of(headers: &HeaderMap) -> Jar {
        let pairs = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        Jar(pairs.map(|(name, value)| (name.to_owned(), decode(value))).collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// The name of the cookie that holds the sign-in.
pub(crate) fn sign_in_name(is_secure: bool) -> &'static str {
    if is_secure { "__Host-xiaobao" } else { "xiaobao" }
}

/// The name of the cookie that binds the forms of a stranger.
pub(crate) const VISIT: &str = "xiaobao-visit";
/// The name of the cookie with the sentence for the next page.
pub(crate) const NOTICE: &str = "xiaobao-notice";
/// The name of the cookie with the look.
pub(crate) const LOOK: &str = "xiaobao-look";

/// A `Set-Cookie` that scripts cannot read and other sites' forms do not send.
pub(crate) fn set(name: &str, value: &str, is_secure: bool, keep: Option<Duration>) -> HeaderValue {
    let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
    let secure = if is_secure { "; Secure" } else { "" };
    let age = keep.map_or_else(String::new, |keep| format!("; Max-Age={}", keep.as_secs()));
    let line = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}");
    HeaderValue::from_str(&line).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// A `Set-Cookie` that removes.
pub(crate) fn remove(name: &str, is_secure: bool) -> HeaderValue {
    set(name, "", is_secure, Some(Duration::ZERO))
}

fn decode(value: &str) -> String {
    percent_decode_str(value).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_survives_the_cookie() {
        let value = set(NOTICE, "已保存；“市场所”已改名", true, None);
        let line = value.to_str().unwrap();
        assert!(line.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{line}");
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(line.split(';').next().unwrap()).unwrap());
        assert_eq!(Jar::of(&headers).get(NOTICE), Some("已保存；“市场所”已改名"));
    }
}
