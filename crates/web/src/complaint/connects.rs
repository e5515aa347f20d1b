//! What two cases of a cluster have in common, in words, as far as a person may know.

use domain::complaint::case::CaseKind;
use domain::complaint::cluster::Basis;
use domain::complaint::identity::{business_key, normal_address, normal_phone};
use domain::complaint::permitted::may_unmask;
use domain::complaint::similar::{NEAR, likeness};
use domain::unit::Actor;
use store::complaint::case::Case;

use super::Around;

/// What connects a case with the first of the cluster, as far as this person may know (第三十七条).
pub(super) fn connects(case: &Case, first: &Case, around: &Around, actor: &Actor) -> String {
    let is_secret = |it: &Case| it.state.matter == CaseKind::Tipoff && !may_unmask(actor, &around.desk, &it.state);
    let names = !is_secret(case) && !is_secret(first);
    let (one, other) = (&case.particulars, &first.particulars);
    let is_same = |a: String, b: String| !a.is_empty() && a == b;
    let mut words: Vec<String> = Vec::new();
    if names && is_same(normal_phone(&one.consumer.phone), normal_phone(&other.consumer.phone)) {
        words.push(Basis::Phone.label().to_owned());
    }
    if names && is_same(normal_address(&one.consumer.address), normal_address(&other.consumer.address)) {
        words.push(Basis::Address.label().to_owned());
    }
    // The texts of one letter with two matters are alike too: that would name the reporter.
    let is_one_letter = case.submission_id == first.submission_id;
    let near = likeness(&one.text, &other.text);
    if near >= NEAR && (names || !is_one_letter) {
        words.push(format!("内容相近 {:.0}%", near * 100.0));
    }
    let key = |it: &domain::complaint::intake::Particulars| business_key(&it.business.name, &it.business.credit_code);
    if is_same(key(one), key(other)) {
        words.push(Basis::Business.label().to_owned());
    }
    words.join("、")
}
