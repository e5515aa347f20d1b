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
        for words in ["1 件已答复并办结", "TS2024-000001", "现在不能答复并办结"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        assert!(officer.get(&inquiry).await.text().contains("七日内可以退"));
    })
    .await;
}

#[tokio::test]
async fn nothing_ticked_loses_no_typed_word_and_a_notice_is_shown_on_its_own_page() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let (one, two) = (register(&office, &[]).await, register(&office, &[("consumer_phone", "13900000002")]).await);
    let fields = [("step", "note"), ("words", "店主同意当面谈"), ("next", "/complaints?kind=complaint")];
    for path in ["/complaints/bulk", "/complaints/print"] {
        let page = office.post(path, &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(page.text().contains("没有选中案件") && page.text().contains("TS2024-000002"), "{}", page.text());
        assert_eq!(page.value_of("words"), "店主同意当面谈");
        assert_eq!(page.value_of("next"), "/complaints?kind=complaint", "the same list");
    }
    // The other case is opened before the page of the press has been fetched.
    let done = step(&office, &one, "note", &[("words", "已联系店主")]).await;
    assert_eq!(done.location(), one);
    let notice = async |path: &str| office.get(path).await.texts(".notice.is-good").concat();
    assert!(!notice(&two).await.contains("TS2024-000001"));
    assert!(notice(&one).await.contains("TS2024-000001：记录"), "and it waits for its own");
    assert!(!notice(&one).await.contains("TS2024-000001：记录"), "once");
}

/// Two people void two cases against each other in the same moment: one of the cases goes on.
#[tokio::test]
async fn two_cases_cannot_void_each_other() {
    on_both(async |app| {
        let (one, two) = (app.visitor(Role::Office).await, app.visitor(Role::Office).await);
        for round in 0..4 {
            let first = register(&one, &[]).await;
            let second = register(&one, &[("text", "牛奶过期三天，再说一次。")]).await;
            let number = |n: i32| format!("TS2024-{:06}", round * 2 + n);
            let fields = |number: String| [("number", number), ("reason", "重复".to_owned()), ("version", "-1".into())];
            let (a, b) = (fields(number(2)), fields(number(1)));
            let (a, b) = (a.each_ref().map(|it| (it.0, it.1.as_str())), b.each_ref().map(|it| (it.0, it.1.as_str())));
            let (first_path, second_path) = (format!("{first}/steps/void"), format!("{second}/steps/void"));
            let (said, other) = tokio::join!(one.post(&first_path, &a), two.post(&second_path, &b));
            let done = [&said, &other].iter().filter(|it| it.status == StatusCode::SEE_OTHER).count();
            assert_eq!(done, 1, "{} {}", said.text(), other.text());
        }
    })
    .await;
}

#[tokio::test]
async fn a_second_registration_of_one_letter_is_voided_and_counts_nowhere() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let first = register(&office, &[]).await;
        let second = register(&office, &[("text", "牛奶过期三天，再说一次。")]).await;
        let other = register(&office, &[("consumer_phone", "13900000009"), ("consumer_name", "苗若水")]).await;
        let void = async |case: &str, number: &str, reason: &str| {
            step(&office, case, "void", &[("number", number), ("reason", reason)]).await
        };
        for (number, words) in
            [("TS2024-000009", "没有这个编号"), ("TS2024-000002", "这就是本件的编号"), ("TS2024-000003", "不是同一人")]
        {
            let refused = void(&second, number, "电话里又登记了一次").await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.text().contains(words), "{words}: {}", refused.text());
            assert!(refused.html().contains("电话里又登记了一次"), "what was typed stays");
        }
        let done = void(&second, "ts2024-000001", "电话里又登记了一次").await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        let page = office.get(&second).await;
        for words in ["已作废", "与 TS2024-000001 重复：电话里又登记了一次", "重复登记作废"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        assert!(!page.text().contains("期满"), "no term runs: {}", page.text());
        let page = office.get(&first).await;
        assert!(page.text().contains("与 TS2024-000002 关联"), "each leads to the other");
        // Reopened and voided again: nothing more happens to the other one, so no open form of it is outdated.
        let version = page.value_of("version");
        let again = step(&office, &second, "reopen", &[("reason", "再核对")]).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text());
        assert_eq!(void(&second, "TS2024-000001", "核对过").await.status, StatusCode::SEE_OTHER);
        assert_eq!(office.get(&first).await.value_of("version"), version);
        let list = office.get("/complaints?view=all").await;
        assert!(list.texts("s").contains(&"TS2024-000002".to_owned()), "struck out: {}", list.html());
        assert!(!office.get("/complaints").await.text().contains("TS2024-000002"));
        let rates = office.get("/complaints/rates?from=2024-01-01").await;
        assert!(rates.texts("tbody td").contains(&"2".to_owned()), "two count: {}", rates.text());
        let unit = app.field_office.as_str();
        step(&office, &first, "dispatch", &[("unit_id", unit)]).await;
        let officer = app.visitor(Role::Officer).await;
        assert_eq!(step(&officer, &first, "void", &[("number", "TS2024-000003")]).await.status, StatusCode::CONFLICT);
        assert_eq!(
            void(&other, "TS2024-000002", "x").await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "one that is void"
        );
        // A mistake can be mended.
        assert_eq!(step(&office, &second, "reopen", &[("reason", "不是同一件")]).await.status, StatusCode::SEE_OTHER);
        assert!(office.get("/complaints").await.text().contains("TS2024-000002"));
    })
    .await;
}

#[tokio::test]
async fn chosen_cases_are_printed_masked_and_letters_leave_a_trace() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let case = register(&office, &[]).await;
    office.upload(&format!("{case}/files"), &[], &[("files", "购物小票.txt", b"receipt".as_slice())]).await;
    let fields = [("id", id_of(&case)), ("what", "both"), ("next", "/complaints")];
    let page = office.post("/complaints/print", &fields).await;
    for words in ["TS2024-000001", "凌**", "办理记录", "还没有制作文书", "购物小票.txt"] {
        assert!(page.text().contains(words), "{words}: {}", page.text());
    }
    assert!(!page.html().contains("凌小满"));
    let file = office.post("/complaints/print.docx", &fields).await;
    let paper = crate::reader::read("a.docx", file.bytes).await.unwrap().text;
    for words in ["TS2024-000001", "凌**", "139****0001", "好来超市", "牛奶已经过期三天", "登记", "购物小票.txt"]
    {
        assert!(paper.contains(words), "{words}: {paper}");
    }
    for secret in ["凌小满", "13900000001", "东街12号"] {
        assert!(!paper.contains(secret) && !page.html().contains(secret), "{secret}");
    }
    // A letter names the person: it is printed unmasked, and the look is in the history.
    step(&office, &case, "dispatch", &[("unit_id", app.field_office.as_str())]).await;
    let officer = app.visitor(Role::Officer).await;
    step(&officer, &case, "accept", &[("on", "2024-03-01"), ("told", "phone")]).await;
    let body = officer.get(&format!("{case}/letters/new/accept")).await.value_of("body");
    officer.post(&format!("{case}/letters/new/accept"), &[("body", &body)]).await;
    let letters = [("id", id_of(&case)), ("what", "letters"), ("next", "/complaints")];
    let file = office.post("/complaints/print.docx", &letters).await;
    let paper = crate::reader::read("a.docx", file.bytes).await.unwrap().text;
    assert!(paper.contains("凌小满") && !paper.contains("13900000001"), "{paper}");
    assert!(office.get(&case).await.text().contains("批量打印文书"));
    let others = register(&office, &[]).await;
    let fields = [("id", id_of(&others)), ("what", "both"), ("next", "/complaints")];
    assert_eq!(officer.post("/complaints/print", &fields).await.status, StatusCode::NOT_FOUND);
    let none = office.post("/complaints/print", &[("next", "/complaints")]).await;
    assert!(none.status == StatusCode::UNPROCESSABLE_ENTITY && none.text().contains("没有选中案件"));
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
