use jiff::civil::date;

use super::super::plan::{Period, Plan, StatRow};
use super::super::review::resolve::{resolve, tests::tree};
use super::*;

fn mention(kind: DateKind, start: Option<&str>, end: Option<&str>) -> DateMention {
    DateMention {
        kind,
        start: start.map(str::to_owned),
        end: end.map(str::to_owned),
        time: None,
        text: "某日".into(),
        span: Span::default(),
    }
}

fn activity(title: &str, leads: &[&str], supports: &[&str]) -> Activity {
    Activity {
        title: title.into(),
        leads: leads.iter().map(|it| (*it).to_owned()).collect(),
        supports: supports.iter().map(|it| (*it).to_owned()).collect(),
        ..Activity::default()
    }
}

fn duty(who: Option<&str>) -> ReportDuty {
    ReportDuty {
        who: who.map(str::to_owned),
        what: vec!["总结".into()],
        to: vec!["市场科".into()],
        via: vec!["OA".into()],
        due: Some(mention(DateKind::Deadline, None, Some("2025-03-15"))),
        span: Span::default(),
    }
}

fn publish(plan: Plan) -> Publication {
    let draft = Draft::new(plan);
    let tree = tree();
    let resolution = resolve(&draft.plan, draft.choices(), &tree);
    let mut n = 0;
    publication(&draft, &resolution, &tree, date(2025, 3, 3), || {
        n += 1;
        Id::from_text(format!("{n:03}"))
    })
}

#[test]
fn every_lead_and_support_unit_gets_one_task() {
    let plan = Plan {
        activities: vec![
            activity("咨询", &["市场科", "县消协"], &["各监管所", "消协"]),
            activity("竞赛", &["市场科"], &["知识产权科"]),
        ],
        ..Plan::default()
    };
    let publication = publish(plan);
    let tasks: Vec<(&str, Part)> =
        publication.activities[0].tasks.iter().map(|it| (it.unit_id.as_str(), it.part)).collect();
    assert_eq!(
        tasks,
        [("market", Part::Lead), ("assoc", Part::Lead), ("east", Part::Support), ("west", Part::Support)]
    );
    // A name that is missing in the tree makes no task.
    assert_eq!(publication.activities[1].tasks.len(), 1);
    let summary = publication.summary();
    assert_eq!((summary.activities, summary.tasks, summary.units, summary.without_lead), (2, 5, 4, 0));
}

#[test]
fn the_deadline_is_the_last_end_the_activity_names_else_the_end_of_the_campaign() {
    let with = |dates: Vec<DateMention>| Activity { dates, ..activity("甲", &[], &[]) };
    let plan = Plan {
        period: Some(Period { start: Some("2025-03-01".into()), end: Some("2025-03-31".into()) }),
        activities: vec![
            with(vec![
                mention(DateKind::Range, Some("2025-03-01"), Some("2025-03-15")),
                mention(DateKind::Deadline, None, Some("2025-03-20")),
            ]),
            with(vec![mention(DateKind::Point, Some("2025-03"), None)]),
            with(vec![mention(DateKind::Open, None, None)]),
            with(vec![mention(DateKind::Relative, None, None)]),
            with(Vec::new()),
            with(vec![mention(DateKind::Point, Some("--03-15"), None)]),
        ],
        ..Plan::default()
    };
    let days: Vec<(Option<Date>, Option<Date>)> =
        publish(plan).activities.iter().map(|it| (it.starts_on, it.due_on)).collect();
    let end = Some(date(2025, 3, 31));
    assert_eq!(
        days,
        [
            (Some(date(2025, 3, 1)), Some(date(2025, 3, 20))),
            (Some(date(2025, 3, 1)), end),
            (Some(date(2025, 3, 3)), end),
            (None, end),
            (None, end),
            // A day without a year is no day of the calendar.
            (None, end),
        ]
    );
}

#[test]
fn a_campaign_without_a_period_lasts_from_the_first_to_the_last_day_it_names() {
    let plan = Plan {
        activities: vec![
            Activity { dates: vec![mention(DateKind::Point, Some("2025-03-10"), None)], ..Activity::default() },
            Activity { dates: vec![mention(DateKind::Deadline, None, Some("2025-03-20"))], ..Activity::default() },
            Activity::default(),
        ],
        ..Plan::default()
    };
    let publication = publish(plan);
    assert_eq!(publication.starts_on, Some(date(2025, 3, 10)));
    assert_eq!(publication.ends_on, Some(date(2025, 3, 20)));
    assert_eq!(publication.activities[2].due_on, None);
}

#[test]
fn a_report_duty_is_owed_by_each_unit_it_names() {
    let plan = Plan {
        activities: vec![activity("咨询", &["市场科"], &["消协"])],
        report_duties: vec![duty(Some("局属各单位")), duty(Some("各牵头科室")), duty(None), duty(Some("各有关单位"))],
        ..Plan::default()
    };
    let publication = publish(plan);
    let owed: Vec<usize> = publication.report_duties.iter().map(|it| it.units.len()).collect();
    assert_eq!(owed, [6, 1, 2, 0]);
    assert_eq!(publication.report_duties[0].due_on, Some(date(2025, 3, 15)));
    assert_eq!(publication.summary().returns, 9);
}

#[test]
fn a_place_becomes_a_venue_with_a_session_and_each_field_office_gets_its_satellite() {
    let text = "在人民广场设立主会场,受理咨询。各监管所结合实际在重点商场设立分会场。";
    let mut one = activity("咨询", &["市场科"], &[]);
    one.text = text.into();
    one.places = vec!["人民广场".into()];
    one.dates =
        vec![DateMention { time: Some("9:00-11:00".into()), ..mention(DateKind::Point, Some("2025-03-15"), None) }];
    let mut two = activity("讲座", &["消协"], &[]);
    two.places = vec!["人民广场".into()];
    let publication = publish(Plan { activities: vec![one, two], ..Plan::default() });
    assert_eq!(publication.venues.len(), 1);
    assert_eq!(publication.venues[0].kind, VenueKind::Main);
    let sessions = &publication.activities[0].sessions;
    assert_eq!(sessions.len(), 3);
    assert_eq!(sessions[0].time.as_deref(), Some("9:00-11:00"));
    assert_eq!(sessions[0].starts_on, Some(date(2025, 3, 15)));
    assert_eq!(sessions[1].unit_id.as_ref().map(Id::as_str), Some("east"));
    assert_eq!(publication.activities[1].sessions.len(), 1);
}

#[test]
fn every_key_is_used_once() {
    let plan = Plan {
        activities: vec![Activity {
            places: vec!["广场".into()], ..activity("甲", &["市场科"], &["各监管所"])
        }],
        report_duties: vec![duty(Some("各单位"))],
        forms: vec![StatForm { title: None, head: Vec::new(), rows: Vec::new() }],
        ..Plan::default()
    };
    let publication = publish(plan);
    let mut keys: Vec<Id> = Vec::new();
    for it in &publication.activities {
        keys.push(it.activity_id.clone());
        keys.extend(it.tasks.iter().map(|task| task.task_id.clone()));
        keys.extend(it.sessions.iter().map(|session| session.session_id.clone()));
    }
    keys.extend(publication.venues.iter().map(|it| it.venue_id.clone()));
    keys.extend(publication.report_duties.iter().map(|it| it.report_duty_id.clone()));
    keys.extend(publication.forms.iter().map(|it| it.stat_form_id.clone()));
    let n = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), n);
    assert_eq!(n, 8);
}

#[test]
fn what_stands_in_the_way_is_named_with_its_place() {
    let tree = tree();
    let check = |plan: Plan| {
        let draft = Draft::new(plan);
        let resolution = resolve(&draft.plan, draft.choices(), &tree);
        obstacles(&draft, &resolution).into_iter().map(|it| it.anchor).collect::<Vec<_>>()
    };
    assert_eq!(check(Plan::default()), ["head", "outline"]);
    let mut plan =
        Plan {
            title: Some("方案".into()), activities: vec![activity("甲", &["知识产权科"], &[])], ..Plan::default()
        };
    assert_eq!(check(plan.clone()), ["units"]);
    plan.activities[0].leads = vec!["市场科".into()];
    assert!(check(plan.clone()).is_empty());
    let row = StatRow { number: None, label: "活动".into(), unit: None, parent: None };
    plan.activities.clear();
    plan.forms = vec![StatForm { title: None, head: Vec::new(), rows: vec![row] }];
    assert!(check(plan).is_empty());
}

/// The annex as the notice of 2024 came out of a web page: one cell a line.
#[test]
fn the_words_above_the_columns_are_those_of_the_annex() {
    let before =
        "某某县市场监督管理局2025年“3·15”活动方案\n一、活动内容\n1.举办主会场活动。3月14日9:00在人民广场举办。\n";
    let broken = "附件\n2025年“3·15”活动统计表 | ||\n填报单位:联系人:电话: | ||\n序号 |\n“3·15”活动项目 |\n数量 |\n1 |\n\
                  开展主题活动数量(个) |\n|\n2 |\n消费者参与数(人次) |\n|\n";
    let regular =
        "附件\n2025年“3·15”活动统计表\n编号 | 统计项 | 完成数\n1 | 开展主题活动数量(个) |\n2 | 消费者参与数(人次) |\n";
    let heads = |annex: &str| {
        let source = Source::from_text(format!("{before}{annex}"));
        let plan = super::super::read::read(&source).plans.remove(0);
        let mut publication = publish(plan).with_column_heads(&source);
        publication.forms.remove(0).column_heads
    };
    let found = heads(broken);
    assert_eq!((found.number(), found.label(), found.value()), ("序号", "“3·15”活动项目", "数量"));
    let found = heads(regular);
    assert_eq!((found.number(), found.label(), found.value()), ("编号", "统计项", "完成数"));
}
