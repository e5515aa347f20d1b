//! `/complain/status`: number and code in, plain words out: where it stands, what comes next, by when, and what the person can do.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use domain::complaint::case::{CaseKind, Satisfaction};
use domain::complaint::event::CaseEvent;
use domain::complaint::follow::{Progress, is_shown, may_rate, may_supplement, may_withdraw, normal_code, progress};
use domain::complaint::identity::{masked_text, normal_phone};
use domain::complaint::letter::{LetterKind, OTHER_WAYS};
use domain::{FormErrors, Id};
use jiff::civil::Date;
use store::Read;
use store::complaint::case::{self, Case};
use store::complaint::file::{self, CaseFile};
use store::complaint::follow as codes;
use store::complaint::letter::{self, Letter};
use store::complaint::supplement::{self, Supplement};

use super::limiter::{Deed, From};
use super::{done, follow, unlisted};
use crate::campaign::days::day_with_weekday;
use crate::complaint::Around;
use crate::cookie::Jar;
use crate::{Answer, App, Choice, Error, Frame, Posted, clock, page};

/// So many wrong codes of one address in an hour.
const WRONG_CODES: u32 = 20;

#[derive(Template)]
#[template(path = "complain/status.html")]
struct Ask {
    frame: Frame,
    phone: String,
    key: String,
    errors: FormErrors,
}

/// `GET /complain/status`
pub(crate) async fn ask(State(app): State<App>, frame: Frame) -> Answer {
    let around = Around::recent(&app).await?;
    let phone = around.face.phone.clone();
    unlisted(page::page(&Ask { frame, phone, key: String::new(), errors: FormErrors::default() }))
}

/// `POST /complain/status`
pub(crate) async fn find(State(app): State<App>, frame: Frame, from: From, posted: Posted) -> Answer {
    let around = Around::recent(&app).await?;
    let key = posted.text("key").to_owned();
    let mut errors = FormErrors::default();
    if key.is_empty() {
        errors.add("key", "请填写编号，如 TS2027-000123；或者留下的电话的后四位。");
    }
    let code = normal_code(posted.text("code"));
    if code.is_none() {
        errors.add("code", "查询码是 12 个字母和数字，提交成功时给您的，形如 2345-6789-ABCD。");
    }
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    if let (Some(code), true) = (code, errors.is_empty()) {
        if app.limiter.is_over(Deed::WrongCode, &from, WRONG_CODES) {
            status = StatusCode::TOO_MANY_REQUESTS;
            errors.add("code", "查错的次数太多，请一小时后再查，或拨打 12315 询问。");
        } else {
            let wanted = key.clone();
            let found = app.db.read(async move |tx| matching(&tx, &code, &wanted).await).await?;
            if let Some(submission_id) = found {
                let mut response = page::go("/complain/mine")?;
                follow::begin(&app, &mut response, &submission_id, app.clock.now());
                return Ok(response);
            }
            app.limiter.take(Deed::WrongCode, &from, 0);
            errors.add("code", "编号（或电话后四位）和查询码对不上，请对照提交成功时的页面核对。");
        }
    }
    let phone = around.face.phone.clone();
    unlisted(page::page_with(status, &Ask { frame, phone, key, errors }))
}

/// The submission of that code, when the number or the end of the telephone number fits it too.
async fn matching(tx: &Read, code: &str, key: &str) -> store::Result<Option<Id>> {
    let Some(submission_id) = codes::find(tx, code).await? else { return Ok(None) };
    let typed: String = key.chars().filter(|it| !it.is_whitespace()).collect::<String>().to_uppercase();
    let tail = normal_phone(&typed);
    let fits = codes::cases(tx, &submission_id).await?.iter().any(|it| {
        let phone = &it.particulars.consumer.phone;
        it.number == typed || (typed.len() == 4 && tail.len() == 4 && phone.len() > 4 && phone.ends_with(&tail))
    });
    Ok(fits.then_some(submission_id))
}

/// One case as the person sees it.
struct Mine {
    case: Case,
    kind: &'static str,
    progress: Progress,
    by: String,
    letters: Vec<Letter>,
    files: Vec<CaseFile>,
    answer: String,
    /// What they have added: when, what, with how many files.
    added: Vec<Added>,
    may_supplement: bool,
    may_withdraw: bool,
    may_rate: bool,
    needs_other_ways: bool,
    errors: FormErrors,
    typed: Typed,
}

/// What the person has added, as they read it again.
struct Added {
    at: String,
    words: String,
    n_files: i64,
}

fn added(it: Supplement) -> Added {
    Added { at: clock::in_words(it.added_at), words: masked_text(&it.words), n_files: it.n_files }
}

/// What stood in the forms of the page.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed {
    pub(super) facts: String,
    /// Why it is taken back.
    pub(super) why: String,
    pub(super) satisfaction: String,
    /// What goes with a rating.
    pub(super) rate_why: String,
}

#[derive(Template)]
#[template(path = "complain/mine.html")]
struct Show {
    frame: Frame,
    bureau: String,
    phone: String,
    mine: Vec<Mine>,
    satisfactions: Vec<Choice>,
    other_ways: &'static str,
    /// The look has ended; only what was being written may still be sent.
    is_late: bool,
}

/// Which form of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Facts,
    Withdraw,
    Rate,
}

/// What stood in a form of this page that had errors: of which case, what, and why not.
pub(super) struct Wrong {
    pub(super) form: Form,
    pub(super) number: String,
    /// It came after the look had ended: the page gives back what was typed and shows nothing else of the case.
    pub(super) is_late: bool,
    pub(super) typed: Typed,
    pub(super) errors: FormErrors,
}

/// `GET /complain/mine`
pub(crate) async fn show(State(app): State<App>, frame: Frame, jar: Jar) -> Answer {
    let around = Around::recent(&app).await?;
    match follow::of(&app, &jar, app.clock.now()) {
        Some(submission_id) => draw(&app, frame, &around, submission_id, None).await,
        None => page::go("/complain/status"),
    }
}

/// Draws the page of a submission.
pub(super) async fn draw(app: &App, frame: Frame, around: &Around, submission_id: Id, wrong: Option<Wrong>) -> Answer {
    let followed = submission_id.clone();
    let loaded = app
        .db
        .read(async move |tx| {
            let mut loaded = Vec::new();
            for case in codes::cases(&tx, &submission_id).await? {
                let letters = letter::list(&tx, &case.complaint_id).await?;
                let files = file::list(&tx, &case.complaint_id).await?;
                let answer = answer(&tx, &case).await?;
                let added = supplement::list(&tx, &case.complaint_id).await?;
                loaded.push((Papers { letters, files, answer, added }, case));
            }
            Ok(loaded)
        })
        .await?;
    let today = app.clock.today();
    let mut mine: Vec<Mine> = loaded.into_iter().map(|(papers, case)| seen(case, papers, around, today)).collect();
    let is_late = wrong.as_ref().is_some_and(|it| it.is_late);
    let mut status = StatusCode::OK;
    if let Some(wrong) = wrong {
        // A number that is none of theirs has no page: after the end of a look it would be the whole one.
        let it = mine.iter_mut().find(|it| it.case.number == wrong.number).ok_or(Error::NotFound)?;
        (it.errors, it.typed, status) = (wrong.errors, wrong.typed, StatusCode::UNPROCESSABLE_ENTITY);
        if is_late {
            it.may_supplement = wrong.form == Form::Facts;
            it.may_withdraw = wrong.form == Form::Withdraw;
            it.may_rate = wrong.form == Form::Rate;
            mine.retain(|it| it.case.number == wrong.number);
        }
    }
    let listed = Satisfaction::ALL.iter().filter(|it| **it != Satisfaction::Unreached);
    let view = Show {
        frame,
        bureau: around.bureau().to_owned(),
        phone: around.face.phone.clone(),
        mine,
        satisfactions: listed.map(|it| Choice::new(it.code(), it.label(), "satisfied")).collect(),
        other_ways: OTHER_WAYS,
        is_late,
    };
    let mut response = unlisted(page::page_with(status, &view))?;
    // Who is reading it is still there: the half hour begins anew.
    if !is_late {
        follow::begin(app, &mut response, &followed, app.clock.now());
    }
    Ok(response)
}

/// What was answered to an inquiry.
async fn answer(tx: &Read, case: &Case) -> store::Result<String> {
    if case.state.matter != CaseKind::Inquiry || case.state.status.is_open() {
        return Ok(String::new());
    }
    let happened = case::events(tx, &case.complaint_id).await?;
    let words = happened.into_iter().rev().find_map(|it| match it.event {
        Some(CaseEvent::Closed { words, .. }) => Some(words),
        _ => None,
    });
    Ok(words.unwrap_or_default())
}

/// What lies beside a case.
struct Papers {
    letters: Vec<Letter>,
    files: Vec<CaseFile>,
    answer: String,
    added: Vec<Supplement>,
}

fn seen(case: Case, papers: Papers, around: &Around, today: Date) -> Mine {
    let Papers { letters, files, answer, added } = papers;
    let state = &case.state;
    let progress = progress(state, &around.clocks(state), today);
    let is_meant = |it: &Letter| LetterKind::from_code(&it.kind).is_some_and(|kind| is_shown(kind, state));
    let is_own = |it: &CaseFile| it.origin == store::complaint::file::Origin::Public;
    Mine {
        kind: state.matter.label(),
        by: progress.by.map(|it| day_with_weekday(it.0, today)).unwrap_or_default(),
        letters: letters.into_iter().filter(is_meant).collect(),
        files: files.into_iter().filter(is_own).collect(),
        answer,
        added: added.into_iter().map(self::added).collect(),
        may_supplement: may_supplement(state),
        may_withdraw: may_withdraw(state),
        may_rate: may_rate(state),
        needs_other_ways: state.matter == CaseKind::Complaint
            && (state.declined_on.is_some() || state.terminated_on.is_some()),
        progress,
        errors: FormErrors::default(),
        typed: Typed::default(),
        case,
    }
}

#[derive(Template)]
#[template(path = "complain/letter.html")]
struct ShowLetter {
    frame: Frame,
    letter: Letter,
    paragraphs: Vec<String>,
    bureau: String,
    day: String,
}

/// `GET /complain/mine/letters/{letter_id}`
pub(crate) async fn letter(State(app): State<App>, frame: Frame, jar: Jar, Path(letter_id): Path<String>) -> Answer {
    let around = Around::recent(&app).await?;
    let submission_id = follow::needed(&app, &jar, app.clock.now())?;
    let letter_id = Id::from_text(letter_id);
    let found = app
        .db
        .read(async move |tx| {
            let letter = letter::get(&tx, &letter_id).await?;
            let case = case::get(&tx, &letter.complaint_id).await?;
            Ok((letter, case))
        })
        .await?;
    let (letter, case) = found;
    let is_meant = LetterKind::from_code(&letter.kind).is_some_and(|kind| is_shown(kind, &case.state));
    if case.submission_id != submission_id || !is_meant {
        return Err(Error::NotFound);
    }
    let paragraphs = letter.body.lines().map(str::to_owned).collect();
    let day = crate::day_of(letter.made_at);
    let day = format!("{}年{}月{}日", day.year(), day.month(), day.day());
    unlisted(page::page(&ShowLetter { frame, paragraphs, bureau: around.bureau().to_owned(), day, letter }))
}

/// `POST /complain/mine/leave`
pub(crate) async fn leave(State(app): State<App>) -> Answer {
    let mut response = page::go("/complain")?;
    response.headers_mut().append(header::SET_COOKIE, follow::end(&app));
    // The next person at this computer must not find the code on the page before.
    response.headers_mut().append(header::SET_COOKIE, done::forget(&app));
    Ok(response)
}
