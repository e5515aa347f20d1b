//! What a return shares with others, as it was when it was handed in, and what was recorded after that.

use std::collections::{BTreeMap, BTreeSet};

use domain::Id;
use domain::statistics::overlap::{CASES, STAND, Shared};
use jiff::Timestamp;

pub use super::case_figure::Stands;
use super::case_figure::on_site;
use super::figure::{Origin, of_materials, of_media, places};
use super::venue_figure::of_venues;
use crate::campaign::{material, media};
use crate::{Read, Result, Row, Tx, args};

/// What the figures of these units share with others now. No unit shares nothing.
pub async fn of_units(tx: &Read, campaign_id: &Id, units: &[Id], stands: &Stands) -> Result<Vec<Shared>> {
    let units_of_records: Vec<&Id> = units.iter().filter(|it| !it.as_str().is_empty()).collect();
    let mut shared = Vec::new();
    if !units_of_records.is_empty() {
        let mut values = args![campaign_id].to_vec();
        for unit_id in &units_of_records {
            values.extend(args![unit_id].to_vec());
        }
        let these = places(2, units_of_records.len());
        // From the records of the units to their figures, as in the recount.
        let sql = format!(
            "select distinct record_figure.record_id, indicator, topic, value, same_as
             from record_unit cross join record_figure
             where record_figure.record_id = record_unit.record_id and record_unit.unit_id in ({these})
               and record_figure.campaign_id || '' = $1 and is_counted + 0 = 1
               and (same_as <> '' or exists (select 1 from record_unit as other
                      where other.record_id = record_figure.record_id and other.unit_id not in ({these})))"
        );
        for row in &tx.list(&sql, &values).await? {
            let same_as: String = row.get("same_as")?;
            let record = || Ok::<String, crate::Error>(format!("record:{}", row.get::<String>("record_id")?));
            shared.push(Shared {
                indicator: row.get("indicator")?,
                topic: row.get("topic")?,
                thing: if same_as.is_empty() { record()? } else { same_as },
                value: row.get("value")?,
            });
        }
    }
    for unit_id in units_of_records {
        for figure in of_media(tx, campaign_id, Some(unit_id)).await? {
            let Some(same_as) = figure.same_as else { continue };
            let thing = format!("article:{same_as}");
            shared.push(Shared { indicator: figure.indicator, topic: String::new(), thing, value: figure.value });
        }
    }
    for figure in of_venues(tx, campaign_id, Some(units)).await? {
        let Some(thing) = figure.same_as else { continue };
        shared.push(Shared { indicator: figure.indicator, topic: String::new(), thing, value: figure.value });
    }
    for it in on_site(tx, campaign_id, units, stands).await? {
        let line = |kind: &str, value| Shared {
            indicator: it.indicator.to_owned(),
            topic: String::new(),
            thing: format!("{kind}{}:{}", it.on, it.at),
            value,
        };
        shared.extend([line(CASES, it.value), line(STAND, it.recorded)].into_iter().filter(|it| it.value > 0));
    }
    Ok(shared)
}

/// Writes down what a return shares, in the write that hands it in.
pub async fn keep(tx: &Tx, stat_return_id: &Id, shared: &[Shared]) -> Result<()> {
    write(tx, stat_return_id, shared, "").await
}

/// Writes down what a return of before shares now, once.
pub async fn keep_at_upgrade(tx: &Tx, stat_return_id: &Id, shared: &[Shared]) -> Result<()> {
    write(tx, stat_return_id, shared, AT_UPGRADE).await
}

/// The mark of a return whose overlap is of the upgrade, not of the day it was handed in.
const AT_UPGRADE: &str = "upgrade";

async fn write(tx: &Tx, stat_return_id: &Id, shared: &[Shared], mark: &str) -> Result<()> {
    tx.run("delete from stat_shared where stat_return_id = $1", args![stat_return_id]).await?;
    let mark = Shared { indicator: String::new(), topic: String::new(), thing: mark.to_owned(), value: 0 };
    for it in std::iter::once(&mark).chain(shared) {
        tx.run(
            "insert into stat_shared (stat_return_id, indicator, topic, thing, value) values ($1, $2, $3, $4, $5)
             on conflict (stat_return_id, indicator, topic, thing) do update
               set value = case when stat_shared.value < excluded.value then excluded.value else stat_shared.value end",
            args![stat_return_id, it.indicator, it.topic, it.thing, it.value],
        )
        .await?;
    }
    Ok(())
}

/// Some of the returns that count and were handed in before this was written down.
pub async fn without(tx: &Read, limit: i64) -> Result<Vec<Id>> {
    let sql = "select stat_tally.stat_return_id from stat_tally
               where not exists (select 1 from stat_shared where stat_shared.stat_return_id = stat_tally.stat_return_id and indicator = '')
               order by stat_tally.stat_return_id limit $1";
    tx.list(sql, args![limit]).await?.iter().map(|row| row.get("stat_return_id")).collect()
}

/// Was it written down for this return?
pub async fn has_kept(tx: &Read, stat_return_id: &Id) -> Result<bool> {
    let sql = "select count(*) as n from stat_shared where stat_return_id = $1 and indicator = ''";
    Ok(tx.count(sql, args![stat_return_id]).await? > 0)
}

/// The returns of a form that count and whose overlap is not of the day they were handed in.
pub async fn not_of_their_day(tx: &Read, stat_form_id: &Id) -> Result<BTreeSet<Id>> {
    let sql = "select stat_tally.stat_return_id from stat_tally
               where stat_form_id = $1 and not exists (select 1 from stat_shared
                 where stat_shared.stat_return_id = stat_tally.stat_return_id and indicator = '' and thing = '')";
    tx.list(sql, args![stat_form_id]).await?.iter().map(|row| row.get("stat_return_id")).collect()
}

/// What the returns of a form that count share, by return. A return that was handed in before this was written down is not in it.
pub async fn kept(tx: &Read, stat_form_id: &Id) -> Result<BTreeMap<Id, Vec<Shared>>> {
    let sql = "select stat_shared.stat_return_id, indicator, topic, thing, value
               from stat_tally join stat_shared using (stat_return_id) where stat_form_id = $1";
    let mut kept: BTreeMap<Id, Vec<Shared>> = BTreeMap::new();
    for row in &tx.list(sql, args![stat_form_id]).await? {
        let own = kept.entry(row.get("stat_return_id")?).or_default();
        let it = Shared {
            indicator: row.get("indicator")?,
            topic: row.get("topic")?,
            thing: row.get("thing")?,
            value: row.get("value")?,
        };
        if !it.indicator.is_empty() {
            own.push(it);
        }
    }
    Ok(kept)
}

/// A record or a ledger entry that came after its units had handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    pub origin: Origin,
    pub indicator: String,
    pub topic: String,
    pub created_at: Timestamp,
    /// Its units.
    pub units: Vec<Id>,
}

/// What was recorded after all of its units had handed in, the newest first. `handed_in` says when each unit did; a unit that is not in
/// it has not, and what it recorded counts as it is.
pub async fn late(tx: &Read, campaign_id: &Id, handed_in: &BTreeMap<Id, Timestamp>) -> Result<Vec<Late>> {
    let Some(first) = handed_in.values().min() else { return Ok(Vec::new()) };
    let mut found = records_since(tx, campaign_id, *first).await?;
    let kept = media::list(tx, campaign_id, &media::Filter::default(), i64::MAX).await?;
    let created: BTreeMap<Id, (Timestamp, Id, String)> = kept
        .into_iter()
        .map(|it| {
            (it.media_entry_id, (it.created_at, it.entry.unit_id, format!("{}《{}》", it.entry.outlet, it.entry.title)))
        })
        .collect();
    let kept = material::list(tx, campaign_id, &material::Filter::default(), i64::MAX).await?;
    let printed: BTreeMap<Id, (Timestamp, Id, String)> =
        kept.into_iter().map(|it| (it.material_entry_id, (it.created_at, it.entry.unit_id, it.entry.title))).collect();
    let mut figures = of_media(tx, campaign_id, None).await?;
    figures.extend(of_materials(tx, campaign_id, None).await?);
    for it in figures {
        let (area, entry) = match (created.get(&it.origin), printed.get(&it.origin)) {
            (Some(entry), _) => ("media", entry),
            (None, Some(entry)) => ("material", entry),
            (None, None) => continue,
        };
        let (created_at, unit_id, title) = entry.clone();
        let origin = Origin {
            area,
            origin_id: it.origin,
            title,
            unit_names: String::new(),
            happened_on: it.on,
            value: it.value,
            is_estimate: it.is_estimate,
            same_as: String::new(),
        };
        found.push(Late { origin, indicator: it.indicator, topic: String::new(), created_at, units: vec![unit_id] });
    }
    let is_late = |it: &Late| it.units.iter().all(|unit| handed_in.get(unit).is_some_and(|at| it.created_at > *at));
    found.retain(is_late);
    found.sort_by_key(|it| std::cmp::Reverse(it.created_at));
    Ok(found)
}

async fn records_since(tx: &Read, campaign_id: &Id, since: Timestamp) -> Result<Vec<Late>> {
    let rows = tx
        .list(
            "select record_figure.record_id, indicator, record_figure.topic, value, is_estimate, record_figure.happened_on, same_as,
               activity.title, record.created_at, record_unit.unit_id
             from record join record_figure on record_figure.record_id = record.record_id
               join activity on activity.activity_id = record.activity_id
               join record_unit on record_unit.record_id = record.record_id
             where record.campaign_id = $1 and record.created_at > $2 and is_counted = 1
             order by record_figure.record_id, indicator, record_unit.sort_key, record_unit.unit_id",
            args![campaign_id, since],
        )
        .await?;
    let mut found: Vec<Late> = Vec::new();
    let is_same = |it: &Late, row: &Row| {
        Ok::<bool, crate::Error>(
            it.origin.origin_id == row.get("record_id")? && it.indicator == row.get::<String>("indicator")?,
        )
    };
    for row in &rows {
        let unit_id: Id = row.get("unit_id")?;
        if let Some(last) = found.last_mut()
            && is_same(last, row)?
        {
            last.units.push(unit_id);
            continue;
        }
        found.push(Late {
            origin: Origin {
                area: "record",
                origin_id: row.get("record_id")?,
                title: row.get("title")?,
                unit_names: String::new(),
                happened_on: row.get("happened_on")?,
                value: row.get("value")?,
                is_estimate: row.get("is_estimate")?,
                same_as: row.get("same_as")?,
            },
            indicator: row.get("indicator")?,
            topic: row.get("topic")?,
            created_at: row.get("created_at")?,
            units: vec![unit_id],
        });
    }
    Ok(found)
}
