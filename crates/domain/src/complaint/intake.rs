//! What is written down when a case comes in: the fields of 第十条 (complaint), 第十一条 (agent), 第十二条 (joint complaint)
//! and 第二十八条 (tip-off), and how a form of them is read.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::case::{CaseKind, Demand};
use super::category::{Category, CategorySide};
use super::identity;
use crate::FormErrors;

/// The longest text of a case.
pub const TEXT_LIMIT: usize = 5000;

/// A day before this one was mistyped: there were neither these rules nor a calendar of working days to count by.
pub const EARLIEST: Date = jiff::civil::date(2000, 1, 1);

/// Fields that have no rule of their own beyond their length, with the word on the page.
const LIMITS: &[(&str, usize, &str)] = &[
    ("consumer_phone", 40, "电话"),
    ("consumer_id", 40, "证件号码"),
    ("others", 4000, "共同投诉人"),
    ("representatives", 60, "代表人"),
    ("agent_name", 60, "代理人姓名"),
    ("agent_phone", 40, "代理人电话"),
    ("agent_authority", 500, "委托事项、权限和期限"),
    ("credit_code", 40, "信用代码"),
    ("business_phone", 40, "经营者电话"),
    ("platform", 60, "平台名称"),
    ("goods", 60, "商品或服务"),
    ("order_number", 60, "订单号"),
    ("place", 100, "事发地"),
    ("demand", 500, "诉求"),
];

/// Fields whose value is a code of the classification, with the trees it may come from.
const CLASSIFIED: &[(&str, &[CategorySide])] =
    &[("category", &[CategorySide::Goods, CategorySide::Service]), ("problem", &[CategorySide::Problem])];

/// The person who complains or reports. Personal data: sealed at rest, masked on pages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the fields of the form, by their names")]
pub struct Consumer {
    pub name: String,
    pub phone: String,
    pub address: String,
    pub id_number: String,
    /// 第十一条: the agent, with what the power of attorney says (matter, authority, term).
    pub agent: Option<Agent>,
    /// 第十二条: the others of a joint complaint, one to a line, name and telephone number.
    pub others: String,
    /// 第十二条: at most two representatives, elected in writing.
    pub representatives: String,
}

/// Who complains for somebody else (第十一条).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the fields of the form, by their names")]
pub struct Agent {
    pub name: String,
    pub phone: String,
    /// 委托事项、权限和期限.
    pub authority: String,
    /// The original of the power of attorney and the agent's identity proof have been handed in.
    pub has_papers: bool,
}

/// The business complained of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the fields of the form, by their names")]
pub struct Business {
    pub name: String,
    pub address: String,
    pub credit_code: String,
    pub phone: String,
    /// The platform it sells on (第十三条第三款); empty when it does not.
    pub platform: String,
}

/// Everything written down about a case, besides what happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the fields of the form, by their names")]
pub struct Particulars {
    pub consumer: Consumer,
    pub business: Business,
    /// The code of the goods or service in the classification.
    pub category: String,
    /// The code of the problem.
    pub problem: String,
    /// 商品或服务名称.
    pub goods: String,
    pub order_number: String,
    pub bought_on: Option<Date>,
    /// 事发地.
    pub place: String,
    pub demands: Vec<Demand>,
    /// 具体请求, in the person's words.
    pub demand: String,
    /// The amount in dispute.
    pub amount_fen: Option<i64>,
    /// 事实、线索、问题.
    pub text: String,
}

impl Particulars {
    /// What 第十条 and 第十一条 (第二十八条 for a tip-off) ask for and is not there yet.
    ///
    /// Missing materials are a ground to decline (第十六条第五项), never a reason not to register.
    pub fn missing(&self, kind: CaseKind) -> Vec<&'static str> {
        let mut missing = Vec::new();
        let mut ask = |value: &str, words: &'static str| {
            if value.trim().is_empty() {
                missing.push(words);
            }
        };
        match kind {
            CaseKind::Complaint => {
                ask(&self.consumer.name, "投诉人姓名");
                ask(&self.consumer.phone, "投诉人电话");
                ask(&self.consumer.address, "投诉人通讯地址");
                ask(&self.business.name, "被投诉人名称");
                ask(&self.business.address, "被投诉人地址");
                let has_demand = !self.demands.is_empty() || !self.demand.trim().is_empty();
                ask(if has_demand { "x" } else { "" }, "具体的投诉请求");
                if let Some(agent) = &self.consumer.agent {
                    ask(&agent.authority, "授权委托书载明的事项、权限和期限");
                    ask(if agent.has_papers { "x" } else { "" }, "授权委托书原件和受托人身份证明");
                }
            }
            CaseKind::Tipoff => ask(&self.business.name, "被举报人名称"),
            CaseKind::Inquiry => {}
        }
        missing
    }

    /// What is asked for, in words.
    pub fn demand_words(&self) -> String {
        let listed: Vec<&str> = self.demands.iter().map(|it| it.label()).collect();
        match (listed.is_empty(), self.demand.is_empty()) {
            (true, _) => self.demand.clone(),
            (false, true) => listed.join("、"),
            (false, false) => format!("{}：{}", listed.join("、"), self.demand),
        }
    }

    /// The words a search finds the case by: never the person's.
    pub fn search_text(&self) -> String {
        let parts = [&self.business.name, &self.goods, &self.demand, &self.text, &self.place, &self.business.address];
        parts.into_iter().filter(|it| !it.is_empty()).cloned().collect::<Vec<_>>().join(" ")
    }

    /// The fields that differ, by their words: what an event says of a correction, never the content.
    pub fn changed_fields(&self, other: &Particulars) -> Vec<String> {
        let mut fields = Vec::new();
        let mut compare = |is_same: bool, word: &str| {
            if !is_same {
                fields.push(word.to_owned());
            }
        };
        compare(self.consumer == other.consumer, "投诉人信息");
        compare(self.business == other.business, "被投诉人信息");
        compare(self.category == other.category && self.problem == other.problem, "分类");
        compare(
            self.goods == other.goods && self.order_number == other.order_number && self.bought_on == other.bought_on,
            "商品或服务",
        );
        compare(self.demands == other.demands && self.demand == other.demand, "诉求");
        compare(self.amount_fen == other.amount_fen, "金额");
        compare(self.place == other.place, "事发地");
        compare(self.text == other.text, "内容");
        fields
    }
}

/// Reads the fields of an intake form; `get` gives the text of a field, empty when it is not there.
///
/// Strict is only what makes the case findable: a text, and for a complaint a way to reach the person. What 第十条 asks for beyond
/// that is listed by [`Particulars::missing`], because a call on the telephone must be registered before everything is known.
///
/// The codes of goods, service and problem are those of `categories`, one out of use among them: a form drawn yesterday is not
/// refused, but a stranger invents none.
///
/// # Errors
/// A sentence for each field that is wrong.
pub fn parse(
    kinds: &[CaseKind],
    get: &dyn Fn(&str) -> String,
    categories: &[Category],
    today: Date,
) -> Result<Particulars, FormErrors> {
    let mut errors = FormErrors::default();
    let text = |name: &str| get(name).trim().to_owned();
    let is_complaint = kinds.contains(&CaseKind::Complaint);
    if kinds.is_empty() {
        errors.add("kind", "请选择是投诉、举报还是咨询；一件里都有的，可以同时选。");
    }
    let consumer = parse_consumer(&text, is_complaint, &mut errors);
    let business = parse_business(&text, is_complaint || kinds.contains(&CaseKind::Tipoff), &mut errors);
    let bought_on = optional_day(&text("bought_on"), today, "bought_on", &mut errors);
    let amount_fen = match money(&text("amount")) {
        Ok(amount) => amount,
        Err(sentence) => {
            errors.add("amount", sentence);
            None
        }
    };
    let demands = Demand::ALL.iter().copied().filter(|it| !text(&format!("demand_{}", it.code())).is_empty()).collect();
    let body = get("text").replace("\r\n", "\n").trim().to_owned();
    let n_chars = body.chars().count();
    if body.is_empty() {
        errors.add("text", "请写明事情经过：什么时候、在哪里、买了什么、出了什么问题。");
    } else if n_chars > TEXT_LIMIT {
        errors.add("text", format!("内容有 {n_chars} 字，请控制在 {TEXT_LIMIT} 字以内，其余作为附件。"));
    }
    parse_tipoff_text(kinds, get("text_report").trim(), &body, &mut errors);
    for (name, limit, word) in LIMITS {
        if text(name).chars().count() > *limit && errors.of(name).is_none() {
            errors.add(*name, format!("{word}请控制在 {limit} 字以内。"));
        }
    }
    for (name, sides) in CLASSIFIED {
        let code = text(name);
        if !code.is_empty() && !categories.iter().any(|it| it.code == code && sides.contains(&it.side)) {
            errors.add(*name, "没有这个分类，请从列表里重新选择。");
        }
    }
    let particulars = Particulars {
        consumer,
        business,
        category: text("category"),
        problem: text("problem"),
        goods: text("goods"),
        order_number: text("order_number"),
        bought_on,
        place: text("place"),
        demands,
        demand: text("demand"),
        amount_fen,
        text: body,
    };
    errors.into_result(particulars)
}

/// Says a part of a letter all that the letter says, blanks aside?
///
/// ```
/// use domain::complaint::intake::is_whole;
/// assert!(is_whole("牛奶过期，\n后厨有鼠。", " 牛奶过期，后厨有鼠。"));
/// assert!(!is_whole("牛奶过期。", "牛奶过期，后厨有鼠。"));
/// ```
pub fn is_whole(part: &str, letter: &str) -> bool {
    let words = |text: &str| text.chars().filter(|it| !it.is_whitespace()).collect::<String>();
    words(part) == words(letter)
}

/// One form for a tip-off and another matter: what is reported needs words of its own. One text for both would show the report to
/// everybody who reads the complaint (第三十七条, of Order 20 第三十三条).
fn parse_tipoff_text(kinds: &[CaseKind], tipoff: &str, body: &str, errors: &mut FormErrors) {
    if !kinds.contains(&CaseKind::Tipoff) || kinds.len() < 2 {
        return;
    }
    if tipoff.is_empty() {
        errors.add(
            "text_report",
            "请把举报的内容单独写在这里，并从上面的经过里删去：上面的话处理单位和双方当事人都会看到。",
        );
    } else if tipoff.chars().count() > TEXT_LIMIT {
        errors.add("text_report", format!("举报的内容请控制在 {TEXT_LIMIT} 字以内。"));
    } else if is_whole(tipoff, body) {
        errors.add(
            "text_report",
            "举报的内容和上面的经过一样，举报的话会被处理单位和双方当事人看到。请从上面删去举报的内容，这里只留举报的事。",
        );
    }
}

fn parse_consumer(text: &dyn Fn(&str) -> String, is_complaint: bool, errors: &mut FormErrors) -> Consumer {
    let consumer = Consumer {
        name: text("consumer_name"),
        phone: identity::normal_phone(&text("consumer_phone")),
        address: text("consumer_address"),
        id_number: text("consumer_id").to_ascii_uppercase(),
        agent: None,
        others: text("others"),
        representatives: text("representatives"),
    };
    if is_complaint && consumer.name.is_empty() {
        errors.add("consumer_name", "请填写投诉人姓名；投诉须实名，举报可以匿名。");
    }
    if consumer.name.chars().count() > 60 {
        errors.add("consumer_name", "姓名请控制在 60 字以内。");
    }
    let typed_phone = text("consumer_phone");
    if is_complaint && typed_phone.is_empty() {
        errors.add("consumer_phone", "请填写投诉人电话，以便告知是否受理。");
    } else if !typed_phone.is_empty() && !identity::is_phone(&typed_phone) {
        errors.add("consumer_phone", "电话号码不对：手机号是 11 位，座机请带区号。");
    }
    let is_plain_id =
        consumer.id_number.len() == 18 && consumer.id_number.chars().take(17).all(|it| it.is_ascii_digit());
    if is_plain_id && !identity::is_resident_id(&consumer.id_number) {
        errors.add("consumer_id", "身份证号码的校验位不对，请核对。其他证件照原样填写。");
    }
    if consumer.address.chars().count() > 120 {
        errors.add("consumer_address", "通讯地址请控制在 120 字以内。");
    }
    // 第十二条: "书面推选两名代表人".
    if consumer.representatives.split(['、', ',', '，', ' ']).filter(|it| !it.is_empty()).count() > 2 {
        errors.add("representatives", "共同投诉的代表人是两名。");
    }
    let agent_name = text("agent_name");
    let agent = (!agent_name.is_empty()).then(|| Agent {
        name: agent_name,
        phone: identity::normal_phone(&text("agent_phone")),
        authority: text("agent_authority"),
        has_papers: !text("agent_papers").is_empty(),
    });
    Consumer { agent, ..consumer }
}

fn parse_business(text: &dyn Fn(&str) -> String, is_needed: bool, errors: &mut FormErrors) -> Business {
    let business = Business {
        name: text("business_name"),
        address: text("business_address"),
        credit_code: text("credit_code").to_ascii_uppercase(),
        phone: text("business_phone"),
        platform: text("platform"),
    };
    if is_needed && business.name.is_empty() {
        errors.add("business_name", "请填写被投诉（举报）的经营者名称；不知道全称的，写招牌上的名字。");
    }
    if business.name.chars().count() > 100 {
        errors.add("business_name", "经营者名称请控制在 100 字以内。");
    }
    if business.address.chars().count() > 120 {
        errors.add("business_address", "地址请控制在 120 字以内。");
    }
    let code = &business.credit_code;
    let is_old_number = code.len() == 15 && code.chars().all(|it| it.is_ascii_digit());
    if !code.is_empty() && !is_old_number && !identity::is_credit_code(code) {
        errors.add("credit_code", "统一社会信用代码是 18 位，校验位不对，请核对；查不到的请留空。");
    }
    business
}

/// An optional day that cannot lie in the future.
fn optional_day(text: &str, today: Date, field: &str, errors: &mut FormErrors) -> Option<Date> {
    if text.is_empty() {
        return None;
    }
    match text.parse::<Date>() {
        Ok(day) if day < EARLIEST => {
            errors.add(field, "年份不对，请核对。");
            None
        }
        Ok(day) if day <= today => Some(day),
        Ok(_) => {
            errors.add(field, "日期不能晚于今天。");
            None
        }
        Err(_) => {
            errors.add(field, format!("“{text}”不是日期，请写成 2027-03-15 这样。"));
            None
        }
    }
}

/// Yuan as typed, in fen: `1,280.5`, `1.2万`; `None` when nothing was typed.
///
/// ```
/// use domain::complaint::intake::money;
/// assert_eq!(money("1,280.5元"), Ok(Some(128_050)));
/// assert_eq!(money("1.2万"), Ok(Some(1_200_000)));
/// assert!(money("很多").is_err());
/// ```
///
/// # Errors
/// A sentence, when it is no amount.
pub fn money(text: &str) -> Result<Option<i64>, String> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, ',' | '，' | '￥' | '¥')).collect();
    if plain.is_empty() {
        return Ok(None);
    }
    let wrong = || format!("“{}”不是金额，请写成 1280.50 这样，单位是元。", text.trim());
    let plain = plain.trim_end_matches('元');
    let (plain, factor) = plain.strip_suffix('万').map_or((plain, 1), |it| (it, 10_000));
    let (whole, part) = plain.split_once('.').unwrap_or((plain, ""));
    let is_digits = |it: &str| it.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 10 || part.len() > 6 || !is_digits(whole) || !is_digits(part) {
        return Err(wrong());
    }
    let whole: i64 = whole.parse().map_err(|_| wrong())?;
    let millionths: i64 = format!("{part:0<6}").parse().map_err(|_| wrong())?;
    let fen = (whole * 1_000_000 + millionths) * factor / 10_000;
    if fen > 100_000_000_000 { Err("金额超过 10 亿元，请核对。".to_owned()) } else { Ok(Some(fen)) }
}

/// An amount as it is shown: 1280.50, and without the fen where there are none.
pub fn yuan(fen: i64) -> String {
    if fen % 100 == 0 { format!("{}", fen / 100) } else { format!("{}.{:02}", fen / 100, (fen % 100).abs()) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;

    use super::*;

    fn read(kinds: &[CaseKind], fields: &[(&str, &str)]) -> Result<Particulars, FormErrors> {
        let fields: BTreeMap<&str, &str> = fields.iter().copied().collect();
        let node = |code: &str, side, is_active| Category {
            code: code.to_owned(),
            side,
            parent: String::new(),
            name: code.to_owned(),
            platform_name: String::new(),
            is_active,
        };
        let categories = [node("g01", CategorySide::Goods, true), node("p03", CategorySide::Problem, false)];
        let get = |name: &str| fields.get(name).copied().unwrap_or_default().to_owned();
        parse(kinds, &get, &categories, date(2027, 3, 11))
    }

    const FULL: &[(&str, &str)] = &[
        ("consumer_name", "凌小满"),
        ("consumer_phone", "139 0000 0001"),
        ("consumer_address", "云溪县东街12号"),
        ("business_name", "云溪县好来超市"),
        ("business_address", "云溪县东街1号"),
        ("demand_return", "1"),
        ("demand", "退货退款"),
        ("amount", "128.5"),
        ("text", "3月1日买的电饭煲用三天就坏了。"),
    ];

    #[test]
    fn a_full_complaint_misses_nothing() {
        let it = read(&[CaseKind::Complaint], FULL).unwrap();
        assert!(it.missing(CaseKind::Complaint).is_empty());
        assert_eq!((it.consumer.phone.as_str(), it.amount_fen), ("13900000001", Some(12_850)));
        assert_eq!(it.demand_words(), "退货：退货退款");
        assert!(
            !it.search_text().contains("凌小满") && !it.search_text().contains("东街12号"),
            "search knows no person"
        );
    }

    #[test]
    fn what_is_missing_is_named_and_the_case_is_registered_all_the_same() {
        let short: Vec<(&str, &str)> = FULL.iter().copied().filter(|it| !it.0.ends_with("address")).collect();
        let it = read(&[CaseKind::Complaint], &short).unwrap();
        assert_eq!(it.missing(CaseKind::Complaint), ["投诉人通讯地址", "被投诉人地址"]);
    }

    #[test]
    fn a_tip_off_may_be_anonymous_and_an_inquiry_needs_no_business() {
        assert!(read(&[CaseKind::Tipoff], &[("business_name", "甲店"), ("text", "卖过期食品")]).is_ok());
        assert!(read(&[CaseKind::Inquiry], &[("text", "七日无理由退货怎么算")]).is_ok());
        let errors = read(&[CaseKind::Complaint], &[("text", "x")]).unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|it| it.0).collect();
        assert_eq!(fields, ["consumer_name", "consumer_phone", "business_name"]);
    }

    #[test]
    fn an_agent_brings_papers_and_there_are_two_representatives() {
        let agent = [FULL, &[("agent_name", "乔舒禾")]].concat();
        let it = read(&[CaseKind::Complaint], &agent).unwrap();
        assert_eq!(it.missing(CaseKind::Complaint).len(), 2);
        let three = [FULL, &[("representatives", "甲、乙、丙")]].concat();
        assert!(read(&[CaseKind::Complaint], &three).unwrap_err().of("representatives").is_some());
    }

    #[test]
    fn each_wrong_field_has_its_sentence() {
        let wrong = [
            FULL,
            &[
                ("consumer_phone", "12"),
                ("credit_code", "123"),
                ("consumer_id", "110105194912310021"),
                ("amount", "-3"),
                ("bought_on", "2027-03-12"),
                ("text", ""),
            ],
        ]
        .concat();
        let errors = read(&[CaseKind::Complaint], &wrong).unwrap_err();
        for field in ["consumer_phone", "credit_code", "consumer_id", "amount", "bought_on", "text"] {
            assert!(errors.of(field).is_some(), "{field}");
        }
        assert!(read(&[], FULL).unwrap_err().of("kind").is_some());
        let long = "长".repeat(5001);
        for (name, ..) in LIMITS {
            let fields = [FULL, &[(*name, long.as_str())]].concat();
            assert!(read(&[CaseKind::Complaint], &fields).unwrap_err().of(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_classification_is_chosen_from_the_trees() {
        let chosen = |category, problem| {
            read(&[CaseKind::Complaint], &[FULL, &[("category", category), ("problem", problem)]].concat())
        };
        assert!(chosen("g01", "p03").is_ok(), "one that went out of use since the form was drawn is taken");
        assert!(chosen("自编分类", "").unwrap_err().of("category").is_some());
        assert!(chosen("", "g01").unwrap_err().of("problem").is_some(), "goods are no problem");
    }

    #[test]
    fn a_mistyped_year_is_noticed() {
        let bought = |day| read(&[CaseKind::Complaint], &[FULL, &[("bought_on", day)]].concat());
        assert!(bought("0027-03-01").unwrap_err().of("bought_on").is_some());
        assert!(bought("2027-03-01").is_ok());
    }

    #[test]
    fn money_is_read_and_shown() {
        let table = [
            ("", Ok(None)),
            ("0", Ok(Some(0))),
            ("12.345", Ok(Some(1234))),
            ("¥3,000", Ok(Some(300_000))),
            ("0.5万元", Ok(Some(500_000))),
        ];
        for (typed, expected) in table {
            assert_eq!(money(typed), expected, "{typed}");
        }
        for wrong in ["-1", "1.2.3", "abc", ".", "99999999999"] {
            assert!(money(wrong).is_err(), "{wrong}");
        }
        assert_eq!((yuan(12_850), yuan(100_000)), ("128.50".to_owned(), "1000".to_owned()));
    }

    #[test]
    fn a_correction_names_fields_and_no_content() {
        let one = read(&[CaseKind::Complaint], FULL).unwrap();
        let mut other = one.clone();
        other.consumer.phone = "13900000002".to_owned();
        other.text = "改".to_owned();
        assert_eq!(one.changed_fields(&other), ["投诉人信息", "内容"]);
    }
}
