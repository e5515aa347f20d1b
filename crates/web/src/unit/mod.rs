//! Units: the tree, one unit with its people and history, forms.

mod edit;

use askama::Template;
use axum::extract::{Path, State};
use domain::{
    Id,
    unit::{
        permitted::{self, UnitStep},
        tree,
    },
};
use store::{event, person, unit, unit::Unit};

use crate::{Answer, App, Frame, Visitor, history::Entry, page};
pub(crate) use edit::{create, edit, new, set_active, update};

/// One line of the tree.
struct Line {
    unit: Unit,
    depth: usize,
    n_people: usize,
    aliases: String,
}

#[derive(Template)]
#[template(path = "unit/list.html")]
struct List {
    frame: Frame,
    lines: Vec<Line>,
    may_add: bool,
}

/// `GET /units`
pub(crate) async fn list(State(app): State<App>, frame: Frame, Visitor(actor): Visitor) -> Answer {
    let work =
        app.db.read(async |tx| Ok((unit::list(&tx).await?, unit::list_aliases(&tx).await?, person::list(&tx).await?)));
    let (units, aliases, people) = work.await?;
    let order = tree::in_order(&units.iter().map(node).collect::<Vec<_>>());
    let lines = order.into_iter().filter_map(|(id, depth)| {
        let unit = units.iter().find(|unit| unit.unit_id == id)?.clone();
        let n_people = people.iter().filter(|it| it.is_active && it.unit_id == id).count();
        let aliases = aliases.get(&id).map(|it| it.join("、")).unwrap_or_default();
        Some(Line { unit, depth: depth.min(6), n_people, aliases })
    });
    let lines = lines.collect();
    let may_add = permitted::unit_steps(&actor).contains(&UnitStep::Add);
    page::page(&List { frame, lines, may_add })
}

/// The place of a stored unit in the tree.
pub(crate) fn node(unit: &Unit) -> tree::Node {
    tree::Node { unit_id: unit.unit_id.clone(), parent_id: unit.parent_id.clone(), sort_key: unit.sort_key }
}

#[derive(Template)]
#[template(path = "unit/show.html")]
struct Show {
    frame: Frame,
    unit: Unit,
    parent: Option<Unit>,
    below: Vec<Unit>,
    aliases: Vec<String>,
    /// Name and role; empty for those who may not see people.
    people: Vec<(Id, String, &'static str)>,
    history: Vec<Entry>,
    may_change: bool,
    may_add: bool,
    may_set_active: bool,
}

/// `GET /units/{unit_id}`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(unit_id): Path<String>,
) -> Answer {
    let id = Id::from_text(unit_id);
    let work = app.db.read(async move |tx| {
        let unit = unit::get(&tx, &id).await?;
        let units = unit::list(&tx).await?;
        let aliases = unit::list_aliases(&tx).await?.remove(&id).unwrap_or_default();
        let people = person::list_of_unit(&tx, &id).await?;
        Ok((unit, units, aliases, people, event::list_of(&tx, "unit", &id).await?))
    });
    let (unit, units, aliases, people, events) = work.await?;
    let steps = permitted::unit_steps(&actor);
    let sees = |it: &&person::Person| !permitted::person_steps(&actor, &it.person_id, &it.unit_id).is_empty();
    let people = people.iter().filter(|it| it.is_active).filter(sees);
    let people = people.map(|it| (it.person_id.clone(), it.name.clone(), it.role.label())).collect();
    let parent = units.iter().find(|it| Some(&it.unit_id) == unit.parent_id.as_ref()).cloned();
    let below = units.into_iter().filter(|it| it.parent_id.as_ref() == Some(&unit.unit_id)).collect();
    page::page(&Show {
        frame,
        parent,
        below,
        aliases,
        people,
        history: events.iter().rev().map(Entry::of).collect(),
        may_change: steps.contains(&UnitStep::Change),
        may_add: steps.contains(&UnitStep::Add),
        may_set_active: steps.contains(&UnitStep::SetActive),
        unit,
    })
}
