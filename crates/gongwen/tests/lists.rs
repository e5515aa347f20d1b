//! Long lists: every text at its place, in bounded memory, whatever wrote the file.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot be set up must fail")]

use std::io::Write;

use gongwen::list::{ListFile, ListLine};
use gongwen::{Limits, ReadError, read_list};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

fn rows(file: &ListFile) -> Vec<(usize, Vec<String>)> {
    let lines = file.sheets[0].lines.iter();
    lines.map(|it| (it.row(), it.cells().map(str::to_owned).collect())).collect()
}

/// A workbook as the national platform writes it: texts inside the cells, none shared, empty cells left out.
fn bare_xlsx(sheet: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let how = zip::write::SimpleFileOptions::default();
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let parts = [
        ("[Content_Types].xml", r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#.to_owned()),
        ("_rels/.rels", format!(r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#)),
        ("xl/workbook.xml", format!(r#"<workbook xmlns="{main}" xmlns:r="{relation}"><sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>"#)),
        ("xl/_rels/workbook.xml.rels", format!(r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="{relation}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#)),
        ("xl/worksheets/sheet1.xml", format!(r#"<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>"#)),
    ];
    for (name, text) in parts {
        zip.start_file(name, how).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn cells_without_shared_strings_and_in_any_order_stand_in_their_columns() {
    let sheet = r#"<row r="2"><c r="C2" t="inlineStr"><is><t>诉求</t></is></c><c r="A2" t="inlineStr"><is><t> 登记编号 </t></is></c></row><row r="4"><c r="B4" t="str"><v>甲店</v></c></row>"#;
    let file = read_list("a.xlsx", &bare_xlsx(sheet), &Limits::for_lists()).unwrap();
    let text = |cells: &[&str]| cells.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    assert_eq!(rows(&file), [(1, text(&["登记编号", "", "诉求"])), (3, text(&["", "甲店"]))]);
}

#[test]
fn days_are_days_and_a_number_that_lost_its_digits_shows_it() {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    page.write_datetime_with_format(0, 0, ExcelDateTime::from_ymd(2027, 3, 15).unwrap(), &day).unwrap();
    page.write_number(0, 1, 1_330_112_026_050_600_001_f64).unwrap();
    page.write_number(0, 2, 128.5).unwrap();
    page.write_string(1, 0, "一\t二\n三").unwrap();
    let file = read_list("a.xlsx", &book.save_to_buffer().unwrap(), &Limits::for_lists()).unwrap();
    let rows = rows(&file);
    assert_eq!(
        (rows[0].1[0].as_str(), rows[0].1[2].as_str(), rows[1].1[0].as_str()),
        ("2027年3月15日", "128.5", "一 二\n三")
    );
    assert!(rows[0].1[1].contains("E18"), "{:?}", rows[0].1[1]);
}

#[test]
fn a_csv_in_any_encoding_names_the_line_a_person_finds() {
    let text = "登记编号,具体问题\r\n\r\nA1,\"牛奶\r\n过期\"\r\nA2,'=缺斤少两\r\n";
    let (gbk, _, _) = encoding_rs::GB18030.encode(text);
    for bytes in [text.as_bytes(), &gbk] {
        let file = read_list("a.csv", bytes, &Limits::for_lists()).unwrap();
        let rows = rows(&file);
        assert_eq!(rows.iter().map(|it| it.0).collect::<Vec<_>>(), [0, 2, 4]);
        assert_eq!((rows[1].1[1].as_str(), rows[2].1[1].as_str()), ("牛奶\r\n过期", "=缺斤少两"));
    }
    let empty = read_list("a.csv", b",,\n,,\n", &Limits::for_lists());
    assert_eq!(empty, Err(ReadError::Empty));
}

#[test]
fn a_list_has_bounds() {
    let text = "甲,乙\n".repeat(1000);
    let limits = Limits { cells: 1500, ..Limits::for_lists() };
    assert!(matches!(read_list("a.csv", text.as_bytes(), &limits), Err(ReadError::TooComplex { .. })));
    assert_eq!(ListLine::of(0, ["", ""]).cells().count(), 2);
}
