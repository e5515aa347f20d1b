//! Reports through the whole program on both engines: drafted, opened, corrected, drafted again, taken along.

use axum::http::StatusCode;
use domain::unit::Role;

use crate::campaign::tests::{HOSTILE, Seed, on_both};
use crate::testing::{Page, TestApp};

async fn record(app: &TestApp, seed: &Seed, key: &str, n: &str, note: &str) {
    let office = app.visitor(Role::Office).await;
    let fields = [
        ("activity_id", seed.activities[0].as_str()),
        ("client_key", key),
        ("happened_on", "2024-03-01"),
        ("unit", app.field_office.as_str()),
        ("unit", app.section.as_str()),
        ("figure_consumer_attendance", n),
        ("figure_activity_held", "1"),
        ("note", note),
    ];
    let answer = office.upload("/records", &fields, &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
}

/// What the form of corrections holds, with one field changed.
fn fields<'a>(page: &Page, name: &'a str, text: &'a str) -> Vec<(&'a str, String)> {
    let names = [
        "version",
        "title",
        "addressee",
        "overall",
        "measures",
        "results",
        "examples",
        "problems",
        "next",
        "annexes",
        "signature",
        "dated",
    ];
    let value = |it: &'a str| (it, if it == name { text.to_owned() } else { page.value_of(it) });
    names.into_iter().map(value).collect()
}

fn pairs<'a>(fields: &'a [(&'a str, String)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

#[tokio::test]
async fn a_report_is_drafted_from_the_records_and_every_figure_opens() {
    on_both(async |app, seed| {
        let path = format!("/campaigns/{}/summary", seed.campaign_id);
        let office = app.visitor(Role::Office).await;
        let empty = office.get(&path).await;
        assert!(empty.text().contains("还没有起草") && empty.text().contains("起草总结"), "{}", empty.text());
        let leader = app.visitor(Role::Leader).await;
        assert!(!leader.get(&path).await.html().contains("<button class=\"button is-primary\">起草总结"));
        record(&app, &seed, "k0000000000000000001", "300余", HOSTILE).await;
        assert_eq!(office.post(&path, &[]).await.status, StatusCode::SEE_OTHER);
        let page = office.get(&path).await;
        for words in ["一、总体情况", "消费者参与约300人次", "主要做法", "成效数据", "数据来源", "第 1 稿", "起草"]
        {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        assert!(!page.html().contains("<script>alert"));
        // Each figure leads to what it counts.
        let links: Vec<String> = page
            .document()
            .select("a.cited")
            .iter()
            .filter_map(|it| it.attr("href").map(|href| href.to_string()))
            .collect();
        assert!(links.len() >= 6, "{links:?}");
        for link in &links {
            let opened = leader.get(link.split('#').next().unwrap()).await;
            assert_eq!(opened.status, StatusCode::OK, "{link}");
        }
        let link = links.iter().find(|it| it.contains("indicator=consumer_attendance")).unwrap();
        let opened = leader.get(link).await;
        assert!(opened.text().contains("约300人次") && opened.text().contains("共 1 条"), "{}", opened.text());
        let none = leader.get(&format!("/campaigns/{}/figures?indicator=reads", seed.campaign_id)).await;
        assert!(none.text().contains("没有计入的记录"), "{}", none.text());
    })
    .await;
}

/// 第三十七条: a number that moves by one tells that a tip-off has come, and where.
#[tokio::test]
async fn how_many_tip_offs_there_are_is_told_to_no_stranger() {
    on_both(async |app, seed| {
        let officer = app.visitor(Role::Officer).await;
        let fields = [
            ("form", "quick"),
            ("kind", "report"),
            ("client_key", "0abcdefghijklmnopqrst"),
            ("consumer_name", "季云"),
            ("consumer_phone", "13900000002"),
            ("business_name", "甲店"),
            ("text", "秤不准"),
        ];
        assert_eq!(officer.post("/complaints", &fields).await.status, StatusCode::SEE_OTHER);
        let campaign = format!("/campaigns/{}", seed.campaign_id);
        let paths = [
            format!("{campaign}/figures?indicator=report_received"),
            format!("{campaign}/dashboard?indicator=report_received"),
            format!("{campaign}/records"),
        ];
        for (role, is_told) in [(Role::Leader, true), (Role::Officer, false), (Role::Auditor, false)] {
            let visitor = app.visitor(role).await;
            for path in &paths {
                let text = visitor.get(path).await.text();
                assert_eq!(text.contains("1件"), is_told, "{role:?} {path}: {text}");
            }
            let figures = visitor.get(&paths[0]).await.text();
            assert_eq!(figures.contains("举报件依法保密"), !is_told, "{role:?}: {figures}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_correction_outlives_a_new_draft_and_its_figures_follow() {
    on_both(async |app, seed| {
        let path = format!("/campaigns/{}/summary", seed.campaign_id);
        let office = app.visitor(Role::Office).await;
        record(&app, &seed, "k0000000000000000001", "300", "").await;
        office.post(&path, &[]).await;
        let form = office.get(&format!("{path}/edit")).await;
        let overall = form.value_of("overall").replace("共登记", "全局动员，共登记");
        let corrected = fields(&form, "overall", &overall);
        assert_eq!(office.post(&format!("{path}/edit"), &pairs(&corrected)).await.status, StatusCode::SEE_OTHER);
        // Somebody who had the page open before sees both.
        let late = fields(&form, "title", "我的标题");
        let stale = office.post(&format!("{path}/edit"), &pairs(&late)).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(
            stale.text().contains("他人已修改这份总结（周某于 2024-03-0") && stale.text().contains("全局动员"),
            "{}",
            stale.text()
        );
        assert_eq!(stale.value_of("title"), "我的标题", "what was typed is kept");
        let empty = fields(&form, "title", "  ");
        let refused = office.post(&format!("{path}/edit"), &pairs(&empty)).await;
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.text().contains("请填写标题"));
        record(&app, &seed, "k0000000000000000002", "50", "").await;
        let page = office.get(&path).await;
        assert!(page.text().contains("出稿前请核对") && page.text().contains("现在是350人次"), "{}", page.text());
        assert_eq!(office.post(&path, &[("version", "2")]).await.status, StatusCode::SEE_OTHER);
        let page = office.get(&path).await;
        for words in ["全局动员，共登记活动记录2条", "消费者参与350人次", "保留原样", "第 3 稿", "重新起草"]
        {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        let old = office.get(&format!("{path}?version=1")).await;
        let paper = old.document().select("article.official").text().to_string();
        assert!(old.text().contains("不是最新") && !paper.contains("全局动员"), "{paper}");
        let back = [("version", "3"), ("back", "1")];
        assert_eq!(office.post(&format!("{path}/restore"), &back).await.status, StatusCode::SEE_OTHER);
        let page = office.get(&path).await;
        assert!(page.text().contains("第 4 稿") && page.text().contains("恢复第1稿"), "{}", page.text());
    })
    .await;
}

#[tokio::test]
async fn a_unit_writes_its_own_and_a_joint_activity_counts_once_for_all_and_for_each() {
    on_both(async |app, seed| {
        let path = format!("/campaigns/{}/summary", seed.campaign_id);
        record(&app, &seed, "k0000000000000000001", "300", "两家一起办").await;
        let officer = app.visitor(Role::Officer).await;
        assert_eq!(officer.post(&path, &[]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(officer.post(&path, &[("unit", app.section.as_str())]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(officer.post(&path, &[("unit", app.field_office.as_str())]).await.status, StatusCode::SEE_OTHER);
        let own = officer.get(&format!("{path}?unit={}", app.field_office)).await;
        assert!(own.text().contains("消费者参与300人次") && own.text().contains("承担活动"), "{}", own.text());
        let office = app.visitor(Role::Office).await;
        for unit in ["", app.section.as_str()] {
            assert_eq!(office.post(&path, &[("unit", unit)]).await.status, StatusCode::SEE_OTHER);
            let page = office.get(&format!("{path}?unit={unit}")).await;
            assert!(page.text().contains("消费者参与300人次"), "{unit}: {}", page.text());
        }
        let figures = format!("/campaigns/{}/figures?indicator=consumer_attendance", seed.campaign_id);
        for unit in ["", app.section.as_str(), app.field_office.as_str()] {
            let page = office.get(&format!("{figures}&unit={unit}")).await;
            assert!(page.text().contains("300人次 共 1 条"), "{unit}: {}", page.text());
        }
        assert!(office.get(&path).await.text().contains("已有总结"), "the reports of the units are linked");
    })
    .await;
}

#[tokio::test]
async fn the_paper_is_a_word_file_and_what_must_not_be_added_is_not() {
    on_both(async |app, seed| {
        let path = format!("/campaigns/{}/summary", seed.campaign_id);
        let office = app.visitor(Role::Office).await;
        assert_eq!(office.fetch(&format!("{path}.docx")).await.status, StatusCode::NOT_FOUND);
        let media = format!("/campaigns/{}/media", seed.campaign_id);
        let entries = [
            ("public_service_ad", "甲台", "公益广告一", "", "3", ""),
            ("public_service_ad", "乙台", "公益广告二", "", "8", ""),
            ("new_media", "公众号", "同一篇", "https://mp.example.cn/s/a", "", "1200"),
            ("new_media", "公众号", "同一篇", "https://mp.example.cn/s/a", "", "1500"),
        ];
        for (kind, outlet, title, link, pieces, reads) in entries {
            let fields = [
                ("unit_id", app.section.as_str()),
                ("kind", kind),
                ("outlet", outlet),
                ("title", title),
                ("link", link),
                ("published_on", "2024-03-01"),
                ("pieces", pieces),
                ("days", if kind == "public_service_ad" { "5" } else { "" }),
                ("reads", reads),
            ];
            let answer = office.post(&media, &fields).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        }
        office.post(&path, &[]).await;
        let page = office.get(&path).await;
        for words in ["阅读量1500次", "新媒体报道1篇", "公益广告8条/5天、3条/5天"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        let ads = office.get(&format!("/campaigns/{}/figures?indicator=public_service_ad", seed.campaign_id)).await;
        assert!(ads.text().contains("不能相加") && ads.text().contains("8条/5天、3条/5天"), "{}", ads.text());
        let reads = office.get(&format!("/campaigns/{}/figures?indicator=reads", seed.campaign_id)).await;
        assert!(reads.text().contains("1500次 共 2 条") && reads.text().contains("只算一次"), "{}", reads.text());
        for marked in ["", "?marked=1"] {
            let file = office.fetch(&format!("{path}.docx{marked}")).await;
            assert!(file.status == StatusCode::OK && file.bytes.starts_with(b"PK"));
            let source = gongwen::read::read("a.docx", &file.bytes, &gongwen::Limits::default()).unwrap();
            assert!(source.text.contains("数据来源表") && source.text.contains("阅读量1500次"), "{}", source.text);
            assert_eq!(source.text.contains("1500次［"), !marked.is_empty(), "{}", source.text);
        }
    })
    .await;
}

#[tokio::test]
async fn a_final_report_is_locked_until_it_is_opened_again_with_a_reason() {
    on_both(async |app, seed| {
        let path = format!("/campaigns/{}/summary", seed.campaign_id);
        let office = app.visitor(Role::Office).await;
        assert_eq!(office.post(&path, &[]).await.status, StatusCode::SEE_OTHER);
        let edit = office.get(&format!("{path}/edit")).await;
        let finish = format!("{path}/final");
        let officer = app.visitor(Role::Officer).await;
        assert_eq!(officer.post(&finish, &[("version", "1"), ("do", "final")]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(office.post(&finish, &[("version", "1"), ("do", "final")]).await.status, StatusCode::SEE_OTHER);
        let page = office.get(&path).await;
        assert!(page.text().contains("第 1 稿已定稿") && page.text().contains("重新打开"), "{}", page.text());
        assert!(!page.text().contains("重新起草"));
        let name = office.fetch(&format!("{path}.docx")).await;
        assert!(
            name.header("content-disposition").contains("%E5%AE%9A%E7%A8%BF"),
            "{}",
            name.header("content-disposition")
        );
        // Nobody changes it, neither with an open form nor by drafting again.
        let corrected = office.post(&format!("{path}/edit"), &pairs(&fields(&edit, "problems", "人手不足。"))).await;
        assert_eq!(corrected.status, StatusCode::CONFLICT, "{}", corrected.text());
        assert!(corrected.text().contains("没有保存") && corrected.text().contains("定稿"), "{}", corrected.text());
        assert_eq!(corrected.value_of("problems"), "人手不足。", "nothing typed is lost");
        assert_eq!(office.fetch(&format!("{path}/edit")).await.status, StatusCode::CONFLICT);
        assert_eq!(office.post(&path, &[("version", "1")]).await.status, StatusCode::CONFLICT);
        assert_eq!(office.post(&finish, &[("version", "1"), ("do", "final")]).await.status, StatusCode::CONFLICT);
        let reopen =
            async |reason| office.post(&finish, &[("version", "1"), ("do", "reopen"), ("reason", reason)]).await.status;
        assert_eq!(reopen(" ").await, StatusCode::BAD_REQUEST);
        assert_eq!(reopen("漏了晚会后的数").await, StatusCode::SEE_OTHER);
        let page = office.get(&path).await;
        assert!(page.text().contains("漏了晚会后的数") && page.text().contains("重新起草"), "{}", page.text());
        assert_eq!(office.fetch(&format!("{path}/edit")).await.status, StatusCode::OK);
    })
    .await;
}
