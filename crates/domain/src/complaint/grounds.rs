//! The grounds of the law as lists: declining and terminating mediation, under both orders, and what 第十七条 of Order 121 lets one consider.

use super::case::words;
use super::term::RuleVersion;
use super::threshold::Thresholds;

words! {
    /// Why a complaint is not accepted: 总局令第121号第十六条, items one to seven.
    DeclineGround {
        /// 第一项.
        NotOurs = "na_1", "不属于市场监管部门职责，或本机关不具有处理权限";
        /// 第二项.
        HandledBefore = "na_2", "法院、仲裁、其他机关或消协已受理或处理过同一争议";
        /// 第三项.
        NotConsumption = "na_3", "不是为生活消费需要，或不能证明存在消费者权益争议";
        /// 第四项.
        TooLate = "na_4", "知道或应当知道权益受侵害已超过三年";
        /// 第五项.
        MaterialsMissing = "na_5", "未按规定提供材料，或提供虚假材料";
        /// 第六项.
        IdentityRefused = "na_6", "冒用他人名义，或拒不配合核验身份";
        /// 第七项.
        OtherLaw = "na_7", "法律、法规、规章规定的其他情形";
    }
}

/// The six items of 总局令第20号第十五条. It knows neither false papers nor refused identity, but other bodies of mediation.
const DECLINE_20: &[(&str, &str)] = &[
    ("na_1", "不属于市场监管部门职责，或本机关不具有处理权限"),
    ("na_2", "法院、仲裁、其他机关、消协或其他调解组织已受理或处理过同一争议"),
    ("na_3", "不是为生活消费需要，或不能证明存在消费者权益争议"),
    ("na_4", "知道或应当知道权益受侵害已超过三年"),
    ("na_5", "未按规定提供材料"),
    ("na_7", "法律、法规、规章规定的其他情形"),
];

impl DeclineGround {
    /// Code and word of those the rules of the case know, in the order of the law.
    pub const fn choices(rules: RuleVersion) -> &'static [(&'static str, &'static str)] {
        match rules {
            RuleVersion::Order20 => DECLINE_20,
            RuleVersion::Order121 => Self::CHOICES,
        }
    }

    /// The word under the rules of the case.
    pub fn label_under(self, rules: RuleVersion) -> &'static str {
        word_of(Self::choices(rules), self.code(), self.label())
    }

    /// Order and item; `None` where the rules of the case know no such ground.
    ///
    /// ```
    /// use domain::complaint::{grounds::DeclineGround, term::RuleVersion};
    /// assert_eq!(DeclineGround::TooLate.article(RuleVersion::Order121), Some("总局令第121号第十六条第四项"));
    /// assert_eq!(DeclineGround::IdentityRefused.article(RuleVersion::Order20), None);
    /// ```
    pub fn article(self, rules: RuleVersion) -> Option<&'static str> {
        let (old, new) = match self {
            DeclineGround::NotOurs => (Some("总局令第20号第十五条第一项"), "总局令第121号第十六条第一项"),
            DeclineGround::HandledBefore => (Some("总局令第20号第十五条第二项"), "总局令第121号第十六条第二项"),
            DeclineGround::NotConsumption => (Some("总局令第20号第十五条第三项"), "总局令第121号第十六条第三项"),
            DeclineGround::TooLate => (Some("总局令第20号第十五条第四项"), "总局令第121号第十六条第四项"),
            DeclineGround::MaterialsMissing => (Some("总局令第20号第十五条第五项"), "总局令第121号第十六条第五项"),
            DeclineGround::IdentityRefused => (None, "总局令第121号第十六条第六项"),
            DeclineGround::OtherLaw => (Some("总局令第20号第十五条第六项"), "总局令第121号第十六条第七项"),
        };
        of_version(rules, old, new)
    }
}

fn of_version(rules: RuleVersion, old: Option<&'static str>, new: &'static str) -> Option<&'static str> {
    match rules {
        RuleVersion::Order20 => old,
        RuleVersion::Order121 => Some(new),
    }
}

/// The word of a code among those the rules know; a ground of the other order, written down before, keeps its own.
fn word_of(choices: &[(&str, &'static str)], code: &str, own: &'static str) -> &'static str {
    choices.iter().find(|it| it.0 == code).map_or(own, |it| it.1)
}

words! {
    /// Why mediation is terminated: 总局令第121号第二十三条第一款, items one to eight.
    TerminationGround {
        /// 第一项.
        Withdrawn = "st_1", "投诉人撤回投诉，或双方自行和解";
        /// 第二项.
        Refused = "st_2", "一方无正当理由不参加调解，或明确拒绝调解";
        /// 第三项.
        NoAgreement = "st_3", "经组织调解，一方明确表示无法达成协议";
        /// 第四项.
        NoTestFee = "st_4", "对鉴定、检测费用承担无法协商一致";
        /// 第五项.
        OutOfTime = "st_5", "自受理之日起六十日内未能达成协议";
        /// 第六项.
        FoundLater = "st_6", "受理后发现存在不予受理或者涉嫌骗取赔偿、敲诈勒索的情形";
        /// 第七项.
        PartyGone = "st_7", "投诉人、被投诉人死亡或主体资格灭失";
        /// 第八项.
        OtherLaw = "st_8", "应当终止调解的其他情形";
    }
}

/// The seven items of 总局令第20号第二十一条第一款, in its order.
const TERMINATION_20: &[(&str, &str)] = &[
    ("st_1", "投诉人撤回投诉，或双方自行和解"),
    ("st_4", "对承担鉴定、检测的技术机构或者费用承担无法协商一致"),
    ("st_2", "一方无正当理由不参加调解，或被投诉人明确拒绝调解"),
    ("st_3", "经组织调解，一方明确表示无法达成协议"),
    ("st_5", "自受理之日起四十五个工作日内未能达成协议"),
    ("st_6", "受理后发现存在不予受理的情形"),
    ("st_8", "应当终止调解的其他情形"),
];

impl TerminationGround {
    /// Code and word of those the rules of the case know, in the order of the law.
    pub const fn choices(rules: RuleVersion) -> &'static [(&'static str, &'static str)] {
        match rules {
            RuleVersion::Order20 => TERMINATION_20,
            RuleVersion::Order121 => Self::CHOICES,
        }
    }

    /// The word under the rules of the case.
    pub fn label_under(self, rules: RuleVersion) -> &'static str {
        word_of(Self::choices(rules), self.code(), self.label())
    }

    /// Order, paragraph and item; `None` where the rules of the case know no such ground.
    pub fn article(self, rules: RuleVersion) -> Option<&'static str> {
        const OLD: [&str; 7] = [
            "总局令第20号第二十一条第一款第一项",
            "总局令第20号第二十一条第一款第二项",
            "总局令第20号第二十一条第一款第三项",
            "总局令第20号第二十一条第一款第四项",
            "总局令第20号第二十一条第一款第五项",
            "总局令第20号第二十一条第一款第六项",
            "总局令第20号第二十一条第一款第七项",
        ];
        let [first, second, third, fourth, fifth, sixth, seventh] = OLD.map(Some);
        let (old, new) = match self {
            TerminationGround::Withdrawn => (first, "总局令第121号第二十三条第一款第一项"),
            TerminationGround::Refused => (third, "总局令第121号第二十三条第一款第二项"),
            TerminationGround::NoAgreement => (fourth, "总局令第121号第二十三条第一款第三项"),
            TerminationGround::NoTestFee => (second, "总局令第121号第二十三条第一款第四项"),
            TerminationGround::OutOfTime => (fifth, "总局令第121号第二十三条第一款第五项"),
            TerminationGround::FoundLater => (sixth, "总局令第121号第二十三条第一款第六项"),
            TerminationGround::PartyGone => (None, "总局令第121号第二十三条第一款第七项"),
            TerminationGround::OtherLaw => (seventh, "总局令第121号第二十三条第一款第八项"),
        };
        of_version(rules, old, new)
    }
}

/// What one may consider in asking whether a complaint falls under 第十六条第三项: a sentence for the person who decides.
///
/// 第十七条 says "可以考虑": never a reason to decline by itself, and the program never declines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicator {
    /// The item of 第十七条.
    pub article: &'static str,
    /// What was seen, with its numbers.
    pub sentence: String,
}

/// What is known about other cases of the last ninety days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Neighbours {
    /// Complaints of the same telephone number against the same business.
    pub same_phone_and_business: i64,
    /// Complaints of the same telephone number, any business.
    pub same_phone: i64,
    /// Different names that used the telephone number.
    pub names_of_phone: i64,
    /// Different names that used the postal address.
    pub names_of_address: i64,
    /// Complaints of other people against the same business with nearly the same text.
    pub same_text: i64,
}

/// The advisory indicators of 第十七条. Order 20 lists none: a case under it has none.
///
/// ```
/// use domain::complaint::{grounds::{Neighbours, indicators}, term::RuleVersion, threshold::Thresholds};
/// let from = Thresholds::default();
/// assert!(indicators(Neighbours::default(), &from, RuleVersion::Order121).is_empty());
/// let shared = Neighbours { names_of_phone: 3, ..Neighbours::default() };
/// assert_eq!(indicators(shared, &from, RuleVersion::Order121)[0].article, "总局令第121号第十七条第一款第四项");
/// assert!(indicators(shared, &from, RuleVersion::Order20).is_empty());
/// ```
pub fn indicators(seen: Neighbours, from: &Thresholds, rules: RuleVersion) -> Vec<Indicator> {
    if rules == RuleVersion::Order20 {
        return Vec::new();
    }
    const BULK: &str = "总局令第121号第十七条第一款第二项";
    const SHARED: &str = "总局令第121号第十七条第一款第四项";
    let mut found = Vec::new();
    let mut add = |article, sentence: String| found.push(Indicator { article, sentence });
    let is_from = |n: i64, least: u32| n >= i64::from(least.max(1));
    if is_from(seen.same_phone_and_business, from.same_phone_and_business) {
        add(BULK, format!("同一电话近90日内另有 {} 件投诉同一经营者。", seen.same_phone_and_business));
    } else if is_from(seen.same_phone, from.same_phone) {
        add(BULK, format!("同一电话近90日内另有 {} 件投诉。", seen.same_phone));
    }
    if is_from(seen.same_text, from.same_text) {
        add(BULK, format!("近90日内另有 {} 件内容相近的投诉指向同一经营者。", seen.same_text));
    }
    if is_from(seen.names_of_phone, from.names_of_phone) {
        add(SHARED, format!("同一电话近90日内有 {} 个不同的姓名使用。", seen.names_of_phone));
    }
    if is_from(seen.names_of_address, from.names_of_address) {
        add(SHARED, format!("同一通讯地址近90日内有 {} 个不同的姓名使用。", seen.names_of_address));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_seven_and_eight_grounds_as_in_the_law() {
        assert_eq!(DeclineGround::ALL.len(), 7);
        assert_eq!(TerminationGround::ALL.len(), 8);
        let articles: std::collections::BTreeSet<&str> = DeclineGround::ALL
            .iter()
            .filter_map(|it| it.article(RuleVersion::Order121))
            .chain(TerminationGround::ALL.iter().filter_map(|it| it.article(RuleVersion::Order121)))
            .collect();
        assert_eq!(articles.len(), 15);
    }

    #[test]
    fn one_neighbour_is_no_indicator() {
        let one = Neighbours {
            same_phone: 1,
            same_phone_and_business: 1,
            names_of_phone: 1,
            names_of_address: 2,
            same_text: 1,
        };
        let from = Thresholds::default();
        assert!(indicators(one, &from, RuleVersion::Order121).is_empty());
        assert_eq!(
            indicators(one, &Thresholds { same_phone_and_business: 1, ..from }, RuleVersion::Order121).len(),
            1,
            "a city may look closer"
        );
        let many = Neighbours { same_phone: 6, ..Neighbours::default() };
        assert!(indicators(many, &from, RuleVersion::Order121).iter().all(|it| it.sentence.contains("6 件")));
    }
}
