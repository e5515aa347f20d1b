//! One unit's numbers: what the records propose, what stands in the return, and what the checks find.

use std::collections::{BTreeMap, BTreeSet};

use domain::Id;
use domain::statistics::aggregate::{CellSum, PartSum, combine};
use domain::statistics::check::{CellValue, Finding, check};
use domain::statistics::fill::{Proposal, count, effective};
use domain::statistics::indicator::Adding;
use domain::statistics::rollup::Total;
use domain::statistics::stat_return::ReturnStatus;
use domain::statistics::year;
use store::Read;
use store::statistics::stat_return::StatReturn;
use store::statistics::{figures, figures_of_units, form, stat_return, tally};
use store::unit::Unit;

use super::scene::Scene;

/// A unit's form with its numbers. Without a return nothing has been begun yet.
#[derive(Clone)]
pub(crate) struct Filling {
    pub(crate) scene: Scene,
    pub(crate) unit: Unit,
    pub(crate) stat_return: Option<StatReturn>,
    /// What would be reported now; for a return that adds up others it holds their explained differences.
    pub(crate) proposals: BTreeMap<String, Proposal>,
    /// What comes from the returns below, by cell; empty where nobody reports to this unit.
    pub(crate) sums: BTreeMap<String, CellSum>,
    /// As stored.
    pub(crate) stored: BTreeMap<String, CellValue>,
    pub(crate) last_year: BTreeMap<String, i64>,
}

impl Filling {
    /// A return.
    pub(crate) async fn of_return(tx: &Read, stat_return_id: &Id) -> store::Result<Filling> {
        let own = stat_return::get(tx, stat_return_id).await?;
        let scene = Scene::load(tx, &own.stat_form_id).await?;
        let unit_id = own.unit_id.clone();
        Filling::load(tx, scene, &unit_id, Some(own)).await
    }

    /// The form of a unit, with the return if there is one.
    pub(crate) async fn load(
        tx: &Read,
        scene: Scene,
        unit_id: &Id,
        stat_return: Option<StatReturn>,
    ) -> store::Result<Filling> {
        let unit = scene.unit(unit_id).cloned().ok_or(store::Error::NotFound)?;
        let campaign_id = &scene.form.campaign_id;
        let definition = &scene.form.definition;
        let counted = match scene.reporting.scope(unit_id) {
            None => figures(tx, campaign_id, None).await?,
            Some(units) => figures_of_units(tx, campaign_id, &units.into_iter().collect::<Vec<_>>()).await?,
        };
        let totals = count(definition, &counted);
        let mut proposals: BTreeMap<String, Proposal> =
            totals.iter().map(|(key, total)| (key.clone(), Proposal::of(total))).collect();
        let below = scene.reporting.below(unit_id);
        let mut sums = BTreeMap::new();
        if !below.is_empty() {
            let own: Vec<Id> = scene.reporting.own_scope(unit_id).into_iter().collect();
            let own = count(definition, &figures_of_units(tx, campaign_id, &own).await?);
            let parts = parts(tx, &scene, &below).await?;
            sums = add_up(&scene, &totals, &own, &parts);
            for (key, sum) in &sums {
                proposals.insert(key.clone(), proposal(sum));
            }
        }
        let stored = match &stat_return {
            Some(it) => stat_return::values(tx, &it.stat_return_id).await?,
            None => BTreeMap::new(),
        };
        let last_year = last_year(tx, &scene, unit_id).await?;
        Ok(Filling { scene, unit, stat_return, proposals, sums, stored, last_year })
    }

    /// Is the return still being filled?
    pub(crate) fn is_draft(&self) -> bool {
        self.stat_return.as_ref().is_none_or(|it| it.status == ReturnStatus::Draft)
    }

    /// The numbers as they stand: a draft follows the records, a completed return is what it was.
    pub(crate) fn values(&self) -> BTreeMap<String, CellValue> {
        self.values_with(&self.stored)
    }

    /// The same with other numbers in the place of the stored ones.
    pub(crate) fn values_with(&self, stored: &BTreeMap<String, CellValue>) -> BTreeMap<String, CellValue> {
        let mut values = if self.is_draft() {
            effective(&self.scene.form.definition, &self.proposals, stored)
        } else {
            stored.clone()
        };
        for (key, last) in &self.last_year {
            values.entry(key.clone()).or_default().last_year = Some(*last);
        }
        values
    }

    /// What the checks find in these numbers.
    pub(crate) fn findings(&self, values: &BTreeMap<String, CellValue>) -> Vec<Finding> {
        check(&self.scene.form.definition, values)
    }

    /// Does this return add up others?
    pub(crate) fn is_sum(&self) -> bool {
        !self.sums.is_empty() || !self.scene.reporting.below(&self.unit.unit_id).is_empty()
    }

    /// The return after which nothing later came.
    pub(crate) fn is_latest(&self) -> bool {
        let latest = self.scene.latest(&self.unit.unit_id).map(|it| &it.stat_return_id);
        self.stat_return.as_ref().is_none_or(|it| latest == Some(&it.stat_return_id))
    }

    /// Cells that hold numbers but stand no longer in the form.
    pub(crate) fn left_over(&self) -> Vec<(&String, &CellValue)> {
        let gone = |key: &String| self.scene.form.definition.cell(key).is_none();
        self.stored
            .iter()
            .filter(|(key, value)| gone(key) && (value.reported.is_some() || !value.text.is_empty()))
            .collect()
    }
}

fn proposal(sum: &CellSum) -> Proposal {
    Proposal {
        value: sum.proposal,
        is_estimate: sum.has_estimate && sum.proposal.is_some(),
        side_by_side: sum.side_by_side.clone(),
    }
}

/// What the approved returns of these units come to in each cell; number by number only where nothing is added.
async fn parts(tx: &Read, scene: &Scene, below: &[Id]) -> store::Result<BTreeMap<String, PartSum>> {
    let below: BTreeSet<&Id> = below.iter().collect();
    let cells = scene.form.definition.cells().filter(|(_, cell)| cell.adding() == Adding::Never);
    let single: BTreeSet<&str> = cells.map(|(_, cell)| cell.key.as_str()).collect();
    tally::sums(tx, &scene.form.stat_form_id, |it| below.contains(it), &single).await
}

fn add_up(
    scene: &Scene,
    totals: &BTreeMap<String, Total>,
    own: &BTreeMap<String, Total>,
    parts: &BTreeMap<String, PartSum>,
) -> BTreeMap<String, CellSum> {
    let (nothing, nobody) = (Total::default(), PartSum::default());
    let mut sums = BTreeMap::new();
    for (_, cell) in scene.form.definition.cells().filter(|(_, cell)| !cell.is_text) {
        let recount = totals.get(&cell.key).unwrap_or(&nothing);
        let own = own.get(&cell.key).and_then(|it| it.value);
        sums.insert(cell.key.clone(), combine(cell, recount, own, parts.get(&cell.key).unwrap_or(&nobody)));
    }
    sums
}

/// What the unit reported in the same cells of last year's form.
async fn last_year(tx: &Read, scene: &Scene, unit_id: &Id) -> store::Result<BTreeMap<String, i64>> {
    let mut numbers = BTreeMap::new();
    let year = scene.head.year.and_then(|it| i16::try_from(it).ok());
    let Some(year) = year else { return Ok(numbers) };
    let Some(last) = form::find_of_year(tx, year - 1, &scene.form.definition.title).await? else { return Ok(numbers) };
    let Some(own) = stat_return::find_latest(tx, &last.stat_form_id, unit_id).await? else { return Ok(numbers) };
    let values = stat_return::values(tx, &own.stat_return_id).await?;
    for (now, before) in year::pairs(&scene.form.definition, &last.definition) {
        if let Some(value) = values.get(&before).and_then(|it| it.reported) {
            numbers.insert(now, value);
        }
    }
    Ok(numbers)
}
