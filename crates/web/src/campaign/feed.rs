//! Calendars (日历订阅): `/campaigns/{id}/calendar.ics` for those who are signed in, `/feed/{secret}.ics` for calendar programs.
//!
//! A feed names units, titles, places and days, never a person.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use domain::Id;
use domain::campaign::light;
use domain::campaign::progress::ActivityStatus;
use icalendar::{Calendar, Component, Event, EventLike, Property};
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan};
use store::Read;
use store::campaign::activity::Activity;
use store::campaign::duty::ReportDuty;
use store::campaign::feed::FeedOf;
use store::campaign::venue::ListedSession;
use store::campaign::{activity, duty, feed, head, venue};
use store::event::{self, NewEvent};
use store::unit;

use crate::{Answer, App, Error, Visitor, clock, page};

/// What stands in one calendar.
struct Contents {
    name: String,
    /// Activity, its units in words.
    activities: Vec<(Activity, String)>,
    sessions: Vec<ListedSession>,
    duties: Vec<ReportDuty>,
}

/// `GET /campaigns/{campaign_id}/calendar.ics`
pub(crate) async fn campaign(State(app): State<App>, Visitor(_): Visitor, Path(campaign_id): Path<String>) -> Answer {
    let id = Id::from_text(campaign_id);
    let contents = app.db.read(async move |tx| of_campaign(&tx, &id).await).await?;
    let name = format!("{}.ics", domain::evidence::clean_name(&contents.name));
    page::file(&name, "text/calendar; charset=utf-8", write(&app, &contents).into_bytes())
}

/// `GET /feed/{file}`: the calendar of whose secret this is. Everybody who knows it may read.
pub(crate) async fn show(State(app): State<App>, Path(file): Path<String>) -> Answer {
    let secret = file.strip_suffix(".ics").unwrap_or(&file).to_owned();
    if secret.len() < 16 || !secret.chars().all(|it| it.is_ascii_alphanumeric() || it == '-' || it == '_') {
        return Err(Error::NotFound);
    }
    let contents = app
        .db
        .read(async move |tx| match feed::find(&tx, &secret).await? {
            Some(FeedOf::Campaign(id)) => of_campaign(&tx, &id).await,
            Some(FeedOf::Unit(id)) => of_unit(&tx, &id).await,
            None => Err(store::Error::NotFound),
        })
        .await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=300")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    Ok((headers, write(&app, &contents)).into_response())
}

/// `POST /campaigns/{campaign_id}/feed`: a new secret address; the old one opens nothing any more.
pub(crate) async fn renew(State(app): State<App>, Visitor(actor): Visitor, Path(campaign_id): Path<String>) -> Answer {
    let id = Id::from_text(campaign_id);
    let now = app.clock.now();
    let secret = crate::keys::random_token();
    let path = format!("/campaigns/{id}#feed");
    app.db
        .try_write(async move |tx| -> Result<(), Error> {
            let head = head::get(&tx, &id).await?;
            if !domain::campaign::permitted::may_keep_campaign(&actor, head.is_running) {
                return Err(Error::Forbidden("日历订阅地址由活动办公室更换。".into()));
            }
            feed::save_campaign(&tx, &id, &secret).await?;
            event::insert(&tx, NewEvent::by(&actor, "campaign", &id, "feed_renewed", now));
            Ok(())
        })
        .await?;
    page::done(&path, "日历订阅地址已更换，旧地址即刻失效。")
}

async fn of_campaign(tx: &Read, id: &Id) -> store::Result<Contents> {
    let head = head::get(tx, id).await?;
    let activities = with_units(tx, id, activity::list(tx, id).await?).await?;
    let (sessions, duties) = (venue::list_sessions(tx, id).await?, duty::list(tx, id).await?);
    Ok(Contents { name: head.title, activities, sessions, duties })
}

/// What a unit takes part in, over all running campaigns.
async fn of_unit(tx: &Read, unit_id: &Id) -> store::Result<Contents> {
    let unit = unit::get(tx, unit_id).await?;
    let mut contents =
        Contents { name: format!("{} 3·15 工作", unit.name), activities: vec![], sessions: vec![], duties: vec![] };
    for head in head::list_running(tx).await? {
        let id = &head.campaign_id;
        let units = activity::list_units(tx, id).await?;
        let takes_part =
            |activity_id: &Id| units.iter().any(|it| it.activity_id == *activity_id && it.unit_id == *unit_id);
        let mine = activity::list(tx, id).await?.into_iter().filter(|it| takes_part(&it.activity_id)).collect();
        contents.activities.extend(with_units(tx, id, mine).await?);
        let sessions = venue::list_sessions(tx, id).await?.into_iter();
        contents.sessions.extend(sessions.filter(|it| match &it.session.unit_id {
            Some(unit) => unit == unit_id,
            None => takes_part(&it.session.activity_id),
        }));
    }
    contents.duties = duty::list_of_unit(tx, unit_id).await?.into_iter().map(|it| it.duty).collect();
    Ok(contents)
}

async fn with_units(tx: &Read, id: &Id, activities: Vec<Activity>) -> store::Result<Vec<(Activity, String)>> {
    let units = activity::list_units(tx, id).await?;
    Ok(activities
        .into_iter()
        .map(|it| {
            let names: Vec<String> = units
                .iter()
                .filter(|unit| unit.activity_id == it.activity_id)
                .map(|unit| format!("{}（{}）", unit.unit_name, unit.part.label()))
                .collect();
            (it, names.join("、"))
        })
        .collect())
}

fn write(app: &App, contents: &Contents) -> String {
    let now = app.clock.now();
    let base = app.config.public_url.as_deref().unwrap_or_default().trim_end_matches('/');
    let mut calendar = Calendar::new();
    calendar.name(&contents.name);
    calendar.append_property(Property::new("X-WR-TIMEZONE", "Asia/Shanghai"));
    calendar.append_property(Property::new("REFRESH-INTERVAL", "PT1H").add_parameter("VALUE", "DURATION").done());
    for (activity, units) in &contents.activities {
        for event in activity_events(activity, units, base, now) {
            calendar.push(event);
        }
    }
    for session in &contents.sessions {
        calendar.extend(session_event(session, base, now));
    }
    for duty in &contents.duties {
        calendar.extend(duty_event(duty, base, now));
    }
    calendar.to_string()
}

fn new_event(uid: &str, summary: &str, now: Timestamp) -> Event {
    let mut event = Event::new();
    event.uid(&format!("{uid}@xiaobao"));
    event.append_property(Property::new("DTSTAMP", utc(now)));
    event.summary(summary);
    event
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn on_days(event: &mut Event, first: Date, last: Date) {
    let day = |it: Date| it.strftime("%Y%m%d").to_string();
    // The end of a whole-day event is the day after the last.
    let end = last.max(first).saturating_add(1.day());
    event.append_property(Property::new("DTSTART", day(first)).add_parameter("VALUE", "DATE").done());
    event.append_property(Property::new("DTEND", day(end)).add_parameter("VALUE", "DATE").done());
    event.append_property(Property::new("TRANSP", "TRANSPARENT"));
}

fn at_time(event: &mut Event, day: Date, from: Time, to: Option<Time>) {
    let zone = clock::zone();
    let instant = |time: Time| day.to_datetime(time).to_zoned(zone.clone()).map(|it| it.timestamp());
    if let Ok(start) = instant(from) {
        event.append_property(Property::new("DTSTART", utc(start)));
        let end = to.filter(|it| *it > from).and_then(|it| instant(it).ok());
        let end = end.unwrap_or_else(|| start.saturating_add(1.hour()).unwrap_or(start));
        event.append_property(Property::new("DTEND", utc(end)));
    }
}

fn activity_events(activity: &Activity, units: &str, base: &str, now: Timestamp) -> Vec<Event> {
    let first = activity.starts_on.or(activity.ends_on);
    let last = activity.ends_on.or(first);
    let mark = match activity.status {
        ActivityStatus::Done => "（已办结）",
        ActivityStatus::Cancelled => "（已取消）",
        _ => "",
    };
    let mut events = Vec::new();
    let describe = |event: &mut Event| {
        event.description(&format!("单位：{units}\n状态：{}", activity.status.label()));
        if !base.is_empty() {
            event.url(&format!("{base}/activities/{}", activity.activity_id));
        }
        if activity.status == ActivityStatus::Cancelled {
            event.append_property(Property::new("STATUS", "CANCELLED"));
        }
    };
    if let (Some(first), Some(last)) = (first, last) {
        let mut event = new_event(activity.activity_id.as_str(), &format!("{}{mark}", activity.title), now);
        on_days(&mut event, first, last);
        if !activity.places.is_empty() {
            event.location(&activity.places.join("、"));
        }
        describe(&mut event);
        events.push(event);
    }
    let due_on = activity.due_on.filter(|it| Some(*it) != last || first.is_none());
    if let Some(due_on) = due_on {
        let uid = format!("{}-due", activity.activity_id);
        let mut event = new_event(&uid, &format!("到期：{}{mark}", activity.title), now);
        on_days(&mut event, due_on, due_on);
        describe(&mut event);
        events.push(event);
    }
    events
}

/// `09:00` or `09:00-11:30`.
fn times(text: &str) -> Option<(Time, Option<Time>)> {
    let time = |text: &str| -> Option<Time> {
        let (hour, minute) = text.trim().split_once([':', '：'])?;
        Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
    };
    let mut parts = text.splitn(2, ['-', '—', '–', '至', '~']);
    let from = time(parts.next()?)?;
    Some((from, parts.next().and_then(time)))
}

fn session_event(listed: &ListedSession, base: &str, now: Timestamp) -> Option<Event> {
    let session = &listed.session;
    let day = session.starts_on?;
    let mut event = new_event(session.activity_session_id.as_str(), &listed.activity_title, now);
    match session.time.as_deref().and_then(times) {
        Some((from, to)) => at_time(&mut event, day, from, to),
        None => on_days(&mut event, day, day),
    }
    let place: Vec<&str> =
        [&listed.venue_name, &listed.venue_address].into_iter().flatten().map(String::as_str).collect();
    let place = place.join(" ").trim().to_owned();
    if !place.is_empty() {
        event.location(&place);
    }
    let mut words = vec![format!("场次：{}", light::day_words(day, day))];
    words.extend(session.time.as_ref().map(|it| format!("时间：{it}")));
    words.extend(listed.unit_name.as_ref().map(|it| format!("负责：{it}")));
    words.extend(Some(session.note.clone()).filter(|it| !it.is_empty()));
    event.description(&words.join("\n"));
    if !base.is_empty() {
        event.url(&format!("{base}/activities/{}", session.activity_id));
    }
    Some(event)
}

fn duty_event(duty: &ReportDuty, base: &str, now: Timestamp) -> Option<Event> {
    let due_on = duty.due_on?;
    let summary = format!("报送：{}", duty.what.join("、"));
    let mut event = new_event(duty.report_duty_id.as_str(), &summary, now);
    match duty.due_time.as_deref().and_then(times) {
        Some((at, _)) => at_time(&mut event, due_on, at, None),
        None => on_days(&mut event, due_on, due_on),
    }
    event.description(&format!("期限：{}\n报送：{}", duty.due_text, duty.to.join("、")));
    if !base.is_empty() {
        event.url(&format!("{base}/campaigns/{}/duties", duty.campaign_id));
    }
    Some(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_or_left_alone() {
        let time = |hour, minute| Time::new(hour, minute, 0, 0).unwrap();
        assert_eq!(times("09:00"), Some((time(9, 0), None)));
        assert_eq!(times("9:00-11:30"), Some((time(9, 0), Some(time(11, 30)))));
        assert_eq!(times("09：00至11：30"), Some((time(9, 0), Some(time(11, 30)))));
        assert_eq!(times("上午"), None);
        assert_eq!(times("25:00"), None);
    }
}
