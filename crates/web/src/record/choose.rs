//! The activities a person may record, when no activity was named: the sessions of today first.

use askama::Template;
use domain::Id;
use domain::campaign::record::permitted::may_record_somewhere;
use domain::unit::{Actor, Role};
use jiff::civil::Date;
use store::campaign::task::{self, DeskTask};
use store::campaign::venue::ListedSession;

use super::form::path_new;
use crate::{Answer, App, Error, Frame, page};

/// The activities a person may record, to choose from.
#[derive(Template)]
#[template(path = "record/choose.html")]
struct Choose {
    frame: Frame,
    /// With a session today, of the own unit, and so on: heading and lines.
    groups: Vec<(&'static str, Vec<Line>)>,
}

/// The groups that are folded.
const OTHERS: &str = "其他活动";
const OVER: &str = "已办结的活动";

struct Line {
    path: String,
    title: String,
    below: String,
}

pub(super) async fn show(app: &App, frame: Frame, actor: &Actor) -> Answer {
    if !may_record_somewhere(actor) {
        return Err(Error::Forbidden(
            "记录由参加活动的单位和活动办公室填写。您的角色可以查看各项活动下的记录。".into(),
        ));
    }
    let today = app.clock.today();
    let unit_ids: Vec<Id> = actor.acts_for.iter().cloned().collect();
    let is_office = actor.role == Role::Office;
    let (tasks, sessions, all) = app
        .db
        .read(async move |tx| {
            let all = task::list_running(&tx).await?;
            let mut tasks = Vec::new();
            if is_office {
                tasks.clone_from(&all);
            } else {
                for unit_id in &unit_ids {
                    tasks.extend(task::list_of_unit(&tx, unit_id).await?);
                }
            }
            let mut sessions = Vec::new();
            for head in store::campaign::head::list_running(&tx).await? {
                sessions.extend(store::campaign::venue::list_sessions(&tx, &head.campaign_id).await?);
            }
            Ok((tasks, sessions, all))
        })
        .await?;
    let of_today = today_lines(&sessions, &tasks, actor, today);
    let (mut open, mut over, mut others): (Vec<Line>, Vec<Line>, Vec<Line>) = Default::default();
    let mut seen: Vec<&Id> = Vec::new();
    // The own ones first, then those the notice gives to others: a station takes part in many that name it nowhere.
    for (it, is_own) in tasks.iter().map(|it| (it, true)).chain(all.iter().map(|it| (it, false))) {
        let is_cancelled = it.activity_status == domain::campaign::progress::ActivityStatus::Cancelled;
        if seen.contains(&&it.task.activity_id) || is_cancelled {
            continue;
        }
        seen.push(&it.task.activity_id);
        let number = it.number.map(|n| format!("第{n}项 ")).unwrap_or_default();
        let line = Line {
            path: path_new(&it.task.activity_id, None),
            title: it.title.clone(),
            below: format!("{number}{}", it.campaign_title),
        };
        match (is_own, it.activity_status.is_open()) {
            (true, true) => open.push(line),
            (true, false) => over.push(line),
            (false, _) => others.push(line),
        }
    }
    let groups = [("今天的场次", of_today), ("我的活动", open), (OTHERS, others), (OVER, over)];
    let groups = groups.into_iter().filter(|(_, lines)| !lines.is_empty()).collect();
    page::page(&Choose { frame, groups })
}

/// The sessions of today that the person's units take part in.
fn today_lines(sessions: &[ListedSession], tasks: &[DeskTask], actor: &Actor, today: Date) -> Vec<Line> {
    let mut lines = Vec::new();
    for listed in sessions.iter().filter(|it| it.session.starts_on == Some(today)) {
        let session = &listed.session;
        let takes_part = tasks.iter().any(|it| it.task.activity_id == session.activity_id)
            || session.unit_id.as_ref().is_some_and(|it| actor.acts_for(it));
        if takes_part {
            let place = listed.venue_name.as_deref().or(listed.unit_name.as_deref()).unwrap_or_default();
            lines.push(Line {
                path: path_new(&session.activity_id, Some(&session.activity_session_id)),
                title: listed.activity_title.clone(),
                below: format!("{} {place}", session.time.as_deref().unwrap_or_default()).trim().to_owned(),
            });
        }
    }
    lines
}
