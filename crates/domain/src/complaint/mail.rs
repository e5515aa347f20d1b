//! What an e-mail already says of the intake form: lines with a label, a telephone number, an amount. A person confirms every field.

use super::case::CaseKind;
use super::identity;
use super::import::Column;
use super::intake::{TEXT_LIMIT, money};
use super::mapping::column_of_words;

/// The fields of the intake form an e-mail stands for, by their names, in the order of the form.
///
/// Nothing is invented: a field is filled with words that stand in the mail, or left empty.
///
/// ```
/// use domain::complaint::mail::prefill;
/// let fields = prefill("凌小满", "投诉好来超市", "商家：好来超市\n电话 13900000001，牛奶过期，要求退 12.8 元。");
/// let get = |name: &str| fields.iter().find(|it| it.0 == name).map(|it| it.1.as_str());
/// assert_eq!((get("business_name"), get("consumer_phone"), get("amount")), (Some("好来超市"), Some("13900000001"), Some("12.8")));
/// ```
pub fn prefill(from_name: &str, subject: &str, text: &str) -> Vec<(&'static str, String)> {
    let mut fields: Vec<(&'static str, String)> =
        kinds(subject, text).into_iter().map(|it| ("kind", it.code().to_owned())).collect();
    fields.push(("channel", "email".to_owned()));
    for (column, name) in LABELLED {
        if let Some(value) = labelled(text, *column) {
            fields.push((name, value));
        }
    }
    let has = |fields: &[(&str, String)], name: &str| fields.iter().any(|it| it.0 == name);
    if !has(&fields, "consumer_phone")
        && let Some(phone) = first_mobile(text)
    {
        fields.push(("consumer_phone", phone));
    }
    let is_person = (2..=4).contains(&from_name.chars().count()) && from_name.chars().all(is_han);
    if !has(&fields, "consumer_name") && is_person {
        fields.push(("consumer_name", from_name.to_owned()));
    }
    if !has(&fields, "amount")
        && let Some(amount) = only_amount(text)
    {
        fields.push(("amount", amount));
    }
    let body: String = if text.trim().is_empty() { subject.to_owned() } else { text.trim().to_owned() };
    fields.push(("text", body.chars().take(TEXT_LIMIT).collect()));
    fields
}

/// Labels a line may begin with, and the field each fills.
const LABELLED: &[(Column, &str)] = &[
    (Column::Name, "consumer_name"),
    (Column::Phone, "consumer_phone"),
    (Column::Address, "consumer_address"),
    (Column::Business, "business_name"),
    (Column::BusinessAddress, "business_address"),
    (Column::CreditCode, "credit_code"),
    (Column::Goods, "goods"),
    (Column::Amount, "amount"),
    (Column::Place, "place"),
];

/// The longest value of a labelled line; a longer one is a sentence.
const VALUE_LIMIT: usize = 60;

/// The first line that begins with a label of the column: `联系电话：139…`.
fn labelled(text: &str, column: Column) -> Option<String> {
    text.lines().find_map(|line| {
        let (label, value) = line.split_once(['：', ':'])?;
        let value = value.trim().trim_end_matches(['。', '；', ';', '，']);
        let is_value = !value.is_empty() && value.chars().count() <= VALUE_LIMIT;
        if !is_value || label.chars().count() > 12 || column_of_words(label) != column {
            return None;
        }
        match column {
            Column::Phone => identity::is_phone(value).then(|| value.to_owned()),
            Column::Amount => money(value).ok().flatten().map(|_| value.to_owned()),
            Column::CreditCode => identity::is_credit_code(&value.to_ascii_uppercase()).then(|| value.to_owned()),
            _ => Some(value.to_owned()),
        }
    })
}

fn kinds(subject: &str, text: &str) -> Vec<CaseKind> {
    let says = |word: &str| subject.contains(word) || text.contains(word);
    let mut kinds = Vec::new();
    if says("投诉") {
        kinds.push(CaseKind::Complaint);
    }
    // 投诉举报 is the name of the desk as often as a wish.
    let without = |it: &str| it.replace("投诉举报", "").contains("举报");
    if without(subject) || without(text) {
        kinds.push(CaseKind::Tipoff);
    }
    if kinds.is_empty() && (says("咨询") || says("请问")) {
        kinds.push(CaseKind::Inquiry);
    }
    if kinds.is_empty() {
        kinds.push(CaseKind::Complaint);
    }
    kinds
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// The first mobile number that stands by itself.
fn first_mobile(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|it| !matches!(it, ' ' | '-')).collect();
    let runs = plain.split(|it: char| !it.is_ascii_digit());
    runs.filter(|it| it.len() == 11 && it.starts_with('1') && identity::is_phone(it)).map(str::to_owned).next()
}

/// The amount in yuan, when the mail names one only: of several a person chooses.
fn only_amount(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|it| !it.is_whitespace() && *it != ',').collect();
    let mut found: Vec<String> = Vec::new();
    for before in plain.split('元').take(plain.matches('元').count()) {
        let digits: String = before.chars().rev().take_while(|it| it.is_ascii_digit() || *it == '.').collect();
        let digits: String = digits.chars().rev().collect();
        if money(&digits).is_ok_and(|it| it.is_some()) && !found.contains(&digits) {
            found.push(digits);
        }
    }
    if found.len() == 1 { found.pop() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(fields: &[(&str, String)], name: &str) -> Vec<String> {
        fields.iter().filter(|it| it.0 == name).map(|it| it.1.clone()).collect()
    }

    #[test]
    fn a_letter_with_labels_fills_the_form() {
        let text = "您好，我要投诉。\n投诉人：凌小满\n联系电话：139 0000 0001\n被投诉商家：云溪县好来超市\n商家地址：东街1号\n金额：128.5元\n买的电饭煲三天就坏了。";
        let fields = prefill("ling", "投诉", text);
        for (name, value) in [
            ("kind", "complaint"),
            ("channel", "email"),
            ("consumer_name", "凌小满"),
            ("consumer_phone", "139 0000 0001"),
            ("business_name", "云溪县好来超市"),
            ("business_address", "东街1号"),
            ("amount", "128.5元"),
        ] {
            assert_eq!(get(&fields, name), [value], "{name}");
        }
        assert!(get(&fields, "text")[0].contains("三天就坏了"));
    }

    #[test]
    fn a_letter_without_labels_gives_what_cannot_be_taken_for_anything_else() {
        let fields = prefill("凌小满", "牛奶过期", "我是凌小满，手机139-0000-0001。花了12.8元，商家只肯赔5元。");
        assert_eq!(get(&fields, "consumer_phone"), ["13900000001"]);
        assert_eq!(get(&fields, "consumer_name"), ["凌小满"]);
        assert!(get(&fields, "amount").is_empty(), "two amounts: a person chooses");
        assert!(get(&fields, "business_name").is_empty());
    }

    #[test]
    fn complaint_report_and_question_are_told_apart() {
        let kind = |subject: &str, text: &str| get(&prefill("", subject, text), "kind");
        assert_eq!(kind("举报某店卖假酒", "有线索"), ["report"]);
        assert_eq!(kind("投诉", "同时举报他们无证经营"), ["complaint", "report"]);
        assert_eq!(kind("致投诉举报中心", "牛奶过期了要退钱"), ["complaint"]);
        assert_eq!(kind("问题", "请问七日无理由怎么算"), ["inquiry"]);
        assert_eq!(kind("", "牛奶过期了要退钱"), ["complaint"]);
    }
}
