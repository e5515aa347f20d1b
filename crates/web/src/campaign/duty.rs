//! `/campaigns/{id}/duties`: report duties (报送) and where every unit stands with them.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::Id;
use domain::campaign::difference::StandingForm;
use domain::campaign::edit::{parse_note, parse_optional_note};
use domain::campaign::light::{self, Work};
use domain::campaign::permitted::{may_hand_in, may_remind};
use domain::campaign::plan::StatRow;
use domain::unit::{Actor, Role};
use jiff::civil::Date;
use serde_json::json;
use store::campaign::duty::{DutyUnit, ReportDuty};
use store::campaign::head::Head;
use store::campaign::{duty, head, reminder, revise};
use store::event::{self, NewEvent};

use super::days;
use super::lamp::{self, Lamp};
use super::step::Refusal;
use crate::{Answer, App, Error, Frame, Posted, Visitor, page};

#[derive(Template)]
#[template(path = "campaign/duties.html")]
struct List {
    frame: Frame,
    head: Head,
    duties: Vec<DutyLine>,
    forms: Vec<FormView>,
    refusal: String,
}

/// A statistics form of the notice, to be read.
struct FormView {
    form_id: Id,
    title: String,
    head: String,
    /// Number, label, unit of measure, whether it is part of the row above (其中).
    rows: Vec<(String, String, String, bool)>,
}

fn form_view(form: &StandingForm) -> FormView {
    let row = |it: &StatRow| {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        (text(&it.number), it.label.clone(), text(&it.unit), it.parent.is_some())
    };
    FormView {
        form_id: form.stat_form_id.clone(),
        title: form.form.title.clone().unwrap_or_else(|| "统计表".to_owned()),
        head: form.form.head.join("、"),
        rows: form.form.rows.iter().map(row).collect(),
    }
}

pub(crate) struct DutyLine {
    duty_id: Id,
    what: String,
    who: String,
    to: String,
    via: String,
    due: String,
    /// Why there is no date, when there is none.
    explanation: String,
    n_handed_in: usize,
    units: Vec<UnitLine>,
    may_remind: bool,
}

struct UnitLine {
    unit_id: Id,
    name: String,
    is_handed_in: bool,
    lamp: Lamp,
    note: String,
    may_hand_in: bool,
    is_mine: bool,
}

/// `GET /campaigns/{campaign_id}/duties`
pub(crate) async fn list(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(campaign_id): Path<String>,
) -> Answer {
    draw(&app, frame, &actor, Id::from_text(campaign_id), String::new(), StatusCode::OK).await
}

async fn draw(app: &App, frame: Frame, actor: &Actor, campaign_id: Id, refusal: String, status: StatusCode) -> Answer {
    let today = app.clock.today();
    let (head, duties, units, forms, near_days) = app
        .db
        .read(async move |tx| {
            let head = head::get(&tx, &campaign_id).await?;
            let duties = duty::list(&tx, &campaign_id).await?;
            let units = duty::list_units(&tx, &campaign_id).await?;
            let forms = revise::standing_forms(&tx, &campaign_id).await?;
            Ok((head, duties, units, forms, lamp::near_days(&tx).await?))
        })
        .await?;
    let duties = duties.iter().map(|it| line(actor, &head, it, &units, today, near_days)).collect();
    page::page_with(status, &List { frame, head, duties, forms: forms.iter().map(form_view).collect(), refusal })
}

fn line(actor: &Actor, head: &Head, duty: &ReportDuty, units: &[DutyUnit], today: Date, near_days: i64) -> DutyLine {
    let mut units: Vec<UnitLine> = units
        .iter()
        .filter(|it| it.report_duty_id == duty.report_duty_id)
        .map(|it| UnitLine {
            unit_id: it.unit_id.clone(),
            name: it.unit_name.clone(),
            is_handed_in: it.is_handed_in,
            lamp: lamp(duty, it, today, near_days),
            note: it.note.clone(),
            may_hand_in: may_hand_in(actor, head.is_running, &it.unit_id),
            is_mine: actor.acts_for(&it.unit_id) && matches!(actor.role, Role::UnitLead | Role::Officer),
        })
        .collect();
    // The own unit first, then who is still open.
    units.sort_by_key(|it| (!it.is_mine, it.is_handed_in));
    DutyLine {
        duty_id: duty.report_duty_id.clone(),
        what: duty.what.join("、"),
        who: duty.who.clone().unwrap_or_else(|| "通知没有写明".to_owned()),
        to: duty.to.join("、"),
        via: duty.via.join("、"),
        due: due_words(duty, today),
        explanation: explanation(duty),
        n_handed_in: units.iter().filter(|it| it.is_handed_in).count(),
        units,
        may_remind: may_remind(actor, head.is_running),
    }
}

/// The light of a duty for one unit.
pub(crate) fn lamp(duty: &ReportDuty, unit: &DutyUnit, today: Date, near_days: i64) -> Lamp {
    let work = if unit.is_handed_in { Work::Done(unit.handed_in_at.map(days::local_day)) } else { Work::UnderWay };
    let mut lamp = Lamp::of(light::judge(work, None, duty.due_on, today, near_days), unit.is_handed_in);
    if unit.is_handed_in {
        lamp.word = "已报送";
        lamp.reason = lamp.reason.replace("办结", "报送");
    } else {
        lamp.reason = lamp.reason.replace("办结", "报送");
    }
    lamp
}

/// 3月15日（周五）下班前, or the words of the notice.
pub(crate) fn due_words(duty: &ReportDuty, today: Date) -> String {
    match duty.due_on {
        Some(due_on) => {
            let time = duty.due_time.as_deref().map(|it| format!(" {it}")).unwrap_or_default();
            format!("{}{time}", days::day_with_weekday(due_on, today))
        }
        None if duty.due_text.is_empty() => "未写明".to_owned(),
        None => duty.due_text.clone(),
    }
}

/// A deadline without a day of its own says why.
pub(crate) fn explanation(duty: &ReportDuty) -> String {
    if duty.due_on.is_some() {
        return String::new();
    }
    let text = duty.due_text.as_str();
    if text.is_empty() {
        "通知没有写明期限，不亮灯。".to_owned()
    } else if text.contains('每') {
        format!("通知写的是“{text}”，按周期报送；系统不替您推算，请按约定时间各报一次。")
    } else if ["后", "内", "结束"].iter().any(|it| text.contains(it)) {
        format!("通知写的是“{text}”，从本单位活动结束之日起算；各单位结束日不同，所以没有统一日期。")
    } else {
        format!("通知写的是“{text}”，没有具体日期。")
    }
}

/// `POST /duties/{report_duty_id}/hand-in`
pub(crate) async fn hand_in(
    app: State<App>,
    frame: Frame,
    visitor: Visitor,
    report_duty_id: Path<String>,
    posted: Posted,
) -> Answer {
    mark(app, frame, visitor, report_duty_id, posted, true).await
}

/// `POST /duties/{report_duty_id}/take-back`
pub(crate) async fn take_back(
    app: State<App>,
    frame: Frame,
    visitor: Visitor,
    report_duty_id: Path<String>,
    posted: Posted,
) -> Answer {
    mark(app, frame, visitor, report_duty_id, posted, false).await
}

async fn mark(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(report_duty_id): Path<String>,
    posted: Posted,
    is_handed_in: bool,
) -> Answer {
    let now = app.clock.now();
    let duty_id = Id::from_text(report_duty_id);
    let duty = {
        let duty_id = duty_id.clone();
        app.db.read(async move |tx| duty::get(&tx, &duty_id).await).await?
    };
    let outcome = {
        let actor = actor.clone();
        let (unit_id, note) = (Id::from_text(posted.text("unit_id")), posted.raw("note").to_owned());
        let duty = duty.clone();
        app.db
            .try_write(async move |tx| -> Result<String, Refusal> {
                let head = head::get(&tx, &duty.campaign_id).await?;
                let mut unit = duty::lock_unit(&tx, &duty_id, &unit_id).await?;
                if !may_hand_in(&actor, head.is_running, &unit_id) {
                    let sentence = "只有本单位的人员和活动办公室可以登记报送。";
                    return Err(Refusal::Error(Error::Forbidden(sentence.into())));
                }
                if unit.is_handed_in == is_handed_in {
                    let now = if is_handed_in { "已经登记为报送" } else { "还没有报送" };
                    return Err(Refusal::Rule(format!("{}{now}，请看最新状态。", unit.unit_name)));
                }
                unit.note = parse_optional_note("note", &note)?;
                unit.is_handed_in = is_handed_in;
                unit.handed_in_at = is_handed_in.then_some(now);
                duty::save_unit(&tx, &unit).await?;
                let kind = if is_handed_in { "handed_in" } else { "taken_back" };
                let detail = json!({ "材料": duty.what.join("、"), "单位": unit.unit_name });
                let event = NewEvent::by(&actor, "campaign", &duty.campaign_id, kind, now);
                event::insert(&tx, event.reason(unit.note.clone()).detail(detail));
                Ok(unit.unit_name)
            })
            .await
    };
    let campaign_id = duty.campaign_id.clone();
    match outcome {
        Ok(unit_name) => {
            let next = page::inside(posted.text("next"));
            let path = if next == "/" { format!("/campaigns/{campaign_id}/duties") } else { next.to_owned() };
            let what = duty.what.join("、");
            let sentence = if is_handed_in {
                format!("已登记：{unit_name}报送了{what}。")
            } else {
                format!("已撤回{unit_name}的报送登记。")
            };
            page::done(&path, &sentence)
        }
        Err(refusal) => refused(&app, frame, &actor, campaign_id, refusal).await,
    }
}

async fn refused(app: &App, frame: Frame, actor: &Actor, campaign_id: Id, refusal: Refusal) -> Answer {
    let (sentence, status) = match refusal {
        Refusal::Error(error) => return Err(error),
        Refusal::Rule(sentence) => (sentence, StatusCode::CONFLICT),
        Refusal::Field(errors) => {
            (errors.iter().map(|(_, it)| it).collect::<Vec<_>>().join(" "), StatusCode::UNPROCESSABLE_ENTITY)
        }
    };
    draw(app, frame, actor, campaign_id, sentence, status).await
}

/// `POST /duties/{report_duty_id}/remind`
pub(crate) async fn remind(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(report_duty_id): Path<String>,
    posted: Posted,
) -> Answer {
    let now = app.clock.now();
    let duty_id = Id::from_text(report_duty_id);
    let duty = {
        let duty_id = duty_id.clone();
        app.db.read(async move |tx| duty::get(&tx, &duty_id).await).await?
    };
    let campaign_id = duty.campaign_id.clone();
    let outcome = {
        let (actor, text) = (actor.clone(), posted.raw("reminder").to_owned());
        app.db
            .try_write(async move |tx| -> Result<usize, Refusal> {
                let head = head::get(&tx, &duty.campaign_id).await?;
                if !may_remind(&actor, head.is_running) {
                    return Err(Refusal::Error(Error::Forbidden("催办由活动办公室和局领导发出。".into())));
                }
                let text = parse_note("reminder", &text)?;
                let units = duty::list_units(&tx, &duty.campaign_id).await?;
                let open: Vec<&DutyUnit> =
                    units.iter().filter(|it| it.report_duty_id == duty_id && !it.is_handed_in).collect();
                for unit in &open {
                    let new = reminder::NewReminder {
                        campaign_id: duty.campaign_id.clone(),
                        activity_id: None,
                        report_duty_id: Some(duty_id.clone()),
                        stat_form_id: None,
                        unit_id: unit.unit_id.clone(),
                        person_name: actor.name.clone(),
                        text: text.clone(),
                    };
                    reminder::insert(&tx, &new, now).await?;
                }
                if open.is_empty() {
                    return Err(Refusal::Rule("各单位都已报送，不需要催办。".to_owned()));
                }
                let names: Vec<&str> = open.iter().map(|it| it.unit_name.as_str()).collect();
                let detail = json!({ "材料": duty.what.join("、"), "单位": names.join("、") });
                let event = NewEvent::by(&actor, "campaign", &duty.campaign_id, "reminded", now);
                event::insert(&tx, event.reason(text).detail(detail));
                Ok(open.len())
            })
            .await
    };
    match outcome {
        Ok(n_units) => page::done(&format!("/campaigns/{campaign_id}/duties"), &format!("已催办{n_units}个单位。")),
        Err(refusal) => refused(&app, frame, &actor, campaign_id, refusal).await,
    }
}
