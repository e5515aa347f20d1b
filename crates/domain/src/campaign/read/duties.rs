//! Duties to report: who hands in what, to whom, how and by when.
//!
//! Read clause by clause: a verb of reporting (报送, 上报, 反馈, 报, 交) with a day, or a chain (由股汇总后报市局).

use std::ops::Range;
use std::sync::LazyLock;

use gongwen::date::{Kind, Mention};
use gongwen::party;
use gongwen::text::part;
use regex::Regex;

use super::Doc;
use super::duty_parts::{
    address_last, mentions_thing, names_a_report, object, owner_end, strip_ordinal, things, to_before, units, via,
    what_before, what_of_clause,
};
use super::items::is_final;
use crate::campaign::plan::{DateMention, ReportDuty};

static VERB: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<strong>报送|上报|上传|呈报|报至|报到|反馈|报备|书面报|汇总报|报给|送交|送至|提交|交至|交到|发送|发至|传至|寄至|反馈至)(?P<prep>至|到|给|回)?",
        r"|(?P<bare>报|交|送)(?P<prep2>至|到|给|回)?",
        r"|(?P<give>提供|填报|抄送)(?P<prep3>至|到|给)?",
    ))
    .ok()
});

/// Words in which 报, 交, 送 mean something else.
const NOT_A_VERB: &[&str] = &[
    "举报",
    "海报",
    "通报",
    "日报",
    "晚报",
    "申报",
    "汇报",
    "情报",
    "周报",
    "月报",
    "快报",
    "党报",
    "电报",
    "预报",
    "专报",
    "简报",
    "早报",
    "移送",
    "配送",
    "推送",
    "移交",
    "成交",
    "社交",
    "配发至",
    "分发至",
    "下发至",
    "印发至",
    "转发至",
    "提交证据",
    "发送短信",
    "发送宣传",
    "赠送",
    "年报",
    "公报",
    "板报",
    "外交",
    "墙报",
    "回报",
    "必报",
    "零报",
    "画报",
];

const NOT_AFTER: &[&str] = &[
    "报道",
    "报纸",
    "报刊",
    "报名",
    "报告会",
    "报社",
    "报警",
    "报表",
    "报考",
    "报检",
    "报价",
    "交流",
    "交易",
    "交通",
    "交警",
    "交叉",
    "交办",
    "送上",
    "送到线上",
    "送医",
    "送达",
    "送检",
    "送我检",
    "报备案",
    "送温暖",
    "送法",
    "交接",
    "交由",
    "报送程序",
    "送货",
    "报站",
];

pub(super) struct Clause {
    pub(super) range: Range<usize>,
    who: Option<String>,
}

/// Reads the duties of the main part.
pub(super) fn read(doc: &Doc) -> Vec<ReportDuty> {
    let mut found = Vec::new();
    let start = doc.head.end.min(doc.layout.main.end);
    let main = if doc.nodes.is_empty() { doc.layout.main.clone() } else { start..doc.layout.main.end };
    let mut who: Option<String> = None;
    let cover = doc.layout.cover.clone().into_iter().flat_map(|it| clauses(doc, it));
    for clause in cover.chain(clauses(doc, main)) {
        if clause.who.is_some() || clause_opens(doc, &clause.range) {
            who.clone_from(&clause.who);
        }
        read_clause(doc, &clause, &mut who, &mut found);
    }
    if found.is_empty() {
        found.extend(super::duty_sections::read(doc));
    }
    found
}

/// Does the clause begin a new sentence, so that the one who acts must be named again?
fn clause_opens(doc: &Doc, range: &Range<usize>) -> bool {
    doc.text.fold().get(..range.start).is_none_or(|it| it.trim_end().ends_with(['。', '\n']) || it.ends_with('\n'))
}

fn clauses(doc: &Doc, range: Range<usize>) -> Vec<Clause> {
    let words = doc.text.at(range.clone());
    let mut found = Vec::new();
    let mut start = 0;
    let mut depth = 0;
    for (at, c) in words.char_indices().chain([(words.len(), '。')]) {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            '。' | '\n' | ';' if depth == 0 || c == '\n' => {
                depth = 0;
                let clause = range.start + start..range.start + at;
                start = (at + c.len_utf8()).min(words.len());
                let clause = doc.text.trim(clause, "");
                if !clause.is_empty() {
                    found.push(Clause { who: subject(doc, &clause), range: clause });
                }
            }
            _ => {}
        }
    }
    found
}

/// Who acts: "各单位要…", "请各单位于…", "由各所报送", "局属各单位要将…".
fn subject(doc: &Doc, clause: &Range<usize>) -> Option<String> {
    static WHO: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        [
            r"^(?:\d{1,2}[.、]|[一二三四五六七八九十]+[、.]|\([一二三四五六七八九十\d]+\)|第[一二三四五六七八九十][,、])?(?:[^,。;:]{2,10}:)?(?:请|要求)?(?P<who>(?:[\p{Han}]{0,8})各[\p{Han}、()（）和及与\d]{1,28}?)(?:要|应|须|需|请|将|于|在|对|按|每|务必|认真|\d|的(?:方案|总结)|上报|报送|,)",
            r"请(?P<who>各[\p{Han}、()]{1,20}?)(?:于|在|将|按|认真|\d|每)",
            r"由(?P<who>[\p{Han}、()]{2,20}?)(?:报送|上报|汇总|负责报送|统一)",
            r"^(?:\d{1,2}[.、]|[一二三四五六七八九十]+[、.]|\([一二三四五六七八九十\d]+\)|第[一二三四五六七八九十][,、])?(?:[^,。;:]{2,10}[:。])?(?P<who>[\p{Han}\d、()]{2,24}?)(?:要|应|须)(?:将|于|在|每|制定|及时|按|\d)",
        ]
        .into_iter()
        .filter_map(|it| Regex::new(it).ok())
        .collect()
    });
    let words = doc.text.at(clause.clone());
    let found = WHO.iter().find_map(|it| it.captures(words)?.name("who"))?;
    let name = found.as_str().trim_start_matches("请");
    let looks = name.contains('各') || party::is_unit(name);
    let is_time = name.contains(['年', '月', '日']) && !name.contains('各');
    (looks && !is_time).then(|| {
        doc.text.show(clause.start + found.start()..clause.start + found.end()).trim_start_matches('请').to_owned()
    })
}

#[derive(Debug, Clone)]
pub(super) struct Verb {
    pub(super) range: Range<usize>,
    pub(super) has_prep: bool,
    pub(super) is_strong: bool,
}

fn verbs(doc: &Doc, clause: &Range<usize>) -> Vec<Verb> {
    let words = doc.text.at(clause.clone());
    let mut found = Vec::new();
    for caps in VERB.iter().flat_map(|it| it.captures_iter(words)) {
        let Some(all) = caps.get(0) else { continue };
        let before = part(words, 0..all.start());
        let around_start = before.char_indices().next_back().map_or(0, |it| it.0);
        let around = part(words, around_start..words.len());
        let rest = part(words, all.start()..words.len());
        let is_bare = caps.name("bare").is_some();
        let is_other = NOT_A_VERB.iter().any(|it| around.starts_with(it))
            && (is_bare || caps.name("strong").is_some_and(|it| !it.as_str().starts_with('上')))
            || NOT_AFTER.iter().any(|it| rest.starts_with(it))
            || is_bare && names_a_report(before, rest);
        let follows_mark = rest.strip_prefix(all.as_str()).is_some_and(|it| it.starts_with(['“', '”', '》', '、']));
        let in_quotes = before.matches('“').count() > before.matches('”').count()
            || before.matches('《').count() > before.matches('》').count();
        if is_other || is_bare && follows_mark || in_quotes {
            continue;
        }
        let has_prep = caps.name("prep").or(caps.name("prep2")).or(caps.name("prep3")).is_some()
            || caps.name("strong").is_some_and(|it| it.as_str().ends_with(['至', '到', '给']));
        found.push(Verb {
            range: clause.start + all.start()..clause.start + all.end(),
            has_prep: has_prep || is_bare || all.as_str() == "书面报" || all.as_str() == "汇总报",
            is_strong: caps.name("strong").is_some(),
        });
    }
    found
}

fn read_clause(doc: &Doc, clause: &Clause, who: &mut Option<String>, found: &mut Vec<ReportDuty>) {
    let verbs = verbs(doc, &clause.range);
    if verbs.is_empty() {
        return;
    }
    let is_due = |it: &Mention| is_final(it) || verbs.iter().any(|verb| verb.range.start == it.range.end);
    let mut days: Vec<Mention> = doc.mentions(clause.range.clone()).into_iter().filter(is_due).collect();
    days.retain(|it| !doc.text.at(it.range.clone()).ends_with("期间"));
    let mut from = clause.range.start;
    for (n, verb) in verbs.iter().enumerate() {
        let next_start = verbs.get(n + 1).map_or(clause.range.end, |it| it.range.start);
        let mut mine: Vec<&Mention> =
            days.iter().filter(|it| from <= it.range.start && it.range.end <= verb.range.start).collect();
        if mine.len() > 1 {
            mine.retain(|it| it.kind != Kind::Relative);
        }
        let after_end = post_end(doc, verb.range.end, clause.range.end, &days);
        let pre = from..verb.range.start;
        let post = verb.range.end..after_end.min(next_start.max(verb.range.end));
        let is_chain = is_chain(doc, &pre);
        let pre_words = doc.text.at(pre.clone());
        let is_copy = doc.text.at(verb.range.clone()).starts_with("抄送")
            || pre_words.ends_with("同时") && doc.text.at(verb.range.clone()).contains('报');
        let is_copy = is_copy && mine.is_empty() && n > 0;
        let asks = verb.is_strong
            && days.is_empty()
            && doc.text.at(verb.range.clone()).contains('报')
            && mentions_thing(doc.text.at(pre.start..post.end))
            && is_demand(doc, clause, pre_words);
        if mine.is_empty() && !(is_chain || asks || is_copy) {
            let before = doc.text.at(clause.range.start..verb.range.start);
            if verb.has_prep && before.rfind('(') > before.rfind(')') {
                address_last(doc, clause, &(verb.range.end..clause.range.end), found);
            } else if pre_words.trim_end().ends_with(['均', '都'])
                || pre_words.ends_with("统一")
                || pre_words.ends_with("一并")
            {
                address_all(doc, clause, &post, found);
            }
            continue;
        }
        if mine.is_empty()
            && !is_chain
            && !is_copy
            && found.iter().any(|it| doc.span(clause.range.clone()).start <= it.span.start)
        {
            continue;
        }
        let parts = Parts { pre: pre.clone(), post: post.clone(), verb: verb.clone(), is_copy };
        let n_before = found.len();
        let (sentence, paragraph) =
            (opens_at(doc, &clause.range, &['。', '\n']), opens_at(doc, &clause.range, &['\n']));
        push(doc, clause, &parts, &mine, who, found);
        let given = InClause { is_chain: is_chain || is_chain_of_units(doc, &parts, n), is_copy, sentence, paragraph };
        given.hand_on(n_before, found);
        from = after_end.max(verb.range.end);
    }
}

/// "各单位要结合实际…" is 各单位; "办公室于3月20日前" is 办公室.
fn name_alone(who: &str) -> String {
    let cut = who.match_indices(['要', '须', '将', '于']).map(|it| it.0);
    let mut cut =
        cut.filter(|at| !part(who, 0..*at).ends_with(['主', '重', '必']) && part(who, 0..*at).chars().count() >= 2);
    part(who, 0..cut.next().unwrap_or(who.len())).trim_end_matches(['，', ',']).to_owned()
}

/// Where the sentence or the paragraph of a clause begins, as a place of the source.
fn opens_at(doc: &Doc, clause: &Range<usize>, marks: &[char]) -> usize {
    let before = doc.text.at(0..clause.start);
    let cut = before
        .rfind(marks)
        .map_or(0, |it| it + before.get(it..).and_then(|it| it.chars().next()).map_or(1, char::len_utf8));
    doc.span(cut..clause.start.max(cut)).start
}

/// "3月上旬报送A,3月20日前报送B,均报县消协": the addressee of every thing of the clause.
fn address_all(doc: &Doc, clause: &Clause, post: &Range<usize>, found: &mut [ReportDuty]) {
    let to = units(doc, post.clone());
    let start = doc.span(clause.range.clone()).start;
    for it in found.iter_mut().filter(|it| it.span.start == start && it.to.is_empty()) {
        it.to.clone_from(&to);
    }
}

/// "汇总后", or another unit that sends on what came to it in the clause before.
fn is_chain_of_units(doc: &Doc, parts: &Parts, n: usize) -> bool {
    n > 0 && doc.text.at(parts.pre.clone()).starts_with(',') && doc.text.at(parts.post.clone()).is_empty()
}

/// What a later step of a clause takes over from the step before it.
struct InClause {
    is_chain: bool,
    is_copy: bool,
    /// Where its sentence and its paragraph begin in the source.
    sentence: usize,
    paragraph: usize,
}

impl InClause {
    fn hand_on(&self, n_before: usize, found: &mut [ReportDuty]) {
        let Some((earlier, new)) = found.split_at_mut_checked(n_before) else { return };
        let Some(last) = earlier.last().filter(|it| it.span.start >= self.paragraph).cloned() else { return };
        let is_same_sentence = last.span.start >= self.sentence;
        for it in new {
            if it.what.is_empty() && (self.is_chain || self.is_copy) {
                it.what.clone_from(&last.what);
            }
            if it.to.is_empty() && is_same_sentence {
                it.to.clone_from(&last.to);
            }
            if self.is_copy {
                it.who = last.who.clone();
            }
        }
    }
}

fn is_demand(doc: &Doc, clause: &Clause, pre: &str) -> bool {
    let whole = doc.text.at(clause.range.clone());
    let done = ["已报", "已上报", "报送了"].iter().any(|it| whole.contains(it));
    !done && (pre.contains('将') || pre.contains("结束后") || pre.ends_with("负责"))
}

fn is_chain(doc: &Doc, pre: &Range<usize>) -> bool {
    let words = doc.text.at(pre.clone());
    words.contains("汇总") || words.contains("审核后") || words.contains("整理后") || words.contains("收齐后")
}

/// The object of a verb ends at a comma, or where the next day begins.
fn post_end(doc: &Doc, start: usize, end: usize, days: &[Mention]) -> usize {
    let stop = days.iter().map(|it| it.range.start).find(|it| *it >= start).unwrap_or(end);
    let words = doc.text.at(start..stop);
    let mut depth = 0;
    for (at, c) in words.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return start + at,
            ')' => depth -= 1,
            ',' | ':' if depth == 0 => return start + at,
            _ => {}
        }
    }
    // The thing of the next day stands before it: "…,全月总结于7月1日前报送".
    stop
}

pub(super) struct Parts {
    pub(super) pre: Range<usize>,
    pub(super) post: Range<usize>,
    pub(super) verb: Verb,
    /// 抄送: the same things to another unit as well.
    pub(super) is_copy: bool,
}

fn push(
    doc: &Doc,
    clause: &Clause,
    parts: &Parts,
    days: &[&Mention],
    who: &mut Option<String>,
    found: &mut Vec<ReportDuty>,
) {
    let named = chain_subject(doc, &parts.pre).or_else(|| local_subject(doc, &parts.pre, days));
    if let Some(named) = named {
        *who = Some(named);
    }
    let (mut what_after, to_after) = object(doc, parts);
    let to_before = to_before(doc, &parts.pre);
    let mut to = if to_after.is_empty() { to_before } else { to_after };
    let via = via(doc, clause, parts, &mut to);
    let base = |due: Option<DateMention>, what: Vec<String>| ReportDuty {
        who: who.as_deref().map(name_alone),
        what,
        to: to.clone(),
        via: via.clone(),
        due,
        span: doc.span(clause.range.clone()),
    };
    if days.len() < 2 {
        let day = days.first();
        let mut what = what_before(doc, &parts.pre, day.copied());
        what.extend(made_before(doc, parts).filter(|_| what.is_empty()));
        if what.is_empty() {
            what = std::mem::take(&mut what_after);
        }
        if what.is_empty() && !is_chain(doc, &parts.pre) {
            what = what_of_clause(doc, clause, parts);
        }
        let is_chain = is_chain(doc, &parts.pre);
        if what.is_empty() && !is_chain && !parts.is_copy && !parts.verb.is_strong {
            return;
        }
        if !is_chain && !parts.verb.is_strong && !what.iter().any(|it| mentions_thing(it)) && to.is_empty() {
            return;
        }
        found.push(base(day.map(|it| doc.date_mention(it)), what));
        return;
    }
    for (day, what) in thing_of_each_day(doc, parts, days, &what_after) {
        found.push(base(Some(doc.date_mention(day)), what));
    }
}

/// "5月28日前将方案、6月20日前将小结报县办": each day has its own thing.
fn thing_of_each_day<'a>(
    doc: &Doc,
    parts: &Parts,
    days: &[&'a Mention],
    what_after: &[String],
) -> Vec<(&'a Mention, Vec<String>)> {
    let mut found = Vec::new();
    for (n, day) in days.iter().enumerate() {
        let end = days.get(n + 1).map_or(parts.verb.range.start, |it| it.range.start);
        let mut what = things(doc, day.range.end..end);
        if n + 1 == days.len() && what.is_empty() {
            what = what_after.to_vec();
        }
        if what.is_empty() {
            let start =
                if n == 0 { parts.pre.start } else { days.get(n - 1).map_or(parts.pre.start, |it| it.range.end) };
            what = what_before(doc, &(start..day.range.end), Some(day));
        }
        if !what.is_empty() || n + 1 == days.len() {
            found.push((*day, what));
        }
    }
    found
}

/// "汇总形成总结报省局": the thing that the clause before the verb makes.
fn made_before(doc: &Doc, parts: &Parts) -> Option<String> {
    let words = doc.text.at(parts.pre.clone());
    let at = ["形成", "汇总成"].iter().find_map(|it| words.rfind(it).map(|at| at + it.len()))?;
    let thing = part(words, at..words.len()).trim_end_matches(['后', ',', '并']);
    let is_thing = mentions_thing(thing) && thing.chars().count() <= 16 && !thing.contains(',');
    is_thing.then(|| doc.text.show(parts.pre.start + at..parts.pre.start + at + thing.len()))
}

/// "由消保股汇总", "消保科汇总后": who passes it on.
fn chain_subject(doc: &Doc, pre: &Range<usize>) -> Option<String> {
    static WHO: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?:由|^|,|;)(?P<who>[\p{Han}\d]{2,16}?)(?:负责)?(?:统一)?(?:汇总|收齐|整理|审核)").ok()
    });
    let words = doc.text.at(pre.clone());
    let found = WHO.as_ref()?.captures_iter(words).last()?.name("who")?;
    Some(doc.text.show(pre.start + found.start()..pre.start + found.end()).trim_start_matches('由').to_owned())
}

/// "3月17日前各股室、所报送": the one who acts between day and verb; "各所、分会3月3日前上报": before the day.
fn local_subject(doc: &Doc, pre: &Range<usize>, days: &[&Mention]) -> Option<String> {
    let day = days.last()?;
    let between = doc.text.trim(day.range.end..pre.end, ", 由");
    let words = doc.text.at(between.clone());
    if words.starts_with('各') && words.chars().count() <= 24 && !words.contains('将') && !words.contains('向') {
        return Some(doc.text.show(between));
    }
    let first = days.first()?;
    let before = doc.text.at(pre.start..first.range.start).trim_end_matches(['于', '在', ',', '请', '要', '应']);
    let clause = before.rsplit([',', ':', ';']).next().unwrap_or("");
    let clause = strip_ordinal(clause);
    let start = pre.start + before.len() - clause.len();
    let name = clause.trim_start_matches('请');
    let owner = owner_end(name);
    let name = if owner > 0 { part(name, 0..owner).trim_end_matches('的') } else { name };
    let clause = if owner > 0 { part(clause, 0..clause.find(name).unwrap_or(0) + name.len()) } else { clause };
    let is_who = (name.starts_with('各') || party::is_unit(name))
        && name.chars().count() <= 40
        && !name.contains('将')
        && !name.contains("的");
    is_who.then(|| doc.text.show(start + (clause.len() - name.len())..start + clause.len()))
}

/// A mention that bounds a duty.
pub(super) fn is_dated(it: &ReportDuty) -> bool {
    it.due.as_ref().is_some_and(|due| due.end.is_some())
        && it.due.as_ref().map(|due| due.kind) != Some(crate::campaign::plan::DateKind::Recurring)
}
