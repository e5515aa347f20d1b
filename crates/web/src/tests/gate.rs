//! Headers, errors, forms from elsewhere.

use axum::{
    body::Body,
    http::{Method, StatusCode},
};
use domain::unit::Role;
use expect_test::expect;

use crate::testing::TestApp;

#[tokio::test]
async fn every_answer_carries_the_safe_headers() {
    let app = TestApp::new().await;
    let stranger = app.stranger();
    for path in ["/", "/no/such/page", "/healthz", crate::assets::css().url()] {
        let answer = stranger.fetch(path).await;
        let mut lines: Vec<String> = answer
            .headers
            .iter()
            .filter(|(name, _)| {
                !["content-type", "content-length", "vary", "x-request-number", "set-cookie", "cache-control"]
                    .contains(&name.as_str())
            })
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        lines.sort();
        expect![[r#"
            content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'
            cross-origin-opener-policy: same-origin
            cross-origin-resource-policy: same-origin
            permissions-policy: camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()
            referrer-policy: same-origin
            x-content-type-options: nosniff
            x-frame-options: DENY"#]]
        .assert_eq(&lines.join("\n"));
    }
}

#[tokio::test]
async fn pages_are_not_cached_and_assets_are_for_ever() {
    let app = TestApp::new().await;
    let stranger = app.stranger();
    assert_eq!(stranger.fetch("/").await.header("cache-control"), "no-store");
    let css = stranger.fetch(crate::assets::css().url()).await;
    assert_eq!(css.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(css.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(stranger.fetch("/assets/xiaobao-0000.css").await.status, StatusCode::NOT_FOUND);
    let gzip = [("accept-encoding", "gzip")];
    let zipped = stranger.send(Method::GET, crate::assets::css().url(), Body::empty(), &gzip).await;
    assert_eq!(zipped.header("content-encoding"), "gzip");
    assert!(zipped.bytes.len() * 3 < css.bytes.len());
}

#[tokio::test]
async fn a_missing_page_says_so_in_chinese_with_a_number_to_quote() {
    let app = TestApp::new().await;
    let page = app.stranger().fetch("/no/such/page").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let text = page.text();
    assert!(text.contains("没有找到这个页面"), "{text}");
    assert!(text.contains(page.header("x-request-number")), "{text}");
}

#[tokio::test]
async fn a_stroke_at_the_end_of_an_address_is_forgiven() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let answer = office.fetch("/units/?kind=section").await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/units?kind=section".to_owned()));
    assert_eq!(office.fetch("/nowhere/").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn head_works_where_get_works() {
    let app = TestApp::new().await;
    for path in ["/", "/healthz", "/help"] {
        let answer = app.stranger().send(Method::HEAD, path, Body::empty(), &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.bytes.is_empty());
    }
}

#[tokio::test]
async fn a_wrong_method_gets_a_page_of_words() {
    let app = TestApp::new().await;
    let answer = app.stranger().send(Method::DELETE, "/help", Body::empty(), &[]).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(answer.text().contains("不接受这种请求"));
}

#[tokio::test]
async fn an_address_that_cannot_be_read_gets_a_page_of_words() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    for path in ["/units/%ff", "/campaigns/import/x?again=1&again=2"] {
        let answer = office.fetch(path).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(answer.text().contains("这个地址没有写对"), "{path}: {}", answer.text());
    }
}

#[tokio::test]
async fn what_nobody_sees_is_not_typed() {
    let app = TestApp::new().await;
    let admin = app.visitor(Role::Admin).await;
    let fields = [("kind", "科室"), ("name", "\u{200b}\u{0}\u{202e}")];
    let answer = admin.post("/units", &fields).await;
    assert!(answer.text().contains("请填写单位名称"), "{}", answer.text());
    let answer = admin.post("/units", &[("kind", "科室"), ("name", "食品\u{0}流通\u{202e}科")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    assert!(admin.get("/units").await.text().contains("食品流通科"));
}

#[tokio::test]
async fn a_form_from_another_site_is_refused() {
    let app = TestApp::new().await;
    let visitor = app.visitor(Role::Officer).await;
    let token = visitor.token().await;
    let body = || Body::from(format!("token={token}&text=large&next=/"));
    let form = ("content-type", "application/x-www-form-urlencoded");
    for foreign in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let answer = visitor.send(Method::POST, "/look", body(), &[form, foreign]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{foreign:?}");
    }
    let own = ("origin", "http://xiaobao.test");
    assert_eq!(visitor.send(Method::POST, "/look", body(), &[form, own]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_form_without_our_token_does_nothing_and_loses_nothing() {
    let app = TestApp::new().await;
    let visitor = app.visitor(Role::Officer).await;
    for token in [String::new(), "x.y".to_owned(), app.stranger().token().await] {
        let fields = [("token", token.as_str()), ("note", "已联系两所学校"), ("password", "never shown")];
        let page = visitor.post_raw("/look", &fields).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(page.text().contains("已联系两所学校"));
        assert!(!page.html().contains("never shown"));
    }
    // The page of another person: it waits for them.
    let other = app.visitor(Role::Office).await.token().await;
    let page = visitor.post_raw("/look", &[("token", &other), ("note", "已联系两所学校")]).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(!page.html().contains("已联系两所学校") && page.value_of("kept_action") == "/look");
    assert!(visitor.cookie("xiaobao-look").is_none());
}

#[tokio::test]
async fn a_form_that_is_too_large_is_refused_before_it_is_read() {
    let app = TestApp::new().await;
    let visitor = app.visitor(Role::Officer).await;
    let long = "长".repeat(1024 * 1024);
    let page = visitor.post("/look", &[("text", &long)]).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(page.text().contains("2 MB"));
}

#[tokio::test]
async fn the_look_is_kept() {
    let app = TestApp::new().await;
    let stranger = app.stranger();
    stranger.post("/look", &[("text", "large"), ("next", "/help")]).await;
    stranger.post("/look", &[("theme", "dark"), ("next", "/help")]).await;
    let page = stranger.get("/help").await;
    let document = page.document();
    assert_eq!(document.select("html").attr("data-text").as_deref(), Some("large"));
    assert_eq!(document.select("html").attr("data-theme").as_deref(), Some("dark"));
}

#[tokio::test]
async fn a_form_with_files_is_checked_like_any_other() {
    let app = TestApp::new().await;
    let visitor = app.visitor(Role::Officer).await;
    let answer = visitor.upload("/look", &[("text", "large"), ("next", "/help")], &[("file", "通知.txt", b"x")]).await;
    assert_eq!(answer.location(), "/help");
    let form = [("content-type", "multipart/form-data; boundary=xb")];
    let cut = "--xb\r\ncontent-disposition: form-data; name=\"token\"\r\n\r\nabc";
    let answer = visitor.send(Method::POST, "/look", Body::from(cut), &form).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_file_may_be_as_large_as_the_page_says() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    // More than the 2 MB of axum, less than ours; nothing but spaces is no notice, and that is what is said.
    let spaces = vec![b' '; 5 * 1024 * 1024];
    let answer = office.upload("/campaigns/import", &[], &[("file", "通知.txt", &spaces)]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text());
    let much = vec![b' '; crate::posted::UPLOAD_LIMIT];
    let answer = office.upload("/campaigns/import", &[], &[("file", "通知.txt", &much)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text().contains("40 MB"));
    // What is typed has the bound of typed forms, in a form with files too.
    let typed = "字".repeat(crate::posted::FORM_LIMIT / 3 + 1);
    let answer = office.upload("/campaigns/import", &[("text", &typed)], &[]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text().contains("2 MB"));
}
