//! Clusters: groups found through keys that are kept, never by comparing each case with each; and what a person said of one.

use std::collections::{BTreeMap, BTreeSet};

use domain::Id;
use domain::complaint::cluster::{Basis, Group};
use domain::complaint::similar::{KEYS, NEAR, likeness, text_keys};
use domain::unit::Actor;
use jiff::Timestamp;
use jiff::civil::Date;

use super::case::{COLUMNS, Case, case};
use super::queue::{Scope, scoped};
use super::sealed;
use crate::{Read, Result, Row, ToValue, Tx, Value, args};

/// The most groups of one basis.
const GROUPS: i64 = 60;
/// The most cases of one group.
const MOST: i64 = 300;
/// The name of the counter up to which texts have their keys.
const WATERMARK: &str = "text-key";

/// Keeps the keys of the text of one case, instead of those it had.
pub(super) async fn keep_keys(tx: &Tx, complaint_id: &Id, received_on: Date, text: &str) -> Result<()> {
    tx.run("delete from complaint_text_key where complaint_id = $1", args![complaint_id]).await?;
    for key in text_keys(text) {
        let sql = "insert into complaint_text_key (text_key, complaint_id, received_on) values ($1, $2, $3)
                   on conflict do nothing";
        tx.run(sql, args![key, complaint_id, received_on]).await?;
    }
    Ok(())
}

/// Gives the texts of the next cases their keys; how many cases that were. Intake need not wait for it.
pub async fn keep_next(tx: &Tx, limit: i64) -> Result<usize> {
    let sql = "insert into complaint_ordinal (complaint_ordinal_id, n) values ($1, 0)
               on conflict (complaint_ordinal_id) do update set n = complaint_ordinal.n returning n";
    let after: i64 = tx.get(sql, args![WATERMARK]).await?.get("n")?;
    let sql = "select complaint_id, ordinal, received_on, particulars from complaint where ordinal > $1 order by ordinal limit $2";
    let rows = tx.list(sql, args![after, limit]).await?;
    let mut last = after;
    for row in &rows {
        let complaint_id = row.get("complaint_id")?;
        let particulars = sealed::particulars(tx, &complaint_id, row)?;
        keep_keys(tx, &complaint_id, row.get("received_on")?, &particulars.text).await?;
        last = row.get("ordinal")?;
    }
    if last > after {
        tx.run("update complaint_ordinal set n = $1 where complaint_ordinal_id = $2", args![last, WATERMARK]).await?;
    }
    Ok(rows.len())
}

/// What one person may see of clusters.
#[derive(Debug, Clone, Default)]
pub struct Sight {
    pub scope: Scope,
    /// That somebody who complains also reported somebody, only those who handle the tip-off are told (第三十七条).
    pub own_units: Vec<Id>,
    /// Cases received since.
    pub since: Option<Date>,
}

/// The condition of a basis.
fn conditions(sight: &Sight, basis: Basis) -> (String, Vec<Value>) {
    let (mut sql, mut arguments) = scoped(&sight.scope);
    if let Some(since) = sight.since {
        arguments.push(since.to_value());
        // The keys of texts stand by their day, so that old ones are not even looked at.
        let table = if basis == Basis::Text { "complaint_text_key" } else { "complaint" };
        sql.push_str(&format!(" and {table}.received_on >= ${}", arguments.len()));
    }
    if matches!(basis, Basis::Phone | Basis::Address) {
        let places: Vec<String> = sight
            .own_units
            .iter()
            .map(|it| {
                arguments.push(it.to_value());
                format!("${}", arguments.len())
            })
            .collect();
        let among = if places.is_empty() { "''".to_owned() } else { places.join(", ") };
        sql.push_str(&format!(" and (kind <> 'report' or unit_id in ({among}))"));
    }
    if basis == Basis::Text {
        // Many ask the same; that is no cluster.
        sql.push_str(" and kind <> 'inquiry'");
    }
    sql.push_str(" and status not in ('merged', 'void')");
    (sql, arguments)
}

/// Where the key of a basis stands.
fn column(basis: Basis) -> &'static str {
    match basis {
        Basis::Phone => "phone_hash",
        Basis::Address => "address_hash",
        Basis::Business => "business_key",
        Basis::Text => "text_key",
    }
}

fn from(basis: Basis) -> &'static str {
    match basis {
        Basis::Text => "complaint_text_key join complaint using (complaint_id)",
        _ => "complaint",
    }
}

/// What the list shows of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    pub complaint_id: Id,
    pub ordinal: i64,
    pub received_on: Date,
    pub is_open: bool,
    pub unit_id: Option<Id>,
    pub business_name: String,
}

/// What was found of one basis.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    pub groups: Vec<Group>,
    /// The cases of the groups.
    pub briefs: BTreeMap<Id, Brief>,
    /// There are more groups.
    pub is_cut: bool,
}

/// The groups of one basis from `least` cases on, the largest first, each with its cases: one statement.
pub async fn groups(tx: &Read, sight: &Sight, basis: Basis, least: i64) -> Result<Found> {
    groups_where(tx, sight, (basis, None), least).await
}

/// The one group of a key, however few cases it has left.
pub async fn group_of(tx: &Read, sight: &Sight, basis: Basis, key: &str) -> Result<Found> {
    groups_where(tx, sight, (basis, Some(key)), 1).await
}

/// The statement of [`groups_where`] after its three last parameters: least, groups, cases of a group.
fn statement(basis: Basis, condition: &str, n: usize) -> String {
    let (column, from) = (column(basis), from(basis));
    // Only a text has to be looked into.
    let text = if basis == Basis::Text { "particulars" } else { "'' as particulars" };
    format!(
        "with chosen as (select {column} as chosen_key, count(*) as n from {from} where {condition} and {column} <> ''
             group by {column} having count(*) >= ${} order by count(*) desc, {column} limit ${}),
           placed as (select n, {column} as cluster_key, complaint.complaint_id, ordinal, complaint.received_on, is_open, unit_id,
               business_name, {text}, row_number() over (partition by {column} order by ordinal desc) as place
             from {from} join chosen on chosen_key = {column} where {condition})
         select * from placed where place <= ${n} order by n desc, cluster_key, ordinal",
        n - 2,
        n - 1
    )
}

fn brief(row: &Row) -> Result<Brief> {
    Ok(Brief {
        complaint_id: row.get("complaint_id")?,
        ordinal: row.get("ordinal")?,
        received_on: row.get("received_on")?,
        is_open: row.get("is_open")?,
        unit_id: row.get("unit_id")?,
        business_name: row.get("business_name")?,
    })
}

async fn groups_where(tx: &Read, sight: &Sight, (basis, key): (Basis, Option<&str>), least: i64) -> Result<Found> {
    let (mut condition, mut arguments) = conditions(sight, basis);
    if let Some(key) = key {
        arguments.push(key.to_value());
        condition.push_str(&format!(" and {} = ${}", column(basis), arguments.len()));
    }
    // One text has several keys, each a group until they are merged. One more than is shown tells that there are more.
    let most_groups = if basis == Basis::Text { GROUPS * KEYS as i64 } else { GROUPS };
    arguments.extend_from_slice(args![least, most_groups + 1, MOST + 1]);
    let sql = statement(basis, &condition, arguments.len());
    let mut found = Found::default();
    let mut texts: BTreeMap<Id, String> = BTreeMap::new();
    let mut first: Option<Id> = None;
    for row in &tx.list(&sql, &arguments).await? {
        let key: String = row.get("cluster_key")?;
        if found.groups.last().is_none_or(|it| it.key != key) {
            if i64::try_from(found.groups.len()).is_ok_and(|n| n >= most_groups) {
                found.is_cut = true;
                break;
            }
            found.groups.push(Group { basis, key, also: Vec::new(), cases: BTreeSet::new(), is_cut: false });
            first = None;
        }
        let Some(group) = found.groups.last_mut() else { continue };
        // The newest are shown, so that a later case is never the one left out.
        if row.get::<i64>("place")? > MOST {
            group.is_cut = true;
            continue;
        }
        let brief = brief(row)?;
        let id = brief.complaint_id.clone();
        let first = first.get_or_insert_with(|| id.clone());
        if basis == Basis::Text {
            // One text has several keys: it is opened once.
            if !texts.contains_key(&id) {
                texts.insert(id.clone(), sealed::particulars(tx, &id, row)?.text);
            }
            // A shared key is a hint; the text itself decides, compared with the first of the group.
            let of = |id: &Id| texts.get(id).map_or("", String::as_str);
            if *first != id && likeness(of(first), of(&id)) < NEAR {
                continue;
            }
        }
        group.cases.insert(id.clone());
        found.briefs.insert(id, brief);
    }
    found.groups.retain(|it| i64::try_from(it.cases.len()).is_ok_and(|n| n >= least));
    Ok(found)
}

/// These cases, the oldest first.
pub async fn cases(tx: &Read, ids: &BTreeSet<Id>) -> Result<Vec<Case>> {
    let ids: Vec<Value> = ids.iter().map(|it| it.to_value()).collect();
    let mut found = Vec::new();
    for piece in ids.chunks(100) {
        let places: Vec<String> = (1..=piece.len()).map(|n| format!("${n}")).collect();
        let sql = format!("select {COLUMNS} from complaint where complaint_id in ({})", places.join(", "));
        for row in &tx.list(&sql, piece).await? {
            found.push(case(tx, row)?);
        }
    }
    found.sort_by_key(|it| it.ordinal);
    Ok(found)
}

/// "No cluster", as somebody said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub basis: String,
    pub cluster_key: String,
    pub n_cases: i64,
    /// The last case it was said of; with a later one it holds no longer.
    pub last_ordinal: i64,
    pub reason: String,
    pub person_name: String,
    pub at: Timestamp,
}

/// Every verdict.
pub async fn verdicts(tx: &Read) -> Result<Vec<Verdict>> {
    let sql = "select basis, cluster_key, n_cases, last_ordinal, reason, person_name, at from complaint_cluster_verdict order by at desc";
    let rows = tx.list(sql, args![]).await?;
    rows.iter()
        .map(|row| {
            Ok(Verdict {
                basis: row.get("basis")?,
                cluster_key: row.get("cluster_key")?,
                n_cases: row.get("n_cases")?,
                last_ordinal: row.get("last_ordinal")?,
                reason: row.get("reason")?,
                person_name: row.get("person_name")?,
                at: row.get("at")?,
            })
        })
        .collect()
}

/// Remembers that these are no cluster, and why: how many cases, and the last of them.
pub async fn dismiss(
    tx: &Tx,
    (basis, key): (Basis, &str),
    (n_cases, last_ordinal): (i64, i64),
    reason: &str,
    actor: &Actor,
    at: Timestamp,
) -> Result<()> {
    let sql = "insert into complaint_cluster_verdict (basis, cluster_key, n_cases, reason, person_id, person_name, at, last_ordinal)
               values ($1, $2, $3, $4, $5, $6, $7, $8)
               on conflict (basis, cluster_key) do update set n_cases = excluded.n_cases, last_ordinal = excluded.last_ordinal, reason = excluded.reason,
                 person_id = excluded.person_id, person_name = excluded.person_name, at = excluded.at";
    tx.run_one(sql, args![basis.code(), key, n_cases, reason, actor.person_id, actor.name, at, last_ordinal]).await
}

/// Takes the verdict back.
pub async fn restore(tx: &Tx, basis: Basis, key: &str) -> Result<bool> {
    let sql = "delete from complaint_cluster_verdict where basis = $1 and cluster_key = $2";
    Ok(tx.run(sql, args![basis.code(), key]).await? > 0)
}
