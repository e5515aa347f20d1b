//! The paragraphs of the source that no part of the plan came from.
//!
//! They are shown as an outline in which any paragraph can be made an activity; so a notice of unknown structure is still imported,
//! and no line of a known one is lost from sight.

use super::Draft;
use crate::campaign::plan::Span;

/// A paragraph of the source that belongs to no part of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// Where it stands.
    pub span: Span,
    /// Its words.
    pub text: String,
    /// Does it look like a heading: short, without a full stop?
    pub is_heading: bool,
}

/// The paragraphs nobody has placed yet, in the order of the source.
pub fn outline(draft: &Draft, source: &str) -> Vec<Paragraph> {
    let plan = &draft.plan;
    let mut taken: Vec<Span> = plan.activities.iter().map(|it| it.span).collect();
    taken.extend(plan.requirements.iter().map(|it| it.span));
    taken.extend(plan.report_duties.iter().map(|it| it.span));
    taken.extend(plan.phases.iter().map(|it| it.span));
    let taken = union(taken);
    let mut start = 0;
    let mut paragraphs = Vec::new();
    for line in source.split('\n') {
        let n = line.chars().count();
        let blank = line.chars().take_while(|it| it.is_whitespace()).count();
        let text = line.trim();
        let span = Span { start: start + blank, end: start + blank + text.chars().count() };
        start += n + 1;
        // A line counts as placed when a part covers more than half of it; a part rarely ends exactly with its line.
        let covered: usize = taken.iter().map(|it| it.end.min(span.end).saturating_sub(it.start.max(span.start))).sum();
        if text.is_empty() || covered * 2 > span.end - span.start {
            continue;
        }
        let is_heading = text.chars().count() <= 40 && !text.ends_with(['。', '；', ';']);
        paragraphs.push(Paragraph { span, text: text.to_owned(), is_heading });
    }
    paragraphs
}

/// The same places without overlaps: an activity inside a phase covers its words once.
fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|it| it.end > it.start);
    spans.sort_unstable_by_key(|it| (it.start, it.end));
    let mut apart: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match apart.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => apart.push(span),
        }
    }
    apart
}

/// The paragraphs of these places, for [`super::correction::Correction::TakeLines`]. A place that is no paragraph is left out.
pub fn pick(outline: &[Paragraph], starts: &[usize]) -> Vec<(Span, String)> {
    let wanted = outline.iter().filter(|it| starts.contains(&it.span.start));
    wanted.map(|it| (it.span, it.text.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::plan::{Activity, Phase, Plan};

    #[test]
    fn a_text_without_a_plan_is_an_outline_of_all_its_paragraphs() {
        let source = "关于做好有关工作的函\n\n 请各单位于三月中旬前完成宣传资料的发放。\n谢谢支持";
        let outline = outline(&Draft::default(), source);
        let shape: Vec<(&str, bool)> = outline.iter().map(|it| (it.text.as_str(), it.is_heading)).collect();
        assert_eq!(
            shape,
            [("关于做好有关工作的函", true), ("请各单位于三月中旬前完成宣传资料的发放。", false), ("谢谢支持", true)]
        );
        assert_eq!(outline[1].span, Span { start: 13, end: 33 });
        assert_eq!(pick(&outline, &[13, 99]).len(), 1);
    }

    #[test]
    fn what_a_part_came_from_is_not_offered_again() {
        let source = "标题\n1.咨询。人民广场。\n结尾一段没有归处。";
        let plan = Plan {
            activities: vec![Activity { span: Span { start: 3, end: 13 }, ..Activity::default() }],
            ..Plan::default()
        };
        let left: Vec<String> = outline(&Draft::new(plan), source).into_iter().map(|it| it.text).collect();
        assert_eq!(left, ["标题", "结尾一段没有归处。"]);
    }

    #[test]
    fn a_line_that_two_parts_share_is_counted_once() {
        let source = "第一阶段动员，这里还有一长句没有归处的话";
        let phase = |end| Phase { name: "动员".into(), start: None, end: None, span: Span { start: 0, end } };
        let plan = Plan { phases: vec![phase(7), phase(6), phase(7)], ..Plan::default() };
        assert_eq!(outline(&Draft::new(plan), source).len(), 1);
    }
}
