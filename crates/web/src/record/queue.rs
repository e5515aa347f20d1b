//! What a phone needs to record without network: answers in JSON for what it kept, a fresh token, and the worker that keeps the pages.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, http::HeaderName};
use domain::FormErrors;
use serde_json::json;
use store::campaign::record::Record;

use crate::{Answer, App, Error, Frame, Visitor, assets, clock};

/// The worker answers for every path that begins with this: `/records/…` and the codes `/r/…`.
const SCOPE: &str = "/";

/// It is kept, now or before.
pub(super) fn kept(record: &Record, is_new: bool) -> Answer {
    let answer = json!({ "state": "kept", "path": format!("/records/{}", record.record_id), "is_new": is_new,
        "at": clock::in_words(record.created_at) });
    Ok(Json(answer).into_response())
}

/// Fields are wrong; the person corrects them, the phone keeps everything until then.
pub(super) fn refused(errors: &FormErrors) -> Answer {
    let sentences: Vec<_> =
        errors.iter().map(|(field, sentence)| json!({ "field": field, "sentence": sentence })).collect();
    let answer = json!({ "state": "refused", "errors": sentences });
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(answer)).into_response())
}

/// An answer that is no page of errors: the sentence of the rule, where it was the rule that refused.
pub(super) fn failed(error: Error) -> Answer {
    let (status, sentence) = match error {
        Error::Forbidden(sentence) => (StatusCode::FORBIDDEN, sentence),
        Error::Conflict(sentence) => (StatusCode::CONFLICT, sentence),
        Error::NotFound => (StatusCode::NOT_FOUND, "这项活动已不存在或尚未发布。".to_owned()),
        other => return Err(other),
    };
    let errors = json!([{ "field": "", "sentence": sentence }]);
    Ok((status, Json(json!({ "state": "refused", "errors": errors }))).into_response())
}

/// `GET /records/token`: who is signed in, and a token for the next form. A stranger is led to the sign-in, which a phone recognizes.
pub(crate) async fn token(State(app): State<App>, frame: Frame, Visitor(actor): Visitor) -> Answer {
    let answer = json!({
        "token": frame.token(),
        "person": actor.person_id.as_str(),
        "name": actor.name,
        "today": app.clock.today().to_string(),
        "now": app.clock.now().to_string(),
    });
    Ok(Json(answer).into_response())
}

/// `GET /records/worker.js`: the worker, with the addresses of what every page needs.
pub(crate) async fn worker(State(_): State<App>) -> Answer {
    let assets = [assets::css().url(), assets::script().url(), assets::record_script().url(), assets::sprite().url()];
    let assets = serde_json::to_string(&assets).map_err(|error| Error::Internal(anyhow::Error::new(error)))?;
    let text = format!("const ASSETS = {assets};\n{}", include_str!("../../assets/record-worker.js"));
    let mut response: Response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(HeaderName::from_static("service-worker-allowed"), HeaderValue::from_static(SCOPE));
    Ok(response)
}
