//! Complaints through the whole program on both engines, by role.
//!
//! The fixture has no complaint center, so the campaign office receives; 青石监管所 has a lead and an officer.
//!
//! A long file: the life of a case from all sides; what is about one matter (bulk, clusters, law, secrecy, watch) stands in files beside it.

use axum::http::StatusCode;
use domain::unit::Role;
use store::testing::each_engine;

use crate::testing::{Page, TestApp, Visitor};

mod bulk;
mod cluster;
mod handling;
mod law;
mod secrecy;
mod watch;

const FULL: &[(&str, &str)] = &[
    ("kind", "complaint"),
    ("channel", "hotline"),
    ("received_on", "2024-03-01"),
    ("consumer_name", "凌小满"),
    ("consumer_phone", "139 0000 0001"),
    ("consumer_address", "青石区东街12号"),
    ("business_name", "好来超市"),
    ("business_address", "青石镇1号"),
    ("demand_refund", "1"),
    ("amount", "128.5"),
    ("text", "牛奶已经过期三天，要求退款。"),
];

async fn on_both(test: impl AsyncFn(&TestApp)) {
    each_engine(async |db| test(&TestApp::on(db).await).await).await;
}

/// Sends the intake form; the answer is the address of the case.
async fn register(who: &Visitor, more: &[(&str, &str)]) -> String {
    let fields: Vec<(&str, &str)> =
        FULL.iter().filter(|it| !more.iter().any(|other| other.0 == it.0)).chain(more).copied().collect();
    let answer = who.post("/complaints", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.location()
}

async fn step(who: &Visitor, case: &str, step: &str, fields: &[(&str, &str)]) -> Page {
    let version = who.get(case).await.value_of("version");
    let fields = [fields, &[("version", version.as_str())]].concat();
    who.post(&format!("{case}/steps/{step}"), &fields).await
}

#[tokio::test]
async fn a_complaint_goes_from_the_telephone_to_its_end() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let officer = app.visitor(Role::Officer).await;
        let case = register(&office, &[]).await;
        let page = office.get(&case).await;
        for words in [
            "TS2024-000001 好来超市",
            "待分流",
            "分流还有 2 小时",
            "凌**",
            "139****0001",
            "总局令第20号第十四条",
            "128.50 元",
        ] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        assert!(!page.html().contains("凌小满") && !page.html().contains("13900000001"));
        assert_eq!(officer.fetch(&case).await.status, StatusCode::NOT_FOUND, "not of this unit yet");
        let unit = app.field_office.as_str();
        assert_eq!(step(&office, &case, "dispatch", &[("unit_id", unit)]).await.status, StatusCode::SEE_OTHER);
        assert!(officer.get("/complaints").await.text().contains("TS2024-000001"));
        let wrong = step(&officer, &case, "accept", &[("on", "2024-03-09"), ("told", "phone")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text().contains("日期不能晚于今天") && wrong.html().contains("2024-03-09"), "{}", wrong.text());
        let done = step(&officer, &case, "accept", &[("on", "2024-03-01"), ("told", "phone")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        assert_eq!(
            step(&officer, &case, "accept", &[("on", "2024-03-01"), ("told", "phone")]).await.status,
            StatusCode::CONFLICT
        );
        let close = [("on", "2024-03-01"), ("outcome", "settled"), ("recovered", "100")];
        assert_eq!(step(&officer, &case, "close", &close).await.status, StatusCode::SEE_OTHER);
        let page = officer.get(&case).await;
        for words in ["已办结", "达成调解协议", "挽回损失 100 元", "2024-03-01 按期完成"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        let called = step(&office, &case, "call_back", &[("satisfaction", "satisfied")]).await;
        assert_eq!(called.status, StatusCode::SEE_OTHER);
        assert!(
            !office.get("/complaints").await.texts("td a").contains(&"TS2024-000001".to_owned()),
            "over is not to do"
        );
        assert!(office.get("/complaints?view=over").await.text().contains("TS2024-000001"));
    })
    .await;
}

#[tokio::test]
async fn a_form_with_errors_keeps_what_was_typed_and_names_the_field() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let wrong = [
        ("kind", "complaint"),
        ("channel", "hotline"),
        ("received_on", "2024-03-02"),
        ("consumer_phone", "12"),
        ("business_name", "好来<超市>"),
    ];
    let page = office.post("/complaints", &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["收到日期不能晚于今天", "电话号码不对", "请填写投诉人姓名", "请写明事情经过"]
    {
        assert!(page.text().contains(words), "{words}");
    }
    assert_eq!(page.value_of("business_name"), "好来<超市>");
    let quick = office.post("/complaints", &[("form", "quick"), ("kind", "inquiry"), ("text", "")]).await;
    assert!(quick.status == StatusCode::UNPROCESSABLE_ENTITY && quick.text().contains("现场登记"));
}

#[tokio::test]
async fn one_letter_with_two_matters_is_two_cases_and_a_double_press_is_one() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let key = [
            ("kind", "complaint"),
            ("kind", "report"),
            ("client_key", "abcdefghijklmnopqrst"),
            ("text_report", "后厨用过期黄油"),
        ];
        let case = register(&office, &key).await;
        assert_eq!(register(&office, &key).await, case, "the same key is the same letter");
        // Changed on the way back: nothing is lost, the first is named, and the next press is another case.
        let fields: Vec<(&str, &str)> =
            FULL.iter().filter(|it| !matches!(it.0, "kind" | "amount")).chain(&key).copied().collect();
        let changed = office.post("/complaints", &[&fields[..], &[("amount", "77")]].concat()).await;
        assert_eq!(changed.status, StatusCode::CONFLICT, "{}", changed.text());
        assert_eq!((changed.link("TS2024-000001"), changed.value_of("amount")), (case.clone(), "77".to_owned()));
        let new_key = changed.value_of("client_key");
        assert!(!new_key.is_empty() && new_key != "abcdefghijklmnopqrst");
        let page = office.get(&case).await;
        assert!(
            page.text().contains("另登记为 JB2024-000001") && page.text().contains("同一来件的其他事项"),
            "{}",
            page.text()
        );
        let other = office.get(&page.link("JB2024-000001")).await;
        assert!(other.text().contains("后厨用过期黄油") && other.text().contains("第三十七条"));
        assert!(!other.text().contains("凌"), "not even the family name of a reporter");
        // Divided later: the inquiry in the complaint becomes a case of its own.
        let split = office.get(&format!("{case}/split")).await;
        let whole = split.value_of("own_text");
        let fields = [("version", split.value_of("version")), ("kind", "inquiry".into())];
        let same: Vec<(&str, &str)> = fields.iter().map(|it| (it.0, it.1.as_str())).collect();
        let same = [&same[..], &[("own_text", &whole), ("other_text", &whole)]].concat();
        let refused = office.post(&format!("{case}/split"), &same).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
        let fields = [
            ("version", split.value_of("version")),
            ("kind", "inquiry".into()),
            ("own_text", "退款".into()),
            ("other_text", "怎么查许可证".into()),
        ];
        let fields: Vec<(&str, &str)> = fields.iter().map(|it| (it.0, it.1.as_str())).collect();
        assert_eq!(office.post(&format!("{case}/split"), &fields).await.status, StatusCode::SEE_OTHER);
        assert!(office.get(&case).await.text().contains("ZX2024-000001"));
    })
    .await;
}

/// The words of a tip-off stay out of what others read: a letter that nobody divided is not taken, and nothing that was typed is lost.
#[tokio::test]
async fn a_letter_is_not_split_while_the_complaint_still_holds_all_of_it() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let letter = "牛奶过期，要求退款。另外举报该店后厨使用过期黄油。";
        let case = register(&office, &[("text", letter)]).await;
        let form = office.get(&format!("{case}/split")).await;
        assert_eq!(form.value_of("own_text"), letter);
        let version = form.value_of("version");
        let split = async |path: &str, kind: &str, version: &str, own: &str, other: &str| {
            let fields = [("version", version), ("kind", kind), ("own_text", own), ("other_text", other)];
            office.post(&format!("{path}/split"), &fields).await
        };
        let spaced = letter.replace('。', "。\n ");
        for own in [letter, &spaced] {
            let refused = split(&case, "report", &version, own, "后厨用过期黄油").await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
            let said = refused.texts("#f-own_text-error").join("");
            assert!(said.contains("整封来信") && said.contains("删去举报的内容"), "{said}");
            assert_eq!(refused.value_of("other_text"), "后厨用过期黄油");
        }
        assert!(!office.get("/complaints").await.text().contains("JB2024"), "nothing was made");
        let done = split(&case, "report", &version, "牛奶过期，要求退款。", letter).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        // The other way round it is the half that is split off.
        let tipoff = register(&office, &[("kind", "report"), ("text", letter)]).await;
        let version = office.get(&format!("{tipoff}/split")).await.value_of("version");
        let refused = split(&tipoff, "complaint", &version, letter, letter).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.texts("#f-other_text-error").join("").contains("整封来信"), "{}", refused.text());
        let done = split(&tipoff, "complaint", &version, letter, "牛奶过期，要求退款。").await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    })
    .await;
}

/// One form for both: the report has words of its own.
#[tokio::test]
async fn one_text_is_not_taken_for_a_complaint_and_a_tip_off() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let whole = FULL.iter().find(|it| it.0 == "text").unwrap().1;
    for form in ["", "quick"] {
        for tipoff in ["", whole] {
            let both = [("kind", "report"), ("form", form), ("text_report", tipoff)];
            let refused = office.post("/complaints", &[FULL, &both[..]].concat()).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{form} {tipoff}");
            assert!(refused.texts("#f-text_report-error").join("").contains("双方当事人"), "{}", refused.text());
            assert_eq!(refused.value_of("text"), whole);
        }
    }
    assert!(!office.get("/complaints").await.text().contains("TS2024"));
}

/// 第三十七条: the scan of the whole letter would tell the unit of the complaint what was reported.
#[tokio::test]
async fn papers_of_a_letter_go_with_the_tip_off_that_is_split_off() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let case = register(&office, &[]).await;
        let papers: [(&str, &str, &[u8]); 2] =
            [("files", "来信.txt", "全文".as_bytes()), ("files", "小票.txt", "十二元八角".as_bytes())];
        office.upload(&format!("{case}/files"), &[], &papers).await;
        let split = office.get(&format!("{case}/split")).await;
        assert!(split.text().contains("来信.txt") && split.text().contains("只放举报件"), "{}", split.text());
        let document = split.document();
        let receipt = document.select("label").iter().find(|it| it.text().contains("小票")).unwrap();
        let field = receipt.attr("for").unwrap().replacen("f-", "file_", 1);
        let version = split.value_of("version");
        let fields = [
            ("version", version.as_str()),
            ("kind", "report"),
            ("own_text", "退款"),
            ("other_text", "卖过期牛奶"),
            (field.as_str(), "both"),
        ];
        assert_eq!(office.post(&format!("{case}/split"), &fields).await.status, StatusCode::SEE_OTHER);
        let own = office.get(&case).await;
        let files = own.document().select("#files").text().to_string();
        assert!(!files.contains("来信.txt") && files.contains("小票.txt"), "{files}");
        let trail = own.text().replace(&files, "");
        assert!(!trail.contains("拆分：来信.txt"), "the trail does not say what went to the tip-off: {trail}");
        let tipoff = office.get(&own.link("JB2024-000001")).await;
        let files = tipoff.document().select("#files").text().to_string();
        assert!(files.contains("来信.txt") && files.contains("小票.txt"), "{files}");
    })
    .await;
}

#[tokio::test]
async fn who_complains_is_shown_for_a_reason_that_is_kept() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let case = register(&office, &[]).await;
        let path = format!("{case}/parties");
        assert!(!office.get(&path).await.html().contains("13900000001"));
        let none = office.post(&path, &[("reason", "")]).await;
        assert!(none.status == StatusCode::UNPROCESSABLE_ENTITY && !none.html().contains("13900000001"));
        let shown = office.post(&path, &[("reason", "电话告知受理")]).await;
        assert!(shown.text().contains("13900000001") && shown.text().contains("凌小满"), "{}", shown.text());
        let page = office.get(&case).await;
        assert!(page.text().contains("查看当事人信息") && page.text().contains("电话告知受理"), "{}", page.text());
        let leader = app.visitor(Role::Leader).await;
        assert_eq!(leader.get(&case).await.status, StatusCode::OK);
        assert_eq!(leader.post(&path, &[("reason", "想看看")]).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a_tip_off_is_not_there_for_who_has_no_part_in_it() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let case = register(&office, &[("kind", "report")]).await;
        let unit = app.bureau.as_str();
        assert_eq!(step(&office, &case, "dispatch", &[("unit_id", unit)]).await.status, StatusCode::SEE_OTHER);
        for role in [Role::Officer, Role::UnitLead, Role::Auditor] {
            let visitor = app.visitor(role).await;
            for path in ["", "/dates/report.decide", "/parties", "/edit", "/split"] {
                assert_eq!(
                    visitor.fetch(&format!("{case}{path}")).await.status,
                    StatusCode::NOT_FOUND,
                    "{role:?} {path}"
                );
            }
            assert_eq!(
                visitor.post(&format!("{case}/steps/note"), &[("words", "x")]).await.status,
                StatusCode::NOT_FOUND
            );
            assert!(!visitor.get("/complaints?view=all&q=牛奶").await.text().contains("JB2024"), "{role:?}");
            let csv = visitor.fetch("/complaints.csv?view=all").await;
            assert!(!String::from_utf8(csv.bytes).unwrap().contains("JB2024"), "{role:?}");
        }
        let trail = app.visitor(Role::Auditor).await.get("/audit").await;
        assert!(!trail.text().contains("牛奶") && trail.text().contains("依法保密"), "{}", trail.text());
    })
    .await;
}

#[tokio::test]
async fn two_people_at_one_case_see_each_other() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let case = register(&office, &[]).await;
    let version = office.get(&case).await.value_of("version");
    let fields = [("unit_id", app.field_office.as_str()), ("version", version.as_str())];
    assert_eq!(office.post(&format!("{case}/steps/dispatch"), &fields).await.status, StatusCode::SEE_OTHER);
    let late = [("words", "已电话联系"), ("version", version.as_str())];
    let page = office.post(&format!("{case}/steps/note"), &late).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(
        page.text().contains("周某于")
            && page.text().contains("办了“分送”，您这一步没有保存")
            && page.html().contains("已电话联系"),
        "{}",
        page.text()
    );
}

#[tokio::test]
async fn many_cases_are_dispatched_at_once_and_what_was_not_says_why() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        register(&office, &[]).await;
        register(&office, &[("consumer_name", "季云")]).await;
        let list = office.get("/complaints?view=triage").await;
        let ids: Vec<String> =
            list.document().select("input[name=id]").iter().map(|it| it.attr("value").unwrap().to_string()).collect();
        assert_eq!(ids.len(), 2);
        let mut fields = vec![("step", "dispatch"), ("unit_id", app.field_office.as_str()), ("next", "/complaints")];
        fields.extend(ids.iter().map(|it| ("id", it.as_str())));
        let answer = office.post("/complaints/bulk", &fields).await;
        assert_eq!((answer.status, answer.location().as_str()), (StatusCode::SEE_OTHER, "/complaints"));
        let again = office.post("/complaints/bulk", &[&fields[..], &[("reason", "x")]].concat()).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains("没有办成 2 件") && again.text().contains("已经在"), "{}", again.text());
    })
    .await;
}

#[tokio::test]
async fn the_date_sheet_says_why_and_the_calendar_of_a_new_year_moves_it() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let case = register(&office, &[]).await;
    let path = format!("{case}/dates/complaint.accept");
    let sheet = office.get(&path).await;
    // 1 March 2024 is a Friday: seven working days end on Tuesday the 12th.
    assert!(sheet.text().contains("3月12日（周二）") && sheet.text().contains("第 7 日"), "{}", sheet.text());
    let wrong =
        office.post("/complaints/settings/holidays", &[("version", "0"), ("holidays", "2024-03-32,某节,放假")]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text().contains("不是日期"));
    let unsure = [("version", "0"), ("holidays", "2024-03-04,试验日,放假")];
    let asked = office.post("/complaints/settings/holidays", &unsure).await;
    assert!(asked.status == StatusCode::UNPROCESSABLE_ENTITY && asked.text().contains("会改动已经公布的 2024-03-04"));
    let half = [("version", "0"), ("holidays", "2031-01-01,元旦,放假")];
    let asked = office.post("/complaints/settings/holidays", &half).await;
    assert!(asked.text().contains("2031年的放假安排不完整，缺：春节"), "{}", asked.text());
    let day = [("version", "0"), ("holidays", "2024-03-04,试验日,放假"), ("sure", "1")];
    assert_eq!(office.post("/complaints/settings/holidays", &day).await.status, StatusCode::SEE_OTHER);
    assert!(office.get(&path).await.text().contains("3月13日（周三）"));
    let officer = app.visitor(Role::Officer).await;
    assert_eq!(officer.post("/complaints/settings/holidays", &day).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_desk_sets_its_own_clocks_and_its_classification() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let page = office.get("/complaints/settings").await;
    let fields = [
        ("version", "0"),
        ("dispatch_minutes", "30"),
        ("contact_minutes", "60"),
        ("inquiry_minutes", "60"),
        ("ruling_minutes", "60"),
        ("near_days", "3"),
        ("unassigned_minutes", "240"),
        ("late_again_days", "0"),
        ("refusals_to_leader", "3"),
        ("hours", "09:00-12:00,14:00-18:00"),
        ("small_claim", "300"),
        ("cluster_phone", "2"),
        ("cluster_address", "3"),
        ("cluster_text", "3"),
        ("cluster_business", "20"),
        ("same_phone_and_business", "1"),
        ("same_phone", "5"),
        ("same_text", "2"),
        ("names_of_phone", "2"),
        ("names_of_address", "3"),
        ("roll", "holiday"),
        ("always_order_121", "1"),
    ];
    assert!(page.text().contains("放假安排"));
    assert_eq!(office.post("/complaints/settings", &fields).await.status, StatusCode::SEE_OTHER);
    let case = register(&office, &[]).await;
    assert!(office.get(&case).await.text().contains("分流还有 30 分钟"));
    let again = register(&office, &[]).await;
    assert!(
        office.get(&again).await.text().contains("同一电话近90日内另有 1 件投诉同一经营者"),
        "the city looks closer"
    );
    assert!(office.get("/complaints/clusters").await.text().contains("同一电话 2 件"));
    let wrong = [("version", "1"), ("dispatch_minutes", "x"), ("night_from", "下午"), ("night_to", "")];
    let page = office.post("/complaints/settings", &wrong).await;
    assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.html().contains("下午"));
    let node = [("side", "goods"), ("name", "预制菜"), ("platform_name", "方便食品")];
    assert_eq!(office.post("/complaints/settings/categories", &node).await.status, StatusCode::SEE_OTHER);
    assert!(office.get("/complaints/new").await.html().contains("商品·预制菜"));
    let officer = app.visitor(Role::Officer).await;
    assert_eq!(officer.post("/complaints/settings/categories", &node).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_correction_and_an_export_say_nothing_of_the_person() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let case = register(&office, &[]).await;
        let edit = office.get(&format!("{case}/edit")).await;
        assert_eq!(edit.value_of("consumer_phone"), "13900000001");
        let version = edit.value_of("version");
        let fields = [FULL, &[("version", version.as_str()), ("consumer_address", "青石区西街9号")]].concat();
        let fields: Vec<(&str, &str)> =
            fields.into_iter().filter(|it| *it != ("consumer_address", "青石区东街12号")).collect();
        let answer = office.post(&format!("{case}/edit"), &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        assert_eq!(
            office.post(&format!("{case}/edit"), &[&fields[..], &[("goods", "x")]].concat()).await.status,
            StatusCode::CONFLICT
        );
        let page = office.get(&case).await;
        assert!(page.text().contains("更正登记内容投诉人信息") && !page.text().contains("西街9号"), "{}", page.text());
        let csv = String::from_utf8(office.fetch("/complaints.csv?view=all").await.bytes).unwrap();
        assert!(csv.contains("TS2024-000001") && csv.contains("凌**") && !csv.contains("13900000001"), "{csv}");
        assert!(office.fetch("/complaints.xlsx").await.bytes.starts_with(b"PK"));
    })
    .await;
}

#[tokio::test]
async fn a_refusal_has_its_letter_with_the_other_ways_numbered_and_kept() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let officer = app.visitor(Role::Officer).await;
        let case = register(&office, &[]).await;
        let unit = app.field_office.as_str();
        step(&office, &case, "dispatch", &[("unit_id", unit)]).await;
        let path = format!("{case}/letters/new/decline");
        assert_eq!(officer.fetch(&path).await.status, StatusCode::CONFLICT, "nothing is declined yet");
        let fields = [("ground", "na_3"), ("words", "为转售购买五十箱"), ("on", "2024-03-01"), ("told", "writing")];
        assert_eq!(step(&officer, &case, "decline", &fields).await.status, StatusCode::SEE_OTHER);
        let draft = officer.get(&path).await;
        for words in ["凌小满", "为转售购买五十箱", "提起诉讼", "消费者协会"] {
            assert!(draft.html().contains(words), "{words}: {}", draft.html());
        }
        let body = draft.value_of("body");
        assert!(body.contains("（总局令第20号）第十五条第三项"), "{body}");
        let open = officer.post(&path, &[("body", "【投诉人】：")]).await;
        assert!(
            open.status == StatusCode::UNPROCESSABLE_ENTITY && open.text().contains("还有没填的地方"),
            "{}",
            open.text()
        );
        let made = officer.post(&path, &[("body", &body)]).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER);
        let letter = officer.get(&made.location()).await;
        assert!(
            letter.text().contains("市监投〔2024〕1号") && letter.text().contains("青石区市场监督管理局"),
            "{}",
            letter.text()
        );
        assert!(officer.fetch(&letter.link("Word")).await.bytes.starts_with(b"PK"));
        let leader = app.visitor(Role::Leader).await;
        assert_eq!(leader.fetch(&made.location()).await.status, StatusCode::FORBIDDEN, "it names the person");
        let template = office.get("/complaints/letters/decline").await;
        let version = template.value_of("version");
        let wrong = [("version", version.as_str()), ("prefix", "青市监投"), ("body", "【不存在】")];
        assert_eq!(office.post("/complaints/letters/decline", &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let right = [("version", version.as_str()), ("prefix", "青市监投"), ("body", "【投诉人】：不予受理。")];
        assert_eq!(office.post("/complaints/letters/decline", &right).await.status, StatusCode::SEE_OTHER);
        assert!(officer.get(&path).await.html().contains("凌小满：不予受理。"));
        assert!(officer.get(&made.location()).await.text().contains("五十箱"), "what went out stays");
    })
    .await;
}

#[tokio::test]
async fn a_rate_opens_to_its_numerator_and_its_denominator() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let officer = app.visitor(Role::Officer).await;
        let unit = app.field_office.as_str();
        for name in ["甲某", "乙某"] {
            let case = register(&office, &[("consumer_name", name)]).await;
            step(&office, &case, "dispatch", &[("unit_id", unit)]).await;
            step(&officer, &case, "accept", &[("on", "2024-03-01"), ("told", "phone")]).await;
            if name == "甲某" {
                app.wait(20);
                step(&officer, &case, "close", &[("on", "2024-03-01"), ("outcome", "settled")]).await;
            }
        }
        let page = office.get("/complaints/rates").await;
        for words in ["响应率2/2", "按时受理率2/2", "50.0% 1/2", "2024-03-01"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        assert!(office.get("/complaints/top").await.text().contains("下列经营者占 2 件（100.0%）"));
        assert!(office.get("/complaints/hours").await.text().contains("办结 1 件"));
        for file in ["/complaints/rates.xlsx?by=channel", "/complaints/top.xlsx"] {
            assert!(office.fetch(file).await.bytes.starts_with(b"PK"), "{file}");
        }
        let tipoffs = app.visitor(Role::Auditor).await.fetch("/complaints/rates?kind=report").await;
        assert_eq!(tipoffs.status, StatusCode::FORBIDDEN);
        let document = page.document();
        let open = document.select("td[data-label=办结率] a").first().attr("href").unwrap().to_string();
        let list = office.get(&open).await;
        assert!(list.text().contains("TS2024-000001") && !list.texts("td a").contains(&"TS2024-000002".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn similar_cases_say_why_and_are_linked_or_merged_with_consent() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let one = register(&office, &[("consumer_name", "甲某")]).await;
        let two = register(&office, &[("consumer_name", "乙某")]).await;
        let page = office.get(&two).await;
        assert!(page.text().contains("同一电话") && page.text().contains("内容相近 100%"), "{}", page.text());
        let other = one.rsplit('/').next().unwrap();
        let join = format!("{two}/join");
        assert_eq!(office.post(&join, &[("other", other), ("how", "link")]).await.status, StatusCode::SEE_OTHER);
        assert!(office.get(&one).await.text().contains("关联案件"));
        let without = office.post(&join, &[("other", other), ("how", "merge")]).await;
        assert_eq!(without.status, StatusCode::CONFLICT, "consent: 第十二条");
        let merged = office.post(&join, &[("other", other), ("how", "merge"), ("consent", "1")]).await;
        assert_eq!(merged.status, StatusCode::SEE_OTHER);
        let page = office.get(&two).await;
        assert!(page.text().contains("已并案") && page.text().contains("并入 TS2024-000001"), "{}", page.text());
        let leader = app.visitor(Role::Leader).await;
        assert_eq!(leader.post(&join, &[("other", other), ("how", "link")]).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

/// A list as the platform exports it, with the heads in its order.
fn exported(rows: &[[&str; 5]]) -> Vec<u8> {
    workbook(["登记编号", "类型", "企业名称", "具体问题", "备用列"], rows)
}

fn workbook(heads: [&str; 5], rows: &[[&str; 5]]) -> Vec<u8> {
    use gongwen::table::{Align, Table, TableCell};
    let columns: Vec<_> = heads.iter().map(|it| (*it, 10.0, Align::Left)).collect();
    let mut table = Table::new(&columns);
    table.rows = rows.iter().map(|row| row.iter().map(|it| TableCell::text(*it)).collect()).collect();
    let sheet = gongwen::write::xlsx::Sheet {
        name: "sheet1".into(),
        title: None,
        notes: Vec::new(),
        table,
        is_landscape: false,
    };
    gongwen::write::xlsx::write(&[sheet]).unwrap()
}

#[tokio::test]
async fn a_list_is_taken_in_once_and_the_second_time_shown_as_a_difference() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let send = async |bytes: &[u8], more: &[(&str, &str)]| {
            let fields = [&[("received_on", "2024-02-29")], more].concat();
            office.upload("/complaints/import", &fields, &[("file", "导出.xlsx", bytes)]).await
        };
        let first = exported(&[
            ["A1", "投诉", "好来超市", "牛奶过期", ""],
            ["A2", "举报", "甲店", "卖假酒", ""],
            ["A3", "投诉", "乙店", "", ""],
        ]);
        let checked = send(&first, &[("only_check", "1")]).await;
        assert!(
            checked.text().contains("没有导入") && checked.text().contains("D4没有“具体问题”"),
            "{}",
            checked.text()
        );
        assert!(!office.get("/complaints").await.text().contains("TS2024"));
        // Taken in as it was checked, without choosing the file again.
        let form = checked.document();
        let kept = form.select("form[action^='/complaints/import/']").attr("action").unwrap().to_string();
        let fields = [("act", "as_read"), ("received_on", "2024-02-29")];
        let bad = office.post(&kept, &[("act", "as_read"), ("received_on", "2024-02-30")]).await;
        assert!(bad.status == StatusCode::UNPROCESSABLE_ENTITY && bad.html().contains(&kept), "the button stays");
        assert_ne!(app.visitor(Role::Leader).await.post(&kept, &fields).await.status, StatusCode::OK);
        let done = office.post(&kept, &fields).await;
        assert!(done.text().contains("导入结果") && done.text().contains("2新登记"), "{}", done.text());
        assert_eq!(office.post(&kept, &fields).await.status, StatusCode::NOT_FOUND, "once");
        assert!(!office.get("/complaints/import").await.text().contains("还没有导入的"));
        let done = send(&first, &[]).await;
        assert!(done.text().contains("0新登记"), "{}", done.text());
        assert!(done.text().contains("这些列没有导入：备用列"), "{}", done.text());
        assert!(office.get("/complaints?q=牛奶").await.text().contains("02-29"));
        let again = exported(&[["A1", "投诉", "好来超市东街店", "牛奶过期", ""], ["A2", "举报", "甲店", "卖假酒", ""]]);
        let page = send(&again, &[]).await;
        for words in ["0新登记", "1已有，相同", "1已有，内容不同", "好来超市东街店"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        // Heads nobody knows are asked about column by column; what is no workbook says so.
        let strange = workbook(["a", "b", "c", "d", "e"], &[["1", "2", "3", "4", "5"]]);
        let asked = send(&strange, &[]).await;
        assert!(asked.location().starts_with("/complaints/import/"), "{}", asked.text());
        let none = send(b"x,y\n1,2\n", &[]).await;
        let said = none.text();
        assert!(none.status == StatusCode::UNPROCESSABLE_ENTITY && said.contains("不是有效的 Excel 文件"), "{said}");
        let officer = app.visitor(Role::Officer).await;
        assert!(officer.get("/complaints/import").await.text().contains("由投诉举报机构导入"));
        let files: [(&str, &str, &[u8]); 1] = [("file", "a.xlsx", &first)];
        let refused = officer.upload("/complaints/import", &[("received_on", "2024-02-29")], &files).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a_stand_registers_and_the_desk_dispatches() {
    let app = TestApp::new().await;
    let officer = app.visitor(Role::Officer).await;
    assert!(officer.get("/complaints/quick").await.text().contains("现场登记"));
    let fields = [
        ("form", "quick"),
        ("kind", "complaint"),
        ("consumer_name", "季云"),
        ("consumer_phone", "13900000002"),
        ("business_name", "甲店"),
        ("text", "秤不准"),
    ];
    let answer = officer.post("/complaints", &fields).await;
    assert_eq!(answer.location(), "/complaints/quick", "the officer sees it once it is dispatched to the own unit");
    let office = app.visitor(Role::Office).await;
    let list = office.get("/complaints?q=秤不准").await;
    let page = office.get(&list.link("TS2024-000001")).await;
    assert!(page.text().contains("活动现场") && page.text().contains("还缺：投诉人通讯地址"), "{}", page.text());
}
