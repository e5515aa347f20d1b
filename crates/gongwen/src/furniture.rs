//! What a page puts around a document: navigation, counters, licences, page markers in the middle of sentences.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::clean::string_of;
use crate::text::fold_char;

type Pairs = Vec<(char, u32)>;

/// A line that is nothing but furniture, wherever it stands.
static FURNITURE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:",
        r".{0,60}_第\d+页|已阅读\d+页.*|还剩\d+页.*|下载本文档.*|版权说明[:].*|文档简介|最新文档|\d+/150|评论|提交评论",
        r"|首页|政务公开|网站首页|通知公告|当前位置.*|您(?:当前)?(?:的|所在)?(?:当前)?(?:的)?位置.*|.{0,20}>.{0,30}>.{0,40}",
        r"|索引号?[:].*|信息索引.*|发布机构[:].*|公开方式[:].*|公开(?:日期|时限|责任部门)[:].*|主题分类[:].*|(?:信息)?来源[:].{0,40}|作者[:].{0,20}|(?:责任)?编辑[:].{0,20}",
        r"|(?:发布|发文|更新|成文)?(?:日期|时间)[:]\d{4}[-年/.].*|浏览(?:次数|量)?[:].*|点击(?:数|量|率)?[:].*|阅读(?:次数|量)?[:].*|字体[:].*|.{0,12}字号[:].*|〔?\s*大\s*中\s*小\s*〕?",
        r"|打印本页.*|关闭(?:窗口|本页)?|打印|收藏|分享|扫一扫.*|返回(?:顶部|首页|列表).*|.{0,6}分享到[:].{0,20}|上一篇[:].*|下一篇[:].*|相关(?:链接|阅读|附件)[:]?",
        r"|版权所有.*|主办单位[:].*(?:ICP|备案).*|.*ICP备.*|网站标识码.*|.*公网安备.*|微信扫码.*|-?\s*\d{1,3}\s*-|第\s*\d+\s*页(?:\s*,?共\s*\d+\s*页)?|\d{1,3}\s*/\s*\d{1,3}",
        r")$"
    ))
    .ok()
});

/// A line after which only furniture follows.
static TAIL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?:温馨提示|版权声明|免责声明|相关推荐|猜你喜欢|推荐阅读)[:]?$").ok());

/// Leaves out the lines that are furniture and says which source ranges they were.
pub(crate) fn without_furniture(pairs: Pairs) -> (Pairs, Vec<Range<usize>>) {
    let (Some(furniture), Some(tail)) = (FURNITURE.as_ref(), TAIL.as_ref()) else { return (pairs, Vec::new()) };
    let mut kept = Pairs::with_capacity(pairs.len());
    let mut hidden: Vec<Range<usize>> = Vec::new();
    let n_all = pairs.len();
    let (mut is_tail, mut n_seen) = (false, 0);
    for line in pairs.split_inclusive(|it| it.0 == '\n') {
        n_seen += line.len();
        let folded: String = line.iter().map(|it| fold_char(it.0)).collect();
        let words = folded.trim();
        is_tail = is_tail || (n_seen * 2 > n_all && tail.is_match(words));
        let is_furniture = words.chars().count() <= 400 && furniture.is_match(words);
        if let Some(number) = document_number(&folded).filter(|_| is_furniture && !is_tail) {
            // The table of a page names the number of the document among its own data.
            let number = line.get(number.clone()).unwrap_or_default();
            kept.extend_from_slice(number);
            kept.extend(number.last().map(|it| ('\n', it.1)));
            continue;
        }
        if is_tail || is_furniture {
            if let (Some(first), Some(last)) = (line.first(), line.last()) {
                hidden.push(first.1 as usize..last.1 as usize + 1);
            }
            continue;
        }
        kept.extend_from_slice(line);
    }
    let cut = folded_tail(&kept);
    kept.truncate(cut);
    (kept, hidden)
}

/// Where "文号:某协〔2019〕1号" stands in a line, counted in characters.
fn document_number(line: &str) -> Option<Range<usize>> {
    static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?:文 ?号|发文字号|文件编号)[:] ?[\p{Han}]{2,14}(?:〔|\[|\()\d{4}(?:〕|\]|\))第?\d{1,4}号").ok()
    });
    let found = NUMBER.as_ref()?.find(line)?;
    let start = line.get(..found.start())?.chars().count();
    Some(start..start + found.as_str().chars().count())
}

/// Where a sharing bar at the end of a run-on page begins ("附件: 分享到:").
fn folded_tail(pairs: &[(char, u32)]) -> usize {
    static SHARE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?:附件[:：]\s*)?分享到[:：]\s*$").ok());
    let text = string_of(pairs);
    let found = SHARE.as_ref().and_then(|it| it.find(text.trim_end()));
    found.and_then(|it| text.get(..it.start())).map_or(pairs.len(), |it| it.chars().count())
}

/// Leaves out the page markers ("2、" at the head of each page's text) that break sentences in the middle.
///
/// A library numbers the fragments 1、 2、 3、 …; a plan's own items never begin with the very first line of the text
/// and run on through its headings.
pub(crate) fn without_page_markers(pairs: Pairs) -> Pairs {
    let lines: Vec<Range<usize>> = {
        let mut start = 0;
        pairs
            .split_inclusive(|it| it.0 == '\n')
            .map(|it| {
                let range = start..start + it.len();
                start = range.end;
                range
            })
            .collect()
    };
    let marker = |line: &Range<usize>, n: u32| -> Option<usize> {
        let words = pairs.get(line.clone())?;
        let digits: String = words.iter().take(3).map(|it| it.0).take_while(char::is_ascii_digit).collect();
        let mark = words.get(digits.len())?.0;
        (digits.parse() == Ok(n) && mark == '、').then_some(digits.len() + 1)
    };
    let Some(first) = lines.first() else { return pairs };
    let head: String = pairs.get(first.clone()).unwrap_or_default().iter().map(|it| it.0).collect();
    let has_headings = head.contains("一、") || head.chars().count() > 150;
    if marker(first, 1).is_none() || !has_headings {
        return pairs;
    }
    let mut kept = Pairs::with_capacity(pairs.len());
    let mut expected = 1;
    for line in lines {
        let words = pairs.get(line.clone()).unwrap_or_default();
        let Some(skip) = marker(&line, expected) else {
            kept.extend_from_slice(words);
            continue;
        };
        expected += 1;
        let is_inside = kept.iter().rev().find(|it| it.0 != '\n').is_some_and(|it| !"。；;:：!！?？".contains(it.0));
        if is_inside {
            while kept.last().is_some_and(|it| it.0 == '\n') {
                kept.pop();
            }
        }
        kept.extend_from_slice(words.get(skip..).unwrap_or_default());
    }
    kept
}
