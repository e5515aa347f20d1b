//! What comes from elsewhere, through the whole program on both engines: lists of other systems, large exports, e-mails.

use axum::http::StatusCode;
use domain::unit::Role;
use store::testing::each_engine;

use crate::testing::{Page, TestApp, Visitor};

async fn on_both(test: impl AsyncFn(&TestApp)) {
    each_engine(async |db| test(&TestApp::on(db).await).await).await;
}

/// An export as the national platform writes it, with invented contents.
fn export_of_platform(n: usize, changed: usize) -> Vec<u8> {
    let heads = [
        "登记编号",
        "类型",
        "接收方式",
        "企业名称",
        "企业地址",
        "诉求内容",
        "问题类别",
        "事发地",
        "具体问题",
        "初查受理状态",
        "处理机构",
        "处理部门",
        "反馈内容",
    ];
    let firms = ["好来超市", "青石百货", "南门电器", "云水餐厅", "北站通讯"];
    let matters = ["牛奶过期", "电饭煲三天就坏", "预付卡不退", "缺斤少两", "虚假宣传"];
    let pick = |list: &[&'static str], at: usize| list[at % list.len()];
    let mut text = heads.join(",") + "\n";
    for at in 0..n {
        let firm = if at < changed { "改名后的店" } else { pick(&firms, at) };
        let kind = if at % 7 == 0 { "举报" } else { "投诉" };
        let matter = pick(&matters, at / 3);
        text += &format!(
            "1350322002024{at:08},{kind},互联网平台,{firm},青石镇{at}号,\"退货,退赔费用\",食品安全、其他投诉问题,青石镇,{matter}，第{at}件，要求处理。,已受理,青石区局,青石监管所,\n"
        );
    }
    text.into_bytes()
}

async fn send(who: &Visitor, name: &str, bytes: &[u8], more: &[(&str, &str)]) -> Page {
    let fields = [&[("received_on", "2024-02-29")], more].concat();
    who.upload("/complaints/import", &fields, &[("file", name, bytes)]).await
}

#[tokio::test]
async fn a_large_export_comes_twice_and_the_second_time_shows_what_is_different() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let first = export_of_platform(1000, 0);
        let checked = send(&office, "导出.csv", &first, &[("only_check", "1")]).await;
        assert!(checked.text().contains("1000新登记"), "{}", checked.text());
        let said = checked.text();
        assert!(said.contains("1000 行：初查受理状态“已受理”只记入办理记录"), "{said}");
        assert!(!said.contains("不在系统的单位中"), "the section is a unit: {said}");
        let elsewhere = String::from_utf8(first.clone()).unwrap().replace("青石监管所", "不存在的所");
        let said = send(&office, "导出.csv", elsewhere.as_bytes(), &[("only_check", "1")]).await.text();
        assert!(said.contains("1000 行：处理部门“不存在的所”不在系统的单位中"), "{said}");
        let done = send(&office, "导出.csv", &first, &[]).await;
        assert!(done.text().contains("1000新登记") && done.text().contains("0已有，相同"), "{}", done.text());
        let again = send(&office, "导出.csv", &export_of_platform(1000, 3), &[]).await;
        for words in ["0新登记", "997已有，相同", "3已有，内容不同", "改名后的店"] {
            assert!(again.text().contains(words), "{words}: {}", again.text());
        }
        let read = app.db().read(async |tx| store::event::head(&tx).await).await.unwrap();
        assert!(read.0 > 1000, "each case has its events");
    })
    .await;
}

const ORDERS: &str = "县12345热线工单,,,,\n工单流水号,来电人,来电号码,被反映单位,反映内容摘要\nG1,凌小满,13900000001,好来超市,牛奶过期三天不肯退\nG2,季云,12,南门电器,电饭煲三天就坏了\n";

fn choose<'a>(act: &'a str, name: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("act", act),
        ("name", name),
        ("received_on", "2024-02-29"),
        ("kind", "complaint"),
        ("channel", "hotline_12345"),
        ("c0", "number"),
        ("c1", "name"),
        ("c2", "phone"),
        ("c3", "business"),
        ("c4", "text"),
    ]
}

#[tokio::test]
async fn a_list_nobody_knows_is_mapped_once_and_known_again() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let sent = send(&office, "工单.csv", ORDERS.as_bytes(), &[]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        let path = sent.location().split('?').next().unwrap().to_owned();
        let page = office.get(&sent.location()).await;
        for words in ["工单流水号", "13900000001", "2 行"] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        for (name, column) in [("c0", "number"), ("c1", "name"), ("c2", "phone"), ("c3", "business"), ("c4", "text")] {
            let document = page.document();
            let chosen = document.select(&format!("select[name={name}] option[selected]"));
            assert_eq!(chosen.attr("value").unwrap().to_string(), column, "suggested");
        }
        let wrong = office.post(&path, &[("act", "check"), ("received_on", "2024-02-29"), ("c0", "number")]).await;
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text().contains("事情的经过"));
        let checked = office.post(&path, &choose("check", "12345 工单")).await;
        for words in ["2新登记", "C4电话号码不对"] {
            assert!(checked.text().contains(words), "{words}: {}", checked.text());
        }
        let done = office.post(&path, &choose("import", "12345 工单")).await;
        assert!(done.text().contains("2新登记") && done.text().contains("导入结果"), "{}", done.text());
        assert_eq!(office.fetch(&path).await.status, StatusCode::NOT_FOUND, "the rows are gone with the import");
        let case = office.get("/complaints?q=牛奶").await;
        assert!(case.text().contains("好来超市"), "{}", case.text());
        // The same heads again: no question, and what differs is shown.
        let again = send(&office, "工单2.csv", ORDERS.replace("牛奶过期三天", "牛奶过期五天").as_bytes(), &[]).await;
        for words in ["按记住的对应关系“12345 工单”读取", "1已有，内容不同", "1已有，相同", "五天"]
        {
            assert!(again.text().contains(words), "{words}: {}", again.text());
        }
        let list = office.get("/complaints/import").await;
        let document = list.document();
        let form = document.select("form[action^='/complaints/mappings/']");
        let path = form.attr("action").unwrap().to_string();
        office.post(&path, &[("name", "热线工单")]).await;
        assert!(office.get("/complaints/import").await.text().contains("热线工单"));
        office.post(&path, &[("name", "热线工单"), ("act", "delete")]).await;
        assert!(!office.get("/complaints/import").await.text().contains("热线工单工单流水号"));
        assert_eq!(
            send(&office, "工单.csv", ORDERS.as_bytes(), &[]).await.status,
            StatusCode::SEE_OTHER,
            "asked again"
        );
    })
    .await;
}

#[tokio::test]
async fn rows_without_a_number_are_the_same_when_they_say_the_same() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        let list = "企业名称,具体问题\n好来超市,牛奶过期\n好来超市,牛奶 过期\n南门电器,电饭煲坏了\n";
        let checked = send(&office, "a.csv", list.as_bytes(), &[("only_check", "1")]).await;
        let done = send(&office, "a.csv", list.as_bytes(), &[]).await;
        for page in [checked, done] {
            assert!(page.text().contains("2新登记") && page.text().contains("1已有，相同"), "{}", page.text());
        }
        let again = send(&office, "a.csv", list.as_bytes(), &[]).await;
        assert!(again.text().contains("0新登记") && again.text().contains("3已有，相同"), "{}", again.text());
    })
    .await;
}

#[tokio::test]
async fn a_list_that_waits_is_its_owners_and_lies_sealed() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let path = send(&office, "工单.csv", ORDERS.as_bytes(), &[]).await.location();
    let path = path.split('?').next().unwrap().to_owned();
    let officer = app.visitor(Role::Officer).await;
    assert_eq!(officer.fetch(&path).await.status, StatusCode::NOT_FOUND);
    let folder = app.db().data().join("lists");
    let kept: Vec<String> =
        std::fs::read_dir(&folder).unwrap().map(|it| std::fs::read_to_string(it.unwrap().path()).unwrap()).collect();
    assert!(kept.len() == 1 && !kept[0].contains("13900000001") && !kept[0].contains("凌小满"));
    app.wait(25 * 60);
    let office = app.visitor(Role::Office).await;
    send(&office, "工单.csv", ORDERS.as_bytes(), &[]).await;
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "the old one went after a day");
    assert_eq!(office.post(&path, &[("act", "drop")]).await.status, StatusCode::NOT_FOUND);
}

const MAIL: &str = "Message-ID: <m1@mail.example>\r\nDate: Thu, 29 Feb 2024 20:00:00 +0800\r\nFrom: =?utf-8?B?5YeM5bCP5ruh?= <ling@mail.example>\r\nSubject: =?utf-8?B?5oqV6K+J5aW95p2l6LaF5biC?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n我要投诉。\r\n商家：好来超市\r\n电话：13900000001\r\n牛奶过期三天，要求退 12.8 元。\r\n--b\r\nContent-Type: text/plain; charset=utf-8; name=\"a.txt\"\r\nContent-Disposition: attachment; filename=\"a.txt\"\r\n\r\nreceipt 1\r\n--b--\r\n";

#[tokio::test]
async fn an_email_is_read_looked_over_and_registered_once() {
    on_both(async |app| {
        let office = app.visitor(Role::Office).await;
        assert!(office.get("/complaints/mail").await.text().contains("没有待登记的邮件"));
        let files = [("files", "来信.eml", MAIL.as_bytes())];
        let sent = office.upload("/complaints/mail", &[], &files).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        let path = sent.location();
        let page = office.get(&path).await;
        assert!(page.text().contains("投诉好来超市") && page.text().contains("ling@mail.example"), "{}", page.text());
        for (name, value) in [
            ("consumer_name", "凌小满"),
            ("consumer_phone", "13900000001"),
            ("business_name", "好来超市"),
            ("amount", "12.8"),
            ("received_on", "2024-02-29"),
        ] {
            assert_eq!(page.value_of(name), value, "{name}");
        }
        assert!(office.get("/complaints/mail").await.text().contains("投诉好来超市"));
        let rows = app.db().read(async |tx| tx.list("select * from complaint_mail", &[]).await).await.unwrap();
        assert!(!format!("{rows:?}").contains("13900000001"), "sealed at rest");
        let whole = page.value_of("text");
        let both = [("kind", "complaint"), ("kind", "report"), ("channel", "email"), ("received_on", "2024-02-29")];
        let words = [("consumer_name", "凌小满"), ("consumer_phone", "13900000001"), ("business_name", "好来超市")];
        let whole = [("text", whole.as_str()), ("text_report", "后厨用过期黄油")];
        let refused = office.post(&path, &[&both[..], &words, &whole].concat()).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
        assert!(refused.texts("#f-text-error").join("").contains("整封邮件"), "{}", refused.text());
        let wrong = office.post(&path, &[("kind", "complaint"), ("channel", "email"), ("text", "改过的话")]).await;
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.html().contains("改过的话"));
        assert!(wrong.text().contains("ling@mail.example"), "the mail still stands beside the form");
        let fields = [
            ("kind", "complaint"),
            ("channel", "email"),
            ("received_on", "2024-02-29"),
            ("consumer_name", "凌小满"),
            ("consumer_phone", "13900000001"),
            ("business_name", "好来超市"),
            ("text", "牛奶过期三天"),
            ("client_key", "abcdefghijklmnopqrst"),
        ];
        let done = office.post(&path, &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        let case = office.get(&done.location()).await;
        for words in ["电子邮箱", "a.txt", "邮件原文.eml", "邮件附件"] {
            assert!(case.text().contains(words), "{words}: {}", case.text());
        }
        assert!(office.fetch(&case.link("邮件原文.eml")).await.bytes.starts_with(b"Message-ID"));
        let again = office.upload("/complaints/mail", &[], &files).await;
        let page = office.get(&again.location()).await;
        assert!(page.text().contains("已经登记过：TS2024-000001"), "{}", page.text());
        assert_eq!(office.post(&path, &fields).await.status, StatusCode::CONFLICT);
        let officer = app.visitor(Role::Officer).await;
        assert_eq!(officer.fetch(&path).await.status, StatusCode::NOT_FOUND);
        assert!(officer.get("/complaints/mail").await.text().contains("由投诉举报机构登记"));
    })
    .await;
}

#[tokio::test]
async fn a_bad_mail_says_what_is_wrong_and_a_good_one_beside_it_is_read() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let files = [("files", "x.eml", "没有信头".as_bytes()), ("files", "来信.eml", MAIL.as_bytes())];
    let page = office.upload("/complaints/mail", &[], &files).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text().contains("x.eml") && page.text().contains("不是邮件"), "{}", page.text());
    let path = page.link("已读取");
    assert_eq!(office.post(&format!("{path}/discard"), &[]).await.status, StatusCode::SEE_OTHER);
    assert!(office.get("/complaints/mail").await.text().contains("没有待登记的邮件"));
    let again = office.upload("/complaints/mail", &[], &files[1..]).await;
    assert!(office.get(&again.location()).await.text().contains("当时没有登记"));
    assert_eq!(office.upload("/complaints/mail", &[], &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}
