//! What was written down about a case, as it rests: sealed, beside the columns the office sorts and finds by.

use domain::Id;
use domain::complaint::identity;
use domain::complaint::intake::{Consumer, Particulars};

use crate::{Error, Read, Result, Row, Value, args};

/// The columns that follow from the particulars, in the order of [`of_particulars`].
pub(super) const COLUMNS: [&str; 11] = [
    "consumer_cipher",
    "phone_hash",
    "name_hash",
    "address_hash",
    "business_name",
    "business_key",
    "credit_code",
    "category",
    "problem",
    "amount_fen",
    "particulars",
];

/// Who complains is sealed apart from what they wrote.
fn place_of_consumer(complaint_id: &Id) -> String {
    format!("complaint.consumer:{complaint_id}")
}

fn place_of_particulars(complaint_id: &Id) -> String {
    format!("complaint.particulars:{complaint_id}")
}

pub(super) fn of_particulars(tx: &Read, complaint_id: &Id, particulars: &Particulars) -> Result<Vec<Value>> {
    let (consumer, business) = (&particulars.consumer, &particulars.business);
    let rest = Particulars { consumer: Consumer::default(), ..particulars.clone() };
    Ok(args![
        tx.keys().seal(&place_of_consumer(complaint_id), &lean(consumer)?)?,
        fingerprint(tx, "phone", &identity::normal_phone(&consumer.phone)),
        fingerprint(tx, "name", &identity::normal_name(&consumer.name)),
        fingerprint(tx, "address", &identity::normal_address(&consumer.address)),
        business.name,
        identity::business_key(&business.name, &business.credit_code),
        business.credit_code,
        particulars.category,
        particulars.problem,
        particulars.amount_fen,
        tx.keys().seal(&place_of_particulars(complaint_id), &lean(&rest)?)?
    ]
    .to_vec())
}

/// Who complains, from the row of a case.
pub(super) fn consumer(tx: &Read, complaint_id: &Id, row: &Row) -> Result<Consumer> {
    let text = tx.keys().unseal(&place_of_consumer(complaint_id), &row.get::<String>("consumer_cipher")?)?;
    serde_json::from_str(&text).map_err(Error::internal)
}

/// Everything else that was written down, from the row of a case.
pub(super) fn particulars(tx: &Read, complaint_id: &Id, row: &Row) -> Result<Particulars> {
    let kept: String = row.get("particulars")?;
    // Rows from before decision 16 hold the text itself; the next correction seals it.
    let text =
        if kept.starts_with('{') { kept } else { tx.keys().unseal(&place_of_particulars(complaint_id), &kept)? };
    serde_json::from_str(&text).map_err(Error::internal)
}

/// JSON without what is empty: the fields are read back with their defaults, and a million rows are half as large. A `false` and a 0 stay:
/// where nobody may have answered, no is an answer (第十八条: who refuses mediation is not who was not asked).
pub(super) fn lean<T: serde::Serialize>(value: &T) -> Result<String> {
    fn is_empty(value: &serde_json::Value) -> bool {
        use serde_json::Value as V;
        match value {
            V::Null => true,
            V::String(text) => text.is_empty(),
            V::Array(list) => list.is_empty(),
            V::Object(fields) => fields.is_empty(),
            V::Bool(_) | V::Number(_) => false,
        }
    }
    fn lean_value(value: serde_json::Value) -> serde_json::Value {
        match value {
            serde_json::Value::Object(fields) => serde_json::Value::Object(
                fields.into_iter().map(|(name, it)| (name, lean_value(it))).filter(|(_, it)| !is_empty(it)).collect(),
            ),
            other => other,
        }
    }
    let value = serde_json::to_value(value).map_err(Error::internal)?;
    serde_json::to_string(&lean_value(value)).map_err(Error::internal)
}

/// The keyed hash of a personal value: finds the same value again and tells nothing of it. Empty for nothing.
pub(super) fn fingerprint(tx: &Read, place: &str, normal: &str) -> String {
    if normal.is_empty() { String::new() } else { tx.keys().fingerprint(&format!("complaint.{place}"), normal) }
}

#[cfg(test)]
mod tests {
    use domain::complaint::case::{CaseKind, Channel, Outcome, Telling};
    use domain::complaint::event::CaseEvent;
    use domain::complaint::state::CaseState;
    use domain::complaint::term::RuleVersion;
    use jiff::civil::date;

    use super::*;

    /// Who said no to mediation, and a case that brought back nothing, are kept as such.
    #[test]
    fn no_and_nothing_are_answers() {
        let at = "2026-05-06T01:00:00Z".parse().unwrap();
        let received = CaseEvent::Received {
            matter: CaseKind::Complaint,
            channel: Channel::Window,
            received_on: date(2026, 5, 6),
            rules: RuleVersion::Order121,
            is_named: true,
        };
        let mut state = CaseState::begin(&received, at).unwrap();
        let words = String::new();
        for event in [
            CaseEvent::Accepted { on: date(2026, 5, 7), told: Telling::Phone },
            CaseEvent::Consented { consumer: true, business: false },
            CaseEvent::Closed { on: date(2026, 5, 8), outcome: Outcome::Failed, recovered_fen: Some(0), words },
        ] {
            state.apply(&event, at);
        }
        assert_eq!((state.business_consents, state.recovered_fen), (Some(false), Some(0)));
        let kept: CaseState = serde_json::from_str(&lean(&state).unwrap()).unwrap();
        assert_eq!(kept, state);
    }
}
