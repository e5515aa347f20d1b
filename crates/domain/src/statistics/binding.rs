//! Which indicator a row of a form means: by its words and its unit of measure, with the doubt said aloud.

use serde::{Deserialize, Serialize};

use super::indicator::{INDICATORS, Indicator};
use super::measure::Measure;

/// A proposal for one row. Never final: the office confirms it on the form's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// Code of the indicator.
    pub indicator: String,
    /// Only records under this topic count (“走近3·15…”主题宣传活动); the words inside the row's quotation marks.
    pub topic: Option<String>,
    /// How many of the indicator's measure one of the row's unit is (万人次: 10 000).
    pub multiple: i64,
    /// Why a person should look at it; `None` when words and unit agree.
    pub doubt: Option<String>,
    /// By which version of the list of indicators it was decided; see [`VERSION`]. 0 was stored before versions were.
    #[serde(default)]
    pub version: u8,
}

/// The version of the list of indicators: 1 tells 受理 from 收到.
pub const VERSION: u8 = 1;

/// Why a binding of an earlier version should be looked at again: until then a row of 受理投诉 could only be bound to what was received.
pub fn doubt_of_before(binding: &Binding, label: &str) -> Option<String> {
    let is_old = binding.version < 1 && binding.indicator == "complaint_received";
    (is_old && label.contains("受理")).then(|| {
        "以前没有分开“收到”和“受理”，这一项按“收到投诉”取数。现在可以改选“受理投诉”；就要收到数的，照选“收到投诉”"
            .to_owned()
    })
}

/// Words that say nothing about what is counted.
const FILLER: &[&str] = &[
    "其中", "数量", "总数", "总量", "合计", "各类", "各种", "共", "数", "情况", "等", "的", "专题", "大型", "制作",
    "发表", "有关",
];

/// Words of patterns that name no thing of their own.
const GENERIC: &[&str] = &["开展", "组织", "举办", "活动", "宣传", "次数", "场次", "新闻", "报道", "媒体"];

/// Proposes the indicator for a row; `None` when no words of the list occur in it.
///
/// ```
/// use domain::statistics::binding::bind;
/// let binding = bind("消费者参与数", Some("人次")).unwrap();
/// assert_eq!((binding.indicator.as_str(), binding.doubt), ("consumer_attendance", None));
/// ```
pub fn bind(label: &str, unit: Option<&str>) -> Option<Binding> {
    let (plain, topic) = without_topic(label);
    let measure = unit.and_then(Measure::from_words);
    let mut best: Vec<(u32, &Indicator)> = Vec::new();
    for indicator in INDICATORS {
        let words = indicator.patterns.iter().filter_map(|pattern| coverage(&plain, pattern)).max();
        let Some(words) = words else { continue };
        let fits = measure.is_none_or(|(measure, _)| accepts(indicator, measure));
        // A unit that fits outweighs a longer word: 咨询（人次） is not the consultation event.
        let score = words + if fits { 1_000 } else { 0 };
        match best.first().map(|(score, _)| *score) {
            Some(top) if score < top => {}
            Some(top) if score == top => best.push((score, indicator)),
            _ => best = vec![(score, indicator)],
        }
    }
    let (_, indicator) = *best.first()?;
    let rivals: Vec<_> = best.iter().skip(1).map(|(_, rival)| rival.label).collect();
    let doubt = match (unit, measure) {
        (Some(unit), None) => Some(format!("计量单位“{unit}”不在单位表中，请核对")),
        (Some(unit), Some((measure, _))) if !accepts(indicator, measure) => {
            Some(format!("“{}”按{}计，表中单位是“{unit}”", indicator.label, indicator.word()))
        }
        (None, _) => Some(format!("表中没有写计量单位，按“{}”理解", indicator.word())),
        _ if !rivals.is_empty() => Some(format!("也可能是“{}”", rivals.join("”或“"))),
        _ => None,
    };
    let multiple = measure.map_or(1, |(_, multiple)| multiple);
    Some(Binding { indicator: indicator.code.to_owned(), topic, multiple, doubt, version: VERSION })
}

/// The indicator of one of several figures that a label asks for beside each other: 办结 of 办结/调解成功（件）.
///
/// A name that says only where a matter stands means that of the whole label; where that says nothing either, complaints are meant by
/// 件, and a person should look.
pub(super) fn bind_named(name: &str, label: &str, unit: Option<&str>) -> Option<Binding> {
    if let Some(binding) = bind(name, unit) {
        return Some(binding);
    }
    let thing: String = super::slots::names_of_pair(label).iter().map(|it| super::slots::thing_of(it)).collect();
    if !thing.is_empty() {
        return bind(&format!("{name}{thing}"), unit);
    }
    let is_case = unit.and_then(Measure::from_words).is_some_and(|it| it.0 == Measure::Piece);
    let mut binding = bind(&format!("{name}投诉"), unit).filter(|_| is_case)?;
    binding.doubt = binding.doubt.or_else(|| Some(format!("表中只写了“{name}”，按投诉理解，请核对")));
    Some(binding)
}

/// Does what the indicator counts fit a cell of this measure?
pub(super) fn accepts(indicator: &Indicator, measure: Measure) -> bool {
    indicator.measure == measure || indicator.also.contains(&measure)
}

/// The row's words without filler, and the topic if quotation marks name one that is not the whole row.
fn without_topic(label: &str) -> (String, Option<String>) {
    let mut plain: String = label.split_whitespace().collect();
    let mut topic = None;
    if let (Some(open), Some(close)) = (plain.find('“'), plain.rfind('”'))
        && open < close
    {
        let inner = plain.get(open + '“'.len_utf8()..close).unwrap_or_default().to_owned();
        let rest = format!(
            "{}{}",
            plain.get(..open).unwrap_or_default(),
            plain.get(close + '”'.len_utf8()..).unwrap_or_default()
        );
        // “五进” is a kind of activity, not a topic: the row's own words must remain enough to say what is counted.
        if INDICATORS
            .iter()
            .any(|indicator| indicator.patterns.iter().any(|pattern| coverage(&rest, pattern).is_some()))
        {
            plain = rest;
            topic = Some(inner);
        }
    }
    for word in FILLER {
        plain = plain.replace(word, "");
    }
    (plain, topic)
}

/// How many characters of the row the pattern explains, in hundredths; `None` when a word of it is missing.
fn coverage(row: &str, pattern: &[&str]) -> Option<u32> {
    if !pattern.iter().all(|word| row.contains(word)) {
        return None;
    }
    // A word that could stand in any row (开展, 活动) explains half as much as one that names the thing.
    let weight = |word: &&str| word.chars().count() * if GENERIC.contains(word) { 1 } else { 2 };
    let explained: usize = pattern.iter().map(weight).sum();
    let all = row.chars().count().max(1);
    u32::try_from((explained * 50 / all).min(100)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows as forms of many regions write them.
    const ROWS: &[(&str, &str, &str)] = &[
        ("开展主题活动数量", "个", "activity_held"),
        ("消费者参与数", "人次", "consumer_attendance"),
        ("经营者或企业参与数", "户次", "business_attendance"),
        ("参加活动的消费者", "人次", "consumer_attendance"),
        ("参加活动的经营者", "户次", "business_attendance"),
        ("召开新闻发布会", "次", "press_conference"),
        ("印发宣传资料", "册、份", "material_copies"),
        ("印发各类宣传资料", "份（册）", "material_copies"),
        ("开展消费教育引导活动", "次", "education"),
        ("报刊杂志发表专题文章或新闻报道总数", "篇", "press_article"),
        ("广播、电视播放专题节目或报道", "次", "broadcast"),
        ("新媒体报道总数", "篇", "new_media_article"),
        ("阅读量", "次", "reads"),
        ("宣传视频", "个", "video"),
        ("发布典型案例", "个", "typical_case"),
        ("制作、播放各类公益广告", "条/天", "public_service_ad"),
        ("组织各类会议", "场次", "meeting"),
        ("开展大型咨询活动", "场次", "consultation_event"),
        ("销毁假冒伪劣商品", "件", "goods_destroyed"),
        ("其中：案值", "万元", "goods_value"),
        ("为消费者挽回经济损失", "万元", "loss_recovered"),
        ("现场受理投诉", "件", "complaint_accepted"),
        ("收到投诉", "件", "complaint_received"),
        ("接到投诉", "件", "complaint_received"),
        ("当场调解成功", "件", "complaint_settled"),
        ("调解成功投诉", "件", "complaint_settled"),
        ("受理咨询", "件", "inquiry_case"),
        ("受理咨询", "人次", "inquiry"),
        ("播放公益广告", "条", "public_service_ad_pieces"),
        ("发送公益短信", "条", "message"),
        ("公益短信", "条/天", "message_days"),
        ("受理举报", "件", "report_received"),
        ("接受群众咨询", "人次", "inquiry"),
        ("出动执法人员", "人次", "staff_attendance"),
        ("发布消费警示、提示", "条", "advisory"),
        ("消费维权“五进”", "场", "outreach"),
        ("快检食品", "批次", "sampled_batches"),
    ];

    #[test]
    fn rows_of_many_forms_find_their_indicator() {
        let wrong: Vec<_> = ROWS
            .iter()
            .filter(|(label, unit, code)| {
                bind(label, Some(unit)).is_none_or(|binding| binding.indicator != *code || binding.doubt.is_some())
            })
            .map(|(label, unit, code)| (*label, *code, bind(label, Some(unit))))
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn a_multiple_of_the_unit_is_kept() {
        let binding = bind("触及消费者人次", Some("万人次")).unwrap();
        assert_eq!((binding.indicator.as_str(), binding.multiple), ("consumer_attendance", 10_000));
    }

    #[test]
    fn words_in_quotation_marks_are_a_topic() {
        let binding = bind("“守望星河，消费同行”主题宣传活动数量", Some("个")).unwrap();
        assert_eq!(binding.indicator, "activity_held");
        assert_eq!(binding.topic.as_deref(), Some("守望星河，消费同行"));
    }

    #[test]
    fn doubt_is_said_aloud() {
        assert!(bind("消费者参与数", Some("份")).unwrap().doubt.is_some());
        assert!(bind("消费者参与数", None).unwrap().doubt.is_some());
        assert_eq!(bind("天气情况", Some("次")), None);
    }
}
