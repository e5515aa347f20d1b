//! Many at once: the same answer, paper, views kept under a name.

use super::*;

fn id_of(case: &str) -> &str {
    case.rsplit('/').next().unwrap()
}

#[tokio::test]
async fn the_same_answer_goes_to_all_it_fits_and_each_other_one_says_why() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let unit = app.field_office.as_str();
        let inquiry = register(&office, &[("kind", "inquiry"), ("text", "怎么退货")]).await;
        let complaint = register(&office, &[]).await;
        for case in [&inquiry, &complaint] {
            step(&office, case, "dispatch", &[("unit_id", unit)]).await;
        }
        let officer = app.visitor(Role::Officer).await;
        let fields = [
            ("step", "answer"),
            ("id", id_of(&inquiry)),
            ("id", id_of(&complaint)),
            ("words", "七日内可以退"),
            ("next", "/complaints"),
        ];
        let page = officer.post("/complaints/bulk", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        for words in ["1 件已答复并办结", "TS2024-000002", "现在不能答复并办结"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        assert!(officer.get(&inquiry).await.text().contains("七日内可以退"));
    })
    .await;
}

#[tokio::test]
async fn chosen_cases_are_printed_masked_and_letters_leave_a_trace() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let case = register(&office, &[]).await;
    let fields = [("id", id_of(&case)), ("what", "both"), ("next", "/complaints")];
    let page = office.post("/complaints/print", &fields).await;
    for words in ["TS2024-000001", "凌**", "办理记录", "还没有制作文书"] {
        assert!(page.text().contains(words), "{words}: {}", page.text());
    }
    assert!(!page.html().contains("凌小满"));
    let file = office.post("/complaints/print.docx", &fields).await;
    assert!(file.bytes.starts_with(b"PK"));
    let officer = app.visitor(Role::Officer).await;
    assert_eq!(officer.post("/complaints/print", &fields).await.status, StatusCode::NOT_FOUND);
    let none = office.post("/complaints/print", &[("next", "/complaints")]).await;
    assert!(office.get(&none.location()).await.text().contains("没有选中案件"));
}

#[tokio::test]
async fn a_view_is_kept_shared_and_comes_first() {
    on_both(async |app| {
        let lead = app.visitor(Role::UnitLead).await;
        let sent = lead.post("/complaints/views", &[("name", ""), ("query", "view=late")]).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
        let fields = [("name", "超期的投诉"), ("query", "view=late&kind=complaint&after=x"), ("is_shared", "1")];
        let sent = lead.post("/complaints/views", &fields).await;
        assert_eq!(sent.location(), "/complaints?view=late&kind=complaint");
        let officer = app.visitor(Role::Officer).await;
        let page = officer.get("/complaints").await;
        assert!(page.text().contains("超期的投诉"), "shared in the unit");
        assert!(!app.visitor(Role::Leader).await.get("/complaints").await.text().contains("超期的投诉"));
        let views = lead.get("/complaints/views").await;
        let id = views.value_of("id");
        let stranger = officer.post("/complaints/views/change", &[("id", &id), ("how", "remove")]).await;
        assert_eq!(stranger.status, StatusCode::NOT_FOUND, "only the owner");
        lead.post("/complaints/views/change", &[("id", &id), ("how", "default")]).await;
        assert_eq!(lead.fetch("/complaints").await.location(), "/complaints?view=late&kind=complaint");
        assert_eq!(lead.fetch("/complaints?view=").await.status, StatusCode::OK);
        lead.post("/complaints/views/change", &[("id", &id), ("how", "remove")]).await;
        assert!(lead.get("/complaints/views").await.text().contains("还没有存过视图"));
    })
    .await;
}
