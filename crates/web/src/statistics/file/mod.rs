//! Forms as files (表格文件): the superior's form comes in, units hand in theirs, and everything leaves in the superior's layout.

pub(crate) mod commit;
pub(crate) mod export;
pub(crate) mod judge;
pub(crate) mod merge;
mod merge_view;
mod new_unit;
mod paper_view;
pub(crate) mod upload;

#[cfg(test)]
mod tests;

pub(crate) use export::filled;
use sha2::{Digest, Sha256};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// What may be chosen in the browser.
const ACCEPT: &str = ".xlsx,.xls,.ods,.docx,.csv";

/// The media type by the ending of the name, for the record; a file is only ever given out as a download.
fn media_type(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map(|it| it.1.to_ascii_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "xlsx" => XLSX,
        "docx" => DOCX,
        "csv" => "text/csv",
        _ => "application/octet-stream",
    }
}

/// The name under which a file lies beside the database.
fn sha256(bytes: &[u8]) -> String {
    const_hex::encode(Sha256::digest(bytes))
}
