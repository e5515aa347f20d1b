//! What every page shows around its content: who is signed in, where one is, the look, notices.

use std::{convert::Infallible, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts};
use domain::Id;
use domain::unit::Actor;

use crate::{Error, Keys, cookie, nav};

/// The frame of the page. Every page template has a field `frame: Frame`.
#[derive(Clone)]
pub struct Frame(Arc<Inner>);

struct Inner {
    actor: Option<Actor>,
    must_change_password: bool,
    keys: Keys,
    /// What the form token is bound to: the sign-in, or the visit of a stranger.
    binding: String,
    path: String,
    /// Scheme and host people open, without a slash at the end.
    site: String,
    look: Look,
    request_number: String,
    notice: Option<Notice>,
}

/// The switches of the look, kept in a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// 大字版.
    pub is_large: bool,
    pub theme: Theme,
}

/// Light, dark, or as the machine says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    #[default]
    Auto,
    Light,
    Dark,
}

impl Theme {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
}

impl Look {
    /// From the cookie `dark.large`.
    pub(crate) fn of_cookie(value: &str) -> Look {
        let (theme, text) = value.split_once('.').unwrap_or((value, ""));
        let theme = match theme {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::Auto,
        };
        Look { is_large: text == "large", theme }
    }

    /// To the cookie.
    pub(crate) fn to_cookie(self) -> String {
        format!("{}.{}", self.theme.word(), if self.is_large { "large" } else { "normal" })
    }
}

/// One sentence after something was done; shown once on the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub is_error: bool,
    pub sentence: String,
}

pub(crate) struct FrameParts {
    pub(crate) actor: Option<Actor>,
    pub(crate) must_change_password: bool,
    pub(crate) keys: Keys,
    pub(crate) binding: String,
    pub(crate) path: String,
    pub(crate) site: String,
    pub(crate) look: Look,
    pub(crate) request_number: String,
    pub(crate) notice: Option<Notice>,
}

impl Frame {
    pub(crate) fn new(parts: FrameParts) -> Frame {
        let FrameParts { actor, must_change_password, keys, binding, path, site, look, request_number, notice } = parts;
        Frame(Arc::new(Inner { actor, must_change_password, keys, binding, path, site, look, request_number, notice }))
    }

    /// Who is signed in.
    pub fn actor(&self) -> Option<&Actor> {
        self.0.actor.as_ref()
    }

    /// Must the person choose an own password before anything else?
    pub(crate) fn must_change_password(&self) -> bool {
        self.0.must_change_password
    }

    /// A token for one form: it is good for this sign-in, and tells afterwards whether the page was drawn for a person. Two pages never
    /// carry the same one, so that compression betrays nothing.
    pub fn token(&self) -> String {
        let nonce: String = crate::keys::random_token().chars().take(16).collect();
        let code = self.0.keys.seal("form", &format!("{nonce}.{}", self.0.binding));
        let person = self.actor().map(|it| self.0.keys.seal(DRAWN_FOR, &format!("{nonce}.{}", it.person_id)));
        format!("{nonce}.{code}.{}", person.unwrap_or_default())
    }

    /// The sign-in, or the visit of a stranger: whose the forms of this page are.
    pub(crate) fn binding(&self) -> &str {
        &self.0.binding
    }

    /// Was the token made for this sign-in?
    pub(crate) fn is_token(&self, token: &str) -> bool {
        let mut parts = token.split('.');
        let (nonce, code) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        self.0.keys.is_sealed("form", &format!("{nonce}.{}", self.0.binding), code)
    }

    /// May who is signed in read what was typed into the page of this token?
    pub(crate) fn is_own(&self, token: &str) -> bool {
        self.actor().is_some_and(|it| is_drawn_for(&self.0.keys, token, &it.person_id))
    }

    /// The same frame for a sign-in that has just begun.
    pub(crate) fn rebound(&self, binding: String, actor: Actor) -> Frame {
        Frame(Arc::new(Inner {
            actor: Some(actor),
            must_change_password: false,
            keys: self.0.keys.clone(),
            binding,
            path: self.0.path.clone(),
            site: self.0.site.clone(),
            look: self.0.look,
            request_number: self.0.request_number.clone(),
            notice: None,
        }))
    }

    /// The path and query of this page, to come back to it.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Scheme and host of this program as people open it, for addresses that are used outside a browser.
    pub fn site(&self) -> &str {
        &self.0.site
    }

    /// The lines of the navigation this person may open.
    pub fn nav(&self) -> Vec<nav::Line> {
        nav::lines(self.actor(), self.path())
    }

    pub fn is_large(&self) -> bool {
        self.0.look.is_large
    }

    pub fn theme(&self) -> &'static str {
        self.0.look.theme.word()
    }

    pub(crate) fn look(&self) -> Look {
        self.0.look
    }

    pub fn request_number(&self) -> &str {
        &self.0.request_number
    }

    pub fn notice(&self) -> Option<&Notice> {
        self.0.notice.as_ref()
    }

    pub fn css_url(&self) -> &'static str {
        crate::assets::css().url()
    }

    pub fn script_url(&self) -> &'static str {
        crate::assets::script().url()
    }

    pub fn sprite_url(&self) -> &'static str {
        crate::assets::sprite().url()
    }
}

const DRAWN_FOR: &str = "drawn for";

/// Was the page of this token drawn for this person? One that was drawn for a stranger is anybody's.
pub(crate) fn is_drawn_for(keys: &Keys, token: &str, person_id: &Id) -> bool {
    let mut parts = token.split('.');
    let (nonce, person) = (parts.next().unwrap_or_default(), parts.nth(1).unwrap_or_default());
    person.is_empty() || keys.is_sealed(DRAWN_FOR, &format!("{nonce}.{person_id}"), person)
}

impl<S: Sync> FromRequestParts<S> for Frame {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Frame, Error> {
        parts
            .extensions
            .get::<Frame>()
            .cloned()
            .ok_or_else(|| Error::Internal(anyhow::anyhow!("a handler outside the frame")))
    }
}

/// The signed-in person, for handlers of routes that are not public: `Visitor(actor): Visitor`.
#[derive(Debug, Clone)]
pub struct Visitor(pub Actor);

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Visitor, Error> {
        let frame = Frame::from_request_parts(parts, state).await?;
        let actor = frame.actor().cloned();
        actor.map(Visitor).ok_or_else(|| Error::Internal(anyhow::anyhow!("a public route asks for a person")))
    }
}

/// The cookies of the request.
impl<S: Sync> FromRequestParts<S> for cookie::Jar {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<cookie::Jar, Infallible> {
        Ok(cookie::Jar::of(&parts.headers))
    }
}
