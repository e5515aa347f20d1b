//! Are two names the same unit? Notices shorten: 区消协, 投举中心, 市场和网监科.
//!
//! A name that only drops the district or uses a usual abbreviation is the same; anything less certain is only *near*, with
//! the reason, and a person decides.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::unit::UnitKind;

/// Words that name the same kind of body; the last of each row stands for all of it. Longer spellings come first.
const SYNONYMS: &[(&str, &str)] = &[
    ("消费者权益保护委员会", "消协"),
    ("消费者委员会", "消协"),
    ("消费者协会", "消协"),
    ("消保委", "消协"),
    ("消委会", "消协"),
    ("市场和质量监督管理局", "市监局"),
    ("市场监督管理局", "市监局"),
    ("市场监管局", "市监局"),
    ("工商行政管理局", "市监局"),
    ("工商局", "市监局"),
    ("市场监督管理所", "监管所"),
    ("市场监管所", "监管所"),
    ("市场所", "监管所"),
    ("工商所", "监管所"),
    ("监督管理", "监管"),
    ("投诉举报", "投举"),
    ("文化和旅游局", "文旅局"),
    ("住房和城乡建设局", "住建局"),
    ("农业农村局", "农业局"),
    ("精神文明建设指导委员会办公室", "文明办"),
    ("人民政府", "政府"),
];

/// What stands before the kind of body in the name of the bureau: 清河县, and with it 清河 and 县.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Region {
    full: String,
}

impl Region {
    /// The district of a bureau, from the bureau's name.
    ///
    /// ```
    /// use domain::campaign::review::same_unit::Region;
    /// let region = Region::of_bureau("清河县市场监督管理局");
    /// assert_eq!(region.core("清河县消费者协会"), "消协");
    /// assert_eq!(region.core("县消协"), "消协");
    /// assert_eq!(region.core("市消费者协会"), "市消协");
    /// ```
    pub fn of_bureau(name: &str) -> Region {
        let before = SYNONYMS.iter().filter_map(|(word, _)| name.find(word)).min();
        let full = before.and_then(|at| name.get(..at)).unwrap_or_default();
        // 江南省临川市清河县 → 清河县.
        let parts: Vec<&str> = full.split_inclusive(['省', '市', '县', '区', '旗']).collect();
        Region { full: parts.last().copied().unwrap_or_default().to_owned() }
    }

    /// The name without the district, with usual abbreviations: equal cores are one unit.
    pub fn core(&self, name: &str) -> String {
        let mut name: String = name.chars().filter(|it| !it.is_whitespace() && !"()（）“”\"".contains(*it)).collect();
        if let Some(at) = (!self.full.is_empty()).then(|| name.find(&self.full)).flatten() {
            name = name.get(at + self.full.len()..).unwrap_or_default().to_owned();
        }
        let level = self.full.chars().next_back();
        let place: String = self.full.chars().take(self.full.chars().count().saturating_sub(1)).collect();
        if place.chars().count() >= 2
            && let Some(rest) = name.strip_prefix(&place)
        {
            name = rest.to_owned();
        }
        if let Some(level) = level
            && let Some(rest) = name.strip_prefix(level)
            && rest.chars().count() >= 2
        {
            name = rest.to_owned();
        }
        for (long, short) in SYNONYMS {
            name = name.replace(long, short);
        }
        name
    }
}

/// Why two names are near each other without being the same; the likeliest reason first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// The name drops characters of the unit's: 广告科 of 广告监管科.
    Shortened,
    /// The unit's name, or its short name, is part of the name.
    Contained,
    /// As long as each other, with one character changed.
    OneCharacter,
    /// Two thirds of both in the same order.
    Alike,
}

impl Nearness {
    /// The reason in words, for the person who decides.
    pub fn label(self) -> &'static str {
        match self {
            Nearness::Shortened => "像是简称",
            Nearness::Contained => "名称里含有它或它的简称",
            Nearness::OneCharacter => "简称只差一个字",
            Nearness::Alike => "名称相近",
        }
    }
}

/// Why two names are near each other without being the same; `None` when they are not.
///
/// ```
/// use domain::campaign::review::same_unit::{Nearness, near};
/// assert_eq!(near("广告科", "广告监管科"), Some(Nearness::Shortened));
/// assert_eq!(near("价格监督科", "计量科"), None);
/// ```
pub fn near(name: &str, unit: &str) -> Option<Nearness> {
    let (name, unit): (Vec<char>, Vec<char>) = (name.chars().collect(), unit.chars().collect());
    let (n, m) = (name.len(), unit.len());
    if n < 2 || m < 2 {
        return None;
    }
    let mut equal = 0;
    for op in capture_diff_slices(Algorithm::Myers, &name, &unit) {
        if let DiffOp::Equal { len, .. } = op {
            equal += len;
        }
    }
    let (short, long) = (n.min(m), n.max(m));
    if equal == short && short >= 3 && short < long && name.last() == unit.last() {
        return Some(if n < m { Nearness::Shortened } else { Nearness::Contained });
    }
    let differ = long - equal;
    if long >= 3 && n == m && differ == 1 {
        return Some(Nearness::OneCharacter);
    }
    // Two thirds of both names in the same order, and more than the common ending 监管科.
    (equal * 3 >= long * 2 && equal >= 4).then_some(Nearness::Alike)
}

/// The kind of body a name suggests.
pub fn kind_of_name(name: &str) -> UnitKind {
    let ends = |words: &[&str]| words.iter().any(|word| name.ends_with(word));
    if ends(&["消费者协会", "消协", "消保委", "消委会", "消费者权益保护委员会", "消费者委员会"])
    {
        UnitKind::Association
    } else if ends(&["投诉举报中心", "投举中心", "12315中心", "举报中心"]) {
        UnitKind::ComplaintCenter
    } else if ends(&["支队", "大队", "中队", "稽查队", "执法队"]) {
        UnitKind::Enforcement
    } else if ends(&["监管所", "市场所", "管理所", "工商所", "分局"]) || (ends(&["所"]) && !ends(&["研究所", "检测所"]))
    {
        UnitKind::FieldOffice
    } else if ends(&["科", "股", "处", "科室"]) || name == "办公室" {
        UnitKind::Section
    } else if ends(&["中心", "院", "站", "研究所", "检测所"]) {
        UnitKind::Subordinate
    } else if ends(&["局", "委", "办", "办公室", "政府", "街道", "镇", "乡", "法院", "部", "会", "公司", "台", "社"])
    {
        UnitKind::Member
    } else {
        UnitKind::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_district_and_usual_abbreviations_make_no_difference() {
        let region = Region::of_bureau("江南省临川市清河县市场监督管理局");
        for (one, other) in [
            ("清河县消费者协会", "县消协"),
            ("清河县消保委", "消费者权益保护委员会"),
            ("投诉举报中心", "投举中心"),
            ("信用监督管理科", "信用监管科"),
            ("城关市场监管所", "城关监管所"),
            ("县文化和旅游局", "文旅局"),
        ] {
            assert_eq!(region.core(one), region.core(other), "{one} {other}");
        }
    }

    #[test]
    fn the_body_of_another_level_is_another_body() {
        let region = Region::of_bureau("清河县市场监督管理局");
        assert_ne!(region.core("市消费者协会"), region.core("清河县消费者协会"));
        assert_eq!(Region::of_bureau("某单位").core("县消协"), "县消协");
    }

    #[test]
    fn near_names_carry_their_reason_and_strangers_none() {
        assert_eq!(near("质量监管科", "质量监测科"), Some(Nearness::OneCharacter));
        assert_eq!(near("市场和网监科", "市场和网络交易监管科"), Some(Nearness::Shortened));
        assert_eq!(near("市场和网监科", "网监科"), Some(Nearness::Contained));
        assert_eq!(near("食品经营安全监管股", "食品经营安全监管科"), Some(Nearness::OneCharacter));
        assert_eq!(near("药品医疗器械监管科", "药械化监管科"), None);
        assert_eq!(near("信用监管科", "质量监管科"), None);
        assert_eq!(near("城关监管所", "城北监管所"), Some(Nearness::OneCharacter));
    }

    #[test]
    fn a_name_suggests_its_kind() {
        for (name, kind) in [
            ("区消费者协会", UnitKind::Association),
            ("投举中心", UnitKind::ComplaintCenter),
            ("执法支队", UnitKind::Enforcement),
            ("城关市场监管所", UnitKind::FieldOffice),
            ("广告监督管理科", UnitKind::Section),
            ("检测中心", UnitKind::Subordinate),
            ("区文旅局", UnitKind::Member),
            ("区文明办", UnitKind::Member),
            ("张三", UnitKind::Other),
        ] {
            assert_eq!(kind_of_name(name), kind, "{name}");
        }
    }
}
