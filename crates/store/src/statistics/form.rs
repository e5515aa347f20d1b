//! Statistics forms of a campaign, read from its notice and corrected by the office.

use std::collections::BTreeSet;

use domain::Id;
use domain::campaign::plan::{StatForm, StatRow};
use domain::statistics::due::Due;
use domain::statistics::form::{ColumnHeads, FormDefinition};
use domain::statistics::reporting::asks_for;
use jiff::civil::Date;

use crate::campaign::duty::{self, ReportDuty};
use crate::{Error, Read, Result, Row, Tx, args, json, new_id};

/// A form as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    pub stat_form_id: Id,
    pub campaign_id: Id,
    pub definition: FormDefinition,
    /// Somebody has looked at the bindings and saved them.
    pub is_confirmed: bool,
    pub due_on: Option<Date>,
    pub due_time: Option<String>,
    /// The annex before and after a revision of the notice that nobody has decided on yet.
    pub revised: Option<(Vec<StatRow>, Vec<StatRow>)>,
    pub version: i64,
}

const COLUMNS: &str = "stat_form_id, stat_form.campaign_id, stat_form.title, stat_form.head, stat_form.rows, stat_form.column_heads, definition, \
                       stat_form.due_on, stat_form.due_time, stat_form.annex_before, stat_form.version, campaign.year";
const FROM: &str = "from stat_form join campaign using (campaign_id)";

fn form(row: &Row) -> Result<Form> {
    let saved: Option<String> = row.get("definition")?;
    let definition = match &saved {
        Some(_) => {
            let mut definition: FormDefinition = row.json("definition")?;
            definition.doubt_before();
            definition
        }
        None => read_from_notice(row)?,
    };
    let before: Option<String> = row.get("annex_before")?;
    let revised = match before {
        Some(_) => Some((row.json("annex_before")?, row.json("rows")?)),
        None => None,
    };
    Ok(Form {
        revised,
        stat_form_id: row.get("stat_form_id")?,
        campaign_id: row.get("campaign_id")?,
        definition,
        is_confirmed: saved.is_some(),
        due_on: row.get("due_on")?,
        due_time: row.get("due_time")?,
        version: row.get("version")?,
    })
}

fn read_from_notice(row: &Row) -> Result<FormDefinition> {
    let title: String = row.get("title")?;
    let head: Vec<String> = row.json("head")?;
    let rows: Vec<StatRow> = row.json("rows")?;
    let year: Option<i64> = row.get("year")?;
    let year = year.and_then(|year| i16::try_from(year).ok());
    // Forms of before these words were kept have none.
    let heads: Option<String> = row.get("column_heads")?;
    let column_heads = if heads.is_some() { row.json("column_heads")? } else { ColumnHeads::default() };
    let read = FormDefinition::from_plan(&StatForm { title: Some(title), head, rows }, year);
    Ok(FormDefinition { column_heads, ..read })
}

/// The forms of a campaign.
pub async fn list(tx: &Read, campaign_id: &Id) -> Result<Vec<Form>> {
    let sql = format!("select {COLUMNS} {FROM} where stat_form.campaign_id = $1 order by stat_form_id");
    tx.list(&sql, args![campaign_id]).await?.iter().map(form).collect()
}

/// The form.
pub async fn get(tx: &Read, stat_form_id: &Id) -> Result<Form> {
    let sql = format!("select {COLUMNS} {FROM} where stat_form_id = $1 and campaign.status <> 'draft'");
    form(&tx.find(&sql, args![stat_form_id]).await?.ok_or(Error::NotFound)?)
}

/// The form of last year's campaign with the same title but for the year, for comparison.
pub async fn find_of_year(tx: &Read, year: i16, title: &str) -> Result<Option<Form>> {
    let sql = format!(
        "select {COLUMNS} {FROM} where campaign.year = $1 and campaign.status <> 'draft' order by stat_form_id"
    );
    let plain = |title: &str| title.chars().filter(|c| c.is_alphabetic()).collect::<String>();
    let forms: Vec<Form> = tx.list(&sql, args![i64::from(year)]).await?.iter().map(form).collect::<Result<_>>()?;
    Ok(forms.into_iter().find(|form| plain(&form.definition.title) == plain(title)))
}

/// Loads a form that will change; refuses as stale what was changed since the page was rendered.
pub async fn lock(tx: &Tx, stat_form_id: &Id, version: i64) -> Result<Form> {
    tx.run_one("update stat_form set version = version + 1 where stat_form_id = $1", args![stat_form_id]).await?;
    let form = get(tx, stat_form_id).await?;
    if form.version == version + 1 { Ok(form) } else { Err(Error::Stale) }
}

/// Holds a form until the end of the write, without changing it: who comes at the same moment waits and sees what was done.
pub async fn hold(tx: &Tx, stat_form_id: &Id) -> Result<()> {
    tx.run_one("update stat_form set version = version where stat_form_id = $1", args![stat_form_id]).await
}

/// Adds a form that was uploaded.
pub async fn insert(tx: &Tx, campaign_id: &Id, definition: &FormDefinition) -> Result<Id> {
    let stat_form_id = new_id();
    tx.run_one(
        "insert into stat_form (stat_form_id, campaign_id, title, head, rows, definition, version)
         values ($1, $2, $3, $4, '[]', $5, 1)",
        args![stat_form_id, campaign_id, definition.title, json(&definition.head)?, json(definition)?],
    )
    .await?;
    Ok(stat_form_id)
}

/// Saves a form that was loaded by [`lock`].
pub async fn save(tx: &Tx, form: &Form) -> Result<()> {
    tx.run_one(
        "update stat_form set title = $2, definition = $3, due_on = $4, due_time = $5 where stat_form_id = $1",
        args![form.stat_form_id, form.definition.title, json(&form.definition)?, form.due_on, form.due_time],
    )
    .await
}

/// The revised annex of a form that was loaded by [`lock`] was decided on, one way or the other.
pub async fn save_annex_decided(tx: &Tx, stat_form_id: &Id) -> Result<()> {
    tx.run_one("update stat_form set annex_before = null where stat_form_id = $1", args![stat_form_id]).await
}

/// The forms of every running campaign, with the title of the campaign.
pub async fn list_running(tx: &Read) -> Result<Vec<(Form, String)>> {
    let sql = format!(
        "select {COLUMNS}, campaign.title as campaign_title {FROM} where campaign.status = 'published' order by campaign.campaign_id desc, stat_form_id"
    );
    let rows = tx.list(&sql, args![]).await?;
    rows.iter().map(|row| Ok((form(row)?, row.get("campaign_title")?))).collect()
}

/// Who reports a form, and by when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The units that report.
    pub units: BTreeSet<Id>,
    /// The units were chosen for this form; otherwise they follow the report duty or the tasks.
    pub is_chosen: bool,
    pub due: Option<Due>,
    /// The report duties of the notice that ask for the form and nothing else.
    pub duties: Vec<ReportDuty>,
}

/// Who reports the form and by when: as chosen on its page, else as the report duty of the notice says, else who has a task.
pub async fn call(tx: &Read, form: &Form) -> Result<Call> {
    let mut duties = duty::list(tx, &form.campaign_id).await?;
    duties.retain(|it| it.what.iter().any(|what| asks_for(what, &form.definition.title)));
    let first = duties.iter().find(|it| it.due_on.is_some());
    let due = match (form.due_on, first) {
        (Some(on), _) => Some(Due::new(on, form.due_time.as_deref())),
        (None, Some(duty)) => duty.due_on.map(|on| Due::new(on, duty.due_time.as_deref())),
        (None, None) => None,
    };
    let chosen = chosen_units(tx, &form.stat_form_id).await?;
    let is_chosen = !chosen.is_empty();
    let mut units = chosen;
    if units.is_empty() {
        let listed = duty::list_units(tx, &form.campaign_id).await?;
        let asked = listed.into_iter().filter(|it| duties.iter().any(|duty| duty.report_duty_id == it.report_duty_id));
        units.extend(asked.map(|it| it.unit_id));
    }
    if units.is_empty() {
        units = units_with_tasks(tx, &form.campaign_id).await?;
    }
    duties.retain(|it| it.what.len() == 1);
    Ok(Call { units, is_chosen, due, duties })
}

async fn chosen_units(tx: &Read, stat_form_id: &Id) -> Result<BTreeSet<Id>> {
    let rows = tx.list("select unit_id from stat_form_unit where stat_form_id = $1", args![stat_form_id]).await?;
    rows.iter().map(|row| row.get("unit_id")).collect()
}

async fn units_with_tasks(tx: &Read, campaign_id: &Id) -> Result<BTreeSet<Id>> {
    let rows = tx
        .list(
            "select distinct task.unit_id from task join activity using (activity_id) join unit on unit.unit_id = task.unit_id
             where campaign_id = $1 and task.status <> 'withdrawn' and unit.is_active = 1",
            args![campaign_id],
        )
        .await?;
    rows.iter().map(|row| row.get("unit_id")).collect()
}

/// Chooses the units that report a form that was loaded by [`lock`]; none means as the notice says.
pub async fn save_units(tx: &Tx, stat_form_id: &Id, units: &BTreeSet<Id>) -> Result<()> {
    tx.run("delete from stat_form_unit where stat_form_id = $1", args![stat_form_id]).await?;
    for unit_id in units {
        let sql = "insert into stat_form_unit (stat_form_id, unit_id) values ($1, $2)";
        tx.run_one(sql, args![stat_form_id, unit_id]).await?;
    }
    Ok(())
}
