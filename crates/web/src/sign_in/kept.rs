//! What a person had typed when the sign-in ended. It travels in the page, never in the database; passwords and files do not travel.

use askama::Template;
use axum::http::{Method, StatusCode};

use super::kept_words;
use crate::{Answer, Frame, Posted, page, routes};

/// The fields of a form that waits to be sent again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) lost_files: bool,
    /// The token of the page, which tells whose it was; it is no longer good for anything else.
    pub(crate) token: String,
}

impl Kept {
    /// What a person typed, with the words of its field; keys, versions and the codes of choices are not shown.
    fn texts(&self) -> Vec<(String, &str)> {
        let typed = self.fields.iter().filter(|(_, value)| kept_words::is_typed(value));
        typed.filter_map(|(name, value)| Some((kept_words::label_of(name)?, value.trim()))).collect()
    }

    pub(crate) fn to_json(&self) -> String {
        serde_json::json!({ "fields": self.fields, "lost_files": self.lost_files, "token": self.token }).to_string()
    }

    pub(crate) fn of_json(text: &str) -> Option<Kept> {
        let value: serde_json::Value = serde_json::from_str(text).ok()?;
        let fields = serde_json::from_value(value.get("fields")?.clone()).ok()?;
        let token = value.get("token")?.as_str()?.to_owned();
        Some(Kept { fields, lost_files: value.get("lost_files")?.as_bool()?, token })
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
        assert_eq!(kept.texts(), [("说明".to_owned(), "已联系“青石”小学\n3月12日")]);
        let keys = [field("seen", "9f"), field("unit", "01JQ9ZKX6V3D8T"), field("client_key", "青石")];
        assert_eq!(Kept { fields: keys.to_vec(), ..Kept::default() }.texts(), [], "keys of the program");
    }
}
