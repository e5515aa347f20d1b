//! Rates and rankings: every one as numerator and denominator, so that both can be opened.

use domain::Id;
use domain::complaint::case::CaseKind;
use jiff::civil::Date;

use crate::{Read, Result, args};

/// Counts of one unit (or of none: not dispatched) over the complaints received in a period.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnitCount {
    pub unit_id: Option<Id>,
    pub unit_name: String,
    pub kind: String,
    pub n: i64,
    /// Closed, declined or merged.
    pub n_over: i64,
    pub n_declined: i64,
    pub n_settled: i64,
    /// Ended in mediation, with or without agreement: the denominator of the rate of success.
    pub n_mediated: i64,
    pub n_satisfied: i64,
    pub n_called: i64,
    pub amount_fen: i64,
    pub recovered_fen: i64,
}

/// The counts of the units, by kind of matter.
pub async fn of_units(tx: &Read, from: Date, to: Date) -> Result<Vec<UnitCount>> {
    let sql = "select complaint.unit_id, coalesce(unit.short_name, '') as unit_name, complaint.kind, count(*) as n,
         cast(sum(case when complaint.is_open = 0 then 1 else 0 end) as bigint) as n_over,
         cast(sum(case when complaint.status = 'declined' then 1 else 0 end) as bigint) as n_declined,
         cast(sum(case when complaint.outcome in ('settled', 'withdrawn') then 1 else 0 end) as bigint) as n_settled,
         cast(sum(case when complaint.outcome in ('settled', 'withdrawn', 'failed') then 1 else 0 end) as bigint) as n_mediated,
         cast(sum(case when complaint.satisfaction in ('satisfied', 'fair') then 1 else 0 end) as bigint) as n_satisfied,
         cast(sum(case when complaint.satisfaction in ('satisfied', 'fair', 'dissatisfied') then 1 else 0 end) as bigint) as n_called,
         cast(coalesce(sum(complaint.amount_fen), 0) as bigint) as amount_fen,
         cast(coalesce(sum(complaint.recovered_fen), 0) as bigint) as recovered_fen
       from complaint left join unit on unit.unit_id = complaint.unit_id
       where complaint.received_on >= $1 and complaint.received_on <= $2
       group by complaint.unit_id, unit.short_name, complaint.kind
       order by complaint.kind, n desc, complaint.unit_id";
    let rows = tx.list(sql, args![from, to]).await?;
    rows.iter()
        .map(|row| {
            Ok(UnitCount {
                unit_id: row.get("unit_id")?,
                unit_name: row.get("unit_name")?,
                kind: row.get("kind")?,
                n: row.get("n")?,
                n_over: row.get("n_over")?,
                n_declined: row.get("n_declined")?,
                n_settled: row.get("n_settled")?,
                n_mediated: row.get("n_mediated")?,
                n_satisfied: row.get("n_satisfied")?,
                n_called: row.get("n_called")?,
                amount_fen: row.get("amount_fen")?,
                recovered_fen: row.get("recovered_fen")?,
            })
        })
        .collect()
}

/// One business with its complaints of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessCount {
    pub business_key: String,
    pub business_name: String,
    pub n: i64,
    pub n_settled: i64,
    pub n_mediated: i64,
    pub n_over: i64,
    pub amount_fen: i64,
}

/// The businesses most complained of, tip-offs left out (第三十七条).
pub async fn of_businesses(tx: &Read, from: Date, to: Date, limit: i64) -> Result<Vec<BusinessCount>> {
    let sql = "select business_key, min(business_name) as business_name, count(*) as n,
         cast(sum(case when outcome in ('settled', 'withdrawn') then 1 else 0 end) as bigint) as n_settled,
         cast(sum(case when outcome in ('settled', 'withdrawn', 'failed') then 1 else 0 end) as bigint) as n_mediated,
         cast(sum(case when is_open = 0 then 1 else 0 end) as bigint) as n_over,
         cast(coalesce(sum(amount_fen), 0) as bigint) as amount_fen
       from complaint where received_on >= $1 and received_on <= $2 and kind = $3 and business_key <> '' and status <> 'merged'
       group by business_key order by n desc, business_key limit $4";
    let rows = tx.list(sql, args![from, to, CaseKind::Complaint.code(), limit]).await?;
    rows.iter()
        .map(|row| {
            Ok(BusinessCount {
                business_key: row.get("business_key")?,
                business_name: row.get("business_name")?,
                n: row.get("n")?,
                n_settled: row.get("n_settled")?,
                n_mediated: row.get("n_mediated")?,
                n_over: row.get("n_over")?,
                amount_fen: row.get("amount_fen")?,
            })
        })
        .collect()
}

/// How many of each code in one column: goods and services, problems, channels.
pub async fn of_codes(tx: &Read, column: Column, from: Date, to: Date) -> Result<Vec<(String, i64)>> {
    let column = match column {
        Column::Category => "category",
        Column::Problem => "problem",
        Column::Channel => "channel",
    };
    let sql = format!(
        "select {column} as code, count(*) as n from complaint where received_on >= $1 and received_on <= $2 and kind = 'complaint'
         group by {column} order by n desc, {column}"
    );
    let rows = tx.list(&sql, args![from, to]).await?;
    rows.iter().map(|row| Ok((row.get("code")?, row.get("n")?))).collect()
}

/// What [`of_codes`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Category,
    Problem,
    Channel,
}
