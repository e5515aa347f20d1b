//! The programming interface through the whole program, on both engines.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use domain::unit::Role;
use serde_json::{Value, json};
use store::testing::each_engine;

use crate::routes::{self, Access};
use crate::testing::{TestApp, Visitor};

async fn token(app: &TestApp, role: Role) -> String {
    let token = crate::keys::random_token();
    let (hash, actor, now) = (crate::keys::hash_of(&token), app.actor(role).await, app.app.clock.now());
    app.db()
        .write(async move |tx| store::complaint::token::insert(&tx, &hash, &actor.person_id, now).await)
        .await
        .unwrap();
    token
}

async fn call(who: &Visitor, token: &str, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
    let bearer = format!("Bearer {token}");
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let answer = who.send(method, path, body, &headers).await;
    (answer.status, serde_json::from_slice(&answer.bytes).unwrap_or(Value::Null))
}

fn complaint() -> Value {
    json!({
        "kind": "complaint", "channel": "platform_12315", "external_number": "EXT-1",
        "consumer": { "name": "凌小满", "phone": "13900000001", "address": "东街12号" },
        "business": { "name": "好来超市", "address": "青石镇1号" },
        "category": "普通食品", "problem": "食品安全", "demand": "退货", "amount": 128.5, "text": "牛奶已经过期三天",
    })
}

#[tokio::test]
async fn a_complaint_lives_from_creation_to_search() {
    each_engine(async |db| {
        let app = TestApp::on(db).await;
        let (who, office, officer) =
            (app.stranger(), token(&app, Role::Office).await, token(&app, Role::Officer).await);
        let (status, made) = call(&who, &office, Method::POST, "/api/v1/complaints", &complaint()).await;
        assert_eq!((status, made["number"].as_str()), (StatusCode::CREATED, Some("TS2024-000001")), "{made}");
        let (status, again) = call(&who, &office, Method::POST, "/api/v1/complaints", &complaint()).await;
        assert_eq!(
            (status, &again["id"]),
            (StatusCode::OK, &made["id"]),
            "the same external number is the same complaint"
        );
        let path = format!("/api/v1/complaints/{}", made["id"].as_str().unwrap());
        let (status, _) = call(&who, &officer, Method::GET, &path, &Value::Null).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        // Who may not open it sends the same again because the answer was lost, and something else under its number.
        let (status, again) = call(&who, &officer, Method::POST, "/api/v1/complaints", &complaint()).await;
        assert_eq!((status, &again["id"]), (StatusCode::OK, &made["id"]));
        let mut other = complaint();
        other["text"] = json!("买到的是假货");
        let (status, refused) = call(&who, &officer, Method::POST, "/api/v1/complaints", &other).await;
        assert_eq!(status, StatusCode::CONFLICT, "{refused}");
        let unit = json!({ "unit_id": app.field_office });
        assert_eq!(call(&who, &office, Method::POST, &format!("{path}/dispatch"), &unit).await.0, StatusCode::OK);
        let (status, wrong) = call(&who, &office, Method::POST, &format!("{path}/accept"), &Value::Null).await;
        assert_eq!(status, StatusCode::CONFLICT, "only the unit in hand: {wrong}");
        assert_eq!(call(&who, &officer, Method::POST, &format!("{path}/accept"), &Value::Null).await.0, StatusCode::OK);
        let (status, wrong) =
            call(&who, &officer, Method::POST, &format!("{path}/close"), &json!({ "outcome": "filed" })).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        let (status, closed) =
            call(&who, &officer, Method::POST, &format!("{path}/close"), &json!({ "outcome": "failed" })).await;
        assert_eq!((status, closed["status"].as_str()), (StatusCode::OK, Some("closed")), "{closed}");
        let (_, found) = call(
            &who,
            &office,
            Method::GET,
            "/api/v1/complaints?q=%E8%BF%87%E6%9C%9F&status=closed&page=1",
            &Value::Null,
        )
        .await;
        assert_eq!(found["complaints"][0]["id"], made["id"], "{found}");
        let (_, one) = call(&who, &office, Method::GET, &path, &Value::Null).await;
        assert!(one["consumer"]["name"] == "凌**" && one["amount"] == "128.50", "{one}");
    })
    .await;
}

#[tokio::test]
async fn without_a_token_nothing_is_told() {
    let app = TestApp::new().await;
    let who = app.stranger();
    for route in routes::list().into_iter().filter(|it| it.access == Access::Token) {
        let path = route.path.replace("{id}", "0");
        for token in ["", "wrong"] {
            let (status, answer) = call(&who, token, route.method.clone(), &path, &Value::Null).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
            assert!(answer["error"]["message"].as_str().unwrap().contains("令牌"));
        }
    }
}

#[tokio::test]
async fn what_is_wrong_is_named_field_by_field() {
    let app = TestApp::new().await;
    let (who, office) = (app.stranger(), token(&app, Role::Office).await);
    let mut wrong = complaint();
    wrong["consumer"]["phone"] = json!("12");
    wrong["amount"] = json!("很多");
    let (status, answer) = call(&who, &office, Method::POST, "/api/v1/complaints", &wrong).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields = answer["error"]["fields"].as_object().unwrap();
    assert!(fields.contains_key("consumer.phone") && fields.contains_key("amount"), "{answer}");
    let table: &[(&str, Value)] = &[
        ("kind", json!("tipoff")),
        ("channel", json!("fax")),
        ("received_on", json!("2024-03-02")),
        ("received_on", json!("0001-01-01")),
        ("external_number", json!("9".repeat(61))),
        ("consumer", json!("凌小满")),
        ("business", json!(["好来超市"])),
        ("text", json!({ "x": 1 })),
        ("amount", json!(-3)),
    ];
    for (field, value) in table {
        let mut wrong = complaint();
        wrong[*field] = value.clone();
        let (status, answer) = call(&who, &office, Method::POST, "/api/v1/complaints", &wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert!(answer["error"]["fields"][*field].is_string(), "{field}: {answer}");
    }
    let mut wrong = complaint();
    wrong["consumer"]["name"] = json!(["凌小满"]);
    let (_, answer) = call(&who, &office, Method::POST, "/api/v1/complaints", &wrong).await;
    assert!(answer["error"]["fields"]["consumer.name"].is_string(), "{answer}");
    let mut hidden = complaint();
    hidden["business"]["name"] = json!("好来\u{202e}市超\u{0}");
    let (_, answer) = call(&who, &office, Method::POST, "/api/v1/complaints", &hidden).await;
    assert_eq!(answer["business"]["name"], "好来市超", "{answer}");
    for query in ["status=closd", "kind=tipoff", "unit=nobody"] {
        let path = format!("/api/v1/complaints?{query}");
        let (status, answer) = call(&who, &office, Method::GET, &path, &Value::Null).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(answer["error"]["fields"][query.split('=').next().unwrap()].is_string(), "{answer}");
    }
    let (status, _) = call(&who, &office, Method::POST, "/api/v1/complaints", &json!([1])).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let leader = token(&app, Role::Leader).await;
    assert_eq!(call(&who, &leader, Method::POST, "/api/v1/complaints", &complaint()).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_contract_names_every_route() {
    let app = TestApp::new().await;
    let answer = app.stranger().fetch("/api/openapi.json").await;
    let contract: Value = serde_json::from_slice(&answer.bytes).unwrap();
    for route in routes::list().into_iter().filter(|it| it.access == Access::Token) {
        let method = route.method.as_str().to_lowercase();
        assert!(contract["paths"][route.path][&method].is_object(), "{method} {}", route.path);
    }
}

/// The names that an answer has and the contract does not.
fn beyond(answer: &Value, schema: &Value) -> Vec<String> {
    let known = schema["properties"].as_object().unwrap();
    answer.as_object().unwrap().keys().filter(|it| !known.contains_key(*it)).cloned().collect()
}

#[tokio::test]
async fn the_contract_names_every_field() {
    let app = TestApp::new().await;
    let (who, office) = (app.stranger(), token(&app, Role::Office).await);
    let contract = app.stranger().fetch("/api/openapi.json").await;
    let contract: Value = serde_json::from_slice(&contract.bytes).unwrap();
    let schemas = &contract["components"]["schemas"];
    let (_, made) = call(&who, &office, Method::POST, "/api/v1/complaints", &complaint()).await;
    let path = format!("/api/v1/complaints/{}", made["id"].as_str().unwrap());
    let (_, whole) = call(&who, &office, Method::GET, &path, &Value::Null).await;
    let (_, list) = call(&who, &office, Method::GET, "/api/v1/complaints", &Value::Null).await;
    for (answer, schema) in [
        (&made, &schemas["Complaint"]),
        (&whole, &schemas["Complaint"]),
        (&list, &schemas["Complaints"]),
        (&list["complaints"][0], &schemas["Complaint"]),
        (&complaint(), &schemas["NewComplaint"]),
    ] {
        assert!(beyond(answer, schema).is_empty(), "{:?}", beyond(answer, schema));
    }
    let named = schemas["Complaint"]["properties"].as_object().unwrap();
    let idle: Vec<&String> = named.keys().filter(|it| whole.get(it.as_str()).is_none()).collect();
    assert!(idle.is_empty(), "in the contract and in no answer: {idle:?}");
}

#[tokio::test]
async fn pages_follow_one_another_and_a_unit_sees_its_own() {
    each_engine(async |db| {
        let app = TestApp::on(db).await;
        let (who, office, officer) =
            (app.stranger(), token(&app, Role::Office).await, token(&app, Role::Officer).await);
        for n in 0..30 {
            let mut new = complaint();
            new["external_number"] = json!(format!("P-{n}"));
            let (status, made) = call(&who, &office, Method::POST, "/api/v1/complaints", &new).await;
            assert_eq!(status, StatusCode::CREATED, "{made}");
            if n < 2 {
                let path = format!("/api/v1/complaints/{}/dispatch", made["id"].as_str().unwrap());
                let unit = json!({ "unit_id": app.field_office });
                assert_eq!(call(&who, &officer, Method::POST, &path, &unit).await.0, StatusCode::NOT_FOUND);
                assert_eq!(call(&who, &office, Method::POST, &path, &unit).await.0, StatusCode::OK);
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        let mut path = "/api/v1/complaints".to_owned();
        for n_page in 0..3 {
            let (status, page) = call(&who, &office, Method::GET, &path, &Value::Null).await;
            assert_eq!(status, StatusCode::OK);
            seen.extend(page["complaints"].as_array().unwrap().iter().map(|it| it["id"].to_string()));
            let Some(next) = page["next"].as_str() else {
                assert_eq!(n_page, 1);
                break;
            };
            // Places count hidden cases too: what is given out tells none.
            assert!(!next.contains('~'), "{next}");
            path = format!("/api/v1/complaints?page={next}");
        }
        assert_eq!(seen.len(), 30, "each once, none left out");
        let (_, own) = call(&who, &officer, Method::GET, "/api/v1/complaints", &Value::Null).await;
        assert_eq!(own["complaints"].as_array().unwrap().len(), 2);
        for wrong in ["0", "21", "9999~3", "1:00"] {
            let path = format!("/api/v1/complaints?page={wrong}");
            let (status, _) = call(&who, &office, Method::GET, &path, &Value::Null).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_token_that_was_ended_opens_nothing() {
    let app = TestApp::new().await;
    let (who, office) = (app.stranger(), token(&app, Role::Office).await);
    let person_id = app.actor(Role::Office).await.person_id;
    app.db().write(async move |tx| store::complaint::token::end_all(&tx, &person_id).await).await.unwrap();
    let (status, _) = call(&who, &office, Method::GET, "/api/v1/complaints", &Value::Null).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}
