//! The only way an error becomes an answer. The sentence names the thing and the way out.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};

/// Why a request ends without its page.
#[derive(Debug)]
pub enum Error {
    /// There is no such thing, or this person may not know that there is.
    NotFound,
    /// The person knows the thing but may not do this; the sentence says who may.
    Forbidden(String),
    /// The state forbids it; the sentence names the rule and the way out. 409.
    Conflict(String),
    /// Somebody else changed the thing meanwhile. Handlers that can show both versions do so themselves.
    Stale,
    /// The request cannot be read. 400.
    Unreadable(String),
    /// Too many tries; the sentence says until when.
    TooMany(String),
    /// The form or file is larger than allowed.
    TooLarge { limit: usize },
    /// The database cannot answer now (disk full, connection lost). The text goes to the log.
    Unavailable(anyhow::Error),
    /// Our fault. The text goes to the log, never to the page.
    Internal(anyhow::Error),
}

/// What the frame draws for an error; it travels with the empty answer.
#[derive(Debug, Clone)]
pub(crate) struct ErrorPage {
    pub(crate) title: &'static str,
    pub(crate) sentence: String,
}

impl Error {
    fn status(&self) -> StatusCode {
        match self {
            Error::NotFound => StatusCode::NOT_FOUND,
            Error::Forbidden(_) => StatusCode::FORBIDDEN,
            Error::Conflict(_) | Error::Stale => StatusCode::CONFLICT,
            Error::Unreadable(_) => StatusCode::BAD_REQUEST,
            Error::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Error::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn page(&self) -> ErrorPage {
        let (title, sentence) = match self {
            Error::NotFound => {
                ("没有找到这个页面", "可能地址有误，也可能内容已被移走，或者不在您的权限范围内。".to_owned())
            }
            Error::Forbidden(sentence) => ("没有权限", sentence.clone()),
            Error::Conflict(sentence) => ("现在不能这样做", sentence.clone()),
            Error::Stale => {
                ("他人已修改", "您打开页面之后，另一位同事修改了同一内容。请返回重新打开，核对后再改。".to_owned())
            }
            Error::Unreadable(sentence) => ("请求不完整", sentence.clone()),
            Error::TooMany(sentence) => ("请稍后再试", sentence.clone()),
            Error::TooLarge { limit } => {
                ("内容太大", format!("一次最多提交 {} MB。请分开上传，或压缩后再试。", limit / 1024 / 1024))
            }
            Error::Unavailable(_) => (
                "暂时不能处理",
                "数据库这一刻不能读写，您的内容没有保存。请稍后再试；如仍不行，请告诉管理员检查磁盘和数据库。"
                    .to_owned(),
            ),
            Error::Internal(_) => (
                "系统出错了",
                "不是您的操作有误，已记录下来。请稍后再试；如仍不行，请把下面的编号告诉管理员。".to_owned(),
            ),
        };
        ErrorPage { title, sentence }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::Internal(error) | Error::Unavailable(error) => write!(f, "{error:#}"),
            other => f.write_str(&other.page().sentence),
        }
    }
}

impl std::error::Error for Error {}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if let Error::Internal(error) | Error::Unavailable(error) = &self {
            // Logged once, here; the request line carries the same request number.
            tracing::error!(error = format!("{error:#}"), "request failed");
        }
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self.page());
        response
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Error {
        match error {
            store::Error::NotFound => Error::NotFound,
            store::Error::Stale => Error::Stale,
            store::Error::Conflict { .. } => Error::Conflict("已经有相同的内容，请换一个名称。".into()),
            store::Error::Unavailable(_) => Error::Unavailable(anyhow::Error::new(error)),
            store::Error::Internal(_) => Error::Internal(anyhow::Error::new(error)),
        }
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Error {
        Error::Internal(anyhow::Error::new(error).context("drawing a page"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_status() {
        let status = |error: Error| error.into_response().status().as_u16();
        assert_eq!(status(Error::NotFound), 404);
        assert_eq!(status(Error::Forbidden("只有管理员可以。".into())), 403);
        assert_eq!(status(Error::Conflict("已发布。".into())), 409);
        assert_eq!(status(Error::Stale), 409);
        assert_eq!(status(Error::Unreadable("不完整。".into())), 400);
        assert_eq!(status(Error::TooMany("十分钟后。".into())), 429);
        assert_eq!(status(Error::TooLarge { limit: 1 }), 413);
        assert_eq!(status(store::Error::Unavailable("磁盘已满".into()).into()), 503);
        assert_eq!(status(store::Error::NotFound.into()), 404);
        assert_eq!(status(Error::Internal(anyhow::anyhow!("x"))), 500);
    }
}
