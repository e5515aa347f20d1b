//! Filled forms as sheets of cells, and papers that leave and come back.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot be set up must fail")]

mod made;

use gongwen::paper::{Content, Paper, PaperCell, Role, Tint};
use gongwen::sheet::{Sheet, SheetCell, letters, place};
use gongwen::write::paper::{write_docx, write_xlsx};
use gongwen::{Limits, ReadError, read_sheets};
use rust_xlsxwriter::{Format, Formula, Workbook};

fn read(name: &str, bytes: &[u8]) -> Vec<Sheet> {
    read_sheets(name, bytes, &Limits::default()).unwrap().sheets
}

fn cell(sheet: &Sheet, row: usize, column: usize) -> &SheetCell {
    sheet.cells.iter().find(|it| (it.row, it.column) == (row, column)).unwrap()
}

#[test]
fn formulas_hidden_rows_merged_cells_and_widths_are_kept() {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    page.set_name("填报").unwrap();
    page.merge_range(1, 1, 1, 3, "统计表", &Format::new()).unwrap();
    page.write_formula(3, 2, Formula::new("=SUM(D1:D3)").set_result("12")).unwrap();
    page.write_number(4, 2, 7.0).unwrap();
    page.set_row_hidden(4).unwrap();
    page.set_column_width(2, 20.0).unwrap();
    page.set_landscape();
    let hidden = book.add_worksheet();
    hidden.set_name("旧表").unwrap().set_hidden(true);
    hidden.write_string(0, 0, "=旧").unwrap();
    let sheets = read("a.xlsx", &book.save_to_buffer().unwrap());
    assert_eq!((sheets[0].name.as_str(), sheets[0].is_hidden, sheets[0].is_landscape), ("填报", false, true));
    assert_eq!((cell(&sheets[0], 1, 1).column_span, cell(&sheets[0], 1, 1).text.as_str()), (3, "统计表"));
    let formula = cell(&sheets[0], 3, 2);
    assert_eq!((formula.text.as_str(), formula.formula.as_deref()), ("12", Some("SUM(D1:D3)")));
    assert!(cell(&sheets[0], 4, 2).is_hidden && !formula.is_hidden);
    assert!(sheets[0].widths[2] > sheets[0].widths[0]);
    assert!(sheets[1].is_hidden);
    assert_eq!(cell(&sheets[1], 0, 0).formula, None);
}

#[test]
fn csv_keeps_its_rows_and_loses_its_guards() {
    let text = "项目,数量\r\n\r\n会议（次）,'-5\r\n\"两\n行\",\"3,000\"\r\n末,1\r\n";
    for bytes in [text.as_bytes().to_vec(), encoding_rs::GB18030.encode(text).0.into_owned()] {
        let sheets = read("a.csv", &bytes);
        assert_eq!(cell(&sheets[0], 2, 1).text, "-5");
        assert_eq!(cell(&sheets[0], 3, 1).text, "3,000");
        assert_eq!(cell(&sheets[0], 4, 1).text, "1");
    }
    assert_eq!(read("a.csv", "项目\t数量\n会议\t3".as_bytes())[0].cells.len(), 4);
}

#[test]
fn the_tables_of_a_document_are_sheets_with_their_lines() {
    let table = |text: &str| {
        format!(
            r#"<w:tbl><w:tblGrid><w:gridCol w:w="4800"/><w:gridCol w:w="2400"/></w:tblGrid><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>"#,
            made::p("项目"),
            made::p(text)
        )
    };
    let body =
        format!("{}{}{}{}{}", made::p("统计表"), table("数量"), made::p("附件2"), table("单位"), made::p("（盖章）"));
    let sheets = read("a.docx", &made::docx(&body, &[]));
    assert_eq!(
        (sheets[0].before.as_slice(), sheets[1].before.as_slice()),
        (&["统计表".to_owned()][..], &["附件2".to_owned()][..])
    );
    assert_eq!(
        (sheets[0].widths.as_slice(), sheets[1].after.as_slice()),
        (&[200, 100][..], &["（盖章）".to_owned()][..])
    );
    assert!(!sheets[0].has_letters);
}

#[test]
fn what_is_no_form_is_an_error_with_a_way_out() {
    let error = |name: &str, bytes: &[u8]| read_sheets(name, bytes, &Limits::default()).unwrap_err();
    assert_eq!(error("a.xlsx", b""), ReadError::Empty);
    assert!(matches!(error("a.xlsx", b"\xff\xd8\xff\xe0photo"), ReadError::Unsupported { .. }));
    assert_eq!(
        error("a.xlsx", b"not a workbook at all").to_string(),
        "这个文件打不开（不是有效的 Excel 文件）；请用办公软件重新打开、另存后再试，或换一份。"
    );
    assert_eq!(error("a.docx", b"\x01\x02garbage").code(), "not_what_it_says");
    assert_eq!(
        error("a.xlsx", b"\xff\xd8\xff\xe0photo").of_table(),
        "图片不能汇总；请上传 Excel、Word 或 CSV 填好的表。"
    );
    assert!(matches!(error("a.xlsx", b"PK\x03\x04broken"), ReadError::Damaged { .. }));
    assert_eq!(error("a.xlsx", &Workbook::new().save_to_buffer().unwrap_or_default()), ReadError::Empty);
}

#[test]
fn a_place_is_named_as_people_find_it() {
    assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    assert_eq!((place(4, 2, true), place(4, 2, false)), ("C5".to_owned(), "第5行第3列".to_owned()));
}

#[test]
fn a_paper_comes_back_as_it_left() {
    let number = |value: f64, is_estimate| Content::Number { value, words: value.to_string(), is_estimate };
    let cells = vec![
        PaperCell::text(0, 0, "统计表").role(Role::Title).spanning(3, 1),
        PaperCell::text(1, 0, "项目").role(Role::Head).spanning(1, 2),
        PaperCell::text(1, 1, "数量").role(Role::Head).spanning(2, 1),
        PaperCell::text(2, 1, "线上").role(Role::Head),
        PaperCell::text(2, 2, "线下").role(Role::Head),
        PaperCell::text(3, 0, "=1+1"),
        PaperCell { content: number(3.5, false), remark: Some("请核对".to_owned()), ..PaperCell::text(3, 1, "") },
        PaperCell { content: number(8000.0, true), tint: Some(Tint::Warn), ..PaperCell::text(3, 2, "") },
    ];
    let paper = Paper {
        name: "统计表".to_owned(),
        widths: vec![20.0, 8.0, 8.0],
        cells,
        after: vec![(gongwen::table::Align::Right, "（盖章）".to_owned())],
        head_rows: (1, 3),
        ..Paper::default()
    };
    let sheets = read("a.xlsx", &write_xlsx(&[paper.clone(), paper.clone()]).unwrap());
    assert_eq!(sheets.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["统计表", "统计表2"]);
    let sheet = &sheets[0];
    assert_eq!((cell(sheet, 1, 1).column_span, cell(sheet, 1, 0).row_span), (2, 2));
    assert_eq!((cell(sheet, 3, 1).text.as_str(), cell(sheet, 3, 2).text.as_str()), ("3.5", "8000"));
    assert_eq!((cell(sheet, 3, 0).text.as_str(), cell(sheet, 3, 0).formula.as_deref()), ("=1+1", None));
    assert_eq!(cell(sheet, 4, 0).text, "（盖章）");
    let sheets = read("a.docx", &write_docx(&[paper]).unwrap());
    assert_eq!(sheets[0].before, ["统计表"]);
    assert_eq!((cell(&sheets[0], 0, 1).column_span, cell(&sheets[0], 0, 0).row_span), (2, 2));
    assert_eq!(cell(&sheets[0], 2, 2).text, "约8000");
    assert_eq!(sheets[0].after, ["（盖章）"]);
}
