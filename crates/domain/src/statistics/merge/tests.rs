use super::*;
use crate::statistics::amount::pair;
use crate::statistics::form_reader::read_sheets;
use gongwen::paper::PaperCell;
use gongwen::sheet::{Sheet as Cells, SheetCell, SheetFile};
use gongwen::source::Format;

fn cells(lines: &[&str]) -> Cells {
    let mut sheet = Cells { name: "Sheet1".to_owned(), has_letters: true, ..Cells::default() };
    for (row, line) in lines.iter().enumerate() {
        let texts = line.split('|').map(str::trim).enumerate().filter(|it| !it.1.is_empty());
        sheet.cells.extend(texts.map(|(column, text)| SheetCell::new(row, column, text)));
    }
    sheet
}

fn file(file: &str, sheets: Vec<Cells>) -> HandedIn {
    let read = read_sheets(&SheetFile { format: Format::Xlsx, sheets, notes: vec![] });
    HandedIn { file: file.to_owned(), sheets: Ok(read) }
}

fn handed_in(name: &str, lines: &[&str]) -> HandedIn {
    file(name, vec![cells(lines)])
}

fn kinds(merged: &Merged) -> Vec<ProblemKind> {
    merged.problems.iter().map(|it| it.kind).collect()
}

const HEAD: &str = "序号 | 项目 | 数量";

#[test]
fn rows_are_matched_by_meaning_not_by_number() {
    let merged = merge(
        None,
        &[
            handed_in("青石所.xlsx", &[HEAD, "1 | 开展主题活动数量（个） | 3", "2 | 消费者参与数（人次） | 1200"]),
            handed_in("白塘所.xlsx", &[HEAD, "一 | 消费者参与数(人次) | 800", "二 | 开展主题活动数量 (个) | 2"]),
        ],
    );
    assert_eq!(merged.problems, []);
    assert_eq!(merged.totals, BTreeMap::from([("r1".to_owned(), 5), ("r2".to_owned(), 2_000)]));
}

#[test]
fn a_row_in_other_words_is_taken_and_shown() {
    let merged = merge(
        None,
        &[
            handed_in("a.xlsx", &[HEAD, "1 | 消费者参与数（人次） | 100", "2 | 发放宣传资料（份） | 5"]),
            handed_in("b.xlsx", &[HEAD, "1 | 参与消费者人次（人次） | 20", "2 | 发放的宣传资料数（份） | 6"]),
            handed_in("c.xlsx", &[HEAD, "1 | 天气情况（次） | 1"]),
        ],
    );
    assert_eq!(merged.totals, BTreeMap::from([("r1".to_owned(), 120), ("r2".to_owned(), 11)]));
    use ProblemKind::{MissingRow, NearRow, UnknownRow};
    assert_eq!(kinds(&merged), [NearRow, NearRow, UnknownRow, MissingRow, MissingRow]);
}

#[test]
fn units_of_measure_are_converted_and_never_mixed() {
    let merged = merge(
        None,
        &[
            handed_in("a.xlsx", &[HEAD, "1 | 案值（万元） | 3.6", "2 | 资料（份） | 5"]),
            handed_in("b.xlsx", &[HEAD, "1 | 案值（元） | 4000", "2 | 资料（人次） | 6"]),
            handed_in("c.xlsx", &[HEAD, "1 | 案值 | 1", "2 | 资料 | 6册"]),
        ],
    );
    // 3.6万元 + 4000元 + 1 of the sum's own 万元.
    assert_eq!(merged.totals, BTreeMap::from([("r1".to_owned(), 5_000_000), ("r2".to_owned(), 11)]));
    assert_eq!(kinds(&merged), [ProblemKind::UnknownRow, ProblemKind::MissingRow]);
}

#[test]
fn what_is_wrong_stands_in_its_cell_and_is_left_out() {
    let merged = merge(
        None,
        &[
            handed_in("青石所.xlsx", &[HEAD, "1 | 开展主题活动数量（个） | 3"]),
            handed_in("白塘所.xlsx", &[HEAD, "1 | 开展主题活动数量（个） | 若干"]),
            handed_in("柳河所.xlsx", &[HEAD, "1 | 开展主题活动数量（个） | -2"]),
        ],
    );
    assert_eq!(merged.totals.get("r1"), Some(&3));
    let problem = merged.problems.first().unwrap();
    assert_eq!((problem.file.as_str(), problem.place.as_deref()), ("白塘所.xlsx", Some("C2")));
    assert!(problem.message.contains("若干") && problem.is_left_out());
    assert_eq!(kinds(&merged), [ProblemKind::NotANumber, ProblemKind::Negative]);
    let units = units_paper(&merged);
    let cell = units.cells.iter().find(|it| it.words() == "若干").unwrap();
    assert!(cell.remark.as_ref().unwrap().contains("C2") && cell.tint == Some(gongwen::paper::Tint::Bad));
    let sum = sum_paper(&merged, BTreeMap::new());
    let cell = sum.cells.iter().find(|it| it.words() == "3").unwrap();
    assert!(cell.remark.as_ref().unwrap().contains("白塘所"), "{:?}", cell.remark);
    assert!(problems_paper(&merged).to_csv().contains("白塘所.xlsx,白塘所,Sheet1,C2,开展主题活动数量,若干,"));
}

#[test]
fn the_same_unit_twice_and_another_year_are_left_out() {
    let title = |year| format!("{year}年活动统计表");
    let sheet = |file: &str, year: i16| {
        handed_in(file, &[&title(year), "填报单位：青石所", HEAD, "1 | 开展主题活动数量（个） | 3"])
    };
    // The form that comes first is not the one that most hand in.
    let merged = merge(None, &[sheet("c.xlsx", 2026), sheet("a.xlsx", 2027), sheet("b.xlsx", 2027)]);
    assert_eq!(merged.totals.get("r1"), Some(&3));
    assert_eq!(kinds(&merged), [ProblemKind::OtherYear, ProblemKind::Twice]);
    assert_eq!(merged.n_left_out(), 2);
    assert_eq!(summary_line(&merged), "3 份文件，计入 1 份；2 处没有计入");
}

#[test]
fn estimates_are_in_the_sum_and_shown() {
    let merged = merge(None, &[handed_in("a.xlsx", &[HEAD, "1 | 印发宣传资料（份） | 8万余份"])]);
    assert_eq!(merged.totals.get("r1"), Some(&80_000));
    assert!(merged.estimates.contains("r1"));
    assert_eq!(kinds(&merged), [ProblemKind::Estimate]);
    assert_eq!(merged.n_left_out(), 0);
    assert!(sum_paper(&merged, BTreeMap::new()).cells.iter().any(|it| it.words() == "约80000"));
}

#[test]
fn pieces_per_day_are_never_added() {
    let sheet = |file: &str, n: &str| handed_in(file, &[HEAD, &format!("1 | 公益广告（条/天） | {n}")]);
    let merged = merge(None, &[sheet("a.xlsx", "2条/10天"), sheet("b.xlsx", "3/5")]);
    assert_eq!(merged.totals.get("r1"), None);
    assert_eq!(merged.contributions.len(), 2);
    let sum = sum_paper(&merged, BTreeMap::new());
    assert!(sum.cells.iter().any(|it| it.words() == "2条/10天；3条/5天" && it.remark.is_some()));
    let sheets = [("a.xlsx", "2条/10天"), ("b.xlsx", "0"), ("c.xlsx", "2/10"), ("d.xlsx", "3条/5天；1条/2天")];
    let merged = merge(None, &sheets.map(|(file, n)| sheet(file, n)));
    let sum = sum_paper(&merged, BTreeMap::new());
    let words: Vec<String> = sum.cells.iter().map(PaperCell::words).filter(|it| it.contains('；')).collect();
    assert_eq!(words, ["2条/10天（2个单位）；3条/5天；1条/2天"]);
}

#[test]
fn a_stroke_or_none_is_said_and_stands_in_its_cell() {
    let sheets = [("a.xlsx", "/"), ("b.xlsx", "无"), ("c.xlsx", "3"), ("d.xlsx", "—"), ("e.xlsx", "-")];
    let merged = merge(
        None,
        &sheets.map(|(file, n)| handed_in(file, &[HEAD, &format!("1 | 会议（次） | {n}"), "2 | 视频（个） | 1"])),
    );
    assert_eq!(merged.totals, BTreeMap::from([("r1".to_owned(), 3), ("r2".to_owned(), 5)]));
    assert_eq!(kinds(&merged), [ProblemKind::NoNumber; 4]);
    assert_eq!(merged.n_left_out(), 0, "nothing was to be counted");
    let units = units_paper(&merged);
    for written in ["/", "无", "—", "-"] {
        let cell = units.cells.iter().find(|it| it.words() == written).unwrap();
        assert!(cell.remark.as_ref().unwrap().contains("按没有填计"), "{:?}", cell.remark);
    }
}

#[test]
fn spots_without_days_are_counted_and_questioned() {
    let merged = merge(None, &[handed_in("a.xlsx", &[HEAD, "1 | 公益广告（条/天） | 3"])]);
    assert_eq!(kinds(&merged), [ProblemKind::NoDays]);
    assert!(merged.problems[0].message.contains("3条，没有写天数"), "{}", merged.problems[0].message);
}

#[test]
fn formulas_errors_and_hidden_cells_are_said() {
    let mut sheet = cells(&[HEAD, "1 | 会议（次） | ", "2 | 视频（个） | ", "3 | 讲座（场） | ", "4 | 文章（篇） | 7"]);
    let cell = |row: usize, text: &str, formula: Option<&str>, is_error: bool| SheetCell {
        formula: formula.map(str::to_owned),
        is_error,
        ..SheetCell::new(row, 2, text)
    };
    sheet.cells.extend([
        cell(1, "9", Some("SUM(E1:E9)"), false),
        cell(2, "", Some("A1"), false),
        cell(3, "#REF!", None, true),
    ]);
    for cell in sheet.cells.iter_mut().filter(|it| it.row == 4) {
        cell.is_hidden = true;
    }
    let merged = merge(None, &[file("a.xlsx", vec![sheet])]);
    assert_eq!(merged.totals, BTreeMap::from([("r1".to_owned(), 9), ("r4".to_owned(), 7)]));
    use ProblemKind::{Formula, FormulaError, FormulaWithoutResult, HiddenCell};
    assert_eq!(kinds(&merged), [Formula, FormulaWithoutResult, FormulaError, HiddenCell]);
}

#[test]
fn hidden_and_other_sheets_and_several_forms_in_one_file() {
    let named =
        |name: &str, n: &str| Cells { name: name.to_owned(), ..cells(&[HEAD, &format!("1 | 会议（次） | {n}")]) };
    let hidden = Cells { is_hidden: true, ..named("去年", "100") };
    let other = Cells { name: "填写说明".to_owned(), ..cells(&["请认真填写"]) };
    let merged = merge(None, &[file("全部.xlsx", vec![named("青石所", "1"), named("白塘所", "2"), hidden, other])]);
    assert_eq!(merged.totals.get("r1"), Some(&3));
    assert_eq!(merged.contributions.iter().map(|it| it.unit.as_str()).collect::<Vec<_>>(), ["青石所", "白塘所"]);
    assert_eq!(kinds(&merged), [ProblemKind::HiddenSheet, ProblemKind::OtherSheet]);
}

#[test]
fn a_part_larger_than_its_whole_is_counted_and_shown() {
    let merged = merge(None, &[handed_in("a.xlsx", &[HEAD, "1 | 主题活动（个） | 3", " | 其中：进社区（个） | 5"])]);
    assert_eq!(kinds(&merged), [ProblemKind::OfWhich]);
    assert_eq!(merged.totals.get("r2"), Some(&5));
}

#[test]
fn brackets_that_were_lost_are_no_problem() {
    let head = "序号 | 活动内容 | 进展情况";
    let merged = merge(
        None,
        &[
            handed_in("a.docx", &[head, "1 | 宣讲 | 开展（3）场，参与（120）人次"]),
            handed_in("b.docx", &[head, "1 | 宣讲 | 开展2场，参与80余人次"]),
        ],
    );
    assert_eq!(merged.totals, BTreeMap::from([("r1.1".to_owned(), 5), ("r1.2".to_owned(), 200)]));
    assert_eq!(kinds(&merged), [ProblemKind::Estimate]);
}

#[test]
fn a_damaged_file_never_stops_the_rest() {
    let damaged = HandedIn { file: "坏.xlsx".to_owned(), sheets: Err("文件设有密码，打不开。".to_owned()) };
    let picture = handed_in("相册.xlsx", &["照片"]);
    let merged = merge(None, &[damaged, picture, handed_in("a.xlsx", &[HEAD, "1 | 会议（次） | 2"])]);
    assert_eq!(merged.totals.get("r1"), Some(&2));
    assert_eq!(kinds(&merged), [ProblemKind::Unreadable, ProblemKind::NoForm]);
    let units = units_paper(&merged);
    assert_eq!(units.n_rows(), 2 + 3 + 1);
    let remarks: Vec<&String> = units.cells.iter().filter_map(|it| it.remark.as_ref()).collect();
    assert!(remarks.len() >= 2 && remarks.iter().all(|it| !it.contains("。。")), "{remarks:?}");
    assert_eq!(merge(None, &[]), Merged::default());
}

#[test]
fn every_kind_says_what_to_do() {
    let mut labels: Vec<_> = ProblemKind::ALL.iter().map(|it| it.label()).collect();
    labels.sort_unstable();
    labels.dedup();
    assert_eq!(labels.len(), ProblemKind::ALL.len());
    assert!(ProblemKind::ALL.iter().all(|it| !it.way_out().is_empty()));
}

#[test]
fn the_returns_of_all_units_stand_side_by_side_with_their_reasons() {
    let form = handed_in("a.xlsx", &[HEAD, "1 | 会议（次） | ", "2 | 公益广告（条/天） | "]);
    let form = form.sheets.unwrap().remove(0).form.definition;
    let value = |computed, reported| CellValue {
        computed,
        reported: Some(reported),
        reason: if computed.is_some() { "另有一次没有记录".to_owned() } else { String::new() },
        ..CellValue::default()
    };
    let line = |unit: &str, values: Vec<(&str, CellValue)>| UnitLine {
        unit: unit.to_owned(),
        state: "已审核".to_owned(),
        values: values.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
    };
    let lines = [
        line("青石所", vec![("r1", value(Some(2), 3)), ("r2", value(None, pair(2, 10)))]),
        line("白塘所", vec![("r1", value(None, 4))]),
        line("柳河所", vec![]),
    ];
    let total = line("县局汇总", vec![("r1", value(Some(6), 6))]);
    let paper = returns_paper(&form, &lines, Some(&total));
    let text = paper.to_csv();
    assert!(text.contains("县局汇总,已审核,6,") && text.contains("联合开展的只算一次"), "{text}");
    assert!(text.contains("青石所,已审核,3,2条/10天\r\n") && text.contains("各单位相加,,7,不相加\r\n"), "{text}");
    let explained = paper.cells.iter().find(|it| it.remark.is_some()).unwrap();
    assert_eq!(explained.remark.as_deref(), Some("系统算出：2次。原因：另有一次没有记录"));
}

/// 办结/调解成功（件） is two figures in one cell, in whatever way the unit parts them.
#[test]
fn two_figures_of_one_cell_stand_where_they_belong() {
    let row = |written: &str| format!("1 | 投诉办结/调解成功（件） | {written}");
    let of = |file: &str, written: &str| handed_in(file, &[HEAD, &row(written), "2 | 消费者参与数（人次） | 10"]);
    let files = [
        of("a.xlsx", "12/8"),
        of("b.xlsx", "12、8"),
        of("c.xlsx", "调解成功8件，投诉办结12件"),
        of("d.xlsx", "12件/8件"),
    ];
    let merged = merge(None, &files);
    assert_eq!(merged.problems, []);
    let names: Vec<_> = merged.form.cells().map(|(row, cell)| (row.name_of(cell), merged.totals[&cell.key])).collect();
    let name = |name: &str, n| (name.to_owned(), n);
    assert_eq!(
        names,
        [name("投诉办结/调解成功·投诉办结", 48), name("投诉办结/调解成功·调解成功", 32), name("消费者参与数", 40)]
    );
    let bound: Vec<_> = merged.form.cells().filter_map(|(_, cell)| cell.indicator()).map(|it| it.code).collect();
    assert_eq!(bound, ["complaint_closed", "complaint_settled", "consumer_attendance"]);
    let csv = sum_paper(&merged, BTreeMap::new()).to_csv();
    assert!(csv.contains("投诉办结/调解成功（件）,48/32\r\n"), "{csv}");
}

#[test]
fn one_figure_for_two_names_is_a_doubt_at_its_cell_and_never_either_of_them() {
    let of = |file: &str, written: &str| handed_in(file, &[HEAD, &format!("1 | 办结/调解成功（件） | {written}")]);
    let merged =
        merge(None, &[of("a.xlsx", "12/8"), of("b.xlsx", "20"), of("c.xlsx", "1/2/3"), of("d.xlsx", "2026年3月2日")]);
    use ProblemKind::{DateOfTwo, OtherCount};
    assert_eq!(kinds(&merged), [OtherCount, OtherCount, DateOfTwo]);
    assert_eq!(merged.totals.values().copied().collect::<Vec<_>>(), [15, 10]);
    let first = &merged.problems[0];
    assert_eq!((first.place.as_deref(), first.written.as_str(), first.is_left_out()), (Some("C2"), "20", true));
    assert!(first.message.contains("要填两个数"), "{}", first.message);
}

/// The form came from the text of a notice; the units' own sheets write the row as they like.
#[test]
fn a_row_of_an_annex_that_asks_for_two_figures_takes_both() {
    use crate::campaign::plan::{StatForm, StatRow};
    let row = |label: &str, unit: &str| StatRow {
        number: None,
        label: label.to_owned(),
        unit: Some(unit.to_owned()),
        parent: None,
    };
    let rows = vec![row("办结/调解成功", "件"), row("开展宣讲", "场次/人次")];
    let form = StatForm { title: Some("统计表".to_owned()), head: Vec::new(), rows };
    let form = FormDefinition::from_plan(&form, None);
    let keys: Vec<_> = form.cells().map(|(_, it)| it.key.as_str()).collect();
    assert_eq!(keys, ["r1", "r1.2", "r2", "r2.2"]);
    let sheet = ["项目 | 数量", "办结、调解成功（件） | 12、8", "开展宣讲 | 3场次120人次"];
    let merged = merge(Some(form.clone()), &[handed_in("a.csv", &sheet)]);
    assert_eq!(merged.totals.values().copied().collect::<Vec<_>>(), [12, 8, 3, 120], "{:?}", merged.problems);
    let one = merge(Some(form), &[handed_in("a.csv", &["项目 | 数量", "办结、调解成功数（件） | 12"])]);
    assert!(one.totals.is_empty() && kinds(&one).contains(&ProblemKind::OtherCount), "{:?}", one.problems);
    let csv = sum_paper(&merged, BTreeMap::new()).to_csv();
    assert!(csv.contains("办结/调解成功（件）,12/8\r\n") && csv.contains("开展宣讲（场次/人次）,3/120\r\n"), "{csv}");
}
