//! Sentences that hold for many items at once.

use std::sync::LazyLock;

use regex::Regex;

use super::Doc;
use super::items::parties;
use crate::campaign::plan::Plan;

/// "以上活动由消保股牵头,各所配合": the closing sentence holds for every item above it that names nobody.
pub(super) fn closing_sentences(doc: &Doc, plan: &mut Plan) {
    static CLOSING: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?:以上|上述)(?:各项|各|所有)?(?:第?(?P<a>\d{1,2})(?:-|至|到)(?P<b>\d{1,2})项?)?(?:活动|工作|任务|内容|事项)?[^。\n]{0,6}?(?P<who>(?:均|都|统一)?由[^。\n]{2,80})").ok()
    });
    let main = doc.layout.main.clone();
    let words = doc.text.at(main.clone());
    for caps in CLOSING.iter().flat_map(|it| it.captures_iter(words)) {
        let Some(who) = caps.name("who") else { continue };
        let range = main.start + who.start()..main.start + who.end();
        let (leads, supports) = parties(doc, &range);
        let number = |name: &str| caps.name(name).and_then(|it| it.as_str().parse::<u32>().ok());
        let within = number("a").zip(number("b"));
        let place = doc.span(range).start;
        for it in plan.activities.iter_mut().filter(|it| it.span.start < place) {
            let is_meant = within.is_none_or(|(a, b)| it.number.is_some_and(|n| (a..=b).contains(&n)));
            let text_holds = it.text.contains(who.as_str());
            if is_meant && (it.leads.is_empty() || text_holds) {
                it.leads.clone_from(&leads);
                it.supports
                    .extend(supports.iter().filter(|new| !it.supports.contains(new)).cloned().collect::<Vec<_>>());
            }
        }
    }
}

/// "排在第一位的为牵头股室": of several units the first leads and the others support.
pub(super) fn first_is_lead(doc: &Doc, plan: &mut Plan) {
    static RULE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?:排|列)(?:在)?(?:第一(?:位)?|首位|最前(?:面)?)的?(?:单位|部门|科室|股室)?(?:为|是|负责)(?:牵头|主责|责任)").ok()
    });
    let words = doc.text.at(doc.layout.main.clone());
    if !RULE.as_ref().is_some_and(|it| it.is_match(words)) {
        return;
    }
    for it in &mut plan.activities {
        let text = it.text.clone();
        let n_keys =
            ["牵头", "责任单位", "责任股室", "责任科室", "责任部门"].iter().filter(|key| text.contains(**key)).count();
        if it.leads.len() > 1 && n_keys < 2 {
            let others = it.leads.split_off(1);
            it.supports = others.into_iter().chain(std::mem::take(&mut it.supports)).collect();
        }
    }
}
