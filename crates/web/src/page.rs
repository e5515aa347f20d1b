//! Drawing pages and going on to the next one.

use std::io::{Seek, SeekFrom};
use std::time::Duration;

use askama::Template;
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use tokio_util::io::ReaderStream;

use crate::{Error, cookie};

/// What a handler answers.
pub type Answer = Result<Response, Error>;

/// A page.
pub fn page(template: &impl Template) -> Answer {
    Ok(Html(template.render()?).into_response())
}

/// A page with another status: 422 for a form with errors, 409 when somebody else was first.
pub fn page_with(status: StatusCode, template: &impl Template) -> Answer {
    Ok((status, Html(template.render()?)).into_response())
}

/// After a form was taken: on to the next page, with one sentence that says what was done.
pub fn done(path: &str, sentence: &str) -> Answer {
    let mut response = go(path)?;
    response.headers_mut().append(header::SET_COOKIE, notice(path, sentence));
    Ok(response)
}

/// The cookie with a sentence for one page: it is shown there and nowhere else, also when another page is opened first in another tab.
pub(crate) fn notice(path: &str, sentence: &str) -> HeaderValue {
    let value = format!("{}\n{sentence}", bare(path));
    cookie::set(cookie::NOTICE, &value, false, Some(Duration::from_secs(60)))
}

/// A path without what is asked of it.
pub(crate) fn bare(path: &str) -> &str {
    path.split(['?', '#']).next().unwrap_or(path)
}

/// On to another page.
pub fn go(path: &str) -> Answer {
    let target = HeaderValue::from_str(path).map_err(|e| Error::Internal(anyhow::Error::new(e)))?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, target)]).into_response())
}

/// A file to keep. The name may be Chinese.
pub fn file(name: &str, media_type: &'static str, bytes: Vec<u8>) -> Answer {
    let encoded = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    let ascii: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
    let disposition = format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}");
    let disposition = HeaderValue::from_str(&disposition).map_err(|e| Error::Internal(anyhow::Error::new(e)))?;
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(media_type)), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, bytes).into_response())
}

/// A long file, sent as it is read: it takes no memory of its size.
pub fn long_file(name: &str, media_type: &'static str, mut file: std::fs::File) -> Answer {
    let failed = |error: std::io::Error| Error::Internal(anyhow::Error::new(error));
    let length = file.seek(SeekFrom::End(0)).map_err(failed)?;
    file.rewind().map_err(failed)?;
    let mut response = self::file(name, media_type, Vec::new())?;
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    *response.body_mut() = Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(file)));
    Ok(response)
}

/// A path inside this program that a form asked to go on to; anything else becomes the start page.
pub(crate) fn inside(path: &str) -> &str {
    let is_inside = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(['\\', '\r', '\n', '\t'])
        && path.bytes().all(|b| b.is_ascii_graphic());
    if is_inside { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_our_own_are_gone_on_to() {
        assert_eq!(inside("/units?kind=section"), "/units?kind=section");
        for foreign in ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a\r\nb"] {
            assert_eq!(inside(foreign), "/");
        }
    }
}
