use expect_test::expect;
use jiff::civil::date;

use super::super::marks;
use super::*;
use crate::statistics::amount::pair;

fn total(value: i64, n: usize) -> Total {
    let origins = (0..n).map(|it| Id::from_text(format!("r{it}"))).collect();
    Total { value: Some(value), origins, ..Total::default() }
}

fn figure(indicator: &str, total: Total) -> FigureFacts {
    FigureFacts { indicator: indicator.to_owned(), n_origins: total.origins.len(), total }
}

fn activity(number: i64, title: &str, kind: Kind, status: ActivityStatus) -> ActivityFacts {
    ActivityFacts {
        activity_id: Id::from_text(format!("a{number}")),
        number: Some(number),
        title: title.to_owned(),
        kind,
        status,
        light: Light::Green,
        due_on: Some(date(2027, 3, 15)),
        leads: vec!["县消协".to_owned()],
        part: None,
        n_records: 0,
        figures: Vec::new(),
        notes: Vec::new(),
    }
}

/// A campaign of five activities.
pub(in crate::campaign::summary) fn facts() -> Facts {
    let mut main = activity(2, "举办主会场宣传咨询活动", Kind::OnSiteEvent, ActivityStatus::UnderWay);
    main.n_records = 3;
    main.figures = vec![figure("consumer_attendance", total(441, 3))];
    main.notes = vec![(date(2027, 3, 10), "县消协".to_owned(), "集市上午人多\n资料发完".to_owned())];
    let mut late = activity(24, "约谈网络零售企业", Kind::Talk, ActivityStatus::UnderWay);
    late.light = Light::Red;
    late.due_on = Some(date(2027, 3, 8));
    let ads = Total {
        side_by_side: vec![pair(8, 5), pair(3, 5)],
        origins: vec![Id::from_text("m1"), Id::from_text("m2")],
        ..Total::default()
    };
    let mut copies = total(1_200, 1);
    copies.has_estimate = true;
    Facts {
        campaign_title: "云溪县2027年“3·15”活动方案".to_owned(),
        document_number: Some("云市监发〔2027〕9号".to_owned()),
        theme: Some("明白消费 安心生活".to_owned()),
        period: (Some(date(2027, 3, 1)), Some(date(2027, 3, 31))),
        issuers: vec!["云溪县市场监督管理局".to_owned(), "云溪县消费者协会".to_owned()],
        unit: None,
        addressee: String::new(),
        today: date(2027, 3, 11),
        activities: vec![
            activity(1, "召开联席会议", Kind::Meeting, ActivityStatus::Done),
            main,
            activity(5, "取消的活动", Kind::Lecture, ActivityStatus::Cancelled),
            activity(8, "开放实验室", Kind::OpenDay, ActivityStatus::Planned),
            late,
        ],
        figures: vec![
            figure("consumer_attendance", total(441, 3)),
            figure("material_copies", copies),
            figure("public_service_ad", ads),
            figure("loss_recovered", total(360_550, 2)),
        ],
        n_records: 3,
        n_units: 2,
        forms: vec!["云溪县2027年“3·15”活动统计表".to_owned()],
        form_says: vec![FormSays {
            form: "云溪县2027年“3·15”活动统计表".to_owned(),
            state: "上报",
            differing: vec!["消费者参与500人次（登记441人次）".to_owned()],
        }],
        late_duties: vec!["柳河所：活动统计表（应于3月10日报送）".to_owned()],
    }
}

/// Another attendance, everywhere.
pub(in crate::campaign::summary) fn attendance(facts: &mut Facts, value: i64) {
    let of_activities = facts.activities.iter_mut().flat_map(|it| it.figures.iter_mut());
    for figure in facts.figures.iter_mut().chain(of_activities) {
        if figure.indicator == "consumer_attendance" {
            figure.total.value = Some(value);
        }
    }
}

fn printed(summary: &Summary) -> String {
    let mut text = format!("{}\n{}：\n", summary.title.now, summary.addressee.now);
    for (part, words) in &summary.parts {
        text.push_str(&format!("== {}\n{}\n", part.heading(), words.now));
    }
    text.push_str(&format!("== 附件\n{}\n{}\n{}\n", summary.annexes.now, summary.signature.now, summary.dated.now));
    for source in &summary.sources {
        let Source { number, key, label, words, rule, n_origins } = source;
        text.push_str(&format!("{number} {key} {label} {words} {rule} {n_origins}\n"));
    }
    text
}

#[test]
fn a_draft_tells_what_is_known_and_nothing_else() {
    expect![[r#"
        云溪县2027年“3·15”活动总结
        ：
        == 总体情况
        根据《云溪县2027年“3·15”活动方案》（云市监发〔2027〕9号）安排，围绕“明白消费 安心生活”主题，于2027年3月1日至3月31日组织开展系列活动。方案部署活动5项［1］。截至3月11日，已办结1项［2］，进行中2项［3］，未开始1项［4］，已取消1项［5］。
        共登记活动记录3条［6］，2个单位［7］参与登记，消费者参与441人次［8］。
        == 主要做法
        （一）宣传引导
        1.举办主会场宣传咨询活动（县消协牵头）。进行中，登记记录3条［9］，消费者参与441人次［10］。
        （二）监督检查
        1.约谈网络零售企业（县消协牵头）。进行中。
        （三）协作共治
        1.召开联席会议（县消协牵头）。已办结。
        == 成效数据
        活动开展方面：消费者参与441人次［8］，印发宣传资料约1200份［11］。
        宣传报道方面：公益广告8条/5天、3条/5天［12］。
        维权监管方面：挽回经济损失3605.5元［13］。
        以上按登记的活动记录、台账和投诉举报件计。《云溪县2027年“3·15”活动统计表》上报数与此不同的有：消费者参与500人次（登记441人次）；差额是各单位在统计表中写明原因的，和交表以后又有变化的。
        == 典型活动
        举办主会场宣传咨询活动。各单位3次记录合计消费者参与441人次［10］。3月10日，县消协开展该项活动。集市上午人多，资料发完。
        == 问题与不足
        截至3月11日，1项［14］活动逾期未办结：约谈网络零售企业（应于3月8日办结）。
        1项［15］活动已办结但没有登记记录，成效数据不全：召开联席会议。
        逾期未报送材料：柳河所：活动统计表（应于3月10日报送）。
        == 下一步打算
        宣传引导方面，3月15日前完成“举办主会场宣传咨询活动”。
        消费教育方面，3月15日前完成“开放实验室”。
        监督检查方面，抓紧完成已逾期的“约谈网络零售企业”。
        == 附件
        云溪县2027年“3·15”活动统计表
        数据来源表
        云溪县市场监督管理局
        云溪县消费者协会
        2027年3月11日
        1 activities 活动项数 5项 逐项计数 5
        2 activities:done 已办结的活动 1项 逐项计数 1
        3 activities:under_way 进行中的活动 2项 逐项计数 2
        4 activities:planned 未开始的活动 1项 逐项计数 1
        5 activities:cancelled 已取消的活动 1项 逐项计数 1
        6 records 活动记录 3条 逐项计数 3
        7 units 登记记录的单位 2个单位 逐项计数 2
        8 indicator:consumer_attendance 消费者参与 441人次 相加，重复的只算一次 3
        9 records:a2 活动记录（举办主会场宣传咨询活动） 3条 逐项计数 3
        10 indicator:consumer_attendance:a2 消费者参与（举办主会场宣传咨询活动） 441人次 相加，重复的只算一次 3
        11 indicator:material_copies 印发宣传资料 约1200份 相加，重复的只算一次；含约数 1
        12 indicator:public_service_ad 公益广告 8条/5天、3条/5天 不相加，逐条列出 2
        13 indicator:loss_recovered 挽回经济损失 3605.5元 相加，重复的只算一次 2
        14 late 逾期未办结的活动 1项 逐项计数 1
        15 unrecorded 已办结而没有记录的活动 1项 逐项计数 1
    "#]].assert_eq(&printed(&draft(&facts(), &[])));
}

#[test]
fn the_report_of_a_unit_is_addressed_and_signed_as_its_own() {
    let mut facts = facts();
    facts.unit = Some("柳河市场监管所".to_owned());
    facts.addressee = "消费者权益保护科".to_owned();
    facts.activities.truncate(2);
    facts.activities[0].part = Some(UnitPart::Support);
    facts.activities[1].part = Some(UnitPart::Lead);
    let summary = draft(&facts, &[]);
    assert_eq!(summary.title.now, "柳河市场监管所关于云溪县2027年“3·15”活动开展情况的总结");
    assert_eq!(summary.signature.now, "柳河市场监管所");
    let overall = summary.part(Part::Overall);
    assert!(overall.contains("承担活动2项［1］（牵头1项、配合1项）"), "{overall}");
    assert!(!overall.contains("个单位"), "{overall}");
    assert!(summary.part(Part::Measures).contains("（牵头）"), "{}", summary.part(Part::Measures));
}

#[test]
fn without_anything_known_the_draft_says_so_and_invents_nothing() {
    let facts = Facts {
        activities: Vec::new(),
        figures: Vec::new(),
        n_records: 0,
        n_units: 0,
        forms: Vec::new(),
        form_says: Vec::new(),
        late_duties: Vec::new(),
        theme: None,
        document_number: None,
        period: (None, None),
        ..facts()
    };
    let summary = draft(&facts, &[]);
    assert!(summary.part(Part::Overall).contains("还没有登记活动记录"));
    for part in [Part::Measures, Part::Results, Part::Examples, Part::Problems, Part::Next] {
        assert_eq!(summary.part(part), "", "{part:?}");
    }
}

#[test]
fn every_mark_has_its_source_and_every_source_its_mark() {
    let summary = draft(&facts(), &[]);
    assert_eq!(summary.used().len(), summary.sources.len());
    assert_eq!(marks::doubts(&summary, &summary.sources), Vec::new());
    let again = draft(&facts(), &summary.sources);
    assert_eq!(again.sources, summary.sources);
}

#[test]
fn every_kind_of_activity_stands_in_one_group() {
    for kind in Kind::ALL {
        let n = GROUPS.iter().filter(|(_, kinds)| kinds.contains(kind)).count();
        assert_eq!(n, 1, "{kind:?}");
    }
}

/// Somebody recorded at an activity that nobody had begun; the campaign had one day.
#[test]
fn what_was_recorded_is_not_called_untouched_and_one_day_is_no_period() {
    let mut facts = facts();
    let day = jiff::civil::date(2027, 3, 15);
    facts.period = (Some(day), Some(day));
    for it in &mut facts.activities {
        (it.status, it.n_records) = (ActivityStatus::Planned, 0);
    }
    facts.activities[0].n_records = 2;
    let overall = draft(&facts, &[]).part(Part::Overall).to_owned();
    assert!(overall.contains("于2027年3月15日组织开展"), "{overall}");
    assert!(overall.contains("（其中1项已登记记录）"), "{overall}");
}
