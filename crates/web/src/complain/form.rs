//! `/complain/{kind}`: the form, and what becomes of it: one case or two, durable, with a code to follow them.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use domain::FormErrors;
use domain::complaint::case::{CaseKind, Channel};
use domain::complaint::follow::{code_of, may_supplement};
use domain::complaint::intake::{Particulars, parse};
use jiff::Timestamp;
use jiff::civil::Date;
use store::Tx;
use store::complaint::case::{self, Case, NewCase};
use store::complaint::file::{self, NewFile, Origin};
use store::complaint::follow as codes;

use super::done::Sending;
use super::kinds::{Words, words};
use super::limiter::{Deed, From};
use super::{done, files, open, unlisted};
use crate::complaint::Around;
use crate::complaint::intake::{Made, tell_each_other};
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
    /// The numbers the same form has got before, with another content.
    earlier: Vec<String>,
}

impl Show {
    fn is_complaint(&self) -> bool {
        self.kind == CaseKind::Complaint
    }

    fn apart_hint(&self) -> String {
        let article = self.form.law.apart();
        format!("投诉和举报分别登记、分别处理（{article}）；调解需要时，商家会知道您投诉了，但不会知道您举报了。")
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
    let form = IntakeForm::of(Vec::new(), &around, around.rules.version_of(app.clock.today()), FormErrors::default());
    let bureau = around.bureau().to_owned();
    page::page(&Show {
        frame,
        bureau,
        kind,
        words: words(kind),
        form,
        client_key: keys::random_token(),
        lost_files: false,
        earlier: Vec::new(),
    })
}

/// What was sent and may be kept.
struct Sent {
    kinds: Vec<CaseKind>,
    particulars: Particulars,
    tipoff_text: String,
    client_key: String,
}

/// Said to who sends more than the office takes of one address.
const TOO_MANY: &str =
    "同一网络在一小时内提交得太多，暂时不能再提交。您填的内容还在，请过一会儿再点提交，或拨打 12315。";

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
    if errors.is_empty() && !app.limiter.take(Deed::Submit, &from, around.face.per_hour) {
        status = StatusCode::TOO_MANY_REQUESTS;
        errors.add("form", TOO_MANY);
    } else if errors.is_empty() {
        kept = files::keep(&app, &posted, &mut errors).await?;
    }
    let sent = match sent {
        Some(sent) if errors.is_empty() => sent,
        _ => {
            let key = key_of(&posted).unwrap_or_else(keys::random_token);
            return again((status, frame), &around, (kind, app.clock.today()), (&posted, errors), key, Vec::new());
        }
    };
    // The same form gives the same code, so that an answer lost on the way can be asked for again; the code itself is kept nowhere.
    let code = code_of(&app.keys.bytes("complain.code", &sent.client_key));
    let (now, followed, law) = (app.clock.now(), code.clone(), Arc::clone(&around));
    let written = app
        .db
        .try_write(async move |tx| {
            let (cases, n_added) = register(&tx, &law, &sent, &kept, now).await?;
            follow(&tx, &cases, n_added, &followed, now).await
        })
        .await;
    let (numbers, sending) = match written {
        Ok(written) => written,
        Err(Undone::Store(error)) => return Err(error.into()),
        Err(Undone::Other(earlier)) => {
            let (head, typed) = ((StatusCode::CONFLICT, frame), (&posted, FormErrors::default()));
            return again(head, &around, (kind, app.clock.today()), typed, keys::random_token(), earlier);
        }
    };
    let mut response = page::go("/complain/done")?;
    let cookie = done::cookie(&done::Receipt { code, numbers, sending }, app.config.is_secure());
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// The numbers of what was registered, to be followed with the code.
async fn follow(
    tx: &Tx,
    cases: &[Made],
    n_added: usize,
    code: &str,
    now: jiff::Timestamp,
) -> Result<(Vec<String>, Sending), Undone> {
    let numbers = |it: &[&Made]| it.iter().map(|it| it.case.number.clone()).collect::<Vec<_>>();
    let other: Vec<&Made> = cases.iter().filter(|it| it.is_other).collect();
    if !other.is_empty() {
        return Err(Undone::Other(numbers(&other)));
    }
    if let Some(first) = cases.first() {
        codes::insert(tx, code, &first.case.submission_id, now).await?;
    }
    let all: Vec<&Made> = cases.iter().collect();
    let sending = match (cases.iter().any(|it| it.is_known), n_added) {
        (false, _) => Sending::First,
        (true, 0) => Sending::Again,
        (true, _) => Sending::More,
    };
    Ok((numbers(&all), sending))
}

/// Why nothing was registered.
enum Undone {
    Store(store::Error),
    /// The same form has these numbers already, and says something else now.
    Other(Vec<String>),
}

impl std::convert::From<store::Error> for Undone {
    fn from(error: store::Error) -> Undone {
        Undone::Store(error)
    }
}

/// The form again with everything that was typed.
fn again(
    (status, frame): (StatusCode, Frame),
    around: &Around,
    (kind, today): (CaseKind, Date),
    (posted, errors): (&Posted, FormErrors),
    client_key: String,
    earlier: Vec<String>,
) -> Answer {
    let form = IntakeForm::typed(posted, around, around.rules.version_of(today), errors);
    let (bureau, lost_files) = (around.bureau().to_owned(), posted.has_files());
    let view = Show { frame, bureau, kind, words: words(kind), form, client_key, lost_files, earlier };
    unlisted(page::page_with(status, &view))
}

/// The key the page was drawn with: sent twice is registered once.
fn key_of(posted: &Posted) -> Option<String> {
    let key = posted.text("client_key");
    let is_key = (32..=64).contains(&key.len()) && key.bytes().all(|it| it.is_ascii_alphanumeric());
    is_key.then(|| key.to_owned())
}

fn read(kind: CaseKind, posted: &Posted, today: Date) -> (Option<Sent>, FormErrors) {
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

/// What 第十条 (of Order 20 第九条) asks of a complaint beyond what a call on the telephone must have: without it the complaint could not be accepted.
fn real_identity(posted: &Posted, errors: &mut FormErrors) {
    if posted.text("consumer_address").is_empty() {
        errors.add("consumer_address", "请填写通讯地址，可以写到小区或村。");
    }
    if posted.text("business_address").is_empty() && posted.text("platform").is_empty() {
        errors.add("business_address", "请写商家在哪里，大概位置也行；网购的，写平台名称。");
    }
    let is_ticked = posted.fields().iter().any(|it| it.0.starts_with("demand_") && !it.1.is_empty());
    if !is_ticked && posted.text("demand").is_empty() {
        errors.add("demand", "请写您希望怎样解决，或者在上面选一项。");
    }
}

/// One case for each matter, each with the files; the second is told of the first. With how many files came to what was there already.
async fn register(
    tx: &Tx,
    around: &Around,
    sent: &Sent,
    kept: &[NewFile],
    now: Timestamp,
) -> store::Result<(Vec<Made>, usize)> {
    let (mut cases, mut more): (Vec<Made>, Option<Vec<&NewFile>>) = (Vec::new(), None);
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
            submission_id: cases.first().map(|it| it.case.submission_id.clone()),
            client_key: Some(format!("web{}{}", sent.client_key, kind.code())),
        };
        let mut made = Made::of(case::insert(tx, &new, around.law(), None, now).await?, &new);
        // The day of receipt is not typed: sent again after midnight it is the same form.
        made.is_other = made.is_known && made.case.particulars != new.particulars;
        if made.is_known {
            let files = match more.take() {
                Some(files) => files,
                None => unknown(tx, &made.case, kept).await?,
            };
            add(tx, around, &mut made, &files, now).await?;
            more = Some(files);
        } else {
            for new in kept {
                file::insert(tx, &made.case.complaint_id, new, Origin::Public, None, now).await?;
            }
        }
        cases.push(made);
    }
    tell_each_other(tx, around, &mut cases, None, now).await?;
    Ok((cases, more.map_or(0, |it| it.len())))
}

/// The files that never came with this submission: one that was taken off, or went with the tip-off, does not come back.
async fn unknown<'a>(tx: &Tx, case: &Case, kept: &'a [NewFile]) -> store::Result<Vec<&'a NewFile>> {
    let mut more = Vec::new();
    for new in kept {
        if !file::is_of_submission(tx, &case.submission_id, &new.sha256).await? {
            more.push(new);
        }
    }
    Ok(more)
}

/// Puts the photos of a form that is sent again to the case it has made; one that has ended takes none, so the person is asked.
async fn add(tx: &Tx, around: &Around, made: &mut Made, more: &[&NewFile], now: Timestamp) -> store::Result<()> {
    if more.is_empty() || made.is_other {
        return Ok(());
    }
    let mut case = case::lock(tx, &made.case.complaint_id, None).await?;
    if !may_supplement(&case.state) {
        made.is_other = true;
        return Ok(());
    }
    let mut n_files = 0;
    for new in more {
        n_files += usize::from(file::insert(tx, &case.complaint_id, new, Origin::Public, None, now).await?);
    }
    let text = case.particulars.text.clone();
    codes::supplement(tx, &mut case, (text, ""), n_files, around.law(), now).await?;
    made.case = case;
    Ok(())
}
