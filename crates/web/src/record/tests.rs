//! Records through the whole program on both engines: taken in one form, counted once, corrected and withdrawn with a trace.

use axum::http::StatusCode;
use domain::Id;
use domain::unit::Role;

use crate::campaign::tests::{HOSTILE, Seed, on_both};
use crate::evidence::tests::photo;
use crate::testing::{Page, TestApp, Visitor};

const KEY: &str = "0123456789abcdef0123456789abcdef";

fn fields<'a>(activity: &'a Id, unit: &'a Id, key: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("activity_id", activity.as_str()),
        ("client_key", key),
        ("happened_on", "2024-03-01"),
        ("unit", unit.as_str()),
        ("figure_consumer_attendance", "300余"),
        ("figure_activity_held", "1"),
        ("note", "上午在广场"),
    ]
}

/// Sends a record as a phone does that kept it, and reads the answer.
async fn send(visitor: &Visitor, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> (StatusCode, String) {
    let answer = visitor.upload_as("/records", fields, files, &[("accept", "application/json")]).await;
    (answer.status, String::from_utf8(answer.bytes.clone()).unwrap())
}

async fn keep(app: &TestApp, seed: &Seed, role: Role, key: &str) -> String {
    let visitor = app.visitor(role).await;
    let answer = visitor.upload("/records", &fields(&seed.activities[0], &app.field_office, key), &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.location()
}

fn version(page: &Page) -> String {
    page.value_of("version")
}

#[tokio::test]
async fn a_record_is_taken_with_a_photo_and_shown_with_its_facts() {
    on_both(async |app, seed| {
        let officer = app.visitor(Role::Officer).await;
        let page = officer.get(&format!("/records/new?activity={}", seed.activities[0])).await;
        for words in ["消费者参与", "人次", "拍照", "保存", "本次计为"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        let photo = photo();
        let files: [(&str, &str, &[u8]); 2] = [("files", "IMG_1.jpg", &photo), ("files", "", b"")];
        let answer = officer.upload("/records", &fields(&seed.activities[0], &app.field_office, KEY), &files).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let page = officer.get(&answer.location()).await;
        for words in ["约300人次", "上午在广场", "IMG_1.jpg", "2024-03-01 08:30", "青石监管所", "登记"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        let link = page.link("IMG_1.jpg");
        let original = officer.fetch(&link).await;
        assert_eq!(original.bytes, photo, "the original is kept as it came");
        let shown = officer.fetch(&format!("{link}?thumb")).await;
        assert_eq!((shown.status, shown.header("content-type")), (StatusCode::OK, "image/jpeg"));
        assert!(!shown.bytes.windows(4).any(|it| it == b"Exif"), "what is shown says nothing about place and time");
        let list = officer.get(&format!("/activities/{}", seed.activities[0])).await;
        assert!(list.text().contains("约300人次"), "{}", list.text());
        officer.get(&format!("/activities/{}/records", seed.activities[0])).await;
        officer.get(&format!("/campaigns/{}/records?indicator=consumer_attendance", seed.campaign_id)).await;
    })
    .await;
}

#[tokio::test]
async fn what_a_phone_sends_twice_is_one_record() {
    on_both(async |app, seed| {
        let officer = app.visitor(Role::Officer).await;
        let fields = fields(&seed.activities[0], &app.field_office, KEY);
        let first = send(&officer, &fields, &[]).await;
        assert!(first.0 == StatusCode::OK && first.1.contains(r#""is_new":true"#), "{first:?}");
        let again = send(&officer, &fields, &[]).await;
        assert!(again.0 == StatusCode::OK && again.1.contains(r#""is_new":false"#), "{again:?}");
        let other = send(&app.visitor(Role::Office).await, &fields, &[]).await;
        assert_eq!(other.0, StatusCode::CONFLICT, "{other:?}");
        let page = officer.get(&format!("/activities/{}/records", seed.activities[0])).await;
        assert!(page.text().contains("共 1 条"), "{}", page.text());
        let pass = officer.fetch("/records/token").await;
        assert!(String::from_utf8(pass.bytes).unwrap().contains("\"token\""));
        assert_eq!(app.stranger().fetch("/records/token").await.status, StatusCode::SEE_OTHER);
        let worker = app.stranger().fetch("/records/worker.js").await;
        assert_eq!(worker.header("service-worker-allowed"), "/");
    })
    .await;
}

#[tokio::test]
async fn wrong_fields_and_hostile_files_are_refused_in_place_and_nothing_is_kept() {
    on_both(async |app, seed| {
        let officer = app.visitor(Role::Officer).await;
        let mut wrong = fields(&seed.activities[0], &app.field_office, KEY);
        wrong[4].1 = "很多";
        let (status, text) = send(&officer, &wrong, &[]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains("figure_consumer_attendance") && text.contains("不是数字"), "{text}");
        let page = officer.upload("/records", &wrong, &[]).await;
        assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.html().contains("很多"));
        assert_eq!(page.value_of("client_key"), KEY, "the next try is still the same record");
        let mut bomb = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\x75\x30\0\0\x75\x30\x08\x02\0\0\0\0\0\0\0".to_vec();
        bomb.extend(b"\0\0\0\0IEND\xAE\x42\x60\x82");
        let files: [(&str, &[u8]); 5] = [
            ("bomb.png", &bomb),
            ("x.svg", b"<svg onload='alert(1)'/>"),
            ("page.jpg", b"<html><script>alert(1)</script>"),
            ("x.heic", b"....ftypheic...."),
            ("broken.jpg", b"\xFF\xD8\xFF\xE0half"),
        ];
        for (name, bytes) in files {
            let fine = fields(&seed.activities[0], &app.field_office, KEY);
            let (status, text) = send(&officer, &fine, &[("files", name, bytes)]).await;
            assert!(status == StatusCode::UNPROCESSABLE_ENTITY && text.contains(name), "{name}: {status} {text}");
        }
        let page = officer.get(&format!("/activities/{}/records", seed.activities[0])).await;
        assert!(page.text().contains("还没有记录"), "{}", page.text());
    })
    .await;
}

#[tokio::test]
async fn who_may_record_and_for_whom() {
    on_both(async |app, seed| {
        // The officer is of the field office, which supports the first activity, leads the second, and has no part in the fourth:
        // what the own unit did there counts all the same, and nobody else's.
        let officer = app.visitor(Role::Officer).await;
        let other_key = "eeeeeeeeeeeeeeeeeeeeeeee";
        let foreign = send(&officer, &fields(&seed.activities[3], &app.section, other_key), &[]).await;
        assert!(foreign.0 == StatusCode::UNPROCESSABLE_ENTITY && foreign.1.contains("本单位"), "{foreign:?}");
        let own = send(&officer, &fields(&seed.activities[3], &app.field_office, other_key), &[]).await;
        assert_eq!(own.0, StatusCode::OK, "{own:?}");
        let for_others = send(&officer, &fields(&seed.activities[0], &app.section, KEY), &[]).await;
        assert!(for_others.0 == StatusCode::UNPROCESSABLE_ENTITY && for_others.1.contains("本单位"), "{for_others:?}");
        let joint =
            [fields(&seed.activities[0], &app.field_office, KEY), vec![("unit", app.section.as_str())]].concat();
        assert_eq!(send(&officer, &joint, &[]).await.0, StatusCode::OK);
        for role in [Role::Leader, Role::Admin, Role::Auditor] {
            let visitor = app.visitor(role).await;
            let fields = fields(&seed.activities[0], &app.field_office, "ffffffffffffffffffffffff");
            assert_eq!(send(&visitor, &fields, &[]).await.0, StatusCode::FORBIDDEN, "{role:?}");
            let page = visitor.get(&format!("/activities/{}/records", seed.activities[0])).await;
            assert!(page.text().contains("共 1 条") && !page.text().contains("记一次"), "{role:?} reads");
        }
        let choose = officer.get("/records/new").await;
        assert!(
            choose.text().contains("集中宣传咨询") && !choose.html().contains("<script>alert"),
            "{}",
            choose.text()
        );
        assert!(choose.text().contains("其他活动"), "{}", choose.text());
    })
    .await;
}

#[tokio::test]
async fn a_correction_needs_a_reason_and_sees_what_others_changed() {
    on_both(async |app, seed| {
        let path = keep(&app, &seed, Role::Officer, KEY).await;
        let officer = app.visitor(Role::Officer).await;
        let form = officer.get(&format!("{path}/edit")).await;
        assert_eq!(form.value_of("figure_consumer_attendance"), "300余");
        let version = version(&form);
        let mut fields = fields(&seed.activities[0], &app.field_office, KEY);
        fields[4].1 = "320";
        fields.push(("version", &version));
        let edit = format!("{path}/edit");
        let without = officer.upload(&edit, &fields, &[]).await;
        assert!(without.status == StatusCode::UNPROCESSABLE_ENTITY && without.text().contains("请写明更正的原因"));
        let with = [fields.clone(), vec![("reason", "漏记下午")]].concat();
        assert_eq!(officer.upload(&edit, &with, &[]).await.status, StatusCode::SEE_OTHER);
        let page = officer.get(&path).await;
        for words in ["320人次", "更正", "漏记下午", "约300人次 → 320人次"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        let stale = app.visitor(Role::Office).await.upload(&edit, &with, &[]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        let (text, words) = (stale.text(), ["他人已修改", "320人次", "于 2024-03-01", "保存）"]);
        assert!(words.iter().all(|it| text.contains(it)), "{text}");
        let stranger_unit = app.visitor(Role::Leader).await.fetch(&edit).await;
        assert_eq!(stranger_unit.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn what_is_withdrawn_stays_to_be_read_and_counts_no_more() {
    on_both(async |app, seed| {
        let path = keep(&app, &seed, Role::Officer, KEY).await;
        let officer = app.visitor(Role::Officer).await;
        let turn = format!("{path}/withdraw");
        assert_eq!(officer.post(&turn, &[("version", "1")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            officer.post(&turn, &[("version", "1"), ("reason", "重复登记")]).await.status,
            StatusCode::SEE_OTHER
        );
        let page = officer.get(&path).await;
        assert!(page.text().contains("已撤回") && page.text().contains("重复登记"));
        let list = format!("/campaigns/{}/records", seed.campaign_id);
        assert!(officer.get(&list).await.text().contains("还没有记录"));
        assert!(officer.get(&format!("{list}?withdrawn=1")).await.text().contains("已撤回"));
        let restored = officer.post(&format!("{path}/restore"), &[("version", "2"), ("reason", "撤错了")]).await;
        assert_eq!(restored.status, StatusCode::SEE_OTHER);
        assert!(officer.get(&list).await.text().contains("约300人次"));
    })
    .await;
}

#[tokio::test]
async fn nothing_typed_becomes_markup_and_a_code_leads_to_the_form() {
    on_both(async |app, seed| {
        let office = app.visitor(Role::Office).await;
        let mut fields = fields(&seed.activities[3], &app.section, KEY);
        fields[6].1 = HOSTILE;
        let photo = photo();
        let hostile_name = "<img src=x onload=alert(1)>.jpg";
        let answer = office.upload("/records", &fields, &[("files", hostile_name, &photo)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        for path in
            [answer.location(), format!("{}/edit", answer.location()), format!("/activities/{}", seed.activities[3])]
        {
            let page = office.get(&path).await;
            assert!(!page.html().contains("<script>alert") && !page.html().contains("<img src=x"), "{path}");
        }
        let session = [("starts_on", "2024-03-01"), ("unit_id", app.field_office.as_str())];
        let added = office.post(&format!("/activities/{}/sessions", seed.activities[0]), &session).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text());
        let page = office.get(&format!("/activities/{}", seed.activities[0])).await;
        let sheet = office.get(&page.link("记录码")).await;
        let code = sheet.text().split("/r/").nth(1).unwrap().chars().take(10).collect::<String>();
        let officer = app.visitor(Role::Officer).await;
        let form = officer.get(&format!("/r/{code}")).await;
        assert!(
            form.text().contains("集中宣传咨询") && form.html().contains(r#"name="session_id""#),
            "{}",
            form.text()
        );
        assert_eq!(officer.fetch("/r/0000000000").await.status, StatusCode::NOT_FOUND);
        assert_eq!(
            app.stranger().fetch(&format!("/r/{code}")).await.location(),
            format!("/sign-in?next=%2Fr%2F{code}")
        );
    })
    .await;
}

#[tokio::test]
async fn a_figure_much_larger_than_any_before_is_asked_about_until_somebody_confirms_it() {
    on_both(async |app, seed| {
        let officer = app.visitor(Role::Officer).await;
        let first = keep(&app, &seed, Role::Officer, KEY).await;
        assert!(!officer.get(&first).await.text().contains("以往最大一次"), "nothing to compare with");
        app.wait(1);
        let mut own = fields(&seed.activities[0], &app.field_office, "1123456789abcdef0123456789abcdef");
        own.retain(|it| it.0 != "figure_consumer_attendance");
        own.push(("figure_consumer_attendance", "12万"));
        let path = officer.upload("/records", &own, &[]).await.location();
        let page = officer.get(&path).await;
        let words = "消费者参与120,000人次，是本单位以往最大一次（300人次）的400倍";
        assert!(page.text().contains(words), "{}", page.text());
        let confirm = format!("{path}/confirm");
        assert_eq!(officer.post(&confirm, &[("version", "0")]).await.status, StatusCode::CONFLICT);
        let version = page.value_of("version");
        assert_eq!(officer.post(&confirm, &[("version", &version)]).await.status, StatusCode::SEE_OTHER);
        let page = officer.get(&path).await;
        assert!(!page.text().contains("以往最大一次") && page.text().contains("确认数字无误"), "{}", page.text());
        // The next one is compared with what was confirmed; the bureau may ask sooner.
        let admin = app.visitor(Role::Admin).await;
        let settings = [("idle", "30"), ("version", "0"), ("near_days", "3"), ("record_times", "2")];
        assert_eq!(admin.post("/settings", &settings).await.status, StatusCode::SEE_OTHER);
        assert!(officer.get(&first).await.text().contains("约300人次"));
        app.wait(1);
        let mut own = fields(&seed.activities[0], &app.field_office, "2123456789abcdef0123456789abcdef");
        own.push(("figure_inquiry", "5"));
        own.retain(|it| it.0 != "figure_consumer_attendance");
        own.push(("figure_consumer_attendance", "300000"));
        let path = officer.upload("/records", &own, &[]).await.location();
        assert!(officer.get(&path).await.text().contains("以往最大一次（120,000人次）的2倍"));
        let wrong = [("idle", "30"), ("version", "0"), ("near_days", "3"), ("record_times", "1")];
        assert_eq!(admin.post("/settings", &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test]
async fn the_same_photo_twice_is_said_where_it_stands() {
    on_both(async |app, seed| {
        let officer = app.visitor(Role::Officer).await;
        let photo = photo();
        let twice: [(&str, &str, &[u8]); 2] = [("files", "IMG_1.jpg", &photo), ("files", "IMG_2.jpg", &photo)];
        let own = fields(&seed.activities[0], &app.field_office, KEY);
        let answer = officer.upload("/records", &own, &twice).await;
        let first = answer.location();
        let page = officer.get(&first).await;
        assert!(page.text().contains("有 1 个文件与这条记录里的完全相同，没有重复保存"), "{}", page.text());
        assert!(!page.text().contains("同一张照片也在"));
        let own = fields(&seed.activities[0], &app.field_office, "3123456789abcdef0123456789abcdef");
        let second = officer.upload("/records", &own, &[("files", "另存.jpg", &photo)]).await.location();
        let page = officer.get(&second).await;
        assert!(page.text().contains("同一张照片也在"), "{}", page.text());
        assert_eq!(page.link("青石监管所的记录"), first);
        // Of another activity it is nobody's business.
        let own = fields(&seed.activities[1], &app.field_office, "4123456789abcdef0123456789abcdef");
        let other = officer.upload("/records", &own, &[("files", "再存.jpg", &photo)]).await;
        if other.status == StatusCode::SEE_OTHER {
            assert!(!officer.get(&other.location()).await.text().contains("同一张照片也在"));
        }
    })
    .await;
}
