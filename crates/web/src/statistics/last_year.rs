//! `/forms/{id}/last-year`: this year's form beside last year's.

use askama::Template;
use axum::extract::{Path, State};
use domain::Id;
use domain::statistics::year::{Difference, compare};
use store::statistics::form::{self, Form};

use super::form_show::may_change;
use super::scene::Scene;
use crate::{Answer, App, Frame, Visitor, page};

#[derive(Template)]
#[template(path = "statistics/last_year.html")]
struct Show {
    frame: Frame,
    scene: Scene,
    last: Option<Form>,
    differences: Vec<Difference>,
    n_same: usize,
    may_edit: bool,
}

/// `GET /forms/{stat_form_id}/last-year`
pub(crate) async fn show(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(stat_form_id): Path<String>,
) -> Answer {
    let id = Id::from_text(stat_form_id);
    let (scene, last) = app
        .db
        .read(async move |tx| {
            let scene = Scene::load(&tx, &id).await?;
            let last = match scene.head.year.and_then(|it| i16::try_from(it).ok()) {
                Some(year) => form::find_of_year(&tx, year - 1, &scene.form.definition.title).await?,
                None => None,
            };
            Ok((scene, last))
        })
        .await?;
    let differences = last.as_ref().map(|it| compare(&scene.form.definition, &it.definition)).unwrap_or_default();
    let changed = |key: &str| {
        scene
            .form
            .definition
            .cell(key)
            .is_some_and(|(row, cell)| differences.iter().any(|it| it.name == row.name_of(cell)))
    };
    let n_same = scene.form.definition.cells().filter(|(_, cell)| !changed(&cell.key)).count();
    page::page(&Show { may_edit: may_change(&actor, &scene), frame, scene, last, differences, n_same })
}
