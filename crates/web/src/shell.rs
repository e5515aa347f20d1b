//! Around every request: its number, its frame, its error page, its one line in the log.

use std::time::Instant;

use askama::Template;
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};

use crate::{
    Answer, App, Config, Error, Frame, cookie,
    error::ErrorPage,
    frame::{FrameParts, Look, Notice},
    keys, page, routes, sign_in,
};

const REQUEST_NUMBER: HeaderName = HeaderName::from_static("x-request-number");

/// The page of an error.
#[derive(Template)]
#[template(path = "error.html")]
struct Page {
    frame: Frame,
    status: u16,
    title: &'static str,
    sentence: String,
}

/// Numbers the request, writes its line. No name, no text, no query: the pattern of the route only.
pub(crate) async fn log(mut request: Request, next: Next) -> Response {
    let number: String = keys::random_token().chars().take(10).collect();
    request.extensions_mut().insert(Number(number.clone()));
    let method = request.method().clone();
    let began = Instant::now();
    let mut response = next.run(request).await;
    let duration_ms = began.elapsed().as_secs_f64() * 1000.0;
    let route = response.extensions().get::<Pattern>().map_or_else(|| "-".to_owned(), |it| it.0.clone());
    let person_id = response.extensions().get::<PersonId>().map_or_else(|| "-".to_owned(), |it| it.0.clone());
    let status = response.status().as_u16();
    tracing::info!(
        request_number = number,
        method = %method,
        route,
        person_id,
        status,
        duration_ms,
        "{method} {route} {status} {duration_ms:.1} ms"
    );
    if let Ok(value) = HeaderValue::from_str(&number) {
        response.headers_mut().insert(REQUEST_NUMBER, value);
    }
    response
}

/// The number of a request, to be quoted by people.
#[derive(Clone)]
struct Number(String);
/// The pattern of the route that answered.
#[derive(Clone)]
struct Pattern(String);
/// Who asked.
#[derive(Clone)]
struct PersonId(String);

/// Puts the pattern of the matched route on the answer, for the log.
pub(crate) async fn note_pattern(request: Request, next: Next) -> Response {
    let pattern = request.extensions().get::<MatchedPath>().map(|path| Pattern(path.as_str().to_owned()));
    let mut response = next.run(request).await;
    if let Some(pattern) = pattern {
        response.extensions_mut().insert(pattern);
    }
    response
}

/// No route answers: an address with a stroke at its end is the one without, everything else is nothing.
pub(crate) async fn nowhere(request: Request) -> Answer {
    let path = request.uri().path();
    let bare = path.trim_end_matches('/');
    if matches!(*request.method(), Method::GET | Method::HEAD)
        && bare != path
        && routes::access_of(&Method::GET, bare).is_some()
    {
        let query = request.uri().query().map_or_else(String::new, |it| format!("?{it}"));
        return page::go(page::inside(&format!("{bare}{query}")));
    }
    Err(Error::NotFound)
}

/// Builds the frame, lets the request through, draws the page of an error.
pub(crate) async fn frame(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let jar = cookie::Jar::of(request.headers());
    let is_secure = app.config.is_secure();
    let number = request.extensions().get::<Number>().map_or_else(String::new, |it| it.0.clone());
    let signed_in = match jar.get(cookie::sign_in_name(is_secure)) {
        Some(token) if !is_asset(request.uri().path()) => sign_in::current(&app, token).await,
        _ => Ok(None),
    };
    let (signed_in, trouble) = match signed_in {
        Ok(signed_in) => (signed_in, None),
        Err(error) => (None, Some(error)),
    };
    let new_visit = (signed_in.is_none() && jar.get(cookie::VISIT).is_none()).then(keys::random_token);
    let binding = match (&signed_in, &new_visit) {
        (Some(it), _) => it.token_hash.clone(),
        (None, Some(visit)) => visit.clone(),
        (None, None) => jar.get(cookie::VISIT).unwrap_or_default().to_owned(),
    };
    let waiting = jar.get(cookie::NOTICE).and_then(|it| notice_of(it, request.uri().path()));
    let person_id = signed_in.as_ref().map(|it| PersonId(it.actor.person_id.to_string()));
    let frame = Frame::new(FrameParts {
        must_change_password: signed_in.as_ref().is_some_and(|it| it.must_change_password),
        actor: signed_in.map(|it| it.actor),
        keys: app.keys.clone(),
        binding,
        path: request.uri().path_and_query().map_or_else(|| "/".to_owned(), |it| it.as_str().to_owned()),
        site: site(&app.config, request.headers()),
        look: jar.get(cookie::LOOK).map(Look::of_cookie).unwrap_or_default(),
        request_number: number,
        notice: waiting.as_deref().map(notice),
    });
    request.extensions_mut().insert(frame.clone());
    let is_head = request.method() == Method::HEAD;
    let response = match trouble {
        Some(error) => error.into_response(),
        None => next.run(request).await,
    };
    let mut response = draw_error(&frame, response, is_head);
    if let Some(person_id) = person_id {
        response.extensions_mut().insert(person_id);
    }
    if let Some(sentence) = &waiting {
        hand_on(sentence, &mut response);
    }
    set_cookies(&frame, &mut response, new_visit, is_secure);
    response
}

/// The sentence that waits for the page of this path.
fn notice_of(value: &str, path: &str) -> Option<String> {
    let (wanted, sentence) = value.split_once('\n')?;
    (wanted == path && !sentence.is_empty()).then(|| sentence.to_owned())
}

/// A page that leads on leads its sentence on, unless it has one of its own.
fn hand_on(sentence: &str, response: &mut Response) {
    let sets = |it: &HeaderValue| it.as_bytes().starts_with(cookie::NOTICE.as_bytes());
    if response.headers().get_all(header::SET_COOKIE).iter().any(sets) {
        return;
    }
    let target = response.headers().get(header::LOCATION).and_then(|it| it.to_str().ok());
    if let Some(notice) = target.map(|it| page::notice(it, sentence)) {
        response.headers_mut().append(header::SET_COOKIE, notice);
    }
}

/// Scheme and host for addresses outside a browser: as set on the command line, else as the browser asked for it.
/// Empty when the browser's word is no host name: then the bare path stands alone.
fn site(config: &Config, headers: &HeaderMap) -> String {
    if let Some(url) = &config.public_url {
        return url.trim_end_matches('/').to_owned();
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let host = text("host");
    let is_host = !host.is_empty()
        && host.len() <= 255
        && host.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-' | b':' | b'[' | b']'));
    if !is_host {
        return String::new();
    }
    let is_secure = config.is_behind_proxy && text("x-forwarded-proto") == "https";
    format!("{}://{host}", if is_secure { "https" } else { "http" })
}

fn is_asset(path: &str) -> bool {
    path.starts_with("/assets/") || path == "/healthz" || path == "/favicon.ico"
}

fn notice(sentence: &str) -> Notice {
    match sentence.strip_prefix('!') {
        Some(sentence) => Notice { is_error: true, sentence: sentence.to_owned() },
        None => Notice { is_error: false, sentence: sentence.to_owned() },
    }
}

fn draw_error(frame: &Frame, response: Response, is_head: bool) -> Response {
    let status = response.status();
    let page = match response.extensions().get::<ErrorPage>().cloned() {
        Some(page) => page,
        None if status == StatusCode::METHOD_NOT_ALLOWED => ErrorPage {
            title: "这个地址不接受这种请求",
            sentence: "请从本系统的页面进入，不要直接打开提交地址。".to_owned(),
        },
        None if status == StatusCode::REQUEST_TIMEOUT => ErrorPage {
            title: "处理超时",
            sentence: "这次请求用时过长，已停止。请稍后再试；上传大文件时请检查网络。".to_owned(),
        },
        // What axum says of an address it cannot read is English and plain.
        None if status == StatusCode::BAD_REQUEST && !is_page(response.headers()) => ErrorPage {
            title: "地址不完整",
            sentence: "这个地址没有写对，可能复制时漏了或多了几个字。请从本系统的页面重新进入。".to_owned(),
        },
        None => return response,
    };
    if is_head {
        return response;
    }
    let page = Page { frame: frame.clone(), status: status.as_u16(), title: page.title, sentence: page.sentence };
    let (parts, _) = response.into_parts();
    let mut drawn = match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "the error page cannot be drawn");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    };
    *drawn.status_mut() = status;
    for name in [header::RETRY_AFTER, header::ALLOW, header::SET_COOKIE] {
        for value in parts.headers.get_all(&name) {
            drawn.headers_mut().append(name.clone(), value.clone());
        }
    }
    drawn.extensions_mut().extend(parts.extensions);
    drawn
}

/// A stranger's page gets a visit to bind its form to; a shown notice is taken away.
fn set_cookies(frame: &Frame, response: &mut Response, new_visit: Option<String>, is_secure: bool) {
    if !is_page(response.headers()) {
        return;
    }
    if let Some(visit) = new_visit {
        response.headers_mut().append(header::SET_COOKIE, cookie::set(cookie::VISIT, &visit, is_secure, None));
    }
    if frame.notice().is_some() {
        response.headers_mut().append(header::SET_COOKIE, cookie::remove(cookie::NOTICE, false));
    }
}

fn is_page(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_site_is_what_was_set_or_what_the_browser_asked_for() {
        let site_of = |public_url: Option<&str>, is_behind_proxy: bool, pairs: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            site(&Config { public_url: public_url.map(str::to_owned), is_behind_proxy }, &headers)
        };
        assert_eq!(
            site_of(Some("https://xb.example.gov.cn/"), false, &[("host", "other")]),
            "https://xb.example.gov.cn"
        );
        assert_eq!(site_of(None, false, &[("host", "10.1.2.3:12315")]), "http://10.1.2.3:12315");
        assert_eq!(site_of(None, false, &[("host", "[::1]:80"), ("x-forwarded-proto", "https")]), "http://[::1]:80");
        assert_eq!(site_of(None, true, &[("host", "xb.test"), ("x-forwarded-proto", "https")]), "https://xb.test");
        for bad in ["evil/path", "a@b", "a b", "\"><b>", ""] {
            assert_eq!(site_of(None, false, &[("host", bad)]), "", "{bad}");
        }
    }
}
