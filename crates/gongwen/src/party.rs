//! Who does it: leads and supports in the forms that documents use.
//!
//! （牵头部门：A、B） / 责任单位：A / 责任单位A及各所 / 由A负责 / A牵头，B配合 / （A） at the end of an item.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use self::unit_ends::UNIT_ENDS;
use crate::text::{is_han, part};

mod unit_ends;

/// What a unit has to do with an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// 牵头, 责任, 主办, 承办, 负责.
    Lead,
    /// 配合, 协办, 参加.
    Support,
    /// 责任领导, 分管领导: a person above the unit.
    Leader,
}

/// One naming of units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// What they have to do with it.
    pub role: Role,
    /// The units, each a range of the text given.
    pub names: Vec<Range<usize>>,
    /// The words that say it, key and value.
    pub range: Range<usize>,
    /// It stood behind a key such as 牵头部门.
    pub has_key: bool,
}

/// Does the word look like the name of a unit?
///
/// ```
/// assert!(gongwen::party::is_unit("市场和网监科"));
/// assert!(gongwen::party::is_unit("各中队(含经开区)"));
/// assert!(!gongwen::party::is_unit("消费维权"));
/// ```
pub fn is_unit(word: &str) -> bool {
    let word = word.trim();
    let word = match (word.ends_with(')'), word.rfind('(')) {
        (true, Some(open)) => part(word, 0..open),
        _ => word,
    };
    let n = word.chars().count();
    (2..=30).contains(&n)
        && word.chars().any(is_han)
        && UNIT_ENDS.iter().any(|it| word.ends_with(it))
        && !word.contains(['。', '，', ':', '！', '“', '《'])
}

/// Splits a list of units into their ranges (within `text`, shifted by `offset`).
///
/// 和 and 及 part two names only where both sides are names: 市场和网监科 stays one.
pub fn split_units(text: &str, offset: usize) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            '、' | ',' | ';' | '/' | '\n' | '|' | ' ' if depth <= 0 => {
                push_split(text, start..at, &mut parts);
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    push_split(text, start..text.len(), &mut parts);
    let parts = with_short_heads(text, parts);
    parts.into_iter().map(|it| it.start + offset..it.end + offset).collect()
}

/// "市、区领导" and "县、区政府" are one phrase.
fn with_short_heads(text: &str, parts: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut joined: Vec<Range<usize>> = Vec::new();
    for it in parts {
        if let Some(last) = joined.last_mut()
            && matches!(part(text, last.clone()), "省" | "市" | "县" | "区" | "镇" | "乡" | "旗" | "州")
        {
            last.end = it.end;
            continue;
        }
        joined.push(it);
    }
    joined
}

fn push_split(text: &str, range: Range<usize>, parts: &mut Vec<Range<usize>>) {
    let words = part(text, range.clone());
    let trimmed = words.trim_start_matches([' ', '由', '和', '及']).trim_start();
    let start = range.end - trimmed.len();
    let trimmed = trimmed.trim_end_matches([' ', '等', '。', '.']).trim_end();
    if trimmed.is_empty() {
        return;
    }
    for (at, link) in trimmed.char_indices().filter(|it| matches!(it.1, '和' | '及' | '与' | '暨')) {
        let (left, right) = (part(trimmed, 0..at), part(trimmed, at + link.len_utf8()..trimmed.len()));
        let left = left.strip_suffix('以').unwrap_or(left);
        let is_list =
            is_unit(left) && right.chars().count() >= 2 && !matches!(right, "单位" | "部门" | "机构" | "有关单位");
        if is_list && (is_unit(right) || right.starts_with('各')) {
            parts.push(start..start + left.len());
            push_split(text, start + at + link.len_utf8()..start + trimmed.len(), parts);
            return;
        }
    }
    parts.push(start..start + trimmed.len());
}

static KEY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<key>(?:共同)?(?P<verb>牵头|责任|主责|主办|承办|主要责任|组织|实施|落实|负责|具体负责|主管|执行|配合|协办|协同|协助|支持|参加|参与|指导|联合|协作|分管|联系|包保|包联|协同配合|牵头负责|牵头责任|责任落实)",
        r"(?P<noun>部门|单位|科室|股室|处室|处所|所队|队所|机构|主体|领导|人员|科|处|股|所|室|方|人|对象)?",
        r"(?:(?:及|和|与|、|/|\()(?:责任人|责任单位|责任部门|配合单位|部门|单位|科室|联系人|负责人)\)?)?)",
        r"(?P<link>:|为:?|是:?|\||\t)?"
    ))
    .ok()
});

fn role_of(verb: &str, noun: &str) -> Option<Role> {
    Some(match verb {
        "配合" | "协办" | "协同" | "协助" | "支持" | "参加" | "参与" | "协作" | "协同配合" | "联合" => {
            Role::Support
        }
        "指导" | "主管" if noun != "单位" && noun != "部门" => return None,
        "指导" | "主管" | "联系" | "包保" | "包联" | "分管" => Role::Leader,
        _ if noun == "领导" => Role::Leader,
        _ => Role::Lead,
    })
}

/// Finds who leads and who supports in a folded text; ranges are those of the text.
///
/// ```
/// use gongwen::party::{Role, scan};
/// let text = "检查商超20家。(牵头股室:价监股;配合单位:各所)";
/// let found = scan(text);
/// assert_eq!(found[0].role, Role::Lead);
/// assert_eq!(&text[found[0].names[0].clone()], "价监股");
/// assert_eq!(found[1].role, Role::Support);
/// ```
pub fn scan(text: &str) -> Vec<Party> {
    let mut found = keyed(text);
    for it in spoken(text) {
        if !found.iter().any(|other| other.range.start < it.range.end && it.range.start < other.range.end) {
            found.push(it);
        }
    }
    if !found.iter().any(|it| it.role == Role::Lead)
        && let Some(it) = bracketed(text)
    {
        found.push(it);
    }
    // A person beside a unit is not another unit.
    let is_person = |it: &Party| {
        part(text, it.range.clone()).starts_with("责任人") || part(text, it.range.clone()).starts_with("负责人")
    };
    let has_unit = found.iter().any(|it| it.role == Role::Lead && !is_person(it));
    found.retain(|it| !(has_unit && is_person(it)));
    found.sort_by_key(|it| it.range.start);
    found
}

fn keyed(text: &str) -> Vec<Party> {
    let Some(key) = KEY.as_ref() else { return Vec::new() };
    let keys: Vec<(Range<usize>, Role, bool)> = key
        .captures_iter(text)
        .filter_map(|caps| {
            let all = caps.get(0)?;
            let noun = caps.name("noun").map_or("", |it| it.as_str());
            let link = caps.name("link").map_or("", |it| it.as_str());
            let role = role_of(caps.name("verb")?.as_str(), noun)?;
            let before = part(text, 0..all.start()).chars().next_back();
            let opens = before.is_none_or(|it| "(,;。\n|\t: 、.)".contains(it) || it.is_ascii_digit());
            let is_key = match (link, noun) {
                (":", _) => opens || !noun.is_empty(),
                ("|" | "\t", _) => opens && !noun.is_empty(),
                ("", "") | (_, "") => false,
                ("", _) => opens && is_bare_value(part(text, all.end()..text.len())),
                _ => opens,
            };
            is_key.then(|| (all.range(), role, link.is_empty()))
        })
        .collect();
    let mut found: Vec<Party> = Vec::new();
    for (n, (range, role, _)) in keys.iter().enumerate() {
        let stop = keys.get(n + 1).map_or(text.len(), |it| it.0.start);
        let end = value_end(text, range.end, stop);
        let names = units_of_value(text, range.end..end);
        if !names.is_empty() || *role == Role::Leader {
            found.push(Party { role: *role, names, range: range.start..end, has_key: true });
        }
    }
    found
}

/// After a key without a colon ("责任单位经检大队") only the name of a unit or a person can follow.
fn is_bare_value(rest: &str) -> bool {
    let end = rest.find(['。', ',', ';', '\n', ')', '(', ':']).unwrap_or(rest.len());
    let value = part(rest, 0..end);
    let n = value.chars().count();
    let first = split_units(value, 0).into_iter().next();
    let is_name = (2..=4).contains(&n)
        && !value.starts_with(['要', '应', '须', '将', '由', '和', '可', '自', '按', '在', '负', '对', '不']);
    first.is_some_and(|it| is_unit(part(value, it)) && !value.starts_with(['要', '应', '须', '将', '按', '和']))
        || is_name
}

fn value_end(text: &str, start: usize, stop: usize) -> usize {
    let mut depth = 0;
    for (at, c) in part(text, start..stop).char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return start + at,
            ')' => depth -= 1,
            '。' | ';' | '\n' | '|' | '\t' if depth == 0 => return start + at,
            ',' if depth == 0 && closes_itself(part(text, start + at + 1..text.len())) => return start + at,
            _ => {}
        }
    }
    stop
}

/// "责任单位:指挥中心,各所配合": the clause behind the comma has a verb of its own.
fn closes_itself(rest: &str) -> bool {
    let end = rest.find([',', '。', ';', ':', '\n', '(', ')']).unwrap_or(rest.len());
    let clause = part(rest, 0..end);
    SUPPORT_CLOSES.iter().chain(LEAD_CLOSES).any(|it| clause.ends_with(it))
}

fn units_of_value(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    const NOT_A_UNIT: &[&str] = &[
        "附件",
        "任务",
        "时限",
        "时间",
        "电话",
        "联系",
        "详见",
        "见附",
        "完成",
        "另行",
        "落实到",
        "开展",
        "要求",
        "负责",
        "具体",
        "自行",
        "布置",
    ];
    let value = part(text, range.clone());
    let mut names = Vec::new();
    for (n, it) in split_units(value, range.start).into_iter().enumerate() {
        let word = part(text, it.clone());
        let is_cut = text.get(it.end..).is_some_and(|rest| rest.starts_with(','));
        let opens_clause = n > 0 && text.get(..it.start).is_some_and(|before| before.ends_with(','));
        if NOT_A_UNIT.iter().any(|no| word.contains(no)) || word.chars().count() > 40 || opens_clause && !is_unit(word)
        {
            break;
        }
        let word_end = it.end;
        names.push(it);
        if is_cut && !is_unit(part(text, names.last().cloned().unwrap_or(0..0))) && word_end < range.end && n > 0 {
            break;
        }
    }
    names
}

/// Verbs behind "由A": the earliest one closes the names.
const BY_VERBS: &[&str] = &[
    "牵头", "主办", "承办", "负责", "落实", "商定", "组织", "实施", "开展", "举办", "举行", "承担", "制作", "完成",
    "审定",
];

/// Adverbs between the names and the verb.
const ADVERBS: &[&str] =
    &["共同", "具体", "统一", "分别", "联合", "积极", "予以", "协同", "做好", "各自", "同时", "要", "应"];

/// "A牵头," and "A负责," close a clause; what may stand behind the verb.
const LEAD_CLOSES: &[&str] = &[
    "牵头负责",
    "牵头落实",
    "牵头组织",
    "牵头实施",
    "牵头",
    "主办",
    "承办",
    "负责落实",
    "负责实施",
    "负责组织",
    "负责",
];
const SUPPORT_CLOSES: &[&str] = &[
    "配合实施",
    "落实",
    "配合落实",
    "配合开展",
    "配合做好",
    "配合",
    "协助实施",
    "协助落实",
    "协助开展",
    "协助",
    "协办",
    "参加",
    "参与",
];

/// 由A负责; A牵头,B配合; A主办,B承办.
fn spoken(text: &str) -> Vec<Party> {
    let mut found: Vec<Party> = Vec::new();
    for (at, word) in text.match_indices('由') {
        let start = at + word.len();
        let rest = part(text, start..text.len());
        let stop = rest.find([',', '。', ';', ':', '由', '\n', '(', ')']).unwrap_or(rest.len());
        let clause = part(rest, 0..stop);
        let verb = BY_VERBS.iter().filter_map(|it| clause.find(it).map(|at| (at, it.len()))).min();
        if let Some((verb, len)) = verb {
            push_spoken(text, Role::Lead, start..start + verb, start + verb + len, &mut found);
        }
    }
    for clause in clauses(text) {
        let words = part(text, clause.clone());
        takes_on(text, &clause, &mut found);
        together(text, &clause, &mut found);
        for (closes, role) in [(LEAD_CLOSES, Role::Lead), (SUPPORT_CLOSES, Role::Support)] {
            let Some(names) = closes.iter().find_map(|it| words.strip_suffix(*it)) else { continue };
            let names = names.strip_prefix('由').unwrap_or(names);
            // "组织各企业参加" and "邀请群众参与" are what is done.
            if role == Role::Support
                && ["组织", "动员", "引导", "鼓励", "发动", "号召", "邀请", "联系", "协调", "督促"]
                    .iter()
                    .any(|it| names.starts_with(it))
            {
                continue;
            }
            let start = clause.start + words.find(names).unwrap_or(0);
            push_spoken(text, role, start..start + names.len(), clause.end, &mut found);
        }
    }
    found
}

/// "综合股负责制作条幅": the unit at the head of a clause and what it takes on.
fn takes_on(text: &str, clause: &Range<usize>, found: &mut Vec<Party>) {
    let words = part(text, clause.clone());
    let Some(at) = words.find("负责").filter(|at| *at > 0) else { return };
    let end = at + "负责".len();
    let rest = part(words, end..words.len());
    if rest.starts_with(['人', '任', '同']) || rest == "制" {
        return;
    }
    let names = part(words, 0..at);
    let skip = names.len() - names.trim_start_matches(['由', ' ']).len();
    push_spoken(text, Role::Lead, clause.start + skip..clause.start + at, clause.start + end, found);
}

/// "消保股会同派出所开展检查": who does it and who comes along.
fn together(text: &str, clause: &Range<usize>, found: &mut Vec<Party>) {
    const STOPS: &[&str] = &[
        "于", "对", "在", "到", "开展", "组织", "进行", "实施", "共同", "联合", "做好", "负责", "落实", "制定", "举办",
        "举行", "召开", "深入", "赴", "检查",
    ];
    let words = part(text, clause.clone());
    let Some(at) = words.find("会同") else { return };
    let start = at + "会同".len();
    let rest = part(words, start..words.len());
    let end = STOPS.iter().filter_map(|it| rest.find(it)).min().unwrap_or(rest.len());
    push_spoken(
        text,
        Role::Support,
        clause.start + start..clause.start + start + end,
        clause.start + start + end,
        found,
    );
    let before = part(words, 0..at);
    let skip = before.len() - before.trim_start_matches(['由', ' ']).len();
    push_spoken(text, Role::Lead, clause.start + skip..clause.start + at, clause.start + at, found);
}

fn push_spoken(text: &str, role: Role, names: Range<usize>, end: usize, found: &mut Vec<Party>) {
    let mut words = part(text, names.clone());
    while let Some(shorter) = ADVERBS.iter().find_map(|it| words.strip_suffix(*it)) {
        words = shorter;
    }
    let range = names.start..names.start + words.len();
    if !(2..=80).contains(&words.chars().count())
        || found.iter().any(|it| it.range.start < range.end && range.start < it.range.end)
    {
        return;
    }
    let names = split_units(words, range.start);
    if !names.is_empty() && names.iter().all(|it| is_unit(part(text, it.clone()))) {
        found.push(Party { role, names, range: range.start..end, has_key: false });
    }
}

/// The clauses of a text without their marks; a short bracket inside a name, 县(市、区)局, parts nothing.
fn clauses(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut inner_until) = (0, 0);
    for (at, c) in text.char_indices() {
        if at < inner_until {
            continue;
        }
        let after = at + c.len_utf8();
        if c == '(' {
            let rest = part(text, after..text.len());
            let close = rest.find([')', '(']).filter(|close| part(rest, 0..*close).chars().count() <= 4);
            let close = close.filter(|it| part(rest, *it..rest.len()).starts_with(')'));
            if let Some(close) = close.filter(|it| part(rest, it + 1..rest.len()).starts_with(is_han)) {
                inner_until = after + close + 1;
                continue;
            }
        }
        if matches!(c, ',' | ';' | '。' | ':' | '(' | ')' | '\n') {
            if start < at && c != '(' && c != ':' {
                found.push(start..at);
            }
            start = after;
        }
    }
    if start < text.len() {
        found.push(start..text.len());
    }
    found
}

static BRACKETED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\((?P<v>[^()]{2,60})\)[。;.]?\s*$").ok());

/// （药品医疗器械监管科） at the end of an item.
fn bracketed(text: &str) -> Option<Party> {
    let text_end = text.trim_end();
    let caps = BRACKETED.as_ref()?.captures(text_end)?;
    let value = caps.name("v")?;
    let names = split_units(value.as_str(), value.start());
    let are_units = names.iter().all(|it| {
        let word = part(text, it.clone());
        is_unit(word) && !word.chars().any(|c| c.is_ascii_digit() && !word.starts_with("123"))
    });
    are_units.then(|| Party {
        role: Role::Lead,
        names,
        range: caps.get(0).map_or(0..0, |it| it.range()),
        has_key: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let found: Vec<String> = scan(text)
            .iter()
            .map(|it| {
                let names: Vec<&str> = it.names.iter().map(|name| part(text, name.clone())).collect();
                format!("{:?} {}", it.role, names.join("+"))
            })
            .collect();
        assert_eq!(found.join("; "), expected, "{text}");
    }

    #[test]
    fn each_form_of_naming_a_lead_is_read() {
        check("公示结果。(牵头部门:市场和网监科、区消费者协会)", "Lead 市场和网监科+区消费者协会");
        check("科普知识。(药品医疗器械监管科)", "Lead 药品医疗器械监管科");
        check("发布警示3条,责任单位区消协。", "Lead 区消协");
        check("执法行动,时间3月1日,责任单位经检大队及各所。", "Lead 经检大队+各所");
        check("举办纪念大会,责任人李明。", "Lead 李明");
        check("设咨询台,由城区分局、消协负责牵头落实。", "Lead 城区分局+消协");
        check("(7月17日上午,省食安办主办,省市场监管厅承办,地点另定)", "Lead 省食安办; Lead 省市场监管厅");
        check("此项工作由消保科牵头,各市场监管所配合。", "Lead 消保科; Support 各市场监管所");
        check(
            "(责任领导:陈立;牵头科室:消保科;配合科室:网监科、餐饮科;完成时限:3月10日前)",
            "Leader 陈立; Lead 消保科; Support 网监科+餐饮科",
        );
        check("由监管股负责准备样品,综合股负责制作条幅。", "Lead 监管股; Lead 综合股");
        check("由市场所负责,会同中心学校、派出所于3月20日前检查。", "Lead 市场所; Support 中心学校+派出所");
        check("主责单位:城管局\n参加单位:县公安局,县交通局", "Lead 城管局; Support 县公安局+县交通局");
    }

    #[test]
    fn a_name_with_and_inside_stays_one() {
        check("责任单位:县农业农村和科技局、住房和城乡建设局", "Lead 县农业农村和科技局+住房和城乡建设局");
        check("责任单位:消保科和网监科", "Lead 消保科+网监科");
        check("组织单位:各乡镇人民政府,县直有关部门和单位。", "Lead 各乡镇人民政府+县直有关部门和单位");
    }

    #[test]
    fn words_that_only_sound_like_it_name_nobody() {
        check("落实企业主体责任,强化责任意识,组织开展培训。", "");
        check("引导经营者参与。", "");
    }
}
