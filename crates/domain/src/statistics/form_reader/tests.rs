use super::*;

fn read(lines: &[&str]) -> FilledForm {
    let rows: Vec<Vec<String>> =
        lines.iter().map(|line| line.split('|').map(|cell| cell.trim().to_owned()).collect()).collect();
    read_form(&Grid::from_rows(&rows), 0)
}

fn shape(form: &FilledForm) -> Vec<String> {
    let cells = form.definition.cells().map(|(row, cell)| {
        let label = cell.label.as_deref().map(|label| format!("·{label}")).unwrap_or_default();
        let unit = cell.unit.as_deref().unwrap_or("?");
        let parent = row.parent.as_deref().map(|parent| format!(" < {parent}")).unwrap_or_default();
        format!("{} {}{label} [{unit}]{parent}", cell.key, row.label)
    });
    cells.collect()
}

#[test]
fn the_unit_stands_in_the_label() {
    let form = read(&[
        "2027年“3·15”活动统计表",
        "填报单位：青石所 联系人：丁某 电话：",
        "序号 | 活动项目 | 数量",
        "1 | 开展主题活动数量（个） | 3",
        " | 其中：“守望”主题宣传活动数量（个） | 1",
        "2 | 消费者参与数（人次） | 1200余",
    ]);
    assert_eq!(form.definition.title, "2027年“3·15”活动统计表");
    assert_eq!(form.definition.year, Some(2027));
    assert_eq!(form.definition.head, ["填报单位", "联系人", "电话"]);
    assert_eq!(form.head.get("填报单位").map(String::as_str), Some("青石所"));
    assert_eq!(
        shape(&form),
        ["r1 开展主题活动数量 [个]", "r2 “守望”主题宣传活动数量 [个] < r1", "r3 消费者参与数 [人次]"]
    );
    assert_eq!(form.written.get("r3").map(String::as_str), Some("1200余"));
}

#[test]
fn the_unit_stands_in_a_column() {
    let form = read(&[
        "序号 | 项目 | 单位 | 数量 | 备注",
        "1 | 印发宣传资料 | 份（册） | | ",
        "2 | 销毁假冒伪劣商品 | 件 | 40 | 集中销毁",
        "  | 其中：案值 | 万元 | 3.6 |",
    ]);
    assert_eq!(shape(&form), ["r1 印发宣传资料 [份（册）]", "r2 销毁假冒伪劣商品 [件]", "r3 案值 [万元] < r2"]);
    assert_eq!(form.written.len(), 2);
}

#[test]
fn several_blanks_stand_in_one_cell() {
    let form = read(&[
        "序号 | 活动内容 | 进展情况",
        "1 | 宣讲活动 | 开展（3）场，参与（120）人次",
        "2 | 宣传“五进” | ",
        "2.1 | 进企业 | （2）场次，（ ）人次",
    ]);
    assert_eq!(
        shape(&form),
        [
            "r1.1 宣讲活动·开展 [场]",
            "r1.2 宣讲活动·参与 [人次]",
            "r2 宣传“五进” [?]",
            "r3.1 进企业 [场次] < r2",
            "r3.2 进企业 [人次] < r2"
        ]
    );
    assert_eq!(form.written.get("r1.2").map(String::as_str), Some("120"));
    assert_eq!(form.written.get("r3.2"), None);
}

#[test]
fn several_value_columns_with_a_total() {
    let form = read(&[
        "机构名称：某支行 统计区间：2027年3月1日—3月16日",
        "项目 | 线上 | 线下 | 合计",
        "活动次数（次） | 2 | 3 | 5",
        "参与网点数（个） | — | 4 | 4",
    ]);
    assert_eq!(
        shape(&form),
        [
            "r1.1 活动次数·线上 [次]",
            "r1.2 活动次数·线下 [次]",
            "r1.3 活动次数·合计 [次]",
            "r2.1 参与网点数·线下 [个]",
            "r2.2 参与网点数·合计 [个]"
        ]
    );
    let total = form.definition.cell("r1.3").map(|(_, cell)| cell.total_of.clone());
    assert_eq!(total, Some(vec!["r1.1".to_owned(), "r1.2".to_owned()]));
}

#[test]
fn a_group_row_has_no_cell_and_a_foot_line_is_head() {
    let form = read(&[
        "序号 | 项目 | 数量",
        "一、宣传情况 | | ",
        "1 | 宣传视频（个） | ",
        "填报人：  审核人：  填报日期： | | ",
    ]);
    assert_eq!(shape(&form), ["r2 宣传视频 [个]"]);
    assert_eq!(form.definition.head, ["填报人", "审核人", "填报日期"]);
}

#[test]
fn what_is_no_form_gives_no_rows() {
    assert_eq!(read(&["姓名 | 年龄", "丁某 | 30"]).definition.rows, []);
    assert_eq!(read(&[]), FilledForm::default());
}

proptest::proptest! {
    #[test]
    fn reading_never_panics(lines in proptest::collection::vec("[序号项目数量（）()0-9|其中：,，万人次 ]{0,30}", 0..12)) {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let form = read(&lines);
        for key in form.written.keys() {
            proptest::prop_assert!(form.definition.cell(key).is_some());
        }
    }
}

/// A sheet with merged cells: row, column, rows, columns, text.
fn sheet(cells: &[(usize, usize, usize, usize, &str)]) -> gongwen::sheet::Sheet {
    let one =
        |(row, column, row_span, column_span, text): &(usize, usize, usize, usize, &str)| gongwen::sheet::SheetCell {
            row_span: *row_span,
            column_span: *column_span,
            ..gongwen::sheet::SheetCell::new(*row, *column, *text)
        };
    gongwen::sheet::Sheet { name: "表1".to_owned(), cells: cells.iter().map(one).collect(), ..Default::default() }
}

fn read_one(sheet: gongwen::sheet::Sheet) -> FilledForm {
    let file = gongwen::sheet::SheetFile { format: gongwen::source::Format::Xlsx, sheets: vec![sheet], notes: vec![] };
    read_sheets(&file).remove(0).form
}

#[test]
fn an_empty_form_with_several_value_columns_has_all_its_rows() {
    let form = read(&["项目 | 线上 | 线下 | 合计", "活动次数（次） | | |", "宣传资料发放量（份） | — | |"]);
    assert_eq!(
        shape(&form),
        [
            "r1.1 活动次数·线上 [次]",
            "r1.2 活动次数·线下 [次]",
            "r1.3 活动次数·合计 [次]",
            "r2.1 宣传资料发放量·线下 [份]",
            "r2.2 宣传资料发放量·合计 [份]"
        ]
    );
    let form = read(&["序号 | 项目 | 数量", "1 | 销毁商品（件） | ", " | 其中：案值（万元） | "]);
    assert_eq!(shape(&form), ["r1 销毁商品 [件]", "r2 案值 [万元] < r1"]);
}

#[test]
fn merged_heads_in_two_rows_name_the_columns() {
    let form = read_one(sheet(&[
        (0, 0, 1, 5, "2027年活动统计表"),
        (1, 0, 2, 1, "序号"),
        (1, 1, 2, 1, "项目"),
        (1, 2, 1, 2, "数量"),
        (1, 4, 2, 1, "备注"),
        (2, 2, 1, 1, "线上"),
        (2, 3, 1, 1, "线下"),
        (3, 0, 1, 1, "1"),
        (3, 1, 1, 1, "活动次数（场）"),
        (3, 2, 1, 1, "2"),
    ]));
    assert_eq!(shape(&form), ["r1.1 活动次数·线上 [场]", "r1.2 活动次数·线下 [场]"]);
    let layout = form.definition.layout.unwrap();
    assert_eq!((layout.table_from, layout.head_until, layout.table_until), (1, 3, 4));
    // What somebody had filled is not part of the paper.
    assert!(layout.cells.iter().all(|it| it.text != "2"));
    // The same without merged cells, as CSV has it.
    let form = read(&["序号 | 项目 | 数量 | | 备注", " | | 线上 | 线下 | ", "1 | 活动次数（场） | 2 | 3 | "]);
    assert_eq!(shape(&form), ["r1.1 活动次数·线上 [场]", "r1.2 活动次数·线下 [场]"]);
}

#[test]
fn a_merged_group_column_stands_before_its_items() {
    let form = read_one(sheet(&[
        (0, 0, 1, 1, "类别"),
        (0, 1, 1, 1, "项目"),
        (0, 2, 1, 1, "单位"),
        (0, 3, 1, 1, "数量"),
        (1, 0, 2, 1, "宣传"),
        (1, 1, 1, 1, "宣传资料"),
        (1, 2, 1, 1, "份"),
        (2, 1, 1, 1, "宣传视频"),
        (2, 2, 1, 1, "个"),
        (2, 3, 1, 1, "4"),
    ]));
    assert_eq!(shape(&form), ["r1 宣传·宣传资料 [份]", "r2 宣传·宣传视频 [个]"]);
    assert_eq!(form.written.get("r2").map(String::as_str), Some("4"));
}

#[test]
fn a_table_folded_side_by_side_is_one_form() {
    let form = read(&[
        "序号 | 项目 | 数量 | 序号 | 项目 | 数量",
        "1 | 会议（次） | 2 | 3 | 视频（个） | 1",
        "2 | 讲座（场） | | 4 | 文章（篇） | 7",
    ]);
    assert_eq!(shape(&form), ["r1 会议 [次]", "r2 讲座 [场]", "r3 视频 [个]", "r4 文章 [篇]"]);
    assert_eq!(form.written.get("r4").map(String::as_str), Some("7"));
}

#[test]
fn the_unit_of_all_figures_stands_above_the_table() {
    let form = read(&["2027年罚没统计表", "单位：万元", "项目 | 数量", "案值 | 3.6", "罚没款 | "]);
    assert_eq!(shape(&form), ["r1 案值 [万元]", "r2 罚没款 [万元]"]);
    assert_eq!(form.definition.title, "2027年罚没统计表");
    assert_eq!(form.head.get("单位"), None);
    let form = read(&["2027年罚没统计表", "单位：件、万元", "项目 | 数量", "案值（万元） | 3.6", "案件（件） | 2"]);
    assert_eq!(
        (form.head.get("单位"), form.definition.head.len()),
        (None, 0),
        "how it is counted is nobody who reports"
    );
    let form = read(&["单位：青石所", "项目 | 数量", "会议（次） | 3"]);
    assert_eq!(form.head.get("单位").map(String::as_str), Some("青石所"));
}

#[test]
fn two_units_in_one_label_and_a_unit_printed_in_the_cell() {
    let form = read(&["项目 | 数量", "进社区（场次/人次） | 3/120", "宣传资料 | 份", "视频 | 12个"]);
    assert_eq!(shape(&form), ["r1.1 进社区·场次 [场次]", "r1.2 进社区·人次 [人次]", "r2 宣传资料 [份]", "r3 视频 [?]"]);
    assert_eq!(form.written.get("r1.2").map(String::as_str), Some("120"));
    assert_eq!(form.written.get("r2"), None);
}

#[test]
fn rows_that_ask_for_words_are_no_figures() {
    let form = read(&[
        "序号 | 项目 | 数量",
        "1 | 会议（次） | 2",
        "2 | 特色活动（文字说明，200字以内） | 开展了3场直播",
        "是否开展“一把手讲消保”：□是 □否 | | ",
        "典型做法（不超过300字）： | | ",
    ]);
    let words: Vec<_> =
        form.definition.cells().filter(|(_, cell)| cell.is_text).map(|(row, _)| row.label.clone()).collect();
    assert_eq!(words, ["特色活动（文字说明，200字以内）", "是否开展“一把手讲消保”", "典型做法（不超过300字）"]);
}

#[test]
fn what_stands_before_the_table_of_a_notice_is_not_its_head() {
    let mut sheet = sheet(&[(0, 0, 1, 1, "项目"), (0, 1, 1, 1, "数量"), (1, 0, 1, 1, "会议（次）"), (1, 1, 1, 1, "")]);
    let lines = [
        "各单位要高度重视，认真组织。",
        "联系人：丁某，电话：请拨总机。",
        "附件2",
        "2027年活动统计表",
        "填报单位：　　填报人：　　",
    ];
    sheet.before = lines.map(str::to_owned).to_vec();
    sheet.after = vec!["注：3月15日17:00前报送。".to_owned()];
    let form = read_one(sheet);
    assert_eq!(form.definition.title, "2027年活动统计表");
    assert_eq!(form.definition.head, ["填报单位", "填报人"]);
    let layout = form.definition.layout.unwrap();
    assert_eq!(layout.before, ["附件2", "2027年活动统计表", "填报单位：　　填报人：　　"]);
    assert_eq!(layout.after.len(), 1);
}

#[test]
fn a_formula_an_error_and_a_hidden_row_are_marked() {
    let mut sheet =
        sheet(&[(0, 0, 1, 1, "项目"), (0, 1, 1, 1, "数量"), (1, 0, 1, 1, "会议（次）"), (2, 0, 1, 1, "视频（个）")]);
    let formula =
        gongwen::sheet::SheetCell { formula: Some("SUM(D1:D9)".into()), ..gongwen::sheet::SheetCell::new(1, 1, "9") };
    let error =
        gongwen::sheet::SheetCell { is_error: true, is_hidden: true, ..gongwen::sheet::SheetCell::new(2, 1, "#REF!") };
    sheet.cells.extend([formula, error]);
    let form = read_one(sheet);
    assert_eq!(form.marks.get("r1").and_then(|it| it.formula.as_deref()), Some("SUM(D1:D9)"));
    assert!(form.marks.get("r2").is_some_and(|it| it.is_error && it.is_hidden));
}
