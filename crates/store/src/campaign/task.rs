//! Tasks (任务): the part of one unit in one activity, with its own state.

use domain::Id;
use domain::campaign::permitted::Part;
use domain::campaign::progress::{ActivityStatus, TaskStatus};
use jiff::Timestamp;
use jiff::civil::Date;

use super::activity::part;
use crate::{Error, Read, Result, Row, Tx, args, new_id, word};

/// A task as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub task_id: Id,
    pub activity_id: Id,
    pub unit_id: Id,
    pub part: Part,
    /// Its own deadline; without one the dates of the activity count.
    pub due_on: Option<Date>,
    pub status: TaskStatus,
    pub done_at: Option<Timestamp>,
    pub version: i64,
}

/// A task with what a desk shows of its activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskTask {
    pub task: Task,
    pub campaign_id: Id,
    pub campaign_title: String,
    pub number: Option<i64>,
    pub title: String,
    pub activity_status: ActivityStatus,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    pub activity_due_on: Option<Date>,
    pub places: Vec<String>,
}

const COLUMNS: &str = "task_id, activity_id, unit_id, part, due_on, status, done_at, version";

fn task(row: &Row) -> Result<Task> {
    Ok(Task {
        task_id: row.get("task_id")?,
        activity_id: row.get("activity_id")?,
        unit_id: row.get("unit_id")?,
        part: part(row)?,
        due_on: row.get("due_on")?,
        status: row.word("status")?,
        done_at: row.get("done_at")?,
        version: row.get("version")?,
    })
}

/// The tasks of one activity, those of the leads first.
pub async fn list_of(tx: &Read, activity_id: &Id) -> Result<Vec<Task>> {
    let sql = format!("select {COLUMNS} from task where activity_id = $1 order by part, task_id");
    tx.list(&sql, args![activity_id]).await?.iter().map(task).collect()
}

/// Every task of a campaign.
pub async fn list(tx: &Read, campaign_id: &Id) -> Result<Vec<Task>> {
    let rows = tx
        .list(
            "select task_id, task.activity_id, unit_id, part, task.due_on, task.status, task.done_at, task.version
             from task join activity using (activity_id) where campaign_id = $1 order by activity.sort_key, part, task_id",
            args![campaign_id],
        )
        .await?;
    rows.iter().map(task).collect()
}

const DESK: &str =
    "select task_id, task.activity_id, unit_id, part, task.due_on, task.status, task.done_at, task.version,
       campaign_id, campaign.title as campaign_title, number, activity.title, activity.status as activity_status,
       activity.starts_on, activity.ends_on, activity.due_on as activity_due_on, places
     from task join activity using (activity_id) join campaign using (campaign_id)
     where campaign.status = 'published' and task.status <> 'withdrawn'";

fn desk_task(row: &Row) -> Result<DeskTask> {
    Ok(DeskTask {
        task: task(row)?,
        campaign_id: row.get("campaign_id")?,
        campaign_title: row.get("campaign_title")?,
        number: row.get("number")?,
        title: row.get("title")?,
        activity_status: row.word("activity_status")?,
        starts_on: row.get("starts_on")?,
        ends_on: row.get("ends_on")?,
        activity_due_on: row.get("activity_due_on")?,
        places: row.json("places")?,
    })
}

/// The tasks of one unit in all running campaigns.
pub async fn list_of_unit(tx: &Read, unit_id: &Id) -> Result<Vec<DeskTask>> {
    let sql = format!("{DESK} and unit_id = $1 order by campaign.published_at desc, activity.sort_key, task_id");
    tx.list(&sql, args![unit_id]).await?.iter().map(desk_task).collect()
}

/// The tasks of all units in all running campaigns, for the desk of the office.
pub async fn list_running(tx: &Read) -> Result<Vec<DeskTask>> {
    let sql = format!("{DESK} order by campaign.published_at desc, activity.sort_key, task_id");
    tx.list(&sql, args![]).await?.iter().map(desk_task).collect()
}

/// The task, if there is one.
pub async fn find(tx: &Read, task_id: &Id) -> Result<Option<Task>> {
    let sql = format!("select {COLUMNS} from task where task_id = $1");
    tx.find(&sql, args![task_id]).await?.as_ref().map(task).transpose()
}

/// Loads a task that will change.
pub async fn lock(tx: &Tx, task_id: &Id) -> Result<Task> {
    let sql = format!("update task set version = version + 1 where task_id = $1 returning {COLUMNS}");
    task(&tx.get(&sql, args![task_id]).await?)
}

/// Saves a task that was loaded by [`lock`].
pub async fn save(tx: &Tx, task: &Task) -> Result<()> {
    tx.run_one(
        "update task set status = $3, done_at = $4, due_on = $5 where task_id = $1 and version = $2",
        args![task.task_id, task.version, word(&task.status), task.done_at, task.due_on],
    )
    .await
}

/// Marks every open task of an activity (locked before) as done.
pub async fn finish_open(tx: &Tx, activity_id: &Id, at: Timestamp) -> Result<u64> {
    tx.run(
        "update task set status = 'done', done_at = $2, version = version + 1 where activity_id = $1 and status = 'open'",
        args![activity_id, at],
    )
    .await
}

/// Brings the tasks of an activity (locked before) in line with its units: new parts get a task, lost ones are withdrawn,
/// returning ones are opened again. What was done stays done.
pub async fn follow_units(tx: &Tx, activity_id: &Id, units: &[(Id, Part)]) -> Result<()> {
    let tasks = list_of(tx, activity_id).await?;
    for (unit_id, part) in units {
        let known = tasks.iter().find(|it| it.unit_id == *unit_id && it.part == *part);
        match known {
            Some(task) if task.status == TaskStatus::Withdrawn => {
                tx.run_one(
                    "update task set status = 'open', version = version + 1 where task_id = $1",
                    args![task.task_id],
                )
                .await?;
            }
            Some(_) => {}
            None => {
                tx.run(
                    "insert into task (task_id, activity_id, unit_id, part, due_on, status, done_at, version)
                     values ($1, $2, $3, $4, null, 'open', null, 1)",
                    args![new_id(), activity_id, unit_id, part.code()],
                )
                .await?;
            }
        }
    }
    for task in tasks.iter().filter(|it| it.status == TaskStatus::Open) {
        if !units.iter().any(|(unit_id, part)| *unit_id == task.unit_id && *part == task.part) {
            tx.run_one(
                "update task set status = 'withdrawn', version = version + 1 where task_id = $1",
                args![task.task_id],
            )
            .await?;
        }
    }
    Ok(())
}

/// The task.
pub async fn get(tx: &Read, task_id: &Id) -> Result<Task> {
    find(tx, task_id).await?.ok_or(Error::NotFound)
}
