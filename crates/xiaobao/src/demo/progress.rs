//! What has happened in the county until the demonstration begins: done in time, done late, begun, forgotten, noted.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use domain::Id;
use domain::campaign::progress::{Step, TaskStatus};
use domain::campaign::record::RecordFigure;
use domain::campaign::record::entry::RecordEntry;
use domain::campaign::{material, media};
use domain::statistics::quantity::Quantity;
use domain::unit::Actor;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use store::campaign::record::{self, NewRecord};
use store::campaign::{activity, duty, summary, task};
use store::event::{self, NewEvent};
use store::{Db, Tx};

/// What a person did.
#[derive(Clone, Copy)]
enum What {
    /// A step of the activity with this number.
    Step(i64, Step),
    /// The own part in the activity with this number is done.
    Part(i64),
    /// A note on the activity with this number.
    Note(i64, &'static str),
    /// What was counted at the activity with this number.
    Record(i64, &'static [(&'static str, i64)], &'static str),
    /// An article about the activity with this number: outlet and title.
    Article(i64, &'static str, &'static str),
    /// A leaflet of the activity with this number: title and copies handed out.
    Leaflet(i64, &'static str, &'static str),
    /// A spot of the activity with this number: outlet, title, how many and for how many days.
    Spot(i64, &'static str, &'static str, &'static str, &'static str),
    /// The own unit's report is final.
    Final,
    /// The report is drafted: of the own unit, or of the whole campaign.
    Summary(bool),
    /// The first report duty is handed in for the own unit.
    HandIn(&'static str),
}

/// Day and time in March 2027, who, what.
struct Happened(i8, i8, i8, &'static str, What);

use What::{Article, Final, HandIn, Leaflet, Note, Part, Record, Spot, Step as Do, Summary};

/// In the order of time.
const HAPPENED: &[Happened] = &[
    Happened(1, 9, 5, "xiexie", Do(10, Step::Start)),
    Happened(1, 10, 40, "lead", Do(5, Step::Start)),
    Happened(1, 10, 42, "lead", Note(5, "梳理出未办结投诉37件，其中预付卡退费19件，已按所分到人。")),
    Happened(2, 15, 20, "office", Do(1, Step::Start)),
    Happened(2, 16, 0, "office", Note(1, "会议通知已发，三家成员单位均已回复参会人员。")),
    Happened(3, 8, 50, "jiajian", Do(25, Step::Start)),
    Happened(4, 11, 35, "office", Note(1, "联席会议已开，议定线索移送48小时反馈。纪要正在会签。")),
    Happened(4, 11, 40, "xiexie", Note(10, "第一期消费提示已发：预付卡办卡前看三样。")),
    Happened(
        4,
        17,
        5,
        "office",
        Record(1, &[("meeting", 1), ("staff_attendance", 18)], "三家成员单位参会，议定线索移送48小时内反馈。"),
    ),
    Happened(4, 17, 10, "office", Do(1, Step::Finish)),
    Happened(5, 8, 30, "canyin", Do(21, Step::Start)),
    Happened(5, 16, 45, "canyin", Note(21, "第一次随机抽取12家，2家后厨消毒记录不全，已责令整改，结果当日公布。")),
    Happened(
        5,
        16,
        55,
        "canyin",
        Record(
            21,
            &[("premises_checked", 12), ("hazard_found", 2), ("staff_attendance", 6)],
            "抽中12家，消费者代表2人同行，2家当场责令整改。",
        ),
    ),
    Happened(5, 17, 5, "guanggao", Do(23, Step::Start)),
    Happened(8, 8, 10, "xiexie", Do(18, Step::Start)),
    Happened(8, 17, 30, "wangjian", Note(24, "两家直播企业负责人请假，约谈改期，正在重新约时间。")),
    Happened(8, 17, 35, "xiexie", Spot(10, "县电视台", "预付卡退费提示", "2", "10")),
    Happened(8, 17, 36, "xiexie", Spot(10, "汽车站大屏", "买电动车看三证", "3", "5")),
    Happened(8, 17, 40, "xiexie", Article(10, "云溪市场监管", "办预付卡之前先看三样")),
    Happened(9, 9, 0, "lead", Do(6, Step::Start)),
    Happened(9, 16, 20, "lead", Note(6, "参训企业23家，现场新入驻9家。")),
    Happened(9, 16, 50, "xiexie", Part(6)),
    Happened(
        9,
        17,
        12,
        "lead",
        Record(6, &[("activity_held", 1), ("consumer_attendance", 46)], "参训企业23家，每家2人。"),
    ),
    Happened(9, 17, 15, "lead", Do(6, Step::Finish)),
    Happened(9, 17, 40, "liuhe", Part(7)),
    Happened(9, 17, 42, "liuhe", Note(7, "柳河镇示范站已选址，标牌制作中。")),
    Happened(10, 9, 20, "xiexie", Do(2, Step::Start)),
    Happened(10, 9, 26, "xiexie", Note(2, "场地已批复，咨询台分配表已发各科室，音响和雨棚落实。")),
    Happened(10, 9, 40, "xiexie", Leaflet(2, "“3·15”维权一本通", "1200")),
    Happened(10, 10, 0, "donghu", Do(3, Step::Start)),
    Happened(10, 15, 30, "chengguan", Note(3, "城关所设两处咨询点：东门集市、汽车站超市门前。")),
    Happened(10, 16, 20, "liutong", Do(13, Step::Start)),
    Happened(
        10,
        16,
        30,
        "liutong",
        Record(
            13,
            &[("activity_held", 1), ("outreach", 1), ("consumer_attendance", 180), ("material_copies", 200)],
            "走进第一小学，四年级三个班认标签、看日期，孩子们带回一份家庭作业。",
        ),
    ),
    Happened(10, 16, 40, "bangong", Note(11, "通气会场地和媒体名单已定，新闻稿送审。")),
    Happened(10, 17, 20, "jiance", HandIn("首次填报，待晚会后补报值守数据。")),
    Happened(11, 8, 20, "jiliang", Do(16, Step::Start)),
    Happened(
        11,
        8,
        50,
        "jiliang",
        Record(16, &[("device_verified", 14), ("consumer_attendance", 30)], "东湖农贸市场公平秤旁服务台，校准14台。"),
    ),
    Happened(11, 9, 0, "donghu", Part(16)),
    Happened(
        11,
        9,
        0,
        "donghu",
        Record(
            16,
            &[("activity_held", 1), ("consumer_attendance", 190), ("inquiry", 26)],
            "东湖集市公平秤旁服务台，早市。",
        ),
    ),
    // Twelve times the largest before: it waits for a second look, and is a doubt in the return and the total.
    Happened(
        11,
        9,
        1,
        "donghu",
        Record(16, &[("consumer_attendance", 2_400)], "东湖村大喇叭播放提示，估摸全村都听到。"),
    ),
    Happened(
        11,
        9,
        2,
        "chengguan",
        Record(12, &[("activity_held", 1), ("consumer_attendance", 165), ("inquiry", 41)], "东门社区活动室，第一场。"),
    ),
    Happened(11, 9, 3, "chengguan", Leaflet(12, "防骗三字经折页", "600")),
    Happened(11, 9, 4, "office", Summary(false)),
    Happened(11, 9, 5, "lead", Summary(true)),
    Happened(11, 9, 6, "jiliang", Summary(true)),
    Happened(11, 9, 7, "jiliang", Final),
];

/// Lets it happen, each as a write of its own at its own time.
///
/// # Errors
/// When a step names an activity, a person or a part that the sample does not have.
pub(super) async fn happen(db: &Db, campaign_id: &Id, actors: &BTreeMap<&'static str, Actor>) -> Result<()> {
    for Happened(day, hour, minute, login, what) in HAPPENED {
        let at = shanghai(*day, *hour, *minute)?;
        let actor = actors.get(login).with_context(|| format!("nobody is called {login}"))?.clone();
        let (campaign_id, what) = (campaign_id.clone(), *what);
        db.write(async move |tx| one(&tx, &campaign_id, &actor, what, at).await)
            .await
            .with_context(|| format!("{day} March, {login}"))?;
    }
    Ok(())
}

async fn one(tx: &Tx, campaign_id: &Id, actor: &Actor, what: What, at: Timestamp) -> store::Result<()> {
    match what {
        Do(number, step) => do_step(tx, campaign_id, actor, number, step, at).await,
        Part(number) => finish_part(tx, campaign_id, actor, number, at).await,
        Note(number, text) => {
            let activity_id = numbered(tx, campaign_id, number).await?;
            activity::lock(tx, &activity_id, None).await?;
            activity::insert_note(tx, &activity_id, &actor.unit_id, &actor.person_id, text, at).await?;
            let detail = serde_json::json!({ "进展": text });
            event::insert(tx, NewEvent::by(actor, "activity", &activity_id, "noted", at).detail(detail));
            Ok(())
        }
        Record(number, figures, note) => record_one(tx, campaign_id, actor, number, figures, note, at).await,
        Article(number, outlet, title) => {
            let typed = media::Typed { kind: "new_media", outlet, title, ..media::Typed::default() };
            publish(tx, campaign_id, actor, number, typed, at).await
        }
        Spot(number, outlet, title, pieces, days) => {
            let typed =
                media::Typed { kind: "public_service_ad", outlet, title, pieces, days, ..media::Typed::default() };
            publish(tx, campaign_id, actor, number, typed, at).await
        }
        Leaflet(number, title, copies) => {
            let activity_id = numbered(tx, campaign_id, number).await?;
            let typed = material::Typed {
                unit_id: actor.unit_id.as_str(),
                activity_id: activity_id.as_str(),
                kind: "leaflet",
                title,
                handed_out: copies,
                happened_on: &day(at).to_string(),
                ..material::Typed::default()
            };
            let entry = material::parse(&typed, day(at)).map_err(unfit)?;
            let key = format!("demo-material-{number}");
            let kept = store::campaign::material::insert(tx, campaign_id, &entry, &key, &actor.person_id, at).await?;
            let kept = kept.ok_or(store::Error::NotFound)?;
            let detail = serde_json::json!({ "资料": title, "发放": entry.handed_out });
            event::insert(tx, NewEvent::by(actor, "material", &kept.material_entry_id, "recorded", at).detail(detail));
            Ok(())
        }
        Summary(is_own) => {
            let unit_id = is_own.then_some(&actor.unit_id);
            web::draft_summary(tx, campaign_id, unit_id, actor, at).await
        }
        Final => finish_report(tx, campaign_id, actor, at).await,
        HandIn(note) => hand_in(tx, campaign_id, actor, note, at).await,
    }
}

async fn publish(
    tx: &Tx,
    campaign_id: &Id,
    actor: &Actor,
    number: i64,
    typed: media::Typed<'_>,
    at: Timestamp,
) -> store::Result<()> {
    let activity_id = numbered(tx, campaign_id, number).await?;
    let on = day(at).to_string();
    let typed =
        media::Typed { unit_id: actor.unit_id.as_str(), activity_id: activity_id.as_str(), published_on: &on, ..typed };
    let entry = media::parse(&typed, day(at)).map_err(unfit)?;
    let key = format!("demo-media-{number}-{}", at.as_second());
    let kept = store::campaign::media::insert(tx, campaign_id, &entry, &key, &actor.person_id, at).await?;
    let kept = kept.ok_or(store::Error::NotFound)?;
    let detail = serde_json::json!({ "媒体": typed.outlet, "标题": typed.title });
    event::insert(tx, NewEvent::by(actor, "media", &kept.media_entry_id, "recorded", at).detail(detail));
    Ok(())
}

async fn finish_report(tx: &Tx, campaign_id: &Id, actor: &Actor, at: Timestamp) -> store::Result<()> {
    let found = summary::find(tx, campaign_id, Some(&actor.unit_id)).await?.ok_or(store::Error::NotFound)?;
    let is_final = summary::Final { at, by: actor.name.clone() };
    summary::save_final(tx, &found.summary_id, found.version, Some(&is_final)).await?;
    let event = NewEvent::by(actor, "summary", &found.summary_id, "finalized", at);
    event::insert(tx, event.reason(format!("第{}稿", found.version)));
    Ok(())
}

/// The day of an instant in the county.
fn day(at: Timestamp) -> Date {
    at.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).date()
}

fn unfit(errors: domain::FormErrors) -> store::Error {
    store::Error::Internal(format!("{errors:?}"))
}

async fn record_one(
    tx: &Tx,
    campaign_id: &Id,
    actor: &Actor,
    number: i64,
    figures: &[(&str, i64)],
    note: &str,
    at: Timestamp,
) -> store::Result<()> {
    let figure = |(indicator, value): &(&str, i64)| RecordFigure {
        indicator: (*indicator).to_owned(),
        quantity: Quantity { value: *value, is_estimate: false },
    };
    let entry = RecordEntry {
        happened_on: day(at),
        unit_ids: vec![actor.unit_id.clone()],
        figures: figures.iter().map(figure).collect(),
        note: note.to_owned(),
    };
    let new = NewRecord {
        campaign_id,
        activity_id: &numbered(tx, campaign_id, number).await?,
        activity_session_id: None,
        topic: "",
        entry: &entry,
        client_key: &format!("demo-record-{number}-{}", at.as_second()),
        person_id: &actor.person_id,
    };
    let record = record::insert(tx, &new, at).await?.ok_or(store::Error::NotFound)?;
    let detail = serde_json::json!({ "日期": entry.happened_on.to_string(), "单位": actor.unit_name, "说明": note });
    event::insert(tx, NewEvent::by(actor, "record", &record.record_id, "recorded", at).detail(detail));
    Ok(())
}

async fn do_step(
    tx: &Tx,
    campaign_id: &Id,
    actor: &Actor,
    number: i64,
    step: Step,
    at: Timestamp,
) -> store::Result<()> {
    let mut activity = activity::lock(tx, &numbered(tx, campaign_id, number).await?, None).await?;
    let Some(status) = step.leads_to(activity.status) else { return Ok(()) };
    let detail = serde_json::json!({ "状态": [activity.status.label(), status.label()] });
    activity.status = status;
    activity.done_at = (step == Step::Finish).then_some(at);
    activity::save(tx, &activity).await?;
    if step == Step::Finish {
        task::finish_open(tx, &activity.activity_id, at).await?;
    }
    let kind = if step == Step::Finish { "finished" } else { "started" };
    event::insert(tx, NewEvent::by(actor, "activity", &activity.activity_id, kind, at).detail(detail));
    Ok(())
}

async fn finish_part(tx: &Tx, campaign_id: &Id, actor: &Actor, number: i64, at: Timestamp) -> store::Result<()> {
    let activity_id = numbered(tx, campaign_id, number).await?;
    for listed in task::list_of(tx, &activity_id).await? {
        if listed.unit_id == actor.unit_id && listed.status == TaskStatus::Open {
            let mut task = task::lock(tx, &listed.task_id).await?;
            task.status = TaskStatus::Done;
            task.done_at = Some(at);
            task::save(tx, &task).await?;
            let detail = serde_json::json!({ "单位": actor.unit_name, "分工": task.part.label() });
            event::insert(tx, NewEvent::by(actor, "activity", &activity_id, "task_finished", at).detail(detail));
        }
    }
    Ok(())
}

async fn hand_in(tx: &Tx, campaign_id: &Id, actor: &Actor, note: &str, at: Timestamp) -> store::Result<()> {
    let units = duty::list_units(tx, campaign_id).await?;
    let Some(own) = units.iter().find(|unit| unit.unit_id == actor.unit_id) else { return Ok(()) };
    let mut unit = duty::lock_unit(tx, &own.report_duty_id, &own.unit_id).await?;
    unit.is_handed_in = true;
    unit.handed_in_at = Some(at);
    note.clone_into(&mut unit.note);
    duty::save_unit(tx, &unit).await?;
    event::insert(tx, NewEvent::by(actor, "campaign", campaign_id, "handed_in", at).reason(note));
    Ok(())
}

/// The activity with this number in the notice.
async fn numbered(tx: &Tx, campaign_id: &Id, number: i64) -> store::Result<Id> {
    let activities = activity::list(tx, campaign_id).await?;
    activities.into_iter().find(|it| it.number == Some(number)).map(|it| it.activity_id).ok_or(store::Error::NotFound)
}

/// An instant of March 2027 by the clocks of China.
fn shanghai(day: i8, hour: i8, minute: i8) -> Result<Timestamp> {
    let moment = date(2027, 3, day).at(hour, minute, 0, 0);
    Ok(jiff::tz::offset(8).to_timestamp(moment)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_in_the_order_of_time_and_before_the_demonstration_begins() {
        let times: Vec<Timestamp> = HAPPENED.iter().map(|it| shanghai(it.0, it.1, it.2).unwrap()).collect();
        assert!(times.is_sorted());
        assert!(times.iter().all(|at| *at < super::super::clock::beginning()));
    }
}
