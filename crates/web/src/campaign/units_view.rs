//! The names of units on the review page: which are settled, which wait for a person, and what can be chosen for them.

use domain::campaign::review::resolve::{Answer, How, Named, UnitSet};
use domain::unit::UnitKind;

use super::draft::Loaded;
use super::source_view::SourceView;
use crate::Choice;

/// A name that waits for a person.
pub(super) struct OpenName {
    pub(super) index: usize,
    pub(super) name: String,
    pub(super) lights: String,
    pub(super) uses: String,
    /// `near`, `missing`, `vague`, `again`.
    pub(super) state: &'static str,
    /// Units it is near to: key, name, reason.
    pub(super) near: Vec<(String, String, &'static str)>,
    /// What is proposed: the value of the choice; empty when a person has to say.
    pub(super) proposed: String,
    pub(super) kinds: Vec<Choice>,
    /// What it is now, when it was settled before.
    pub(super) now: String,
}

/// A settled name.
pub(super) struct SettledName {
    pub(super) name: String,
    pub(super) link: String,
    pub(super) meaning: String,
    pub(super) how: &'static str,
}

pub(super) struct UnitsView {
    pub(super) open: Vec<OpenName>,
    pub(super) missing: usize,
    pub(super) settled: Vec<SettledName>,
    /// Units a new one may stand below.
    pub(super) parents: Vec<Choice>,
    /// Every unit: key and name.
    pub(super) all: Vec<(String, String)>,
    pub(super) sets: Vec<(&'static str, String, usize)>,
}

/// The sets a vague name may be given, by their code.
pub(super) fn sets() -> [(&'static str, UnitSet); 4] {
    [
        ("sections", UnitSet::Sections),
        ("field_offices", UnitSet::FieldOffices),
        ("everyone", UnitSet::Everyone),
        ("participants", UnitSet::Participants),
    ]
}

/// The code of a kind of unit in a form.
pub(super) fn unit_kind_code(kind: UnitKind) -> String {
    match serde_json::to_value(kind) {
        Ok(serde_json::Value::String(code)) => code,
        _ => String::new(),
    }
}

impl UnitsView {
    pub(super) fn new(loaded: &Loaded, source: &SourceView, again: &str) -> UnitsView {
        let tree = &loaded.tree;
        let root = tree.root().map(|unit| unit.unit_id.to_string()).unwrap_or_default();
        let names = &loaded.resolution.names;
        let is_open = |named: &&Named| !named.answer.is_settled() || named.name == again;
        let open: Vec<OpenName> = names
            .iter()
            .filter(is_open)
            .enumerate()
            .map(|(index, named)| open_name(index, named, loaded, source))
            .collect();
        let all = tree.units().iter().map(|unit| (unit.unit_id.to_string(), unit.name.clone())).collect();
        let count = |set: &UnitSet| tree.members(set).len();
        UnitsView {
            missing: open.iter().filter(|it| it.state == "missing").count(),
            open,
            settled: names.iter().filter(|it| !is_open(it)).map(|named| settled(named, loaded)).collect(),
            parents: tree.units().iter().map(|it| Choice::new(it.unit_id.as_str(), &it.name, &root)).collect(),
            all,
            sets: sets().into_iter().map(|(code, set)| (code, set.label(), count(&set))).collect(),
        }
    }
}

fn open_name(index: usize, named: &Named, loaded: &Loaded, source: &SourceView) -> OpenName {
    let (state, near, kind) = match &named.answer {
        Answer::Near(near) => ("near", near.clone(), domain::campaign::review::same_unit::kind_of_name(&named.name)),
        Answer::Missing(kind) => ("missing", Vec::new(), *kind),
        Answer::Vague => ("vague", Vec::new(), UnitKind::Section),
        _ => ("again", Vec::new(), domain::campaign::review::same_unit::kind_of_name(&named.name)),
    };
    let proposed = match (&near.first(), state) {
        (Some((unit_id, _)), "near") => format!("unit:{unit_id}"),
        (_, "missing") => "new".to_owned(),
        _ => String::new(),
    };
    let code = unit_kind_code(kind);
    OpenName {
        index,
        name: named.name.clone(),
        lights: first_use(named, loaded).map(|anchor| source.id(&anchor)).unwrap_or_default(),
        uses: uses(named, loaded),
        state,
        near: near
            .into_iter()
            .map(|(id, reason)| (id.to_string(), loaded.tree.name(&id).to_owned(), reason.label()))
            .collect(),
        proposed,
        kinds: UnitKind::ALL.iter().map(|it| Choice::new(unit_kind_code(*it), it.label(), &code)).collect(),
        now: if state == "again" { meaning(named, loaded) } else { String::new() },
    }
}

/// The anchor of the first place where the name is used.
fn first_use(named: &Named, loaded: &Loaded) -> Option<String> {
    let draft = &loaded.campaign.draft;
    let of_activity = |at: usize, letter: char| {
        let (seen, activity) = draft.activities().nth(at)?;
        let names = if letter == 'l' { &activity.leads } else { &activity.supports };
        Some(format!("a{}{letter}{}", seen.key, names.iter().position(|it| *it == named.name)?))
    };
    if let Some(at) = named.leads.first() {
        return of_activity(*at, 'l');
    }
    if let Some(at) = named.supports.first() {
        return of_activity(*at, 's');
    }
    let (seen, _) = draft.report_duties().nth(*named.duties.first()?)?;
    Some(format!("q{}w", seen.key))
}

/// 牵头第3、7项；配合第9项；报送.
fn uses(named: &Named, loaded: &Loaded) -> String {
    let plan = &loaded.campaign.draft.plan;
    let numbers = |places: &[usize]| {
        let of = |at: &usize| {
            let number = plan.activities.get(*at).and_then(|it| it.number);
            number.map_or_else(|| format!("{}", at + 1), |it| it.to_string())
        };
        let shown: Vec<String> = places.iter().take(6).map(of).collect();
        format!("{}{}", shown.join("、"), if places.len() > 6 { "等" } else { "" })
    };
    let mut uses = Vec::new();
    if !named.leads.is_empty() {
        uses.push(format!("牵头第{}项", numbers(&named.leads)));
    }
    if !named.supports.is_empty() {
        uses.push(format!("配合第{}项", numbers(&named.supports)));
    }
    if !named.duties.is_empty() {
        uses.push("报送".to_owned());
    }
    uses.join("；")
}

fn meaning(named: &Named, loaded: &Loaded) -> String {
    match &named.answer {
        Answer::Units(units, How::Set(set)) => format!("{}，共{}个", set.label(), units.len()),
        Answer::Units(units, _) if units.len() > 3 => format!("{}个单位", units.len()),
        Answer::Units(units, _) => units.iter().map(|it| loaded.tree.name(it)).collect::<Vec<_>>().join("、"),
        Answer::Role(set) => set.label(),
        Answer::Words => "只保留文字，不派任务".to_owned(),
        _ => String::new(),
    }
}

fn settled(named: &Named, loaded: &Loaded) -> SettledName {
    let how = match &named.answer {
        Answer::Units(_, How::Name) => "名称一致",
        Answer::Units(_, How::Abbreviation) => "按简称认出",
        Answer::Units(_, How::Set(_)) | Answer::Role(_) => "泛指",
        Answer::Units(_, How::Chosen) | Answer::Words => "人工确定",
        _ => "",
    };
    let query: String = form_urlencoded::byte_serialize(named.name.as_bytes()).collect();
    SettledName {
        name: named.name.clone(),
        link: format!("/campaigns/{}/review?name={query}#units", loaded.campaign.campaign_id),
        meaning: meaning(named, loaded),
        how,
    }
}
