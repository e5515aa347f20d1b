//! Writes the draft of a report from what is known, each figure with its mark.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::facts::{ActivityFacts, Facts, FigureFacts, FormSays};
use super::{Part, Source, Subject, Summary, Text, marks};
use crate::Id;
use crate::campaign::kind::ActivityKind as Kind;
use crate::campaign::light::Light;
use crate::campaign::permitted::Part as UnitPart;
use crate::campaign::progress::ActivityStatus;
use crate::quotation::quoted;
use crate::statistics::indicator::{Adding, FigureSource, find};
use crate::statistics::rollup::Total;

/// The headings of 主要做法 and the kinds of activity below each; every kind stands in exactly one.
pub const GROUPS: &[(&str, &[Kind])] = &[
    (
        "宣传引导",
        &[
            Kind::Outreach,
            Kind::OnSiteEvent,
            Kind::Publication,
            Kind::MediaSeries,
            Kind::PressConference,
            Kind::Quiz,
            Kind::Contest,
            Kind::Standard,
        ],
    ),
    ("消费教育", &[Kind::Lecture, Kind::Training, Kind::OpenDay, Kind::Visit]),
    ("投诉维权", &[Kind::Duty, Kind::ComplaintService, Kind::Odr, Kind::StationBuilding, Kind::Survey]),
    (
        "监督检查",
        &[
            Kind::Inspection,
            Kind::RandomInspection,
            Kind::Sampling,
            Kind::ComparativeTest,
            Kind::ExpiryWatch,
            Kind::Talk,
            Kind::Destruction,
            Kind::Census,
        ],
    ),
    ("协作共治", &[Kind::Meeting, Kind::Award, Kind::Recruitment]),
    ("其他工作", &[Kind::Other]),
];

/// How many activities are told as examples.
const EXAMPLES: usize = 3;

/// The draft. Marks keep the numbers they have in `previous`, so that a number never comes to mean something else.
pub fn draft(facts: &Facts, previous: &[Source]) -> Summary {
    let mut desk = Desk::new(previous);
    let parts = Part::ALL
        .iter()
        .map(|part| {
            let lines = match part {
                Part::Overall => overall(facts, &mut desk),
                Part::Measures => measures(facts, &mut desk),
                Part::Results => results(facts, &mut desk),
                Part::Examples => examples(facts, &mut desk),
                Part::Problems => problems(facts, &mut desk),
                Part::Next => next(facts),
            };
            (*part, Text::of(lines.join("\n")))
        })
        .collect();
    let signature = facts.unit.clone().unwrap_or_else(|| facts.issuers.join("\n"));
    Summary {
        title: Text::of(title(facts)),
        addressee: Text::of(facts.addressee.clone()),
        parts,
        annexes: Text::of(annexes(facts).join("\n")),
        signature: Text::of(signature),
        dated: Text::of(long_day(facts.today)),
        sources: desk.sources,
    }
}

/// 2027年3月11日.
pub fn long_day(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

fn short_day(day: Date) -> String {
    format!("{}月{}日", day.month(), day.day())
}

/// The campaign without the word for its paper: 云溪县2027年“3·15”国际消费者权益日活动.
fn campaign_name(facts: &Facts) -> &str {
    let title = facts.campaign_title.as_str();
    ["实施方案", "工作方案", "方案", "策划"].iter().find_map(|it| title.strip_suffix(it)).unwrap_or(title)
}

fn title(facts: &Facts) -> String {
    let name = campaign_name(facts);
    match &facts.unit {
        None => format!("{name}总结"),
        Some(unit) => format!("{unit}关于{name}开展情况的总结"),
    }
}

fn annexes(facts: &Facts) -> Vec<String> {
    facts.forms.iter().cloned().chain(std::iter::once("数据来源表".to_owned())).collect()
}

/// Hands out the marks.
struct Desk {
    previous: BTreeMap<String, u32>,
    next: u32,
    sources: Vec<Source>,
}

impl Desk {
    fn new(previous: &[Source]) -> Desk {
        let next = previous.iter().map(|it| it.number).max().unwrap_or(0) + 1;
        Desk { previous: previous.iter().map(|it| (it.key.clone(), it.number)).collect(), next, sources: Vec::new() }
    }

    /// The words with their mark.
    fn cite(&mut self, subject: &Subject, label: String, words: String, rule: &str, n_origins: usize) -> String {
        let key = subject.key();
        let number = match self.sources.iter().find(|it| it.key == key) {
            Some(source) => source.number,
            None => {
                let number = self.previous.get(&key).copied().unwrap_or(self.next);
                self.next = self.next.max(number + 1);
                let rule = rule.to_owned();
                self.sources.push(Source { number, key, label, words: words.clone(), rule, n_origins });
                number
            }
        };
        format!("{words}{}", marks::mark(number))
    }

    fn count(&mut self, subject: &Subject, label: &str, n: usize, measure: &str) -> String {
        self.cite(subject, label.to_owned(), format!("{n}{measure}"), "逐项计数", n)
    }

    /// 消费者参与441人次［3］, of the whole report or of one activity.
    fn figure(&mut self, figure: &FigureFacts, activity: Option<&ActivityFacts>) -> Option<String> {
        let FigureFacts { indicator: code, total, n_origins } = figure;
        let indicator = find(code)?;
        let words = figure_words(code, total)?;
        let of = activity.map(|it| format!("（{}）", it.title)).unwrap_or_default();
        let subject = Subject::Indicator {
            indicator: code.clone(),
            activity_id: activity.map(|it: &ActivityFacts| -> Id { it.activity_id.clone() }),
        };
        let rule = rule_words(indicator.adding, total);
        let cited = self.cite(&subject, format!("{}{of}", indicator.label), words, &rule, *n_origins);
        Some(format!("{}{cited}", indicator.label))
    }
}

/// The figure in words of the trade, without groups of three, as official papers write numbers: 约1200份; what is not added stands side by side.
pub fn figure_words(code: &str, total: &Total) -> Option<String> {
    let indicator = find(code)?;
    let one = |value: i64| indicator.plain_amount(value, total.has_estimate);
    match total.value {
        Some(value) => Some(one(value)),
        None if total.side_by_side.is_empty() => None,
        None => Some(total.side_by_side.iter().map(|it| one(*it)).collect::<Vec<_>>().join("、")),
    }
}

fn rule_words(adding: Adding, total: &Total) -> String {
    let rule = match adding {
        Adding::Sum => "相加，重复的只算一次",
        Adding::Max => "取最大",
        Adding::Last => "取最新",
        Adding::Never => "不相加，逐条列出",
    };
    if total.has_estimate { format!("{rule}；含约数") } else { rule.to_owned() }
}

fn overall(facts: &Facts, desk: &mut Desk) -> Vec<String> {
    let mut first = String::from("根据");
    if facts.unit.is_some() {
        first.push_str(&facts.issuers.join("、"));
    }
    first.push_str(&format!("《{}》", facts.campaign_title));
    if let Some(number) = &facts.document_number {
        first.push_str(&format!("（{number}）"));
    }
    first.push_str("安排，");
    if let Some(theme) = &facts.theme {
        first.push_str(&format!("围绕{}主题，", quoted(theme)));
    }
    if let (Some(start), Some(end)) = facts.period {
        if start == end {
            first.push_str(&format!("于{}", long_day(start)));
        } else {
            first.push_str(&format!("于{}至{}", long_day(start), short_day(end)));
        }
    }
    first.push_str("组织开展系列活动。");
    let count = |status| facts.activities.iter().filter(|it| it.status == status).count();
    let all = desk.count(&Subject::Activities(None), "活动项数", facts.activities.len(), "项");
    first.push_str(if facts.unit.is_some() { "承担活动" } else { "方案部署活动" });
    first.push_str(&all);
    if facts.unit.is_some() {
        let part = |part| facts.activities.iter().filter(|it| it.part == Some(part)).count();
        first.push_str(&format!("（牵头{}项、配合{}项）", part(UnitPart::Lead), part(UnitPart::Support)));
    }
    first.push('。');
    use ActivityStatus as S;
    let states: Vec<String> = [S::Done, S::UnderWay, S::Planned, S::Cancelled]
        .iter()
        .filter(|it| count(**it) > 0)
        .map(|it| {
            let label = format!("{}的活动", it.label());
            let number = desk.count(&Subject::Activities(Some(*it)), &label, count(*it), "项");
            let is_begun = |of: &&ActivityFacts| of.status == S::Planned && of.n_records > 0;
            let n_begun = facts.activities.iter().filter(is_begun).filter(|_| *it == S::Planned).count();
            // Nobody pressed 开始, but something was done.
            let begun = if n_begun > 0 { format!("（其中{n_begun}项已登记记录）") } else { String::new() };
            format!("{}{number}{begun}", it.label())
        })
        .collect();
    if !states.is_empty() {
        first.push_str(&format!("截至{}，{}。", short_day(facts.today), states.join("，")));
    }
    vec![first, recorded(facts, desk)]
}

fn recorded(facts: &Facts, desk: &mut Desk) -> String {
    if facts.n_records == 0 {
        return "目前还没有登记活动记录。".to_owned();
    }
    let records = desk.count(&Subject::Records { activity_id: None }, "活动记录", facts.n_records, "条");
    let mut line = format!("共登记活动记录{records}");
    if facts.unit.is_none() {
        line.push_str(&format!("，{}参与登记", desk.count(&Subject::Units, "登记记录的单位", facts.n_units, "个单位")));
    }
    for code in ["activity_held", "consumer_attendance", "business_attendance"] {
        let figure = facts.figures.iter().find(|it| it.indicator == code);
        if let Some(words) = figure.and_then(|it| desk.figure(it, None)) {
            line.push_str(&format!("，{words}"));
        }
    }
    format!("{line}。")
}

fn measures(facts: &Facts, desk: &mut Desk) -> Vec<String> {
    let mut lines = Vec::new();
    let mut n_group = 0;
    for (heading, kinds) in GROUPS {
        let has_begun = |it: &&ActivityFacts| {
            kinds.contains(&it.kind)
                && (it.n_records > 0 || matches!(it.status, ActivityStatus::UnderWay | ActivityStatus::Done))
        };
        let activities: Vec<&ActivityFacts> = facts.activities.iter().filter(has_begun).collect();
        if activities.is_empty() {
            continue;
        }
        n_group += 1;
        lines.push(format!("（{}）{heading}", gongwen::numeral::chinese(n_group)));
        for (n, activity) in activities.iter().enumerate() {
            lines.push(measure(n + 1, activity, facts.unit.is_some(), desk));
        }
    }
    lines
}

fn measure(n: usize, activity: &ActivityFacts, is_of_unit: bool, desk: &mut Desk) -> String {
    let who = match activity.part {
        Some(part) if is_of_unit => part.label().to_owned(),
        _ if activity.leads.is_empty() => String::new(),
        _ => format!("{}牵头", activity.leads.join("、")),
    };
    let who = if who.is_empty() { who } else { format!("（{who}）") };
    // What has records has taken place, also where nobody has pressed “开始办理”.
    let state = if activity.status == ActivityStatus::Planned { "已开展" } else { activity.status.label() };
    let mut line = format!("{n}.{}{who}。{state}", activity.title);
    if activity.n_records > 0 {
        let subject = Subject::Records { activity_id: Some(activity.activity_id.clone()) };
        let label = format!("活动记录（{}）", activity.title);
        line.push_str(&format!("，登记记录{}", desk.count(&subject, &label, activity.n_records, "条")));
    }
    for figure in &activity.figures {
        if let Some(words) = desk.figure(figure, Some(activity)) {
            line.push_str(&format!("，{words}"));
        }
    }
    line.push('。');
    line
}

fn results(facts: &Facts, desk: &mut Desk) -> Vec<String> {
    use FigureSource as S;
    let groups: [(&str, &[S]); 3] = [
        ("活动开展方面", &[S::Records, S::Materials]),
        ("宣传报道方面", &[S::Media, S::Publications]),
        ("维权监管方面", &[S::Complaints, S::Registers]),
    ];
    let mut lines = Vec::new();
    for (heading, sources) in groups {
        let of = facts.figures.iter().filter(|it| find(&it.indicator).is_some_and(|it| sources.contains(&it.source)));
        let words: Vec<String> = of.filter_map(|it| desk.figure(it, None)).collect();
        if !words.is_empty() {
            lines.push(format!("{heading}：{}。", words.join("，")));
        }
    }
    for it in facts.form_says.iter().filter(|it| !it.differing.is_empty()) {
        let FormSays { form, state, differing } = it;
        lines.push(format!(
            "以上按登记的活动记录、台账和投诉举报件计。《{form}》{state}数与此不同的有：{}；差额是各单位在统计表中写明原因的，和交表以后又有变化的。",
            differing.join("，")
        ));
    }
    lines
}

fn examples(facts: &Facts, desk: &mut Desk) -> Vec<String> {
    let figure = |it: &ActivityFacts| it.figures.iter().find(|it| it.indicator == "consumer_attendance").cloned();
    let attendance = |it: &ActivityFacts| figure(it).and_then(|it| it.total.value).unwrap_or(0);
    let mut told: Vec<&ActivityFacts> = facts.activities.iter().filter(|it| !it.notes.is_empty()).collect();
    told.sort_by_key(|it| std::cmp::Reverse(attendance(it)));
    told.truncate(EXAMPLES);
    told.iter().filter_map(|it| example(it, facts.unit.is_some(), figure(it), desk)).collect()
}

/// One activity as an example. The figure of a single record is that of the units that made it; of several records it is said of all.
fn example(activity: &ActivityFacts, is_of_unit: bool, figure: Option<FigureFacts>, desk: &mut Desk) -> Option<String> {
    let (day, units, note) = activity.notes.first()?;
    let figure = figure.and_then(|it| desk.figure(&it, Some(activity)));
    let note = note.split_whitespace().collect::<Vec<_>>().join("，");
    let end = if note.ends_with(['。', '！', '？']) { "" } else { "。" };
    let (own, all) = match figure {
        Some(figure) if activity.n_records == 1 => (format!("，{figure}"), String::new()),
        Some(figure) => {
            let of = if is_of_unit { "本单位" } else { "各单位" };
            (String::new(), format!("{of}{}次记录合计{figure}。", activity.n_records))
        }
        None => (String::new(), String::new()),
    };
    let day = short_day(*day);
    Some(format!("{}。{all}{day}，{units}开展该项活动{own}。{note}{end}", activity.title))
}

fn problems(facts: &Facts, desk: &mut Desk) -> Vec<String> {
    let mut lines = Vec::new();
    let late: Vec<&ActivityFacts> =
        facts.activities.iter().filter(|it| it.status.is_open() && it.light == Light::Red).collect();
    if !late.is_empty() {
        let names: Vec<String> = late
            .iter()
            .map(|it| {
                let due = it.due_on.map(|day| format!("（应于{}办结）", short_day(day))).unwrap_or_default();
                format!("{}{due}", it.title)
            })
            .collect();
        let count = desk.count(&Subject::Late, "逾期未办结的活动", late.len(), "项");
        lines.push(format!("截至{}，{count}活动逾期未办结：{}。", short_day(facts.today), names.join("；")));
    }
    let silent: Vec<&ActivityFacts> =
        facts.activities.iter().filter(|it| it.status == ActivityStatus::Done && it.n_records == 0).collect();
    if !silent.is_empty() {
        let names: Vec<&str> = silent.iter().map(|it| it.title.as_str()).collect();
        let count = desk.count(&Subject::Unrecorded, "已办结而没有记录的活动", silent.len(), "项");
        lines.push(format!("{count}活动已办结但没有登记记录，成效数据不全：{}。", names.join("；")));
    }
    if !facts.late_duties.is_empty() {
        lines.push(format!("逾期未报送材料：{}。", facts.late_duties.join("；")));
    }
    lines
}

/// What is open, a paragraph for each kind of work, so that twenty activities are no single sentence.
fn next(facts: &Facts) -> Vec<String> {
    let paragraph = |(heading, kinds): &(&str, &[Kind])| {
        let open = facts.activities.iter().filter(|it| it.status.is_open() && kinds.contains(&it.kind));
        let words = by_day(open, facts.today);
        (!words.is_empty()).then(|| format!("{heading}方面，{}。", words.join("；")))
    };
    GROUPS.iter().filter_map(paragraph).collect()
}

/// By day, so that a day stands once: 3月15日前完成“甲”“乙”.
fn by_day<'a>(open: impl Iterator<Item = &'a ActivityFacts>, today: Date) -> Vec<String> {
    let mut by_day: BTreeMap<Date, Vec<String>> = BTreeMap::new();
    for activity in open {
        // What is past its day comes first; what has no day comes last.
        let day = activity.due_on.map_or(Date::MAX, |day| if day < today { Date::MIN } else { day });
        by_day.entry(day).or_default().push(quoted(&activity.title));
    }
    let named = |(day, titles): (Date, Vec<String>)| match day {
        day if day == Date::MIN => format!("抓紧完成已逾期的{}", titles.concat()),
        day if day < Date::MAX => format!("{}前完成{}", short_day(day), titles.concat()),
        _ => format!("继续做好{}", titles.concat()),
    };
    by_day.into_iter().map(named).collect()
}

#[cfg(test)]
#[path = "draft_tests.rs"]
pub(super) mod tests;
