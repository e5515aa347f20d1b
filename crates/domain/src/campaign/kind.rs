//! The kinds of activity (活动类型): a closed list, tested as a list.

use serde::{Deserialize, Serialize};

/// What kind of thing an activity is; decides the tool it opens and what a record of it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the Chinese label of each stands in `label`")]
pub enum ActivityKind {
    Outreach,
    OnSiteEvent,
    Lecture,
    Training,
    Meeting,
    PressConference,
    Publication,
    MediaSeries,
    Quiz,
    Contest,
    Survey,
    Inspection,
    RandomInspection,
    Sampling,
    Talk,
    Destruction,
    Award,
    OpenDay,
    Duty,
    ComplaintService,
    Odr,
    Census,
    ExpiryWatch,
    Recruitment,
    ComparativeTest,
    Standard,
    StationBuilding,
    Visit,
    #[default]
    Other,
}

impl ActivityKind {
    /// Every kind, in the order of the choice on the page.
    pub const ALL: &[ActivityKind] = &[
        ActivityKind::Outreach,
        ActivityKind::OnSiteEvent,
        ActivityKind::Lecture,
        ActivityKind::Training,
        ActivityKind::Meeting,
        ActivityKind::PressConference,
        ActivityKind::Publication,
        ActivityKind::MediaSeries,
        ActivityKind::Quiz,
        ActivityKind::Contest,
        ActivityKind::Survey,
        ActivityKind::Inspection,
        ActivityKind::RandomInspection,
        ActivityKind::Sampling,
        ActivityKind::Talk,
        ActivityKind::Destruction,
        ActivityKind::Award,
        ActivityKind::OpenDay,
        ActivityKind::Duty,
        ActivityKind::ComplaintService,
        ActivityKind::Odr,
        ActivityKind::Census,
        ActivityKind::ExpiryWatch,
        ActivityKind::Recruitment,
        ActivityKind::ComparativeTest,
        ActivityKind::Standard,
        ActivityKind::StationBuilding,
        ActivityKind::Visit,
        ActivityKind::Other,
    ];

    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            ActivityKind::Outreach => "宣传活动",
            ActivityKind::OnSiteEvent => "现场活动",
            ActivityKind::Lecture => "讲座",
            ActivityKind::Training => "培训",
            ActivityKind::Meeting => "会议",
            ActivityKind::PressConference => "新闻发布会",
            ActivityKind::Publication => "信息发布",
            ActivityKind::MediaSeries => "媒体宣传",
            ActivityKind::Quiz => "知识竞答",
            ActivityKind::Contest => "评选征集",
            ActivityKind::Survey => "调查评议",
            ActivityKind::Inspection => "监督检查",
            ActivityKind::RandomInspection => "随机抽查",
            ActivityKind::Sampling => "抽检",
            ActivityKind::Talk => "约谈",
            ActivityKind::Destruction => "销毁",
            ActivityKind::Award => "授牌表彰",
            ActivityKind::OpenDay => "开放日",
            ActivityKind::Duty => "值班值守",
            ActivityKind::ComplaintService => "投诉举报受理",
            ActivityKind::Odr => "在线和解(ODR)",
            ActivityKind::Census => "摸底排查",
            ActivityKind::ExpiryWatch => "到期预警",
            ActivityKind::Recruitment => "招募",
            ActivityKind::ComparativeTest => "比较试验",
            ActivityKind::Standard => "标准发布",
            ActivityKind::StationBuilding => "维权站点建设",
            ActivityKind::Visit => "走访体察",
            ActivityKind::Other => "其他",
        }
    }
}

impl ActivityKind {
    /// The words that suggest the kind, the most telling first. Words of the title weigh more than words of the text.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            ActivityKind::Outreach => &[
                "宣传",
                "五进",
                "进社区",
                "进校园",
                "进企业",
                "进商圈",
                "进农村",
                "进机关",
                "进景区",
                "科普",
                "普法",
                "志愿服务",
                "发放资料",
            ],
            ActivityKind::OnSiteEvent => &[
                "主会场",
                "分会场",
                "现场活动",
                "咨询服务",
                "现场咨询",
                "宣传咨询",
                "咨询日",
                "启动仪式",
                "广场",
                "纪念大会",
                "晚会演出",
                "文艺",
                "一条街",
                "咨询台",
                "咨询点",
                "展示",
                "免费检",
            ],
            ActivityKind::Lecture => &["讲座", "大讲堂", "微课堂", "宣讲", "课堂", "讲消保"],
            ActivityKind::Training => &["培训", "业务学习", "练兵", "演练"],
            ActivityKind::Meeting => {
                &["联席会", "座谈会", "工作会", "通报会", "推进会", "研讨会", "专题会", "分工会议", "会议"]
            }
            ActivityKind::PressConference => &["新闻发布会", "新闻通气会", "发布会"],
            ActivityKind::Publication => &[
                "消费提示",
                "消费警示",
                "典型案例",
                "署名文章",
                "纪念文章",
                "发布公告",
                "公布",
                "发布",
                "印制",
                "编印",
                "红黑榜",
                "披露",
            ],
            ActivityKind::MediaSeries => &[
                "专栏",
                "专题报道",
                "短视频",
                "微课展播",
                "展播",
                "直播",
                "媒体",
                "公益广告",
                "电视台",
                "线上宣传",
                "短信",
                "栏目",
                "报道",
            ],
            ActivityKind::Quiz => &["知识竞赛", "有奖竞答", "知识竞答", "答题", "有奖问答"],
            ActivityKind::Contest => &["征文", "评奖", "评选", "大赛", "征集", "推选", "推荐活动"],
            ActivityKind::Survey => &["问卷", "调查", "评议", "满意度"],
            ActivityKind::Inspection => &[
                "专项检查",
                "专项整治",
                "专项行动",
                "执法行动",
                "监督检查",
                "整治",
                "执法检查",
                "检查",
                "查办",
                "执法",
                "监管",
            ],
            ActivityKind::RandomInspection => &["随机查", "双随机", "随机抽查", "随机检查", "“随机"],
            ActivityKind::Sampling => &["抽检", "快检", "你点我检", "抽样检验", "监督抽查", "专项抽查", "计量抽查"],
            ActivityKind::Talk => &["约谈", "行政指导会", "行政约谈"],
            ActivityKind::Destruction => &["销毁"],
            ActivityKind::Award => &[
                "授牌",
                "表彰",
                "放心消费创建",
                "示范创建",
                "诚信承诺",
                "公开承诺",
                "承诺单位",
                "诚信单位",
                "示范单位",
                "无理由退货",
            ],
            ActivityKind::OpenDay => {
                &["开放日", "接线日", "开放活动", "实验室开放", "开放实验室", "开放检验室", "走进"]
            }
            ActivityKind::Duty => &["值班", "值守", "备勤", "应急值守"],
            ActivityKind::ComplaintService => {
                &["受理投诉", "投诉举报", "畅通投诉", "积案", "热线", "投诉处理", "诉求办理", "投诉回访", "消费纠纷"]
            }
            ActivityKind::Odr => &["ODR", "在线和解", "在线消费纠纷", "线上和解"],
            ActivityKind::Census => &["摸底", "普查", "建档", "排查登记"],
            ActivityKind::ExpiryWatch => &["超期预警", "到期提醒", "检验有效期", "临期提醒", "应检尽检"],
            ActivityKind::Recruitment => &["招募", "志愿者团队", "监督员", "聘任"],
            ActivityKind::ComparativeTest => &["比较试验", "对比试验", "比对试验"],
            ActivityKind::Standard => &["团体标准", "标准发布", "标准宣贯", "地方标准"],
            ActivityKind::StationBuilding => {
                &["维权工作站", "维权站", "服务站建设", "一会两站", "维权站点", "工作站建设", "联络点"]
            }
            ActivityKind::Visit => &["消费体察", "体察", "视察", "观摩", "走访", "代表委员", "参观", "明察暗访"],
            ActivityKind::Other => &[],
        }
    }

    /// What a record of it asks for, as the labels of a form: the number of times, of people, of things.
    pub fn record_asks(self) -> &'static [&'static str] {
        match self {
            ActivityKind::Outreach => &["场次", "参与人次", "发放资料（份）"],
            ActivityKind::OnSiteEvent => {
                &["场次", "参与人次", "接受咨询（人次）", "现场受理投诉（件）", "发放资料（份）"]
            }
            ActivityKind::Lecture => &["场次", "听讲人次", "讲课人"],
            ActivityKind::Training => &["场次", "培训人次", "参训单位（家）"],
            ActivityKind::Meeting => &["次数", "参会人数", "议定事项"],
            ActivityKind::PressConference => &["次数", "到场媒体（家）", "发布内容"],
            ActivityKind::Publication => &["发布条数", "发布渠道", "阅读量（次）"],
            ActivityKind::MediaSeries => &["报道篇数", "媒体名称", "阅读量（次）"],
            ActivityKind::Quiz => &["场次", "参与人次", "获奖人数"],
            ActivityKind::Contest => &["作品数", "获奖作品数"],
            ActivityKind::Survey => &["样本数（份）", "调查对象", "报告"],
            ActivityKind::Inspection => &["检查户次", "发现问题（个）", "责令整改（户）", "立案（件）"],
            ActivityKind::RandomInspection => &["抽取户数", "检查户数", "不合格户数"],
            ActivityKind::Sampling => &["批次", "不合格批次"],
            ActivityKind::Talk => &["约谈次数", "约谈企业（家）", "承诺事项"],
            ActivityKind::Destruction => &["品种", "数量（件）", "案值（万元）"],
            ActivityKind::Award => &["授牌（家）", "承诺单位（家）"],
            ActivityKind::OpenDay => &["场次", "参加人次", "收到意见（条）"],
            ActivityKind::Duty => &["值守人员", "接报事项（件）", "处置情况"],
            ActivityKind::ComplaintService => &["受理件数", "办结件数", "挽回损失（元）"],
            ActivityKind::Odr => &["新增企业（家）", "和解件数"],
            ActivityKind::Census => &["摸底户数", "信息不全户数"],
            ActivityKind::ExpiryWatch => &["提醒单位（家）", "超期设备（台）"],
            ActivityKind::Recruitment => &["报名人数", "录用人数"],
            ActivityKind::ComparativeTest => &["样品数（件）", "试验项目", "结果发布日期"],
            ActivityKind::Standard => &["标准名称", "发布日期"],
            ActivityKind::StationBuilding => &["新建站点（个）", "站点总数（个）"],
            ActivityKind::Visit => &["次数", "参加代表（人）", "意见建议（条）"],
            ActivityKind::Other => &["开展情况"],
        }
    }

    /// The tool it opens, in one sentence.
    pub fn tool(self) -> &'static str {
        match self {
            ActivityKind::Outreach => "登记每一场宣传：时间、地点、对象、人次和资料。",
            ActivityKind::OnSiteEvent => "安排会场、展位和人员，现场登记咨询、投诉和资料。",
            ActivityKind::Lecture => "排课、签到、上传课件。",
            ActivityKind::Training => "发通知、签到、登记参训人数。",
            ActivityKind::Meeting => "发会议通知、签到、记纪要，把议定事项转成任务。",
            ActivityKind::PressConference => "登记到场媒体、发布稿和报道链接。",
            ActivityKind::Publication => "起草、审核、发布，到期撤下，统计阅读量。",
            ActivityKind::MediaSeries => "登记媒体、栏目、链接和阅读量。",
            ActivityKind::Quiz => "出题、答题、排名，抽取奖项。",
            ActivityKind::Contest => "收作品、评委打分、公布结果。",
            ActivityKind::Survey => "发问卷、收样本、出报告。",
            ActivityKind::Inspection => "列检查对象，记录问题和整改。",
            ActivityKind::RandomInspection => "随机抽取检查对象，结果可复算、可公示。",
            ActivityKind::Sampling => "登记抽样批次、结果和处置。",
            ActivityKind::Talk => "列约谈对象，记录承诺，跟踪落实。",
            ActivityKind::Destruction => "清点、审批、监督销毁，留下照片和回执。",
            ActivityKind::Award => "登记申报、审核、公示和授牌单位。",
            ActivityKind::OpenDay => "预约名额、签到，把提出的问题转成事项。",
            ActivityKind::Duty => "排班、交接班，登记突发事项和处置用时。",
            ActivityKind::ComplaintService => "查看和催办投诉举报，统计受理与办结。",
            ActivityKind::Odr => "登记在线和解企业，统计和解件数。",
            ActivityKind::Census => "逐户登记信息，标出不完整的户。",
            ActivityKind::ExpiryWatch => "按到期日列设备，登记提醒和预约。",
            ActivityKind::Recruitment => "发公告、收报名、审核、公示名单。",
            ActivityKind::ComparativeTest => "抽样、登记试验项目和结果，对外发布。",
            ActivityKind::Standard => "登记标准文本、起草单位和发布日期。",
            ActivityKind::StationBuilding => "登记站点、联络人和受理件数。",
            ActivityKind::Visit => "登记代表、走访对象、意见和答复。",
            ActivityKind::Other => "登记开展情况、照片和附件。",
        }
    }
}

/// The kind that the words of an activity suggest.
///
/// The title decides where it can; the longest telling word wins, because 新闻发布会 is more than 发布.
///
/// ```
/// use domain::campaign::kind::{ActivityKind, suggest};
/// assert_eq!(suggest("召开新闻发布会", ""), ActivityKind::PressConference);
/// assert_eq!(suggest("组织开展“随机查餐厅”活动", ""), ActivityKind::RandomInspection);
/// ```
pub fn suggest(title: &str, text: &str) -> ActivityKind {
    best(title, title.chars().count()).or_else(|| best(text, 160)).unwrap_or_default()
}

fn best(words: &str, n_chars: usize) -> Option<ActivityKind> {
    let head: String = words.chars().take(n_chars).collect();
    let mut found: Option<(usize, ActivityKind)> = None;
    for kind in ActivityKind::ALL {
        let score =
            kind.words().iter().filter(|it| head.contains(**it)).map(|it| weight(*kind, it) + closes(&head, it)).max();
        if let Some(score) = score
            && found.is_none_or(|it| score > it.0)
        {
            found = Some((score, *kind));
        }
    }
    found.map(|it| it.1)
}

/// The noun that a title ends with says what it is: 投诉举报平台开放日活动 is an open day.
fn closes(words: &str, word: &str) -> usize {
    let tail = words.trim_end_matches("活动").trim_end_matches("工作").trim_end_matches("作用");
    if tail.ends_with(word) { 10 } else { 0 }
}

/// Longer words tell more; a general kind gives way to a special one of the same length.
fn weight(kind: ActivityKind, word: &str) -> usize {
    let is_general = matches!(kind, ActivityKind::Outreach | ActivityKind::Publication | ActivityKind::Inspection);
    word.chars().count() * 2 + usize::from(!is_general) * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_says_what_it_is_and_asks_for() {
        for kind in ActivityKind::ALL {
            assert!(!kind.label().is_empty() && !kind.record_asks().is_empty(), "{kind:?}");
            assert!(kind.tool().ends_with('。') && kind.tool().chars().count() <= 40, "{kind:?}");
            assert_eq!(kind.words().is_empty(), *kind == ActivityKind::Other, "{kind:?}");
        }
        let mut labels: Vec<&str> = ActivityKind::ALL.iter().map(|it| it.label()).collect();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), ActivityKind::ALL.len());
    }

    #[test]
    fn titles_suggest_their_kind() {
        for (title, kind) in [
            ("持续发挥消保联席会议作用", ActivityKind::Meeting),
            ("常态化开展消费者权益保护工作知识竞赛", ActivityKind::Quiz),
            ("集中开展纪念“3·15”宣传咨询活动", ActivityKind::OnSiteEvent),
            ("做好央视“3·15”晚会值班值守", ActivityKind::Duty),
            ("推广宣传ODR机制", ActivityKind::Odr),
            ("做好消费维权工作站建设", ActivityKind::StationBuilding),
            ("发布消费提示和典型案例", ActivityKind::Publication),
            ("消费者权益保护“微课”展播", ActivityKind::MediaSeries),
            ("老年消费教育大讲堂", ActivityKind::Lecture),
            ("开展平台内经营者摸底活动", ActivityKind::Census),
            ("组织开展“随机查餐厅”活动", ActivityKind::RandomInspection),
            ("开展食品安全抽检", ActivityKind::Sampling),
            ("开展广告专项整治", ActivityKind::Inspection),
            ("组织一场约谈活动", ActivityKind::Talk),
            ("组织一次销毁活动", ActivityKind::Destruction),
            ("开展投诉举报平台开放日活动", ActivityKind::OpenDay),
            ("开展电动自行车比较试验活动", ActivityKind::ComparativeTest),
            ("开展全国首个消协团体标准发布活动", ActivityKind::Standard),
            ("组建新一届315志愿者团队", ActivityKind::Recruitment),
            ("开展特种设备超期预警", ActivityKind::ExpiryWatch),
            ("开展知识产权系列宣传活动", ActivityKind::Outreach),
            ("开展七日无理由退货承诺宣传活动", ActivityKind::Outreach),
            ("开展一个专项行动", ActivityKind::Inspection),
        ] {
            assert_eq!(suggest(title, ""), kind, "{title}");
        }
    }
}
