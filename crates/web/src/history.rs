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
    /// [`Entry::of`] without any word that somebody wrote, and without the step that was taken: of a case the reader may not know of. The
    /// trail says that something was done, and by whom; that somebody looked is what it is read for.
    pub(crate) fn without_words(event: &Event) -> Entry {
        let entry = Entry::of(event);
        let what = if event.kind.starts_with("case_") { "办理（内容依法保密）" } else { entry.what };
        Entry { reason: String::new(), changes: Vec::new(), what, ..entry }
    }

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
            // 第三十七条: what was done with a tip-off is for its handlers; the trail says that something was, and by whom.
            changes: if event.area == "complaint" { Vec::new() } else { changes(&event.detail) },
        }
    }
}

/// The areas, for the filter.
pub const AREAS: &[(&str, &str)] = &[
    ("unit", "单位"),
    ("person", "人员"),
    ("sign_in", "登录"),
    ("setting", "设置"),
    ("campaign", "活动方案"),
    ("activity", "活动"),
    ("record", "现场登记"),
    ("material", "宣传品台账"),
    ("media", "媒体台账"),
    ("stat_form", "统计表"),
    ("stat_return", "填报"),
    ("complaint", "投诉举报"),
    ("complaint_mail", "来信邮件"),
    ("summary", "总结"),
];

fn area_words(area: &str) -> &'static str {
    AREAS.iter().find(|(name, _)| *name == area).map_or("其他", |(_, word)| word)
}

/// Every kind of event there is, in words: the one list for the audit page and every history.
const KINDS: &[(&str, &str)] = &[
    ("activated", "重新启用"),
    ("annex_adopted", "采用修订附件"),
    ("annex_kept", "保留现表"),
    ("archived", "归档"),
    ("attached", "上传附件"),
    ("bindings_confirmed", "确认取数口径"),
    ("bindings_taken", "沿用上年口径"),
    ("cancelled", "取消活动"),
    ("changed", "修改"),
    ("corrected", "更正"),
    ("figures_confirmed", "确认数字无误"),
    ("created", "新建"),
    ("deactivated", "停用"),
    ("deleted", "删除草稿"),
    ("detached", "撤下附件"),
    ("drafted", "起草"),
    ("edited", "修改活动"),
    ("ended", "让其他地方退出登录"),
    ("exported", "导出清单"),
    ("feed_renewed", "更换日历订阅地址"),
    ("finalized", "定稿"),
    ("finished", "办结"),
    ("form_uploaded", "上传统计表"),
    ("forms_merged", "汇总上报文件"),
    ("handed_in", "报送"),
    ("imported", "导入通知"),
    ("letter_made", "制作文书"),
    ("list_imported", "导入清单"),
    ("looked", "查看当事人信息"),
    ("mail_discarded", "移出邮件"),
    ("mail_read", "上传邮件"),
    ("mail_registered", "登记邮件"),
    ("mapping_forgotten", "忘记列的对应"),
    ("mapping_renamed", "改名列的对应"),
    ("mapping_saved", "记住列的对应"),
    ("paper_opened", "打开材料"),
    ("sent_again", "同一编号又来件"),
    ("papers_sealed", "加密以前的材料"),
    ("printed", "批量打印"),
    ("view_saved", "存视图"),
    ("view_made_default", "设默认视图"),
    ("view_removed", "删除视图"),
    ("cluster_dismissed", "认定不是群体投诉"),
    ("cluster_restored", "重新列入群体投诉"),
    ("moved", "调整上级单位"),
    ("noted", "登记进展"),
    ("opened_again", "重新打开"),
    ("password_changed", "修改密码"),
    ("password_reset", "重置密码"),
    ("published", "发布活动方案"),
    ("reads_updated", "更新阅读量"),
    ("recorded", "登记"),
    ("redrafted", "重新起草"),
    ("reminded", "催办"),
    ("reminder_seen", "收到催办"),
    ("reopened", "恢复办理"),
    ("restored", "恢复"),
    ("overlap_kept", "记下共同活动"),
    ("return_approved", "审核通过"),
    ("return_begun", "开始填报"),
    ("return_completed", "提交统计表"),
    ("return_filled", "填写"),
    ("return_from_file", "由文件录入"),
    ("return_sent_back", "退回修改"),
    ("return_supplemented", "补报"),
    ("return_withdrawn", "收回修改"),
    ("revised", "按修订通知更新"),
    ("session_added", "安排场次"),
    ("session_changed", "修改场次"),
    ("session_removed", "取消场次"),
    ("signed_in", "登录"),
    ("started", "开始办理"),
    ("taken_back", "撤回报送"),
    ("task_finished", "完成任务"),
    ("task_reopened", "撤回任务完成"),
    ("token_created", "新建访问令牌"),
    ("token_ended", "停用访问令牌"),
    ("unlocked", "解锁"),
    ("venue_added", "新增会场"),
    ("venue_changed", "修改会场"),
    ("venue_removed", "删除会场"),
    ("withdrawn", "撤回"),
];

/// What happened, by the kind of the event.
pub(crate) fn kind_words(kind: &str) -> &'static str {
    let known = KINDS.iter().find(|(name, _)| *name == kind).map(|(_, word)| *word);
    known.or_else(|| domain::complaint::event::log_label(kind)).unwrap_or("变动")
}

/// Field → `[before, after]`, or field → one value, in the order they were written.
pub(crate) fn changes(detail: &str) -> Vec<(String, String, String)> {
    let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(detail) else { return Vec::new() };
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    };
    let line = |(field, value): (&String, &serde_json::Value)| match value.as_array().map(Vec::as_slice) {
        Some([before, after]) => (field.clone(), text(before), text(after)),
        _ => (field.clone(), String::new(), text(value)),
    };
    fields.iter().map(line).collect()
}

/// The fields that differ, as the detail of an event.
pub fn detail(fields: &[(&str, &str, &str)]) -> serde_json::Value {
    let changed = fields.iter().filter(|(_, before, after)| before != after);
    serde_json::Value::Object(changed.map(|(name, b, a)| ((*name).to_owned(), serde_json::json!([b, a]))).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn a_detail_is_a_pair_or_one_value() {
        let detail = r#"{"办结期限":["未定","2024-03-20"],"进展":"已到现场","无":null}"#;
        let words: BTreeSet<String> =
            changes(detail).iter().map(|(field, before, after)| format!("{field}:{before}→{after}")).collect();
        let expected = ["办结期限:未定→2024-03-20", "进展:→已到现场", "无:→"];
        assert_eq!(words, expected.map(str::to_owned).into());
        assert!(changes("not json").is_empty());
    }

    fn sources(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.contains("test") {
                continue;
            } else if path.is_dir() {
                sources(&path, found);
            } else if name.ends_with(".rs") {
                found.push(std::fs::read_to_string(&path).unwrap());
            }
        }
    }

    /// The snake_case string literals of a piece of source, without the patterns of a match.
    fn literals(source: &str) -> Vec<String> {
        let pieces: Vec<&str> = source.split('"').collect();
        let is_word = |it: &str| !it.is_empty() && it.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let chosen = pieces.windows(2).skip(1).step_by(2).filter(|it| is_word(it[0]) && !it[1].starts_with(" =>"));
        chosen.map(|it| it[0].to_owned()).collect()
    }

    /// The kinds (and areas) that the source of the whole program writes: the literals of each call that makes an event, and
    /// of the statements that choose its `kind`.
    #[test]
    fn every_kind_that_is_written_has_its_words() {
        let mut texts = Vec::new();
        let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for name in ["store", "web", "xiaobao"] {
            sources(&crates.join(name).join("src"), &mut texts);
        }
        let mut written = BTreeSet::new();
        for text in texts.iter().filter(|it| it.contains("NewEvent::by")) {
            let text = text.split("#[cfg(test)]").next().unwrap();
            for call in text.split("NewEvent::by").skip(1) {
                written.extend(literals(call.split(')').next().unwrap()));
            }
            for choice in text.split("let ").skip(1).filter(|it| it.split('=').next().unwrap().contains("kind")) {
                let statement = choice.split(';').next().unwrap();
                if !["FileKind", "Kind::ALL", "posted", "recognize"].iter().any(|it| statement.contains(it)) {
                    written.extend(literals(statement));
                }
            }
        }
        let known =
            |word: &String| KINDS.iter().any(|(kind, _)| kind == word) || AREAS.iter().any(|(area, _)| area == word);
        let unknown: Vec<&String> = written.iter().filter(|it| !known(it)).collect();
        assert!(unknown.is_empty(), "without words: {unknown:?}");
        let idle: Vec<&str> = KINDS.iter().map(|it| it.0).filter(|it| !written.contains(*it)).collect();
        assert!(idle.is_empty(), "never written: {idle:?}");
    }
}
