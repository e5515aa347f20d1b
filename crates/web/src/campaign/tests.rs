//! The pages of a running campaign through the real HTTP stack, by role.
//!
//! Long, because the seed and the helpers stand here that the tests of records, ledgers, returns and reports use as well.

use axum::http::StatusCode;
use domain::Id;
use domain::campaign::kind::ActivityKind;
use domain::campaign::permitted::Part;
use domain::campaign::plan::{DateKind, DateMention, Phase, Plan, ReportDuty, Requirement, Span, Warning, WarningCode};
use domain::campaign::publish::{NewActivity, NewReportDuty, NewTask, Publication};
use domain::unit::Role;
use jiff::civil::{Date, date};
use store::campaign::{notice, plan, publish};
use store::{new_id, testing};

use crate::testing::{Page, TestApp};

pub(crate) struct Seed {
    pub(crate) campaign_id: Id,
    /// Of the section with the field office; of the field office; of the station; hostile and late.
    pub(crate) activities: Vec<Id>,
    duties: Vec<Id>,
}

pub(crate) const HOSTILE: &str = "<script>alert(1)</script>\"'=1+1";

fn new_activity(number: u32, title: &str, days: [Option<Date>; 3], units: &[(&Id, Part)]) -> NewActivity {
    NewActivity {
        activity_id: new_id(),
        number: Some(number),
        sort_key: i64::from(number),
        group: Some(if number < 3 { "（一）宣传" } else { "（二）检查" }.to_owned()),
        title: title.to_owned(),
        text: format!("{title}。请各单位认真组织。"),
        kind: ActivityKind::Outreach,
        starts_on: days[0],
        ends_on: days[1],
        due_on: days[2],
        span: Span { start: 0, end: 4 },
        dates: Vec::new(),
        places: vec!["购物广场".to_owned()],
        units: units.iter().map(|(id, part)| ((*id).clone(), *part)).collect(),
        tasks: units
            .iter()
            .map(|(id, part)| NewTask { task_id: new_id(), unit_id: (*id).clone(), part: *part, due_on: None })
            .collect(),
        sessions: Vec::new(),
    }
}

fn new_duty(what: &str, due_on: Option<Date>, text: &str, units: &[&Id]) -> NewReportDuty {
    let span = Span::default();
    let due = DateMention {
        kind: if due_on.is_some() { DateKind::Deadline } else { DateKind::Relative },
        start: None,
        end: due_on.map(|it| it.to_string()),
        time: None,
        text: text.to_owned(),
        span,
    };
    NewReportDuty {
        report_duty_id: new_id(),
        duty: ReportDuty {
            who: Some("局属各单位".to_owned()),
            what: vec![what.to_owned()],
            to: vec!["市场和网监科".to_owned()],
            via: vec!["OA".to_owned()],
            due: Some(due),
            span,
        },
        due_on,
        units: units.iter().map(|it| (*it).clone()).collect(),
    }
}

fn sample_plan() -> Plan {
    Plan {
        title: Some("2024年“3·15”活动方案".to_owned()),
        year: Some(2024),
        theme: Some("激发消费活力".to_owned()),
        issuers: vec!["青石区市场监督管理局".to_owned()],
        phases: vec![Phase {
            name: "筹备阶段".to_owned(),
            start: Some("--02-01".to_owned()),
            end: Some("--02-20".to_owned()),
            span: Span::default(),
        }],
        requirements: vec![Requirement { title: "加强组织领导".to_owned(), span: Span::default() }],
        warnings: vec![Warning {
            code: WarningCode::VagueLead,
            message: "“食品相关科室”没有写明是哪个科室".to_owned(),
            span: Span::default(),
        }],
        ..Plan::default()
    }
}

async fn publish_plan(app: &TestApp, activities: Vec<NewActivity>, duties: Vec<NewReportDuty>) -> Id {
    let at = app.app.clock.now();
    let office = app.actor(Role::Office).await;
    let publication = Publication {
        starts_on: Some(date(2024, 3, 1)),
        ends_on: Some(date(2024, 3, 31)),
        activities,
        report_duties: duties,
        ..Publication::default()
    };
    let work = app.db().write(async move |tx| {
        let notice = notice::NewNotice {
            title: "通知".to_owned(),
            file_name: "通知.txt".to_owned(),
            sha256: String::new(),
            media_type: "text/plain".to_owned(),
            source: r#"{"format":"text","text":"集中宣传咨询。","tables":[],"headings":[],"notes":[]}"#.to_owned(),
            person_id: office.person_id.clone(),
        };
        let notice_id = notice::insert(&tx, &notice, at).await?;
        let new = plan::NewCampaign {
            notice_id,
            plan_index: 0,
            revises_id: None,
            title: "2024年“3·15”活动方案".to_owned(),
            plan: sample_plan(),
            feed_secret: "campaign-secret-0123456789".to_owned(),
        };
        let campaign_id = plan::insert(&tx, &new, at).await?;
        let campaign = plan::lock(&tx, &campaign_id).await?;
        publish::publish(&tx, &campaign, &publication, at).await?;
        Ok(campaign_id)
    });
    work.await.unwrap()
}

async fn seed(app: &TestApp) -> Seed {
    let day = |month, day| Some(date(2024, month, day));
    let (section, office, station) = (&app.section, &app.field_office, &app.station);
    let activities = vec![
        new_activity(1, "集中宣传咨询", [None, None, day(3, 15)], &[(section, Part::Lead), (office, Part::Support)]),
        new_activity(2, "消费教育进校园", [day(3, 4), day(3, 12), None], &[(office, Part::Lead)]),
        new_activity(3, "站点建设", [None, None, None], &[(station, Part::Lead)]),
        new_activity(4, HOSTILE, [None, None, day(2, 20)], &[(section, Part::Lead)]),
    ];
    let duties = vec![
        new_duty("活动总结", day(3, 15), "3月15日下班前", &[section, office, station]),
        new_duty("照片", None, "活动结束后2日内", &[office]),
    ];
    let ids = activities.iter().map(|it| it.activity_id.clone()).collect();
    let duty_ids = duties.iter().map(|it| it.report_duty_id.clone()).collect();
    let campaign_id = publish_plan(app, activities, duties).await;
    Seed { campaign_id, activities: ids, duties: duty_ids }
}

/// Runs on both engines, each on a fresh program.
pub(crate) async fn on_both(test: impl AsyncFn(TestApp, Seed)) {
    testing::each_engine(async |db| {
        let app = TestApp::on(db).await;
        let seed = seed(&app).await;
        test(app, seed).await;
    })
    .await;
}

fn has_form(page: &Page, action: &str) -> bool {
    page.document().select(&format!("form[action='{action}']")).exists()
}

#[tokio::test]
async fn every_page_is_in_order_for_every_role() {
    on_both(async |app, seed| {
        let id = &seed.campaign_id;
        let mut paths = vec![
            format!("/campaigns/{id}"),
            format!("/campaigns/{id}/activities"),
            format!("/campaigns/{id}/duties"),
            format!("/campaigns/{id}/venues"),
            "/desk".to_owned(),
        ];
        for view in ["board", "calendar", "gantt"] {
            paths.push(format!("/campaigns/{id}/activities?view={view}&month=2024-03"));
        }
        paths.extend(seed.activities.iter().map(|it| format!("/activities/{it}")));
        for role in Role::ALL {
            let visitor = app.visitor(*role).await;
            for path in &paths {
                visitor.get(path).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_overview_says_what_matters() {
    on_both(async |app, seed| {
        let page = app.visitor(Role::Leader).await.get(&format!("/campaigns/{}", seed.campaign_id)).await;
        let text = page.text();
        for words in [
            "激发消费活力",
            "14天后是 3·15",
            "0/4项活动已办结",
            "1项已逾期",
            "“食品相关科室”没有写明是哪个科室",
            "2月1日至2月20日",
            "加强组织领导",
            "消费教育进校园",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_title_is_never_markup() {
    on_both(async |app, seed| {
        let office = app.visitor(Role::Office).await;
        let id = &seed.campaign_id;
        let activity = format!("/activities/{}", seed.activities[3]);
        office.post(&format!("{activity}/notes"), &[("note", "<img src=x onload=alert(1)>")]).await;
        office.post(&format!("{activity}/step"), &[("step", "cancel"), ("reason", "</p><script>x")]).await;
        for path in [
            activity,
            format!("/campaigns/{id}"),
            format!("/campaigns/{id}/activities?q=%3Cscript%3E"),
            format!("/campaigns/{id}/activities?view=board"),
            format!("/campaigns/{id}/activities?view=gantt"),
            "/desk".to_owned(),
        ] {
            let html = office.get(&path).await.html();
            assert!(
                !html.contains("<script>alert") && !html.contains("<img src=x") && !html.contains("<script>x"),
                "{path}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_form_that_arrives_twice_is_taken_once() {
    on_both(async |app, seed| {
        let office = app.visitor(Role::Office).await;
        let path = format!("/activities/{}", seed.activities[1]);
        let token = office.token().await;
        let press = |note: &'static str| {
            let fields = [("token".to_owned(), token.clone()), ("note".to_owned(), note.to_owned())];
            let (office, path) = (&office, format!("{path}/notes"));
            async move {
                let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
                office.post_raw(&path, &fields).await
            }
        };
        let (first, second) = tokio::join!(press("双击一次"), press("双击一次"));
        assert_eq!((first.status, second.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
        assert_eq!(first.location(), second.location());
        let id = seed.activities[1].clone();
        let count = async |text: &str| {
            let id = id.clone();
            let notes =
                app.db().read(async move |tx| store::campaign::activity::list_notes(&tx, &id).await).await.unwrap();
            notes.iter().filter(|note| note.text == text).count()
        };
        assert_eq!(count("双击一次").await, 1);
        // A refused form may be sent again, another text is another form, and so is the same text from a new page.
        assert_eq!(press("").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(press("").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        press("又一句").await;
        assert_eq!(office.post(&format!("{path}/notes"), &[("note", "又一句")]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(count("又一句").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_unit_without_a_part_gets_no_buttons_and_is_refused() {
    on_both(async |app, seed| {
        // The officer of the field office has no part in the hostile activity of the section.
        let officer = app.visitor(Role::Officer).await;
        let path = format!("/activities/{}", seed.activities[3]);
        let page = officer.get(&path).await;
        let posts = page.document().select("main form[method=post]").length();
        assert_eq!(posts, 0, "{}", page.html());
        for (action, fields) in [
            ("step", vec![("step", "start")]),
            ("notes", vec![("note", "x")]),
            ("sessions", vec![("starts_on", "2024-03-15")]),
            ("remind", vec![("reminder", "x")]),
            ("edit", vec![("title", "x"), ("kind", "other")]),
        ] {
            let answer = officer.post(&format!("{path}/{action}"), &fields).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{action}");
        }
        let answer = officer.upload(&format!("{path}/attachments"), &[], &[("file", "a.txt", b"x")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert_eq!(officer.fetch(&format!("{path}/edit")).await.status, StatusCode::FORBIDDEN);
        // The auditor and the administrator read only, wherever they belong.
        for role in [Role::Auditor, Role::Admin] {
            let page = app.visitor(role).await.get(&path).await;
            assert_eq!(page.document().select("main form[method=post]").length(), 0);
        }
        assert_eq!(officer.fetch("/activities/none").await.status, StatusCode::NOT_FOUND);
        assert_eq!(officer.fetch("/campaigns/none").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn the_lead_starts_and_finishes_and_everybody_reads_it_in_the_history() {
    on_both(async |app, seed| {
        let officer = app.visitor(Role::Officer).await;
        let path = format!("/activities/{}", seed.activities[1]);
        assert!(has_form(&officer.get(&path).await, &format!("{path}/step")));
        assert_eq!(officer.post(&format!("{path}/step"), &[("step", "start")]).await.status, StatusCode::SEE_OTHER);
        let again = officer.post(&format!("{path}/step"), &[("step", "start")]).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        assert!(again.text().contains("A-STEP-STATUS"), "{}", again.text());
        officer.post(&format!("{path}/step"), &[("step", "finish")]).await;
        let page = officer.get(&path).await;
        let text = page.text();
        assert!(text.contains("已办结") && text.contains("按期办结"), "{text}");
        assert!(page.texts(".timeline li").iter().any(|it| it.contains("办结") && it.contains("郑某")));
        // Reopening needs a reason; the words typed are kept.
        let silent = officer.post(&format!("{path}/step"), &[("step", "reopen"), ("reason", " ")]).await;
        assert_eq!(silent.status, StatusCode::CONFLICT);
        let answer = officer.post(&format!("{path}/step"), &[("step", "reopen"), ("reason", "照片未齐")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert!(officer.get(&path).await.text().contains("照片未齐"));
        let unknown = officer.post(&format!("{path}/step"), &[("step", "delete")]).await;
        assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    })
    .await;
}

#[tokio::test]
async fn finishing_over_an_open_unit_needs_a_word() {
    on_both(async |app, seed| {
        let office = app.visitor(Role::Office).await;
        let path = format!("/activities/{}", seed.activities[0]);
        let refused = office.post(&format!("{path}/step"), &[("step", "finish")]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.text().contains("青石监管所"), "{}", refused.text());
        // The supporting unit does its part; now nothing stands in the way.
        let officer = app.visitor(Role::Officer).await;
        let document = officer.get(&path).await.document();
        let forms = document.select("#tasks form");
        assert_eq!(forms.length(), 1, "only the own task");
        let action = forms.attr("action").unwrap().to_string();
        assert_eq!(officer.post(&action, &[]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(officer.post(&action, &[]).await.status, StatusCode::CONFLICT);
        let answer = office.post(&format!("{path}/step"), &[("step", "finish")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        // Taking the task back now meets the rule.
        let back = officer.post(&action.replace("finish", "reopen"), &[]).await;
        assert_eq!(back.status, StatusCode::CONFLICT);
        assert!(back.text().contains("A-TASK-OVER"));
    })
    .await;
}

#[tokio::test]
async fn two_people_edit_one_activity_and_nothing_is_lost() {
    on_both(async |app, seed| {
        let (first, second) = (app.visitor(Role::Office).await, app.visitor(Role::Office).await);
        let path = format!("/activities/{}/edit", seed.activities[0]);
        let lead = format!("unit-{}", app.section);
        let version = first.get(&path).await.value_of("version");
        assert_eq!(second.get(&path).await.value_of("version"), version);
        let fields = |title, due| {
            vec![
                ("title", title),
                ("text", "正文"),
                ("kind", "meeting"),
                ("due_on", due),
                (lead.as_str(), "lead"),
                ("version", version.as_str()),
            ]
        };
        let saved = first.post(&path, &fields("甲的名称", "2024-03-18")).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
        let stale = second.post(&path, &fields("乙的名称", "2024-03-20")).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        let text = stale.text();
        assert!(text.contains("他人已修改") && text.contains("甲的名称"), "{text}");
        assert_eq!(stale.value_of("title"), "乙的名称");
        assert_eq!(stale.value_of("due_on"), "2024-03-20");
        // The second person has seen both and saves over it.
        let newer = stale.value_of("version");
        let mut fields = fields("乙的名称", "2024-03-20");
        fields.pop();
        fields.push(("version", newer.as_str()));
        assert_eq!(second.post(&path, &fields).await.status, StatusCode::SEE_OTHER);
        let page = second.get(&format!("/activities/{}", seed.activities[0])).await;
        let text = page.text();
        assert!(text.contains("乙的名称") && text.contains("办结期限") && text.contains("2024-03-18"), "{text}");
        // The support is gone from the form, so its task is withdrawn.
        assert_eq!(page.document().select("#tasks .tasks > li").length(), 1);
        // Wrong dates keep what was typed.
        let wrong =
            second.post(&path, &[("title", ""), ("kind", "meeting"), ("due_on", "3月32日"), ("version", "9")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(wrong.value_of("due_on"), "3月32日");
    })
    .await;
}

#[tokio::test]
async fn notes_and_sessions_are_kept_or_given_back() {
    on_both(async |app, seed| {
        let officer = app.visitor(Role::Officer).await;
        let path = format!("/activities/{}", seed.activities[1]);
        assert_eq!(
            officer.post(&format!("{path}/notes"), &[("note", " ")]).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        officer.post(&format!("{path}/notes"), &[("note", "已到两所学校\n共 300 人")]).await;
        assert!(officer.get(&path).await.text().contains("已到两所学校"));
        let wrong =
            officer.post(&format!("{path}/sessions"), &[("starts_on", "3月40日"), ("session_note", "带展板")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(wrong.value_of("session_note"), "带展板");
        let fields = [("starts_on", "2024-03-12"), ("time", "09:00-11:30"), ("session_note", "第一小学")];
        assert_eq!(officer.post(&format!("{path}/sessions"), &fields).await.status, StatusCode::SEE_OTHER);
        let page = officer.get(&path).await;
        assert!(page.text().contains("3月12日（周二）"), "{}", page.text());
        let edit = page.document().select("#sessions a[href*='/sessions/']").attr("href").unwrap().to_string();
        let form = officer.get(&edit).await;
        let version = form.value_of("version");
        let fields = [("starts_on", "2024-03-13"), ("session_note", "第二小学"), ("version", version.as_str())];
        assert_eq!(officer.post(&edit, &fields).await.status, StatusCode::SEE_OTHER);
        let stale = officer.post(&edit, &fields).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(stale.text().contains("他人已修改"));
        assert_eq!(officer.post(&edit.replace("edit", "remove"), &[]).await.status, StatusCode::SEE_OTHER);
        assert!(!officer.get(&path).await.text().contains("3月13日（周三）"));
        // Changed while somebody else removed it: what was typed goes on to the form for a new one.
        let activity_id = form.value_of("activity_id");
        let fields = [("session_note", "第三小学"), ("activity_id", activity_id.as_str())];
        let gone = officer.post(&edit, &fields).await;
        assert_eq!(gone.status, StatusCode::CONFLICT);
        assert!(gone.text().contains("已被他人取消"), "{}", gone.text());
        assert_eq!(gone.value_of("session_note"), "第三小学");
    })
    .await;
}

#[tokio::test]
async fn attachments_are_told_by_content_and_given_out_safely() {
    on_both(async |app, seed| {
        let officer = app.visitor(Role::Officer).await;
        let path = format!("/activities/{}", seed.activities[1]);
        let upload = format!("{path}/attachments");
        let hostile: [(&str, &[u8]); 5] = [
            ("x.html", b"<script>"),
            ("x.svg", b"<svg onload=alert(1)>"),
            ("x.jpg", b"<html><script>alert(1)</script>"),
            ("x.exe", b"MZ\x90\x00"),
            ("empty.txt", b""),
        ];
        for (name, bytes) in hostile {
            let answer = officer.upload(&upload, &[], &[("file", name, bytes)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        }
        assert_eq!(officer.upload(&upload, &[], &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let photo = crate::evidence::tests::photo();
        let answer = officer.upload(&upload, &[], &[("file", "../../现场 照片.jpg", &photo)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let page = officer.get(&path).await;
        let file = page.document().select("#files a[download]").attr("href").unwrap().to_string();
        let sent = officer.fetch(&file).await;
        assert_eq!((sent.status, sent.bytes.as_slice()), (StatusCode::OK, photo.as_slice()));
        assert_eq!(sent.header("content-type"), "image/jpeg");
        assert_eq!(sent.header("x-content-type-options"), "nosniff");
        assert!(sent.header("content-disposition").starts_with("attachment"), "{}", sent.header("content-disposition"));
        assert!(!sent.header("content-disposition").contains(".."), "{}", sent.header("content-disposition"));
        let shown = officer.fetch(&format!("{file}?inline")).await;
        assert_eq!(shown.header("content-disposition"), "inline");
        assert!(!shown.bytes.windows(4).any(|it| it == b"Exif"), "what is shown says nothing about place and time");
        // A document is never shown in the page.
        officer.upload(&upload, &[], &[("file", "总结.pdf", b"%PDF-1.7")]).await;
        let page = officer.get(&path).await;
        let document = page.document();
        let pdf = document.select("#files a[download]").iter().last().unwrap().attr("href").unwrap().to_string();
        assert!(officer.fetch(&format!("{pdf}?inline")).await.header("content-disposition").starts_with("attachment"));
        assert_eq!(app.stranger().fetch(&file).await.status, StatusCode::SEE_OTHER);
        // Removed means gone from the page, with a trace.
        assert_eq!(officer.post(&format!("{file}/remove"), &[]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(officer.fetch(&file).await.status, StatusCode::NOT_FOUND);
        assert!(officer.get(&path).await.text().contains("撤下附件"));
    })
    .await;
}

#[tokio::test]
async fn the_filter_is_the_address_and_any_address_is_understood() {
    on_both(async |app, seed| {
        let officer = app.visitor(Role::Officer).await;
        let base = format!("/campaigns/{}/activities", seed.campaign_id);
        let found = async |query: &str| {
            let page = officer.get(&format!("{base}?{query}")).await;
            page.texts("[role=status]").join(" ")
        };
        assert!(found("").await.contains("共 4 项"));
        assert!(found(&format!("unit={}", app.field_office)).await.contains("找到 2 项"));
        assert!(found(&format!("unit={}&part=lead", app.field_office)).await.contains("找到 1 项"));
        assert!(found("light=red").await.contains("找到 1 项"));
        assert!(found("q=%E6%A0%A1%E5%9B%AD").await.contains("找到 1 项"));
        assert!(found("light=red&q=nothing").await.contains("找到 0 项"));
        for query in [
            "view=%00",
            "view=gantt&month=9999-99",
            "light=%ff&unit=%3Cscript%3E",
            "q=%E0%A4",
            "&&&=",
            "view=board&view=list",
        ] {
            officer.get(&format!("{base}?{query}")).await;
        }
        // The tabs keep the filter.
        let page = officer.get(&format!("{base}?light=red&view=board")).await;
        assert!(
            page.html().contains(&format!("{base}?view=gantt&amp;light=red"))
                || page.html().contains("view=gantt&#38;light=red")
        );
    })
    .await;
}

#[tokio::test]
async fn the_list_goes_along_as_csv_without_formulas() {
    on_both(async |app, seed| {
        let officer = app.visitor(Role::Officer).await;
        let path = format!("/campaigns/{}/activities.csv", seed.campaign_id);
        let file = officer.fetch(&path).await;
        let text = String::from_utf8(file.bytes).unwrap();
        assert!(text.starts_with("\u{FEFF}序号,分组,活动"), "{text}");
        assert_eq!(text.lines().count(), 5);
        let one = officer.fetch(&format!("{path}?light=red")).await;
        assert_eq!(String::from_utf8(one.bytes).unwrap().lines().count(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_task_table_goes_to_paper_whole_and_per_unit() {
    on_both(async |app, seed| {
        let officer = app.visitor(Role::Officer).await;
        for ending in ["xlsx", "docx"] {
            let path = format!("/campaigns/{}/task-table.{ending}", seed.campaign_id);
            let whole = officer.fetch(&path).await;
            assert_eq!(whole.status, StatusCode::OK);
            assert!(whole.bytes.starts_with(b"PK"), "{ending}");
            assert!(whole.header("content-disposition").starts_with("attachment"));
            let own = officer.fetch(&format!("{path}?unit={}", app.field_office)).await;
            assert_eq!(own.status, StatusCode::OK);
            assert_ne!(own.bytes.len(), whole.bytes.len());
            assert_eq!(officer.fetch(&format!("{path}?unit=none")).await.status, StatusCode::NOT_FOUND);
        }
    })
    .await;
}

#[tokio::test]
async fn the_desk_shows_what_is_mine_by_when_and_lets_me_finish_it() {
    on_both(async |app, seed| {
        let officer = app.visitor(Role::Officer).await;
        let desk = officer.get("/desk").await;
        let text = desk.text();
        assert!(
            text.contains("集中宣传咨询") && text.contains("消费教育进校园") && text.contains("活动总结"),
            "{text}"
        );
        assert!(!text.contains("站点建设"), "the station's work lies on the station's desk");
        let action = desk.document().select("form[action^='/tasks/']").attr("action").unwrap().to_string();
        assert_eq!(officer.post(&action, &[("next", "/desk")]).await.location(), "/desk");
        assert!(officer.get("/desk").await.text().contains("已完成 1 项"));
        // An officer sees the own unit only, its lead the units below as well.
        let other = format!("/desk?unit={}", app.station);
        assert_eq!(officer.fetch(&other).await.status, StatusCode::FORBIDDEN);
        let lead = app.visitor(Role::UnitLead).await;
        assert!(lead.get(&other).await.text().contains("站点建设"));
        let foreign = format!("/desk?unit={}", app.section);
        assert_eq!(lead.fetch(&foreign).await.status, StatusCode::FORBIDDEN);
        // Time passes and what was not done is late.
        app.wait(60 * 24 * 20);
        let late = app.visitor(Role::Officer).await.get("/desk").await.text();
        assert!(late.contains("已逾期"), "{late}");
        // Those who oversee see every unit, the late ones on top.
        let all = app.visitor(Role::Leader).await.get("/desk").await;
        assert!(all.texts("tbody tr").len() >= 3, "{}", all.text());
        drop(seed);
    })
    .await;
}

#[tokio::test]
async fn a_reminder_lies_on_the_desk_until_it_is_seen() {
    on_both(async |app, seed| {
        let leader = app.visitor(Role::Leader).await;
        let path = format!("/activities/{}/remind", seed.activities[1]);
        assert_eq!(leader.post(&path, &[("reminder", "")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let answer = leader.post(&path, &[("reminder", "请抓紧 <b>办理</b>")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let officer = app.visitor(Role::Officer).await;
        let desk = officer.get("/desk").await;
        assert!(desk.text().contains("请抓紧 <b>办理</b>"), "{}", desk.text());
        let action = desk.document().select("form[action^='/reminders/']").attr("action").unwrap().to_string();
        assert_eq!(leader.post(&action, &[]).await.status, StatusCode::FORBIDDEN);
        officer.post(&action, &[]).await;
        officer.post(&action, &[]).await;
        assert!(!officer.get("/desk").await.text().contains("请抓紧"));
        let id = seed.activities[1].clone();
        let events = app.db().read(async move |tx| store::event::list_of(&tx, "activity", &id).await).await.unwrap();
        assert_eq!(events.iter().filter(|it| it.kind == "reminder_seen").count(), 1, "seen once");
        let activity = leader.get(&format!("/activities/{}", seed.activities[1])).await;
        assert!(activity.text().contains("已收到"), "{}", activity.text());
    })
    .await;
}

#[tokio::test]
async fn a_duty_is_handed_in_by_its_unit_and_explained_without_a_date() {
    on_both(async |app, seed| {
        let officer = app.visitor(Role::Officer).await;
        let path = format!("/campaigns/{}/duties", seed.campaign_id);
        let page = officer.get(&path).await;
        assert!(page.text().contains("从本单位活动结束之日起算"), "{}", page.text());
        let own = app.field_office.to_string();
        let foreign = app.section.to_string();
        let hand_in = format!("/duties/{}/hand-in", seed.duties[0]);
        assert_eq!(officer.post(&hand_in, &[("unit_id", &foreign)]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(officer.post(&hand_in, &[("unit_id", "none")]).await.status, StatusCode::NOT_FOUND);
        let answer = officer.post(&hand_in, &[("unit_id", &own), ("note", "已走 OA")]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(officer.post(&hand_in, &[("unit_id", &own)]).await.status, StatusCode::CONFLICT);
        assert!(officer.get(&path).await.text().contains("已走 OA"));
        let back = format!("/duties/{}/take-back", seed.duties[0]);
        assert_eq!(officer.post(&back, &[("unit_id", &own)]).await.status, StatusCode::SEE_OTHER);
        let remind = format!("/duties/{}/remind", seed.duties[0]);
        assert_eq!(officer.post(&remind, &[("reminder", "x")]).await.status, StatusCode::FORBIDDEN);
        let leader = app.visitor(Role::Leader).await;
        assert_eq!(leader.post(&remind, &[("reminder", "请尽快报送")]).await.status, StatusCode::SEE_OTHER);
        assert!(officer.get("/desk").await.text().contains("请尽快报送"));
    })
    .await;
}

#[tokio::test]
async fn venues_are_kept_by_the_office_and_hang_a_poster() {
    on_both(async |app, seed| {
        let (office, officer) = (app.visitor(Role::Office).await, app.visitor(Role::Officer).await);
        let path = format!("/campaigns/{}/venues", seed.campaign_id);
        let fields = [("name", "购物广场 <b>"), ("address", "开源路1号"), ("kind", "main")];
        assert_eq!(officer.post(&path, &fields).await.status, StatusCode::FORBIDDEN);
        assert_eq!(
            office.post(&path, &[("name", ""), ("kind", "main")]).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(office.post(&path, &fields).await.status, StatusCode::SEE_OTHER);
        let page = office.get(&path).await;
        let poster = page.document().select("a[href$='/poster']").attr("href").unwrap().to_string();
        let sheet = officer.get(&poster).await;
        let code = sheet.document().select("svg.poster-code").attr("aria-label").unwrap().to_string();
        assert_eq!(code, "二维码：购物广场 <b> 开源路1号");
        let edit = poster.replace("poster", "edit");
        assert_eq!(officer.fetch(&edit).await.status, StatusCode::FORBIDDEN);
        let version = office.get(&edit).await.value_of("version");
        let fields = [("name", "中心公园"), ("address", ""), ("kind", "stand"), ("version", version.as_str())];
        assert_eq!(office.post(&edit, &fields).await.status, StatusCode::SEE_OTHER);
        let stale = office.post(&edit, &fields).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(stale.text().contains("周某于") && stale.text().contains("现在是“"), "{}", stale.text());
        assert_eq!(office.post(&poster.replace("poster", "remove"), &[]).await.status, StatusCode::SEE_OTHER);
        assert!(office.get(&path).await.text().contains("还没有会场"));
    })
    .await;
}

#[tokio::test]
async fn a_feed_opens_by_its_secret_alone() {
    on_both(async |app, seed| {
        let stranger = app.stranger();
        let feed = stranger.fetch("/feed/campaign-secret-0123456789.ics").await;
        let text = String::from_utf8(feed.bytes.clone()).unwrap().replace("\r\n ", "");
        assert_eq!(feed.header("content-type"), "text/calendar; charset=utf-8");
        assert!(text.contains("BEGIN:VEVENT") && text.contains("DTSTART;VALUE=DATE:20240304"), "{text}");
        assert!(text.contains("DTEND;VALUE=DATE:20240313"), "the end of a day is the next: {text}");
        assert!(text.contains("到期：集中宣传咨询") && text.contains("报送：活动总结"), "{text}");
        assert!(!text.contains("郑某") && !text.contains("周某"), "no person in a feed");
        for wrong in [
            "x.ics",
            "campaign-secret-0123456780.ics",
            "..%2f..%2fetc.ics",
            ".ics",
            "%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00%00",
        ] {
            assert_eq!(stranger.fetch(&format!("/feed/{wrong}")).await.status, StatusCode::NOT_FOUND, "{wrong}");
        }
        // A unit makes an address of its own, and renews it.
        let officer = app.visitor(Role::Officer).await;
        let own = app.field_office.to_string();
        let foreign = app.section.to_string();
        assert_eq!(officer.post("/desk/feed", &[("unit_id", &foreign)]).await.status, StatusCode::FORBIDDEN);
        officer.post("/desk/feed", &[("unit_id", &own)]).await;
        let address = async || {
            officer.get("/desk").await.document().select("#feed a[download]").attr("href").unwrap().to_string()
        };
        let first = address().await;
        let whole = officer.get("/desk").await.document().select("#feed code").text().to_string();
        assert_eq!(whole, format!("http://xiaobao.test{first}"));
        let overview = app.visitor(Role::Office).await.get(&format!("/campaigns/{}", seed.campaign_id)).await;
        let whole = overview.document().select("#feed code").text().to_string();
        assert_eq!(whole, "http://xiaobao.test/feed/campaign-secret-0123456789.ics");
        let unit_feed = String::from_utf8(stranger.fetch(&first).await.bytes).unwrap().replace("\r\n ", "");
        assert!(unit_feed.contains("消费教育进校园") && !unit_feed.contains("站点建设"), "{unit_feed}");
        officer.post("/desk/feed", &[("unit_id", &own)]).await;
        assert_eq!(stranger.fetch(&first).await.status, StatusCode::NOT_FOUND);
        assert_eq!(stranger.fetch(&address().await).await.status, StatusCode::OK);
        // The office renews the address of the campaign.
        let renew = format!("/campaigns/{}/feed", seed.campaign_id);
        assert_eq!(officer.post(&renew, &[]).await.status, StatusCode::FORBIDDEN);
        app.visitor(Role::Office).await.post(&renew, &[]).await;
        assert_eq!(stranger.fetch("/feed/campaign-secret-0123456789.ics").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn an_empty_campaign_says_what_will_stand_here() {
    testing::each_engine(async |db| {
        let app = TestApp::on(db).await;
        let officer = app.visitor(Role::Officer).await;
        assert!(officer.get("/desk").await.text().contains("还没有发布活动方案"));
        let id = publish_plan(&app, Vec::new(), Vec::new()).await;
        for (path, words) in [
            (format!("/campaigns/{id}"), "活动还没有指定单位"),
            (format!("/campaigns/{id}/activities"), "这个方案里没有活动"),
            (format!("/campaigns/{id}/activities?view=gantt"), "这个方案里没有活动"),
            (format!("/campaigns/{id}/duties"), "这份通知没有报送要求"),
            (format!("/campaigns/{id}/venues"), "还没有会场"),
            ("/desk".to_owned(), "没有分给本单位的活动"),
        ] {
            let text = officer.get(&path).await.text();
            assert!(text.contains(words), "{path}: {text}");
        }
    })
    .await;
}

#[tokio::test]
async fn two_hundred_activities_on_one_day_are_drawn() {
    testing::each_engine(async |db| {
        let app = TestApp::on(db).await;
        let day = Some(date(2024, 3, 15));
        let activities = (1..=200)
            .map(|n| new_activity(n, &format!("活动{n}"), [day, day, None], &[(&app.field_office, Part::Lead)]))
            .collect();
        let id = publish_plan(&app, activities, Vec::new()).await;
        let officer = app.visitor(Role::Officer).await;
        for view in ["list", "board", "calendar", "gantt"] {
            let page = officer.get(&format!("/campaigns/{id}/activities?view={view}")).await;
            let n = page.document().select("main a[href^='/activities/']").length();
            assert!(n >= 200, "{view}: {n}");
        }
        officer.get("/desk").await;
        officer.get(&format!("/campaigns/{id}")).await;
    })
    .await;
}

#[tokio::test]
async fn the_days_of_the_yellow_light_are_set_on_the_settings_page() {
    let app = TestApp::new().await;
    let admin = app.visitor(Role::Admin).await;
    let page = admin.get("/settings").await;
    assert_eq!((page.value_of("near_days"), page.value_of("near_version")), ("3".to_owned(), "0".to_owned()));
    let save = async |days: &str, version: &str| {
        let fields = [("idle", "30"), ("version", "0"), ("near_days", days), ("near_version", version)];
        admin.post("/settings", &fields).await.status
    };
    assert_eq!(save("soon", "0").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(save("61", "0").await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(save("7", "0").await, StatusCode::SEE_OTHER);
    let days = app.db().read(async |tx| super::lamp::near_days(&tx).await).await.unwrap();
    assert_eq!(days, 7);
    assert_eq!(save("9", "0").await, StatusCode::CONFLICT, "somebody else has set it");
    assert_eq!(admin.get("/settings").await.value_of("near_days"), "7");
}
