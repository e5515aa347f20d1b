//! The figures of a campaign: from records, the media ledger, the materials ledger and the cases, aggregated where the rule of the indicator allows.
//!
//! A recount reads one index of `record_figure` and nothing else, so that a million records are counted in one go.

use domain::Id;
use domain::campaign::media::MediaKind;
use domain::statistics::indicator::{Adding, INDICATORS, VENUES};
use domain::statistics::rollup::Figure;

use super::case_figure::of_cases;
use super::venue_figure::{self, of_venues};
use crate::campaign::{material, media, record};
use crate::{Read, Result, Row, Value, args};

/// No campaign has more ledger entries than this.
const ENTRIES: i64 = 1_000_000;

/// The figures of a campaign, or of one unit in it, ready for `domain::statistics::rollup::total`.
///
/// Of records, an indicator that is added comes as one figure per activity and topic (its `origin` is the activity), and one per session
/// for what is held once; an indicator that must not be added comes record by record (its `origin` is the record).
/// A record of several units stands in the figures of each of them, and once in those of the campaign.
/// Of the ledgers each entry is a figure (its `origin` is the entry), of the venues each place. Of cases see [`super::case_figure`].
pub async fn figures(tx: &Read, campaign_id: &Id, unit_id: Option<&Id>) -> Result<Vec<Figure>> {
    let of = unit_id.map_or(Of::Campaign, Of::Unit);
    let mut figures = of_records(tx, campaign_id, &of).await?;
    figures.extend(of_media(tx, campaign_id, unit_id).await?);
    figures.extend(of_materials(tx, campaign_id, unit_id).await?);
    figures.extend(of_cases(tx, campaign_id, unit_id.map(std::slice::from_ref), None).await?);
    figures.extend(of_venues(tx, campaign_id, unit_id.map(std::slice::from_ref)).await?);
    Ok(figures)
}

/// The figures of several units together; a record they share stands in them once. No unit has no figure.
///
/// An empty id among them stands for nobody: it brings the cases that no unit has.
pub async fn figures_of_units(tx: &Read, campaign_id: &Id, units: &[Id]) -> Result<Vec<Figure>> {
    let named: Vec<Id> = units.iter().filter(|it| !it.as_str().is_empty()).cloned().collect();
    let mut figures = match named.as_slice() {
        [] if units.is_empty() => return Ok(Vec::new()),
        [] => Vec::new(),
        [only] => of_records(tx, campaign_id, &Of::Unit(only)).await?,
        named => of_records(tx, campaign_id, &Of::Units(named)).await?,
    };
    for unit_id in &named {
        figures.extend(of_media(tx, campaign_id, Some(unit_id)).await?);
        figures.extend(of_materials(tx, campaign_id, Some(unit_id)).await?);
    }
    figures.extend(of_cases(tx, campaign_id, Some(units), None).await?);
    figures.extend(of_venues(tx, campaign_id, Some(units)).await?);
    Ok(figures)
}

/// The figures of the records of one activity, in the same shape.
pub async fn figures_of_activity(tx: &Read, campaign_id: &Id, activity_id: &Id) -> Result<Vec<Figure>> {
    of_records(tx, campaign_id, &Of::Activity(activity_id)).await
}

/// What a cell opens to: a record or a ledger entry with its figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// `record`, `media` or `material`: the area of its page; of a `venue` the key is that of the campaign, whose page lists it.
    pub area: &'static str,
    pub origin_id: Id,
    /// What it is called: the activity of a record, the title of an entry.
    pub title: String,
    pub unit_names: String,
    pub happened_on: String,
    pub value: i64,
    pub is_estimate: bool,
    /// The same article or session stands here more than once; the largest counts.
    pub same_as: String,
}

/// Which records and entries to open.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only those of these units; `None` is everybody.
    pub units: Option<Vec<Id>>,
    /// The indicator.
    pub indicator: String,
    /// Only those under this topic; empty for all.
    pub topic: String,
    /// Only those of this activity; empty for all.
    pub activity_id: String,
    /// Only those of this day, `YYYY-MM-DD`; empty for all.
    pub on: String,
}

impl Wanted {
    /// The figures of records that are wanted, as a condition with its parameters.
    fn condition(&self, campaign_id: &Id) -> (String, Vec<Value>) {
        let mut sql =
            "record_figure.campaign_id = $1 and is_counted = 1 and indicator = $2 and ($3 = '' or topic = $3)"
                .to_owned();
        let mut values = args![campaign_id, self.indicator, self.topic].to_vec();
        for (column, value) in [("record_figure.activity_id", &self.activity_id), ("happened_on", &self.on)] {
            if !value.is_empty() {
                values.extend(args![value].to_vec());
                sql.push_str(&format!(" and {column} = ${}", values.len()));
            }
        }
        if let Some(units) = &self.units {
            // No unit has no record.
            let n_units = units.len().max(1);
            sql.push_str(&format!(
                " and exists (select 1 from record_unit where record_unit.record_id = record_figure.record_id and unit_id in ({}))",
                places(values.len() + 1, n_units)
            ));
            for n in 0..n_units {
                values.extend(args![units.get(n).map(Id::as_str).unwrap_or_default()].to_vec());
            }
        }
        (sql, values)
    }
}

/// The records and entries behind one indicator, the newest day first: `limit` from `offset` on, and how many there are in all.
pub async fn origins(
    tx: &Read,
    campaign_id: &Id,
    unit_id: Option<&Id>,
    indicator: &str,
    topic: Option<&str>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Origin>, i64)> {
    let units: Option<Vec<Id>> = unit_id.map(|it| vec![it.clone()]);
    origins_of_units(tx, campaign_id, units.as_deref(), indicator, topic, limit, offset).await
}

/// The same of several units together; `None` is everybody.
pub async fn origins_of_units(
    tx: &Read,
    campaign_id: &Id,
    units: Option<&[Id]>,
    indicator: &str,
    topic: Option<&str>,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Origin>, i64)> {
    let wanted = Wanted {
        units: units.map(<[Id]>::to_vec),
        indicator: indicator.to_owned(),
        topic: topic.unwrap_or_default().to_owned(),
        ..Wanted::default()
    };
    origins_of(tx, campaign_id, &wanted, limit, offset).await
}

/// The same, also of one activity or one day.
pub async fn origins_of(
    tx: &Read,
    campaign_id: &Id,
    wanted: &Wanted,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Origin>, i64)> {
    let (condition, values) = wanted.condition(campaign_id);
    let sql = format!(
        "select count(*) as n from record_figure where {condition}
           and activity_id in (select activity_id from activity where campaign_id = $1)"
    );
    let n_records = tx.count(&sql, &values).await?;
    let mut origins = Vec::new();
    if offset < n_records {
        origins = of_record_rows(tx, &condition, values, limit, offset).await?;
    }
    // Entries carry no topic of the form.
    let mut entries = Vec::new();
    let everybody = [Id::from_text("")];
    let units = wanted.units.as_deref().unwrap_or(&everybody);
    for unit in units.iter().filter(|_| wanted.topic.is_empty()) {
        entries.extend(media_rows(tx, campaign_id, unit.as_str(), wanted).await?);
        entries.extend(material_rows(tx, campaign_id, unit.as_str(), wanted).await?);
    }
    if wanted.indicator == VENUES && wanted.topic.is_empty() && wanted.activity_id.is_empty() {
        entries.extend(venue_figure::origins(tx, campaign_id, wanted.units.as_deref()).await?);
    }
    entries.retain(|it| wanted.on.is_empty() || it.happened_on == wanted.on);
    let n = n_records + i64::try_from(entries.len()).unwrap_or_default();
    let skip = usize::try_from((offset - n_records).max(0)).unwrap_or_default();
    let room = usize::try_from(limit).unwrap_or_default().saturating_sub(origins.len());
    origins.extend(entries.into_iter().skip(skip).take(room));
    Ok((origins, n))
}

fn counts_under(kind: MediaKind, indicator: &str) -> bool {
    kind.indicators().contains(&indicator) || (indicator == "reads" && kind != MediaKind::Message)
}

/// The codes of the indicators with these rules, as parameters.
fn codes(rules: &[Adding]) -> Vec<Value> {
    let these = INDICATORS.iter().filter(|it| rules.contains(&it.adding));
    these.map(|it| Value::Text(it.code.to_owned())).collect()
}

pub(super) fn places(from: usize, n: usize) -> String {
    (from..from + n).map(|it| format!("${it}")).collect::<Vec<_>>().join(", ")
}

/// Whose records.
enum Of<'a> {
    Campaign,
    Unit(&'a Id),
    Units(&'a [Id]),
    Activity(&'a Id),
}

impl Of<'_> {
    /// Where the records are, as a piece of SQL after the columns, and its parameters; `$1` is the campaign.
    fn source(&self, campaign_id: &Id) -> (String, Vec<Value>) {
        let mut values = args![campaign_id].to_vec();
        let sql = match self {
            Of::Campaign => "from record_figure where campaign_id = $1 and is_counted = 1".to_owned(),
            Of::Unit(unit_id) => {
                values.extend(args![unit_id].to_vec());
                // From the unit's records to their figures, never the other way round: SQLite keeps the order of a cross join, and a column
                // within an expression leads it to no other index (measured: 0.3 s instead of 29 s for a unit with 33,000 of 1,000,000).
                "from record_unit cross join record_figure
                 where record_figure.record_id = record_unit.record_id and record_unit.unit_id = $2
                   and record_figure.campaign_id || '' = $1 and is_counted + 0 = 1"
                    .to_owned()
            }
            Of::Units(units) => {
                for unit_id in *units {
                    values.extend(args![unit_id].to_vec());
                }
                format!(
                    "from record_figure where campaign_id = $1 and is_counted = 1
                       and record_id in (select record_id from record_unit where unit_id in ({}))",
                    places(2, units.len())
                )
            }
            Of::Activity(activity_id) => {
                values.extend(args![activity_id].to_vec());
                "from record_figure where campaign_id = $1 and is_counted = 1 and activity_id = $2".to_owned()
            }
        };
        (sql, values)
    }
}

async fn of_records(tx: &Read, campaign_id: &Id, of: &Of<'_>) -> Result<Vec<Figure>> {
    let (source, head) = of.source(campaign_id);
    let single = codes(&[Adding::Last, Adding::Never]);
    // One pass over the index without looking at words: what must not be added is left out afterwards.
    let sql = format!(
        "select indicator, topic, activity_id, same_as, max(is_estimate) as is_estimate, '' as happened_on,
           cast(case when same_as = '' then sum(value) else max(value) end as bigint) as value
         {source} group by activity_id, indicator, topic, same_as"
    );
    let mut figures = Vec::new();
    for row in tx.list(&sql, &head).await? {
        if single.contains(&Value::Text(row.get("indicator")?)) {
            continue;
        }
        let activity_id: String = row.get("activity_id")?;
        let topic: String = row.get("topic")?;
        // With a topic and without one are two figures of one activity, so the key says which.
        let same_as = Some(row.get::<String>("same_as")?).filter(|it| !it.is_empty());
        let same_as = same_as.or_else(|| Some(format!("activity:{activity_id}:{topic}")));
        figures.push(figure(&row, "activity_id", same_as)?);
    }
    // The way over the activities lets the index find the few rows that are wanted.
    let sql = format!(
        "select record_figure.record_id, indicator, topic, value, is_estimate, happened_on {source}
           and activity_id in (select activity_id from activity where campaign_id = $1) and indicator in ({})",
        places(head.len() + 1, single.len())
    );
    for row in tx.list(&sql, &[head, single].concat()).await? {
        figures.push(figure(&row, "record_id", None)?);
    }
    Ok(figures)
}

fn figure(row: &Row, origin: &str, same_as: Option<String>) -> Result<Figure> {
    Ok(Figure {
        origin: row.get(origin)?,
        indicator: row.get("indicator")?,
        value: row.get("value")?,
        is_estimate: row.get("is_estimate")?,
        topic: Some(row.get::<String>("topic")?).filter(|it| !it.is_empty()),
        same_as,
        on: row.get("happened_on")?,
    })
}

/// The figures of the media ledger alone.
pub async fn of_media(tx: &Read, campaign_id: &Id, unit_id: Option<&Id>) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let filter = media::Filter { unit_id: unit_id.map(Id::to_string).unwrap_or_default(), ..media::Filter::default() };
    for media in media::list(tx, campaign_id, &filter, ENTRIES).await? {
        let entry = &media.entry;
        let same_as = entry.kind.is_one_article().then(|| entry.same_as.clone());
        let new = |indicator: &str, value, is_estimate| Figure {
            origin: media.media_entry_id.clone(),
            indicator: indicator.to_owned(),
            value,
            is_estimate,
            topic: None,
            same_as: same_as.clone(),
            on: entry.published_on.to_string(),
        };
        for indicator in entry.kind.indicators() {
            figures.extend(entry.value(indicator).map(|value| new(indicator, value, false)));
        }
        if let Some(reads) = entry.reads.filter(|_| counts_under(entry.kind, "reads")) {
            figures.push(new("reads", reads, entry.is_estimate));
        }
    }
    Ok(figures)
}

/// The figures of the materials ledger alone.
pub async fn of_materials(tx: &Read, campaign_id: &Id, unit_id: Option<&Id>) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let filter =
        material::Filter { unit_id: unit_id.map(Id::to_string).unwrap_or_default(), ..material::Filter::default() };
    for material in material::list(tx, campaign_id, &filter, ENTRIES).await? {
        let Some(value) = material.entry.counted() else { continue };
        figures.push(Figure {
            origin: material.material_entry_id.clone(),
            indicator: material.entry.kind.indicator().to_owned(),
            value,
            is_estimate: material.entry.is_estimate,
            topic: None,
            same_as: None,
            on: material.entry.happened_on.to_string(),
        });
    }
    Ok(figures)
}

async fn of_record_rows(
    tx: &Read,
    wanted: &str,
    mut values: Vec<Value>,
    limit: i64,
    offset: i64,
) -> Result<Vec<Origin>> {
    let n = values.len();
    values.extend(args![limit, offset].to_vec());
    let sql = format!(
        "select record_figure.record_id, activity.title, value, is_estimate, happened_on, same_as
         from record_figure join activity using (activity_id) where {wanted}
         order by happened_on desc, record_figure.record_id desc limit ${} offset ${}",
        n + 1,
        n + 2
    );
    let rows = tx.list(&sql, &values).await?;
    let mut origins = Vec::with_capacity(rows.len());
    for row in &rows {
        let record_id: Id = row.get("record_id")?;
        let unit_names = record::unit_names(tx, &record_id).await?;
        origins.push(Origin {
            area: "record",
            origin_id: record_id,
            title: row.get("title")?,
            unit_names,
            happened_on: row.get("happened_on")?,
            value: row.get("value")?,
            is_estimate: row.get("is_estimate")?,
            same_as: row.get("same_as")?,
        });
    }
    Ok(origins)
}

async fn media_rows(tx: &Read, campaign_id: &Id, unit: &str, wanted: &Wanted) -> Result<Vec<Origin>> {
    let indicator = wanted.indicator.as_str();
    let kinds: Vec<&str> =
        MediaKind::ALL.iter().filter(|it| counts_under(**it, indicator)).map(|it| it.code()).collect();
    if kinds.is_empty() {
        return Ok(Vec::new());
    }
    let filter =
        media::Filter { unit_id: unit.to_owned(), activity_id: wanted.activity_id.clone(), ..media::Filter::default() };
    let list = media::list(tx, campaign_id, &filter, ENTRIES).await?;
    let these = list.into_iter().filter(|it| kinds.contains(&it.entry.kind.code()));
    Ok(these
        .filter_map(|it| {
            let value = it.entry.value(indicator)?;
            Some(Origin {
                area: "media",
                origin_id: it.media_entry_id,
                title: format!("{}《{}》", it.entry.outlet, it.entry.title),
                unit_names: it.unit_name,
                happened_on: it.entry.published_on.to_string(),
                value,
                is_estimate: it.entry.is_estimate && indicator == "reads",
                same_as: if it.n_same > 1 && it.entry.kind.is_one_article() { it.entry.same_as } else { String::new() },
            })
        })
        .collect())
}

async fn material_rows(tx: &Read, campaign_id: &Id, unit: &str, wanted: &Wanted) -> Result<Vec<Origin>> {
    let indicator = wanted.indicator.as_str();
    let filter = material::Filter {
        unit_id: unit.to_owned(),
        activity_id: wanted.activity_id.clone(),
        ..material::Filter::default()
    };
    let list = material::list(tx, campaign_id, &filter, ENTRIES).await?;
    let these = list.into_iter().filter(|it| it.entry.kind.indicator() == indicator);
    Ok(these
        .filter_map(|it| {
            Some(Origin {
                area: "material",
                origin_id: it.material_entry_id,
                value: it.entry.counted()?,
                title: it.entry.title,
                unit_names: it.unit_name,
                happened_on: it.entry.happened_on.to_string(),
                is_estimate: it.entry.is_estimate,
                same_as: String::new(),
            })
        })
        .collect())
}
