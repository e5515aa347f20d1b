//! `xiaobao merge` as a person types it: thirty stations hand in a form as files, some of them wrongly.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use std::path::Path;
use std::process::{Command, Output};

use gongwen::paper::{Content, Paper, PaperCell, Role};
use gongwen::sheet::Sheet;
use gongwen::write::paper::write_docx;
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};

fn xiaobao(folder: &Path, arguments: &[&str]) -> (Output, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_xiaobao")).current_dir(folder).args(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output, text)
}

const TITLE: &str = "2027年“3·15”活动统计表";
const ROWS: [&str; 5] = [
    "开展主题活动数量（个）",
    "其中：“守望星河”主题宣传活动数量（个）",
    "消费者参与数（人次）",
    "印发宣传资料（册、份）",
    "制作、播放各类公益广告（条/天）",
];

/// The superior's sheet: a merged title, a head line over three columns, merged heads.
fn superior(page: &mut Worksheet, title: &str, unit: &str) {
    let plain = Format::new();
    page.merge_range(0, 0, 0, 2, title, &plain).unwrap();
    page.merge_range(1, 0, 1, 2, &format!("填报单位（盖章）：{unit}　　联系人：丁某　　电话："), &plain).unwrap();
    for (column, head) in ["序号", "活动项目", "数量"].into_iter().enumerate() {
        page.merge_range(2, column as u16, 3, column as u16, head, &plain).unwrap();
    }
    page.set_column_width(1, 40.0).unwrap();
}

/// A filled form; rows in this order, with these numbers.
fn filled(unit: &str, title: &str, order: &[usize], values: &[&str]) -> Workbook {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    superior(page, title, unit);
    for (n, row) in order.iter().enumerate() {
        let at = 4 + n as u32;
        page.write_string(at, 0, if ROWS[*row].starts_with("其中") { String::new() } else { (n + 1).to_string() })
            .unwrap();
        page.write_string(at, 1, ROWS[*row]).unwrap();
        match values[*row].parse::<f64>() {
            Ok(number) => page.write_number(at, 2, number).unwrap(),
            Err(_) => page.write_string(at, 2, values[*row]).unwrap(),
        };
    }
    page.write_string(10, 0, "（盖章）　　　　年　　月　　日").unwrap();
    book
}

fn save(folder: &Path, name: &str, mut book: Workbook) {
    book.save(folder.join(name)).unwrap();
}

fn sheets(path: &Path) -> Vec<Sheet> {
    gongwen::read_sheets("a.xlsx", &std::fs::read(path).unwrap(), &gongwen::Limits::default()).unwrap().sheets
}

fn text(sheet: &Sheet, row: usize, column: usize) -> &str {
    sheet.cells.iter().find(|it| (it.row, it.column) == (row, column)).map_or("", |it| it.text.as_str())
}

#[test]
fn thirty_sheets_are_added_up_and_the_two_faulty_ones_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let handed_in = folder.path().join("上报");
    std::fs::create_dir(&handed_in).unwrap();
    for n in 1..=30 {
        let unit = format!("第{n}所");
        // Every third swaps its rows and numbers them anew.
        let order: [usize; 5] = if n % 3 == 0 { [2, 3, 0, 1, 4] } else { [0, 1, 2, 3, 4] };
        let values = match n {
            7 => ["2", "1", "很多", "100", "3/5"],
            19 => ["2", "1", "-50", "100", "3/5"],
            _ => ["2", "1", "50", "100", "3/5"],
        };
        save(&handed_in, &format!("{unit}.xlsx"), filled(&unit, TITLE, &order, &values));
    }
    let (dry, said) = xiaobao(folder.path(), &["merge", "上报", "--dry-run"]);
    assert_eq!(dry.status.code(), Some(3), "{said}");
    let (output, text_out) =
        xiaobao(folder.path(), &["merge", "上报", "-o", "汇总.xlsx", "--csv", "--unit", "云溪县局"]);
    assert_eq!(output.status.code(), Some(3), "{text_out}");
    assert_eq!(dry.stdout, output.stdout, "a dry run says exactly the same");
    for words in [
        "第7所.xlsx · Sheet1 · C7  “消费者参与数”：“很多”不是数字。请填写一个数",
        "第19所.xlsx · Sheet1 · C7  “消费者参与数”：“-50”是负数",
        "没有计入（2 处）",
        "30 份文件，计入 30 份；2 处没有计入。",
        "消费者参与数  1,400人次（28 份）",
        "不相加，逐个列出（30 份）",
    ] {
        assert!(text_out.contains(words), "{words}: {text_out}");
    }
    let sheets = sheets(&folder.path().join("汇总.xlsx"));
    assert_eq!(sheets.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["汇总", "各单位", "问题"]);
    // The superior's layout with the sums in it.
    let sum = &sheets[0];
    assert_eq!(text(sum, 0, 0), TITLE);
    assert!(text(sum, 1, 0).starts_with("填报单位（盖章）：云溪县局"), "{}", text(sum, 1, 0));
    assert_eq!([4, 5, 6, 7].map(|row| text(sum, row, 2)), ["60", "30", "1400", "3000"]);
    assert_eq!(text(sum, 8, 2), "3条/5天（30个单位）");
    assert_eq!(text(sum, 10, 0), "（盖章）　　　　年　　月　　日");
    let cell = |row, column| sum.cells.iter().find(|it| (it.row, it.column) == (row, column)).unwrap();
    assert_eq!((cell(0, 0).column_span, cell(2, 1).row_span), (3, 2));
    // The faulty figure stands as it is written in its unit's row; the sum is at the end.
    let row = sheets[1].cells.iter().find(|it| it.text == "很多").unwrap().row;
    assert_eq!(text(&sheets[1], row, 0), "第7所");
    assert_eq!(text(&sheets[1], 32, 0), "合计");
    assert_eq!(text(&sheets[2], 2, 5), "消费者参与数");
    assert_eq!(sheets[2].cells.iter().map(|it| it.row).max(), Some(2));
    let csv = std::fs::read_to_string(folder.path().join("汇总.csv")).unwrap();
    assert!(csv.starts_with('\u{feff}') && csv.contains("第19所,第19所.xlsx,2,1,\"'-50\",100,3条/5天"), "{csv}");
}

/// The same form as a text document.
fn document(unit: &str, values: &[&str]) -> Vec<u8> {
    let mut cells: Vec<PaperCell> = ["序号", "活动项目", "数量"]
        .into_iter()
        .enumerate()
        .map(|(column, text)| PaperCell::text(0, column, text).role(Role::Head))
        .collect();
    for (n, row) in ROWS.iter().enumerate() {
        cells.push(PaperCell::text(n + 1, 1, *row));
        cells.push(PaperCell { content: Content::Text(values[n].to_owned()), ..PaperCell::text(n + 1, 2, "") });
    }
    let before = vec![(Role::Title, TITLE.to_owned()), (Role::Line, format!("填报单位：{unit}  联系人："))];
    write_docx(&[Paper { cells, before, ..Paper::default() }]).unwrap()
}

/// The workbook as a program writes it that does not count: a formula whose result nobody has stored.
fn without_result(bytes: &[u8]) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for n in 0..from.len() {
        let mut part = from.by_index(n).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut content).unwrap();
        if name.ends_with("sheet1.xml") {
            let text = String::from_utf8(content).unwrap();
            let (before, after) = text.split_once("SUM(E1:E9)</f>").unwrap();
            let after = after.split_once("</v>").unwrap().1;
            content = format!("{before}SUM(E1:E9)</f>{after}").into_bytes();
        }
        to.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut to, &content).unwrap();
    }
    to.finish().unwrap().into_inner()
}

#[test]
fn whatever_is_handed_in_is_counted_or_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let good = ["2", "1", "50", "3000余份", "3"];
    let order = [0, 1, 2, 3, 4];
    save(at, "01青石所.xlsx", filled("青石所", TITLE, &order, &good));
    std::fs::write(at.join("02白塘所.docx"), document("白塘所", &["1", "0", "8万余人次", "20", "—"])).unwrap();
    let csv = format!(
        "{TITLE},,\r\n填报单位：柳河所,,\r\n序号,活动项目,数量\r\n1,{},4\r\n2,{},\"1,200\"\r\n",
        ROWS[0], ROWS[2]
    );
    std::fs::write(at.join("03柳河所.csv"), csv).unwrap();
    // Formulas, one of them without a result; a hidden row.
    let mut book = filled("东山所", TITLE, &order, &["", "", "7", "", ""]);
    let page = book.worksheet_from_index(0).unwrap();
    page.write_formula(4, 2, Formula::new("=1+2").set_result("3")).unwrap();
    page.write_formula(7, 2, Formula::new("=SUM(E1:E9)").set_result("0")).unwrap();
    page.set_row_hidden(6).unwrap();
    std::fs::write(at.join("04东山所.xlsx"), without_result(&book.save_to_buffer().unwrap())).unwrap();
    save(at, "05再报.xlsx", filled("青石所", TITLE, &order, &good));
    save(at, "06去年.xlsx", filled("南关所", "2026年“3·15”活动统计表", &order, &good));
    std::fs::write(at.join("07照片.jpg"), b"\xff\xd8\xff\xe0photo").unwrap();
    std::fs::write(at.join("08空.xlsx"), b"").unwrap();
    std::fs::write(at.join("09坏.xlsx"), b"PK\x03\x04 not really").unwrap();
    let mut locked = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    std::fs::write(at.join("10加密.xlsx"), locked).unwrap();
    let mut book = filled("北岭所", TITLE, &order, &["1", "5", "1", "1", "1"]);
    let page = book.add_worksheet();
    superior(page, TITLE, "隐藏所");
    page.write_string(4, 1, ROWS[0]).unwrap();
    page.write_number(4, 2, 99.0).unwrap();
    page.set_name("旧数").unwrap().set_hidden(true);
    save(at, "11北岭所.xlsx", book);
    save(at, "~$11北岭所.xlsx", Workbook::new());

    std::fs::write(at.join("12乱码.xlsx"), b"just words").unwrap();
    std::fs::write(at.join("13没有表.csv"), "今天,晴").unwrap();

    let (output, said) = xiaobao(at, &["merge", ".", "--dry-run"]);
    assert_eq!(output.status.code(), Some(3), "{said}");
    for words in [
        "05再报.xlsx · Sheet1  重复报送：“青石所”已在“01青石所.xlsx”中报过",
        "06去年.xlsx · Sheet1  年份不对：这是2026年的表",
        "07照片.jpg  文件读不出：图片不能汇总。请上传 Excel、Word 或 CSV 填好的表。",
        "08空.xlsx  文件读不出：文件是空的",
        "12乱码.xlsx  文件读不出：这个文件打不开（不是有效的 Excel 文件）。请用办公软件重新打开",
        "13没有表.csv  没有统计表：没有一张表的表头有“项目”和“数量”两列。请换成填好的统计表",
        "09坏.xlsx  文件读不出：文件已损坏",
        "10加密.xlsx  文件读不出：文件设有密码",
        "04东山所.xlsx · Sheet1 · C8  “印发宣传资料”公式没有结果",
        "04东山所.xlsx · Sheet1 · C5  “开展主题活动数量”：单元格里是公式“=1+2”，取保存时的结果 3",
        "04东山所.xlsx · Sheet1 · C7  “消费者参与数”隐藏的行列：“7”在隐藏的行或列里",
        "02白塘所.docx · 表1 · 第4行第3列  “消费者参与数”：“8万余人次”是估计数",
        "11北岭所.xlsx · 旧数  统计表在隐藏的工作表",
        "11北岭所.xlsx · Sheet1 · C6  其中大于总数：“‘守望星河’主题宣传活动数量”5个大于",
        "03柳河所.csv · CSV  缺少的项目：表里没有“印发宣传资料”这一项",
        "开展主题活动数量  11个（5 份）",
        "消费者参与数  约81,258人次（5 份）",
        "印发宣传资料  约3,021册、份（3 份）",
        "13 份文件，计入 5 份",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("~$"), "{said}");
}

/// 办结/调解成功（件） asks for two figures in one cell; three stations write them in three formats, one writes only one of them, and one is
/// not among the units of the bureau.
#[test]
fn two_figures_in_one_cell_are_read_from_every_format_and_strangers_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let label = "投诉办结/调解成功（件）";
    let workbook = |unit: &str, written: &str| {
        let mut book = Workbook::new();
        let page = book.add_worksheet();
        superior(page, TITLE, unit);
        page.write_string(4, 1, label).unwrap();
        page.write_string(4, 2, written).unwrap();
        book
    };
    save(at, "1.xlsx", workbook("青石所", "12/8"));
    save(at, "2.xlsx", workbook("南关所", "20"));
    let head = |column, text: &str| PaperCell::text(0, column, text).role(Role::Head);
    let cells = vec![
        head(0, "序号"),
        head(1, "活动项目"),
        head(2, "数量"),
        PaperCell::text(1, 1, label),
        PaperCell::text(1, 2, "12件/8件"),
    ];
    let before = vec![(Role::Title, TITLE.to_owned()), (Role::Line, "填报单位：白塘所  联系人：".to_owned())];
    let paper = Paper { cells, before, ..Paper::default() };
    std::fs::write(at.join("3.docx"), write_docx(&[paper]).unwrap()).unwrap();
    let csv =
        format!("{TITLE},,\r\n填报单位：外乡所,,\r\n序号,活动项目,数量\r\n1,{label},\"办结2件，调解成功1件\"\r\n");
    std::fs::write(at.join("4.csv"), csv.replace("办结2", "投诉办结2")).unwrap();
    std::fs::write(at.join("单位表.txt"), "青石所\n白塘所\n南关所\n柳河所\n").unwrap();
    let files = ["merge", "1.xlsx", "2.xlsx", "3.docx", "4.csv", "--units", "单位表.txt", "-o", "汇总.xlsx"];
    let (output, said) = xiaobao(at, &files);
    assert_eq!(output.status.code(), Some(3), "{said}");
    for words in [
        "投诉办结/调解成功·投诉办结  26件（3 份）",
        "投诉办结/调解成功·调解成功  17件（3 份）",
        "2.xlsx · Sheet1 · C5  ",
        "这一格要填两个数，写的是“20”，分不清是哪一个。请写成“12/8”",
        "4.csv · CSV  单位不明：“外乡所”不在单位表中",
        "单位表中还没有报来的（1 个）：柳河所",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let sum = &sheets(&at.join("汇总.xlsx"))[0];
    assert_eq!(text(sum, 4, 2), "26/17");
}

#[test]
fn all_right_is_zero_and_nothing_to_add_up_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    save(at, "甲.xlsx", filled("甲所", TITLE, &[0, 1, 2, 3, 4], &["2", "1", "50", "100", "3"]));
    let (output, said) = xiaobao(at, &["merge", "*.xlsx", "-o", "汇总.xlsx", "--form", "甲.xlsx"]);
    assert!(output.status.success() && said.contains("没有漏计"), "{said}");
    // The result of an earlier run is not handed in.
    let (output, said) = xiaobao(at, &["merge", ".", "-o", "汇总.xlsx"]);
    assert!(output.status.success() && said.contains("1 份文件，计入 1 份"), "{said}");
    std::fs::write(at.join("说明.txt"), "请按时上报").unwrap();
    let (output, said) = xiaobao(at, &["merge", "说明.txt", "-o", "x.xlsx"]);
    assert!(output.status.code() == Some(1) && said.contains("没有一份文件里有统计表"), "{said}");
    assert!(!at.join("x.xlsx").exists());
    let (output, said) = xiaobao(at, &["merge", "--help"]);
    assert!(output.status.success() && said.contains("退出码") && said.contains("试运行"), "{said}");
}

#[test]
fn a_wrong_command_line_and_a_sum_with_something_left_out_end_differently() {
    let folder = tempfile::tempdir().unwrap();
    save(folder.path(), "甲.xlsx", filled("第1所", TITLE, &[0, 1, 2, 3, 4], &["2", "1", "50", "100", "3"]));
    let code = |arguments: &[&str]| xiaobao(folder.path(), arguments).0.status.code();
    assert_eq!(code(&["merge", "甲.xlsx", "--dry-run"]), Some(0));
    assert_eq!(code(&["merge", "没有.xlsx", "--dry-run"]), Some(1), "nothing to add up");
    assert_eq!(code(&["merge", "甲.xlsx"]), Some(2), "where to?");
    assert_eq!(code(&["merge", "甲.xlsx", "没有.xlsx", "--dry-run"]), Some(3));
    assert!(xiaobao(folder.path(), &["merge", "--help"]).1.contains("3  有文件或数没有计入"));
}

/// A child that sees only so many bytes ends within a file: the next one reads on from that file, and a file that is too much for
/// a child of its own is lost alone.
#[tokio::test]
async fn a_file_at_which_the_reader_ends_loses_only_itself() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file =
        |unit: &str| filled(unit, TITLE, &[0, 1, 2, 3, 4], &["2", "1", "50", "100", "3"]).save_to_buffer().unwrap();
    let mut large = filled("第5所", TITLE, &[0, 1, 2, 3, 4], &["2", "1", "50", "100", "3"]);
    let page = large.add_worksheet();
    for row in 0..20_000_u32 {
        page.write_number(row, 0, f64::from(row) * 1.37).unwrap();
    }
    let large = large.save_to_buffer().unwrap();
    let program = folder.path().join("reader");
    let most = file("第1所").len() * 3;
    assert!(large.len() > most);
    let script = format!("#!/bin/sh\ndd bs=1 count={most} 2>/dev/null | {} \"$@\"\n", env!("CARGO_BIN_EXE_xiaobao"));
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut reader = web::reader::SheetReader::new(program, std::time::Duration::from_secs(60));
    for n in 1..=9 {
        let (name, bytes) = (format!("{n}.xlsx"), if n == 5 { large.clone() } else { file(&format!("第{n}所")) });
        let read = reader.read(&name, bytes).await;
        assert_eq!(read.is_ok(), n != 5, "{name}: {read:?}");
    }
    assert!((4..=8).contains(&reader.n_started()), "{}", reader.n_started());
}
