//! Who may draft and correct a report. The buttons and the handlers ask the same function.

use crate::Id;
use crate::unit::{Actor, Role};

/// May the actor draft, correct and restore the report of this unit, or of the whole campaign (`None`)?
///
/// The whole campaign is the office's; the report of a unit is written by its own people or by the office.
/// Everybody who is signed in reads every report, as they read the records behind it.
pub fn may_write(actor: &Actor, is_running: bool, unit_id: Option<&Id>) -> bool {
    is_running
        && match (actor.role, unit_id) {
            (Role::Office, _) => true,
            (Role::UnitLead | Role::Officer, Some(unit_id)) => actor.acts_for(unit_id),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_office_writes_for_all_and_a_unit_for_itself() {
        let own = Id::from_text("城关所");
        let other = Id::from_text("东湖所");
        for role in Role::ALL {
            let actor = Actor {
                person_id: Id::from_text("p"),
                name: "测试".to_owned(),
                unit_id: own.clone(),
                unit_name: "城关所".to_owned(),
                role: *role,
                acts_for: BTreeSet::from([own.clone()]),
            };
            let is_office = *role == Role::Office;
            let writes = matches!(role, Role::Office | Role::UnitLead | Role::Officer);
            assert_eq!(may_write(&actor, true, None), is_office, "{role:?}");
            assert_eq!(may_write(&actor, true, Some(&own)), writes, "{role:?}");
            assert_eq!(may_write(&actor, true, Some(&other)), is_office, "{role:?}");
            assert!(!may_write(&actor, false, Some(&own)), "{role:?}: an archived campaign");
        }
    }
}
