//! From an upload or a pasted text to the source and its plans.

use domain::campaign::plan::{Plan, Reading};
use gongwen::ReadError;
use gongwen::source::Source;
use sha2::{Digest, Sha256};

use crate::{Error, Posted};

/// What a person handed in, before it is read.
pub(super) struct HandedIn {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) is_pasted: bool,
}

impl HandedIn {
    /// The file, else the pasted text, else nothing.
    pub(super) fn of(posted: &Posted) -> Option<HandedIn> {
        if let Some(file) = posted.file("file") {
            return Some(HandedIn { name: file.name.clone(), bytes: file.bytes.clone(), is_pasted: false });
        }
        let text = posted.raw("text");
        (!text.trim().is_empty()).then(|| HandedIn {
            name: "粘贴的文字".to_owned(),
            bytes: text.replace("\r\n", "\n").into_bytes(),
            is_pasted: true,
        })
    }

    /// The hash by which the same file is known again.
    pub(super) fn sha256(&self) -> String {
        const_hex::encode(Sha256::digest(&self.bytes))
    }

    /// The media type by the name's ending, for the record.
    pub(super) fn media_type(&self) -> &'static str {
        let ending = self.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        match ending.as_str() {
            "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "pdf" => "application/pdf",
            "ofd" => "application/ofd",
            "html" | "htm" | "mht" | "mhtml" => "text/html",
            "md" | "markdown" => "text/markdown",
            _ => "text/plain",
        }
    }

    /// Reads it, a file in a child process. A pasted text is text, whatever it begins with.
    pub(super) async fn read(&self) -> Result<Source, ReadError> {
        if self.is_pasted {
            return Ok(Source::from_text(String::from_utf8_lossy(&self.bytes)));
        }
        crate::reader::read(&self.name, self.bytes.clone()).await
    }
}

/// The plans of a source. A text that is none is one plan without parts: its paragraphs are the outline.
pub(super) async fn plans(source: &Source) -> Result<(bool, Vec<Plan>), Error> {
    let source = source.clone();
    let reading: Reading = tokio::task::spawn_blocking(move || domain::campaign::read::read(&source))
        .await
        .map_err(|error| Error::Internal(anyhow::Error::new(error).context("reading a plan")))?;
    let is_plan = !reading.plans.is_empty() && reading.kind == domain::campaign::plan::ReadingKind::Plan;
    if is_plan { Ok((true, reading.plans)) } else { Ok((false, vec![Plan::default()])) }
}

/// The title of a plan; of a text without one its first line.
pub(super) fn title_of(plan: &Plan, source: &Source) -> String {
    let first_line = || source.text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("未命名的方案");
    let title = plan.title.as_deref().or(plan.label.as_deref()).unwrap_or_else(first_line);
    title.chars().take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_comes_before_a_pasted_text_and_blanks_are_nothing() {
        let posted = |text: &str| Posted::of(vec![("text".into(), text.into())]);
        assert!(HandedIn::of(&posted(" \r\n")).is_none());
        let pasted = HandedIn::of(&posted("一、活动\r\n二、要求")).unwrap();
        assert_eq!(pasted.bytes, "一、活动\n二、要求".as_bytes());
        assert_eq!(pasted.sha256().len(), 64);
    }

    #[tokio::test]
    async fn a_pasted_page_source_stays_text() {
        let pasted = HandedIn { name: "粘贴的文字".into(), bytes: b"<p>1.</p>".to_vec(), is_pasted: true };
        assert_eq!(pasted.read().await.unwrap().text, "<p>1.</p>");
    }
}
