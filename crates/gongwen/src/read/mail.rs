//! E-mails (`.eml`): parts in any encoding, mails within mails, mails that are only a web page.

use std::borrow::Cow;

use jiff::Timestamp;
use mail_parser::{Address, Encoding, Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::error::ReadError;
use super::limits::Limits;
use super::{encoding, html};
use crate::mail::{Mail, MailFile};

/// A mail that somebody forwarded as a file, within a mail that was forwarded as a file: nobody goes further.
const DEPTH: usize = 4;
/// More than this is not a letter of a person.
const MOST_FILES: usize = 50;

/// Reads an e-mail.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Mail, ReadError> {
    let is_blank = bytes.iter().all(|it| it.is_ascii_whitespace() || *it == 0);
    if is_blank {
        return Err(ReadError::Empty);
    }
    if bytes.len() > limits.bytes_in {
        return Err(ReadError::TooBig { limit_mb: u64::try_from(limits.bytes_in >> 20).unwrap_or(u64::MAX) });
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(ReadError::Unsupported {
            what: "Outlook 邮件（.msg）".to_owned(),
            way_out: "在 Outlook 里另存为 .eml，或在网页邮箱里下载邮件原文".to_owned(),
        });
    }
    let message = MessageParser::default().parse(bytes).filter(is_mail).ok_or_else(|| ReadError::Unsupported {
        what: "这个文件（不是邮件）".to_owned(),
        way_out: "在邮箱里把邮件导出或另存为 .eml".to_owned(),
    })?;
    let mut mail = Mail {
        message_id: message.message_id().unwrap_or_default().trim().to_owned(),
        subject: one_line(message.subject().unwrap_or_default()),
        at: instant_of(&message),
        ..Mail::default()
    };
    (mail.from_name, mail.from_address) = sender(message.from());
    mail.text = text_of(&message, limits);
    let mut room = limits.text_bytes.max(bytes.len());
    attached(&message, limits, 0, &mut room, &mut mail)?;
    if mail.text.contains('\u{fffd}') {
        mail.notes.push("邮件正文有个别字没有解出，请对照原邮件。".to_owned());
    }
    if mail.text.chars().count() > limits.text_bytes / 4 {
        return Err(ReadError::complex("邮件正文过长"));
    }
    Ok(mail)
}

/// Any text can be taken for a mail; one has a sender, or says where it came from.
fn is_mail(message: &Message<'_>) -> bool {
    message.from().is_some() || (message.message_id().is_some() && message.subject().is_some())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sender(from: Option<&Address<'_>>) -> (String, String) {
    let Some(first) = from.and_then(Address::first) else { return Default::default() };
    let text = |it: Option<&str>| one_line(it.unwrap_or_default());
    (text(first.name()), text(first.address()))
}

/// The last server writes its line on top.
fn instant_of(message: &Message<'_>) -> Option<Timestamp> {
    let of = |it: &mail_parser::DateTime| Timestamp::from_second(it.to_timestamp()).ok();
    let received = message.received().and_then(|it| it.date()).as_ref().and_then(of);
    received.or_else(|| message.date().and_then(of))
}

fn text_of(message: &Message<'_>, limits: &Limits) -> String {
    let plain: Vec<String> = message
        .text_bodies()
        .filter_map(|it| match &it.body {
            PartType::Text(text) => Some(tidy(&as_written(message, it, text))),
            PartType::Html(page) => Some(page_text(page, limits)),
            _ => None,
        })
        .filter(|it| !it.is_empty())
        .collect();
    if !plain.is_empty() {
        return plain.join("\n\n");
    }
    let pages = message.html_bodies().filter_map(|it| match &it.body {
        PartType::Html(page) => Some(page_text(page, limits)),
        _ => None,
    });
    pages.filter(|it| !it.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// The text of a mail that is a web page.
fn page_text(page: &str, limits: &Limits) -> String {
    // The declaration may name the encoding of the bytes; this text has been decoded.
    let page = format!("<meta charset=\"utf-8\">{page}");
    html::read(page.as_bytes(), limits).map(|it| tidy(&it.text)).unwrap_or_default()
}

/// Without the blanks and lines that mail programs leave behind.
fn tidy(text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        if !line.is_empty() || lines.last().is_some_and(|it| !it.is_empty()) {
            lines.push(line);
        }
    }
    lines.join("\n").trim().to_owned()
}

/// What is attached, also within mails that are attached.
fn attached(
    message: &Message<'_>,
    limits: &Limits,
    depth: usize,
    room: &mut usize,
    mail: &mut Mail,
) -> Result<(), ReadError> {
    for part in message.attachments() {
        if let Some(inner) = part.message() {
            within(inner, limits, depth, room, mail)?;
            continue;
        }
        let bytes = part.contents();
        if bytes.is_empty() || mail.files.len() >= MOST_FILES {
            continue;
        }
        *room = room.checked_sub(bytes.len()).ok_or_else(|| ReadError::complex("邮件附件过大"))?;
        let name = name_of(part, mail.files.len() + 1);
        mail.files.push(MailFile { name, bytes: bytes.to_vec() });
    }
    Ok(())
}

/// A mail that somebody forwarded as a file: its words are part of the letter.
fn within(
    inner: &Message<'_>,
    limits: &Limits,
    depth: usize,
    room: &mut usize,
    mail: &mut Mail,
) -> Result<(), ReadError> {
    if depth >= DEPTH {
        mail.notes.push("邮件里转发的邮件层数太多，最里面的没有读。".to_owned());
        return Ok(());
    }
    let (name, address) = sender(inner.from());
    let subject = one_line(inner.subject().unwrap_or_default());
    let words = text_of(inner, limits);
    mail.text = format!("{}\n\n—— 转发的邮件 ——\n发件人：{name} {address}\n主题：{subject}\n{words}", mail.text);
    mail.text = mail.text.trim().to_owned();
    attached(inner, limits, depth + 1, room, mail)
}

/// The name of what is attached; programs that write it in the encoding of their machine are read too.
fn name_of(part: &MessagePart<'_>, n: usize) -> String {
    let given = part.attachment_name().map(one_line).unwrap_or_default();
    let given = given.rsplit(['/', '\\']).next().unwrap_or_default().trim().to_owned();
    if !given.is_empty() && !given.contains('\u{fffd}') {
        return given;
    }
    let kind = part.content_type().and_then(|it| it.subtype()).unwrap_or_default().to_ascii_lowercase();
    let ending = match kind.as_str() {
        "jpeg" | "jpg" => "jpg",
        "png" => "png",
        "gif" => "gif",
        "webp" => "webp",
        "pdf" => "pdf",
        "plain" => "txt",
        _ => given.rsplit_once('.').map_or("bin", |it| it.1),
    };
    let ending: String = ending.chars().filter(char::is_ascii_alphanumeric).take(10).collect();
    format!("附件{n}.{ending}")
}

/// A mail that names no encoding is in that of the machine it was written on; then the bytes decide.
fn as_written<'a>(message: &Message<'_>, part: &MessagePart<'_>, decoded: &'a str) -> Cow<'a, str> {
    if !decoded.contains('\u{fffd}') || part.encoding != Encoding::None {
        return Cow::Borrowed(decoded);
    }
    let place = |it: u32| usize::try_from(it).unwrap_or(usize::MAX);
    let raw = message.raw_message().get(place(part.raw_body_offset())..place(part.raw_end_offset()));
    let guessed = raw.and_then(|it| encoding::decode(it).ok()).filter(|it| !it.is_lossy);
    guessed.map_or(Cow::Borrowed(decoded), |it| Cow::Owned(it.text))
}
