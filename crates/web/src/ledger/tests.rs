//! The two ledgers through the whole program on both engines.

use axum::http::StatusCode;
use domain::unit::Role;

use crate::campaign::tests::{HOSTILE, on_both};

#[tokio::test]
async fn one_article_of_two_units_is_shown_as_one_and_its_reads_grow() {
    on_both(async |app, seed| {
        let path = format!("/campaigns/{}/media", seed.campaign_id);
        let officer = app.visitor(Role::Officer).await;
        let office = app.visitor(Role::Office).await;
        let entry = |unit: &str, link: &str, reads: &str| {
            [
                ("unit_id", unit),
                ("kind", "new_media"),
                ("outlet", "青石市场监管"),
                ("title", "消费提示"),
                ("link", link),
                ("published_on", "2024-03-01"),
                ("reads", reads),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
        };
        let send = async |visitor: &crate::testing::Visitor, entry: [(String, String); 7]| {
            let fields: Vec<(&str, &str)> = entry.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            visitor.post(&path, &fields).await.status
        };
        let own = app.field_office.as_str();
        assert_eq!(
            send(&officer, entry(own, "https://mp.example.cn/s/a?scene=1", "1200")).await,
            StatusCode::SEE_OTHER
        );
        assert_eq!(send(&officer, entry(app.section.as_str(), "", "1")).await, StatusCode::FORBIDDEN);
        assert_eq!(send(&officer, entry(own, "javascript:alert(1)", "1")).await, StatusCode::UNPROCESSABLE_ENTITY);
        let section = app.section.as_str();
        assert_eq!(send(&office, entry(section, "http://mp.example.cn/s/a#rd", "1.5万")).await, StatusCode::SEE_OTHER);
        let page = officer.get(&path).await;
        for words in ["多单位登记，算一篇", "新媒体报道1篇", "阅读量15,000次"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        let one = page.document().select("form.ledger-reads").first().attr("action").unwrap().to_string();
        assert_eq!(officer.post(&one, &[("reads", "2万余")]).await.status, StatusCode::SEE_OTHER);
        assert!(officer.get(&path).await.text().contains("阅读量约20,000次"));
        let show = officer.get(one.trim_end_matches("/reads")).await;
        assert!(show.text().contains("同一篇报道") && show.text().contains("1200 → 20000余"), "{}", show.text());
        let leader = app.visitor(Role::Leader).await;
        assert!(!leader.get(&path).await.html().contains("ledger-reads"));
        assert_eq!(leader.post(&one, &[("reads", "1")]).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn materials_are_counted_once_corrected_and_taken_along() {
    on_both(async |app, seed| {
        let path = format!("/campaigns/{}/materials", seed.campaign_id);
        let office = app.visitor(Role::Office).await;
        let fields = [
            ("unit_id", app.section.as_str()),
            ("activity_id", seed.activities[0].as_str()),
            ("kind", "leaflet"),
            ("title", HOSTILE),
            ("printed", "5000"),
            ("handed_out", "3000余"),
            ("happened_on", "2024-03-01"),
            ("client_key", "aaaaaaaaaaaaaaaaaaaaaaaa"),
        ];
        for _ in 0..2 {
            assert_eq!(office.post(&path, &fields).await.status, StatusCode::SEE_OTHER);
        }
        let page = office.get(&path).await;
        assert!(page.text().contains("印发宣传资料约3,000份"), "{}", page.text());
        assert!(!page.html().contains("<script>alert"));
        let csv = String::from_utf8(office.fetch(&format!("{path}.csv")).await.bytes).unwrap();
        assert!(csv.starts_with('\u{FEFF}') && csv.contains("5000,3000"), "{csv}");
        let sheet = office.fetch(&format!("{path}.xlsx")).await;
        assert!(sheet.status == StatusCode::OK && sheet.bytes.starts_with(b"PK"));
        let one = page.document().select("td a.strong").first().attr("href").unwrap().to_string();
        let show = office.get(&one).await;
        let version = show.value_of("version");
        let twice = [&fields[..], &[("is_in_record", "1"), ("version", version.as_str())]].concat();
        assert_eq!(office.post(&one, &twice).await.status, StatusCode::SEE_OTHER);
        assert!(office.get(&path).await.text().contains("在记录中"));
        assert_eq!(
            office.post(&one, &twice).await.status,
            StatusCode::CONFLICT,
            "the page was drawn before the change"
        );
        let withdraw = format!("{one}/withdraw");
        let reason = [("version", "2"), ("reason", "登记有误")];
        assert_eq!(office.post(&withdraw, &reason).await.status, StatusCode::SEE_OTHER);
        assert!(office.get(&format!("{path}?withdrawn=1")).await.text().contains("不计"));
        let media = office.fetch(&format!("/campaigns/{}/media.xlsx", seed.campaign_id)).await;
        assert_eq!(media.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_of_an_article_is_kept_under_its_checksum() {
    on_both(async |app, seed| {
        let path = format!("/campaigns/{}/media", seed.campaign_id);
        let officer = app.visitor(Role::Officer).await;
        let fields = [
            ("unit_id", app.field_office.as_str()),
            ("kind", "press"),
            ("outlet", "青石日报"),
            ("title", "消费提示见报"),
            ("published_on", "2024-03-01"),
        ];
        assert_eq!(officer.post(&path, &fields).await.status, StatusCode::SEE_OTHER);
        let list = officer.get(&path).await;
        let one = list.document().select("td a.strong").first().attr("href").unwrap().to_string();
        assert!(officer.get(&one).await.text().contains("还没有快照"));
        let files = format!("{one}/files");
        let photo = crate::evidence::tests::photo();
        for (name, bytes) in [("page.html", b"<html>".as_slice()), ("half.jpg", &photo[..300])] {
            let refused = officer.upload(&files, &[], &[("file", name, bytes)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(refused.text().contains(name), "{}", refused.text());
        }
        for words in ["已保存", "没有重复保存"] {
            let answer = officer.upload(&files, &[], &[("file", "见报.jpg", &photo)]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
            let page = officer.get(&one).await;
            assert!(page.text().contains(words), "{words}: {}", page.text());
            assert_eq!(page.document().select("ul.evidence li").length(), 1);
        }
        let page = officer.get(&one).await;
        let sha256 = crate::keys::hex(&<sha2::Sha256 as sha2::Digest>::digest(&photo));
        assert!(page.html().contains(&sha256), "the checksum is shown: {}", page.text());
        let link = page.link("见报.jpg");
        assert_eq!(officer.fetch(&link).await.bytes, photo, "the original is kept as it came");
        let shown = officer.fetch(&format!("{link}?view")).await;
        assert!(!shown.bytes.windows(4).any(|it| it == b"Exif"));
        assert_eq!(
            app.visitor(Role::Leader).await.upload(&files, &[], &[("file", "a.jpg", &photo)]).await.status,
            StatusCode::FORBIDDEN
        );
        let version = page.value_of("version");
        let removed = officer.post(&format!("{link}/remove"), &[("version", version.as_str())]).await;
        assert_eq!(removed.status, StatusCode::SEE_OTHER, "{}", removed.text());
        let page = officer.get(&one).await;
        assert!(page.text().contains("还没有快照") && page.text().contains("撤下附件"), "{}", page.text());
    })
    .await;
}
