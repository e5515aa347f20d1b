//! The trail: who changed what, when and why; and whether the chain of hashes is whole.

use askama::Template;
use axum::{extract::State, http::Uri};
use domain::{FormErrors, Id};
use jiff::{ToSpan, civil::Date};
use store::complaint::{case, tipoff};
use store::{event, event::Filter, person};

use crate::{Answer, App, Choice, Frame, clock, history, history::Entry, page};

/// So many lines on a page.
const LINES: i64 = 50;

#[derive(Template)]
#[template(path = "audit/list.html")]
struct List {
    frame: Frame,
    areas: Vec<Choice>,
    people: Vec<Choice>,
    day: String,
    errors: FormErrors,
    history: Vec<Entry>,
    n_events: i64,
    /// The first event whose hash is wrong on this page.
    broken: Option<i64>,
    older: String,
}

/// `GET /audit?area=&person=&day=&before=`
pub(crate) async fn list(State(app): State<App>, frame: Frame, uri: Uri) -> Answer {
    let query: Vec<(String, String)> =
        form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let text = |name: &str| query.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.trim()).to_owned();
    let (area, who, day) = (text("area"), text("person"), text("day"));
    let mut errors = FormErrors::default();
    let date: Option<Date> = day.parse().ok();
    if !day.is_empty() && date.is_none() {
        errors.add("day", format!("“{day}”不是日期，请写成 2024-03-15 这样。"));
    }
    let starts = date.and_then(|date| date.to_zoned(clock::zone()).ok());
    let ends = date.and_then(|date| date.checked_add(1.day()).ok()?.to_zoned(clock::zone()).ok());
    let filter = Filter {
        area: (!area.is_empty()).then(|| area.clone()),
        person_id: (!who.is_empty()).then(|| Id::from_text(&who)),
        from: starts.map(|it| it.timestamp()),
        to: ends.map(|it| it.timestamp()),
        before: text("before").parse().ok(),
        ..Filter::default()
    };
    let work = app.db.read(async move |tx| {
        let (events, broken) = event::list_tried(&tx, &filter, LINES + 1).await?;
        // 第三十七条: reasons and names of files tell who reported, and the trail is read by who has no part in tip-offs.
        let of_cases = events.iter().filter(|it| it.area == case::AREA).map(|it| it.subject_id.clone()).collect();
        let secret = tipoff::among(&tx, of_cases).await?;
        Ok((events, broken, secret, event::head(&tx).await?.0, person::list(&tx).await?))
    });
    let (mut events, broken, secret, n_events, people) = work.await?;
    let has_more = events.len() as i64 > LINES;
    events.truncate(usize::try_from(LINES).unwrap_or(50));
    let older = match events.last() {
        Some(last) if has_more => {
            let before = last.sequence.to_string();
            let pairs = [("area", &area), ("person", &who), ("day", &day), ("before", &before)];
            format!("/audit?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
        }
        _ => String::new(),
    };
    let mut areas = vec![Choice::new("", "全部", &area)];
    areas.extend(history::AREAS.iter().map(|(value, label)| Choice::new(*value, *label, &area)));
    let mut choices = vec![Choice::new("", "全部", &who)];
    choices.extend(people.iter().map(|it| Choice::new(it.person_id.as_str(), &it.name, &who)));
    let is_secret = |it: &event::Event| it.area == case::AREA && secret.contains(&it.subject_id);
    let history =
        events.iter().map(|it| if is_secret(it) { Entry::without_words(it) } else { Entry::of(it) }).collect();
    page::page(&List { frame, areas, people: choices, day, errors, history, n_events, broken, older })
}
