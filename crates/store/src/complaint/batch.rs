//! Many cases in one write: what is known is found by a few statements, what is new takes its numbers together.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::complaint::case::CaseKind;
use domain::unit::Actor;
use jiff::Timestamp;

use super::case::{COLUMNS, Case, Inserted, Law, NewCase, case, register};
use crate::{Read, Result, Tx, Value, args};

/// So many values stand in one list of a statement.
const LISTED: usize = 200;

/// By what a new case is the same as a known one: the number of the other platform, else the key of its form or row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Sameness {
    External(String, CaseKind),
    Key(String),
}

fn sameness(new: &NewCase) -> Option<Sameness> {
    let external = new.external_number.clone().map(|number| Sameness::External(number, new.kind));
    external.or_else(|| new.client_key.clone().map(Sameness::Key))
}

/// The key of a row that has no number: keyed, so that it tells nothing of what stands in the row.
pub fn row_key(tx: &Read, identity: &str) -> String {
    format!("row{}", tx.keys().fingerprint("complaint.row", identity))
}

/// Which of the new cases are known already, in the order of `news`.
pub async fn find_known(tx: &Read, news: &[NewCase]) -> Result<Vec<Option<Case>>> {
    let mut known: HashMap<Sameness, Case> = HashMap::new();
    let numbers = news.iter().filter_map(|it| it.external_number.clone()).collect();
    for (case, number) in listed(tx, "external_number", numbers).await? {
        known.insert(Sameness::External(number, case.state.matter), case);
    }
    let keys = news.iter().filter(|it| it.external_number.is_none()).filter_map(|it| it.client_key.clone()).collect();
    for (case, key) in listed(tx, "client_key", keys).await? {
        known.insert(Sameness::Key(key), case);
    }
    Ok(news.iter().map(|it| sameness(it).and_then(|it| known.get(&it).cloned())).collect())
}

/// The cases with these values in a column, and the value of each.
async fn listed(tx: &Read, column: &'static str, mut values: Vec<String>) -> Result<Vec<(Case, String)>> {
    values.sort_unstable();
    values.dedup();
    let mut found = Vec::new();
    for some in values.chunks(LISTED) {
        // A list of one length is one statement, prepared once; the last value fills the rest.
        let mut arguments: Vec<Value> = some.iter().map(|it| Value::Text(it.clone())).collect();
        if let Some(last) = arguments.last().cloned() {
            arguments.resize(LISTED, last);
        }
        let places: Vec<String> = (1..=LISTED).map(|n| format!("${n}")).collect();
        let sql =
            format!("select {COLUMNS}, {column} as same from complaint where {column} in ({})", places.join(", "));
        for row in tx.list(&sql, &arguments).await? {
            found.push((case(tx, &row)?, row.get("same")?));
        }
    }
    Ok(found)
}

/// The first of the next `n` places in the order of receipt; gap-free, for they are taken back with the write that fails.
async fn next_ordinals(tx: &Tx, n: i64) -> Result<i64> {
    Ok(count_on(tx, "case", n).await? - n + 1)
}

/// The first of the next `n` running numbers of this kind. Each kind counts for itself: a gap in one row for all would tell everybody
/// when a tip-off came in (第三十七条).
async fn next_numbers(tx: &Tx, kind: CaseKind, n: i64) -> Result<i64> {
    Ok(count_on(tx, kind.prefix(), n).await? - n + 1)
}

async fn count_on(tx: &Tx, what: &str, n: i64) -> Result<i64> {
    let sql = "insert into complaint_ordinal (complaint_ordinal_id, n) values ($1, $2)
               on conflict (complaint_ordinal_id) do update set n = complaint_ordinal.n + $2 returning n";
    tx.get(sql, args![what, n]).await?.get("n")
}

/// Registers the cases that are not known yet; one that comes twice among them is registered once.
pub async fn insert(
    tx: &Tx,
    news: &[NewCase],
    law: Law<'_>,
    actor: Option<&Actor>,
    at: Timestamp,
) -> Result<Vec<Inserted>> {
    let known = find_known(tx, news).await?;
    let mut places = Places::take(tx, news, &known).await?;
    let mut made: HashMap<Sameness, Case> = HashMap::new();
    let mut inserted = Vec::with_capacity(news.len());
    for (new, known) in news.iter().zip(known) {
        let same = sameness(new);
        let earlier = known.or_else(|| same.as_ref().and_then(|it| made.get(it).cloned()));
        if let Some(case) = earlier {
            inserted.push(Inserted::Known(Box::new(case)));
            continue;
        }
        let case = register(tx, new, places.next(new.kind), law, actor, at).await?;
        if let Some(same) = same {
            made.insert(same, case.clone());
        }
        inserted.push(Inserted::New(Box::new(case)));
    }
    Ok(inserted)
}

/// The place of a new case in the order of receipt, and its number among those of its kind.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) ordinal: i64,
    pub(super) number: i64,
}

impl Place {
    /// The place of one case.
    pub(super) async fn take(tx: &Tx, kind: CaseKind) -> Result<Place> {
        Ok(Place { ordinal: next_ordinals(tx, 1).await?, number: next_numbers(tx, kind, 1).await? })
    }
}

/// The places of all new cases of a write, taken together: one statement for each row of numbers instead of two for each case.
struct Places {
    ordinal: i64,
    numbers: HashMap<&'static str, i64>,
}

impl Places {
    async fn take(tx: &Tx, news: &[NewCase], known: &[Option<Case>]) -> Result<Places> {
        // Those that come twice among them take one place.
        let mut here: HashSet<Sameness> = HashSet::new();
        let mut n_of: BTreeMap<&'static str, (CaseKind, i64)> = BTreeMap::new();
        for (new, known) in news.iter().zip(known) {
            if known.is_none() && sameness(new).is_none_or(|it| here.insert(it)) {
                n_of.entry(new.kind.prefix()).or_insert((new.kind, 0)).1 += 1;
            }
        }
        let n_new = n_of.values().map(|it| it.1).sum();
        let ordinal = if n_new > 0 { next_ordinals(tx, n_new).await? } else { 0 };
        let mut numbers = HashMap::new();
        for (prefix, (kind, n)) in n_of {
            numbers.insert(prefix, next_numbers(tx, kind, n).await?);
        }
        Ok(Places { ordinal, numbers })
    }

    fn next(&mut self, kind: CaseKind) -> Place {
        let number = self.numbers.entry(kind.prefix()).or_insert(0);
        let place = Place { ordinal: self.ordinal, number: *number };
        self.ordinal += 1;
        *number += 1;
        place
    }
}
