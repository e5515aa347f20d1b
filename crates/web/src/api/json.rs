//! A case as JSON, and JSON as the fields of the intake form.

use domain::Id;
use domain::complaint::case::{CaseKind, Channel, Demand, Outcome, Status};
use domain::complaint::category::{CategorySide, find_by_name};
use domain::complaint::identity::{masked_address, masked_name, masked_phone};
use domain::complaint::intake::yuan;
use domain::complaint::state::CaseState;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use store::complaint::case::Case;
use store::complaint::queue::Line;

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

/// A case as other programs see it.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    id: &'a Id,
    number: &'a str,
    kind: CaseKind,
    status: Status,
    status_words: &'static str,
    channel: Channel,
    external_number: Option<&'a str>,
    received_on: Date,
    unit_id: Option<&'a Id>,
    unit: Option<String>,
    business: Business<'a>,
    due_on: Option<Date>,
    due_term: Option<&'a str>,
    outcome: Option<Outcome>,
    closed_on: Option<Date>,
    version: i64,
    #[serde(flatten)]
    whole: Option<Whole<'a>>,
}

#[derive(Serialize)]
struct Business<'a> {
    name: &'a str,
    /// Stands in what is sealed, so a list does not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    credit_code: &'a str,
}

/// What only the case itself tells. The person stays masked, of a tip-off unnamed: who needs more opens the page and gives a reason.
#[derive(Serialize)]
struct Whole<'a> {
    consumer: Option<Person>,
    category: &'a str,
    problem: &'a str,
    demand: String,
    amount: Option<String>,
    recovered: Option<String>,
    text: &'a str,
}

#[derive(Serialize)]
struct Person {
    name: String,
    phone: String,
    address: String,
}

/// What stands beside the state of a case.
struct Head<'a> {
    id: &'a Id,
    number: &'a str,
    external_number: Option<&'a str>,
    business: Business<'a>,
    due_on: Option<Date>,
    due_term: &'a str,
    version: i64,
}

fn shown<'a>(head: Head<'a>, state: &'a CaseState, around: &Around) -> Shown<'a> {
    Shown {
        id: head.id,
        number: head.number,
        kind: state.matter,
        status: state.status,
        status_words: state.label(),
        channel: state.channel,
        external_number: head.external_number,
        received_on: state.received_on,
        unit_id: state.unit_id.as_ref(),
        unit: state.unit_id.as_ref().map(|it| around.unit_name(it)),
        business: head.business,
        due_on: head.due_on,
        due_term: Some(head.due_term).filter(|it| !it.is_empty()),
        outcome: state.outcome,
        closed_on: state.closed_on,
        version: head.version,
        whole: None,
    }
}

/// A line of a list.
pub(super) fn line<'a>(line: &'a Line, around: &Around) -> Shown<'a> {
    let head = Head {
        id: &line.complaint_id,
        number: &line.number,
        external_number: line.external_number.as_deref(),
        business: Business { name: &line.business_name, address: None, credit_code: &line.credit_code },
        due_on: line.due_on,
        due_term: &line.due_term,
        version: line.version,
    };
    shown(head, &line.state, around)
}

/// A case after a step.
pub(super) fn case<'a>(case: &'a Case, around: &Around) -> Shown<'a> {
    let business = &case.particulars.business;
    let head = Head {
        id: &case.complaint_id,
        number: &case.number,
        external_number: case.external_number.as_deref(),
        business: Business {
            name: &business.name,
            address: Some(&business.address),
            credit_code: &business.credit_code,
        },
        due_on: case.due_on,
        due_term: &case.due_term,
        version: case.version,
    };
    shown(head, &case.state, around)
}

/// A case with everything that was written down about it.
pub(super) fn whole_case<'a>(it: &'a Case, around: &Around) -> Shown<'a> {
    let (state, particulars) = (&it.state, &it.particulars);
    let consumer = &particulars.consumer;
    let person = Person {
        name: masked_name(&consumer.name),
        phone: masked_phone(&consumer.phone),
        address: masked_address(&consumer.address),
    };
    let whole = Whole {
        consumer: Some(person).filter(|_| state.matter != CaseKind::Tipoff),
        category: &particulars.category,
        problem: &particulars.problem,
        demand: particulars.demand_words(),
        amount: particulars.amount_fen.map(yuan),
        recovered: state.recovered_fen.map(yuan),
        text: &particulars.text,
    };
    Shown { whole: Some(whole), ..case(it, around) }
}
