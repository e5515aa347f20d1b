//! Who may record, correct and withdraw. The buttons and the handlers ask the same functions.

use std::collections::BTreeSet;

use super::RecordStatus;
use crate::Id;
use crate::campaign::permitted::Part;
use crate::unit::{Actor, Role};

/// Something a person can do with a record or a ledger entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RecordAct {
    /// 更正: figures, units, day, note, files.
    Correct,
    /// 撤回, with a reason.
    Withdraw,
    /// 恢复 what was withdrawn.
    Restore,
}

/// What the rules have to know about the activity.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The campaign is published and not archived.
    pub is_running: bool,
    /// The activity was cancelled.
    pub is_cancelled: bool,
    /// The units that take part.
    pub units: &'a [(Id, Part)],
    /// The unit that holds the session, where a session is recorded.
    pub session_unit: Option<&'a Id>,
}

/// May the actor record at all, whatever the activity?
pub fn may_record_somewhere(actor: &Actor) -> bool {
    matches!(actor.role, Role::Office | Role::UnitLead | Role::Officer)
}

/// May the actor record something of this activity?
///
/// Everybody who records at all, for the own unit ([`may_name`]): notices name the section that leads and leave the stations to a half
/// sentence (各监管所结合工作实际……设立分会场), and what a station did has to be counted all the same.
/// An activity that is over still takes records, because the figures come after the day; one that was cancelled does not.
pub fn may_record(actor: &Actor, place: &Place<'_>) -> bool {
    place.is_running && !place.is_cancelled && may_record_somewhere(actor)
}

/// May the actor name these units as those who did it? One of them must be their own, except for the office and the lead.
pub fn may_name(actor: &Actor, place: &Place<'_>, unit_ids: &[Id]) -> bool {
    let leads = place.units.iter().any(|(unit_id, part)| *part == Part::Lead && actor.acts_for(unit_id));
    actor.role == Role::Office || leads || unit_ids.iter().any(|it| actor.acts_for(it))
}

/// May the actor add to a ledger of the campaign for this unit?
pub fn may_enter(actor: &Actor, is_running: bool, unit_id: &Id) -> bool {
    is_running
        && match actor.role {
            Role::Office => true,
            Role::UnitLead | Role::Officer => actor.acts_for(unit_id),
            Role::Leader | Role::Admin | Role::Auditor => false,
        }
}

/// What the actor may do with a record or a ledger entry of these units.
pub fn permitted(actor: &Actor, is_running: bool, status: RecordStatus, unit_ids: &[Id]) -> BTreeSet<RecordAct> {
    let own = match actor.role {
        Role::Office => true,
        Role::UnitLead | Role::Officer => unit_ids.iter().any(|it| actor.acts_for(it)),
        Role::Leader | Role::Admin | Role::Auditor => false,
    };
    if !is_running || !own {
        return BTreeSet::new();
    }
    match status {
        RecordStatus::Kept => BTreeSet::from([RecordAct::Correct, RecordAct::Withdraw]),
        RecordStatus::Withdrawn => BTreeSet::from([RecordAct::Restore]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(role: Role, unit: &str) -> Actor {
        Actor {
            person_id: Id::from_text("p"),
            name: "测试".to_owned(),
            unit_id: Id::from_text(unit),
            unit_name: unit.to_owned(),
            role,
            acts_for: BTreeSet::from([Id::from_text(unit)]),
        }
    }

    #[test]
    fn who_records_corrects_and_withdraws() {
        let units = [(Id::from_text("市场科"), Part::Lead), (Id::from_text("城关所"), Part::Support)];
        let session_unit = Id::from_text("河东所");
        let place = Place { is_running: true, is_cancelled: false, units: &units, session_unit: Some(&session_unit) };
        let record_units = [Id::from_text("城关所"), Id::from_text("市场科")];
        let mut table = String::new();
        for (name, person) in [
            ("办公室", actor(Role::Office, "办公室")),
            ("局领导", actor(Role::Leader, "局")),
            ("牵头经办人", actor(Role::Officer, "市场科")),
            ("配合经办人", actor(Role::Officer, "城关所")),
            ("场次经办人", actor(Role::Officer, "河东所")),
            ("无关经办人", actor(Role::Officer, "信用科")),
            ("管理员", actor(Role::Admin, "市场科")),
            ("审计员", actor(Role::Auditor, "城关所")),
        ] {
            let acts = permitted(&person, true, RecordStatus::Kept, &record_units);
            let back = permitted(&person, true, RecordStatus::Withdrawn, &record_units);
            table.push_str(&format!(
                "{name}: 记录{} 为配合单位记{} {acts:?} {back:?}\n",
                if may_record(&person, &place) { "可" } else { "否" },
                if may_name(&person, &place, &[Id::from_text("城关所")]) { "可" } else { "否" },
            ));
        }
        expect_test::expect![[r#"
            办公室: 记录可 为配合单位记可 {Correct, Withdraw} {Restore}
            局领导: 记录否 为配合单位记否 {} {}
            牵头经办人: 记录可 为配合单位记可 {Correct, Withdraw} {Restore}
            配合经办人: 记录可 为配合单位记可 {Correct, Withdraw} {Restore}
            场次经办人: 记录可 为配合单位记否 {} {}
            无关经办人: 记录可 为配合单位记否 {} {}
            管理员: 记录否 为配合单位记可 {} {}
            审计员: 记录否 为配合单位记可 {} {}
        "#]]
        .assert_eq(&table);
    }

    #[test]
    fn nothing_is_recorded_where_nothing_runs() {
        let office = actor(Role::Office, "办公室");
        let place = Place { is_running: true, is_cancelled: true, units: &[], session_unit: None };
        assert!(!may_record(&office, &place));
        assert!(!may_record(&office, &Place { is_running: false, is_cancelled: false, ..place }));
        assert!(may_record(&actor(Role::Officer, "任一所"), &Place { is_cancelled: false, ..place }));
        assert!(permitted(&office, false, RecordStatus::Kept, &[]).is_empty());
        assert!(!may_enter(&office, false, &Id::from_text("城关所")));
        assert!(!may_enter(&actor(Role::Officer, "信用科"), true, &Id::from_text("城关所")));
    }
}
