use super::super::super::plan::{DateKind, Plan};
use super::super::fields::{ActivityInput, HeadInput};
use super::*;

fn activity(number: u32, title: &str, text: &str) -> Activity {
    Activity { number: Some(number), title: title.into(), text: text.into(), ..Activity::default() }
}

fn draft() -> Draft {
    Draft::new(Plan {
        activities: vec![
            Activity {
                leads: vec!["市场科".into()],
                dates: vec![DateMention {
                    kind: DateKind::Point,
                    start: Some("--03-15".into()),
                    end: None,
                    time: None,
                    text: "3月15日".into(),
                    span: Span { start: 30, end: 35 },
                }],
                places: vec!["人民广场".into()],
                span: Span { start: 20, end: 60 },
                ..activity(1, "现场咨询", "3月15日在人民广场设立咨询台。同时开展抽检。")
            },
            Activity {
                leads: vec!["食品科".into()],
                span: Span { start: 60, end: 80 },
                ..activity(2, "知识竞赛", "举办竞赛。")
            },
        ],
        ..Plan::default()
    })
}

fn fields(title: &str) -> ActivityFields {
    ActivityInput { title: title.into(), kind: "quiz".into(), ..ActivityInput::default() }.parse(None).unwrap()
}

fn seen(draft: &Draft, index: usize) -> Seen {
    draft.activities().nth(index).unwrap().0
}

#[test]
fn two_people_correct_different_activities_and_nothing_is_lost() {
    let mut draft = draft();
    let (first, second) = (seen(&draft, 0), seen(&draft, 1));
    draft.correct(Correction::Activity(first, fields("广场咨询"))).unwrap();
    draft.correct(Correction::Activity(second, fields("有奖竞答"))).unwrap();
    let titles: Vec<&str> = draft.plan.activities.iter().map(|it| it.title.as_str()).collect();
    assert_eq!(titles, ["广场咨询", "有奖竞答"]);
}

#[test]
fn a_correction_of_what_changed_meanwhile_is_refused_and_changes_nothing() {
    let mut draft = draft();
    let first = seen(&draft, 0);
    draft.correct(Correction::Activity(first, fields("甲的改法"))).unwrap();
    let before = draft.clone();
    assert_eq!(draft.correct(Correction::Activity(first, fields("乙的改法"))), Err(ReviewError::Stale));
    assert_eq!(draft.correct(Correction::RemoveActivity(first)), Err(ReviewError::Stale));
    assert_eq!(draft, before);
}

#[test]
fn a_removed_activity_is_gone_and_its_key_is_never_used_again() {
    let mut draft = draft();
    let second = seen(&draft, 1);
    draft.correct(Correction::RemoveActivity(second)).unwrap();
    assert_eq!(draft.correct(Correction::RemoveActivity(second)), Err(ReviewError::Gone));
    let said = draft.correct(Correction::AddActivity { after: None, fields: fields("新增") }).unwrap();
    assert!(said.key.unwrap() > second.key);
}

#[test]
fn an_activity_is_added_after_the_one_named() {
    let mut draft = draft();
    let first = seen(&draft, 0);
    draft.correct(Correction::AddActivity { after: Some(first.key), fields: fields("中间") }).unwrap();
    assert_eq!(draft.plan.activities[1].title, "中间");
}

#[test]
fn merging_keeps_text_units_and_place() {
    let mut draft = draft();
    let second = seen(&draft, 1);
    draft.correct(Correction::MergeActivity(second)).unwrap();
    let whole = &draft.plan.activities[0];
    assert_eq!(draft.plan.activities.len(), 1);
    assert!(whole.text.ends_with("举办竞赛。"));
    assert_eq!(whole.leads, ["市场科", "食品科"]);
    assert_eq!(whole.span, Span { start: 20, end: 80 });
    let first = seen(&draft, 0);
    assert!(matches!(draft.correct(Correction::MergeActivity(first)), Err(ReviewError::Refused(_))));
}

#[test]
fn splitting_leaves_each_value_with_its_words() {
    let mut draft = draft();
    let first = seen(&draft, 0);
    let at = draft.plan.activities[0].text.chars().position(|it| it == '同').unwrap();
    draft.correct(Correction::SplitActivity(first, at)).unwrap();
    let (one, two) = (&draft.plan.activities[0], &draft.plan.activities[1]);
    assert_eq!(one.text, "3月15日在人民广场设立咨询台。");
    assert_eq!(two.title, "同时开展抽检");
    assert_eq!((one.dates.len(), two.dates.len()), (1, 0));
    assert_eq!(two.leads, ["市场科"]);
    let first = seen(&draft, 0);
    assert!(matches!(draft.correct(Correction::SplitActivity(first, 0)), Err(ReviewError::Refused(_))));
}

#[test]
fn moving_stops_at_both_ends() {
    let mut draft = draft();
    let second = seen(&draft, 1);
    draft.correct(Correction::MoveActivity(second, true)).unwrap();
    assert_eq!(draft.plan.activities[0].title, "知识竞赛");
    assert!(matches!(draft.correct(Correction::MoveActivity(second, true)), Err(ReviewError::Refused(_))));
}

#[test]
fn a_year_fills_in_the_dates_that_have_none() {
    let mut draft = draft();
    let head = HeadInput { title: "方案".into(), year: "2025".into(), ..HeadInput::default() }.parse().unwrap();
    let version = draft.head_version();
    let said = draft.correct(Correction::Head { version, fields: head.clone() }).unwrap();
    assert_eq!(draft.plan.activities[0].dates[0].start.as_deref(), Some("2025-03-15"));
    assert!(said.changes.iter().any(|(field, before, after)| field == "年份" && before.is_empty() && after == "2025"));
    assert_eq!(draft.correct(Correction::Head { version, fields: head }), Err(ReviewError::Stale));
}

#[test]
fn a_date_whose_words_did_not_change_keeps_its_place() {
    let mut draft = draft();
    let first = seen(&draft, 0);
    let mut fields = fields("现场咨询");
    fields.dates = vec![DateMention {
        kind: DateKind::Point,
        start: Some("2025-03-14".into()),
        end: None,
        time: None,
        text: "3月15日".into(),
        span: Span::default(),
    }];
    let said = draft.correct(Correction::Activity(first, fields)).unwrap();
    assert_eq!(draft.plan.activities[0].dates[0].span, Span { start: 30, end: 35 });
    assert!(said.changes.iter().any(|(field, _, after)| field == "时间" && after.contains("2025-03-14")));
}

#[test]
fn lines_of_the_source_become_activities_in_the_order_of_the_source() {
    let mut draft = draft();
    let lines = vec![
        (Span { start: 90, end: 99 }, "4.走进社区:发放资料".to_owned()),
        (Span { start: 0, end: 10 }, "召开新闻发布会。会期半天".to_owned()),
    ];
    draft.correct(Correction::TakeLines { lines: lines.clone(), together: false }).unwrap();
    let titles: Vec<&str> = draft.plan.activities.iter().map(|it| it.title.as_str()).collect();
    assert_eq!(titles, ["召开新闻发布会", "现场咨询", "知识竞赛", "走进社区"]);
    assert_eq!(draft.plan.activities[3].number, Some(4));

    let words = "摆摊咨询，3月15日上午在人民广场举办。由消保科牵头";
    let line = vec![(Span { start: 200, end: 227 }, words.to_owned())];
    draft.plan.year = Some(2027);
    draft.correct(Correction::TakeLines { lines: line, together: false }).unwrap();
    let taken = &draft.plan.activities[4];
    assert_eq!(
        (taken.leads.as_slice(), taken.places.as_slice()),
        (["消保科".to_owned()].as_slice(), ["人民广场".to_owned()].as_slice())
    );
    let date = &taken.dates[0];
    assert_eq!((date.start.as_deref(), date.time.as_deref()), (Some("2027-03-15"), Some("上午")));
    assert_eq!(date.span, Span { start: 205, end: 212 });

    let mut empty = Draft::default();
    empty.correct(Correction::TakeLines { lines, together: true }).unwrap();
    assert_eq!(empty.plan.activities.len(), 1);
    assert_eq!(empty.plan.activities[0].span, Span { start: 0, end: 99 });
    let none = empty.correct(Correction::TakeLines { lines: Vec::new(), together: true });
    assert!(matches!(none, Err(ReviewError::Refused(_))));
}

#[test]
fn duties_requirements_and_forms_are_corrected_alike() {
    use super::super::fields::{DutyInput, form_rows};
    let mut draft = draft();
    let duty = DutyInput { what: "总结、统计表".into(), ..DutyInput::default() }.parse(None).unwrap();
    draft.correct(Correction::AddReportDuty(duty.clone())).unwrap();
    let (seen, _) = draft.report_duties().next().unwrap();
    let changed = DutyFields { who: Some("各单位".into()), ..duty };
    let said = draft.correct(Correction::ReportDuty(seen, changed)).unwrap();
    assert_eq!(said.changes, [("报送单位".to_owned(), String::new(), "各单位".to_owned())]);
    assert_eq!(draft.correct(Correction::RemoveReportDuty(seen)), Err(ReviewError::Stale));

    draft.correct(Correction::AddRequirement("加强领导".into())).unwrap();
    let (seen, _) = draft.requirements().next().unwrap();
    draft.correct(Correction::Requirement(seen, "加强组织领导".into())).unwrap();
    assert_eq!(draft.plan.requirements[0].title, "加强组织领导");

    draft.correct(Correction::AddStatForm("统计表".into(), form_rows("1 活动(场)").unwrap())).unwrap();
    let (seen, _) = draft.forms().next().unwrap();
    draft.correct(Correction::RemoveStatForm(seen)).unwrap();
    assert!(draft.plan.forms.is_empty());
}
