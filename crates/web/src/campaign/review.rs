//! 核对: the source beside the plan, corrections, warnings.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
};
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

/// What a handler of this page needs.
pub(super) struct Desk {
    pub(super) app: App,
    pub(super) frame: Frame,
    pub(super) actor: Actor,
    pub(super) id: String,
    pub(super) posted: Posted,
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
pub(crate) async fn head(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let desk = Desk { app, frame, actor, id, posted };
    match typed_head(&desk.posted).parse() {
        Err(errors) => desk.wrong("head", errors).await,
        Ok(fields) => {
            let version = desk.posted.text("version").parse().unwrap_or_default();
            desk.correct("head", move |_| Ok(Correction::Head { version, fields: fields.clone() })).await
        }
    }
}

/// `POST /campaigns/{id}/review/activities/{key}`: key 0 adds one.
pub(crate) async fn activity(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path((id, key)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let part = format!("a{key}");
    let seen = seen(&posted, &key);
    let step = posted.text("do").to_owned();
    let at: usize = posted.text("at").parse().unwrap_or_default();
    let desk = Desk { app, frame, actor, id, posted };
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
pub(crate) async fn lines(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let text = load(&app, &actor, &id).await?.source.text;
    let starts: Vec<usize> = posted.all("line").filter_map(|it| it.parse().ok()).collect();
    let together = posted.text("do") == "together";
    let desk = Desk { app, frame, actor, id, posted };
    desk.correct("o", move |draft| Ok(Correction::TakeLines { lines: pick(&outline(draft, &text), &starts), together }))
        .await
}

/// `POST /campaigns/{id}/review/requirements/{key}`
pub(crate) async fn requirement(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path((id, key)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let part = format!("r{key}");
    let seen = seen(&posted, &key);
    let title = posted.text("title").to_owned();
    let desk = Desk { app, frame, actor, id, posted };
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
pub(crate) async fn duty(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path((id, key)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let part = format!("q{key}");
    let seen = seen(&posted, &key);
    let desk = Desk { app, frame, actor, id, posted };
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
pub(crate) async fn stat_form(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path((id, key)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let part = format!("f{key}");
    let seen = seen(&posted, &key);
    let desk = Desk { app, frame, actor, id, posted };
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
pub(crate) async fn warning(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path((id, index)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let Ok(index) = index.parse::<usize>() else { return Err(Error::NotFound) };
    let is_read = posted.text("do") != "open";
    let desk = Desk { app, frame, actor, id, posted };
    desk.correct("w", move |_| Ok(Correction::ReadWarning(index, is_read))).await
}
