//! The notice as it was handed in (通知原件): kept byte for byte, and given out to whoever may read its text.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use domain::Id;
use domain::campaign::review::permitted::may_import;
use store::campaign::notice;
use store::campaign::plan::{self, Status};

use crate::{Answer, App, Error, Visitor, page};

/// `GET /campaigns/{id}/notice/original`: a download, never shown in the page.
pub(crate) async fn show(State(app): State<App>, Visitor(actor): Visitor, Path(id): Path<String>) -> Answer {
    let id = Id::from_text(id);
    let (campaign, notice) = app
        .db
        .read(async move |tx| {
            let campaign = plan::get(&tx, &id).await?;
            let notice = notice::get(&tx, &campaign.notice_id).await?;
            Ok((campaign, notice))
        })
        .await?;
    if campaign.status == Status::Draft && !may_import(&actor) {
        return Err(Error::NotFound);
    }
    let bytes = app.files.read(&notice.sha256).await?;
    let mut response = page::file(&file_name(&notice), media_type(&notice.media_type), bytes)?;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(response)
}

/// The name to keep it under. A pasted text has no ending of its own.
fn file_name(notice: &notice::Notice) -> String {
    let name = domain::evidence::clean_name(&notice.file_name);
    let has_ending = std::path::Path::new(&name).extension().is_some();
    if has_ending || notice.media_type != "text/plain" { name } else { format!("{name}.txt") }
}

/// What a program for it can be found by. Pages and texts of unknown encoding are bytes: no browser may run or guess them.
fn media_type(stored: &str) -> &'static str {
    const SAFE: [&str; 4] = [
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/pdf",
        "application/ofd",
    ];
    SAFE.into_iter().find(|it| *it == stored).unwrap_or("application/octet-stream")
}
