//! Which units a notice means by the names it uses.
//!
//! A name is one unit, or a set of units (各监管所, 局属各单位), or near a unit, or missing in the tree, or vague
//! (食品相关科室). What is near, missing or vague waits for a person; nothing is guessed.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::same_unit::{Nearness, Region, kind_of_name, near};
use crate::Id;
use crate::campaign::plan::Plan;
use crate::unit::UnitKind;

/// A unit of the tree, as far as names go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownUnit {
    /// Its key.
    pub unit_id: Id,
    /// The unit above it.
    pub parent_id: Option<Id>,
    /// Its full name.
    pub name: String,
    /// Its short name.
    pub short_name: String,
    /// Other names it goes by.
    pub aliases: Vec<String>,
    /// What kind of body it is.
    pub kind: UnitKind,
}

/// The units in use, in the order of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    units: Vec<KnownUnit>,
    region: Region,
}

impl Tree {
    /// The tree of these units; those out of use are left out by the caller.
    pub fn new(units: Vec<KnownUnit>) -> Tree {
        let root = units.iter().find(|unit| unit.parent_id.is_none() && unit.kind == UnitKind::Regulator);
        let root = root.or_else(|| units.iter().find(|unit| unit.parent_id.is_none()));
        let region = root.map(|unit| Region::of_bureau(&unit.name)).unwrap_or_default();
        Tree { units, region }
    }

    /// The units in order.
    pub fn units(&self) -> &[KnownUnit] {
        &self.units
    }

    /// The unit of a key.
    pub fn unit(&self, unit_id: &Id) -> Option<&KnownUnit> {
        self.units.iter().find(|unit| unit.unit_id == *unit_id)
    }

    /// The name of a unit, for sentences.
    pub fn name(&self, unit_id: &Id) -> &str {
        self.unit(unit_id).map_or("(已停用的单位)", |unit| unit.name.as_str())
    }

    /// The bureau itself: the unit above all others.
    pub fn root(&self) -> Option<&KnownUnit> {
        let is_root = |unit: &&KnownUnit| unit.parent_id.is_none();
        self.units
            .iter()
            .filter(is_root)
            .find(|unit| unit.kind == UnitKind::Regulator)
            .or(self.units.iter().find(is_root))
    }

    fn of_kind(&self, kind: UnitKind) -> Vec<Id> {
        self.units.iter().filter(|unit| unit.kind == kind).map(|unit| unit.unit_id.clone()).collect()
    }

    /// The units of a set. Those of a role in the campaign (牵头单位) are not in the tree: see [`UnitSet::Leads`].
    pub fn members(&self, set: &UnitSet) -> Vec<Id> {
        match set {
            UnitSet::Everyone => {
                let below = |unit: &&KnownUnit| unit.parent_id.is_some() && unit.kind != UnitKind::Member;
                self.units.iter().filter(below).map(|unit| unit.unit_id.clone()).collect()
            }
            UnitSet::FieldOffices => self.of_kind(UnitKind::FieldOffice),
            UnitSet::Sections => self.of_kind(UnitKind::Section),
            UnitSet::Subordinates => self.of_kind(UnitKind::Subordinate),
            UnitSet::NameEnds(end) => {
                self.units.iter().filter(|it| it.name.ends_with(end.as_str())).map(|it| it.unit_id.clone()).collect()
            }
            UnitSet::Leads | UnitSet::Participants => Vec::new(),
        }
    }
}

/// Many units under one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitSet {
    /// 局属各单位: every unit below the bureau, other departments left out.
    Everyone,
    /// 各监管所.
    FieldOffices,
    /// 各科室.
    Sections,
    /// 各直属单位.
    Subordinates,
    /// 各X: the units whose name ends with X.
    NameEnds(String),
    /// 各牵头单位: whoever leads an activity of this campaign.
    Leads,
    /// Whoever leads or supports an activity of this campaign.
    Participants,
}

impl UnitSet {
    /// The words on the page.
    pub fn label(&self) -> String {
        match self {
            UnitSet::Everyone => "全部下属单位".to_owned(),
            UnitSet::FieldOffices => "全部监管所".to_owned(),
            UnitSet::Sections => "全部科室".to_owned(),
            UnitSet::Subordinates => "全部直属单位".to_owned(),
            UnitSet::NameEnds(end) => format!("名称以“{end}”结尾的单位"),
            UnitSet::Leads => "各项活动的牵头单位".to_owned(),
            UnitSet::Participants => "承担活动的全部单位".to_owned(),
        }
    }
}

/// What a person decided about a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// These units.
    Units(Vec<Id>),
    /// This set of units.
    Set(UnitSet),
    /// No unit of the system: the name stays as words, nobody gets a task for it.
    Words,
}

/// How a name was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// It is the unit's name, short name or another name of it.
    Name,
    /// It is the name without the district, or with a usual abbreviation.
    Abbreviation,
    /// It names a set.
    Set(UnitSet),
    /// A person said so.
    Chosen,
}

/// What a name turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// These units.
    Units(Vec<Id>, How),
    /// A role in the campaign; its units follow from the tasks.
    Role(UnitSet),
    /// A person said: only words.
    Words,
    /// Near these units, each with the reason.
    Near(Vec<(Id, Nearness)>),
    /// Not in the tree; the kind the name suggests.
    Missing(UnitKind),
    /// 食品相关科室, 各有关单位: a person has to say who.
    Vague,
}

impl Answer {
    /// Need nobody decide anything more?
    pub fn is_settled(&self) -> bool {
        matches!(self, Answer::Units(..) | Answer::Role(_) | Answer::Words)
    }
}

/// A name of the notice, where it is used and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// As the notice writes it.
    pub name: String,
    /// The places in the plan's list of activities that it leads.
    pub leads: Vec<usize>,
    /// The places in the plan's list of activities that it supports.
    pub supports: Vec<usize>,
    /// The places in the plan's list of report duties that it owes.
    pub duties: Vec<usize>,
    /// What it is.
    pub answer: Answer,
}

/// Every name of a plan with its answer, in the order of first use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resolution {
    /// The names.
    pub names: Vec<Named>,
}

impl Resolution {
    /// The names that wait for a person.
    pub fn open(&self) -> impl Iterator<Item = &Named> {
        self.names.iter().filter(|named| !named.answer.is_settled())
    }

    /// The answer for a name.
    pub fn answer(&self, name: &str) -> Option<&Answer> {
        self.names.iter().find(|named| named.name == name).map(|named| &named.answer)
    }

    /// The units of a name; empty while it is open, only words, or a role.
    pub fn units(&self, name: &str) -> &[Id] {
        match self.answer(name) {
            Some(Answer::Units(units, _)) => units,
            _ => &[],
        }
    }
}

/// Answers every name of the plan.
pub fn resolve(plan: &Plan, choices: &BTreeMap<String, Choice>, tree: &Tree) -> Resolution {
    let mut names: Vec<Named> = Vec::new();
    let mut place: BTreeMap<&str, usize> = BTreeMap::new();
    let mut seen: Vec<(&str, usize, u8)> = Vec::new();
    for (index, activity) in plan.activities.iter().enumerate() {
        seen.extend(activity.leads.iter().map(|name| (name.as_str(), index, 0)));
        seen.extend(activity.supports.iter().map(|name| (name.as_str(), index, 1)));
    }
    for (index, duty) in plan.report_duties.iter().enumerate() {
        seen.extend(duty.who.iter().map(|name| (name.as_str(), index, 2)));
    }
    for (name, index, role) in seen {
        let at = *place.entry(name).or_insert_with(|| {
            let answer = answer(name, choices.get(name), tree);
            names.push(Named { name: name.to_owned(), leads: vec![], supports: vec![], duties: vec![], answer });
            names.len() - 1
        });
        if let Some(named) = names.get_mut(at) {
            match role {
                0 => named.leads.push(index),
                1 => named.supports.push(index),
                _ => named.duties.push(index),
            }
        }
    }
    Resolution { names }
}

/// What a name is: what a person chose, else what the tree says.
pub fn answer(name: &str, choice: Option<&Choice>, tree: &Tree) -> Answer {
    match choice {
        Some(Choice::Words) => return Answer::Words,
        Some(Choice::Set(set @ (UnitSet::Leads | UnitSet::Participants))) => return Answer::Role(set.clone()),
        Some(Choice::Set(set)) => return Answer::Units(tree.members(set), How::Chosen),
        Some(Choice::Units(units)) => {
            // A unit taken out of use since the choice no longer counts.
            let units: Vec<Id> = units.iter().filter(|it| tree.unit(it).is_some()).cloned().collect();
            if !units.is_empty() {
                return Answer::Units(units, How::Chosen);
            }
        }
        None => {}
    }
    one_unit(name, tree).or_else(|| many_units(name, tree)).unwrap_or_else(|| nearest(name, tree))
}

fn one_unit(name: &str, tree: &Tree) -> Option<Answer> {
    let unique = |units: Vec<&KnownUnit>, how: How| match units.as_slice() {
        [unit] => Some(Answer::Units(vec![unit.unit_id.clone()], how)),
        _ => None,
    };
    let is_name =
        |unit: &&KnownUnit| unit.name == name || unit.short_name == name || unit.aliases.iter().any(|it| it == name);
    if let Some(unit) = tree.units.iter().find(|unit| unit.name == name) {
        return Some(Answer::Units(vec![unit.unit_id.clone()], How::Name));
    }
    if let Some(found) = unique(tree.units.iter().filter(is_name).collect(), How::Name) {
        return Some(found);
    }
    let root = tree.root()?;
    if matches!(name, "本局" | "我局" | "市局" | "区局" | "县局" | "局机关") && root.kind == UnitKind::Regulator
    {
        return Some(Answer::Units(vec![root.unit_id.clone()], How::Abbreviation));
    }
    let core = tree.region.core(name);
    let same = |unit: &&KnownUnit| {
        [&unit.name, &unit.short_name].into_iter().chain(&unit.aliases).any(|it| tree.region.core(it) == core)
    };
    unique(tree.units.iter().filter(same).collect(), How::Abbreviation)
}

const VAGUE: &[&str] = &["有关", "相关", "涉及", "涉事", "其他", "若干"];
const WHOLE: &[&str] = &["各", "全", "所有", "局属", "所属", "直属", "下属"];

fn many_units(name: &str, tree: &Tree) -> Option<Answer> {
    let has = |word: &str| name.contains(word);
    if VAGUE.iter().any(|word| has(word)) {
        return Some(Answer::Vague);
    }
    if !WHOLE.iter().any(|word| name.starts_with(word)) && !has("各") {
        return None;
    }
    if ["牵头", "责任", "承办", "主办", "负责"].iter().any(|word| has(word)) {
        return Some(Answer::Role(UnitSet::Leads));
    }
    if ["承担", "参加", "参与"].iter().any(|word| has(word)) {
        return Some(Answer::Role(UnitSet::Participants));
    }
    let (office, section) = (has("所") && !name.starts_with("所"), has("科") || has("股") || has("处室"));
    let set = match name.rsplit_once('各').map(|(_, end)| end) {
        _ if has("直属") => UnitSet::Subordinates,
        _ if office && section || has("队所") => UnitSet::Everyone,
        _ if office => UnitSet::FieldOffices,
        _ if section => UnitSet::Sections,
        Some("单位" | "部门" | "部门单位" | "部门、单位") => UnitSet::Everyone,
        None if has("单位") || has("部门") => UnitSet::Everyone,
        Some(end) if end.chars().count() >= 2 => UnitSet::NameEnds(end.to_owned()),
        _ => return Some(Answer::Vague),
    };
    let members = tree.members(&set);
    if members.is_empty() { Some(Answer::Vague) } else { Some(Answer::Units(members, How::Set(set))) }
}

fn nearest(name: &str, tree: &Tree) -> Answer {
    let core = tree.region.core(name);
    let mut found: Vec<(Id, Nearness)> = Vec::new();
    let mut taken = BTreeSet::new();
    for unit in &tree.units {
        let spellings = [&unit.name, &unit.short_name].into_iter().chain(&unit.aliases);
        let reason = spellings.filter_map(|it| near(&core, &tree.region.core(it))).next();
        if let Some(reason) = reason
            && taken.insert(unit.unit_id.clone())
        {
            found.push((unit.unit_id.clone(), reason));
        }
    }
    found.sort_by_key(|(_, reason)| *reason);
    found.truncate(4);
    if found.is_empty() { Answer::Missing(kind_of_name(name)) } else { Answer::Near(found) }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::campaign::plan::Activity;

    pub(crate) fn tree() -> Tree {
        let unit = |unit_id: &str, parent: Option<&str>, name: &str, short_name: &str, kind: UnitKind| KnownUnit {
            unit_id: Id::from_text(unit_id),
            parent_id: parent.map(Id::from_text),
            name: name.into(),
            short_name: short_name.into(),
            aliases: Vec::new(),
            kind,
        };
        let root = Some("root");
        Tree::new(vec![
            unit("root", None, "清河县市场监督管理局", "县局", UnitKind::Regulator),
            unit("assoc", root, "清河县消费者协会", "消协", UnitKind::Association),
            unit("market", root, "市场和网络监管科", "市场科", UnitKind::Section),
            unit("food", root, "食品经营安全监管科", "食品科", UnitKind::Section),
            unit("center", root, "投诉举报中心", "投举中心", UnitKind::ComplaintCenter),
            unit("east", root, "城东市场监管所", "城东所", UnitKind::FieldOffice),
            unit("west", root, "城西市场监管所", "城西所", UnitKind::FieldOffice),
            unit("culture", root, "县文化和旅游局", "县文旅局", UnitKind::Member),
        ])
    }

    fn units(name: &str) -> String {
        match answer(name, None, &tree()) {
            Answer::Units(units, how) => {
                let units: Vec<&str> = units.iter().map(Id::as_str).collect();
                format!("{} {how:?}", units.join(","))
            }
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn names_short_names_and_abbreviations_are_recognised() {
        assert_eq!(units("清河县消费者协会"), "assoc Name");
        assert_eq!(units("投举中心"), "center Name");
        assert_eq!(units("县消保委"), "assoc Abbreviation");
        assert_eq!(units("市场和网络监督管理科"), "market Abbreviation");
        assert_eq!(units("本局"), "root Abbreviation");
        assert_eq!(units("文旅局"), "culture Abbreviation");
    }

    #[test]
    fn a_set_is_all_its_units() {
        assert_eq!(units("各监管所"), "east,west Set(FieldOffices)");
        assert_eq!(units("各市场所"), "east,west Set(FieldOffices)");
        assert_eq!(units("各科室"), "market,food Set(Sections)");
        assert_eq!(units("局属各单位"), "assoc,market,food,center,east,west Set(Everyone)");
        assert_eq!(units("各股室、队所"), "assoc,market,food,center,east,west Set(Everyone)");
        assert_eq!(units("各科（队）所"), "assoc,market,food,center,east,west Set(Everyone)");
        assert_eq!(units("各旅游局"), "culture Set(NameEnds(\"旅游局\"))");
        assert_eq!(units("各牵头股室"), "Role(Leads)");
    }

    #[test]
    fn what_is_vague_waits_for_a_person() {
        for name in ["食品相关科室", "各有关单位", "各街道办事处", "各直属单位"] {
            assert_eq!(units(name), "Vague", "{name}");
        }
    }

    #[test]
    fn what_is_near_is_shown_as_near_and_what_is_missing_as_missing() {
        assert_eq!(units("市场和网监科"), "Near([(Id(\"market\"), Shortened)])");
        assert_eq!(units("食品经营科"), "Near([(Id(\"food\"), Shortened)])");
        assert_eq!(units("知识产权科"), "Missing(Section)");
        assert_eq!(units("市消费者协会"), "Missing(Association)");
    }

    #[test]
    fn what_a_person_chose_comes_first_unless_the_unit_is_gone() {
        let tree = tree();
        let choose = |choice: Choice| answer("食品相关科室", Some(&choice), &tree);
        assert_eq!(
            choose(Choice::Units(vec![Id::from_text("food")])),
            Answer::Units(vec![Id::from_text("food")], How::Chosen)
        );
        assert_eq!(choose(Choice::Units(vec![Id::from_text("closed")])), Answer::Vague);
        assert_eq!(choose(Choice::Words), Answer::Words);
        assert_eq!(choose(Choice::Set(UnitSet::Participants)), Answer::Role(UnitSet::Participants));
    }

    #[test]
    fn every_name_knows_where_it_is_used() {
        let plan = Plan {
            activities: vec![
                Activity { leads: vec!["市场科".into(), "消协".into()], ..Activity::default() },
                Activity {
                    leads: vec!["消协".into()], supports: vec!["知识产权科".into()], ..Activity::default()
                },
            ],
            ..Plan::default()
        };
        let resolution = resolve(&plan, &BTreeMap::new(), &tree());
        let names: Vec<&str> = resolution.names.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["市场科", "消协", "知识产权科"]);
        assert_eq!(resolution.names[1].leads, [0, 1]);
        assert_eq!(resolution.open().count(), 1);
        assert_eq!(resolution.units("市场科"), [Id::from_text("market")]);
    }
}
