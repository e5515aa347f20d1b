//! `/complaints/{id}/dates/{term}`: why this date, day by day, ready to print.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use domain::Id;
use domain::complaint::clock::Clock;
use jiff::civil::Date;
use store::complaint::case::Case;

use super::Around;
use super::show::visible;
use crate::campaign::days::{day_with_weekday, weekday};
use crate::{Answer, App, Error, Frame, Visitor, page};

/// A day of the sheet.
struct Day {
    date: String,
    weekday: &'static str,
    number: String,
    why: String,
    is_due: bool,
}

#[derive(Template)]
#[template(path = "complaint/sheet.html")]
struct Sheet {
    frame: Frame,
    case: Case,
    clock: Clock,
    due: String,
    basis: String,
    days: Vec<Day>,
    roll: &'static str,
}

/// `GET /complaints/{complaint_id}/dates/{term}?from=`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path((id, code)): Path<(String, String)>,
    Query(asked): Query<HashMap<String, String>>,
) -> Answer {
    let id = Id::from_text(id);
    let today = app.clock.today();
    let (around, case) = app
        .db
        .try_read(async move |tx| -> Result<(Around, Case), Error> {
            let around = Around::load(&tx).await?;
            let case = visible(&tx, &around, &actor, &id).await?;
            Ok((around, case))
        })
        .await?;
    // The same term may have run before.
    let from: Option<Date> = asked.get("from").and_then(|it| it.parse().ok());
    let is_asked = |it: &Clock| it.term.code == code && from.is_none_or(|from| it.from == from);
    let clock = around.clocks(&case.state).into_iter().find(is_asked).ok_or(Error::NotFound)?;
    let days = clock
        .sheet
        .days
        .iter()
        .map(|it| Day {
            date: it.date.to_string(),
            weekday: weekday(it.date),
            number: it.counted.map(|n| format!("第 {n} 日")).unwrap_or_default(),
            why: it.why.clone(),
            is_due: Some(it.date) == clock.sheet.due,
        })
        .collect();
    let due = clock.sheet.due.map_or_else(|| "未定（鉴定检测尚未结束）".to_owned(), |it| day_with_weekday(it, today));
    let roll = match around.rules.roll {
        domain::complaint::deadline::Roll::Weekend => "期满日遇任何非工作日都顺延",
        domain::complaint::deadline::Roll::Holiday => "期满日只遇法定节假日顺延",
    };
    page::page(&Sheet { frame, basis: clock.term.basis(), due, days, clock, case, roll })
}
