//! Rates and rankings: every one as numerator and denominator, so that both can be opened.

use domain::Id;
use domain::complaint::case::CaseKind;
use domain::complaint::event::CaseEvent;
use jiff::Timestamp;
use jiff::civil::Date;

use super::queue::Group;
use crate::event;
use crate::{Read, Result, Row, ToValue, args};

/// By what the cases are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    Unit,
    Channel,
    Category,
    Problem,
}

impl By {
    fn column(self) -> &'static str {
        match self {
            By::Unit => "coalesce(unit_id, '')",
            By::Channel => "channel",
            By::Category => "category",
            By::Problem => "problem",
        }
    }
}

/// The counts of cases received in a period. What was merged goes on in another case and is counted there alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Count {
    /// The unit, or the code; empty for none.
    pub key: String,
    pub kind: String,
    pub n: i64,
    pub n_responded: i64,
    pub n_in_time: i64,
    pub n_to_decide: i64,
    pub n_done: i64,
    pub n_settled: i64,
    pub n_mediated: i64,
    pub n_satisfied: i64,
    pub n_called: i64,
    pub amount_fen: i64,
    pub recovered_fen: i64,
}

impl Count {
    /// Adds another.
    pub fn add(&mut self, other: &Count) {
        self.n += other.n;
        self.n_responded += other.n_responded;
        self.n_in_time += other.n_in_time;
        self.n_to_decide += other.n_to_decide;
        self.n_done += other.n_done;
        self.n_settled += other.n_settled;
        self.n_mediated += other.n_mediated;
        self.n_satisfied += other.n_satisfied;
        self.n_called += other.n_called;
        self.amount_fen += other.amount_fen;
        self.recovered_fen += other.recovered_fen;
    }
}

fn count(row: &Row) -> Result<Count> {
    Ok(Count {
        key: row.get("part")?,
        kind: row.get("kind")?,
        n: row.get("n")?,
        n_responded: row.get("n_responded")?,
        n_in_time: row.get("n_in_time")?,
        n_to_decide: row.get("n_to_decide")?,
        n_done: row.get("n_done")?,
        n_settled: row.get("n_settled")?,
        n_mediated: row.get("n_mediated")?,
        n_satisfied: row.get("n_satisfied")?,
        n_called: row.get("n_called")?,
        amount_fen: row.get("amount_fen")?,
        recovered_fen: row.get("recovered_fen")?,
    })
}

/// The sums of the groups. The conditions are those by which the lists behind the numbers are drawn, so the two cannot differ.
fn sums() -> String {
    let sum = |name: &str, group: Group| {
        let condition = group.condition().replace('?', "$3");
        format!("cast(sum(case when {condition} then 1 else 0 end) as bigint) as {name}")
    };
    [
        "count(*) as n".to_owned(),
        sum("n_responded", Group::Responded),
        sum("n_in_time", Group::InTime),
        sum("n_to_decide", Group::ToDecide),
        sum("n_done", Group::Done),
        sum("n_settled", Group::Settled),
        sum("n_mediated", Group::Mediated),
        sum("n_satisfied", Group::Satisfied),
        sum("n_called", Group::Called),
        "cast(coalesce(sum(amount_fen), 0) as bigint) as amount_fen".to_owned(),
        "cast(coalesce(sum(recovered_fen), 0) as bigint) as recovered_fen".to_owned(),
    ]
    .join(", ")
}

/// The counts, by kind of matter.
pub async fn counts(tx: &Read, by: By, from: Date, to: Date, today: Date) -> Result<Vec<Count>> {
    let sql = format!(
        "select {0} as part, kind, {1} from complaint
         where received_on >= $1 and received_on <= $2 and status not in ('merged', 'void')
         group by {0}, kind order by kind, n desc, part",
        by.column(),
        sums()
    );
    tx.list(&sql, args![from, to, today]).await?.iter().map(count).collect()
}

/// How many of one kind were received on each day of the period.
pub async fn by_day(tx: &Read, kind: CaseKind, from: Date, to: Date) -> Result<Vec<(Date, i64)>> {
    let sql = "select received_on, count(*) as n from complaint
               where received_on >= $1 and received_on <= $2 and kind = $3 and status not in ('merged', 'void')
               group by received_on order by received_on";
    let rows = tx.list(sql, args![from, to, kind.code()]).await?;
    rows.iter().map(|row| Ok((row.get("received_on")?, row.get("n")?))).collect()
}

/// One business with its complaints of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessCount {
    pub business_key: String,
    pub business_name: String,
    pub credit_code: String,
    pub n: i64,
    pub n_settled: i64,
    pub n_mediated: i64,
    pub n_done: i64,
    pub n_dissatisfied: i64,
    pub amount_fen: i64,
    pub recovered_fen: i64,
}

/// The businesses most complained of, tip-offs left out (第三十七条).
pub async fn of_businesses(tx: &Read, from: Date, to: Date, limit: i64) -> Result<Vec<BusinessCount>> {
    let sum = |group: Group| format!("cast(sum(case when {} then 1 else 0 end) as bigint)", group.condition());
    let sql = format!(
        "select business_key, min(business_name) as business_name, max(credit_code) as credit_code, count(*) as n,
           {} as n_settled, {} as n_mediated, {} as n_done,
           cast(sum(case when satisfaction = 'dissatisfied' then 1 else 0 end) as bigint) as n_dissatisfied,
           cast(coalesce(sum(amount_fen), 0) as bigint) as amount_fen,
           cast(coalesce(sum(recovered_fen), 0) as bigint) as recovered_fen
         from complaint where received_on >= $1 and received_on <= $2 and kind = $3 and business_key <> '' and status not in ('merged', 'void')
         group by business_key order by n desc, business_key limit $4",
        sum(Group::Settled),
        sum(Group::Mediated),
        sum(Group::Done)
    );
    let rows = tx.list(&sql, args![from, to, CaseKind::Complaint.code(), limit]).await?;
    rows.iter()
        .map(|row| {
            Ok(BusinessCount {
                business_key: row.get("business_key")?,
                business_name: row.get("business_name")?,
                credit_code: row.get("credit_code")?,
                n: row.get("n")?,
                n_settled: row.get("n_settled")?,
                n_mediated: row.get("n_mediated")?,
                n_done: row.get("n_done")?,
                n_dissatisfied: row.get("n_dissatisfied")?,
                amount_fen: row.get("amount_fen")?,
                recovered_fen: row.get("recovered_fen")?,
            })
        })
        .collect()
}

/// How many complaints of the period name a business at all: the denominator of the ranking.
pub async fn n_with_business(tx: &Read, from: Date, to: Date) -> Result<i64> {
    let sql = "select count(*) as n from complaint
               where received_on >= $1 and received_on <= $2 and kind = $3 and business_key <> '' and status not in ('merged', 'void')";
    tx.count(sql, args![from, to, CaseKind::Complaint.code()]).await
}

/// One case that is over, with what happened to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Over {
    pub complaint_id: Id,
    pub events: Vec<(CaseEvent, Timestamp)>,
}

/// The cases that ended in the period with their events, the latest first and no more than `limit` of them, without those of a kind
/// the person may not know of.
pub async fn over(tx: &Read, from: Date, to: Date, has_tipoffs: bool, limit: i64) -> Result<Vec<Over>> {
    let condition = if has_tipoffs { "1 = 1" } else { "kind <> 'report'" };
    let sql = format!(
        "select complaint_id, at, event_id, area, detail from event
           join (select complaint_id, closed_on, ordinal from complaint
                 where closed_on >= $1 and closed_on <= $2 and {condition} order by closed_on desc, ordinal desc limit $3) ended
             on event.subject_id = ended.complaint_id and event.area = 'complaint'
         order by closed_on desc, ordinal desc, sequence"
    );
    let mut found: Vec<Over> = Vec::new();
    for row in tx.list(&sql, &[from.to_value(), to.to_value(), limit.to_value()]).await? {
        let complaint_id: Id = row.get("complaint_id")?;
        let detail = event::detail(tx, &row)?;
        let Ok(event) = serde_json::from_str::<CaseEvent>(&detail) else { continue };
        let at = row.get("at")?;
        match found.last_mut().filter(|it| it.complaint_id == complaint_id) {
            Some(known) => known.events.push((event, at)),
            None => found.push(Over { complaint_id, events: vec![(event, at)] }),
        }
    }
    Ok(found)
}
