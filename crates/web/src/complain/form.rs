//! `/complain/{kind}`: the form, and what becomes of it: one case or two, durable, with a code to follow them.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use domain::FormErrors;
use domain::complaint::case::{CaseKind, Channel};
use domain::complaint::event::CaseEvent;
use domain::complaint::follow::code_of;
use domain::complaint::intake::{Particulars, TEXT_LIMIT, parse};
use jiff::Timestamp;
use store::Tx;
use store::complaint::case::{self, Case, Inserted, NewCase};
use store::complaint::file::{self, NewFile, Origin};
use store::complaint::follow as codes;

use super::kinds::{Words, words};
use super::limiter::{Deed, From};
use super::{done, files, open, unlisted};
use crate::complaint::Around;
use crate::complaint::intake_form::IntakeForm;
use crate::{Answer, App, Error, Frame, Posted, keys, page};

#[derive(Template)]
#[template(path = "complain/form.html")]
struct Show {
    frame: Frame,
    bureau: String,
    kind: CaseKind,
    words: Words,
    form: IntakeForm,
    client_key: String,
    lost_files: bool,
}

impl Show {
    fn is_complaint(&self) -> bool {
        self.kind == CaseKind::Complaint
    }

    fn is_tipoff(&self) -> bool {
        self.kind == CaseKind::Tipoff
    }
}

/// `GET /complain/{kind}`
pub(crate) async fn new(State(app): State<App>, frame: Frame, Path(kind): Path<String>) -> Answer {
    let around = match open(&app, &frame).await? {
        Ok(around) => around,
        Err(closed) => return Ok(closed),
    };
    let kind = CaseKind::from_code(&kind).ok_or(Error::NotFound)?;
    let form = IntakeForm::of(Vec::new(), &around, FormErrors::default());
    let bureau = around.bureau().to_owned();
    page::page(&Show {
        frame,
        bureau,
        kind,
        words: words(kind),
        form,
        client_key: keys::random_token(),
        lost_files: false,
    })
}

/// What was sent and may be kept.
struct Sent {
    kinds: Vec<CaseKind>,
    particulars: Particulars,
    tipoff_text: String,
    client_key: String,
}

/// `POST /complain/{kind}`
pub(crate) async fn create(
    State(app): State<App>,
    frame: Frame,
    Path(kind): Path<String>,
    from: From,
    posted: Posted,
) -> Answer {
    let around = match open(&app, &frame).await? {
        Ok(around) => around,
        Err(closed) => return Ok(closed),
    };
    let kind = CaseKind::from_code(&kind).ok_or(Error::NotFound)?;
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    let (sent, mut errors) = read(kind, &posted, app.clock.today());
    let mut kept = Vec::new();
    if errors.is_empty() {
        if app.limiter.take(Deed::Submit, &from, around.face.per_hour) {
            kept = files::keep(&app, &posted, &mut errors).await?;
        } else {
            status = StatusCode::TOO_MANY_REQUESTS;
            errors.add(
                "form",
                "同一网络在一小时内提交得太多，暂时不能再提交。您填的内容还在，请过一会儿再点提交，或拨打 12315。",
            );
        }
    }
    let sent = match sent {
        Some(sent) if errors.is_empty() => sent,
        _ => {
            let client_key = key_of(&posted).unwrap_or_else(keys::random_token);
            let form = IntakeForm::typed(&posted, &around, errors);
            let bureau = around.bureau().to_owned();
            let lost_files = posted.has_files();
            let view = Show { frame, bureau, kind, words: words(kind), form, client_key, lost_files };
            return unlisted(page::page_with(status, &view));
        }
    };
    // The same form gives the same code, so that an answer lost on the way can be asked for again; the code itself is kept nowhere.
    let code = code_of(&app.keys.bytes("complain.code", &sent.client_key));
    let (now, followed) = (app.clock.now(), code.clone());
    let (numbers, is_known) = app
        .db
        .write(async move |tx| {
            let cases = register(&tx, &around, &sent, &kept, now).await?;
            if let Some((first, _)) = cases.first() {
                codes::insert(&tx, &followed, &first.submission_id, now).await?;
            }
            let is_known = cases.iter().any(|it| it.1);
            Ok((cases.into_iter().map(|it| it.0.number).collect::<Vec<_>>(), is_known))
        })
        .await?;
    let mut response = page::go("/complain/done")?;
    let receipt = done::Receipt { code, numbers, is_known };
    response.headers_mut().append(header::SET_COOKIE, done::cookie(&receipt, app.config.is_secure()));
    Ok(response)
}

/// The key the page was drawn with: sent twice is registered once.
fn key_of(posted: &Posted) -> Option<String> {
    let key = posted.text("client_key");
    let is_key = (32..=64).contains(&key.len()) && key.bytes().all(|it| it.is_ascii_alphanumeric());
    is_key.then(|| key.to_owned())
}

fn read(kind: CaseKind, posted: &Posted, today: jiff::civil::Date) -> (Option<Sent>, FormErrors) {
    let mut errors = FormErrors::default();
    if !posted.text("homepage").is_empty() {
        errors.add("homepage", "这一栏请留空：它是用来识别自动程序的。清空后再提交。");
    }
    let also = kind == CaseKind::Complaint && posted.is_set("also_report");
    let kinds = if also { vec![kind, CaseKind::Tipoff] } else { vec![kind] };
    // The desk classifies; the public form has no such fields, so what comes under their names was not typed into it.
    let typed = |name: &str| if matches!(name, "category" | "problem") { "" } else { posted.raw(name) }.to_owned();
    let parsed = parse(&kinds, &typed, &[], today);
    if let Err(more) = &parsed {
        more.iter().for_each(|(field, sentence)| errors.add(field, sentence));
    }
    if kind == CaseKind::Complaint {
        real_identity(posted, &mut errors);
    }
    let tipoff_text = posted.raw("text_report").replace("\r\n", "\n").trim().to_owned();
    if tipoff_text.chars().count() > TEXT_LIMIT {
        errors.add("text_report", format!("请控制在 {TEXT_LIMIT} 字以内。"));
    }
    if !posted.is_set("consent") {
        errors.add("consent", "请看完说明，在前面打勾后再提交。");
    }
    let client_key = key_of(posted);
    if client_key.is_none() {
        errors.add("form", "页面不完整，请再点一次提交。");
    }
    let sent = match (parsed, client_key) {
        (Ok(particulars), Some(client_key)) => Some(Sent { kinds, particulars, tipoff_text, client_key }),
        _ => None,
    };
    (sent, errors)
}

/// What 第十条 asks of a complaint beyond what a call on the telephone must have: without it the complaint could not be accepted.
fn real_identity(posted: &Posted, errors: &mut FormErrors) {
    if posted.text("consumer_address").is_empty() {
        errors.add("consumer_address", "请填写通讯地址（第十条），可以写到小区或村。");
    }
    if posted.text("business_address").is_empty() && posted.text("platform").is_empty() {
        errors.add("business_address", "请写商家在哪里，大概位置也行；网购的，写平台名称。");
    }
    let is_ticked = posted.fields().iter().any(|it| it.0.starts_with("demand_") && !it.1.is_empty());
    if !is_ticked && posted.text("demand").is_empty() {
        errors.add("demand", "请写您希望怎样解决，或者在上面选一项。");
    }
}

/// One case for each matter, each with the files; the second is told of the first.
async fn register(
    tx: &Tx,
    around: &Around,
    sent: &Sent,
    kept: &[NewFile],
    now: Timestamp,
) -> store::Result<Vec<(Case, bool)>> {
    let mut cases: Vec<(Case, bool)> = Vec::new();
    for kind in &sent.kinds {
        let mut particulars = sent.particulars.clone();
        if *kind == CaseKind::Tipoff && sent.kinds.len() > 1 && !sent.tipoff_text.is_empty() {
            sent.tipoff_text.clone_into(&mut particulars.text);
        }
        let new = NewCase {
            kind: *kind,
            channel: Channel::Website,
            external_number: None,
            received_on: crate::day_of(now),
            particulars,
            submission_id: cases.first().map(|it| it.0.submission_id.clone()),
            client_key: Some(format!("web{}{}", sent.client_key, kind.code())),
        };
        let (case, is_known) = match case::insert(tx, &new, around.law(), None, now).await? {
            Inserted::New(case) => (*case, false),
            Inserted::Known(case) => (*case, true),
        };
        for new in kept.iter().filter(|_| !is_known) {
            file::insert(tx, &case.complaint_id, new, Origin::Public, None, now).await?;
        }
        cases.push((case, is_known));
    }
    if cases.len() > 1 && cases.iter().all(|it| !it.1) {
        let numbers: Vec<String> = cases.iter().map(|it| it.0.number.clone()).collect();
        for (case, _) in &mut cases {
            let with = numbers.iter().filter(|it| **it != case.number).cloned().collect();
            let mut locked = case::lock(tx, &case.complaint_id, None).await?;
            case::append(tx, &mut locked, &[CaseEvent::Split { with }], around.law(), None, now).await?;
            *case = locked;
        }
    }
    Ok(cases)
}
