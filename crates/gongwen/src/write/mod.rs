//! Writers: the document leaves as `.docx` in the layout of GB/T 9704, or as `.xlsx`.

pub mod docx;
mod docx_parts;
pub mod list;
pub mod paper;
pub mod xlsx;

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("文件没有写成：{0}")]
pub struct WriteError(pub(crate) String);
