//! Why a file could not be read: a stable code and one sentence that names the thing and the way out.

use serde::{Deserialize, Serialize};

/// What a picture is called in [`ReadError::Unsupported`].
pub(super) const PICTURE: &str = "图片";

/// Why a file could not be read.
///
/// The sentence (`Display`) is Chinese, names the thing and the way out, and may be shown as it is.
/// The [`code`](ReadError::code) is stable and never reused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadError {
    /// No byte, or nothing but blanks.
    #[error("文件是空的，没有可读的文字；请换一份有内容的文件。")]
    Empty,
    /// More bytes than [`Limits::bytes_in`](super::Limits::bytes_in).
    #[error("文件太大，超过 {limit_mb} MB 的上限；请删去图片后另存，或只留下通知正文再试。")]
    TooBig {
        /// The limit in megabytes.
        limit_mb: u64,
    },
    /// Small outside, huge inside, or nested beyond reason: a bomb, or as good as one.
    #[error("文件展开后过大或结构异常（{what}），为安全起见没有读取；请用办公软件打开后另存为新的 .docx 再试。")]
    TooComplex {
        /// Which bound was met ("压缩比过高").
        what: String,
    },
    /// None of the formats we know.
    #[error("认不出这是什么文件；可读的有 .docx、.pdf、.ofd、.html、.txt、.md、.xlsx，请另存为其中一种再试。")]
    UnknownFormat,
    /// A format we know and do not read.
    #[error("暂不能直接读取{what}；请{way_out}再试。")]
    Unsupported {
        /// "旧版 Word 文件(.doc)".
        what: String,
        /// "用 Word 或 WPS 打开后另存为 .docx".
        way_out: String,
    },
    /// Needs a password that we do not have.
    #[error("文件设有密码，打不开；请先用密码打开，去掉密码另存后再试。")]
    Encrypted,
    /// Pictures of text, no text.
    #[error("文件里只有图片，没有文字层（多半是扫描件）；请用带文字识别（OCR）的软件转成文字，或直接粘贴通知正文。")]
    NoTextLayer,
    /// Named like a format of an office program and nothing of the kind.
    #[error("这个文件打不开（不是有效的{what}文件）；请用办公软件重新打开、另存后再试，或换一份。")]
    NotWhatItSays {
        /// Excel, Word.
        what: String,
    },
    /// Begins like a known format, but cannot be followed to its end.
    #[error("文件已损坏或不完整（{what}）；请重新下载，或用原软件打开后另存再试。")]
    Damaged {
        /// What was broken ("压缩包目录读不出").
        what: String,
    },
    /// The reader took longer than it may.
    #[error("读取超时，文件过大或结构异常；请另存为 .docx 或 .txt 再试。")]
    TimedOut,
    /// The reader needed more memory or time than it may have and was ended.
    #[error("读取时占用的内存或时间超出上限，已停止；请另存为 .docx 或 .txt 再试。")]
    Killed,
}

impl ReadError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            ReadError::Empty => "empty",
            ReadError::TooBig { .. } => "too_big",
            ReadError::TooComplex { .. } => "too_complex",
            ReadError::UnknownFormat => "unknown_format",
            ReadError::Unsupported { .. } => "unsupported",
            ReadError::Encrypted => "encrypted",
            ReadError::NoTextLayer => "no_text_layer",
            ReadError::NotWhatItSays { .. } => "not_what_it_says",
            ReadError::Damaged { .. } => "damaged",
            ReadError::TimedOut => "timed_out",
            ReadError::Killed => "killed",
        }
    }

    /// The sentence for somebody who hands in a filled table: no text is wanted there, and no picture helps.
    ///
    /// ```
    /// use gongwen::ReadError;
    /// assert!(ReadError::NoTextLayer.of_table().contains("Excel"));
    /// assert_eq!(ReadError::Encrypted.of_table(), ReadError::Encrypted.to_string());
    /// ```
    pub fn of_table(&self) -> String {
        const WANTED: &str = "请上传 Excel、Word 或 CSV 填好的表";
        match self {
            ReadError::Unsupported { what, .. } if what == PICTURE => format!("图片不能汇总；{WANTED}。"),
            ReadError::NoTextLayer => format!("文件里只有图片，不能汇总；{WANTED}。"),
            ReadError::Empty => format!("文件是空的；{WANTED}。"),
            ReadError::UnknownFormat => format!("认不出这是什么文件；{WANTED}。"),
            ReadError::TimedOut | ReadError::Killed | ReadError::TooComplex { .. } => {
                format!("文件过大或结构异常，没有读；{WANTED}，另存为新的 .xlsx 再试。")
            }
            _ => self.to_string(),
        }
    }

    pub(crate) fn damaged(what: impl Into<String>) -> ReadError {
        ReadError::Damaged { what: what.into() }
    }

    pub(crate) fn complex(what: impl Into<String>) -> ReadError {
        ReadError::TooComplex { what: what.into() }
    }
}
