//! The corrections a person makes to a draft, as data: each says which part it is for and in which state that part was seen.
//!
//! A correction of a part that somebody else corrected meanwhile is refused as [`ReviewError::Stale`]; nothing is overwritten.

use super::super::plan::{Activity, DateMention, ReportDuty, Requirement, Span, StatForm, StatRow};
use super::super::plan_date::PlanDate;
use super::fields::{ActivityFields, DutyFields, HeadFields, MOST};
use super::resolve::Choice;
use super::{Draft, Seen};
use crate::FormErrors;

/// One correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Correction {
    /// Title, theme, year, period. A year fills in the dates that have none.
    Head {
        /// The version of the head that was shown.
        version: u32,
        /// What it shall be.
        fields: HeadFields,
    },
    /// Everything of one activity.
    Activity(Seen, ActivityFields),
    /// A new activity at the end, or after another one.
    AddActivity {
        /// The key of the activity before it.
        after: Option<u32>,
        /// What it shall be.
        fields: ActivityFields,
    },
    /// Lines of the source become activities: each its own, or all together one.
    TakeLines {
        /// Place and text of each line, in order.
        lines: Vec<(Span, String)>,
        /// All together one activity?
        together: bool,
    },
    /// An activity that is none.
    RemoveActivity(Seen),
    /// An activity that belongs to the one before it.
    MergeActivity(Seen),
    /// Two activities in one: the second begins at this character of the text.
    SplitActivity(Seen, usize),
    /// One place up (`true`) or down.
    MoveActivity(Seen, bool),
    /// The words of a requirement.
    Requirement(Seen, String),
    /// A new requirement.
    AddRequirement(String),
    /// A requirement that is none.
    RemoveRequirement(Seen),
    /// Everything of a report duty.
    ReportDuty(Seen, DutyFields),
    /// A new report duty.
    AddReportDuty(DutyFields),
    /// A report duty that is none.
    RemoveReportDuty(Seen),
    /// Title and rows of a statistics form.
    StatForm(Seen, String, Vec<StatRow>),
    /// A new statistics form.
    AddStatForm(String, Vec<StatRow>),
    /// A statistics form that is none.
    RemoveStatForm(Seen),
    /// Which units a name in the notice means; `None` takes the decision back.
    Choose(Vec<(String, Option<Choice>)>),
    /// A warning was read (or not).
    ReadWarning(usize, bool),
}

/// Why a correction was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReviewError {
    /// The part was corrected by somebody else after it was shown.
    #[error("这一项刚被别人改过。")]
    Stale,
    /// The part is no longer there.
    #[error("这一项已经被删除或合并。")]
    Gone,
    /// It makes no sense as things stand; the sentence says why.
    #[error("{0}")]
    Refused(&'static str),
    /// Fields of it cannot be understood, with one sentence per field.
    #[error("有几处填写需要改正。")]
    Invalid(FormErrors),
}

impl From<FormErrors> for ReviewError {
    fn from(errors: FormErrors) -> ReviewError {
        ReviewError::Invalid(errors)
    }
}

/// What a correction did, for the trail: a sentence and each changed field with its words before and after.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// 修改了活动“现场咨询”.
    pub sentence: String,
    /// Field, before, after.
    pub changes: Vec<(String, String, String)>,
    /// The key of the part to show afterwards.
    pub key: Option<u32>,
}

impl Said {
    fn new(sentence: String, key: Option<u32>) -> Said {
        Said { sentence, changes: Vec::new(), key }
    }

    fn field(mut self, name: &str, before: impl Into<String>, after: impl Into<String>) -> Said {
        let (before, after) = (before.into(), after.into());
        if before != after {
            self.changes.push((name.to_owned(), before, after));
        }
        self
    }
}

fn locate(marks: &[Seen], seen: Seen) -> Result<usize, ReviewError> {
    let index = marks.iter().position(|mark| mark.key == seen.key).ok_or(ReviewError::Gone)?;
    match marks.get(index) {
        Some(mark) if mark.version == seen.version => Ok(index),
        _ => Err(ReviewError::Stale),
    }
}

fn replace<T>(marks: &mut [Seen], parts: &mut [T], seen: Seen, change: impl FnOnce(&mut T)) -> Result<(), ReviewError> {
    let index = locate(marks, seen)?;
    let (Some(mark), Some(part)) = (marks.get_mut(index), parts.get_mut(index)) else { return Err(ReviewError::Gone) };
    mark.version += 1;
    change(part);
    Ok(())
}

fn remove<T>(marks: &mut Vec<Seen>, parts: &mut Vec<T>, seen: Seen) -> Result<T, ReviewError> {
    let index = locate(marks, seen)?;
    if index >= parts.len() {
        return Err(ReviewError::Gone);
    }
    marks.remove(index);
    Ok(parts.remove(index))
}

impl Draft {
    fn new_mark(&mut self) -> Seen {
        self.marks.next_key += 1;
        Seen { key: self.marks.next_key, version: 1 }
    }

    /// Makes one correction.
    ///
    /// # Errors
    /// [`ReviewError`]; then the draft is as it was.
    pub fn correct(&mut self, correction: Correction) -> Result<Said, ReviewError> {
        match correction {
            Correction::Head { version, fields } => self.correct_head(version, fields),
            Correction::Activity(seen, fields) => self.correct_activity(seen, fields),
            Correction::AddActivity { after, fields } => Ok(self.add_activity(after, fields)),
            Correction::TakeLines { lines, together } => self.take_lines(lines, together),
            Correction::RemoveActivity(seen) => {
                let activity = remove(&mut self.marks.activities, &mut self.plan.activities, seen)?;
                Ok(Said::new(format!("删除了活动“{}”", activity.title), None).field("正文", activity.text, ""))
            }
            Correction::MergeActivity(seen) => self.merge_activity(seen),
            Correction::SplitActivity(seen, at) => self.split_activity(seen, at),
            Correction::MoveActivity(seen, up) => self.move_activity(seen, up),
            Correction::Requirement(..) | Correction::AddRequirement(_) | Correction::RemoveRequirement(_) => {
                self.correct_requirements(correction)
            }
            Correction::ReportDuty(..) | Correction::AddReportDuty(_) | Correction::RemoveReportDuty(_) => {
                self.correct_duties(correction)
            }
            Correction::StatForm(..) | Correction::AddStatForm(..) | Correction::RemoveStatForm(_) => {
                self.correct_forms(correction)
            }
            Correction::Choose(choices) => Ok(self.choose(choices)),
            Correction::ReadWarning(index, is_read) => self.read_warning(index, is_read),
        }
    }

    fn correct_head(&mut self, version: u32, fields: HeadFields) -> Result<Said, ReviewError> {
        if version != self.marks.head {
            return Err(ReviewError::Stale);
        }
        let plan = &mut self.plan;
        let period = |period: &Option<super::super::plan::Period>| match period {
            Some(it) => {
                format!("{}至{}", it.start.as_deref().unwrap_or("未定"), it.end.as_deref().unwrap_or("未定"))
            }
            None => String::new(),
        };
        let year = |year: Option<i16>| year.map(|it| it.to_string()).unwrap_or_default();
        let said = Said::new("修改了方案的基本信息".to_owned(), None)
            .field("方案名称", plan.title.clone().unwrap_or_default(), fields.title.clone())
            .field("主题", plan.theme.clone().unwrap_or_default(), fields.theme.clone().unwrap_or_default())
            .field("年份", year(plan.year), year(fields.year))
            .field("起止日期", period(&plan.period), period(&fields.period));
        let years_before = plan.year;
        plan.title = Some(fields.title);
        plan.theme = fields.theme;
        plan.year = fields.year;
        plan.period = fields.period;
        self.marks.head += 1;
        if let (None, Some(year)) = (years_before, self.plan.year) {
            self.fill_year(year);
        }
        Ok(said)
    }

    /// Writes the year into every date that has none.
    fn fill_year(&mut self, year: i16) {
        let fill = |text: &mut Option<String>| {
            if let Some(date) = text.as_deref().and_then(PlanDate::parse) {
                *text = Some(date.with_year(year).to_string());
            }
        };
        let plan = &mut self.plan;
        let mentions = plan.activities.iter_mut().flat_map(|activity| &mut activity.dates);
        for mention in mentions.chain(plan.report_duties.iter_mut().filter_map(|duty| duty.due.as_mut())) {
            fill(&mut mention.start);
            fill(&mut mention.end);
        }
        for phase in &mut plan.phases {
            fill(&mut phase.start);
            fill(&mut phase.end);
        }
        if let Some(period) = &mut plan.period {
            fill(&mut period.start);
            fill(&mut period.end);
        }
    }

    fn correct_activity(&mut self, seen: Seen, fields: ActivityFields) -> Result<Said, ReviewError> {
        let mut said = Said::default();
        replace(&mut self.marks.activities, &mut self.plan.activities, seen, |activity| {
            let before = activity.clone();
            write_fields(activity, fields);
            said = said_of_activity(&before, activity, seen.key);
        })?;
        Ok(said)
    }

    fn insert_activity(&mut self, index: usize, activity: Activity) -> u32 {
        let mark = self.new_mark();
        let index = index.min(self.plan.activities.len());
        self.plan.activities.insert(index, activity);
        self.marks.activities.insert(index, mark);
        mark.key
    }

    fn add_activity(&mut self, after: Option<u32>, fields: ActivityFields) -> Said {
        let before = after.and_then(|key| self.marks.activities.iter().position(|mark| mark.key == key));
        let index = before.map_or(self.plan.activities.len(), |index| index + 1);
        let mut activity = Activity::default();
        write_fields(&mut activity, fields);
        let sentence = format!("新增了活动“{}”", activity.title);
        let key = self.insert_activity(index, activity);
        Said::new(sentence, Some(key))
    }

    fn take_lines(&mut self, mut lines: Vec<(Span, String)>, together: bool) -> Result<Said, ReviewError> {
        lines.retain(|(_, text)| !text.trim().is_empty());
        lines.sort_by_key(|(span, _)| span.start);
        let (Some((first, _)), Some((last, _))) = (lines.first(), lines.last()) else {
            return Err(ReviewError::Refused("请先勾选要设为活动的段落。"));
        };
        if lines.len() > MOST || self.plan.activities.len() + lines.len() > MOST {
            return Err(ReviewError::Refused("一个方案最多500项活动，请分批勾选。"));
        }
        let whole = Span { start: first.start, end: last.end };
        if together {
            let text: Vec<&str> = lines.iter().map(|(_, text)| text.trim()).collect();
            lines = vec![(whole, text.join("\n"))];
        }
        let n = lines.len();
        let mut key = None;
        for (span, text) in lines {
            // The lines take their place by the source, between the activities that stand before and after them there.
            let index = self.plan.activities.iter().rposition(|it| it.span.end > 0 && it.span.start < span.start);
            let activity = activity_of_line(span, &text, together, self.plan.year);
            let new = self.insert_activity(index.map_or(0, |index| index + 1), activity);
            key = key.or(Some(new));
        }
        Ok(Said::new(format!("把原文{n}段设为活动"), key))
    }

    fn merge_activity(&mut self, seen: Seen) -> Result<Said, ReviewError> {
        let index = locate(&self.marks.activities, seen)?;
        let Some(before) = index.checked_sub(1) else {
            return Err(ReviewError::Refused("第一项前面没有可以并入的活动。"));
        };
        let part = remove(&mut self.marks.activities, &mut self.plan.activities, seen)?;
        let (Some(whole), Some(mark)) = (self.plan.activities.get_mut(before), self.marks.activities.get_mut(before))
        else {
            return Err(ReviewError::Gone);
        };
        mark.version += 1;
        let sentence = format!("把活动“{}”并入“{}”", part.title, whole.title);
        let tail = if part.text.is_empty() { part.title } else { part.text };
        whole.text = [whole.text.as_str(), tail.as_str()].join("\n").trim().to_owned();
        for name in part.leads {
            if !whole.leads.contains(&name) {
                whole.leads.push(name);
            }
        }
        for name in part.supports {
            if !whole.supports.contains(&name) && !whole.leads.contains(&name) {
                whole.supports.push(name);
            }
        }
        for place in part.places {
            if !whole.places.contains(&place) {
                whole.places.push(place);
            }
        }
        whole.dates.extend(part.dates);
        whole.span = union(whole.span, part.span);
        Ok(Said::new(sentence, Some(mark.key)))
    }

    fn split_activity(&mut self, seen: Seen, at: usize) -> Result<Said, ReviewError> {
        let index = locate(&self.marks.activities, seen)?;
        let Some(activity) = self.plan.activities.get_mut(index) else { return Err(ReviewError::Gone) };
        let n = activity.text.chars().count();
        if at == 0 || at >= n {
            return Err(ReviewError::Refused("请选择第二项从哪一句开始。"));
        }
        let head: String = activity.text.chars().take(at).collect();
        let tail: String = activity.text.chars().skip(at).collect();
        if head.trim().is_empty() || tail.trim().is_empty() {
            return Err(ReviewError::Refused("请选择第二项从哪一句开始。"));
        }
        activity.text = head.trim().to_owned();
        // Values go with the words they came from; what stands in both halves or in neither stays with the first.
        let first = activity.text.clone();
        let mut second = Activity { supports: Vec::new(), ..activity_of_line(activity.span, &tail, true, None) };
        second.group.clone_from(&activity.group);
        second.kind = activity.kind;
        let moves = |word: &str| tail.contains(word) && !first.contains(word);
        let (stay, go) = activity.dates.drain(..).partition(|date: &DateMention| !moves(&date.text));
        (activity.dates, second.dates) = (stay, go);
        let (stay, go) = activity.places.drain(..).partition(|place: &String| !moves(place));
        (activity.places, second.places) = (stay, go);
        second.leads.clone_from(&activity.leads);
        let sentence = format!("把活动“{}”拆成两项", activity.title);
        if let Some(mark) = self.marks.activities.get_mut(index) {
            mark.version += 1;
        }
        let key = self.insert_activity(index + 1, second);
        Ok(Said::new(sentence, Some(key)))
    }

    fn move_activity(&mut self, seen: Seen, up: bool) -> Result<Said, ReviewError> {
        let index = locate(&self.marks.activities, seen)?;
        let other = if up { index.checked_sub(1) } else { Some(index + 1) };
        let other = other.filter(|other| *other < self.plan.activities.len());
        let Some(other) = other else {
            return Err(ReviewError::Refused("已经在最前或最后，不能再移动。"));
        };
        self.plan.activities.swap(index, other);
        self.marks.activities.swap(index, other);
        let title = self.plan.activities.get(other).map(|it| it.title.clone()).unwrap_or_default();
        Ok(Said::new(format!("把活动“{title}”{}一位", if up { "上移" } else { "下移" }), Some(seen.key)))
    }

    fn correct_requirements(&mut self, correction: Correction) -> Result<Said, ReviewError> {
        let (marks, parts) = (&mut self.marks.requirements, &mut self.plan.requirements);
        match correction {
            Correction::Requirement(seen, title) => {
                let mut said = Said::new("修改了工作要求".to_owned(), Some(seen.key));
                replace(marks, parts, seen, |it| {
                    said = std::mem::take(&mut said).field("要求", it.title.clone(), title.clone());
                    it.title = title;
                })?;
                Ok(said)
            }
            Correction::AddRequirement(title) => {
                let mark = self.new_mark();
                let said = Said::new(format!("新增了工作要求“{title}”"), Some(mark.key));
                self.plan.requirements.push(Requirement { title, span: Span::default() });
                self.marks.requirements.push(mark);
                Ok(said)
            }
            Correction::RemoveRequirement(seen) => {
                let it = remove(marks, parts, seen)?;
                Ok(Said::new(format!("删除了工作要求“{}”", it.title), None))
            }
            _ => Err(ReviewError::Gone),
        }
    }

    fn correct_duties(&mut self, correction: Correction) -> Result<Said, ReviewError> {
        match correction {
            Correction::ReportDuty(seen, fields) => {
                let (marks, parts) = (&mut self.marks.report_duties, &mut self.plan.report_duties);
                let mut said = Said::default();
                replace(marks, parts, seen, |duty| {
                    let before = duty.clone();
                    write_duty(duty, fields);
                    said = said_of_duty(&before, duty, seen.key);
                })?;
                Ok(said)
            }
            Correction::AddReportDuty(fields) => {
                let mut duty = ReportDuty {
                    who: None,
                    what: Vec::new(),
                    to: Vec::new(),
                    via: Vec::new(),
                    due: None,
                    span: Span::default(),
                };
                write_duty(&mut duty, fields);
                let mark = self.new_mark();
                let said = Said::new(format!("新增了报送任务“{}”", duty.what.join("、")), Some(mark.key));
                self.plan.report_duties.push(duty);
                self.marks.report_duties.push(mark);
                Ok(said)
            }
            Correction::RemoveReportDuty(seen) => {
                let duty = remove(&mut self.marks.report_duties, &mut self.plan.report_duties, seen)?;
                Ok(Said::new(format!("删除了报送任务“{}”", duty.what.join("、")), None))
            }
            _ => Err(ReviewError::Gone),
        }
    }

    fn correct_forms(&mut self, correction: Correction) -> Result<Said, ReviewError> {
        match correction {
            Correction::StatForm(seen, title, rows) => {
                let (marks, parts) = (&mut self.marks.forms, &mut self.plan.forms);
                let mut said = Said::new(format!("修改了统计表“{title}”"), Some(seen.key));
                replace(marks, parts, seen, |form| {
                    let before = super::fields::form_text(&form.rows);
                    said = std::mem::take(&mut said)
                        .field("表名", form.title.clone().unwrap_or_default(), title.clone())
                        .field("行", before, super::fields::form_text(&rows));
                    form.title = Some(title);
                    form.rows = rows;
                })?;
                Ok(said)
            }
            Correction::AddStatForm(title, rows) => {
                let mark = self.new_mark();
                let said = Said::new(format!("新增了统计表“{title}”"), Some(mark.key));
                let head = ["填报单位", "联系人", "电话"].map(str::to_owned).to_vec();
                self.plan.forms.push(StatForm { title: Some(title), head, rows });
                self.marks.forms.push(mark);
                Ok(said)
            }
            Correction::RemoveStatForm(seen) => {
                let form = remove(&mut self.marks.forms, &mut self.plan.forms, seen)?;
                Ok(Said::new(format!("删除了统计表“{}”", form.title.unwrap_or_default()), None))
            }
            _ => Err(ReviewError::Gone),
        }
    }

    fn choose(&mut self, choices: Vec<(String, Option<Choice>)>) -> Said {
        let names: Vec<String> = choices.iter().map(|(name, _)| format!("“{name}”")).collect();
        for (name, choice) in choices {
            match choice {
                Some(choice) => self.marks.choices.insert(name, choice),
                None => self.marks.choices.remove(&name),
            };
        }
        Said::new(format!("确定了单位名称{}", names.join("、")), None)
    }

    fn read_warning(&mut self, index: usize, is_read: bool) -> Result<Said, ReviewError> {
        let Some(warning) = self.plan.warnings.get(index) else { return Err(ReviewError::Gone) };
        let sentence = format!("{}提示“{}”", if is_read { "已阅" } else { "重新打开" }, warning.message);
        if is_read {
            self.marks.read_warnings.insert(index);
        } else {
            self.marks.read_warnings.remove(&index);
        }
        Ok(Said::new(sentence, None))
    }
}

mod writing;
use writing::{activity_of_line, said_of_activity, said_of_duty, union, write_duty, write_fields};

#[cfg(test)]
mod tests;
