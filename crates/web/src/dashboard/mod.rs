//! `/campaigns/{id}/dashboard`: how the campaign stands in charts — progress by unit, figures over the days, media by kind, returns by
//! state — each number a way into the list behind it. `?wall=1` is the same for the wall: large, and renewed every minute.

pub(crate) mod chart;
mod load;

#[cfg(test)]
mod tests;

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, header};
use domain::Id;
use domain::campaign::light::Light;
use domain::campaign::media::MediaKind;
use domain::campaign::progress::ActivityStatus;
use domain::campaign::schedule::Filter;
use domain::statistics::indicator::{INDICATORS, Indicator, find};
use domain::statistics::rollup::total;
use store::campaign::head::Head;

use crate::campaign::address::activities_path;
use crate::campaign::overview::{UnitLine, unit_lines};
use crate::summary::{figures_path, query_value, with_query};
use crate::{Answer, App, Choice, Frame, Visitor, clock, page};
use chart::{Bar, Plot, bars, plot};
use load::{FormStands, Loaded};

/// A number that stands out.
struct Tile {
    number: String,
    label: &'static str,
    path: String,
    class: &'static str,
}

/// One day of the table beside the chart.
struct Day {
    day: String,
    words: String,
    path: String,
}

#[derive(Template)]
#[template(path = "dashboard/show.html")]
struct Show {
    frame: Frame,
    head: Head,
    is_wall: bool,
    at: String,
    unit_name: String,
    units: Vec<Choice>,
    indicators: Vec<Choice>,
    indicator: &'static Indicator,
    tiles: Vec<Tile>,
    lights: Vec<UnitLine>,
    plot: Option<Plot>,
    days: Vec<Day>,
    /// What the figure comes to in all.
    sum: String,
    sum_path: String,
    media: Vec<Bar>,
    recorders: Vec<Bar>,
    forms: Vec<FormStands>,
    unrecorded: Vec<(String, String)>,
    wall_path: String,
    plain_path: String,
}

/// `GET /campaigns/{campaign_id}/dashboard?unit=…&indicator=…&wall=1`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let value = |name: &str| query_value(query.as_deref(), name);
    let (unit_id, is_wall) = (value("unit"), value("wall") == "1");
    let indicator = find(&value("indicator")).or_else(|| find("consumer_attendance")).ok_or(crate::Error::NotFound)?;
    let loaded = load::load(&app, actor, Id::from_text(campaign_id), unit_id.clone(), indicator.code).await?;
    let at = clock::in_words(app.clock.now());
    let mut response = page::page(&view(frame, loaded, &unit_id, indicator, is_wall, at))?;
    if is_wall {
        // The browser asks again by itself, without a script; the page says so and has a link that ends it.
        response.headers_mut().insert(header::REFRESH, HeaderValue::from_static("60"));
    }
    Ok(response)
}

fn view(frame: Frame, it: Loaded, unit_id: &str, indicator: &'static Indicator, is_wall: bool, at: String) -> Show {
    let id = it.head.campaign_id.clone();
    let day_path = |on: &str| figures_path(&id, &[("indicator", indicator.code), ("unit", unit_id), ("on", on)]);
    let words = |value: i64, is_estimate: bool| indicator.amount(value, is_estimate);
    let values: Vec<_> = it.days.iter().map(|(day, value, about)| (*day, *value, words(*value, *about))).collect();
    let days = values.iter().rev().map(|(day, _, words)| Day {
        day: format!("{}月{}日", day.month(), day.day()),
        words: words.clone(),
        path: day_path(&day.to_string()),
    });
    let sum = domain::campaign::summary::draft::figure_words(indicator.code, &total(&it.figures, indicator.code, None));
    let records_of = |unit: &Id| with_query(&format!("/campaigns/{id}/records"), &[("unit", unit.as_str())]);
    let recorders = it.recorders.iter().map(|(unit, name, n)| (name.clone(), *n, format!("{n}条"), records_of(unit)));
    let media = MediaKind::ALL.iter().filter_map(|kind| {
        let n = it.media.iter().find(|(code, _)| code == kind.code()).map_or(0, |it| it.1);
        let path = with_query(&format!("/campaigns/{id}/media"), &[("kind", kind.code()), ("unit", unit_id)]);
        (n > 0).then(|| (kind.label().to_owned(), n, format!("{n}{}", kind.word()), path))
    });
    let own = |wall: &str| {
        let pairs = [("unit", unit_id), ("indicator", indicator.code), ("wall", wall)];
        with_query(&format!("/campaigns/{id}/dashboard"), &pairs)
    };
    let choices = it.units.iter().map(|(unit, name)| Choice::new(unit.to_string(), name.clone(), unit_id));
    Show {
        unit_name: it
            .units
            .iter()
            .find(|(unit, _)| unit.as_str() == unit_id)
            .map(|it| it.1.clone())
            .unwrap_or_default(),
        units: std::iter::once(Choice::new("", "全部单位", unit_id)).chain(choices).collect(),
        indicators: INDICATORS.iter().map(|it| Choice::new(it.code, it.label, indicator.code)).collect(),
        tiles: tiles(&it, unit_id),
        lights: unit_lines(&id, &it.entries),
        plot: plot(&values),
        days: days.collect(),
        sum: sum.unwrap_or_default(),
        sum_path: figures_path(&id, &[("indicator", indicator.code), ("unit", unit_id)]),
        media: bars(media.collect()),
        recorders: bars(recorders.collect()),
        unrecorded: unrecorded(&it),
        wall_path: own("1"),
        plain_path: own(""),
        forms: it.forms,
        head: it.head,
        frame,
        is_wall,
        at,
        indicator,
    }
}

/// Done, and nothing recorded: title and where to record.
fn unrecorded(it: &Loaded) -> Vec<(String, String)> {
    let is_silent = |entry: &&domain::campaign::schedule::Entry| {
        entry.status == ActivityStatus::Done && !it.records.iter().any(|(activity, _)| *activity == entry.activity_id)
    };
    it.entries
        .iter()
        .filter(is_silent)
        .map(|entry| (entry.title.clone(), format!("/activities/{}", entry.activity_id)))
        .collect()
}

fn tiles(it: &Loaded, unit_id: &str) -> Vec<Tile> {
    let id = &it.head.campaign_id;
    let unit = Some(Id::from_text(unit_id)).filter(|it| !it.as_str().is_empty());
    let filter =
        |status, light| activities_path(id, &Filter { unit: unit.clone(), status, light, ..Filter::default() });
    let n_done = it.entries.iter().filter(|it| it.status == ActivityStatus::Done).count();
    let n_late = it.entries.iter().filter(|it| it.status.is_open() && it.light == Light::Red).count();
    let n_near = it.entries.iter().filter(|it| it.status.is_open() && it.light == Light::Yellow).count();
    let n_records: i64 = it.records.iter().map(|(_, n)| n).sum();
    let tile = |number: String, label, path, class| Tile { number, label, path, class };
    let mut tiles = vec![
        tile(
            format!("{n_done}/{}", it.entries.len()),
            "项活动已办结",
            filter(Some(ActivityStatus::Done), None),
            "is-good",
        ),
        tile(n_late.to_string(), "项已逾期", filter(None, Some(Light::Red)), if n_late > 0 { "is-bad" } else { "" }),
        tile(
            n_near.to_string(),
            "项临近期限",
            filter(None, Some(Light::Yellow)),
            if n_near > 0 { "is-warn" } else { "" },
        ),
        tile(
            n_records.to_string(),
            "条活动记录",
            with_query(&format!("/campaigns/{id}/records"), &[("unit", unit_id)]),
            "",
        ),
    ];
    for code in ["consumer_attendance", "material_copies"] {
        let Some(indicator) = find(code) else { continue };
        let total = total(&it.figures, code, None);
        if let Some(value) = total.value {
            let label = if code == "material_copies" { "份资料印发" } else { "人次参与" };
            let path = figures_path(id, &[("indicator", code), ("unit", unit_id)]);
            let number = indicator.amount(value, total.has_estimate).replace(indicator.word(), "");
            tiles.push(tile(number, label, path, ""));
        }
    }
    tiles
}
