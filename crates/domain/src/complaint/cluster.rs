//! Clusters (群体投诉): cases that probably belong together, with the reason in words.
//!
//! A cluster is shown to people. It declines nothing, merges nothing and delays nothing by itself.

use std::collections::BTreeSet;

use super::case::words;
use crate::Id;

words! {
    /// What connects the cases. The order is the order of weight.
    Basis {
        /// The same telephone number.
        Phone = "phone", "同一电话";
        /// The same postal address.
        Address = "address", "同一通讯地址";
        /// Nearly the same text.
        Text = "text", "内容相近";
        /// The same business.
        Business = "business", "同一经营者";
    }
}

/// Cases that share one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What they share.
    pub basis: Basis,
    /// Its key; of groups that became one, that of the largest.
    pub key: String,
    /// The keys of the groups that became part of this one: a link to any of them still leads here.
    pub also: Vec<String>,
    /// The cases.
    pub cases: BTreeSet<Id>,
    /// There are more cases; these are the latest.
    pub is_cut: bool,
}

impl Group {
    /// How many cases: 12 件, 300 件以上.
    pub fn count_words(&self) -> String {
        format!("{} 件{}", self.cases.len(), if self.is_cut { "以上" } else { "" })
    }

    /// Does the key stand for this group?
    pub fn has_key(&self, key: &str) -> bool {
        self.key == key || self.also.iter().any(|it| it == key)
    }
}

/// Groups that are mostly the same cases, as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The groups in it, one of each basis at most where [`merge`] has been; the first names it, and its cases are those of the cluster.
    pub groups: Vec<Group>,
}

impl Cluster {
    /// Why these are one cluster: 同一电话 4 件，内容相近 4 件.
    pub fn words(&self) -> String {
        let mut seen = BTreeSet::new();
        let first = self.groups.iter().filter(|it| seen.insert(it.basis));
        first.map(|it| format!("{} {}", it.basis.label(), it.count_words())).collect::<Vec<_>>().join("，")
    }
}

/// Groups of one basis that share at least half of the cases of the larger one become one group with all of their cases: several keys
/// of one text. What is one group does not depend on which other bases are looked at.
pub fn merge(mut groups: Vec<Group>) -> Vec<Group> {
    groups.sort_by(|a, b| {
        (a.basis, std::cmp::Reverse(a.cases.len()), &a.key).cmp(&(b.basis, std::cmp::Reverse(b.cases.len()), &b.key))
    });
    let mut merged: Vec<Group> = Vec::new();
    for group in groups {
        let same = |it: &&mut Group| it.basis == group.basis && is_mostly_same(&it.cases, &group.cases);
        match merged.iter_mut().find(same) {
            Some(known) => {
                known.cases.extend(group.cases);
                known.is_cut |= group.is_cut;
                known.also.push(group.key);
                known.also.extend(group.also);
            }
            None => merged.push(group),
        }
    }
    merged
}

/// Puts the groups of different bases together that are mostly the same cases; the cluster with the weightiest basis comes first, of
/// each basis the largest. That somebody has the same telephone does not make others part of a text, so a cluster has the cases of
/// its first group.
///
/// ```
/// use domain::{Id, complaint::cluster::{Basis, Group, gather}};
/// let group = |basis, cases: &[&str]| Group {
///     basis, key: "k".into(), also: Vec::new(), cases: cases.iter().map(|it| Id::from_text(*it)).collect(), is_cut: false,
/// };
/// let found = gather(vec![group(Basis::Text, &["a", "b", "c"]), group(Basis::Phone, &["a", "b", "c", "d"])]);
/// assert_eq!(found.len(), 1);
/// assert_eq!(found[0].words(), "同一电话 4 件，内容相近 3 件");
/// ```
pub fn gather(groups: Vec<Group>) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    for group in merge(groups) {
        let same = |it: &&mut Cluster| {
            it.groups
                .first()
                .is_some_and(|first| first.basis != group.basis && is_mostly_same(&first.cases, &group.cases))
        };
        match clusters.iter_mut().find(same) {
            Some(known) => known.groups.push(group),
            None => clusters.push(Cluster { groups: vec![group] }),
        }
    }
    clusters.sort_by_key(|it| it.groups.first().map(|it| (it.basis, std::cmp::Reverse(it.cases.len()))));
    clusters
}

fn is_mostly_same(one: &BTreeSet<Id>, other: &BTreeSet<Id>) -> bool {
    let common = one.intersection(other).count();
    common * 2 >= one.len().max(other.len()) && common > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(basis: Basis, key: &str, cases: &[&str]) -> Group {
        Group {
            basis,
            key: key.into(),
            also: Vec::new(),
            cases: cases.iter().map(|it| Id::from_text(*it)).collect(),
            is_cut: false,
        }
    }

    #[test]
    fn a_large_business_does_not_swallow_a_small_bulk() {
        let found = gather(vec![
            group(Basis::Business, "b", &["a", "b", "c", "d", "e", "f", "g", "h", "i"]),
            group(Basis::Phone, "p", &["a", "b", "c"]),
        ]);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].groups[0].basis, Basis::Phone, "the weightiest first");
    }

    #[test]
    fn two_keys_of_one_text_are_one_cluster() {
        let found = gather(vec![
            group(Basis::Text, "1", &["a", "b", "c", "d"]),
            group(Basis::Text, "2", &["b", "c", "d", "e"]),
        ]);
        assert_eq!((found.len(), found[0].groups[0].cases.len()), (1, 5));
        assert_eq!(found[0].words(), "内容相近 5 件");
        assert!(found[0].groups[0].has_key("1") && found[0].groups[0].has_key("2"));
        // With another basis beside it the group is the same.
        let beside = gather(vec![
            group(Basis::Phone, "p", &["a", "b", "c"]),
            group(Basis::Text, "1", &["a", "b", "c", "d"]),
            group(Basis::Text, "2", &["b", "c", "d", "e"]),
        ]);
        assert_eq!(
            beside.iter().flat_map(|it| &it.groups).find(|it| it.basis == Basis::Text),
            Some(&found[0].groups[0])
        );
    }

    #[test]
    fn nothing_is_no_cluster() {
        assert_eq!(gather(Vec::new()), []);
    }
}
