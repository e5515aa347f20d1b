//! People: who may sign in, for which unit, in which role.

mod edit;

use askama::Template;
use axum::extract::{Path, State};
use domain::{
    Id,
    unit::permitted::{self, PersonStep},
};
use store::{event, person, person::Person, sign_in, unit};

use crate::{Answer, App, Error, Frame, Visitor, history::Entry, page, sign_in::attempt};
pub(crate) use edit::{create, edit, new, reset_password, set_active, unlock, update};

#[derive(Template)]
#[template(path = "person/list.html")]
struct List {
    frame: Frame,
    /// The person and the name of their unit.
    lines: Vec<(Person, String)>,
    may_add: bool,
}

/// `GET /people`: those the person may see.
pub(crate) async fn list(State(app): State<App>, frame: Frame, Visitor(actor): Visitor) -> Answer {
    let (people, units) = app.db.read(async |tx| Ok((person::list(&tx).await?, unit::list(&tx).await?))).await?;
    let sees = |it: &Person| !permitted::person_steps(&actor, &it.person_id, &it.unit_id).is_empty();
    let mut lines: Vec<(usize, Person, String)> = people
        .into_iter()
        .filter(sees)
        .filter_map(|it| {
            let place = units.iter().position(|unit| unit.unit_id == it.unit_id)?;
            let name = units.get(place).map(|unit| unit.name.clone())?;
            Some((place, it, name))
        })
        .collect();
    lines.sort_by_key(|(place, person, _)| (!person.is_active, *place));
    let lines = lines.into_iter().map(|(_, person, unit)| (person, unit)).collect();
    page::page(&List { frame, lines, may_add: permitted::may_add_people(&actor) })
}

#[derive(Template)]
#[template(path = "person/show.html")]
struct Show {
    frame: Frame,
    person: Person,
    unit: String,
    history: Vec<Entry>,
    /// Until when the login is locked.
    locked_until: Option<String>,
    may_change: bool,
    may_reset: bool,
    may_set_active: bool,
    /// Shown once, right after it was made.
    one_time: Option<String>,
}

/// `GET /people/{person_id}`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(person_id): Path<String>,
) -> Answer {
    draw(&app, frame, &actor, Id::from_text(person_id), None).await
}

/// The page of a person; with a one-time password right after it was made.
async fn draw(app: &App, frame: Frame, actor: &domain::unit::Actor, person_id: Id, one_time: Option<String>) -> Answer {
    let now = app.clock.now();
    let work = app.db.read(async move |tx| {
        let person = person::get(&tx, &person_id).await?;
        let failure = sign_in::find_failure(&tx, &attempt::login_subject(&person.login)).await?;
        let unit = unit::get(&tx, &person.unit_id).await?;
        let events = event::list_of(&tx, "person", &person_id).await?;
        Ok((person, failure, unit.name, events))
    });
    let (person, failure, unit, events) = work.await?;
    let steps = permitted::person_steps(actor, &person.person_id, &person.unit_id);
    if !steps.contains(&PersonStep::See) {
        // Who may not see the person may not learn that there is one.
        return Err(Error::NotFound);
    }
    let locked_until = failure.and_then(|it| it.locked_until).filter(|until| *until > now);
    page::page(&Show {
        frame,
        unit,
        history: events.iter().rev().map(Entry::of).collect(),
        locked_until: locked_until.map(attempt::clock_time),
        may_change: steps.contains(&PersonStep::Change),
        may_reset: steps.contains(&PersonStep::ResetPassword),
        may_set_active: steps.contains(&PersonStep::SetActive),
        one_time,
        person,
    })
}
