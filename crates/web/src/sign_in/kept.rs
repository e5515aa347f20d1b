//! What a person had typed when the sign-in ended. It travels in the page, never in the database; passwords and files do not travel.

use askama::Template;
use axum::http::{Method, StatusCode};

use crate::{Answer, Frame, Posted, page, routes};

/// The fields of a form that waits to be sent again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) lost_files: bool,
}

impl Kept {
    /// The texts worth showing: what a person typed, not keys and versions.
    fn texts(&self) -> Vec<&str> {
        let values = self.fields.iter().filter(|(name, _)| name != "version" && !name.ends_with("_id"));
        values.map(|(_, value)| value.trim()).filter(|it| !it.is_empty()).collect()
    }

    pub(crate) fn to_json(&self) -> String {
        serde_json::json!({ "fields": self.fields, "lost_files": self.lost_files }).to_string()
    }

    pub(crate) fn of_json(text: &str) -> Option<Kept> {
        let value: serde_json::Value = serde_json::from_str(text).ok()?;
        let fields = serde_json::from_value(value.get("fields")?.clone()).ok()?;
        Some(Kept { fields, lost_files: value.get("lost_files")?.as_bool()? })
    }
}

#[derive(Template)]
#[template(path = "sign_in/send_again.html")]
struct SendAgain {
    frame: Frame,
    action: String,
    kept: Kept,
}

/// The form came from a page of an earlier sign-in: it is shown to be sent once more.
pub(crate) fn send_again(frame: Frame, action: &str, posted: &Posted) -> Answer {
    show(frame, action, posted.kept(), StatusCode::CONFLICT)
}

pub(super) fn show(frame: Frame, action: &str, kept: Kept, status: StatusCode) -> Answer {
    page::page_with(status, &SendAgain { frame, action: action.to_owned(), kept })
}

/// Is there a form at this address?
pub(super) fn is_form(action: &str) -> bool {
    routes::access_of(&Method::POST, action).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_survives_the_way_and_passwords_do_not() {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let posted = Posted::of(vec![
            field("token", "t"),
            field("note", "已联系“青石”小学\n3月12日"),
            field("new_password", "secret"),
        ]);
        let kept = Kept::of_json(&posted.kept().to_json()).unwrap();
        assert_eq!(kept.fields, [field("note", "已联系“青石”小学\n3月12日")]);
        assert_eq!(Kept::of_json("{}"), None);
    }
}
