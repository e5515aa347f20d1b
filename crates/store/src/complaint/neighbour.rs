//! Cases that look like one another: the same telephone number, address or business, or nearly the same text.

use std::collections::BTreeSet;

use domain::Id;
use domain::complaint::case::CaseKind;
use domain::complaint::grounds::Neighbours;
use domain::complaint::identity;
use domain::complaint::similar::{NEAR, likeness};
use jiff::civil::Date;

use super::case::{COLUMNS, Case, case};
use super::sealed::fingerprint;
use crate::{Read, Result, args};

/// The most neighbours of one kind that are looked at.
const MOST: i64 = 60;

/// A case that looks like another, with the reasons in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbour {
    pub case: Case,
    /// 同一电话, 同一地址, 同一经营者, 内容相近 86%.
    pub reasons: Vec<String>,
}

async fn of(tx: &Read, this: &Case, column: &str, value: &str) -> Result<Vec<Case>> {
    if value.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "select {COLUMNS} from complaint where {column} = $1 and complaint_id <> $2 and status <> 'void' order by ordinal desc limit $3"
    );
    tx.list(&sql, args![value, this.complaint_id, MOST]).await?.iter().map(|row| case(tx, row)).collect()
}

struct Around {
    phone: Vec<Case>,
    address: Vec<Case>,
    business: Vec<Case>,
}

async fn around(tx: &Read, this: &Case) -> Result<Around> {
    let consumer = &this.particulars.consumer;
    let business = &this.particulars.business;
    let phone = fingerprint(tx, "phone", &identity::normal_phone(&consumer.phone));
    let address = fingerprint(tx, "address", &identity::normal_address(&consumer.address));
    let key = identity::business_key(&business.name, &business.credit_code);
    Ok(Around {
        phone: of(tx, this, "phone_hash", &phone).await?,
        address: of(tx, this, "address_hash", &address).await?,
        business: of(tx, this, "business_key", &key).await?,
    })
}

/// The cases that look like this one, the likest first. The page leaves out those the person may not know of.
pub async fn list(tx: &Read, this: &Case) -> Result<Vec<Neighbour>> {
    let around = around(tx, this).await?;
    let mut found: Vec<Neighbour> = Vec::new();
    let mut add =
        |case: Case, reason: String| match found.iter_mut().find(|it| it.case.complaint_id == case.complaint_id) {
            Some(known) => known.reasons.push(reason),
            None => found.push(Neighbour { case, reasons: vec![reason] }),
        };
    for case in around.phone {
        add(case, "同一电话".to_owned());
    }
    for case in around.address {
        add(case, "同一通讯地址".to_owned());
    }
    for case in around.business {
        let near = likeness(&case.particulars.text, &this.particulars.text);
        add(case.clone(), "同一经营者".to_owned());
        if near >= NEAR {
            add(case, format!("内容相近 {:.0}%", near * 100.0));
        }
    }
    found.sort_by_key(|it| std::cmp::Reverse((it.reasons.len(), it.case.ordinal)));
    found.truncate(20);
    Ok(found)
}

/// The figures for the advisory indicators of 第十七条: complaints received since `since`.
pub async fn indicators(tx: &Read, this: &Case, since: Date) -> Result<Neighbours> {
    let around = around(tx, this).await?;
    // Tip-offs count for nobody: 第十七条 speaks of complaints.
    let is_recent = |it: &&Case| it.state.received_on >= since && it.state.matter == CaseKind::Complaint;
    let n = |cases: &[Case], also: &dyn Fn(&Case) -> bool| -> i64 {
        i64::try_from(cases.iter().filter(is_recent).filter(|it| also(it)).count()).unwrap_or(i64::MAX)
    };
    let names = |cases: &[Case]| -> i64 {
        let own = std::iter::once(identity::normal_name(&this.particulars.consumer.name));
        let all = cases.iter().filter(is_recent).map(|it| identity::normal_name(&it.particulars.consumer.name));
        let names: BTreeSet<String> = own.chain(all).filter(|it| !it.is_empty()).collect();
        i64::try_from(names.len()).unwrap_or(i64::MAX)
    };
    let same_business: BTreeSet<Id> = around.business.iter().map(|it| it.complaint_id.clone()).collect();
    let phone = identity::normal_phone(&this.particulars.consumer.phone);
    let is_other = |it: &Case| identity::normal_phone(&it.particulars.consumer.phone) != phone;
    Ok(Neighbours {
        same_phone: n(&around.phone, &|_| true),
        same_phone_and_business: n(&around.phone, &|it| same_business.contains(&it.complaint_id)),
        names_of_phone: names(&around.phone),
        names_of_address: names(&around.address),
        same_text: n(&around.business, &|it| {
            is_other(it) && likeness(&it.particulars.text, &this.particulars.text) >= NEAR
        }),
    })
}

/// The unit that had the last case against the same business.
pub async fn last_unit(tx: &Read, this: &Case) -> Result<Option<Id>> {
    let business = &this.particulars.business;
    let key = identity::business_key(&business.name, &business.credit_code);
    if key.is_empty() {
        return Ok(None);
    }
    let sql = "select unit_id from complaint where business_key = $1 and complaint_id <> $2 and unit_id is not null
               order by ordinal desc limit 1";
    tx.find(sql, args![key, this.complaint_id]).await?.map(|row| row.get("unit_id")).transpose()
}
