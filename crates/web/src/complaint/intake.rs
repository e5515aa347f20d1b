//! `/complaints/new` and `/complaints/quick`: a case is registered; what is both complaint and tip-off becomes two (第九条, of Order 20 第七条).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use domain::FormErrors;
use domain::complaint::case::{CaseKind, Channel};
use domain::complaint::event::CaseEvent;
use domain::complaint::intake::{Consumer, EARLIEST, Particulars, parse, yuan};
use domain::complaint::permitted::may_see;
use domain::complaint::term::RuleVersion;
use domain::unit::Actor;
use jiff::Timestamp;
use jiff::civil::Date;
use store::complaint::case::{self, Case, Inserted, NewCase};
use store::complaint::sender::{self, Sender};
use store::event::{self, NewEvent};
use store::{Tx, new_id};

use super::Around;
use super::intake_form::IntakeForm;
use crate::{Answer, App, Error, Frame, Posted, Visitor, page};

#[derive(Template)]
#[template(path = "complaint/new.html")]
struct New {
    frame: Frame,
    form: IntakeForm,
    client_key: String,
    /// What the same form, or the same number, has registered already with another content.
    earlier: Vec<Earlier>,
}

#[derive(Template)]
#[template(path = "complaint/quick.html")]
struct Quick {
    frame: Frame,
    form: IntakeForm,
    client_key: String,
    earlier: Vec<Earlier>,
}

/// A case that is there already: its number, and where it is for who may open it.
pub(crate) struct Earlier {
    pub(crate) number: String,
    pub(crate) path: Option<String>,
}

/// Draws the form again with what was typed.
fn again(
    status: StatusCode,
    frame: Frame,
    is_quick: bool,
    (form, client_key): (IntakeForm, String),
    earlier: Vec<Earlier>,
) -> Answer {
    if is_quick {
        page::page_with(status, &Quick { frame, form, client_key, earlier })
    } else {
        page::page_with(status, &New { frame, form, client_key, earlier })
    }
}

async fn around(app: &App) -> store::Result<Around> {
    app.db.read(async |tx| Around::load(&tx).await).await
}

fn begin(fields: &[(&str, &str)], around: &Around, today: Date) -> IntakeForm {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    IntakeForm::of(fields, around, around.rules.version_of(today), FormErrors::default())
}

/// `GET /complaints/new`
pub(crate) async fn new(State(app): State<App>, frame: Frame, Visitor(_): Visitor) -> Answer {
    let (today, around) = (app.clock.today(), around(&app).await?);
    let day = today.to_string();
    let form = begin(&[("kind", "complaint"), ("channel", "hotline"), ("received_on", &day)], &around, today);
    page::page(&New { frame, form, client_key: new_id().to_string(), earlier: Vec::new() })
}

/// `GET /complaints/quick`: at a stand, on a phone.
pub(crate) async fn quick(State(app): State<App>, frame: Frame, Visitor(_): Visitor) -> Answer {
    let form = begin(&[("kind", "complaint")], &around(&app).await?, app.clock.today());
    page::page(&Quick { frame, form, client_key: new_id().to_string(), earlier: Vec::new() })
}

/// What the form says besides the particulars.
pub(super) struct Head {
    pub(super) kinds: Vec<CaseKind>,
    channel: Channel,
    external_number: Option<String>,
    pub(super) received_on: Date,
    pub(super) client_key: String,
}

/// The whole form: its head, and the particulars or everything that is wrong.
pub(super) fn read(
    posted: &Posted,
    is_quick: bool,
    around: &Around,
    today: Date,
) -> (Head, Result<Particulars, FormErrors>) {
    let mut errors = FormErrors::default();
    let head = head(posted, is_quick, today, &mut errors);
    match parse(&head.kinds, &|name| posted.raw(name).to_owned(), &around.categories, today) {
        Ok(particulars) => (head, errors.into_result(particulars)),
        Err(more) => {
            more.iter().for_each(|(field, sentence)| errors.add(field, sentence));
            (head, Err(errors))
        }
    }
}

fn head(posted: &Posted, is_quick: bool, today: Date, errors: &mut FormErrors) -> Head {
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
    let (head, read) = read(&posted, is_quick, &around, today);
    let particulars = match read {
        Ok(particulars) => particulars,
        Err(errors) => {
            let form = IntakeForm::typed(&posted, &around, around.rules.version_of(head.received_on), errors);
            let typed = (form, head.client_key);
            return again(StatusCode::UNPROCESSABLE_ENTITY, frame, is_quick, typed, Vec::new());
        }
    };
    let tipoff_text = posted.text("text_report").to_owned();
    let (who, law) = (actor.clone(), around.rules.version_of(head.received_on));
    let has_number = head.external_number.is_some();
    let written = app
        .db
        .try_write(async move |tx| -> Result<_, Undone> {
            let around = Around::load(&tx).await?;
            let made = register(&tx, &around, &head, &particulars, &tipoff_text, &who, now).await?;
            // Of a form sent twice the person may know what it was; of a number that is taken only who may know of the case.
            let is_said = |it: &&Made| it.is_other && (!has_number || is_told(&who, &around, &it.case));
            let other: Vec<Earlier> = made.iter().filter(is_said).map(|it| earlier(&who, &around, &it.case)).collect();
            if !other.is_empty() {
                return Err(Undone::Other(other));
            }
            for it in made.iter().filter(|it| !is_told(&who, &around, &it.case)) {
                keep_news(&tx, it, &who, now).await?;
            }
            Ok((around, made))
        })
        .await;
    let (around, cases) = match written {
        Ok(written) => written,
        Err(Undone::Error(error)) => return Err(error),
        Err(Undone::Other(earlier)) => {
            let form = IntakeForm::typed(&posted, &around, law, FormErrors::default());
            return again(StatusCode::CONFLICT, frame, is_quick, (form, new_id().to_string()), earlier);
        }
    };
    tell(&actor, &around, &cases, law)
}

/// What the person is told of what was registered, and where they go on.
fn tell(actor: &Actor, around: &Around, cases: &[Made], law: RuleVersion) -> Answer {
    let told: Vec<&Made> = cases.iter().filter(|it| is_told(actor, around, &it.case)).collect();
    if told.is_empty() {
        return page::done("/complaints/quick", "已收到，由投诉举报机构核对后分流；登记编号请向投诉举报机构询问。");
    }
    let is_known = told.iter().any(|it| it.is_known);
    let numbers: Vec<&str> = told.iter().map(|it| it.case.number.as_str()).collect();
    let rest = if told.len() < cases.len() {
        "举报部分已收到，由投诉举报机构处理，编号请向它询问。"
    } else {
        ""
    };
    let words = match (is_known, cases.len()) {
        (true, _) => format!("这一件已经登记过：{}，没有重复登记。{rest}", numbers.join("、")),
        (false, 1) => format!("已登记 {}。", numbers.join("")),
        (false, _) => format!("已登记 {}，分别处理（{}）。{rest}", numbers.join("、"), law.apart()),
    };
    let first = cases.first().filter(|it| may_see(actor, &around.desk, &it.case.state));
    match first {
        Some(it) => page::done(&format!("/complaints/{}", it.case.complaint_id), &words),
        None => page::done("/complaints/quick", &format!("{words}由投诉举报机构分流。")),
    }
}

/// Why nothing was registered.
pub(super) enum Undone {
    Error(Error),
    /// These are there already, and what was sent now says something else.
    Other(Vec<Earlier>),
}

impl From<Error> for Undone {
    fn from(error: Error) -> Undone {
        Undone::Error(error)
    }
}

impl From<store::Error> for Undone {
    fn from(error: store::Error) -> Undone {
        Undone::Error(error.into())
    }
}

/// May the person be told that a number is taken? 第三十七条: that somebody has reported, only those who handle tip-offs may learn. So
/// who may not see the tip-off is told the same of a new one and of a known one.
pub(crate) fn is_told(actor: &Actor, around: &Around, case: &Case) -> bool {
    case.state.matter != CaseKind::Tipoff || may_see(actor, &around.desk, &case.state)
}

pub(super) fn earlier(actor: &Actor, around: &Around, case: &Case) -> Earlier {
    let may_open = may_see(actor, &around.desk, &case.state);
    let number = if is_told(actor, around, case) { case.number.clone() } else { "一件举报".to_owned() };
    Earlier { number, path: may_open.then(|| format!("/complaints/{}", case.complaint_id)) }
}

/// What became of one matter of a form.
pub(crate) struct Made {
    pub(crate) case: Case,
    /// It was there already.
    pub(crate) is_known: bool,
    /// It was there already, and with another content: what was sent now is not in it.
    pub(crate) is_other: bool,
    /// What was sent now and does not stand in it; empty when it says nothing new.
    news: String,
    /// Who says it, where that is somebody else than the case names.
    sender: Option<Consumer>,
}

impl Made {
    pub(crate) fn of(inserted: Inserted, sent: &NewCase) -> Made {
        let (case, is_known) = match inserted {
            Inserted::New(case) => (*case, false),
            Inserted::Known(case) => (*case, true),
        };
        let is_same = case.particulars == sent.particulars
            && case.external_number == sent.external_number
            && (case.state.received_on, case.state.channel) == (sent.received_on, sent.channel);
        let news = if is_known { news(&case.particulars, &sent.particulars) } else { String::new() };
        let is_else = is_known && is_another(&case.particulars, &sent.particulars);
        let sender = is_else.then(|| sent.particulars.consumer.clone());
        Made { is_other: is_known && !is_same, is_known, news, sender, case }
    }
}

/// Does somebody else send it now than the case names?
fn is_another(known: &Particulars, sent: &Particulars) -> bool {
    sent.consumer != known.consumer && sent.consumer != Consumer::default()
}

/// What is said now and was not said before, in words for the trail. Who says it stands sealed and masked with a case and never in its trail
/// (第三十七条), so of that only that it differs.
fn news(known: &Particulars, sent: &Particulars) -> String {
    let (old, new) = (&known.business, &sent.business);
    let amount = |it: &Particulars| it.amount_fen.map(|fen| format!("{} 元", yuan(fen))).unwrap_or_default();
    let day = |it: &Particulars| it.bought_on.map(|it| it.to_string()).unwrap_or_default();
    let pairs = [
        ("内容", known.text.clone(), sent.text.clone()),
        ("被举报人", old.name.clone(), new.name.clone()),
        ("被举报人地址", old.address.clone(), new.address.clone()),
        ("信用代码", old.credit_code.clone(), new.credit_code.clone()),
        ("被举报人电话", old.phone.clone(), new.phone.clone()),
        ("平台", old.platform.clone(), new.platform.clone()),
        ("商品或服务", known.goods.clone(), sent.goods.clone()),
        ("订单号", known.order_number.clone(), sent.order_number.clone()),
        ("购买日期", day(known), day(sent)),
        ("事发地", known.place.clone(), sent.place.clone()),
        ("诉求", known.demand_words(), sent.demand_words()),
        ("金额", amount(known), amount(sent)),
    ];
    let differs = |it: &(&str, String, String)| !it.2.is_empty() && it.1 != it.2;
    let mut said: Vec<String> = pairs.into_iter().filter(differs).map(|it| format!("{}：{}", it.0, it.2)).collect();
    if is_another(known, sent) {
        said.push("来件人的信息与登记的不同，已加密留存，在“查看完整信息”里看。".to_owned());
    }
    said.join("\n")
}

/// Keeps what was sent under the number of a tip-off that is there already by somebody who may not learn of it: they are told that it has
/// been received, so it has to reach who handles it. The same words again are kept once.
pub(crate) async fn keep_news(tx: &Tx, made: &Made, actor: &Actor, now: Timestamp) -> store::Result<()> {
    if made.news.is_empty() {
        return Ok(());
    }
    let id = &made.case.complaint_id;
    case::lock_quietly(tx, id).await?;
    if let Some(consumer) = &made.sender {
        let is_same = |it: &Sender| it.consumer == *consumer && it.words == made.news;
        if !sender::list(tx, id).await?.iter().any(is_same) {
            let new = Sender { consumer: consumer.clone(), words: made.news.clone(), sent_at: now };
            sender::insert(tx, id, &new, &actor.person_id).await?;
        }
    }
    let is_kept = |it: &case::Happened| it.kind == "sent_again" && it.reason == made.news;
    if !case::events(tx, id).await?.iter().any(is_kept) {
        event::insert(tx, NewEvent::by(actor, case::AREA, id, "sent_again", now).reason(made.news.clone()));
    }
    Ok(())
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
) -> store::Result<Vec<Made>> {
    let mut cases: Vec<Made> = Vec::new();
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
            submission_id: cases.first().map(|it| it.case.submission_id.clone()),
            client_key: Some(format!("{}{}", head.client_key, kind.code())),
        };
        cases.push(Made::of(case::insert(tx, &new, around.law(), Some(actor), now).await?, &new));
    }
    tell_each_other(tx, around, &mut cases, Some(actor), now).await?;
    Ok(cases)
}

/// The cases of one new submission name each other in their trails.
pub(crate) async fn tell_each_other(
    tx: &Tx,
    around: &Around,
    cases: &mut [Made],
    actor: Option<&Actor>,
    now: Timestamp,
) -> store::Result<()> {
    if cases.len() < 2 || cases.iter().any(|it| it.is_known) {
        return Ok(());
    }
    let numbers: Vec<String> = cases.iter().map(|it| it.case.number.clone()).collect();
    for it in cases {
        let with = numbers.iter().filter(|number| **number != it.case.number).cloned().collect();
        // Quietly: a complaint of a mixed letter must not be told from another by its version (第三十七条).
        let mut locked = case::lock_quietly(tx, &it.case.complaint_id).await?;
        case::append(tx, &mut locked, &[CaseEvent::Split { with }], around.law(), actor, now).await?;
        it.case = locked;
    }
    Ok(())
}
