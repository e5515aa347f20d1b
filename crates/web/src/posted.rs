//! What a form sent. The gate reads it and checks its token before any handler runs.

use axum::{
    extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Multipart, Request, multipart::MultipartError},
    http::{HeaderMap, StatusCode, header, request::Parts},
};

use crate::Error;
use crate::arriving::{self, Arrival, PACE, Room};

/// The most a form without files may send.
pub const FORM_LIMIT: usize = 2 * 1024 * 1024;
/// The most an upload may send.
pub const UPLOAD_LIMIT: usize = 40 * 1024 * 1024;
/// The most an upload of a stranger may send: a few photos.
pub const PUBLIC_UPLOAD_LIMIT: usize = 24 * 1024 * 1024;
/// The most parts of one upload; the longest form of a return has fewer.
const MOST_PARTS: usize = 20_000;

/// The fields and files of one sent form.
#[derive(Debug, Clone, Default)]
pub struct Posted {
    fields: Vec<(String, String)>,
    files: Vec<PostedFile>,
    /// The room the files take, until nobody has the form any more.
    _share: arriving::Share,
}

/// One file of a form.
#[derive(Debug, Clone)]
pub struct PostedFile {
    pub field: String,
    /// The name as the browser sent it, without folders.
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Posted {
    /// A form as a test or a kept form has it.
    pub fn of(fields: Vec<(String, String)>) -> Posted {
        Posted { fields, ..Posted::default() }
    }

    /// The text of a field without white space around it; empty when the field is not there.
    pub fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// The text of a field as typed (passwords, pasted documents).
    pub fn raw(&self, name: &str) -> &str {
        self.fields.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str())
    }

    /// Every value of a field that may come more than once.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Was the box ticked, or the button of this name pressed?
    pub fn is_set(&self, name: &str) -> bool {
        self.fields.iter().any(|(n, _)| n == name)
    }

    /// The version the form was rendered with.
    pub fn version(&self) -> i64 {
        self.text("version").parse().unwrap_or(-1)
    }

    /// The file of a field, when one was chosen.
    pub fn file(&self, name: &str) -> Option<&PostedFile> {
        self.files.iter().find(|file| file.field == name && !(file.name.is_empty() && file.bytes.is_empty()))
    }

    /// Every file of a field of which several may be chosen.
    pub fn files<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a PostedFile> {
        self.files.iter().filter(move |file| file.field == name && !(file.name.is_empty() && file.bytes.is_empty()))
    }

    /// The fields in their order.
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// The files of all fields in their order.
    pub(crate) fn every_file(&self) -> &[PostedFile] {
        &self.files
    }

    /// What may be kept while a person signs in again: typed text, never passwords and never the token.
    pub fn worth_keeping(&self) -> Vec<(String, String)> {
        self.fields.iter().filter(|(name, _)| name != "token" && !name.contains("password")).cloned().collect()
    }

    /// Had the form files? They cannot be kept.
    pub fn has_files(&self) -> bool {
        self.files.iter().any(|file| !file.bytes.is_empty())
    }
}

/// Reads the body of a form, urlencoded or multipart; files take their share of the room.
pub(crate) async fn read(request: Request, limit: usize, room: Option<&Room>) -> Result<Posted, Error> {
    let declared = length_of(request.headers());
    if declared.is_some_and(|n| n > limit) {
        return Err(Error::TooLarge { limit });
    }
    let arrival = Arrival::default();
    let request = request.map(|body| arrival.bind(body, PACE, room));
    let read = if is_multipart(request.headers()) {
        read_multipart(request, limit).await
    } else {
        read_urlencoded(request, limit.min(FORM_LIMIT)).await
    };
    match read {
        Ok(posted) => Ok(Posted { _share: arrival.share, ..posted }),
        Err(error) => Err(arrival.error().unwrap_or(error)),
    }
}

/// Can the form carry files?
pub(crate) fn is_multipart(headers: &HeaderMap) -> bool {
    media_type(headers).starts_with("multipart/form-data")
}

async fn read_urlencoded(request: Request, limit: usize) -> Result<Posted, Error> {
    let bytes = axum::body::to_bytes(request.into_body(), limit).await.map_err(|_| Error::TooLarge { limit })?;
    let fields = form_urlencoded::parse(&bytes).map(|(name, value)| (name.into_owned(), visible(&value))).collect();
    Ok(Posted { fields, ..Posted::default() })
}

async fn read_multipart(mut request: Request, limit: usize) -> Result<Posted, Error> {
    let unreadable = || Error::Unreadable("表单没有完整送达，请检查网络后再试一次。".into());
    let broken = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge { limit },
        _ => unreadable(),
    };
    // Without it axum stops at its own 2 MB; with it the whole body counts, the heads of the parts too.
    DefaultBodyLimit::max(limit).apply(&mut request);
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| unreadable())?;
    let mut posted = Posted::default();
    let mut left = limit;
    let mut text_left = FORM_LIMIT.min(limit);
    while let Some(mut field) = multipart.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(|name| base_name(name).to_owned());
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            left = left.checked_sub(chunk.len()).ok_or(Error::TooLarge { limit })?;
            if file_name.is_none() {
                text_left = text_left.checked_sub(chunk.len()).ok_or(Error::TooLarge { limit: FORM_LIMIT })?;
            }
            bytes.extend_from_slice(&chunk);
        }
        match file_name {
            Some(file_name) => posted.files.push(PostedFile { field: name, name: file_name, bytes }),
            None => posted.fields.push((name, visible(&String::from_utf8_lossy(&bytes)))),
        }
        if posted.fields.len() + posted.files.len() > MOST_PARTS {
            return Err(Error::Unreadable("表单的内容太多，没有保存。请分几次提交。".into()));
        }
    }
    Ok(posted)
}

/// A typed text without what nobody sees: PostgreSQL takes no NUL, a title of zero-width signs is an empty one, and a
/// sign that turns the direction of writing makes a name read as another.
pub(crate) fn visible(text: &str) -> String {
    let is_hidden = |c: char| match c {
        '\t' | '\n' | '\r' => false,
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' => true,
        _ => c.is_control(),
    };
    text.chars().filter(|c| !is_hidden(*c)).collect()
}

/// The file name without folders: some browsers send the whole path.
fn base_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

fn length_of(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn media_type(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

impl<S: Sync> FromRequestParts<S> for Posted {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Posted, Error> {
        parts.extensions.remove::<Posted>().ok_or_else(|| Error::Internal(anyhow::anyhow!("the gate read no form")))
    }
}
