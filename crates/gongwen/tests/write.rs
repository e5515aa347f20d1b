//! What is written can be read again, and says what it should.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use gongwen::table::{Align, Table, TableCell};
use gongwen::write::docx::{self, Block, Section};
use gongwen::write::xlsx::{self, Sheet};
use gongwen::{Limits, read};

fn table() -> Table {
    let mut table =
        Table::new(&[("序号", 4.0, Align::Center), ("项目", 20.0, Align::Left), ("数量", 6.0, Align::Right)]);
    table.rows.push(vec![TableCell::text("一、宣传").spanning(3, 1)]);
    table.rows.push(vec![TableCell::text("1").spanning(1, 2), TableCell::text("主题活动(个)"), TableCell::number(3.0)]);
    table.rows.push(vec![TableCell::text("=1+1<&>"), TableCell::text("")]);
    table
}

const ROWS: &str = "序号 | 项目 | 数量\n一、宣传\n1 | 主题活动(个) | 3\n | =1+1<&> | ";

#[test]
fn a_document_comes_back_as_it_was_written() {
    let blocks = vec![
        Block::Title("活动方案\n任务分解表".to_owned()),
        Block::Heading { level: 1, text: "一、活动内容".to_owned() },
        Block::Paragraph("开展“3·15”活动\u{1}。".to_owned()),
        Block::Table(table()),
        Block::Line { text: "2025年3月1日".to_owned(), align: Align::Right },
    ];
    let second = Section { is_landscape: true, blocks: vec![Block::Paragraph("另起一页。".to_owned())] };
    let bytes = docx::write(&[Section { is_landscape: false, blocks }, second]).unwrap();
    let source = read("a.docx", &bytes, &Limits::default()).unwrap();
    assert_eq!(
        source.text,
        format!("活动方案\n任务分解表\n一、活动内容\n开展“3·15”活动。\n{ROWS}\n2025年3月1日\n另起一页。")
    );
    assert_eq!(source.headings.len(), 2);
    assert_eq!(source.tables[0].rows[2][0].row_span, 2);
}

#[test]
fn a_spreadsheet_comes_back_and_a_formula_stays_text() {
    let sheet = Sheet {
        name: "总表/[1]".to_owned(),
        title: Some("=标题".to_owned()),
        notes: vec!["填报单位：".to_owned()],
        table: table(),
        is_landscape: true,
    };
    let same_name = Sheet { table: Table::default(), title: None, notes: Vec::new(), ..sheet.clone() };
    let bytes = xlsx::write(&[sheet, same_name]).unwrap();
    let source = read("a.xlsx", &bytes, &Limits::default()).unwrap();
    assert!(source.text.ends_with(&format!("=标题\n填报单位：\n{ROWS}")), "{}", source.text);
    assert_eq!(source.tables[0].rows[0][0].column_span, 3);
}

#[test]
fn nothing_is_a_valid_file_too() {
    assert!(docx::write(&[]).unwrap().starts_with(b"PK"));
    assert!(xlsx::write(&[]).unwrap().starts_with(b"PK"));
}
