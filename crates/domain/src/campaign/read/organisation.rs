//! 领导小组 and 组委会: who leads, who deputises, who belongs to it, where its office is.

use std::ops::Range;
use std::sync::LazyLock;

use gongwen::text::part;
use regex::Regex;

use super::Doc;
use super::tree::Section;
use crate::campaign::plan::Organisation;

static LEADER: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    patterns(&[
        r"(?:^|[\n。;,]|领导小组:?|组委会:?)(?:组 ?长|主 ?任|总 ?指 ?挥)(?::\n?|\n)(?P<v>[^。;\n]{2,60})",
        r"(?:组长|主任|总指挥)由(?P<v>[^,。;]{2,40}?)(?:担任|兼任)",
        r"(?:由|,|。|成立)(?P<v>[^,。;由]{2,40}?)(?:任|为|担任)(?:领导小组)?(?:组长|组委会主任|总指挥|主任)(?:[,。;的、]|$)",
    ])
});

static DEPUTY: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    patterns(&[
        r"(?:副 ?组 ?长|副 ?主 ?任|副总指挥)(?::\n?|\n)(?P<v>(?:[^。;\n]{2,80}\n?)(?:[^:。;\n]{2,40}\([^()\n]+\)[^:\n]*\n?)*)",
        r"(?:副组长|副主任)由(?P<v>[^,。;]{2,60}?)(?:担任|兼任)",
        r"(?:由|,|。|、)(?P<v>[^,。;由]{2,60}?)(?:任|为|担任)(?:副组长|副主任|副总指挥)",
    ])
});

static MEMBER: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    patterns(&[
        r"(?:^|[\n。;,])成 ?员(?:单位)?(?::\n?|\n)(?P<v>(?:[^。;\n]{2,200}\n?)(?:[^:。;\n]{2,60}\([^()\n]+\)[^:\n]*\n?)*)",
        r"成员由(?P<v>[^。;]{2,300}?)(?:组成|担任)",
        r"(?:任|为|担任)(?:副组长|副主任|组长|主任),(?P<v>(?:[^。;任为]|分局分管|主任){2,300}?)(?:任|为|担任)成员",
        r"(?:由|,|。)(?P<v>[^。;由,]{2,200}?)(?:任|为|担任)成员",
    ])
});

static OFFICE: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    patterns(&[
        r"(?:办公室|工作小组:?|工作组|下设办公室)[,]?(?:日常工作)?(?:设在|设于|设立在|挂靠在?|设)(?P<v>[^,。;、(\n]{2,25})",
        r"(?:日常工作由)(?P<v>[^,。;、(\n]{2,25}?)(?:负责|承担)",
    ])
});

static EARLIER_ROLE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:任|为|担任)(?:领导小组)?副?(?:组长|主任|总指挥)[、,]").ok());

fn patterns(all: &[&str]) -> Vec<Regex> {
    all.iter().filter_map(|it| Regex::new(it).ok()).collect()
}

/// Reads the organisation, if the text sets one up.
pub(super) fn read(doc: &Doc) -> Option<Organisation> {
    let range = region(doc)?;
    let words = doc.text.at(range.clone());
    let first = |patterns: &[Regex]| -> Option<Range<usize>> {
        let found = patterns.iter().find_map(|it| it.captures(words)).and_then(|it| it.name("v"))?;
        // 由局长任组长、副局长任副组长、各科室负责人为成员: what stands before the last role belongs to that role.
        let before = EARLIER_ROLE.as_ref().and_then(|it| it.find_iter(found.as_str()).last()).map_or(0, |it| it.end());
        Some(range.start + found.start() + before..range.start + found.end())
    };
    let mut leader: Vec<String> = first(&LEADER).map(|it| vec![doc.text.show(it)]).unwrap_or_default();
    leader.iter_mut().for_each(|it| *it = it.trim_start_matches("成立由").to_owned());
    let deputies = first(&DEPUTY).map(|it| people(doc, it)).unwrap_or_default();
    let members = first(&MEMBER).map(|it| people(doc, it)).unwrap_or_default();
    let office = first(&OFFICE).map(|it| doc.text.show(it));
    Some(Organisation { leader, deputies, members, office })
}

/// Where the organisation is set up: its own section, or the sentence that names it.
fn region(doc: &Doc) -> Option<Range<usize>> {
    let section = doc.sections().into_iter().find(|it| it.0 == Section::Organisation);
    if let Some((_, node)) = section {
        let words = doc.text.at(node.all.clone());
        let is_set_up =
            ["组长", "领导小组", "组委会", "主任", "成员", "工作专班", "组 长"].iter().any(|it| words.contains(it));
        return is_set_up.then(|| node.all.clone());
    }
    static SET_UP: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"成立(?:了)?(?:由)?[^。;\n]{0,120}?(?:领导小组|组委会|工作专班|组长)[^。\n]*").ok()
    });
    let main = doc.layout.main.clone();
    let words = doc.text.at(main.clone());
    let found = SET_UP.as_ref()?.find(words)?;
    let has_people =
        found.as_str().contains("组长") || found.as_str().contains("主任") || found.as_str().contains("办公室");
    has_people.then(|| {
        let rest = part(words, found.end()..words.len());
        let next = rest.find('\n').unwrap_or(rest.len());
        main.start + found.start()..main.start + found.end() + next
    })
}

/// Splits a list of people or units at 、 and at spaces after a bracket.
fn people(doc: &Doc, range: Range<usize>) -> Vec<String> {
    let words = doc.text.at(range.clone());
    let mut found = Vec::new();
    let (mut start, mut depth) = (0, 0);
    let words = part(words, 0..words.find("\n下设").or(words.find("办公室设")).unwrap_or(words.len()));
    for (at, c) in words.char_indices().chain([(words.len(), '\n')]) {
        let after_bracket = part(words, 0..at).ends_with(')');
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            '、' | ',' | '\n' | ';' if depth <= 0 => {
                push_person(doc, range.start + start..range.start + at, &mut found);
                start = (at + c.len_utf8()).min(words.len());
            }
            ' ' if depth <= 0 && after_bracket => {
                push_person(doc, range.start + start..range.start + at, &mut found);
                start = at + 1;
            }
            _ => {}
        }
    }
    found
}

fn push_person(doc: &Doc, range: Range<usize>, found: &mut Vec<String>) {
    let name = doc.text.show(doc.text.trim(range, "。,;"));
    let single = matches!(name.as_str(), "县" | "市" | "区" | "省" | "镇" | "乡");
    if let Some(last) = found.last_mut().filter(|it| matches!(it.as_str(), "县" | "市" | "区" | "省" | "镇" | "乡"))
    {
        last.push('、');
        last.push_str(&name);
    } else if let Some(last) = found.last_mut().filter(|_| is_short_unit(&name)) {
        last.push('、');
        last.push_str(&name);
    } else if single || name.chars().count() >= 2 {
        found.push(name);
    }
}

/// 所 and 队负责人 in "各股室、所、队负责人".
fn is_short_unit(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|it| "所队股科室站".contains(it)) && matches!(chars.as_str(), "" | "负责人" | "长")
}
