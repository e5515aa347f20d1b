//! Indicators (指标): everything that is counted, as one list that is tested as a list.
//!
//! A record, a media entry or a register yields figures by indicator; a row of a form asks for an indicator.
//! How an indicator adds up is said here once, so that no form can add what must not be added.

mod kinds;
mod words;

pub use self::kinds::{Adding, FigureSource};
pub use self::words::beside;
use super::measure::Measure;

/// One thing that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Indicator {
    /// Stable code, never reused.
    pub code: &'static str,
    /// The name on the page.
    pub label: &'static str,
    /// What one of it is.
    pub measure: Measure,
    /// Measures in which forms ask for the same number one to one: 开展活动（个） and 开展活动（场次） are one figure.
    pub also: &'static [Measure],
    /// How figures become one.
    pub adding: Adding,
    /// Where figures come from.
    pub source: FigureSource,
    /// By which words a row of a form is recognised: one of these patterns, all words of the pattern.
    pub patterns: &'static [&'static [&'static str]],
}

/// The indicator with this code.
///
/// ```
/// let indicator = domain::statistics::indicator::find("consumer_attendance").unwrap();
/// assert_eq!(indicator.label, "消费者参与");
/// ```
pub fn find(code: &str) -> Option<&'static Indicator> {
    INDICATORS.iter().find(|indicator| indicator.code == code)
}

/// Indicators that count again what another one counts, in the way some forms ask for it: the spots of 条/天 alone, inquiries as cases.
///
/// A form may be bound to them; a page that lists every figure leaves them out, and no record carries them.
pub const SAID_ALREADY: &[&str] = &["public_service_ad_pieces", "message_days", "inquiry_case"];

/// The indicator of the places where a campaign meets the public: the register of venues is counted, and no record carries it.
pub const VENUES: &str = "venue";

const fn sum(
    code: &'static str,
    label: &'static str,
    measure: Measure,
    also: &'static [Measure],
    source: FigureSource,
    patterns: &'static [&'static [&'static str]],
) -> Indicator {
    Indicator { code, label, measure, also, adding: Adding::Sum, source, patterns }
}

const HELD: &[Measure] = &[Measure::Item, Measure::Occurrence];
const TIMES: &[Measure] = &[Measure::Session, Measure::Item];
const PIECES: &[Measure] = &[Measure::Item, Measure::Piece, Measure::Occurrence];

/// Every indicator, in the order of the choice on the page.
pub const INDICATORS: &[Indicator] = &[
    sum(
        "activity_held",
        "开展活动",
        Measure::Session,
        HELD,
        FigureSource::Records,
        &[
            &["主题活动"],
            &["开展", "活动"],
            &["组织", "活动"],
            &["举办", "活动"],
            &["纪念", "活动"],
            &["活动", "次数"],
            &["活动", "场次"],
            &["宣传活动"],
            &["普法", "活动"],
            &["特色活动"],
        ],
    ),
    sum(
        "consumer_attendance",
        "消费者参与",
        Measure::PersonTime,
        &[],
        FigureSource::Records,
        &[
            &["消费者", "参与"],
            &["参加", "消费者"],
            &["参与", "人次"],
            &["参加", "人次"],
            &["参与", "群众"],
            &["受众"],
            &["触及", "消费者"],
        ],
    ),
    sum(
        "business_attendance",
        "经营者参与",
        Measure::BusinessTime,
        &[Measure::Business],
        FigureSource::Records,
        &[
            &["经营者", "参与"],
            &["参加", "经营者"],
            &["参加", "企业"],
            &["企业", "参与"],
            &["经营主体", "参与"],
            &["商家", "参与"],
        ],
    ),
    sum(
        "staff_attendance",
        "出动人员",
        Measure::PersonTime,
        &[Measure::Person],
        FigureSource::Records,
        &[&["出动", "人员"], &["出动", "执法"], &["参与", "员工"], &["工作人员"], &["宣传人员"]],
    ),
    sum(
        "press_conference",
        "新闻发布会",
        Measure::Occurrence,
        TIMES,
        FigureSource::Records,
        &[&["新闻发布会"], &["新闻通气会"], &["新闻通报会"]],
    ),
    sum(
        "meeting",
        "召开会议",
        Measure::Occurrence,
        TIMES,
        FigureSource::Records,
        &[&["会议"], &["座谈会"], &["联席会"], &["通报会"]],
    ),
    sum(
        "material_copies",
        "印发宣传资料",
        Measure::Copy,
        &[],
        FigureSource::Materials,
        &[&["宣传", "资料"], &["宣传", "材料"], &["宣传品"], &["宣传册"], &["资料", "发放"]],
    ),
    sum(
        "education",
        "消费教育引导活动",
        Measure::Occurrence,
        TIMES,
        FigureSource::Records,
        &[&["消费教育"], &["消费引导"], &["教育引导"]],
    ),
    sum(
        "outreach",
        "“五进”活动",
        Measure::Session,
        HELD,
        FigureSource::Records,
        &[
            &["五进"],
            &["三进"],
            &["进社区"],
            &["进校园"],
            &["进学校"],
            &["进企业"],
            &["进农村"],
            &["进乡村"],
            &["进景区"],
            &["进商场"],
            &["进家庭"],
        ],
    ),
    sum(
        "lecture",
        "讲座培训",
        Measure::Session,
        HELD,
        FigureSource::Records,
        &[&["讲座"], &["培训"], &["宣讲"], &["大讲堂"]],
    ),
    sum(
        "consultation_event",
        "现场咨询活动",
        Measure::Session,
        HELD,
        FigureSource::Records,
        &[&["咨询", "活动"], &["咨询", "设点"], &["咨询服务点"], &["咨询点"]],
    ),
    sum(
        "inquiry",
        "接受咨询",
        Measure::PersonTime,
        &[Measure::Occurrence],
        FigureSource::Records,
        &[&["接受", "咨询"], &["解答", "咨询"], &["接待", "咨询"], &["受理", "咨询"], &["咨询", "人次"]],
    ),
    sum(
        "inquiry_case",
        "受理咨询",
        Measure::Piece,
        PIECES,
        FigureSource::Complaints,
        &[&["咨询", "件"], &["登记", "咨询"], &["办理", "咨询"], &["咨询"]],
    ),
    sum("open_day", "开放日", Measure::Session, HELD, FigureSource::Records, &[&["开放", "活动"], &["开放日"]]),
    sum(
        "press_article",
        "报刊报道",
        Measure::Article,
        PIECES,
        FigureSource::Media,
        &[&["报刊"], &["报刊", "文章"], &["报刊", "报道"], &["报纸"], &["杂志"], &["平面媒体"]],
    ),
    sum(
        "broadcast",
        "广播电视报道",
        Measure::Occurrence,
        &[Measure::Article],
        FigureSource::Media,
        &[&["广播"], &["电视"], &["电台"]],
    ),
    sum(
        "new_media_article",
        "新媒体报道",
        Measure::Article,
        PIECES,
        FigureSource::Media,
        &[&["新媒体", "报道"], &["新媒体", "发布"], &["网络", "报道"], &["公众号"], &["微博"], &["新媒体", "数"]],
    ),
    Indicator {
        code: "reads",
        label: "阅读量",
        measure: Measure::Occurrence,
        also: &[Measure::PersonTime],
        adding: Adding::Sum,
        source: FigureSource::Media,
        patterns: &[&["阅读量"], &["点击量"], &["浏览量"], &["播放量"], &["阅读", "次数"]],
    },
    sum(
        "media_article",
        "媒体报道",
        Measure::Article,
        PIECES,
        FigureSource::Media,
        &[&["媒体", "报道"], &["新闻", "报道"], &["宣传", "报道"], &["稿件"]],
    ),
    sum(
        "video",
        "宣传视频",
        Measure::Item,
        &[Measure::Article],
        FigureSource::Media,
        &[&["视频"], &["微课"], &["短片"], &["微电影"]],
    ),
    sum(
        "typical_case",
        "典型案例",
        Measure::Item,
        PIECES,
        FigureSource::Publications,
        &[&["典型案例"], &["案例", "发布"]],
    ),
    sum(
        "advisory",
        "消费提示警示",
        Measure::Article,
        PIECES,
        FigureSource::Publications,
        &[&["消费提示"], &["消费警示"], &["消费提醒"], &["风险提示"]],
    ),
    Indicator {
        code: "public_service_ad",
        label: "公益广告",
        measure: Measure::AdPerDay,
        also: &[],
        adding: Adding::Never,
        source: FigureSource::Media,
        patterns: &[&["公益广告"]],
    },
    // The spots alone, for forms that ask for 条: spots are things and are added, the days they ran are not.
    sum(
        "public_service_ad_pieces",
        "公益广告条数",
        Measure::Article,
        PIECES,
        FigureSource::Media,
        &[&["公益", "广告"]],
    ),
    sum("message", "公益短信", Measure::Article, PIECES, FigureSource::Media, &[&["短信"]]),
    Indicator {
        code: "message_days",
        label: "公益短信条数和天数",
        measure: Measure::AdPerDay,
        also: &[],
        adding: Adding::Never,
        source: FigureSource::Media,
        patterns: &[&["公益", "短信"]],
    },
    sum(
        "complaint_received",
        "收到投诉",
        Measure::Piece,
        PIECES,
        FigureSource::Complaints,
        &[&["收到", "投诉"], &["接收", "投诉"], &["接到", "投诉"], &["登记", "投诉"], &["投诉", "件"]],
    ),
    // 《市场监督管理投诉举报处理办法》第十五条: 受理 is decided within seven working days of receipt. Receiving is not accepting.
    sum(
        "complaint_accepted",
        "受理投诉",
        Measure::Piece,
        PIECES,
        FigureSource::Complaints,
        &[&["受理", "投诉"], &["投诉", "受理"]],
    ),
    sum(
        "complaint_closed",
        "办结投诉",
        Measure::Piece,
        PIECES,
        FigureSource::Complaints,
        &[&["办结", "投诉"], &["处理", "投诉"], &["化解", "纠纷"]],
    ),
    sum(
        "complaint_settled",
        "调解成功",
        Measure::Piece,
        PIECES,
        FigureSource::Complaints,
        &[&["调解", "成功"], &["成功", "调解"], &["达成", "协议"], &["当场", "调解"], &["现场", "调解"]],
    ),
    sum(
        "report_received",
        "收到举报",
        Measure::Piece,
        PIECES,
        FigureSource::Complaints,
        &[&["受理", "举报"], &["收到", "举报"], &["接收", "举报"], &["接到", "举报"], &["举报", "线索"]],
    ),
    sum(
        "loss_recovered",
        "挽回经济损失",
        Measure::Money,
        &[],
        FigureSource::Complaints,
        &[&["挽回", "损失"], &["挽损"], &["退赔", "金额"]],
    ),
    sum(
        "premises_checked",
        "检查经营主体",
        Measure::Business,
        &[Measure::BusinessTime],
        FigureSource::Registers,
        &[
            &["检查", "经营"],
            &["检查", "单位"],
            &["检查", "企业"],
            &["检查", "商户"],
            &["检查", "市场主体"],
            &["检查", "餐"],
        ],
    ),
    sum(
        "sampled_batches",
        "抽检批次",
        Measure::Batch,
        &[],
        FigureSource::Registers,
        &[&["抽检"], &["抽查", "批次"], &["快检"], &["速检"]],
    ),
    sum(
        "investigation_opened",
        "立案查处",
        Measure::Piece,
        PIECES,
        FigureSource::Registers,
        &[&["立案"], &["查处", "案件"], &["查办", "案件"]],
    ),
    sum(
        "goods_destroyed",
        "销毁假冒伪劣商品",
        Measure::Piece,
        // Not batches: twelve pieces are seldom twelve of them.
        &[Measure::Item],
        FigureSource::Registers,
        &[&["销毁"], &["假冒伪劣", "商品"]],
    ),
    sum("goods_value", "案值", Measure::Money, &[], FigureSource::Registers, &[&["案值"], &["货值"], &["价值"]]),
    sum("hazard_found", "排查隐患", Measure::Item, PIECES, FigureSource::Registers, &[&["隐患"], &["排查"]]),
    sum(
        "device_verified",
        "免费检定计量器具",
        Measure::Device,
        &[Measure::Item, Measure::Piece],
        FigureSource::Registers,
        &[&["检定"], &["校准"]],
    ),
    // The one register the program keeps itself. Of the others 台账 is kept elsewhere, and a record brings the figure (decision 0022).
    sum(
        VENUES,
        "会场和咨询点",
        Measure::Item,
        &[],
        FigureSource::Registers,
        &[
            &["设立", "会场"],
            &["设置", "会场"],
            &["分会场"],
            &["设立", "咨询点"],
            &["设置", "咨询点"],
            &["设立", "宣传点"],
            &["设置", "宣传点"],
        ],
    ),
    Indicator {
        code: "rights_station",
        label: "消费维权服务站",
        measure: Measure::Item,
        also: &[Measure::Business],
        adding: Adding::Last,
        source: FigureSource::Registers,
        patterns: &[&["服务站"], &["工作站"], &["联络站"], &["一会两站"]],
    },
    Indicator {
        code: "odr_business",
        label: "ODR企业",
        measure: Measure::Business,
        also: &[Measure::Item],
        adding: Adding::Last,
        source: FigureSource::Registers,
        patterns: &[&["ODR"], &["在线消费纠纷解决"]],
    },
    Indicator {
        code: "trusted_business",
        label: "放心消费示范单位",
        measure: Measure::Business,
        also: &[Measure::Item],
        adding: Adding::Last,
        source: FigureSource::Registers,
        patterns: &[&["放心消费"], &["示范", "单位"], &["示范", "企业"], &["诚信", "单位"]],
    },
    sum(
        "volunteers",
        "志愿者参与",
        Measure::PersonTime,
        &[Measure::Person],
        FigureSource::Records,
        &[&["志愿者"], &["志愿服务"]],
    ),
    sum(
        "display_boards",
        "展板横幅",
        Measure::Item,
        &[Measure::Article, Measure::Copy],
        FigureSource::Materials,
        &[&["展板"], &["横幅"], &["标语"], &["条幅"]],
    ),
    sum(
        "quiz_entries",
        "知识竞答参与",
        Measure::PersonTime,
        &[Measure::Person],
        FigureSource::Records,
        &[&["竞答"], &["答题"], &["知识竞赛"]],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_and_labels_are_unique() {
        let codes: BTreeSet<_> = INDICATORS.iter().map(|indicator| indicator.code).collect();
        let labels: BTreeSet<_> = INDICATORS.iter().map(|indicator| indicator.label).collect();
        assert_eq!((codes.len(), labels.len()), (INDICATORS.len(), INDICATORS.len()));
    }

    #[test]
    fn codes_are_plain_identifiers() {
        for indicator in INDICATORS {
            assert!(indicator.code.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{}", indicator.code);
        }
    }

    #[test]
    fn every_indicator_is_found_by_its_own_name_or_a_pattern() {
        for indicator in INDICATORS {
            assert!(!indicator.patterns.is_empty(), "{} has no pattern", indicator.code);
            for pattern in indicator.patterns {
                assert!(!pattern.is_empty() && pattern.iter().all(|word| !word.is_empty()), "{}", indicator.code);
            }
        }
    }

    #[test]
    fn what_is_not_additive_is_never_summed() {
        for indicator in INDICATORS {
            if !indicator.measure.is_additive() {
                assert_ne!(indicator.adding, Adding::Sum, "{} must not be added", indicator.code);
            }
        }
    }

    #[test]
    fn no_pattern_stands_for_two_indicators() {
        let mut seen = std::collections::BTreeMap::new();
        for indicator in INDICATORS {
            for pattern in indicator.patterns {
                assert_eq!(seen.insert(*pattern, indicator.code), None, "{pattern:?}");
            }
        }
    }
}
