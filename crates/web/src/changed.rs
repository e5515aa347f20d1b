//! Who changed a thing last, and when: what a page says when two people had it open.

use domain::Id;
use store::event::{self, Event, Filter};

use crate::history::kind_words;
use crate::{App, Error, clock};

/// `周某于 2027-03-15 16:50 保存`; empty when there is no event.
pub(crate) fn words(last: Option<&Event>) -> String {
    last.map(|it| format!("{}于 {} 保存", it.person_name, clock::in_words(it.at))).unwrap_or_default()
}

/// `周某于 2027-03-15 16:50 审核通过` of the newest event of a thing; empty when there is none.
pub(crate) async fn last_step(app: &App, area: &str, subject_id: &Id) -> Result<String, Error> {
    let filter = Filter { area: Some(area.to_owned()), subject_id: Some(subject_id.clone()), ..Filter::default() };
    let events = app.db.read(async move |tx| event::list(&tx, &filter, 1).await).await?;
    let step = |it: &Event| format!("{}于 {} {}", it.person_name, clock::in_words(it.at), kind_words(&it.kind));
    Ok(events.first().map(step).unwrap_or_default())
}

/// The same of the newest event of a thing.
pub(crate) async fn last(app: &App, area: &str, subject_id: &Id) -> Result<String, Error> {
    let filter = Filter { area: Some(area.to_owned()), subject_id: Some(subject_id.clone()), ..Filter::default() };
    let events = app.db.read(async move |tx| event::list(&tx, &filter, 1).await).await?;
    Ok(words(events.first()))
}
