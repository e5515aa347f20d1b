//! Who may import, review, publish and archive.

use std::collections::BTreeSet;

use crate::unit::{Actor, Role};

/// Something a person can do with a whole campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IntakeStep {
    /// 核对: see and correct the draft.
    Review,
    /// 发布.
    Publish,
    /// 删除草稿.
    Delete,
    /// 导入修订稿.
    Revise,
    /// 归档.
    Archive,
    /// 恢复: bring it back from the archive.
    Reopen,
}

/// Where a campaign stands, as far as these steps are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Under review.
    Draft,
    /// Running.
    Running,
    /// Over.
    Archived,
}

/// May the person import notices and see drafts? To everybody else a draft does not exist.
pub fn may_import(actor: &Actor) -> bool {
    matches!(actor.role, Role::Admin | Role::Office)
}

/// What the person may do with a campaign in this stage.
pub fn permitted(actor: &Actor, stage: Stage) -> BTreeSet<IntakeStep> {
    if !may_import(actor) {
        return BTreeSet::new();
    }
    match stage {
        Stage::Draft => BTreeSet::from([IntakeStep::Review, IntakeStep::Publish, IntakeStep::Delete]),
        Stage::Running => BTreeSet::from([IntakeStep::Revise, IntakeStep::Archive]),
        Stage::Archived => BTreeSet::from([IntakeStep::Reopen]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Id;

    #[test]
    fn only_the_office_and_the_administrator_import_and_publish() {
        for role in Role::ALL {
            let actor = Actor {
                person_id: Id::from_text("p"),
                name: "张".into(),
                unit_id: Id::from_text("u"),
                unit_name: "市场科".into(),
                role: *role,
                acts_for: BTreeSet::new(),
            };
            let may = matches!(role, Role::Admin | Role::Office);
            assert_eq!(may_import(&actor), may, "{role:?}");
            for stage in [Stage::Draft, Stage::Running, Stage::Archived] {
                assert_eq!(!permitted(&actor, stage).is_empty(), may, "{role:?} {stage:?}");
            }
            assert!(!permitted(&actor, Stage::Running).contains(&IntakeStep::Delete));
        }
    }
}
