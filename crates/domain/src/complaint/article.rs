//! Which article says a thing, under the rules of a case.
//!
//! A case received on 2026-03-02 follows Order 20, one received on 2026-05-06 follows Order 121 (第四十六条); a page, a letter or a trail
//! that names the article of the other order is wrong in law. So an article is named only by asking the version of the case here.
//! An article of Order 20 is named with its order, because the bare number is taken for Order 121 today. Where Order 20 has no such rule
//! the answer is empty, and no article is named.

use super::term::RuleVersion;

macro_rules! articles {
    ($($(#[$doc:meta])* $name:ident = $old:literal, $new:literal;)+) => {
        impl RuleVersion {
            $($(#[$doc])* pub fn $name(self) -> &'static str {
                match self { RuleVersion::Order20 => $old, RuleVersion::Order121 => $new }
            })+
        }

        /// Every one, to be walked by tests: name, under Order 20, under Order 121.
        pub const ARTICLES: &[(&str, &str, &str)] = &[$((stringify!($name), $old, $new)),+];
    };
}

articles! {
    /// Complaint and tip-off in one letter are handled apart (分别处理).
    apart = "第20号令第七条", "第九条";
    /// What a complaint has to say.
    particulars = "第20号令第九条", "第十条";
    /// A complaint through an agent.
    agent = "第20号令第十条", "第十一条";
    /// A joint complaint and its two representatives.
    joint = "第20号令第十一条", "第十二条";
    /// The place that decides who handles a complaint.
    place = "第20号令第十二条", "第十三条";
    /// Seven working days to accept or to decline.
    accept = "第20号令第十四条", "第十五条";
    /// When a complaint is declined.
    decline = "第20号令第十五条", "第十六条";
    /// What may be considered in asking whether somebody buys for daily life. Order 20 has no such list.
    indicators = "", "第十七条";
    /// Mediation needs the consent of both.
    consent = "第20号令第十六条", "第十八条";
    /// Entrusting the association.
    entrust = "第20号令第十七条", "第十九条";
    /// Both are told of a session on site beforehand.
    session = "第20号令第十八条", "第二十条";
    /// Recusal of a mediator.
    recusal = "第20号令第十九条第二款", "第二十一条第二款";
    /// The laboratory, whose time does not count.
    laboratory = "第20号令第二十条", "第二十二条";
    /// When mediation is terminated.
    terminate = "第20号令第二十一条第一款", "第二十三条第一款";
    /// Both are told of it.
    terminate_told = "第20号令第二十一条第二款", "第二十三条第二款";
    /// The agreement on paper.
    agreement = "第20号令第二十二条", "第二十四条";
    /// Calling back. Order 20 does not speak of it.
    call_back = "", "第二十六条";
    /// A lead found in mediation.
    lead = "第20号令第二十三条", "第二十七条";
    /// A tip-off the bureau has no power over.
    no_power = "第20号令第二十九条", "第三十四条";
    /// Two bureaus want or refuse the same case.
    dispute = "第20号令第三十条", "第三十三条";
    /// The same reporter again, with new facts: the term begins anew. Order 20 has no such rule.
    repeated = "", "第三十五条";
    /// What the reporter is told.
    told = "第20号令第三十一条第二款", "第三十六条";
    /// What the reporter is told where another law says so.
    told_by_law = "第20号令第三十二条", "第三十六条";
    /// Secrecy of reporters.
    secrecy = "第20号令第三十三条", "第三十七条";
    /// Everything goes through the national platform. Order 20 asks that it be open, not that all goes through it.
    platform = "", "第四十条";
    /// The one intake distributes, and what is not a unit's comes back to it.
    distribute = "第20号令第三十七条", "第四十一条";
    /// Fraud and extortion by complaint: to the police. Order 20 does not speak of it.
    police = "", "第四十二条";
    /// Inquiries are not covered.
    inquiry = "第20号令第三十九条", "第四十四条";
}

impl RuleVersion {
    /// How its articles begin where the order is named with them.
    pub fn short_title(self) -> &'static str {
        match self {
            RuleVersion::Order20 => "总局令第20号",
            RuleVersion::Order121 => "总局令第121号",
        }
    }
}

/// An article behind a sentence: （第九条）; nothing where there is none.
///
/// ```
/// use domain::complaint::{article::bracketed, term::RuleVersion};
/// assert_eq!(bracketed(RuleVersion::Order20.joint()), "（第20号令第十一条）");
/// assert_eq!(bracketed(RuleVersion::Order20.repeated()), "");
/// ```
pub fn bracketed(article: &str) -> String {
    if article.is_empty() { String::new() } else { format!("（{article}）") }
}

#[cfg(test)]
mod tests {
    use super::super::case::CaseKind;
    use super::super::grounds::{DeclineGround, TerminationGround};
    use super::super::step::{FieldKind, Step};
    use super::*;

    const VERSIONS: [RuleVersion; 2] = [RuleVersion::Order20, RuleVersion::Order121];

    /// Names the text only articles of this version, or of a law both have in common?
    fn is_own(text: &str, version: RuleVersion) -> bool {
        let names_article = text.contains('第') && text.contains('条') && !text.contains("处罚程序规定");
        match version {
            RuleVersion::Order20 => !names_article || text.contains("第20号令第"),
            RuleVersion::Order121 => !text.contains("20号令"),
        }
    }

    #[test]
    fn an_article_of_order_20_is_named_with_its_order_and_of_order_121_without() {
        for (name, old, new) in ARTICLES {
            assert!(old.is_empty() || old.starts_with("第20号令第"), "{name}");
            assert!(new.starts_with('第') && !new.contains("号令"), "{name}");
        }
    }

    /// Whatever stands on the button, in the form and in its choices is of the order the case follows.
    #[test]
    fn no_step_names_an_article_of_the_other_order() {
        for version in VERSIONS {
            for step in Step::ALL {
                for matter in CaseKind::ALL {
                    assert!(is_own(step.article(*matter, version), version), "{step:?} {version:?}");
                }
                for field in step.fields(version) {
                    assert!(is_own(field.hint, version), "{step:?} {version:?} {}", field.hint);
                    let FieldKind::Choice(choices) = field.kind else { continue };
                    assert!(choices.iter().all(|it| is_own(it.1, version)), "{step:?} {version:?}");
                }
            }
        }
    }

    /// 总局令第20号第十五条 has six items, 第二十一条第一款 seven, in an order of their own.
    #[test]
    fn the_grounds_of_order_20_are_those_of_its_text() {
        let declines: Vec<(&str, Option<&str>)> =
            DeclineGround::ALL.iter().map(|it| (it.code(), it.article(RuleVersion::Order20))).collect();
        assert_eq!(
            declines,
            [
                ("na_1", Some("总局令第20号第十五条第一项")),
                ("na_2", Some("总局令第20号第十五条第二项")),
                ("na_3", Some("总局令第20号第十五条第三项")),
                ("na_4", Some("总局令第20号第十五条第四项")),
                ("na_5", Some("总局令第20号第十五条第五项")),
                ("na_6", None),
                ("na_7", Some("总局令第20号第十五条第六项")),
            ]
        );
        let laboratory = TerminationGround::NoTestFee;
        assert_eq!(laboratory.article(RuleVersion::Order20), Some("总局令第20号第二十一条第一款第二项"));
        assert_eq!(laboratory.article(RuleVersion::Order121), Some("总局令第121号第二十三条第一款第四项"));
        assert!(laboratory.label_under(RuleVersion::Order20).contains("技术机构"));
        assert_eq!(TerminationGround::PartyGone.article(RuleVersion::Order20), None, "new in Order 121");
        for version in VERSIONS {
            let offered: Vec<&str> = DeclineGround::choices(version).iter().map(|it| it.0).collect();
            let named: Vec<&str> =
                DeclineGround::ALL.iter().filter(|it| it.article(version).is_some()).map(|it| it.code()).collect();
            assert_eq!(offered, named, "{version:?}");
            let offered: std::collections::BTreeSet<&str> =
                TerminationGround::choices(version).iter().map(|it| it.0).collect();
            let named: std::collections::BTreeSet<&str> =
                TerminationGround::ALL.iter().filter(|it| it.article(version).is_some()).map(|it| it.code()).collect();
            assert_eq!(offered, named, "{version:?}");
        }
        let late = |version| TerminationGround::OutOfTime.label_under(version);
        assert!(late(RuleVersion::Order20).contains("四十五个工作日"));
        assert!(late(RuleVersion::Order121).contains("六十日"));
    }
}
