//! The media ledger (媒体台账): what was printed, broadcast and posted about the campaign, and how often it was read.
//!
//! One article is one thing however many units report it: it is recognised by its link, or by outlet, title and day where there is no link.
//! Reads are a figure that grows; an entry keeps the latest, and of several entries of one article the largest counts.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::record::entry::{day, note};
use crate::statistics::amount::pair;
use crate::statistics::indicator::find;
use crate::statistics::measure::Measure;
use crate::statistics::quantity;
use crate::{FormErrors, Id};

/// What kind of piece it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// 报刊.
    Press,
    /// 广播电视.
    Broadcast,
    /// 新媒体.
    NewMedia,
    /// 视频.
    Video,
    /// 公益广告.
    PublicServiceAd,
    /// 公益短信.
    Message,
}

impl MediaKind {
    /// Every kind, in the order of the choice on the page.
    pub const ALL: &[MediaKind] = &[
        MediaKind::NewMedia,
        MediaKind::Press,
        MediaKind::Broadcast,
        MediaKind::Video,
        MediaKind::PublicServiceAd,
        MediaKind::Message,
    ];

    /// The code in the database and in addresses.
    pub fn code(self) -> &'static str {
        match self {
            MediaKind::Press => "press",
            MediaKind::Broadcast => "broadcast",
            MediaKind::NewMedia => "new_media",
            MediaKind::Video => "video",
            MediaKind::PublicServiceAd => "public_service_ad",
            MediaKind::Message => "message",
        }
    }

    /// The kind of a code; `None` for anything else.
    pub fn from_code(code: &str) -> Option<MediaKind> {
        MediaKind::ALL.iter().copied().find(|it| it.code() == code)
    }

    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            MediaKind::Press => "报刊",
            MediaKind::Broadcast => "广播电视",
            MediaKind::NewMedia => "新媒体（公众号、网站等）",
            MediaKind::Video => "宣传视频",
            MediaKind::PublicServiceAd => "公益广告",
            MediaKind::Message => "公益短信",
        }
    }

    /// What its entries are counted with: 篇, 次, 个, 条.
    pub fn word(self) -> &'static str {
        match self {
            MediaKind::Press | MediaKind::NewMedia => "篇",
            MediaKind::Broadcast => "次",
            MediaKind::Video => "个",
            MediaKind::PublicServiceAd | MediaKind::Message => "条",
        }
    }

    /// The indicators an entry of the kind is counted under. Every reported piece is also 媒体报道, for forms that ask for that alone.
    pub fn indicators(self) -> &'static [&'static str] {
        match self {
            MediaKind::Press => &["press_article", "media_article"],
            MediaKind::Broadcast => &["broadcast", "media_article"],
            MediaKind::NewMedia => &["new_media_article", "media_article"],
            MediaKind::Video => &["video"],
            MediaKind::PublicServiceAd => &["public_service_ad", "public_service_ad_pieces"],
            MediaKind::Message => &["message", "message_days"],
        }
    }

    /// Does it run for days, so that a form may ask for 条/天?
    pub fn runs_for_days(self) -> bool {
        matches!(self, MediaKind::PublicServiceAd | MediaKind::Message)
    }

    /// Is one article one thing, however often it is reported? A broadcast counts each time, a spot runs for days.
    pub fn is_one_article(self) -> bool {
        matches!(self, MediaKind::Press | MediaKind::NewMedia | MediaKind::Video)
    }
}

/// What the form sent.
#[derive(Debug, Clone, Copy, Default)]
#[allow(missing_docs, reason = "the fields of the form, by their names")]
pub struct Typed<'a> {
    pub unit_id: &'a str,
    pub activity_id: &'a str,
    pub kind: &'a str,
    pub outlet: &'a str,
    pub title: &'a str,
    pub link: &'a str,
    pub published_on: &'a str,
    pub pieces: &'a str,
    pub days: &'a str,
    pub reads: &'a str,
    pub note: &'a str,
}

/// An entry as a person gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaEntry {
    /// The unit that reports it.
    pub unit_id: Id,
    /// The activity it is about, where it is about one.
    pub activity_id: Option<Id>,
    /// What it is.
    pub kind: MediaKind,
    /// 媒体名称.
    pub outlet: String,
    /// 标题.
    pub title: String,
    /// 链接, empty when there is none.
    pub link: String,
    /// What makes two entries the same article.
    pub same_as: String,
    /// The day it came out.
    pub published_on: Date,
    /// How many: 条, 次; 1 for an article.
    pub pieces: i64,
    /// How many days a spot ran; 1 for everything else.
    pub days: i64,
    /// The latest count of reads; `None` when nobody looked.
    pub reads: Option<i64>,
    /// The reads are an estimate (8万余).
    pub is_estimate: bool,
    /// 备注.
    pub note: String,
}

impl MediaEntry {
    /// What the entry says of this indicator: reads, pieces, or pieces and days in one number of 条/天; `None` where it says nothing.
    ///
    /// ```
    /// use domain::campaign::media::{Typed, parse};
    /// use domain::statistics::amount::pair;
    /// let typed = Typed { unit_id: "u", kind: "public_service_ad", outlet: "甲台", title: "广告", pieces: "2", days: "10", published_on: "2027-03-05", ..Typed::default() };
    /// let spot = parse(&typed, jiff::civil::date(2027, 3, 15)).unwrap();
    /// assert_eq!(spot.value("public_service_ad"), Some(pair(2, 10)));
    /// assert_eq!(spot.value("public_service_ad_pieces"), Some(2));
    /// ```
    pub fn value(&self, indicator: &str) -> Option<i64> {
        if indicator == "reads" {
            return self.reads;
        }
        let measure = find(indicator).filter(|it| self.kind.indicators().contains(&it.code))?.measure;
        Some(if measure == Measure::AdPerDay { pair(self.pieces, self.days) } else { self.pieces })
    }
}

/// Reads the form of a media entry.
///
/// # Errors
/// A sentence for each field that is wrong.
pub fn parse(typed: &Typed<'_>, today: Date) -> Result<MediaEntry, FormErrors> {
    let mut errors = FormErrors::default();
    if typed.unit_id.is_empty() {
        errors.add("unit_id", "请选择报送单位。");
    }
    let kind = MediaKind::from_code(typed.kind);
    if kind.is_none() {
        errors.add("kind", "请选择类别。");
    }
    let kind = kind.unwrap_or(MediaKind::NewMedia);
    let outlet = line(typed.outlet, 60, "outlet", "媒体名称", &mut errors);
    let title = line(typed.title, 120, "title", "标题", &mut errors);
    let link = typed.link.trim().to_owned();
    if !link.is_empty() && !is_link(&link) {
        errors.add("link", "链接应以 http:// 或 https:// 开头；没有链接请留空。");
    }
    let published_on = day(typed.published_on, today, "published_on", &mut errors).unwrap_or(today);
    let pieces = count(typed.pieces, Measure::Article, "pieces", &mut errors).map_or(1, |it| it.value);
    let days = count(typed.days, Measure::Item, "days", &mut errors).map(|it| it.value);
    if kind == MediaKind::PublicServiceAd && typed.days.trim().is_empty() {
        errors.add("days", "请填写播了几天：统计表“条/天”一格要填几条、播几天两个数。");
    }
    let days = days.unwrap_or(1);
    for (field, value, what) in [("pieces", pieces, "条数"), ("days", days, "天数")] {
        if !(1..=100_000).contains(&value) {
            errors.add(field, format!("{what}应在 1 到 100000 之间。"));
        }
    }
    let reads = count(typed.reads, Measure::Occurrence, "reads", &mut errors);
    let note = note(typed.note, &mut errors);
    let same_as = same_as(kind, &outlet, &title, &link, published_on);
    let activity_id = Some(typed.activity_id).filter(|it| !it.is_empty()).map(Id::from_text);
    errors.into_result(MediaEntry {
        unit_id: Id::from_text(typed.unit_id),
        activity_id,
        kind,
        outlet,
        title,
        link,
        same_as,
        published_on,
        pieces: if kind.is_one_article() { 1 } else { pieces },
        days: if kind.runs_for_days() { days } else { 1 },
        reads: reads.map(|it| it.value),
        is_estimate: reads.is_some_and(|it| it.is_estimate),
        note,
    })
}

/// Reads a count of reads typed into the list.
///
/// # Errors
/// A sentence for the field `reads`.
pub fn parse_reads(text: &str) -> Result<quantity::Quantity, FormErrors> {
    let mut errors = FormErrors::default();
    match count(text, Measure::Occurrence, "reads", &mut errors) {
        Some(reads) => errors.into_result(reads),
        None => {
            errors.add("reads", "请填写阅读量，例如 1200 或 1.2万。");
            Err(errors)
        }
    }
}

/// One line of text that must be there.
pub(super) fn line(text: &str, limit: usize, field: &str, what: &str, errors: &mut FormErrors) -> String {
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let n_chars = text.chars().count();
    if text.is_empty() {
        errors.add(field, format!("请填写{what}。"));
    } else if n_chars > limit {
        errors.add(field, format!("{what}有 {n_chars} 字，请控制在 {limit} 字以内。"));
    }
    text
}

/// A count, with its sentence when it is none.
pub(super) fn count(text: &str, measure: Measure, field: &str, errors: &mut FormErrors) -> Option<quantity::Quantity> {
    match quantity::read(text, measure, 1) {
        Ok(quantity) => quantity,
        Err(error) => {
            errors.add(field, format!("{error}。"));
            None
        }
    }
}

fn is_link(link: &str) -> bool {
    let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
    rest.is_some_and(|it| !it.is_empty() && !it.starts_with('/'))
        && link.chars().count() <= 1000
        && !link.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\'))
}

/// The key of an article: its link without what changes from share to share, or its outlet, title and day.
fn same_as(kind: MediaKind, outlet: &str, title: &str, link: &str, published_on: Date) -> String {
    if !link.is_empty() {
        return normal_link(link);
    }
    let squeeze = |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
    format!("{}:{}:{}:{published_on}", kind.code(), squeeze(outlet), squeeze(title))
}

/// A link as a key: no scheme, no `www.`, no fragment, no marks of sharing, the rest of the query in order.
///
/// ```
/// use domain::campaign::media::normal_link;
/// let shared = normal_link("https://www.mp.example.cn/s?__biz=A&mid=2&chksm=ff&scene=1#wechat_redirect");
/// assert_eq!(shared, normal_link("http://mp.example.cn/s?mid=2&__biz=A"));
/// ```
pub fn normal_link(link: &str) -> String {
    let link = link.trim();
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or_default();
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = address.split_once('/').unwrap_or((address, ""));
    let host = host.to_lowercase();
    let host = host.strip_prefix("www.").or_else(|| host.strip_prefix("m.")).unwrap_or(&host);
    let mut kept: Vec<&str> = query.split('&').filter(|it| !it.is_empty() && !is_sharing(it)).collect();
    kept.sort_unstable();
    let mut key = format!("{host}/{}", path.trim_end_matches('/'));
    if !kept.is_empty() {
        key.push('?');
        key.push_str(&kept.join("&"));
    }
    key
}

fn is_sharing(pair: &str) -> bool {
    const MARKS: &[&str] = &[
        "chksm",
        "scene",
        "sharer_shareid",
        "sharer_shareinfo",
        "sharer_sharetime",
        "srcid",
        "from",
        "isappinstalled",
        "nettype",
        "version",
        "lang",
        "exportkey",
        "pass_ticket",
        "wx_header",
        "share",
        "share_token",
        "timestamp",
        "spm",
        "fr",
        "source",
        "devicetype",
        "ascene",
        "sessionid",
        "clicktime",
        "enterid",
        "poc_token",
        "tt_from",
    ];
    let name = pair.split('=').next().unwrap_or_default().to_lowercase();
    name.starts_with("utm_") || MARKS.contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::statistics::indicator::{FigureSource, INDICATORS};

    fn typed() -> Typed<'static> {
        Typed {
            unit_id: "u",
            kind: "new_media",
            outlet: "云溪市场监管",
            title: "3·15 消费提示",
            link: "https://mp.example.cn/s/abc",
            published_on: "2027-03-14",
            reads: "1.2万余",
            ..Typed::default()
        }
    }

    #[test]
    fn every_kind_is_counted_and_every_media_indicator_has_a_kind() {
        for kind in MediaKind::ALL {
            assert_eq!(MediaKind::from_code(kind.code()), Some(*kind));
            assert!(kind.indicators().iter().all(|it| find(it).is_some()), "{kind:?}");
        }
        for indicator in INDICATORS.iter().filter(|it| it.source == FigureSource::Media && it.code != "reads") {
            let fed = MediaKind::ALL.iter().any(|it| it.indicators().contains(&indicator.code));
            assert!(fed, "nothing feeds {}", indicator.code);
        }
    }

    #[test]
    fn one_article_has_one_key() {
        let table = [
            ("https://mp.example.cn/s/abc", "http://www.mp.example.cn/s/abc/", true),
            ("https://mp.example.cn/s/abc?scene=1", "https://mp.example.cn/s/abc#rd", true),
            ("https://n.example.cn/a?id=1&utm_source=x", "https://m.n.example.cn/a?id=1", true),
            ("https://n.example.cn/a?id=1", "https://n.example.cn/a?id=2", false),
            ("https://mp.example.cn/s/abc", "https://mp.example.cn/s/ABC", false),
        ];
        for (one, other, is_same) in table {
            assert_eq!(normal_link(one) == normal_link(other), is_same, "{one} {other}");
        }
        let no_link = |title| same_as(MediaKind::Press, "云溪日报", title, "", date(2027, 3, 14));
        assert_eq!(no_link("“3·15”在行动"), no_link("3·15在行动"));
        assert_ne!(no_link("甲"), no_link("乙"));
    }

    #[test]
    fn an_entry_is_read_with_estimated_reads() {
        let entry = parse(&typed(), date(2027, 3, 15)).unwrap();
        assert_eq!((entry.reads, entry.is_estimate, entry.pieces), (Some(12_000), true, 1));
        let spot = Typed { kind: "public_service_ad", pieces: "3", days: "8", reads: "", ..typed() };
        let spot = parse(&spot, date(2027, 3, 15)).unwrap();
        assert_eq!((spot.pieces, spot.days, spot.reads), (3, 8, None));
        let article = Typed { pieces: "9", days: "9", ..typed() };
        let article = parse(&article, date(2027, 3, 15)).unwrap();
        assert_eq!((article.pieces, article.days), (1, 1), "an article is one article");
    }

    #[test]
    fn each_wrong_field_gets_its_sentence() {
        let wrong = Typed {
            kind: "x",
            outlet: " ",
            title: "",
            link: "javascript:alert(1)",
            published_on: "2027-04-01",
            pieces: "0",
            reads: "-5",
            ..Typed::default()
        };
        let errors = parse(&wrong, date(2027, 3, 15)).unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["unit_id", "kind", "outlet", "title", "link", "published_on", "pieces", "reads"]);
        for link in ["https://", "http:///x", "https://a b", "https://a\"onload", "data:text/html,x", "//x"] {
            assert!(!is_link(link), "{link}");
        }
    }

    #[test]
    fn reads_typed_into_the_list_are_a_number() {
        assert_eq!(parse_reads("1.5万").unwrap().value, 15_000);
        assert!(parse_reads("").is_err());
        assert!(parse_reads("很多").is_err());
    }
}
