//! A media entry in words: its reads and pieces as typed, and what a correction changed.

use domain::campaign::media::{MediaEntry, MediaKind};
use serde_json::json;

use super::count_words;

pub(super) fn reads_typed(entry: &MediaEntry) -> String {
    let more = if entry.is_estimate { "余" } else { "" };
    entry.reads.map(|it| format!("{it}{more}")).unwrap_or_default()
}

pub(super) fn pieces_words(entry: &MediaEntry) -> String {
    match entry.kind {
        MediaKind::PublicServiceAd => format!("{} 条，播 {} 天", entry.pieces, entry.days),
        MediaKind::Message if entry.days > 1 => {
            format!("{} 条，发 {} 天", count_words(Some(entry.pieces)), entry.days)
        }
        MediaKind::Broadcast => format!("{} 次", entry.pieces),
        MediaKind::Message => format!("{} 条", count_words(Some(entry.pieces))),
        _ => String::new(),
    }
}

pub(super) fn changes(before: &MediaEntry, after: &MediaEntry) -> serde_json::Value {
    let mut detail = serde_json::Map::new();
    let mut note = |field: &str, one: String, other: String| {
        if one != other {
            detail.insert(field.to_owned(), json!([one, other]));
        }
    };
    note("类别", before.kind.label().to_owned(), after.kind.label().to_owned());
    note("媒体", before.outlet.clone(), after.outlet.clone());
    note("标题", before.title.clone(), after.title.clone());
    note("链接", before.link.clone(), after.link.clone());
    note("日期", before.published_on.to_string(), after.published_on.to_string());
    note("数量", pieces_words(before), pieces_words(after));
    note("阅读量", reads_typed(before), reads_typed(after));
    note("备注", before.note.clone(), after.note.clone());
    serde_json::Value::Object(detail)
}
