use super::*;
use crate::campaign::plan::{StatForm, StatRow};
use crate::statistics::form_reader::read_sheets;
use gongwen::sheet::{SheetCell, SheetFile};
use gongwen::source::Format;

fn read(sheet: Sheet) -> FormDefinition {
    let file = SheetFile { format: Format::Xlsx, sheets: vec![sheet], notes: vec![] };
    read_sheets(&file).remove(0).form.definition
}

fn number(value: i64) -> Fill {
    Fill::Number { value, is_estimate: false }
}

fn superior() -> Sheet {
    let cells = [
        (0, 0, 1, 3, "2027年“3·15”活动统计表"),
        (1, 0, 1, 3, "填报单位（盖章）：　　　　联系人：　　　　电话："),
        (2, 0, 1, 1, "序号"),
        (2, 1, 1, 1, "活动项目"),
        (2, 2, 1, 1, "进展"),
        (3, 0, 1, 1, "1"),
        (3, 1, 1, 1, "宣讲活动"),
        (3, 2, 1, 1, "开展（  ）场，参与（  ）人次"),
        (4, 0, 1, 1, "2"),
        (4, 1, 1, 1, "宣传资料（万份）"),
        (5, 0, 1, 3, "注：每日17时前报送。"),
    ];
    let one = |(row, column, row_span, column_span, text): (usize, usize, usize, usize, &str)| SheetCell {
        row_span,
        column_span,
        ..SheetCell::new(row, column, text)
    };
    Sheet { cells: cells.map(one).to_vec(), widths: vec![60, 250, 300], ..Sheet::default() }
}

#[test]
fn the_superior_s_own_paper_is_filled_at_its_places() {
    let form = read(superior());
    let mut filling = Filling::default();
    filling.cells.insert("r1.1".to_owned(), number(3));
    filling.cells.insert("r2".to_owned(), Fill::Number { value: 12_000, is_estimate: true });
    filling.head.insert("填报单位".to_owned(), "青石所".to_owned());
    filling.head.insert("联系电话".to_owned(), "0000".to_owned());
    let paper = paper(&form, &filling);
    let text = paper.to_csv();
    assert!(text.contains("开展（3）场，参与（  ）人次"), "{text}");
    assert!(text.contains("2,宣传资料（万份）,约1.2\r\n"), "{text}");
    assert!(text.contains("填报单位（盖章）：青石所"), "{text}");
    assert!(text.contains("电话：0000"), "{text}");
    assert!(text.contains("注：每日17时前报送。"), "{text}");
    assert_eq!(paper.head_rows, (2, 3));
    assert_eq!(paper.widths, [6.0, 25.0, 30.0]);
    let title = paper.cells.iter().find(|it| it.role == Role::Title).unwrap();
    assert_eq!((title.column_span, title.align), (3, Align::Center));
}

#[test]
fn a_filled_form_gives_an_empty_paper() {
    let mut sheet = superior();
    sheet.cells[1].text = "填报单位（盖章）：青石所　　联系人：丁某　　电话：0000".to_owned();
    sheet.cells[7].text = "开展（5）场，参与（300）人次".to_owned();
    sheet.cells.push(SheetCell::new(4, 2, "1.2"));
    let text = paper(&read(sheet), &Filling::default()).to_csv();
    for written in ["青石所", "丁某", "0000", "300", "1.2"] {
        assert!(!text.contains(written), "{written}: {text}");
    }
    assert!(text.contains("填报单位（盖章）：") && text.contains("开展（　　）场"), "{text}");
}

#[test]
fn a_form_of_a_notice_and_a_form_with_added_rows_get_the_standard_paper() {
    let row = |number: Option<&str>, label: &str, unit: &str, parent: Option<&str>| StatRow {
        number: number.map(str::to_owned),
        label: label.to_owned(),
        unit: Some(unit.to_owned()),
        parent: parent.map(str::to_owned),
    };
    let rows = vec![row(Some("1"), "销毁商品", "件", None), row(None, "案值", "万元", Some("1"))];
    let form = StatForm { title: Some("统计表".into()), head: vec!["填报单位".into(), "电话".into()], rows };
    let form = FormDefinition::from_plan(&form, Some(2027));
    let mut filling = Filling::default();
    filling.cells.insert("r2".to_owned(), number(3_600_000));
    let text = paper(&form, &filling).to_csv();
    assert!(text.contains(",其中：案值（万元）,3.6\r\n"), "{text}");
    assert!(text.contains("（盖章）"), "{text}");

    let mut added = read(superior());
    let mut extra = added.rows[1].clone();
    extra.key = "r9".to_owned();
    extra.label = "新增一行".to_owned();
    extra.cells[0] = FormCell::new("r9".to_owned(), "新增一行", None, Some("个".to_owned()));
    added.rows.push(extra);
    let text = paper(&added, &Filling::default()).to_csv();
    assert!(text.contains("新增一行") && text.contains("开展（　　）场，参与（　　）人次"), "{text}");
}

#[test]
fn rows_with_the_same_columns_get_columns_in_the_standard_paper() {
    let cell =
        |key: &str, label: &str| FormCell::new(key.to_owned(), "活动", Some(label.to_owned()), Some("次".to_owned()));
    let row = |key: &str, cells: Vec<FormCell>| crate::statistics::form::FormRow {
        key: key.to_owned(),
        number: None,
        label: "活动".to_owned(),
        parent: None,
        cells,
    };
    let rows = vec![
        row("r1", vec![cell("r1.1", "线上"), cell("r1.2", "线下")]),
        row("r2", vec![cell("r2.1", "线下"), cell("r2.2", "线上")]),
    ];
    let form = FormDefinition { rows, ..FormDefinition::default() };
    let mut filling = Filling::default();
    filling.cells.insert("r2.1".to_owned(), number(7));
    let text = paper(&form, &filling).to_csv();
    assert!(text.contains("序号,项目,线上,线下\r\n") && text.contains(",活动（次）,,7\r\n"), "{text}");
}
