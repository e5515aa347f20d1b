//! `/complaints/new` and `/complaints/quick`: a case is registered; what is both complaint and tip-off becomes two (第九条).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use domain::FormErrors;
use domain::complaint::case::{CaseKind, Channel};
use domain::complaint::event::CaseEvent;
use domain::complaint::intake::{EARLIEST, Particulars, parse};
use domain::complaint::permitted::may_see;
use domain::unit::Actor;
use jiff::Timestamp;
use jiff::civil::Date;
use store::complaint::case::{self, Case, Inserted, NewCase};
use store::{Tx, new_id};

use super::Around;
use super::intake_form::IntakeForm;
use crate::{Answer, App, Frame, Posted, Visitor, page};

#[derive(Template)]
#[template(path = "complaint/new.html")]
struct New {
    frame: Frame,
    form: IntakeForm,
    client_key: String,
}

#[derive(Template)]
#[template(path = "complaint/quick.html")]
struct Quick {
    frame: Frame,
    form: IntakeForm,
    client_key: String,
}

async fn around(app: &App) -> store::Result<Around> {
    app.db.read(async |tx| Around::load(&tx).await).await
}

fn begin(fields: &[(&str, &str)], around: &Around) -> IntakeForm {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    IntakeForm::of(fields, around, FormErrors::default())
}

/// `GET /complaints/new`
pub(crate) async fn new(State(app): State<App>, frame: Frame, Visitor(_): Visitor) -> Answer {
    let today = app.clock.today().to_string();
    let form = begin(&[("kind", "complaint"), ("channel", "hotline"), ("received_on", &today)], &around(&app).await?);
    page::page(&New { frame, form, client_key: new_id().to_string() })
}

/// `GET /complaints/quick`: at a stand, on a phone.
pub(crate) async fn quick(State(app): State<App>, frame: Frame, Visitor(_): Visitor) -> Answer {
    let form = begin(&[("kind", "complaint")], &around(&app).await?);
    page::page(&Quick { frame, form, client_key: new_id().to_string() })
}

/// What the form says besides the particulars.
pub(super) struct Head {
    pub(super) kinds: Vec<CaseKind>,
    channel: Channel,
    external_number: Option<String>,
    received_on: Date,
    pub(super) client_key: String,
}

pub(super) fn head(posted: &Posted, is_quick: bool, today: Date, errors: &mut FormErrors) -> Head {
    let kinds: Vec<CaseKind> =
        CaseKind::ALL.iter().copied().filter(|kind| posted.all("kind").any(|it| it == kind.code())).collect();
    let channel = if is_quick { Some(Channel::OnSite) } else { Channel::from_code(posted.text("channel")) };
    if channel.is_none() {
        errors.add("channel", "请选择来源渠道。");
    }
    let typed = posted.text("received_on");
    let received_on = if is_quick && typed.is_empty() { Ok(today) } else { typed.parse::<Date>() };
    match &received_on {
        Err(_) => errors.add("received_on", "请填写收到日期，如 2027-03-15；期限从这一天起算。"),
        Ok(day) if *day < EARLIEST => errors.add("received_on", "收到日期的年份不对，请核对。"),
        Ok(day) if *day > today => errors.add("received_on", "收到日期不能晚于今天。"),
        Ok(_) => {}
    }
    let external = posted.text("external_number").to_owned();
    if external.chars().count() > 60 {
        errors.add("external_number", "平台登记编号请控制在 60 字以内。");
    }
    let key = posted.text("client_key");
    let is_key = (16..=64).contains(&key.len()) && key.bytes().all(|it| it.is_ascii_alphanumeric());
    Head {
        kinds,
        channel: channel.unwrap_or(Channel::Window),
        external_number: Some(external).filter(|it| !it.is_empty()),
        received_on: received_on.unwrap_or(today),
        client_key: if is_key { key.to_owned() } else { new_id().to_string() },
    }
}

/// `POST /complaints`
pub(crate) async fn create(State(app): State<App>, frame: Frame, Visitor(actor): Visitor, posted: Posted) -> Answer {
    let around = around(&app).await?;
    let (now, today) = (app.clock.now(), app.clock.today());
    let is_quick = posted.text("form") == "quick";
    let mut errors = FormErrors::default();
    let head = head(&posted, is_quick, today, &mut errors);
    let parsed = parse(&head.kinds, &|name| posted.raw(name).to_owned(), &around.categories, today);
    if let Err(more) = &parsed {
        more.iter().for_each(|(field, sentence)| errors.add(field, sentence));
    }
    let particulars = match (parsed, errors.is_empty()) {
        (Ok(particulars), true) => particulars,
        _ => {
            let form = IntakeForm::typed(&posted, &around, errors);
            let client_key = head.client_key;
            return if is_quick {
                page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &Quick { frame, form, client_key })
            } else {
                page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &New { frame, form, client_key })
            };
        }
    };
    let tipoff_text = posted.text("text_report").to_owned();
    let who = actor.clone();
    let (around, cases) = app
        .db
        .write(async move |tx| {
            let around = Around::load(&tx).await?;
            let cases = register(&tx, &around, &head, &particulars, &tipoff_text, &who, now).await?;
            Ok((around, cases))
        })
        .await?;
    // 第三十七条: that somebody has reported, only those who handle tip-offs may learn, also from a number that is taken. So who may
    // not see the tip-off is told the same of a new one and of a known one.
    let is_told = |it: &&(Case, bool)| {
        it.0.state.matter != CaseKind::Tipoff
            || it.0.external_number.is_none()
            || may_see(&actor, &around.desk, &it.0.state)
    };
    if !cases.iter().all(|it| is_told(&it)) {
        return page::done("/complaints/quick", "已收到，由投诉举报机构核对后分流；登记编号请向投诉举报机构询问。");
    }
    let is_known = cases.iter().any(|it| it.1);
    let numbers: Vec<&str> = cases.iter().map(|it| it.0.number.as_str()).collect();
    let words = match (is_known, numbers.len()) {
        (true, _) => format!("这一件已经登记过：{}，没有重复登记。", numbers.join("、")),
        (false, 1) => format!("已登记 {}。", numbers.join("")),
        (false, _) => format!("已登记 {}，分别处理（第九条）。", numbers.join("、")),
    };
    let first = cases.first().filter(|it| may_see(&actor, &around.desk, &it.0.state));
    match first {
        Some((case, _)) => page::done(&format!("/complaints/{}", case.complaint_id), &words),
        None => page::done("/complaints/quick", &format!("{words}由投诉举报机构分流。")),
    }
}

/// One case for each matter; the second is told of the first.
pub(super) async fn register(
    tx: &Tx,
    around: &Around,
    head: &Head,
    particulars: &Particulars,
    tipoff_text: &str,
    actor: &Actor,
    now: Timestamp,
) -> store::Result<Vec<(Case, bool)>> {
    let mut cases: Vec<(Case, bool)> = Vec::new();
    for kind in &head.kinds {
        let mut particulars = particulars.clone();
        if *kind == CaseKind::Tipoff && head.kinds.len() > 1 && !tipoff_text.is_empty() {
            tipoff_text.clone_into(&mut particulars.text);
        }
        let new = NewCase {
            kind: *kind,
            channel: head.channel,
            external_number: head.external_number.clone(),
            received_on: head.received_on,
            particulars,
            submission_id: cases.first().map(|it| it.0.submission_id.clone()),
            client_key: Some(format!("{}{}", head.client_key, kind.code())),
        };
        match case::insert(tx, &new, around.law(), Some(actor), now).await? {
            Inserted::New(case) => cases.push((*case, false)),
            Inserted::Known(case) => cases.push((*case, true)),
        }
    }
    if cases.len() > 1 && cases.iter().all(|it| !it.1) {
        let numbers: Vec<String> = cases.iter().map(|it| it.0.number.clone()).collect();
        for (case, _) in &mut cases {
            let with = numbers.iter().filter(|it| **it != case.number).cloned().collect();
            let mut locked = case::lock(tx, &case.complaint_id, None).await?;
            case::append(tx, &mut locked, &[CaseEvent::Split { with }], around.law(), Some(actor), now).await?;
            *case = locked;
        }
    }
    Ok(cases)
}
