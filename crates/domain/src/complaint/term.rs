//! Statutory terms (法定期限) as dated data, each with its article.
//!
//! Which rules govern a case is decided by its day of receipt: Order 20 until 2026-04-14, Order 121 from 2026-04-15.
//! Order 121 has no transitional clause, so a bureau may choose otherwise for cases received before; the choice is an argument.

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

/// The day 《市场监督管理投诉举报处理办法》 (Order 121) came into force: 第四十六条.
pub const ORDER_121_IN_FORCE: Date = date(2026, 4, 15);

/// What a term is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayUnit {
    /// 工作日.
    Working,
    /// 日 (自然日).
    Natural,
}

impl DayUnit {
    /// The words of the law.
    pub fn label(self) -> &'static str {
        match self {
            DayUnit::Working => "个工作日",
            DayUnit::Natural => "日",
        }
    }
}

/// Which set of rules a case follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleVersion {
    /// 《市场监督管理投诉举报处理暂行办法》, SAMR Order 20, 2020-01-01 to 2026-04-14.
    Order20,
    /// 《市场监督管理投诉举报处理办法》, SAMR Order 121, from 2026-04-15.
    Order121,
}

impl RuleVersion {
    /// The version in force on the day of receipt.
    ///
    /// ```
    /// use domain::complaint::term::RuleVersion;
    /// use jiff::civil::date;
    /// assert_eq!(RuleVersion::in_force_on(date(2026, 4, 14)), RuleVersion::Order20);
    /// assert_eq!(RuleVersion::in_force_on(date(2026, 4, 15)), RuleVersion::Order121);
    /// ```
    pub fn in_force_on(received: Date) -> RuleVersion {
        if received < ORDER_121_IN_FORCE { RuleVersion::Order20 } else { RuleVersion::Order121 }
    }

    /// The title of the rules.
    pub fn title(self) -> &'static str {
        match self {
            RuleVersion::Order20 => "《市场监督管理投诉举报处理暂行办法》（总局令第20号）",
            RuleVersion::Order121 => "《市场监督管理投诉举报处理办法》（总局令第121号）",
        }
    }

    /// The code on the command line and in JSON.
    pub fn code(self) -> &'static str {
        match self {
            RuleVersion::Order20 => "order_20",
            RuleVersion::Order121 => "order_121",
        }
    }

    /// 第四十五条 of Order 121 or, before it, 第八十条 of the penalty procedure, which says the same.
    pub fn counting_article(self) -> &'static str {
        match self {
            RuleVersion::Order20 => PENALTY_80,
            RuleVersion::Order121 => "《市场监督管理投诉举报处理办法》第四十五条",
        }
    }
}

/// One term under one version of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Stable code, `area.step`; never reused.
    pub code: &'static str,
    /// What must be done.
    pub label: &'static str,
    /// From which day it runs.
    pub runs_from: &'static str,
    /// How long.
    pub length: u32,
    /// In what.
    pub unit: DayUnit,
    /// Under which version; `None` for terms of other laws, which the two orders did not change.
    pub version: Option<RuleVersion>,
    /// Law and article.
    pub article: &'static str,
    /// The article that takes laboratory time out of the term; `None` when none does.
    pub pause_article: Option<&'static str>,
}

impl Term {
    /// The article that says how its days are counted; `None` where no source for it is known, so that none is named.
    ///
    /// ```
    /// use domain::complaint::term::{RuleVersion, find};
    /// let counting = |code| find(code, RuleVersion::Order121).unwrap().counting_article();
    /// assert_eq!(counting("complaint.accept"), Some("《市场监督管理投诉举报处理办法》第四十五条"));
    /// assert_eq!(counting("report.decide"), Some("《市场监督管理行政处罚程序规定》第八十条"));
    /// assert_eq!(counting("publicity.inspection"), None);
    /// ```
    pub fn counting_article(&self) -> Option<&'static str> {
        match self.version {
            Some(version) => Some(version.counting_article()),
            // The penalty procedure counts its own terms; the rules of the platform and of inspections are silent in what we have.
            None => self.article.starts_with(PENALTY_RULES).then_some(PENALTY_80),
        }
    }

    /// What it rests on: its article, and the title of the order where it is one of an order. A term of another law names that law alone.
    pub fn basis(&self) -> String {
        let title = self.version.map(|it| format!("；{}", it.title())).unwrap_or_default();
        format!("{}{title}", self.article)
    }
}

/// The rules of the penalty procedure, as its articles begin.
const PENALTY_RULES: &str = "《市场监督管理行政处罚程序规定》";
/// How days are counted there.
const PENALTY_80: &str = "《市场监督管理行政处罚程序规定》第八十条";

const WORKING: DayUnit = DayUnit::Working;
const NATURAL: DayUnit = DayUnit::Natural;
const O20: Option<RuleVersion> = Some(RuleVersion::Order20);
const O121: Option<RuleVersion> = Some(RuleVersion::Order121);

/// 《市场监督管理行政处罚程序规定》第十八条: time for tests and appraisals is not counted.
const PENALTY_18: Option<&str> = Some("《市场监督管理行政处罚程序规定》第十八条");

const fn term(
    code: &'static str,
    label: &'static str,
    runs_from: &'static str,
    (length, unit): (u32, DayUnit),
    version: Option<RuleVersion>,
    article: &'static str,
    pause_article: Option<&'static str>,
) -> Term {
    Term { code, label, runs_from, length, unit, version, article, pause_article }
}

/// Every term, under every version.
#[rustfmt::skip]
pub const TERMS: &[Term] = &[
    // "应当自收到投诉之日起七个工作日内作出受理或者不予受理的决定，并告知投诉人".
    term("complaint.accept", "决定是否受理并告知投诉人", "收到投诉之日", (7, WORKING), O20, "总局令第20号第十四条", None),
    term("complaint.accept", "决定是否受理并告知投诉人", "收到投诉之日", (7, WORKING), O121, "总局令第121号第十五条", None),
    // Order 20 counted 45 working days, Order 121 counts 60 natural days; laboratory time is taken out of both.
    term("mediation.end", "未达成调解协议的，终止调解", "投诉受理之日", (45, WORKING), O20, "总局令第20号第二十一条第一款第五项", Some("总局令第20号第二十条")),
    term("mediation.end", "未达成调解协议的，终止调解", "投诉受理之日", (60, NATURAL), O121, "总局令第121号第二十三条第一款第五项", Some("总局令第121号第二十二条")),
    term("mediation.notice", "终止调解后告知双方", "作出终止调解决定之日", (7, WORKING), O20, "总局令第20号第二十一条第二款", None),
    term("mediation.notice", "终止调解后告知双方", "作出终止调解决定之日", (7, WORKING), O121, "总局令第121号第二十三条第二款", None),
    term("complaint.lead_verify", "核查调解中发现的违法线索", "发现线索之日", (15, WORKING), O20, "总局令第20号第二十三条", None),
    term("complaint.lead_verify", "核查调解中发现的违法线索", "发现线索之日", (15, WORKING), O121, "总局令第121号第二十七条", None),
    term("complaint.lead_verify_extended", "核查调解中发现的违法线索（经批准延长）", "发现线索之日", (30, WORKING), O20, "总局令第20号第二十三条", None),
    term("complaint.lead_verify_extended", "核查调解中发现的违法线索（经批准延长）", "发现线索之日", (30, WORKING), O121, "总局令第121号第二十七条", None),
    term("report.decide", "核查举报并决定是否立案", "收到举报之日", (15, WORKING), None, "《市场监督管理行政处罚程序规定》第十八条", PENALTY_18),
    term("report.decide_extended", "核查举报并决定是否立案（经批准延长）", "收到举报之日", (30, WORKING), None, "《市场监督管理行政处罚程序规定》第十八条", PENALTY_18),
    // Order 121 dropped this duty: it is left to the laws and rules that name it (第三十六条).
    term("report.notify", "告知实名举报人是否立案", "作出是否立案决定之日", (5, WORKING), O20, "总局令第20号第三十一条第二款", None),
    term("jurisdiction.negotiate", "协商处理权限争议", "发生争议之日", (7, WORKING), O20, "总局令第20号第三十条", None),
    term("jurisdiction.negotiate", "协商处理权限争议", "发生争议之日", (7, WORKING), O121, "总局令第121号第三十三条", None),
    term("jurisdiction.designate", "上级指定管辖", "收到报请之日", (7, WORKING), None, "《市场监督管理行政处罚程序规定》第十六条", None),
    term("odr.answer", "企业在线协商并反馈", "企业收到投诉之日", (10, WORKING), None, "全国12315平台在线消费纠纷解决规则", None),
    term("publicity.inspection", "公示检查结果", "检查结果形成之日", (20, WORKING), None, "《企业公示信息抽查办法》第十二条", None),
    term("penalty.decide", "普通程序作出处罚决定", "立案之日", (90, NATURAL), None, "《市场监督管理行政处罚程序规定》第六十四条", Some("《市场监督管理行政处罚程序规定》第六十四条")),
    term("assistance.answer", "答复协助调查函", "收到协助调查函之日", (15, WORKING), None, "《市场监督管理行政处罚程序规定》第四十五条", None),
];

/// The term of this code for a case of this version.
///
/// `None` when nobody knows the code, or when these rules have no such term (`report.notify` under Order 121).
///
/// ```
/// use domain::complaint::term::{DayUnit, RuleVersion, find};
/// let term = find("mediation.end", RuleVersion::Order121).unwrap();
/// assert_eq!((term.length, term.unit), (60, DayUnit::Natural));
/// ```
pub fn find(code: &str, version: RuleVersion) -> Option<&'static Term> {
    TERMS.iter().find(|term| term.code == code && term.version.is_none_or(|own| own == version))
}

/// The codes of all terms, each once, in the order of the list.
pub fn codes() -> Vec<&'static str> {
    let mut codes: Vec<&'static str> = TERMS.iter().map(|term| term.code).collect();
    codes.dedup();
    codes
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_code_stands_once_for_each_version() {
        let mut seen = BTreeSet::new();
        for term in TERMS {
            assert!(seen.insert((term.code, term.version)), "{} stands twice", term.code);
            assert!(term.length > 0 && !term.article.is_empty() && !term.label.is_empty());
        }
        for code in codes() {
            let versions: Vec<_> = TERMS.iter().filter(|term| term.code == code).map(|term| term.version).collect();
            assert!(!versions.contains(&None) || versions.len() == 1, "{code} is both of an order and of another law");
        }
    }

    #[test]
    fn a_term_of_another_law_names_neither_order() {
        for term in TERMS {
            let (basis, counting) = (term.basis(), term.counting_article());
            assert_eq!(term.version.is_some(), basis.contains("投诉举报处理"), "{basis}");
            let is_penalty = term.version.is_none() && term.article.contains("处罚程序规定");
            assert_eq!(counting.is_some(), term.version.is_some() || is_penalty, "{} {counting:?}", term.code);
            assert!(!is_penalty || counting == Some(PENALTY_80), "{}", term.code);
        }
    }

    #[test]
    fn order_121_says_what_its_text_says() {
        // 第十五条 七个工作日; 第二十三条 六十日, 七个工作日; 第二十七条 十五个工作日; 第三十三条 七个工作日.
        let expected = [
            ("complaint.accept", 7, DayUnit::Working),
            ("mediation.end", 60, DayUnit::Natural),
            ("mediation.notice", 7, DayUnit::Working),
            ("complaint.lead_verify", 15, DayUnit::Working),
            ("jurisdiction.negotiate", 7, DayUnit::Working),
        ];
        for (code, length, unit) in expected {
            let term = find(code, RuleVersion::Order121).unwrap();
            assert_eq!((term.length, term.unit), (length, unit), "{code}");
        }
        // 第三十六条 leaves the notice to a named reporter to other laws.
        assert_eq!(find("report.notify", RuleVersion::Order121), None);
    }

    #[test]
    fn order_20_says_what_its_text_says() {
        // 第十四条 七个工作日; 第二十一条 四十五个工作日; 第三十一条 五个工作日.
        for (code, length) in [("complaint.accept", 7), ("mediation.end", 45), ("report.notify", 5)] {
            let term = find(code, RuleVersion::Order20).unwrap();
            assert_eq!((term.length, term.unit), (length, DayUnit::Working), "{code}");
        }
    }
}
