//! Publishing (发布): writing what the domain worked out.

use domain::Id;
use domain::campaign::permitted::Part;
use domain::campaign::publish::{NewActivity, NewReportDuty, NewSession, NewStatForm, NewVenue, Publication};
use jiff::Timestamp;

use super::activity;
use super::plan::Campaign;
use crate::{Result, Tx, args, json, word};

/// Makes a draft that was loaded by `plan::lock` a running campaign.
pub async fn publish(tx: &Tx, campaign: &Campaign, publication: &Publication, at: Timestamp) -> Result<()> {
    tx.run_one(
        "update campaign set status = 'published', starts_on = $3, ends_on = $4, published_at = $5
         where campaign_id = $1 and version = $2 and status = 'draft'",
        args![campaign.campaign_id, campaign.version, publication.starts_on, publication.ends_on, at],
    )
    .await?;
    let campaign_id = &campaign.campaign_id;
    save_names(tx, campaign_id, &publication.names).await?;
    insert_venues(tx, campaign_id, &publication.venues).await?;
    for new in &publication.activities {
        insert_activity(tx, campaign_id, new, at).await?;
    }
    for (index, new) in publication.report_duties.iter().enumerate() {
        insert_duty(tx, campaign_id, new, index).await?;
    }
    for new in &publication.forms {
        insert_form(tx, campaign_id, new).await?;
    }
    Ok(())
}

/// Writes which unit each name of the notice means.
pub async fn save_names(tx: &Tx, campaign_id: &Id, names: &[(String, Option<Id>, bool)]) -> Result<()> {
    tx.run("delete from campaign_unit where campaign_id = $1", args![campaign_id]).await?;
    for (name, unit_id, is_resolved) in names {
        tx.run(
            "insert into campaign_unit (campaign_id, name, unit_id, is_resolved) values ($1, $2, $3, $4)",
            args![campaign_id, name, unit_id, is_resolved],
        )
        .await?;
    }
    Ok(())
}

pub(super) async fn insert_venues(tx: &Tx, campaign_id: &Id, venues: &[NewVenue]) -> Result<()> {
    for new in venues {
        tx.run(
            "insert into venue (venue_id, campaign_id, name, address, kind, version) values ($1, $2, $3, '', $4, 1)",
            args![new.venue_id, campaign_id, new.name, new.kind.code()],
        )
        .await?;
    }
    Ok(())
}

pub(super) async fn insert_activity(tx: &Tx, campaign_id: &Id, new: &NewActivity, at: Timestamp) -> Result<()> {
    tx.run(
        "insert into activity (activity_id, campaign_id, number, sort_key, group_title, title, text, kind, status, starts_on, ends_on, due_on,
           span_start, span_end, dates, places, done_at, created_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'planned', $9, $10, $11, $12, $13, $14, $15, null, $16, 1)",
        args![
            new.activity_id,
            campaign_id,
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
            json(&new.places)?,
            at
        ],
    )
    .await?;
    activity::save_units(tx, &new.activity_id, &new.units).await?;
    for task in &new.tasks {
        insert_task(tx, &new.activity_id, &task.task_id, &task.unit_id, task.part).await?;
    }
    insert_sessions(tx, &new.activity_id, &new.sessions).await
}

/// A task has no deadline of its own: it follows the dates of its activity, also when these are moved later.
pub(super) async fn insert_task(tx: &Tx, activity_id: &Id, task_id: &Id, unit_id: &Id, part: Part) -> Result<()> {
    tx.run(
        "insert into task (task_id, activity_id, unit_id, part, due_on, status, done_at, version)
         values ($1, $2, $3, $4, null, 'open', null, 1)",
        args![task_id, activity_id, unit_id, part.code()],
    )
    .await
    .map(drop)
}

pub(super) async fn insert_sessions(tx: &Tx, activity_id: &Id, sessions: &[NewSession]) -> Result<()> {
    for new in sessions {
        tx.run(
            "insert into activity_session (activity_session_id, activity_id, venue_id, starts_on, time, unit_id, note, version)
             values ($1, $2, $3, $4, $5, $6, $7, 1)",
            args![new.session_id, activity_id, new.venue_id, new.starts_on, new.time, new.unit_id, new.note],
        )
        .await?;
    }
    Ok(())
}

pub(super) async fn insert_duty(tx: &Tx, campaign_id: &Id, new: &NewReportDuty, index: usize) -> Result<()> {
    let due = new.duty.due.as_ref();
    tx.run(
        "insert into report_duty (report_duty_id, campaign_id, who, what, to_text, via, due_on, due_time, due_text, span_start, span_end,
           sort_key, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)",
        args![
            new.report_duty_id,
            campaign_id,
            new.duty.who,
            json(&new.duty.what)?,
            json(&new.duty.to)?,
            json(&new.duty.via)?,
            new.due_on,
            due.and_then(|it| it.time.as_deref()),
            due.map_or("", |it| it.text.as_str()),
            new.duty.span.start,
            new.duty.span.end,
            index + 1
        ],
    )
    .await?;
    for unit_id in &new.units {
        insert_duty_unit(tx, &new.report_duty_id, unit_id).await?;
    }
    Ok(())
}

pub(super) async fn insert_duty_unit(tx: &Tx, report_duty_id: &Id, unit_id: &Id) -> Result<()> {
    tx.run(
        "insert into report_duty_unit (report_duty_id, unit_id, status, handed_in_at, note, version)
         values ($1, $2, 'open', null, '', 1) on conflict (report_duty_id, unit_id) do nothing",
        args![report_duty_id, unit_id],
    )
    .await
    .map(drop)
}

pub(super) async fn insert_form(tx: &Tx, campaign_id: &Id, new: &NewStatForm) -> Result<()> {
    tx.run(
        "insert into stat_form (stat_form_id, campaign_id, title, head, rows, column_heads, version) values ($1, $2, $3, $4, $5, $6, 1)",
        args![
            new.stat_form_id,
            campaign_id,
            new.form.title.as_deref().unwrap_or("统计表"),
            json(&new.form.head)?,
            json(&new.form.rows)?,
            json(&new.column_heads)?
        ],
    )
    .await
    .map(drop)
}
