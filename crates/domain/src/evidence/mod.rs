//! Evidence (附件): which files may be kept, told by their content, and under which name.
//!
//! A file's name says what the sender believes; the first bytes say what it is. Both have to agree, so that nothing is ever
//! served as something it is not. What a browser could run (HTML, SVG, scripts, macros) is never accepted.

pub mod photo;

/// The largest single file, in bytes. A photo of a new phone has about 12 MB, a scanned plan about 20 MB.
pub const SIZE_LIMIT: usize = 30 * 1024 * 1024;

/// The longest file name that is kept, in characters.
const NAME_LIMIT: usize = 100;

/// A kind of file that may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the Chinese label of each stands in `LIST`")]
pub enum FileKind {
    Jpeg,
    Png,
    Gif,
    Webp,
    Heic,
    Pdf,
    Ofd,
    Docx,
    Xlsx,
    Pptx,
    OldOffice,
    Text,
    Csv,
    Mp4,
    Mp3,
}

/// What is known about a kind of file.
#[derive(Debug, Clone, Copy)]
struct Facts {
    kind: FileKind,
    label: &'static str,
    media_type: &'static str,
    extensions: &'static [&'static str],
}

/// The list of what may be kept; the test below goes through it.
const LIST: &[Facts] = &[
    Facts { kind: FileKind::Jpeg, label: "照片", media_type: "image/jpeg", extensions: &["jpg", "jpeg"] },
    Facts { kind: FileKind::Png, label: "图片", media_type: "image/png", extensions: &["png"] },
    Facts { kind: FileKind::Gif, label: "图片", media_type: "image/gif", extensions: &["gif"] },
    Facts { kind: FileKind::Webp, label: "图片", media_type: "image/webp", extensions: &["webp"] },
    Facts { kind: FileKind::Heic, label: "照片", media_type: "image/heic", extensions: &["heic", "heif"] },
    Facts { kind: FileKind::Pdf, label: "PDF", media_type: "application/pdf", extensions: &["pdf"] },
    Facts { kind: FileKind::Ofd, label: "OFD", media_type: "application/ofd", extensions: &["ofd"] },
    Facts {
        kind: FileKind::Docx,
        label: "Word 文档",
        media_type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        extensions: &["docx"],
    },
    Facts {
        kind: FileKind::Xlsx,
        label: "Excel 表格",
        media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        extensions: &["xlsx"],
    },
    Facts {
        kind: FileKind::Pptx,
        label: "演示文稿",
        media_type: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        extensions: &["pptx"],
    },
    Facts {
        kind: FileKind::OldOffice,
        label: "旧版 Office 文档",
        media_type: "application/x-ole-storage",
        extensions: &["doc", "xls", "ppt", "wps", "et", "dps"],
    },
    Facts {
        kind: FileKind::Text, label: "文本", media_type: "text/plain; charset=utf-8", extensions: &["txt", "md"]
    },
    Facts { kind: FileKind::Csv, label: "CSV 表格", media_type: "text/csv; charset=utf-8", extensions: &["csv"] },
    Facts { kind: FileKind::Mp4, label: "视频", media_type: "video/mp4", extensions: &["mp4", "m4v", "mov"] },
    Facts { kind: FileKind::Mp3, label: "录音", media_type: "audio/mpeg", extensions: &["mp3"] },
];

impl FileKind {
    fn facts(self) -> Option<&'static Facts> {
        LIST.iter().find(|it| it.kind == self)
    }

    /// The word on the page.
    pub fn label(self) -> &'static str {
        self.facts().map_or("文件", |it| it.label)
    }

    /// The media type it is served with.
    pub fn media_type(self) -> &'static str {
        self.facts().map_or("application/octet-stream", |it| it.media_type)
    }

    /// The kind with this media type, as kept in the database.
    pub fn from_media_type(media_type: &str) -> Option<FileKind> {
        LIST.iter().find(|it| it.media_type == media_type).map(|it| it.kind)
    }

    /// May a browser show it in the page? Everything else is only downloaded.
    pub fn is_picture(self) -> bool {
        matches!(self, FileKind::Jpeg | FileKind::Png | FileKind::Gif | FileKind::Webp)
    }
}

/// What [`recognize`] found wrong with a file. The codes are stable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Nothing in it.
    #[error("“{name}”是空文件，请重新选择。")]
    Empty {
        /// The cleaned name.
        name: String,
    },
    /// Larger than [`SIZE_LIMIT`].
    #[error("“{name}”有{megabytes} MB,超过{limit} MB 的上限。请压缩或拆分后再传。", limit = SIZE_LIMIT / 1024 / 1024)]
    TooLarge {
        /// The cleaned name.
        name: String,
        /// Its size, rounded up.
        megabytes: usize,
    },
    /// Not one of the kinds of the list.
    #[error(
        "“{name}”的类型不能上传。可以上传：照片图片、PDF、OFD、Word、Excel、演示文稿、文本、CSV、MP4 视频、MP3 录音。"
    )]
    UnknownKind {
        /// The cleaned name.
        name: String,
    },
    /// The bytes are of another kind than the name says.
    #[error("“{name}”的内容是{found}，与扩展名不符。请改正文件名后再传。")]
    NameDiffers {
        /// The cleaned name.
        name: String,
        /// What the bytes are.
        found: &'static str,
    },
    /// A document that carries a program.
    #[error("“{name}”带有宏（程序）,不能上传。请另存为不带宏的文档。")]
    Macro {
        /// The cleaned name.
        name: String,
    },
}

impl Rejection {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Rejection::Empty { .. } => "E-FILE-EMPTY",
            Rejection::TooLarge { .. } => "E-FILE-LARGE",
            Rejection::UnknownKind { .. } => "E-FILE-KIND",
            Rejection::NameDiffers { .. } => "E-FILE-NAME",
            Rejection::Macro { .. } => "E-FILE-MACRO",
        }
    }
}

/// A file name that can be shown, stored and sent in a header: no folders, no control or direction characters, not too long.
///
/// ```
/// use domain::evidence::clean_name;
/// assert_eq!(clean_name("C:\\照片\\主会场.jpg"), "主会场.jpg");
/// assert_eq!(clean_name("../../etc/passwd"), "passwd");
/// // The trap: a right-to-left mark makes "gpj.exe" look like "exe.jpg".
/// assert_eq!(clean_name("a\u{202E}gpj.exe"), "agpj.exe");
/// ```
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_bad = |it: char| {
        it.is_control()
            || matches!(it, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
            || matches!(it, '"' | '<' | '>' | '|' | ':' | '*' | '?')
    };
    let kept: String = last.chars().filter(|it| !is_bad(*it)).collect();
    let kept = kept.trim().trim_start_matches('.').trim();
    if kept.is_empty() {
        return "未命名".to_owned();
    }
    let n_chars = kept.chars().count();
    if n_chars <= NAME_LIMIT {
        return kept.to_owned();
    }
    // The end of a name carries its extension, so the middle goes.
    let extension = extension(kept);
    let head: String = kept.chars().take(NAME_LIMIT - extension.chars().count() - 2).collect();
    if extension.is_empty() { head } else { format!("{head}….{extension}") }
}

/// Recognize a file by its content and compare it with its name.
///
/// # Errors
/// A [`Rejection`] when the file is empty, too large, of a kind that is not kept, or not what its name says.
pub fn recognize(name: &str, bytes: &[u8]) -> Result<FileKind, Rejection> {
    let name = clean_name(name);
    if bytes.is_empty() {
        return Err(Rejection::Empty { name });
    }
    if bytes.len() > SIZE_LIMIT {
        return Err(Rejection::TooLarge { name, megabytes: bytes.len().div_ceil(1024 * 1024) });
    }
    let extension = extension(&name);
    let by_name = LIST.iter().find(|it| it.extensions.contains(&extension.as_str())).map(|it| it.kind);
    let by_content = sniff(bytes);
    if matches!(by_content, Some(FileKind::Docx | FileKind::Xlsx | FileKind::Pptx)) && holds(bytes, b"vbaProject.bin") {
        return Err(Rejection::Macro { name });
    }
    match (by_content, by_name) {
        (Some(found), Some(named)) if found == named => Ok(found),
        // A camera that writes HEIC under the name of JPEG and the like: say what it is.
        (Some(found), _) => Err(Rejection::NameDiffers { name, found: found.label() }),
        // Text has no first bytes of its own; only the name tells a table from a note.
        (None, Some(named @ (FileKind::Text | FileKind::Csv))) if is_text(bytes) => Ok(named),
        (None, _) => Err(Rejection::UnknownKind { name }),
    }
}

fn extension(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((_, extension)) if extension.chars().count() <= 10 => extension.to_lowercase(),
        _ => String::new(),
    }
}

fn sniff(bytes: &[u8]) -> Option<FileKind> {
    let at = |start: usize, pattern: &[u8]| bytes.get(start..start + pattern.len()) == Some(pattern);
    if at(0, b"\xFF\xD8\xFF") {
        Some(FileKind::Jpeg)
    } else if at(0, b"\x89PNG\r\n\x1A\n") {
        Some(FileKind::Png)
    } else if at(0, b"GIF87a") || at(0, b"GIF89a") {
        Some(FileKind::Gif)
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        Some(FileKind::Webp)
    } else if at(4, b"ftyp") {
        let is_heic = [b"heic", b"heix", b"hevc", b"mif1", b"msf1"].iter().any(|it| at(8, *it));
        Some(if is_heic { FileKind::Heic } else { FileKind::Mp4 })
    } else if at(0, b"%PDF-") {
        Some(FileKind::Pdf)
    } else if at(0, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        Some(FileKind::OldOffice)
    } else if at(0, b"ID3") || at(0, b"\xFF\xFB") || at(0, b"\xFF\xF3") || at(0, b"\xFF\xF2") {
        Some(FileKind::Mp3)
    } else if at(0, b"PK\x03\x04") {
        sniff_package(bytes)
    } else {
        None
    }
}

/// The names of the files in a zip stand in it uncompressed; a general zip is of no kind that is kept.
fn sniff_package(bytes: &[u8]) -> Option<FileKind> {
    if holds(bytes, b"OFD.xml") {
        Some(FileKind::Ofd)
    } else if !holds(bytes, b"[Content_Types].xml") {
        None
    } else if holds(bytes, b"word/document") {
        Some(FileKind::Docx)
    } else if holds(bytes, b"xl/workbook") {
        Some(FileKind::Xlsx)
    } else if holds(bytes, b"ppt/presentation") {
        Some(FileKind::Pptx)
    } else {
        None
    }
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|it| it == needle)
}

/// UTF-8, or two-byte Chinese, without control characters; and nothing a browser would take for a page.
fn is_text(bytes: &[u8]) -> bool {
    let start = String::from_utf8_lossy(bytes.get(..bytes.len().min(512)).unwrap_or_default()).to_lowercase();
    let start = start.trim_start_matches(['\u{FEFF}', ' ', '\r', '\n', '\t']);
    let is_page = ["<!doctype", "<html", "<script", "<svg", "<?xml", "<head", "<body", "#!"];
    !is_page.iter().any(|it| start.starts_with(it))
        && !bytes.iter().any(|it| matches!(it, 0..=8 | 11 | 12 | 14..=31 | 127))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(kind: FileKind) -> Vec<u8> {
        let package = |name: &str| format!("PK\x03\x04....[Content_Types].xml....{name}").into_bytes();
        match kind {
            FileKind::Jpeg => b"\xFF\xD8\xFF\xE0..JFIF".to_vec(),
            FileKind::Png => b"\x89PNG\r\n\x1A\n....IHDR".to_vec(),
            FileKind::Gif => b"GIF89a....".to_vec(),
            FileKind::Webp => b"RIFF....WEBPVP8 ".to_vec(),
            FileKind::Heic => b"....ftypheic....".to_vec(),
            FileKind::Pdf => b"%PDF-1.7\n".to_vec(),
            FileKind::Ofd => b"PK\x03\x04....OFD.xml".to_vec(),
            FileKind::Docx => package("word/document.xml"),
            FileKind::Xlsx => package("xl/workbook.xml"),
            FileKind::Pptx => package("ppt/presentation.xml"),
            FileKind::OldOffice => b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....".to_vec(),
            FileKind::Text => "活动小结\n".as_bytes().to_vec(),
            FileKind::Csv => "单位,数量\n城关所,3\n".as_bytes().to_vec(),
            FileKind::Mp4 => b"....ftypisom....".to_vec(),
            FileKind::Mp3 => b"ID3\x03....".to_vec(),
        }
    }

    #[test]
    fn each_kind_is_recognized_under_each_of_its_names() {
        for facts in LIST {
            for extension in facts.extensions {
                let name = format!("现场.{}", extension.to_uppercase());
                assert_eq!(recognize(&name, &sample(facts.kind)), Ok(facts.kind), "{name}");
            }
            assert_eq!(FileKind::from_media_type(facts.media_type), Some(facts.kind));
        }
    }

    #[test]
    fn a_file_under_a_false_name_is_refused() {
        let table = [
            ("现场.jpg", b"<html><script>alert(1)</script>".to_vec(), "E-FILE-KIND"),
            ("现场.txt", b"<!DOCTYPE html><p>".to_vec(), "E-FILE-KIND"),
            ("现场.txt", b"\xEF\xBB\xBF <svg onload=x>".to_vec(), "E-FILE-KIND"),
            ("运行.sh.txt", b"#!/bin/sh\nrm -rf /".to_vec(), "E-FILE-KIND"),
            ("现场.svg", b"<svg xmlns='x'/>".to_vec(), "E-FILE-KIND"),
            ("现场.html", b"<p>".to_vec(), "E-FILE-KIND"),
            ("程序.exe", b"MZ\x90\0\x03".to_vec(), "E-FILE-KIND"),
            ("程序.pdf", b"MZ\x90\0\x03".to_vec(), "E-FILE-KIND"),
            ("压缩包.zip", b"PK\x03\x04....readme.txt".to_vec(), "E-FILE-KIND"),
            ("现场.png", sample(FileKind::Jpeg), "E-FILE-NAME"),
            ("总结.docx", sample(FileKind::Pdf), "E-FILE-NAME"),
            ("照片", sample(FileKind::Jpeg), "E-FILE-NAME"),
            ("现场.jpg.exe", sample(FileKind::Jpeg), "E-FILE-NAME"),
            ("空.txt", Vec::new(), "E-FILE-EMPTY"),
            ("大.jpg", vec![0xFF; SIZE_LIMIT + 1], "E-FILE-LARGE"),
            ("宏.docx", [sample(FileKind::Docx), b"word/vbaProject.bin".to_vec()].concat(), "E-FILE-MACRO"),
        ];
        for (name, bytes, code) in table {
            assert_eq!(recognize(name, &bytes).unwrap_err().code(), code, "{name}");
        }
    }

    #[test]
    fn a_refusal_names_the_file_and_the_way_out() {
        let rejection = recognize("../现场.png", &sample(FileKind::Jpeg)).unwrap_err();
        expect_test::expect!["“现场.png”的内容是照片，与扩展名不符。请改正文件名后再传。"]
            .assert_eq(&rejection.to_string());
    }

    #[test]
    fn hostile_names_become_harmless() {
        let table = [
            ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie x=1.txt"),
            ("\"; filename=\"x.html", "; filename=x.html"),
            ("..", "未命名"),
            ("", "未命名"),
            ("   .htaccess", "htaccess"),
            ("报告\0.pdf", "报告.pdf"),
            ("<img src=x onerror=alert(1)>.png", "img src=x onerror=alert(1).png"),
        ];
        for (name, expected) in table {
            assert_eq!(clean_name(name), expected, "{name:?}");
        }
        let long = clean_name(&format!("{}.docx", "长".repeat(300)));
        assert!(long.chars().count() <= NAME_LIMIT + 1 && long.ends_with("….docx"), "{long}");
    }
}
