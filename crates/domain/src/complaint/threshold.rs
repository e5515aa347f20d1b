//! From how many cases on the desk is told that they are alike. 第十七条第二款 lets a province or city refine what may be considered, so
//! the numbers are the bureau's own and stand on the page of the settings.

use serde::{Deserialize, Serialize};

use super::cluster::Basis;

/// The numbers, as set or as they come. Nothing is ever declined by one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Thresholds {
    /// Cases of one telephone number that are shown as a cluster.
    pub cluster_phone: u32,
    /// Cases of one postal address.
    pub cluster_address: u32,
    /// Cases with nearly the same text.
    pub cluster_text: u32,
    /// Cases against one business: it has more customers than a telephone has owners.
    pub cluster_business: u32,
    /// Other complaints of the same telephone number against the same business in ninety days.
    pub same_phone_and_business: u32,
    /// Other complaints of the same telephone number, any business.
    pub same_phone: u32,
    /// Other complaints with nearly the same text against the same business.
    pub same_text: u32,
    /// Different names that used one telephone number.
    pub names_of_phone: u32,
    /// Different names that used one postal address: families live together.
    pub names_of_address: u32,
}

impl Default for Thresholds {
    fn default() -> Thresholds {
        Thresholds {
            cluster_phone: 3,
            cluster_address: 3,
            cluster_text: 3,
            cluster_business: 8,
            same_phone_and_business: 2,
            same_phone: 5,
            same_text: 2,
            names_of_phone: 2,
            names_of_address: 3,
        }
    }
}

impl Thresholds {
    /// From so many cases on a group of this basis is a cluster; never of one case alone.
    pub fn least(&self, basis: Basis) -> i64 {
        let least = match basis {
            Basis::Phone => self.cluster_phone,
            Basis::Address => self.cluster_address,
            Basis::Text => self.cluster_text,
            Basis::Business => self.cluster_business,
        };
        i64::from(least.max(2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_case_is_never_a_cluster() {
        let all_one = Thresholds { cluster_phone: 0, cluster_business: 1, ..Thresholds::default() };
        assert_eq!(
            [all_one.least(Basis::Phone), all_one.least(Basis::Business), all_one.least(Basis::Text)],
            [2, 2, 3]
        );
    }
}
