//! Units (单位) in a tree, and the people who act for them.
//!
//! `Actor` is who asks; `permitted` of each area decides with it. Buttons and checks ask the same function.

pub mod near;
pub mod password;
pub mod permitted;
pub mod tree;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Id;

/// What kind of body a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// 市场监督管理局.
    Regulator,
    /// 消费者协会 / 消保委.
    Association,
    /// 科室 / 股.
    Section,
    /// 监管所 / 市场所.
    FieldOffice,
    /// 执法支队 / 大队.
    Enforcement,
    /// 投诉举报中心.
    ComplaintCenter,
    /// 检测中心 and other bodies of the bureau (直属单位).
    Subordinate,
    /// 委员单位 / other departments that support.
    Member,
    /// Anything else.
    Other,
}

impl UnitKind {
    /// Every kind, in the order of the choice on the page.
    pub const ALL: &[UnitKind] = &[
        UnitKind::Regulator,
        UnitKind::Association,
        UnitKind::Section,
        UnitKind::FieldOffice,
        UnitKind::Enforcement,
        UnitKind::ComplaintCenter,
        UnitKind::Subordinate,
        UnitKind::Member,
        UnitKind::Other,
    ];

    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            UnitKind::Regulator => "市场监管局",
            UnitKind::Association => "消费者协会",
            UnitKind::Section => "科室",
            UnitKind::FieldOffice => "监管所",
            UnitKind::Enforcement => "执法队伍",
            UnitKind::ComplaintCenter => "投诉举报中心",
            UnitKind::Subordinate => "直属单位",
            UnitKind::Member => "配合部门",
            UnitKind::Other => "其他",
        }
    }
}

/// What a person does in the system. One person has one role; what it may do is said by `permitted` of each area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 系统管理员: units, people, settings. Sees no business content by right of this role alone except campaigns.
    Admin,
    /// 活动办公室: imports notices, publishes campaigns, sees and corrects every activity.
    Office,
    /// 局领导: sees everything of the campaign, approves.
    Leader,
    /// 单位负责人: acts for the unit and the units below it.
    UnitLead,
    /// 经办人: acts for the own unit.
    Officer,
    /// 审计员: reads the trail, changes nothing.
    Auditor,
}

impl Role {
    /// Every role, in the order of the choice on the page.
    pub const ALL: &[Role] = &[Role::Admin, Role::Office, Role::Leader, Role::UnitLead, Role::Officer, Role::Auditor];

    /// The word on the page.
    pub fn label(self) -> &'static str {
        match self {
            Role::Admin => "系统管理员",
            Role::Office => "活动办公室",
            Role::Leader => "局领导",
            Role::UnitLead => "单位负责人",
            Role::Officer => "经办人",
            Role::Auditor => "审计员",
        }
    }
}

/// Who asks: a signed-in person with the role and the units they act for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person.
    pub person_id: Id,
    /// The person's name, for events.
    pub name: String,
    /// The unit the person belongs to.
    pub unit_id: Id,
    /// The name of that unit, for events and the page head.
    pub unit_name: String,
    /// The role.
    pub role: Role,
    /// The units the person acts for: the own unit, and for a [`Role::UnitLead`] every unit below it.
    pub acts_for: BTreeSet<Id>,
}

impl Actor {
    /// Does the person act for this unit?
    pub fn acts_for(&self, unit_id: &Id) -> bool {
        self.acts_for.contains(unit_id)
    }
}
