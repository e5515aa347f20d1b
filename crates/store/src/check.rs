//! Checks of the content (`xiaobao check`): rows that contradict each other, caches that went stale. Each check says what to do.
//!
//! A check is one statement that yields the offenders as `subject`; what is computed by rules of the domain is compared in Rust.

use std::collections::BTreeSet;

use domain::calendar::WorkCalendar;
use domain::complaint::clock::DeskRules;

use crate::complaint::case::Law;
use crate::complaint::stale;
use crate::statistics::tally;
use crate::{Db, Read, Result, args, attachment};

/// One check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// A stable name.
    pub name: &'static str,
    /// What is wrong with those it finds.
    pub wrong: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
    sql: &'static str,
}

/// Something a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub check: &'static str,
    /// The thing, in words.
    pub subject: String,
    pub wrong: &'static str,
    pub remedy: &'static str,
}

/// Every check that is one statement.
pub const CHECKS: &[Check] = &[
    Check {
        name: "unit-tree",
        wrong: "单位不在单位树中（上级互相指向）",
        remedy: "在“单位”页重新指定它的上级",
        sql: "with recursive tree (unit_id) as (
                select unit_id from unit where parent_id is null
                union
                select unit.unit_id from unit join tree on unit.parent_id = tree.unit_id
              )
              select name as subject from unit where unit_id not in (select unit_id from tree) order by unit_id",
    },
    Check {
        name: "unit-parent-active",
        wrong: "单位在用，上级单位却已停用",
        remedy: "停用该单位，或为它另选上级",
        sql: "select unit.name as subject from unit join unit parent on parent.unit_id = unit.parent_id
              where unit.is_active = 1 and parent.is_active = 0 order by unit.unit_id",
    },
    Check {
        name: "person-unit-active",
        wrong: "人员在用，所属单位却已停用",
        remedy: "停用该人员，或调到在用的单位",
        sql: "select person.name as subject from person join unit using (unit_id)
              where person.is_active = 1 and unit.is_active = 0 order by person_id",
    },
    Check {
        name: "sign-in-active",
        wrong: "人员已停用，仍有登录会话",
        remedy: "在“人员”页打开该人员，重新启用后再停用，停用时全部登录退出",
        sql: "select distinct person.name as subject from sign_in join person using (person_id) where person.is_active = 0",
    },
    Check {
        name: "admin-left",
        wrong: "没有在用的系统管理员",
        remedy: "停止服务后运行 xiaobao admin --data 数据目录，重新启用系统管理员",
        sql: "select 'people' as subject from event_head
              where not exists (select 1 from person where role = 'admin' and is_active = 1)
                and exists (select 1 from person)",
    },
    Check {
        name: "campaign-published",
        wrong: "活动已发布，却没有发布时间",
        remedy: "数据被程序以外的方式改过：运行 xiaobao verify 核验，再用 xiaobao restore 由备份恢复",
        sql: "select title as subject from campaign where status = 'published' and published_at is null order by campaign_id",
    },
    Check {
        name: "activity-lead",
        wrong: "活动已发布，单项活动却没有牵头单位",
        remedy: "在该项活动的页面指定牵头单位",
        sql: "select activity.title as subject from activity join campaign using (campaign_id)
              where campaign.status = 'published' and activity.status in ('planned', 'under_way')
                and not exists (select 1 from activity_unit
                                where activity_unit.activity_id = activity.activity_id and part = 'lead')
              order by activity_id",
    },
    Check {
        name: "activity-period",
        wrong: "单项活动的结束日期早于开始日期",
        remedy: "在该项活动的页面更正日期",
        sql: "select title as subject from activity where ends_on < starts_on order by activity_id",
    },
    Check {
        name: "task-unit-active",
        wrong: "未完成的任务分给了已停用的单位",
        remedy: "在该项活动的页面点“修改”，换成在用的单位",
        sql: "select activity.title as subject from task join activity using (activity_id) join unit using (unit_id)
              where task.status = 'open' and unit.is_active = 0 order by task_id",
    },
];

/// How many checks there are.
pub fn n_checks() -> usize {
    // The files and the tallies of returns are two more.
    CHECKS.len() + 2
}

/// Runs every check.
pub async fn check(db: &Db) -> Result<Vec<Finding>> {
    let mut findings = db.read(async |tx| statements(&tx).await).await?;
    findings.extend(files(db).await?);
    findings.extend(db.read(async |tx| tallies(&tx).await).await?);
    Ok(findings)
}

/// The numbers that a roll-up reads, against the returns they are a copy of.
async fn tallies(tx: &Read) -> Result<Vec<Finding>> {
    let finding = |subject: String| Finding {
        check: "return-tally",
        subject,
        wrong: "汇总用的数与填报里的数不符，汇总会算错",
        remedy: "数据被程序以外的方式改过：运行 xiaobao verify 核验，再用 xiaobao restore 由备份恢复",
    };
    Ok(tally::differing(tx).await?.into_iter().map(finding).collect())
}

async fn statements(tx: &Read) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for check in CHECKS {
        for row in tx.list(check.sql, args![]).await? {
            findings.push(Finding {
                check: check.name,
                subject: row.get("subject")?,
                wrong: check.wrong,
                remedy: check.remedy,
            });
        }
    }
    Ok(findings)
}

/// State and dates of every complaint, against what its events, the calendar and the rules of the desk say.
pub async fn complaints(db: &Db, rules: &DeskRules, calendar: &WorkCalendar) -> Result<Vec<Finding>> {
    let (rules, calendar) = (rules.clone(), calendar.clone());
    let wrong =
        db.read(async move |tx| stale::stale_caches(&tx, Law { rules: &rules, calendar: &calendar }).await).await?;
    let finding = |number: String| Finding {
        check: "complaint-dates",
        subject: number,
        wrong: "案件的状态或期限与办理记录算出的不一致",
        remedy: "改过办理设置或放假安排的，服务在后台重算，“办理设置”页有进度；没有正在重算的，先运行 xiaobao verify 核验，再停止服务运行 xiaobao recount --data 数据目录，由办理记录重算",
    };
    Ok(wrong.into_iter().map(finding).collect())
}

/// Files that rows speak of, against files that are there.
async fn files(db: &Db) -> Result<Vec<Finding>> {
    let rows = db.read(async |tx| attachment::mentioned(&tx).await).await?;
    let there: BTreeSet<String> = db.files().list()?.into_iter().collect();
    let mut findings = Vec::new();
    for (sha256, file_name) in &rows {
        if !there.contains(sha256) {
            findings.push(Finding {
                check: "file-there",
                subject: file_name.clone(),
                wrong: "登记的文件不在 files 文件夹中",
                remedy: "从备份的 files 文件夹找回",
            });
        }
    }
    Ok(findings)
}
