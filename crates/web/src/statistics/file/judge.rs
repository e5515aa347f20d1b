//! What would become of each handed-in form: the page before the commit and the commit itself ask this one function.

use std::collections::BTreeMap;

use domain::Id;
use domain::statistics::check::CellValue;
use domain::statistics::merge::{Contribution, Merged, merge, unknown_unit};
use domain::statistics::stat_return::ReturnStatus;
use domain::unit::near::{Match, Named, near};
use store::Read;
use store::statistics::form_merge::FormMerge;
use store::statistics::stat_return::{self, StatReturn};
use store::unit::Unit;

use crate::statistics::scene::Scene;

/// What becomes of one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// The unit has no return yet.
    New,
    /// The unit's draft gets these numbers; so many cells change.
    Change(usize),
    /// The same numbers are there already.
    Same,
    /// The return waits for approval or is approved, with other numbers.
    Closed(ReturnStatus),
    /// Another form of the same unit comes first.
    Twice(String),
    /// Nobody has said which unit it is; these are near.
    Unknown(Vec<(Id, String)>),
    /// The unit is known and does not report this form.
    Outside(Id, String),
    /// A person has left it out.
    LeftOut,
}

/// One form with its unit.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) contribution: Contribution,
    pub(super) unit: Option<(Id, String)>,
    /// Why it is this unit.
    pub(super) reason: String,
    pub(super) own: Option<StatReturn>,
    pub(super) stored: BTreeMap<String, CellValue>,
    pub(super) fate: Fate,
}

impl Judged {
    /// Will its numbers be stored?
    pub(super) fn is_stored(&self) -> bool {
        matches!(self.fate, Fate::New | Fate::Change(_))
    }
}

/// The upload, added up and with what becomes of each form.
pub(super) struct Judgement {
    pub(super) scene: Scene,
    pub(super) merged: Merged,
    pub(super) forms: Vec<Judged>,
}

impl Judgement {
    /// In one line what the page showed; another line at the commit means that something changed in between.
    pub(super) fn fingerprint(&self) -> String {
        let one = |it: &Judged| {
            let unit = it.unit.as_ref().map(|it| it.0.to_string()).unwrap_or_default();
            format!("{}:{unit}:{:?};", it.contribution.form, it.fate)
        };
        let all: String = self.forms.iter().map(one).collect();
        super::sha256(all.as_bytes())
    }
}

/// Judges an upload.
pub(super) async fn judge(tx: &Read, upload: &FormMerge) -> store::Result<Judgement> {
    let scene = Scene::load(tx, &upload.stat_form_id).await?;
    let mut merged = merge(Some(scene.form.definition.clone()), &upload.handed_in);
    let named = names(&scene, store::unit::list_aliases(tx).await?);
    let mut forms: Vec<Judged> = Vec::new();
    for contribution in &merged.contributions {
        let chosen = upload.choices.get(&contribution.form);
        let (unit, reason, fate) = match chosen {
            Some(None) => (None, String::new(), Some(Fate::LeftOut)),
            Some(Some(id)) => {
                (scene.unit(id).map(|it| (id.clone(), it.short_name.clone())), "由您指定".to_owned(), None)
            }
            None => match near(&contribution.unit, &named) {
                Match::Exact { unit_id, reason } => {
                    (scene.unit(&unit_id).map(|it| (unit_id.clone(), it.short_name.clone())), reason, None)
                }
                Match::Near(found) => {
                    let found = found.into_iter().map(|it| (it.unit_id, it.name)).collect();
                    let outside = scene.units.iter().find(|it| {
                        let own = [&it.name, &it.short_name];
                        it.is_active && !scene.reporting.contains(&it.unit_id) && own.contains(&&contribution.unit)
                    });
                    let fate = match outside {
                        Some(unit) => Fate::Outside(unit.unit_id.clone(), unit.short_name.clone()),
                        None => Fate::Unknown(found),
                    };
                    (None, String::new(), Some(fate))
                }
            },
        };
        let mut judged = Judged {
            contribution: contribution.clone(),
            unit,
            reason,
            own: None,
            stored: BTreeMap::new(),
            fate: Fate::Unknown(Vec::new()),
        };
        let before = forms.iter().find(|it| it.unit.is_some() && it.unit == judged.unit);
        let twice = before.map(|it| Fate::Twice(it.contribution.file.clone()));
        judged.fate = match (fate, twice) {
            (Some(fate), _) | (None, Some(fate)) => fate,
            (None, None) => fate_of(tx, &scene, &mut judged).await?,
        };
        forms.push(judged);
    }
    let unknown = forms.iter().filter_map(|it| match &it.fate {
        Fate::Unknown(near) => {
            let names: Vec<&str> = near.iter().map(|it| it.1.as_str()).collect();
            Some(unknown_unit(&it.contribution, &names))
        }
        _ => None,
    });
    merged.add_problems(unknown.collect());
    // What is not of the units is not of their sum either.
    let is_out = |it: &&Judged| matches!(it.fate, Fate::Twice(_) | Fate::LeftOut);
    merged.leave_out(&forms.iter().filter(is_out).map(|it| it.contribution.form).collect());
    Ok(Judgement { scene, merged, forms })
}

/// The units that may report, with the names they go by.
fn names(scene: &Scene, mut aliases: BTreeMap<Id, Vec<String>>) -> Vec<Named> {
    let units = scene.units.iter().filter(|it| it.is_active && scene.reporting.contains(&it.unit_id));
    let named = |it: &Unit| {
        let mut aliases = aliases.remove(&it.unit_id).unwrap_or_default();
        aliases.push(it.short_name.clone());
        Named { unit_id: it.unit_id.clone(), name: it.name.clone(), aliases }
    };
    units.map(named).collect()
}

async fn fate_of(tx: &Read, scene: &Scene, judged: &mut Judged) -> store::Result<Fate> {
    let Some((unit_id, _)) = &judged.unit else { return Ok(Fate::Unknown(Vec::new())) };
    let Some(own) = scene.latest(unit_id).cloned() else { return Ok(Fate::New) };
    judged.stored = stat_return::values(tx, &own.stat_return_id).await?;
    let n_changed = changed(&judged.contribution, &judged.stored);
    let status = own.status;
    judged.own = Some(own);
    Ok(match (n_changed, status) {
        (0, _) => Fate::Same,
        (n, ReturnStatus::Draft) => Fate::Change(n),
        (_, status) => Fate::Closed(status),
    })
}

/// How many cells of the return differ from what the file says; a cell the file leaves blank says nothing.
fn changed(own: &Contribution, stored: &BTreeMap<String, CellValue>) -> usize {
    let number = |(key, value): (&String, &i64)| {
        stored.get(key).is_none_or(|it| it.reported != Some(*value) || it.is_estimate != own.estimates.contains(key))
    };
    let words = |(key, text): (&String, &String)| stored.get(key).is_none_or(|it| it.text != *text);
    own.values.iter().filter(|it| number((it.0, it.1))).count()
        + own.texts.iter().filter(|it| words((it.0, it.1))).count()
}
