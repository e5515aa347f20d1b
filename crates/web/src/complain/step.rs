//! What a person does with their own case: add facts and files, ask to take it back, say how content they are.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use domain::complaint::case::Satisfaction;
use domain::complaint::event::CaseEvent;
use domain::complaint::follow::{may_rate, may_supplement, may_withdraw};
use domain::{FormErrors, Id};
use jiff::Timestamp;
use store::Tx;
use store::complaint::case::{self, Case};
use store::complaint::file::{self, NewFile, Origin};
use store::complaint::follow as codes;

use super::limiter::{Deed, From};
use super::status::{Form, Typed, Wrong, draw};
use super::{files, follow};
use crate::complaint::Around;
use crate::cookie::Jar;
use crate::{Answer, App, Error, Frame, Posted, page};

/// The longest addition.
const ADDED: usize = 1000;
/// The longest text of a case with everything added.
const WHOLE: usize = 12_000;
/// Why it is taken back, or what was good or bad, in so many characters.
const WORDS: usize = 200;
/// So many additions of one address in an hour.
const PER_HOUR: u32 = 60;

/// What every form of this page begins with: the person has shown the code of a submission. It stays open where the office no longer
/// takes new ones in public.
pub(crate) struct Own {
    app: App,
    frame: Frame,
    around: Arc<Around>,
    submission_id: Id,
    now: Timestamp,
    /// The look has ended: what is sent is taken, and nothing is shown.
    is_late: bool,
}

impl FromRequestParts<App> for Own {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Own, Response> {
        let frame = Frame::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        let jar = Jar::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        let around = Around::recent(app).await.map_err(|it| Error::from(it).into_response())?;
        let now = app.clock.now();
        let submission_id = follow::of_form(app, &jar, now).map_err(IntoResponse::into_response)?;
        let is_late = follow::of(app, &jar, now).is_none();
        Ok(Own { app: app.clone(), frame, around, submission_id, now, is_late })
    }
}

/// Back to the page, which may be looked at from now on again; after the end of a look only to where the code is asked for.
fn done(app: &App, submission_id: &Id, now: Timestamp, is_late: bool, words: &str) -> Answer {
    if is_late {
        return page::done("/complain/status", &format!("{words}要看进度，请再输入编号和查询码。"));
    }
    let mut response = page::done("/complain/mine", words)?;
    follow::begin(app, &mut response, submission_id, now);
    Ok(response)
}

/// The case of that number in the submission, loaded to be changed.
async fn locked(tx: &Tx, submission_id: &Id, number: &str) -> store::Result<Case> {
    let cases = codes::cases(tx, submission_id).await?;
    let found = cases.into_iter().find(|it| it.number == number).ok_or(store::Error::NotFound)?;
    case::lock(tx, &found.complaint_id, None).await
}

/// Is the form still open, or the sentence that says why not.
fn refuse(is_open: bool) -> Result<(), Error> {
    let sentence = "这一件现在不能再这样办，请看页面上的最新进度。";
    if is_open { Ok(()) } else { Err(Error::Conflict(sentence.into())) }
}

/// `POST /complain/mine/{number}/facts`
pub(crate) async fn supplement(own: Own, from: From, Path(number): Path<String>, posted: Posted) -> Answer {
    let Own { app, frame, around, submission_id, now, is_late } = own;
    let typed = posted.raw("facts").replace("\r\n", "\n").trim().to_owned();
    let mut errors = FormErrors::default();
    if typed.chars().count() > ADDED {
        errors.add("facts", format!("一次最多补充 {ADDED} 字，其余请作为文件附上，或者分几次补充。"));
    }
    if typed.is_empty() && posted.files(files::FIELD).next().is_none() {
        errors.add("facts", "请写补充的事实，或者选择要补充的文件。");
    }
    if errors.is_empty() && !app.limiter.take(Deed::Supplement, &from, PER_HOUR) {
        errors.add("facts", "补充得太频繁，请过一会儿再提交，或拨打 12315。");
    }
    let kept = if errors.is_empty() { files::keep(&app, &posted, &mut errors).await? } else { Vec::new() };
    if !errors.is_empty() {
        let typed = Typed { facts: typed, ..Typed::default() };
        let wrong = Wrong { form: Form::Facts, number, is_late, typed, errors };
        return draw(&app, frame, &around, submission_id, Some(wrong)).await;
    }
    let (day, law, followed) = (app.clock.today(), around, submission_id.clone());
    app.db
        .try_write(async move |tx| -> Result<(), Error> {
            let mut case = locked(&tx, &submission_id, &number).await?;
            refuse(may_supplement(&case.state))?;
            let text = with(&case.particulars.text, &typed, &format!("【{day} 网上补充】"));
            if text.chars().count() > WHOLE {
                return Err(Error::Conflict("这一件补充的内容已经很多，请拨打 12315 或者到窗口补充。".into()));
            }
            let n_files = keep(&tx, &case, &kept, now).await?;
            if text != case.particulars.text || n_files > 0 {
                let is_new = text != case.particulars.text;
                let words = if is_new { typed.as_str() } else { "" };
                codes::supplement(&tx, &mut case, (text, words), n_files, law.law(), now).await?;
            }
            Ok(())
        })
        .await?;
    done(&app, &followed, now, is_late, "已收到您补充的内容。")
}

/// The text with an addition; one that stands there already is not added again.
fn with(text: &str, added: &str, head: &str) -> String {
    if added.is_empty() || text.ends_with(added) {
        return text.to_owned();
    }
    format!("{text}\n\n{head}\n{added}")
}

async fn keep(tx: &Tx, case: &Case, kept: &[NewFile], now: Timestamp) -> store::Result<usize> {
    let mut n_files = 0;
    for new in kept {
        n_files += usize::from(file::insert(tx, &case.complaint_id, new, Origin::Public, None, now).await?);
    }
    Ok(n_files)
}

/// `POST /complain/mine/{number}/withdraw`
pub(crate) async fn withdraw(own: Own, Path(number): Path<String>, posted: Posted) -> Answer {
    let Own { app, frame, around, submission_id, now, is_late } = own;
    let words = posted.text("why").to_owned();
    let mut errors = FormErrors::default();
    if !posted.is_set("sure") {
        errors.add("sure", "请先打勾确认要撤回。");
    }
    if words.chars().count() > WORDS {
        errors.add("why", format!("请控制在 {WORDS} 字以内。"));
    }
    if !errors.is_empty() {
        let typed = Typed { why: words, ..Typed::default() };
        let wrong = Wrong { form: Form::Withdraw, number, is_late, typed, errors };
        return draw(&app, frame, &around, submission_id, Some(wrong)).await;
    }
    let (law, followed) = (around, submission_id.clone());
    app.db
        .try_write(async move |tx| -> Result<(), Error> {
            let mut case = locked(&tx, &submission_id, &number).await?;
            refuse(may_withdraw(&case.state))?;
            let asked = CaseEvent::WithdrawalAsked { words: words.clone() };
            case::append(&tx, &mut case, &[asked], law.law(), None, now).await?;
            Ok(())
        })
        .await?;
    done(&app, &followed, now, is_late, "已收到您撤回的申请，办理单位会据此办结。")
}

/// `POST /complain/mine/{number}/satisfaction`
pub(crate) async fn rate(own: Own, Path(number): Path<String>, posted: Posted) -> Answer {
    let Own { app, frame, around, submission_id, now, is_late } = own;
    let said = Satisfaction::from_code(posted.text("satisfaction")).filter(|it| *it != Satisfaction::Unreached);
    let mut errors = FormErrors::default();
    if said.is_none() {
        errors.add("satisfaction", "请选一项。");
    }
    let typed = posted.text("why").to_owned();
    if typed.chars().count() > WORDS {
        errors.add("rate-why", format!("请控制在 {WORDS} 字以内。"));
    }
    let satisfaction = match said {
        Some(satisfaction) if errors.is_empty() => satisfaction,
        _ => {
            let satisfaction = posted.text("satisfaction").to_owned();
            let typed = Typed { rate_why: typed, satisfaction, ..Typed::default() };
            let wrong = Wrong { form: Form::Rate, number, is_late, typed, errors };
            return draw(&app, frame, &around, submission_id, Some(wrong)).await;
        }
    };
    let (law, followed) = (around, submission_id.clone());
    app.db
        .try_write(async move |tx| -> Result<(), Error> {
            let mut case = locked(&tx, &submission_id, &number).await?;
            refuse(may_rate(&case.state))?;
            let rated = CaseEvent::Rated { satisfaction, words: typed.clone() };
            case::append(&tx, &mut case, &[rated], law.law(), None, now).await?;
            Ok(())
        })
        .await?;
    done(&app, &followed, now, is_late, "谢谢您的评价。")
}
