//! Letters of a case: filled from the template, looked over, numbered, kept as they went out; as a page to print and as `.docx`.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::complaint::clock::Clock;
use domain::complaint::letter::{LetterKind, OTHER_WAYS, fill, number, open_places};
use domain::complaint::permitted::{has_in_hand, may_see};
use domain::unit::Actor;
use domain::{FormErrors, Id};
use gongwen::table::Align;
use gongwen::write::docx::{self, Block, Section};
use jiff::civil::Date;
use store::complaint::case::{self, Case, Happened};
use store::complaint::letter::{self, Letter, NewLetter};
use store::event::{self, NewEvent};
use store::{Read, setting};

use super::Around;
use super::look::{self, Trace};
use crate::{Answer, App, Choice, Error, Frame, Posted, Visitor, clock, page};

/// The longest letter.
const LIMIT: usize = 6000;
/// The prefix of the numbers until a bureau sets its own.
const PREFIX: &str = "市监投";
/// The setting of it.
const PREFIX_SETTING: &str = "complaint.letter.prefix";

fn template_setting(kind: LetterKind) -> String {
    format!("complaint.letter.{}", kind.code())
}

#[derive(Template)]
#[template(path = "complaint/letter_new.html")]
struct New {
    frame: Frame,
    case: Case,
    kind: LetterKind,
    body: String,
    open: String,
    errors: FormErrors,
}

#[derive(Template)]
#[template(path = "complaint/letter.html")]
struct Show {
    frame: Frame,
    case: Case,
    letter: Letter,
    paragraphs: Vec<String>,
    bureau: String,
    day: String,
}

#[derive(Template)]
#[template(path = "complaint/letters.html")]
struct Templates {
    frame: Frame,
    kind: LetterKind,
    kinds: Vec<Choice>,
    body: String,
    prefix: String,
    version: i64,
    places: Vec<&'static str>,
    errors: FormErrors,
}

/// Who makes letters: the unit that has the case, and the intake unit for what it decides.
pub(crate) fn may_write(actor: &Actor, around: &Around, case: &Case) -> bool {
    has_in_hand(actor, &case.state)
        || (around.desk.is_intake(actor) && case.state.matter != domain::complaint::case::CaseKind::Tipoff)
}

async fn load(tx: &Read, actor: &Actor, id: &Id) -> Result<(Around, Case), Error> {
    let around = Around::load(tx).await?;
    let case = case::get(tx, id).await?;
    if !may_see(actor, &around.desk, &case.state) {
        return Err(Error::NotFound);
    }
    if !may_write(actor, &around, &case) {
        return Err(Error::Forbidden("文书由承办单位或投诉举报机构制作。".into()));
    }
    Ok((around, case))
}

pub(crate) fn day(on: Option<Date>) -> String {
    on.map(|it| format!("{}年{}月{}日", it.year(), it.month(), it.day())).unwrap_or_default()
}

/// What is on record, by the names of the places.
fn places(case: &Case, happened: &[Happened], kind: LetterKind, terms: &[Clock]) -> Vec<(&'static str, String)> {
    use domain::complaint::event::CaseEvent as E;
    let state = &case.state;
    let last = |pick: &dyn Fn(&E) -> Option<String>| {
        happened.iter().rev().filter_map(|it| it.event.as_ref()).find_map(pick).unwrap_or_default()
    };
    // The reason of this letter: more time is asked for with a reason, and granted with a remark.
    let reason = last(&|it| match (kind, it) {
        (LetterKind::Decline, E::Declined { words, .. })
        | (LetterKind::Terminate, E::Terminated { words, .. })
        | (LetterKind::TipoffDecision, E::Decided { words, .. }) => Some(words.clone()),
        (LetterKind::Extension, E::ExtensionAsked { reason }) => Some(reason.clone()),
        _ => None,
    });
    // The sentence of the letter ends it.
    let reason = reason.trim_end_matches(['。', '；', '，']).to_owned();
    let agreement = last(&|it| match it {
        E::Settled { words, .. } => Some(words.clone()),
        _ => None,
    });
    let rules = state.rules;
    let (declined, terminated) = (state.decline_ground, state.termination_ground);
    // A ground of the other order, written down before the rules were asked, has no article: the person who writes the letter knows.
    let article = declined.and_then(|it| it.article(rules)).or(terminated.and_then(|it| it.article(rules)));
    // The letter names the order before it.
    let article = article.map(|it| it.strip_prefix(rules.short_title()).unwrap_or(it));
    let session = state.session.as_ref();
    vec![
        ("投诉人", case.particulars.consumer.name.clone()),
        ("经营者", case.particulars.business.name.clone()),
        ("经营者地址", case.particulars.business.address.clone()),
        ("登记编号", case.number.clone()),
        ("收到日期", day(Some(state.received_on))),
        ("受理日期", day(state.accepted_on)),
        ("决定日期", day(state.declined_on.or(state.terminated_on).or(state.decided_on).or(state.settled_on))),
        ("规章", state.rules.title().to_owned()),
        ("依据条款", article.unwrap_or_default().to_owned()),
        ("不予受理情形", declined.map(|it| it.label_under(rules).to_owned()).unwrap_or_default()),
        ("终止情形", terminated.map(|it| it.label_under(rules).to_owned()).unwrap_or_default()),
        ("理由", reason),
        ("协议内容", agreement),
        ("处理结果", state.outcome.map(|it| it.label().to_owned()).unwrap_or_default()),
        ("其他途径", OTHER_WAYS.to_owned()),
        ("承办单位", state.unit_name.clone()),
        ("期限", extended_until(terms)),
        ("调解时间", session.map(|it| format!("{} {}", day(Some(it.on)), it.time)).unwrap_or_default()),
        ("调解方式", session.map(|it| it.mode.label().to_owned()).unwrap_or_default()),
        ("调解地点", session.map(|it| it.place.clone()).unwrap_or_default()),
        ("调解人员", session.map(|it| it.mediators.clone()).unwrap_or_default()),
    ]
}

/// The day the extended term ends, whatever other terms the case has.
fn extended_until(terms: &[Clock]) -> String {
    let extended = ["report.decide_extended", "complaint.lead_verify_extended"];
    let Some(term) = terms.iter().find(|it| extended.contains(&it.term.code)) else { return String::new() };
    let is_open = if term.sheet.provisional { "（按已公布的放假安排推算）" } else { "" };
    format!("{}{is_open}", day(term.sheet.due))
}

async fn draft(tx: &Read, around: &Around, case: &Case, kind: LetterKind) -> store::Result<String> {
    let template = setting::get(tx, &template_setting(kind), kind.text()).await?;
    let happened = case::events(tx, &case.complaint_id).await?;
    Ok(fill(&template, &places(case, &happened, kind, &around.clocks(&case.state))))
}

/// `GET /complaints/{complaint_id}/letters/new/{kind}`: the letter filled, to be looked over. It names the person, so it is a look.
pub(crate) async fn new(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path((id, kind)): Path<(String, String)>,
) -> Answer {
    let kind = LetterKind::from_code(&kind).ok_or(Error::NotFound)?;
    let (id, who) = (Id::from_text(id), actor.clone());
    let asked = id.clone();
    let (case, body) = app
        .db
        .try_read(async move |tx| -> Result<(Case, String), Error> {
            let (around, case) = load(&tx, &who, &asked).await?;
            if !kind.is_offered(&case.state) {
                return Err(Error::Conflict(format!("这一件现在还不能制作“{}”。", kind.label())));
            }
            let body = draft(&tx, &around, &case, kind).await?;
            Ok((case, body))
        })
        .await?;
    look::note(&app, &actor, &id, Trace::Person(format!("制作{}", kind.label()))).await?;
    let open = open_places(&body).join("、");
    page::page(&New { frame, case, kind, body, open, errors: FormErrors::default() })
}

/// `POST /complaints/{complaint_id}/letters/new/{kind}`
pub(crate) async fn create(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path((id, kind)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let kind = LetterKind::from_code(&kind).ok_or(Error::NotFound)?;
    let id = Id::from_text(id);
    let body = posted.raw("body").replace("\r\n", "\n").trim().to_owned();
    let mut errors = FormErrors::default();
    let open = open_places(&body).join("、");
    if body.is_empty() || body.chars().count() > LIMIT {
        errors.add("body", format!("请填写正文，{LIMIT} 字以内。"));
    } else if !open.is_empty() {
        errors.add("body", format!("还有没填的地方：{open}。请填好，或删去【】。"));
    }
    let (now, year) = (app.clock.now(), app.clock.today().year());
    let key = id.clone();
    let is_right = errors.is_empty();
    let sent = body.clone();
    let (case, made) = app
        .db
        .try_write(async move |tx| -> Result<(Case, Option<Id>), Error> {
            let (_, case) = load(&tx, &actor, &key).await?;
            if !is_right {
                return Ok((case, None));
            }
            if !kind.is_offered(&case.state) {
                return Err(Error::Conflict(format!("这一件现在还不能制作“{}”。", kind.label())));
            }
            let prefix = setting::get(&tx, PREFIX_SETTING, PREFIX).await?;
            let n = letter::next_number(&tx, year).await?;
            let new = NewLetter {
                complaint_id: key.clone(),
                kind: kind.code().to_owned(),
                number: number(&prefix, year, n),
                title: kind.label().to_owned(),
                body: sent.clone(),
                person_id: actor.person_id.clone(),
            };
            let made = letter::insert(&tx, &new, now).await?;
            let reason = format!("{} {}", new.title, new.number);
            event::insert(&tx, NewEvent::by(&actor, case::AREA, &key, "letter_made", now).reason(reason));
            Ok((case, Some(made)))
        })
        .await?;
    match made {
        Some(made) => page::done(&format!("/complaints/{id}/letters/{made}"), "文书已编号归档。"),
        None => page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &New { frame, case, kind, body, open, errors }),
    }
}

async fn kept(
    app: &App,
    actor: Actor,
    id: String,
    letter_id: String,
    why: &'static str,
) -> Result<(Around, Case, Letter), Error> {
    let (id, letter_id, who) = (Id::from_text(id), Id::from_text(letter_id), actor.clone());
    let asked = id.clone();
    let found = app
        .db
        .try_read(async move |tx| -> Result<(Around, Case, Letter), Error> {
            let (around, case) = load(&tx, &who, &asked).await?;
            let letter = letter::get(&tx, &letter_id).await?;
            if letter.complaint_id != asked {
                return Err(Error::NotFound);
            }
            Ok((around, case, letter))
        })
        .await?;
    look::note(app, &actor, &id, Trace::Person(format!("{why}{}", found.2.number))).await?;
    Ok(found)
}

/// `GET /complaints/{complaint_id}/letters/{letter_id}`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path((id, letter_id)): Path<(String, String)>,
) -> Answer {
    let (around, case, letter) = kept(&app, actor, id, letter_id, "查看文书").await?;
    let paragraphs = letter.body.lines().filter(|it| !it.trim().is_empty()).map(str::to_owned).collect();
    let on = day(Some(clock::day_of(letter.made_at)));
    page::page(&Show { frame, bureau: around.bureau().to_owned(), day: on, case, letter, paragraphs })
}

/// `GET /complaints/{complaint_id}/letters/{letter_id}/letter.docx`
pub(crate) async fn docx(
    State(app): State<App>,
    Visitor(actor): Visitor,
    Path((id, letter_id)): Path<(String, String)>,
) -> Answer {
    let (around, case, letter) = kept(&app, actor, id, letter_id, "下载文书").await?;
    let name = domain::evidence::clean_name(&format!("{} {}.docx", letter.title, case.number));
    let write = move || docx::write(&[Section { is_landscape: false, blocks: blocks(&letter, around.bureau()) }]);
    let bytes = tokio::task::spawn_blocking(write)
        .await
        .map_err(|it| Error::Internal(anyhow::Error::new(it)))?
        .map_err(|it| Error::Internal(anyhow::Error::new(it)))?;
    page::file(&name, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", bytes)
}

/// The letter on paper.
pub(crate) fn blocks(letter: &Letter, bureau: &str) -> Vec<Block> {
    let on = day(Some(clock::day_of(letter.made_at)));
    let line = |text: String, align| Block::Line { text, align };
    let mut blocks = vec![
        Block::Title(format!("{bureau}\n{}", letter.title)),
        line(letter.number.clone(), Align::Right),
        Block::Blank,
    ];
    for (at, text) in letter.body.lines().filter(|it| !it.trim().is_empty()).enumerate() {
        // The addressee stands at the margin (GB/T 9704 7.3.2).
        let is_addressee = at == 0 && text.ends_with('：');
        blocks.push(if is_addressee { line(text.to_owned(), Align::Left) } else { Block::Paragraph(text.to_owned()) });
    }
    blocks.extend([Block::Blank, line(bureau.to_owned(), Align::Right), line(on, Align::Right)]);
    blocks
}

const PLACES: &[&str] = &[
    "投诉人",
    "经营者",
    "经营者地址",
    "登记编号",
    "收到日期",
    "受理日期",
    "决定日期",
    "规章",
    "依据条款",
    "不予受理情形",
    "终止情形",
    "理由",
    "协议内容",
    "处理结果",
    "其他途径",
    "承办单位",
    "期限",
    "调解时间",
    "调解方式",
    "调解地点",
    "调解人员",
];

/// `GET /complaints/letters/{kind}`: the templates.
pub(crate) async fn edit(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(kind): Path<String>,
) -> Answer {
    let kind = LetterKind::from_code(&kind).ok_or(Error::NotFound)?;
    let (body, version, prefix) = app
        .db
        .try_read(async move |tx| -> Result<(String, i64, String), Error> {
            check(&Around::load(&tx).await?, &actor)?;
            let stored = setting::find(&tx, &template_setting(kind)).await?;
            let (body, version) = stored.unwrap_or_else(|| (kind.text().to_owned(), 0));
            Ok((body, version, setting::get(&tx, PREFIX_SETTING, PREFIX).await?))
        })
        .await?;
    page::page(&templates(frame, kind, body, prefix, version, FormErrors::default()))
}

fn templates(
    frame: Frame,
    kind: LetterKind,
    body: String,
    prefix: String,
    version: i64,
    errors: FormErrors,
) -> Templates {
    let kinds = LetterKind::CHOICES.iter().map(|it| Choice::new(it.0, it.1, kind.code())).collect();
    Templates { frame, kind, kinds, body, prefix, version, places: PLACES.to_vec(), errors }
}

fn check(around: &Around, actor: &Actor) -> Result<(), Error> {
    if around.desk.is_intake(actor) || actor.role == domain::unit::Role::Office {
        return Ok(());
    }
    Err(Error::Forbidden("文书模板由投诉举报机构或活动办公室修改。".into()))
}

/// `POST /complaints/letters/{kind}`
pub(crate) async fn update(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(kind): Path<String>,
    posted: Posted,
) -> Answer {
    let kind = LetterKind::from_code(&kind).ok_or(Error::NotFound)?;
    let body = posted.raw("body").replace("\r\n", "\n").trim().to_owned();
    let prefix = posted.text("prefix").to_owned();
    let mut errors = FormErrors::default();
    if body.is_empty() || body.chars().count() > LIMIT {
        errors.add("body", format!("请填写正文，{LIMIT} 字以内。"));
    }
    let unknown: Vec<&str> = open_places(&body)
        .into_iter()
        .filter(|it| !PLACES.contains(it) && !["协助单位", "协助内容"].contains(it))
        .collect();
    if !unknown.is_empty() {
        errors.add("body", format!("不认识的空格：{}。可用的列在下面。", unknown.join("、")));
    }
    if prefix.is_empty() || prefix.chars().count() > 20 {
        errors.add("prefix", "请填写文号代字，20 字以内。");
    }
    if !errors.is_empty() {
        let page = templates(frame, kind, body, prefix, posted.version(), errors);
        return page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let (version, now) = (posted.version(), app.clock.now());
    app.db
        .try_write(async move |tx| -> Result<(), Error> {
            check(&Around::load(&tx).await?, &actor)?;
            setting::save(&tx, &template_setting(kind), &body, Some(version)).await?;
            setting::save(&tx, PREFIX_SETTING, &prefix, None).await?;
            let event = NewEvent::by(&actor, "setting", &Id::from_text(template_setting(kind)), "changed", now);
            event::insert(&tx, event.detail(serde_json::json!({ "文书模板": kind.label() })));
            Ok(())
        })
        .await?;
    page::done(&format!("/complaints/letters/{}", kind.code()), "模板已保存；已经归档的文书不变。")
}
