//! 第三十七条: what tells who reported, or that somebody did, reaches nobody who has no part in the tip-off. By every route.

use axum::body::Body;
use axum::http::Method;
use domain::Id;
use domain::unit::UnitKind;
use store::person::NewPerson;
use store::unit::NewUnit;

use super::*;
use crate::routes::{self, Access};

/// Who reported, and what. The numbers and names are made up.
const NAME: &str = "阎知秋";
const PHONE: &str = "13900000077";
const ADDRESS: &str = "暗香巷9号";
const TEXT: &str = "后厨用回收油炼制火锅底料";
const BUSINESS: &str = "暗访火锅店";

/// The centre with its person, a field office nobody works in, and a tip-off it has; and a complaint of the same letter.
struct Scene {
    desk: Visitor,
    north: Id,
    tipoff: String,
    number: String,
    complaint: String,
    file: String,
}

async fn add_centre(app: &TestApp) -> Id {
    let (bureau, now) = (app.bureau.clone(), app.app.clock.now());
    let hash = crate::password::hash(crate::testing::PASSWORD.to_owned()).await.unwrap();
    let work = app.db().write(async move |tx| {
        let mut ids = Vec::new();
        for (n, (name, kind)) in
            [("投诉举报中心", UnitKind::ComplaintCenter), ("北城监管所", UnitKind::FieldOffice)].iter().enumerate()
        {
            let new = NewUnit {
                parent_id: Some(bureau.clone()),
                name: (*name).into(),
                short_name: (*name).into(),
                kind: *kind,
                sort_key: 90 + n as i64,
            };
            ids.push(store::unit::insert(&tx, &new, now).await?.unit_id);
        }
        for (login, unit) in [("desk", 0), ("north", 1)] {
            let new = NewPerson {
                unit_id: ids[unit].clone(),
                login: login.into(),
                name: "何某".into(),
                role: Role::Officer,
                password_hash: hash.clone(),
                must_change_password: false,
            };
            store::person::insert(&tx, &new, now).await?;
        }
        Ok(ids.pop().unwrap())
    });
    work.await.unwrap()
}

async fn signed_in(app: &TestApp, login: &str) -> Visitor {
    let visitor = app.stranger();
    visitor.sign_in(login, crate::testing::PASSWORD).await;
    visitor
}

/// `is_one_letter`: the complaint is of the reporter too; otherwise of somebody else.
async fn scene(app: &TestApp, is_one_letter: bool) -> Scene {
    let north = add_centre(app).await;
    let desk = signed_in(app, "desk").await;
    let letter = [
        ("kind", "complaint"),
        ("kind", "report"),
        ("consumer_name", NAME),
        ("consumer_phone", PHONE),
        ("consumer_address", ADDRESS),
        ("business_name", BUSINESS),
        ("text", "火锅店多收了两份锅底的钱，要求退还。"),
        ("text_report", TEXT),
        ("client_key", "abcdefghijklmnopqrst"),
    ];
    let (complaint, tipoff) = if is_one_letter {
        let complaint = register(&desk, &letter).await;
        let tipoff = desk.get(&complaint).await.link("JB2024-");
        (complaint, tipoff)
    } else {
        let tipoff = register(&desk, &[&letter[1..6], &[("text", TEXT)]].concat()).await;
        (
            register(&desk, &[("business_name", BUSINESS), ("text", "火锅店多收了两份锅底的钱，要求退还。")]).await,
            tipoff,
        )
    };
    let number = desk.get(&tipoff).await.texts("h1").join(" ");
    let number = number.split_whitespace().next().unwrap().to_owned();
    let name = format!("{NAME}的身份证.txt");
    desk.upload(&format!("{tipoff}/files"), &[], &[("files", &name, "card of the reporter".as_bytes())]).await;
    desk.post(&format!("{tipoff}/parties"), &[("reason", &format!("打电话核对{NAME}"))]).await;
    let file = desk.get(&tipoff).await.link("身份证.txt");
    step(&desk, &tipoff, "dispatch", &[("unit_id", north.as_str())]).await;
    step(&desk, &complaint, "dispatch", &[("unit_id", app.field_office.as_str())]).await;
    Scene { desk, north, tipoff, number, complaint, file }
}

/// Everything that stands in an answer, also in a table or a document to take along.
async fn words_of(page: &Page) -> String {
    let kind = page.header("content-type").to_owned();
    if kind.contains("spreadsheet") {
        let list = crate::reader::read_list("a.xlsx", page.bytes.clone()).await.unwrap();
        return serde_json::to_string(&list).unwrap();
    }
    if kind.contains("wordprocessing") {
        return crate::reader::read("a.docx", page.bytes.clone()).await.unwrap().text;
    }
    let words = String::from_utf8_lossy(&page.bytes).into_owned();
    if kind.starts_with("image/") { String::new() } else { words }
}

/// Each route as this visitor, with the tip-off in the place of each thing it can name.
async fn walk(who: &Visitor, label: &str, scene: &Scene, bearer: Option<&str>) {
    let id = scene.tipoff.rsplit('/').next().unwrap().to_owned();
    let file_id = scene.file.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
    let complaint_id = scene.complaint.rsplit('/').next().unwrap().to_owned();
    let fill = |path: &str, id: &str| {
        let part = |part: &str| match part {
            "{file_id}" | "{attachment_id}" => file_id.clone(),
            "{kind}" => "report".to_owned(),
            "{basis}" => "phone".to_owned(),
            "{step}" => "note".to_owned(),
            "{term}" => "report.decide".to_owned(),
            "{number}" => scene.number.clone(),
            part if part.starts_with('{') => id.to_owned(),
            part => part.to_owned(),
        };
        path.split('/').map(part).collect::<Vec<_>>().join("/")
    };
    let searches = [NAME, PHONE, ADDRESS, "回收油炼制", BUSINESS, scene.number.as_str(), ""];
    let form_token = who.token().await;
    for route in routes::list() {
        if ["/sign-out", "/sign-in", "/account/password"].iter().any(|it| route.path.starts_with(it)) {
            continue;
        }
        let is_token = matches!(route.access, Access::Token);
        let mut asked = Vec::new();
        for id in [&id, &complaint_id] {
            let path = fill(route.path, id);
            if route.method == Method::GET {
                let query = |q: &str| form_urlencoded::Serializer::new(String::new()).append_pair("q", q).finish();
                // Only a list is searched.
                let is_list = !route.path.contains('{');
                let searches = searches.iter().filter(|it| is_list || it.is_empty());
                asked.extend(searches.map(|q| (format!("{path}?{}&view=all", query(q)), *q, String::new())));
                asked.push((format!("{path}?kind=report&view=all&by=unit&basis=text&days=365"), "", String::new()));
            } else {
                let mut body = form_urlencoded::Serializer::new(String::new());
                body.append_pair("token", &form_token).append_pair("next", "/complaints").append_pair("how", "x");
                for it in ["id", "other", "head"] {
                    body.append_pair(it, &scene.tipoff[scene.tipoff.len() - 26..]).append_pair(it, &id.clone());
                }
                body.append_pair("what", "both").append_pair("step", "note").append_pair("version", "-1");
                // A number in the address stands on the page that says that it leads nowhere.
                asked.push((path, if route.path.contains("{number}") { &scene.number } else { "" }, body.finish()));
            }
        }
        asked.dedup();
        for (path, typed, body) in asked {
            let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
            let bearer = bearer.map(|it| format!("Bearer {it}"));
            if let (true, Some(bearer)) = (is_token, &bearer) {
                headers.push(("authorization", bearer));
            }
            let answer = who.send(route.method.clone(), &path, Body::from(body), &headers).await;
            let words = words_of(&answer).await;
            let what = format!("{label} {} {path}: {}", route.method, answer.status);
            for secret in [NAME, PHONE, ADDRESS, "回收油", &scene.number, "打电话核对", "card of the reporter"]
            {
                // What was typed into the search stands in the field again.
                if !typed.contains(secret) || typed.is_empty() {
                    assert!(!words.contains(secret), "{what} tells {secret}");
                }
            }
            let said = format!("{}{}", answer.location(), answer.header("set-cookie"));
            assert!(!said.contains(NAME), "{what}");
        }
    }
}

#[tokio::test]
async fn no_route_tells_who_has_no_part_in_it_anything_of_a_tip_off() {
    let app = TestApp::new().await;
    let scene = scene(&app, false).await;
    // The sentence of the last step is shown once.
    scene.desk.get(&scene.tipoff).await;
    let before = scene.desk.get(&scene.tipoff).await.text();
    for role in [Role::Office, Role::UnitLead, Role::Officer, Role::Auditor, Role::Admin] {
        let who = app.visitor(role).await;
        let token = crate::keys::random_token();
        let (hash, actor, now) = (crate::keys::hash_of(&token), app.actor(role).await, app.app.clock.now());
        let insert =
            app.db().write(async move |tx| store::complaint::token::insert(&tx, &hash, &actor.person_id, now).await);
        insert.await.unwrap();
        assert_eq!(
            who.fetch(&scene.tipoff).await.status,
            if role == Role::Admin { StatusCode::FORBIDDEN } else { StatusCode::NOT_FOUND }
        );
        walk(&who, &format!("{role:?}"), &scene, Some(&token)).await;
    }
    walk(&app.stranger(), "stranger", &scene, None).await;
    assert_eq!(scene.desk.get(&scene.tipoff).await.text(), before, "and nobody has changed it");
}

#[tokio::test]
async fn the_papers_of_a_tip_off_open_to_its_handlers_for_a_reason_and_each_look_is_logged() {
    on_both(async |app| {
        let scene = scene(app, true).await;
        let (desk, north) = (&scene.desk, signed_in(app, "north").await);
        // The intake may know that it exists, and no longer who reported.
        let page = desk.get(&scene.tipoff).await;
        assert!(page.text().contains("1 份") && !page.html().contains("身份证"), "{}", page.text());
        assert!(!page.text().contains("打电话核对"), "reasons of looks are words about the reporter");
        let closed = desk.fetch(&scene.file).await;
        assert!(
            closed.status == StatusCode::FORBIDDEN && closed.text().contains("承办这一举报的单位"),
            "{}",
            closed.text()
        );
        let asked = north.fetch(&scene.file).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "a reason first");
        let form = north.get(&asked.location()).await;
        let next = form.value_of("next");
        assert!(next.starts_with(&scene.file), "{next}");
        let shown = north.post(&format!("{}/parties", scene.tipoff), &[("reason", "核对证件"), ("next", &next)]).await;
        assert_eq!(shown.link("打开刚才的材料"), next);
        assert_eq!(north.fetch(&scene.file).await.bytes, b"card of the reporter");
        north.fetch(&scene.file).await;
        let line = north.get(&scene.tipoff).await.text();
        assert!(line.contains("打开材料") && line.contains("核对证件"), "{line}");
        assert_eq!(line.matches("打开材料").count(), 1, "once an hour for one reason");
        // What is no secret is read without a word in the log.
        let own = [("files", "小票.txt", b"receipt".as_slice())];
        desk.upload(&format!("{}/files", scene.complaint), &[], &own).await;
        let paper = desk.get(&scene.complaint).await.link("小票.txt");
        let n_events = async || app.db().read(async |tx| store::event::head(&tx).await).await.unwrap().0;
        let before = n_events().await;
        assert_eq!(desk.fetch(&paper).await.bytes, b"receipt");
        assert_eq!(n_events().await, before);
        app.wait(31);
        assert_eq!(north.fetch(&scene.file).await.status, StatusCode::SEE_OTHER, "the reason has grown old");
        // On the disk nothing can be read of it.
        for sha256 in app.app.files.list().unwrap() {
            let kept = app.app.files.read(&sha256).await.unwrap();
            assert!(!kept.windows(8).any(|it| it == b"reporter"));
            assert!(app.app.files.verify(&sha256).is_ok());
        }
        let trail = app.visitor(Role::Auditor).await.get("/audit?area=complaint").await;
        assert!(
            trail.text().contains("打开材料") && !trail.html().contains("核对证件") && !trail.html().contains(NAME)
        );
        // What was decided about it stands for its handlers alone.
        let steps = trail.texts("tbody tr");
        assert!(
            steps.iter().any(|it| it.contains("办理（内容依法保密）"))
                && !steps.iter().any(|it| it.contains("举报处理决定"))
        );
        // The words rest sealed, and the chain is over what rests.
        assert!(trail.text().contains("本页各条的校验值相符"), "{}", trail.text());
        let _ = &scene.north;
    })
    .await;
}

#[tokio::test]
async fn a_complaint_does_not_lead_to_the_tip_off_of_the_same_letter_once_another_unit_has_it() {
    on_both(async |app| {
        let scene = scene(app, true).await;
        for (who, label) in [(&scene.desk, "intake"), (&app.visitor(Role::Leader).await, "leader")] {
            for page in [&scene.complaint, &scene.tipoff] {
                let text = who.get(page).await.text();
                assert!(
                    !text.contains("同一来件") && !text.contains("另登记为") && !text.contains("内容相近"),
                    "{label}: {text}"
                );
            }
        }
        assert!(!scene.desk.get(&scene.complaint).await.html().contains(&scene.number));
    })
    .await;
}

/// Two complaints, one of a letter that also reports; and one that is later linked with a tip-off.
#[tokio::test]
async fn a_complaint_is_not_told_by_its_version_from_one_without_a_tip_off() {
    on_both(async |app| {
        let north = add_centre(app).await;
        let (desk, officer) = (signed_in(app, "desk").await, signed_in(app, "north").await);
        let plain = register(&desk, &[]).await;
        let both =
            [("kind", "complaint"), ("kind", "report"), ("text_report", "后厨用过期黄油"), ("consumer_phone", PHONE)];
        let mixed = register(&desk, &both).await;
        let tipoff = desk.get(&mixed).await.link("JB2024-000001");
        for case in [&plain, &mixed] {
            step(&desk, case, "dispatch", &[("unit_id", north.as_str())]).await;
        }
        let seen = async |case: &str| {
            let page = officer.get(case).await;
            (page.value_of("version"), page.texts(".timeline li b"))
        };
        assert_eq!(seen(&plain).await, seen(&mixed).await);
        let other = tipoff.rsplit('/').next().unwrap();
        let linked = desk.post(&format!("{plain}/join"), &[("other", other), ("how", "link")]).await;
        assert_eq!(linked.status, StatusCode::SEE_OTHER, "{}", linked.text());
        assert_eq!(seen(&plain).await, seen(&mixed).await);
    })
    .await;
}

#[tokio::test]
async fn an_email_that_told_of_a_tip_off_closes_when_a_unit_has_it() {
    let app = TestApp::new().await;
    let north = add_centre(&app).await;
    let desk = signed_in(&app, "desk").await;
    let mail = format!(
        "Message-ID: <t1@mail.example>\r\nDate: Thu, 29 Feb 2024 20:00:00 +0800\r\nFrom: a@mail.example\r\nSubject: t\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{TEXT}，我是{NAME}。\r\n"
    );
    let sent = desk.upload("/complaints/mail", &[], &[("files", "a.eml", mail.as_bytes())]).await;
    let path = sent.location();
    let original = desk.get(&path).await.link("邮件原文.eml");
    assert_eq!(desk.fetch(&original).await.status, StatusCode::OK, "not registered yet: nobody knows what it is");
    let fields: Vec<(&str, &str)> = FULL.iter().filter(|it| it.0 != "kind" && it.0 != "channel").copied().collect();
    let done = desk.post(&path, &[&fields[..], &[("kind", "report"), ("channel", "email")]].concat()).await;
    let case = done.location();
    assert!(case.starts_with("/complaints/"), "{}", done.text());
    let asked = desk.fetch(&path).await;
    assert_eq!(asked.location(), format!("{case}/parties?next={}", path.replace('/', "%2F")));
    desk.post(&format!("{case}/parties"), &[("reason", "核对来信")]).await;
    assert!(desk.get(&path).await.text().contains(NAME));
    step(&desk, &case, "dispatch", &[("unit_id", north.as_str())]).await;
    for path in [&path, &original] {
        let closed = desk.fetch(path).await;
        assert!(closed.status == StatusCode::FORBIDDEN && !closed.html().contains(NAME), "{path}");
    }
}

/// Whoever registers a letter with both matters and has no part in tip-offs is told the number of the complaint alone.
/// A letter taken for a complaint, with its scan; what it reports is divided off later, and the scan goes with it. Afterwards nobody who has
/// the complaint can tell.
#[tokio::test]
async fn what_is_split_off_with_its_papers_leaves_no_word_of_itself() {
    on_both(async |app| {
        let north = add_centre(app).await;
        let (desk, officer) = (signed_in(app, "desk").await, app.visitor(Role::Officer).await);
        let letter = [("consumer_name", NAME), ("consumer_phone", PHONE), ("business_name", BUSINESS), ("text", TEXT)];
        let complaint = register(&desk, &letter).await;
        let name = format!("{NAME}举报{BUSINESS}.txt");
        desk.upload(&format!("{complaint}/files"), &[], &[("files", &name, TEXT.as_bytes())]).await;
        let file = desk.get(&complaint).await.link(&name).split('?').next().unwrap().to_owned();
        const NOTED: &str = "来人还说了回收油的事";
        step(&desk, &complaint, "note", &[("words", NOTED)]).await;
        let form = desk.get(&format!("{complaint}/split")).await;
        let fields = [
            ("version", form.value_of("version")),
            ("kind", "report".into()),
            ("own_text", "多收了两份锅底的钱，要求退还。".into()),
            ("other_text", TEXT.into()),
        ];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, it)| (*name, it.as_str())).collect();
        let done = desk.post(&format!("{complaint}/split"), &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        let tipoff = desk.follow(&complaint).await.link("JB2024-000001");
        let moved = desk.get(&tipoff).await.link(&name).split('?').next().unwrap().to_owned();
        step(&desk, &tipoff, "dispatch", &[("unit_id", north.as_str())]).await;
        step(&desk, &complaint, "dispatch", &[("unit_id", app.field_office.as_str())]).await;
        for (who, label) in [(&officer, "unit"), (&desk, "intake"), (&app.visitor(Role::Leader).await, "leader")] {
            let page = who.get(&complaint).await;
            for secret in [TEXT, "JB2024", name.as_str(), "拆分：", "另登记", NOTED] {
                assert!(!page.html().contains(secret), "{label} {secret}: {}", page.text());
            }
            assert_ne!(who.fetch(&file).await.status, StatusCode::OK, "{label}: the scan has left the complaint");
            assert_ne!(who.fetch(&moved).await.status, StatusCode::OK, "{label}: and lies with the tip-off");
        }
        for path in [format!("{tipoff}/split"), format!("{tipoff}/edit"), format!("{tipoff}/parties")] {
            assert_ne!(officer.fetch(&path).await.status, StatusCode::OK, "{path}");
            assert_ne!(desk.fetch(&path).await.status, StatusCode::OK, "{path}");
        }
        let printed = [("id", complaint.rsplit('/').next().unwrap()), ("what", "both"), ("next", "/complaints")];
        let paper = officer.post("/complaints/print", &printed).await;
        assert!(paper.text().contains("TS2024-000001") && !paper.html().contains("JB2024"), "{}", paper.text());
        assert!(!paper.html().contains(TEXT) && !paper.html().contains(&name), "{}", paper.text());
        assert!(!paper.html().contains(NOTED), "{}", paper.text());
    })
    .await;
}

#[tokio::test]
async fn the_number_of_a_tip_off_is_told_to_nobody_who_may_not_see_it() {
    let app = TestApp::new().await;
    add_centre(&app).await;
    let (desk, officer) = (signed_in(&app, "desk").await, app.visitor(Role::Officer).await);
    let both =
        [("kind", "complaint"), ("kind", "report"), ("text_report", TEXT), ("client_key", "abcdefghijklmnopqrst")];
    let path = register(&officer, &both).await;
    let said = officer.get(&path).await.text();
    assert!(said.contains("TS2024-000001") && said.contains("举报部分已收到") && !said.contains("JB2024"), "{said}");
    let alone = register(&officer, &[("kind", "report")]).await;
    assert!(!officer.get(&alone).await.text().contains("JB2024"));
    // The same form with other words: nothing is lost, and the number stays unsaid.
    let fields: Vec<(&str, &str)> = FULL.iter().filter(|it| !matches!(it.0, "kind" | "text")).copied().collect();
    let changed = officer.post("/complaints", &[&fields[..], &both, &[("text", "又想起一件事")]].concat()).await;
    assert_eq!(changed.status, StatusCode::CONFLICT);
    assert!(changed.html().contains("又想起一件事") && !changed.html().contains("JB2024"), "{}", changed.text());
    assert!(desk.get("/complaints").await.text().contains("JB2024-000002"), "the centre sees both");
    // By the interface too.
    let mint = crate::new_token();
    let (hash, person) = (mint.1.clone(), app.actor(Role::Officer).await.person_id);
    let now = app.app.clock.now();
    app.db().write(async move |tx| store::complaint::token::insert(&tx, &hash, &person, now).await).await.unwrap();
    let body = serde_json::json!({
        "kind": "report", "channel": "hotline", "text": TEXT, "business": { "name": BUSINESS }
    });
    let bearer = format!("Bearer {}", mint.0);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let sent = app.stranger().send(Method::POST, "/api/v1/complaints", Body::from(body.to_string()), &headers).await;
    assert_eq!(sent.status, StatusCode::ACCEPTED, "{}", sent.html());
    assert!(!sent.html().contains("JB2024"), "{}", sent.html());
}

#[tokio::test]
async fn a_number_that_is_taken_does_not_say_that_it_was_a_tip_off() {
    let app = TestApp::new().await;
    add_centre(&app).await;
    let (desk, officer) = (signed_in(&app, "desk").await, app.visitor(Role::Officer).await);
    let same = [("kind", "report"), ("external_number", "PT-1")];
    register(&desk, &same).await;
    let said = async |fields: &[(&str, &str)]| {
        let path = register(&officer, fields).await;
        officer.get(&path).await.texts("[role=status], .notice").join(" ")
    };
    let known = said(&same).await;
    let new = said(&[("kind", "report"), ("external_number", "PT-2")]).await;
    assert_eq!(known, new);
    assert!(known.contains("已收到") && !known.contains("JB2024"), "{known}");
}

/// A station types under a number of 12315 that is a tip-off already: it is told the same as of a new one, and what it typed reaches who
/// handles the tip-off.
#[tokio::test]
async fn what_comes_under_the_number_of_a_tip_off_reaches_its_handlers_and_the_sender_learns_nothing() {
    on_both(async |app| {
        let north = add_centre(app).await;
        let (desk, officer) = (signed_in(app, "desk").await, app.visitor(Role::Officer).await);
        let tipoff = register(&desk, &[("kind", "report"), ("external_number", "PT-1")]).await;
        step(&desk, &tipoff, "dispatch", &[("unit_id", north.as_str())]).await;
        let handler = signed_in(app, "north").await;
        let version = handler.get(&tipoff).await.value_of("version");
        let more = [
            ("kind", "report"),
            ("external_number", "PT-1"),
            ("text", TEXT),
            ("consumer_name", NAME),
            ("consumer_phone", PHONE),
        ];
        let said = async |number: &str| {
            let more: Vec<_> =
                more.iter().map(|it| if it.0 == "external_number" { (it.0, number) } else { *it }).collect();
            let path = register(&officer, &more).await;
            officer.get(&path).await.texts("[role=status], .notice").join(" ")
        };
        assert_eq!(said("PT-1").await, said("PT-2").await);
        said("PT-1").await;
        // By the interface too.
        let mint = crate::new_token();
        let (hash, person) = (mint.1.clone(), app.actor(Role::Officer).await.person_id);
        let now = app.app.clock.now();
        app.db().write(async move |tx| store::complaint::token::insert(&tx, &hash, &person, now).await).await.unwrap();
        let bearer = format!("Bearer {}", mint.0);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let mut answers = Vec::new();
        for number in ["PT-1", "PT-3"] {
            let body = serde_json::json!({
                "kind": "report", "channel": "hotline", "external_number": number, "text": "夜里又倒了三桶废油",
                "business": { "name": BUSINESS }
            });
            let body = Body::from(body.to_string());
            let sent = app.stranger().send(Method::POST, "/api/v1/complaints", body, &headers).await;
            answers.push((sent.status, sent.html()));
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0].0, StatusCode::ACCEPTED);
        let page = handler.get(&tipoff).await;
        for words in [TEXT, "夜里又倒了三桶废油", BUSINESS, "同一编号又来件", "来件人的信息与登记的不同"]
        {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        assert_eq!(page.text().matches(TEXT).count(), 1, "the same words are kept once: {}", page.text());
        assert_eq!(page.value_of("version"), version, "no open form is outdated");
        // Who handles it reads who wrote, with what they wrote, for a reason; once.
        let rows = app.db().read(async |tx| tx.list("select * from complaint_sender", &[]).await).await.unwrap();
        assert!(rows.len() == 1 && !format!("{rows:?}").contains(NAME), "{rows:?}");
        assert!(!handler.get(&format!("{tipoff}/parties")).await.html().contains(NAME));
        let shown = handler.post(&format!("{tipoff}/parties"), &[("reason", "核实来件")]).await;
        for words in ["以同一编号又来件的", NAME, PHONE, TEXT] {
            assert!(shown.text().contains(words), "{words}: {}", shown.text());
        }
        // Who wrote is in no trail, and the intake has handed the tip-off on.
        assert!(!page.html().contains(NAME) && !page.html().contains(PHONE), "{}", page.text());
        assert!(!desk.get(&tipoff).await.html().contains(TEXT));
        assert!(!app.visitor(Role::Auditor).await.get("/audit?area=complaint").await.html().contains(TEXT));
    })
    .await;
}
