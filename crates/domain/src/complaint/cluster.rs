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

impl Basis {
    /// From so many cases on it is worth a look: a business has more customers than a telephone has owners.
    pub fn least(self) -> i64 {
        match self {
            Basis::Phone | Basis::Address | Basis::Text => 3,
            Basis::Business => 8,
        }
    }
}

/// Cases that share one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What they share.
    pub basis: Basis,
    /// Its key.
    pub key: String,
    /// The cases.
    pub cases: BTreeSet<Id>,
}

/// Groups that are mostly the same cases, as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The groups in it; the first names it.
    pub groups: Vec<Group>,
    /// Every case of them.
    pub cases: BTreeSet<Id>,
}

impl Cluster {
    /// Why these are one cluster: 同一电话 4 件，内容相近 4 件.
    pub fn words(&self) -> String {
        let mut seen = BTreeSet::new();
        let first = self.groups.iter().filter(|it| seen.insert(it.basis));
        first.map(|it| format!("{} {} 件", it.basis.label(), it.cases.len())).collect::<Vec<_>>().join("，")
    }
}

/// Puts groups together that share at least half of the cases of the larger one; the groups with the weightiest basis come first.
///
/// ```
/// use domain::{Id, complaint::cluster::{Basis, Group, gather}};
/// let group = |basis, cases: &[&str]| Group { basis, key: "k".into(), cases: cases.iter().map(|it| Id::from_text(*it)).collect() };
/// let found = gather(vec![group(Basis::Text, &["a", "b", "c"]), group(Basis::Phone, &["a", "b", "c", "d"])]);
/// assert_eq!(found.len(), 1);
/// assert_eq!(found[0].words(), "同一电话 4 件，内容相近 3 件");
/// ```
pub fn gather(mut groups: Vec<Group>) -> Vec<Cluster> {
    groups.sort_by(|a, b| {
        (a.basis, std::cmp::Reverse(a.cases.len()), &a.key).cmp(&(b.basis, std::cmp::Reverse(b.cases.len()), &b.key))
    });
    let mut clusters: Vec<Cluster> = Vec::new();
    for group in groups {
        match clusters.iter_mut().find(|it| is_mostly_same(&it.cases, &group.cases)) {
            Some(known) => {
                // Only more of a text widens a cluster: that somebody has the same telephone does not make others part of it.
                if known.groups.first().is_some_and(|it| it.basis == group.basis) {
                    known.cases.extend(group.cases.iter().cloned());
                }
                known.groups.push(group);
            }
            None => clusters.push(Cluster { cases: group.cases.clone(), groups: vec![group] }),
        }
    }
    // The weightiest basis first, of each the largest.
    clusters.sort_by_key(|it| (it.groups.first().map(|it| it.basis), std::cmp::Reverse(it.cases.len())));
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
        Group { basis, key: key.into(), cases: cases.iter().map(|it| Id::from_text(*it)).collect() }
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
        assert_eq!((found.len(), found[0].cases.len()), (1, 5));
        assert_eq!(found[0].words(), "内容相近 4 件");
    }

    #[test]
    fn nothing_is_no_cluster() {
        assert_eq!(gather(Vec::new()), []);
    }
}
