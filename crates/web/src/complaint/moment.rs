//! What the page of a case says of this moment: the session that stands, what the person has added, who changed the case last.

use domain::complaint::clock::Clock;
use domain::complaint::escalation::{plan_with, standing};
use domain::complaint::event::{CaseEvent, log_label};
use domain::complaint::state::{CaseState, Raised};
use jiff::civil::Date;
use store::complaint::case::{Case, Happened};

use super::trail::names_another;
use super::{Around, tone_of};
use crate::campaign::days::day_with_weekday;
use crate::clock;

/// Somebody has been told of a date that still holds.
pub(super) struct ToldLine {
    pub(super) tone: &'static str,
    pub(super) word: &'static str,
    pub(super) to: &'static str,
    pub(super) since: String,
}

pub(super) fn told_lines(case: &Case, around: &Around, terms: &[Clock]) -> Vec<ToldLine> {
    let planned = plan_with(&case.state, &around.rules, terms);
    let line = |it: Raised| ToldLine {
        tone: tone_of(it.cause.rule().level),
        word: it.cause.label(),
        to: it.cause.rule().to.label(),
        since: clock::in_words(it.at),
    };
    standing(&planned, &case.state).into_iter().map(line).collect()
}

/// The session that is still to come, or what became of the one that was set.
pub(super) fn session_line(state: &CaseState) -> Option<(&'static str, String)> {
    let session = state.session.as_ref()?;
    let words = [
        session.on.to_string(),
        session.time.clone(),
        session.mode.label().to_owned(),
        session.place.clone(),
        session.mediators.clone(),
    ];
    let words = words.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
    if state.pending_session().is_some() {
        return Some(("调解安排", words));
    }
    match state.mediation_ended_on() {
        Some(ended_on) if session.on <= ended_on => Some(("最近一次调解", words)),
        _ => Some(("不再举行的调解", format!("原定 {} {}", session.on, session.time))),
    }
}

/// A session on a day the office is closed: said, never refused, for the parties may have asked for it.
pub(crate) fn free_day(state: &CaseState, around: &Around, today: Date) -> Option<String> {
    let session = state.pending_session()?;
    let kind = around.calendar.kind(session.on);
    let is_ahead = session.on >= today && !kind.is_working();
    let day = day_with_weekday(session.on, today);
    is_ahead.then(|| format!("调解安排在 {day}，是{}，请确认双方和调解人员都能到。", kind.label()))
}

/// What the person did on the public page since somebody last acted: when, and what kind of thing.
pub(super) fn news(happened: &[Happened]) -> Vec<String> {
    let by_person = |it: &&Happened| it.event.as_ref().is_some_and(CaseEvent::is_by_the_person);
    let by_program =
        |it: &&Happened| matches!(it.event, None | Some(CaseEvent::Raised { .. } | CaseEvent::Recounted { .. }));
    let since = happened.iter().rev().take_while(|it| by_person(it) || by_program(it)).filter(by_person);
    let mut lines: Vec<String> = since
        .filter_map(|it| match it.event.as_ref()? {
            CaseEvent::Supplemented { n_files: 0 } => Some(format!("{} 补充了内容", clock::in_words(it.at))),
            CaseEvent::Supplemented { n_files } => {
                Some(format!("{} 补充了内容或文件（{n_files} 个）", clock::in_words(it.at)))
            }
            CaseEvent::WithdrawalAsked { .. } => Some(format!("{} 申请撤回", clock::in_words(it.at))),
            _ => None,
        })
        .collect();
    lines.reverse();
    lines
}

/// Who changed the case last and when, in words. That it was linked or split is told only to who may know of the other case, and the
/// reminders of the program change nothing a form shows.
pub(crate) fn last_change(happened: &[Happened]) -> String {
    let is_change = |it: &&Happened| {
        !names_another(it) && !matches!(it.event, None | Some(CaseEvent::Raised { .. } | CaseEvent::Recounted { .. }))
    };
    let Some(last) = happened.iter().rev().find(is_change) else { return "他人刚刚".to_owned() };
    let who = if last.person_name.is_empty() { "程序" } else { &last.person_name };
    let what = log_label(&last.kind).unwrap_or("修改");
    format!("{who}于 {} 办了“{what}”", clock::in_words(last.at))
}
