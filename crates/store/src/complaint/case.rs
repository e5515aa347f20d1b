//! One case: its particulars, its cached state, its events.
//!
//! [`append`] is the only way a case changes: it folds the events into the state, recounts the dates and hands the events to the log,
//! all in the same write.

use std::sync::LazyLock;

use domain::Id;
use domain::calendar::WorkCalendar;
use domain::complaint::case::{CaseKind, Channel};
use domain::complaint::clock::{DeskRules, NextDue, clocks, next_due_with};
use domain::complaint::escalation::{self, Cause};
use domain::complaint::event::CaseEvent;
use domain::complaint::intake::Particulars;
use domain::complaint::state::CaseState;
use domain::unit::Actor;
use jiff::Timestamp;
use jiff::civil::Date;

use super::batch::Place;
use super::sealed::{self, lean};
use crate::event::{self, NewEvent};
use crate::{Error, Read, Result, Row, Tx, Value, args, instant, new_id, search};

pub use super::link::{insert as link, list as list_linked};

/// The area of the events.
pub const AREA: &str = "complaint";
/// Sorts behind every instant: nothing is due.
pub(super) const NEVER: &str = "9999";

/// A case as stored. The consumer stands open in here; pages mask it.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    pub complaint_id: Id,
    pub ordinal: i64,
    /// 登记编号: TS2027-000001.
    pub number: String,
    /// The cases of one submission share it (第九条).
    pub submission_id: Id,
    /// The number of the other platform.
    pub external_number: Option<String>,
    pub state: CaseState,
    pub particulars: Particulars,
    pub due_on: Option<Date>,
    pub due_term: String,
    pub desk_at: Option<Timestamp>,
    /// The most urgent thing somebody has been told of it, as long as it holds.
    pub escalated: Option<Cause>,
    /// Who registered it; nobody when it came by the public form or an import of the program.
    pub person_id: Option<Id>,
    pub version: i64,
}

/// A case to be registered.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCase {
    pub kind: CaseKind,
    pub channel: Channel,
    pub external_number: Option<String>,
    pub received_on: Date,
    pub particulars: Particulars,
    /// With the other matters of the same submission.
    pub submission_id: Option<Id>,
    /// The key of the form: sent twice is registered once.
    pub client_key: Option<String>,
}

/// What became of a new case.
#[derive(Debug, Clone, PartialEq)]
pub enum Inserted {
    /// It was registered.
    New(Box<Case>),
    /// It was there already: the same external number or the same form.
    Known(Box<Case>),
}

impl Inserted {
    /// The case, new or known.
    pub fn case(self) -> Case {
        match self {
            Inserted::New(case) | Inserted::Known(case) => *case,
        }
    }
}

/// By what a date is counted.
#[derive(Debug, Clone, Copy)]
pub struct Law<'a> {
    pub rules: &'a DeskRules,
    pub calendar: &'a WorkCalendar,
}

pub(super) const COLUMNS: &str = "complaint_id, ordinal, number, submission_id, external_number, state, consumer_cipher, particulars, \
                                  due_on, due_term, desk_at, escalation_cause, person_id, version";

pub(super) fn case(tx: &Read, row: &Row) -> Result<Case> {
    let complaint_id: Id = row.get("complaint_id")?;
    let mut particulars = sealed::particulars(tx, &complaint_id, row)?;
    particulars.consumer = sealed::consumer(tx, &complaint_id, row)?;
    Ok(Case {
        ordinal: row.get("ordinal")?,
        number: row.get("number")?,
        submission_id: row.get("submission_id")?,
        external_number: row.get("external_number")?,
        state: row.json("state")?,
        particulars,
        due_on: row.get("due_on")?,
        due_term: row.get("due_term")?,
        desk_at: row.get("desk_at")?,
        escalated: Cause::from_code(&row.get::<String>("escalation_cause")?),
        person_id: row.get("person_id")?,
        version: row.get("version")?,
        complaint_id,
    })
}

/// The case.
pub async fn get(tx: &Read, complaint_id: &Id) -> Result<Case> {
    let sql = format!("select {COLUMNS} from complaint where complaint_id = $1");
    case(tx, &tx.get(&sql, args![complaint_id]).await?)
}

/// The case of that number of ours.
pub async fn find_by_number(tx: &Read, number: &str) -> Result<Option<Case>> {
    let sql = format!("select {COLUMNS} from complaint where number = $1");
    tx.find(&sql, args![number]).await?.map(|row| case(tx, &row)).transpose()
}

/// The case of that number of the other platform.
pub async fn find_external(tx: &Read, external_number: &str, kind: CaseKind) -> Result<Option<Case>> {
    let sql = format!("select {COLUMNS} from complaint where external_number = $1 and kind = $2");
    tx.find(&sql, args![external_number, kind.code()]).await?.map(|row| case(tx, &row)).transpose()
}

async fn find_by_key(tx: &Read, client_key: &str) -> Result<Option<Case>> {
    let sql = format!("select {COLUMNS} from complaint where client_key = $1");
    tx.find(&sql, args![client_key]).await?.map(|row| case(tx, &row)).transpose()
}

/// The other cases of the same submission.
pub async fn list_siblings(tx: &Read, of: &Case) -> Result<Vec<Case>> {
    let sql =
        format!("select {COLUMNS} from complaint where submission_id = $1 and complaint_id <> $2 order by ordinal");
    tx.list(&sql, args![of.submission_id, of.complaint_id]).await?.iter().map(|row| case(tx, row)).collect()
}

/// Registers a case, or finds the one that is it already.
pub async fn insert(tx: &Tx, new: &NewCase, law: Law<'_>, actor: Option<&Actor>, at: Timestamp) -> Result<Inserted> {
    if let Some(key) = &new.client_key
        && let Some(known) = find_by_key(tx, key).await?
    {
        return Ok(Inserted::Known(Box::new(known)));
    }
    if let Some(external) = &new.external_number
        && let Some(known) = find_external(tx, external, new.kind).await?
    {
        return Ok(Inserted::Known(Box::new(known)));
    }
    let place = Place::take(tx, new.kind).await?;
    let case = register(tx, new, place, law, actor, at).await?;
    Ok(Inserted::New(Box::new(case)))
}

/// Registers a case that is known to be new, at the place that has been taken for it.
pub(super) async fn register(
    tx: &Tx,
    new: &NewCase,
    place: Place,
    law: Law<'_>,
    actor: Option<&Actor>,
    at: Timestamp,
) -> Result<Case> {
    // The log keeps milliseconds; a state with more would not be the fold of its events.
    let at = instant::kept(at);
    let first = CaseEvent::Received {
        matter: new.kind,
        channel: new.channel,
        received_on: new.received_on,
        rules: law.rules.version_of(new.received_on),
        is_named: !new.particulars.consumer.name.trim().is_empty(),
    };
    let state = CaseState::begin(&first, at).ok_or_else(|| Error::internal("a case begins with its receipt"))?;
    let complaint_id = new_id();
    let mut case = Case {
        ordinal: place.ordinal,
        number: format!("{}{}-{:06}", new.kind.prefix(), new.received_on.year(), place.number),
        submission_id: new.submission_id.clone().unwrap_or_else(|| complaint_id.clone()),
        external_number: new.external_number.clone(),
        state,
        particulars: new.particulars.clone(),
        due_on: None,
        due_term: String::new(),
        desk_at: None,
        escalated: None,
        person_id: actor.map(|it| it.person_id.clone()),
        version: 1,
        complaint_id,
    };
    let counted = recount(&mut case, law);
    insert_row(tx, &case, &counted, new.client_key.as_deref()).await?;
    search::insert(tx, place.ordinal, &case.particulars.search_text()).await?;
    log(tx, &case.complaint_id, &first, actor, at)?;
    Ok(case)
}

/// What follows from state, calendar and rules: counted once for a write.
pub(super) struct Counted {
    pub(super) due: NextDue,
    pub(super) escalated: Option<(Cause, Timestamp)>,
    pub(super) look_at: Option<Timestamp>,
    /// `yes`, `no`; empty while a complaint is not decided, and for what is not to be accepted.
    pub(super) decided_in_time: &'static str,
}

pub(super) fn count(state: &CaseState, law: Law<'_>) -> Counted {
    let clocks = clocks(state, law.rules, law.calendar);
    let planned = escalation::plan_with(state, law.rules, &clocks);
    Counted {
        due: next_due_with(state, law.rules, &clocks),
        escalated: escalation::standing(&planned, state).first().map(|it| (it.cause, it.at)),
        look_at: escalation::next_at(&planned, state),
        decided_in_time: match clocks.iter().find(|it| it.term.code == "complaint.accept") {
            Some(clock) if clock.done_on.is_some_and(|on| clock.is_late(on)) => "no",
            Some(clock) if clock.done_on.is_some() => "yes",
            _ => "",
        },
    }
}

/// The dates that are shown, after the state has changed.
fn recount(case: &mut Case, law: Law<'_>) -> Counted {
    let counted = count(&case.state, law);
    let due = &counted.due;
    (case.due_on, case.desk_at) = (due.on, due.desk_at);
    due.term.clone_into(&mut case.due_term);
    case.escalated = counted.escalated.map(|it| it.0);
    counted
}

/// The columns that follow from the state, in the order of [`of_state`].
pub(super) const STATE: [&str; 23] = [
    "status",
    "is_open",
    "unit_id",
    "handler_id",
    "due_on",
    "due_term",
    "desk_at",
    "sort_at",
    "closed_on",
    "outcome",
    "recovered_fen",
    "satisfaction",
    "state",
    "needs_leader",
    "escalation_rank",
    "escalation_cause",
    "escalation_to",
    "escalated_at",
    "look_at",
    "is_responded",
    "decided_in_time",
    "is_directed",
    "accepted_on",
];

pub(super) fn of_state(case: &Case, counted: &Counted) -> Result<Vec<Value>> {
    let state = &case.state;
    let due = &counted.due;
    let rule = counted.escalated.map(|it| it.0.rule());
    let sort_at = due.sort_at.map_or_else(|| NEVER.to_owned(), instant::text);
    let needs_leader = state.is_extension_asked || state.status == domain::complaint::case::Status::Objected;
    Ok(args![
        state.status.code(),
        state.is_open(),
        state.unit_id,
        state.handler_id,
        due.on,
        due.term,
        due.desk_at,
        sort_at,
        state.closed_on.or(state.declined_on),
        state.outcome.map(|it| it.code()),
        state.recovered_fen,
        state.contentment().map(|it| it.code()),
        lean(state)?,
        needs_leader,
        rule.map_or(0, |it| super::escalation::rank(it.level)),
        rule.map_or("", |it| it.cause.code()),
        rule.map_or("", |it| it.to.code()),
        counted.escalated.map_or_else(String::new, |it| instant::text(it.1)),
        counted.look_at.map_or_else(|| NEVER.to_owned(), instant::text),
        state.contacted_at.is_some(),
        counted.decided_in_time,
        state.is_open() && state.open_direction().is_some(),
        state.accepted_on
    ]
    .to_vec())
}

/// What is written once, at the registration.
const ONCE: [&str; 12] = [
    "complaint_id",
    "version",
    "ordinal",
    "number",
    "submission_id",
    "kind",
    "channel",
    "external_number",
    "received_on",
    "received_at",
    "person_id",
    "client_key",
];

async fn insert_row(tx: &Tx, case: &Case, counted: &Counted, client_key: Option<&str>) -> Result<()> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        let columns = [&ONCE[..], &STATE, &sealed::COLUMNS].concat();
        let places: Vec<String> = (1..=columns.len()).map(|n| format!("${n}")).collect();
        format!("insert into complaint ({}) values ({})", columns.join(", "), places.join(", "))
    });
    let state = &case.state;
    let mut arguments = args![
        case.complaint_id,
        case.version,
        case.ordinal,
        case.number,
        case.submission_id,
        state.matter.code(),
        state.channel.code(),
        case.external_number,
        state.received_on,
        state.received_at,
        case.person_id,
        client_key
    ]
    .to_vec();
    arguments.extend(of_state(case, counted)?);
    arguments.extend(sealed::of_particulars(tx, &case.complaint_id, &case.particulars)?);
    tx.run_one(&SQL, &arguments).await
}

/// `update complaint set …` of these columns, `$1` and `$2` being key and version.
fn update_of(columns: &[&str]) -> String {
    let set: Vec<String> = (3..).zip(columns).map(|(n, column)| format!("{column} = ${n}")).collect();
    format!("update complaint set {} where complaint_id = $1 and version = $2", set.join(", "))
}

/// Loads a case that will change. With `version`, refuses as stale what was changed since the page was rendered.
pub async fn lock(tx: &Tx, complaint_id: &Id, version: Option<i64>) -> Result<Case> {
    let sql = format!("update complaint set version = version + 1 where complaint_id = $1 returning {COLUMNS}");
    let case = case(tx, &tx.get(&sql, args![complaint_id]).await?)?;
    match version {
        Some(version) if version + 1 != case.version => Err(Error::Stale),
        _ => Ok(case),
    }
}

/// Loads a case so that it stays as it is to the end of the write, without outdating the form somebody is filling: for what lies
/// beside it, and for what the program itself changes.
pub async fn lock_quietly(tx: &Tx, complaint_id: &Id) -> Result<Case> {
    let sql = format!("update complaint set version = version where complaint_id = $1 returning {COLUMNS}");
    case(tx, &tx.get(&sql, args![complaint_id]).await?)
}

/// Saves the state of a case that was loaded by [`lock`] and counts its dates: the particulars and their indexes are left alone.
pub async fn save(tx: &Tx, case: &mut Case, law: Law<'_>) -> Result<()> {
    static SQL: LazyLock<String> = LazyLock::new(|| update_of(&STATE));
    let counted = recount(case, law);
    let mut arguments = args![case.complaint_id, case.version].to_vec();
    arguments.extend(of_state(case, &counted)?);
    tx.run_one(&SQL, &arguments).await
}

/// Saves the particulars of a case that was loaded by [`lock`], and what is found by them.
pub(super) async fn save_particulars(tx: &Tx, case: &Case) -> Result<()> {
    static SQL: LazyLock<String> = LazyLock::new(|| update_of(&sealed::COLUMNS));
    let mut arguments = args![case.complaint_id, case.version].to_vec();
    arguments.extend(sealed::of_particulars(tx, &case.complaint_id, &case.particulars)?);
    tx.run_one(&SQL, &arguments).await?;
    search::remove(tx, case.ordinal).await?;
    search::insert(tx, case.ordinal, &case.particulars.search_text()).await
}

fn log(tx: &Tx, complaint_id: &Id, what: &CaseEvent, actor: Option<&Actor>, at: Timestamp) -> Result<()> {
    let detail = serde_json::to_value(what).map_err(Error::internal)?;
    let new = match actor {
        Some(actor) => NewEvent::by(actor, AREA, complaint_id, what.log_kind(), at),
        None => NewEvent::by_program(AREA, complaint_id, what.log_kind(), at),
    };
    let mut new = new.detail(detail);
    if what.is_by_the_person() {
        "当事人（网上）".clone_into(&mut new.person_name);
    }
    event::insert(tx, new);
    Ok(())
}

/// Lets something happen to a case that was loaded by [`lock`]: state, dates, log.
pub async fn append(
    tx: &Tx,
    case: &mut Case,
    happened: &[CaseEvent],
    law: Law<'_>,
    actor: Option<&Actor>,
    at: Timestamp,
) -> Result<()> {
    happen(tx, case, happened, actor, at)?;
    save(tx, case, law).await
}

/// The first half of [`append`], for several steps of one moment: the state changes and the log is told. [`save`] must follow.
pub fn happen(tx: &Tx, case: &mut Case, happened: &[CaseEvent], actor: Option<&Actor>, at: Timestamp) -> Result<()> {
    let at = instant::kept(at);
    for what in happened {
        case.state.apply(what, at);
        log(tx, &case.complaint_id, what, actor, at)?;
    }
    Ok(())
}

/// Some things that happened at one moment.
#[derive(Debug, Clone)]
pub struct Past<'a> {
    pub at: Timestamp,
    /// Nobody when the program did it.
    pub actor: Option<&'a Actor>,
    pub events: Vec<CaseEvent>,
}

/// Lets a whole history happen to a case that was loaded by [`lock`], the earliest first, and counts its dates once at the end.
pub async fn append_past(tx: &Tx, case: &mut Case, past: &[Past<'_>], law: Law<'_>) -> Result<()> {
    for it in past {
        happen(tx, case, &it.events, it.actor, it.at)?;
    }
    save(tx, case, law).await
}

/// A remark on a case that has just been registered: it changes no date, so the row need not be locked.
pub fn note(tx: &Tx, case: &Case, remark: CaseEvent, actor: Option<&Actor>, at: Timestamp) -> Result<()> {
    log(tx, &case.complaint_id, &remark, actor, at)
}

/// Replaces the particulars of a case that was loaded by [`lock`]; the event says which fields, never what stood in them.
pub async fn correct(
    tx: &Tx,
    case: &mut Case,
    particulars: Particulars,
    law: Law<'_>,
    actor: &Actor,
    at: Timestamp,
) -> Result<()> {
    let fields = case.particulars.changed_fields(&particulars);
    if fields.is_empty() {
        return append(tx, case, &[], law, Some(actor), at).await;
    }
    if case.particulars.text != particulars.text {
        super::cluster::keep_keys(tx, &case.complaint_id, case.state.received_on, &particulars.text).await?;
    }
    case.particulars = particulars;
    save_particulars(tx, case).await?;
    append(tx, case, &[CaseEvent::Corrected { fields }], law, Some(actor), at).await
}

/// An event of a case as the time line shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Happened {
    pub at: Timestamp,
    pub person_name: String,
    pub unit_name: String,
    /// The kind in the log.
    pub kind: String,
    pub reason: String,
    /// `None` for what changes nothing, such as a look at the parties.
    pub event: Option<CaseEvent>,
}

/// What happened to a case, the oldest first.
pub async fn events(tx: &Read, complaint_id: &Id) -> Result<Vec<Happened>> {
    let events = event::list_of(tx, AREA, complaint_id).await?;
    let happened = events.into_iter().map(|it| Happened {
        event: serde_json::from_str(&it.detail).ok(),
        at: it.at,
        person_name: it.person_name,
        unit_name: it.unit_name,
        kind: it.kind,
        reason: it.reason,
    });
    Ok(happened.collect())
}
