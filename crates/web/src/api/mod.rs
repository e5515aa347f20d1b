//! `/api/v1`: complaints for other programs, as JSON. A request shows a token (`xiaobao token create`) and acts as its person.
//!
//! The same rules decide as on the pages: what the person may not see is not there, and a step that is not open is refused.

mod contract;
mod json;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Id;
use domain::complaint::case::{CaseKind, Channel, Outcome, Status};
use domain::complaint::intake::{EARLIEST, parse};
use domain::complaint::permitted::may_see;
use domain::complaint::step::Step;
use domain::complaint::take::{Refusal, take as take_step};
use domain::unit::Actor;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Value, json};
use store::complaint::case::{self, Case, NewCase};
use store::complaint::queue::{self, After, Filter, View};
use store::complaint::token;
use store::person;

use crate::complaint::intake::{Made, is_told, keep_news};
use crate::complaint::list::near_until;
use crate::complaint::step::{Halt, chosen};
use crate::complaint::{Around, may_register};
use crate::{App, Error, clock, keys};

/// Lines of one answer.
const LINES: i64 = 20;
/// The most pages by number; further on goes the cursor `next`.
const PAGES: i64 = 20;
/// So long a token is not looked up again; one that was ended opens nothing after that.
const KNOWN_FOR: Duration = Duration::from_secs(2);
/// The longest body; the longest text of a case takes a fiftieth of it.
const BODY_LIMIT: usize = 1 << 20;
/// The longest number of another platform.
const NUMBER_LIMIT: usize = 60;

/// Who asks.
#[derive(Clone)]
pub(crate) struct Asker(Actor);

/// An answer that is no success.
struct Refused(StatusCode, String, Vec<(String, String)>);

type Reply = Result<(StatusCode, Vec<u8>), Refused>;

/// An answer, written down while what it speaks of is there.
fn told(status: StatusCode, what: &impl Serialize) -> Reply {
    Ok((status, serde_json::to_vec(what).map_err(|error| Error::Internal(error.into()))?))
}

fn reply(reply: Reply) -> Response {
    match reply {
        Ok((status, body)) => (status, [(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(Refused(status, message, fields)) => {
            let fields: serde_json::Map<String, Value> =
                fields.into_iter().map(|(name, it)| (name, Value::String(it))).collect();
            (status, axum::Json(json!({ "error": { "message": message, "fields": fields } }))).into_response()
        }
    }
}

fn refused(status: StatusCode, message: &str) -> Refused {
    Refused(status, message.to_owned(), Vec::new())
}

impl From<Error> for Refused {
    fn from(error: Error) -> Refused {
        let status = match &error {
            Error::NotFound => StatusCode::NOT_FOUND,
            Error::Forbidden(_) => StatusCode::FORBIDDEN,
            Error::Conflict(_) | Error::Stale => StatusCode::CONFLICT,
            Error::Unreadable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Error::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Error::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        match &error {
            Error::Internal(cause) | Error::Unavailable(cause) => {
                tracing::error!(error = format!("{cause:#}"), "request failed");
                refused(status, "暂时不能处理，请稍后再试。")
            }
            other => refused(status, &other.to_string()),
        }
    }
}

impl From<store::Error> for Refused {
    fn from(error: store::Error) -> Refused {
        Error::from(error).into()
    }
}

/// Whose token the request shows; an answer of its own when nobody's.
pub(crate) async fn authenticate(app: &App, mut request: Request) -> Result<Request, Response> {
    static KNOWN: LazyLock<Mutex<HashMap<String, (Instant, Actor)>>> = LazyLock::new(Mutex::default);
    let text = request.headers().get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
    let Some(given) = text.and_then(|it| it.strip_prefix("Bearer ")) else {
        return Err(reply(Err(refused(StatusCode::UNAUTHORIZED, "请在 Authorization 头里写 Bearer 加访问令牌。"))));
    };
    let hash = keys::hash_of(given.trim());
    let known = {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, it| it.0.elapsed() < KNOWN_FOR);
        known.get(&hash).map(|it| it.1.clone())
    };
    let actor = match known {
        Some(actor) => actor,
        None => {
            let wanted = hash.clone();
            let found = app.db.read(async move |tx| {
                let Some(person_id) = token::find(&tx, &wanted).await? else { return Ok(None) };
                let person = person::get(&tx, &person_id).await?;
                person::actor(&tx, &person).await.map(Some)
            });
            let actor = match found.await {
                Ok(Some(actor)) => actor,
                Ok(None) => {
                    return Err(reply(Err(refused(StatusCode::UNAUTHORIZED, "访问令牌无效，或已停用。"))));
                }
                Err(error) => return Err(reply(Err(error.into()))),
            };
            KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(hash, (Instant::now(), actor.clone()));
            actor
        }
    };
    request.extensions_mut().insert(Asker(actor));
    Ok(request)
}

async fn around(app: &App) -> Result<Arc<Around>, Refused> {
    Ok(Around::recent(app).await?)
}

fn body(bytes: &Bytes) -> Result<Value, Refused> {
    if bytes.is_empty() {
        return Ok(json!({}));
    }
    if bytes.len() > BODY_LIMIT {
        return Err(Error::TooLarge { limit: BODY_LIMIT }.into());
    }
    let value: Value =
        serde_json::from_slice(bytes).map_err(|_| refused(StatusCode::UNPROCESSABLE_ENTITY, "请求正文不是 JSON。"))?;
    if value.is_object() {
        Ok(value)
    } else {
        Err(refused(StatusCode::UNPROCESSABLE_ENTITY, "请求正文应是一个 JSON 对象。"))
    }
}

/// `GET /api/openapi.json`
pub(crate) async fn contract() -> Response {
    axum::Json(contract::contract()).into_response()
}

/// `POST /api/v1/complaints`
pub(crate) async fn create(
    State(app): State<App>,
    Extension(Asker(actor)): Extension<Asker>,
    bytes: Bytes,
) -> Response {
    reply(created(&app, actor, &bytes).await)
}

async fn created(app: &App, actor: Actor, bytes: &Bytes) -> Reply {
    if !may_register(&actor) {
        return Err(refused(StatusCode::FORBIDDEN, "这个令牌的人员不能登记投诉举报。"));
    }
    let sent = body(bytes)?;
    let (now, today) = (app.clock.now(), app.clock.today());
    let around = around(app).await?;
    let new = new_case(&sent, &around, today)?;
    let law = Arc::clone(&around);
    let who = actor.clone();
    let made = app.db.write(async move |tx| {
        let made = Made::of(case::insert(&tx, &new, law.law(), Some(&who), now).await?, &new);
        if !is_told(&who, &law, &made.case) {
            keep_news(&tx, &made, &who, now).await?;
        }
        Ok(made)
    });
    let Made { case, is_known, is_other, .. } = made.await?;
    // What came in is told apart from what was there only to who may see it (第三十七条): a number that is taken must not tell for what.
    if !is_told(&actor, &around, &case) {
        let words = json!({ "kind": case.state.matter, "status_words": "已收到，由投诉举报机构核对后分流" });
        return told(StatusCode::ACCEPTED, &words);
    }
    if !is_known {
        return told(StatusCode::CREATED, &json::case(&case, &around));
    }
    // Who sends the same once more because the answer was lost learns nothing new; another content under a taken number would.
    if is_other && !may_see(&actor, &around.desk, &case.state) {
        let sentence = "这个外部编号已经登记过，由其他单位办理。".to_owned();
        return Err(Refused(StatusCode::CONFLICT, sentence.clone(), vec![("external_number".to_owned(), sentence)]));
    }
    told(StatusCode::OK, &json::case(&case, &around))
}

/// What was sent as a case to be; everything that is wrong is named at once, by the names of the contract.
fn new_case(sent: &Value, around: &Around, today: Date) -> Result<NewCase, Refused> {
    let text = |name: &str| json::text(sent, name);
    let mut wrong = json::wrong_shapes(sent);
    let mut invalid = |field: &str, sentence: &str| wrong.push((field.to_owned(), sentence.to_owned()));
    let kind = CaseKind::from_code(&text("kind"));
    if kind.is_none() {
        invalid("kind", "kind 应是 complaint、report 或 inquiry。");
    }
    let channel = Channel::from_code(&text("channel"));
    if channel.is_none() {
        invalid("channel", "channel 不在渠道列表中。");
    }
    let received = text("received_on");
    let received_on = if received.is_empty() { Some(today) } else { received.parse::<Date>().ok() };
    let received_on = received_on.filter(|it| (EARLIEST..=today).contains(it));
    if received_on.is_none() {
        invalid("received_on", "received_on 应是 2000 年以来、不晚于今天的日期，如 2027-03-15。");
    }
    let external = text("external_number");
    if external.chars().count() > NUMBER_LIMIT {
        invalid("external_number", &format!("external_number 请控制在 {NUMBER_LIMIT} 字以内。"));
    }
    let fields = json::fields(sent, around);
    let get = |name: &str| fields.iter().find(|it| it.0 == name).map(|it| it.1.clone()).unwrap_or_default();
    let kinds: Vec<CaseKind> = kind.into_iter().collect();
    let particulars = match parse(&kinds, &get, &around.categories, today) {
        Ok(particulars) => Some(particulars),
        Err(errors) => {
            let named = errors.iter().filter(|it| it.0 != "kind");
            wrong.extend(named.map(|(name, it)| (json::name_of(name).to_owned(), it.to_owned())));
            None
        }
    };
    match (kind, channel, received_on, particulars) {
        (Some(kind), Some(channel), Some(received_on), Some(particulars)) if wrong.is_empty() => Ok(NewCase {
            kind,
            channel,
            external_number: Some(external).filter(|it| !it.is_empty()),
            received_on,
            particulars,
            submission_id: None,
            client_key: None,
        }),
        _ => Err(Refused(StatusCode::UNPROCESSABLE_ENTITY, "有字段需要改正。".to_owned(), wrong)),
    }
}

/// `POST /api/v1/complaints/{id}/dispatch`
pub(crate) async fn dispatch(state: State<App>, asker: Extension<Asker>, id: Path<String>, bytes: Bytes) -> Response {
    reply(step(state, asker, id, &bytes, "dispatch").await)
}

/// `POST /api/v1/complaints/{id}/accept`
pub(crate) async fn accept(state: State<App>, asker: Extension<Asker>, id: Path<String>, bytes: Bytes) -> Response {
    reply(step(state, asker, id, &bytes, "accept").await)
}

/// `POST /api/v1/complaints/{id}/close`
pub(crate) async fn close(state: State<App>, asker: Extension<Asker>, id: Path<String>, bytes: Bytes) -> Response {
    reply(step(state, asker, id, &bytes, "close").await)
}

/// Why a step was not taken; nothing of it is written then.
enum Stopped {
    Halt(Halt),
    Refused(Refused),
}

impl From<store::Error> for Stopped {
    fn from(error: store::Error) -> Stopped {
        Stopped::Halt(error.into())
    }
}

impl From<Halt> for Stopped {
    fn from(halt: Halt) -> Stopped {
        Stopped::Halt(halt)
    }
}

/// A step of the pages with the fields a person would have typed.
type TypedStep = (Step, Vec<(&'static str, String)>);

/// The steps of the pages that one call stands for.
fn steps_of(verb: &str, sent: &Value, case: &Case, today: Date) -> Result<Vec<TypedStep>, Refused> {
    let text = |name: &str| json::text(sent, name);
    let on = || ("on", Some(text("on")).filter(|it| !it.is_empty()).unwrap_or_else(|| today.to_string()));
    let told = || ("told", Some(text("told")).filter(|it| !it.is_empty()).unwrap_or_else(|| "platform".to_owned()));
    let words = || ("words", Some(text("note")).filter(|it| !it.is_empty()).unwrap_or_else(|| "由接口办理".to_owned()));
    match verb {
        "dispatch" => Ok(vec![(Step::Dispatch, vec![("unit_id", text("unit_id")), ("reason", text("reason"))])]),
        "accept" => Ok(vec![(Step::Accept, vec![on(), told()])]),
        _ => {
            let outcome =
                Outcome::from_code(&text("outcome")).filter(|it| Outcome::of_kind(case.state.matter).contains(it));
            let outcome = outcome
                .ok_or_else(|| refused(StatusCode::UNPROCESSABLE_ENTITY, "outcome 不是这类事项可以有的结果。"))?;
            let code = outcome.code().to_owned();
            // A result that is on record already is not typed again.
            let typed = if outcome == Outcome::Settled { code.clone() } else { String::new() };
            let close = (
                Step::Close,
                vec![("outcome", typed), on(), ("recovered", text("recovered")), ("words", text("note"))],
            );
            let mut steps = Vec::new();
            match outcome {
                Outcome::Answered => return Ok(vec![(Step::Answer, vec![on(), words()])]),
                Outcome::Withdrawn | Outcome::Failed if case.state.outcome.is_none() => {
                    let ground = if outcome == Outcome::Withdrawn { "st_1" } else { "st_3" };
                    steps.push((Step::Terminate, vec![("ground", ground.to_owned()), words(), on()]));
                    steps.push((Step::TellTermination, vec![on(), told()]));
                }
                Outcome::Filed | Outcome::NotFiled | Outcome::Directed if case.state.decided_on.is_none() => {
                    steps.push((Step::Decide, vec![("outcome", code), on(), words()]));
                }
                _ => {}
            }
            steps.push(close);
            Ok(steps)
        }
    }
}

async fn step(
    State(app): State<App>,
    Extension(Asker(actor)): Extension<Asker>,
    Path(id): Path<String>,
    bytes: &Bytes,
    verb: &'static str,
) -> Reply {
    let sent = body(bytes)?;
    let around = around(&app).await?;
    let (now, today) = (app.clock.now(), app.clock.today());
    let id = Id::from_text(id);
    let law = Arc::clone(&around);
    let ended = app
        .db
        .try_write(async move |tx| -> Result<Case, Stopped> {
            let mut case = case::lock(&tx, &id, None).await?;
            if !may_see(&actor, &law.desk, &case.state) {
                return Err(Halt::Error(Error::NotFound).into());
            }
            let steps = steps_of(verb, &sent, &case, today).map_err(Stopped::Refused)?;
            for (step, fields) in steps {
                let get = |name: &str| fields.iter().find(|it| it.0 == name).map(|it| it.1.clone()).unwrap_or_default();
                let chosen = chosen(&tx, &law, &case, step, &get).await?;
                let events =
                    take_step(&actor, &law.desk, &case.state, step, &get, &chosen, today).map_err(Halt::Refused)?;
                case::happen(&tx, &mut case, &events, Some(&actor), now)?;
            }
            case::save(&tx, &mut case, law.law()).await?;
            Ok(case)
        })
        .await;
    match ended {
        Ok(case) => told(StatusCode::OK, &json::case(&case, &around)),
        Err(Stopped::Refused(refused)) => Err(refused),
        Err(Stopped::Halt(Halt::Error(error))) => Err(error.into()),
        Err(Stopped::Halt(Halt::Stale)) => Err(Error::Stale.into()),
        Err(Stopped::Halt(Halt::Refused(Refusal::NotPermitted(sentence)))) => {
            Err(refused(StatusCode::CONFLICT, &sentence))
        }
        Err(Stopped::Halt(Halt::Refused(Refusal::Fields(errors)))) => {
            let fields = errors.iter().map(|(name, it)| (name.to_owned(), it.to_owned())).collect();
            Err(Refused(StatusCode::UNPROCESSABLE_ENTITY, "有字段需要改正。".to_owned(), fields))
        }
    }
}

/// `GET /api/v1/complaints/{id}`
pub(crate) async fn show(
    State(app): State<App>,
    Extension(Asker(actor)): Extension<Asker>,
    Path(id): Path<String>,
) -> Response {
    reply(shown(&app, actor, id).await)
}

async fn shown(app: &App, actor: Actor, id: String) -> Reply {
    let around = around(app).await?;
    let case = app.db.read(async move |tx| case::get(&tx, &Id::from_text(&id)).await).await?;
    if may_see(&actor, &around.desk, &case.state) {
        told(StatusCode::OK, &json::whole_case(&case, &around))
    } else {
        Err(Error::NotFound.into())
    }
}

/// `GET /api/v1/complaints?q=&status=&unit=&page=`
pub(crate) async fn list(
    State(app): State<App>,
    Extension(Asker(actor)): Extension<Asker>,
    RawQuery(query): RawQuery,
) -> Response {
    reply(listed(&app, &actor, query.as_deref()).await)
}

#[derive(Serialize)]
struct Listed<'a> {
    complaints: Vec<json::Shown<'a>>,
    next: Option<String>,
}

async fn listed(app: &App, actor: &Actor, query: Option<&str>) -> Reply {
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    let get = |name: &str| pairs.iter().find(|it| it.0 == name).map(|it| it.1.trim().to_owned()).unwrap_or_default();
    let around = around(app).await?;
    let now = app.clock.now();
    let near = near_until(&around, clock::day_of(now));
    let page = get("page");
    // What is no number is the cursor of an answer.
    let number: Option<i64> = if page.is_empty() { Some(1) } else { page.parse().ok() };
    let (n, cursor) = (number.unwrap_or(1), page.clone());
    let no_page = || refused(StatusCode::UNPROCESSABLE_ENTITY, "page 应是 1 到 20；再往后请用上一次回答里的 next。");
    if !(1..=PAGES).contains(&n) {
        return Err(no_page());
    }
    let unknown = |name: &str, is_known: bool| {
        let sentence = format!("{name} 不在列表中，见 /api/openapi.json。");
        let fields = vec![(name.to_owned(), sentence.clone())];
        if is_known { Ok(()) } else { Err(Refused(StatusCode::UNPROCESSABLE_ENTITY, sentence, fields)) }
    };
    let has = |name: &str| !get(name).is_empty();
    unknown("status", !has("status") || Status::from_code(&get("status")).is_some())?;
    unknown("kind", !has("kind") || CaseKind::from_code(&get("kind")).is_some())?;
    unknown("unit", !has("unit") || around.units.iter().any(|it| it.unit_id.as_str() == get("unit")))?;
    let filter = Filter {
        scope: around.scope(actor),
        own_units: actor.acts_for.iter().cloned().collect(),
        view: View::All,
        status: Some(get("status")).filter(|it| !it.is_empty()),
        unit_id: Some(get("unit")).filter(|it| !it.is_empty()).map(Id::from_text),
        kind: CaseKind::from_code(&get("kind")),
        words: get("q"),
        ..Filter::default()
    };
    let found = app
        .db
        .read(async move |tx| {
            let after = After::open(&tx, &cursor);
            if number.is_none() && after.is_none() {
                return Ok(None);
            }
            let found = queue::list_lines(&tx, &filter, now, near, after.as_ref(), LINES * n).await?;
            let next = found.next.as_ref().map(|it| it.seal(&tx)).transpose()?;
            Ok(Some((found.cases, next)))
        })
        .await?;
    let (found, next) = found.ok_or_else(no_page)?;
    let skipped = usize::try_from(LINES * (n - 1)).unwrap_or(0);
    let lines: Vec<json::Shown<'_>> = found.iter().skip(skipped).map(|it| json::line(it, &around)).collect();
    told(StatusCode::OK, &Listed { complaints: lines, next })
}
