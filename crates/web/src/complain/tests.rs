//! The public face through the whole program on both engines: a stranger complains, follows with the code, the desk sees it.

use axum::http::StatusCode;
use domain::unit::Role;
use store::testing::each_engine;

use crate::evidence::tests::photo;
use crate::testing::{Page, TestApp, Visitor};

const KEY: &str = "0123456789abcdef0123456789abcdef";
const FULL: &[(&str, &str)] = &[
    ("client_key", KEY),
    ("text", "三月一日买的牛奶已经过期三天，店里不肯退。"),
    ("business_name", "好来超市"),
    ("business_address", "青石镇1号"),
    ("demand_refund", "1"),
    ("amount", "12.8"),
    ("consumer_name", "凌小满"),
    ("consumer_phone", "139 0000 0001"),
    ("consumer_address", "青石区东街12号"),
    ("consent", "1"),
];

async fn on_both(test: impl AsyncFn(&TestApp)) {
    each_engine(async |db| test(&TestApp::on(db).await).await).await;
}

fn form<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    FULL.iter().filter(|it| !more.iter().any(|other| other.0 == it.0)).chain(more).copied().collect()
}

/// Sends the form; the answer is the page with number and code.
async fn complain(who: &Visitor, kind: &str, more: &[(&str, &str)]) -> Page {
    let sent = who.post(&format!("/complain/{kind}"), &form(more)).await;
    assert_eq!((sent.status, sent.location().as_str()), (StatusCode::SEE_OTHER, "/complain/done"), "{}", sent.text());
    who.get("/complain/done").await
}

async fn follow(who: &Visitor, key: &str, code: &str) -> Page {
    let sent = who.post("/complain/status", &[("key", key), ("code", code)]).await;
    if sent.status == StatusCode::SEE_OTHER { who.get(&sent.location()).await } else { sent }
}

async fn step(who: &Visitor, case: &str, step: &str, fields: &[(&str, &str)]) -> Page {
    let version = who.get(case).await.value_of("version");
    let fields = [fields, &[("version", version.as_str())]].concat();
    who.post(&format!("{case}/steps/{step}"), &fields).await
}

#[tokio::test]
async fn a_stranger_complains_and_follows_it_to_the_end() {
    on_both(async |app| {
        let citizen = app.stranger();
        let start = citizen.get("/complain").await;
        assert!(start.text().contains("青石区市场监督管理局") && start.text().contains("提起诉讼"), "{}", start.text());
        let done = complain(&citizen, "complaint", &[]).await;
        let code = done.value_of("code");
        assert!(done.text().contains("TS2024-000001") && done.text().contains(&code), "{}", done.text());
        assert_eq!(done.header("x-robots-tag"), "noindex, nofollow");
        // Somebody else, on another telephone, with the code and the end of the telephone number.
        let other = app.stranger();
        let mine = follow(&other, "0001", &code.to_lowercase().replace('-', "")).await;
        for words in ["正在决定是否受理", "TS2024-000001", "3月12日", "第十四条"] {
            assert!(mine.text().contains(words), "{words}: {}", mine.text());
        }
        let office = app.visitor(Role::Office).await;
        let queue = office.get("/complaints?view=triage").await;
        let case = queue.link("TS2024-000001");
        let page = office.get(&case).await;
        for words in ["网上填报", "凌**", "12.80 元", "登记"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        let unit = app.field_office.as_str();
        step(&office, &case, "dispatch", &[("unit_id", unit), ("reason", "内部的话")]).await;
        let officer = app.visitor(Role::Officer).await;
        step(&officer, &case, "accept", &[("on", "2024-03-01"), ("told", "phone")]).await;
        let draft = officer.get(&format!("{case}/letters/new/accept")).await;
        let body = draft.value_of("body");
        officer.post(&format!("{case}/letters/new/accept"), &[("body", &body)]).await;
        let mine = other.get("/complain/mine").await;
        assert!(mine.text().contains("已受理，正在调解"), "{}", mine.text());
        for secret in ["青石监管所", "郑某", "周某", "内部的话", "13900000001", "凌小满"] {
            assert!(!mine.html().contains(secret), "{secret}");
        }
        let letter = other.get(&mine.link("投诉受理告知书")).await;
        assert!(letter.text().contains("凌小满"), "the letter is theirs: {}", letter.text());
        let close = [("on", "2024-03-01"), ("outcome", "settled"), ("recovered", "12.8")];
        assert_eq!(step(&officer, &case, "close", &close).await.status, StatusCode::SEE_OTHER);
        let path = "/complain/mine/TS2024-000001/satisfaction";
        assert_eq!(other.post(path, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let said = [("satisfaction", "satisfied"), ("why", "很快")];
        assert_eq!(other.post(path, &said).await.status, StatusCode::SEE_OTHER);
        assert_eq!(other.post(path, &said).await.status, StatusCode::CONFLICT, "once");
        // The consumer's own word stands beside what the office hears when it calls.
        let called = step(&office, &case, "call_back", &[("satisfaction", "fair"), ("words", "回访说还可以")]).await;
        assert_eq!(called.status, StatusCode::SEE_OTHER, "{}", called.text());
        let page = office.get(&case).await;
        for words in ["当事人（网上）", "当事人评价", "满意，很快", "基本满意，回访说还可以"]
        {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        let rates = office.fetch("/complaints/rates.xlsx").await;
        let rates = crate::reader::read_list("a.xlsx", rates.bytes).await.unwrap();
        let rates = serde_json::to_string(&rates).unwrap();
        assert!(rates.contains("争议金额（元）") && rates.contains("12.8"), "{rates}");
        other.post("/complain/mine/leave", &[]).await;
        assert_eq!(other.fetch("/complain/mine").await.location(), "/complain/status");
    })
    .await;
}

#[tokio::test]
async fn nobody_complains_in_public_before_the_office_has_opened_it() {
    let app = TestApp::new().await;
    app.db()
        .write(async |tx| {
            store::setting::save(&tx, crate::complain::FACE, r#"{"phone":"022-0000"}"#, None).await.map(drop)
        })
        .await
        .unwrap();
    let citizen = app.stranger();
    for path in ["/complain", "/complain/complaint"] {
        let page = citizen.fetch(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(page.text().contains("12315") && page.text().contains("022-0000"), "{}", page.text());
    }
    assert!(!citizen.get("/").await.html().contains("href=\"/complain\""));
    let sent = citizen.post("/complain/complaint", &form(&[])).await;
    assert!(sent.status == StatusCode::NOT_FOUND && sent.text().contains("没有开通"));
}

#[tokio::test]
async fn what_somebody_wrote_slowly_is_still_taken_and_a_mistake_loses_no_word() {
    on_both(async |app| {
        let citizen = app.stranger();
        let code = complain(&citizen, "complaint", &[]).await.value_of("code");
        let mine = follow(&citizen, "TS2024-000001", &code).await;
        assert!(mine.text().contains("正在决定是否受理"));
        app.wait(20);
        citizen.get("/complain/mine").await;
        app.wait(20);
        citizen.get("/complain/mine").await;
        let path = "/complain/mine/TS2024-000001/withdraw";
        let wrong = citizen.post(path, &[("why", "商家已经退了钱")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(wrong.value_of("why"), "商家已经退了钱");
        app.wait(100);
        let facts = "/complain/mine/TS2024-000001/facts";
        assert_eq!(citizen.fetch("/complain/mine").await.location(), "/complain/status", "nobody looked at it");
        let sent = citizen.post(facts, &[("facts", "找了一个多小时才找到小票")]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        let page = citizen.follow(&sent.location()).await;
        assert!(page.text().contains("已收到您补充的内容") && page.text().contains("查询码"), "{}", page.text());
        assert_eq!(citizen.fetch("/complain/mine").await.location(), "/complain/status", "the look stays ended");
        // A mistake gives back what was typed, and tells nothing of the case.
        let page = citizen.post(path, &[("why", "商家又退了运费")]).await;
        assert_eq!((page.status, page.value_of("why").as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "商家又退了运费"));
        for hidden in ["正在决定是否受理", "好来超市", "最迟", "补充事实", "3月12日"] {
            assert!(!page.html().contains(hidden), "{hidden}: {}", page.text());
        }
        // Nor does a number that is none of theirs, and the look stays ended.
        for form in ["withdraw", "facts", "satisfaction"] {
            let page = citizen.post(&format!("/complain/mine/TS2024-000999/{form}"), &[]).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{form}: {}", page.text());
            for hidden in ["TS2024-000001", "正在决定是否受理", "好来超市", "3月12日"] {
                assert!(!page.html().contains(hidden), "{form} {hidden}: {}", page.text());
            }
        }
        assert_eq!(citizen.fetch("/complain/mine").await.location(), "/complain/status");
        app.wait(300);
        assert_eq!(citizen.post(facts, &[("facts", "第二天")]).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn what_is_sent_twice_is_one_case_with_one_code() {
    on_both(async |app| {
        let citizen = app.stranger();
        let first = complain(&citizen, "complaint", &[]).await.value_of("code");
        let again = complain(&citizen, "complaint", &[]).await;
        assert_eq!(again.value_of("code"), first, "the same form");
        // Changed on the way back: nothing is lost, and nothing is registered unasked.
        let changed = citizen.post("/complain/complaint", &form(&[("amount", "99"), ("text", "还缺斤少两")])).await;
        assert_eq!(changed.status, StatusCode::CONFLICT, "{}", changed.text());
        assert!(
            changed.text().contains("TS2024-000001") && changed.html().contains("还缺斤少两"),
            "{}",
            changed.text()
        );
        assert_eq!(changed.value_of("amount"), "99");
        assert_ne!(changed.value_of("client_key"), KEY, "the next press is another case");
        assert!(again.text().contains("没有重复登记"), "{}", again.text());
        let other = "fedcba9876543210fedcba9876543210";
        let more = complain(&citizen, "complaint", &[("client_key", other)]).await;
        assert!(more.text().contains("TS2024-000002") && more.value_of("code") != first);
        let rows = app.db().read(async |tx| tx.list("select * from complaint_follow", &[]).await).await.unwrap();
        let text = format!("{rows:?}");
        assert!(rows.len() == 2 && !text.contains(&first) && !text.contains(&first.replace('-', "")), "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_photo_that_comes_with_the_same_form_sent_again_is_kept() {
    on_both(async |app| {
        let citizen = app.stranger();
        let both = form(&[("also_report", "1"), ("text_report", "后厨用过期黄油")]);
        let send = async |files: &[(&str, &str, &[u8])]| {
            let sent = citizen.upload("/complain/complaint", &both, files).await;
            if sent.status == StatusCode::SEE_OTHER { citizen.get("/complain/done").await } else { sent }
        };
        let (receipt, shelf) = (b"receipt".as_slice(), b"shelf".as_slice());
        let first = send(&[("files", "小票.txt", receipt)]).await;
        assert!(!first.text().contains("没有重复登记"), "{}", first.text());
        let again = send(&[("files", "小票.txt", receipt)]).await;
        assert!(again.text().contains("没有重复登记") && !again.text().contains("补充进去"), "{}", again.text());
        let office = app.visitor(Role::Office).await;
        let list = office.get("/complaints?view=triage").await;
        let (complaint, tipoff) = (list.link("TS2024-000001"), list.link("JB2024-000001"));
        assert!(!office.get(&complaint).await.text().contains("当事人补充"));
        let more = [("files", "小票.txt", receipt), ("files", "货架.txt", shelf)];
        let said = send(&more).await;
        assert!(said.text().contains("没有重复登记；这次新选的文件已经补充进去"), "{}", said.text());
        assert!(!send(&more).await.text().contains("补充进去"));
        for case in [&complaint, &tipoff] {
            let page = office.get(case).await;
            assert_eq!(page.text().matches("当事人补充").count(), 1, "once: {}", page.text());
            assert!(page.link("货架.txt").starts_with(case), "{}", page.text());
            // Taken off by the desk, it does not come back by the same form.
            let file = page.link("小票.txt").split('?').next().unwrap().to_owned();
            office.post(&format!("{file}/remove"), &[]).await;
        }
        send(&[("files", "小票.txt", receipt)]).await;
        let page = office.get(&complaint).await;
        assert!(!page.text().contains("小票.txt 当事人"), "{}", page.text());
        // A case that has ended takes none: the person is asked, and loses no word.
        step(&office, &complaint, "dispatch", &[("unit_id", app.field_office.as_str())]).await;
        let officer = app.visitor(Role::Officer).await;
        step(&officer, &complaint, "accept", &[("on", "2024-03-01"), ("told", "phone")]).await;
        let close = [("on", "2024-03-01"), ("outcome", "settled"), ("recovered", "12.8")];
        assert_eq!(step(&officer, &complaint, "close", &close).await.status, StatusCode::SEE_OTHER);
        let late = send(&[("files", "录音.txt", b"call".as_slice())]).await;
        assert!(late.status == StatusCode::CONFLICT && late.text().contains("TS2024-000001"), "{}", late.text());
    })
    .await;
}

#[tokio::test]
async fn a_complaint_that_also_reports_is_two_cases_and_one_code() {
    on_both(async |app| {
        let citizen = app.stranger();
        let refused = citizen.post("/complain/complaint", &form(&[("also_report", "1")])).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "one text is not taken for both");
        assert!(refused.texts("#f-text_report-error").join("").contains("单独写"), "{}", refused.text());
        let more = [("also_report", "1"), ("text_report", "后厨用过期黄油")];
        let done = complain(&citizen, "complaint", &more).await;
        assert!(done.text().contains("TS2024-000001") && done.text().contains("JB2024-000001"), "{}", done.text());
        let mine = follow(&citizen, "JB2024-000001", &done.value_of("code")).await;
        assert!(mine.text().contains("正在核查") && mine.text().contains("正在决定是否受理"), "{}", mine.text());
        // An anonymous report has a number and a code only.
        let anonymous = [
            ("client_key", "fedcba9876543210fedcba9876543210"),
            ("consumer_name", ""),
            ("consumer_phone", ""),
            ("consumer_address", ""),
        ];
        let done = complain(&citizen, "report", &anonymous).await;
        let code = done.value_of("code");
        assert_eq!(follow(&citizen, "", &code).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(follow(&citizen, "JB2024-000002", &code).await.text().contains("正在核查"));
        let path = "/complain/mine/JB2024-000002/withdraw";
        assert_eq!(citizen.post(path, &[("sure", "1")]).await.status, StatusCode::CONFLICT, "a report stays");
    })
    .await;
}

#[tokio::test]
async fn errors_name_the_field_and_keep_everything() {
    let app = TestApp::new().await;
    let citizen = app.stranger();
    let wrong = [
        ("client_key", KEY),
        ("text", "牛奶<过期>"),
        ("consumer_phone", "12"),
        ("amount", "很多"),
        ("business_name", "好来<超市>"),
    ];
    let page = citizen.post("/complain/complaint", &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["请填写投诉人姓名", "电话号码不对", "不是金额", "通讯地址", "商家在哪里", "希望怎样解决", "打勾"]
    {
        assert!(page.text().contains(words), "{words}: {}", page.text());
    }
    assert_eq!((page.value_of("business_name").as_str(), page.value_of("client_key").as_str()), ("好来<超市>", KEY));
    assert!(page.html().contains("牛奶&#60;过期&#62;") || page.html().contains("牛奶&lt;过期&gt;"));
    let robot = citizen.post("/complain/complaint", &form(&[("homepage", "http://x")])).await;
    assert!(robot.status == StatusCode::UNPROCESSABLE_ENTITY && robot.text().contains("请留空"));
    assert_eq!(citizen.fetch("/complain/else").await.status, StatusCode::NOT_FOUND);
    assert!(citizen.get("/complain/done").await.text().contains("没有刚提交的内容"));
}

#[tokio::test]
async fn files_come_along_are_looked_at_and_reach_the_desk() {
    on_both(async |app| {
        let citizen = app.stranger();
        let bad = [("files", "a.svg", b"<svg onload=alert(1)>".as_slice())];
        let page = citizen.upload("/complain/complaint", FULL, &bad).await;
        assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.text().contains("没有保留"), "{}", page.text());
        let picture = photo();
        let good = [("files", "小票.jpg", picture.as_slice())];
        let sent = citizen.upload("/complain/complaint", FULL, &good).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        let code = citizen.get("/complain/done").await.value_of("code");
        follow(&citizen, "TS2024-000001", &code).await;
        let path = "/complain/mine/TS2024-000001/facts";
        assert_eq!(citizen.upload(path, &[("facts", "")], &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let answer = citizen.upload(path, &[("facts", "店员姓名牌是7号")], &good).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        citizen.upload(path, &[("facts", "店员姓名牌是7号")], &good).await;
        // The person reads it again, once, with long numbers masked.
        let more = [("files", "经过.txt", "第二天又去了一次".as_bytes())];
        citizen.upload(path, &[("facts", "店长电话 139 0000 0009")], &more).await;
        let mine = citizen.get("/complain/mine").await;
        for words in ["您补充的内容", "店员姓名牌是7号", "店长电话 139******09", "2024-03-01", "文件 1 个"]
        {
            assert!(mine.text().contains(words), "{words}: {}", mine.text());
        }
        assert_eq!(mine.text().matches("店员姓名牌是7号").count(), 1, "{}", mine.text());
        let rows = app.db().read(async |tx| tx.list("select * from complaint_supplement", &[]).await).await.unwrap();
        assert!(!format!("{rows:?}").contains("姓名牌"), "it lies sealed");
        let office = app.visitor(Role::Office).await;
        let case = office.get("/complaints?q=%E5%A7%93%E5%90%8D%E7%89%8C&view=all").await.link("TS2024-000001");
        let page = office.get(&case).await;
        assert!(page.text().contains("有新的补充或申请") && page.text().contains("补充了内容"), "{}", page.text());
        assert_eq!(page.text().matches("店员姓名牌是7号").count(), 1, "a double press adds once: {}", page.text());
        assert!(page.text().contains("还没有人处理") && page.text().contains("当事人（网上）"), "{}", page.text());
        let file = page.link("小票.jpg");
        assert!(office.fetch(&file).await.bytes.starts_with(&[0xff, 0xd8]));
        let file = file.split('?').next().unwrap().to_owned();
        assert_eq!(app.visitor(Role::Officer).await.fetch(&file).await.status, StatusCode::NOT_FOUND);
        let own = [("files", "来信.jpg", picture.as_slice())];
        office.upload(&format!("{case}/files"), &[], &own).await;
        assert_eq!(office.post(&format!("{file}/remove"), &[]).await.status, StatusCode::SEE_OTHER);
        let page = office.get(&case).await;
        assert!(page.text().contains("撤下附件") && !page.text().contains("小票.jpg 当事人"), "{}", page.text());
    })
    .await;
}

#[tokio::test]
async fn a_withdrawal_is_asked_for_and_the_unit_ends_it() {
    on_both(async |app| {
        let citizen = app.stranger();
        let code = complain(&citizen, "complaint", &[]).await.value_of("code");
        follow(&citizen, "TS2024-000001", &code).await;
        let path = "/complain/mine/TS2024-000001/withdraw";
        assert_eq!(citizen.post(path, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let asked = [("sure", "1"), ("why", "已经退款")];
        assert_eq!(citizen.post(path, &asked).await.status, StatusCode::SEE_OTHER);
        assert_eq!(citizen.post(path, &asked).await.status, StatusCode::CONFLICT);
        assert!(citizen.get("/complain/mine").await.text().contains("您已申请撤回"));
        let office = app.visitor(Role::Office).await;
        let case = office.get("/complaints?view=triage").await.link("TS2024-000001");
        let page = office.get(&case).await;
        assert!(page.text().contains("申请撤回") && page.text().contains("已经退款"), "{}", page.text());
    })
    .await;
}

#[tokio::test]
async fn a_code_alone_opens_nothing_and_guessing_ends() {
    let app = TestApp::new().await;
    let citizen = app.stranger();
    let code = complain(&citizen, "complaint", &[]).await.value_of("code");
    let thief = app.stranger();
    for (key, typed) in [("TS2024-000002", code.as_str()), ("0002", &code), ("TS2024-000001", "2345-6789-ABCD")] {
        let page = follow(&thief, key, typed).await;
        assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.text().contains("对不上"), "{}", page.text());
    }
    thief.set_cookie("xiaobao-follow", "0.99999999999.00");
    assert_eq!(thief.fetch("/complain/mine").await.location(), "/complain/status");
    assert_eq!(thief.post("/complain/mine/TS2024-000001/withdraw", &[]).await.status, StatusCode::FORBIDDEN);
    for _ in 0..20 {
        follow(&thief, "TS2024-000001", "2345-6789-ABCD").await;
    }
    let page = follow(&thief, "TS2024-000001", &code).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "even the right code: {}", page.text());
    app.wait(31);
    follow(&citizen, "TS2024-000001", &code).await;
}

#[tokio::test]
async fn a_flood_is_stopped_and_loses_no_typed_text() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let settings = [("version", "1"), ("is_on", "1"), ("per_hour", "2"), ("phone", "0599-5120000")];
    let saved = office.post("/complaints/settings/public", &settings).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    let citizen = app.stranger();
    for n in 0..3 {
        let key = format!("{n}123456789abcdef0123456789abcdef");
        let sent = citizen.post("/complain/complaint", &form(&[("client_key", &key)])).await;
        match n {
            2 => {
                assert_eq!(sent.status, StatusCode::TOO_MANY_REQUESTS);
                assert!(sent.html().contains("三月一日买的牛奶"));
            }
            _ => assert_eq!(sent.status, StatusCode::SEE_OTHER),
        }
    }
    assert!(citizen.get("/complain").await.text().contains("0599-5120000"));
}

#[tokio::test]
async fn an_office_without_a_public_face_says_where_to_turn() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    assert!(app.stranger().get("/").await.text().contains("我要投诉"));
    let earlier = app.stranger();
    let code = complain(&earlier, "complaint", &[]).await.value_of("code");
    let settings = [("version", "1"), ("per_hour", "30")];
    assert_eq!(office.post("/complaints/settings/public", &settings).await.status, StatusCode::SEE_OTHER);
    let citizen = app.stranger();
    for path in ["/complain", "/complain/complaint"] {
        let page = citizen.fetch(path).await;
        assert!(page.link("查进度").ends_with("/complain/status"));
        assert!(page.status == StatusCode::NOT_FOUND && page.text().contains("12315"), "{path}");
    }
    assert_eq!(citizen.post("/complain/complaint", FULL).await.status, StatusCode::NOT_FOUND);
    // Who complained while it was open still follows the case, adds to it and takes it back.
    let mine = follow(&earlier, "TS2024-000001", &code).await;
    assert!(mine.text().contains("正在决定是否受理"), "{}", mine.text());
    let added = earlier.post("/complain/mine/TS2024-000001/facts", &[("facts", "找到小票了")]).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text());
    let start = citizen.get("/").await;
    assert!(!start.text().contains("我要投诉") && start.link("查进度").ends_with("/complain/status"));
    let officer = app.visitor(Role::Officer).await;
    assert_eq!(officer.post("/complaints/settings/public", &settings).await.status, StatusCode::FORBIDDEN);
}
