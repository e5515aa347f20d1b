//! `/complaints/{id}`: the case with its clocks, exactly the open steps, the parties masked, what happened.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::complaint::case::{CaseKind, Status};
use domain::complaint::clock::{Clock, is_small_claim};
use domain::complaint::custody::{custody, used};
use domain::complaint::grounds::{Indicator, indicators};
use domain::complaint::identity::{masked_address, masked_name, masked_number, masked_phone};
use domain::complaint::intake::{Consumer, yuan};
use domain::complaint::join::consent_words;
use domain::complaint::letter::LetterKind;
use domain::complaint::permitted::{may_arrange, may_correct, may_see, may_unmask, permitted, why_not};
use domain::complaint::state::CaseState;
use domain::complaint::step::Step;
use domain::complaint::suggestion::{Candidate, Suggestion, out_of_scope, place_of, suggest};
use domain::unit::Actor;
use domain::{FormErrors, Id};
use jiff::ToSpan;
use store::complaint::case::{self, Case, Happened};
use store::complaint::file::{self, CaseFile};
use store::complaint::letter::{self, Letter};
use store::complaint::neighbour::{self, Neighbour};
use store::complaint::queue;
use store::{Read, person};

use super::lamp::{Lamp, lamp, span, work_span};
use super::letter::may_write;
use super::moment::{ToldLine, free_day, last_change, news, session_line, told_lines};
use super::step_form::{self, Sent, Sources, StepForm};
use super::{Around, look, trail, words};
use crate::campaign::days::day_with_weekday;
use crate::{Answer, App, Error, Frame, Visitor, page};

/// The parties as the page shows them.
pub(crate) struct Parties {
    pub(crate) is_open: bool,
    pub(crate) lines: Vec<(&'static str, String)>,
}

/// One term of the case.
struct ClockLine {
    code: &'static str,
    label: &'static str,
    article: &'static str,
    from: String,
    due: String,
    tone: &'static str,
    word: String,
    is_provisional: bool,
    /// The last day that had passed when a laboratory was put on record.
    overrun: Option<jiff::civil::Date>,
}

/// Whose hours.
struct Held {
    unit: String,
    holding: &'static str,
    span: String,
    work_span: String,
    /// In percent of the whole time.
    share: i64,
    is_now: bool,
}

/// Another case beside this one.
struct Beside {
    id: Id,
    path: String,
    number: String,
    business: String,
    label: &'static str,
    reasons: String,
}

#[derive(Template)]
#[template(path = "complaint/show.html")]
struct Show {
    frame: Frame,
    case: Case,
    title: String,
    lamp: Lamp,
    main_steps: Vec<StepForm>,
    more_steps: Vec<StepForm>,
    parties: Parties,
    business: Vec<(&'static str, String)>,
    facts: Vec<(&'static str, String)>,
    missing: Vec<&'static str>,
    indicators: Vec<Indicator>,
    out_of_scope: Vec<(&'static str, &'static str)>,
    suggestions: Vec<Suggestion>,
    clock_lines: Vec<ClockLine>,
    held: Vec<Held>,
    siblings: Vec<Beside>,
    linked: Vec<Beside>,
    neighbours: Vec<Beside>,
    files: Vec<CaseFile>,
    /// How many files of a tip-off this person may not open.
    n_closed: usize,
    letters: Vec<Letter>,
    /// Who has it.
    unit_now: String,
    letter_kinds: Vec<LetterKind>,
    /// What a step taken calls for, and is not made yet.
    due_letters: Vec<LetterKind>,
    may_write: bool,
    lines: Vec<words::Line>,
    may_unmask: bool,
    may_correct: bool,
    may_split: bool,
    needs_dispatch: bool,
    errors: FormErrors,
    error_step: &'static str,
    /// Who has changed the case since the form was drawn, and when; empty when nobody has.
    stale: String,
    told: Vec<ToldLine>,
    direction: String,
    direction_by: String,
    may_answer: bool,
    small_claim: Option<String>,
    /// Who does not want to be mediated, and what can be done then.
    refused: Option<String>,
    /// The session lies on a day off.
    free_day: Option<String>,
    /// What the person added on the public page and nobody has acted upon.
    news: Vec<String>,
}

impl Show {
    /// What is confirmed by a tick before cases go on in one.
    fn consent_words(&self) -> String {
        consent_words(self.case.state.rules)
    }
}

/// Everything the page is drawn from.
pub(crate) struct Loaded {
    pub(crate) around: Around,
    pub(crate) case: Case,
    happened: Vec<Happened>,
    siblings: Vec<Case>,
    linked: Vec<Case>,
    neighbours: Vec<Neighbour>,
    indicators: Vec<Indicator>,
    letters: Vec<Letter>,
    files: Vec<CaseFile>,
    people: Vec<(String, String)>,
    suggestions: Vec<Suggestion>,
}

/// Loads the case, or says that there is none for this person.
pub(crate) async fn load(tx: &Read, actor: &Actor, id: &Id) -> store::Result<Loaded> {
    let around = Around::load(tx).await?;
    let case = case::get(tx, id).await?;
    if !may_see(actor, &around.desk, &case.state) {
        return Err(store::Error::NotFound);
    }
    let since = case.state.received_on.saturating_sub(90.days());
    let of_the_desk = case.state.matter == CaseKind::Complaint
        && case.state.status.is_open()
        && !case.state.rules.indicators().is_empty();
    let seen = if of_the_desk {
        let seen = neighbour::indicators(tx, &case, since).await?;
        indicators(seen, &around.rules.thresholds, case.state.rules)
    } else {
        Vec::new()
    };
    let people = match &case.state.unit_id {
        Some(unit_id) => person::list_of_unit(tx, unit_id).await?,
        None => Vec::new(),
    };
    let suggestions = if case.state.unit_id.is_none() { suggestions(tx, &around, &case).await? } else { Vec::new() };
    Ok(Loaded {
        happened: case::events(tx, id).await?,
        siblings: case::list_siblings(tx, &case).await?,
        linked: case::list_linked(tx, id).await?,
        neighbours: neighbour::list(tx, &case).await?,
        letters: letter::list(tx, id).await?,
        files: file::list(tx, id).await?,
        people: people.into_iter().filter(|it| it.is_active).map(|it| (it.person_id.to_string(), it.name)).collect(),
        indicators: seen,
        suggestions,
        around,
        case,
    })
}

async fn suggestions(tx: &Read, around: &Around, case: &Case) -> store::Result<Vec<Suggestion>> {
    let open = queue::open_by_unit(tx).await?;
    let last = neighbour::last_unit(tx, case).await?;
    let candidates: Vec<Candidate> = around
        .handling_units()
        .map(|unit| Candidate {
            unit_id: unit.unit_id.clone(),
            name: unit.short_name.clone(),
            places: place_of(&unit.name).map(str::to_owned).into_iter().collect(),
            n_open: open.iter().find(|it| it.0 == unit.unit_id).map_or(0, |it| it.1),
            had_business: last.as_ref() == Some(&unit.unit_id),
        })
        .collect();
    let particulars = &case.particulars;
    Ok(suggest(&candidates, &particulars.business.address, &particulars.place, case.state.rules))
}

/// `GET /complaints/{complaint_id}`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
) -> Answer {
    let (id, who) = (Id::from_text(id), actor.clone());
    let loaded = app.db.read(async move |tx| load(&tx, &who, &id).await).await?;
    draw(&app, frame, &actor, loaded, None, StatusCode::OK)
}

/// Draws the case, with a form that was sent with errors if there is one.
pub(crate) fn draw(
    app: &App,
    frame: Frame,
    actor: &Actor,
    loaded: Loaded,
    sent: Option<&Sent<'_>>,
    status: StatusCode,
) -> Answer {
    let (now, today) = (app.clock.now(), app.clock.today());
    let Loaded { around, case, .. } = &loaded;
    let state = &case.state;
    let terms = around.clocks(state);
    let sources = Sources { around, case, people: &loaded.people, suggestions: &loaded.suggestions, today };
    let steps = permitted(actor, &around.desk, state, &terms);
    let forms: Vec<StepForm> = steps.iter().map(|it| step_form::form(it, &sources, sent)).collect();
    let (mut main_steps, more_steps): (Vec<StepForm>, Vec<StepForm>) =
        forms.into_iter().partition(|it| it.step.is_main() && !(it.step == Step::Dispatch && state.unit_id.is_some()));
    if main_steps.len() == 1 {
        main_steps.iter_mut().for_each(|it| it.is_open = true);
    }
    let beside = |other: &Case, reasons: String| Beside {
        id: other.complaint_id.clone(),
        path: format!("/complaints/{}", other.complaint_id),
        number: other.number.clone(),
        business: other.particulars.business.name.clone(),
        label: other.state.label(),
        reasons,
    };
    let is_seen = |it: &&Case| may_see(actor, &around.desk, &it.state);
    let is_told = |it: &&Case| is_told_of(actor, around, case, it);
    let siblings: Vec<&Case> = loaded.siblings.iter().filter(is_told).collect();
    let linked: Vec<&Case> = loaded.linked.iter().filter(is_seen).collect();
    let unmasks = may_unmask(actor, &around.desk, state);
    let is_closed = look::is_closed(around, actor, case);
    let title = format!("{} {}", case.number, case.particulars.business.name);
    let direction = state.open_direction();
    let view = Show {
        told: told_lines(case, around, &terms),
        refused: why_not(state, Step::SetSession),
        free_day: free_day(state, around, today),
        news: if state.has_news { news(&loaded.happened) } else { Vec::new() },
        direction: direction.map(|it| it.words.clone()).unwrap_or_default(),
        direction_by: direction.map(|it| day_with_weekday(it.answer_by, today)).unwrap_or_default(),
        may_answer: steps.iter().any(|it| it.step == Step::AnswerDirection),
        small_claim: is_small_claim(state, case.particulars.amount_fen, &around.rules)
            .then(|| yuan(case.particulars.amount_fen.unwrap_or(0))),
        lamp: lamp(case, &around.rules, around.calendar.last_announced_year(), now),
        title: title.trim().to_owned(),
        main_steps,
        more_steps,
        parties: parties(&case.particulars.consumer, state.matter, false),
        business: business_lines(case),
        facts: fact_lines(case, around),
        missing: if state.status.is_open() { case.particulars.missing(state.matter) } else { Vec::new() },
        out_of_scope: if matches!(state.status, Status::Received | Status::Returned | Status::Dispatched) {
            out_of_scope(&case.particulars.text)
        } else {
            Vec::new()
        },
        unit_now: state.unit_id.as_ref().map(|it| around.unit_name(it)).unwrap_or_default(),
        needs_dispatch: steps.iter().any(|it| it.step == Step::Dispatch) && state.unit_id.is_none(),
        clock_lines: terms.iter().map(|it| clock_line(it, state, today)).collect(),
        held: held(&loaded.happened, around, now),
        siblings: siblings.iter().map(|it| beside(it, String::new())).collect(),
        linked: linked.iter().map(|it| beside(it, String::new())).collect(),
        neighbours: loaded
            .neighbours
            .iter()
            .filter(|it| may_see(actor, &around.desk, &it.case.state) && it.case.submission_id != case.submission_id)
            .filter_map(|it| Some(beside(&it.case, shown_reasons(actor, around, case, it)?)))
            .collect(),
        letters: loaded.letters.clone(),
        n_closed: if is_closed { loaded.files.len() } else { 0 },
        files: if is_closed { Vec::new() } else { loaded.files.clone() },
        letter_kinds: LetterKind::ALL.iter().copied().filter(|it| it.is_offered(state)).collect(),
        due_letters: due_letters(&loaded, actor, around, case),
        may_write: may_write(actor, around, case),
        lines: trail::told(&loaded.happened, siblings, linked)
            .rev()
            .map(|it| words::line(it, state.rules, is_closed, &loaded.files))
            .collect(),
        may_unmask: unmasks,
        may_correct: may_correct(actor, &around.desk, state),
        may_split: may_arrange(actor, &around.desk, state) && state.status.is_open(),
        errors: sent.map(|it| it.errors.clone()).unwrap_or_default(),
        error_step: sent.map_or("", |it| it.step.code()),
        stale: if status == StatusCode::CONFLICT { last_change(&loaded.happened) } else { String::new() },
        suggestions: loaded.suggestions.clone(),
        indicators: loaded.indicators.clone(),
        case: loaded.case.clone(),
        frame,
    };
    page::page_with(status, &view)
}

/// May the person know that the two came in one letter? A complaint names its person, so beside it the reporter of the same letter is
/// known: only who may unmask the reporter is told, from either side (第三十七条).
fn is_told_of(actor: &Actor, around: &Around, this: &Case, other: &Case) -> bool {
    may_see(actor, &around.desk, &other.state) && [this, other].iter().all(|it| !look::is_closed(around, actor, it))
}

/// Why two cases look alike, as far as this person may know: that a complainant and a reporter share a telephone number
/// names the reporter, so only who handles the tip-off is told (第三十七条). `None` when nothing is left.
fn shown_reasons(actor: &Actor, around: &Around, this: &Case, neighbour: &Neighbour) -> Option<String> {
    let names_somebody = |it: &Case| it.state.matter == CaseKind::Tipoff && !may_unmask(actor, &around.desk, &it.state);
    let is_secret = names_somebody(this) || names_somebody(&neighbour.case);
    let is_shown = |it: &&String| !is_secret || !matches!(it.as_str(), "同一电话" | "同一通讯地址");
    let reasons: Vec<&str> = neighbour.reasons.iter().filter(is_shown).map(String::as_str).collect();
    (!reasons.is_empty()).then(|| reasons.join("、"))
}

/// The person, masked or not; nothing at all of an anonymous reporter.
pub(crate) fn parties(consumer: &Consumer, matter: CaseKind, is_open: bool) -> Parties {
    let mask = |value: &str, masked: fn(&str) -> String| match value {
        "" => String::new(),
        value if is_open => value.to_owned(),
        value => masked(value),
    };
    // 第三十七条: of a reporter even the family name stays hidden.
    let hidden = |value: &str| if value.is_empty() { String::new() } else { "******".to_owned() };
    let is_secret = matter == CaseKind::Tipoff && !is_open;
    let show = |value: &str, masked: fn(&str) -> String| if is_secret { hidden(value) } else { mask(value, masked) };
    let mut lines = vec![
        ("姓名", show(&consumer.name, masked_name)),
        ("电话", show(&consumer.phone, masked_phone)),
        ("通讯地址", show(&consumer.address, masked_address)),
        ("证件号码", show(&consumer.id_number, masked_number)),
    ];
    if let Some(agent) = &consumer.agent {
        lines.push(("受托人", show(&agent.name, masked_name)));
        lines.push(("受托人电话", show(&agent.phone, masked_phone)));
        lines.push(("委托事项", if is_secret { hidden(&agent.authority) } else { agent.authority.clone() }));
    }
    lines.push(("其他投诉人", show(&consumer.others, |it| format!("{} 人", it.lines().count()))));
    lines.push(("代表人", show(&consumer.representatives, |_| "已推选".to_owned())));
    lines.retain(|it| !it.1.is_empty());
    Parties { is_open, lines }
}

pub(crate) fn business_lines(case: &Case) -> Vec<(&'static str, String)> {
    let business = &case.particulars.business;
    let mut lines = vec![
        ("名称", business.name.clone()),
        ("地址", business.address.clone()),
        ("信用代码", business.credit_code.clone()),
        ("电话", business.phone.clone()),
        ("所在平台", business.platform.clone()),
    ];
    lines.retain(|it| !it.1.is_empty());
    lines
}

pub(crate) fn fact_lines(case: &Case, around: &Around) -> Vec<(&'static str, String)> {
    let particulars = &case.particulars;
    let received = format!("{}，{}", case.state.received_on, case.state.channel.label());
    let node = |code: &str| if code.is_empty() { String::new() } else { around.category_name(code) };
    let mut lines = vec![
        ("收到", received),
        ("平台编号", case.external_number.clone().unwrap_or_default()),
        ("商品或服务", particulars.goods.clone()),
        (
            "分类",
            [node(&particulars.category), node(&particulars.problem)]
                .into_iter()
                .filter(|it| !it.is_empty())
                .collect::<Vec<_>>()
                .join(" / "),
        ),
        ("诉求", particulars.demand_words()),
        ("争议金额", particulars.amount_fen.map(|it| format!("{} 元", yuan(it))).unwrap_or_default()),
        ("挽回损失", case.state.recovered_fen.map(|it| format!("{} 元", yuan(it))).unwrap_or_default()),
        ("结果", case.state.outcome.map(|it| it.label().to_owned()).unwrap_or_default()),
        ("回访", case.state.satisfaction.map(|it| it.label().to_owned()).unwrap_or_default()),
        ("网上评价", case.state.rating.map(|it| it.label().to_owned()).unwrap_or_default()),
        ("购买日期", particulars.bought_on.map(|it| it.to_string()).unwrap_or_default()),
        ("订单号", particulars.order_number.clone()),
        ("事发地", particulars.place.clone()),
        (
            "承办",
            [case.state.unit_name.as_str(), &case.state.handler_name]
                .into_iter()
                .filter(|it| !it.is_empty())
                .collect::<Vec<_>>()
                .join(" "),
        ),
        ("委托调解", case.state.entrusted_to.clone()),
    ];
    lines.extend(session_line(&case.state));
    lines.retain(|it| !it.1.is_empty());
    lines
}

/// The letters that tell the parties of what was done; to ask another bureau for help is a choice.
fn due_letters(loaded: &Loaded, actor: &Actor, around: &Around, case: &Case) -> Vec<LetterKind> {
    let is_made = |kind: LetterKind| loaded.letters.iter().any(|it| it.kind == kind.code());
    let is_due = |it: &LetterKind| *it != LetterKind::Assistance && it.is_offered(&case.state) && !is_made(*it);
    if may_write(actor, around, case) { LetterKind::ALL.iter().copied().filter(is_due).collect() } else { Vec::new() }
}

fn clock_line(clock: &Clock, state: &CaseState, today: jiff::civil::Date) -> ClockLine {
    let is_late = clock.is_late(today);
    let (tone, word) = match (clock.done_on, is_late) {
        (Some(on), true) if clock.is_restarted => ("red", format!("{on} 重新计期时已超期")),
        (Some(on), false) if clock.is_restarted => ("done", format!("{on} 重新计期")),
        (Some(on), false) => ("done", format!("{on} 按期完成")),
        (Some(on), true) => ("red", format!("{on} 完成，超期")),
        (None, true) => ("red", "已超期".to_owned()),
        (None, false) if clock.sheet.due.is_none() => ("grey", "暂停中".to_owned()),
        (None, false) => ("green", "计时中".to_owned()),
    };
    ClockLine {
        code: clock.term.code,
        label: clock.term.label,
        article: clock.term.article,
        from: clock.from.to_string(),
        due: clock.sheet.due.map_or_else(|| "未定".to_owned(), |it| day_with_weekday(it, today)),
        tone,
        word,
        is_provisional: clock.sheet.provisional,
        overrun: (clock.term.code == "mediation.end").then_some(state.overrun_before_pause).flatten(),
    }
}

fn held(happened: &[Happened], around: &Around, now: jiff::Timestamp) -> Vec<Held> {
    let stretches = custody(happened.iter().filter_map(|it| Some((it.event.as_ref()?, it.at))));
    let last = stretches.last().filter(|it| it.to.is_none()).cloned();
    let all = used(&stretches, &around.rules.hours, &around.calendar, now);
    let whole: i64 = all.iter().map(|it| it.minutes).sum();
    all.into_iter()
        .map(|it| Held {
            is_now: last.as_ref().is_some_and(|last| (last.holding, &last.unit_name) == (it.holding, &it.unit_name)),
            unit: if it.unit_name.is_empty() { "投诉举报机构".to_owned() } else { it.unit_name },
            holding: it.holding.label(),
            span: span(it.minutes),
            work_span: work_span(it.work_minutes),
            share: if whole == 0 { 0 } else { (it.minutes * 100 + whole / 2) / whole },
        })
        .collect()
}

/// A case the person may see, or 404.
pub(crate) async fn visible(tx: &Read, around: &Around, actor: &Actor, id: &Id) -> Result<Case, Error> {
    let case = case::get(tx, id).await?;
    if may_see(actor, &around.desk, &case.state) { Ok(case) } else { Err(Error::NotFound) }
}
