//! The history (办理记录) of a campaign and its activities in words.

use store::event::Event;

use crate::{clock, history};

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

/// The event in words.
pub(crate) fn line(event: &Event) -> Line {
    let what = history::kind_words(&event.kind);
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
        is_step: matches!(
            event.kind.as_str(),
            "started"
                | "finished"
                | "cancelled"
                | "reopened"
                | "published"
                | "return_completed"
                | "return_approved"
                | "return_supplemented"
        ),
    }
}

fn changes(detail: &str) -> Vec<(String, String, String)> {
    let lines = history::changes(detail).into_iter();
    lines.map(|(field, before, after)| (field, shortened(&before), shortened(&after))).collect()
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
    fn a_long_text_is_shortened() {
        let detail = format!(r#"{{"进展":"{}"}}"#, "长".repeat(200));
        let lines = changes(&detail);
        assert!(lines.iter().all(|it| it.2.chars().count() == 120 && it.2.ends_with("……")), "{lines:?}");
    }
}
