//! PDF and OFD: characters at places become paragraphs and tables again.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod made;

use gongwen::source::Format;
use gongwen::{Limits, ReadError, read};
use made::{ofd, ofd_text, pdf, pdf_of_lines};

const PARAGRAPH: &str = "为切实维护消费者合法权益，营造安全放心的消费环境，县市场监督管理局会同县消费者协会组织开展系列宣传活动，现将有关事项通知如下。";

/// The paragraphs as a page would show them: 28 characters a line, the first line moved in by two.
fn broken(paragraphs: &[&str]) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    for text in paragraphs {
        let chars: Vec<char> = text.chars().collect();
        let first = chars.len().min(26);
        lines.push((2, chars[..first].iter().collect::<String>()));
        for rest in chars[first..].chunks(28) {
            lines.push((0, rest.iter().collect()));
        }
    }
    lines
}

fn gbk(text: &str) -> Vec<u8> {
    encoding_rs::GBK.encode(text).0.into_owned()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

fn text_of(bytes: &[u8]) -> String {
    read("a", bytes, &Limits::default()).unwrap().text
}

#[test]
fn fonts_that_are_not_embedded_are_read() {
    let lines = broken(&[PARAGRAPH, "一、活动时间", PARAGRAPH]);
    let placed: Vec<(f64, f64, f64, &str)> = lines
        .iter()
        .enumerate()
        .map(|(n, (indent, text))| (80.0 + *indent as f64 * 15.0, 740.0 - n as f64 * 28.0, 15.0, text.as_str()))
        .collect();
    let expected = format!("{PARAGRAPH}\n一、活动时间\n{PARAGRAPH}");
    assert_eq!(text_of(&pdf_of_lines("GBK-EUC-H", gbk, &placed, "")), expected);
    assert_eq!(text_of(&pdf_of_lines("UniGB-UCS2-H", utf16, &placed, "")), expected);
    assert_eq!(text_of(&pdf_of_lines("UniGB-UTF16-H", utf16, &placed, "")), expected);
}

#[test]
fn a_ruled_table_keeps_its_cells() {
    let lines = [
        (60.0, 700.0, 12.0, "序号"),
        (110.0, 700.0, 12.0, "项目"),
        (60.0, 670.0, 12.0, "一"),
        (110.0, 670.0, 12.0, "主题活动"),
        (110.0, 640.0, 12.0, "其中现场"),
        (60.0, 600.0, 12.0, "说明"),
    ];
    // Two columns; the first cell of the second row reaches over two rows.
    let drawing = "0.5 w 50 720 m 300 720 l S 50 690 m 300 690 l S 100 660 m 300 660 l S 50 630 m 300 630 l S \
        50 720 m 50 630 l S 100 720 m 100 630 l S 300 720 m 300 630 l S";
    let source = read("a.pdf", &pdf_of_lines("GBK-EUC-H", gbk, &lines, drawing), &Limits::default()).unwrap();
    assert_eq!(source.format, Format::Pdf);
    assert_eq!(source.text, "序号 | 项目\n一 | 主题活动\n | 其中现场\n说明");
    assert_eq!(source.tables[0].rows[1][0].row_span, 2);
}

#[test]
fn a_page_number_is_no_text() {
    let lines = [(80.0, 700.0, 15.0, "通知"), (280.0, 40.0, 14.0, "— 3 —")];
    assert_eq!(text_of(&pdf_of_lines("UniGB-UCS2-H", utf16, &lines, "")), "通知");
}

#[test]
fn a_scan_says_that_it_has_no_text() {
    let bytes = pdf_of_lines("GBK-EUC-H", gbk, &[], "q 100 0 0 100 0 0 cm Q");
    assert_eq!(read("a.pdf", &bytes, &Limits::default()), Err(ReadError::NoTextLayer));
}

#[test]
fn a_locked_pdf_says_so() {
    let lock = format!("<</Filter/Standard/V 1/R 2/P -44/O<{}>/U<{}>>>", "5a".repeat(32), "a5".repeat(32));
    let objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 0>>", &lock];
    let bytes = pdf(
        &objects.map(|it| it.as_bytes().to_vec()),
        "/Encrypt 3 0 R/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]",
    );
    assert_eq!(read("a.pdf", &bytes, &Limits::default()), Err(ReadError::Encrypted));
}

#[test]
fn pages_that_contain_themselves_end() {
    let objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9999999>>"];
    let error = read("a.pdf", &pdf(&objects.map(|it| it.as_bytes().to_vec()), ""), &Limits::default()).unwrap_err();
    assert!(matches!(error.code(), "damaged" | "too_complex"), "{error:?}");
}

#[test]
fn an_ofd_is_read_by_position_not_by_order() {
    let lines = broken(&[PARAGRAPH, "一、活动时间", PARAGRAPH]);
    let mut objects: Vec<String> = lines
        .iter()
        .enumerate()
        .map(|(n, (indent, text))| ofd_text(28.0 + *indent as f64 * 5.0, 40.0 + n as f64 * 10.0, 5.0, text))
        .collect();
    objects.reverse();
    let (second, first) = objects.split_at(2);
    let number = ofd_text(100.0, 280.0, 4.0, "—1—");
    let pages = [format!("{}{number}", first.concat()), second.concat()];
    let source = read("a.ofd", &ofd(&pages), &Limits::default()).unwrap();
    assert_eq!(source.format, Format::Ofd);
    assert_eq!(source.text, format!("{PARAGRAPH}\n一、活动时间\n{PARAGRAPH}"));
}

#[test]
fn cut_files_never_panic() {
    let lines = [(80.0, 700.0, 15.0, "关于开展活动的通知"), (80.0, 660.0, 15.0, "各科室：")];
    for bytes in [pdf_of_lines("GBK-EUC-H", gbk, &lines, ""), ofd(&[ofd_text(28.0, 40.0, 5.0, "通知")])] {
        for n in 0..16 {
            let _ = read("a", &bytes[..bytes.len() * n / 16], &Limits::default());
        }
    }
}
