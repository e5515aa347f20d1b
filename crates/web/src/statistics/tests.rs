//! Forms and returns through the whole program on both engines: the form fills itself, a number is corrected with a reason, the unit
//! above approves, every number opens to its records, and what came after the deadline is a supplementary return.
//!
//! Long, because each story goes through the same form of four rows and its few helpers; apart, every file would bring its own.

use axum::http::StatusCode;
use domain::Id;
use domain::unit::Role;

use crate::campaign::tests::{HOSTILE, Seed, on_both};
use crate::testing::{Page, TestApp, Visitor};

const ROWS: &str = "消费者参与数（人次）\n其中：老年消费者参与数（人次）\n印发宣传资料（份）\n召开茶话会（次）";

/// A form of four rows, due on 15 March at 17:00; its path.
async fn new_form(app: &TestApp, seed: &Seed) -> String {
    let office = app.visitor(Role::Office).await;
    let fields =
        [("title", "2024年“3·15”活动统计表"), ("due_on", "2024-03-15"), ("due_time", "下班前"), ("rows", ROWS)];
    let answer = office.post(&format!("/campaigns/{}/forms", seed.campaign_id), &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let path = answer.location();
    let page = office.get(&path).await;
    let version = page.value_of("version");
    let by_hand = [("version", version.as_str()), ("source-r2", "manual"), ("source-r4", "manual")];
    let answer = office.post(&format!("{path}/bindings"), &by_hand).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    path
}

/// A record of these units with this many consumers.
async fn record(app: &TestApp, seed: &Seed, units: &[&Id], consumers: &str, key: &str) {
    let office = app.visitor(Role::Office).await;
    let key = format!("{key:0>32}");
    let mut fields = vec![
        ("activity_id", seed.activities[0].as_str()),
        ("client_key", key.as_str()),
        ("happened_on", "2024-03-01"),
        ("figure_consumer_attendance", consumers),
    ];
    fields.extend(units.iter().map(|it| ("unit", it.as_str())));
    let answer = office.upload("/records", &fields, &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
}

async fn begin(visitor: &Visitor, form: &str, unit: &Id) -> String {
    let answer = visitor.post(&format!("{form}/units/{unit}"), &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.location()
}

/// Fills the four cells as they stand on the page, but for those given, and presses the button.
async fn fill(visitor: &Visitor, path: &str, cells: &[(&str, &str)], button: &str) -> Page {
    let page = visitor.get(path).await;
    let version = page.value_of("version");
    let mut fields = vec![("version".to_owned(), version), ("do".to_owned(), button.to_owned())];
    for name in ["v-r1", "v-r2", "v-r3", "v-r4", "w-r1", "w-r3"] {
        let own = cells.iter().rev().find(|(cell, _)| *cell == name).map(|(_, value)| (*value).to_owned());
        fields.push((name.to_owned(), own.unwrap_or_else(|| page.value_of(name))));
    }
    fields.push(("contact_name".to_owned(), "郑某".to_owned()));
    fields.push(("contact_phone".to_owned(), "0599-5550100".to_owned()));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    visitor.post(path, &fields).await
}

const REST: [(&str, &str); 4] = [("v-r2", "20"), ("v-r3", "3000余"), ("w-r3", "仓库发放登记"), ("v-r4", "0")];

async fn step(visitor: &Visitor, path: &str, step: &str, reason: &str) -> Page {
    let version = visitor.get(path).await.value_of("version");
    visitor.post(&format!("{path}/step"), &[("version", &version), ("step", step), ("reason", reason)]).await
}

/// A return handed in and approved.
async fn approved(app: &TestApp, form: &str, unit: &Id, cells: &[(&str, &str)]) -> String {
    let office = app.visitor(Role::Office).await;
    let path = begin(&office, form, unit).await;
    let answer = fill(&office, &path, &[&REST[..], &[("w-r1", "值班登记簿")], cells].concat(), "complete").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    assert_eq!(step(&office, &path, "approve", "").await.status, StatusCode::SEE_OTHER);
    path
}

fn says(page: &Page, words: &[&str]) {
    for words in words {
        assert!(page.text().contains(words), "{words}: {}", page.text());
    }
}

#[tokio::test]
async fn a_form_fills_itself_and_a_correction_needs_its_reason() {
    on_both(async |app, seed| {
        let form = new_form(&app, &seed).await;
        record(&app, &seed, &[&app.field_office], "300", "a").await;
        let officer = app.visitor(Role::Officer).await;
        let start = officer.get(&format!("{form}/units/{}", app.field_office)).await;
        says(&start, &["还没有开始", "300人次", "开始填报"]);
        let path = begin(&officer, &form, &app.field_office).await;
        assert_eq!(officer.get(&path).await.value_of("v-r1"), "300");
        says(&officer.get(&path).await, &["还有 3 格没有填"]);
        assert_eq!(fill(&officer, &path, &[], "zero").await.status, StatusCode::SEE_OTHER);
        assert_eq!(officer.get(&path).await.value_of("v-r4"), "0");
        // Another record comes in: what nobody touched follows.
        record(&app, &seed, &[&app.field_office], "40", "b").await;
        assert_eq!(officer.get(&path).await.value_of("v-r1"), "340");
        let answer = fill(&officer, &path, &[&REST[..], &[("v-r1", "350")]].concat(), "complete").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&answer, &["填350人次，记录算出340人次", "请写明数从哪里来", "已经保存为草稿"]);
        assert_eq!(answer.value_of("v-r1"), "350");
        let cells = [("v-r1", "350"), ("w-r1", "另有10人次由镇政府登记")];
        let answer = fill(&officer, &path, &cells, "complete").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let page = officer.get(&path).await;
        says(&page, &["已填报", "约3,000份", "350人次", "与记录不一致", "另有10人次由镇政府登记", "按记录 → 350人次"]);
        // Who filled it does not approve it.
        assert_eq!(step(&officer, &path, "approve", "").await.status, StatusCode::CONFLICT);
        let office = app.visitor(Role::Office).await;
        let refused = step(&office, &path, "send_back", " ").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(step(&office, &path, "send_back", "请核对资料份数").await.status, StatusCode::SEE_OTHER);
        says(&officer.get("/desk").await, &["2024年“3·15”活动统计表", "已退回：请核对资料份数"]);
        let answer = fill(&officer, &path, &[], "complete").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        assert_eq!(step(&office, &path, "approve", "").await.status, StatusCode::SEE_OTHER);
        says(&office.get(&path).await, &["已审核", "周某", "退回修改", "请核对资料份数"]);
    })
    .await;
}

#[tokio::test]
async fn a_number_opens_to_the_records_it_counts() {
    on_both(async |app, seed| {
        let form = new_form(&app, &seed).await;
        record(&app, &seed, &[&app.field_office, &app.section], "300余", "a").await;
        let path = approved(&app, &form, &app.field_office, &[]).await;
        let officer = app.visitor(Role::Officer).await;
        let cell = officer.get(&format!("{path}/cells/r1")).await;
        says(&cell, &["消费者参与", "约300人次", "联合开展，只算一次", "取自活动记录"]);
        says(&officer.get(&cell.link("集中宣传咨询")).await, &["约300人次"]);
        says(&officer.get(&format!("{path}/cells/r4")).await, &["由填报人写"]);
        assert_eq!(officer.fetch(&format!("{path}/cells/r99")).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_joint_activity_counts_once_in_the_return_of_the_bureau() {
    on_both(async |app, seed| {
        let form = new_form(&app, &seed).await;
        record(&app, &seed, &[&app.field_office, &app.section], "300", "a").await;
        approved(&app, &form, &app.field_office, &[("v-r4", "2")]).await;
        let cells = [("v-r1", "305"), ("w-r1", "5人次漏记"), ("v-r4", "3")];
        approved(&app, &form, &app.section, &cells).await;
        let office = app.visitor(Role::Office).await;
        let total = office.get(&format!("{form}/units/{}", app.bureau)).await;
        // 300 of the records, 5 explained; the returns hold 605.
        says(&total, &["未交表的按记录", "300人次", "605人次", "305人次", "重复计数"]);
        let path = begin(&office, &form, &app.bureau).await;
        let page = office.get(&path).await;
        assert_eq!((page.value_of("v-r1"), page.value_of("v-r4")), ("305".to_owned(), "5".to_owned()));
        let cell = office.get(&format!("{path}/cells/r1")).await;
        says(&cell, &["各单位的数", "青石监管所", "5人次漏记", "合计里重复计的：300人次"]);
        assert!(cell.link("青石监管所").contains("/cells/r1"));
        says(&office.get(&format!("{form}/returns")).await, &["青石区市场监督管理局", "汇总", "已审核 2"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_recorded_after_a_return_leaves_the_total_and_is_said_in_its_cell() {
    on_both(async |app, seed| {
        let form = new_form(&app, &seed).await;
        record(&app, &seed, &[&app.field_office, &app.section], "300", "a").await;
        let station = approved(&app, &form, &app.field_office, &[]).await;
        let office = app.visitor(Role::Office).await;
        let total = begin(&office, &form, &app.bureau).await;
        // The section has not handed in: its records of now count, the joint one once.
        app.wait(1);
        record(&app, &seed, &[&app.section], "20", "b").await;
        assert_eq!(office.get(&total).await.value_of("v-r1"), "320");
        let section = begin(&office, &form, &app.section).await;
        let cells = [&REST[..], &[("w-r1", "值班登记簿")]].concat();
        assert_eq!(fill(&office, &section, &cells, "complete").await.status, StatusCode::SEE_OTHER);
        assert!(!office.get(&total).await.text().contains("交表后"), "nothing came since");
        // One of the station alone, and one of both.
        app.wait(1);
        record(&app, &seed, &[&app.field_office], "30", "c").await;
        record(&app, &seed, &[&app.field_office, &app.section], "5", "d").await;
        let page = office.get(&total).await;
        assert_eq!(page.value_of("v-r1"), "320", "the number stays");
        says(&page, &["交表后又有2条记录，合计差 +35人次"]);
        let cell = office.get(&page.link("看这些记录")).await;
        says(&cell, &["交表以后的变化 2", "30人次", "5人次", "由该单位补报", "打开后退回修改"]);
        assert!(cell.link("由该单位补报").ends_with(&station));
        says(&office.get(&cell.link("集中宣传咨询")).await, &["人次"]);
        // The way out: sent back, it counts with its records again; the joint record is the other unit's as well.
        assert_eq!(step(&office, &section, "send_back", "请补上新记录").await.status, StatusCode::SEE_OTHER);
        let page = office.get(&total).await;
        assert_eq!(page.value_of("v-r1"), "325");
        says(&page, &["交表后又有1条记录，合计差 +30人次"]);
        let later = step(&office, &station, "supplement", "交表后又记了两次").await.location();
        assert_eq!(fill(&office, &later, &[], "complete").await.status, StatusCode::SEE_OTHER);
        assert_eq!(office.get(&total).await.value_of("v-r1"), "325", "until it is approved");
        assert_eq!(step(&office, &later, "approve", "").await.status, StatusCode::SEE_OTHER);
        let page = office.get(&total).await;
        assert_eq!(page.value_of("v-r1"), "355");
        assert!(!page.text().contains("交表后"));
    })
    .await;
}

#[tokio::test]
async fn after_the_deadline_a_supplementary_return_is_left() {
    on_both(async |app, seed| {
        let form = new_form(&app, &seed).await;
        let path = approved(&app, &form, &app.field_office, &[("v-r1", "200")]).await;
        app.wait(16 * 24 * 60);
        let office = app.visitor(Role::Office).await;
        let page = office.get(&format!("{form}/returns?state=late")).await;
        says(&page, &["市场和网监科", "已逾期"]);
        assert!(!page.texts("tbody a").contains(&"青石监管所".to_owned()));
        let officer = app.visitor(Role::Officer).await;
        assert_eq!(step(&officer, &path, "supplement", "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let answer = step(&officer, &path, "supplement", "晚会当晚受理数").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let later = answer.location();
        assert_ne!(later, path);
        assert_eq!(officer.get(&later).await.value_of("v-r1"), "200");
        says(&officer.get("/desk").await, &["补报还没有提交"]);
        let answer = fill(&officer, &later, &[("v-r1", "260")], "complete").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        // The first one stays as it was approved, and counts until the second is approved.
        says(&officer.get(&path).await, &["200人次", "已有补报", "第1次补报"]);
        says(&office.get(&format!("{form}/units/{}", app.bureau)).await, &["200人次"]);
        assert_eq!(step(&office, &later, "approve", "").await.status, StatusCode::SEE_OTHER);
        says(&office.get(&format!("{form}/units/{}", app.bureau)).await, &["260人次"]);
        says(&office.get(&format!("{form}/returns")).await, &["第1次补报 已审核"]);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_is_shown_in_its_cell_and_nothing_is_dropped() {
    on_both(async |app, seed| {
        let form = new_form(&app, &seed).await;
        let officer = app.visitor(Role::Officer).await;
        let path = begin(&officer, &form, &app.field_office).await;
        let cells = [("v-r1", "很多人"), ("v-r2", "-5"), ("v-r3", "=SUM(B1:B3)"), ("v-r4", HOSTILE)];
        let answer = fill(&officer, &path, &cells, "save").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&answer, &["有 4 处需要改正", "“很多人”不是数字", "是负数", "是公式"]);
        for (name, typed) in cells {
            assert_eq!(answer.value_of(name), typed);
        }
        assert!(!answer.html().contains("<script>alert"));
        assert_eq!(officer.get(&path).await.value_of("v-r2"), "", "nothing was stored");
        let answer = fill(&officer, &path, &[("v-r1", "8万余"), ("v-r2", "90000")], "save").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        says(&officer.get(&path).await, &["大于“消费者参与数”", "部分不能大于整体", "估计数"]);
        assert_eq!(officer.get(&path).await.value_of("v-r1"), "80000余");
    })
    .await;
}

#[tokio::test]
async fn two_who_fill_one_return_see_each_others_numbers() {
    on_both(async |app, seed| {
        let form = new_form(&app, &seed).await;
        let (officer, office) = (app.visitor(Role::Officer).await, app.visitor(Role::Office).await);
        let path = begin(&officer, &form, &app.field_office).await;
        let version = officer.get(&path).await.value_of("version");
        assert_eq!(fill(&office, &path, &[("v-r4", "7")], "save").await.status, StatusCode::SEE_OTHER);
        let old = [("version", version.as_str()), ("v-r4", "9"), ("w-r1", ""), ("v-r1", ""), ("do", "save")];
        let answer = officer.post(&path, &old).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        says(&answer, &["同事在您打开页面之后改过", "周某于 2024-03-01 09:00 保存", "同事刚保存的是：7次"]);
        assert_eq!(answer.value_of("v-r4"), "9");
        assert_eq!(officer.get(&path).await.value_of("v-r4"), "7");
    })
    .await;
}

#[tokio::test]
async fn a_form_is_edited_row_by_row_and_reported_numbers_keep_their_place() {
    on_both(async |app, seed| {
        let form = new_form(&app, &seed).await;
        approved(&app, &form, &app.field_office, &[("v-r1", "200")]).await;
        let office = app.visitor(Role::Office).await;
        let edit = format!("{form}/edit");
        let page = office.get(&edit).await;
        says(&page, &["青石监管所已填了数"]);
        let fields = form_fields(&page);
        let post = async |changes: &[(&str, &str)]| {
            let mut fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            for (name, value) in changes {
                fields.retain(|(it, _)| it != name);
                fields.push((name, value));
            }
            office.post(&edit, &fields).await
        };
        let refused = post(&[("r3-unit", "人次"), ("r3-source", "manual")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&refused, &["已有单位按“份”填了数，不能改成“人次”"]);
        let refused = post(&[("do", "remove:r4")]).await;
        says(&refused, &["已有单位填了数，不能删除"]);
        let refused = post(&[("r1-label", " ")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let saved = post(&[("r1-label", "参加活动的消费者"), ("do", "down:r1")]).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
        says(&office.get(&form).await, &["参加活动的消费者", "修改", "行序"]);
        // The page of a colleague who began before.
        let stale = post(&[("r1-label", "消费者人数")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        says(&stale, &["同事刚改过这张表（周某于 2024-03-01 09:00 保存）", "消费者人数"]);
        assert_eq!(stale.value_of("r1-label"), "消费者人数");
        let officer = app.visitor(Role::Officer).await;
        assert_eq!(officer.fetch(&edit).await.status, StatusCode::FORBIDDEN);
        let added = [("version", stale.value_of("version")), ("do", "add:".to_owned())];
        let added: Vec<(&str, &str)> = added.iter().map(|(n, v)| (*n, v.as_str())).collect();
        assert_eq!(post(&added).await.status, StatusCode::SEE_OTHER);
        says(&office.get(&edit).await, &["下面加一行"]);
    })
    .await;
}

/// Every field of the big form of a page, as a browser would send it.
fn form_fields(page: &Page) -> Vec<(String, String)> {
    let document = page.document();
    let mut fields = Vec::new();
    for field in document.select("main form[data-draft] input, main form[data-draft] select").iter() {
        let name = field.attr("name").map(|it| it.to_string()).unwrap_or_default();
        let kind = field.attr("type").map(|it| it.to_string()).unwrap_or_default();
        if name.is_empty() || name == "token" || (kind == "checkbox" && field.attr("checked").is_none()) {
            continue;
        }
        let chosen = field.select("option[selected]").attr("value").map(|it| it.to_string());
        let value = field.attr("value").map(|it| it.to_string()).or(chosen);
        fields.push((name, value.unwrap_or_default()));
    }
    fields
}

#[tokio::test]
async fn a_number_of_ones_own_goes_back_to_the_records_by_a_button() {
    on_both(async |app, seed| {
        let form = new_form(&app, &seed).await;
        let officer = app.visitor(Role::Officer).await;
        let path = begin(&officer, &form, &app.field_office).await;
        assert_eq!(fill(&officer, &path, &[], "zero").await.status, StatusCode::SEE_OTHER);
        record(&app, &seed, &[&app.field_office], "300", "a").await;
        let page = officer.get(&path).await;
        assert_eq!(page.value_of("v-r1"), "0", "what was typed stays");
        says(&page, &["填0人次，记录算出300人次", "改用系统算出的数"]);
        assert_eq!(fill(&officer, &path, &[], "follow:r1").await.status, StatusCode::SEE_OTHER);
        assert_eq!(officer.get(&path).await.value_of("v-r1"), "300");
        record(&app, &seed, &[&app.field_office], "40", "b").await;
        assert_eq!(officer.get(&path).await.value_of("v-r1"), "340", "and follows again");
        assert_eq!(fill(&officer, &path, &[("v-r1", "1")], "save").await.status, StatusCode::SEE_OTHER);
        assert_eq!(fill(&officer, &path, &[], "follow").await.status, StatusCode::SEE_OTHER);
        let page = officer.get(&path).await;
        assert_eq!((page.value_of("v-r1"), page.value_of("v-r4")), ("340".to_owned(), "0".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn two_spots_of_ten_days_are_two_numbers_everywhere() {
    on_both(async |app, seed| {
        let (office, officer) = (app.visitor(Role::Office).await, app.visitor(Role::Officer).await);
        let fields = [
            ("title", "2024年公益广告统计表"),
            ("due_on", "2024-03-15"),
            ("rows", "制作、播放各类公益广告（条/天）\n播放公益广告（条）"),
        ];
        let form = office.post(&format!("/campaigns/{}/forms", seed.campaign_id), &fields).await.location();
        let spot = async |unit: &Id, title: &str, pieces: &str, days: &str| {
            let fields = [
                ("unit_id", unit.as_str()),
                ("kind", "public_service_ad"),
                ("outlet", "甲台"),
                ("title", title),
                ("published_on", "2024-03-01"),
                ("pieces", pieces),
                ("days", days),
            ];
            office.post(&format!("/campaigns/{}/media", seed.campaign_id), &fields).await.status
        };
        assert_eq!(spot(&app.field_office, "一", "2", "").await, StatusCode::UNPROCESSABLE_ENTITY, "for how long?");
        assert_eq!(spot(&app.field_office, "一", "2", "10").await, StatusCode::SEE_OTHER);
        let path = begin(&officer, &form, &app.field_office).await;
        let page = officer.get(&path).await;
        assert_eq!((page.value_of("v-r1"), page.value_of("v-r2")), ("2条/10天".to_owned(), "2".to_owned()));
        assert_eq!(spot(&app.field_office, "二", "3", "5").await, StatusCode::SEE_OTHER);
        let page = officer.get(&path).await;
        assert_eq!((page.value_of("v-r1"), page.value_of("v-r2")), ("2条/10天；3条/5天".to_owned(), "5".to_owned()));
        let save = async |r1: &str, button: &str| {
            let version = officer.get(&path).await.value_of("version");
            let fields = [("version", version.as_str()), ("do", button), ("v-r1", r1), ("v-r2", "5")];
            officer.post(&path, &fields).await
        };
        says(&save("很多", "save").await, &["请写成“2条/10天”"]);
        assert_eq!(save("2/10", "save").await.status, StatusCode::SEE_OTHER);
        assert_eq!(officer.get(&path).await.value_of("v-r1"), "2条/10天");
        says(&save("2/10", "complete").await, &["填2条/10天，记录是2条/10天；3条/5天", "请写明"]);
        let answer = save("2条，10天；3条/5天", "complete").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        assert_eq!(step(&office, &path, "approve", "").await.status, StatusCode::SEE_OTHER);
        let csv = async |path: String| String::from_utf8(office.fetch(&path).await.bytes).unwrap();
        for path in [format!("{path}/export.csv"), format!("{form}/total.csv"), format!("{form}/units.csv")] {
            let text = csv(path.clone()).await;
            assert!(text.contains("2条/10天；3条/5天") && !text.contains("35"), "{path}: {text}");
        }
        let top = office.get(&format!("{form}/units/{}", app.bureau)).await;
        says(&top, &["2条/10天；3条/5天（不相加）"]);
    })
    .await;
}

#[tokio::test]
async fn three_papers_with_different_numbers_say_why() {
    on_both(async |app, seed| {
        let form = new_form(&app, &seed).await;
        let office = app.visitor(Role::Office).await;
        // One joint record of both units, and ten consumers more that one of them explains.
        record(&app, &seed, &[&app.field_office, &app.section], "300", "a").await;
        approved(&app, &form, &app.field_office, &[("v-r1", "310"), ("w-r1", "另有10人次")]).await;
        approved(&app, &form, &app.section, &[]).await;
        let top = begin(&office, &form, &app.bureau).await;
        let page = office.get(&top).await;
        assert_eq!(page.value_of("v-r1"), "310", "the joint record once, and what was explained");
        says(&page, &["300人次", "610人次", "比记录多报 10人次", "总结里的数按现在的记录计"]);
        let units = String::from_utf8(office.fetch(&format!("{form}/units.csv")).await.bytes).unwrap();
        let line = |name: &str| units.lines().find(|it| it.starts_with(name)).unwrap_or_default().to_owned();
        assert!(line("各单位相加").contains(",610,"), "{units}");
        let total = units.lines().find(|it| it.contains("汇总,")).unwrap_or_default();
        assert!(total.contains(",310,") && units.contains("联合开展的只算一次"), "{units}");
        let summary = format!("/campaigns/{}/summary", seed.campaign_id);
        assert_eq!(office.post(&summary, &[]).await.status, StatusCode::SEE_OTHER);
        says(
            &office.get(&summary).await,
            &["消费者参与300人次", "拟上报数与此不同的有：消费者参与310人次（登记300人次）"],
        );
    })
    .await;
}

#[tokio::test]
async fn who_has_not_reported_is_reminded_on_the_desk() {
    on_both(async |app, seed| {
        let form = new_form(&app, &seed).await;
        let (office, officer) = (app.visitor(Role::Office).await, app.visitor(Role::Officer).await);
        says(&officer.get("/desk").await, &["2024年“3·15”活动统计表", "3月15日17:00前报"]);
        let remind = format!("{form}/remind");
        let other = app.visitor(Role::Leader).await;
        assert_eq!(officer.post(&remind, &[("reminder", "快")]).await.status, StatusCode::FORBIDDEN);
        // Two at the same moment are one reminder, on both engines.
        let words = [("reminder", "请今天下班前提交")];
        let (one, two) = tokio::join!(office.post(&remind, &words), other.post(&remind, &words));
        for answer in [one, two] {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        }
        let desk = officer.get("/desk").await;
        says(&desk, &["催办", "填报统计表", "请今天下班前提交"]);
        // Who presses twice sends nothing twice; the list says when it was.
        let again = office.post(&remind, &[("reminder", "请今天下班前提交")]).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER);
        says(&office.get(&again.location()).await, &["今天已经催报过", "催报"]);
        assert_eq!(officer.get("/desk").await.text().matches("请今天下班前提交").count(), 1);
        officer.get(&desk.link("填报统计表")).await;
        says(&office.get(&format!("/campaigns/{}", seed.campaign_id)).await, &["0/3", "份统计表已提交"]);
        says(&office.get(&format!("/campaigns/{}/forms", seed.campaign_id)).await, &["0/3 个单位已提交"]);
    })
    .await;
}

#[tokio::test]
async fn every_page_is_in_order_for_every_role() {
    on_both(async |app, seed| {
        let form = new_form(&app, &seed).await;
        record(&app, &seed, &[&app.field_office], "300", "a").await;
        let path = approved(&app, &form, &app.field_office, &[("v-r1", "310"), ("w-r1", HOSTILE)]).await;
        let list = format!("/campaigns/{}/forms", seed.campaign_id);
        let mut paths = vec![list.clone(), form.clone(), format!("{form}/last-year"), path.clone()];
        for state in ["", "late", "missing", "complete", "approved", "different"] {
            paths.push(format!("{form}/returns?state={state}"));
        }
        paths.extend([format!("{path}/cells/r1"), format!("{path}/cells/r3"), format!("{form}/units/{}", app.section)]);
        paths.push(format!("{form}/units/{}", app.bureau));
        for role in Role::ALL {
            let visitor = app.visitor(*role).await;
            for path in &paths {
                let page = visitor.get(path).await;
                assert!(!page.html().contains("<script>alert"), "{role:?} {path}");
            }
            let unit = format!("{form}/units/{}", app.station);
            let begun = visitor.post(&unit, &[]).await.status;
            let may = matches!(role, Role::Office | Role::UnitLead | Role::Officer);
            let is_own = *role != Role::Officer;
            let expected = if may && is_own { StatusCode::SEE_OTHER } else { StatusCode::FORBIDDEN };
            if *role != Role::Officer {
                assert_eq!(begun, expected, "{role:?}");
            }
        }
        let office = app.visitor(Role::Office).await;
        office.get(&format!("{list}/new")).await;
        let empty = office.post(&list, &[("title", ""), ("due_on", "明天")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        let officer = app.visitor(Role::Officer).await;
        assert_eq!(officer.post(&list, &[("title", "表")]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(officer.fetch("/returns/0").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn several_returns_are_approved_at_once_and_what_is_not_says_why() {
    on_both(async |app, seed| {
        let form = new_form(&app, &seed).await;
        let office = app.visitor(Role::Office).await;
        let officer = app.visitor(Role::Officer).await;
        let doubtful = vec![("v-r1", "50"), ("w-r1", "值班登记簿")];
        let plain = vec![("v-r1", "0"), ("v-r2", "0"), ("v-r3", "0"), ("w-r3", "")];
        for (unit, own) in [(&app.field_office, doubtful), (&app.section, plain)] {
            let path = begin(&office, &form, unit).await;
            let cells = [&REST[..], &own[..]].concat();
            assert_eq!(fill(&office, &path, &cells, "complete").await.status, StatusCode::SEE_OTHER);
        }
        let returns = format!("{form}/returns");
        let page = office.get(&returns).await;
        says(&page, &["有 2 份等您审核，其中 1 份与记录不一致或有要核对的，不会一次全选", "批准所选", "2 项"]);
        assert!(!officer.get(&returns).await.text().contains("批准所选"), "who fills does not approve");
        let page = office.get(&format!("{returns}?state=complete&tick=all")).await;
        let document = page.document();
        let ids_of = |selector: &str| -> Vec<String> {
            document.select(selector).iter().map(|it| it.attr("value").unwrap().to_string()).collect()
        };
        let ids = ids_of("input[name=id]");
        assert_eq!(
            (ids.len(), ids_of("input[name=id][checked]").len()),
            (2, 1),
            "what differs is not ticked with the rest"
        );
        says(&page, &["没有选上，请逐份打开看过再批准"]);
        let send = async |visitor: &Visitor, versions: &[&str]| {
            let names: Vec<String> = ids.iter().map(|it| format!("version-{it}")).collect();
            let mut fields = vec![("state", "complete")];
            for (n, version) in versions.iter().enumerate() {
                fields.extend([("id", ids[n].as_str()), (names[n].as_str(), *version)]);
            }
            visitor.post(&format!("{form}/approve"), &fields).await
        };
        let versions: Vec<String> = ids.iter().map(|it| page.value_of(&format!("version-{it}"))).collect();
        let nothing = send(&office, &[]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        says(&nothing, &["没有选中填报"]);
        let refused = send(&officer, &[&versions[0], &versions[1]]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        says(&refused, &["2 份没有批准", "现在不能“审核通过”"]);
        // One was changed after the page was opened.
        let mixed = send(&office, &[&versions[0], "1"]).await;
        assert_eq!(mixed.status, StatusCode::CONFLICT);
        says(&mixed, &["已批准 1 份，1 份没有批准", "您打开页面之后，", "请打开看过再审核"]);
        let name = format!("version-{}", ids[1]);
        let rest = [("id", ids[1].as_str()), (name.as_str(), versions[1].as_str())];
        assert_eq!(office.post(&format!("{form}/approve"), &rest).await.status, StatusCode::SEE_OTHER);
        says(&office.get(&returns).await, &["已审核 2"]);
        for id in &ids {
            says(&office.get(&format!("/returns/{id}")).await, &["审核通过"]);
        }
    })
    .await;
}

#[tokio::test]
async fn cases_count_beside_records_and_those_of_a_stand_once() {
    on_both(async |app, seed| {
        let (office, officer) = (app.visitor(Role::Office).await, app.visitor(Role::Officer).await);
        let rows = "收到投诉（件）\n接受咨询（人次）\n受理投诉（件）\n受理咨询（件）";
        let fields = [("title", "2024年投诉统计表"), ("due_on", "2024-03-15"), ("rows", rows)];
        let form = office.post(&format!("/campaigns/{}/forms", seed.campaign_id), &fields).await.location();
        for (n, kind) in ["complaint", "complaint", "complaint", "inquiry"].into_iter().enumerate() {
            let (key, text) = (format!("{n}abcdefghijklmnopqrst"), format!("秤不准 {n}"));
            let fields = [
                ("form", "quick"),
                ("kind", kind),
                ("client_key", key.as_str()),
                ("consumer_name", "季云"),
                ("consumer_phone", "13900000002"),
                ("business_name", "甲店"),
                ("text", text.as_str()),
            ];
            let answer = officer.post("/complaints", &fields).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        }
        let path = begin(&officer, &form, &app.field_office).await;
        assert_eq!(officer.get(&path).await.value_of("v-r1"), "3");
        assert_eq!(officer.get(&path).await.value_of("v-r2"), "1");
        // 收到 is not 受理 (第十五条): only what was accepted counts there.
        let page = officer.get(&path).await;
        assert_eq!((page.value_of("v-r3"), page.value_of("v-r4")), (String::new(), "1".to_owned()));
        let unit = app.field_office.as_str();
        let case = office.get("/complaints?view=all").await.link("TS2024-000001");
        for (who, what, fields) in [
            (&office, "dispatch", vec![("unit_id", unit)]),
            (&officer, "accept", vec![("on", "2024-03-01"), ("told", "phone")]),
        ] {
            let version = who.get(&case).await.value_of("version");
            let fields = [fields, vec![("version", version.as_str())]].concat();
            let answer = who.post(&format!("{case}/steps/{what}"), &fields).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{what}: {}", answer.text());
        }
        assert_eq!(officer.get(&path).await.value_of("v-r3"), "1");
        // The record of the stand names two of the three: they are the same.
        let record = async |n_complaints: &str, key: &str| {
            let key = format!("{key:0>32}");
            let fields = [
                ("activity_id", seed.activities[0].as_str()),
                ("client_key", key.as_str()),
                ("happened_on", "2024-03-01"),
                ("figure_complaint_received", n_complaints),
                ("unit", app.field_office.as_str()),
            ];
            let answer = office.upload("/records", &fields, &[]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        };
        record("2", "a").await;
        assert_eq!(officer.get(&path).await.value_of("v-r1"), "3");
        // With a second record there are more than cases: somebody wrote down what was not registered.
        record("3", "b").await;
        assert_eq!(officer.get(&path).await.value_of("v-r1"), "5");
        let cell = officer.get(&format!("{path}/cells/r1")).await;
        says(
            &cell,
            &[
                "取自投诉举报件和活动记录",
                "另计入活动期间的投诉举报件 3 件",
                "其中 3件 与现场登记单位同一天的活动记录是同一批",
                "有 2 件不在您的查看范围内，只计数",
            ],
        );
        says(&office.get(&format!("{path}/cells/r1")).await, &["TS2024-000001", "活动现场登记"]);
        let figures = office.get(&format!("/campaigns/{}/figures?indicator=inquiry", seed.campaign_id)).await;
        says(&figures, &["1人次", "另计入活动期间的投诉举报件 1 件"]);
        // What a stand only counted never became a case: the cell says so, and takes it by a button.
        let fields = [
            ("activity_id", seed.activities[0].as_str()),
            ("client_key", "cccccccccccccccccccccccccccccccc"),
            ("happened_on", "2024-03-01"),
            ("figure_inquiry", "126"),
            ("unit", app.field_office.as_str()),
        ];
        assert_eq!(office.upload("/records", &fields, &[]).await.status, StatusCode::SEE_OTHER);
        let page = officer.get(&path).await;
        assert_eq!(page.value_of("v-r4"), "1");
        says(&page, &["活动记录里另有“接受咨询”125人次，这一项没有计入", "连同接受咨询，改填 126件"]);
        assert_eq!(fill(&officer, &path, &[], "beside:r4").await.status, StatusCode::SEE_OTHER);
        let page = officer.get(&path).await;
        assert_eq!(page.value_of("v-r4"), "126");
        says(&page, &["含活动记录里的接受咨询（人次）"]);
        assert!(!page.text().contains("连同接受咨询，改填"));
    })
    .await;
}

#[tokio::test]
async fn a_revised_annex_waits_for_a_decision_and_loses_no_number() {
    on_both(async |app, seed| {
        let office = app.visitor(Role::Office).await;
        let form = new_form(&app, &seed).await;
        approved(&app, &form, &app.field_office, &[("v-r1", "50")]).await;
        let id = Id::from_text(form.rsplit('/').next().unwrap());
        let revise = async |rows: &'static str| {
            let id = id.clone();
            let before = r#"[{"number":null,"label":"消费者参与数","unit":"人次","parent":null},{"number":null,"label":"召开茶话会","unit":"次","parent":null}]"#;
            app.db()
                .write(async move |tx| {
                    let sql = "update stat_form set annex_before = $2, rows = $3 where stat_form_id = $1";
                    tx.run_one(sql, store::args![id, before, rows]).await
                })
                .await
                .unwrap();
        };
        let rows = r#"[{"number":null,"label":"消费者参与人数","unit":"人次","parent":null},{"number":null,"label":"直播普法","unit":"场","parent":null}]"#;
        revise(rows).await;
        let page = office.get(&form).await;
        says(&page, &["修订通知改了附件", "改名", "消费者参与人数（人次）", "新增", "直播普法（场）", "取消", "召开茶话会（次）", "采用后这一行改为选填"]);
        let version = page.value_of("version");
        let officer = app.visitor(Role::Officer).await;
        let path = format!("{form}/annex");
        assert_eq!(officer.post(&path, &[("version", &version), ("do", "adopt")]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(office.post(&path, &[("version", &version), ("do", "adopt")]).await.status, StatusCode::SEE_OTHER);
        let page = office.get(&form).await;
        says(&page, &["消费者参与人数", "直播普法", "召开茶话会 选填", "采用修订附件"]);
        assert!(!page.text().contains("修订通知改了附件"));
        // The same once more, and the office keeps its form.
        revise("[]").await;
        let version = office.get(&form).await.value_of("version");
        assert_eq!(office.post(&path, &[("version", &version), ("do", "keep")]).await.status, StatusCode::SEE_OTHER);
        says(&office.get(&form).await, &["保留现表", "直播普法"]);
    })
    .await;
}

/// 12万 for 1200 and a record of last year: both count, and both are doubts at the cell, the return and the total, until somebody looks.
#[tokio::test]
async fn an_unconfirmed_figure_and_a_day_outside_are_doubts_wherever_they_count() {
    on_both(async |app, seed| {
        let form = new_form(&app, &seed).await;
        record(&app, &seed, &[&app.field_office], "640", "a").await;
        record(&app, &seed, &[&app.field_office], "120000", "b").await;
        let office = app.visitor(Role::Office).await;
        let key = format!("{:0>32}", "c");
        let early = [
            ("activity_id", seed.activities[0].as_str()),
            ("client_key", key.as_str()),
            ("happened_on", "2023-12-30"),
            ("figure_consumer_attendance", "30"),
            ("unit", app.field_office.as_str()),
        ];
        assert_eq!(office.upload("/records", &early, &[]).await.status, StatusCode::SEE_OTHER);
        let start = office.get(&format!("{form}/units/{}", app.field_office)).await;
        let words = [
            "120,670人次",
            "还没有人核对：消费者参与120,000人次",
            "187倍",
            "其中1条记录的日期不在本年（2024），已计入",
        ];
        says(&start, &words);
        let path = begin(&office, &form, &app.field_office).await;
        says(&office.get(&path).await, &words);
        let cell = office.get(&format!("{path}/cells/r1")).await;
        says(&cell, &["要核对的 2", "2023-12-30", "日期不在活动期间，已计入"]);
        let bureau = office.get(&format!("{form}/returns")).await;
        let top =
            bureau.links().into_iter().find(|it| it.contains("/units/") && !it.contains(app.field_office.as_str()));
        says(&office.get(&top.unwrap()).await, &["还没有人核对"]);
        let answer = fill(&office, &path, &REST, "complete").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let page = office.get(&format!("{form}/returns?tick=all")).await;
        says(&page, &["没有选上，请逐份打开看过再批准"]);
        // Looked at, and it is right.
        let record = office.get(&path).await.links().into_iter().find(|it| it.starts_with("/records/")).unwrap();
        let version = office.get(&record).await.value_of("version");
        let done = office.post(&format!("{record}/confirm"), &[("version", &version)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        assert!(!office.get(&path).await.text().contains("还没有人核对"));
    })
    .await;
}

/// Two leaders have the same return open: the second press says who was first, and leads back.
#[tokio::test]
async fn a_step_that_came_too_late_names_who_was_first() {
    on_both(async |app, seed| {
        let form = new_form(&app, &seed).await;
        record(&app, &seed, &[&app.field_office], "300", "a").await;
        let officer = app.visitor(Role::Officer).await;
        let path = begin(&officer, &form, &app.field_office).await;
        assert_eq!(fill(&officer, &path, &REST, "complete").await.status, StatusCode::SEE_OTHER);
        let office = app.visitor(Role::Office).await;
        let version = office.get(&path).await.value_of("version");
        assert_eq!(step(&office, &path, "send_back", "请核对").await.status, StatusCode::SEE_OTHER);
        let late = office.post(&format!("{path}/step"), &[("version", &version), ("step", "approve")]).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        says(&late, &["没有办成：您打开页面之后，周某于 2024-03-01 09:00 退回修改", "回到这份填报"]);
        assert!(late.links().contains(&path), "{:?}", late.links());
    })
    .await;
}

/// A return of before its overlap was kept: the round in the background works it out once, and the total says so.
#[tokio::test]
async fn a_return_of_before_keeps_the_overlap_of_the_upgrade() {
    on_both(async |app, seed| {
        let form = new_form(&app, &seed).await;
        record(&app, &seed, &[&app.field_office, &app.section], "300", "a").await;
        for unit in [app.field_office.clone(), app.section.clone()] {
            approved(&app, &form, &unit, &[]).await;
        }
        app.db().write(async |tx| tx.run("delete from stat_shared", &[]).await.map(drop)).await.unwrap();
        let office = app.visitor(Role::Office).await;
        let bureau = office.get(&format!("{form}/returns")).await;
        let top = bureau.links().into_iter().find(|it| it.contains("/units/")).unwrap();
        says(&office.get(&top).await, &["300人次"]);
        assert!(!super::before::keep_next(&app.app).await.unwrap());
        record(&app, &seed, &[&app.field_office, &app.section], "50", "b").await;
        let top = office.post(&top, &[]).await.location();
        let page = office.get(&top).await;
        says(&page, &["系统升级前交的", "重复计数按升级时的记录去掉"]);
        assert_eq!(page.value_of("v-r1"), "300", "a joint record that came later takes nothing more out");
        // Once: a second round finds nothing.
        let left = app.db().read(async |tx| store::statistics::overlap::without(&tx, 10).await).await.unwrap();
        assert!(left.is_empty());
    })
    .await;
}
