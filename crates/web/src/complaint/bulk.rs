//! `POST /complaints/bulk`: the same step for many cases; each is asked for itself, and what could not be done says why.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use domain::Id;
use domain::complaint::permitted::may_see;
use domain::complaint::step::Step;
use domain::complaint::take::{Refusal, take as take_step};
use store::complaint::case;

use super::step::{Halt, chosen};
use super::{Around, list};
use crate::{Answer, App, Error, Frame, Posted, Visitor, page};

/// The most cases of one go, here, of a cluster and on paper.
pub(super) const MOST: usize = 200;

/// The steps that make sense for many at once.
const STEPS: &[Step] =
    &[Step::Dispatch, Step::Assign, Step::Contact, Step::Answer, Step::AnswerDirection, Step::Note, Step::Direct];

/// A case that was not done: its number, and why.
struct BulkEnd(String, Halt);

impl From<store::Error> for BulkEnd {
    fn from(error: store::Error) -> BulkEnd {
        BulkEnd(String::new(), Halt::from(error))
    }
}

/// The number of a case that was not done, and why. What was done before it stays done, and is said.
fn why(BulkEnd(number, halt): BulkEnd, step: Step, key: &Id) -> (String, String) {
    let why = match halt {
        Halt::Refused(Refusal::Fields(errors)) => errors.iter().next().map_or("", |it| it.1).to_owned(),
        Halt::Refused(Refusal::NotPermitted(_)) => format!("现在不能{}", step.label()),
        Halt::Stale => "他人正在修改".to_owned(),
        Halt::Error(Error::NotFound) => "不在您的权限范围内".to_owned(),
        Halt::Error(error @ (Error::Internal(_) | Error::Unavailable(_))) => {
            tracing::error!(complaint = key.as_str(), error = format!("{error:#}"), "a case of many was not done");
            "系统出错，没有办，请稍后单独再办".to_owned()
        }
        Halt::Error(other) => other.to_string(),
    };
    (number, why)
}

/// `POST /complaints/bulk`
pub(crate) async fn take(State(app): State<App>, frame: Frame, Visitor(actor): Visitor, posted: Posted) -> Answer {
    let ids: Vec<Id> = posted.all("id").map(Id::from_text).collect();
    let back = page::inside(posted.text("next")).to_owned();
    let step = Step::from_code(posted.text("step")).filter(|it| STEPS.contains(it));
    let sentence = match step {
        None => Some("请选择批量要做的事，再按“办理”。".to_owned()),
        Some(_) if ids.is_empty() => Some("没有选中案件：请先在左边勾选。填写的内容还在下面。".to_owned()),
        Some(_) if ids.len() > MOST => Some(format!("一次最多办 {MOST} 件，请分批。")),
        Some(_) => None,
    };
    let step = match (step, sentence) {
        (Some(step), None) => step,
        (_, sentence) => return list::again(&app, frame, actor, &posted, back, sentence.unwrap_or_default()).await,
    };
    let (now, today) = (app.clock.now(), app.clock.today());
    let mut n_done = 0;
    let mut refused: Vec<RefusedLine> = Vec::new();
    for id in ids {
        let (who, sent, key) = (actor.clone(), posted.clone(), id.clone());
        let ended = app
            .db
            .try_write(async move |tx| -> Result<(), BulkEnd> {
                let around = Around::load(&tx).await?;
                let mut case = case::lock(&tx, &id, None).await?;
                if !may_see(&who, &around.desk, &case.state) {
                    return Err(store::Error::NotFound.into());
                }
                // The day of what many share is today, unless the form says otherwise.
                let get = |name: &str| match sent.raw(name) {
                    "" if name == "on" => today.to_string(),
                    typed => typed.to_owned(),
                };
                let chosen = chosen(&tx, &around, &case, step, &get).await?;
                let events = take_step(&who, &around.desk, &case.state, step, &get, &chosen, today)
                    .map_err(|it| BulkEnd(case.number.clone(), Halt::Refused(it)))?;
                Ok(case::append(&tx, &mut case, &events, around.law(), Some(&who), now).await?)
            })
            .await;
        match ended {
            Ok(()) => n_done += 1,
            Err(end) => {
                let (number, why) = why(end, step, &key);
                refused.push(RefusedLine { path: format!("/complaints/{key}"), number, why });
            }
        }
    }
    if refused.is_empty() {
        return page::done(&back, &format!("{n_done} 件已{}。", step.label()));
    }
    page::page_with(StatusCode::UNPROCESSABLE_ENTITY, &Refused { frame, step, n_done, refused, back })
}

/// One case that was not done, and why.
struct RefusedLine {
    path: String,
    number: String,
    why: String,
}

#[derive(Template)]
#[template(path = "complaint/bulk.html")]
struct Refused {
    frame: Frame,
    step: Step,
    n_done: usize,
    refused: Vec<RefusedLine>,
    back: String,
}
