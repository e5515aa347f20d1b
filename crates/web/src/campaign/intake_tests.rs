//! From the notice to the published campaign, through the whole program on both engines.

use domain::Id;
use domain::unit::Role;
use store::Db;

use crate::testing::{Page, TestApp, Visitor};

const NOTICE: &str = "青石区市场监督管理局2024年“3·15”活动方案\n\
为做好2024年“3·15”国际消费者权益日工作，围绕“诚信消费”年主题，制定本方案。\n\
一、活动内容\n\
1.开展现场咨询活动。3月15日上午在青石广场设立主会场，受理消费者咨询投诉。(牵头部门：市场和网监科)\n\
2.组织消费维权知识竞赛。普及法律法规知识。(牵头部门：知识产权科)\n\
3.开展食品安全抽检。抽检重点食品，公布结果。(牵头部门：市场和网监科)\n\
二、工作要求\n\
(一)加强组织领导。各单位要高度重视。\n\
(二)及时报送材料。局属各单位要将活动总结于3月20日前报送至市场和网监科。\n";

async fn on_each(test: impl AsyncFn(TestApp)) {
    store::testing::each_engine(async |db: Db| test(TestApp::on(db).await).await).await;
}

/// Imports a pasted text and gives the path of its review.
async fn import(office: &Visitor, text: &str) -> String {
    let answer = office.upload("/campaigns/import", &[("text", text)], &[]).await;
    let path = answer.location();
    assert!(path.ends_with("/review"), "{path}: {}", answer.text());
    path
}

fn id_of(review: &str) -> String {
    review.split('/').nth(2).unwrap().to_owned()
}

/// The hidden version in the form of a part.
fn version(page: &Page, action: &str) -> String {
    let document = page.document();
    let selector = format!("form[action=\"{action}\"] input[name=version]");
    document.select(&selector).first().attr("value").unwrap_or_else(|| panic!("no {selector}")).to_string()
}

/// The fields of the first form of an activity, as a browser would send them, with some changed.
fn typed<'a>(page: &Page, action: &str, changed: &[(&'a str, &'a str)]) -> Vec<(String, String)> {
    let document = page.document();
    let form = document.select(&format!("form[action=\"{action}\"]")).first();
    let mut fields: Vec<(String, String)> = Vec::new();
    for field in form.select("input[name], textarea[name], select[name]").iter() {
        let name = field.attr("name").unwrap().to_string();
        let value = match () {
            () if field.is("textarea") => field.text().to_string(),
            () if field.is("select") => {
                field.select("option[selected]").attr("value").map(|it| it.to_string()).unwrap_or_default()
            }
            () => field.attr("value").map(|it| it.to_string()).unwrap_or_default(),
        };
        if name != "token" && !changed.iter().any(|(it, _)| *it == name) {
            fields.push((name, value));
        }
    }
    fields.extend(changed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

async fn send(visitor: &Visitor, path: &str, fields: &[(String, String)]) -> Page {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    visitor.post(path, &fields).await
}

async fn kinds(app: &TestApp, area: &'static str, id: &str) -> Vec<String> {
    let id = Id::from_text(id);
    let events = app.db().read(async move |tx| store::event::list_of(&tx, area, &id).await).await.unwrap();
    events.into_iter().map(|event| event.kind).collect()
}

async fn activities(app: &TestApp, id: &str) -> Vec<store::campaign::activity::Activity> {
    let id = Id::from_text(id);
    app.db().read(async move |tx| store::campaign::activity::list(&tx, &id).await).await.unwrap()
}

/// Creates the missing units and publishes.
async fn publish(office: &Visitor, review: &str) -> Page {
    office.post(&format!("{review}/units"), &[("do", "create_all")]).await;
    office.post(&format!("/campaigns/{}/publish", id_of(review)), &[]).await
}

#[tokio::test]
async fn a_notice_is_imported_reviewed_and_published_once() {
    on_each(async |app| {
        let office = app.visitor(Role::Office).await;
        let review = import(&office, NOTICE).await;
        let id = id_of(&review);
        let page = office.get(&review).await;
        assert_eq!(page.texts(".activity h4").len(), 3, "{}", page.text());
        assert!(page.text().contains("知识产权科"));
        // Every value leads to its words.
        assert!(page.document().select("a.value.is-unit[data-lights]").length() >= 3);
        // What stands in the way is named, and nothing is published.
        let refused = office.post(&format!("/campaigns/{id}/publish"), &[]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text().contains("还不能发布"));

        let done = publish(&office, &review).await;
        assert_eq!(done.location(), format!("/campaigns/{id}"));
        assert_eq!(activities(&app, &id).await.len(), 3);
        let again = office.post(&format!("/campaigns/{id}/publish"), &[]).await;
        assert_eq!(again.status, 409);
        assert_eq!(activities(&app, &id).await.len(), 3);
        assert_eq!(kinds(&app, "campaign", &id).await, ["created", "corrected", "published"]);
        let first = &activities(&app, &id).await[0];
        assert_eq!(kinds(&app, "activity", first.activity_id.as_str()).await, ["created"]);
        assert!(office.get(&format!("/campaigns/{id}/notice")).await.text().contains("青石广场"));
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_not_there_for_others() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let review = import(&office, NOTICE).await;
    let id = id_of(&review);
    for role in [Role::Leader, Role::UnitLead, Role::Officer, Role::Auditor] {
        let visitor = app.visitor(role).await;
        for path in [review.clone(), format!("/campaigns/{id}/notice"), format!("/campaigns/{id}/difference")] {
            assert_eq!(visitor.fetch(&path).await.status, 404, "{role:?} {path}");
        }
        assert!(!visitor.get("/campaigns").await.text().contains("青石区"));
        assert_eq!(visitor.post(&format!("/campaigns/{id}/publish"), &[]).await.status, 404);
        assert_eq!(visitor.post(&format!("/campaigns/{id}/delete"), &[]).await.status, 404);
        assert_eq!(visitor.post(&format!("{review}/activities/1"), &[("do", "remove")]).await.status, 404);
    }
    assert_eq!(office.get(&review).await.texts(".activity").len(), 3);
}

#[tokio::test]
async fn the_empty_list_says_what_will_stand_there() {
    let app = TestApp::new().await;
    let page = app.visitor(Role::Office).await.get("/campaigns").await;
    assert!(page.text().contains("还没有活动方案"));
    assert_eq!(page.link("导入第一份通知"), "/campaigns/import");
    let officer = app.visitor(Role::Officer).await.get("/campaigns").await;
    assert!(officer.document().select("a[href='/campaigns/import']").is_empty());
}

#[tokio::test]
async fn what_cannot_be_read_is_said_in_place_with_the_way_out() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let bomb: Vec<u8> = b"PK\x03\x04".iter().copied().chain([0xff; 3000]).collect();
    for (name, bytes, words) in [
        ("空.txt", &b""[..], "空"),
        ("空白.docx", &b"   \n"[..], "空"),
        ("坏.docx", &bomb[..], "没有读成"),
        ("照片.pdf", &b"\x89PNG\r\n\x1a\n0000"[..], "图片"),
        ("旧.doc", &b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], "没有读成"),
    ] {
        let page = office.upload("/campaigns/import", &[], &[("file", name, bytes)]).await;
        assert_eq!(page.status, 422, "{name}");
        let error = page.texts(".field-error").join("");
        assert!(error.contains(words), "{name}: {error}");
    }
    let nothing = office.upload("/campaigns/import", &[], &[]).await;
    assert!(nothing.text().contains("请选择一份通知文件"));
}

#[tokio::test]
async fn a_notice_in_another_encoding_reads_the_same() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(NOTICE.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let answer = office.upload("/campaigns/import", &[], &[("file", "通知.txt", &utf16)]).await;
    let page = office.get(&answer.location()).await;
    assert_eq!(page.texts(".activity h4").len(), 3);
}

#[tokio::test]
async fn the_same_file_twice_is_recognised() {
    on_each(async |app| {
        let office = app.visitor(Role::Office).await;
        let review = import(&office, NOTICE).await;
        let again = office.upload("/campaigns/import", &[("text", NOTICE)], &[]).await;
        assert!(again.location().contains("again=1"), "{}", again.location());
        let page = office.get(&again.location()).await;
        assert!(page.text().contains("这份通知导入过"));
        assert_eq!(page.link("草稿，继续核对"), review);
        let notice = again.location().split('?').next().unwrap().to_owned();
        let other = office.post(&notice, &[("plan", "0")]).await;
        assert_ne!(other.location(), review);
        assert_eq!(office.post(&notice, &[]).await.status, 422);
    })
    .await;
}

#[tokio::test]
async fn a_text_of_unknown_structure_becomes_an_outline() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let text = "近日天气转暖，请大家注意防火。\n食堂供应时间有调整。\n";
    let review = import(&office, text).await;
    let page = office.get(&review).await;
    assert_eq!(page.texts(".activity").len(), 0);
    let document = page.document();
    let lines: Vec<String> =
        document.select("input[name=line]").iter().map(|it| it.attr("value").unwrap().to_string()).collect();
    assert_eq!(lines.len(), 2);
    let fields: Vec<(&str, &str)> = lines.iter().map(|it| ("line", it.as_str())).chain([("do", "each")]).collect();
    office.post(&format!("{review}/lines"), &fields).await;
    assert_eq!(office.get(&review).await.texts(".activity h4").len(), 2);
    let nothing = office.post(&format!("{review}/lines"), &[("do", "each")]).await;
    assert!(nothing.text().contains("请先勾选"));
}

#[tokio::test]
async fn a_wrong_field_keeps_what_was_typed() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let review = import(&office, NOTICE).await;
    let action = format!("{review}/activities/1");
    let page = office.get(&review).await;
    let fields = typed(&page, &action, &[("title", ""), ("places", "滨河公园"), ("date0_start", "3月32日")]);
    let page = send(&office, &action, &fields).await;
    assert_eq!(page.status, 422);
    assert!(page.html().contains("滨河公园") && page.html().contains("3月32日"));
    assert!(page.text().contains("请填写活动名称"));
}

#[tokio::test]
async fn two_people_at_one_activity_see_each_other_and_lose_nothing() {
    on_each(async |app| {
        let (office, admin) = (app.visitor(Role::Office).await, app.visitor(Role::Admin).await);
        let review = import(&office, NOTICE).await;
        let action = format!("{review}/activities/1");
        let (mine, theirs) = (office.get(&review).await, admin.get(&review).await);
        send(&admin, &action, &typed(&theirs, &action, &[("title", "广场现场咨询")])).await;
        // Another activity is nobody's concern.
        let second = format!("{review}/activities/2");
        let other = send(&office, &second, &typed(&mine, &second, &[("title", "知识擂台赛")])).await;
        assert_eq!(other.status, 303);
        let stale = send(&office, &action, &typed(&mine, &action, &[("title", "咨询日活动")])).await;
        assert_eq!(stale.status, 409);
        // Both versions are on the page, and saving once more is enough.
        assert!(stale.text().contains("广场现场咨询") && stale.html().contains("咨询日活动"));
        let saved = send(&office, &action, &typed(&stale, &action, &[])).await;
        assert_eq!(saved.status, 303);
        assert!(office.get(&review).await.text().contains("咨询日活动"));
        // What was typed into an activity that is gone stays in the form for a new one.
        let seen = admin.get(&review).await;
        let version = version(&seen, &action);
        office.post(&action, &[("do", "remove"), ("version", &version)]).await;
        let gone = send(&admin, &action, &typed(&seen, &action, &[("title", "不能丢的字")])).await;
        assert_eq!(gone.status, 409);
        assert!(gone.html().contains("不能丢的字"));
    })
    .await;
}

#[tokio::test]
async fn units_are_created_chosen_or_left_as_words() {
    on_each(async |app| {
        let office = app.visitor(Role::Office).await;
        let review = import(&office, NOTICE).await;
        let page = office.get(&review).await;
        assert!(page.texts("#units .name").join("").contains("知识产权科"));
        let nothing = office.post(&format!("{review}/units"), &[("name0", "知识产权科")]).await;
        assert!(nothing.text().contains("还没有选择"));
        let fields = [("name0", "知识产权科"), ("choice0", "new"), ("kind0", "section")];
        office.post(&format!("{review}/units"), &fields).await;
        let units = app.db().read(async |tx| store::unit::list(&tx).await).await.unwrap();
        let new = units.iter().find(|unit| unit.name == "知识产权科").unwrap();
        assert_eq!(new.parent_id.as_ref(), Some(&app.bureau));
        assert_eq!(kinds(&app, "unit", new.unit_id.as_str()).await, ["created"]);
        assert!(office.get(&review).await.text().contains("全部确定"));
        // A second press creates no second unit.
        office.post(&format!("{review}/units"), &fields).await;
        let after = app.db().read(async |tx| store::unit::count(&tx).await).await.unwrap();
        assert_eq!(usize::try_from(after).unwrap(), units.len());
        office.post(&format!("{review}/units"), &[("name0", "知识产权科"), ("choice0", "words")]).await;
        assert!(office.get(&review).await.text().contains("只保留文字"));
    })
    .await;
}

#[tokio::test]
async fn several_plans_in_one_text_are_chosen_from() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let plan = |label: &str, year: u16| {
        format!(
            "{label}\n{year}年“3·15”活动方案\n一、活动内容\n1.开展现场咨询。受理投诉。(牵头部门：市场科)\n2.举办知识竞赛。普及知识。(牵头部门：消协)\n"
        )
    };
    let text = format!("{}{}", plan("方案一", 2023), plan("方案二", 2024));
    let answer = office.upload("/campaigns/import", &[("text", &text)], &[]).await;
    if answer.location().ends_with("/review") {
        return;
    }
    let page = office.get(&answer.location()).await;
    assert_eq!(page.document().select("input[name=plan]").length(), 2);
    let both = office.post(&answer.location(), &[("plan", "0"), ("plan", "1")]).await;
    assert_eq!(both.location(), "/campaigns");
    assert_eq!(office.get("/campaigns").await.texts(".is-draft").len(), 2);
}

#[tokio::test]
async fn a_draft_is_deleted_and_a_published_campaign_is_archived() {
    on_each(async |app| {
        let office = app.visitor(Role::Office).await;
        let review = import(&office, NOTICE).await;
        let draft = format!("/campaigns/{}", id_of(&review));
        assert_eq!(office.post(&format!("{draft}/archive"), &[("do", "archive")]).await.status, 409);
        assert_eq!(office.post(&format!("{draft}/delete"), &[]).await.location(), "/campaigns");
        assert_eq!(office.fetch(&review).await.status, 404);
        // The notice went with it: the file can be imported anew.
        let review = import(&office, NOTICE).await;
        let id = id_of(&review);
        publish(&office, &review).await;
        assert_eq!(office.post(&format!("/campaigns/{id}/delete"), &[]).await.status, 409);
        office.post(&format!("/campaigns/{id}/archive"), &[("do", "archive")]).await;
        office.post(&format!("/campaigns/{id}/archive"), &[("do", "reopen")]).await;
        assert_eq!(kinds(&app, "campaign", &id).await.last().unwrap(), "reopened");
    })
    .await;
}

#[tokio::test]
async fn a_revised_notice_is_compared_and_keeps_progress() {
    on_each(async |app| {
        let office = app.visitor(Role::Office).await;
        let review = import(&office, NOTICE).await;
        let id = id_of(&review);
        publish(&office, &review).await;
        let before = activities(&app, &id).await;
        let first = before[0].activity_id.clone();
        app.db()
            .write(async move |tx| {
                tx.run("update task set status = 'done' where activity_id = $1", store::args![first]).await.map(drop)
            })
            .await
            .unwrap();
        let sessions = async |activity_id: &Id| {
            let activity_id = activity_id.clone();
            let found =
                app.db().read(async move |tx| store::campaign::venue::list_sessions_of(&tx, &activity_id).await);
            let days = found.await.unwrap().into_iter().filter_map(|it| it.session.starts_on);
            days.map(|day| day.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(sessions(&before[0].activity_id).await, ["2024-03-15"]);
        let same = office.upload(&format!("/campaigns/{id}/reimport"), &[("text", NOTICE)], &[]).await;
        assert_eq!(same.status, 422);
        assert!(same.text().contains("完全相同"));

        let revised = NOTICE
            .replace("3月15日上午在青石广场", "3月14日上午在青石广场")
            .replace("于3月20日前报送", "于3月22日前报送")
            .replace("3.开展食品安全抽检。抽检重点食品，公布结果。", "3.召开新闻发布会。通报消费维权情况。");
        let answer = office.upload(&format!("/campaigns/{id}/reimport"), &[("text", &revised)], &[]).await;
        let difference = answer.location();
        let page = office.get(&difference).await;
        assert!(page.text().contains("新增") && page.text().contains("修订稿中没有") && page.text().contains("已完成"));
        let version = version(&page, &difference);
        let applied = office.post(&difference, &[("version", &version)]).await;
        assert_eq!(applied.location(), format!("/campaigns/{id}"), "{}", applied.text());
        let after = activities(&app, &id).await;
        assert_eq!(after.len(), 4, "one is new, one is called off, none is doubled");
        let kept = after.iter().find(|it| it.activity_id == before[0].activity_id).unwrap();
        assert_eq!(kept.due_on.map(|day| day.to_string()).as_deref(), Some("2024-03-14"));
        assert_eq!(sessions(&kept.activity_id).await, ["2024-03-14"], "the session went with its activity");
        let tasks = app.db().read({
            let id = kept.activity_id.clone();
            async move |tx| store::campaign::task::list_of(&tx, &id).await
        });
        let tasks = tasks.await.unwrap();
        assert_eq!(tasks.len(), 1);
        assert_eq!(tasks[0].status, domain::campaign::progress::TaskStatus::Done);
        assert!(kinds(&app, "campaign", &id).await.contains(&"revised".to_owned()));
        // The trail says what became of the duties and of the draft.
        let trail = app.db().read({
            let id = Id::from_text(&id);
            async move |tx| store::event::list_of(&tx, "campaign", &id).await
        });
        let trail = trail.await.unwrap();
        let event = trail.iter().find(|it| it.kind == "revised").unwrap();
        assert!(event.detail.contains("修改报送要求"), "{}", event.detail);
        assert_eq!(kinds(&app, "campaign", &id_of(&difference)).await, ["created", "deleted"]);
        assert_eq!(office.fetch(&difference).await.status, 404, "applied once");
    })
    .await;
}

#[tokio::test]
async fn the_original_of_a_notice_is_kept() {
    on_each(async |app| {
        let office = app.visitor(Role::Office).await;
        import(&office, NOTICE).await;
        let file = NOTICE.replace("2024", "2025");
        office.upload("/campaigns/import", &[], &[("file", "通知.txt", file.as_bytes())]).await;
        assert_eq!(app.app.files.list().unwrap().len(), 2);
        let findings = store::check::check(app.db()).await.unwrap();
        assert!(findings.is_empty(), "{findings:?}");
        assert!(store::verify::verify(app.db()).await.unwrap().is_sound());
        // A file that was lost comes back when it is handed in once more.
        let lost = app.app.files.list().unwrap().remove(0);
        std::fs::remove_file(app.db().data().join("files").join(&lost[..2]).join(&lost)).unwrap();
        office.upload("/campaigns/import", &[("text", NOTICE)], &[]).await;
        office.upload("/campaigns/import", &[], &[("file", "通知.txt", file.as_bytes())]).await;
        assert!(store::verify::verify(app.db()).await.unwrap().is_sound());
    })
    .await;
}

#[tokio::test]
async fn the_original_is_kept_and_given_out_as_it_was() {
    on_each(async |app| {
        let office = app.visitor(Role::Office).await;
        let review = import(&office, NOTICE).await;
        let original = format!("/campaigns/{}/notice/original", id_of(&review));
        let pasted = office.fetch(&original).await;
        assert_eq!(String::from_utf8(pasted.bytes.clone()).unwrap(), NOTICE);
        assert!(pasted.header("content-disposition").contains(".txt"), "{}", pasted.header("content-disposition"));
        assert_eq!(pasted.header("x-content-type-options"), "nosniff");
        // A draft is there for its editors only; what is published, for everybody.
        let officer = app.visitor(Role::Officer).await;
        assert_eq!(officer.fetch(&original).await.status, 404);
        publish(&office, &review).await;
        assert_eq!(officer.fetch(&original).await.bytes, NOTICE.as_bytes());
        let page = officer.get(&format!("/campaigns/{}/notice", id_of(&review))).await;
        assert_eq!(page.link("下载原件"), original);

        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(NOTICE.replace("3月15日", "3月14日").encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let reimport = format!("/campaigns/{}/reimport", id_of(&review));
        let answer = office.upload(&reimport, &[], &[("file", "修订稿.txt", &utf16)]).await;
        let draft = id_of(&answer.location());
        assert_eq!(office.fetch(&format!("/campaigns/{draft}/notice/original")).await.bytes, utf16);
        assert_eq!(store::check::check(app.db()).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn two_imports_at_once_make_one_notice_and_one_draft() {
    on_each(async |app| {
        let office = app.visitor(Role::Office).await;
        let fields = [("text", NOTICE)];
        let (one, two) = tokio::join!(
            office.upload("/campaigns/import", &fields, &[]),
            office.upload("/campaigns/import", &fields, &[])
        );
        let ends = [one.location(), two.location()];
        let n_drafts = ends.iter().filter(|it| it.ends_with("/review")).count();
        let n_known = ends.iter().filter(|it| it.ends_with("again=1")).count();
        assert_eq!((n_drafts, n_known), (1, 1), "{ends:?}");

        // The same form sent twice makes one draft more, not two.
        let known = ends.iter().find(|it| it.ends_with("again=1")).unwrap();
        let page = office.get(known).await;
        let n_made = page.value_of("n_made");
        let path = known.split('?').next().unwrap();
        let form = [("plan", "0"), ("plan", "0"), ("n_made", n_made.as_str())];
        let (one, two) = tokio::join!(office.post(path, &form), office.post(path, &form));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
        let all = app.db().read(async |tx| store::campaign::plan::list(&tx).await).await.unwrap();
        assert_eq!(all.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_revision_sent_twice_is_one_draft() {
    on_each(async |app| {
        let office = app.visitor(Role::Office).await;
        let review = import(&office, NOTICE).await;
        publish(&office, &review).await;
        let revised = NOTICE.replace("3月15日", "3月14日");
        let path = format!("/campaigns/{}/reimport", id_of(&review));
        let fields = [("text", revised.as_str())];
        let (one, two) = tokio::join!(office.upload(&path, &fields, &[]), office.upload(&path, &fields, &[]));
        assert_eq!(one.location(), two.location());
        assert!(one.location().ends_with("/difference"), "{}", one.location());
    })
    .await;
}

#[tokio::test]
async fn a_form_of_the_notice_is_shown_below_the_duties() {
    let app = TestApp::new().await;
    let office = app.visitor(Role::Office).await;
    let review = import(&office, NOTICE).await;
    publish(&office, &review).await;
    let id = Id::from_text(id_of(&review));
    let rows = r#"[{"number":"1","label":"受理投诉","unit":"件","parent":null},{"number":null,"label":"网络购物","unit":"件","parent":"1"}]"#;
    let write = app.db().write(async move |tx| {
        let sql = "insert into stat_form (stat_form_id, campaign_id, title, head, rows, version) values ($1, $2, $3, $4, $5, 1)";
        tx.run(sql, store::args![store::new_id(), id, "活动情况统计表", r#"["填报单位"]"#, rows]).await.map(drop)
    });
    write.await.unwrap();
    let officer = app.visitor(Role::Officer).await;
    let page = officer.get(&format!("/campaigns/{}/duties", id_of(&review))).await;
    for words in ["活动情况统计表", "受理投诉", "其中：网络购物", "件", "填报单位"] {
        assert!(page.text().contains(words), "{words}");
    }
    assert!(page.link("活动情况统计表").starts_with("#form-"));
}
