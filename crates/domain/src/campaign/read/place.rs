//! Where it takes place: 地点：X, 在X举办, 主会场设在X.

use std::ops::Range;
use std::sync::LazyLock;

use gongwen::text::part;
use regex::Regex;

/// Keys of a place: "地点:X".
const KEYS: &[&str] = &["地点", "会场地址", "举办地", "集合地"];

/// "主会场设在X".
const VENUES: &[&str] = &["会场", "咨询点", "服务点", "现场"];
const VENUE_LINKS: &[&str] = &["设在", "设于", "位于", "定在", "安排在"];

/// Verbs behind "在X".
const VERBS: &[&str] = &[
    "举办", "举行", "开展", "设", "召开", "组织", "进行", "摆放", "悬挂", "集会", "开放", "播放", "启动", "宣传",
    "值守", "值班", "展销", "展示", "展出", "义诊", "慰问", "座谈", "集合", "参观", "演出", "培训", "宣讲", "授课",
    "接待", "布置", "免费", "检定", "发放", "讲解", "受理", "接受",
];
const ADVERBS: &[&str] = &["分别", "同步", "集中", "统一", "联合", "现场", "隆重", "组织", "共同"];

const ENDS: &[&str] = &[
    "广场",
    "公园",
    "超市",
    "市场",
    "商场",
    "门口",
    "门前",
    "路口",
    "礼堂",
    "酒店",
    "宾馆",
    "大厅",
    "医院",
    "学校",
    "小学",
    "中学",
    "大学",
    "学院",
    "社区",
    "公司",
    "购物中心",
    "珠宝城",
    "分场点",
    "馆",
    "会议室",
    "活动室",
    "报告厅",
    "演播厅",
    "多功能厅",
    "会议中心",
    "服务中心",
    "文化中心",
    "会展中心",
    "中心",
    "夜市",
    "早市",
    "集市",
    "活动中心",
    "影剧院",
    "剧院",
    "车站",
    "体育场",
    "体育馆",
    "景区",
    "步行街",
    "大厦",
    "辖区",
    "教育基地",
    "基地",
    "院内",
    "大院",
    "路上",
    "街上",
    "步行街上",
    "路两侧",
    "街两侧",
    "两侧",
    "商城",
    "商厦",
    "城",
    "村",
    "街",
    "路",
    "大道",
    "养老院",
    "一中",
    "二中",
    "三中",
    "敬老院",
    "日照中心",
    "照料中心",
    "银行",
    "园",
    "国际",
    "礼堂内",
    "楼前",
    "楼大厅",
    "东门",
    "南门",
    "西门",
    "北门",
    "正门",
    "广场东侧",
    "东侧",
    "西侧",
    "南侧",
    "北侧",
    "广场上",
    "区",
    "口岸",
    "码头",
    "影院",
    "检测中心",
    "实验室",
    "检验室",
    "站",
];

const NOT_A_PLACE: &[&str] = &[
    "各",
    "重点",
    "当地",
    "全",
    "辖区",
    "本",
    "期间",
    "社会",
    "网",
    "公众号",
    "媒体",
    "平台",
    "消费",
    "工作",
    "活动",
    "方面",
    "基础",
    "行业",
    "领域",
    "前期",
    "此",
    "现场",
    "会上",
    "报",
    "其",
    "有关",
    "相关",
    "人员",
    "密集",
    "以下",
    "醒目",
    "年",
    "主要",
    "所在",
    "电视",
    "微信",
    "重大",
    "前提",
    "范围",
    "监管",
    "系统",
    "机制",
    "繁华",
    "城区",
];

/// Finds the places in a folded text.
pub(super) fn scan(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    keyed(text, &mut found);
    venues(text, &mut found);
    spoken(text, &mut found);
    found.sort_by_key(|it| (it.start, std::cmp::Reverse(it.end)));
    let mut kept: Vec<Range<usize>> = Vec::new();
    for it in found {
        let words = part(text, it.clone());
        if is_listed_kind(text, &it) {
            continue;
        }
        if !words.is_empty() && !kept.iter().any(|other| it.start < other.end || part(text, other.clone()) == words) {
            kept.push(it);
        }
    }
    kept
}

/// A range from a place on up to one of the marks.
fn until(text: &str, start: usize, stops: &[char]) -> Range<usize> {
    let rest = part(text, start..text.len());
    start..start + rest.find(stops).unwrap_or(rest.len())
}

/// "地点:X", "地点设在X".
fn keyed(text: &str, found: &mut Vec<Range<usize>>) {
    const NOT_YET: &[&str] = &["另行", "待定", "另定", "由", "自定", "自行", "不限", "、", "和", "及"];
    for key in KEYS {
        for (at, _) in text.match_indices(key) {
            if part(text, 0..at).ends_with("时间") || part(text, 0..at).ends_with("时间、") {
                continue;
            }
            let after = part(text, at + key.len()..text.len());
            let link = [":", "为", "是", "设在", "定在", "在"].iter().find(|it| after.starts_with(**it));
            let start = at + key.len() + link.map_or(0, |it| it.len());
            let value = until(text, start, &['。', ';', '\n', '|']);
            let value = value.start..cut_key(text, value);
            let words = part(text, value.clone());
            // "(3月15日,地点:人民广场)": the bracket was opened before the place.
            let close = words.find(')').filter(|at| !part(words, 0..*at).contains('('));
            let value = value.start..value.start + close.unwrap_or(words.len());
            let words = part(text, value.clone());
            let is_open = NOT_YET.iter().any(|it| words.starts_with(it)) || words.chars().count() < 2;
            if !is_open && (link == Some(&":") || link.is_some() && words.chars().count() <= 20 || is_place(words)) {
                found.extend(split(text, value));
            }
        }
    }
}

/// "主会场设在X", "沿X两侧".
fn venues(text: &str, found: &mut Vec<Range<usize>>) {
    for link in VENUE_LINKS {
        for (at, _) in text.match_indices(link) {
            let before = part(text, 0..at);
            let before = before.strip_suffix("分别").unwrap_or(before);
            let value = until(text, at + link.len(), &['。', ';', ',', '\n', '|', ')']);
            let words = part(text, value.clone());
            if VENUES.iter().any(|it| before.ends_with(it))
                && words.chars().count() >= 2
                && !NOT_A_PLACE.iter().any(|it| words.starts_with(it))
            {
                found.extend(split(text, value));
            }
        }
    }
    for (at, word) in text.match_indices('沿') {
        let value = until(text, at + word.len(), &[',', '。', ';', '\n']);
        let words = part(text, value.clone());
        let end = ["两侧", "沿线", "一线"].iter().filter_map(|it| words.find(it).map(|at| at + it.len())).min();
        if let Some(end) = end.filter(|it| part(words, 0..*it).chars().count() <= 18) {
            found.push(value.start..value.start + end);
        }
    }
}

/// "在X举办", "走进X开展".
fn spoken(text: &str, found: &mut Vec<Range<usize>>) {
    let mut from = 0;
    for (at, c) in text.char_indices() {
        let rest = part(text, at..text.len());
        let head = match c {
            '在' | '赴' => c.len_utf8(),
            '走' if rest.starts_with("走进") => "走进".len(),
            _ => continue,
        };
        if at < from {
            continue;
        }
        let clause = until(text, at + head, &[',', '。', ';', ':', '\n', '在', '到', '于']);
        let words = part(text, clause.clone());
        let second = words.char_indices().nth(2).map_or(words.len(), |it| it.0);
        let verb = VERBS.iter().filter_map(|it| part(words, second..words.len()).find(it)).min();
        // "在中心广场,开展…": the comma parts place and verb.
        let verb = verb.map(|it| second + it).or_else(|| {
            let rest = part(text, clause.end..text.len()).strip_prefix(',')?;
            (VERBS.iter().any(|it| rest.starts_with(it)) && is_place(words)).then_some(words.len())
        });
        // "3月15日下午,在县垃圾填埋场。": nothing but the place.
        let verb = verb.or_else(|| {
            let is_alone = part(text, 0..at).ends_with([',', '。'])
                && part(text, clause.end..text.len()).starts_with(['。', ';', '\n'])
                && words.chars().count() <= 16;
            (is_alone && (is_place(words) || words.ends_with('场'))).then_some(words.len())
        });
        let Some(verb) = verb else { continue };
        let mut value = part(words, 0..verb);
        // "在中学礼堂为学生讲解": whom it is for stands between.
        let whom = value.char_indices().skip(2).find(|it| "为向对给与".contains(it.1)).map(|it| part(value, 0..it.0));
        if let Some(place) = whom.filter(|it| is_place(it)) {
            value = place;
        }
        while let Some(shorter) = ADVERBS.iter().find_map(|it| value.strip_suffix(*it)) {
            value = shorter;
        }
        from = clause.start + value.len();
        if value.chars().count() > 60 || NOT_A_PLACE.iter().any(|it| value.starts_with(it)) {
            continue;
        }
        let pieces = split(text, clause.start..from);
        found.extend(
            pieces.into_iter().filter(|it| is_place(part(text, it.clone())) || part(text, it.clone()).ends_with("场")),
        );
    }
}

/// "走进社区", "进两个商场": a kind of place, not one.
fn is_kind_of_place(words: &str) -> bool {
    [
        "社区",
        "学校",
        "校园",
        "超市",
        "市场",
        "农贸市场",
        "集贸市场",
        "商场",
        "商超",
        "商圈",
        "广场",
        "公园",
        "景区",
        "医院",
        "村",
        "农村",
        "乡村",
        "街道",
        "企业",
        "车站",
    ]
    .contains(&words)
        || words.starts_with(|it: char| it.is_ascii_digit() || "一二两三四五六七八九十".contains(it))
            && words.chars().nth(1).is_some_and(|it| "个所家处座".contains(it))
}

/// 市场 of “走进商场、市场、超市”: one kind of place in a list, no place of its own.
fn is_listed_kind(text: &str, at: &Range<usize>) -> bool {
    let is_in_list = part(text, 0..at.start).ends_with('、') || part(text, at.end..text.len()).starts_with('、');
    is_in_list && is_kind_of_place(part(text, at.clone()))
}

/// A value ends where the next key begins: "地点区政府礼堂,责任人骆某".
fn cut_key(text: &str, value: Range<usize>) -> usize {
    static NEXT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"[,、 ]?(?:责任|牵头|承办|主办|参加|参与|联系|时间|活动时间|由|开展|举办|举行|组织|现场|活动内容|设)",
        )
        .ok()
    });
    let words = part(text, value.clone());
    let found = NEXT.iter().flat_map(|it| it.find_iter(words)).find(|it| it.start() > 0);
    found.map_or(value.end, |it| value.start + it.start())
}

fn split(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let words = part(text, range.clone());
    let mut pieces = Vec::new();
    let (mut start, mut depth) = (0, 0);
    for (at, c) in words.char_indices().chain([(words.len(), '、')]) {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            '、' | ';' if depth <= 0 => {
                pieces.push(range.start + start..range.start + at);
                start = (at + c.len_utf8()).min(words.len());
            }
            _ => {}
        }
    }
    pieces.into_iter().map(|it| tidy(text, it)).filter(|it| !it.is_empty()).collect()
}

fn tidy(text: &str, range: Range<usize>) -> Range<usize> {
    let words = part(text, range.clone()).trim_end();
    let words = words.trim_end_matches(['等', ',', ' ']);
    let cut = ["等场所", "等地点", "等地", "等处", "等人员密集场所", "等公共场所"]
        .iter()
        .find_map(|it| words.strip_suffix(*it))
        .unwrap_or(words);
    let left = cut.trim_start_matches([' ', '在', ':']);
    let start = range.start + (cut.len() - left.len());
    start..start + left.len()
}

fn is_place(words: &str) -> bool {
    let bare = match (words.ends_with(')'), words.find('(')) {
        (true, Some(open)) => part(words, 0..open),
        _ => words,
    };
    let n = bare.chars().count();
    (2..=30).contains(&n)
        && ENDS.iter().any(|it| bare.ends_with(it))
        && !NOT_A_PLACE.iter().any(|it| bare.starts_with(it))
        && !is_kind_of_place(bare)
        && !bare.contains(['“', '《', '月'])
        && ![
            "公众号",
            "网站",
            "栏目",
            "领域",
            "地区",
            "区域",
            "小区",
            "各区",
            "全区",
            "全市",
            "微信",
            "全县",
            "我区",
            "我市",
            "“3",
            "社会",
            "专区",
            "教育区",
        ]
        .iter()
        .any(|it| bare.ends_with(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let found: Vec<&str> = scan(text).into_iter().map(|it| part(text, it)).collect();
        assert_eq!(found.join("+"), expected, "{text}");
    }

    #[test]
    fn places_are_found_and_channels_are_not() {
        check("在宝山购物广场设立主会场,各所在重点市场、商场设立分会场。", "宝山购物广场");
        check("3月11日、3月12日,分别在惠民市场、鑫源超市开展,现场公布。", "惠民市场+鑫源超市");
        check("地点区政府礼堂,责任人李某", "区政府礼堂");
        check("主会场活动地点:桃源广场\n牵头单位:县局", "桃源广场");
        check("集中在银滩广场(好又多超市旁)设咨询服务台", "银滩广场(好又多超市旁)");
        check("在局公众号、政务网站和商圈大屏发布海报", "");
        check("在全市范围内组织开展系列活动", "");
        check("在老年日照中心等场所开展大讲堂", "老年日照中心");
        check("时间地点另行通知", "");
        check("主会场设在博物馆广场。", "博物馆广场");
        check("走进商场、市场、超市开展宣传。", "");
        check("各所在商场、市场、超市举办咨询活动。", "");
        check("活动地点:广场、超市、惠民市场\n", "惠民市场");
    }
}
