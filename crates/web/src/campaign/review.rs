//! 核对: the source beside the plan, corrections, warnings.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use domain::campaign::plan::StatRow;
use domain::campaign::review::correction::{Correction, ReviewError};
use domain::campaign::review::fields::form_rows;
use domain::campaign::review::outline::{outline, pick};
use domain::unit::Actor;
use serde::Deserialize;
use store::campaign::plan::Status;

use super::draft::{Corrected, correct, load};
use super::review_form::{seen, typed_activity, typed_duty, typed_head};
use super::review_view::{Problem, ReviewView};
use crate::{Answer, App, Error, FormErrors, Frame, Posted, Visitor, done, go, page, page_with};

#[derive(Template)]
#[template(path = "campaign/review.html")]
struct Review {
    frame: Frame,
    view: ReviewView,
}

/// What the address may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// A name that shall be chosen anew.
    name: String,
}

/// `GET /campaigns/{id}/review`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let loaded = load(&app, &actor, &id).await?;
    if loaded.campaign.status != Status::Draft {
        return go(&format!("/campaigns/{id}"));
    }
    let view = ReviewView::new(&loaded, app.clock.today(), &Problem::default(), &asked.name);
    page(&Review { frame, view })
}

/// The page once more, with what was typed and why it was not taken.
pub(super) async fn refuse(app: &App, frame: Frame, actor: &Actor, id: &str, problem: Problem) -> Answer {
    let loaded = load(app, actor, id).await?;
    let status = if problem.is_stale { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = ReviewView::new(&loaded, app.clock.today(), &problem, "");
    page_with(status, &Review { frame, view })
}

/// Who corrects which part of which draft, and what was posted.
pub(crate) struct Desk {
    app: App,
    frame: Frame,
    actor: Actor,
    /// The campaign.
    id: String,
    /// The part, as it stands at the end of the path; empty where the path ends before.
    key: String,
    posted: Posted,
}

impl FromRequestParts<App> for Desk {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Desk, Error> {
        let named = Path::<HashMap<String, String>>::from_request_parts(parts, app).await;
        let Path(mut named) = named.map_err(|_| Error::NotFound)?;
        let mut take = |name: &str| named.remove(name).unwrap_or_default();
        let Visitor(actor) = Visitor::from_request_parts(parts, app).await?;
        Ok(Desk {
            id: take("id"),
            key: take("key"),
            actor,
            app: app.clone(),
            frame: Frame::from_request_parts(parts, app).await?,
            posted: Posted::from_request_parts(parts, app).await?,
        })
    }
}

impl Desk {
    /// Makes the correction and goes back to the part; or shows the page again with what was typed.
    pub(super) async fn correct(
        self,
        part: &str,
        make: impl Fn(&domain::campaign::review::Draft) -> Result<Correction, ReviewError> + Send + Sync + 'static,
    ) -> Answer {
        let refused = match correct(&self.app, &self.actor, &self.id, make).await? {
            Corrected::Done(said) => {
                let letter = part.chars().next().unwrap_or('a');
                let place = said.key.map_or_else(|| section(letter).to_owned(), |key| format!("{letter}{key}"));
                let target = format!("/campaigns/{}/review#{place}", self.id);
                return done(&target, &format!("{}。草稿已保存。", said.sentence));
            }
            Corrected::Refused(ReviewError::Invalid(errors)) => return self.wrong(part, errors).await,
            Corrected::Refused(error) => error,
        };
        let letter = part.get(..1).unwrap_or("a");
        let typed_part = self.posted.is_set("title") || self.posted.is_set("what") || self.posted.is_set("rows");
        let problem = match refused {
            ReviewError::Stale => Problem {
                part: part.to_owned(),
                posted: self.posted,
                is_stale: true,
                sentence: "您打开页面之后，同事改过这一项。您填写的内容都在下面的表单里，没有丢；请对照现在的内容，再决定保存。"
                    .to_owned(),
                ..Problem::default()
            },
            // What was typed goes into the form for a new part, so that it is not lost with the old one.
            ReviewError::Gone if typed_part && part != "head" => Problem {
                part: format!("{letter}0"),
                posted: self.posted,
                is_stale: true,
                sentence: "这一项已经被同事删除或合并。您填写的内容放在“新增”表单里，需要的话可以另存为新的一项。"
                    .to_owned(),
                ..Problem::default()
            },
            other => Problem { is_stale: true, sentence: other.to_string(), ..Problem::default() },
        };
        refuse(&self.app, self.frame, &self.actor, &self.id, problem).await
    }

    /// Shows the page again with errors in the fields.
    pub(super) async fn wrong(self, part: &str, errors: FormErrors) -> Answer {
        let problem = Problem { part: part.to_owned(), errors, posted: self.posted, ..Problem::default() };
        refuse(&self.app, self.frame, &self.actor, &self.id, problem).await
    }
}

/// The section of the page that a kind of part stands in.
fn section(letter: char) -> &'static str {
    match letter {
        'a' => "activities",
        'q' => "duties",
        'f' => "forms",
        'r' => "requirements",
        'w' => "warnings",
        'o' => "activities",
        _ => "head",
    }
}

/// `POST /campaigns/{id}/review/head`
pub(crate) async fn head(desk: Desk) -> Answer {
    match typed_head(&desk.posted).parse() {
        Err(errors) => desk.wrong("head", errors).await,
        Ok(fields) => {
            let version = desk.posted.text("version").parse().unwrap_or_default();
            desk.correct("head", move |_| Ok(Correction::Head { version, fields: fields.clone() })).await
        }
    }
}

/// `POST /campaigns/{id}/review/activities/{key}`: key 0 adds one.
pub(crate) async fn activity(desk: Desk) -> Answer {
    let part = format!("a{}", desk.key);
    let seen = seen(&desk.posted, &desk.key);
    let step = desk.posted.text("do").to_owned();
    let at: usize = desk.posted.text("at").parse().unwrap_or_default();
    match step.as_str() {
        "remove" => desk.correct(&part, move |_| Ok(Correction::RemoveActivity(seen))).await,
        "merge" => desk.correct(&part, move |_| Ok(Correction::MergeActivity(seen))).await,
        "up" => desk.correct(&part, move |_| Ok(Correction::MoveActivity(seen, true))).await,
        "down" => desk.correct(&part, move |_| Ok(Correction::MoveActivity(seen, false))).await,
        "split" => desk.correct(&part, move |_| Ok(Correction::SplitActivity(seen, at))).await,
        _ => {
            let typed = typed_activity(&desk.posted);
            // A day without a year is one of the plan's year, which a colleague may have corrected meanwhile.
            desk.correct(&part, move |draft| {
                let fields = typed.parse(draft.plan.year)?;
                Ok(if seen.key == 0 {
                    Correction::AddActivity { after: None, fields }
                } else {
                    Correction::Activity(seen, fields)
                })
            })
            .await
        }
    }
}

/// `POST /campaigns/{id}/review/lines`: paragraphs of the source become activities.
pub(crate) async fn lines(desk: Desk) -> Answer {
    let text = load(&desk.app, &desk.actor, &desk.id).await?.source.text;
    let starts: Vec<usize> = desk.posted.all("line").filter_map(|it| it.parse().ok()).collect();
    let together = desk.posted.text("do") == "together";
    desk.correct("o", move |draft| Ok(Correction::TakeLines { lines: pick(&outline(draft, &text), &starts), together }))
        .await
}

/// `POST /campaigns/{id}/review/requirements/{key}`
pub(crate) async fn requirement(desk: Desk) -> Answer {
    let part = format!("r{}", desk.key);
    let seen = seen(&desk.posted, &desk.key);
    let title = desk.posted.text("title").to_owned();
    if desk.posted.text("do") == "remove" {
        return desk.correct(&part, move |_| Ok(Correction::RemoveRequirement(seen))).await;
    }
    if title.is_empty() {
        return desk.wrong(&part, FormErrors::one("title", "请填写工作要求。")).await;
    }
    if seen.key == 0 {
        return desk.correct(&part, move |_| Ok(Correction::AddRequirement(title.clone()))).await;
    }
    desk.correct(&part, move |_| Ok(Correction::Requirement(seen, title.clone()))).await
}

/// `POST /campaigns/{id}/review/duties/{key}`
pub(crate) async fn duty(desk: Desk) -> Answer {
    let part = format!("q{}", desk.key);
    let seen = seen(&desk.posted, &desk.key);
    if desk.posted.text("do") == "remove" {
        return desk.correct(&part, move |_| Ok(Correction::RemoveReportDuty(seen))).await;
    }
    let typed = typed_duty(&desk.posted);
    desk.correct(&part, move |draft| {
        let fields = typed.parse(draft.plan.year)?;
        Ok(if seen.key == 0 { Correction::AddReportDuty(fields) } else { Correction::ReportDuty(seen, fields) })
    })
    .await
}

/// `POST /campaigns/{id}/review/forms/{key}`
pub(crate) async fn stat_form(desk: Desk) -> Answer {
    let part = format!("f{}", desk.key);
    let seen = seen(&desk.posted, &desk.key);
    if desk.posted.text("do") == "remove" {
        return desk.correct(&part, move |_| Ok(Correction::RemoveStatForm(seen))).await;
    }
    match typed_stat_form(&desk.posted) {
        Err(errors) => desk.wrong(&part, errors).await,
        Ok((title, rows)) if seen.key == 0 => {
            desk.correct(&part, move |_| Ok(Correction::AddStatForm(title.clone(), rows.clone()))).await
        }
        Ok((title, rows)) => {
            desk.correct(&part, move |_| Ok(Correction::StatForm(seen, title.clone(), rows.clone()))).await
        }
    }
}

fn typed_stat_form(posted: &Posted) -> Result<(String, Vec<StatRow>), FormErrors> {
    let title = posted.text("title").to_owned();
    let rows = form_rows(posted.raw("rows"));
    if title.is_empty() {
        let mut errors = FormErrors::one("title", "请填写统计表名称。");
        for (field, sentence) in rows.as_ref().err().iter().flat_map(|it| it.iter()) {
            errors.add(field, sentence);
        }
        return Err(errors);
    }
    Ok((title, rows?))
}

/// `POST /campaigns/{id}/review/warnings/{index}`
pub(crate) async fn warning(desk: Desk) -> Answer {
    let Ok(index) = desk.key.parse::<usize>() else { return Err(Error::NotFound) };
    let is_read = desk.posted.text("do") != "open";
    desk.correct("w", move |_| Ok(Correction::ReadWarning(index, is_read))).await
}
