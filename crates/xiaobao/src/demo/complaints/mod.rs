//! A year of complaints in the county that does not exist: mostly routine (`year`), some that show what the desk can do (`special`).
//!
//! The shares follow what is published of real counties. Every name, number and firm is invented.

mod life;
mod special;
mod story;
mod year;

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use domain::Id;
use domain::calendar::WorkCalendar;
use domain::complaint::clock::DeskRules;
use domain::complaint::escalation::{Planned, due, next_at, plan};
use domain::complaint::event::CaseEvent;
use domain::complaint::state::CaseState;
use domain::unit::Actor;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use store::complaint::case::{self, Case, Law, Past};
use store::complaint::{cluster, escalation, view};
use store::{Db, Tx};

/// Cases of one write.
const PIECE: usize = 200;

/// The same numbers every time, so that a screenshot stays true.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % sides.max(1)
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let at = self.roll(all.len());
        all.get(at)
    }
}

/// Who does what in the demonstration.
struct Stage<'a> {
    actors: &'a BTreeMap<&'static str, Actor>,
    rules: DeskRules,
    calendar: WorkCalendar,
    now: Timestamp,
}

impl Stage<'_> {
    fn law(&self) -> Law<'_> {
        Law { rules: &self.rules, calendar: &self.calendar }
    }

    fn today(&self) -> Date {
        web::day_of(self.now)
    }

    fn actor(&self, login: &str) -> Option<&Actor> {
        self.actors.get(login)
    }

    async fn happen(&self, tx: &Tx, case: &Case, who: &str, at: Timestamp, events: &[CaseEvent]) -> store::Result<()> {
        self.history(tx, case, vec![(at, who, events.to_vec())]).await
    }

    /// A part of the life of a case, with what the background would have told in between, each at its moment.
    async fn history(&self, tx: &Tx, case: &Case, steps: Vec<(Timestamp, &str, Vec<CaseEvent>)>) -> store::Result<()> {
        let mut locked = case::lock(tx, &case.complaint_id, None).await?;
        let mut state = locked.state.clone();
        let mut past = Vec::new();
        for (at, who, events) in steps {
            let at = at.min(self.now);
            self.remind(&mut state, at, &mut past);
            events.iter().for_each(|it| state.apply(it, at));
            past.push(Past { at, actor: self.actor(who), events });
        }
        case::append_past(tx, &mut locked, &past, self.law()).await
    }

    /// What would have been told until then.
    fn remind(&self, state: &mut CaseState, until: Timestamp, past: &mut Vec<Past<'_>>) {
        let planned = plan(state, &self.rules, &self.calendar);
        while let Some(at) = next_at(&planned, state).filter(|it| *it <= until) {
            let events: Vec<CaseEvent> = due(&planned, state, at).into_iter().map(Planned::event).collect();
            if events.is_empty() {
                return;
            }
            events.iter().for_each(|it| state.apply(it, at));
            past.push(Past { at, actor: None, events });
        }
    }
}

fn moment(day: Date, minutes: i64) -> Timestamp {
    let midnight = day.to_zoned(web::zone()).map(|it| it.timestamp()).unwrap_or_default();
    midnight + SignedDuration::from_mins(minutes)
}

/// Fills the desk.
pub(super) async fn make(db: &Db, actors: &BTreeMap<&'static str, Actor>, now: Timestamp) -> Result<()> {
    let units: BTreeMap<String, Id> =
        db.read(async |tx| store::unit::list(&tx).await).await?.into_iter().map(|it| (it.name, it.unit_id)).collect();
    let days = year::days(web::day_of(now));
    for (n, piece) in days.chunks(PIECE).enumerate() {
        let (actors, units, piece) = (actors.clone(), units.clone(), piece.to_vec());
        db.write(async move |tx| {
            let stage = stage(&actors, now);
            let mut dice = Dice(20_270_315 + u64::try_from(n).unwrap_or(0));
            for (day, n) in &piece {
                year::routine(&tx, &stage, &units, &mut dice, *day, *n).await?;
            }
            Ok(())
        })
        .await
        .context("准备一年的演示投诉时")?;
    }
    let actors = actors.clone();
    db.write(async move |tx| {
        let stage = stage(&actors, now);
        special::make(&tx, &stage, &units).await?;
        for id in escalation::list_due(&tx, now, i64::MAX).await? {
            let mut case = case::lock(&tx, &id, None).await?;
            let (mut state, mut past) = (case.state.clone(), Vec::new());
            stage.remind(&mut state, now, &mut past);
            case::append_past(&tx, &mut case, &past, stage.law()).await?;
        }
        // A view the intake unit shares, and every text with the keys by which clusters are found.
        if let Some(lead) = stage.actor("lead") {
            view::save(&tx, lead, "将到期的投诉", "view=near&kind=complaint", true, now).await?;
        }
        while cluster::keep_next(&tx, 500).await? > 0 {}
        Ok(())
    })
    .await
    .context("准备演示投诉时")
}

fn stage<'a>(actors: &'a BTreeMap<&'static str, Actor>, now: Timestamp) -> Stage<'a> {
    Stage { actors, rules: DeskRules::default(), calendar: WorkCalendar::announced(), now }
}
