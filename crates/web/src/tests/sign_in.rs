//! Signing in, and everything that must not be possible around it.

use axum::http::StatusCode;
use domain::unit::Role;

use crate::testing::{PASSWORD, Page, TestApp};

#[tokio::test]
async fn a_person_signs_in_and_comes_to_the_page_they_wanted() {
    let app = TestApp::new().await;
    let visitor = app.stranger();
    let answer = visitor.fetch("/account").await;
    assert_eq!(answer.location(), "/sign-in?next=%2Faccount");
    let page = visitor.get(&answer.location()).await;
    let next = page.value_of("next");
    let answer = visitor.post("/sign-in", &[("login", "Officer "), ("password", PASSWORD), ("next", &next)]).await;
    assert_eq!(answer.location(), "/account");
    assert!(visitor.get("/account").await.text().contains("郑某"));
}

#[tokio::test]
async fn nobody_is_led_away_after_signing_in() {
    let app = TestApp::new().await;
    let fields = [("login", "officer"), ("password", PASSWORD), ("next", "//evil.example/")];
    assert_eq!(app.stranger().post("/sign-in", &fields).await.location(), "/");
    // An address that only takes forms is no page to come to.
    let fields = [("login", "officer"), ("password", PASSWORD), ("next", "/sign-out")];
    assert_eq!(app.stranger().post("/sign-in", &fields).await.location(), "/");
}

#[tokio::test]
async fn an_unknown_login_and_a_wrong_password_look_the_same() {
    let app = TestApp::new().await;
    let answer = |login: &'static str| {
        let visitor = app.stranger();
        async move { visitor.post("/sign-in", &[("login", login), ("password", "wrong")]).await.texts(".error-summary") }
    };
    let known = answer("officer").await;
    assert_eq!(known, answer("nobody").await);
    assert_eq!(known, ["有 1 处需要改正登录名或密码不对，请重新输入。还可以试 4 次。"]);
}

#[tokio::test]
async fn five_wrong_passwords_lock_the_login_for_ten_minutes() {
    let app = TestApp::new().await;
    let visitor = app.stranger();
    for _ in 0..5 {
        let page = visitor.post("/sign-in", &[("login", "officer"), ("password", "wrong")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    // Another browser with the right password is refused as well, and is told until when.
    let page = app.stranger().post("/sign-in", &[("login", "officer"), ("password", PASSWORD)]).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(page.text().contains("09:10"), "{}", page.text());
    app.visitor(Role::Office).await;
    app.wait(11);
    app.visitor(Role::Officer).await;
}

#[tokio::test]
async fn a_token_planted_before_signing_in_is_worth_nothing() {
    let app = TestApp::new().await;
    let visitor = app.stranger();
    visitor.set_cookie("xiaobao", "planted");
    visitor.sign_in("officer", PASSWORD).await;
    assert_ne!(visitor.cookie("xiaobao").unwrap(), "planted");
    let thief = app.stranger();
    thief.set_cookie("xiaobao", "planted");
    assert_eq!(thief.fetch("/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn signing_in_anew_ends_the_sign_in_before() {
    let app = TestApp::new().await;
    let visitor = app.visitor(Role::Officer).await;
    let before = visitor.cookie("xiaobao").unwrap();
    visitor.sign_in("office", PASSWORD).await;
    let thief = app.stranger();
    thief.set_cookie("xiaobao", &before);
    assert_eq!(thief.fetch("/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites() {
    let app = TestApp::new().await;
    let answer = app.stranger().post("/sign-in", &[("login", "officer"), ("password", PASSWORD)]).await;
    let line = answer.headers.get_all("set-cookie").iter().find(|it| it.to_str().unwrap().starts_with("xiaobao="));
    assert!(line.unwrap().to_str().unwrap().ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{line:?}");
}

#[tokio::test]
async fn half_an_hour_without_a_request_ends_the_sign_in() {
    let app = TestApp::new().await;
    let visitor = app.visitor(Role::Officer).await;
    for _ in 0..3 {
        app.wait(25);
        visitor.get("/account").await;
    }
    app.wait(31);
    assert_eq!(visitor.fetch("/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn twelve_hours_end_it_at_any_rate() {
    let app = TestApp::new().await;
    let visitor = app.visitor(Role::Officer).await;
    for _ in 0..28 {
        app.wait(25);
        visitor.get("/account").await;
    }
    app.wait(25);
    assert_eq!(visitor.fetch("/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_was_typed_while_the_sign_in_ended_is_not_lost() {
    let app = TestApp::new().await;
    let visitor = app.visitor(Role::Officer).await;
    let stale = visitor.token().await;
    app.wait(40);
    let typed = [("token", stale.as_str()), ("text", "large"), ("note", "已联系“青石”小学"), ("old_password", "hush")];
    // A form of a page behind the door.
    let page = visitor.post_raw("/account/password", &typed).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(page.text().contains("刚才填写的内容还在"));
    assert!(!page.html().contains("hush"));
    let (action, kept) = (page.value_of("kept_action"), page.value_of("kept"));
    // A wrong password in between changes nothing.
    let fields = |password| {
        [("login", "officer"), ("password", password), ("kept_action", action.as_str()), ("kept", kept.as_str())]
    };
    let page = visitor.post("/sign-in", &fields("wrong")).await;
    assert_eq!(page.value_of("kept"), kept);
    let page = visitor.post("/sign-in", &fields(PASSWORD)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("已联系“青石”小学"));
    let document = page.document();
    let form = document.select("main form");
    assert_eq!(form.attr("action").as_deref(), Some("/account/password"));
    assert_eq!(form.select("[name=note]").attr("value").as_deref(), Some("已联系“青石”小学"));
    // Its token is good for the new sign-in: the form arrives.
    let token = form.select("[name=token]").attr("value").unwrap().to_string();
    let page = visitor.post_raw("/account/password", &[("token", &token)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn what_one_person_typed_is_not_shown_to_the_next_at_the_same_desk() {
    let app = TestApp::new().await;
    let signed_in = async |page: &Page, login: &str| {
        let (action, kept) = (page.value_of("kept_action"), page.value_of("kept"));
        let fields = [("login", login), ("password", PASSWORD), ("kept_action", &action), ("kept", &kept)];
        app.stranger().post("/sign-in", &fields).await
    };
    let officer = app.visitor(Role::Officer).await;
    let token = officer.token().await;
    let typed = [("token", token.as_str()), ("note", "举报人赵某")];
    // Signed out in another window, or the browser has forgotten: nobody can say who sends it but the page itself.
    officer.post("/sign-out", &[]).await;
    for visitor in [&officer, &app.stranger()] {
        let page = visitor.post_raw("/account/password", &typed).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert!(!page.html().contains("举报人赵某"));
        let other = signed_in(&page, "office").await;
        assert_eq!(other.status, StatusCode::SEE_OTHER, "{}", other.text());
        assert!(signed_in(&page, "officer").await.text().contains("举报人赵某"));
    }
    // The next is signed in already when the old page is sent.
    let office = app.visitor(Role::Office).await;
    let page = office.post_raw("/account/password", &typed).await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    assert!(page.text().contains("另一位人员") && !page.html().contains("举报人赵某"));
    assert!(signed_in(&page, "officer").await.text().contains("举报人赵某"));
}

#[tokio::test]
async fn other_sign_ins_can_be_ended() {
    let app = TestApp::new().await;
    let (here, there) = (app.visitor(Role::Officer).await, app.visitor(Role::Officer).await);
    let key = here.get("/account").await.value_of("key");
    here.post("/account/sign-ins/end", &[("key", &key)]).await;
    assert_eq!(there.fetch("/account").await.status, StatusCode::SEE_OTHER);
    here.get("/account").await;
}

#[tokio::test]
async fn a_new_password_must_be_good_and_ends_the_other_sign_ins() {
    let app = TestApp::new().await;
    let (here, there) = (app.visitor(Role::Officer).await, app.visitor(Role::Officer).await);
    let change = |old: &'static str, new: &'static str| {
        [("old_password", old), ("new_password", new), ("new_password_again", new)]
    };
    for (old, new) in
        [("wrong", "seven blue lamps"), (PASSWORD, "12345678"), (PASSWORD, "officer2024"), (PASSWORD, PASSWORD)]
    {
        let page = here.post("/account/password", &change(old, new)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{old} {new}");
    }
    let answer = here.post("/account/password", &change(PASSWORD, "seven blue lamps")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(there.fetch("/account").await.status, StatusCode::SEE_OTHER);
    app.stranger().sign_in("officer", "seven blue lamps").await;
    // The password cannot be guessed here either.
    let mut last = String::new();
    for _ in 0..6 {
        last = here.post("/account/password", &change("wrong", "eight red lamps")).await.text();
    }
    assert!(last.contains("连续输错次数过多"), "{last}");
    let page = here.post("/account/password", &change("seven blue lamps", "eight red lamps")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    app.wait(11);
    let answer = here.post("/account/password", &change("seven blue lamps", "eight red lamps")).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_one_time_password_opens_nothing_but_the_page_to_change_it() {
    let app = TestApp::new().await;
    let hash = crate::password::hash("k7fq-m3hx-92wd".into()).await.unwrap();
    let officer = app.actor(Role::Officer).await.person_id;
    app.db().write(async move |tx| store::person::save_password(&tx, &officer, &hash, true).await).await.unwrap();
    let visitor = app.stranger();
    visitor.sign_in("officer", "k7fq-m3hx-92wd").await;
    assert_eq!(visitor.fetch("/account").await.location(), "/account/password");
    let fields = [
        ("old_password", "k7fq-m3hx-92wd"),
        ("new_password", "seven blue lamps"),
        ("new_password_again", "seven blue lamps"),
    ];
    visitor.post("/account/password", &fields).await;
    visitor.get("/account").await;
}

#[tokio::test]
async fn a_person_out_of_use_cannot_sign_in_and_is_out_at_once() {
    let app = TestApp::new().await;
    let visitor = app.visitor(Role::Officer).await;
    let officer = app.actor(Role::Officer).await.person_id;
    let work = app.db().write(async move |tx| {
        let mut person = store::person::lock(&tx, &officer, None).await?;
        person.is_active = false;
        store::person::save(&tx, &person).await
    });
    work.await.unwrap();
    assert_eq!(visitor.fetch("/account").await.status, StatusCode::SEE_OTHER);
    let page = app.stranger().post("/sign-in", &[("login", "officer"), ("password", PASSWORD)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_bureau_behind_one_address_signs_in_as_often_as_it_likes() {
    let app = TestApp::new().await;
    let now = app.app.clock.now();
    // One wrong password more would lock the address of the tests.
    let work = app.db().write(async move |tx| {
        for _ in 0..39 {
            store::sign_in::insert_failure(&tx, "address:本机", now, now).await?;
        }
        Ok(())
    });
    work.await.unwrap();
    for login in ["officer", "office", "leader"] {
        app.stranger().sign_in(login, PASSWORD).await;
    }
    let wrong = [("login", "nobody"), ("password", "x")];
    assert_eq!(app.stranger().post("/sign-in", &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = [("login", "officer"), ("password", PASSWORD)];
    assert_eq!(app.stranger().post("/sign-in", &right).await.status, StatusCode::TOO_MANY_REQUESTS);
}
