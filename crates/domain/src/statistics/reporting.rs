//! Who reports a form to whom: the units of the form in the tree, the unit at the top, and whose records count for a return.

use std::collections::{BTreeMap, BTreeSet};

use crate::Id;
use crate::unit::tree::{Node, subtree};

/// The units that report one form, in the tree of units.
///
/// The top is the unit that all of them report to in the end; its return adds up the others, also those that stand outside its
/// tree (消费者协会, 配合部门). The top can never be above nobody: without reporting units there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reporting {
    nodes: Vec<Node>,
    /// The place of each unit in `nodes`.
    places: BTreeMap<Id, usize>,
    units: BTreeSet<Id>,
    top: Option<Id>,
}

impl Reporting {
    /// The given units report.
    pub fn new(nodes: Vec<Node>, units: BTreeSet<Id>) -> Reporting {
        let places: BTreeMap<Id, usize> = nodes.iter().enumerate().map(|(n, it)| (it.unit_id.clone(), n)).collect();
        let units: BTreeSet<Id> = units.into_iter().filter(|id| places.contains_key(id)).collect();
        let mut reporting = Reporting { nodes, places, units, top: None };
        let mut roots: BTreeMap<&Id, usize> = BTreeMap::new();
        for unit in &reporting.units {
            *roots.entry(reporting.root_of(unit)).or_default() += 1;
        }
        let sort_key = |id: &Id| reporting.node(id).map_or(i64::MAX, |it| it.sort_key);
        let top = roots.into_iter().min_by_key(|(id, n)| (std::cmp::Reverse(*n), sort_key(id))).map(|(id, _)| id);
        reporting.top = top.cloned();
        reporting
    }

    fn node(&self, unit_id: &Id) -> Option<&Node> {
        self.nodes.get(*self.places.get(unit_id)?)
    }

    fn parent(&self, unit_id: &Id) -> Option<&Id> {
        self.node(unit_id)?.parent_id.as_ref()
    }

    /// The unit and those above it, the nearest first. No tree of a bureau is deeper than 64; a cycle in the stored tree must not hang a page.
    fn upwards<'a>(&'a self, unit_id: &'a Id) -> impl Iterator<Item = &'a Id> {
        std::iter::successors(Some(unit_id), |at| self.parent(at)).take(64)
    }

    fn root_of<'a>(&'a self, unit_id: &'a Id) -> &'a Id {
        self.upwards(unit_id).last().unwrap_or(unit_id)
    }

    /// The unit whose return adds up all others.
    pub fn top(&self) -> Option<&Id> {
        self.top.as_ref()
    }

    /// Is this the top?
    pub fn is_top(&self, unit_id: &Id) -> bool {
        self.top.as_ref() == Some(unit_id)
    }

    /// Does the unit report, or add up?
    pub fn contains(&self, unit_id: &Id) -> bool {
        self.units.contains(unit_id) || self.is_top(unit_id)
    }

    /// The units that report, without the top.
    pub fn units(&self) -> impl Iterator<Item = &Id> {
        self.units.iter().filter(|it| !self.is_top(it))
    }

    /// The unit whose return adds up the return of this one: the nearest reporting unit above it, or the top.
    pub fn above(&self, unit_id: &Id) -> Option<&Id> {
        if self.is_top(unit_id) {
            return None;
        }
        self.upwards(unit_id)
            .skip(1)
            .find(|it| self.units.contains(*it))
            .and_then(|it| self.units.get(it))
            .or(self.top())
    }

    /// The units whose returns are added up in the return of this one.
    pub fn below(&self, unit_id: &Id) -> Vec<Id> {
        self.units().filter(|it| self.above(it) == Some(unit_id)).cloned().collect()
    }

    /// The units whose records count for the return of this one; `None` means everybody's.
    ///
    /// A unit counts the records of the units below it, unless it is one without reporting units below: then only its own and those of
    /// units below that do not report by themselves.
    pub fn scope(&self, unit_id: &Id) -> Option<BTreeSet<Id>> {
        (!self.is_top(unit_id)).then(|| subtree(&self.nodes, unit_id))
    }

    /// The units whose returns stand for them in the return of this one: those below that have handed in, and where one has not, those
    /// below it that have.
    pub fn standing_for(&self, unit_id: &Id, has_handed_in: &impl Fn(&Id) -> bool) -> Vec<Id> {
        let mut found = Vec::new();
        let mut open = self.below(unit_id);
        // Each unit has one above it, so none comes twice.
        while let Some(it) = open.pop() {
            if has_handed_in(&it) {
                found.push(it);
            } else {
                open.extend(self.below(&it));
            }
        }
        found.sort();
        found
    }

    /// The units of the scope of this one whose records stand in none of these returns. At the top an empty id stands for what nobody has.
    pub fn uncovered(&self, unit_id: &Id, returns: &[Id]) -> Vec<Id> {
        let covered: BTreeSet<Id> = returns.iter().flat_map(|it| subtree(&self.nodes, it)).collect();
        let scope = self.scope(unit_id).unwrap_or_else(|| {
            let all = self.nodes.iter().map(|it| it.unit_id.clone());
            all.chain([Id::from_text("")]).collect()
        });
        scope.difference(&covered).cloned().collect()
    }

    /// The units whose records stand in the return of this one as it was handed in.
    pub fn covered(&self, unit_id: &Id) -> BTreeSet<Id> {
        subtree(&self.nodes, unit_id)
    }

    /// The units in the order of the tree with their depth, the top first.
    pub fn in_order(&self) -> Vec<(Id, usize)> {
        let own: Vec<Node> = self
            .nodes
            .iter()
            .filter(|it| self.contains(&it.unit_id))
            .map(|it| Node { parent_id: self.above(&it.unit_id).cloned(), ..it.clone() })
            .collect();
        crate::unit::tree::in_order(&own)
    }
}

/// Does a report duty ask for the form of this title?
///
/// ```
/// use domain::statistics::reporting::asks_for;
/// assert!(asks_for("《云溪县2027年“3·15”活动统计表》", "云溪县2027年“3·15”活动统计表"));
/// assert!(asks_for("统计表", "2027年活动统计表"));
/// assert!(!asks_for("活动总结和照片", "2027年活动统计表"));
/// ```
pub fn asks_for(what: &str, title: &str) -> bool {
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (what, title) = (plain(what), plain(title));
    if what.is_empty() || title.is_empty() {
        return false;
    }
    what.contains(&title) || (what.contains('表') && title.contains(&what)) || what.contains("统计表")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Id {
        Id::from_text(text)
    }

    fn node(unit: &str, parent: Option<&str>, sort_key: i64) -> Node {
        Node { unit_id: id(unit), parent_id: parent.map(id), sort_key }
    }

    /// 局, two offices with a station below the first, and the association outside.
    fn county(units: &[&str]) -> Reporting {
        let nodes = vec![
            node("bureau", None, 0),
            node("section", Some("bureau"), 1),
            node("office", Some("bureau"), 2),
            node("station", Some("office"), 3),
            node("association", None, 4),
        ];
        Reporting::new(nodes, units.iter().map(|it| id(it)).collect())
    }

    #[test]
    fn the_top_is_the_root_above_most_units() {
        let reporting = county(&["section", "office", "association"]);
        assert_eq!(reporting.top(), Some(&id("bureau")));
        assert_eq!(reporting.above(&id("association")), Some(&id("bureau")));
        assert_eq!(reporting.below(&id("bureau")).len(), 3);
        assert_eq!(county(&[]).top(), None);
    }

    #[test]
    fn a_station_reports_to_its_office_when_that_reports_too() {
        let reporting = county(&["office", "station"]);
        assert_eq!(reporting.above(&id("station")), Some(&id("office")));
        assert_eq!(reporting.below(&id("office")), [id("station")]);
        assert_eq!(reporting.scope(&id("office")), Some(BTreeSet::from([id("office"), id("station")])));
        assert_eq!(reporting.uncovered(&id("office"), &[id("station")]), [id("office")]);
        assert_eq!(county(&["station"]).above(&id("station")), Some(&id("bureau")));
    }

    #[test]
    fn the_top_counts_everybody_and_what_stands_in_no_return_is_who_does_not_report() {
        let reporting = county(&["office"]);
        assert_eq!(reporting.scope(&id("bureau")), None);
        let open = reporting.uncovered(&id("bureau"), &[id("office")]);
        assert!(open.contains(&id("section")) && open.contains(&id("association")) && !open.contains(&id("station")));
        assert!(open.contains(&id("")), "a case that no unit has counts at the top");
    }

    #[test]
    fn a_station_stands_for_itself_while_its_office_has_not_handed_in() {
        let reporting = county(&["section", "office", "station"]);
        let of =
            |handed_in: &[&str]| reporting.standing_for(&id("bureau"), &|it: &Id| handed_in.contains(&it.as_str()));
        assert_eq!(of(&["station", "section"]), [id("section"), id("station")]);
        assert_eq!(of(&["office", "station"]), [id("office")]);
        assert_eq!(of(&[]), []);
    }

    #[test]
    fn the_order_is_that_of_the_tree_below_the_top() {
        let order = county(&["section", "office", "station", "association"]).in_order();
        let names: Vec<_> = order.iter().map(|(id, depth)| (id.as_str(), *depth)).collect();
        assert_eq!(names, [("bureau", 0), ("section", 1), ("office", 1), ("station", 2), ("association", 1)]);
    }
}
