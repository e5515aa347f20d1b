//! Word documents: automatic numbers, tracked changes, tables, frames, and broken ones.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod made;

use expect_test::expect;
use gongwen::{Limits, ReadError, read};
use made::{archive, docx, docx_in, p};

fn text_of(bytes: &[u8]) -> String {
    read("a.docx", bytes, &Limits::default()).unwrap().text
}

/// A paragraph in a list.
fn numbered(list: u32, level: u32, text: &str) -> String {
    format!(
        r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list}"/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"#
    )
}

fn level(n: u32, format: &str, text: &str) -> String {
    format!(
        r#"<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{format}"/><w:lvlText w:val="{text}"/></w:lvl>"#
    )
}

#[test]
fn automatic_numbers_are_written_out() {
    let numbering = format!(
        r#"<w:abstractNum w:abstractNumId="0">{}{}{}{}</w:abstractNum><w:abstractNum w:abstractNumId="1">{}</w:abstractNum>
        <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
        <w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>"#,
        level(0, "chineseCounting", "%1、"),
        level(1, "chineseCountingThousand", "(%2)"),
        level(2, "decimal", "%3."),
        level(3, "decimal", "%3.%4"),
        level(0, "bullet", "\u{f06c}"),
    );
    let body = [
        numbered(1, 0, "指导思想"),
        p("以人民为中心。"),
        numbered(1, 0, "活动内容"),
        numbered(1, 1, "政策指导"),
        numbered(1, 2, "召开会议。"),
        numbered(1, 2, "2025年抽检。"),
        numbered(1, 3, "细目"),
        numbered(1, 1, "宣传引导"),
        numbered(1, 2, "现场咨询。"),
        numbered(2, 0, "条目"),
        numbered(1, 0, "工作要求"),
        numbered(3, 0, "重新开始"),
        numbered(0, 0, "不编号"),
    ]
    .concat();
    expect![[r#"
        一、指导思想
        以人民为中心。
        二、活动内容
        (一)政策指导
        1.召开会议。
        2. 2025年抽检。
        2.1 细目
        (二)宣传引导
        1.现场咨询。
        • 条目
        三、工作要求
        一、重新开始
        不编号"#]]
    .assert_eq(&text_of(&docx(&body, &[("numbering", &numbering)])));
}

#[test]
fn a_style_brings_its_number_and_its_level() {
    let styles = r#"<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>
        <w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="a"/><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr></w:style>
        <w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 2"/><w:basedOn w:val="1"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style>
        <w:style w:type="paragraph" w:styleId="x"><w:name w:val="loop"/><w:basedOn w:val="x"/></w:style>"#;
    let numbering = r#"<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="japaneseCounting"/><w:lvlText w:val="第%1条"/></w:lvl>
        <w:lvl w:ilvl="1"><w:start w:val="3"/><w:numFmt w:val="decimalEnclosedCircle"/><w:lvlText w:val="%2"/></w:lvl></w:abstractNum>
        <w:num w:numId="7"><w:abstractNumId w:val="0"/></w:num>"#;
    let styled = |style: &str, text: &str| {
        format!(r#"<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"#)
    };
    let body = [styled("1", "总则"), styled("2", "目的"), styled("2", "依据"), styled("x", "正文")].concat();
    let bytes = docx(&body, &[("styles", styles), ("numbering", numbering)]);
    let source = read("a.docx", &bytes, &Limits::default()).unwrap();
    assert_eq!(source.text, "第一条 总则\n③目的\n④依据\n正文");
    assert_eq!(source.headings.iter().map(|it| it.level).collect::<Vec<_>>(), [1, 2, 2]);
}

#[test]
fn inserted_text_counts_and_deleted_does_not() {
    let body = r#"<w:p><w:r><w:t>3月</w:t></w:r><w:ins><w:r><w:t>15</w:t></w:r></w:ins><w:del><w:r><w:delText>12</w:delText></w:r></w:del><w:r><w:t>日</w:t></w:r></w:p>
        <w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>前半句</w:t></w:r></w:p><w:p><w:r><w:t>后半句</w:t></w:r></w:p>
        <w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r><w:r><w:t>看得见</w:t></w:r></w:p>"#;
    assert_eq!(text_of(&docx(body, &[])), "3月15日\n前半句后半句\n看得见");
}

#[test]
fn everything_that_holds_text_is_found() {
    let body = format!(
        r#"<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>
        <w:p><w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink><w:smartTag><w:r><w:t>天津</w:t></w:r></w:smartTag><w:r><w:tab/><w:t>后</w:t><w:br/><w:t>换行</w:t></w:r></w:p>
        <w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>域值</w:t></w:r></w:p>
        <w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent>{}</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>{}</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>
        <w:p><w:r><w:sym w:font="Wingdings" w:char="F0A8"/><w:t>是</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>"#,
        p("控件里"),
        p("文本框"),
        p("文本框")
    );
    let notes = format!(
        r#"<w:footnote w:type="separator" w:id="0">{}</w:footnote><w:footnote w:id="2">{}</w:footnote>"#,
        p("线"),
        p("脚注")
    );
    let text = text_of(&docx(&body, &[("footnotes", &notes)]));
    assert_eq!(text, "控件里\n链接天津\t后\n换行\n域值\n文本框\n□是\n脚注");
}

#[test]
fn the_strict_form_reads_alike() {
    let bytes = docx_in("http://purl.oclc.org/ooxml/wordprocessingml/main", &p("严格格式"), &[]);
    assert_eq!(text_of(&bytes), "严格格式");
}

fn cell(properties: &str, text: &str) -> String {
    format!("<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>", p(text))
}

#[test]
fn merged_cells_stand_once() {
    let rows = [
        cell(r#"<w:gridSpan w:val="3"/>"#, "2025年统计表"),
        [cell("", "序号"), cell("", "项目"), cell("", "数量")].concat(),
        [cell(r#"<w:vMerge w:val="restart"/>"#, "1"), cell("", "主题活动(个)"), cell("", "")].concat(),
        [cell("<w:vMerge/>", ""), cell("", "其中:现场(个)"), cell("", "")].concat(),
        [cell("", "2"), cell("", "参与人次"), cell("", "")].concat(),
    ];
    let table: String = rows.iter().map(|it| format!("<w:tr>{it}</w:tr>")).collect();
    let bytes = docx(&format!("{}<w:tbl>{table}</w:tbl>{}", p("附件"), p("完")), &[]);
    let source = read("a.docx", &bytes, &Limits::default()).unwrap();
    assert_eq!(
        source.text,
        "附件\n2025年统计表\n序号 | 项目 | 数量\n1 | 主题活动(个) | \n | 其中:现场(个) | \n2 | 参与人次 | \n完"
    );
    let table = &source.tables[0];
    assert_eq!((table.rows[0][0].column_span, table.rows[2][0].row_span, table.rows[3].len()), (3, 2, 2));
    let chars: Vec<char> = source.text.chars().collect();
    for cell in table.rows.iter().flatten() {
        assert_eq!(chars[cell.start..cell.end].iter().collect::<String>(), cell.text);
    }
}

#[test]
fn a_frame_of_one_column_is_text() {
    let frame = format!("<w:tbl><w:tr><w:tc>{}{}</w:tc></w:tr></w:tbl>", p("一、甲"), p("二、乙"));
    let source = read("a.docx", &docx(&frame, &[]), &Limits::default()).unwrap();
    assert_eq!((source.text.as_str(), source.tables.len()), ("一、甲\n二、乙", 0));
}

#[test]
fn a_scan_in_a_document_has_no_text() {
    let bytes = docx("<w:p><w:r><w:drawing><a/></w:drawing></w:r></w:p>", &[]);
    assert_eq!(read("a.docx", &bytes, &Limits::default()), Err(ReadError::NoTextLayer));
    assert_eq!(read("a.docx", &docx(&p(""), &[]), &Limits::default()), Err(ReadError::Empty));
}

#[test]
fn bombs_are_defused() {
    let limits = Limits::default();
    let zeros = docx(&format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", " ".repeat(40 << 20)), &[]);
    assert!(zeros.len() < 100_000);
    assert_eq!(read("a.docx", &zeros, &limits).unwrap_err().code(), "too_complex");
    let deep = docx(&"<w:ins>".repeat(100_000), &[]);
    assert_eq!(read("a.docx", &deep, &limits).unwrap_err().code(), "too_complex");
    let many: Vec<(String, Vec<u8>)> = (0..5000).map(|it| (format!("p{it}"), Vec::new())).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|it| (it.0.as_str(), it.1.as_slice())).collect();
    assert_eq!(read("a.docx", &archive(&many), &limits).unwrap_err().code(), "too_complex");
    let laughs = r#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "哈哈哈哈"><!ENTITY b "&a;&a;&a;&a;">]><w:document xmlns:w="w"><w:body><w:p><w:r><w:t>笑&b;</w:t></w:r></w:p></w:body></w:document>"#;
    assert_eq!(text_of(&archive(&[("word/document.xml", laughs.as_bytes())])), "笑");
}

#[test]
fn a_cut_file_never_panics() {
    let bytes = docx(&p(&"通知内容".repeat(500)), &[("styles", "<w:style/>")]);
    for n in 0..=64 {
        let cut = &bytes[..bytes.len() * n / 64];
        let outcome = read("a.docx", cut, &Limits::default());
        assert!(n == 64 || outcome.is_err(), "{n}/64");
    }
}
