use super::super::plan::{Activity, DateKind, Plan, ReportDuty, StatForm, StatRow};
use super::super::publish::publication;
use super::super::review::Draft;
use super::super::review::resolve::{resolve, tests::tree};
use super::apply::{Act, Decision, TaskAct, acts};
use super::*;

fn day(text: &str) -> DateMention {
    DateMention {
        kind: DateKind::Point,
        start: Some(text.into()),
        end: None,
        time: None,
        text: "某日".into(),
        span: Span::default(),
    }
}

fn activity(number: u32, title: &str, lead: &str, at: usize) -> Activity {
    Activity {
        number: Some(number),
        title: title.into(),
        text: format!("{title}。由有关人员具体落实。"),
        leads: vec![lead.into()],
        dates: vec![day("2025-03-15")],
        span: Span { start: at, end: at + 9 },
        ..Activity::default()
    }
}

fn published(activities: Vec<Activity>) -> Publication {
    let draft = Draft::new(Plan { activities, ..Plan::default() });
    let tree = tree();
    let resolution = resolve(&draft.plan, draft.choices(), &tree);
    let mut n = 0;
    publication(&draft, &resolution, &tree, jiff::civil::date(2025, 3, 1), || {
        n += 1;
        Id::from_text(format!("{n:02}"))
    })
}

fn stands(publication: &Publication) -> Vec<Standing> {
    let task = |it: &super::super::publish::NewTask| StandingTask {
        task_id: it.task_id.clone(),
        unit_id: it.unit_id.clone(),
        part: it.part,
        status: TaskStatus::Open,
        due_on: it.due_on,
    };
    let stand = |it: &NewActivity| Standing {
        activity_id: it.activity_id.clone(),
        version: 1,
        status: ActivityStatus::Planned,
        number: it.number,
        sort_key: it.sort_key,
        group: it.group.clone(),
        title: it.title.clone(),
        text: it.text.clone(),
        kind: it.kind,
        span: it.span,
        dates: it.dates.clone(),
        places: it.places.clone(),
        starts_on: it.starts_on,
        ends_on: it.ends_on,
        due_on: it.due_on,
        units: it.units.clone(),
        tasks: it.tasks.iter().map(task).collect(),
        notes: 0,
    };
    publication.activities.iter().map(stand).collect()
}

fn base() -> Vec<Activity> {
    vec![
        activity(1, "广场现场咨询活动", "市场科", 10),
        activity(2, "消费维权知识竞赛", "消协", 20),
        activity(3, "食品安全专项抽检", "食品科", 30),
    ]
}

#[test]
fn the_same_notice_again_changes_nothing() {
    let first = published(base());
    let standing = stands(&first);
    let difference = compare(&standing, &first, &published(base()).activities, &tree());
    assert!(difference.rows.iter().all(|row| matches!(row, Row::Same { .. })));
    let acts = acts(&difference, &BTreeMap::new(), &standing, &published(base()).activities).unwrap();
    assert!(acts.is_empty());
}

#[test]
fn added_removed_and_changed_activities_are_told_apart() {
    let first = published(base());
    let mut revised = base();
    revised.remove(1);
    revised[0].dates = vec![day("2025-03-14")];
    revised.push(activity(4, "消费投诉信息公示", "市场科", 50));
    let new = published(revised).activities;
    let difference = compare(&stands(&first), &first, &new, &tree());
    let shape: Vec<&str> = difference
        .rows
        .iter()
        .map(|row| match row {
            Row::Same { .. } => "same",
            Row::Changed { .. } => "changed",
            Row::Added { .. } => "added",
            Row::Removed { .. } => "removed",
        })
        .collect();
    assert_eq!(shape, ["changed", "same", "added", "removed"]);
    let Row::Changed { fields, is_doubtful, .. } = &difference.rows[0] else { panic!() };
    assert_eq!(fields[0].field, Field::Dates);
    assert!(!is_doubtful && !fields[0].is_contradiction);
}

#[test]
fn renumbered_activities_are_matched_by_their_titles() {
    let first = published(base());
    let mut revised = base();
    revised.insert(0, activity(1, "召开新闻发布会", "市场科", 5));
    for (index, it) in revised.iter_mut().enumerate() {
        it.number = Some(u32::try_from(index).unwrap() + 1);
        it.span.start += 20;
        it.span.end += 20;
    }
    let new = published(revised).activities;
    let standing = stands(&first);
    let difference = compare(&standing, &first, &new, &tree());
    assert_eq!(difference.rows.iter().filter(|row| matches!(row, Row::Added { .. })).count(), 1);
    assert!(!difference.rows.iter().any(|row| matches!(row, Row::Removed { .. })));
}

#[test]
fn what_people_corrected_stays_unless_the_notice_changed_it_too() {
    let first = published(base());
    let mut standing = stands(&first);
    standing[0].title = "人民广场现场咨询活动".into();
    standing[1].title = "消费维权知识大竞赛".into();
    let mut revised = base();
    revised[1].title = "消费维权知识擂台赛".into();
    let new = published(revised).activities;
    let difference = compare(&standing, &first, &new, &tree());
    assert!(matches!(difference.rows[0], Row::Same { .. }), "only corrected by hand");
    let Row::Changed { fields, .. } = &difference.rows[1] else { panic!() };
    assert!(fields.iter().any(|it| it.field == Field::Title && it.is_contradiction));

    let errors = acts(&difference, &BTreeMap::new(), &standing, &new).unwrap_err();
    assert!(errors.of("row1_title").is_some());
    let keep = Decision { action: "take".into(), fields: BTreeMap::from([(Field::Title, false)]) };
    let acts = acts(&difference, &BTreeMap::from([(1, keep)]), &standing, &new).unwrap();
    let Some(Act::Update { activity, .. }) = acts.iter().find(|it| matches!(it, Act::Update { .. })) else { panic!() };
    assert_eq!(activity.title, "消费维权知识大竞赛");
}

#[test]
fn progress_is_kept_and_no_unit_gets_a_second_task() {
    let first = published(base());
    let mut standing = stands(&first);
    standing[0].tasks[0].status = TaskStatus::Done;
    let mut revised = base();
    revised[0].leads = vec!["消协".into(), "市场科".into()];
    revised[0].dates = vec![day("2025-03-20")];
    revised[1].leads = vec!["食品科".into()];
    let new = published(revised).activities;
    let difference = compare(&standing, &first, &new, &tree());
    let acts = acts(&difference, &BTreeMap::new(), &standing, &new).unwrap();
    let tasks = |index: usize| match &acts[index] {
        Act::Update { tasks, .. } => tasks.clone(),
        other => panic!("{other:?}"),
    };
    // The task already done is left alone; only the unit that is new gets one, with the new deadline.
    assert_eq!(tasks(0).len(), 1);
    assert!(matches!(&tasks(0)[0], TaskAct::Add(task) if task.unit_id.as_str() == "assoc"
        && task.due_on == Some(jiff::civil::date(2025, 3, 20))));
    assert!(matches!(&tasks(1)[0], TaskAct::Add(task) if task.unit_id.as_str() == "food"));
    assert!(matches!(&tasks(1)[1], TaskAct::Withdraw(task_id) if *task_id == standing[1].tasks[0].task_id));
}

#[test]
fn an_activity_with_progress_is_only_called_off_by_choice_and_a_finished_one_never() {
    let first = published(base());
    let mut standing = stands(&first);
    standing[1].notes = 2;
    standing[2].status = ActivityStatus::Done;
    let new = published(base()[..1].to_vec()).activities;
    let difference = compare(&standing, &first, &new, &tree());
    let errors = acts(&difference, &BTreeMap::new(), &standing, &new).unwrap_err();
    assert_eq!(errors.iter().map(|(field, _)| field).collect::<Vec<_>>(), ["row1"]);
    let take = |action: &str| Decision { action: action.into(), ..Decision::default() };
    let decided = acts(&difference, &BTreeMap::from([(1, take("take"))]), &standing, &new).unwrap();
    assert!(matches!(&decided[..], [Act::Cancel { old: 1, withdraw }] if withdraw.len() == 1));
    let errors = acts(&difference, &BTreeMap::from([(1, take("keep")), (2, take("take"))]), &standing, &new);
    assert!(errors.unwrap_err().of("row2").is_some());
}

#[test]
fn a_doubtful_match_waits_for_a_person() {
    let first = published(vec![activity(2, "消费教育宣传活动", "消协", 20)]);
    let standing = stands(&first);
    let mut revised = activity(5, "消费教育进校园", "消协", 60);
    revised.text = "走进中小学开展消费教育讲座。".into();
    let new = published(vec![revised]).activities;
    let difference = compare(&standing, &first, &new, &tree());
    if let Row::Changed { is_doubtful, .. } = &difference.rows[0] {
        assert!(is_doubtful);
        assert!(acts(&difference, &BTreeMap::new(), &standing, &new).is_err());
        let both = Decision { action: "both".into(), ..Decision::default() };
        let acts = acts(&difference, &BTreeMap::from([(0, both)]), &standing, &new).unwrap();
        assert!(matches!(&acts[..], [Act::Insert(_)]));
    } else {
        assert!(matches!(difference.rows[0], Row::Added { .. }));
    }
}

fn duty(who: &str, what: &str, due: &str, units: &[&str]) -> super::super::publish::NewReportDuty {
    super::super::publish::NewReportDuty {
        report_duty_id: Id::from_text("q"),
        duty: ReportDuty {
            who: Some(who.into()),
            what: vec![what.into()],
            to: Vec::new(),
            via: Vec::new(),
            due: Some(DateMention { text: due.into(), ..day("2025-03-15") }),
            span: Span::default(),
        },
        due_on: Some(jiff::civil::date(2025, 3, 15)),
        units: units.iter().map(|it| Id::from_text(*it)).collect(),
    }
}

#[test]
fn what_was_handed_in_stays() {
    let standing = StandingDuty {
        report_duty_id: Id::from_text("old"),
        who: Some("各单位".into()),
        what: vec!["活动总结".into()],
        to: Vec::new(),
        via: Vec::new(),
        due_on: Some(jiff::civil::date(2025, 3, 15)),
        due_text: "3月15日前".into(),
        units: vec![(Id::from_text("east"), true), (Id::from_text("west"), false)],
    };
    let same = duty("各单位", "活动总结", "3月15日前", &["east", "west"]);
    assert_eq!(duties(std::slice::from_ref(&standing), &[same], &[]), [DutyRow::Same]);
    // A unit that came into the tree for another campaign owes nothing by the same words.
    let wider = duty("各单位", "活动总结", "3月15日前", &["east", "west", "food"]);
    assert_eq!(duties(std::slice::from_ref(&standing), &[wider], &[]), [DutyRow::Same]);
    let other = duty("各单位", "活动总结", "3月17日前", &["food"]);
    let mut with_food = published(vec![activity(1, "现场咨询", "市场科", 0)]).activities;
    with_food[0].units.push((Id::from_text("food"), Part::Support));
    let rows = duties(std::slice::from_ref(&standing), &[other], &with_food);
    let [DutyRow::Changed { fields, join, leave, .. }] = rows.as_slice() else { panic!() };
    assert_eq!(fields[0].0, "期限");
    assert_eq!((join.len(), leave.as_slice()), (1, &[Id::from_text("west")][..]));
    assert_eq!(duties(&[standing], &[], &[]), [DutyRow::Removed { old: 0, stays: true }]);
}

#[test]
fn a_form_is_matched_by_its_title_and_says_which_rows_come_and_go() {
    let form = |labels: &[&str]| StatForm {
        title: Some("统计表".into()),
        head: Vec::new(),
        rows: labels.iter().map(|it| StatRow { number: None, label: (*it).into(), unit: None, parent: None }).collect(),
    };
    let new = |labels: &[&str]| super::super::publish::NewStatForm {
        stat_form_id: Id::from_text("n"),
        form: form(labels),
        column_heads: Default::default(),
    };
    let standing = [StandingForm { stat_form_id: Id::from_text("f"), form: form(&["活动数量", "参与人数"]) }];
    assert_eq!(forms(&standing, &[new(&["活动数量", "参与人数"])]), [FormRow::Same]);
    let rows = forms(&standing, &[new(&["活动数量", "阅读量"])]);
    assert!(
        matches!(&rows[..], [FormRow::Changed { join, leave, .. }] if join[0] == "阅读量" && leave[0] == "参与人数")
    );
}
