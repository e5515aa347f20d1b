//! When cases may go on in one (并案), and what follows: 第九条, 第十二条 and 第三十五条 of 总局令第121号; 第七条 and 第十一条 of 第20号.

use super::article::bracketed;
use super::case::CaseKind;
use super::event::CaseEvent;
use super::identity::{business_key, is_credit_code, normal_name, normal_phone};
use super::intake::Particulars;
use super::state::CaseState;
use super::term::RuleVersion;

/// A case that may go on in another, as far as the rules ask.
#[derive(Debug, Clone, Copy)]
pub struct Joining<'a> {
    /// Where it stands.
    pub state: &'a CaseState,
    /// What was written down.
    pub particulars: &'a Particulars,
}

/// Why `other` may not go on in `head`, as a sentence with its article; `None` when it may.
///
/// `is_agreed`: the complainants agree to be handled jointly (第十二条), or the reporter has added new facts (第三十五条).
/// A merger delays nothing: who may not be merged can be linked and is handled by itself.
pub fn refusal(head: Joining<'_>, other: Joining<'_>, is_agreed: bool) -> Option<String> {
    let rules = head.state.rules;
    if head.state.matter != other.state.matter {
        return Some(format!("投诉和举报分别处理，不能并案（{}）；可以关联。", rules.apart()));
    }
    if !head.state.status.is_open() || !other.state.status.is_open() {
        return Some("已办结的案件不能并案；可以关联。".to_owned());
    }
    let is_tipoff = head.state.matter == CaseKind::Tipoff;
    let article = bracketed(if is_tipoff { rules.repeated() } else { rules.joint() });
    if !is_same_business(head.particulars, other.particulars) {
        return Some(format!("不是同一经营者，不能并案{article}；可以关联。"));
    }
    if is_tipoff && !is_same_person(head.particulars, other.particulars) {
        return Some(format!("不是同一举报人，不能并案{article}；可以关联。"));
    }
    if !is_agreed {
        return Some(format!("并案前请勾选确认：{}。", consent_words(rules)));
    }
    None
}

/// What the person who merges cases confirms by a tick, with the articles of the rules.
///
/// ```
/// use domain::complaint::{join::consent_words, term::RuleVersion};
/// assert!(consent_words(RuleVersion::Order121).contains("（第三十五条）"));
/// assert!(!consent_words(RuleVersion::Order20).contains("第三十五条"));
/// ```
pub fn consent_words(rules: RuleVersion) -> String {
    let (joint, repeated) = (rules.joint(), bracketed(rules.repeated()));
    format!("投诉人同意按共同投诉处理（{joint}），或者是同一举报人补充新的事实{repeated}")
}

/// Why `this` is not the same letter as `original` registered twice, as a sentence; `None` when it may be voided (作废).
///
/// Voiding takes a case out of every count, so it is narrow: the same matter, person and business, and the other one counts.
pub fn no_duplicate(this: Joining<'_>, original: Joining<'_>) -> Option<String> {
    if original.state.status.is_gone() {
        return Some("那一件已并案或作废，请填实际办理的那一件。".to_owned());
    }
    if this.state.matter != original.state.matter {
        return Some(format!("投诉、举报、咨询分别处理（{}），不是重复登记。", this.state.rules.apart()));
    }
    if !is_same_person(this.particulars, original.particulars) {
        return Some("电话（没有电话的，姓名）不同，不是同一人，不能作为重复登记作废。".to_owned());
    }
    let names_business = [this, original].iter().any(|it| !it.particulars.business.name.trim().is_empty());
    if names_business && !is_same_business(this.particulars, original.particulars) {
        return Some("经营者不同，不能作为重复登记作废。".to_owned());
    }
    None
}

/// What is added to the head of merged cases: for a tip-off with a later receipt the term begins anew (第三十五条:
/// "自收到最后一次举报之日起重新计算处理期限"); not under Order 20, which has no such rule.
pub fn restart(head: &CaseState, others: &[&CaseState]) -> Option<CaseEvent> {
    let last = others.iter().map(|it| it.received_on).max()?;
    (head.matter == CaseKind::Tipoff && head.rules == RuleVersion::Order121 && last > head.received_on).then(|| {
        CaseEvent::Restarted { received_on: last, words: "同一举报人补充新的事实，合并处理".to_owned() }
    })
}

/// The names of representatives as typed: none, or two of the complainants (第十二条: "可以由投诉人书面推选两名代表人").
///
/// # Errors
/// A sentence when it is another number, or somebody who does not complain.
pub fn representatives(typed: &str, complainants: &[String], rules: RuleVersion) -> Result<Vec<String>, String> {
    let names: Vec<String> =
        typed.split(['、', '，', ',', ' ', '　']).map(normal_name).filter(|it| !it.is_empty()).collect();
    if !names.is_empty() && names.len() != 2 {
        let article = rules.joint();
        return Err(format!("代表人由投诉人书面推选两名（{article}）：请填两个姓名，用顿号隔开；没有推选的不填。"));
    }
    let stranger = names.iter().find(|name| !complainants.iter().any(|it| normal_name(it) == **name));
    match stranger {
        Some(name) => Err(format!("“{name}”不在这几件的投诉人当中；代表人从投诉人中推选（{}）。", rules.joint())),
        None => Ok(names),
    }
}

/// One and the same business: by its credit code where both have one, else by its name.
fn is_same_business(one: &Particulars, other: &Particulars) -> bool {
    let (one, other) = (&one.business, &other.business);
    if is_credit_code(&one.credit_code) && is_credit_code(&other.credit_code) {
        return one.credit_code.eq_ignore_ascii_case(&other.credit_code);
    }
    let key = |name: &str| business_key(name, "");
    !one.name.trim().is_empty() && key(&one.name) == key(&other.name)
}

/// One and the same person, as far as what was written down tells.
fn is_same_person(one: &Particulars, other: &Particulars) -> bool {
    let (one, other) = (&one.consumer, &other.consumer);
    let is_same = |a: String, b: String| !a.is_empty() && a == b;
    is_same(normal_phone(&one.phone), normal_phone(&other.phone))
        || (is_same(normal_name(&one.name), normal_name(&other.name)) && one.phone.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::case::Channel;
    use super::super::intake::{Business, Consumer};
    use super::*;

    fn state(matter: CaseKind, day: i8) -> CaseState {
        let received_on = date(2026, 5, day);
        let first = CaseEvent::Received {
            matter,
            channel: Channel::Hotline,
            received_on,
            rules: RuleVersion::Order121,
            is_named: true,
        };
        CaseState::begin(&first, "2026-05-06T01:00:00Z".parse().unwrap()).unwrap()
    }

    #[test]
    fn only_the_same_letter_is_voided() {
        let (first, second) = (state(CaseKind::Complaint, 6), state(CaseKind::Complaint, 7));
        let (one, other, third) =
            (of("好来超市", "13900000001"), of("好来超市", "13900000002"), of("别家", "13900000001"));
        let joining = |state, particulars| Joining { state, particulars };
        assert_eq!(no_duplicate(joining(&second, &one), joining(&first, &one)), None);
        assert!(no_duplicate(joining(&second, &one), joining(&first, &other)).unwrap().contains("不是同一人"));
        assert!(no_duplicate(joining(&second, &one), joining(&first, &third)).unwrap().contains("经营者不同"));
        let tipoff = state(CaseKind::Tipoff, 6);
        assert!(no_duplicate(joining(&second, &one), joining(&tipoff, &one)).unwrap().contains("第九条"));
        let mut gone = state(CaseKind::Complaint, 6);
        gone.apply(
            &CaseEvent::Voided { duplicate_of: crate::Id::from_text("x"), number: "TS".into(), reason: "x".into() },
            gone.received_at,
        );
        assert!(!gone.status.is_open() && no_duplicate(joining(&second, &one), joining(&gone, &one)).is_some());
    }

    fn of(business: &str, phone: &str) -> Particulars {
        Particulars {
            consumer: Consumer { phone: phone.into(), ..Consumer::default() },
            business: Business { name: business.into(), ..Business::default() },
            ..Particulars::default()
        }
    }

    #[test]
    fn article_12_joins_complaints_against_one_business_when_the_complainants_agree() {
        let (one, two) = (state(CaseKind::Complaint, 6), state(CaseKind::Complaint, 7));
        let (a, b, c) = (of("好来超市", "13900000001"), of("好来 超市", "13900000002"), of("别家超市", "13900000001"));
        let joining = |state, particulars| Joining { state, particulars };
        assert_eq!(refusal(joining(&one, &a), joining(&two, &b), true), None);
        assert!(refusal(joining(&one, &a), joining(&two, &b), false).unwrap().contains("第十二条"));
        assert!(refusal(joining(&one, &a), joining(&two, &c), true).unwrap().contains("同一经营者"));
        assert_eq!(restart(&one, &[&two]), None, "only a tip-off is counted anew");
    }

    #[test]
    fn article_35_joins_tip_offs_of_one_reporter_and_counts_from_the_last() {
        let (one, two) = (state(CaseKind::Tipoff, 6), state(CaseKind::Tipoff, 9));
        let (a, b) = (of("好来超市", "13900000001"), of("好来超市", "13900000002"));
        let joining = |state, particulars| Joining { state, particulars };
        assert!(refusal(joining(&one, &a), joining(&two, &b), true).unwrap().contains("同一举报人"));
        assert_eq!(refusal(joining(&one, &a), joining(&two, &a), true), None);
        assert!(
            matches!(restart(&one, &[&two]), Some(CaseEvent::Restarted { received_on, .. }) if received_on == date(2026, 5, 9))
        );
        assert_eq!(restart(&two, &[&one]), None);
        let mut old = one.clone();
        old.rules = RuleVersion::Order20;
        assert_eq!(restart(&old, &[&two]), None, "Order 20 has no such rule");
        let sentence = refusal(joining(&old, &a), joining(&two, &a), false).unwrap();
        assert!(sentence.contains("第20号令第十一条") && !sentence.contains("第三十五条"), "{sentence}");
        let complaint = state(CaseKind::Complaint, 6);
        assert!(refusal(joining(&complaint, &a), joining(&two, &a), true).unwrap().contains("第九条"));
    }

    #[test]
    fn article_12_lets_the_complainants_choose_two_of_themselves_or_nobody() {
        let who = ["凌小满".to_owned(), "丁一".to_owned(), "白露".to_owned()];
        assert_eq!(representatives("", &who, RuleVersion::Order121), Ok(Vec::new()));
        assert_eq!(representatives("凌小满、丁一", &who, RuleVersion::Order121).unwrap().len(), 2);
        assert!(representatives("凌小满", &who, RuleVersion::Order121).unwrap_err().contains("两名"));
        assert!(representatives("凌小满，路人", &who, RuleVersion::Order121).unwrap_err().contains("路人"));
    }
}
