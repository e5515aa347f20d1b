//! Reminders, escalation, directions, and dates that move by themselves.

use super::*;

#[tokio::test]
async fn what_is_late_is_told_by_itself_and_the_leader_asks_for_an_answer() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let case = register(&office, &[]).await;
        assert!(office.get("/complaints/escalations").await.text().contains("没有要催的案件"));
        app.wait(9 * 60);
        let first = crate::tend(&app.app, "one").await.unwrap();
        assert_eq!(
            (first.n_raised, first.is_elsewhere),
            (1, false),
            "eight hours: the leader, no longer the intake alone"
        );
        assert_eq!(crate::tend(&app.app, "one").await.unwrap().n_raised, 0);
        assert!(crate::tend(&app.app, "two").await.unwrap().is_elsewhere, "another process waits for the lease");
        // Nine hours end a visit.
        let (office, leader) = (app.visitor(Role::Office).await, app.visitor(Role::Leader).await);
        assert!(leader.get("/desk").await.text().contains("长时间没有单位承办"));
        let page = leader.get("/complaints/escalations").await;
        for words in ["TS2024-000001", "长时间没有单位承办", "报局领导", "没有单位"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        assert!(leader.get("/complaints").await.text().contains("长时间没有单位承办"), "a badge in the queue");
        // Several at once, by the leader alone.
        let id = case.rsplit('/').next().unwrap();
        let fields = [
            ("step", "direct"),
            ("id", id),
            ("words", "今天分下去"),
            ("answer_by", "2024-03-01"),
            ("next", "/complaints"),
        ];
        let refused = office.post("/complaints/bulk", &fields).await;
        assert!(refused.text().contains("现在不能督办"), "{}", refused.text());
        let done = leader.post("/complaints/bulk", &fields).await;
        assert!(leader.follow(&done.location()).await.text().contains("1 件已督办"));
        assert!(office.get(&case).await.text().contains("今天分下去"));
        assert_eq!(
            step(&office, &case, "answer_direction", &[("words", "马上分")]).await.status,
            StatusCode::SEE_OTHER
        );
        let unit = app.field_office.as_str();
        assert_eq!(step(&office, &case, "dispatch", &[("unit_id", unit)]).await.status, StatusCode::SEE_OTHER);
        let page = office.get(&case).await;
        for words in ["自动催报", "8 小时没有单位承办，报告局领导", "系统", "回复督办", "马上分"]
        {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        assert!(office.get("/complaints/escalations?view=all").await.text().contains("没有要催的案件"));
        let file = office.fetch("/complaints/escalations.xlsx?view=all").await;
        assert_eq!(file.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn after_a_new_holiday_the_dates_of_open_cases_move_by_themselves() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let case = register(&office, &[]).await;
        // 1 March 2024 + 7 working days = 12 March; a holiday on the 12th moves it to the 13th.
        assert!(office.get(&case).await.text().contains("3月12日"));
        let sent = office
            .post(
                "/complaints/settings/holidays",
                &[("holidays", "2024-03-12,试,放假"), ("version", "0"), ("sure", "1")],
            )
            .await;
        assert!(office.follow(&sent.location()).await.text().contains("已重算 0/1"));
        crate::tend(&app.app, "one").await.unwrap();
        let page = office.get("/complaints/settings").await;
        assert!(page.text().contains("已重算 1 件在办案件，1 件的法定期限有变动"), "{}", page.text());
        let page = office.get(&case).await;
        assert!(page.text().contains("受理期限由 2024-03-12 变为 2024-03-13"), "{}", page.text());
        // What the office has saved is in force: to take it away, or to write it otherwise, asks first and keeps what was typed.
        for other in ["2024-03-13,试,放假", "2024-03-12,试,上班"] {
            let fields = [("holidays", other), ("version", "1")];
            let asked = office.post("/complaints/settings/holidays", &fields).await;
            assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY, "{other}");
            assert!(asked.text().contains("会改动已经公布的 2024-03-12"), "{}", asked.text());
            assert!(asked.html().contains(other), "{}", asked.text());
        }
    })
    .await;
}

/// A paper that cannot be read now stops the sealing of papers, and nothing else.
#[tokio::test]
async fn a_disk_that_fails_keeps_nobody_from_being_told() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let case = register(&office, &[]).await;
        office.upload(&format!("{case}/files"), &[], &[("files", "小票.txt", b"receipt".as_slice())]).await;
        let name = app.app.files.list().unwrap().remove(0);
        let path = app.db().data().join("files").join(&name[..2]).join(&name);
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        app.wait(9 * 60);
        let now = app.app.clock.now();
        assert!(store::complaint::sealing::go_on(app.db(), now, 20).await.is_err());
        assert_eq!(crate::tend(&app.app, "one").await.unwrap().n_raised, 1);
    })
    .await;
}
