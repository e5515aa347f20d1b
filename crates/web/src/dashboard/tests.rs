//! The dashboard through the whole program on both engines.

use axum::http::StatusCode;
use domain::unit::Role;

use crate::campaign::tests::{HOSTILE, on_both};

#[tokio::test]
async fn every_number_of_the_dashboard_leads_to_the_list_behind_it() {
    on_both(async |app, seed| {
        let path = format!("/campaigns/{}/dashboard", seed.campaign_id);
        let leader = app.visitor(Role::Leader).await;
        let empty = leader.get(&path).await;
        for words in ["各单位进度", "还没有这项数据", "还没有登记", "还没有单位登记活动记录"]
        {
            assert!(empty.text().contains(words), "{words}: {}", empty.text());
        }
        let office = app.visitor(Role::Office).await;
        for (key, day, n) in
            [("k0000000000000000001", "2024-03-01", "300"), ("k0000000000000000002", "2024-02-28", "40余")]
        {
            let fields = [
                ("activity_id", seed.activities[0].as_str()),
                ("client_key", key),
                ("happened_on", day),
                ("unit", app.field_office.as_str()),
                ("figure_consumer_attendance", n),
                ("note", HOSTILE),
            ];
            assert_eq!(office.upload("/records", &fields, &[]).await.status, StatusCode::SEE_OTHER);
        }
        let article = [
            ("unit_id", app.section.as_str()),
            ("kind", "press"),
            ("outlet", "日报"),
            ("title", HOSTILE),
            ("published_on", "2024-03-01"),
        ];
        let media = format!("/campaigns/{}/media", seed.campaign_id);
        assert_eq!(office.post(&media, &article).await.status, StatusCode::SEE_OTHER);
        let page = leader.get(&path).await;
        for words in ["约340人次", "3月1日", "300人次", "约40人次", "报刊", "1篇", "2条"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        assert!(page.html().contains("<svg class=\"plot\" role=\"img\"") && !page.html().contains("<script>alert"));
        let links: Vec<String> = page
            .document()
            .select("main a.stat, main .bar-line, main #days a, main .unit-lights a")
            .iter()
            .filter_map(|it| it.attr("href").map(|href| href.to_string()))
            .collect();
        assert!(links.len() >= 8, "{links:?}");
        for link in &links {
            assert_eq!(leader.get(link).await.status, StatusCode::OK, "{link}");
        }
        let day = links.iter().find(|it| it.contains("on=2024-03-01")).unwrap();
        assert!(leader.get(day).await.text().contains("300人次 共 1 条"));
        let own = leader.get(&format!("{path}?unit={}", app.section)).await;
        assert!(!own.text().contains("340人次"), "{}", own.text());
        assert_eq!(leader.fetch(&format!("{path}?unit=unknown")).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn the_wall_renews_itself_and_says_how_to_end_it() {
    on_both(async |app, seed| {
        let path = format!("/campaigns/{}/dashboard", seed.campaign_id);
        let leader = app.visitor(Role::Leader).await;
        assert_eq!(leader.fetch(&path).await.header("refresh"), "");
        let wall = leader.get(&format!("{path}?wall=1")).await;
        assert!(wall.text().contains("每分钟自动刷新") && wall.text().contains("退出大屏"), "{}", wall.text());
        assert_eq!(leader.fetch(&format!("{path}?wall=1")).await.header("refresh"), "60");
    })
    .await;
}
