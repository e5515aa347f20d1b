//! What the review page shows, worked out from the draft; the template only writes it down.

use domain::campaign::kind::ActivityKind;
use domain::campaign::plan::{Activity, DateMention, Plan, ReportDuty, WarningCode};
use domain::campaign::publish::{Obstacle, Summary, obstacles, publication};
use domain::campaign::review::Seen;
use domain::campaign::review::fields::{ActivityInput, DateInput, DutyInput, HeadInput, form_text};
use domain::campaign::review::outline::{Paragraph, outline};
use domain::campaign::review::resolve::{Answer, How, Resolution, Tree};
use jiff::civil::Date;

use super::draft::Loaded;
use super::review_form::{activity_input, date_kind_word, duty_input, head_input, kind_code};
use super::review_form::{typed_activity, typed_duty, typed_head};
use super::source_view::SourceView;
use super::units_view::UnitsView;
use crate::{Choice, FormErrors, Posted, in_words};

/// A form that was refused: of which part, why, and what was typed.
#[derive(Default)]
pub(super) struct Problem {
    /// `head`, `a3`, `q4`, `f5`, `r6`; key 0 is a new part.
    pub(super) part: String,
    pub(super) errors: FormErrors,
    pub(super) posted: Posted,
    /// Somebody else changed the part meanwhile.
    pub(super) is_stale: bool,
    /// A sentence about the whole page.
    pub(super) sentence: String,
}

impl Problem {
    fn of(&self, part: &str) -> Option<&Problem> {
        (self.part == part).then_some(self)
    }
}

/// A value with the words it came from.
pub(super) struct Chip {
    pub(super) words: String,
    /// The id in the source; empty when it is not there.
    pub(super) lights: String,
    /// `plain`, `open` (a name nobody has settled), `words` (only words).
    pub(super) tone: &'static str,
    pub(super) note: String,
}

/// A form of a part, closed until it is asked for or was refused.
pub(super) struct PartForm<T> {
    pub(super) key: u32,
    pub(super) version: u32,
    pub(super) input: T,
    pub(super) errors: FormErrors,
    pub(super) is_open: bool,
    pub(super) is_stale: bool,
}

pub(super) struct ActivityView {
    pub(super) id: String,
    pub(super) lights: String,
    pub(super) number: String,
    pub(super) title: Chip,
    pub(super) kind: &'static str,
    pub(super) leads: Vec<Chip>,
    pub(super) supports: Vec<Chip>,
    pub(super) dates: Vec<Chip>,
    pub(super) places: Vec<Chip>,
    pub(super) warnings: Vec<String>,
    pub(super) is_first: bool,
    pub(super) is_last: bool,
    /// Where the second of two activities may begin: character and first words of each sentence.
    pub(super) sentences: Vec<(usize, String)>,
    pub(super) form: PartForm<ActivityInput>,
    pub(super) kinds: Vec<Choice>,
}

pub(super) struct GroupView {
    pub(super) title: String,
    pub(super) activities: Vec<ActivityView>,
}

pub(super) struct WarningView {
    pub(super) index: usize,
    pub(super) label: &'static str,
    pub(super) message: String,
    pub(super) lights: String,
    pub(super) is_read: bool,
}

pub(super) struct DutyView {
    pub(super) lights: String,
    pub(super) who: Chip,
    pub(super) what: String,
    pub(super) to: String,
    pub(super) via: String,
    pub(super) due: Option<Chip>,
    pub(super) form: PartForm<DutyInput>,
}

pub(super) struct FormInput {
    pub(super) title: String,
    pub(super) rows: String,
}

pub(super) struct FormView {
    pub(super) lights: String,
    pub(super) title: String,
    pub(super) rows: Vec<(String, String, String, bool)>,
    pub(super) form: PartForm<FormInput>,
}

pub(super) struct RequirementView {
    pub(super) lights: String,
    pub(super) title: String,
    pub(super) form: PartForm<String>,
}

/// Everything of the page but its frame.
pub(super) struct ReviewView {
    pub(super) campaign_id: String,
    pub(super) title: String,
    pub(super) revises: Option<(String, String)>,
    pub(super) file_name: String,
    pub(super) imported: String,
    pub(super) notes: Vec<String>,
    pub(super) source: SourceView,
    pub(super) sentence: String,
    pub(super) summary: Summary,
    pub(super) obstacles: Vec<Obstacle>,
    /// What publishing would not do that people expect of it.
    pub(super) cautions: Vec<String>,
    pub(super) warnings: Vec<WarningView>,
    pub(super) open_warnings: usize,
    pub(super) units: UnitsView,
    pub(super) head: PartForm<HeadInput>,
    pub(super) title_chip: Chip,
    pub(super) facts: Vec<(&'static str, Vec<Chip>)>,
    pub(super) groups: Vec<GroupView>,
    pub(super) new_activity: PartForm<ActivityInput>,
    pub(super) kinds: Vec<Choice>,
    pub(super) phases: Vec<(String, String, String)>,
    pub(super) requirements: Vec<RequirementView>,
    pub(super) new_requirement: PartForm<String>,
    pub(super) duties: Vec<DutyView>,
    pub(super) new_duty: PartForm<DutyInput>,
    pub(super) forms: Vec<FormView>,
    pub(super) new_form: PartForm<FormInput>,
    pub(super) outline: Vec<Paragraph>,
}

impl ReviewView {
    /// Works out the page. `open` is a name of the notice that is settled but shall be chosen anew.
    pub(super) fn new(loaded: &Loaded, today: Date, problem: &Problem, open: &str) -> ReviewView {
        let draft = &loaded.campaign.draft;
        let plan = &draft.plan;
        let source = SourceView::new(draft, &loaded.source.text);
        let (tree, resolution) = (&loaded.tree, &loaded.resolution);
        let summary = publication(draft, resolution, tree, today, || domain::Id::from_text("")).summary();
        let context = Context { source: &source, tree, resolution, problem, plan };
        let head_seen = Seen { key: 0, version: draft.head_version() };
        ReviewView {
            campaign_id: loaded.campaign.campaign_id.to_string(),
            title: plan.title.clone().unwrap_or_else(|| loaded.campaign.title.clone()),
            revises: loaded.revises.as_ref().map(|(id, title)| (id.to_string(), title.clone())),
            file_name: loaded.notice.file_name.clone(),
            imported: format!("{}，{}导入", in_words(loaded.notice.created_at), loaded.notice.person_name),
            notes: loaded.source.notes.clone(),
            sentence: problem.sentence.clone(),
            cautions: cautions(&summary, plan.year, today),
            summary,
            obstacles: obstacles(draft, resolution),
            warnings: context.warnings(draft),
            open_warnings: draft.open_warnings(),
            units: UnitsView::new(loaded, &source, open),
            head: context.form("head", head_seen, || head_input(draft), typed_head),
            title_chip: context.chip(plan.title.as_deref().unwrap_or("（没有读到方案名称）"), "title"),
            facts: context.facts(),
            groups: context.groups(draft.activities().collect()),
            new_activity: context.form("a0", NEW, ActivityInput::default, typed_activity),
            kinds: kinds(ActivityKind::Other),
            phases: context.phases(),
            requirements: draft.requirements().map(|(seen, it)| context.requirement(seen, &it.title)).collect(),
            new_requirement: context.form("r0", NEW, String::new, |posted| posted.text("title").to_owned()),
            duties: draft.report_duties().map(|(seen, duty)| context.duty(seen, duty)).collect(),
            new_duty: context.form("q0", NEW, DutyInput::default, typed_duty),
            forms: draft.forms().map(|(seen, form)| context.stat_form(seen, form)).collect(),
            new_form: context.form("f0", NEW, || FormInput { title: String::new(), rows: String::new() }, typed_form),
            outline: outline(draft, &loaded.source.text),
            source,
        }
    }
}

const NEW: Seen = Seen { key: 0, version: 0 };

fn cautions(summary: &Summary, year: Option<i16>, today: Date) -> Vec<String> {
    let mut cautions = Vec::new();
    if summary.activities == 0 {
        let sentence = "没有读出活动，这份文件可能不是活动方案（例如总结、信息、统计表）。确实是方案的，请在“其余原文”里把段落设为活动。";
        cautions.push(sentence.to_owned());
    } else if summary.tasks == 0 {
        let sentence = "没有一项活动写明单位，现在发布不会派出任何任务。请先在各项活动里补上牵头单位。";
        cautions.push(sentence.to_owned());
    } else if summary.without_lead > 0 {
        cautions.push(format!("有 {} 项活动没有牵头单位，发布后没有单位会看到它们。", summary.without_lead));
    }
    if let Some(year) = year.filter(|it| *it < today.year()) {
        cautions.push(format!("这是 {year} 年的方案，发布后各项期限都已过去，会显示为逾期。"));
    }
    cautions
}

fn typed_form(posted: &Posted) -> FormInput {
    FormInput { title: posted.text("title").to_owned(), rows: posted.raw("rows").to_owned() }
}

/// The choice of kinds of activity.
pub(super) fn kinds(current: ActivityKind) -> Vec<Choice> {
    kinds_with(&kind_code(current))
}

fn kinds_with(current: &str) -> Vec<Choice> {
    ActivityKind::ALL.iter().map(|it| Choice::new(kind_code(*it), it.label(), current)).collect()
}

struct Context<'a> {
    source: &'a SourceView,
    tree: &'a Tree,
    resolution: &'a Resolution,
    problem: &'a Problem,
    plan: &'a Plan,
}

impl Context<'_> {
    fn form<T>(
        &self,
        part: &str,
        seen: Seen,
        stands: impl FnOnce() -> T,
        typed: impl FnOnce(&Posted) -> T,
    ) -> PartForm<T> {
        let (key, version) = (seen.key, seen.version);
        match self.problem.of(part) {
            Some(problem) => PartForm {
                key,
                version,
                input: typed(&problem.posted),
                errors: problem.errors.clone(),
                is_open: true,
                is_stale: problem.is_stale,
            },
            None => PartForm {
                key,
                version,
                input: stands(),
                errors: FormErrors::default(),
                is_open: false,
                is_stale: false,
            },
        }
    }

    fn chip(&self, words: &str, anchor: &str) -> Chip {
        Chip { words: words.to_owned(), lights: self.source.id(anchor), tone: "plain", note: String::new() }
    }

    fn unit_chip(&self, name: &str, anchor: &str) -> Chip {
        let mut chip = self.chip(name, anchor);
        (chip.tone, chip.note) = match self.resolution.answer(name) {
            Some(Answer::Units(units, how)) => match (units.as_slice(), how) {
                ([unit_id], How::Name) if self.tree.name(unit_id) == name => ("plain", String::new()),
                ([unit_id], _) => ("plain", format!("即{}", self.tree.name(unit_id))),
                (units, _) => ("plain", format!("共{}个单位", units.len())),
            },
            Some(Answer::Role(set)) => ("plain", set.label()),
            Some(Answer::Words) => ("words", "只保留文字".to_owned()),
            Some(Answer::Near(_)) => ("open", "有相近单位，待确认".to_owned()),
            Some(Answer::Missing(_)) => ("open", "单位库里没有".to_owned()),
            Some(Answer::Vague) => ("open", "指代不明".to_owned()),
            None => ("plain", String::new()),
        };
        chip
    }

    fn date_chip(&self, date: &DateMention, anchor: &str) -> Chip {
        let mut chip = self.chip(&date.text, anchor);
        chip.note = date_note(date);
        chip
    }

    fn warnings(&self, draft: &domain::campaign::review::Draft) -> Vec<WarningView> {
        let warnings = self.plan.warnings.iter().enumerate();
        warnings
            .map(|(index, warning)| WarningView {
                index,
                label: warning_label(warning.code),
                message: warning.message.clone(),
                lights: self.source.id(&format!("w{index}")),
                is_read: draft.is_warning_read(index),
            })
            .collect()
    }

    fn facts(&self) -> Vec<(&'static str, Vec<Chip>)> {
        let plan = self.plan;
        let mut facts = Vec::new();
        let mut fact = |label: &'static str, chips: Vec<Chip>| {
            if !chips.is_empty() {
                facts.push((label, chips));
            }
        };
        fact("年主题", plan.theme.iter().map(|it| self.chip(it, "theme")).collect());
        fact("年份", plan.year.iter().map(|it| self.chip(&it.to_string(), "title")).collect());
        let period = plan.period.iter().map(|it| {
            let words = format!("{} 至 {}", it.start.as_deref().unwrap_or("未定"), it.end.as_deref().unwrap_or("未定"));
            self.chip(&words, "period")
        });
        fact("起止", period.collect());
        let issuers = plan.issuers.iter().enumerate();
        fact("发文机关", issuers.map(|(index, it)| self.chip(it, &format!("issuer{index}"))).collect());
        fact("发文字号", plan.document_number.iter().map(|it| self.chip(it, "number")).collect());
        fact("成文日期", plan.issued.iter().map(|it| self.chip(it, "issued")).collect());
        if let Some(organisation) = &plan.organisation {
            let plain = |words: &[String]| words.iter().map(|it| self.chip(it, "")).collect::<Vec<_>>();
            fact("组长", plain(&organisation.leader));
            fact("副组长", plain(&organisation.deputies));
            fact("成员", plain(&organisation.members));
            fact("办公室", plain(&organisation.office.iter().cloned().collect::<Vec<_>>()));
        }
        facts
    }

    fn groups(&self, activities: Vec<(Seen, &Activity)>) -> Vec<GroupView> {
        let n = activities.len();
        let mut groups: Vec<GroupView> = Vec::new();
        for (index, (seen, activity)) in activities.into_iter().enumerate() {
            let title = activity.group.clone().unwrap_or_default();
            if groups.last().is_none_or(|group| group.title != title) {
                groups.push(GroupView { title, activities: Vec::new() });
            }
            let view = self.activity(seen, activity, index, n);
            if let Some(group) = groups.last_mut() {
                group.activities.push(view);
            }
        }
        groups
    }

    fn activity(&self, seen: Seen, activity: &Activity, index: usize, n: usize) -> ActivityView {
        let key = seen.key;
        let chips = |names: &[String], letter: char| -> Vec<Chip> {
            names.iter().enumerate().map(|(i, name)| self.unit_chip(name, &format!("a{key}{letter}{i}"))).collect()
        };
        let inside = |span: domain::campaign::plan::Span| {
            span.end > 0 && span.start >= activity.span.start && span.end <= activity.span.end
        };
        let mut form = self.form(&format!("a{key}"), seen, || activity_input(activity), typed_activity);
        // One empty line, to add a date without a script.
        form.input.dates.push(DateInput::default());
        ActivityView {
            id: format!("a{key}"),
            lights: self.source.id(&format!("a{key}")),
            number: activity.number.map(|it| it.to_string()).unwrap_or_default(),
            title: self.chip(&activity.title, &format!("a{key}t")),
            kind: activity.kind.label(),
            leads: chips(&activity.leads, 'l'),
            supports: chips(&activity.supports, 's'),
            dates: activity
                .dates
                .iter()
                .enumerate()
                .map(|(i, it)| self.date_chip(it, &format!("a{key}d{i}")))
                .collect(),
            places: activity.places.iter().enumerate().map(|(i, it)| self.chip(it, &format!("a{key}p{i}"))).collect(),
            warnings: self.plan.warnings.iter().filter(|it| inside(it.span)).map(|it| it.message.clone()).collect(),
            is_first: index == 0,
            is_last: index + 1 == n,
            sentences: sentences(&activity.text),
            kinds: kinds_with(&form.input.kind),
            form,
        }
    }

    fn phases(&self) -> Vec<(String, String, String)> {
        let phases = self.plan.phases.iter().enumerate();
        phases
            .map(|(index, it)| {
                let days: Vec<&str> = [it.start.as_deref(), it.end.as_deref()].into_iter().flatten().collect();
                (it.name.clone(), days.join(" 至 "), self.source.id(&format!("phase{index}")))
            })
            .collect()
    }

    fn requirement(&self, seen: Seen, title: &str) -> RequirementView {
        let part = format!("r{}", seen.key);
        RequirementView {
            lights: self.source.id(&part),
            title: title.to_owned(),
            form: self.form(&part, seen, || title.to_owned(), |posted| posted.text("title").to_owned()),
        }
    }

    fn duty(&self, seen: Seen, duty: &ReportDuty) -> DutyView {
        let part = format!("q{}", seen.key);
        let who = duty.who.as_deref();
        let mut chip = match who {
            Some(who) => self.unit_chip(who, &format!("{part}w")),
            None => self.chip("没有写明，由承担活动的单位报送", ""),
        };
        if who.is_none() {
            chip.tone = "words";
        }
        DutyView {
            lights: self.source.id(&part),
            who: chip,
            what: if duty.what.is_empty() { "（没有写明材料）".to_owned() } else { duty.what.join("、") },
            to: duty.to.join("、"),
            via: duty.via.join("、"),
            due: duty.due.as_ref().map(|due| self.date_chip(due, &format!("{part}d"))),
            form: self.form(&part, seen, || duty_input(duty), typed_duty),
        }
    }

    fn stat_form(&self, seen: Seen, form: &domain::campaign::plan::StatForm) -> FormView {
        let part = format!("f{}", seen.key);
        let row = |row: &domain::campaign::plan::StatRow| {
            let text = |it: &Option<String>| it.clone().unwrap_or_default();
            (text(&row.number), row.label.clone(), text(&row.unit), row.parent.is_some())
        };
        let title = form.title.clone().unwrap_or_else(|| "统计表".to_owned());
        let input = || FormInput { title: title.clone(), rows: form_text(&form.rows) };
        FormView {
            lights: self.source.id(&part),
            rows: form.rows.iter().map(row).collect(),
            form: self.form(&part, seen, input, typed_form),
            title,
        }
    }
}

/// What a date means in days, when its words alone do not say it.
fn date_note(date: &DateMention) -> String {
    let days: Vec<&str> = [date.start.as_deref(), date.end.as_deref()].into_iter().flatten().collect();
    let mut words = vec![date_kind_word(date.kind).to_owned()];
    if !days.is_empty() {
        words.push(days.join(" 至 "));
    }
    words.extend(date.time.iter().filter(|time| !date.text.contains(time.as_str())).cloned());
    if days.iter().any(|day| day.starts_with("--")) {
        words.push("年份未定".to_owned());
    }
    words.join(" ")
}

/// Where each sentence but the first begins, with its first words.
fn sentences(text: &str) -> Vec<(usize, String)> {
    let letters: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    for (at, pair) in letters.windows(2).enumerate() {
        if let [end, next] = pair
            && matches!(end, '。' | '；' | '\n')
            && !next.is_whitespace()
        {
            let words: String = letters.iter().skip(at + 1).take(18).collect();
            found.push((at + 1, words));
        }
    }
    found.truncate(40);
    found
}

/// The word for a kind of warning.
pub(super) fn warning_label(code: WarningCode) -> &'static str {
    match code {
        WarningCode::MissingOrdinal => "序号有缺",
        WarningCode::DuplicateOrdinal => "序号重复",
        WarningCode::AnnouncedCountDiffers => "数目不符",
        WarningCode::YearConflict => "年份矛盾",
        WarningCode::PeriodConflict => "时间矛盾",
        WarningCode::WeekdayConflict => "星期不符",
        WarningCode::DeadlineBeforeEvent => "期限过早",
        WarningCode::VagueLead => "单位不明",
        WarningCode::NoLead => "没有牵头单位",
        WarningCode::TruncatedText => "文字不全",
        WarningCode::ThemeConflict => "主题不一",
        WarningCode::SubtotalRule => "合计不符",
        WarningCode::NotUnderstood => "没有读懂",
    }
}
