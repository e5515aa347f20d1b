//! E-mails as people send them: Chinese in every encoding, mails in mails, pages instead of text, what is attached.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot be set up must fail")]

use encoding_rs::GB18030;
use gongwen::mail::Mail;
use gongwen::{Limits, ReadError, read_mail};

fn read(bytes: &[u8]) -> Mail {
    read_mail(bytes, &Limits::default()).unwrap()
}

fn gb(text: &str) -> Vec<u8> {
    GB18030.encode(text).0.into_owned()
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let groups = bytes.chunks(3).map(|it| {
        let n = it.iter().fold(0_usize, |n, byte| n << 8 | usize::from(*byte)) << (8 * (3 - it.len()));
        let digits = (0..4).map(|at| if at > it.len() { '=' } else { char::from(DIGITS[n >> (18 - 6 * at) & 63]) });
        digits.collect::<String>()
    });
    groups.collect::<Vec<_>>().chunks(19).map(<[String]>::concat).collect::<Vec<_>>().join("\r\n")
}

fn quoted(bytes: &[u8]) -> String {
    bytes.iter().map(|it| format!("={it:02X}")).collect()
}

fn word(charset: &str, bytes: &[u8]) -> String {
    format!("=?{charset}?B?{}?=", base64(bytes).replace("\r\n", ""))
}

const DATE: &str = "Received: from mx.example (mx.example [192.0.2.1]) by in.example; Mon, 15 Mar 2027 08:31:07 +0800\r\nDate: Sun, 14 Mar 2027 23:50:00 +0800\r\nMessage-ID: <a1@mail.example>\r\nMIME-Version: 1.0\r\n";

#[test]
fn a_mail_in_gb18030_is_read_with_its_sender_day_and_subject() {
    let subject = word("gb2312", &gb("投诉好来超市"));
    let name = word("GBK", &gb("凌小满"));
    for (encoding, body) in [
        ("base64", base64(&gb("牛奶已经过期三天，镕基牌。"))),
        ("quoted-printable", quoted(&gb("牛奶已经过期三天，镕基牌。"))),
    ] {
        let text = format!(
            "{DATE}From: {name} <ling@mail.example>\r\nSubject: {subject}\r\nContent-Type: text/plain; charset=gb18030\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n"
        );
        let mail = read(text.as_bytes());
        assert_eq!((mail.from_name.as_str(), mail.from_address.as_str()), ("凌小满", "ling@mail.example"));
        assert_eq!((mail.subject.as_str(), mail.message_id.as_str()), ("投诉好来超市", "a1@mail.example"));
        assert_eq!(mail.at.unwrap().to_string(), "2027-03-15T00:31:07Z", "received, not sent");
        assert_eq!(mail.text, "牛奶已经过期三天，镕基牌。", "{encoding}");
    }
}

#[test]
fn a_mail_that_names_no_encoding_is_read_by_its_bytes() {
    let mut bytes = format!("{DATE}From: <a@mail.example>\r\nSubject: x\r\n\r\n").into_bytes();
    bytes.extend(gb("三月一日在东街买的牛奶已经过期三天，老板不肯退钱。"));
    assert_eq!(read(&bytes).text, "三月一日在东街买的牛奶已经过期三天，老板不肯退钱。");
}

#[test]
fn a_page_becomes_text_and_what_is_attached_is_kept() {
    let page = "<html><head><style>p{}</style></head><body><p>牛奶<b>过期</b></p><p>要求退款</p></body></html>";
    let text = format!(
        "{DATE}From: a@mail.example\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\nContent-Type: multipart/alternative; boundary=b2\r\n\r\n--b2\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--b2--\r\n--b1\r\nContent-Type: image/jpeg; name=\"{}\"\r\nContent-Disposition: attachment; filename=\"{}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--b1\r\nContent-Type: image/png\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--b1--\r\n",
        base64(page.as_bytes()),
        word("gb18030", &gb("小票.jpg")),
        word("gb18030", &gb("小票.jpg")),
        base64(&[0xff, 0xd8, 0xff, 1, 2, 3]),
        base64(b"\x89PNG\r\n"),
    );
    let mail = read(text.as_bytes());
    assert_eq!(mail.text, "牛奶过期\n要求退款");
    let names: Vec<&str> = mail.files.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["小票.jpg", "附件2.png"]);
    assert_eq!(mail.files[0].bytes, [0xff, 0xd8, 0xff, 1, 2, 3]);
    let there_and_back: Mail = serde_json::from_str(&serde_json::to_string(&mail).unwrap()).unwrap();
    assert_eq!(there_and_back, mail);
}

#[test]
fn a_mail_forwarded_as_a_file_is_part_of_the_letter() {
    let inner = "From: b@mail.example\r\nSubject: inner\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n里面的话\r\n";
    let text = format!(
        "{DATE}From: a@mail.example\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n外面的话\r\n--b1\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--b1--\r\n"
    );
    let mail = read(text.as_bytes());
    assert!(
        mail.text.starts_with("外面的话") && mail.text.ends_with("里面的话") && mail.text.contains("b@mail.example"),
        "{}",
        mail.text
    );
}

#[test]
fn what_is_no_mail_ends_in_a_sentence() {
    let table: [(&[u8], &str); 4] = [
        (b"", "空"),
        (b"   \r\n", "空"),
        ("今天天气很好\r\n\r\n没有信头".as_bytes(), "不是邮件"),
        (&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1], ".msg"),
    ];
    for (bytes, words) in table {
        let error: ReadError = read_mail(bytes, &Limits::default()).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
    let half = format!(
        "{DATE}From: a@mail.example\r\nContent-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\nContent-Type: text/pl"
    );
    assert_eq!(read(half.as_bytes()).files.len(), 0, "a mail cut short is read as far as it goes");
}
