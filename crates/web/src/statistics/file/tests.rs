//! Forms as files through the whole program on both engines: the superior's form comes in, units hand in theirs, all leaves again.

use axum::http::StatusCode;
use domain::unit::Role;
use gongwen::paper::{Content, Paper, PaperCell, Role as Look};
use gongwen::sheet::Sheet;
use gongwen::write::paper::{write_docx, write_xlsx};

use crate::campaign::tests::{Seed, on_both};
use crate::testing::{Page, TestApp, Visitor};

const ROWS: [&str; 3] = ["召开茶话会（次）", "印发明信片（份）", "播放滚动字幕（条/天）"];

/// The superior's sheet, merged title and head; with numbers it is a filled one.
fn sheet(unit: &str, values: [&str; 3]) -> Paper {
    let head = format!("填报单位（盖章）：{unit}　　　联系人：郑某　　　电话：0599-5550100");
    let mut cells = vec![
        PaperCell::text(0, 0, "2024年“3·15”活动统计表").role(Look::Title).spanning(3, 1),
        PaperCell::text(1, 0, head).role(Look::Line).spanning(3, 1),
    ];
    for (column, text) in ["序号", "项目", "数量"].into_iter().enumerate() {
        cells.push(PaperCell::text(2, column, text).role(Look::Head).spanning(1, 2));
    }
    for (n, row) in ROWS.iter().enumerate() {
        cells.push(PaperCell::text(4 + n, 0, (n + 1).to_string()));
        cells.push(PaperCell::text(4 + n, 1, *row));
        let content = match values[n].parse::<f64>() {
            Ok(value) => Content::Number { value, words: values[n].to_owned(), is_estimate: false },
            Err(_) => Content::Text(values[n].to_owned()),
        };
        cells.push(PaperCell { content, ..PaperCell::text(4 + n, 2, "") });
    }
    cells.push(PaperCell::text(7, 0, "（盖章）　　　年　月　日").role(Look::Line).spanning(3, 1));
    Paper { name: "统计表".to_owned(), widths: vec![4.0, 24.0, 8.0], cells, ..Paper::default() }
}

fn xlsx(unit: &str, values: [&str; 3]) -> Vec<u8> {
    write_xlsx(&[sheet(unit, values)]).unwrap()
}

fn says(page: &Page, words: &[&str]) {
    for words in words {
        assert!(page.text().contains(words), "{words}: {}", page.text());
    }
}

/// Uploads the superior's empty form and keeps it; its path.
async fn uploaded(app: &TestApp, seed: &Seed) -> String {
    let office = app.visitor(Role::Office).await;
    let path = format!("/campaigns/{}/forms/upload", seed.campaign_id);
    let preview = office.upload(&path, &[], &[("file", "统计表.xlsx", &xlsx("", ["", "", ""]))]).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text());
    says(&preview, &["核对读出的统计表", "存为统计表（3 格要填）", "没有对应的指标", "填报单位（盖章）："]);
    let upload = preview.value_of("upload_id");
    // What was handed in for one campaign is no file of another, and what hangs elsewhere is none of this page.
    let strange = [("upload_id", seed.campaign_id.as_str()), ("form", "0")];
    let refused = office.post(&format!("/campaigns/{}/forms/uploaded", seed.campaign_id), &strange).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.text());
    let fields = [("upload_id", upload.as_str()), ("form", "0")];
    let elsewhere = office.post("/campaigns/nowhere/forms/uploaded", &fields).await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND, "{}", elsewhere.text());
    let kept = office.post(&format!("/campaigns/{}/forms/uploaded", seed.campaign_id), &fields).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
    let form = kept.location();
    // The field office and the section report it.
    let id = domain::Id::from_text(form.rsplit('/').next().unwrap());
    let units = std::collections::BTreeSet::from([app.field_office.clone(), app.section.clone()]);
    app.db().write(async move |tx| store::statistics::form::save_units(&tx, &id, &units).await).await.unwrap();
    form
}

async fn read(visitor: &Visitor, path: &str) -> Vec<Sheet> {
    let answer = visitor.fetch(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    gongwen::read_sheets(path, &answer.bytes, &gongwen::Limits::default()).unwrap().sheets
}

fn text(sheet: &Sheet, row: usize, column: usize) -> String {
    let cell = sheet.cells.iter().find(|it| (it.row, it.column) == (row, column));
    cell.map(|it| it.text.clone()).unwrap_or_default()
}

#[tokio::test]
async fn the_superior_s_form_comes_in_and_leaves_in_its_own_layout() {
    on_both(async |app, seed| {
        let office = app.visitor(Role::Office).await;
        let upload = format!("/campaigns/{}/forms/upload", seed.campaign_id);
        office.get(&upload).await;
        let refused = office.upload(&upload, &[], &[("file", "照片.jpg", b"\xff\xd8\xff\xe0")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&refused, &["“照片.jpg”没有读成", "图片"]);
        let refused = office.post(&upload, &[("text", "请按时上报")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(refused.value_of("text"), "请按时上报");
        let pasted = office.post(&upload, &[("text", "项目 | 数量\n召开茶话会（次） | ")]).await;
        says(&pasted, &["存为统计表（1 格要填）"]);

        let form = uploaded(&app, &seed).await;
        says(&office.get(&form).await, &["2024年“3·15”活动统计表", "召开茶话会"]);
        for path in ["empty.xlsx", "total.xlsx"] {
            let sheets = read(&office, &format!("{form}/{path}")).await;
            assert_eq!(text(&sheets[0], 0, 0), "2024年“3·15”活动统计表", "{path}");
            assert_eq!(text(&sheets[0], 4, 1), ROWS[0]);
            let title = sheets[0].cells.iter().find(|it| it.row == 0).unwrap();
            assert_eq!(title.column_span, 3);
            assert!(text(&sheets[0], 7, 0).contains("盖章"));
        }
        for path in ["empty.docx", "total.docx"] {
            let sheets = read(&office, &format!("{form}/{path}")).await;
            assert_eq!(sheets[0].before[0], "2024年“3·15”活动统计表", "{path}");
        }
        says(&office.get(&format!("{form}/print")).await, &["召开茶话会（次）", "（盖章）"]);
        let csv = String::from_utf8(office.fetch(&format!("{form}/units.csv")).await.bytes).unwrap();
        assert!(csv.starts_with('\u{feff}') && csv.contains("青石监管所,没有填报"), "{csv}");

        let officer = app.visitor(Role::Officer).await;
        assert_eq!(officer.fetch(&upload).await.status, StatusCode::FORBIDDEN);
        assert_eq!(officer.fetch(&format!("{form}/merge")).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn what_the_page_shows_is_what_is_stored_once() {
    on_both(async |app, seed| {
        let form = uploaded(&app, &seed).await;
        let office = app.visitor(Role::Office).await;
        says(&office.get(&format!("{form}/merge")).await, &["汇总上报文件", "还没有上传过"]);
        let none = office.upload(&format!("{form}/merge"), &[], &[]).await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        let good = xlsx("青石所", ["3", "1200", "2"]);
        let other = write_docx(&[sheet("某某办", ["1", "80余", "5"])]).unwrap();
        let faulty = xlsx("市场和网监科", ["若干", "40", "1"]);
        let files: [(&str, &str, &[u8]); 4] = [
            ("files", "青石.xlsx", &good),
            ("files", "某办.docx", &other),
            ("files", "网监.xlsx", &faulty),
            ("files", "坏.xlsx", b"PK\x03\x04broken"),
        ];
        let answer = office.upload(&format!("{form}/merge"), &[], &files).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let path = answer.location();
        let page = office.get(&path).await;
        let words = [
            "4 份文件，计入 3 份；2 处没有计入",
            "若干",
            "坏.xlsx",
            "文件读不出",
            "约1,320份",
            "不相加",
            "表中写的是“某某办”",
            "“某某办”不在单位表中",
            "新建这个单位",
            "录入 2 个单位的填报",
        ];
        says(&page, &words);
        let result = read(&office, &format!("{path}/result.xlsx")).await;
        assert_eq!(result.len(), 3);
        assert_eq!(text(&result[0], 4, 2), "4");

        // The unknown one is left out by a person; then all is stored in one write.
        let version = page.value_of("version");
        let chosen = office.post(&format!("{path}/units"), &[("version", &version), ("unit-1", "none")]).await;
        assert_eq!(chosen.status, StatusCode::SEE_OTHER, "{}", chosen.text());
        let page = office.get(&path).await;
        let (version, seen) = (page.value_of("version"), page.value_of("seen"));
        let commit = [("version", version.as_str()), ("seen", seen.as_str())];
        let done = office.post(&path, &commit).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        let returns = office.follow(&path).await;
        says(&returns, &["已有相同的数", "没有要录入的"]);
        // Handed in where nothing is wrong; what misses a compulsory figure waits as a draft.
        let csv = String::from_utf8(office.fetch(&format!("{form}/units.csv")).await.bytes).unwrap();
        assert!(csv.contains("青石监管所,已填报,3,1200,2"), "{csv}");
        assert!(csv.contains("市场和网监科,填报中,,40,1"), "{csv}");
        // A second press finds the page too old; a second upload of the same files changes nothing.
        assert_eq!(office.post(&path, &commit).await.status, StatusCode::CONFLICT);
        let again = office.upload(&format!("{form}/merge"), &[], &files[..1]).await.location();
        let page = office.get(&again).await;
        says(&page, &["已有相同的数"]);
        // The same unit with other numbers, after it was handed in, is not overruled.
        let late = xlsx("青石监管所", ["9", "1200", "2"]);
        let again = office.upload(&format!("{form}/merge"), &[], &[("files", "再报.xlsx", &late)]).await.location();
        says(&office.get(&again).await, &["不录入该单位已填报", "没有要录入的"]);
        // The original hangs on the return, with its event.
        let start = office.follow(&format!("{form}/units/{}", app.field_office)).await;
        says(&start, &["青石.xlsx", "由文件报来"]);
    })
    .await;
}

#[tokio::test]
async fn a_commit_that_would_differ_from_its_page_is_refused() {
    on_both(async |app, seed| {
        let form = uploaded(&app, &seed).await;
        let office = app.visitor(Role::Office).await;
        let file = xlsx("青石所", ["3", "1200", "2"]);
        let path = office.upload(&format!("{form}/merge"), &[], &[("files", "a.xlsx", &file)]).await.location();
        let page = office.get(&path).await;
        let (version, seen) = (page.value_of("version"), page.value_of("seen"));
        // Meanwhile the unit begins by itself.
        let officer = app.visitor(Role::Officer).await;
        let begun = officer.post(&format!("{form}/units/{}", app.field_office), &[]).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text());
        let refused = office.post(&path, &[("version", &version), ("seen", &seen)]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        says(&refused, &["有单位的填报变了", "更新 3 项"]);
        assert_eq!(officer.post(&path, &[("version", &version), ("seen", &seen)]).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn nothing_but_bad_files_is_no_merge_and_each_is_named() {
    on_both(async |app, seed| {
        let form = uploaded(&app, &seed).await;
        let office = app.visitor(Role::Office).await;
        let cut = xlsx("乡镇所", ["1", "2", "3"]);
        let cut = &cut[..cut.len() / 2];
        let bad: [(&str, &str, &[u8]); 4] = [
            ("files", "照片.jpg", &[0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0]),
            ("files", "空的.docx", b"PK\x03\x04"),
            ("files", "零.xlsx", b""),
            ("files", "半个.xlsx", cut),
        ];
        let refused = office.upload(&format!("{form}/merge"), &[], &bad).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
        says(&refused, &["没有一份能汇总", "照片.jpg", "空的.docx", "半个.xlsx", "损坏"]);
        // One good file among them makes a merge, and the bad ones are its problems.
        let good = xlsx("乡镇所", ["1", "2", "2条/10天"]);
        let some = [bad[0], bad[3], ("files", "好的.xlsx", good.as_slice())];
        let answer = office.upload(&format!("{form}/merge"), &[], &some).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        says(&office.get(&answer.location()).await, &["照片.jpg", "半个.xlsx", "文件读不出", "2条/10天"]);
    })
    .await;
}

/// A sheet of a unit nobody knows: one press creates the unit, which reports from then on, and the page comes back.
#[tokio::test]
async fn a_unit_that_is_not_known_is_created_from_its_sheet() {
    on_both(async |app, seed| {
        let form = uploaded(&app, &seed).await;
        let office = app.visitor(Role::Office).await;
        let stranger = xlsx("外山市场监督管理所", ["3", "1200", "2"]);
        let known = xlsx("某某办", ["1", "2", "3"]);
        let files: [(&str, &str, &[u8]); 2] = [("files", "外山.xlsx", &stranger), ("files", "某办.xlsx", &known)];
        let path = office.upload(&format!("{form}/merge"), &[], &files).await.location();
        let page = office.get(&path).await;
        says(&page, &["“外山市场监督管理所”不在单位表中", "没有要录入的"]);
        let version = page.value_of("version");
        // What was chosen for another sheet meanwhile is kept.
        let fields = [("version", version.as_str()), ("create", "0"), ("unit-1", "none")];
        let officer = app.visitor(Role::Officer).await;
        assert_eq!(officer.post(&format!("{path}/units"), &fields).await.status, StatusCode::FORBIDDEN);
        let done = office.post(&format!("{path}/units"), &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        assert!(done.location().starts_with(&path), "back to the merge");
        let page = office.get(&path).await;
        says(&page, &["录入 1 个单位的填报"]);
        assert!(!page.text().contains("不在单位表中"), "{}", page.text());
        says(&office.get("/units").await, &["外山市场监督管理所"]);
        says(&office.get(&format!("{form}/returns")).await, &["外山市场监督管理所"]);
        // Pressed twice creates nothing twice.
        let again =
            office.post(&format!("{path}/units"), &[("version", &page.value_of("version")), ("create", "0")]).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text());
    })
    .await;
}
