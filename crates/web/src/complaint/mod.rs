//! Complaints, tip-offs, inquiries: intake, queue, case page with exactly the permitted steps, date sheets, letters, rates.

pub(crate) mod arrange;
pub(crate) mod bulk;
pub(crate) mod cluster;
mod connects;
pub(crate) mod correct;
pub(crate) mod escalation;
pub(crate) mod export;
pub(crate) mod file;
pub(crate) mod hours;
pub(crate) mod import;
pub(crate) mod import_page;
mod import_unit;
pub(crate) mod intake;
pub(crate) mod intake_form;
pub(crate) mod join;
mod lamp;
pub(crate) mod letter;
pub(crate) mod list;
pub(crate) mod look;
pub(crate) mod mail;
pub(crate) mod mapping;
mod moment;
pub(crate) mod print;
pub(crate) mod rate;
pub(crate) mod setting;
pub(crate) mod sheet;
pub(crate) mod show;
pub(crate) mod split;
pub(crate) mod step;
mod step_form;
pub(crate) mod tend;
pub(crate) mod top;
mod trail;
pub(crate) mod view;
mod words;

#[cfg(test)]
mod intake_tests;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::Id;
use domain::calendar::{WorkCalendar, read_rows};
use domain::complaint::category::Category;
use domain::complaint::clock::{Clock, DeskRules, clocks};
use domain::complaint::escalation::Level;
use domain::complaint::permitted::Desk;
use domain::complaint::state::CaseState;
use domain::unit::{Actor, Role, UnitKind};
use store::Read;
use store::complaint::case::Law;
use store::complaint::category;
use store::complaint::queue::Scope;
use store::unit::Unit;

use crate::App;
use crate::complain::{FACE, Face};

/// The setting with the desk's own rules.
pub(crate) const DESK_RULES: &str = "complaint.desk";
/// The setting with the holidays of years this program does not know yet.
pub(crate) const HOLIDAYS: &str = "calendar.rows";

/// What every page of the area needs to know of the bureau.
#[derive(Clone)]
pub(crate) struct Around {
    pub(crate) desk: Desk,
    pub(crate) rules: DeskRules,
    pub(crate) calendar: Arc<WorkCalendar>,
    pub(crate) units: Vec<Unit>,
    pub(crate) categories: Vec<Category>,
    pub(crate) face: Face,
}

impl Around {
    pub(crate) async fn load(tx: &Read) -> store::Result<Around> {
        let units = store::unit::list(tx).await?;
        let is_intake = |it: &&Unit| it.is_active && it.kind == UnitKind::ComplaintCenter;
        let intake_units: BTreeSet<Id> = units.iter().filter(is_intake).map(|it| it.unit_id.clone()).collect();
        Ok(Around {
            desk: Desk { intake_units },
            rules: rules(tx).await?,
            calendar: calendar(tx).await?,
            categories: category::list(tx).await?,
            face: serde_json::from_str(&store::setting::get(tx, FACE, "{}").await?).unwrap_or_default(),
            units,
        })
    }

    /// [`Around::load`], at most a second old: a thousand requests do not ask a thousand times.
    pub(crate) async fn recent(app: &App) -> store::Result<Arc<Around>> {
        let fresh = |it: &(Instant, Arc<Around>)| it.0.elapsed() < Duration::from_secs(1);
        let known = app.around.lock().unwrap_or_else(PoisonError::into_inner).clone().filter(fresh);
        if let Some((_, around)) = known {
            return Ok(around);
        }
        let around = Arc::new(app.db.read(async |tx| Around::load(&tx).await).await?);
        *app.around.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), Arc::clone(&around)));
        Ok(around)
    }

    /// The name of the whole bureau.
    pub(crate) fn bureau(&self) -> &str {
        let regulator = self.units.iter().find(|it| it.is_active && it.kind == UnitKind::Regulator);
        regulator.map_or("", |it| it.name.as_str())
    }

    /// By what dates are counted.
    pub(crate) fn law(&self) -> Law<'_> {
        Law { rules: &self.rules, calendar: &self.calendar }
    }

    /// Every statutory term the case has had.
    pub(crate) fn clocks(&self, state: &CaseState) -> Vec<Clock> {
        clocks(state, &self.rules, &self.calendar)
    }

    /// Whose cases the person may list.
    pub(crate) fn scope(&self, actor: &Actor) -> Scope {
        let own: Vec<Id> = actor.acts_for.iter().cloned().collect();
        match actor.role {
            _ if self.desk.is_intake(actor) => Scope::All,
            Role::Leader => Scope::All,
            Role::Office => Scope::AllButTipoffs(own),
            Role::Auditor => Scope::AllButTipoffs(Vec::new()),
            Role::Admin | Role::UnitLead | Role::Officer => Scope::Units(own),
        }
    }

    /// The name of a unit where room is short.
    pub(crate) fn unit_name(&self, unit_id: &Id) -> String {
        self.units.iter().find(|it| it.unit_id == *unit_id).map_or_else(String::new, |it| it.short_name.clone())
    }

    /// The units that can have a case: those of the bureau and the association, in use.
    pub(crate) fn handling_units(&self) -> impl Iterator<Item = &Unit> {
        self.units.iter().filter(|it| it.is_active && it.kind != UnitKind::Member)
    }

    /// The name of a node of the classification.
    pub(crate) fn category_name(&self, code: &str) -> String {
        self.categories.iter().find(|it| it.code == code).map_or_else(|| code.to_owned(), |it| it.name.clone())
    }
}

/// The desk's own rules, as set or as they come.
pub(crate) async fn rules(tx: &Read) -> store::Result<DeskRules> {
    let text = store::setting::get(tx, DESK_RULES, "{}").await?;
    Ok(serde_json::from_str(&text).unwrap_or_default())
}

/// By what the dates of complaints are counted in this database.
///
/// # Errors
/// When the database cannot be read.
pub async fn desk_rules(db: &store::Db) -> store::Result<(DeskRules, Arc<WorkCalendar>)> {
    db.read(async |tx| Ok((rules(&tx).await?, calendar(&tx).await?))).await
}

/// The calendar with the years a bureau has added. Built once for each text of the setting.
pub(crate) async fn calendar(tx: &Read) -> store::Result<Arc<WorkCalendar>> {
    type Known = Option<(String, Arc<WorkCalendar>)>;
    static KNOWN: Mutex<Known> = Mutex::new(None);
    let text = store::setting::get(tx, HOLIDAYS, "").await?;
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((of, calendar)) = known.as_ref()
        && *of == text
    {
        return Ok(Arc::clone(calendar));
    }
    let mut calendar = WorkCalendar::announced();
    calendar.add(read_rows(&text).0);
    let calendar = Arc::new(calendar);
    *known = Some((text, Arc::clone(&calendar)));
    Ok(calendar)
}

/// The tone of a level: a reminder is yellow, an escalation red.
pub(crate) fn tone_of(level: Level) -> &'static str {
    match level {
        Level::Reminder => "warn",
        Level::Escalation => "bad",
    }
}

/// May the person register a case? Everybody who works in a unit: a stand of an activity is an intake too.
pub(crate) fn may_register(actor: &Actor) -> bool {
    matches!(actor.role, Role::Office | Role::UnitLead | Role::Officer)
}
