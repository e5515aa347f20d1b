//! The history (办理记录) of a campaign and its activities in words.

use store::event::Event;

use crate::clock;

/// One event as the time line shows it.
pub(crate) struct Line {
    pub(crate) at: String,
    pub(crate) who: String,
    pub(crate) what: String,
    pub(crate) reason: String,
    pub(crate) changes: Vec<(String, String, String)>,
    /// The activity it belongs to, for the overview; empty elsewhere.
    pub(crate) path: String,
    pub(crate) title: String,
    /// Steps stand out on the time line.
    pub(crate) is_step: bool,
}

/// What happened, by the kind of the event.
fn words(kind: &str) -> &str {
    match kind {
        "imported" => "导入通知",
        "published" => "发布活动方案",
        "archived" => "归档活动方案",
        "created" => "创建",
        "started" => "开始办理",
        "finished" => "办结",
        "cancelled" => "取消活动",
        "reopened" => "恢复办理",
        "edited" => "修改活动",
        "noted" => "登记进展",
        "task_finished" => "完成任务",
        "task_reopened" => "撤回任务完成",
        "session_added" => "安排场次",
        "session_changed" => "修改场次",
        "session_removed" => "取消场次",
        "attached" => "上传附件",
        "detached" => "撤下附件",
        "reminded" => "催办",
        "reminder_seen" => "收到催办",
        "handed_in" => "报送",
        "taken_back" => "撤回报送",
        "venue_added" => "新增会场",
        "venue_changed" => "修改会场",
        "venue_removed" => "删除会场",
        "feed_renewed" => "更换日历订阅地址",
        "recorded" => "登记",
        "corrected" => "更正",
        "withdrawn" => "撤回",
        "restored" => "恢复",
        "reads_updated" => "更新阅读量",
        "revised" => "按修订通知更新",
        _ => "修改",
    }
}

/// The event in words.
pub(crate) fn line(event: &Event) -> Line {
    let what = words(&event.kind);
    let who = if event.unit_name.is_empty() {
        event.person_name.clone()
    } else {
        format!("{} {}", event.unit_name, event.person_name)
    };
    Line {
        at: clock::in_words(event.at),
        who,
        what: what.to_owned(),
        reason: event.reason.clone(),
        changes: changes(&event.detail),
        path: String::new(),
        title: String::new(),
        is_step: matches!(event.kind.as_str(), "started" | "finished" | "cancelled" | "reopened" | "published"),
    }
}

/// Field → `[before, after]`, or field → one value, in the order they were written.
fn changes(detail: &str) -> Vec<(String, String, String)> {
    let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(detail) else { return Vec::new() };
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => shortened(text),
        serde_json::Value::Null => "无".to_owned(),
        other => shortened(&other.to_string()),
    };
    fields
        .iter()
        .map(|(field, value)| match value.as_array().map(Vec::as_slice) {
            Some([before, after]) => (field.clone(), text(before), text(after)),
            _ => (field.clone(), String::new(), text(value)),
        })
        .collect()
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= 120 {
        return text.to_owned();
    }
    let head: String = text.chars().take(118).collect();
    format!("{head}……")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_read_from_the_detail() {
        let detail = r#"{"办结期限":["未定","2024-03-20"],"单位":"城关所","无":null}"#;
        let words: Vec<String> =
            changes(detail).iter().map(|(field, before, after)| format!("{field}:{before}→{after}")).collect();
        assert_eq!(words, ["办结期限:未定→2024-03-20", "单位:→城关所", "无:→无"]);
        assert!(changes("not json").is_empty());
    }
}
