//! Who may do what with units, people, the trail and the settings.

use std::collections::BTreeSet;

use super::{Actor, Role};
use crate::Id;

/// A step with a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnitStep {
    /// See the unit, its people and its history.
    See,
    /// Add a unit below it.
    Add,
    /// Change its name, kind, other names, order.
    Change,
    /// Put it below another unit.
    Move,
    /// Take it out of use, or into use again.
    SetActive,
}

/// A step with a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PersonStep {
    /// See the person and the history.
    See,
    /// Change name, role and unit.
    Change,
    /// Give a new one-time password.
    ResetPassword,
    /// Lift a lock after wrong passwords.
    Unlock,
    /// Take out of use, or into use again.
    SetActive,
}

/// What the actor may do with this unit: the administrator everything; everybody signed in sees the tree.
pub fn unit_steps(actor: &Actor) -> BTreeSet<UnitStep> {
    use UnitStep::{Add, Change, Move, See, SetActive};
    match actor.role {
        Role::Admin => BTreeSet::from([See, Add, Change, Move, SetActive]),
        // The campaign office creates the units a notice names.
        Role::Office => BTreeSet::from([See, Add, Change]),
        Role::Leader | Role::UnitLead | Role::Officer | Role::Auditor => BTreeSet::from([See]),
    }
}

/// What the actor may do with a person of that unit. Nobody takes themselves out of use or changes their own role:
/// the last administrator could lock everybody out.
pub fn person_steps(actor: &Actor, person_id: &Id, unit_id: &Id) -> BTreeSet<PersonStep> {
    use PersonStep::{Change, ResetPassword, See, SetActive, Unlock};
    match actor.role {
        Role::Admin if *person_id == actor.person_id => BTreeSet::from([See]),
        Role::Admin => BTreeSet::from([See, Change, ResetPassword, Unlock, SetActive]),
        Role::Auditor => BTreeSet::from([See]),
        Role::UnitLead if actor.acts_for(unit_id) => BTreeSet::from([See]),
        Role::Office | Role::Leader | Role::UnitLead | Role::Officer => BTreeSet::new(),
    }
}

/// May the actor create people and give them roles?
pub fn may_add_people(actor: &Actor) -> bool {
    actor.role == Role::Admin
}

/// The roles that open the list of people.
pub const SEE_PEOPLE: &[Role] = &[Role::Admin, Role::UnitLead, Role::Auditor];
/// The roles that read the trail.
pub const READ_TRAIL: &[Role] = &[Role::Admin, Role::Auditor];
/// The roles that change settings.
pub const CHANGE_SETTINGS: &[Role] = &[Role::Admin];
/// The roles that manage people.
pub const MANAGE_PEOPLE: &[Role] = &[Role::Admin];
/// The roles that may add and change units.
pub const CHANGE_UNITS: &[Role] = &[Role::Admin, Role::Office];

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(role: Role, acts_for: &[&str]) -> Actor {
        Actor {
            person_id: Id::from_text("me"),
            name: "张某".into(),
            unit_id: Id::from_text("own"),
            unit_name: "青石所".into(),
            role,
            acts_for: acts_for.iter().map(|it| Id::from_text(*it)).collect(),
        }
    }

    #[test]
    fn a_unit_lead_sees_the_people_of_the_own_subtree_only() {
        let lead = actor(Role::UnitLead, &["own", "below"]);
        let other = Id::from_text("other");
        assert!(person_steps(&lead, &other, &Id::from_text("below")).contains(&PersonStep::See));
        assert!(person_steps(&lead, &other, &Id::from_text("elsewhere")).is_empty());
    }

    #[test]
    fn an_administrator_cannot_lock_themselves_out() {
        let admin = actor(Role::Admin, &["own"]);
        assert_eq!(
            person_steps(&admin, &Id::from_text("me"), &Id::from_text("own")),
            BTreeSet::from([PersonStep::See])
        );
    }

    #[test]
    fn only_admin_and_office_change_units() {
        for role in Role::ALL {
            let may = unit_steps(&actor(*role, &["own"])).contains(&UnitStep::Change);
            assert_eq!(may, CHANGE_UNITS.contains(role), "{role:?}");
        }
    }
}
