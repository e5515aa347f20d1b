//! Clusters: groups found through keys that are kept, never by comparing each case with each; and what a person said of one.

use std::collections::BTreeSet;

use domain::Id;
use domain::complaint::cluster::{Basis, Group};
use domain::complaint::similar::{NEAR, likeness, text_keys};
use domain::unit::Actor;
use jiff::Timestamp;
use jiff::civil::Date;

use super::case::{COLUMNS, Case, case};
use super::queue::{Scope, scoped};
use super::sealed;
use crate::{Read, Result, ToValue, Tx, Value, args};

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

/// The condition of a basis: `key` stands for what is to equal the key.
fn conditions(sight: &Sight, basis: Basis) -> (String, Vec<Value>) {
    let (mut sql, mut arguments) = scoped(&sight.scope);
    if let Some(since) = sight.since {
        arguments.push(since.to_value());
        sql.push_str(&format!(" and complaint.received_on >= ${}", arguments.len()));
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
    sql.push_str(" and status <> 'merged'");
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

/// A shared key is a hint; the text itself decides, compared with the first of the group.
fn is_near(first: &mut Option<String>, text: &str) -> bool {
    match first {
        Some(first) => likeness(first, text) >= NEAR,
        None => {
            *first = Some(text.to_owned());
            true
        }
    }
}

/// The groups of one basis, the largest first, each with its cases.
pub async fn groups(tx: &Read, sight: &Sight, basis: Basis) -> Result<Vec<Group>> {
    let (condition, mut arguments) = conditions(sight, basis);
    let (column, from) = (column(basis), from(basis));
    arguments.extend_from_slice(args![basis.least(), GROUPS]);
    let n = arguments.len();
    let sql = format!(
        "select {column} as cluster_key, count(*) as n from {from} where {condition} and {column} <> ''
         group by {column} having count(*) >= ${} order by n desc, {column} limit ${n}",
        n - 1
    );
    let mut found = Vec::new();
    for row in tx.list(&sql, &arguments).await? {
        let key: String = row.get("cluster_key")?;
        let (condition, mut arguments) = conditions(sight, basis);
        arguments.extend_from_slice(args![key, MOST]);
        let n = arguments.len();
        let sql = format!(
            "select complaint.complaint_id, particulars from {from} where {condition} and {column} = ${} order by ordinal limit ${n}",
            n - 1
        );
        let rows = tx.list(&sql, &arguments).await?;
        let mut cases = BTreeSet::new();
        let mut first = None;
        for row in &rows {
            let complaint_id = row.get("complaint_id")?;
            let text = || sealed::particulars(tx, &complaint_id, row).map(|it| it.text);
            if basis == Basis::Text && !is_near(&mut first, &text()?) {
                continue;
            }
            cases.insert(complaint_id);
        }
        if i64::try_from(cases.len()).is_ok_and(|n| n >= basis.least()) {
            found.push(Group { basis, key, cases });
        }
    }
    Ok(found)
}

/// The cases of one group, the oldest first.
pub async fn members(tx: &Read, sight: &Sight, basis: Basis, key: &str) -> Result<Vec<Case>> {
    let (condition, mut arguments) = conditions(sight, basis);
    arguments.extend_from_slice(args![key, MOST]);
    let n = arguments.len();
    let named: Vec<String> = COLUMNS.split(',').map(|it| format!("complaint.{}", it.trim())).collect();
    let sql = format!(
        "select {} from {} where {condition} and {} = ${} order by ordinal limit ${n}",
        named.join(", "),
        from(basis),
        column(basis),
        n - 1
    );
    let mut cases = tx.list(&sql, &arguments).await?.iter().map(|row| case(tx, row)).collect::<Result<Vec<Case>>>()?;
    if basis == Basis::Text {
        let mut first = None;
        cases.retain(|it| is_near(&mut first, &it.particulars.text));
    }
    Ok(cases)
}

/// What the list shows of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    pub complaint_id: Id,
    pub received_on: Date,
    pub is_open: bool,
    pub unit_id: Option<Id>,
    pub business_name: String,
}

/// These cases in brief.
pub async fn briefs(tx: &Read, cases: &BTreeSet<Id>) -> Result<Vec<Brief>> {
    let ids: Vec<&Id> = cases.iter().collect();
    let mut found = Vec::new();
    for piece in ids.chunks(100) {
        let places: Vec<String> = (1..=piece.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "select complaint_id, received_on, is_open, unit_id, business_name from complaint where complaint_id in ({}) order by ordinal",
            places.join(", ")
        );
        let arguments: Vec<Value> = piece.iter().map(|it| it.to_value()).collect();
        for row in tx.list(&sql, &arguments).await? {
            found.push(Brief {
                complaint_id: row.get("complaint_id")?,
                received_on: row.get("received_on")?,
                is_open: row.get("is_open")?,
                unit_id: row.get("unit_id")?,
                business_name: row.get("business_name")?,
            });
        }
    }
    Ok(found)
}

/// "No cluster", as somebody said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub basis: String,
    pub cluster_key: String,
    pub n_cases: i64,
    pub reason: String,
    pub person_name: String,
    pub at: Timestamp,
}

/// Every verdict.
pub async fn verdicts(tx: &Read) -> Result<Vec<Verdict>> {
    let sql =
        "select basis, cluster_key, n_cases, reason, person_name, at from complaint_cluster_verdict order by at desc";
    let rows = tx.list(sql, args![]).await?;
    rows.iter()
        .map(|row| {
            Ok(Verdict {
                basis: row.get("basis")?,
                cluster_key: row.get("cluster_key")?,
                n_cases: row.get("n_cases")?,
                reason: row.get("reason")?,
                person_name: row.get("person_name")?,
                at: row.get("at")?,
            })
        })
        .collect()
}

/// Remembers that these are no cluster, and why.
pub async fn dismiss(
    tx: &Tx,
    (basis, key): (Basis, &str),
    n_cases: i64,
    reason: &str,
    actor: &Actor,
    at: Timestamp,
) -> Result<()> {
    let sql = "insert into complaint_cluster_verdict (basis, cluster_key, n_cases, reason, person_id, person_name, at)
               values ($1, $2, $3, $4, $5, $6, $7)
               on conflict (basis, cluster_key) do update set n_cases = excluded.n_cases, reason = excluded.reason,
                 person_id = excluded.person_id, person_name = excluded.person_name, at = excluded.at";
    tx.run_one(sql, args![basis.code(), key, n_cases, reason, actor.person_id, actor.name, at]).await
}

/// Takes the verdict back.
pub async fn restore(tx: &Tx, basis: Basis, key: &str) -> Result<bool> {
    let sql = "delete from complaint_cluster_verdict where basis = $1 and cluster_key = $2";
    Ok(tx.run(sql, args![basis.code(), key]).await? > 0)
}
