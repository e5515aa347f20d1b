//! One unit's numbers: what the records propose, what stands in the return, and what the checks find.

use std::collections::{BTreeMap, BTreeSet};

use domain::Id;
use domain::statistics::aggregate::{CellSum, PartSum, combine};
use domain::statistics::check::{CellValue, Finding, check};
use domain::statistics::fill::{Proposal, count, effective};
use domain::statistics::form::{FormCell, FormDefinition};
use domain::statistics::indicator::{self, Adding};
use domain::statistics::overlap::{Part, Shared, together, twice};
use domain::statistics::rollup::{Figure, Total, total};
use domain::statistics::stat_return::ReturnStatus;
use domain::statistics::year;
use jiff::Timestamp;
use store::Read;
use store::statistics::overlap::{self, Late, Stands};
use store::statistics::stat_return::StatReturn;
use store::statistics::{figures, figures_of_units, form, stat_return, tally};
use store::unit::Unit;

use super::looks::{CellLook, Look, Looks};
use super::scene::Scene;

/// A unit's form with its numbers. Without a return nothing has been begun yet.
#[derive(Clone)]
pub(crate) struct Filling {
    pub(crate) scene: Scene,
    pub(crate) unit: Unit,
    pub(crate) stat_return: Option<StatReturn>,
    /// What would be reported now; for a return that adds up others it holds what they handed in.
    pub(crate) proposals: BTreeMap<String, Proposal>,
    /// What comes from the returns below, by cell; empty where nobody reports to this unit.
    pub(crate) sums: BTreeMap<String, CellSum>,
    /// What was recorded after its units had handed in: it is not in the number, and a draft says so at the cell. Only a page asks for
    /// it, see [`Filling::with_late`].
    pub(crate) late: Vec<Late>,
    /// What somebody should look at in the campaign; only a page asks for it, see [`Filling::with_late`].
    looks: Looks,
    /// The units below whose returns were handed in before it was written down with them what they share.
    pub(crate) before: Vec<String>,
    /// When the units handed in whose returns it adds up.
    handed_in: BTreeMap<Id, Timestamp>,
    /// As stored.
    pub(crate) stored: BTreeMap<String, CellValue>,
    pub(crate) last_year: BTreeMap<String, i64>,
    /// What records say beyond a cell that counts cases alone, by cell, and whether it is an estimate; never 0.
    pub(crate) beside: BTreeMap<String, (i64, bool)>,
}

impl Filling {
    /// A return.
    pub(crate) async fn of_return(tx: &Read, stat_return_id: &Id) -> store::Result<Filling> {
        let own = stat_return::get(tx, stat_return_id).await?;
        let scene = Scene::load(tx, &own.stat_form_id).await?;
        let unit_id = own.unit_id.clone();
        Filling::load(tx, scene, &unit_id, Some(own)).await
    }

    /// With what was recorded after the units had handed in, to be shown at the cells.
    pub(crate) async fn with_late(mut self, tx: &Read) -> store::Result<Filling> {
        if self.sums.values().any(|it| it.since != 0) {
            self.late = overlap::late(tx, &self.scene.form.campaign_id, &self.handed_in).await?;
        }
        self.looks = Looks::load(tx, &self.scene.head).await?;
        Ok(self)
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
        let mut beside = beside(definition, &counted, &totals);
        let (mut sums, mut handed_in, mut before) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        if !scene.reporting.below(unit_id).is_empty() {
            let parts = Parts::load(tx, &scene, unit_id).await?;
            sums = parts.add_up(&scene, &totals);
            beside.clone_from(&parts.beside);
            for (key, sum) in &sums {
                proposals.insert(key.clone(), proposal(sum));
            }
            handed_in = parts.handed_in_at(&scene);
            before = parts.before(tx, &scene).await?;
        }
        let stored = match &stat_return {
            Some(it) => stat_return::values(tx, &it.stat_return_id).await?,
            None => BTreeMap::new(),
        };
        let last_year = LastYear::load(tx, &scene).await?.of(tx, unit_id).await?;
        let (late, looks) = (Vec::new(), Looks::default());
        Ok(Filling {
            scene,
            unit,
            stat_return,
            proposals,
            sums,
            late,
            looks,
            before,
            handed_in,
            stored,
            last_year,
            beside,
        })
    }

    /// What somebody should look at in a cell.
    pub(crate) fn looks_of(&self, cell: &FormCell) -> Vec<&Look> {
        let scope = self.scene.reporting.scope(&self.unit.unit_id);
        self.looks.of_cell(cell, scope.as_ref())
    }

    /// The same in sentences; `path` is that of the return, empty before there is one.
    pub(crate) fn look_words(&self, cell: &FormCell, path: &str) -> Vec<CellLook> {
        let path = if path.is_empty() { String::new() } else { format!("{path}/cells/{}", cell.key) };
        self.looks.words_of(&self.looks_of(cell), &path)
    }

    /// The number of a cell that counts cases alone, together with what the records say beyond it.
    pub(crate) fn with_beside(&self, key: &str) -> Option<(i64, bool)> {
        let (more, is_estimate) = self.beside.get(key)?;
        let own = self.proposals.get(key).and_then(|it| it.value).unwrap_or(0);
        Some((own.saturating_add(*more), *is_estimate))
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

/// What the records say beyond the cells that count cases alone.
fn beside(
    form: &FormDefinition,
    figures: &[Figure],
    totals: &BTreeMap<String, Total>,
) -> BTreeMap<String, (i64, bool)> {
    let more = |cell: &FormCell| {
        let all = total(figures, indicator::beside(cell.indicator()?.code)?, cell.topic());
        let own = totals.get(&cell.key).and_then(|it| it.value).unwrap_or(0);
        let more = all.value?.saturating_sub(own);
        (more > 0).then(|| (cell.key.clone(), (more, all.has_estimate)))
    };
    form.cells().filter_map(|(_, cell)| more(cell)).collect()
}

/// What a return that adds up others is made of.
struct Parts {
    /// The units whose returns stand for them.
    returns: Vec<Id>,
    /// What these returns come to in each cell; number by number only where nothing is added.
    reported: BTreeMap<String, PartSum>,
    /// What the records say that stand in none of them, by cell.
    live: BTreeMap<String, Total>,
    /// What they say beyond the cells that count cases alone.
    beside: BTreeMap<String, (i64, bool)>,
    /// What is live shares with others, and then each return.
    shared: Vec<Vec<Shared>>,
    /// What each return says in its cells.
    said: BTreeMap<Id, BTreeMap<String, i64>>,
}

impl Parts {
    async fn load(tx: &Read, scene: &Scene, unit_id: &Id) -> store::Result<Parts> {
        let (form, campaign_id) = (&scene.form, &scene.form.campaign_id);
        let returns = scene.reporting.standing_for(unit_id, &|it: &Id| scene.handed_in(it).is_some());
        let among: BTreeSet<&Id> = returns.iter().collect();
        let cells = form.definition.cells().filter(|(_, cell)| cell.adding() == Adding::Never);
        let single: BTreeSet<&str> = cells.map(|(_, cell)| cell.key.as_str()).collect();
        let reported = tally::sums(tx, &form.stat_form_id, |it| among.contains(it), &single).await?;
        let open = scene.reporting.uncovered(unit_id, &returns);
        let figures = figures_of_units(tx, campaign_id, &open).await?;
        let live = count(&form.definition, &figures);
        let beside = beside(&form.definition, &figures, &live);
        let mut kept = overlap::kept(tx, &form.stat_form_id).await?;
        let stands = Stands::load(tx, campaign_id).await?;
        let mut shared = vec![overlap::of_units(tx, campaign_id, &open, &stands).await?];
        for unit_id in &returns {
            let own = scene.counting(unit_id).and_then(|it| kept.remove(&it.stat_return_id));
            shared.push(match own {
                Some(own) => own,
                // Handed in before it was written down: what is shared now.
                None => {
                    let units: Vec<Id> = scene.reporting.covered(unit_id).into_iter().collect();
                    overlap::of_units(tx, campaign_id, &units, &stands).await?
                }
            });
        }
        let shares: BTreeSet<&Id> =
            returns.iter().zip(shared.iter().skip(1)).filter(|it| !it.1.is_empty()).map(|it| it.0).collect();
        let said = if shares.is_empty() {
            BTreeMap::new()
        } else {
            tally::reported(tx, &form.stat_form_id, |it| shares.contains(it)).await?
        };
        Ok(Parts { returns, reported, live, beside, shared, said })
    }

    fn add_up(&self, scene: &Scene, totals: &BTreeMap<String, Total>) -> BTreeMap<String, CellSum> {
        let (nothing, nobody) = (Total::default(), PartSum::default());
        let mut sums = BTreeMap::new();
        for (_, cell) in scene.form.definition.cells().filter(|(_, cell)| !cell.is_text) {
            let of = |from: &BTreeMap<String, Total>| from.get(&cell.key).unwrap_or(&nothing).clone();
            let reported = self.reported.get(&cell.key).unwrap_or(&nobody);
            let said = |unit_id: &Id| self.said.get(unit_id).map(|it| it.get(&cell.key).copied().unwrap_or(0));
            let caps = std::iter::once(None).chain(self.returns.iter().map(said));
            let parts: Vec<Part<'_>> =
                self.shared.iter().zip(caps).map(|(shared, reported)| Part { shared, reported }).collect();
            let twice = twice(cell, &parts);
            sums.insert(cell.key.clone(), combine(cell, &of(totals), &of(&self.live), reported, &twice));
        }
        sums
    }

    /// The units whose returns share what was worked out later than they were handed in.
    async fn before(&self, tx: &Read, scene: &Scene) -> store::Result<Vec<String>> {
        let later = overlap::not_of_their_day(tx, &scene.form.stat_form_id).await?;
        let is_later = |unit_id: &&Id| scene.counting(unit_id).is_some_and(|it| later.contains(&it.stat_return_id));
        let names = self.returns.iter().filter(is_later).filter_map(|it| scene.unit(it));
        Ok(names.map(|it| it.short_name.clone()).collect())
    }

    /// When each unit that stands in one of the returns handed in.
    fn handed_in_at(&self, scene: &Scene) -> BTreeMap<Id, Timestamp> {
        let mut at = BTreeMap::new();
        for unit_id in &self.returns {
            let Some(handed_in) = scene.counting(unit_id).and_then(|it| it.completed_at) else { continue };
            at.extend(scene.reporting.covered(unit_id).into_iter().map(|it| (it, handed_in)));
        }
        at
    }
}

/// What a return shares with others, to be written down when it is handed in.
pub(super) async fn shared_of(tx: &Read, scene: &Scene, unit_id: &Id) -> store::Result<Vec<Shared>> {
    if scene.reporting.above(unit_id).is_none() {
        return Ok(Vec::new());
    }
    if scene.reporting.below(unit_id).is_empty() {
        let units: Vec<Id> = scene.reporting.covered(unit_id).into_iter().collect();
        let stands = Stands::load(tx, &scene.form.campaign_id).await?;
        return overlap::of_units(tx, &scene.form.campaign_id, &units, &stands).await;
    }
    Ok(together(Parts::load(tx, scene, unit_id).await?.shared))
}

/// Last year's form, and which of its cells stands for which of this year's.
pub(super) struct LastYear {
    form: Option<(Id, BTreeMap<String, String>)>,
}

impl LastYear {
    pub(super) async fn load(tx: &Read, scene: &Scene) -> store::Result<LastYear> {
        let year = scene.head.year.and_then(|it| i16::try_from(it).ok());
        let Some(year) = year else { return Ok(LastYear { form: None }) };
        let last = form::find_of_year(tx, year - 1, &scene.form.definition.title).await?;
        let form = last.map(|it| (it.stat_form_id, year::pairs(&scene.form.definition, &it.definition)));
        Ok(LastYear { form })
    }

    /// What the unit reported then, by the cells of this year.
    pub(super) async fn of(&self, tx: &Read, unit_id: &Id) -> store::Result<BTreeMap<String, i64>> {
        let Some((stat_form_id, pairs)) = &self.form else { return Ok(BTreeMap::new()) };
        let Some(own) = stat_return::find_latest(tx, stat_form_id, unit_id).await? else { return Ok(BTreeMap::new()) };
        let values = stat_return::values(tx, &own.stat_return_id).await?;
        let reported = |before: &str| values.get(before).and_then(|it| it.reported);
        Ok(pairs.iter().filter_map(|(now, before)| Some((now.clone(), reported(before)?))).collect())
    }
}
