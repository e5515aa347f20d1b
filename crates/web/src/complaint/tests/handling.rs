//! Consent that is refused and given later, amounts of nothing, sessions, going back to a refused form, dispatch by the list, a tip-off that
//! stands only in a scan.

use super::*;

/// A complaint that the officer has accepted on the first of March.
async fn accepted(office: &Visitor, officer: &Visitor, unit: &str) -> String {
    let case = register(office, &[]).await;
    step(office, &case, "dispatch", &[("unit_id", unit)]).await;
    let done = step(officer, &case, "accept", &[("on", "2024-03-01"), ("told", "phone")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    case
}

const SESSION: &[(&str, &str)] =
    &[("time", "10:00"), ("mode", "on_site"), ("place", "所里调解室"), ("mediators", "吴某")];

async fn arrange(who: &Visitor, case: &str, on: &str, more: &[(&str, &str)]) -> Page {
    step(who, case, "set_session", &[SESSION, &[("on", on)], more].concat()).await
}

#[tokio::test]
async fn who_refuses_mediation_stops_it_and_may_agree_later() {
    on_both(async |app| {
        let (office, officer) = (app.visitor(Role::Office).await, app.visitor(Role::Officer).await);
        let case = accepted(&office, &officer, app.field_office.as_str()).await;
        assert_eq!(arrange(&officer, &case, "2024-03-05", &[]).await.status, StatusCode::SEE_OTHER);
        assert!(officer.get(&case).await.text().contains("调解安排2024-03-05 10:00"));
        let refused = step(&officer, &case, "consent", &[("consumer", "yes"), ("business", "no")]).await;
        assert_eq!(refused.status, StatusCode::SEE_OTHER, "{}", refused.text());
        let page = officer.get(&case).await;
        assert!(page.text().contains("被投诉人不同意调解，调解须双方同意"), "{}", page.text());
        assert!(!page.html().contains("steps/set_session") && !page.text().contains("调解安排2024"), "{}", page.text());
        let late = arrange(&officer, &case, "2024-03-06", &[]).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.text().contains("被投诉人不同意调解") && late.text().contains("登记调解意愿"), "{}", late.text());
        // What was said stands in the form again, and a yes later opens everything.
        assert!(page.html().contains("steps/consent"), "{}", page.text());
        let agreed = step(&officer, &case, "consent", &[("consumer", "yes"), ("business", "yes")]).await;
        assert_eq!(agreed.status, StatusCode::SEE_OTHER, "{}", agreed.text());
        assert_eq!(arrange(&officer, &case, "2024-03-06", &[]).await.status, StatusCode::SEE_OTHER);
        assert!(!officer.get(&case).await.html().contains("steps/consent"), "both agree: nothing to ask");
    })
    .await;
}

#[tokio::test]
async fn an_amount_of_nothing_stays_nothing_on_page_and_export() {
    on_both(async |app| {
        let (office, officer) = (app.visitor(Role::Office).await, app.visitor(Role::Officer).await);
        let case = register(&office, &[("amount", "0")]).await;
        step(&office, &case, "dispatch", &[("unit_id", app.field_office.as_str())]).await;
        step(&officer, &case, "accept", &[("on", "2024-03-01"), ("told", "phone")]).await;
        let close = [("on", "2024-03-01"), ("outcome", "settled"), ("recovered", "0")];
        assert_eq!(step(&officer, &case, "close", &close).await.status, StatusCode::SEE_OTHER);
        let text = officer.get(&case).await.text();
        assert!(text.contains("争议金额0 元") && text.contains("挽回损失0 元"), "{text}");
        let csv = String::from_utf8(office.fetch("/complaints.csv?view=all").await.bytes).unwrap();
        let mut lines = csv.lines();
        let heads: Vec<&str> = lines.next().unwrap().split(',').collect();
        let row: Vec<&str> = lines.next().unwrap().split(',').collect();
        let amounts = heads.iter().zip(&row).filter(|it| it.0.contains("金额") || it.0.contains("挽回"));
        let amounts: Vec<&str> = amounts.map(|it| *it.1).collect();
        assert_eq!(amounts, ["0", "0"], "{csv}");
    })
    .await;
}

#[tokio::test]
async fn a_session_on_a_day_off_is_hinted_at_one_that_has_passed_is_asked_about_and_none_outlives_its_case() {
    on_both(async |app| {
        let (office, officer) = (app.visitor(Role::Office).await, app.visitor(Role::Officer).await);
        let case = accepted(&office, &officer, app.field_office.as_str()).await;
        assert_eq!(arrange(&officer, &case, "2024-03-02", &[]).await.status, StatusCode::SEE_OTHER);
        let text = officer.get(&case).await.text();
        assert!(text.contains("调解安排在 3月2日（周六），是周末"), "{text}");
        assert_eq!(arrange(&officer, &case, "2024-03-04", &[]).await.status, StatusCode::SEE_OTHER);
        assert!(!officer.get(&case).await.text().contains("是周末"), "a Monday");
        app.wait(4 * 24 * 60);
        let officer = app.visitor(Role::Officer).await;
        let asked = arrange(&officer, &case, "2024-03-04", &[]).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(asked.text().contains("2024-03-04 已经过去"), "{}", asked.text());
        assert!(asked.html().contains("name=\"is_held\""), "the tick is there now");
        assert!(!officer.get(&case).await.html().contains("name=\"is_held\""), "and only now");
        let held = arrange(&officer, &case, "2024-03-04", &[("is_held", "1")]).await;
        assert_eq!(held.status, StatusCode::SEE_OTHER, "{}", held.text());
        arrange(&officer, &case, "2024-03-08", &[]).await;
        let end = [("ground", "st_1"), ("words", "和解"), ("on", "2024-03-05")];
        let ended = step(&officer, &case, "terminate", &end).await;
        assert_eq!(ended.status, StatusCode::SEE_OTHER, "{}", ended.text());
        let text = officer.get(&case).await.text();
        assert!(text.contains("不再举行的调解") && !text.contains("调解安排2024"), "{text}");
    })
    .await;
}

/// A refused form has an address: it is fetched again by whoever sent it, and by nobody else.
#[tokio::test]
async fn a_refused_form_is_gone_back_to_by_its_sender_alone() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let wrong: Vec<(&str, &str)> = FULL.iter().filter(|it| it.0 != "text").copied().collect();
        let page = office.post("/complaints", &wrong).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let address = page.path.clone();
        assert!(address.starts_with("/again/"), "{address}");
        let back = office.fetch(&address).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(back.value_of("consumer_name"), "凌小满");
        assert_eq!(back.header("cache-control"), "no-store");
        for other in [app.visitor(Role::Officer).await, app.stranger()] {
            let closed = other.fetch(&address).await;
            assert_eq!(closed.status, StatusCode::BAD_REQUEST);
            assert!(!closed.html().contains("凌小满"));
        }
        let rows = app.db().read(async |tx| tx.list("select * from kept_page", &[]).await).await.unwrap();
        assert!(rows.len() == 1 && !format!("{rows:?}").contains("凌小满"), "it lies sealed");
        register(&office, &[]).await;
        let gone = office.fetch(&address).await;
        assert!(gone.status == StatusCode::BAD_REQUEST && gone.text().contains("已经不在了"), "{}", gone.text());
        let page = office.post("/complaints", &wrong).await;
        app.wait(21);
        assert_eq!(office.fetch(&page.path).await.status, StatusCode::BAD_REQUEST, "its time is over");
    })
    .await;
}

#[tokio::test]
async fn rows_go_to_the_unit_they_name_once_and_the_others_stay_with_the_desk() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let list = "登记编号,类型,企业名称,具体问题,处理部门\n\
                    A1,投诉,好来超市,牛奶过期,青石监管所\n\
                    A2,投诉,甲店,缺斤少两,城南所\n\
                    A3,投诉,乙店,不退预付卡,\n";
        let send = async |more: &[(&str, &str)]| {
            let fields = [&[("received_on", "2024-02-29")], more].concat();
            office.upload("/complaints/import", &fields, &[("file", "导出.csv", list.as_bytes())]).await
        };
        let checked = send(&[("only_check", "1"), ("by_list", "1")]).await;
        for words in
            ["按表中的办理单位将分送 1 件，2 件留在待分流", "1 件没有写处理部门", "1 件写的“城南所”不在单位名单里"]
        {
            assert!(checked.text().contains(words), "{words}: {}", checked.text());
        }
        let form = checked.document();
        let kept = form.select("form[action^='/complaints/import/']").attr("action").unwrap().to_string();
        let fields =
            [("act", "as_read"), ("received_on", "2024-02-29"), ("by_list", checked.value_of("by_list").as_str())]
                .map(|it| (it.0, it.1.to_owned()));
        let fields: Vec<(&str, &str)> = fields.iter().map(|it| (it.0, it.1.as_str())).collect();
        let done = office.post(&kept, &fields).await;
        assert!(done.text().contains("1按表分送") && done.text().contains("已分送 1 件"), "{}", done.text());
        let officer = app.visitor(Role::Officer).await;
        let desk = officer.get("/complaints").await;
        assert!(desk.text().contains("TS2024-000001") && !desk.text().contains("TS2024-000002"), "{}", desk.text());
        let case = officer.get(&desk.link("TS2024-000001")).await;
        assert!(case.text().contains("按清单中的处理部门“青石监管所”"), "{}", case.text());
        assert!(office.get("/complaints?view=triage").await.text().contains("TS2024-000002"));
        // A unit gives it back: the same list again dispatches nothing.
        let back = step(&officer, &desk.link("TS2024-000001"), "return", &[("reason", "不在辖区")]).await;
        assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.text());
        let again = send(&[("by_list", "1")]).await;
        assert!(again.text().contains("0新登记") && !again.text().contains("按表分送"), "{}", again.text());
        let listed = officer.get("/complaints").await.texts("td a");
        assert!(!listed.contains(&"TS2024-000001".to_owned()), "{listed:?}");
    })
    .await;
}

/// Two different lists of one name wait side by side; the very same one waits once.
#[tokio::test]
async fn a_list_of_the_same_name_does_not_replace_the_one_that_waits() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let send = async |number: &str| {
        let list = format!("登记编号,类型,企业名称,具体问题\n{number},投诉,好来超市,牛奶过期\n");
        let fields = [("received_on", "2024-02-29"), ("only_check", "1")];
        office.upload("/complaints/import", &fields, &[("file", "导出.csv", list.as_bytes())]).await
    };
    for number in ["A1", "A2", "A2"] {
        send(number).await;
    }
    assert_eq!(office.get("/complaints/import").await.text().matches("导出.csv").count(), 2);
}

#[tokio::test]
async fn a_view_of_the_same_name_is_replaced_only_when_asked() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let keep = async |query: &str, more: &[(&str, &str)]| {
        office.post("/complaints/views", &[&[("name", "我的"), ("query", query)], more].concat()).await
    };
    assert_eq!(keep("kind=complaint", &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(keep("kind=complaint", &[]).await.status, StatusCode::SEE_OTHER, "the same again is no question");
    let asked = keep("kind=report", &[]).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.text().contains("您已经有一个视图叫“我的”") && asked.html().contains("name=\"replace\""));
    assert!(office.get("/complaints/views").await.html().contains("kind=complaint"), "the kept one is still there");
    assert_eq!(keep("kind=report", &[("replace", "1")]).await.status, StatusCode::SEE_OTHER);
    assert!(office.get("/complaints/views").await.html().contains("kind=report"));
}

/// 第三十七条: what was reported stands in the scan alone; it goes with the tip-off, and the complaint keeps its text.
#[tokio::test]
async fn a_tip_off_that_stands_only_in_a_scan_is_split_off_with_the_scan() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let case = register(&office, &[]).await;
        let whole = FULL.iter().find(|it| it.0 == "text").unwrap().1;
        let path = format!("{case}/split");
        assert!(!office.get(&path).await.html().contains("name=\"in_paper\""), "no paper, nothing to say of it");
        office.upload(&format!("{case}/files"), &[], &[("files", "来信.txt", "全文".as_bytes())]).await;
        let form = office.get(&path).await;
        let version = form.value_of("version");
        let field = form.document().select("select[name^=file_]").attr("name").unwrap().to_string();
        let sent = async |more: &[(&str, &str)]| {
            let fields = [("version", version.as_str()), ("kind", "report"), ("own_text", whole), ("other_text", "")];
            office.post(&path, &[&fields[..], more].concat()).await
        };
        assert_eq!(sent(&[]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "without the tick a text is needed");
        let both = sent(&[("in_paper", "1"), (field.as_str(), "both")]).await;
        assert_eq!(both.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(both.text().contains("没有一份材料只放在举报件"), "{}", both.text());
        let done = sent(&[("in_paper", "1")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        let own = office.get(&case).await;
        assert!(own.text().contains(whole) && !own.text().contains("来信.txt"), "{}", own.text());
        let tipoff = office.get(&own.link("JB2024-000001")).await;
        assert!(
            tipoff.text().contains("举报内容在来信原件中") && tipoff.text().contains("来信.txt"),
            "{}",
            tipoff.text()
        );
        // Somebody else has changed the case meanwhile.
        let stale = sent(&[("in_paper", "1")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(stale.text().contains("还没有拆分") && stale.text().contains("周某于"), "{}", stale.text());
    })
    .await;
}

/// The foot of the table is the sum of its rows, that of the laboratory among them.
#[tokio::test]
async fn the_hours_add_up_with_those_of_the_laboratory() {
    on_both(async |app| {
        let (office, officer) = (app.visitor(Role::Office).await, app.visitor(Role::Officer).await);
        let case = accepted(&office, &officer, app.field_office.as_str()).await;
        app.wait(3 * 24 * 60);
        let officer = app.visitor(Role::Officer).await;
        let sample = [("from", "2024-03-04"), ("laboratory", "县质检所")];
        assert_eq!(step(&officer, &case, "pause", &sample).await.status, StatusCode::SEE_OTHER);
        app.wait(2 * 24 * 60 + 7);
        let officer = app.visitor(Role::Officer).await;
        assert_eq!(step(&officer, &case, "resume", &[("to", "2024-03-05")]).await.status, StatusCode::SEE_OTHER);
        app.wait(24 * 60 + 100);
        let (office, officer) = (app.visitor(Role::Office).await, app.visitor(Role::Officer).await);
        let close = [("on", "2024-03-07"), ("outcome", "settled")];
        let done = step(&officer, &case, "close", &close).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        let page = office.get("/complaints/hours?from=2024-03-01&to=2024-03-31").await;
        assert!(page.texts("tbody b").contains(&"鉴定检测机构".to_owned()), "{}", page.text());
        let tenths = |text: &str| -> i64 {
            let number: f64 = text.trim_end_matches(" 小时").parse().unwrap();
            (number * 10.0).round() as i64
        };
        for column in ["工作时间合计", "自然时间合计"] {
            let rows: i64 = page.texts(&format!("tbody td[data-label={column}]")).iter().map(|it| tenths(it)).sum();
            let foot = page.texts(&format!("tfoot td[data-label={column}]"));
            assert_eq!(foot.iter().map(|it| tenths(it)).collect::<Vec<_>>(), [rows], "{column}: {}", page.text());
            assert!(rows > 0, "{column}");
        }
        // From nine on the first of March to the end: six days, one hour and 47 minutes, but for what is cut off at a tenth.
        let foot = tenths(&page.texts("tfoot td[data-label=自然时间合计]").join(""));
        assert!((1457..=1459).contains(&foot), "{foot}");
        assert!(office.fetch("/complaints/hours.xlsx?from=2024-03-01&to=2024-03-31").await.bytes.starts_with(b"PK"));
    })
    .await;
}
