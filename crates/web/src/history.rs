//! Recorded changes in words a clerk reads.

use store::event::Event;

use crate::clock;

/// One recorded change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub sequence: i64,
    pub area: &'static str,
    pub what: &'static str,
    pub at: String,
    pub who: String,
    pub reason: String,
    /// Field, before, after.
    pub changes: Vec<(String, String, String)>,
}

impl Entry {
    /// The words of a stored event.
    pub fn of(event: &Event) -> Entry {
        let who = [event.person_name.as_str(), event.unit_name.as_str()];
        let who = who.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" · ");
        Entry {
            sequence: event.sequence,
            area: area_words(&event.area),
            what: kind_words(&event.kind),
            at: clock::in_words(event.at),
            who,
            reason: event.reason.clone(),
            changes: changes(&event.detail),
        }
    }
}

/// The areas, for the filter.
pub const AREAS: &[(&str, &str)] = &[
    ("unit", "单位"),
    ("person", "人员"),
    ("sign_in", "登录"),
    ("setting", "设置"),
    ("notice", "通知"),
    ("campaign", "活动方案"),
    ("activity", "活动"),
    ("task", "任务"),
    ("report_duty", "报送要求"),
    ("attachment", "附件"),
    ("statistics", "统计"),
    ("return", "填报"),
    ("feed", "日历订阅"),
];

fn area_words(area: &str) -> &'static str {
    AREAS.iter().find(|(name, _)| *name == area).map_or("其他", |(_, word)| word)
}

fn kind_words(kind: &str) -> &'static str {
    const KINDS: &[(&str, &str)] = &[
        ("created", "新建"),
        ("changed", "修改"),
        ("updated", "修改"),
        ("corrected", "更正"),
        ("moved", "调整上级单位"),
        ("deactivated", "停用"),
        ("activated", "重新启用"),
        ("password_changed", "修改密码"),
        ("password_reset", "重置密码"),
        ("unlocked", "解锁"),
        ("signed_in", "登录"),
        ("ended", "让其他地方退出登录"),
        ("imported", "导入"),
        ("published", "发布"),
        ("revised", "按修订的通知更新"),
        ("archived", "归档"),
        ("removed", "移除"),
        ("done", "标为已完成"),
        ("reopened", "重新打开"),
        ("started", "开始"),
        ("cancelled", "取消"),
        ("noted", "登记进展"),
        ("attached", "上传附件"),
        ("handed_in", "报送"),
        ("submitted", "提交"),
        ("approved", "审核通过"),
        ("returned", "退回"),
    ];
    KINDS.iter().find(|(name, _)| *name == kind).map_or("变动", |(_, word)| word)
}

/// `{"名称": ["旧", "新"]}` as lines; anything else is no change of a field.
fn changes(detail: &str) -> Vec<(String, String, String)> {
    let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(detail) else { return Vec::new() };
    let text = |value: Option<&serde_json::Value>| match value {
        Some(serde_json::Value::String(text)) => text.clone(),
        None | Some(serde_json::Value::Null) => String::new(),
        Some(other) => other.to_string(),
    };
    let lines = fields.iter().filter(|(name, _)| !name.is_ascii()).filter_map(|(name, value)| {
        let pair = value.as_array()?;
        Some((name.clone(), text(pair.first()), text(pair.get(1))))
    });
    lines.collect()
}

/// The fields that differ, as the detail of an event.
pub fn detail(fields: &[(&str, &str, &str)]) -> serde_json::Value {
    let changed = fields.iter().filter(|(_, before, after)| before != after);
    serde_json::Value::Object(changed.map(|(name, b, a)| ((*name).to_owned(), serde_json::json!([b, a]))).collect())
}
