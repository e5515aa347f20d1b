//! The parts of a duty to report: things, addressees, ways.

use std::ops::Range;
use std::sync::LazyLock;

use gongwen::date::Mention;
use gongwen::party;
use gongwen::text::part;
use regex::Regex;

use super::Doc;
use super::duties::{Clause, Parts};
use crate::campaign::plan::ReportDuty;

/// What people hand in.
const THINGS: &[&str] = &[
    "总结",
    "小结",
    "统计表",
    "情况",
    "信息",
    "图片",
    "照片",
    "影像",
    "方案",
    "数据",
    "材料",
    "报表",
    "数字",
    "进展",
    "简报",
    "名单",
    "安排",
    "计划",
    "表",
    "资料",
    "报告",
    "视频",
    "线索",
    "稿件",
    "案例",
    "书面稿",
    "台账",
    "回执",
    "意见",
    "建议",
    "人数",
    "录像",
    "音像",
    "联系人",
    "联络员",
    "信息表",
    "结果",
    "作品",
    "成果",
];

pub(super) fn mentions_thing(words: &str) -> bool {
    THINGS.iter().any(|it| words.contains(it))
}

pub(super) fn strip_ordinal(words: &str) -> &str {
    static ORDINAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^ ?(?:\d{1,2}[.、]|\([一二三四五六七八九十\d]+\)|[一二三四五六七八九十]+[、.]|[①-⑳])").ok()
    });
    let end = ORDINAL.as_ref().and_then(|it| it.find(words)).map_or(0, |it| it.end());
    part(words, end..words.len())
}

/// What stands after the verb: things, addressees or both.
pub(super) fn object(doc: &Doc, parts: &Parts) -> (Vec<String>, Vec<String>) {
    let words = doc.text.at(parts.post.clone());
    if parts.verb.has_prep {
        return (Vec::new(), units(doc, parts.post.clone()));
    }
    for prep in ["至", "到", "给", "往"] {
        if let Some(at) = words.find(prep).filter(|it| *it > 0) {
            let rest = parts.post.start + at + prep.len()..parts.post.end;
            let tail = doc.text.at(rest.clone());
            // "照片3至5张" is a number.
            if tail.chars().next().is_some_and(|it| !it.is_ascii_digit())
                && party::split_units(tail, 0).iter().any(|it| looks_like_addressee(part(tail, it.clone())))
            {
                return (things(doc, parts.post.start..parts.post.start + at), units(doc, rest));
            }
        }
    }
    let first = party::split_units(words, 0).into_iter().next();
    let is_addressee = first.is_some_and(|it| looks_like_addressee(part(words, it)));
    if is_addressee && !THINGS.iter().any(|it| words.trim_end_matches(')').ends_with(it)) {
        return (Vec::new(), units(doc, parts.post.clone()));
    }
    (things(doc, parts.post.clone()), Vec::new())
}

fn looks_like_addressee(word: &str) -> bool {
    let word = word.trim_start_matches(['我', '本']);
    let bare = word.split(['邮', '(']).next().unwrap_or(word);
    party::is_unit(word)
        || party::is_unit(bare)
        || word.ends_with(['处', '司'])
        || word.ends_with("信箱")
        || word.ends_with("邮箱")
        || word.ends_with("联系人")
        || word.ends_with("同志")
}

pub(super) fn to_before(doc: &Doc, pre: &Range<usize>) -> Vec<String> {
    let words = doc.text.at(pre.clone());
    let Some(at) = words.rfind('向') else { return Vec::new() };
    units(doc, pre.start + at + "向".len()..pre.end)
}

/// Units of an addressee, without brackets and contact details.
pub(super) fn units(doc: &Doc, range: Range<usize>) -> Vec<String> {
    let words = doc.text.at(range.clone());
    let cut = unit_end(words);
    let names = party::split_units(part(words, 0..cut), range.start);
    let mut found: Vec<String> = Vec::new();
    for it in names {
        let name = doc.text.at(it.clone());
        let is_unit = looks_like_addressee(name) || name.contains("办公室") || name.ends_with("汇总");
        if is_unit && !name.starts_with("以下") {
            let end = ["汇编", "汇总", "备案", "统计", "存档", "备查"]
                .iter()
                .find_map(|tail| name.strip_suffix(*tail))
                .map_or(name.len(), str::len);
            found.push(doc.text.show(it.start..it.start + end));
        }
    }
    found
}

/// Where an addressee ends; a bracket inside a name, 县(市、区)消委, does not end it.
fn unit_end(words: &str) -> usize {
    for (at, c) in words.char_indices() {
        match c {
            ',' | ':' | '。' => return at,
            '(' => {
                let rest = part(words, at..words.len());
                let close = rest.find(')').map_or(rest.len(), |it| it + 1);
                let is_inside = part(rest, 0..close).chars().count() <= 6
                    && part(rest, close..rest.len()).starts_with(gongwen::text::is_han);
                if !is_inside {
                    return at;
                }
            }
            _ => {}
        }
    }
    words.len()
}

/// "将A、B和C" or "A、B请在…前报": the things before the verb.
pub(super) fn what_before(doc: &Doc, pre: &Range<usize>, day: Option<&Mention>) -> Vec<String> {
    let words = doc.text.at(pre.clone());
    // "…,由办公室汇总后于3月底前报": what stands behind 将 belongs to the step before.
    let is_new_step = |at: &usize| !part(words, *at..words.len()).contains(",由");
    if let Some(at) = words.rfind('将').filter(is_new_step) {
        let start = pre.start + at + "将".len();
        let end = day.map_or(pre.end, |it| if it.range.start > start { it.range.start } else { pre.end });
        return things(doc, start..end);
    }
    let Some(day) = day else { return Vec::new() };
    // "总结请在6月7日前报": the clause before the day.
    let before =
        doc.text.at(pre.start..day.range.start).trim_end_matches(['于', '在', ',', '请', '要', '须', '务', '必', '自']);
    let clause = before.rsplit([',', ':']).next().unwrap_or("");
    let clause = strip_ordinal(clause);
    let start = pre.start + before.len() - clause.len();
    let made = ["制定", "制订", "填写"].iter().find_map(|it| clause.rfind(it).map(|at| at + it.len()));
    let made = made.filter(|at| mentions_thing(part(clause, *at..clause.len()))).unwrap_or(0);
    let start = start + made;
    let clause = part(clause, made..clause.len());
    let owner =
        clause.find('的').filter(|it| clause.starts_with('各') && *it < clause.len()).map_or(0, |it| it + "的".len());
    let owner = owner.max(owner_end(clause));
    let thing = part(clause, owner..clause.len());
    let is_thing = THINGS.iter().any(|it| thing.trim_end_matches([')', '》', '”', '(']).ends_with(it));
    if is_thing && !thing.starts_with("联系") { things(doc, start + owner..start + clause.len()) } else { Vec::new() }
}

/// "要制定子方案,于…前报": the thing that the clause before makes.
pub(super) fn what_of_clause(doc: &Doc, clause: &Clause, parts: &Parts) -> Vec<String> {
    static MADE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?:制定|制订|填报|填写|撰写|形成|报送|整理)(?:好|完善|本单位|本辖区|各自|具体|详细|的)*(?P<v>[^,。;]{1,20}?(?:方案|统计表|报表|总结|报告|材料|计划|表》?))").ok()
    });
    let words = doc.text.at(clause.range.start..parts.verb.range.start);
    let mut found: Vec<String> = Vec::new();
    let before = doc.text.fold().get(..clause.range.start).unwrap_or("");
    let above = before.trim_end_matches('。').rsplit(['。', '\n']).next().unwrap_or("");
    let is_title = above.chars().count() <= 16 && before.ends_with('。') && above.contains("总结");
    if words.contains("认真总结") || words.contains("进行总结") || words.contains("及时总结") || is_title {
        found.push("总结".to_owned());
    }
    for it in MADE.iter().flat_map(|it| it.captures_iter(words)).filter_map(|it| it.name("v")) {
        found.push(doc.text.show(clause.range.start + it.start()..clause.range.start + it.end()));
    }
    found
}

/// Splits the things, leaves out brackets and the words that lead on to day and way.
pub(super) fn things(doc: &Doc, range: Range<usize>) -> Vec<String> {
    let range = doc.text.trim(range, ",、:将于在请并 ");
    let words = doc.text.at(range.clone());
    let words = tail_cut(words);
    let mut found = Vec::new();
    let (mut start, mut depth) = (0, 0);
    let chars: Vec<(usize, char)> = words.char_indices().chain([(words.len(), '、')]).collect();
    for (at, c) in chars {
        match c {
            '(' | '《' | '“' => depth += 1,
            ')' | '》' | '”' => depth -= 1,
            '、' | '和' | '及' | '与' | ',' | ';' if (depth <= 0 || at == words.len()) && at >= start => {
                let left = part(words, start..at);
                let is_list = matches!(c, '、' | ',' | ';') || is_thing(left) || left.ends_with(['》', ')']);
                if is_list {
                    push_thing(doc, range.start + start..range.start + at, &mut found);
                    start = (at + c.len_utf8()).min(words.len());
                }
            }
            _ => {}
        }
    }
    found
}

fn is_thing(words: &str) -> bool {
    let words = words.trim_end_matches(['等', '以']);
    THINGS.iter().any(|it| words.ends_with(it))
}

fn tail_cut(words: &str) -> &str {
    static TAIL: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?:,|于|在|并|一并|统一|及时|书面|分别|按时)*(?:(?:通过|以)[^,。;]{1,16})?(?:,|于|在|并|一并|统一|及时|书面|分别|按时|报|等)*$").ok()
    });
    let end = TAIL.as_ref().and_then(|it| it.find(words)).map_or(words.len(), |it| it.start());
    part(words, 0..end)
}

fn push_thing(doc: &Doc, range: Range<usize>, found: &mut Vec<String>) {
    let skip = if doc.text.at(range.clone()).starts_with("及时") { "及时".len() } else { 0 };
    let range = doc.text.trim(range.start + skip..range.end, ",、。及以和等 ");
    let skip = count_before(doc.text.at(range.clone()));
    let range = range.start + skip..range.end;
    let words = doc.text.at(range.clone());
    let bracket = words.find('(').filter(|it| *it > 0).unwrap_or(words.len());
    let count = words.char_indices().find(|it| it.1.is_ascii_digit()).map(|it| it.0).filter(|at| {
        *at > 0 && is_thing(part(words, 0..*at)) && words.ends_with(['张', '份', '条', '篇', '个', '段', '幅', '部'])
    });
    let end = bracket.min(count.unwrap_or(words.len()));
    let range = doc.text.trim(range.start..range.start + end, ",、 等");
    let shown = doc.text.show(range);
    let is_empty = shown.chars().count() < 2 || ["报", "我厅", "情况下"].contains(&shown.as_str());
    if !is_empty && !found.contains(&shown) {
        found.push(shown);
    }
}

/// "不少于5张照片" is 照片.
fn count_before(words: &str) -> usize {
    static COUNT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^(?:不少于|至少|不低于)?\d+(?:-{1,2}\d+)?(?:张|份|条|篇|个|段|幅|部)(?:以上)?").ok()
    });
    let end = COUNT.as_ref().and_then(|it| it.find(words)).map_or(0, |it| it.end());
    if is_thing(part(words, end..words.len())) { end } else { 0 }
}

/// "各单位联络员名单" is 各单位 and 联络员名单: where the name of the one who reports ends.
pub(super) fn owner_end(words: &str) -> usize {
    static OWNER: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^各[\p{Han}、]{0,8}?(?:单位|部门|分局|股室|科室|机构|支行|网点|学校|企业|乡镇|街道|社区|分会|所|局)(?:的)?").ok()
    });
    let end = OWNER.as_ref().and_then(|it| it.find(words)).map_or(0, |it| it.end());
    let rest = part(words, end..words.len());
    if rest.chars().count() >= 2 && is_thing(rest) { end } else { 0 }
}

pub(super) fn via(doc: &Doc, clause: &Clause, parts: &Parts, to: &mut [String]) -> Vec<String> {
    static VIA: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?:通过|经由|利用|以)(?P<v>[^,。;、将]{2,14}?)(?:系统|方式|形式|平台|渠道)?[”》]?(?:报|上报|上传|发送|反馈|提交|$)",
        )
        .ok()
    });
    let mut found: Vec<String> = Vec::new();
    let pre = doc.text.at(parts.pre.clone());
    let pre_all = format!("{pre}{}", doc.text.at(parts.verb.range.clone()));
    if let Some(it) = VIA.as_ref().and_then(|it| it.captures(&pre_all)).and_then(|it| it.name("v")) {
        found.push(it.as_str().trim_matches(['“', '”', '《', '》']).to_owned());
    }
    if pre_all.contains("书面报") || pre.ends_with("书面") {
        found.push("书面".to_owned());
    }
    found.extend(mail_of(to));
    static NEXT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[,;][^,;]{0,6}?\d{1,2}日[^,;]{0,8}?前").ok());
    let rest = doc.text.at(parts.post.end..clause.range.end.max(parts.post.end));
    // A bracket behind the next day belongs to the next thing.
    let next = NEXT.as_ref().and_then(|it| it.find(rest)).map_or(rest.len(), |it| it.start());
    let bracket = part(rest, next..rest.len()).find("(电子").map_or(rest.len(), |it| next + it);
    let rest = part(rest, 0..bracket);
    for word in ["邮箱", "传真", "微信群", "钉钉"] {
        if rest.contains(word) && !found.iter().any(|it| it.contains(word)) {
            found.push(word.to_owned());
        }
    }
    found
}

/// "消保股邮箱": the unit is the addressee, the mailbox the way.
pub(super) fn mail_of(to: &mut [String]) -> Vec<String> {
    let mut found = Vec::new();
    for it in to.iter_mut() {
        for tail in ["电子邮箱", "邮箱", "信箱"] {
            if let Some(unit) = it.strip_suffix(tail).filter(|unit| unit.chars().count() >= 2) {
                found.push(tail.to_owned());
                *it = unit.to_owned();
                break;
            }
        }
    }
    found
}

/// 报告 as a thing ("将活动报告及表格报送"), not as what is done ("1小时内报告").
pub(super) fn names_a_report(before: &str, rest: &str) -> bool {
    let is_done = before.ends_with(['前', '内', '时', '向', '局', '即']);
    rest.strip_prefix("报告").is_some_and(|it| {
        !is_done && it.starts_with(['及', '和', '与', '、', '》', '”', '(', '报', '发', '上', '送', '于', '在'])
    })
}

/// "报送总结(电子版发送至消保股邮箱)": the bracket says where to.
pub(super) fn address_last(doc: &Doc, clause: &Clause, post: &Range<usize>, found: &mut [ReportDuty]) {
    let start = doc.span(clause.range.clone()).start;
    let Some(last) = found.last_mut().filter(|it| it.span.start == start && it.to.is_empty()) else { return };
    let close = doc.text.at(post.clone()).find(')').map_or(post.end, |it| post.start + it);
    last.to = units(doc, post.start..close);
    let by = mail_of(&mut last.to);
    last.via.extend(by.into_iter().filter(|it| !last.via.contains(it)).collect::<Vec<_>>());
}
