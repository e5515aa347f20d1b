//! What can go wrong behind the door. The pages turn each kind into words and a status.

use std::fmt;

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of the store.
#[derive(Debug)]
pub enum Error {
    /// The row is not there.
    NotFound,
    /// Somebody changed the row since the page was rendered (他人已修改).
    Stale,
    /// A unique value is taken.
    Conflict {
        /// The table.
        table: String,
        /// The column, or the columns joined by `, `.
        column: String,
    },
    /// The database cannot answer now: disk full, connection lost, stopped. The text is fit to show to an administrator.
    Unavailable(String),
    /// A fault of ours. The text is for the log only.
    Internal(String),
}

impl Error {
    pub(crate) fn internal(text: impl fmt::Display) -> Error {
        Error::Internal(text.to_string())
    }

    pub(crate) fn unavailable(text: impl fmt::Display) -> Error {
        Error::Unavailable(text.to_string())
    }

    /// Is this the conflict of that table and column?
    pub fn is_conflict(&self, table: &str, column: &str) -> bool {
        matches!(self, Error::Conflict { table: t, column: c } if t == table && c == column)
    }

    /// The same error once more, for every job of a group whose commit failed.
    pub(crate) fn again(&self) -> Error {
        match self {
            Error::NotFound => Error::NotFound,
            Error::Stale => Error::Stale,
            Error::Conflict { table, column } => Error::Conflict { table: table.clone(), column: column.clone() },
            Error::Unavailable(text) => Error::Unavailable(text.clone()),
            Error::Internal(text) => Error::Internal(text.clone()),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NotFound => f.write_str("没有找到"),
            Error::Stale => f.write_str("他人已修改"),
            Error::Conflict { table, column } => write!(f, "已存在相同的记录（{table}.{column}）"),
            Error::Unavailable(text) => write!(f, "数据库暂时不可用：{text}"),
            Error::Internal(text) => write!(f, "内部错误：{text}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Error {
        match error.kind() {
            std::io::ErrorKind::StorageFull => Error::unavailable("磁盘已满"),
            std::io::ErrorKind::NotFound => Error::NotFound,
            _ => Error::unavailable(error),
        }
    }
}
