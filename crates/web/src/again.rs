//! A refused complaint form gets an address of its own: the page with what was typed is kept, sealed, for some minutes, and the browser is led
//! to it. So going back to it fetches it again, where the answer to a form could only be had by sending the form once more (decision 21).

use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use domain::Id;
use store::kept_page::{self, NewPage};

use crate::routes::Access;
use crate::{Answer, App, Error, Frame, page};

/// The forms whose pages are kept: those that people fill for minutes, with data of persons in them.
const AREAS: &[&str] = &["/complaints", "/complain"];
/// The longest page that is kept.
const LONGEST: usize = 1024 * 1024;
/// The form that ends a visit to the public status page.
const LEAVING: &str = "/complain/mine/leave";
/// Where the pages stand.
const AT: &str = "/again/";

/// A complaint form under way.
pub(crate) struct Sent {
    /// The sign-in or visit that sent it.
    owner: String,
    /// Where it goes.
    form: String,
}

impl Sent {
    /// The form of this request, if it is one whose page is kept.
    pub(crate) fn of(request: &Request, access: Access) -> Option<Sent> {
        let path = request.uri().path();
        let is_of = |area: &&str| path.strip_prefix(*area).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let is_kept = request.method() == Method::POST && access != Access::Token && AREAS.iter().any(is_of);
        let frame = request.extensions().get::<Frame>().filter(|_| is_kept)?;
        Some(Sent { owner: frame.binding().to_owned(), form: path.to_owned() })
    }

    /// The answer the browser gets: a refused form leads to its kept page, one that was taken lets the kept ones go. Where nothing can be
    /// kept, the page itself is the answer, as everywhere else.
    pub(crate) async fn answer(self, app: &App, response: Response) -> Response {
        match response.status() {
            StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT if is_page(&response) => {
                self.keep(app, response).await
            }
            StatusCode::SEE_OTHER => {
                if let Err(error) = self.forget(app).await {
                    tracing::warn!("pages of refused forms could not be let go: {error}");
                }
                response
            }
            _ => response,
        }
    }

    async fn keep(self, app: &App, response: Response) -> Response {
        let (parts, body) = response.into_parts();
        let bytes = match to_bytes(body, LONGEST).await {
            Ok(bytes) => bytes,
            Err(error) => return Error::Internal(anyhow::Error::new(error)).into_response(),
        };
        let (status, now) = (parts.status.as_u16(), app.clock.now());
        let page = String::from_utf8_lossy(&bytes).into_owned();
        let new = NewPage { owner: self.owner, form: self.form, status, page };
        let kept = app.db.write(async move |tx| kept_page::insert(&tx, &new, now).await).await;
        let led = match kept {
            Ok(Some(id)) => page::go(&format!("{AT}{id}")).ok(),
            Ok(None) => None,
            Err(error) => {
                tracing::warn!("the page of a refused form could not be kept: {error}");
                None
            }
        };
        let Some(mut led) = led else { return Response::from_parts(parts, Body::from(bytes)) };
        for value in parts.headers.get_all(header::SET_COOKIE) {
            led.headers_mut().append(header::SET_COOKIE, value.clone());
        }
        led
    }

    /// Lets the kept pages of this form go; all of them where it ends the visit.
    async fn forget(self, app: &App) -> Result<(), Error> {
        let Sent { owner, form } = self;
        let form = (form != LEAVING).then_some(form);
        let (asked, of) = (owner.clone(), form.clone());
        if app.db.read(async move |tx| kept_page::is_any(&tx, &asked, of.as_deref()).await).await? {
            app.db.write(async move |tx| kept_page::forget(&tx, &owner, form.as_deref()).await).await?;
        }
        Ok(())
    }
}

fn is_page(response: &Response) -> bool {
    let is_html = |it: &HeaderValue| it.as_bytes().starts_with(b"text/html");
    response.headers().get(header::CONTENT_TYPE).is_some_and(is_html)
}

/// `GET /again/{kept_page_id}`
pub(crate) async fn show(State(app): State<App>, frame: Frame, Path(id): Path<String>) -> Answer {
    let (id, owner, now) = (Id::from_text(id), frame.binding().to_owned(), app.clock.now());
    let found = app.db.read(async move |tx| kept_page::find(&tx, &id, &owner, now).await).await?;
    let Some((status, text)) = found else {
        let minutes = kept_page::KEPT_FOR.as_mins();
        let sentence =
            format!("没有通过的表单只留 {minutes} 分钟，提交成功后就删去；这一页已经不在了，请重新打开表单。");
        return Err(Error::Unreadable(sentence));
    };
    Ok((StatusCode::from_u16(status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY), Html(text)).into_response())
}
