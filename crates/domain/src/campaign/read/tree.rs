//! The outline as a tree, and what the headings of a plan mean.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use gongwen::outline::{Marker, Style};
use gongwen::text::{Text, part};
use regex::Regex;

/// One item of the outline with everything below it.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) style: Style,
    pub(super) number: u32,
    /// The marker alone.
    pub(super) marker: Range<usize>,
    /// The words after the marker up to the next marker of any depth.
    pub(super) own: Range<usize>,
    /// Marker, own words and everything below.
    pub(super) all: Range<usize>,
    pub(super) children: Vec<Node>,
}

/// Builds the tree of the markers that stand in a range.
pub(super) fn build(markers: &[Marker], body: &Range<usize>) -> Vec<Node> {
    let inside: Vec<&Marker> =
        markers.iter().filter(|it| body.start <= it.range.start && it.range.end <= body.end).collect();
    nodes(&inside, body.end)
}

fn nodes(markers: &[&Marker], end: usize) -> Vec<Node> {
    let mut found = Vec::new();
    let mut rest = markers;
    while let Some((first, after)) = rest.split_first() {
        let n_below = after.iter().take_while(|it| it.depth > first.depth).count();
        let (below, next) = after.split_at(n_below);
        let close = next.first().map_or(end, |it| it.range.start);
        let own_end = below.first().map_or(close, |it| it.range.start);
        found.push(Node {
            style: first.style,
            number: first.number,
            marker: first.range.clone(),
            own: first.range.end..own_end,
            all: first.range.start..close,
            children: nodes(below, close),
        });
        rest = next;
    }
    found
}

/// What a section of a plan is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Purpose,
    Theme,
    Slogan,
    Name,
    Time,
    Place,
    Organisation,
    Participants,
    /// What to speak about: not an activity while another section names activities.
    Focus,
    Activities,
    Requirements,
    Reports,
    /// Its heading is itself something to do.
    Item,
    Unknown,
}

static HEADINGS: LazyLock<Vec<(Section, Regex)>> = LazyLock::new(|| {
    [
        (Section::Purpose, r"^(?:指导思想(?:和工作目标|及目标)?|总体要求|总体目标|总体思路|工作目标|活动目标|活动宗旨|活动目的|工作思路|活动意义|活动背景|基本原则|工作原则|目的意义|目标任务|宗旨|目的|依据)"),
        (Section::Slogan, r"^(?:主题口号|宣传口号|活动口号|宣传标语|口号)"),
        (Section::Name, r"^(?:活动(?:的)?名称|名称)$"),
        (Section::Theme, r"^(?:(?:活动|宣传|年度|年|本次)?(?:的)?(?:名称(?:及|和|与))?(?:活动)?主题(?:及口号|和口号)?$|活动的?主题|宣传主题|年主题|主题$)"),
        (Section::Reports, r"^.{0,6}(?:报送|上报|信息报告|总结报告)(?:要求|工作|事项|安排|内容|时间|方式|渠道|材料)?$|^(?:活动|工作)?总结(?:报告|上报|报送|评估|与评估)?$|^(?:材料|信息|总结|工作|数据|情况)报送"),
        (Section::Organisation, r"领导小组|组委会|^(?:组织(?:领导|机构|架构|体系)|机构设置|工作机构|领导机构|成立组织|工作专班)"),
        (Section::Requirements, r"(?:要求|保障措施|注意事项|工作纪律|组织保障|工作保障|有关事项|其他事项|保障机制|纪律)$|^(?:工作|活动|具体|有关|相关|几点|组织)?(?:的)?要求|^保障措施|^注意事项"),
        (Section::Time, r"^(?:活动|宣传|实施|起止|举办|具体|工作|值守|值班|开展|执行)?(?:的)?时间(?:安排|支配|节点|步骤)?(?:(?:、|和|及|与)(?:活动)?地点)?$|^(?:活动|宣传)(?:的)?(?:时间|日期|周期)|^时间(?:安排|支配)"),
        (Section::Place, r"^(?:活动|举办|宣传)?(?:的)?地点"),
        (Section::Participants, r"^(?:参加|参与|主办|承办|协办|组织|责任|活动|宣传)?(?:单位|对象|人员|范围|部门)(?:及分工)?$|^(?:参加|参与|主办|承办)(?:单位|对象|人员|部门)"),
        (Section::Focus, r"^(?:宣传|活动|工作)?(?:重点|要点)(?:内容)?$|^宣传内容"),
        (Section::Requirements, r"^(?:加强(?:组织)?领导|强化(?:组织)?领导|高度重视|提高(?:思想)?认识|落实责任|严守纪律|严明纪律|加强督查)"),
        (Section::Item, r"^(?:开展|举办|召开|组织开展|组织召开|举行|发布|强化|加强|推进|深化|深入|畅通|取消|做好|集中|严厉|公布|加大|实施|规范|整治|制作)"),
        (Section::Activities, r"(?:内容|安排|任务|形式|项目|步骤|措施|分工|方法|方式|日程|计划|举措|清单|流程|过程|环节|议程|重点工作|工作重点|主要活动|重点活动|系列活动|活动设置|活动板块|怎么做|做法)(?:$|[及和与、(])|^(?:主要|重点|系列|具体|特色|专题|专项)?活动$"),
    ]
    .into_iter()
    .filter_map(|(section, pattern)| Some((section, Regex::new(pattern).ok()?)))
    .collect()
});

/// Headings by which running text without line breaks is told apart.
static RUN_ON: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:指导思想(?:和工作目标)?|总体要求|工作目标|活动(?:的)?(?:主题|名称|宗旨|目的|时间(?:安排)?|形式和内容|内容(?:及工作安排|和形式)?|安排|形式|要求|地点)|主要(?:内容|任务|活动)|重点任务|工作(?:要求|内容|任务|安排|措施)|具体(?:要求|安排|措施)|时间安排|组织(?:领导|机构|保障)|方法步骤|实施步骤|保障措施|有关要求|几点要求|报送要求|参加单位|宣传(?:重点|内容|形式|主题)|形式和内容|要求|活动安排(?:、活动内容|及内容)?)").ok()
});

/// The heading of a section: its first line up to a full stop or colon; in running text the words everyone uses for headings.
pub(super) fn heading(text: &Text, node: &Node) -> Range<usize> {
    let own = text.trim(node.own.clone(), "");
    let words = text.at(own.clone());
    let stop = words.find(['\n', '。', ':', ';']).unwrap_or(words.len());
    let head = part(words, 0..stop);
    if let Some(found) = RUN_ON.as_ref().and_then(|it| it.find(head))
        && !part(head, found.end()..head.len()).starts_with([
            '及', '和', '与', '、', '(', '安', '内', '形', '方', '工', '要', '步', '分', '表', '支', '口', '节',
        ])
    {
        return own.start..own.start + found.end();
    }
    text.trim(own.start..own.start + stop, "")
}

/// Which section a heading opens.
pub(super) fn section_of(heading: &str) -> Section {
    let heading = heading.trim_end_matches([':', '。', ' ']);
    let is_sentence = heading.contains(',') && heading.chars().count() > 6;
    let found = HEADINGS.iter().find(|it| it.1.is_match(heading)).map_or(Section::Unknown, |it| it.0);
    match found {
        Section::Activities | Section::Requirements | Section::Reports if is_sentence => Section::Unknown,
        found => found,
    }
}

static SLOT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:活动|具体|宣传|举办|主会场|分会场|主会场活动|分会场活动|培训|竞赛|主要|工作|完成|组织|责任|牵头|承办|主办|配合|协办|参加|参与|参会|启动)*(?:时间|地点|内容|形式|对象|方式|目的|主题|要求|人员|单位|部门|科室|股室|责任人|目标|范围|步骤|时限|联系人|任务|安排|分工|领导|流程|议程|规模|会场)(?:(?:和|及|、)[\p{Han}]{2,4})?:").ok()
});

/// "1、时间:…": a field of the item above, not an item.
pub(super) fn is_slot(text: &Text, node: &Node) -> bool {
    SLOT.as_ref().is_some_and(|it| it.is_match(text.at(node.own.clone()).trim_start()))
}

/// "活动基本信息": name, time, place and hosts, one a line.
pub(super) fn is_head_block(text: &Text, node: &Node) -> bool {
    let words = text.at(heading(text, node));
    let is_named = ["基本信息", "基本情况", "活动概况", "活动简介", "活动概述"].iter().any(|it| words.ends_with(it));
    is_named && node.children.is_empty() && text.at(node.own.clone()).contains("时间:")
}

/// Headings that stand on lines of their own without a number (活动内容, 工作要求:) open sections, where no numbered item does.
pub(super) fn with_plain_headings<'a>(text: &Text, markers: &'a [Marker], main: &Range<usize>) -> Cow<'a, [Marker]> {
    let inside = || markers.iter().filter(|it| main.start <= it.range.start && it.range.end <= main.end);
    let is_numbered = inside().any(|it| {
        let line = text.at(it.range.end..main.end).lines().next().unwrap_or("");
        let is_heading = !matches!(section_of(line.trim()), Section::Unknown | Section::Item);
        matches!(it.style, Style::Section | Style::Bare) || it.depth == 0 && is_heading
    });
    let mut found: Vec<(Section, Range<usize>)> = Vec::new();
    let mut at = main.start;
    for line in text.at(main.clone()).split('\n').filter(|_| !is_numbered) {
        let range = text.trim(at..at + line.len(), ":");
        at += line.len() + 1;
        if let Some(section) = plain_heading(text.at(range.clone())).filter(|_| range.start > main.start) {
            if found.iter().any(|it| text.at(it.1.clone()) == text.at(range.clone())) {
                return Cow::Borrowed(markers);
            }
            found.push((section, range));
        }
    }
    let opens = |it: &(Section, Range<usize>)| matches!(it.0, Section::Activities | Section::Requirements);
    let is_enough =
        found.len() >= 2 || found.first().is_some_and(|it| inside().any(|next| next.range.start >= it.1.end));
    if !is_enough || !found.iter().any(opens) {
        return Cow::Borrowed(markers);
    }
    let headings = found.into_iter().zip(1..).map(|((_, it), number)| Marker {
        style: Style::Section,
        number,
        range: it.start..it.start,
        depth: 0,
    });
    let below = markers.iter().cloned().map(|it| Marker { depth: it.depth + 1, ..it });
    let mut all: Vec<Marker> = headings.chain(below).collect();
    all.sort_by_key(|it| it.range.start);
    Cow::Owned(all)
}

/// "活动内容", "工作要求": nothing but the usual words of a heading.
fn plain_heading(line: &str) -> Option<Section> {
    let n = line.chars().count();
    let is_bare = (2..=10).contains(&n)
        && line.chars().all(gongwen::text::is_han)
        && !line.starts_with("附件")
        && !gongwen::party::is_unit(line);
    let section = section_of(line);
    (is_bare && !matches!(section, Section::Unknown | Section::Item)).then_some(section)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_say_what_a_section_is() {
        for (heading, section) in [
            ("指导思想", Section::Purpose),
            ("总体要求", Section::Purpose),
            ("活动主题", Section::Theme),
            ("活动名称及主题", Section::Theme),
            ("主题口号", Section::Slogan),
            ("活动的时间安排", Section::Time),
            ("时间和地点", Section::Time),
            ("成立“3·15”活动领导小组", Section::Organisation),
            ("组织领导", Section::Organisation),
            ("活动安排及内容", Section::Activities),
            ("活动的形式和内容", Section::Activities),
            ("重点任务", Section::Activities),
            ("方法步骤", Section::Activities),
            ("主要活动", Section::Activities),
            ("宣传重点", Section::Focus),
            ("参加单位", Section::Participants),
            ("几点要求", Section::Requirements),
            ("保障措施", Section::Requirements),
            ("报送要求", Section::Reports),
            ("开展“百千万”主题宣讲活动", Section::Item),
            ("“放心消费”直播", Section::Unknown),
        ] {
            assert_eq!(section_of(heading), section, "{heading}");
        }
    }
}
