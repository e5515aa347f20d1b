//! A case as JSON, and JSON as the fields of the intake form.

use domain::complaint::case::{CaseKind, Demand};
use domain::complaint::category::{CategorySide, find_by_name};
use domain::complaint::identity::{masked_address, masked_name, masked_phone};
use domain::complaint::intake::yuan;
use serde_json::{Value, json};
use store::complaint::case::Case;

use crate::complaint::Around;
use crate::posted::visible;

/// A field as text: a string without signs nobody sees, or a number as it is written.
pub(super) fn text(value: &Value, name: &str) -> String {
    match value.get(name) {
        Some(Value::String(text)) => visible(text).trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// The fields of the intake form that the body stands for.
pub(super) fn fields(sent: &Value, around: &Around) -> Vec<(String, String)> {
    let none = Value::Null;
    let (consumer, business) = (sent.get("consumer").unwrap_or(&none), sent.get("business").unwrap_or(&none));
    let node = |name: &str, sides: &[CategorySide]| {
        let given = text(sent, name);
        let is_code = around.categories.iter().any(|it| it.code == given && sides.contains(&it.side));
        if is_code {
            given
        } else {
            find_by_name(&around.categories, sides, &given).map(|it| it.code.clone()).unwrap_or_default()
        }
    };
    let mut fields: Vec<(String, String)> = [
        ("consumer_name", text(consumer, "name")),
        ("consumer_phone", text(consumer, "phone")),
        ("consumer_address", text(consumer, "address")),
        ("business_name", text(business, "name")),
        ("business_address", text(business, "address")),
        ("credit_code", text(business, "credit_code")),
        ("category", node("category", &[CategorySide::Goods, CategorySide::Service])),
        ("problem", node("problem", &[CategorySide::Problem])),
        ("goods", text(sent, "goods")),
        ("amount", text(sent, "amount")),
        ("place", text(sent, "place")),
        ("text", text(sent, "text")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    let demand = text(sent, "demand");
    match Demand::ALL.iter().find(|it| it.code() == demand || it.label() == demand) {
        Some(listed) => fields.push((format!("demand_{}", listed.code()), "1".to_owned())),
        None => fields.push(("demand".to_owned(), demand)),
    }
    fields
}

/// The name in the contract of a field of the intake form.
pub(super) fn name_of(field: &str) -> &str {
    match field {
        "consumer_name" => "consumer.name",
        "consumer_phone" => "consumer.phone",
        "consumer_address" => "consumer.address",
        "business_name" => "business.name",
        "business_address" => "business.address",
        "credit_code" => "business.credit_code",
        other => other,
    }
}

/// Fields that are there and of a shape nobody can read.
pub(super) fn wrong_shapes(sent: &Value) -> Vec<(String, String)> {
    let mut wrong = Vec::new();
    for name in ["consumer", "business"] {
        if sent.get(name).is_some_and(|it| !it.is_object() && !it.is_null()) {
            wrong.push((name.to_owned(), format!("{name} 应是一个 JSON 对象。")));
        }
    }
    let is_plain = |it: &Value| it.is_string() || it.is_null() || it.is_number();
    for (outer, fields) in
        [("consumer", &["name", "phone", "address"]), ("business", &["name", "address", "credit_code"])]
    {
        for name in fields {
            if sent.get(outer).and_then(|it| it.get(name)).is_some_and(|it| !is_plain(it)) {
                wrong.push((format!("{outer}.{name}"), format!("{outer}.{name} 应是文字。")));
            }
        }
    }
    for name in [
        "kind",
        "channel",
        "external_number",
        "received_on",
        "category",
        "problem",
        "goods",
        "demand",
        "amount",
        "place",
        "text",
    ] {
        if sent.get(name).is_some_and(|it| !is_plain(it)) {
            wrong.push((name.to_owned(), format!("{name} 应是文字。")));
        }
    }
    wrong
}

/// A case. The person stays masked, of a tip-off unnamed: who needs more opens the page and gives a reason.
pub(super) fn case(case: &Case, around: &Around, is_whole: bool) -> Value {
    let (state, particulars) = (&case.state, &case.particulars);
    let consumer = &particulars.consumer;
    let is_secret = state.matter == CaseKind::Tipoff;
    let mut value = json!({
        "id": case.complaint_id,
        "number": case.number,
        "kind": state.matter,
        "status": state.status,
        "status_words": state.label(),
        "channel": state.channel,
        "external_number": case.external_number,
        "received_on": state.received_on,
        "unit_id": state.unit_id,
        "unit": state.unit_id.as_ref().map(|it| around.unit_name(it)),
        "business": { "name": particulars.business.name, "address": particulars.business.address, "credit_code": particulars.business.credit_code },
        "due_on": case.due_on,
        "due_term": Some(&case.due_term).filter(|it| !it.is_empty()),
        "outcome": state.outcome,
        "closed_on": state.closed_on,
        "version": case.version,
    });
    if let (true, Some(fields)) = (is_whole, value.as_object_mut()) {
        let person = json!({
            "name": masked_name(&consumer.name),
            "phone": masked_phone(&consumer.phone),
            "address": masked_address(&consumer.address),
        });
        fields.insert("consumer".to_owned(), if is_secret { Value::Null } else { person });
        fields.insert("category".to_owned(), json!(particulars.category));
        fields.insert("problem".to_owned(), json!(particulars.problem));
        fields.insert("demand".to_owned(), json!(particulars.demand_words()));
        fields.insert("amount".to_owned(), json!(particulars.amount_fen.map(yuan)));
        fields.insert("recovered".to_owned(), json!(state.recovered_fen.map(yuan)));
        fields.insert("text".to_owned(), json!(particulars.text));
    }
    value
}
