//! A county that does not exist, with its units and people. All names are invented.

use domain::unit::{Role, UnitKind};

/// One unit: its name, the name where room is short, what it is, the unit above, other names that notices use for it.
pub(super) struct DemoUnit {
    pub(super) name: &'static str,
    pub(super) short_name: &'static str,
    pub(super) kind: UnitKind,
    pub(super) parent: Option<&'static str>,
    pub(super) aliases: &'static [&'static str],
}

/// One person: the login, the name, the unit, the role.
pub(super) struct DemoPerson {
    pub(super) login: &'static str,
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
    pub(super) role: Role,
}

const BUREAU: &str = "云溪县市场监督管理局";
const ASSOCIATION: &str = "云溪县消费者协会";

const fn unit(
    name: &'static str,
    short_name: &'static str,
    kind: UnitKind,
    aliases: &'static [&'static str],
) -> DemoUnit {
    DemoUnit { name, short_name, kind, parent: Some(BUREAU), aliases }
}

const fn alone(
    name: &'static str,
    short_name: &'static str,
    kind: UnitKind,
    aliases: &'static [&'static str],
) -> DemoUnit {
    DemoUnit { name, short_name, kind, parent: None, aliases }
}

/// Every unit, in the order of the tree.
pub(super) const UNITS: &[DemoUnit] = &[
    alone(BUREAU, "县局", UnitKind::Regulator, &["县市场监督管理局", "县市场监管局"]),
    unit("办公室", "办公室", UnitKind::Section, &["局办公室"]),
    unit("消费者权益保护科", "消保科", UnitKind::Section, &["消保科"]),
    unit("信用监督管理科", "信用科", UnitKind::Section, &["信用科"]),
    unit("价格监督检查科", "价监科", UnitKind::Section, &["价监科"]),
    unit("广告监督管理科", "广告科", UnitKind::Section, &["广告科"]),
    unit("网络交易监督管理科", "网监科", UnitKind::Section, &["网监科"]),
    unit("知识产权科", "知产科", UnitKind::Section, &["知产科"]),
    unit("计量标准科", "计量科", UnitKind::Section, &["计量科"]),
    unit("特种设备安全监察科", "特设科", UnitKind::Section, &["特设科"]),
    unit("食品流通监督管理科", "食品流通科", UnitKind::Section, &["食品流通科"]),
    unit("餐饮服务监督管理科", "餐饮科", UnitKind::Section, &["餐饮科"]),
    unit("药械化妆品监督管理科", "药械科", UnitKind::Section, &["药械科"]),
    unit("综合行政执法大队", "执法大队", UnitKind::Enforcement, &["执法大队"]),
    unit("投诉举报中心", "投举中心", UnitKind::ComplaintCenter, &["投举中心", "12315中心"]),
    unit("检验检测中心", "检测中心", UnitKind::Subordinate, &["检测中心"]),
    unit("城关市场监管所", "城关所", UnitKind::FieldOffice, &["城关所"]),
    unit("东湖市场监管所", "东湖所", UnitKind::FieldOffice, &["东湖所"]),
    unit("柳河市场监管所", "柳河所", UnitKind::FieldOffice, &["柳河所"]),
    unit("石桥市场监管所", "石桥所", UnitKind::FieldOffice, &["石桥所"]),
    alone(ASSOCIATION, "县消协", UnitKind::Association, &["县消费者协会", "县消协"]),
    alone("云溪县商务局", "县商务局", UnitKind::Member, &["县商务局"]),
    alone("云溪县文化和旅游局", "县文旅局", UnitKind::Member, &["县文旅局"]),
    alone("云溪县教育局", "县教育局", UnitKind::Member, &["县教育局"]),
];

const fn person(login: &'static str, name: &'static str, unit: &'static str, role: Role) -> DemoPerson {
    DemoPerson { login, name, unit, role }
}

/// Every person. The first of each role is printed at the start.
pub(super) const PEOPLE: &[DemoPerson] = &[
    person("admin", "简一行", BUREAU, Role::Admin),
    person("office", "苗若溪", "消费者权益保护科", Role::Office),
    person("leader", "季云帆", BUREAU, Role::Leader),
    person("lead", "岑朝阳", "投诉举报中心", Role::UnitLead),
    person("officer", "凌小满", "城关市场监管所", Role::Officer),
    person("auditor", "佟冬至", "办公室", Role::Auditor),
    person("office2", "祁采薇", ASSOCIATION, Role::Office),
    person("leader2", "莫怀远", BUREAU, Role::Leader),
    person("xiexie", "冉立秋", ASSOCIATION, Role::UnitLead),
    person("bangong", "阮知夏", "办公室", Role::UnitLead),
    person("xinyong", "骆霜降", "信用监督管理科", Role::Officer),
    person("jiajian", "戚望舒", "价格监督检查科", Role::Officer),
    person("guanggao", "闻晓舟", "广告监督管理科", Role::UnitLead),
    person("wangjian", "卓予晴", "网络交易监督管理科", Role::UnitLead),
    person("zhichan", "柏青禾", "知识产权科", Role::Officer),
    person("jiliang", "匡谷雨", "计量标准科", Role::Officer),
    person("teshe", "邬思齐", "特种设备安全监察科", Role::UnitLead),
    person("liutong", "芮春分", "食品流通监督管理科", Role::Officer),
    person("canyin", "支明月", "餐饮服务监督管理科", Role::UnitLead),
    person("yaoxie", "郁白露", "药械化妆品监督管理科", Role::Officer),
    person("zhifa", "丛向阳", "综合行政执法大队", Role::UnitLead),
    person("jiance", "晏清和", "检验检测中心", Role::UnitLead),
    person("chengguan", "逄春生", "城关市场监管所", Role::UnitLead),
    person("donghu", "乔舒禾", "东湖市场监管所", Role::UnitLead),
    person("liuhe", "屈寒露", "柳河市场监管所", Role::UnitLead),
    person("shiqiao", "匡立夏", "石桥市场监管所", Role::Officer),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_unit_stands_once_and_below_one_that_was_named_before() {
        let mut names = BTreeSet::new();
        for unit in UNITS {
            assert!(unit.parent.is_none_or(|parent| names.contains(parent)), "{}", unit.name);
            assert!(names.insert(unit.name), "{}", unit.name);
        }
    }

    #[test]
    fn every_person_has_a_login_of_their_own_and_a_unit_of_the_county() {
        let mut logins = BTreeSet::new();
        for person in PEOPLE {
            assert!(logins.insert(person.login), "{}", person.login);
            assert!(UNITS.iter().any(|unit| unit.name == person.unit), "{}", person.name);
        }
    }

    #[test]
    fn every_role_is_among_the_people() {
        for role in Role::ALL {
            assert!(PEOPLE.iter().any(|person| person.role == *role), "{role:?}");
        }
    }
}
