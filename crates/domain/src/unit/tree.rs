//! The tree of units: what may stand below what, and in which order it is shown.

use std::collections::{BTreeMap, BTreeSet};

use super::UnitKind;
use crate::{FormErrors, Id};

/// A unit's place in the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The unit.
    pub unit_id: Id,
    /// The unit above, none for a root.
    pub parent_id: Option<Id>,
    /// The order among those below the same unit.
    pub sort_key: i64,
}

/// The unit and everything below it. Never endless, even if the stored tree held a cycle.
pub fn subtree(nodes: &[Node], unit_id: &Id) -> BTreeSet<Id> {
    let mut found = BTreeSet::from([unit_id.clone()]);
    loop {
        let below = |node: &&Node| node.parent_id.as_ref().is_some_and(|parent| found.contains(parent));
        let more: Vec<Id> =
            nodes.iter().filter(below).map(|node| node.unit_id.clone()).filter(|id| !found.contains(id)).collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

/// May the unit stand below `parent_id`? Not below itself, and not below one of its own.
pub fn may_move(nodes: &[Node], unit_id: &Id, parent_id: Option<&Id>) -> bool {
    parent_id.is_none_or(|parent_id| !subtree(nodes, unit_id).contains(parent_id))
}

/// The units from the root to the leaves with their depth, siblings in their order. A unit whose parent is not among them stands as a root.
pub fn in_order(nodes: &[Node]) -> Vec<(Id, usize)> {
    let known: BTreeSet<&Id> = nodes.iter().map(|node| &node.unit_id).collect();
    let mut out = Vec::with_capacity(nodes.len());
    let is_root = |node: &&Node| node.parent_id.as_ref().is_none_or(|parent| !known.contains(parent));
    let mut below: BTreeMap<&Id, Vec<&Node>> = BTreeMap::new();
    for (parent_id, node) in nodes.iter().filter_map(|it| Some((it.parent_id.as_ref()?, it))) {
        below.entry(parent_id).or_default().push(node);
    }
    let mut open = sorted(nodes.iter().filter(is_root), 0);
    while let Some((node, depth)) = open.pop() {
        out.push((node.unit_id.clone(), depth));
        open.extend(sorted(below.remove(&node.unit_id).into_iter().flatten(), depth + 1));
    }
    out
}

/// In reverse, because the last is taken first.
fn sorted<'a>(nodes: impl Iterator<Item = &'a Node>, depth: usize) -> Vec<(&'a Node, usize)> {
    let mut nodes: Vec<(&Node, usize)> = nodes.map(|node| (node, depth)).collect();
    nodes.sort_by(|(a, _), (b, _)| (b.sort_key, &b.unit_id).cmp(&(a.sort_key, &a.unit_id)));
    nodes
}

/// What a person typed about a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitForm {
    /// The full name.
    pub name: String,
    /// The short name; the full name when nothing was typed.
    pub short_name: String,
    /// The kind.
    pub kind: UnitKind,
    /// Other names, without those that are already the name.
    pub aliases: Vec<String>,
    /// The place among its siblings.
    pub sort_key: i64,
}

/// Reads the form of a unit. Aliases are separated by line breaks, commas or 、.
///
/// # Errors
/// A sentence per field.
pub fn parse(name: &str, short_name: &str, kind: &str, aliases: &str, sort_key: &str) -> Result<UnitForm, FormErrors> {
    let mut errors = FormErrors::default();
    let name = name.trim();
    if name.is_empty() {
        errors.add("name", "请填写单位名称。");
    } else if name.chars().count() > 60 {
        errors.add("name", "单位名称太长，最多 60 个字。");
    }
    let short_name = if short_name.trim().is_empty() { name } else { short_name.trim() };
    if short_name.chars().count() > 20 && short_name != name {
        errors.add("short_name", "简称太长，最多 20 个字。");
    }
    let chosen = UnitKind::ALL.iter().copied().find(|it| it.label() == kind);
    if chosen.is_none() {
        errors.add("kind", "请选择单位类别。");
    }
    let mut others: Vec<String> = Vec::new();
    for alias in aliases.split(['\n', ',', '，', '、', ';', '；']).map(str::trim).filter(|it| !it.is_empty()) {
        if alias != name && alias != short_name && !others.iter().any(|it| it == alias) {
            others.push(alias.to_owned());
        }
    }
    if others.len() > 30 || others.iter().any(|it| it.chars().count() > 60) {
        errors.add("aliases", "别名最多 30 个，每个最多 60 个字。");
    }
    let sort_key = if sort_key.trim().is_empty() { Ok(0) } else { sort_key.trim().parse() };
    if sort_key.is_err() {
        errors.add("sort_key", "排序请填整数，小的在前。");
    }
    let unit = UnitForm {
        name: name.to_owned(),
        short_name: short_name.to_owned(),
        kind: chosen.unwrap_or(UnitKind::Other),
        aliases: others,
        sort_key: sort_key.unwrap_or(0),
    };
    errors.into_result(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(id: &str, parent: &str, sort_key: i64) -> Node {
        let parent_id = (!parent.is_empty()).then(|| Id::from_text(parent));
        Node { unit_id: Id::from_text(id), parent_id, sort_key }
    }

    fn tree() -> Vec<Node> {
        vec![node("bureau", "", 0), node("south", "bureau", 2), node("north", "bureau", 1), node("station", "north", 0)]
    }

    #[test]
    fn a_unit_cannot_stand_below_itself() {
        let id = |text: &str| Id::from_text(text);
        assert!(!may_move(&tree(), &id("north"), Some(&id("north"))));
        assert!(!may_move(&tree(), &id("bureau"), Some(&id("station"))));
        assert!(may_move(&tree(), &id("station"), Some(&id("south"))));
        assert!(may_move(&tree(), &id("station"), None));
    }

    #[test]
    fn siblings_stand_in_their_order_below_their_parent() {
        let order: Vec<String> = in_order(&tree()).into_iter().map(|(id, depth)| format!("{depth}{id}")).collect();
        assert_eq!(order, ["0bureau", "1north", "2station", "1south"]);
    }

    #[test]
    fn a_cycle_in_the_store_does_not_hang_the_page() {
        let ring = [node("a", "b", 0), node("b", "a", 0)];
        assert_eq!(subtree(&ring, &Id::from_text("a")).len(), 2);
        assert!(in_order(&ring).is_empty());
    }

    #[test]
    fn the_form_of_a_unit_names_what_is_wrong() {
        let errors = parse("", "", "动物园", "", "第一").unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["name", "kind", "sort_key"]);
        let unit = parse("信用监管科", "", "科室", "信用科、信用监管科，信用股\n信用科", "").unwrap();
        assert_eq!(unit.aliases, ["信用科", "信用股"]);
        assert_eq!(unit.short_name, "信用监管科");
    }
}
