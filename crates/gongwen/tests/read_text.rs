//! Text in its encodings, web pages, Markdown, and files that are none of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use gongwen::source::Format;
use gongwen::{Limits, ReadError, read};

const NOTICE: &str = "关于印发《清源县2025年“3·15”活动方案》的通知\n各科室、所:\n1.现场咨询。3月15日9:00在文化广场举办。(牵头部门:消保科)\n";

fn text_of(name: &str, bytes: &[u8]) -> String {
    read(name, bytes, &Limits::default()).unwrap().text
}

fn utf16(text: &str, is_little: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|it| if is_little { it.to_le_bytes() } else { it.to_be_bytes() }).collect()
}

#[test]
fn every_encoding_gives_the_same_text() {
    let gb = encoding_rs::GB18030.encode(NOTICE).0.into_owned();
    let with_mark = [b"\xef\xbb\xbf".as_slice(), NOTICE.as_bytes()].concat();
    let little_with_mark = [b"\xff\xfe".to_vec(), utf16(NOTICE, true)].concat();
    for bytes in
        [NOTICE.as_bytes().to_vec(), with_mark, gb, utf16(NOTICE, true), utf16(NOTICE, false), little_with_mark]
    {
        assert_eq!(text_of("a.txt", &bytes), NOTICE);
    }
}

#[test]
fn line_ends_become_one_kind() {
    assert_eq!(text_of("a.txt", "一\r\n二\r三\n".as_bytes()), "一\n二\n三\n");
}

#[test]
fn short_gbk_words_are_not_taken_for_utf8() {
    for word in ["联通", "通知", "消费者"] {
        assert_eq!(text_of("a.txt", &encoding_rs::GB18030.encode(word).0), word);
    }
    assert_eq!(text_of("a.txt", "3·15".as_bytes()), "3·15");
    assert_eq!(text_of("a.txt", "±5 °C".as_bytes()), "±5 °C");
}

#[test]
fn big5_is_known_from_traditional_gbk() {
    let text = "關於舉辦國際消費者權益日活動的通知,請各單位認真組織落實。";
    assert_eq!(text_of("a.txt", &encoding_rs::BIG5.encode(text).0), text);
    assert_eq!(text_of("a.txt", &encoding_rs::GB18030.encode(text).0), text);
}

#[test]
fn a_utf8_text_with_a_broken_byte_says_so() {
    let mut bytes = NOTICE.repeat(5).into_bytes();
    bytes.truncate(bytes.len() - 3);
    let source = read("a.txt", &bytes, &Limits::default()).unwrap();
    assert!(source.text.starts_with("关于印发"));
    assert_eq!(source.notes.len(), 1);
}

#[test]
fn nothing_and_noise_are_refused() {
    let limits = Limits::default();
    assert_eq!(read("a.txt", b"", &limits), Err(ReadError::Empty));
    assert_eq!(read("a.docx", b" \n\0", &limits), Err(ReadError::Empty));
    let zeros = read("通知.docx", &vec![0; 5 << 20], &limits).unwrap_err().to_string();
    assert!(zeros.contains("已损坏") && zeros.contains("不是 Word 文件"), "{zeros}");
    let noise: Vec<u8> = (0..4000u32).map(|it| (it.wrapping_mul(2_654_435_761) >> 24) as u8 & 0x8f).collect();
    assert_eq!(read("a.txt", &noise, &limits), Err(ReadError::UnknownFormat));
}

#[test]
fn a_known_stranger_names_the_way_out() {
    let limits = Limits::default();
    let mut old_word = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    old_word.extend(utf16("WordDocument", true));
    let error = read("a.doc", &old_word, &limits).unwrap_err();
    assert_eq!(error.code(), "unsupported");
    assert!(error.to_string().contains("另存为 .docx"));
    let mut locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    locked.extend(utf16("EncryptedPackage", true));
    assert_eq!(read("a.docx", &locked, &limits), Err(ReadError::Encrypted));
    for bytes in [&b"\x89PNG\r\n\x1a\n0000"[..], b"Rar!\x1a\x07", b"{\\rtf1 x}"] {
        assert_eq!(read("a.docx", bytes, &limits).unwrap_err().code(), "unsupported");
    }
    let too_big = Limits { bytes_in: 10, ..limits };
    assert_eq!(read("a.txt", NOTICE.as_bytes(), &too_big).unwrap_err().code(), "too_big");
}

#[test]
fn markdown_loses_its_marks() {
    let source = read(
        "a.md",
        "# 方案\n\n**一、** 内容\n\n| 序号 | 项目 |\n|---|---|\n| 1 | 咨询 |\n".as_bytes(),
        &Limits::default(),
    )
    .unwrap();
    assert_eq!(source.format, Format::Markdown);
    assert_eq!(source.text, "方案\n一、 内容\n序号 | 项目\n1 | 咨询");
    assert_eq!((source.headings[0].start, source.headings[0].end), (0, 2));
    assert_eq!(source.tables[0].rows[1][1].start, 21);
}

#[test]
fn a_page_becomes_lines() {
    let page = "<!DOCTYPE html><html><head><title>x</title><style>p{}</style></head><body><nav>首页</nav>\
        <h1>活动<br>方案</h1><p>一、内容&nbsp;&amp;&#x8981;求<b>甲</b>乙</p><div>第一\n段<p style='display:none'>藏</p></div>\
        <script>var a='<p>x</p>';</script><ol><li>甲</li><li>乙</li></ol>末尾</body></html>";
    let source = read("a.html", page.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(source.format, Format::Html);
    assert_eq!(source.text, "活动\n方案\n一、内容 &要求甲乙\n第一段\n1.甲\n2.乙\n末尾");
    assert_eq!(source.headings.len(), 1);
}

#[test]
fn a_page_says_its_encoding() {
    let page = "<html><head><meta charset=\"gb2312\"></head><body><p>通知:3月15日</p></body></html>";
    assert_eq!(text_of("a.htm", &encoding_rs::GB18030.encode(page).0), "通知:3月15日");
}

#[test]
fn a_table_of_a_page_keeps_its_merged_cells() {
    let page = "<html><body><table><tr><td colspan=3>统计表</td></tr><tr><td rowspan=2>1</td><td>主题活动(个)</td><td></td></tr>\
        <tr><td>其中:现场(个)</td><td></td></tr></table></body></html>";
    let source = read("a.html", page.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(source.text, "统计表\n1 | 主题活动(个) | \n | 其中:现场(个) | ");
    let rows = &source.tables[0].rows;
    assert_eq!((rows[0][0].column_span, rows[1][0].row_span, rows[2][0].column), (3, 2, 1));
}

#[test]
fn a_table_for_layout_is_no_table() {
    let page = "<html><body><table><tr><td>栏目</td><td><table><tr><td><p>一、内容</p><p>二、要求</p></td></tr></table></td></tr></table></body></html>";
    let source = read("a.html", page.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(source.text, "栏目\n一、内容\n二、要求");
    assert!(source.tables.is_empty());
}

#[test]
fn a_page_saved_as_one_file_is_read() {
    let file = "MIME-Version: 1.0\r\nContent-Type: multipart/related; type=\"text/html\"; boundary=\"--B\"\r\n\r\n----B\r\n\
        Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
        <html><body><p>=E9=80=9A=\r\n=E7=9F=A5</p></body></html>\r\n----B--\r\n";
    assert_eq!(text_of("a.mht", file.as_bytes()), "通知");
}

#[test]
fn a_page_nested_beyond_reason_is_refused() {
    let page = format!("<html><body>{}通知", "<div>".repeat(100_000));
    assert_eq!(read("a.html", page.as_bytes(), &Limits::default()).unwrap_err().code(), "too_complex");
}
