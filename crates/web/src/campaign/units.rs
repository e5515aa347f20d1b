//! `POST /campaigns/{id}/review/units`: what the names of units mean; missing units are created on the way.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use domain::Id;
use domain::campaign::review::correction::Correction;
use domain::campaign::review::permitted::{IntakeStep, permitted};
use domain::campaign::review::resolve::{Answer as Meaning, Choice as Meant, Tree, UnitSet, resolve};
use domain::unit::{Actor, UnitKind};
use store::campaign::plan;
use store::event::NewEvent;
use store::unit::NewUnit;

use super::draft::{stage, tree};
use super::review::refuse;
use super::review_view::Problem;
use super::units_view::sets;
use crate::{Answer, App, Error, Frame, Posted, Visitor, done};

/// What was chosen for one name.
#[derive(Debug, Clone)]
struct Chosen {
    name: String,
    /// `unit:KEY`, `new`, `pick`, `set:CODE`, `words`.
    choice: String,
    picked: Vec<Id>,
    parent_id: Option<Id>,
    kind: UnitKind,
}

fn chosen(posted: &Posted) -> Vec<Chosen> {
    let names: Vec<(usize, &str)> = (0..2000).map_while(|at| name_at(posted, at)).collect();
    let one = |(index, name): (usize, &str)| Chosen {
        name: name.to_owned(),
        choice: posted.text(&format!("choice{index}")).to_owned(),
        picked: posted.all(&format!("pick{index}")).map(Id::from_text).collect(),
        parent_id: Some(posted.text(&format!("parent{index}"))).filter(|it| !it.is_empty()).map(Id::from_text),
        kind: serde_json::from_value(posted.text(&format!("kind{index}")).into()).unwrap_or(UnitKind::Other),
    };
    names.into_iter().map(one).collect()
}

fn name_at(posted: &Posted, index: usize) -> Option<(usize, &str)> {
    let field = format!("name{index}");
    posted.is_set(&field).then(|| (index, posted.text(&field)))
}

/// The handler.
pub(crate) async fn update(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Answer {
    let create_all = posted.text("do") == "create_all";
    let words_all = posted.text("do") == "words_all";
    let list = chosen(&posted);
    let written = write(&app, &actor, &id, list, create_all, words_all).await?;
    let (created, settled) = written;
    if settled == 0 {
        let sentence = "还没有选择。请在每个名称下选一项，再按“确定”。".to_owned();
        let problem = Problem { sentence, ..Problem::default() };
        return refuse(&app, frame, &actor, &id, problem).await;
    }
    let sentence = match created {
        0 => format!("已确定{settled}个单位名称。草稿已保存。"),
        n => format!("已新建{n}个单位，确定{settled}个名称。草稿已保存。"),
    };
    done(&format!("/campaigns/{id}/review#units"), &sentence)
}

/// Creates what is to be created and writes the choices; gives the number of new units and of settled names.
async fn write(
    app: &App,
    actor: &Actor,
    id: &str,
    list: Vec<Chosen>,
    create_all: bool,
    words_all: bool,
) -> Result<(usize, usize), Error> {
    let (id, at, actor) = (Id::from_text(id), app.clock.now(), actor.clone());
    let written = app
        .db
        .write(async move |tx| {
            let mut campaign = plan::lock(&tx, &id).await?;
            if !permitted(&actor, stage(campaign.status)).contains(&IntakeStep::Review) {
                return Err(store::Error::NotFound);
            }
            let known = tree(&tx).await?;
            let root = known.root().map(|unit| unit.unit_id.clone());
            let mut list = list.clone();
            if create_all || words_all {
                list = all_open(&campaign, &known, words_all);
            }
            let exists: BTreeSet<&Id> = known.units().iter().map(|unit| &unit.unit_id).collect();
            let mut created = 0;
            let mut choices: Vec<(String, Option<Meant>)> = Vec::new();
            for chosen in &list {
                let meant = match chosen.choice.as_str() {
                    "new" => {
                        let same = known.units().iter().find(|unit| unit.name == chosen.name);
                        let unit_id = match same {
                            Some(unit) => unit.unit_id.clone(),
                            None => {
                                created += 1;
                                let parent_id =
                                    chosen.parent_id.clone().filter(|it| exists.contains(it)).or(root.clone());
                                create(&tx, &actor, chosen, parent_id, known.units().len() + created, at).await?
                            }
                        };
                        Some(Meant::Units(vec![unit_id]))
                    }
                    _ => meant(chosen),
                };
                if let Some(meant) = meant {
                    choices.push((chosen.name.clone(), Some(meant)));
                }
            }
            let settled = choices.len();
            if settled > 0 {
                save(&tx, &actor, &mut campaign, choices, at).await?;
            }
            Ok((created, settled))
        })
        .await?;
    Ok(written)
}

async fn save(
    tx: &store::Tx,
    actor: &Actor,
    campaign: &mut plan::Campaign,
    choices: Vec<(String, Option<Meant>)>,
    at: jiff::Timestamp,
) -> store::Result<()> {
    let said = campaign.draft.correct(Correction::Choose(choices));
    let said = said.map_err(|error| store::Error::Internal(error.to_string()))?;
    plan::save_draft(tx, campaign).await?;
    let event = NewEvent::by(actor, "campaign", &campaign.campaign_id, "corrected", at);
    store::event::insert(tx, event.reason(said.sentence));
    Ok(())
}

/// Every name that waits for a person (or only the missing ones), as if the same had been chosen for each.
fn all_open(campaign: &plan::Campaign, known: &Tree, only_words: bool) -> Vec<Chosen> {
    let root = known.root().map(|unit| unit.unit_id.clone());
    resolve(&campaign.draft.plan, campaign.draft.choices(), known)
        .open()
        .filter(|named| only_words || matches!(named.answer, Meaning::Missing(_)))
        .map(|named| Chosen {
            name: named.name.clone(),
            choice: if only_words { "words".to_owned() } else { "new".to_owned() },
            picked: Vec::new(),
            parent_id: root.clone(),
            kind: match named.answer {
                Meaning::Missing(kind) => kind,
                _ => UnitKind::Other,
            },
        })
        .collect()
}

/// What was chosen, when no unit has to be created for it.
fn meant(chosen: &Chosen) -> Option<Meant> {
    match chosen.choice.split_once(':') {
        Some(("unit", key)) => Some(Meant::Units(vec![Id::from_text(key)])),
        Some(("set", code)) => set_of(code).map(Meant::Set),
        _ if chosen.choice == "words" => Some(Meant::Words),
        _ if chosen.choice == "pick" && !chosen.picked.is_empty() => Some(Meant::Units(chosen.picked.clone())),
        _ => None,
    }
}

fn set_of(code: &str) -> Option<UnitSet> {
    sets().into_iter().find(|(it, _)| *it == code).map(|(_, set)| set)
}

async fn create(
    tx: &store::Tx,
    actor: &Actor,
    chosen: &Chosen,
    parent_id: Option<Id>,
    sort_key: usize,
    at: jiff::Timestamp,
) -> store::Result<Id> {
    let new = NewUnit {
        parent_id,
        name: chosen.name.clone(),
        short_name: chosen.name.clone(),
        kind: chosen.kind,
        sort_key: i64::try_from(sort_key).unwrap_or(i64::MAX),
    };
    let unit = store::unit::insert(tx, &new, at).await?;
    let event = NewEvent::by(actor, "unit", &unit.unit_id, "created", at)
        .reason(format!("导入通知时新建单位“{}”", chosen.name));
    store::event::insert(tx, event);
    Ok(unit.unit_id)
}
