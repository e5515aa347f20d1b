//! Who may do what with an activity, a task and a report duty of a published campaign.
//!
//! The pages show a button exactly when [`permitted`] holds it, and the handlers ask the same function.
//! Everybody who is signed in may read a published campaign; here stands only what changes something.

use std::collections::BTreeSet;

use super::progress::{ActivityStatus, Step};
use crate::Id;
use crate::unit::{Actor, Role};

/// The part a unit takes in an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// 牵头.
    Lead,
    /// 配合.
    Support,
}

impl Part {
    /// Both, the lead first.
    pub const ALL: &[Part] = &[Part::Lead, Part::Support];

    /// The code in the database and in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Part::Lead => "lead",
            Part::Support => "support",
        }
    }

    /// The part of a code; `None` for anything else.
    pub fn from_code(code: &str) -> Option<Part> {
        Part::ALL.iter().copied().find(|it| it.code() == code)
    }

    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            Part::Lead => "牵头",
            Part::Support => "配合",
        }
    }
}

/// Something a person can do with an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Act {
    /// Take a step of its progress.
    Step(Step),
    /// 修改活动: title, text, dates, units.
    Edit,
    /// 写进展.
    Note,
    /// 安排场次.
    Session,
    /// 上传附件.
    Attach,
    /// 撤下附件.
    Detach,
    /// 催办.
    Remind,
}

/// What [`permitted`] has to know about an activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing<'a> {
    /// Where it stands.
    pub status: ActivityStatus,
    /// Its campaign is published and not archived.
    pub is_running: bool,
    /// The units that take part.
    pub units: &'a [(Id, Part)],
}

/// What the actor may do with the activity now; empty for someone who only reads.
///
/// The office may do everything, a leader reminds, the lead unit's people carry the work, the supporting units'
/// people write and attach. An administrator or an auditor changes nothing here, whatever unit they belong to.
pub fn permitted(actor: &Actor, standing: &Standing<'_>) -> BTreeSet<Act> {
    if !standing.is_running {
        return BTreeSet::new();
    }
    let is_open = standing.status.is_open();
    let is_lead = takes_part(actor, standing, Part::Lead);
    let is_support = takes_part(actor, standing, Part::Support);
    let (steps, works, keeps, edits, reminds) = match actor.role {
        Role::Office => (true, true, true, true, is_open),
        Role::Leader => (false, false, false, false, is_open),
        Role::UnitLead | Role::Officer => (is_lead, is_lead || is_support, is_lead, false, false),
        Role::Admin | Role::Auditor => (false, false, false, false, false),
    };
    let mut acts = BTreeSet::new();
    if steps {
        // Calling off what the notice asks for takes more than one officer's hand.
        let may_take = |it: &Step| *it != Step::Cancel || actor.role != Role::Officer;
        let steps = Step::ALL.iter().filter(|it| it.leads_to(standing.status).is_some() && may_take(it));
        acts.extend(steps.map(|it| Act::Step(*it)));
    }
    // A photo or a word can arrive after the end; a session of an activity that is over cannot.
    if works {
        acts.extend([Act::Note, Act::Attach]);
    }
    if keeps {
        acts.insert(Act::Detach);
    }
    if keeps && is_open {
        acts.insert(Act::Session);
    }
    if edits {
        acts.insert(Act::Edit);
    }
    if reminds {
        acts.insert(Act::Remind);
    }
    acts
}

/// May the actor mark the task of this unit as done, or take that back?
///
/// The lead can mark the part of a supporting unit that has no account of its own, never that of another lead.
pub fn may_mark_task(actor: &Actor, standing: &Standing<'_>, unit_id: &Id) -> bool {
    standing.is_running
        && standing.status.is_open()
        && match actor.role {
            Role::Office => true,
            Role::UnitLead | Role::Officer => {
                let supports = standing.units.iter().any(|(id, part)| id == unit_id && *part == Part::Support);
                actor.acts_for(unit_id) || supports && takes_part(actor, standing, Part::Lead)
            }
            Role::Leader | Role::Admin | Role::Auditor => false,
        }
}

/// May the actor hand in a report duty for this unit, or take that back?
pub fn may_hand_in(actor: &Actor, is_running: bool, unit_id: &Id) -> bool {
    is_running
        && match actor.role {
            Role::Office => true,
            Role::UnitLead | Role::Officer => actor.acts_for(unit_id),
            Role::Leader | Role::Admin | Role::Auditor => false,
        }
}

/// May the actor keep the venues and renew the feed addresses of a campaign?
pub fn may_keep_campaign(actor: &Actor, is_running: bool) -> bool {
    is_running && actor.role == Role::Office
}

/// May the actor remind units of a report duty?
pub fn may_remind(actor: &Actor, is_running: bool) -> bool {
    is_running && matches!(actor.role, Role::Office | Role::Leader)
}

/// May the actor confirm for this unit that a reminder has arrived? The desk of such a unit is the actor's own.
pub fn may_confirm(actor: &Actor, unit_id: &Id) -> bool {
    actor.acts_for(unit_id) && !matches!(actor.role, Role::Admin | Role::Auditor)
}

/// May the actor make a new feed address for this unit?
pub fn may_renew_feed(actor: &Actor, unit_id: &Id) -> bool {
    actor.role == Role::Office || may_confirm(actor, unit_id)
}

/// May the actor look at the desk of every unit?
pub fn may_see_every_desk(actor: &Actor) -> bool {
    matches!(actor.role, Role::Office | Role::Leader | Role::Auditor)
}

/// May the actor open the desk of this unit?
pub fn may_see_desk(actor: &Actor, unit_id: &Id) -> bool {
    may_see_every_desk(actor) || actor.acts_for(unit_id)
}

fn takes_part(actor: &Actor, standing: &Standing<'_>, part: Part) -> bool {
    standing.units.iter().any(|(unit_id, it)| *it == part && actor.acts_for(unit_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(role: Role, unit: &str, below: &[&str]) -> Actor {
        let mut acts_for: BTreeSet<Id> = below.iter().map(|it| Id::from_text(*it)).collect();
        acts_for.insert(Id::from_text(unit));
        Actor {
            person_id: Id::from_text("p"),
            name: "测试".to_owned(),
            unit_id: Id::from_text(unit),
            unit_name: unit.to_owned(),
            role,
            acts_for,
        }
    }

    fn units() -> Vec<(Id, Part)> {
        vec![(Id::from_text("市场科"), Part::Lead), (Id::from_text("城关所"), Part::Support)]
    }

    fn words(acts: &BTreeSet<Act>) -> String {
        let words: Vec<&str> = acts
            .iter()
            .map(|it| match it {
                Act::Step(step) => step.label(),
                Act::Edit => "修改",
                Act::Note => "写进展",
                Act::Session => "场次",
                Act::Attach => "附件",
                Act::Detach => "撤附件",
                Act::Remind => "催办",
            })
            .collect();
        if words.is_empty() { "只读".to_owned() } else { words.join(" ") }
    }

    #[test]
    fn reminders_are_sent_by_office_and_leader_and_confirmed_by_the_unit() {
        let (own, other) = (Id::from_text("城关所"), Id::from_text("信用科"));
        let mut table = String::new();
        for role in Role::ALL {
            let person = actor(*role, "城关所", &[]);
            let marks = [
                may_remind(&person, true),
                may_remind(&person, false),
                may_confirm(&person, &own),
                may_confirm(&person, &other),
                may_renew_feed(&person, &own),
                may_renew_feed(&person, &other),
            ];
            let marks: Vec<&str> = marks.iter().map(|it| if *it { "x" } else { "-" }).collect();
            table.push_str(&format!("{} {role:?}\n", marks.join(" ")));
        }
        let mut lines: Vec<&str> = table.lines().collect();
        lines.sort_unstable();
        let expected = [
            "- - - - - - Admin",
            "- - - - - - Auditor",
            "- - x - x - Officer",
            "- - x - x - UnitLead",
            "x - x - x - Leader",
            "x - x - x x Office",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn every_role_and_unit_at_every_status() {
        let people = [
            ("办公室", actor(Role::Office, "办公室", &[])),
            ("局领导", actor(Role::Leader, "局", &["市场科", "城关所"])),
            ("牵头单位经办人", actor(Role::Officer, "市场科", &[])),
            ("牵头单位的上级负责人", actor(Role::UnitLead, "局", &["市场科"])),
            ("配合单位经办人", actor(Role::Officer, "城关所", &[])),
            ("无关单位经办人", actor(Role::Officer, "信用科", &[])),
            ("管理员(属牵头单位)", actor(Role::Admin, "市场科", &[])),
            ("审计员(属牵头单位)", actor(Role::Auditor, "市场科", &[])),
        ];
        let units = units();
        let mut table = String::new();
        for status in ActivityStatus::ALL {
            table.push_str(&format!("{}\n", status.label()));
            for (name, person) in &people {
                let standing = Standing { status: *status, is_running: true, units: &units };
                table.push_str(&format!("  {name}: {}\n", words(&permitted(person, &standing))));
            }
        }
        expect_test::expect![[r#"
            未开始
              办公室: 开始办理 办结 取消活动 修改 写进展 场次 附件 撤附件 催办
              局领导: 催办
              牵头单位经办人: 开始办理 办结 写进展 场次 附件 撤附件
              牵头单位的上级负责人: 开始办理 办结 取消活动 写进展 场次 附件 撤附件
              配合单位经办人: 写进展 附件
              无关单位经办人: 只读
              管理员(属牵头单位): 只读
              审计员(属牵头单位): 只读
            进行中
              办公室: 办结 取消活动 修改 写进展 场次 附件 撤附件 催办
              局领导: 催办
              牵头单位经办人: 办结 写进展 场次 附件 撤附件
              牵头单位的上级负责人: 办结 取消活动 写进展 场次 附件 撤附件
              配合单位经办人: 写进展 附件
              无关单位经办人: 只读
              管理员(属牵头单位): 只读
              审计员(属牵头单位): 只读
            已办结
              办公室: 恢复办理 修改 写进展 附件 撤附件
              局领导: 只读
              牵头单位经办人: 恢复办理 写进展 附件 撤附件
              牵头单位的上级负责人: 恢复办理 写进展 附件 撤附件
              配合单位经办人: 写进展 附件
              无关单位经办人: 只读
              管理员(属牵头单位): 只读
              审计员(属牵头单位): 只读
            已取消
              办公室: 恢复办理 修改 写进展 附件 撤附件
              局领导: 只读
              牵头单位经办人: 恢复办理 写进展 附件 撤附件
              牵头单位的上级负责人: 恢复办理 写进展 附件 撤附件
              配合单位经办人: 写进展 附件
              无关单位经办人: 只读
              管理员(属牵头单位): 只读
              审计员(属牵头单位): 只读
        "#]]
        .assert_eq(&table);
    }

    #[test]
    fn nothing_changes_in_a_campaign_that_does_not_run() {
        let units = units();
        let standing = Standing { status: ActivityStatus::Planned, is_running: false, units: &units };
        assert!(permitted(&actor(Role::Office, "办公室", &[]), &standing).is_empty());
        assert!(!may_mark_task(&actor(Role::Office, "办公室", &[]), &standing, &Id::from_text("城关所")));
        assert!(!may_hand_in(&actor(Role::Office, "办公室", &[]), false, &Id::from_text("城关所")));
    }

    #[test]
    fn a_unit_marks_its_own_task_and_the_lead_those_of_its_supporters() {
        let units = units();
        let standing = Standing { status: ActivityStatus::UnderWay, is_running: true, units: &units };
        let (lead, support) = (Id::from_text("市场科"), Id::from_text("城关所"));
        assert!(may_mark_task(&actor(Role::Officer, "城关所", &[]), &standing, &support));
        assert!(!may_mark_task(&actor(Role::Officer, "城关所", &[]), &standing, &lead));
        assert!(may_mark_task(&actor(Role::Officer, "市场科", &[]), &standing, &support));
        assert!(!may_mark_task(&actor(Role::Officer, "信用科", &[]), &standing, &support));
        assert!(!may_mark_task(&actor(Role::Auditor, "城关所", &[]), &standing, &support));
        let both = [(lead.clone(), Part::Lead), (support.clone(), Part::Lead)];
        let joint = Standing { units: &both, ..standing.clone() };
        assert!(!may_mark_task(&actor(Role::Officer, "市场科", &[]), &joint, &support), "the part of another lead");
        let over = Standing { status: ActivityStatus::Done, ..standing };
        assert!(!may_mark_task(&actor(Role::Officer, "城关所", &[]), &over, &support));
    }

    #[test]
    fn a_desk_opens_to_its_people_and_those_who_oversee() {
        let desk = Id::from_text("城关所");
        assert!(may_see_desk(&actor(Role::Officer, "城关所", &[]), &desk));
        assert!(may_see_desk(&actor(Role::UnitLead, "局", &["城关所"]), &desk));
        assert!(may_see_desk(&actor(Role::Leader, "局", &[]), &desk));
        assert!(!may_see_desk(&actor(Role::Officer, "信用科", &[]), &desk));
        assert!(!may_see_desk(&actor(Role::Admin, "信用科", &[]), &desk));
    }
}
