//! The theme of the year or of the campaign, and the slogans beside it.

use std::sync::LazyLock;

use regex::Regex;

use super::Doc;
use super::tree::Section;
use crate::campaign::plan::Plan;

static THEMED: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"“(?P<t>[^“”]{2,40})”(?:的)?(?:这一|这个)?(?:消费维权|消费者权益保护|全国|中消协|活动|宣传)?(?:年度|年)?(?:活动|宣传)?主题",
        r"“(?P<t>[^“”]{2,40})”(?:确定|定|作|列)为[^。“”\n]{0,16}?主题",
        r"主题(?:活动)?(?:是|为|:){1,2}“(?P<t>[^“”]{2,40})”",
        r"以“(?P<t>[^“”]{2,40})”为(?:活动|年|年度|宣传)?主题",
        r"主题(?:是|为|:)(?P<t>[^“”。,;\n]{4,30})",
    ]
    .into_iter()
    .filter_map(|it| Regex::new(it).ok())
    .collect()
});

/// Reads theme and slogans.
pub(super) fn read(doc: &Doc, plan: &mut Plan) {
    for (section, node) in doc.sections() {
        if section == Section::Slogan {
            let words = doc.text.show_all(doc.section_words(node).start..node.all.end);
            plan.slogans = words.lines().map(bare).filter(|it| !it.is_empty()).collect();
        }
    }
    plan.theme = in_section(doc).or_else(|| in_words(doc)).or_else(|| in_title(plan)).filter(|it| !is_masked(it));
}

fn in_section(doc: &Doc) -> Option<String> {
    let node = doc.sections().into_iter().find(|it| it.0 == Section::Theme)?.1;
    let range = doc.text.trim(doc.section_words(node).start..node.all.end, ":。");
    let words = doc.text.at(range.clone());
    if let Some(theme) = themed(words) {
        return Some(theme);
    }
    let first = words.lines().next().unwrap_or("");
    if let Some(quoted) = first.strip_prefix('“').and_then(|it| it.split_once('”')) {
        return Some(bare(&doc.text.show(range.start + 3..range.start + 3 + quoted.0.len())));
    }
    let range = doc.text.trim(range.start..range.start + first.len(), "。");
    let line = doc.text.show(range);
    (line.chars().count() <= 45 && !line.contains(['。', '；'])).then(|| bare(&line))
}

fn in_words(doc: &Doc) -> Option<String> {
    let purposes = doc
        .sections()
        .into_iter()
        .filter(|it| matches!(it.0, Section::Purpose | Section::Name))
        .map(|it| it.1.all.clone());
    let near = std::iter::once(doc.head.clone()).chain(purposes).find_map(|it| themed(doc.text.at(it)));
    near.or_else(|| {
        static OF_YEAR: LazyLock<Option<Regex>> =
            LazyLock::new(|| Regex::new(r"“(?P<t>[^“”]{2,40})”(?:的)?(?:消费维权)?年主题").ok());
        let found = OF_YEAR.as_ref()?.captures(doc.text.at(doc.layout.main.clone()))?.name("t")?;
        Some(bare(found.as_str()))
    })
}

fn themed(words: &str) -> Option<String> {
    let is_theme = |it: &String| !it.contains("3·15") && !it.contains("3.15") && !is_masked(it);
    let found =
        THEMED.iter().flat_map(|it| it.captures_iter(words)).filter_map(|it| Some(bare(it.name("t")?.as_str())));
    found.into_iter().find(is_theme)
}

/// “守护安全 畅通消费”“3·15”活动方案, 活动方案：消费与发展.
fn in_title(plan: &Plan) -> Option<String> {
    let title = plan.title.as_ref()?;
    if let Some((_, tail)) = title.rsplit_once(['：', ':']).filter(|it| it.0.ends_with("方案")) {
        return Some(bare(tail));
    }
    if !title.contains("15") {
        return None;
    }
    let mut quoted = title.split('“').skip(1).filter_map(|it| it.split_once('”')).map(|it| it.0);
    let theme =
        quoted.find(|it| !it.contains("15") && it.chars().count() >= 5 && !it.ends_with(['日', '周', '月', '进']));
    theme.map(bare)
}

fn bare(theme: &str) -> String {
    theme.trim().trim_matches(|it: char| "“”\"。；; ：:".contains(it)).trim().to_owned()
}

/// ×××× stands where the real words were taken out.
fn is_masked(theme: &str) -> bool {
    theme.chars().all(|it| "×xX*_ ".contains(it)) || theme.is_empty()
}

/// Every theme of the year that the text names, for comparing them.
pub(super) fn of_the_year(doc: &Doc) -> Vec<String> {
    static OF_YEAR: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"“(?P<t>[^“”]{2,40})”(?:的)?(?:消费维权)?年主题").ok());
    let words = doc.text.at(doc.layout.main.clone());
    let found = OF_YEAR.iter().flat_map(|it| it.captures_iter(words)).filter_map(|it| it.name("t"));
    found.map(|it| bare(it.as_str())).filter(|it| !is_masked(it)).collect()
}
