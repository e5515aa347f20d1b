//! `/complaints/settings`: the desk's own clocks, the reading of 第四十五条, the holidays of a new year, the classification.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use domain::calendar::{WorkCalendar, faults, read_rows};
use domain::complaint::category::{Category, CategorySide};
use domain::complaint::clock::{DeskRules, Night};
use domain::complaint::custody::WorkHours;
use domain::complaint::deadline::Roll;
use domain::complaint::intake::{money, yuan};
use domain::complaint::threshold::Thresholds;
use domain::{FormErrors, Id};
use jiff::Timestamp;
use jiff::civil::DateTime;
use store::complaint::category;
use store::complaint::recount::{self, Recount};
use store::event::{self, NewEvent};
use store::setting;

use super::{Around, DESK_RULES, HOLIDAYS};
use crate::{Answer, App, Choice, Error, Frame, Posted, Visitor, clock, history, page};

#[derive(Template)]
#[template(path = "complaint/settings.html")]
struct Show {
    frame: Frame,
    /// The fields under their headings.
    parts: Vec<(&'static str, Vec<Field>)>,
    rolls: Vec<Choice>,
    always_order_121: bool,
    holidays: String,
    last_year: i16,
    sides: Vec<(CategorySide, Vec<Category>)>,
    side_choices: Vec<Choice>,
    version: i64,
    holidays_version: i64,
    may_change: bool,
    recount: Option<RecountLine>,
    errors: FormErrors,
}

/// How far the recount of the dates has come.
struct RecountLine {
    is_running: bool,
    n_seen: i64,
    n_all: i64,
    n_moved: i64,
    n_skipped: i64,
    began: String,
    ended: String,
}

fn recount_line(it: &Recount) -> RecountLine {
    RecountLine {
        is_running: it.ended_at.is_none(),
        n_seen: it.n_seen,
        n_all: it.n_all.max(it.n_seen),
        n_moved: it.n_moved,
        n_skipped: it.n_skipped,
        began: clock::in_words(it.began_at),
        ended: it.ended_at.map(clock::in_words).unwrap_or_default(),
    }
}

const ROLLS: &[(&str, &str)] =
    &[("weekend", "遇任何非工作日都顺延（默认）"), ("holiday", "只遇法定节假日顺延，周六周日不顺延")];

/// Who may change: the intake unit's lead, the campaign office, the administrator.
pub(crate) async fn may_change(app: &crate::App, actor: &domain::unit::Actor) -> Result<bool, crate::Error> {
    let around = app.db.read(async |tx| Around::load(&tx).await).await?;
    Ok(is_changer(actor, &around))
}

pub(crate) fn is_changer(actor: &domain::unit::Actor, around: &Around) -> bool {
    use domain::unit::Role;
    actor.role == Role::Admin
        || actor.role == Role::Office
        || (around.desk.is_intake(actor) && actor.role == Role::UnitLead)
}

fn moment(at: Timestamp) -> String {
    clock::in_zone(at).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// Name, label, hint, value.
type Field = (&'static str, &'static str, &'static str, String);

/// The headings of the form, with how the names of their fields begin.
const PARTS: &[(&str, &[&str])] =
    &[("群体投诉和提示的件数", &["cluster_", "same_", "names_"]), ("晚会值守", &["night_"])];

fn parts(fields: Vec<Field>) -> Vec<(&'static str, Vec<Field>)> {
    let part_of = |name: &str| PARTS.iter().find(|it| it.1.iter().any(|begin| name.starts_with(begin))).map(|it| it.0);
    let among = |part: Option<&str>| fields.iter().filter(|it| part_of(it.0) == part).cloned().collect();
    let first = std::iter::once(("时限", among(None)));
    first.chain(PARTS.iter().map(|it| (it.0, among(Some(it.0))))).collect()
}

fn fields(rules: &DeskRules) -> Vec<Field> {
    let (night, at) = (rules.night.as_ref(), &rules.thresholds);
    let text = |it: Option<String>| it.unwrap_or_default();
    vec![
        ("dispatch_minutes", "分流（分钟）", "收到或退回后多久分出去", rules.dispatch_minutes.to_string()),
        ("contact_minutes", "首次联系（分钟）", "分送后多久联系当事人", rules.contact_minutes.to_string()),
        ("inquiry_minutes", "答复咨询（分钟）", "咨询没有法定期限", rules.inquiry_minutes.to_string()),
        ("ruling_minutes", "裁定（分钟）", "二次异议报领导后多久裁定", rules.ruling_minutes.to_string()),
        ("near_days", "临近期限（天）", "到期前几天亮黄灯，并提醒承办单位", rules.near_days.to_string()),
        (
            "unassigned_minutes",
            "无人承办报领导（分钟）",
            "超过分流时限先提醒投诉举报机构，过这么久仍没有单位，报局领导",
            rules.unassigned_minutes.to_string(),
        ),
        (
            "late_again_days",
            "超期再报（天）",
            "超期当天报局领导，过这么多天仍没有办再报；0 为不再报",
            rules.late_again_days.to_string(),
        ),
        (
            "refusals_to_leader",
            "退回几次报领导",
            "退回和提出异议合计达到这个次数，报局领导；0 为不报",
            rules.refusals_to_leader.to_string(),
        ),
        ("hours", "工作时间", "计算各单位用时，写成 08:30-12:00,13:30-17:30", rules.hours.words()),
        (
            "small_claim",
            "小额快速处理（元）",
            "未受理的投诉不超过这个金额，列表标“小额”，案件页提示先当场协商",
            yuan(rules.small_claim_fen),
        ),
        (
            "cluster_phone",
            "群体投诉：同一电话（件）",
            "近 90 天到这个件数，列入“群体投诉”，只供判断",
            at.cluster_phone.to_string(),
        ),
        ("cluster_address", "群体投诉：同一通讯地址（件）", "", at.cluster_address.to_string()),
        ("cluster_text", "群体投诉：内容相近（件）", "", at.cluster_text.to_string()),
        ("cluster_business", "群体投诉：同一经营者（件）", "", at.cluster_business.to_string()),
        (
            "same_phone_and_business",
            "提示：同一电话投诉同一经营者（另有几件）",
            "第121号令第十七条可以考虑的因素，近 90 日；到这个件数在案件页提示，从不自动不予受理",
            at.same_phone_and_business.to_string(),
        ),
        ("same_phone", "提示：同一电话（另有几件）", "", at.same_phone.to_string()),
        ("same_text", "提示：内容相近（另有几件）", "", at.same_text.to_string()),
        ("names_of_phone", "提示：同一电话的姓名（个）", "", at.names_of_phone.to_string()),
        ("names_of_address", "提示：同一通讯地址的姓名（个）", "", at.names_of_address.to_string()),
        ("night_from", "晚会值守起", "如 2027-03-15T18:00；留空不设", text(night.map(|it| moment(it.from)))),
        ("night_to", "晚会值守止", "", text(night.map(|it| moment(it.to)))),
        ("night_dispatch", "值守期间分流（分钟）", "", text(night.map(|it| it.dispatch_minutes.to_string()))),
        ("night_contact", "值守期间首次联系（分钟）", "", text(night.map(|it| it.contact_minutes.to_string()))),
    ]
}

async fn draw(app: &App, frame: Frame, actor: domain::unit::Actor, typed: Option<(&Posted, FormErrors)>) -> Answer {
    let work = app.db.read(async move |tx| {
        let around = Around::load(&tx).await?;
        let rules = setting::find(&tx, DESK_RULES).await?;
        let holidays = setting::find(&tx, HOLIDAYS).await?;
        Ok((around, rules, holidays, recount::find(&tx).await?))
    });
    let (around, stored, holidays, counted) = work.await?;
    // Who may not change anything is told so, and not what is wrong with the change.
    if typed.is_some() && !is_changer(&actor, &around) {
        return Err(forbidden());
    }
    let status = if typed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut fields = fields(&around.rules);
    let mut roll = if around.rules.roll == Roll::Weekend { "weekend" } else { "holiday" }.to_owned();
    let mut errors = FormErrors::default();
    let (mut holidays, holidays_version) = holidays.unwrap_or_default();
    if let Some((posted, given)) = typed {
        if posted.is_set("holidays") {
            posted.raw("holidays").clone_into(&mut holidays);
        }
        for field in &mut fields {
            if posted.is_set(field.0) {
                field.3 = posted.raw(field.0).to_owned();
            }
        }
        if posted.is_set("roll") {
            posted.text("roll").clone_into(&mut roll);
        }
        errors = given;
    }
    let sides = CategorySide::ALL
        .iter()
        .map(|side| (*side, around.categories.iter().filter(|it| it.side == *side).cloned().collect()))
        .collect();
    page::page_with(
        status,
        &Show {
            frame,
            parts: parts(fields),
            rolls: ROLLS.iter().map(|it| Choice::new(it.0, it.1, &roll)).collect(),
            always_order_121: around.rules.always_order_121,
            last_year: around.calendar.last_announced_year(),
            holidays,
            holidays_version,
            version: stored.map_or(0, |it| it.1),
            sides,
            side_choices: CategorySide::CHOICES.iter().map(|it| Choice::new(it.0, it.1, "")).collect(),
            may_change: is_changer(&actor, &around),
            recount: counted.as_ref().map(recount_line),
            errors,
        },
    )
}

/// `GET /complaints/settings`
pub(crate) async fn show(State(app): State<App>, frame: Frame, Visitor(actor): Visitor) -> Answer {
    draw(&app, frame, actor, None).await
}

fn read(posted: &Posted) -> Result<DeskRules, FormErrors> {
    let mut errors = FormErrors::default();
    let mut minutes = |name: &str, most: u32| match posted.text(name).parse::<u32>() {
        Ok(n) if (1..=most).contains(&n) => n,
        _ => {
            errors.add(name, format!("请填 1 到 {most} 之间的整数。"));
            0
        }
    };
    let (dispatch_minutes, contact_minutes) = (minutes("dispatch_minutes", 14_400), minutes("contact_minutes", 14_400));
    let (inquiry_minutes, ruling_minutes) = (minutes("inquiry_minutes", 43_200), minutes("ruling_minutes", 14_400));
    let near_days = minutes("near_days", 30);
    let unassigned_minutes = minutes("unassigned_minutes", 43_200);
    let has_night = !posted.text("night_from").is_empty() || !posted.text("night_to").is_empty();
    let night = has_night.then(|| (minutes("night_dispatch", 1440), minutes("night_contact", 1440)));
    let night = night.map(|minutes| night_of(posted, minutes, &mut errors));
    let thresholds = thresholds(posted, &mut errors);
    let late_again_days = count_of(posted, "late_again_days", 60, &mut errors);
    let refusals_to_leader = count_of(posted, "refusals_to_leader", 9, &mut errors);
    let small_claim_fen = match money(posted.text("small_claim")) {
        Ok(amount) => amount.unwrap_or(0),
        Err(sentence) => {
            errors.add("small_claim", sentence);
            0
        }
    };
    let hours = hours_of(posted, &mut errors);
    let roll = if posted.text("roll") == "holiday" { Roll::Holiday } else { Roll::Weekend };
    let always_order_121 = posted.is_set("always_order_121");
    errors.into_result(DeskRules {
        dispatch_minutes,
        contact_minutes,
        inquiry_minutes,
        ruling_minutes,
        night,
        roll,
        always_order_121,
        near_days,
        small_claim_fen,
        unassigned_minutes,
        late_again_days,
        refusals_to_leader,
        hours,
        thresholds,
    })
}

/// The night with shorter clocks, from its two moments.
fn night_of(posted: &Posted, (dispatch_minutes, contact_minutes): (u32, u32), errors: &mut FormErrors) -> Night {
    let mut at = |name: &str| {
        let parsed = posted.text(name).parse::<DateTime>().ok();
        let at = parsed.and_then(|it| it.to_zoned(clock::zone()).ok()).map(|it| it.timestamp());
        if at.is_none() {
            errors.add(name, "请写成 2027-03-15T18:00 这样。");
        }
        at.unwrap_or_default()
    };
    let night = Night { from: at("night_from"), to: at("night_to"), dispatch_minutes, contact_minutes };
    if night.to <= night.from {
        errors.add("night_to", "止应晚于起。");
    }
    night
}

/// From how many on something is shown. A cluster has two cases at least.
fn thresholds(posted: &Posted, errors: &mut FormErrors) -> Thresholds {
    let mut n = |name: &str, least: u32| match posted.text(name).parse::<u32>() {
        Ok(n) if (least..=999).contains(&n) => n,
        _ => {
            errors.add(name, format!("请填 {least} 到 999 之间的整数。"));
            least
        }
    };
    Thresholds {
        cluster_phone: n("cluster_phone", 2),
        cluster_address: n("cluster_address", 2),
        cluster_text: n("cluster_text", 2),
        cluster_business: n("cluster_business", 2),
        same_phone_and_business: n("same_phone_and_business", 1),
        same_phone: n("same_phone", 1),
        same_text: n("same_text", 1),
        names_of_phone: n("names_of_phone", 2),
        names_of_address: n("names_of_address", 2),
    }
}

fn hours_of(posted: &Posted, errors: &mut FormErrors) -> WorkHours {
    WorkHours::parse(posted.text("hours")).unwrap_or_else(|| {
        errors.add("hours", "请写成 08:30-12:00,13:30-17:30 这样，上午在前。");
        WorkHours::default()
    })
}

/// A number that may be 0 for never.
fn count_of(posted: &Posted, name: &str, most: u32, errors: &mut FormErrors) -> u32 {
    match posted.text(name).parse::<u32>() {
        Ok(n) if n <= most => n,
        _ => {
            errors.add(name, format!("请填 0 到 {most} 之间的整数。"));
            0
        }
    }
}

fn forbidden() -> Error {
    Error::Forbidden("办理设置由投诉举报机构负责人、活动办公室或系统管理员修改。".into())
}

/// `POST /complaints/settings`
pub(crate) async fn update(State(app): State<App>, frame: Frame, Visitor(actor): Visitor, posted: Posted) -> Answer {
    let rules = match read(&posted) {
        Ok(rules) => rules,
        Err(errors) => return draw(&app, frame, actor, Some((&posted, errors))).await,
    };
    let (version, now) = (posted.version(), app.clock.now());
    app.db
        .try_write(async move |tx| -> Result<(), Error> {
            let around = Around::load(&tx).await?;
            if !is_changer(&actor, &around) {
                return Err(forbidden());
            }
            let text = serde_json::to_string(&rules).map_err(|it| Error::Internal(anyhow::Error::new(it)))?;
            setting::save(&tx, DESK_RULES, &text, Some(version)).await?;
            recount::begin(&tx, now).await?;
            let (before, after) = (fields(&around.rules), fields(&rules));
            let pairs: Vec<(&str, &str, &str)> =
                before.iter().zip(&after).map(|(b, a)| (b.1, b.3.as_str(), a.3.as_str())).collect();
            let event = NewEvent::by(&actor, "setting", &Id::from_text(DESK_RULES), "changed", now);
            event::insert(&tx, event.detail(history::detail(&pairs)));
            Ok(())
        })
        .await?;
    page::done("/complaints/settings", "已保存；在办案件的日期正在后台按新设置重算，进度在下面。")
}

/// `POST /complaints/settings/holidays`: the State Council's notice of a new year, a day to a line.
pub(crate) async fn holidays(State(app): State<App>, frame: Frame, Visitor(actor): Visitor, posted: Posted) -> Answer {
    let text = posted.raw("holidays").trim().to_owned();
    let (rows, wrong) = read_rows(&text);
    if let Some(first) = wrong.first() {
        let errors = FormErrors::one("holidays", format!("{first}"));
        return draw(&app, frame, actor, Some((&posted, errors))).await;
    }
    let shipped = WorkCalendar::announced();
    let mut faults = faults(&rows, &shipped);
    // Compared with what is in force: the years the program knows, and those the office has saved. If somebody saves others meanwhile,
    // the version of the form is stale.
    let in_force = app.db.read(async |tx| super::calendar(&tx).await).await?;
    let mut after = WorkCalendar::announced();
    after.add(rows.iter().cloned());
    let changed = in_force.changed_days(&after);
    if !changed.is_empty() && !posted.is_set("sure") {
        let named: Vec<String> = changed.iter().take(10).map(ToString::to_string).collect();
        let more = if changed.len() > named.len() { format!("等 {} 天", changed.len()) } else { String::new() };
        faults.push(format!(
            "会改动已经公布的 {}{more}，在办和已办案件的期限都会跟着变。国务院另有通知的，请勾选“确认改动已公布的日期”再保存。",
            named.join("、")
        ));
    }
    if !faults.is_empty() {
        let errors = FormErrors::one("holidays", faults.join(""));
        return draw(&app, frame, actor, Some((&posted, errors))).await;
    }
    let version = posted.version();
    let now = app.clock.now();
    let n_days = rows.len();
    app.db
        .try_write(async move |tx| -> Result<(), Error> {
            let around = Around::load(&tx).await?;
            if !is_changer(&actor, &around) {
                return Err(forbidden());
            }
            setting::save(&tx, HOLIDAYS, &text, Some(version)).await?;
            recount::begin(&tx, now).await?;
            let event = NewEvent::by(&actor, "setting", &Id::from_text(HOLIDAYS), "changed", now);
            event::insert(&tx, event.detail(serde_json::json!({ "节假日和调休": n_days })));
            Ok(())
        })
        .await?;
    page::done(
        "/complaints/settings",
        &format!("已保存 {n_days} 天节假日和调休安排；在办案件的期限正在后台重算，进度在下面。"),
    )
}

/// `POST /complaints/settings/categories`: one node is added or changed.
pub(crate) async fn save_category(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    posted: Posted,
) -> Answer {
    let name = posted.text("name").to_owned();
    let code = posted.text("code").to_owned();
    let side = CategorySide::from_code(posted.text("side"));
    let (Some(side), false) = (side, name.is_empty() || name.chars().count() > 30) else {
        let errors = FormErrors::one("name", "请填写名称，30 字以内，并选择属于商品、服务还是问题。");
        return draw(&app, frame, actor, Some((&posted, errors))).await;
    };
    let platform_name = posted.text("platform_name").to_owned();
    let is_active = posted.text("active") != "no";
    let (now, today) = (app.clock.now(), app.clock.today());
    app.db
        .try_write(async move |tx| -> Result<(), Error> {
            let around = Around::load(&tx).await?;
            if !is_changer(&actor, &around) {
                return Err(forbidden());
            }
            let known = around.categories.iter().find(|it| it.code == code);
            let letter = match side {
                CategorySide::Goods => "g",
                CategorySide::Service => "s",
                CategorySide::Problem => "p",
            };
            let code = if known.is_some() { code.clone() } else { format!("{letter}{}", store::new_id()) };
            let node = Category {
                code,
                side: known.map_or(side, |it| it.side),
                parent: String::new(),
                name: name.clone(),
                platform_name: platform_name.clone(),
                is_active,
            };
            category::save(&tx, &node, today).await?;
            let before = known.map_or("", |it| it.name.as_str());
            let pairs = [
                ("名称", before, name.as_str()),
                ("平台名称", known.map_or("", |it| it.platform_name.as_str()), platform_name.as_str()),
            ];
            let event = NewEvent::by(
                &actor,
                "setting",
                &Id::from_text(format!("complaint.category.{}", node.code)),
                "changed",
                now,
            );
            event::insert(&tx, event.detail(history::detail(&pairs)));
            Ok(())
        })
        .await?;
    page::done("/complaints/settings#categories", "分类已保存。")
}
