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
