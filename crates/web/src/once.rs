//! One press of a button is one deed: a form that arrives twice gets the answer of the first time.
//!
//! The script keeps a button from being pressed twice; a browser without it, a slow line or the back button do not. The
//! token of a form is another on every page, so the same token with the same fields is the same form.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex as AsyncMutex;

use crate::{Error, Posted, keys};

/// So long is a form known again. Later it is meant.
const KNOWN_FOR: Duration = Duration::from_secs(30);

/// Where the first one led; empty while it is under way and when it was refused.
type Answer = Arc<AsyncMutex<Option<Vec<(HeaderName, HeaderValue)>>>>;

/// The forms of the last seconds.
#[derive(Default)]
pub(crate) struct Once(Mutex<HashMap<String, (Instant, Answer)>>);

impl Once {
    fn answer_of(&self, key: String) -> Answer {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (at, _)| at.elapsed() < KNOWN_FOR);
        known.entry(key).or_insert_with(|| (Instant::now(), Answer::default())).1.clone()
    }

    /// Runs the handler of a form, unless the same form has been taken a moment ago.
    pub(crate) async fn run(&self, request: Request, next: Next) -> Response {
        let Some(posted) = request.extensions().get::<Posted>() else { return next.run(request).await };
        let answer = self.answer_of(key_of(request.uri().path(), posted));
        // Who presses twice leaves the first request: it must come to its end all the same, and the second waits for it.
        let running = tokio::spawn(async move {
            let mut answer = answer.lock().await;
            if let Some(headers) = answer.as_ref() {
                return again(headers);
            }
            let response = next.run(request).await;
            if response.status() == StatusCode::SEE_OTHER {
                let kept =
                    response.headers().iter().filter(|(name, _)| [header::LOCATION, header::SET_COOKIE].contains(name));
                *answer = Some(kept.map(|(name, value)| (name.clone(), value.clone())).collect());
            }
            response
        });
        match running.await {
            Ok(response) => response,
            Err(error) => Error::Internal(anyhow::Error::new(error).context("a form was not finished")).into_response(),
        }
    }
}

fn again(headers: &[(HeaderName, HeaderValue)]) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    for (name, value) in headers {
        response.headers_mut().append(name, value.clone());
    }
    response
}

fn key_of(path: &str, posted: &Posted) -> String {
    let mut digest = Sha256::new();
    let mut add = |part: &str| {
        digest.update(part.len().to_le_bytes());
        digest.update(part.as_bytes());
    };
    add(path);
    for (name, value) in posted.fields() {
        add(name);
        add(value);
    }
    for file in posted.every_file() {
        add(&file.field);
        add(&file.name);
        add(&file.bytes.len().to_string());
    }
    keys::hex(&digest.finalize())
}
