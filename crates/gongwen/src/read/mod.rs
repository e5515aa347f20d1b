//! Readers: the bytes of a file become a [`Source`].
//!
//! The format is found by content first, by name second, because people rename files.
//! Every reader works within [`Limits`] and ends in a [`ReadError`] that a clerk understands.

mod archive;
mod builder;
mod docx;
mod encoding;
mod error;
mod flow;
mod html;
mod limits;
mod lists;
mod mail;
mod mhtml;
mod ofd;
mod pdf;
mod sheet;
mod sheet_marks;
mod sheets;
mod text;
mod xml;

pub use error::ReadError;
pub use limits::Limits;

use crate::list::ListFile;
use crate::mail::Mail;
use crate::sheet::SheetFile;
use crate::source::Source;

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Zip,
    Ole,
    Pdf,
    Mhtml,
    Html,
    Markdown,
    Text,
}

/// Reads a document; `name` is the file's name and only helps where the content leaves a choice.
///
/// # Errors
/// One of [`ReadError`]; a file that can be read but holds no text is [`ReadError::Empty`] or
/// [`ReadError::NoTextLayer`].
pub fn read(name: &str, bytes: &[u8], limits: &Limits) -> Result<Source, ReadError> {
    if bytes.len() > limits.bytes_in {
        let limit_mb = u64::try_from(limits.bytes_in >> 20).unwrap_or(u64::MAX);
        return Err(ReadError::TooBig { limit_mb });
    }
    if bytes.iter().all(|it| it.is_ascii_whitespace() || *it == 0) {
        // Megabytes of zeros are what a broken copy leaves behind, not an empty notice.
        let is_zeros = bytes.len() > 512 && bytes.contains(&0);
        return Err(if is_zeros { zeros(name) } else { ReadError::Empty });
    }
    match detect(name, bytes)? {
        Kind::Zip => read_zip(bytes, limits),
        Kind::Ole if is_workbook(bytes) => sheet::read_xls(bytes, limits),
        Kind::Ole => Err(ole_error(bytes)),
        Kind::Pdf => pdf::read(bytes, limits),
        Kind::Mhtml => mhtml::read(bytes, limits),
        Kind::Html => html::read(bytes, limits),
        Kind::Markdown => text::read_markdown(bytes, limits),
        Kind::Text => text::read(bytes, limits),
    }
}

/// Reads a filled form cell by cell: formulas, hidden rows and merged areas are kept.
///
/// # Errors
/// Those of [`read()`]; a file without a table gives one sheet of its lines.
pub fn read_sheets(name: &str, bytes: &[u8], limits: &Limits) -> Result<SheetFile, ReadError> {
    let is_readable = bytes.len() <= limits.bytes_in && bytes.iter().any(|it| !it.is_ascii_whitespace() && *it != 0);
    let ending = name.rsplit_once('.').map(|it| it.1.to_ascii_lowercase()).unwrap_or_default();
    match detect(name, bytes) {
        // A .xls may hold the text of a table, as some programs export it; the formats that are archives never do.
        Ok(Kind::Text) if is_readable && matches!(ending.as_str(), "xlsx" | "ods" | "docx") => {
            let what = if ending == "docx" { " Word " } else { " Excel " };
            Err(ReadError::NotWhatItSays { what: what.to_owned() })
        }
        Ok(Kind::Ole) if is_readable && is_workbook(bytes) => sheets::read_xls(bytes, limits),
        Ok(Kind::Text) if is_readable && matches!(ending.as_str(), "csv" | "tsv") => sheets::read_csv(bytes, limits),
        Ok(Kind::Zip) if is_readable => {
            let mut archive = archive::Archive::open(bytes, limits)?;
            if docx::main_part(&mut archive, limits)?.is_none() && archive.contains("xl/workbook.xml") {
                return sheets::read_xlsx(bytes, limits);
            }
            if archive.contains("mimetype")
                && archive.contains("content.xml")
                && contains(&archive.read("mimetype")?.unwrap_or_default(), b"spreadsheet")
            {
                return sheets::read_ods(bytes, limits);
            }
            sheets::of_source(read(name, bytes, limits)?)
        }
        _ => sheets::of_source(read(name, bytes, limits)?),
    }
}

/// Reads a long list row by row: texts only, in bounded memory ([`Limits::for_lists`]).
///
/// # Errors
/// Those of [`read()`]; a file without a table gives one sheet of its lines.
pub fn read_list(name: &str, bytes: &[u8], limits: &Limits) -> Result<ListFile, ReadError> {
    let is_readable = bytes.len() <= limits.bytes_in && bytes.iter().any(|it| !it.is_ascii_whitespace() && *it != 0);
    let ending = name.rsplit_once('.').map(|it| it.1.to_ascii_lowercase()).unwrap_or_default();
    match detect(name, bytes) {
        Ok(Kind::Text) if is_readable && matches!(ending.as_str(), "csv" | "tsv" | "txt") => {
            lists::read_csv(bytes, limits)
        }
        Ok(Kind::Zip) if is_readable && is_xlsx(bytes, limits)? => lists::read_xlsx(bytes, limits),
        _ => lists::of_sheets(read_sheets(name, bytes, limits)?, limits),
    }
}

/// Reads an e-mail with what is attached to it.
///
/// # Errors
/// One of [`ReadError`]; [`ReadError::Unsupported`] when it is no mail.
pub fn read_mail(bytes: &[u8], limits: &Limits) -> Result<Mail, ReadError> {
    mail::read(bytes, limits)
}

fn is_xlsx(bytes: &[u8], limits: &Limits) -> Result<bool, ReadError> {
    let mut archive = archive::Archive::open(bytes, limits)?;
    Ok(docx::main_part(&mut archive, limits)?.is_none() && archive.contains("xl/workbook.xml"))
}

fn zeros(name: &str) -> ReadError {
    let ending = name.rsplit_once('.').map(|it| it.1.to_ascii_lowercase()).unwrap_or_default();
    let what = match ending.as_str() {
        "docx" => "内容全是零，不是 Word 文件",
        "pdf" => "内容全是零，不是 PDF 文件",
        "ofd" => "内容全是零，不是 OFD 文件",
        "xlsx" => "内容全是零，不是 Excel 文件",
        _ => "内容全是零",
    };
    ReadError::Damaged { what: what.to_owned() }
}

fn detect(name: &str, bytes: &[u8]) -> Result<Kind, ReadError> {
    let head = bytes.get(..bytes.len().min(2048)).unwrap_or_default();
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Ok(Kind::Zip);
    }
    if head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return Ok(Kind::Ole);
    }
    if head.get(..head.len().min(1024)).is_some_and(|it| contains(it, b"%PDF-")) {
        return Ok(Kind::Pdf);
    }
    if let Some((what, way_out)) = known_stranger(head) {
        return Err(ReadError::Unsupported { what: what.to_owned(), way_out: way_out.to_owned() });
    }
    let extension = name.rsplit_once('.').map(|it| it.1.to_ascii_lowercase()).unwrap_or_default();
    let lower = encoding::decode_xml(head).to_ascii_lowercase();
    let lower = lower.trim_start();
    if lower.contains("mime-version:") && (lower.contains("multipart/related") || lower.contains("text/html")) {
        return Ok(Kind::Mhtml);
    }
    if lower.contains("<w:worddocument") || lower.contains("<pkg:package") || lower.contains("progid=\"word.document\"")
    {
        return Err(ReadError::Unsupported {
            what: "Word XML 文件".to_owned(),
            way_out: "用 Word 或 WPS 打开后另存为 .docx".to_owned(),
        });
    }
    let looks_like_page = lower.starts_with("<!doctype html")
        || lower.starts_with("<html")
        || (lower.starts_with('<') && (lower.contains("<html") || lower.contains("<body") || lower.contains("<div")));
    if looks_like_page || matches!(extension.as_str(), "html" | "htm" | "xhtml" | "shtml") {
        return Ok(Kind::Html);
    }
    Ok(if matches!(extension.as_str(), "md" | "markdown") { Kind::Markdown } else { Kind::Text })
}

/// Formats that people try and that hold no text we can reach, each with the way out.
fn known_stranger(head: &[u8]) -> Option<(&'static str, &'static str)> {
    const PICTURE: (&str, &str) = (error::PICTURE, "用带文字识别（OCR）的软件转成文字，或直接粘贴通知正文");
    const PACKED: (&str, &str) = ("压缩包", "解压后逐个上传其中的文件");
    let list: [(&[u8], (&str, &str)); 11] = [
        (b"{\\rtf", ("RTF 文件", "用 Word 或 WPS 打开后另存为 .docx")),
        (b"\x89PNG", PICTURE),
        (b"\xff\xd8\xff", PICTURE),
        (b"GIF8", PICTURE),
        (b"II*\0", PICTURE),
        (b"MM\0*", PICTURE),
        (b"Rar!", PACKED),
        (b"7z\xbc\xaf\x27\x1c", PACKED),
        (b"\x1f\x8b", PACKED),
        (b"%!PS", ("PostScript 文件", "转成 PDF")),
        (b"\x7fELF", ("程序文件", "换成通知文件")),
    ];
    list.into_iter().find(|it| head.starts_with(it.0)).map(|it| it.1)
}

fn read_zip(bytes: &[u8], limits: &Limits) -> Result<Source, ReadError> {
    let mut archive = archive::Archive::open(bytes, limits)?;
    if archive.contains("OFD.xml") {
        return ofd::read(&mut archive, limits);
    }
    if let Some(main) = docx::main_part(&mut archive, limits)? {
        return docx::read(&mut archive, &main, limits);
    }
    let unsupported =
        |what: &str, way_out: &str| Err(ReadError::Unsupported { what: what.to_owned(), way_out: way_out.to_owned() });
    if archive.names().any(|it| it.starts_with("ppt/")) {
        return unsupported("演示文稿（.pptx）", "把其中的文字复制到 .docx 或 .txt 中");
    }
    if archive.contains("xl/workbook.xml") {
        archive.check_sizes()?;
        return sheet::read_xlsx(bytes, limits);
    }
    if archive.contains("mimetype") && archive.contains("content.xml") {
        let kind = archive.read("mimetype")?.unwrap_or_default();
        if contains(&kind, b"spreadsheet") {
            archive.check_sizes()?;
            return sheet::read_ods(bytes, limits);
        }
    }
    if archive.contains("mimetype") && archive.contains("content.xml") {
        return unsupported("OpenDocument 文件（.odt）", "用 WPS 或 LibreOffice 打开后另存为 .docx");
    }
    unsupported("压缩包", "解压后逐个上传其中的文件")
}

/// Whether a compound file names a stream: the old binary formats of Office share one container.
fn has_stream(bytes: &[u8], name: &str) -> bool {
    let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    contains(bytes, &wide)
}

fn is_workbook(bytes: &[u8]) -> bool {
    (has_stream(bytes, "Workbook") || has_stream(bytes, "Book"))
        && !has_stream(bytes, "WordDocument")
        && !has_stream(bytes, "EncryptedPackage")
}

fn ole_error(bytes: &[u8]) -> ReadError {
    let has_stream = |name: &str| has_stream(bytes, name);
    if has_stream("EncryptedPackage") {
        return ReadError::Encrypted;
    }
    let way_out = "用 Word 或 WPS 打开后另存为 .docx";
    let what = if has_stream("WordDocument") {
        "旧版 Word/WPS 文字文件（.doc、.wps）"
    } else if has_stream("PowerPoint Document") {
        "旧版演示文稿（.ppt、.dps）"
    } else {
        "旧版 Office 文件"
    };
    ReadError::Unsupported { what: what.to_owned(), way_out: way_out.to_owned() }
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len().max(1)).any(|it| it == needle)
}
