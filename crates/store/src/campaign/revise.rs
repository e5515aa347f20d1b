//! Revising (修订): what stands, for the comparison with a revised notice, and writing what was chosen.

use std::collections::{BTreeMap, BTreeSet};

use domain::Id;
use domain::campaign::difference::apply::{Act, TaskAct};
use domain::campaign::difference::{DutyRow, Field, FormRow, Standing, StandingDuty, StandingForm, StandingTask};
use domain::campaign::permitted::Part;
use domain::campaign::plan::StatForm;
use domain::campaign::progress::ActivityStatus;
use domain::campaign::publish::{NewActivity, NewReportDuty, NewSession, Publication};
use domain::statistics::form::ColumnHeads;
use jiff::Timestamp;

use super::plan::Campaign;
use super::publish::{
    insert_activity, insert_duty, insert_duty_unit, insert_form, insert_sessions, insert_task, insert_venues,
    save_names,
};
use super::{activity, duty, task, venue};
use crate::{Error, Read, Result, Tx, args, json, word};

/// The activities of a running campaign as they stand, for the comparison with a revised notice.
pub async fn standing(tx: &Read, campaign_id: &Id) -> Result<Vec<Standing>> {
    let mut units: BTreeMap<Id, Vec<(Id, Part)>> = BTreeMap::new();
    for it in activity::list_units(tx, campaign_id).await? {
        units.entry(it.activity_id).or_default().push((it.unit_id, it.part));
    }
    let mut tasks: BTreeMap<Id, Vec<task::Task>> = BTreeMap::new();
    for it in task::list(tx, campaign_id).await? {
        tasks.entry(it.activity_id.clone()).or_default().push(it);
    }
    let mut notes: BTreeMap<Id, usize> = BTreeMap::new();
    let rows = tx
        .list(
            "select activity_note.activity_id as activity_id, count(*) as n from activity_note join activity using (activity_id)
             where campaign_id = $1 group by activity_note.activity_id",
            args![campaign_id],
        )
        .await?;
    for row in rows {
        notes.insert(row.get("activity_id")?, row.get("n")?);
    }
    let stand = |it: activity::Activity| Standing {
        units: units.remove(&it.activity_id).unwrap_or_default(),
        tasks: tasks
            .remove(&it.activity_id)
            .unwrap_or_default()
            .into_iter()
            .map(|task| StandingTask {
                task_id: task.task_id,
                unit_id: task.unit_id,
                part: task.part,
                status: task.status,
                due_on: task.due_on.or(it.due_on),
            })
            .collect(),
        notes: notes.remove(&it.activity_id).unwrap_or_default(),
        activity_id: it.activity_id,
        version: it.version,
        status: it.status,
        number: it.number.and_then(|number| u32::try_from(number).ok()),
        sort_key: it.sort_key,
        group: it.group_title,
        title: it.title,
        text: it.text,
        kind: it.kind,
        span: it.span,
        dates: it.dates,
        places: it.places,
        starts_on: it.starts_on,
        ends_on: it.ends_on,
        due_on: it.due_on,
    };
    Ok(activity::list(tx, campaign_id).await?.into_iter().map(stand).collect())
}

/// The report duties of a running campaign as they stand.
pub async fn standing_duties(tx: &Read, campaign_id: &Id) -> Result<Vec<StandingDuty>> {
    let mut units: BTreeMap<Id, Vec<(Id, bool)>> = BTreeMap::new();
    for it in duty::list_units(tx, campaign_id).await? {
        units.entry(it.report_duty_id).or_default().push((it.unit_id, it.is_handed_in));
    }
    let stand = |it: duty::ReportDuty| StandingDuty {
        units: units.remove(&it.report_duty_id).unwrap_or_default(),
        report_duty_id: it.report_duty_id,
        who: it.who,
        what: it.what,
        to: it.to,
        via: it.via,
        due_on: it.due_on,
        due_text: it.due_text,
    };
    Ok(duty::list(tx, campaign_id).await?.into_iter().map(stand).collect())
}

/// The statistics forms of a campaign as they stand.
pub async fn standing_forms(tx: &Read, campaign_id: &Id) -> Result<Vec<StandingForm>> {
    let sql = "select stat_form_id, title, head, rows from stat_form where campaign_id = $1 order by stat_form_id";
    let rows = tx.list(sql, args![campaign_id]).await?;
    rows.iter()
        .map(|row| {
            let form = StatForm { title: Some(row.get("title")?), head: row.json("head")?, rows: row.json("rows")? };
            Ok(StandingForm { stat_form_id: row.get("stat_form_id")?, form })
        })
        .collect()
}

/// Everything a revision writes.
#[derive(Debug)]
pub struct Revision<'a> {
    pub publication: &'a Publication,
    pub standing: &'a [Standing],
    pub acts: &'a [Act],
    pub standing_duties: &'a [StandingDuty],
    pub duties: &'a [DutyRow],
    pub standing_forms: &'a [StandingForm],
    pub forms: &'a [FormRow],
}

/// Writes a revision into a running campaign that was loaded by `plan::lock`.
///
/// An activity that changed since the difference was worked out makes the whole revision [`Error::Stale`].
pub async fn revise(tx: &Tx, campaign: &Campaign, revision: &Revision<'_>, at: Timestamp) -> Result<()> {
    let campaign_id = &campaign.campaign_id;
    save_names(tx, campaign_id, &revision.publication.names).await?;
    let venue_of = venues(tx, campaign_id, revision).await?;
    let rehang = |sessions: &[NewSession]| -> Vec<NewSession> {
        let hang = |it: &NewSession| NewSession {
            venue_id: it.venue_id.as_ref().map(|id| venue_of.get(id).unwrap_or(id).clone()),
            ..it.clone()
        };
        sessions.iter().map(hang).collect()
    };
    for act in revision.acts {
        match act {
            Act::Insert(new) => {
                let new = NewActivity { sessions: rehang(&new.sessions), ..(**new).clone() };
                insert_activity(tx, campaign_id, &new, at).await?;
            }
            Act::Move { old, sort_key, span } => {
                let old = locked(tx, revision.standing, *old).await?;
                let arguments = args![old.activity_id, old.version, sort_key, span.start, span.end];
                tx.run_one(
                    "update activity set sort_key = $3, span_start = $4, span_end = $5 where activity_id = $1 and version = $2",
                    arguments,
                )
                .await?;
            }
            Act::Cancel { old, withdraw } => {
                let mut old = locked(tx, revision.standing, *old).await?;
                old.status = ActivityStatus::Cancelled;
                activity::save(tx, &old).await?;
                for task_id in withdraw {
                    set_task(tx, task_id, "withdrawn").await?;
                }
            }
            Act::Update { old, activity, fields, tasks } => {
                let old = locked(tx, revision.standing, *old).await?;
                update(tx, &old, activity).await?;
                update_tasks(tx, &old.activity_id, tasks).await?;
                let sessions = rehang(&activity.sessions);
                if fields.contains(&Field::Dates) {
                    move_sessions(tx, &old, &sessions).await?;
                }
                if fields.contains(&Field::Places) {
                    let sessions = new_sessions(tx, &old.activity_id, sessions).await?;
                    insert_sessions(tx, &old.activity_id, &sessions).await?;
                }
            }
        }
    }
    revise_duties(tx, campaign_id, revision).await?;
    revise_forms(tx, campaign_id, revision).await
}

/// The venues the revision needs: one that is there keeps its row, and the sessions are hung on it (new key → stored key).
async fn venues(tx: &Tx, campaign_id: &Id, revision: &Revision<'_>) -> Result<BTreeMap<Id, Id>> {
    let known = venue::list(tx, campaign_id).await?;
    let mut venue_of = BTreeMap::new();
    let used: BTreeSet<&Id> = revision.acts.iter().flat_map(venues_of).collect();
    for new in &revision.publication.venues {
        match known.iter().find(|it| it.name == new.name) {
            Some(it) => {
                venue_of.insert(new.venue_id.clone(), it.venue_id.clone());
            }
            None if used.contains(&new.venue_id) => insert_venues(tx, campaign_id, std::slice::from_ref(new)).await?,
            None => {}
        }
    }
    Ok(venue_of)
}

fn venues_of(act: &Act) -> Vec<&Id> {
    let sessions = match act {
        Act::Insert(new) => new.sessions.as_slice(),
        Act::Update { activity, fields, .. } if fields.contains(&Field::Places) => activity.sessions.as_slice(),
        Act::Update { .. } | Act::Move { .. } | Act::Cancel { .. } => &[],
    };
    sessions.iter().filter_map(|it| it.venue_id.as_ref()).collect()
}

async fn locked(tx: &Tx, standing: &[Standing], index: usize) -> Result<activity::Activity> {
    let old = standing.get(index).ok_or(Error::NotFound)?;
    activity::lock(tx, &old.activity_id, Some(old.version)).await
}

async fn update(tx: &Tx, old: &activity::Activity, new: &NewActivity) -> Result<()> {
    tx.run_one(
        "update activity set number = $3, sort_key = $4, group_title = $5, title = $6, text = $7, kind = $8, starts_on = $9, ends_on = $10,
           due_on = $11, span_start = $12, span_end = $13, dates = $14, places = $15
         where activity_id = $1 and version = $2",
        args![
            old.activity_id,
            old.version,
            new.number,
            new.sort_key,
            new.group,
            new.title,
            new.text,
            word(&new.kind),
            new.starts_on,
            new.ends_on,
            new.due_on,
            new.span.start,
            new.span.end,
            json(&new.dates)?,
            json(&new.places)?
        ],
    )
    .await?;
    activity::save_units(tx, &old.activity_id, &new.units).await
}

async fn update_tasks(tx: &Tx, activity_id: &Id, acts: &[TaskAct]) -> Result<()> {
    for act in acts {
        match act {
            TaskAct::Add(new) => insert_task(tx, activity_id, &new.task_id, &new.unit_id, new.part).await?,
            TaskAct::Withdraw(task_id) => set_task(tx, task_id, "withdrawn").await?,
            TaskAct::Reopen(task_id, part, _) | TaskAct::Change(task_id, part, _) => {
                tx.run_one(
                    "update task set status = 'open', part = $2, due_on = null, version = version + 1 where task_id = $1",
                    args![task_id, part.code()],
                )
                .await?;
            }
        }
    }
    Ok(())
}

async fn set_task(tx: &Tx, task_id: &Id, status: &str) -> Result<()> {
    let sql = "update task set status = $2, version = version + 1 where task_id = $1";
    tx.run_one(sql, args![task_id, status]).await
}

/// The sessions that are not there yet.
async fn new_sessions(tx: &Tx, activity_id: &Id, sessions: Vec<NewSession>) -> Result<Vec<NewSession>> {
    let known = venue::list_sessions_of(tx, activity_id).await?;
    let is_there = |new: &NewSession| known.iter().any(|it| is_same_place(&it.session, new));
    Ok(sessions.into_iter().filter(|new| !is_there(new)).collect())
}

/// The sessions that stood on the first day of the activity, as the notice had put them, go with it to its new first day.
/// One that people have put on another day stays there; the page of the activity marks it when it lies outside.
async fn move_sessions(tx: &Tx, old: &activity::Activity, sessions: &[NewSession]) -> Result<()> {
    for known in venue::list_sessions_of(tx, &old.activity_id).await? {
        let Some(new) = sessions.iter().find(|new| is_same_place(&known.session, new)) else { continue };
        if known.session.starts_on != old.starts_on || known.session.starts_on == new.starts_on {
            continue;
        }
        let mut session = venue::lock_session(tx, &known.session.activity_session_id, None).await?;
        session.starts_on = new.starts_on;
        session.time.clone_from(&new.time);
        venue::save_session(tx, &session).await?;
    }
    Ok(())
}

/// Of a venue, or of a unit without a venue, each session stands once.
fn is_same_place(known: &venue::Session, new: &NewSession) -> bool {
    match &new.venue_id {
        Some(_) => known.venue_id == new.venue_id,
        None => known.unit_id == new.unit_id,
    }
}

async fn revise_duties(tx: &Tx, campaign_id: &Id, revision: &Revision<'_>) -> Result<()> {
    let new_duties = &revision.publication.report_duties;
    for row in revision.duties {
        match row {
            DutyRow::Same | DutyRow::Removed { stays: true, .. } => {}
            DutyRow::Added { new } => {
                let duty = new_duties.get(*new).ok_or(Error::NotFound)?;
                insert_duty(tx, campaign_id, duty, *new).await?;
            }
            DutyRow::Removed { old, stays: false } => {
                let old = revision.standing_duties.get(*old).ok_or(Error::NotFound)?;
                // What was handed in since the difference was worked out is never thrown away.
                if duty::lock_units(tx, &old.report_duty_id).await?.into_iter().any(|is_handed_in| is_handed_in) {
                    return Err(Error::Stale);
                }
                tx.run("delete from reminder where report_duty_id = $1", args![old.report_duty_id]).await?;
                tx.run("delete from report_duty_unit where report_duty_id = $1", args![old.report_duty_id]).await?;
                tx.run_one("delete from report_duty where report_duty_id = $1", args![old.report_duty_id]).await?;
            }
            DutyRow::Changed { old, new, join, leave, .. } => {
                let old = revision.standing_duties.get(*old).ok_or(Error::NotFound)?;
                let new = new_duties.get(*new).ok_or(Error::NotFound)?;
                save_duty(tx, &old.report_duty_id, new).await?;
                for unit_id in join {
                    insert_duty_unit(tx, &old.report_duty_id, unit_id).await?;
                }
                for unit_id in leave {
                    tx.run(
                        "delete from report_duty_unit where report_duty_id = $1 and unit_id = $2 and status = 'open'",
                        args![old.report_duty_id, unit_id],
                    )
                    .await?;
                }
            }
        }
    }
    Ok(())
}

async fn save_duty(tx: &Tx, report_duty_id: &Id, new: &NewReportDuty) -> Result<()> {
    let due = new.duty.due.as_ref();
    tx.run_one(
        "update report_duty set who = $2, what = $3, to_text = $4, via = $5, due_on = $6, due_time = $7, due_text = $8, span_start = $9,
           span_end = $10, version = version + 1
         where report_duty_id = $1",
        args![
            report_duty_id,
            new.duty.who,
            json(&new.duty.what)?,
            json(&new.duty.to)?,
            json(&new.duty.via)?,
            new.due_on,
            due.and_then(|it| it.time.as_deref()),
            due.map_or("", |it| it.text.as_str()),
            new.duty.span.start,
            new.duty.span.end
        ],
    )
    .await
}

/// A form whose annex a revised notice has changed: the form people have worked on stays, and waits for somebody to decide.
pub async fn revise_annex(tx: &Tx, stat_form_id: &Id, form: &StatForm, heads: &ColumnHeads) -> Result<()> {
    tx.run_one(
        "update stat_form set title = $2, head = $3, rows = $4, column_heads = $5, version = version + 1,
           annex_before = case when definition is null then null else coalesce(annex_before, rows) end
         where stat_form_id = $1",
        args![
            stat_form_id,
            form.title.as_deref().unwrap_or("统计表"),
            json(&form.head)?,
            json(&form.rows)?,
            json(heads)?
        ],
    )
    .await
}

async fn revise_forms(tx: &Tx, campaign_id: &Id, revision: &Revision<'_>) -> Result<()> {
    for row in revision.forms {
        match row {
            FormRow::Same => {}
            FormRow::Added { new } => {
                let new = revision.publication.forms.get(*new).ok_or(Error::NotFound)?;
                insert_form(tx, campaign_id, new).await?;
            }
            FormRow::Changed { old, new, .. } => {
                let old = revision.standing_forms.get(*old).ok_or(Error::NotFound)?;
                let new = revision.publication.forms.get(*new).ok_or(Error::NotFound)?;
                revise_annex(tx, &old.stat_form_id, &new.form, &new.column_heads).await?;
            }
        }
    }
    Ok(())
}
