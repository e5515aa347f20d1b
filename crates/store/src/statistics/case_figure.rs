//! What the complaints, tip-offs and inquiries themselves add to the figures of a campaign, beside its records.
//!
//! A case counts once: merged ones go on in another and are left out. 收到 counts what came in, 受理 what was accepted (第十五条), each by
//! its own day; a complaint that was declined was received and never accepted. A case registered at a
//! stand and the record of that stand are the same matter written down twice. So of the cases that a unit registered on site on one day
//! only those count that are more than its records of that day say.

use std::collections::BTreeMap;

use domain::Id;
use domain::complaint::state::CaseState;
use domain::statistics::rollup::Figure;
use jiff::civil::Date;

use crate::{Read, Result, Value, args};

/// An indicator that cases are counted for, and which cases: `on` is the column of the day.
struct Rule {
    indicator: &'static str,
    on: &'static str,
    condition: &'static str,
    value: &'static str,
}

/// The indicator that tip-offs are counted for.
pub const TIPOFFS: &str = "report_received";

const RULES: &[Rule] = &[
    Rule {
        indicator: "complaint_received",
        on: "received_on",
        condition: "complaint.kind = 'complaint' and complaint.status not in ('merged', 'void')",
        value: "1",
    },
    Rule {
        indicator: TIPOFFS,
        on: "received_on",
        condition: "complaint.kind = 'report' and complaint.status not in ('merged', 'void')",
        value: "1",
    },
    Rule {
        indicator: "complaint_accepted",
        on: "accepted_on",
        condition: "complaint.kind = 'complaint' and complaint.status not in ('merged', 'void')",
        value: "1",
    },
    Rule {
        indicator: "inquiry",
        on: "received_on",
        condition: "complaint.kind = 'inquiry' and complaint.status not in ('merged', 'void')",
        value: "1",
    },
    Rule {
        indicator: "inquiry_case",
        on: "received_on",
        condition: "complaint.kind = 'inquiry' and complaint.status not in ('merged', 'void')",
        value: "1",
    },
    Rule {
        indicator: "complaint_closed",
        on: "closed_on",
        condition: "complaint.kind = 'complaint' and complaint.status = 'closed'",
        value: "1",
    },
    Rule {
        indicator: "complaint_settled",
        // By the day of acceptance: in 其中：调解成功 it is a part of what was accepted, and never more.
        on: "accepted_on",
        condition: "complaint.kind = 'complaint' and complaint.status = 'closed' and complaint.outcome = 'settled'",
        value: "1",
    },
    Rule {
        indicator: "loss_recovered",
        on: "closed_on",
        condition: "complaint.kind = 'complaint' and complaint.status = 'closed' and complaint.recovered_fen > 0",
        value: "complaint.recovered_fen",
    },
];

/// The prefix of the origin of a figure that stands for cases.
const ORIGIN: &str = "case:";

fn rule(indicator: &str) -> Option<&'static Rule> {
    RULES.iter().find(|it| it.indicator == indicator)
}

/// Are cases counted for this indicator?
pub fn counts_cases(indicator: &str) -> bool {
    rule(indicator).is_some()
}

/// Does this figure stand for cases?
pub fn is_of_cases(figure: &Figure) -> bool {
    figure.origin.as_str().starts_with(ORIGIN)
}

/// Does it stand for tip-offs, of which not everybody may be told how many there are (第三十七条)?
pub fn is_of_tipoffs(figure: &Figure) -> bool {
    figure.indicator == TIPOFFS && is_of_cases(figure)
}

/// What the cases of one unit and day come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) indicator: &'static str,
    pub(super) on: String,
    /// The unit that registered them at a stand; empty for what came another way.
    pub(super) at: String,
    n: i64,
    pub(super) value: i64,
    /// What the records of that unit and day say already.
    pub(super) recorded: i64,
}

impl Group {
    fn counted(&self) -> i64 {
        (self.value - self.recorded).max(0)
    }
}

/// What the cases behind one indicator come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CaseSum {
    /// How many cases.
    pub n: i64,
    /// What they come to: their number, or the money.
    pub value: i64,
    /// The part that counts beside the records.
    pub counted: i64,
}

/// From which day to which the cases of a campaign are counted: its own days, or its whole year.
pub async fn period(tx: &Read, campaign_id: &Id) -> Result<Option<(Date, Date)>> {
    let row =
        tx.get("select year, starts_on, ends_on from campaign where campaign_id = $1", args![campaign_id]).await?;
    let year = row.get::<Option<i64>>("year")?.and_then(|it| i16::try_from(it).ok());
    let day = |month, day| year.and_then(|year| Date::new(year, month, day).ok());
    let (from, to): (Option<Date>, Option<Date>) = (row.get("starts_on")?, row.get("ends_on")?);
    let (Some(from), Some(to)) = (from.or(day(1, 1)), to.or(day(12, 31))) else { return Ok(None) };
    Ok((from <= to).then_some((from, to)))
}

/// The cases of a rule as a piece of SQL after the columns, with its parameters.
fn source(rule: &Rule, (from, to): (Date, Date), units: Option<&[Id]>) -> (String, Vec<Value>) {
    let mut values = args![from, to].to_vec();
    let mut sql = format!(
        "from complaint left join person on person.person_id = complaint.person_id
         where complaint.{on} >= $1 and complaint.{on} <= $2 and {}",
        rule.condition,
        on = rule.on
    );
    if let Some(units) = units {
        // What nobody has been given yet is with the unit that registered it.
        sql.push_str(" and coalesce(complaint.unit_id, person.unit_id, '') in (");
        for (n, unit_id) in units.iter().enumerate() {
            values.extend(args![unit_id].to_vec());
            sql.push_str(&format!("{}${}", if n == 0 { "" } else { ", " }, values.len()));
        }
        sql.push(')');
    }
    (sql, values)
}

async fn groups(tx: &Read, campaign_id: &Id, units: Option<&[Id]>, only: Option<&str>) -> Result<Vec<Group>> {
    let Some(period) = period(tx, campaign_id).await? else { return Ok(Vec::new()) };
    let mut groups = Vec::new();
    for rule in RULES.iter().filter(|it| only.is_none_or(|only| only == it.indicator)) {
        let (source, values) = source(rule, period, units);
        let sql = format!(
            "select complaint.{} as happened_on, case when complaint.channel = 'on_site' then coalesce(person.unit_id, '') else '' end as at_unit,
               count(*) as n, cast(sum({}) as bigint) as value
             {source} group by happened_on, at_unit order by happened_on, at_unit",
            rule.on, rule.value
        );
        for row in &tx.list(&sql, &values).await? {
            groups.push(Group {
                indicator: rule.indicator,
                on: row.get("happened_on")?,
                at: row.get("at_unit")?,
                n: row.get("n")?,
                value: row.get("value")?,
                recorded: 0,
            });
        }
    }
    if groups.iter().any(|it| !it.at.is_empty()) {
        let recorded = recorded(tx, campaign_id).await?;
        let is_in_scope = |unit: &str| units.is_none_or(|units| units.iter().any(|it| it.as_str() == unit));
        for group in groups.iter_mut().filter(|it| !it.at.is_empty() && is_in_scope(&it.at)) {
            let key = (group.indicator.to_owned(), group.on.clone(), group.at.clone());
            group.recorded = recorded.get(&key).copied().unwrap_or(0);
        }
    }
    Ok(groups)
}

/// What the records say of these indicators: by indicator, day, and the unit that is named first.
async fn recorded(tx: &Read, campaign_id: &Id) -> Result<BTreeMap<(String, String, String), i64>> {
    let mut values = args![campaign_id].to_vec();
    let mut places = Vec::new();
    for rule in RULES {
        values.extend(args![rule.indicator].to_vec());
        places.push(format!("${}", values.len()));
    }
    // The way over the activities lets the index find the few rows that are wanted.
    let sql = format!(
        "select indicator, happened_on, record_unit.unit_id, cast(sum(value) as bigint) as value
         from record_figure join record_unit on record_unit.record_id = record_figure.record_id
         where campaign_id = $1 and is_counted = 1 and indicator in ({})
           and activity_id in (select activity_id from activity where campaign_id = $1)
           and not exists (select 1 from record_unit as other
                           where other.record_id = record_unit.record_id and (other.sort_key < record_unit.sort_key
                              or (other.sort_key = record_unit.sort_key and other.unit_id < record_unit.unit_id)))
         group by indicator, happened_on, record_unit.unit_id",
        places.join(", ")
    );
    let rows = tx.list(&sql, &values).await?;
    let of = |row: &crate::Row| {
        Ok(((row.get("indicator")?, row.get("happened_on")?, row.get("unit_id")?), row.get("value")?))
    };
    rows.iter().map(of).collect()
}

/// The figures of the cases, ready to be added to those of records: one for each indicator, day and stand. `None` is every unit.
pub(super) async fn of_cases(
    tx: &Read,
    campaign_id: &Id,
    units: Option<&[Id]>,
    only: Option<&str>,
) -> Result<Vec<Figure>> {
    let groups = groups(tx, campaign_id, units, only).await?;
    let figure = |it: Group| Figure {
        origin: Id::from_text(format!("{ORIGIN}{}:{}", it.on, it.at)),
        indicator: it.indicator.to_owned(),
        value: it.counted(),
        is_estimate: false,
        topic: None,
        same_as: None,
        on: it.on,
    };
    Ok(groups.into_iter().filter(|it| it.counted() > 0).map(figure).collect())
}

/// The cases registered at stands in a campaign, asked for once however many units are looked at.
pub struct Stands {
    all: Vec<Group>,
}

impl Stands {
    /// Of the campaign.
    pub async fn load(tx: &Read, campaign_id: &Id) -> Result<Stands> {
        let mut all = groups(tx, campaign_id, None, None).await?;
        all.retain(|it| !it.at.is_empty());
        Ok(Stands { all })
    }
}

/// The cases registered at stands that these units have, and what the records of a stand among them say of the same matters also where
/// another unit has its cases.
pub(super) async fn on_site(tx: &Read, campaign_id: &Id, units: &[Id], stands: &Stands) -> Result<Vec<Group>> {
    if stands.all.is_empty() {
        return Ok(Vec::new());
    }
    let own = groups(tx, campaign_id, Some(units), None).await?;
    let is_same = |a: &Group, b: &Group| a.indicator == b.indicator && a.on == b.on && a.at == b.at;
    let mut found = Vec::new();
    for it in &stands.all {
        let value = own.iter().find(|own| is_same(own, it)).map_or(0, |it| it.value);
        let is_stand = units.iter().any(|unit| unit.as_str() == it.at);
        found.push(Group { value, recorded: if is_stand { it.recorded } else { 0 }, ..it.clone() });
    }
    Ok(found)
}

/// What the cases come to, by indicator; indicators without a case are left out. `None` is every unit.
pub async fn case_sums(tx: &Read, campaign_id: &Id, units: Option<&[Id]>) -> Result<BTreeMap<&'static str, CaseSum>> {
    let mut sums: BTreeMap<&'static str, CaseSum> = BTreeMap::new();
    for group in groups(tx, campaign_id, units, None).await? {
        let sum = sums.entry(group.indicator).or_default();
        sum.n += group.n;
        sum.value += group.value;
        sum.counted += group.counted();
    }
    Ok(sums)
}

/// A case behind a figure. Its state says who may know of it.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseOrigin {
    pub complaint_id: Id,
    pub number: String,
    pub unit_name: String,
    pub happened_on: String,
    pub value: i64,
    pub is_on_site: bool,
    pub state: CaseState,
}

/// The cases behind one indicator, the newest first; at most `limit`. Nothing of who complains or of whom.
pub async fn cases(
    tx: &Read,
    campaign_id: &Id,
    units: Option<&[Id]>,
    indicator: &str,
    limit: i64,
) -> Result<Vec<CaseOrigin>> {
    let (Some(rule), Some(period)) = (rule(indicator), period(tx, campaign_id).await?) else { return Ok(Vec::new()) };
    let (source, mut values) = source(rule, period, units);
    values.extend(args![limit].to_vec());
    let sql = format!(
        "select complaint.complaint_id, complaint.number, complaint.{} as happened_on, complaint.state, {} as value,
           case when complaint.channel = 'on_site' then 1 else 0 end as is_on_site,
           coalesce((select short_name from unit where unit.unit_id = complaint.unit_id), '') as unit_name
         {source} order by happened_on desc, complaint.ordinal desc limit ${}",
        rule.on,
        rule.value,
        values.len()
    );
    let rows = tx.list(&sql, &values).await?;
    rows.iter()
        .map(|row| {
            Ok(CaseOrigin {
                complaint_id: row.get("complaint_id")?,
                number: row.get("number")?,
                unit_name: row.get("unit_name")?,
                happened_on: row.get("happened_on")?,
                value: row.get("value")?,
                is_on_site: row.get::<i64>("is_on_site")? == 1,
                state: row.json("state")?,
            })
        })
        .collect()
}
