//! The queue (待办) and the lists: sorted by clock, paged by key, never counted as a whole.

mod after;

use domain::Id;
use domain::complaint::case::{CaseKind, Channel};
use domain::complaint::identity;
use domain::complaint::state::CaseState;
use jiff::Timestamp;
use jiff::civil::Date;

use super::case::{COLUMNS, Case, case};
use super::sealed::fingerprint;
use crate::{Read, Result, Row, ToValue, Value, args, instant, search};

pub use after::After;

/// Whose cases.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Scope {
    /// Every case, tip-offs too: intake and leader.
    #[default]
    All,
    /// Every complaint and inquiry, and the tip-offs of these units: who may not know of others.
    AllButTipoffs(Vec<Id>),
    /// The cases of these units.
    Units(Vec<Id>),
}

/// Which part of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// Open, by clock.
    #[default]
    Open,
    /// Nobody has it yet.
    Triage,
    /// A unit has to decide.
    Undecided,
    /// In mediation.
    Mediation,
    /// The next date has passed.
    Late,
    /// The next date is near.
    Near,
    /// A leader has to rule or approve.
    Leader,
    /// Somebody has been told.
    Told,
    /// Over, the newest first.
    Over,
    /// All, the newest first.
    All,
}

impl View {
    /// Sorted by clock, or by number?
    fn is_by_clock(self) -> bool {
        !matches!(self, View::Over | View::All)
    }
}

/// The cases a rate counts: its numerator or its denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Ended by agreement or taken back.
    Settled,
    /// Ended in mediation, either way.
    Mediated,
    /// Called back and content.
    Satisfied,
    /// Called back and reached.
    Called,
    /// Somebody has spoken to the parties, decided or answered.
    Responded,
    /// Accepted or declined within the statutory term.
    InTime,
    /// Decided, or the term is over: what has to have been decided.
    ToDecide,
    /// Not merged into another: what the rates count at all.
    Counted,
    /// Over, and not by being merged.
    Done,
}

impl Group {
    /// `?` stands for today, where it is needed.
    pub(super) fn condition(self) -> &'static str {
        match self {
            Group::Responded => "is_responded = 1",
            Group::InTime => "decided_in_time = 'yes'",
            Group::ToDecide => {
                "(decided_in_time <> '' or (is_open = 1 and due_term = 'complaint.accept' and due_on < ?))"
            }
            Group::Counted => "status not in ('merged', 'void')",
            Group::Done => "is_open = 0 and status not in ('merged', 'void')",
            Group::Settled => "outcome in ('settled', 'withdrawn')",
            Group::Mediated => "outcome in ('settled', 'withdrawn', 'failed')",
            Group::Satisfied => "satisfaction in ('satisfied', 'fair')",
            Group::Called => "satisfaction in ('satisfied', 'fair', 'dissatisfied')",
        }
    }
}

/// What to list.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub scope: Scope,
    pub view: View,
    pub kind: Option<CaseKind>,
    pub channel: Option<Channel>,
    pub unit_id: Option<Id>,
    pub handler_id: Option<Id>,
    pub status: Option<String>,
    pub category: String,
    pub problem: String,
    pub business_key: String,
    /// The units the person acts for: a search by telephone number or name finds the tip-offs of these alone (第三十七条).
    pub own_units: Vec<Id>,
    /// A group that a rate counts.
    pub group: Option<Group>,
    /// Those nobody has been given.
    pub is_without_unit: bool,
    pub received_from: Option<Date>,
    pub received_to: Option<Date>,
    /// What somebody typed into the search: a number, a telephone number, a name, words.
    pub words: String,
}

/// A case as a list for programs names it: nothing of it was sealed, so nothing has to be opened.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub complaint_id: Id,
    pub number: String,
    pub external_number: Option<String>,
    pub state: CaseState,
    pub business_name: String,
    pub credit_code: String,
    pub due_on: Option<Date>,
    pub due_term: String,
    pub version: i64,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T = Case> {
    pub cases: Vec<T>,
    /// Behind which the next page begins; `None` on the last.
    pub next: Option<After>,
}

/// A condition under construction.
struct Where {
    sql: String,
    arguments: Vec<Value>,
}

impl Where {
    fn new() -> Where {
        Where { sql: "1 = 1".to_owned(), arguments: Vec::new() }
    }

    /// Adds a condition; `?` in it stands for the value.
    fn and(&mut self, condition: &str, value: &dyn ToValue) {
        self.arguments.push(value.to_value());
        let place = format!("${}", self.arguments.len());
        self.sql.push_str(" and ");
        self.sql.push_str(&condition.replace('?', &place));
    }

    fn and_plain(&mut self, condition: &str) {
        self.sql.push_str(" and ");
        self.sql.push_str(condition);
    }

    fn among(&mut self, units: &[Id]) -> String {
        let places: Vec<String> = units
            .iter()
            .map(|it| {
                self.arguments.push(it.to_value());
                format!("${}", self.arguments.len())
            })
            .collect();
        if places.is_empty() { "('')".to_owned() } else { format!("({})", places.join(", ")) }
    }
}

/// The condition of a scope with its values, for the lists of other modules.
pub(super) fn scoped(scope: &Scope) -> (String, Vec<Value>) {
    let clause = scope_of(scope);
    (clause.sql, clause.arguments)
}

fn scope_of(scope: &Scope) -> Where {
    let mut clause = Where::new();
    match scope {
        Scope::All => {}
        Scope::Units(units) => {
            let among = clause.among(units);
            clause.and_plain(&format!("unit_id in {among}"));
        }
        Scope::AllButTipoffs(units) => {
            let among = clause.among(units);
            clause.and_plain(&format!("(kind <> 'report' or unit_id in {among})"));
        }
    }
    clause
}

fn conditions(filter: &Filter, now: Timestamp, near_until: Timestamp) -> Where {
    let mut clause = scope_of(&filter.scope);
    let moment = instant::text(now);
    match filter.view {
        View::Open => clause.and_plain("is_open = 1"),
        View::Triage => clause.and_plain("status in ('received', 'returned')"),
        View::Undecided => clause.and_plain("status = 'dispatched'"),
        View::Mediation => clause.and_plain("status in ('accepted', 'settled', 'terminated')"),
        View::Late => {
            clause.and_plain("is_open = 1");
            clause.and("sort_at <= ?", &moment);
        }
        View::Near => {
            clause.and_plain("is_open = 1");
            clause.and("sort_at > ?", &moment);
            clause.and("sort_at <= ?", &instant::text(near_until));
        }
        View::Leader => clause.and_plain("needs_leader = 1"),
        View::Told => clause.and_plain("escalation_rank > 0"),
        View::Over => clause.and_plain("is_open = 0 and status <> 'void'"),
        View::All => {}
    }
    narrow(&mut clause, filter);
    if let Some(group) = filter.group {
        let today = day_of(now);
        if group.condition().contains('?') {
            clause.and(group.condition(), &today);
        } else {
            clause.and_plain(group.condition());
        }
        if group != Group::Counted {
            clause.and_plain(Group::Counted.condition());
        }
    }
    clause
}

/// The day of an instant in China.
fn day_of(at: Timestamp) -> Date {
    at.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).date()
}

fn narrow(clause: &mut Where, filter: &Filter) {
    if let Some(kind) = filter.kind {
        clause.and("kind = ?", &kind.code());
    }
    if let Some(channel) = filter.channel {
        clause.and("channel = ?", &channel.code());
    }
    if let Some(unit_id) = &filter.unit_id {
        clause.and("unit_id = ?", unit_id);
    }
    if let Some(handler_id) = &filter.handler_id {
        clause.and("handler_id = ?", handler_id);
    }
    if let Some(status) = &filter.status {
        clause.and("status = ?", status);
    }
    for (condition, value) in [
        ("category = ?", &filter.category),
        ("problem = ?", &filter.problem),
        ("business_key = ?", &filter.business_key),
    ] {
        if !value.is_empty() {
            clause.and(condition, value);
        }
    }
    if filter.is_without_unit {
        clause.and_plain("unit_id is null");
    }
    if let Some(from) = filter.received_from {
        clause.and("received_on >= ?", &from);
    }
    if let Some(to) = filter.received_to {
        clause.and("received_on <= ?", &to);
    }
}

/// One page. `near_until` is the end of the near days.
pub async fn list(
    tx: &Read,
    filter: &Filter,
    now: Timestamp,
    near_until: Timestamp,
    after: Option<&After>,
    limit: i64,
) -> Result<Page> {
    let asked = Asked { filter, now, near_until, columns: COLUMNS };
    asked.page(tx, after, limit).await?.map(|row| case(tx, row))
}

/// One page as a program asks for it.
pub async fn list_lines(
    tx: &Read,
    filter: &Filter,
    now: Timestamp,
    near_until: Timestamp,
    after: Option<&After>,
    limit: i64,
) -> Result<Page<Line>> {
    let columns =
        "complaint_id, ordinal, number, external_number, state, business_name, credit_code, due_on, due_term, version";
    Asked { filter, now, near_until, columns }.page(tx, after, limit).await?.map(|row| {
        Ok(Line {
            complaint_id: row.get("complaint_id")?,
            number: row.get("number")?,
            external_number: row.get("external_number")?,
            state: row.json("state")?,
            business_name: row.get("business_name")?,
            credit_code: row.get("credit_code")?,
            due_on: row.get("due_on")?,
            due_term: row.get("due_term")?,
            version: row.get("version")?,
        })
    })
}

impl Page<Row> {
    fn map<T>(self, read: impl Fn(&Row) -> Result<T>) -> Result<Page<T>> {
        Ok(Page { cases: self.cases.iter().map(read).collect::<Result<_>>()?, next: self.next })
    }
}

/// What somebody asks of the list, and the columns they need of each case.
struct Asked<'a> {
    filter: &'a Filter,
    now: Timestamp,
    near_until: Timestamp,
    columns: &'static str,
}

impl Asked<'_> {
    fn conditions(&self) -> Where {
        conditions(self.filter, self.now, self.near_until)
    }

    async fn page(&self, tx: &Read, after: Option<&After>, limit: i64) -> Result<Page<Row>> {
        if !self.filter.words.trim().is_empty() {
            return self.found(tx, after, limit).await;
        }
        let mut clause = self.conditions();
        let order = if self.filter.view.is_by_clock() {
            if let Some(after) = after {
                clause.arguments.extend_from_slice(args![after.sort_at, after.ordinal]);
                let n = clause.arguments.len();
                clause.and_plain(&format!("(sort_at, ordinal) > (${}, ${n})", n - 1));
            }
            "sort_at, ordinal"
        } else {
            if let Some(after) = after {
                clause.and("ordinal < ?", &after.ordinal);
            }
            "ordinal desc"
        };
        let rows = self.rows(tx, clause, order, limit + 1).await?;
        page_of(rows, limit, |row| row.get("sort_at"))
    }

    async fn rows(&self, tx: &Read, mut clause: Where, order: &str, limit: i64) -> Result<Vec<Row>> {
        clause.arguments.push(limit.to_value());
        let (columns, n) = (self.columns, clause.arguments.len());
        let sql = format!("select {columns}, sort_at from complaint where {} order by {order} limit ${n}", clause.sql);
        tx.list(&sql, &clause.arguments).await
    }

    /// The cases somebody looks for: by number, telephone number or name exactly, else by words.
    async fn found(&self, tx: &Read, after: Option<&After>, limit: i64) -> Result<Page<Row>> {
        let (words, own_units) = (self.filter.words.trim(), &self.filter.own_units);
        let mut before = after.map_or(i64::MAX, |it| it.ordinal);
        let unsorted = |_: &Row| Ok(String::new());
        if let Some(column) = exact_column(tx, words, own_units).await? {
            let mut clause = self.conditions();
            clause.and(&format!("{} = ?", column.0), &column.1);
            if matches!(column.0, "phone_hash" | "name_hash") {
                // Who looks for a person must not learn that the person reported somebody.
                let among = clause.among(own_units);
                clause.and_plain(&format!("(kind <> 'report' or unit_id in {among})"));
            }
            clause.and("ordinal < ?", &before);
            return page_of(self.rows(tx, clause, "ordinal desc", limit + 1).await?, limit, unsorted);
        }
        let mut rows = Vec::new();
        for _ in 0..BATCHES {
            let ordinals = search::find(tx, words, before, BATCH).await?;
            let Some(last) = ordinals.last() else { return page_of(rows, limit, unsorted) };
            before = *last;
            let missing = limit + 1 - i64::try_from(rows.len()).unwrap_or(0);
            rows.extend(self.of_ordinals(tx, &ordinals, missing).await?);
            let is_last = i64::try_from(ordinals.len()).is_ok_and(|it| it < BATCH);
            let is_full = i64::try_from(rows.len()).is_ok_and(|it| it > limit);
            if is_last || is_full {
                return page_of(rows, limit, unsorted);
            }
        }
        Ok(Page { cases: rows, next: Some(After { sort_at: String::new(), ordinal: before }) })
    }

    async fn of_ordinals(&self, tx: &Read, ordinals: &[i64], limit: i64) -> Result<Vec<Row>> {
        let mut clause = self.conditions();
        let mut places = Vec::new();
        for at in 0..usize::try_from(BATCH).unwrap_or(0) {
            // Always as many places, so that the statement stays prepared.
            clause.arguments.push(ordinals.get(at).copied().unwrap_or(-1).to_value());
            places.push(format!("${}", clause.arguments.len()));
        }
        clause.and_plain(&format!("ordinal in ({})", places.join(", ")));
        // Each case is opened with its key, so no more of them than are shown.
        self.rows(tx, clause, "ordinal desc", limit).await
    }
}

/// How many ordinals are asked of the search at once.
const BATCH: i64 = 64;
/// How many batches one page may take: what the filter leaves out must not make a search endless.
const BATCHES: usize = 12;

/// One page of rows that were asked for with one more than it holds.
fn page_of(mut rows: Vec<Row>, limit: i64, sort_at: impl Fn(&Row) -> Result<String>) -> Result<Page<Row>> {
    let n = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = rows.len() > n;
    rows.truncate(n);
    let next = match rows.last().filter(|_| has_more) {
        Some(row) => Some(After { sort_at: sort_at(row)?, ordinal: row.get("ordinal")? }),
        None => None,
    };
    Ok(Page { cases: rows, next })
}

/// How many there are, up to `cap`: a page shows `999+` and counts no million.
pub async fn count(tx: &Read, filter: &Filter, now: Timestamp, near_until: Timestamp, cap: i64) -> Result<i64> {
    let mut clause = conditions(filter, now, near_until);
    clause.arguments.push(cap.to_value());
    let n = clause.arguments.len();
    let sql =
        format!("select count(*) as n from (select 1 as one from complaint where {} limit ${n}) capped", clause.sql);
    tx.count(&sql, &clause.arguments).await
}

/// Is what was typed exactly a number, a telephone number or a name we know? Then its column and value.
///
/// Who only reported somebody is not known here, but to the units of the tip-off: else the search by words, which is then not
/// made, would tell by its silence (第三十七条).
async fn exact_column(tx: &Read, words: &str, own_units: &[Id]) -> Result<Option<(&'static str, String)>> {
    let mut candidates: Vec<(&'static str, String)> = Vec::new();
    let upper = words.to_uppercase();
    if ["TS", "JB", "ZX"].iter().any(|it| upper.starts_with(it)) {
        candidates.push(("number", upper));
    }
    let is_token = !words.contains(char::is_whitespace);
    let has_digits = words.chars().filter(char::is_ascii_digit).count() >= 5;
    if is_token && has_digits {
        candidates.push(("external_number", words.to_owned()));
    }
    let is_number = words.chars().all(|it| it.is_ascii_digit() || "-+() （）".contains(it));
    if is_number && has_digits {
        candidates.push(("phone_hash", fingerprint(tx, "phone", &identity::normal_phone(words))));
    }
    if is_token && (2..=20).contains(&words.chars().count()) && !has_digits {
        candidates.push(("name_hash", fingerprint(tx, "name", &identity::normal_name(words))));
    }
    for (column, value) in candidates {
        let mut clause = Where::new();
        clause.and(&format!("{column} = ?"), &value);
        if matches!(column, "phone_hash" | "name_hash") {
            let among = clause.among(own_units);
            clause.and_plain(&format!("(kind <> 'report' or unit_id in {among})"));
        }
        let sql =
            format!("select count(*) as n from (select 1 as one from complaint where {} limit 1) first", clause.sql);
        if tx.count(&sql, &clause.arguments).await? > 0 {
            return Ok(Some((column, value)));
        }
    }
    Ok(None)
}

/// How many open cases each unit has.
pub async fn open_by_unit(tx: &Read) -> Result<Vec<(Id, i64)>> {
    let sql = "select unit_id, count(*) as n from complaint where is_open = 1 and unit_id is not null group by unit_id";
    tx.list(sql, args![]).await?.iter().map(|row| Ok((row.get("unit_id")?, row.get("n")?))).collect()
}
