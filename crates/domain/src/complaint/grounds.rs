//! The grounds of the law as lists: declining (第十六条), terminating mediation (第二十三条), and what 第十七条 lets one consider.

use super::case::words;
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

impl DeclineGround {
    /// The item of 第十六条.
    ///
    /// ```
    /// use domain::complaint::grounds::DeclineGround;
    /// assert_eq!(DeclineGround::TooLate.article(), "总局令第121号第十六条第四项");
    /// ```
    pub fn article(self) -> &'static str {
        match self {
            DeclineGround::NotOurs => "总局令第121号第十六条第一项",
            DeclineGround::HandledBefore => "总局令第121号第十六条第二项",
            DeclineGround::NotConsumption => "总局令第121号第十六条第三项",
            DeclineGround::TooLate => "总局令第121号第十六条第四项",
            DeclineGround::MaterialsMissing => "总局令第121号第十六条第五项",
            DeclineGround::IdentityRefused => "总局令第121号第十六条第六项",
            DeclineGround::OtherLaw => "总局令第121号第十六条第七项",
        }
    }
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
        FoundLater = "st_6", "受理后发现存在第十六条、第四十二条情形";
        /// 第七项.
        PartyGone = "st_7", "投诉人、被投诉人死亡或主体资格灭失";
        /// 第八项.
        OtherLaw = "st_8", "应当终止调解的其他情形";
    }
}

impl TerminationGround {
    /// The item of 第二十三条第一款.
    pub fn article(self) -> &'static str {
        match self {
            TerminationGround::Withdrawn => "总局令第121号第二十三条第一款第一项",
            TerminationGround::Refused => "总局令第121号第二十三条第一款第二项",
            TerminationGround::NoAgreement => "总局令第121号第二十三条第一款第三项",
            TerminationGround::NoTestFee => "总局令第121号第二十三条第一款第四项",
            TerminationGround::OutOfTime => "总局令第121号第二十三条第一款第五项",
            TerminationGround::FoundLater => "总局令第121号第二十三条第一款第六项",
            TerminationGround::PartyGone => "总局令第121号第二十三条第一款第七项",
            TerminationGround::OtherLaw => "总局令第121号第二十三条第一款第八项",
        }
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

/// The advisory indicators of 第十七条.
///
/// ```
/// use domain::complaint::{grounds::{Neighbours, indicators}, threshold::Thresholds};
/// let from = Thresholds::default();
/// assert!(indicators(Neighbours::default(), &from).is_empty());
/// let seen = indicators(Neighbours { names_of_phone: 3, ..Neighbours::default() }, &from);
/// assert_eq!(seen[0].article, "总局令第121号第十七条第一款第四项");
/// ```
pub fn indicators(seen: Neighbours, from: &Thresholds) -> Vec<Indicator> {
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
            .map(|it| it.article())
            .chain(TerminationGround::ALL.iter().map(|it| it.article()))
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
        assert!(indicators(one, &from).is_empty());
        assert_eq!(
            indicators(one, &Thresholds { same_phone_and_business: 1, ..from }).len(),
            1,
            "a city may look closer"
        );
        let many = Neighbours { same_phone: 6, ..Neighbours::default() };
        assert!(indicators(many, &from).iter().all(|it| it.sentence.contains("6 件")));
    }
}
