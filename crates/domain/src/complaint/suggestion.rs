//! Which unit a new case probably belongs to, and why: a proposal for the person who dispatches, never a dispatch.

use super::term::RuleVersion;
use crate::Id;

/// What is known of a unit that may handle cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The unit.
    pub unit_id: Id,
    /// Its name.
    pub name: String,
    /// Words of places it looks after: its own name without 市场监管所, and what the bureau added.
    pub places: Vec<String>,
    /// Open cases it has now.
    pub n_open: i64,
    /// It had the last case against the same business.
    pub had_business: bool,
}

/// A proposal with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The unit.
    pub unit_id: Id,
    /// Its name.
    pub name: String,
    /// Why, in words.
    pub reasons: Vec<String>,
    score: i64,
}

/// Matters of other departments (不属于市场监管职责): words that suggest them, and who is competent. Advice, not law.
pub const OUT_OF_SCOPE: &[(&str, &[&str])] = &[
    ("住房和城乡建设部门", &["物业费", "物业公司", "业主委员会", "商品房", "交房", "公积金"]),
    ("公安机关", &["诈骗", "被骗转账", "盗刷", "人身威胁", "赌博"]),
    ("人力资源和社会保障部门", &["拖欠工资", "劳动合同", "社保"]),
    ("农业农村部门", &["种子", "农药", "兽药", "化肥"]),
    ("烟草专卖部门", &["假烟", "香烟", "烟草"]),
    ("教育部门", &["学科类培训", "学费退"]),
    ("交通运输部门", &["出租车", "网约车", "客运"]),
    ("文化和旅游部门", &["旅行社", "导游", "旅游团"]),
    ("通信管理部门", &["宽带", "话费", "携号转网"]),
    ("邮政管理部门", &["快递丢失", "快件"]),
    ("金融监管部门", &["贷款", "信用卡", "保险理赔", "理财"]),
    ("卫生健康部门", &["医院", "诊所", "医疗纠纷"]),
];

/// The departments a text points to, with the word that does.
///
/// ```
/// use domain::complaint::suggestion::out_of_scope;
/// assert_eq!(out_of_scope("小区物业费乱收"), [("住房和城乡建设部门", "物业费")]);
/// assert!(out_of_scope("超市卖过期牛奶").is_empty());
/// ```
pub fn out_of_scope(text: &str) -> Vec<(&'static str, &'static str)> {
    OUT_OF_SCOPE
        .iter()
        .filter_map(|(who, words)| words.iter().find(|word| text.contains(**word)).map(|word| (*who, *word)))
        .collect()
}

/// The units that fit, the best first, at most three. Nothing is proposed without a reason.
pub fn suggest(candidates: &[Candidate], business_address: &str, place: &str, rules: RuleVersion) -> Vec<Suggestion> {
    let mut found: Vec<Suggestion> = candidates
        .iter()
        .filter_map(|candidate| {
            let mut reasons = Vec::new();
            let mut score = 0;
            let word_in = |text: &str| candidate.places.iter().find(|it| !it.is_empty() && text.contains(it.as_str()));
            if let Some(word) = word_in(business_address) {
                score += 100;
                reasons.push(format!("经营地址含“{word}”（{}，实际经营地）", rules.place()));
            } else if let Some(word) = word_in(place) {
                score += 60;
                reasons.push(format!("事发地含“{word}”"));
            }
            if candidate.had_business {
                score += 50;
                reasons.push("上一件同一经营者的投诉由它办理".to_owned());
            }
            if score == 0 {
                return None;
            }
            reasons.push(format!("现有在办 {} 件", candidate.n_open));
            score -= candidate.n_open.clamp(0, 40);
            Some(Suggestion { unit_id: candidate.unit_id.clone(), name: candidate.name.clone(), reasons, score })
        })
        .collect();
    found.sort_by_key(|it| std::cmp::Reverse(it.score));
    found.truncate(3);
    found
}

/// The word of the place in the name of a field office: 城关市场监管所 → 城关.
pub fn place_of(unit_name: &str) -> Option<&str> {
    let at = ["市场监督管理所", "市场监管所", "监管所", "工商所"].iter().find_map(|end| unit_name.strip_suffix(end))?;
    (!at.is_empty()).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(name: &str, n_open: i64, had_business: bool) -> Candidate {
        let places = place_of(name).map(str::to_owned).into_iter().collect();
        Candidate { unit_id: Id::from_text(name), name: name.to_owned(), places, n_open, had_business }
    }

    #[test]
    fn the_place_of_business_comes_first() {
        let all = [candidate("城关市场监管所", 30, false), candidate("东湖市场监管所", 2, true)];
        let found = suggest(&all, "云溪县城关镇东街1号", "", RuleVersion::Order121);
        assert_eq!(found[0].name, "城关市场监管所");
        assert!(found[0].reasons[0].contains("实际经营地"));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn nothing_is_proposed_without_a_reason() {
        assert!(suggest(&[candidate("城关市场监管所", 0, false)], "外省某市", "", RuleVersion::Order121).is_empty());
        assert_eq!(place_of("综合行政执法大队"), None);
    }
}
