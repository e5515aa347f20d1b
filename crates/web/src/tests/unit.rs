//! Units, people, the trail.

use axum::http::StatusCode;
use domain::unit::Role;

use crate::testing::{PASSWORD, TestApp};

fn unit<'a>(name: &'a str, version: &'a str, parent: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![("name", name), ("kind", "科室"), ("aliases", "信用科、信用股"), ("version", version), ("parent", parent)]
}

#[tokio::test]
async fn a_unit_is_created_and_its_history_says_who() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let answer = office.post("/units", &unit("信用监管科", "", app.bureau.as_str())).await;
    let page = office.get(&answer.location()).await;
    assert!(page.texts(".notice").concat().contains("已新建“信用监管科”"));
    assert!(page.text().contains("信用科、信用股"));
    assert!(page.texts(".timeline").concat().contains("周某 · 市场和网监科"), "{}", page.text());
    let page = office.post("/units", &unit("信用监管科", "", "")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text().contains("已有同名的单位"));
}

#[tokio::test]
async fn two_people_changing_one_unit_see_both_versions() {
    let app = TestApp::new().await;
    let (one, two) = (app.visitor(Role::Admin).await, app.visitor(Role::Admin).await);
    let path = format!("/units/{}/edit", app.section);
    let version = one.get(&path).await.value_of("version");
    assert_eq!(two.get(&path).await.value_of("version"), version);
    let bureau = app.bureau.as_str();
    assert_eq!(one.post(&path, &unit("网监科", &version, bureau)).await.status, StatusCode::SEE_OTHER);
    let page = two.post(&path, &unit("市场监管科", &version, bureau)).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert_eq!(page.value_of("name"), "市场监管科");
    assert!(page.text().contains("网监科"), "{}", page.text());
    let again = page.value_of("version");
    assert_eq!(two.post(&path, &unit("市场监管科", &again, bureau)).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_unit_cannot_be_put_below_itself() {
    let app = TestApp::new().await;
    let admin = app.visitor(Role::Admin).await;
    let path = format!("/units/{}/edit", app.field_office);
    let version = admin.get(&path).await.value_of("version");
    for below in [&app.field_office, &app.station] {
        let page = admin.post(&path, &unit("青石监管所", &version, below.as_str())).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text().contains("不能放在自己"));
    }
}

#[tokio::test]
async fn only_the_administrator_moves_units() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let path = format!("/units/{}/edit", app.station);
    let version = office.get(&path).await.value_of("version");
    office.post(&path, &unit("青石监管所北站", &version, app.bureau.as_str())).await;
    let page = office.get(&format!("/units/{}", app.station)).await;
    assert!(page.texts(".facts").concat().contains("青石监管所"));
}

#[tokio::test]
async fn a_new_person_gets_a_one_time_password_that_is_shown_once() {
    let app = TestApp::new().await;
    let admin = app.visitor(Role::Admin).await;
    let fields = [("name", "陈某"), ("login", "chen"), ("unit", app.section.as_str()), ("role", "经办人")];
    let page = admin.post("/people", &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    let one_time = page.texts(".secret").concat();
    assert_eq!(one_time.len(), 14, "{one_time}");
    let visitor = app.stranger();
    visitor.sign_in("chen", &one_time).await;
    assert_eq!(visitor.fetch("/units").await.location(), "/account/password");
    let page = admin.post("/people", &fields).await;
    assert!(page.text().contains("登录名已有人用"));
}

#[tokio::test]
async fn a_locked_person_is_unlocked_by_the_administrator() {
    let app = TestApp::new().await;
    for _ in 0..5 {
        app.stranger().post("/sign-in", &[("login", "officer"), ("password", "wrong")]).await;
    }
    let admin = app.visitor(Role::Admin).await;
    let person = format!("/people/{}", app.actor(Role::Officer).await.person_id);
    assert!(admin.get(&person).await.text().contains("已锁定到 09:10"));
    admin.post(&format!("{person}/unlock"), &[]).await;
    app.stranger().sign_in("officer", PASSWORD).await;
}

#[tokio::test]
async fn resetting_a_password_and_taking_out_of_use_end_every_sign_in() {
    let app = TestApp::new().await;
    let admin = app.visitor(Role::Admin).await;
    let person = format!("/people/{}", app.actor(Role::Officer).await.person_id);
    let officer = app.visitor(Role::Officer).await;
    let page = admin.post(&format!("{person}/password"), &[]).await;
    let one_time = page.texts(".secret").concat();
    assert_eq!(officer.fetch("/units").await.status, StatusCode::SEE_OTHER);
    officer.sign_in("officer", &one_time).await;
    let version = admin.get(&person).await.value_of("version");
    admin.post(&format!("{person}/active"), &[("version", &version), ("active", "0")]).await;
    assert!(officer.fetch("/account/password").await.location().starts_with("/sign-in"));
}

#[tokio::test]
async fn an_administrator_cannot_take_themselves_out_of_use() {
    let app = TestApp::new().await;
    let admin = app.visitor(Role::Admin).await;
    let own = format!("/people/{}", app.actor(Role::Admin).await.person_id);
    let page = admin.post(&format!("{own}/active"), &[("version", "1"), ("active", "0")]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_unit_lead_sees_only_the_people_of_the_own_units() {
    let app = TestApp::new().await;
    let lead = app.visitor(Role::UnitLead).await;
    let people = lead.get("/people").await.text();
    assert!(people.contains("郑某") && !people.contains("周某"), "{people}");
    let other = format!("/people/{}", app.actor(Role::Office).await.person_id);
    assert_eq!(lead.fetch(&other).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_trail_is_filtered_by_area_person_and_day() {
    let app = TestApp::new().await;
    let admin = app.visitor(Role::Admin).await;
    admin.post("/settings", &[("idle", "20"), ("version", "0"), ("near_days", "3")]).await;
    let auditor = app.visitor(Role::Auditor).await;
    let rows = async |query: &str| auditor.get(&format!("/audit{query}")).await.texts("tbody tr").len();
    assert_eq!(rows("").await, 3);
    assert_eq!(rows("?area=setting").await, 1);
    assert_eq!(rows(&format!("?area=&person={}", app.actor(Role::Admin).await.person_id)).await, 2);
    assert_eq!(rows("?day=2024-03-01").await, 3);
    assert_eq!(rows("?day=2024-03-02").await, 0);
    assert!(auditor.get("/audit?day=yesterday").await.text().contains("不是日期"));
}

#[tokio::test]
async fn the_first_start_makes_one_administrator_and_the_second_none() {
    let data = tempfile::tempdir().unwrap();
    let db = store::Db::open(data.path(), None).await.unwrap();
    let files = store::files::Files::open(data.path()).unwrap();
    let app = crate::App::new(db, crate::Clock::system(), crate::Keys::of([1; 32]), files, crate::Config::default());
    let first = crate::first::administrator(&app).await.unwrap().unwrap();
    assert_eq!((first.login.as_str(), first.one_time_password.len()), ("admin", 14));
    assert!(crate::first::administrator(&app).await.unwrap().is_none());
    let again = crate::first::restore_administrator(&app.db, app.clock.now()).await.unwrap().unwrap();
    assert!(again.login == "admin" && again.one_time_password != first.one_time_password);
}
