//! What stands before every handler: who may pass, and a form's origin and token.

use axum::{
    body::Body,
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::complain::From;
use crate::{App, Error, Frame, Posted, again, api, page, posted, routes::Access, sign_in};

/// The rule of one route.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) app: App,
    pub(crate) access: Access,
    pub(crate) upload: bool,
}

pub(crate) async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let sent = again::Sent::of(&request, gate.access);
    let response = match check(&gate, request).await {
        // Signing in twice is signing in twice; everything else is done once.
        Ok(Passed::On(request)) if gate.access != Access::Public => gate.app.once.run(request, next).await,
        Ok(Passed::On(request)) => next.run(request).await,
        Ok(Passed::Instead(response)) => response,
        Err(error) => error.into_response(),
    };
    match sent {
        Some(sent) => sent.answer(&gate.app, response).await,
        None => response,
    }
}

enum Passed {
    On(Request),
    Instead(Response),
}

async fn check(gate: &Gate, request: Request) -> Result<Passed, Error> {
    let frame =
        request.extensions().get::<Frame>().cloned().ok_or_else(|| Error::Internal(anyhow::anyhow!("no frame")))?;
    if gate.access == Access::Token {
        let known = api::authenticate(&gate.app, request).await;
        return Ok(known.map_or_else(Passed::Instead, Passed::On));
    }
    let is_form = request.method() == Method::POST;
    if is_form && !is_from_here(request.headers(), gate.app.config.public_url.as_deref()) {
        return Err(Error::Forbidden("这次提交不是从本系统的页面发出的，已拒绝。请从本系统打开页面再操作。".into()));
    }
    if !gate.access.allows(frame.actor()) {
        return refuse(&gate.app, frame, request, is_form).await;
    }
    if must_choose_password(&frame, gate.access, request.uri().path()) {
        return Ok(Passed::Instead(page::go("/account/password")?));
    }
    if !is_form {
        return Ok(Passed::On(request));
    }
    read_form(gate, frame, request).await
}

/// A stranger signs in first, and what they typed comes along; a person without the role is told so.
async fn refuse(app: &App, frame: Frame, request: Request, is_form: bool) -> Result<Passed, Error> {
    if frame.actor().is_some() {
        return Err(Error::Forbidden("您的角色不能打开这个页面。如工作需要，请联系系统管理员调整角色。".into()));
    }
    let path = request.uri().path_and_query().map_or("/", |it| it.as_str()).to_owned();
    if !is_form {
        return Ok(Passed::Instead(page::go(&sign_in::path_with_next(&path))?));
    }
    let posted = posted::read(request, posted::FORM_LIMIT, None).await.unwrap_or_default();
    Ok(Passed::Instead(sign_in::ask_again(app, frame, &path, &posted).await?))
}

fn must_choose_password(frame: &Frame, access: Access, path: &str) -> bool {
    frame.must_change_password() && access != Access::Public && path != "/account/password" && path != "/sign-out"
}

async fn read_form(gate: &Gate, frame: Frame, request: Request) -> Result<Passed, Error> {
    let path = request.uri().path_and_query().map_or("/", |it| it.as_str()).to_owned();
    let is_public = gate.access == Access::Public;
    let limit = match (gate.upload, is_public) {
        (true, true) => posted::PUBLIC_UPLOAD_LIMIT,
        (true, false) => posted::UPLOAD_LIMIT,
        (false, _) => posted::FORM_LIMIT,
    };
    let (mut parts, body) = request.into_parts();
    // A form without files is small: it needs no room.
    let room = (gate.upload && posted::is_multipart(&parts.headers)).then_some(if is_public {
        &gate.app.public_uploads
    } else {
        &gate.app.uploads
    });
    let Ok(from) = From::from_request_parts(&mut parts, &gate.app).await;
    let _sender = match room {
        // Those who work in one house come from one address.
        Some(room) if is_public => Some(room.enter(from)?),
        _ => None,
    };
    let mut copy = Request::new(body);
    *copy.method_mut() = parts.method.clone();
    *copy.headers_mut() = parts.headers.clone();
    let posted = posted::read(copy, limit, room).await?;
    if !frame.is_token(posted.text("token")) {
        // The page was drawn before this sign-in (or by nobody): nothing is done, nothing typed is lost, and only who typed it sees it.
        if frame.actor().is_some() && !frame.is_own(posted.text("token")) {
            return Ok(Passed::Instead(sign_in::ask_again(&gate.app, frame, &path, &posted).await?));
        }
        return Ok(Passed::Instead(sign_in::send_again(frame, &path, &posted)?));
    }
    parts.extensions.insert(posted);
    Ok(Passed::On(Request::from_parts(parts, Body::empty())))
}

/// Browsers say where a form comes from; a form of another site is refused before its token is looked at.
/// Programs without a browser say nothing and must still show the token.
fn is_from_here(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site")
        && site != "same-origin"
        && site != "none"
    {
        return false;
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else { return true };
    let origin_host = origin.split_once("://").map_or(origin, |(_, host)| host);
    let public_host = public_url.and_then(|url| url.split_once("://")).map(|(_, host)| host.trim_end_matches('/'));
    text(header::HOST.as_str()) == Some(origin_host) || public_host == Some(origin_host)
}

impl Posted {
    /// The form without its token, to be sent once more by the person.
    pub(crate) fn kept(&self) -> sign_in::Kept {
        sign_in::Kept {
            fields: self.worth_keeping(),
            lost_files: self.has_files(),
            token: self.text("token").to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (header::HeaderName::from_static(n), v.parse().unwrap())).collect()
    }

    #[test]
    fn a_form_of_another_site_is_refused() {
        let own = "127.0.0.1:12315";
        assert!(is_from_here(&headers(&[("host", own), ("origin", "http://127.0.0.1:12315")]), None));
        assert!(is_from_here(&headers(&[("host", own)]), None));
        assert!(!is_from_here(&headers(&[("host", own), ("origin", "https://evil.example")]), None));
        assert!(!is_from_here(&headers(&[("host", own), ("sec-fetch-site", "cross-site")]), None));
        assert!(!is_from_here(&headers(&[("host", own), ("origin", "null")]), None));
        let public = Some("https://xb.example.gov.cn");
        assert!(is_from_here(&headers(&[("host", own), ("origin", "https://xb.example.gov.cn")]), public));
    }
}
