//! Forms leave in the superior's layout: a return, the total, the empty form, every unit's figures; for print too.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use domain::Id;
use domain::statistics::form::FormDefinition;
use domain::statistics::layout::{Fill, Filling as Filled, paper};
use domain::statistics::merge::{UnitLine, returns_paper};
use domain::statistics::stat_return::ReturnStatus;
use domain::unit::Actor;
use gongwen::paper::Paper;
use gongwen::write::paper::{write_docx, write_xlsx};
use jiff::Timestamp;
use store::Read;
use store::campaign::head::Head;
use store::statistics::stat_return;

use super::paper_view::PaperView;
use super::{DOCX, XLSX};
use crate::statistics::filling::Filling;
use crate::statistics::scene::{Scene, wall};
use crate::statistics::stat_return::{masked, sees_phone};
use crate::{Answer, App, Error, Frame, Visitor, page};

/// In which format.
#[derive(Debug, Clone, Copy)]
enum Ending {
    Xlsx,
    Docx,
    Csv,
}

/// Sends papers under this name.
fn send(name: &str, papers: &[Paper], ending: Ending) -> Answer {
    let failed = |error: gongwen::write::WriteError| Error::Internal(anyhow::Error::new(error));
    let (ending, media_type, bytes) = match ending {
        Ending::Xlsx => ("xlsx", XLSX, write_xlsx(papers).map_err(failed)?),
        Ending::Docx => ("docx", DOCX, write_docx(papers).map_err(failed)?),
        Ending::Csv => {
            let text: Vec<String> = papers.iter().map(Paper::to_csv).collect();
            ("csv", "text/csv; charset=utf-8", text.join("\r\n").into_bytes())
        }
    };
    page::file(&domain::evidence::clean_name(&format!("{name}.{ending}")), media_type, bytes)
}

/// Sends papers as a workbook.
pub(super) fn send_xlsx(name: &str, papers: &[Paper]) -> Answer {
    send(name, papers, Ending::Xlsx)
}

fn day(at: Timestamp) -> String {
    let day = wall(at).date();
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// A form with this unit's numbers in it.
pub(crate) fn filled(filling: &Filling, actor: &Actor, now: Timestamp) -> Paper {
    let definition = &filling.scene.form.definition;
    let values = filling.values();
    let mut out = Filled::default();
    for (_, cell) in definition.cells() {
        let value = values.get(&cell.key);
        let own = value.and_then(|value| match value.reported {
            _ if cell.is_text => Some(value.text.clone()).filter(|it| !it.is_empty()).map(Fill::Text),
            Some(reported) => Some(Fill::Number { value: reported, is_estimate: value.is_estimate }),
            // What must not be added stands side by side.
            None => Some(value.text.clone()).filter(|it| !it.is_empty()).map(Fill::Text),
        });
        out.cells.extend(own.map(|fill| (cell.key.clone(), fill)));
    }
    let own = filling.stat_return.as_ref();
    let at = own.and_then(|it| it.completed_at).unwrap_or(now);
    let contact = |pick: fn(&stat_return::StatReturn) -> &String| own.map(pick).cloned().unwrap_or_default();
    let phone = contact(|it| &it.contact_phone);
    let head = [
        ("填报单位", filling.unit.name.clone()),
        ("联系人", contact(|it| &it.contact_name)),
        ("联系电话", if sees_phone(filling, actor) { phone } else { masked(&phone) }),
        ("填报日期", day(at)),
    ];
    out.head = head.into_iter().filter(|it| !it.1.is_empty()).map(|(name, value)| (name.to_owned(), value)).collect();
    paper(definition, &out)
}

async fn of_return(app: &App, actor: &Actor, id: String, ending: Ending) -> Answer {
    let id = Id::from_text(id);
    let filling = app.db.read(async move |tx| Filling::of_return(&tx, &id).await).await?;
    let name = format!("{} {}", filling.scene.title(), filling.unit.short_name);
    send(&name, &[filled(&filling, actor, app.clock.now())], ending)
}

/// `GET /returns/{stat_return_id}/export.xlsx`
pub(crate) async fn return_xlsx(State(app): State<App>, Visitor(actor): Visitor, Path(id): Path<String>) -> Answer {
    of_return(&app, &actor, id, Ending::Xlsx).await
}

/// `GET /returns/{stat_return_id}/export.docx`
pub(crate) async fn return_docx(State(app): State<App>, Visitor(actor): Visitor, Path(id): Path<String>) -> Answer {
    of_return(&app, &actor, id, Ending::Docx).await
}

/// `GET /returns/{stat_return_id}/export.csv`
pub(crate) async fn return_csv(State(app): State<App>, Visitor(actor): Visitor, Path(id): Path<String>) -> Answer {
    of_return(&app, &actor, id, Ending::Csv).await
}

/// The numbers of the unit that adds up all others, begun or not.
async fn total(tx: &Read, form_id: &Id) -> store::Result<Filling> {
    let scene = Scene::load(tx, form_id).await?;
    let top = scene.reporting.top().cloned().ok_or(store::Error::NotFound)?;
    let own = scene.latest(&top).cloned();
    Filling::load(tx, scene, &top, own).await
}

async fn of_total(app: &App, actor: &Actor, id: String, ending: Ending) -> Answer {
    let id = Id::from_text(id);
    let filling = app.db.read(async move |tx| total(&tx, &id).await).await?;
    send(&format!("{} 汇总", filling.scene.title()), &[filled(&filling, actor, app.clock.now())], ending)
}

/// `GET /forms/{stat_form_id}/total.xlsx`
pub(crate) async fn total_xlsx(State(app): State<App>, Visitor(actor): Visitor, Path(id): Path<String>) -> Answer {
    of_total(&app, &actor, id, Ending::Xlsx).await
}

/// `GET /forms/{stat_form_id}/total.docx`
pub(crate) async fn total_docx(State(app): State<App>, Visitor(actor): Visitor, Path(id): Path<String>) -> Answer {
    of_total(&app, &actor, id, Ending::Docx).await
}

/// `GET /forms/{stat_form_id}/total.csv`
pub(crate) async fn total_csv(State(app): State<App>, Visitor(actor): Visitor, Path(id): Path<String>) -> Answer {
    of_total(&app, &actor, id, Ending::Csv).await
}

async fn empty(app: &App, id: String) -> Result<(Head, FormDefinition), Error> {
    let id = Id::from_text(id);
    let scene = app.db.read(async move |tx| Scene::load(&tx, &id).await).await?;
    Ok((scene.head, scene.form.definition))
}

async fn of_empty(app: &App, id: String, ending: Ending) -> Answer {
    let (_, definition) = empty(app, id).await?;
    let name = if definition.title.is_empty() { "统计表" } else { definition.title.as_str() };
    send(&format!("{name} 空表"), &[paper(&definition, &Filled::default())], ending)
}

/// `GET /forms/{stat_form_id}/empty.xlsx`
pub(crate) async fn empty_xlsx(State(app): State<App>, Visitor(_): Visitor, Path(id): Path<String>) -> Answer {
    of_empty(&app, id, Ending::Xlsx).await
}

/// `GET /forms/{stat_form_id}/empty.docx`
pub(crate) async fn empty_docx(State(app): State<App>, Visitor(_): Visitor, Path(id): Path<String>) -> Answer {
    of_empty(&app, id, Ending::Docx).await
}

async fn of_units(app: &App, id: String, ending: Ending) -> Answer {
    let id = Id::from_text(id);
    let (scene, lines, total) = app
        .db
        .read(async move |tx| {
            let scene = Scene::load(&tx, &id).await?;
            let mut lines = Vec::new();
            for (unit_id, _) in scene.reporting.in_order() {
                if scene.reporting.is_top(&unit_id) && scene.reporting.units().next().is_some() {
                    continue;
                }
                let Some(unit) = scene.unit(&unit_id) else { continue };
                let (state, values) = match (scene.handed_in(&unit_id), scene.latest(&unit_id)) {
                    (Some(own), _) => (own.status.label(), stat_return::values(&tx, &own.stat_return_id).await?),
                    (None, Some(own)) => {
                        let filling = Filling::load(&tx, scene.clone(), &unit_id, Some(own.clone())).await?;
                        (ReturnStatus::Draft.label(), filling.values())
                    }
                    (None, None) => ("没有填报", BTreeMap::new()),
                };
                lines.push(UnitLine { unit: unit.short_name.clone(), state: state.to_owned(), values });
            }
            let total = match scene.reporting.top().filter(|_| scene.reporting.units().next().is_some()).cloned() {
                Some(top) => {
                    let own = scene.latest(&top).cloned();
                    let state = own.as_ref().map_or("系统算出", |it| it.status.label()).to_owned();
                    let filling = Filling::load(&tx, scene.clone(), &top, own).await?;
                    let unit = format!("{}汇总", filling.unit.short_name);
                    Some(UnitLine { unit, state, values: filling.values() })
                }
                None => None,
            };
            Ok((scene, lines, total))
        })
        .await?;
    let paper = returns_paper(&scene.form.definition, &lines, total.as_ref());
    send(&format!("{} 各单位", scene.title()), &[paper], ending)
}

/// `GET /forms/{stat_form_id}/units.xlsx`
pub(crate) async fn units_xlsx(State(app): State<App>, Visitor(_): Visitor, Path(id): Path<String>) -> Answer {
    of_units(&app, id, Ending::Xlsx).await
}

/// `GET /forms/{stat_form_id}/units.csv`
pub(crate) async fn units_csv(State(app): State<App>, Visitor(_): Visitor, Path(id): Path<String>) -> Answer {
    of_units(&app, id, Ending::Csv).await
}

/// `GET /returns/{stat_return_id}/files/{attachment_id}`: the file as the unit handed it in; a download, never shown in the page.
pub(crate) async fn original(
    State(app): State<App>,
    Visitor(_): Visitor,
    Path((return_id, attachment_id)): Path<(String, String)>,
) -> Answer {
    let (return_id, id) = (Id::from_text(return_id), Id::from_text(attachment_id));
    let file = app.db.read(async move |tx| store::attachment::get(&tx, &id).await).await?;
    if file.area != "stat_return" || file.subject_id != return_id {
        return Err(Error::NotFound);
    }
    page::file(&file.file_name, "application/octet-stream", app.files.read(&file.sha256).await?)
}

#[derive(Template)]
#[template(path = "statistics/paper.html")]
struct Print {
    frame: Frame,
    head: Head,
    title: String,
    /// Back to the page it belongs to.
    path: String,
    back: String,
    paper: PaperView,
}

/// `GET /forms/{stat_form_id}/print`: the empty form.
pub(crate) async fn print_empty(
    State(app): State<App>,
    frame: Frame,
    Visitor(_): Visitor,
    Path(id): Path<String>,
) -> Answer {
    let path = format!("/forms/{id}");
    let (head, definition) = empty(&app, id).await?;
    let paper = PaperView::of(&paper(&definition, &Filled::default()));
    page::page(&Print { frame, head, title: "空表".to_owned(), path, back: "看表样".to_owned(), paper })
}

/// `GET /returns/{stat_return_id}/print`
pub(crate) async fn print_return(
    State(app): State<App>,
    frame: Frame,
    Visitor(actor): Visitor,
    Path(id): Path<String>,
) -> Answer {
    let path = format!("/returns/{id}");
    let id = Id::from_text(id);
    let filling = app.db.read(async move |tx| Filling::of_return(&tx, &id).await).await?;
    let paper = PaperView::of(&filled(&filling, &actor, app.clock.now()));
    let title = format!("{}的统计表", filling.unit.short_name);
    page::page(&Print { frame, head: filling.scene.head, title, path, back: "回到填报".to_owned(), paper })
}
