//! The venues of a campaign as a register: each place that stands in it counts as one, beside what the records say.
//!
//! A place is a venue, or the own place of a unit that holds a session without one. It is a place of the units that hold sessions there, and of
//! those that lead the activity where the session names no unit; for several units together it counts once.

use std::collections::{BTreeMap, BTreeSet};

use domain::Id;
use domain::statistics::indicator::VENUES;
use domain::statistics::rollup::Figure;

use super::figure::Origin;
use crate::campaign::venue;
use crate::{Read, Result, args};

/// A place with what a page shows of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Place {
    name: String,
    units: BTreeSet<Id>,
    /// The first day something is held there; empty while no day is known.
    on: String,
}

/// The places by what makes them one, of all units or of these; an empty id among them stands for places that nobody holds.
async fn places(tx: &Read, campaign_id: &Id, units: Option<&[Id]>) -> Result<BTreeMap<String, Place>> {
    let mut places: BTreeMap<String, Place> = BTreeMap::new();
    for it in venue::list(tx, campaign_id).await? {
        places.insert(format!("venue:{}", it.venue_id), Place { name: it.name, ..Place::default() });
    }
    let leads = tx
        .list(
            "select task.activity_id, task.unit_id from task join activity on activity.activity_id = task.activity_id
             where campaign_id = $1 and part = 'lead' and task.status <> 'withdrawn'",
            args![campaign_id],
        )
        .await?;
    let mut lead_of: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
    for row in &leads {
        lead_of.entry(row.get("activity_id")?).or_default().push(row.get("unit_id")?);
    }
    let sessions = tx
        .list(
            "select activity_session.activity_id, activity_session.venue_id, activity_session.unit_id, activity_session.starts_on,
               unit.short_name
             from activity_session join activity on activity.activity_id = activity_session.activity_id
               left join unit on unit.unit_id = activity_session.unit_id
             where activity.campaign_id = $1 and activity.status <> 'cancelled'",
            args![campaign_id],
        )
        .await?;
    for row in &sessions {
        let (venue_id, unit_id): (Option<Id>, Option<Id>) = (row.get("venue_id")?, row.get("unit_id")?);
        let key = match (&venue_id, &unit_id) {
            (Some(venue_id), _) => format!("venue:{venue_id}"),
            (None, Some(unit_id)) => format!("unit:{unit_id}"),
            (None, None) => continue,
        };
        let place = places.entry(key).or_default();
        if place.name.is_empty() {
            place.name = row.get::<Option<String>>("short_name")?.unwrap_or_default();
        }
        match unit_id {
            Some(unit_id) => place.units.extend([unit_id]),
            None => place.units.extend(lead_of.get(&row.get::<Id>("activity_id")?).into_iter().flatten().cloned()),
        }
        let on = row.get::<Option<String>>("starts_on")?.unwrap_or_default();
        if place.on.is_empty() || (!on.is_empty() && on < place.on) {
            place.on = on;
        }
    }
    if let Some(units) = units {
        let has_nobody = units.iter().any(|it| it.as_str().is_empty());
        places.retain(|_, it| units.iter().any(|unit| it.units.contains(unit)) || (has_nobody && it.units.is_empty()));
    }
    Ok(places)
}

/// One figure for each place.
pub(super) async fn of_venues(tx: &Read, campaign_id: &Id, units: Option<&[Id]>) -> Result<Vec<Figure>> {
    let figure = |(key, it): (String, Place)| Figure {
        origin: Id::from_text(key.as_str()),
        indicator: VENUES.to_owned(),
        value: 1,
        is_estimate: false,
        topic: None,
        same_as: Some(key),
        on: it.on,
    };
    Ok(places(tx, campaign_id, units).await?.into_iter().map(figure).collect())
}

/// The places as a cell opens to them.
pub(super) async fn origins(tx: &Read, campaign_id: &Id, units: Option<&[Id]>) -> Result<Vec<Origin>> {
    let names: BTreeMap<Id, String> =
        crate::unit::list(tx).await?.into_iter().map(|it| (it.unit_id, it.short_name)).collect();
    let origin = |(_, it): (String, Place)| Origin {
        area: "venue",
        origin_id: campaign_id.clone(),
        title: it.name,
        unit_names: it.units.iter().filter_map(|unit| names.get(unit)).cloned().collect::<Vec<_>>().join("、"),
        happened_on: it.on,
        value: 1,
        is_estimate: false,
        same_as: String::new(),
    };
    Ok(places(tx, campaign_id, units).await?.into_iter().map(origin).collect())
}
